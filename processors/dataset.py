"""The dataset: from the feature store to padded batches with the fields that a model needs."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.processors.features import (
    FEATURES,
    PreprocessConfig,
    fingerprint,
    vocoder_fingerprint,
)
from recital.processors.segments import crop, random_start
from recital.processors.store import FeatureStore, Utterance, normal_text, speaker_name
from recital.processors.text import TextProcessor
from recital.utils.config import build_section
from recital.utils.errors import ConfigError, DataError

log = logging.getLogger(__name__)

# splits whose texts a split must not contain
HELD_OUT = {"train": ("valid", "test"), "valid": ("test",)}
MOST_MELS = 2000  # used for statistics: mels are large
LENGTHS = {"tokens": "token_lengths", "mel": "mel_lengths", "wav": "wav_lengths"}


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
    ) -> None:
        """`text` is needed for tokens. `learns` are features that `arrays` reads, beyond those of
        an item. An epoch repeats each utterance as often as `weights` says
        for its dataset, by default once. With `segment_frames`, an item is a random segment of that
        many frames, a function of (`seed`, epoch, id).
        """
        if "tokens" in needs and text is None:
            raise ConfigError("text: is missing; a model that needs tokens needs this section")
        self.needs = needs
        self.audio = audio
        self.split = split
        self.stores = stores
        self.text = text
        named = vocoder_fingerprint if "wav" in needs else fingerprint
        read = [f for f in FEATURES if f in needs | learns]
        prints = {f: named(f, audio, preprocess) for f in read}
        self.readers = {
            (name, feature): store.reader(feature, prints[feature])
            for name, store in stores.items()
            for feature in read
        }
        self.examples = self._examples(stores, split, text, {s: i for i, s in enumerate(speakers)})
        if "durations" in needs:
            self._check_durations()
        if not self.examples:
            raise DataError(
                f"{split}: no utterance in this split of {', '.join(stores)}; "
                "run stage 1 on more recordings"
            )
        self.ids = [e.id for e in self.examples]
        self.segment_frames, self.seed = segment_frames, seed
        self.n_speakers = max(len(speakers), 1)
        self.weights: list[float] | None = None
        if weights:
            self.weights = [weights.get(e.dataset, 1.0) for e in self.examples]
        self.lengths = [segment_frames or e.frames for e in self.examples]  # frames of an item
        self.fingerprint = {
            f"{split} utterances": _digest(self.ids),
            f"{split} tokens": _digest(e.tokens for e in self.examples),
            f"{split} speakers": _digest(e.speaker for e in self.examples),
            "features": ", ".join(f"{f}-{print_}" for f, print_ in prints.items()),
        }
        if "wav" in needs and preprocess.predicted_mels is not None:
            self.fingerprint["predicted mels"] = self._check_predicted()
        if self.weights is not None:
            self.fingerprint[f"{split} weights"] = _digest(self.weights)

    def _examples(
        self,
        stores: dict[str, FeatureStore],
        split: str,
        text: TextProcessor | None,
        speakers: dict[str, int],
    ) -> list[Example]:
        examples = []
        for name, store in stores.items():
            by_id = {u.id: u for u in store.utterances()}
            utterances = [by_id[i] for i in store.split(split)]
            held = _held_out(stores, name, split)
            kept = (
                [u for u in utterances if normal_text(u.text) not in held] if held else utterances
            )
            if len(kept) < len(utterances):
                missing = len(utterances) - len(kept)
                log.warning(
                    "%s: %d utterances of %s are left out: another dataset is tested on their text",
                    split,
                    missing,
                    name,
                )
            utterances = kept
            lengths = next((r.lengths for (n, _), r in self.readers.items() if n == name), {})
            tokens: list[list[int]] = [[]] * len(utterances)
            if "tokens" in self.needs and text is not None:
                tokens = text.encode_many([u.text for u in utterances], silent=True)
                utterances, tokens = self._speakable(name, utterances, tokens, lengths)
            for u, t in zip(utterances, tokens, strict=True):
                speaker = speakers[speaker_name(name, u)] if speakers else 0
                examples.append(Example(name, u, t, speaker, lengths.get(u.id, 0)))
        return examples

    def _speakable(
        self,
        dataset: str,
        utterances: list[Utterance],
        tokens: list[list[int]],
        lengths: Mapping[str, int],
    ) -> tuple[list[Utterance], list[list[int]]]:
        """Utterances whose text has tokens, and not more than the recording has frames."""
        kept, lost = [], []
        for u, row in zip(utterances, tokens, strict=True):
            if not row:
                lost.append(f"{u.id} (nothing to speak in {u.text[:40]!r})")
            elif "mel" in self.needs and len(row) > lengths.get(u.id, len(row)):
                lost.append(f"{u.id} ({len(row)} tokens in {lengths[u.id]} frames)")
            else:
                kept.append((u, row))
        if lost:
            log.warning(
                "%s: %d utterances of %s are left out, since their text cannot be that of their "
                "recording: %s%s; --doctor lists more",
                self.split,
                len(lost),
                dataset,
                ", ".join(lost[:5]),
                ", …" if len(lost) > 5 else "",
            )
        return [u for u, _ in kept], [row for _, row in kept]

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def hours(self) -> float:
        """The length of all utterances."""
        frames = sum(e.frames for e in self.examples)
        return frames * self.audio.hop_length / self.audio.sample_rate / 3600

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Any]:
        """(epoch, index) -> the fields of the utterance, without a batch dimension."""
        example = self.examples[key[1]]
        item: dict[str, Any] = {"id": example.id}
        if "tokens" in self.needs:
            item["tokens"] = torch.tensor(self._tokens(example, key[0]), dtype=torch.long)
        if "speaker" in self.needs:
            item["speaker"] = torch.tensor(example.speaker)
        for (name, feature), reader in self.readers.items():
            if name == example.dataset and feature in self.needs - {"wav"}:
                item[feature] = torch.as_tensor(reader[example.utterance.id])
        if "wav" in self.needs:
            item |= self._segment(example, key[0])
        if "durations" in self.needs:
            item["durations"] = self._durations(example)
        return item

    def _segment(self, example: Example, epoch: int) -> dict[str, Tensor]:
        """mel [n_mels, n], wav [n * hop_length] and, if needed, pitch [n], of the whole utterance
        or a segment.
        """
        id = example.utterance.id
        mel = self.readers[example.dataset, "mel"][id]
        wav = self.readers[example.dataset, "wav"][id]
        pitch = self.readers[example.dataset, "pitch"][id] if "pitch" in self.needs else None
        if self.segment_frames is None:
            return crop(mel, wav, pitch, self.audio, 0, mel.shape[-1])
        # with "center" padding the last frame is centred on the end and has no samples of its own
        whole = min(mel.shape[-1], len(wav) // self.audio.hop_length)
        start = random_start(whole, self.segment_frames, self.seed, epoch, example.id)
        return crop(mel, wav, pitch, self.audio, start, self.segment_frames)

    def _tokens(self, example: Example, epoch: int) -> list[int]:
        """The tokens from the split's list; in training, letters and phonemes are mixed again each
        epoch unless durations are given.
        """
        text = self.text
        if text is None or not text.draws_words or self.split != "train":
            return example.tokens
        if "durations" in self.needs:
            return example.tokens
        return text.encode(example.utterance.text, f"{self.seed}/{epoch}/{example.id}")

    def _durations(self, example: Example) -> Tensor:
        """Frames of each token, [N], from `<processed_dir>/<dataset>/durations/<id>.npy` (a
        teacher's or an aligner's).
        """
        path = self.stores[example.dataset].durations / f"{example.utterance.id}.npy"
        try:
            durations = torch.from_numpy(np.load(path, allow_pickle=False)).long()
        except (OSError, ValueError, TypeError) as error:
            raise DataError(f"{path}: no durations of {example.id}: {error}") from None
        if len(durations) != len(example.tokens) or int(durations.sum()) != example.frames:
            raise DataError(
                f"{path}: expected {len(example.tokens)} durations that sum to {example.frames} "
                f"frames, found {len(durations)} that sum to {int(durations.sum())}; were they "
                "made from different text or features?"
            )
        return durations

    def _check_durations(self) -> None:
        """Raise `DataError` before training instead of during it. Utterances that the aligner
        rejected are left out.
        """
        failed = {(name, id) for name, store in self.stores.items() for id in store.unaligned()}
        kept = [e for e in self.examples if (e.dataset, e.utterance.id) not in failed]
        if len(kept) < len(self.examples):
            missing = len(self.examples) - len(kept)
            log.warning("%s: %d utterances without durations are left out", self.split, missing)
        self.examples = kept
        wrong: list[str] = []
        for example in kept:
            try:
                self._durations(example)
            except DataError as error:
                wrong.append(str(error))
        if wrong:
            raise DataError(
                f"{self.split}: {len(wrong)} of {len(kept)} utterances have no durations that fit, "
                f"the first: {wrong[0]}. Make them with --extract_durations, or leave "
                "model.aligner to learn them"
            )

    def _check_predicted(self) -> str:
        """Raise unless predicted mels match this audio section and the length of the wavs; returns
        the checkpoints that made them.
        """
        readers = {name: r for (name, feature), r in self.readers.items() if feature == "mel"}
        notes = [note for reader in readers.values() for note in reader.notes()]
        for note in notes:
            theirs = build_section(AudioConfig, note.get("audio", {}), "predicted mels")
            self.audio.require_same(theirs, "config", "predicted mels")
        for e in self.examples:
            samples = self.readers[e.dataset, "wav"].lengths[e.utterance.id]
            found = readers[e.dataset].lengths[e.utterance.id]
            if found != self.audio.n_frames(samples):
                raise DataError(
                    f"{readers[e.dataset].folder}: {e.utterance.id} has {found} frames, its "
                    f"recording {self.audio.n_frames(samples)}; run --predict_mels again"
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
            fields[name] = _pad(values, self.audio.silence if silent else 0)
            if name in LENGTHS:
                fields[LENGTHS[name]] = torch.tensor([v.shape[-1] for v in values])
        return Batch(**fields)

    def arrays(self, feature: str) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (speaker index, feature) of each utterance; of mels at most `MOST_MELS`, spread
        evenly over the utterances.
        """
        step = -(-len(self.examples) // MOST_MELS) if feature == "mel" else 1
        for example in self.examples[::step]:
            yield example.speaker, self.readers[example.dataset, feature][example.utterance.id]


def _held_out(stores: Mapping[str, FeatureStore], name: str, split: str) -> set[str]:
    """The texts on which datasets other than `name` are validated or tested."""
    held = set()
    for other, store in stores.items():
        if other != name and split in HELD_OUT:
            ids = {id for kind in HELD_OUT[split] for id in store.split(kind)}
            held |= {normal_text(u.text) for u in store.utterances() if u.id in ids}
    return held


def _pad(values: list[Tensor], padding: float) -> Tensor:
    """Stack [..., L_i] -> [B, ..., max L], padded at the end with `padding`."""
    if values[0].dim() == 0:
        return torch.stack(values)
    length = max(v.shape[-1] for v in values)
    padded = values[0].new_full((len(values), *values[0].shape[:-1], length), padding)
    for row, value in zip(padded, values, strict=True):
        row[..., : value.shape[-1]] = value
    return padded


def _digest(parts: Any) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr(part).encode() + b"\n")
    return digest.hexdigest()[:12]
