"""Training and inference speed of acoustic models of published sizes, on random data."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from recital.bins.benchmark.common import (
    N_SYMBOLS,
    Figures,
    Precision,
    acoustic_batch,
    acoustic_config,
    audio_seconds,
    build_acoustic,
    device,
    median_seconds,
    training_figures,
    training_step,
)
from recital.models.tts.tacotron2 import Tacotron2

TOKENS, FRAMES = 90, 400  # of Tacotron 2 and FastSpeech 2, as measured for the references
# as in the references of FastSpeech 2
GIVEN_DURATIONS: dict[str, object] = {
    "model": {"aligner": None, "binarization": None},
    "train": {"loss_weights": {"alignment": 0.0, "binarization": 0.0}},
}


class Setup(NamedTuple):
    """A model to train: a config with changes, and the range of lengths in its batch."""

    config: str
    changes: dict[str, object]
    tokens: tuple[int, int]
    frames: tuple[int, int]


SETUPS = {
    "fastpitch": Setup("fastpitch", {}, (80, 100), (500, 600)),
    "fastspeech2": Setup("fastspeech2", GIVEN_DURATIONS, (TOKENS, TOKENS), (FRAMES, FRAMES)),
    "tacotron2": Setup("tacotron2", {}, (TOKENS, TOKENS), (FRAMES, FRAMES)),
}


def acoustic_step(name: str, precision: Precision) -> tuple[Callable[[], None], int]:
    """A training step of one of `SETUPS`, with batch 8 on a CPU and 64 on a GPU, and the number of
    (real) frames in its batch. FastPitch is compiled on a GPU.
    """
    setup = SETUPS[name]
    config = acoustic_config(setup.config, setup.changes)
    model = build_acoustic(config)
    size = 64 if device() == "cuda" else 8
    batch = acoustic_batch(model, size, setup.tokens, setup.frames)
    compiled = device() == "cuda" and name == "fastpitch"
    assert batch.mel_lengths is not None
    step = training_step(model, config, batch, precision, compiled)
    return step, int(batch.mel_lengths.sum())


def bench_fastpitch_train() -> Figures:
    """A step with batch 8 on a CPU, in fp32 and, if supported, bf16; with batch 64 on a GPU, in
    bf16.
    """
    return training_figures(lambda precision: acoustic_step("fastpitch", precision), 5, 2)


def bench_fastspeech2_train() -> Figures:
    """A step of FastSpeech 2 with given durations."""
    return training_figures(lambda precision: acoustic_step("fastspeech2", precision), 5, 1)


def bench_tacotron2_train() -> Figures:
    """A step of Tacotron 2."""
    return training_figures(lambda precision: acoustic_step("tacotron2", precision), 3, 1)


def bench_fastpitch_infer() -> Figures:
    """120 tokens to 720 frames, one utterance, fp32."""
    return _infer("fastpitch", torch.full((120,), 6.0))


def bench_fastspeech2_infer() -> Figures:
    """90 tokens to 361 frames, one utterance, fp32."""
    return _infer("fastspeech2", torch.tensor([5.0] + [4.0] * (TOKENS - 1)))


def _infer(name: str, durations: Tensor) -> Figures:
    """One utterance with given durations [N]."""
    setup = SETUPS[name]
    model = build_acoustic(acoustic_config(setup.config, setup.changes)).eval()
    given = durations[None].to(device())
    tokens = torch.randint(1, N_SYMBOLS, given.shape, device=device())
    lengths = torch.tensor([len(durations)], device=device())
    seconds = median_seconds(lambda: model.infer(tokens, lengths, durations=given), 10, 2)
    audio = audio_seconds(model, int(durations.sum()))
    return {"utterance (ms)": 1000 * seconds, "x real time": audio / seconds}


def bench_tacotron2_infer() -> Figures:
    """90 tokens to 400 frames, one utterance, fp32; compared with the loop of the reference, which
    computes every product in every step from the stored weights.
    """
    model = build_acoustic(acoustic_config("tacotron2")).eval()
    assert isinstance(model, Tacotron2)
    tokens = torch.randint(1, N_SYMBOLS, (1, TOKENS), device=device())
    lengths = torch.tensor([TOKENS], device=device())
    model.max_decoder_steps, model.gate_threshold = FRAMES, 2.0
    seconds = median_seconds(lambda: model.infer(tokens, lengths), 3, 1)
    plain = median_seconds(lambda: _plain_loop(model, tokens, lengths), 3, 1)
    return {
        "utterance (ms)": 1000 * seconds,
        "x real time": audio_seconds(model, FRAMES) / seconds,
        "plain loop (ms)": 1000 * plain,
        "against the plain loop (x)": plain / seconds,
    }


@torch.no_grad()
def _plain_loop(model: Tacotron2, tokens: Tensor, lengths: Tensor) -> None:
    """The decoder literally by its equations: LSTM cells on concatenated inputs, growing lists."""
    network = model.network
    decoder = network.decoder
    memory = network.encode(tokens, lengths, None)
    keys = decoder.attention.keys(memory, lengths)
    first = (memory.new_zeros(1, 1024), memory.new_zeros(1, 1024))
    second = (memory.new_zeros(1, 1024), memory.new_zeros(1, 1024))
    context, frame = memory.new_zeros(1, 512), memory.new_zeros(1, 80)
    weights = total = memory.new_zeros(1, TOKENS)
    frames = memory.new_zeros(0, 80)
    for _ in range(FRAMES):
        x = F.dropout(decoder.prenet(frame, None), 0.5)
        first = decoder.attention_rnn(torch.cat([x, context], 1), first)
        weights = decoder.attention(first[0], keys, weights, total)
        context, total = torch.bmm(weights[:, None], memory)[:, 0], total + weights
        second = decoder.decoder_rnn(torch.cat([first[0], context], 1), second)
        joined = torch.cat([second[0], context], 1)
        frame = decoder.mel(joined)
        bool(decoder.gate(joined).sigmoid() > 2.0)
        frames = torch.cat([frames, frame])
    mel = frames[None]
    network.postnet(mel, torch.ones(mel.shape[:2]) > 0)
