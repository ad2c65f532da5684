"""The doctor: checks config, machine and corpora before anything is computed.

Writes `doctor.json`, `doctor.html`, and for each dataset a list of recordings to leave out, for
`dataset_exclude`. Exits with 1 if a stage would stop.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.fine_tuning import LEAST
from recital.bins.common.flags import command_parser
from recital.bins.common.later_stages import build_to_train, check_weights, resolve
from recital.bins.preprocess import ProgressBar
from recital.models import entry
from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.corpora import find_layout
from recital.preprocessors.doctor import machine
from recital.preprocessors.doctor.examine import Examined, examine
from recital.preprocessors.doctor.findings import Diagnosis, Finding, find
from recital.preprocessors.doctor.page import write_diagnosis
from recital.preprocessors.doctor.report import Judged, figures, summary, to_json
from recital.preprocessors.exclude import write_exclude_list
from recital.preprocessors.given_splits import read_names
from recital.processors.store import speaker_name
from recital.processors.text import TextProcessor, symbols_for
from recital.utils.config import Tree, build_section, project_path, read_json5
from recital.utils.errors import CheckpointError, ConfigError, DataError, RecitalError

FRAME_BYTES = 300_000  # training memory per padded frame of an acoustic model, approximately
VOCODER_FRAME_BYTES = 2_000_000
WEIGHT_BYTES = 16  # of a parameter: weight, gradient, and the optimizer's two moments


def main(argv: Sequence[str] | None = None) -> int:
    with _warnings_aside():
        return _main(_arguments(argv))


@contextmanager
def _warnings_aside() -> Iterator[None]:
    """Silence warnings of other parts, which are among the findings."""
    log = logging.getLogger("recital")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _main(args: argparse.Namespace) -> int:
    began = time.perf_counter()
    diagnosis = Diagnosis()
    try:
        experiment, tree = load_experiment(args.config, args.set)
    except ConfigError as error:
        diagnosis.add([find("config", str(error), file=str(args.config))])
        print(summary(diagnosis, time.perf_counter() - began))
        return 1
    examined = {
        name: _examine(name, experiment, diagnosis, args.jobs, args.backend)
        for name in experiment.dataset
    }
    diagnosis.add(_check_setting(experiment, tree, examined, args.vocoder_dir))
    judged: list[Judged] = []
    if args.name is not None:
        try:
            judged = _ask_model(args.name, experiment)
        except (CheckpointError, DataError) as error:
            diagnosis.add([find("model", str(error))])
    folder = args.output or _folder(experiment)
    lists = _write(folder, diagnosis, examined, judged, args)
    print(summary(diagnosis, time.perf_counter() - began))
    print(f"{folder / 'doctor.html'}")
    for name, path in lists.items():
        print(f"to leave these out: --set dataset_exclude.{name}={path}")
    return 1 if diagnosis.stops() else 0


def _examine(
    name: str, experiment: Experiment, diagnosis: Diagnosis, jobs: int, backend: str
) -> Examined:
    """Examine one dataset. An error in its config is a finding and does not stop the others."""
    exclude: Mapping[str, str] = {}
    try:
        exclude = experiment.excluded(name)
    except DataError as error:
        diagnosis.add([find("exclude_list", str(error), dataset=name)])
    try:
        layout = experiment.layout(name)
        find_layout(layout, f"dataset_layout.{name}")
        language = experiment.dataset_language.get(name, "")
        corpus = replace(experiment.corpus(name), language=language)
        for path in chain.from_iterable(corpus.splits.values()):
            next(read_names(path), None)
    except (ConfigError, DataError) as error:
        diagnosis.add([find("config", str(error), dataset=name)])
        diagnosis.n_recordings[name] = 0
        return Examined()
    text = None
    if experiment.text is not None:
        text = TextProcessor(experiment.text, experiment.symbols or symbols_for(experiment.text))
    with ProgressBar(name, "listening to") as progress:
        found = examine(
            name,
            corpus,
            layout,
            experiment.audio,
            experiment.preprocess,
            text=text,
            exclude=exclude,
            jobs=jobs,
            backend=backend,
            progress=progress,
        )
    diagnosis.add(found.findings)
    diagnosis.n_recordings[name] = found.n_recordings
    diagnosis.figures[name] = figures(found)
    return found


def _check_setting(
    experiment: Experiment,
    tree: Tree,
    examined: Mapping[str, Examined],
    vocoder: Path | None,
) -> Iterator[Finding]:
    """Check the config against the corpora and the machine."""
    try:
        features = entry(experiment.model_type).features
    except ConfigError as error:
        yield find("config", str(error))
        return
    seconds = sum(m.seconds for e in examined.values() for m in e.measured.values())
    needed = machine.feature_bytes(seconds, experiment.audio, features)
    yield from machine.room(project_path(experiment.preprocess.processed_dir), needed, "features")
    frames = {f"{n}/{id}": k for n, e in examined.items() for id, k in e.frames.items()}
    train = experiment.train
    yield from machine.budgets(train.max_frames, train.segment_frames, frames)
    yield from _check_amount(experiment, examined)
    languages = sorted({u.language for e in examined.values() for u in e.utterances if u.language})
    if len({tag.partition("-")[0] for tag in languages}) > 1 and experiment.text is not None:
        yield find("languages", f"{', '.join(languages)} share one text front end")
    needs = {"matplotlib": "plots of training"}
    if experiment.text is not None and experiment.text.phonemizer == "espeak":
        needs["espeakng_loader"] = "text.phonemizer espeak"
    yield from machine.packages(needs)
    wrong_hop = list(machine.hop_against_upsampling(experiment.model, experiment.audio))
    yield from wrong_hop
    if not wrong_hop:
        named = {speaker_name(n, u.speaker) for n, e in examined.items() for u in e.utterances}
        yield from _check_model(experiment, tree, frames, sorted(named))
    if vocoder is not None:
        yield from _check_vocoder(experiment, vocoder)


def _check_amount(experiment: Experiment, examined: Mapping[str, Examined]) -> Iterator[Finding]:
    """Check that stage 2 has recordings to learn from and to validate with, where splits are drawn;
    a corpus that cannot be used has a finding of its own.
    """
    sizes = [each.sizes for each in examined.values()]
    if not all(sizes):
        return
    learned, held_out = (sum(each[name] for each in sizes) for name in ("train", "valid"))
    least = LEAST if experiment.by_minutes else 1
    if learned < least or not held_out:
        reason = f"{learned} to learn from (at least {least}), {held_out} to validate with (1)"
        yield find("too_few", reason)


def _check_model(
    experiment: Experiment, tree: Tree, frames: Mapping[str, int], speakers: Sequence[str]
) -> Iterator[Finding]:
    """Check that the model can be built and trained, and fits into memory and on the disk."""
    import torch

    from recital.utils.training.precision import training_device, unsupported
    from recital.utils.work import Unfilled

    try:
        _, resolved = resolve(experiment, tree, experiment.speakers or speakers or ["a speaker"])
        with Unfilled():
            model = build_to_train(resolved, experiment.train)
        if experiment.finetune_from is not None:
            check_weights(
                build_to_train(resolved, experiment.train), experiment.finetune_from, resolved
            )
    except (ConfigError, CheckpointError, DataError) as error:
        yield find("config", str(error))
        return
    n_parameters = sum(p.numel() for p in model.parameters())
    train = experiment.train
    checkpoints = WEIGHT_BYTES * n_parameters * (train.keep_last + 2)
    yield from machine.room(project_path(experiment.log_dir), checkpoints, "checkpoints")
    longest = train.segment_frames or max(frames.values(), default=0)
    batch = min(train.batch_size * longest, train.max_frames or train.batch_size * longest)
    vocoder = entry(experiment.model_type).kind == "vocoder"
    each = VOCODER_FRAME_BYTES if vocoder else FRAME_BYTES
    needed = WEIGHT_BYTES * n_parameters + each * batch
    precision = train.precision
    if precision == "bf16" or precision == "fp16":
        why = unsupported(model, precision, training_device())
        if why is not None:
            yield find("gpu_precision", f'train.precision: "{precision}" {why}')
    if not torch.cuda.is_available():
        million = n_parameters / 1e6
        yield find("gpu", f"no GPU is seen here; the model has {million:.1f} million parameters")
        available = machine.available_memory()
    else:
        available = float(torch.cuda.mem_get_info()[0])
    if needed > available:
        reason = (
            f"the longest batch of {batch:,} frames takes some {needed / machine.GIB:.0f} GiB, "
            f"{available / machine.GIB:.0f} are free"
        )
        yield find("memory", reason)


def _check_vocoder(experiment: Experiment, directory: Path) -> Iterator[Finding]:
    """Check the vocoder's mel against that of the config."""
    from recital.places import locate
    from recital.utils import checkpoint

    try:
        config = read_json5(checkpoint.find(locate(directory, "vocoder")) / checkpoint.CONFIG)
        theirs = build_section(AudioConfig, config.get("audio", {}), "audio")
    except RecitalError as error:
        yield find("vocoder", str(error), file=str(directory))
        return
    if rows := experiment.audio.differences(theirs):
        listed = "; ".join(" ".join(row.split()) for row in rows)
        reason = f"differs in (field, config, vocoder): {listed}"
        yield find("vocoder", reason, file=str(directory))


