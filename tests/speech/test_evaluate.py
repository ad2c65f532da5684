"""Stage 4 end to end: what is compared, what is written, and the page in a browser."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markupsafe import escape

from recital.bins import evaluate, inference, vocode
from recital.processors.audio_files import save_wav
from recital.processors.evaluation import judges
from recital.processors.evaluation.inputs import (
    Run,
    folder_references,
    open_run,
    read_texts,
    run_name,
    unique_names,
    waves,
)
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, DataError, RecitalError

RATE = 22050
EVIL = "<script>alert('&\"')</script>"


def hum(seconds: float, f0: float, seed: int = 0) -> np.ndarray:
    """Ten harmonics that fade in and out, with a little noise: [S]."""
    t = np.arange(round(seconds * RATE)) / RATE
    f0_curve = f0 * (1 + 0.1 * np.sin(2 * np.pi * t / seconds))
    phase = 2 * np.pi * np.cumsum(f0_curve) / RATE
    wav = sum(np.sin(k * phase) / k for k in range(1, 11)) * np.sin(np.pi * t / seconds)
    noise = 0.002 * np.random.default_rng(seed).standard_normal(len(t))
    return (0.2 * wav + noise).astype(np.float32)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """real/, near/ (with slightly more noise, in step) and far/ (slower and higher, with stage 3's
    JSON).
    """
    root = tmp_path_factory.mktemp("waves")
    for i, name in enumerate(("a", "b", "c & d")):
        save_wav(root / f"real/{name}.wav", hum(0.6 + 0.1 * i, 110, i), RATE)
        save_wav(root / f"near/{name}.wav", hum(0.6 + 0.1 * i, 110, i + 9), RATE)
        save_wav(root / f"far/{name}.wav", hum(0.9 + 0.1 * i, 121, i), RATE)
        note = {"text": f"{EVIL} {name}", "seconds": 2.0, "real_time_factor": 0.1 * (i + 1)}
        note |= {"starts": [0.0, 0.3], "tokens": ["<b>", "ˈa"]}
        (root / f"far/{name}.json").write_text(json.dumps(note))
    return root


@pytest.fixture(scope="module")
def compared(folders: Path) -> Path:
    """Both runs compared with the recordings, in out/."""
    out = folders / "out"
    runs = [f"--synthesis_dir={folders}/near", f"--synthesis_dir={EVIL}={folders}/far"]
    assert run(folders, *runs, f"--eval_output_dir={out}") == 0
    return out


def run(folders: Path, *words: str) -> int:
    none = ("--recognizer=none", "--judges=none")
    return evaluate.main([f"--reference_dir={folders}/real", *none, "--jobs=1", *words])


def read(out: Path) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((out / "metrics.json").read_text())
    return tree


def test_figures_of_two_runs(compared: Path) -> None:
    tree = read(compared)
    near, far = tree["runs"]["near"], tree["runs"][EVIL]
    assert near["in_step"] and not far["in_step"]
    assert near["summary"]["mcd_24"]["value"] < far["summary"]["mcd_24"]["value"]
    assert near["summary"]["mel_l1"]["value"] < far["summary"]["mel_l1"]["value"]
    assert near["summary"]["stft_distance"]["n"] == 3 and "stft_distance" not in far["summary"]
    assert far["summary"]["mean_f0_difference"]["value"] == pytest.approx(10.0, abs=1.0)
    assert far["summary"]["speaking_rate_difference"]["value"] == pytest.approx(-30.0, abs=2.0)
    assert far["summary"]["log_f0_rmse"]["value"] == pytest.approx(np.log(1.1), abs=0.02)
    assert far["summary"]["voicing_f1"]["value"] > 0.9
    assert far["summary"]["real_time_factor"]["value"] == pytest.approx(0.2)
    assert far["summary"]["duration_error"]["value"] == pytest.approx(0.3, abs=0.03)
    figure = far["summary"]["mcd_24"]
    each = [u["mcd_24"] for u in far["utterances"]]
    assert figure["value"] == pytest.approx(np.mean(each), rel=1e-5)
    assert min(each) <= figure["low"] <= figure["value"] <= figure["high"] <= max(each)


def test_absent_judges_are_named_and_stop_nothing(
    folders: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(judges, "_has", lambda name: False)
    words = ("--judges=all", f"--synthesis_dir={folders}/near", f"--eval_output_dir={tmp_path}")
    assert run(folders, *words) == 0
    said = capsys.readouterr().out
    for name in ("DNSMOS", "DistillMOS", "speaker similarity"):
        assert re.search(rf"^not measured: {name}: pip install ", said, re.M)
    assert "distillmos" not in read(tmp_path)["recordings"]["summary"]


def test_csv_has_a_line_for_each_wave(compared: Path) -> None:
    with (compared / "metrics.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["run"], line["id"]) for line in lines[:3]] == [
        ("recordings", "a"),
        ("near", "a"),
        (EVIL, "a"),
    ]
    assert len(lines) == 9
    of_json = read(compared)["runs"]["near"]["utterances"][1]["mcd_13"]
    assert [float(x["mcd_13"]) for x in lines if (x["run"], x["id"]) == ("near", "b")] == [of_json]


def test_the_same_for_any_number_of_processes(folders: Path, compared: Path) -> None:
    words = [f"--synthesis_dir={folders}/near", f"--synthesis_dir={EVIL}={folders}/far"]
    assert run(folders, *words, f"--eval_output_dir={folders}/two", "--jobs=2") == 0
    assert read(folders / "two") == read(compared)


def test_the_page_is_whole_and_escapes_what_it_shows(compared: Path) -> None:
    page = (compared / "index.html").read_text()
    assert EVIL not in page and str(escape(EVIL)) in page
    assert "<b>" not in page  # per token
    assert set(re.findall(r"<(script|link|iframe|base)\b", page)) == {"script"}
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    assert f"script-src 'sha256-{digest}'" in unescape(page.split("</head>")[0])
    sources = re.findall(r"\b(?:src|href)=\"([^\"]{1,40})", page)
    assert len(sources) == 2 * 9 and all(s.startswith("data:") for s in sources)
    assert not re.search(r"https?://", page)
    titles = re.findall(r"<article[^>]*><h3>([^<]*)</h3>", page)
    worst = sorted(
        read(compared)["runs"][EVIL]["utterances"], key=lambda u: u["mcd_24"], reverse=True
    )
    assert titles == [str(escape(u["id"])) for u in worst]


def test_runs_in_step_and_not_on_one_page(folders: Path, tmp_path: Path) -> None:
    """A recording that starts with silence is shown trimmed; a run in step is compared with all of
    it.
    """
    for name, seconds in (("real", 0.4), ("near", 0.4), ("far", 0.6)):
        wav = np.pad(hum(1.0, 110), (round(seconds * RATE), RATE // 4))
        save_wav(tmp_path / name / "a.wav", wav, RATE)
    note = {"starts": [0.6, 1.0], "tokens": ["m", "n"]}
    (tmp_path / "far/a.json").write_text(json.dumps(note))
    words = [f"--synthesis_dir={tmp_path}/{name}" for name in ("near", "far")]
    assert run(tmp_path, *words, f"--eval_output_dir={tmp_path}/out") == 0
    assert [r["in_step"] for r in read(tmp_path / "out")["runs"].values()] == [True, False]
    recording, near, far = (tmp_path / "out/index.html").read_text().split("<audio")[1:]
    assert [part.count('class="other"') for part in (recording, near, far)] == [0, 1, 1]
    tokens = re.findall(r'<path d="M([\d.]+) 0V136"/>\s*<text[^>]*>(\w)</text>', recording)
    assert [name for _, name in tokens] == ["m", "n"]
    # the wave's first 0.6 s are silence, of which 0.05 s are kept: 150 pixels a second
    assert [float(x) for x, _ in tokens] == pytest.approx([7.5, 67.5], abs=8)


def test_links_instead_of_audio_and_fewer_utterances(folders: Path) -> None:
    out = folders / "linked page"
    words = [f"--eval_output_dir={out}", "--page_audio=link", "--page_limit=2"]
    assert run(folders, f"--synthesis_dir={folders}/far", *words) == 0
    page = (out / "index.html").read_text()
    links = re.findall(r"<audio[^>]* src=\"([^\"#]*)", page)
    assert len(links) == 4 and page.count("<article") == 2 and "2 of 3" in page
    for link in links:
        assert (out / link.replace("%20", " ").replace("%26", "&")).is_file()


def test_the_page_in_a_browser(compared: Path, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("no chromium here")
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    words += [f"--user-data-dir={tmp_path}", "--virtual-time-budget=3000", "--enable-logging"]
    done = subprocess.run(
        [browser, *words, "--v=0", "--dump-dom", (compared / "index.html").as_uri()],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("<article") == 3 and done.stdout.count("<audio") == 9
    assert "CONSOLE" not in done.stderr  # no error of the script, nothing refused by the policy
    # the page's own script ran: it marks the list
    assert 'data-ready="yes"' in done.stdout


def test_bad_files_are_named_and_do_not_stop_the_rest(
    folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folders / "far", tmp_path / "bad")
    (tmp_path / "bad/a.wav").write_bytes(b"RIFF no more")
    save_wav(tmp_path / "bad/b.wav", np.zeros(RATE), RATE)
    out = tmp_path / "out"
    assert run(folders, f"--synthesis_dir={tmp_path}/bad", f"--eval_output_dir={out}") == 1
    said = capsys.readouterr().err
    assert "error: a, bad:" in said and "error: b, bad:" in said and "silent" in said
    tree = read(out)["runs"]["bad"]
    assert tree["summary"]["mcd_24"]["n"] == 1
    assert ["error" in u for u in tree["utterances"]] == [True, True, False]
    assert "cannot be decoded" in (out / "index.html").read_text()


def test_a_missing_wave_is_an_error_where_another_run_has_it(
    folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folders / "far", tmp_path / "fewer")
    (tmp_path / "fewer/b.wav").unlink()
    words = [f"--synthesis_dir={tmp_path}/fewer", f"--eval_output_dir={tmp_path}/out"]
    assert run(folders, *words) == 0
    assert "1 of 3 recordings have no synthesis" in capsys.readouterr().out
    assert run(folders, *words, f"--synthesis_dir={folders}/near") == 1
    assert "fewer: 1 waves are missing (b)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--synthesis_dir"),
        (["--synthesis_dir=nowhere"], "nowhere: is not a folder"),
        (["--synthesis_dir={}/real", "--recognizer=whisper"], "no text is known"),
        (["--synthesis_dir={}/far", "--recognizer=whisper"], "--recognizer_dir"),
        (["--synthesis_dir={}/empty"], "holds no audio file"),
        (["--synthesis_dir={}/others"], "no file is named like a recording"),
        (["--synthesis_dir={}/near", "--jobs=0"], "--jobs 0"),
        (["--synthesis_dir={}/near", "--seed=-1"], "--seed: expected a whole number from 0"),
        (["--synthesis_dir={}/near", "--texts={}/others.csv"], "has no text of a recording in"),
    ],
)
def test_what_cannot_be_done_is_said(folders: Path, words: list[str], message: str) -> None:
    (folders / "empty").mkdir(exist_ok=True)
    save_wav(folders / "others/x.wav", hum(0.5, 100), RATE)
    (folders / "others.csv").write_text("x|Hello.\n")
    given = [f"--reference_dir={folders}/real", *(w.format(folders) for w in words)]
    with pytest.raises(RecitalError, match=re.escape(message)):
        evaluate.main(given)


def test_a_folder_may_have_a_sign_of_equality_in_its_name(folders: Path) -> None:
    save_wav(folders / "e=f/x.wav", hum(0.5, 100), RATE)
    references = folder_references(folders / "e=f", {})
    for words, name in ((f"n={folders}/e=f", "n"), (f"{folders}/e=f", "e=f")):
        run = open_run(words, references)
        assert (run.name, run.directory) == (name, folders / "e=f")


def test_texts_and_names(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a|Dr. X|Doctor X\nb|Hello\n\n")
    assert read_texts(tmp_path / "t.csv") == {"a": "Doctor X", "b": "Hello"}
    (tmp_path / "t.csv").write_text("a|one\njust words\n")
    with pytest.raises(DataError, match="line 2"):
        read_texts(tmp_path / "t.csv")
    assert run_name(Path("/x/ckpts/demo/infer/batch")) == "demo"
    given = ["a", "a", "b", "a 2", "a", "recordings"]
    runs = [Run(name, tmp_path, {}, []) for name in given]
    unique_names(runs)
    assert [r.name for r in runs] == ["a", "a 2", "b", "a 2 2", "a 3", "recordings 2"]


class Voice:
    """A fake stage 3: records its arguments, and writes waves of the newest checkpoint."""

    def __init__(self, corpus: Path) -> None:
        self.corpus, self.hash = corpus, "one"
        self.calls: list[list[str]] = []

    def __call__(self, words: Sequence[str]) -> int:
        self.calls.append(list(words))
        given = dict(word[2:].split("=", 1) for word in words)
        folder = "batch" if "infer_mode" in given else "pred"
        for path in sorted(self.corpus.glob("*.wav")):
            out = Path(given["infer_output_dir"]) / folder / path.name
            out.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, out)
            out.with_suffix(".json").write_text(json.dumps({"checkpoint": self.hash}))
        return 0


@pytest.mark.parametrize("model_type", ["FastPitch", "HiFiGAN"])
def test_a_split_is_spoken_once_for_each_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_type: str
) -> None:
    store = tmp_path / "data/hums"
    store.mkdir(parents=True)
    ids = ("a", "b")
    corpus = tmp_path / "hums"
    for seed, name in enumerate(ids):
        save_wav(corpus / f"{name}.wav", hum(0.3, 110, seed), RATE)
    lines = [json.dumps({"id": i, "audio": f"{i}.wav", "text": "la"}) for i in ids]
    (store / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    (store / "test.txt").write_text("a\nb\n")
    config = tmp_path / "config.json"
    base = "fastpitch" if model_type == "FastPitch" else "hifigan"
    kind = "tts" if model_type == "FastPitch" else "vocoder"
    tree = {
        "base_config": f"config/{kind}/{base}.json",
        "dataset": ["hums"],
        "dataset_path": {"hums": str(corpus)},
        "log_dir": str(tmp_path / "ckpts"),
        "preprocess": {"processed_dir": str(tmp_path / "data"), "trim": None},
    }
    config.write_text(json.dumps(tree))
    voice = Voice(corpus)
    monkeypatch.setattr(inference, "main", voice)
    monkeypatch.setattr(vocode, "main", voice)
    monkeypatch.setattr(checkpoint, "find", lambda directory, which: Path(directory))
    monkeypatch.setattr(checkpoint, "model_hash", lambda directory: voice.hash)
    words = [f"--config={config}", "--name=mine", "--recognizer=none", "--judges=none", "--jobs=1"]
    assert evaluate.main(words) == 0
    assert len(voice.calls) == 1 and f"--infer_expt_dir={tmp_path}/ckpts/mine" in voice.calls[0]
    mine = read(tmp_path / "ckpts/mine/evaluation/test")["runs"]["mine"]
    assert mine["in_step"] and mine["summary"]["mcd_24"] == {
        "value": 0,
        "low": 0,
        "high": 0,
        "n": 2,
    }
    assert evaluate.main(words) == 0 and len(voice.calls) == 1  # its waves exist
    voice.hash = "two"
    assert evaluate.main(words) == 0 and len(voice.calls) == 2  # trained on since
    monkeypatch.setattr(checkpoint, "find", no_checkpoint)
    assert evaluate.main(words) == 0 and len(voice.calls) == 2  # existing files are used


def no_checkpoint(directory: Path, which: str) -> Path:
    raise CheckpointError(f"{directory}: holds no checkpoint")


def test_the_folder_of_a_corpus_has_its_recordings_in_wavs(folders: Path, tmp_path: Path) -> None:
    shutil.copytree(folders / "real", tmp_path / "corpus/wavs")
    (tmp_path / "corpus/metadata.csv").write_text("a|Hello.\n")
    inside = waves(tmp_path / "corpus")
    assert {id: path.name for id, path in inside.items()} == {
        id: path.name for id, path in waves(folders / "real").items()
    }
    shutil.copy(folders / "real/a.wav", tmp_path / "corpus/own.wav")
    assert list(waves(tmp_path / "corpus")) == ["own"]
