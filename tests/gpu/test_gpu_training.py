"""Training on a GPU: resumed, in every precision, by two processes, without hidden waits."""

from __future__ import annotations

import copy
import os
import socket
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate.state import AcceleratorState
from contract_helpers import TINY, OneBatch, batch_for, check_show, fresh, loss_weights
from gpu_helpers import Note, moved, tiny
from torch import Tensor, multiprocessing
from toys import Gan, Regressor, ToyData, trainer

from recital.models import MODELS
from recital.utils import checkpoint
from recital.utils.training.loader import to_device
from recital.utils.training.optimizers import OptimizerConfig
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer
from tests.conftest import GPU_REHEARSAL as REHEARSAL
from tests.conftest import ROOT

NAMES = ["Tacotron2", "Vocos"] if REHEARSAL else sorted(MODELS)
pytestmark = pytest.mark.gpu


@pytest.fixture(autouse=True)
def fresh_accelerate() -> Iterator[None]:
    """accelerate keeps the precision of its first Accelerator for the whole process."""
    AcceleratorState._reset_state(True)
    yield
    AcceleratorState._reset_state(True)


def fit(directory: Path, name: str, steps: int, **changes: Any) -> Trainer[Any, Any]:
    """Train a tiny model to a step, going on if it was trained before."""
    model = fresh(TINY[name])
    settings: dict[str, Any] = {
        # a recipe may have losses that the tiny model has not
        "loss_weights": {
            k: w for k, w in loss_weights(name).items() if k in set().union(*model.losses.values())
        },
        "batch_size": 2,
        "max_epoch": 100,
        "max_steps": steps,
        "n_workers": 1,
        "ema_decay": 0.9,
        "valid_every_epochs": None,
        "save_every_epochs": None,
        "log_every_steps": 1,
        **changes,
    }
    batch = batch_for(model)
    made = Trainer(
        model,
        TrainConfig(**settings),
        directory=directory,
        resolved_config={**TINY[name], "train": {}},
        train_data=OneBatch(batch),
    )
    made.fit(resume=True)
    return made


def state(directory: Path) -> dict[str, Tensor]:
    """The tensors of the last checkpoint: weights, averages, optimizers."""
    path = checkpoint.find(directory)
    return {
        f"{file.name}: {key}": value
        for file in sorted(path.rglob("*.safetensors"))
        for key, value in checkpoint.read_tensors(file).items()
    }


