"""Dashes, "…", and symbols that a voice was not trained on."""

from __future__ import annotations

import pytest

from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.scripts import plain_marks
from recital.processors.text.sentences import PAUSES, split_text
from recital.utils.errors import ConfigError

UNTRAINED = {"?": ",", "!": ".", "-": ",", "ʲ": ""}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("No - yes.", "No — yes."),
        ("No -- yes --- no.", "No — yes — no."),
        ("No—yes.", "No — yes."),
        ("a well-known man", "a well-known man"),
        ("- a list", "- a list"),
        ("-5 and 3-4", "-5 and 3-4"),
        ("no -", "no -"),
    ],
)
def test_a_hyphen_between_blanks_is_a_dash(text: str, plain: str) -> None:
    assert plain_marks(text) == plain


@pytest.mark.parametrize("dots", ["…", "..."])
def test_the_voice_falls_silent_after_dots(dots: str) -> None:
    pieces = split_text(f"Well{dots} It is. So“{dots}” He left{dots}")
    assert [p.text for p in pieces] == [f"Well{dots}", "It is.", f"So“{dots}”", f"He left{dots}"]
    assert [p.pause for p in pieces] == [
        PAUSES[name] for name in ("trailing", "sentence", "trailing", "trailing")
    ]
    assert PAUSES["trailing"] > PAUSES["sentence"]
    assert [p.text for p in split_text(f"Well{dots}It is.")] == [f"Well{dots}", "It is."]
    assert len(split_text("Version 1.5 of U.S.A. law.")) == 1


def test_other_symbols_are_spoken_in_the_place_of_untrained_ones() -> None:
    pytest.importorskip("espeakng_loader")
    plain = TextConfig(symbol_set="ipa", phonemizer="espeak")
    other = TextConfig(symbol_set="ipa", phonemizer="espeak", spoken_as=UNTRAINED)
    texts = ["Is it - no?", "Yes!", "He is here."]
    before, after = (
        [TextProcessor(c, symbols_for(c)).encode(text) for text in texts] for c in (plain, other)
    )
    names = symbols_for(plain)
    for one, two in zip(before, after, strict=True):
        assert [UNTRAINED.get(names[i], names[i]) for i in one] == [names[i] for i in two]
    assert [names[i] for i in before[0]].count("-") == 1 and before[2] == after[2]


def test_what_is_left_out_and_what_cannot_be() -> None:
    left_out = TextConfig(spoken_as={"-": "", "?": "."})
    processor = TextProcessor(left_out, symbols_for(left_out))
    assert processor.token_names(processor.encode("so-so?")) == list("soso.")
    for wrong in ({"§": "."}, {".": "§"}):
        with pytest.raises(ConfigError, match="text.spoken_as.*'§' is no symbol of english_basic"):
            TextConfig(spoken_as=wrong)
