"""E-mail addresses, URLs, domains, handles, hashtags."""

from __future__ import annotations

import re

from recital.processors.text.english.capital_words import is_short_word
from recital.processors.text.english.outline import shape, zeros
from recital.processors.text.english.words import (
    TABLES,
    ahead,
    cardinal,
    digit_by_digit,
    in_hundreds,
    pairs,
    word_set,
    year,
)

_TOP = (
    "com|org|net|edu|gov|mil|int|io|ai|co|uk|us|de|fr|es|it|nl|eu|ca|au|nz|jp|cn|in|info|biz|tv|me|"
    "ly|gl|gg|fm|app|dev|xyz|online|ch|at|be|se|no|dk|fi|pl|ru|br|mx|za|ie"
)
EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
URL = re.compile(
    r"\b(?:(?:https?|ftp|file)://|www\.)[^\s<>\"]*[^\s<>\"'.,;:!?)\]]"
    rf"|(?<![\w@.-])(?:[A-Za-z0-9][\w-]*\.)+(?:{_TOP})\b(?:\.[a-z]{{2}}(?=[/\s,.;)]|"
    rf"$))?(?:/[^\s<>\"]*[^\s<>\"'.,;:!?)\]])?(?![\w@])"
)
# WEATHER.GOV/CHICAGO
_SHOUTED = re.compile(
    r"(?<![\w@.-])(?:[A-Z0-9-]{3,}\.)+(?:COM|ORG|GOV|EDU)\b(?!\.?\w)(?:/[A-Z0-9/-]+)?|"
    r"\bWWW\.[A-Z0-9-]+\.[A-Z./-]+[A-Z]"
)
_IP = re.compile(
    r"(?<!ersion )(?<!elease )(?<!uild )(?<![\w.])(?=[\d.]{0,12}\d\d|0\.0\.0\.0)"
    r"(\d{1,3}(?:\.\d{1,3}){3})\b(?!\.\d)(?::(\d{2,5})\b|/(\d{1,2})(?![\w/]))?"
)
_HANDLE = re.compile(r"(?<![\w@])@([A-Za-z_]\w*)")
_HASHTAG = re.compile(
    r"(?<!\w)#(?!s\b)(?![A-Z]{1,3}-?(?!(?:19|20)\d\d\b)\d+\b)([A-Za-z]\w*|\d+[A-Za-z]{2,}\w*)"
)
# #QZ8501, of what is posted
_CODE_TAG = re.compile(r"(?<!\w)#([A-Z]{2,3}\d{2,4})\b")
_POSTED = re.compile(r" dot twitter dot |hashtag |#[A-Za-z]{4}")
_SUBREDDIT = re.compile(r"(?:(?<=[\s(])|^)/?([ru])/([A-Za-z]\w{2,})(?!/)")  # r/AskNYC
_METHOD = re.compile(r"(?<=[a-z])#(?=[a-z_]{3})")  # Item#save
_CAMEL = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=\bI)(?=[A-Z][a-z])|(?<=[A-Z]{3})(?=[A-Z][a-z]{2})|"
    r"(?:(?<=\bU[KSN])|(?<=\b[AE][UI])|(?<=\bTV)|(?<=\bNY))(?=[A-Z][a-z]{2})|"
    r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?!(?:st|nd|rd|th)(?![a-z]))(?=[A-Za-z])"
)
_MARKS = pairs("""
. dot|/ slash|@ at|- dash|_ underscore|: colon|? question mark|= equals|
& and|+ plus|% percent|# hash|~ tilde
""") | {"\\": "backslash"}
_SPELT = word_set(TABLES["spelt parts of addresses"])
# The country at the end of a name of a computer: "dot n.z."; not what people say as a word.
_COUNTRY = re.compile(
    r"(?<=\.)(ca|au|nz|jp|cn|kr|tw|hk|sg|my|th|vn|ph|za|ie|ch|nl|dk|fi|pl|ru|cz|br|mx|ar|cl|pt|gr|"
    r"tr|ua|il|ae|de|fr|es|gc)(?=$|[/:?]|\.(?:ca|uk)\b)"
)
# "ups.com", "hr@home.org": names of one's own; but "me@home.org"
_INITIALISMS = word_set(TABLES["initialisms"]) | word_set("USPS HBO CVS CBS NBC AMC HSBC KFC HGTV")
_OWN_LETTERS = re.compile(
    r"^(?!(?:me|my|hi|us|we|go|no|jo|al|ed|bo|di|vi|ty|cy|mo|lu|li|le|la|de|do|am|at|be|by|in|is|"
    r"on|so|to|up)@)([a-z]{2})(?=@)|(?<![\w-])([a-z]{3,4})(?=\.(?:com|net|co|ca|org|gov)\b)"
)
# cbsnews.com, usatoday.com
_LETTERS_FIRST = re.compile(
    r"^(cbs|nbc|abc|bbc|cnn|nfl|nba|mlb|nhl|pga|usa)(?=(?:news|sports?|today|shop|store|radio|tv)$)"
)
# Names of institutions: nih.gov, npr.org, mit.edu.
_INITIALS = re.compile(r"\b([a-z]{2,3})(?=\.(?:[a-z]{2,4}\.)*(?:gov|org|edu|int|mil)\b)", re.I)
# "ucsb.edu": letters that no word has in a row
_UNSAID = re.compile(
    r"\b(?![a-z]?(?:tch|ght|rch|nch|mph))(uc[a-z]{2}|[a-z]?[bcdfghjklmnpqtvwxz]{3}[a-z]?)"
    r"(?=\.(?:edu|gov|org)\b)",
    re.I,
)
# The letters of a name that was drawn: "5256pyj7", "3xKq9Zt"; "wt046" is no weight
_NO_VOWELS = re.compile(r"(?!(?:mr|dr|st|ms|hm|sh|ph|nd|rd|th|my|by)$)[b-df-hj-np-tv-z]{2,}", re.I)
# of names of files: "minutes-2024-02.pdf"
_YEAR = re.compile(r"19\d\d|20[0-4]\d")
_AROUND_YEAR = frozenset(("-", "--", "-.", "_", "__", "_.", "-_", "_-"))
_PIECE = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]")


