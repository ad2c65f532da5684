"""Teach a voice to ask: train the embedding of "?" on questions that another speaker recorded, in
any language.

`python -m recital.bins.train_questions -c CONFIG --infer_expt_dir VOICE --output_dir DIR` reads the
features of stage 1 of CONFIG, whose text front end makes symbols that the voice knows. Of a
FastPitch everything else is kept: a text without "?" is said exactly as before. The embedding
is where F0 as predicted for these questions is nearest to the recordings' (each normalized by its
speaker's mean and deviation), while durations, energy and the encoder's output stay near to those
of the same text with ".". Where the voice draws its prosody, F0 and durations are those that are
drawn without noise. Two minutes of one core for 100 questions, nine where prosody is drawn.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from recital.bins.common.command import run
from recital.bins.common.experiment import load_experiment
from recital.bins.common.parser import OneLineParser
from recital.models import load
from recital.models.tts.fastpitch import FastPitch
from recital.models.tts.fastpitch.network import FastPitchNetwork
from recital.modules.acoustic.length import token_means
from recital.modules.contract.batch import Batch
from recital.modules.layers.flow_predictor import N_VALUES
from recital.modules.layers.masking import length_mask
from recital.processors.dataset import SpeechDataset
from recital.processors.text import TextProcessor
from recital.utils import checkpoint
from recital.utils.errors import DataError, UsageError

EMBEDDING = "network.embedding.weight"
MARK, OTHER = "?", "."
STEPS, LEARNING_RATE = 160, 0.03
END = 12  # tokens at the end of a question whose F0 is learned
LAST = 5  # tokens at the end, for the figure that is printed
# of what stays near to the statement's, against the squared error of normalized F0
DURATION, ENERGY, ENCODED = 1.0, 10.0, 1.0


@dataclass(frozen=True)
class Questions:
    """Recorded questions, as the voice's aligner divides them."""

    tokens: Tensor  # [B, N]
    mask: Tensor  # [B, N]
    pitch: Tensor  # [B, N] normalized by the speaker's statistics
    learned: Tensor  # [B, N] 1 for voiced tokens at the end


class Predicted(NamedTuple):
    encoded: Tensor  # [B, N, C]
    log_durations: Tensor  # [B, N]
    pitch: Tensor  # [B, N]
    energy: Tensor  # [B, N]


def main(argv: Sequence[str] | None = None) -> None:
    parser = OneLineParser(prog="train_questions", description=__doc__)
    add = parser.add_argument
    add("-c", "--config", required=True, help="whose stage 1 has the recordings")
    add("--infer_expt_dir", type=Path, required=True, help="the voice: a checkpoint of FastPitch")
    add("--output_dir", type=Path, required=True, help="where the voice that asks goes")
    add("--set", action="append", default=[], metavar="KEY.PATH=VALUE", help="override the config")
    args = parser.parse_args(argv)
    source = checkpoint.find(args.infer_expt_dir)
    model, config = load(source)
    if (
        not isinstance(model, FastPitch)
        or not model.can_align
        or not model.network.energy_embedding
    ):
        raise UsageError(f"{source}: expected a FastPitch with an aligner and energy")
    numbers = {symbol: i for i, symbol in enumerate(config["symbols"])}
    train, valid = _recordings(args, model, config["symbols"])
    statistics = _pitch_statistics(train)
    known = [_questions(model, data, numbers, statistics) for data in (train, valid)]
    row = learn(model.bare_network, known, numbers[MARK], numbers[OTHER])
    weights = checkpoint.read_tensors(source / checkpoint.MODEL)
    weights[EMBEDDING][numbers[MARK]] = row.to(weights[EMBEDDING])
    spoken_as = {k: v for k, v in config["text"].get("spoken_as", {}).items() if k != MARK}
    config = {**config, "text": {**config["text"], "spoken_as": spoken_as}}
    checkpoint.save_model(args.output_dir, weights, config)
    load(args.output_dir)  # check that it can be opened


def _recordings(
    args: argparse.Namespace, model: FastPitch, symbols: Sequence[str]
) -> list[SpeechDataset]:
    """Train and valid of the config's corpora, in the voice's symbols, with "?" as a symbol."""
    experiment, _ = load_experiment(args.config, args.set)
    if experiment.text is None:
        raise UsageError(f"{args.config}: expected a text section")
    experiment.audio.require_same(model.audio, "recordings", "voice")
    spoken_as = {k: v for k, v in experiment.text.spoken_as.items() if k != MARK}
    text = TextProcessor(replace(experiment.text, spoken_as=spoken_as), symbols)
    return [
        SpeechDataset(
            {name: experiment.store(name) for name in experiment.dataset},
            split,
            needs=model.needs,
            audio=experiment.audio,
            preprocess=experiment.preprocess,
            text=text,
            speakers=experiment.dataset,
        )
        for split in ("train", "valid")
    ]


