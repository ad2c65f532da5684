"""HiFi-GAN checkpoints of three projects: the references' samples, in every layout."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from vocoder_helpers import AUDIO, GENERATOR, tiny_vocoder

from recital.bins.import_checkpoint import main
from recital.models import load
from recital.models.importers import convert
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.utils.errors import CheckpointError, ConfigError

CASES = [
    ("jik876_hifigan", "hifigan_jik876_v2/g_02500000", "hifigan_jik876_v2/io.npz"),
    *(
        (
            "nvidia_hifigan",
            f"hifigan_nvidia_old_layouts/checkpoint_{layout}.pt",
            "hifigan_nvidia_old_layouts/io.npz",
        )
        for layout in ("grouped", "flat", "flat_4d")
    ),
    ("amphion_hifigan", "hifigan_amphion/tiny_resblock1", "hifigan_amphion/tiny_resblock1_io.npz"),
]


def imported(source: str, file: Path, out: Path, *flags: str) -> Any:
    main(["--source", source, "--checkpoint", str(file), "--output_dir", str(out), *flags])
    return load(out)[0]


@pytest.mark.parametrize(("source", "file", "io"), CASES)
def test_the_reference_s_wave(
    shared: Path, tmp_path: Path, source: str, file: str, io: str
) -> None:
    model = imported(source, shared / "vectors" / file, tmp_path / "voice")
    expected = np.load(shared / "vectors" / io)
    wav = model.infer(torch.from_numpy(expected["mel"]))
    np.testing.assert_allclose(wav.numpy(), expected["wav"][:, 0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("source", "file", "name"),
    [
        ("jik876_hifigan", "hifigan_jik876_v2/g_02500000", "jik876_mel"),
        (
            "nvidia_hifigan",
            "hifigan_nvidia_old_layouts/checkpoint_grouped.pt",
            "nvidia_hifigan_mel",
        ),
    ],
)
def test_the_mel_is_the_one_that_it_was_trained_on(
    shared: Path, source: str, file: str, name: str
) -> None:
    config, _ = convert(source, shared / "vectors" / file, None)
    mels = np.load(shared / "vectors/mel_nvidia.npz")
    wav = torch.from_numpy(mels["wav_int16"].astype(np.float32) / 32768.0)[None]
    mel = MelSpectrogram(AudioConfig(**config["audio"]))(wav)[0]
    np.testing.assert_allclose(mel.numpy(), mels[name], rtol=1e-4, atol=1e-4)


def test_amphion_s_mel(shared: Path, tmp_path: Path) -> None:
    """At the mel settings of the vectors, which are not those of the tiny checkpoint."""
    folder = shared / "vectors/hifigan_amphion/tiny_resblock1"
    args = (folder / "args.json").read_text()
    for change in ((24000, 100, 12000), (22050, 80, 8000)):
        for key, value in zip(("sample_rate", "n_mel", "fmax"), change, strict=True):
            line = next(x for x in args.splitlines() if f'"{key}":' in x)
            args = args.replace(line, f'"{key}": {value},')
        (tmp_path / "args.json").write_text(args)
        config, _ = convert("amphion_hifigan", folder, tmp_path / "args.json")
        mels = np.load(shared / "vectors/mel_amphion.npz")
        mel = MelSpectrogram(AudioConfig(**config["audio"]))(torch.from_numpy(mels["audio"])[None])
        name = "mel_vocoder24k_100" if change[1] == 100 else "mel_tts22k_80"
        np.testing.assert_allclose(mel[0].numpy(), mels[name], rtol=1e-4, atol=1e-4)


FOREIGN = {
    "upsample_initial_channel": GENERATOR["channels"],
    "upsample_rates": GENERATOR["upsample_rates"],
    "upsample_kernel_sizes": GENERATOR["upsample_kernel_sizes"],
    "resblock_kernel_sizes": GENERATOR["resblock_kernel_sizes"],
    "resblock_dilation_sizes": GENERATOR["resblock_dilations"],
}
JIK876 = {"sampling_rate": 16000, "n_fft": 128, "win_size": 128, "hop_size": 32, "num_mels": 10}
BLOCKS = [{"resblock": 1}, {"resblock": 2, "resblock_dilations": [[1, 2, 4], [2, 6, 12]]}]


def foreign_state(model: Any, layout: str) -> dict[str, Tensor]:
    """Our weights under the other project's names."""
    state = {}
    for key, value in model.generator.state_dict().items():
        key = key.replace("parametrizations.weight.original0", "weight_g")
        key = key.replace("parametrizations.weight.original1", "weight_v")
        first, *rest = key.split(".")
        if first == "stages":
            i, kind, *rest = rest
            if kind == "up":
                key = f"ups.{i}.{rest[0]}"
            else:
                kernel, convs, j, name = rest
                convs = {"dilated": "convs1", "plain": "convs2"}[convs]
                convs = convs if hasattr(model.generator.stages[0].blocks[0], "plain") else "convs"
                place = f"{i}.{kernel}" if layout == "grouped" else str(2 * int(i) + int(kernel))
                key = f"resblocks.{place}.{convs}.{j}.{name}"
        else:
            key = {"first": "conv_pre", "last": "conv_post"}[first] + f".{rest[0]}"
        state[f"module.{key}"] = value[..., None] if layout == "4d" and value.dim() == 3 else value
    return state


