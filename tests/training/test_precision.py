"""The precision of a run, and the messages about it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from toys import trainer

from recital.bins.common.processes import inference_precision
from recital.utils.config import ROOT
from recital.utils.errors import ConfigError, UsageError
from recital.utils.training import precision
from recital.utils.training.precision import (
    has_bf16,
    resolve_precision,
    use_gpu_settings,
)
from recital.utils.training.train_config import TrainConfig

CPU = torch.device("cpu")
MODEL = torch.nn.Linear(2, 2)


@pytest.mark.parametrize(
    ("flags", "slowdown", "expected"),
    [
        ("sse4_2 avx2 avx512f", 0.5, "no"),
        ("avx512f avx512_bf16", 0.5, "bf16"),
        # units at half the speed of fp32's, as of a Xeon whose AMX is hidden
        ("avx512f avx512_bf16", 1.9, "no"),
        ("asimd bf16", 0.5, "bf16"),
    ],
)
def test_auto_is_bf16_where_there_are_units_that_are_faster(
    monkeypatch: pytest.MonkeyPatch, flags: str, slowdown: float, expected: str
) -> None:
    monkeypatch.setattr(precision, "cpu_flags", lambda: set(flags.split()))
    monkeypatch.setattr(precision, "slowdown", lambda: slowdown)
    assert resolve_precision("auto", "no", CPU, MODEL) == (expected, None)


def test_the_slowdown_is_that_of_products() -> None:
    precision.slowdown.cache_clear()
    assert 0.05 < precision.slowdown() < 1000


def test_an_explicit_bf16_without_units_is_said_with_its_factor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(precision, "cpu_flags", set)
    monkeypatch.setattr(precision, "slowdown", lambda: 140.0)
    chosen, note = resolve_precision("bf16", "no", CPU, MODEL)
    assert chosen == "bf16" and note is not None and "140.0 times as long" in note


def test_accelerates_own_config_counts_or_is_named() -> None:
    assert resolve_precision(None, "no", CPU, MODEL) == ("no", None)
    if has_bf16(CPU):
        assert resolve_precision(None, "bf16", CPU, MODEL) == ("bf16", None)
    chosen, note = resolve_precision("no", "bf16", CPU, MODEL)
    assert chosen == "no" and note is not None and "overrides accelerate's mixed_precision" in note
    with pytest.raises(ConfigError, match="fp16.*needs a GPU"):
        resolve_precision("fp16", "no", CPU, MODEL)
    with pytest.raises(ConfigError, match="bf16 or fp16: fp8"):
        resolve_precision(None, "fp8", CPU, MODEL)


class Recurrent(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(4, 4)


def _refused() -> torch.nn.Module:
    raise RuntimeError("could not create a primitive\nand more")


def test_a_layer_that_the_device_lacks_is_one_line_and_auto_avoids_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(precision.LAYERS, torch.nn.LSTM, (_refused, ()))
    monkeypatch.setattr(precision, "has_bf16", lambda device: True)
    why = r"this cpu, which has no LSTM in it \(could not create a primitive\); use "
    with pytest.raises(
        ConfigError, match=f"train.precision: 'bf16' is not for {why}'auto' or 'no'"
    ):
        resolve_precision("bf16", "no", CPU, Recurrent())
    with pytest.raises(ConfigError, match="accelerate's mixed_precision: 'bf16' is not for"):
        resolve_precision(None, "bf16", CPU, Recurrent())
    with pytest.raises(UsageError, match=f"--precision bf16: is not for {why}fp32"):
        inference_precision("bf16", CPU, MODEL, Recurrent())
    assert resolve_precision("auto", "no", CPU, Recurrent())[0] == "no"
    assert resolve_precision("auto", "no", CPU, MODEL)[0] == "bf16"


UNSUPPORTED = """
import torch
from recital.utils.training.precision import LAYERS, unsupported

for kind, (make, shape) in LAYERS.items():
    layer = make()
    before = torch.get_rng_state()
    said = unsupported(layer, "bf16", torch.device("cpu"))
    assert torch.equal(before, torch.get_rng_state())
    try:
        with torch.autocast("cpu", torch.bfloat16):
            layer(torch.zeros(shape))
    except RuntimeError:
        assert said is not None
        print(kind.__name__)
    else:
        assert said is None, said
"""


def test_what_an_older_cpu_refuses_is_found_before_it_is_run() -> None:
    """oneDNN has an LSTM in bf16 for AVX-512 alone."""
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    command = [sys.executable, "-c", UNSUPPORTED]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if platform.machine() == "x86_64":
        assert "LSTM" in done.stdout.split()


def test_another_machine_is_said_when_a_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(precision, "cpu_flags", set)
    trainer(tmp_path, max_steps=1, precision="auto").fit()
    monkeypatch.setattr(precision, "cpu_flags", lambda: {"avx512_bf16"})
    monkeypatch.setattr(precision, "slowdown", lambda: 0.5)
    from accelerate.state import AcceleratorState

    AcceleratorState._reset_state(True)  # as in a separate process
    try:
        trainer(tmp_path, max_steps=2, precision="auto").fit(resume=True)
    finally:
        AcceleratorState._reset_state(True)
    assert "continues in 'bf16', where the run was in 'no'" in capsys.readouterr().out


@pytest.mark.parametrize(("device", "applied"), [("cuda", True), ("cpu", False)])
def test_tf32_and_cudnn_are_set_on_cuda_alone(
    monkeypatch: pytest.MonkeyPatch, device: str, applied: bool
) -> None:
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark
    try:
        matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark = False, False, False
        config = TrainConfig({}, tf32=True, cudnn_benchmark=True)
        use_gpu_settings(config, torch.device(device))
        found = matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark
        assert found == (applied, applied, applied)
        use_gpu_settings(TrainConfig({}), torch.device("cuda"))
        assert (matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark) == (applied, applied, False)
        use_gpu_settings(TrainConfig({}, tf32=False), torch.device("cuda"))
        assert (matmul.allow_tf32, cudnn.allow_tf32) == (False, False)
    finally:
        matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark = before


def test_every_disagreement_with_accelerate_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "cpu_flags", lambda: set())
    assert resolve_precision("auto", "no", CPU, MODEL) == ("no", None)
    found, note = resolve_precision("auto", "bf16", CPU, MODEL)
    assert found == "no" and note is not None
    assert "'auto', here 'no', overrides accelerate's mixed_precision 'bf16'" in note
    found, note = resolve_precision("bf16", "fp16", CPU, MODEL)
    assert note is not None and len(note.split("\n")) == 2 and "bf16 is slow on this CPU" in note
