"""`context_frames` of every vocoder: enough that pieces equal the whole, and not much more."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from recital.models import build
from recital.models.vocoder.bigvgan import BigVGAN
from recital.models.vocoder.source_filter import SourceFilter
from recital.models.vocoder.waveglow import WaveGlow
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.signal.streaming import stream

AUDIO = {
    "sample_rate": 16000,
    "n_fft": 64,
    "win_length": 64,
    "hop_length": 16,
    "n_mels": 6,
    "f_min": 0.0,
    "f_max": None,
    "padding": "same",
}


def hifigan(**changes: Any) -> dict[str, Any]:
    generator = {
        "channels": 16,
        "upsample_rates": [4, 4],
        "upsample_kernel_sizes": [8, 8],
        "resblock_kernel_sizes": [3, 5],
        "resblock_dilations": [[1, 3], [1, 2]],
    }
    return {"model_type": "HiFiGAN", "model": {"generator": {**generator, **changes}}}


def vocos(audio: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    generator = {"d_model": 16, "n_layers": 2, "d_inner": 32, **changes}
    return {"model_type": "Vocos", "model": {"generator": generator}, "audio": audio or {}}


def waveglow(**changes: Any) -> dict[str, Any]:
    network = {"n_flows": 3, "n_early_every": 2, "n_layers": 3, "channels": 8, **changes}
    return {"model_type": "WaveGlow", "model": network}


def source_filter(audio: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    network = {"d_model": 16, "n_layers": 2, "d_inner": 32, "tracker_channels": 8}
    model = {"network": network, "stft_resolutions": [[64, 16, 64]], **changes}
    return {"model_type": "SourceFilter", "model": model, "audio": audio or {}}


def bigvgan(**changes: Any) -> dict[str, Any]:
    return {**hifigan(**changes), "model_type": "BigVGAN"}


CASES = {
    "bigvgan": bigvgan(),
    "bigvgan, one convolution a dilation, odd rates": bigvgan(
        resblock=2, upsample_rates=[2, 8], upsample_kernel_sizes=[3, 11], channels=8
    ),
    "hifigan": hifigan(),
    "hifigan, one convolution a dilation": hifigan(resblock=2),
    "hifigan, odd rates": hifigan(upsample_rates=[2, 8], upsample_kernel_sizes=[3, 11], channels=8),
    "hifigan, kernels as wide as the rates": hifigan(upsample_kernel_sizes=[4, 4]),
    "hifigan, wide dilations": hifigan(
        resblock_kernel_sizes=[7], resblock_dilations=[[1, 3, 5]], upsample_kernel_sizes=[10, 6]
    ),
    "vocos": vocos(),
    "vocos, centred": vocos({"padding": "center"}),
    "vocos, a hop that does not divide": vocos({"hop_length": 24, "win_length": 60, "n_fft": 66}),
    "source and filter": source_filter(),
    "source and filter, centred": source_filter({"padding": "center"}),
    "source and filter, refined": source_filter(refine_iterations=3),
    "waveglow": waveglow(),
    "waveglow, deep": waveglow(n_layers=5, n_flows=4, n_group=4),
    "waveglow, wide kernels": waveglow(kernel_size=5, n_early_every=4),
}


@pytest.fixture(params=CASES)
def vocoder(request: pytest.FixtureRequest) -> Any:
    case = CASES[request.param]
    config = {**case, "audio": {**AUDIO, **case.get("audio", {})}}
    torch.manual_seed(0)
    model: Any = build(config, training=False).eval()
    with torch.no_grad():  # no zeros, which would hide dependencies
        for weight in model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    return model


def mel_of(vocoder: Any, n_frames: int) -> torch.Tensor:
    """A mel of random numbers, or of a sound.

    No sound has a random mel, so a refinement finds no stable phase and rounding errors decide.
    """
    generator = torch.Generator().manual_seed(1)
    if not getattr(vocoder, "refine_iterations", 0):
        return torch.randn(vocoder.audio.n_mels, n_frames, generator=generator)
    size = n_frames * vocoder.audio.hop_length
    tone = torch.sin(0.2 * torch.arange(size) * (1 + 0.2 * torch.arange(size) / size))
    wav = 0.3 * tone + 0.05 * torch.randn(size, generator=generator)
    return MelSpectrogram(vocoder.audio)(wav[None])[0, :, :n_frames]


def test_pieces_equal_the_whole(vocoder: Any) -> None:
    context = vocoder.context_frames
    mel = mel_of(vocoder, 4 * context + 30)
    whole = vocoder.infer(mel[None])[0]
    assert whole.abs().max() > 1e-3
    atol = 1e-5 * float(whole.abs().max())
    for sizes in ([1] * 20, [3, context, 1, 2 * context]):
        chunks = mel.split([*sizes, mel.shape[1] - sum(sizes)], dim=1)
        wav = torch.cat(list(vocoder.stream(chunks)))
        torch.testing.assert_close(wav, whole, rtol=0, atol=atol)
    wav = torch.cat(list(stream(vocoder, [mel], chunk_frames=11)))
    torch.testing.assert_close(wav, whole, rtol=0, atol=atol)


def test_the_context_is_not_far_more_than_what_is_looked_at(vocoder: Any) -> None:
    """Change one frame and find the farthest sample that changes, apart from the source."""
    context, hop = vocoder.context_frames, vocoder.audio.hop_length
    n_frames = 4 * context + 9
    # the farthest influence is lost in rounding
    fades = isinstance(vocoder, (BigVGAN, SourceFilter, WaveGlow))
    has_source = isinstance(vocoder, SourceFilter)
    precision = torch.float32 if has_source else torch.float64
    vocoder.to(precision)
    mel = mel_of(vocoder, n_frames)[None].to(precision)
    found = [source for _, source in vocoder.find_source([mel])]
    source = torch.cat(found, dim=2) if has_source else None
    changed = mel.clone()
    changed[..., n_frames // 2] += 30.0
    waves = [vocoder.infer_windows(m, [0], source) for m in (mel, changed)]
    moved = (waves[1] - waves[0])[0].abs() > 0
    frames = moved.nonzero()[:, 0] // hop
    reach = max(n_frames // 2 - int(frames.min()), int(frames.max()) - n_frames // 2)
    assert reach <= context <= (2 * reach if fades else reach + 2)
