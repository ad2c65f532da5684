"""Spanish: numbers, dates, times and amounts as the Real Academia's Ortografía has them."""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import spanish
from recital.processors.text.languages.rules import ROMAN, Language, roman
from recital.processors.text.languages.short_forms import compass, months, weekdays
from recital.processors.text.languages.spanish.tables import ABBREVIATIONS, LEADING, UNITS
from recital.processors.text.word_tables import listed, word_set

_MONTHS = listed(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
_ORDINALS = listed(
    "cero primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo "
    "duodécimo"
)
_PLAIN = str.maketrans("áéíóú", "aeiou")
_TENTHS = listed(
    ". décimo vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo "
    "nonagésimo"
)
_HUNDREDTHS = listed(
    ". centésimo ducentésimo tricentésimo cuadringentésimo quingentésimo sexcentésimo "
    "septingentésimo octingentésimo noningentésimo"
)
# before it: "primer piso", but "3.º izquierda"
_NOUN = (
    r"(?=( (?!(?:del?|y|en|con|para|por|que|tras|sobre|desde|hasta|entre|como|pero|ante|según|"
    r"cuando|donde|izquierda|derecha|exterior|interior|empatad[oa]s?|seguid[oa])\b)[a-záéíóúñ]{3,})?)"
)
_ORDINAL = re.compile(
    r"(?<![\w.,])(\d{1,4}|\d\.\d{3})\.?([ºª]s|(?<=\.)[oa]s|[ºªo]|(?<=\D\d) [ºª]|e?r[ao]|er|"
    r"[dtvmn][ao]|a(?= [a-záéíóúñ]{3}))(?!\w)"
    rf"(?:(?<=\.[ºª])|(?! ?[CF]\b)){_NOUN}"
)
# "a 180º", "los 25º en la meseta": of heat
_HEAT = re.compile(
    r"(?<![\w.,])(\d{2,3}) ?º(?= (?:en|y|durante|o|de (?:máxima|mínima)|por|con|para|arriba)\b|"
    r"a la sombra\b|al sol\b|[,.;)]|$)"
    r"|(?<=\b[aA] )(\d{2,3})º(?!\w)"
)
# "el XI Congreso", "la XX edición"
_NTH = re.compile(
    rf"\b([Ee]l|[Ll]a|[Dd]el|[Aa]l|[Ss]u|[Ee]st[ea]) ({ROMAN}) "
    r"(?=([A-ZÁÉÍÓÚ]?[a-záéíóúñ]{4,}|[A-ZÁÉÍÓÚ][a-záéíóúñ]{3}))"
    rf"|\b([Ll][oa]s) ({ROMAN}) (?=[A-ZÁÉÍÓÚ][a-záéíóúñ]{{4,}}s\b)"
    rf"|(?:^|(?<=[«“\"]))()(?=[IVX]{{2}})({ROMAN}) (?=([A-ZÁÉÍÓÚ][a-záéíóúñ]{{4,}}))"
)
_HALF = re.compile(r"(?<![\w/.,])(?<!\d )(?<!\d y )1/2 (?=([a-záéíóúñ]{3,}))")
# "los siglos XI y XII", "siglos XV-XVII"
_CENTURIES = re.compile(rf"\b([Ss]iglos) ({ROMAN})( (?:y|a|al|o) | ?[-–] ?|, )({ROMAN})(?!\w)")
# siglo xix, siglos xvi y xvii
_SMALL_CENTURY = re.compile(
    r"(?<=[Ss]iglo )([ivxl]{2,}|[vx])\b"
    r"|(?<=[Ss]iglos )[ivxl]+\b(?:(?: y | a | al | ?[-–] ?)[ivxl]+\b)?"
)
# "setecientos mil hectáreas"
_THOUSANDS = re.compile(
    r"\b(\w*)(cientos|quinientos)((?: (?!mill)[a-záéíóú]+){0,3}) mil (?=([a-záéíóúñ]{3,}))"
)
_PARTS = word_set(
    "año parte tomo volumen capítulo título libro anexo acto escena fase nivel tipo clase grado "
    "dinastía bloque módulo división plan etapa misión tabla figura artículo sección categoría "
    "grupo"
)
_NUMERAL = re.compile(
    rf"\b(siglo|siglos|{'|'.join(sorted(_PARTS))}|[A-ZÁÉÍÓÚ][a-záéíóúñ]+) ({ROMAN})(?!\w)"
)


def _date(before: str, day: int, month: str) -> str:
    return f"{'primero' if day == 1 else spanish(day)} de {month}"


def _clock(hour: int, minute: int) -> str:
    hours = {1: "una", 21: "veintiuna"}.get(hour) or spanish(hour)
    return hours + (f" {spanish(minute)}" if minute else "")


def ordinal(number: int) -> str:
    """21 -> "vigésimo primero", 13 -> "decimotercero", 134 -> "centésimo trigésimo cuarto"."""
    thousands, rest = divmod(number, 1000)
    if thousands:
        head = "milésimo" if thousands == 1 else f"{spanish(thousands)}milésimo"
        return head + (f" {ordinal(rest)}" if rest else "")
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return _HUNDREDTHS[hundreds] + (f" {ordinal(rest)}" if rest else "")
    if number < len(_ORDINALS):
        return _ORDINALS[number]
    tens, ones = divmod(number, 10)
    if tens == 1:
        return "decimoctavo" if ones == 8 else "decimo" + _ORDINALS[ones]
    return _TENTHS[tens] + (f" {_ORDINALS[ones]}" if ones else "")


def _part(top: int, bottom: int) -> str | None:
    """3, 4 -> "tres cuartos"."""
    names = {2: "medio", 3: "tercio", 100: "centésimo", 1000: "milésimo"}
    if bottom <= 10:
        name = names.get(bottom) or ordinal(bottom)
    elif bottom < 30 or (bottom < 100 and bottom % 10 == 0):
        name = spanish(bottom).translate(_PLAIN).removesuffix("a") + "avo"
    elif bottom < 1000 and bottom % 100 == 0 and bottom not in names:
        name = ordinal(bottom)
    elif bottom in names:
        name = names[bottom]
    else:
        return None
    if top == 1:
        return "medio" if bottom == 2 else f"un {name}"
    return f"{spanish(top)} {name}s"


def _mixed(whole: int, part: str) -> str:
    """2 1/2 -> "dos y medio"."""
    return f"{spanish(whole)} y {part}"


# "241,212.0", "19.3371"
_GROUPED = re.compile(r"(?<![\w.,])([1-9]\d{0,2}(?:,\d{3})+)\.(\d{1,2})(?![\w]|[.,]\d)")
_POINTED = re.compile(r"(?<![\w.,-])(\d{1,9})\.(\d{1,6})(?![\w]|[.,]\d)")
# "a las 21 empieza", "a la 1"
_AT_ONE = re.compile(r"\b([Ll]as (?=2)|[Aa] la (?=1))(1|21)(?![\w%º°ªo/-]| ?[.,:/-]?\d| ?%| mil)")
# "a las 16,15 horas"
_COMMA_HOURS = re.compile(r"(?<=\blas )(\d{1,2}),([0-5]\d)(?= ?(?:horas|hs?)\b)")
# "a las 19:30 h. y"
_HOURS_STOP = re.compile(r"(?:(?<=\d [hH])|(?<=\d hs)|(?<=\dhs))\.(?= [a-záéíóúñ(–-])")
_ARROW = re.compile(r" ?[<>]+ ?(?![-−+.]? ?\d)")
_TILDE = re.compile(r"~(?! ?\d)|(?<=[\w/])~")
_INITIALS = re.compile(r"(?<![\w.])[A-ZÑ]{3,5}(?!\w)")
# Initialisms of three letters that are said as words
_AS_WORDS = frozenset(
    listed(
        "ONU ETA IVA OPA EFE AVE USA COI BOE EPA ESO INE OEA ERE IBI ICO UCI UME SIM PIN LED TAC "
        "GAL FAO CIS NIF NIE RAE ISO VAR SAT MIR PIB ALA"
    )
)
# Of four and more: what could be said as a word
_SAYABLE = re.compile(
    r"(?:(?:CH|LL|RR|PS|S[CKPT]R?|[BCDFGKPT]R|[BCFGKPT]L|QU|[A-ZÑ](?<![AEIOU]))?[AEIOU]{1,3}"
    r"(?:[LRN]?[BCDFGJKLMNPRSTVXYZ]S?)?){1,4}"
)
_NO_NOUN = word_set(
    "que con por para como pero sin más menos este esta esto una uno los las del desde hasta entre "
    "sobre cuando donde hubo fue era son está están hay sino aunque cada todas todos unas ellas "
    "esas estas muchas además mientras antes después jamás quizás tras nada apenas algunas otras"
)
# With these "I", "V" and "X" are numbers.
_RULERS = word_set(
    "Pedro Carlos Felipe Juan Alfonso Fernando Jaime Enrique Luis Napoleón Francisco Jorge Eduardo "
    "Guillermo Federico Leopoldo Alejandro Nicolás Pablo Pío León Benedicto Gregorio Inocencio "
    "Clemente Sancho Ramiro Ordoño Alberto Humberto Manuel Amadeo José Constantino Otón "
    "Maximiliano Rodolfo Ricardo Roberto Iván Cosme Ramsés Jacobo Balduino Hugo Esteban"
)
_QUEENS = word_set("Isabel Ana María Catalina Cristina Victoria Margarita Juana Cleopatra")
_OPENERS = word_set(
    "El La Los Las Un Una Unos Unas En Su Sus Fue Luego Después Pero Y Con Por Para Se De A Al No "
    "Era Así Más Tras Según Este Esta Esto Estos Estas Ese Esa Eso Aquel Aquella Cuando Como "
    "Desde Durante También Sin Si Que Mi Mis Tu Yo Ella Él Ellos Ellas Nos Le Les Lo Me Te Hay Ya "
    "Es Está Están Son Fueron Había Entonces Además Ahora Hoy Ayer Mañana Todo Todos Todas Ni O "
    "Sobre Hasta Entre Aunque Porque Nada Nadie"
)
# What follows "Isabel I." at the end of a sentence; else the letter is an initial.
_SENTENCE = re.compile(
    r"\s*$|[\"»”)]| (?:El|La|Los|Las|Un|Una|En|Su|Sus|Fue|Luego|Después|Pero|Y|Con|Por|Para|Se|De|"
    r"A|Al|No|Era|Así|Más|Tras|Según|Este|Esta|Esto|Ese|Esa|Cuando|Como|Desde|Durante|También)\b"
)
_MASCULINE = word_set(
    "días problemas programas sistemas temas mapas idiomas planetas poemas climas kilogramas "
    "telegramas diagramas dramas tranvías sofás papas guías artistas gramas día problema programa "
    "sistema tema mapa idioma planeta poema clima diagrama drama tranvía sofá"
)
_FEMININE = word_set(
    "noches partes calles veces clases leyes redes series tesis crisis fases bases claves llaves "
    "tardes nubes aves mujeres flores luces voces paredes sedes mentes fuentes gentes muertes "
    "noche parte calle vez clase ley red serie fase base clave llave tarde nube ave mujer flor luz "
    "voz pared sede mano manos foto fotos moto motos especie especies"
)
_FEMININE_ENDING = re.compile(r"(?:ci[oó]n(?:es)?|si[oó]n(?:es)?|dad(?:es)?|tud(?:es)?|as?)$")


def _is_feminine(noun: str) -> bool:
    return noun in _FEMININE or (
        _FEMININE_ENDING.search(noun) is not None and noun not in _MASCULINE
    )


def _agree(number: str, noun: str) -> str:
    """ "doscientos", "personas" -> "doscientas"; "veintiuno", "años" -> "veintiún"."""
    if noun in _NO_NOUN or not noun.islower() or noun.endswith(("remos", "íamos", "ábamos")):
        return number
    one = number.endswith("uno")
    # after more than one there is a plural
    fits = noun[-1] == "s" or number == "uno"
    feminine = fits and _is_feminine(noun)
    if feminine:  # but "doscientos millones"
        head, millions, rest = number.rpartition("millones ")
        rest = rest.replace("cientos", "cientas").replace("quinientos", "quinientas")
        number = head + millions + rest
    if not one or not fits:
        return number
    if feminine:
        return number[:-1] + "a"
    return number[:-3] + "ún" if number.endswith("veintiuno") else number[:-1]


def _upper(match: re.Match[str]) -> str:
    return match[0].upper()


def _centuries(match: re.Match[str]) -> str:
    if not match[2] or not match[4]:
        return match[0]
    joint = " a " if match[3].strip() in "-–" else match[3]
    return f"{match[1]} {spanish(roman(match[2]))}{joint}{spanish(roman(match[4]))}"


def _thousands(match: re.Match[str]) -> str:
    noun = match[4]
    if noun in _NO_NOUN or noun[-1] != "s" or not _is_feminine(noun):
        return match[0]
    return f"{match[1]}{match[2][:-2]}as{match[3]} mil "


def _numeral(match: re.Match[str]) -> str:
    part = match[1].lower() in _PARTS
    one = match[1] == "siglo" or match[1] in _RULERS or match[1] in _QUEENS or part
    stop = match.string.startswith(".", match.end()) and not part
    initial = stop and not _SENTENCE.match(match.string, match.end() + 1)
    initial = initial or match[2] not in ("I", "V", "X")
    if not match[2] or (len(match[2]) == 1 and (not one or (initial and match[1] != "siglo"))):
        return match[0]
    number = roman(match[2])
    if part:
        return f"{match[1]} {spanish(number)}"
    if match[1].startswith("siglo") or number > 10:
        return f"{match[1]} {spanish(number)}"
    said = ordinal(number)
    return f"{match[1]} {said[:-1] + 'a' if match[1] in _QUEENS else said}"


def _nth(match: re.Match[str]) -> str:
    """ "el III Congreso" -> "el tercer Congreso"; without an article, of a title, as well."""
    numeral = match[2] or match[5] or match[7] or ""
    article, noun = match[1] or match[4] or "", match[3] or match[8] or ""
    # "la I Guerra", but "la V que"
    if len(numeral) < 2 and (numeral not in ("I", "V", "X") or noun.islower()):
        return match[0]
    said = ordinal(roman(numeral))
    if article.lower() in ("la", "las", "esta") or (
        article.lower() in ("", "su") and _is_feminine(noun.lower())
    ):
        said = " ".join(word[:-1] + "a" for word in said.split())
    elif not match[4]:
        said = said[:-1] if said.endswith(("primero", "tercero")) else said
    if match[4]:
        said = " ".join(word + "s" for word in said.split())
    return f"{article} {said} ".lstrip()


def _ordinal(match: re.Match[str]) -> str:
    word = ordinal(int(match[1].replace(".", "")))
    if match[2].endswith("s"):
        ending = "as" if match[2][0] in "ªa" else "os"
        return " ".join(part[:-1] + ending for part in word.split())
    if match[2][-1] in "ªa":
        return " ".join(part[:-1] + "a" for part in word.split())
    shortened = match[2] == "er" or match[3] is not None
    return word[:-1] if shortened and word.endswith(("primero", "tercero")) else word


# "el 15/8"
_DAY = re.compile(
    r"\b([Ee]l|[Dd]el|[Aa]l|(?:lun|mart|miércol|juev|viern)es|sábado|domingo) "
    r"(3[01]|[12]?\d|0[1-9])/(0?[1-9]|1[0-2])(?![\w/]|[.,]\d| de | por )"
)
# "Ley 39/2015", "expediente 123/2019", "2001/42/CE"
_LAW = re.compile(
    r"(?:(?<=ey )|(?<=eyes )|(?<=\bRD )|(?<=creto )|(?<=rden )|(?<=diente )|(?<=número )|"
    r"(?<=mento )|(?<=ctiva )|(?<=encia )|(?<=uerdo )|(?<=ución )|(?<=\bSTC )|(?<=egislativo ))"
    r"(\d{1,5})/(?=(?:19|20)\d\d(?![\d/]))"
)
_UNION = re.compile(r"(?<![\w/])(\d{2,4})/(\d{1,4})/(?=(?:CE|UE|CEE)\b)")
_HALF_PAST = re.compile(r"(?<=\blas )(\d{1,2}) y 1/([24])(?![\w/])")  # a las 8 y 1/2
_APOSTROPHE = re.compile(r"(?<![\w.,])(\d{1,4})['’](?=\d\d ?(?:€|euros))")  # 1'50 €
_INCHES = re.compile(r"(?<![\w.,])(\d{1,2}(?:[.,]\d+)?) ?[\"”″](?= [a-z]|[,;.)]|$)")  # 27"
# 800k
_BARE_THOUSANDS = re.compile(r"(?<![\w.,])([1-9]\d{0,2})k(?= ?[€$]| [a-záéíóú]{2})")
# "las 3/4 partes", "una 1/4 parte"
_SHARE = re.compile(r"(?:\b([Uu]na) )?(?<![\w/.,])(\d{1,2})/(\d{1,2}) (?=partes?\b)")
# "el 45'", "en 35''"; "3h30"
_MINUTE = re.compile(r"(?<![\w.,'’])(\d{1,3}) ?(['’′]{1,2}|″)(?![\w'’\d])")
_LASTED = re.compile(r"(?<![\w.,:])(?<!la )(?<!las )(\d{1,2}) ?h ?([0-5]\d)(?![\w'’]|[.,]\d| min)")
# "10 p. m."
_EVENING = re.compile(r"(?<![\w.,:])(9|1[0-2])((?::[0-5]\d)?) ?([ap])\. ?m\.")


def _share(match: re.Match[str]) -> str:
    """3/4 -> "tres cuartas", 1/12 -> "una doceava"."""
    top, bottom = int(match[2]), int(match[3])
    name = "tercero" if bottom == 3 else _part(1, bottom)
    if bottom < 3 or name is None:
        return match[0]
    name = name.removeprefix("un ")[:-1] + "a"
    return f"{match[1] or 'una'} {name} " if top == 1 else f"{spanish(top)} {name}s "


def _minute(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 60) : match.start()]
    if re.search(r"(?<!\w)['‘]\w[^'’]*$", before):  # a quotation
        return match[0]
    if len(match[2]) == 2 or match[2] == "″":
        return f"{match[1]} segundo{'s' * (match[1] != '1')}"
    if re.search(r"(?:\bminutos?|\d['’′](?:,| y)) $", before):
        return match[1]
    if re.search(r"(?:\b(?:[Ee]l|[Dd]el|[Aa]l) |\()$", before):
        return f"minuto {match[1]}"
    return f"{match[1]} minuto{'s' * (match[1] != '1')}"


