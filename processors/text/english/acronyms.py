"""Initialisms letter by letter ("f.b.i."), acronyms as words ("nasa"), codes such as MP3."""

from __future__ import annotations

import re

from recital.processors.text.english.capital_words import COMMON, SAID_AS_WORDS, is_short_word
from recital.processors.text.english.outline import holds, shape
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import TABLES, ahead, behind, one_of, pairs, word_set

_KNOWN = word_set(TABLES["initialisms"])
# Those in small letters, but for what is a word or a name so, too.
SPELT_SMALL = sorted(
    letters.lower()
    for letters in _KNOWN
    - word_set(
        "UN EU MIT IT SAT SEC VAR LED UPS ORG SOS LOL ADA AMA APA ABA ANA IRA ISO ETA API AI TIA "
        "EST AST WAA CAA ABC ACA HOA AFL CIO COO YYYY ASAP NASD RAF DEA EMS EMT IMO VIP TBA FAA"
    )
)
# How a word may begin, what may be between its vowels, and how it may end: for capitals that may be
# a word or letters.
_ONSET = (
    r"(?:[BCDFGHJKLMNPRSTVWYZ]|QU|SPH|PHR|[BCFGPS]L|[BCDFGPT]R|[DST]W|CHR?|[BDGK]H|G?N|KN|PH|PS|RH|"
    r"S[CKMNPTQ]U?|SCH|S[CPT]R|SHR?|SPL|TH[RW]?|W[HR])"
)
_CODA = (
    r"(?:(?:[BCDFGKLMNPRSTVWXYZ]|CK|KH|CT|CH|FT|GHT|L[DFKMPTV]|LL|M[BP]|N[CDGKTX]|NCH|NN|[FPS]F|"
    r"P[HT]|RR|H|R[BCDFGKLMNPTVX]|R[CST]H|RLD|S[HKMPT]|TCH|TH|TT|W[DKLN]|XT|ZZ|DD|GG|BB|B[LT]|GH|"
    r"GN|LB|MN|MPT|MPH|NCT|THM|HN)S?|SS|[LN]?RS[TE]?|NS|(?:[DFN]|GH|LF?|NG|P|RM|W|X|ND)THS?|"
    r"N?GTHS?|(?:D|L|NG|R)STS?)"
)
# "USPTO", "AICPA": offices of a country, and letters that no English word has together.
_SAYABLE = re.compile(
    # longer ones may be divided in very many ways
    rf"(?!US[B-DFGJ-NP-TV-XZ][A-Z]{{2}}$|[A-Z]*C[BDFGPV]|[A-Z]{{25}}){_ONSET}?"
    rf"(?:[AEIOUY]+(?:{_CODA}?{_ONSET}|X))*[AEIOUY]+{_CODA}?"
)
_TWO_CAPITALS_ON = re.compile(r"(?<![\w.])[A-Z]{2,}(?![\w.]\w)")
_LONG_WORD = re.compile(r"[A-Za-z]{2,}")
_RUN = re.compile(r"(?<![\w.'-])[A-Z]{2,}(?:(?: |-)[A-Z]{2,})+(?![\w'-]|\.\w)")
# Letters of both kinds that are said one by one.
_MIXED = re.compile(
    r"(?<![\w.'])(pH|xGA?|DfE|DfT|DfID|hCG|hsCRP|iOS|eGFR|fMRI|Ig[AEGM]|[a-z]{1,2}[DR]NA|HbA(?=1)|"
    r"FiO(?=2)|"
    r"S[Pp][Oo](?=2)|S[av]O(?=2)|pC?O(?=2)|aV[FLR]|q(?:RT-)?PCR|h[EM]SC|h?iPSC|HB[es]Ag|QTc[BF]?)(?=s?(?![a-z]))"
)
# BSc, MEng, EdD
_DEGREE = re.compile(
    r"\b(?:([BMD])Sc|(D(?!Com)|[BM]|[CIP](?=Eng))(Eng|Ed|Comm?|Tech|Phil|Res|Mus|Chem|Litt|Arch)|(Ed|Psy|"
    r"Pharm)D|LL\.? ?([BMD]))(s?)\b(?!['’.]\w)(?:(?<=L\.[BMD])\.|(?<=LL[BMD])\.(?= ?,))?"
)
_GAS = re.compile(r"\b(MMBtu|MMbtu|Btu|MMcf|Mcf|Bcf|Tcf)(?=s?\b)")
# "pronounced ZEE-no"
_RESPELT = re.compile(r"\b(?:[A-Z]{2,6}-(?:[a-z]{1,6}\b)|[a-z]{1,6}-[A-Z]{2,6}\b)(?:-[A-Za-z]+)*")
_EMPHASIS = re.compile(r"\b[A-Z]{3,}(?=[a-z]{3,}\b)")  # SOMEthing
_SMALL_CODE = re.compile(
    r"(?<![\w.@])(?!(?:vs|pp|ft|kg|km|cm|mm|ch|mr|ps|pg|"
    r"mp(?![34]\b))\d)([bcdfghjklmnpqrstvwxz]{2,3})(?=\d)"
)  # fm78
# HRonline, XPoint, SKorea; but "THere"
_GLUED_LETTERS = re.compile(
    r"\b(?:(?=HR|PC|TV|DV|CD|VM|LP|QR|DJ(?=[A-Z])|UK)([A-Z]{2})|(?![TSCWPG]H|[BCDFGPTW]R|"
    r"S[CLMNPTW]|[BCFGP]L|KN|QU|LL)"
    r"([BCDFGHJKLMNPQRSTVWXZ])(?=[BCDFGHJKLMNPQRSTVWXZ]))(?=[A-Z]?[a-z]{4,}\b)"
)
_FINAL_E = re.compile(r"\b([A-Z]{3}e)(?=s?\b)")  # NVMe, PCIe
_MIXED_CASE = re.compile(r"[A-Z]o[A-Z]|[A-Z]{3}[a-z]")
# A word in capitals that is alone in brackets is short for something: "(CAN)", "(ACT)".
_BRACKETED = re.compile(r"(?<=\()([A-Z]{3}|SO)(?=\))")
# Costco (COST), where it is about stocks
_TICKER = re.compile(r"\b([A-Z])(?=[\w'&.-]* \(\1[A-Z]{2,4}\))([\w'&.-]* \()([A-Z]+)(?=\))")
_OF_STOCKS = re.compile(r"\b(?:[Ss]hares?|[Ss]tocks?|[Dd]ividends?|NYSE|N(?:ASDAQ|asdaq)|EPS)\b")
# AAA, AA batteries, 4 AAs
_DOUBLED = re.compile(
    r"\bA?AA(?:(?<=AAA)|(?=s?,? (?:or AAA |and AAA )?(?:batter|cells?))|(?<=\d AA)(?=s\b))(?=s?\b)"
)
# from AAA to AA+, of a rating
_RATING = re.compile(r"(?<![\w.'&/-])AA(?=[+-]?(?![\w'&/-]))")
_OF_RATINGS = re.compile(
    r"\b(?:[Rr]at(?:ed|ings?)|[Dd]owngrad\w+|[Uu]pgrad\w+|[Bb]onds?|Moody|Fitch|S&P|tranche)\b"
)
# PennDOT, FDOT
_TRANSPORT = re.compile(
    r"\b(Tx|Mn|Penn|Mass|Conn|NC|SC|WS|NM|ND|SD|WY|MT|ID|AK|AR|OK|LA|RI|CT|"
    r"NYS?|NYC|[ACFGIKMNOSTUV])DOT(?=s?\b)"
)
_STATE_WORDS = {"Tx": "Tex", "Mn": "Minn", "Penn": "Penn", "Mass": "Mass", "Conn": "Conn"}
_LETTERS_SLASHED = re.compile(r"(?<![\w/.])(?:[A-Z]/){2,}[A-Z](?![\w/])|\bf/b/o\b")  # I/B/E/S
_OF = re.compile(r"(?<![\w.'-])([A-Z]{1,3}o[A-Z])(?=s?\b)(?!['’.]\w)")  # DoD, PBoC
# UTHealth, but DIYers
_BEFORE_NAME = re.compile(r"\b([A-Z]{2,4})(?=[A-Z][a-z]{3,}\b)(?![A-Z](?:ers|ing|ish)\b)")
_WITH_ENDING = re.compile(r"(?<![\w.'-])([A-Z]{3,5})(?=(?:ers?|ing|ish)\b)")
_ENZYME = re.compile(r"\b(ATP|GTP|NTP|DN|RN)(?=ases?\b)")
_SYSTEM = re.compile(r"\b(iPad|tv)OS\b")
_MIXED_PARTS = (
    "Df",
    *("pH", "xG", "hCG", "hsCRP", "fMRI", "eGFR", "iOS", "NA", "Ig", "HbA1", "O2", "o2", "CO2"),
    *("aV", "PCR", "SC", "HB", "QTc"),
)
_SHOUTED_SHORT = re.compile(r"\b[A-Z]{2,8}(?:N'T|'(?:LL|VE|RE))\b")  # I DIDN'T
# Said as words where these follow.
_MAIL = re.compile(r"\bPOP(?=3\b|-?(?:3 )? (?:servers?|accounts?|mail|access|clients?|protocol)\b)")
_WRITTEN_AS = pairs(TABLES["written otherwise"])
_WRITTEN = re.compile(rf"(?<![A-Za-z]){one_of(_WRITTEN_AS)}(?![A-Za-z])")
# A letter and a word: LSAT, DRAM, CMOS, JPEG
_LETTER_WORD = re.compile(
    r"\b(?:([DSV]|NV)(RAM)|([VW])(LAN)|([CNP])(MOS)|(L)(SAT)|(G)(MAT)|([DMU])(CAT)|(P)(FAS)|"
    r"(T)(CAS)|(EE?)(PROM)|([JM])(PEG|DAM|RAP|SOC)|(M)(NIST)|(D)(KIM|MARC)|(N)(CLEX)|"
    r"(J)(STOR))(?=s?\b)"
)
_CAPITALS = re.compile(
    r"(?<![\w.])(?<!\w')(?<!'(?=(?:TIS|TWAS|TIL|EM|CAUSE|COS)\b))([A-Z]{2,})('?s)?(?![\w]|\.[A-Z])"
)
_DOTTED = re.compile(r"\b((?:[A-Za-z]\.){2,})([A-Za-z]\b(?!\w))?('?s\b)?")
_SLASHED = re.compile(r"(?<![\w/.])([A-Z]{1,4})/([A-Z]{1,4})(?![\w/])")  # P/E, TCP/IP
_AMPERSAND = re.compile(r"\b([A-Z]{1,3}) ?& ?([A-Z])\b(?!\w)")
# microSD
_TAIL = re.compile(r"[A-Z](?<=[a-z]{3}[A-Z])(?<!\bMac[A-Z])[A-Z]{1,3}\b")
_CODE = re.compile(r"\b([A-Z]{1,5})-?(?=\d)")
_DIGIT_LETTER = re.compile(r"(?<=\d)-?([A-Z])(?=s?\b)")
# "Lots A-D", "last names A-M"
_LETTERS_TO = re.compile(
    r"\b((?i:lots|seats|groups|sections|gates|pools|zones|parts|rows|units|buildings|blocks|terminals|"
    r"exhibits|schedules|halls|names|tracks|questions) )([A-Z])-([A-Z])(?![\w-])"
)
_GRADE = re.compile(r"[A-F](?<!\w[A-F])-(?:(?=[\s.,;:!?)/]|$)(?! )|(?= (?:and|or|in|on|for)\b))")
# A letter that is a name: vitamin A, plan B, X-ray.
_SINGLE = re.compile(
    r"\b([Vv]itamin|[Pp]lan|[Gg]rade|[Tt]ype|[Gg]roup|[Hh]epatitis|[Ss]ection|[Ee]xhibit|[Cc]lass|"
    r"[Tt]eam|[Pp]art|[Oo]ption|[Pp]oint|[Ll]etter|[Bb]lock|[Tt]he letter|[Aa]n?) ([A-Z])\b"
    r"(?![.'\w])"
)


