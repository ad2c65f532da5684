"""German days, hours, durations, prices per unit and postcodes: what other rules would mistake."""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import german
from recital.processors.text.languages.german.tables import OPENER, UNITS

_DAYS = {
    "Mo": "Montag", "Di": "Dienstag", "Mi": "Mittwoch", "Do": "Donnerstag", "Fr": "Freitag",
    "Sa": "Samstag", "So": "Sonntag",
}  # fmt: skip
_DAY_NAME = r"(?:Mo|Di|Mi|Do|Fr|Sa|So)\b\.?"
_DAY = rf"(?<![\w.'’-]){_DAY_NAME}"
_JOINT = r"(?:, ?| und | oder | bis | ?[-–—] ?| ?/ ?| ?& ?| ?\+ ?)"
_NEXT_SENTENCE = re.compile(
    r" (?!(?:Abend|Morgen|Vormittag|Nachmittag|Mittag|Nacht|Früh)s?\b)[A-ZÄÖÜ][a-zäöü]|[\"”“)]*$"
)
_DAY_CHAIN = re.compile(rf"(?!So, ){_DAY}(?:{_JOINT}{_DAY_NAME})+(?! [A-ZÄÖÜ]\w+ (?:sagt|ist|hat))")
_MONTH_NAMES = r"(?:Jan|Feb|Mär|Mrz|Apr|Mai\b|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jänner)(?:[a-z]*\b|\.)"
_HOUR = r"\d{1,2}(?:[.:]\d\d)?"
# "Mi 18:30 Uhr", "Fr., 3. Juli"; "So 5 Leute" is none, "so 14 Uhr" seldom one
_DATED_DAY = re.compile(
    # "So, 20 Uhr ist es"
    rf"(?:(?:(?<=[,:;(] )|(?<=^)|(?<=\n))(?!So,){_DAY}|(?!So){_DAY})"
    rf"(?=,? (?:{_HOUR}(?: ?(?:[-–]|bis) ?{_HOUR})? ?(?:Uhr|h\b)|von \d|ab \d))"
    rf"|{_DAY}(?=,? (?:den |dem )?\d{{1,2}}\. ?(?:\d{{1,2}}\.|{_MONTH_NAMES}))"
    rf"|(?!So){_DAY}(?=,? (?:den |dem )?\d{{1,2}}\.(?:,| ?[A-ZÄÖÜ][a-zäöü]))"
)
_DAY_BEHIND = re.compile(
    r"\b((?:[Aa]m|[Jj]eden|[Aa]b|[Bb]is|[Ss]eit|nächsten|letzten|kommenden|vergangenen) )"
    r"((?:Mo|Di|Mi|Do|Fr|Sa|So)(?:\.|\b(?!\.| [A-ZÄÖÜ]|[-'’])))"
)
_MONTHS = {
    "Jan": "Januar", "Feb": "Februar", "Mrz": "März", "Apr": "April", "Jun": "Juni", "Jul": "Juli",
    "Aug": "August", "Sept": "September", "Sep": "September", "Okt": "Oktober", "Nov": "November",
    "Dez": "Dezember",
}  # fmt: skip
_SHORT = "|".join(_MONTHS)
_MONTH_ALONE = re.compile(
    r"\b(?P<before>[Ii]m|Ende|Anfang|Mitte|[Ss]eit|[Aa]b|[Bb]is|[Vv]on|[Ff]ür) "
    rf"(?P<month>{_SHORT})\.(?=[ ,;.)/–-]|$)"
    rf"|\b(?P<first>{_SHORT})\.? ?[-–/] ?(?P<last>{_SHORT})\b\.?"
    rf"|(?<=\d\. )(?P<day>{_SHORT})\."
    rf"|\b(?P<dated>{_SHORT}) (?=(?:19|20)\d\d\b)"
)
_DATE_BEHIND = re.compile(rf" ?[-–/]| bis | (?:und )?(?:\d|(?:{'|'.join(_MONTHS)})[a-zä]*\b)")
# "8.30 bis 18.00 Uhr", "7.15, 7.45 und 8.15 Uhr"
_HOURS = re.compile(
    r"(?<![\w.,:])(\d{1,2})\.([0-5]\d)(?=(?:(?:, | und | oder | bis | sowie )"
    r"\d{1,2}[.:][0-5]\d)+ ?Uhr\b)"
)
# "Freitag, 13.30 bis"
_DAY_HOUR = re.compile(
    r"((?:tag|woch|abend),? )([01]?\d|2[0-4])\.([0-5]\d)"
    r"(?=$|[ ,;)](?! ?(?:Euro|Prozent|Millionen|Uhr))(?!\d))"
)
# "am 16. 5. 2016"
_SPACED_DATE = re.compile(
    r"(?<![\w.,])(3[01]|[12]?\d)\. (1[0-2]|0?[1-9])\. ?(?=(?:19|20)\d\d(?!\d))"
    r"|(?:(?<=[Aa]m )|(?<=[Vv]om )|(?<=[Zz]um ))(3[01]|[12]?\d)\. (1[0-2]|0?[1-9])\.(?=$|[ ,;)])"
)
_LASTED = re.compile(
    r"(?<![\w.,:])([0-9]|1\d|2\d):([0-5]\d):([0-5]\d)(?:[.,](\d{1,3}))?(?![\w:]|[.,]\d| ?Uhr)"
    r"(?: (?:Stunden|Std\.|h)(?!\w))?"
)
_NO_CLOCK = re.compile(r"\b(?:um|gegen|ab|bis) $")
_HOURS_LONG = re.compile(
    r"(?<!\bum )(?<!\bab )(?<!\bbis )(?<![\w.,:])([0-9]|[12]\d):([0-5]\d) ?(?:h|Std)(?!\w)\.?"
)
# "34:12 min", "in 34:12"
_MINUTES = re.compile(
    r"(?<![\w.,:])(\d{1,2}):([0-5]\d) ?(?:min|Min)(?!\w)\.?"
    r"|(?<=\bin )(2[5-9]|[3-5]\d):([0-5]\d)(?![\w:]|[.,]\d| ?(?:Uhr|Stunden|Minuten))"
)
_SUM_RANGE = re.compile(
    r"(?<![\w.,])(\d[\d.]*(?:,\d\d)?) ?[-–] ?(?=\d[\d.]*(?:,\d\d)? ?(?:€|EUR|\$|£|CHF))"
)
_SUM = re.compile(r"(?<=\d),00(?= ?(?:Euro|€|EUR|CHF|Franken|Dollar)\b)|(?<=\d,\d\d) Euro\b")
_PRESSURE = re.compile(r"(?<![\w.,/])(1\d\d|2[0-3]\d|[89]\d)/([4-9]\d|1[01]\d)(?= ?mmHg|[^\w/]|$)")
_RATE = re.compile(r"(?<=\d) ?/ ?(min|h|s)(?![\w/])")
_RATING = re.compile(r"(?<=\d,\d)/(5|10)(?!\w|[.,]\d|/)")
_POWER = re.compile(r"(?<=\d)([²³])(?!\w)")
_UNITS = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
_NAMES = "Person|Stück|Monat|Tag|Woche|Jahr|Stunde|Nacht|Kopf|Liter|Kilo|Quadratmeter|Kilometer"
_PRICE_PER = re.compile(
    rf"((?:\d|,--?) ?(?:€|EUR|Euro|Cent|[Cc]t\.?)) ?/ ?({_UNITS}|{_NAMES})(?![\w/])"
)
_PER = re.compile(rf"(?<=\bpro )({_UNITS})(?<!\.)(?![\w/²³'’.-])|(?<=\bje )(m²|qm|kg|km²)(?!\w)")
# "500-g-Packung"
_COMPOUND = re.compile(
    rf"(?<![\w.,-])(\d{{1,3}}(?:\.\d{{3}}){{1,4}}|\d{{1,15}}(?:,\d{{1,15}})?)-({_UNITS})-(?=[a-zA-ZÄÖÜ])"
)
_SHARES = re.compile(r"(?<![\w.,/])(\d\d)/(\d\d)(?![\w/]|[.,]\d)")
# "Hauptstr. 12, 50667 Köln"
_POSTCODE = re.compile(
    r"(?:(?<=\d, )|(?<=\d[a-z], )|(?<=^)|(?<=\n)|(?<=\bin )|(?<=\baus )|(?<=\bnach )|(?<=D-))"
    r"(?!\d{3}00 )(\d{5}) (?=([A-ZÄÖÜ][a-zäöüß]+))"
)
# Nouns that a number counts, and no town
_COUNTED = re.compile(
    r"Einwohner|Menschen|Besucher|Zuschauer|Personen|Teilnehmer|Euro|Tonnen|Meter|Kilometer|Dollar|"
    r"Mitglieder|Haushalte|Arbeitsplätze|Studenten|Studierende|Soldaten|Mann|Leute|Stimmen|Gäste|"
    r"Exemplare|Fälle|Tote|Wörter|Jahre|Stück|Quadrat|Fahrzeuge|Tiere|Bäume|Kinder|Franken|Hektar|"
    r"Mark|Läufer|Beschäftigte|Mitarbeiter|Plätze|Punkte|Zeilen|Seiten|Bücher|Wohnungen|Schüler"
)

