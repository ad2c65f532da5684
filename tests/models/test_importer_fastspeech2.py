"""Import FastSpeech 2 of Amphion and of ming024: every layout, and the numbers of the reference
code.
"""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pytest
import torch
from reference import Vectors, compare_gradients, imported, near
from torch import Tensor
from tts_helpers import without_dropout

from recital.models.importers.fastspeech2 import RULES
from recital.models.tts.fastspeech2.model import FastSpeech2
from recital.models.tts.fastspeech2.network import Training
from recital.modules.acoustic.controls import transform_pitch
from recital.modules.acoustic.length import regulate_length
from recital.modules.contract.batch import Batch
from recital.modules.layers.masking import length_mask
from recital.utils.errors import CheckpointError
from recital.utils.training.schedules import SchedulerConfig, learning_rate

AMPHION, MING024 = "amphion_fastspeech2", "ming024_fastspeech2"
CHECKPOINT = {AMPHION: "fastspeech2_amphion/tiny", MING024: "fastspeech2_ming024/tiny/2.pth.tar"}
THEIR_LOSSES = {n: f"{n}_loss" for n in ("mel", "pitch", "energy", "duration")}
THEIR_LOSSES["mel_postnet"] = "postnet_mel_loss"


@pytest.fixture(scope="module", params=[AMPHION, MING024])
def voice(shared, tmp_path_factory, request) -> tuple[str, FastSpeech2, dict, Path]:
    folder = tmp_path_factory.mktemp("voice") / "voice"
    model, config = imported(request.param, folder, shared / "vectors" / CHECKPOINT[request.param])
    vectors = (shared / "vectors" / CHECKPOINT[request.param]).parent
    return request.param, model, config, vectors if request.param == AMPHION else vectors.parent


def test_the_config_says_all_that_the_voice_needs(voice, shared):
    source, model, config, folder = voice
    assert config["model_type"] == "FastSpeech2" and config["speakers"] == []
    assert config["audio"]["hop_length"] == 256 and config["audio"]["padding"] == "center"
    assert config["text"]["p_arpabet"] == 1.0 and config["text"]["pause_symbol"] == "@sp"
    text = json.loads((folder / "text.json").read_text())
    assert config["symbols"] == text["symbols"]
    near(model.pitch_mean, torch.tensor([207.63098]))
    near(model.energy_std, torch.tensor([26.04418]))


CASES = {  # tag -> pitch, energy and duration control
    "100": (1.0, 1.0, 1.0),
    "120": (1.2, 1.2, 1.2),
    "p12": (1.2, 1.0, 1.0),
    "e12": (1.0, 1.2, 1.0),
    "d12": (1.0, 1.0, 1.2),
    "d08": (1.0, 1.0, 0.8),
}


@pytest.mark.parametrize("tag", CASES)
def test_inference(voice, tag):
    source, model, _, folder = voice
    io = Vectors(folder / "tiny_io.npz")
    pitch, energy, duration = CASES[tag]
    model.energy_follows_pitch = source == MING024
    options = {"pace": 1 / duration, "pitch_transform": partial(transform_pitch, scale=pitch)}
    tokens, lengths = io["inf_texts"], io["inf_text_len"]
    i = int(lengths.argmax())  # the item without padding
    out = model.infer(tokens, lengths, **options)
    energies = out.energy
    if energy != 1.0 and source == AMPHION:
        energies = out.energy * energy
        out = model.infer(tokens, lengths, energy=energies, **options)
    t = int(out.mel_lengths[i])
    assert t == int(io[f"inf{tag}_mel_lens"][i])
    near(out.mel[i, :, :t].T, io[f"inf{tag}_postnet_output"][i, :t])
    near(out.pitch[i, 0], io[f"inf{tag}_p_predictions"][i])
    near(energies[i], io[f"inf{tag}_e_predictions"][i])
    assert torch.equal(out.repeats[i], io[f"inf{tag}_d_rounded"][i].long())
    if "inf1_mel_lens" in io and tag == "100":
        n = int(lengths[0])
        alone = model.infer(tokens[:1, :n], lengths[:1])
        near(alone.mel[0].T, io["inf1_postnet_output"][0])
        near(out.mel[0, :, : alone.mel.shape[2]], alone.mel[0])


