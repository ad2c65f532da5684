"""Every model gives on a GPU what it gives on the CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from gpu_helpers import (
    PUBLISHED,
    Note,
    moved,
    norm_error,
    peak_error,
    published,
    same_draws,
    tiny,
)
from torch import Tensor

from recital.models import MODELS
from recital.modules.alignment.monotonic import search
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel
from tests.conftest import GPU_REHEARSAL as REHEARSAL

pytestmark = pytest.mark.gpu
FP32, BF16 = 1e-4, 3e-2  # of the peak; of the norm, under autocast
DRAWN = {"WaveNet", "WaveRNN"}  # a sample that is drawn differently changes all later ones
# a rehearsal is of the code of these tests, not of every model
NAMES = ["FastPitch", "SourceFilter", "Tacotron2"] if REHEARSAL else sorted(MODELS)
RECURRENT = {"Tacotron2", "WaveRNN"}  # cuDNN's recurrent networks have no gradient in evaluation
LOOSE = {"generator.phase": 1e-2}  # APNet: phases of tiny magnitudes, and near pi, jump
NOT_BF16 = {"SourceFilter", "WaveGlow"}  # spectra are float32; 12 flows amplify the rounding


@torch.no_grad()
def made(model: Any, batch: Batch, source: Tensor | None = None) -> Tensor:
    """The mel, by true durations or step by step from the true mel; or the wav."""
    if not isinstance(model, AcousticModel):
        given = {} if source is None else {"source": source.to(batch.mel.device)}
        wav: Tensor = model.infer(batch.mel, **given)
        return wav
    if not model.takes_durations:
        return model.teach(batch)
    return model.infer(batch.tokens, batch.token_lengths, durations=batch.durations).mel


def source_of(model: Any, batch: Batch) -> Tensor | None:
    """F0 and phase of a source-filter model, whose small differences add up over time."""
    found = [] if isinstance(model, AcousticModel) else list(model.find_source([batch.mel]))
    return torch.cat([s for _, s in found], 2) if found and found[0][1] is not None else None


@pytest.mark.parametrize("name", [name for name in NAMES if name in PUBLISHED])
def test_inference_at_the_published_size(name: str, device: torch.device, note: Note) -> None:
    model, batch = published(name, REHEARSAL)
    model.eval()
    source = source_of(model, batch)
    expected = made(model, batch, source)
    there, on_device = moved(model, batch, device)
    error = peak_error(made(there, on_device, source), expected)
    note("fp32, of the peak", error)
    if source is not None:
        f0 = source_of(there, on_device)
        assert f0 is not None
        note("F0", peak_error(f0[:, 0], source[:, 0]))
        assert peak_error(f0[:, 0], source[:, 0]) < FP32
    assert error < FP32
    if isinstance(model, AcousticModel):  # FastSpeech 2's predictions may fall into other bins
        expected = model.teach(batch)
    with torch.autocast(device.type, torch.bfloat16):
        found = there.teach(on_device) if isinstance(model, AcousticModel) else None
        found = made(there, on_device, source) if found is None else found
        rounded = norm_error(found.float(), expected)
    note("bf16, of the norm", rounded)
    assert rounded < (1.0 if name in NOT_BF16 or REHEARSAL else BF16)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DRAWN])
def test_inference_of_every_model(name: str, device: torch.device, note: Note) -> None:
    model, batch = tiny(name)
    model.eval()
    source = source_of(model, batch)
    expected = made(model, batch, source)
    error = peak_error(made(*moved(model, batch, device), source), expected)
    note("fp32, of the peak", error)
    assert error < FP32


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_samples_can_be_drawn(name: str, device: torch.device) -> None:
    model, batch = moved(*tiny(name), device)
    wav = made(model.eval(), batch)
    assert wav.device.type == device.type and bool(wav.isfinite().all())


def losses_and_gradients(model: Any, batch: Batch) -> dict[str, Tensor]:
    """All losses of a step, and the norm of each network's gradient of their sum."""
    found = {}
    model.begin_step(0)
    with same_draws():
        for network, losses in model.step(batch):
            model.zero_grad()
            torch.stack([loss.float() for loss in losses.values()]).sum().backward()
            found |= {f"{network}.{name}": loss.detach() for name, loss in losses.items()}
            gradients = [
                p.grad for p in model.get_submodule(network).parameters() if p.grad is not None
            ]
            found[f"{network}: gradient"] = torch.nn.utils.get_total_norm(gradients)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_step_of_every_model(name: str, device: torch.device, note: Note) -> None:
    """The same losses and gradients, with the same random numbers and without dropout."""
    model, batch = tiny(name)
    model.train(name in RECURRENT)
    there, on_device = moved(model, batch, device)
    expected = losses_and_gradients(model, batch)
    found = losses_and_gradients(there, on_device)
    assert found.keys() == expected.keys()
    errors = {key: peak_error(found[key], expected[key]) for key in expected}
    worst = max(errors, key=errors.__getitem__)
    note(f"worst: {worst}", errors[worst])
    for key, error in errors.items():
        assert error < (1e-3 if key.endswith("gradient") else LOOSE.get(key, FP32)), key


@pytest.mark.parametrize("name", ["FastPitch", "HiFiGAN"])
def test_losses_at_the_published_size(name: str, device: torch.device, note: Note) -> None:
    model, batch = published(name, REHEARSAL)
    model.eval()
    there, on_device = moved(model, batch, device)
    expected = losses_and_gradients(model, batch)
    found = losses_and_gradients(there, on_device)
    errors = {key: peak_error(found[key], expected[key]) for key in expected}
    note("worst", max(errors.values()))
    for key, error in errors.items():
        assert error < (5e-3 if key.endswith("gradient") else 5e-4), (key, error)


def test_the_alignment_is_the_reference_s(shared: Any, device: torch.device) -> None:
    vectors = np.load(shared / "vectors" / "mas.npz")
    log_attn = torch.from_numpy(vectors["log_attn"])[:, 0].to(device)
    mel_lengths, token_lengths = (
        torch.from_numpy(vectors[k]).to(device) for k in ("mel_lens", "text_lens")
    )
    path = search(log_attn, token_lengths, mel_lengths)
    assert path.device.type == device.type
    for i, t in enumerate(mel_lengths.tolist()):
        expected = torch.from_numpy(vectors[f"hard_mas_width1_{i}"]).argmax(1)
        assert torch.equal(path[i, :t].cpu(), expected)
    for case in ("tie", "short"):
        log_attn = torch.from_numpy(vectors[f"{case}_log_attn"])[None].to(device)
        lengths = [torch.tensor([n], device=device) for n in log_attn.shape[:0:-1]]
        path = search(log_attn, *lengths)[0]
        assert path.tolist() == vectors[f"{case}_hard"].argmax(1).tolist()


def test_the_alignment_is_the_cpu_s(device: torch.device) -> None:
    """At sizes of a training batch, with ties."""
    size, n_frames, n_tokens = (4, 60, 12) if REHEARSAL else (32, 860, 160)
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(size, n_frames, n_tokens, generator=generator).mul(2).round().div(2)
    tokens = torch.linspace(2, n_tokens, size).long()
    frames = torch.linspace(n_frames // 2, n_frames, size).long()
    expected = search(scores, tokens, frames)
    found = search(scores.to(device), tokens.to(device), frames.to(device))
    assert torch.equal(found.cpu(), expected)
