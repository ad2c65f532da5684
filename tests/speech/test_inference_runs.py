"""How a run of stage 3 speaks: batches, repeats, precision, mels, speakers, files of texts."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import recital
from recital.bins import export, inference, vocode
from recital.bins.common.run_report import Outcome, figures, report
from recital.bins.common.text_files import read_requests
from recital.models import build
from recital.processors.audio_files import decode
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.errors import DataError, UsageError
from tests import tacotron2_helpers, tts_helpers
from tests.vocoder_helpers import AUDIO

TEXT_CONFIG = {"cleaners": "english_cleaners_v2", "symbol_set": "english_basic"}
FLOW = {"n_flows": 4, "n_group": 8, "n_early_every": 2, "n_early_size": 2, "n_layers": 2}
LINES = "Hello.\nGood bye, all.\nYes.\nNo, no.\n"


def save(directory: Path, config: dict[str, Any], bias: float | None = None) -> Path:
    torch.manual_seed(0)
    model: Any = build(config)
    if bias is not None:
        model.pitch_statistics.set(200.0, 40.0)
        with torch.no_grad():
            model.network.duration_predictor.out.bias.fill_(bias)
    checkpoint.save_model(directory, model.state_dict(), config)
    return directory


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A FastPitch of two speakers, a Tacotron 2 that never stops, a WaveGlow and a Vocos."""
    folder = tmp_path_factory.mktemp("voices")
    spoken = {"text": TEXT_CONFIG, "symbols": symbols_for(TextConfig()), "audio": AUDIO}
    several = tts_helpers.tiny_config(n_speakers=2) | spoken | {"speakers": ["anna", "bob"]}
    save(folder / "fastpitch", several, 1.4)
    endless = tacotron2_helpers.tiny_config(gate_threshold=1.0) | spoken | {"speakers": ["anna"]}
    save(folder / "tacotron2", endless)
    flow = {**FLOW, "channels": 4}
    save(folder / "waveglow", {"model_type": "WaveGlow", "audio": AUDIO, "model": flow})
    small = {"generator": {"d_model": 8, "n_layers": 1, "d_inner": 16}}
    save(folder / "vocos", {"model_type": "Vocos", "audio": AUDIO, "model": small})
    return folder


@pytest.fixture
def speak(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def speak(*flags: object, voice: str = "fastpitch") -> tuple[int, str, str]:
        words = ["--infer_expt_dir", folder / voice, "--infer_output_dir", tmp_path / "out"]
        words += ["--plots", "none", *flags]
        code = inference.main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return speak


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text(LINES)
    return path


def waves(folder: Path) -> dict[str, np.ndarray]:
    return {path.stem: decode(path)[0] for path in sorted(folder.glob("*.wav"))}


def logged(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "log.jsonl").read_text().splitlines()[-1])


@pytest.mark.parametrize("vocoder", ["vocos", "waveglow"])
def test_a_batch_sounds_as_its_texts_alone(
    speak: Any, texts: Path, folder: Path, tmp_path: Path, vocoder: str
) -> None:
    found = {}
    for size in (1, 3, 16):
        out = tmp_path / str(size)
        words = ["--infer_text_file", texts, "--speaker", "bob", "--batch_size", size]
        words += ["--vocoder_dir", folder / vocoder, "--infer_output_dir", out]
        assert speak(*words)[0] == 0
        found[size] = waves(out / "batch")
        sizes = [row["batch_size"] for row in logged(out / "batch")["by_batch_size"]]
        assert sizes == {1: [1], 3: [1, 3], 16: [4]}[size]
    for size in (3, 16):
        assert found[size].keys() == found[1].keys() and len(found[1]) == 4
        for name, wav in found[size].items():
            np.testing.assert_allclose(wav, found[1][name], atol=2.1 / 32768)


