"""Italian: numbers, dates, times and amounts as the Accademia della Crusca advises."""

from __future__ import annotations

import re

from recital.processors.text.english.words import ahead
from recital.processors.text.languages.cardinals import italian
from recital.processors.text.languages.initials import open_names, spell_italian
from recital.processors.text.languages.italian.tables import ABBREVIATIONS, LEADING, UNITS
from recital.processors.text.languages.rules import ROMAN, Language, roman
from recital.processors.text.languages.short_forms import compass, months, weekdays
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
# "è 1° con 58 punti", "dal 1° al 15", "4° Rossi"
_PLACE = re.compile(
    r"(?<![\w.,])(?:(?<=[Èè] )|(?<=\b[Ee]ra )|(?<=[Aa]rriva )|(?<=rrivat[oa] )|(?<=iunt[oa] )|"
    r"(?<=lassificat[oa] )|(?<=iazzat[oa] )|(?<=lui )|(?<=\b[Ii]l )|(?<=[Dd]el )|(?<=[Dd]al )|"
    r"(?<=\b[Aa]l )|(?<=[NnSs][eu]l )|(?<=\b[Ll]a )|(?<=[aA]lla )|(?<=[Dd]ella )|(?<=[Nn]ella ))"
    r"(\d{1,2})°(?! ?[CF]\b)(?! all'ombra|')(?=[\s,.;:)]|$)"
    r"|(?<![\w.,])(?:(1)°(?=[\s,.;:)]|$)|(\d{1,2})° (?=[A-Z][a-zàèéìòù]{2})"
    r"(?!(?:Celsius|Fahrenheit|Nord|Sud|Est|Ovest)))"
)
# "Umberto I", "Carlo V"
_RULERS = (
    r"(?:Umberto|Carlo|Emanuele|Napoleone|Pio|Paolo|Leone|Gregorio|Filippo|Enrico|Luigi|Francesco|"
    r"Federico|Ferdinando|Alessandro|Nicola|Niccolò|Pietro|Guglielmo|Giorgio|Giacomo|Edoardo|"
    r"Riccardo|Sisto|Clemente|Innocenzo|Urbano|Bonifacio|Adriano|Benedetto|Costantino|Ottone|"
    r"Ludovico|Lodovico|Cosimo|Amedeo|Alfonso|Leopoldo|Massimiliano|Roberto|Ruggero|Ramses|Corrado|"
    r"Eugenio|Giulio|Martino|Onorio|Callisto|Celestino|Pasquale|Rodolfo|Stefano|Tolomeo|Manfredi|"
    r"Baldovino|Galeazzo|Ercole|Sigismondo|Casimiro|Cristiano|Gustavo|Haakon|Ivan|Mehmet|Selim|"
    r"Dario|Serse|Seleuco|Antioco|Giovanni|Giuseppe|Vittorio|Alberto)"
)
_QUEENS = r"(?:Elisabetta|Isabella|Caterina|Maria|Cristina|Margherita|Giovanna|Anna|Bianca)"
_RULER = re.compile(rf"\b({_RULERS}|({_QUEENS})) ([IVX])(?=[\s,;:!?)»”\"]|$|\.$)")
_NUMERAL = re.compile(
    r"\b(?!(?:I[ln]|[ND]el|[DA]al?|Al|Sul|La|Nella|Alla|D[ae]lla|[TF]ra|Verso|Dopo|Per|Con|Di) )"
    rf"([A-ZÀÈÉ][a-zàèéìòù]+|secolo|titolo|capo|capitol[oi]|parte|libro|sezione|fase|volum[ei]|tomo|atto|scena|canto|"
    r"articolo|paragrafo|tavola|allegato|appendice|grado|punto) "
    rf"({ROMAN})(?!\w)|(?<![\w.])({ROMAN}) (?=([a-zàèéìòù]{{4,}}))"
    rf"|\b(?:[Ii]l|[Ll][ao]|(?:[Aa]|[Dd]e|[Dd]a|[Nn]e|[Ss]u)l(?:la)?) "
    rf"({ROMAN}) (?=([A-Z][a-zàèéìòù]{{4,}}))"
)
# "XIX e XX secolo": both end as the noun
_TWO_NUMERALS = re.compile(rf"\b({ROMAN}) (e|o) ({ROMAN}) (?=([a-zàèéìòù]{{4,}}))")
# "nei secoli XII e XIII"
_CENTURIES = re.compile(rf"\b(secoli) ({ROMAN})( e | o | ?[-–] ?|, )({ROMAN})(?!\w)")
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
    r"tabell[ae]|figur[ae]|interno|ore|"
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
_CAPITAL_NUMERAL = re.compile(r"(?<!\w)[IVXL]+(?![a-zà-ùA-Z])")
_DIGIT = re.compile(r"\d")
_MONTH_NUMERAL = re.compile(
    rf"\b([IVX]{{1,5}}) (?=(?:{'|'.join(month.capitalize() for month in _MONTHS)})\b)"
)
# "all'1", but "dall'1 al 5 maggio"
_AT_ONE = re.compile(
    rf"\b((?:[Aa]|[Dd]e|[Dd]opo |[Pp]er |[Vv]erso )l{{1,2}}['’])1(?:[.:]([0-5]\d))?"
    rf"(?![\d/:–-]|[.,]\d)(?! ?%| (?:per|al?|all['’]|su|milion\w|miliard\w|{'|'.join(_MONTHS)})\b)"
    r"|\b([Dd]all['’])1(?:[.:]([0-5]\d))?(?= all[e'’])"
)
# "alle 7.10, 7.40 e 8.10"
_TIMES = re.compile(
    r"\b(?:[Aa]lle|[Ll]e|[Dd][ae]lle|[Oo]re) \d{1,2}\.[0-5]\d"
    r"(?:(?:, | e | o | ed? alle )\d{1,2}\.[0-5]\d(?![\d%]))+"
)
# 800k
_THOUSANDS = re.compile(r"(?<![\w.,])([1-9]\d{0,2})k(?= ?[€$]| [a-zà-ù]{2})")
_LETTERED = re.compile(r"(?<![\w.,])(\d{1,3})([ao])(?= (?!per\b)[a-zàèéìòù]{3})")  # 3a classe
# "la III C", "l'VIII Congresso"
_SCHOOL = re.compile(r"(?<=[Ll]a )(IV|V|I{1,3}) (?=[A-H]\b(?!['’]|\.[A-Z]| [A-Z]))")
_BEFORE_VOWEL = re.compile(r"(?<=[lL]['’])(VIII|XI) (?=([A-Za-z][a-zàèéìòù]{3,}))")
_FIRST_OF = re.compile(rf"(?<=[lL]['’])1(?= (?:{'|'.join(_MONTHS)})\b)")  # l'1 maggio
# 9.30-12, 8-12.30
_SPAN = re.compile(
    r"(?<![\w.,/-])([01]?\d|2[0-4])(?:[.:]([0-5]\d))? ?[-–] ?([01]?\d|2[0-4])(?:[.:]([0-5]\d))?"
    r"(?![\w%€/:-]|[.,]\d| ?[%€]| ?(?:euro|dollari|sterline|gradi|k[gm]|[cm]?m|[mc]?l|gr?|"
    r"metri|litri|chili|punti)\b| al (?:kg|chilo|litro|pezzo|mq|metro|quintale)\b| all['’]etto\b)"
)
# "quota 2.50-3.10"
_NO_HOURS = re.compile(
    r"(?:€|\b(?:quot[ae]|prezz[oi]|vot[oi]|medi[ae]|punteggi[oi]?|euro|cost[aoi]|costano|vale|valor[ei]|"
    r"version[ei]|peso|pesa|larg[oa]|lung[oa]|alt[oa]))(?: di| da| tra| fra| circa)? $",
    re.I,
)
# 2.50-3.50 al kg
_PRICES = re.compile(
    r"(?:\b([Dd])[ai] )?(?<![\w.,/-])(\d{1,3})\.(\d\d) ?[-–] ?(\d{1,3})\.(\d\d)"
    r"(?: euro\b| ?€|(?= al (?:kg|chilo|litro|pezzo|mq|metro|quintale)\b| all['’]etto\b))"
)
# 2h30
_LASTED = re.compile(r"(?<![\w.,])(?<!l[ea] )(?<!ore )(\d{1,2})h ?([0-5]\d)(?![\w'’]|[.,]\d)")
# "articolo 2043 c.c."
_CODES = re.compile(
    r"(\barticol[oi] \d[\d, e-]*(?: (?:bis|ter|comma \d+))*,?) c\. ?([cp])\.(?: ?([cp])\.)?"
)
_CODE = {"c": "civile", "p": "penale"}
# "a 12" dalla vetta"
_BEHIND = re.compile(
    r"(?<![\w.,])(\d{1,3}) ?(?:\"|''|″|”)(?= (?:d[ai]l? |dalla |dal )|,\d)"
    r"(?= d[ai]l?l?a? (?:ritardo|vantaggio|distacco|[A-Z]|vetta|prim[oa]|leader|testa|vincitore))"
)
_HUNDREDTHS = re.compile(r"(?<![\w.,'’])(\d{1,2})[\"”″](\d{1,2})(?!\w)")  # 9"58
# ore 17,30
_HOUR = re.compile(
    r"(?:(?<=\b[Oo]re )|(?<=\b[AaDd]alle )|(?<=\b[Aa]lle ))([01]?\d|2[0-4]),([0-5]\d)(?![\d,]| ?%)"
)
_MINUTE = re.compile(r"(?<![\w.,'’])(\d{1,3})['’′](?![\w'’\d])")


