"""Stage 1 of one dataset: corpus → shards of features → manifest, splits and rejections.

A shard is a run of recordings, named by a hash of their ids, paths, sizes and times. The files
themselves are the only record of progress: a killed run leaves complete shards, and a recording
that was changed, added or removed renames only the shard around it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.corpora import find_layout, missing_corpus
from recital.preprocessors.entries import Corpus
from recital.preprocessors.extract import Job, Recording, extract
from recital.preprocessors.given_splits import assign, join, overlaps
from recital.preprocessors.parallel import run_parallel
from recital.preprocessors.splits import split
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.store import (
    FeatureStore,
    Rejected,
    ShardHeader,
    Utterance,
    read_header,
    shard_file,
    to_json,
    write_lines,
)
from recital.utils.errors import DataError

SHARD_MEAN, SHARD_MAX = 24, 32  # recordings


Settle = Callable[[list[Utterance], FeatureStore], tuple[list[Utterance], list[Rejected]]]


@dataclass(frozen=True)
class FoundRecording:
    """An existing recording, with the size and time that show whether it changed."""

    utterance: Utterance
    size: int  # bytes
    mtime_ns: int


@dataclass
class Summary:
    """The result of stage 1 for one dataset."""

    dataset: str
    utterances: int = 0
    seconds: float = 0.0  # of usable recordings
    extracted: int = 0  # recordings that were worked on
    elapsed: float = 0.0  # s
    rejected: Counter[str] = field(default_factory=Counter)  # by code
    notes: list[str] = field(default_factory=list)  # on given splits
    excluded: int = 0  # left out on purpose, not counted as rejected
    exclude_listed: int = 0  # ids on the list; more than `excluded` if the corpus lacks some
    splits: dict[str, int] = field(default_factory=dict)


def prepare(
    dataset: str,
    corpus: Corpus,
    layout: str,
    store: FeatureStore,
    features: Sequence[str],
    audio: AudioConfig,
    preprocess: PreprocessConfig,
    *,
    jobs: int = 1,
    backend: str = "loky",
    progress: Callable[[int, int], None] = lambda done, total: None,
    settle: Settle | None = None,
    exclude: Mapping[str, str] | None = None,
) -> Summary:
    """Bring the store of a dataset up to date with its corpus. `progress(done, total)` counts
    recordings; `settle` may change or reject utterances whose features exist; `exclude` maps the
    ids that are left out on purpose to the reason.

    Raises `ConfigError` for an unknown layout, and `DataError` if there is no usable recording or
    more than `max_rejected` are rejected; the features of the others are kept in either case.
    """
    began = time.perf_counter()
    entries, notes = join(read_corpus(corpus, layout))
    left_out = exclude or {}
    sources, rejected = find_sources(corpus, [e for e in entries if e.id not in left_out])
    shards = {shard_name(group): group for group in shard_groups(sources)}
    folders = {f: store.directory / f"{f}-{fingerprint(f, audio, preprocess)}" for f in features}
    headers = _headers(folders, shards)
    work = _jobs(corpus.root, folders, shards, headers, audio, preprocess)
    done, total = 0, sum(len(job.recordings) for job in work)
    for count in run_parallel(extract, work, jobs, backend) if work else ():
        done += count
        progress(done, total)
    headers |= _headers(folders, {job_name(job): () for job in work})

    utterances, unusable = _judge(shards, headers, folders, preprocess)
    rejected += unusable
    if settle is not None:
        utterances, unusable = settle(utterances, store)
        rejected += unusable
    if corpus.splits:
        utterances, more = assign(utterances, corpus.splits)
        notes += more
    summary = Summary(dataset, len(utterances), sum(u.seconds or 0.0 for u in utterances), total)
    summary.rejected = Counter(r.code for r in rejected)
    excluded = [
        Rejected(e.id, e.audio, "excluded", left_out[e.id], "take it off the list")
        for e in entries
        if e.id in left_out
    ]
    summary.excluded, summary.exclude_listed = len(excluded), len(left_out)
    rejected += excluded
    store.directory.mkdir(parents=True, exist_ok=True)
    write_lines(store.directory / "rejected.jsonl", [to_json(r) for r in rejected])
    write_lines(store.directory / "manifest.jsonl", [to_json(u) for u in utterances])
    chosen = split(utterances, preprocess)
    if any(u.split for u in utterances):
        notes += overlaps(chosen, utterances)
    summary.notes = notes
    for name, ids in chosen.items():
        write_lines(store.directory / f"{name}.txt", ids)
        summary.splits[name] = len(ids)
    _sweep(folders.values(), shards)
    summary.elapsed = time.perf_counter() - began
    _check(summary, store, corpus.root, preprocess.max_rejected)
    return summary


def shard_groups(sources: Sequence[FoundRecording]) -> Iterator[list[FoundRecording]]:
    """Split recordings into runs, cut after ids selected by their hash: adding or removing one
    recording only moves the cuts next to it.
    """
    group: list[FoundRecording] = []
    for source in sources:
        group.append(source)
        digest = hashlib.sha256(source.utterance.id.encode()).digest()
        if int.from_bytes(digest[:4], "big") % SHARD_MEAN == 0 or len(group) == SHARD_MAX:
            yield group
            group = []
    if group:
        yield group


def shard_name(group: Iterable[FoundRecording]) -> str:
    """A name that changes when a recording of the group does, but not when a text does."""
    stamps = [
        (s.utterance.id, s.utterance.audio, s.size, s.mtime_ns, *_segment(s.utterance))
        for s in group
    ]
    return hashlib.sha256(json.dumps(stamps).encode()).hexdigest()[:16]


def job_name(job: Job) -> str:
    """The name of the shard that a job writes."""
    return next(iter(job.outputs.values())).name.partition(".")[0]


def _segment(utterance: Utterance) -> tuple[float, float | None] | tuple[()]:
    """The part of a recording that is spoken; empty if it is the whole."""
    if utterance.start == 0.0 and utterance.end is None:
        return ()
    return utterance.start, utterance.end


def read_corpus(corpus: Corpus, layout: str) -> Iterator[Utterance | Rejected]:
    """Read a corpus. Raises `ConfigError` for an unknown layout, and `DataError` if the folder
    holds no such corpus.
    """
    read = find_layout(layout)
    if not corpus.folder.exists() and (hint := missing_corpus(corpus.folder, layout)):
        raise DataError(hint)
    return read(corpus)


def find_sources(
    corpus: Corpus, entries: Iterable[Utterance | Rejected]
) -> tuple[list[FoundRecording], list[Rejected]]:
    """The recordings to extract, and those known to be unusable without opening them."""
    sources: list[FoundRecording] = []
    rejected: list[Rejected] = []
    seen: set[str] = set()
    for item in entries:
        if isinstance(item, Rejected):
            rejected.append(item)
            continue
        if item.id in seen:
            remedy = "keep one of them, or give it another id"
            rejected.append(
                Rejected(item.id, item.audio, "duplicate", "its id is already taken", remedy)
            )
            continue
        seen.add(item.id)
        try:
            item, info = _stat(corpus.root, item)
        except OSError as error:
            reason, remedy = f"cannot be opened: {error.strerror}", "restore it, or remove its line"
            if near := _same_but_case(corpus.root / item.audio):
                reason, remedy = f"there is {near}", "write the file name as it is on disk"
            rejected.append(Rejected(item.id, item.audio, "missing", reason, remedy))
            continue
        if stat.S_ISREG(info.st_mode):
            sources.append(FoundRecording(item, info.st_size, info.st_mtime_ns))
        else:
            reason, remedy = "is not a file", "put a recording there"
            rejected.append(Rejected(item.id, item.audio, "unreadable", reason, remedy))
    return sources, rejected


def _stat(root: Path, item: Utterance) -> tuple[Utterance, os.stat_result]:
    """The utterance with the name of its recording as it is on disk, where accents may be written
    as one character or as two (macOS has two).
    """
    try:
        return item, os.stat(root / item.audio)
    except FileNotFoundError:
        for form in ("NFC", "NFD"):
            name = unicodedata.normalize(form, item.audio)
            if name != item.audio and (root / name).exists():
                return replace(item, audio=name), os.stat(root / name)
        raise


def _same_but_case(path: Path) -> str:
    """The name of a file in the same folder that differs in upper and lower case alone."""
    names = _names(str(path.parent))
    return names.get(path.name.casefold(), "")


@lru_cache(maxsize=64)
def _names(folder: str) -> dict[str, str]:
    try:
        return {name.casefold(): name for name in os.listdir(folder)}
    except OSError:
        return {}


Headers = dict[tuple[str, str], ShardHeader]  # (feature, shard)


def _headers(folders: dict[str, Path], names: Iterable[str]) -> Headers:
    """The headers of the shards that exist and are complete."""
    names = list(names)
    found: Headers = {}
    for feature, folder in folders.items():
        there = set(os.listdir(folder)) if folder.is_dir() else set()
        for name in names:
            if shard_file(name) in there:
                header = read_header(folder / shard_file(name))
                if header is not None:
                    found[feature, name] = header
    return found


def _jobs(
    folder: Path,
    folders: dict[str, Path],
    shards: dict[str, list[FoundRecording]],
    headers: Headers,
    audio: AudioConfig,
    preprocess: PreprocessConfig,
) -> list[Job]:
    """The missing shards, the largest first, so that processes finish together."""
    work: list[tuple[int, Job]] = []
    for name, group in shards.items():
        missing = [f for f in folders if (f, name) not in headers]
        if missing:
            recordings = tuple(
                Recording(u.id, u.audio, u.start, u.end) for u in (s.utterance for s in group)
            )
            outputs = {f: folders[f] / shard_file(name) for f in missing}
            work.append(
                (sum(s.size for s in group), Job(folder, recordings, outputs, audio, preprocess))
            )
    work.sort(key=lambda sized: -sized[0])
    return [job for _, job in work]


def _judge(
    shards: dict[str, list[FoundRecording]],
    headers: Headers,
    folders: dict[str, Path],
    preprocess: PreprocessConfig,
) -> tuple[list[Utterance], list[Rejected]]:
    """The manifest, and what the workers or the limits rejected."""
    utterances: list[Utterance] = []
    rejected: list[Rejected] = []
    shortest, longest = preprocess.min_seconds, preprocess.max_seconds
    first = next(iter(folders))
    for name, group in shards.items():
        notes = headers[first, name].notes
        reasons = {id: rest for id, *rest in notes["rejected"]}
        for u in (source.utterance for source in group):
            seconds = notes["seconds"].get(u.id)
            if seconds is None:
                rejected.append(Rejected(u.id, u.audio, *reasons[u.id]))
            elif seconds < shortest:
                reason = f"lasts {seconds:.2f} s, less than preprocess.min_seconds {shortest:g}"
                rejected.append(
                    Rejected(u.id, u.audio, "too_short", reason, "lower the limit, or leave it out")
                )
            elif seconds > longest:
                reason = f"lasts {seconds:.2f} s, more than preprocess.max_seconds {longest:g}"
                rejected.append(
                    Rejected(u.id, u.audio, "too_long", reason, "raise the limit, or cut it")
                )
            else:
                utterances.append(replace(u, seconds=seconds, shard=name))
    return utterances, rejected


def _sweep(folders: Iterable[Path], shards: dict[str, list[FoundRecording]]) -> None:
    """Remove outdated shards, and the partial files of killed runs."""
    keep = {shard_file(name) for name in shards}
    for folder in folders:
        for name in os.listdir(folder) if folder.is_dir() else ():
            if name not in keep:
                (folder / name).unlink(missing_ok=True)


def _check(summary: Summary, store: FeatureStore, folder: Path, max_rejected: float) -> None:
    left_out = sum(summary.rejected.values())
    total = left_out + summary.utterances
    counts = ", ".join(f"{n} {code}" for code, n in summary.rejected.most_common())
    listed = store.directory / "rejected.jsonl"
    if not summary.utterances:
        why = f"all {left_out} were rejected ({counts})" if left_out else "its list is empty"
        raise DataError(f"{summary.dataset}: no usable recording in {folder}: {why}; see {listed}")
    if left_out > max_rejected * total:
        raise DataError(
            f"{summary.dataset}: {left_out} of {total} recordings were rejected ({counts}), "
            f"{left_out / total:.1%}, more than preprocess.max_rejected {max_rejected:.1%}; "
            f"see {listed}. Fix them or raise the limit: the features of the others are kept"
        )
