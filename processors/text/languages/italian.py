"""Italian: numbers, dates, times and amounts as the Accademia della Crusca advises."""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import italian
from recital.processors.text.languages.initials import open_names, spell_italian
from recital.processors.text.languages.rules import ROMAN, Language, roman
from recital.processors.text.word_tables import listed, word_set

_MONTHS = listed(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)
_ORDINALS = listed("zero primo secondo terzo quarto quinto sesto settimo ottavo nono decimo")
# "3° piano"; "20° all'ombra" are degrees
_WRITTEN = re.compile(r"(?<![\w.,])(\d{1,4})esim([oaie])(?!\w)")  # 96esima
_AGED = re.compile(r"(?<![\w.,])(1[1-9]|[2-9]\d)[eE][nN]{2}([eiEI])(?!\w)")  # 28enne
_ORDINAL = re.compile(
    r"(?<![\w.,])(?<!\b[aA] )(?<!i )(\d{1,3})(?:([ºª])(?! ?[CF]\b)(?=\W|$)"
    r"|°(?= (?!(?:di|a|al|all|e|in|nel|sotto|sopra|circa|per|con|da)\b)[a-zàèéìòù]{3}))"
)
_NUMERAL = re.compile(
    r"\b(?!(?:I[ln]|[ND]el|[DA]al?|Al|Sul|La|Nella|Alla|D[ae]lla|[TF]ra|Verso|Dopo|Per|Con|Di) )"
    rf"([A-ZÀÈÉ][a-zàèéìòù]+|secolo|titolo|capo|parte|libro|sezione|fase|volume|tomo|atto|scena) "
    rf"({ROMAN})(?!\w)|(?<![\w.])({ROMAN}) (?=([a-zàèéìòù]{{4,}}))"
)
# "XIX e XX secolo": both end as the noun
_TWO_NUMERALS = re.compile(rf"\b({ROMAN}) (e|o) ({ROMAN}) (?=([a-zàèéìòù]{{4,}}))")
_OF_ONE = word_set(
    "grado livello comma ciclo turno premio secolo municipio classe sezione parte fase edizione"
)
_NO_NOUN = word_set(
    "della delle dello degli dalla dalle dallo alla alle allo agli nella nelle sulla sulle questa "
    "quella vanno sono viene come anche hanno sarà aveva"
)
_MALE = word_set(
    "andrea luca nicola mattia elia battista enea problema programma sistema tema clima poeta "
    "papa comma"
)
_FEMALE = re.compile(
    r"\w+[gstz]ione$|(?:classe|fase|parte|serie|specie|torre|notte|chiave|voce|"
    r"legge|rete|sede|frase|base|valle|madre|nave|croce|luce|arte)$|\w+(?:a|tà|ù)$"
)
# what has a number of its own: "articolo 1"
_NUMBERED = (
    r"\b(?:articol[oi]|paragraf[oi]|numer[oi]|punt[oi]|comm[ai]|capitol[oi]|pagin[ae]|"
    r"tabell[ae]|figur[ae]|"
    r"livello|tipo|gruppo|allegato|sezione|parte|titolo|caso|versione|fase|zona|uguale|canale|"
    r"(?<=\w )[A-Z]\w{3,}) $"
)
# "legge n. 270/1982"
_LAW = re.compile(
    r"(?<![\w./])(\d{1,4})/((?:19|20)\d\d|[5-9]\d|[01]\d|2\d)(?:/(CE|CEE|UE))?(?![\w/])"
)
_LAWS = re.compile(
    r"(?:\b(?:[Ll]egge|LEGGE|leggi|numer[oi]|[Dd]ecret[oi]|legislativo|[Rr]egolamento|[Dd]irettiva|DPR|"
    r"DL|DM|DPCM|DGR|DAL|D P R|D\.\w\.|L\. ?R\.|[Dd]eliber[ae]|deliberazione|regional[ei]|"
    r"ordinanza|[Ss]entenza|circolare|determina|determinazione|protocollo|\(?(?:CE|UE|CEE)\)?)|"
    r"\b[Ll]\.|\d/\d\d(?:,| e)) ?(?:numero )?$"
)
_SLASHED = re.compile(r"(?<=numero )(\d+)/(?=\d)")
# "1 ora"
_ELIDED = re.compile(
    r"(?<![\w.,:/+-])1 (?=(?:ora|area|opera|auto|isola|azienda|unità|altra|edizione)\b)"
)
_WITH_YEAR = re.compile(r"(?<![\w/.,])(\d{1,3})/(?=(?:19|20)\d\d(?![\w/]))")
_PRESSURE = re.compile(r"(?<![\w/.,])(\d{2,3})/(\d{2,3})(?= ?mmHg)")
_DOTTED_PHONE = re.compile(
    r"(?<![\w.,/])(?!\d\d\.\d\d\.(?:\d\d|\d{4})(?![.\d]))0\d{1,3}(?:\.\d{2,4}){2,4}(?![\w]|[.,]\d)"
)
_TWO_PRICES = re.compile(r"(€ ?\d+,\d\d) ?/ ?(?=\d+,\d\d(?! ?€))")
_INCHES = re.compile(r"(?<![\w.,])(\d{1,2}(?:[.,]\d+)?) ?[\"”″](?= [a-z]|[,;)]|$)")  # 17"
# "il 20/9"
_DAY = re.compile(
    r"\b([Ii]l|[Dd]al|[Aa]l|[Dd]el|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica) "
    r"(3[01]|[12]?\d|0[1-9])/(0?[1-9]|1[0-2])(?![\w/]|[.,]\d)"
)
# "euro 5,00"
_EURO_FIRST = re.compile(r"\b[Ee]uro (\d[\d.]*,\d\d)(?!\d)")
# "4/12 anni", "80/90 km/h"
_FROM_TO = re.compile(
    r"(?<![\w/.,])([1-9]\d{0,2})/([1-9]\d{0,2})"
    r"(?= (?!(?:de[il]|degli|delle|ne[il]|negli|nelle|dalle|alle|agli|sulle|come|oltre)\b)"
    r"[a-z]{3,}[ie]\b|"
    r" ?(?:km|m|cm|mm|g|kg|ml|min|€|%)(?![\w²³]))"
)
_CAPITAL_NUMERAL = re.compile(r"\b[IVXL]+\b")
_DIGIT = re.compile(r"\d")
_MONTH_NUMERAL = re.compile(
    rf"\b([IVX]{{1,5}}) (?=(?:{'|'.join(month.capitalize() for month in _MONTHS)})\b)"
)
_HOUR = re.compile(r"(?<=\bore )(\d{1,2}),(\d\d)(?![\d,])")  # ore 17,30
_MINUTE = re.compile(r"(?<![\w.,'’])(\d{1,3})['’′](?![\w'’\d])")


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


