"""How fast vocoders of the published sizes train and speak, on random data."""

from __future__ import annotations

from typing import Any

import torch

from recital.bins.benchmark.fastpitch import _cpu_flags, _median
from recital.models import build
from recital.modules.contract.batch import Batch
from recital.modules.signal.denoiser import Denoiser
from recital.utils.config import ROOT, load_config, merge
from recital.utils.optimizers import build_optimizer
from recital.utils.train_config import OptimizerConfig

Figures = dict[str, float | str]

INFERENCE: dict[str, tuple[str, dict[str, Any], int]] = {  # name: (config, changes, frames)
    "HiFi-GAN V1": ("hifigan", {}, 400),
    "HiFi-GAN V2": ("hifigan_v2", {}, 400),
    "HiFi-GAN V3": ("hifigan_v3", {}, 400),
    "Vocos 384": ("vocos", {"generator": {"d_model": 384, "d_inner": 1152}}, 200),
    "WaveGlow 256": ("waveglow", {"channels": 256}, 200),
    "SourceFilter": ("source_filter", {}, 400),
}
FLOAT32 = {"SourceFilter"}  # whose spectra are
GPU_FRAMES = 689  # 8 s at 22.05 kHz


def bench_vocoder_infer() -> Figures:
    """Times real time of one utterance: in fp32, and in bf16 where the CPU has it; on a GPU the
    milliseconds of 8 s in fp32 and bf16, too.
    """
    figures: Figures = {}
    for name in INFERENCE:
        figures |= _infer(name, torch.float32, "fp32")
        fast = torch.cuda.is_available() or "avx512_bf16" in _cpu_flags()
        if fast and name not in FLOAT32:
            figures |= _infer(name, torch.bfloat16, "bf16")
    return figures | _denoise()


def bench_hifigan_train() -> Figures:
    """Both turns of HiFi-GAN V1 with AdamW, 8192 samples an item: batch 4 on a CPU, in fp32 and,
    where it has it, bf16; batch 16 on a GPU, in bf16.
    """
    if torch.cuda.is_available():
        return _train("bf16", "cuda", 16, torch.bfloat16, steps=30, warm_up=10)
    figures = _train("fp32", "cpu", 4, None, steps=3, warm_up=1)
    if "avx512_bf16" not in _cpu_flags():
        return figures | {"bf16": "not measured: this CPU has no avx512_bf16"}
    figures |= _train("bf16", "cpu", 4, torch.bfloat16, steps=3, warm_up=1)
    ratio = float(figures["fp32 step (s)"]) / float(figures["bf16 step (s)"])
    return figures | {"bf16 against fp32 (x)": ratio}


def _infer(name: str, dtype: torch.dtype, label: str) -> Figures:
    config, changes, frames = INFERENCE[name]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    frames = GPU_FRAMES if device == "cuda" else frames
    model = _model(config, changes, training=False).to(device, dtype).eval()
    mel = torch.randn(1, model.audio.n_mels, frames, device=device, dtype=dtype)
    with torch.inference_mode():
        seconds = _median(lambda: model.infer(mel), 5, 2)
    audio = frames * model.audio.hop_length / model.audio.sample_rate
    figures: Figures = {f"{name} {label} (x real time)": audio / seconds}
    if device == "cuda":
        figures[f"{name} {label}, {audio:.1f} s (ms)"] = 1000 * seconds
    return figures


def _denoise() -> Figures:
    """What `--denoising_strength` adds to a vocoder."""
    model = _model("hifigan_v2", {}, training=False).eval()
    denoiser = Denoiser(model)
    wav = torch.rand(1, 200 * model.audio.hop_length) - 0.5
    seconds = _median(lambda: denoiser(wav, 0.01), 9, 2)
    return {"denoiser (x real time)": wav.shape[1] / model.audio.sample_rate / seconds}


def _train(
    label: str, device: str, n: int, precision: torch.dtype | None, steps: int, warm_up: int
) -> Figures:
    """Median seconds of a step of both networks, and mel frames a second."""
    tree = load_config(ROOT / "config/vocoder/hifigan.json")
    weights, frames = tree["train"]["loss_weights"], tree["train"]["segment_frames"]
    model = _model("hifigan", {}, training=True).to(device).train()
    batch = Batch(
        ids=[str(i) for i in range(n)],
        mel=torch.randn(n, model.audio.n_mels, frames, device=device),
        wav=torch.rand(n, frames * model.audio.hop_length, device=device) - 0.5,
    )
    settings = OptimizerConfig(lr=2e-4, betas=(0.8, 0.99))
    optimizers = {
        name: build_optimizer(settings, list(getattr(model, name).parameters()))
        for name in model.networks
    }

    def step() -> None:
        with torch.autocast(device, dtype=precision, enabled=precision is not None):
            for name, losses in model.step(batch):
                optimizers[name].zero_grad()
                torch.stack([weights[key] * loss for key, loss in losses.items()]).sum().backward()
                optimizers[name].step()

    seconds = _median(step, steps, warm_up)
    return {f"{label} step (s)": seconds, f"{label} frames/s": n * frames / seconds}


def _model(config: str, changes: dict[str, Any], training: bool) -> Any:
    torch.manual_seed(0)
    tree = load_config(ROOT / "config" / "vocoder" / f"{config}.json")
    return build(merge(tree, {"model": changes}), training=training)
