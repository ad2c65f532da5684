"""Dutch. Numbers and times as the Taalunie's Taaladvies has them; an amount as it is said at a till
("vijf euro vijftig").
"""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import dutch
from recital.processors.text.languages.dutch.tables import (
    ABBREVIATIONS,
    SAID,
    SPELLED,
    UNITS,
    ends_kept,
)
from recital.processors.text.languages.initials import speller
from recital.processors.text.languages.rules import ROMAN, Language, roman
from recital.processors.text.word_tables import listed

_MONTHS = listed(
    "januari februari maart april mei juni juli augustus september oktober november december"
)
_ORDINALS = {1: "eerste", 2: "tweede", 3: "derde", 8: "achtste"}
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,4})(?:st|d)?e\b")
_KING = re.compile(rf"\b([A-Z][a-zë]+) ({ROMAN})(?!\w)")
_DECADE = re.compile(r"['’](\d\d)\b")
_NO_KINGS = frozenset(listed("In Ik En"))
_RULERS = frozenset(
    listed(
        "Willem Karel Filips Hendrik Lodewijk Napoleon Albert Leopold Boudewijn Filip Frederik "
        "Wilhelm Elizabeth Elisabeth Maria Catharina Alexander Nicolaas Peter Paulus Johannes Pius "
        "Leo Benedictus Gregorius Innocentius Clemens Urbanus Sixtus Otto Koenraad Ferdinand Frans "
        "Jozef Maximiliaan Rudolf Georg George Edward Eduard Richard Jacobus James Floris "
        "Reinald Arnold Adolf Gustaaf Christiaan Haakon Olaf Harald Ramses Thoetmosis Xerxes "
        "Darius Constantijn Justinianus Theodosius Mehmed Murat Soleiman Selim Umberto Emanuel "
        "Alfons Felipe Isabella Margaretha Ivan Boris Hoessein Augustus"
    )
)
# Ten popes or kings had this name; elsewhere "Jan X" is someone who is not named.
_TENTH = frozenset(
    listed("Pius Leo Gregorius Innocentius Johannes Clemens Benedictus Karel Lodewijk Alfons")
)
_TITLED = re.compile(
    r"\b(?:[Kk]oning(?:in)?|[Kk]eizer(?:in)?|[Tt]saar|[Tt]sarina|[Pp]aus|[Gg]raaf|[Hh]ertog|[Ss]ultan|"
    r"[Pp]rins|[Ff]arao|[Ss]tadhouder|[Vv]orst) $"
)
_PARTS = (
    "hoofdstuk|deel|boek|artikel|akte|klasse|type|groep|bijlage|titel|afdeling|scène|bedrijf|zone|"
    "sectie|band|volume|nummer|fase|graad|categorie|tabel|niveau|Wereldoorlog|Apollo|Rocky|Rambo|"
    "Vaticanum|schaal|stadium|Formule|Saturnus|figuur|stelling|kamp|Symfonie|blok"
)
# "figuur X" is any figure.
_TEN_OF = frozenset(listed("hoofdstuk deel boek akte bijlage titel afdeling band"))
_PART = re.compile(rf"\b((?:{_PARTS}|{_PARTS.title()})) ({ROMAN})(?![\w.]\w|\w)")
# "zaal III"
_ROOM = re.compile(
    r"\b(?!(?:van|met|door|voor|naar|maat|over|sinds|foto) )([a-z]{3,}) "
    r"(?=[IVX]{2})(X{0,2}(?:IX|IV|V?I{0,3}))(?!\w|-|\.\w)"
)
_CENTURY = re.compile(r"\b(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))(?:d|st)?e(?= [a-z]|(?<=..e) [A-Z])")
# "hij/zij": espeak-ng would say "slash"
_EITHER = re.compile(r"(?<=[^\W\d_]{2}) ?/ ?(?=[^\W\d_]{2})")
_KING_NEXT = re.compile(
    r"(\b[A-Z]\w+ de (?:[A-Z]\w+(?:de|ste|te))(?:(?:, | en )de [A-Z]\w+(?:de|ste|te))*)"
    rf"(, | en )({ROMAN})(?<=[IVX])(?!\w)"
)
_WORLD_WAR = re.compile(r"(\b[Dd]e )?\bWO ?(II?|[12])(?!\w)(-)?")
_DAYS = {
    "ma": "maandag", "di": "dinsdag", "wo": "woensdag", "do": "donderdag", "vr": "vrijdag",
    "za": "zaterdag", "zo": "zondag",
}  # fmt: skip
_DAY_NAME = r"(?:[Mm]a|[Dd]i|[Ww]o|[Dd]o|[Vv]r|[Zz]a|[Zz]o)\b\.?"
_DAY = rf"(?<![\w.'’-]){_DAY_NAME}"
_DAY_JOINT = r"(?:, ?| en | of | t/m | tot en met | tot | ?[-–—] ?| ?/ ?)"
# "ma t/m vr", "za en zo"; but "Zo, wo is dat"
_DAY_CHAIN = re.compile(rf"(?!Zo, ){_DAY}(?:{_DAY_JOINT}{_DAY_NAME})+")
_SPAN_JOINT = re.compile(r"t/m|\btot\b|[-–—/]")
_WORDS = frozenset(("ma", "do", "zo"))
# What ends a sentence has a blank and a capital behind it, or nothing.
_SENTENCE_END = re.compile(r" [A-Z][a-z]|[\"”')]*$")
_SHORT_MONTHS = "jan|febr?|mrt|apr|jun|jul|aug|sept?|okt|nov|dec"
_DATED_DAY = re.compile(
    # "zo" is a word: "zo 12 uur later", "zo 2-3 keer"
    rf"(?!(?:zo|ma)\b(?!\.| \d{{1,2}}(?::\d\d|\.[0-5]\d ?(?:uur|u\b|[-–]|tot )"
    rf"|(?: ?[-–] ?\d{{1,2}})? (?:{'|'.join(_MONTHS)}|{_SHORT_MONTHS}))"
    rf"|, \d{{1,2}} (?:{'|'.join(_MONTHS)})))"
    rf"{_DAY}(?=,? (?:\d{{1,2}}[.:]\d\d\b|\d{{1,2}}(?: ?[-–] ?\d{{1,2}})? "
    rf"(?:uur|u\b|{'|'.join(_MONTHS)}|{_SHORT_MONTHS})|\d{{1,2}}[-/]\d{{1,2}}(?!\d)"
    rf"|\d{{1,2}} (?:t/m|tot|en|tot en met) (?:{_DAY_NAME} )?\d))",
    re.I,
)
_DOTTED_DAY = re.compile(
    r"(?<![\w.'’-])(?:(?:[Dd]i|[Ww]o|[Vv]r)\.(?!\w)(?! ?gr)|(?<=[Oo]p )(?:ma|do|za|zo)\.|"
    r"(?<=[Ee]lke )(?:ma|do|za|zo)\.|(?:[Mm]a|[Dd]o|[Zz]a|[Zz]o)\.(?= \d{1,2}(?:[.:/-]\d| (?:"
    rf"{'|'.join(_MONTHS)}|{_SHORT_MONTHS})\b)))"
)
_MONTH_ALONE = re.compile(
    r"\b(?P<before>[Ii]n|[Ee]ind|[Bb]egin|[Hh]alf|[Vv]anaf|[Ss]inds|[Tt]ot|[Mm]edio|[Pp]er|"
    # "met jan en alleman"
    rf"(?:[Mm]et|[Vv]an)(?= (?:{_SHORT_MONTHS})\.)) "
    rf"(?P<month>{_SHORT_MONTHS})\.?(?=[ ,;.)-]|$)"
    rf"|\b(?P<first>{_SHORT_MONTHS})\.? ?[-–/] ?(?P<last>{_SHORT_MONTHS})\b\.?"
    rf"|\b(?P<dated>{_SHORT_MONTHS}) (?=(?:19|20)\d\d\b)"
)
# "9.00 tot 17.30 uur", "7.05, 7.35 en 8.05 uur"
_HOURS = re.compile(
    r"(?<![\w.,:])(\d{1,2})\.([0-5]\d)(?=(?:(?:, | en | of | tot | t/m | tot en met | tot | à )"
    r"\d{1,2}[.:][0-5]\d)+ ?(?:uur|u)\b)"
)
# "van 9.00 tot 17.30", "za 10.00 tot 16.00", "om 20.15"
_HOUR_SPAN = re.compile(
    r"(?:(?<=[Vv]an )|(?<=[Tt]ussen )|(?<=dag ))([01]?\d|2[0-4])\.([0-5]\d) (tot|en|tot en met) "
    r"([01]?\d|2[0-4])\.([0-5]\d)(?!\d|[.,]\d"
    r"| ?(?:%|°|€|[a-z]{1,2}²?\b(?<!en)(?<!of)(?<!in)|euro|miljoen|miljard|procent|meter|kilo))"
)
_PRICED = re.compile(
    r"\b(?:kost\w*|prij[sz]\w*|betaal\w*|betal\w*|tarie\w*|cijfers?|gemiddeld\w*|koers\w*|bedra\w*|"
    r"steeg|stijg\w*|daal\w*|dal\w*|waarde\w*|per|stuk|euro|korting)\b|€"
)
_AT_HOUR = re.compile(
    r"(?:(?<=\b[Oo]m )|(?<=dag ))([01]?\d|2[0-4])\.([0-5]\d)"
    r"(?!\d|[.,]\d| ?(?:%|°|€|uur|m\b|euro|miljoen|procent|meter))"
)
_BELGIAN = re.compile(r"(?<![\w.,:])([01]?\d|2[0-4])u([0-5]\d)?(?!\w)")
_LASTED = re.compile(
    r"(?<!\bom )(?<![\w.,:])([0-9]|1\d|2\d):([0-5]\d):([0-5]\d)(?:[.,](\d{1,2}))?"
    r"(?![\w:]|[.,]\d| ?uur)"
)
# "in 34:12"
_MINUTES = re.compile(
    r"(?:(?<=\b[Ii]n )|(?<=\btijd van )|(?<=\b[Nn]a ))(\d{1,2}):([0-5]\d)(?![\w:]|[.,]\d| ?uur)"
    r"|(?<![\w.,:])(2[5-9]|[3-5]\d):([0-5]\d)(?![\w:]|[.,]\d)"
    r"|(?<![\w.,:])(\d{1,2}):([0-5]\d) ?(?:min(?!\w)\.?|minuten\b)"
)
_RATIO = re.compile(
    r"\b([Vv]erhouding|[Ss]chaal|[Vv]erbruik\w*|[Kk]ans|[Rr]atio)((?: \w+){0,2}:? )"
    r"(\d{1,3}) ?: ?(\d{1,3})(?![\w:])"
)
_SUM_RANGE = re.compile(r"([€$£] ?)(\d[\d.]*(?:,\d\d)?) ?[-–] ?(?=\d)")
_SUM = re.compile(r"(?<![\w.,€$£])(?<![€$£] )(\d[\d.]*,\d\d) euro\b")
_PRESSURE = re.compile(r"(?<![\w.,/])(1\d\d|2[0-3]\d)/([4-9]\d|1[01]\d)(?= ?mmHg|[^\w/]|$)")
_RATE = re.compile(r"(?<=\d) ?/ ?(min|sec|s)(?![\w/])")
_RATING = re.compile(r"(?<=\d,\d)/(5|10)(?!\w|[.,]\d|/)")
_POWER = re.compile(r"(?<=\d)([²³])(?!\w)")
# "t/m 31-12", "op 31/12"
_DAY_MONTH = re.compile(
    r"\b([Oo]p|t/m|tot en met|[Vv]anaf|[Pp]er|[Uu]iterlijk|de dato|\w+dag) "
    r"(3[01]|[12]\d|0?[1-9])[-/](1[0-2]|0?[1-9])(?![\w/-]|[.,]\d)(?! van de\b)"
)
_THOUSANDS = re.compile(r"([€$£] ?\d{1,3})[kK](?!\w)")
# "3-7 juni"
_MONTH_DAYS = re.compile(
    rf"(?<![\w.,/-])(\d{{1,2}}) ?[-–] ?(?=\d{{1,2}} (?:{'|'.join(_MONTHS)}|{_SHORT_MONTHS})\b)"
)
# "van 4/9 t/m 18/12"
_DAY_SPAN = re.compile(
    r"\b(3[01]|[12]\d|0?[1-9])([/-])(1[0-2]|0?[1-9]) (t/m|tot en met|tot) "
    r"(3[01]|[12]\d|0?[1-9])\2(1[0-2]|0?[1-9])(?![\w/-]|[.,]\d)"
)
# "1.54,02": of races
_LAP = re.compile(r"(?<![\w.,:€])(?<!€ )(\d{1,2})\.([0-5]\d),(\d\d)(?!\w|[.,]\d| ?(?:€|euro))")
_NO_CENTS = re.compile(r"(?<=\d),(?:[-–—]{1,2}|=)(?!\w)")
_UNITS = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
_PRICE_PER = re.compile(
    r"((?:€|euro|cent) ?[\d.,]*\d|\d ?(?:€|euro|cent)) ?/ ?"
    rf"({_UNITS}|[a-z]{{3,}})(?![\w/])"
)
_PER = re.compile(rf"(?<=\bper )({_UNITS})(?<!\.)(?![\w/²³'’])")
# "512-GB-schijf"
_COMPOUND = re.compile(rf"(?<![\w.,-])(\d{{1,15}}(?:,\d{{1,15}})?)-({_UNITS})-(?=[a-zA-Z])")
_HEIGHT = re.compile(r"(?<![\w.,])([12])\.(\d\d) ?m(?!\w)")
_TIMES = re.compile(r"(?<![\w.,:/])(\d{1,3})(?: ?[-–] ?(\d{1,3}))? ?x\b(?! ?\d)")
_HALVES = re.compile(r"(?<![\w.,/])(\d\d)/(\d\d)(?![\w/]|[.,]\d)")
_POSTCODE = re.compile(
    r"(?:(?<=, )|(?<=^)|(?<=\n)|(?<=postcode ))([1-9]\d)(\d\d) ?([A-Z]{2})"
    r"(?= ?(?:[A-Z][a-z]|['’]s-)|[,.)]|$)"
)
# Words near a score: "rust", "gelijk" and "stand" alone are everyday words.
_SPORT = re.compile(
    r"\b(?:won(?:nen)?|wint|winnen|winst|zege\w*|verlo(?:or|ren)|verliest|verlies|nederlaag|gelijkspel\w*|"
    r"speelde\w* gelijk|ruststand|bij (?:de )?rust|eindstand|tussenstand|sets?|setstand\w*|"
    r"\w*finale|doelpunt\w*|wedstrijd\w*|duel\w*|eindigde|versloeg|achterstand|voorsprong|"
    r"scoorde\w*|werd het|maakte (?:de|er)|gelijkmaker|aansluitingstreffer|treffer\w*|"
    r"tiebreak|uitslag\w*)\b"
)
# Nothing is counted behind a score.
_SCORE = re.compile(
    r"(?<![\w.,/-])(?<![Pp]agina )(?<!blz\. )(?<!\bp\. )(?<!pag\. )(?<!stuk )(?<!artikel )"
    r"(?<!week )(?<![Gg]roep )(\d{1,2}) ?[-–] ?(\d{1,2})(?=[.;:!?)]*$|[.;:!?)](?!\d)|,(?!\d)"
    r"| (?:tegen|van|voor|achter|na|door|bij|gewonnen|verloren|verslagen|werd|was|winst|zege|"
    r"nederlaag|overwinning|gelijk|ruststand|eindstand|voorsprong|achterstand|stand|in de|in het|"
    r"in een|in zijn|op|maar|\()|(?: en)(?! \d))(?! van de \w+en\b)"
)
# "Ajax-PSV 2-3", "2-3 (1-1)"
_RESULT = re.compile(
    r"(?<=\w )(\d{1,2})-(\d{1,2})(?= \(\d{1,2}-\d{1,2}\))|(?<=\w \()(\d)-(\d)(?=\))"
    r"|(?<=[ (])([0-7])-([0-7])(?=,? [0-7]-[0-7](?!\d))|(?<=\d-\d )([0-7])-([0-7])(?!\d)"
    r"|(?<=\d-\d, )([0-7])-([0-7])(?!\d)"
)
_TEAMS = re.compile(r"\b([A-Z][\w']+ ?[-–] ?[A-Z][\w']+:? )(\d{1,2})-(\d{1,2})(?![\w-]|[.,]\d)")
# A unit or month with a stop that also ends the sentence
_LAST_UNIT = re.compile(
    rf"(?<=\d )(?:min|sec|mnd|wk|st|gr|ct|pers|inw|dgn|{_SHORT_MONTHS})\.(?= [A-Z][a-z])"
)
_SCORED = re.compile(
    r"(?<=\bmet )(\d{1,2})-(\d{1,2})(?=[.,;:!?)]?$|[.;:!?)]| (?:van|in|op|tegen|voor|achter|"
    r"verslagen|gewonnen|verloren|onderuit|gelijk)\b)"
)


