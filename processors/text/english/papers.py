"""What papers and encyclopedias are full of: "L(-1)", "OR 1.4", "25(OH)D", "hafnium (IV)", numbers
of notes that lost their place above the line, "[clarification needed]", "thirty (30) days".
"""

from __future__ import annotations

import re

from recital.processors.text.english.abbreviations import SHORT
from recital.processors.text.english.unit_names import UNITS
from recital.processors.text.english.web import spell_address
from recital.processors.text.english.words import cardinal

# "micromol L(-1)", "kg/m(2)", as indexes of medicine write powers
_POWER = re.compile(
    r"(?<![A-Za-z])((?:[mckμ]|micro|milli|nano)?(?:mol|[gLlm])|dL|min|mm|cm|km|kg|h|s|d|day|IU|U|"
    r"kPa|Hg|kcal|mV)\((-?[1-3])\)(?![\w(])"
)
_ANY_POWER = re.compile(r"[a-zLgU]\(-?[1-3]\)")
# odds ratio
_ODDS = re.compile(r"(?<![A-Z] )(?<![\w/])OR(?= ?[=:,]? ?\d+\.\d)|(?<=[(\[])OR(?=[)\]])")
_INCIDENCE = re.compile(r"\bIRR(?= ?[=:,]? ?\d{1,2}\.\d)")  # incidence rate ratio
_OR_EQUAL = re.compile(r"([<>]) ?or ?= ?")  # BMI >or = 30
_MINUS_BELOW = re.compile(r"(?<=[\d.]) ?\+- ?(?=\d)|(?<=[a-z])\+/-(?=[A-Z\d])")  # 45 +- 3
_SQUARED_R = re.compile(r"(?<![\w.])([rR])2(?= ?[=<>≥≤] ?-?0?\.\d)")
# "10 435 patients"
_GROUPED = re.compile(
    r"(?:(?<=\b[Oo]f )|(?<=\b[Tt]he )|(?<=\b[Ii]n )|(?<=\b[Aa]mong )|(?<=\bincluded )|"
    r"(?<=\babout )|(?<=\bfrom )|(?<=\bwith )|(?<=\band )|(?<=\ball )|(?<=\bhad )|(?<=\bhave )|^|"
    r"(?<=[(=] ))([1-9]\d{0,2}) (\d{3})(?= (?!times\b|is\b|was\b|has\b)(?:[a-z]{4,} )?"
    r"[a-z]{3,}(?:s|men|ren|people)\b)|(?<=[$€£])([1-9]\d{0,2}) (\d{3})(?= [mb]illion\b|"
    r"(?: \d{3})*(?![\d ]))"
)
_ANY_GROUPED = re.compile(r"\d \d{3} ")
_KELVINS = re.compile(
    r"(?<![\w.,$£€-])([1-9]\d{0,3}(?:\.\d+)?) K(?=[.,;:)]|$| (?:for|and|to|in|under|with|at|by|or|"
    r"using|overnight|is|was|were|on|from|the)\b)"
)
_OF_HEAT = re.compile(
    r"\b(?:[Tt]emperatures?|heat\w*|cool\w*|anneal\w*|calcin\w*|sinter\w*|dried|warm\w*|fir(?:ed|"
    r"ing)|quench\w*|kelvin|freez\w*|boil\w*|melt\w*|autoclave|furnace|oven|superconduct\w*|"
    r"synthesi\w*)\b"
)
_SAMPLE = re.compile(r"(?<=\b[nN])( ?= ?[1-9])(\d{3})(?![\d,.]\d|\d|-)")  # N = 1498, no year
_DEVIATION = re.compile(r"(?<=deviation, )SD\b|(?<=deviations, )SDs?\b")
_STAR = re.compile(
    r"(?<=\d|[A-Z])\*(?=\d)(?:(?<=CYP\d[A-Z]\d.)|(?<=CYP\d[A-Z]\d\d.)|(?<=DQB1.)|(?<=DRB1.)|"
    r"(?<=DPB1.)|(?<=UGT1A1.)|(?<=HLA-[ABC].)|(?<=NAT2.)|(?<=TPMT.))"
)
_MARKERS = re.compile(r"\bCA[ -]?(19|72|15|27|50)-(9|4|3|29)\b")  # of tumors
_DAYS_APART = re.compile(r"(?<=\b\d\d\.\d\d\.\d{4}) ?[-–] ?(?=\d\d\.\d\d\.\d{4}\b)")
_VITAMIN = re.compile(r"(?<![\w.])(?:(1),? ?)?(25),?(?:26)?-?\(OH\)(\d?) ?(?=D\d?\b|vitamin)")
_DOI = re.compile(
    r"(?<!doi:)(?<!doi: )(?<!DOI:)(?<!DOI: )(?<!DOI )(?<!doi )(?<![\w./])10\.\d{4,5}/[\w.()/;:-]*\w"
)
_METALS = (
    r"[Tt]itanium|[Hh]afnium|[Zz]irconium|[Mm]anganese|[Tt]in|[Ll]ead|[Pp]latinum|[Uu]ranium|"
    r"[Vv]anadium|[Cc]erium|[Ii]ridium|[Oo]smium|[Rr]uthenium|[Tt]horium|[Pp]lutonium|[Pp]alladium|"
    r"[Ss]elenium|[Ss]ulfur|[Ss]ilicon|[Gg]ermanium|[Tt]ungsten|[Mm]olybdenum"
)
_VALENCE = re.compile(rf"\b({_METALS}) ?\(IV\)")
# "the baseline system.5 We then": the number of a note that was above the line
_NOTE = re.compile(r"(?<![\w.])(\w*[a-z]{4,}\.)\d{1,3}(?:[,–-] ?\d{1,3})*(?=\s+[A-Z][a-z]|\s*$)")
_NOTE_OF_PERCENT = re.compile(r"(?<=\d%\.)\d{1,2}(?=\s+[A-Z][a-z]|\s*$)")
_ANY_NOTE = re.compile(r"[a-z]\.\d{1,3}(?:[ ,–-]|$)")
# "tensions.:133-134", pages of a note of an encyclopedia
_PAGES = re.compile(
    r"(?<=[.,;!?)\"”])(?<!\d.):\d{1,4}(?:[-–,:] ?\d{1,4}(?:-\d{1,4})?)*(?=\s|$)(?! ?[ap]\.?m)"
)
_ASIDE = re.compile(
    r" ?\[(?:update|clarification needed|citation needed|when\?|who\?|where\?|why\?|how\?|which\?|"
    r"by whom\?|according to whom\?|page needed|better source needed|dubious(?: [-–] discuss)?|"
    r"original research\??|verification needed|failed verification|full citation needed|vague|"
    r"not in citation given|weasel words|neutrality is disputed|dead link|"
    r"further explanation needed|specify|non-primary source needed|unreliable source\??|"
    r"needs update|sic\?|edit)\]"
)
_RATIO_APART = re.compile(r"(?<=\d) : (?=\d[\d.]*(?![\d:]| ?[ap]\.?m))(?<!\d:\d\d : )")  # 1 : 10
_BY_FACTORS = re.compile(
    r"(?<=\d)(?: ?[×x] ?| {1,2}times {1,2})(?=\d(?: ?[×x] ?\d)? (?:(?:mixed|full|within-subjects?|"
    r"between-subjects?|repeated[- ]measures) )?(?:factorial|design|ANOVA|matri|table|contingency|"
    r"grid|arrays?))"
)
_BORN = re.compile(
    r"(?:(?<=^)|(?<=[(;,] ))(b|d)\. ?(?=(?:c\. ?)?1?\d{3}\b|\d{1,2} [A-Z])|"
    r"(?<=\d [-–] )(d)\. ?(?=1?\d{3}\b)"
)
_FLOURISHED = re.compile(r"\bfl\. (?=(?:c\. ?)?1?\d{3}\b)")
_PERCENT_GLUED = re.compile(r"(?<=\d%)(?=[A-Z]{2}|[A-Z]\.)")  # 95%CI
# "thirty (30) days", "five percent (5%)": the figures repeat the words
_REPEATED = re.compile(
    r"\b((?:[A-Za-z]+-)?[A-Za-z]+)((?:[ -](?:hundred|thousand|million))*(?: (?:percent|per cent|"
    r"dollars|euros))?) \((?:US)?[$€£]?(\d{1,3}(?:,\d{3})*|\d+)(?:\.00)?(%?)\)"
)
_ANY_REPEATED = re.compile(r"[a-z] \((?:US)?[$€£]?\d[\d,.]*%?\)")
_ANOTHER_TONGUE = re.compile(
    r"\b(?:(?:[Ss]implified|[Tt]raditional) )?(?:Chinese|Japanese|Korean|Thai|Hindi|Arabic|Hebrew|"
    r"Persian|Urdu|Bengali|Tamil|Telugu|Marathi|Punjabi|Burmese|Khmer|Lao|Tibetan|Sanskrit|Amharic|"
    r"Georgian|Armenian|Mongolian|Sinhala|Nepali|Pashto|Kurdish|Kannada|Malayalam|Gujarati|"
    r"Mandarin|Cantonese|Hangul|Hanja|Kanji|Yiddish): *[,;]? *(?=[,;)]|$|[\"“'a-zA-Z])"
)


