"""Amounts of money."""

from __future__ import annotations

import re

from recital.processors.text.english.words import cardinal, is_one, number

# sign: singular, plural, singular and plural of its hundredth
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
    "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₿": ("bitcoin", "bitcoins", "cent", "cents"),
    "₺": ("lira", "lira", "kurus", "kurus"),
    "₱": ("peso", "pesos", "centavo", "centavos"),
    "₪": ("shekel", "shekels", "agora", "agorot"),
    "₫": ("dong", "dong", "hao", "hao"),
    "₦": ("naira", "naira", "kobo", "kobo"),
    "฿": ("baht", "baht", "satang", "satang"),
    "CHF": ("Swiss franc", "Swiss francs", "rappen", "rappen"),
}
_CODES = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "RUB": "₽",
    "BTC": "₿",
    "CHF": "CHF",
}
_COUNTRIES = {
    "US": "US ",
    "AU": "Australian ",
    "A": "Australian ",
    "CA": "Canadian ",
    "C": "Canadian ",
    "NZ": "New Zealand ",
    "HK": "Hong Kong ",
    "S": "Singapore ",
    "": "",
}
_SCALES = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "mm": "million",
    "b": "billion",
    "bn": "billion",
    "t": "trillion",
    "tn": "trillion",
}
_SIGN = f"[{''.join(s for s in _CURRENCIES if len(s) == 1)}]"
_AMOUNT = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_SCALE = r"(?: ?-?(hundred|thousand|million|billion|trillion)\b| ?(mn|bn|tn|[KkMmBbTt])\b)?"
_RANGE = re.compile(
    rf"(?:(?:US|AU?|CA?|NZ|HK|S)(?=\$))?({_SIGN}){_AMOUNT}{_SCALE}-{_SIGN}?(?=\.?\d)"
)
_MONEY = re.compile(
    rf"(-)?(?:\b(US|AU?|CA?|NZ|HK|S)(?=\$))?({_SIGN}) ?(-)?{_AMOUNT}{_SCALE}(?![\w])(?:/(\w+))?"
)
_CODE_FIRST = re.compile(rf"\b({'|'.join(_CODES)}) ?{_AMOUNT}{_SCALE}(?!\w)")
_CODE_LAST = re.compile(rf"(?<![\w.,]){_AMOUNT}{_SCALE} ?({'|'.join(_CODES)})\b")
_SIGN_LAST = re.compile(rf"(?<![\w.,$£]){_AMOUNT}{_SCALE} ?([€₽₩₫₺])")
_CENTS = re.compile(r"(?<![\w.,])(\d+) ?¢")
_PENCE = re.compile(r"(?<![\w.,])(\d+)p\b(?! ?\.?m\b)")
_ONE_THING = re.compile(  # "a $5 bill": the unit stays in the singular
    r"[ -](?:bill|note|coin|check|cheque|fee|fine|ticket|prize|reward|deal|loan|budget|investment|"
    r"tip|gift|bonus|grant|bet|donation|discount|house|home|project|contract|lawsuit|settlement|"
    r"increase|profit|loss|tax|cut|charge|price|limit|question|hotel|bottle|bank|word|scholarship)\b"
)
_PER = {"hr": "hour", "h": "hour", "mo": "month", "yr": "year", "wk": "week", "lb": "pound"} | {
    "kg": "kilogram",
    "oz": "ounce",
    "gal": "gallon",
    "mi": "mile",
    "ea": "each",
}


def expand(text: str) -> str:
    """ "$5.50" -> "five dollars and fifty cents", "£3m" -> "three million pounds"."""
    text = _RANGE.sub(_range, text)
    text = _MONEY.sub(_money, text)
    text = _CODE_FIRST.sub(
        lambda m: _amount(_CODES[m[1]], m[2], _scale(m[3], m[4]), "", False), text
    )
    text = _CODE_LAST.sub(
        lambda m: _amount(_CODES[m[4]], m[1], _scale(m[2], m[3]), "", False), text
    )
    text = _SIGN_LAST.sub(lambda m: _amount(m[4], m[1], _scale(m[2], m[3]), "", False), text)
    text = _CENTS.sub(lambda m: f"{m[1]} cent{'' if is_one(m[1]) else 's'}", text)
    return _PENCE.sub(lambda m: f"{m[1]} {'penny' if is_one(m[1]) else 'pence'}", text)


def _scale(word: str | None, letter: str | None) -> str:
    return word or (_SCALES[letter.lower()] if letter else "")


def _range(match: re.Match[str]) -> str:
    """The unit is said once, after the second number: "$10-$20" -> "ten to $20"."""
    scale = _scale(match[3], match[4])
    return f"{number(match[2])}{' ' + scale if scale else ''} to {match[1]}"


def _money(match: re.Match[str]) -> str:
    minus, country, sign, inner_minus, amount, scale, letter, per = match.groups()
    before = match.string[max(0, match.start() - 12) : match.start()]
    one_thing = bool(
        _ONE_THING.match(match.string, match.end())
        and re.search(r"\b(?:a|an|the|his|her|my|their|our|this|that|another|one) $", before, re.I)
    )
    spoken = _amount(sign, amount, _scale(scale, letter), _COUNTRIES[country or ""], one_thing)
    if minus or inner_minus:
        spoken = "minus " + spoken
    return spoken + (f" per {_PER.get(per, per)}" if per else "")


def _amount(sign: str, amount: str, scale: str, country: str, one_thing: bool) -> str:
    one, many, cent, cents = _CURRENCIES[sign]
    amount = amount.replace(",", "")
    if one_thing:
        many, cents = one, cent
    if scale:
        return f"{number(amount)} {scale} {country}{many}"
    whole, _, fraction = amount.partition(".")
    if len(fraction) not in (0, 1, 2) or sign == "₿":
        return f"{number(amount)} {country}{many}"
    spoken = []
    n_cents = int(fraction.ljust(2, "0")) if fraction else 0
    n_whole = int(whole or 0)
    if n_whole or not n_cents:
        spoken.append(f"{cardinal(n_whole)} {country}{one if n_whole == 1 else many}")
    if n_cents:
        spoken.append(f"{cardinal(n_cents)} {cent if n_cents == 1 else cents}")
    return " and ".join(spoken)