def ordinal(number: int) -> str:
    """21 -> "eenentwintigste"."""
    head, rest = divmod(number, 100)
    if rest in _ORDINALS:
        return (dutch(head * 100) if head else "") + _ORDINALS[rest]
    return dutch(number) + ("de" if 0 < rest < 20 else "ste")


def _part(top: int, bottom: int) -> str | None:
    """3, 4 -> "drie vierde"."""
    count = "een" if top == 1 else dutch(top)
    if bottom == 2:
        return f"{count} {'half' if top == 1 else 'tweede'}"
    if bottom == 4 and top == 1:
        return "een kwart"
    return f"{count} {ordinal(bottom)}" if bottom <= 100 or bottom == 1000 else None


def _mixed(whole: int, part: str) -> str:
    """1 1/2 -> "anderhalf", 2 1/2 -> "twee en een half"."""
    return "anderhalf" if (whole, part) == (1, "een half") else f"{dutch(whole)} en {part}"


def year(number: int) -> str:
    """1984 -> "negentienhonderdvierentachtig"."""
    century, rest = divmod(number, 100)
    if century in range(11, 20):
        return f"{dutch(century)}honderd" + ("een" if rest == 1 else dutch(rest) if rest else "")
    return dutch(number)


def _date(before: str, day: int, month: str) -> str:
    return f"{'één' if day == 1 else dutch(day)} {month}"


