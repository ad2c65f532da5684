"""The dataset: from the feature store to padded batches with the fields that a model needs.

What is kept of an utterance are a few numbers in arrays; the rest is read when it is asked for. So
a start of a training, and its memory, hardly grow with the corpus.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import torch
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.processors.durations import find_durations
from recital.processors.features import (
    FEATURES,
    PreprocessConfig,
    fingerprint,
    vocoder_fingerprint,
)
from recital.processors.segments import crop, random_start
from recital.processors.selection import Source, open_source, select
from recital.processors.store import FeatureStore, Utterance
from recital.processors.text import TextProcessor
from recital.utils.config import build_section
from recital.utils.errors import ConfigError, DataError
from recital.utils.files import read_array

log = logging.getLogger(__name__)

# utterances, spread evenly, from which statistics are learned: all of a corpus of 100 hours, of
# mels fewer, since they are large
MOST, MOST_MELS = 50_000, 2000
LENGTHS = {"tokens": "token_lengths", "mel": "mel_lengths", "wav": "wav_lengths"}

# what lengths of whole utterances are rounded up to on a GPU
TOKEN_STEP, FRAME_STEP = 4, 16


@dataclass(frozen=True)
class Example:
    """One utterance of one dataset, as listed in the split."""

    dataset: str
    utterance: Utterance
    tokens: list[int]
    speaker: int
    frames: int

    @property
    def id(self) -> str:
        return f"{self.dataset}/{self.utterance.id}"


def check_needs(needs: frozenset[str], *, of_texts: bool, segment_frames: int | None) -> None:
    """Raise `ConfigError` if a config cannot give what a model needs; `of_texts`: whether it has a
    text section.
    """
    if "tokens" in needs and not of_texts:
        raise ConfigError("text: is missing; a model that needs tokens needs this section")
    if "tokens" in needs and segment_frames is not None:
        raise ConfigError(
            "train.segment_frames: a model of texts is trained on whole recordings; leave it out, "
            "or set it to null (VITS: model.segment_frames)"
        )


class SpeechDataset:
    """A split of one or more datasets. Satisfies `recital.utils.training.trainer.Dataset`."""

    def __init__(
        self,
        stores: dict[str, FeatureStore],
        split: str,
        *,
        needs: frozenset[str],
        audio: AudioConfig,
        preprocess: PreprocessConfig,
        text: TextProcessor | None = None,
        speakers: Sequence[str] = (),
        segment_frames: int | None = None,
        seed: int = 0,
        weights: Mapping[str, float] | None = None,
        learns: frozenset[str] = frozenset(),
        round_lengths: bool = False,
        jobs: int = 1,
    ) -> None:
        """`text` is needed for tokens. `learns` are features that `arrays` reads, beyond those of
        an item. An epoch repeats each utterance as often as `weights` says for its dataset, by
        default once. With `segment_frames`, an item is a random segment of that many frames, a
        function of (`seed`, epoch, id). With `round_lengths`, batches of whole utterances get 1%
        more padding, so that their shapes occur again: on a GPU, each new one takes several steps'
        time. `jobs` processes make the tokens, if they are missing.
        """
        check_needs(needs, of_texts=text is not None, segment_frames=segment_frames)
        self.needs, self.audio, self.split, self.text = needs, audio, split, text
        named = vocoder_fingerprint if "wav" in needs else fingerprint
        read = [f for f in FEATURES if f in needs | learns]
        prints = {f: named(f, audio, preprocess) for f in read}
        spoken = text if "tokens" in needs else None
        self.sources = [
            open_source(name, store, prints, spoken, jobs) for name, store in stores.items()
        ]
        self.places = select(self.sources, split, speakers, of_mels="mel" in needs)
        if "durations" in needs:
            self._check_durations(textgrids=preprocess.textgrid is not None)
        if not len(self):
            raise DataError(
                f"{split}: no utterance in this split of {', '.join(stores)}; "
                "run stage 1 on more recordings"
            )
        self.ids: Sequence[str] = Ids(self)
        self.examples: Sequence[Example] = Examples(self)
        self.segment_frames, self.seed = segment_frames, seed
        self.n_speakers = max(len(speakers), 1)
        self.weights = self._weights_of(weights)
        self.steps = _rounding(audio) if round_lengths and segment_frames is None else {}
        self.lengths = self.places.frames  # of an item
        if segment_frames is not None:
            self.lengths = np.full(len(self), segment_frames, np.int32)
        self.fingerprint = self._fingerprint_of(prints)
        if "wav" in needs and preprocess.predicted_mels is not None:
            self.fingerprint["predicted mels"] = self._check_predicted()
        if self.weights is not None:
            self.fingerprint[f"{split} weights"] = _digest(self.weights)

    def _weights_of(self, weights: Mapping[str, float] | None) -> np.ndarray | None:
        """How often an epoch repeats each utterance, [n]; None: all of them once."""
        if not weights:
            return None
        of_source = np.array([weights.get(source.name, 1.0) for source in self.sources])
        return of_source[self.places.source]

    def _fingerprint_of(self, prints: Mapping[str, str]) -> dict[str, str]:
        """What a resumed run must have the same of: utterances, tokens, speakers, and features with
        the fingerprints `prints`.
        """
        return {
            f"{self.split} utterances": self._digest(lambda source: source.manifest.id_hash),
            f"{self.split} tokens": self._digest(_token_hash),
            f"{self.split} speakers": _digest(self.places.speaker),
            "features": ", ".join(f"{f}-{print_}" for f, print_ in prints.items()),
        }

    def __len__(self) -> int:
        return len(self.places.row)

    @property
    def hours(self) -> float:
        """The length of all utterances."""
        frames = int(self.places.frames.sum(dtype=np.int64))
        return frames * self.audio.hop_length / self.audio.sample_rate / 3600

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Any]:
        """(epoch, index) -> the fields of the utterance, without a batch dimension."""
        epoch, i = key
        source, row = self._at(i)
        item: dict[str, Any] = {"id": self.ids[i]}
        if "tokens" in self.needs:
            item["tokens"] = torch.tensor(self._tokens(self.example(i), epoch), dtype=torch.long)
        if "speaker" in self.needs:
            item["speaker"] = torch.tensor(int(self.places.speaker[i]))
        cut = {"mel", "pitch", "wav"} if "wav" in self.needs else set()
        for feature in source.readers.keys() & self.needs - cut:
            item[feature] = torch.as_tensor(source.readers[feature].read(row))
        if cut:
            item |= self._segment(i, epoch)
        if "durations" in self.needs:
            item["durations"] = self._durations(i)
        return item

    def _at(self, i: int) -> tuple[Source, int]:
        """The dataset of item i, and the place in its manifest."""
        return self.sources[int(self.places.source[i])], int(self.places.row[i])

    def _segment(self, i: int, epoch: int) -> dict[str, Tensor]:
        """mel [n_mels, n], wav [n * hop_length] and, if needed, pitch [n], of the whole utterance
        or a segment.
        """
        source, row = self._at(i)
        hop, n_samples = self.audio.hop_length, int(source.readers["wav"].lengths[row])
        mel = source.readers["mel"].read(row)
        pitch = source.readers["pitch"].read(row) if "pitch" in self.needs else None
        start, n_frames = 0, mel.shape[-1]
        if self.segment_frames is not None:
            # with "center" padding the last frame is centred on the end and has no samples
            whole = min(n_frames, n_samples // hop)
            n_frames = self.segment_frames
            start = random_start(whole, n_frames, self.seed, epoch, self.ids[i])
        wav = source.readers["wav"].read(row, start * hop, (start + n_frames) * hop)
        pitch = None if pitch is None else pitch[start:]
        return crop(mel[..., start:], wav, pitch, self.audio, 0, n_frames)

    def _tokens(self, example: Example, epoch: int) -> list[int]:
        """The tokens of the store; in training, letters and phonemes are mixed again each epoch
        unless durations are given.
        """
        text = self.text
        if text is None or not text.draws_words or self.split != "train":
            return example.tokens
        if "durations" in self.needs:
            return example.tokens
        return text.encode(example.utterance.text, f"{self.seed}/{epoch}/{example.id}")

    def example(self, i: int) -> Example:
        """Item i as the split lists it."""
        source, row = self._at(i)
        return Example(
            source.name,
            source.manifest[row],
            [] if source.tokens is None else source.tokens.read(row).tolist(),
            int(self.places.speaker[i]),
            int(self.places.frames[i]),
        )

    def _durations(self, i: int) -> Tensor:
        """Frames of each token, [N], from `<processed_dir>/<dataset>/durations` (a teacher's or
        an aligner's).
        """
        source, row = self._at(i)
        id = source.manifest.id(row)
        path = find_durations(source.store.durations, id)
        try:
            # [N], also of a file that holds one number
            given = torch.from_numpy(read_array(path)).flatten()
            durations = given.long()
        except (OSError, EOFError, ValueError, TypeError) as error:
            raise DataError(f"{path}: no durations of {source.name}/{id}: {error}") from None
        n_tokens = 0 if source.tokens is None else int(source.tokens.lengths[row])
        frames = int(self.places.frames[i])
        if bool((given != durations).any()) or bool((durations < 0).any()):
            raise DataError(f"{path}: expected whole numbers of frames from 0 for each token")
        if len(durations) != n_tokens or int(durations.sum()) != frames:
            raise DataError(
                f"{path}: expected {n_tokens} durations that sum to {frames} "
                f"frames, found {len(durations)} that sum to {int(durations.sum())}; they were "
                "made from another text or from other features"
            )
        return durations

    def _check_durations(self, *, textgrids: bool) -> None:
        """Raise `DataError` before training instead of during it. Utterances that the aligner
        rejected are left out.
        """
        keep = np.ones(len(self), bool)
        for number, source in enumerate(self.sources):
            failed = set(source.store.unaligned())
            own = np.flatnonzero(self.places.source == number)
            for i in own.tolist() if failed else ():
                keep[i] = source.manifest.id(int(self.places.row[i])) not in failed
        if not keep.all():
            missing = int((~keep).sum())
            log.warning("%s: %d utterances without durations are left out", self.split, missing)
        self.places = self.places.only(keep)
        wrong: list[str] = []
        for i in range(len(self)):
            try:
                self._durations(i)
            except DataError as error:
                wrong.append(str(error))
        if wrong:
            remedy = (
                "Make them with --extract_durations (--aligner hmm needs no voice), or leave "
                "model.aligner to learn them"
            )
            if textgrids:
                # the manifest has the texts of the recipe whose stage 1 was the last
                remedy = "Run stage 1 again: it takes texts and durations from the TextGrids"
            raise DataError(
                f"{self.split}: {len(wrong)} of {len(self)} utterances have no durations that fit, "
                f"the first: {wrong[0]}. {remedy}"
            )

    def _check_predicted(self) -> str:
        """Raise unless predicted mels match this audio section and the length of the wavs; returns
        the checkpoints that made them.
        """
        notes = [note for source in self.sources for note in source.readers["mel"].notes()]
        for note in notes:
            theirs = build_section(AudioConfig, note.get("audio", {}), "predicted mels")
            self.audio.require_same(theirs, "config", "predicted mels")
        for number, source in enumerate(self.sources):
            rows = self.places.row[self.places.source == number]
            found = source.readers["mel"].lengths[rows]
            samples = source.readers["wav"].lengths[rows]
            expected = np.array([self.audio.n_frames(int(n)) for n in samples], np.int64)
            for i in np.flatnonzero(found != expected)[:1]:
                mels = source.readers["mel"]
                raise DataError(
                    f"{mels.folder.place(mels.name)}: {source.manifest.id(int(rows[i]))} has "
                    f"{found[i]} frames, its recording {expected[i]}; run --predict_mels again"
                )
        return ", ".join(sorted({str(note.get("checkpoint"))[:12] for note in notes}))

    def collate(self, items: Sequence[dict[str, Any]]) -> Batch:
        """Pad items at the end to a `Batch`: with zeros, or a mel that comes with a wav with
        silence.
        """
        fields: dict[str, Any] = {"ids": [item["id"] for item in items]}
        for name in items[0].keys() - {"id"}:
            values = [item[name] for item in items]
            silent = name == "mel" and "wav" in self.needs
            padding = self.audio.silence if silent else 0
            fields[name] = _pad(values, padding, self.steps.get(name, 1))
            if name in LENGTHS:
                fields[LENGTHS[name]] = torch.tensor([v.shape[-1] for v in values])
        return Batch(**fields)

    def arrays(self, feature: str) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (speaker index, feature) of each utterance, of more than `MOST` (for mels
        `MOST_MELS`) of some that are spread evenly.
        """
        most = MOST_MELS if feature == "mel" else MOST
        for i in range(0, len(self), -(-len(self) // most)):
            source, row = self._at(i)
            yield int(self.places.speaker[i]), source.readers[feature].read(row)

    def _digest(self, of: Callable[[Source], np.ndarray]) -> str:
        """A hash of a number of each utterance, in order, and of the datasets' names."""
        found = hashlib.sha256()
        for number, source in enumerate(self.sources):
            rows = self.places.row[self.places.source == number]
            found.update(f"{source.name}\n".encode() + of(source)[rows].tobytes())
        return found.hexdigest()[:12]


@dataclass(frozen=True)
class Ids(Sequence[str]):
    """The ids of a dataset's items, read as they are asked for."""

    data: SpeechDataset

    def __len__(self) -> int:
        return len(self.data)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        places, i = self.data.places, range(len(self))[index]
        source = self.data.sources[int(places.source[i])]
        return f"{source.name}/{source.manifest.id(int(places.row[i]))}"


@dataclass(frozen=True)
class Examples(Sequence[Example]):
    """The items of a dataset as its split lists them, read as they are asked for."""

    data: SpeechDataset

    def __len__(self) -> int:
        return len(self.data)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> list[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | list[Example]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        return self.data.example(range(len(self))[index])


def _rounding(audio: AudioConfig) -> dict[str, int]:
    """Field -> what the length of a batch is rounded up to on a GPU."""
    steps = dict.fromkeys(("tokens", "durations"), TOKEN_STEP)
    steps |= dict.fromkeys(("mel", "pitch", "energy"), FRAME_STEP)
    return {**steps, "wav": FRAME_STEP * audio.hop_length}


def _token_hash(source: Source) -> np.ndarray:
    if source.tokens is None:
        return np.zeros(len(source.manifest), np.uint8)
    return source.tokens.table["hash"]


def _pad(values: list[Tensor], padding: float, step: int) -> Tensor:
    """Stack [..., L_i] -> [B, ..., L], padded at the end with `padding`; L is the longest, rounded
    up to a multiple of `step`.
    """
    if values[0].dim() == 0:
        return torch.stack(values)
    length = -(-max(v.shape[-1] for v in values) // step) * step
    padded = values[0].new_full((len(values), *values[0].shape[:-1], length), padding)
    for row, value in zip(padded, values, strict=True):
        row[..., : value.shape[-1]] = value
    return padded


def _digest(numbers: np.ndarray) -> str:
    return hashlib.sha256(numbers.tobytes()).hexdigest()[:12]
