"""The Trainer on toys: turns, accumulation, averages, skipped steps, files and refusals."""

from __future__ import annotations

import copy
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import toys
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn
from toys import Gan, Regressor, ToyBatch, ToyData, trainer, weights

from recital.modules.contract.model import Shown
from recital.processors.exhibits import exhibits
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, ConfigError, RecitalError
from recital.utils.training.log import Exhibit
from recital.utils.training.optimizers import OptimizerConfig
from recital.utils.training.schedules import SchedulerConfig
from recital.utils.training.train_config import TrainConfig


def records(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "log.jsonl").read_text().splitlines()]


def whole(data: ToyData, epoch: int = 0) -> ToyBatch:
    return data.collate([data[epoch, i] for i in range(len(data.ids))])


def same(a: dict[str, Tensor], b: dict[str, Tensor], tolerance: float = 0.0) -> bool:
    assert a.keys() == b.keys()
    return all(torch.allclose(a[k], b[k], rtol=0, atol=tolerance) for k in a)


def seeded(cls: type[nn.Module], **arguments: Any) -> nn.Module:
    torch.manual_seed(0)
    return cls(**arguments)


def test_one_step_is_the_optimizer_s(tmp_path: Path) -> None:
    data = ToyData(4)
    model = seeded(Regressor, dropout=0.0)
    by_hand = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(by_hand.parameters(), 0.01, (0.9, 0.98), 1e-9, 1e-6)
    ((_, losses),) = by_hand.step(whole(data))
    losses["square"].backward()
    norm = nn.utils.clip_grad_norm_(by_hand.parameters(), 0.05)
    assert norm > 0.05
    optimizer.step()
    trainer(tmp_path, model, data, max_epoch=1, clip_norm=0.05, log_every_steps=1).fit()
    assert same(weights(model), weights(by_hand), 1e-6)
    (record,) = records(tmp_path)
    assert record["gradient_norm/network"] == pytest.approx(norm.item(), rel=1e-4)
    assert record["train/total"] == pytest.approx(losses["square"].item(), rel=1e-5)
    assert record["train/absolute"] == pytest.approx(losses["absolute"].item(), rel=1e-5)
    assert record["learning_rate"] == 0.01
    padded = len(data.ids) * max(data.lengths)
    assert record["padding"] == pytest.approx(1 - sum(data.lengths) / padded)


def test_two_networks_take_turns(tmp_path: Path) -> None:
    """The generator's turn sees the discriminator after its step, with gradients from zero."""
    data = ToyData(4)
    model = seeded(Gan)
    by_hand = copy.deepcopy(model)
    optimizers = {
        name: torch.optim.AdamW(getattr(by_hand, name).parameters(), 0.01, (0.9, 0.98), 1e-9, 1e-6)
        for name in model.networks
    }
    for epoch in range(2):
        for name, losses in by_hand.step(whole(data, epoch)):
            optimizers[name].zero_grad()
            sum(toys.WEIGHTS[Gan][key] * loss for key, loss in losses.items()).backward()
            optimizers[name].step()
    trainer(tmp_path, model, data, max_epoch=2, clip_norm=None).fit()
    assert same(weights(model), weights(by_hand), 1e-6)


@pytest.mark.parametrize("cls", [Regressor, Gan])
def test_accumulation_equals_a_larger_batch(tmp_path: Path, cls: type[nn.Module]) -> None:
    """Items of equal length, so that the mean of means is the mean."""
    trained = []
    for batch_size, accumulation in ((8, 1), (2, 4)):
        data = ToyData(8)
        data.lengths = [6] * 8
        model = seeded(cls, **({"dropout": 0.0} if cls is Regressor else {}))
        trainer(
            tmp_path / str(batch_size),
            model,
            data,
            batch_size=batch_size,
            gradient_accumulation=accumulation,
            max_epoch=4,
        ).fit()
        trained.append(weights(model))
    assert same(*trained, 1e-6)
    assert checkpoint.step_of(checkpoint.find(tmp_path / "2")) == 4