_LONE = re.compile(r" [A-Z](?![.'\w])")
# Words that capitals make an initialism, where the neighbours say so.
_IT_AFTER = (
    "department|dept|team|support|staff|guys?|manager|director|systems?|security|consultant|"
    "company|companies|sector|industry|professionals?|services?|infrastructure|budget|help|"
    "specialists?|workers?|jobs?|admins?|administrators?|policy|office|firms?|skills|people|person|"
    "desk|projects?|equipment|problems?|issues?|training|outsourcing|spending|experts?|engineers?|"
    "solutions?|head|chief"
)
_ANY_HIDDEN = re.compile(r"\b(?:[AIOUW](?:[DMNPRSTU]|CT|HO)|SO|RIP)\b")
_HIDDEN = re.compile(
    rf"(?<![\w.'])(?:IT(?= (?:{_IT_AFTER})\b)|(?<=[Tt]he )(?:WHO|OR|US|AM|AT|ID|IN|ACT)\b|"
    r"IT(?=[:-] )|(?:(?<=[Mm]y )|(?<=[Yy]our )|(?<=\b[Hh]is )|(?<=\b[Hh]er ))SO\b|"
    r"ACT(?= (?:scores?|exam|prep)\b)|RIP(?=,? (?:to\b|[A-Z][a-z]))|IT(?= and (?:telecom|communic|"
    r"technolog))|(?<=[A-Z] and )WHO\b|WHO(?= (?:says?\b|said|warn|declare|report|official|data|"
    r"guid|recommend|estimate|has|is|chief|director))|(?<=\d )IU\b|(?:(?<=\ban )|(?<=by )|"
    r"(?<=against ))IS\b(?! (?:it|this|that|the|a|an|not|my|your)\b)|IS(?= (?:militants?|fighters?|"
    r"forces|soldiers?|attacks?|leaders?|recruits?|massacres?|territory|propaganda|extremists|"
    r"jihadists)\b))(?!\w|\.\w)"
)
# IT inside of a sentence is the trade, unless it is stressed: "I LOVE IT", "I love IT!"
_TRADE = re.compile(r"(?<=[a-z\d,;:/&(] |.[(/-])IT\b(?![\w&]|['’.]\w)")
_STRESSED = re.compile(
    r"(?:\b(?:called|d[oi]d?|done|g[eo]t|love[ds]?|hate[ds]?|want(?:ed)?|like[ds]?|ma[dk]e|buy|"
    r"bought|tr(?:y|ied)|believe|(?:[Tt]his|[Tt]hat) (?:is|was)|sa(?:y|id|w)|see|go for)|['’]s) $"
)
_STRESS_ENDS = re.compile(r"[.,!?;:)]|$| (?:so|too|all|again|now|and|to|is|was)\b")
_SHOUTED_BEFORE = re.compile(r"\b([A-Z]{2,}) $")
_SHOUTED_BEHIND = re.compile(r" ([A-Z]{2,})\b")
# AM Best; but "I AM", "WHO AM I"
_AM = re.compile(r"(?<=[a-z\d,;(] |.\()AM\b(?! (?:I|radio|stations?)\b|['’.]\w)")
# "from DEN to MAD": codes of airports that are words
_AIRPORT = re.compile(
    r"(?:(?<=[Ff]rom )|(?<=[Tt]o )|(?<=[Vv]ia )|(?<=into )|(?<=at )|(?<=-)|(?=[A-Z]{3}-[A-Z]{3}\b))"
    r"\b(?:DEN|PIT|MAD|SEA|SAN|"
    r"FAT|HAM|BUD|GIG|BOG|CAI|COS|OAK|RIC|LIS|SIN|MAN|LAX|TUL|MEL)(?:(?=-)|\b(?!['’.]\w))"
)
_OF_FLIGHTS = re.compile(
    r"\b(?:[Ff]l(?:ights?|ts?|y|ying|ew|own)|[Gg]ates?|[Ll]ayovers?|[Bb]oard(?:ing|s)|[Dd]epart\w*|"
    r"[Aa]rriv\w*|[Nn]onstop|[Aa]irports?|[Ll]and(?:s|ed|ing))\b"
)
# sizes of clothes: XS-3XL
_SIZES = re.compile(r"(?<![\w.-])(\d?X{0,3}[SML])-(?=\d?X{0,4}[LM]\b(?![-.]\w))")
_HOME = re.compile(r"(?<=[a-z] )HA\b(?!,? HA|[!?])")
_PREFIX = re.compile(r"(?:CO|EX|RE|BI|DE|UN)-[A-Z]{2}")  # CO-DEFENDANT
_CONSONANTS = re.compile(r"[^AEIOUY]{4,}")