def spell_address(address: str) -> str:
    """ "me@home.org" -> "me at home dot org"."""
    address = _COUNTRY.sub(lambda m: m[1].upper(), _INITIALS.sub(_initials, address))
    address = _UNSAID.sub(lambda m: m[1].upper(), _OWN_LETTERS.sub(_own_letters, address))
    words = []
    pieces = ["", *_PIECE.findall(address), ""]
    for before, piece, following in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if _YEAR.fullmatch(piece) and (before + following) in _AROUND_YEAR:
            words.append(year(int(piece)))
        elif piece.isdigit():
            words.append(
                digit_by_digit(piece) if len(piece) > 2 or piece[0] == "0" else cardinal(int(piece))
            )
        elif piece.isalpha():
            spelt = (
                piece.lower() in _SPELT
                or (len(piece) == 1 and piece in "urbcyn")
                or (
                    (before.isdigit() or following.isdigit())
                    and _NO_VOWELS.fullmatch(piece) is not None
                )
            )
            piece = _LETTERS_FIRST.sub(lambda m: f"{dotted(m[1])} ", piece)
            words.append(dotted(piece) if spelt else _CAMEL.sub(" ", piece))
        elif piece in _MARKS:
            words.append(_MARKS[piece])
    return " ".join(words)


def _own_letters(match: re.Match[str]) -> str:
    letters = match[0].upper()
    return letters if match[1] or letters in _INITIALISMS else match[0]


def _initials(match: re.Match[str]) -> str:
    letters = match[1].upper()
    return match[1] if is_short_word(letters) else letters


def dotted(letters: str) -> str:
    """ "fbi" -> "F.B.I.": letters that are said one by one."""
    return "".join(f"{letter}." for letter in letters.upper())


