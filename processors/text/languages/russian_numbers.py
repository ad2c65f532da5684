"""Russian numbers in words: cardinals in three genders, ordinals with any ending."""

from __future__ import annotations

from functools import lru_cache

from recital.processors.text.word_tables import listed

Forms = tuple[str, str, str]  # after 1, after 2 to 4, after the others: рубль, рубля, рублей

DIGITS = listed(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
    "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
_TENS = listed(". . двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
_HUNDREDS = listed(". сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
_SCALES: tuple[tuple[int, Forms], ...] = (
    (10**9, ("миллиард", "миллиарда", "миллиардов")),
    (10**6, ("миллион", "миллиона", "миллионов")),
    (10**3, ("тысяча", "тысячи", "тысяч")),
)
# feminine, its accusative, neuter
_OF_GENDER = {
    ("f", 1): "одна",
    ("f", 2): "две",
    ("a", 1): "одну",
    ("n", 1): "одно",
}
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


@lru_cache(maxsize=4096)
def cardinal(number: int, gender: str = "m") -> str:
    """1234 -> "тысяча двести тридцать четыре"; 2 in the "f"eminine -> "две"."""
    for scale, forms in _SCALES:
        count, rest = divmod(number, scale)
        if count:
            alone = count == 1 and scale == 1000
            head = "" if alone else cardinal(count, "f" if scale == 1000 else "m") + " "
            words = head + form(count, forms)
            return f"{words} {cardinal(rest, gender)}" if rest else words
    hundreds, rest = divmod(number, 100)
    words_of = [_HUNDREDS[hundreds]] if hundreds else []
    if rest >= 20:
        words_of.append(_TENS[rest // 10])
        rest %= 10
    if rest or not words_of:
        words_of.append(_OF_GENDER.get((gender, rest), DIGITS[rest]))
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
            return _inflected(stem, ending) if stem else cardinal(number)
    if number >= 20:
        tens, ones = divmod(number, 10)
        if ones:
            return f"{_TENS[tens]} {ordinal(ones, ending)}"
        return _inflected(_TEN_STEMS[tens], ending)
    return _inflected(_STEMS[number], ending) if number else "нулев" + ending


def _inflected(stem: str, ending: str) -> str:
    if stem == "трет":
        return stem + _SOFT[ending]
    return stem + ("ой" if ending == "ый" and stem in _STRESSED else ending)


def form(number: int, forms: Forms) -> str:
    if number % 100 in range(11, 15):
        return forms[2]
    return forms[0] if number % 10 == 1 else forms[1] if number % 10 in (2, 3, 4) else forms[2]
