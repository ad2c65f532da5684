"""Messages of phones: digits and letters for words that sound like them ("c u 2nite", "y r u late",
"4 u"), words without their vowels ("frm", "thx"), and times as "6.30".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from recital.processors.text.english.calendar_names import DAYS
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import TABLES, around, behind, cardinal, pairs

_WITH_DIGITS = pairs(TABLES["letters and digits"])
_DIGITS = re.compile(
    r"(?<![\w.@#'/-])(?!2day\b(?<=\b[Aa] 2day)|2day\b(?<=\b[Tt]he 2day))"
    rf"({'|'.join(sorted(_WITH_DIGITS, key=len, reverse=True))})(?![\w@'/-])",
    re.I,
)
_SEAT = re.compile(r"[A-Z]\d")  # gate B4, an M8 bolt, London W8
_AT_END = re.compile(r"[.!?]|$")
_BETAS = re.compile(r"b[1-35-9]\b")  # 1.0b3 & b4
# Spelled as they are said, or without vowels; read so in messages only.
_SPELLINGS = pairs(TABLES["spellings of messages"])
_SPELLING = re.compile(rf"(?<![\w'-])({'|'.join(_SPELLINGS)})(?![\w'-])", re.I)
# "go 2 starbucks", "listen 2 this"; but "go 2 miles", "went 2 up"
_WHERE = r"\b(?:go|going|goin|went|gonna go|came|listen|listening|talk|talking|welcome(?: back)?)"
_NO_WAY = (
    r"(?!(?:for|and|or|up|down|of|to|out|in|on|more|mi(?:les?)?|k?m|blocks?|steps?|rounds?|games?|"
    r"hours?|times|days?|weeks?|months?|years?|minutes?|ways?|people|nights?)\b)[a-z]"
)
# A text of such: without one of these a letter is a letter, and a digit a number.
_SIGNS = re.compile(
    r"^r (?:we|they|you)\b|\bb there\b|\b(?:u(?!\.\w)|ur|txt|luv|pls|plz|thx|thnx|thanx|tnx|msg|"
    r"wiv|wif|frnd|coz|(?-i:cos|gud|wat|wot|b4)|gr8|l8r|lol|nite|tmr|dont|gonna|gona|wanna|ppl|frm|abt|"
    r"2nite|2day|2moro|sry|smh|wyd|"
    r"brb|idk|ngl|tbh|ikr|tysm|wkly|lor|lah)\b|\b(?:us|we|they) r\b|\b2 (?:opt[ -]?out|unsubscribe|"
    r"cancel)\b(?! [a-z]+s\b)|\b(?:sorry|thanks|thank you|wait|waiting|ready|look|looking|vote|"
    r"pray) 4 (?:the|ur|your|me|us|my|all|this|that|him|her|u)\b|"
    # "need 2 go", but "need 2 go karts", "2 see-through bags"
    r"\b(?:needs?|wants?|wan|going|got|have|like|love|trying|its|it's|whether|how|decided?|forgot|"
    r"able|used|supposed|remember) 2 (?:[a-z] |(?:late|much)\b(?! [a-z])|(?:go|see|get|be|work|do|"
    r"know|chat|talk|hear|come|pee|eat|sleep|leave|find|buy|call|pay|move|study|start|stop|meet|"
    r"cut|make|take|give|try|tell|ask|watch|bring|wait|join|reply|send|check|change)\b"
    rf"(?!-| [a-z]{{3,}}s\b))|{_WHERE} 2 {_NO_WAY}",
    re.I,
)
_ARTICLE = re.compile(
    r"(?:(?<=\b(?:of|in|on|at|to|is) )|(?<=\b(?:all|for) )|(?<=\b(?:with|from) ))d(?= [a-z]{3})"
)
_SINGLE = re.compile(r"(?<![\w.'’-])[b-hj-zB-HJ-Z24](?![\w'’-]|\.\w)")
_SPELT = re.compile(r"(?:(?<![\w'])[a-z] ){4}")  # letter by letter: "c u d n n"
_FOR_WHOM = (
    "u ur me you your my him her us them it the da a an this that free real sure now ever today "
    "tonight tomorrow coming going being all"
)
_TO_DO = (
    "chat b be do go get see c talk call come stop find take make have say send claim win u ur me "
    "my him her them us the da it meet tell wait work bed school town hear know ask think put play "
    "cut send check change bring "
    "give opt unsubscribe cancel "
    "help leave eat sleep pee study start move learn buy watch read write use try pay join "
    "reply unsubscribe collect receive "
    "enter you your each a pick"
)
_TOO = "late much bad many soon early cold hot busy tired good long far big small"
# What a number counts is many, or a time: "4 weeks", "at 2 pm", "2 of us".
_NO_COUNT = (
    r"(?!\w+ dot |out of\b|free [a-z]+s\b|(?:more|men|people|ppl|children|women|of|or|and|to|in|at|"
    r"pm|am|days?|weeks?|wks?|months?|mths?|years?|yrs?|hours?|hrs?|min\w*|doz\w*|lbs?|oz|cups?|tb?sps?|pcs|p[ck]k?gs?|for|is|was|on|from|then|"
    r"per|x|points?|week|star|dot|bed\w+|lol|lmao|haha\w*|tbh|imo|btw|rn|pls|plz|max|total|left)\b)"
)
# "mon n thurs", "mon, tue and wed", "sat & sun"; with "thurs" alone always
_WEEKDAY = r"(?:mon|tues?|weds?|thurs?|thu|fri|sat|sun)"
_TWO_DAYS = re.compile(
    rf"(?<![\w'/-])(?<!\b[Tt]he )(?<!\b[Aa] )(?:((?:{_WEEKDAY}, ?){{0,5}}{_WEEKDAY}),?( n | & |"
    rf" and | or | to | - |-|/)({_WEEKDAY})|((?i:{_WEEKDAY}))( n )((?i:{_WEEKDAY})))(?![\w'/-])"
)
_TWO_DAYS_HINT = re.compile(
    r"[MTWFSmtwfs](?:on|ues?|eds?|hu|hurs?|ri|at|un),?(?: n | & | and | or | to | - |-|/)"
    r"[MTWFSmtwfs]"
)
_EACH_DAY = re.compile(_WEEKDAY, re.I)
_WEEKEND = re.compile(r"\b(?:[Oo]n|this|next|every|both|[Ff]ree|[Oo]ff|[Oo]pen|[Cc]losed) $")
_SURE_DAY = re.compile(r"(?<![\w@#./'-])(tues|thurs?)(?<!thu)(?![\w@/'-]|\.\w)(?:\.(?= [a-z\d]))?")
# "lunch on wed?", "tmrw or sat"
_ONE_DAY = re.compile(
    r"(?:(?<=\b[Oo]n )|(?<=\b[Tt]his )|(?<=\bnext )|(?<=row or )|(?<=mrw or )|(?<=day or )|"
    # "how this sat."
    r"(?<=til ))(?:mon|tues?|weds?|thu|fri|sat(?!(?<=[Tt]his sat)(?:[.,]|$| or (?!sun|"
    r"next)))(?!(?<=next sat) then))"
    r"(?=[?!.,]|$| (?:at \d|@|night|morning|afternoon|evening|or|then)\b)|"
    r"(?:(?<=[Ss]ee u )|(?<=[Ss]ee ya )|(?<=[Ss]ee you ))(?<!to see you )(?<!an you see you )"
    r"(?:mon|tues?|weds?|thu|fri|sat|sun)(?=[?!.,]|$| (?:at (?:\d|noon)|then)\b)"
)
_FOUR_FOR, _TWO_TO = (
    re.compile(
        rf"(?<=[a-z] )(?<!gate )(?<!room )(?<!level ){digit}"
        rf"(?= {_NO_COUNT}(?:{words.replace(' ', '|')})\b(?!-))",
        re.I,
    )
    for digit, words in (("4", _FOR_WHOM), ("2", _TO_DO))
)
# "home 4 dinner", where nothing else is short
_FOR_MEAL = re.compile(
    r"(?<=[a-z] )(?<!for )4 (?=(?:dinner|lunch|breakfast|supper|brunch|sure|ever|me|you|us|him|"
    r"them)(?:[.!?,;]|$| (?:tonight|today|tomorrow|later|at|with|then|now|on)\b))"
)
_FOR_ALL = re.compile(r"(?<=[a-z] )4 (?=(?:All|Life|Sale|Rent|Ever)\b)")  # Medicare 4 All
_TWO_TOO = re.compile(
    rf"(?<=[a-z] )2(?= (?:(?:{_TOO.replace(' ', '|')})\b|(?:funny|cute|sweet)"
    r"(?:[.,!?;]|$| (?:lol|omg|xo+|for|4|to)\b)))",
    re.I,
)
_TO_WHERE = re.compile(rf"({_WHERE} )2(?= {_NO_WAY})", re.I)
_FOR_ONE, _TO_ONE = (
    re.compile(
        rf"(?:(?<=[a-z]{{2}} )|(?<=\.\d\d )|(?<=\$\d )|"
        rf"(?<=\$\d\d )){digit}(?= {_NO_COUNT}[a-z]+(?:ss|[a-rt-z])\b(?! [a-z]{{3,}}s\b))"
    )
    for digit in "42"
)
# Not "let u be", "the u in colour", "u and v".
_YOU = re.compile(
    r"(?<![\w.'’/&+=^*()%-])(?<!\b[Tt]he )(?<!\b[Ll]et )(?<!letter )(?<!\b[Aa] )(?<!\b[Aa]n )"
    r"(?<!vowel )(?<!speed )(?<!percent )(?:u|U(?= (?:r|R|ok|there|up|good|guys|home|free|still|"
    r"think|sure|wanna|are|can|have|will|get|want|know|need|"
    r"should)\b)|(?<=\b[Ff]or )U(?=[ !?]|$))(?!['’./&+=^*()-]\w|['’]| ?[=+*/^<>]|,? (?:and|"
    r"or) [a-z]\b|, [a-z]\b)(?!\w)"
)
_ARE = re.compile(
    r"(?<=\b(?:you|how|who|why|ppl) )r\b|(?<=\bYou )R\b|(?<=\b(?:us|we) )r\b|(?<=\b(?:they|what|"
    r"When|when) )r\b|(?<=[a-rt-z]s )r(?= (?:at|in|on|so|not|too|the|here|there|all|very|still|"
    r"[a-z]+ing)\b)|\b[rR](?= (?:you|they|we)\b)"
)
_SEE = re.compile(
    r"(?<![\w'.])[cC](?= (?:you|ya)\b)|(?<= to )c(?= (?:the|if|him|her|them|it|what)\b)"
)
_WHY = re.compile(r"(?:(?<=[.!?,] )|^)[yY](?= (?:are|r|do|did|is|you|not|dont|don't)\b)")
_BE = re.compile(
    r"(?<=\b(?:to|2b) )b(?= [a-z]{2})|(?<=[a-z]ll )b(?= [a-z])|(?<=dont )b(?= [a-z])|"
    r"(?<=\b[Dd]un )b\b|(?<=don't )b(?= [a-z])|(?<=\bcan )b(?= [a-z]{2})|(?<=g[ao][nt][nt]a )b\b|"
    r"(?<=must )b(?= [a-z])|(?<=might )b(?= [a-z])|(?<=should )b\b|(?<=\bwil )b\b|(?:(?<=[.!?,] )|"
    r"^)[bB](?= (?:there|back|home|good|careful|safe)\b)"
)
_AND = re.compile(r"(?<=[a-z] )[nN](?= [a-z\d])")
_SHOUTED = re.compile(
    r"(?<![\w.'&/-])(?:U|R(?= (?:U|YOU|WE|THEY)\b)|(?<=\bU )R|(?:(?<=\bTO )|(?<=\b2 )|(?<=\bU )|"
    r"(?<=\bCAN )|(?<=\b(?:WILL|DONT) ))B)(?![\w.'&-])"
)
_SHOUTED_WORDS = {"U": "YOU", "R": "ARE", "B": "BE"}
# "c u @ 6.30"
_TIME = re.compile(
    r"(?<![\w.,$£€])(1[0-2]|[1-9])\.([0-5][05])(?![\d%]|\.\d| ?(?:per|percent|%|k?m|km|million)\b)"
)
_NO_TIME = re.compile(
    r"\b(?:[Vv]ersion|[Ss]core[ds]?|GPA|gpa|[Aa]verage|[Rr]atio|pric\w+|chapter)\b"
)


# "what the h*ll": a letter that is not shown
_HIDDEN = {
    r"f[*#@-]{1,3}ck|f\*{2}k": "fuck",
    r"sh[*!#@]t|s\*{2}t": "shit",
    r"b[*!#@]tch|b\*{3}h": "bitch",
    r"h[*#@]ll": "hell",
    r"d[*#@]mn": "damn",
    r"cr[*#@]p": "crap",
    r"scr[*#@]w": "screw",
    r"a[*#$]s": "ass",
}
_CENSORED = re.compile(
    rf"\b(?:{'|'.join(f'({hidden})' for hidden in _HIDDEN)})(?=(?:s|ed|e?r|ing|in|y|ty|hole)*\b)",
    re.I,
)
_ANY_CENSORED = re.compile(r"[A-Za-z][*#@!$-]{1,3}[a-z]")


# "my wife [22F] and I (27m)", "I'm 27m": ages, where people are spoken of
_AGE = r"[1-9]\d?s? ?/? ?[MmFf]\b(?!-)"
_PERSON = (
    r"(?:\b(?:I|[Mm]e|[Mm]y|we|us|wife|husband|girlfriend|boyfriend|[gb]f|[GB]F|SO|ex|friend|"
    r"brother|sister|mom|mum|dad|mother|father|parents|sons?|daughters?|roommate|partner|fianc\w+|"
    r"kids?|children|cousin|boss|coworker|guy|girl|man|woman)|[a-z]['’]s)"
)
_ANY_AGE = re.compile(
    rf"{_PERSON} ?[\[(]{_AGE}|[\[(][1-9]\d ?/? ?[Ff]\b(?!-)|\b(?:I['’\"]?m(?: a)?|Hi,?|"
    rf"all,) [1-9]\d ?[MmFf]\b|{_PERSON} ?[\[(][MmFf] ?/? ?\d\d\b"
)
# "f 19 tx": of whom one chats with
_WHO = re.compile(
    r"\b(?:([mf]) ([1-9]\d)|([1-9]\d) ?([mf])) (tx|fl|ny|nj|nc|ca|ga|tn|va|wa|az|ct|il|mn|wi|ky|wv|"
    r"ks|uk|sc|nv|ut|nm)\b(?![.'’/-]\w)"
)
_EACH_AGE = re.compile(
    r"(?<![\w.,$/:])(?:([1-9]\d?s?) ?/? ?([MmFf])|([MmFf]) ?/? ?([1-9]\d))(?=[\])]|, |,\d|[,.;]?$|"
    r" [&a-zI])"
)


def expand(text: str) -> str:
    """ "c u 2nite, y r u late" -> "see you tonight, why are you late"."""
    near = zeros(text)
    if holds(near, ("0f", "0m", "/0", "0/f", "0/m")) and _ANY_AGE.search(text):
        text = _EACH_AGE.sub(_age, text)
    if holds(near, ("0 m ", "0m ", "0 f ", "0f ", "f 0", "m 0")):
        text = _WHO.sub(
            lambda m: f"{' '.join(filter(None, m.groups()[:4])).upper()}, {dotted(m[5])}", text
        )
    if _ANY_CENSORED.search(text):
        text = _CENSORED.sub(_censored, text)
    if " 4 " in text:
        text = _FOR_ALL.sub("for ", text)
    if _TWO_DAYS_HINT.search(text):
        text = _TWO_DAYS.sub(_two_days, text)
    if holds(text, (" mon", " tue", " wed", " thu", " fri", " sat")):
        text = _ONE_DAY.sub(lambda m: _day(m), text)
    if "hurs" in text or "tues" in text:
        text = _SURE_DAY.sub(lambda m: DAYS[m[1].capitalize()], text)
    given = text
    if holds(shape(text), ("0a", "0A", "a0", "A0")):
        text = _DIGITS.sub(_with_digits, text)
    if (
        _SINGLE.search(text) is None
        or (text == given and _SIGNS.search(text) is None)
        or _SPELT.search(text)
    ):
        return _FOR_MEAL.sub("for ", text) if " 4 " in text else text
    if " d " in text:
        text = _ARTICLE.sub("the", text)
    return _letters_for_words(text)


def _censored(match: re.Match[str]) -> str:
    word = list(_HIDDEN.values())[(match.lastindex or 1) - 1]
    return word.upper() if match[0].isupper() else _like(word)(match)


def _age(match: re.Match[str]) -> str:
    """ "27m" -> "twenty-seven M", in words, which are no degrees."""
    age, letter, first, last = match.groups()
    if not age:
        return f"{first.upper()} {last}"
    return f"{cardinal(int(age)) if age.isdecimal() else age} {letter.upper()}"


def _two_days(match: re.Match[str]) -> str:
    """ "sat and sun" where a day is meant: "on sat and sun", but "he sat and sun shone"."""
    first, join, second = (
        a or b for a, b in zip(match.groups()[:3], match.groups()[3:], strict=True)
    )
    also_words = {first, second} == {"sat", "sun"} and join in (" n ", " and ", " or ", " to ")
    if also_words and not _WEEKEND.search(match.string, max(0, match.start() - 8), match.start()):
        return match[0]
    between = {" n ": " and ", "-": " to ", " - ": " to ", "/": ", "}.get(join, join)
    return between.join(_EACH_DAY.sub(_day, days) for days in (first, second))


def _day(match: re.Match[str]) -> str:
    return DAYS[match[0].capitalize().replace("Weds", "Wed")]


def _letters_for_words(text: str) -> str:
    if text.isupper():
        text = _SHOUTED.sub(lambda m: _SHOUTED_WORDS[m[0]], text)
    if "2" in text or "4" in text:
        text = _TWO_TO.sub("to", _FOUR_FOR.sub("for", _TWO_TOO.sub("too", text)))
        text = _TO_ONE.sub("to", _FOR_ONE.sub("for", _TO_WHERE.sub(r"\1to", text)))
    text = _ARE.sub(_like("are"), _YOU.sub(_like("you"), text))
    text = _BE.sub(_like("be"), _SEE.sub(_like("see"), text))
    text = _AND.sub("and", _WHY.sub(_like("why"), text))
    text = _SPELLING.sub(_spelling, text)
    return text if _NO_TIME.search(text) else _TIME.sub(r"\1:\2", text)


def _like(word: str) -> Callable[[re.Match[str]], str]:
    """The word, with a capital where what it replaces has one."""
    return lambda match: word.capitalize() if match[0][0].isupper() else word


def _with_digits(match: re.Match[str]) -> str:
    if _SEAT.fullmatch(match[1]):
        return match[0]
    if match[1].lower() == "4u" and not _AT_END.match(match.string, match.end()):
        return match[0]  # a 4U rack
    if match[1] == "b4" and _BETAS.search(around(match)):
        return match[0]
    word = _WITH_DIGITS[match[1].lower()]
    return word.upper() if match[1].isupper() else _like(word)(match)


def _spelling(match: re.Match[str]) -> str:
    # of a name: Da Vinci, Wat Pho, "from Gud"
    named = match[0][0].isupper() and not match[0].isupper()
    starts = match.start() == 0 or match.string[match.start() - 2] in ".!?"
    if match[0] == "Da" or (named and (not starts or behind(match)[1:2].isupper())):
        return match[0]
    return _like(_SPELLINGS[match[0].lower()])(match)
