"""Vocoders beside NVIDIA's BigVGAN, jik876's HiFi-GAN and Amphion: one mel of 200 frames."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from recital.bins.benchmark.common import build_vocoder, vocoder_config
from recital.bins.benchmark.references.pair import Options, Pair, foreign, options
from recital.models.vocoder.nsf_hifigan import NSFHiFiGAN
from recital.modules.contract.model import Vocoder
from recital.modules.signal.pitch_source import given_source
from recital.places import import_foreign

FRAMES = 200
AUDIO = {"sample_rate": 24000, "n_mels": 100, "f_max": 12000.0}  # ours
PREPROCESS = {  # Amphion's
    "n_mel": 100,
    "sample_rate": 24000,
    "n_fft": 1024,
    "win_size": 1024,
    "hop_size": 256,
    "fmin": 0,
    "fmax": 12000,
    "extract_mel": True,
}
BLOCKS = {
    "resblock_kernel_sizes": [3, 7, 11],
    "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
}
MELGAN = {
    "ratios": [8, 8, 2, 2],
    "ngf": 32,
    "n_residual_layers": 3,
    "num_D": 3,
    "ndf": 16,
    "n_layers": 4,
    "downsampling_factor": 4,
}
APNET = {
    **{f"{part}_channel": 512 for part in ("ASP", "PSP")},
    **{f"{part}_{k}": v for part in ("ASP", "PSP") for k, v in BLOCKS.items()},
    **{f"{part}_input_conv_kernel_size": 7 for part in ("ASP", "PSP")},
    "ASP_output_conv_kernel_size": 7,
    "PSP_output_R_conv_kernel_size": 7,
    "PSP_output_I_conv_kernel_size": 7,
}
N_HARMONICS, CHANNELS, RATES, KERNELS = 8, 768, [8, 4, 2, 2, 2], [16, 8, 4, 4, 4]
NSF_HIFIGAN = {
    "resblock": "1",
    "harmonic_num": N_HARMONICS,
    "upsample_rates": RATES,
    "upsample_kernel_sizes": KERNELS,
    "upsample_initial_channel": CHANNELS,
    **BLOCKS,
}
DIFFWAVE = {
    "residual_channels": 64,
    "residual_layers": 30,
    "dilation_cycle_length": 10,
    "noise_schedule_factors": [1e-4, 0.05, 50],
    "noise_schedule": [1e-4 + i * (0.05 - 1e-4) / 49 for i in range(50)],
    "inference_noise_schedule": [0.0001, 0.001, 0.01, 0.05, 0.2, 0.5],
    "upsample_factors": [16, 16],
}


def bigvgan(code: Path) -> Pair:
    """BigVGAN-base of 24 kHz and 100 bands, with the same weights."""
    theirs, h = _bigvgan(code)
    plain = {k: v for k, v in h.items() if k != "use_cuda_kernel"}
    ours = _imported("bigvgan", {"generator": theirs.state_dict()}, "g_05000000", plain)
    theirs.remove_weight_norm()
    return _pair(ours, theirs)


def mb_istft(code: Path) -> Pair:
    """Our MB-iSTFT and their BigVGAN-base: the quickest of the family beside a known figure."""
    theirs, _ = _bigvgan(code)
    theirs.remove_weight_norm()
    ours = build_vocoder(vocoder_config("mb_istft", {"audio": AUDIO})).eval()
    mel = _mel(ours)
    return Pair(lambda: ours.infer(mel), lambda: theirs(mel))


def hifigan_v1(code: Path) -> Pair:
    """HiFi-GAN V1, with the same weights."""
    h = Options(json.loads((code / "config_v1.json").read_text(encoding="utf-8")))
    torch.manual_seed(0)
    theirs = foreign(code, "models").Generator(h).eval()
    ours = _imported("jik876_hifigan", {"generator": theirs.state_dict()}, "g_02500000", h)
    _fold(theirs)
    return _pair(ours, theirs)


def melgan(code: Path) -> Pair:
    """MelGAN, with the same weights."""
    theirs, ours = _amphion(code, "melgan", "MelGAN", MELGAN, "generator_state_dict")
    return _pair(ours, theirs)


def apnet(code: Path) -> Pair:
    """APNet, with the same weights."""
    theirs, ours = _amphion(code, "apnet", "APNet", APNET, "state_dict")
    return _pair(ours, lambda mel: theirs(mel)[-1])


def nsf_hifigan(code: Path) -> Pair:
    """NSF-HiFiGAN of 768 channels, each with weights of its own: both draw noise."""
    module = foreign(code, "models.vocoders.gan.generator.nsfhifigan", without=("einops",))
    torch.manual_seed(0)
    tree = {"preprocess": PREPROCESS, "model": {"nsfhifigan": NSF_HIFIGAN}}
    theirs = module.NSFHiFiGAN(options(tree)).eval()
    _fold(theirs)
    generator = {
        "upsample_rates": RATES,
        "upsample_kernel_sizes": KERNELS,
        "channels": CHANNELS,
        "n_harmonics": N_HARMONICS,
    }
    changes = {"audio": AUDIO, "model": {"generator": generator}}
    ours = build_vocoder(vocoder_config("nsf_hifigan", changes)).eval()
    assert isinstance(ours, NSFHiFiGAN)
    mel, f0 = _mel(ours), torch.full((1, FRAMES), 200.0)
    source = given_source(f0, ours.audio)
    return Pair(lambda: ours.infer(mel, source=source), lambda: theirs(mel, f0))


def diffwave(code: Path) -> Pair:
    """DiffWave in 6 steps, each with weights of its own: both draw noise."""
    name = "models.vocoders.diffusion"
    module = foreign(code, f"{name}.diffwave.diffwave", without=("utils", "utils.util"))
    inference = foreign(code, f"{name}.diffusion_vocoder_inference")
    tree = options({"preprocess": PREPROCESS, "model": {"diffwave": DIFFWAVE}})
    torch.manual_seed(0)
    theirs = module.DiffWave(tree).eval()
    ours = build_vocoder(vocoder_config("diffwave", {"audio": AUDIO})).eval()
    mel = _mel(ours)
    quick = {"fast_inference": True, "device": "cpu"}
    return Pair(
        lambda: ours.infer(mel),
        lambda: inference.vocoder_inference(tree, theirs, mel, **quick),
    )


def _bigvgan(code: Path) -> tuple[Any, Options]:
    """NVIDIA's BigVGAN-base with random weights, and its config."""
    module = foreign(code, "bigvgan", without=("huggingface_hub",))
    file = code / "configs/bigvgan_base_24khz_100band.json"
    h = Options(json.loads(file.read_text(encoding="utf-8")))
    torch.manual_seed(0)
    return module.BigVGAN(h).eval(), h


