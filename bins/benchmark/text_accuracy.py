"""How many texts `english` reads as people do: on the sets of `tests/text`, or on sets of others
that are read where they lie (`--sets`: folders of `*.txt`, a line `written~spoken` or
`spoken~written` as in NeMo's text-processing, or `written => spoken` as in WeTextProcessing), also
of other languages (`--language`).

Readings are compared by words. Where conventions differ without a difference in sense, both sides
are brought to one form: case, accents, marks, hyphens and the "and" of numbers go; "oh" is "zero";
"the fifth of may" is "may fifth"; letters said one by one are apart ("pm", "p m").
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from recital.processors.text import normalize
from recital.processors.text.cleaners import rewrite
from recital.utils.config import ROOT
from recital.utils.errors import DataError

Figures = dict[str, float | str]

OURS = ROOT / "tests" / "text"
# name -> file, and the columns of a text and its readings
SETS = {
    "pairs": ("text_pairs.tsv", 1, 2),
    "development": ("sentences_development.tsv", 1, 2),
    "kept": ("sentences_kept.tsv", 1, 2),
    "second development": ("sentences_second_development.tsv", 1, 2),
    "second kept": ("sentences_second_kept.tsv", 1, 2),
    "third development": ("sentences_third_development.tsv", 1, 2),
    "third kept": ("sentences_third_kept.tsv", 1, 2),
    "fourth": ("sentences_fourth.tsv", 1, 2),
    "six authors": ("sentences_six_authors.tsv", 1, 2),
}
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAY_MONTH = re.compile(rf"\bthe ((?:(?:twenty|thirty) )?[a-z]+) of ({_MONTHS})\b")
_NUMBER_AND = re.compile(r"\b(hundred|thousand|million|billion|trillion) and\b")
_SPELT = re.compile(r"\b(?:pm|am|tv|us|usa|bc|ad|http|https|www|pdf|ssn|ip|cs|nvidia|ceo)\b")
_AND_CENTS = re.compile(
    r"\b(dollars?|euros?|pounds?|reais|francs?) and (?=(?:[a-z]+ ){1,2}(?:cents?|pence|penny|p)\b)"
)


class Case(NamedTuple):
    """A written text of some kind, with the readings that count as correct."""

    kind: str
    text: str
    readings: tuple[str, ...]


def bench_text_accuracy(sets: Sequence[Path] = (), language: str = "en") -> Figures:
    """Right readings of each set, and every miss of it, by kind, on the standard output. With
    `sets`, these alone, which are in one `language`. Raises `DataError` for a folder without any.
    """
    figures: Figures = {}
    for name, (file, text, readings) in () if sets else SETS.items():
        figures |= _score(name, list(_table(OURS / file, text, readings)), "en")
    for folder in sets:
        cases = list(_folder(folder))
        if not cases:
            raise DataError(f"--sets {folder}: no *.txt in it has lines of a text and its reading")
        figures |= _score(folder.name, cases, language)
    return figures


def _spoken(text: str, language: str) -> str:
    return normalize(text) if language == "en" else rewrite(text, "english", language)


def _compared(text: str, language: str) -> str:
    """English by words; other languages by letters, since they join the words of a number."""
    if language == "en":
        return words_of(text)
    return "".join(c for c in text.lower() if c.isalpha())


def words_of(text: str) -> str:
    """A reading in the form that is compared."""
    text = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    text = re.sub("[\u0300-\u036f]", "", text)  # accents
    text = re.sub(r"[^a-z' ]+", " ", text.replace(".'s", "'s"))
    text = re.sub(r"(?<![a-z])'|'(?![a-z])", " ", text)
    text = " ".join(text.split())
    text = _SPELT.sub(lambda m: " ".join(m[0]), text)
    text = re.sub(r"\boh\b", "zero", text)
    text = re.sub(r"\byou\b", "u", text).replace("see u", "c u")
    text = re.sub(r"\b([a-z])'?s\b", r"\1 s", text)  # "r ts" of RTs
    text = _AND_CENTS.sub(r"\1 ", text)
    return _NUMBER_AND.sub(r"\1", _DAY_MONTH.sub(r"\2 \1", text))


def _score(name: str, cases: Sequence[Case], language: str) -> Figures:
    totals = Counter(case.kind for case in cases)
    misses: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        spoken = _spoken(case.text, language)
        if _compared(spoken, language) not in {_compared(r, language) for r in case.readings}:
            misses[case.kind].append(f"{case.text}\n      {spoken}\n    ! {case.readings[0]}")
    for kind, wrong in misses.items():
        print(f"{name}, {kind}: {len(wrong)} of {totals[kind]} missed")
        for line in wrong:
            print(f"    {line}")
    n_right = totals.total() - sum(map(len, misses.values()))
    return {name: f"{n_right} of {totals.total()} ({100 * n_right / totals.total():.1f}%)"}


def _table(path: Path, text: int, readings: int) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("# "):
            fields = line.split("\t")
            yield Case(fields[0], fields[text], tuple(alternatives(fields[readings])))


def alternatives(readings: str) -> list[str]:
    """All readings of "{a|one} hundred {and|} two", or of "five two|five {|to} two"."""
    made = []
    for reading in re.split(r"\|(?![^{}]*})", readings):
        # what is between two braces is every second part
        parts = re.split(r"{([^{}]*)}", reading)
        assert not any(c in "{}" for part in parts[::2] for c in part), readings
        choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
        made += ["".join(chosen) for chosen in itertools.product(*choices)]
    return made


def _folder(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.txt")):
        yield from _pairs(path.stem.removeprefix("test_cases_"), _lines(path))


def _pairs(kind: str, lines: Iterable[str]) -> Iterator[Case]:
    for line in lines:
        for sign in (" => ", "~"):
            written, found, spoken = line.partition(sign)
            if found and written.strip() and spoken.strip():
                if _letters(written) > _letters(spoken):  # NeMo's German files have it first
                    written, spoken = spoken, written
                yield Case(kind, written.strip(), (spoken.strip(),))
                break


def _letters(text: str) -> float:
    """The share of letters and blanks."""
    return sum(c.isalpha() or c.isspace() for c in text) / len(text)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")
