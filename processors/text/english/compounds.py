"""Units that are made of others: "9.8 m s-2", "5 N*m", "70 km/s/Mpc", "4 x 10^5 cells/mL"."""

from __future__ import annotations

import re

from recital.processors.text.english.sized import NUMBER, is_of_a_thing
from recital.processors.text.english.unit_names import UNITS, unit
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import ahead, one_of

_NAMES = {name: word for name, word in UNITS.items() if " " not in name} | {
    "K": "kelvin",
    "C": "coulomb",
    "T": "tesla",
    "F": "farad",
    "M": "molar",
    "d": "day",
    "day": "day",
    "y": "year",
    "yr": "year",
    "sr": "steradian",
}
_UNIT = one_of(_NAMES)
_STEP = rf"(?: ?[*/]| )(?:{_UNIT})(?:\^?-[1-4]|\^?[23])?(?![A-Za-z])"
_COMPOUND = re.compile(
    rf"(?<![\w.,]){NUMBER}( ?)({_UNIT})(\^?[23])?((?:{_STEP})+)(?![\w'°^/-]|\.\w)"
)
_EACH = re.compile(r"( ?[*/]| )([A-Za-zμ]+)(?:\^?(-?[1-4]))?")
_ANY = re.compile(
    r"\d ?[A-Za-zμ]{1,4}(?:\^?[23])?(?: [A-Za-zμ]{1,3}(?:\^?[23])?(?= ))?(?: [A-Za-zμ]+\^?-[1-4]|"
    r"\*[A-Za-z]|/[A-Za-zμ]+\^?[23]?/)"
)
# 10^-1 of one unit alone: "1650 cm-1", "3 s^-1"
_INVERSE = re.compile(
    rf"(?:(?:(?<=\d )|(?<![\w.])(?=[A-Za-zμ]{{2}}))((?:{_UNIT})(?=\^))\^|(?<=\d )(cm|min|mM|mol|kg|"
    rf"mL|day|yr|ms|h|s)(?=-1(?! (?:{_UNIT})\b)))-([1-4])(?![\w'°/-]|\.\w)"
)
_NEWTON_METERS = re.compile(r"(?<=\d)( ?)N-m\b")
_MINUS = re.compile(r"-[1-4](?<=[A-Za-zμ^]..)")
# "60 beats/min", "105 cfu/mL", "2 x 10^9/L"
_BELOW = (
    "(?:(?:micro|milli|deci)?liter|mcL|uL|mL|ml|L|l|dL|dl|μL|μl|mm|cm|km|m|μm|g|kg|mg|min|s|sec|h|"
    "hr|d|day|week|month|year|yr|well|plate|cell|mouse|animal|kb|Mb|mol|ha|in|ft)(?:\\^?[23])?"
)
_PER = re.compile(rf"/({_BELOW})(?:/({_BELOW}))?(?![\w/'^-]|\.\w)")
_COUNTED = re.compile(
    r"(?:\d(?=$)|\d (?:[a-z]{2,}s|cfu|pfu|CFU|PFU|copies|RBCs?|WBCs?|rev|mOsm|mOsmol)|\^\d{1,2})$"
)
_LOST_COUNT = re.compile(r"(?<=\d) ?x ?10(3|6|9|12)(?=/(?:L|l|μL|uL|mL|mm))")  # 8 x 109/L
# of a table: "(g/dL)"
_ALONE = re.compile(
    r"\((?!m/d\)|W/L\))(g|mg|μg|ug|mcg|ng|pg|kg|mmol|μmol|nmol|mol|mL|ml|L|U|IU|m|km|W|kJ|J|kcal)/"
    r"(dL|L|mL|ml|l|kg|g|min|h|hr|s|day|d|mol|m\^?[23]|cm\^?[23])\)"
)
_OF_BLOOD = re.compile(r"/(?:mm\^?3|mcL|μL|uL|mL|cm\^?[23]|(?:micro|milli|deci)?liter)")  # 7800/mm3
_COLONIES = re.compile(r" (cfu|pfu|CFU|PFU)(?= per )")
_LOST_POWER = re.compile(r"(?<=\d)( ?x ?10)-(?=\d{1,2}(?![\w.-]))")
_SPIN = re.compile(r"(?<=\d\d\d)(?<!\d [a-z]) ?(?:x| times) ?g\b(?! (?:of|and [a-z] )\b)")
# 0.5 M NaCl, of which other rules have made "N.A.C.L."
_MOLAR = re.compile(
    r"(?<=\d) ?M(?= (?:\(?(?:[A-Z]\.){2}|[A-Z] (?:two|three|four)|Tris|EDTA|DTT|HEPES|[a-z-]+ "
    r"(?:acid|chloride|hydroxide|acetate|phosphate|sulfate|nitrate)|acid|urea|sucrose|glucose|"
    r"sorbitol|guanidin|imidazole|glycine|solutions?\b|in (?:water|methanol|ethanol)))|"
    r"(?<=\^-\d) ?M\b"
)
_ANY_MOLAR = re.compile(r"(?<=\d)[ -]?M(?![\w'-]|\.\w)")
_OF_SOLUTIONS = re.compile(
    r"\b(?:[Mm]olar(?:ity)?|[Cc]oncentrations?|[Ss]olutions?|buffers?|pH|titrat\w+|dissolv\w+|"
    r"acids?|bases?|mM|moles|reagents?|equilibrium)\b"
)
# "2 M users", "raised 5 M", "5 M long"
_COUNTED_THINGS = re.compile(
    r" (?!(?:acids|bases|solutions|buffers|salts)\b)(?:[a-z]{3,}s|people|children|long|wide|tall|"
    r"deep|high|after|in|more|less)\b"
)
_MONEY_BEFORE = re.compile(
    r"\b(?:rais\w+|worth|paid|spent|cost\w*|earn\w+|revenue|profit|sales|funding|budget)"
    r"(?: [a-z]+)? [\d.,]+$|[$£€]"
)
_OF_DATA = re.compile(
    r"\b(?:files?|downloads?|uploads?|speeds?|connections?|internet|networks?|disks?|RAM|memory|"
    r"images?|e-?mails?|attachments?|links?|bandwidth|cards?|cap|servers?)\b"
)
_SIZES = {"2": "square ", "3": "cubic "}
_BASES = re.compile(
    r"\b(?:DNAs?|c?RNAs?|mRNA|cDNA|genes?|genom\w*|plasmids?|primers?|bp|exons?|introns?|"
    r"chromosom\w*|fragments?|alleles?|PCR|transcripts?|probes?|inserts?|BACs?|clon(?:es?|ed|ing)|"
    r"loc(?:us|i)|promoters?|upstream|downstream|deletions?|restriction|distal|proximal|"
    r"centromer\w+|telomer\w+|cM|YACs?|mapped|linkage|flanking|blots?|bands?|markers?|nucleotides?|"
    r"sequences?)\b"
)
_OF_RATES = re.compile(
    r"\b(?:[Rr]ates?|[Hh]ikes?|[Cc]uts?|[Yy]ields?|[Ss]preads?|Fed|ECB|[Mm]argins?|[Tt]reasur\w+|"
    r"[Ii]nflation)\b"
)
_OF_GENES = re.compile(
    r"\b(?:gels?|[Ee]nzymes?|[Mm]utations?|inserts?|DNA|PCR|genes?|primers?|sequencing)\b|bp prod"
)
_BASE_UNITS = re.compile(rf"(?<![\w.,]){NUMBER}([ -]?)(bp|kb|kbp|Mb|Mbp|Gb|nt)\b(?![/'])")
_SIZED = re.compile(r"(?:bp|kb|Mb|nt)\b(?<=\d..|[ -]..)")
# which are units only where the text is of genes
_OF_BASES = {"bp": "bpair", "nt": "ntide", "kb": "kbase", "kbp": "kbpair", "Mb": "Mbase",
             "Mbp": "Mbpair", "Gb": "Gbase"}  # fmt: skip


