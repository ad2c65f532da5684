"""TextGrids: both of Praat's formats, durations in frames, rejections with a reason and a fix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.entries import Corpus
from recital.preprocessors.prepare import Settle, prepare
from recital.preprocessors.textgrid import TextGrids, read_textgrid
from recital.processors.dataset import SpeechDataset
from recital.processors.durations import find_durations
from recital.processors.features import PreprocessConfig, TrimConfig
from recital.processors.store import FeatureStore, Rejected, Utterance
from recital.processors.text import TextConfig, TextProcessor
from recital.processors.text.symbols import symbol_set
from recital.utils.errors import ConfigError, DataError

AUDIO = AudioConfig(
    sample_rate=22050,
    n_fft=1024,
    win_length=1024,
    hop_length=256,
    n_mels=80,
    f_min=0.0,
    f_max=8000.0,
)
WORDS = [(0.0, 0.1, ""), (0.1, 0.3, "say"), (0.3, 0.5, '"hi"'), (0.5, 0.6, "")]
PHONES = [
    (0.0, 0.1, "sil"),
    (0.1, 0.2, "S"),
    (0.2, 0.3, "EY1"),
    (0.3, 0.35, ""),
    (0.35, 0.4, "HH"),
    (0.4, 0.5, "AY1"),
    (0.5, 0.6, ""),
]


def long_format(words=WORDS, phones=PHONES, end=0.6, prefix="") -> str:
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0 "]
    lines += [f"xmax = {end} ", "tiers? <exists> ", "size = 2 ", "item []: "]
    for i, (name, rows) in enumerate((("words", words), ("phones", phones)), 1):
        lines += [f"    item [{i}]:", '        class = "IntervalTier" ']
        lines += [
            f'        name = "{prefix}{name}" ',
            "        xmin = 0 ",
            f"        xmax = {end} ",
        ]
        lines.append(f"        intervals: size = {len(rows)} ")
        for j, (a, b, label) in enumerate(rows, 1):
            quoted = label.replace('"', '""')
            lines += [f"        intervals [{j}]:", f"            xmin = {a} "]
            lines += [f"            xmax = {b} ", f'            text = "{quoted}" ']
    return "\n".join(lines) + "\n"


def short_format(words=WORDS, phones=PHONES, end=0.6) -> str:
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "0",
        str(end),
        "<exists>",
        "2",
    ]
    for name, rows in (("words", words), ("phones", phones)):
        lines += ['"IntervalTier"', f'"{name}"', "0", str(end), str(len(rows))]
        for a, b, label in rows:
            quoted = label.replace('"', '""')
            lines += [str(a), str(b), f'"{quoted}"']
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text", [long_format(), short_format(), long_format(prefix="speaker 1 - ")]
)
def test_both_formats_say_the_same(tmp_path, text, encoding):
    path = tmp_path / "a.TextGrid"
    path.write_text(text, encoding=encoding)
    grid = read_textgrid(path)
    assert grid.end == 0.6
    assert [tuple(i) for i in grid.tier("words")] == WORDS
    assert [tuple(i) for i in grid.tier("phones")] == PHONES


@pytest.mark.parametrize("text", ["", "hello", long_format()[:300], short_format()[:90]])
def test_what_is_no_textgrid_is_an_error(tmp_path, text):
    path = tmp_path / "a.TextGrid"
    path.write_text(text)
    with pytest.raises(DataError, match="a.TextGrid"):
        read_textgrid(path)


def settle(tmp_path: Path, *, text="Say: hi!", seconds=0.6, grid: str | None = None, place="u1"):
    folder = tmp_path / "TextGrid"
    folder.mkdir()
    if grid is not None:
        (folder / f"{place}.TextGrid").parent.mkdir(exist_ok=True)
        (folder / f"{place}.TextGrid").write_text(grid)
    store = FeatureStore(tmp_path / "store")
    grids = TextGrids(folder, AUDIO, symbol_set("amphion"), "tacotron2_english_cleaners")
    utterance = Utterance("u1", "anna/u1.wav", text, "anna", seconds)
    rejected: list[Rejected] = []
    return list(grids.settle([utterance], store, rejected)), rejected, store


@pytest.mark.parametrize("place", ["u1", "anna/u1"])
def test_phones_and_frames(tmp_path, place):
    kept, rejected, store = settle(tmp_path, grid=short_format(), place=place)
    assert rejected == [] and kept[0].text == "{sil S EY1 sp HH AY1 sil}"
    durations = np.load(find_durations(store.durations, "u1"))
    assert len(durations) == 7 and durations.sum() == AUDIO.n_frames(round(0.6 * 22050))
    centres = np.arange(durations.sum()) * 256 / 22050  # seconds
    owner = np.repeat(np.arange(7), durations)
    for centre, phone in zip(centres, owner, strict=True):
        assert PHONES[phone][0] <= centre < PHONES[phone][1] or phone == 6


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        ({}, "textgrid_missing", "has no u1.TextGrid"),
        ({"grid": "no"}, "textgrid", "cannot be read|cut off"),
        ({"grid": short_format(), "text": "Say hello."}, "textgrid_text", "but the text is"),
        ({"grid": short_format(), "seconds": 0.9}, "textgrid_length", "ends at 0.600 s"),
        ({"grid": short_format(phones=[(0, 0.6, "ʃ")])}, "textgrid_phone", "'ʃ' is not in"),
        ({"grid": short_format(phones=[])}, "textgrid", "no tier 'phones'"),
    ],
)
def test_what_does_not_fit_is_rejected_with_a_remedy(tmp_path, options, code, reason):
    kept, rejected, _ = settle(tmp_path, **options)
    assert kept == [] and rejected[0].code == code and rejected[0].remedy
    assert any(part in rejected[0].reason for part in reason.split("|"))


def test_words_the_aligner_did_not_know_are_not_compared(tmp_path):
    words = [(0.0, 0.3, "say"), (0.3, 0.6, "<unk>")]
    phones = [(0.0, 0.3, "EY1"), (0.3, 0.6, "spn")]
    kept, _, _ = settle(tmp_path, grid=short_format(words, phones), text="Say zyzzyva!")
    assert kept[0].text == "{EY1 spn}"


def test_trimmed_recordings_and_textgrids_do_not_go_together():
    with pytest.raises(ConfigError, match="preprocess.trim"):
        PreprocessConfig(textgrid="TextGrid", trim=TrimConfig())


def test_texts_that_another_recipe_prepared_name_the_remedy(tmp_path: Path) -> None:
    """A recipe without TextGrids, on the same dataset, writes the corpus's texts again."""
    corpus, rate = tmp_path / "corpus", AUDIO.sample_rate
    for folder in ("wavs", "TextGrid"):
        (corpus / folder).mkdir(parents=True)
    noise = np.random.default_rng(0).normal(0, 0.1, round(0.6 * rate))
    ids = [f"u{i}" for i in range(4)]
    for id in ids:
        soundfile.write(corpus / "wavs" / f"{id}.wav", noise, rate)
        (corpus / "TextGrid" / f"{id}.TextGrid").write_text(short_format())
    (corpus / "metadata.csv").write_text("".join(f"{id}|Say: hi!|say hi\n" for id in ids))
    config = PreprocessConfig(
        trim=None, textgrid="TextGrid", valid=1, test=1, golden_test=1, min_seconds=0.1
    )
    text = TextConfig(symbol_set="amphion", p_arpabet=1.0, pause_symbol="@sp")
    symbols = symbol_set("amphion")
    grids = TextGrids(corpus / "TextGrid", AUDIO, symbols, text.cleaners)
    store = FeatureStore(tmp_path / "data")

    def stage1(settle: Settle | None) -> None:
        prepare("k", Corpus(corpus), "ljspeech", store, ["mel"], AUDIO, config, settle=settle)

    def dataset() -> SpeechDataset:
        needs = frozenset({"tokens", "mel", "durations"})
        spoken = TextProcessor(text, symbols)
        return SpeechDataset(
            {"k": store}, "train", needs=needs, audio=AUDIO, preprocess=config, text=spoken
        )

    stage1(grids.settle)
    assert len(dataset()) > 0
    stage1(None)
    with pytest.raises(DataError, match=r"another text .*\. Run stage 1 again: it takes texts and"):
        dataset()
    stage1(grids.settle)
    assert len(dataset()) > 0
