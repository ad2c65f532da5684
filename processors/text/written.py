"""How a text is written down, in any language: HTML entities, Markdown, lines and bullets go; what
remains is what a reader says. A line break is left only where one ends: behind a heading, an item
of a list, a paragraph, a verse.
"""

from __future__ import annotations

import html
import logging
import re
from functools import lru_cache

from recital.processors.text import cues

log = logging.getLogger(__name__)

_ANY = re.compile(r"%\}|[*_=`#~|>\[\]&;\\\n\r\u2028\u2029\x85\x0b\x0c]")
_LINES = re.compile(r"\r\n|[\n\r\u2028\u2029\x85\x0b\x0c]")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_TWICE_ESCAPED = re.compile(r"&amp;(?=(?:quot|amp|lt|gt|apos|nbsp|#\d{2,5});)")  # &amp;quot;
# " #39;s", "amp;": an "&" was lost
_LOST_ENTITY = re.compile(
    r" ?(?<![&\w])#(39);(?=(?:s|re|ll|t|ve|d|m)\b)"
    r"|(?<=[a-z]s) #(39);(?= (?!and |or |then )[a-z]{3})"
    r"|(?<![&\w])(?:#(36);(?=\d)|(amp|quot|nbsp);)"
)
_NO_SEMICOLON = re.compile(r"&(quot|nbsp|amp(?= ))(?![\w;=])")  # &quot the end
_LOST = {"39": "'", "36": "$", "amp": "&", "quot": '"', "nbsp": " "}
_ESCAPED = re.compile(r"\\(?:'(?<=[A-Za-z]..)(?=[a-z])|(?=\"))")  # doesn\'t
# [1]: https://home.org, {% include it %}
_DEFINED = re.compile(r"\s*\[[^\[\]]{1,80}\]: ?<?(?:https?:/|/)/?\S+>?(?: [\"'(].*)?")
_TEMPLATE = re.compile(r"\{%[^%\n]{1,300}%\}")
_COMMENT = re.compile(r"<!--.{0,2000}?-->|<(script|style)\b[^<>]{0,200}>.{0,4000}?</\1>", re.S)
_ANY_TAG = re.compile(
    r"</?[a-z][a-z-]{0,20}(?: [a-zA-Z-]{1,20}=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'))+ ?/?>"
)
_NAMES = (
    "a|abbr|b|big|blockquote|br|center|code|div|dd|dl|dt|em|font|h[1-6]|hr|i|img|"
    "li|ol|p|pre|s|small|span|strong|sub|sup|table|td|th|tr|tt|u|ul"
)
_TAG = re.compile(rf"<(/?)({_NAMES})(?:\s[^<>=]{{1,40}}=[^<>]{{0,400}})?\s?/?>", re.I)
# Without one of these "<b>" may be anything.
_IS_HTML = re.compile(r"</[a-zA-Z]|<br ?/?>|<(?:a|img|div|font|span|p|td) [a-zA-Z-]{2,20}=", re.I)
_BLOCKS = frozenset(
    (
        "blockquote",
        "br",
        "center",
        "div",
        "dd",
        "dl",
        "dt",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "tr",
        "ul",
    )
)
_TAG_IN_CODE = re.compile(r"`</?([A-Za-z][A-Za-z0-9-]{0,15})(?:[\s/][^`<>]{0,80})?>`")
# Powers: "3<sup>2</sup>", "km<sup>2</sup>"; marks of notes: "said<sup>2</sup>"
_RAISED = re.compile(r"(?<=[\w).,;:!?\"”’])<sup>(-?\d{1,3}|n)</sup>")
_RISES = re.compile(r"(?:sin|cos|tan|sec|log|feet|inches|miles|yards|met(?:er|re)s)$")
_POWERS = str.maketrans("0123456789-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ")
_LOWERED = re.compile(r"(?<![A-Za-z])([a-z])<sub>(\w{1,3})</sub>")
# A block of code: nobody reads one out. Without the name of a language it may be any text, and
# so may what stands below "~~~ Chapter One ~~~".
_CODE = re.compile(
    r"^[ \t>]*(```+|~~~+)[ \t]*(?!(?:te?xt|plain(?:text)?|markdown|md|quote|poem|e?mail|message)\b)"
    r"\{?\.?([A-Za-z][\w+#-]*)(?:(?:[:}]|[ \t]*\{|[ \t]+\w+=)[^\n`]*)?[ \t]*\r?\n"
    r"(.*?)(?:(\1)[`~]*[ \t]*\r?$|\Z)",
    re.M | re.S | re.I,
)
_PROSE = re.compile(r"(?:\s*[\"'“‘]?[A-Z][\w'’,-]* [^\n{}()\[\]<>=/\\|_$#@*^]+(?:\n|\Z))+\s*")
# ~~~ Chapter One ~~~
_DECORATED = re.compile(r"(?:```+|~~~+) ?([\"'“‘]?[A-Z][^`~={}]+?) ?(```+|~~~+)?")
_HEADING = re.compile(r"(?:#{1,6}\s+|#{2,6}(?=[A-Z]))(.*)")
_QUOTE = re.compile(r"(?:> ?)*>\s+(?=\S)")
_BULLET = re.compile(r"\s*(?:[-*+•‣◦▪●–]\s+|(?=\(?(?:\w{1,2}|[IVXLC]{3,7})[.)]\s))")
# A sign that must be there, else the rule has nothing to do.
_INLINE = [
    ("](", re.compile(r"!?\[([^\[\]]*)\]\(\s?[^()\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    ("](", re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?\)"), r"\1"),
    ("][", re.compile(r"(?<!\w)!?\[([^\[\]]*[A-Za-z][^\[\]]*)\]\[[^\[\]]{0,80}\]"), r"\1"),
    ("[^", re.compile(r"\[\^[\w-]{1,30}\]:?"), ""),
    ("`", re.compile(r"`+([^`]+)`+"), r"\1"),
    ("**", re.compile(r"\*{2,3}(?=\S)([^*]+?)(?<=\S)\*{2,3}"), r"\1"),
    ("__", re.compile(r"(?<!\w)_{2,3}(?=\S)([^_]+?)(?<=\S)_{2,3}(?!\w)"), r"\1"),
    ("~~", re.compile(r"~~(?=\S)([^~]+?)(?<=\S)~~"), r"\1"),
    ("~", re.compile(r"(?<![\w~])~(?=[A-Za-z])([^~\d]{1,60})(?<=\w)~(?![\w~])"), r"\1"),
    ("*", re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (
        "=",
        re.compile(r"(?<![\w=<>!])=(?=[A-Z\"“])([^=\n]{2,200}?)(?<=[a-zA-Z.!?\"”,])=(?![\w=])"),
        r"\1",
    ),
    ("_", re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?!\w)"), r"\1"),
]
_WRAPPED = 50  # letters; a longer line may have been broken by its width
_ENDS = re.compile(r"""[.!?…。？！।۔؟։።፧:;,，、،][\"'”’»)\]]*$""")


def unmark(text: str) -> str:
    """The text as a reader sees it: "**5 &lt; 6**" -> "5 < 6", a heading and a list -> lines."""
    if _ANY.search(text) is None:
        return text
    if "-->" in text:
        text = cues.without_timings(text)
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m[0]), _TWICE_ESCAPED.sub("&", text))
        text = _NO_SEMICOLON.sub(lambda m: _LOST[m[1]], text)
    if ";" in text:
        text = _LOST_ENTITY.sub(lambda m: _LOST[m[m.lastindex or 0]], text)
    if "\\" in text:
        text = _ESCAPED.sub(lambda m: m[0][1:], text)
    if "```" in text or "~~~" in text:
        text = _CODE.sub(_left_out, text)
    if "`<" in text:
        text = _TAG_IN_CODE.sub(r"\1", text)
    if "<su" in text:
        text = _RAISED.sub(_raised, _LOWERED.sub(r"\1 \2", text))
    if "<" in text and ">" in text and _IS_HTML.search(text):
        text = _TAG.sub(_tag, text)
    if ('="' in text or "='" in text) and ">" in text:
        closed = _ANY_TAG.findall(text)
        text = _ANY_TAG.sub(" ", text)
        for tag in {tag[1:].split(" ")[0] for tag in closed}:
            text = text.replace(f"</{tag}>", " ")
    if "<!--" in text or "</script>" in text or "</style>" in text:
        text = _COMMENT.sub(" ", text)
    if "{%" in text:
        text = _TEMPLATE.sub("", text)
    joined: list[str] = []
    ended = True  # whether the line before is one of its own
    for raw in _LINES.split(text):
        line, own = ("", True) if "]:" in raw and _DEFINED.fullmatch(raw) else _line(raw)
        if not line:
            ended = True
            continue
        starts = own or _BULLET.match(raw) is not None
        if joined and not ended and not starts and not _breaks(joined[-1], line):
            joined[-1] += " " + line
        else:
            joined.append(line)
        ended = own
    return "\n".join(_inline(line) for line in joined)


