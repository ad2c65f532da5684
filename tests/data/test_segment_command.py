"""`run.sh --segment` on recordings: joined clips of LJSpeech, whose borders are known, with texts
that do not match everywhere; and a poem, and other languages.

The network heard neither LJSpeech nor aeneas_longform in its training.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from recital.bins import segment
from recital.preprocessors.segmentation import book
from recital.processors.audio_files import decode, trim_silence
from recital.processors.features import TrimConfig
from recital.utils.errors import DataError, UsageError

pytest.importorskip("espeakng_loader")
CONFIG = "--config=egs/tts/FastPitch/exp_config.json"
CLIPS = slice(60, 110)  # of LJSpeech: some five minutes
EDGE = 0.05  # s
AUDIBLE = TrimConfig(threshold_db=-40.0, keep_seconds=0.0)


class Chapter:
    """Clips joined: their texts, and when each begins and ends to speak."""

    def __init__(self, recordings: Path, clips: slice) -> None:
        folder = recordings / "ljspeech_385"
        lines = (folder / "metadata.csv").read_text(encoding="utf-8").splitlines()
        rows = [line.split("|") for line in lines][clips]
        self.texts = [row[1] for row in rows]
        self.wavs, self.places, self.rate, done = [], [], 0, 0
        for id, *_ in rows:
            wav, self.rate = decode(folder / "wavs" / f"{id}.ogg")
            first, last = trim_silence(wav, self.rate, AUDIBLE)
            self.places.append(((done + first) / self.rate, (done + last) / self.rate))
            self.wavs.append(wav)
            done += len(wav)

    def write(self, folder: Path, name: str = "chapter") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / f"{name}.flac", np.concatenate(self.wavs), self.rate)
        (folder / f"{name}.txt").write_text("\n".join(self.texts), encoding="utf-8")


@pytest.fixture(scope="module")
def chapter(recordings: Path) -> Chapter:
    return Chapter(recordings, CLIPS)


def run(folder: Path, output: Path, *flags: str) -> tuple[list[dict[str, Any]], ...]:
    segment.main([CONFIG, f"--segment={folder}", f"--segment_output={output}", "--jobs=1", *flags])
    return lines(output / "segments.jsonl"), lines(output / "rejected.jsonl")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def squeezed(text: str) -> str:
    return "".join(text.split())


def clip_errors(kept: list[dict[str, Any]], chapter: Chapter) -> list[float]:
    """How far borders of utterances that are borders of clips are from those, in seconds."""
    begins: dict[int, float] = {}
    ends: dict[int, float] = {}
    whole = ""
    for text, (start, end) in zip(chapter.texts, chapter.places, strict=True):
        begins[len(whole)] = start
        whole += squeezed(text)
        ends[len(whole)] = end
    errors, place = [], 0
    for row in kept:
        first = whole.index(squeezed(row["text"]), place)
        place = first + len(squeezed(row["text"]))
        errors += [row["start"] - begins[first]] if first in begins else []
        errors += [row["end"] - ends[place]] if place in ends else []
    return errors


def test_a_chapter_becomes_a_corpus(recordings: Path, tmp_path: Path) -> None:
    """All of LJ001, 20 minutes: some ten seconds to hear."""
    chapter = Chapter(recordings, slice(186))
    chapter.write(tmp_path / "book")
    kept, rejected = run(tmp_path / "book", tmp_path / "out")
    seconds = sum(map(len, chapter.wavs)) / chapter.rate
    assert sum(row["end"] - row["start"] for row in kept) > 0.7 * seconds
    errors = np.abs(clip_errors(kept, chapter))
    assert len(errors) > 80
    assert (errors <= EDGE).mean() >= 0.95
    metadata = (tmp_path / "out/metadata.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split("|")[:2] for line in metadata] == [[r["id"], r["text"]] for r in kept]
    for row in kept:
        wav, rate = soundfile.read(tmp_path / f"out/wavs/{row['id']}.flac")
        assert rate == chapter.rate
        assert abs(len(wav) / rate - (row["end"] - row["start"])) < 0.002
    assert "confidence" in (tmp_path / "out/segments.html").read_text(encoding="utf-8")
    assert not list((tmp_path / "out/parts").glob("*.heard"))
    assert all(row["reason"] and row["remedy"] for row in rejected)


def test_no_wrong_text_is_kept(chapter: Chapter, tmp_path: Path) -> None:
    """A preface is not read; a paragraph is missing in the text; one is not read; one is replaced
    by another text.
    """
    chapter.write(tmp_path / "book")
    other = "It was the best of times, it was the worst of times, it was the age of wisdom. " * 3
    texts = list(chapter.texts)
    texts[20] = other
    texts[30:33] = []
    texts[38] += " " + other.upper().capitalize()
    preface = "The Project Gutenberg eBook.\n\nThis eBook is for the use of anyone. " * 8 + "\n\n"
    text = preface + "\n\n".join(texts)
    (tmp_path / "book/chapter.txt").write_text(text, encoding="utf-8")
    kept, rejected = run(tmp_path / "book", tmp_path / "out")
    spoken = squeezed(" ".join(chapter.texts))
    place = 0
    for row in kept:
        place = spoken.find(squeezed(row["text"]), place)
        assert place >= 0, f"is not said: {row['text']}"
        assert not {20, 30, 31, 32} & set(clips_of(row, chapter)), row["text"]
    codes = {row["code"] for row in rejected}
    assert {"not_read", "not_in_text"} <= codes
    seconds = sum(map(len, chapter.wavs)) / chapter.rate
    assert sum(row["end"] - row["start"] for row in kept) > 0.6 * seconds


def test_most_single_wrong_words_are_found(chapter: Chapter, tmp_path: Path) -> None:
    chapter.write(tmp_path / "book")
    texts = list(chapter.texts)
    wrong = ["elephant", "tomorrow", "Wednesday", "umbrella", "spaghetti"]
    for n, i in enumerate(range(2, 50, 3)):
        words = texts[i].split()
        words[len(words) // 2] = f"{wrong[n % 5]}{n}"
        texts[i] = " ".join(words)
    (tmp_path / "book/chapter.txt").write_text(
        re.sub(r"(?<=[a-z])\d+", "", " ".join(texts)), encoding="utf-8"
    )
    kept, _ = run(tmp_path / "book", tmp_path / "out")
    found = sum(word in row["text"] for row in kept for word in wrong)
    assert found <= 4 and len(kept) >= 10


def clips_of(row: dict[str, Any], chapter: Chapter) -> list[int]:
    """The clips of which half a second or more is in an utterance."""
    overlaps = [min(end, row["end"]) - max(start, row["start"]) for start, end in chapter.places]
    return [i for i, seconds in enumerate(overlaps) if seconds > 0.5]


@pytest.mark.parametrize(("id", "voice"), [("en-sonnet1", "en-us"), ("de-simplicissimus", "de")])
def test_other_speakers_and_languages(
    id: str, voice: str, recordings: Path, tmp_path: Path
) -> None:
    source = recordings / "aeneas_longform"
    rows = [line.split("|") for line in (source / "lines.csv").read_text().splitlines()]
    book_folder = tmp_path / "book"
    book_folder.mkdir()
    shutil.copy(source / f"wavs/{id}.ogg", book_folder)
    text = "\n".join(row[2] for row in rows if row[0] == id)
    (book_folder / f"{id}.txt").write_text(text, encoding="utf-8")
    kept, rejected = run(book_folder, tmp_path / "out", f"--set=text.voice={voice}")
    seconds = soundfile.info(book_folder / f"{id}.ogg").duration
    assert sum(row["end"] - row["start"] for row in kept) > 0.25 * seconds
    placed = [row for row in [*kept, *rejected] if row.get("code", "unsure") == "unsure"]
    assert sum(row["end"] - row["start"] for row in placed) > 0.75 * seconds
    assert all(squeezed(row["text"]) in squeezed(text) for row in kept)


def test_an_interrupted_run_goes_on(
    chapter: Chapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = Chapter.__new__(Chapter)
    short.texts, short.wavs, short.rate = chapter.texts[:12], chapter.wavs[:12], chapter.rate
    short.write(tmp_path / "book")
    heard, _ = run(tmp_path / "book", tmp_path / "whole")
    minute = book.Listener._minute
    done = []

    def stop_at_second(self: Any, *args: Any) -> Any:
        done.append(args[1])
        if len(done) == 2:
            raise KeyboardInterrupt
        return minute(self, *args)

    monkeypatch.setattr(book.Listener, "_minute", stop_at_second)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "book", tmp_path / "out")
    again, _ = run(tmp_path / "book", tmp_path / "out")
    assert again == heard
    # the first minute was heard once
    assert done == [0, done[1], done[1]]
    assert run(tmp_path / "book", tmp_path / "out")[0] == heard and len(done) == 3
    # a changed text is aligned again
    (tmp_path / "book/chapter.txt").write_text(" ".join(short.texts[:6]), encoding="utf-8")
    fewer, _ = run(tmp_path / "book", tmp_path / "out")
    assert len(fewer) < len(heard)
    assert len(list((tmp_path / "out/wavs").iterdir())) == len(fewer)


def test_what_is_wrong_is_one_line(chapter: Chapter, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such folder"):
        run(tmp_path / "none", tmp_path / "out")
    folder = tmp_path / "book"
    folder.mkdir()
    with pytest.raises(DataError, match="no recording with its text"):
        run(folder, tmp_path / "out")
    wav = np.concatenate(chapter.wavs[:3])
    soundfile.write(folder / "a.flac", wav, chapter.rate)
    soundfile.write(folder / "b.flac", wav, chapter.rate)
    (folder / "c.flac").write_bytes(b"no audio")
    (folder / "a.txt").write_text(" ".join(chapter.texts[:3]), encoding="utf-8")
    soundfile.write(folder / "d.wav", wav[:10], chapter.rate)
    for name in "cd":
        (folder / f"{name}.txt").write_text("Hello.", encoding="utf-8")
    with pytest.raises(DataError, match="inside of the recordings' folder"):
        run(folder, folder / "out")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    with pytest.raises(DataError, match="name a new folder"):
        run(folder, tmp_path / "full")
    with pytest.raises(UsageError, match="expected 0 to 1"):
        run(folder, tmp_path / "out", "--segment_confidence=2")
    kept, rejected = run(folder, tmp_path / "out")
    assert kept and {row["audio"] for row in kept} == {"a.flac"}
    found = {row["audio"]: row["code"] for row in rejected if row["audio"] != "a.flac"}
    assert found == {"b.flac": "no_text", "c.flac": "unreadable", "d.wav": "too_short"}
    (folder / "a.txt").write_bytes("für".encode("latin-1"))
    (folder / "c.flac").unlink()
    (folder / "d.wav").unlink()
    with pytest.raises(DataError, match="no utterance could be kept.*not UTF-8"):
        run(folder, tmp_path / "out")


def test_a_text_of_another_recording_gives_nothing(chapter: Chapter, tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    soundfile.write(folder / "a.flac", np.concatenate(chapter.wavs[:12]), chapter.rate)
    (folder / "a.txt").write_text(" ".join(chapter.texts[20:40]), encoding="utf-8")
    with pytest.raises(DataError, match="no utterance could be kept"):
        run(folder, tmp_path / "out")
