"""The JSON that stage 3 writes next to each wave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Note:
    """Stage 3's metadata of a wave; each field may be missing."""

    text: str = ""
    # "checkpoint" and "vocoder_checkpoint" -> the hash of its weights
    hashes: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None  # of audio
    real_time_factor: float | None = None
    tokens: tuple[tuple[float, str], ...] = ()  # (second of the wave, name)


def read_note(wave: Path) -> Note:
    """Read the note of a wave; empty if there is none."""
    try:
        found = json.loads(wave.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Note()
    if not isinstance(found, dict):
        return Note()
    words = {key: value for key, value in found.items() if isinstance(value, str)}
    return Note(
        words.get("text", ""),
        {key: words[key] for key in ("checkpoint", "vocoder_checkpoint") if key in words},
        _number(found.get("seconds")),
        _number(found.get("real_time_factor")),
        _tokens(found.get("starts"), found.get("tokens")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _tokens(starts: object, names: object) -> tuple[tuple[float, str], ...]:
    if not isinstance(starts, list) or not isinstance(names, list):
        return ()
    try:
        return tuple((float(s), str(name)) for s, name in zip(starts, names, strict=True))
    except (TypeError, ValueError):
        return ()
