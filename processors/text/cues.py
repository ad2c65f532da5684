"""Subtitles: cues of SubRip and WebVTT without their numbers, times and tags."""

from __future__ import annotations

import re

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d\d[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*{_TIME} ?--> ?{_TIME}(?: [a-z]+:\S+)*\s*")
_NUMBER = re.compile(r"\s*\ufeff?\d{1,5}\s*")
_HEADER = re.compile(r"\s*\ufeff?WEBVTT\b.*|Kind: \w+|Language: [\w-]+")
# <v Ann>Hello, <c.yellow>, {\an8}; who speaks is said where they change
_VOICE = re.compile(r"<v(?:\.[\w.]{1,40})? ([^<>]{1,60})>")
_TAGS = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang|font)\b[^<>]{0,80}>|\{\\[^{}]{1,60}\}")
_LINES = re.compile(r"\r\n|\n|\r")


def without_timings(text: str) -> str:
    """The lines that are spoken, one below the other as if hard-wrapped: a sentence may go on
    in the next cue. A text without a line of timings is left alone.
    """
    lines = _LINES.split(text)
    if not any("-->" in line and _TIMING.fullmatch(line) for line in lines):
        return text
    spoken: list[str] = []
    speaker = ""
    for line in lines:
        if "-->" in line and _TIMING.fullmatch(line):
            if spoken and _NUMBER.fullmatch(spoken[-1]):
                spoken.pop()
        elif line.strip() and _HEADER.fullmatch(line) is None:
            if voice := _VOICE.match(line):
                label = f"{voice[1]}: " if voice[1] != speaker else ""
                speaker = voice[1]
                line = label + line[voice.end() :]
            spoken.append(_TAGS.sub("", line))
    return "\n".join(spoken)
