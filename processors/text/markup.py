"""Speech marked up by people: a small, strict subset of SSML, parsed without an XML library.

    <break 300ms>  <break time="0.5s"/>            a pause, up to 10 s
    <emphasis>…</emphasis>                         level="strong|moderate|reduced"
    <prosody rate="80%" pitch="+2st">…</prosody>   rate: a percentage, a factor or x-slow … x-fast;
                                                   pitch: semitones or x-low … x-high
    <phoneme ph="HH AH0 L OW1">…</phoneme>         symbols of the voice, instead of the words
    <sub alias="World Wide Web">WWW</sub>          other words instead
    <say-as interpret-as="characters">…</say-as>   letter by letter
    <speak>…</speak>                               around it all, if you like

`&lt; &gt; &amp; &quot; &apos;` are the only entities; declarations, comments and processing
instructions are refused. Rates multiply and pitches add where tags are nested.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from recital.utils.config import nearest
from recital.utils.errors import DataError

LONGEST_BREAK = 10.0  # seconds
LARGEST = 100_000  # characters of a marked-up text
DEEPEST = 16  # tags inside of each other

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z-]*)((?:\s[^<>]{0,500}?)?)(/?)>")
_KNOWN = ("speak", "break", "emphasis", "prosody", "phoneme", "sub", "say-as")
_LOOKS_MARKED = re.compile(rf"{_TAG.pattern}|<[!?]|</?(?:{'|'.join(_KNOWN)})\b")
_ATTRIBUTE = re.compile(r"""\s+([A-Za-z][\w:-]*)\s*=\s*("[^"]*"|'[^']*')""")
_ENTITY = re.compile(r"&(#?\w*);?")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_TIME = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|s)")
_RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "fast": 1.25, "x-fast": 1.6}
_PITCHES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "high": 3.0, "x-high": 6.0}


class Style(NamedTuple):
    """How a part is spoken."""

    pace: float = 1.0  # 2 is twice as fast
    semitones: float = 0.0  # that the pitch is higher


_EMPHASIS = {
    "strong": Style(0.8, 2.0),
    "moderate": Style(0.9, 1.0),
    "reduced": Style(1.15, -1.0),
    "none": Style(),
}


class Span(NamedTuple):
    """A part of one style, in characters of `Markup.text`."""

    start: int
    end: int
    style: Style


class Break(NamedTuple):
    """A pause at a character of `Markup.text`."""

    place: int
    seconds: float


@dataclass(frozen=True)
class Markup:
    """A text without its tags, and what they said: spans in order, without gaps, and breaks.

    Pronunciations are in the text, in braces.
    """

    text: str
    spans: tuple[Span, ...]
    breaks: tuple[Break, ...]

    @property
    def styles(self) -> list[Style]:
        """The style of each span, which `marked_pieces` refers to."""
        return [span.style for span in self.spans]

    def pieces(self) -> list[tuple[str, float]]:
        """The text between breaks, and the seconds of pause after it; `{|2|}` is where the
        third span begins, a word of its own, and passes through every cleaner as braces do.
        """
        cuts = [*self.breaks, Break(len(self.text), 0.0)]
        pieces, start = [], 0
        for cut in cuts:
            parts = []
            for i, span in enumerate(self.spans):
                begin, end = max(span.start, start), min(span.end, cut.place)
                if begin < end:
                    parts.append(f" {{|{i}|}} {self.text[begin:end]}")
            pieces.append(("".join(parts), cut.seconds))
            start = cut.place
        return pieces


def style_after(piece: str, style: int) -> int:
    """The number of the style in force at the end of a piece, or of a part of one."""
    begun = re.findall(r"\{\|(\d+)\|\}", piece)
    return int(begun[-1]) if begun else style


def is_marked_up(text: str) -> bool:
    """Whether a text holds tags, or something that tries to be one; "x < y" and "<5>" do not."""
    return "<" in text and _LOOKS_MARKED.search(text) is not None


def parse_markup(text: str) -> Markup:
    """The tags of a text; a text without any is one span. Raises `DataError` with the place of
    what is wrong.
    """
    return _Parser(text).parse()


class _Open(NamedTuple):
    """A tag that waits for its end."""

    name: str
    place: int
    style: Style
    replaces: Callable[[str], str] | None  # what is said instead of the words inside


