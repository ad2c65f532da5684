"""Stage 4: objective evaluation of a voice or a vocoder against recordings.

Compares a split of a dataset with the output of stage 3 (which runs first if needed), or two
folders of wavs with the same names (--reference_dir, --synthesis_dir). Several --synthesis_dir are
compared with each other. Writes metrics.json, metrics.csv and index.html.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recital.bins import inference, vocode
from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import command_parser
from recital.bins.common.speech_files import safe_name
from recital.bins.common.voice_aligner import voice_aligner
from recital.models import entry
from recital.modules.contract.audio import AudioConfig
from recital.places import locate, locate_voice
from recital.processors.evaluation.analysis import Clip
from recital.processors.evaluation.inputs import (
    Reference,
    Run,
    folder_references,
    open_run,
    read_texts,
    runs_in_step,
    unique_names,
    waves,
    with_texts,
)
from recital.processors.evaluation.judges import JUDGES, absent, present
from recital.processors.evaluation.moonshine import model_folder
from recital.processors.evaluation.note import read_note
from recital.processors.evaluation.page import write_comparison
from recital.processors.evaluation.pair import available
from recital.processors.evaluation.recognizers import RECOGNIZERS
from recital.processors.evaluation.report import Comparison, table, write_csv, write_json
from recital.processors.evaluation.utterance import (
    Pairing,
    Result,
    Settings,
    compare_durations,
    compare_speakers,
    evaluate,
    voices_of,
)
from recital.utils import checkpoint
from recital.utils.config import ROOT, build_section, load_config
from recital.utils.errors import CheckpointError, DataError, UsageError
from recital.utils.parallel import run_parallel

if TYPE_CHECKING:
    import numpy as np

DEFAULT_AUDIO = ROOT / "config/audio/hifigan_22k.json"  # unless --config has another
# library -> its figure, and what pip is to install
OPTIONAL = {
    "pystoi": ("STOI", "pystoi"),
    "pesq": ("PESQ", "pesq"),
    "visqol": ("ViSQOL", "--no-deps visqol-python==3.8.0"),
}


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments(argv)
    experiment = load_experiment(args.config, args.set)[0] if args.config else None
    references, runs = _inputs(args, experiment)
    strangers = _strangers(args)
    unique_names(runs)
    references = with_texts(references, runs)
    settings = _settings(args, experiment, references)
    voice = _voice(args, experiment)
    if voice is not None and args.infer_expt_dir is not None:
        locate(voice, "acoustic")  # a name that was typed is not left out silently
    text = experiment.text if experiment is not None else None
    aligner = voice_aligner(voice, settings.audio, text.voice if text is not None else None)
    if not any(r.text for r in references):
        aligner = "need the texts, by --texts"
    left_out = _left_out(settings)
    if isinstance(aligner, str):
        left_out.append(f"spread of durations, level of fricatives: {aligner}")
    else:
        settings = dataclasses.replace(settings, find_phones=aligner)
    for each in runs:
        each.in_step = args.in_step == "yes" or (
            args.in_step == "auto"
            and runs_in_step(each, references, settings.audio, settings.recorded)
        )
    results = _measure(references, runs, settings, args.jobs)
    compare_speakers(results, strangers)
    compare_durations(results)
    output = args.eval_output_dir or _default_output(args, experiment, runs)
    comparison = Comparison(results, runs, settings, args.seed, left_out)
    try:
        output.mkdir(parents=True, exist_ok=True)
        write_json(output / "metrics.json", comparison)
        write_csv(output / "metrics.csv", comparison)
        link = args.page_audio == "link"
        write_comparison(output / "index.html", comparison, args.page_limit, link)
    except OSError as error:
        raise DataError(
            f"{error.filename or output}: cannot be written: {error.strerror}"
        ) from None
    for line in comparison.errors():
        print(f"error: {line}", file=sys.stderr)
    print(table(comparison))
    print(f"written to {output}: index.html, metrics.json, metrics.csv")
    return 1 if comparison.errors() else 0


def _inputs(
    args: argparse.Namespace, experiment: Experiment | None
) -> tuple[list[Reference], list[Run]]:
    if args.reference_dir is not None:
        if not args.synthesis_dir:
            raise UsageError("--reference_dir: expected --synthesis_dir, the folder to compare")
        texts = read_texts(args.texts) if args.texts else {}
        references = folder_references(args.reference_dir, texts)
        if texts and not any(reference.text for reference in references):
            raise DataError(
                f"--texts {args.texts}: has no text of a recording in {args.reference_dir}: found "
                f"{next(iter(texts))}, …; expected {references[0].id}, …"
            )
        runs = [open_run(words, references) for words in args.synthesis_dir]
        named = {id for each in runs for id in each.files}
        for each in runs:
            each.missing = [id for id in each.missing if id in named]
        for each in runs:
            if each.alone:
                print(f"{each.name}: {each.alone} waves have no recording: left out")
        if alone := len(references) - len(named):
            print(f"{alone} of {len(references)} recordings have no synthesis: left out")
        return [r for r in references if r.id in named], runs
    if experiment is None:
        raise UsageError("expected --config and --name, or --reference_dir and --synthesis_dir")
    references = split_references(experiment, args.infer_dataset, args.infer_testing_set)
    folders = args.synthesis_dir or [_made(args, experiment, references)]
    return references, [open_run(words, references) for words in folders]


def split_references(experiment: Experiment, dataset: str | None, split: str) -> list[Reference]:
    """The recordings of a split, with their texts."""
    name = dataset or experiment.dataset[0]
    if name not in experiment.dataset:
        raise UsageError(f"--infer_dataset {name}: expected one of {', '.join(experiment.dataset)}")
    store, root = experiment.store(name), experiment.corpus(name).root
    by_id = {u.id: u for u in store.utterances()}
    chosen = [by_id[i] for i in store.split(split)]
    if not chosen:
        raise DataError(f"{split} of {name}: holds no utterance")
    return [
        Reference(u.id, u.text, Clip(root / u.audio, u.start, u.end), safe_name(u.id, u.id))
        for u in chosen
    ]


def _made(args: argparse.Namespace, experiment: Experiment, references: Sequence[Reference]) -> str:
    """The synthesis of a split by the experiment, as `NAME=DIRECTORY`; runs stage 3 first if it is
    missing or from another checkpoint.
    """
    if args.name is None and (args.infer_expt_dir is None or args.infer_output_dir is None):
        raise UsageError("expected --name, or --infer_expt_dir and --infer_output_dir")
    expt_dir = args.infer_expt_dir or experiment.directory(args.name)
    output = args.infer_output_dir or experiment.directory(args.name) / "infer"
    flags = {
        "config": args.config,
        "infer_expt_dir": expt_dir,
        "infer_testing_set": args.infer_testing_set,
    }
    kind = entry(experiment.model_type).kind
    if kind == "vocoder":
        output = args.infer_output_dir or output / vocode.MODES[0]  # the output of its stage 3
        folder, speak = output / "pred", vocode.main
        flags["infer_datasets"] = args.infer_dataset or experiment.dataset[0]
    else:
        folder, speak = output / "batch", inference.main
        flags |= {"infer_dataset": args.infer_dataset, "vocoder_dir": args.vocoder_dir}
        flags["infer_mode"] = "batch"
    if why := _stale(args, kind, expt_dir, [folder / f"{r.file_name}.wav" for r in references]):
        print(f"speaking the {args.infer_testing_set} split first: {why}")
        words = [f"--{flag}={value}" for flag, value in flags.items() if value is not None]
        speak([*words, f"--infer_output_dir={output}", *(f"--set={o}" for o in args.set)])
    return f"{args.name or expt_dir.resolve().name}={folder}"


def _stale(args: argparse.Namespace, kind: str, expt_dir: Path, found: Sequence[Path]) -> str:
    """Why a split must be synthesized (again); empty if its wavs are from the checkpoint."""
    missing = sum(not path.is_file() for path in found)
    if missing:
        return f"{missing} of {len(found)} waves are not there"
    wanted = {}
    try:
        if kind == "vocoder":
            expt_dir, vocoder = locate(expt_dir, "vocoder"), None
        else:
            expt_dir, vocoder = locate_voice(expt_dir, args.vocoder_dir)
        wanted["checkpoint"] = checkpoint.model_hash(expt_dir)
    except CheckpointError:
        return ""  # no checkpoint to synthesize with; use the existing wavs
    if vocoder is not None:
        wanted["vocoder_checkpoint"] = checkpoint.model_hash(vocoder)
    for key, own in wanted.items():
        other = sum(read_note(path).hashes.get(key) != own for path in found)
        if other:
            return f"{other} of {len(found)} waves are of another {key.replace('_', ' ')}"
    return ""


def _settings(
    args: argparse.Namespace, experiment: Experiment | None, references: Sequence[Reference]
) -> Settings:
    if experiment is None:
        audio = build_section(AudioConfig, load_config(DEFAULT_AUDIO)["audio"], "audio")
        settings = Settings(audio)
    else:
        recorded = experiment.preprocess.trim if args.reference_dir is None else None
        settings = Settings(experiment.audio, experiment.preprocess.pitch, recorded)
    return dataclasses.replace(
        settings,
        recognizer=_recognizer(args, references),
        recognizer_dir=args.recognizer_dir,
        judges=args.judges == "all",
    )


def _voice(args: argparse.Namespace, experiment: Experiment | None) -> Path | None:
    """The voice whose waves are evaluated, if it is known."""
    if experiment is not None and entry(experiment.model_type).kind == "vocoder":
        return None
    if args.infer_expt_dir is not None or experiment is None or args.name is None:
        voice: Path | None = args.infer_expt_dir
        return voice
    return experiment.directory(args.name)


def _recognizer(args: argparse.Namespace, references: Sequence[Reference]) -> str | None:
    """The requested recogniser, or the best that is installed."""
    name: str | None = args.recognizer
    if name == "none":
        return None
    has_texts = any(r.text for r in references)
    if name is None:
        return next(iter(_installed()), None) if has_texts else None
    if not has_texts:
        raise UsageError(f"--recognizer {name}: no text is known; give them with --texts")
    RECOGNIZERS[name](args.recognizer_dir)  # a missing package or model stops it here
    return name


def _installed() -> list[str]:
    """The recognisers that need no folder and are installed, the best first."""
    if not available("jiwer"):
        return []
    moonshine = model_folder() is not None and available("onnxruntime")
    return ["moonshine"] * moonshine + ["pocketsphinx"] * available("pocketsphinx")


def _measure(
    references: Sequence[Reference], runs: Sequence[Run], settings: Settings, jobs: int
) -> list[Result]:
    """Measure all utterances, in the order of the recordings."""
    from tqdm import tqdm

    pairings = [
        Pairing(
            r.id,
            r.text,
            r.clip,
            {each.name: each.files[r.id] for each in runs if r.id in each.files},
            {each.name: each.in_step for each in runs if r.id in each.files},
        )
        for r in references
    ]
    pairings = [p for p in pairings if p.synthesis]
    work = functools.partial(evaluate, settings=settings)
    results = tqdm(
        run_parallel(work, pairings, min(jobs, len(pairings))),
        desc="evaluating",
        unit="text",
        total=len(pairings),
        disable=None,
    )
    by_id = {result.id: result for result in results}
    return [by_id[p.id] for p in pairings]


def _strangers(args: argparse.Namespace) -> list[np.ndarray]:
    """The voices in --strangers_dir. Raises `UsageError` if they could not be compared."""
    if args.strangers_dir is None:
        return []
    if args.judges == "none":
        raise UsageError("--strangers_dir: is for the judge of speakers; leave out --judges none")
    if "speaker" not in present():
        raise UsageError(f"--strangers_dir: needs a judge of speakers: {JUDGES['speaker'].install}")
    if not (voices := voices_of(list(waves(args.strangers_dir).values()))):
        raise UsageError(f"--strangers_dir {args.strangers_dir}: holds no recording with sound")
    return voices


def _left_out(settings: Settings) -> list[str]:
    """Metrics that could not be measured because a library is missing, one line each."""
    lines = [
        f"{figure}: {name} is not installed (pip install {wanted})"
        for name, (figure, wanted) in OPTIONAL.items()
        if not available(name)
    ]
    if settings.recognizer is None and not _installed():
        lines.append("word error rate: pip install 'recital[eval,judges]'")
    elif settings.recognizer == "pocketsphinx":
        lines.append("word error rate by a strong recognizer: pip install 'recital[judges]'")
    return lines + (absent() if settings.judges else [])


def _default_output(
    args: argparse.Namespace, experiment: Experiment | None, runs: Sequence[Run]
) -> Path:
    if experiment is None or args.reference_dir is not None or args.name is None:
        return runs[0].directory / "evaluation"
    return experiment.directory(args.name) / "evaluation" / args.infer_testing_set


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    args = command_parser("evaluate", __doc__).parse(argv)
    check("evaluate", args)
    return args


if __name__ == "__main__":
    run(main)
