"""Speed beside the references' code: what runs, what counts, and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from recital.bins.benchmark.references import run
from recital.bins.benchmark.references.pair import Pair, check_checkout, foreign, options
from recital.bins.benchmark.runner import main
from recital.utils.errors import RecitalError, UsageError


def checkout(folder: Path, name: str) -> Path:
    file = folder / run.CODES[name].file
    file.parent.mkdir(parents=True)
    code = "from utils import offset\nimport absent\n\ndef double(x): return 2 * x + offset\n"
    file.write_text(code)
    (file.parent / "utils.py").write_text("offset = 1\n")
    return folder


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ([], "--code: give checkouts"),
        (["bigvgann=/tmp"], "did you mean 'bigvgan'"),
        (["bigvgan"], "expected NAME=FOLDER"),
        (["bigvgan=/nowhere"], "there is no bigvgan.py; give the root of a checkout of https://"),
    ],
)
def test_what_is_no_checkout_is_refused(code, said):
    with pytest.raises(UsageError) as caught:
        run.bench_references(code)
    assert said in str(caught.value)


def test_the_option_is_of_this_benchmark_alone(capsys):
    with pytest.raises(UsageError, match="--code: is for the benchmark references"):
        main(["text", "--code", "bigvgan=/nowhere"])


def test_code_of_a_checkout_is_imported_from_it_alone(tmp_path, monkeypatch):
    folder = checkout(tmp_path / "theirs", "hifigan")
    check_checkout("hifigan", run.CODES["hifigan"], folder)
    monkeypatch.setattr("sys.path", ["/elsewhere"])
    monkeypatch.setattr("sys.modules", sys.modules.copy())
    module = foreign(folder, "models", without=("absent",))
    assert Path(module.__file__).parent == folder and module.double(3) == 7
    assert sys.path == [str(folder), "/elsewhere"]
    assert options({"a": {"b": 1}}).a.b == 1


def test_code_that_cannot_be_run_is_one_line(tmp_path):
    folder = checkout(tmp_path / "theirs", "hifigan")
    with pytest.raises(RecitalError, match=r"HiFi-GAN V1: .* cannot be run here \(FileNotFound"):
        run.compare("HiFi-GAN V1", folder, 1)


def test_the_two_run_in_turn_and_the_first_calls_do_not_count():
    called = []
    pair = Pair(lambda: called.append("ours"), lambda: called.append("theirs"))
    ours, theirs = run.in_turn(pair, rounds=3)
    assert called == ["ours", "theirs"] * 4
    assert len(ours) == len(theirs) == 3
    called.clear()
    assert len(run.in_turn(pair, rounds=3, longest=0.0)[0]) == 1  # slow ones: one round
    assert called == ["ours", "theirs"] * 2


@pytest.mark.parametrize(("other", "alike"), [(1.00001, True), (1.01, False)])
def test_waves_of_the_same_weights_must_be_the_same(monkeypatch, other, alike):
    wave = torch.linspace(-1, 1, 100)
    pair = Pair(lambda: wave, lambda: other * wave[:-3], alike=True)
    monkeypatch.setitem(run.ROWS, "MelGAN", run.Row("amphion", lambda folder: pair))
    threads = torch.get_num_threads()
    if alike:
        assert "times as fast" in run.compare("MelGAN", Path(), threads)
    else:
        with pytest.raises(RecitalError, match="MelGAN: the waves differ by"):
            run.compare("MelGAN", Path(), threads)
