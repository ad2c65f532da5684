"""What is left of signs: spoken where they mean a word, else the pause that they make."""

from __future__ import annotations

import re

from recital.processors.text.english.words import NUMBER_WORD, TABLES, pairs

# "his/her"; but "she/her" are somebody's pronouns
_EITHER = (
    r"(?i)(?<![/\w])(he(?=/ ?she\b)|she(?=/ ?he\b)|his(?=/ ?hers?\b)|hers?(?=/ ?his\b)|"
    r"him(?=/ ?her\b)|her(?=/ ?him\b)|himself(?=/ ?herself\b)|herself(?=/ ?himself\b))"
    r"/ ?([a-z]+)(?![/\w-])"
)
# "adults aged>65", "with a content < 1 percent": no statement
_NO_VERB = (
    r"(\b(?:aged|ages|than|having|(?:with|of|for|at|and|or) (?:(?:an?|"
    r"the) )?(?:[a-z]{3,} )?(?!and\b|or\b|if\b)[A-Za-z]{3,}))"
)


def _compared(pattern: str, less: str, more: str) -> tuple[tuple[str, str, str], ...]:
    """The rule for "<" and that for ">", which are ≶ in the pattern."""
    return ("<", pattern.replace("≶", "<"), less), (">", pattern.replace("≶", ">"), more)


