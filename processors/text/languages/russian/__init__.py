"""Russian: cases and genders of numbers as Rozental's handbook of spelling and style has them, as
far as the words beside a number show them: its preposition, the ending of the noun behind it, or
the unit. Days and years are ordinals, and so are numbers before a noun that cannot be counted by
them ("в 7 классе").
"""

from __future__ import annotations

import re
from collections.abc import Callable

from recital.processors.text.english.words import behind
from recital.processors.text.languages.russian.abbreviations import read_abbreviations
from recital.processors.text.languages.russian.cases import (
    case_of,
    genitive_of_age,
    governed,
    headed,
    ordered,
    ordered_range,
)
from recital.processors.text.languages.russian.dates import DATE_STEPS, TIME_STEPS
from recital.processors.text.languages.russian.numbers import (
    CASES,
    DIGITS,
    ENDINGS,
    agreed,
    cardinal,
    gender_of,
    is_one,
    joined,
    of_case,
    ordinal,
)
from recital.processors.text.languages.russian.roman import read_romans
from recital.processors.text.languages.russian.tables import LARGE, MONEY, ORDERED, STOPPED, UNITS
from recital.processors.text.languages.russian.words import (
    NUMBER,
    counted,
    in_words,
    next_words,
    parsed,
    stop_of,
    suffix_ending,
    text_before,
)

_RUBLES = re.compile(
    r"(?:(?<=\d)|(?<=млн)|(?<=млрд)|(?<=трлн)|(?<=тыс)|(?<=тыс\.)) ?"
    r"(?:руб(?:\.|л(?:ь|я|ей))?(?!\w)|р\.(?= [а-яё]|$|[,;)]| [А-ЯЁ])|RUB\b)"
)


_PLAINER = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("[\u00a0\u202f\u2009]", " "),
        (r"(?<=\w)--(?=\w)", "–"),
        (r"(?<= )--(?= )", "—"),
        (r"° (?=[CСF]\b)", "°"),
        (r"(?<=[\dксдм /]м)2\b", "²"),
        (r"(?<=[\dксдм /]м)3\b", "³"),
        (r"(?<=[а-я.]) / (?=[кс]?м[²³]?\b)", "/"),
        (r"(?<=\d) ?USD\b", " $"),
        (r"(?<=\d) ?EUR\b", " €"),
        (r"(?<=\d) ?GBP\b", " £"),
        (r"(?<![\d.,])(\d{1,3})\.(\d{3})\.(\d{3})(?![\d.])", r"\1 \2 \3"),
        (r"(?<![\d-])(20\d\d|19\d\d)-(0\d|1[0-2])-([0-3]\d)(?![\d-])", r"\3.\2.\1"),
        (r"(?<![\d/])([0-3]?\d)/(0?\d|1[0-2])/(20\d\d|19\d\d)(?![\d/])", r"\1.\2.\3"),
        (r"\bв %(?!\w)", "в процентах"),
        (r"/кв\. ?м\b\.?", "/м²"),
        (r"/куб\. ?м\b\.?", "/м³"),
        (r"\bст\. ?м\. ?(?=«?[А-ЯЁ])", "ст. метро "),
        (r"(?<=-[йя] )кат\.", "категории"),
        (r"(?<=\d)\+(?=[)\s,.]|$)", " плюс"),
        (r"(?<![\w.,-])(\d{1,4})(ого|го|ому|му|ый|ой|ая|ое|ых|ые|ым)\b", r"\1-\2"),
        (r"\b([Ии]нвалид\w* [1-3]) гр\.", r"\1-й группы"),
        (
            r"(?:^|(?<=[.!?(] ))Ср\.(?= \d+(?!\d|[:.]\d| (?:янв|фев|мар|апр|ма[яй]|ию|авг|сен|окт|"
            r"ноя|дек)))",
            "Сравни",
        ),
    )
]


_SUFFIXED = re.compile(
    r"(?<![\w.,])(\d{1,4})(?:[–-](й|х|м|е|я))?(?:( ?[–—-] ?)(\d{1,4}))?-"
    r"(е|ей|й|ый|го|ого|му|ому|м|ом|ым|я|ая|ю|ую|х|ых|ми|ой|ые|ое|ыми|ти|мя|ух|ёх|ех|и)\b"
)


_COMPOUND = re.compile(
    r"(?<![\w.,])(\d+|1,5)(?: ?[-–—] ?(\d+))?(?:( ?)%(?:-?н|-(й|м|е|я|го|му|ю|х|ая|ой|ый|ого)\b)|"
    r"[-–]([а-яё]{4,}))"
)