def _clock(hour: int, minute: int) -> str:
    return f"{'één' if hour == 1 else dutch(hour)} uur" + (f" {dutch(minute)}" if minute else "")


def _king(match: re.Match[str]) -> str:
    name, numeral = match.groups()
    if not numeral or name in _NO_KINGS:
        return match[0]
    if len(numeral) == 1:
        known = name in (_TENTH if numeral == "X" else _RULERS)
        after = match.string[match.end() : match.end() + 8]
        before = match.string[max(0, match.start() - 16) : match.start()]
        of_land = numeral != "X" and re.match(" van [A-Z]", after)
        titled = bool(known or of_land or _TITLED.search(before))
        initial = re.match(r"\.[ A-Z]", after)
        if not titled or initial or numeral not in "IVX":  # "Jan V. Smit", "Jozef V. werd"
            return match[0]
    if roman(numeral) > 30:  # "Super Bowl LVIII"
        return f"{name} {dutch(roman(numeral))}"
    said = ordinal(roman(numeral))
    return f"{name} de {said[0].upper()}{said[1:]}"


def _numbered_part(match: re.Match[str]) -> str:
    name, numeral = match.groups()
    if not numeral or numeral == "L" or (numeral == "X" and name.lower() not in _TEN_OF):
        return match[0]
    return f"{name} {dutch(roman(numeral))}"


