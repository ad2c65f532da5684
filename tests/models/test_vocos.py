"""Vocos: the reference's samples, its context, and both importers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import save_file
from vocoder_helpers import AUDIO, DISCRIMINATORS, wave_batch

from recital.bins.import_checkpoint import main
from recital.models import build, load
from recital.models.importers import convert
from recital.modules.contract.mel import MelSpectrogram, mel_filters
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError

GENERATOR = {"d_model": 12, "n_layers": 2, "d_inner": 20}
SCALE, SHIFT = 8.14**0.5, -4.92  # of Amphion's mels


def tiny(seed: int = 0, audio: dict[str, Any] | None = None, **model: Any) -> Any:
    torch.manual_seed(seed)
    sections = {"generator": GENERATOR, **model}
    return build({"model_type": "Vocos", "audio": {**AUDIO, **(audio or {})}, "model": sections})


@pytest.mark.parametrize("change", [{}, {"padding": "center"}, {"hop_length": 64}])
def test_context_is_how_far_a_sample_sees(change: dict[str, Any]) -> None:
    model = tiny(audio=change).double()
    hop, reach, middle = model.audio.hop_length, model.context_frames, 20
    mel = torch.randn(1, 10, 41, dtype=torch.float64, requires_grad=True)
    wav = model.generator(mel)
    seen = torch.zeros(41)
    for sample in (
        middle * hop,
        (middle + 1) * hop - 1,
    ):  # the ends of a frame have the longest reach
        (gradient,) = torch.autograd.grad(wav[0, sample], mel, retain_graph=True)
        seen += gradient[0].abs().sum(0)
    frames = seen.nonzero()[:, 0] - middle
    assert max(-int(frames.min()), int(frames.max())) == reach < 20


def test_a_batch_is_learnt_and_kept(tmp_path: Path) -> None:
    model = tiny(discriminators=DISCRIMINATORS, mel_losses=[{}])
    batch, losses = wave_batch(), []
    optimizer = torch.optim.Adam(model.generator.parameters(), 3e-3)
    for _ in range(40):
        turns = dict(model.step(batch))
        assert turns.keys() == {"generator", "discriminator"}
        optimizer.zero_grad()
        turns["generator"]["mel"].backward()
        optimizer.step()
        losses.append(turns["generator"]["mel"].item())
    assert losses[-1] < 0.5 * losses[0]
    config = {"model_type": "Vocos", "audio": AUDIO, "model": {"generator": GENERATOR}}
    weights = {k: v for k, v in model.state_dict().items() if not k.startswith("discriminator.")}
    checkpoint.save_model(tmp_path / "kept", weights, config)
    again, _ = load(tmp_path / "kept")
    assert torch.equal(again.infer(batch.mel), model.infer(batch.mel))  # type: ignore[operator]


def test_amphion_s_wave(shared: Path, tmp_path: Path) -> None:
    source = shared / "vectors" / "vocos_amphion"
    arguments = ["--source", "amphion_vocos", "--output_dir", str(tmp_path / "voice")]
    main([*arguments, "--checkpoint", str(source / "tiny_center")])
    model: Any = load(tmp_path / "voice")[0]
    io = {k: torch.from_numpy(v) for k, v in np.load(source / "tiny_center_io.npz").items()}
    wav = model.infer(io["mel"] * SCALE + SHIFT)
    expected = io["wav"][:, 0]
    assert wav.shape == (2, 40 * 128)
    assert expected.shape == (2, 39 * 128)
    torch.testing.assert_close(wav[:, : 39 * 128], expected, rtol=1e-4, atol=1e-5)
    mel = MelSpectrogram(model.audio)(io["mel_audio_in"])
    torch.testing.assert_close(mel, io["mel_of_audio"], rtol=1e-4, atol=1e-5)
    normalised = (mel - model.generator.mel_mean) / model.generator.mel_std
    torch.testing.assert_close(normalised, io["mel_of_audio_normalised"], rtol=1e-4, atol=1e-5)


THEIRS = {
    "first.": "embed.",
    "first_norm.": "norm.",
    "last_norm.": "final_layer_norm.",
    "blocks.": "convnext.",
    "depthwise.": "dwconv.",
    "widen.": "pwconv1.",
    "narrow.": "pwconv2.",
    ".scale": ".gamma",
}


def authors_folder(folder: Path, model: Any, **features: Any) -> Path:
    """A checkpoint in the authors' layout."""
    state = {
        "feature_extractor.mel_spec.mel_scale.fb": torch.from_numpy(mel_filters(model.audio).T)
    }
    for key, value in model.generator.frames.state_dict().items():
        if key.startswith("out."):
            state[f"head.{key}"] = value
            continue
        for ours, theirs in THEIRS.items():
            key = key.replace(ours, theirs) if ours.startswith(".") or key.find(ours) >= 0 else key
        state[f"backbone.{key}"] = value
    state["head.istft.window"] = torch.hann_window(128)
    folder.mkdir()
    torch.save(state, folder / "pytorch_model.bin")
    parts = {
        "feature_extractor": (
            "feature_extractors.MelSpectrogramFeatures",
            {
                "sample_rate": 16000,
                "n_fft": 128,
                "hop_length": 32,
                "n_mels": 10,
                "padding": "center",
                **features,
            },
        ),
        "backbone": (
            "models.VocosBackbone",
            {
                "input_channels": 10,
                "dim": 12,
                "intermediate_dim": 20,
                "num_layers": 2,
            },
        ),
        "head": (
            "heads.ISTFTHead",
            {"dim": 12, "n_fft": 128, "hop_length": 32, "padding": "center"},
        ),
    }
    tree = {
        name: {"class_path": f"vocos.{path}", "init_args": options}
        for name, (path, options) in parts.items()
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(tree))
    return folder


