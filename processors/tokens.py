"""Tokens as a feature of the store: made from the texts of the manifest once, in parallel.

Their folder is named by what makes them: the `text` section, the files that it names, the voice's
symbols, and the code and packages of the text front end. A shard has the tokens of some 1,000
utterances and is named by its ids and texts, so that a changed text makes one shard again.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from recital.processors import text as front_end
from recital.processors.manifest import Manifest, open_languages
from recital.processors.reader import BrokenShard, FeatureReader, Group, open_reader
from recital.processors.shards import find_header, pieces_of, shard_file, shard_files
from recital.processors.tables import hash_of_code, lock_of
from recital.processors.text import TextConfig, TextProcessor
from recital.utils.config import project_path
from recital.utils.errors import ConfigError, DataError
from recital.utils.files import LIST_BYTES, read_bytes, waiting
from recital.utils.parallel import run_parallel
from recital.utils.storage import Folder

SHARD_MEAN, SHARD_MAX = 1024, 2048  # utterances
ATTEMPTS = 3  # at shards that are broken
FEW = 4  # shards that are not worth starting processes for
FILES = ("cmudict_path", "heteronyms_path", "lexicon_path")  # that a `text` section may name
PACKAGES = ("espeakng-loader", "inflect", "pypinyin", "cmudict")  # whose versions may change tokens


def fingerprint(text: TextProcessor) -> str:
    """Twelve hex digits that change when the tokens of a text may."""
    config = text.config
    files = [_hash_of_file(config, key) for key in FILES]
    # of the text front end
    code = hash_of_code(Path(front_end.__file__).parent)
    made_of = [asdict(config), files, text.symbols, code, _versions()]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:12]


def open_tokens(
    folder: Folder,
    index: Folder,
    manifest: Manifest,
    text: TextProcessor,
    *,
    jobs: int = 1,
    backend: str = "loky",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> FeatureReader:
    """The tokens of all utterances, uint16 [N] each, made if they are missing; a text with nothing
    to speak has none. `progress(done, total)` counts utterances.

    Raises `DataError` for symbols that the voice does not know.
    """
    name = f"tokens-{fingerprint(text)}"
    if text.config.languages and manifest.language:
        # configs of other languages, in turn or at once, keep theirs
        name += f"-{hashlib.sha256(manifest.language.encode()).hexdigest()[:6]}"
    languages = open_languages(index, manifest) if text.config.languages else None
    groups = list(_groups(manifest, languages))
    of = hashlib.sha256("".join(group.shard for group in groups).encode()).hexdigest()
    for _ in range(ATTEMPTS):
        if _missing(folder, name, groups):
            with waiting(lock_of(index)):
                # another process may have made them meanwhile
                work = _missing(folder, name, groups)
                done, total = 0, sum(len(group.rows) for group in work)
                makers = _jobs(folder, name, manifest, work, text)
                for count in run_parallel(_make, makers, jobs, backend, alone=len(work) <= FEW):
                    done += count
                    progress(done, total)
                _sweep(folder, name, groups)
        try:
            reader = open_reader(folder, name, index, manifest, iter(groups), of=of)
            broken = reader.cut_off()
        except BrokenShard:
            broken = [file for file in folder.names(name) if not _whole(folder, file)]
        if not broken:
            return reader
        for file in broken:
            folder.remove(file)
    raise DataError(
        f"{folder.place(broken[0])}: cannot be read after it was written; check the disk"
    )


def _whole(folder: Folder, file: str) -> bool:
    header = find_header(folder, file)
    return header is not None and header.arrays.keys() == header.notes.get("hashes", {}).keys()


def _groups(manifest: Manifest, languages: np.ndarray | None) -> Iterator[Group]:
    """Runs of utterances, cut after ids selected by their hash: adding or removing one only moves
    the cuts next to it. `languages` are hashes of theirs, where they count.
    """
    cuts = np.flatnonzero(manifest.id_hash % np.uint64(SHARD_MEAN) == 0) + 1
    start = 0
    for cut in [*cuts.tolist(), len(manifest)]:
        for first in range(start, cut, SHARD_MAX):
            rows = np.arange(first, min(first + SHARD_MAX, cut))
            part = slice(rows[0], rows[-1] + 1)
            both = manifest.id_hash[part].tobytes() + manifest.text_hash[part].tobytes()
            if languages is not None:
                both += languages[part].tobytes()
            yield Group(hashlib.sha256(both).hexdigest()[:16], rows)
        start = cut


def _missing(folder: Folder, name: str, groups: list[Group]) -> list[Group]:
    there = shard_files(folder, name)
    return [group for group in groups if group.shard not in there]


@dataclass(frozen=True)
class _Job:
    """One shard; it carries its texts, so that the machines of a cluster need no manifest."""

    folder: Folder
    file: str
    ids: list[str]
    texts: list[str]
    languages: list[str]  # of the recordings; empty for a voice of one language
    config: TextConfig
    symbols: list[str]


def _jobs(
    folder: Folder, name: str, manifest: Manifest, groups: list[Group], text: TextProcessor
) -> Iterator[_Job]:
    for group in groups:
        ids = [manifest.id(row) for row in group.rows.tolist()]
        lines = int(group.rows[0]), int(group.rows[-1]) + 1
        languages = manifest.languages(*lines) if text.config.languages else []
        file = f"{name}/{shard_file(group.shard)}"
        config, symbols = text.config, text.symbols
        yield _Job(folder, file, ids, manifest.texts(*lines), languages, config, symbols)


def _make(job: _Job) -> int:
    arrays = {job.ids[i]: np.array(tokens, np.uint16) for i, tokens in enumerate(_encode(job))}
    # by which a training finds out whether its tokens have changed, without reading them
    found = {
        id: hashlib.blake2b(row.tobytes(), digest_size=8).hexdigest() for id, row in arrays.items()
    }
    job.folder.write(job.file, pieces_of(arrays, {"hashes": found}))
    return len(job.ids)


def _encode(job: _Job) -> list[list[int]]:
    """The tokens of each text, in its language."""
    processor = TextProcessor(job.config, job.symbols)
    if not job.languages:
        return processor.encode_many(job.texts, silent=True)
    encoded: list[list[int]] = [[] for _ in job.ids]
    for language in dict.fromkeys(job.languages):
        rows = [i for i, other in enumerate(job.languages) if other == language]
        try:
            spoken = processor.speaking(processor.language_of(language))
        except DataError as error:
            raise DataError(f"{job.ids[rows[0]]}: {error}") from None
        of_language = spoken.encode_many([job.texts[i] for i in rows], silent=True)
        for i, tokens in zip(rows, of_language, strict=True):
            encoded[i] = tokens
    return encoded


def _sweep(folder: Folder, name: str, groups: list[Group]) -> None:
    """Remove the shards of old texts, and the partial files of killed runs."""
    keep = {f"{name}/{shard_file(group.shard)}" for group in groups}
    for file in folder.names(name):
        if file not in keep:
            folder.remove(file)


def _hash_of_file(config: TextConfig, key: str) -> str | None:
    """The hash of the file that `text.<key>` names. Raises `ConfigError` if it cannot be read."""
    if getattr(config, key) is None:
        return None
    path = project_path(getattr(config, key))
    try:
        return hashlib.sha256(read_bytes(path, LIST_BYTES)).hexdigest()
    except OSError as error:
        raise ConfigError(
            f"text.{key}: {path}: cannot be read: {error.strerror or error}"
        ) from None


@lru_cache
def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = ""
    return found
