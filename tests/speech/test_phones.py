"""Stage 4's figures of phones: the spread of their durations, and the level of fricatives."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from recital.bins import evaluate
from recital.bins.common import voice_aligner as aligner_module
from recital.bins.common.voice_aligner import VoiceAligner, voice_aligner
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.processors.audio_files import save_wav
from recital.processors.evaluation.analysis import Analysis
from recital.processors.evaluation.phones import (
    Phone,
    duration_sums,
    fricative_level,
    phones_of,
)
from recital.processors.evaluation.table import summarize
from recital.processors.evaluation.utterance import Measured, Result, compare_durations
from recital.processors.text import TextProcessor
from recital.utils.config import ROOT
from recital.utils.errors import CheckpointError

VOICE = ROOT / "pretrained/kathleen/acoustic"
AUDIO = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0, "same", 1e-9)
Utterances = dict[str, list[Phone]]


def analysed(wav: np.ndarray, pitch: np.ndarray) -> Analysis:
    mel = MelSpectrogram(AUDIO)(torch.from_numpy(wav)[None])[0].numpy()
    nothing = np.zeros((0, 25))
    return Analysis(wav, mel, pitch, nothing, nothing, 22050, 0.0, 0.0, 0.0, 0, 0, 0.0, 0.0)


def test_phones_of_tokens_by_hand() -> None:
    names = [" ", "ˈ", "u", "ː", " ", "s", "t", "ˌeɪ", "n", "\u0329", ",", " ", "ˈ", " ", "ɐ", " "]
    durations = [4, 1, 2, 3, 9, 5, 0, 6, 2, 1, 3, 2, 1, 1, 7, 8]
    assert phones_of(names, durations) == [
        Phone("uː", 4, 10),  # with the stress before it
        Phone("s", 19, 24),
        Phone("t", 24, 24),
        Phone("eɪ", 24, 30),
        Phone("n\u0329", 30, 33),
        Phone("ɐ", 40, 47),  # the stress of nothing is not its own
    ]


def said(durations: dict[str, list[int]]) -> list[Phone]:
    return [Phone(name, 0, d) for name, each in durations.items() for d in each]


def test_spread_by_hand() -> None:
    one = said({"a": [10, 20, 30], "t": [4], "z": [50]})
    two = said({"a": [20, 20], "t": [4, 4, 6, 2]})
    found = duration_sums({"one": one, "two": two, "none": []})
    # a: mean 20, squares .25 0 .25 0 0; t: mean 4, squares 0 0 0 .25 .25; z is rare
    assert found == {
        "one": {"phones": 4.0, "duration_squares": pytest.approx(1.25 * 0.5)},
        "two": {"phones": 6.0, "duration_squares": pytest.approx(1.25 * 0.5)},
    }


def drawn(spread: float, scale: float = 1.0, seed: int = 0) -> Utterances:
    """40 utterances of 30 phones of ten kinds, whose durations differ by `spread` of their mean."""
    random = np.random.default_rng(seed)
    found: Utterances = {}
    for u in range(40):
        kinds = random.integers(10, size=30)
        durations = (1 + spread * random.standard_normal(30)) * (2000 + 500 * kinds) * scale
        found[str(u)] = [
            Phone(chr(97 + k), 0, round(d)) for k, d in zip(kinds, durations, strict=True)
        ]
    return found


def compared(recorded: Utterances, made: Utterances) -> tuple[float, float, float]:
    """Spread, ratio and its upper bound."""
    results = [
        Result(id, "", Measured(phones=recorded[id]), {"run": Measured(phones=made[id])})
        for id in recorded
    ]
    compare_durations(results)
    figures = summarize([r.runs["run"].values for r in results], seed=0)
    ratio = figures["duration_spread_ratio"]
    assert ratio.high is not None
    assert "duration_spread" in results[0].reference.metrics
    return figures["duration_spread"].value, ratio.value, ratio.high


def test_spread_is_that_of_the_phones_and_not_of_the_rate() -> None:
    recorded = drawn(0.3)
    spread, ratio, _ = compared(recorded, recorded)
    assert spread == pytest.approx(30.0, abs=1.5) and ratio == 1.0
    _, slower, _ = compared(recorded, drawn(0.3, scale=2.0))
    assert slower == pytest.approx(1.0, abs=0.001)
    _, regular, high = compared(recorded, drawn(0.15))
    assert regular == pytest.approx(0.5, abs=0.01) and high < 0.55


def test_fricatives_are_measured_against_voiced_speech() -> None:
    """Bursts of noise between vowels, through a shelf of -3 dB from 4 kHz on."""
    random = np.random.default_rng(1)
    n = AUDIO.hop_length * 400
    t = np.arange(n) / AUDIO.sample_rate
    pitch = np.zeros(400, np.float32)
    vowel, noise = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20)), np.zeros(n)
    phones = []
    for start in range(20, 380, 60):
        pitch[start + 5 : start + 25] = 120.0
        phones += [Phone("a", start, start + 30), Phone("s", start + 30, start + 60)]
        burst = slice((start + 30) * AUDIO.hop_length, (start + 60) * AUDIO.hop_length)
        noise[burst] = random.standard_normal(30 * AUDIO.hop_length)
        vowel[burst] = 0.0
    wav = 0.1 * vowel + 0.03 * noise
    spectrum = np.fft.rfft(wav)
    spectrum[np.fft.rfftfreq(n, 1 / AUDIO.sample_rate) >= 4000] *= 10 ** (-3 / 20)
    shelf = np.fft.irfft(spectrum, n)
    flat, soft, loud = (
        fricative_level(analysed(w.astype(np.float32), pitch), AUDIO, phones)
        for w in (wav, shelf, 2 * wav)
    )
    assert soft - flat == pytest.approx(-3.0, abs=0.1)
    assert loud == pytest.approx(flat, abs=0.01)
    # 4 of 11 kHz of the noise; a vowel of half the sum of the squares
    expected = 10 * np.log10(0.03**2 * 4000 / 11025 / (0.005 * (1 / np.arange(1, 20) ** 2).sum()))
    assert flat == pytest.approx(expected, abs=0.5)
    silent = fricative_level(analysed(wav.astype(np.float32), 0 * pitch), AUDIO, phones)
    assert np.isnan(silent)


def test_the_aligner_of_a_voice_finds_what_it_said() -> None:
    from recital.models import load_acoustic
    from recital.processors.text import TextConfig, TextProcessor
    from recital.utils.config import build_section

    found = voice_aligner(VOICE.parent, load_acoustic(VOICE)[0].audio)
    assert found == VoiceAligner(VOICE)
    model, config = load_acoustic(VOICE)
    processor = TextProcessor(build_section(TextConfig, config["text"], "text"), config["symbols"])
    text = "The roses have finally begun to bloom."
    tokens = processor.encode(text)
    with torch.inference_mode():
        out = model.eval().infer(torch.tensor([tokens]), torch.tensor([len(tokens)]))
    assert out.repeats is not None
    truth = phones_of(processor.token_names(tokens), out.repeats[0].tolist())
    wave = analysed(np.zeros(2048, np.float32), np.zeros(out.mel.shape[2], np.float32))
    phones = found(dataclasses.replace(wave, mel=out.mel[0].numpy()), text)
    assert [p.name for p in phones] == [p.name for p in truth]
    away = [abs(a.start - b.start) for a, b in zip(phones, truth, strict=True)]
    assert np.median(away) <= 1 and max(away) < 10
    assert found(wave, "\u5929") == []  # cannot be read


def test_a_voice_that_was_typed_and_is_not_there_is_an_error(tmp_path: Path) -> None:
    for name in ("real", "made"):
        (tmp_path / name).mkdir()
        wav = np.sin(np.arange(8000) * 0.05).astype(np.float32)
        save_wav(tmp_path / name / "a.wav", wav, 16000)
    words = ["--reference_dir", str(tmp_path / "real"), "--recognizer", "none", "--judges", "none"]
    words += ["--synthesis_dir", str(tmp_path / "made"), "--eval_output_dir", str(tmp_path / "out")]
    with pytest.raises(CheckpointError, match="nowhere"):
        evaluate.main([*words, "--infer_expt_dir", str(tmp_path / "nowhere")])
    assert evaluate.main([*words, "--jobs", "1"]) == 0
    said = (tmp_path / "out/metrics.json").read_text()
    assert "need the texts, by --texts" in said


def test_why_no_aligner() -> None:
    assert "--infer_expt_dir" in str(voice_aligner(None, AUDIO))
    assert "expected one that speaks" in str(voice_aligner(VOICE.parent / "vocoder", AUDIO))
    other = dataclasses.replace(AUDIO, n_mels=40)
    assert "n_mels" in str(voice_aligner(VOICE, other))


def test_a_voice_does_not_align_another_language() -> None:
    from recital.models import load_acoustic

    audio = load_acoustic(VOICE)[0].audio
    why = voice_aligner(VOICE, audio, "de")
    assert isinstance(why, str) and "speaks en, and text.voice of the config is de" in why
    assert isinstance(voice_aligner(VOICE, audio, "en-gb"), VoiceAligner)


def test_a_voice_of_several_languages_aligns_in_the_nearest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, processor = aligner_module._loaded(VOICE)
    config = dataclasses.replace(processor.config, voice="de", languages=("en-us",))
    both = TextProcessor(config, processor.symbols)
    monkeypatch.setattr(aligner_module, "_loaded", lambda directory: (model, both))
    for given, spoken in {"en-gb": "en-us", "en-us": "en-us", "de": "de", None: None}.items():
        found = voice_aligner(VOICE, model.audio, given)
        assert isinstance(found, VoiceAligner) and found.language == spoken
