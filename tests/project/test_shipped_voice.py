"""The voice in `pretrained/` loads, sounds as it should, and can be understood."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import recital
from recital.bins import inference
from recital.modules.contract.mel import MelSpectrogram
from recital.processors.evaluation.prosody import melody
from recital.processors.evaluation.recognizers import PocketSphinx, compare
from recital.processors.features import PitchConfig
from recital.processors.loudness import loudness
from recital.processors.pitch import estimate_pitch
from recital.utils import checkpoint
from recital.utils.config import ROOT
from recital.utils.errors import CheckpointError
from recital.voices import VOICE, shipped_voice

TEXTS = (
    "The children played in the garden until the sun went down.",
    "She opened the window and looked across the river.",
    "We had dinner at seven and went home before midnight.",
    "He asked the doctor if he could go back to work on Monday.",
    "They bought three bottles of milk and a loaf of bread.",
)
MOST_ERRORS = 0.35  # word error rate by this recognizer; on the speaker's own recordings it is 0.2


@pytest.fixture(scope="module")
def voice() -> Any:
    return recital.load_voice()


@pytest.fixture(scope="module")
def spoken(voice: Any) -> list[np.ndarray]:
    pytest.importorskip("espeakng_loader")
    return [voice(text)[0] for text in TEXTS]


def test_it_can_be_understood(spoken: list[np.ndarray], voice: Any) -> None:
    pytest.importorskip("pocketsphinx")
    from recital.processors.audio_files import resample

    ear = PocketSphinx()
    heard = [
        compare(text, ear.transcribe(resample(wav, voice.acoustic.audio.sample_rate, 16000)))
        for text, wav in zip(TEXTS, spoken, strict=True)
    ]
    errors = sum(h.word_errors for h in heard) / sum(h.words for h in heard)
    assert errors <= MOST_ERRORS


def test_it_speaks_at_the_speaker_s_pace_without_clipping(spoken: list[np.ndarray]) -> None:
    for text, wav in zip(TEXTS, spoken, strict=True):
        assert 8 < len(text) / (len(wav) / 22050) < 22  # letters a second
        assert 0.1 < float(np.abs(wav).max()) < 0.99


def test_it_is_as_loud_as_others(spoken: list[np.ndarray]) -> None:
    assert loudness(np.concatenate(spoken), 22050) == pytest.approx(-20.0, abs=1.0)


def test_its_symbols_can_be_exported(voice: Any) -> None:
    """One code point each, as Piper's form needs; what it was not trained on is spoken as what it
    was.
    """
    assert all(len(symbol) == 1 for symbol in voice.text.symbols)
    pytest.importorskip("espeakng_loader")
    names = voice.text.token_names(voice.text.encode("Is it - well, new? Yes: go!"))
    assert [name for name in names if name in ",.;:!?-"] == [",", ",", "?", ",", "."]


def test_its_voice_rises_where_yes_or_no_is_asked(voice: Any) -> None:
    pytest.importorskip("espeakng_loader")

    def final_movement(text: str) -> float:
        wav, audio = voice(text)[0], voice.acoustic.audio
        pitch = estimate_pitch(wav, audio, PitchConfig())
        return melody(pitch, audio.hop_length / audio.sample_rate)["final_fall"]

    # from the sentences of Common Voice (CC0)
    for text in ("Is your husband with you?", "Can you remember anything at all?"):
        assert final_movement(text) > 0 > final_movement(f"{text[:-1]}.")
    asked, stated = (voice.text.encode(f"Where did he keep his money{mark}") for mark in "?.")
    assert asked == stated


def test_it_pauses_at_a_dash(voice: Any) -> None:
    pytest.importorskip("espeakng_loader")
    plain, dash = (voice.synthesize([t])[0] for t in ("No it is new.", "No - it is new."))
    assert dash.seconds - plain.seconds > 0.05


def test_it_is_small_and_names_nothing_of_the_machine_that_trained_it() -> None:
    files = [f for f in VOICE.rglob("*") if f.is_file()]
    assert sum(f.stat().st_size for f in files) < 30e6
    assert (VOICE / "README.md").is_file()
    for directory in shipped_voice():
        config = checkpoint.read_json(directory / checkpoint.CONFIG)
        assert not {"dataset_path", "log_dir"} & config.keys()
        weights = checkpoint.read_tensors(directory / checkpoint.MODEL)
        assert all(w.dtype == torch.float16 for w in weights.values() if w.dim() > 1)


def test_a_recipe_without_training_speaks_with_it(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader")
    flags = ["--config", str(ROOT / "egs/tts/FastPitch/exp_config.json"), "--name=untrained"]
    flags += [f"--set=log_dir={tmp_path / 'ckpts'}", "--or_shipped"]
    for text in ("Hello.", "Again."):  # the output of the first must not be taken for a training
        assert inference.main([*flags, f"--infer_text={text}"]) in (None, 0)
    assert len(list((tmp_path / "ckpts/untrained/infer").rglob("*.wav"))) == 2
    (tmp_path / "ckpts/untrained/checkpoint").mkdir()
    with pytest.raises(CheckpointError, match="untrained"):
        inference.main([*flags, "--infer_text=No."])


def test_the_hub_s_vocoders_answer_with_its_own(caplog: pytest.LogCaptureFixture) -> None:
    for name, warned in (("source_filter", False), ("vocos", True)):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            vocoder, setup, denoiser = torch.hub.load(
                str(ROOT), name, source="local", trust_repo=True
            )
        assert ("no Vocos comes with Recital" in caplog.text) == warned
    fastpitch, acoustic_setup = torch.hub.load(
        str(ROOT), "fastpitch", source="local", trust_repo=True
    )
    assert all(acoustic_setup[key] == setup[key] for key in setup)
    wav = vocoder(torch.randn(1, 80, 30) - 5)
    assert denoiser(wav.squeeze(1), 0.005).shape == (1, 1, 30 * 256)


def test_its_streamed_pieces_equal_the_whole(voice: Any, spoken: list[np.ndarray]) -> None:
    mel = MelSpectrogram(voice.acoustic.audio)(torch.tensor(spoken[0], dtype=torch.float32)[None])
    whole, _ = voice.vocoder(mel[0])
    pieces = np.concatenate(list(voice.vocoder.stream(mel[0].split(40, dim=1))))
    np.testing.assert_allclose(pieces, whole, rtol=0, atol=1e-5)
