"""Roman numerals where the words next to them say that they are numbers."""

from __future__ import annotations

import re

from recital.processors.text.english.capital_words import FIRST_NAMES, NAMES_OF_SPEAKERS
from recital.processors.text.english.words import (
    STARTERS,
    TABLES,
    ahead,
    behind,
    cardinal,
    ordinal,
    word_set,
    year,
)

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
# One letter alone is a numeral as I, V or X; C, D, L and M are the letters (Type C, John D.).
_VALID = (
    r"(?:(?=[MDCLXVI]{2})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})|[IVX])(?!\w)"
)
# Kings, queens and popes: with them a numeral is an ordinal.
_RULERS = word_set(TABLES["rulers"])
# With these a letter alone is an initial or "versus": "Thomas V Smith", "David V Goliath".
_MORE_RULERS = word_set(TABLES["more rulers"])
# Of others whose sons have theirs: "Davis Love III".
_FIRST_NAMES = NAMES_OF_SPEAKERS | FIRST_NAMES | word_set("DAVIS WALTER THURSTON SAMUEL ARTHUR")
_FACTOR = re.compile(r"\bF(VII|VIII|XI|XII|XIII)(a?)\b(?! [A-Z]{2})")  # of clotting
_OF_LAND = re.compile(r" (?:of|de) [A-Z]")
_LAST_RULER = 39  # of one name
_LAST_YEAR = 2100  # MMDX is no year
# Things that are counted, with which it is a cardinal.
_PARTS = word_set(TABLES["numbered parts"])
_ORDERED = "Olympiad|Olympics?|century|centuries|dynasty|Corps|Army|Legion|Congress|edition"
# After these kinds, in small letters, "I" is one: "stage I cancer"; after others the speaker.
_GRADED = re.compile(r"(?:phase|stage|level|type|class|grade|factor|tier|category|division)$")
_AFTER_ONE = re.compile(
    r"(?:[.,;:)\]!?]|$| (?:of|and|or|to|in|on|is|was|has|are|through|covers|only|alone)\b)"
)
_STARTERS = "|".join(sorted(STARTERS))
_END = r"(?!\w|-(?!-)|'(?!s\b)|\.\w)"
# A stop and a name behind one letter: an initial.
_NO_INITIAL = rf"(?!(?<=[ ][IVX])\. (?:[A-Z]\. )*(?!(?:{_STARTERS})\b)[A-Z][a-z])"
# What follows the pronoun.
_SPEAKS = re.compile(
    r" (?:am|was|have|had|'?ve|think|thought|will|would|do|did|don't|didn't|can|can't|could|"
    r"couldn't|want|wanted|know|knew|like|liked|love|loved|need|needed|hope|guess|believe|remember|"
    r"say|said|see|saw|ask|asked|make|made|mean|meant|feel|felt|go|went|get|got|got|never|always|"
    r"just|still|really|should|must|may|might|read|wrote|told|use|used|buy|bought|take|took|find|"
    r"found|met|keep|kept|hate|hear|heard|call|called|play|played|live|lived|stand|take|work|"
    r"worked)\b"
)
_ANSWERS = re.compile(r"(?:^|[.!?:…\"“”—-] ?)$")
_TITLES = "King|Queen|Emperor|Empress|Pope|Tsar|Czar|Sultan|Shah|Caliph|Pharaoh|Prince|Duke"
_TITLE_BEFORE = re.compile(rf"\b(?:{_TITLES}) $")
_TITLE_BEHIND = re.compile(rf",? (?:the )?(?:{_TITLES})\b")
_MADE = re.compile(rf" (?i:{_TITLES})\b(?! of [a-z])")  # made William I king
_AND_FIRST = re.compile(r"\b(the [a-z]+(?:st|nd|rd|th)) (?:and|&) I(?=[.,;:)]|$|'s| of\b| was\b)")
_BEFORE_RULER = re.compile(
    r"(?:^|[.!?;:,(\"“] ?|\b(?:[Kk]ing|[Qq]ueen|[Ee]mperor|[Ee]mpress|[Pp]ope|[Tt]sar|[Cc]zar|"
    r"[Pp]rince|[Ss]ultan|[Ss]aint|[Ss]hah|of|by|under|and|with|when|after|since|for|from) )$"
)
_OF_RULERS = re.compile(
    r" (?:portrait|painting|statue|coin|medal|stamp|bust|exhibition|tomb|letter|silver|gold|"
    r"sixpence|shilling|crown|penny|half|era|chair|style|table|oak)s?\b"
)
_RULER = re.compile(rf"\b([A-Z][A-Za-z]{{2,}}) ({_VALID}){_END}{_NO_INITIAL}")
# "Henry Ford II", "Davis Love III".
_FULL_NAME = re.compile(
    r"\b([A-Z][a-z]+|(?:[A-Z]\. ?)+(?<! ))((?: [A-Z]\.?)? [A-Z][a-z]+),? (II|III|IV)(?![\w-]|\.\w)"
)
# Ships, games and films have such names, too: "the yacht Sarah Jane II", "Alan Wake II is out"
_BEFORE_THING = re.compile(
    r"\b(?:(?:[Ss]team)?[Ss]hip|yacht|[Bb]oat|vessel|ferry|tanker|freighter|trawler|schooner|horse|"
    r"mare|game|film|movie|sequel|watch(?:ed|ing)?|MSC|MV|M/V|MS|SS|HMS|USS|RV|\w+(?:frachter|"
    r"schiff)s?),? $"
)
_BEHIND_THING = re.compile(
    r" (?:is (?:out|available|a (?:game|film|movie|ship|sequel))\b|sank\b|sails\b|ran aground|"
    r"on (?:PC|PS\d|Xbox|Steam|Switch)\b)"
)
_OF_SHIPS = frozenset(
    ("Jane", "Maria", "Marie", "Mary", "Ann", "Anne", "Anna", "Rose", "Louise", "Grace", "Wake")
)
_BEFORE_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Rev|Judge|Senator|Sen|Rep|Gov|Prof|Capt|Sgt)\.? $")
_THE_RULER = re.compile(rf"\b([A-Z][a-z]{{2,}}) the (?=[IVX])({_VALID}){_END}")
_PART = re.compile(
    rf"\b([A-Za-z]{{2,}}\.?) ({_VALID})(?:{_END}|(?<=[IVX]{{2}})(?=-[a-z]{{3,}}))"
)  # Grade II-listed
_ORDINAL = re.compile(rf"\b({_VALID}) (?=(?:{_ORDERED})\b)")
# Letters name a road: County Highway XX.
_ROAD = re.compile(r"\b(?:[Hh]ighway|[Rr]oute|[Rr]oad|Hwy\.?|Rte\.?) $")
# "Start IV fluids"
_IN_VEIN = re.compile(
    r"\bIV(?= (?:fluids?|drips?|lines?|antibiotics?|bags?|push|infusions?|access|catheters?|"
    r"therapy|bolus(?:es)?|meds|medications?|poles?|contrast|needles?|hydration|site|steroids|"
    r"pumps?|insulin|iron|morphine|saline)\b)"
)
# the XIXth century
_ANY_ENDING = re.compile(r"[IVXLC](?:th|st|nd|rd)\b")
_WITH_ENDING = re.compile(
    r"(?<![\w.'-])(?![CL]th|I(?:nd|rd|th))((?=[CLXVI])(?:C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|"
    r"V?I{0,3})))(?:th|st|nd|rd)\b"
)
# a level-III unit, D-I
_GLUED_LEVEL = re.compile(
    r"(?:(?<=\b(?:level|stage|phase|class|grade)-)|(?<=\bD-)(?=I))(I{1,3}(?<!\b[a-z]{5}-I)|"
    r"IV)(?![\w-]|\.\w)"
)
# Chapter IX-A
_WITH_LETTER = re.compile(
    r"\b([A-Z][a-z]+|part|subpart|title|subtitle|chapter|subchapter) ((?=[XVI])X{0,3}(?:IX|IV|"
    r"V?I{0,3}))-([A-H])(?![\w-]|\.\w)"
)
# Acts I-III, types II to IV, Parts I & II
_SPAN = re.compile(
    rf"\b([A-Za-z]{{2,}}\.?) ({_VALID}) ?(-|–|to|and|or|&|through) ?({_VALID}){_END}"
)
_POINTED = re.compile(r"(?<=\d)\.([XVI]{2,})(?![\w.])")  # Chapter 2.XVI
# stage IIIA, type IIb
_LETTERED = re.compile(
    r"\b([Ss]tages?|[Tt]ypes?|[Cc]lass|[Gg]rade|[Ll]evel|[Pp]hase) ((?:(?:I{1,3}|IV|V),? (?:and |"
    r"or |to )?)?(?:I{1,3}|IV|V)[A-Ca-c]\d?\b(?:(?:, (?:and |or )?| and | or | to | through |"
    r"[/-])(?:I{1,3}|IV|V)[A-Ca-c]?\d?\b)*)"
)
_EACH_LETTERED = re.compile(r"(I{1,3}|IV|V)([A-Ca-c]?)(?=\d?\b)")
_ANY_LETTERED = re.compile(r"[IV][A-Ca-c]\d?\b")
_OF_SIX = re.compile(r"(?<![\w/])(I{1,3}|IV|V)/VI(?= (?:[\w,-]+ ){0,3}murmurs?\b)")
_YEAR = re.compile(
    r"(?<![\w.'-])(?=M[MDCLX]{2}|M[MDCLX][VI])(?=[MDCLXVI]{4})M{1,2}(?:CM|CD|D?C{0,3})(?:XC|XL|"
    r"L?X{0,3})(?:IX|IV|V?I{0,3})(?![\w'-])"
)
_HEADING = re.compile(r"^([IVX])\. (?=[A-Z]{2,} )")  # "I. GENERAL RULES"
_MAYBE = re.compile(r"\b[MDCLXVI]+\b")
# "Portrait V" where there is "Portrait VII", too
_SAME_KIND = re.compile(
    r"\b([A-Z][a-z]{2,}) (?=[XVI]{2,3}\b)(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{2,3})(?!['.]?\w)"
)
_OF_KIND = re.compile(r"\b([A-Z][a-z]{2,}) ([IVX])(?![\w-]|['’.]\w)")
_FIRST_OF = re.compile(r"(?<![\w.'-])I(?=(?:, | and | or | & )II\b)")  # parts I, II
_OR_FIRST = re.compile(r"((?:^|[a-z(] )[XVI]{2,4} (?:or|and|to) )I(?=[.,;:)!?]|$)")
# What is no word, initialism or letter by itself.
_ALONE = re.compile(
    r"(?<![\w.'])(?<!(?<!-)-)(?=[XVI]{2,}\b)(X{0,3}(?:IX|IV|V?I{1,3}|V)|X{2,3})(?![\w-]|'(?!s\b)|"
    r"\.\w)"
)
_NAMED = re.compile(r"(?<!\w)(?!(?:An?|The|Her|His|My|Your|This|No) )[A-Z][\w']*,? $")
_SPELT = re.compile(r"(?<![\w.'-])(?:I[IVX]{1,2}|X[IVX]{1,3})(?=,? [a-z])")  # espeak: "roman four"