def expand(text: str) -> str:
    """Before addresses, units and numbers."""
    if "[" in text:
        text = _ASIDE.sub("", text)
    if "(" in text:
        if _ANY_POWER.search(text):
            text = _POWER.sub(_power, text)
        if "(OH)" in text:
            text = _VITAMIN.sub(_vitamin, text)
        if "(IV)" in text:
            text = _VALENCE.sub(r"\1 four", text)
        if _ANY_REPEATED.search(text):
            text = _REPEATED.sub(_repeated, text)
    if "OR" in text and not text.isupper():
        text = _ODDS.sub("O.R.", text)
    if "or" in text and "=" in text:
        text = _OR_EQUAL.sub(r"\1= ", text)
    if "IRR" in text:
        text = _INCIDENCE.sub("I.R.R.", text)
    if "=" in text:
        text = _SAMPLE.sub(r"\1,\2", text)
    if "SD" in text:
        text = _DEVIATION.sub(lambda m: "S.D." + "s" * m[0].endswith("s"), text)
    if "*" in text:
        text = _STAR.sub(" star ", text)
    if "CA" in text:
        text = _MARKERS.sub(r"C.A. \1 \2", text)
    if "." in text and ("-" in text or "–" in text):
        text = _DAYS_APART.sub(" to ", text)
    if "+-" in text or "+/-" in text:
        text = _MINUS_BELOW.sub(" plus or minus ", text)
    if "r2" in text or "R2" in text:
        text = _SQUARED_R.sub(r"\1 squared", text)
    if _ANY_GROUPED.search(text):
        text = _GROUPED.sub(_grouped, text)
    if " K" in text and _OF_HEAT.search(text):
        text = _KELVINS.sub(r"\1 kelvin", text)
    if "10." in text:
        text = _DOI.sub(lambda m: spell_address(m[0]), text)
    if "." in text and _ANY_NOTE.search(text):
        text = _NOTE.sub(_note, text)
    if "%." in text:
        text = _NOTE_OF_PERCENT.sub("", text)
    if ":" in text:
        text = _PAGES.sub("", text)
        if " : " in text:
            text = _RATIO_APART.sub(" to ", text)
    if "x" in text or " times " in text:
        text = _BY_FACTORS.sub(" by ", text)
    if "b. " in text or "d. " in text or "b.1" in text:
        text = _BORN.sub(lambda m: "born " if m[1] == "b" else "died ", text)
    if "fl. " in text:
        text = _FLOURISHED.sub("flourished ", text)
    return _PERCENT_GLUED.sub(" ", text) if "%" in text else text


