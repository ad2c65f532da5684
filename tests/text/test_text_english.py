"""`english`: a table of hand-checked sentences, and what must never happen to any text."""

from __future__ import annotations

import logging
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from recital.processors.text import (
    TextConfig,
    TextProcessor,
    normalize,
    symbols_for,
    text_to_tokens,
)
from recital.processors.text.english import english
from recital.processors.text.english.words import cardinal, ordinal, year

TABLE = Path(__file__).with_name("text_pairs.tsv")
PAIRS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
CATEGORIES = (
    "cardinal ordinal decimal fraction negative year decade date time money unit percent phone "
    "roman abbreviation formula initialism email url symbol quote dash emoji script unicode mixed"
)
CONSTANT = {"engine", "_table", "cues", "voices"}  # caches of functions without arguments
SPOKEN = re.compile(r"(?:[a-z' ,.:;?!()-]|\{[^}]*\})*")


def test_the_table_covers_every_category() -> None:
    counts = Counter(category for category, _, _ in PAIRS)
    assert counts.keys() == set(CATEGORIES.split())
    assert counts.total() >= 300 and min(counts.values()) >= 4
    assert len({text for _, text, _ in PAIRS}) == counts.total()


@pytest.mark.parametrize("category", sorted({category for category, _, _ in PAIRS}))
def test_hand_checked_pairs(category: str) -> None:
    rows = [(text, spoken) for c, text, spoken in PAIRS if c == category]
    wrong = {text: english(text) for text, spoken in rows if english(text) != spoken}
    assert wrong == {}
    assert all(SPOKEN.fullmatch(spoken) for _, spoken in rows)


def test_it_is_the_default() -> None:
    assert TextConfig().cleaners == "english"
    assert normalize("At 7 AM.") == "at seven a.m."
    assert text_to_tokens("At 7 AM.") == text_to_tokens("at seven a.m.", cleaners="basic_cleaners")


@pytest.mark.parametrize(
    ("text", "left", "named"),
    [
        ("Say 漢字 and 仮 now.", "say and now.", ("漢", "字", "仮")),
        ("The \U00013000 bird.", "the bird.", ("egyptian hieroglyph",)),
        ("سلام friend", "friend", ("arabic letter seen",)),
    ],
)
def test_other_scripts_are_left_out_by_name(
    text: str, left: str, named: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert english(text) == left
    for name in named:
        assert name in caplog.text


def test_what_is_spoken_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _, text, _ in PAIRS:
            english(text)
    assert not caplog.records


def test_no_text_crashes_or_leaves_an_unknown_sign() -> None:
    draw = random.Random(5)
    pieces = [text for _, text, _ in PAIRS]
    signs = "0123456789.,:;/-+*%$€£°'\"()[]{}<>@#&_^~| \t\n\x00½²ﬁ😀漢αЖ\u200d\ue000\ud800éIVX"
    for _ in range(400):
        base = draw.choice(pieces)
        cut = draw.randrange(len(base))
        noise = "".join(draw.choice(signs) for _ in range(draw.randrange(1, 12)))
        text = base[:cut] + noise + base[cut:]
        assert SPOKEN.fullmatch(english(text)), text


@pytest.mark.parametrize("text", ["9" * 500, "$" + "9" * 500, "1/" * 300, "((((" * 200, "'" * 900])
def test_long_runs_are_read_or_dropped(text: str) -> None:
    assert SPOKEN.fullmatch(english(text))


def test_plain_words_stay_as_they_are() -> None:
    text = "nothing here is to be changed, is it? no; not at all: well-known words (and don't)!"
    assert english(text) == text
    for _, _, spoken in PAIRS:
        if "." not in spoken[:-1]:
            assert english(spoken) == spoken, "twice is once"


def test_one_letter_is_no_roman_ordinal() -> None:
    # every Australian statute is "(Cth)"
    assert english("The Crimes Act 1914 (Cth).") == "the crimes act nineteen fourteen (cth)."
    assert english("In the XIXth century.") == "in the nineteenth century."


def test_words_of_numbers() -> None:
    assert cardinal(-1_000_001) == "minus one million and one"
    assert (ordinal(112), ordinal(20)) == ("one hundred and twelfth", "twentieth")
    assert [year(n) for n in (1066, 1700, 1907, 2000, 2011, 33)] == [
        "ten sixty-six",
        "seventeen hundred",
        "nineteen oh seven",
        "two thousand",
        "twenty eleven",
        "thirty-three",
    ]


def test_inflect_is_loaded_without_its_checks_of_types() -> None:
    script = (
        "from recital.processors.text import normalize; normalize('May 5th')\n"
        "import inflect; print(inflect.engine.ordinal.__code__.co_names)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "_sub_ord" in done.stdout, done.stderr
    assert "typeguard" not in done.stdout


def test_many_sentences_leave_nothing_behind() -> None:
    """Caches are bounded and no table grows; docs/text.md has the memory for 100,000 sentences."""

    def tables() -> dict[tuple[str, str], int]:
        return {
            (module, name): len(value)
            for module, loaded in sys.modules.items()
            if module.startswith("recital.processors.text")
            for name, value in vars(loaded).items()
            if isinstance(value, dict | list | set) and not name.startswith("__")
        }

    p = TextProcessor(TextConfig(), symbols_for(TextConfig()))
    p.encode("Warm up 1.")
    before, own = tables(), {name: len(str(value)) for name, value in vars(p).items()}
    for i in range(200):
        p.encode(f"On May {i % 28 + 1}, {i} of {i * 7} people paid ${i * 13}.{i % 100:02}.")
    assert tables() == before
    assert {name: len(str(value)) for name, value in vars(p).items()} == own
    for module in [m for n, m in sys.modules.items() if n.startswith("recital.processors.text")]:
        for name, value in vars(module).items():
            parameters = getattr(value, "cache_parameters", None)
            if parameters is not None and parameters()["maxsize"] is None:
                assert name in CONSTANT, f"{module}.{name} may grow"
