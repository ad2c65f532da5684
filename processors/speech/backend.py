"""What a synthesizer speaks with: an acoustic model and a vocoder that take and give NumPy arrays,
whatever runs them (`torch_backend.py`, `onnx_backend.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.speech.controls import PitchFunction
from recital.utils.errors import DataError


class Prosody(NamedTuple):
    """How the tokens of a batch are to be said, float32 [B, N] each."""

    pace: np.ndarray  # 2 is twice as fast
    pitch_scale: np.ndarray  # of the movement around the speaker's mean
    pitch_shift: np.ndarray  # Hz, after the scale
    pitch_semitones: np.ndarray  # after the shift
    pitch_hz: np.ndarray  # replaces the prediction where it is above 0
    energy_scale: np.ndarray
    energy: np.ndarray  # in the voice's own unit; replaces the prediction where it is not NaN
    durations: np.ndarray  # frames, before the pace; replace the prediction where not below 0
    # of the user, after the scale and the shift
    pitch_function: PitchFunction | None = None
    temperature: float | None = None  # of a voice that draws its speech; None: its own
    n_steps: int | None = None
    duration_temperature: float | None = None

    @property
    def sampling(self) -> tuple[float | None, int | None, float | None]:
        """The arguments of `Sampling`."""
        return self.temperature, self.n_steps, self.duration_temperature

    def arrays(self) -> dict[str, np.ndarray]:
        """The numbers of each token by their names."""
        return {name: v for name, v in self._asdict().items() if isinstance(v, np.ndarray)}

    def call_function(self, hz: Any, token_lengths: Any) -> Any:
        """The user's function on pitch [B, N] in Hz -> the same. Raises `DataError` for an error in
        it, and for a result of another shape or kind, or with numbers that are not finite.
        """
        assert self.pitch_function is not None
        try:
            changed = self.pitch_function(hz + 0.0, token_lengths)
            wrong = type(changed) is not type(hz) or changed.shape != hz.shape
            finite = not wrong and bool((abs(changed) < math.inf).all())
        except Exception as error:
            raise DataError(f"pitch_function: {type(error).__name__}: {error}") from None
        if wrong:
            kind, shape = type(hz).__name__.lower(), list(hz.shape)
            raise DataError(
                f"pitch_function: expected it to return a {kind} {shape}, found "
                f"{list(changed.shape) if type(changed) is type(hz) else type(changed).__name__}"
            )
        if not finite:
            raise DataError("pitch_function: returned a pitch that is not finite")
        return changed


class Predicted(NamedTuple):
    """A batch of mels, and what was predicted of each token."""

    mel: np.ndarray  # float32 [B, n_mels, T]
    mel_lengths: np.ndarray  # int [B]
    durations: np.ndarray  # int [B, N] frames, which sum to `mel_lengths`
    pitch_hz: np.ndarray | None = None  # [B, N]
    energy: np.ndarray | None = None  # [B, N]
    failures: Sequence[str | None] | None = None  # per item: error message, or None
    # float32 [B, T * hop_length], of a model that is one with its vocoder
    wav: np.ndarray | None = None


class OwnWaves:
    """The vocoder of a model that makes waves: its jobs have them, so that it is never asked."""

    context_frames: int | None = None

    def __init__(self, audio: AudioConfig, name: str) -> None:
        self.audio = audio
        self.name = name

    def infer_many(
        self, mels: Sequence[np.ndarray], batch_size: int | None = None
    ) -> list[np.ndarray]:
        """Nothing."""
        return []

    def stream_mel(self, mel: np.ndarray, start: int = 0) -> Iterator[np.ndarray]:
        """Nothing."""
        return iter(())


class Acoustics(Protocol):
    """Tokens to mels."""

    @property
    def audio(self) -> AudioConfig:
        """The definition of its mel."""
        ...

    @property
    def takes_durations(self) -> bool:
        """Whether it can be given durations."""
        ...

    @property
    def sampling_controls(self) -> frozenset[str]:
        """Which of `controls.SAMPLING` it follows."""
        ...

    def predict(
        self,
        tokens: np.ndarray,
        token_lengths: np.ndarray,
        prosody: Prosody,
        speaker: int | None = None,
    ) -> Predicted:
        """tokens int64 [B, N], padded with 0; token_lengths [B]; `speaker` is that of all items."""
        ...

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        """Add a speaker after the others: a speaker encoder's vector, mean and deviation of F0 in
        Hz. Raises `CheckpointError` for a voice that cannot.
        """
        ...


class Waves(Protocol):
    """Mels to wavs."""

    @property
    def audio(self) -> AudioConfig:
        """The definition of its mel."""
        ...

    @property
    def name(self) -> str:
        """The name of the model in reports."""
        ...

    @property
    def context_frames(self) -> int | None:
        """Frames on each side that a sample depends on; None if it needs the whole mel."""
        ...

    def infer_many(
        self, mels: Sequence[np.ndarray], batch_size: int | None = None
    ) -> list[np.ndarray]:
        """Mels [n_mels, T] -> wavs float32 [T * hop_length] in [-1, 1]; `batch_size` mels at once
        (None: as many as are fastest).
        """
        ...

    def stream_mel(self, mel: np.ndarray, start: int = 0) -> Iterator[np.ndarray]:
        """A whole mel [n_mels, T] -> pieces of its wav from frame `start` on, float32 in [-1, 1];
        the first is short.
        """
        ...