def _world_war(match: re.Match[str]) -> str:
    article, number, compound = match.groups()
    second = number in ("II", "2")
    if compound:
        return f"{article or ''}Wereldoorlog {'twee' if second else 'één'}-"
    return f"{article or 'de '}{'Tweede' if second else 'Eerste'} Wereldoorlog"


def _day(match: re.Match[str]) -> str:
    """ "ma." -> "maandag"."""
    name = _DAYS[match[0].rstrip(".").lower()]
    end = "." if match[0][-1] == "." and _SENTENCE_END.match(match.string, match.end()) else ""
    return (name.capitalize() if match[0][0].isupper() else name) + end


def _day_chain(match: re.Match[str]) -> str:
    names = [name.rstrip(".").lower() for name in re.findall(_DAY_NAME, match[0])]
    # "Zo, zo", "ma en zo": talk
    if len(set(names)) < len(names):
        return match[0]
    if _WORDS.issuperset(names) and not (
        len(names) > 2 or _SPAN_JOINT.search(match[0]) or match[0].count(".") == len(names)
    ):
        return match[0]
    end = "." if match[0][-1] == "." and _SENTENCE_END.match(match.string, match.end()) else ""
    text = re.sub(r" ?[-–—] ?", " tot ", match[0]).replace("t/m", "tot en met")
    text = re.sub(r" ?/ ?", ", ", text)
    return re.sub(_DAY, lambda day: _day(day).rstrip("."), text) + end