# 10.1037/0022-3514.92.6.1087
_DOI = re.compile(r"\b(?:doi|DOI):? ?(10\.\d{4,}/\S+?)(?=[.,;)]?(?:\s|$))")
_INSIDE = re.compile(r"\.\w|://")
_TICKER = re.compile(
    r"(?:(?<=\()|(?<=\( ))([A-Z]{1,5})\.([A-Z]{1,2})(?= ?[:)])|\b([A-Z]{3,4})\.([A-Z])\b(?!\.?\w)"
)  # (SUPG.O: Quote), BRK.A


# Abbreviations whose blank is missing: "FIG.A", "MRS.B".
_NO_TICKERS = word_set(TABLES["no tickers"])


def expand(text: str) -> str:
    """Addresses of all kinds as people read them aloud."""
    if "@" in text:
        if text.startswith(".@"):  # a tweet for all
            text = text[1:]
        text = EMAIL.sub(lambda m: spell_address(m[0]), text)
        text = _HANDLE.sub(lambda m: "at " + _handle(m[1]), text)
    if ".GOV" in text or ".COM" in text or ".ORG" in text or ".EDU" in text or "WWW." in text:
        text = _SHOUTED.sub(lambda m: m[0].lower(), text)
    if _INSIDE.search(text):
        if "10." in text:
            text = _DOI.sub(lambda m: f"D.O.I. {spell_address(m[1])}", text)
        if ".a" in shape(text) or "www." in text or "://" in text:
            text = URL.sub(_url, text)
        if "A.A" in shape(text):
            text = _TICKER.sub(_ticker, text)
        if "0.0" in zeros(text) and text.count(".") > 2:
            text = _IP.sub(_ip, text)
    if "r/" in text or "u/" in text:
        text = _SUBREDDIT.sub(lambda m: f"{m[1].upper()} slash {_CAMEL.sub(' ', m[2])}", text)
    if "#" in text:
        if text.startswith("#") or _POSTED.search(text):
            text = _CODE_TAG.sub(r"hashtag \1", text)
        text = _METHOD.sub(" hash ", text)
        text = _HASHTAG.sub(lambda m: "hashtag " + _CAMEL.sub(" ", m[1]).replace("_", " "), text)
    return text


def _handle(name: str) -> str:
    """ "jess_k22" -> "jess underscore k 22": one writes it so to find her."""
    parts = name.strip("_").split("_")
    return " underscore ".join(
        dotted(p) if len(p) < 4 and _NO_VOWELS.fullmatch(p) else _CAMEL.sub(" ", p) for p in parts
    )


def port(digits: str) -> str:
    """ "8080" -> "eighty eighty", "443" -> "four hundred and forty-three", "50051" by digits."""
    if len(digits) == 4 and digits[0] != "0":
        return in_hundreds(digits)
    return digit_by_digit(digits) if len(digits) > 4 else cardinal(int(digits))


def _ip(match: re.Match[str]) -> str:
    words = " dot ".join(digit_by_digit(p) for p in match[1].split("."))
    if match[2]:
        return f"{words} colon {port(match[2])}"
    return f"{words} slash {cardinal(int(match[3]))}" if match[3] else words


def _ticker(match: re.Match[str]) -> str:
    name, market = match[1] or match[3], match[2] or match[4]
    if match[3] and (is_short_word(name) or name in _NO_TICKERS):
        return match[0]
    return f"{dotted(name) if len(name) > 1 else name} dot {market}"


# Ends of addresses that are words, too: "I love it.it is great."
_WORD_ENDS = re.compile(r"[a-z]+\.(?:it|in|me|be|at|no|us)")
_NAMED = re.compile(
    r"(?:\b(?:at|on|from|via|see|visit|site|website|page|domain|called|of|to|and|the)|[:(,]) $",
    re.I,
)


def _url(match: re.Match[str]) -> str:
    before = ahead(match, 10)
    if before and _WORD_ENDS.fullmatch(match[0]) and not _NAMED.search(before):
        return match[0]
    return spell_address(re.sub(r"^(?:https?|ftp|file)://|/$", "", match[0]))
