"""NVIDIA's FastPitch checkpoints: every layout, and the numbers of the reference's own code."""

from __future__ import annotations

import argparse
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from tts_helpers import losses_of, one_item, without_dropout

from recital.bins.import_checkpoint import main
from recital.models import load
from recital.models.importers.nvidia_fastpitch import RULES
from recital.models.tts.fastpitch.model import FastPitch
from recital.modules.acoustic.controls import transform_pitch
from recital.modules.acoustic.length import token_means
from recital.modules.contract.batch import Batch
from recital.utils.errors import CheckpointError, UsageError

WEIGHTS = dict.fromkeys(("duration", "pitch", "energy"), 0.1) | dict.fromkeys(
    ("mel", "alignment", "binarization"), 1.0
)
THEIR_LOSSES = {
    "mel": "mel_loss",
    "duration": "duration_predictor_loss",
    "pitch": "pitch_loss",
    "energy": "energy_loss",
    "alignment": "attn_loss",
    "binarization": "binarization",
}


class Vectors:
    """An .npz of the reference as tensors."""

    def __init__(self, path: Path) -> None:
        self.arrays = np.load(path)

    def __getitem__(self, key: str) -> Tensor:
        return torch.from_numpy(np.asarray(self.arrays[key]))


def near(found: Tensor, expected: Tensor, what: str = "") -> None:
    """Within 1e-4 of the largest value."""
    error = ((found - expected).abs().max() / expected.abs().max().clamp(min=1e-6)).item()
    assert error < 1e-4, f"{what}: relative error {error:.2g}"


def imported(folder: Path, checkpoint: Path, *options: object) -> tuple[FastPitch, dict]:
    """Import and load as a user does, through the command line and the loader."""
    arguments = [
        "--source",
        "nvidia_fastpitch",
        "--checkpoint",
        checkpoint,
        "--output_dir",
        folder,
        *options,
    ]
    main([str(a) for a in arguments])
    return load(folder)


@pytest.fixture(scope="module")
def fastpitch_1_1(shared, tmp_path_factory) -> tuple[FastPitch, dict]:
    source = shared / "vectors" / "fastpitch_nvidia_small"
    return imported(tmp_path_factory.mktemp("1.1") / "voice", source / "checkpoint.pt")


@pytest.fixture(scope="module")
def fastpitch_1_0(shared, tmp_path_factory) -> tuple[FastPitch, dict]:
    source = shared / "vectors" / "fastpitch_1_0_small"
    return imported(tmp_path_factory.mktemp("1.0") / "voice", source / "checkpoint.pt")


def test_the_config_says_all_that_the_voice_needs(fastpitch_1_1):
    model, config = fastpitch_1_1
    assert config["model_type"] == "FastPitch"
    assert config["audio"]["sample_rate"] == 22050 and config["audio"]["f_max"] == 8000.0
    assert len(config["symbols"]) == 148 and config["symbols"][0] == "_"
    assert config["text"] == {"cleaners": "english_cleaners_v2", "symbol_set": "english_basic"}
    assert config["speakers"] == ["0", "1"]
    near(model.pitch_mean, torch.full((2,), 214.72203))
    near(model.pitch_std, torch.full((2,), 65.72038))


def test_a_file_without_text_settings_has_those_of_its_recipe(fastpitch_1_0, content, tmp_path):
    assert fastpitch_1_0[1]["text"]["cleaners"] == "english_cleaners"
    content["train_setup"] = None
    content["config"]["n_symbols"] = 123
    content["state_dict"]["encoder.word_emb.weight"] = torch.randn(123, 64)
    _, config = imported(tmp_path / "voice", _save(content, tmp_path))
    assert config["text"] == {
        "cleaners": "english_cleaners_v2",
        "symbol_set": "english_basic_lowercase",
    }


