"""Russian abbreviations: nouns before numbers and names in the case of their preposition, titles in
that of the name, adjectives that agree with the noun behind them, and the rest by a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from recital.processors.text.english.words import behind
from recital.processors.text.languages.rules import ROMAN
from recital.processors.text.languages.russian.cases import governed
from recital.processors.text.languages.russian.tables import (
    DAYS,
    HEADS,
    MONTHS,
    PLACES,
    PLACES_BEHIND,
    SPELLED,
    SPELLED_OUT,
    TITLES,
    WOMEN,
    singular,
)
from recital.processors.text.languages.russian.words import cased, stop_of, text_before
from recital.processors.text.word_tables import word_set


def _short(names: Iterable[str]) -> str:
    """A pattern of abbreviations, those without a hyphen or a slash with their stop."""
    written = []
    for name in sorted(names, key=len, reverse=True):
        first = f"[{name[0]}{name[0].upper()}]" if name[0].isalpha() else re.escape(name[0])
        stop = "" if "-" in name or "/" in name or name.isupper() else r"(?=\.)"
        written.append(first + re.escape(name[1:]) + stop)
    return "(" + "|".join(written) + r")\.? ?"


_ABBREVIATIONS = [
    (re.compile(re.sub(r"^\\b([а-я])", lambda m: rf"\b[{m[1]}{m[1].upper()}]", pattern)), spoken)
    for pattern, spoken in SPELLED_OUT
]


_HEAD = re.compile(
    r"(?<![\w.-])("
    + "|".join(
        (f"[{name[0]}{name[0].upper()}]" if len(name) > 1 and name.isalpha() else name[0])
        + name[1:]
        for name in sorted(HEADS, key=len, reverse=True)
    )
    + rf")(?:(?<=[№§]) ?(?=[\dА-Я])|\. ?(?=\d|(?:{ROMAN})\b(?!\.)))"
)


_PLACE = re.compile(
    rf"(?<![\w.-])(?<!\d ){_short(PLACES)}(?=(?:метро |реки |канала )?«?[А-ЯЁ][а-яё]|\d+-[йяе] "
    rf"[А-ЯЁ])"
)


_PLACE_BEHIND = re.compile(
    r"(?<=[а-яё»\"] )("
    + "|".join(sorted(map(re.escape, PLACES_BEHIND), key=len, reverse=True))
    + r")(?!\w)"
)


_TITLE = re.compile(rf"(?<![\w.-])(?<!\d ){_short(TITLES)}(?=[А-ЯЁ])")


_STREET = re.compile(r"\b([Уу])л\.")


_PART_OF_CENTURY = re.compile(
    rf"(?:\b((?:[Вв]о? )?(?:[Пп]ерв|[Вв]тор)\w+|[Вв]|[Кк]|[Сс]|[Дд]о|[Оо]т|[Ии]з) )?"
    rf"(?<![\w.-])(нач|кон|сер|пол)\.(?= (?:{ROMAN}|\d{{4}}-х)\b)"
)
_INITIALS = re.compile(r"(?<![\w-])[А-Я]{2,5}(?![\w-])")
# "МГУ", "МГТУ", "ЦРУ", but "ГРУ" is said as a word
_UNIVERSITY = re.compile(r"(?!ГРУ)[БВГДЖЗКЛМНПРСТФХЦЧШ]{2,4}У")
_SCIENCES = {
    "т": "технических", "м": "медицинских", "э": "экономических", "ф": "филологических",
    "ф.-м": "физико-математических", "и": "исторических", "п": "педагогических",
    "ю": "юридических", "б": "биологических", "х": "химических", "с": "социологических",
}  # fmt: skip


_DEGREE = re.compile(r"\b([Кк]|[Дд])\. ?(ф\.-м|[тмэфипюбхс])\. ?н\.")


# Abbreviations of adjectives, with their stems
_AGREEING = {
    "т. н.": "так называем", "т.н.": "так называем", "т. наз.": "так называем",
    "ж/д": "железнодорожн",
    "с/х": "сельскохозяйственн", "макс.": "максимальн", "миним.": "минимальн", "мин.": "минимальн",
    "гос.": "государственн", "межд.": "международн", "тех.": "техническ", "мед.": "медицинск",
    "нар.": "народн", "засл.": "заслуженн", "моск.": "московск", "гл.": "главн", "ст.": "старш",
    "мл.": "младш", "ген.": "генеральн", "юр.": "юридическ", "физ.": "физическ",
    "дет.": "детск", "жен.": "женск", "муж.": "мужск", "худ.": "художественн",
    "науч.": "научн", "нац.": "национальн", "рос.": "российск", "росс.": "российск",
}  # fmt: skip


# Heads that may be behind a number: "ст. 15 п. 2", but "2 ч. 30 мин."
_BEHIND_NUMBERS = word_set("п пп абз подп гл ст рис § № корп кв")
_WITH_PLURAL = word_set("с стр рис табл гл ст п илл ил кв прил разд")
# The nouns that some of them need
_AGREEING_NOUNS = {
    "мин.": "цен|скорост|температур|сумм|возраст|заказ|срок|уров|знач|балл",
    "гл.": "врач|инженер|редактор|бухгалтер|архитектор|тренер|геро|судь|специалист|механик|роль",
    "ст.": "лейтенант|сержант|преподавател|научн|сотрудник|инспектор|прапорщик|мастер|тренер",
    "мл.": "лейтенант|сержант|научн|сотрудник|инспектор|группа|группы",
    "ген.": "директор|прокурор|план|подряд|секретар|консул",
}


_ADJECTIVES = re.compile(
    r"(?<![\w.-])(?<!\d )("
    + "|".join(map(re.escape, _AGREEING))
    + r")(?= «?([а-яё]{3,})|[ ,;)]|$)",
    re.IGNORECASE,
)


# Names that begin with such an adjective
_NAMED = re.compile(
    r"(?:гос\. (?:Дум|Совет|Банк)|нац\. (?:Банк|Гварди)|моск\. Кремл|рос\. Федерац)", re.IGNORECASE
)
_WEEK = "|".join(DAYS)


_DAYS_SPAN = re.compile(rf"\b({_WEEK})\.? ?[-–—] ?({_WEEK})\b\.?(?=[ ,:;)]|$)", re.IGNORECASE)


_WEEKDAY = re.compile(
    # "520 Вт." are watts, "Ср. 5 и 6" compares
    rf"(?<![\w-])(?!(?<=\d )(?<!:\d\d )вт)({_WEEK})(?:\.(?=[,;:)]|$| [—–-]| (?:с|до|в|и) |"
    rf"(?<!ср\.) \d| \d?\d(?:[:.]\d\d| (?:{'|'.join(MONTHS)})))|(?=: ?\d|, (?:{_WEEK})\b)|"
    rf"(?:(?<=[вспод] ..)|(?<=\b(?:{_WEEK}), ..)|(?<=\b(?:{_WEEK}) и ..))(?=[ ,;).?!]|$)\.?)"
    r"(?! ?[—–-]?[a-zа-я]+\.)",
    re.IGNORECASE,
)


# "в сб. статей"
_COLLECTION = re.compile(
    r"(?<![\w-])(?:(\w+) )?([Сс]б)\.(?= (?:стать|статей|труд|материал|доклад|рассказ|стих|песен|"
    r"научн|задач|документ|произвед|очерк|сказок|тезис|упражнен|избранн|публикац)| ?«)"
)


_INTO = re.compile(r"\b(?:вош|включ|попа[лд]|вход[яи]т|собра[лн])", re.IGNORECASE)


def _collection(match: re.Match[str]) -> str:
    lead = match[1] or ""
    case = "p" if lead.lower() in ("в", "во", "на", "о") else governed(f"{lead} ") or "n"
    if case == "p" and _INTO.search(text_before(match) + " " + behind(match)):
        case = "n"
    word = singular("сборник", "m")[{"s": "g", "o": "d"}.get(case, case)]
    return (f"{lead} " if lead else "") + cased(word, match[2])


def _weekday(match: re.Match[str]) -> str:
    """ "по вт. и чт.", "в сб.", "с пн по пт"."""
    before = text_before(match)
    lead = re.search(rf"\b(\w+) (?:(?:{_WEEK})\.?(?:, | и ))*$", before, re.IGNORECASE)
    short, word = match[1].lower(), lead[1].lower() if lead else ""
    if match[1].isupper():  # "ВС СССР"
        return match[0]
    if not match[0].endswith(".") and word not in (
        "в",
        "во",
        "с",
        "со",
        "по",
        "до",
        "на",
        "от",
        "",
    ):
        return match[0] if not re.match(r": ?\d|, ", behind(match)) else DAYS[short]
    day = DAYS[short]
    gender = {"а": "f", "е": "n"}.get(day[-1], "m")
    forms = singular(day, gender)
    if word == "по" and not re.search(r"\b[Сс]о? \w+\.? по $", before):
        stem = forms["g"][:-1]
        spoken = stem + ("ям" if short == "вс" else "ам")
    else:
        case = {
            "в": "a",
            "во": "a",
            "на": "a",
            "по": "a",
            "с": "g",
            "со": "g",
            "до": "g",
            "от": "g",
        }
        spoken = forms[case.get(word, "n")]
    return cased(spoken, match[1]) + stop_of(match)


def _plural_head(noun: str, gender: str, case: str) -> str:
    stem = singular(noun, gender)["g"][:-1]
    if case in "pdi":
        soft = noun[-1] in "еья" and noun[-2:] != "ие" or noun.endswith(("ие", "ия"))
        return stem + ("я" if soft else "а") + {"p": "х", "d": "м", "i": "ми"}[case]
    if case == "g":
        ending = {"ья": "ей", "ия": "ий", "ие": "ий"}.get(noun[-2:])
        return noun[:-2] + ending if ending else stem + "ов" * (gender == "m")
    if gender == "n":
        return stem + ("я" if noun.endswith("е") else "а")
    if noun in ("номер", "том", "дом", "корпус"):
        return stem + "а"
    return stem + ("и" if stem[-1] in "гкхжшщч" or noun[-1] in "ья" else "ы")


def _head(match: re.Match[str]) -> str:
    short = match[1].lower()
    noun, gender = HEADS[short]
    before, after = text_before(match), behind(match)
    if re.search(r"\d $", before) and short not in _BEHIND_NUMBERS:
        return match[0]
    if short in ("№№", "§§", "пп"):
        case = "p" if re.search(r"\b(?:[Вв]о?|[Нн]а) $", before) else "n"
        return f"{_plural_head(noun, 'm', case)} "
    if not gender:
        return f"{noun} "
    again = re.search(r"[а-я]+\. \d[\d, –-]*(?: и|,| или) $", before)
    if again:
        before = before[: again.start()]
    case = {"s": "g", "o": "d"}.get(governed(before) or "", governed(before)) or "n"
    if short in ("д", "кв", "корп", "стр") and re.search(r"\b(?:ул|дом|д\.|,|к\.)", before[-25:]):
        case = "n"
        noun, gender = ("строение", "n") if short == "стр" else (noun, gender)
    if re.search(r"[Сс](?:мотри|м\.|равни|р\.) (?:также )?$", before):
        case = "a"
    elif re.search(r"\b(?:[Вв]о?|[Нн]а) $", before):
        case = "p"
    many = re.match(r"\d+(?: ?[-–—] ?| и |, )\d", after) and short in _WITH_PLURAL
    if many and re.search(r"\b(?:копи|скан|текст|содержани|материал|фото)\w* $", before):
        case = "g"
    word = _plural_head(noun, gender, case) if many else singular(noun, gender)[case]
    return cased(word, match[1]) + " "


# "Екатеринбурга", "Томска", "Ярославля"; "Москва" and "Тула" are no genitives
_OF_TOWN = re.compile(
    r"(?!Женева)(?:бурга|града|города|ска|цка|[а-яё]{3}ова|[а-яё]{3}ева|ёва|поля|[аеи]вля|дара|дана|"
    r"гута|ркута|онежа|мира|Кургана|борга|Берлина|Клина|Орла|Крыма|Тамбова|Сочи|Минска|Киева|Кирова|"
    r"Пскова|Ростова|Серова|Глазова|Львова|Азова|Гомеля|Бреста|Парижа|Лондона|Ташкента|Рима|Мурома|"
    r"Новгорода|Кемерова|Саранска|Майкопа|Нальчика|Владикавказа|Сыктывкара|Краснодара|Благовещенска)$"
)
_MOVING = re.compile(
    r"(?:еха[лт]|езжа|прави[лт]|прибы|верну|поше?л|приш|еде[тм]|едут|летел|лет[ия]т|перевез|увез|"
    r"привез|пута|доро[гж])\w* (?:\w+ )?[Вв]о? $"
)


def _place(match: re.Match[str]) -> str:
    short = match[1]
    key = short if short in PLACES else short.lower()
    before, after = text_before(match), behind(match)
    if key not in PLACES or (
        len(key) == 1 and re.search(r"(?:^|[А-ЯЁ]\. ?|[.!?] )$", before) and key != "г"
    ):
        return match[0]
    if key in "дспрхмо" and not re.search(
        r"\b(?:[Вв]о?|[Ии]з|[Нн]а|[Уу]|[Вв]озле|[Дд]о|[Оо]т|[Пп]о|[Кк]|[,—]) $|, $", before
    ):
        return match[0]
    if short[0].isupper() and len(key) == 1:
        return match[0]
    noun, gender = PLACES[key]
    word = noun
    if gender:
        case = governed(before)
        case = "p" if re.search(r"\b(?:[Вв]о?|[Нн]а|[Пп]ри|[Оо]) $", before) else case
        case = "d" if re.search(r"\b[Пп]о $", before) else case
        name = re.match(r"«?([А-ЯЁ][а-яё-]+)", after)
        if case is None and re.search(r"[а-яё] (?<!\bже )(?<!\bи )(?<!\bили )(?<!\bэто )$", before):
            ends = name[1][-1] if name else ""
            case = "g" if ends in "ыи" or (name and name[1].endswith(("ого", "ой"))) else None
            if name and gender == "m" and _OF_TOWN.search(name[1]):
                case = "g"
        if case == "p" and _MOVING.search(before) and name and name[1][-1] not in "еи":
            case = "a"
        if case in ("a", "s", "o"):
            case = "g" if case == "s" else "n" if gender == "m" else "a"
        word = singular(noun, gender)[case or "n"]
    return cased(word, short) + " "


def _place_behind(match: re.Match[str]) -> str:
    noun, gender = PLACES_BEHIND[match[1]]
    before = match.string[: match.start()].split()
    if gender and before:
        ends = before[-1][-2:]
        case = {"ой": "g", "ую": "a", "го": "g", "му": "d", "ом": "p", "им": "i"}.get(ends, "n")
        if case == "g" and re.search(
            r"\b(?:[Вв]о?|[Пп]о|[Кк]) [\w-]+ $", match.string[: match.start()]
        ):
            case = "p"
        return singular(noun, gender)[case] + stop_of(match)
    return noun + stop_of(match)


def _title(match: re.Match[str]) -> str:
    short = match[1]
    noun, gender = TITLES.get(short) or TITLES.get(short.lower()) or ("", "")
    before, after = text_before(match), behind(match)
    name = re.match(r"(?:[А-ЯЁ]\. ?){0,2}((?:[А-ЯЁ][а-яё-]+ ?){1,3})", after)
    if short == "О" or (short == "о" and re.search(r"\b[Нн]а $", before)):
        return match[0]
    if not noun or not name or (len(short) == 1 and re.search(r"(?:[А-ЯЁ]\. ?|\d )$", before)):
        return match[0]
    words = name[1].split()
    last, first = words[-1], words[0]
    if short.lower() == "св":
        woman = first.endswith(("а", "я")) and first not in ("Илья", "Никита", "Лука", "Фома")
        ends = {"а": "ая", "я": "ая", "ы": "ой", "и": "ой", "е": "ой"}.get(first[-1], "ой")
        if first[-1] in "ая" and not re.match(
            WOMEN + "|варвар|татьян|ольг|соф|матрон|ксени|нин", first.lower()
        ):
            woman = False
        if not woman and ends == "ая":
            ends = "ого"
        ends = {"у": "ому", "ю": "ому"}.get(first[-1], ends)
        return cased("свят" + ends, short) + " "
    case = "n"
    lead = re.search(r"[а-яё] $", before) is not None
    for endings, found in (
        (("ого",), "g"), (("ому", "ову", "еву", "ёву", "ину"), "d"),
        (("ским", "цким", "овым", "евым", "иным"), "i"),
        (("ском", "цком", "ове", "еве", "ине"), "p"),
        (("ова", "ева", "ёва", "ина"), "g" if lead else "n"),
    ):  # fmt: skip
        if last.endswith(endings):
            case = found
            break
    if case == "n" and lead:
        case = {"g": "g", "d": "d", "i": "i", "p": "p", "s": "i", "o": "d"}.get(
            governed(before) or "n", "n"
        )
    if noun == "госпожа" and case == "g" and governed(before) != "g":
        case = "n"
    return cased(singular(noun, gender)[case] if gender else noun, short) + " "


def _degree(match: re.Match[str]) -> str:
    degree = "кандидат" if match[1] in "кК" else "доктор"
    stop = "" if behind(match).strip(' "»)') else "."  # a name is behind it elsewhere
    return cased(f"{degree} {_SCIENCES[match[2]]} наук", match[1]) + stop


_BY_NOUN = {
    "ое": "ое", "ее": "ое", "яя": "ая",
    "ы": "ые", "и": "ые", "е": "ое", "о": "ое", "а": "ая", "я": "ая", "у": "ую", "ю": "ую",
    "ов": "ых", "ев": "ых", "ых": "ых", "их": "ых", "ой": "ой", "ей": "ой", "ию": "ую", "го": "ого",
    "ом": "ым", "ам": "ым", "ым": "ым", "им": "ым", "ах": "ых", "ий": "ый", "ый": "ый", "ые": "ые",
    "ие": "ые", "ми": "ыми", "му": "ому", "ях": "ых", "ям": "ым", "ая": "ая", "ую": "ую",
}  # fmt: skip


def _agreeing(match: re.Match[str]) -> str:
    """An adjective agrees with the noun behind it, as far as that shows: "т. н. эксперты"."""
    short, noun = match[1], match[2] or ""
    called = short.lower() in ("т. н.", "т.н.", "т. наз.")
    # "Т. Н. Толстая", "Купил мед. Потом ушёл"
    if "Н" in short or (
        noun[:1].isupper() and not called and not _NAMED.match(match[0] + " " + noun)
    ):
        return match[0]
    nouns = _AGREEING_NOUNS.get(short.lower())
    if (
        nouns
        and not re.match(nouns, noun)
        and not (short.lower() == "мин." and behind(match).startswith(" — "))
    ):
        return match[0]
    if not noun and short.lower() not in ("мин.", "т. н.", "т.н.", "т. наз."):
        return match[0]
    ending = _BY_NOUN.get(noun[-2:], _BY_NOUN.get(noun[-1:], "ый"))
    if noun in ("лица", "дела", "места", "слова", "права"):
        ending = "ые"
    if noun.endswith(("ость", "дь", "чь", "ие", "ия", "ии", "ье")):
        ending = {"ь": "ая", "е": "ое", "я": "ая", "и": "ой"}[noun[-1]]
    if re.search(r"\b(?:[Вв]о?|[Нн]а|[Оо]б?|[Пп]ри) $", text_before(match)) and noun.endswith("е"):
        ending = "ом" if noun.endswith(("ре", "де", "ле", "се", "не")) else "ой"
    if not noun and short.lower() == "мин.":
        ending = "ая"
    stem = _AGREEING[short.lower()]
    if stem.endswith(("к", "ш")):
        ending = ending.replace("ы", "и")
    if stem.endswith("ш"):
        ending = {"ого": "его", "ому": "ему", "ом": "ем", "ое": "ее", "ой": "ей"}.get(
            ending, ending
        )
    elif stem.endswith(("мужск", "городск")) and ending == "ий":
        ending = "ой"
    return cased(stem + ending, short) + ("" if noun else stop_of(match))


def _part_of_century(match: re.Match[str]) -> str:
    """ "в нач. XX в.", "во второй пол. XIX в."."""
    lead, short = (match[1] or "").lower(), match[2]
    noun, gender = {
        "нач": ("начало", "n"), "кон": ("конец", "m"),
        "сер": ("середина", "f"), "пол": ("половина", "f"),
    }[short]  # fmt: skip
    last = lead.split(" ")[-1]
    case = {"в": "p", "к": "d", "с": "g", "до": "g", "от": "g", "из": "g"}.get(last, "n")
    if short == "пол":
        case = {"ой": "p" if lead.startswith("в") and " " in lead else "g", "ую": "a"}.get(
            last[-2:], "n"
        )
    return (f"{match[1]} " if match[1] else "") + singular(noun, gender)[case]


def _initials(match: re.Match[str]) -> str:
    spelled = match[0] in SPELLED or (_UNIVERSITY.fullmatch(match[0]) is not None)
    return "-".join(match[0]) if spelled else match[0]


def read_abbreviations(text: str) -> str:
    """The text with words for abbreviations."""
    text = _INITIALS.sub(_initials, text)
    for pattern, say in _ABBREVIATION_STEPS:
        text = pattern.sub(say, text)
        if pattern is _ADJECTIVES:
            for short, spoken in _ABBREVIATIONS:
                text = short.sub(partial(_expanded, spoken=spoken), text)
    return text


def _expanded(match: re.Match[str], spoken: str) -> str:
    stop = stop_of(match) if spoken.startswith("и ") or spoken.endswith("эры") else ""
    return cased(match.expand(spoken), match[0]) + stop


_ABBREVIATION_STEPS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (_DEGREE, _degree),
    (_ADJECTIVES, _agreeing),
    (_DAYS_SPAN, lambda m: f"{DAYS[m[1].lower()]} — {DAYS[m[2].lower()]}"),
    (_COLLECTION, _collection),
    (_WEEKDAY, _weekday),
    (_PART_OF_CENTURY, _part_of_century),
    (_HEAD, _head),
    (_TITLE, _title),
    (_PLACE, _place),
    (_STREET, lambda m: f"{m[1]}лица"),
    (_PLACE_BEHIND, _place_behind),
]
