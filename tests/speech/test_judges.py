"""The judges of stage 4 that know no text, prosody, and the strong recognizer."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from recital.bins import evaluate
from recital.modules.contract.audio import AudioConfig
from recital.processors.audio_files import save_wav
from recital.processors.evaluation import judges
from recital.processors.evaluation.analysis import Analysis, Clip, analyse
from recital.processors.evaluation.judges import (
    JUDGES,
    Judgement,
    absent,
    judged,
    likeness,
    present,
)
from recital.processors.evaluation.moonshine import Moonshine, model_folder, read_tokens
from recital.processors.evaluation.prosody import pauses, prosody, shared_pauses
from recital.processors.evaluation.recognizers import spoken_words
from recital.processors.evaluation.table import METRICS, of_one, summarize
from recital.processors.evaluation.utterance import Measured, Result, compare_speakers
from recital.processors.features import PitchConfig
from recital.utils.errors import UsageError

AUDIO = AudioConfig(
    sample_rate=22050,
    n_fft=1024,
    win_length=1024,
    hop_length=256,
    n_mels=80,
    f_min=0.0,
    f_max=8000.0,
)
HOP = 256 / 22050


def analysis(pitch: np.ndarray, wav: np.ndarray | None = None) -> Analysis:
    """An analysis with this F0 and this wave, and nothing else that is measured here."""
    wav = np.zeros(22050, np.float32) if wav is None else wav
    nothing = np.zeros((0, 0))
    return Analysis(wav, nothing, pitch, nothing, nothing, 22050, 0.0, 1.0, 1.0, 0, 0, 0.0, -20.0)


def tones(*seconds: float) -> np.ndarray:
    """Sound and silence in turn, in seconds."""
    parts = [
        0.3 * np.sin(2 * np.pi * 220 * np.arange(round(s * 22050)) / 22050) * (i % 2 == 0)
        for i, s in enumerate(seconds)
    ]
    return np.concatenate(parts).astype(np.float32)


def test_spread_movement_and_fall_by_hand() -> None:
    frames = round(2.0 / HOP)
    time = np.arange(frames) * HOP
    slow = 200 * 2 ** (2 / 12 * np.sin(2 * np.pi * 0.5 * time))  # two semitones, one wave in 2 s
    found = prosody(analysis(slow), HOP)
    assert found["f0_spread"] == pytest.approx(2 / np.sqrt(2), abs=0.02)
    assert found["f0_movement"] < 0.1
    fast = 200 * 2 ** (1 / 12 * np.sin(2 * np.pi * 8 * time))  # a semitone, 8 waves a second
    assert prosody(analysis(fast), HOP)["f0_movement"] == pytest.approx(1 / np.sqrt(2), rel=0.15)
    falling = np.full(frames, 200.0)
    falling[-round(0.15 / HOP) :] = 200 * 2 ** (-3 / 12)
    assert prosody(analysis(falling), HOP)["final_fall"] == pytest.approx(-3.0, abs=1e-6)
    falling[:10] = falling[-40:-20] = 0  # what is unvoiced does not count
    assert prosody(analysis(falling), HOP)["final_fall"] == pytest.approx(-3.0, abs=1e-6)
    assert "f0_spread" not in prosody(analysis(np.zeros(frames)), HOP)


def test_pauses_and_their_places() -> None:
    one, other = tones(0.5, 0.3, 0.5, 0.05, 0.4), tones(0.6, 0.3, 0.3, 0.2, 0.35)
    ((start, stop),) = pauses(one, 22050)  # 0.05 s is none
    assert (start, stop) == pytest.approx((0.5, 0.8), abs=0.02)
    (within,) = pauses(np.concatenate([np.zeros(22050), one, np.zeros(22050)]), 22050)
    assert within == pytest.approx((1.5, 1.8), abs=0.02)
    assert pauses(np.zeros(1000), 22050) == []
    path = np.stack([np.arange(140)] * 2, axis=1)
    a, b = (analysis(np.zeros(0), wav) for wav in (one, other))
    assert shared_pauses(a, b, path, HOP) == {"shared_pauses": 1.0}  # 0.65 and 0.75 s
    late = path + np.array([[0, 40]])  # the synthesis is half a second later
    assert shared_pauses(a, b, late, HOP) == {"shared_pauses": 0.0}
    values = {"pauses": 2.0, "reference_pauses": 1.0, "shared_pauses": 1.0, "pause_sum": 0.5}
    assert of_one(values)["pause_places"] == pytest.approx(2 / 3)
    assert of_one(values)["pause_seconds"] == pytest.approx(0.25)


def test_at_the_loudness_of_its_recording(tmp_path: Path) -> None:
    import soundfile

    rng = np.random.default_rng(0)
    wav = tones(0.7) * (0.5 + 0.4 * rng.random(15435))
    files = []
    for name, gain in (("recording", 1.0), ("voice", 0.25)):
        files.append(Clip(tmp_path / f"{name}.wav"))
        soundfile.write(files[-1].path, gain * wav, 22050, subtype="FLOAT")
    recording = analyse(files[0], AUDIO, PitchConfig(), None)
    quiet = analyse(files[1], AUDIO, PitchConfig(), None)
    even = analyse(files[1], AUDIO, PitchConfig(), None, recording.lufs)
    assert recording.lufs - quiet.lufs == pytest.approx(20 * np.log10(4), abs=1e-3)
    assert even.lufs == quiet.lufs  # as in the file
    np.testing.assert_allclose(even.level, recording.level, atol=1e-3)
    np.testing.assert_allclose(recording.level - quiet.level, 20 * np.log10(4), atol=1e-3)


def test_likeness_leaves_the_sentence_itself_out() -> None:
    a, b, c = np.eye(3)
    others = {"1": a, "2": a, "3": b}
    found = likeness({"1": a, "3": c, "4": b}, others)
    assert found["1"] == pytest.approx(1 / np.sqrt(2))  # against a + b
    assert found["3"] == pytest.approx(0.0)  # against a + a
    assert found["4"] == pytest.approx(1 / np.sqrt(5))  # against a + a + b
    assert likeness({"1": a}, {"1": a}) == {}
    results = [
        Result(
            str(i), "", Measured(voice=others[str(i)]), {"x": Measured(voice=a), "y": Measured()}
        )
        for i in (1, 2, 3)
    ]
    compare_speakers(results)
    assert results[2].reference.values["likeness"] == pytest.approx(0.0)
    assert results[2].runs["x"].metrics["likeness"] == pytest.approx(1.0)
    assert "likeness" not in results[2].runs["y"].values
    figures = summarize([r.runs["x"].values for r in results], 0)
    assert figures["likeness"].value == pytest.approx((2 / np.sqrt(2) + 1) / 3)


def test_strangers_who_are_closer_by_hand() -> None:
    a, b, c = np.eye(3)
    half = (a + b) / np.sqrt(2)
    results = [Result(str(i), "", Measured(voice=a), {"x": Measured(voice=half)}) for i in range(3)]
    compare_speakers(results, [a, b, half, c])
    # the wave is at 0.71 of the speaker: one stranger is at 1, two are where the speaker is
    assert results[0].runs["x"].metrics["likeness"] == pytest.approx(np.sqrt(0.5))
    assert results[0].runs["x"].metrics["strangers"] == 25.0
    assert results[0].reference.values["strangers"] == 0.0
    compare_speakers(results[:2])
    figures = summarize([r.runs["x"].values for r in results], 0)
    assert figures["strangers"].value == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--judges", "none"], "leave out --judges none"),
        ([], "needs a judge of speakers: pip install --no-deps Resemblyzer"),
    ],
)
def test_strangers_need_the_judge_of_speakers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], message: str
) -> None:
    monkeypatch.setattr(judges, "_has", lambda name: False)
    for folder in ("real", "mine"):
        (tmp_path / folder).mkdir()
        save_wav(tmp_path / folder / "a.wav", tones(0.5), 22050)
    words = [f"--reference_dir={tmp_path}/real", f"--synthesis_dir={tmp_path}/mine"]
    with pytest.raises(UsageError, match=message):
        evaluate.main([*words, f"--strangers_dir={tmp_path}/real", *flags])


def test_absent_judges_are_named_with_their_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "_has", lambda name: name == "resemblyzer")
    assert present() == ["speaker"]
    assert absent() == [
        "DNSMOS: pip install 'recital[judges]'",
        "DistillMOS: pip install --no-deps distillmos==0.9.1 xls-r-sqa==0.1.0",
    ]


def test_level_has_no_influence(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[np.ndarray] = []

    def judge(wav: np.ndarray) -> Judgement:
        heard.append(wav)
        return Judgement({"distillmos": 3.0})

    monkeypatch.setattr(judges, "present", lambda: ["distillmos"])
    monkeypatch.setattr(judges, "_judge", lambda name: judge)
    wav = tones(0.5)
    assert judged(wav) == judged(0.01 * wav) == Judgement({"distillmos": 3.0})
    np.testing.assert_allclose(heard[0], heard[1], rtol=1e-5)
    assert judged(np.zeros(16000, np.float32)) == Judgement({})


def test_every_judge_s_figures_are_in_the_table() -> None:
    names = {m.name for m in METRICS}
    assert {"dnsmos_p808", "dnsmos_overall", "distillmos", "likeness"} <= names
    assert set(JUDGES) == {"dnsmos", "distillmos", "speaker"}


@pytest.mark.parametrize("name", JUDGES)
def test_an_installed_judge_prefers_speech_to_noise(name: str) -> None:
    if name not in present():
        pytest.skip(f"{name} is not installed")
    espeak = pytest.importorskip("recital.processors.text.espeak")
    if importlib.util.find_spec("espeakng_loader") is None:
        pytest.skip("espeak-ng is not installed")
    texts = ["The children played until the sun went down.", "She looked across the river."]
    speech = [
        s.wav.astype(np.float32) / 32768 for s in espeak.speak(texts, "en-us", sample_rate=16000)
    ]
    noise = np.random.default_rng(0).normal(0, 0.1, 32000).astype(np.float32)
    judge = JUDGES[name].make()
    one, other, bad = (judge(0.5 * wav) for wav in (*speech, noise))
    if name == "speaker":
        voices = [found.voice for found in (one, other, bad)]
        assert all(np.linalg.norm(voice) == pytest.approx(1, abs=1e-5) for voice in voices)
        assert voices[0] @ voices[1] > voices[0] @ voices[2] + 0.1
        return
    for name, figure in one.figures.items():
        assert 1.0 < bad.figures[name] < figure < 5.0


def test_moonshine_hears_words() -> None:
    if model_folder() is None or importlib.util.find_spec("onnxruntime") is None:
        pytest.skip("moonshine-voice is not installed")
    espeak = pytest.importorskip("recital.processors.text.espeak")
    if importlib.util.find_spec("espeakng_loader") is None:
        pytest.skip("espeak-ng is not installed")
    (said,) = espeak.speak(["The children played in the garden."], "en-us", sample_rate=16000)
    ear = Moonshine()
    wav = said.wav.astype(np.float32) / 32768
    heard = spoken_words(ear.transcribe(wav))
    assert "children" in heard and "garden" in heard
    assert ear.transcribe(np.zeros(16000, np.float32)) == ear.transcribe(wav[:10]) == ""
    # more than 9.2 s, of which the graph's mask has two places
    long = np.concatenate([wav, np.zeros(8000, np.float32)] * 6)
    assert len(long) > 10 * 16000 and spoken_words(ear.transcribe(long)).count("children") >= 3


def test_tokens_of_any_length_are_read() -> None:
    tokens = [b"<s>", b"", b"x" * 127, b"y" * 128, "\u2581é".encode(), b"z" * 300]
    lengths = [
        bytes([len(t)]) if len(t) < 128 else bytes([len(t) % 128 + 128, len(t) // 128])
        for t in tokens
    ]
    assert read_tokens(b"".join(n + t for n, t in zip(lengths, tokens, strict=True))) == tokens


def test_quotation_marks_are_no_apostrophes() -> None:
    assert spoken_words("'Not \"at\" this,' said 'Tom' - don't.") == "not at this said tom don't"
