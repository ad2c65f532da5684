"""Russian: cases and genders of numbers as Rozental's handbook of spelling and style has them, as
far as the words beside a number show them. Days and years are ordinals; others are nominative.
"""

from __future__ import annotations

import re

from recital.processors.text.english.words import behind
from recital.processors.text.languages.rules import ROMAN, roman
from recital.processors.text.languages.russian_numbers import DIGITS, Forms, cardinal, form, ordinal
from recital.processors.text.word_tables import listed

# The gender that the ending of a noun after 1 or 2 shows: "1 книга", "2 книги".
_GENDER_OF = {
    1: {"а": "f", "я": "f", "у": "a", "ю": "a", "о": "n", "е": "n"},
    2: {"и": "f", "ы": "f"},
}
_MONTHS = listed(
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
)
_MONTH = "|".join(_MONTHS)
_UNITS: dict[str, Forms] = {
    "км": ("километр", "километра", "километров"), "м": ("метр", "метра", "метров"),
    "см": ("сантиметр", "сантиметра", "сантиметров"),
    "мм": ("миллиметр", "миллиметра", "миллиметров"),
    "кг": ("килограмм", "килограмма", "килограммов"), "г": ("грамм", "грамма", "граммов"),
    "мг": ("миллиграмм", "миллиграмма", "миллиграммов"), "т": ("тонна", "тонны", "тонн"),
    "л": ("литр", "литра", "литров"), "мл": ("миллилитр", "миллилитра", "миллилитров"),
    "га": ("гектар", "гектара", "гектаров"), "ч": ("час", "часа", "часов"),
    "мин": ("минута", "минуты", "минут"), "сек": ("секунда", "секунды", "секунд"),
    "с": ("секунда", "секунды", "секунд"),
    "км/ч": ("километр в час", "километра в час", "километров в час"),
    "м/с": ("метр в секунду", "метра в секунду", "метров в секунду"),
    "м²": ("квадратный метр", "квадратных метра", "квадратных метров"),
    "кв. м": ("квадратный метр", "квадратных метра", "квадратных метров"),
    "км²": ("квадратный километр", "квадратных километра", "квадратных километров"),
    "м³": ("кубический метр", "кубических метра", "кубических метров"),
    "°C": ("градус Цельсия", "градуса Цельсия", "градусов Цельсия"),
    "°С": ("градус Цельсия", "градуса Цельсия", "градусов Цельсия"),
    "°": ("градус", "градуса", "градусов"), "Вт": ("ватт", "ватта", "ватт"),
    "кВт": ("киловатт", "киловатта", "киловатт"), "В": ("вольт", "вольта", "вольт"),
    "ГБ": ("гигабайт", "гигабайта", "гигабайт"), "МБ": ("мегабайт", "мегабайта", "мегабайт"),
    "%": ("процент", "процента", "процентов"),
}  # fmt: skip
_FEMININE = frozenset(("т", "мин", "сек", "с"))
_MONEY: dict[str, tuple[Forms, Forms]] = {
    "₽": (("рубль", "рубля", "рублей"), ("копейка", "копейки", "копеек")),
    "$": (("доллар", "доллара", "долларов"), ("цент", "цента", "центов")),
    "€": (("евро", "евро", "евро"), ("цент", "цента", "центов")),
    "£": (("фунт", "фунта", "фунтов"), ("пенни", "пенни", "пенсов")),
    "¥": (("иена", "иены", "иен"), ("сен", "сена", "сенов")),
}
_LARGE: dict[str, Forms] = {
    "тыс.": ("тысяча", "тысячи", "тысяч"),
    "млн": ("миллион", "миллиона", "миллионов"),
    "млрд": ("миллиард", "миллиарда", "миллиардов"),
    "трлн": ("триллион", "триллиона", "триллионов"),
}
_PARTS = {1: ("десятая", "десятых"), 2: ("сотая", "сотых"), 3: ("тысячная", "тысячных")}
_ENDINGS = {
    "й": "ый", "ый": "ый", "го": "ого", "ого": "ого", "му": "ому", "м": "ом", "ом": "ом",
    "я": "ая", "ая": "ая", "ю": "ую", "ую": "ую", "х": "ых", "ых": "ых", "ми": "ыми", "ой": "ой",
}  # fmt: skip
_ABBREVIATIONS = [
    (re.compile(pattern), spoken)
    for pattern, spoken in (
        (r"\bт\. ?е\.", "то есть"),
        (r"\bи т\. ?д\.", "и так далее"),
        (r"\bи т\. ?п\.", "и тому подобное"),
        (r"\bи др\.", "и другие"),
        (r"\bт\. ?к\.", "так как"),
        (r"\bдо н\. ?э\.", "до нашей эры"),
        (r"\bн\. ?э\.", "нашей эры"),
        (r"\bул\.", "улица"),
        (r"\bУл\.", "Улица"),
        (r"\bпр\.(?= [А-ЯЁ])", "проспект"),
        (r"\bд\. ?(?=\d)", "дом "),
        (r"\bкв\. (?=\d)", "квартира "),
        (r"\bстр\. ?(?=\d)", "страница "),
        (r"\bрис\. ?(?=\d)", "рисунок "),
        (r"\bтел\.", "телефон"),
        (r"\bнапр\.", "например"),
        (r"\bпроф\.", "профессор"),
        (r"\bим\. (?=[А-ЯЁ])", "имени "),
        (r"№ ?(?=\d)", "номер "),
        (r"§ ?(?=\d)", "параграф "),
        (r" ?& ?", " и "),
        (r"(?<=\d) ?р\.(?= [а-яё]|$|,)", " ₽"),
    )
]
_RUBLES = re.compile(r"(?:(?<=\d)|(?<=млн)|(?<=млрд)|(?<=тыс\.)) ?руб(?:\.|л(?:ь|я|ей))?(?!\w)")
_NUMBER = r"\d{1,3}(?:[ \u00a0]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_DATE = re.compile(
    rf"(?:\b(по) )?(?<![\w.,])(3[01]|[12]\d|0?[1-9]) ({_MONTH})\b"
    r"(?: (\d{4})(?: ?(?:г\.|года)(?!\w))?)?"
)
_SPAN_OF_DAYS = re.compile(rf"\b(с|до|от) (3[01]|[12]?\d)(?= (?:по|до) \d{{1,2}} (?:{_MONTH}))")
_NUMERIC = re.compile(
    r"(?<![\d.])(3[01]|[12]\d|0?[1-9])\.(1[0-2]|0?[1-9])\.(\d{4})(?![\d.]\d)(?: ?г\.)?"
)
_SPAN_OF_YEARS = re.compile(r"\b([Сс]) (\d{4}) (по) (\d{4}) (год|г\.)")
_YEAR = re.compile(r"(?:\b([ВвКк]о?|[Оо]б?) )?(?<![\w.,-])(\d{4}) ?(год(?:а|у|ом|е)?|г\.)(?!\w)")
_SUFFIXED = re.compile(
    r"(?<![\w.,])(\d{1,4})-(е|й|ый|го|ого|му|м|ом|я|ая|ю|ую|х|ых|ми|ой)\b( год)?"
)
_CENTURY = re.compile(rf"\b({ROMAN}) (век(?:а|е|у|ом)?)\b")
_KING = re.compile(
    r"\b(Пётр|Петр|Павел|Николай|Александр|Иван|Василий|Фёдор|Людовик|Генрих|Карл|Фридрих|Вильгельм|"
    rf"Филипп|Георг|Наполеон|Пий|Иоанн|Екатерина|Елизавета|Мария|Анна) ({ROMAN})(?!\w)"
)
_KING_OF = re.compile(
    r"\b(Петра|Павла|Николая|Александра|Ивана|Василия|Людовика|Генриха|Карла|Наполеона|Екатерины|"
    rf"Елизаветы) ({ROMAN})(?!\w)"
)
_CLOCK = re.compile(r"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?![\d:])")
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:([$€£¥₽]) ?({_NUMBER})(?: ?(тыс\.|млн|млрд|трлн)(?!\w))?|"
    rf"({_NUMBER})(?: ?(тыс\.|млн|млрд|трлн))? ?([$€£¥₽]))"
)
_LARGE_NUMBER = re.compile(rf"(?<![\w.,])({_NUMBER}) ?(тыс\.|млн|млрд|трлн)(?!\w)")
_UNIT_NAMES = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_MEASURE = re.compile(rf"(?<![\w.,])(-|−)?({_NUMBER}) ?({_UNIT_NAMES})(?![\w/²³])")
_PLAIN = re.compile(rf"(?<![\w.,])((?<!\d)[-−])?({_NUMBER})(?![\w]|[.,]\d)(?=( [а-яё]+)?)")


