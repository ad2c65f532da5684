"""Italian: numbers, dates, times and amounts as the Accademia della Crusca advises."""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import italian, listed
from recital.processors.text.languages.rules import ROMAN, Language, roman

_MONTHS = listed(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)
_ORDINALS = listed("zero primo secondo terzo quarto quinto sesto settimo ottavo nono decimo")
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,3})([ºª°])(?! ?[CF]\b)(?=\W|$)")
_NUMERAL = re.compile(rf"\b([A-ZÀÈÉ][a-zàèéìòù]+) ({ROMAN})(?!\w)|\b({ROMAN}) (?=secolo\b)")


def ordinal(number: int) -> str:
    """21 -> "ventunesimo"."""
    if number <= 10:
        return _ORDINALS[number]
    words = italian(number)
    keeps = words.endswith(("tré", "sei"))
    return (words.replace("tré", "tre") if keeps else words[:-1]) + "esimo"


def _date(before: str, day: int, month: str) -> str:
    return f"{'primo' if day == 1 else italian(day)} {month}"


def _clock(hour: int, minute: int) -> str:
    return ("una" if hour == 1 else italian(hour)) + (f" e {italian(minute)}" if minute else "")


def _numeral(match: re.Match[str]) -> str:
    if match[3]:
        return f"{ordinal(roman(match[3]))} "
    if not match[2] or len(match[2]) == 1:
        return match[0]
    return f"{match[1]} {ordinal(roman(match[2]))}"


def _ordinal(match: re.Match[str]) -> str:
    word = ordinal(int(match[1]))
    return word[:-1] + "a" if match[2] == "ª" else word


def _special(text: str) -> str:
    return _ORDINAL.sub(_ordinal, _NUMERAL.sub(_numeral, text))


_UNITS = {
    "km": ("chilometro", "chilometri"), "m": ("metro", "metri"), "cm": ("centimetro", "centimetri"),
    "mm": ("millimetro", "millimetri"), "kg": ("chilogrammo", "chilogrammi"),
    "g": ("grammo", "grammi"), "mg": ("milligrammo", "milligrammi"), "l": ("litro", "litri"),
    "ml": ("millilitro", "millilitri"), "km/h": ("chilometro all'ora", "chilometri all'ora"),
    "m²": ("metro quadrato", "metri quadrati"), "m³": ("metro cubo", "metri cubi"),
    "°C": ("grado Celsius", "gradi Celsius"), "°": ("grado", "gradi"),
    "min": ("minuto", "minuti"), "kWh": ("chilowattora", "chilowattora"),
}  # fmt: skip

ITALIAN = Language(
    cardinal=italian,
    year=italian,
    one="un",
    months=_MONTHS,
    short_months={
        "gen.": "gennaio",
        "feb.": "febbraio",
        "mar.": "marzo",
        "apr.": "aprile",
        "giu.": "giugno",
        "lug.": "luglio",
        "ago.": "agosto",
        "set.": "settembre",
        "ott.": "ottobre",
        "nov.": "novembre",
        "dic.": "dicembre",
    },  # fmt: skip
    date=_date,
    clock=_clock,
    point="virgola",
    minus="meno",
    to="a",
    over="fratto",
    fractions={
        (1, 2): "mezzo",
        (1, 3): "un terzo",
        (2, 3): "due terzi",
        (1, 4): "un quarto",
        (3, 4): "tre quarti",
    },  # fmt: skip
    percent="per cento",
    units=_UNITS,
    currencies={
        "euro": ("euro", "euro", "centesimo", "centesimi"),
        "dollar": ("dollaro", "dollari", "centesimo", "centesimi"),
        "pound": ("sterlina", "sterline", "penny", "penny"),
        "yen": ("yen", "yen", "sen", "sen"),
    },
    scales={
        "mln": ("milione", "milioni"),
        "milione": ("milione", "milioni"),
        "milioni": ("milione", "milioni"),
        "mld": ("miliardo", "miliardi"),
        "miliardi": ("miliardo", "miliardi"),
    },  # fmt: skip
    signs={
        "&": "e",
        "+": "più",
        "=": "uguale",
        "<": "minore di",
        ">": "maggiore di",
        "×": "per",
        "%": "per cento",
        "€": "euro",
        "$": "dollari",
        "£": "sterline",
        "°": "gradi",
        "§": "paragrafo",
        "*": "",
        "_": " ",
        "#": "",
        "~": "circa ",
    },  # fmt: skip
    abbreviations=(
        (r"\b[Ss]ig\.(?= [A-Z])", "signor"),
        (r"\b[Ss]ig\.ra", "signora"),
        (r"\b[Dd]ott\.ssa", "dottoressa"),
        (r"\b[Dd]ott\.", "dottor"),
        (r"\b[Pp]rof\.", "professor"),
        (r"\b[Aa]d es\.", "ad esempio"),
        (r"\b[Ee]cc\.", "eccetera"),
        (r"\b[Nn]\.[°º]? ?(?=\d)|\b[Nn][°º] ?(?=\d)", "numero "),
        (r"\bpagg?\.", "pagina"),
        (r"\ba\. ?C\.", "avanti Cristo"),
        (r"\bd\. ?C\.", "dopo Cristo"),
    ),
    hour_words="ore",
    special=_special,
    cents=" e",
)