def distance(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    """The largest difference of any number, over the largest of its tensor."""
    assert one.keys() == other.keys()
    return max(
        float(
            (one[k].float() - other[k].float()).abs().max()
            / one[k].float().abs().max().clamp(min=1e-6)
        )
        for k in one
    )


@pytest.mark.parametrize("cls", [Regressor] if REHEARSAL else [Regressor, Gan])
def test_a_resumed_toy_is_exact(tmp_path: Path, device: torch.device, cls: Any) -> None:
    """With dropout, whose random numbers are the GPU's, EMA, accumulation and validation."""

    def run(name: str, **changes: Any) -> None:
        torch.manual_seed(0)
        settings = {"ema_decay": 0.9, "gradient_accumulation": 2, "n_workers": 1, **changes}
        trainer(tmp_path / name, cls(), valid=ToyData(6), valid_every_steps=3, **settings).fit(
            resume=True
        )

    run("once", max_epoch=2)
    run("twice", max_steps=4)
    torch.rand(3, device=device)  # another process would have other generators
    run("twice", max_epoch=2)
    assert distance(state(tmp_path / "once"), state(tmp_path / "twice")) == 0


@pytest.mark.parametrize("name", ["Vocos"] if REHEARSAL else ["FastPitch", "Vocos"])
def test_a_resumed_model_is_as_near_as_an_equal_run(
    tmp_path: Path, device: torch.device, name: str, note: Note
) -> None:
    """Sums in any order (of CTC, of embeddings) make two equal runs on a GPU differ in their last
    bits; a resumed one differs no more. Where they are equal, it is exact.
    """
    for run in ("once", "again"):
        fit(tmp_path / run, name, 6)
    for steps in (3, 6):
        fit(tmp_path / "resumed", name, steps)
    once = state(tmp_path / "once")
    equal, resumed = (distance(once, state(tmp_path / run)) for run in ("again", "resumed"))
    note("two equal runs", equal)
    note("resumed", resumed)
    assert resumed <= 10 * equal


@pytest.mark.parametrize("precision", ["bf16"] if REHEARSAL else ["bf16", "fp16"])
@pytest.mark.parametrize(
    "name",
    ["Vocos"] if REHEARSAL else ["FastPitch", "FastSpeech2", "Tacotron2", "HiFiGAN", "Vocos"],
)
def test_mixed_precision_trains(
    tmp_path: Path, device: torch.device, name: str, precision: str
) -> None:
    before = fresh(TINY[name]).state_dict()
    # fp16 finds its scale by steps that overflow
    made = fit(tmp_path, name, 12 if precision == "fp16" else 3, precision=precision)
    weights = checkpoint.read_tensors(checkpoint.find(tmp_path) / checkpoint.MODEL)
    assert all(bool(w.isfinite().all()) for w in weights.values())
    assert any(not torch.equal(w, before[k]) for k, w in weights.items())
    assert made.bad_steps.in_a_row == 0, "the last step was skipped"


def test_a_bad_step_changes_nothing(
    tmp_path: Path, device: torch.device, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ToyData(8, poison=["utt3"])
    trainer(tmp_path, data=data, max_epoch=2, log_every_steps=1).fit()
    weights = checkpoint.read_tensors(checkpoint.find(tmp_path) / checkpoint.MODEL)
    assert all(bool(w.isfinite().all()) for w in weights.values())
    assert "not finite, skipped: " in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_validation_can_be_shown(name: str, device: torch.device) -> None:
    check_show(*moved(*tiny(name), device))


# Functions in which a training step waits for the device, and how often.
WAITS = {
    "Tacotron2": {"recur": 3},  # packing and unpacking need the lengths and their order on the CPU
}


@pytest.mark.parametrize("name", NAMES)
def test_a_step_does_not_wait(
    tmp_path: Path, device: torch.device, name: str, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Trainer's whole step: the copy of the batch, forward, backward, clipping, optimizer."""
    made = fit(tmp_path, name, 2, n_workers=0)
    batch = batch_for(made.model)
    pinned = batch._replace(
        **{
            k: v.pin_memory()
            for k, v in batch._asdict().items()
            if isinstance(v, Tensor) and not REHEARSAL
        }
    )
    waits = waits_of(
        lambda: made.networks.train_step([to_device(pinned, device)], 1e-4, made.meter)
    )
    note("waits of a step", sum(waits.values()))
    by_function = Counter[str]()
    for (function, _), n in waits.items():
        by_function[function] += n
    assert by_function == ({} if REHEARSAL else WAITS.get(name, {})), dict(waits)


def waits_of(step: Any) -> Counter[tuple[str, str]]:
    """(function, line) of each time that Python waits for the GPU, from torch's warnings."""
    waits: Counter[tuple[str, str]] = Counter()

    def seen(message: Any, category: Any, filename: str, lineno: int, *_: Any) -> None:
        if "called a synchronizing" not in str(message):
            return
        ours = [f for f in traceback.extract_stack()[:-1] if Path(f.filename).is_relative_to(ROOT)]
        place = [f for f in ours if "site-packages" not in f.filename][-1]
        waits[place.name, f"{Path(place.filename).name}:{place.lineno} {place.line}"] += 1

    step()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = seen
        if not REHEARSAL:
            torch.cuda.synchronize()
            torch.cuda.set_sync_debug_mode("warn")
        try:
            step()
        finally:
            if not REHEARSAL:
                torch.cuda.set_sync_debug_mode("default")
    return waits


def _process(rank: int, port: int, folder: str, name: str, rehearsal: bool) -> None:
    """One of two processes on the same GPU, which only gloo allows."""
    from accelerate import PartialState

    torch.set_num_threads(1)
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank) if rehearsal else "0"}
    os.environ["LOCAL_WORLD_SIZE"] = "2"
    if rehearsal:
        os.environ["ACCELERATE_USE_CPU"] = "true"
    else:
        PartialState(backend="gloo")
    run_shared(Path(folder) / "two", name, 1)


def run_shared(directory: Path, name: str, size: int) -> None:
    """Train a tiny model without dropout on batches of `size` for each process."""
    model, batch = tiny(name)
    data = Slices(batch)
    config = TrainConfig(
        loss_weights=loss_weights(name),
        # Adam makes steps of full size of gradients that are 0 but for rounding, such as those of
        # the attention's biases of keys; this epsilon does not
        optimizer=OptimizerConfig(name="adam", lr=0.01, eps=1.0),
        batch_size=size,
        max_steps=11,  # every tenth step all agree on whether to go on
        n_workers=0,
        valid_every_epochs=None,
        save_every_epochs=None,
    )
    resolved = {**copy.deepcopy(TINY[name]), "train": {}}
    Trainer(model, config, directory=directory, resolved_config=resolved, train_data=data).fit()


class Slices(OneBatch):
    """The items of a batch, collated by taking their rows."""

    def __getitem__(self, key: tuple[int, int]) -> Any:
        return key[1]

    def collate(self, items: list[Any]) -> Any:
        rows = torch.tensor(sorted(items))
        fields = {k: v[rows] for k, v in self.batch._asdict().items() if isinstance(v, Tensor)}
        return self.batch._replace(ids=[self.ids[i] for i in rows.tolist()], **fields)


@pytest.mark.parametrize("name", ["FastPitch"] if REHEARSAL else ["FastPitch", "HiFiGAN"])
def test_two_processes_on_one_gpu_are_one_with_twice_the_batch(
    tmp_path: Path, device: torch.device, name: str, note: Note
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # a process forked from this one could not use the GPU
    context = multiprocessing.get_context("fork" if REHEARSAL else "spawn")
    arguments = (port, str(tmp_path), name, REHEARSAL)
    two = [context.Process(target=_process, args=(rank, *arguments)) for rank in range(2)]
    for process in two:
        process.start()
    run_shared(tmp_path / "one", name, 2)
    for process in two:
        process.join(60)
        if process.is_alive():
            process.kill()
    assert [process.exitcode for process in two] == [0, 0]
    weights = [
        checkpoint.read_tensors(checkpoint.find(tmp_path / run) / checkpoint.MODEL)
        for run in ("one", "two")
    ]
    error = distance(*weights)
    note("difference", error)
    assert error < 1e-3
