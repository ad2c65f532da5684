"""German. Numbers, dates and ordinals as Duden has them; an amount as it is said at a till ("fünf
Euro fünfzig").
"""

from __future__ import annotations

import re

from recital.processors.text.english.words import behind
from recital.processors.text.languages.cardinals import german, listed
from recital.processors.text.languages.rules import ROMAN, Language, roman

_MONTHS = listed(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
)
_STEMS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
# The ending of an ordinal by the word before it.
_WEAK = frozenset(
    listed("der die das jeder jede jedes dieser diese dieses welche welcher sein ihre")
)
_ENDINGS_EN = frozenset(
    listed(
        "am im vom zum zur beim ab bis dem den des einem einen seit nach vor und an jedem diesem "
        "ersten"
    )
)
_NOUNS = (
    "Jahrhundert|Jahrtausend|Platz|Mal|Liga|Klasse|Kapitel|Stock|Etage|Weltkrieg|Runde|Spieltag|Tag|"
    "Woche|Monat|Quartal|Semester|Auflage|Band|Akt|Satz|Geburtstag|Jahrestag|Minute|Stelle|Reihe|"
    "Lebensjahr|Jubiläum|Advent|Buch|Teil|Versuch|Sieg|Tor|Lauf|Etappe|Grad|Schritt|Rang|Bezirk|Stunde"
)
_ORDINAL = re.compile(
    rf"(?:\b(\w+) )?(?<![\w.,])(\d{{1,3}})\.(?: (?=(?:\w+e[nrsm]? )?(?:{_NOUNS})\w*\b)|(?= bis ))"
)
_ARTICLE = re.compile(
    r"\b([Dd](?:er|ie|as|em|en|es)|[Aa]m|[Ii]m|[Vv]om|[Zz]um|[Zz]ur|[Bb]eim) (\d{1,4})\. "
    r"(?=[A-ZÄÖÜ])"
)
_BEFORE_DATIVE = re.compile(
    r"\b(?:in|mit|von|auf|an|nach|aus|bei|seit|vor|unter|über|neben|während|wegen|trotz|außer) $",
    re.I,
)
_PARTS = frozenset(listed("Kapitel Teil Band Akt Jahr Jahres Jahre Klasse Stufe Phase Typ"))
# With these a letter alone is a number.
_RULERS = frozenset(
    listed(
        "Karl Friedrich Wilhelm Heinrich Otto Ludwig Philipp Georg Leopold Rudolf Albert Konrad "
        "Ferdinand Napoleon Gustav Joseph Maximilian Eduard Richard Jakob Franz Felipe Carlos Luis "
        "Henry Edward George James Charles Louis Pius Leo Benedikt Gregor Innozenz Clemens Urban "
        "Sixtus Nikolaus Iwan Mojmír Boris Olaf Magnus Sigismund Kasimir Umberto Wenzel Ramses "
        "Thutmosis Xerxes Darius Theoderich Chlodwig Lothar Arnulf Berengar Ottokar August Ernst "
        "Amadeus Alfons Sancho Konstantin Justinian Theodosius Mehmed Murad Suleiman Selim"
    )
)
_QUEENS = frozenset(listed("Elisabeth Katharina Isabella Margarete Maria Victoria Christina"))
_TITLED = re.compile(
    r"\b(?:König|Königin|Kaiser|Kaiserin|Zar|Zarin|Papst|Herzog|Graf|Fürst|Sultan|Prinz|"
    r"Großfürst) $"
)
_OF_LAND = re.compile(r" (?:von|aus) [A-ZÄÖÜ]")
# "des Pharaos Thutmosis III.", "Ludwigs XIV."
_OF_RULER = re.compile(
    r"\b(?:Königs|Kaisers|Papstes|Pharaos|Herzogs|Grafen|Fürsten|Zaren|Sultans|Kurfürsten) $"
)
_OF_NAME = frozenset(
    listed(
        "Ludwigs Karls Friedrichs Heinrichs Ottos Wilhelms Philipps Georgs Leopolds Rudolfs "
        "Alberts Konrads Ferdinands Napoleons Peters Pauls Johanns Gustavs Josephs Maximilians "
        "Alexanders Katharinas Elisabeths"
    )
)
_ALONE = re.compile(
    r"\b([Zz]um|[Vv]om|[Bb]eim|[Aa]m) (\d{1,3})\. (?=[a-zäöü])"
)  # zum 67. meines Vaters
_DATIVE = "[Vv]on|[Mm]it|[Uu]nter|[Bb]ei|[Nn]ach|[Ss]eit"
_KING = re.compile(
    rf"(?:\b({_DATIVE}|[Dd]urch|[Ff]ür) )?\b([A-ZÄÖÜÁÉŠŽČ][^\W\dA-Z_]+) ({ROMAN})(?!\w)(\.)?"
)
# "von Luis X., Felipe V. und Carlos IV.": all of them
_KINGS = re.compile(rf"\b(?:{_DATIVE}) (?:[A-ZÄÖÜ]\w+ [IVXL]+\.?(?:, | und |, und ))+$")
_SUFFIXED = re.compile(r"\b(\d{1,4})(?:-)?(te[nrsm]?|ste[nrsm]?)\b")  # der 5te
_DECADE = re.compile(r"\b(\d\d|1[1-9]\d\d|20\d\d)er(n?)\b")
# Also where a unit has been read: "ein halb Liter".
_HALF = re.compile(r"(?:(?<![\w/.,])(?<!\d )1/2|\bein halb) ([A-ZÄÖÜ][a-zäöüß]+)\b")
_NEUTER = frozenset(
    listed(
        "Jahr Kilo Kilogramm Gramm Milligramm Pfund Prozent Päckchen Glas Bund Stück Dutzend Blatt "
        "Ei Brot Brötchen Hähnchen Leben Haus Bier Semester Quartal Jahrhundert"
    )
)
_ACT = re.compile(
    r"(?:\b(\w+) )?(?<![\w.])(?=[IVX])([IV]{1,4}|I?X|V?I{0,3})\. (?=(?:Akt|Weltkrieg|Abteilung|"
    r"Teil|Kapitel|Abschnitt|Klasse|Quartal|Internationale|Liga|Korps|Armee|Symphonie|Sinfonie)\w*)"
)
_TIMES = re.compile(r"\b(\d+)-?(mal|fach|jährig\w*|tägig\w*|stündig\w*|prozentig\w*)\b")
# Before a noun: "1 Minute"; but "Kapitel 1 Grundlagen".
_ONE = re.compile(r"(?<![\w.,:/-])(?<![A-ZÄÖÜ] )1 (?=([A-ZÄÖÜ][a-zäöüß]{2,})\b)")
_NAME_BEFORE = re.compile(r"(?:^|[.!?:] |\w )?[A-ZÄÖÜ][a-zäöüß]+ $")
_COUNTED = frozenset(
    listed("Minute Stunde Sekunde Woche Tag Monat Jahr Person Prise Tasse Dose Packung Stück Nacht")
)
_FEMININE = re.compile(
    r"(?<!End)(?<!Aug)(?<!Interess)(?<!Käs)(?<!Nam)(?<!Jung)(?<!Kund)(?<!Buchstab)(?:e|ung|heit|keit|schaft|"
    r"ion|tät)$|^(?:Zwiebel|Tafel|Person|Nacht|Stadt|Frau|Wahl|Zahl|Kartoffel|Mutter|Tochter|Schwester)$"
)
_UNIT_NAMES = {
    "km": "Kilometer", "m": "Meter", "cm": "Zentimeter", "mm": "Millimeter", "kg": "Kilogramm",
    "g": "Gramm", "mg": "Milligramm", "l": "Liter", "ml": "Milliliter", "t": "Tonnen",
    "km/h": "Kilometer pro Stunde", "m/s": "Meter pro Sekunde", "m²": "Quadratmeter",
    "km²": "Quadratkilometer", "cm³": "Kubikzentimeter", "cm²": "Quadratzentimeter",
    "/km²": "pro Quadratkilometer", "/m²": "pro Quadratmeter", "mV": "Millivolt",
    "mA": "Milliampere", "μm": "Mikrometer", "µm": "Mikrometer", "ft": "Fuß", "dl": "Deziliter",
    "cl": "Zentiliter",
    "m³": "Kubikmeter", "qm": "Quadratmeter", "ha": "Hektar",
    "°C": "Grad Celsius", "°": "Grad", "kWh": "Kilowattstunden", "kW": "Kilowatt", "MW": "Megawatt",
    "PS": "PS", "GB": "Gigabyte", "MB": "Megabyte", "kB": "Kilobyte", "TB": "Terabyte", "W": "Watt",
    "V": "Volt", "Hz": "Hertz", "MHz": "Megahertz", "GHz": "Gigahertz", "dB": "Dezibel",
    "EL": "Esslöffel", "TL": "Teelöffel", "Pck.": "Päckchen", "Pk.": "Päckchen",
    "°F": "Grad Fahrenheit", "Std.": "Stunden", "Min.": "Minuten", "Sek.": "Sekunden",
    "min": "Minuten", "s": "Sekunden",
}  # fmt: skip