def test_old_files_without_config_give_the_same_voice(shared, fastpitch_1_1, tmp_path):
    source = shared / "vectors" / "fastpitch_nvidia_small"
    bare = source / "checkpoint_ddp_noconfig.pt"
    with pytest.raises(CheckpointError, match="--config"):
        imported(tmp_path / "none", bare)
    model, _ = imported(tmp_path / "voice", bare, "--config", source / "config.json")
    for name, value in fastpitch_1_1[0].state_dict().items():
        assert torch.equal(model.state_dict()[name], value), name


def _cases(io: Vectors) -> dict[str, dict]:
    cases: dict[str, dict] = {
        "default": {},
        "pace0.8": {"pace": 0.8},
        "speaker1": {"speaker": torch.tensor([1, 1])},
        "given": {"durations": io["dur_tgt"].float(), "pitch": io["pitch_tgt"].view(2, 1, -1)},
    }
    transforms = {
        "flatten": {"flatten": True},
        "invert": {"invert": True},
        "amplify1.5": {"scale": 1.5},
        "shift20": {"shift_hz": 20.0},
        "invert_amplify1.5_shift-30": {"invert": True, "scale": 1.5, "shift_hz": -30.0},
    }
    for name, options in transforms.items():
        cases[f"pt_{name}"] = {"pitch_transform": partial(transform_pitch, **options)}
    return cases


def _compare(
    io: Vectors, case: str, model: FastPitch, tokens: Tensor, lengths: Tensor, **given
) -> None:
    """The first item, which has no padding."""
    out = model.infer(tokens, lengths, **given)
    n, t = int(lengths[0]), int(io[f"{case}__dec_lens"][0])
    assert int(out.mel_lengths[0]) == t
    near(out.mel[0, :, :t], io[f"{case}__mel_out"][0, :, :t], case)
    near(out.durations[0, :n], io[f"{case}__dur_pred"][0, :n], case)
    near(out.pitch[0, 0, :n], io[f"{case}__pitch_pred"][0].flatten()[:n], case)
    if out.energy is not None:
        near(out.energy[0, :n], io[f"{case}__energy_pred"][0, :n], case)


def test_inference_1_1(shared, fastpitch_1_1):
    model, _ = fastpitch_1_1
    io = Vectors(shared / "vectors" / "fastpitch_nvidia_small" / "io.npz")
    tokens, lengths = io["text"], io["text_lens"]
    for case, given in _cases(io).items():
        _compare(io, case, model, tokens, lengths, **given)
    alone = tokens[1:, : int(lengths[1])], lengths[1:]
    _compare(io, "single", model, *alone)

    def half(pitch, token_lengths, *, mean, std):
        return ((pitch * std + mean) / 2 - mean) / std

    _compare(io, "pt_custom_single", model, *alone, pitch_transform=half)


def test_inference_1_0(shared, fastpitch_1_0):
    model, _ = fastpitch_1_0
    io = Vectors(shared / "vectors" / "fastpitch_1_0_small" / "io.npz")
    assert "durations" in model.needs and model.network.energy_predictor is None
    for case, given in _cases(io).items():
        if not case.startswith("pt_"):
            _compare(io, case, model, io["text"], io["text_lens"], **given)


def _training_batch(train: Vectors) -> Batch:
    return Batch(
        ids=["a", "b", "c"],
        tokens=train["in__text"],
        token_lengths=train["in__text_lens"],
        mel=train["in__mel_tgt"],
        mel_lengths=train["in__mel_lens"],
        pitch=train["in__pitch_dense"][:, 0],
        energy=train["in__energy_dense"],
        attention_prior=train["in__attn_prior"],
        speaker=train["in__speaker"],
    )


@pytest.fixture()
def trainable(fastpitch_1_1) -> FastPitch:
    """Without dropout, with normalized pitch, and binarization at full weight."""
    model = without_dropout(fastpitch_1_1[0])
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    model.pitch_statistics.set(0.0, 1.0)
    yield model
    for name, buffer in model.named_buffers():
        buffer.copy_(before[name])
    model.zero_grad()
    model.eval()


