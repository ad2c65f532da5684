"""Pack a voice for others: both models in half precision with their configs, in one folder or, if
the output ends in .zip, in one file. `load_voice` takes the (unzipped) folder.
"""

from __future__ import annotations

import argparse
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from recital.bins import export
from recital.bins.common.command import run
from recital.utils.errors import DataError, RecitalError, UsageError
from recital.voices import open_voice

PARTS = ("acoustic", "vocoder")  # folders of a voice


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    output: Path = args.output
    zipped = output.suffix.lower() == ".zip"
    if output.exists():
        raise UsageError(f"--output {output}: is there already; remove it, or choose another name")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{output.parent}: cannot be written: {error.strerror}") from None
    with tempfile.TemporaryDirectory(dir=output.parent) as temporary:
        folder = Path(temporary) / output.stem if zipped else output
        for part, source in zip(PARTS, (args.infer_expt_dir, args.vocoder_dir), strict=True):
            if source is not None:
                words = ["--infer_expt_dir", str(source), "--output_dir", str(folder / part)]
                export.main([*words, "--precision", args.precision, "--which", args.which])
        voice = open_voice(folder)  # both mels must be the same
        if zipped:
            _zip(folder, output)
    size = sum(f.stat().st_size for f in _files(output)) / 1e6
    n = len(voice.speakers) or 1
    print(f"{output}: {n} speaker{'s' * (n > 1)}, through {voice.vocoder.name}, {size:.1f} MB")


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.is_file())


def _zip(folder: Path, output: Path) -> None:
    """Write the folder as the only entry of a zip file, without times: same voice, same bytes."""
    partial = folder.parent / output.name
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            for path in _files(folder):
                name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
        partial.replace(output)
    except OSError as error:
        raise RecitalError(f"{output}: cannot be written: {error.strerror}") from None


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pack", description=__doc__)
    add = parser.add_argument
    add("--infer_expt_dir", required=True, type=Path, help="the voice: experiment or checkpoint")
    add("--vocoder_dir", type=Path, help="its vocoder (without one: Griffin-Lim)")
    add("--output", required=True, type=Path, help="the folder, or NAME.zip, to write")
    add(
        "--precision",
        choices=export.PRECISIONS,
        default="fp16",
        help="of the weights (default: fp16)",
    )
    add("--which", choices=("last", "best"), default="last", help="checkpoint of an experiment")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
