"""German words that end as the words beside them ask: 1 before a unit, and short adjectives."""

from __future__ import annotations

import re

from recital.processors.text.languages.german.tables import ADJECTIVES, OPENER, UNITS
from recital.processors.text.word_tables import listed

_MASCULINE = frozenset(
    listed(
        "Tag Monat Meter Kilometer Zentimeter Millimeter Liter Milliliter Deziliter Euro Dollar "
        "Cent Franken Esslöffel Teelöffel Löffel Becher Punkt Schritt Quadratmeter Kubikmeter "
        "Quadratkilometer Hektar Prozentpunkt Würfel Topf Apfel Zentner Platz Zoll Höhenmeter"
    )
)
_FEMININE = frozenset(
    listed(
        "Stunde Minute Sekunde Woche Tonne Million Milliarde Prise Packung Dose Tasse Zehe Scheibe "
        "Person Messerspitze Kilowattstunde Nacht Flasche Stange Zwiebel Seite"
    )
)
_NEUTER = frozenset(
    listed("Jahr Kilo Kilogramm Gramm Pfund Prozent Stück Glas Grad Bund Päckchen Viertel")
)
_SIGNS = {"€": "Euro", "%": "Prozent", "Mio.": "Million", "Mrd.": "Milliarde", "$": "Dollar"}
_NOUNS = "|".join(
    map(
        re.escape,
        sorted({*_MASCULINE, *_FEMININE, *_NEUTER, *_SIGNS, *UNITS}, key=len, reverse=True),
    )
)
_ABOUT = (
    "(?:nur|etwa|circa|rund|knapp|genau|ungefähr|mindestens|maximal|höchstens|noch|jeweils|je|gut) "
)
_ACCUSATIVE = (
    "für|um|ohne|gegen|durch|über|auf|kostet|kosten|kostete|hat|haben|hatte|braucht|brauchen|benötigt|"
    "wiegt|dauert|dauerte|zahlt|zahlte|bezahlt|beträgt|misst|bekommt|trinkt|trank|kauft|kaufte|jeden"
)
_DATIVE = "mit|nach|vor|seit|aus|bei|von|zu|in|ab|unter|binnen"
_ONE = re.compile(
    rf"\b((?i:{_ACCUSATIVE}|{_DATIVE})) ((?:{_ABOUT})*)1 ?({_NOUNS})(?![\w/²³'’-])(?! ?[-–/]| \d)"
)
# Of a recipe's sentence: "Nehmen Sie 3 EL Öl und 1 TL Salz"
_COOKS = re.compile(
    r"\b(?:[Nn]ehmen|[Nn]imm|[Nn]ehme|[Gg]eben|[Gg]ib|[Gg]ebe|[Ff]ügen|[Ff]üge|[Hh]inzufügen|zugeben|"
    r"dazugeben|zufügen|[Rr]ühren|[Rr]ühre|[Vv]errühren|unterrühren|einrühren|[Mm]ischen|[Mm]ische|"
    r"[Vv]ermischen|[Mm]engen|[Ee]rhitzen|[Ee]rhitze|[Ss]treuen|[Ss]treue|[Tt]rinken|[Ll]ösen|unterheben|"
    r"[Bb]rauchen|[Bb]enötigen|[Ss]chmelzen|[Vv]erquirlen|[Ww]ürzen|[Zz]erlassen|[Kk]ochen)\b"
)
_SPOON = re.compile(
    r"(?:(?<![\w.,/-] )(?<![\w.,/-])|(?<=[a-zäöüß,] ))"
    r"1 (EL|TL|Esslöffel|Teelöffel|Becher|Würfel|Apfel|Liter|l)(?= \w)"
)
_SHORT = "|".join(sorted(ADJECTIVES, key=len, reverse=True))
_CAPITAL = "Dt|Engl|Frz|Hl|Lfd|Ev|Kath|Ehem|Allg|Staatl|Städt|Stellv|Österr|Röm|Ital|Russ"
_ADJECTIVE = re.compile(
    rf"(?:\b([A-Za-zäöü]+) )?(?<!\w)({_SHORT}|{_CAPITAL})\."
    r"(?: ?-(?=\w)| ?([A-ZÄÖÜ][\wäöüß-]+))?"
)
_ENDS_EN = frozenset(
    listed(
        "dem den des im am zum zur vom beim einem einen einer eines keinem keinen keiner seinem "
        "seinen seiner seines ihrem ihren ihrer ihres unserem unseren unserer diesem diesen dieser "
        "dieses jedem jeden vielen allen beiden zwei drei"
    )
)
_ENDS_E = frozenset(listed("der die das eine seine ihre keine diese jede"))
_IS_FEMININE = re.compile(
    r"(?:e|ung|heit|keit|schaft|ion|tät|ik|ur|ei|(?:er|ig|[aeä]nt|st|ng|og|eund|eg|tler|urg|[aeo]t|ch|zt)in)$|"
    r"(?:[Ss]tadt|[Ss]icht|[Ss]chrift|[Kk]unst|[Kk]raft|[Aa]rbeit|[Pp]ost|[Pp]flicht)$|"
    r"^(?:Hand|Frau|Mutter|Tochter|Schwester|Luft|Front|Bahn|Wehr|Macht|Nummer|Form|Zeit|Welt|Art)$"
)
_IS_NEUTER = re.compile(
    r"(?:chen|um|ment|nis|(?:[Aa]uto|[Hh]aus|[Bb]uch|[Ll]and|[Tt]eam|[Ss]piel|[Rr]echt|[Gg]esetz|[Ss]chiff|"
    r"[Ww]ort|[Rr]eich|[Ll]ied|[Kk]ind|[Gg]ericht|[Ii]nstitut|[Mm]odell|[Bb]ier|[Uu]nternehmen|[Tt]heater|"
    r"[Kk]onto|[Gg]ebiet|[Gg]ebäude|[Dd]orf|[Mm]eer|[Ss]chloss|[Tt]or|[Tt]ier|[Ss]ystem|[Pp]rojekt|[Rr]adio|"
    r"[Ff]ernsehen|[Mm]ilitär|[Ee]ssen|[Ff]est|[Ww]esen|[Bb]oot|[Ff]lugzeug|[Kk]onzert|[Aa]mt))$|"
    r"^(?:Jahr|Volk|Geld|Heer|Wetter|Brot|Fleisch|Album|Wappen|Pferd|Kino|Hotel|Foto|Video|Fahrrad)$"
)