def _inches(match: re.Match[str]) -> str:
    before = match.string[: match.start()]
    closes = before.count('"') % 2 or before.count("“") > before.count("”")  # a quotation
    return match[0] if closes else f"{match[1]} pulgadas"


def _lasted(match: re.Match[str]) -> str:
    hours, minutes = int(match[1]), int(match[2])
    said = "una hora" if hours == 1 else f"{_agree(spanish(hours), 'horas')} horas"
    return said + (f" {spanish(minutes)}" if minutes else "")


def _evening(match: re.Match[str]) -> str:
    hour, minute, half = match.groups()
    if half == "a":
        part = "de la noche" if hour == "12" else "de la mañana"
    else:
        part = "del mediodía" if hour == "12" else "de la noche"
    ends = not match.string[match.end() :].strip(" \"'»”)")
    return f"{hour}{minute} {part}{'.' if ends else ''}"


_compass = compass(
    "N norte; S sur; E este; O oeste; W oeste; NE noreste; NO noroeste; NW noroeste; SE sureste; "
    "SO suroeste; SW suroeste; NNE nornoreste; NNO nornoroeste; NNW nornoroeste; SSE sursureste; "
    "SSO sursuroeste; SSW sursuroeste; ENE estenoreste; ESE estesureste; ONO oestenoroeste; "
    "WNW oestenoroeste; OSO oestesuroeste; WSW oestesuroeste",
    r"(?:\b[Dd]el|\b[Aa]l|[Cc]omponente|[Vv]ientos?|[Dd]irección|[Rr]umbo|[Ss]ector|[Cc]ara|"
    r"[Vv]ertiente|[Ll]adera|[Ff]lujo|[Hh]acia el) ",
    r"[Vv]iento|[Rr]acha|[Oo]leaje|[Mm]arejad|[Mm]ar de fondo|kilómetro|\bkm\b|[Bb]orrasca|"
    r"[Ff]rente|[Cc]omponente|[Nn]ud[oa]s|[Ll]luvia|[Cc]ara|[Vv]ertiente|[Ll]adera|[Rr]umbo|[Ff]lujo|"
    r"[NS][EOW] de\b",
)
_weekdays = weekdays(
    "lun lunes; mar martes; mié miércoles; mie miércoles; miér miércoles; mier miércoles; "
    "jue jueves; juev jueves; vie viernes; vier viernes; sáb sábado; sab sábado; dom domingo",
    "mar",
    "|".join(_MONTHS) + "|ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic",
    "a",
    bare="dom|sab|vie",
)


