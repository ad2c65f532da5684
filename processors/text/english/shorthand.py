"""What people write short in notes and messages, without a stop or with one: "thx, the mtg is
tmrw" -> "thanks, the meeting is tomorrow"; and "brb", which is said letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import STARTERS, behind

# None of these is a word.
_SHORT = """
mtg meeting|mtgs meetings|appt appointment|appts appointments|mgmt management|mgr manager|
thx thanks|thnx thanks|tnx thanks|pls please|plz please|ppl people|msg message|msgs messages|
tmrw tomorrow|wknd weekend|bday birthday|qty quantity|qtys quantities|thru through|tix tickets|
dept department|depts departments|govt government|bldg building|acct account|accts accounts|
natl national|intl international|wk week|wks weeks|yr year|yrs years|hr hour|hrs hours|
mins minutes|blk block|blks blocks|temps temperatures|avg average|approx approximately|
incl including|excl excluding|attn attention|misc miscellaneous|cuz because|tho though|
w/e whatever|b/c because|b/w between|w/in within|pkg package|pkgs packages|addr address|
rcvd received|recpt receipt|rcpt receipt|rcpts receipts|cont'd continued|dep't department|
ass'n association|comm'n commission|int'l international|nat'l national|gov't government|
assn association|assoc association|pct percent|sqft square feet|xmas Christmas|
apts apartments|jct junction|rec'd received|yday yesterday|fwd forward|ht height|wt weight|
lg large|btwn between|avail available|mkt market|mkts markets|smkg smoking|blt built|
req'd required|wkday weekday|wkdays weekdays|wkends weekends|conf conference|rm room|rms rooms|
bdrm bedroom|bdrms bedrooms|bsmt basement|fplc fireplace|furn furnished|utils utilities|
mstr master|lndry laundry|renov renovated|pg page|pgs pages|exx examples|sched schedule|
hgb hemoglobin|hct hematocrit|plt platelets|dx diagnosis|tx treatment|hx history|sx symptoms|
s/p status post|h/o history of|r/o rule out|f/u follow up|reb rebounds|recv receive|
cnty county|twp township|hts heights|spgs springs|jct junction|ctr center|cntr center|
subj subject|prob probably|obv obviously|prolly probably|abt about|qtr quarter|
qtrs quarters|lvl level|lvls levels|ctrl control|cc C.C.|bcc B.C.C.|
txt text|txts texts|txting texting|mth month|mths months|ntwk network|ur your|urs yours|
pk pack|pks packs|hwy highway|blvd boulevard
"""
_WORDS: dict[str, str] = dict(
    pair.strip().split(" ", 1) for pair in _SHORT.replace("\n", "").split("|")
)
_WITH_DIGITS = {
    "2nite": "tonight",
    "2day": "today",
    "2moro": "tomorrow",
    "2morrow": "tomorrow",
    "b4": "before",
    "gr8": "great",
    "l8r": "later",
    "m8": "mate",
    "w8": "wait",
    "str8": "straight",
    "4ever": "forever",
    "4get": "forget",
    "4ward": "forward",
    "2gether": "together",
    "2mrw": "tomorrow",
    "any1": "anyone",
    "some1": "someone",
    "every1": "everyone",
    "every1's": "everyone's",
    "l8": "late",
    "l8er": "later",
    "h8": "hate",
    "m8s": "mates",
}
_DIGITS = re.compile(
    rf"(?<![\w.@#'/-])({'|'.join(sorted(_WITH_DIGITS, key=len, reverse=True))})(?![\w@'/-])", re.I
)
_GLUED = re.compile(r"\d(?:[A-Za-z]|(?<=[A-Za-z]\d))")
_BEFORE_NUMBER = {
    "ep": "episode",
    "eps": "episodes",
    "vol": "volume",
    "ch": "chapter",
    "fig": "figure",
    "sec": "section",
    "apt": "apartment",
    "hwy": "highway",
    "rte": "route",
    "ste": "suite",
    "pp": "pages",
}
# Said letter by letter, though in small letters.
_LETTERS = (
    "brb|ttyl|omg|imo|imho|idk|btw|tbh|rn|smh|lmk|nvm|omw|fwiw|afaik|iirc|jk|irl|afk|gtg|ikr|icymi|"
    "ngl|fyi|rsvp|ffs|wtf|tldr|hmu|ily|dm|dms|np|yw|ofc|pw|mph|pdf|usb|atm|tv|tvs|pc|pcs|cd|cds|dvd|"
    "dvds|diy|dj|uk|usa|ceo|cfo|mmbtu|btu|bpd|mcf|dth"
)
# Digits for words, in a text of such: "r u going 2 call", "4 u".
_TEXTING = re.compile(
    r"\b(?:[uU]|[uU]r|[tT]xt|TXT|[lL]uv|LUV|[pP]ls|[pP]lz|[tT]hx|[tT]hanx|[mM]sg|wiv|wif|frnd|cos|gud|wat|"
    r"b4|[gG]r8|GR8|l8r|lol|nite|tmr|dont|gonna|gona|wanna|ppl)\b"
)
_FOR_WHOM = (
    "u ur me you your my him her us them it the a an this that free real sure now ever today "
    "tonight tomorrow coming going being all"
)
_TO_DO = (
    "b be do go get see c talk call come stop find take make have say send claim win u ur me my "
    "him her them us the it meet tell wait work bed school town hear know ask think put play give "
    "help leave eat sleep buy watch read write use try pay join reply unsubscribe collect receive "
    "enter you your each"
)
_FOUR_FOR, _TWO_TO = (
    re.compile(
        rf"(?<=[a-z] ){digit}"
        rf"(?= (?!\w+ dot |free [a-z]+s\b)(?:{words.replace(' ', '|')})\b)",
        re.I,
    )
    for digit, words in (("4", _FOR_WHOM), ("2", _TO_DO))
)
# Letters for words, which sound alike; not "let u be", "the u in colour", "u and v".
_YOU = re.compile(
    r"(?<![\w.'’/&+=^*()-])(?<!\b[Tt]he )(?<!\b[Ll]et )(?<!letter )(?<!\b[Aa] )(?<!\b[Aa]n )"
    r"(?<!vowel )(?<!speed )"
    r"(?:u|U(?= (?:r|are|can|have|will|get|want|know|need|should)\b))"
    r"(?!['’./&+=^*()-]\w|['’]| ?[=+*/^<>]|,? (?:and|or) [a-z]\b|, [a-z]\b)(?!\w)"
)
_ARE = re.compile(
    r"(?<=\b(?:you|how|who|why) )r\b|(?<=\b(?:they|what|When|when) )r\b|\br(?= (?:you|they|we)\b)"
)
_SEE = re.compile(r"(?<![\w'.])[cC](?= (?:you|ya)\b)")
_WHY = re.compile(r"(?:(?<=[.!?,] )|^)[yY](?= (?:are|r|do|did|is|you|not|dont|don't)\b)")
_BE = re.compile(
    r"(?<=\b(?:to|2b) )b(?= [a-z]{2})|(?<=[a-z]ll )b(?= [a-z])|(?<=dont )b(?= [a-z])|"
    r"(?<=don't )b(?= [a-z])|"
    r"(?<=\bcan )b(?= [a-z]{2})|(?<=gonna )b\b|(?<=should )b\b|(?<=\bwil )b\b|(?:(?<=[.!?,] )|"
    r"^)[bB](?= (?:there|back|home|good|careful|safe)\b)"
)
_THE = re.compile(
    r"(?:(?<=\b(?:of|in|on|at|to|is) )|(?<=\b(?:all|for) )|(?<=\b(?:with|from) ))d(?= [a-z]{3})"
)
# "the search 4 happiness": what is counted is many
_FOR_ONE = re.compile(
    r"(?<=[a-z]{3} )4(?= (?!more\b|men\b|people\b|children\b|women\b|of\b|or\b|and\b|to\b|in\b|"
    r"at\b)[a-z]*(?:ss|[a-rt-z])\b(?! [a-z]{3,}s\b))"
)
_AND = re.compile(r"(?<=[a-z] )n(?= [a-z]{2})")
_AS_SAID = {
    "wat": "what",
    "wht": "what",
    "wut": "what",
    "gud": "good",
    "luv": "love",
    "nite": "night",
}
_TEXTED = frozenset((*"urcbynd", *_AS_SAID))
_MISSPELT = re.compile(rf"\b({'|'.join(_AS_SAID)})\b", re.I)
_NUMBERED = re.compile(rf"(?<![\w.@#'-])({'|'.join(_BEFORE_NUMBER)})(?= \d)")
_ALL = frozenset((*_WORDS, *_BEFORE_NUMBER, *_LETTERS.split("|"), "ea", "<3", "<33"))
_TOKEN = re.compile(r"[a-z'/]+|<3+")
_NAMES = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_WORD = re.compile(rf"(?<![\w.@#'-])(?<!\bdot )(?<!\bslash )({_NAMES})(?![\w@'-])(\.(?!\w))?", re.I)
_SPELT = re.compile(rf"(?<![\w.@#/'-])({_LETTERS})(?![\w@'/-]|\.\w)")
# "Idk but", at the start of a sentence.
_TITLES = "|".join(word.capitalize() for word in _LETTERS.split("|") if len(word) > 2)
_SPELT_FIRST = re.compile(rf"(?:(?<=[.!?] )|^)({_TITLES})(?![\w@'/-]|\.\w)")
# What "<3", a heart, is felt by, or for.
_LOVE = re.compile(
    r"(?<=\b(?:I|u) )<3+(?!\w)|(?<=\b(?:we|We) )<3+(?!\w)|(?<=\b(?:you|You) )<3+(?!\w)"
    r"|(?<![\w<])<3+(?= (?:this|that|you|u|my|your|our|him|her|them|these|those)\b)"
)
_HEART = re.compile(r"(?<![\w<])<3+(?=[!.\s]*$)")
# Nothing to say it with: "gtx 940mx"; but "hmm".
_NO_VOWELS = re.compile(r"\b[bcdfghjklmnpqrstvwxz]{3,5}\b")
_ALONE = re.compile(
    r"(?:^|[^\w.@#'’/-])(?!(?:hm+|sh+|mm+|br+|gr+|pf+t|ps+t|tsk|zz+|sth|smth|nth|xx+|ssh)\b)"
    r"[a-z]+(?![\w'’@/-]|\.\w)"
)
_AFTER_DIGITS = re.compile(r"(\d)(?!(?:st|nd|rd|th)s?\b)([bcdfghjklmnpqrstvwxz]{2,3})\b(?!['’.]\w)")
_TWO_CONSONANTS = re.compile(r"(?<=\()[bcdfghjklmnpqrstvwxz]{2}(?=\))")  # 13.62 (pb)
_POSTSCRIPT = re.compile(
    r"(?:^|(?<=[.!?] ))([Pp]s)(?=,? (?:I|we|you|the|my|don't|do|if|can|thanks)\b)"
)
_EVERY = re.compile(r"\b[qQ] ?(\d{1,2})(?:-(\d{1,2}))? ?(h|hrs?|d|days?)\b")  # q6h
_FOR = re.compile(
    r"(?<=[a-zA-Z\d.)]) [x×] ?"
    r"(?=(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen) "
    r"(?:days?|weeks?|months?|hours?|nights?|doses?|years?)\b)"
)
_TIMES = re.compile(r"\bx\d")
_TWICE = re.compile(
    r"(?<=[a-z]{3} )x(?=[2-9](?: (?:and|or|then|in|per|with|to)\b|[.,;)]|$))"
)  # clamped x2
_EACH = re.compile(r"(?<=[a-z\d] )ea\b\.?(?=\W|$)(?<!\.$)|(?<=[a-z\d] )ea(?=\.$)")


def expand(text: str) -> str:
    """Short forms as the words they are read as."""
    if "2" in text or "4" in text or "8" in text or "1" in text:
        if _GLUED.search(text):
            text = _DIGITS.sub(_with_digits, text)
        if ("2 " in text or "4 " in text) and _TEXTING.search(text):
            text = _TWO_TO.sub("to", _FOUR_FOR.sub("for", text))
    tokens = set(_TOKEN.findall(text.lower()))
    if not tokens.isdisjoint(_TEXTED):
        text = _letters_for_words(text)
    if "q" in text or "Q" in text:
        text = _EVERY.sub(_every, text)
    if "x" in text or "×" in text:
        text = _FOR.sub(" for ", text)
        if len(_TIMES.findall(text)) == 1:
            text = _TWICE.sub("times ", text)
    if not _ALL.isdisjoint(tokens):
        if "<3" in text:
            text = _HEART.sub("heart", _LOVE.sub("love", text))
        text = _EACH.sub("each", _WORD.sub(_word, text))
        text = _NUMBERED.sub(lambda m: _BEFORE_NUMBER[m[1]], text)
        text = _SPELT.sub(lambda m: dotted(m[1]), text)
        text = _SPELT_FIRST.sub(lambda m: dotted(m[1]), text)
    text = _AFTER_DIGITS.sub(lambda m: f"{m[1]} {dotted(m[2])}", text)
    if text.startswith(("ps", "Ps")) or " ps" in text or " Ps" in text:
        text = _POSTSCRIPT.sub("P.S.", text)
    if "(" in text:
        text = _TWO_CONSONANTS.sub(lambda m: dotted(m[0]), text)
    return _NO_VOWELS.sub(_spelt, text)


def _letters_for_words(text: str) -> str:
    """ "c u, y r u late" -> "see you, why are you late"."""
    if " d " in text and _THE.search(text):
        text = _FOR_ONE.sub("for", _THE.sub("the", text))
    if _TEXTING.search(text) is None:
        return text
    text = _ARE.sub("are", _YOU.sub(_capital_of("you"), text))
    text = _BE.sub(_capital_of("be"), _SEE.sub(_capital_of("see"), text))
    text = _WHY.sub(_capital_of("why"), text)
    text = _MISSPELT.sub(lambda m: _capital_of(_AS_SAID[m[0].lower()])(m), text)
    return _AND.sub("and", text)


def _capital_of(word: str) -> Callable[[re.Match[str]], str]:
    """The word, with a capital where what it replaces has one."""
    return lambda match: word.capitalize() if match[0][0].isupper() else word


def _with_digits(match: re.Match[str]) -> str:
    words = _WITH_DIGITS[match[1].lower()]
    return words.capitalize() if match[1][0].isupper() else words


def _spelt(match: re.Match[str]) -> str:
    alone = _ALONE.match(match.string, max(0, match.start() - 1), match.end() + 2)
    return match[0] if alone is None else dotted(match[0])


def _every(match: re.Match[str]) -> str:
    first, last, unit = match.groups()
    return f"every {first}{f' to {last}' if last else ''} {'hours' if unit[0] == 'h' else 'days'}"


def _word(match: re.Match[str]) -> str:
    short, stop = match[1], match[2] or ""
    if not (short.islower() or short.istitle() or "'" in short):
        return match[0]
    words = _WORDS[short.lower()]
    if short[0].isupper():
        words = words[0].upper() + words[1:]
    if not stop:
        return words
    following = behind(match).lstrip("\"')] ")
    ends = not following or following.split(maxsplit=1)[0] in STARTERS
    return words + ("." if ends and words[-1] != "." else "")
