"""Amphion's lists: `train.json`, `valid.json` and `test.json`, each a JSON list of
`{"Dataset", "Singer", "Uid", "Text", "Path", …}`.

`dataset_path` is their folder, or one of them. Audio paths are relative to `dataset_recordings`
(default: the folder of the lists), or absolute and inside it. The lists are the splits, and
`golden_test.json` is one too; a single list is split here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from recital.preprocessors.entries import Corpus, entry, json_items
from recital.processors.split_names import SPLITS
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

FORM = '[{"Uid": …, "Singer": …, "Text": …, "Path": …}, …]'


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances of all lists. Raises `DataError` without a list, or for bad JSON."""
    names = [f"{split}.json" for split in SPLITS]
    paths = [p for n in names if corpus.has(p := corpus.folder / n)]
    for path in [corpus.folder] if corpus.folder.is_file() else paths or [corpus.folder / names[0]]:
        data = corpus.read(path, f"a list {FORM}")
        for number, item in enumerate(_items(data, path), 1):
            where = f"{path.name}:{number}"
            if not isinstance(item, dict) or not {"Uid", "Path"} <= item.keys():
                reason = f"{where}: lacks Uid or Path"
                yield Rejected(where, "", "metadata", reason, f"write it as in {FORM}")
                continue
            speaker = str(item.get("Speaker") or item.get("Singer") or "")
            text = str(item.get("Text") or "")
            split = path.stem if len(paths) > 1 else ""
            yield entry(corpus, str(item["Uid"]), str(item["Path"]), text, speaker, split=split)


def _items(data: bytes, path: Path) -> Iterator[object]:
    """The items of a list. Raises `DataError` for anything else."""
    try:
        yield from json_items(data.decode())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: is not a JSON list ({error}); expected {FORM}") from None
