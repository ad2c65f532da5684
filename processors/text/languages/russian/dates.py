"""Russian dates, years and times of day, in the case that the words before them ask for."""

from __future__ import annotations

import re
from collections.abc import Callable

from recital.processors.text.english.words import behind
from recital.processors.text.languages.russian.numbers import CASES, ENDINGS, cardinal, ordinal
from recital.processors.text.languages.russian.tables import MONTHS, SHORT_MONTHS, UNITS
from recital.processors.text.languages.russian.words import counted, stop_of, text_before

_MONTH = "|".join(MONTHS)


_DAY = r"3[01]|[12]\d|0?[1-9]"


_SHORT_MONTH = re.compile(rf"\b({_DAY}) ({'|'.join(SHORT_MONTHS)})\.")


_DATES = re.compile(
    rf"(?<![\w.,])((?:(?:{_DAY})(?: ?[-–—] ?|, | и | или | по | до | на )){{0,8}})({_DAY}) "
    rf"({_MONTH})\b"
    r"(?: (\d{4}|\d{1,3}(?= (?:г\.|года)))(?: ?(?:г\.|года|год)(?!\w))?(?![\d:,.]\d))?",
    re.IGNORECASE,
)


_NUMERIC = re.compile(
    rf"(?<![\d.])({_DAY})\.(1[0-2]|0?[1-9])\.(\d{{4}}|\d\d)(?![\d.]\d|\d)(?: ?(?:г\.|года))?"
)


_TWO_NUMERIC = re.compile(
    rf"\b([Сс]) ({_DAY})\.(1[0-2]|0[1-9]) по ({_DAY})\.(1[0-2]|0[1-9])(?![.\d])"
)


_SPAN_OF_YEARS = re.compile(
    r"\b([Сс]|[Оо]т) (\d{4})(?:-го)?(?: (?:года|г\.))? (по|до) (\d{4})(?:-[йг]о?)?(?: ?(год[аы]?|"
    r"гг?\.)(?!\w))?"
)


_YEAR = re.compile(
    r"(?<![\w.,-])((?:\d{4}(?:, | и )){0,8})"
    r"(\d{4}|\d{3}(?= ?(?:году|г\.|[-–—] ?\d{3} г(?:г\.|од))))"
    r"(?:( ?[-–—] ?|/|, | и | или )(\d{4}|\d{2,3}))? ?"
    r"((?:уч(?:\.|ебн\w+)|финансов\w+) )?(год(?:а|у|ом|е|ы|ов|ам|ами|ах)?|гг?\.)(?!\w)"
)


_SEASON = re.compile(r"(?<![\w.,/–-])(1[89]\d\d|20\d\d)[/–—-](1[89]\d\d|20\d\d|\d\d)(?![\d/–-])")


# what a year is not: "в 2000 рублей"
_COUNTED_BEHIND = (
    r"(?! ?(?:[%°₽$€]|руб|тыс|млн|кг|км|м\b|г\b|л\b|см|человек|лет\b|раз|тысяч|единиц|страниц|"
    r"книг|штук|"
    r"экз|чел|шт|минут|секунд|тонн|квартир|семей|долл|евро|[а-яё]+(?:ов|ев|ей|ых|их|ок|ек|ам|ах|"
    r"ами|ями|ям|ях)\b))"
)


_YEAR_NUMBER = r"(?:1[5-9]\d\d|20[0-4]\d)"


_BARE_YEAR = re.compile(
    rf"\b([Вв]|[Сс]|[Кк]|[Дд]о|[Пп]осле|[Лл]етом|[Зз]имой|[Вв]есной|[Оо]сенью|[Нн]ачале|[Кк]онце|"
    r"[Яя]нвар[еь]|[Фф]еврал[еь]|[Мм]арте?|[Аа]прел[еь]|[Мм]ае|[Мм]ай|[Ии]юн[еь]|[Ии]юл[еь]|"
    r"[Аа]вгусте?|"
    r"[Сс]ентябр[еь]|[Оо]ктябр[еь]|[Нн]оябр[еь]|[Дд]екабр[еь]|"
    rf"{_MONTH}) ({_YEAR_NUMBER})(?:( ?[–—-] ?|, | и )({_YEAR_NUMBER}|\d\d\b))?"
    rf"(?![\d:/а-яё]|[,.]\d|-[а-я]){_COUNTED_BEHIND}"
)