def test_training_forward_losses_and_gradients_of_items_alone(shared, trainable):
    folder = shared / "vectors" / "fastpitch_nvidia_small"
    alone = Vectors(folder / "train_alone.npz")
    batch = _training_batch(Vectors(folder / "train.npz"))
    for i in range(3):
        item, prefix = one_item(batch, i), f"item{i}__"
        out = trainable._teach(item)
        near(out.mel[0].T, alone[f"{prefix}out__mel_out"][0])
        near(out.log_durations, alone[f"{prefix}out__log_dur_pred"])
        near(out.pitch, alone[f"{prefix}out__pitch_pred"][:, 0])
        near(out.energy, alone[f"{prefix}out__energy_pred"])
        near(out.pitch_target, alone[f"{prefix}out__pitch_tgt"][:, 0])
        near(out.energy_target, alone[f"{prefix}out__energy_tgt"])
        near(out.alignment.log_soft.exp(), alone[f"{prefix}out__attn_soft"][:, 0])
        near(out.alignment.log_joint, alone[f"{prefix}out__attn_logprob"][:, 0])
        assert torch.equal(out.durations_target.float(), alone[f"{prefix}out__attn_hard_dur"])
        trainable.binarization.ramp.fill_(trainable.binarization.warmup)
        trainable.zero_grad()
        losses = losses_of(trainable, item)
        for ours, theirs in THEIR_LOSSES.items():
            near(losses[ours].detach(), alone[f"{prefix}loss__{theirs}"], ours)
        total = sum(weight * losses[name] for name, weight in WEIGHTS.items())
        near(total.detach(), alone[f"{prefix}loss__total_for_grads"])
        total.backward()
        norm = torch.stack([p.grad.norm() for p in trainable.parameters()]).norm()
        near(norm, alone[f"{prefix}grad_global_l2"])
        if i == 0:
            _compare_gradients(trainable, alone)


def _compare_gradients(model: FastPitch, alone: Vectors) -> None:
    parameters = dict(model.named_parameters())
    names = [n for n in alone.arrays.files if n.startswith("item0__grad__")]
    assert len(names) > 80
    for name in names:
        foreign = name.removeprefix("item0__grad__")
        pattern, ours = next(rule for rule in RULES if re.fullmatch(rule[0], foreign))
        gradient = parameters[re.fullmatch(pattern, foreign).expand(ours)].grad
        near(gradient, alone[name], foreign)


def test_training_1_0(shared, fastpitch_1_0):
    """Pitch is per token in 1.0, so the parts are called one by one, on the longest item."""
    model = without_dropout(fastpitch_1_0[0])
    network = model.network
    train = Vectors(shared / "vectors" / "fastpitch_1_0_small" / "train.npz")
    tokens, speaker = train["in__text"][:1], train["in__speaker"][:1]
    durations, mel = train["in__dur_tgt"][:1], train["in__mel_tgt"][:1]
    with torch.no_grad():
        mask = torch.ones_like(tokens, dtype=torch.bool)
        encoded = network.encode(network.embedding(tokens), mask, speaker)
        near(network.duration_predictor(encoded, mask), train["out__log_dur_pred"][:1])
        near(network.pitch_predictor(encoded, mask), train["out__pitch_pred"][:1])
        x = encoded + network.pitch_embedding(train["in__pitch_tgt"][:1, :, None])
        mel_hat, _ = network.decode(x, durations, mel.shape[2])
    near(mel_hat.transpose(1, 2), train["out__mel_out"][:1])
    model.eval()


def test_pitch_target_of_a_token_does_not_depend_on_when_it_is_normalised():
    """(mean of frames - m) / s = mean of (frames - m) / s: we normalize frames, in float32, before
    averaging.
    """
    hz = torch.tensor([[[100.0, 0.0, 140.0, 90.0]]])
    durations = torch.tensor([[3, 1]])
    after = (token_means(hz, hz != 0, durations) - 120.0) / 20.0
    before = token_means((hz - 120.0) / 20.0, hz != 0, durations)
    torch.testing.assert_close(after, before)


