"""Export a trained model, or a voice, for inference: weights in half precision, and a config
without the paths of the machine that trained it.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.bins.common.command import run
from recital.bins.common.hub_export import check_licence, read_metrics, write_model_card
from recital.bins.common.parser import OneLineParser
from recital.models import build, load, load_acoustic, load_vocoder
from recital.modules.contract.model import AcousticModel, Vocoder
from recital.places import Kind, locate, locate_voice, makes_waves
from recital.processors.speech.description import Description
from recital.processors.speech.level import at_level
from recital.processors.speech.piper_files import QUALITIES
from recital.processors.speech.vocoding import denoised
from recital.utils import checkpoint
from recital.utils.config import override
from recital.utils.errors import DataError, UsageError
from recital.utils.files import replacing
from recital.utils.model_card import read_card
from recital.voices import open_voice, require_no_vocoding

PATHS = ("dataset_path", "log_dir")  # keys of the config that mean nothing elsewhere
PRECISIONS = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}


# flags that some formats take, beyond those that all do
TAKEN = {
    "vocoder_dir": "hf zip onnx piper",
    "part": "onnx",
    "denoising_strength": "onnx piper",
    "set": "checkpoint hf zip",
    "voice_name": "hf piper",
    "language": "piper",
    "quality": "piper",
    "license": "hf",
    "metrics": "hf",
}


def main(argv: Sequence[str] | None = None) -> None:
    parser = _parser()
    args = parser.parse_args(argv)
    for name, formats in TAKEN.items():
        if getattr(args, name) != parser.get_default(name) and args.format not in formats.split():
            takers = " and ".join(formats.split())
            raise UsageError(f"--{name}: is for --format {takers}; leave it out with {args.format}")
    FORMATS[args.format](args)
    size = sum(path.stat().st_size for path in _files(args.output_dir)) / 1e6
    print(f"{args.output_dir}: {args.format}, {size:.1f} MB")


def export_checkpoint(args: argparse.Namespace) -> None:
    """One model, as a checkpoint directory."""
    copy(args.infer_expt_dir, args.output_dir, args, args.set)


def export_hub_folder(args: argparse.Namespace) -> None:
    """A voice's folder, with both models and a model card."""
    acoustic, vocoder = _whole_voice(args)
    licence = check_licence(args.license or read_card(acoustic.parent)[0].get("license"))
    if args.output_dir.is_dir() and any(args.output_dir.iterdir()):
        raise UsageError(f"--output_dir {args.output_dir}: expected a new or an empty folder")
    # what is wrong with it is said before anything is written
    measured = None if args.metrics is None else read_metrics(args.metrics)
    output: Path = args.output_dir
    spoken = copy(args.infer_expt_dir, output / "acoustic", args, args.set, "acoustic")
    voiced = None if vocoder is None else copy(vocoder, output / "vocoder", args, (), "vocoder")
    name = args.voice_name or output.name
    write_model_card(output, name, licence, spoken, voiced, measured)
    open_voice(args.output_dir)  # check that the two go together


def _whole_voice(args: argparse.Namespace) -> tuple[Path, Path | None]:
    """The checkpoints of an acoustic model and of its vocoder; None for one that makes waves.
    Raises `UsageError` if the vocoder is missing.
    """
    acoustic, vocoder = locate_voice(args.infer_expt_dir, args.vocoder_dir, args.which)
    if vocoder is None and not makes_waves(acoustic):
        what = "expected --vocoder_dir, the other half of the voice"
        raise UsageError(f"--format {args.format}: {what}")
    return acoustic, vocoder


