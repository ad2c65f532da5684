"""The synthesizer with a fake acoustic model whose outputs are all known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from recital.modules.acoustic.length import repeats_of
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.model import AS_CONFIGURED, Acoustic, AcousticModel, Sampling, Vocoder
from recital.processors.speech.controls import Controls
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.speech.torch_backend import torch_voice
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.sentences import split_text
from recital.utils.errors import ConfigError, DataError

AUDIO = AudioConfig(8000, 64, 64, 16, 4, 0.0, 4000.0)
MEAN, STD = 200.0, 50.0


class FakeAcoustic(AcousticModel):
    """Two frames per token, a mel that encodes the token, pitch 0 (normalized), energy 1."""

    def __init__(self, has_pitch: bool = True) -> None:
        super().__init__()
        self.audio = AUDIO
        self.has_pitch = has_pitch
        self.calls: list[dict[str, Any]] = []

    def infer(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        *,
        speaker: Tensor | None = None,
        pace: float | Tensor = 1.0,
        pitch: Tensor | None = None,
        energy: Tensor | None = None,
        durations: Tensor | None = None,
        pitch_transform: Any = None,
        energy_transform: Any = None,
    ) -> Acoustic:
        self.calls.append({"tokens": tokens, "speaker": speaker, "pace": pace})
        mask = torch.arange(tokens.shape[1]) < token_lengths[:, None]
        repeats = repeats_of(torch.full(tokens.shape, 2.0), pace) * mask
        lengths = repeats.sum(1)
        mel = torch.zeros(len(tokens), AUDIO.n_mels, int(lengths.max()))
        for i, row in enumerate(tokens):
            frames = torch.repeat_interleave(row, repeats[i]).float()
            mel[i, :, : len(frames)] = frames
        pitch_hat = torch.zeros(len(tokens), 1, tokens.shape[1]) if self.has_pitch else None
        if pitch_hat is not None:
            pitch_hat = pitch_transform(pitch_hat, token_lengths, mean=MEAN, std=STD)
        energy_hat = None
        if self.has_pitch:
            energy_hat = energy_transform(torch.ones(tokens.shape)) * mask
        self.calls[-1]["energy"] = energy_hat
        return Acoustic(mel, lengths, torch.full(tokens.shape, 2.0), pitch_hat, energy_hat, repeats)


class FakeVocoder(Vocoder):
    """Every sample of a frame is its token's number divided by 1000."""

    def __init__(self, audio: AudioConfig = AUDIO) -> None:
        super().__init__()
        self.audio = audio

    def infer(self, mel: Tensor) -> Tensor:
        return mel[:, 0].repeat_interleave(self.audio.hop_length, dim=1) / 1000


@pytest.fixture
def acoustic() -> FakeAcoustic:
    return FakeAcoustic()


@pytest.fixture
def voice(acoustic: FakeAcoustic) -> Synthesizer:
    return make(acoustic)


def make(acoustic: FakeAcoustic, speakers: tuple[str, ...] = ("anna", "bob")) -> Synthesizer:
    config = TextConfig(cleaners="basic_cleaners")
    text = TextProcessor(config, symbols_for(config))
    return torch_voice(acoustic, FakeVocoder(), text, speakers=speakers)


def test_one_text(voice: Synthesizer) -> None:
    speech = voice.synthesize(["Hi you."], speaker="bob")[0]
    assert "".join(speech.token_names) == "hi you."
    assert speech.durations == [2] * 7
    assert speech.mel.shape == (4, 14) and speech.wav.shape == (14 * 16,)
    assert speech.wav.dtype == np.float32
    np.testing.assert_allclose(speech.wav[::32], np.array(speech.tokens) / 1000, rtol=1e-6)
    assert speech.pitch == [MEAN] * 7
    assert speech.seconds == 14 * 16 / 8000
    wav, sample_rate = voice("Hi you.", speaker="bob")
    assert sample_rate == 8000 and np.array_equal(wav, speech.wav)


