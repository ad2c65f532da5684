"""Markup: the effect of each tag, through every cleaner and the synthesizer; what is refused."""

from __future__ import annotations

import time

import numpy as np
import pytest

from recital.processors.text import NothingToSpeak, TextConfig, TextProcessor, symbols_for
from recital.processors.text.markup import (
    Break,
    Span,
    Style,
    is_marked_up,
    parse_markup,
    style_after,
)
from recital.utils.errors import DataError
from tests.speech.test_synthesizer import MEAN, FakeAcoustic, make


def test_tags_become_spans_and_breaks() -> None:
    markup = parse_markup(
        'Hi <break 300ms>my <emphasis level="strong">dear</emphasis> '
        '<prosody rate="50%" pitch="-2st">so <emphasis>slow</emphasis></prosody>.'
        '<break time=".5s"/>'
    )
    assert markup.text == "Hi my dear so slow."
    assert markup.breaks == (Break(3, 0.3), Break(19, 0.5))
    assert markup.spans == (
        Span(0, 6, Style()),
        Span(6, 10, Style(0.8, 2.0)),
        Span(10, 11, Style()),
        Span(11, 14, Style(0.5, -2.0)),
        Span(14, 18, Style(0.45, -1.0)),
        Span(18, 19, Style()),
    )
    pieces = markup.pieces()
    assert [seconds for _, seconds in pieces] == [0.3, 0.5, 0.0]
    assert pieces[0][0].split() == ["{|0|}", "Hi"]
    assert style_after(pieces[1][0], 0) == 5 and style_after("plain", 3) == 3


def test_words_instead_of_words() -> None:
    markup = parse_markup(
        '<speak><phoneme alphabet="x" ph="L EH1 D">lead</phoneme> <sub alias="doctor">Dr</sub> '
        '<say-as interpret-as="characters">a1b</say-as> AT&T &lt;3 &amp;c</speak>'
    )
    assert markup.text == "{L EH1 D} doctor A. 1 B. AT&T <3 &c"
    assert markup.spans == (Span(0, len(markup.text), Style()),)