_TIME = r"(?<![\d:.,/])([01]?\d|2[0-4]):([0-5]\d)(?![\d:])"


_CLOCK_SPAN = re.compile(rf"{_TIME} ?[-–—] ?{_TIME}")


_CLOCK = re.compile(_TIME)


_POINT = re.compile(
    r"\b([Вв]|[Сс]|[Дд]о|[Кк]|[Пп]осле|[Оо]коло|[Оо]т|[Пп]о|[Нн]а) ([01]?\d|"
    r"2[0-4])\.([0-5]\d)(?![\d.]\d|\d|%)"
    r"(?= (?:утра|вечера|дня|ночи|до|по|час|мск|МСК|по московскому)| ?[-–—] ?\d\d?\.\d\d|[,;)]|"
    r"\.?$|\. )"
)


_DURATION = re.compile(r"(?<![\d:.,])(\d?\d):([0-5]\d):([0-5]\d)(?![\d:])")


def _ordinal_case(before: str, suffix: str = "") -> str:
    """The ending of the day of a date."""
    word = re.search(r"([\w-]+) $", before)
    lead = word[1].lower() if word else ""
    if lead in ("по", "на", "за", "под", "через"):
        return "ое"
    return (
        "ому" if lead in ("к", "ко", "благодаря") else "ым" if lead in ("перед", "между") else "ого"
    )


def _dates(match: re.Match[str]) -> str:
    days, day, month, in_year = match.groups()
    words, last = [], _ordinal_case(text_before(match))
    ending = last
    for number, between in re.findall(r"(\d+)(\D+)", days):
        dash = re.fullmatch(r" ?[-–—] ?", between)
        words.append(ordinal(int(number), ending) + (" — " if dash else between))
        ending = last
        if between.strip() in ("по", "на"):
            ending = "ое"
        elif between.strip() == "до":
            ending = "ого"
    said = "".join(words) + f"{ordinal(int(day), ending)} {month}"
    return said + (f" {ordinal(int(in_year), 'ого')} года{stop_of(match)}" if in_year else "")


def _numeric(match: re.Match[str]) -> str:
    month = MONTHS[int(match[2]) - 1]
    day, year = (
        ordinal(int(match[1]), _ordinal_case(text_before(match))),
        ordinal(int(match[3]), "ого"),
    )
    return f"{day} {month} {year} года{stop_of(match)}"


def _span_of_years(match: re.Match[str]) -> str:
    lead, first, between, second, word = match.groups()
    until = between == "до"
    last = ordinal(int(second), "ого" if until else "ый")
    noun = " год" + ("а" if until else "") if word else ""
    return f"{lead} {ordinal(int(first), 'ого')} {between} {last}{noun}{stop_of(match)}"


_OF_YEAR = {
    "год": "a", "года": "g", "годом": "i", "годе": "p", "годы": "a", "годов": "g", "годам": "d",
    "годами": "i", "годах": "p",
}  # fmt: skip


_PLURAL_YEAR = {"a": "годы", "g": "годов", "d": "годам", "i": "годами", "p": "годах", "n": "годы"}


_SINGULAR_YEAR = {"a": "год", "g": "года", "d": "году", "i": "годом", "p": "году", "n": "год"}


def year_case(before: str) -> str | None:
    if re.search(r"\b(?:[Вв]о?|[Оо]б?|[Пп]ри) $", before):
        return "p"
    if re.search(r"\b[Кк]о? $", before):
        return "d"
    if re.search(r"\b(?:[Нн]а|[Зз]а|[Пп]о|[Чч]ерез) $", before):
        return "a"
    if re.search(
        r"\b(?:[Пп]еред|[Мм]ежду|[Вв]след за|(?:сравнени[юи]|наряду|вместе|связи) со?) $", before
    ):
        return "i"
    return None


