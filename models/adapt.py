"""Fine-tuning: the weights of a checkpoint for a model with other speakers or symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from recital.modules.acoustic.speakers import project
from recital.modules.contract.model import Model
from recital.utils.errors import CheckpointError

SYMBOLS, SPEAKERS = "network.embedding.weight", "network.speaker_embedding.weight"
ALIGNER = "network.aligner."
ALIGNING = (ALIGNER, "binarization.")
PROSODY = "network.prosody."
WHO = "network.speaker_embedding."  # a table's row for each speaker, or vectors and a projection
VECTORS, PROJECTION, BIAS = f"{WHO}vectors", f"{WHO}projection.weight", f"{WHO}projection.bias"


def adapt_weights(
    model: Model,
    weights: Mapping[str, Tensor],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> tuple[dict[str, Tensor], list[str]]:
    """Convert the weights of a checkpoint with the config `before` for the model of the config
    `after`; returns them and a description of the changes, one line each.

    Rows of symbols and speakers are matched by name. A new symbol starts as the mean of the known
    ones that contain it ("ː" of "aː" and "iː"), or keeps the model's initial row where none does;
    one that was spoken as another until now (`text.spoken_as`) starts as that one. A new speaker
    starts as the mean of the known ones. An aligner, or a part that draws the prosody, that the
    checkpoint lacks starts untrained; one that the model lacks is left out.
    Statistics and vectors of a different number of speakers are left at the model's values, since
    it learns them again: a new speaker who has a vector starts from that. Raises
    `CheckpointError` if a table of several speakers would have to become a voice of one that has
    neither table nor vectors.
    """
    own, adapted, notes = model.state_dict(), dict(weights), list[str]()
    if SYMBOLS in own and own[SYMBOLS].shape[1:] != weights.get(SYMBOLS, own[SYMBOLS]).shape[1:]:
        # of another d_model: whoever sets the weights refuses them by name
        return adapted, notes
    for name in {name for name, _ in model.named_buffers()} & own.keys() & weights.keys():
        if own[name].shape != weights[name].shape:
            adapted[name] = own[name]
    ours, theirs = (_starting(names, ALIGNING) for names in (own, weights))
    if _starting(ours - theirs, (ALIGNER,)):
        adapted |= {name: own[name] for name in ours - theirs}
        notes.append("the checkpoint has no aligner: it begins untrained")
    if theirs and not ours:
        adapted = {name: weight for name, weight in adapted.items() if name not in theirs}
        notes.append("the durations are given: the checkpoint's aligner is left out")
    ours, theirs = (_starting(names, (PROSODY,)) for names in (own, weights))
    if ours and not theirs:
        adapted |= {name: own[name] for name in ours}
        notes.append("the checkpoint predicts its prosody: the part that draws it begins untrained")
    if theirs and not ours:
        adapted = {name: weight for name, weight in adapted.items() if name not in theirs}
        notes.append("the prosody is predicted: the checkpoint's part that draws it is left out")
    notes += _adapt_symbols(adapted, own, weights, before, after)
    notes += _adapt_speakers(adapted, own, weights, before, after)
    return adapted, notes


def _starting(names: Iterable[str], prefixes: tuple[str, ...]) -> set[str]:
    return {name for name in names if name.startswith(prefixes)}


def _adapt_symbols(
    adapted: dict[str, Tensor],
    own: Mapping[str, Tensor],
    weights: Mapping[str, Tensor],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> list[str]:
    """Set the rows of symbols in `adapted`; returns the notes."""
    notes = []
    old, new = before.get("symbols", ()), after.get("symbols", ())
    if SYMBOLS in own and SYMBOLS in weights and list(old) != list(new):
        fresh, untrained = _from_wholes(weights[SYMBOLS], old, new, own[SYMBOLS])
        adapted[SYMBOLS], added = _rows(weights[SYMBOLS], old, new, fresh)
        if parts := [name for name in added if name not in untrained]:
            notes.append(
                f"new symbols begin as the mean of those that contain them: {_listed(parts)}"
            )
        if untrained:
            notes.append(f"new symbols begin untrained: {_listed(untrained)}")
    if SYMBOLS in adapted and (spoken_before := _now_spoken(before, after)):
        adapted[SYMBOLS] = _from_others(adapted[SYMBOLS], new, spoken_before)
        pairs = ", ".join(f"{name!r} as {other!r}" for name, other in spoken_before.items())
        notes.append(f"symbols that were spoken as others begin as these: {pairs}")
    return notes


def _adapt_speakers(
    adapted: dict[str, Tensor],
    own: Mapping[str, Tensor],
    weights: Mapping[str, Tensor],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> list[str]:
    """Set the weights of speakers in `adapted`; returns the notes. Raises `CheckpointError`."""
    old, new = list(before.get("speakers", ())), list(after.get("speakers", ()))
    ours, theirs = ({name for name in names if name.startswith(WHO)} for names in (own, weights))
    if theirs and not ours:
        raise not_one(old, by_vectors=SPEAKERS not in weights)
    if ours and not theirs:
        adapted |= {name: torch.zeros_like(own[name]) for name in ours}
        return [f"the checkpoint has one speaker, the corpus {len(new)}: each begins as that one"]
    if ours != theirs:
        for name in theirs:
            del adapted[name]
        if SPEAKERS in weights:
            begun, note = _vectors_of_table(weights[SPEAKERS], own)
        else:
            begun, note = _table_of_vectors(weights, old, new, own[SPEAKERS])
        adapted |= begun
        return [note]
    if SPEAKERS in own and old != new:
        mean = weights[SPEAKERS].float().mean(0, keepdim=True).to(own[SPEAKERS])
        adapted[SPEAKERS], added = _rows(weights[SPEAKERS], old, new, mean.expand(len(new), -1))
        if added:
            return [f"new speakers begin as the mean of the others: {', '.join(added[:20])}"]
    return []


def not_one(speakers: Sequence[str], by_vectors: bool) -> CheckpointError:
    """Why a checkpoint of these speakers cannot begin a voice of one that has neither a table nor
    vectors.
    """
    several = f"{len(speakers)} speakers ({', '.join(speakers[:5])}) by a table"
    remedy = "start from their mean, with"
    if by_vectors:
        several, remedy = "speakers by vectors", "start from the vector, with"
    return CheckpointError(
        f"the checkpoint knows {several}, the corpus has one and this model neither: {remedy} "
        "--set model.speaker_conditioning=embedding"
    )


def _vectors_of_table(table: Tensor, own: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """The part of a model that knows speakers by vectors, whoever they are the mean of a `table`
    until it has learned more; and a line on it.
    """
    begun = {name: own[name] for name in own if name.startswith(WHO)}
    begun[PROJECTION] = torch.zeros_like(own[PROJECTION])
    begun[BIAS] = table.float().mean(0).to(own[BIAS])
    return begun, "the checkpoint has a table of speakers: each vector begins as their mean"


def _table_of_vectors(
    weights: Mapping[str, Tensor], old: Sequence[str], new: Sequence[str], own: Tensor
) -> tuple[dict[str, Tensor], str]:
    """The table of a model, of what the vectors of a checkpoint are projected to; and a line on it.
    Speakers that this does not know begin as the mean.
    """
    rows = project(*(weights[name].float() for name in (VECTORS, PROJECTION, BIAS))).to(own)
    table, _ = _rows(rows, old, new, rows.mean(0).expand(len(new), -1))
    return {SPEAKERS: table}, "the checkpoint knows speakers by vectors: they become a table"


def _now_spoken(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Symbol -> the one in whose place it was spoken (`text.spoken_as`) and is no longer."""
    old, new = (config.get("text", {}).get("spoken_as", {}) for config in (before, after))
    known = set(after.get("symbols", ()))
    return {
        name: other
        for name, other in old.items()
        if name not in new and name in known and other in known
    }


