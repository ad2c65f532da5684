"""WaveNet and WaveRNN: steps equal the pass of training, the distributions of a sample, and
folds. DiffWave: its schedules.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from vocoder_helpers import AUDIO, wave_batch

from recital.models import build
from recital.models.vocoder.autoregressive import Outputs, from_mu_law, mu_law
from recital.models.vocoder.diffwave import DiffWave
from recital.modules.fast.channels_last import image
from recital.utils.config import load_config
from recital.utils.errors import ConfigError, DataError

MILLIONS = {"wavenet": 1.04, "wavernn": 1.58, "diffwave": 2.62}
NETWORKS = {
    "WaveNet": {
        "channels": 4,
        "skip_channels": 6,
        "n_layers": 5,
        "dilation_cycle": 3,
        "condition_channels": 4,
    },
    "WaveRNN": {"channels": 8, "condition_channels": 4},
}


def tiny(name: str, output: str = "logistics", **model: Any) -> Any:
    torch.manual_seed(0)
    network = {**NETWORKS[name], "output": output}
    return build({"model_type": name, "audio": AUDIO, "model": {"network": network, **model}})


@pytest.mark.parametrize("name", MILLIONS)
def test_the_presets_have_their_sizes(name: str) -> None:
    with torch.device("meta"):
        model = build(load_config(f"config/vocoder/{name}.json"), training=False)
    assert sum(p.numel() for p in model.parameters()) / 1e6 == pytest.approx(
        MILLIONS[name], abs=0.01
    )


@pytest.mark.parametrize("output", ["logistics", "mu_law"])
@pytest.mark.parametrize("name", NETWORKS)
def test_steps_equal_the_pass_of_training(name: str, output: str) -> None:
    """Each generated sample is that of the teacher-forced outputs on the samples before it."""
    model = tiny(name, output).eval()
    mel = torch.randn(2, AUDIO["n_mels"], 6)
    wav = model.infer(mel)
    with torch.no_grad():
        outputs = model.network(mel, F.pad(wav, (1, -1)))
    draws = model.draw(6).expand(2, -1, -1)
    again = [model.network.outputs.sample(outputs[:, t], draws[:, t]) for t in range(wav.shape[1])]
    torch.testing.assert_close(torch.stack(again, dim=1), wav, rtol=1e-4, atol=1e-5)
    assert len(wav.unique()) > 10


@pytest.mark.parametrize("name", NETWORKS)
def test_a_sample_sees_no_later_ones(name: str) -> None:
    model = tiny(name).eval()
    mel, before = torch.randn(1, AUDIO["n_mels"], 3), torch.randn(1, 96)
    changed = before.clone()
    changed[:, 50] += 1.0
    with torch.no_grad():
        moved = (model.network(mel, changed) - model.network(mel, before)).abs().amax(dim=(0, 2))
    assert not moved[:50].any() and moved[50] > 0


@pytest.mark.parametrize("kind", ["logistics", "mu_law"])
def test_the_distribution_sums_to_one_and_is_the_one_sampled(kind: Any) -> None:
    outputs = Outputs(kind, n_components=3)
    torch.manual_seed(1)
    one = torch.randn(outputs.size)
    if kind == "logistics":
        one[6:] -= 3.0  # narrow, but wider than the grid below
        values = torch.arange(-32767, 32768) / 32767.0
        total = (-outputs.nll(one.expand(1, len(values), -1), values[None])).exp().sum()
    else:
        values = from_mu_law(torch.arange(256))
        assert torch.equal(mu_law(values), torch.arange(256))
        total = (-outputs.nll(one.expand(1, 256, -1), values[None])).exp().sum()
    assert float(total) == pytest.approx(1.0, abs=2e-3)
    draws = torch.rand(20000, 2).clamp(1e-6, 1 - 1e-6)
    sampled = outputs.sample(one.expand(20000, -1), draws)
    likely = (-outputs.nll(one.expand(1, len(values), -1), values[None])).exp()[0]
    expected = float((likely * values).sum())
    assert float(sampled.mean()) == pytest.approx(expected, abs=0.02)


def test_the_likelihood_of_narrow_logistics_is_finite() -> None:
    outputs = Outputs("logistics", n_components=1)
    parameters = torch.tensor([0.0, 0.5, -30.0]).expand(1, 4, 3).clone().requires_grad_()
    loss = outputs.nll(parameters, torch.tensor([[-1.0, 0.0, 0.5, 1.0]])).sum()
    loss.backward()
    assert loss.isfinite() and parameters.grad is not None and parameters.grad.isfinite().all()


@pytest.mark.parametrize("n_frames", [20, 21, 43])
def test_folds_join_to_the_whole_length(n_frames: int) -> None:
    """The inside of the first fold is that of the whole; the joints are blends."""
    mel = torch.randn(1, AUDIO["n_mels"], n_frames)
    whole = tiny("WaveRNN", fold_frames=1000).eval().infer(mel)
    folded = tiny("WaveRNN", fold_frames=10, overlap_frames=3).eval().infer(mel)
    hop = AUDIO["hop_length"]
    assert folded.shape == whole.shape
    torch.testing.assert_close(folded[:, : 10 * hop], whole[:, : 10 * hop])


@pytest.mark.parametrize("name", NETWORKS)
def test_one_batch_overfits(name: str) -> None:
    model = tiny(name)
    batch = wave_batch(n=2, n_frames=8)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(60):
        ((_, terms),) = model.step(batch)
        optimizer.zero_grad()
        terms["nll"].backward()
        optimizer.step()
        losses.append(terms["nll"].item())
    assert losses[-1] < losses[0] - 1.0  # nats


def diffwave(**model: Any) -> DiffWave:
    torch.manual_seed(0)
    network = {"channels": 8, "n_layers": 4, "dilation_cycle": 2, "upsample_rates": [8, 4]}
    return build({"model_type": "DiffWave", "audio": AUDIO, "model": {"network": network, **model}})


def test_a_perfect_prediction_of_the_noise_returns_the_wave() -> None:
    """With a network that knows the wave, the six steps remove all noise."""
    model = diffwave().eval()
    truth = 0.5 * torch.sin(torch.arange(8 * 32) / 5)[None]
    levels = np.cumprod(1 - model.betas)

    def predict(wav: torch.Tensor, step: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
        level = levels[int(np.abs(model.steps - float(step[0])).argmin())]
        return (wav - level**0.5 * truth) / (1 - level) ** 0.5

    model.network.predict_by_pieces = predict
    model.network.upsample = lambda mel: mel
    wav = model.infer(torch.randn(1, AUDIO["n_mels"], 8))
    assert float((wav - truth).abs().max()) < 0.05


@pytest.mark.parametrize("piece", [1, 4 * 7, 10**6])
def test_noise_predicted_by_pieces_is_the_noise(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces that are shorter than the reach of a layer, that do not divide the length, and one."""
    monkeypatch.setattr("recital.models.vocoder.diffwave.PIECE", piece)
    network = diffwave().network.eval()
    torch.nn.init.normal_(network.last.weight)
    wav, step = torch.randn(2, 3 * 32), torch.tensor([0.5, 3.0])
    condition = network.upsample(torch.randn(2, AUDIO["n_mels"], 3))
    with torch.no_grad():
        expected = network.predict(wav, step, condition)
        made = network.predict_by_pieces(wav, step, image(condition))
    torch.testing.assert_close(made, expected, rtol=1e-4, atol=1e-5)


def test_schedules_that_do_not_match_are_refused() -> None:
    with pytest.raises(ConfigError, match="inference_schedule: its noise is outside"):
        diffwave(inference_schedule=[0.5, 0.9, 0.9])
    with pytest.raises(DataError, match="z: expected the shape"):
        diffwave().infer(torch.randn(1, AUDIO["n_mels"], 4), z=torch.zeros(1, 1, 128))
