"""Adversarial training of an acoustic model's mel: its turns, resuming, what inference loads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastspeech2_helpers
import pytest
import torch
import tts_helpers
from tts_helpers import random_batch

from recital.models import build, load
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.losses.adversarial import feature_matching
from recital.modules.losses.game import FOOLED, JUDGED
from recital.modules.losses.mel_discriminators import mel_discriminators, random_windows
from recital.utils import checkpoint
from recital.utils.errors import ConfigError
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer

PARTS: dict[str, Any] = {"windows": {"frames": [8, 16], "channels": 4}}
CONFIGS: dict[str, Callable[..., dict[str, Any]]] = {
    "FastPitch": tts_helpers.tiny_config,
    "FastSpeech2": fastspeech2_helpers.tiny_config,
}
WEIGHTS = {"mel": 1.0, "duration": 0.1, "pitch": 0.1, "energy": 0.1, "alignment": 1.0}
WEIGHTS |= {"binarization": 1.0, "alignment_focus": 0.0}
GAME = {"real": 1.0, "fake": 1.0, "adversarial": 0.1, "feature_matching": 0.5}


def audio(**changes: Any) -> AudioConfig:
    return AudioConfig(**{**tts_helpers.AUDIO, **changes})


@pytest.mark.parametrize("name", CONFIGS)
def test_each_turn_trains_its_own_network(name: str) -> None:
    torch.manual_seed(0)
    model = build(CONFIGS[name](discriminators=PARTS)).train()
    assert model.networks == ("network", "discriminator")
    step = model.step(random_batch([9, 5]))
    turn, losses = next(step)
    assert turn == "discriminator" and losses.keys() == JUDGED
    sum(losses.values()).backward()
    assert all(p.grad.abs().sum() > 0 for p in model.discriminator.parameters())
    assert all(p.grad is None for p in model.network.parameters())
    before = [p.grad.clone() for p in model.discriminator.parameters()]
    turn, losses = next(step)
    assert turn == "network" and losses.keys() > FOOLED | {"mel", "alignment"}
    sum(losses[name] for name in FOOLED).backward()  # these alone reach the decoder
    assert model.network.out.weight.grad.abs().sum() > 0
    for p, gradient in zip(model.discriminator.parameters(), before, strict=True):
        assert torch.equal(p.grad, gradient) and p.requires_grad
    assert next(step, None) is None


def test_the_losses_are_those_of_the_windows() -> None:
    """Least squares over the scores of all windows of one crop, the same of both mels."""
    torch.manual_seed(0)
    model = build(tts_helpers.tiny_config(discriminators={"windows": {**PARTS["windows"]}})).eval()
    batch = random_batch([9, 5])
    torch.manual_seed(1)
    (_, judged), (_, fooled) = model.step(batch)
    torch.manual_seed(1)
    made = model.teach(batch)
    real, made = random_windows(model.discriminator, batch.mel, made, batch.mel_lengths)
    theirs, mine = (model.discriminator(mel)["windows"] for mel in (real, made))
    expected = {
        "real": sum((1 - j.scores).square().mean() for j in theirs),
        "fake": sum(j.scores.square().mean() for j in mine),
        "adversarial": sum((1 - j.scores).square().mean() for j in mine),
        "feature_matching": feature_matching(theirs, mine),
    }
    found = judged | fooled
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-4, atol=1e-6)
    # [B * windows, 1, bands of eight bins, 1]
    assert [tuple(j.scores.shape) for j in mine] == [(4, 1, 3, 1), (2, 1, 3, 1)]


def test_off_by_default_and_before_its_step() -> None:
    model = build(tts_helpers.tiny_config())
    assert model.networks == ("network",) and set(model.losses) == {"network"}
    assert not any(name.startswith("discriminator") for name in model.state_dict())
    model = build(tts_helpers.tiny_config(discriminators=PARTS, adversarial_after=3))
    for done, turns in ((2, ["network"]), (3, ["discriminator", "network"])):
        model.begin_step(done)
        assert [turn for turn, _ in model.step(random_batch([9, 5]))] == turns
    # a config drops the discriminators of its base with null
    assert build(tts_helpers.tiny_config(discriminators={"windows": None})).discriminator is None


def test_crops_lie_within_the_mels() -> None:
    judge = mel_discriminators(PARTS, audio())
    assert judge is not None
    lengths = torch.tensor([40, 16, 5])
    mel = torch.arange(1.0, 41.0).expand(3, 20, 40) * (torch.arange(40) < lengths[:, None])[:, None]
    starts = set()
    for seed in range(200):
        torch.manual_seed(seed)
        real, made = random_windows(judge, mel, -mel, lengths)
        assert real.shape == (3, 20, 16) and torch.equal(real, -made)
        starts.add(int(real[0, 0, 0]))
        torch.testing.assert_close(real[0].diff(dim=1), torch.ones(20, 15))
        assert torch.equal(real[1], mel[1, :, :16]) and torch.equal(real[2], mel[2, :, :16])
    assert starts == set(range(1, 26))  # every place, up to the last whole one


def test_the_floor_of_any_logarithm_has_one_place() -> None:
    """A mel of base 10 and the same mel of base e are the same picture."""
    torch.manual_seed(0)
    natural = mel_discriminators(PARTS, audio())
    common = mel_discriminators(PARTS, audio(log_base="10"))
    assert natural is not None and common is not None
    common.load_state_dict(natural.state_dict())
    mel = torch.rand(1, 20, 16) * 8 - 8
    for one, other in zip(
        natural(mel)["windows"], common(mel / torch.tensor(10.0).log())["windows"], strict=True
    ):
        torch.testing.assert_close(one.scores, other.scores)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"windows": {"frames": [32, 48]}}, "expected multiples of 8 that divide the longest"),
        ({"windows": {"frames": []}}, "expected multiples of 8"),
        ({"mpd": {}}, "model.discriminators.mpd: no such discriminator; known: windows"),
    ],
)
def test_a_config_that_cannot_be(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(tts_helpers.tiny_config(discriminators=parts))


class Utterances:
    """Four random utterances."""

    ids = [f"u{i}" for i in range(4)]
    lengths = [40] * 4
    fingerprint = {"ids": "4"}
    weights = None

    def __getitem__(self, key: tuple[int, int]) -> int:
        return key[1]

    def collate(self, items: list[int]) -> Batch:
        return random_batch([9, 7][: len(items)], seed=sum(items))


def test_trained_resumed_and_loaded(tmp_path: Path) -> None:
    """Both networks train; a resumed run equals an uninterrupted one bit for bit; a voice comes
    without discriminators, and goes on from a checkpoint that never had any.
    """
    config = tts_helpers.tiny_config(discriminators=PARTS, adversarial_after=1)

    def train(name: str, steps: int, how: dict[str, Any], config: Any = config) -> dict[str, Any]:
        torch.manual_seed(0)
        model = build(config)
        weights = WEIGHTS | (GAME if model.discriminator is not None else {})
        settings = TrainConfig(
            loss_weights=weights,
            batch_size=2,
            max_steps=steps,
            n_workers=0,
            valid_every_epochs=None,
            ema_decay=0.9,
        )
        Trainer(
            model,
            settings,
            directory=tmp_path / name,
            resolved_config=config,
            train_data=Utterances(),
            begin=lambda model: model.pitch_statistics.set(200.0, 40.0),
        ).fit(**how)
        return {k: v.clone() for k, v in model.state_dict().items()}

    whole = train("whole", 4, {})
    train("parts", 2, {})
    parts = train("parts", 4, {"resume": True})
    assert whole.keys() == parts.keys()
    for name in whole:
        assert torch.equal(whole[name], parts[name]), name
    begun = build(config).state_dict()
    played = [name for name in whole if name.startswith("discriminator.")]
    torch.manual_seed(0)
    begun = build(config).state_dict()
    assert played and any(not torch.equal(whole[name], begun[name]) for name in played)
    found = checkpoint.find(tmp_path / "whole")
    model, _ = load(found)
    assert model.discriminator is None
    assert not any("discriminator" in k for k in checkpoint.read_tensors(found / checkpoint.MODEL))
    # the weights of a voice that was trained without the game
    train("plain", 1, {}, tts_helpers.tiny_config())
    plain = checkpoint.find(tmp_path / "plain")
    train("tuned", 2, {"checkpoint": plain, "resume_type": "finetune"})
    assert load(tmp_path / "tuned")[0].discriminator is None


def test_the_game_can_be_won_by_speaking_alike() -> None:
    """Trained against a discriminator alone, the spread of a mel that began flat grows."""
    torch.manual_seed(0)
    judge = mel_discriminators({"windows": {"frames": [8, 16], "channels": 8}}, audio())
    assert judge is not None
    real = torch.randn(8, 20, 16) * 2 - 5
    made = torch.nn.Parameter(torch.randn(8, 20, 16) * 0.2 - 5)
    players = [torch.optim.Adam(p, 0.02, (0.5, 0.9)) for p in (judge.parameters(), [made])]
    for _, player in itertools.product(range(40), (0, 1)):
        scores = {n: [j.scores for j in judge(m)["windows"]] for n, m in (("r", real), ("m", made))}
        if player == 0:
            loss = sum((r - 1).square().mean() for r in scores["r"])
            loss = loss + sum(m.square().mean() for m in scores["m"])
        else:
            loss = sum((m - 1).square().mean() for m in scores["m"])
        players[player].zero_grad()
        loss.backward()
        players[player].step()
    assert float(made.detach().std()) > 0.6  # it began at 0.2
