"""The flags of stage 3 for pace, pitch and energy."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import math
import re
from pathlib import Path
from typing import Any

from recital.processors.speech.controls import Controls, PitchFunction
from recital.processors.speech.plan import Plan, read_plan
from recital.utils.config import nearest
from recital.utils.errors import DataError, UsageError
from recital.utils.files import read_lines
from recital.utils.json_files import read_object


def read_controls(args: argparse.Namespace, single: bool) -> tuple[Controls, list[float] | None]:
    """The controls, and F0 of each token in Hz if a file gives it; `single` says that one text is
    spoken.

    Raises `UsageError` or `DataError` for invalid values, and for numbers per token with several
    texts.
    """
    scales = {
        name: parse_scale(f"--{name}", value)
        for name in ("pace", "pitch_scale", "energy_scale")
        if (value := getattr(args, name)) is not None
    }
    if args.duration_control is not None:
        scales["pace"] = _inverse(parse_scale("--duration_control", args.duration_control))
    by_token = [f"--{name}" for name, value in scales.items() if isinstance(value, list)]
    if args.pitch_file is not None:
        by_token.append("--pitch_file")
    if by_token and not single:
        raise UsageError(f"{by_token[0]}: numbers of each token are for a single text")
    changes: dict[str, Any] = {**scales}
    if args.pitch_shift is not None:
        changes |= parse_shift(args.pitch_shift)
    controls = Controls(
        pitch_flatten=args.pitch_flatten,
        pitch_invert=args.pitch_invert,
        temperature=args.temperature,
        n_steps=args.n_steps,
        duration_temperature=args.duration_temperature,
        language=args.language,
        fade_out=args.fade_out,
        max_seconds=args.max_seconds,
        pitch_function=load_function(args.pitch_transform) if args.pitch_transform else None,
        **changes,
    )
    return controls, read_pitch(args.pitch_file) if args.pitch_file else None


def load_function(spec: str) -> PitchFunction:
    """The function of `--pitch_transform`: `FILE.py:NAME` or `MODULE:NAME`. This runs the user's
    own code, and only what the user has named. Raises `UsageError` if there is no such function.
    """
    flag = f"--pitch_transform {spec}"
    where, colon, name = spec.rpartition(":")
    if not colon or not where or not name.isidentifier():
        raise UsageError(f"{flag}: expected FILE.py:FUNCTION or MODULE:FUNCTION")
    try:
        if where.endswith(".py"):
            loader = importlib.util.spec_from_file_location(Path(where).stem, where)
            assert loader is not None and loader.loader is not None, "a .py has a loader"
            module = importlib.util.module_from_spec(loader)
            loader.loader.exec_module(module)
        else:
            module = importlib.import_module(where)
    except Exception as error:
        raise UsageError(f"{flag}: cannot be loaded: {type(error).__name__}: {error}") from None
    function = vars(module).get(name)
    if not callable(function):
        known = [n for n, v in vars(module).items() if callable(v) and not n.startswith("_")]
        raise UsageError(
            f"{flag}: {where} has no function {name}{nearest(name, known)}; it takes pitch [B, N] "
            "in Hz and token_lengths [B], and returns pitch [B, N]"
        )
    checked: PitchFunction = function
    return checked


def _inverse(control: float | list[float]) -> float | list[float]:
    """Convert duration controls to paces."""
    numbers = control if isinstance(control, list) else [control]
    if min(numbers) <= 0:
        raise UsageError("--duration_control: expected numbers above 0")
    paces = [1 / number for number in numbers]
    return paces if isinstance(control, list) else paces[0]


def parse_scale(flag: str, text: str) -> float | list[float]:
    """ "1.2" -> 1.2; "1,1.2,0.9", or a file with these numbers -> one per token."""
    try:
        return float(text)
    except ValueError:
        pass
    if "," in text:
        numbers = parse_numbers(text)
    elif Path(text).is_file():
        numbers = parse_numbers("\n".join(read_texts(Path(text))))
    else:
        numbers = []
    if not numbers:
        raise UsageError(
            f"{flag} {text}: expected a number, or one for each token: with commas between, or the "
            "name of a file that holds them"
        )
    return numbers


def parse_numbers(text: str) -> list[float]:
    """Numbers separated by blanks or commas; empty if there is anything else."""
    try:
        numbers = [float(number) for number in re.split(r"[\s,]+", text.strip(" \t\r\n,"))]
    except ValueError:
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def read_texts(path: Path) -> list[str]:
    """The lines of a file of texts, blank ones included."""
    return read_lines(path)


def read_pitch(path: Path) -> list[float]:
    """F0 of each token in Hz: numbers separated by blanks or commas, or the JSON of an earlier
    inference.
    """
    text = "\n".join(read_texts(path))
    if path.suffix == ".json":
        try:
            text = " ".join(str(float(hz)) for hz in json.loads(text)["pitch"])
        except (ValueError, TypeError, KeyError):
            text = ""
    if not (pitch := parse_numbers(text)):
        raise DataError(
            f"{path}: expected a number of Hz for each token, as in the JSON next to a wav"
        )
    return pitch


def read_plan_file(path: Path) -> Plan:
    """The plan that --controls names. Raises `DataError` with the place of a mistake."""
    tree = read_object(path, DataError, "no such file")
    try:
        return read_plan(tree)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def parse_shift(text: str) -> dict[str, float]:
    """ "20" or "20Hz" -> {"pitch_shift": 20.0}, "-2st" -> {"pitch_shift_semitones": -2.0}."""
    match = re.fullmatch(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*(hz|st)?", text.strip(), re.IGNORECASE)
    if match is None:
        raise UsageError(f"--pitch_shift {text}: expected Hz or semitones, as in 20Hz or -2st")
    semitones = (match[2] or "").lower() == "st"
    return {"pitch_shift_semitones" if semitones else "pitch_shift": float(match[1])}