@pytest.mark.parametrize(
    "text", ["x < y and z > 3", "<5> #6", "Bob <bob@x.org>", "I <3 you", "a & b"]
)
def test_plain_text_is_not_marked_up(text: str) -> None:
    assert not is_marked_up(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Go <brake 300ms> on", "character 3, near .*no tag <brake>; did you mean 'break'"),
        ("<b>x</b>", "no tag <b>"),
        ("<break 300>", "expected such as time="),
        ("<break 99s>", "expected up to 10 s"),
        ("<break time=300ms>", "expected such as time="),
        ("<break 300ms", "write &lt;"),
        ("<emphasis>x", "<emphasis> is never closed"),
        ("x</emphasis>", "character 1.*nothing is open"),
        ("<emphasis><prosody>x</emphasis></prosody>", "</emphasis>: expected </prosody>"),
        ("<emphasis/>", "holds no words"),
        ('<emphasis level="huge">x</emphasis>', "none of strong, moderate, reduced, none"),
        ('<emphasis level="none" level="none">x</emphasis>', "'level' twice"),
        ('<prosody rat="2">x</prosody>', "has no 'rat'; did you mean 'rate'"),
        ('<prosody rate="-3">x</prosody>', 'expected such as "80%"'),
        ('<prosody rate="0">x</prosody>', "expected 0.1 to 10"),
        ('<prosody pitch="nan">x</prosody>', 'expected such as "\\+2st"'),
        ('<prosody pitch="+99st">x</prosody>', "-36 to \\+36"),
        ("<sub>x</sub>", "needs alias="),
        ('<say-as interpret-as="date">x</say-as>', "none of characters"),
        ('<sub alias="y">a <break 1s> b</sub>', "cannot be inside <sub>"),
        ('<phoneme ph="{|0|}">a</phoneme>', "expected such as ph"),
        ("{|1|} <break 1s>", "cannot be in a marked-up text"),
        ("<break 1s> &lol;", "no entity '&lol;'"),
        ("<break 1s> &#65;", "no entity '&#65;'"),
        ('<!DOCTYPE s [<!ENTITY a "b">]><speak>&a;</speak>', "no tag that is known"),
        ("<?xml version='1.0'?><speak>x</speak>", "no tag that is known"),
        ("<![CDATA[x]]>", "no tag that is known"),
        ("<!-- x --> y", "no tag that is known"),
        ("<prosody>" * 20, "more than 16 tags"),
        ("a" * 100_001 + "<break 1s>", "expected at most 100000"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, message: str) -> None:
    assert is_marked_up(text)
    with pytest.raises(DataError, match=message):
        parse_markup(text)


def test_hostile_text_takes_no_time() -> None:
    texts = ["<" * 90_000, "<a " * 30_000, "<break " + " " * 90_000 + "x>", "&" * 90_000]
    texts += ["<prosody " + 'a="b" ' * 15_000 + ">", "<prosody " + "a" * 400 + " >" * 40_000]
    start = time.process_time()
    for text in texts:
        is_marked_up(text)
        try:
            parse_markup(text)
        except DataError:
            continue
    assert time.process_time() - start < 20  # quadratic patterns took minutes


@pytest.mark.parametrize(
    "section",
    [
        {},
        {"cleaners": "english_cleaners_v2"},
        {"cleaners": "tacotron2_english_cleaners"},
        {"cleaners": None, "symbol_set": "espeak_en", "phonemizer": "espeak", "edge_symbol": " "},
    ],
)
def test_styles_reach_their_tokens(section: dict) -> None:
    if section.get("phonemizer"):
        pytest.importorskip("espeakng_loader")
    config = TextConfig(**section)
    p = TextProcessor(config, symbols_for(config))
    (piece,) = parse_markup("we <emphasis>know</emphasis>, all (<prosody>you</prosody>).").pieces()
    tokens, styles = p.encode_marked(piece[0])
    assert len(tokens) == len(styles) and styles == sorted(styles)
    assert tokens == p.encode("we know, all (you).") or section.get("phonemizer")
    names = p.token_names(tokens)
    emphasized = "".join(n for n, s in zip(names, styles, strict=True) if s == 1).strip()
    assert emphasized == ("nˈoʊ" if section.get("phonemizer") else "know")


def test_style_marks_are_no_symbols_elsewhere() -> None:
    p = TextProcessor(TextConfig(), symbols_for(TextConfig()))
    with pytest.raises(DataError, match=r"'\|3\|'"):
        p.encode("a {|3|} b")


def test_a_pause_is_as_long_as_asked() -> None:
    voice = make(FakeAcoustic())
    plain = voice.synthesize(["Zz zz."], speaker="anna")[0]
    speech = voice.synthesize(["Zz <break 300ms>zz.<break 1s>"], speaker="anna")[0]
    frames = round(0.3 * 8000 / 16)
    assert speech.durations == [2, 2 + frames, 2, 2, 2 + round(8000 / 16)]
    assert not speech.wav[4 * 16 : (4 + frames) * 16].any()
    assert sum(speech.durations) * 16 == len(speech.wav)
    assert len(plain.wav) == 6 * 2 * 16
    first = voice.synthesize(["<break 1s>Zz."], speaker="anna")[0]
    assert first.durations == [2 + 500, 2, 2] and not first.wav[: 500 * 16].any()


def test_pace_and_pitch_of_a_word() -> None:
    voice = make(FakeAcoustic())
    text = 'Zz <prosody rate="50%" pitch="+12st">ab</prosody> zz.'
    speech = voice.synthesize([text, "Zz."], speaker="anna", batch_size=2)[0]
    assert "".join(speech.token_names) == "zz ab zz."
    assert speech.durations[:5] == [2, 2, 2, 4, 4]
    assert speech.pitch is not None
    np.testing.assert_allclose(speech.pitch[:2], MEAN)
    np.testing.assert_allclose(speech.pitch[3:5], 2 * MEAN, rtol=1e-5)


def test_only_markup_is_nothing_to_speak() -> None:
    with pytest.raises(NothingToSpeak, match="only markup"):
        make(FakeAcoustic()).synthesize(["<break 1s>"], speaker="anna")


def test_an_unknown_symbol_in_a_piece_is_an_error() -> None:
    config = TextConfig(cleaners=None)
    voice = make(FakeAcoustic())
    voice.text = TextProcessor(config, symbols_for(config))
    with pytest.raises(DataError, match="'ü'"):
        voice.synthesize(["Fine here. Not ü there."], speaker="anna")
