"""`POST /v1/plan`: a text, or an edited plan, to what a voice would say, token by token.

The reply is the plan (`processors/speech/plan.py`) with the mel of each sentence, to be drawn. It
may be edited and sent back as `controls`, here and to `/v1/audio/speech`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from recital.processors.serving.pool import Piece
from recital.processors.serving.replies import Refused
from recital.processors.serving.request import CONTROLS, SpeechRequest, read_json, speech_request
from recital.processors.serving.service import Service
from recital.processors.serving.speech import begin, first_audio
from recital.processors.speech.plan import Plan, record
from recital.utils.config import nearest

PLAN = "plan"  # in the metrics
PART = ("first", "most")
FIELDS = ("model", "input", "voice", "speaker", "speed", "controls", *CONTROLS, *PART)


class PlanRoute:
    """The route, with what it needs of the server."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def answer(self, request: Request) -> Response:
        """Answer one request; a thread of the pool makes the plan."""
        service = self.service
        try:
            body = await read_json(request, service.limits)
            for name in body:
                if name not in FIELDS:
                    hint = nearest(name, FIELDS)
                    raise Refused(400, f"{name[:80]}: unknown field{hint}", name[:80])
            part = {name: number for name in PART if (number := _whole(body, name)) is not None}
            wanted = speech_request(body, service.voices, service.limits)
        except Refused:
            service.count(PLAN, "refused")
            raise
        making = begin(service, wanted.voice, lambda: self._pieces(wanted, part), PLAN)
        await first_audio(making, request, "input" if isinstance(wanted.input, str) else "controls")
        try:
            data = b"".join([data async for data in making])
        finally:
            making.close("spoken")
        return Response(data, media_type="application/json")

    def _pieces(self, wanted: SpeechRequest, part: dict[str, int]) -> Iterator[Piece]:
        options: dict[str, Any] = {**wanted.changes, **part}
        plan = self.service.voices.by_name[wanted.voice].plan(
            wanted.input,
            speaker=wanted.speaker,
            max_seconds=self.service.limits.max_seconds,
            **options,
        )
        tree = {"voice": wanted.voice, "total": plan.total, **with_mels(plan)}
        yield Piece(json.dumps(tree, ensure_ascii=False).encode("utf-8"), 0.0)


def _whole(body: dict[str, Any], name: str) -> int | None:
    """A number of sentences, which leaves the body. Raises `Refused` for what is none."""
    value = body.pop(name, None)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise Refused(400, f"{name}: expected a whole number from 0, found {value!r:.80}", name)
    return value


def with_mels(plan: Plan) -> dict[str, Any]:
    """The plan as JSON, its mels as bytes: value = low + byte / 255 * (high - low), in rows of
    frames, the lowest band first.
    """
    tree = record(plan)
    for described, sentence in zip(tree["sentences"], plan.sentences, strict=True):
        mel = sentence.mel
        assert mel is not None, "Synthesizer.plan gives it"
        low, high = float(mel.min()), float(mel.max())
        scaled = (mel - low) / max(high - low, 1e-6) * 255.0
        described["mel"] = {
            "n_mels": mel.shape[0],
            "frames": mel.shape[1],
            "low": round(low, 4),
            "high": round(high, 4),
            "data": base64.b64encode(scaled.round().astype(np.uint8).tobytes()).decode("ascii"),
        }
    return tree