def codes(text: str) -> str:
    """Letters with digits or signs around them: "MP3" -> "MP 3", "AT&T" -> "A.T. and T", and the
    letter A where it is no article ("vitamin A."). In capitals; see `spell`.
    """
    if not text.isupper():
        if _ANY_HIDDEN.search(text):
            text = _HIDDEN.sub(lambda m: dotted(m[0]), text)
        if "IT" in text:
            text = _TRADE.sub(_trade, text)
        if "AM" in text:
            text = _AM.sub(_trade, text)
        if "AAA" in shape(text) and _AIRPORT.search(text) and _OF_FLIGHTS.search(text):
            text = _AIRPORT.sub(lambda m: dotted(m[0]), text)
        if "HA" in text:
            text = _HOME.sub("H.A.", text)
        if "(" in text:
            text = _BRACKETED.sub(_bracketed, text)
            if "(AAA" in shape(text) and _OF_STOCKS.search(text):
                text = _TICKER.sub(lambda m: m[1] + m[2] + dotted(m[3]), text)
        if "AA" in text:
            if "AAA" in text or _OF_RATINGS.search(text):
                text = _RATING.sub(lambda m: f"double A{'.' * (behind(m)[:1] not in '+-')}", text)
            text = _DOUBLED.sub(lambda m: f"{'triple' if len(m[0]) == 3 else 'double'} A.", text)
    if "N'T" in text or "'LL" in text or "'VE" in text or "'RE" in text:
        text = _SHOUTED_SHORT.sub(lambda m: m[0].lower(), text)
    if "XL" in text or "XS" in text:
        text = _SIZES.sub(r"\1 to ", text)
    if "POP" in text:
        text = _MAIL.sub("Pop ", text).replace("Pop  ", "Pop ")
    if "AAAA" in shape(text):
        text = _LETTER_WORD.sub(_letter_word, text)
    if holds(text, _WRITTEN_AS):
        text = _WRITTEN.sub(lambda m: _WRITTEN_AS[m[0]], text)
    if "ase" in text:
        text = _ENZYME.sub(lambda m: f"{dotted(m[1])} ", text)
    if "OS" in text:
        text = _SYSTEM.sub(r"\1 OS", text)
    if "tu" in text or "cf" in text:
        text = _GAS.sub(lambda m: dotted(m[1]), text)
    if holds(text, _MIXED_PARTS):
        text = _MIXED.sub(_mixed, text)
    if "AAa" in shape(text) or "aA" in shape(text) or "LL" in text:
        text = _DEGREE.sub(_degree, text)
    if "DOT" in text:
        text = _TRANSPORT.sub(lambda m: f"{_STATE_WORDS.get(m[1]) or _name(m[1])} dot", text)
    if "/" in text:
        text = _LETTERS_SLASHED.sub(lambda m: dotted(m[0].replace("/", "").upper()), text)
        text = _SLASHED.sub(_slashed, text)
    if "&" in text:
        text = _AMPERSAND.sub(lambda m: f"{_name(m[1])} and {_name(m[2])}", text)
    near = shape(text)
    if ("AaA" in near or "AAAa" in near) and _MIXED_CASE.search(text):
        text = _EMPHASIS.sub(lambda m: m[0].lower() if m[0] in COMMON else m[0], text)
        text = _FINAL_E.sub(lambda m: dotted(m[1]), text)
        text = _WITH_ENDING.sub(r"\1-", text)
        text = _BEFORE_NAME.sub(r"\1 ", _OF.sub(lambda m: dotted(m[1]), text))
    if "AAaaaa" in shape(text):
        text = _GLUED_LETTERS.sub(lambda m: f"{m[0]} ", text)
    if "aa0" in shape(text):
        text = _SMALL_CODE.sub(lambda m: f"{dotted(m[1])} ", text)
    if "aaaAA" in shape(text):
        text = _TAIL.sub(r" \g<0>", text)
    if "A0" in shape(text) or "A-0" in shape(text):
        text = _CODE.sub(_code, text)
    if "0A" in shape(text) or "0-A" in shape(text):
        text = _DIGIT_LETTER.sub(lambda m: f" {_name(m[1])}", text)
    if " A-A" in shape(text):
        text = _LETTERS_TO.sub(lambda m: f"{m[1]}{_name(m[2])} to {_name(m[3])}", text)
    if "-" in text:
        text = _GRADE.sub(lambda m: f"{_name(m[0][0])} minus", text)
    return _SINGLE.sub(_single, text) if _LONE.search(text) else text