_OPENERS = word_set(
    "Il Lo La I Gli Le Un Uno Una Poi Ma E Ed O Con Per Di Da In A Al Alla Nel Nella Del Della Dal "
    "Dalla Sul Sulla Non Si Se Che Chi Come Quando Questo Questa Questi Queste Quello Quella "
    "Quelli Anche Dopo Prima Così Infine Inoltre Oggi Ieri Domani Ora Era È Ho Ha Hanno Sono Fu Mi "
    "Ti Ci Vi Io Tu Lui Lei Noi Voi Loro Mio Mia Suo Sua Tutti Tutto Tutte Già Ogni Qui Lì Là "
    "Allora Tra Fra Senza Dove Perché Nessuno Niente"
)


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


def _centuries(match: re.Match[str]) -> str:
    if not match[2] or not match[4]:
        return match[0]
    return f"{match[1]} {ordinal(roman(match[2]))}{match[3]}{ordinal(roman(match[4]))}"


def _numeral(match: re.Match[str]) -> str:
    if match[5]:  # "la II Guerra Mondiale"
        ending = "a" if _feminine(match[6].lower()) else "o"
        return match[0].replace(f"{match[5]} ", ordinal(roman(match[5]))[:-1] + ending + " ")
    if match[3]:  # "la XVI legislatura", "di I grado"
        if (len(match[3]) == 1 and match[4] not in _OF_ONE) or match[4] in _NO_NOUN:
            return match[0]
        return f"{ordinal(roman(match[3]))[:-1]}{'a' if _feminine(match[4]) else 'o'} "
    if not match[2] or (len(match[2]) == 1 and match[1][0].isupper()):
        return match[0]
    if len(match[2]) == 1 and match[1] in ("articolo", "punto", "paragrafo"):
        return match[0]
    word = ordinal(roman(match[2]))
    return f"{match[1]} {word[:-1] + 'a' if _feminine(match[1].lower()) else word}"


