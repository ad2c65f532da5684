"""Fine-tuning with other speakers and symbols than the checkpoint's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tts_helpers import random_batch, tiny_config, tiny_model

from recital.models import build
from recital.models.adapt import adapt_weights
from recital.modules.contract.batch import Batch
from recital.utils.errors import CheckpointError
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer

TABLE = "network.speaker_embedding.weight"


def test_one_speaker_to_two() -> None:
    before, after = tiny_config(), tiny_config(n_speakers=2)
    weights = tiny_model().state_dict()
    model = build(after)
    adapted, notes = adapt_weights(model, weights, before, after)
    model.load_state_dict(adapted)
    assert notes == ["the checkpoint has one speaker, the corpus 2: each begins as that one"]
    tokens, lengths = torch.randint(1, 40, (2, 9)), torch.tensor([9, 9])
    old, model = tiny_model().eval(), model.eval()
    durations = torch.full((2, 9), 3.0)
    for speaker in (0, 1):
        mel = model.infer(tokens, lengths, speaker=torch.tensor([speaker] * 2), durations=durations)
        torch.testing.assert_close(mel.mel, old.infer(tokens, lengths, durations=durations).mel)


def test_one_speaker_to_vectors() -> None:
    before = tiny_config()
    after = tiny_config(n_speakers=2, speaker_conditioning="embedding")
    model = build(after)
    adapted, _ = adapt_weights(model, tiny_model().state_dict(), before, after)
    model.load_state_dict(adapted)
    tokens, lengths = torch.randint(1, 40, (2, 9)), torch.tensor([9, 9])
    old, model = tiny_model().eval(), model.eval()
    durations = torch.full((2, 9), 3.0)
    mel = model.infer(tokens, lengths, speaker=torch.tensor([0, 1]), durations=durations).mel
    torch.testing.assert_close(mel, old.infer(tokens, lengths, durations=durations).mel)


def test_a_missing_aligner_begins_untrained() -> None:
    before, after = tiny_config(aligner=None), tiny_config()
    weights, model = build(before).state_dict(), build(after)
    adapted, notes = adapt_weights(model, weights, before, after)
    assert notes == ["the checkpoint has no aligner: it begins untrained"]
    own = model.state_dict()
    assert all(torch.equal(adapted[name], weights.get(name, own[name])) for name in own)
    model.load_state_dict(adapted)
    # any other part that is missing stays an error
    del weights["network.out.bias"]
    assert "network.out.bias" not in adapt_weights(model, weights, before, after)[0]


def test_an_aligner_is_left_out_where_durations_are_given() -> None:
    before, after = tiny_config(), tiny_config(aligner=None)
    weights, model = build(before).state_dict(), build(after)
    adapted, notes = adapt_weights(model, weights, before, after)
    assert notes == ["the durations are given: the checkpoint's aligner is left out"]
    model.load_state_dict(adapted)
    assert torch.equal(model.state_dict()["network.out.bias"], weights["network.out.bias"])


def test_a_voice_of_one_begins_as_the_mean_of_a_table() -> None:
    before = tiny_config(n_speakers=3) | {"speakers": ["anna", "bob", "carl"]}
    after = tiny_config(n_speakers=1, speaker_conditioning="embedding") | {"speakers": ["me"]}
    weights, model = build(before).state_dict(), build(after)
    adapted, notes = adapt_weights(model, weights, before, after)
    model.load_state_dict(adapted)
    assert notes == ["the checkpoint has a table of speakers: each vector begins as their mean"]
    model.network.speaker_embedding.vectors[0, 3] = 1.0
    torch.testing.assert_close(
        model.network.speaker_embedding(torch.tensor([0]))[0], weights[TABLE].mean(0)
    )


def test_vectors_become_a_table() -> None:
    before = tiny_config(n_speakers=2, speaker_conditioning="embedding")
    before["speakers"] = ["anna", "bob"]
    after = tiny_config(n_speakers=2) | {"speakers": ["bob", "carl"]}
    old, model = build(before), build(after)
    old.network.speaker_embedding.vectors.copy_(torch.eye(2, 256))
    adapted, _ = adapt_weights(model, old.state_dict(), before, after)
    model.load_state_dict(adapted)
    rows = old.network.speaker_embedding(torch.arange(2))
    torch.testing.assert_close(adapted[TABLE], torch.stack([rows[1], rows.mean(0)]))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("table", "knows 2 speakers .* by a table, .*start from their mean, with"),
        ("embedding", "knows speakers by vectors, .*start from the vector, with"),
    ],
)
def test_a_voice_of_one_has_no_place_for_several(kind: str, said: str) -> None:
    before, after = tiny_config(n_speakers=2, speaker_conditioning=kind), tiny_config()
    with pytest.raises(CheckpointError, match=said):
        adapt_weights(build(after), build(before).state_dict(), before, after)


def test_speakers_and_symbols_go_by_their_names() -> None:
    before = tiny_config(n_speakers=2) | {"speakers": ["anna", "bob"]}
    after = tiny_config(n_speakers=3) | {"speakers": ["bob", "carl", "anna"]}
    after["symbols"] = ["new", *before["symbols"][::-1]]
    weights = build(before).state_dict()
    model = build(after)
    adapted, notes = adapt_weights(model, weights, before, after)
    old, new = weights[TABLE], adapted[TABLE]
    torch.testing.assert_close(new, torch.stack([old[1], old.mean(0), old[0]]))
    rows = adapted["network.embedding.weight"]
    torch.testing.assert_close(rows[1:], weights["network.embedding.weight"].flip(0))
    torch.testing.assert_close(rows[0], model.state_dict()["network.embedding.weight"][0])
    assert any("'new'" in note for note in notes) and any("carl" in note for note in notes)
    assert adapted["pitch_mean"].shape == (3,)


def test_a_new_symbol_begins_as_the_mean_of_those_that_contain_it() -> None:
    before, after = tiny_config(), tiny_config()
    old = ["_", "a", "aː", "ˈiː", "@b", "bc"]
    before["symbols"] = [*old, *before["symbols"][len(old) :]]
    new = ["ː", "ˈ", "a", "b", "§", "_"]
    after["symbols"] = [*new, *after["symbols"][len(new) :]]
    weights = build(before).state_dict()
    model = build(after)
    adapted, notes = adapt_weights(model, weights, before, after)
    table, rows = weights["network.embedding.weight"], adapted["network.embedding.weight"]
    torch.testing.assert_close(rows[0], (table[2] + table[3]) / 2)  # aː, ˈiː
    torch.testing.assert_close(rows[1], table[3])
    torch.testing.assert_close(rows[2], table[1])  # by its own name
    torch.testing.assert_close(rows[3], table[5])  # "@b" is ARPAbet
    torch.testing.assert_close(rows[4], model.state_dict()["network.embedding.weight"][4])
    assert notes == [
        "new symbols begin as the mean of those that contain them: 'ː' 'ˈ' 'b'",
        "new symbols begin untrained: '§'",
    ]


class Utterances:
    """Four random utterances."""

    ids = [f"u{i}" for i in range(4)]
    lengths = [40] * 4
    fingerprint = {"ids": "4"}
    weights = None

    def __getitem__(self, key: tuple[int, int]) -> int:
        return key[1]

    def collate(self, items: list[int]) -> Batch:
        return random_batch([9] * len(items))


def test_a_finetuned_voice_has_the_statistics_of_its_own_corpus(tmp_path: Path) -> None:
    weights = {"mel": 1.0, "duration": 0.1, "pitch": 0.1, "energy": 0.1, "alignment": 1.0}
    settings = TrainConfig(
        loss_weights=weights | {"binarization": 1.0, "alignment_focus": 0.0},
        batch_size=4,
        max_steps=1,
        n_workers=0,
        valid_every_epochs=None,
    )

    def train(name: str, hz: float, **more: Any) -> tuple[float, float]:
        torch.manual_seed(0)
        model = build(tiny_config())
        trainer = Trainer(
            model,
            settings,
            directory=tmp_path / name,
            resolved_config=tiny_config(),
            train_data=Utterances(),
            begin=lambda m: m.pitch_statistics.set(hz, 10.0),
        )
        trainer.fit(**more)
        return float(model.pitch_mean), float(model.pitch_std)

    assert train("old", 102.0) == (102.0, 10.0)
    finetuned = {"checkpoint": tmp_path / "old", "resume_type": "finetune"}
    assert train("new", 70.0, **finetuned) == (70.0, 10.0)
    assert train("new", 50.0, resume=True) == (
        70.0,
        10.0,
    )  # resuming does not compute statistics again
