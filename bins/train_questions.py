"""Teach a voice to ask: train the embedding of "?" and the F0 predictor on questions that another
speaker recorded, in any language.

`python -m recital.bins.train_questions -c CONFIG --infer_expt_dir VOICE --output_dir DIR` reads the
features of stage 1 of CONFIG, whose text front end makes symbols that the voice knows, and learns
from the questions whose recordings rise at their end. Of a FastPitch everything else is kept.

First the embedding: where F0 as predicted for these questions is nearest to the recordings' (each
normalized by its speaker's mean and deviation), while durations, energy and the encoder's output
stay near to those of the same text with ".". That alone raises F0 by half of what they rise, and
further away it makes speech worse. Then the F0 predictor, which hardly changes what it says of
statements, and of the questions before their end. Where the voice draws its prosody, F0 and
durations are those that are drawn without noise, and the embedding alone is learned.

Three minutes of one core for 80 questions, nine where prosody is drawn.
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
from torch.nn.utils.rnn import pad_sequence

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

EMBEDDING, PREDICTOR = "network.embedding.weight", "network.pitch_predictor."
MARK, OTHER = "?", "."
STEPS, LEARNING_RATE = 160, 0.03
PITCH_STEPS, PITCH_LEARNING_RATE = 800, 2e-3
N_STATEMENTS = 16  # in each step of the F0 predictor
KEPT = 60.0  # weight of what the F0 predictor is to say as before, against what it learns
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

    @property
    def last(self) -> Tensor:
        """[B, N], 1 for the voiced ones of the last `LAST` tokens."""
        return self.learned * (self.mask.flip(1).cumsum(1).flip(1) <= LAST)

    def rising(self) -> Questions:
        """Those whose last tokens are above the speaker's mean; it raises `DataError` for none."""
        ends = (self.pitch * self.last).sum(1) / self.last.sum(1).clamp(min=1)
        rise = ends > 0
        if not rise.any():
            raise DataError("no recording of a question that rises; choose another corpus")
        return Questions(self.tokens[rise], self.mask[rise], self.pitch[rise], self.learned[rise])


class Statements(NamedTuple):
    """Texts of which the F0 predictor is to say what it said."""

    encoded: Tensor  # [B, N, C]
    mask: Tensor  # [B, N]
    pitch: Tensor  # [B, N] as predicted before


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
    network = model.bare_network.requires_grad_(False).eval()
    row = learn(network, known, numbers[MARK], numbers[OTHER])
    network.embedding.weight[numbers[MARK]] = row
    if network.prosody is None:
        learn_pitch(network, known, _statements(network, train, known[0], numbers))
    learned = {f"network.{name}": value for name, value in network.state_dict().items()}
    weights = checkpoint.read_tensors(source / checkpoint.MODEL)
    for name in weights:
        if name == EMBEDDING or name.startswith(PREDICTOR):
            weights[name] = learned[name].to(weights[name])
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
    """The recordings whose text ends in "?" and whose end rises."""
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
    return Questions(batch.tokens, mask, means, learned.float()).rising()


@torch.no_grad()
def _statements(
    network: FastPitchNetwork, data: SpeechDataset, known: Questions, numbers: dict[str, int]
) -> Statements:
    """The texts without "?", and those of the questions with "." instead."""
    texts = [torch.tensor(example.tokens) for example in data.examples]
    texts = [tokens for tokens in texts if numbers[MARK] not in tokens]
    stated = known.tokens.where(known.tokens != numbers[MARK], numbers[OTHER])
    texts += [tokens[mask] for tokens, mask in zip(stated, known.mask, strict=True)]
    tokens = pad_sequence(texts, batch_first=True)
    mask = length_mask(torch.tensor([len(text) for text in texts]), tokens.shape[1])
    encoded = torch.cat(
        [
            network.encode(network.embedding(some), kept, None)
            for some, kept in zip(tokens.split(N_STATEMENTS), mask.split(N_STATEMENTS), strict=True)
        ]
    )
    return Statements(encoded, mask, network.pitch_predictor(encoded, mask))


