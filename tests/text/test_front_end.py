"""One front end for all voices: normalize, then split, with case and punctuation as written."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from recital.bins.benchmark.text_accuracy import alternatives, bench_text_accuracy, words_of
from recital.processors.text import TextConfig, TextProcessor, normalize, symbols_for
from recital.processors.text.english import for_espeak, rewrite
from recital.processors.text.sentences import split_text
from recital.processors.text.written import close_lines, unmark
from recital.utils.config import ROOT, load_config
from recital.utils.errors import DataError

IPA = TextConfig(symbol_set="espeak_en", phonemizer="espeak", edge_symbol=" ")
PLAIN = TextConfig(cleaners=None, symbol_set="espeak_en", phonemizer="espeak", edge_symbol=" ")
# Text that must be rewritten for espeak-ng to read it correctly.
TO_BE_REWRITTEN = ("Mr.", "Mrs.", "Messrs.", "Dr.", "i.e.", "e.g.", "etc.", "£", "$", "&")


def pieces(text: str, config: TextConfig = IPA) -> list[str]:
    return [piece.text for piece in TextProcessor(config, symbols_for(config)).pieces(text)]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("“He left,” she said — and so on…", "“He left,” she said — and so on…"),
        ("It's Bob’s café; really!", "It's Bob's café; really!"),
        ("Dr. Lee paid $5 in Paris.", "Doctor Lee paid five dollars in Paris."),
        ("It works. 5 people came. $5 is fine.", None),
        ("Keep {ð ə} and 5.", "Keep {ð ə} and five."),
        ("A <5% chance & more", "A less than five percent chance and more"),
    ],
)
def test_only_what_needs_it_is_rewritten(text: str, spoken: str | None) -> None:
    spoken = spoken or "It works. Five people came. Five dollars is fine."
    assert rewrite(text) == spoken
    assert rewrite(spoken) == spoken


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("We met on Jan. 5, 2024. It snowed.", 2),
        ("Gov. Lee saw Mt. Hood and Ft. Worth with Adm. Ray.", 1),
        ("See Art. 5, pp. 3 and 4. He is 5 ft. 10 in. tall.", 2),
        ("The U.S. Army came. I live in the U.S. He left.", 3),
        ("Richard M. Nixon met J. K. Rowling. They ate.", 2),
        ("It opens at 5 p.m. Monday. Come at 7 a.m. We wait.", 3),
        ("# Soup\n\nIngredients:\n- leek\n- 2 eggs\n\nCook it\nwell.", 5),
        ("He was 5. Then he grew.", 2),
    ],
)
def test_abbreviations_end_no_sentence(text: str, parts: int) -> None:
    assert len(pieces(text)) == parts, pieces(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Am 3. Oktober kam er. Er blieb.", ["Am 3. Oktober kam er.", "Er blieb."]),
        ("मैं हूँ। तुम? हाँ", ["मैं हूँ।", "तुम?", "हाँ"]),
        ("كيف؟ بخير۔ نعم", ["كيف؟", "بخير۔", "نعم"]),
        ("你好。你在哪里？好！", ["你好。", "你在哪里？", "好！"]),
        ("ሰላም። እንዴት፧ Բարեւ։ Ես", ["ሰላም።", "እንዴት፧", "Բարեւ։", "Ես"]),
        ("One\nTwo", ["One", "Two"]),
        ("z.B. Dr. Ott und Nr. 5. Gut.", ["z.B. Dr. Ott und Nr. 5.", "Gut."]),
    ],
)
def test_sentences_of_other_scripts(text: str, parts: list[str]) -> None:
    assert [piece.text for piece in split_text(text)] == parts


def test_long_texts_without_blanks_are_cut_at_their_marks() -> None:
    parts = [piece.text for piece in split_text("一二三四，五六七八，九十。" * 3, limit=10)]
    assert parts[0] == "一二三四，五六七八，"[: len(parts[0])] and max(map(len, parts)) <= 10
    assert "".join(parts) == "一二三四，五六七八，九十。" * 3


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("**bold**, *it*, `code`, ~~no~~ and __so__", "bold, it, code, no and so"),
        ("See [our site](https://a.org/b_(c)) now", "See our site now"),
        ("AT&amp;T &lt; 5 &#233;", "AT&T < 5 é"),
        ("# Head\ntext goes\non here.", "Head\ntext goes on here."),
        ("1. Mix\n2. Bake", "1. Mix\n2. Bake"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n1, 2"),
        ("> quoted\n> twice", "quoted twice"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        (">50 people", ">50 people"),
        ("The plan #39;s cost: #36;3 at Barnes amp; Co.", "The plan's cost: $3 at Barnes & Co."),
        ("Nurses #39; pay, item #39; and #40;", "Nurses' pay, item #39; and #40;"),
        (r"""It doesn\'t, \"no\" in C:\new""", r"""It doesn't, "no" in C:\new"""),
        ('Read <a href="https://a.org/b.html">it</a> now.', "Read it now."),
        ("Stir <b>well</b>.<br>Then wait.", "Stir well. Then wait."),
        ("If a <b and c> d", "If a <b and c> d"),
        ("any ~other~ bus in ~20 or ~30", "any other bus in ~20 or ~30"),
        (
            "3<sup>2</sup> km<sup>2</sup>, said<sup>1</sup> the 4<sup>th</sup>",
            "3² km², said the 4th",
        ),
        ("v<sub>1</sub> of CO<sub>2</sub>", "v 1 of CO2"),
        ("Put it in `<b>` tags.", "Put it in b tags."),
        ("=Bold,= he said: a = b.", "Bold, he said: a = b."),
        ("Write:\n```\nDear Ann,\n```\nThen", "Write:\nDear Ann,\nThen"),
        ("```poetry\nA rose is red.\nAnd blue?\n```\nEnd.", "A rose is red. And blue?\nEnd."),
        ("~~~ Part One ~~~\nIt was night.\nHe slept.", "Part One\nIt was night. He slept."),
        ("```sh\r\nls -l\r\n```\r\nIt ends.", "It ends."),
        ("```sh\nls -l```\nIt ends.", "It ends."),
        ("sin<sup>2</sup> x, Li<sup>1</sup>", "sin² x, Li"),
    ],
)
def test_markdown_and_entities_are_read_not_said(text: str, seen: str) -> None:
    assert unmark(text) == seen


def test_blocks_of_code_are_left_out_and_named(caplog: pytest.LogCaptureFixture) -> None:
    assert unmark("Run:\n\n```sh\nls -l\n\ncd x\n```\n\nIt ends.") == "Run:\nIt ends."
    assert caplog.messages == ["left out a block of code: 3 lines of sh"]
    caplog.clear()
    assert unmark("Use ```x``` here, and ```python```.") == "Use x here, and python."
    assert caplog.messages == []


def test_a_line_that_ends_is_closed_with_a_stop() -> None:
    assert close_lines("Soup\nCook:\nEat.") == "Soup. Cook: Eat."


def test_what_espeak_takes_otherwise() -> None:
    assert for_espeak("Richard M. Nixon of the U.S. Army had IV fluids and vitamin A. too.") == (
        "Richard M Nixon of the US Army had I.V. fluids and vitamin A- too."
    )


def test_sentences_keep_their_stops_with_espeak() -> None:
    pytest.importorskip("espeakng_loader")
    p = TextProcessor(IPA, symbols_for(IPA))
    names = "".join(p.token_names(p.encode("He left. She stayed? **Yes**! It costs $5.")))
    assert [mark for mark in names if mark in ".?!"] == [".", "?", "!", "."]
    assert "dˈɑːlɚz" in names and "ˈæstɚɹ" not in names


def test_the_shipped_voice_and_its_recipes_use_it() -> None:
    for path in sorted((ROOT / "egs/tts").glob("*/*.json")):
        if path.name in ("kathleen.json", "demo.json"):
            assert load_config(path)["text"]["cleaners"] == "english", path
    shipped = load_config(ROOT / "pretrained/kathleen/acoustic/config.json")
    assert shipped["text"]["cleaners"] == "english"


@pytest.mark.parametrize("corpus", ["kathleen", "ljspeech_385", "librispeech_10spk"])
def test_the_tokens_of_plain_sentences_are_unchanged(corpus: str) -> None:
    """Every third transcript with nothing to rewrite has the tokens of `cleaners: null`."""
    pytest.importorskip("espeakng_loader")
    folder = Path(os.environ.get("RECITAL_SHARED", ROOT.parent / "shared")) / "data" / corpus
    if not folder.is_dir():
        pytest.skip("no recordings here (RECITAL_SHARED)")
    lines = (folder / "metadata.csv").read_text(encoding="utf-8").split("\n")
    texts = sorted({line.split("|")[1] for line in lines if "|" in line})[::3]
    plain = [
        text
        for text in texts
        if not any(c.isdigit() for c in text) and not any(w in text for w in TO_BE_REWRITTEN)
    ]
    assert len(plain) > 0.8 * len(texts)
    before, after = (TextProcessor(c, symbols_for(c)) for c in (PLAIN, IPA))
    old, new = before.encode_many(plain, silent=True), after.encode_many(plain, silent=True)
    assert [t for t, a, b in zip(plain, old, new, strict=True) if a != b] == []


def test_other_peoples_habits_are_compared_by_words() -> None:
    assert words_of("It's May 5th, at 7 P.M.") == "it's may th at p m"
    assert words_of("Sauté the crème") == "saute the creme"
    assert words_of("the fifth of may, one hundred and two") == "may fifth one hundred two"


def test_a_reading_has_alternatives() -> None:
    assert alternatives("five two|five to two") == ["five two", "five to two"]
    assert alternatives("{a|b} c|d {|e}") == ["a c", "b c", "d ", "d e"]
    with pytest.raises(AssertionError):
        alternatives("{a|b")
    made = alternatives("{a|one} hundred {and |}two")
    assert made == ["a hundred and two", "a hundred two", "one hundred and two", "one hundred two"]


def test_an_empty_folder_of_sets_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"--sets .*: no \*\.txt in it has lines"):
        bench_text_accuracy([tmp_path])


def test_the_sets_are_read_right(capsys: pytest.CaptureFixture[str]) -> None:
    figures = bench_text_accuracy()
    assert str(figures["pairs"]).endswith("(100.0%)")
    for name, figure in figures.items():
        right, _, total, *_ = str(figure).split()
        least = 0.97 if name == "development" else 0.96
        assert int(right) >= least * int(total), (name, capsys.readouterr().out)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "9",
        "$9 ",
        "I. ",
        "9-",
        "A1",
        "* ",
        "&lt;",
        "Jan. ",
        "I V X ",
        "(",
        "9'",
        "_a",
        " ",
        "-",
        "\n",
        "|-",
        '"',
        '1/2" ',
        "after 5m ",
        "10k ",
        "11N ",
        "1:44:15 run ",
        "Lee 4/66 wicket ",
        "1990 ",
        "the $5 million spent ",
        "2m35 ",
        "18F ",
        "b4 ",
        "easting (x) ",
        "AY",
        "NW/",
        "IN, ",
        f"{'AAU' * 20} ",
    ],
)
def test_no_input_takes_more_than_linear_time(unit: str) -> None:
    def seconds(n: int) -> float:
        text = unit * (n // len(unit))
        start = time.process_time()
        normalize(text)
        return time.process_time() - start

    seconds(500)
    short, long = min(seconds(4000) for _ in range(2)), min(seconds(16000) for _ in range(2))
    assert long < max(8 * short, 0.2)


def test_what_the_shipped_voice_says() -> None:
    """The words of docs/spoken.tsv, which stage 3 wrote: its command is in docs/text.md."""
    shipped = load_config(ROOT / "pretrained/kathleen/acoustic/config.json")
    processor = TextProcessor(TextConfig(**shipped["text"]), shipped["symbols"])
    lines = (ROOT / "docs" / "spoken.tsv").read_text(encoding="utf-8").split("\n")[1:-1]
    texts = (ROOT / "docs" / "spoken.txt").read_text(encoding="utf-8").split("\n")[:-1]
    rows = [line.split("\t") for line in lines]
    assert len(rows) == 30 and [text for text, _, _ in rows] == texts
    said = [" ".join(piece.text for piece in processor.pieces(text)) for text in texts]
    assert said == [spoken for _, spoken, _ in rows]


def test_short_words_in_capitals_are_words_to_espeak_too() -> None:
    for text, spoken in (
        ("NET income, my RAM and my PIN.", "Net income, my Ram and my Pin."),
        ("US troops and the FBI on AM radio.", "US troops and the FBI on AM radio."),
        ("I AM HERE.", "I Am HERE."),
        ("IT staff called IT.", "I.T. staff called It."),
    ):
        assert for_espeak(rewrite(text)) == spoken
