"""Training steps of acoustic models beside NVIDIA's and ming024's code, on random data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch import Tensor, nn

from recital.bins.benchmark.acoustic import FRAMES, SETUPS, TOKENS, acoustic_step
from recital.bins.benchmark.common import N_SYMBOLS, Precision
from recital.bins.benchmark.references.pair import Pair, foreign

SIZE = 8  # of a batch
FASTPITCH = "PyTorch/SpeechSynthesis/FastPitch"
with_gradients = torch.enable_grad()  # which the comparison of waves switches off


def fastpitch(code: Path, precision: Precision) -> Pair:
    """FastPitch 1.1 as NVIDIA's recipe trains it: forward, losses, backward, clipping, AdamW."""
    step, _ = acoustic_step("fastpitch", precision)
    return Pair(with_gradients(step), with_gradients(_nvidia_step(code / FASTPITCH)))


def fastspeech2(code: Path, precision: Precision) -> Pair:
    """FastSpeech 2 with given durations, as ming024's recipe trains it."""
    step, _ = acoustic_step("fastspeech2", precision)
    return Pair(with_gradients(step), with_gradients(_ming024_step(code)))


def _nvidia_step(code: Path) -> Callable[[], None]:
    model_code = foreign(code, "fastpitch.model", without=("dllogger",))
    losses = foreign(code, "fastpitch.loss_function")
    attention = foreign(code, "fastpitch.attn_loss_function")
    alignment = foreign(code, "fastpitch.alignment")
    layers = (384, 6, 1, 64, 3, 1536, 384, 0.1, 0.1, 0.0)
    predictor = (3, 256, 0.1, 2)
    torch.manual_seed(0)
    model = model_code.FastPitch(
        *(80, N_SYMBOLS, 0, *layers, *layers[1:]),
        *(*predictor, *predictor, 3, True, *predictor, 3, 1, 0.1),
    )

    def on_cpu(_: nn.Module, attn: Tensor, in_lens: Tensor, out_lens: Tensor) -> Tensor:
        """Their search with one item after another; their other one is written for GPUs."""
        found, log_attn = np.zeros(attn.shape, np.float32), attn.detach().log().float().numpy()
        for i, (n, t) in enumerate(zip(in_lens, out_lens, strict=True)):
            found[i, 0, :t, :n] = alignment.mas_width1(log_attn[i, 0, :t, :n])
        return torch.from_numpy(found)

    model_code.FastPitch.binarize_attention = on_cpu
    criterion, binarization = losses.FastPitchLoss(), attention.AttentionBinarizationLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-6)
    setup = SETUPS["fastpitch"]
    (fewest, n), (shortest, t) = setup.tokens, setup.frames
    # the longest first, as their code requires
    token_lengths = torch.linspace(n, fewest, SIZE).long()
    mel_lengths = torch.linspace(t, shortest, SIZE).long()
    text, mel = torch.randint(1, N_SYMBOLS, (SIZE, n)), torch.randn(SIZE, 80, t)
    for i in range(SIZE):
        text[i, token_lengths[i] :] = 0
        mel[i, :, mel_lengths[i] :] = 0
    pitch, energy = 200 + 50 * torch.randn(SIZE, 1, t), 20 * torch.rand(SIZE, t)
    prior = torch.rand(SIZE, t, n) + 1e-3
    batch = [text, token_lengths, mel, mel_lengths, pitch, energy, None, prior, None]

    def loss() -> Any:
        out = model(batch)
        return criterion(out, [mel, token_lengths, mel_lengths])[0] + binarization(out[9], out[8])

    return _step(model, optimizer, loss, clip=1000.0)


def _ming024_step(code: Path) -> Callable[[], None]:
    config = code / "config/LJSpeech"
    preprocess, section, train = (
        yaml.safe_load((config / f"{name}.yaml").read_text(encoding="utf-8"))
        for name in ("preprocess", "model", "train")
    )
    folder = preprocess["path"]["preprocessed_path"]
    preprocess["path"]["preprocessed_path"] = str(code / folder)
    model_code = foreign(code, "model.fastspeech2", without=("unidecode",))
    losses = foreign(code, "model.loss")
    torch.manual_seed(0)
    model = model_code.FastSpeech2(preprocess, section)
    criterion = losses.FastSpeech2Loss(preprocess, section)
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9, lr=1e-4)
    lengths, frames = torch.full((SIZE,), TOKENS), torch.full((SIZE,), FRAMES)
    durations = (FRAMES * torch.arange(TOKENS + 1) // TOKENS).diff().expand(SIZE, -1)
    stats = json.loads((code / folder / "stats.json").read_text(encoding="utf-8"))
    pitch, energy = (
        torch.empty(SIZE, TOKENS).uniform_(*stats[name][:2]) for name in ("pitch", "energy")
    )
    text, mel = torch.randint(1, N_SYMBOLS, (SIZE, TOKENS)), torch.randn(SIZE, FRAMES, 80)
    given = (None, text, lengths, TOKENS, mel, frames, FRAMES, pitch, energy, durations)

    def loss() -> Any:
        return criterion((None, None, *given), model(*given))[0]

    return _step(model, optimizer, loss, clip=train["optimizer"]["grad_clip_thresh"])


def _step(
    model: nn.Module, optimizer: torch.optim.Optimizer, loss: Callable[[], Any], clip: float
) -> Callable[[], None]:
    model.train()

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()

    return step
