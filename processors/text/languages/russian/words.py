"""What the rules for Russian share: numbers as they are written, the words beside a match, and the
endings that are written behind a number.
"""

from __future__ import annotations

import re

from recital.processors.text.english.words import behind
from recital.processors.text.languages.russian.cases import unlisted
from recital.processors.text.languages.russian.numbers import (
    CASES,
    DIGITS,
    ENDINGS,
    Forms,
    agreed,
    cardinal,
    gender_of,
    is_one,
    of_case,
)
from recital.processors.text.languages.russian.tables import ORDERED

_PARTS = {1: "десят", 2: "сот", 3: "тысячн", 4: "десятитысячн"}


_MASCULINE_PLURAL = re.compile(
    r"(?:полк|слог|ряд|курс|класс|этаж|тур|раунд|тайм|сезон|квартал|съезд|разряд|созыв|подъезд|этап|"
    r"период|батальон|взвод|дивизион|эскадрон|семестр|триместр|выпуск|микрорайон|район|вагон|маршрут|"
    r"раздел|параграф|пункт|участок|участк|отряд|автобус|урок|кабинет|блок|энергоблок|терминал|"
    r"сектор|зал|вопрос|столб|стих|аккорд|ход|забег|заезд|урн|рейс|пул|флот)(?:и|ы)"
)
SUFFIXES = {
    "ый": "ый", "го": "ого", "ого": "ого", "му": "ому", "ом": "ом", "ому": "ому", "ым": "ым",
    "я": "ая", "ая": "ая", "ю": "ую", "ую": "ую", "х": "ых", "ых": "ых", "ми": "ыми", "ой": "ой",
    "ые": "ые", "ое": "ое", "ыми": "ыми", "ей": "ой",
}  # fmt: skip


NUMBER = r"\d{1,3}(?: \d{3}){1,5}(?:,\d+)?(?!\d)|\d+(?:,\d+)?"


def parsed(number: str) -> tuple[int, str]:
    whole, _, fraction = number.replace(" ", "").partition(",")
    return int(whole), fraction


def in_words(number: str, gender: str = "m", case: str = "n", counts: bool = False) -> str:
    """ "3,5" -> "три целых пять десятых"; 1,5 of what it counts is "полтора"."""
    if number.isdigit() and len(number) > 18:
        return " ".join(DIGITS[int(digit)] for digit in number)
    whole, fraction = parsed(number)
    if not fraction:
        digits = number.replace(" ", "")
        if len(digits) > 1 and digits[0] == "0" and not counts:
            return " ".join(DIGITS[int(digit)] for digit in digits)
        return cardinal(whole, gender, case)
    if counts and number == "1,5":
        return "полутора" if case not in "na" else "полторы" if gender == "f" else "полтора"
    if len(fraction) not in _PARTS:
        return f"{cardinal(whole)} запятая " + " ".join(DIGITS[int(digit)] for digit in fraction)
    part, at = int(fraction), CASES.index(case)
    # "две целых", not "две целые"
    entire = ENDINGS["f"][at] if is_one(whole) else ENDINGS["p"][at if case not in "na" else 1]
    name = ENDINGS["f"][at] if is_one(part) else ENDINGS["p"][at if case not in "na" else 1]
    return (
        f"{cardinal(whole, 'f', case)} цел{entire} "
        f"{cardinal(part, 'f', case)} {_PARTS[len(fraction)]}{name}"
    )


def counted(number: str, forms: Forms, case: str = "n") -> str:
    whole, fraction = parsed(number)
    noun = agreed(whole, forms, case)
    if fraction:
        noun = of_case(forms, case, True) if number == "1,5" and case not in "na" else forms[1]
    if fraction and forms[1].split()[0].endswith(("ые", "ых", "их")):
        noun = of_case(forms, "g")
    return f"{in_words(number, gender_of(forms), case, counts=True)} {noun}"


def _ends(text: str) -> bool:
    """Whether a sentence ends before the rest of a text."""
    return re.match(r"[ \"»)]*(?:$|\n| [«\"]?(?!США)[А-ЯЁ])", text) is not None


def stop_of(match: re.Match[str]) -> str:
    """The stop of an abbreviation that ends a sentence is the same one."""
    return "." if match[0].endswith(".") and _ends(behind(match)) else ""


def text_before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 60) : match.start()]


def cased(word: str, like: str) -> str:
    return word[0].upper() + word[1:] if like[0].isupper() else word


def next_words(text: str) -> list[str]:
    text = re.sub(r"^(?:(?:, | и | или )\d+)*(?: и | или )\d+(?= [а-яё])", "", text)
    found = re.match(r"(?: «?[А-ЯЁа-яё-]+»?)?((?: [А-ЯЁа-яё-]+){0,2})", text)
    return (
        re.findall(r"[А-ЯЁа-яё]+(?:-[а-яё]+)*", text[:40]) if found and text.startswith(" ") else []
    )


def suffix_ending(suffix: str, number: int, before: str, after: str) -> str | None:
    """The ending of the ordinal that a suffix begins; None where the number is a cardinal."""
    # "1-й и 2-й роты"
    alone = re.sub(r"^(?:(?:,| и| или) \d+-й)+(?= )", "", after) if suffix == "й" else after
    noun = next(iter(next_words(alone)), "")
    if suffix in ("ти", "мя", "ух", "ёх", "ех", "и") or (suffix == "х" and number in (2, 3, 4)):
        return None
    if suffix == "ми" and number in (7, 8):
        return None
    if suffix == "е":
        decade = number % 10 == 0 and number >= 20
        many = noun.endswith(("ы", "ые", "ие", "и")) and len(noun) > 2
        many = many or (
            decade and not noun.endswith(("о", "ое", "ее", "ие", "ря", "та", "ля", "мая"))
        )
        return "ые" if many and noun[-2:] not in ("ие",) or (decade and noun == "годы") else "ое"
    if suffix == "й":
        ordered_as = ORDERED.get(noun.lower())
        # "3-й и 4-й полки": of men's words the plural is behind a list, of women's there is "-я"
        in_list = alone != after or re.search(r"\d(?:-й)?(?:,| и| или) $", before)
        if in_list and _MASCULINE_PLURAL.fullmatch(noun):
            return "ый"
        if ordered_as and ordered_as[0] == "f":
            return "ой"
        if ordered_as:
            return "ый"
        feminine = noun.endswith(("ой", "ей", "ии")) or (
            noun.endswith(("и", "ы", "е")) and len(noun) > 3 and not noun.endswith(("ие", "ые"))
        )
        return "ой" if feminine else "ый"
    if suffix == "м":
        first = re.sub(r"(?:\d+-м(?:,| и| или| либо|,? \(?а не) )+$", "", before)
        inside = re.search(r"\b(?:[Вв]о?|[Нн]а|[Оо]б?|[Пп]ри) $", unlisted(first))
        return "ом" if inside or noun.endswith(("е", "у")) else "ым"
    return SUFFIXES[suffix]