def _year(match: re.Match[str]) -> str:
    others, first, between, second, school, word = match.groups()
    before = text_before(match)
    if (
        len(first) == 3
        and not second
        and word == "г."
        and not (
            re.search(r"\b(?:[Вв]|[Кк]|[Дд]о|[Сс]|[Пп]осле|[Оо]коло) $", before)
            or re.match(r" (?:до )?нашей", behind(match))
        )
    ):
        return match[0]
    case = _OF_YEAR.get(word) or year_case(before)
    if word == "году":
        case = "d" if case == "d" else "p"
    if word in ("г.", "гг."):
        again = re.search(r"(\d{4}|г\.|году) (?:и|или) $", before)
        case = case or (year_case(before[: again.start()]) if again else None) or "g"
        word = (_PLURAL_YEAR if word == "гг." or (second and "и" in between) else _SINGULAR_YEAR)[
            case
        ]
    ending = ENDINGS["m"][CASES.index(case or "g")]
    words = ordinal(int(first), ending)
    if second:
        sign = " — " if re.fullmatch(r" ?[-–—] ?|/", between) else between
        words += sign + ordinal(int(second), ending)
    if school and school.startswith("уч."):
        school = "учебн" + ending + " "
    others = re.sub(r"\d+", lambda m: ordinal(int(m[0]), ending), others)
    return f"{others}{words} {school or ''}{word}{stop_of(match)}"


def _season(match: re.Match[str]) -> str:
    """ "сезон 2019/20", of two years that follow each other."""
    first, second = match.groups()
    if (int(first) + 1) % 100 != int(second) % 100:
        return match[0]
    ending = "ом" if re.search(r"\b[Вв] $", text_before(match)) else "ого"
    return f"{ordinal(int(first), ending)} — {ordinal(int(second), ending)}"


def _bare_year(match: re.Match[str]) -> str:
    lead, first, between, second = match.groups()
    ending = {"в": "ом", "к": "ому"}.get(lead.lower(), "ого")
    words = f"{lead} {ordinal(int(first), ending)}"
    if second and len(between) != 2:  # no list
        return words + (" — " if between.strip() != "и" else between) + ordinal(int(second), ending)
    return words + (between or "") + (ordinal(int(second), ending) if second else "")


def _time(hour: str, minute: str, case: str = "n", bare: bool = False) -> str:
    words = cardinal(int(hour), "m", case)
    if bare:
        return words
    if minute == "00":
        return words + " ноль ноль"
    low = "ноль " if minute[0] == "0" else ""
    return f"{words} {low}{cardinal(int(minute), 'm', case)}"


def _time_case(before: str) -> str:
    if re.search(
        r"\b(?:[Сс]о?|[Дд]о|[Пп]осле|[Оо]коло|[Оо]т|[Пп]озднее|[Пп]озже|[Рр]анее|[Рр]аньше) $",
        before,
    ):
        return "g"
    return "d" if re.search(r"\b(?:[Кк]о?) $", before) else "n"


def _clock_span(match: re.Match[str]) -> str:
    first, low, second, high = match.groups()
    bare = low == high == "00"
    lead = "" if re.search(r"\b[Сс] $", text_before(match)) else "с "
    return f"{lead}{_time(first, low, 'g', bare)} до {_time(second, high, 'g', bare)}"


def _clock(match: re.Match[str]) -> str:
    return _time(match[1], match[2], _time_case(text_before(match)))


def _duration(match: re.Match[str]) -> str:
    return ", ".join(
        counted(number, UNITS[unit])
        for number, unit in zip(
            map(lambda n: str(int(n)), match.groups()), ("ч", "мин", "с"), strict=True
        )
    ).replace(",", "")


def _years(match: re.Match[str]) -> str:
    word = {"х": "годов", "е": "годы", "го": "года", "м": "году"}[match[1]]
    return f"{match[1]} {word}{stop_of(match)}"


def _two_numeric(match: re.Match[str]) -> str:
    lead, *days = match.groups()
    first, second = (MONTHS[int(days[at]) - 1] for at in (1, 3))
    return (
        f"{lead} {ordinal(int(days[0]), 'ого')} {first} по {ordinal(int(days[2]), 'ое')} {second}"
    )


DATE_STEPS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(r"(?<=\d-)(х|е|го|м) гг?\."), _years),
    (_SHORT_MONTH, lambda m: f"{m[1]} {MONTHS[SHORT_MONTHS[m[2]]]}"),
    (_TWO_NUMERIC, _two_numeric),
    (_NUMERIC, _numeric),
    (_DATES, _dates),
    (_SPAN_OF_YEARS, _span_of_years),
    (_YEAR, _year),
    (_SEASON, _season),
    (_BARE_YEAR, _bare_year),
]


TIME_STEPS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (_DURATION, _duration),
    (_POINT, lambda m: f"{m[1]} {m[2]}:{m[3]}"),
    (_CLOCK_SPAN, _clock_span),
    (_CLOCK, _clock),
]