def _trade(match: re.Match[str]) -> str:
    """ "an IT veteran"; but "JUST DO IT", "I love IT!"."""
    before = ahead(match, 12)
    shouted = _SHOUTED_BEFORE.search(before) or _SHOUTED_BEHIND.match(match.string, match.end())
    if shouted and is_short_word(shouted[1]):
        return match[0]
    stressed = _STRESSED.search(before) and _STRESS_ENDS.match(match.string, match.end())
    return match[0] if stressed else dotted(match[0])


def _bracketed(match: re.Match[str]) -> str:
    return dotted(match[1]) if match[1] in COMMON else match[0]


def _slashed(match: re.Match[str]) -> str:
    """ "TCP/IP" -> "T.C.P. I.P.", "HIV/AIDS" -> "H.I.V. AIDS"; but "TO/FROM"."""
    parts = match.groups()
    if not COMMON.isdisjoint(parts):
        return match[0]
    return " ".join(p if len(p) > 1 and _is_word(p) else _name(p) for p in parts)


def _degree(match: re.Match[str]) -> str:
    science, letter, subject, doctor, laws, many = match.groups()
    if science or laws:
        letters = f"{science}SC" if science else f"LL{laws}"
        return f"{letters}s" if many else dotted(letters)
    return f"{letter} {subject}{many}" if letter else f"{doctor} D{many}"


