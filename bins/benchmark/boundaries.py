"""Accuracy of token boundaries on the demo corpus, against espeak-ng's own.

espeak-ng reports when each phoneme of the embedded corpus starts, so the true alignment is known.
Measured is the learned aligner of the voice of FastPitch's demo, or a folder of durations written
by `--extract_durations`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from recital.bins.benchmark.common import Figures
from recital.bins.common.experiment import Experiment, load_experiment
from recital.models import load_acoustic
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.model import AcousticModel
from recital.processors.audio_files import load_wav, trim_silence
from recital.processors.dataset import Example, SpeechDataset
from recital.processors.durations import find_durations
from recital.processors.text import TextProcessor, symbols_for
from recital.processors.text.espeak import EspeakSpeech, token_starts
from recital.utils import checkpoint
from recital.utils.config import ROOT
from recital.utils.errors import DataError

BATCH_SIZE = 16

Aligned = Iterable[tuple[Example, Tensor]]  # an utterance, and the frames of its tokens [N]


def bench_boundaries(durations: Path | None = None, name: str = "demo") -> Figures | None:
    """Error of token starts in ms, over all splits: of the aligner of the voice `name`, or of the
    folder `durations`. None if the demo has not run.

    Raises `DataError` for a folder without durations of the corpus, or with unsuitable ones.
    """
    experiment, _ = load_experiment(ROOT / "egs/tts/FastPitch/demo.json")
    assert experiment.text is not None
    if durations is not None:
        symbols = symbols_for(experiment.text)
        data = list(_datasets(experiment, symbols, frozenset({"tokens", "mel"})))
        aligned = (pair for split in data for pair in given_durations(durations, split))
    else:
        if not checkpoint.find_checkpoints(experiment.directory(name)):
            return None
        model, config = load_acoustic(experiment.directory(name))
        symbols = config["symbols"]
        data = list(_datasets(experiment, symbols, model.needs, config["speakers"]))
        aligned = (pair for split in data for pair in learned_durations(model, split))
    figures = _errors(experiment, symbols, aligned)
    if durations is not None and not figures["utterances"]:
        raise DataError(f"{durations}: expected <id>.npy of utterances of the embedded corpus")
    return {"of the corpus": float(sum(map(len, data))), **figures}


def _datasets(
    experiment: Experiment,
    symbols: Iterable[str],
    needs: frozenset[str],
    speakers: Iterable[str] = (),
) -> Iterator[SpeechDataset]:
    assert experiment.text is not None
    for split in ("train", "valid", "test"):
        yield SpeechDataset(
            {"embedded": experiment.store("embedded")},
            split,
            needs=needs,
            audio=experiment.audio,
            preprocess=experiment.preprocess,
            text=TextProcessor(experiment.text, list(symbols)),
            speakers=list(speakers),
        )


def _errors(experiment: Experiment, symbols: list[str], aligned: Aligned) -> Figures:
    """Figures of the distances between found starts and those of espeak-ng."""
    errors: list[float] = []
    spoken: list[float] = []  # of tokens with a time from espeak-ng
    within: list[float] = []  # of tokens inside a word, after its first
    utterances = agreeing = 0
    truths = spoken_starts(experiment.corpus_folder("embedded"))
    for example, frames in aligned:
        utterances += 1
        tokens = [symbols[i] for i in example.tokens]
        truth = token_starts(tokens, truths[example.utterance.id])
        if truth is None:
            continue
        agreeing += 1
        offset = _trimmed_seconds(experiment, example.utterance.audio)
        starts = token_seconds(frames, experiment.audio)
        for i, (start, true) in enumerate(zip(starts, with_spaces(truth), strict=True)):
            if true is not None:
                errors.append(abs(offset + start - true))
                if truth[i] is not None:
                    spoken.append(errors[-1])
                if i > 0 and " " not in tokens[i - 1 : i + 1]:
                    within.append(errors[-1])
    milliseconds = 1000 * np.asarray(errors or [np.nan])
    return {
        "utterances": float(utterances),
        "with the spoken phonemes": float(agreeing),
        "boundaries": float(len(errors)),
        "median error (ms)": float(np.median(milliseconds)),
        "median without spaces (ms)": 1000 * float(np.median(spoken or [np.nan])),
        "median within words (ms)": 1000 * float(np.median(within or [np.nan])),
        "mean error (ms)": float(np.mean(milliseconds)),
        "p90 error (ms)": float(np.quantile(milliseconds, 0.9)),
        "frame (ms)": 1000 * experiment.audio.hop_length / experiment.audio.sample_rate,
    }


def with_spaces(truth: list[float | None]) -> list[float | None]:
    """Fill in the starts of spaces: espeak-ng makes no pause between words, so a space starts and
    ends where the next phoneme starts. The tokens at both ends of the text have no known start.
    """
    filled = list(truth)
    for i in range(len(filled) - 2, 0, -1):
        filled[i] = filled[i + 1] if filled[i] is None else filled[i]
    return filled


def spoken_starts(corpus: Path) -> dict[str, EspeakSpeech]:
    """The phonemes and times of the corpus, by id."""
    lines = (corpus / "phonemes.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    silence = np.zeros(0, np.int16)
    return {row["id"]: EspeakSpeech(silence, row["phonemes"], row["starts"]) for row in rows}


@torch.no_grad()
def learned_durations(
    model: AcousticModel, data: SpeechDataset
) -> Iterator[tuple[Example, Tensor]]:
    """Durations from the hard alignment of the learned aligner."""
    for first in range(0, len(data), BATCH_SIZE):
        indices = range(first, min(first + BATCH_SIZE, len(data)))
        batch = data.collate([data[0, i] for i in indices])
        assert batch.token_lengths is not None
        durations, _ = model.align(batch)
        for i, frames, n in zip(indices, durations, batch.token_lengths, strict=True):
            yield data.examples[i], frames[:n]


def given_durations(folder: Path, data: SpeechDataset) -> Iterator[tuple[Example, Tensor]]:
    """Durations from `<id>.npy`; utterances without one are left out. Raises `DataError` for one
    that does not match the text and the features.
    """
    for example in data.examples:
        path = find_durations(folder, example.utterance.id)
        if not path.is_file():
            continue
        try:
            frames = torch.from_numpy(np.load(path, allow_pickle=False)).long()
        except (OSError, ValueError, TypeError) as error:
            raise DataError(f"{path}: cannot be read as durations: {error}") from None
        if frames.shape != (len(example.tokens),) or int(frames.sum()) != example.frames:
            raise DataError(
                f"{path}: expected {len(example.tokens)} durations that sum to {example.frames} "
                "frames, as in the features and the text of FastPitch's demo.json"
            )
        yield example, frames


def token_seconds(durations: Tensor, audio: AudioConfig) -> list[float]:
    """Start of each token in seconds from the first sample, from durations [N] in frames: half a
    frame before the centre of its first frame.
    """
    first = durations.cumsum(0) - durations
    samples = audio.first_center + (first - 0.5) * audio.hop_length
    return (samples.clamp(min=0) / audio.sample_rate).tolist()


def _trimmed_seconds(experiment: Experiment, audio: str) -> float:
    """Seconds that stage 1 cut from the start of a recording."""
    trim, rate = experiment.preprocess.trim, experiment.audio.sample_rate
    if trim is None:
        return 0.0
    start, _ = trim_silence(
        load_wav(experiment.corpus_folder("embedded") / audio, rate), rate, trim
    )
    return start / rate
