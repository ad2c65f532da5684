"""Russian numbers in Roman numerals: centuries, rulers, and what they order or name."""

from __future__ import annotations

import re

from recital.processors.text.languages.rules import ROMAN, roman
from recital.processors.text.languages.russian.cases import governed
from recital.processors.text.languages.russian.dates import year_case
from recital.processors.text.languages.russian.numbers import CASES, ENDINGS, cardinal, ordinal
from recital.processors.text.languages.russian.tables import ORDERED, WOMEN
from recital.processors.text.languages.russian.words import (
    SUFFIXES,
    stop_of,
    suffix_ending,
    text_before,
)

# The Cyrillic letter in a numeral: "ХХ век", "ХIХ"
_CYRILLIC_X = re.compile(
    r"\b(?=[IVLХ]*[IVХ])[IVXLХ]+(?= (?:век|вв?\.|столет|съезд))|\b[IVXLХ]*[IVXL][IVXLХ]*\b"
)


_CENTURIES = re.compile(
    rf"(?<![\w.])({ROMAN})(?:( ?[-–—] ?| и |, )({ROMAN}))? (век(?:а|е|у|ом|ов|ах|ам|ами)?|вв?\.|"
    rf"ст\.|"
    r"столети[еяюий]\w*|тысячелети[еяюий]\w*)(?!\w)"
)


# "конец XVIII — начало XIX века"
_FROM_CENTURY = re.compile(
    rf"(?<![\w.])({ROMAN})(?= ?(?:[—–-]|и|до|,) ?(?:начал|кон|середин|перв|втор)[а-яё]+ "
    rf"(?:половин\w+ |трет\w+ |четверт\w+ )?(?:{ROMAN}) в(?:ек|в?\.))"
)
_SPAN_OF_CENTURIES = re.compile(
    rf"\b([Сс]|[Оо]т) ({ROMAN})(?: века?| в\.)? (по|до) ({ROMAN}) (века?|вв?\.)(?!\w)"
)


_ROMAN_BEFORE = re.compile(rf"(?<![\w.])({ROMAN})(-[а-яё]{{1,3}})? ([А-ЯЁа-яё]\w+)")


_ROMAN_BEHIND = re.compile(
    r"\b([Гг]лав\w+|[Тт]ом\w*|[Чч]аст[ьи]\w*|[Рр]аздел\w*|[Кк]ниг\w+|[Вв]ыпуск\w*|[Тт]абли\w+|"
    r"[Сс]ерии|"
    r"[Сс]татья|[Сс]тать\w+|[Гг]рупп\w+|[Тт]ип\w*|[Кк]ласс\w*|[Сс]тепен\w+|[Сс]тади\w+|[Аа]кт|"
    r"[Дд]ействи\w+|"
    rf"[Кк]атегори\w+|[Фф]аз\w+|[Пп]ункт\w*|[Рр]исун\w+|[Пп]араграф\w*) ({ROMAN})(?![\w-])"
)


