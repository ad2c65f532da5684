"""Checks of the machine and of the config: disk, memory, packages, budgets."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.doctor.findings import Finding, find

GIB = 2.0**30
SPARE = 1.2  # free space wanted, as a multiple of what is needed


def room(folder: Path, needed: float, what: str) -> Iterator[Finding]:
    """Check that `needed` bytes can be written into a folder that may not exist yet."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK):
        yield find("not_writable", f"{folder}: {what} cannot be written there", file=str(folder))
        return
    free = shutil.disk_usage(there).free
    if free < SPARE * needed:
        reason = f"{what} need {needed / GIB:.2f} GiB, {free / GIB:.2f} GiB are free in {there}"
        yield find("disk_space", reason, file=str(folder))


def feature_bytes(seconds: float, audio: AudioConfig, features: Iterable[str]) -> float:
    """Bytes that stage 1 writes for `seconds` of speech."""
    frames = seconds * audio.sample_rate / audio.hop_length
    sizes = {
        "mel": 4.0 * audio.n_mels * frames,
        "pitch": 4.0 * frames,
        "energy": 4.0 * frames,
        "wav": 2.0 * seconds * audio.sample_rate,
    }
    return sum(sizes[f] for f in features)


def available_memory() -> float:
    """Bytes that a process can still allocate on this machine."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return 1024.0 * float(fields["MemAvailable"].split()[0])
    except (OSError, KeyError, ValueError):
        return float("inf")


def packages(names: Mapping[str, str]) -> Iterator[Finding]:
    """Report modules (name -> what needs it) that are not installed."""
    for name, what in names.items():
        if importlib.util.find_spec(name) is None:
            yield find("package", f"{name} is not installed: {what} needs it")


def hop_against_upsampling(model: Mapping[str, Any], audio: AudioConfig) -> Iterator[Finding]:
    """Check that each `upsample_rates` in a model's section multiplies to the hop length."""
    for where, rates in _upsampling(model, "model"):
        product = 1
        for rate in rates:
            product *= rate
        if product != audio.hop_length:
            factors = " x ".join(map(str, rates))
            reason = f"{where}: {factors} = {product}, and audio.hop_length is {audio.hop_length}"
            yield find("hop_upsampling", reason)


def _upsampling(tree: Mapping[str, Any], where: str) -> Iterator[tuple[str, list[int]]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _upsampling(value, f"{where}.{key}")
        elif (
            key == "upsample_rates"
            and isinstance(value, list)
            and all(isinstance(v, int) for v in value)
        ):
            yield f"{where}.{key}", value


def budgets(
    max_frames: int | None,
    segment_frames: int | None,
    frames: Mapping[str, int],
) -> Iterator[Finding]:
    """Check the frames of recordings (by id) against the batch limits."""
    if not frames:
        return
    longest = max(frames, key=lambda id: frames[id])
    if max_frames is not None and frames[longest] > max_frames:
        reason = f"train.max_frames {max_frames} is less than the {frames[longest]} of {longest}"
        yield find("frame_budget", reason)
    if segment_frames is not None and not max_frames:
        short = sum(n < segment_frames for n in frames.values())
        if short > 0.05 * len(frames):
            reason = f"{short} of {len(frames)} recordings have less than {segment_frames} frames"
            yield find("segment", reason)