def learn(network: FastPitchNetwork, known: Sequence[Questions], mark: int, other: int) -> Tensor:
    """The embedding of `mark`, [C], from that of `other`: learned from the first questions, with
    figures of all that are `known`.
    """
    row = network.embedding.weight[other].clone().requires_grad_()
    optimizer = torch.optim.Adam([row], lr=LEARNING_RATE)
    with torch.no_grad():
        stated = [predict(network, q, mark, network.embedding.weight[other]) for q in known]
        _report("as a statement", known, [p.pitch for p in stated])
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 - step / STEPS)
        loss = _loss(predict(network, known[0], mark, row), stated[0], known[0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        _report("as a question", known, [predict(network, q, mark, row).pitch for q in known])
    return row.detach()


def learn_pitch(
    network: FastPitchNetwork, known: Sequence[Questions], statements: Statements
) -> None:
    """Trains the F0 predictor on the first questions, with figures of all that are `known`; of
    `statements`, and of the questions before what is learned, it is to say what it said.
    """
    with torch.no_grad():
        encoded = [network.encode(network.embedding(q.tokens), q.mask, None) for q in known]
        said = network.pitch_predictor(encoded[0], known[0].mask)
    asked = known[0]
    rest = asked.mask.float() * (1 - asked.learned)
    predictor = network.pitch_predictor.requires_grad_(True)
    optimizer = torch.optim.Adam(predictor.parameters(), lr=PITCH_LEARNING_RATE)
    drawn = torch.Generator().manual_seed(0)
    for step in range(PITCH_STEPS):
        for group in optimizer.param_groups:
            group["lr"] = PITCH_LEARNING_RATE * (1 - step / PITCH_STEPS)
        some = torch.randint(len(statements.mask), (N_STATEMENTS,), generator=drawn)
        mask = statements.mask[some].float()
        pitch = predictor(encoded[0], asked.mask)
        kept = predictor(statements.encoded[some], statements.mask[some]) - statements.pitch[some]
        loss = _pitch_error(pitch, asked) + KEPT * (
            _mean((pitch - said).square(), rest) + _mean(kept.square(), mask)
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    predictor.requires_grad_(False)
    with torch.no_grad():
        _report(
            "with its F0",
            known,
            [predictor(e, q.mask) for e, q in zip(encoded, known, strict=True)],
        )
        moved = (predictor(statements.encoded, statements.mask) - statements.pitch).square()
        root = _mean(moved, statements.mask.float()).sqrt()
    print(f"{len(moved)} statements: F0 moved by {float(root):.3f} deviations (RMS)", flush=True)


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
    moved = (asked.encoded - stated.encoded).norm(dim=2)
    size = _mean(stated.encoded.norm(dim=2).square(), mask)
    return (
        _pitch_error(asked.pitch, known)
        + DURATION * _mean((asked.log_durations - stated.log_durations).square(), mask)
        + ENERGY * _mean((asked.energy - stated.energy).square(), mask)
        + ENCODED * _mean(moved.square(), mask) / size
    )


def _pitch_error(pitch: Tensor, known: Questions) -> Tensor:
    return _mean((pitch - known.pitch).square(), known.learned)


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    return (values * weights).sum() / weights.sum()


def _report(name: str, known: Sequence[Questions], pitches: Sequence[Tensor]) -> None:
    for split, questions, pitch in zip(("train", "valid"), known, pitches, strict=True):
        ends = [float(_mean(p, questions.last)) for p in (pitch, questions.pitch)]
        print(
            f"{name:<15} {split}: {len(questions.tokens)} questions, squared error of F0 "
            f"{float(_pitch_error(pitch, questions)):.2f}, F0 of the last tokens {ends[0]:+.2f} "
            f"deviations (recordings {ends[1]:+.2f})",
            flush=True,
        )


if __name__ == "__main__":
    run(main)