def ordinal(number: int, ending: str) -> str:
    """3, "en" -> "dritten"."""
    head, rest = divmod(number, 100)
    if not rest:
        return german(number) + "st" + ending
    stem = _STEMS.get(rest) or german(rest) + ("t" if rest < 20 else "st")
    return (german(head * 100) if head else "") + stem + ending


def _part(top: int, bottom: int) -> str | None:
    """3, 4 -> "drei viertel"."""
    count = "ein" if top == 1 else german(top)
    if bottom == 2:
        return f"{count} {'halb' if top == 1 else 'halbe'}"
    if bottom > 100 and bottom != 1000:
        return None
    stem = {3: "drittel", 7: "siebtel", 8: "achtel", 100: "hundertstel", 1000: "tausendstel"}
    return f"{count} {stem.get(bottom) or german(bottom) + ('tel' if bottom < 20 else 'stel')}"


def _mixed(whole: int, part: str) -> str:
    """2 1/2 -> "zweieinhalb"."""
    if part == "ein halb":
        return "eineinhalb" if whole == 1 else german(whole) + "einhalb"
    return f"{german(whole)} {part}"


def year(number: int) -> str:
    """1984 -> "neunzehnhundertvierundachtzig"."""
    century, rest = divmod(number, 100)
    if century in range(11, 20):
        return german(century) + "hundert" + (german(rest) if rest else "")
    return german(number)


