"""The last complete run of stage 1, by which the next one knows that there is nothing to do.

`index/stage1.json` has its summary, and a hash of what it was made from (the plan, settings, given
lists, code) and of the size and time of each file that it wrote or used. It is written last. So a
shard, a manifest or a list that is missing or was changed is noticed as a changed recording is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
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
from recital.utils.storage import Folder, open_folder

RECORD = "stage1.json"
WRITTEN = (MANIFEST, "rejected.jsonl", *(f"{name}.txt" for name in SPLITS))


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
    # opened anew: an object store is listed once
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


def summary_of(store: FeatureStore, state: str) -> dict[str, Any] | None:
    """The summary of the last run, if all is as it left it."""
    try:
        found = json.loads(store.index.read(RECORD))
        return found["summary"] if found["state"] == state else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_summary(store: FeatureStore, state: str, summary: Mapping[str, Any]) -> None:
    """Replace the record by that of a run that is complete."""
    line = json.dumps({"state": state, "summary": summary}, ensure_ascii=False)
    store.index.write(RECORD, [f"{line}\n".encode()])