def _ask_model(name: str, experiment: Experiment) -> list[Judged]:
    from recital.bins.common.doctor_model import judge_utterances

    with ProgressBar(name, "utterances through") as progress:
        return judge_utterances(experiment.directory(name), experiment, progress)


def _folder(experiment: Experiment) -> Path:
    return (
        project_path(experiment.preprocess.processed_dir) / "doctor" / "+".join(experiment.dataset)
    )


def _write(
    folder: Path,
    diagnosis: Diagnosis,
    examined: Mapping[str, Examined],
    judged: list[Judged],
    args: argparse.Namespace,
) -> dict[str, Path]:
    """Write the files; returns the lists by dataset, for datasets with anything to leave out."""
    lists = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "doctor.json").write_text(to_json(diagnosis, judged), encoding="utf-8")
        write_diagnosis(folder / "doctor.html", diagnosis, examined, judged, args.name or "")
        for name in diagnosis.n_recordings:
            path = folder / f"{name}.exclude.txt"
            path.unlink(missing_ok=True)
            if chosen := diagnosis.to_exclude(name):
                write_exclude_list(path, chosen)
                lists[name] = path
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written: {error.strerror}; name another folder with --output"
        ) from None
    return lists


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = command_parser("doctor", __doc__)
    parser.add_argument(
        "--output", type=Path, help="folder (default: doctor/<datasets> in processed_dir)"
    )
    return parser.parse(argv)


if __name__ == "__main__":
    run(main)
