"""The launcher of stage 2: processes, exit codes and signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recital.bins import launch
from recital.utils.errors import UsageError
from tests.conftest import ROOT

# Sums (rank + 1) over the processes, then waits for a signal and exits with the code for a requeue.
TOY = """
import os, signal, sys, torch
from accelerate import Accelerator
from recital.utils.signals import unblock

def main(argv):
    asked = []
    signal.signal(signal.SIGUSR1, lambda *_: asked.append(True))
    unblock()
    accelerator = Accelerator()
    total = accelerator.reduce(torch.tensor([accelerator.process_index + 1.0]))
    # one write: the lines of two processes must not mix
    os.write(1, f"sum {int(total)} {argv} {accelerator.device.type}\\n".encode())
    while not asked:
        signal.sigtimedwait([], 0.05)
    return 75

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("flags", "total"), [([], 1), (["--num_processes", "1"], 1), (["--num_processes", "2"], 3)]
)
def test_processes_add_up_and_a_signal_gives_their_exit_code(
    tmp_path: Path, flags: list[str], total: int
) -> None:
    (tmp_path / "toy.py").write_text(TOY)
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}", "OMP_NUM_THREADS": "1"}
    words = [*flags, "toy", "it's", "--gpu", "a\nb"]
    process = subprocess.Popen(
        [sys.executable, "-m", "recital.bins.launch", *words],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for _ in range(total // 2 + 1):
        line = process.stdout.readline()
        assert line.startswith(f"sum {total} {words[-3:]} ")
        assert not flags or line.endswith(" cpu\n")
    process.send_signal(signal.SIGUSR1)
    assert process.wait(timeout=60) == 75


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--gpu", "0,0"], "--gpu 0,0"),
        (["--gpu", "all"], "--gpu all"),
        (["--gpu", ""], "--gpu "),
        (["--gpu", "0", "--num_processes", "2"], "--num_processes"),
        (["--num_processes", "0"], "at least 1"),
        (["--num_machines", "2"], "--main_process_ip"),
        (["--num_machines", "2", "--machine_rank", "2"], "expected 0 to 1"),
    ],
)
def test_wrong_flags(flags: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        launch.main([*flags, "toy"])


def test_a_gpu_that_is_not_there_is_one_line() -> None:
    """Otherwise each process would think it is alone, and all would write to one folder."""
    command = [sys.executable, "-m", "recital.bins.launch", "--gpu", "98,99", "toy"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--gpu 98,99: torch" in done.stderr and "sees 0 of these 2 GPUs" in done.stderr
    assert done.stderr.count("\n") == 1