def _value(number: str) -> tuple[int, str]:
    whole, _, fraction = re.sub(r"\s", "", number).partition(",")
    return int(whole), fraction


def _said(number: str, gender: str = "m") -> str:
    """ "3,5" -> "три целых пять десятых"."""
    whole, fraction = _value(number)
    if not fraction:
        return cardinal(whole, gender)
    if len(fraction) not in _PARTS:
        return f"{cardinal(whole)} запятая " + " ".join(DIGITS[int(digit)] for digit in fraction)
    part, one = int(fraction), _PARTS[len(fraction)]
    name = one[0] if part % 10 == 1 and part % 100 != 11 else one[1]
    entire = "целая" if whole % 10 == 1 and whole % 100 != 11 else "целых"
    return f"{cardinal(whole, 'f')} {entire} {cardinal(part, 'f')} {name}"


def _counted(number: str, forms: Forms, gender: str = "m") -> str:
    whole, fraction = _value(number)
    return f"{_said(number, gender)} {forms[1] if fraction else form(whole, forms)}"


def _date(match: re.Match[str]) -> str:
    before, day, month, in_year = match.groups()
    said = ordinal(int(day), "ое" if before else "ого")
    words = f"{before + ' ' if before else ''}{said} {month}"
    return words + (f" {ordinal(int(in_year), 'ого')} года{_stop(match)}" if in_year else "")


