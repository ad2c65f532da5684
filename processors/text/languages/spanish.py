"""Spanish: numbers, dates, times and amounts as the Real Academia's Ortografía has them."""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import listed, spanish
from recital.processors.text.languages.rules import ROMAN, Language, roman

_MONTHS = listed(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
_ORDINALS = listed("primer segundo tercer cuarto quinto sexto séptimo octavo noveno décimo")
_ORDINAL = re.compile(r"(?<![\w.,])([1-9]|10)\.?([ºªo]|er|ra|ro)(?!\w)")
_NUMERAL = re.compile(rf"\b(siglo|siglos|[A-ZÁÉÍÓÚ][a-záéíóúñ]+) ({ROMAN})(?!\w)")


def _date(before: str, day: int, month: str) -> str:
    return f"{'primero' if day == 1 else spanish(day)} de {month}"


def _clock(hour: int, minute: int) -> str:
    return ("una" if hour == 1 else spanish(hour)) + (f" {spanish(minute)}" if minute else "")


def _numeral(match: re.Match[str]) -> str:
    if not match[2] or (len(match[2]) == 1 and match[1] not in ("siglo", "Felipe", "Carlos")):
        return match[0]
    number = roman(match[2])
    if match[1].startswith("siglo") or number > 10:
        return f"{match[1]} {spanish(number)}"
    name = {1: "primero", 3: "tercero"}.get(number, _ORDINALS[number])
    return f"{match[1]} {name}"


def _ordinal(match: re.Match[str]) -> str:
    word = _ORDINALS[int(match[1])]
    if match[2] in ("ª", "ra"):
        return word + "a" if word.endswith("er") else word[:-1] + "a"
    return word + "o" if word.endswith("er") and match[2] != "er" else word


def _special(text: str) -> str:
    return _ORDINAL.sub(_ordinal, _NUMERAL.sub(_numeral, text))


_UNITS = {
    "km": "kilómetro", "m": "metro", "cm": "centímetro", "mm": "milímetro", "kg": "kilogramo",
    "g": "gramo", "mg": "miligramo", "l": "litro", "ml": "mililitro", "t": "tonelada",
    "ha": "hectárea", "kWh": "kilovatio hora", "W": "vatio", "min": "minuto", "s": "segundo",
    "°": "grado",
}  # fmt: skip

SPANISH = Language(
    cardinal=spanish,
    year=spanish,
    one="un",
    months=_MONTHS,
    short_months={
        "ene.": "enero",
        "feb.": "febrero",
        "sept.": "septiembre",
        "oct.": "octubre",
        "nov.": "noviembre",
        "dic.": "diciembre",
    },  # fmt: skip
    date=_date,
    clock=_clock,
    point="coma",
    minus="menos",
    to="a",
    over="partido por",
    fractions={
        (1, 2): "medio",
        (1, 3): "un tercio",
        (2, 3): "dos tercios",
        (1, 4): "un cuarto",
        (3, 4): "tres cuartos",
    },  # fmt: skip
    percent="por ciento",
    units={short: (name, name + "s") for short, name in _UNITS.items()}
    | {
        "km/h": ("kilómetro por hora", "kilómetros por hora"),
        "m²": ("metro cuadrado", "metros cuadrados"),
        "m³": ("metro cúbico", "metros cúbicos"),
        "°C": ("grado Celsius", "grados Celsius"),
    },
    currencies={
        "euro": ("euro", "euros", "céntimo", "céntimos"),
        "dollar": ("dólar", "dólares", "centavo", "centavos"),
        "pound": ("libra", "libras", "penique", "peniques"),
        "yen": ("yen", "yenes", "sen", "sen"),
    },
    scales={
        "M": ("millón", "millones"),
        "millón": ("millón", "millones"),
        "millones": ("millón", "millones"),
        "mil": ("mil", "mil"),
    },  # fmt: skip
    signs={
        "&": "y",
        "+": "más",
        "=": "igual a",
        "<": "menor que",
        ">": "mayor que",
        "×": "por",
        "%": "por ciento",
        "€": "euros",
        "$": "dólares",
        "£": "libras",
        "°": "grados",
        "§": "sección",
        "*": "",
        "_": " ",
        "#": "",
        "~": "unos ",
    },  # fmt: skip
    abbreviations=(
        (r"\bSr\.", "Señor"),
        (r"\bSra\.", "Señora"),
        (r"\bSrta\.", "Señorita"),
        (r"\bDr\.", "Doctor"),
        (r"\bDra\.", "Doctora"),
        (r"\bD\.(?= [A-ZÁÉÍÓÚ])", "Don"),
        (r"\bDª", "Doña"),
        (r"\bEE\. ?UU\.", "Estados Unidos"),
        (r"\b[Pp]\. ?ej\.", "por ejemplo"),
        (r"\betc\.", "etcétera"),
        (r"\b[Nn]\.?[ºo°] ?(?=\d)", "número "),
        (r"\bnúm\.", "número"),
        (r"\bpágs?\.", "página"),
        (r"\ba\. ?C\.", "antes de Cristo"),
        (r"\bd\. ?C\.", "después de Cristo"),
        (r"\bav(?:da)?\.", "avenida"),
        (r"\baprox\.", "aproximadamente"),
        (r"\bUd\.", "usted"),
        (r"\bUds\.", "ustedes"),
    ),
    hour_words="horas|h",
    special=_special,
    cents=" con",
    ties=frozenset({"de"}),
)
