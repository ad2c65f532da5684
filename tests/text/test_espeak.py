"""espeak-ng in its separate process: exact times, one wave per text, a worker that may die."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recital.processors.text import TextConfig, TextProcessor, espeak, symbols_for
from recital.processors.text.espeak import phonemize, speak, token_starts
from recital.processors.text.espeak_context import notation, phonemize_in_context
from recital.processors.text.heteronyms import HETERONYMS
from recital.processors.text.symbols import symbol_set
from recital.utils.errors import ConfigError, DataError, RecitalError
from tests.conftest import ROOT

pytest.importorskip("espeakng_loader")

SENTENCES = (ROOT / "preprocessors/corpora/embedded_sentences.txt").read_text().splitlines()


def test_the_embedded_sentences_are_as_promised() -> None:
    assert 300 <= len(SENTENCES) == len(set(SENTENCES)) <= 400
    for sentence in SENTENCES:
        assert sentence.isascii() and not any(c.isdigit() for c in sentence), sentence
        assert 4 <= len(sentence.split()) <= 14, sentence


def test_phonemize_keeps_words_stress_and_marks() -> None:
    tokens = phonemize(["Hello, you. Really?"])[0]
    assert "|".join(tokens) == "h|ə|l|ˈoʊ|,| |j|uː|.| |ɹ|ˈiə|l|i|?"
    assert phonemize(["", "...", " \n"]) == [[], [], []]
    assert phonemize(["it's — well – said\0"])[0].count("-") == 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("She read it yesterday.", "ɹˈɛd"),
        ("I will read it.", "ɹˈiːd"),
        ("Close the door!", "klˈoʊz"),
        ("They live here.", "lˈɪv"),
        ("He caught a bass in the lake.", "bˈæs"),
        ("The toy was painted with lead.", "lˈɛd"),
    ],
)
def test_heteronyms_are_said_by_their_context(text: str, word: str) -> None:
    said = "".join(phonemize_in_context([text], "en-us")[0])
    assert word in said.rstrip(".!").split(" ")


def test_what_espeak_says_right_stays_as_it_is() -> None:
    others = [s for s in SENTENCES if not any(w in HETERONYMS for w in s.lower()[:-1].split())]
    assert len(others) > 20
    assert phonemize_in_context(others, "en-us") == phonemize(others)
    changed = [
        (before, after)
        for before, after in zip(
            phonemize(SENTENCES), phonemize_in_context(SENTENCES, "en-us"), strict=True
        )
        if before != after
    ]
    assert len(changed) <= 4  # "The poet read in a low voice", "with a deep bow"
    for before, after in changed:
        words, others = ("".join(x).split(" ") for x in (before, after))
        assert len(words) == len(others)
        assert sum(a != b for a, b in zip(words, others, strict=True)) == 1
    german = ["Wir lesen den Content live."]
    assert phonemize_in_context(german, "de") == phonemize(german, "de")


def test_readings_are_in_the_symbols_of_espeaks_voices() -> None:
    known = symbol_set("espeak_en")
    readings = [form for h in HETERONYMS.values() for form in (h.usual, h.other)]
    forms = [f"[[{notation(form)}]]" for form in readings]
    for reading, phones in zip(readings, phonemize(forms, marked=True), strict=True):
        assert phones and set(phones) <= set(known), reading
    assert notation("R EH1 D") == "r'Ed" and notation("AH0 B Y UW1 Z") == "a#bj'u:z"


def test_brackets_in_a_text_are_no_phonemes() -> None:
    assert phonemize(["a [[b]] c"]) == phonemize(["a [b] c"])
    assert phonemize_in_context(["I read [[b]]."], "en-us") == phonemize(["I read [b]."])


def test_times_are_those_of_the_wave() -> None:
    spoken = speak(["She saw it, then left."])[0]
    assert spoken.wav.dtype == np.int16
    assert spoken.starts == sorted(spoken.starts)
    assert spoken.starts[-1] < len(spoken.wav) / espeak.SAMPLE_RATE
    level = np.abs(spoken.wav.astype(float))
    pause = spoken.phonemes.index("")
    start, end = (round(t * espeak.SAMPLE_RATE) for t in spoken.starts[pause : pause + 2])
    assert level[start + 600 : end].max() < 0.02 * level.max() < level[:start].mean()


def test_phonemes_of_a_text_are_those_that_are_spoken() -> None:
    """Each token's time, to measure an aligner, for at least nine of ten sentences."""
    sentences = SENTENCES[::4]
    spoken = speak(sentences)
    starts = [
        token_starts(tokens, s) for tokens, s in zip(phonemize(sentences), spoken, strict=True)
    ]
    agreeing = [s for s in starts if s is not None]
    assert len(agreeing) >= 0.9 * len(sentences)
    for times in agreeing:
        known = [t for t in times if t is not None]
        assert known == sorted(known) and len(known) > 5