def _ending(before: str) -> str:
    word = before.lower()
    return "e" if word in _WEAK else "en" if word in _ENDINGS_EN else "er"


def _date(before: str, day: int, month: str) -> str:
    return f"{ordinal(day, _ending(before))} {month}"


def _clock(hour: int, minute: int) -> str:
    return f"{'ein' if hour == 1 else german(hour)} Uhr" + (f" {german(minute)}" if minute else "")


def _ordinal(match: re.Match[str]) -> str:
    before = match[1] or ""
    gap = " " if match[0].endswith(" ") else ""
    ending = _ending_after(before, match)
    return f"{before + ' ' if before else ''}{ordinal(int(match[2]), ending)}{gap}"


def _article(match: re.Match[str]) -> str:
    return f"{match[1]} {ordinal(int(match[2]), _ending_after(match[1], match))} "


def _ending_after(before: str, match: re.Match[str]) -> str:
    """ "der zweite Tag", but "in der zweiten Klasse" and "des späten zweiten Jahrhunderts"."""
    lead = match.string[max(0, match.start() - 10) : match.start()]
    dative = before == "der" and _BEFORE_DATIVE.search(lead)
    if dative or before.endswith("en"):
        return "en"
    if len(before) > 4 and before.islower() and before.endswith(("es", "em", "e")):
        return "es" if before[-1] == "s" else "em" if before[-1] == "m" else "e"
    return _ending(before)


def _king(match: re.Match[str]) -> str:
    preposition, name, numeral, stop = match.groups()
    if not numeral or (len(numeral) == 1 and not stop):
        return match[0]
    before = match.string[max(0, match.start() - 14) : match.start()]
    feminine = name in _QUEENS
    known = name in _PARTS or name in _RULERS or name in _OF_NAME or feminine
    titled = _TITLED.search(before) or _OF_LAND.match(match.string, match.end())
    if len(numeral) == 1 and not known and not titled:
        return match[0]  # "Anna V.", "Peter M. und Klaus I.": names are often shortened
    if name in _PARTS:
        return (
            f"{preposition + ' ' if preposition else ''}{name} {german(roman(numeral))}{stop or ''}"
        )
    listed = _KINGS.search(match.string[max(0, match.start() - 60) : match.start()])
    article, ending = ("dem", "en") if preposition or listed else ("der", "e")
    if preposition and preposition.lower() in ("durch", "für"):
        article = "den"
    if feminine:
        article = "der" if article == "dem" else "die"
        ending = "en" if article == "der" else "e"
    if name in _OF_NAME or _OF_RULER.search(before):
        article, ending = "des" if name not in ("Katharinas", "Elisabeths") else "der", "en"
    said = ordinal(roman(numeral), ending)
    lead = f"{preposition} " if preposition else ""
    after = behind(match)
    ends = "." if stop and not after.strip(' "“)') else ""
    return f"{lead}{name} {article} {said[0].upper()}{said[1:]}{ends}"


def _half(match: re.Match[str]) -> str:
    """ "1/2 Stunde" -> "eine halbe Stunde", "½ Liter" -> "ein halber Liter"."""
    noun = match[1]
    if _FEMININE.search(noun):
        return f"eine halbe {noun}"
    return f"ein halb{'es' if noun in _NEUTER else 'er'} {noun}"