# A sign that must be there, else the rule has nothing to do.
_RULES: list[tuple[str, re.Pattern[str], str]] = [
    (sign, re.compile(pattern), spoken)
    for sign, pattern, spoken in (
        ("^", r"(?<=\w)\^(?:2|two)\b(?![- ](?:hundred|thousand|million|point)|-)", " squared"),
        ("^", r"(?<=\w)\^(?:3|three)\b(?![- ](?:hundred|thousand|million|point)|-)", " cubed"),
        ("^", r"(?:(?<=\w)|(?<=\b\w) )\^ ?(?=[\w(])", " to the power of "),
        ("^", r"(?<=\w) ?\^ ?-(?=\w)", " to the power of minus "),
        ("&", r"\s*&+\s*", " and "),
        ("#s", r"(?<!\w)#s\b", "numbers"),
        ("#", r"(?<=[a-zA-Z.]) #(?=[:,;)\s]|$)", " number"),
        ("#", r"(?<=[a-zA-Z]{2})#(?=[:\s.,)]|$)", " number"),
        ("#", r"(?<=[a-z]{2})#(?=[A-Z])", " hashtag "),
        ("#", r"(?<=[a-z]{2})#(?=\w)", " number "),
        ("#", r"#(?=\d)|#(?=[a-z]+-?[a-z]*\b)", "number "),
        ("%", r" ?%(?=\w)(?!ile)", " percent "),
        ("%", r" ?%", " percent"),
        ("+", r"\+/-|\+-(?=\w)", " plus or minus "),
        ("+", r"(?<=\w)\+\+(?=\w)", " plus plus "),
        ("+", r"(?<=\w)\+\+", " plus plus"),
        ("<-", r"(?:(?<=\s)|^)<-+(?=\s|[A-Za-z])", " - "),
        (">", r"^\s*-+>\s*|\s*-+>\s*$", " "),
        (">", r"(?<=[a-z])--+> ?(?=[A-Z][a-z]+ [A-Z]?[a-z]+)", ", "),  # York--> Keep calm
        (">", r"\s*(?:==?>|-+>)\s*", " to "),
        ("<", r"<([\w-]{1,30})>=(?=[<\w])", r"(\1) equals "),  # --pair=<key>=<value>
        *_compared(
            r"(?:(?<=\band)|(?<=\bor)|(?<=\bfor)|(?<=\bof)|(?<=\bin)|(?<=\bby)|(?<=\bat)|"
            r"(?<=\bwith)|(?<=\bwas))≶(?=[$£€]?\w)",
            " less than ",
            " more than ",
        ),
        *_compared(
            rf"(?<=[a-z]{{4}})≶(?=(?:a|{NUMBER_WORD}|point)\b)", " less than ", " greater than "
        ),
        *_compared(
            rf"{_NO_VERB}\s*≶=\s*(?=[\w-])",
            r"\1 less than or equal to ",
            r"\1 greater than or equal to ",
        ),
        *_compared(r"(?<=[(\[])\s*≶=\s*", "at most ", "at least "),
        *_compared(
            r"(?:(?<=\bof)|(?<=\bfor)|(?<=\bwith)|(?<=\bat))\s*≶=\s*", " at most ", " at least "
        ),
        *_compared(r"\s*≶=\s*", " is less than or equal to ", " is greater than or equal to "),
        ("!", r"\s*!=\s*", " is not equal to "),
        ("=", rf"(?<=\s)=(?=[A-Za-z]{{2}})(?!(?:{NUMBER_WORD}|minus|point)\b)", ""),
        ("=", r"(?<=[\w.)])\s*=+\s*(?=[\w(-])", " equals "),
        (">", r"<([^<>\s,=]+)>", r"(\1)"),
        (
            "<",
            r"(?:(?<=\bin)|(?<=\bof)|(?<=\bat)|(?<=\bfor)|(?<=\bwith)|(?<=\bjust)|(?<=\btook)|"
            r"(?<=\btakes)|(?<=\btake)|(?<=\bwas)|(?<=\bcosts)) < (?=[$£€]?\w)",
            " less than ",
        ),
        *_compared(r"(?:(?<=[\s(\[])|^)≶(?=[$£€]?\w)", "less than ", "more than "),
        *_compared(r"(?:(?<=[(\[])|(?<=[(,;:] )|^)≶ (?=[$£€]?[\w])", "less than ", "more than "),
        ("<", rf"{_NO_VERB}\s*<\s*(?=[\w-])", r"\1 less than "),
        (">", rf"{_NO_VERB}\s*>\s*(?=\w)", r"\1 greater than "),
        *_compared(r"(?<=[a-z]{3}s) ≶ (?=[a-z -]{3,40} percent\b)", " less than ", " more than "),
        ("<", r"(?<=[\w).|])\s*<\s*(?=[\w-])", " is less than "),
        (">", r"(?<=[\w).|])\s*>\s*(?=\w)", " is greater than "),
        ("+", r"(?<=[\w)]) ?\+ ?(?=[\w(])|(?<=\s)\+(?=\s)|(?<!\w)\+(?=\w)", " plus "),
        ("+", r"(?<=\w)\+|(?<=[a-z] )\+(?=,)", " plus"),
        ("*", r"(?<=\b\w) \* (?=\w\b)", " times "),
        ("~", r"(?:(?<=[a-z]{3})|(?<=\bOK)|(?<=[!.)]))~(?=[A-Za-z])", ", "),
        ("~", r"(?<![\w~])~(?=[b-hj-z]\b)", "tilde "),
        ("~", r"(?<!~)~(?=\s?\w)", " about "),
        ("@", r"@", " at "),
        ("/", r"(?<![/\w])([sS])/(?=he\b)", r"\1he or "),
        ("/", _EITHER, r"\1 or \2"),
        (
            "/",
            r"(?i)(?<![/\w])(over(?=/under)|pass(?=/fail)|on(?=/off)|yes(?=/no)|win(?=/loss)|"
            r"love(?=/hate)|true(?=/false)|bid(?=/ask)|buy(?=/sell)|start(?=/sit)|long(?=/short)|"
            r"risk(?=/reward))/",
            r"\1 ",
        ),
        ("/", r"\b(EV|[Dd]ebt|[Pp]rice)/(?=(?:EBITDA|equity|earnings)\b)", r"\1 to "),
        ("/", r"(?<=\w)/(?=\w)", " slash "),
        ("<", r"<", " ("),
        (">", r">", ") "),
        (
            " is ",
            r"(?:(?<=\bis)|(?<=\bbe)|(?<=\bare)|(?<=\bwas)|(?<=\bwere)) is (?=(?:greater|less|"
            r"equal|not equal)\b)",
            " ",
        ),
        ("_", r"_+", " "),
        ("--", r"\s--+\s|--+", " - "),
        ("....", r"\.{4,}", "..."),
        *((piece, r"([!?])[!?]{2,}", r"\1") for piece in ("!!", "??", "!?", "?!")),
        ("", r"[*\\|~^=#`+/]+", " "),
    )
]
# Signs that no rule before has read.
_ALONE = pairs(TABLES["signs alone"])
_ALONE_SIGN = re.compile(f"[{''.join(_ALONE)}]")
# The heads of tables: "(€m)", "$m"
_MANY_OF = re.compile(r"(?:(?<=\()|^|(?<=\bin ))([$€£])(m|bn)(?=\)|$|,)")
# Apostrophes that begin a word; others at an end are quotes.
_ELIDED = "tis|twas|twill|em|til|cause|cos|n|round|bout|neath|gainst|tween|ere|ave|fraid|nuff|kay"
_OPENING = re.compile(rf"(?<![\w.])'+(?!(?:{_ELIDED})\b)(?=\W|\w)", re.I)
_QUOTED = re.compile(r"(?<![\w'])'((?!n')\w[\w.@/-]*)'(?![\w'])")
_CLOSING = re.compile(r"(?<=[^\w\s])'+(?!\w)|(?<=\w)'(?=\W|$)(?<!s')(?<!'n')(?<!in')(?<!o')")
_LEFT_OVER = re.compile(r"[^\w\s',.:;?!()\ue000-\uf8ff-]|_")
_DASHES = re.compile(r"\s-+\s|--+")
_EMPTY = re.compile(r"\(\s*\)")
_MARK_APART = re.compile(r"[,.;:!?)](?<=\s[,.;:!?)])")
_SPACE_BEFORE = re.compile(r"\s+(?=[,.;:!?)](?!\.\w))")
_SPACE_AFTER = re.compile(r"(?<=\()\s+")
_TWO_STOPS = re.compile(r"(?<=[ .(][A-Za-z]\.)\.(?!\.)")  # of initials that end a sentence
_DOUBLE = re.compile(r",(?:\s*,)+|,(?=\s*[.;:!?])")
# 1 cup(s), file(s)
_ONE_OF = re.compile(r"\b((?:one|half|third|quarter|eighth) (?:[a-z]+ )?[A-Za-z]+)\(e?s\)(?!\w)")
_ANY_NUMBER_OF = re.compile(r"(?<=[a-z]{2})\((e?s)\)(?!\w)")
# "File > Save As"; but "a > b"
_IN_MENUS = re.compile(
    r"\b(?:[Mm]enus?|[Cc]lick|[Ss]elect|[Cc]hoose|[Gg]o to|[Nn]avigate|[Oo]pen|[Uu]nder|"
    r"[Ss]ettings|[Pp]references|[Oo]ptions|File|Edit|View|Tools|Window|Help|Insert|Format|Home) |"
    r"[A-Za-z]{3} > [A-Za-z ]{3,24} > [A-Za-z]{3}|\b[Uu]se [A-Z][a-z]+ > [A-Z]"
)
_STEP_OF_MENU = re.compile(
    r"(?<=[A-Za-z\d]{2}[\w\"'”)\]]) > (?=[\"'“(\[]?[A-Za-z]{2})"
    rf"(?!{NUMBER_WORD}\b)"
)


