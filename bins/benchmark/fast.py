"""The speed gain of `modules/fast`: each part against the plain torch line that it replaces, on a
whole step or utterance of another benchmark, alternating in one process.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import NamedTuple
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.bins.benchmark.acoustic import acoustic_step
from recital.bins.benchmark.common import (
    LABELS,
    Figures,
    Precision,
    build_vocoder,
    has_bf16,
    seconds_of,
    training_step,
    vocoder_batch,
    vocoder_config,
)
from recital.bins.benchmark.vocoders import vocoder_utterance
from recital.models.tts.tacotron2 import decoder
from recital.models.vocoder import diffwave, gan, griffin_lim, hifigan, waveglow
from recital.modules.fast import channels_last, dropout, polyphase, winograd
from recital.modules.layers import convnext, transformer
from recital.modules.layers.snake import AntiAliased
from recital.modules.signal import stft

ROUNDS = 3  # after a warm-up, each one call with the part and one with the plain line

Work = Callable[[], object]


class Part(NamedTuple):
    """A part, its workload, and the patch that restores the plain line."""

    name: str
    work: Callable[[Precision], Work]
    precisions: tuple[Precision, ...]
    plain: Callable[[], Sequence[AbstractContextManager[object]]]


class PlainRecurrence:
    """`Recurrence` with a gradient of the weight in every step."""

    def __init__(self, gates: Tensor, weight: Tensor, _: torch.dtype) -> None:
        self.gates, self.weight = gates, weight

    def __call__(self, step: int, inputs: Tensor) -> Tensor:
        """inputs [B, H] -> gates [B, K] of a step."""
        return self.gates[step] + F.linear(inputs, self.weight)


def plain_with_magnitude(spectrum: Tensor, magnitude: Tensor, most_raised: float) -> Tensor:
    """`with_magnitude` with complex numbers."""
    return spectrum * (magnitude / spectrum.abs().clamp(min=1e-8)).clamp(max=most_raised)


def plain_overlap_add(frames: Tensor, hop_length: int) -> Tensor:
    """`overlap_add` with `F.fold`."""
    n_fft = frames.shape[2]
    size = (1, n_fft + (frames.shape[1] - 1) * hop_length)
    return F.fold(frames.transpose(1, 2), size, (1, n_fft), stride=(1, hop_length))[:, 0, 0]


def plain_convolve(x: Tensor, conv: nn.Conv1d, dilation: int = 1) -> Tensor:
    """`convolve` with `F.conv1d`."""
    reach = conv.weight.shape[2] // 2 * dilation
    rows = x.transpose(1, 2)
    return F.conv1d(rows, conv.weight, conv.bias, 1, reach, dilation).transpose(1, 2)


def plain_depthwise(hidden: Tensor, conv: nn.Conv1d) -> Tensor:
    """`depthwise` with the layer itself."""
    made: Tensor = conv(hidden.transpose(1, 2)).transpose(1, 2)
    return made


def plain_infer(self: hifigan.HiFiGanGenerator, mel: Tensor) -> Tensor:
    """The network with weight norm."""
    wav: Tensor = self(mel)
    return wav


class PlainActivation(nn.Module):
    """`Polyphase` with the layer itself."""

    def __init__(self, plain: AntiAliased) -> None:
        super().__init__()
        self.plain = plain

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, 1, T] -> [B, C, 1, T]."""
        made: Tensor = self.plain(hidden[:, :, 0])
        return made[:, :, None].contiguous(memory_format=torch.channels_last)


def plain_predict(
    self: diffwave.DiffWaveNetwork, wav: Tensor, step: Tensor, condition: Tensor
) -> Tensor:
    """The whole sequence at once, with the samples last in memory."""
    return self.predict(wav, step, condition)


def _waveglow_step(precision: Precision) -> Work:
    """A step of WaveGlow with 256 channels, one item of 8192 samples."""
    config = vocoder_config("waveglow", {"model": {"channels": 256}})
    model = build_vocoder(config, training=True)
    return training_step(model, config, vocoder_batch(model, 1, 32), precision)


def _utterance(name: str) -> Callable[[Precision], Work]:
    return lambda precision: vocoder_utterance(name, precision)[0]


def _griffin_lim(_: Precision) -> Work:
    """400 frames with Griffin-Lim."""
    vocoder = griffin_lim.GriffinLim(build_vocoder(vocoder_config("vocos")).audio)
    mel = torch.randn(1, vocoder.audio.n_mels, 400) - 4
    return lambda: vocoder.infer(mel)