class OfFrames(FakeAcoustic):
    """Its pitch is per frame: a token's second frame is one deviation higher."""

    def infer(
        self, tokens: Tensor, token_lengths: Tensor, *, pitch_transform: Any = None, **options: Any
    ) -> Acoustic:
        def of_frames(pitch: Tensor, lengths: Tensor, **statistics: float) -> Tensor:
            frames = torch.cat([pitch, pitch + 1.0], dim=1)  # [B, 2, N]
            return pitch_transform(frames, lengths, **statistics).mean(1, keepdim=True)

        return super().infer(tokens, token_lengths, pitch_transform=of_frames, **options)


def test_the_pitch_of_a_model_of_frames_is_what_it_says_of_tokens() -> None:
    voice = make(OfFrames())
    assert voice.synthesize(["Hi."], speaker="bob")[0].pitch == [MEAN + 0.5 * STD] * 3
    scaled = voice.synthesize(["Hi."], speaker="bob", controls=Controls(pitch_scale=[1, 2, 3]))
    assert scaled[0].pitch == [MEAN + 0.5 * STD * scale for scale in (1, 2, 3)]


def test_a_mel_mismatch_is_refused_with_the_fields() -> None:
    other = AudioConfig(8000, 64, 64, 16, 4, 0.0, 4000.0, padding="same")
    config = TextConfig()
    text = TextProcessor(config, symbols_for(config))
    with pytest.raises(ConfigError, match=r"padding +center +same"):
        torch_voice(FakeAcoustic(), FakeVocoder(other), text)


def test_texts_of_a_batch_are_as_they_are_alone(voice: Synthesizer) -> None:
    texts = ["A much longer text, with a comma.", "Hi.", "One. Two words. Three of them!"]
    together = voice.synthesize(texts, speaker="anna", batch_size=2)
    for text, speech in zip(texts, together, strict=True):
        alone = voice.synthesize([text], speaker="anna")[0]
        assert speech.text == text and speech.durations == alone.durations
        np.testing.assert_array_equal(speech.wav, alone.wav)


def test_pieces_are_joined_with_a_pause_and_without_clicks(voice: Synthesizer) -> None:
    speech = voice.synthesize(["Zzz. Zzz."], speaker="anna")[0]
    pause = round(0.25 * 8000 / 16)
    assert speech.durations == [2, 2, 2, 2 + pause, 2, 2, 2, 2]
    assert sum(speech.durations) == speech.mel.shape[1] == len(speech.wav) / 16
    silence = speech.wav[8 * 16 : (8 + pause) * 16]
    assert not silence.any()
    loud = 63 / 1000
    before, after = speech.wav[: 6 * 16], speech.wav[(8 + pause) * 16 :]
    assert before[0] == after[40] == pytest.approx(loud)
    jumps = np.abs(np.diff(np.concatenate([speech.wav[7 * 16 :]])))
    assert jumps.max() < 0.06 and after[0] == 0.0 and speech.wav[8 * 16 - 1] == 0.0


def test_a_text_of_any_length_is_cut(voice: Synthesizer, acoustic: FakeAcoustic) -> None:
    text = "no end in sight and on it goes " * 200
    speech = voice.synthesize([text], speaker="anna")[0]
    assert max(call["tokens"].shape[1] for call in acoustic.calls) <= 241
    spoken = "".join(speech.token_names).replace(" ", "")
    assert spoken == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("Dr. Smith met J. Doe. He left.", ["Dr. Smith met J. Doe.", "He left."]),
        ("He said e.g. this… and that.", ["He said e.g. this… and that."]),
        ('"Go." She went.', ['"Go."', "She went."]),
        ("{HH AH0} a.", ["{HH AH0} a."]),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, pieces: list[str]) -> None:
    assert [piece.text for piece in split_text(text)] == pieces


def test_long_sentences_are_cut_at_commas_then_blanks_then_anywhere() -> None:
    text = "a b c, d e f g h i j k " + "x" * 25 + " {A B C D E F G H I}"
    pieces = [piece.text for piece in split_text(text, limit=10)]
    assert pieces == ["a b c,", "d e f g h", "i j k", "x" * 10, "x" * 10, "xxxxx"] + [
        "{A B C D E F G H I}"
    ]


def test_pieces_without_words_are_passed_over(voice: Synthesizer) -> None:
    speech = voice.synthesize(["Yes. … No."], speaker="anna")[0]
    assert "".join(speech.token_names) == "yes.no."
    with pytest.raises(DataError, match="nothing to speak"):
        voice.synthesize(["Yes.", "…"], speaker="anna")


