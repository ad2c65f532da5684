"""French. Hours, ordinals and numerals as the Imprimerie nationale's Lexique des règles
typographiques has them; telephone numbers in pairs.
"""

from __future__ import annotations

import re

from recital.processors.text.english.words import ahead
from recital.processors.text.languages.cardinals import french
from recital.processors.text.languages.initials import open_names, spell_french
from recital.processors.text.languages.rules import ROMAN, Language, roman
from recital.processors.text.languages.short_forms import compass, months, shortened, weekdays
from recital.processors.text.word_tables import listed, word_set

_MONTHS = listed(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,4})(ers?|res?|ère|è|e|i?[èeé]me|nde?|d)s?\b")
_ROMAN_ORDINAL = re.compile(
    r"(?<!\w)(?=[IVX])(?:(I)(er|re)|(X{0,3}(?:IX|IV|V?I{0,3}))(?:e| ?i?ème| ?[°ºe](?= siècle)))"
    r"s?(?!\w)"
)
_KING = re.compile(rf"\b([A-ZÉ][a-zéèêëîïôç]+(?:-[A-ZÉ][a-zéèê]+)?) ({ROMAN})(?!\w|\.[A-Z])")
_FEMININE = (
    r"(?:fois|heure|minute|seconde|semaine|année|personne|femme|page|tonne|fille|maison|voiture|ville|"
    r"table|chose|pièce|place|chambre|rue|école|carte|photo|vidéo|tasse|cuillère|cuillerée|cuiller|pomme|unité|calorie|kilocalorie|milliseconde|gousse|"
    r"tranche|pincée|boîte|bouteille|part|équipe|victoire|défaite|journée|nuit|matinée|soirée|saison|"
    r"partie|réponse|idée|étoile|branche|feuille|goutte|douzaine|centaine|dizaine|classe|clé|mère|sœur|"
    r"tante|cousine|amie|copine|entreprise|famille|île|langue|espèce|voix|élection|ligne|lettre|"
    r"(?!comité|invité|traité|retraité|domaine|capitaine|stade|grade|camarade|incendie|génie)"
    r"\w{2,}(?:tion|sion|xion|ance|esse|euse|trice|ière|ive|ité|aine|ade|rie|tude|ette))s?"
)
_FEMININE_NOUN = re.compile(_FEMININE)
_NUMBERED = (
    r"\b(?:articles?|pages?|chapitre|numéro|niveau|point|paragraphe|ligue|étape|ligne|chaîne) $"
)
_TENTH = frozenset(listed("Charles Léon Pie Benoît Grégoire Clément Alphonse Jean Innocent"))
# "tome III", "rugby à XV"; espeak-ng adds "romain"
_NUMERAL = re.compile(
    r"(?<![\w'’.])(?<![^A-Z]-)(?=[IVX]{2})(X{0,3}(?:IX|IV|V?I{0,3}))(?![\w'’]|-\w|\.[A-Z])"
)
_OPENED = re.compile(r"(?<!\w)['‘]\w[^'’]*$")  # a quotation that the apostrophe ends
# "article L. 123-4", "loi n° 2016-41"
_LAW = re.compile(
    r"\b([LRD])\.? ?(?=\d+-\d)|\b(A)\. ?(?=\d+-\d)|\b([LRD])\. ?(?=\d{3,}(?:,| (?:du|et|à) ))"
)
_DASHED = re.compile(
    r"\b([Aa]rticles? (?:[LRDA] )?|[LRDA] |numéro (?=(?:19[4-9]|20[0-3])\d-)|(?<=loi )numéro |"
    r"(?:,|et|à) (?=\d{3,}-))"
    r"(\d+)-(\d+)(?:-(\d+))?(?![\w-]|,\d)"
)
# "17H45", "9h - 12h"
_CAPITAL_HOUR = re.compile(r"(?<![\w.,])([01]?\d|2[0-4]) ?H(?: ?([0-5]\d))?(?!\w)")
_INCHES = re.compile(r"(?<![\w.,])(\d{1,2}(?:[.,]\d+)?) ?(?:\"|″|'')(?=[\s,;.)]|$)")  # 6,1"
_PRESSURE = re.compile(r"(?<![\w/.,])(\d{2,3})/(\d{2,3})(?= ?mmHg)")
# "le 12/05"
_DAY = re.compile(
    r"\b([Ll]e|[Dd]u|[Aa]u|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche) "
    r"(3[01]|[12]?\d|0[1-9])/(0?[1-9]|1[0-2])(?![\w/]|[.,]\d| d[eu] )"
)
# "3/4 heure", "1/2 h"
_PART_OF_HOUR = re.compile(r"(?<![\w/.,])(?<!\d )([13]/4|1/2) ?(?:d['’]heures?|heures?|h)\b")
_PARTS_OF_HOUR = {
    "1/2": "une demi-heure",
    "1/4": "un quart d'heure",
    "3/4": "trois quarts d'heure",
}
_MEASURES = (
    r"tasses?|cuill[eè]res?|cuillers?|verres?|pots?|sachets?|paquets?|bols?|litres?|pommes?|oignons?|"
    r"citrons?|baguettes?|boîtes?|cubes?|bouteilles?|bottes?|gousses?"
)
# "1/2 tasse", "3/4 tasse"
_HALF_OF = re.compile(rf"(?<![\w/.,])(?<!\d )1/2 (?=({_MEASURES})\b)")
_PART_OF = re.compile(rf"(?<![\w/.,])(?<!\d )([12]/3|[13]/4) (?=(?:{_MEASURES})\b(?<!s))")
# "2/3 jours", "80/90 km/h"
_FROM_TO = re.compile(
    r"(?<![\w/.,])([1-9]\d{0,2})/([1-9]\d{0,2})"
    r"(?= (?!(?:des|dans|sans|temps)\b)[a-zàâéèêîôœ]{2,}s\b|"
    r" ?(?:km|m|cm|mm|g|kg|ml|min|€|%)(?![\w²³]))"
)
_HOUR_SPAN = re.compile(r"(?:(?<=\dh)|(?<=\dh\d\d)|(?<=\d h)|(?<=\d h \d\d)) ?[-–—] ?(?=\d\d? ?h)")
_PART = (
    r"chapitre|tome|article|titre|annexe|livre|acte|scène|partie|phase|type|volume|section|groupe|"
    r"niveau|classe|catégorie|division|Paris|Lyon|Lille|Chaîne|numéro|guerre|bac|stade|grade|alinéa"
)
_PART_NUMERAL = re.compile(rf"\b((?:{_PART})s?) ([IVXLC]+)(?=$|[\s,;:)»]|\.$|\. [A-Z])", re.I)
_DEGREE_OF_LIST = re.compile(
    r"(?:(?<=^)|(?<=[«:;(•] )|(?<=[«:;(])|(?<=\b(?:du|le|au|et) )|(?<=\baux )|(?<=, ))"
    r"(\d{1,2})°(?=\)| (?:[A-ZÉÀL]|d[eu] (?:l'|la |l’|cet|[IVX]|même|présent)|et \d+°))\)?"
)
_LATIN = listed(". primo secundo tertio quarto quinto sexto septimo octavo nono decimo")
_SECONDS_OF = re.compile(r"(?<![\w.,])(\d{1,3})['’′](?: ?(\d{1,2}) ?(?:\"|''|″|’’))?(?![\w'’])")
_YEARS = re.compile(r"\b(années) (\d0)\b")
_PAIRS = {
    "km": "kilomètre", "m": "mètre", "cm": "centimètre", "mm": "millimètre", "kg": "kilogramme",
    "g": "gramme", "mg": "milligramme", "l": "litre", "L": "litre", "ml": "millilitre",
    "cl": "centilitre", "t": "tonne", "ha": "hectare", "kWh": "kilowattheure", "kW": "kilowatt",
    "MW": "mégawatt", "Go": "gigaoctet", "Mo": "mégaoctet", "To": "téraoctet", "W": "watt",
    "V": "volt", "Hz": "hertz", "dB": "décibel", "min": "minute", "s": "seconde", "°": "degré",
    "nm": "nanomètre", "µm": "micromètre", "μm": "micromètre", "µg": "microgramme",
    "dm": "décimètre", "dl": "décilitre", "dL": "décilitre", "cL": "centilitre",
    "mL": "millilitre", "hl": "hectolitre", "Ko": "kilooctet", "ko": "kilooctet",
    "kHz": "kilohertz", "MHz": "mégahertz", "GHz": "gigahertz", "GW": "gigawatt",
    "MWh": "mégawattheure", "GWh": "gigawattheure", "TWh": "térawattheure", "Wh": "wattheure",
    "mA": "milliampère", "kV": "kilovolt", "mW": "milliwatt", "hPa": "hectopascal",
    "kcal": "kilocalorie", "kJ": "kilojoule", "bars": "bar", "ms": "milliseconde", "h": "heure",
    "mn": "minute", "mn.": "minute", "sec": "seconde", "Mbit/s": "mégabit par seconde",
    "hab.": "habitant", "hab": "habitant", "UI": "unité internationale",
}  # fmt: skip