def _act(match: re.Match[str]) -> str:
    before = match[1] or ""
    said = ordinal(roman(match[2]), _ending_after(before, match))
    return f"{before + ' ' if before else ''}{said if before else said.capitalize()} "


def _one(match: re.Match[str]) -> str:
    named = _NAME_BEFORE.search(match.string[max(0, match.start() - 24) : match.start()])
    if named and match[1] not in _COUNTED:
        return match[0]
    return "eine " if _FEMININE.search(match[1]) else "ein "


def _special(text: str) -> str:
    text = _HALF.sub(_half, text)
    text = _ACT.sub(_act, text)
    text = _ONE.sub(_one, _KING.sub(_king, text))
    text = _ORDINAL.sub(_ordinal, text)
    text = _ARTICLE.sub(_article, text)
    text = _ALONE.sub(lambda m: f"{m[1]} {ordinal(int(m[2]), 'en')} ", text)
    text = _SUFFIXED.sub(lambda m: ordinal(int(m[1]), m[2].removeprefix("s")[1:]), text)
    text = _DECADE.sub(lambda m: f"{year(int(m[1]))}er{m[2]}", text)
    return _TIMES.sub(
        lambda m: (
            f"{german(int(m[1])).removesuffix('s') if m[1] == '1' else german(int(m[1]))}{m[2]}"
        ),
        text,
    )


