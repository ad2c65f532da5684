"""Speed beside the code of the references, from checkouts of it: the same sizes and, where it can
be read, the same weights, in turn in one process for each row.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from recital.bins.benchmark.common import Figures, has_bf16, in_process, seconds_of
from recital.bins.benchmark.references import acoustic, vocoders
from recital.bins.benchmark.references.pair import (
    Code,
    Pair,
    check_checkout,
    peak_difference,
)
from recital.utils.config import nearest
from recital.utils.errors import RecitalError, UsageError

CODES = {
    "bigvgan": Code("https://github.com/NVIDIA/BigVGAN", "bigvgan.py"),
    "hifigan": Code("https://github.com/jik876/hifi-gan", "models.py"),
    "amphion": Code(
        "https://github.com/open-mmlab/Amphion", "models/vocoders/gan/generator/melgan.py"
    ),
    "nvidia": Code(
        "https://github.com/NVIDIA/DeepLearningExamples",
        f"{acoustic.FASTPITCH}/fastpitch/model.py",
    ),
    "fastspeech2": Code("https://github.com/ming024/FastSpeech2", "model/fastspeech2.py"),
}
ROUNDS = 9
LONGEST = 60.0  # s after which no further round begins
ALIKE = 1e-4  # of the peak: waves of the same weights


class Row(NamedTuple):
    """A comparison: with which code, and the function that prepares it."""

    code: str
    prepare: Callable[[Path], Pair]
    bf16: bool = False  # ours, while theirs is in fp32


ROWS = {
    "BigVGAN-base": Row("bigvgan", vocoders.bigvgan),
    "MB-iSTFT, BigVGAN-base theirs": Row("bigvgan", vocoders.mb_istft),
    "HiFi-GAN V1": Row("hifigan", vocoders.hifigan_v1),
    "MelGAN": Row("amphion", vocoders.melgan),
    "NSF-HiFiGAN, 768 channels": Row("amphion", vocoders.nsf_hifigan),
    "APNet": Row("amphion", vocoders.apnet),
    "DiffWave, 6 steps": Row("amphion", vocoders.diffwave),
    "FastPitch, a step": Row("nvidia", partial(acoustic.fastpitch, precision="no")),
    "FastPitch, a step, ours in bf16": Row(
        "nvidia", partial(acoustic.fastpitch, precision="bf16"), bf16=True
    ),
    "FastSpeech 2, a step": Row("fastspeech2", partial(acoustic.fastspeech2, precision="no")),
    "FastSpeech 2, a step, ours in bf16": Row(
        "fastspeech2", partial(acoustic.fastspeech2, precision="bf16"), bf16=True
    ),
}


def bench_references(code: Sequence[str] = ()) -> Figures:
    """Every comparison with the checkouts `code`, `NAME=FOLDER` each. Raises `UsageError`."""
    folders = _folders(code)
    figures: Figures = {}
    for name, row in ROWS.items():
        if row.code not in folders or (row.bf16 and not has_bf16()):
            continue
        figures[name] = in_process(compare, name, folders[row.code], torch.get_num_threads())
        print(f"  {name:<34} {figures[name]}", flush=True)
    return figures


def compare(name: str, folder: Path, threads: int) -> str:
    """One comparison, in this process."""
    torch.set_num_threads(threads)
    try:
        pair = ROWS[name].prepare(folder)
    # whatever another version of their code does
    except (Exception, SystemExit) as error:
        why = f"{type(error).__name__}: {error}".splitlines()[0]
        raise RecitalError(f"{name}: {folder} cannot be run here ({why})") from error
    with torch.no_grad():
        same = _difference(name, pair)
        ours, theirs = in_turn(pair)
    ratio = statistics.median(theirs) / statistics.median(ours)
    of_pairs = statistics.median(t / o for o, t in zip(ours, theirs, strict=True))
    return (
        f"{1000 * statistics.median(ours):.0f} ms, theirs {1000 * statistics.median(theirs):.0f}: "
        f"{ratio:.2f} times as fast ({of_pairs:.2f} as the median of {len(ours)} ratios){same}"
    )


def in_turn(
    pair: Pair, rounds: int = ROUNDS, longest: float = LONGEST
) -> tuple[list[float], list[float]]:
    """Seconds of each call of ours and of theirs, after one of each that does not count."""
    ours: list[float] = []
    theirs: list[float] = []
    for done in range(rounds + 1):
        if done > 1 and sum(ours) + sum(theirs) > longest:
            break
        ours.append(seconds_of(pair.ours))
        theirs.append(seconds_of(pair.theirs))
    return ours[1:], theirs[1:]


def _difference(name: str, pair: Pair) -> str:
    """What to say of the waves of the two. Raises `RecitalError` if they should be the same, and
    are not: then the times say nothing.
    """
    if not pair.alike:
        return ""
    ours, theirs = pair.ours(), pair.theirs()
    assert isinstance(ours, Tensor) and isinstance(theirs, Tensor)
    difference = peak_difference(ours, theirs)
    if not difference < ALIKE:
        raise RecitalError(f"{name}: the waves differ by {difference:.1e} of their peak")
    return f"; waves differ by {difference:.1e} of their peak"


def _folders(code: Sequence[str]) -> dict[str, Path]:
    if not code:
        known = ", ".join(f"{name} ({known.url})" for name, known in CODES.items())
        raise UsageError(f"--code: give checkouts to compare with, as NAME=FOLDER; known: {known}")
    folders = {}
    for text in code:
        name, _, folder = text.partition("=")
        if name not in CODES or not folder:
            hint = nearest(name, CODES) or f"; known: {', '.join(CODES)}"
            raise UsageError(f"--code {text}: expected NAME=FOLDER{hint}")
        folders[name] = Path(folder).expanduser().resolve()
        check_checkout(name, CODES[name], folders[name])
    return folders