_months = months(
    "ene enero; feb febrero; febr febrero; abr abril; jun junio; jul julio; ago agosto; "
    "sep septiembre; sept septiembre; oct octubre; nov noviembre; dic diciembre",
    r"(?:de|en|a|desde|hasta|para) ",
)


def _days(text: str) -> str:
    return _EVENING.sub(_evening, _months(_weekdays(text)))


def _prepare(text: str) -> str:
    text = _BARE_THOUSANDS.sub(r"\1.000", text)
    if '"' in text or "”" in text or "″" in text:
        text = _INCHES.sub(_inches, text)
    if "/" in text:
        text = _UNION.sub(r"\1 barra \2 barra ", _LAW.sub(r"\1 barra ", text))
        text = _HALF_PAST.sub(lambda m: f"{m[1]} y {'media' if m[2] == '2' else 'cuarto'}", text)
        text = _SHARE.sub(_share, text)
        text = _DAY.sub(lambda m: f"{m[1]} {int(m[2])} de {_MONTHS[int(m[3]) - 1]}", text)
    if "h" in text:
        text = _LASTED.sub(_lasted, text)
    if "'" in text or "’" in text or "′" in text or "″" in text:
        text = _APOSTROPHE.sub(r"\1,", text)
        text = _MINUTE.sub(_minute, text)
    text = _AT_ONE.sub(lambda m: m[1] + ("veintiuna" if m[2] == "21" else "una"), text)
    text = _COMMA_HOURS.sub(r"\1:\2", text) if "," in text else text
    text = _GROUPED.sub(lambda m: f"{m[1].replace(',', '')}.{m[2]}", text) if "," in text else text
    return _POINTED.sub(_pointed, _HOURS_STOP.sub("", text)) if "." in text else text


