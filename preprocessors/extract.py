"""Recordings to features: the work on one shard. One decoding serves all features."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.audio_files import (
    UnusableAudio,
    decode,
    resample,
    trim_silence,
)
from recital.processors.features import PreprocessConfig
from recital.processors.pitch import estimate_pitch
from recital.processors.shards import pieces_of
from recital.processors.wav_files import FULL_SCALE, to_int16
from recital.utils.storage import Folder, Place, joined

if TYPE_CHECKING:
    from recital.modules.contract.mel import MelSpectrogram

log = logging.getLogger(__name__)

SILENT_RANGE = 0.002  # between the lowest and the highest sample: -60 dB of full scale
CLIPPED_LEVEL = 0.999
MAX_CLIPPED = 0.001  # of the samples
LONGEST_SECONDS = 120.0  # a bound on memory; `preprocess.max_seconds` is applied to the manifest


class Recording(NamedTuple):
    """The audio of one utterance: a file or a segment of it."""

    id: str
    audio: str  # relative to the folder of the job
    start: float = 0.0  # s
    end: float | None = None  # s; None: to the end of the file


@dataclass(frozen=True)
class Job:
    """The work of one shard, for one or more features."""

    folder: Place  # of the recordings
    recordings: tuple[Recording, ...]
    store: Folder
    outputs: dict[str, str]  # feature -> file to write in the store
    audio: AudioConfig
    preprocess: PreprocessConfig


def extract(job: Job) -> int:
    """Compute and write the features of a shard; returns the number of recordings.

    Unusable recordings are recorded in the shard's header, so that they are not decoded again.
    """
    arrays: dict[str, dict[str, np.ndarray]] = {feature: {} for feature in job.outputs}
    seconds: dict[str, float] = {}
    rejected: list[tuple[str, str, str, str]] = []  # id, code, reason, remedy
    with _one_thread(job.outputs):
        for id, audio, start, end in job.recordings:
            try:
                samples = usable_samples(
                    joined(job.folder, audio), job.audio, job.preprocess, start=start, end=end
                )
                made = compute(samples, tuple(job.outputs), job.audio, job.preprocess)
            except UnusableAudio as error:
                rejected.append((id, error.code, error.reason, error.remedy))
                continue
            except Exception as error:  # one bad recording must not stop the others
                log.exception("%s", joined(job.folder, audio))
                reason = f"its features cannot be computed ({type(error).__name__}: {error})"
                rejected.append((id, "failed", reason, "look at the recording, or leave it out"))
                continue
            seconds[id] = round(len(samples) / job.audio.sample_rate, 6)
            for feature, array in made.items():
                arrays[feature][id] = array
    for feature, file in job.outputs.items():
        notes = {"seconds": seconds, "rejected": rejected}
        job.store.write(file, pieces_of(arrays.pop(feature), notes))
    return len(job.recordings)


def usable_samples(
    path: Place,
    audio: AudioConfig,
    preprocess: PreprocessConfig,
    *,
    start: float = 0.0,
    end: float | None = None,
) -> np.ndarray:
    """Load a recording, or its segment from `start` to `end` in seconds, as the features see it:
    resampled, trimmed, int16 [S]. Raises `UnusableAudio`.
    """
    wav, rate = decode(path, start, end, LONGEST_SECONDS)
    low, high = float(wav.min()), float(wav.max())
    if high - low < SILENT_RANGE:
        raise UnusableAudio(path, "silent", "is silent", "record it again, louder")
    peaked = max(high, -low) >= CLIPPED_LEVEL
    clipped = float(np.mean(np.abs(wav) >= CLIPPED_LEVEL)) if peaked else 0.0
    if clipped > MAX_CLIPPED:
        reason = f"is clipped: {clipped:.2%} of its samples are at full scale"
        raise UnusableAudio(path, "clipped", reason, "record it again with a lower gain")
    wav = resample(wav, rate, audio.sample_rate)
    if preprocess.trim is not None:
        first, stop = trim_silence(wav, audio.sample_rate, preprocess.trim)
        wav = wav[first:stop]
    if (
        len(wav) <= audio.pad or audio.n_frames(len(wav)) < 1
    ):  # too short for reflection, or a frame
        reason = f"lasts {len(wav) / audio.sample_rate:.3f} s"
        raise UnusableAudio(path, "too_short", reason, "join it with a neighbour")
    return to_int16(wav)


def compute(
    samples: np.ndarray, features: tuple[str, ...], audio: AudioConfig, preprocess: PreprocessConfig
) -> dict[str, np.ndarray]:
    """int16 [S] -> features by name, in the form that the store keeps.

    All are computed from the 16-bit samples, so that the mel of a stored wav is the stored mel.
    """
    wav = samples.astype(np.float32) / np.float32(FULL_SCALE)
    made: dict[str, np.ndarray] = {}
    if "wav" in features:
        made["wav"] = samples
    if "pitch" in features:
        made["pitch"] = estimate_pitch(wav, audio, preprocess.pitch)
    if "speaker_embedding" in features:
        from recital.processors.speaker_encoder import embed_voice

        made["speaker_embedding"] = embed_voice(wav, audio.sample_rate)
    if "mel" in features or "energy" in features:
        import torch

        with torch.inference_mode():
            mel = _mel_spectrogram(audio)(torch.from_numpy(wav)[None])[0]  # [n_mels, T]
            if "energy" in features:
                made["energy"] = torch.linalg.vector_norm(mel, dim=0).numpy()
            if "mel" in features:
                made["mel"] = mel.contiguous().numpy()
    return made


@lru_cache(maxsize=2)
def _mel_spectrogram(audio: AudioConfig) -> MelSpectrogram:
    from recital.modules.contract.mel import MelSpectrogram

    return MelSpectrogram(audio)


@contextmanager
def _one_thread(features: dict[str, str]) -> Iterator[None]:
    """Run torch on one thread: sums are the same with one process and with many, and processes
    do not compete for cores.
    """
    if features.keys() <= {"wav"}:  # needs no torch
        yield
        return
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
