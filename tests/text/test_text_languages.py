"""Mandarin by pinyin, and IPA for the languages of espeak-ng."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import pytest

from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.mandarin import syllable
from recital.processors.text.symbols import SYMBOL_SETS
from recital.utils.errors import DataError, RecitalError

MANDARIN = TextConfig(symbol_set="english_mandarin_basic", phonemizer="pinyin")


def names(config: TextConfig, text: str) -> list[str]:
    p = TextProcessor(config, symbols_for(config))
    return p.token_names(p.encode(text))


def test_the_mandarin_set_is_the_references(shared: Path) -> None:
    symbols = json.loads((shared / "vectors/text_nvidia.json").read_text())["symbols"]
    assert list(SYMBOL_SETS["english_mandarin_basic"]) == symbols["english_mandarin_basic"]


@pytest.mark.parametrize(
    ("pinyin", "symbols"),
    [
        ("ni3", "N I 3"),
        ("xue2", "X VE 2"),
        ("yuan2", "Y V AN 2"),
        ("ju4", "J V 4"),
        ("jiong3", "J I ONG 3"),
        ("zhuang1", "ZH U ANG 1"),
        ("wo3", "W O 3"),
        ("lü4", "L V 4"),
        ("lve4", "L VE 4"),
        ("an1", "^ AN 1"),
        ("er2", "^ ER 2"),
        ("ma", "M A 5"),
        ("huar1", "H U A ER 1"),
        ("liu2", "L IU 2"),
        ("xun4", "X VN 4"),
    ],
)
def test_syllables(pinyin: str, symbols: str) -> None:
    assert syllable(pinyin) == tuple(symbols.split())


def test_no_syllable_is_an_error() -> None:
    with pytest.raises(DataError, match="no syllable of pinyin: 'blorg1'"):
        syllable("blorg1")


def test_mandarin_and_english_in_one_text() -> None:
    pytest.importorskip("pypinyin")
    assert " ".join(names(MANDARIN, "你好，OK 2！")) == "#N #I #3 #H #AO #3 #， o . k .   t w o #！"
    assert " ".join(names(MANDARIN, "花儿")) == "#H #U #A #ER #1"
    assert " ".join(names(MANDARIN, "女儿")) == "#N #V #3 #^ #ER #2"
    assert " ".join(names(MANDARIN, "{#N #I #3}妈吗")) == "#N #I #3 #M #A #1 #M #A #5"


def test_without_pypinyin_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_pypinyin(name: str, *args, **kwargs):
        if name == "pypinyin":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_pypinyin)
    with pytest.raises(RecitalError, match="pip install pypinyin"):
        names(MANDARIN, "你好")


@pytest.mark.parametrize(
    ("voice", "text", "spoken"),
    [
        ("de", "Schön.", "ʃˈøːn."),
        ("fr", "Bonjour.", "bɔ̃ʒˈuʁ."),
        ("cmn", "你好", None),
        ("hi", "नमस्ते", None),
        ("ja", "こんにちは", None),
        ("vi", "Tiếng Việt", None),
        ("ru", "Привет, мир!", None),
        ("cs", "Příliš žluťoučký kůň", None),
        ("ka", "გამარჯობა", None),
    ],
)
def test_ipa_of_many_languages(voice: str, text: str, spoken: str | None) -> None:
    pytest.importorskip("espeakng_loader")
    config = TextConfig(cleaners=None, symbol_set="ipa", phonemizer="espeak", voice=voice)
    found = names(config, text)
    assert len(found) > 3
    if spoken is not None:
        import unicodedata

        assert "".join(found) == unicodedata.normalize("NFD", spoken)


def test_one_request_phonemizes_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("espeakng_loader")
    from recital.processors.text import espeak

    calls = []
    ask = espeak._worker.ask
    monkeypatch.setattr(espeak._worker, "ask", lambda *a: calls.append(a) or ask(*a))
    config = TextConfig(symbol_set="espeak_en", phonemizer="espeak")
    TextProcessor(config, symbols_for(config)).encode_many(["One.", "Two of {ð ə} them.", "Three."])
    assert len(calls) == 1