_PERCENT_NOUN = re.compile(
    r"(?<![\w.,–-])(\d{1,3}) ?%-((?:дол|скидк|ставк|надбавк|прибавк|гаранти|предоплат|вероятност|"
    r"раствор|налог|рост)[а-яё]{0,3})\b"
)
_PHONE = re.compile(
    r"(?<![\w-])(?:(\+?\d) ?)?(?:\((\d{3,5})\)|(?<=\d )(\d{3})|(?<=\d-)(\d{3}))[ -]?"
    r"(\d{1,3})[ -](\d\d)[ -](\d\d)(?![\w-])|(?<![\w-])(\d{2,3})-(\d\d)-(\d\d)(?![\w-])"
)


# An account: beyond what scales name
_LONG = re.compile(r"(?<![\d.,])\d{19,}")
_GLYPHS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅛": "1/8"}


_SCALE = re.compile(rf"\b([Мм]асштаб\w*(?: карты)?) 1 ?: ?({NUMBER})")


_RATIO = re.compile(r"((?:пропорци|[Сс]оотношени|[Оо]тношени)\w+ )(\d+) ?: ?(\d+)(?![\d:])")
_SUM = re.compile(
    r"(?<![\w,.])\d[\d ]{0,20}(?: ?[-+−–×xх*:÷] ?\d{1,20}){1,20} ?= ?"
    r"(?:\d[\d ]*(?<! )|[?xх])"
)
_SIGN_NAMES = {
    "@": "собака", ".": "точка", "_": "нижнее подчёркивание", "-": "дефис",
    "/": "слэш", ":": "двоеточие",
}  # fmt: skip
_ADDRESS = re.compile(
    r"(?<![\w@/.])(?:[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,6}|"
    r"(?:https?://)?(?:[A-Za-z0-9-]{1,63}\.){1,8}(?:ru|com|org|net|su|by|kz|info|io|me|"
    r"рф)\b(?:/[\w./-]*\w)?/?)(?!\w)"
)
_UNIT_ALONE = re.compile(
    r"\b(за|на) (кв\. м|м²|м³|куб\. м|кг|га|шт\.|чел\.|мес\.)(?!\w)|"
    r"\b[Вв] (тыс\.|млн|млрд|трлн)(?! раз)(?: (₽|долл\.))?(?!\w)"
)
_TIMES = re.compile(r"(?<=\d) ?[×xхXХ*] ?(?=\d)")


_UNIT_NAMES = "|".join(
    re.escape(unit).replace(r"\ ", " ?") + (r"\.?" if unit.replace(" ", "") in STOPPED else "")
    for unit in sorted(UNITS, key=len, reverse=True)
)


_FRACTION = re.compile(
    r"(?<![\w/.,])(?:(\d+) )?([1-9]\d?)/([1-9]\d{0,2})(?![\w/]|[.,]\d)"
    rf"(?: ?({_UNIT_NAMES})(?![\w/²³])|(?= [а-яё]{{3,}}))"
)
_SIGNS = "".join(MONEY)


# "₽/кг"
_PER = re.compile(
    r"(?<=[₽$€])/(?:(кВт·ч|кВт⋅ч|кВтч|кг|г|л|м²|м³|м|мес\.?|ч|шт\.?|т|чел\.?|га|сут\.?|км|мин\.?|"
    r"ц)(?![\w/])|(?=[а-яё]{3,}))"
)


_QUANTITY = re.compile(
    rf"(?<![\w.,])(?P<sign>(?<![\d] )(?<!\d)[-−–+±])?(?P<money>[{_SIGNS}] ?)?"
    rf"(?P<first>{NUMBER})(?![\d]|[.,]\d)"
    rf"(?:(?P<dash> ?[-–—] ?| ?\.\.\.? ?| ?… ?)(?P<second_sign>[-−+])?[{_SIGNS}]?"
    rf"(?P<second>{NUMBER})(?![\d]|[.,:]\d|-\d))?"
    r"(?: ?(?P<large>тыс|млн|млрд|трлн)(?!\w)\.?)?"
    rf"(?: ?(?P<unit>(?:{_UNIT_NAMES})(?![\w/²³·⋅]|-[а-я])|[{_SIGNS}]))?(?!\w)"
)


