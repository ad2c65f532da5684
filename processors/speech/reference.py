"""A new speaker's voice from recordings: a speaker encoder's vector, and the statistics of F0."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.audio_files import load_wav
from recital.processors.features import PitchConfig
from recital.processors.pitch import estimate_pitch
from recital.processors.speaker_encoder import embed_voice
from recital.utils.errors import DataError


class Reference(NamedTuple):
    """The data with which a voice imitates a new speaker."""

    vector: np.ndarray  # [256], of length 1
    pitch: tuple[float, float] | None  # mean and deviation, Hz; None: no frame is voiced


def read_reference(paths: Sequence[str | Path], audio: AudioConfig) -> Reference:
    """The mean of some recordings of one speaker. Raises `DataError` for a file that cannot be
    read or holds no second of sound.
    """
    vectors, voiced = [], []
    for path in paths:
        wav = load_wav(path, audio.sample_rate)
        if len(wav) < audio.sample_rate or not np.abs(wav).max(initial=0.0) > 0.0:
            raise DataError(f"{path}: expected a second of speech or more")
        vectors.append(embed_voice(wav, audio.sample_rate))
        hz = estimate_pitch(wav, audio, PitchConfig())
        voiced.append(hz[hz > 0])
    vector = np.mean(vectors, axis=0)
    hz = np.concatenate(voiced)
    pitch = None
    if len(hz) > 1 and hz.std() > 0:
        pitch = float(hz.mean()), float(hz.std())
    return Reference(vector / np.linalg.norm(vector), pitch)
