"""Roman numerals where the words next to them say that they are numbers."""

from __future__ import annotations

import re

from recital.processors.text.english.words import STARTERS, cardinal, ordinal, word_set

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
# One letter alone is a numeral as I, V or X; C, D, L and M are the letters (Type C, John D.).
_VALID = (
    r"(?:(?=[MDCLXVI]{2})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})|[IVX])(?!\w)"
)
# Kings, queens and popes: with them a numeral is an ordinal.
_RULERS = (
    "Henry|Edward|George|William|Charles|James|Richard|Elizabeth|Mary|Louis|Philip|Catherine|Peter|"
    "Alexander|Nicholas|Frederick|Napoleon|John|Paul|Pius|Leo|Benedict|Gregory|Clement|Innocent|"
    "Urban|Boniface|Julius|Adrian|Stephen|Ivan|Christian|Gustav|Carl|Ferdinand|Francis|Joseph|Otto|"
    "Ptolemy|Cleopatra|Ramses|Rameses|Darius|Xerxes|Haakon|Harald|Olaf|Albert|Leopold|Baldwin|"
    "Robert|Constantine|Justinian|Theodosius|Mehmed|Murad|Suleiman|Selim|Alfonso|Isabella|"
    "Juan Carlos|Wilhelm|Maximilian|Rudolf|Sigismund|Casimir|Margaret|Christina|Victor Emmanuel|"
    "Umberto|Thutmose|Amenhotep|Sixtus|Celestine|Eugene|Nero|Pedro|Manuel|Friedrich|Ludwig|Harry|"
    "Basil|Alexios|Alexius|Romanos|Michael|Conrad|Lothair|Lothar|Pepin|Pippin|Clovis|Sancho|Afonso|"
    "Alfonso|Ramiro|Garcia|Valdemar|Magnus|Eric|Erik|Canute|Sverre|Olav|Haakon|Oscar|Gustavus|Karl|"
    "Franz|Ladislaus|Vladislaus|Stephen|Mircea|Vlad|Bogdan|Ahmed|Mahmud|Mustafa|Osman|Bayezid|Hamid|"
    "Abbas|Antiochus|Seleucus|Mithridates|Artaxerxes|Cyrus|Nebuchadnezzar|Sargon|Ashurnasirpal|"
    "Shalmaneser|Ramesses|Seti|Amenemhat|Senusret|Pepi|Psamtik|Jayavarman|Honorius|Martin|Callixtus|"
    "Callistus|Gelasius|Paschal|Lucius|Anastasius|Sylvester|Felix|Theodoric|Childeric|Bohemond|Roger|"
    "Tancred|Amalric|Fulk|Raymond|Hugh|Ludovico|Cosimo|Ercole|Sebastian|Augustus|Sigismund|Wladyslaw|"
    "Boleslaw|Mieszko|Zygmunt|Humbert|Amadeus|Emmanuel|Elector|Hussein|Abdullah|Faisal|Farouk|Rama|"
    "Johann|Heinrich|Ernst|Georg|Jean|Luis|Carlos|Fernando|"
    "Anne|Matilda|Malcolm(?! X)|Donald|Kenneth|Duncan|Edmund|Ethelred|Canute|Felipe|Charlemagne"
)
# Things that are counted, with which it is a cardinal.
_PARTS = word_set(
    "chapter part book volume vol vol. section act scene article title appendix figure table "
    "phase stage level type class grade unit war bowl wrestlemania rocky apollo saturn "
    "episode canto psalm lesson plate step round group category division div. schedule "
    "amendment exhibit mark wars fantasy vatican factor no no. number opus nerve quarter tier "
    "theorem lemma problem question case point rule item page verse period sc. sec. ch. art. "
    "pt. bk. app. fig. ep. ser. cl. amend. pl. calc calculus algebra physics chemistry chem "
    "english spanish french german latin biology history calculation model gen generation "
    "season series tome movement symphony sonata study trial experiment "
)
_ORDERED = "Olympiad|Olympics?|century|centuries|dynasty|Corps|Army|Legion|Congress|edition"
# After these kinds, in small letters, "I" is one: "stage I cancer"; after others the speaker.
_GRADED = re.compile(r"(?:phase|stage|level|type|class|grade|factor|tier|category|division)$")
_AFTER_ONE = re.compile(
    r"(?:[.,;:)\]!?]|$| (?:of|and|or|to|in|on|is|was|has|are|through|covers|only|alone)\b)"
)
_STARTERS = "|".join(sorted(STARTERS))
_END = r"(?![\w-]|'(?!s\b)|\.\w)"
# A stop and a name behind one letter: an initial.
_NO_INITIAL = rf"(?!(?<=[ ][IVX])\. (?:[A-Z]\. )*(?!(?:{_STARTERS})\b)[A-Z][a-z])"
# What follows the pronoun.
_SPEAKS = re.compile(
    r" (?:am|was|have|had|'?ve|think|thought|will|would|do|did|don't|didn't|can|can't|could|"
    r"couldn't|"
    r"want|wanted|know|knew|like|liked|love|loved|need|needed|hope|guess|believe|remember|say|said|"
    r"see|saw|ask|asked|make|made|mean|meant|feel|felt|go|went|get|got|got|never|always|just|still|"
    r"really|should|must|may|might|read|wrote|told|use|used|buy|bought|take|took|find|found|met|"
    r"keep|kept|hate|hear|heard|call|called|play|played|live|lived|stand|take|work|worked)\b"
)
_BEFORE_RULER = re.compile(
    r"(?:^|[.!?;:,(\"“] ?|\b(?:[Kk]ing|[Qq]ueen|[Ee]mperor|[Ee]mpress|[Pp]ope|[Tt]sar|[Cc]zar|"
    r"[Pp]rince|[Ss]ultan|[Ss]aint|[Ss]hah|of|by|under|and|with|when|after|since|for|from) )$"
)
_RULER = re.compile(rf"\b({_RULERS}) ({_VALID}){_END}{_NO_INITIAL}")
# "Henry Ford II", "Davis Love III".
_FULL_NAME = re.compile(
    rf"\b((?:{_RULERS}|David|Davis|Thomas|Walter|Thurston|Samuel|Martin|Michael|Daniel|Arthur)"
    rf"(?: [A-Z]\.?)? [A-Z][a-z]+),? (II|III|IV)(?![\w.-])"
)
_PART = re.compile(rf"\b([A-Za-z]{{2,}}\.?) ({_VALID}){_END}")
_ORDINAL = re.compile(rf"\b({_VALID}) (?=(?:{_ORDERED})\b)")
# Letters name a road: County Highway XX.
_ROAD = re.compile(r"\b(?:[Hh]ighway|[Rr]oute|[Rr]oad|Hwy\.?|Rte\.?) $")
_HEADING = re.compile(r"^([IVX])\. (?=[A-Z]{2,} )")  # "I. GENERAL RULES"
_MAYBE = re.compile(r"\b[MDCLXVI]+\b")
_LIST = re.compile(rf"\b(and|to|or) ({_VALID}){_END}")
# What is no word, initialism or letter by itself.
_ALONE = re.compile(
    r"(?<![\w.'-])(?=[XVI]{2,}\b)(X{0,3}(?:IX|IV|V?I{1,3}|V)|X{2,3})(?![\w-]|'(?!s\b)|\.\w)"
)
_NAMED = re.compile(r"[A-Z][\w']*,? $")
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
    text = _HEADING.sub(lambda m: f"{cardinal(value(m[1])).capitalize()}. ", text)
    text = _RULER.sub(_ruler, text)
    if " II" in text or " IV" in text:
        text = _FULL_NAME.sub(lambda m: f"{m[1]} the {ordinal(value(m[2]))}", text)
    before = text
    text = _PART.sub(_part, text)
    if text != before:
        text = _LIST.sub(lambda m: f"{m[1]} {cardinal(value(m[2]))}" if m[2] != "I" else m[0], text)
    text = _ORDINAL.sub(lambda m: f"{ordinal(value(m[1]))} " if m[1] != "I" else m[0], text)
    return _ALONE.sub(_alone, text)


