"""Make `heteronyms.npz` from labelled sentences, and measure it on sentences that were held out.

`python -m recital.bins.train_homographs DATA [--out FILE]` reads `train/*.tsv` and `wordids.tsv` of
google-research-datasets' WikipediaHomographData (Gorman, Mazovetskiy and Nikolaev, "Improving
homograph disambiguation with supervised machine learning", LREC 2018; Apache-2.0). Logistic
regression. It is measured on a tenth of the sentences, by a hash, that it has not learnt from; the
file that is written knows these, too. Wikipedia has few sentences as people say them, so the
project's own in `everyday_heteronyms.txt` are learnt as well.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

from recital.bins.common.parser import OneLineParser
from recital.processors.text.heteronyms import (
    FILE,
    N_WEIGHTS,
    ReadingModel,
    by_rule,
    features,
    place,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

EVERYDAY = FILE.with_name("everyday_heteronyms.txt")
EVERYDAY_WEIGHT = 2.0  # of a sentence
# The regularization of the weights, against their squared norm. By cross-validation, as are the
# values of `evidence`.
STRENGTH = 4.0
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")
# Which wordid is the second reading of our table; of nouns and verbs it is the verb.
OTHER = {
    "aged": "aged_adj",
    "august": "august_nam",
    "axes": "axes_nou",
    "bass": "bass_corp",
    "blessed": "blessed_adj",
    "bologna": "bologna",
    "bow": "bow_nou-ship",
    "buffet": "buffet_vrb",
    "celtic": "celtic_adj-nou-sports",
    "close": "close_adj-nou",
    "content": "content_adj-nou-vrb",
    "dove": "dove_vrb",
    "expose": "expose_nou",
    "invalid": "invalid_nou",
    "jesus": "jesus_es",
    "job": "job_bible",
    "lead": "lead_nou",
    "learned": "learned_adj",
    "live": "live_adj",
    "lives": "lives_vrb",
    "mate": "mate_nou",
    "minute": "minute_adj",
    "mobile": "mobile_geo",
    "moped": "moped_nou",
    "nestle": "nestle_nam",
    "pasty": "pasty_adj",
    "polish": "polish_geo",
    "ravel": "ravel_nou",
    "read": "read_past",
    "reading": "reading_geo",
    "resume": "resume_nou",
    "rodeo": "rodeo_geo",
    "row": "row_2",
    "sake": "sake_jp",
    "sow": "sow_nou",
    "tear": "tear_vrb",
    "wind": "wind_vrb",
    "winds": "winds_vrb",
    "wound": "wound_vrb",
}
UNSAID = ("august_adj", "mobile_nou-art")  # readings that our table does not have


class Labelled(NamedTuple):
    """A sentence in tokens, the place of its homograph, and how that is said."""

    word: str
    wordid: str
    tokens: list[str]
    i: int
    key: int  # a hash of the sentence


def main(argv: Sequence[str] | None = None) -> None:
    parser = OneLineParser(prog="train_homographs", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of WikipediaHomographData")
    parser.add_argument("--out", type=Path, default=FILE, help="where the model goes")
    args = parser.parse_args(argv)
    readings = Readings(args.data / "wordids.tsv")
    kept, held_out = split(read(args.data / "train"))
    model = train(kept, readings, everyday())
    for name, value in evaluate(model, kept, held_out, readings).items():
        print(f"{name:<28} {value:.4g}")
    train(kept + held_out, readings, everyday()).save(args.out)
    print(f"{args.out}: {args.out.stat().st_size / 1e3:.0f} kB")


class Readings:
    """Which of our two readings a wordid is."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            self.labels = {
                row["wordid"]: row["label"] for row in csv.DictReader(file, delimiter="\t")
            }

    def is_other(self, word: str, wordid: str) -> bool | None:
        """None for a reading that we do not have."""
        if wordid in UNSAID:
            return None
        if word in OTHER:
            return wordid == OTHER[word]
        return wordid.endswith("vrb") or self.labels[wordid] == "verb"


def read(folder: Path) -> list[Labelled]:
    """The labelled sentences of a folder of `<word>.tsv`."""
    rows = []
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [_labelled(row) for row in csv.DictReader(file, delimiter="\t")]
    return rows


