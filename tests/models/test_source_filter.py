"""The source-filter vocoder, part by part; pieces against the whole are in test_context.py."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from recital.models import build
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.models.vocoder.source_filter.mel_guide import MelGuide
from recital.models.vocoder.source_filter.source import minimum_phase, pulses
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.losses.stft_loss import MultiResolutionStft
from recital.modules.signal.denoiser import Denoiser
from recital.modules.signal.phase import PhaseTrack, at_starts
from recital.processors.speech.vocoding import vocode
from recital.utils.errors import ConfigError

AUDIO = {
    "sample_rate": 16000,
    "n_fft": 256,
    "win_length": 256,
    "hop_length": 64,
    "n_mels": 24,
    "f_min": 0.0,
    "f_max": 7000.0,
    "padding": "same",
}
HOP = 64
RESOLUTIONS = [[256, 64, 256], [128, 32, 128]]
NETWORK = {"d_model": 32, "n_layers": 2, "d_inner": 64, "tracker_channels": 32}


def tiny(**changes: Any) -> Any:
    torch.manual_seed(0)
    model = {"network": NETWORK, "stft_resolutions": RESOLUTIONS, **changes}
    return build({"model_type": "SourceFilter", "audio": AUDIO, "model": model})


def spoken(n: int = 4, n_frames: int = 32) -> Batch:
    """Pulses whose F0 differs from utterance to utterance, then as many frames of noise."""
    torch.manual_seed(1)
    f0 = torch.linspace(250, 600, n)[:, None].expand(n, n_frames).clone()
    f0[:, n_frames // 2 :] = 0.0
    wav = steady(f0.clamp(min=200.0))
    wav = torch.where((f0 > 0).repeat_interleave(HOP, 1), wav, torch.randn_like(wav))
    wav = 0.05 * wav
    ids = [str(i) for i in range(n)]
    return Batch(ids, mel=MelSpectrogram(AudioConfig(**AUDIO))(wav), wav=wav, pitch=f0)


def steady(f0: Tensor) -> Tensor:
    """Pulses that are voiced throughout: F0 at the starts of frames [B, T], Hz -> [B, S]."""
    audio = AudioConfig(**AUDIO)
    return pulses(f0, PhaseTrack(audio)(f0, torch.ones_like(f0)), audio)


@pytest.mark.parametrize("cuts", [[40], [1, 3, 36], [20, 20]])
def test_the_phase_is_the_integral_of_f0(cuts: list[int]) -> None:
    """The phase of a glide from 100 Hz by 2 Hz per frame: f0 t + slope t^2 / 2."""
    audio = AudioConfig(**AUDIO)
    f0 = 100.0 + 2.0 * torch.arange(40.0)[None]
    track = PhaseTrack(audio)
    parts = [track(part, torch.ones_like(part)) for part in f0.split(cuts, dim=1)]
    phase = torch.cat(parts, dim=1)[0].double()
    frame = torch.arange(40.0, dtype=torch.float64)
    expected = (100.0 * frame + frame.square()) * HOP / 16000
    apart = (phase - expected) - (phase - expected).round()
    assert float(apart.abs().max()) < 1e-6


@pytest.mark.parametrize("cuts", [[60], [1, 2, 4, 53], [7, 33, 20]])
@pytest.mark.parametrize("of", [torch.as_tensor, np.asarray])
def test_the_phase_begins_anew_after_a_pause(cuts: list[int], of: Callable[[Any], Any]) -> None:
    """Two voiced stretches with 9 quiet frames between them: the second one's phase is that of the
    stretch alone, whatever the first one's F0 was. A gap of 2 frames changes nothing.
    """
    audio = AudioConfig(**AUDIO)
    voiced = np.ones((1, 60), np.float32)
    voiced[:, 20:29] = voiced[:, 40:42] = 0.0
    f0 = np.linspace(150, 230, 60, dtype=np.float32)[None]

    def phase(f0: np.ndarray, voiced: np.ndarray) -> np.ndarray:
        track, ends = PhaseTrack(audio), np.cumsum(cuts)
        rows = [np.split(x, ends[:-1], axis=1) for x in (f0, voiced)]
        parts = [track(of(a), of(b)) for a, b in zip(*rows, strict=True)]
        return np.concatenate([np.asarray(part) for part in parts], 1)[0]

    found = phase(f0, voiced)
    steady = phase(f0, np.ones_like(voiced))
    assert not found[[0, *range(22, 29)]].any() and found[[*range(1, 22), 29]].all()
    apart = (found - steady)[28:] + steady[28]
    np.testing.assert_allclose(apart, apart.round(), atol=1e-6)
    lower = np.where(np.arange(60) < 20, 0.9 * f0, f0)
    assert np.array_equal(phase(lower, voiced)[22:], found[22:])
    assert not np.allclose(phase(lower, voiced)[:22], found[:22], atol=0.1)


def test_the_last_bits_of_f0_are_not_heard() -> None:
    """F0 and F0 a millionth higher, where the number of harmonics below 8 kHz changes. With the
    highest harmonic cut off instead of faded out, single samples would differ by 0.2.
    """
    audio, f0 = AudioConfig(**AUDIO), 199.0 + 0.05 * torch.arange(40.0)[None]
    phase = PhaseTrack(audio)(f0, torch.ones_like(f0))
    waves = [pulses(f0 * factor, phase, audio) for factor in (1.0, 1.0 + 1e-6)]
    assert float((waves[0] - waves[1]).abs().max()) < 5e-3


def test_f0_moves_from_centres_to_starts() -> None:
    assert at_starts(torch.tensor([[100.0, 110.0, 130.0]])).tolist() == [[100.0, 105.0, 120.0]]


def test_pulses_are_all_harmonics_alike_at_unit_power() -> None:
    """One second at 200 Hz: lines at its 39 multiples below 8 kHz, and nothing between them."""
    wav = steady(torch.full((1, 250), 200.0))[0]
    assert len(wav) == 16000
    assert float(wav.square().mean()) == pytest.approx(1.0, rel=0.03)
    lines = torch.fft.rfft(wav.double()).abs() / 8000  # amplitudes; one bin is 1 Hz
    harmonics = lines[200:8000:200]
    assert len(harmonics) == 39
    torch.testing.assert_close(
        harmonics, torch.full_like(harmonics, math.sqrt(2 / 39)), rtol=1e-3, atol=0
    )
    lines[200:8001:200] = 0.0
    assert float(lines.max()) < 1e-3


def test_pulses_do_not_jump_between_frames() -> None:
    """F0 just below half of the sample rate: one harmonic, so errors would show in the sine."""
    f0 = 4100.0 + 5.0 * torch.arange(50.0)[None]  # one harmonic below 8 kHz
    wav = steady(f0)[0].double()
    n = torch.arange(49 * HOP).double() / HOP  # no F0 follows the last frame
    expected = (2 * math.pi * (4100.0 * n + 2.5 * n.square()) * HOP / 16000).cos() * math.sqrt(2)
    torch.testing.assert_close(wav[: len(n)], expected, rtol=0, atol=2e-3)


def test_minimum_phase_is_that_of_the_filter_with_its_zero_inside() -> None:
    """1 + 0.5 z^-1 and 0.5 + z^-1 have the same magnitude; the first has minimum phase."""
    inside = torch.zeros(256, dtype=torch.float64)
    inside[:2] = torch.tensor([1.0, 0.5])
    spectrum = torch.fft.rfft(inside)
    outside = torch.fft.rfft(inside[:2].flip(0), n=256)
    torch.testing.assert_close(outside.abs(), spectrum.abs())
    torch.testing.assert_close(minimum_phase(outside.abs().log()), spectrum, atol=1e-9, rtol=0)


def test_magnitudes_are_scaled_to_the_mel() -> None:
    """White magnitudes: their mel approaches the target, and bins that no filter reads (above
    f_max) stay.
    """
    guide = MelGuide(AudioConfig(**AUDIO))
    mel = torch.linspace(-6, 1, 24)[None, :, None].expand(1, 24, 3)
    white = torch.full((1, 3, 129), 2.0)
    guided = white * guide(white, mel).exp()
    before, after = (
        float(((m @ guide.filters.T).log() - mel.transpose(1, 2)).abs().mean())
        for m in (white, guided)
    )
    assert after < 0.1 * before
    unread = guide.filters.sum(0) == 0
    assert 5 < int(unread.sum()) < 30
    assert torch.equal(guided[:, :, unread], white[:, :, unread])
    with pytest.raises(ConfigError, match="log_base"):
        MelGuide(AudioConfig(**{**AUDIO, "log_base": "10"}))


class Absolute(torch.nn.Module):
    """Magnitudes equal those of the samples."""

    def forward(self, wav: Tensor) -> Tensor:
        return wav.abs().clamp(min=1e-3)[:, None]


def test_the_energy_distance_is_least_for_what_is_as_random() -> None:
    """Distances to the magnitudes of noise: a constant is closer than other noise, but other noise
    of the same level has the lowest energy distance.
    """
    torch.manual_seed(0)
    loss = MultiResolutionStft([])
    loss.spectra.append(Absolute())
    wav, a, b = torch.randn(3, 16, 20000)
    flat = torch.full_like(wav, 0.674)  # the median

    def energy(one: Tensor, other: Tensor) -> float:
        return float(loss.energy_distance(one, other, wav).mean())

    assert float(loss(flat, wav).mean()) < 0.8 * float(loss(a, wav).mean())
    same = energy(a, b)
    assert same < 0.9 * energy(flat, flat)
    assert same < energy(0.9 * a, 0.9 * b) and same < energy(1.1 * a, 1.1 * b)
    torch.testing.assert_close(loss.energy_distance(wav, wav, wav), torch.zeros(16))


def test_it_learns_f0_voicing_and_the_level_of_noise() -> None:
    model, batch = tiny(), spoken()
    optimizer = torch.optim.Adam(model.parameters(), 4e-3)
    weights = {"mel": 10.0, "stft": 5.0, "pitch": 10.0, "voicing": 1.0}
    seen = []
    for _ in range(120):
        ((name, losses),) = model.step(batch)
        assert name == "network" and losses.keys() == model.losses["network"]
        optimizer.zero_grad()
        sum(weights[key] * loss for key, loss in losses.items()).backward()
        optimizer.step()
        seen.append(torch.stack([losses[key].detach() for key in ("stft", "pitch", "voicing")]))
    assert torch.all(torch.stack(seen[-20:]).mean(0) < torch.tensor([0.8, 0.75, 0.5]) * seen[0])
    model.eval()
    assert batch.mel is not None and batch.wav is not None and batch.pitch is not None
    f0, voiced = model.network.track(batch.mel)
    assert float((voiced == (batch.pitch > 0)).float().mean()) > 0.85
    known = (batch.pitch > 0) & (voiced > 0)
    assert float((f0.detach() / batch.pitch - 1)[known].abs().mean()) < 0.08
    wav = model.infer(batch.mel)
    assert wav.shape == batch.wav.shape
    levels = [x[:, 1200:2000].square().mean().sqrt() for x in (wav, batch.wav)]  # of noise
    assert 0.7 < float(levels[0] / levels[1]) < 1.4


def test_discriminators_take_turns_after_their_first_step() -> None:
    """The network's turn holds the distances, too; what is spoken with has no discriminators."""
    parts = {"mrd": {"resolutions": RESOLUTIONS, "channels": 4, "exponent": 0.3}, "mpd": None}
    model, batch = tiny(discriminators=parts, adversarial_after=5), spoken()
    model.begin_step(4)
    assert [name for name, _ in model.step(batch)] == ["network"]
    model.begin_step(5)
    turns = model.step(batch)
    name, losses = next(turns)
    assert name == "discriminator" and losses.keys() == {"real", "fake"}
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in model.discriminator.parameters())
    assert all(p.grad is None for p in model.network.parameters())
    name, losses = next(turns)
    assert name == "network" and losses.keys() == model.losses["network"]
    (losses["adversarial"] + losses["feature_matching"]).backward()
    assert all(p.grad.isfinite().all() for p in model.network.frames.parameters())
    assert not any(name.startswith("discriminator") for name in tiny().state_dict())
    with pytest.raises(ConfigError, match="mrd.exponent"):
        tiny(discriminators={"mrd": {"exponent": 2.0}})


