"""Stage 3: synthesize a text, a file of texts, or a split of a dataset with a trained voice."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recital.bins.common.command import run
from recital.bins.common.control_flags import read_controls, read_plan_file
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import command_parser
from recital.bins.common.processes import Processes, inference_precision
from recital.bins.common.run_report import Outcome, report, timed
from recital.bins.common.speech_files import Request, SpeechWriter, safe_name, slug
from recital.bins.common.text_files import read_requests
from recital.places import locate_voice
from recital.processors.speech.controls import Controls
from recital.processors.speech.joining import Speech
from recital.processors.speech.synthesizer import BATCH_SIZE, Synthesizer
from recital.processors.speech.torch_backend import networks_of
from recital.processors.store import speaker_name
from recital.utils import checkpoint
from recital.utils.errors import DataError, UsageError
from recital.utils.signals import unblock
from recital.voices import VOICE, open_voice, shipped_voice

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """The settings with which the texts of a run are spoken."""

    voice: Synthesizer
    writer: SpeechWriter
    controls: Controls
    pitch: list[float] | None  # of each token, Hz
    batch_size: int | None
    keep_failed: bool
    repeats: int
    warmup_steps: int


def main(argv: Sequence[str] | None = None) -> int:
    unblock()
    args = _arguments(argv)
    controls, pitch = read_controls(args, single=args.infer_text is not None)
    experiment, _ = load_experiment(args.config, args.set) if args.config else (None, None)
    requests = [_planned(args)] if args.controls else _requests(args, experiment)
    expt_dir = args.infer_expt_dir or _trained_or_shipped(args, experiment)
    output = args.infer_output_dir or _default_directory(args, experiment) / "infer"

    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    processes = Processes(args.device)
    device, strength = str(processes.device), args.denoising_strength
    acoustic, vocoder = locate_voice(expt_dir, args.vocoder_dir)
    voice = open_voice(acoustic, vocoder, device, strength, args.sigma)
    precision = inference_precision(args.precision, processes.device, *networks_of(voice))
    if args.speaker_wav:
        args.infer_speaker_name = Path(args.speaker_wav[0]).name
        voice.add_speaker(args.infer_speaker_name, args.speaker_wav)
        requests = [dataclasses.replace(r, speaker=args.infer_speaker_name) for r in requests]
    requests = [_of_voice(voice, request, args.infer_speaker_name) for request in requests]
    settings = {"precision": args.precision, "device": processes.device.type}
    writer = SpeechWriter(
        output / args.infer_mode,
        voice,
        controls,
        model_hash=checkpoint.model_hash(acoustic),
        vocoder_hash=None if vocoder is None else checkpoint.model_hash(vocoder),
        plots=args.plots,
        keep_others=args.infer_mode == "single",
        save_mels=args.save_mels,
        settings=settings,
    )
    if args.infer_mode == "batch" and processes.main and (n := writer.remove_others(requests)):
        print(f"removed what an earlier run left of {n} other texts in {writer.directory}")
    mine = requests[processes.index :: processes.count]
    task = Task(
        voice,
        writer,
        controls,
        pitch,
        args.batch_size,
        args.keep_failed,
        args.repeats,
        args.warmup_steps,
    )
    with precision:
        spoken = processes.gather(list(_speak_all(task, mine, processes.main)))
    failed = [s for s in spoken if s.error]
    if processes.main:
        for s in failed:
            print(f"error: {s.id}: {s.error}", file=sys.stderr)
        print(report(spoken, writer.directory, settings))
        single = args.infer_mode == "single"
        if len(failed) < len(spoken):
            print(f"written to {_written(writer) if single else writer.directory}")
    processes.end()
    return 1 if failed else 0


def _written(writer: SpeechWriter) -> str:
    """The wav, and what is next to it."""
    assert writer.last is not None
    others = [s for s in (".json", ".png", ".npy") if writer.last.with_suffix(s).exists()]
    return f"{writer.last}, with {', '.join(others)}"


def _of_voice(voice: Synthesizer, request: Request, asked: str | None) -> Request:
    """The request with the name of its speaker, and its language as the voice calls it. The
    speakers of a list of texts mean nothing to a voice of one; an unknown one stops the run before
    it starts.
    """
    try:
        language = voice.text.language_of(request.language or "")
        request = dataclasses.replace(request, language=language)
        if asked is None and len(voice.speakers) <= 1:
            return dataclasses.replace(request, speaker=None)
        return dataclasses.replace(request, speaker=voice.speaker_name(request.speaker))
    except DataError as error:
        where = f"{request.id}: " if asked is None and request.speaker else ""
        raise DataError(f"{where}{error}") from None


def _speak_all(task: Task, requests: list[Request], show_progress: bool) -> Iterator[Outcome]:
    """Synthesize in batches of similar length, one speaker and one language; a failing text does
    not stop the others.
    """
    from tqdm import tqdm

    ordered = sorted(requests, key=lambda r: (r.speaker or "", r.language or "", len(r.text)))
    size = task.batch_size or BATCH_SIZE
    with tqdm(
        total=len(ordered), desc="speaking", unit="text", disable=not show_progress or None
    ) as bar:
        while ordered:
            one = (ordered[0].speaker, ordered[0].language)
            batch = [r for r in ordered[:size] if (r.speaker, r.language) == one]
            ordered = ordered[len(batch) :]
            yield from _speak_batch(task, batch)
            bar.update(len(batch))


def _speak_batch(task: Task, batch: list[Request]) -> Iterator[Outcome]:
    controls = task.controls
    if batch[0].language is not None and controls.language is None:
        controls = dataclasses.replace(controls, language=batch[0].language)

    def synthesize() -> list[Speech]:
        return task.voice.synthesize(
            [r.plan or r.text for r in batch],
            speaker=batch[0].speaker,
            controls=controls,
            pitch=task.pitch,
            batch_size=task.batch_size,
            keep_failed=task.keep_failed,
        )

    try:
        speeches, times = timed(synthesize, task.repeats, task.warmup_steps)
    except DataError as error:
        if len(batch) == 1:
            yield Outcome(batch[0].id, error=str(error))
            return
        for request in batch:
            yield from _speak_batch(task, [request])
        return
    latency = sum(times) / len(times)
    total = sum(s.seconds for s in speeches)
    for i, (request, speech) in enumerate(zip(batch, speeches, strict=True)):
        for failure in speech.failures:
            log.warning("%s: kept, although the voice %s", request.id, failure)
        spoken = Outcome(
            request.id,
            speech.seconds,
            latency,
            latency * speech.seconds / max(total, 1e-9),
            tokens=len(speech.tokens),
            samples=len(speech.wav),
            batch_size=len(batch),
            times=times if i == 0 else (),
            kept=bool(speech.failures),
        )
        drawing = task.writer.write(request, speech, spoken)
        yield dataclasses.replace(spoken, drawing=drawing)


def _default_directory(args: argparse.Namespace, experiment: Experiment | None) -> Path:
    if experiment is None or args.name is None:
        raise UsageError("expected --config and --name, or --infer_expt_dir and --infer_output_dir")
    return experiment.directory(args.name)


def _trained_or_shipped(args: argparse.Namespace, experiment: Experiment | None) -> Path:
    """The experiment of the arguments; if it is the recipe's own and not trained yet, the voice
    that comes with a checkout (and its vocoder, unless another is given), with a message.
    """
    directory = _default_directory(args, experiment)
    trained = any((directory / name).exists() for name in (checkpoint.FOLDER, checkpoint.MODEL))
    if not args.or_shipped or trained or not VOICE.is_dir():
        return directory
    acoustic, vocoder = shipped_voice()
    if (
        experiment
        and checkpoint.read_json(acoustic / checkpoint.CONFIG)["model_type"]
        != experiment.model_type
    ):
        return directory
    args.vocoder_dir = args.vocoder_dir or vocoder
    print(f"{directory}: nothing is trained there yet; using the voice {VOICE.name} ({VOICE})")
    return acoustic


def _requests(args: argparse.Namespace, experiment: Experiment | None) -> list[Request]:
    """The requests, in the given order."""
    speaker = args.infer_speaker_name
    if args.infer_mode == "single":
        if args.infer_text is None:
            raise UsageError("--infer_mode single: expected --infer_text")
        return [Request("the text", slug(args.infer_text), args.infer_text, speaker)]
    if args.infer_text_file is not None:
        where = str(args.infer_text_file)
        requests = read_requests(args.infer_text_file, speaker)
    else:
        requests = _of_split(args, experiment)
        where = f"the split {args.infer_testing_set} of {args.infer_dataset or 'the dataset'}"
        if not requests:
            raise DataError(f"{where}: has no utterance; give --infer_text, or another split")
    if not requests:
        raise DataError(f"{where}: holds no text to speak")
    return requests


def _planned(args: argparse.Namespace) -> Request:
    """The request of --controls."""
    plan = read_plan_file(args.controls)
    speaker = args.infer_speaker_name or plan.speaker
    return Request("the plan", slug(plan.text), plan.text, speaker, plan)


def _of_split(args: argparse.Namespace, experiment: Experiment | None) -> list[Request]:
    if experiment is None:
        raise UsageError(
            "expected --infer_text, --infer_text_file, or --config for the texts of a dataset"
        )
    name = args.infer_dataset or experiment.dataset[0]
    if name not in experiment.dataset:
        raise UsageError(f"--infer_dataset {name}: expected one of {', '.join(experiment.dataset)}")
    store = experiment.store(name)
    by_id = {u.id: u for u in store.utterances()}
    several = any(u.speaker for u in by_id.values()) or len(experiment.dataset) > 1
    chosen = [by_id[i] for i in store.split(args.infer_testing_set)]
    own = {u.id: speaker_name(name, u.speaker) if several else None for u in chosen}
    return [
        Request(
            u.id,
            safe_name(u.id, u.id),
            u.text,
            args.infer_speaker_name or own[u.id],
            language=u.language,
        )
        for u in chosen
    ]


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = command_parser("inference", __doc__)
    parser.add_argument(
        "--or_shipped",
        action="store_true",
        help="while nothing is trained under NAME, the voice that comes with a checkout speaks",
    )
    args = parser.parse(argv)
    check("inference", args)
    return args


if __name__ == "__main__":
    run(main)