def ordinal(number: int, feminine: bool = False) -> str:
    """21 -> "vingt et unième"."""
    if number == 1:
        return "première" if feminine else "premier"
    words = french(number)
    if words.endswith("cinq"):
        return words + "uième"
    if words.endswith("neuf"):
        return words[:-1] + "vième"
    stem = words[:-1] if words.endswith(("vingts", "cents")) else words.removesuffix("e")
    return stem + "ième"


def _part(top: int, bottom: int) -> str | None:
    """3, 4 -> "trois quarts"."""
    if bottom > 100 and bottom != 1000:
        return None
    names = {2: ("demi", "demis"), 3: ("tiers", "tiers"), 4: ("quart", "quarts")}
    name = ordinal(bottom)
    one, many = names.get(bottom, (name, name + "s"))
    return f"{french(top)} {one if top == 1 else many}"


def _mixed(whole: int, part: str) -> str:
    """2 1/2 -> "deux et demi"."""
    return f"{french(whole)} et {'demi' if part == 'un demi' else part}"


def _date(before: str, day: int, month: str) -> str:
    return f"{'premier' if day == 1 else french(day)} {month}"


def _clock(hour: int, minute: int) -> str:
    words = french(hour) + ("e" if hour in (1, 21) else "")
    spoken = f"{words} heure{'s' if hour > 1 else ''}"
    return spoken + (f" {french(minute)}" if minute else "")


