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
_RULERS = word_set(
    "Abbas Abdul Abdulaziz Abdulhamid Abdullah Adad Adolf Adolph Adrian Afonso Agapetus Ahmed "
    "Akbar Alam Alaric Albert Albrecht Aleksander Alexander Alexandru Alexios Alexis Alexius "
    "Alfonso Alfred Alonso Alphonse Amadeus Amalric Amenemhat Amenhotep Anastasius Andrew Anne "
    "Antiochus Antoine Anton Arnulf Artaxerxes Arthur Ashurnasirpal Athanasius Attalus Augustus "
    "Azzo Bagrat Bahadur Bahram Baldwin Bartholomew Basil Bayezid Bela Benedict Berengar "
    "Berenguer Bermudo Bernard Bernhard Bogdan Bohemond Boleslaw Boniface Boris Bretislav "
    "Callistus Callixtus Canute Carl Carlo Carloman Carlos Casimir Catherine Celestine "
    "Charlemagne Charles Charlotte Childebert Childeric Chilperic Chlothar Christian Christina "
    "Christoph Christopher Clement Cleopatra Clovis Coloman Conrad Constans Constantine "
    "Constantius Cosimo Cyril Cyrus Dagobert Damasus Darius David Demetrius Dinis Dionysius "
    "Dmitri Donald Duarte Duncan Eberhard Edgar Edmund Edward Edwin Egbert Elector Elizabeth "
    "Emanuel Emanuele Emeric Emmanuel Engelbert Enrique Ercole Eric Erik Ernest Ernst Ethelred "
    "Eudes Eugene Eugenius Eumenes Fadrique Faisal Farouk Federico Felipe Felix Feodor Ferdinand "
    "Fernando Filippo Floris Formosus Francesco Francis Francisco Francois Franz Frederick "
    "Friedrich Fulk Fyodor Galeazzo Garcia Gaston Gelasius Geoffrey Georg George Gerard Gerhard "
    "Giovanni Godfrey Gregory Gunther Gustav Gustavus Guy Haakon Hadrian Hakam Hamid Harald "
    "Harry Heinrich Henri Henrique Henry Heraclius Hermann Hermenegild Hisham Honorius Hormizd "
    "Hugh Humbert Hussein Idris Ignatius Innocent Isaac Isabel Isabella Ivan Jacques Jahangir "
    "Jaime James Jayavarman Jean Jerome Joachim Joan Joanna Joao Johan Johann John Jose Joseph "
    "Juan Julius Justinian Kamehameha Karekin Karl Kavadh Kenneth Khan Khosrau Khosrow Ladislaus "
    "Laszlo Leo Leon Leopold Letsie Linus Llywelyn Lorenzo Lothair Lothar Louis Louise Lucius "
    "Ludovico Ludwig Luis Lukas Magnus Mahmud Malcolm Manfred Manuel Margaret Marinus Martin "
    "Mary Matilda Maximilian Mehmed Mehmet Menelik Mentuhotep Michael Mieszko Mircea Mithridates "
    "Mohammed Moritz Moshoeshoe Mswati Muhammad Murad Mursili Mustafa Napoleon Narmer Nasir "
    "Nebuchadnezzar Nectanebo Nero Niccolo Nicholas Nicomedes Ninurta Norodom Obizzo Odo Olaf "
    "Olav Olga Olivier Ordono Oscar Osman Osorkon Otto Ottokar Paschal Paul Pedro Pelagius Pepi "
    "Pepin Peroz Perseus Peter Petru Philip Philippa Philippe Phraates Pierre Pileser Pippin "
    "Pius Psamtik Psusennes Ptolemy Radu Rainier Rama Rameses Ramesses Ramiro Ramon Ramses Raoul "
    "Raymond Reza Richard Robert Roger Romanos Rudolf Rudolph Ruprecht Sabinian Sancho Sargon "
    "Sebastian Seleucus Seleukos Selim Senusret Sergius Seti Severus Shah Shalmaneser Shapur "
    "Shenouda Sheshonq Sigebert Sigismund Simeon Sixtus Sobekhotep Sobhuza Sofia Solomon Stefan "
    "Stephen Suleiman Suppiluliuma Sverre Svyatoslav Sylvester Takelot Tancred Tawadros Teodoro "
    "Theobald Theoderic Theodore Theodoric Theodoros Theodosius Thibaut Thomas Thutmose Tigranes "
    "Tudhaliya Tupou Tuthmosis Tvrtko Uladislaus Ulrich Umar Umberto Urban Vakhtang Valdemar "
    "Valentinian Vasili Vasily Victor Victoria Vittorio Vlad Vladimir Vladislaus Vologases "
    "Vytautas Waldemar Walter Wenceslas Wenceslaus Wenzel Wilhelm Wilhelmina William Wladyslaw "
    "Xerxes Yaroslav Yazdegerd Yohannes Yusuf Zacharias Zachary Zygmunt "
)
# Of others whose sons have theirs: "Davis Love III".
_FIRST_NAMES = word_set("Davis Thurston Samuel Daniel")
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
_END = r"(?!\w|-(?!-)|'(?!s\b)|\.\w)"
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
_RULER = re.compile(rf"\b([A-Z][A-Za-z]{{2,}}) ({_VALID}){_END}{_NO_INITIAL}")
# "Henry Ford II", "Davis Love III".
_FULL_NAME = re.compile(r"\b([A-Z][a-z]+)((?: [A-Z]\.?)? [A-Z][a-z]+),? (II|III|IV)(?![\w-]|\.\w)")
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
        text = _FULL_NAME.sub(_full_name, text)
    before = text
    text = _PART.sub(_part, text)
    if text != before:
        text = _LIST.sub(lambda m: f"{m[1]} {cardinal(value(m[2]))}" if m[2] != "I" else m[0], text)
    text = _ORDINAL.sub(lambda m: f"{ordinal(value(m[1]))} " if m[1] != "I" else m[0], text)
    return _ALONE.sub(_alone, text)


def _full_name(match: re.Match[str]) -> str:
    first, rest, numeral = match.groups()
    if first not in _RULERS and first not in _FIRST_NAMES:
        return match[0]
    return f"{first}{rest} the {ordinal(value(numeral))}"


def _ruler(match: re.Match[str]) -> str:
    name = match[1].capitalize() if match[1].isupper() else match[1]
    if name not in _RULERS or (name == "Malcolm" and match[2] == "X"):
        return match[0]
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
