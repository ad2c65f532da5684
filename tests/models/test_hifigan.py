"""HiFi-GAN's generator: the paper's convention, its context, and weights without weight norm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from vocoder_helpers import AUDIO, GENERATOR, tiny_config, tiny_vocoder

from recital.models import build, load
from recital.modules.fast.fused import without_weight_norm
from recital.utils import checkpoint
from recital.utils.config import ROOT, load_config
from recital.utils.errors import ConfigError

V3 = {"resblock": 2, "resblock_kernel_sizes": [3, 5], "resblock_dilations": [[1, 2], [2, 6]]}
ODD = {"upsample_rates": [8, 4], "upsample_kernel_sizes": [15, 7]}
STAGES = {"upsample_rates": [4, 2, 2, 2], "upsample_kernel_sizes": [8, 4, 4, 2]}
SHAPES = [{}, V3, ODD, STAGES, {"resblock_kernel_sizes": [7, 3]}]


def restated(model: Any, mel: Tensor, options: dict[str, Any]) -> Tensor:
    """A second implementation of the generator, from the paper's appendix A, with plain weights."""

    def conv(part: Any, x: Tensor, dilation: int = 1) -> Tensor:
        pad = (part.weight.shape[2] - 1) * dilation // 2
        return F.conv1d(x, part.weight, part.bias, padding=pad, dilation=dilation)

    net = model.generator
    x = conv(net.first, mel)
    for i, stage in enumerate(net.stages):
        rate, size = options["upsample_rates"][i], options["upsample_kernel_sizes"][i]
        x = F.conv_transpose1d(
            F.leaky_relu(x, 0.1), stage.up.weight, stage.up.bias, rate, (size - rate) // 2
        )
        outputs = []
        for block, dilations in zip(stage.blocks, options["resblock_dilations"], strict=True):
            y = x
            for j, dilation in enumerate(dilations):
                z = conv(block.dilated[j], F.leaky_relu(y, 0.1), dilation)
                if options["resblock"] == 1:
                    z = conv(block.plain[j], F.leaky_relu(z, 0.1))
                y = y + z
            outputs.append(y)
        x = torch.stack(outputs).mean(0)
    wav = torch.tanh(conv(net.last, F.leaky_relu(x, 0.01)))[:, 0]
    return wav[:, : mel.shape[-1] * AUDIO["hop_length"]]


@pytest.mark.parametrize("options", SHAPES)
@torch.no_grad()
def test_the_generator_is_the_paper_s(options: dict[str, Any]) -> None:
    model = tiny_vocoder(generator=options)
    mel = torch.randn(2, 10, 9)
    expected = restated(model, mel, GENERATOR | options)
    assert expected.std() > 1e-3
    torch.testing.assert_close(model.generator(mel), expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(model.infer(mel), expected, rtol=1e-5, atol=1e-6)
    assert expected.shape == (2, 9 * 32)


@pytest.mark.parametrize("options", SHAPES)
def test_context_is_how_far_a_sample_sees(options: dict[str, Any]) -> None:
    """With positive weights nothing cancels: the gradient reaches exactly the frames of the
    context.
    """
    model = tiny_vocoder(generator=options).double()
    with torch.no_grad():
        for p in model.generator.parameters():
            p.abs_()
        model.generator.last.parametrizations.weight.original0 *= 1e-9  # far from tanh's ends
        model.generator.last.bias.zero_()
    reach, middle = model.context_frames, 30
    mel = torch.zeros(1, 10, 61, dtype=torch.float64, requires_grad=True)
    wav = model.generator(mel)
    (gradient,) = torch.autograd.grad(wav[0, middle * 32 : (middle + 1) * 32].sum(), mel)
    seen = gradient[0].abs().sum(0).nonzero()[:, 0] - middle
    assert max(-int(seen.min()), int(seen.max())) == reach
    assert reach < 30


def test_inference_follows_the_weights() -> None:
    """The form without weight norm is cached in evaluation, and recomputed after training."""
    model = tiny_vocoder().eval()
    mel = torch.randn(1, 10, 5)
    before = model.infer(mel)
    assert model.generator._fused() is model.generator._fused()
    optimizer = torch.optim.AdamW(model.parameters(), 0.1, fused=True)
    for in_training in (True, False):
        model.train()
        model.generator(mel).square().sum().backward()
        optimizer.step()
        after = model.train(in_training).infer(mel)
        assert not torch.allclose(before, after)
        torch.testing.assert_close(after, model.generator(mel).detach(), rtol=1e-5, atol=1e-6)
        before = after
    with torch.no_grad():  # as when averaged weights are swapped in
        model.generator.last.bias += 1
    assert not torch.allclose(before, model.infer(mel))
    names = [name for name, _ in model.generator._fused().named_parameters()]
    assert "first.weight" in names and not any("parametrizations" in name for name in names)


def test_saved_and_loaded_it_says_the_same(tmp_path: Path) -> None:
    """A loaded vocoder has no discriminators: inference does not need them."""
    model = tiny_vocoder()
    weights = {k: v for k, v in model.state_dict().items() if k.startswith("generator.")}
    checkpoint.save_model(tmp_path / "voice", weights, tiny_config())
    loaded: Any
    loaded, config = load(tmp_path / "voice")
    mel = torch.randn(2, 10, 7)
    torch.testing.assert_close(loaded.infer(mel), model.infer(mel), rtol=0, atol=0)
    assert loaded.discriminator is None and loaded.networks == ("generator",)
    assert config["model"]["discriminators"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"upsample_rates": [8, 8], "upsample_kernel_sizes": [16, 16]},
            r"upsample_rates: \[8, 8\] multiply to 64, but audio.hop_length is 32",
        ),
        ({"upsample_kernel_sizes": [16]}, "upsample_kernel_sizes: expected one for each"),
        ({"upsample_kernel_sizes": [16, 3]}, "none smaller than its rate"),
        (
            {"resblock_kernel_sizes": [3, 4]},
            r"resblock_kernel_sizes\[1\]: expected an odd whole number",
        ),
        ({"resblock_dilations": [[1, 3]]}, "one for each list of resblock_dilations"),
        ({"channels": 18}, "channels: 18 cannot be halved 2 times"),
        ({"resblock": 3}, "resblock: 3 is none of 1, 2"),
        ({"chanels": 18}, "model.generator.chanels: no such key; did you mean 'channels'"),
    ],
)
def test_a_config_that_cannot_be_is_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        tiny_vocoder(generator=options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "millions"), [("hifigan", 13.92), ("hifigan_v2", 0.92), ("hifigan_v3", 1.46)]
)
def test_the_published_sizes(name: str, millions: float) -> None:
    """The sizes of table 1 of the paper, which does not count weight norm."""
    model: Any = build(load_config(ROOT / f"config/vocoder/{name}.json"), training=False)
    count = sum(p.numel() for p in without_weight_norm(model.generator).parameters())
    assert count / 1e6 == pytest.approx(millions, abs=0.01)


def test_half_precision_is_that_of_the_weights() -> None:
    """bf16 is twice as fast on a CPU that has it; its error is that of a few bits."""
    model = tiny_vocoder().eval()
    mel = torch.randn(1, 10, 20)
    expected = model.infer(mel)
    found = model.bfloat16().infer(mel)
    assert found.dtype == torch.float32
    assert 0 < (found - expected).abs().max() < 0.05 * expected.abs().max()
