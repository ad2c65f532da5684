"""What documents of programs are full of: "--no-cache", "-v", "$HOME", "$ git diff", "0x1f",
"maxLength", "text/html", "port 8080", "LLaMA3.1-8B", addresses of network cards.
"""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, shape
from recital.processors.text.english.web import port, spell_address
from recital.processors.text.english.words import (
    ahead,
    around,
    cardinal,
    digit_by_digit,
    word_set,
    year,
)

_LONG_FLAG = re.compile(r"(?<![^\s(\"'`,/|\[=])--([A-Za-z]\w*(?:[-_]\w+)*)(=?)(?!\w*--)")
_GLUED_FLAG = re.compile(r"(?<!\S)--[a-z][\w-]*(?=[ .,;:)]|$)")
_DASHES_BEHIND = re.compile(r"\w--(?=\s|$)")
# A word alone after these; else a dash lacks its blank: "all of them --and more".
_BEFORE_FLAG = re.compile(
    r"[(\"'`,/|\[:]$|\b(?:the|with|use|using|pass|passing|and|or|via|adds?|an?|new|options?|flags?|"
    r"set|run|running|is|to|of|for|by|enable|make|when|without|support|also|introduced?|under) $|"
    r"--[\w-]+ $"
)
# "cargo build --release", but "we had to test --all of us did"
_COMMAND = re.compile(
    r"\b(?:upgrade|update|install|build|test|start|commit|push|pull|diff|log|init|deploy) $"
)
_OPENED = re.compile(r"[\"'`][\w./=-]+ (?:[\w./=-]+ ){0,3}$")
_GOES_ON = re.compile(r"\s+[A-Za-z]")
_OPENING_QUOTE = re.compile(r"(?:^|[\s(\[:])[\"']$")
_FLAG_BEFORE = re.compile(r"(?:^|\s)--?[\w-]+(?:=\S+)?,$")
_USUAL_FLAGS = frozenset(("help", "version", "verbose", "force", "quiet", "debug"))
_SHORT_FLAG = re.compile(r"(?<![^\s(\"'`/,])-([a-zA-Z]|O[0-3])(?=[\s.,;:)\"'`/]|$)")
_FLAG = re.compile(r"\b(?:flags?|options?|switch|[Uu]se|[Rr]un|[Pp]ass|[Aa]dd) $")
_OF_FLAGS = re.compile(
    r"\b(?:flags?|options?|switch(?:es)?|command|argument|arguments|run|use|using|with|pass|the|"
    r"and|or|add)\b ?[\"'`(]?$"
)
# "gcc -O3 add.c -o add", "tar -xzf file.tar": the flags of a line that begins with a program
_PROGRAMS = (
    r"gcc|g\+\+|cc|emcc|clang|ls|tar|grep|sed|awk|curl|wget|ssh|scp|rsync|chmod|chown|docker|"
    r"kubectl|npm|npx|pip3?|git|ffmpeg|apt(?:-get)?|brew|cargo|python3?|java|javac|mvn|psql|mysql"
)
_LINE = re.compile(rf"(?<![\w.-])(?:{_PROGRAMS}) (?:(?![a-z]+[.!?] )[\w./=+~:@-]+,? )*$")
_FLAGS = re.compile(r"(?<= )-([A-Za-z]{1,5}\d?)(?=[,;:)]?(?:\s|$)|\.$)")
_OF_COMMANDS = re.compile(
    r"\b(?:flags?|options?|commands?|command[- ]line|arguments?|curl|git|python|pip|npm|gcc|make|"
    r"shell|script|CLI)\b|dash dash"
)
# $HOME, ${PATH}, $user; but $USD and $AUD
_VARIABLE = re.compile(
    r"(?<![\w$])\$\{?(?!(?:USD|AUD|CAD|NZD|HKD|SGD|US|MXN|AU|CA|NZ|TRX)\b)([A-Z][A-Z\d]*_\w+|"
    r"[A-Z]{3,}|[a-z]\w+)\}?(?!\w)"
)
# with those that are words, too, or begin no line of flags
_COMMANDS = _PROGRAMS + (
    "|cd|yarn|sudo|make|export|echo|cat|mkdir|rm|cp|mv|conda|bash|sh|source|flask|rustc|rustup|"
    "node|go|poetry|uv|pytest|black|cmake|which|man|touch|vim|nano"
)
# "$FB, $GOOG and $T": several are stocks
_STOCKS = re.compile(
    r"(?<![\w$])\$(?!(?:US|AU|CA|NZ|HK|SG|A|MM?|B|K)\b)(?=[A-Z]{1,5}\b(?! ?\d|\.[A-Z]))"
)
_PROMPT = re.compile(rf"(?:(?<=\s)|^)[$%] (?=(?:{_COMMANDS})\b|\./)")
_HEX = re.compile(r"(?<!\w)(0[xX])([0-9a-fA-F]{1,16})\b(?!\.\d)")
_CARD = re.compile(r"(?<![\w:])[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![\w:])")
_TO_MILLISECONDS = re.compile(r"(?<![\w:.,])(\d{1,2}:\d\d):(\d\d)[.,](\d{1,6})(?![\w:.])")
_PORT = re.compile(r"\b([Pp]orts?:? )(\d{4,5})\b(?![.,:/-]\d)")
_LOCAL_PORT = re.compile(r"(?<=\blocalhost):(\d{2,5})\b")
_MEDIA = re.compile(
    r"(?<![\w/.])(?:text/(?=html|plain|css|csv|xml|markdown|javascript|x-|event)|(?:application|"
    r"image|audio|video|multipart|font)/(?=[a-z*]))[\w.+*-]*\w(?![\w/])"
)
_CAMEL = re.compile(r"(?<![\w@#.])([a-z]{2,}(?:[A-Z][a-z]{2,}\d*)+)(?![\w@.]\w)")
# DocumentStoreReader, of three words or more
_PASCAL = re.compile(
    r"(?<![\w@#])(?:[A-Z][a-z]+|[A-Z]{2,5}(?=[A-Z][a-z])){3,}(?![\w@])|"
    r"(?<![\w@#])[A-Z][a-z]{3,}[A-Z][a-z]{2,}(?:AI|API|URL|ID|UI|DB|SQL|XML|PDF|HTML|JSON)(?![\w@])"
)
_ANY_PASCAL = re.compile(r"[a-z][A-Z][A-Za-z]*[a-z][A-Z]|[A-Z]{2}[a-z]+[A-Z]|[a-z][A-Z]{2,5}[a-z]")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# SHOUTED_SNAKE: short words in it are words
_SHOUTED = re.compile(r"(?<![\w@#])(?:[A-Z\d]+_)+[A-Z\d]+(?!\w)")
_SHORT_WORDS = word_set("IN ON OR NO TO OF AT IS AS BY IF MIN POS")
_NAMES_WITH_CAPITALS = frozenset(("arXiv", "wikiHow", "macOS", "webOS", "iPhone", "eBay"))
_ANY_HUMP = re.compile(r"[A-Z][a-z](?<=[a-z]..)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# LLaMA3.1-8B, Mistral-7B-v0.2
_MODEL_SIZE = re.compile(
    r"\b([A-Z][A-Za-z]{2,}|T5|[A-Z]{3,})(\d+(?:\.\d+)?)?-(\d{1,4}(?:\.\d+)?)([BM])\b(?!-\d)"
)
_NOT_FOUND = re.compile(
    r"(?:\b([Aa] )40([1-9])(?= (?:page|error|response|status|when|if|for|is|or|and)\b|[.,;)]|$)|"
    r"(?<![\w.,$£€-])40([1-9])(?= (?:Not Found|Unauthorized|Forbidden|[Ee]rrors?|page)\b)|"
    r"(?<=\breturned )40([1-9])(?=[.,;)]|$)|(?<![\w.,$£€-])40([34])(?=s\b))"
)
_CALCULATED = re.compile(r"(?<=\d) ?x ?(?=\d+(?:\.\d+)? ?=)")
# "8 boxes * $5/box = $40", "20/4=5"
_EQUALS = re.compile(r"= ?-?[$£€]?\d")
_PRODUCT = re.compile(r"(?<=[\w)%]) ?\* ?(?=[$£€]?[\d.(])|(?<=[\w)%]) x (?=[$£€]?\.?\d)")
_QUOTIENT = re.compile(r"(?<=[\w)]) / (?=[$£€]?\d)")
_DIFFERENCE = re.compile(
    r"(?<=[\w)]) - (?=[$£€]?\d[\d,.]*%?(?: [a-z]+){0,3} ?[=+*/-])|(?<=\d)-(?=[$£€]\d[\d,.]* ?=)"
)
_DIVIDED = re.compile(r"(?<![\w/.,$-])(\d+)(x?)/(\d+)(?= ?= ?[$£€]?\d)")
_MORE_LIMITS = re.compile(r"(?<=\d),\s?([<>])(=?)\s?(?=\d)")
_LIMITS = {"<": "less", ">": "greater"}
_DIRECTIVE = re.compile(r"(?<!\w)#(?=(?:ifn?def|endif|include|define|undef|pragma|elif)\b)")
# Option<String>, but "text<br>"
_GENERIC = re.compile(
    r"\b([A-Z]\w{0,40}|list|map|set|vector|array|optional|unique_ptr|shared_ptr|span|deque|pair|"
    r"tuple|numeric_limits|static_cast|dict)<(?!(?:Enter|Tab|Esc|Shift|Return|Space|Del|Alt|br|p|b|"
    r"i|em|strong|span|div|a|li|ul|ol|td|tr|code|sub|sup|u|hr|h[1-6])\b)"
    r"([A-Za-z&'][\w&']{0,20}(?:, ?[\w&']{1,20}){0,2})>(?!\w)"
)
_BREAK = re.compile(r"<br ?/?>")
_ANY_GENERIC = re.compile(r"<[A-Za-z&'](?<=\w..)")
_INSIDE_OF = re.compile(r"(?<=\w)::(?=\w)")  # std::vector
_WINDOWS = re.compile(r"\bWIN(?=(?:32|64)\b)")
_PROTOCOL = re.compile(r"\b(HTTPS?|TLS|SSL|SMTP|SIP|RTSP|QUIC|FTP)/(?=\d)")
_VERSIONED = re.compile(r"\b([A-Z]{2,5})v(?=\d)")  # TLSv1.2
_ANY_VERSIONED = re.compile(r"v\d(?<=[A-Z]..)")
_WEAKNESS = re.compile(r"\b(CVE|CWE)-((?:19|20)\d\d)-(\d{3,7})\b")
_GROUPED = re.compile(r"(?<![\w.])\d{1,3}(?:_\d{3})+(?![\w.])")  # 1_000_000
_UUID = re.compile(r"(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])")
# letters and digits in turns: commits and sums of files
_HASH = re.compile(r"(?<![\w.#-])(?=[a-f]*\d+[a-f]+\d|\d*[a-f]+\d+[a-f])[0-9a-f]{7,64}(?![\w.-])")
_ANY_HASH = re.compile(r"\d[a-f]{1,6}\d(?<!\de\d)")
_MEMORY = re.compile(r"\b(DDR\d[A-Z]?)-(\d{4})\b")
_SERIAL = re.compile(r"\b(ISSN(?: is)?:? ?)(\d{4})-(\d{3,4})(X?)\b")


def expand(text: str) -> str:
    """ "the --no-cache flag" -> "the dash dash no cache flag"."""
    if "-" in text:
        if "--" in text:
            text = _LONG_FLAG.sub(_long_flag, text)
        if " -" in text:
            text = _FLAGS.sub(_of_program, text)
        text = _SHORT_FLAG.sub(_short_flag, text)
    if "$" in text and holds(shape(text), ("$A", "$a", "${", "$ ", "% ")):
        if text.count("$") > 1 and len(_STOCKS.findall(text)) > 1:
            text = _STOCKS.sub("", text)
        text = _VARIABLE.sub(_variable, _PROMPT.sub("", text))
    if "#" in text:
        text = _DIRECTIVE.sub("hash ", text)
    if "<br" in text:
        text = _BREAK.sub(" ", text)
    if "<" in text and _ANY_GENERIC.search(text):
        text = _GENERIC.sub(_generic, text)
    if "::" in text:
        text = _INSIDE_OF.sub(" ", text)
    if "/" in text:
        text = _MEDIA.sub(lambda m: spell_address(m[0]), text)
    return text


def expand_names(text: str) -> str:
    """ "maxLength" -> "max Length"; after addresses are read."""
    if "localhost:" in text:
        text = _LOCAL_PORT.sub(lambda m: f" colon {port(m[1])}", text)
    if _ANY_PASCAL.search(text):
        text = _PASCAL.sub(lambda m: _HUMPS.sub(" ", m[0]), text)
    if "_" in text:
        text = _SHOUTED.sub(_shouted, text)
    return _CAMEL.sub(_camel, text) if _ANY_HUMP.search(text) else text


_EARLY = re.compile(
    r"(?<=\d)-(alpha|beta|rc|RC|dev|pre|preview|snapshot)\.?(\d{1,3})(?![\w-]|\.\d)"
)


def expand_numbers(text: str) -> str:
    """ "0x1f" -> "zero x one f", "port 8080" -> "port eighty eighty"."""
    if ".0-" in text or "-rc" in text or "-RC" in text or "-beta" in text or "-alpha" in text:
        text = _EARLY.sub(_early, text)  # 0.1.0-beta.2
    if "0x" in text or "0X" in text:
        text = _HEX.sub(lambda m: f"zero X {_hex_digits(m[2])}", text)
    if "/" in text:
        text = _PROTOCOL.sub(r"\1 ", text)
    if _ANY_VERSIONED.search(text):
        text = _VERSIONED.sub(r"\1 v ", text)
    if "CVE-" in text:
        text = _WEAKNESS.sub(_weakness, text)
    if "WIN" in text:
        text = _WINDOWS.sub("Win ", text)
    if "_" in text:
        text = _GROUPED.sub(lambda m: m[0].replace("_", ","), text)
    if _ANY_HASH.search(text):
        text = _UUID.sub(lambda m: ", ".join(map(_hex_digits, m[0].split("-"))), text)
        text = _HASH.sub(lambda m: _hex_digits(m[0]), text)
    if "DDR" in text:
        text = _MEMORY.sub(lambda m: f"{m[1]} {port(m[2])}", text)
    if "ISSN" in text:
        text = _SERIAL.sub(
            lambda m: f"{m[1]}{digit_by_digit(m[2])}, {digit_by_digit(m[3])}{m[4]}", text
        )
    if "=" in text and _EQUALS.search(text):
        text = _arithmetic(text)
    if "x" in text and "=" in text:
        text = _CALCULATED.sub("  times  ", text)  # "3 x 4" alone is "3 by 4"
    if text.count(":") > 1:
        text = _TO_MILLISECONDS.sub(lambda m: f"{m[1]} and {int(m[2])}.{m[3]} seconds", text)
        text = _CARD.sub(lambda m: ", ".join(map(_hex_digits, m[0].split(":"))), text)
    if " 40" in text:
        text = _NOT_FOUND.sub(_not_found, text)
    if "ort " in text or "orts " in text or "ort: " in text:
        text = _PORT.sub(lambda m: m[1] + port(m[2]), text)
    if "<" in text or ">" in text:
        text = _MORE_LIMITS.sub(_limit, text)
    if "-" in text:
        text = _MODEL_SIZE.sub(_model_size, text)
    return text


def _early(match: re.Match[str]) -> str:
    return f" {match[1].upper() if match[1] == 'rc' else match[1]} {match[2]}"


def _long_flag(match: re.Match[str]) -> str:
    name = match[1].replace("-", " ").replace("_", " ")
    before = ahead(match, 30)
    alone = name == match[1] and not match[2]
    near = around(match)
    several = len(_GLUED_FLAG.findall(near)) > 1 and _DASHES_BEHIND.search(near) is None
    closed = alone and _DASHES_BEHIND.search(match.string[match.end() - 1 : match.end() + 60])
    if (
        closed
        or _is_prose(before, match)
        or alone
        and name not in _USUAL_FLAGS
        and (len(name) < 3 or name[0].isupper() or not (several or _is_called(before, match)))
    ):
        return match[0]
    return f"dash dash {name}{' equals ' if match[2] else ''}"


def _is_called(before: str, match: re.Match[str]) -> bool:
    if _BEFORE_FLAG.search(before):
        return True
    goes_on = _GOES_ON.match(match.string, match.end()) is not None
    closing = match.string[match.end() : match.end() + 1]
    if closing and closing in "\"'`" and _OPENED.search(before):
        return True  # "git apply --reject"
    return not goes_on and _COMMAND.search(before) is not None


def _is_prose(before: str, match: re.Match[str]) -> bool:
    """Whether dashes behind a comma or a quotation mark go on with a sentence: "the inn,--a poor
    one", "'--and then?' he asked"; but "'--quiet'" and "--quiet,--force".
    """
    if before.endswith(","):
        return _FLAG_BEFORE.search(before) is None
    if before.endswith(('"', "'")):
        closed = match.string.startswith(before[-1], match.end())
        return not (_OPENING_QUOTE.search(before) and (closed or match[2]))
    return False


def _short_flag(match: re.Match[str]) -> str:
    before = ahead(match, 14)
    of_flags = _FLAG.search(before) or (
        _OF_FLAGS.search(before) and _OF_COMMANDS.search(around(match))
    )
    letter = "A." if match[1] == "A" else match[1]
    return f"dash {letter}" if of_flags else match[0]


def _of_program(match: re.Match[str]) -> str:
    """ "-O3" and "-la" letter by letter, "-Wall" letter and word."""
    if not _LINE.search(match.string, max(0, match.start() - 80), match.start()):
        return match[0]
    name = match[1]
    spelt = len(name) < 4 or not re.search("[aeiou]", name[1:])
    letters = " ".join("A." if c == "A" else c.upper() for c in name if not c.isdigit())
    digits = " ".join(cardinal(int(c)) for c in name if c.isdigit())
    said = f"{letters} {digits}".strip() if spelt else f"{name[0].upper()} {name[1:]}"
    return f"dash {said}"


def _generic(match: re.Match[str]) -> str:
    return f"{match[1]} of {match[2].replace(', ', ',').replace(',', ' and ')}"


def _weakness(match: re.Match[str]) -> str:
    return f"{match[1]} {year(int(match[2]))}, {digit_by_digit(match[3])}"


def _variable(match: re.Match[str]) -> str:
    name = match[1].replace("_", " ")
    return name if name.isupper() else f"dollar {name}"


def _shouted(match: re.Match[str]) -> str:
    return "_".join(p.lower() if p in _SHORT_WORDS else p for p in match[0].split("_"))


def _camel(match: re.Match[str]) -> str:
    return match[0] if match[0] in _NAMES_WITH_CAPITALS else _HUMP.sub(" ", match[0])


def _hex_digits(digits: str) -> str:
    return " ".join(digit_by_digit(d) if d.isdigit() else d.replace("a", "A.") for d in digits)


def _arithmetic(text: str) -> str:
    text = _QUOTIENT.sub(" divided by ", _PRODUCT.sub("  times  ", text))
    return _DIVIDED.sub(_divided, _DIFFERENCE.sub(" minus ", text))


def _divided(match: re.Match[str]) -> str:
    top, x, bottom = match.groups()
    proper = not x and int(top) < int(bottom)  # a fraction
    return match[0] if proper else f"{top}{' ' * bool(x)}{x} divided by {bottom}"


def _not_found(match: re.Match[str]) -> str:
    return f"{match[1] or ''}four oh {cardinal(int(match[0][-1]))}"


def _limit(match: re.Match[str]) -> str:
    return f", {_LIMITS[match[1]]} than {'or equal to ' if match[2] else ''}"


def _model_size(match: re.Match[str]) -> str:
    name, number, size, letter = match.groups()
    return f"{name} {number + ' ' if number else ''}{size} {letter}"