def _from_others(table: Tensor, symbols: Sequence[str], begun: Mapping[str, str]) -> Tensor:
    """A table whose rows of the symbols `begun` are those of other symbols."""
    places, table = {name: i for i, name in enumerate(symbols)}, table.clone()
    for name, other in begun.items():
        table[places[name]] = table[places[other]]
    return table


def _from_wholes(
    table: Tensor, old: Sequence[str], new: Sequence[str], fresh: Tensor
) -> tuple[Tensor, list[str]]:
    """The initial rows `fresh` of the `new` symbols, where `old` ones of several signs contain the
    symbol the mean of these; and the new symbols without any.
    """
    rows, known, untrained = fresh.clone(), set(old), list[str]()
    for i, name in enumerate(new):
        if name in known:
            continue
        wholes = [
            place for place, whole in enumerate(old) if whole[0] not in "@#" and name in whole
        ]
        if wholes:
            rows[i] = table[wholes].float().mean(0)
        else:
            untrained.append(name)
    return rows, untrained


def _listed(names: Sequence[str]) -> str:
    return " ".join(map(repr, names[:20]))


def _rows(
    table: Tensor, old: Sequence[str], new: Sequence[str], fresh: Tensor
) -> tuple[Tensor, list[str]]:
    """The rows of the `new` names, taken from `fresh` if not among the `old`, and these names."""
    places = {name: i for i, name in enumerate(old)}
    rows = [table[places[n]] if n in places else fresh[i] for i, n in enumerate(new)]
    return torch.stack(rows), [name for name in new if name not in places]