def _ruble_sign(match: re.Match[str]) -> str:
    return " ₽" + stop_of(match)


def _suffixed(match: re.Match[str]) -> str:
    first, first_suffix, dash, second, suffix = match.groups()
    before, after = text_before(match), behind(match)
    numbers = [int(first)] + ([int(second)] if second else [])
    ending = suffix_ending(suffix, numbers[-1], before, after)
    if ending is None:
        case = "i" if suffix in ("мя", "ми") else governed(before) or "g"
        case = case if case in "gdip" else "g"
        said = [cardinal(number, "m", case) for number in numbers]
    else:
        said = [ordinal(number, ending) for number in numbers]
    return " — ".join(said)


def _compound(match: re.Match[str]) -> str:
    first, second, percent, suffix, rest = match.groups()
    word = "процентн" if rest is None else rest
    if suffix:
        word += suffix_ending(suffix, 1, text_before(match), behind(match)) or ""
    if (
        rest
        and re.match(
            r"(?:летн|летие|лети|мест|этаж|комнат|метр|литр|минут|час|дневн|недел|месяч|"
            r"кратн|процент|градус|тысяч|милли|кило|рубл|страни|секунд|ти|тон|канал|звёзд|звезд|"
            r"значн|угольн|сторон|част|слойн|ступен|цилинд|клапан|дверн|мерн|балл|копе|"
            r"доллар|сантим|разов|очков|матчев|раунд|ядер|битн|гигаб|мегап|мегав|дюйм|"
            r"х|тактн|полосн|фазн|осн|колёс|колес|голов|томн|актн|серийн|гранн|узл|мильн|"
            r"уровн|палубн|пудов|фунт|стопн|ватт|сильн|вольт|грам|килом|миллим|сот|ярус|сер|"
            r"летк|классн|классник|курсник|подъезд|квартир|разряд|бит|кубов)",
            rest,
        )
        is None
    ):
        return match[0]
    lead = "полутора" if first == "1,5" else joined(int(first))
    if second:
        return f"{lead}-{joined(int(second))}{word}"
    return lead + word


def _percent_noun(match: re.Match[str]) -> str:
    """ "12%-доля"."""
    word, end = match[2], match[2][-1]
    if word.startswith(("раствор", "налог", "рост")):
        ending = {"а": "ого", "у": "ому", "м": "ым", "е": "ом"}.get(end, "ый")
    else:
        ending = {"а": "ая", "я": "ая", "у": "ую", "ю": "ую", "ь": "ая"}.get(end, "ой")
    return f"{joined(int(match[1]))}процентн{ending} {word}"


def _phone(match: re.Match[str]) -> str:
    groups = [group for group in match.groups() if group]
    words = []
    for group in groups:
        plus = "плюс " if group.startswith("+") else ""
        digits = group.lstrip("+")
        words.append(
            plus
            + (in_words(digits) if len(digits) < 4 else " ".join(DIGITS[int(d)] for d in digits))
        )
    return ", ".join(words)


def _fraction(match: re.Match[str]) -> str:
    whole, part, of, unit = match.groups()
    before, after = text_before(match), behind(match)
    number, below = int(part), int(of)
    house = re.search(r"(?:дом|номер|строение|квартира|корпус|№|кабинет|палата)\w* $", before)
    if house or number >= below or (below > 100 and below != 1000):
        return match[0]
    case = governed(before) or "n"
    case = {"s": "g", "o": "a"}.get(case, case)
    final = after.startswith(" финала")
    if case == "a" and re.search(r"\b[Вв] $", before):
        into = re.match(r" финала (?:вы|проби|попа)", after) or re.search(
            r"\b(?:вы[шх]|попа|пробил)", before
        )
        share = re.match(r" [а-яё]+(?:ев|ов|ей|ий|ых|их|ств|стран|школ)\b", after)
        case = "p" if (final and not into) or share else "a"
    forms = UNITS.get((unit or "").rstrip("."))
    tail = f" {of_case(forms, 'g')}{stop_of(match)}" if forms else unit or ""
    if whole:
        feminine = gender_of(forms) == "f" if forms else re.match(r" [а-яё]+[ыи]\b", after)
        return _mixed(int(whole), number, below, "f" if feminine else "m", case) + tail
    if below == 2 and not final:
        return of_case(("половина", "половины", "половин"), case) + tail
    return f"{cardinal(number, 'f', case)} {_parts(number, below, case, final)}{tail}"