def _pointed(match: re.Match[str]) -> str:
    """As in America: "19.3371", "241212.50"."""
    whole, fraction = match.groups()
    if len(fraction) < 4 and len(whole) < 4:
        return match[0]
    if 1 < len(fraction) < 3 and fraction[0] != "0":
        return f"{spanish(int(whole))} punto {spanish(int(fraction))}"
    return f"{spanish(int(whole))} punto " + " ".join(spanish(int(d)) for d in fraction)


def _initials(match: re.Match[str]) -> str:
    letters = match[0]
    if letters in _AS_WORDS:
        return letters.capitalize()
    if len(letters) < 4 or _SAYABLE.fullmatch(letters) or set(letters) <= set("IVXLCDM"):
        return letters
    return " ".join(letters)


def _special(text: str) -> str:
    text = _compass(text)
    if not text.isupper():
        text = _INITIALS.sub(_initials, text)
    if "<" in text or ">" in text:
        text = _ARROW.sub(lambda m: ", " if m[0][0] == m[0][-1] == " " else " ", text)
    if "~" in text:
        text = _TILDE.sub(" ", text)
    text = _HEAT.sub(lambda m: f"{m[1] or m[2]} grados", text)
    text = _HALF.sub(lambda m: "media " if _is_feminine(m[1]) else "medio ", text)
    text = _SMALL_CENTURY.sub(lambda m: re.sub(r"[ivxl]{2,}|\b[ivx]\b", _upper, m[0]), text)
    text = _CENTURIES.sub(_centuries, _THOUSANDS.sub(_thousands, text))
    text = _NTH.sub(_nth, text)
    return _ORDINAL.sub(_ordinal, _NUMERAL.sub(_numeral, text))