@pytest.mark.parametrize("layout", ["flat", "grouped", "4d"])
@pytest.mark.parametrize("options", BLOCKS)
def test_other_shapes_and_layouts(tmp_path: Path, layout: str, options: dict[str, Any]) -> None:
    """Two kernels, two stages, both kinds of block, averaged weights and a DDP prefix."""
    plain, averaged = (tiny_vocoder(seed, generator=options) for seed in (1, 2))
    config = FOREIGN | {"resblock": str(options["resblock"])}
    config["resblock_dilation_sizes"] = (GENERATOR | options)["resblock_dilations"]
    setup = {"sampling_rate": 16000, "filter_length": 128, "win_length": 128, "hop_length": 32}
    setup |= {"num_mels": 10, "mel_fmin": 0.0, "mel_fmax": 6000.0}
    content = {
        "generator": foreign_state(plain, layout),
        "gen_ema": foreign_state(averaged, layout),
        "config": config,
        "train_setup": setup,
    }
    torch.save(content, tmp_path / "gen.pt")
    mel = torch.randn(1, 10, 6)
    for model, flags in ((plain, ()), (averaged, ("--averaged",))):
        out = tmp_path / f"out{len(flags)}"
        loaded = imported("nvidia_hifigan", tmp_path / "gen.pt", out, *flags)
        torch.testing.assert_close(loaded.infer(mel), model.infer(mel), rtol=1e-5, atol=1e-6)
        assert loaded.audio == AudioConfig(**AUDIO)  # type: ignore[arg-type]


def test_weights_without_weight_norm(tmp_path: Path) -> None:
    model = tiny_vocoder()
    with torch.no_grad():  # a channel that is off has no direction
        model.generator.first.parametrizations.weight.original0[0] = 0.0
    state = foreign_state(model, "flat")
    plain = {k: v for k, v in state.items() if not k.endswith(("_g", "_v"))}
    for key in [k for k in state if k.endswith("weight_v")]:
        g, v = state[key[:-1] + "g"], state[key]
        plain[key[:-2]] = g * v / torch.linalg.vector_norm(v, dim=(1, 2), keepdim=True)
    torch.save({"generator": plain}, tmp_path / "g_00000001")
    config = FOREIGN | JIK876 | {"resblock": "1", "fmin": 0, "fmax": 6000}
    (tmp_path / "config.json").write_text(json.dumps(config))
    loaded = imported("jik876_hifigan", tmp_path / "g_00000001", tmp_path / "out")
    mel = torch.randn(1, 10, 6)
    torch.testing.assert_close(loaded.infer(mel), model.infer(mel), rtol=1e-5, atol=1e-6)


def test_amphion_s_directories(shared: Path, tmp_path: Path) -> None:
    """The layouts: accelerate's inside an experiment, and the published one."""
    folder = shared / "vectors/hifigan_amphion/tiny_resblock1"
    (file,) = folder.glob("*.pt")
    state = torch.load(file, weights_only=True)["generator_state_dict"]
    steps = tmp_path / "a/checkpoint"
    for name in ("epoch-0001_step-0000001_loss-1.0", "epoch-0002_step-0000009_loss-2.0"):
        (steps / name).mkdir(parents=True)
        torch.save(state if "09" in name else {}, steps / name / "pytorch_model.bin")
        torch.save({"fc": torch.ones(1)}, steps / name / "pytorch_model_1.bin")
    (tmp_path / "b/checkpoints").mkdir(parents=True)
    shutil.copy(file, tmp_path / "b/checkpoints/step-000300.pt")
    torch.save({}, tmp_path / "b/checkpoints/step-000200.pt")
    _, expected = convert("amphion_hifigan", file, None)
    for place in ("a", "b"):
        shutil.copy(folder / "args.json", tmp_path / place)
        _, found = convert("amphion_hifigan", tmp_path / place, None)
        assert found.keys() == expected.keys()
        assert all(torch.equal(found[k], expected[k]) for k in expected)


def test_what_cannot_be_imported_says_why(tmp_path: Path) -> None:
    model = tiny_vocoder()
    file, config = tmp_path / "g_1", tmp_path / "config.json"
    options = FOREIGN | JIK876 | {"resblock": "1", "fmin": 0, "fmax": 6000}
    torch.save({"generator": foreign_state(model, "flat")}, file)

    def refused(error: type[Exception], message: str, *flags: str) -> None:
        with pytest.raises(error, match=message):
            imported("jik876_hifigan", file, tmp_path / "out", *flags)
        assert not (tmp_path / "out").exists()

    refused(CheckpointError, "config.json: no such file; give the checkpoint's config with")
    config.write_text(json.dumps({k: v for k, v in options.items() if k != "fmax"}))
    refused(CheckpointError, "fmax: is missing from the model's config")
    config.write_text(json.dumps({**options, "hop_size": 64}))
    refused(ConfigError, r"\[8, 4\] multiply to 32, but audio.hop_length is 64")
    config.write_text(json.dumps({**options, "resblock": "3"}))
    refused(CheckpointError, "resblock: expected 1 or 2, found '3'")
    config.write_text(json.dumps(options))
    refused(CheckpointError, "keeps no averaged weights", "--averaged")
    torch.save({"generator": {**foreign_state(model, "flat"), "fc.weight": torch.ones(2)}}, file)
    refused(CheckpointError, "has tensors unknown to this source: fc.weight")
    torch.save({"mpd": {}}, file)
    refused(CheckpointError, "holds no 'generator'; found: mpd")
