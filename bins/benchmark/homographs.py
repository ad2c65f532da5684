"""How many homographs are said right: on labelled sentences of Wikipedia, and on the project's."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from recital.bins.train_homographs import (
    TOKEN,
    Labelled,
    Readings,
    evaluate,
    everyday,
    read,
    split,
    train,
)
from recital.processors.text.heteronyms import HETERONYMS, choose
from recital.utils.config import ROOT

SENTENCES = ROOT / "tests" / "text" / "heteronyms.tsv"


def bench_homographs() -> dict[str, float | str] | None:
    """Shares of right readings. The shipped table knows all of `train`, so a table is trained
    without the held-out tenth to measure that; the shipped one is measured on `eval`, where that
    lies next to `train`.
    """
    data = Path(os.environ.get("RECITAL_SHARED", ".")) / "data" / "homographs"
    if not (data / "train").is_dir():
        return None
    readings = Readings(data / "wordids.tsv")
    kept, held_out = split(read(data / "train"))
    figures: dict[str, float | str] = {}
    figures |= evaluate(train(kept, readings, everyday()), kept, held_out, readings)
    figures["the project's sentences"] = _own_sentences()
    if (data / "eval").is_dir():
        figures["shipped, on eval"] = shipped(read(data / "eval"), readings)
    return figures


def shipped(rows: Sequence[Labelled], readings: Readings) -> float:
    """The share of labelled sentences that the shipped table says right."""
    right = 0
    for row in rows:
        other = choose(row.tokens, row.i) == HETERONYMS[row.word].other
        right += other is readings.is_other(row.word, row.wordid)
    return right / len(rows)


def _own_sentences() -> str:
    lines = SENTENCES.read_text(encoding="utf-8").split("\n")[:-1]
    right = 0
    for line in lines:
        which, word, sentence = line.split("\t")
        tokens = TOKEN.findall(sentence)
        said = choose(tokens, [token.lower() for token in tokens].index(word))
        right += said == (HETERONYMS[word].other if which == "1" else HETERONYMS[word].usual)
    return f"{right} of {len(lines)}"
