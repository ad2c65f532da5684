"""Inputs of stage 4: the waves of each run, matched to recordings by id."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recital.modules.contract.audio import AudioConfig
from recital.processors.audio_files import trim_silence
from recital.processors.evaluation.analysis import Clip
from recital.processors.evaluation.note import read_note
from recital.processors.features import TrimConfig
from recital.utils.errors import DataError
from recital.utils.files import named_path, read_lines

RECORDINGS = "recordings"  # name of the recordings' own column
SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")
PROBED = 20  # pairs that decide whether a run is time-aligned with the recordings
IN_STEP_SECONDS = 0.05


@dataclass(frozen=True)
class Reference:
    """A recording that runs are compared with: an id, its text ("": unknown) and its file."""

    id: str
    text: str
    clip: Clip
    file_name: str  # name of its synthesis, without a suffix


@dataclass
class Run:
    """A folder of waves to evaluate."""

    name: str
    directory: Path
    files: dict[str, Path]  # id -> wave
    missing: list[str]  # ids without one
    alone: int = 0  # waves without a recording
    in_step: bool = False


def folder_references(directory: Path, texts: dict[str, str]) -> list[Reference]:
    """The recordings of a folder, with file names as ids."""
    return [
        Reference(stem, texts.get(stem, ""), Clip(path), stem)
        for stem, path in waves(directory).items()
    ]


def waves(directory: Path) -> dict[str, Path]:
    """File name without suffix -> audio file, sorted; a name that occurs twice is an error. The
    folder of a corpus may have them in `wavs`.
    """
    if not directory.is_dir():
        raise DataError(f"{directory}: is not a folder; expected one with wavs")
    found: dict[str, Path] = {}
    for path in _audio_of(directory) or _audio_of(directory / "wavs"):
        if path.stem in found:
            raise DataError(
                f"{directory}: {path.name} and {found[path.stem].name} have the same name; keep "
                "one of them"
            )
        found[path.stem] = path
    if not found:
        raise DataError(f"{directory}: holds no audio file ({', '.join(SUFFIXES)})")
    return found


def _audio_of(directory: Path) -> list[Path]:
    """The audio files of a folder, sorted; none if there is no such folder."""
    if not directory.is_dir():
        return []
    suffixed = (path for path in sorted(directory.iterdir()) if path.suffix.lower() in SUFFIXES)
    return [path for path in suffixed if not path.name.startswith(".")]


def read_texts(path: Path) -> dict[str, str]:
    """Read lines `id|text` or, as in LJSpeech, `id|text|normalised text`; uses the last field."""
    texts = {}
    for number, line in enumerate(read_lines(path), 1):
        id, *columns = line.split("|")
        if line.strip() and not columns:
            raise DataError(f"{path}, line {number}: expected id|text, found {line[:60]!r}")
        if columns:
            texts[id.strip()] = columns[-1].strip()
    return texts


def open_run(words: str, references: Sequence[Reference]) -> Run:
    """Open a run given as `DIRECTORY` or `NAME=DIRECTORY`: its waves that match recordings."""
    name, directory = named_path(words)
    path = Path(directory).expanduser()
    found = waves(path)
    files = {r.id: found[r.file_name] for r in references if r.file_name in found}
    if not files:
        examples = ", ".join(sorted(found)[:3])
        wanted = ", ".join(r.file_name for r in references[:3])
        raise DataError(
            f"{path}: no file is named like a recording: found {examples}, …; expected {wanted}, …"
        )
    missing = [r.id for r in references if r.id not in files]
    return Run(name or run_name(path), path, files, missing, len(found) - len(files))


def run_name(path: Path) -> str:
    """The last descriptive folder of a path: ckpts/tts/demo/infer/batch is named demo."""
    parts = [p for p in path.resolve().parts if p not in ("infer", "batch", "wavs", "pred")]
    return parts[-1] if parts else str(path)


def unique_names(runs: Sequence[Run]) -> None:
    """Number runs that have the same name, or that of the recordings' column."""
    taken = {RECORDINGS}
    for run in runs:
        name, count = run.name, 1
        while run.name in taken:
            count += 1
            run.name = f"{name} {count}"
        taken.add(run.name)


def with_texts(references: Sequence[Reference], runs: Sequence[Run]) -> list[Reference]:
    """Fill in unknown texts from the JSON next to a run's waves."""
    return [r if r.text else _with_text(r, runs) for r in references]


def _with_text(reference: Reference, runs: Sequence[Run]) -> Reference:
    for run in runs:
        if reference.id in run.files:
            text = read_note(run.files[reference.id]).text
            if text:
                return dataclasses.replace(reference, text=text)
    return reference


def runs_in_step(
    run: Run, references: Sequence[Reference], audio: AudioConfig, recorded: TrimConfig | None
) -> bool:
    """Whether a run's waves are as long as their recordings trimmed by `recorded` (within 50 ms,
    nine in ten of the first 20). Such a run copies them or used their durations, and needs no DTW.
    """
    near = []
    for reference in [r for r in references if r.id in run.files][:PROBED]:
        try:
            seconds = [
                _length(reference.clip, audio.sample_rate, recorded),
                _length(Clip(run.files[reference.id]), audio.sample_rate, None),
            ]
        except DataError:
            continue  # reported later, when all are measured
        near.append(abs(seconds[0] - seconds[1]) <= IN_STEP_SECONDS)
    return sum(near) > 0.9 * len(near)


def _length(clip: Clip, sample_rate: int, trim: TrimConfig | None) -> float:
    wav = clip.load(sample_rate)
    start, stop = trim_silence(wav, sample_rate, trim) if trim else (0, len(wav))
    return (stop - start) / sample_rate