def _ordinal(match: re.Match[str]) -> str:
    number, ending = int(match[1]), match[2]
    if ending in ("nd", "nde", "d"):
        return ("seconde" if ending == "nde" else "second") if number == 2 else match[0]
    return ordinal(number, ending in ("re", "res", "ère"))


def _roman_ordinal(match: re.Match[str]) -> str:
    number = match[1] or match[3]
    return ordinal(roman(number), match[2] == "re") if number else match[0]


def _king(match: re.Match[str]) -> str:
    if not match[2] or (len(match[2]) == 1 and match[2] != "V" and match[1] not in _TENTH):
        return match[0]
    if match[2] == "X" and re.match(r"\. \S", match.string[match.end() :]):  # an initial
        return match[0]
    return f"{match[1]} {french(roman(match[2]))}"


def _agree(number: str, noun: str) -> str:
    """ "vingt et un", "pages" -> "vingt et une"."""
    if number.endswith("un") and _FEMININE_NOUN.fullmatch(noun):
        return number + "e"
    return number


def _code(match: re.Match[str]) -> str:
    return f"{match[1] or match[2] or match[3]} "


def _dashed(match: re.Match[str]) -> str:
    """ "article L 123-4" -> "article L 123 tiret 4", but "articles 12-15"."""
    if (
        match[1].lower().startswith("articles")
        and match[4] is None
        and len(match[2]) < 10 > len(match[3])
        and int(match[2]) < int(match[3])
    ):
        return match[0]
    return match[1] + " tiret ".join(number for number in match.groups()[1:] if number)


def _numeral(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 9) : match.start()]
    if not match[1] or before.endswith(("voie ", "perfusion ", "injection ", "veineuse (")):
        return match[0]
    return french(roman(match[1]))


def _part_numeral(match: re.Match[str]) -> str:
    if match[2] in "LCX" or not re.fullmatch(r"C?(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})", match[2]):
        return match[0]
    return f"{match[1]} {french(roman(match[2]))}"


def _degree_of_list(match: re.Match[str]) -> str:
    number = int(match[1])
    return _LATIN[number] if 0 < number <= 10 else ordinal(number) + "ment"


def _part_of(match: re.Match[str]) -> str:
    return f"{match[1]} d'" if match.string[match.end()] == "o" else f"{match[1]} de "


def _from_to(match: re.Match[str]) -> str:
    low, high = int(match[1]), int(match[2])
    return f"{low}-{high}" if low < high and (low > 1 or high > 10) else match[0]


def _inches(match: re.Match[str]) -> str:
    closes = match.string.count('"', 0, match.start()) % 2  # a quotation
    return match[0] if closes else f"{match[1]} pouces"


def _seconds_of(match: re.Match[str]) -> str:
    """12'30", 45'."""
    number = int(match[1])
    before = ahead(match)
    if match[2] is None and _OPENED.search(before):
        return match[0]
    if match[2] is None and before.endswith(("la ", "(")):  # of a match
        return ordinal(number)
    minutes = f"{french(number)}{'e' if number % 10 == 1 and number not in (11, 71, 91) else ''}"
    said = f"{minutes} minute{'s' if number > 1 else ''}"
    return f"{said} {french(int(match[2]))}" if match[2] else said


def _plural(name: str) -> str:
    """ "unité internationale" -> "unités internationales", "mégabit par seconde"."""
    noun, _, rest = name.partition(" ")
    if noun.endswith("hertz"):
        return name
    return f"{noun}s" + (f" {rest}{'' if rest.startswith('par') else 's'}" if rest else "")


_FORMULA = re.compile(r"\b(CO|NO|SO|CH|NH|H|N|O)([2-5])(O?)\b")


def _formula(match: re.Match[str]) -> str:
    """ "CO2" -> "C O 2"."""
    return " ".join([*match[1], match[2], *match[3]])


_SHORT_MONTH = re.compile(
    r"(?<=\d )(janv|jan|févr?|avr|juill?|sept|oct|nov|déc)\.?(?= (?:19|20)?\d\d\b)", re.I
)


def _short_month(match: re.Match[str]) -> str:
    short = match[1].lower()
    return next(month for month in _MONTHS if month.startswith(short))