def _month_alone(match: re.Match[str]) -> str:
    def full(short: str) -> str:
        return DUTCH.short_months[f"{short}."]

    end = "." if match[0][-1] == "." and _SENTENCE_END.match(match.string, match.end()) else ""
    if match["month"]:
        return f"{match['before']} {full(match['month'])}{end}"
    if match["first"]:
        return f"{full(match['first'])} tot {full(match['last'])}{end}"
    return f"{full(match['dated'])} "


def _lasted(match: re.Match[str]) -> str:
    hours, minutes, seconds, part = match.groups()
    spoken = [] if hours == "0" else [_count(hours, "uur", "uur")]
    if int(minutes):
        spoken.append(_count(minutes, "minuut", "minuten"))
    if int(seconds) or part:
        amount = f"{int(seconds)},{part}" if part else str(int(seconds))
        spoken.append(f"{DUTCH.said(amount)} {'seconde' if amount == '1' else 'seconden'}")
    return " ".join(spoken)


def _count(number: str, one: str, many: str) -> str:
    return f"{dutch(int(number))} {one if int(number) == 1 else many}"


def _halves(match: re.Match[str]) -> str:
    """ "60/40", "24/7" """
    if int(match[1]) + int(match[2]) != 100:
        return match[0]
    return f"{dutch(int(match[1]))} {dutch(int(match[2]))}"