def _left_out(match: re.Match[str]) -> str:
    """Prose is read, and what begins like a block that never ends but for ```python."""
    sure = match[4] or (match[1][0] == "`" and match[2].islower())
    if not sure or _PROSE.fullmatch(match[3]):
        return match[0]
    _warn(match[0], match[3].count("\n") or 1, match[2])
    return "\n\n"


@lru_cache(maxsize=64)  # a text is seen more than once
def _warn(block: str, lines: int, language: str) -> None:
    log.warning("left out a block of code: %d line%s of %s", lines, "s" * (lines != 1), language)


def _raised(match: re.Match[str]) -> str:
    """A power behind a number, a bracket, a letter or a unit; else the mark of a note."""
    word = re.split(r"[\W\d_]", match.string[max(0, match.start() - 8) : match.start()])[-1]
    behind_sign = match.string[match.start() - 1] in '.,;:!?"”’'
    named = len(word) > 2 or (len(word) == 2 and word.istitle())
    note = behind_sign or (named and _RISES.match(word) is None)
    return "" if note else match[1].translate(_POWERS)


def _tag(match: re.Match[str]) -> str:
    name = match[2].lower()
    return "\n" if name in _BLOCKS or name[0] == "h" else " " if name in ("td", "th") else ""


def close_lines(text: str) -> str:
    """One line, with a full stop where one ended without a mark."""
    if "\n" not in text:
        return text
    *lines, last = text.split("\n")
    return " ".join([*(line if _ENDS.search(line) else line + "." for line in lines), last])


