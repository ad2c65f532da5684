"""Replayed networks equal the plain ones: on the CPU their padding, on a GPU the graphs, too."""

from __future__ import annotations

from typing import Any

import contract_helpers
import pytest
import torch

from recital.models import MODELS
from recital.modules.fast.graphs import (
    PaddedReplay,
    Replay,
    ReplayedVocoder,
    padded_size,
    replay_stacks,
    replayed,
)

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
WITH_GRAPHS = {"APNet", "BigVGAN", "HiFiGAN", "ISTFTNet", "MelGAN", "Vocos"}


def on(device: str, name: str) -> Any:
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("no GPU here")
    # TF32 is less exact than the tests, and its kernels depend on the length
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    return contract_helpers.fresh(contract_helpers.TINY[name]).eval().to(device)


def test_sizes_are_few_and_close() -> None:
    sizes = [padded_size(n) for n in range(1, 2049)]
    assert all(n <= size <= n + max(15, n / 8) for n, size in enumerate(sizes, 1))
    assert sizes == sorted(sizes) and len(set(sizes)) == 16 + 8 * 3
    assert {padded_size(n) for n in (513, 576)} == {576} and padded_size(577) == 640


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", ["FastPitch", "FastSpeech2"])
def test_an_acoustic_model_says_the_same(name: str, device: str) -> None:
    model = on(device, name)
    batches = [contract_helpers.batch_for(model), contract_helpers.batch_for(model).first(1)]
    given = [(b.tokens.to(device), b.token_lengths.to(device)) for b in batches for _ in range(2)]
    expected = [model.infer(*batch) for batch in given]
    names = list(model.state_dict())
    replay_stacks(model)
    assert list(model.state_dict()) == names
    for batch, plain in zip(given, expected, strict=True):
        out = model.infer(*batch)
        assert torch.equal(out.mel_lengths, plain.mel_lengths)
        torch.testing.assert_close(out.mel, plain.mel, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(out.durations, plain.durations, rtol=1e-4, atol=1e-4)
    replays = [p.forward.replay for p in model.modules() if isinstance(p.forward, PaddedReplay)]
    assert replays and all(len(r.captured) == 2 * (device == "cuda") for r in replays)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", sorted(n for n, e in MODELS.items() if e.kind == "vocoder"))
def test_a_vocoder_says_the_same(name: str, device: str) -> None:
    """Every length around the edges: shorter than the context, a size, between sizes."""
    vocoder = on(device, name)
    subject = replayed(vocoder)
    assert isinstance(subject, ReplayedVocoder) or name not in WITH_GRAPHS
    if not isinstance(subject, ReplayedVocoder):
        return
    context = subject.context
    assert subject.context_frames == context and subject.name == vocoder.name
    generator = torch.Generator().manual_seed(0)
    short, size = 2 * context, padded_size(2 * context + 20)
    for n in (0, 1, short, short + 1, size - 1, size, size + 1, size - 1):
        mel = torch.randn(2, vocoder.audio.n_mels, n, generator=generator).to(device)
        with torch.inference_mode():
            expected, wav = vocoder.infer(mel), subject.infer(mel)
        peak = float(expected.abs().max()) if n else 1.0
        torch.testing.assert_close(wav, expected, rtol=1e-4, atol=1e-4 * peak)


@pytest.mark.gpu
def test_a_graph_is_captured_once_for_a_size_and_a_precision() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no GPU here")
    calls: list[torch.dtype] = []
    layer = torch.nn.Linear(4, 4).cuda().requires_grad_(False)

    def run(x: torch.Tensor) -> torch.Tensor:
        calls.append(layer(x).dtype)
        return layer(x)

    subject = Replay(run)
    xs = [torch.randn(3, 4, device="cuda") for _ in range(3)]
    for _ in range(2):
        for x in xs:
            torch.testing.assert_close(subject(x), layer(x))
        with torch.autocast("cuda", torch.bfloat16), torch.inference_mode():
            assert subject(xs[0]).dtype == torch.bfloat16
    assert len(subject.captured) == 2 and len(calls) == 2 * 4
    kept = subject(xs[0])
    subject(xs[1])
    torch.testing.assert_close(kept, layer(xs[0]))