# "300 000 F", "3,50 F", "25 MF"; but "12 H et 8 F" are men and women
_FRANCS = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[ .]\d{3})+|\d+)(?:,(\d{1,2}))? ?(M|k)?"
    r"(?:FRF|FF|F|[Ff]rs?\b\.?)(?: ?(CFA))?(?![\w'’/-]| ?\d)"
)
_OF_FRANCS = re.compile(r"(?<=lions de )FF?\b|(?<=liards de )FF?\b|(?<=liers de )FF?\b")
_ROOM = re.compile(
    r"\b(?:chambres?|salle|siège|place|porte|appartement|appt|bureau|classe|tailles?|numéro|rangée|bus|"
    r"bâtiment|ligne|vol|rue|piste|lot|groupe|cabine|stand|box|modèle|type|bonnets?|section|quai|hall|"
    r"niveau|étage|bloc|équipe|case|lit|voiture|wagon|train|tram|n°|escalier|villa|studio|maison|"
    r"casier|terrain|page|article|soutien-gorge) $",
    re.I,
)
_MEN = re.compile(r"\d ?[HG]\b")
# 4 x 100 m, 6x1,5 l
_RELAY = re.compile(
    r"(?<![\w.,])(\d{1,2}) ?[x×] ?(?=(?:50|100|200|400|1 ?500) ?m\b|"
    r"\d+(?:,\d+)? ?(?:[cm]?[lL]|k?g)\b)"
)
_HALF_PAST = re.compile(r"(?<=\d) ?h ?1/2(?![\w/])")  # 8 h 1/2
_HUNDREDTHS = re.compile(r"(?<![\w.,'’])(\d{1,2})[\"″](\d{1,2})(?!\w)")  # 9"58
_HUNDREDTHS_OF = re.compile(r"(?<=\d['’′]\d\d)[\"″](?=\d{1,2}(?!\w))")  # 1'52"30
# 1m80, 3kg500, 2€50
_JOINED = re.compile(
    r"(?<![\w.,])(\d{1,3}) ?(?:(m)(\d\d)|(kg)(\d{3})|(€) ?(\d\d))(?![\w²³]|[.,]\d)"
    # "1m85 - 120 kg": one thing and another
    r"( [-–] (?=\d+(?:,\d+)? ?k?g\b))?"
)


def _francs(match: re.Match[str]) -> str:
    whole, cents, scale, of_africa = match.groups()
    before = ahead(match)
    if len(whole) == 1 and re.search(r"\b(?:[Uu]n|[Dd]u|[Ll]e) $", before):
        return match[0]  # "un 3 F", a flat
    if len(whole) < 4 and match[0].endswith("F") and not (cents or scale) and _ROOM.search(before):
        return match[0]  # "chambre 12 F"
    of = " CFA" if of_africa else ""
    if scale:
        decimals = f",{cents}" if cents else ""
        word = "million" + "s" * (whole not in ("0", "1")) + " de" if scale == "M" else "mille"
        return f"{whole}{decimals} {word} francs{of}"
    name = ("franc" if whole in ("0", "1") else "francs") + of
    if cents and len(cents) == 2 and int(cents):
        return f"{whole} {name} {int(cents)}" if int(whole) else f"{int(cents)} centimes"
    return f"{whole} {name}" if not cents or not int(cents) else f"{whole},{cents} {name}"


def _joined(match: re.Match[str]) -> str:
    number = match[1]
    if match[6]:
        return f"{number},{match[7]} €{match[8] or ''}"
    name = "mètre" if match[2] else "kilogramme"
    joint = ", " if match[8] else ""
    return f"{number} {name}{'s' * (int(number) > 1)} {match[3] or match[5]}{joint}"


_compass = compass(
    "N nord; S sud; E est; O ouest; W ouest; NE nord-est; NO nord-ouest; NW nord-ouest; "
    "SE sud-est; SO sud-ouest; SW sud-ouest; NNE nord-nord-est; NNO nord-nord-ouest; "
    "NNW nord-nord-ouest; SSE sud-sud-est; SSO sud-sud-ouest; SSW sud-sud-ouest; "
    "ENE est-nord-est; ESE est-sud-est; ONO ouest-nord-ouest; WNW ouest-nord-ouest; "
    "OSO ouest-sud-ouest; WSW ouest-sud-ouest",
    r"(?:(?:\b[Aa]u|\b[Dd]u|\b[Dd]e|[Ss]ecteur|[Vv]ers le|[Vv]ents?|[Ff]lux|[Vv]ersant|[Ff]ace) |"
    r"\bd['’])",
    r"\b[Vv]ents?\b|[Rr]afale|[Hh]oule|kilomètre|\bkm\b|nœuds|[Ss]ecteur|[Ff]lux|[Vv]ersant|"
    r"[Pp]erturbation|[NS][EO] de\b",
)
_weekdays = weekdays(
    "lun lundi; mar mardi; mer mercredi; jeu jeudi; ven vendredi; vend vendredi; sam samedi; "
    "dim dimanche",
    "mar|mer|jeu|sam",
    "|".join(_MONTHS) + "|janv|févr|avr|juil|sept|oct|nov|déc",
    "à",
    bare="ven|dim",
)


