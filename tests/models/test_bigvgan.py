"""BigVGAN: the generator's shapes, its context, and overfitting one batch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from vocoder_helpers import AUDIO, GENERATOR, WEIGHTS, wave_batch

from recital.models import build
from recital.modules.layers.snake import AntiAliased
from recital.utils.config import load_config
from recital.utils.errors import ConfigError

MILLIONS = {"bigvgan": 112.4, "bigvgan_base": 14.0, "bigvgan_v2": 112.4, "bigvgan_v2_44k": 122.2}

STACK = {"channels": 64, "upsample_kernel_sizes": [8, 8, 4, 4, 4, 4]}
TINY_STACK = {
    "bigvgan_v2": {**STACK, "upsample_rates": [4, 4, 2, 2, 2, 2]},
    "bigvgan_v2_24k": {**STACK, "upsample_rates": [4, 4, 2, 2, 2, 2]},
    "bigvgan_v2_44k": {**STACK, "upsample_rates": [8, 4, 2, 2, 2, 2]},
}


def tiny(**generator: Any) -> Any:
    torch.manual_seed(0)
    model = {"generator": {**GENERATOR, **generator}}
    return build({"model_type": "BigVGAN", "audio": AUDIO, "model": model})


@pytest.mark.parametrize("name", MILLIONS)
def test_the_presets_have_the_published_sizes(name: str) -> None:
    config = load_config(f"config/vocoder/{name}.json")
    with torch.device("meta"):
        model = build(config, training=False)
    assert model.audio.sample_rate == (44100 if name.endswith("44k") else 22050)
    n_weights = sum(
        p.numel() for n, p in model.named_parameters() if not n.endswith("weight.original0")
    )
    assert n_weights / 1e6 == pytest.approx(MILLIONS[name], abs=0.3)


@pytest.mark.parametrize(
    "options", [{}, {"resblock": 2}, {"final_tanh": False, "final_bias": False}]
)
def test_inference_is_the_forward_pass(options: dict[str, Any]) -> None:
    """Without weight norm and in its fast form; version 2 clips the wave instead of using tanh."""
    model = tiny(**options).eval()
    mel = 4 * torch.randn(2, AUDIO["n_mels"], 40)
    with torch.no_grad():
        torch.testing.assert_close(model.infer(mel), model.generator(mel), rtol=1e-4, atol=1e-5)
        model.generator.last.parametrizations.weight.original0.fill_(1e3)
        wav = model.infer(mel)
    assert float(wav.abs().max()) == 1.0


def test_the_context_is_exact_where_filters_do_not_fade() -> None:
    model = tiny().double().eval()
    for part in model.modules():
        if isinstance(part, AntiAliased):
            part.low_pass.fill_(1 / part.low_pass.numel())
    context, hop = model.context_frames, AUDIO["hop_length"]
    n_frames = 4 * context + 1
    mel = torch.randn(1, AUDIO["n_mels"], n_frames, dtype=torch.float64)
    changed = mel.clone()
    changed[..., n_frames // 2] += 30.0
    with torch.no_grad():
        moved = (model.generator(changed) - model.generator(mel))[0].abs() > 0
    frames = moved.nonzero()[:, 0] // hop
    assert max(n_frames // 2 - int(frames.min()), int(frames.max()) - n_frames // 2) == context


def test_one_batch_overfits() -> None:
    model = tiny(channels=32)
    batch = wave_batch()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(60):
        ((_, terms),) = model.step(batch)
        loss = sum(WEIGHTS[name] * term for name, term in terms.items())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_an_unknown_activation_is_refused() -> None:
    with pytest.raises(ConfigError, match="activation"):
        tiny(activation="snakes")


def test_version_2_has_its_judges_and_its_losses() -> None:
    """At both rates; on the device of shapes alone."""
    for name in ("bigvgan_v2", "bigvgan_v2_24k", "bigvgan_v2_44k"):
        config = load_config(f"config/vocoder/{name}.json")
        with torch.device("meta"):
            model = build(
                {**config, "model": {**config["model"], "generator": {**TINY_STACK[name]}}}
            )
        assert set(model.discriminator.parts) == {"mpd", "cqt"}
        assert len(model.mels) == 7
        weights = config["train"]["loss_weights"]
        assert all(losses <= weights.keys() for losses in model.losses.values())
        samples = config["train"]["segment_frames"] * model.audio.hop_length
        assert samples == 65536