def _letter_word(match: re.Match[str]) -> str:
    """ "LSAT" -> "L Sat"."""
    letter, word = filter(None, match.groups())
    return f"{letter} {word.capitalize()}"


def _mixed(match: re.Match[str]) -> str:
    digit = match.string[match.end() : match.end() + 1].isdigit()
    return dotted(match[1]) + (" " if digit else "")


def spell(text: str) -> str:
    """ "the FBI" -> "the f.b.i.", "NASA" stays: for voices that know letters or ARPAbet."""
    if "pronounc" in text:
        text = _RESPELT.sub(lambda m: m[0].lower(), text)
    if is_shouted(text):
        return _shouted(text)
    if holds(shape(text), ("a.a.", "A.A.", "a.A.", "A.a.")):
        text = _DOTTED.sub(_dotted, text)
    if "AA" not in shape(text):
        return text
    return _CAPITALS.sub(_capitals, _RUN.sub(_run, text))


def is_shouted(text: str) -> bool:
    """Whether most words are in capitals, not counting those that numbers have become."""
    if shape(text).count("AA") < 3:
        return False
    capitals = len(_TWO_CAPITALS_ON.findall(text))
    return capitals >= 3 and (
        text.isupper() or (capitals > 4 and 3 * capitals > len(_LONG_WORD.findall(text)))
    )


