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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import MODES, command_parser
from recital.bins.common.processes import Processes, inference_precision
from recital.bins.common.run_report import Outcome, report, timed
from recital.bins.common.vocoder_inputs import (
    GROUP,
    VocoderInput,
    groups,
    of_audio,
    of_datasets,
    of_features,
)
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.signal.streaming import LONG_FRAMES, growing_chunks
from recital.places import locate
from recital.processors.audio_files import save_stream, save_wav
from recital.processors.speech.vocoding import GPU_BATCH, LoadedVocoder
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
    precision = inference_precision(args.precision, processes.device, vocoder.model)
    sources = _sources(args, experiment, vocoder)
    settings = {"precision": args.precision, "device": processes.device.type}
    writer = WaveWriter(output, vocoder, model_hash, settings)
    mine = sorted(sources, key=lambda s: s.size)[processes.index :: processes.count]
    batch_size = args.batch_size or (GPU_BATCH if processes.device.type == "cuda" else 1)
    task = Task(vocoder, writer, batch_size, args.repeats, args.warmup_steps)
    with precision:
        spoken = processes.gather(list(_vocode_all(task, mine, processes.main)))
    failed = [s for s in spoken if s.error]
    if processes.main:
        for s in failed:
            print(f"error: {s.id}: {s.error}", file=sys.stderr)
        print(report(spoken, output, settings))
        if len(failed) < len(spoken):
            recorded = f" and {output}/gt" * (args.infer_mode != MODES[1])
            print(f"written to {output}/pred{recorded}")
    processes.end()
    return 1 if failed else 0


class WaveWriter:
    """Writes the generated wavs, a JSON next to each, and the recordings."""

    def __init__(
        self,
        directory: Path,
        vocoder: LoadedVocoder,
        model_hash: str | None,
        settings: Mapping[str, str],
    ) -> None:
        self.pred, self.gt = directory / "pred", directory / "gt"
        self.sample_rate = vocoder.audio.sample_rate
        self.metadata: dict[str, str | float | None] = {
            "checkpoint": model_hash,
            "vocoder": vocoder.name,
            "denoising_strength": vocoder.denoising_strength,
            "sigma": vocoder.sigma,
            **settings,
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


@dataclass(frozen=True)
class Task:
    """The settings with which the mels of a run are vocoded."""

    vocoder: LoadedVocoder
    writer: WaveWriter
    batch_size: int
    repeats: int
    warmup_steps: int


def _vocode_all(
    task: Task, sources: Sequence[VocoderInput], show_progress: bool
) -> Iterator[Outcome]:
    """Vocode in batches of similar length; unreadable input does not stop the others."""
    from tqdm import tqdm

    bar = tqdm(total=len(sources), desc="vocoding", disable=not show_progress or None)
    with bar:
        for group in groups(sources, max(GROUP, task.batch_size)):
            loaded = []
            for source in group:
                try:
                    mel, wav = source.load()
                except DataError as error:
                    yield Outcome(source.id, error=str(error))
                    continue
                if wav is not None:
                    task.writer.write_recording(source, wav)
                loaded.append((source, mel))
            loaded.sort(key=lambda pair: pair[1].shape[1])
            for i in range(0, len(loaded), task.batch_size):
                yield from _vocode_batch(task, loaded[i : i + task.batch_size])
            bar.update(len(group))


def _vocode_batch(task: Task, batch: Sequence[tuple[VocoderInput, Tensor]]) -> Iterator[Outcome]:
    """Vocode one batch; long mels are written to disk in pieces."""
    vocoder, writer = task.vocoder, task.writer
    sources = [source for source, mel in batch if mel.shape[1] <= LONG_FRAMES]
    if sources:
        mels = [mel for _, mel in batch[: len(sources)]]

        def make() -> list[np.ndarray]:
            return vocoder.infer_many(mels, task.batch_size)

        try:
            waves, times = timed(make, task.repeats, task.warmup_steps)
        except DataError as error:
            if len(batch) == 1:
                yield Outcome(sources[0].id, error=str(error))
                return
            for pair in batch:
                yield from _vocode_batch(task, [pair])
            return
        latency = sum(times) / len(times)
        total = sum(map(len, waves))
        for i, (source, wav) in enumerate(zip(sources, waves, strict=True)):
            spoken = Outcome(
                source.id,
                len(wav) / vocoder.audio.sample_rate,
                latency,
                latency * len(wav) / total,
                samples=len(wav),
                batch_size=len(sources),
                times=times if i == 0 else (),
            )
            save_wav(writer.wav(source), wav, vocoder.audio.sample_rate)
            writer.write_note(source, spoken)
            yield spoken
    for source, mel in batch[len(sources) :]:
        yield _vocode_long(task, source, mel)


def _vocode_long(task: Task, source: VocoderInput, mel: Tensor) -> Outcome:
    vocoder, path = task.vocoder, task.writer.wav(source)
    first: list[float] = []

    def make() -> float:
        return save_stream(path, pieces(), vocoder.audio.sample_rate)

    def pieces() -> Iterator[np.ndarray]:
        start = time.perf_counter()
        for i, wav in enumerate(vocoder.stream(growing_chunks(mel, vocoder.context_frames))):
            if i == 0:
                first.append(time.perf_counter() - start)
            yield wav

    try:
        seconds, times = timed(make, task.repeats, task.warmup_steps)
    except DataError as error:
        return Outcome(source.id, error=str(error))
    latency = sum(times) / len(times)
    spoken = Outcome(
        source.id,
        seconds,
        latency,
        latency,
        samples=round(seconds * vocoder.audio.sample_rate),
        first_audio=first[-1],
        times=times,
    )
    task.writer.write_note(source, spoken)
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
        if args.sigma is not None:
            raise UsageError("--sigma: is for WaveGlow, not for --griffin_lim")
        griffin_lim = GriffinLim(experiment.audio).to(device)
        return LoadedVocoder(griffin_lim, args.denoising_strength), None
    directory = locate(args.infer_expt_dir or _default_directory(args, experiment), "vocoder")
    vocoder = open_vocoder(directory, device, args.denoising_strength, args.sigma)
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