def _feminine(noun: str) -> bool:
    return noun not in _MALE and _FEMALE.fullmatch(noun) is not None


def _agree(number: str, noun: str) -> str:
    """ "uno", "libro" -> "un"; "uno", "casa" -> "una"."""
    if number != "uno" or not noun.islower() or noun[-1] not in "aeoà" or noun in _NO_NOUN:
        return number
    if (noun[-1] in "aà" and noun not in _MASCULINE) or _feminine(noun):
        return "una"
    return "uno" if _LO.match(noun) else "un"


def _two_numerals(match: re.Match[str]) -> str:
    first, joint, last, noun = match.groups()
    if not (first and last) or (len(first) == len(last) == 1 and noun not in _OF_ONE):
        return match[0]
    if noun in _NO_NOUN:
        return match[0]
    ending = "a" if _feminine(noun) else "o"
    return f"{ordinal(roman(first))[:-1]}{ending} {joint} {ordinal(roman(last))[:-1]}{ending} "


def _numeral(match: re.Match[str]) -> str:
    if match[3]:  # "la XVI legislatura", "di I grado"
        if (len(match[3]) == 1 and match[4] not in _OF_ONE) or match[4] in _NO_NOUN:
            return match[0]
        return f"{ordinal(roman(match[3]))[:-1]}{'a' if _feminine(match[4]) else 'o'} "
    if not match[2] or (len(match[2]) == 1 and match[1][0].isupper()):
        return match[0]
    word = ordinal(roman(match[2]))
    return f"{match[1]} {word[:-1] + 'a' if _feminine(match[1].lower()) else word}"


