"""Numbers in words, for the cleaners of NVIDIA's recipes."""

from __future__ import annotations

import re
from typing import Any

from recital.processors.text.inflection import engine

_CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro", "₩": "won"}
_MAGNITUDES = {"m": "million", "b": "billion", "t": "trillion"}
_CURRENCY = re.compile(
    r"([$€£₩])([0-9.,]*[0-9]+)"
    r"(?: ?(trillion|billion|million|thousand|hundred|m|b|t)(?=[^a-zA-Z]|$))?",
    re.IGNORECASE,
)
# Not I alone, the pronoun.
_ROMAN = re.compile(r"\b(?=[MDCLXVI]+\b)M{0,4}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{2,3})\b")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_TIME = re.compile(r"([0-9]|0[0-9]|1[0-9]|2[0-3]):?([0-5][0-9])?\s*([AaPp])[Mm]\b")
_HARDWARE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s?(tb|gb|mb|kb|ghz|mhz|khz|hz|mm)", re.IGNORECASE)
_HARDWARE_WORDS = {
    "tb": "terabyte",
    "gb": "gigabyte",
    "mb": "megabyte",
    "kb": "kilobyte",
    "ghz": "gigahertz",
    "mhz": "megahertz",
    "khz": "kilohertz",
    "hz": "hertz",
    "mm": "millimeter",
}
_SIDE = r"\d+(?:[,.]\d+)?"
_DIMENSIONS = re.compile(rf"\b{_SIDE}(?:\s*[xX]\s*{_SIDE}){{1,2}}(?:in|inch|m)?\b")
_LETTERS_AND_DIGITS = re.compile(r"(?:[a-zA-Z]+[0-9]|[0-9]+[a-zA-Z])[a-zA-Z0-9']*")
_LARGEST = 36  # digits; inflect has no word beyond


def inflect_words(number: int | str, **options: Any) -> str:
    digits = str(number)
    if len(re.sub(r"\D", "", digits.split(".")[0])) > _LARGEST:
        return " ".join(engine().number_to_words(digit) for digit in digits if digit.isdigit())
    return engine().number_to_words(number, **options)


def _plural(unit: str, count: int) -> str:
    return unit if count == 1 else unit + "s"


def _in_hundreds(quantity: int | str) -> str:
    number = float(quantity)
    if 1000 < number < 10000 and number % 100 == 0 and number % 1000 != 0:
        return inflect_words(int(number / 100)) + " hundred"
    return inflect_words(quantity)


def _expand_currency(match: re.Match[str]) -> str:
    currency, quantity = _CURRENCIES[match[1]], match[2].replace(",", "")
    parts = quantity.split(".")
    if len(parts) > 2:
        return f"{quantity} {currency}s"
    if match[3]:
        magnitude = _MAGNITUDES.get(match[3].lower(), match[3])
        return f"{_in_hundreds(quantity)} {magnitude} {currency}s"
    whole = int(parts[0] or 0) if len(parts[0]) <= _LARGEST else 10**_LARGEST
    cents = int(parts[1] or 0) if len(parts) > 1 and len(parts[1]) <= _LARGEST else 0
    spoken = [f"{_in_hundreds(whole)} {_plural(currency, whole)}"] if whole else []
    if cents:
        spoken.append(f"{inflect_words(cents)} {_plural('cent', cents)}")
    return ", ".join(spoken) or f"zero {currency}s"


def expand_currency(text: str) -> str:
    """ "$5.50" -> "five dollars, fifty cents"."""
    return _CURRENCY.sub(_expand_currency, text)


def _expand_roman(match: re.Match[str]) -> str:
    values = [_ROMAN_DIGITS[letter] for letter in match[0]]
    following = [*values[1:], 0]
    return str(sum(v if v >= after else -v for v, after in zip(values, following, strict=True)))


