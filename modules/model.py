"""What the Trainer and the synthesizer ask of a model: two protocols, no base class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from torch import Tensor

from recital.modules.batch import Batch
from recital.modules.mel import AudioConfig
from recital.utils.log import Shown

__all__ = ["Acoustic", "AcousticModel", "Model", "PitchTransform", "Shown", "Vocoder"]


class Model(Protocol):
    """What the Trainer asks of a model (an `nn.Module`)."""

    needs: frozenset[str]  # fields of Batch; the dataset loads exactly these
    networks: tuple[
        str, ...
    ]  # child modules that get an optimizer each, prepared by accelerate one by one

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """Yield (network, losses) once per network's turn; the Trainer steps that network's
        optimizer between yields.

        Every loss is a scalar, a mean over the global batch (`modules/reduction.py`); its weight
        stands in the config.
        """
        ...

    def show(self, batch: Batch) -> list[Shown]:
        """What a validation shows of the first utterances of `batch`."""
        ...


class Acoustic(NamedTuple):
    """What an acoustic model's `infer` returns. Durations are frames as predicted: before pace and
    rounding.
    """

    mel: Tensor  # [B, n_mels, T], 0 in padding
    mel_lengths: Tensor  # [B] int64
    durations: Tensor  # [B, N] float
    pitch: Tensor | None = None  # [B, C, N] normalised
    energy: Tensor | None = None  # [B, N]
    repeats: Tensor | None = None  # [B, N] int64: the frames each token was given in `mel`
    failures: Sequence[str | None] | None = None  # of a model that can fail: what went wrong


class PitchTransform(Protocol):
    """A change of predicted pitch, as in `modules/pitch_control.py`."""

    def __call__(
        self, pitch: Tensor, token_lengths: Tensor, *, mean: Tensor, std: Tensor
    ) -> Tensor:
        """pitch [B, C, N] normalised, mean and std in Hz (broadcast) -> [B, C, N] normalised."""
        ...


class AcousticModel(Protocol):
    """Tokens to mel."""

    audio: AudioConfig

    def infer(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        *,
        speaker: Tensor | None = None,
        pace: float | Tensor = 1.0,
        pitch: Tensor | None = None,
        energy: Tensor | None = None,
        durations: Tensor | None = None,
        pitch_transform: PitchTransform | None = None,
    ) -> Acoustic:
        """tokens [B, N], token_lengths [B]; what is given is used instead of its prediction, in
        the same units. A model that predicts pitch passes it through `pitch_transform`.
        """
        ...

    def teach(self, batch: Batch) -> Tensor:
        """A batch with all that the model `needs` -> the mel [B, n_mels, T] that it predicts of
        the true durations (or, step by step, of the true mel): frame for frame that of the batch.
        """
        ...


class Vocoder(Protocol):
    """Mel to wav. One that speaks out of noise draws it by `draw_noise(batch_size, n_frames,
    start=…)`, and takes it as `infer(mel, z=…)`.
    """

    audio: AudioConfig

    @property
    def context_frames(self) -> int | None:
        """Frames on either side that a sample depends on; None where it needs the whole mel."""
        ...

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        ...