def _ordinal(match: re.Match[str]) -> str:
    word = ordinal(int(match[1]))
    noun = re.match(r"\s*(\w*)", match.string[match.end() :])
    feminine = match[2] == "ª" or (noun is not None and _feminine(noun[1]))
    return word[:-1] + "a" if feminine else word


def _month_numeral(match: re.Match[str]) -> str:
    """ "via XX Settembre" -> "via venti Settembre"."""
    return ("primo" if match[1] == "I" else italian(roman(match[1]))) + " "


def _aged(match: re.Match[str]) -> str:
    return ordinal(int(match[1])).removesuffix("esimo") + "enn" + match[2].lower()


def _law(match: re.Match[str]) -> str:
    """ "legge 270/1982" -> "legge 270 del 1982"."""
    if not _LAWS.search(match.string[: match.start()]):
        return match[0]
    number, year, union = match.groups()
    if union:  # direttiva 2001/42/CE
        return f"{number} {year} {union}"
    if len(year) == 2:
        year = ("19" if int(year) > 40 else "20") + year
    elif len(number) == 4 and 1900 <= int(number) < 2100 and not 1900 <= int(year) < 2100:
        return f"{number} {year}"  # regolamento UE 2016/679
    return f"{number} del {year}"


def _inches(match: re.Match[str]) -> str:
    before = match.string[: match.start()]
    closes = before.count('"') % 2 or before.count("“") > before.count("”")  # a quotation
    return match[0] if closes else f"{match[1]} pollici"


def _from_to(match: re.Match[str]) -> str:
    low, high = int(match[1]), int(match[2])
    return f"{low}-{high}" if low < high and (low > 1 or high > 10) else match[0]


def _minute(match: re.Match[str]) -> str:
    """ "al 43'" -> "al quarantatreesimo", "dopo 5'" -> "dopo 5 minuti"."""
    before = match.string[: match.start()]
    if re.search(r"(?:^|[\s(])['‘]\w[^'’]*$", before):
        return match[0]
    if re.search(
        r"(?:\b(?:[Aa]l|[Ii]l|[Dd]el|[Dd]al|[Nn]el)|\(|,|\be|"
        r"(?:(?<=\w )|(?<=, )|(?<=\())[A-Z]\w{3,}) ?$",
        before,
    ):
        return ordinal(int(match[1]))
    return f"{match[1]} minut{'o' if match[1] == '1' else 'i'}"


_SHORT_MONTH = re.compile(
    r"(?<=\d )(gen|feb|mar|apr|mag|giu|lug|ago|sett?|ott|nov|dic)\.?(?= (?:19|20)\d\d)", re.I
)
_WIRE_MONTH = re.compile(r"(?<=\d )(GEN|FEB|MAR|APR|MAG|GIU|LUG|AGO|SET|OTT|NOV|DIC)\.?(?= ?[-–—])")
_NUMERAL_SIGN = re.compile(r"\b([IVX]+) ?[\^ªº°](?=[ ,.;)])")  # II^ guerra
# "nel 1483 ha forma"
_YEAR_HAS = re.compile(r"(?<![\w.,])((?:1[0-9]|20)\d\d)(?= ha (?!\w+i\b)[a-z]{3,})")
_HALF = re.compile(r"(?<![\w/.,])(?<!\d )1/2 (?=([a-zàèéìòù]{3,}))(?!de[lgi])")
_SUPERSCRIPT = re.compile(r"(?<=\d)\^(?=[ )])")  # 17^ giornata


def _short_month(match: re.Match[str]) -> str:
    return next(month for month in _MONTHS if month[:3] == match[1][:3].lower())


