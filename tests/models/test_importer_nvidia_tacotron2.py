"""NVIDIA's Tacotron 2: every layout, and the numbers of the reference's own code."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from reference import Vectors, compare_gradients, imported, near
from tacotron2_helpers import tiny_model
from torch import Tensor
from torch.nn import functional as F
from tts_helpers import without_dropout

from recital.models.importers.foreign import rename
from recital.models.importers.nvidia_tacotron2 import RULES
from recital.models.tts.tacotron2.model import Tacotron2
from recital.models.tts.tacotron2.network import Taught
from recital.modules.contract.batch import Batch
from recital.utils.checkpoint import set_weights
from recital.utils.errors import CheckpointError

SOURCE = "nvidia_tacotron2"


@pytest.fixture(scope="module")
def folder(shared) -> Path:
    return shared / "vectors" / "tacotron2_nvidia"


@pytest.fixture(scope="module")
def io(folder) -> Vectors:
    return Vectors(folder / "tiny_io.npz")


@pytest.fixture(scope="module")
def voice(folder, tmp_path_factory) -> tuple[Tacotron2, dict]:
    path = tmp_path_factory.mktemp("t2") / "voice"
    model, config = imported(SOURCE, path, folder / "tiny" / "checkpoint_Tacotron2_1500.pt")
    model.network.decoder.prenet_dropout = 0.0  # the vectors use no dropout, or given masks
    return model, config


def test_the_config_says_all_that_the_voice_needs(voice, shared):
    model, config = voice
    assert config["model_type"] == "Tacotron2"
    assert len(config["symbols"]) == 148 and config["symbols"][11] == " "
    assert config["text"]["cleaners"] == "tacotron2_english_cleaners"
    assert model.max_decoder_steps == 2000 and model.gate_threshold == 0.5


def test_every_layout_gives_the_same_voice(voice, folder, tmp_path):
    ddp, _ = imported(SOURCE, tmp_path / "a", folder / "tiny" / "checkpoint_Tacotron2_1500_ddp.pt")
    content = torch.load(folder / "tiny" / "checkpoint_Tacotron2_1500.pt", weights_only=True)
    state = content["state_dict"]
    hub = {f"module.1.{k}": v for k, v in state.items()}
    torch.save({"epoch": 1, "config": content["config"], "state_dict": hub}, tmp_path / "hub.pt")
    layout = {"iteration": 1000, "state_dict": state, "optimizer": {}, "learning_rate": 1e-3}
    torch.save(layout, tmp_path / "checkpoint_1000")
    others = [ddp, imported(SOURCE, tmp_path / "b", tmp_path / "hub.pt")[0]]
    original, config = imported(SOURCE, tmp_path / "c", tmp_path / "checkpoint_1000")
    assert config["model"]["max_decoder_steps"] == 1000
    for other in [*others, original]:
        for name, value in voice[0].state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name


def _batch(io: Vectors, i: int) -> Batch:
    """Item `i` without padding."""
    n, t = int(io["text_lens"][i]), int(io["mel_lens"][i])
    return Batch(
        ids=["a"],
        tokens=io["text"][i : i + 1, :n],
        token_lengths=io["text_lens"][i : i + 1],
        mel=io["mel_target"][i : i + 1, :, :t],
        mel_lengths=io["mel_lens"][i : i + 1],
    )


def test_teacher_forced(voice, io):
    """The item with the longest text, so that the reference's convolutions see no padding."""
    model, _ = voice
    batch = _batch(io, 0)
    t = batch.mel.shape[2]
    with torch.no_grad():
        memory = model.network.encode(batch.tokens, batch.token_lengths, None)
        out = model.network(*batch[1:5])
        masks = 2.0 * io["tfdrop_masks"][:, :t, :1]
        dropped = model.network(*batch[1:5], masks=masks)
    near(memory, io["tf_encoder_outputs"][:1])
    near(out.mel[0], io["tf_mel"][0, :, :t])
    near(out.gate[0], io["tf_gate"][0, :t])
    near(out.weights[0], io["tf_align"][0, :t])
    # the reference's postnet reads the frames that follow; five layers of width 5 reach 10 back
    near(out.mel_postnet[0, :, : t - 10], io["tf_mel_postnet"][0, :, : t - 10])
    near(dropped.mel[0], io["tfdrop_mel"][0, :, :t])
    near(dropped.gate[0], io["tfdrop_gate"][0, :t])
    near(dropped.weights[0], io["tfdrop_align"][0, :t])
    durations, _ = model.align(batch)
    assert torch.equal(durations[0], io["tf_durations_0"].long())


