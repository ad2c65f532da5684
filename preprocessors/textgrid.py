"""Phones and durations from TextGrids of the Montreal Forced Aligner (any version), in Praat's long
or short text format.

The text of an utterance becomes its phones in braces, and `durations/ab/<id>.npy` their frames. A
mismatch (of text, length, or an unknown phone) is rejected in stage 1, with a remedy.

Parsed without a library: tgt is GPL and reads only UTF-8, praatio raises IndexError or ValueError
on a broken file, and Praat's own reader (parselmouth) has no wheel for ARM.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.durations import save_durations
from recital.processors.store import FeatureStore, Rejected, Utterance
from recital.processors.text import normalize
from recital.utils.errors import DataError

SILENCES = frozenset(("", "sil", "sp", "<eps>"))  # labels of a pause, in any case
UNKNOWN = frozenset(("spn", "<unk>"))  # spoken, but not in the aligner's dictionary
LONGEST_DIFFERENCE = 0.1  # seconds between the ends of a TextGrid and of its recording

# free-standing strings, numbers and flags are the values; everything else is a label
_VALUE = re.compile(
    r'"(?P<text>(?:[^"]|"")*)"|(?<![\w\[.-])(?P<number>-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?![\w\]])'
    r"|<(?P<flag>\w+)>|![^\n]*"
)


class Interval(NamedTuple):
    """Start and end in seconds, and the label between."""

    start: float
    end: float
    label: str


@dataclass(frozen=True)
class TextGrid:
    """The interval tiers of a file, by name."""

    end: float  # seconds
    tiers: dict[str, list[Interval]]

    def tier(self, name: str) -> list[Interval] | None:
        """The intervals of the tier `name`, or of "<speaker> - `name`"."""
        for key, intervals in self.tiers.items():
            if key.strip().lower().rpartition(" - ")[2] == name:
                return intervals
        return None


def read_textgrid(path: Path) -> TextGrid:
    """Read a TextGrid in UTF-8 or UTF-16, long or short. Raises `DataError` if it is not one."""
    try:
        data = path.read_bytes()
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        values = _values(data.decode("utf-16" if wide else "utf-8-sig"))
        if (next(values), next(values)) != ("ooTextFile", "TextGrid"):
            raise ValueError("it does not begin with ooTextFile and TextGrid")
        float(next(values))
        end, _ = float(next(values)), next(values)
        tiers = {}
        for _ in range(int(next(values))):
            kind, name = next(values), next(values)
            float(next(values)), float(next(values))
            width = 3 if kind == "IntervalTier" else 2
            rows = [[next(values) for _ in range(width)] for _ in range(int(next(values)))]
            if kind == "IntervalTier":
                tiers[name] = [Interval(float(a), float(b), label) for a, b, label in rows]
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as a TextGrid: {error}") from None
    except StopIteration:
        raise DataError(f"{path}: is cut off in the middle; write it again") from None
    return TextGrid(end, tiers)


def _values(text: str) -> Iterator[str]:
    for match in _VALUE.finditer(text):
        if (quoted := match["text"]) is not None:
            yield quoted.replace('""', '"')
        elif (value := match["number"] or match["flag"]) is not None:
            yield value


class TextGrids:
    """The TextGrids of a corpus, which give its utterances phones and durations in stage 1."""

    def __init__(
        self, folder: Path, audio: AudioConfig, symbols: Sequence[str], cleaners: str | None
    ) -> None:
        """Raises `DataError` if the folder is missing."""
        if not folder.is_dir():
            raise DataError(
                f"{folder}: no such folder; preprocess.textgrid names that of the TextGrids, "
                "relative to the corpus"
            )
        self.folder, self.audio = folder, audio
        self.symbols = frozenset(symbols)
        self.cleaners = cleaners

    def settle(
        self, utterances: Iterable[Utterance], store: FeatureStore, rejected: list[Rejected]
    ) -> Iterator[Utterance]:
        """The utterances whose TextGrid fits, with phones and durations; the others are added to
        `rejected`.
        """
        for utterance in utterances:
            try:
                phones, durations = self._align(utterance)
            except _Unfit as unfit:
                rejected.append(Rejected(utterance.id, utterance.audio, *unfit.args))
                continue
            save_durations(store.durations, utterance.id, durations)
            yield replace(utterance, text="{" + " ".join(phones) + "}")

    def _align(self, utterance: Utterance) -> tuple[list[str], np.ndarray]:
        """The phones, and the frames of each."""
        path = self._find(utterance)
        try:
            grid = read_textgrid(path)
        except DataError as error:
            raise _Unfit("textgrid", str(error), "run the aligner on it again") from None
        intervals, words = grid.tier("phones"), grid.tier("words")
        if not intervals:
            found = ", ".join(grid.tiers) or "none"
            reason = f"{path.name}: has no tier 'phones'; found: {found}"
            raise _Unfit("textgrid", reason, "run the aligner on it again")
        if words is not None:
            self._check_words(path, words, utterance.text)
        assert utterance.seconds is not None
        if abs(grid.end - utterance.seconds) > LONGEST_DIFFERENCE:
            reason = (
                f"{path.name}: ends at {grid.end:.3f} s, the recording {utterance.seconds:.3f} s"
            )
            raise _Unfit("textgrid_length", reason, "align it with the recording as it is")
        phones = [self._phone(path, i, intervals) for i in range(len(intervals))]
        return phones, self._frames(intervals, utterance.seconds)

    def _find(self, utterance: Utterance) -> Path:
        audio = PurePosixPath(utterance.audio)
        places = [
            self.folder / f"{utterance.id}.TextGrid",
            self.folder / utterance.speaker / f"{utterance.id}.TextGrid",
            self.folder / audio.parent / f"{audio.stem}.TextGrid",
            self.folder / audio.parent.name / f"{audio.stem}.TextGrid",
        ]
        for path in places:
            if path.is_file():
                return path
        reason = f"has no {places[0].name} in {self.folder}"
        raise _Unfit("textgrid_missing", reason, "align it, or leave it out")

    def _check_words(self, path: Path, words: Sequence[Interval], text: str) -> None:
        """Compare only letters and digits: aligners split words differently."""
        said = [w.label.lower() for w in words if w.label.lower() not in SILENCES]
        pattern = "".join(".+" if w in UNKNOWN else re.escape(_letters(w)) for w in said)
        if not any(
            re.fullmatch(pattern, _letters(t)) for t in (text, normalize(text, self.cleaners))
        ):
            reason = f"{path.name}: aligns {' '.join(said)!r}, but the text is {text!r}"
            raise _Unfit("textgrid_text", reason, "align it with this text, or fix the text")

    def _phone(self, path: Path, i: int, intervals: Sequence[Interval]) -> str:
        """The symbol of an interval: "sil" for silence at the ends, "sp" for a pause between."""
        label = intervals[i].label.strip()
        if label.lower() in SILENCES:
            label = "sil" if i in (0, len(intervals) - 1) else "sp"
        elif label.lower() in UNKNOWN:
            label = "spn"
        if f"@{label}" not in self.symbols and label not in self.symbols:
            raise _Unfit(
                "textgrid_phone",
                f"{path.name}: phone {label!r} is not in text.symbol_set",
                "align with a dictionary of these phones (english_us_arpa for the set 'amphion')",
            )
        return label

    def _frames(self, intervals: Sequence[Interval], seconds: float) -> np.ndarray:
        """Frames with their centre in each interval; they sum to those of the recording."""
        audio = self.audio
        samples = round(seconds * audio.sample_rate)
        ends = np.array([interval.end for interval in intervals]) * audio.sample_rate
        last = np.ceil((ends - audio.first_center) / audio.hop_length).astype(np.int64)
        n_frames = audio.n_frames(samples)
        last = np.maximum.accumulate(last.clip(0, n_frames))
        last[-1] = n_frames
        return np.diff(last, prepend=0)


class _Unfit(Exception):
    """A TextGrid that does not fit: code, reason, remedy."""


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
