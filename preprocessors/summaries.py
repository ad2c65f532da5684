"""What stage 1 shows of a dataset: `tokens.txt`, the list of tokens, and `stats.json`.

Both are derived, and nothing reads them: a checkpoint has its own symbols and statistics.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from recital.processors.split_names import SPLITS
from recital.processors.store import FeatureStore, Utterance, speaker_name, write_lines
from recital.utils.errors import DataError
from recital.utils.files import write_text
from recital.utils.json_files import read_object

SPACE = "<space>"  # of tokens.txt


def write_summaries(
    dataset: str, store: FeatureStore, symbols: Sequence[str] | None, pitch: str | None
) -> None:
    """Write the two files, unless nothing has changed. A token's number is that of its line, from
    0. `symbols` are those of the text front end, None for a vocoder; `pitch` is the fingerprint of
    the pitch features, None if there are none.
    """
    if symbols is not None:
        names = [SPACE if symbol == " " else symbol for symbol in symbols]
        write_lines(store.directory / "tokens.txt", names)
    utterances = store.utterances()
    splits = {name: store.split(name) for name in SPLITS}
    state = json.dumps([[repr(u) for u in utterances], splits, pitch])
    made_from = hashlib.sha256(state.encode()).hexdigest()[:16]
    path = store.directory / "stats.json"
    try:
        if read_object(path, DataError).get("made_from") == made_from:
            return
    except DataError:
        pass
    by_name: dict[str, list[Utterance]] = {}
    for u in utterances:
        by_name.setdefault(speaker_name(dataset, u), []).append(u)
    speakers = {name: _amounts(by_name[name]) for name in sorted(by_name)}
    if pitch is not None:
        _add_pitch(speakers, dataset, store, splits["train"], pitch)
    found = {
        "made_from": made_from,
        **_amounts(utterances),
        "splits": {name: len(ids) for name, ids in splits.items()},
        "speakers": speakers,
    }
    write_text(path, json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def _amounts(utterances: Sequence[Utterance]) -> dict[str, Any]:
    hours = sum(u.seconds or 0.0 for u in utterances) / 3600
    return {"utterances": len(utterances), "hours": round(hours, 4)}


def _add_pitch(
    speakers: dict[str, dict[str, Any]],
    dataset: str,
    store: FeatureStore,
    train: Sequence[str],
    fingerprint: str,
) -> None:
    """The mean and deviation of voiced F0 in Hz, as training learns them: of the training split."""
    from recital.modules.acoustic.statistics import pitch_by_speaker

    numbers = {name: i for i, name in enumerate(speakers)}
    of_id = {u.id: numbers[speaker_name(dataset, u)] for u in store.utterances()}
    reader = store.reader("pitch", fingerprint)

    def arrays(_: str) -> Iterator[tuple[int, np.ndarray]]:
        for id in train:
            yield of_id[id], reader[id]

    try:
        rows = pitch_by_speaker(arrays, len(speakers))
    except DataError:
        # no voiced frame: training says so
        return
    for entry, row in zip(speakers.values(), rows, strict=True):
        entry |= {"pitch_mean": round(row.mean, 2), "pitch_std": round(row.std, 2)}