def test_other_phonemes_than_spoken_are_not_matched() -> None:
    spoken = speak(["A cat."])[0]
    assert token_starts(phonemize(["A dog."])[0], spoken) is None
    assert token_starts(phonemize(["A cat."])[0][:-2], spoken) is None
    assert token_starts(phonemize(["A cat."])[0], spoken) is not None


def test_a_text_sounds_the_same_whatever_was_spoken_before() -> None:
    alone = speak([SENTENCES[3]])[0]
    after = speak([SENTENCES[8], SENTENCES[3]])[1]
    np.testing.assert_array_equal(alone.wav, after.wav)
    assert alone.starts == after.starts


def test_other_rates_are_resampled() -> None:
    own, other = (speak(["Good morning."], sample_rate=rate)[0] for rate in (22050, 16000))
    assert len(other.wav) == pytest.approx(len(own.wav) * 16000 / 22050, abs=2)
    assert other.starts == own.starts and other.wav.dtype == np.int16


def test_a_dead_worker_is_replaced() -> None:
    before = phonemize(["again"])
    assert espeak._worker.process is not None
    espeak._worker.process.kill()
    espeak._worker.process.wait()
    assert phonemize(["again"]) == before


def test_a_worker_that_keeps_dying_names_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    start, starts = espeak._start, []

    def start_and_kill():
        starts.append(process := start())
        process.kill()
        process.wait()
        return process

    monkeypatch.setattr(espeak, "_start", start_and_kill)
    espeak._worker.stop()
    with pytest.raises(DataError, match="failed twice.*'poison'"):
        phonemize(["poison"])
    assert len(starts) == 2


def test_an_unknown_voice_is_an_error() -> None:
    with pytest.raises(DataError, match="no voice 'xx-yy'"):
        speak(["Hello."], voice="xx-yy")
    assert speak(["Hello."])  # and the worker continues


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    espeak._worker.stop()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RecitalError, match="pip install espeakng-loader"):
        phonemize(["Hello."])


def test_the_library_is_not_in_this_process() -> None:
    phonemize(["Hello."])
    maps = Path("/proc/self/maps")
    if not maps.is_file():
        pytest.skip("needs /proc")
    assert "espeak" not in maps.read_text()


@pytest.mark.parametrize("after", [0, 1])
def test_an_interrupted_call_leaves_nothing_to_the_next(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    expected = phonemize(["The weather is nice today."])
    receive, calls = espeak._worker._receive, []

    def interrupted():
        calls.append(1)
        if len(calls) > after:
            raise KeyboardInterrupt
        return receive()

    monkeypatch.setattr(espeak._worker, "_receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        phonemize(["I will send you one hundred dollars.", "And more."])
    monkeypatch.undo()
    assert phonemize(["The weather is nice today."]) == expected


def test_a_reply_to_another_request_is_not_taken() -> None:
    phonemize(["One."])
    espeak._worker.number += 1  # as if a request had been lost
    espeak._worker.rest = b'{"id": 1, "phonemes": ["x"]}\n'
    assert phonemize(["Two."]) == [["t", "ˈuː", "."]]


@pytest.mark.skipif(os.name != "posix", reason="no fork here")
def test_a_fork_while_another_thread_phonemizes_does_not_hang() -> None:
    expected = phonemize(["One."])
    with espeak._worker.lock:  # held by a thread that the child does not have
        child = os.fork()
        if child == 0:
            os._exit(0 if phonemize(["One."]) == expected else 1)
        deadline = time.monotonic() + 30
        while (done := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
            time.sleep(0.05)
        if done == (0, 0):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    assert done[1] == 0 and done[0] == child


def test_the_worker_ignores_ctrl_c() -> None:
    """It is in the terminal's process group: its traceback would hide the one line of ours."""
    phonemize(["Hello."], "en-us")
    process = espeak._worker.process
    assert process is not None
    process.send_signal(signal.SIGINT)
    assert phonemize(["Hello."], "en-us") and process.poll() is None


def test_a_voice_of_several_languages() -> None:
    config = TextConfig(phonemizer="espeak", symbol_set="ipa", languages=["de", "nl"])
    several = TextProcessor(config, symbols_for(config))
    german = TextProcessor(replace(config, voice="de"), several.symbols)
    text = "Um 8 Uhr am 3. Oktober."
    assert several.speaking("de").encode(text) == german.encode(text) != several.encode(text)
    assert several.speaking(None) is several is several.speaking("en-us")
    # what corpora say of their recordings
    assert [several.language_of(name) for name in ("", "en", "en-us", "nl")] == [None] * 3 + ["nl"]
    # a voice of one language reads every recording in it
    assert TextProcessor(replace(config, languages=()), several.symbols).language_of("fr") is None
    with pytest.raises(DataError, match="does not speak 'dee'; did you mean 'de'"):
        several.speaking("dee")
    with pytest.raises(ConfigError, match="text.languages: espeak-ng has no voice 'gerrman'"):
        replace(config, languages=["gerrman"])
    with pytest.raises(ConfigError, match="text.languages: need phonemizer"):
        TextConfig(languages=["de"])
