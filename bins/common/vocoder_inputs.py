"""The inputs of a vocoder's stage 3: recordings of splits, files of mels, or audio files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from recital.bins.common.experiment import Experiment
from recital.bins.common.speech_files import safe_name
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.preprocessors.extract import usable_samples
from recital.processors.audio_files import load_wav
from recital.processors.features import vocoder_fingerprint
from recital.processors.mel_files import READERS, read_mel
from recital.processors.speech.vocoding import mel_chunks
from recital.processors.store import Utterance
from recital.processors.wav_files import FULL_SCALE
from recital.utils.errors import DataError, UsageError
from recital.utils.storage import joined

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".au")
MEL_CHUNK = 8192  # frames: spectra of a longer recording would fill the memory
GROUP = 32  # mels that are in memory together
Loaded = tuple[Tensor, np.ndarray | None]  # mel [n_mels, T], and the recording [S], if there is one


@dataclass(frozen=True)
class VocoderInput:
    """One mel to vocode."""

    id: str
    file_name: str  # without a suffix
    size: float  # grows with the length
    load: Callable[[], Loaded]  # raises `DataError`


def of_datasets(experiment: Experiment, names: Sequence[str], split: str) -> list[VocoderInput]:
    """The recordings of a split of some datasets, from stage 1's features or, if it did not compute
    these (an acoustic model's recipe keeps no wav), from the recordings.
    """
    sources = []
    for name in names or experiment.dataset:
        if name not in experiment.dataset:
            known = ", ".join(experiment.dataset)
            raise UsageError(f"--infer_datasets {name}: expected some of {known}")
        store = experiment.store(name)
        by_id = {u.id: u for u in store.utterances()}
        load = _loader(experiment, name)
        for id in store.split(split):
            unique = id if len(names or experiment.dataset) == 1 else f"{name}_{id}"
            seconds = by_id[id].seconds or 0.0
            sources.append(
                VocoderInput(unique, safe_name(unique, unique), seconds, _later(load, by_id[id]))
            )
    if not sources:
        raise DataError(f"{split} of {', '.join(names or experiment.dataset)}: holds no utterance")
    return sources


def _loader(experiment: Experiment, dataset: str) -> Callable[[Utterance], Loaded]:
    store, audio = experiment.store(dataset), experiment.audio
    predicted = experiment.preprocess.predicted_mels is not None
    readers = {}
    for feature in ("mel", "wav"):
        print_ = vocoder_fingerprint(feature, audio, experiment.preprocess)
        there = store.folder.has(f"{feature}-{print_}")
        if there or (predicted and feature == "mel"):
            readers[feature] = store.reader(feature, print_)
    to_mel = MelSpectrogram(audio)

    def load(u: Utterance) -> Loaded:
        if "wav" in readers:
            samples = readers["wav"][u.id]
        else:
            path = joined(experiment.corpus(dataset).place, u.audio)
            samples = usable_samples(path, audio, experiment.preprocess, start=u.start, end=u.end)
        wav = samples.astype(np.float32) / np.float32(FULL_SCALE)
        mel = torch.from_numpy(readers["mel"][u.id].copy()) if "mel" in readers else None
        return to_mel(torch.from_numpy(wav)[None])[0] if mel is None else mel, wav

    return load


def of_features(directory: Path, audio: AudioConfig) -> list[VocoderInput]:
    """The mels of a folder, or of the `mels/` in it, next to which Amphion has `f0s/`."""
    directory = inner if (inner := directory / "mels").is_dir() else directory
    paths = _files(directory, tuple(READERS), "--infer_feature_dir")
    return _named(directory, paths, lambda path: (read_mel(path, audio), None))


def of_audio(directory: Path, audio: AudioConfig) -> list[VocoderInput]:
    """The audio files of a folder and of the folders in it, at the vocoder's sample rate."""
    to_mel = MelSpectrogram(audio)

    def load(path: Path) -> Loaded:
        wav = load_wav(path, audio.sample_rate)
        if len(wav) <= audio.pad or audio.n_frames(len(wav)) < 1:
            seconds = len(wav) / audio.sample_rate
            raise DataError(f"{path}: is too short: {seconds:.3f} s; give a longer one")
        return torch.cat(list(mel_chunks(wav, to_mel, MEL_CHUNK)), dim=1), wav

    paths = _files(directory, AUDIO_SUFFIXES, "--infer_audio_dir")
    return _named(directory, paths, load)


def _files(directory: Path, suffixes: tuple[str, ...], flag: str) -> list[Path]:
    if not directory.is_dir():
        raise UsageError(f"{flag} {directory}: is no folder")
    paths = sorted(
        path
        for path in directory.rglob("*")
        if path.suffix.lower() in suffixes and not path.name.startswith(".") and path.is_file()
    )
    if not paths:
        raise DataError(f"{directory}: holds no file that ends in {', '.join(suffixes)}")
    return paths


def _named(
    directory: Path, paths: Sequence[Path], load: Callable[[Path], Loaded]
) -> list[VocoderInput]:
    """Name inputs after their files without suffix, or with it if two names are the same."""
    stems = [str(path.relative_to(directory).with_suffix("")) for path in paths]
    sources = []
    for path, stem in zip(paths, stems, strict=True):
        name = stem if stems.count(stem) == 1 else str(path.relative_to(directory))
        size = path.stat().st_size
        sources.append(VocoderInput(name, safe_name(name, name), size, _later(load, path)))
    return sources


def _later(load: Callable[..., Loaded], what: object) -> Callable[[], Loaded]:
    return lambda: load(what)


def groups(sources: Sequence[VocoderInput], most: int = GROUP) -> Iterator[list[VocoderInput]]:
    """Groups of sources of similar size that fit into memory together, shortest first."""
    ordered = sorted(sources, key=lambda source: source.size)
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]