def _prepare(text: str) -> str:
    """What looks like degrees and minutes of arc."""
    if "°" in text:
        text = _DEGREE_OF_LIST.sub(_degree_of_list, text)
    text = _SHORT_MONTH.sub(_short_month, text)
    text = _FORMULA.sub(_formula, text)
    text = _JOINED.sub(_joined, text)
    text = _RELAY.sub(r"\1 fois ", text)
    text = _HALF_PAST.sub(" heures et demie", text) if "1/2" in text else text
    if "F" in text or "fr" in text:
        text = _OF_FRANCS.sub("francs", text)
        if not _MEN.search(text):
            text = _FRANCS.sub(_francs, text)
    if "H" in text:
        text = _CAPITAL_HOUR.sub(lambda m: f"{m[1]}h{m[2] or ''}", text)
    if "/" in text:
        text = _PART_OF.sub(_part_of, text)
        text = _HALF_OF.sub(
            lambda m: f"un{'e' if _FEMININE_NOUN.fullmatch(m[1]) else ''} demi-", text
        )
        text = _PART_OF_HOUR.sub(lambda m: _PARTS_OF_HOUR[m[1]], text)
        text = _PRESSURE.sub(r"\1 sur \2", _FROM_TO.sub(_from_to, text))
        text = _DAY.sub(lambda m: f"{m[1]} {int(m[2])} {_MONTHS[int(m[3]) - 1]}", text)
    if "h" in text:
        text = _HOUR_SPAN.sub(" à ", text)
    if "-" in text:
        text = _DASHED.sub(_dashed, _LAW.sub(_code, text))
    if "'" in text or "’" in text or "′" in text:
        text = _HUNDREDTHS_OF.sub('" ', text)
        text = _SECONDS_OF.sub(_seconds_of, text)
    if '"' in text or "″" in text:
        text = _INCHES.sub(_inches, _HUNDREDTHS.sub(r"\1 secondes \2", text))
    return text


_months = months(
    "janv janvier; févr février; fév février; avr avril; juil juillet; juill juillet; "
    "sept septembre; oct octobre; nov novembre; déc décembre",
    r"(?:en|de|depuis|fin|début|mi-|dès) ?",
)


def _days(text: str) -> str:
    return _months(_weekdays(text))


def _special(text: str) -> str:
    text = _compass(text)
    text = _ROMAN_ORDINAL.sub(_roman_ordinal, text)
    text = _KING.sub(_king, text)
    text = _PART_NUMERAL.sub(_part_numeral, text)
    text = _NUMERAL.sub(_numeral, text)
    text = _YEARS.sub(
        lambda m: (
            f"{m[1]} {french(int(m[2])).removesuffix('s') if m[2] == '80' else french(int(m[2]))}"
        ),
        text,
    )
    text = _ORDINAL.sub(_ordinal, text)
    return open_names(spell_french(text), kept="X")


# "2,5 m" behind what is measured
_LENGTH = r" \d+(?:,\d+)? ?[cdkm]?m\b"
_OPENERS = word_set(
    "Le La Les Un Une Des Du De Il Ils Elle Elles On Je Tu Nous Vous Et Mais Ou Puis Dans Ce Cet "
    "Cette Ces En Au Aux À Pour Par Avec Sans Sur Si Son Sa Ses Mon Ma Mes Ton Ta Tes Leur Leurs "
    "Notre Nos Votre Vos Après Avant Alors Ainsi Depuis Quand Comme Ensuite Enfin Aujourd Hier "
    "Demain Tout Tous Toute Toutes Que Qui Quel Quelle Où Ça Cela Ceci C L D J N S Y Ici Là Rien"
)
_LEADING = word_set(
    "Madame Mademoiselle Mesdames Mesdemoiselles boulevard "
    "général président références référence renseignements"
)