def _postcode(match: re.Match[str]) -> str:
    first, last, letters = match.groups()
    tail = "honderd" if last == "00" else f" nul {dutch(int(last))}" if last[0] == "0" else ""
    return f"{dutch(int(first))}{tail or ' ' + dutch(int(last))} {letters[0]} {letters[1]}"


def _times(match: re.Match[str]) -> str:
    first, last = match.groups()
    return f"{dutch(int(first))}{f' tot {dutch(int(last))}' if last else ''} keer"


def _price_per(match: re.Match[str]) -> str:
    name = UNITS[match[2]][0] if match[2] in UNITS else match[2]
    return f"{match[1]} per {name}"


def _day_month(match: re.Match[str]) -> str:
    before, day, month = match.groups()
    after = match.string[match.end() : match.end() + 8]
    alone = re.match(r"[,.;:)]|$| (?:om|is|a\.s|jl|aanst|jongst|in|en)\b", after)
    if int(day) <= 12 and month[0] != "0" and not before.endswith("dag") and not alone:
        return match[0]
    return f"{before} {int(day)} {_MONTHS[int(month) - 1]}"


def _minutes(match: re.Match[str]) -> str:
    minutes, seconds = (group for group in match.groups() if group)
    spoken = _count(minutes, "minuut", "minuten")
    return f"{spoken} {_count(seconds, 'seconde', 'seconden')}" if int(seconds) else spoken


def _ratio(match: re.Match[str]) -> str:
    joint = "op" if match[3] == "1" else "staat tot"
    return f"{match[1]}{match[2]}{match[3]} {joint} {match[4]}"


