"""Italian: numbers, dates, times and amounts as the Accademia della Crusca advises."""

from __future__ import annotations

import re

from recital.processors.text.english.words import word_set
from recital.processors.text.languages.cardinals import italian, listed
from recital.processors.text.languages.rules import ROMAN, Language, roman

_MONTHS = listed(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)
_ORDINALS = listed("zero primo secondo terzo quarto quinto sesto settimo ottavo nono decimo")
# "3° piano"; "20° all'ombra" are degrees
_WRITTEN = re.compile(r"(?<![\w.,])(\d{1,4})esim([oaie])(?!\w)")  # 96esima
_AGED = re.compile(r"(?<![\w.,])(1[1-9]|[2-9]\d)enn([ei])(?!\w)")  # 28enne
_ORDINAL = re.compile(
    r"(?<![\w.,])(\d{1,3})(?:([ºª])(?! ?[CF]\b)(?=\W|$)"
    r"|°(?= (?!(?:di|a|al|all|e|in|nel|sotto|sopra|circa|per|con|da)\b)[a-zàèéìòù]{3}))"
)
_NUMERAL = re.compile(rf"\b([A-ZÀÈÉ][a-zàèéìòù]+|secolo) ({ROMAN})(?!\w)|\b({ROMAN}) (?=secolo\b)")


def ordinal(number: int) -> str:
    """21 -> "ventunesimo"."""
    if number <= 10:
        return _ORDINALS[number]
    words = italian(number)
    keeps = words.endswith(("tré", "sei"))
    return (words.replace("tré", "tre") if keeps else words[:-1]) + "esimo"


def _part(top: int, bottom: int) -> str | None:
    """3, 4 -> "tre quarti"."""
    if bottom > 100 and bottom != 1000:
        return None
    name = "mezzo" if bottom == 2 else ordinal(bottom)
    return f"un {name}" if top == 1 else f"{italian(top)} {name[:-1]}i"


def _mixed(whole: int, part: str) -> str:
    """2 1/2 -> "due e mezzo"."""
    return f"{italian(whole)} e {'mezzo' if part == 'un mezzo' else part}"


def _date(before: str, day: int, month: str) -> str:
    return f"{'primo' if day == 1 else italian(day)} {month}"


def _clock(hour: int, minute: int) -> str:
    return ("una" if hour == 1 else italian(hour)) + (f" e {italian(minute)}" if minute else "")


_MASCULINE = word_set("problema programma sistema tema clima panorama poeta pianeta diagramma")
_LO = re.compile(r"s[^aeiou]|z|gn|ps|pn|x|y")  # "uno studente"


def _agree(number: str, noun: str) -> str:
    """ "uno", "libro" -> "un"; "uno", "casa" -> "una"."""
    if number != "uno" or not noun.islower() or noun[-1] not in "aeoà":
        return number
    if noun[-1] in "aà" and noun not in _MASCULINE:
        return "una"
    return "uno" if _LO.match(noun) else "un"


def _numeral(match: re.Match[str]) -> str:
    if match[3]:
        return f"{ordinal(roman(match[3]))} "
    if not match[2] or (len(match[2]) == 1 and match[1].lower() != "secolo"):
        return match[0]
    return f"{match[1]} {ordinal(roman(match[2]))}"


def _ordinal(match: re.Match[str]) -> str:
    word = ordinal(int(match[1]))
    return word[:-1] + "a" if match[2] == "ª" else word


def _special(text: str) -> str:
    text = _WRITTEN.sub(lambda m: ordinal(int(m[1]))[:-1] + m[2], text)
    text = _AGED.sub(lambda m: ordinal(int(m[1])).removesuffix("esimo") + "enn" + m[2], text)
    return _ORDINAL.sub(_ordinal, _NUMERAL.sub(_numeral, text))


_UNITS = {
    "km": ("chilometro", "chilometri"), "m": ("metro", "metri"), "cm": ("centimetro", "centimetri"),
    "mm": ("millimetro", "millimetri"), "kg": ("chilogrammo", "chilogrammi"),
    "g": ("grammo", "grammi"), "mg": ("milligrammo", "milligrammi"), "l": ("litro", "litri"),
    "ml": ("millilitro", "millilitri"), "km/h": ("chilometro all'ora", "chilometri all'ora"),
    "m²": ("metro quadrato", "metri quadrati"), "m³": ("metro cubo", "metri cubi"),
    "°C": ("grado Celsius", "gradi Celsius"), "°F": ("grado Fahrenheit", "gradi Fahrenheit"),
    "gr": ("grammo", "grammi"), "gr.": ("grammo", "grammi"),
    "km²": ("chilometro quadrato", "chilometri quadrati"), "V": ("volt", "volt"),
    "km/s": ("chilometro al secondo", "chilometri al secondo"), "W": ("watt", "watt"),
    "kW": ("chilowatt", "chilowatt"), "t": ("tonnellata", "tonnellate"),
    "ha": ("ettaro", "ettari"), "GB": ("gigabyte", "gigabyte"), "MB": ("megabyte", "megabyte"),
    "Hz": ("hertz", "hertz"), "A": ("ampere", "ampere"), "s": ("secondo", "secondi"),
    "min": ("minuto", "minuti"), "kWh": ("chilowattora", "chilowattora"),
}  # fmt: skip