def _numeric(match: re.Match[str]) -> str:
    month = _MONTHS[int(match[2]) - 1]
    day, year = ordinal(int(match[1]), "ого"), ordinal(int(match[3]), "ого")
    return f"{day} {month} {year} года{_stop(match)}"


def _year(match: re.Match[str]) -> str:
    before, number, word = match.groups()
    lead = f"{before} " if before else ""
    if word == "г.":
        word = "году" if before and before[0] in "ВвОо" else "года"
    ending = {"год": "ый", "года": "ого", "годом": "ым", "годе": "ом"}.get(word)
    if ending is None:  # году
        ending = "ому" if before and before[0] in "Кк" else "ом"
    return f"{lead}{ordinal(int(number), ending)} {word}{_stop(match)}"


def _suffixed(match: re.Match[str]) -> str:
    number, suffix, years = int(match[1]), match[2], match[3] or ""
    if suffix == "е":
        ending = "ые" if years or (number % 10 == 0 and number >= 20) else "ое"
    else:
        ending = _ENDINGS[suffix]
    return ordinal(number, ending) + years


def _century(match: re.Match[str]) -> str:
    if not match[1]:
        return match[0]
    ending = {"век": "ый", "века": "ого", "веке": "ом", "веку": "ому", "веком": "ым"}[match[2]]
    return f"{ordinal(roman(match[1]), ending)} {match[2]}"


def _king(match: re.Match[str], masculine: str, feminine: str) -> str:
    if not match[2]:
        return match[0]
    woman = match[1].startswith(("Екатерин", "Елизавет", "Мари", "Анн"))
    return f"{match[1]} {ordinal(roman(match[2]), feminine if woman else masculine).capitalize()}"


