"""The body of a request: read within limits, and checked field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request

from recital.processors.serving.encoders import FORMATS
from recital.processors.serving.limits import Limits
from recital.processors.serving.replies import Refused
from recital.processors.serving.voices import Voices
from recital.processors.speech.controls import Control, Controls
from recital.processors.speech.plan import Plan, read_plan
from recital.utils.config import nearest
from recital.utils.errors import DataError

SLOWEST, FASTEST = 0.25, 4.0  # as OpenAI's
STREAMS = ("audio", "sse")
# Of a synthesis, all but what is `speed` here, what runs code, and what the server decides.
NOT_ASKED = ("pace", "pitch_function", "max_seconds")
CONTROLS = tuple(f.name for f in fields(Controls) if f.name not in NOT_ASKED)


@dataclass(frozen=True)
class SpeechRequest:
    """A checked `POST /v1/audio/speech`; a plan is what its field `controls` holds."""

    input: str | Plan
    voice: str
    speaker: str | None
    changes: Mapping[str, Control] = field(default_factory=dict)  # of `Controls`
    response_format: str = "mp3"
    stream_format: str = "audio"
    timestamps: bool = False
    start: float = 0.0  # seconds of a plan that are left out


# Accepted and without effect: there is one model, and it takes no instructions.
IGNORED = ("model", "instructions")
KNOWN = {f.name for f in fields(SpeechRequest)} - {"changes"}
KNOWN |= {"speed", "controls", *CONTROLS, *IGNORED}


async def read_json(request: Request, limits: Limits) -> dict[str, Any]:
    """The JSON object in a request's body. Raises `Refused` for one that is too large, too slow,
    or no JSON object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # any page of the web could send another type here without asking the browser first
        raise Refused(415, f"Content-Type: expected application/json, found {kind[:80]!r}")
    try:
        with anyio.fail_after(limits.body_seconds):
            body = await _read(request, limits.max_body)
    except TimeoutError:
        raise Refused(408, f"the body did not arrive within {limits.body_seconds:g} s") from None
    except ClientDisconnect:
        raise Refused(400, "the client went away") from None
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise Refused(400, f"expected a JSON object, found {type(found).__name__}")
    return found


async def _read(request: Request, most: int) -> bytes:
    too_large = Refused(413, f"the body is larger than {most} bytes")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > most:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise too_large
    return bytes(body)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def speech_request(body: dict[str, Any], voices: Voices, limits: Limits) -> SpeechRequest:
    """Check the fields of a request. Raises `Refused` with the first that is wrong."""
    for name in body:
        if name not in KNOWN:
            raise Refused(400, f"{name[:80]}: unknown field{nearest(name, KNOWN)}", name[:80])
    given = {name: value for name, value in body.items() if value is not None}
    voice = given.get("voice")
    if isinstance(voice, dict) and set(voice) == {"id"}:  # as OpenAI's clients name own voices
        given["voice"] = voice["id"]
    for name in ("model", "instructions", "voice", "speaker"):
        if not isinstance(given.get(name, ""), str):
            raise _wrong(name, "a string", given[name])
    speed = speed_of(given)
    plan = planned(object_of(given, "controls"), speed)
    its_speaker = None if plan is None else plan.speaker
    voice, speaker = voices.find(given.get("voice"), given.get("speaker") or its_speaker)
    return SpeechRequest(
        input=plan or text_of(given, limits),
        voice=voice,
        speaker=speaker,
        changes=_changes(given) | ({"pace": speed} if plan is None else {}),
        response_format=_one_of(given, "response_format", tuple(FORMATS), "mp3"),
        stream_format=_one_of(given, "stream_format", STREAMS, "audio"),
        timestamps=_flag(given, "timestamps"),
        start=_start(given, plan),
    )


def _changes(given: dict[str, Any]) -> dict[str, Control]:
    """The fields that are controls of a synthesis."""
    changes = {name: given[name] for name in CONTROLS if name in given}
    try:
        Controls.of(changes)
    except DataError as error:
        raise Refused(400, str(error), param_of(error)) from None
    return changes


def param_of(error: Exception, other: str | None = None) -> str | None:
    """The field that an error is about: a control that it begins with, or another."""
    name = str(error).partition(":")[0]
    return name if name in CONTROLS else other


def planned(controls: dict[str, Any] | None, speed: float) -> Plan | None:
    """The field `controls`, which are spoken in place of a text. Raises `Refused` for what is no
    plan, and for a speed besides it.
    """
    if controls is None:
        return None
    if speed != 1.0:
        raise Refused(400, "speed: controls have their own durations; leave it out", "speed")
    try:
        return read_plan(controls)
    except DataError as error:
        raise Refused(400, str(error), "controls") from None


def text_of(given: dict[str, Any], limits: Limits) -> str:
    """The field `input`."""
    text = given.get("input")
    if not isinstance(text, str):
        raise _wrong("input", "the text to speak, a string", text)
    if not text.strip():
        raise Refused(400, "input: there is no text to speak", "input")
    if len(text) > limits.max_letters:
        raise Refused(
            400,
            f"input: {len(text)} letters, more than the {limits.max_letters} of this server; "
            "cut the text, or start the server with a larger --max_letters",
            "input",
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(400, "input: half of a surrogate pair, which is no text", "input") from None
    return text


def speed_of(given: dict[str, Any]) -> float:
    """The field `speed`."""
    speed = given.get("speed", 1.0)
    if isinstance(speed, bool) or not isinstance(speed, (int, float)):
        raise _wrong("speed", "a number", speed)
    if not SLOWEST <= speed <= FASTEST:
        raise _wrong("speed", f"{SLOWEST:g} to {FASTEST:g}", speed)
    return float(speed)


def _one_of(given: dict[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or value not in known:
        raise _wrong(name, f"one of {', '.join(known)}", value)
    return value


def _flag(given: dict[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise _wrong(name, "true or false", value)
    return value


def _start(given: dict[str, Any], plan: Plan | None) -> float:
    start = given.get("start", 0.0)
    if isinstance(start, bool) or not isinstance(start, (int, float)) or start < 0:
        raise _wrong("start", "seconds from 0", start)
    if start and plan is None:
        raise Refused(400, "start: is a place in controls; send these too", "start")
    if plan is not None and start and start >= (whole := plan.frames * plan.frame_seconds):
        raise _wrong("start", f"less than the {whole:g} s of the controls", start)
    if start and given.get("timestamps"):
        raise Refused(400, "start: timestamps are those of all; leave one of them out", "start")
    return float(start)


def object_of(given: dict[str, Any], name: str) -> dict[str, Any] | None:
    """A field that is an object, if it is given."""
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise _wrong(name, "an object", value)
    return value


def _wrong(name: str, expected: str, found: object) -> Refused:
    return Refused(400, f"{name}: expected {expected}, found {found!r:.80}", name)