# 0.25 W / m-K, 400 W/(m K)
_CONDUCTED = re.compile(
    r"(?<![\w.,])(\d[\d.,]*) ?(W|mW|kW|J|kJ) ?/ ?(?:\((m|g|kg|mol)[-·*. ]?K\)|(m|g|kg|"
    r"mol)[-·*. ]?K(?![\w'-]))"
)


def expand(text: str) -> str:
    """ "9.8 m s-2" -> "9.8 meters per second squared"; before units alone."""
    if "10-" in text:
        text = _LOST_POWER.sub(r"\1^-", text)
    if "N-m" in text:
        text = _NEWTON_METERS.sub(r"\1N*m", text)
    if ("-" in text or "*" in text or "/" in text) and _ANY.search(text):
        text = _COMPOUND.sub(_compound, text)
    if "K" in text and "/" in text:
        text = _CONDUCTED.sub(_conducted, text)
    if "-" in text and _MINUS.search(text):
        text = _INVERSE.sub(_inverse, text)
    if "x 10" in text or "x10" in text:
        text = _LOST_COUNT.sub(r" x 10^\1", text)
    if "/" in text:
        text = _COLONIES.sub(lambda m: f" {dotted(m[1])}", _PER.sub(_per, text))
    if " g" in text:
        text = _SPIN.sub(" times G", text)
    if "M" in text and _ANY_MOLAR.search(text):
        if _OF_SOLUTIONS.search(text):
            text = _ANY_MOLAR.sub(_molar, text)
        else:
            text = _MOLAR.sub(" molar", text)
    if _SIZED.search(text) and _BASES.search(text) and not _OF_DATA.search(text):
        rates = _OF_RATES.search(text) and not _OF_GENES.search(text)
        bases = _OF_BASES | {"bp": "bps"} if rates else _OF_BASES
        text = _BASE_UNITS.sub(lambda m: m[1] + m[2] + bases[m[3]], text)
    return text