def _parts(number: int, below: int, case: str, final: bool = False) -> str:
    """ "третьих", "четверти": what a fraction counts."""
    few = {3: ("треть", "трети", "третей"), 4: ("четверть", "четверти", "четвертей")}.get(below)
    if few and not final:
        return agreed(number, few, case)
    plural = ENDINGS["p"][CASES.index(case) if case not in "na" else 1]
    return ordinal(below, ENDINGS["f"][CASES.index(case)] if is_one(number) else plural)


def _mixed(whole: int, number: int, below: int, gender: str, case: str) -> str:
    """2 1/2 -> "два с половиной"."""
    with_it = {(1, 2): "половиной", (1, 3): "третью", (1, 4): "четвертью"}.get((number, below))
    if (whole, number, below) == (1, 1, 2):
        return in_words("1,5", gender, case, counts=True)
    words = cardinal(whole, gender, case)
    if with_it:
        return f"{words} с {with_it}"
    return f"{words} и {cardinal(number, 'f', case)} {_parts(number, below, case)}"


def _quantity(match: re.Match[str]) -> str:
    first, second, large = match["first"], match["second"], match["large"]
    unit = (match["money"] or "").strip() or match["unit"] or ""
    before, after = text_before(match), behind(match)
    stop = stop_of(match)
    if match["dash"] and match["sign"] and match["sign"] in "–-" and re.search(r"\w$", before):
        return match[0]
    if re.search(r"\w[-–]$", before):  # "Ту-154М", "Формула-1"
        return re.sub(
            rf"({NUMBER})(?=([А-ЯA-Zа-я])?)",
            lambda m: in_words(m[1]) + (" " if m[2] else ""),
            match[0],
        )
    forms, part_forms = None, None
    if unit in MONEY:
        forms, part_forms = MONEY[unit]
    elif unit:
        forms = (
            UNITS.get(unit)
            or UNITS.get(unit.rstrip("."))
            or UNITS.get(re.sub(r"\.(?=\w)", ". ", unit.rstrip(".")))
        )
    last = second or first
    lead = _sign(match["sign"], before, forms is not None)
    middle = ""
    if second:
        low, high = parsed(first)[0], parsed(second)[0]
        if (
            re.fullmatch(r" ?- ?|–", match["dash"])
            and not unit
            and not large
            and high <= low
            and not match["second_sign"]
        ):
            # a score
            return f"{lead}{in_words(first)} — {in_words(second)}"
        middle = " — " + _sign(match["second_sign"], " ", True)
    counts = LARGE[large] if large else forms
    words = [] if counts or headed(before) else next_words(after)
    whole, fraction = parsed(last)
    listed = re.match(r"(?:, \d+)*(?:,? и | или )(\d+)-(й|м|е|я|го|му|ю|х)\b", after)
    if listed and not counts and not fraction and not second and first[0] != "0":
        ending = suffix_ending(listed[2], int(listed[1]), before, after[listed.end() :])
        if ending:
            return lead + ordinal(whole, ending)
    spanned = re.match(r" по \d+(?:-\w+)? ([а-яё]+)", after)
    if spanned and spanned[1] in ORDERED and re.search(r"\b[Сс]о? $", before) and not counts:
        return lead + ordinal(whole, ENDINGS[ORDERED[spanned[1]][0]][1])
    if not counts and not fraction:
        if second:
            ending = ordered_range(words)
        else:
            ending = ordered(whole, before, words) if len(first.lstrip("0")) == len(first) else None
        if ending:
            numbers = [first, second] if second else [first]
            return lead + " — ".join(ordinal(parsed(number)[0], ending) for number in numbers)
    gender = gender_of(counts) if counts else "m"
    aged = genitive_of_age(before, after, second is not None)
    if aged:
        case = "g"
    else:
        case, gender = case_of(
            whole, fraction, before, words, counts, unit.rstrip("."), after, gender
        )
    said_first = f"{in_words(first, gender, case)}{middle}" if second else ""
    if counts is None:
        return lead + said_first + in_words(last, gender, case, counts=bool(words)) + stop
    if large:
        tail = f" {forms[2] if forms else ''}" if forms else ""
        return lead + said_first + counted(last, LARGE[large], case) + tail + stop
    if part_forms and len(fraction) == 2:
        cents = int(fraction)
        part = counted(str(cents), part_forms, case) if cents else ""
        said = counted(str(whole), counts, case) if whole or not cents else ""
        return lead + said_first + " ".join(filter(None, (said, part))) + stop
    return lead + said_first + counted(last, counts, case) + stop