GERMAN = Language(
    cardinal=german,
    year=year,
    one="ein",
    one_scale="eine",
    months=_MONTHS,
    short_months={
        "Jan.": "Januar",
        "Feb.": "Februar",
        "Mär.": "März",
        "Apr.": "April",
        "Jun.": "Juni",
        "Jul.": "Juli",
        "Aug.": "August",
        "Sept.": "September",
        "Sep.": "September",
        "Okt.": "Oktober",
        "Nov.": "November",
        "Dez.": "Dezember",
        "Jänner": "Januar",
    },  # fmt: skip
    date=_date,
    clock=_clock,
    point="Komma",
    minus="minus",
    to="bis",
    over="durch",
    part=_part,
    mixed=_mixed,
    hours=("eine Stunde", "Stunden"),
    seconds=("eine Sekunde", "Sekunden"),
    at="um|ab|bis|gegen|und",
    address={
        "@": "at",
        ".": "Punkt",
        "/": "Schrägstrich",
        "-": "Bindestrich",
        "_": "Unterstrich",
        ":": "Doppelpunkt",
        "?": "Fragezeichen",
        "=": "gleich",
        "&": "und",
        "+": "plus",
    },  # fmt: skip
    percent="Prozent",
    units={short: (name, name) for short, name in _UNIT_NAMES.items()}
    | {"Std.": ("Stunde", "Stunden"), "Min.": ("Minute", "Minuten"), "t": ("Tonne", "Tonnen")}
    | {"min": ("Minute", "Minuten"), "min.": ("Minute", "Minuten"), "s": ("Sekunde", "Sekunden")}
    | {"Pack.": ("Packung", "Packungen"), "Pkg.": ("Packung", "Packungen")}
    | {"Msp.": ("Messerspitze", "Messerspitzen"), "Stk.": ("Stück", "Stück")}
    | {"kwh": ("Kilowattstunde", "Kilowattstunden"), "kWh": ("Kilowattstunde", "Kilowattstunden")},
    currencies={
        "euro": ("Euro", "Euro", "Cent", "Cent"),
        "dollar": ("Dollar", "Dollar", "Cent", "Cent"),
        "pound": ("Pfund", "Pfund", "Penny", "Pence"),
        "yen": ("Yen", "Yen", "Sen", "Sen"),
        "franc": ("Franken", "Franken", "Rappen", "Rappen"),
    },
    scales={
        "Mio.": ("Million", "Millionen"),
        "Mill.": ("Million", "Millionen"),
        "Mrd.": ("Milliarde", "Milliarden"),
        "Million": ("Million", "Millionen"),
        "Millionen": ("Million", "Millionen"),
        "Milliarde": ("Milliarde", "Milliarden"),
        "Milliarden": ("Milliarde", "Milliarden"),
        "Tsd.": ("tausend", "tausend"),
    },  # fmt: skip
    signs={
        "&": "und",
        "+": "plus",
        "=": "gleich",
        "<": "kleiner als",
        ">": "größer als",
        "§§": "Paragrafen",
        "§": "Paragraf",
        "×": "mal",
        "±": "plus minus",
        "%": "Prozent",
        "€": "Euro",
        "$": "Dollar",
        "£": "Pfund",
        "°": "Grad",
        "→": "zu",
        "*": "",
        "_": " ",
        "#": "",
        "~": "etwa ",
    },  # fmt: skip
    abbreviations=(
        (r"\bvs\b\.?", "gegen"),
        (r"(?<![\d/.,])1/2 ?h\b", "eine halbe Stunde"),
        (r"(?<=\d) ?T(?= ?€)", " tausend"),
        (r"(?<=Euro) ?/ ?Min\b\.?|(?<=€) ?/ ?Min\b\.?|(?<=Cent) ?/ ?Min\b\.?", " pro Minute"),
        (r"(?<=Euro) ?/ ?Std\b\.?|(?<=€) ?/ ?Std\b\.?|(?<=Cent) ?/ ?Std\b\.?", " pro Stunde"),
        (r"\brd\.", "rund"),
        (r"\bMwSt\b\.?", "Mehrwertsteuer"),
        (r"(?<=\d) ?‰", " Promille"),
        (r"\bEinw\. ?/ ?km²", "Einwohner pro Quadratkilometer"),
        (r"\bEinw\.", "Einwohner"),
        (r"\bMo\.(?=,? (?:\d{1,2}\.(?![-–—\d])|den\b))", "Montag"),
        (r"\bDi\.(?=,? (?:\d{1,2}\.(?![-–—\d])|den\b))", "Dienstag"),
        (r"\bMi\.(?=,? (?:\d{1,2}\.(?![-–—\d])|den\b))", "Mittwoch"),
        (r"\bDo\.(?=,? (?:\d{1,2}\.(?![-–—\d])|den\b))", "Donnerstag"),
        (r"\bFr\.(?=,? (?:\d{1,2}\.(?![-–—\d])|den\b))", "Freitag"),
        (r"\bSa\.(?=,? (?:\d{1,2}\.(?![-–—\d])|den\b))", "Samstag"),
        (r"\bSo\.(?=,? (?:\d{1,2}\.(?![-–—\d])|den\b))", "Sonntag"),
        (r"[øØ⌀] ?(?=\d)", "Durchmesser "),
        (r"\b[Zz]\. ?B\.", "zum Beispiel"),
        (r"\b[Dd]\. ?h\.", "das heißt"),
        (r"\b[Uu]\. ?a\.", "unter anderem"),
        (r"\b[Uu]\. ?U\.", "unter Umständen"),
        (r"\bi\. ?d\. ?R\.", "in der Regel"),
        (r"\bo\. ?[Ää]\.", "oder Ähnliches"),
        (r"\bv\. ?Chr\.", "vor Christus"),
        (r"\bn\. ?Chr\.", "nach Christus"),
        (r"\busw\.", "und so weiter"),
        (r"\betc\.", "et cetera"),
        (r"\bbzw\.", "beziehungsweise"),
        (r"\b[Cc]a\.", "circa"),
        (r"\bNr\.", "Nummer"),
        (r"\bDr\.", "Doktor"),
        (r"\bProf\.", "Professor"),
        (r"\bHr\.", "Herr"),
        (r"\bHrn\.", "Herrn"),
        (r"\bFr\.(?= [A-ZÄÖÜ])", "Frau"),
        (r"\bSt\.(?= [A-ZÄÖÜ])", "Sankt"),
        (r"(?<=[a-zäöüß])str\.", "straße"),
        (r"\bStr\.", "Straße"),
        (r"\bevtl\.", "eventuell"),
        (r"\bggf\.", "gegebenenfalls"),
        (r"\binkl\.", "inklusive"),
        (r"\bexkl\.", "exklusive"),
        (r"\b[Vv]gl\.", "vergleiche"),
        (r"\bAbs\.(?= \d)", "Absatz"),
        (r"\bArt\.(?= \d)", "Artikel"),
        (r"\bAbb\.(?= \d)", "Abbildung"),
        (r"\bKap\.(?= \d)", "Kapitel"),
        (r"\bBd\.(?= \d)", "Band"),
        (r"\bS\.(?= \d)", "Seite"),
        (r"\bTel\.", "Telefon"),
        (r"\bgeb\.", "geboren"),
        (r"\bgest\.", "gestorben"),
        (r"\bzzgl\.", "zuzüglich"),
        (r"\bbspw\.", "beispielsweise"),
        (r"\bsog\.", "sogenannt"),
        (r"\bmax\.", "maximal"),
        (r"\bmin\.(?= \d)", "minimal"),
        (r"\bMo\.-Fr\.", "Montag bis Freitag"),
    ),
    hour_words="Uhr",
    special=_special,
    ratio="zu",
    score=" zu ",
    ties=frozenset({"day dots"}),
)
