"""FastPitch whose pitch and durations are drawn: controls, padding, training alone, exact
resumption. The distribution itself: tests/modules/test_flow_predictor.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from contract_helpers import OneBatch, fresh
from safetensors.torch import load_file
from torch import Tensor
from tts_helpers import (
    drawn_prosody,
    losses_of,
    one_item,
    random_batch,
    tiny_config,
    tiny_model,
    without_dropout,
)

from recital.models import build
from recital.models.adapt import adapt_weights
from recital.modules.contract.model import Acoustic, Sampling
from recital.modules.layers.flow_predictor import Draws
from recital.utils import checkpoint
from recital.utils.errors import ConfigError
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer

WEIGHTS = {"mel": 1.0, "duration": 0.1, "pitch": 0.1, "energy": 0.1, "alignment": 1.0}
WEIGHTS |= {"binarization": 1.0, "alignment_focus": 0.0, "prosody": 1.0}
TOKENS, LENGTHS = torch.randint(1, 40, (2, 9)), torch.tensor([9, 6])


def close(a: Tensor, b: Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def drawing(**options: Any) -> Any:
    """A model of a few frames for each token."""
    model = fresh(tiny_config(prosody=drawn_prosody(), **options))
    model.pitch_statistics.set(200.0, 40.0)
    return model.eval()


def said(model: Any, **options: Any) -> Acoustic:
    return model.infer(TOKENS, LENGTHS, **options)


def test_without_it_nothing_changes() -> None:
    """No weight, no loss, no control and no random number."""
    plain, null = tiny_model(), build(tiny_config(prosody=None))
    assert list(plain.state_dict()) == list(null.state_dict())
    assert plain.sampling_controls == frozenset() and plain.temperatures == (0.0, 0.0)
    batch = random_batch([6, 9])
    state = torch.get_rng_state()
    assert "prosody" not in losses_of(without_dropout(plain), batch)
    assert torch.equal(torch.get_rng_state(), state)
    # the weights of the other parts are those of the same seed
    model = tiny_model(prosody=drawn_prosody())
    assert set(model.state_dict()) > set(plain.state_dict())
    assert set(losses_of(without_dropout(model), batch)) == set(WEIGHTS)


def test_controls() -> None:
    model = drawing()
    assert model.sampling_controls == {"temperature", "duration_temperature", "n_steps"}
    free = said(model)
    assert torch.equal(said(model).mel, free.mel)
    assert torch.equal(said(model, sampling=Sampling(1.0, 2, 0.0)).mel, free.mel)
    assert model.temperatures == (1.0, 0.0)
    for other in (Sampling(0.3), Sampling(n_steps=3), Sampling(duration_temperature=0.8)):
        changed = said(model, sampling=other)
        assert not torch.equal(changed.pitch, free.pitch)
        assert not torch.equal(changed.durations, free.durations)
    given = torch.full((2, 9), -1.0)
    given[0, 2] = 5.0
    kept = said(model, durations=given)
    assert kept.repeats[0, 2] == 5 and torch.equal(kept.repeats[1], free.repeats[1])
    assert bool((said(model, sampling=Sampling(9.0, 2, 9.0)).durations <= 75).all())


def test_at_a_temperature_of_0_no_noise_is_heard() -> None:
    model = drawing()
    cold = said(model, sampling=Sampling(0.0, duration_temperature=0.0))
    model.noise.normal_()
    assert torch.equal(said(model, sampling=Sampling(0.0, duration_temperature=0.0)).mel, cold.mel)
    assert not torch.equal(said(model).pitch, cold.pitch)


def test_an_item_in_a_padded_batch_equals_the_item_alone() -> None:
    model = drawing(n_speakers=2)
    batch = random_batch([14, 1, 6], n_speakers=2)
    together = model.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
    for i in range(3):
        item = one_item(batch, i)
        alone = model.infer(item.tokens, item.token_lengths, speaker=item.speaker)
        n, t = item.tokens.shape[1], int(alone.mel_lengths)
        assert int(together.mel_lengths[i]) == t
        close(together.mel[i, :, :t], alone.mel[0, :, :t])
        close(together.durations[i, :n], alone.durations[0])
        close(together.pitch[i, 0, :n], alone.pitch[0, 0])


def test_losses_of_a_batch_are_the_weighted_means_of_those_alone() -> None:
    model = without_dropout(tiny_model(prosody=drawn_prosody()))
    batch = random_batch([11, 4, 1])
    draws = Draws.like(batch.tokens)
    with torch.no_grad():
        total, count = model.terms(model._teach(batch, draws), batch)["prosody"]
        assert int(count) == 2 * 16
        alone = torch.zeros(())
        for i, n in enumerate(batch.token_lengths.tolist()):
            row = slice(i, i + 1)
            own = Draws(draws.noise[row, :, :n], draws.times[row], draws.fractions[row, :n])
            item = one_item(batch, i)
            alone = alone + model.terms(model._teach(item, own), item)["prosody"][0]
    close(total, alone)


def test_another_speaker_is_read() -> None:
    model = drawing(n_speakers=2)
    one, other = (said(model, speaker=torch.tensor([who, who])) for who in (0, 1))
    assert not torch.allclose(one.pitch, other.pitch, atol=1e-3)


def fit(directory: Path, max_steps: int, start: Path | None = None, **options: Any) -> Path:
    train = TrainConfig(
        loss_weights=WEIGHTS,
        batch_size=2,
        max_steps=max_steps,
        n_workers=0,
        ema_decay=0.9,
        valid_every_epochs=None,
        save_every_epochs=None,
        **options,
    )
    config = tiny_config(prosody=drawn_prosody())
    before = {} if start is None else checkpoint.read_json(start / checkpoint.CONFIG)
    Trainer(
        tiny_model(prosody=drawn_prosody()),
        train,
        directory=directory,
        resolved_config=config,
        train_data=OneBatch(random_batch([6, 9])),
        begin=lambda model: model.pitch_statistics.set(111.0, 22.0),
        adapt=lambda model, weights, _: adapt_weights(model, weights, before, config),
    ).fit(resume=start is None, checkpoint=start, resume_type="finetune" if start else "resume")
    return checkpoint.find(directory)


def test_a_voice_gets_it_and_stays_as_it_is(tmp_path: Path) -> None:
    """`train.freeze` keeps all others parts; the voice is said to have none of this one."""
    voice = tiny_model(seed=3)
    checkpoint.save_model(tmp_path / "voice", voice.state_dict(), tiny_config())
    made = fit(
        tmp_path / "run",
        3,
        tmp_path / "voice",
        freeze=("network.[!p]*", "network.pitch_*", "pitch_*"),
    )
    before, after = voice.state_dict(), load_file(made / checkpoint.MODEL)
    fresh_part = tiny_model(prosody=drawn_prosody()).state_dict()
    new = {name for name in after if name.startswith("network.prosody.")}
    assert set(after) - new == set(before)
    # the statistics, too: frozen weights read F0 by them
    frozen = [name for name in before if name.startswith(("network.", "pitch_"))]
    assert all(torch.equal(before[name], after[name]) for name in frozen)
    assert not any(torch.equal(fresh_part[name], after[name]) for name in new)


def test_a_voice_can_lose_it() -> None:
    before, after = tiny_config(prosody=drawn_prosody()), tiny_config()
    weights, model = build(before).state_dict(), build(after)
    adapted, notes = adapt_weights(model, weights, before, after)
    assert notes == ["the prosody is predicted: the checkpoint's part that draws it is left out"]
    model.load_state_dict(adapted)
    adapted, notes = adapt_weights(build(before), adapted, after, before)
    assert notes == ["the checkpoint predicts its prosody: the part that draws it begins untrained"]
    # of half a part nothing is made up
    del weights["network.prosody.out.bias"]
    assert (
        "network.prosody.out.bias" not in adapt_weights(build(before), weights, before, before)[0]
    )


def test_a_stopped_training_goes_on_exactly(tmp_path: Path) -> None:
    once = load_file(fit(tmp_path / "once", 5) / checkpoint.MODEL)
    fit(tmp_path / "twice", 2)
    torch.rand(3)  # another process would have other generators
    twice = load_file(fit(tmp_path / "twice", 5) / checkpoint.MODEL)
    assert all(torch.equal(once[name], twice[name]) for name in once)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_step": 3}, r"model.prosody.n_step.*did you mean 'n_steps'"),
        ({"n_steps": 0}, "model.prosody.n_steps: expected"),
        ({"temperature": -1.0}, "model.prosody.temperature: expected"),
        ({"flow": None}, "model.prosody.flow: expected an object"),
        ({"text": {"layers": 2}}, "model.prosody.text"),
    ],
)
def test_a_wrong_config_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(tiny_config(prosody=drawn_prosody() | change))
