"""The features of a dataset, `<processed_dir>/<dataset>/`: stage 1 writes, the dataset reads.

| file | content |
|---|---|
| `manifest.jsonl` | an `Utterance` per line, in the order of the corpus |
| `rejected.jsonl` | a `Rejected` per line: recording, reason, remedy |
| `train.txt`, `valid.txt`, `test.txt` | ids; no two share a text, unless lists were given |
| `golden_test.txt` | ids; a subset of test |
| `tokens.txt`, `stats.json` | the list of tokens; amounts, and pitch by speaker |
| `durations/ab/<id>.npy` | frames of each token, unless they are learned (`durations.py`) |
| `durations/rejected.jsonl` | a `Rejected` per line: utterances without durations |
| `<feature>-<fingerprint>/ab/<shard>.safetensors` | arrays of a few dozen utterances, by id |
| `mel-predicted-<experiment>/…` | mels from `--predict_mels` |
| `tokens-<fingerprint>/…` | tokens of a text front end and its settings (`tokens.py`) |
| `index/` | tables of the above (`tables.py`), and what stage 1 knows of its last run |

`mel` [n_mels, T], `pitch` [T] in Hz, `energy` [T] and `speaker_embedding` [256] are float32; `wav`
[S] is int16, trimmed and resampled, 32768 full scale; `tokens` [N] are uint16.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recital.processors.manifest import Manifest, open_manifest, open_rows, source_of
from recital.processors.reader import FeatureReader, by_shard, open_reader
from recital.processors.shards import SUFFIX, read_header, shard_file, write_shard
from recital.processors.split_names import SPLITS
from recital.processors.utterance import (
    Rejected,
    Utterance,
    from_json,
    normal_text,
    speaker_name,
    to_json,
)
from recital.utils.errors import ConfigError, DataError
from recital.utils.files import lines_of, locked
from recital.utils.storage import Folder, Local, Place, cache_of, joined, open_folder

if TYPE_CHECKING:
    from recital.processors.text import TextProcessor

__all__ = [
    "SPLITS",
    "FeatureReader",
    "FeatureStore",
    "Rejected",
    "Utterance",
    "normal_text",
    "read_header",
    "shard_file",
    "speaker_name",
    "speaker_names",
    "to_json",
    "write_lines",
    "write_shard",
]


class FeatureStore:
    """The folder of one dataset, on disk or in an object store. What is in it are facts of the
    corpus, which all recipes share; `language`, of utterances of which the corpus says none, is
    the config's.
    """

    def __init__(self, place: Place, language: str = "") -> None:
        self.place, self.language = place, language
        self.folder = open_folder(place)

    @property
    def directory(self) -> Path:
        """The folder, if it is on disk. Raises `ConfigError` if it is not."""
        if not isinstance(self.folder, Local):
            raise ConfigError(
                f"{self.place}: expected a folder on this machine, for locks and durations; "
                "copy the features, or name a folder in preprocess.processed_dir"
            )
        return self.folder.directory

    def locked(self, what: str) -> AbstractContextManager[None]:
        """In this context, only this process writes to the store, if it is on disk: object stores
        have no locks.
        """
        return locked(self.directory, what) if isinstance(self.folder, Local) else nullcontext()

    def manifest(self) -> Manifest:
        """All usable utterances, in the order of the corpus. Raises `DataError` if stage 1 has not
        run.
        """
        return open_manifest(self.folder, self.index, self.language)

    def utterances(self) -> list[Utterance]:
        """All usable utterances in memory."""
        return self.manifest()[:]

    def write_lines(self, name: str, lines: Iterable[str]) -> None:
        """Replace a text file atomically, unless it already has these lines."""
        self.folder.write(name, (f"{line}\n".encode() for line in lines), unless_same=True)

    def rejected(self) -> list[Rejected]:
        """Everything that stage 1 left out."""
        return self._rejected("rejected.jsonl")

    def split(self, name: str) -> list[str]:
        """The ids of one of `SPLITS`."""
        _check_split(name)
        path = source_of(self.folder, f"{name}.txt")
        try:
            return lines_of(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            where = self.folder.place(f"{name}.txt")
            raise DataError(f"{where}: cannot be read: {error}") from None

    def rows(self, split: str, manifest: Manifest) -> np.ndarray:
        """The places of one of `SPLITS` in the manifest, [n] int32."""
        _check_split(split)
        return open_rows(self.folder, self.index, manifest, split)

    @property
    def durations(self) -> Path:
        """The folder of `<id>.npy`, the frames of each token; None if there are none."""
        return self.directory / "durations"

    def unaligned(self) -> list[str]:
        """The ids that the aligner could not give durations."""
        if not self.folder.has("durations/rejected.jsonl"):
            return []
        return [r.id for r in self._rejected("durations/rejected.jsonl")]

    def reader(
        self,
        feature: str,
        fingerprint: str,
        manifest: Manifest | None = None,
        *,
        jobs: int = 1,
        backend: str = "loky",
    ) -> FeatureReader:
        """The arrays of a feature. Raises `DataError` if stage 1 has not computed them with these
        settings.
        """
        name = f"{feature}-{fingerprint}"
        if not self.folder.has(name):
            what = f"{self.folder.place(name)}: no {feature} features made with these settings"
            remedy = "run stage 1"
            if fingerprint.startswith("predicted-"):
                remedy += ", or for predicted mels the acoustic model's recipe with --predict_mels"
            raise DataError(f"{what}; {remedy}")
        manifest = manifest or self.manifest()
        groups = by_shard(manifest)
        return open_reader(
            self.folder, name, self.index, manifest, groups, jobs=jobs, backend=backend
        )

    def forget(self, name: str) -> None:
        """Remove the table of a feature's folder, whose shards were written again."""
        self.index.remove(f"{name}{SUFFIX}")

    def tokens(
        self,
        text: TextProcessor,
        manifest: Manifest | None = None,
        *,
        jobs: int = 1,
        backend: str = "loky",
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> FeatureReader:
        """The tokens of all utterances, made if they are missing; see `open_tokens`."""
        from recital.processors.tokens import open_tokens

        return open_tokens(
            self._own,
            self.index,
            manifest or self.manifest(),
            text,
            jobs=jobs,
            backend=backend,
            progress=progress,
        )

    @property
    def _own(self) -> Folder:
        """Where what is made from the store is written: in it or, if it is only read, in a cache of
        this user.
        """
        if not isinstance(self.folder, Local) or not self.folder.directory.exists():
            return self.folder
        return self.folder if os.access(self.folder.directory, os.W_OK) else cache_of(self.place)

    @property
    def index(self) -> Folder:
        """The folder of tables."""
        own = self._own
        return open_folder(joined(own.place() if own is not self.folder else self.place, "index"))

    def _rejected(self, name: str) -> list[Rejected]:
        path = source_of(self.folder, name)
        try:
            lines = lines_of(path.read_text(encoding="utf-8"))
            return [from_json(Rejected, line) for line in lines]
        except ValueError as error:
            where = self.folder.place(name)
            reason = f"{where}: is not what stage 1 writes ({error}); run stage 1 again"
            raise DataError(reason) from None


def _check_split(name: str) -> None:
    if name not in SPLITS:
        raise DataError(f"{name}: no such split; known: {', '.join(SPLITS)}")


def speaker_names(stores: Mapping[str, FeatureStore]) -> list[str]:
    """All speakers of some datasets, sorted."""
    return sorted(
        {
            speaker_name(dataset, speaker)
            for dataset, store in stores.items()
            for speaker in store.manifest().speaker_names
        }
    )


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Replace a text file on disk atomically, unless it already has these lines."""
    FeatureStore(path.parent).write_lines(path.name, lines)