# Beginnings of rulers' names: other capitalized words are before letters ("Спутник V")
_RULERS = (
    "Павел|Павл|П[её]тр|Александр|Никола|Иван|Иоанн|Иосиф|Иаков|Яков|Людовик|Луи|Карл|Фридрих|"
    "Фредерик|Генрих|Георг|Эдуард|Ричард|Вильгельм|Виллем|Филипп|Наполеон|Франциск|Франц|Фердинанд|"
    "Альфонс|Афонс|Хуан|Жуан|Педр|Жозе|Мануэл|Пи[йяюе]|Бенедикт|Лев|Льв|Климент|Григори|Урбан|"
    "Иннокенти|Сикст|Юли[йяюе]|Целестин|Стефан|Васили|Константин|Михаил|Юстиниан|Юстин|"
    "Феодоси|Ф[её]дор|Феодор|Леопольд|Оттон|Рудольф|Максимилиан|Густав|Адольф|Эрик|Хокон|Харальд|"
    "Кристиан|Христиан|Улаф|Олаф|Магнус|Вальдемар|Кнуд|Кнут|Свен|Сигизмунд|Казимир|Владислав|"
    "Станислав|Август|Болеслав|Мешко|Ян|Бела|Белы|Рамсес|Рамзес|Тутмос|Аменхотеп|Аменемхет|Сенусерт|"
    "Сети|Пепи|Птоломе|Птолеме|Антиох|Селевк|Деметри|Дари|Ксеркс|Артаксеркс|Кир|Камбис|Митридат|"
    "Аттал|Эвмен|Мехмед|Магомед|Мухаммед|Мохаммед|Сулейман|Селим|Мурад|Баязид|Ахмед|Осман|Махмуд|"
    "Мустафа|Абдалл|Абдул|Хусейн|Хасан|Алекси|Кирилл|Филарет|Роберт|Давид|Альберт|Бодуэн|Балдуин|"
    "Оскар|Виктор|Эммануил|Умберто|Витторио|Иоганн|Эрнст|Евгени|Адриан|Мартин|Гонори|Калликст|"
    "Каликст|Пасхали|Хосров|Шапур|Йездигерд|Бахрам|Тигран|Ашот|Смбат|Георги|Иракли|Вахтанг|"
    "Баграт|Теймураз|Саргон|Синаххериб|Салманасар|Ашшурнацирапал|Навуходоносор|Хаттусили|Мурсили|"
    "Суппилулиум|Рожер|Раймунд|Боэмунд|Генри|Джордж|Чарльз|Яго|Шарль|Лотарь|Лотар|Конрад|Святослав|"
    "Мстислав|Всеволод|Ярослав|Изяслав|Раму|Рам[аы]|Ольгерд|Андраш|Иштван|Ласло|Афанаси|"
    "Анастаси|Сильвестр|Николь|Герман|Менелик|Хайле|Радам|Камехамеха|Чулалонгкорн|"
    "Бонифаци|Эдмунд|Этельред|Гуго|Готфрид|Гийом|Амеде|Борис|Симеон|Кароль|Кароля|Михай|Иоахим|"
    "Эберхард|Ульрих|Отто|Ренье|Альбер|Фейсал|Фарук|Фуад|Ментухотеп|Псамметих|Шешонк|Тиглатпаласар|"
    "Ашшурбанапал|Аршак|Фраат|Вологез|Мануил|Исаак|Никифор|Андроник|Тибери|Зенон|Яков|Гаральд"
)
_KING = re.compile(
    rf"(?<![\w-])((?:{_RULERS}|(?:{WOMEN.title()})(?![а-яё]* X\b))[а-яё]{{0,3}}(?: Павл\w+)?) "
    rf"({ROMAN})(?![\w-]|\.[А-Я]| [A-Za-z])"
)


def _centuries(match: re.Match[str]) -> str:
    first, between, second, word = match.groups()
    if not first:
        return match[0]
    before = text_before(match)
    if word == "ст.":
        if not re.search(r"(?:[Вв]|[Кк]онце|[Нн]ачале|[Сс]ередине|половине) $", before):
            return match[0]
        word = "в."
    case = _OF_CENTURY.get(word)
    noun = word
    gender = "m"
    if word.endswith(("тия", "тие", "тии", "тию", "тий", "тием", "тиях")):
        gender = "n"
        case = {"е": "n", "я": "g", "и": "p", "ю": "d", "м": "i", "й": "g", "х": "p"}[word[-1]]
    elif word in ("в.", "вв."):
        case = year_case(before) or "g"
        plural = word == "вв." or second
        noun = {"p": "веках" if plural else "веке", "d": "векам" if plural else "веку",
                "a": "века" if plural else "век", "i": "веками" if plural else "веком",
                "g": "веков" if plural else "века"}[case]  # fmt: skip
    case = "n" if case == "a" else case or "n"
    if word == "века" and second:
        case = "n"
    ending = ENDINGS[gender][CASES.index(case)]
    words = ordinal(_roman(first), ending)
    if second:
        words += (" — " if re.fullmatch(r" ?[-–—] ?", between) else between) + ordinal(
            _roman(second), ending
        )
    return f"{words} {noun}{stop_of(match)}"


def _span_of_centuries(match: re.Match[str]) -> str:
    lead, first, between, second, _ = match.groups()
    until = between == "до"
    last = ordinal(_roman(second), "ого" if until else "ый")
    noun = "века" if until else "век"
    return f"{lead} {ordinal(_roman(first), 'ого')} {between} {last} {noun}{stop_of(match)}"


