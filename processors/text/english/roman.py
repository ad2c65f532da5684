"""Roman numerals where the words beside them say that they are numbers."""

from __future__ import annotations

import re

from recital.processors.text.english.words import cardinal, ordinal

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_VALID = r"(?=[MDCLXVI])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_RULERS = (  # kings, queens and popes, with whom a numeral is an ordinal
    "Henry|Edward|George|William|Charles|James|Richard|Elizabeth|Mary|Louis|Philip|Catherine|Peter|"
    "Alexander|Nicholas|Frederick|Napoleon|John|Paul|Pius|Leo|Benedict|Gregory|Clement|Innocent|"
    "Urban|Boniface|Julius|Adrian|Stephen|Ivan|Christian|Gustav|Carl|Ferdinand|Francis|Joseph|Otto|"
    "Ptolemy|Cleopatra|Ramses|Rameses|Darius|Xerxes|Haakon|Harald|Olaf|Albert|Leopold|Baldwin|"
    "Robert|Malcolm|Constantine|Justinian|Theodosius|Mehmed|Murad|Suleiman|Selim|Alfonso|Isabella|"
    "Juan Carlos|Wilhelm|Maximilian|Rudolf|Sigismund|Casimir|Margaret|Christina|Victor Emmanuel|"
    "Umberto|Thutmose|Amenhotep|Sixtus|Celestine|Eugene|Nero|Pedro|Manuel|Friedrich|Ludwig"
)
_PARTS = (  # things that are counted, with which it is a cardinal
    "chapter|part|book|volume|vol\\.?|section|act|scene|article|title|appendix|figure|table|phase|"
    "stage|level|type|class|grade|unit|world war|war|super bowl|wrestlemania|rocky|apollo|saturn|"
    "episode|canto|psalm|lesson|plate|step|round|group|category|division|schedule|amendment|"
    "exhibit|mark|star wars|final fantasy|vatican|factor|king|queen|pope|no\\.?|number|opus|"
    "quarter|tier|schedule|theorem|lemma|problem|question|case|point|rule|item|page|verse"
)
_END = r"(?![\w'-]|\.\w)"
_RULER = re.compile(
    rf"\b({_RULERS}) ((?:(?!I\b){_VALID})|I(?=[.,;:)]| (?:of|was|and|reigned|died)\b)){_END}"
)
_PART = re.compile(rf"\b({_PARTS}) ({_VALID}){_END}", re.I)
_VERB = re.compile(r" (?:am|was|have|had|think|will|would|do|did|can|could|want|know)\b")
_MAYBE = re.compile(r"\b[MDCLXVI]+\b")
_LIST = re.compile(rf"\b(and|to|or) ({_VALID}){_END}")
_ALONE = re.compile(  # what is no word, initialism or letter by itself
    r"(?<![\w.'-])(?=[XVI]{2,}\b)(X{0,3}(?:IX|IV|V?I{1,3}|V)|X{2,3})(?![\w'-]|\.\w)"
)

_SPELT = re.compile(r"(?<![\w.'-])(?:I[IVX]{1,2}|X[IVX]{1,3})(?=,? [a-z])")  # espeak: "roman four"


def value(numeral: str) -> int:
    """XIV -> 14."""
    values = [_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(v if v >= after else -v for v, after in zip(values, following, strict=True))


def expand(text: str) -> str:
    """ "Henry VIII" -> "Henry the eighth", "Chapter IV" -> "Chapter four"."""
    if _MAYBE.search(text) is None:
        return text
    text = _RULER.sub(lambda m: f"{m[1]} the {ordinal(value(m[2]))}", text)
    text, n_parts = _PART.subn(_part, text)
    if n_parts:
        text = _LIST.sub(lambda m: f"{m[1]} {cardinal(value(m[2]))}" if m[2] != "I" else m[0], text)
    return _ALONE.sub(lambda m: cardinal(value(m[1])), text)


def _part(match: re.Match[str]) -> str:
    pronoun = match[2] == "I" and _VERB.match(match.string, match.end())
    if not match[2].isupper() or pronoun:
        return match[0]
    return f"{match[1]} {cardinal(value(match[2]))}"


def spelt(text: str) -> str:
    """ "IV fluids" -> "I.V. fluids": what no rule has read as a number is no number."""
    return _SPELT.sub(lambda m: "".join(f"{letter}." for letter in m[0]), text)
