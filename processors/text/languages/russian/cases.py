"""The case that the words beside a Russian number give it, and whether the number orders the noun
behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from recital.processors.text.languages.russian.numbers import ENDINGS, Forms, is_one
from recital.processors.text.languages.russian.tables import (
    ACCUSATIVE,
    BEFORE_ORDINALS,
    DATIVE,
    GENITIVE,
    GOVERNING,
    INSTRUMENTAL,
    ORDERED,
    ORDERED_ADJECTIVES,
    ORDERED_PLURAL,
    PREPOSITIONAL,
    SKIPPED,
)
from recital.processors.text.word_tables import word_set

_GOVERNING = [(re.compile(verbs), case) for case, verbs in GOVERNING.items()]
_BEFORE_ORDINALS = re.compile(BEFORE_ORDINALS)
_AND_BEFORE = re.compile(
    r"(?:^|(?<=[\s(«]))[-−+]?\d[\d ,]*(?: ?(?:%|°C?|тыс\.|млн|[а-я]{1,3}))? ?(?:и|или|,|либо) $"
)
# "2 ст. л. муки и "
_LISTED_BEFORE = re.compile(r"(?<![\w,])\d[\d ,]*(?: [а-яё]+\.?){1,3}(?:,| и) $")
_LAST_WORDS = re.compile(r"(?:([\w-]+) )?(?<![\w\u0301])([\w-]+) «?$")
_PAST = re.compile(r"(?!были?$|если$)[а-яё]+[аяеёиыу]ли?")
# Nouns that a number behind them names: "статья 105"
_HEADED = re.compile(
    r"\b(?:стать|глав|пункт|том|част|раздел|номер|рисун|таблиц|дом|квартир|страниц|параграф|"
    r"корпус|строени|"
    r"кабинет|литер|подъезд|этаж|строк|приложени|иллюстраци|офис|школ)(?:[ьаеуыияюёо]|ой|"
    r"ей|ёй|ом|ок|к[аеу]|ам|ах|ью|ия|ии)? $",
    re.IGNORECASE,
)
_FIRST_IN = re.compile(r"(?:^|[.,;:!?—] )[Вв] $")  # "В 100 г продукта"
_DISSOLVED = re.compile(
    r"(?:[рР]аств|[рР]азв|[рР]азб|[зЗ]ам[ое]|[вВ]ар|[рР]асп|[кК]ип)[а-яё]+ (?:\w+ )?в $"
)
# A noun before a number that has it in the genitive: "строительство 5 домов", "автор 16 книг"
# Only nouns of what is done: in "отделение 5 человек приняло" the noun is a subject.
_HEAD_NOUN = re.compile(
    r"\b(?!насел|колич|расст|значен|\w*стоян|издан|\w*мерен|здани|помещен|собран|отделен|учрежден|"
    r"заведен|объединен|соединен|подразделен|заседан|задан|знани|мнени|внимани|движени|правлени|"
    r"поколен|упражнен|"
    # adjectives: "последние"
    r"[а-яё]*(?:[дртлшжхйв]|нн|рен|ерен)ние )"
    r"(?:[а-яё]{3,}(?:ни(?:е|я|ю|и|ем)|стви(?:е|я|ю|и|ем))|"
    r"(?:реконструк|реализа|эвакуа|ликвида|модерниза|регистра|публика|демонстра|трансля|презента|"
    r"госпитализа|вакцина|депорта|конфиска|приватиза|классифика|инвентариза|комбина|координа|"
    r"ротаци|аттеста|сертифика)ци(?:[яиюй]|ей)|"
    r"(?<!в )производство|производств(?:а|у|е|ом)|(?:строитель|убий|большин)ств(?:о|а|у|е|ом)|"
    r"(?:смерт|гибел)(?:ь|и|ью)|судьб(?:[аыеу]|ой|ами)|помощ(?:ь|и|ью)|усили(?:я|ями|ям)|"
    r"голос(?:а|ов|ами)|потер(?:[яиюе]|ей)|продаж(?:[аеи]|ей)|(?<!в )(?<!на )продажу|"
    r"покупк(?:[аеиу]|ой)|выпуск(?:[аеу]|ом)?|пример(?:[аеы]|ов|ом)?|постройк(?:[аеиу]|ой)|"
    r"смен(?:[аы]|ой)) $",
    re.IGNORECASE,
)
# Whoever has or made what is counted: "автор 16 книг"
_HEAD_PERSON = re.compile(
    r"\b(?:(?:обладател|победител|создател)(?:[ьяюеи]|ем|ей|ями?)|владел(?:ец|ьц(?:[ауеы]|ем|ев))|"
    r"(?:автор|лауреат|чемпион|участник)(?:[ауеыи]|о[мв]|ами?)?) $",
    re.IGNORECASE,
)
_PARENT = re.compile(r"\b(?:мат(?:ь|ер(?:и|ью|ей))|от(?:ец|ц(?:[ауе]|ом|ы|ов))) $", re.IGNORECASE)
_CHILDREN = word_set(
    "детей дочерей сыновей девочек мальчиков близнецов малышей дочек сыновей ребятишек"
)
# A verb behind the counted noun has the person as its subject: "чемпион 5 голов забил", but "автор
# 16 книг приехал".
_DONE = re.compile(
    r" [а-яё-]+ (?!был|стал|умер|приехал|приш|уехал|жил|родил|получил|рассказал|сообщил|выступил|"
    r"заявил|сказал|отметил|считал|работал|уш[её]л|ушла|ушли|погиб|прибыл|вернул|остал|"
    r"появил)[а-яё]{2,}(?:ла?|ли)\b"
)
_GENITIVE_NOUN = re.compile(
    r"^(?!раз$|лет$|дней|час|мину|месяц|недел|секунд|рубл|процент|градус|метр|килом|тысяч|"
    r"милли).*(?:[оеё]в|ей|ий|[бвгджзклмнпрстфхцчшщ]|ь)$"
)
_WITH = word_set("сравнению сравнении наряду вместе связи соответствии совместно")
_IN_NO = word_set("окно зерно бревно пятно звено пшено дно")
_MANY_AGED = re.compile(
    r"\b(?:дет(?:и|ей|ям|ьми|ях)|(?:подростк|мужчин|женщин|людь?|лиц|граждан|пациент|школьник|"
    r"юнош|девуш|"
    r"мальчик|девоч|ребят|студент|человек|участник|взросл|росси)\w*) $"
)
_ONE_AGED = re.compile(
    r"\b(?:мужчин[ау]|женщин[ау]|девушк[ау]|парень|юноша|мальчика?|девочк[ау]|подросток|житель\w*|"
    r"лица?|"
    r"водитель|пенсионер\w*|старше|реб[её]нка) $"
)
_DECADES = {"годы": "n", "годов": "g", "годам": "d", "годами": "i", "годах": "p"}
_PRONOUNS = word_set("их них ним им ими ними ей ею его него ему нему")
# Words behind a number that are no nouns of its
_NO_NOUN = word_set(
    "и или а но да по на до от из за к ко в во с со у о об не ни же ли бы то что как при для без "
    "под над "
    "был была было были будет есть нам вам там сам им вами нами ими ниже выше ещё уже уж он она "
    "они оно "
    "мы вы я ты это эта тоже также только когда если чтобы где так очень вместе либо против через "
    "между "
    "после перед около более менее больше меньше каждый стал стала стали"
)
_PLURAL_IN_AM = word_set(
    "дам драм рам реклам программ панорам телеграмм грамм килограмм миллиграмм ям"
)
_ADJECTIVE = re.compile(
    r"[а-яё]{2,}(?:ых|их|ые|ие|ого|его|ому|ему|ыми|ими|ым|им|ый|ий|ая|яя|ую|юю|ое|ее)"
)
_MASCULINE_NOUNS = word_set(
    "бой строй слой герой музей рублей рой покой сбой отбой водопой запой перебой прибой застой "
    "настой простой устой ручей воробей муравей соловей хоккеист клей улей юбилей трофей лицей "
    "злодей еврей лакей чародей репей налей"
)
# Adjectives in -ой that are masculine: "1 большой дом", but "1 рукой"
_MASCULINE_OY = re.compile(
    r"(?:не)?(?:больш|друг|прост|молод|так|как|пуст|чуж|жив|золот|цветн|родн|плох|сух|глух|слеп|"
    r"туп|густ|худ|крут|свят|зл|ручн|основн|входн|запасн|выходн|дорог|речн|лесн|ночн|страшн|больн|"
    r"седьм|шест|втор)ой"
)
_MASCULINE_OVOY = re.compile(
    r"(?!голов|коров|основ|королев|доск|подков|кров|тоск)[а-яё]{2,}(?:ов|ев|ск)ой"
)
_SOFT_FEMININE = re.compile(
    r"\w*(?:ость|очь|ночь|область|часть|дочь|роль|цель|степень|[рлбк]овь|обувь|соль|зелень|боль|"
    r"медаль|деталь|ткань|пись|знь|вещь|мощь|модель|лошадь|площадь|речь|жизнь|"
    r"дверь|печь|сеть|кость|смерть|тень|тетрадь|мышь)"
)
# Feminine nouns before -е that a number has often
_FEMININE_E = re.compile(
    r"\w*(?:стран|школ|строк|квартир|книг|групп|минут|машин|комнат|улиц|границ|иц|ртк|арт|игр|"
    r"ячейк|площадк|"
    r"точк|неделе|секунд|таблетк|партии|попытк|серии|копейк|тонн|тысяч|пар|сторон|рук|ног)е"
)
_ANIMATE = re.compile(
    r"\w*(?:человек|реб[её]нк|ученик|ник|тел|дет[ёе]ныш|щенк|кот|геро|враг|солдат|игрок|"
    r"студент)[ая]"
)


def governed(before: str) -> str | None:
    """The case that what is before a number gives it; "s" for с, "from" or "with", "o" for по."""
    listing = _LISTED_BEFORE.search(before)
    if listing:
        return "a" if governed(before[: listing.start()]) == "a" else None
    before = unlisted(before)
    words = _LAST_WORDS.search(before)
    if words is None:
        return None
    previous, word = (words[1] or "").lower(), words[2].lower()
    if word in SKIPPED:
        return governed(before[: words.start(2)])
    if word == "числе" and previous == "том":
        return None
    if word == "счёт" and previous != "за":
        return None
    if word in ("с", "со"):
        return "i" if previous in _WITH else "s"
    if word == "по":
        return "o"
    for case, found in (
        ("g", GENITIVE), ("d", DATIVE), ("i", INSTRUMENTAL), ("p", PREPOSITIONAL),
        ("a", ACCUSATIVE),
    ):  # fmt: skip
        if word in found:
            return case
    for pattern, case in _GOVERNING:
        if pattern.match(word):
            return case
    if word.endswith(("йте", "ите", "ьте")):
        return "a"
    # "прочёл", "прочли": a subject behind them would have "прочла" of feminine words
    if _PAST.fullmatch(words[2]):
        return "a"
    if len(word) > 3 and word not in _PRONOUNS and words[2].islower():
        if word.endswith(("ых", "их")):
            return "p" if previous in ("в", "во", "на", "о", "об", "при") else "g"
        if word.endswith(("ыми", "ими")):
            return "i"
    return None


def unlisted(before: str) -> str:
    """What is before a list of numbers: "на 3, 5 и " -> "на "."""
    for _ in range(6):
        again = _AND_BEFORE.search(before)
        if not again:
            break
        before = before[: again.start()]
    return before


def headed(before: str) -> bool:
    """Whether a number is the name of the noun before it: "на странице 48"."""
    return _HEADED.search(before) is not None


def genitive_of_age(before: str, after: str, ranged: bool) -> bool:
    """ "детям 7–10 лет": the age of a noun, in the genitive; "девочке 5 лет" is none."""
    if not re.match(r"(?: лет| года?)\b", after):
        return False
    return (_MANY_AGED if ranged else _ONE_AGED).search(before.lower()) is not None


def _nouns(words: Sequence[str]) -> tuple[str, str]:
    """The adjective and the noun behind a number."""
    if not words or not words[0].islower() or words[0] in _NO_NOUN:
        return "", ""
    first = words[0]
    second = words[1] if len(words) > 1 and words[1] not in _NO_NOUN else ""
    if _MASCULINE_OY.fullmatch(first):
        return first, second
    if _MASCULINE_OVOY.fullmatch(first) and second and not second.endswith(("л", "лся")):
        return first, second
    if (
        _ADJECTIVE.fullmatch(first)
        and len(words) > 1
        and words[1].islower()
        and words[1] not in _NO_NOUN
    ):
        return first, words[1]
    if _ADJECTIVE.fullmatch(first) and not first.endswith(("ие", "ии", "ее")):
        return first, ""
    return "", first


def ordered(number: int, before: str, words: Sequence[str]) -> str | None:
    """The ending of the ordinal where the number orders the noun behind it: "в 7 классе"."""
    if not words or number > 199 or not number:
        return None
    if words[0][:-2] in ORDERED_ADJECTIVES and len(words) > 1 and is_one(number) | (number < 5):
        ending = words[0][-2:].replace("ий", "ый").replace("яя", "ая")
        return ending if ending in ENDINGS["f"] or ending in ENDINGS["m"] else None
    word = words[0]
    if number in range(20, 100, 10) and word in _DECADES:
        return ENDINGS["p"]["ngdaip".index(_DECADES[word])]
    if len(words) > 1 and re.fullmatch("[А-ЯЁ]", word):  # "в 7 Б классе"
        word = words[1]
    found = ORDERED.get(word)
    if found is None:
        return None
    gender, endings, strict = found
    case = governed(before)
    teens = number % 100 in range(11, 20)
    last = number % 10
    last_word = re.search(r"([а-яё]+) $", before)
    attributed = last_word is not None and _BEFORE_ORDINALS.match(last_word[1]) is not None
    if last == 1 and not teens and not strict:
        return None
    if word in ("дня", "часа", "часу") and not (word == "часу" and re.search(r"\b[Вв] $", before)):
        return None
    if not teens and 2 <= last <= 4 and "g" in endings:
        into = re.search(r"\b(?:[Вв]о?|[Нн]а|[Пп]ри) $", before) is not None
        if not (
            case in ("g", "s")
            or attributed
            or (gender == "f" and case in ("d", "o"))
            or (gender == "f" and into and word.endswith("ии"))
        ):
            return None
        if case in ("g", "s") or attributed:
            return endings["g"]
    wanted = {"s": "gi", "o": "da", "a": "an"}.get(case or "", case or "n")
    if re.search(r"\b(?:[Вв]о?|[Нн]а) $", before):
        wanted = "pa"
    for one in wanted:
        if one in endings:
            return endings[one]
    return next(iter(endings.values()))


def ordered_range(words: Sequence[str]) -> str | None:
    """The ending of ordinals behind a range: "в 5–7 классах", "в 10–11 классе"."""
    if words and words[0] in ORDERED_PLURAL:
        case = ORDERED_PLURAL[words[0]]
        return ENDINGS["p"]["ngdaip".index(case)]
    if words and words[0] in ORDERED and ORDERED[words[0]][2] and ORDERED[words[0]][0] in "mn":
        endings = ORDERED[words[0]][1]
        return endings.get("p") or next(iter(endings.values()))
    return None


def case_of(
    whole: int,
    fraction: str,
    before: str,
    words: Sequence[str],
    counts: Forms | None,
    unit: str,
    after: str,
    gender: str,
) -> tuple[str, str]:
    """The case of a number and its gender, which the noun behind it shows where no unit does."""
    lead = governed(before)
    adjective, noun = _nouns(words)
    across = re.search(r"\d на $", before) is not None  # "6 на 4 дюймов"
    if not counts and not fraction and (noun or adjective) and not across:
        shown = (_shown_by_one if is_one(whole) else _shown_by_many)(whole, lead, adjective, noun)
        if shown[0]:
            return shown
        gender = shown[1]
    if not counts and fraction and noun.endswith(("ы", "и")):
        gender = "f"
    if counts and before.endswith("районе "):
        lead = "g"
    if not lead and not counts and _GENITIVE_NOUN.search(noun):
        lead = "g" if _has_counted(before, noun, after) else lead
    if lead == "s":
        lead = "i" if unit in ("ГБ", "Мп", "МБ", "ТБ", "л. с") else "g"
    if lead == "a":
        into = before.lower().endswith(("в ", "во ", "на "))
        away: object = re.match(
            r" (?:от|к [а-я-]*(?:северу|югу|востоку|западу)|ходьбы|езды)\b", after
        )
        share = unit == "%" and re.match(
            r" [а-яё]+(?:ев|ов|ей|ий|ых|их|[а-я]ств|мей|стран|школ)\b", after
        )
        away = (away and unit != "%") or re.match(r" из (?:[а-я]+ых )?\d", after)
        away = away or (unit in ("мл", "л", "стак") and _DISSOLVED.search(before))
        away = away or (unit in ("мл", "л", "г", "кг") and _FIRST_IN.search(before))
        if into and (away or (share and before.lower().endswith("в "))):
            lead = "p"
    if lead == "o":
        one = is_one(whole) or whole in (1000, 10**6)
        lead = "d" if one and not fraction else "a"
    return lead or "n", gender


def _has_counted(before: str, noun: str, after: str) -> bool:
    """Whether the noun before a number has what it counts: "строительство 5 домов"."""
    if _PARENT.search(before):
        return noun in _CHILDREN
    if _HEAD_PERSON.search(before):
        return _DONE.match(after) is None
    return _HEAD_NOUN.search(before) is not None


def _shown_by_many(whole: int, lead: str | None, adjective: str, noun: str) -> tuple[str, str]:
    """The case that the noun behind 2, 5, 11 shows, "" where it shows none; and the gender."""
    few = whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14)
    for word in (noun, adjective):
        if len(word) < 4:
            continue
        if word.endswith(("ами", "ями", "ыми", "ими", "ьми")):
            return "i", "m"
        if word.endswith(("ах", "ях")):
            return "p", "m"
        if word.endswith(("ам", "ям")) and word not in _PLURAL_IN_AM:
            return "d", "m"
        if word == adjective and word.endswith(("ым", "им")):
            return "d", "m"
    gender = "m"
    if few:
        if noun.endswith(("и", "ы")) or adjective.endswith(("ые", "ие")):
            gender = "f"
        counted = noun and not _ADJECTIVE.fullmatch(noun) and len(noun) > 3
        if counted and noun[-1] not in "аяыиоеуюэё" and lead not in ("d", "i", "p"):
            # a plural where 2 to 4 would have a singular: the genitive, or what lives
            many = noun.endswith(("ов", "ев", "ей", "ий", "ек", "ок", "иц")) or lead in (
                "g",
                "a",
                "s",
            )
            if many and lead != "s":
                return "g", gender
    return "", gender


def _shown_by_one(whole: int, lead: str | None, adjective: str, noun: str) -> tuple[str, str]:
    """The case and the gender that the noun behind 1 or 21 shows."""
    oblique = {"s": "g", "a": "a"}.get(lead or "", lead or "")
    if adjective.endswith("ой"):
        # "большой дом", but "большой комнаты", "большой семьёй", "большой ночью"
        masculine = not noun or (
            noun[-1] not in "аеиоуыэюяё"
            and not (noun.endswith(("ой", "ей", "ёй", "ью")) and noun not in _MASCULINE_NOUNS)
        )
        return (lead if lead in ("n", "a") else "n", "m") if masculine else ("g", "f")
    if adjective:
        for endings, case, gender in (
            (("ого", "его"), "g", "m"), (("ому", "ему"), "d", "m"), (("ым", "им"), "i", "m"),
            (("ую", "юю"), "a", "f"), (("ый", "ий"), "n", "m"), (("ая", "яя"), "n", "f"),
            (("ое", "ее"), "n", "n"),
        ):  # fmt: skip
            if adjective.endswith(endings):
                return case, gender
        return "", "m"
    if len(noun) < 3:
        return "", "m"
    end = noun[-1]
    if noun.endswith(("ой", "ей", "ью")) and noun not in _MASCULINE_NOUNS:
        return "i", "f"
    if noun.endswith(("ом", "ем", "ём")) and lead in ("s", "i", "a") and noun not in ("дом", "том"):
        return "i", "m"
    if end in "ую":
        return ("d", "m") if lead in ("d", "o") else ("a", "f")
    if end in "ая":
        if (
            oblique == "g"
            or _ANIMATE.fullmatch(noun)
            or noun in ("часа", "рубля", "раза", "дня", "года")
        ):
            return "g", "m"
        return "n", "f"
    if end in "ыи":
        return ("p" if noun.endswith(("ии", "сти")) and lead == "a" else "g"), "f"
    if noun.endswith(("ие", "ье", "ще")):
        return "n", "n"
    if end == "о":  # no adverb: "частично"
        return "n", "m" if re.search("[бвгдзклмнпрстч]но$", noun) and noun not in _IN_NO else "n"
    if end == "е":
        feminine = _FEMININE_E.fullmatch(noun) is not None
        return ("d" if lead in ("d", "o") else "p"), "f" if feminine else "m"
    if end == "ь" and _SOFT_FEMININE.fullmatch(noun):
        return "a" if lead == "a" else "n", "f"
    return ("n", "m") if lead not in ("g", "d", "i", "p") else ("", "m")