def without_labels(text: str) -> str:
    """ "(Chinese: , 'the long book')" -> "('the long book')", where what is in other letters has
    been left out.
    """
    return _ANOTHER_TONGUE.sub("", text)


def _power(match: re.Match[str]) -> str:
    """ "L(-1)" -> "per liter", "m(2)" -> "m^2"."""
    name = UNITS.get(match[1], match[1])
    return f"per {name}" if match[2] == "-1" else f"{match[1]}^{match[2]}"


def _vitamin(match: re.Match[str]) -> str:
    """ "1,25(OH)2D3" -> "1 25 O.H. 2 D3"."""
    return " ".join(filter(None, (match[1], match[2], "O.H.", match[3], "")))


def _grouped(match: re.Match[str]) -> str:
    """ "10 435 patients" -> "10,435 patients"."""
    return f"{match[1]},{match[2]}" if match[1] else f"{match[3]},{match[4]}"


def _note(match: re.Match[str]) -> str:
    return match[0] if match[1][:-1].lower() in SHORT else match[1]


def _repeated(match: re.Match[str]) -> str:
    word, more, digits, percent = match.groups()
    number = int(digits.replace(",", ""))
    if number > 999_999_999 or bool(percent) != ("percent" in more or "per cent" in more):
        return match[0]
    scale = more.removesuffix(" percent").removesuffix(" per cent")
    scale = scale.removesuffix(" dollars").removesuffix(" euros")
    said = cardinal(number).replace(" and ", " ").lower()
    spoken = (word + scale).lower()
    same = said in (spoken, spoken.replace(" and ", " "))
    # of a longer number only the last words are here: "one hundred and twenty (120)"
    tail = said.endswith(f" {spoken}") and match.string[: match.start()].lower().rstrip().endswith(
        ("hundred", "thousand", "and", "million")
    )
    return f"{word}{more}" if same or tail else match[0]
