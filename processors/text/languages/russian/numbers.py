"""Russian numbers in words: cardinals in six cases and three genders, ordinals with any ending, and
nouns behind them. Cases are n(ominative), g(enitive), d(ative), a(ccusative), i(nstrumental) and
p(repositional).
"""

from __future__ import annotations

from functools import lru_cache

from recital.processors.text.word_tables import listed

Forms = tuple[str, str, str]  # after 1, after 2 to 4, after the others: рубль, рубля, рублей

CASES = "ngdaip"
DIGITS = listed(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
    "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
_TENS = listed(". . двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
_HUNDREDS = listed(". сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
_SCALES: tuple[tuple[int, Forms], ...] = (
    (10**12, ("триллион", "триллиона", "триллионов")),
    (10**9, ("миллиард", "миллиарда", "миллиардов")),
    (10**6, ("миллион", "миллиона", "миллионов")),
    (10**3, ("тысяча", "тысячи", "тысяч")),
)
# In the order of CASES
_DECLINED = {
    "ноль": listed("ноль нуля нулю ноль нулём нуле"),
    "один": listed("один одного одному один одним одном"),
    "одна": listed("одна одной одной одну одной одной"),
    "одно": listed("одно одного одному одно одним одном"),
    "два": listed("два двух двум два двумя двух"),
    "две": listed("две двух двум две двумя двух"),
    "три": listed("три трёх трём три тремя трёх"),
    "четыре": listed("четыре четырёх четырём четыре четырьмя четырёх"),
    "восемь": listed("восемь восьми восьми восемь восемью восьми"),
    "сорок": listed("сорок сорока сорока сорок сорока сорока"),
    "девяносто": listed("девяносто девяноста девяноста девяносто девяноста девяноста"),
    "сто": listed("сто ста ста сто ста ста"),
    "двести": listed("двести двухсот двумстам двести двумястами двухстах"),
    "триста": listed("триста трёхсот трёмстам триста тремястами трёхстах"),
    "четыреста": listed(
        "четыреста четырёхсот четырёмстам четыреста четырьмястами четырёхстах"
    ),
}  # fmt: skip
_OF_GENDER = {("f", 1): "одна", ("f", 2): "две", ("n", 1): "одно"}
_STEMS = listed(
    ". перв втор трет четвёрт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат "
    "четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат"
)
_TEN_STEMS = listed(
    ". . двадцат тридцат сороков пятидесят шестидесят семидесят восьмидесят девяност"
)
_HUNDRED_STEMS = listed(
    ". сот двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот"
)
_THOUSAND_STEMS = {1: "тысячн", 2: "двухтысячн", 3: "трёхтысячн"}
_STRESSED = ("втор", "шест", "седьм", "восьм", "сороков")
_SOFT = {  # of третий
    "ый": "ий", "ого": "ьего", "ому": "ьему", "ом": "ьем", "ое": "ье", "ая": "ья", "ую": "ью",
    "ой": "ьей", "ые": "ьи", "ых": "ьих", "ым": "ьим", "ыми": "ьими",
}  # fmt: skip
# Endings of adjectives in the order of CASES, by gender and of the plural
ENDINGS = {
    "m": listed("ый ого ому ый ым ом"),
    "f": listed("ая ой ой ую ой ой"),
    "n": listed("ое ого ому ое ым ом"),
    "p": listed("ые ых ым ые ыми ых"),
}
_HUSHED = ("г", "к", "х", "ж", "ч", "ш", "щ")


def _declined(word: str, case: str) -> str:
    at = CASES.index(case)
    if word in _DECLINED:
        return _DECLINED[word][at]
    if case in "na":
        return word
    if word.endswith("ьдесят"):
        return _declined(word[:-5], case) + _declined("десять", case)
    if word.endswith("ьсот"):
        return _declined(word[:-3], case) + ("сот", "стам", "", "стами", "стах")[at - 1]
    return word + "ю" if case == "i" else word[:-1] + "и"


@lru_cache(maxsize=4096)
def cardinal(number: int, gender: str = "m", case: str = "n") -> str:
    """1234 -> "тысяча двести тридцать четыре"; 2 in the "f"eminine -> "две"."""
    for scale, forms in _SCALES:
        count, rest = divmod(number, scale)
        if count:
            alone = count == 1 and scale == 1000
            head = "" if alone else cardinal(count, gender_of(forms), case) + " "
            words = head + agreed(count, forms, case)
            return f"{words} {cardinal(rest, gender, case)}" if rest else words
    hundreds, rest = divmod(number, 100)
    words_of = [_declined(_HUNDREDS[hundreds], case)] if hundreds else []
    if rest >= 20:
        words_of.append(_declined(_TENS[rest // 10], case))
        rest %= 10
    if rest or not words_of:
        words_of.append(_declined(_OF_GENDER.get((gender, rest), DIGITS[rest]), case))
    return " ".join(words_of)


def ordinal(number: int, ending: str) -> str:
    """1984, "ом" -> "тысяча девятьсот восемьдесят четвёртом"."""
    for scale in (1000, 100):
        count, rest = divmod(number, scale)
        if count and rest:
            return f"{cardinal(count * scale)} {ordinal(rest, ending)}"
        if count:
            stems = _THOUSAND_STEMS if scale == 1000 else dict(enumerate(_HUNDRED_STEMS))
            stem = stems.get(count)
            if stem is None and count < 100:
                stem = joined(count) + "тысячн"
            return _inflected(stem, ending) if stem else cardinal(number)
    if number >= 20:
        tens, ones = divmod(number, 10)
        if ones:
            return f"{_TENS[tens]} {ordinal(ones, ending)}"
        return _inflected(_TEN_STEMS[tens], ending)
    if not number:
        return "нулев" + ("ой" if ending == "ый" else ending)
    return _inflected(_STEMS[number], ending)


def joined(number: int) -> str:
    """The number as the first part of a word: 25 -> "двадцатипяти" ("двадцатипятилетний")."""
    if number == 1000:
        return "тысяче"
    whole = {1: "одно", 40: "сорока", 90: "девяносто", 100: "сто"}
    if number in whole:
        return whole[number]
    for scale in (1000, 100, 10):
        count, rest = divmod(number, scale)
        if count and rest and number >= 20:
            return joined(count * scale) + joined(rest)
    if number >= 1000 and number % 1000 == 0:
        return joined(number // 1000) + "тысяче"
    return cardinal(number, case="g").replace(" ", "")


def _inflected(stem: str, ending: str) -> str:
    if stem == "трет":
        return stem + _SOFT[ending]
    return stem + ("ой" if ending == "ый" and stem in _STRESSED else ending)


def form(number: int, forms: Forms) -> str:
    if number % 100 in range(11, 15):
        return forms[2]
    return forms[0] if number % 10 == 1 else forms[1] if number % 10 in (2, 3, 4) else forms[2]


def is_one(number: int) -> bool:
    """Whether a noun behind it is in the singular: 1, 21, but not 11."""
    return number % 10 == 1 and number % 100 != 11


def gender_of(forms: Forms) -> str:
    return "f" if forms[0].split()[0].endswith(("а", "я")) else "m"


def agreed(number: int, forms: Forms, case: str = "n") -> str:
    """The noun behind a number in a case: 5, "i" -> "рублями"."""
    if number and number % 1000 == 0:
        return forms[2]
    if is_one(number):
        return of_case(forms, case)
    return form(number, forms) if case in "na" else of_case(forms, case, plural=True)


def of_case(forms: Forms, case: str, plural: bool = False) -> str:
    """A noun, with the words beside it: "кубический метр", "d" -> "кубическому метру"."""
    if case == "n" and not plural:
        return forms[0]
    words = zip(*(one.split() for one in forms), strict=True)
    return " ".join(_word_of_case(word, case, plural) for word in words)


def _word_of_case(word: tuple[str, ...], case: str, plural: bool) -> str:
    first, second, many = word
    if first == second == many:
        return first
    at = CASES.index(case)
    if first.endswith(("ый", "ий", "ой", "ая", "ое")):
        gender = {"ая": "f", "ое": "n"}.get(first[-2:], "m")
        ending = ENDINGS["p" if plural else gender][at]
        return first[:-2] + (ending.replace("ы", "и") if first[-3] in _HUSHED else ending)
    stem, soft = second[:-1], second.endswith("я") or (second.endswith("и") and first[-1] in "ья")
    if plural:
        ends = ("", "", "ям", "", "ями", "ях") if soft else ("", "", "ам", "", "ами", "ах")
        return many if case == "g" else second if case in "na" else stem + ends[at]
    if first.endswith("а"):
        ends = ("а", "", "е", "у", "ей" if stem.endswith(("ч", "ц", "ш", "ж")) else "ой", "е")
    elif first.endswith("я"):
        e = "и" if stem.endswith("и") else "е"
        ends = ("я", "", e, "ю", "ей", e)
    elif second.endswith("и"):  # часть
        ends = ("ь", "", "и", "ь", "ью", "и")
    elif soft:
        ends = (
            "",
            "",
            "ю",
            "",
            "ём" if first.endswith(("ль", "нь")) else "ем",
            "и" if stem[-1] == "и" else "е",
        )
    else:
        ends = ("", "", "у", "", "ем" if stem.endswith(("ц", "ш", "щ")) else "ом", "е")
    return second if case == "g" else first if case in "na" and not ends[at] else stem + ends[at]
