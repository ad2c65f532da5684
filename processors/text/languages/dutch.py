"""Dutch. Numbers and times as the Taalunie's Taaladvies has them; an amount as it is said at a till
("vijf euro vijftig").
"""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import dutch
from recital.processors.text.languages.rules import ROMAN, Language, roman
from recital.processors.text.word_tables import listed

_MONTHS = listed(
    "januari februari maart april mei juni juli augustus september oktober november december"
)
_ORDINALS = {1: "eerste", 2: "tweede", 3: "derde", 8: "achtste"}
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,4})(?:st|d)?e\b(?!-)")
_KING = re.compile(rf"\b([A-Z][a-zë]+) ({ROMAN})(?!\w)")
_DECADE = re.compile(r"['’](\d\d)\b")
_NO_KINGS = frozenset(listed("Hoofdstuk Deel Boek Artikel Akte Klasse Type Wereldoorlog In Ik En"))
_UNIT_NAMES = {
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "kg": "kilogram",
    "g": "gram", "mg": "milligram", "l": "liter", "ml": "milliliter", "dl": "deciliter",
    "cl": "centiliter", "km/u": "kilometer per uur", "km/h": "kilometer per uur",
    "m/s": "meter per seconde", "m²": "vierkante meter", "m2": "vierkante meter",
    "km²": "vierkante kilometer", "m³": "kubieke meter", "m3": "kubieke meter", "ha": "hectare",
    "°C": "graden Celsius", "°": "graden", "kWh": "kilowattuur", "kW": "kilowatt", "pk": "pk",
    "MW": "megawatt", "GB": "gigabyte", "MB": "megabyte", "TB": "terabyte", "W": "watt",
    "V": "volt", "Hz": "hertz", "dB": "decibel", "min.": "minuten", "sec.": "seconden",
}  # fmt: skip


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
        return f"{dutch(century)}honderd" + (dutch(rest) if rest else "")
    return dutch(number)


def _date(before: str, day: int, month: str) -> str:
    return f"{'één' if day == 1 else dutch(day)} {month}"


def _clock(hour: int, minute: int) -> str:
    return f"{'één' if hour == 1 else dutch(hour)} uur" + (f" {dutch(minute)}" if minute else "")


def _king(match: re.Match[str]) -> str:
    name, numeral = match.groups()
    if len(numeral) == 1 or not numeral or name in _NO_KINGS:
        return match[0]
    said = ordinal(roman(numeral))
    return f"{name} de {said[0].upper()}{said[1:]}"


def _special(text: str) -> str:
    text = _KING.sub(_king, text)
    text = _ORDINAL.sub(lambda m: ordinal(int(m[1])), text)
    return _DECADE.sub(lambda m: dutch(int(m[1])), text)


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
    units={short: (name, name) for short, name in _UNIT_NAMES.items()}
    | {"°C": ("graad Celsius", "graden Celsius"), "°": ("graad", "graden")}
    | {"°F": ("graad Fahrenheit", "graden Fahrenheit"), "gr": ("gram", "gram")}
    | {"el": ("eetlepel", "eetlepels"), "tl": ("theelepel", "theelepels")},
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
    abbreviations=(
        (r"\bvs\b\.?", "tegen"),
        (r"\bt/m\b", "tot en met"),
        (r"\b[Dd]\.w\.z\.", "dat wil zeggen"),
        (r"\bo\.a\.", "onder andere"),
        (r"\bm\.a\.w\.", "met andere woorden"),
        (r"\bi\.p\.v\.", "in plaats van"),
        (r"\bt\.o\.v\.", "ten opzichte van"),
        (r"\bm\.b\.t\.", "met betrekking tot"),
        (r"\bi\.v\.m\.", "in verband met"),
        (r"\bv\.Chr\.|\bv\. Chr\.", "voor Christus"),
        (r"\b[Bb]ijv\.|\b[Bb]v\.", "bijvoorbeeld"),
        (r"\benz\.", "enzovoort"),
        (r"\betc\.", "et cetera"),
        (r"\b[Cc]a\.", "circa"),
        (r"\b[Nn]r\.", "nummer"),
        (r"\bDhr\.", "De heer"),
        (r"\bdhr\.", "de heer"),
        (r"\bMevr\.|\bMw\.", "Mevrouw"),
        (r"\bmevr\.|\bmw\.", "mevrouw"),
        (r"\bDr\.", "Dokter"),
        (r"\bdr\.", "dokter"),
        (r"\bProf\.", "Professor"),
        (r"\bprof\.", "professor"),
        (r"\b[Ii]r\.(?= [A-Z])", "ingenieur"),
        (r"\bblz\.", "bladzijde"),
        (r"\bp\.(?= \d)", "pagina"),
        (r"\bart\.(?= \d)", "artikel"),
        (r"\bhfst\.(?= \d)", "hoofdstuk"),
        (r"(?<=[a-z])str\.", "straat"),
        (r"\b[Tt]el\.", "telefoon"),
        (r"\bmax\.", "maximaal"),
        (r"\bmin\.(?= \d)", "minimaal"),
        (r"\bincl\.", "inclusief"),
        (r"\bexcl\.", "exclusief"),
        (r"\bmaa?\.-vr\.", "maandag tot vrijdag"),
        (r"(?<=\d) ?uur\b", " uur"),
    ),
    hour_words="uur|u",
    score=" ",
    special=_special,
    ratio="tegen",
    by="bij",
)
