"""The contract: everything that the Trainer, the dataset, the synthesizer and vocoding use of a
model, with a default for everything that is optional.

Two kinds of models inherit from it, once: an `AcousticModel` turns tokens into a mel, a `Vocoder` a
mel into a wav. `tests/models/test_contract.py` tests every entry of `models.MODELS` against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import (
    SOURCE,
    WAV,
    Graph,
    Port,
    example_mel,
    mel_port,
)
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.signal.streaming import stream
from recital.utils.errors import CheckpointError
from recital.utils.training.trainable import Trainable

# a feature's name -> each utterance's (speaker's index, array)
Arrays = Callable[[str], Iterator[tuple[int, np.ndarray]]]


class Shown(NamedTuple):
    """One item of a validation's output.

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
    """The part common to both kinds. From `Trainable`: `networks`, `training_only`, `losses`,
    `step` and `begin_step`.
    """

    audio: AudioConfig
    needs: frozenset[str] = frozenset()  # fields of Batch; the dataset loads exactly these
    # Features that `learn_statistics` reads beyond `needs`.
    learns: frozenset[str] = frozenset()
    # Arguments that every part of this model receives, regardless of the config.
    fixed: Mapping[str, Any] = {}

    def learn_statistics(self, arrays: Arrays) -> None:
        """Called before training: store statistics of the corpus as buffers. `arrays(feature)`
        yields (speaker index, array) of each utterance. The default stores none.
        """

    def show(self, batch: Batch) -> list[Shown]:
        """The output of a validation for the first utterances of `batch`; by default empty."""
        return []

    def graphs(self) -> list[Graph]:
        """The parts of inference without Python between them, for an export."""
        raise CheckpointError(f"{type(self).__name__} cannot be exported")


class Acoustic(NamedTuple):
    """The result of an acoustic model's `infer`. Durations are the predicted frames, before pace
    and rounding.
    """

    mel: Tensor  # [B, n_mels, T], 0 in padding
    mel_lengths: Tensor  # [B] int64
    durations: Tensor  # [B, N] float
    pitch: Tensor | None = None  # [B, C, N] normalised
    energy: Tensor | None = None  # [B, N]
    repeats: Tensor | None = None  # [B, N] int64: frames of each token in `mel`
    failures: Sequence[str | None] | None = None  # per item: error message, or None
    wav: Tensor | None = None  # [B, T * hop_length] in [-1, 1], 0 in padding: if it `makes_waves`


class Sampling(NamedTuple):
    """How a model that draws its output does so; None: as its config says."""

    # The standard deviation of what is drawn. In a graph a tensor [1], below 0 for None.
    temperature: float | Tensor | None = None
    n_steps: int | None = None  # from noise to the output
    duration_temperature: float | Tensor | None = None  # as `temperature`, of durations

    def or_else(self, temperature: float, n_steps: int = 1) -> tuple[float | Tensor, int]:
        """The values, or those of the config."""
        steps = n_steps if self.n_steps is None else self.n_steps
        return _given_or(self.temperature, temperature), steps

    def durations_or_else(self, temperature: float) -> float | Tensor:
        """The temperature of durations, or that of the config."""
        return _given_or(self.duration_temperature, temperature)


def _given_or(given: float | Tensor | None, own: float) -> float | Tensor:
    if isinstance(given, Tensor):
        return torch.where(given < 0, own, given)
    return own if given is None else given