FRENCH = Language(
    cardinal=french,
    year=french,
    one="un",
    months=_MONTHS,
    short_months={
        "janv.": "janvier",
        "févr.": "février",
        "avr.": "avril",
        "juil.": "juillet",
        "sept.": "septembre",
        "oct.": "octobre",
        "nov.": "novembre",
        "déc.": "décembre",
    },  # fmt: skip
    date=_date,
    clock=_clock,
    point="virgule",
    minus="moins",
    to="à",
    over="sur",
    part=_part,
    mixed=_mixed,
    hours=("une heure", "heures"),
    seconds=("une seconde", "secondes"),
    at=".*",
    address={
        "@": "arobase",
        ".": "point",
        "/": "barre oblique",
        "-": "tiret",
        "_": "tiret bas",
        ":": "deux-points",
        "?": "point d'interrogation",
        "=": "égal",
        "&": "et",
        "+": "plus",
    },  # fmt: skip
    percent="pour cent",
    units={short: (name, _plural(name)) for short, name in _PAIRS.items()}
    | {
        "km2": ("kilomètre carré", "kilomètres carrés"),
        "cm²": ("centimètre carré", "centimètres carrés"),
        "cm2": ("centimètre carré", "centimètres carrés"),
        "mm²": ("millimètre carré", "millimètres carrés"),
        "m3": ("mètre cube", "mètres cubes"),
        "cm³": ("centimètre cube", "centimètres cubes"),
        "cm3": ("centimètre cube", "centimètres cubes"),
        "mm³": ("millimètre cube", "millimètres cubes"),
        "°": ("degré", "degrés"),
        "hab./km²": ("habitant par kilomètre carré", "habitants par kilomètre carré"),
        "hab/km²": ("habitant par kilomètre carré", "habitants par kilomètre carré"),
        **{
            f"{short} à {of}": (f"cuillère à {of}", f"cuillères à {of}")
            for short in ("cuil", "cuil.", "c.", "c", "cuill.")
            for of in ("soupe", "café", "thé", "table")
        },
        **dict.fromkeys(("po", "po."), ("pouce", "pouces")),
        **dict.fromkeys(("go", "Gb", "GB"), ("gigaoctet", "gigaoctets")),
        **dict.fromkeys(("mo", "Mb", "MB"), ("mégaoctet", "mégaoctets")),
        **dict.fromkeys(("Kb", "KB", "kb"), ("kilooctet", "kilooctets")),
        "Mhz": ("mégahertz", "mégahertz"),
        "Ghz": ("gigahertz", "gigahertz"),
        "cs": ("cuillère à soupe", "cuillères à soupe"),
        "càs": ("cuillère à soupe", "cuillères à soupe"),
        "CàS": ("cuillère à soupe", "cuillères à soupe"),
        "cc": ("cuillère à café", "cuillères à café"),
        "càc": ("cuillère à café", "cuillères à café"),
        "CàC": ("cuillère à café", "cuillères à café"),
        "km/h": ("kilomètre par heure", "kilomètres par heure"),
        "m/s": ("mètre par seconde", "mètres par seconde"),
        "m²": ("mètre carré", "mètres carrés"),
        "m2": ("mètre carré", "mètres carrés"),
        "km²": ("kilomètre carré", "kilomètres carrés"),
        "m³": ("mètre cube", "mètres cubes"),
        "°C": ("degré Celsius", "degrés Celsius"),
        "°F": ("degré Fahrenheit", "degrés Fahrenheit"),
        "gr": ("gramme", "grammes"),
        "c. à s.": ("cuillère à soupe", "cuillères à soupe"),
        "c. à c.": ("cuillère à café", "cuillères à café"),
        **dict.fromkeys(("kms", "Kms", "KMS", "Km", "KM"), ("kilomètre", "kilomètres")),
        **dict.fromkeys(("kgs", "Kg", "Kgs", "KG"), ("kilogramme", "kilogrammes")),
        "mmHg": ("millimètre de mercure", "millimètres de mercure"),
        "Nm": ("newton-mètre", "newtons-mètres"),
        "mAh": ("milliampère-heure", "milliampères-heure"),
        "Mpx": ("mégapixel", "mégapixels"),
        "kmh": ("kilomètre par heure", "kilomètres par heure"),
        "pt": ("point", "points"),
        "pts": ("point", "points"),
        "ch": ("cheval", "chevaux"),
        **dict.fromkeys(("ct", "ct.", "cts", "cts."), ("centime", "centimes")),
    },
    currencies={
        "euro": ("euro", "euros", "centime", "centimes"),
        "dollar": ("dollar", "dollars", "cent", "cents"),
        "pound": ("livre", "livres", "penny", "pence"),
        "franc": ("franc suisse", "francs suisses", "centime", "centimes"),
        "yen": ("yen", "yens", "sen", "sen"),
    },
    scales={
        "M": ("million", "millions"),
        "million": ("million", "millions"),
        "millions": ("million", "millions"),
        "Md": ("milliard", "milliards"),
        "Mds": ("milliard", "milliards"),
        "milliard": ("milliard", "milliards"),
        "milliards": ("milliard", "milliards"),
        "k": ("mille", "mille"),
        "millions d'": ("million", "millions"),
    },  # fmt: skip
    signs={
        "&": "et",
        "+": "plus",
        "=": "égale",
        "<": "inférieur à",
        ">": "supérieur à",
        "×": "fois",
        "±": "plus ou moins",
        "%": "pour cent",
        "‰": "pour mille",
        "€": "euros",
        "$": "dollars",
        "£": "livres",
        "°": "degrés",
        "→": "vers",
        "§": "paragraphe",
        "*": "",
        "_": " ",
        "#": "",
        "~": "environ ",
    },  # fmt: skip
    abbreviations=(
        (r"\bvs\b\.?", "contre"),
        (r"\b(?:litres|l|L) ?(?:/|aux) ?100(?: ?km\b)?", "litres aux cent kilomètres"),
        (r"\bMM?\.? (?=les (?:[a-z]))", "Messieurs "),
        (r"\bM\.? (?=le [a-zéA-Z]|l['’][a-z])", "Monsieur "),
        (r"\bMe (?=(?!Too\b)[A-ZÉ][a-zéèï]+)", "Maître "),
        (r"\bMgr\b\.?(?= [A-ZÉ])", "Monseigneur"),
        (r"\bMmes\b\.?", "Mesdames"),
        (r"\bMlles\b\.?", "Mesdemoiselles"),
        (r"\bDrs\b\.?(?= [A-ZÉ])", "Docteurs"),
        (r"\bSte (?=[A-ZÉ][a-z])", "Sainte "),
        (r"\bSte-(?=[A-ZÉ])", "Sainte-"),
        (r"\bSt (?=[A-ZÉ][a-z])", "Saint "),
        (r"\bet al\.", "et autres"),
        (r"\b[Cc]f\b\.?", "voir"),
        (r"\b[Nn]\.?[Dd]\.?[Ll]\.?[Rr]\b\.?", "note de la rédaction"),
        (r"\bcoll\.(?= )", "collection"),
        (r"\btrad\.(?= )", "traduction"),
        (r"\b[Éé]d\.(?= (?:du|de|des|[A-ZÉ]))", "éditions"),
        (r"\béd\.(?=[ ,;)])", "édition"),
        (r"\bdéb\.(?<=à déb\.)", "débattre"),
        (r"\b[Tt]rim\.", "trimestre"),
        (r"\br\.(?= (?:du|de|des) )", "rue"),
        (r"\bincl\.(?<=TVA incl\.)", "incluse"),
        (r"\bincl\.", "inclus"),
        (r"\bA/R\b", "A R"),
        (r"\bRés\.(?= ?(?:au|:|par|sur))", "réservation"),
        (r"\bDre\b(?= [A-ZÉ])", "Docteure"),
        (r"\bPre\b(?= [A-ZÉ])", "Professeure"),
        (r"\b[Aa]ss(?:oc|o)?\.(?= (?:de|du|des|[A-ZÉ]))", "association"),
        (
            r"\b[Mm]in\.(?= de l['’]Intérieur| des Affaires| de la Justice| de la Santé)",
            "ministère",
        ),
        (r"\béds?\.", "éditions"),
        (r"\b(?:dép|dépt)\.(?= )", "département"),
        (r"\bhab\.(?= )", "habitants"),
        (r"\b[Cc]ie\b", "compagnie"),
        (r"\b[Aa]rt\. ?(?=[LRD]\.? ?\d|\d|[IVX])", "article "),
        (r"\b[Aa]l\. ?(?=\d)", "alinéa "),
        (r"\b[Cc]h\. ?(?=[\dIVX])", "chapitre "),
        (r"\b[Tt]h\. ?(?=\d)", "thermostat "),
        *shortened(
            "",
            "suiv. suivantes; bât. bâtiment; rés. résidence; esc. escalier; imm. immeuble; "
            "ét. étage; appt. appartement; rte route; fbg faubourg; réf. référence; "
            "réfs. références; rens. renseignements; cordlt cordialement; c/o chez; "
            "lieudit lieu-dit; sect. section; gén. général; prés. président; vve veuve; "
            "t.a.b. tirs au but; hebdo. hebdomadaire; suppl. supplément",
        ),
        *shortened(
            r"(?= (?:de |d['’])?[A-ZÉ][a-zéèêï])",
            "col. colonel; cap. capitaine; cne capitaine; cdt commandant; lt. lieutenant; "
            "sgt sergent; dir. directeur; sén. sénateur; dép. député; adj. adjudant",
        ),
        (r"\bt\. ?(?=[\dIVX])", "tome "),
        (r"\b[Cc]hap\. ?(?=[\dIVX])", "chapitre "),
        (r"\b[Ll]iv\. ?(?=[\dIVX])", "livre "),
        (r"\bs\.(?<=[IVX]e s\.)|\bs\.(?<=\bIer s\.)", "siècle"),
        *((rf"\b{n} ?j ?(?:/|sur) ?7\b", f"{french(n)} jours sur sept") for n in (5, 6, 7)),
        (r"\b24 ?h ?(?:/|sur) ?24\b", "vingt-quatre heures sur vingt-quatre"),
        (r"\bM\.(?= (?:et|ou) M(?:me|lle)\b)", "Monsieur"),
        (r"\bSté\b", "société"),
        (r"\b[EÉ]ts\b\.?(?= [A-ZÉ])", "établissements"),
        (r"\batt\.(?<=l['’]att\.)", "attention"),
        *shortened(
            rf"(?:\.? ?:(?= \d)|\.?(?={_LENGTH}))",
            "ht hauteur; larg largeur; épaiss épaisseur",
        ),
        # but "en haut. 3 oiseaux", "le prof. 2 fois"
        (rf"\b[Hh]aut\.(?:(?<!en haut\.)(?={_LENGTH})| ?:(?= \d))", "hauteur"),
        (rf"\b[Ll]ong\.(?:(?={_LENGTH})| ?:(?= \d))", "longueur"),
        (
            rf"\b[Pp]rof\.(?:(?<![Ll]e prof\.)(?<!\b[mts]on prof\.)(?<!\bun prof\.)"
            rf"(?={_LENGTH})| ?:(?= \d))",
            "profondeur",
        ),
        (r"\bct\b(?:(?<=\b[LlDd][eu] \d ct)|(?<=\b[LlDd][eu] \d\d ct))\.?", "courant"),
        (r"\b[Ss]q\.(?= (?:de |du |des )?[A-ZÉ])", "square"),
        (r"\bsqq?\.", "et suivantes"),
        (r"\b[Cc]h\.(?= (?:de|du|des)\b)", "chemin"),
        (r"\b[Ii]mp\.(?= (?:de|du|des|[A-ZÉ]))", "impasse"),
        (r"\b[Aa]ll\.(?= (?:de|du|des|[A-ZÉ]))", "allée"),
        (r"\b[Pp]ort\. ?(?=[:\d])", "portable "),
        (r"\bS\. ?M\.(?= (?:le|la|l') ?)", "Sa Majesté"),
        (r"\bS\. ?A\. ?R\.(?! ?L)", "Son Altesse Royale"),
        (r"\bP\.?J\.?(?= ?:)", "pièce jointe"),
        # but "Mad max 2"
        (
            r"\bmax\b(?<!\b[Mm]ad max)(?<!\b[Pp]ro max)"
            r"(?= \d+(?:[.,]\d+)? ?(?:[€%°]|k?[gm]\b|[cm]?[lm]\b|km/h|[hj]\b|min\b|[a-zéè]+s\b))",
            "maximum",
        ),
        (r"\bss\.(?= )", "suivants"),
        (r"\b[Ii]bid\.", "ibidem"),
        (r"\bop\. cit\.", "opus citatum"),
        (r"\bp\. 100\b", "pour cent"),
        (r"\b[Ff]ig\. ?(?=\d)", "figure "),
        (r"\b[Tt]ab\. ?(?=\d)", "tableau "),
        (r"\bN\.?-?D\. de\b", "Notre-Dame de"),
        (r"\bN\.? ?B\. ?:", "nota bene :"),
        (r"\bP\.-?S\.", "post-scriptum"),
        (r"\bexp\. ?:", "expéditeur :"),
        (r"\bex ?: ", "exemple : "),
        (r"\bex\.(?<=\(ex\.) |\bex\. ?(?=:)", "exemple "),
        (r"\bts ?les\b", "tous les"),
        (r"\bqq\.?ch?\b\.?|\bqqch\b\.?", "quelque chose"),
        (r"\bqqn\b\.?", "quelqu'un"),
        (r"\bqq\b\.?", "quelques"),
        (r"\b[Bb](?:oulev|l?v?d)\b\.?(?= (?:de|du|des|[A-ZÉ]))", "boulevard"),
        (r"\b[Pp]l\.(?= (?:de|du|des|[A-ZÉ]))", "place"),
        (r"\bN(?:bre|b)\b(?= )", "nombre"),
        (r"\bnb\b(?= de)", "nombre"),
        (r"\btjrs\b", "toujours"),
        (r"\bstp\b", "s'il te plaît"),
        (r"\bsvp\b|\bSVP\b|\bs\.v\.p\.", "s'il vous plaît"),
        (r"\brdv\b|\bRDV\b", "rendez-vous"),
        (r"\bRdV\b", "Rendez-vous"),
        (r"\bc[àa]d\b|\bc\.?à\.?d\.", "c'est-à-dire"),
        (r"\bi\.e\.", "c'est-à-dire"),
        (r"\be\.g\.", "par exemple"),
        (r"\bpers\.(?= |$)", "personnes"),
        (r"\bapt\.? ?(?=\d)", "appartement "),
        (r"\bMM\.(?= [A-ZÉ])", "Messieurs"),
        (r"\bM\.(?= [A-ZÉ])", "Monsieur"),
        (r"\bMme\b\.?", "Madame"),
        (r"\bMlle\b\.?", "Mademoiselle"),
        (r"\bDr\b\.?(?= [A-ZÉ])", "Docteur"),
        (r"\bPr\b\.?(?= [A-ZÉ])", "Professeur"),
        (r"\bSt-(?=[A-ZÉ])", "Saint-"),
        (r"\b[Pp]\. ?ex\.", "par exemple"),
        (r"\bc\.-à-d\.", "c'est-à-dire"),
        (r"\bav\. J\.-C\.", "avant Jésus-Christ"),
        (r"\bav(?:ant|\.) J\.? ?-?C\b\.?", "avant Jésus-Christ"),
        (r"\bapr?(?:ès|\.) J\.? ?-?C\b\.?", "après Jésus-Christ"),
        (r"\bapr?\. J\.-C\.", "après Jésus-Christ"),
        (r"\betc\.", "et cetera"),
        (r"\benv\.|\bEnv\.(?= \d)", "environ"),
        (r"\b[Nn][°ºo]s? ?(?=\d)", "numéro "),
        (r"\bp\. ?(?=\d)", "page "),
        (r"\bpp\. ?(?=\d)", "pages "),
        (r"\bart\. ?(?=\d)", "article "),
        (r"\bfig\. ?(?=\d)", "figure "),
        (r"\b[Vv]ol\. ?(?=[\dIVX])", "volume "),
        (r"\b[Tt]él\.", "téléphone"),
        (r"\bbd\b\.?(?= [A-ZÉ])", "boulevard"),
        (r"\bav\.(?= (?:de|du|des|[A-ZÉ]))", "avenue"),
        (r"\bmax\.", "maximum"),
        (r"=[)(]", ""),
        (r"\bmin\.(?<!\d min\.)(?<!\dmin\.)(?<!/min\.)", "minimum"),
    ),
    hour_words="heures?|h",
    special=_special,
    by="sur",
    prepare=_prepare,
    agree=_agree,
    days=_days,
    numbered=_NUMBERED,
    per={"": "par"}
    | dict.fromkeys(
        listed(
            "trimestre séance pièce heure jour mois an semaine nuit personne pers habitant litre "
            "minute seconde kilo année"
        ),
        "par",
    ),
    group=" ",
    of_scale=" d'",
    decimals=3,
    openers=_OPENERS,
    closing=frozenset({"et cetera", "suivantes", "et suivantes"}),
    pointing=word_set("voir contre chez environ téléphone"),
    leading=_LEADING,
    ties=frozenset({"pairs", "money ranges"}),
)