def test_learning_rate_follows_the_schedule(tmp_path: Path) -> None:
    schedule = SchedulerConfig("noam", warmup_steps=4)
    trainer(tmp_path, scheduler=schedule, max_steps=6, log_every_steps=1).fit()
    rates = [r["learning_rate"] for r in records(tmp_path)]
    assert rates == pytest.approx([0.01 * min(s**-0.5, s / 8) for s in range(1, 7)])


def test_inference_uses_the_averages(tmp_path: Path) -> None:
    model = seeded(Regressor)
    subject = trainer(tmp_path, model, max_steps=5, ema_decay=0.9)
    expected = weights(model)
    turn = subject.networks._update

    def update(*arguments: Any) -> Tensor:
        result = turn(*arguments)
        n = subject.networks.averages["network"].updates
        decay = min(0.9, (1 + n) / (10 + n))
        for key, value in weights(model).items():
            expected[key] = decay * expected[key] + (1 - decay) * value
        return result

    subject.networks._update = update  # type: ignore[method-assign]
    subject.fit()
    saved = checkpoint.find(tmp_path)
    assert same(checkpoint.read_tensors(saved / "model.safetensors"), expected, 1e-6)
    assert same(checkpoint.read_tensors(saved / "train" / "weights.safetensors"), weights(model))
    assert not same(weights(model), expected, 1e-3)


def test_validation_weighs_batches_by_their_items_and_leaves_training_alone(tmp_path: Path) -> None:
    data, plain, validated = ToyData(5), seeded(Regressor), seeded(Regressor)
    trainer(tmp_path / "a", plain).fit()
    subject = trainer(
        tmp_path / "b", validated, valid=data, valid_every_steps=9, batch_size=4, ema_decay=0.9
    )
    subject.fit()
    assert same(weights(plain), weights(validated))
    losses = []
    with torch.no_grad(), subject.networks.averaged():
        validated.eval()
        for batch in subject.valid_sampler.plan(0):
            ((_, loss),) = validated.step(data.collate([data[0, i] for i in batch]))
            losses.append((len(batch), loss["absolute"].item()))
    expected = sum(n * loss for n, loss in losses) / 5
    found = [r for r in records(tmp_path / "b") if "valid/absolute" in r][-1]
    assert found["valid/absolute"] == pytest.approx(expected, rel=1e-5)


def test_best_and_last_are_kept(tmp_path: Path) -> None:
    subject = trainer(
        tmp_path,
        valid=ToyData(6),
        valid_every_steps=1,
        save_every_steps=1,
        keep_last=2,
        max_steps=8,
        optimizer=OptimizerConfig(lr=1e-6),
    )
    given = iter([0.9, 0.3, 0.8, 0.7, 0.6, 0.5, 0.4, 0.35])
    subject._valid_losses = lambda *_: ({"total": next(given)}, [])  # type: ignore[method-assign]
    subject.fit()
    assert [checkpoint.step_of(p) for p in checkpoint.find_checkpoints(tmp_path)] == [8, 7, 2]
    assert checkpoint.step_of(checkpoint.find(tmp_path, "best")) == 2


