"""VITS: its splines, blanks and durations by hand; a training that learns, aligns and resumes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import contract_helpers as contract
import pytest
import torch
from torch import Tensor
from vits_helpers import AUDIO, tiny_config, tiny_model

from recital.models import build
from recital.models.tts.vits.durations import SplineCoupling, StochasticDurations
from recital.models.tts.vits.model import VITS, segments
from recital.models.tts.vits.network import Text, log_likelihood
from recital.models.tts.vits.spline import TAIL, Knots, inverse_spline, spline
from recital.models.tts.vits.text_encoder import RelativeAttention
from recital.modules.acoustic.blanks import add_blanks, owners, whole_frames
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.mel import MelSpectrogram
from recital.utils.errors import ConfigError, DataError
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer

WEIGHTS = contract.loss_weights("VITS")


def knots(n_bins: int, *shape: int) -> Knots:
    generator = torch.Generator().manual_seed(n_bins)
    numbers = 2.0 * torch.randn(*shape, 3 * n_bins - 1, generator=generator)
    return Knots.of(*numbers.split([n_bins, n_bins, n_bins - 1], dim=-1))


def test_a_spline_and_its_inverse_and_slope() -> None:
    values = torch.linspace(-7.0, 7.0, 401, dtype=torch.float64)
    table = Knots(*(part.double() for part in knots(10, 1)))
    at = Knots(*(part.expand(401, -1) for part in table))
    values.requires_grad_(True)
    curve, log_slope = spline(values, at)
    (slope,) = torch.autograd.grad(curve.sum(), values)
    torch.testing.assert_close(log_slope.exp(), slope, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(inverse_spline(curve, at), values, rtol=0, atol=1e-6)
    outside = values.abs() > TAIL
    assert torch.equal(curve[outside], values[outside]) and (curve.diff() > 0).all()
    # it passes through its knots
    ends, _ = spline(at.x[0], Knots(*(part[:11] for part in at)))
    torch.testing.assert_close(ends, at.y[0], rtol=0, atol=1e-9)


def test_a_coupling_and_its_inverse() -> None:
    torch.manual_seed(0)
    coupling = SplineCoupling(8, kernel_size=3, n_bins=5).double()
    torch.nn.init.normal_(coupling.last.weight)
    z, text = 2.0 * torch.randn(1, 2, 6).double(), torch.randn(1, 8, 6).double()
    mask = torch.ones(1, 1, 6).double()
    flowed, log_volume = coupling(z, text, mask)
    torch.testing.assert_close(coupling.inverse(flowed, text, mask), z, rtol=1e-6, atol=1e-6)
    jacobian = torch.autograd.functional.jacobian(
        lambda x: coupling(x.view_as(z), text, mask)[0].flatten(), z.flatten()
    )
    torch.testing.assert_close(log_volume[0], jacobian.det().abs().log(), rtol=1e-6, atol=1e-6)


def test_drawn_durations_are_those_that_were_learned() -> None:
    """A flow that is trained on 3 frames for one token and 9 for another draws about these."""
    torch.manual_seed(0)
    size: dict[str, Any] = {"n_flows": 2, "n_posterior_flows": 2, "n_bins": 4}
    durations = StochasticDurations(8, 0, dropout=0.0, **size)
    encoded = torch.eye(8)[None, :, :2].repeat(4, 1, 4)  # [B, C, N]: two kinds of tokens
    mask, true = torch.ones(4, 1, 8), torch.tensor([3.0, 9.0]).repeat(4, 1, 4)
    optimizer = torch.optim.Adam(durations.parameters(), lr=1e-2)
    losses = []
    for _ in range(40):
        loss = durations(encoded, mask, true).sum() / mask.sum()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < losses[0] - 1.0
    with torch.no_grad():
        many = [part.repeat(4, 1, 1) for part in (encoded, mask)]
        logs = durations.predict(*many, 0.8 * torch.randn(16, 2, 8))
    frames = logs.exp().ceil()
    assert (frames[:, ::2].mean() - 3.0).abs() < 0.5 and (frames[:, 1::2].mean() - 9.0).abs() < 1.0
    assert frames.std(dim=0).max() > 0.0, "it draws the same each time"


def test_attention_knows_distances() -> None:
    """The weights written out, for one head and a window of one."""
    torch.manual_seed(0)
    attention = RelativeAttention(4, n_heads=1, window=1, dropout=0.0)
    x, mask = torch.randn(1, 4, 5), torch.ones(1, 1, 5)
    q, k, v = (part(x)[0].T for part in (attention.query, attention.key, attention.value))
    expected = torch.zeros(5, 4)
    for i in range(5):
        near = [j - i + 1 if abs(j - i) <= 1 else None for j in range(5)]
        scores = [
            q[i] @ (k[j] + (0 if n is None else attention.near_keys[n])) / 2
            for j, n in enumerate(near)
        ]
        weights = torch.stack(scores).softmax(0)
        for j, n in enumerate(near):
            expected[i] += weights[j] * (v[j] + (0 if n is None else attention.near_values[n]))
    torch.testing.assert_close(attention(x, mask), attention.out(expected.T[None]))


@pytest.mark.parametrize(
    ("places", "units", "lengths", "owner"),
    [
        ("around", [[9, 5, 9, 6, 9, 7, 9], [9, 5, 9, 0, 9, 0, 9]], [7, 3], [0, 0, 0, 1, 1, 2, 2]),
        ("between", [[5, 9, 6, 9, 7], [5, 9, 0, 9, 0]], [5, 1], [0, 0, 1, 1, 2]),
        ("none", [[5, 6, 7], [5, 0, 0]], [3, 1], [0, 1, 2]),
    ],
)
def test_blanks(places: Any, units: list[Any], lengths: list[int], owner: list[int]) -> None:
    found, n = add_blanks(torch.tensor([[5, 6, 7], [5, 0, 0]]), torch.tensor([3, 1]), places, 9)
    assert found.tolist() == units and n.tolist() == lengths
    assert owners(found.shape[1], places, torch.device("cpu")).tolist() == owner


def test_given_durations_are_kept_exactly() -> None:
    owner, lengths = torch.tensor([0, 0, 0, 1, 1, 2, 2]), torch.tensor([7])
    predicted = torch.tensor([[0.5, 2.2, 1.0, 3.1, 0.0, 4.0, 1.5]])
    ones = torch.ones(1, 3)
    free = whole_frames(predicted, ones, None, owner, lengths)
    assert free.tolist() == [[1, 3, 1, 4, 0, 4, 2]]
    # token 0 keeps the prediction, 1 is given what was predicted, 2 another number
    given = torch.tensor([[-1.0, 4.0, 13.0]])
    found = whole_frames(predicted, ones, given, owner, lengths)
    assert found[0, :5].tolist() == free[0, :5].tolist()
    assert found[0, 5:].sum() == 13 and found[0, 5] > found[0, 6] > 0
    for frames in range(12):
        given = torch.full((1, 3), float(frames))
        found = whole_frames(predicted, ones, given, owner, lengths)
        assert [int(found[0, owner == i].sum()) for i in range(3)] == [frames] * 3
    assert whole_frames(predicted, 2 * ones, torch.full((1, 3), 8.0), owner, lengths).sum() == 12


def test_pace_durations_and_noise_of_a_voice() -> None:
    model = tiny_model().eval()
    with torch.no_grad():
        model.network.durations.flow.affine.shift.fill_(-1.5)  # some five frames each
    tokens, lengths = torch.arange(1, 7)[None], torch.tensor([6])
    plain = model.infer(tokens, lengths)
    assert plain.wav is not None and plain.repeats is not None
    assert plain.wav.shape[1] == int(plain.mel_lengths[0]) * model.audio.hop_length
    assert plain.repeats.sum() == plain.mel_lengths[0]
    again = model.infer(tokens, lengths, durations=plain.repeats.float())
    assert torch.equal(again.wav, plain.wav), "its own durations are another speech"
    fast = model.infer(tokens, lengths, pace=2.0)
    assert 0.45 < int(fast.mel_lengths[0]) / int(plain.mel_lengths[0]) < 0.65
    paces = torch.tensor([[1.0, 1.0, 1.0, 4.0, 1.0, 1.0]])
    one = model.infer(tokens, lengths, pace=paces).repeats
    assert (one[0] < plain.repeats[0]).tolist() == [False, False, False, True, False, False]
    model.temperature = 0.0
    other = model.infer(tokens, lengths)
    assert torch.equal(other.repeats, plain.repeats) and not torch.equal(other.wav, plain.wav)
    model.duration_temperature = 0.0
    assert not torch.equal(model.infer(tokens, lengths).durations, plain.durations)
    with pytest.raises(DataError, match="pitch: VITS cannot be given any"):
        model.infer(tokens, lengths, pitch=torch.zeros(1, 1, 6))


def test_speakers_sound_apart() -> None:
    model = tiny_model(n_speakers=3).eval()
    tokens, lengths = torch.arange(1, 7).repeat(2, 1), torch.tensor([6, 6])
    given = torch.full((2, 6), 4.0)
    out = model.infer(tokens, lengths, speaker=torch.tensor([0, 2]), durations=given)
    assert out.wav is not None and not torch.allclose(out.wav[0], out.wav[1], atol=1e-3)
    alone = model.infer(tokens[:1], lengths[:1], speaker=torch.tensor([2]), durations=given[:1])
    torch.testing.assert_close(alone.wav[0], out.wav[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("message", "audio", "model"),
    [
        ("expected one of them", {}, {"stochastic_durations": None}),
        ("d_speaker: is 0, but there are 2", {}, {"d_speaker": 0}),
        ("audio.padding: VITS", {"padding": "center"}, {}),
        ("model.decoder.upsample_rates", {"hop_length": 32}, {}),
        ("d_latent: expected an even", {}, {"d_latent": 7}),
        ("n_heads: expected a number that divides", {}, {"text_encoder": {"n_heads": 3}}),
        ("blank_token", {}, {"blank_token": 40}),
    ],
)
def test_a_wrong_config_is_refused(
    message: str, audio: dict[str, Any], model: dict[str, Any]
) -> None:
    config = tiny_config(n_speakers=2)
    config["audio"] = {**AUDIO, **audio}
    config["model"] |= model
    with pytest.raises(ConfigError, match=message):
        build(config)


def test_the_likelihood_is_a_normal_density() -> None:
    mean, log_std = torch.randn(1, 4, 3), 0.3 * torch.randn(1, 4, 3)
    text = Text(torch.zeros(1, 1, 3), mean, log_std, torch.tensor([3]))
    latents = torch.randn(1, 4, 5)
    normal = torch.distributions.Normal(mean[0].T, log_std[0].T.exp())  # [U, C]
    expected = normal.log_prob(latents[0].T[:, None]).sum(2)
    torch.testing.assert_close(log_likelihood(latents, text)[0], expected)


def test_segments_of_waves() -> None:
    wav = torch.arange(12.0).view(2, 6)
    found = segments(wav, torch.tensor([1, 4]), 3)
    assert found.tolist() == [[1.0, 2.0, 3.0], [10.0, 11.0, 0.0]]


def test_a_batch_s_mels_equal_those_of_its_items() -> None:
    mel = MelSpectrogram(AudioConfig(**AUDIO))  # type: ignore[arg-type]
    hop = AUDIO["hop_length"]
    wav = torch.randn(2, 9 * hop) * (torch.arange(9 * hop) < torch.tensor([9, 5])[:, None] * hop)
    together = mel(wav, torch.tensor([9, 5]) * hop)
    torch.testing.assert_close(together[:1], mel(wav[:1]))
    torch.testing.assert_close(together[1:, :, :5], mel(wav[1:, : 5 * hop]))
    # two frames are too few to be reflected by torch
    assert mel(wav[:, : 2 * hop], torch.tensor([2, 1]) * hop).isfinite().all()


def tones(n: int = 4) -> tuple[Batch, Tensor]:
    """Utterances of three tones, one for each token, and their true durations."""
    draw = torch.Generator().manual_seed(0)
    hop, rate = AUDIO["hop_length"], AUDIO["sample_rate"]
    hertz = torch.tensor([0.0, 700.0, 1800.0, 4000.0])
    tokens = torch.stack([torch.randperm(3, generator=draw) + 1 for _ in range(n)])
    durations = torch.randint(10, 25, (n, 3), generator=draw)
    lengths = durations.sum(1)
    wav = torch.zeros(n, int(lengths.max()) * hop)
    for i in range(n):
        frequency = hertz[tokens[i]].repeat_interleave(durations[i] * hop)
        wav[i, : len(frequency)] = 0.5 * torch.sin(6.2832 * frequency.cumsum(0) / rate)
    audio = AudioConfig(**AUDIO)  # type: ignore[arg-type]
    mel = MelSpectrogram(audio)(wav, lengths * hop)
    ids = [str(i) for i in range(n)]
    n_tokens = torch.full((n,), 3)
    return Batch(ids, tokens, n_tokens, mel, lengths, wav=wav), durations


def test_it_learns_and_aligns() -> None:
    """From nothing, the mel comes closer and borders are found within some frames."""
    torch.manual_seed(0)
    model = build(tiny_config(d_model=24, discriminators=None, blanks="none"))
    assert isinstance(model, VITS)
    batch, true = tones()
    optimizer = torch.optim.AdamW(model.parameters(), lr=6e-3, betas=(0.8, 0.99))
    history: list[dict[str, float]] = []
    for _ in range(90):
        ((network, losses),) = model.train().step(batch)
        assert network == "network"
        total = sum(WEIGHTS[name] * loss for name, loss in losses.items())
        optimizer.zero_grad()
        total.backward()  # type: ignore[union-attr]
        optimizer.step()
        history.append({name: loss.item() for name, loss in losses.items()})
    early, late = history[0], history[-1]
    assert late["mel"] < 0.6 * early["mel"]
    assert late["duration"] < early["duration"] and late["divergence"] < early["divergence"]
    found, _ = model.eval().align(batch)
    assert torch.equal(found.sum(1), batch.mel_lengths)
    errors = (found.cumsum(1) - true.cumsum(1)).abs()[:, :-1].float()
    assert errors.mean() < 3.0, f"borders are {errors.mean():.1f} frames off"


def trained(directory: Path, steps: int, *, resume: bool = False) -> dict[str, Tensor]:
    """The weights after so many steps of a training with discriminators and dropout."""
    torch.manual_seed(0)
    config = tiny_config()
    train = TrainConfig(
        loss_weights=WEIGHTS,
        batch_size=2,
        max_steps=steps,
        n_workers=0,
        valid_every_epochs=None,
        save_every_epochs=None,
    )
    model = build(config)
    data = contract.OneBatch(contract.batch_for(model))
    trainer = Trainer(model, train, directory=directory, resolved_config=config, train_data=data)
    trainer.fit(resume=resume)
    return {name: value.clone() for name, value in model.state_dict().items()}


def test_a_resumed_training_is_the_same(tmp_path: Path) -> None:
    whole = trained(tmp_path / "whole", 4)
    trained(tmp_path / "halves", 2)
    halves = trained(tmp_path / "halves", 4, resume=True)
    assert any("discriminator" in name for name in whole)
    for name, value in whole.items():
        assert torch.equal(value, halves[name]), name
