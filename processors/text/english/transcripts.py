"""Transcripts and scripts: times of a recording, which nobody reads out ("Ann: [27:57] Yes"), and
headings of scenes ("INT. KITCHEN - NIGHT").
"""

from __future__ import annotations

import re

from recital.processors.text.english.capital_words import NAMES_OF_SPEAKERS

_CLOCK = r"\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,3})?"
_ANY_CLOCK = re.compile(r"[\[(@ ]\d{1,3}:\d\d[:.,\])-]|^\d\d?:\d\d[: ]")
# But "the clip at [12:30]"
_STAMP = re.compile(
    r"(?<!\bat )(?<!\bto )(?<!\bsee )(?<!from )(?<!\bby )(?<!until )(?<!\band )(?<!\bor )"
    rf"\[{_CLOCK}(?: ?(?:-->|to|-) ?{_CLOCK})?\](?=[\s.,:;]|$)"
)
_STAMPS = re.compile(rf"\[{_CLOCK}\] ?(?:to|-|–) ?\[{_CLOCK}\]")  # of a jingle
# "[inaudible 00:03:18]"; but "(John 3:16)"
_NOT_HEARD = re.compile(
    r"(?<=[\[(])((?:[a-z]{4,16}|(?i:inaudible|unclear|indistinct|crosstalk|laugh\w+|music|"
    r"applause))"
    rf"(?: [a-z]+)?),? ?@? ?{_CLOCK}(?=[\])])"
)
# "Ann Lee (00:12):", "(00:12:34) Welcome"
_BEHIND_NAME = re.compile(
    rf"^((?:[A-Z][\w.'’-]*|\d{{1,2}})(?: [\w.'’-]+){{0,3}}) ?\({_CLOCK}\)(?=:)"
)
_IN_BRACKETS = re.compile(
    r"^\((?=0|\d+:\d\d:)\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,3})?\) ?(?=\S)"
)
_BEGINNING = re.compile(r"^0{1,2}:00(?= (?:- )?[A-Z])")
# "00:12:34 Welcome": so long into a recording
_INTO = re.compile(r"^00?:([0-5]\d):([0-5]\d)(?:[.,]\d{1,3})?(?=[ ,-])")
_SCENE = re.compile(
    r"^((?:\d{1,3}[A-Z]?\.? |FLASHBACK - )?)(INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT)\.? (?=[A-Z][A-Z']+|"
    r"\d+(?:ST|ND|RD|TH) )"
)
_SCENES = {"INT": "Interior", "EXT": "Exterior"}
# "ANN: Yes.", "SAM (O.S.)", "PAM. [Aside.] No", "Hi. AL: Hello"
_LABEL = re.compile(
    r"(?:^|(?<=[.!?)\]\"”-] ))([A-Z]{2,5}(?: (?:& |AND )?[A-Z]{2,12}){0,2})"
    r"(?=: ?[A-Z\"“'‘(\[.\d…-]|(?: ?\([^()]{1,40}\)| ?\[[^\[\]]{1,40}\])[:.]| \((?:CONT|"
    r"[OV]\.? ?[SC]?)| \[[A-Z][a-z. ]{3,30}\](?: [A-Z]|$)|\. (?:[\[(]|[A-Z][a-z])|$)"
)
_ANY_LABEL = re.compile(r"[A-Z]{2}(?:: | ?[(\[]|\. [A-Z(\[]|$)")
_TAG = re.compile(r"\{\\(?:an?\d|pos\(|fad\(|move\(|[ibus][01]|\d?c&|fs\d|fn|k\d|r)[^{}]*\}")
_CAPITALS = re.compile(r"[A-Z]{2,5}")


def expand(text: str) -> str:
    """ "Ann: [27:57] Yes [inaudible 00:28]" -> "Ann: Yes [inaudible]"."""
    if ":" in text and _ANY_CLOCK.search(text):
        text = _NOT_HEARD.sub(r"\1", text)
        if "[" in text:
            text = _STAMP.sub("", _STAMPS.sub("", text)).lstrip()
        if "(" in text:
            text = _BEHIND_NAME.sub(r"\1", _IN_BRACKETS.sub("", text))
        text = _BEGINNING.sub("zero minutes", _INTO.sub(_into, text))
    if _ANY_LABEL.search(text):
        text = _LABEL.sub(_label, text)
    if "INT" in text or "EXT" in text or "I/E" in text:
        text = _SCENE.sub(_scene, text)
    return text


def without_tags(text: str) -> str:
    """ "{\\an8}Where are we?" -> "Where are we?": places and styles of subtitles."""
    return _TAG.sub("", text)


def _label(match: re.Match[str]) -> str:
    """ "ANN: Yes" -> "Ann: Yes"; but "FAQ: Yes"."""
    return _CAPITALS.sub(
        lambda m: m[0].capitalize() if m[0] in NAMES_OF_SPEAKERS else m[0], match[0]
    )


def _into(match: re.Match[str]) -> str:
    minutes, seconds = int(match[1]), int(match[2])
    if not minutes:
        return f"{seconds} second{'s' * (seconds != 1)}"
    return f"{minutes} minute{'s' * (minutes != 1)}" + (f" {seconds}," if seconds else ",")


def _scene(match: re.Match[str]) -> str:
    kinds = [_SCENES[name] for name in ("INT", "EXT") if name in match[2]]
    return f"{match[1]}{' and '.join(kinds or ('Interior', 'exterior')).replace(' E', ' e')}, "
