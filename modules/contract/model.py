"""The contract: everything that the Trainer, the dataset, the synthesizer and vocoding ask of a
model, with a default for whatever a model can do without.

Two kinds of models inherit from it, once: an `AcousticModel` turns tokens into a mel, a `Vocoder` a
mel into a wave. `tests/models/test_contract.py` holds every entry of `models.MODELS` to this page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.signal.streaming import stream
from recital.utils.errors import CheckpointError
from recital.utils.trainable import Trainable

# a feature's name -> each utterance's (speaker's index, array)
Arrays = Callable[[str], Iterator[tuple[int, np.ndarray]]]


class Shown(NamedTuple):
    """One thing that a validation shows.

    kind "mel" is a [n_mels, T] log mel (plotted, and made audible), "matrix" a [rows, columns]
    picture (an alignment is [N, T]), "curves" a [n_curves, T] plot, "audio" a [S] waveform in
    [-1, 1].
    """

    name: str  # "mel/predicted": groups by the part before the slash
    kind: Literal["mel", "matrix", "curves", "audio"]
    array: np.ndarray
    labels: tuple[str, ...] = ()  # of the curves, or of a matrix's rows
    sample_rate: int = 22050  # Hz, of audio


class Model(Trainable[Batch]):
    """What both kinds offer. From `Trainable`: `networks`, `training_only`, `losses`, `step` and
    `begin_step`.
    """

    audio: AudioConfig
    needs: frozenset[str] = frozenset()  # fields of Batch; the dataset loads exactly these
    # Arguments that every part of this model gets, whatever the config says.
    fixed: Mapping[str, Any] = {}

    def learn_statistics(self, arrays: Arrays) -> None:
        """Before a training: keep statistics of the corpus as buffers. `arrays(feature)` gives the
        speaker's index and the array of each utterance. By default there are none.
        """

    def show(self, batch: Batch) -> list[Shown]:
        """What a validation shows of the first utterances of `batch`; by default nothing."""
        return []


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
    """A change of predicted pitch, value by value. C is 1, or the frames of a token."""

    def __call__(
        self, pitch: Tensor, token_lengths: Tensor, *, mean: Tensor, std: Tensor
    ) -> Tensor:
        """pitch [B, C, N] normalised, mean and std in Hz (broadcast) -> [B, C, N] normalised."""
        ...


class EnergyTransform(Protocol):
    """A change of predicted energy, value by value."""

    def __call__(self, energy: Tensor) -> Tensor:
        """energy [B, N], or [B, C, N] with the frames of each token -> the same shape."""
        ...


class AcousticModel(Model):
    """Tokens to mel."""

    can_align: bool = False  # does `align` find durations?

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
        energy_transform: EnergyTransform | None = None,
    ) -> Acoustic:
        """tokens [B, N], token_lengths [B], speaker [B] -> mel [B, n_mels, T].

        pitch [B, 1, N] (normalised), energy [B, N] and durations [B, N] (frames) replace what the
        model predicts. What it predicts passes through the transforms; a model that predicts none
        leaves them uncalled. `pace` is a number, [B] or [B, N]; above 1 is faster.
        """
        raise TypeError(f"{type(self).__name__} has no infer")

    def teach(self, batch: Batch) -> Tensor:
        """A batch with all that the model `needs` -> the mel [B, n_mels, T] that it predicts from
        the true durations (or, step by step, from the true mel): frame for frame that of the batch.
        """
        raise CheckpointError(f"{type(self).__name__} cannot predict mels of true durations")

    def align(self, batch: Batch) -> tuple[Tensor, list[str | None]]:
        """A batch with all that the model `needs` -> durations [B, N] int64 that sum to each item's
        frames, and what is wrong with an item (None: nothing).
        """
        raise CheckpointError(f"{type(self).__name__} cannot align")


class Vocoder(Model):
    """Mel to wav."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return type(self).__name__

    @property
    def context_frames(self) -> int | None:
        """Frames on either side that a sample depends on; None where it needs the whole mel."""
        return None

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]; of no frames, no samples."""
        raise TypeError(f"{type(self).__name__} has no infer")

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """`infer` without the noise that the model speaks out of: what a denoiser listens to."""
        return self.infer(mel)

    def find_source(self, mel_chunks: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Chunks of a mel [B, n_mels, t] -> chunks [B, n_mels, t'] and the source [B, K, t'] of
        each: what runs through the whole mel, such as F0 and phase. By default there is none.
        """
        for chunk in mel_chunks:
            yield chunk, None

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Windows [B, n_mels, t] of longer mels, with their source if the model has one -> waves
        [B, t * hop_length]. Window i begins at frame `starts[i]` of its mel: a model that speaks
        out of noise takes the noise of that place.
        """
        return self.infer(mel)

    def stream(self, mel_chunks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Chunks of a mel [n_mels, t] -> pieces of its wave: `modules/signal/streaming.py`."""
        return stream(self, mel_chunks)

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """The first wave of a batch, recorded and made from its mel: sounds and mels."""
        if batch.mel is None or batch.wav is None:
            return []
        recorded = batch.wav[:1].float()
        mel = MelSpectrogram(self.audio).to(recorded.device)
        shown = []
        waves = {"predicted": self.infer(batch.mel[:1]).float(), "recorded": recorded}
        for name, wav in waves.items():
            shown.append(Shown(f"mel/{name}", "mel", mel(wav)[0].cpu().numpy()))
            shown.append(
                Shown(
                    f"audio/{name}",
                    "audio",
                    wav[0].cpu().numpy(),
                    sample_rate=self.audio.sample_rate,
                )
            )
        return shown
