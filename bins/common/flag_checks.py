"""Checks of combinations of flags, before torch is imported."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from recital.bins.common.flags import MODES
from recital.utils.errors import UsageError


def check(command: str, args: argparse.Namespace) -> None:
    """Set defaults that depend on other flags. Raises `UsageError` for conflicting flags."""
    if command in ("inference", "vocode") and args.set and args.config is None:
        raise UsageError("--set: overrides a key of the config; give --config, too")
    if command in CHECKS:
        CHECKS[command](args)


def _check_train(args: argparse.Namespace) -> None:
    if args.resume_type == "finetune" and args.resume_from_ckpt_path is None:
        raise UsageError(
            "--resume_type finetune: expected --resume_from_ckpt_path, the checkpoint to start from"
        )


# what the file of --controls already holds
PLANNED = "pace duration_control pitch_scale energy_scale pitch_shift pitch_flatten pitch_invert"
PLANNED += " pitch_file"


def _check_controls(args: argparse.Namespace, texts: str) -> None:
    for name in f"{texts} {PLANNED}".split():
        if getattr(args, name):
            flag = name if name == "text" else f"--{name}"
            raise UsageError(f"{flag}: is already in the file of --controls; leave one of them out")


def _check_inference(args: argparse.Namespace) -> None:
    if args.controls is not None:
        _check_controls(args, "infer_text infer_text_file")
        if args.infer_mode == "batch":
            raise UsageError("--controls: is for --infer_mode single")
        args.infer_mode = "single"
        return
    if args.infer_mode is None:
        args.infer_mode = "batch" if args.infer_text is None else "single"
    if args.infer_mode == "single" and args.infer_text_file is not None:
        raise UsageError("--infer_text_file: is for --infer_mode batch")
    if args.infer_mode == "batch" and args.infer_text is not None:
        raise UsageError("--infer_text: is for --infer_mode single")
    if args.speaker_wav and args.infer_speaker_name is not None:
        raise UsageError("--speaker_wav and --speaker: each says who speaks; give one")
    _check_pace(args)


def _check_pace(args: argparse.Namespace) -> None:
    if args.duration_control is not None and args.pace is not None:
        raise UsageError("--duration_control and --pace: are each other's inverse; give one")


def _check_say(args: argparse.Namespace) -> None:
    if args.text == "-" and args.file is None:
        args.text, args.file = None, Path("-")
    if args.controls is not None:
        _check_controls(args, "text file split")
    elif (args.text is None) == (args.file is None):
        if args.file is not None and args.text in ("line", "paragraph"):
            raise UsageError(f"--split {args.text}: expected --split={args.text}")
        wanted = "a text" if args.text is None else "a text or --file, not both"
        raise UsageError(f'expected {wanted}, as in recital say "Hello." -o hello.wav')
    if args.output is None and not args.play:
        raise UsageError("expected -o FILE.wav, or --play")
    if args.output is not None and args.output != "-" and not args.output.endswith(".wav"):
        raise UsageError(f"--output {args.output}: expected a name that ends in .wav")
    if args.split is not None and args.output in (None, "-"):
        raise UsageError("--split: expected -o FILE.wav, whose name the wavs get, with a number")
    _check_pace(args)


def _check_vocode(args: argparse.Namespace) -> None:
    given = {MODES[1]: args.infer_feature_dir, MODES[2]: args.infer_audio_dir}
    chosen = [mode for mode, directory in given.items() if directory is not None]
    if args.infer_mode is None:
        args.infer_mode = chosen[0] if len(chosen) == 1 else MODES[0]
    for mode, name in ((MODES[1], "--infer_feature_dir"), (MODES[2], "--infer_audio_dir")):
        if (mode in chosen) != (mode == args.infer_mode):
            wanted = "is for" if mode in chosen else "is missing; it goes with"
            raise UsageError(f"{name}: {wanted} --infer_mode {mode}")


def _check_evaluate(args: argparse.Namespace) -> None:
    if args.page_limit < 0:
        raise UsageError(f"--page_limit {args.page_limit}: expected a whole number from 0")


def _check_serve(args: argparse.Namespace) -> None:
    for name in ("threads", "max_requests", "max_letters"):
        if getattr(args, name) < 1:
            raise UsageError(f"--{name} {getattr(args, name)}: expected a whole number from 1")
    if not 1 <= args.max_seconds <= 1e6:
        raise UsageError(f"--max_seconds {args.max_seconds:g}: expected 1 to 1e+06")
    for name in ("port", "wyoming"):
        if not 0 <= (getattr(args, name) or 0) < 1 << 16:
            raise UsageError(f"--{name} {getattr(args, name)}: expected 0 to 65535")


CHECKS: dict[str, Callable[[argparse.Namespace], None]] = {
    "train": _check_train,
    "inference": _check_inference,
    "vocode": _check_vocode,
    "evaluate": _check_evaluate,
    "serve": _check_serve,
    "say": _check_say,
}
