"""`recital say`: texts of any size to one wav or many, to standard output, and to a player."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

import recital
from recital.bins import say
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import command_parser
from recital.processors.text.passages import Passage, passages
from recital.processors.wav_files import WavWriter
from recital.utils.errors import CheckpointError, DataError, RecitalError, UsageError
from tests.conftest import ROOT

RATE = 8000


class Voice:
    """Says each letter as 10 samples of its place in the alphabet, in two pieces."""

    audio = SimpleNamespace(sample_rate=RATE)

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []

    def speaker_id(self, name: str | None) -> None:
        if name not in (None, "ann"):
            raise DataError(f"no speaker {name!r}")

    def stream(self, text: str, **options: Any) -> Iterator[np.ndarray]:
        if "☃" in text:
            raise DataError("cannot say a snowman")
        self.said.append((text, options))
        letters = [(ord(c.lower()) - 96) / 32 for c in text if c.isalpha()]
        wav = np.repeat(np.array(letters, np.float32), 10)
        return iter((wav[:5], wav[5:]))


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Voice:
    voice = Voice()
    monkeypatch.setattr(recital, "load_voice", lambda *_, **__: voice)
    return voice


def samples(path: Path) -> np.ndarray:
    wav, rate = soundfile.read(path, dtype="float32")
    assert rate == RATE
    return wav


def test_a_text_goes_to_a_wav_with_its_controls(voice: Voice, tmp_path: Path) -> None:
    wav = tmp_path / "new" / "hello.wav"
    flags = ["--pace=1.2", "--speaker=ann", "--pitch_shift=-2st", "-o", str(wav)]
    assert say.main(["Hello", "there.", *flags]) == 0
    ((text, options),) = voice.said
    assert (text, options["speaker"], options["pace"]) == ("Hello there.", "ann", 1.2)
    assert options["pitch_shift_semitones"] == -2.0 and options["fade_out"] == 0.0
    assert len(samples(wav)) == 100 and samples(wav)[0] == 0.25
    assert wav.read_bytes()[36:40] == b"data"  # the plain header that every reader knows


def test_a_book_is_one_wav_with_pauses_between_its_paragraphs(voice: Voice, tmp_path: Path) -> None:
    book, wav = tmp_path / "book.txt", tmp_path / "book.wav"
    book.write_bytes("\ufeffabc\r\nde\r\n\r\n\r\nf☃\r\n\n* * *\n\nghi".encode())
    assert say.main(["--file", str(book), "-o", str(wav)]) == 1  # the snowman
    assert [text for text, _ in voice.said] == ["abc\r\nde", "ghi"]
    gap = round(say.PAUSES["unit"] * RATE)
    made = samples(wav)
    assert len(made) == 50 + gap + 30
    assert (made[50 : 50 + gap] == 0).all() and (made[50 + gap :] > 0).all()


def test_a_block_of_code_between_paragraphs_is_passed_over(
    voice: Voice, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    book = tmp_path / "b.md"
    book.write_text("abc\n\n```sh\ngo up\n\nto a\n```\n\nde")
    assert say.main(["--file", str(book), "-o", str(tmp_path / "b.wav")]) == 0
    assert [text for text, _ in voice.said] == ["abc", "de"]
    assert caplog.messages.count("left out a block of code: 3 lines of sh") == 1


def test_a_failing_paragraph_is_named_with_its_line(
    voice: Voice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.txt"
    book.write_text("a\n\n\nb\n☃\n")
    assert say.main(["--file", str(book), "-o", str(tmp_path / "b.wav")]) == 1
    assert f"{book}, line 4: cannot say a snowman" in capsys.readouterr().err


def test_split_numbers_the_wavs(voice: Voice, tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("ab\n\ncd\nef\n")
    out = tmp_path / "o.wav"
    assert say.main(["--file", str(book), "--split", "-o", str(out)]) == 0
    lengths = {p.name: len(samples(p)) for p in tmp_path.glob("*.wav")}
    assert lengths == {"o-0001.wav": 20, "o-0002.wav": 20, "o-0003.wav": 20}
    for path in tmp_path.glob("*.wav"):
        path.unlink()
    assert say.main(["--file", str(book), "--split=paragraph", "-o", str(out)]) == 0
    lengths = {p.name: len(samples(p)) for p in tmp_path.glob("*.wav")}
    assert lengths == {"o-0001.wav": 20, "o-0002.wav": 40}
    assert say.main(["ab\n\ncd", "--split", "-o", str(tmp_path / "t.wav")]) == 0
    assert len(list(tmp_path.glob("t-*.wav"))) == 2


def test_what_cannot_be_said_leaves_the_old_file(voice: Voice, tmp_path: Path) -> None:
    wav, empty, latin = (tmp_path / name for name in ("old.wav", "empty.txt", "latin.txt"))
    wav.write_bytes(b"old")
    empty.write_text("\n \n")
    latin.write_bytes("h\u00e9".encode("latin-1"))
    for words in (["☃"], ["--file", str(empty)], ["--file", str(latin)], ["--file", str(tmp_path)]):
        with pytest.raises(DataError):
            say.main([*words, "-o", str(wav)])
    with pytest.raises(DataError, match="no speaker"):
        say.main(["hi", "--speaker=bob", "-o", str(wav)])
    assert wav.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "expected a text"),
        (["-o", "x.wav"], "expected a text"),
        (["hi", "--file", "f", "-o", "x.wav"], "not both"),
        (["hi"], "or --play"),
        (["hi", "-o", "x.mp3"], "ends in .wav"),
        (["hi", "--split", "-o", "-"], "--split"),
        (["hi", "--split=word", "-o", "x.wav"], "line paragraph"),
        (["--file", "f", "--split", "line", "-o", "x.wav"], "--split=line"),
        (["-5 degrees", "-o", "x.wav"], "after --"),
        (["hi", "--pase", "1"], "did you mean '--pace'"),
        (["hi", "--pace=1", "--duration_control=1", "-o", "x.wav"], "inverse"),
        (["--file", "f", "--pace=1,2", "-o", "x.wav"], "single text"),
    ],
)
def test_mistakes_are_one_line(words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        say.main(words)


def test_a_text_may_begin_with_a_dash(voice: Voice, tmp_path: Path) -> None:
    say.main(["-o", str(tmp_path / "x.wav"), "--", "-5", "--degrees"])
    assert voice.said[0][0] == "-5 --degrees"


def test_an_unknown_voice_is_named_with_those_that_are_here() -> None:
    with pytest.raises(CheckpointError, match="did you mean 'kathleen'"):
        recital.load_voice("kathlen")


def test_without_a_player_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(recital, "load_voice", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(RecitalError, match="no player is here"):
        say.main(["hi", "--play"])


@pytest.mark.parametrize(("code", "name"), [(0, "aplay"), (0, "afplay"), (3, "paplay")])
def test_a_player_gets_the_samples(
    code: int,
    name: str,
    voice: Voice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = tmp_path / name
    heard = tmp_path / "heard"
    source = '"$1"' if name == "afplay" else ""
    script.write_text(f"#!/bin/sh\ncat {source} >{heard}\nexit {code}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    words = ["abc", "--play", "-o", str(tmp_path / "x.wav")]
    if code:
        with pytest.raises(RecitalError, match=f"{name} ended with code {code}"):
            say.main(words)
    else:
        assert say.main(words) == 0
    pcm = np.frombuffer(heard.read_bytes(), "<i2")[22 if name == "afplay" else 0 :]
    np.testing.assert_array_equal(pcm / 32768, samples(tmp_path / "x.wav"))


def test_stdin_to_stdout_in_a_pipe(tmp_path: Path) -> None:
    """With the real wiring: only the voice is replaced."""
    script = (
        "import recital; from tests.speech.test_say import Voice\n"
        "from recital.bins import say; from recital.bins.common.command import run\n"
        "recital.load_voice = lambda *_, **__: Voice()\n"
        "run(lambda _: say.main(['-', '-o', '-']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        input=b"abc\n\nd",
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert b"0.0 s" in done.stderr and done.stdout[40:44] == b"\xff" * 4  # a stream's size
    assert len(done.stdout) == 44 + 2 * (40 + round(say.PAUSES["unit"] * RATE))


def read(text: str, split: Any = "paragraph", limit: int = 20) -> list[tuple[int, int, str]]:
    return [tuple(p) for p in passages(io.StringIO(text, newline="\n"), split, limit)]


def test_passages() -> None:
    assert read("a\nb\n\n \n\nc") == [(0, 1, "a\nb"), (1, 6, "c")]
    assert read("a\nb\n\nc\n", "line") == [(0, 1, "a"), (1, 2, "b"), (2, 4, "c")]
    assert read("") == read("\n\n") == []
    assert read("a\n```py\nb\n\nc\n```\n\nd") == [(0, 1, "a\n```py\nb\n\nc\n```"), (1, 8, "d")]
    assert read("One two three. Four five") == [(0, 1, "One two three."), (0, 1, "Four five")]
    assert read("x" * 45) == [(0, 1, "x" * 20), (0, 1, "x" * 20), (0, 1, "x" * 5)]
    assert read("aa bb cc dd ee ff gg hh") == [(0, 1, "aa bb cc dd ee ff"), (0, 1, "gg hh")]


def test_passages_keep_every_word_and_little_in_memory() -> None:
    generator = np.random.default_rng(0)
    words = ["".join(generator.choice([*"abc."], n)) for n in generator.integers(1, 30, 4000)]
    text = "".join(w + generator.choice([" ", "\n", "\n\n", ". "]) for w in words)

    class Counting(io.StringIO):
        most = 0

        def readline(self, size: int = -1) -> str:  # type: ignore[override]
            Counting.most = max(Counting.most, size)
            return super().readline(size)

    for split in ("line", "paragraph"):
        found = list(passages(Counting(text, newline="\n"), split, 100))  # type: ignore[arg-type]
        assert Counting.most == 100 and max(len(p.text) for p in found) <= 100
        assert "".join("".join(p.text.split()) for p in found) == "".join(text.split())
        assert [p.line for p in found] == sorted(p.line for p in found)
    assert all(isinstance(p, Passage) for p in found)


def test_a_wav_beyond_four_gib_has_64_bit_sizes(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with WavWriter(path, RATE, long=True) as short:
        short.write(np.full(100, 0.5, np.float32))
    assert (samples(path) == 0.5).all() and path.read_bytes()[:4] == b"RIFF"
    n = 2**31 + 50
    writer = WavWriter(path, RATE, long=True)
    writer._file.truncate(80 + 2 * n)  # a sparse file: zeros that take no room
    writer.n_samples = n
    writer.close()
    assert soundfile.info(path).frames == n  # libsndfile reads RF64
    with path.open("rb") as file:
        assert file.read(4) == b"RF64"


def test_the_shipped_voice_is_said_without_torch(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    script = (
        "import sys; from recital.bins import say; code = say.main(['Hi.', '-o', 'hi.wav'])\n"
        "print(code, *{'torch', 'accelerate', 'librosa', 'scipy', 'soundfile'} & set(sys.modules))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["0"], done.stderr
    assert soundfile.info(tmp_path / "hi.wav").duration > 0.3


@pytest.mark.parametrize(
    ("flags", "runtime"),
    [([], "onnx"), (["--voice=kathleen"], "onnx"), (["--device=cpu"], None)]
    + [(["--denoising_strength=0.1"], None), (["--vocoder_dir=x"], None), (["--voice=y"], None)],
)
def test_torch_says_what_is_its_own(flags: list[str], runtime: str | None) -> None:
    pytest.importorskip("onnxruntime")
    args = command_parser("say").parse(["hi", "-o", "x.wav", *flags])
    assert say.runtime_of(args) == runtime


@pytest.mark.parametrize("command", ["inference", "vocode"])
def test_set_without_a_config_is_not_passed_over(command: str) -> None:
    args = command_parser(command).parse(["--set", "model.d_model=3", "--infer_expt_dir", "x"])
    with pytest.raises(UsageError, match="--set: overrides a key of the config; give --config"):
        check(command, args)