# Without a house's number before it: "in 50667 Köln", but "in 14320 Proben"
_TOWN = re.compile(
    r"Köln|Bonn|Berlin|Bremen|Dresden|Leipzig|München|Essen|Mainz|Trier|Kiel|Ulm|Halle|Jena|Gera|Münster|"
    r"Kassel|Hannover|Stuttgart|Aachen|Bochum|Dortmund|Hagen|Hamm|Siegen|Potsdam|Rostock|Schwerin|"
    r"Stralsund|Chemnitz|Zwickau|Erfurt|Weimar|Gotha|Cottbus|Passau|Fürth|Erlangen|Ansbach|Konstanz|"
    r"Reutlingen|Tübingen|Lübeck|Flensburg|Celle|Verden|Emden|Leer|Aurich|Bad|Neuss|Krefeld|Wesel|"
    r"Kleve|Herne|Marl|Unna|Soest|Worms|Speyer|Landau|Gießen|Marburg|Fulda|Hanau|"
    r"[A-ZÄÖÜ][a-zäöüß]{2,}(?:burg|dorf|stadt|heim|hausen|bach|furt|furth|ingen|kirchen|münster|haven|"
    r"hofen|rode|stedt|hagen|brück|brücken|bronn|weiler|leben|scheid|rath|walde|berg|au)"
)


