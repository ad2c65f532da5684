"""The tests marked `gpu`, each a row; what they measure is in the same row."""

from __future__ import annotations

import os
import sys

import pytest

from recital.bins.benchmark.gpu.job import Job
from recital.utils.config import ROOT


class Recorder:
    """A plugin of pytest: a row for each test as it ends, a text for each failure."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest after the setup, the call and the teardown of a test."""
        if report.when != "call" and report.outcome == "passed":
            return
        name = report.nodeid.rpartition("/")[2]
        cells: dict[str, float | str] = {"outcome": report.outcome, "seconds": report.duration}
        cells |= {
            key: value for key, value in report.user_properties if isinstance(value, (float, str))
        }
        if report.failed:
            cells["failed"] = _last_line(report.longreprtext)
            self.job.text(f"{name}: traceback", report.longreprtext[-6000:])
        if report.skipped and isinstance(report.longrepr, tuple):
            cells["reason"] = report.longrepr[2]
        self.job.row(what=name, **cells)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Called by pytest after a file has been read."""
        if report.failed:
            name = report.nodeid.rpartition("/")[2]
            self.job.row(what=name, outcome="failed", failed=_last_line(report.longreprtext))
            self.job.text(f"{name}: traceback", report.longreprtext[-6000:])


# the files with tests that are marked, as tests/walks/test_gpu_rehearsal.py checks
PARITY = (
    "tests/gpu/test_gpu_parity.py",
    "tests/modules/test_aligner.py",
    "tests/modules/test_graphs.py",
)
TRAINING = ("tests/gpu/test_gpu_training.py",)


def run_parity(job: Job) -> None:
    """What models, losses and the aligner compute."""
    _run(job, PARITY)


def run_training(job: Job) -> None:
    """Resuming, precisions, several processes. Apart from the others, since after an error in a
    kernel a process cannot use the GPU any more.
    """
    _run(job, TRAINING)


def _run(job: Job, files: tuple[str, ...]) -> None:
    """Run the marked tests of some files in this process; in a rehearsal on the CPU."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    if job.rehearse:
        os.environ["RECITAL_GPU_TESTS"] = "rehearse"
    # without the options of pyproject.toml, whose plugins a GPU machine may lack
    words = [*files, "-m", "gpu", "-o", "addopts=", "-p", "no:cacheprovider", "-q"]
    code = pytest.main(words, plugins=[Recorder(job)])
    job.row(what="all", outcome=pytest.ExitCode(code).name)


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.startswith("E ")]
    return (lines or text.strip().splitlines() or [""])[0].removeprefix("E").strip()[:300]