def expand_alone(text: str) -> str:
    """ "(g/dL)" -> "(grams per deciliter)", as at the head of a table."""
    return _ALONE.sub(_alone, text)


def _conducted(match: re.Match[str]) -> str:
    below = _NAMES[match[3] or match[4]]
    return f"{match[1]} {unit(_NAMES[match[2]], match[1])} per {below} kelvin"


def _molar(match: re.Match[str]) -> str:
    before = ahead(match, 24)
    counted = _COUNTED_THINGS.match(match.string, match.end()) or _MONEY_BEFORE.search(before)
    return match[0] if counted else " molar"


def _alone(match: re.Match[str]) -> str:
    above = {"U": "units", "IU": "I.U."}.get(match[1]) or unit(_NAMES[match[1]], "2")
    power = match[2][-1] if match[2][-1] in "23" else ""
    return f"({above} per {_below(match[2].rstrip('^23'), power)})"


def _below(name: str, power: str) -> str:
    word = _NAMES.get(name, name)
    if power in ("", "1"):
        return word
    if not word.endswith(("meter", "foot", "inch", "mile")):
        return f"{word} {'squared' if power == '2' else 'cubed'}"
    return f"{_SIZES[power]}{word}"


def _compound(match: re.Match[str]) -> str:
    quantity, gap, first, power, rest = match.groups()
    steps = _EACH.findall(rest)
    inverse = [sign.strip() == "/" or exponent.startswith("-") for sign, _, exponent in steps]
    products = [sign.strip() == "*" for sign, _, _ in steps]
    written = any(products) or any(exponent.startswith("-") for _, _, exponent in steps)
    if not written and (len(steps) < 2 or not all(inverse)):
        return match[0]
    if any(exponent.lstrip("-") == "4" for _, _, exponent in steps):
        return match[0]
    above = [(_SIZES[power[-1]] if power else "") + _NAMES[first]]
    below: list[str] = []
    for (_, name, exponent), under in zip(steps, inverse, strict=True):
        exponent = exponent.lstrip("-")
        if under:
            below.append(_below(name, exponent))
        elif below:  # "m s-1 kg": no unit
            return match[0]
        else:
            above.append((_SIZES.get(exponent, "")) + _NAMES[name])
    one = is_of_a_thing(match, match.start())
    above[-1] = above[-1] if one else unit(above[-1], quantity)
    return f"{quantity} {' '.join(above)}{''.join(f' per {word}' for word in below)}"


def _inverse(match: re.Match[str]) -> str:
    power = match[3]
    return match[0] if power == "4" else f"per {_below(match[1] or match[2], power)}"


def _per(match: re.Match[str]) -> str:
    before = ahead(match, 20)
    if not _COUNTED.search(before):
        return match[0]
    if before[-1:].isdigit() and "^" not in before[-3:] and not _OF_BLOOD.fullmatch(match[0]):
        return match[0]
    words = ""
    for name in match.groups():
        if name:
            power = name[-1] if name[-1] in "23" else ""
            words += f" per {_below(name.rstrip('^23'), power)}"
    return words