AS_CONFIGURED = Sampling()


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
    takes_durations: bool = True  # can `infer` be given durations?
    # The fields of `Sampling` that `infer` follows: of such a model, it takes a further argument
    # `sampling`.
    sampling_controls: frozenset[str] = frozenset()
    # Its own standard deviations of what is drawn: of the speech, and of its durations.
    temperatures: tuple[float, float] = (0.0, 0.0)
    # Does `infer` return waves too? Then the mel is that of the wave, and there is no vocoder.
    makes_waves: bool = False
    gain_db: float = 0.0  # of these waves (a voice's `speech` section)
    # Does the config leave `model.duration_scale` open? Then training measures it, with
    # `predicted_frames`.
    measures_durations: bool = False

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

        pitch [B, 1, N] (normalised), energy [B, N] and durations [B, N] (frames; a token's below 0
        keeps the prediction) replace the predictions. Predictions pass through the transforms; a
        model without such predictions does not call them. `pace` is a number, [B] or [B, N]; above
        1 is faster.
        """
        raise TypeError(f"{type(self).__name__} has no infer")

    def predicted_frames(self, batch: Batch) -> Tensor:
        """The frames that the tokens of each item would last at a `duration_scale` of 1, [B]."""
        raise TypeError(f"{type(self).__name__} predicts no durations")

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        """Add a speaker after the model's own: `vector` is a speaker encoder's, [D], and `pitch`
        the mean and deviation of F0 in Hz (None: the mean of the others).
        """
        raise CheckpointError(
            f"{type(self).__name__} has no vectors of speakers; train one with "
            "model.speaker_conditioning: 'embedding'"
        )

    def teach(self, batch: Batch) -> Tensor:
        """A batch with all fields in `needs` -> the teacher-forced mel [B, n_mels, T], from true
        durations (or the true mel, step by step), with the frames of the batch.
        """
        raise CheckpointError(f"{type(self).__name__} cannot predict mels of true durations")

    def align(self, batch: Batch) -> tuple[Tensor, list[str | None]]:
        """A batch with all fields in `needs` -> durations [B, N] int64 that sum to each item's
        frames, and an error message per item (or None).
        """
        raise CheckpointError(
            f"{type(self).__name__} cannot align; use a model with an aligner or with attention"
        )


class Inferred(nn.Module):
    """A vocoder's `infer` as its `forward`, with its further arguments by their names."""

    def __init__(self, vocoder: Vocoder, names: Sequence[str] = ()) -> None:
        super().__init__()
        self.vocoder = vocoder
        self.names = names

    def forward(self, mel: Tensor, *rest: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        given: dict[str, Any] = dict(zip(self.names, rest, strict=True))
        if "z" in given and given["z"].shape[1] == 1:
            given["z"] = given["z"][:, 0]
        return self.vocoder.infer(mel, **given)


def wave_graph(
    vocoder: Vocoder, noise: tuple[int, int] | None = None, source: Tensor | None = None
) -> Graph:
    """The graph of `infer`: of `mel`, of `source` if there is an example of it, and of `noise`, the
    argument `z` of `infer`, whose rows and values per frame are given.
    """
    audio = vocoder.audio
    mel = example_mel(audio)
    inputs, example, names = [mel_port(audio)], [mel], []
    facts: dict[str, Any] = {"context_frames": vocoder.context_frames}
    if source is not None:
        inputs.append(SOURCE)
        example.append(source)
        names.append("source")
    if noise is not None:
        rows, per_frame = noise
        facts["noise"] = {"rows": rows, "per_frame": per_frame}
        about = f"white, of standard deviation 1, {per_frame} values a frame in each row"
        inputs.append(Port("noise", ("batch", rows, "values"), about))
        example.append(torch.zeros(len(mel), rows, mel.shape[2] * per_frame))
        names.append("z")
    return Graph("vocoder", Inferred(vocoder, names), inputs, [WAV], example, facts)


class Vocoder(Model):
    """Mel to wav."""

    # Standard deviation of the noise that a flow turns into a wav; None for other vocoders.
    sigma: float | None = None

    @property
    def name(self) -> str:
        """The name in reports."""
        return type(self).__name__

    @property
    def context_frames(self) -> int | None:
        """Frames on each side that a sample depends on; None if it needs the whole mel."""
        return None

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]; T may be 0."""
        raise TypeError(f"{type(self).__name__} has no infer")

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]: `infer` without input noise, for the
        denoiser.
        """
        return self.infer(mel)

    def find_source(self, mel_chunks: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Chunks of a mel [B, n_mels, t] -> chunks [B, n_mels, t'] with the source [B, K, t'] of
        each: values that depend on the whole mel, such as F0 and phase. The default has none.
        """
        for chunk in mel_chunks:
            yield chunk, None

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Windows [B, n_mels, t] of longer mels, with their source if the model has one -> wavs
        [B, t * hop_length]. Window i starts at frame `starts[i]` of its mel, so that a model with
        input noise uses the noise of that position.
        """
        return self.infer(mel)

    def graphs(self) -> list[Graph]:
        """The parts of inference without Python between them, for an export: by default one, from
        mel to wav.
        """
        return [wave_graph(self)]

    def stream(self, mel_chunks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Chunks of a mel [n_mels, t] -> pieces of its wav: see `modules/signal/streaming.py`."""
        return stream(self, (torch.as_tensor(chunk) for chunk in mel_chunks))

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """The first wav of a batch, recorded and generated from its mel: sounds and mels."""
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
