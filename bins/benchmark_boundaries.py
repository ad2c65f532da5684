"""How well the learned aligner finds token boundaries: against espeak-ng's own, on the demo corpus.

espeak-ng tells when each phoneme of the embedded corpus starts, so the alignment has a known
answer. The demo must have run: its voice and features are what is measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from recital.bins.experiment import Experiment, load_experiment
from recital.modules.aligner import path_durations
from recital.processors.audio import load_wav, trim_silence
from recital.processors.dataset import SpeechDataset
from recital.processors.espeak import Spoken, token_starts
from recital.processors.text import TextProcessor
from recital.utils import checkpoint
from recital.utils.config import ROOT

BATCH_SIZE = 16


def bench_boundaries(name: str = "demo") -> dict[str, float | str] | None:
    """Error of the starts of tokens, in ms, over all splits; None where the demo has not run."""
    experiment, _ = load_experiment(ROOT / "egs/tts/FastPitch/demo.json")
    directory = experiment.directory(name)
    if not checkpoint.find_checkpoints(directory):
        return None
    model: Any
    model, config = checkpoint.load(directory)
    errors: list[float] = []
    spoken: list[float] = []  # of the tokens that espeak-ng itself gives a time
    within: list[float] = []  # of tokens that follow another one of their word
    agreeing = 0
    truths = spoken_starts(experiment.corpus_folder("embedded"))
    sizes = {}
    assert experiment.text is not None
    for split in ("train", "valid", "test"):
        data = SpeechDataset(
            {"embedded": experiment.store("embedded")},
            split,
            needs=model.needs,
            audio=experiment.audio,
            preprocess=experiment.preprocess,
            text=TextProcessor(experiment.text, config["symbols"]),
            speakers=config["speakers"],
        )
        sizes[split] = len(data)
        for index, starts in enumerate(learned_starts(model, data)):
            tokens = [config["symbols"][i] for i in data.examples[index].tokens]
            truth = token_starts(tokens, truths[data.examples[index].utterance.id])
            if truth is None:
                continue
            agreeing += 1
            utterance = data.examples[index].utterance
            offset = _trimmed_seconds(experiment, utterance.audio)
            for i, (start, true) in enumerate(zip(starts, with_spaces(truth), strict=True)):
                if true is not None:
                    errors.append(abs(offset + start - true))
                    if truth[i] is not None:
                        spoken.append(errors[-1])
                    if i > 0 and " " not in tokens[i - 1 : i + 1]:
                        within.append(errors[-1])
    milliseconds = 1000 * np.asarray(errors)
    return {
        "utterances": float(sum(sizes.values())),
        "with the spoken phonemes": float(agreeing),
        "boundaries": float(len(errors)),
        "median error (ms)": float(np.median(milliseconds)),
        "median without spaces (ms)": 1000 * float(np.median(spoken)),
        "median within words (ms)": 1000 * float(np.median(within)),
        "mean error (ms)": float(np.mean(milliseconds)),
        "p90 error (ms)": float(np.quantile(milliseconds, 0.9)),
        "frame (ms)": 1000 * experiment.audio.hop_length / experiment.audio.sample_rate,
    }


def with_spaces(truth: list[float | None]) -> list[float | None]:
    """espeak-ng makes no pause between words: a space starts, and ends, where the next phoneme
    starts. The tokens at both ends of the text have no known start.
    """
    filled = list(truth)
    for i in range(len(filled) - 2, 0, -1):
        filled[i] = filled[i + 1] if filled[i] is None else filled[i]
    return filled


def spoken_starts(corpus: Path) -> dict[str, Spoken]:
    """What the corpus says of its own phonemes, by id."""
    lines = (corpus / "phonemes.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    silence = np.zeros(0, np.int16)
    return {row["id"]: Spoken(silence, row["phonemes"], row["starts"]) for row in rows}


@torch.no_grad()
def learned_starts(model: Any, data: SpeechDataset) -> list[list[float]]:
    """Seconds from the first sample at which each token of each utterance starts, by the hard
    alignment: half a frame before the centre of its first frame.
    """
    audio, found = data.audio, []
    for first in range(0, len(data), BATCH_SIZE):
        indices = range(first, min(first + BATCH_SIZE, len(data)))
        batch = data.collate([data[0, i] for i in indices])
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel is not None and batch.mel_lengths is not None
        network = model.bare_network
        alignment = network.aligner(
            network.embedding(batch.tokens), batch.mel, batch.token_lengths, batch.mel_lengths
        )
        durations = path_durations(alignment.path, batch.mel_lengths, batch.tokens.shape[1])
        frames = durations.cumsum(1) - durations  # the first frame of each token
        samples = audio.first_center + (frames - 0.5) * audio.hop_length
        seconds = samples.clamp(min=0) / audio.sample_rate
        found += [s[:n].tolist() for s, n in zip(seconds, batch.token_lengths, strict=True)]
    return found


def _trimmed_seconds(experiment: Experiment, audio: str) -> float:
    """Seconds that stage 1 cut from the start of a recording."""
    trim, rate = experiment.preprocess.trim, experiment.audio.sample_rate
    if trim is None:
        return 0.0
    start, _ = trim_silence(
        load_wav(experiment.corpus_folder("embedded") / audio, rate), rate, trim
    )
    return start / rate
