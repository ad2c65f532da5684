"""The file of `accelerate config` through our launcher: what it decides, and what overrides it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recital.bins import launch
from recital.bins.common.plan import Recipe
from recital.utils.errors import UsageError
from tests.conftest import ROOT

# as accelerate 1.x writes it on a machine of four GPUs
WRITTEN = """
compute_environment: LOCAL_MACHINE
debug: false
distributed_type: MULTI_GPU
downcast_bf16: 'no'
dynamo_config:
  dynamo_backend: INDUCTOR
  dynamo_mode: default
  dynamo_use_dynamic: true
  dynamo_use_fullgraph: false
enable_cpu_affinity: false
gpu_ids: all
machine_rank: 0
main_training_function: main
mixed_precision: bf16
num_machines: 1
num_processes: 4
rdzv_backend: static
same_network: true
use_cpu: false
"""
BF16 = {"ACCELERATE_MIXED_PRECISION": "bf16", "ACCELERATE_DYNAMO_BACKEND": "inductor"}


@pytest.fixture(autouse=True)
def _no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's user."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ACCELERATE_CONFIG_FILE", raising=False)


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "accelerate.yaml"
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in changes.items())
    path.write_text(lines or WRITTEN)
    return path


def test_its_processes_precision_and_dynamo_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    by_flag = launch.arguments(["--config_file", str(path), "toy"])
    monkeypatch.setenv("ACCELERATE_CONFIG_FILE", str(path))
    by_variable = launch.arguments(["toy"])
    monkeypatch.delenv("ACCELERATE_CONFIG_FILE")
    default = tmp_path / "cache" / "accelerate" / "default_config.yaml"
    default.parent.mkdir(parents=True)
    path.rename(default)
    for args in (by_flag, by_variable, launch.arguments(["toy"])):
        assert (args.gpu, args.num_processes, args.processes) == ("0,1,2,3", None, 4)
        assert args.environment == BF16
        (line,) = args.lines
        assert line.endswith("means --gpu 0,1,2,3")
    default.unlink()
    args = launch.arguments(["toy"])
    assert (args.processes, args.lines, args.gpu) == (1, [], None)
    assert set(args.environment.values()) == {"no"}


@pytest.mark.parametrize(
    ("settings", "processes", "gpu", "machines"),
    [
        ({"distributed_type": "MULTI_CPU", "num_processes": 2, "use_cpu": True}, 2, None, 1),
        ({"distributed_type": "NO", "use_cpu": True}, 1, None, 1),
        ({"distributed_type": False, "gpu_ids": "all"}, 1, None, 1),
        ({"distributed_type": "NO", "gpu_ids": "1"}, 1, "1", 1),
        ({"distributed_type": "MULTI_GPU", "num_processes": 2, "gpu_ids": "2, 3"}, 2, "2,3", 1),
        (
            {
                "distributed_type": "MULTI_GPU",
                "num_processes": 8,
                "num_machines": 2,
                "machine_rank": 1,
                "main_process_ip": "10.0.0.1",
                "main_process_port": 29501,
            },
            8,
            "0,1,2,3",
            2,
        ),
    ],
)
def test_every_kind_of_run_that_we_have(
    tmp_path: Path, settings: dict[str, Any], processes: int, gpu: str | None, machines: int
) -> None:
    args = launch.arguments(["--config_file", str(written(tmp_path, **settings)), "toy"])
    assert (args.processes, args.gpu, args.num_machines) == (processes, gpu, machines)
    if machines > 1:
        found = args.machine_rank, args.main_process_ip, args.main_process_port
        assert found == (1, "10.0.0.1", 29501)


@pytest.mark.parametrize(
    ("flags", "processes", "lines"),
    [
        (["--gpu", "0"], 1, ["--gpu 0: overrides {path}, which means --gpu 0,1,2,3"]),
        (["--num_processes", "2"], 2, ["--num_processes 2: overrides {path}, which means --gpu "]),
        (["--gpu", "0,1,2,3"], 4, []),
        (["--num_machines", "1"], 4, ["{path} means --gpu 0,1,2,3"]),
    ],
)
def test_our_flags_win_with_a_line(
    tmp_path: Path, flags: list[str], processes: int, lines: list[str]
) -> None:
    path = written(tmp_path)
    args = launch.arguments([*flags, "--config_file", str(path), "toy"])
    assert args.processes == processes
    assert len(args.lines) == len(lines)
    for line, expected in zip(args.lines, lines, strict=True):
        assert line.startswith(expected.format(path=path))
    assert args.environment == BF16


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"distributed_type": "DEEPSPEED"}, "distributed_type DEEPSPEED: expected one of NO, "),
        ({"distributed_type": "MULTI_GPU", "num_processes": 4, "gpu_ids": "0,1"}, "gpu_ids 0,1"),
        ({"distributed_type": "MULTI_CPU", "num_processes": "many"}, "num_processes: expected a "),
    ],
)
def test_what_we_do_not_have_is_refused(
    tmp_path: Path, settings: dict[str, Any], message: str
) -> None:
    path = written(tmp_path, **settings)
    with pytest.raises(UsageError, match=f"{path}: {message}"):
        launch.arguments(["--config_file", str(path), "toy"])
    if "many" not in settings.values():
        args = launch.arguments(["--num_processes", "2", "--config_file", str(path), "toy"])
        assert args.processes == 2


@pytest.mark.parametrize("content", [None, "- a list", "a: {", "\0"])
def test_a_file_that_is_not_accelerates_is_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "file.yaml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match="file.yaml: ") as caught:
        launch.arguments(["--config_file", str(path), "toy"])
    assert "\n" not in str(caught.value)


def test_run_sh_passes_it_on(tmp_path: Path) -> None:
    path = written(tmp_path, distributed_type="MULTI_CPU", num_processes=2)
    plan = Recipe("tts", "egs/tts/FastPitch").plan(["--stage", "2", "--config_file", str(path)])
    assert f"--config_file={path}" in plan.commands[0]


def test_a_stage_runs_with_its_precision_and_dynamo(tmp_path: Path) -> None:
    path = written(tmp_path, distributed_type="NO", mixed_precision="bf16", dynamo_backend="EAGER")
    toy = "import os\ndef main(argv):\n    print(*(os.environ[n] for n in NAMES))\n"
    (tmp_path / "toy.py").write_text(f"NAMES = {list(BF16)}\n{toy}")
    done = subprocess.run(
        [sys.executable, "-m", "recital.bins.launch", "--config_file", str(path), "toy"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("bf16 eager\n", "")
