"""Shared fixtures: the reference vectors and the recordings, if a checkout has them."""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

# One thread for each worker, also in NumPy's BLAS and in the processes that tests start: threads
# that share the cores with another worker's wait for each other. Before the first import of NumPy.
os.environ.setdefault("OMP_NUM_THREADS", "1")
import torch  # noqa: E402

from recital.processors import exhibits  # noqa: E402
from recital.utils.training import log  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("RECITAL_SHARED", ROOT.parent / "shared"))
GPU_REHEARSAL = os.environ.get("RECITAL_GPU_TESTS") == "rehearse"
FIXTURES = ROOT / "tests" / "fixtures"
MISSING = re.compile(
    "is not installed|needs the extra|could not import|no (shellcheck|hadolint) here|make consumers"
)
# What `env.sh dev` does not install: pesq needs a compiler, the judges are large or come without
# their dependencies.
OPTIONAL = re.compile(
    "'pesq'|'visqol'|(dnsmos|distillmos|speaker|moonshine-voice) is not installed"
)

torch.set_num_threads(1)


# Files whose tests start several processes or depend on the timing of signals: never two at once.
EXCLUSIVE = {
    "test_distributed.py",
    "test_fastpitch_distributed.py",
    "test_launch.py",
    "test_recipe.py",
    "test_resume.py",
    "test_serve_command.py",
}


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups after it
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Assign tests to workers of pytest-xdist (`--dist loadgroup`): those of a file share its
    fixtures, and those of `EXCLUSIVE` and of the GPU never run at once.
    """
    for item in items:
        group = "processes" if item.path.name in EXCLUSIVE else str(item.path)
        if item.get_closest_marker("gpu"):
            group = "gpu"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `vectors/`, the reference numbers: the larger ones if a checkout has them, else
    those of `tests/fixtures`.
    """
    if (SHARED / "vectors" / "README.md").is_file():
        return SHARED
    folder = tmp_path_factory.mktemp("shared")
    with tarfile.open(FIXTURES / "vectors.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recordings, which are too large to commit; tests that need it are skipped
    without it.
    """
    if not (SHARED / "data" / "README.md").is_file():
        pytest.skip("no recordings here (RECITAL_SHARED)")
    return SHARED / "data"


@pytest.fixture
def device() -> Iterator[torch.device]:
    """The GPU, or the CPU in a rehearsal of `benchmark gpu`; else the test is skipped. fp32 is fp32
    there: no TF32, and the same algorithms every time.
    """
    if not torch.cuda.is_available() and not GPU_REHEARSAL:
        pytest.skip("no CUDA device here")
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark
    matmul.allow_tf32 = cudnn.allow_tf32 = cudnn.benchmark = False
    yield torch.device("cpu" if GPU_REHEARSAL else "cuda")
    matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark = before


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Callable[[str, float], None]:
    """Records a measured number for the report of `benchmark gpu`."""
    return lambda name, value: record_property(name, float(value))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Fails a test after which torch has more threads: those of all that follow would compete."""
    yield
    assert torch.get_num_threads() == 1


@pytest.fixture(autouse=True)
def no_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training without matplotlib's pictures, which take most of the time of a few steps, in all
    tests but those of pictures.
    """
    for module in () if request.node.get_closest_marker("pictures") else (log, exhibits):
        monkeypatch.setattr(module, "new_figure", lambda width, height: None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, a missing package that `env.sh dev` installs is a failure, not a skip."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple) and os.environ.get("CI") == "true":
        reason = report.longrepr[2]
        if MISSING.search(reason) and not OPTIONAL.search(reason):
            report.outcome, report.longrepr = "failed", f"in CI: {reason}"
    return report