def _ruler(match: re.Match[str]) -> str:
    word = ordinal(roman(match[3]))
    return f"{match[1]} {word[:-1] + 'a' if match[2] else word}"


def _before_vowel(match: re.Match[str]) -> str:
    """ "l'VIII edizione" -> "l'ottava edizione"."""
    return ordinal(roman(match[1]))[:-1] + ("a " if _feminine(match[2].lower()) else "o ")


def _place(match: re.Match[str]) -> str:
    """ "è 1° con", "il 2° e il 3°", "4° Rossi"."""
    place = match[1] or match[2] or match[3]
    before = ahead(match)
    said = ordinal(int(place))
    said = said[:-1] + "a" if before.endswith("la ") else said
    return said + (" " if match[3] else "")


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
    if not _LAWS.search(ahead(match)):
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
    before = ahead(match)
    if re.search(r"(?<!\w)['‘]\w[^'’]*$", before):
        return match[0]
    if not re.search(r"\d ?h (?:e )?$|\bor[ae] (?:e )?$", before) and re.search(
        r"(?:\b(?:[Aa]l|[Ii]l|[Dd]el|[Dd]al|[Nn]el)|\(|,|\be|"
        r"(?:(?<=\w )|(?<=, )|(?<=\())[A-Z]\w{3,}) ?$",
        before,
    ):
        return ordinal(int(match[1]))
    return f"{match[1]} minut{'o' if match[1] == '1' else 'i'}"