def export_zip(args: argparse.Namespace) -> None:
    """A voice's folder in one file, whose entries are in `<name>/acoustic/` and `<name>/vocoder/`;
    without a vocoder it speaks through Griffin-Lim, unless it makes waves itself.
    """
    output: Path = args.output_dir
    if output.suffix.lower() != ".zip":
        raise UsageError(f"--output_dir {output}: expected NAME.zip with --format zip")
    if output.exists():
        raise UsageError(f"--output_dir {output}: is there already; choose another name")
    acoustic, vocoder = locate_voice(args.infer_expt_dir, args.vocoder_dir, args.which)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / output.stem
        copy(acoustic, folder / "acoustic", args, args.set, "acoustic")
        if vocoder is not None:
            copy(vocoder, folder / "vocoder", args, (), "vocoder")
        elif not makes_waves(acoustic):
            print("no vocoder: the voice speaks through Griffin-Lim; --vocoder_dir adds one")
        open_voice(folder)  # check that the two go together
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            with replacing(output) as partial, zipfile.ZipFile(partial, "w") as archive:
                for path in _files(folder):
                    # without times: the same voice gives the same bytes
                    name = path.relative_to(temporary).as_posix()
                    archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
        except OSError as error:
            raise DataError(f"{output}: cannot be written: {error.strerror}") from None


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.is_file())


def export_onnx(args: argparse.Namespace) -> None:
    """A model or a voice as graphs for ONNX runtimes, in `acoustic/` and `vocoder/`; a model that
    makes waves is one, `acoustic/voice.onnx`.
    """
    from recital.bins.common.onnx_export import export_graphs, export_pair

    if args.precision == "bf16":
        raise UsageError("--precision bf16: ONNX runtimes have none; expected fp32, fp16 or int8")
    acoustic, vocoder = locate_voice(args.infer_expt_dir, args.vocoder_dir, args.which)
    model, config = load(acoustic)
    if isinstance(model, AcousticModel) and model.makes_waves:
        require_no_vocoding(args.denoising_strength)
        if args.precision == "int8":
            raise UsageError("--precision int8: is not for a model that makes waves; use fp16")
        model.gain_db = Description.of(config, f"{acoustic}: config.json").speech.gain_db
        export_graphs(model, config, args.output_dir / "acoustic", args.precision)
        return
    vocoder = acoustic if isinstance(model, Vocoder) else vocoder
    wave_model, wave_config = (None, config) if vocoder is None else load_vocoder(vocoder)
    if wave_model is not None:
        model.audio.require_same(wave_model.audio, "voice", "vocoder")
        speech = Description.of(config, f"{acoustic}: config.json").speech
        wave_model = at_level(denoised(wave_model, args.denoising_strength), speech)
    if args.part == "pair":
        if wave_model is None or not isinstance(model, AcousticModel):
            raise UsageError("--part pair: expected a voice's folder, or --vocoder_dir")
        export_pair(model, wave_model, config, args.output_dir, args.precision)
        return
    # vocoders can be refused, so they come first: half a voice is not left behind
    if wave_model is not None:
        export_graphs(wave_model, wave_config, args.output_dir / "vocoder", args.precision)
    if isinstance(model, AcousticModel):
        export_graphs(model, config, args.output_dir / "acoustic", args.precision)


def export_piper_voice(args: argparse.Namespace) -> None:
    """A voice in one graph, for Piper and sherpa-onnx."""
    from recital.bins.common.piper_export import export_piper

    if args.precision not in ("fp16", "fp32"):
        raise UsageError(f"--precision {args.precision}: --format piper has fp16 and fp32")
    _, vocoder = _whole_voice(args)
    wave_model = None
    if vocoder is None:
        require_no_vocoding(args.denoising_strength)
    else:
        wave_model = denoised(load_vocoder(vocoder)[0], args.denoising_strength)
    acoustic, config = load_acoustic(locate(args.infer_expt_dir, "acoustic", args.which))
    export_piper(
        args.output_dir,
        acoustic,
        wave_model,
        config,
        name=args.voice_name or re.sub(r"\W", "_", args.output_dir.resolve().name),
        language=args.language,
        quality=args.quality,
        precision=args.precision,
    )


