"""What stage 1 shows of a dataset: `tokens.txt`, the list of tokens, and `stats.json`.

Both are derived, and nothing reads them: a checkpoint has its own symbols and statistics.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from recital.processors.manifest import Manifest
from recital.processors.split_names import SPLITS
from recital.processors.store import FeatureStore, speaker_name
from recital.utils.errors import DataError
from recital.utils.statistics import pitch_by_speaker

SPACE = "<space>"  # of tokens.txt
MOST = 50_000  # utterances whose pitch is read, as in training


def write_summaries(
    dataset: str, store: FeatureStore, symbols: Sequence[str] | None, pitch: str | None
) -> None:
    """Write the two files, unless nothing has changed. A token's number is that of its line, from
    0. `symbols` are those of the text front end, None for a vocoder; `pitch` is the fingerprint of
    the pitch features, None if none were asked for: then pitch that is known remains.
    """
    if symbols is not None:
        names = [SPACE if symbol == " " else symbol for symbol in symbols]
        store.write_lines("tokens.txt", names)
    manifest = store.manifest()
    splits = {name: store.rows(name, manifest) for name in SPLITS}
    made_from = hashlib.sha256(manifest.key.encode())
    for rows in splits.values():
        made_from.update(rows.tobytes() + b"|")
    state = made_from.hexdigest()[:16]
    before = _before(store)
    if before.get("made_from") == state and pitch in (None, before.get("pitch")):
        return
    names = [speaker_name(dataset, speaker) for speaker in manifest.speaker_names]
    speakers = {
        names[i]: _amounts(manifest.seconds[manifest.speaker == i])
        for i in sorted(range(len(names)), key=names.__getitem__)
    }
    if pitch is not None:
        _add_pitch(speakers, names, store, manifest, splits["train"], pitch)
    found = {
        "made_from": state,
        "pitch": pitch,
        **_amounts(manifest.seconds),
        "splits": {name: len(rows) for name, rows in splits.items()},
        "speakers": speakers,
    }
    store.write_lines("stats.json", [json.dumps(found, ensure_ascii=False, indent=1)])


def _before(store: FeatureStore) -> dict[str, Any]:
    try:
        found = json.loads(store.folder.read("stats.json"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _amounts(seconds: np.ndarray) -> dict[str, Any]:
    hours = float(np.nansum(seconds)) / 3600
    return {"utterances": len(seconds), "hours": round(hours, 4)}


def _add_pitch(
    speakers: dict[str, dict[str, Any]],
    names: Sequence[str],
    store: FeatureStore,
    manifest: Manifest,
    train: np.ndarray,
    fingerprint: str,
) -> None:
    """The mean and deviation of voiced F0 in Hz, as training learns them: of the training split, of
    more than `MOST` utterances of some.
    """
    numbers = {name: i for i, name in enumerate(speakers)}
    of_speaker = [numbers[name] for name in names]
    reader = store.reader("pitch", fingerprint, manifest)

    spread = train[:: -(-len(train) // MOST) or 1].tolist()
    try:
        pitch = ((of_speaker[manifest.speaker[row]], reader.read(row)) for row in spread)
        rows = pitch_by_speaker(pitch, len(speakers))
    except DataError:
        # no voiced frame: training says so
        return
    for entry, found in zip(speakers.values(), rows, strict=True):
        entry |= {"pitch_mean": round(found.mean, 2), "pitch_std": round(found.std, 2)}