class _Parser:
    """One pass from tag to tag."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.out = ""  # the text so far
        self.spans: list[Span] = []
        self.breaks: list[Break] = []
        self.open: list[_Open] = [_Open("", 0, Style(), None)]
        self.held_from = 0  # where in `out` the words of a replacing tag begin

    def parse(self) -> Markup:
        if len(self.source) > LARGEST:
            raise DataError(f"markup: {len(self.source)} characters; expected at most {LARGEST}")
        done = 0
        for match in _TAG.finditer(self.source):
            self._text(done, match.start())
            self._tag(match)
            done = match.end()
        self._text(done, len(self.source))
        if len(self.open) > 1:
            last = self.open[-1]
            raise self._error(last.place, f"<{last.name}> is never closed; write </{last.name}>")
        if self.out and not self.spans:
            self.spans.append(Span(0, len(self.out), Style()))
        return Markup(self.out, tuple(self.spans), tuple(self.breaks))

    def _text(self, start: int, end: int) -> None:
        raw = self.source[start:end]
        stray = re.search(r"<[A-Za-z/!?]", raw)
        if stray:
            raise self._error(
                start + stray.start(),
                "this is no tag that is known here; write &lt; for the sign itself",
            )
        if "{|" in raw:
            raise self._error(start + raw.index("{|"), "'{|' cannot be in a marked-up text")
        self._add(_ENTITY.sub(lambda m: self._entity(m, start), raw))

    def _entity(self, match: re.Match[str], start: int) -> str:
        name = match[1]
        if name in _ENTITIES and match[0].endswith(";"):
            return _ENTITIES[name]
        if not match[0].endswith(";"):
            return match[0]  # an ampersand, as in "AT&T"
        raise self._error(
            start + match.start(),
            f"no entity {match[0]!r}; known: &lt; &gt; &amp; &quot; &apos;",
        )

    def _add(self, text: str) -> None:
        if not text:
            return
        start, style = len(self.out), self.open[-1].style
        self.out += text
        if self.spans and self.spans[-1].style == style:
            self.spans[-1] = Span(self.spans[-1].start, len(self.out), style)
        else:
            self.spans.append(Span(start, len(self.out), style))

    def _tag(self, match: re.Match[str]) -> None:
        closing, name, inside, empty = match.groups()
        place = match.start()
        if name not in _KNOWN:
            hint = nearest(name, _KNOWN) or f"; known: {', '.join(_KNOWN)}"
            raise self._error(place, f"no tag <{name}>{hint}")
        if closing:
            self._close(name, place)
        elif name == "break":
            self._break(inside, place)
        elif empty:
            raise self._error(place, f"<{name}/> holds no words; write <{name}>…</{name}>")
        else:
            self._begin(name, self._attributes(name, inside, place), place)

    def _break(self, inside: str, place: int) -> None:
        bare = _TIME.fullmatch(inside.strip())
        time = bare[0] if bare else self._attributes("break", inside, place).get("time", "")
        match = _TIME.fullmatch(time)
        seconds = float(match[1]) / (1000 if match[2] == "ms" else 1) if match else math.nan
        if not 0.0 <= seconds <= LONGEST_BREAK:
            raise self._error(
                place, f"<break> of {time!r}; expected up to 10 s, as in <break 300ms>"
            )
        if self.open[-1].replaces is not None:
            raise self._error(place, f"<break> cannot be inside <{self.open[-1].name}>")
        self.breaks.append(Break(len(self.out), seconds))

    def _begin(self, name: str, attributes: dict[str, str], place: int) -> None:
        outer = self.open[-1]
        if len(self.open) > DEEPEST:
            raise self._error(place, f"more than {DEEPEST} tags inside of each other")
        if outer.replaces is not None:
            raise self._error(place, f"<{name}> cannot be inside <{outer.name}>")
        own, replaces = self._meaning(name, attributes, place)
        style = Style(outer.style.pace * own.pace, outer.style.semitones + own.semitones)
        if not (0.1 <= style.pace <= 10.0 and abs(style.semitones) <= 36.0):
            raise self._error(
                place,
                f"a rate of {style.pace:.3g} and a pitch of {style.semitones:+g} semitones; "
                "expected 0.1 to 10 and -36 to +36",
            )
        self.open.append(_Open(name, place, style, replaces))
        self.held_from = len(self.out)

    def _meaning(
        self, name: str, attributes: dict[str, str], place: int
    ) -> tuple[Style, Callable[[str], str] | None]:
        """What a tag adds to the style, and what it makes of its words."""
        if name == "emphasis":
            level = attributes.get("level", "moderate")
            return self._choice(level, _EMPHASIS, "level", place), None
        if name == "prosody":
            pace = self._number(attributes.get("rate", "100%"), _RATES, "rate", place)
            pitch = self._number(attributes.get("pitch", "+0st"), _PITCHES, "pitch", place)
            return Style(pace, pitch), None
        if name == "phoneme":
            symbols = self._required(attributes, "ph", name, place)
            if not symbols.strip() or set(symbols) & set("{}|"):
                raise self._error(place, f"ph={symbols!r}: expected such as ph='HH AH0 L OW1'")
            return Style(), lambda _: f"{{{symbols}}}"
        if name == "sub":
            alias = self._required(attributes, "alias", name, place)
            return Style(), lambda _: alias
        if name == "say-as":
            kind = self._required(attributes, "interpret-as", name, place)
            self._choice(kind, {"characters": 0, "spell-out": 0}, "interpret-as", place)
            return Style(), _spell_out
        return Style(), None  # speak

    def _close(self, name: str, place: int) -> None:
        last = self.open[-1]
        if last.name != name:
            expected = f"expected </{last.name}>" if last.name else "nothing is open"
            raise self._error(place, f"</{name}>: {expected}")
        self.open.pop()
        if last.replaces is None:
            return
        words = self.out[self.held_from :]
        self.out = self.out[: self.held_from]
        self.spans = [
            Span(s.start, min(s.end, len(self.out)), s.style)
            for s in self.spans
            if s.start < len(self.out)
        ]
        self._add(last.replaces(words))

    def _attributes(self, name: str, inside: str, place: int) -> dict[str, str]:
        known = {
            "break": ("time",),
            "emphasis": ("level",),
            "prosody": ("rate", "pitch"),
            "phoneme": ("ph", "alphabet"),
            "sub": ("alias",),
            "say-as": ("interpret-as",),
            "speak": ("version", "xmlns", "xml:lang"),
        }[name]
        found: dict[str, str] = {}
        rest = _ATTRIBUTE.sub("", inside).strip()
        for key, value in _ATTRIBUTE.findall(inside):
            if key not in known:
                raise self._error(
                    place,
                    f"<{name}> has no {key!r}{nearest(key, known)}; known: {', '.join(known)}",
                )
            if key in found:
                raise self._error(place, f"<{name}> has {key!r} twice")
            found[key] = _ENTITY.sub(lambda m: self._entity(m, place), value[1:-1])
        if rest:
            raise self._error(place, f'<{name}>: {rest!r}: expected such as {known[0]}="…"')
        return found

    def _required(self, attributes: dict[str, str], key: str, name: str, place: int) -> str:
        if key not in attributes:
            raise self._error(place, f'<{name}> needs {key}="…"')
        return attributes[key]

    def _choice(self, value: str, known: dict[str, Any], key: str, place: int) -> Any:
        if value not in known:
            raise self._error(place, f"{key}={value!r} is none of {', '.join(known)}")
        return known[value]

    def _number(self, value: str, named: dict[str, float], key: str, place: int) -> float:
        """A rate as a factor, or a pitch in semitones."""
        if value in named:
            return named[value]
        pattern = r"(\d+(?:\.\d+)?)(%?)" if key == "rate" else r"([+-]\d+(?:\.\d+)?)(st)"
        match = re.fullmatch(pattern, value)
        if match is None:
            example = '"80%"' if key == "rate" else '"+2st"'
            raise self._error(
                place, f"{key}={value!r}: expected such as {example}, or {', '.join(named)}"
            )
        return float(match[1]) / (100.0 if match[2] == "%" else 1.0)

    def _error(self, place: int, what: str) -> DataError:
        near = self.source[max(0, place - 15) : place + 25]
        return DataError(f"markup: character {place}, near {near!r}: {what}")


def _spell_out(words: str) -> str:
    """ "ab1" -> "a.b. 1": initials, which every cleaner reads letter by letter."""
    return " ".join(f"{c.upper()}." if c.isalpha() else c for c in words if not c.isspace())
