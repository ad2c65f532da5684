"""The shards of a corpus: which recordings each holds, which are missing, and making those.

The files themselves are the only record of progress: a killed run leaves complete shards, and a
recording that was changed, added or removed renames only the shard around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.extract import Job, Recording, extract
from recital.preprocessors.plan import Shards
from recital.processors.features import PreprocessConfig
from recital.processors.shards import SUFFIX, ShardHeader, find_header, shard_file, shard_files
from recital.utils.errors import DataError
from recital.utils.parallel import run_parallel
from recital.utils.storage import Folder, Place

CHUNK = 512  # shards whose headers one job reads
ATTEMPTS = 3  # at a shard that is broken


@dataclass(frozen=True)
class Found:
    """The notes on recordings in the headers of all shards."""

    seconds: np.ndarray  # [n] by place in the plan; NaN of those that cannot be used
    rejected: dict[str, tuple[str, str, str]]  # id -> code, reason, remedy


@dataclass
class Work:
    """The shards of a corpus, and which of them are to be made."""

    folder: Folder
    recordings: Place
    names: dict[str, str]  # feature -> its folder in `folder`
    shards: Shards
    audio: AudioConfig
    preprocess: PreprocessConfig

    def finish(
        self,
        jobs: int,
        backend: str,
        progress: Callable[[int, int], None],
        check: Callable[[], None] | None = None,
    ) -> tuple[int, Found]:
        """Make the shards that are missing or broken. Returns the number of recordings worked on,
        and what is in all shards. If there is work, `check` is the first task of all: what it
        raises ends the others.
        """
        total = 0
        missing = self.missing()
        tasks: list[Callable[[], None]] = [check] if check is not None and missing else []
        for _ in range(ATTEMPTS):
            done, total = total, total + sum(len(self.shards.rows(name)) for name in missing)
            work: Iterator[Job | Callable[[], None]] = chain(tasks, self._jobs(missing))
            for count in run_parallel(_do, work, jobs, backend, alone=not missing):
                done += count
                progress(done, total)
            found, missing = self._read(jobs, backend)
            if not missing:
                return total, found
            tasks = []
        name, features = next(iter(missing.items()))
        place = self.folder.place(f"{self.names[features[0]]}/{shard_file(name)}")
        raise DataError(f"{place}: cannot be read after it was written; check the disk")

    def sweep(self) -> None:
        """Remove outdated shards, and the partial files of killed runs."""
        for folder in self.names.values():
            for file in self.folder.names(folder):
                name = file.rpartition("/")[2]
                if name.removesuffix(SUFFIX) not in self.shards or not name.endswith(SUFFIX):
                    self.folder.remove(file)

    def missing(self) -> dict[str, list[str]]:
        """Shard -> features, by the names of files alone: a restart takes seconds."""
        missing: dict[str, list[str]] = {}
        for feature, files in self._files().items():
            for name in self.shards:
                if name not in files:
                    missing.setdefault(name, []).append(feature)
        return missing

    def _files(self) -> dict[str, dict[str, str]]:
        """Feature -> shard -> the file that is there."""
        return {f: shard_files(self.folder, folder) for f, folder in self.names.items()}

    def _jobs(self, missing: dict[str, list[str]]) -> Iterator[Job]:
        """The jobs, the largest first, so that processes finish together."""
        files = self._files()
        sizes = self.shards.sizes
        for name in sorted(missing, key=lambda name: -sizes[name]):
            utterances = (s.utterance for s in self.shards[name])
            recordings = tuple(Recording(u.id, u.audio, u.start, u.end) for u in utterances)
            outputs = {
                # one that is broken is replaced where it is
                f: files[f].get(name, f"{self.names[f]}/{shard_file(name)}")
                for f in missing[name]
            }
            yield Job(
                self.recordings, recordings, self.folder, outputs, self.audio, self.preprocess
            )

    def _read(self, jobs: int, backend: str) -> tuple[Found, dict[str, list[str]]]:
        """What the shards hold, and those that are broken."""
        files = self._files()
        of_shard = [(name, {f: files[f].get(name, "") for f in self.names}) for name in self.shards]
        chunks = (of_shard[i : i + CHUNK] for i in range(0, len(of_shard), CHUNK))
        read = partial(_read_headers, self.folder)
        found = Found(np.full(self.shards.n_recordings, np.nan), {})
        broken: dict[str, list[str]] = {}
        few = len(of_shard) <= CHUNK
        for part, wrong in run_parallel(read, chunks, jobs, backend, alone=few):
            broken |= wrong
            for name, (seconds, rejected) in part.items():
                rows, ids = self.shards.rows(name), self.shards.ids(name)
                if seconds.keys() | rejected.keys() != set(ids):
                    broken[name] = list(self.names)
                    continue
                found.seconds[rows.start : rows.stop] = [seconds.get(id, np.nan) for id in ids]
                found.rejected.update(rejected)
        return found, broken


def _do(task: Job | Callable[[], None]) -> int:
    """The number of recordings worked on."""
    if isinstance(task, Job):
        return extract(task)
    task()
    return 0


OfShard = tuple[dict[str, float], dict[str, tuple[str, str, str]]]  # seconds, rejected, by id


def _read_headers(
    folder: Folder, shards: Sequence[tuple[str, dict[str, str]]]
) -> tuple[dict[str, OfShard], dict[str, list[str]]]:
    found: dict[str, OfShard] = {}
    broken: dict[str, list[str]] = {}
    for name, files in shards:
        for feature, file in files.items():
            header = find_header(folder, file) if file else None
            known = None if header is None else _notes_of(header)
            if known is None:
                broken.setdefault(name, []).append(feature)
            else:
                found.setdefault(name, known)
    return found, broken


def _notes_of(header: ShardHeader) -> OfShard | None:
    """What a shard says of its recordings; None if it does not have what it says."""
    try:
        rows, seconds = header.notes["rejected"], header.notes["seconds"]
        rejected = {id: (code, reason, remedy) for id, code, reason, remedy in rows}
        whole = seconds.keys() == header.arrays.keys()
        float(sum(seconds.values()))
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
    return (seconds, rejected) if whole else None