def _clock(match: re.Match[str]) -> str:
    minute = int(match[2])
    low = "ноль " + DIGITS[minute] if minute < 10 else cardinal(minute)
    return f"{cardinal(int(match[1]))} {low}"


def _amount(match: re.Match[str]) -> str:
    sign, number, large = match[1] or match[6], match[2] or match[4], match[3] or match[5]
    whole_forms, part_forms = _MONEY[sign]
    gender = "f" if sign == "¥" else "m"
    if large:
        return (
            f"{_counted(number, _LARGE[large], 'f' if large == 'тыс.' else 'm')} {whole_forms[2]}"
        )
    whole, fraction = _value(number)
    if len(fraction) != 2:
        return _counted(number, whole_forms, gender)
    words = _counted(str(whole), whole_forms, gender)
    cents = int(fraction)
    part = _counted(str(cents), part_forms, "f" if sign == "₽" else "m") if cents else ""
    return " ".join(filter(None, (words if whole or not cents else "", part)))


def _measure(match: re.Match[str]) -> str:
    minus, number, unit = match.groups()
    words = _counted(number, _UNITS[unit], "f" if unit in _FEMININE else "m")
    return f"минус {words}" if minus else words


def _plain(match: re.Match[str]) -> str:
    minus, number, noun = match[1], match[2], (match[3] or "").strip()
    whole, _ = _value(number)
    gender = "m"
    if whole % 100 not in (11, 12):
        gender = _GENDER_OF.get(whole % 10, {}).get(noun[-1:], "m")
    words = _said(number, gender)
    if len(number) > 1 and number[0] == "0" and number.isdigit():
        words = " ".join(DIGITS[int(digit)] for digit in number)
    before = match.string[max(0, match.start() - 1) : match.start()]
    if minus:
        return f"минус {words}" if not before or before in " (=" else f"-{words}"
    return words


class Russian:
    """See the module."""

    def rewrite(self, text: str) -> str:
        """The text with words for numbers, dates, times, money, units and abbreviations."""
        pieces = re.split(r"(\{[^{}]*\})", text)
        return "".join(piece if i % 2 else self._rewrite(piece) for i, piece in enumerate(pieces))

    def _rewrite(self, text: str) -> str:
        text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ")
        text = _RUBLES.sub(_ruble_sign, text)
        for pattern, spoken in _ABBREVIATIONS:
            text = pattern.sub(spoken, text)
        text = _CENTURY.sub(_century, text)
        text = _KING.sub(lambda m: _king(m, "ый", "ая"), text)
        text = _KING_OF.sub(lambda m: _king(m, "ого", "ой"), text)
        if re.search(r"\d", text) is None:
            return text
        text = _SPAN_OF_DAYS.sub(lambda m: f"{m[1]} {ordinal(int(m[2]), 'ого')}", text)
        text = _DATE.sub(_date, text)
        text = _NUMERIC.sub(_numeric, text)
        text = _SPAN_OF_YEARS.sub(
            lambda m: f"{m[1]} {ordinal(int(m[2]), 'ого')} по {ordinal(int(m[4]), 'ый')} год", text
        )
        text = _YEAR.sub(_year, text)
        text = _SUFFIXED.sub(_suffixed, text)
        text = _CLOCK.sub(_clock, text)
        text = _AMOUNT.sub(_amount, text)
        text = _LARGE_NUMBER.sub(
            lambda m: _counted(m[1], _LARGE[m[2]], "f" if m[2] == "тыс." else "m"), text
        )
        text = _MEASURE.sub(_measure, text)
        return _PLAIN.sub(_plain, text)


def _ruble_sign(match: re.Match[str]) -> str:
    return " ₽" + _stop(match)


def _stop(match: re.Match[str]) -> str:
    """The stop of an abbreviation that ends a sentence is the same one."""
    ends = match[0].endswith(".") and not behind(match).strip(' "»)')
    return "." if ends else ""


RUSSIAN = Russian()