SPANISH = Language(
    cardinal=spanish,
    year=spanish,
    one="un",
    months=_MONTHS,
    short_months={
        "ene.": "enero",
        "feb.": "febrero",
        "mar.": "marzo",
        "abr.": "abril",
        "jun.": "junio",
        "jul.": "julio",
        "ago.": "agosto",
        "sept.": "septiembre",
        "oct.": "octubre",
        "nov.": "noviembre",
        "dic.": "diciembre",
        "sep.": "septiembre",
        "set.": "septiembre",
        "may.": "mayo",
        "ene": "enero",
        "feb": "febrero",
        "mar": "marzo",
        "abr": "abril",
        "may": "mayo",
        "jun": "junio",
        "jul": "julio",
        "ago": "agosto",
        "sep": "septiembre",
        "set": "septiembre",
        "oct": "octubre",
        "nov": "noviembre",
        "dic": "diciembre",
    },  # fmt: skip
    other_months={"setiembre": "septiembre"},
    prepare=_prepare,
    dated=r"\b(?:en|de|del|desde|hasta|año|el|para|entre|al|hacia|durante) $",
    date=_date,
    clock=_clock,
    point="coma",
    minus="menos",
    to="a",
    over="partido por",
    out_of="sobre",
    part=_part,
    mixed=_mixed,
    hours=("una hora", "horas"),
    seconds=("un segundo", "segundos"),
    at="las?",
    address={
        "@": "arroba",
        ".": "punto",
        "/": "barra",
        "-": "guion",
        "_": "guion bajo",
        ":": "dos puntos",
        "?": "interrogación",
        "=": "igual",
        "&": "y",
        "+": "más",
    },  # fmt: skip
    percent="por ciento",
    units=UNITS,
    currencies={
        "euro": ("euro", "euros", "céntimo", "céntimos"),
        "dollar": ("dólar", "dólares", "centavo", "centavos"),
        "pound": ("libra", "libras", "penique", "peniques"),
        "yen": ("yen", "yenes", "sen", "sen"),
        "franc": ("franco", "francos", "céntimo", "céntimos"),
    },
    scales={
        "M": ("millón", "millones"),
        "mill.": ("millón", "millones"),
        "millón": ("millón", "millones"),
        "millones": ("millón", "millones"),
        "mil": ("mil", "mil"),
        "billón": ("billón", "billones"),
        "billones": ("billón", "billones"),
    },  # fmt: skip
    signs={
        "&": "y",
        "+": "más",
        "±": "más o menos",
        "=": "igual a",
        "<": "menor que",
        ">": "mayor que",
        "×": "por",
        "%": "por ciento",
        "€": "euros",
        "$": "dólares",
        "£": "libras",
        "°": "grados",
        "§": "sección",
        "*": "",
        "_": " ",
        "#": "",
        "~": "aproximadamente ",
    },  # fmt: skip
    abbreviations=ABBREVIATIONS,
    hour_words="horas|hs|hrs|h|H",
    special=_special,
    cents=" con",
    of_scale=" de ",
    decimals=3,
    days=_days,
    per={"": "por"}
    | dict.fromkeys(listed("hora semana noche persona litro kilo minuto segundo unidad"), "por")
    | dict.fromkeys(listed("mes año día trimestre"), "al"),
    phones=(
        r"(?<![\w.,])(?<!\d )(?:[6-9]\d\d \d{3} \d{3}|[89]\d \d{3} \d\d \d\d|"
        r"[689]\d\d \d\d \d\d \d\d)(?! ?\d)(?!\w)"
    ),
    agree=_agree,
    no_unit=r"ha [a-záéíóú]+(?:[aií]do|cho|sto|rto|ito)\b",
    half_day=r" (?:(?:de la|del) (?:mañana|tarde|noche|mediodía)|GMT|UTC|hora local)",
    openers=_OPENERS,
    closing=word_set("etcétera siguientes"),
    pointing=word_set("compárese véase contra teléfono número"),
    leading=LEADING,
    ties=frozenset({"de", "comma money", "dotted", "spaces", "hours", "marks", "money ranges"}),
)
