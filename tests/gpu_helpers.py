"""Models and batches on two devices, for the tests of `tests/gpu`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from contract_helpers import TINY, batch_for, fresh
from torch import Tensor
from tts_helpers import without_dropout

from recital.bins.benchmark.common import acoustic_config, random_utterances, vocoder_config
from recital.models import build
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel
from recital.utils.training.loader import to_device

Note = Callable[[str, float], None]  # the fixture `note`
# of the published sizes: model -> its file in config/, tokens (or 0), frames
PUBLISHED = {
    "FastPitch": ("fastpitch", (60, 41)),
    "FastSpeech2": ("fastspeech2", (60, 41)),
    "Tacotron2": ("tacotron2", (40, 31)),
    "HiFiGAN": ("hifigan", ()),
    "SourceFilter": ("source_filter", ()),
    "Vocos": ("vocos", ()),
    "WaveGlow": ("waveglow", ()),
}
FRAMES = 48  # of a vocoder's mel
RANDOM = ("rand", "randn", "randint", "rand_like", "randn_like")


def published(name: str, rehearsal: bool) -> tuple[Any, Batch]:
    """A model of the published size with random weights and a batch of two; in a rehearsal tiny
    ones.
    """
    if rehearsal:
        return tiny(name)
    file, lengths = PUBLISHED[name]
    torch.manual_seed(0)
    if lengths:
        model = build(acoustic_config(file))
        assert isinstance(model, AcousticModel)
        batch = utterances(model, list(lengths))
    else:
        model = build(vocoder_config(file))
        generator = torch.Generator().manual_seed(1)
        n_mels, hop = model.audio.n_mels, model.audio.hop_length
        wav = 0.1 * torch.randn(2, FRAMES * hop, generator=generator)
        mel = torch.randn(2, n_mels, FRAMES, generator=generator) - 5
        batch = Batch(["a", "b"], mel=mel, wav=wav, pitch=torch.full((2, FRAMES), 200.0))
    with torch.no_grad():
        for weight in model.parameters():
            if not weight.any():  # zeros, such as those of WaveGlow's flows, would hide errors
                weight.normal_(0, 0.01)
    return model, batch


def utterances(model: AcousticModel, tokens: list[int]) -> Batch:
    """Random utterances with every field, six frames a token."""
    n = torch.tensor(tokens)
    batch = random_utterances(model, n, 6 * n)
    batch = to_device(batch, torch.device("cpu"))
    real = torch.arange(batch.tokens.shape[1]) < n[:, None]
    frames = torch.arange(batch.mel.shape[2]) < 6 * n[:, None]
    return batch._replace(
        tokens=batch.tokens * real,
        mel=(batch.mel - 5) * frames[:, None],
        pitch=200 + 30 * torch.randn(frames.shape) * frames,
        energy=20 * torch.rand(frames.shape) * frames,
        durations=6 * real.long(),
        speaker=torch.zeros(len(n), dtype=torch.long),
    )


def tiny(name: str) -> tuple[Any, Batch]:
    """A tiny model without dropout, and a batch of two."""
    config = copy.deepcopy(TINY[name])
    if name == "Tacotron2":
        config["model"]["encoder"] = {"dropout": 0.0}
        config["model"]["postnet"]["dropout"] = 0.0
        for part in ("prenet", "attention", "decoder"):
            config["model"]["decoder"][f"{part}_dropout"] = 0.0
    model = without_dropout(fresh(config))
    with torch.no_grad():
        for key, value in (("pitch_mean", 200.0), ("pitch_std", 40.0)):
            if key in dict(model.named_buffers()):  # else losses of pitch would be thousands
                model.get_buffer(key).fill_(value)
    return model, batch_for(model)


def moved(model: Any, batch: Batch, device: torch.device) -> tuple[Any, Batch]:
    """Copies on the device."""
    return copy.deepcopy(model).to(device), to_device(batch, device)


@contextmanager
def same_draws() -> Iterator[None]:
    """In this context, random numbers are drawn on the CPU, so that all devices get the same."""

    def on_cpu(draw: Any) -> Any:
        def drawn(*args: Any, **options: Any) -> Tensor:
            device = options.pop("device", None)
            if isinstance(args[0], Tensor):
                device, args = args[0].device, (args[0].cpu(), *args[1:])
            made: Tensor = draw(*args, **options)
            return made if device is None else made.to(device)

        return drawn

    torch.manual_seed(5)
    with patch.multiple(torch, **{name: on_cpu(getattr(torch, name)) for name in RANDOM}):
        yield


def peak_error(found: Tensor, expected: Tensor) -> float:
    """The largest difference over the largest value."""
    assert found.shape == expected.shape and bool(found.isfinite().all())
    difference = (found.detach().double().cpu() - expected.detach().double()).abs().max()
    return float(difference / expected.detach().abs().max().clamp(min=1e-9))


def norm_error(found: Tensor, expected: Tensor) -> float:
    """|found - expected| / |expected|."""
    assert found.shape == expected.shape and bool(found.isfinite().all())
    difference = (found.detach().double().cpu() - expected.detach().double()).norm()
    return float(difference / expected.detach().double().norm().clamp(min=1e-9))