def plain_attend(q: Tensor, k: Tensor, v: Tensor, keys: Tensor, dropout: float) -> Tensor:
    """Dropout within torch's attention."""
    return F.scaled_dot_product_attention(q, k, v, attn_mask=keys, dropout_p=dropout)


BOTH: tuple[Precision, ...] = ("no", "bf16")
PARTS = (
    Part(
        "channels_last, HiFi-GAN V2",
        _utterance("HiFi-GAN V2"),
        BOTH,
        lambda: [
            patch.object(channels_last, "_image", lambda conv: conv),
            patch.object(gan, "image", lambda hidden: hidden),
        ],
    ),
    Part(
        "fused, HiFi-GAN V2",
        _utterance("HiFi-GAN V2"),
        ("no",),
        lambda: [patch.object(hifigan.HiFiGanGenerator, "infer", plain_infer)],
    ),
    Part(
        "winograd, APNet",
        _utterance("APNet"),
        ("no",),
        lambda: [patch.object(winograd, "LEAST_CHANNELS", sys.maxsize)],
    ),
    Part(
        "winograd, HiFi-GAN V1",
        _utterance("HiFi-GAN V1"),
        ("no",),
        lambda: [patch.object(winograd, "LEAST_CHANNELS", sys.maxsize)],
    ),
    Part(
        "polyphase, BigVGAN-base",
        _utterance("BigVGAN-base"),
        BOTH,
        lambda: [patch.object(polyphase, "Polyphase", PlainActivation)],
    ),
    Part(
        "pieces, DiffWave",
        _utterance("DiffWave, 6 steps"),
        BOTH,
        lambda: [
            patch.object(diffwave.DiffWaveNetwork, "predict_by_pieces", plain_predict),
            patch.object(diffwave, "image", lambda hidden: hidden),
        ],
    ),
    Part(
        "depthwise, Vocos 384",
        _utterance("Vocos 384"),
        BOTH,
        lambda: [patch.object(convnext, "depthwise", plain_depthwise)],
    ),
    Part(
        "phases, SourceFilter",
        _utterance("SourceFilter"),
        ("no",),
        lambda: [patch.object(griffin_lim, "with_magnitude", plain_with_magnitude)],
    ),
    Part(
        "phases, Griffin-Lim",
        _griffin_lim,
        ("no",),
        lambda: [patch.object(griffin_lim, "with_magnitude", plain_with_magnitude)],
    ),
    Part(
        "overlap_add, SourceFilter",
        _utterance("SourceFilter"),
        ("no",),
        lambda: [patch.object(stft, "overlap_add", plain_overlap_add)],
    ),
    Part(
        "folded_coupling, WaveGlow 256",
        _utterance("WaveGlow 256"),
        ("no",),
        lambda: [patch.object(waveglow, "fold", lambda network: None)],
    ),
    Part(
        "dilated, a step of WaveGlow",
        _waveglow_step,
        ("bf16",),
        lambda: [patch.object(waveglow, "convolve", plain_convolve)],
    ),
    Part(
        "recurrent, a step of Tacotron 2",
        lambda precision: acoustic_step("tacotron2", precision)[0],
        BOTH,
        lambda: [patch.object(decoder, "Recurrence", PlainRecurrence)],
    ),
    Part(
        "dropout, a step of FastPitch",
        lambda precision: acoustic_step("fastpitch", precision)[0],
        BOTH,
        lambda: [
            patch.object(dropout.Dropout, "forward", nn.Dropout.forward),
            patch.object(transformer, "attend", plain_attend),
        ],
    ),
)


def bench_fast() -> Figures:
    """How many times longer the plain line takes: the median over rounds."""
    figures: Figures = {}
    for part in PARTS:
        for precision in part.precisions:
            if precision == "no" or has_bf16():
                figures[f"{part.name}, {LABELS[precision]} (x)"] = gain(part, precision)
    return figures


def gain(part: Part, precision: Precision, rounds: int = ROUNDS) -> float:
    """Seconds of the plain line divided by those of the part."""
    work = part.work(precision)
    with _replaced(part):
        plain = part.work(precision)  # its preparation may differ
    ratios = []
    for _ in range(rounds + 1):
        seconds = seconds_of(work)
        with _replaced(part):
            ratios.append(seconds_of(plain) / seconds)
    return statistics.median(ratios[1:])


def _replaced(part: Part) -> ExitStack:
    stack = ExitStack()
    for change in part.plain():
        stack.enter_context(change)
    return stack
