"""Stage 1 as a whole: what is rejected and why, what is recomputed and what is not, and how splits
are drawn.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors import shard_work
from recital.preprocessors.choices import choices, other_choices
from recital.preprocessors.corpora import embedded
from recital.preprocessors.entries import Corpus
from recital.preprocessors.last_run import Summary
from recital.preprocessors.prepare import prepare
from recital.preprocessors.splits import normal_text, split
from recital.processors import reader, tokens
from recital.processors.features import PitchConfig, PreprocessConfig, TrimConfig, fingerprint
from recital.processors.store import FeatureStore, Utterance
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils import parallel
from recital.utils.config import ROOT
from recital.utils.errors import ConfigError, DataError, RecitalError, UsageError
from recital.utils.parallel import cluster_kept

RATE = 16000
AUDIO = AudioConfig(RATE, 512, 512, 160, 20, 0.0, None)
PREPROCESS = PreprocessConfig(valid=2, test=2, golden_test=1, max_rejected=0.9)
FEATURES = ("mel", "pitch", "energy", "wav")


def voice(i: int, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    """A tone with harmonics and some noise, different for each i: [S] float64."""
    times = np.arange(round(seconds * rate)) / rate
    f0 = 100.0 + 7.0 * i
    noise = np.random.default_rng(i).normal(0, 0.002, len(times))
    return 0.2 * sum(np.sin(2 * np.pi * k * f0 * times) / k for k in (1, 2, 3)) + noise


def write(
    folder: Path,
    id: str,
    wav: np.ndarray | None = None,
    rate: int = RATE,
    suffix: str = ".wav",
    **how: str,
) -> None:
    (folder / "wavs").mkdir(parents=True, exist_ok=True)
    number = int("".join(c for c in id if c.isdigit()) or 0)
    soundfile.write(
        folder / "wavs" / f"{id}{suffix}", voice(number) if wav is None else wav, rate, **how
    )


def corpus(folder: Path, n: int) -> Path:
    """n good recordings in LJSpeech's layout, each with a different text."""
    for i in range(n):
        write(folder, f"u{i:02d}")
    (folder / "metadata.csv").write_text(
        "".join(f"u{i:02d}|Text {i}.|text number {i}\n" for i in range(n))
    )
    return folder


