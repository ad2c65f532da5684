"""Who speaks: a row of a table that is learned for each speaker, or the mean of a speaker encoder's
vectors, projected, so that a new speaker can be imitated (as in arXiv 1806.04558, with fewer
speakers).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from recital.modules.acoustic.statistics import append_statistics
from recital.modules.contract.model import Arrays
from recital.utils.errors import CheckpointError, DataError

VECTOR_SIZE = 256
FEATURE = "speaker_embedding"  # of stage 1, [VECTOR_SIZE] for each recording
Conditioning = Literal["table", "embedding"]


def project(vectors: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """vectors [B, VECTOR_SIZE] of length 1 -> [B, d_model], with the weights of the projection."""
    # elements of a vector of length 1 are small
    return nn.functional.linear(vectors * VECTOR_SIZE**0.5, weight, bias)


class SpeakerVectors(nn.Module):
    """One vector of length 1 for each speaker, learned from the corpus, and its projection."""

    vectors: Tensor  # [n_speakers, VECTOR_SIZE]

    def __init__(self, n_speakers: int, d_model: int) -> None:
        super().__init__()
        self.register_buffer("vectors", torch.zeros(n_speakers, VECTOR_SIZE))
        self.projection = nn.Linear(VECTOR_SIZE, d_model)

    def forward(self, speaker: Tensor) -> Tensor:
        """speaker [B] -> [B, d_model]."""
        return project(self.vectors[speaker], self.projection.weight, self.projection.bias)

    @torch.no_grad()
    def learn(self, arrays: Arrays) -> None:
        """Set each speaker's vector to the direction of the mean of its recordings'."""
        sums = np.zeros(self.vectors.shape)
        for speaker, vector in arrays(FEATURE):
            sums[speaker] += vector
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        if not (lengths > 0).all():
            raise DataError(
                f"{FEATURE}: speaker {int(lengths.argmin())} has no recording in the training split"
            )
        self.vectors.copy_(torch.from_numpy(sums / lengths))

    @torch.no_grad()
    def append(self, vector: np.ndarray) -> None:
        """Add a speaker, after all others."""
        row = torch.as_tensor(vector, dtype=self.vectors.dtype, device=self.vectors.device)
        self.vectors = torch.cat([self.vectors, (row / row.norm())[None]])


def speaker_embedding(
    conditioning: Conditioning, n_speakers: int, d_model: int
) -> nn.Embedding | SpeakerVectors | None:
    """The module that turns speakers [B] into [B, d_model]; None for a table of one speaker."""
    if conditioning == "embedding":
        return SpeakerVectors(n_speakers, d_model)
    width = speaker_width(conditioning, n_speakers, d_model)
    return nn.Embedding(n_speakers, width) if width else None


def speaker_width(conditioning: Conditioning, n_speakers: int, d_model: int) -> int:
    """The channels of what `speaker_embedding` makes of a speaker; 0 where it makes nothing."""
    return d_model if conditioning == "embedding" or n_speakers > 1 else 0


def embed_speaker(embedding: nn.Module, speaker: Tensor | None, n_items: int) -> Tensor:
    """speaker [B] (None: the first, for all `n_items`) -> [B, 1, C], to be added to tokens."""
    if speaker is None:
        device = next(embedding.parameters()).device
        speaker = torch.zeros(n_items, dtype=torch.long, device=device)
    embedded: Tensor = embedding(speaker)[:, None]
    return embedded


def learned_features(embedding: nn.Module | None) -> frozenset[str]:
    """The features that `learn_speakers` reads."""
    return frozenset({FEATURE} if isinstance(embedding, SpeakerVectors) else ())


def learn_speakers(embedding: nn.Module | None, arrays: Arrays) -> None:
    """Learn the vectors of the speakers of a corpus, if the model has any."""
    if isinstance(embedding, SpeakerVectors):
        embedding.learn(arrays)


def append_speaker(
    model: nn.Module,
    embedding: nn.Module | None,
    vector: np.ndarray,
    quantities: tuple[str, ...],
    pitch: tuple[float, float] | None,
) -> None:
    """Add a speaker after the model's own: its vector, and its row of the statistics of
    `quantities` (pitch is given in Hz; otherwise a row is the mean of the others). Raises
    `CheckpointError` for a voice with a table.
    """
    if not isinstance(embedding, SpeakerVectors):
        raise CheckpointError(
            "this voice knows only the speakers of its corpus; to imitate others, train one with "
            'model.speaker_conditioning: "embedding"'
        )
    embedding.append(vector)
    for quantity in quantities:
        append_statistics(model, quantity, pitch if quantity == "pitch" else None)
