"""One text spoken by several voices: mels, token boundaries and pitch in one picture, and a wav of
each.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from recital.bins.common.command import run
from recital.bins.common.parser import OneLineParser
from recital.bins.common.speech_files import safe_name
from recital.processors.audio_files import save_wav
from recital.processors.speech.plot import plot_side_by_side
from recital.utils.errors import RecitalError, UsageError
from recital.utils.files import named_path
from recital.voices import open_voice


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    spoken = {}
    for name, directory in args.voice:
        voice = open_voice(directory, args.vocoder_dir)
        speaker = args.infer_speaker_name if len(voice.speakers) > 1 else None
        speech = voice.synthesize([args.infer_text], speaker=speaker)[0]
        spoken[name] = (speech, voice.audio)
        print(f"{name}: {speech.seconds:.2f} s")
    try:
        args.output.parent.mkdir(parents=True, exist_ok=True)
        for name, (speech, _) in spoken.items():
            wav = f"{args.output.stem}-{safe_name(name, name.replace(' ', '-'))}.wav"
            save_wav(args.output.with_name(wav), speech.wav, speech.sample_rate)
        plot_side_by_side(args.output, spoken)
    except OSError as error:
        raise RecitalError(f"{args.output}: cannot be written: {error.strerror}") from None
    except ImportError:
        raise RecitalError("matplotlib is not installed: pip install matplotlib") from None
    print(f"written to {args.output}")


def _voice(text: str) -> tuple[str, Path]:
    """ "FastPitch=ckpts/tts/fastpitch" -> name and folder; the default name is the folder's."""
    name, directory = named_path(text)
    return name or Path(directory).name, Path(directory)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = OneLineParser(prog="recital side_by_side", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--infer_text", required=True, help="what to say")
    add(
        "--voice",
        required=True,
        action="append",
        type=_voice,
        metavar="[NAME=]DIR",
        help="an experiment or checkpoint, and what to call it; once for each voice",
    )
    add("--infer_speaker_name", help="who speaks, in voices of several speakers")
    add("--vocoder_dir", type=Path, help="a trained vocoder for all (default: Griffin-Lim)")
    add("--output", required=True, type=Path, metavar="FILE.png", help="the picture")
    args = parser.parse_args(argv)
    if args.output.suffix != ".png":
        raise UsageError(f"--output {args.output}: expected the name of a .png file")
    names = [name for name, _ in args.voice]
    if len(set(names)) < len(names):
        raise UsageError("--voice: two have one name; give each its own, as in NAME=DIR")
    return args


if __name__ == "__main__":
    run(main)
