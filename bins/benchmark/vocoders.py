"""Training and inference speed of vocoders of published sizes, on random data."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from recital.bins.benchmark.common import (
    LABELS,
    Figures,
    Precision,
    audio_seconds,
    build_vocoder,
    device,
    has_bf16,
    median_seconds,
    training_figures,
    training_step,
    vocoder_batch,
    vocoder_config,
)
from recital.modules.signal.denoiser import Denoiser


class Setup(NamedTuple):
    """A vocoder: a config with changes, and the frames of an utterance."""

    config: str
    model: dict[str, object]
    n_frames: int


INFERENCE = {
    "HiFi-GAN V1": Setup("hifigan", {}, 400),
    "HiFi-GAN V2": Setup("hifigan_v2", {}, 400),
    "HiFi-GAN V3": Setup("hifigan_v3", {}, 400),
    "BigVGAN-base": Setup("bigvgan_base", {}, 200),
    "MelGAN": Setup("melgan", {}, 200),
    "MB-MelGAN": Setup("melgan_multi_band", {}, 400),
    "iSTFTNet": Setup("istftnet", {}, 200),
    "MB-iSTFT": Setup("mb_istft", {}, 400),
    "NSF-HiFiGAN": Setup("nsf_hifigan", {}, 200),
    "APNet": Setup("apnet", {}, 200),
    "DiffWave, 6 steps": Setup("diffwave", {}, 100),
    "WaveNet": Setup("wavenet", {}, 100),
    "WaveRNN": Setup("wavernn", {}, 100),
    "Parallel WaveGAN": Setup("parallel_wavegan", {}, 100),
    "Vocos 384": Setup("vocos", {"generator": {"d_model": 384, "d_inner": 1152}}, 200),
    "WaveGlow 256": Setup("waveglow", {"channels": 256}, 200),
    "SourceFilter": Setup("source_filter", {}, 400),
}
FLOAT32 = {"SourceFilter", "WaveNet", "WaveRNN"}  # spectra, and samples, are float32
LONGEST = 8.0  # s of one model and precision, but for the call that it is reached in
GPU_FRAMES = 689  # 8 s at 22.05 kHz


def bench_vocoder_infer() -> Figures:
    """Speed of one utterance as a multiple of real time: in fp32 and, if the CPU supports it, bf16;
    on a GPU also the milliseconds for 8 s in fp32 and bf16.
    """
    figures: Figures = {}
    for name in INFERENCE:
        figures |= _infer(name, "no")
        if has_bf16() and name not in FLOAT32:
            figures |= _infer(name, "bf16")
    return figures | _denoise()


def vocoder_utterance(name: str, precision: Precision) -> tuple[Callable[[], Tensor], float]:
    """A function that generates one utterance of `INFERENCE`, and its duration in seconds."""
    setup = INFERENCE[name]
    n_frames = GPU_FRAMES if device() == "cuda" else setup.n_frames
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    model = build_vocoder(vocoder_config(setup.config, {"model": setup.model})).to(dtype).eval()
    mel = torch.randn(1, model.audio.n_mels, n_frames, device=device(), dtype=dtype)

    def speak() -> Tensor:
        with torch.inference_mode():
            return model.infer(mel)

    return speak, audio_seconds(model, n_frames)


def _infer(name: str, precision: Precision) -> Figures:
    speak, audio = vocoder_utterance(name, precision)
    seconds = median_seconds(speak, 5, 2, LONGEST)
    label = f"{name} {LABELS[precision]}"
    figures: Figures = {f"{label} (x real time)": audio / seconds}
    if device() == "cuda":
        figures[f"{label}, {audio:.1f} s (ms)"] = 1000 * seconds
    return figures


def _denoise() -> Figures:
    """The additional time of `--denoising_strength`."""
    model = build_vocoder(vocoder_config("hifigan_v2")).eval()
    denoiser = Denoiser(model)
    wav = torch.rand(1, 200 * model.audio.hop_length, device=device()) - 0.5
    seconds = median_seconds(lambda: denoiser(wav, 0.01), 9, 2)
    return {"denoiser (x real time)": audio_seconds(model, 200) / seconds}


def bench_hifigan_train() -> Figures:
    """Both turns of HiFi-GAN V1, 8192 samples per item: batch 4 on a CPU, in fp32 and, if
    supported, bf16; batch 16 on a GPU, in bf16.
    """
    return training_figures(hifigan_step, 3, 1)


def hifigan_step(precision: Precision) -> tuple[Callable[[], None], int]:
    """A training step of HiFi-GAN V1, and the frames of its batch."""
    config = vocoder_config("hifigan")
    model = build_vocoder(config, training=True)
    size, n_frames = 16 if device() == "cuda" else 4, config["train"]["segment_frames"]
    batch = vocoder_batch(model, size, n_frames)
    return training_step(model, config, batch, precision), size * n_frames
