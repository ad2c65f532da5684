"""Optimizers and learning rates compared with the references' numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from recital.utils.errors import ConfigError
from recital.utils.training.optimizers import Lamb, OptimizerConfig, build_optimizer
from recital.utils.training.schedules import SchedulerConfig, learning_rate


def test_lamb_is_apex(shared: Path) -> None:
    data = np.load(shared / "vectors" / "misc.npz")
    parameters = [torch.nn.Parameter(torch.from_numpy(data[f"lamb_p{i}_init"])) for i in range(3)]
    optimizer = Lamb(parameters, 0.1, (0.9, 0.98), 1e-9, 1e-6)
    for step in range(4):
        for i, p in enumerate(parameters):
            p.grad = torch.from_numpy(data[f"lamb_g{i}"][step])
        optimizer.step()
        for i, p in enumerate(parameters):
            np.testing.assert_allclose(
                p.detach(), data[f"lamb_p{i}_after"][step], rtol=1e-5, atol=1e-6
            )


def test_a_first_step_of_lamb_by_hand() -> None:
    """Equation by equation for one scalar: the bias-corrected update is g / |g| + decay * p."""
    p = torch.nn.Parameter(torch.tensor([2.0], dtype=torch.float64))
    p.grad = torch.tensor([0.5], dtype=torch.float64)
    Lamb([p], lr=0.1, betas=(0.9, 0.98), eps=0.0, weight_decay=0.1).step()
    update = 1.0 + 0.1 * 2.0
    assert p.item() == pytest.approx(2.0 - 0.1 * (2.0 / update) * update, abs=1e-6)


@pytest.mark.parametrize("name", ["adamw", "adam", "lamb"])
def test_found_inf_leaves_weights_and_state_as_they_are(name: str) -> None:
    p = torch.nn.Parameter(torch.ones(4))
    optimizer = build_optimizer(OptimizerConfig(name=name), [p])  # type: ignore[arg-type]
    optimizer.grad_scale = None

    def step(value: float, found_inf: float) -> list[torch.Tensor]:
        p.grad = torch.tensor([value, 1.0, 2.0, 3.0])
        optimizer.found_inf = torch.tensor(found_inf)
        optimizer.step()
        return [p.detach().clone(), *(v.clone() for v in optimizer.state[p].values())]

    first = step(math.nan, 1.0)  # the very first step is bad: moments are zero, and so is the count
    assert torch.equal(first[0], torch.ones(4))
    assert all(torch.count_nonzero(state) == 0 for state in first[1:])
    good = step(1.0, 0.0)
    assert not torch.equal(good[0], first[0])
    for before, after in zip(good, step(math.inf, 1.0), strict=True):
        assert torch.equal(before, after)


def test_nvidia_warmup_is_noam(shared: Path) -> None:
    data = np.load(shared / "vectors" / "misc.npz")
    config = SchedulerConfig("noam", warmup_steps=1000)
    rates = [learning_rate(config, 0.1, int(i)) for i in data["lr_iters"]]
    np.testing.assert_allclose(rates, data["lr_values"], rtol=1e-12)


def test_published_schedules(shared: Path) -> None:
    known = json.loads((shared / "vectors" / "lr_schedules.json").read_text())
    fastspeech2 = SchedulerConfig(
        "noam", warmup_steps=4000, milestones=((300000, 0.3), (400000, 0.09), (500000, 0.027))
    )
    for step, rate in known["ming024_step_lr"]:
        assert learning_rate(fastspeech2, 256**-0.5, step) == pytest.approx(rate, rel=1e-9)
    noam = SchedulerConfig("noam", warmup_steps=4000)
    for step, rate in known["amphion_noam_lr_used_in_optimizer_step_number"]:
        assert learning_rate(noam, 256**-0.5, max(step - 1, 1)) == pytest.approx(rate, rel=1e-9)
    for key, factors in (
        ("dle_tacotron2_factor0.3", (0.3, 0.1, 0.03)),
        ("dle_tacotron2_factor0.1", (0.1, 0.01, 0.001)),
    ):
        milestones = tuple(zip((500, 1000, 1500), factors, strict=True))
        config = SchedulerConfig(milestones=milestones, milestone_unit="epochs")
        for epoch, rate in known[key]:
            assert learning_rate(config, 1e-3, 1, epoch) == pytest.approx(rate, rel=1e-9)


def test_shapes_of_the_other_schedules() -> None:
    inverse = SchedulerConfig("inverse_sqrt", warmup_steps=100)
    assert learning_rate(inverse, 2.0, 50) == pytest.approx(1.0)
    assert learning_rate(inverse, 2.0, 100) == pytest.approx(2.0)
    assert learning_rate(inverse, 2.0, 400) == pytest.approx(1.0)
    cosine = SchedulerConfig("cosine", warmup_steps=10, decay_steps=110, final=0.1)
    found = [learning_rate(cosine, 1.0, step) for step in (5, 10, 60, 110, 500)]
    assert found == pytest.approx([0.5, 1.0, 0.55, 0.1, 0.1])
    exponential = SchedulerConfig("exponential", gamma=0.5)
    assert learning_rate(exponential, 1.0, 99, epoch=3) == 0.125


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="warmup_steps"):
        SchedulerConfig("noam")
    with pytest.raises(ConfigError, match="decay_steps"):
        SchedulerConfig("cosine", warmup_steps=10, decay_steps=10)
    with pytest.raises(ConfigError, match=r"optimizer\.betas"):
        OptimizerConfig(betas=(0.9, 1.0))
