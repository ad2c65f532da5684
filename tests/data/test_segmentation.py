"""Alignment of long recordings, on costs made by hand: as if each phone were heard, most of them
rightly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from recital.preprocessors.segmentation import script as scripts
from recital.preprocessors.segmentation.alignment import APART, align_recording
from recital.preprocessors.segmentation.anchors import find_anchors
from recital.preprocessors.segmentation.cutting import (
    LONGEST,
    SHORTEST,
    Left,
    Piece,
    find_utterances,
)
from recital.preprocessors.segmentation.listening import LEVELS, RATE, STEP, Heard, best_phones
from recital.preprocessors.segmentation.phones import PHONES, phone_numbers
from recital.preprocessors.segmentation.script import Script, Word, read_script
from recital.utils.errors import DataError

PAUSE = 20  # frames
VOICE, FLOOR = 40, 140  # half dB below full scale


class Reader:
    """Reads words aloud: phones of 40 to 120 ms, of which a share is heard as something else."""

    def __init__(self, wrong: float = 0.15, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.wrong = wrong
        self.costs: list[np.ndarray] = []
        self.quiet: list[int] = []

    def say(self, words: Sequence[Word]) -> list[tuple[int, int]]:
        """Say words, with a pause after each clause; returns where each is."""
        places = []
        for word in words:
            start = len(self.costs)
            for phone in word.phones:
                heard = phone
                if self.rng.random() < self.wrong:
                    heard = int(self.rng.integers(1, len(PHONES)))
                self._frames(int(self.rng.integers(2, 6)), heard, phone)
            places.append((start, len(self.costs)))
            if word.ends >= scripts.CLAUSE:
                self.pause()
        return places

    def pause(self, n: int = PAUSE) -> None:
        self._frames(n, 0, 0, FLOOR)

    def heard(self) -> Heard:
        return Heard(np.array(self.costs, np.uint8), np.array(self.quiet, np.uint8))

    def _frames(self, n: int, heard: int, phone: int, level: int = VOICE) -> None:
        for _ in range(n):
            row = self.rng.integers(int(2.5 * STEP), 255, len(PHONES))
            row[phone] = STEP // 2
            row[heard] = 0
            self.costs.append(row)
            self.quiet += [level] * LEVELS


@pytest.fixture(scope="module")
def words() -> list[Word]:
    """Sentences of random words: some five minutes of them."""
    rng = np.random.default_rng(1)
    made = []
    for n in range(700):
        phones = rng.integers(1, len(PHONES), rng.integers(2, 9)).tolist()
        ends = scripts.SENTENCE if n % 11 == 10 else scripts.CLAUSE if n % 5 == 4 else scripts.WORD
        made.append(Word(f"w{n}" + " ,.;"[ends].strip(), False, phones, ends))
    return made


def test_every_word_is_found_where_it_is_said(words: list[Word]) -> None:
    reader = Reader()
    reader.pause()
    places = reader.say(words)
    found = align_recording(reader.heard(), Script(words))
    errors = np.abs(np.stack([found.starts, found.stops], 1) - places)
    assert (found.starts >= 0).all() and not found.apart.any()
    assert (errors <= 2).mean() > 0.97
    assert errors.max() <= 6


def test_words_that_are_not_read_and_speech_that_is_not_written(words: list[Word]) -> None:
    """A preface, a paragraph in the middle and the end are not read; an introduction and a remark
    are not in the text.
    """
    reader = Reader()
    intro = [word._replace(phones=word.phones[::-1]) for word in words[600:640]]
    reader.say(intro)
    a = reader.say(words[100:300])
    reader.say(intro[:12])
    b = reader.say(words[400:550])
    heard, script = reader.heard(), Script(words)
    found = align_recording(heard, script)
    said = found.starts >= 0
    assert said[100:300].mean() > 0.98 and said[400:550].mean() > 0.98
    truth = np.concatenate([a, b])
    places = np.r_[100:300, 400:550]
    kept = places[said[places]]
    assert np.abs(found.starts[kept] - truth[said[places], 0]).max() <= 6
    kept = [p for p in find_utterances(heard, script, found) if isinstance(p, Piece)]
    for piece in [piece for piece in kept if piece.confidence >= 0.5]:
        assert 100 <= piece.first < piece.last <= 300 or 400 <= piece.first < piece.last <= 550


def test_a_long_book_is_searched_between_anchors(words: list[Word]) -> None:
    reader = Reader(wrong=0.3)
    places = reader.say(words)
    heard, frames = best_phones(reader.heard().costs)
    script = Script(words)
    anchors = find_anchors(heard, frames, script.phones, APART)
    assert len(anchors) >= len(reader.costs) / APART / 3
    for anchor in anchors:
        word = int(np.searchsorted(script.first, anchor.phone, "right")) - 1
        start, stop = places[word]
        assert start - 5 <= anchor.frame <= stop + 5
    assert np.diff([anchor.frame for anchor in anchors]).min() >= APART


def test_no_anchor_without_a_match(words: list[Word]) -> None:
    reader = Reader()
    reader.say(words[:350])
    heard, frames = best_phones(reader.heard().costs)
    rng = np.random.default_rng(9)
    text = rng.integers(1, len(PHONES), 5000)
    assert find_anchors(heard, frames, text, APART) == []
    assert find_anchors(heard[:0], frames[:0], text, APART) == []


def test_utterances_end_at_pauses_and_sentences(words: list[Word]) -> None:
    reader = Reader(wrong=0.0)
    reader.pause()
    places = reader.say(words)
    heard, script = reader.heard(), Script(words)
    pieces = list(find_utterances(heard, script, align_recording(heard, script)))
    assert all(isinstance(piece, Piece) for piece in pieces)
    assert [p.last for p in pieces[:-1]] == [p.first for p in pieces[1:]]
    assert pieces[0].first == 0 and pieces[-1].last == len(words)
    for piece in pieces:
        assert SHORTEST <= piece.end - piece.start <= LONGEST + 0.5
        assert abs(piece.start - places[piece.first][0] / RATE) <= 0.05
        assert abs(piece.end - places[piece.last - 1][1] / RATE) <= 0.06
        assert piece.confidence > 0.9
    ends = [words[piece.last - 1].ends for piece in pieces]
    assert np.mean([e == scripts.SENTENCE for e in ends]) > 0.9


def test_wrong_words_are_not_sure(words: list[Word]) -> None:
    """A word of a sentence is replaced by another one in the text."""
    reader = Reader()
    reader.pause()
    reader.say(words)
    wrong = list(words)
    for n in range(30, 700, 44):
        phones = [1 + (p + 17) % (len(PHONES) - 1) for p in words[n].phones]
        wrong[n] = words[n]._replace(phones=[*phones, *phones[:3]])
    heard, script = reader.heard(), Script(wrong)
    pieces = list(find_utterances(heard, script, align_recording(heard, script)))
    for n in range(30, 700, 44):
        for piece in pieces:
            if isinstance(piece, Piece) and piece.first <= n < piece.last:
                assert piece.confidence < 0.5
    whole = [p for p in pieces if isinstance(p, Piece) and p.confidence >= 0.5]
    assert sum(p.last - p.first for p in whole) > 0.4 * len(words)


def test_speech_without_a_pause_is_left_out(words: list[Word]) -> None:
    reader = Reader(wrong=0.0)
    run = [word._replace(ends=scripts.WORD) for word in words[:120]]
    reader.pause()
    reader.say(run)
    reader.pause()
    reader.say(words[120:200])
    script = Script([*run, *words[120:200]])
    pieces = list(find_utterances(reader.heard(), script, align_recording(reader.heard(), script)))
    left = [piece for piece in pieces if isinstance(piece, Left)]
    assert [(piece.code, piece.first, piece.last) for piece in left] == [("no_pause", 0, 120)]


def test_a_script_keeps_what_is_written_and_says_what_is_meant() -> None:
    pytest.importorskip("espeakng_loader")
    text = (
        "CHAPTER IV.\n\nDr. Smith paid $5.30 in\n1842—a “huge”  sum; see [12] _all_ of it.\n\n"
        "[Illustration: a house]\n\n* * *\n\nHe said -- no.\n"
    )
    script = read_script(text, "en-us")
    whole = script.text(0, len(script.words))
    assert whole == (
        "CHAPTER IV. Dr. Smith paid $5.30 in 1842—a “huge” sum; see all of it. He said -- no."
    )
    ends = {word.text: word.ends for word in script.words}
    assert ends["IV."] == scripts.PARAGRAPH and ends["Dr."] == scripts.WORD
    assert ends["sum;"] == scripts.CLAUSE and ends["it."] == scripts.PARAGRAPH
    paid = next(word for word in script.words if word.text == "$5.30")
    said = "".join(PHONES[phone] for phone in paid.phones)
    assert said.startswith("faɪvdɑl") and said.endswith("sɛnts")
    assert [len(word.phones) for word in script.words] == np.diff(script.first).tolist()


def test_a_script_of_other_languages() -> None:
    pytest.importorskip("espeakng_loader")
    german = read_script("Die Straße kostet 3,50 €.\nMünchen ist schön.", "de")
    assert german.text(0, 99) == "Die Straße kostet 3,50 €. München ist schön."
    assert "".join(PHONES[p] for p in german.words[-1].phones) == "ʃøn"
    chinese = read_script("你好，世界。再见！", "cmn")
    assert chinese.text(0, 99) == "你好，世界。再见！" and len(chinese.words) == 3
    # letters that the voice does not read belong to the word before them
    greek = read_script("Ελλάδα είναι “beautiful”.", "el")
    assert greek.text(0, 9) == "Ελλάδα είναι “beautiful”."


@pytest.mark.parametrize("text", ["", "* * *\n\n—\n", "[Illustration]"])
def test_a_text_of_nothing(text: str) -> None:
    with pytest.raises(DataError, match="nothing to speak"):
        read_script(text, "en-us")


def test_phones_of_all_languages_are_those_of_the_network() -> None:
    assert len(PHONES) == len(set(PHONES)) and PHONES[0] == ""
    names = ["".join(PHONES[n] for n in phone_numbers(t)) for t in (["ˈaɪ"], ["tʃ"], ["ɲ"], ["ɔ̃"])]
    assert names == ["aɪ", "tʃ", "n", "ɔ"]
    assert phone_numbers([",", " ", "ˈ", "ː"]) == []