def test_pace(voice: Synthesizer) -> None:
    assert len(voice("Hello.", speaker="anna", pace=2.0)[0]) == 6 * 16


@pytest.mark.parametrize(
    ("controls", "hz"),
    [
        ({"pitch_shift": 20.0}, 220.0),
        ({"pitch_shift_semitones": 12.0}, 400.0),
        ({"pitch_shift": 20.0, "pitch_flatten": True}, 220.0),
    ],
)
def test_pitch_controls(voice: Synthesizer, controls: dict[str, Any], hz: float) -> None:
    speech = voice.synthesize(["Hi."], speaker="anna", controls=Controls(**controls))[0]
    assert speech.pitch == pytest.approx([hz] * 3)


def test_given_pitch_is_taken_where_it_is_given(voice: Synthesizer) -> None:
    speech = voice.synthesize(
        ["Hi. Yo."], speaker="anna", pitch=[100, 0, 0, 0, 0, 300], controls=Controls(pitch_shift=5)
    )[0]
    assert speech.pitch == pytest.approx([100, 205, 205, 205, 205, 300])
    for wrong, said in (([100.0], "expected 6 numbers"), ([9.0] * 6, "20 to 2000 Hz")):
        with pytest.raises(DataError, match=said):
            voice("Hi. Yo.", speaker="anna", pitch=wrong)


def test_energy_scale(voice: Synthesizer, acoustic: FakeAcoustic) -> None:
    voice("Hi.", speaker="anna", energy_scale=1.5)
    torch.testing.assert_close(acoustic.calls[-1]["energy"], torch.full((1, 3), 1.5))
    assert len(acoustic.calls) == 1


def test_each_token_may_have_its_own(voice: Synthesizer, acoustic: FakeAcoustic) -> None:
    """Also across pieces of a text, and together with the styles of marked-up text."""
    paces, scales = [2.0, 1, 1, 1, 1, 0.5], [1.0, 2, 3, 4, 5, 6]
    speech = voice.synthesize(
        ["Hi. Yo."], speaker="anna", controls=Controls(pace=paces, energy_scale=scales)
    )[0]
    assert (speech.durations[0], speech.durations[5]) == (1, 4)
    assert acoustic.calls[-1]["energy"].flatten().tolist() == scales
    speech = voice.synthesize(
        ["Hi. Yo."], speaker="anna", controls=Controls(pitch_shift=50.0, pitch_scale=[1.5] * 6)
    )[0]
    assert speech.pitch == pytest.approx([250.0] * 6)  # the fake's pitch is constant
    with pytest.raises(DataError, match="pace: expected 6 numbers, one for each token"):
        voice("Hi. Yo.", speaker="anna", pace=[1.0])
    with pytest.raises(DataError, match="pitch_scale: expected 0 to 10, found 11"):
        Controls(pitch_scale=[1.0, 11.0])
    with pytest.raises(DataError, match="fade_out: expected a number"):
        Controls(fade_out=[0.1, 0.1])  # type: ignore[arg-type]


def test_fade_out(voice: Synthesizer) -> None:
    plain, _ = voice("Hello.", speaker="anna")
    faded, _ = voice("Hello.", speaker="anna", fade_out=0.008)
    np.testing.assert_array_equal(faded[:-64], plain[:-64])
    assert faded[-1] == 0.0
    np.testing.assert_allclose(faded[-33], plain[-33] * 32 / 63, rtol=1e-5)


def test_speakers(voice: Synthesizer, acoustic: FakeAcoustic) -> None:
    voice("Hi.", speaker="bob")
    assert acoustic.calls[-1]["speaker"].tolist() == [1]
    with pytest.raises(DataError, match="no speaker 'bobb'; did you mean 'bob'.*known: anna, bob"):
        voice("Hi.", speaker="bobb")
    with pytest.raises(DataError, match="known: anna, bob"):
        voice("Hi.")
    make(acoustic, speakers=())("Hi.")
    assert acoustic.calls[-1]["speaker"] is None


@pytest.mark.parametrize(
    "controls",
    [{"pace": 0.0}, {"pace": float("nan")}, {"pitch_scale": -1.0}, {"fade_out": -0.1}],
)
def test_a_control_out_of_range_is_named(voice: Synthesizer, controls: dict[str, float]) -> None:
    with pytest.raises(DataError, match=next(iter(controls))):
        voice("Hi.", speaker="anna", **controls)