def value(numeral: str) -> int:
    """XIV -> 14."""
    values = [_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(v if v >= after else -v for v, after in zip(values, following, strict=True))


def expand(text: str) -> str:
    """ "Henry VIII" -> "Henry the eighth", "Chapter IV" -> "Chapter four"."""
    if "FVI" in text or "FXI" in text:
        text = _FACTOR.sub(lambda m: f"factor {cardinal(value(m[1]))}{m[2] and ' A.'}", text)
    if _ANY_ENDING.search(text):
        text = _WITH_ENDING.sub(lambda m: ordinal(value(m[1])), text)
    if _ANY_LETTERED.search(text):
        text = _LETTERED.sub(_lettered, text)
    if "IV " in text:
        text = _IN_VEIN.sub("I.V.", text)
    if _MAYBE.search(text) is None:
        return text
    if "-" in text:
        text = _WITH_LETTER.sub(_with_letter, text)
        text = _GLUED_LEVEL.sub(lambda m: cardinal(value(m[1])), text)
    text = _YEAR.sub(_in_year, text) if "M" in text else text
    if "/VI" in text:
        text = _OF_SIX.sub(lambda m: f"{cardinal(value(m[1]))} over six", text)
    text = _POINTED.sub(lambda m: f" {cardinal(value(m[1]))}", _SPAN.sub(_span, text))
    text = _HEADING.sub(lambda m: f"{cardinal(value(m[1])).capitalize()}. ", text)
    text = _RULER.sub(_ruler, text)
    if " and I" in text or " & I" in text:  # James VI and I
        text = _AND_FIRST.sub(r"\1 and the first", text)
    if " the " in text:
        text = _THE_RULER.sub(_the_ruler, text)
    if " II" in text or " IV" in text:
        text = _FULL_NAME.sub(_full_name, text)
    text = _PART.sub(_part, text)
    text = _ORDINAL.sub(lambda m: f"{ordinal(value(m[1]))} " if m[1] != "I" else m[0], text)
    if " II" in text:
        text = _FIRST_OF.sub("one", text)
    if " or I" in text or " and I" in text or " to I" in text:
        text = _OR_FIRST.sub(r"\1one", text)
    if " II" in text or "V" in text or "X" in text:
        kinds = {m[1] for m in _SAME_KIND.finditer(text)}
        if kinds:
            text = _OF_KIND.sub(lambda m: _of_kind(m, kinds), text)
    return _ALONE.sub(_alone, text)


def _in_year(match: re.Match[str]) -> str:
    number = value(match[0])
    return year(number) if number < _LAST_YEAR else match[0]


def _lettered(match: re.Match[str]) -> str:
    """ "stages IA, IIIB and IV" -> "stages one A, three B and four"."""
    parts = _EACH_LETTERED.sub(
        lambda m: f"{cardinal(value(m[1]))}{' ' * bool(m[2])}{m[2].upper()}", match[2]
    )
    return f"{match[1]} {parts.replace('-', ' to ').replace('/', ', ')}"


def _full_name(match: re.Match[str]) -> str:
    first, rest, numeral = match.groups()
    part = rest.rsplit(" ", 1)[-1].lower() in _PARTS
    known = "." in match[0] or first in _RULERS or first.upper() in _FIRST_NAMES
    if part or not (known or _BEFORE_NAME.search(ahead(match, 9))):
        return match[0]
    thing = _BEFORE_THING.search(ahead(match, 24)) or _BEHIND_THING.match(behind(match))
    if first not in _RULERS and (thing or rest.rsplit(" ", 1)[-1] in _OF_SHIPS):
        return match[0]
    return f"{first}{rest} the {ordinal(value(numeral))}"


def _ruler(match: re.Match[str]) -> str:
    if value(match[2]) > _LAST_RULER:  # JOSEPH MI, a town
        return match[0]
    name = match[1].capitalize() if match[1].isupper() else match[1]
    known = name in _RULERS and not (name == "Malcolm" and match[2] == "X")
    titled = _TITLE_BEFORE.search(ahead(match, 12)) or _TITLE_BEHIND.match(behind(match))
    if not (known or titled) and (
        name not in _MORE_RULERS or (len(match[2]) == 1 and not _OF_LAND.match(behind(match)))
    ):
        return match[0]
    if match[2] == "I":
        before = ahead(match, 12)
        after = match.string[match.end() : match.end() + 12]
        of_a_ruler = re.match(r"[.,;:)'’]| \(| (?:of|was|and|reigned|died)\b", after)
        if after and not of_a_ruler and not _MADE.match(after):
            alone = _BEFORE_RULER.search(before) and not _SPEAKS.match(after)
            if not (alone or _OF_RULERS.match(behind(match))) or not re.match(r" [a-z]", after):
                return match[0]
    return f"{match[1]} the {ordinal(value(match[2]))}"


def _the_ruler(match: re.Match[str]) -> str:
    """ "Henry the VIII"."""
    known = match[1] in _RULERS or match[1] in _MORE_RULERS
    return f"{match[1]} the {ordinal(value(match[2]))}" if known else match[0]


def _part(match: re.Match[str]) -> str:
    kind, numeral = match[1], match[2]
    high = _GRADED.search(kind) is not None and value(numeral) > 40  # blastic phase CML
    if (
        high
        or kind.lower() not in _PARTS
        or (numeral == "X" and kind in ("Generation", "generation", "Gen", "gen", "Series"))
    ):
        return match[0]
    if numeral == "I":
        after = match.string[match.end() : match.end() + 12]
        before = ahead(match, 6)
        if kind == "Series" and after.startswith((" bond", " saving")):
            return f"{kind} I"
        if after[:1] == "'" and after[:2] != "'s":
            return match[0]
        plain = _AFTER_ONE.match(after) is not None
        if kind == "No." and _ANSWERS.search(before) and re.match("'| [a-z]", after):
            return match[0]  # "No. I stayed home."
        said = re.search(r"\b(?:[Tt]he|[Tt]his|[Tt]hat|[Aa]) $", before)
        named = kind[0].islower() and said and not _GRADED.search(kind)  # the book I was writing
        if _SPEAKS.match(after) and (named or not plain):
            return match[0]
        if kind[0].islower() and not plain and (said or not _GRADED.search(kind)):
            return match[0]
    # "Art. I" is "article one" to the rule of abbreviations
    return f"{kind} {value(numeral) if kind[-1] == '.' else cardinal(value(numeral))}"


def _with_letter(match: re.Match[str]) -> str:
    kind, numeral, letter = match.groups()
    if kind.lower() not in _PARTS:
        return match[0]
    return f"{kind} {cardinal(value(numeral))} {letter if letter != 'A' else 'A.'}"


def _span(match: re.Match[str]) -> str:
    kind, first, join, last = match.groups()
    if not {kind.lower(), kind.lower().removesuffix("s")} & _PARTS or not value(first) < value(
        last
    ):
        return match[0]
    between = {"-": "to", "–": "to", "&": "and"}.get(join, join)
    return f"{kind} {cardinal(value(first))} {between} {cardinal(value(last))}"


def _of_kind(match: re.Match[str], kinds: set[str]) -> str:
    """ "Study I", if it is one of them; but "Study I did"."""
    kind, numeral = match.groups()
    if kind not in kinds or (numeral == "I" and _SPEAKS.match(behind(match))):
        return match[0]
    return f"{kind} {cardinal(value(numeral))}"


def _alone(match: re.Match[str]) -> str:
    """ "Rocky and Final Quest VII"; but IV is also what fluids are given by."""
    before = ahead(match, 40)
    if (
        match[1] == "XXX" or set(match[1]) == {"X"} and not _NAMED.search(before)
    ):  # a blank that was left
        return match[0]
    if _ROAD.search(before) or (match[1] == "IV" and not _NAMED.search(before)):
        return match[0]
    return cardinal(value(match[1]))


def spelt(text: str) -> str:
    """ "IV fluids" -> "I.V. fluids": what no rule has read as a number is no number."""
    return _SPELT.sub(lambda m: "".join(f"{letter}." for letter in m[0]), text)