def _next_king(text: str) -> str:
    """ "Karel de Eerste, II en III": all of them."""
    for _ in range(3):
        text, n_found = _KING_NEXT.subn(
            lambda m: f"{m[1]}{m[2]}de {ordinal(roman(m[3])).capitalize()}", text
        )
        if not n_found:
            break
    return text


def _hour_span(match: re.Match[str]) -> str:
    near = match.string[max(0, match.start() - 60) : match.end() + 16]
    if _PRICED.search(near):
        return match[0]
    return "{}:{} {} {}:{}".format(*match.groups())


def _score(match: re.Match[str]) -> str:
    near = match.string[max(0, match.start() - 60) : match.end() + 60]
    return _scored(match) if _SPORT.search(near) else match[0]


def _result(match: re.Match[str]) -> str:
    return " ".join(dutch(int(number)) for number in match.groups() if number)


def _scored(match: re.Match[str]) -> str:
    return f"{dutch(int(match[1]))} {dutch(int(match[2]))}"


def _prepare(text: str) -> str:
    text = _names(text.replace("−", "-"))
    text = _SUM.sub(r"€ \1", _SUM_RANGE.sub(r"\2 tot \1", text))
    text = _POWER.sub(lambda m: " kwadraat" if m[1] == "²" else " tot de derde", text)
    text = text.replace("√", "wortel ")
    if "=" in text:
        text = text.replace(" : ", " gedeeld door ")
    text = _THOUSANDS.sub(r"\g<1>000", text)
    text = _MONTH_DAYS.sub(r"\1 tot ", text)
    text = _DAY_SPAN.sub(
        lambda m: (
            f"{int(m[1])} {_MONTHS[int(m[3]) - 1]} {m[4]} {int(m[5])} {_MONTHS[int(m[6]) - 1]}"
        ),
        text,
    )
    text = _DAY_MONTH.sub(_day_month, text)
    if "." in text:
        text = _HOURS.sub(r"\1:\2", text)
        text = _HOUR_SPAN.sub(_hour_span, text)
        text = _AT_HOUR.sub(r"\1:\2", text)
        text = _LAP.sub(
            lambda m: f"{_count(m[1], 'minuut', 'minuten')} {int(m[2])},{m[3]} seconden", text
        )
        text = _HEIGHT.sub(r"\1 m \2", text)
    if ":" in text:
        text = _MINUTES.sub(_minutes, _RATIO.sub(_ratio, _LASTED.sub(_lasted, text)))
    if "u" in text:
        text = _BELGIAN.sub(lambda m: f"{m[1]}:{m[2]} uur" if m[2] else f"{m[1]} uur", text)
    if "x" in text:
        text = _TIMES.sub(_times, text)
    if "/" in text:
        text = _HALVES.sub(_halves, text.replace("24/7", "vierentwintig zeven"))
        text = _PRICE_PER.sub(_price_per, text)
        text = _RATE.sub(lambda m: f" per {UNITS[m[1]][0]}", text)
        text = _RATING.sub(r" van \1", _PRESSURE.sub(r"\1 over \2", text))
    if "-" in text or "–" in text:
        text = _COMPOUND.sub(lambda m: f"{DUTCH.said(m[1])}-{UNITS[m[2]][1]}-", text)
        text = _TEAMS.sub(lambda m: f"{m[1]}{dutch(int(m[2]))} {dutch(int(m[3]))}", text)
        text = _RESULT.sub(_result, text)
        text = _SCORED.sub(_scored, _SCORE.sub(_score, text))
    return _POSTCODE.sub(_postcode, _NO_CENTS.sub("", text))


def _ends_kept(text: str) -> str:
    """The text with the stops that end a sentence, too, kept."""
    return ends_kept(_LAST_UNIT.sub(r"\g<0> .", text)) if ". " in text else text


def _names(text: str) -> str:
    """Days and months by their short forms."""
    text = _DAY_CHAIN.sub(_day_chain, text)
    text = _DATED_DAY.sub(_day, text)
    text = _DOTTED_DAY.sub(_day, text)
    return _MONTH_ALONE.sub(_month_alone, text)


