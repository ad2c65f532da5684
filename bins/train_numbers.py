"""Make `number_senses.npz` from labelled sentences, and measure it on sources that were held out.

`python -m recital.bins.train_numbers FILE [FILE ...] [--out FILE]` reads lines of four fields with
tabs between: the shape of a number and its sense (`processors/text/english/number_senses.py`), a
sentence with the number in «», and where it is from. Multinomial logistic regression. It is
measured by cross-validation over these sources; the file that is written knows them all. The
project's own sentences in `everyday_numbers.txt` are learnt as well, with more weight.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recital.bins.common.parser import OneLineParser
from recital.processors.text.english.number_senses import (
    FILE,
    N_WEIGHTS,
    SHAPES,
    Occurrence,
    SenseModel,
    evidence,
    occurrences,
    place,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

log = logging.getLogger(__name__)

EVERYDAY = FILE.with_name("everyday_numbers.txt")
EVERYDAY_WEIGHT = 3.0  # of a sentence
FOLDS = 8
STRENGTH = 2.0  # of the regularization, against the squared norm; by cross-validation
LEAST = 2  # how often a feature must occur
MARKED = re.compile("«(.*?)»")
# Senses that are said alike.
SAME = {
    "monthday": "date",
    "daymonth": "date",
    "years": "to",
    "money": "decimal",
    "letter": "k",
    "level": "juxtaposed",
}


class Labelled(NamedTuple):
    """A number in a sentence, its sense, and the source of the sentence."""

    found: Occurrence
    sense: str
    source: str


def main(argv: Sequence[str] | None = None) -> None:
    parser = OneLineParser(prog="train_numbers", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="labelled sentences")
    parser.add_argument("--out", type=Path, default=FILE, help="where the model goes")
    args = parser.parse_args(argv)
    rows = [row for path in args.files for row in read(path)]
    for shape in SHAPES:
        of_shape = [row for row in rows if row.found.shape == shape]
        print(f"{shape:<8} {len(of_shape):>5} sentences, {held_out(of_shape):.4f} right")
    train(rows).save(args.out)
    print(f"{args.out}: {args.out.stat().st_size / 1e3:.0f} kB")


def read(path: Path) -> list[Labelled]:
    """The labelled numbers of a file; the shapes that no model is for are skipped."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        shape, sense, sentence, source = (*line.split("\t"), "")[:4]
        mark = MARKED.search(sentence)
        if shape not in SHAPES or mark is None:
            continue
        text = sentence[: mark.start()] + mark[1] + sentence[mark.end() :]
        at = [found for found in occurrences(text, shape) if found.start == mark.start()]
        rows += [Labelled(found, SAME.get(sense, sense), source) for found in at]
    return rows


def train(rows: Sequence[Labelled]) -> SenseModel:
    weights, senses = {}, {}
    for shape in SHAPES:
        of_shape = [row for row in rows if row.found.shape == shape]
        weights[shape], senses[shape] = _fit(of_shape)
    return SenseModel(weights, senses)


def _fit(rows: Sequence[Labelled]) -> tuple[np.ndarray, list[str]]:
    """Weights float32 [senses, N_WEIGHTS], and the senses."""
    from sklearn.linear_model import LogisticRegression

    shape = rows[0].found.shape
    more = [row for row in read(EVERYDAY) if row.found.shape == shape]
    each = [1.0] * len(rows) + [EVERYDAY_WEIGHT] * len(more)
    rows = [*rows, *more]
    inputs = _matrix(rows)
    often = np.asarray((inputs != 0).sum(axis=0)).ravel() >= LEAST
    used = np.flatnonzero(often)
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=300)
    model.fit(inputs[:, used], [row.sense for row in rows], sample_weight=each)
    senses = [str(sense) for sense in model.classes_]
    weights = np.zeros((len(senses), N_WEIGHTS), np.float32)
    weights[:, used] = model.coef_ if len(senses) > 2 else [-model.coef_[0] / 2, model.coef_[0] / 2]
    return weights, senses


def _matrix(rows: Sequence[Labelled]) -> csr_matrix:
    """Features in their places: float32 [len(rows), N_WEIGHTS]."""
    from scipy.sparse import csr_matrix

    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        for name, value in evidence(row.found):
            places.append(place(name))
            values.append(value)
        ends.append(len(places))
    return csr_matrix((values, places, ends), shape=(len(rows), N_WEIGHTS), dtype=np.float32)


def held_out(rows: Sequence[Labelled]) -> float:
    """The share of right senses, each by a model that has not learnt from the sentence's source."""
    from sklearn.model_selection import GroupKFold

    right = 0
    for kept, out in GroupKFold(FOLDS).split(rows, groups=[row.source for row in rows]):
        learnt = [rows[i] for i in kept]
        shape = rows[0].found.shape
        weights, senses = _fit(learnt)
        model = SenseModel({shape: weights}, {shape: senses})
        right += sum(model.choose(rows[i].found)[0] == rows[i].sense for i in out)
    return right / len(rows)


if __name__ == "__main__":
    main()