def _roman(numeral: str) -> int:
    return roman(numeral)


_OF_CENTURY = {
    "век": "n", "века": "g", "веке": "p", "веку": "d", "веком": "i", "веков": "g", "веках": "p",
    "векам": "d", "веками": "i",
}  # fmt: skip
# The ending of an ordinal before an adjective with a soft one
_HARD = {
    "его": "ого", "ему": "ому", "ими": "ыми", "ий": "ый", "яя": "ая", "ее": "ое", "юю": "ую",
    "им": "ым", "ем": "ом", "ие": "ые", "их": "ых",
}  # fmt: skip
_ADJECTIVE = re.compile(
    r"\w{2,}(ого|его|ому|ему|ыми|ими|ый|ий|ой|ая|яя|ое|ее|ую|юю|ым|им|ом|ем|ые|ие|ых|их)$"
)


def _roman_before(match: re.Match[str]) -> str:
    numeral, suffix, noun = match.groups()
    if not numeral:
        return match[0]
    if suffix:
        ending = (
            suffix_ending(suffix[1:], _roman(numeral), text_before(match), " " + noun)
            if suffix[1:] in (*SUFFIXES, "й", "е", "м")
            else None
        )
        return f"{ordinal(_roman(numeral), ending)} {noun}" if ending else match[0]
    found = ORDERED.get(noun.lower())
    before = text_before(match)
    if found and not (re.search(r"[А-ЯЁ][а-яё]{3,} $", before) and len(numeral) > 3):
        gender, by_case, _ = found
        ending = _of_ordered(by_case, before)
        return f"{ordinal(_roman(numeral), ending)} {noun}"
    adjective = _ADJECTIVE.fullmatch(noun)
    if adjective and not re.search(r"[А-ЯЁ][а-яё]{2,} $", before):
        ending = _HARD.get(adjective[1], adjective[1])
        return f"{ordinal(_roman(numeral), ending)} {noun}"
    return match[0]


def _of_ordered(by_case: dict[str, str], before: str) -> str:
    case = governed(before)
    wanted = {"s": "gi"}.get(case or "", case or "n")
    if re.search(r"\b(?:[Вв]о?|[Нн]а) $", before):
        wanted = "pa"
    elif case == "o":
        wanted = "da"
    return next((by_case[one] for one in wanted if one in by_case), next(iter(by_case.values())))


def _king(match: re.Match[str]) -> str:
    name, numeral = match.groups()
    if not numeral:
        return match[0]
    last = name.split()[-1].lower()
    end = last[-1]
    woman = re.match(rf"(?:{WOMEN})[аяыиеуюо]й?$", last) is not None and not (
        last.endswith("й") and end == "й" and not last.endswith(("ой", "ей", "ией"))
    )
    before = text_before(match)
    if woman:
        ending = {"а": "ая", "я": "ая", "у": "ую", "ю": "ую"}.get(end, "ой")
    elif last.endswith(("ом", "ем", "ём", "ою")):
        ending = "ым"
    else:
        ending = {"а": "ого", "я": "ого", "ы": "ого", "у": "ому", "ю": "ому", "е": "ом"}.get(
            end, "ый"
        )
        if end == "е" and re.search(r"\b[Кк]о? $", before):
            ending = "ому"
    return f"{name} {ordinal(_roman(numeral), ending).capitalize()}"


def read_romans(text: str) -> str:
    """The text with words for Roman numerals."""
    if not re.search("[IVXLХ]", text):
        return text
    text = _CYRILLIC_X.sub(lambda m: m[0].replace("Х", "X"), text)
    text = _FROM_CENTURY.sub(lambda m: ordinal(_roman(m[1]), "ого") if m[1] else m[0], text)
    text = _SPAN_OF_CENTURIES.sub(_span_of_centuries, text)
    text = _CENTURIES.sub(_centuries, text)
    text = _ROMAN_BEFORE.sub(_roman_before, text)
    text = _ROMAN_BEHIND.sub(lambda m: f"{m[1]} {cardinal(_roman(m[2]))}" if m[2] else m[0], text)
    return _KING.sub(_king, text)
