"""Stage 3's command line with a randomly initialized voice: files, errors, exit codes."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import recital
from recital.bins import side_by_side
from recital.bins.common.command import run
from recital.bins.common.control_flags import parse_scale, parse_shift, read_pitch
from recital.bins.common.run_report import Outcome as Row
from recital.bins.common.run_report import figures, report
from recital.bins.common.speech_files import safe_name, slug
from recital.bins.inference import main, open_voice
from recital.models import build
from recital.processors.audio_files import decode
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, ConfigError, DataError, UsageError
from tests.conftest import ROOT
from tests.tts_helpers import AUDIO, tiny_config

TEXT = "Hello there. It is a fine day, is it not?"


@pytest.fixture(scope="module")
def voice_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("voice") / "voice"
    config = tiny_config(n_speakers=2)
    config |= {
        "text": {"cleaners": "english_cleaners_v2", "symbol_set": "english_basic"},
        "symbols": symbols_for(TextConfig()),
        "speakers": ["anna", "bob"],
    }
    torch.manual_seed(0)
    model = build(config)
    model.pitch_statistics.set(200.0, 40.0)  # type: ignore[operator]
    with torch.no_grad():
        model.network.duration_predictor.out.bias.fill_(1.4)  # type: ignore[union-attr]
    checkpoint.save_model(directory, model.state_dict(), config)
    return directory


@pytest.fixture
def speak(voice_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def speak(*flags: object, speaker: str = "bob") -> tuple[int, str, str]:
        words = ["--infer_expt_dir", voice_dir, "--infer_output_dir", tmp_path / "out"]
        code = main([str(w) for w in [*words, "--infer_speaker_name", speaker, *flags]])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return speak


def test_a_single_text(speak, voice_dir: Path, tmp_path: Path) -> None:
    code, out, _ = speak("--infer_text", TEXT, "--pitch_shift=-2st", "--pace", "1.2")
    assert code == 0
    (wav_path,) = (tmp_path / "out/single").glob("*.wav")
    wav, rate = decode(wav_path)
    told = json.loads(wav_path.with_suffix(".json").read_text(encoding="utf-8"))
    assert told["text"] == TEXT and told["speaker"] == "bob"
    assert told["checkpoint"] == checkpoint.model_hash(voice_dir)
    assert told["seconds"] == pytest.approx(len(wav) / rate)
    assert sum(told["durations"]) * told["hop_length"] == len(wav)
    n = len(told["tokens"])
    assert n == len(told["durations"]) == len(told["starts"]) == len(told["pitch"])
    assert told["controls"]["pitch_shift_semitones"] == -2 and told["controls"]["pace"] == 1.2
    assert told["real_time_factor"] > 0 and told["latency"] > 0
    assert wav_path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    for row in ("utterances", "audio", "real-time factor", "latency  "):
        assert out.count(row) == 1
    assert "latency p50" not in out and f"written to {wav_path}, with .json, .png" in out


def test_python_gives_the_same(speak, voice_dir: Path, tmp_path: Path) -> None:
    speak("--infer_text", "Hello.")
    wav, sample_rate = recital.load_voice(voice_dir)("Hello.", speaker="bob")
    written, rate = decode(tmp_path / "out/single/Hello.wav")
    assert rate == sample_rate
    np.testing.assert_allclose(wav, written, atol=1 / 32768)


def test_a_file_with_a_bad_line_speaks_the_others(speak, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_bytes("\ufeffHello.\r\n\r\n...\r\nGood bye, all of you.\r\n".encode())
    code, out, err = speak("--infer_text_file", texts, "--infer_mode", "batch")
    assert code == 1
    assert "error: line 3: nothing to speak in the text '...'" in err
    written = sorted(p.name for p in (tmp_path / "out/batch").glob("*.wav"))
    assert written == ["0001.wav", "0004.wav"]
    assert out.split()[:4] == ["utterances", "2", "failed", "1"]


def test_pitch_of_an_earlier_json_is_taken_back(speak, tmp_path: Path) -> None:
    speak("--infer_text", "Hello.")
    told = json.loads((tmp_path / "out/single/Hello.json").read_text())
    told["pitch"][0] = 150.0
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(told))
    speak("--infer_text", "Hello.", "--pitch_file", edited)
    again = json.loads((tmp_path / "out/single/Hello.json").read_text())
    assert again["pitch"] == pytest.approx(told["pitch"], abs=0.01)


def test_pitch_files(tmp_path: Path) -> None:
    path = tmp_path / "pitch.txt"
    path.write_text("100, 200\n0 150.5\n")
    assert read_pitch(path) == [100.0, 200.0, 0.0, 150.5]
    for content, name in (("a b", "x.txt"), ("nan", "x.txt"), ("{}", "x.json"), ("[", "y.json")):
        (tmp_path / name).write_text(content)
        with pytest.raises(DataError, match="a number of Hz for each token"):
            read_pitch(tmp_path / name)


def test_controls_of_each_token(speak, tmp_path: Path) -> None:
    def told() -> dict:  # a different name for each setting
        files = (tmp_path / "out/single").glob("Hello*.json")
        return json.loads(max(files, key=lambda path: path.stat().st_mtime_ns).read_text())

    speak("--infer_text", "Hello.")
    plain = told()
    n = len(plain["tokens"])
    widths = [1.0] * (n - 1) + [3.0]
    numbers = tmp_path / "paces.txt"
    numbers.write_text("\n".join(["0.5", *["1"] * (n - 1)]), encoding="utf-8")
    speak(
        "--infer_text", "Hello.", "--pace", numbers, "--pitch_control", ",".join(map(str, widths))
    )
    changed = told()
    assert changed["controls"]["pitch_scale"] == widths
    assert changed["durations"][0] >= 2 * plain["durations"][0] - 1
    assert changed["durations"][1:] == plain["durations"][1:]
    assert changed["pitch"][:-1] == pytest.approx(plain["pitch"][:-1], abs=0.01)
    assert abs(changed["pitch"][-1] - plain["pitch"][-1]) > 0.01
    speak("--infer_text", "Hello.", "--duration_control", ",".join(["2", *["1"] * (n - 1)]))
    assert told()["durations"] == changed["durations"]


def test_scales(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    path.write_text("1 2,\n0.5\n", encoding="utf-8")
    assert parse_scale("--pace", "1.5") == 1.5
    assert parse_scale("--pace", "1.5,2") == [1.5, 2.0]
    assert parse_scale("--pace", str(path)) == [1.0, 2.0, 0.5]
    path.write_text("fast", encoding="utf-8")
    for wrong in ("quick", "1,,x", str(path), "1,nan"):
        with pytest.raises(UsageError, match="--pace .*expected a number, or one for each token"):
            parse_scale("--pace", wrong)


@pytest.mark.parametrize(
    ("flags", "error", "said"),
    [
        (["--infer_text", "..."], None, "nothing to speak"),
        (["--infer_text", "Hi", "--infer_speaker_name", "carl"], DataError, "known: anna, bob"),
        (["--infer_text", "Hi", "--pace", "0"], DataError, "pace: expected 0.1 to 10"),
        (["--infer_text", "Hi", "--pace", "1,1,1,1,1,1,1"], None, "numbers, one for each token"),
        (
            ["--infer_text_file", "nowhere.txt", "--pace", "1,1"],
            UsageError,
            "are for a single text",
        ),
        (["--infer_text", "Hi", "--pace", "1", "--duration_control", "1"], UsageError, "give one"),
        (["--infer_text", "Hi", "--pitch_shift", "2 cats"], UsageError, "20Hz or -2st"),
        (["--infer_text", "Hi", "--pitch_file", "nowhere.txt"], DataError, "nowhere.txt"),
        (["--infer_text_file", "nowhere.txt"], DataError, "nowhere.txt"),
        (["--infer_text_file", __file__, "--infer_text", "Hi"], UsageError, "infer_text_file"),
        (["--infer_mode", "single"], UsageError, "--infer_text"),
        (["--infer_mode", "batch"], UsageError, "--infer_text_file"),
        (["--infer_text", "Hi", "--vocoder_dir", "nowhere"], CheckpointError, "nowhere"),
    ],
)
def test_what_users_can_fix_is_said(speak, flags: list[str], error, said: str) -> None:
    if error is None:
        code, _, err = speak(*flags)
        assert code == 1 and said in err
    else:
        with pytest.raises(error, match=said):
            speak(*flags)


def test_an_acoustic_model_is_no_vocoder(voice_dir: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no vocoder"):
        open_voice(voice_dir, voice_dir)


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (["--infer_text", "Hi", "--infer_expt_dir", "nowhere"], 1, "error: nowhere: no folder"),
        (["--infer_text", "Hi"], 2, "error: expected --config and --name"),
        (
            ["--infer_tex", "Hi"],
            2,
            "error: --infer_tex: unknown flag; did you mean '--infer_text'?",
        ),
        (["--infer_text", "--", "--pace"], 2, "error: --pace: expected a value after it"),
        (["--infer_text", b"\xe9".decode("utf-8", "surrogateescape")], 2, "expected UTF-8"),
    ],
)
def test_errors_are_one_line_and_an_exit_code(
    flags: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["inference", "--infer_output_dir", str(tmp_path), *flags])
    with pytest.raises(SystemExit) as left:
        run(main)
    assert left.value.code == code
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_the_command_exits_with_what_main_says() -> None:
    def interrupted(argv: Sequence[str] | None) -> int:
        raise KeyboardInterrupt

    for command, code in ((lambda argv: 3, 3), (lambda argv: None, None), (interrupted, 130)):
        with pytest.raises(SystemExit) as left:
            run(command)
        assert left.value.code == code


def test_a_split_of_a_dataset_needs_features(voice_dir: Path, tmp_path: Path) -> None:
    config = ROOT / "egs/tts/FastPitch/exp_config.json"
    words = ["--config", str(config), "--name", "x", "--infer_expt_dir", str(voice_dir)]
    words += ["--set", f"preprocess.processed_dir={tmp_path}", "--infer_testing_set", "test"]
    with pytest.raises(DataError, match="run stage 1"):
        main([*words, "--infer_output_dir", str(tmp_path)])
    with pytest.raises(UsageError, match="--infer_dataset other: expected one of"):
        main([*words, "--infer_dataset", "other", "--infer_output_dir", str(tmp_path)])
    with pytest.raises(ConfigError, match="nowhere.json"):
        main(["--config", "nowhere.json", "--name", "x", "--infer_text", "Hi"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello there.", "Hello-there"),
        ("KA-a0003-2", "KA-a0003-2"),
        ("../../etc/passwd", "etc-passwd-"),
        ("x" * 300, "x" * 60 + "-"),
        ("漢字", "text-"),
        ("Zürich", "Zurich-"),
        ("a\0b\n", "a-b-"),
        ("..", "text-"),
    ],
)
def test_file_names_are_safe(text: str, name: str) -> None:
    made = slug(text)
    assert made.startswith(name) and len(made) <= 69
    assert made == name or len(made) == len(name) + 8
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def test_file_names_of_different_ids_differ() -> None:
    ids = ["a-b", "a--b", "a b", "a.b", "a/b", "á-b", "-a-b", "A-b"]
    assert len({safe_name(id, id) for id in ids}) == len(ids)
    assert slug("Really?") != slug("Really!")


def test_shifts() -> None:
    assert parse_shift("20") == parse_shift("+20 Hz") == {"pitch_shift": 20.0}
    assert parse_shift("-1.5st") == {"pitch_shift_semitones": -1.5}
    for wrong in ("", "st", "1e3", "2st2", "nan"):
        with pytest.raises(UsageError):
            parse_shift(wrong)


def test_voices_side_by_side(voice_dir: Path, tmp_path: Path) -> None:
    picture = tmp_path / "new" / "both.png"
    words = ["--infer_text", "Hello.", "--infer_speaker_name", "bob", "--output", str(picture)]
    voices = ["--voice", f"first=one={voice_dir}"], ["--voice", str(voice_dir)]
    side_by_side.main([*words, *voices[0], *voices[1]])
    assert picture.read_bytes().startswith(b"\x89PNG")
    waves = sorted(path.name for path in picture.parent.glob("*.wav"))
    assert len(waves) == 2 and f"both-{voice_dir.name}.wav" in waves
    with pytest.raises(UsageError, match="two have one name"):
        side_by_side.main([*words, *voices[1], *voices[1]])
    with pytest.raises(UsageError, match=r"expected the name of a \.png"):
        side_by_side.main([*words[:-1], "a.jpg", *voices[1]])


def test_the_table_and_the_log_of_a_run(tmp_path: Path) -> None:
    rows = [
        Row(str(i), 2.0, i / 100, 0.1, tokens=30, samples=100, times=(i / 100,)) for i in range(101)
    ]
    rows += [Row(str(i), error="broke") for i in range(3)]
    shown = " ".join(report(rows, tmp_path, {}).split())
    assert "utterances 101 failed 3 audio 202.00 s real-time factor 0.0500" in shown
    assert "tokens per second 300 samples per second 1000" in shown and "p90 0.900 s" in shown
    assert set(figures(rows[101:])) == {"utterances", "failed", "audio_seconds"}
    assert "latency" not in report(rows[101:], tmp_path, {})
    first, second = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    assert first["tokens_per_second"] == 300 and first["items_per_second"] == 10
    assert first["latency_p50"] == 0.5 and second["failed"] == 3 and first["time"] > 1e9


@pytest.fixture(scope="module")
def vocoder_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_vocoder(tmp_path_factory.mktemp("vocoder") / "vocoder", AUDIO)


def save_vocoder(directory: Path, audio: dict[str, Any]) -> Path:
    """A tiny Vocos with random weights."""
    generator = {"d_model": 8, "n_layers": 1, "d_inner": 16}
    config = {"model_type": "Vocos", "audio": audio, "model": {"generator": generator}}
    torch.manual_seed(0)
    model = build(config)
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.1)  # biases too: the denoiser needs a hum
    checkpoint.save_model(directory, model.state_dict(), config)
    return directory


def test_a_trained_vocoder_and_its_denoiser(
    speak, voice_dir: Path, vocoder_dir: Path, tmp_path: Path
) -> None:
    waves = []
    for strength in ("0", "0.5"):
        words = ["--vocoder_dir", vocoder_dir, "--denoising_strength", strength]
        assert speak("--infer_text", "Hello.", *words)[0] == 0
        waves.append(decode(tmp_path / "out/single/Hello.wav")[0])
    assert waves[0].shape == waves[1].shape and np.abs(waves[0] - waves[1]).max() > 1e-4
    told = json.loads((tmp_path / "out/single/Hello.json").read_text())
    assert told["vocoder_checkpoint"] == checkpoint.model_hash(vocoder_dir)
    with pytest.raises(DataError, match="denoising_strength: expected 0 or more"):
        speak("--infer_text", "Hello.", "--denoising_strength=-1")


def test_a_voice_streams_what_it_says(voice_dir: Path, vocoder_dir: Path) -> None:
    text = "Hello there, all of you. It is a fine day, is it not?"
    for options in ({}, {"denoising_strength": 0.2}):
        voice = recital.load_voice(voice_dir, vocoder_dir, **options)
        pieces = list(voice.stream(text, speaker="bob", pace=0.8))
        assert len(pieces) > 4
        whole = voice(text, speaker="bob", pace=0.8)[0]
        np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-5)


def test_a_vocoder_of_another_mel_is_refused(voice_dir: Path, tmp_path: Path) -> None:
    other = save_vocoder(tmp_path / "other", AUDIO | {"f_max": 7000.0, "padding": "same"})
    with pytest.raises(ConfigError, match=r"padding +center +same") as refused:
        open_voice(voice_dir, other)
    assert "f_max    8000.0    7000.0" in str(refused.value)
    assert "hop_length" not in str(refused.value)


def test_pictures_are_drawn_of_the_first_texts(speak, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("Hello.\nGood bye.\nYes.\n")
    for plots, drawn in (("2", 2), ("none", 0), ("all", 3)):
        out = tmp_path / plots
        flags = ["--infer_text_file", texts, "--infer_mode", "batch", "--plots", plots]
        code, report, _ = speak(*flags, "--infer_output_dir", out)
        assert code == 0 and ("drawing" in report) == (drawn > 0)
        assert len(list(out.rglob("*.png"))) == drawn
        assert len(list(out.rglob("*.wav"))) == 3


@pytest.mark.parametrize("device", ["gpu", "cuda:9", "cpu:1:2"])
def test_a_device_that_is_not_here(speak, device: str) -> None:
    with pytest.raises(UsageError, match=f"--device {device}: .* expected cpu, cuda"):
        speak("--infer_text", "Hello.", "--device", device)


def test_one_process_speaks_without_accelerate_or_a_compiler(
    voice_dir: Path, tmp_path: Path
) -> None:
    script = (
        "import sys; from recital.bins.inference import main; code = main(sys.argv[1:])\n"
        "print(code, *[m for m in ('torch._dynamo', 'accelerate') if m in sys.modules])"
    )
    words = [f"--infer_expt_dir={voice_dir}", f"--infer_output_dir={tmp_path}", "--plots=none"]
    words += ["--infer_text=Hello.", "--infer_speaker_name=bob"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.stdout.split("\n")[-2] == "0", done.stderr


def test_texts_speakers_and_paces_do_not_share_a_file(speak, tmp_path: Path) -> None:
    speak("--infer_text", "Hello there.")
    speak("--infer_text", "Hello-there")
    speak("--infer_text", "Hello there.", speaker="anna")
    speak("--infer_text", "Hello there.", "--pace", "1.5")
    speak("--infer_text", "Hello there.", "--pace", "1.5")
    speak("--infer_text", "Hello there.")
    told = [json.loads(p.read_text()) for p in (tmp_path / "out/single").glob("*.json")]
    said = {(t["text"], t["speaker"], t["controls"]["pace"]) for t in told}
    assert len(told) == 4 and said == {
        ("Hello there.", "bob", 1.0),
        ("Hello-there", "bob", 1.0),
        ("Hello there.", "anna", 1.0),
        ("Hello there.", "bob", 1.5),
    }
    assert (tmp_path / "out/single/Hello-there.wav").is_file()


def test_a_shorter_file_leaves_nothing_of_a_longer_one(speak, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    folder = tmp_path / "out/batch"
    for lines in ("Hello.\nGood bye.\nYes.\n", "No.\n"):
        texts.write_text(lines)
        if folder.is_dir():
            (folder / "mine.wav").write_bytes(b"of the user")
            (folder / "mine.json").write_text("{}")
        code, out, _ = speak("--infer_text_file", texts, "--infer_mode", "batch")
        assert code == 0
    assert "removed what an earlier run left of 2 other texts" in out
    assert sorted(p.name for p in folder.glob("*.wav")) == ["0001.wav", "mine.wav"]
    assert {p.stem for p in folder.glob("*.png")} == {"0001"}


@pytest.mark.parametrize("row", ["{id}|{text}", "wavs/{id}.wav|{text}", "{id}|raw|{text}"])
def test_a_file_with_ids_is_named_by_them_and_not_spoken(speak, tmp_path: Path, row: str) -> None:
    texts = tmp_path / "texts.txt"
    told = {"a1": "Hello.", "a2": "Good bye."}
    texts.write_text("\n".join(row.format(id=id, text=text) for id, text in told.items()))
    code, out, _ = speak("--infer_text_file", texts, "--infer_mode", "batch")
    assert code == 0 and "read as id|text" in out
    found = {p.stem: json.loads(p.read_text())["text"] for p in tmp_path.glob("out/batch/*.json")}
    assert found == told
    texts.write_text("a1|Hello.\na1|Yes.\n")
    with pytest.raises(DataError, match="the id 'a1' is there twice"):
        speak("--infer_text_file", texts, "--infer_mode", "batch")


@pytest.mark.parametrize("part", ["network.out.weight", "network.duration_predictor.out.weight"])
def test_broken_weights_are_a_failed_text(
    speak, voice_dir: Path, tmp_path: Path, part: str
) -> None:
    config = json.loads((voice_dir / checkpoint.CONFIG).read_text())
    weights = checkpoint.read_tensors(voice_dir / checkpoint.MODEL)
    # the largest finite numbers: their products are not finite
    weights[part] = torch.full_like(weights[part], 3e38)
    weights["network.embedding.weight"] = torch.full_like(weights["network.embedding.weight"], 1e30)
    checkpoint.save_model(tmp_path / "broken", weights, config)
    code, _, err = speak("--infer_expt_dir", tmp_path / "broken", "--infer_text", "Hello.")
    assert code == 1 and "the voice gave it" in err and not list(tmp_path.rglob("*.wav"))


@pytest.mark.parametrize("argument", ["directory", "device", "text", "controls", "mel"])
def test_python_arguments_of_another_kind_are_one_line_or_taken(
    voice_dir: Path, vocoder_dir: Path, argument: str
) -> None:
    if argument == "directory":
        for wrong in (b"voice", ["voice"], 3, "a\0b", "a" * 300):
            with pytest.raises(CheckpointError, match="directory"):
                recital.load_voice(wrong)  # type: ignore[arg-type]
        with pytest.raises(CheckpointError, match="expected the path of a directory, found None"):
            recital.load_vocoder(None)  # type: ignore[arg-type]
        return
    if argument == "device":
        for device in ("gpu", "cuda:99", ""):
            with pytest.raises(UsageError, match="expected cpu, cuda"):
                recital.load_voice(voice_dir, device=device)
            with pytest.raises(UsageError, match="expected cpu, cuda"):
                recital.load_vocoder(vocoder_dir, device=device)
        return
    voice: Any = recital.load_voice(voice_dir, vocoder_dir)
    if argument == "text":
        for text in (b"Hello.", None, ["Hello."], 3):
            with pytest.raises(DataError, match="text: expected a str, found"):
                voice(text, speaker="bob")
        for speaker in (True, b"bob", ["bob"]):
            with pytest.raises(DataError, match="speaker: expected a name"):
                voice("Hello.", speaker=speaker)
        return
    if argument == "controls":
        plain, _ = voice("Hello.", speaker="bob", pace=1.25)
        n = len(voice.synthesize(["Hello."], speaker="bob")[0].tokens)
        for pace in (np.float32(1.25), np.full(n, 1.25), torch.tensor(1.25), (1.25,) * n):
            assert np.array_equal(voice("Hello.", speaker="bob", pace=pace)[0], plain)
        for wrong in (None, "1", b"1", [None] * n, {}, np.array([["a"]])):
            with pytest.raises(DataError, match="pace: expected"):
                voice("Hello.", speaker="bob", pace=wrong)
        voice("Hello.", speaker="bob", pitch=np.full(n, 150.0))
        with pytest.raises(DataError, match="pitch: expected a list of numbers"):
            voice("Hello.", speaker="bob", pitch="150")
        return
    vocoder: Any = recital.load_vocoder(vocoder_dir)
    mel = np.random.default_rng(0).normal(size=(vocoder.audio.n_mels, 30)).astype(np.float32)
    wav = vocoder(mel)[0]
    forms = [mel.tolist(), mel.astype(">f4"), np.asfortranarray(mel), torch.from_numpy(mel)]
    for form in [*forms, mel[:, ::-1].copy()[:, ::-1], mel.astype(np.float64)]:
        np.testing.assert_allclose(vocoder(form)[0], wav, atol=1e-5)
        pieces = np.concatenate(list(vocoder.stream([form])))
        np.testing.assert_allclose(pieces, wav, atol=1e-5)
    with pytest.raises(DataError, match="looks transposed"):
        vocoder(mel.T)
    for wrong in ([[1.0], [1.0, 2.0]], "mel", b"mel", None, mel.astype(object)):
        with pytest.raises(DataError, match="mel: expected"):
            vocoder(wrong)


def test_a_loaded_voice_can_be_pickled(voice_dir: Path, tmp_path: Path) -> None:
    generator = {"channels": 16, "upsample_rates": [16, 16], "upsample_kernel_sizes": [32, 32]}
    config = {"model_type": "HiFiGAN", "audio": AUDIO, "model": {"generator": generator}}
    torch.manual_seed(0)
    checkpoint.save_model(tmp_path / "gan", build(config).state_dict(), config)
    voice: Any = recital.load_voice(voice_dir, tmp_path / "gan")
    for whole in (voice, pickle.loads(pickle.dumps(voice)), copy.deepcopy(voice)):
        wav, _ = whole("Hello.", speaker="bob")
        assert np.array_equal(wav, voice("Hello.", speaker="bob")[0])
    again = pickle.loads(pickle.dumps(voice))
    ours, theirs = voice.vocoder.model.state_dict(), again.vocoder.model.state_dict()
    assert list(ours) == list(theirs) and all(torch.equal(v, theirs[k]) for k, v in ours.items())


def test_where_nothing_was_written_nothing_is_said_to_be(speak) -> None:
    code, out, err = speak("--infer_text=--")
    assert code == 1 and "nothing to speak" in err
    assert "written to" not in out