def _prepare(text: str) -> str:
    text = _SHORT_MONTH.sub(_short_month, text)
    text = _WIRE_MONTH.sub(_short_month, text)
    if " ha " in text:
        text = _YEAR_HAS.sub(lambda m: italian(int(m[1])), text)
    text = _ELIDED.sub("un'", text)
    if "uro " in text:
        text = _EURO_FIRST.sub(r"\1 €", text)
    if "1/2" in text:
        text = _HALF.sub(lambda m: f"mezz{'a' if _feminine(m[1]) else 'o'} ", text)
    if "0" in text and "." in text:
        text = _DOTTED_PHONE.sub(lambda m: m[0].replace(".", " "), text)
    if '"' in text or "”" in text or "″" in text:
        text = _INCHES.sub(_inches, text)
    if "^" in text:
        text = _SUPERSCRIPT.sub("ª", text)
    if "ore " in text:
        text = _HOUR.sub(r"\1.\2", text)
    if "/" in text:
        text = _TWO_PRICES.sub(r"\1 / € ", text)
        text = _SLASHED.sub(r"\1 barra ", _LAW.sub(_law, text))
        text = _PRESSURE.sub(r"\1 su \2", _FROM_TO.sub(_from_to, text))
        text = _DAY.sub(lambda m: f"{m[1]} {int(m[2])} {_MONTHS[int(m[3]) - 1]}", text)
        text = _WITH_YEAR.sub(r"\1 barra ", text)
    if "'" in text or "’" in text or "′" in text:
        text = _MINUTE.sub(_minute, text)
    return text


def _special(text: str) -> str:
    if _CAPITAL_NUMERAL.search(text):
        text = _MONTH_NUMERAL.sub(_month_numeral, text)
        text = _TWO_NUMERALS.sub(_two_numerals, _NUMERAL_SIGN.sub(r"\1", text))
        text = _NUMERAL.sub(_numeral, text)
    if _DIGIT.search(text):
        text = _WRITTEN.sub(lambda m: ordinal(int(m[1]))[:-1] + m[2], text)
        text = _AGED.sub(_aged, text)
        text = _ORDINAL.sub(_ordinal, text)
    return open_names(spell_italian(text), kept="X")