def test_an_unknown_control_is_named(voice: Synthesizer) -> None:
    with pytest.raises(ConfigError, match="pase: no such control; did you mean 'pace'"):
        voice("Hi.", speaker="anna", pase=1.0)


def test_a_voice_without_pitch_says_so() -> None:
    voice = make(FakeAcoustic(has_pitch=False))
    assert voice.synthesize(["Hi."], speaker="anna")[0].pitch is None
    with pytest.raises(DataError, match="predicts no pitch"):
        voice("Hi.", speaker="anna", pitch_shift=5.0)
    with pytest.raises(DataError, match="predicts no energy"):
        voice("Hi.", speaker="anna", energy_scale=2.0)


class Drawing(FakeAcoustic):
    """Its mel is the temperature."""

    sampling_controls = frozenset({"temperature"})

    def infer(self, *args: Any, sampling: Sampling = AS_CONFIGURED, **options: Any) -> Acoustic:
        said = super().infer(*args, **options)
        return said._replace(mel=said.mel * 0 + sampling.or_else(2.0)[0])


def test_temperature_is_for_voices_that_draw() -> None:
    voice = make(Drawing())
    for given, expected in (({}, 2.0), ({"temperature": 0.5}, 0.5)):
        wav, _ = voice("Hi.", speaker="anna", **given)
        assert wav.max() == pytest.approx(expected / 1000)
    with pytest.raises(DataError, match="n_steps: this voice has no steps"):
        voice("Hi.", speaker="anna", n_steps=2)
    with pytest.raises(DataError, match="temperature: this voice draws nothing"):
        make(FakeAcoustic())("Hi.", speaker="anna", temperature=0.5)
    for wrong in ({"temperature": -0.1}, {"n_steps": 2.5}, {"n_steps": 0}, {"temperature": "x"}):
        with pytest.raises(DataError, match=f"{next(iter(wrong))}: expected"):
            voice("Hi.", speaker="anna", **wrong)
    assert Controls(n_steps=4.0).n_steps == 4


@pytest.mark.parametrize("fade_out", [0.0, 0.01, 0.3, 9.0])
def test_a_stream_is_the_whole(voice: Synthesizer, fade_out: float) -> None:
    text = "Zzz zzz, that is so. And more! <break time='200ms'/> The end of it, it is, is it not?"
    for said in (text, "Zzz.", "<speak><break time='90ms'/>Zzz zzz.</speak>"):
        whole, _ = voice(said, speaker="anna", fade_out=fade_out)
        pieces = list(voice.stream(said, speaker="anna", fade_out=fade_out))
        np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)
    assert len(list(voice.stream(text, speaker="anna"))) > 3


def test_a_stream_refuses_before_it_begins(voice: Synthesizer) -> None:
    for text, controls in (("…", {}), ("Hi.", {"pace": 0.0}), ("Hi.", {"speaker": "carl"})):
        with pytest.raises(DataError):
            voice.stream(text, **{"speaker": "anna", **controls})


def test_the_next_sentence_is_not_spoken_before_it_is_asked_for(
    voice: Synthesizer, acoustic: FakeAcoustic
) -> None:
    pieces = voice.stream("One. Two. Three.", speaker="anna")
    assert not acoustic.calls
    next(pieces)
    assert len(acoustic.calls) == 1


@pytest.mark.parametrize(
    "text", ["ha " * 30_000, "a" * 100_000, "Hello. " + 200 * '<break time="9s"/>' + " You."]
)
def test_a_text_without_end_is_refused_before_it_is_spoken(
    voice: Synthesizer, acoustic: FakeAcoustic, text: str
) -> None:
    calls = len(acoustic.calls)
    for speak in (voice, voice.stream):
        with pytest.raises(DataError, match="max_seconds"):
            speak(text, speaker="anna")
    assert len(acoustic.calls) == calls


def test_the_limit_of_a_text_can_be_set(voice: Synthesizer) -> None:
    text = "Hello there. " * 20
    voice(text, speaker="anna")
    with pytest.raises(DataError, match="max_seconds.*; cut it, or raise that"):
        voice(text, speaker="anna", max_seconds=2)