def _joint(before: str) -> str:
    """ "dalle 9-13" says "alle"; "7-10 anni" one after the other."""
    found = re.search(
        r"\b(?:[Dd](a|ai|al|alle|agli|alla)|([Tt]ra|[Ff]ra)(?: le| i| gli)?) [\d.:,]*$", before
    )
    return "" if found is None else found[1] or "e"


def _span(match: re.Match[str]) -> str:
    first, minutes, last, last_minutes = match.groups()
    if not (minutes or last_minutes) or int(first) > int(last):
        return match[0]
    if _NO_HOURS.search(ahead(match)):
        return match[0]
    times = _clock(int(first), int(minutes or 0)), _clock(int(last), int(last_minutes or 0))
    return f" {_joint(ahead(match))} ".join(times)


def _prices(match: re.Match[str]) -> str:
    """ "2.50-3.50 euro" -> "da 2,50 € a tre e cinquanta"."""
    before, low, cents, high, high_cents = match.groups()
    high = italian(int(high)) + (f" e {italian(int(high_cents))}" if int(high_cents) else "")
    return f"{'D' if before == 'D' else 'd'}a {low},{cents} € a {high}"


def _lasted(match: re.Match[str]) -> str:
    """ "2h30" -> "due ore e trenta"."""
    hours, minutes = int(match[1]), int(match[2])
    said = "un'ora" if hours == 1 else f"{italian(hours)} ore"
    return said + (f" e {italian(minutes)}" if minutes else "")


def _at_one(match: re.Match[str]) -> str:
    minutes = match[2] or match[4]
    return (match[1] or match[3]) + _clock(1, int(minutes or 0))


def _code(match: re.Match[str]) -> str:
    procedure = match[3] is not None
    return f"{match[1]} codice {'di procedura ' * procedure}{_CODE[match[3] or match[2]]}"


_SHORT_MONTH = re.compile(
    r"(?<=\d )(gen|feb|mar|apr|mag|giu|lug|ago|sett?|ott|nov|dic)\.?(?= (?:19|20)\d\d)", re.I
)
_WIRE_MONTH = re.compile(r"(?<=\d )(GEN|FEB|MAR|APR|MAG|GIU|LUG|AGO|SET|OTT|NOV|DIC)\.?(?= ?[-–—])")
_NUMERAL_SIGN = re.compile(r"\b([IVX]+) ?([\^ªº°])(?=[ ,.;)]|$)")  # II^ guerra
# "nel 1483 ha forma"
_YEAR_HAS = re.compile(r"(?<![\w.,])((?:1[0-9]|20)\d\d)(?= ha (?!\w+i\b)[a-z]{3,})")
_HALF = re.compile(r"(?<![\w/.,])(?<!\d )1/2 (?=([a-zàèéìòù]{3,}))(?!de[lgi])")
_SUPERSCRIPT = re.compile(r"(?<=\d)\^(?=[ )])")  # 17^ giornata


def _numeral_sign(match: re.Match[str]) -> str:
    """ "II^ guerra" -> "II guerra", "la IIª" -> "la seconda"."""
    if match[2] == "ª":
        return ordinal(roman(match[1]))[:-1] + "a"
    return match[1]


def _short_month(match: re.Match[str]) -> str:
    return next(month for month in _MONTHS if month[:3] == match[1][:3].lower())


def _prepare(text: str) -> str:
    text = _FIRST_OF.sub("uno", text)
    text = _THOUSANDS.sub(r"\1.000", _TIMES.sub(lambda m: m[0].replace(".", ":"), text))
    text = _PRICES.sub(_prices, text) if "." in text else text
    text = _SPAN.sub(_span, _AT_ONE.sub(_at_one, text))
    if "h" in text:
        text = _LASTED.sub(_lasted, text)
    if "c." in text:
        text = _CODES.sub(_code, text)
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
        text = _HUNDREDTHS.sub(r"\1 secondi e \2", text)
        text = _INCHES.sub(_inches, _BEHIND.sub(r"\1 secondi", text))
    if "^" in text:
        text = _SUPERSCRIPT.sub("ª", text)
    if "re " in text or "lle " in text:
        text = _HOUR.sub(r"\1.\2", text)
    if "/" in text:
        text = re.sub(r"(?<=lle )(\d{1,2}) e 1/2(?![\w/])", r"\1 e mezza", text)
        text = _TWO_PRICES.sub(r"\1 / € ", text)
        text = _SLASHED.sub(r"\1 barra ", _LAW.sub(_law, text))
        text = _PRESSURE.sub(r"\1 su \2", _FROM_TO.sub(_from_to, text))
        text = _DAY.sub(lambda m: f"{m[1]} {int(m[2])} {_MONTHS[int(m[3]) - 1]}", text)
        text = _WITH_YEAR.sub(r"\1 barra ", text)
    if "'" in text or "’" in text or "′" in text:
        text = _MINUTE.sub(_minute, text)
    return text