_UNITS = {
    "km": ("chilometro", "chilometri"), "m": ("metro", "metri"),
    "cm": ("centimetro", "centimetri"), "mm": ("millimetro", "millimetri"),
    "kg": ("chilogrammo", "chilogrammi"), "g": ("grammo", "grammi"),
    "mg": ("milligrammo", "milligrammi"), "l": ("litro", "litri"),
    "ml": ("millilitro", "millilitri"), "km/h": ("chilometro all'ora", "chilometri all'ora"),
    "m²": ("metro quadrato", "metri quadrati"), "m³": ("metro cubo", "metri cubi"),
    "°C": ("grado Celsius", "gradi Celsius"), "°F": ("grado Fahrenheit", "gradi Fahrenheit"),
    "gr": ("grammo", "grammi"), "gr.": ("grammo", "grammi"),
    "km²": ("chilometro quadrato", "chilometri quadrati"), "V": ("volt", "volt"),
    "km/s": ("chilometro al secondo", "chilometri al secondo"), "W": ("watt", "watt"),
    "kW": ("chilowatt", "chilowatt"), "t": ("tonnellata", "tonnellate"),
    "ha": ("ettaro", "ettari"), "GB": ("gigabyte", "gigabyte"), "MB": ("megabyte", "megabyte"),
    "Hz": ("hertz", "hertz"), "A": ("ampere", "ampere"), "s": ("secondo", "secondi"),
    "kmq": ("chilometro quadrato", "chilometri quadrati"),
    "mq": ("metro quadrato", "metri quadrati"), "m2": ("metro quadrato", "metri quadrati"),
    "m3": ("metro cubo", "metri cubi"), "km2": ("chilometro quadrato", "chilometri quadrati"),
    "mc": ("metro cubo", "metri cubi"), "cm²": ("centimetro quadrato", "centimetri quadrati"),
    "cl": ("centilitro", "centilitri"), "cm2": ("centimetro quadrato", "centimetri quadrati"),
    "dl": ("decilitro", "decilitri"), "cm³": ("centimetro cubo", "centimetri cubi"),
    "nm": ("nanometro", "nanometri"), "cm3": ("centimetro cubo", "centimetri cubi"),
    "µm": ("micrometro", "micrometri"), "cc": ("centimetro cubo", "centimetri cubi"),
    "hl": ("ettolitro", "ettolitri"), "MW": ("megawatt", "megawatt"),
    "GW": ("gigawatt", "gigawatt"), "KB": ("chilobyte", "chilobyte"),
    "MWh": ("megawattora", "megawattora"), "TB": ("terabyte", "terabyte"),
    "kV": ("chilovolt", "chilovolt"), "kHz": ("chilohertz", "chilohertz"),
    "MHz": ("megahertz", "megahertz"), "dB": ("decibel", "decibel"),
    "GHz": ("gigahertz", "gigahertz"), "kcal": ("chilocaloria", "chilocalorie"),
    "ab.": ("abitante", "abitanti"), "q": ("quintale", "quintali"), "hg": ("etto", "etti"),
    "gb": ("gigabyte", "gigabyte"), "Gb": ("gigabyte", "gigabyte"), "mb": ("megabyte", "megabyte"),
    "Mb": ("megabyte", "megabyte"), "Mhz": ("megahertz", "megahertz"),
    "Ghz": ("gigahertz", "gigahertz"), "tb": ("terabyte", "terabyte"),
    "Tb": ("terabyte", "terabyte"), "Nm": ("newton metro", "newton metri"),
    "kgm": ("chilogrammetro", "chilogrammetri"),
    "mmHg": ("millimetro di mercurio", "millimetri di mercurio"),
    "mAh": ("milliampere ora", "milliampere ora"), "Mpx": ("megapixel", "megapixel"),
    "lt": ("litro", "litri"), "lt.": ("litro", "litri"), "mt": ("metro", "metri"),
    "mt.": ("metro", "metri"), "cv": ("cavallo", "cavalli"), "CV": ("cavallo", "cavalli"),
    "hPa": ("ettopascal", "ettopascal"), "dm": ("decimetro", "decimetri"),
    "µg": ("microgrammo", "microgrammi"), "sec": ("secondo", "secondi"), "bar": ("bar", "bar"),
    "Km": ("chilometro", "chilometri"), "Kg": ("chilogrammo", "chilogrammi"),
    "KG": ("chilogrammo", "chilogrammi"), "Km/h": ("chilometro all'ora", "chilometri all'ora"),
    "kmh": ("chilometro all'ora", "chilometri all'ora"),
    "km/ora": ("chilometro all'ora", "chilometri all'ora"),
    "m/s": ("metro al secondo", "metri al secondo"), "min.": ("minuto", "minuti"),
    "h": ("ora", "ore"), "KW": ("chilowatt", "chilowatt"), "Kw": ("chilowatt", "chilowatt"),
    "Km2": ("chilometro quadrato", "chilometri quadrati"), "min": ("minuto", "minuti"),
    "kWh": ("chilowattora", "chilowattora"),
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
    over="su",
    part=_part,
    mixed=_mixed,
    hours=("un'ora", "ore"),
    seconds=("un secondo", "secondi"),
    at="alle|le|dalle|ore:?|all[ae]",
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
        "‰": "per mille",
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
        (
            r"\b[Ss]\. ?(?=(?:Maria|Anna|Chiara|Lucia|Agata|Caterina|Teresa|Rita|Croce|"
            r"Margherita|Marta|Monica|"
            r"Cecilia|Barbara|Elena|Eulalia|Sofia|Giulia|Francesca|Paola|Susanna|Sabina|Messa|Sede)\b)",
            "Santa ",
        ),
        (
            r"\b[Ss]\. ?(?=(?:A[ngm]\w+|Elia|Eligio|Egidio|Elpidio|Eustorgio|Eusebio|Ilario|"
            r"Isidoro|Ippolito|"
            r"Orso|Oreste|Omobono|Ubaldo)\b)",
            "Sant'",
        ),
        (r"\b[Ss]\. ?(?=(?:Stefano|Spirito)\b)", "Santo "),
        (
            r"\b[Ss]\. ?(?=(?:Giovanni|Pietro|Paolo|Francesco|Marco|Lorenzo|Giuseppe|Martino|"
            r"Michele|Nicola|"
            r"Giorgio|Giacomo|Carlo|Benedetto|Domenico|Gennaro|Bartolomeo|Vincenzo|Vito|Rocco|"
            r"Siro|Siro|Donato|"
            r"Biagio|Bernardo|Bernardino|Filippo|Luca|Matteo|Leonardo|Luigi|Giuliano|Salvatore|"
            r"Sebastiano|"
            r"Severino|Zeno|Marino|Giusto|Cristoforo|Gregorio|Girolamo|Clemente|Cosimo|Maurizio|"
            r"Mauro|Pio|"
            r"Tommaso|Vitale|Petronio|Prospero|Remo|Remigio|Romano|Simone|Valentino|Vittore|Gallo|Gimignano)\b)",
            "San ",
        ),
        (r"\bc\.(?<=, c\.) ?(?=\d)", "comma "),
        (r"\bh\. ?(?=\d)", "ore "),
        (r"\b(?:litri|l) ?/ ?100 ?[Kk]m\b", "litri ogni cento chilometri"),
        (r"\b[Kk]m(?<=\b[ai]l [Kk]m)\.?(?= \d)", "chilometro"),
        (r"\b16V\b", "16 valvole"),
        (r"\bRif\.(?= [A-Z])", "rifugio"),
        (r"\b[Ll]oc\.(?= [A-Z])", "località"),
        (r"\b[Ff]raz\.(?= [A-Z])", "frazione"),
        (r"\bs\. ?l\. ?m\b\.?", "sul livello del mare"),
        (r"\bq\. ?(?=\d)", "quota "),
        (r"\bmt?\. ?(?=\d)", "metri "),
        (r"\bA ?/ ?R\b", "andata e ritorno"),
        (r"\bartt\b\.?(?= \d)", "articoli"),
        (r"\ba\. ?s\.(?= \d{4})", "anno scolastico"),
        (r"\ba\. ?a\.(?= \d{4})", "anno accademico"),
        (r"\b[Ll]\.(?= \d+/\d{2,4}\b| (?:n\.|\d{1,2} [a-z]+ \d{4}))", "legge"),
        (r"\b[Dd]\. ?[Ll]gs\.?|\b[Dd]lgs\b\.?", "decreto legislativo"),
        (r"\b[Dd]\. ?[Ll]\.(?= (?:n|\d))", "decreto legge"),
        (r"\b[Dd]\. ?[Mm]\.(?= (?:n|\d))", "decreto ministeriale"),
        (r"\b[Dd]\. ?[Pp]\. ?[Rr]\.(?= )", "D P R"),
        (r"\b(?:L|Lit|Lire)\.(?= ?\d)", "lire"),
        (r"\b[Cc]m\.?(?= \d)", "centimetri"),
        (r"\bmm\.?(?= \d)", "millimetri"),
        (r"\b[Mm]q\.?(?= \d)", "metri quadrati"),
        (r"\b[Kk]g\.?(?= \d)", "chili"),
        (r"\b[Kk]m\.?(?= \d)", "chilometri"),
        (r"\bmq\b(?<=[il]l mq)\.?", "metro quadrato"),
        (r"\bmq\b\.?", "metri quadrati"),
        (r"\bkmq\b\.?", "chilometri quadrati"),
        (r"\bv\.(?<=[\[(]v\.)(?= )", "vedi"),
        (r"\b[Cc]fr\b\.?", "confronta"),
        (r"\b[Oo]n\.(?= [A-Z])", "onorevole"),
        (r"\b[Ss]en\.(?= [A-Z])", "senatore"),
        (r"\b[Gg]eom\.(?= [A-Z])", "geometra"),
        (r"\b[Rr]ag\.(?= [A-Z])", "ragionier"),
        (r"\b[Mm]ons\.(?= [A-Z])", "monsignor"),
        (r"\b[Ee]gr\.", "egregio"),
        (r"\b[Gg]ent\.ma", "gentilissima"),
        (r"\b[Gg]ent\.mo", "gentilissimo"),
        (r"\b[Pp]rof\.ssa", "professoressa"),
        (r"\b[Aa]vv\.ssa", "avvocatessa"),
        (r"\bdr\.ssa", "dottoressa"),
        (r"\b[Dd]r\.(?= [A-Z])", "dottor"),
        (r"\b[Ss]ec\.(?= [IVX]+\b)", "secolo"),
        (r"\b[Vv]ol\.(?= [\dIVX])", "volume"),
        (r"\b[Ff]ig\.(?= \d)", "figura"),
        (r"\b[Tt]ab\.(?= \d)", "tabella"),
        (r"\b[Cc]ap\.(?= [\dIVX])", "capitolo"),
        (r"\b[Ll]ett\.(?= [a-z]\b)", "lettera"),
        (r"\b[Cc]\.so (?=[A-Z])", "corso "),
        (r"\b[Pp]\.le (?=[A-Z])", "piazzale "),
        (r"\bp\.(?= ?\d)", "pagina"),
        (r"\bpp\.(?= ?\d)", "pagine"),
        (r"\bpagg\.", "pagine"),
        (r"\bca\.(?= )", "circa"),
        (r"\bc\.a\.", "circa"),
        (r"\b[Nn]\.?[Dd]\.?[Rr]\b\.?", "nota del redattore"),
        (r"\bq\. ?b\b\.?", "quanto basta"),
        (r"\betc\.|\betc\b", "eccetera"),
        (r"\becc\b", "eccetera"),
        (r"\bed\.(?=[ ,;)])", "edizione"),
        (r"\b[Ss]t\.(?= [A-Z])", "Saint"),
        (r"\b[Ss]\. ?[Pp]\. ?[Aa]\b\.?", "S p A"),
        (r"\b[Ss]\. ?[Rr]\. ?[Ll]\b\.?", "S r l"),
        (r"\bCdA\b", "C d A"),
        (r"\b[Cc]\.[Aa]\.[Pp]\.", "cap"),
        (r"\bcell\.(?= ?[\d+])", "cellulare"),
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
        (r"\b[Aa]rt\. ?(?=\d)", "articolo "),
        (r"\b[Tt]el\.", "telefono"),
        (r"\ba\. ?C\.", "avanti Cristo"),
        (r"\bd\. ?C\.", "dopo Cristo"),
        (r"\b[Ss]ig\.(?= [A-Z])", "signor"),
        (r"\b[Ss]ig\.ra", "signora"),
        (r"\b[Dd]ott\.ssa", "dottoressa"),
        (r"\b[Dd]ott\.", "dottor"),
        (r"\b[Pp]rof\.", "professor"),
        (r"\b[Aa]d es\b\.?", "ad esempio"),
        (r"\b[Ee]cc\.", "eccetera"),
        (r"\b[Nn]\.[°º]? ?(?=\d)|\b[Nn][°º] ?(?=\d)", "numero "),
        (r"\bpag\.", "pagina"),
    ),
    hour_words="ore",
    special=_special,
    cents=" e",
    of_scale=" di ",
    decimals=2,
    agree=_agree,
    numbered=_NUMBERED,
    phones=(
        r"(?<![\w.,/])3\d\d[./ -]\d{3}[. ]?\d{3,4}(?![\w])"
        r"|(?<![\w.,/])0\d{1,4}[./]\d{5,8}(?!\w|[.,]\d)"
    ),
    prepare=_prepare,
    no_unit=(
        r"ha (?:\w+(?:[aiust]t[oae]|s[oae]|rt[oae]|nt[oae])\b|luogo|un[oa]?\b|il|la|lo|l'|i|"
        r"le|gli|dei|"
        r"più|già|anche|ancora|non|sempre|[a-z]+mente)|A (?![,.;)])|t (?![,.;)])|s (?![,.;)])|"
        r"h (?=\d)|q (?!di)"
    ),
    per={"": "per"}
    | dict.fromkeys(listed("mese giorno litro kg chilo mq secondo metro minuto quintale"), "al")
    | dict.fromkeys(listed("ora anno etto"), "all'")
    | dict.fromkeys(listed("settimana tonnellata"), "alla")
    | dict.fromkeys(listed("persona notte testa"), "a"),
    ties=frozenset({"dotted", "hours"}),
)