def _pitch_statistics(data: SpeechDataset) -> tuple[float, float]:
    """Mean and deviation of voiced F0 in all recordings, Hz."""
    voiced = np.concatenate([pitch[pitch > 0] for _, pitch in data.arrays("pitch")])
    return float(voiced.mean()), float(voiced.std())


@torch.no_grad()
def _questions(
    model: FastPitch,
    data: SpeechDataset,
    numbers: dict[str, int],
    statistics: tuple[float, float],
) -> Questions:
    """The recordings whose text ends in "?"."""
    found = [i for i in range(len(data)) if numbers[MARK] in data.example(i).tokens[-3:]]
    if not found:
        raise DataError(f"{data.split}: no recording of a question; choose another corpus")
    batch: Batch = data.collate([data[0, i] for i in found])
    assert batch.tokens is not None and batch.token_lengths is not None
    assert batch.pitch is not None
    mask = length_mask(batch.token_lengths, batch.tokens.shape[1])
    stated = batch.tokens.where(batch.tokens != numbers[MARK], numbers[OTHER])
    durations, _ = model.align(batch._replace(tokens=stated))
    voiced = batch.pitch > 0
    mean, std = statistics
    pitch = torch.where(voiced, (batch.pitch - mean) / std, 0.0)[:, None]
    from_end = batch.token_lengths[:, None] - torch.arange(mask.shape[1])
    has_pitch = token_means(voiced.float()[:, None], torch.ones_like(voiced)[:, None], durations)
    learned = mask & (from_end <= END) & (has_pitch[:, 0] > 0)
    means = token_means(pitch, voiced[:, None], durations)[:, 0]
    return Questions(batch.tokens, mask, means, learned.float())


def learn(network: FastPitchNetwork, known: Sequence[Questions], mark: int, other: int) -> Tensor:
    """The embedding of `mark`, [C], from that of `other`: learned from the first questions, with
    figures of all that are `known`.
    """
    network.requires_grad_(False).eval()
    row = network.embedding.weight[other].clone().requires_grad_()
    optimizer = torch.optim.Adam([row], lr=LEARNING_RATE)
    with torch.no_grad():
        stated = [predict(network, q, mark, network.embedding.weight[other]) for q in known]
        _report("as a statement", known, stated)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 - step / STEPS)
        loss = _loss(predict(network, known[0], mark, row), stated[0], known[0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        _report("as a question", known, [predict(network, q, mark, row) for q in known])
    return row.detach()


def predict(network: FastPitchNetwork, known: Questions, mark: int, row: Tensor) -> Predicted:
    """What the network predicts for the texts with the embedding `row` [C] of `mark`."""
    is_mark = (known.tokens == mark)[..., None]
    embedded = torch.where(is_mark, row, network.embedding(known.tokens))
    encoded = network.encode(embedded, known.mask, None)
    if network.prosody is None:
        log_durations = network.duration_predictor(encoded, known.mask)
        pitch = network.pitch_predictor(encoded, known.mask)
    else:
        silent = encoded.new_zeros(len(encoded), N_VALUES, encoded.shape[1])
        drawn = network.prosody.draw(embedded, known.mask, silent, network.prosody.n_steps)
        log_durations, pitch = drawn[0].log1p(), drawn[1]
    assert network.energy_predictor is not None
    x = encoded + network.pitch_embedding(pitch[..., None])
    return Predicted(
        encoded,
        log_durations,
        pitch,
        network.energy_predictor(x, known.mask),
    )


def _loss(asked: Predicted, stated: Predicted, known: Questions) -> Tensor:
    mask = known.mask.float()

    def squares(values: Tensor) -> Tensor:
        return (values.square() * mask).sum() / mask.sum()

    moved = (asked.encoded - stated.encoded).norm(dim=2)
    return (
        _pitch_error(asked, known)
        + DURATION * squares(asked.log_durations - stated.log_durations)
        + ENERGY * squares(asked.energy - stated.energy)
        + ENCODED * squares(moved) / squares(stated.encoded.norm(dim=2))
    )


def _pitch_error(asked: Predicted, known: Questions) -> Tensor:
    errors = (asked.pitch - known.pitch).square() * known.learned
    return errors.sum() / known.learned.sum()


def _report(name: str, known: Sequence[Questions], predicted: Sequence[Predicted]) -> None:
    for split, questions, hat in zip(("train", "valid"), known, predicted, strict=True):
        last = questions.learned * (questions.mask.flip(1).cumsum(1).flip(1) <= LAST)
        ends = [float((p * last).sum() / last.sum()) for p in (hat.pitch, questions.pitch)]
        print(
            f"{name:<15} {split}: {len(questions.tokens)} questions, squared error of F0 "
            f"{float(_pitch_error(hat, questions)):.2f}, F0 of the last tokens {ends[0]:+.2f} "
            f"deviations (recordings {ends[1]:+.2f})",
            flush=True,
        )


if __name__ == "__main__":
    run(main)
