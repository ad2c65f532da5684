"""A vocoder's waves made louder without clipping: each sample by itself, so that pieces of a stream
equal the whole.

    |y| = g |x|                                            up to the knee
    |y| = knee + (top - knee) tanh((g |x| - knee) / (top - knee))     above it
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from recital.modules.contract.graph import Graph, followed
from recital.modules.contract.model import Vocoder

KNEE, TOP = 0.6, 0.98  # of full scale: -4.4 dB, below which nothing is bent, and the limit


def louder(wav: Tensor, gain_db: float) -> Tensor:
    """wav of any shape, times the gain; peaks are bent so that none exceeds `TOP`."""
    wav = wav * 10.0 ** (gain_db / 20.0)
    peaks = wav.abs().clamp(min=KNEE)
    bent = KNEE + (TOP - KNEE) * torch.tanh((peaks - KNEE) / (TOP - KNEE))
    return torch.where(wav.abs() > KNEE, bent * wav.sign(), wav)


class Louder(Vocoder):
    """A vocoder with a gain in dB."""

    def __init__(self, vocoder: Vocoder, gain_db: float) -> None:
        super().__init__()
        self.vocoder = vocoder
        self.gain_db = gain_db
        self.audio = vocoder.audio

    @property
    def name(self) -> str:
        return self.vocoder.name

    @property
    def context_frames(self) -> int | None:
        return self.vocoder.context_frames

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        return louder(self.vocoder.infer(mel), self.gain_db)

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        return louder(self.vocoder.infer_windows(mel, starts, source), self.gain_db)

    def graphs(self) -> list[Graph]:
        """The graphs of the vocoder, with the gain behind its wav."""
        return followed(self.vocoder.graphs(), partial(louder, gain_db=self.gain_db))

    def find_source(self, mel_chunks: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor | None]]:
        return self.vocoder.find_source(mel_chunks)