def test_repeats_give_percentiles_by_batch_size(
    speak: Any, texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    synthesize = inference.Synthesizer.synthesize

    def counted(voice: Any, texts: list[str], **options: Any) -> Any:
        calls.append(len(texts))
        return synthesize(voice, texts, **options)

    monkeypatch.setattr(inference.Synthesizer, "synthesize", counted)
    words = ["--infer_text_file", texts, "--batch_size", 3, "--speaker", 0]
    code, out, _ = speak(*words, "--repeats", 4, "--warmup_steps", 2)
    assert code == 0 and sorted(calls) == [1] * 6 + [3] * 6
    row = logged(tmp_path / "out/batch")
    assert [r["runs"] for r in row["by_batch_size"]] == [4, 4]
    assert row["precision"] == "fp32" and row["device"] == "cpu"
    for entry in (row, *row["by_batch_size"]):
        ordered = [entry[f"latency_{name}"] for name in ("min", "p50", "p90", "p95", "p99")]
        assert ordered == sorted(ordered) and ordered[0] > 0
        assert entry["latency_min"] <= entry["latency_mean"] <= entry["latency_p99"]
    header, one, three = out.split("\n\n")[1].splitlines()[:3]
    assert header.split()[:5] == ["batch", "size", "runs", "min", "(s)"]
    assert one.split()[:2] == ["1", "4"] and three.split()[:2] == ["3", "4"]


def test_the_figures_of_batches() -> None:
    rows = [Outcome(str(i), 1.0, 0.4, 0.2, 5, 100, batch_size=2) for i in range(4)]
    rows[0] = Outcome("0", 1.0, 0.4, 0.2, 5, 100, batch_size=2, times=(0.3, 0.5))
    rows[2] = Outcome("2", 1.0, 0.4, 0.2, 5, 100, batch_size=2, times=(0.4, 0.6))
    rows.append(Outcome("4", 1.0, 0.1, 0.1, 5, 100, times=(0.1,)))
    found = figures(rows)
    assert found["latency_min"] == 0.1 and found["latency_mean"] == pytest.approx(0.38)
    one, two = found["by_batch_size"]
    assert one["latency"] == 0.1 and two["latency_p50"] == pytest.approx(0.45)
    assert two["items_per_second"] == pytest.approx(5.0) and two["runs"] == 4
    alone = figures(rows[-1:])
    assert alone["latency"] == 0.1 and "latency_p50" not in alone


def test_bf16_is_near_and_fp16_needs_a_gpu(
    speak: Any, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = ["--infer_text", "Hello there.", "--speaker", "bob", "--save_mels"]
    mels = {}
    for precision in ("fp32", "bf16"):
        out = tmp_path / precision
        flow = ["--vocoder_dir", folder / "waveglow"]
        given = ["--precision", precision, "--infer_output_dir", out]
        assert speak(*words, *flow, *given)[0] == 0
        mels[precision] = np.load(out / "single/Hello-there.npy")
        note = json.loads((out / "single/Hello-there.json").read_text())
        assert note["precision"] == precision
    exact, rounded = mels["fp32"], mels["bf16"]
    frames = min(exact.shape[1], rounded.shape[1])
    error = np.abs(exact[:, :frames] - rounded[:, :frames]).mean()
    assert 0 < error < 0.1 * exact.std()
    with pytest.raises(UsageError, match="--precision fp16: needs a GPU"):
        speak(*words, "--precision", "fp16")


def test_saved_mels_are_read_by_the_vocoder(
    speak: Any, texts: Path, folder: Path, tmp_path: Path
) -> None:
    flow = folder / "waveglow"
    words = ["--infer_text_file", texts, "--speaker", "1", "--vocoder_dir", flow]
    assert speak(*words, "--save_mels")[0] == 0
    out = tmp_path / "out/batch"
    assert np.load(out / "0001.npy").dtype == np.float32
    words = ["--infer_expt_dir", flow, "--infer_feature_dir", out, "--batch_size", 2]
    again = [*words, "--infer_output_dir", tmp_path / "again"]
    assert vocode.main([str(word) for word in again]) == 0
    spoken, vocoded = waves(out), waves(tmp_path / "again/pred")
    assert spoken.keys() == vocoded.keys()
    # one sentence a text: no joint has a fade
    for name, wav in spoken.items():
        np.testing.assert_allclose(vocoded[name], wav, atol=2.1 / 32768)
    texts.write_text("Hello.\n")
    speak("--infer_text_file", texts, "--speaker", "1")
    assert [path.stem for path in out.glob("*.npy")] == ["0001"]


def test_sigma_is_the_noise_of_a_flow(speak: Any, folder: Path, tmp_path: Path) -> None:
    made = []
    for sigma in ("0", "0.6", None):
        given = ["--sigma", sigma] if sigma else []
        words = ["--infer_text", "Hello.", "--speaker", "bob", *given]
        assert speak(*words, "--vocoder_dir", folder / "waveglow")[0] == 0
        made.append(decode(tmp_path / "out/single/Hello.wav")[0])
    assert not np.array_equal(made[0], made[1]) and np.array_equal(made[1], made[2])
    with pytest.raises(DataError, match="sigma: GriffinLim is no flow"):
        speak("--infer_text", "Hello.", "--speaker", "bob", "--sigma", "0.5")
    with pytest.raises(DataError, match="sigma: expected 0 or more, found -1"):
        recital.load_vocoder(folder / "waveglow", sigma=-1.0)


def test_a_speaker_may_be_a_number(speak: Any, folder: Path, tmp_path: Path) -> None:
    for given, name in (("1", "bob"), ("0", "anna"), ("bob", "bob")):
        assert speak("--infer_text", "Hello.", "--speaker", given)[0] == 0
        newest = max((tmp_path / "out/single").glob("*.json"), key=lambda p: p.stat().st_mtime_ns)
        assert json.loads(newest.read_text())["speaker"] == name
    for wrong in ("2", "-1", "carl", "1.0"):
        with pytest.raises(DataError, match=r"known: anna, bob, or their numbers from 0 to 1"):
            speak("--infer_text", "Hello.", "--speaker", wrong)
    voice = recital.load_voice(folder / "fastpitch")
    assert voice.speaker_id(np.int64(1)) == voice.speaker_id("bob") == 1  # type: ignore[arg-type]
    alone = recital.load_voice(folder / "tacotron2")
    assert alone.speaker_id(0) is alone.speaker_id("anna") is None
    with pytest.raises(DataError, match="no speaker '1'"):
        alone.speaker_id(1)


def test_a_voice_that_fails_can_be_heard(
    speak: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code, _, err = speak("--infer_text", "Hello there.", voice="tacotron2")
    assert code == 1 and "also in pieces" in err and not list(tmp_path.rglob("*.wav"))
    code, out, _ = speak("--infer_text", "Hello there.", "--keep_failed", voice="tacotron2")
    assert code == 0 and "kept though failed" in out
    assert "the text: kept, although the voice did not stop within 60 steps" in caplog.text
    note = json.loads((tmp_path / "out/single/Hello-there.json").read_text())
    assert note["failures"] == ["did not stop within 60 steps"]
    wav, _ = decode(tmp_path / "out/single/Hello-there.wav")
    assert len(wav) == 60 * AUDIO["hop_length"] == sum(note["durations"]) * note["hop_length"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("output\ttext\nb.wav\tHello.\nc\tYes | no.\n", [("b", "Hello."), ("c", "Yes | no.")]),
        ("text|audio_file|lines\nHello.|wavs/b.wav|1\n", [("b", "Hello.")]),
        ("text\tspeaker\nHello.\tbob\nYes.\t\n", [("0002", "Hello.", "bob"), ("0003", "Yes.")]),
        ("b.flac|Hello.|1\nc|Yes.|0\n", [("b", "Hello.", "1"), ("c", "Yes.", "0")]),
        ("b\tHello.\nc\tYes.\n", [("b", "Hello."), ("c", "Yes.")]),
        ("my line|Hello.\nother line|Yes.\n", [("my-line", "Hello."), ("other-line", "Yes.")]),
        ("Text\nHello.\n", [("0001", "Text"), ("0002", "Hello.")]),
    ],
)
def test_files_of_texts(tmp_path: Path, content: str, expected: list[tuple[str, ...]]) -> None:
    path = tmp_path / "texts.txt"
    path.write_text(content)
    found = read_requests(path, None)
    for request, (name, text, *speaker) in zip(found, expected, strict=True):
        assert request.file_name.startswith(name)
        assert request.text == text and request.speaker == (speaker[0] if speaker else None)
    assert {request.speaker for request in read_requests(path, "bob")} == {"bob"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a|Hello.\nYes.\nb|No.\n", r"line 2: expected id\|text, as in line 1"),
        ("output\ttext\na\tHello.\tx\n", "line 2: expected 2 columns as in the header"),
        ("a|b|c|Hello.\n", "line 1: expected two or three columns"),
        ("output|text\na.wav|Hello.\nx/a.flac|Yes.\n", "the id 'a' is there twice"),
        ('audio_file,"text"\na.wav,Hello.\n', "names columns with ',' between them"),
        ("id;text\na;Hello.\n", "names columns with ';' between them"),
    ],
)
def test_files_that_are_not_taken_silently(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "texts.txt"
    path.write_text(content)
    with pytest.raises(DataError, match=said):
        read_requests(path, None)


def test_a_table_speaks_with_its_speakers(speak: Any, tmp_path: Path) -> None:
    table = tmp_path / "texts.tsv"
    table.write_text("output\ttext\tspeaker\npitch\nx.wav\tHello.\tbob\t\ny\tYes.\t0\t\n")
    table.write_text("output\ttext\tspeaker\tpitch\nx.wav\tHello.\tbob\t\ny\tYes.\t0\t\n")
    code, out, _ = speak("--infer_text_file", table)
    assert code == 0 and "speakers from speaker; not used: pitch" in out
    notes = {p.stem: json.loads(p.read_text()) for p in (tmp_path / "out/batch").glob("*.json")}
    assert {name: note["speaker"] for name, note in notes.items()} == {"x": "bob", "y": "anna"}
    # its speakers mean nothing to a voice of one
    assert speak("--infer_text_file", table, "--keep_failed", voice="tacotron2")[0] == 0
    table.write_text("output\ttext\tspeaker\nx\tHello.\tcarl\n")
    with pytest.raises(DataError, match="line 2: no speaker 'carl'"):
        speak("--infer_text_file", table)


def test_a_pitch_transform_of_ones_own(speak: Any, tmp_path: Path) -> None:
    code = tmp_path / "mine.py"
    code.write_text(
        "import torch\n"
        "def rising(pitch, token_lengths):\n"
        "    return pitch * torch.linspace(0.5, 1.5, pitch.shape[1])\n"
        "def wrong(pitch, token_lengths):\n    return pitch[:, :1]\n"
        "def broken(pitch, token_lengths):\n    return pitch / nothing\n"
        "constant = 3\n"
    )
    words = ["--infer_text", "Hello.", "--speaker", "bob", "--infer_output_dir"]
    told = []
    for flags in ([], ["--pitch_transform", f"{code}:rising"]):
        assert speak(*words, tmp_path / str(len(flags)), *flags)[0] == 0
        note = tmp_path / str(len(flags)) / "single/Hello.json"
        told.append(json.loads(note.read_text()))
    plain, risen = (np.array(note["pitch"]) for note in told)
    np.testing.assert_allclose(risen, plain * np.linspace(0.5, 1.5, len(plain)), rtol=1e-3)
    assert told[1]["controls"]["pitch_function"] == "mine:rising"
    for name, said in (("wrong", "expected it to return a tensor"), ("broken", "NameError: name")):
        code_, _, err = speak(*words, tmp_path / "x", "--pitch_transform", f"{code}:{name}")
        assert code_ == 1 and "pitch_function" in err and said in err
    for spec, said in (
        (f"{code}:risin", "did you mean 'rising'"),
        (f"{code}:constant", "has no function constant"),
        ("nowhere.py:f", "cannot be loaded"),
        ("pitch * 2", "expected FILE.py:FUNCTION or MODULE:FUNCTION"),
    ):
        with pytest.raises(UsageError, match=said):
            speak(*words, tmp_path / "x", "--pitch_transform", spec)


def test_a_pitch_function_from_python(folder: Path) -> None:
    voice = recital.load_voice(folder / "fastpitch")

    def doubled(pitch: Tensor, token_lengths: Tensor) -> Tensor:
        assert pitch.shape == (1, int(token_lengths[0]))
        return 2 * pitch

    plain, _ = voice("Hello.", speaker="bob", pitch_shift_semitones=12.0)
    same, _ = voice("Hello.", speaker="bob", pitch_function=doubled)
    np.testing.assert_allclose(same, plain, atol=1e-4)
    with pytest.raises(DataError, match="pitch_function: expected a function"):
        voice("Hello.", speaker="bob", pitch_function=2.0)


def test_flags_of_numbers_are_checked() -> None:
    for flag, value in (("--batch_size", "0"), ("--repeats", "0"), ("--warmup_steps", "-1")):
        with pytest.raises(UsageError, match=f"{flag}: expected a whole number from"):
            inference.main(["--infer_text", "Hi", flag, value])


def test_a_report_without_a_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(recital.utils.errors.RecitalError, match="cannot be written"):
        report([], tmp_path / "missing", {})


def test_a_zipped_voice_speaks_elsewhere(folder: Path, tmp_path: Path) -> None:
    models = ["--infer_expt_dir", folder / "fastpitch", "--vocoder_dir", folder / "vocos"]
    flags = ["--format", "zip", "--precision", "fp32", "--output_dir"]
    words = [str(w) for w in (*models, *flags, tmp_path / "new/mine.zip")]
    export.main(words)
    with zipfile.ZipFile(tmp_path / "new/mine.zip") as archive:
        assert all(entry.startswith("mine/") for entry in archive.namelist())
        archive.extractall(tmp_path)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine.zip"]
    sent = recital.load_voice(tmp_path / "mine")
    own = recital.load_voice(folder / "fastpitch", folder / "vocos")
    wav, _ = sent("Hello.", speaker="bob")
    assert sent.vocoder.name == "Vocos" and np.array_equal(wav, own("Hello.", speaker="bob")[0])
    with pytest.raises(UsageError, match="is there already"):
        export.main(words)
    with pytest.raises(UsageError, match="expected NAME.zip"):
        export.main([*words[:-1], str(tmp_path / "folder")])
