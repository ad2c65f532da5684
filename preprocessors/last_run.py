"""The last complete runs of stage 1, by which the next one knows that there is nothing to do.

`index/stage1.json` maps a hash of what a run was made from (the plan, settings, features, given
lists, code), and of the size and time of each file that it wrote or used, to its summary. It is
written last. So a shard, a manifest or a list that is missing or was changed is noticed as a
changed recording is. Several are kept: a voice and a vocoder of one corpus have other features.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from recital import processors
from recital.preprocessors.entries import Corpus
from recital.preprocessors.given_splits import list_file
from recital.preprocessors.plan import LINES, TABLE, stamp
from recital.processors.features import PreprocessConfig
from recital.processors.manifest import NAME as MANIFEST
from recital.processors.shards import SUFFIX
from recital.processors.split_names import SPLITS
from recital.processors.store import FeatureStore
from recital.processors.tables import hash_of_code
from recital.utils.config import build_section
from recital.utils.errors import ConfigError
from recital.utils.storage import Folder, open_folder

RECORD = "stage1.json"
WRITTEN = (MANIFEST, "rejected.jsonl", *(f"{name}.txt" for name in SPLITS))
KEPT = 16  # runs, the newest


@dataclass
class Summary:
    """The result of stage 1 for one dataset."""

    dataset: str
    utterances: int = 0
    seconds: float = 0.0  # of usable recordings
    extracted: int = 0  # recordings that were worked on
    elapsed: float = 0.0  # s
    rejected: dict[str, int] = field(default_factory=dict)  # by code, the most first
    notes: list[str] = field(default_factory=list)  # on given splits
    excluded: int = 0  # left out on purpose, not counted as rejected
    exclude_listed: int = 0  # ids on the list; more than `excluded` if the corpus lacks some
    splits: dict[str, int] = field(default_factory=dict)


def state_of(
    store: FeatureStore, names: Mapping[str, str], corpus: Corpus, preprocess: PreprocessConfig
) -> str:
    """A hash of all that the results of stage 1 depend on, and of their files. `names` are the
    folders of features; the plan in the store is one that holds.
    """
    lists = {
        split: [(str(path), stamp(str(list_file(path)))) for path in paths]
        for split, paths in corpus.splits.items()
    }
    # the plan knows the code of this package
    code = hash_of_code(Path(processors.__file__).parent)
    found = hashlib.sha256(json.dumps([names, lists, asdict(preprocess), code]).encode())
    # opened again: an object store is listed once
    for line in _stamps(open_folder(store.place), names, store.index):
        found.update(line.encode())
    return found.hexdigest()


def _stamps(folder: Folder, names: Mapping[str, str], index: Folder) -> Iterator[str]:
    for below in names.values():
        for file in folder.names(below):
            yield _stamp(folder, file)
    for file in WRITTEN:
        yield _stamp(folder, file)
    for file in (LINES, TABLE + SUFFIX):
        yield _stamp(index, file)


def _stamp(folder: Folder, file: str) -> str:
    try:
        size, time = folder.stamp(file)
    except OSError:
        return f"{file} is missing\n"
    return f"{file} {size} {time}\n"


def summary_of(store: FeatureStore, state: str) -> Summary | None:
    """The summary of the last run in this state, if there was one."""
    found = _records(store).get(state)
    if not isinstance(found, dict) or found.keys() != {f.name for f in fields(Summary)}:
        return None
    with suppress(ConfigError):
        return build_section(Summary, found, "")
    return None


def keep_summary(store: FeatureStore, state: str, summary: Summary) -> None:
    """Record a run that is complete."""
    records = {other: found for other, found in _records(store).items() if other != state}
    kept = dict([*records.items(), (state, asdict(summary))][-KEPT:])
    store.index.write(RECORD, [f"{json.dumps(kept, ensure_ascii=False)}\n".encode()])


def _records(store: FeatureStore) -> dict[str, Any]:
    """The record of each run, the newest last; none of a file that is broken."""
    try:
        found = json.loads(store.index.read(RECORD))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