def _expand_number(match: re.Match[str]) -> str:
    digits, suffix = match[1], match[2]
    number = int(digits) if len(digits) <= _LARGEST else None
    if number is None:
        text = inflect_words(digits)
    elif number > 1000 and number % 100 == 0 and number % 1000 != 0:
        text = inflect_words(number // 100) + " hundred"
    elif number == 2000:
        text = "two thousand"
    elif 2000 < number < 2010:
        text = "two thousand " + inflect_words(number % 100)
    elif 1000 < number < 3000:
        text = (
            inflect_words(number, andword="", zero="oh", group=2)
            .replace(", ", " ")
            .replace("-", " ")
        )
    else:
        text = inflect_words(number, andword="and").replace("-", " ").replace(",", "")
    if not suffix:
        return text
    return text[:-1] + "ies" if text[-1] == "y" else text + suffix


def expand_numbers(text: str) -> str:
    """Numbers, money, ordinals, decimals and roman numerals in words; a number of four digits
    reads as a year.
    """
    text = re.sub(r"[0-9][0-9,]+[0-9]", lambda m: m[0].replace(",", ""), text)
    text = expand_currency(text)
    text = re.sub(r"[0-9]+\.[0-9]+", lambda m: m[0].replace(".", " point "), text)
    text = re.sub(r"[0-9]+(?:st|nd|rd|th)", lambda m: inflect_words(m[0]), text)
    text = _ROMAN.sub(_expand_roman, text)
    text = re.sub(r"(\b[0-9]+)x([0-9]+)", r"\1 by \2", text)
    return re.sub(r"([0-9]+)('s|s|)", _expand_number, text)


def expand_times(text: str) -> str:
    """ "7pm" -> "7 p.m.", "10:30am" -> "10 30 a.m."."""

    def expand(match: re.Match[str]) -> str:
        minutes = f" {match[2]}" if match[2] and int(match[2]) else ""
        return f"{match[1]}{minutes} {match[3].lower()}.m."

    return _TIME.sub(expand, text)


def expand_hardware(text: str) -> str:
    """ "16gb" -> "16 gigabytes"."""

    def expand(match: re.Match[str]) -> str:
        unit = _HARDWARE_WORDS[match[2].lower()]
        many = unit[-1] != "z" and float(match[1].replace(",", "")) > 1
        return f"{match[1]} {unit}{'s' if many else ''}"

    return _HARDWARE.sub(expand, text)


def expand_dimensions(text: str) -> str:
    """ "3x4" -> "3 by 4", "3x4m" -> "3 by 4 meter"."""

    def expand(match: re.Match[str]) -> str:
        sides = match[0].replace(" x ", " by ").replace("x", " by ")
        for short, unit in (("m", "meter"), ("in", "inch")):
            if sides.endswith(short) and sides[-len(short) - 1].isdigit():
                return f"{sides[: -len(short)]} {unit}"
        return sides

    return _DIMENSIONS.sub(expand, text)


def _read_digits(digits: str) -> list[str]:
    """Two by two up to four digits, with zeros on their own: 747 -> 7 47, 1024 -> 10 24, 101 ->
    1 0 1.
    """
    if not digits.isdigit() or len(digits) > 4:
        return [digits]
    if len(digits) > 2 and digits[-2] == "0":
        return [digits] if digits[-1] == "0" else [digits[:-2], "0", digits[-1]]
    first = len(digits) % 2
    pairs = [digits[i : i + 2] for i in range(first, len(digits), 2)]
    return [digits[:first], *pairs] if first else pairs


def expand_letters_and_digits(text: str) -> str:
    """ "AK47s" -> "AK 47s", "B2B" -> "B 2 B"; "1920s" and "5th" stay whole."""

    def expand(match: re.Match[str]) -> str:
        parts = [part for part in re.split(r"(\d+)", match[0]) if part]
        if parts[-1] in ("'s", "s", "th", "nd", "st", "rd") and parts[-2].isdigit():
            parts[-2:] = [parts[-2] + parts[-1]]
        return " ".join(piece for part in parts for piece in _read_digits(part))

    return _LETTERS_AND_DIGITS.sub(expand, text)
