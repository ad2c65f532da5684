"""How the audio of a reply is wrapped: as it is, in JSON with times, or as server-sent events.

A reply with times begins with them, so that a mouth can be moved while the audio plays; both are
sent in pieces.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from recital.processors.serving.encoders import FORMATS, encode
from recital.processors.serving.pool import Piece
from recital.processors.serving.request import SpeechRequest
from recital.processors.speech.plan import Plan, Sentence
from recital.processors.speech.synthesizer import Synthesizer


def media_type(wanted: SpeechRequest) -> str:
    """The Content-Type of a reply."""
    if wanted.stream_format == "sse":
        return "text/event-stream"
    return "application/json" if wanted.timestamps else FORMATS[wanted.response_format].media_type


def spoken(wanted: SpeechRequest, voice: Synthesizer, max_seconds: float) -> Iterator[Piece]:
    """The pieces of a reply. Raises `DataError` for what the voice cannot say."""
    options: dict[str, Any] = {
        "speaker": wanted.speaker,
        "max_seconds": max_seconds,
        **wanted.changes,
    }
    form = FORMATS[wanted.response_format]
    times, n_samples = None, 0
    if wanted.timestamps or form.counted:
        plan = voice.plan(wanted.input, **options)
        left_out = round(wanted.start * plan.sample_rate / plan.hop_length)
        n_samples = (plan.frames - left_out) * plan.hop_length
        times = times_of(plan) if wanted.timestamps else None
    waves = voice.stream(wanted.input, start=wanted.start, **options)
    audio = encode(waves, voice.audio.sample_rate, form, n_samples)
    if wanted.stream_format == "sse":
        return _events(audio, times)
    if times is None:
        return audio
    head = {
        "format": wanted.response_format,
        "sample_rate": form.rate_for(voice.audio.sample_rate),
        **times,
    }
    return _in_json(audio, head)


def times_of(plan: Plan) -> dict[str, Any]:
    """Sentences, words and phonemes with their `start` and `end` in seconds of the audio."""
    frame, sentences = 0, []
    for sentence in plan.sentences:
        frame += sentence.before
        sentences.append(_sentence(sentence, frame, plan.frame_seconds))
        frame += sentence.frames + sentence.after
    return {"seconds": round(frame * plan.frame_seconds, 6), "sentences": sentences}


def _sentence(sentence: Sentence, first: int, frame_seconds: float) -> dict[str, Any]:
    ends = [first]  # in frames: token i is from ends[i] to ends[i + 1]
    for frames in sentence.durations:
        ends.append(ends[-1] + frames)

    def span(start: int, end: int) -> dict[str, float]:
        return {
            "start": round(ends[start] * frame_seconds, 6),
            "end": round(ends[end] * frame_seconds, 6),
        }

    words = [
        {
            "text": word.text,
            **span(word.start, word.end),
            "phonemes": [
                {"text": sentence.tokens[i], **span(i, i + 1)} for i in range(word.start, word.end)
            ],
        }
        for word in sentence.words
    ]
    return {"text": sentence.text, **span(0, len(sentence.tokens)), "words": words}


def _events(audio: Iterator[Piece], times: dict[str, Any] | None) -> Iterator[Piece]:
    """Server-sent events with OpenAI's names, and one of our own with the times."""
    head = b"" if times is None else _event({"type": "speech.audio.times", **times})
    for piece in audio:
        delta = {"type": "speech.audio.delta", "audio": base64.b64encode(piece.data).decode()}
        yield Piece(head + (_event(delta) if piece.data else b""), piece.seconds)
        head = b""
    # nothing is charged for
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    yield Piece(_event({"type": "speech.audio.done", "usage": usage}), 0.0)


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _in_json(audio: Iterator[Piece], head: dict[str, Any]) -> Iterator[Piece]:
    """One JSON object, whose last key `audio` is the audio in base64."""
    begun = json.dumps(head, ensure_ascii=False)[:-1] + ', "audio": "'
    data, held = begun.encode(), b""
    for piece in audio:
        held += piece.data
        whole = len(held) - len(held) % 3  # three bytes are four letters
        yield Piece(data + base64.b64encode(held[:whole]), piece.seconds)
        data, held = b"", held[whole:]
    yield Piece(data + base64.b64encode(held) + b'"}', 0.0)