def _run(match: re.Match[str]) -> str:
    """Next to a word in capitals what can be said is one, too: "REPORT CARDS", "FORT ANN"."""
    words = re.split(r"([ -])", match[0])
    if not any(map(_is_plain, words[::2])):
        return match[0]
    return "".join(
        word.lower() if _SAYABLE.fullmatch(word) and word not in _KNOWN else word for word in words
    )


def _shouted(text: str) -> str:
    """A text all in capitals is shouted, not spelt; only well-known initialisms are."""
    return _CAPITALS.sub(
        lambda m: (
            dotted(m[1]) + (m[2] or "").lower()
            if _is_spelt(m[1]) and not _PREFIX.match(text, m.start())
            else m[0]
        ),
        text,
    )


def _name(letters: str) -> str:
    """Letters said one by one; one alone needs no stop, but for the article."""
    return letters if len(letters) == 1 and letters != "A" else dotted(letters)


def _single(match: re.Match[str]) -> str:
    if match[1].lower() in ("a", "an", "part") and match[2] in "AI":
        return match[0]
    return f"{match[1]} {_name(match[2])}"


def _code(match: re.Match[str]) -> str:
    letters = match[1]
    # "BE4", "OAK01", but "FOX29"
    named = len(letters) > 2 and behind(match)[:1] != "0"
    as_it_is = len(letters) > 3 or named or (len(letters) > 1 and letters not in COMMON)
    return (letters if as_it_is else _name(letters)) + " "