_compass = compass(
    "N nord; S sud; E est; O ovest; W ovest; NE nord-est; NO nord-ovest; NW nord-ovest; "
    "SE sud-est; SO sud-ovest; SW sud-ovest; NNE nord-nord-est; NNO nord-nord-ovest; "
    "NNW nord-nord-ovest; SSE sud-sud-est; SSO sud-sud-ovest; SSW sud-sud-ovest; "
    "ENE est-nord-est; ESE est-sud-est; ONO ovest-nord-ovest; WNW ovest-nord-ovest; "
    "OSO ovest-sud-ovest; WSW ovest-sud-ovest",
    r"(?:\b[Dd]a|\b[Aa]|\b[Dd]i|[Vv]erso|[Vv]ento|[Vv]enti|[Vv]ersante|[Pp]arete|[Cc]resta|"
    r"[Ss]ettore|[Qq]uadrante|[Ll]ato) ",
    r"\b[Vv]ent[oi]\b|[Rr]affic|[Cc]orrent|\bnodi\b|chilometri|\bkm\b|[Mm]oto ondoso|[Ss]coss|"
    r"[Vv]ersante|[Pp]arete|[Cc]resta|[Pp]erturbazion|[NS][EOW] d[ie]l?l?a?\b",
)
_weekdays = weekdays(
    "lun lunedì; mar martedì; mart martedì; mer mercoledì; merc mercoledì; gio giovedì; "
    "giov giovedì; ven venerdì; vend venerdì; sab sabato; dom domenica",
    "mar|mer",
    "|".join(_MONTHS) + "|gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic",
    bare="gio|sab|dom|ven|vend",
)


_months = months(
    "gen gennaio; feb febbraio; febbr febbraio; apr aprile; giu giugno; lug luglio; ago agosto; "
    "set settembre; sett settembre; ott ottobre; nov novembre; dic dicembre",
    r"(?:di|da|a|ad|in|dal|al|fine|inizio|metà) ",
)


def _days(text: str) -> str:
    return _months(_weekdays(text))


def _special(text: str) -> str:
    text = _compass(text)
    if _CAPITAL_NUMERAL.search(text):
        text = _RULER.sub(_ruler, text)
        text = _SCHOOL.sub(lambda m: ordinal(roman(m[1]))[:-1] + "a ", text)
        text = _BEFORE_VOWEL.sub(_before_vowel, text)
        text = _MONTH_NUMERAL.sub(_month_numeral, text)
        text = _TWO_NUMERALS.sub(_two_numerals, _NUMERAL_SIGN.sub(_numeral_sign, text))
        text = _CENTURIES.sub(_centuries, _NUMERAL.sub(_numeral, text))
    if _DIGIT.search(text):
        text = _WRITTEN.sub(lambda m: ordinal(int(m[1]))[:-1] + m[2], text)
        text = _AGED.sub(_aged, text)
        text = _LETTERED.sub(lambda m: ordinal(int(m[1]))[:-1] + m[2], text)
        text = _PLACE.sub(_place, text) if "°" in text else text
        text = _ORDINAL.sub(_ordinal, text)
    return open_names(spell_italian(text), kept="X")


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
        "mag.": "maggio",
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
    at="alle|le|dalle|delle|nelle|sulle|ore:?|all[ae]",
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
    units=UNITS,
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
    abbreviations=ABBREVIATIONS,
    hour_words="ore",
    special=_special,
    cents=" e",
    of_scale=" di ",
    decimals=3,
    joint=_joint,
    days=_days,
    score=" a ",
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
    openers=_OPENERS,
    closing=word_set("eccetera seguenti cadauno"),
    pointing=word_set("presso confronta contro vedi telefono numero"),
    leading=LEADING,
    ties=frozenset({"dotted", "hours", "marks", "money ranges"}),
)
