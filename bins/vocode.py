"""Stage 3 of a vocoder: vocode the recordings of a dataset, a folder of mels or a folder of audio
files.

Writes `<out>/pred/<name>.wav`, and if there is a recording `<out>/gt/<name>.wav`, at the
vocoder's sample rate.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import MODES, command_parser
from recital.bins.common.processes import Processes
from recital.bins.common.speech_files import Outcome, report
from recital.bins.common.vocoder_inputs import (
    VocoderInput,
    groups,
    of_audio,
    of_datasets,
    of_features,
)
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.processors.audio_files import save_stream, save_wav
from recital.processors.speech.vocoding import (
    GPU_BATCH,
    LONG_FRAMES,
    LoadedVocoder,
    growing_chunks,
    to_array,
)
from recital.utils import checkpoint
from recital.utils.errors import DataError, UsageError
from recital.utils.signals import unblock
from recital.voices import open_vocoder


def main(argv: Sequence[str] | None = None) -> int:
    unblock()
    args = _arguments(argv)
    experiment, _ = load_experiment(args.config, args.set) if args.config else (None, None)
    output = args.infer_output_dir or _default_directory(args, experiment) / "infer" / (
        args.infer_mode
    )

    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    processes = Processes(args.device)
    vocoder, model_hash = _vocoder(args, experiment, str(processes.device))
    sources = _sources(args, experiment, vocoder)
    writer = WaveWriter(output, vocoder, model_hash)
    mine = sorted(sources, key=lambda s: s.size)[processes.index :: processes.count]
    spoken = processes.gather(list(_vocode_all(vocoder, mine, writer, processes.main)))
    failed = [s for s in spoken if s.error]
    if processes.main:
        for s in failed:
            print(f"error: {s.id}: {s.error}", file=sys.stderr)
        print(report(spoken, output))
        if len(failed) < len(spoken):
            print(f"written to {output}/pred" + " and /gt" * (args.infer_mode != MODES[1]))
    processes.end()
    return 1 if failed else 0


class WaveWriter:
    """Writes the generated wavs, a JSON next to each, and the recordings."""

    def __init__(self, directory: Path, vocoder: LoadedVocoder, model_hash: str | None) -> None:
        self.pred, self.gt = directory / "pred", directory / "gt"
        self.sample_rate = vocoder.audio.sample_rate
        self.metadata: dict[str, str | float | None] = {
            "checkpoint": model_hash,
            "vocoder": vocoder.name,
            "denoising_strength": vocoder.denoising_strength,
        }
        try:
            self.pred.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{self.pred}: cannot be written: {error.strerror}") from None

    def write_note(self, source: VocoderInput, spoken: Outcome) -> None:
        """The JSON next to a wave."""
        path = self.wav(source)
        record = {
            "id": source.id,
            "seconds": round(spoken.seconds, 6),
            "real_time_factor": round(spoken.busy / max(spoken.seconds, 1e-9), 6),
            "latency": round(spoken.latency, 6),
            **self.metadata,
            "sample_rate": self.sample_rate,
        }
        try:
            path.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
        except OSError as error:
            raise DataError(f"{path}: cannot be written: {error.strerror}") from None

    def wav(self, source: VocoderInput) -> Path:
        return self.pred / f"{source.file_name}.wav"

    def write_recording(self, source: VocoderInput, wav: np.ndarray) -> None:
        save_wav(self.gt / f"{source.file_name}.wav", wav, self.sample_rate)


def _vocode_all(
    vocoder: LoadedVocoder, sources: Sequence[VocoderInput], writer: WaveWriter, show_progress: bool
) -> Iterator[Outcome]:
    """Vocode in batches of similar length; unreadable input does not stop the others."""
    from tqdm import tqdm

    bar = tqdm(total=len(sources), desc="vocoding", disable=not show_progress or None)
    with bar:
        for group in groups(sources):
            loaded = []
            for source in group:
                try:
                    mel, wav = source.load()
                except DataError as error:
                    yield Outcome(source.id, error=str(error))
                    continue
                if wav is not None:
                    writer.write_recording(source, wav)
                loaded.append((source, mel))
            loaded.sort(key=lambda pair: pair[1].shape[1])
            size = GPU_BATCH if vocoder.device.type == "cuda" else 1
            for i in range(0, len(loaded), size):
                yield from _vocode_batch(vocoder, loaded[i : i + size], writer)
            bar.update(len(group))


def _vocode_batch(
    vocoder: LoadedVocoder, batch: Sequence[tuple[VocoderInput, Tensor]], writer: WaveWriter
) -> Iterator[Outcome]:
    """Vocode one batch; long mels are written to disk in pieces."""
    together = [(source, mel) for source, mel in batch if mel.shape[1] <= LONG_FRAMES]
    if together:
        start = time.perf_counter()
        waves = [to_array(wav) for wav in vocoder.infer_many([mel for _, mel in together])]
        latency = time.perf_counter() - start
        total = sum(map(len, waves))
        for (source, _), wav in zip(together, waves, strict=True):
            seconds = len(wav) / vocoder.audio.sample_rate
            share = latency * len(wav) / total
            spoken = Outcome(source.id, seconds, latency, share, samples=len(wav))
            save_wav(writer.wav(source), wav, vocoder.audio.sample_rate)
            writer.write_note(source, spoken)
            yield spoken
    for source, mel in batch[len(together) :]:
        yield _vocode_long(vocoder, source, mel, writer)


def _vocode_long(
    vocoder: LoadedVocoder, source: VocoderInput, mel: Tensor, writer: WaveWriter
) -> Outcome:
    start = time.perf_counter()
    first: list[float] = []

    def pieces() -> Iterator[np.ndarray]:
        for wav in vocoder.stream(growing_chunks(vocoder.model, mel)):
            if not first:
                first.append(time.perf_counter() - start)
            yield wav

    seconds = save_stream(writer.wav(source), pieces(), vocoder.audio.sample_rate)
    latency = time.perf_counter() - start
    samples = round(seconds * vocoder.audio.sample_rate)
    spoken = Outcome(source.id, seconds, latency, latency, samples=samples, first_audio=first[0])
    writer.write_note(source, spoken)
    return spoken


def _vocoder(
    args: argparse.Namespace, experiment: Experiment | None, device: str
) -> tuple[LoadedVocoder, str | None]:
    """The requested vocoder, and the hash of its weights."""
    if args.griffin_lim:
        if args.infer_expt_dir is not None:
            raise UsageError("--griffin_lim: is instead of --infer_expt_dir")
        if experiment is None:
            raise UsageError("--griffin_lim: expected --config, which says what a mel is")
        griffin_lim = GriffinLim(experiment.audio).to(device)
        return LoadedVocoder(griffin_lim, args.denoising_strength), None
    directory = checkpoint.find(args.infer_expt_dir or _default_directory(args, experiment))
    vocoder = open_vocoder(directory, device, args.denoising_strength)
    return vocoder, checkpoint.model_hash(directory)


def _sources(
    args: argparse.Namespace, experiment: Experiment | None, vocoder: LoadedVocoder
) -> list[VocoderInput]:
    if args.infer_mode == "infer_from_feature":
        return of_features(args.infer_feature_dir, vocoder.audio)
    if args.infer_mode == "infer_from_audio":
        return of_audio(args.infer_audio_dir, vocoder.audio)
    if experiment is None:
        raise UsageError("--infer_mode infer_from_dataset: expected --config, which names datasets")
    experiment.audio.require_same(vocoder.audio, "dataset", "vocoder")
    return of_datasets(experiment, args.infer_datasets, args.infer_testing_set)


def _default_directory(args: argparse.Namespace, experiment: Experiment | None) -> Path:
    if experiment is None or args.name is None:
        raise UsageError("expected --config and --name, or --infer_expt_dir and --infer_output_dir")
    return experiment.directory(args.name)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    args = command_parser("vocode", __doc__).parse(argv)
    check("vocode", args)
    return args


if __name__ == "__main__":
    run(main)
