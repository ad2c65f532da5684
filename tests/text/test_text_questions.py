"""English questions that end like statements."""

from __future__ import annotations

import pytest

from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.english.questions import close_asking

# from the sentences of Common Voice (CC0)
YES_OR_NO = (
    *("Does this belong to you?", "Is there a Mrs. Joshua?", "Don't you want me to stay?"),
    *("Do you know what you're going to do?", "Have you no idea who could have done it?"),
    *("Can I at least keep the onion soup?", "Do I knock or something?", "Aren't you going?"),
    *("It's pretty straightforward, isn't it?", "She's gonna like it, isn't she?"),
    *("You sure nothing's missing?", "Is that the man, who came?", "What?"),
)
ASKING = (
    *("Which view would you like?", "Then whose is it?", "But why do you want a divorce?"),
    *("So, what are your plans for tonight?", "Let's start it all over again, how about that?"),
    *("Who else is up at two a.m. with a newborn?", "What about Mr. wright?"),
    *("Then where is your gun?", "Who's that with the hat?", "From where did she come?"),
)


@pytest.mark.parametrize("text", YES_OR_NO)
def test_what_yes_or_no_answers_is_left_as_it_is(text: str) -> None:
    assert close_asking(text) == text


@pytest.mark.parametrize("text", ASKING)
def test_what_asks_with_a_word_ends_like_a_statement(text: str) -> None:
    assert close_asking(text) == text[:-1] + "."


def test_of_several_sentences_each_is_judged_alone() -> None:
    text = "He left. Where is he? Is he here? What?! Why not?"
    assert close_asking(text) == "He left. Where is he. Is he here? What?! Why not."
    assert close_asking("") == "" and close_asking("?") == "?" and close_asking("So?") == "So?"


def test_a_voice_says_so_in_english_alone() -> None:
    pytest.importorskip("espeakng_loader")

    def marks(text: str, **changes: str | bool) -> list[str]:
        config = TextConfig(symbol_set="ipa", phonemizer="espeak", **changes)  # type: ignore[arg-type]
        names = symbols_for(config)
        tokens = TextProcessor(config, names).encode(text)
        return [names[i] for i in tokens if names[i] in ".?"]

    assert marks("Where is it? Is it here?") == ["?", "?"]
    assert marks("Where is it? Is it here?", question_words=True) == [".", "?"]
    assert marks("Was ist das?", question_words=True, voice="de") == ["?"]