def _sign(sign: str | None, before: str, measured: bool) -> str:
    if not sign:
        return ""
    if sign == "+":
        return "плюс "
    if sign == "±":
        return "плюс-минус "
    return "минус " if not before or before[-1] in " (=«" else sign


def _sum(match: re.Match[str]) -> str:
    """ "2 + 2 = 4"."""
    signs = {"+": "плюс", "=": "равно", ":": "разделить на", "÷": "разделить на"}
    signs |= dict.fromkeys("-−–", "минус") | dict.fromkeys("×*xх", "умножить на")
    said = re.sub(r" ?([-+−–×xх*:÷=](?!$)) ?", lambda m: f" {signs[m[1]]} ", match[0])
    return re.sub(NUMBER, lambda m: in_words(m[0]), said)


def _share(match: re.Match[str]) -> str:
    """ "50/50"."""
    shared = int(match[1]) + int(match[2]) == 100
    return f"{match[1]} на {match[2]}" if shared else match[0]


def _address(match: re.Match[str]) -> str:
    """An address of mail or of a page, its signs by name."""
    written = re.sub(r"^https?://", "", match[0]).rstrip("/")
    for sign, name in _SIGN_NAMES.items():
        written = written.replace(sign, f" {name} ")
    written = re.sub(r"\d+", lambda m: f" {in_words(m[0])} ", written)
    return re.sub(" +", " ", written).strip()


def _unit_alone(match: re.Match[str]) -> str:
    """ "за кв. м", "в тыс. руб."."""
    if match[1]:
        return f"{match[1]} {of_case(UNITS[match[2].rstrip('.')], 'a')}{stop_of(match)}"
    money = f" {UNITS['долл'][2] if match[4].startswith('д') else 'рублей'}" if match[4] else ""
    return f"в {of_case(LARGE[match[3].rstrip('.')], 'p', True)}{money}{stop_of(match)}"


def _per(match: re.Match[str]) -> str:
    unit = match[1]
    return f" за {of_case(UNITS[unit.rstrip('.')], 'a')}{stop_of(match)}" if unit else " за "


_STEPS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(r"(?<=\d) ?(ст|ч|дес)\. ?лож(?:к[аиу]|ек)\b"), lambda m: f" {m[1]}. л."),
    (_PER, _per),
    (_PHONE, _phone),
    *DATE_STEPS,
    (_SUFFIXED, _suffixed),
    (_PERCENT_NOUN, _percent_noun),
    (_COMPOUND, _compound),
    (_SCALE, lambda m: f"{m[1]} один к {cardinal(parsed(m[2])[0], 'm', 'd')}"),
    *TIME_STEPS,
    (_RATIO, lambda m: f"{m[1]}{cardinal(int(m[2]))} к {cardinal(int(m[3]), 'm', 'd')}"),
    (re.compile(r"(?<![\d:.,])(\d{1,3}):(\d{1,3})(?![\d:]|,\d)"), lambda m: f"{m[1]} — {m[2]}"),
    (_FRACTION, _fraction),
    (_SUM, _sum),
    (re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])"), _share),
    (re.compile(r"(?<=\d)/(?=\d)"), lambda m: " дробь "),
    (_TIMES, lambda m: " на "),
    (_QUANTITY, _quantity),
]


class Russian:
    """See the module."""

    def rewrite(self, text: str) -> str:
        """The text with words for numbers, dates, times, money, units and abbreviations."""
        pieces = re.split(r"(\{[^{}]*\})", text)
        return "".join(piece if i % 2 else self._rewrite(piece) for i, piece in enumerate(pieces))

    def _rewrite(self, text: str) -> str:
        for pattern, plain in _PLAINER:
            text = pattern.sub(plain, text)
        text = _LONG.sub(lambda m: " ".join(DIGITS[int(digit)] for digit in m[0]), text)
        text = _ADDRESS.sub(_address, text)
        text = _RUBLES.sub(_ruble_sign, text)
        text = read_romans(read_abbreviations(text))
        text = _UNIT_ALONE.sub(_unit_alone, text)
        for glyph, written in _GLYPHS.items():
            text = re.sub(rf"(?<=\d){glyph}", " " + written, text).replace(glyph, written)
        if re.search(r"\d", text) is None:
            return text
        for step, say in _STEPS:
            text = step.sub(say, text)
        return text


RUSSIAN = Russian()