def _amphion(
    code: Path, name: str, class_name: str, section: Mapping[str, Any], key: str
) -> tuple[nn.Module, Vocoder]:
    """A generator of Amphion's, and ours with its weights."""
    module = foreign(code, f"models.vocoders.gan.generator.{name}", without=("einops",))
    model = {"generator": name, name: dict(section)}
    tree = {"preprocess": PREPROCESS, "model": model, "model_type": "GANVocoder"}
    torch.manual_seed(0)
    theirs: nn.Module = getattr(module, class_name)(options(tree)).eval()
    weights, file = {key: theirs.state_dict()}, "epoch-0001_step-0000010_loss-1.000000.pt"
    ours = _imported(f"amphion_{name}", weights, file, tree)
    _fold(theirs)
    return theirs, ours


def _imported(
    source: str, weights: Mapping[str, Any], file: str, config: Mapping[str, Any]
) -> Vocoder:
    """Our model with their weights, by the importer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        torch.save(weights, path)
        beside = path.with_name("args.json" if source.startswith("amphion") else "config.json")
        beside.write_text(json.dumps(config), encoding="utf-8")
        model, _ = import_foreign(source, path, None)
    assert isinstance(model, Vocoder)
    return model.eval()


def _fold(model: nn.Module) -> None:
    """Weight norm once, and not in each call, as the references' own inference does."""
    for module in model.modules():
        if hasattr(module, "weight_g"):
            nn.utils.remove_weight_norm(module)


def _mel(model: Vocoder) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(1, model.audio.n_mels, FRAMES)


def _pair(ours: Vocoder, theirs: Callable[[Tensor], Tensor]) -> Pair:
    mel = _mel(ours)
    return Pair(lambda: ours.infer(mel), lambda: theirs(mel), alike=True)