class Spoken(NamedTuple):
    mel: Tensor  # [B, n_mels, T] with the frame of the stop
    lengths: Tensor
    gate: Tensor
    weights: Tensor
    stopped: Tensor


def _speak(
    model: Tacotron2, io: Vectors, items: slice, steps: int = 40, masks=None, threshold=0.5
) -> Spoken:
    lengths = io["inf_text_lens"][items]
    tokens = io["inf_text"][items, : int(lengths.max())]
    with torch.no_grad():
        out = model.network.speak(
            tokens, lengths, None, steps, threshold, masks or (lambda n: None)
        )
        stopped = out.counts < steps
        mel = model.network.refine(out.frames, out.counts, stopped)
    return Spoken(mel, out.counts, out.gate, out.weights, stopped)


def test_inference(voice, io):
    model, _ = voice
    both, alone = _speak(model, io, slice(0, 2)), _speak(model, io, slice(1, 2))
    assert both.lengths.tolist() == io["inf_mel_lengths"].tolist()
    assert alone.lengths.tolist() == io["inf1_mel_lengths"].tolist()
    assert both.stopped.all() and both.mel.shape == io["inf_mel_postnet"].shape
    t = int(both.lengths[0])
    near(both.mel[0, :, :t], io["inf_mel_postnet"][0, :, :t])
    near(both.weights[0], io["inf_align"][0])
    near(both.gate[0], io["inf_gate_logits"][0])
    near(alone.mel, io["inf1_mel_postnet"])
    near(alone.weights, io["inf1_align"])
    t = int(both.lengths[1])
    near(both.mel[1, :, :t], alone.mel[0, :, :t])
    cut = _speak(model, io, slice(0, 2), steps=12)
    assert cut.lengths.tolist() == [12, 12] and not cut.stopped.any()
    near(cut.mel[0], io["infmax12_mel_postnet"][0])
    masks = 2.0 * io["infdrop_masks"]
    dropped = _speak(model, io, slice(0, 2), masks=lambda n: masks[:n])
    # the second text is padded, which in the reference changes when it stops
    assert dropped.lengths[0] == io["infdrop_mel_lengths"][0]
    t = int(dropped.lengths[0])
    near(dropped.weights[0, :t], io["infdrop_align"][0, :t])
    near(dropped.mel[0, :, :t], io["infdrop_mel_postnet"][0, :, :t])


def test_without_early_stopping(voice, io):
    """The reference's `decoder_no_early_stopping`: every frame up to the limit, and the lengths
    where the gate would have stopped.
    """
    model, _ = voice
    out = _speak(model, io, slice(0, 2), threshold=1.0)  # which no probability exceeds
    assert out.lengths.tolist() == [40, 40] and not out.stopped.any()
    near(out.mel[0], io["infnes_mel_postnet"][0])
    opened = (out.gate.sigmoid() > model.gate_threshold).int().argmax(1)
    assert opened.tolist() == io["infnes_mel_lengths"].tolist()


def _leaky(model: Tacotron2, z: Vectors) -> tuple[Tensor, Tensor, Tensor]:
    """Mel, mel after the postnet, and gate, with padding seen as in the reference."""
    network, tokens, mel = model.network, z["text"], z["mel_target"]
    embedded = network.embedding(tokens)
    x = network.encoder.convs(embedded, torch.ones_like(tokens) > 0)
    memory = network.encoder.recur(x, z["text_lens"])
    coarse, gate, _ = network.decoder(memory, z["text_lens"], mel)
    frames = coarse.transpose(1, 2)
    post = frames + network.postnet(frames, torch.ones(frames.shape[:2]) > 0)
    return coarse, post.transpose(1, 2), gate


def test_the_whole_batch_as_the_reference_sees_it(voice, io):
    model, _ = voice
    with torch.no_grad():
        mel, post, gate = _leaky(model, io)
    near(mel, io["tf_mel"])
    near(post, io["tf_mel_postnet"])
    near(gate, io["tf_gate"])
    near(F.mse_loss(mel, io["mel_target"]), io["tf_loss_mel"])
    near(F.mse_loss(post, io["mel_target"]), io["tf_loss_postnet"])
    near(F.binary_cross_entropy_with_logits(gate, io["gate_target"]), io["tf_loss_gate"])


