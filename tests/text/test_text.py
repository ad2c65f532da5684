"""Text to tokens: the reference's cleaners, number for number, and phonemes."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from recital.processors.text import (
    TextConfig,
    TextProcessor,
    normalize,
    symbols_for,
    text_to_tokens,
)
from recital.processors.text.symbols import SYMBOL_SETS
from recital.processors.text.transliteration import to_ascii
from recital.utils.errors import ConfigError, DataError

CLEANERS = (
    "basic_cleaners",
    "transliteration_cleaners",
    "english_cleaners",
    "english_cleaners_v2",
)
ESPEAK = TextConfig(cleaners=None, symbol_set="espeak_en", phonemizer="espeak", edge_symbol=" ")


def processor(config: TextConfig) -> TextProcessor:
    return TextProcessor(config, symbols_for(config))


@pytest.fixture(scope="module")
def nvidia(shared: Path) -> dict:
    return json.loads((shared / "vectors/text_nvidia.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["english_basic", "english_basic_lowercase", "english_expanded"])
def test_symbol_sets_are_the_references(nvidia: dict, name: str) -> None:
    assert list(SYMBOL_SETS[name]) == nvidia["symbols"][name]


@pytest.mark.parametrize("cleaners", CLEANERS)
def test_cleaners_are_the_references(nvidia: dict, cleaners: str) -> None:
    for item in nvidia["items"]:
        expected = item[f"{cleaners}_p0.0"]
        assert normalize(item["text"], cleaners) == expected["clean"]
        assert text_to_tokens(item["text"], cleaners=cleaners) == expected["ids"]


@pytest.mark.parametrize("cleaners", ["english", "basic", "transliteration"])
def test_tacotron2_cleaners_are_the_references(shared: Path, cleaners: str) -> None:
    reference = json.loads((shared / "vectors/text_tacotron2.json").read_text(encoding="utf-8"))
    assert list(SYMBOL_SETS["english_basic"]) == reference["symbols"]
    for item in reference[f"{cleaners}_cleaners"]:
        ids = text_to_tokens(item["text"], cleaners=f"tacotron2_{cleaners}_cleaners")
        assert ids == item["ids"]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        (
            "$1.01 and $0.02, $0 and $1,000",
            "one dollar, one cent and two cents, zero dollars and one thousand dollars",
        ),
        (
            "1100, 1905, 2005, 2019, 3500",
            "eleven hundred, nineteen oh five, two thousand five, "
            "twenty nineteen, three thousand, five hundred",
        ),
        ("2.5 and 103rd of a_b~c", "two point five and one hundred and third of abc"),
    ],
)
def test_tacotron2_numbers(text: str, spoken: str) -> None:
    assert normalize(text, "tacotron2_english_cleaners") == spoken


def test_the_lowercase_set(nvidia: dict) -> None:
    for item in nvidia["items"]:
        expected = item["english_basic_lowercase_v2_p0"]
        ids = expected["ids"] if isinstance(expected, dict) else expected
        tokens = text_to_tokens(
            item["text"], cleaners="english_cleaners_v2", symbol_set="english_basic_lowercase"
        )
        assert tokens == ids


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("At 7pm sharp", "at seven p.m. sharp"),
        ("It took 16gb and 1gb", "it took sixteen gigabytes and one gigabyte"),
        ("$3.5 billion", "three point five billion dollars"),
        ("£1 and €0.01 and $0", "one pound and one cent and zero dollars"),
        ("room B2B and 101A", "room b two b and one zero one a"),
        ("Henry VIII and I", "henry eight and i"),
        ("AT&T, me@home.org", "a.t. and t, me at home dot org"),
        ("the 21st of 2005", "the twenty-first of two thousand five"),
        ("email DVDs.", "e-mail d.v.d.'s."),
        ("“Quoted” — it’s £5…", '"quoted" it\'s five pounds'),
    ],
)
def test_english_cleaners_v2(text: str, spoken: str) -> None:
    assert normalize(text, "english_cleaners_v2") == spoken


def test_a_number_beyond_words_is_read_digit_by_digit() -> None:
    spoken = normalize("9" * 40, "english_cleaners_v2")
    assert spoken.split() == ["nine"] * 40
    for text in ("1" * 300, "$" + "1" * 300, "$1." + "1" * 300):
        assert "one" in normalize(text, "english_cleaners_v2")


def test_transliteration() -> None:
    assert to_ascii("Ærøskøbing, Ångström, Łódź, Москва, Ελλάδα") == (
        "AEroskobing, Angstroem, Lodz, Moskva, Ellada"
    )
    assert to_ascii("½ 漢字 😀") == "  "


def test_braces_hold_symbols_by_hand() -> None:
    p = processor(TextConfig())
    names = p.token_names(p.encode("Say {HH AH0 L OW1}, now"))
    assert "".join(names[:4]) == "say "
    assert names[4:8] == ["@HH", "@AH0", "@L", "@OW1"]


def test_unknown_symbols_are_an_error_with_their_place() -> None:
    with pytest.raises(DataError, match="'XX' at character 5 of 'say {HH XX}'"):
        text_to_tokens("Say {HH XX}")
    p = processor(TextConfig(cleaners=None))
    with pytest.raises(DataError, match="'#' at character 2 of 'a # b'; 'ü' at character 3"):
        p.encode_many(["a # b", "fine", "abcü"])


def test_the_reference_leaves_unknown_symbols_out(caplog: pytest.LogCaptureFixture) -> None:
    p = processor(TextConfig(cleaners="basic_cleaners"))
    with caplog.at_level(logging.WARNING):
        assert p.token_names(p.encode("a # b # ü")) == [*"a  b  "]
    assert "'#' (2)" in caplog.text and "'ü' (1)" in caplog.text


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "漢字", "(')"])
def test_a_text_with_nothing_to_speak_is_an_error(text: str) -> None:
    with pytest.raises(DataError, match="nothing to speak"):
        processor(TextConfig()).encode(text)


@pytest.mark.parametrize(
    "section",
    [
        {"cleaners": "english_cleaner"},
        {"symbol_set": "english"},
        {"edge_symbol": "%"},
    ],
)
def test_a_wrong_config_is_named(section: dict) -> None:
    with pytest.raises(ConfigError, match=next(iter(section))):
        processor(TextConfig(**section))


def test_phonemes_have_a_closed_inventory(
    caplog: pytest.LogCaptureFixture, recordings: Path
) -> None:
    pytest.importorskip("espeakng_loader")
    lines = (recordings / "kathleen/metadata.csv").read_text(encoding="utf-8").splitlines()
    texts = sorted({line.split("|")[1] for line in lines})
    with caplog.at_level(logging.WARNING):
        tokens = processor(ESPEAK).encode_many(texts)
    assert not caplog.records
    assert len(SYMBOL_SETS["espeak_en"]) == len(set(SYMBOL_SETS["espeak_en"]))
    assert min(map(len, tokens)) > 5


def test_phonemes_of_one_text_are_those_of_many() -> None:
    pytest.importorskip("espeakng_loader")
    p = processor(ESPEAK)
    texts = ["Hello, you.", "She read {ð ə} book!", "Hello, you."]
    many = p.encode_many(texts)
    assert many == [p.encode(text) for text in texts]
    assert "|".join(p.token_names(many[0])) == " |h|ə|l|ˈoʊ|,| |j|uː|.| "
    assert p.token_names(many[1])[7:13] == [" ", "ð", "ə", " ", "b", "ˈʊ"]


def test_foreign_phonemes_fall_back_to_known_ones(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("espeakng_loader")
    with caplog.at_level(logging.WARNING):
        assert len(processor(ESPEAK).encode("He said भ and Wii.")) > 10
    assert not caplog.records