def _line(raw: str) -> tuple[str, bool]:
    """A line without its marks, and whether it ends where it ends."""
    raw = raw.strip()
    signs = set(raw) - set(" \t")
    title = _DECORATED.fullmatch(raw)
    if title and " " in title[1]:
        return title[1], title[2] is not None
    if _is_rule(raw, signs):
        return "", True
    if heading := _HEADING.fullmatch(raw):
        return heading[1].rstrip("# \t"), True
    if " | " in raw or (len(raw) > 1 and raw[0] == raw[-1] == "|"):
        return ", ".join(filter(None, map(str.strip, raw.split("|")))), True
    raw = _QUOTE.sub("", raw, count=1) if raw[:1] == ">" else raw
    bullet = _BULLET.match(raw)
    return raw[bullet.end() :].strip() if bullet else raw.strip(), False


def _is_rule(line: str, signs: set[str]) -> bool:
    """A line of nothing but signs (---, ***, +---+), or a fence of code."""
    return line.startswith(("```", "~~~")) or (len(line) > 2 and signs <= set("-*_=+|:~#"))


def _breaks(before: str, after: str) -> bool:
    """Whether a line break between two lines of prose is meant."""
    if before.rfind("[") > before.rfind("]"):  # of a link
        return False
    return not (_ENDS.search(before[-20:]) or len(before) >= _WRAPPED or after[0].islower())


def _inline(line: str) -> str:
    for sign, pattern, kept in _INLINE:
        if sign in line:
            line = pattern.sub(kept, line)
    return line.replace("\\[", "[").replace("\\]", "]") if "\\[" in line else line