def stage1(
    folder: Path,
    out: Path,
    preprocess: PreprocessConfig = PREPROCESS,
    layout: str = "ljspeech",
    **more: object,
) -> Summary:
    features = more.pop("features", FEATURES)
    corpus = Corpus(folder)
    return prepare("set", corpus, layout, FeatureStore(out), features, AUDIO, preprocess, **more)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, bytes]:
    """All but the record of the last run, which has times."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "stage1.json")
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def stamps(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in sorted(folder.rglob("*"))}


@pytest.fixture
def twenty(tmp_path: Path) -> Path:
    return corpus(tmp_path / "corpus", 20)


def test_features_are_what_they_say(twenty: Path, tmp_path: Path) -> None:
    before = stamps(twenty)
    summary = stage1(twenty, tmp_path / "out")
    assert (summary.utterances, summary.extracted, sum(summary.rejected.values())) == (20, 20, 0)
    store = FeatureStore(tmp_path / "out")
    readers = {f: store.reader(f, fingerprint(f, AUDIO, PREPROCESS)) for f in FEATURES}
    for u in store.utterances():
        wav, _ = soundfile.read(twenty / u.audio, dtype="int16")
        np.testing.assert_array_equal(readers["wav"][u.id], wav)
        frames = AUDIO.n_frames(len(wav))
        mel = readers["mel"][u.id]
        assert mel.shape == (20, frames) and len(readers["pitch"][u.id]) == frames
        np.testing.assert_allclose(readers["energy"][u.id], np.linalg.norm(mel, axis=0), rtol=1e-5)
        pitch = readers["pitch"][u.id]
        assert np.median(pitch[pitch > 0]) == pytest.approx(100 + 7 * int(u.id[1:]), rel=0.01)
        assert u.seconds == pytest.approx(0.5)
        assert u.text == f"text number {int(u.id[1:])}"
    assert stamps(twenty) == before  # the corpus is only read


def test_any_rate_channels_and_container(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    stereo = np.stack([voice(3, rate=44100), voice(3, rate=44100)], axis=1)
    write(folder, "a3", stereo, 44100, ".flac")
    write(folder, "b3", voice(3, rate=48000), 48000, ".ogg")
    write(folder, "c3", voice(3, rate=8000), 8000, subtype="FLOAT")
    write(folder, "d3", voice(3, 1.0, rate=24000), 24000, ".mp3")
    (folder / "metadata.csv").write_text("".join(f"{c}3|say {c}\n" for c in "abcd"))
    assert stage1(folder, tmp_path / "out").utterances == 4
    store = FeatureStore(tmp_path / "out")
    pitch = store.reader("pitch", fingerprint("pitch", AUDIO, PREPROCESS))
    wav = store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS))
    for id in ("a3", "b3", "c3", "d3"):
        assert np.median(pitch[id][pitch[id] > 0]) == pytest.approx(121, rel=0.01)
    assert len(wav["a3"]) == len(wav["c3"]) == RATE // 2


BAD: dict[str, Callable[[Path], object]] = {  # code -> makes `u00` so
    "unreadable": lambda p: p.write_bytes(b"RIFF but not really"),
    "empty_file": lambda p: p.write_bytes(b""),
    "no_samples": lambda p: soundfile.write(p, np.zeros(0), RATE),
    "silent": lambda p: soundfile.write(p, np.full(RATE, 0.1), RATE),
    "clipped": lambda p: soundfile.write(p, np.clip(20 * voice(0), -1, 1), RATE),
    "too_short": lambda p: soundfile.write(p, voice(0, 0.2), RATE),
    "too_long": lambda p: soundfile.write(p, voice(0, 21.0), RATE),
    "non_finite": lambda p: soundfile.write(
        p, np.where(np.arange(RATE) == 99, np.nan, 0.1), RATE, "FLOAT"
    ),
    "missing": lambda p: p.unlink(),
}


@pytest.mark.parametrize("code", BAD)
def test_bad_recording_is_left_out_with_a_reason(code: str, tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus", 4)
    BAD[code](folder / "wavs" / "u00.wav")
    for extracted in (4 if code != "missing" else 3, 0):  # the second run remembers
        summary = stage1(folder, tmp_path / "out")
        assert summary.rejected == {code: 1} and summary.utterances == 3
        assert summary.extracted == extracted
        (rejected,) = FeatureStore(tmp_path / "out").rejected()
        assert (rejected.id, rejected.audio, rejected.code) == ("u00", "wavs/u00.wav", code)
        assert rejected.reason and rejected.remedy
        if code == "clipped":
            assert "% of its samples" in rejected.reason


def test_half_a_flac_is_unreadable(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus", 3)
    write(folder, "x9", voice(9, 2.0), suffix=".flac")
    whole = (folder / "wavs" / "x9.flac").read_bytes()
    (folder / "wavs" / "x9.flac").write_bytes(whole[: len(whole) // 2])
    with (folder / "metadata.csv").open("a") as file:
        file.write("x9|half\n")
    assert stage1(folder, tmp_path / "out").rejected == {"unreadable": 1}


LINES = {
    "empty_text": b"u00||\n",
    "duplicate": b"u01|once more|once more\n",
    "metadata": b"u00 and no bars\n",
    "metadata ": b"u00|a|b|c|d\n",
    "metadata  ": b"u00|caf\xe9|caf\xe9\n",
    "outside": b"../u00|escapes|escapes\n",
    "bad_id": b"a/u00|other folder|other folder\n",
    "missing": b"nobody|not recorded|not recorded\n",
}


@pytest.mark.parametrize("code", LINES)
def test_bad_line_is_left_out_with_a_reason(code: str, tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus", 3)
    good = b"".join(f"u{i:02d}|text {i}|text {i}\r\n".encode() for i in (1, 2))
    (folder / "metadata.csv").write_bytes(b"\xef\xbb\xbf" + good + b"\n" + LINES[code])
    summary = stage1(folder, tmp_path / "out")
    assert summary.rejected == {code.strip(): 1} and summary.utterances == 2
    assert [u.text for u in FeatureStore(tmp_path / "out").utterances()] == ["text 1", "text 2"]


def test_recordings_outside_of_the_corpus_are_not_opened(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus", 2)
    corpus(tmp_path / "secret", 2)
    (folder / "wavs" / "link.wav").symlink_to(tmp_path / "secret" / "wavs" / "u00.wav")
    (folder / "wavs" / "inner.wav").symlink_to(folder / "wavs" / "u01.wav")
    (folder / "elsewhere").symlink_to(tmp_path / "secret")
    outside = [
        "../secret/wavs/u00.wav",
        str(folder / "wavs" / "u00.wav"),
        "wavs/link.wav",
        "elsewhere/wavs/u00.wav",
    ]
    good = ["wavs/u00.wav", "wavs/inner.wav"]
    lines = [f"{path}|text {i}|anna\n" for i, path in enumerate([*outside, *good])]
    (folder / "filelist.txt").write_text("".join(lines))
    summary = stage1(folder, tmp_path / "out", layout="filelist")
    assert summary.rejected == {"outside": 4}
    found = FeatureStore(tmp_path / "out").utterances()
    assert [(u.id, u.speaker) for u in found] == [("wavs-u00", "anna"), ("wavs-inner", "anna")]


def test_too_many_rejected_stops_and_loses_nothing(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus", 8)
    for i in range(2):
        (folder / "wavs" / f"u{i:02d}.wav").write_bytes(b"")
    strict = replace(PREPROCESS, max_rejected=0.2)
    with pytest.raises(
        DataError, match=r"2 of 8 recordings were rejected \(2 empty_file\), 25.0%.*rejected\.jsonl"
    ):
        stage1(folder, tmp_path / "out", strict)
    assert stage1(folder, tmp_path / "out", replace(strict, max_rejected=0.25)).extracted == 0
    for path in (folder / "wavs").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match=r"no usable recording in .*all 8 were rejected") as none:
        stage1(folder, tmp_path / "out", replace(strict, max_rejected=1.0))
    # the reason itself, without a look into the list
    assert "For example wavs/u00.wav: the file has 0 bytes; copy it again." in str(none.value)


def test_missing_corpus_and_unknown_names_are_clear(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere: there is no such folder.*LJ-Speech-Dataset"):
        stage1(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="wavs: cannot be read"):
        stage1(tmp_path / "empty", tmp_path / "out")
    published = tmp_path / "[LJSpeech dataset path]"
    with pytest.raises(DataError, match="is a placeholder of a published config; write the folder"):
        stage1(published, tmp_path / "out", layout="filelist")
    with pytest.raises(DataError, match=r"filelist\.txt: cannot be read.*wav\|text\|speaker"):
        stage1(tmp_path / "empty", tmp_path / "out", layout="filelist")
    with pytest.raises(ConfigError, match="'ljspeach'; did you mean 'ljspeech'"):
        stage1(tmp_path, tmp_path / "out", layout="ljspeach")
    with pytest.raises(UsageError, match="--jobs 0"):
        stage1(corpus(tmp_path / "corpus", 2), tmp_path / "out", jobs=0)


def test_limits_are_applied_without_computing_again(twenty: Path, tmp_path: Path) -> None:
    write(twenty, "u03", voice(3, 0.9))
    assert stage1(twenty, tmp_path / "out").utterances == 20
    summary = stage1(twenty, tmp_path / "out", replace(PREPROCESS, max_seconds=0.8))
    assert summary.rejected == {"too_long": 1} and summary.extracted == 0
    assert stage1(twenty, tmp_path / "out").utterances == 20


def test_trimming_cuts_the_silence_and_changes_the_folder(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus", 3)
    quiet = np.random.default_rng(0).normal(0, 1e-4, RATE)
    write(folder, "u00", np.concatenate([quiet, voice(0), quiet[: RATE // 2]]))
    trimmed = replace(PREPROCESS, trim=TrimConfig(threshold_db=-40.0, keep_seconds=0.05))
    stage1(folder, tmp_path / "out")
    assert FeatureStore(tmp_path / "out").utterances()[0].seconds == pytest.approx(2.0)
    assert stage1(folder, tmp_path / "out", trimmed).extracted == 3
    assert FeatureStore(tmp_path / "out").utterances()[0].seconds == pytest.approx(0.6, abs=0.021)


def test_change_of_pitch_settings_recomputes_pitch_only(twenty: Path, tmp_path: Path) -> None:
    stage1(twenty, tmp_path / "out")
    before = stamps(tmp_path / "out")
    other = replace(PREPROCESS, pitch=PitchConfig(f_min=80.0))
    assert stage1(twenty, tmp_path / "out", other).extracted == 20
    after = stamps(tmp_path / "out")
    new = {name.split("/")[0] for name in after.keys() - before.keys()}
    assert new == {f"pitch-{fingerprint('pitch', AUDIO, other)}", "index"}
    del before["index/stage1.json"]  # of the last run
    assert {name: after[name] for name in before if "/" in name} == {
        n: t for n, t in before.items() if "/" in n
    }


def test_nothing_to_do_touches_nothing(twenty: Path, tmp_path: Path) -> None:
    stage1(twenty, tmp_path / "out")
    before = stamps(tmp_path / "out")
    assert stage1(twenty, tmp_path / "out").extracted == 0
    assert stamps(tmp_path / "out") == before


def test_changed_added_and_removed_recordings_redo_their_shards_only(tmp_path: Path) -> None:
    folder, out = corpus(tmp_path / "corpus", 150), tmp_path / "out"
    options = {"features": ("wav",)}
    stage1(folder, out, **options)
    shards = set((out / f"wav-{fingerprint('wav', AUDIO, PREPROCESS)}").iterdir())
    assert len(shards) >= 5
    write(folder, "u40", voice(99, 0.6))
    assert 0 < stage1(folder, out, **options).extracted <= 32
    store = FeatureStore(out)
    assert store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS))["u40"].shape == (9600,)

    write(folder, "u40b", voice(5))
    lines = (folder / "metadata.csv").read_text().splitlines(keepends=True)
    (folder / "metadata.csv").write_text("".join([*lines[:41], "u40b|in between\n", *lines[41:]]))
    assert 0 < stage1(folder, out, **options).extracted <= 3 * 32
    (folder / "metadata.csv").write_text("".join(lines[:100] + lines[101:]))
    assert 0 < stage1(folder, out, **options).extracted <= 6 * 32
    assert "u40b" not in {u.id for u in store.utterances()} and len(store.utterances()) == 149
    shards = (out / f"wav-{fingerprint('wav', AUDIO, PREPROCESS)}").rglob("*.*")
    kept = {p.stem for p in shards}
    assert kept == {u.shard for u in store.utterances()}  # and nothing stale is left

    text = (folder / "metadata.csv").read_text()
    (folder / "metadata.csv").write_text(text.replace("text number 7\n", "another text\n"))
    assert stage1(folder, out, **options).extracted == 0
    assert store.utterances()[7].text == "another text"


def test_broken_shard_is_made_again(twenty: Path, tmp_path: Path) -> None:
    stage1(twenty, tmp_path / "out")
    before = files(tmp_path / "out")
    shard = next((tmp_path / "out").glob("mel-*/*/*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-100])
    (shard.parent / "x.safetensors.7.tmp").write_bytes(b"left by a killed run")
    assert 0 < stage1(twenty, tmp_path / "out").extracted < 20 + 1
    assert files(tmp_path / "out") == before


@pytest.mark.parametrize("backend", ["loky", "dask", "ray"])
def test_processes_and_clusters_write_the_same_bytes(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend == "dask" and importlib.util.find_spec("distributed") is None:
        pytest.skip("dask is not installed")
    if backend == "ray" and importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed")
    folder = corpus(tmp_path / "corpus", 30)
    write(folder, "u04", voice(4, rate=44100), 44100)
    # each header and each text is a job of its own
    monkeypatch.setattr(reader, "CHUNK", 1)
    monkeypatch.setattr(shard_work, "CHUNK", 1)
    monkeypatch.setattr(tokens, "FEW", 0)
    monkeypatch.setattr(tokens, "SHARD_MAX", 8)
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    opened = []
    if backend != "loky":
        start = getattr(parallel, f"_{backend}")
        counted = lambda jobs: opened.append(jobs) or start(jobs)  # noqa: E731
        monkeypatch.setattr(parallel, f"_{backend}", counted)
    preprocess = replace(PREPROCESS, trim=TrimConfig())
    config = TextConfig(cleaners="basic_cleaners")
    with cluster_kept():
        for name, how in {"serial": {}, backend: {"jobs": 2, "backend": backend}}.items():
            summary = stage1(folder, tmp_path / name, preprocess, **how)
            assert summary.extracted == summary.utterances == 30
            text = TextProcessor(config, symbols_for(config))
            FeatureStore(tmp_path / name).tokens(text, **how)  # type: ignore[arg-type]
    serial = files(tmp_path / "serial")
    assert len(serial) >= 6 + 2 * 4 + 4
    assert files(tmp_path / backend) == serial
    assert opened == ([] if backend == "loky" else [2])  # once, for all steps


def test_missing_backend_is_one_clear_line(
    twenty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RecitalError, match="--backend ray: its package is missing.*pip install"):
        stage1(twenty, tmp_path / "out", backend="ray")


COMMAND = """
from recital.bins.common.command import run
from recital.bins.preprocess import main
run(main)
"""


def command(folder: Path, out: Path, *flags: str) -> list[str]:
    config = out.parent / "exp_config.json"
    tree = {
        "base_config": ["config/tts/fastpitch.json", "config/audio/tacotron_22k.json"],
        "dataset": ["set"],
        "dataset_path": {"set": str(folder)},
        "dataset_layout": {"set": "ljspeech"},
        "preprocess": {"processed_dir": str(out)},
    }
    config.write_text(json.dumps(tree))
    return [sys.executable, "-c", COMMAND, "--config", str(config), *flags]


def run_command(folder: Path, out: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, out, *flags), capture_output=True, text=True, cwd=ROOT, timeout=300
    )


DRIVER = """
import sys
from pathlib import Path
from tests.data.test_preprocess import stage1
stage1(Path(sys.argv[1]), Path(sys.argv[2]), features=("pitch", "wav"))
"""


def test_killed_at_any_point_it_does_the_rest(tmp_path: Path) -> None:
    folder, out = corpus(tmp_path / "corpus", 150), tmp_path / "out"
    stage1(folder, tmp_path / "whole", features=("pitch", "wav"))
    kills = 0
    for shards in (1, 4):  # kill -9 after this many
        driver = [sys.executable, "-c", DRIVER, str(folder), str(out)]
        process = subprocess.Popen(driver, cwd=ROOT)
        while len(list(out.glob("pitch-*/*/*.safetensors"))) < shards and process.poll() is None:
            time.sleep(0.005)
        kills += process.poll() is None
        process.kill()
        process.wait()
    assert kills
    done = {n: t for n, t in stamps(out).items() if n.endswith(".safetensors")}
    stage1(folder, out, features=("pitch", "wav"))
    assert files(out) == files(tmp_path / "whole")
    now = stamps(out)
    assert done and {n: now[n] for n in done} == done  # finished work is not repeated


def test_command_line_summary_exit_codes_and_quick_second_run(tmp_path: Path) -> None:
    folder, out = corpus(tmp_path / "corpus", 20), tmp_path / "out"
    made = run_command(folder, out, "--jobs", "1")
    assert made.returncode == 0, made.stderr
    for part in ("20 (0.00 h)", "train 16", "valid 2", "test 2", "rejected    none"):
        assert part in made.stdout

    arguments = command(folder, out)  # importing torch would take longer than all the rest
    arguments[2] = COMMAND.replace("run(main)", "main(); import sys; print('torch' in sys.modules)")
    warm = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert warm.stdout.splitlines()[-1] == "False", warm.stderr

    for i in range(3):
        (folder / "wavs" / f"u{i:02d}.wav").unlink()
    stopped = run_command(folder, out, "--jobs", "1")
    assert stopped.returncode == 1
    assert "3 of 20 recordings were rejected (3 missing)" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert run_command(folder, out, "--backend", "hadoop").returncode == 2


def utterances(texts: list[str]) -> list[Utterance]:
    return [Utterance(f"u{i}", f"wavs/u{i}.wav", text) for i, text in enumerate(texts)]


def test_splits_are_disjoint_by_text_and_full() -> None:
    config = PreprocessConfig(valid=32, test=40, golden_test=8)
    texts = [f"Prompt {i}." for i in range(700)] + [f"prompt {i}!" for i in range(0, 700, 2)]
    found = split(utterances(texts), config)
    assert {k: len(v) for k, v in found.items()} == {
        "test": 40,
        "valid": 32,
        "golden_test": 8,
        "train": 978,
    }
    heard = {name: {normal_text(texts[int(id[1:])]) for id in ids} for name, ids in found.items()}
    assert not heard["train"] & heard["valid"] and not heard["train"] & heard["test"]
    assert not heard["valid"] & heard["test"] and heard["golden_test"] <= heard["test"]
    assert sorted(found["train"] + found["valid"] + found["test"]) == sorted(
        f"u{i}" for i in range(1050)
    )
    assert split(utterances(texts), replace(config, seed=1))["test"] != found["test"]


PINNED = {  # the splits of version 0.1, by what is given: test, valid, golden_test
    "": (
        "u2 u11 u74 u75 u77 u86 u103 u108 u125 u134 u136 u137",
        "u50 u54 u72 u99 u112 u139 u157 u161",
        "u77 u103 u134",
    ),
    "golden_test": (
        "u7 u27 u47 u67 u77 u87 u107 u127 u134 u147 u167 u187",
        "u2 u8 u74 u86 u103 u108 u125 u137",
        "u7 u27 u47 u67 u87 u107 u127 u147 u167 u187",
    ),
    "train": ("", "u7 u27 u67 u87 u107 u127 u147 u187", ""),
}


@pytest.mark.parametrize("given", PINNED)
def test_splits_stay_as_they_are(given: str) -> None:
    """Texts are said up to four times, by speakers with different shares of the corpus."""
    config = PreprocessConfig(valid=8, test=12, golden_test=3)
    said = [
        Utterance(
            f"u{i}",
            "",
            f"Text {i * i % 211}{'!?'[i % 2]}",
            f"s{i % 7 % 4}",
            split=given if i % 20 == 7 else "",
        )
        for i in range(200)
    ]
    found = split(said, config)
    assert (
        tuple(" ".join(found[name]) for name in ("test", "valid", "golden_test")) == PINNED[given]
    )
    held_out = {*found["test"], *found["valid"]}
    possible = [u.id for u in said if u.split == given or given != "train"]
    assert found["train"] == [id for id in possible if id not in held_out]


def test_one_more_recording_moves_next_to_none() -> None:
    config = PreprocessConfig(valid=32, test=40)
    texts = [f"Prompt {i}." for i in range(500)]
    before, after = (
        split(utterances(texts), config),
        split(utterances([*texts, "A new one."]), config),
    )
    for name in ("test", "valid"):
        assert len(set(after[name]) - set(before[name])) <= 1


@pytest.mark.parametrize(("n", "train"), [(1, 1), (2, 1), (3, 1), (9, 7), (24, 20), (100, 80)])
def test_small_corpora_keep_something_of_each(n: int, train: int) -> None:
    found = split(utterances([f"text {i}" for i in range(n)]), PreprocessConfig())
    assert len(found["train"]) == train
    if n > 2:
        assert found["valid"] and found["test"] and found["golden_test"]


def test_embedded_corpus_is_made_once_with_phoneme_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec("espeakng_loader") is None:
        pytest.skip("espeak-ng is not installed")
    sentences = tmp_path / "sentences.txt"
    sentences.write_text("".join(embedded.SENTENCES.read_text().splitlines(keepends=True)[:4]))
    monkeypatch.setattr(embedded, "SENTENCES", sentences)
    folder = tmp_path / "corpora" / "embedded"
    assert stage1(folder, tmp_path / "out", layout="embedded").utterances == 4
    lines = [json.loads(line) for line in (folder / "phonemes.jsonl").read_text().splitlines()]
    for line in lines:
        assert len(line["phonemes"]) == len(line["starts"]) > 10
        assert line["starts"] == sorted(line["starts"])
        assert line["starts"][-1] < soundfile.info(folder / "wavs" / f"{line['id']}.wav").duration
    before = stamps(folder)
    assert stage1(folder, tmp_path / "out", layout="embedded").extracted == 0
    assert stamps(folder) == before and len(list((tmp_path / "corpora").iterdir())) == 1


@pytest.mark.parametrize(("rate", "noted"), [(8000, True), (RATE, False), (48000, False)])
def test_recordings_without_highs_are_noted(tmp_path: Path, rate: int, noted: bool) -> None:
    folder = corpus(tmp_path / "set", 4)
    for i in range(3):
        write(folder, f"u{i:02d}", voice(i, rate=rate), rate)
    notes = stage1(folder, tmp_path / "out").notes
    assert [note for note in notes if "8000 Hz, so nothing above 4000 Hz" in note] == notes
    assert bool(notes) == noted


def test_given_lists_do_not_hide_why_nothing_is_usable(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "set", 3)
    for file in (folder / "wavs").iterdir():
        file.write_bytes(b"")
    (tmp_path / "train.txt").write_text("u00\nu01\n")
    given = Corpus(folder, splits={"train": [tmp_path / "train.txt"]})
    store = FeatureStore(tmp_path / "out")
    with pytest.raises(DataError, match="all 3 were rejected"):
        prepare("set", given, "ljspeech", store, FEATURES, AUDIO, PREPROCESS)


def test_what_models_have_learned_is_said_when_it_becomes_test(
    twenty: Path, tmp_path: Path
) -> None:
    """Another recipe on the same dataset may ask for other splits."""
    out = tmp_path / "out"
    assert not stage1(twenty, out).notes
    learned = set(FeatureStore(out).split("train"))
    notes = stage1(twenty, out, replace(PREPROCESS, seed=5)).notes
    store = FeatureStore(out)
    moved = {name: len(learned & set(store.split(name))) for name in ("valid", "test")}
    which = " and ".join(f"{n} of {name}" for name, n in moved.items() if n)
    assert which and any(note.startswith(f"{which} were in train until now") for note in notes)
    fewer = replace(PREPROCESS, seed=5, valid=1, test=1)
    assert not any("until now" in note for note in stage1(twenty, out, fewer).notes)


def test_a_training_knows_whose_choices_the_last_stage_1_made(twenty: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    store = FeatureStore(out)
    own = choices(twenty, PREPROCESS, {}, {})
    assert other_choices(store, own) == []  # an earlier version kept none
    stage1(twenty, out)
    assert other_choices(store, own) == []
    stage1(twenty, out, replace(PREPROCESS, valid=1, max_seconds=9.0), exclude={"u03": "noise"})
    assert other_choices(store, own) == [
        "preprocess.max_seconds 9.0, here 20.0",
        "preprocess.valid 1, here 2",
        "dataset_exclude of 1, here none",
    ]
    stage1(twenty, out)  # kept, with nothing to do
    assert other_choices(store, own) == []
    others = other_choices(store, choices(tmp_path / "mine", PREPROCESS, {}, {}))
    assert others == ['dataset_path "corpus", here "mine"']
    (tmp_path / "link").symlink_to(twenty)
    assert choices(tmp_path / "link", PREPROCESS, {}, {}) == choices(twenty, PREPROCESS, {}, {})


def test_a_broken_list_of_a_split_is_written_again(twenty: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stage1(twenty, out)
    for name in ("valid", "train"):
        path = out / f"{name}.txt"
        whole = path.read_bytes()
        path.write_bytes(b"\xff\xfe\n")
        stage1(twenty, out)
        assert path.read_bytes() == whole


def test_all_left_out_is_no_empty_list(twenty: Path, tmp_path: Path) -> None:
    exclude = {f"u{i:02}": "noise" for i in range(20)}
    with pytest.raises(DataError, match="dataset_exclude leaves out all 20; shorten that list"):
        stage1(twenty, tmp_path / "out", exclude=exclude)


def test_choices_of_as_many_others_differ(twenty: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stage1(twenty, out, exclude={"u03": "noise"})
    own = choices(twenty, PREPROCESS, {"u04": ""}, {})
    assert other_choices(FeatureStore(out), own) == ["dataset_exclude of 1, here of others"]
    assert other_choices(FeatureStore(out), choices(twenty, PREPROCESS, None, {})) == []
