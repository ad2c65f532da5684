"""Two processes with unequal parts of a batch compute the gradient of the whole batch."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn.parallel import DistributedDataParallel
from tts_helpers import losses_of, one_item, random_batch, tiny_model, without_dropout

from recital.models.tts.fastpitch.model import FastPitch
from recital.modules.contract.batch import Batch
from tests.pair import run_pair

LENGTHS = [11, 4, 23]


def _gradients(model: FastPitch, batch: Batch) -> dict[str, torch.Tensor]:
    losses = losses_of(model, batch)
    torch.stack(
        [loss for name, loss in losses.items() if name != "alignment_focus"]
    ).sum().backward()
    state = {n: p.grad.clone() for n, p in model.bare_network.named_parameters()}
    return state | {f"buffer {n}": b.clone() for n, b in model.binarization.named_buffers()}


def _model() -> FastPitch:
    model = without_dropout(tiny_model())
    model.binarization.ramp.fill_(100.0)
    return model


def _worker(rank: int) -> dict[str, torch.Tensor]:
    model, batch = _model(), random_batch(LENGTHS)
    share = (
        one_item(batch, 2) if rank else Batch(batch.ids[:2], *(_first_two(f) for f in batch[1:]))
    )
    model.network = DistributedDataParallel(model.network)
    return _gradients(model, share)


def _first_two(field: torch.Tensor | None) -> torch.Tensor | None:
    return None if field is None else field[:2]


@pytest.mark.timeout(240)
def test_gradients_of_two_processes_are_those_of_the_global_batch(tmp_path: Path) -> None:
    expected = _gradients(_model(), random_batch(LENGTHS))
    for found in run_pair(_worker, tmp_path):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            torch.testing.assert_close(found[name], value, rtol=1e-5, atol=1e-6, msg=name)