TORCHAUDIO = {
    "f_max": None,
    "padding": "center",
    "power_floor": 0.0,
    "log_floor": 1e-7,
    "mel_scale": "htk",
    "mel_norm": "none",
}


@pytest.mark.parametrize(
    ("audio", "features"),
    [
        ({}, {}),
        (
            {"f_min": 50.0, "f_max": 7000.0, "mel_scale": "slaney", "mel_norm": "slaney"},
            {"f_min": 50, "f_max": 7000, "mel_scale": "slaney", "norm": "slaney"},
        ),
    ],
)
def test_the_authors_files(tmp_path: Path, audio: dict[str, Any], features: dict[str, Any]) -> None:
    model = tiny(audio=TORCHAUDIO | audio).eval()
    folder = authors_folder(tmp_path / "theirs", model, **features)
    main(["--source", "vocos", "--checkpoint", str(folder), "--output_dir", str(tmp_path / "ours")])
    ours: Any = load(tmp_path / "ours")[0]
    assert ours.audio == model.audio
    mel = torch.randn(1, 10, 12)
    assert torch.equal(ours.infer(mel), model.infer(mel))


def test_filters_that_are_not_the_config_s_are_refused(tmp_path: Path) -> None:
    folder = authors_folder(tmp_path / "theirs", tiny(audio=TORCHAUDIO), sample_rate=22050)
    with pytest.raises(CheckpointError, match="is not the filter bank of 10 mels at 22050 Hz"):
        main(
            ["--source", "vocos", "--checkpoint", str(folder), "--output_dir", str(tmp_path / "o")]
        )


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"n_mel": 10}, r"feature_extractor.n_mel: no such option; did you mean 'n_mels'\?"),
        ({"n_mels": 12}, "feature_extractor.n_mels is 12, but 10 by the tensors"),
        ({"n_fft": 256}, "feature_extractor.n_fft is 256, but 128 by the tensors"),
        ({"hop_length": 64}, "feature_extractor.hop_length is 64"),
    ],
)
def test_a_config_that_is_not_the_tensors_is_refused(
    tmp_path: Path, features: dict[str, Any], message: str
) -> None:
    folder = authors_folder(tmp_path / "theirs", tiny(audio=TORCHAUDIO), **features)
    with pytest.raises(CheckpointError, match=message):
        convert("vocos", folder, None)


def test_tensors_of_another_model_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    save_file({"backbone.embed.weight": torch.zeros(4, 10, 7)}, folder / "model.safetensors")
    (folder / "args.json").write_text(json.dumps({"model": {"vocos": {"dim": 12}}}))
    with pytest.raises(CheckpointError, match="is no Vocos"):
        convert("amphion_vocos", folder, None)