ITALIAN = Language(
    cardinal=italian,
    year=italian,
    one="un",
    months=_MONTHS,
    short_months={
        "gen.": "gennaio",
        "feb.": "febbraio",
        "mar.": "marzo",
        "apr.": "aprile",
        "giu.": "giugno",
        "lug.": "luglio",
        "ago.": "agosto",
        "set.": "settembre",
        "ott.": "ottobre",
        "nov.": "novembre",
        "dic.": "dicembre",
    },  # fmt: skip
    date=_date,
    clock=_clock,
    point="virgola",
    minus="meno",
    to="a",
    over="fratto",
    part=_part,
    mixed=_mixed,
    hours=("un'ora", "ore"),
    seconds=("un secondo", "secondi"),
    at="alle|le|dalle|ore|all[ae]",
    address={
        "@": "chiocciola",
        ".": "punto",
        "/": "barra",
        "-": "trattino",
        "_": "trattino basso",
        ":": "due punti",
        "?": "punto interrogativo",
        "=": "uguale",
        "&": "e",
        "+": "più",
    },  # fmt: skip
    percent="per cento",
    units=_UNITS,
    currencies={
        "euro": ("euro", "euro", "centesimo", "centesimi"),
        "dollar": ("dollaro", "dollari", "centesimo", "centesimi"),
        "pound": ("sterlina", "sterline", "penny", "penny"),
        "franc": ("franco svizzero", "franchi svizzeri", "centesimo", "centesimi"),
        "yen": ("yen", "yen", "sen", "sen"),
    },
    scales={
        "mln": ("milione", "milioni"),
        "milione": ("milione", "milioni"),
        "milioni": ("milione", "milioni"),
        "mld": ("miliardo", "miliardi"),
        "miliardi": ("miliardo", "miliardi"),
    },  # fmt: skip
    signs={
        "&": "e",
        "+": "più",
        "±": "più o meno",
        "=": "uguale",
        "<": "minore di",
        ">": "maggiore di",
        "×": "per",
        "%": "per cento",
        "€": "euro",
        "$": "dollari",
        "£": "sterline",
        "°": "gradi",
        "§": "paragrafo",
        "*": "",
        "_": " ",
        "#": "",
        "~": "circa ",
    },  # fmt: skip
    abbreviations=(
        (r"\bvs\b\.?", "contro"),
        (r"\bavv\.", "avvocato"),
        (r"\bAvv\.", "Avvocato"),
        (r"\b[Ss]ig\.na\b", "signorina"),
        (r"\b[Ss]ig\.ra\b", "signora"),
        (r"\b[Ss]igg\.", "signori"),
        (r"\b[Pp]\.?z?za\b\.?(?= [A-Z])", "piazza"),
        (r"\b[Vv]\.le\b", "viale"),
        (r"\b[Dd]ip\.", "dipartimento"),
        (r"\b[Ii]ng\.", "ingegner"),
        (r"\b[Aa]rch\.", "architetto"),
        (r"\bcap\.(?= \d)", "capitolo"),
        (r"\bart\.(?= \d)", "articolo"),
        (r"\b[Tt]el\.", "telefono"),
        (r"\ba\. ?C\.", "avanti Cristo"),
        (r"\bd\. ?C\.", "dopo Cristo"),
        (r"\b[Ss]ig\.(?= [A-Z])", "signor"),
        (r"\b[Ss]ig\.ra", "signora"),
        (r"\b[Dd]ott\.ssa", "dottoressa"),
        (r"\b[Dd]ott\.", "dottor"),
        (r"\b[Pp]rof\.", "professor"),
        (r"\b[Aa]d es\.", "ad esempio"),
        (r"\b[Ee]cc\.", "eccetera"),
        (r"\b[Nn]\.[°º]? ?(?=\d)|\b[Nn][°º] ?(?=\d)", "numero "),
        (r"\bpagg?\.", "pagina"),
        (r"\ba\. ?C\.", "avanti Cristo"),
        (r"\bd\. ?C\.", "dopo Cristo"),
    ),
    hour_words="ore",
    special=_special,
    cents=" e",
    of_scale=" di ",
    decimals=2,
    agree=_agree,
    ties=frozenset({"dotted"}),
)
