"""Stage 1 of one dataset: corpus → shards of features → manifest, splits and rejections.

A shard is a run of recordings (`plan.py`), named by a hash of their ids, paths, sizes and times.
The files themselves are the only record of progress: a killed run leaves complete shards, and a
recording that was changed, added or removed renames only the shard around it.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.choices import choices, keep_choices
from recital.preprocessors.entries import Corpus
from recital.preprocessors.given_splits import assign, overlaps
from recital.preprocessors.last_run import Summary, keep_summary, state_of, summary_of
from recital.preprocessors.plan import Shards, open_plan
from recital.preprocessors.shard_work import Found, Work
from recital.preprocessors.splits import Candidates, choose
from recital.processors.audio_files import sample_rate_of
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.manifest import Manifest, source_of
from recital.processors.split_names import SPLITS
from recital.processors.store import FeatureStore, Rejected, Utterance, to_json
from recital.utils.errors import DataError
from recital.utils.storage import Place, joined

N_OPENED = 20  # recordings whose header is read for a note

Settle = Callable[[Iterator[Utterance], FeatureStore, list[Rejected]], Iterator[Utterance]]


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
    check: Callable[[], None] | None = None,
) -> Summary:
    """Bring the store of a dataset up to date with its corpus. `progress(done, total)` counts
    recordings; `settle` may change utterances whose features exist, or add them to what is
    rejected; `exclude` maps the ids that are left out on purpose to the reason. `check` runs, where
    the work does, before it, if there is any.

    Raises `ConfigError` for an unknown layout, and `DataError` if there is no usable recording or
    more than `max_rejected` are rejected; the features of the others are kept in either case.
    """
    began = time.perf_counter()
    left_out = exclude or {}
    names = {f: f"{f}-{fingerprint(f, audio, preprocess)}" for f in features}
    plan = open_plan(corpus, layout, left_out, store.index, jobs=jobs, backend=backend)
    # TextGrids are read each time
    last = None if settle else summary_of(store, state_of(store, names, corpus, preprocess))
    made = choices(corpus.folder, preprocess, left_out, corpus.splits, of_texts=settle is not None)
    if last is not None:
        keep_choices(store, made)
        elapsed = time.perf_counter() - began
        return replace(last, dataset=dataset, extracted=0, elapsed=elapsed)
    work = Work(store.folder, corpus.place, names, plan.shards, audio, preprocess)
    total, found = work.finish(jobs, backend, progress, check)
    rejected, notes = list(plan.rejected), list(plan.notes)
    usable = _usable(plan.shards, found, preprocess, rejected)
    unfit: list[Rejected] = []
    if settle is not None:
        usable = settle(usable, store, unfit)
    if corpus.splits:
        usable, more = assign(usable, corpus.splits, store.index)
        notes += more
    splits, shared, learned = _write(store, usable, preprocess)
    keep_choices(store, made)
    rejected += unfit
    store.write_lines("rejected.jsonl", (to_json(r) for r in rejected + plan.excluded))
    work.sweep()
    manifest = _index(store, features, names, jobs, backend)
    summary = Summary(dataset, len(manifest), float(np.nansum(manifest.seconds)), total)
    summary.rejected = dict(Counter(r.code for r in rejected).most_common())
    summary.notes = notes + low_rates(manifest, corpus.place, audio) + shared
    summary.excluded, summary.exclude_listed = len(plan.excluded), len(left_out)
    summary.splits = splits
    summary.elapsed = time.perf_counter() - began
    _check(summary, store, corpus.place, preprocess.max_rejected)
    if not settle:
        keep_summary(store, state_of(store, names, corpus, preprocess), summary)
    summary.notes += learned  # of this run alone
    return summary


def _write(
    store: FeatureStore, usable: Iterator[Utterance], preprocess: PreprocessConfig
) -> tuple[dict[str, int], list[str], list[str]]:
    """Write the manifest, line by line, and the splits. Returns their sizes, notes on texts that
    given lists share, and one on what models have learned before.
    """
    candidates = Candidates(preprocess.seed)
    store.write_lines("manifest.jsonl", (to_json(u) for u in candidates.noted(usable)))
    chosen = choose(candidates, preprocess)
    notes = overlaps(chosen, candidates) if candidates.given.keys() - {""} else []
    held_out = {name: set(candidates.ids(chosen[name])) for name in ("valid", "test")}
    learned = _learned_before(store, held_out)
    for name, rows in chosen.items():
        store.write_lines(f"{name}.txt", candidates.ids(rows))
    return {name: len(rows) for name, rows in chosen.items()}, notes, learned


def _learned_before(store: FeatureStore, held_out: Mapping[str, set[str]]) -> list[str]:
    """A note if utterances of valid or test were in the split train until now: other sizes, another
    seed or other texts move them, of which a recipe on the same dataset may know nothing.
    """
    try:
        new = {name: ids - set(store.split(name)) for name, ids in held_out.items()}
        learned = source_of(store.folder, "train.txt")
    except DataError:  # the first run, or a broken list, which is written again
        return []
    if not any(new.values()):
        return []
    with learned.open(encoding="utf-8", errors="replace") as file:
        moved = Counter(name for line in file for name in new if line.rstrip("\r\n") in new[name])
    if not moved:
        return []
    which = " and ".join(f"{moved[name]} of {name}" for name in new if moved[name])
    return [
        f"{which} were in train until now: models that were trained before have learned them, so "
        "their figures on these splits are too good"
    ]


def _index(
    store: FeatureStore, features: Sequence[str], names: dict[str, str], jobs: int, backend: str
) -> Manifest:
    """The manifest; the tables with which a training starts are made."""
    manifest = store.manifest()
    for split_name in SPLITS:
        store.rows(split_name, manifest)
    for feature in features if len(manifest) else ():
        fingerprint_ = names[feature].removeprefix(f"{feature}-")
        store.reader(feature, fingerprint_, manifest, jobs=jobs, backend=backend)
    return manifest


def low_rates(utterances: Sequence[Utterance], place: Place, audio: AudioConfig) -> list[str]:
    """A note if most recordings have a lower sample rate than the features, and so no highs. A few
    files, spread evenly, are opened.
    """
    found: list[int] = []
    for u in utterances[:: -(-len(utterances) // N_OPENED) or 1]:
        with suppress(OSError, RuntimeError):  # soundfile's errors are RuntimeErrors
            found.append(sample_rate_of(joined(place, u.audio)))
    low = [rate for rate in found if rate < audio.sample_rate]
    if len(low) <= len(found) / 2:
        return []
    rate = sorted(low)[len(low) // 2]
    return [
        f"the recordings have {rate} Hz, so nothing above {rate // 2} Hz; the voice will sound as "
        f"they do, where {audio.sample_rate} Hz would be heard in full"
    ]


def _usable(
    shards: Shards, found: Found, preprocess: PreprocessConfig, rejected: list[Rejected]
) -> Iterator[Utterance]:
    """The utterances of the manifest; what the workers or the limits rejected is added to
    `rejected`.
    """
    shortest, longest = preprocess.min_seconds, preprocess.max_seconds
    for name, group in shards.items():
        for row, u in zip(shards.rows(name), (source.utterance for source in group), strict=True):
            seconds = float(found.seconds[row])
            if math.isnan(seconds):
                rejected.append(Rejected(u.id, u.audio, *found.rejected[u.id]))
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
                yield replace(u, seconds=seconds, shard=name)


def _check(summary: Summary, store: FeatureStore, folder: Place, max_rejected: float) -> None:
    """Raise `DataError` if nothing is usable, or more is rejected than the config allows."""
    left_out = sum(summary.rejected.values())
    total = left_out + summary.utterances
    if not total:
        why = "its list is empty"
        if summary.excluded:
            why = f"dataset_exclude leaves out all {summary.excluded}; shorten that list"
        raise DataError(f"{summary.dataset}: no usable recording in {folder}: {why}")
    if summary.utterances and left_out <= max_rejected * total:
        return
    counts = ", ".join(f"{n} {code}" for code, n in summary.rejected.items())
    most = next(iter(summary.rejected))  # the code of the most
    first = next(r for r in store.rejected() if r.code == most)
    see = (
        f"For example {first.audio or first.id}: {first.reason}; {first.remedy}. All are in "
        f"{store.folder.place('rejected.jsonl')}"
    )
    if not summary.utterances:
        raise DataError(
            f"{summary.dataset}: no usable recording in {folder}: all {left_out} were rejected "
            f"({counts}). {see}"
        )
    raise DataError(
        f"{summary.dataset}: {left_out} of {total} recordings were rejected ({counts}), "
        f"{left_out / total:.1%}, more than preprocess.max_rejected {max_rejected:.1%}. {see}. Fix "
        "them, or raise the limit: the features of the others are kept"
    )