def _special(text: str) -> str:
    # the stop that ends a sentence, where the short form is not read
    text = re.sub(r"(?<=\w)\. \.(?= [A-Z])", ".", _names(text))
    text = _WORLD_WAR.sub(_world_war, text)
    text = _PART.sub(_numbered_part, text)
    text = _ROOM.sub(lambda m: f"{m[1]} {dutch(roman(m[2]))}", text)
    text = _next_king(_KING.sub(_king, text))
    text = _CENTURY.sub(lambda m: ordinal(roman(m[1])) if m[1] else m[0], text)
    text = _PER.sub(lambda m: UNITS[m[1]][0], text)
    text = _ORDINAL.sub(lambda m: ordinal(int(m[1])), text)
    text = _DECADE.sub(lambda m: dutch(int(m[1])), text)
    return _spell(_EITHER.sub(" ", text))


_C = "[B-DF-HJ-NP-TV-XZ]"
_spell = speller(SPELLED, SAID, rf"[AEIOU]{_C}{{2}}|{_C}{{2}}[AEIOU]", {})

DUTCH = Language(
    cardinal=dutch,
    year=year,
    one="één",
    months=_MONTHS,
    short_months={
        "jan.": "januari",
        "feb.": "februari",
        "febr.": "februari",
        "mrt.": "maart",
        "apr.": "april",
        "jun.": "juni",
        "jul.": "juli",
        "aug.": "augustus",
        "sept.": "september",
        "sep.": "september",
        "okt.": "oktober",
        "nov.": "november",
        "dec.": "december",
        **{
            short: full
            for short, full in zip(
                listed("jan feb mrt apr jun jul aug sept okt nov dec"),
                _MONTHS[:4] + _MONTHS[5:],
                strict=True,
            )
        },
    },  # fmt: skip
    date=_date,
    clock=_clock,
    point="komma",
    minus="min",
    to="tot",
    over="gedeeld door",
    part=_part,
    mixed=_mixed,
    hours=("één uur", "uur"),
    seconds=("één seconde", "seconden"),
    at="om|tot|vanaf|rond",
    address={
        "@": "apenstaartje",
        ".": "punt",
        "/": "slash",
        "-": "streepje",
        "_": "laag streepje",
        ":": "dubbele punt",
        "?": "vraagteken",
        "=": "is",
        "&": "en",
        "+": "plus",
    },  # fmt: skip
    percent="procent",
    units=UNITS,
    currencies={
        "euro": ("euro", "euro", "cent", "cent"),
        "dollar": ("dollar", "dollar", "cent", "cent"),
        "pound": ("pond", "pond", "penny", "pence"),
        "franc": ("frank", "frank", "centime", "centimes"),
        "yen": ("yen", "yen", "sen", "sen"),
    },
    scales={
        "mln.": ("miljoen", "miljoen"),
        "miljoen": ("miljoen", "miljoen"),
        "mln": ("miljoen", "miljoen"),
        "mld.": ("miljard", "miljard"),
        "mld": ("miljard", "miljard"),
        "miljard": ("miljard", "miljard"),
    },  # fmt: skip
    signs={
        "&": "en",
        "+": "plus",
        "=": "is",
        "≥": "groter dan of gelijk aan",
        "≤": "kleiner dan of gelijk aan",
        "≈": "ongeveer",
        "≠": "is niet",
        "÷": "gedeeld door",
        "‰": "promille",
        "<": "kleiner dan",
        ">": "groter dan",
        "×": "keer",
        "±": "plusminus",
        "%": "procent",
        "€": "euro",
        "$": "dollar",
        "£": "pond",
        "°": "graden",
        "→": "naar",
        "§": "paragraaf",
        "*": "",
        "_": " ",
        "#": "",
        "~": "ongeveer ",
    },  # fmt: skip
    abbreviations=ABBREVIATIONS,
    hour_words=r"uur|u(?! (?:kunt|bent|hebt|heeft|moet|mag|zult|wilt|gaat|ook|niet|er)\b)",
    per={"": "per"},
    score=" ",
    special=_special,
    days=_ends_kept,
    prepare=_prepare,
    ratio="tegen",
    by="bij",
    no_unit=r"(?:ct|el|ha|st|[tslgVW])-[A-Za-z]",
)