def test_a_training_step(folder, tmp_path):
    """Gradients and Adam for two steps of the reference's training; its losses count padding."""
    path = folder / "tiny" / "checkpoint_Tacotron2_1500.pt"
    model = without_dropout(imported(SOURCE, tmp_path / "voice", path)[0])
    decoder = model.network.decoder
    decoder.prenet_dropout = decoder.attention_dropout = decoder.decoder_dropout = 0.0
    z = Vectors(folder / "tiny_trainstep.npz")
    set_weights(model, rename(z.named("before/"), RULES, path), path)
    gate_target = torch.arange(60) >= z["mel_lens"][:, None] - 1
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, weight_decay=1e-6)
    for step in (0, 1):
        mel, post, gate = _leaky(model, z)
        total = F.mse_loss(mel, z["mel_target"]) + F.mse_loss(post, z["mel_target"])
        total = total + F.binary_cross_entropy_with_logits(gate, gate_target.float())
        near(total.detach().double(), z[f"loss{step}"])
        optimizer.zero_grad()
        total.backward()
        if step == 0:
            compare_gradients(model, z.named("grad0/"), RULES)
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        near(norm.double(), z[f"gradnorm{step}"])
        optimizer.step()


def _terms(z: Vectors, prefix: str, lengths: Tensor) -> tuple[dict, list[Tensor]]:
    hats = [z[prefix + n].requires_grad_() for n in ("mel", "mel_postnet", "gate")]
    batch = Batch(
        ids=[],
        token_lengths=torch.tensor([2, 2, 2]),
        mel=z[prefix + "mel_target"],
        mel_lengths=lengths,
    )
    return tiny_model().terms(Taught(*hats, torch.ones(3, 17, 2)), batch), hats


def test_losses_without_padding(shared):
    """Its gate targets belong to shorter items, so the gate is left to the next test."""
    z = Vectors(shared / "vectors" / "losses.npz")
    terms, hats = _terms(z, "t2_", torch.tensor([17, 17, 17]))
    mels = sum(terms[name][0] / terms[name][1] for name in ("mel", "mel_postnet"))
    gate = F.binary_cross_entropy_with_logits(z["t2_gate"], z["t2_gate_target"])
    near((mels + gate).detach(), z["t2_loss"])
    mels.backward()
    near(hats[0].grad, z["t2_dmel"])
    near(hats[1].grad, z["t2_dpostnet"])


def test_losses_with_padding(shared):
    """With mask_padding the reference's sums equal ours; it divides them by the padded size."""
    z = Vectors(shared / "vectors" / "losses.npz")
    lengths = z["t2m_lens"]
    terms, _ = _terms(z, "t2m_", lengths)
    assert terms["mel"][1] == 20 * lengths.sum() and terms["gate"][1] == lengths.sum()
    sizes = {"mel": 3 * 20 * 17, "mel_postnet": 3 * 20 * 17, "gate": 3 * 17}
    near(sum(terms[n][0] / size for n, size in sizes.items()).detach(), z["t2m_loss"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["state_dict"].update({"speaker.weight": torch.zeros(3)}), "speaker.weight"),
        (lambda c: c["state_dict"].pop("embedding.weight"), "embedding.weight: is missing"),
        (
            lambda c: c["state_dict"].pop("decoder.gate_layer.linear_layer.bias"),
            "decoder.gate.bias",
        ),
        (lambda c: c["config"].update({"prenet_dim": 25}), "prenet_dim: is 25"),
        (lambda c: c["config"].update({"zoneout": 0.1}), "zoneout: no such option"),
        (lambda c: c.pop("state_dict"), "holds no state_dict"),
    ],
)
def test_a_checkpoint_that_is_not_quite_it_is_refused(folder, tmp_path, change, message):
    content = torch.load(folder / "tiny" / "checkpoint_Tacotron2_1500.pt", weights_only=True)
    change(content)
    torch.save(content, tmp_path / "changed.pt")
    with pytest.raises(CheckpointError, match=message):
        imported(SOURCE, tmp_path / "voice", tmp_path / "changed.pt")
    assert not (tmp_path / "voice").exists()