def _inputs(io: Vectors) -> dict[str, Tensor]:
    names = {"texts": "tokens", "text_len": "token_lengths", "mel": "mel", "pitch": "pitch"}
    names |= {"energy": "energy", "durations": "durations"}
    lengths = io["tf_in_target_len"] if "tf_in_target_len" in io else io["tf_in_mel_lens"]
    return {ours: io[f"tf_in_{k}"] for k, ours in names.items()} | {"mel_lengths": lengths}


def _taught(model: FastSpeech2, given: dict[str, Tensor], leaky: bool) -> Training:
    """The teacher-forced pass with pitch and energy per token.

    `leaky`: predictors and postnet see the padding, as in the references.
    """
    network = model.network
    tokens, n_frames = given["tokens"], given["mel"].shape[1]
    mask = length_mask(given["token_lengths"], tokens.shape[1])
    seen = torch.ones_like(mask) if leaky else mask
    x = network.encode(network.embedding(tokens), mask, None)
    log_durations = network.duration_predictor(x, seen) * mask
    hats = []
    for part, target in ((network.pitch, given["pitch"]), (network.energy, given["energy"])):
        hat, x = part(x, seen, lambda _, target=target: target)
        hats.append(hat * mask)
    x, lengths = regulate_length(x, given["durations"], n_frames)
    frames = length_mask(lengths, n_frames)
    mel = network.out(network.decoder(x, frames))
    post = mel + network.postnet(mel, torch.ones_like(frames) if leaky else frames)
    return Training(
        mel=mel.transpose(1, 2),
        mel_postnet=post.transpose(1, 2),
        log_durations=log_durations,
        pitch=hats[0],
        energy=hats[1],
        durations_target=given["durations"],
        pitch_target=given["pitch"],
        energy_target=given["energy"],
        alignment=None,
    )


def _losses(model: FastSpeech2, out: Training, given: dict[str, Tensor]) -> dict[str, Tensor]:
    batch = Batch(
        ids=[],
        tokens=given["tokens"],
        token_lengths=given["token_lengths"],
        mel=given["mel"].transpose(1, 2),
        mel_lengths=given["mel_lengths"],
    )
    return {name: total / count for name, (total, count) in model.terms(out, batch).items()}


def test_teacher_forced(voice):
    """The longest item, through our own path; the losses of the whole batch with the padding seen,
    as in the references.
    """
    _, model, _, folder = voice
    io = Vectors(folder / "tiny_io.npz")
    given = _inputs(io)
    i = int(given["token_lengths"].argmax())
    alone = {k: v[i : i + 1] for k, v in given.items()}
    with torch.no_grad():
        out = _taught(model, alone, leaky=False)
        adapted = model.network.adapt(
            model.network.encode(
                model.network.embedding(alone["tokens"]), torch.ones(1, 23) > 0, None
            ),
            torch.ones(1, 23) > 0,
            alone["durations"],
            alone["mel"].shape[1],
            use_pitch=lambda _: alone["pitch"],
            use_energy=lambda _: alone["energy"],
        )
        mel, post = model.network.decode(adapted.x, adapted.lengths)
        losses = _losses(model, _taught(model, given, leaky=True), given)
    near(mel, out.mel)
    near(post, out.mel_postnet)
    near(mel[0].T, io["tf_output"][i])
    near(post[0].T, io["tf_postnet_output"][i])
    near(adapted.pitch[0], io["tf_p_predictions"][i])
    near(adapted.energy[0], io["tf_e_predictions"][i])
    near(out.log_durations[0], io["tf_log_d_predictions"][i])
    for ours, theirs in THEIR_LOSSES.items():
        near(losses[ours], io[f"tf_loss_{theirs}"], ours)