@pytest.mark.parametrize(
    ("loss_weights", "message"),
    [
        ({"square": 1.0}, "no weight for the loss 'absolute' of network"),
        ({"square": 1.0, "absolut": 0.0}, "'absolute' of network; did you mean 'absolut'"),
        (
            {"square": 1.0, "absolute": 0.0, "mel": 1.0},
            "loss_weights.mel: the model yields no such",
        ),
        ({"square": 0.0, "absolute": 0.0}, "every loss of 'network' weighs 0"),
    ],
)
def test_loss_weights_and_losses_must_agree(
    tmp_path: Path, loss_weights: dict[str, float], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        trainer(tmp_path, loss_weights=loss_weights).fit()


def test_freezing_keeps_what_it_names(tmp_path: Path) -> None:
    model = seeded(Regressor)
    before = weights(model)
    trainer(tmp_path, model, max_steps=3, freeze=("network.0.*",)).fit()
    after = weights(model)
    assert {k for k in after if torch.equal(before[k], after[k])} == {
        "network.0.weight",
        "network.0.bias",
    }
    with pytest.raises(ConfigError, match=r"no parameter is named like 'encoder\.\*'"):
        trainer(tmp_path, freeze=("encoder.*",))
    with pytest.raises(ConfigError, match="leaves nothing to train in 'network'"):
        trainer(tmp_path, freeze=("*",))


class Sudden(Regressor):
    """A finite loss with a non-finite gradient, at utterances with bad data: sqrt at 0."""

    def step(self, batch: ToyBatch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        bad = batch.inputs.isnan().any()
        clean = batch._replace(inputs=batch.inputs.nan_to_num(), targets=batch.targets.nan_to_num())
        for name, losses in super().step(clean):
            square = losses["square"] + ((losses["square"] * 0).sqrt() if bad else 0.0)
            yield name, {**losses, "square": square}


@pytest.mark.parametrize("cls", [Regressor, Sudden])
@pytest.mark.parametrize("optimizer", ["adamw", "lamb"])
def test_a_bad_step_is_skipped_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cls: type[nn.Module], optimizer: Any
) -> None:
    model = seeded(cls)
    data = ToyData(8, poison=["utt3"])
    subject = trainer(
        tmp_path,
        model,
        data,
        loss_weights=toys.WEIGHTS[Regressor],
        max_epoch=1,
        ema_decay=0.5,
        log_every_steps=2,
        optimizer=OptimizerConfig(optimizer, 0.01),
    )
    seen: list[tuple[bool, dict[str, Tensor], dict[str, Tensor]]] = []
    train_step = subject.networks.train_step

    def spy(*arguments: Any) -> Tensor:
        before = weights(model)
        bad = train_step(*arguments)
        seen.append((bool(bad), before, weights(model)))
        return bad

    subject.networks.train_step = spy  # type: ignore[method-assign]
    subject.fit()
    assert sorted(bad for bad, *_ in seen) == [False, True]
    for bad, before, after in seen:
        assert same(before, after) == bad
    out = capsys.readouterr().out
    assert "not finite, skipped:" in out
    assert "utt3" in out
    (record,) = records(tmp_path)  # the mean is over the good step
    assert np.isfinite(record["train/total"])
    state = subject.networks.optimizers["network"].state
    assert {float(s["step"]) for s in state.values()} == {1.0}


def test_many_bad_steps_in_a_row_stop_with_the_last_good_checkpoint(tmp_path: Path) -> None:
    data = ToyData(12)
    trainer(tmp_path, data=data, max_epoch=1).fit()
    before = checkpoint.find(tmp_path)
    data.poison = frozenset(data.ids)
    with pytest.raises(RecitalError, match=rf"3 such steps in a row.*{before.name}"):
        trainer(tmp_path, data=data, max_epoch=9, max_bad_steps=3, log_every_steps=2).fit(
            resume=True
        )
    assert checkpoint.find(tmp_path) == before


@pytest.mark.pictures
def test_what_a_validation_shows_is_written(tmp_path: Path) -> None:
    def show(model: Any, batch: ToyBatch) -> list[Exhibit]:
        assert type(model.network) is nn.Sequential  # the bare network, so any method may be called
        shown = [
            Shown("mel/predicted", "mel", np.zeros((4, 9))),
            Shown("alignment/soft", "matrix", np.eye(3), ("a", "b", "c")),
            Shown("pitch/both", "curves", np.zeros((2, 9)), ("true", "predicted")),
            Shown("audio/predicted", "audio", np.linspace(-2, 2, 800), sample_rate=8000),
        ]
        return list(exhibits(shown))

    trainer(tmp_path, valid=ToyData(6), show=show, max_steps=2, log_every_steps=1).fit()
    folder = tmp_path / "show" / "step-0000002"
    names = {"alignment-soft.png", "audio-predicted.wav", "mel-predicted.png", "pitch-both.png"}
    assert {p.name for p in folder.iterdir()} == names
    with wave.open(str(folder / "audio-predicted.wav")) as file:
        assert (file.getframerate(), file.getnframes()) == (8000, 800)
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert "mel/predicted" in events.Tags()["images"]
    assert "audio/predicted" in events.Tags()["audio"]
    assert {"train/square", "valid/total", "learning_rate", "padding"} <= set(
        events.Tags()["scalars"]
    )


def test_finetuning_takes_the_weights_alone(tmp_path: Path) -> None:
    teacher = seeded(Regressor)
    trainer(tmp_path / "a", teacher, max_steps=3).fit()
    student = Regressor()
    subject = trainer(
        tmp_path / "b", student, ToyData(9), max_steps=1, optimizer=OptimizerConfig(lr=1e-9)
    )
    subject.fit(checkpoint=tmp_path / "a", resume_type="finetune")
    assert subject.run.position.step == 1
    assert same(weights(student), weights(teacher), 1e-6)
    with pytest.raises(
        CheckpointError, match=r"from another model; .*network\.0\.weight is \[8, 4\]"
    ):
        trainer(tmp_path / "c", Regressor(width=9)).fit(
            checkpoint=tmp_path / "a", resume_type="finetune"
        )


def test_a_run_is_not_overwritten(tmp_path: Path) -> None:
    trainer(tmp_path, max_steps=1).fit()
    with pytest.raises(CheckpointError, match="holds a run already; continue with --resume"):
        trainer(tmp_path, max_steps=1).fit()


@pytest.fixture
def _accelerate_anew() -> Iterator[None]:
    """Accelerate keeps one precision per process."""
    AcceleratorState._reset_state(True)
    yield
    AcceleratorState._reset_state(True)


@pytest.mark.usefixtures("_accelerate_anew")
def test_bf16_trains_with_weights_and_losses_in_fp32(tmp_path: Path) -> None:
    model = seeded(Regressor)
    trainer(tmp_path, model, precision="bf16", max_epoch=20, log_every_steps=6).fit()
    losses = [r["train/total"] for r in records(tmp_path)]
    assert losses[-1] < 0.8 * losses[0]
    assert all(p.dtype == torch.float32 for p in model.parameters())


@pytest.mark.usefixtures("_accelerate_anew")
def test_fp16_needs_a_gpu(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'fp16' needs a GPU"):
        trainer(tmp_path, precision="fp16")


@pytest.mark.parametrize("cls", [Regressor, Gan])
def test_a_gradient_scaler_finds_its_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cls: type[nn.Module]
) -> None:
    """As with fp16: the first steps overflow and are skipped, then training continues exactly."""

    def scaled(precision: str, config: TrainConfig) -> Accelerator:
        accelerator = Accelerator()
        accelerator.scaler = torch.amp.GradScaler("cpu", init_scale=2.0**125)
        return accelerator

    monkeypatch.setattr("recital.utils.training.trainer._accelerator", scaled)
    settings: dict[str, Any] = {"loss_weights": {k: 64 * v for k, v in toys.WEIGHTS[cls].items()}}
    settings |= {"log_every_steps": 1, "max_epoch": 9}
    for directory, stops in (("once", (16,)), ("twice", (3, 12, 16))):
        for stop in stops:
            subject = trainer(tmp_path / directory, seeded(cls), max_steps=stop, **settings)
            subject.fit(resume=True)
    assert 2.0**105 < subject.accelerator.scaler.get_scale() < 2.0**125
    losses = [r["train/total"] for r in records(tmp_path / "once")]
    assert losses[0] is None  # skipped
    assert None not in losses[-2:]
    once, twice = (checkpoint.find(tmp_path / name) for name in ("once", "twice"))
    tensors = [checkpoint.read_tensors(path / "model.safetensors") for path in (once, twice)]
    assert same(*tensors)
    assert not same(tensors[0], weights(seeded(cls)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("batch_size", 0),
        ("keep_last", 0),
        ("clip_norm", 0.0),
        ("ema_decay", 1.0),
        ("max_frames", -1),
    ],
)
def test_settings_out_of_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"train\.{key}: expected"):
        TrainConfig(loss_weights={}, **{key: value})


def test_a_run_says_what_it_does_and_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("recital.utils.training.trainer.FORECAST_SECONDS", 0.0)
    run = trainer(tmp_path, max_steps=4, max_epoch=9)
    run.hours = 1.5
    run.fit()
    out = capsys.readouterr().out
    assert "Regressor: network 0.0 million parameters; 1 process on cpu" in out
    assert "on cpu, precision fp32; 22 utterances of 1.50 h, 6 steps an epoch, 4 in all" in out
    assert out.count("; step 4 is expected in ") == 1