def _dotted(match: re.Match[str]) -> str:
    """ "U.S" and "U.S." -> "u.s."; the stop of the sentence is the same one."""
    return match[1].lower() + (f"{match[2].lower()}." if match[2] else "") + (match[3] or "")


def _capitals(match: re.Match[str]) -> str:
    word, plural = match[1], match[2] or ""
    if _is_word(word):
        return match[0]
    if word[-1] == "S" and word[:-1] in _KNOWN and word not in _KNOWN:  # GPUS
        word, plural = word[:-1], "s"
    return dotted(word).lower() + plural


def _is_plain(word: str) -> bool:
    """A word that shows that its neighbours are words, too."""
    sayable = len(word) > 3 and _SAYABLE.fullmatch(word) and word not in _KNOWN
    return bool(sayable) or (_is_word(word) and word not in SAID_AS_WORDS)


def _is_spelt(word: str) -> bool:
    """Said letter by letter even where all is in capitals."""
    sayable = len(word) > 2 and _SAYABLE.fullmatch(word)
    return word in _KNOWN or not (sayable or _is_word(word))


def _is_word(word: str) -> bool:
    """Said as a word: known so, or long and shaped like one."""
    if word in _KNOWN or (word[-1] == "S" and word[:-1] in _KNOWN):
        return False
    if is_short_word(word) or (len(word) > 4 and _SAYABLE.fullmatch(word)):
        return True
    n_vowels = sum(letter in "AEIOUY" for letter in word)
    return len(word) > 6 and 0.25 <= n_vowels / len(word) <= 0.6 and not _CONSONANTS.search(word)