def _labelled(row: dict[str, str]) -> Labelled:
    data, start, end = row["sentence"].encode(), int(row["start"]), int(row["end"])
    before, word, after = (part.decode() for part in (data[:start], data[start:end], data[end:]))
    left = TOKEN.findall(before)
    tokens = [*left, word, *TOKEN.findall(after)]
    return Labelled(row["homograph"], row["wordid"], tokens, len(left), crc32(data))


def split(rows: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """To learn from, and a tenth to measure on."""
    return [r for r in rows if r.key % 10], [r for r in rows if r.key % 10 == 0]


def small_words(row: Labelled) -> Labelled:
    """The sentence as a voice of small letters gets it: words alone."""
    places = [k for k, token in enumerate(row.tokens) if token[:1].isalnum()]
    tokens = [row.tokens[k].lower() for k in places]
    return row._replace(tokens=tokens, i=places.index(row.i))


def everyday() -> list[tuple[Labelled, bool]]:
    """The project's own sentences, and whether each has the other reading."""
    rows = []
    for line in EVERYDAY.read_text(encoding="utf-8").split("\n")[:-1]:
        which, word, sentence = line.split("\t")
        tokens = TOKEN.findall(sentence)
        i = [token.lower() for token in tokens].index(word)
        rows.append((Labelled(word, "", tokens, i, crc32(sentence.encode())), which == "1"))
    return rows


def train(
    rows: Sequence[Labelled], readings: Readings, more: Sequence[tuple[Labelled, bool]]
) -> ReadingModel:
    """Each sentence counts twice: as it is written, and in small letters without marks."""
    from sklearn.linear_model import LogisticRegression

    said = [(row, readings.is_other(row.word, row.wordid)) for row in rows]
    known = [(row, other) for row, other in said if other is not None]
    weights = [1.0] * len(known) + [EVERYDAY_WEIGHT] * len(more)
    known += more
    views = [row for row, _ in known] + [small_words(row) for row, _ in known]
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, solver="liblinear", tol=1e-3)
    model.fit(_matrix(views), [other for _, other in known] * 2, sample_weight=weights * 2)
    words = {row.word for row in rows}
    return ReadingModel(model.coef_[0].astype(np.float32), words)


def _matrix(rows: Sequence[Labelled]) -> csr_matrix:
    """Features in their places: float32 [len(rows), N_WEIGHTS]."""
    from scipy.sparse import csr_matrix

    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        for name, value in features(row.tokens, row.i):
            places.append(place(name))
            values.append(value)
        ends.append(len(places))
    return csr_matrix((values, places, ends), shape=(len(rows), N_WEIGHTS), dtype=np.float32)


def evaluate(
    model: ReadingModel,
    kept: Sequence[Labelled],
    held_out: Sequence[Labelled],
    readings: Readings,
) -> dict[str, float]:
    """Shares of right readings on the held-out sentences: of the reading that is commonest in the
    others, of the rules, and of the model, for text in its own case and in small letters.
    """
    counts: dict[str, Counter[bool | None]] = defaultdict(Counter)
    for row in kept:
        counts[row.word][readings.is_other(row.word, row.wordid)] += 1

    def commonest(row: Labelled) -> bool | None:
        return counts[row.word].most_common(1)[0][0]

    def by_model(row: Labelled) -> bool:
        return model.score(features(row.tokens, row.i)) > 0.0

    def rights(guess: Callable[[Labelled], bool | None], rows: Sequence[Labelled]) -> list[bool]:
        return [guess(row) is readings.is_other(row.word, row.wordid) for row in rows]

    def share(guess: Callable[[Labelled], bool | None], rows: Sequence[Labelled]) -> float:
        return sum(rights(guess, rows)) / len(rows)

    def mean_of_words(guess: Callable[[Labelled], bool | None], rows: Sequence[Labelled]) -> float:
        of_word: dict[str, list[bool]] = defaultdict(list)
        for row, right in zip(rows, rights(guess, rows), strict=True):
            of_word[row.word].append(right)
        return sum(sum(r) / len(r) for r in of_word.values()) / len(of_word)

    small = [small_words(row) for row in held_out]
    return {
        "held-out sentences": len(held_out),
        "commonest reading": share(commonest, held_out),
        "rules": share(lambda row: by_rule(row.tokens, row.i), held_out),
        "model": share(by_model, held_out),
        "model, small letters": share(by_model, small),
        "model, mean of words": mean_of_words(by_model, held_out),
        "model, small letters, mean of words": mean_of_words(by_model, small),
    }


if __name__ == "__main__":
    main()
