"""Mels to wavs with any vocoder: in batches that equal single calls, or as a stream."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from recital.modules.contract.mel import MelSpectrogram
from recital.modules.contract.model import Vocoder
from recital.modules.signal.denoiser import Denoised
from recital.modules.signal.streaming import (
    CHUNK_FRAMES,
    LONG_FRAMES,
    find_rows,
    infer_rows,
    infer_whole,
    stream,
    stream_mel,
)
from recital.utils.errors import DataError

GPU_BATCH = 16  # mels; on a CPU one by one is as fast (one convolution uses all cores)
Mel = Tensor | np.ndarray | Sequence[Sequence[float]]


class LoadedVocoder:
    """A vocoder with its weights. `wav, sample_rate = vocoder(mel)`, and
    `for wav in vocoder.stream(mel_chunks): …`.
    """

    def __init__(self, model: Vocoder, denoising_strength: float = 0.0) -> None:
        self.model = denoised(model, denoising_strength)
        self.audio = model.audio
        self.name = model.name
        self.context_frames = self.model.context_frames
        self.denoising_strength = denoising_strength
        self.sigma = model.sigma  # of a flow's noise

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return device_of(self.model)

    def __call__(self, mel: Mel) -> tuple[np.ndarray, int]:
        """mel [n_mels, T] -> float32 [T * hop_length] in [-1, 1], and the sample rate.

        Raises `DataError` for a mel of another shape, or with non-finite numbers.
        """
        mel = as_tensor(mel)
        check_mel(mel, self.audio.n_mels)
        (wav,) = self.infer_many([mel])
        return wav, self.audio.sample_rate

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        return torch.cat(list(stream(self.model, [mel.to(device_of(self.model))])), dim=-1)

    def infer_many(self, mels: Sequence[Mel], batch_size: int | None = None) -> list[np.ndarray]:
        """Mels [n_mels, T] -> wavs float32 [T * hop_length] in [-1, 1]: see `vocode`."""
        made = vocode(self.model, [as_tensor(mel) for mel in mels], batch_size)
        return [to_array(wav) for wav in made]

    def stream(self, mel_chunks: Iterable[Mel]) -> Iterator[np.ndarray]:
        """Chunks of a mel, [n_mels, t] -> pieces of its wav as they are ready; concatenated, they
        equal `__call__` on the whole. Raises `DataError` for a chunk of another shape.
        """
        return stream_arrays(self.model, map(self._checked, mel_chunks))

    def _checked(self, chunk: Mel) -> Tensor:
        mel = as_tensor(chunk)
        if mel.shape != (self.audio.n_mels, 0):  # which adds nothing
            check_shape(mel, self.audio.n_mels)
        return mel

    def stream_mel(self, mel: Mel, start: int = 0) -> Iterator[np.ndarray]:
        """A whole mel [n_mels, T] -> pieces of its wav from frame `start` on; the first is short,
        so that it starts early.
        """
        for wav in stream_mel(self.model, as_tensor(mel).float().to(self.device), start):
            yield to_array(wav)


def denoised(vocoder: Vocoder, strength: float) -> Vocoder:
    """The vocoder, followed by a denoiser unless `strength` is 0. Raises `DataError` for a strength
    below 0.
    """
    if not 0.0 <= strength < math.inf:
        raise DataError(f"denoising_strength: expected 0 or more, found {strength}")
    return Denoised(vocoder, strength) if strength else vocoder


@torch.inference_mode()
def vocode(vocoder: Vocoder, mels: Sequence[Tensor], batch_size: int | None = None) -> list[Tensor]:
    """Mels [n_mels, T] -> wavs [T * hop_length] on the vocoder's device, in order.

    They are batched by length; each wav is within 1e-5 of the one from its mel alone.
    """
    device = device_of(vocoder)
    size = batch_size or (GPU_BATCH if device.type == "cuda" else 1)
    order = sorted(range(len(mels)), key=lambda i: mels[i].shape[-1])
    waves: dict[int, Tensor] = {}
    for start in range(0, len(order), size):
        group = order[start : start + size]
        made = _together(vocoder, [find_rows(vocoder, mels[i].float().to(device)) for i in group])
        waves.update(zip(group, made, strict=True))
    return [waves[i] for i in range(len(mels))]


def stream_arrays(vocoder: Vocoder, mel_chunks: Iterable[Mel]) -> Iterator[np.ndarray]:
    """`stream` of a vocoder on any device, as float32 [s] in [-1, 1]."""
    device = device_of(vocoder)
    chunks = (as_tensor(chunk).float().to(device) for chunk in mel_chunks)
    for wav in stream(vocoder, chunks):
        yield to_array(wav)


def _together(vocoder: Vocoder, mels: list[Tensor]) -> list[Tensor]:
    """`vocode` for one batch, sorted from the shortest to the longest."""
    context = vocoder.context_frames
    longest = mels[-1].shape[-1]
    if len(mels) == 1 or context is None or longest > LONG_FRAMES:
        return [infer_whole(vocoder, mel) for mel in mels]
    hop = vocoder.audio.hop_length
    padded = torch.full((len(mels), *mels[-1].shape), vocoder.audio.silence, device=mels[0].device)
    for row, mel in zip(padded, mels, strict=True):
        row[:, : mel.shape[-1]] = mel
    whole = infer_rows(vocoder, padded, [0] * len(mels))
    waves = [w[: mel.shape[-1] * hop] for w, mel in zip(whole, mels, strict=True)]
    #   mel padded to the longest:  m m m m m m 0 0   # (0s are silence)
    #   affected by the silence:            x x       # the last `context` frames
    # The affected frames are recomputed in one batch, from windows that end with the mels.
    short = [i for i, mel in enumerate(mels) if mel.shape[-1] < longest]
    again = [i for i in short if mels[i].shape[-1] > 2 * context > 0]
    if again:
        windows = torch.stack([mels[i][:, -2 * context :] for i in again])
        ends = infer_rows(vocoder, windows, [mels[i].shape[-1] - 2 * context for i in again])
        for i, end in zip(again, ends, strict=True):
            waves[i] = torch.cat([waves[i][: -context * hop], end[-context * hop :]])
    for i in set(short) - set(again) if context else ():
        waves[i] = infer_whole(vocoder, mels[i])
    return waves


def mel_chunks(
    wav: np.ndarray, spectrogram: MelSpectrogram, chunk_frames: int = CHUNK_FRAMES
) -> Iterator[Tensor]:
    """wav [S] -> mel [n_mels, T] in chunks, for recordings whose spectra do not fit into memory."""
    audio = spectrogram.audio
    hop, n_frames = audio.hop_length, audio.n_frames(len(wav))
    edge = -(-audio.pad // hop)  # frames that may reach the reflection at an end
    for start in range(0, n_frames, chunk_frames):
        stop = min(start + chunk_frames, n_frames)
        low = max(start - edge, 0)
        # a chunk near the end includes the rest, so that only the true end is reflected
        last = stop + 2 * edge >= n_frames
        part = wav[low * hop : None if last else (stop + 2 * edge) * hop]
        with torch.no_grad():
            mel = spectrogram(torch.from_numpy(part)[None].to(spectrogram.filters.device))[0]
        yield mel[:, start - low : stop - low]


def as_tensor(mel: Mel) -> Tensor:
    """A mel of any kind: a tensor, an array of any layout and byte order, nested lists. Raises
    `DataError` for what is no array of numbers.
    """
    if isinstance(mel, Tensor):
        return mel
    try:
        array = np.asarray(mel)
        if array.dtype.kind not in "fiu":
            raise ValueError(f"found {array.dtype}")
    except (ValueError, TypeError) as error:
        raise DataError(f"mel: expected an array of numbers; {error}") from None
    # torch knows neither negative strides nor another byte order
    return torch.from_numpy(np.array(array, array.dtype.newbyteorder("="), order="C"))


def check_mel(mel: Mel, n_mels: int, name: str = "mel") -> None:
    """Raise `DataError` unless this is a valid mel for a vocoder of `n_mels`."""
    tensor = as_tensor(mel)
    check_shape(tensor, n_mels, name)
    if not tensor.is_floating_point() or not bool(tensor.isfinite().all()):
        raise DataError(f"{name}: expected a log mel of finite floats, found {tensor.dtype}")


def check_shape(mel: Tensor, n_mels: int, name: str = "mel") -> None:
    """Raise `DataError` unless this is [n_mels, T], T above 0."""
    shape = tuple(mel.shape)
    if len(shape) != 2 or shape[0] != n_mels or shape[1] < 1:
        turned = "; it looks transposed" if len(shape) == 2 and shape[1] == n_mels else ""
        raise DataError(
            f"{name}: expected [{n_mels}, frames], the mel of this vocoder, found "
            f"{list(shape)}{turned}"
        )


def device_of(vocoder: Vocoder) -> torch.device:
    """The device of a vocoder's weights and buffers; the CPU if it has none."""
    tensors = itertools.chain(vocoder.parameters(), vocoder.buffers())
    return next((tensor.device for tensor in tensors), torch.device("cpu"))


def to_array(wav: Tensor) -> np.ndarray:
    """Convert to float32 in [-1, 1] on the CPU. Raises `DataError` for NaN, which would be written
    as silence.
    """
    array: np.ndarray = wav.float().clamp(-1.0, 1.0).cpu().numpy()
    if np.isnan(array).any():
        raise DataError(
            "the vocoder makes NaN of this mel; expected a log mel, as its audio section says: is "
            "it linear, or in decibels?"
        )
    return array