def _ruler(match: re.Match[str]) -> str:
    if match[2] == "I":
        before = match.string[max(0, match.start() - 12) : match.start()]
        after = match.string[match.end() : match.end() + 12]
        if not re.match(r"[.,;:)'’]| \(| (?:of|was|and|reigned|died)\b", after):
            alone = _BEFORE_RULER.search(before) and not _SPEAKS.match(after)
            if not alone or not re.match(r" [a-z]", after):
                return match[0]
    return f"{match[1]} the {ordinal(value(match[2]))}"


def _part(match: re.Match[str]) -> str:
    kind, numeral = match[1], match[2]
    if kind.lower() not in _PARTS or (numeral == "X" and kind.lower() == "generation"):
        return match[0]
    if numeral == "I":
        after = match.string[match.end() : match.end() + 12]
        before = match.string[max(0, match.start() - 6) : match.start()]
        if after[:1] == "'" and after[:2] != "'s":
            return match[0]
        plain = _AFTER_ONE.match(after) is not None
        if _SPEAKS.match(after) and not plain:
            return match[0]
        said = re.search(r"\b(?:[Tt]he|[Tt]his|[Tt]hat|[Aa]) $", before)
        if kind[0].islower() and not plain and (said or not _GRADED.search(kind)):
            return match[0]
    # "Art. I" is "article one" to the rule of abbreviations
    return f"{kind} {value(numeral) if kind[-1] == '.' else cardinal(value(numeral))}"


def _alone(match: re.Match[str]) -> str:
    """ "Rocky and Final Quest VII"; but IV is also what fluids are given by."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    if set(match[1]) == {"X"} and not _NAMED.search(before):  # a blank that was left
        return match[0]
    if _ROAD.search(before) or (match[1] == "IV" and not _NAMED.search(before)):
        return match[0]
    return cardinal(value(match[1]))


def spelt(text: str) -> str:
    """ "IV fluids" -> "I.V. fluids": what no rule has read as a number is no number."""
    return _SPELT.sub(lambda m: "".join(f"{letter}." for letter in m[0]), text)
