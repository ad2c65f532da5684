"""Train the aligner of `run.sh --segment` on corpora in LJSpeech's layout.

`python -m recital.bins.train_phones --corpus FOLDER=en-us FOLDER=de … --out FILE`, each with its
voice of espeak-ng; some 40 minutes of one core for three hours of speech. Prints the phone error
rate on every 50th utterance, which it is not trained on.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from recital.bins.common.command import run
from recital.bins.common.parser import OneLineParser
from recital.modules.alignment.phone_network import (
    AUDIO,
    BLANK,
    STRIDE,
    PhoneNetwork,
    ctc_loss,
    level,
)
from recital.modules.contract.mel import MelSpectrogram
from recital.preprocessors.segmentation.phones import PHONES, phone_numbers
from recital.processors.audio_files import decode, resample
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.espeak import phonemize

EPOCHS = 22
MOST = 700  # utterances of a corpus in an epoch
SECONDS = 8.0  # of an example: short utterances are joined
BATCH = 8
RATES = (0.86, 1.0, 1.16)  # slower and lower, faster and higher: other speakers
LONGEST_GAP = 1.0  # s between joined utterances
LEARNING_RATE = 2e-3
PRIOR_UPDATE = 0.02


class Example(NamedTuple):
    """One utterance, at each of `RATES`."""

    mels: list[np.ndarray]  # [n_mels, T] float16
    phones: list[int]
    corpus: str


def main(argv: Sequence[str] | None = None) -> None:
    parser = OneLineParser(prog="train_phones", description=__doc__)
    parser.add_argument("--corpus", nargs="+", required=True, metavar="FOLDER=VOICE")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument(
        "--state", type=Path, help="keeps each epoch: repeat the command to continue"
    )
    args = parser.parse_args(argv)
    examples: list[Example] = []
    for item in args.corpus:
        folder, _, voice = item.rpartition("=")
        examples += load(Path(folder), voice)
        print(f"{folder}: {len(examples)} utterances so far", flush=True)
    network = train(examples, args.epochs, args.state)
    from safetensors.torch import save_file

    save_file({k: v.half() for k, v in network.state_dict().items()}, args.out)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB")


def load(folder: Path, voice: str) -> list[Example]:
    """The utterances of one corpus."""
    spectrogram = MelSpectrogram(AUDIO)
    config = TextConfig(phonemizer="espeak", voice=voice, symbol_set="ipa")
    text = TextProcessor(config, symbols_for(config))
    lines = (folder / "metadata.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines]  # id, text, normalised text, perhaps speaker
    spoken = phonemize([text.clean(row[2]) for row in rows], voice)
    examples = []
    for row, tokens in zip(rows, spoken, strict=True):
        wav, rate = decode(next((folder / "wavs").glob(f"{row[0]}.*")))
        mels = []
        for factor in RATES:
            changed = resample(wav, round(rate * factor), AUDIO.sample_rate)
            mels.append(spectrogram(torch.from_numpy(changed)[None])[0].numpy().astype(np.float16))
        examples.append(Example(mels, phone_numbers(tokens), folder.name))
    return examples


def train(examples: Sequence[Example], epochs: int, state: Path | None) -> PhoneNetwork:
    """Train on all but every 50th."""
    held_out, kept = examples[::50], [e for i, e in enumerate(examples) if i % 50]
    torch.manual_seed(0)
    network = PhoneNetwork(len(PHONES))
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.05)
    done = 0
    if state is not None and state.is_file():
        saved = torch.load(state, weights_only=True)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        done = saved["epoch"]
    for epoch in range(done, epochs):
        rng = np.random.default_rng(epoch)
        total, frames, start = 0.0, 0, time.monotonic()
        batches = list(_batches(kept, rng))
        for i, (mel, n_frames, phones, lengths) in enumerate(batches):
            progress = (epoch + i / len(batches)) / epochs
            rate = min(1.0, progress * 25) * (0.5 + 0.5 * math.cos(math.pi * progress))
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * max(rate, 1e-3)
            log_posteriors = network(mel)
            _update_prior(network, log_posteriors, n_frames)
            loss = ctc_loss(log_posteriors, network.log_prior, phones, n_frames, lengths)
            optimizer.zero_grad()
            (loss / n_frames.sum()).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            total, frames = total + float(loss.detach()), frames + int(n_frames.sum())
        spent = time.monotonic() - start
        rate = error_rate(network, held_out)
        print(
            f"epoch {epoch + 1}: loss {total / frames:.4f} PER {rate:.3f} {spent:.0f} s", flush=True
        )
        if state is not None:
            kept_state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({**kept_state, "epoch": epoch + 1}, state)
    return network


def _update_prior(network: PhoneNetwork, log_posteriors: Tensor, n_frames: Tensor) -> None:
    with torch.no_grad():
        there = torch.arange(log_posteriors.shape[1]) < n_frames[:, None]
        mean = log_posteriors[there].exp().mean(dim=0)
        prior = torch.lerp(network.log_prior.exp(), mean, PRIOR_UPDATE)
        network.log_prior.copy_(prior.clamp(min=1e-4).log())


def error_rate(network: PhoneNetwork, examples: Sequence[Example]) -> float:
    """Phones wrong of those said, by the best phone of each frame."""
    errors = said = 0
    for example in examples:
        mel = level(torch.from_numpy(example.mels[RATES.index(1.0)].astype(np.float32)))
        with torch.no_grad():
            best = network(_whole(mel)[None])[0].argmax(dim=1)
        heard = [int(p) for p in torch.unique_consecutive(best) if p != BLANK]
        row = list(range(len(heard) + 1))
        for i, x in enumerate(example.phones, 1):
            previous, row[0] = row[0], i
            for j, y in enumerate(heard, 1):
                previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
        errors, said = errors + row[-1], said + len(example.phones)
    return errors / said


def _whole(mel: Tensor) -> Tensor:
    return mel[:, : mel.shape[1] // STRIDE * STRIDE]


def _batches(
    examples: Sequence[Example], rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """One epoch: utterances joined, changed, and put together by their length."""
    joined: list[tuple[Tensor, list[int]]] = []
    mels: list[np.ndarray] = []
    phones: list[int] = []
    length = 0
    often: Counter[str] = Counter()
    for i in rng.permutation(len(examples)):
        often[examples[i].corpus] += 1
        if often[examples[i].corpus] > MOST:
            continue
        mel = examples[i].mels[rng.integers(len(RATES))].astype(np.float32)
        if mels:
            mels.append(_gap(mel, rng))
        mels.append(mel)
        phones += examples[i].phones
        length = sum(m.shape[1] for m in mels)
        if length > SECONDS * AUDIO.frame_rate * rng.uniform(0.3, 1.0):
            joined.append((_changed(np.concatenate(mels, axis=1), rng), phones))
            mels, phones = [], []
    joined.sort(key=lambda item: item[0].shape[1])
    groups = [joined[i : i + BATCH] for i in range(0, len(joined), BATCH)]
    for i in rng.permutation(len(groups)):
        group = groups[i]
        lengths = torch.tensor([mel.shape[1] for mel, _ in group])
        batch = torch.zeros(len(group), AUDIO.n_mels, int(lengths.max()))
        for row, (mel, _) in zip(batch, group, strict=True):
            row[:, : mel.shape[1]] = mel
        yield (
            batch,
            lengths,
            torch.tensor([phone for _, row in group for phone in row]),
            torch.tensor([len(row) for _, row in group]),
        )


def _gap(mel: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A pause before an utterance, of its own quietest frames."""
    quiet = np.argsort(mel.mean(axis=0))[: max(2, mel.shape[1] // 20)]
    return mel[:, rng.choice(quiet, int(rng.uniform(0.0, LONGEST_GAP) * AUDIO.frame_rate) + 1)]


def _changed(mel: np.ndarray, rng: np.random.Generator) -> Tensor:
    """Another microphone and room: a tilt, noise, a few bands and frames taken away."""
    n_mels, n_frames = mel.shape
    bands = np.linspace(-1.0, 1.0, n_mels)[:, None]
    mel = (
        mel
        + rng.normal(0, 0.5) * bands
        + rng.normal(0, 0.3) * np.cos(3 * bands + rng.uniform(0.0, 6.0))
    )
    if rng.random() < 0.6:
        loud = np.quantile(mel.mean(axis=0), 0.9)
        noise = loud - rng.uniform(1.5, 6.0) + rng.normal(0, 0.7) * bands
        mel = np.logaddexp(mel, noise + rng.normal(0, 0.4, mel.shape))
    if rng.random() < 0.15:
        cut = int(n_mels * rng.uniform(0.75, 0.95))  # a narrow line
        mel[cut:] = np.minimum(mel[cut:], mel.min())
    mel = level(torch.from_numpy(mel.astype(np.float32))).numpy()
    for _ in range(2):
        width = rng.integers(0, 10)
        first = rng.integers(0, n_mels - width)
        mel[first : first + width] = 0.0
    for _ in range(n_frames // 100):
        width = rng.integers(0, 6)
        first = rng.integers(0, n_frames - width)
        mel[:, first : first + width] = 0.0
    return _whole(torch.from_numpy(mel))


if __name__ == "__main__":
    run(main)