def names_in_full(text: str) -> str:
    """Short days and months: "Mo–Fr" -> "Montag bis Freitag"."""
    text = _DAY_CHAIN.sub(_day_chain, text)
    text = _DATED_DAY.sub(lambda m: _DAYS[m[0].rstrip(".")], text)
    text = _DAY_BEHIND.sub(lambda m: m[1] + _DAYS[m[2].rstrip(".")] + _day_end(m), text)
    return _MONTH_ALONE.sub(_month_alone, text)


def _end(match: re.Match[str]) -> str:
    """The stop of a short form that ends the sentence, too."""
    after = match.string[match.end() : match.end() + 16]
    ends = not after.strip(" \"'»”)") or (after[0] == " " and OPENER.match(after, 1))
    return "." if match[0][-1] == "." and ends else ""


def _day_end(match: re.Match[str]) -> str:
    ends = match[0][-1] == "." and _NEXT_SENTENCE.match(match.string, match.end())
    return "." if ends else ""


def _day_chain(match: re.Match[str]) -> str:
    names = [name.rstrip(".") for name in re.findall(_DAY_NAME, match[0])]
    if len(set(names)) < len(names):  # "So oder So"
        return match[0]
    text = re.sub(r" ?[-–—] ?", " bis ", match[0])
    text = re.sub(r" ?[&+] ?", " und ", re.sub(r" ?/ ?", ", ", text))
    return re.sub(_DAY, lambda m: _DAYS[m[0].rstrip(".")], text) + _day_end(match)


