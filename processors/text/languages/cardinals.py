"""Cardinal numbers in words: German, Dutch, French, Spanish and Italian, below 10^12."""

from __future__ import annotations

from functools import lru_cache

from recital.processors.text.word_tables import listed

LARGEST = 10**12

_DE = listed(
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn"
)
_DE_TENS = listed(". . zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
_NL = listed(
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien "
    "vijftien zestien zeventien achttien negentien"
)
_NL_TENS = listed(". . twintig dertig veertig vijftig zestig zeventig tachtig negentig")
_FR = listed(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf"
)
_FR_TENS = listed(". . vingt trente quarante cinquante soixante")
_ES = listed(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
    "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
)
_ES_TENS = listed(". . . treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS = listed(
    ". ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
    "ochocientos novecientos"
)
_IT = listed(
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
    "quattordici quindici sedici diciassette diciotto diciannove"
)
_IT_TENS = listed(". . venti trenta quaranta cinquanta sessanta settanta ottanta novanta")


@lru_cache(maxsize=4096)
def german(number: int) -> str:
    """1234 -> "eintausendzweihundertvierunddreißig"; 1 -> "eins"."""
    for scale, one, many in (
        (10**9, "eine Milliarde", "Milliarden"),
        (10**6, "eine Million", "Millionen"),
    ):
        count, rest = divmod(number, scale)
        if count:
            head = one if count == 1 else f"{german(count)} {many}"
            return f"{head} {german(rest)}" if rest else head
    count, rest = divmod(number, 1000)
    if count:
        return (
            (_german_stem(count) + "tausend" + german(rest))
            if rest
            else f"{_german_stem(count)}tausend"
        )
    count, rest = divmod(number, 100)
    if count:
        return _german_stem(count) + "hundert" + (german(rest) if rest else "")
    if number < 20:
        return _DE[number]
    tens, ones = divmod(number, 10)
    return (f"{_german_stem(ones)}und" if ones else "") + _DE_TENS[tens]


def _german_stem(number: int) -> str:
    """Before another word: "ein", "einundzwanzig", "hundertein"."""
    words = german(number)
    return words[:-1] if words.endswith("eins") else words


@lru_cache(maxsize=4096)
def dutch(number: int) -> str:
    """1234 -> "duizend tweehonderdvierendertig"."""
    for scale, name in ((10**9, "miljard"), (10**6, "miljoen")):
        count, rest = divmod(number, scale)
        if count:
            head = f"{'één' if count == 1 else dutch(count)} {name}"
            return f"{head} {dutch(rest)}" if rest else head
    count, rest = divmod(number, 1000)
    if count:
        head = "duizend" if count == 1 else f"{dutch(count)}duizend"
        return f"{head} {dutch(rest)}" if rest else head
    count, rest = divmod(number, 100)
    if count:
        head = "honderd" if count == 1 else f"{_NL[count]}honderd"
        return head + (dutch(rest) if rest > 1 else "een" if rest else "")
    if number == 1:  # "een" is the article
        return "één"
    if number < 20:
        return _NL[number]
    tens, ones = divmod(number, 10)
    joint = "ën" if ones in (2, 3) else "en"
    return (_NL[ones] + joint if ones else "") + _NL_TENS[tens]


@lru_cache(maxsize=4096)
def french(number: int) -> str:
    """1284 -> "mille deux cent quatre-vingt-quatre"."""
    for scale, name in ((10**9, "milliard"), (10**6, "million")):
        count, rest = divmod(number, scale)
        if count:
            head = f"{french(count)} {name}{'s' if count > 1 else ''}"
            return f"{head} {french(rest)}" if rest else head
    count, rest = divmod(number, 1000)
    if count:
        words = french(count)
        words = words[:-1] if words.endswith(("cents", "vingts")) else words
        head = "mille" if count == 1 else f"{words} mille"
        return f"{head} {french(rest)}" if rest else head
    count, rest = divmod(number, 100)
    if count:
        head = "cent" if count == 1 else f"{_FR[count]} cent"
        return f"{head} {french(rest)}" if rest else head + ("s" if count > 1 else "")
    if number < 20:
        return _FR[number]
    if number >= 80:
        rest = number - 80
        return "quatre-vingts" if rest == 0 else f"quatre-vingt-{_FR[rest]}"
    tens, ones = divmod(number, 10)
    if tens == 7:
        return "soixante et onze" if ones == 1 else f"soixante-{_FR[10 + ones]}"
    if ones == 0:
        return _FR_TENS[tens]
    return f"{_FR_TENS[tens]} et un" if ones == 1 else f"{_FR_TENS[tens]}-{_FR[ones]}"


@lru_cache(maxsize=4096)
def spanish(number: int) -> str:
    """1234 -> "mil doscientos treinta y cuatro"."""
    count, rest = divmod(number, 10**6)
    if count:
        head = "un millón" if count == 1 else f"{_short_uno(spanish(count))} millones"
        return f"{head} {spanish(rest)}" if rest else head
    count, rest = divmod(number, 1000)
    if count:
        head = "mil" if count == 1 else f"{_short_uno(spanish(count))} mil"
        return f"{head} {spanish(rest)}" if rest else head
    count, rest = divmod(number, 100)
    if count:
        return (
            "cien" if number == 100 else _ES_HUNDREDS[count] + (f" {spanish(rest)}" if rest else "")
        )
    if number < 30:
        return _ES[number]
    tens, ones = divmod(number, 10)
    return _ES_TENS[tens] + (f" y {_ES[ones]}" if ones else "")


def _short_uno(words: str) -> str:
    """Before a noun: "veintiún mil", "treinta y un euros"."""
    if words.endswith("veintiuno"):
        return words[:-3] + "ún"
    return words[:-1] if words.endswith("uno") else words


@lru_cache(maxsize=4096)
def italian(number: int) -> str:
    """1234 -> "milleduecentotrentaquattro"."""
    for scale, one, many in ((10**9, "un miliardo", "miliardi"), (10**6, "un milione", "milioni")):
        count, rest = divmod(number, scale)
        if count:
            head = one if count == 1 else f"{italian(count)} {many}"
            return f"{head} {italian(rest)}" if rest else head
    count, rest = divmod(number, 1000)
    if count:
        head = "mille" if count == 1 else f"{italian(count)}mila"
        return head + (italian(rest) if rest else "")
    count, rest = divmod(number, 100)
    if count:
        head = "cento" if count == 1 else f"{_IT[count]}cento"
        if rest == 8 or 80 <= rest < 90:  # centotto
            head = head[:-1]
        return head + (italian(rest) if rest else "")
    if number < 20:
        return _IT[number]
    tens, ones = divmod(number, 10)
    head = _IT_TENS[tens][:-1] if ones in (1, 8) else _IT_TENS[tens]
    return head + ("tré" if ones == 3 else _IT[ones] if ones else "")