def test_a_training_step(voice, shared, tmp_path):
    """Gradients, Adam and the learning rate for two steps of the references' own training."""
    source, _, _, folder = voice
    model, _ = imported(source, tmp_path / "voice", shared / "vectors" / CHECKPOINT[source])
    model = without_dropout(model)
    io, steps = Vectors(folder / "tiny_io.npz"), Vectors(folder / "tiny_trainstep.npz")
    given = _inputs(io)
    optimizer = torch.optim.Adam(model.parameters(), float(steps["lr0"]), (0.9, 0.98), 1e-9)
    for step in (0, 1):
        total = sum(_losses(model, _taught(model, given, leaky=True), given).values())
        near(total.detach().double(), steps[f"loss{step}"])
        optimizer.zero_grad()
        total.backward()
        if step == 0:
            compare_gradients(model, _joined(steps.named("grad0/")), RULES)
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        near(norm, steps[f"gradnorm{step}"])
        optimizer.step()


def _joined(gradients: dict[str, Tensor]) -> dict[str, Tensor]:
    """q, k and v as one matrix, as in our attention."""
    for key in [k for k in gradients if ".w_qs." in k]:
        parts = [gradients.pop(key.replace(".w_qs.", f".{n}.")) for n in ("w_qs", "w_ks", "w_vs")]
        gradients[key.replace(".w_qs.", ".qkv.")] = torch.cat(parts)
    return gradients


@pytest.mark.parametrize("level", ["ph", "fr"])
def test_losses(shared, level):
    from fastspeech2_helpers import tiny_model

    z = Vectors(shared / "vectors" / "losses.npz")
    model = tiny_model(level="token" if level == "ph" else "frame")
    names = {"mel": "mel", "mel_postnet": "mel_postnet", "log_durations": "log_d"}
    names |= {"pitch": f"{level}_pitch", "energy": f"{level}_energy"}
    hats = {ours: z[f"fs_{theirs}"].requires_grad_() for ours, theirs in names.items()}
    given = {
        "tokens": torch.ones(3, 7, dtype=torch.long),
        "token_lengths": z["fs_src_lens"],
        "mel": z["fs_mel_target"],
        "mel_lengths": z["fs_mel_lens"],
    }
    out = Training(
        **{k: v.transpose(1, 2) if v.dim() == 3 else v for k, v in hats.items()},
        durations_target=z["fs_durations"],
        pitch_target=z[f"fs_{level}_pitch_target"],
        energy_target=z[f"fs_{level}_energy_target"],
        alignment=None,
    )
    losses = _losses(model, out, given)
    for ours, theirs in {"mel": "mel", "mel_postnet": "postnet_mel", "pitch": "pitch",
                         "energy": "energy", "duration": "duration"}.items():  # fmt: skip
        near(losses[ours].detach(), z[f"fs_{level}_loss_{theirs}"], ours)
    total = sum(losses.values())
    near(total.detach(), z[f"fs_{level}_loss_total"])
    total.backward()
    grads = {"mel": "dmel", "mel_postnet": "dpostnet", "log_durations": "dlog_d"}
    grads |= {"pitch": "dpitch", "energy": "denergy"}
    for ours, theirs in grads.items():
        near(hats[ours].grad, z[f"fs_{level}_{theirs}"], ours)


def test_learning_rates(shared):
    rates = json.loads((shared / "vectors" / "lr_schedules.json").read_text())
    anneal = ((300_000, 0.3), (400_000, 0.09), (500_000, 0.027))
    ming024 = SchedulerConfig(name="noam", warmup_steps=4000, milestones=anneal)
    amphion = SchedulerConfig(name="noam", warmup_steps=4000, delay_steps=1)
    for config, name in (
        (ming024, "ming024_step_lr"),
        (amphion, "amphion_noam_lr_used_in_optimizer_step_number"),
    ):
        for step, rate in rates[name]:
            assert learning_rate(config, 256**-0.5, step) == pytest.approx(rate, rel=1e-6), step
    for factor, factors in (("0.1", (0.1, 0.01, 0.001)), ("0.3", (0.3, 0.1, 0.03))):
        milestones = tuple(zip((500, 1000, 1500), factors, strict=True))
        config = SchedulerConfig(milestones=milestones, milestone_unit="epochs")
        for epoch, rate in rates[f"dle_tacotron2_factor{factor}"]:
            assert learning_rate(config, 1e-3, 7, epoch) == pytest.approx(rate, rel=1e-6), epoch


