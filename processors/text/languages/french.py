"""French. Hours, ordinals and numerals as the Imprimerie nationale's Lexique des règles
typographiques has them; telephone numbers in pairs.
"""

from __future__ import annotations

import re

from recital.processors.text.languages.cardinals import french, listed
from recital.processors.text.languages.rules import ROMAN, Language, roman

_MONTHS = listed(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,4})(ers?|res?|ère|e|ème|eme|nde?|d)s?\b")
_ROMAN_ORDINAL = re.compile(r"(?<!\w)(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))(er|re|e|ème)s?(?!\w)")
_KING = re.compile(rf"\b([A-ZÉ][a-zéèêëîïôç]+(?:-[A-ZÉ][a-zéèê]+)?) ({ROMAN})(?!\w|\.[A-Z])")
_FEMININE = (
    r"(?:fois|heure|minute|seconde|semaine|année|personne|femme|page|tonne|fille|maison|voiture|ville|"
    r"table|chose|pièce|place|chambre|rue|école|carte|photo|vidéo|tasse|cuillère|cuillerée|gousse|"
    r"tranche|pincée|boîte|bouteille|part|équipe|victoire|défaite|journée|nuit|matinée|soirée|saison|"
    r"partie|réponse|idée|étoile|branche|feuille|goutte|douzaine|centaine|dizaine|classe|clé|mère|sœur|"
    r"tante|cousine|amie|copine|entreprise|famille|île|langue|espèce|voix|élection|ligne|lettre|"
    r"\w{2,}(?:tion|sion|xion|ance|esse|euse|trice|ière))s?"
)
_ONE_FEMININE = re.compile(rf"(?<![\w.,])(|[2-68])1 (?=(?:{_FEMININE})\b)")
_YEARS = re.compile(r"\b(années) (\d0)\b")
_PAIRS = {
    "km": "kilomètre", "m": "mètre", "cm": "centimètre", "mm": "millimètre", "kg": "kilogramme",
    "g": "gramme", "mg": "milligramme", "l": "litre", "L": "litre", "ml": "millilitre",
    "cl": "centilitre", "t": "tonne", "ha": "hectare", "kWh": "kilowattheure", "kW": "kilowatt",
    "MW": "mégawatt", "Go": "gigaoctet", "Mo": "mégaoctet", "To": "téraoctet", "W": "watt",
    "V": "volt", "Hz": "hertz", "dB": "décibel", "min": "minute", "s": "seconde", "°": "degré",
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
    return ordinal(roman(match[1]), match[2] == "re") if match[1] else match[0]


def _king(match: re.Match[str]) -> str:
    if not match[2] or (len(match[2]) == 1 and match[2] != "V"):
        return match[0]
    return f"{match[1]} {french(roman(match[2]))}"


def _one_feminine(match: re.Match[str]) -> str:
    return f"{french(int(match[1] + '1'))}e "


def _special(text: str) -> str:
    text = _ROMAN_ORDINAL.sub(_roman_ordinal, text)
    text = _KING.sub(_king, text)
    text = _ONE_FEMININE.sub(_one_feminine, text)
    text = _YEARS.sub(
        lambda m: (
            f"{m[1]} {french(int(m[2])).removesuffix('s') if m[2] == '80' else french(int(m[2]))}"
        ),
        text,
    )
    return _ORDINAL.sub(_ordinal, text)


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
    units={short: (name, name + ("" if name == "hertz" else "s")) for short, name in _PAIRS.items()}
    | {
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
        "c. à soupe": ("cuillère à soupe", "cuillères à soupe"),
        "c. à c.": ("cuillère à café", "cuillères à café"),
        "c. à café": ("cuillère à café", "cuillères à café"),
        "ch": ("cheval", "chevaux"),
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
        (r"\bMM\.(?= [A-ZÉ])", "Messieurs"),
        (r"\bM\.(?= [A-ZÉ])", "Monsieur"),
        (r"\bMme\b\.?", "Madame"),
        (r"\bMmes\b\.?", "Mesdames"),
        (r"\bMlle\b\.?", "Mademoiselle"),
        (r"\bDr\b\.?(?= [A-ZÉ])", "Docteur"),
        (r"\bPr\b\.?(?= [A-ZÉ])", "Professeur"),
        (r"\bSte?-(?=[A-ZÉ])", "Saint-"),
        (r"\b[Pp]\. ?ex\.", "par exemple"),
        (r"\bc\.-à-d\.", "c'est-à-dire"),
        (r"\bav\. J\.-C\.", "avant Jésus-Christ"),
        (r"\bapr?\. J\.-C\.", "après Jésus-Christ"),
        (r"\betc\.", "et cetera"),
        (r"\benv\.", "environ"),
        (r"\b[Nn][°ºo]s? ?(?=\d)", "numéro "),
        (r"\bp\. ?(?=\d)", "page "),
        (r"\bpp\. ?(?=\d)", "pages "),
        (r"\bart\. ?(?=\d)", "article "),
        (r"\bchap\. ?(?=\d)", "chapitre "),
        (r"\bfig\. ?(?=\d)", "figure "),
        (r"\bvol\. ?(?=\d)", "volume "),
        (r"\b[Tt]él\.", "téléphone"),
        (r"\bbd\b\.?(?= [A-ZÉ])", "boulevard"),
        (r"\bav\.(?= (?:de|du|des|[A-ZÉ]))", "avenue"),
        (r"\bmax\.", "maximum"),
        (r"\bmin\.", "minimum"),
    ),
    hour_words="heures?|h",
    special=_special,
    by="sur",
    group=" ",
    of_scale=" d'",
    decimals=2,
    ties=frozenset({"pairs"}),
)
