"""No tensor is left on the CPU, and nothing waits for the device, in any model's training and
inference: on torch's `meta` device, which has shapes and no numbers, both are errors.

What must wait is listed in `WAITS`, with how often.
"""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import contract_helpers
import pytest
import torch
from torch import Tensor
from tts_helpers import drawn_prosody, tiny_config

from recital.models import MODELS
from recital.modules.alignment import aligner
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import Vocoder

# (model, what runs) -> the functions that wait for the device, and how often. torch's CTC needs its
# lengths on the CPU (on CUDA a kernel of ours does not); inference must know how long its mel is.
ALIGNMENT = {"ctc_loss": 1}
LENGTH = {"most_frames": 1}
WAITS = {
    ("FastPitch", "step"): ALIGNMENT,
    ("FastPitch, drawn", "step"): ALIGNMENT,
    ("FastPitch, drawn", "infer"): LENGTH,
    ("FastSpeech2", "step"): ALIGNMENT,
    ("FastPitch", "infer"): LENGTH,
    ("FastSpeech2", "infer"): LENGTH,
    ("Matcha", "infer"): LENGTH,
    # items of a batch that differ in length are decoded one by one
    ("VITS", "infer"): {**LENGTH, "_decode": 1},
}
# Its encoder packs sequences, by lengths on the CPU, which torch cannot do on `meta`; every step of
# its inference asks whether it was the last.
UNTESTED = {"Tacotron2"}
NAMES = sorted(MODELS.keys() - UNTESTED)
DRAWN = "FastPitch, drawn"
CONFIGS = contract_helpers.TINY | {DRAWN: tiny_config(prosody=drawn_prosody())}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Counts the functions that ask for a number on the device."""
    counts: Counter[str] = Counter()

    def frames_of_the_batch(number: Tensor) -> int:
        if number.device.type != "meta":
            return int(number.item())
        counts[sys._getframe(1).f_code.co_name] += 1
        return 60

    def ctc_loss(log_probs: Tensor, *_: Any, **__: Any) -> Tensor:
        counts["ctc_loss"] += 1
        return log_probs.sum(dim=(0, 2))

    autocast = torch.autocast
    monkeypatch.setattr(torch.Tensor, "__int__", frames_of_the_batch)
    monkeypatch.setattr(aligner.F, "ctc_loss", ctc_loss)  # it has no `meta` kernel
    # torch has no autocast of `meta`
    monkeypatch.setattr(
        torch,
        "autocast",
        lambda device, *args, **options: (
            contextlib.nullcontext() if device == "meta" else autocast(device, *args, **options)
        ),
    )
    yield counts


def on_meta(name: str) -> tuple[Any, Batch]:
    """A model and a batch, made on the CPU and moved."""
    model = contract_helpers.fresh(CONFIGS[name])
    batch = contract_helpers.batch_for(model)
    moved = {k: v.to("meta") for k, v in batch._asdict().items() if isinstance(v, Tensor)}
    return model.to("meta"), batch._replace(**moved)


@pytest.mark.parametrize("name", [*NAMES, DRAWN])
def test_a_step_stays_on_the_device(name: str, waits: Counter[str]) -> None:
    """Forward, backward and the optimizers."""
    model, batch = on_meta(name)
    model.train()
    model.begin_step(0)
    optimizers = {
        network: torch.optim.AdamW(model.get_submodule(network).parameters())
        for network in model.networks
    }
    for network, losses in model.step(batch):
        assert all(loss.device.type == "meta" for loss in losses.values())
        optimizers[network].zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        optimizers[network].step()
    assert waits == WAITS.get((name, "step"), {})


@pytest.mark.parametrize("name", [*NAMES, DRAWN])
def test_inference_stays_on_the_device(name: str, waits: Counter[str]) -> None:
    model, batch = on_meta(name)
    model.eval()
    with torch.no_grad():
        if isinstance(model, Vocoder):
            made = model.infer(batch.mel)
        else:
            made = model.infer(batch.tokens, batch.token_lengths, durations=batch.durations).mel
    assert made.device.type == "meta"
    assert waits == WAITS.get((name, "infer"), {})
