"""If attention fails, the text is synthesized again in shorter pieces, or refused."""

from __future__ import annotations

import pytest
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.model import Acoustic, AcousticModel, Vocoder
from recital.modules.layers.masking import length_mask
from recital.processors.speech.controls import Controls
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.speech.torch_backend import torch_voice
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.sentences import middle
from recital.utils.errors import DataError

AUDIO = AudioConfig(8000, 64, 64, 16, 4, 0.0, 4000.0)


class Forgetful(AcousticModel):
    """Two frames per token; it fails on more than `limit` tokens."""

    audio = AUDIO

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.sizes: list[int] = []
        self.paces: list[object] = []

    def infer(
        self, tokens: Tensor, token_lengths: Tensor, *, pace: float | Tensor, **_: object
    ) -> Acoustic:
        self.sizes += token_lengths.tolist()
        self.paces.append(pace)
        repeats = 2 * length_mask(token_lengths, tokens.shape[1]).long()
        mel = tokens.repeat_interleave(2, 1)[:, None].expand(-1, 4, -1).float()
        long = [int(n) > self.limit for n in token_lengths]
        return Acoustic(
            mel=mel,
            mel_lengths=2 * token_lengths,
            durations=repeats.float(),
            repeats=repeats,
            failures=["did not stop" if bad else None for bad in long],
        )


class FakeVocoder(Vocoder):
    audio = AUDIO

    def infer(self, mel: Tensor) -> Tensor:
        return mel[:, 0].repeat_interleave(16, dim=1) / 1000


def voice(limit: int) -> tuple[Synthesizer, Forgetful]:
    config = TextConfig(cleaners="basic_cleaners")
    acoustic = Forgetful(limit)
    text = TextProcessor(config, symbols_for(config))
    return torch_voice(acoustic, FakeVocoder(), text), acoustic


TEXT = "one two three four five, six seven eight nine ten eleven twelve"


def test_what_succeeds_is_spoken_once():
    speaker, acoustic = voice(100)
    speaker.synthesize([TEXT])
    assert acoustic.sizes == [len(TEXT)]


@pytest.mark.parametrize("limit", [40, 20])
def test_a_text_that_fails_is_spoken_in_pieces_and_stays_whole(limit):
    speaker, acoustic = voice(limit)
    speech = speaker.synthesize(["fine.", TEXT])[1]
    assert acoustic.sizes[-1] <= limit
    assert "".join(speech.token_names) == TEXT
    assert sum(speech.durations) == speech.mel.shape[1] == 2 * len(TEXT)


def test_the_pieces_keep_the_controls_of_their_tokens():
    speaker, acoustic = voice(40)
    paces = [1 + i / 100 for i in range(len(TEXT))]
    speaker.synthesize([TEXT], controls=Controls(pace=paces))
    pieces = acoustic.paces[-1]
    assert isinstance(pieces, Tensor) and len(pieces) == 2
    kept = [row[:n].tolist() for row, n in zip(pieces, acoustic.sizes[-2:], strict=True)]
    assert sum(kept, []) == pytest.approx(paces)


def test_a_text_that_fails_in_pieces_too_is_refused():
    speaker, _ = voice(4)
    with pytest.raises(DataError, match="the voice did not stop, also in pieces"):
        speaker.synthesize([TEXT])


def test_the_cut_is_near_the_middle_and_leaves_enough():
    assert middle(list("abcdefghij, klm nopqrst")) == 11
    assert middle(list("abcdefg hijk")) is None
    assert middle(list("abc defghijklmnopqrst u")) is None
    assert middle(list("aaaaaaaaa bbbbbbbbbb")) == 10