@pytest.fixture()
def content(shared) -> dict:
    path = shared / "vectors" / "fastpitch_nvidia_small" / "checkpoint.pt"
    return torch.load(path, weights_only=True)


def _save(content: dict, folder: Path) -> Path:
    torch.save(content, folder / "changed.pt")
    return folder / "changed.pt"


def test_averaged_weights_are_taken_when_asked_for(content, fastpitch_1_1, tmp_path):
    averaged = {
        f"module.{k}": v * 2 if "proj.bias" in k else v for k, v in content["state_dict"].items()
    }
    path = _save(content | {"ema_state_dict": averaged}, tmp_path)
    plain, _ = imported(tmp_path / "plain", path)
    ema, _ = imported(tmp_path / "ema", path, "--averaged")
    expected = fastpitch_1_1[0].network.out.bias
    assert torch.equal(plain.network.out.bias, expected)
    assert torch.equal(ema.network.out.bias, 2 * expected)


@pytest.mark.parametrize(
    ("buffers", "setup", "expected"),
    [((0.0, 0.0), (200.0, 50.0), (200.0, 50.0)), ((0.0, 0.0), (0.0, 0.0), (218.14, 67.24))],
)
def test_missing_pitch_statistics_have_the_defaults_of_the_reference(
    content, tmp_path, buffers, setup, expected
):
    content["train_setup"] |= dict(
        zip(("pitch_mean", "pitch_std"), map(np.float64, setup), strict=True)
    )
    for name, value in zip(("pitch_mean", "pitch_std"), buffers, strict=True):
        content["state_dict"][name] = torch.tensor([value])
    model, _ = imported(tmp_path / "voice", _save(content, tmp_path))
    near(torch.stack([model.pitch_mean[0], model.pitch_std[0]]), torch.tensor(expected))


def _extra_tensor(content):
    content["state_dict"]["postnet.weight"] = torch.zeros(3)


def _missing_tensor(content):
    del content["state_dict"]["proj.weight"]


def _other_shape(content):
    content["state_dict"]["proj.weight"] = torch.zeros(80, 32)


def _other_positions(content):
    content["state_dict"]["encoder.pos_emb.inv_freq"] *= 2


def _unknown_option(content):
    content["config"]["in_fft_prelnorm"] = True


def _missing_option(content):
    del content["config"]["in_fft_n_heads"]


def _other_width(content):
    content["config"]["out_fft_output_size"] = 32


def _other_symbols(content):
    content["train_setup"]["symbol_set"] = "english_expanded"


def _no_weights(content):
    del content["state_dict"]


def _code(content):
    content["arguments"] = argparse.Namespace(a=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_extra_tensor, "postnet.weight"),
        (_missing_tensor, "network.out.weight"),
        (_other_shape, "network.out.weight"),
        (_other_positions, "encoder.pos_emb.inv_freq"),
        (_unknown_option, "in_fft_prelnorm"),
        (_missing_option, "in_fft_n_heads"),
        (_other_width, "out_fft_output_size"),
        (_other_symbols, "148 symbols"),
        (_no_weights, "state_dict"),
        (_code, "without running code"),
    ],
)
def test_a_checkpoint_that_is_not_quite_it_is_refused(content, tmp_path, change, message):
    change(content)
    with pytest.raises(CheckpointError, match=message):
        imported(tmp_path / "voice", _save(content, tmp_path))
    assert not (tmp_path / "voice").exists()


def test_files_that_are_no_checkpoints_are_refused(tmp_path):
    for name, data in (("empty", b""), ("text", b"hello"), ("zip", b"PK\x03\x04rest")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CheckpointError, match=name):
            imported(tmp_path / "voice", tmp_path / name)
    with pytest.raises(CheckpointError, match="no such file"):
        imported(tmp_path / "voice", tmp_path / "missing.pt")


def test_an_unknown_source_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="did you mean 'nvidia_fastpitch'"):
        main(["--source", "nvidia_fastptich", "--checkpoint", "x", "--output_dir", str(tmp_path)])