# "mit dt. Autos"
_SEVERAL_S = re.compile(
    r"(?:[oai]|[a-z](?:[mlnrbtdfpk]))s$(?<!Kurs)(?<!kurs)(?<!Vers)(?<!Hals)(?<!Puls)(?<!Fels)(?<!nis)(?<!is)"
    r"(?<!Gas)(?<!gas)(?<!Glas)(?<!Gras)(?<!Schnaps)(?<!Keks)(?<!Koks)(?<!Atlas)"
)
_SINGULAR = frozenset(
    listed("ein mein dein sein ihr unser kein ist war wird wurde bleibt blieb sei wäre als")
)
_ARTICLES = frozenset(listed("ein mein dein sein ihr unser kein"))
_CHURCH = re.compile(
    r"(?:Kirche|Gemeinde|Pfarr|Landes|Christ|Religion|Akademie|Theolog|Bischof|Schule|Glaube|Gottesdienst|"
    r"Jugend|Diakon|Krankenhaus|Fakultät|Synode|Past|Konfession|Bekenntnis|Friedhof|Kita|Kindergarten|"
    r"Dekan|Seelsorge|Stift|Kloster|Missio|Bund|Verband|Studenten|Gymnasium)"
)


def _one(match: re.Match[str]) -> str:
    before, about, name = match.groups()
    noun = _SIGNS.get(name) or (UNITS[name][0] if name in UNITS else name)
    first = noun.partition(" ")[0]
    dative = before.lower() in _DATIVE.split("|")
    if first in _FEMININE:
        article = "einer" if dative else "eine"
    elif first in _MASCULINE or first in _NEUTER or dative:
        article = "einem" if dative else "einen" if first in _MASCULINE else "ein"
    else:
        return match[0]
    return f"{before} {about}{article} {noun}"


def _spoon(match: re.Match[str]) -> str:
    name = match[1]
    return f"einen {UNITS[name][0] if name in UNITS else name}"


def one_of_units(text: str) -> str:
    """ "mit 1 TL" -> "mit einem Teelöffel", "kostet 1 €" -> "kostet einen Euro"."""
    if "1" not in text:
        return text
    text = _ONE.sub(_one, text)
    return _SPOON.sub(_spoon, text) if _COOKS.search(text) else text


def _adjective(match: re.Match[str]) -> str:
    before, short, noun = match.groups()
    lead = f"{before} " if before else ""
    stem = ADJECTIVES[short[0].lower() + short[1:]]
    word = (before or "").lower()
    behind = match.string[match.end() : match.end() + 4]
    # "ev. später", but "ev. Kirche", "(ev.)"
    church = _CHURCH.match(noun) if noun else not re.match(r" [^\W\d_]", behind)
    articles = _ENDS_E | _ENDS_EN | _ARTICLES
    if stem == "evangelisch" and len(short) == 2 and word not in articles and not church:
        if match[0].endswith("-"):
            return match[0]
        said = "eventuell" if short == "ev" else "Eventuell"
        return f"{lead}{said}{' ' + noun if noun else ''}"
    if short[0].isupper():
        stem = stem.capitalize()
    if not noun:
        ends = "." if match[0][-1] == "." and not behind.strip(" \"'»”)") else ""
        return lead + stem + ("-" if match[0].endswith("-") else ends)
    if OPENER.fullmatch(noun):
        return f"{lead}{stem}. {noun}"
    neuter = _IS_NEUTER.search(noun)
    feminine = word not in _ARTICLES and not neuter and _IS_FEMININE.search(noun)
    plural = noun.endswith(("en", "ern", "eln")) or _SEVERAL_S.search(noun)
    dative = word in ("mit", "von", "aus", "bei", "nach", "zu", "seit")
    several = plural and not feminine and (dative or word in ("in", "die", "diese", "keine"))
    if word in _ENDS_EN or several or (word == "der" and feminine):
        ending = "en"
    elif dative:
        ending = "er" if feminine else "em"
    elif feminine or word in _ENDS_E or (noun.endswith("en") and word not in _SINGULAR):
        ending = "e"
    elif neuter:
        ending = "es"
    else:
        ending = "er" if word in _SINGULAR or not word else "e"
    return f"{lead}{stem}{ending} {noun}"


def adjectives_in_full(text: str) -> str:
    """ "die dt. Meister", "zum kath. Glauben"."""
    return _ADJECTIVE.sub(_adjective, text)
