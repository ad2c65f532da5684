"""Say a text with a trained voice: to a wav, to the loudspeaker, or both, while it is made."""

from __future__ import annotations

import argparse
import dataclasses
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

import numpy as np

import recital
from recital.bins.common.command import run
from recital.bins.common.control_flags import read_controls, read_plan_file
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import command_parser
from recital.bins.common.player import Player, find_player
from recital.processors.speech.plan import Plan
from recital.processors.text.passages import Passage, passages
from recital.processors.text.written import unmark
from recital.processors.wav_files import WavWriter
from recital.utils.errors import DataError
from recital.voices import Runtime, lighter_runtime

PAUSES = {"passage": 0.25, "unit": 0.6}  # seconds: within a paragraph, and between two
FADE_OUT = 0.005  # seconds before such a pause, against clicks


def main(argv: Sequence[str] | None = None) -> int:
    args = command_parser("say", __doc__).parse(argv)
    check("say", args)
    controls, pitch = read_controls(args, single=args.text is not None)
    plan = read_plan_file(args.controls) if args.controls else None
    changes = dataclasses.asdict(controls)
    changes["fade_out"] = max(controls.fade_out, 0.0 if args.file is None else FADE_OUT)
    speaker = args.infer_speaker_name or (plan.speaker if plan else None)
    player_name = find_player() if args.play else None
    with _read(args, plan) as parts:
        voice = recital.load_voice(
            args.voice,
            args.vocoder_dir,
            args.device or "cpu",
            args.denoising_strength,
            runtime=runtime_of(args),
        )
        voice.speaker_id(speaker)  # an unknown one stops the run before it starts
        rate = voice.audio.sample_rate
        failed = 0
        with (
            Player(player_name, rate) if player_name else nullcontext() as player,
            Output(args, rate, player) as output,
        ):
            for passage in parts:
                if args.file is not None and not any(map(str.isalnum, unmark(passage.text))):
                    continue  # a line of marks, as between two scenes
                output.begin(passage.unit)
                try:
                    said = plan or passage.text
                    for wav in voice.stream(said, speaker=speaker, pitch=pitch, **changes):
                        output.write(wav)
                except DataError as error:
                    if args.file is None:
                        raise
                    failed += 1
                    print(f"error: {args.file}, line {passage.line}: {error}", file=sys.stderr)
    if not output.seconds and not failed:
        raise DataError(f"{args.file}: holds no text to speak")
    print(output.summary(), file=sys.stderr if args.output == "-" else sys.stdout)
    return 1 if failed else 0


def runtime_of(args: argparse.Namespace) -> Runtime | None:
    """onnxruntime where the voice has graphs; a device, a vocoder, denoising and a function of the
    pitch, which gets a tensor, are torch's.
    """
    if args.device or args.vocoder_dir or args.denoising_strength or args.pitch_transform:
        return None
    return lighter_runtime(args.voice)


class Output:
    """Where the samples go: one wav or one of each unit, a player, or both. A file is opened when
    its first samples come, so that a text that cannot be spoken leaves the old one.
    """

    def __init__(self, args: argparse.Namespace, sample_rate: int, player: Player | None) -> None:
        self.path: str | None = args.output
        self.split = args.split is not None
        self.long = args.file is not None
        self.sample_rate, self.player = sample_rate, player
        self.seconds, self.n_files = 0.0, 0
        self._unit = 0
        self._writer: WavWriter | None = None
        self._pause = 0.0

    def begin(self, unit: int) -> None:
        """The next samples are those of another passage."""
        new = unit != self._unit
        if new and self.split:
            self.close()
        self._unit = unit
        self._pause = (PAUSES["unit"] if new else PAUSES["passage"]) if self.seconds else 0.0

    def write(self, wav: np.ndarray) -> None:
        """Append [S] floats in [-1, 1]. Raises `RecitalError` if they cannot be written or
        played.
        """
        silence = np.zeros(round(self._pause * self.sample_rate), np.float32)
        self._pause = 0.0
        if self.player is not None:
            self.player.write(np.concatenate([silence, wav]))
        self.seconds += len(wav) / self.sample_rate
        if self.path is None:
            return
        if self._writer is None:
            self._writer = WavWriter(self._file_path(), self.sample_rate, self.long)
            self.n_files += 1
        elif len(silence):
            self._writer.write(silence)
        self._writer.write(wav)

    def summary(self) -> str:
        """One line on what was said."""
        where = f"{self.path}: " if self.path not in (None, "-") else ""
        plural = "" if self.n_files == 1 else "s"
        files = f" in {self.n_files} file{plural}" if self.split else ""
        return f"{where}{self.seconds:.1f} s{files}"

    def close(self) -> None:
        """End the file that is open."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _file_path(self) -> Path | None:
        if self.path in (None, "-"):
            return None
        path = Path(self.path)
        return path.with_name(f"{path.stem}-{self._unit + 1:04d}.wav") if self.split else path


@contextmanager
def _read(args: argparse.Namespace, plan: Plan | None) -> Iterator[Iterator[Passage]]:
    """The passages to say. Raises `DataError` for a file that cannot be read."""
    if args.file is None and args.split:
        yield passages(io.StringIO(args.text), args.split)
        return
    if args.file is None:
        yield iter([Passage(0, 1, plan.text if plan else args.text)])
        return
    with _open(args.file) as file:
        yield _decoded(passages(file, args.split or "paragraph"), args.file)


def _open(path: Path) -> TextIO:
    stdin = str(path) == "-"
    try:
        if not stdin and not (path.is_file() or path.is_fifo()):
            raise DataError(
                f"{path}: is no file; expected one with the text, or - for standard input"
            )
        # only a newline ends a line
        return open(0 if stdin else path, encoding="utf-8-sig", newline="\n", closefd=not stdin)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None


def _decoded(parts: Iterator[Passage], where: Path) -> Iterator[Passage]:
    try:
        yield from parts
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: is not UTF-8 ({error.reason}); convert it first") from None


if __name__ == "__main__":
    run(main)