def copy(
    directory: Path,
    output: Path,
    args: argparse.Namespace,
    changes: Sequence[str],
    kind: Kind | None = None,
) -> dict[str, Any]:
    """Export the model of what `locate` takes; returns its config."""
    if args.precision not in PRECISIONS:
        raise UsageError("--precision int8: is for --format onnx; expected fp16, bf16 or fp32")
    source = checkpoint.find(locate(directory, kind, args.which), args.which)
    weights = checkpoint.read_tensors(source / checkpoint.MODEL)
    config = override(checkpoint.read_json(source / checkpoint.CONFIG), changes)
    with torch.device("meta"):
        build(config, training=False)  # what a change breaks is said before anything is written
    export(output, weights, config, PRECISIONS[args.precision])
    load(output)  # check that the export can be opened
    return config


def export(
    directory: Path, weights: Mapping[str, Tensor], config: Mapping[str, Any], dtype: torch.dtype
) -> None:
    """Write the checkpoint. Only matrices and kernels are reduced in precision: biases, norms and
    statistics (pitch in Hz) are small and unchanged.
    """
    matrices = {k: w.to(dtype) if _is_matrix(w) else w for k, w in weights.items()}
    for name, weight in matrices.items():
        if not bool(weight.isfinite().all()):
            raise checkpoint.CheckpointError(
                f"{name}: does not fit into {dtype}; use --precision bf16 or fp32"
            )
    kept = {key: value for key, value in config.items() if key not in PATHS}
    kept["preprocess"] = {
        k: v for k, v in config.get("preprocess", {}).items() if k != "processed_dir"
    }
    checkpoint.save_model(directory, matrices, kept)


def _is_matrix(weight: Tensor) -> bool:
    return weight.is_floating_point() and weight.dim() > 1


FORMATS: dict[str, Callable[[argparse.Namespace], None]] = {
    "checkpoint": export_checkpoint,
    "hf": export_hub_folder,
    "zip": export_zip,
    "onnx": export_onnx,
    "piper": export_piper_voice,
}


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="recital export", description=__doc__)
    add = parser.add_argument
    add("--infer_expt_dir", required=True, type=Path, help="the experiment, or a checkpoint of it")
    add("--output_dir", required=True, type=Path, help="the folder to write (zip: NAME.zip)")
    add(
        "--format",
        choices=FORMATS,
        default="checkpoint",
        help="checkpoint: one model, for Recital (default); hf: a voice's folder, as the Hugging "
        "Face hub has it; zip: that folder in one file, without a card; onnx: graphs for "
        "onnxruntime and others (docs/export.md); piper: a voice in one graph, for Piper and "
        "sherpa-onnx (docs/deploy.md)",
    )
    add("--vocoder_dir", type=Path, help="the vocoder of a voice: an experiment or a checkpoint")
    add(
        "--precision",
        choices=(*PRECISIONS, "int8"),
        default="fp16",
        help="of the weights in the files (default: fp16; int8 is for onnx, bf16 for the others)",
    )
    add(
        "--part",
        choices=("both", "pair"),
        default="both",
        help="onnx: a graph of each model, or one from tokens to wav, voice.onnx (default: both)",
    )
    add(
        "--denoising_strength",
        type=float,
        default=0.0,
        help="onnx, piper: how much of the vocoder's bias is subtracted (default: 0)",
    )
    add("--which", choices=("last", "best"), default="last", help="checkpoint of the experiment")
    add(
        "--set",
        action="append",
        default=[],
        metavar="KEY.PATH=VALUE",
        help="override a key of the config: what inference takes and weights do not know",
    )
    add("--voice_name", help="hf, piper: of the voice (default: the name of --output_dir)")
    add(
        "--language",
        help="piper: <lang>_<REGION>, one of the voice's languages (default: its main one)",
    )
    add("--quality", choices=QUALITIES, help="piper: its word (default: by the sample rate)")
    add("--license", help="hf: of the weights, such as cc-by-4.0 (default: of the voice's card)")
    add(
        "--metrics",
        metavar="[RUN=]FILE",
        help="hf: the metrics.json of stage 4, for the model card",
    )
    return parser


if __name__ == "__main__":
    run(main)