def _month_alone(match: re.Match[str]) -> str:
    if match["month"]:
        # "für Jan."
        named = match["month"] == "Jan" and match["before"].lower() in ("für", "von", "seit")
        if named and not _DATE_BEHIND.match(match.string, match.end()):
            return match[0]
        return f"{match['before']} {_MONTHS[match['month']]}{_end(match)}"
    if match["first"]:
        return f"{_MONTHS[match['first']]} bis {_MONTHS[match['last']]}{_end(match)}"
    return _MONTHS[match["day"]] if match["day"] else f"{_MONTHS[match['dated']]} "


def _lasted(match: re.Match[str]) -> str:
    if _NO_CLOCK.search(match.string[max(0, match.start() - 8) : match.start()]):
        return match[0]
    hours, minutes, seconds, part = match.groups()
    counted = [(hours, "Stunde"), (minutes, "Minute"), (seconds, "Sekunde")]
    spoken = [_count(number, name) for number, name in counted if int(number)]
    if part:
        spoken = [*spoken[: -1 if int(seconds) else None], f"{int(seconds)},{part} Sekunden"]
    return " ".join(spoken)


def _count(number: str, name: str) -> str:
    return f"eine {name}" if int(number) == 1 else f"{german(int(number))} {name}n"


def _price_per(match: re.Match[str]) -> str:
    return f"{match[1]} pro {UNITS[match[2]][0] if match[2] in UNITS else match[2]}"


def _compound(match: re.Match[str]) -> str:
    whole, _, fraction = match[1].replace(".", "").partition(",")
    said = "ein" if whole == "1" and not fraction else german(int(whole))
    if fraction:
        said += " Komma " + " ".join(german(int(digit)) for digit in fraction)
    return f"{said}-{UNITS[match[2]][1]}-"


def _shares(match: re.Match[str]) -> str:
    """ "60/40" """
    if int(match[1]) + int(match[2]) != 100:
        return match[0]
    return f"{german(int(match[1]))} zu {german(int(match[2]))}"


def _postcode(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 3) : match.start()]
    house = re.search(r"\d, |\d[a-z], |D-", before)
    if _COUNTED.match(match[2]) or not (house or _TOWN.fullmatch(match[2])):
        return match[0]
    return " ".join(german(int(digit)) for digit in match[1]) + " "


def prepare_spans(text: str) -> str:
    """The text with what the other rules would mistake put so that they do not."""
    text = names_in_full(text.replace("−", "-"))
    text = _SUM.sub(lambda m: " €" if m[0].endswith("Euro") else "", text)
    text = _SUM_RANGE.sub(r"\1 bis ", text)
    text = _POWER.sub(lambda m: " hoch zwei" if m[1] == "²" else " hoch drei", text)
    if "=" in text:
        text = text.replace(" : ", " durch ")
    if "." in text:
        text = _HOURS.sub(r"\1:\2", text)
        text = _DAY_HOUR.sub(r"\1\2:\3", text)
        text = _SPACED_DATE.sub(lambda m: f"{m[1] or m[3]}.{m[2] or m[4]}.", text)
    if ":" in text:
        text = _LASTED.sub(_lasted, text)
        text = _MINUTES.sub(
            lambda m: f"{_count(m[1] or m[3], 'Minute')} {_count(m[2] or m[4], 'Sekunde')}", text
        )
        text = _HOURS_LONG.sub(
            lambda m: " ".join(
                _count(n, name) for n, name in ((m[1], "Stunde"), (m[2], "Minute")) if int(n)
            ),
            text,
        )
    if "/" in text:
        text = text.replace("24/7", "vierundzwanzig sieben")
        text = _SHARES.sub(_shares, _PRICE_PER.sub(_price_per, text))
        text = _RATE.sub(lambda m: f" pro {UNITS[m[1]][0]}", text)
        text = _RATING.sub(r" von \1", _PRESSURE.sub(r"\1 zu \2", text))
    if "-" in text:
        text = _COMPOUND.sub(_compound, text)
    return _POSTCODE.sub(_postcode, text)


def per_unit(text: str) -> str:
    """ "pro m²" -> "pro Quadratmeter"."""
    return _PER.sub(lambda m: UNITS[m[1] or m[2]][0], text)
