"""Numbers that are written alike and said in several ways: "3/4", "12-4", "7.30", "10k".

A linear model chooses between the senses by the number and the words around it
(`number_senses.npz`, made from labelled sentences by `bins/train_numbers.py`). Where it is sure
enough, the number is rewritten so that no later rule can read it in another sense; elsewhere the
rules decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from recital.processors.text.english.calendar_names import DAYS, MONTHS
from recital.processors.text.english.outline import zeros
from recital.processors.text.english.unit_names import UNITS
from recital.processors.text.english.words import (
    LABEL,
    NEAR,
    cardinal,
    in_hundreds,
    one_of,
    year,
)

FILE = Path(__file__).with_name("number_senses.npz")
N_WEIGHTS = 1 << 17  # features share them by a hash
REACH = 160  # characters on each side that matter
FRACTION_SLASH = "\N{FRACTION SLASH}"  # until the rules of dates and scores are done

# How a number of each shape may be said. `fraction` three quarters; `date`; `monthyear` November
# 2007; `over` 120 over 80; `outof` 8 out of 10; `for` 67 for 4; `juxtaposed` 24 7; `slash` 61
# slash 225; `to` 3 to 5; `and` 12 and 4; `decimal`; `time` of day; `duration` 8 oh 6; `thousand`;
# `k` 10 k.
SHAPES: Mapping[str, re.Pattern[str]] = {
    "slash": re.compile(
        r"(?<![\w/.,:$£€#+*=-])(?<![+*=×÷] )(?<!EXP )(\d{1,4})/(\d{1,3})"
        r"(?![\w/%]|[.,:-]?\d|['’]s| ?(?:[=+*×÷]|mpg\b))"
    ),
    "dash": re.compile(
        r"(?<![\w/.,:$£€#+–-])(?<!\d )(\d{1,3})[-–](\d{1,3})(?![\w/%–-]|[.,:]?\d| ?[-–] ?\d|"
        r" \d{1,2}[/\N{FRACTION SLASH}]\d)"  # 2-2 1/2 cups
    ),
    "dot": re.compile(r"(?<![\w/.,:$£€#+])(\d{1,2})\.(\d\d)(?![\w/%°]|[.,:]?\d| ?[ap]\.?m\b)"),
    "suffix": re.compile(r"(?<![\w/.,:$£€#+–-])(\d{1,3})(?:[-–](\d{1,3}))?[kK](?![\w/-])"),
}
_LISTED = re.compile(r"\)?,? ?\(?\d+[-–]\d")  # sets of tennis have rules
_AFTER_OTHERS = re.compile(r"\d[-–]\d+(?: ?\(\d+[-–]\d+\))?,? $")
_JOINED = re.compile(r" ?[-–—] ?| (?:to|and|or|until|till) |, (?:and |or )?")
_MINUS = re.compile(r"(?:^|[^\d\s]|\s)[-−]$")
_WORD = re.compile(r"[A-Za-z]{2}")
_UNIT_NAMES = {*UNITS.values(), *(f"{name}s" for name in UNITS.values()), "metres", "litres"}
_UNIT = re.compile(
    rf" ?(?:{one_of({u for u in UNITS if len(u) > 1} - {'in', 'hr', 'hrs', 'min'} | _UNIT_NAMES)}|"
    r"percent|per|kilos?|[kmg]|euros?|dollars?|pounds?|cents?|points?|million|billion|degrees|"
    r"times|[A-Z]{3}(?= each| per|[.,;]|$))(?![\w'’])|%"
)
_DATED = re.compile(
    r"\b(?:on|since|before|as of|due|until|till|after|died|born|dated|retroactive to)(?: \(?)?$",
    re.I,
)
_TOKEN = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d+|[^\w\s]")
_MONTHS, _DAYS = (
    frozenset(name.lower()[:n] for name in names for n in range(3, len(name) + 1))
    for names in (MONTHS, DAYS.values())
)
_ENDINGS = ("'s", "ing", "ed", "es", "s")
_HINTS = {"slash": "/", "dash": "0-0", "dot": ".00", "suffix": "0k"}  # in `zeros`

Evidence = tuple[str, float]  # a feature, and how much it counts


class Occurrence(NamedTuple):
    """A number that may be said in several ways, and where in the text it is."""

    shape: str
    text: str
    start: int
    end: int
    first: str
    second: str  # empty for a suffix without a range

    @property
    def written(self) -> str:
        return self.text[self.start : self.end]


def occurrences(text: str, shape: str) -> Iterator[Occurrence]:
    """Those of a shape."""
    for match in SHAPES[shape].finditer(text):
        yield Occurrence(shape, text, match.start(), match.end(), match[1], match[2] or "")


def evidence(found: Occurrence) -> list[Evidence]:
    """What the number and the words around it say about its sense."""
    number = list(_of_number(found))
    left = [_kind(w) for w in _TOKEN.findall(found.text[max(0, found.start - REACH) : found.start])]
    right = [_kind(w) for w in _TOKEN.findall(found.text[found.end : found.end + REACH])]
    named = [("bias", 1.0), *((name, 0.7) for name in number)]
    for i in range(3):
        before = left[-1 - i] if i < len(left) else "^"
        after = right[i] if i < len(right) else "$"
        named += [(f"L{i}={before}", 1.0 - 0.2 * i), (f"R{i}={after}", 1.0 - 0.2 * i)]
    before, after = " ".join(left[-2:]), " ".join(right[:2])
    named += [(f"LL={before}", 1.0), (f"RR={after}", 1.0)]
    named.append((f"LR={left[-1:]}{right[:1]}", 1.0))
    for name in number[:4]:
        named += [(f"{name}&L={left[-1:]}", 0.5), (f"{name}&R={right[:1]}", 0.5)]
    named += [(f"l={word}", 0.6) for word in set(left[-6:])]
    named += [(f"r={word}", 0.6) for word in set(right[:6])]
    named += [(f"w={word}", 0.5) for word in {*left, *right} if len(word) > 2]
    return [(f"{found.shape} {name}", value) for name, value in named]


def _of_number(found: Occurrence) -> Iterator[str]:
    """Its digits, and what is written against it. The first four are combined with neighbors."""
    first, second = int(found.first), int(found.second or 0)
    yield f"{len(found.first)}{len(found.second)}"
    yield "<" if first < second else ">" if first > second else "="
    yield f"month{1 <= first <= 12}{1 <= second <= 12}, day{1 <= second <= 31}"
    yield f"minute{second < 60}, hour{first < 24}, five{second % 5 == 0}"
    for i, digits in enumerate((found.first, found.second)):
        yield f"{i}={digits}"
        yield f"{i} padded {digits[:1] == '0' and len(digits) > 1}"
        yield f"{i} tens {len(digits)} {digits[:1]}"
    yield f"{found.first}, {found.second}"
    yield f"pressure{80 <= first <= 230 and 30 <= second <= 140}"
    yield f"wickets{second <= 10}, year{1900 <= first <= 2100}"
    yield f"part{second in (2, 3, 4, 5, 6, 8, 16, 32, 64)}"
    yield f"dash{'–' in found.written}, K{'K' in found.written}"
    # not all of the text before it, which would take the square of a long text's length
    before = found.text[max(0, found.start - 1) : found.start]
    after = found.text[found.end : found.end + 1]
    yield f"before{before}"
    yield f"after{after}"


@lru_cache(maxsize=65536)
def _kind(token: str) -> str:
    """A word without its ending, the kind of a date's word, or the length of a number."""
    if token.isdigit():
        return "0" * len(token)
    word = token.lower()
    if word in _MONTHS:
        return "<month>"
    if word in _DAYS:
        return "<day>"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)]
    return word