def expand(text: str) -> str:
    """Signs as words; doubled marks are one."""
    if "s)" in text:
        text = _ANY_NUMBER_OF.sub(r"\1", _ONE_OF.sub(r"\1", text))
    if " > " in text and _IN_MENUS.search(text):
        text = _STEP_OF_MENU.sub(", ", text)
    if not _QUIET.fullmatch(text):
        if "$" in text or "€" in text or "£" in text:
            text = _MANY_OF.sub(_many_of, text)
        text = _ALONE_SIGN.sub(lambda m: f" {_ALONE[m[0]]} ", text)
        for sign, pattern, spoken in _RULES:
            if sign in text:
                text = pattern.sub(spoken, text)
    return text


def _many_of(match: re.Match[str]) -> str:
    return f"{'millions' if match[2] == 'm' else 'billions'} of {_ALONE[match[1]]}"


_QUIET = re.compile(
    r"[A-Za-z0-9\s,;:?'()\ue000-\uf8ff]*(?:[.!](?![.!])[A-Za-z0-9\s,;:?'()\ue000-\uf8ff]*)*"
)


def tidy(text: str) -> str:
    """Single blanks, none before a mark that a rule has left there; one stop behind initials."""
    if _MARK_APART.search(text):
        text = _SPACE_BEFORE.sub("", text)
    text = " ".join(text.split())
    return _TWO_STOPS.sub("", text) if ".." in text else text


def quiet(text: str) -> str:
    """Brackets become round ones, quotes go, and what else no voice of letters knows."""
    for brackets, round_one in (("[{", " ("), ("]}", ") ")):
        for bracket in brackets:
            text = text.replace(bracket, round_one)
    if "-" in text:
        text = _DASHES.sub(" - ", text)
    if "'" in text:
        text = _CLOSING.sub("", _OPENING.sub("", _QUOTED.sub(r"\1", text)))
    # single blanks: else rules that skip them take long
    text = " ".join(_LEFT_OVER.sub(" ", text).split())
    if "(" in text:
        text = _SPACE_AFTER.sub("", _EMPTY.sub(" ", text))
    if _MARK_APART.search(text):
        text = _SPACE_BEFORE.sub("", text)
    if ".." in text:
        text = _TWO_STOPS.sub("", text)
    text = _DOUBLE.sub(lambda m: "," if m[0].count(",") > 1 else "", text)
    return " ".join(text.split()).lstrip(" ,;:)-").rstrip(" (-")