def test_amphions_layouts_give_the_same_voice(shared, tmp_path):
    folder = shared / "vectors" / "fastspeech2_amphion"
    plain, _ = imported(AMPHION, tmp_path / "a", folder / "tiny")
    file = next((folder / "tiny").glob("checkpoint/*/pytorch_model.bin"))
    bare, _ = imported(AMPHION, tmp_path / "b", file)
    safe, _ = imported(AMPHION, tmp_path / "c", folder / "tiny_safetensors_layout")
    for name, value in plain.state_dict().items():
        for other in (bare, safe):
            assert torch.equal(value, other.state_dict()[name]), name


def _copy(shared: Path, to: Path) -> tuple[Path, dict]:
    """Amphion's experiment, for tests to change: its folder and its weights."""
    source = shared / "vectors" / "fastspeech2_amphion" / "tiny"
    file = next(source.glob("checkpoint/*/pytorch_model.bin"))
    shutil.copy(source / "args.json", to / "args.json")
    return to, torch.load(file, weights_only=True)


def test_several_speakers_and_frame_level(shared, tmp_path):
    folder, weights = _copy(shared, tmp_path)
    weights = {f"module.{key}": value for key, value in weights.items()}
    weights["module.speaker_emb.weight"] = torch.randn(3, 32)
    step = folder / "checkpoint" / "epoch-0002_step-0000009_loss-0.500000"
    step.mkdir(parents=True)
    torch.save(weights, step / "pytorch_model.bin")
    args = (
        (folder / "args.json")
        .read_text()
        .replace('"use_frame_pitch": false', '"use_frame_pitch": true')
    )
    (folder / "args.json").write_text(args)
    (folder / "spk2id.json").write_text(json.dumps({"Zoe": 0, "Al": 1, "Mo": 2}))
    model, config = imported(AMPHION, tmp_path / "voice", folder)
    assert config["speakers"] == ["Zoe", "Al", "Mo"]
    assert model.network.pitch.level == "frame" and model.network.energy.level == "token"
    assert model.network.speaker_embedding.weight.shape == (3, 32)
    (folder / "spk2id.json").write_text(json.dumps({"Zoe": 0, "Al": 2}))
    with pytest.raises(CheckpointError, match="expected 3 speakers"):
        imported(AMPHION, tmp_path / "again", folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w.update({"extra.weight": torch.zeros(3)}), "extra.weight"),
        (lambda w: w.pop("mel_linear.weight"), "network.out.weight"),
        (lambda w: w.pop("encoder.layer_stack.0.slf_attn.w_ks.weight"), "w_ks.weight: is missing"),
        (lambda w: w["encoder.position_enc"].mul_(2), "encoder.position_enc"),
        (lambda w: w.pop("encoder.src_word_emb.weight"), "no FastSpeech 2"),
    ],
)
def test_a_checkpoint_that_is_not_quite_it_is_refused(shared, tmp_path, change, message):
    folder, weights = _copy(shared, tmp_path)
    change(weights)
    torch.save(weights, folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=message):
        imported(AMPHION, tmp_path / "voice", folder)
    assert not (tmp_path / "voice").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("model.yaml", "encoder_head: 2", "encoder_head: 5", "5 heads cannot share"),
        (
            "model.yaml",
            "multi_speaker: false",
            "prelayernorm: true",
            "prelayernorm: no such option",
        ),
        ("model.yaml", "n_bins: 16", "n_bins: 256", "n_bins is 256"),
        ("preprocess.yaml", "feature: phoneme_level", "feature: word_level", "word_level"),
        ("preprocess.yaml", "sampling_rate: 22050", "rate: 1", "sampling_rate: is missing"),
        ("model.yaml", "transformer:", "- [", "cannot be read as YAML"),
    ],
)
def test_a_config_that_is_not_quite_it_is_refused(shared, tmp_path, file, old, new, message):
    source = shared / "vectors" / "fastspeech2_ming024" / "tiny"
    for name in ("model.yaml", "preprocess.yaml"):
        text = (source / name).read_text()
        (tmp_path / name).write_text(text.replace(old, new) if name == file else text)
    with pytest.raises(CheckpointError, match=message):
        imported(MING024, tmp_path / "voice", source / "2.pth.tar", "--config", tmp_path)