class SenseModel:
    """A linear model for each shape: log odds of its senses."""

    def __init__(self, weights: Mapping[str, np.ndarray], senses: Mapping[str, list[str]]) -> None:
        self.weights = weights  # by shape, float32 [senses, N_WEIGHTS]
        self.senses = senses  # by shape

    def choose(self, found: Occurrence) -> tuple[str, float]:
        """The likeliest sense, and its probability."""
        places, values = zip(*((place(name), v) for name, v in evidence(found)), strict=True)
        scores = self.weights[found.shape][:, list(places)] @ np.array(values, dtype=np.float32)
        odds = np.exp(scores - scores.max())
        best = int(odds.argmax())
        return self.senses[found.shape][best], float(odds[best] / odds.sum())

    def save(self, path: Path) -> None:
        """In eight bits a weight."""
        arrays = {}
        for shape, weights in self.weights.items():
            step = float(np.abs(weights).max()) / 127
            arrays[f"{shape} weights"] = np.round(weights / step).astype(np.int8)
            arrays[f"{shape} step"] = np.float32(step)
            arrays[f"{shape} senses"] = np.array(self.senses[shape])
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> SenseModel:
        """What `save` wrote; nothing is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(
                {s: arrays[f"{s} weights"] * arrays[f"{s} step"] for s in SHAPES},
                {s: list(map(str, arrays[f"{s} senses"])) for s in SHAPES},
            )


def place(name: str) -> int:
    """Which weight a feature has."""
    return crc32(name.encode()) % N_WEIGHTS


@lru_cache(maxsize=1)
def _model() -> SenseModel:
    return SenseModel.load(FILE)


def expand(text: str) -> str:
    """Numbers whose sense is sure, so that it is the only one that they can have."""
    near = zeros(text)
    for shape, hint in _HINTS.items():
        if hint in near and (found := list(occurrences(text, shape))):
            text = _rewritten(text, found)
    return text


def _rewritten(text: str, found: Sequence[Occurrence]) -> str:
    senses, sure = map(list, zip(*map(_sense, found), strict=True))
    if found[0].shape in ("dot", "suffix"):
        sure = _agreed(text, found, senses, sure)
    pieces, end = [], 0
    for occurrence, sense, is_sure in zip(found, senses, sure, strict=True):
        if is_sure:
            write, _ = _WRITE[occurrence.shape, sense]
            pieces += [text[end : occurrence.start], write(occurrence)]
            end = occurrence.end
    return "".join([*pieces, text[end:]])


def _sense(found: Occurrence) -> tuple[str, bool]:
    """The likeliest sense of a number, and whether it is to be written so."""
    sense, probability = _model().choose(found)
    if (found.shape, sense) not in _WRITE:
        return sense, False
    _, least = _WRITE[found.shape, sense]
    if sense in ("time", "duration") and found.second == "00":
        least = max(least, 0.85)
    guarded = sense in _GUARDED and _GUARDED[sense](found)
    return sense, probability >= least and not guarded


def _agreed(
    text: str, found: Sequence[Occurrence], senses: Sequence[str], sure: Sequence[bool]
) -> list[bool]:
    """ "7.15 to 8.45", "10k and 20k": where both have one sense, one that is sure is enough, else
    neither is.
    """
    agreed = list(sure)
    for i, (one, other) in enumerate(pairwise(found)):
        if _JOINED.fullmatch(text, one.end, other.start) and agreed[i] != agreed[i + 1]:
            may = senses[i] == senses[i + 1] and not any(
                senses[k] in _GUARDED and _GUARDED[senses[k]](found[k]) for k in (i, i + 1)
            )
            agreed[i] = agreed[i + 1] = may
    return agreed


def _before(found: Occurrence) -> str:
    return found.text[max(0, found.start - NEAR) : found.start]


def _is_measured(found: Occurrence) -> bool:
    """A number with a unit or a sign is no time, nor is one with a name before it, or alone."""
    before = _before(found)
    return bool(
        _UNIT.match(found.text, found.end)
        or _MINUS.search(before)
        or LABEL.search(before)
        or not _WORD.search(before + found.text[found.end : found.end + NEAR])
    )


def _may_be_date(found: Occurrence) -> bool:
    return _DATED.search(_before(found)) is not None and not (
        found.text.startswith(" of ", found.end) or _UNIT.match(found.text, found.end)
    )


def _joined(word: str) -> Callable[[Occurrence], str]:
    return lambda found: f"{found.first} {word} {found.second}"


def _won_and_lost(found: Occurrence) -> str:
    first, second = ("oh" if part == "0" else part for part in (found.first, found.second))
    return f"{first} and {second}"


def _one_by_one(found: Occurrence) -> str:
    """ "2-14" is two fourteen, "2015/16" twenty fifteen sixteen, "3-07" three oh seven."""
    return f"{_said(found.first)} {_said(found.second)}"


def _alone(found: Occurrence) -> str:
    """Longer ones are numbers of statutes, standards and phones, and several are sets of tennis,
    which have rules.
    """
    listed = _LISTED.match(found.text, found.end) or _AFTER_OTHERS.search(
        found.text[max(0, found.start - REACH) : found.start]
    )
    shot = found.text.startswith(" from ", found.end)  # "7-10 from the line"
    return found.written if listed or shot or len(found.second) > 2 else _one_by_one(found)


def _said(digits: str) -> str:
    if len(digits) > 2:
        return year(int(digits)) if len(digits) == 4 else in_hundreds(digits)
    if len(digits) == 2 and digits[0] == "0":
        return f"oh {cardinal(int(digits))}"
    return cardinal(int(digits)) if digits != "0" else "oh"


def _month_and_year(found: Occurrence) -> str:
    month, short = int(found.first), int(found.second)
    if not (1 <= month <= 12 and len(found.second) == 2):
        return found.written
    return f"{MONTHS[month - 1]} {(1900 if short > 40 else 2000) + short}"


def _minutes(found: Occurrence) -> str:
    """ "8.06" of a race; above a quarter of an hour such a number is seconds."""
    short = int(found.first) < 15 and int(found.second) < 60
    return _one_by_one(found) if short else found.written


def _k(found: Occurrence) -> str:
    last = f" to {cardinal(int(found.second))}" if found.second else ""
    return f"{cardinal(int(found.first))}{last} K"


# How each sense is written, and how probable it must be. The others are left to the rules.
_WRITE: Mapping[tuple[str, str], tuple[Callable[[Occurrence], str], float]] = {
    ("slash", "fraction"): (lambda f: f"{f.first}{FRACTION_SLASH}{f.second}", 0.6),
    ("slash", "outof"): (_joined("out of"), 0.7),
    ("slash", "for"): (_joined("for"), 0.5),
    ("slash", "slash"): (_joined("slash"), 0.6),
    ("slash", "to"): (_joined("to"), 0.6),
    ("slash", "monthyear"): (_month_and_year, 0.6),
    ("slash", "juxtaposed"): (_one_by_one, 0.85),
    ("dash", "juxtaposed"): (_alone, 0.8),
    ("dash", "and"): (_won_and_lost, 0.8),
    ("dash", "for"): (_joined("for"), 0.7),
    ("dot", "time"): (lambda f: f"{int(f.first)}:{f.second}", 0.7),
    ("dot", "duration"): (_minutes, 0.6),
    ("suffix", "k"): (_k, 0.8),
}
_GUARDED: Mapping[str, Callable[[Occurrence], bool]] = {
    "fraction": _may_be_date,
    "time": _is_measured,
    "duration": _is_measured,
    "juxtaposed": lambda f: f.written == "0-0",
    "k": lambda f: f.text.startswith(" gold", f.end),
}