def test_noise_is_given_drawn_or_left_out() -> None:
    model, mel = tiny().eval(), torch.randn(1, 24, 20) - 4
    whole = model.draw_noise(1, 200)
    assert torch.equal(model.draw_noise(1, 30, start=50), whole[:, 50 * HOP : 80 * HOP])
    first = model.infer(mel)
    assert torch.equal(model.infer(mel), first)
    torch.testing.assert_close(model.infer(mel, z=model.draw_noise(1, 20)), first)
    other = model.infer(mel, z=model.draw_noise(1, 20, seed=1))
    assert not torch.allclose(other, first, atol=1e-3)
    silent = model.infer_quiet(mel)
    torch.testing.assert_close(silent, model.infer(mel, z=torch.zeros(1, 20 * HOP)))
    assert Denoiser(model)(first, 0.1).shape == (1, 1, 20 * HOP)


def test_mels_together_are_each_as_alone() -> None:
    model = tiny(refine_iterations=2).eval()
    mels = [torch.randn(24, n) - 4 for n in (90, 31, 200)]
    for mel, wav in zip(mels, vocode(model, mels, batch_size=3), strict=True):
        torch.testing.assert_close(wav, model.infer(mel[None])[0], atol=1e-5, rtol=0)


def test_refinement_brings_a_wave_nearer_to_its_mel() -> None:
    audio = AudioConfig(**AUDIO)
    griffin_lim, to_mel = GriffinLim(audio), MelSpectrogram(audio)
    batch = spoken(2, 40)
    assert batch.wav is not None and batch.mel is not None
    worse = batch.wav + 0.02 * torch.randn_like(batch.wav)
    better = griffin_lim.refine(batch.mel, worse, 8)
    errors = [float((to_mel(wav) - batch.mel).abs().mean()) for wav in (worse, better)]
    assert errors[1] < 0.5 * errors[0]
    same = griffin_lim.refine(batch.mel, batch.wav, 0)
    middle = slice(400, -400)
    torch.testing.assert_close(same[:, middle], batch.wav[:, middle], atol=0.02, rtol=0)


def test_losses_hear_what_the_iterations_make_of_a_wave() -> None:
    """Gradients of the filters run through them, and the ends of a segment are left out."""
    model, batch = tiny(trained_iterations=3), spoken()
    heard = []
    model._distance = lambda one, other, wav: (
        heard.append((one, wav)) or {"mel": one.square().sum()}
    )
    ((_, losses),) = model.step(batch)
    (one, wav), side = heard[0], 3 * HOP  # the frames that a frame of an iteration reaches
    assert one.shape == wav.shape == (4, 32 * HOP - 2 * side)
    assert batch.wav is not None and torch.equal(wav, batch.wav[:, side:-side])
    losses["mel"].backward()
    gradient = model.network.frames.out.weight.grad
    assert gradient.isfinite().all() and gradient.abs().max() > 0
    assert model.context_frames == tiny().context_frames  # inference has none
    assert batch.mel is not None
    torch.testing.assert_close(model.eval().infer(batch.mel), tiny().eval().infer(batch.mel))
    with pytest.raises(ConfigError, match="segment_frames: expected more than 6 .* found 6"):
        next(model.step(spoken(n_frames=6)))
