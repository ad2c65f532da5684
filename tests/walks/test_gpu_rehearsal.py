"""`benchmark gpu` without a GPU: every part at tiny sizes, and what becomes of parts that fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState

from recital.bins.benchmark.common import build_vocoder, vocoder_config
from recital.bins.benchmark.gpu import run
from recital.bins.benchmark.gpu.alternatives import images_of_frames, rows_of_waves
from recital.bins.benchmark.gpu.job import main as run_part
from recital.bins.benchmark.gpu.parts import PARTS, Part
from recital.bins.benchmark.gpu.report import table
from recital.bins.benchmark.gpu.tests import PARITY, TRAINING
from recital.bins.benchmark.gpu.training import SMALL
from recital.bins.benchmark.runner import main
from recital.modules.layers.convolution import TimeConv1d
from recital.utils.config import ROOT
from recital.utils.errors import UsageError
from recital.utils.training.precision import unsupported

TRAINED = ("fastpitch", "hifigan", "tacotron2", "vocos", "fastspeech2", "fastpitch_compiled")


@pytest.mark.parametrize("name", [part.name for part in PARTS if "tests" not in part.name])
def test_a_part_has_no_failure(name: str, tmp_path: Path) -> None:
    if name == "tacotron2" and unsupported(torch.nn.LSTM(2, 2), "bf16", torch.device("cpu")):
        pytest.skip("no LSTM in bf16 on this CPU")
    result = tmp_path / "result.json"
    AcceleratorState._reset_state(True)  # a part has a process of its own
    try:
        run_part([name, "--result", str(result), "--rehearse"])
    finally:
        AcceleratorState._reset_state(True)
    found = json.loads(result.read_text())
    assert found["rows"] and not [row for row in found["rows"] if "failed" in row], found["texts"]
    if name in TRAINED:
        assert all(row["frames/s"] > 0 and row["step (ms)"] > 0 for row in found["rows"])
        (profile,) = found["texts"].values()
        assert "Self CPU" in profile


@pytest.mark.timeout(300)
def test_the_command_with_the_tests(tmp_path: Path) -> None:
    """Of training; those of parity take as long and need less."""
    parts = ["tests_training"]
    main(["gpu", "--out", str(tmp_path), "--rehearse", "--parts", *parts])
    rows = []
    for outcome in json.loads((tmp_path / "gpu.json").read_text()):
        assert outcome["status"] == "done", outcome["texts"]
        assert outcome["rows"][-1] == {"what": "all", "outcome": "OK"}
        rows += outcome["rows"][:-1]
    # the others' kernels and graphs have no rehearsal
    tried = [row for row in rows if row["what"].startswith("test_gpu_")]
    assert {row["outcome"] for row in tried} == {"passed"} and len(tried) > 8
    text = (tmp_path / "gpu.md").read_text()
    assert "test_a_step_does_not_wait" in text and "1 passed" not in text
    assert "passed in" in (tmp_path / "gpu.log").read_text()


def test_parts_share_short_time() -> None:
    parts = [Part("a", "", 60, 10), Part("b", "", 30, 10), Part("c", "", 30, 20)]
    assert run.share(parts, 300) == 60
    assert run.share(parts, 90) == 60  # leaves the others their least
    assert run.share(parts, 60) == 30
    assert run.share(parts[1:], 24) == 12
    assert run.share(parts[2:], 12) == 12  # its least is more: not run


def test_every_marked_test_is_run() -> None:
    files = [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if path != Path(__file__)]
    marked = [str(p.relative_to(ROOT)) for p in files if "mark.gpu" in p.read_text("utf-8")]
    assert sorted(marked) == sorted([*PARITY, *TRAINING])


def test_parts_that_fail_or_do_not_fit_are_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error, an end by a signal, a part that hangs, and one without time."""
    code = "import os, signal, sys, time\nfrom pathlib import Path\nname = sys.argv[1]\n"
    code += "if name == 'broken': raise ValueError('why')\n"
    code += "if name == 'killed': os.kill(os.getpid(), signal.SIGKILL)\n"
    code += 'Path(sys.argv[3]).write_text(\'{"rows": [{"what": "kept"}], "texts": {}}\')\n'
    code += "time.sleep(60)\n"
    script = tmp_path / "part.py"
    script.write_text(code)
    parts = [Part("broken", "", 9, 9), Part("killed", "", 9, 9), Part("hangs", "", 0.5, 0.5)]
    monkeypatch.setattr(run, "PARTS", [*parts, Part("long", "", 900, 900)])
    monkeypatch.setattr(run, "COMMAND", [str(script)])
    statuses = run.bench_gpu(tmp_path, minutes=1.0)
    assert statuses["broken"].startswith("failed: exit code 1")
    assert statuses["killed"].startswith("failed: SIGKILL")
    assert statuses["hangs"].startswith("stopped: after 0 s")
    assert statuses["long"].startswith("not run: ")
    broken, _, hangs, _ = json.loads((tmp_path / "gpu.json").read_text())
    assert "ValueError: why" in broken["texts"]["end of its output"]
    assert hangs["rows"] == [{"what": "kept"}]


def test_wrong_words_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--out: is missing"):
        main(["gpu"])
    with pytest.raises(UsageError, match="did you mean 'latency'"):
        main(["gpu", "--out", str(tmp_path), "--parts", "latncy"])
    with pytest.raises(UsageError, match="--rehearse: is for the benchmark gpu"):
        main(["serve", "--rehearse"])


def test_a_table_has_all_columns() -> None:
    rows = [{"what": "a|b", "speed": 12345.6}, {"what": "c", "error": 0.00012344}]
    assert table(rows).splitlines() == [
        "| what | speed | error |",
        "| --- | --- | --- |",
        "| a\\|b | 12,346 |  |",
        "| c |  | 0.0001234 |",
    ]


@torch.no_grad()
def test_the_alternatives_compute_the_same() -> None:
    torch.manual_seed(0)
    conv, x = TimeConv1d(3, 4, 5), torch.randn(2, 7, 3)
    expected = conv(x)
    with images_of_frames():
        torch.testing.assert_close(conv(x), expected)
    config = vocoder_config("hifigan", {"model": SMALL["hifigan"]})
    mel = torch.randn(1, 80, 6)
    expected = build_vocoder(config).eval().infer(mel)
    with rows_of_waves():
        torch.testing.assert_close(build_vocoder(config).eval().infer(mel), expected)
