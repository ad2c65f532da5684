"""FastPitch's network (arXiv 2006.06873, section 2.1): all that has parameters, and what training
reads of it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from recital.modules.acoustic.length import regulate_length, token_means
from recital.modules.alignment.aligner import Aligner, Alignment, path_durations
from recital.modules.layers.convolution import Conv1d
from recital.modules.layers.masking import length_mask
from recital.modules.layers.predictor import Predictor
from recital.modules.layers.transformer import FFTransformer


class Training(NamedTuple):
    """What the network returns in training; targets are what the decoder was given."""

    mel: Tensor  # [B, n_mels, T]
    log_durations: Tensor  # [B, N], log(1 + frames)
    pitch: Tensor  # [B, N] normalised
    energy: Tensor | None  # [B, N], log(1 + mean norm)
    durations_target: Tensor  # [B, N] frames
    pitch_target: Tensor  # [B, N]
    energy_target: Tensor | None  # [B, N]
    alignment: Alignment | None


class FastPitchNetwork(nn.Module):
    """Section 2.1 and figure 1: everything that has parameters. It has no buffers, so that DDP
    exchanges gradients only.
    """

    def __init__(
        self,
        *,
        n_tokens: int,
        n_speakers: int,
        n_mels: int,
        d_model: int,
        encoder: FFTransformer,
        decoder: FFTransformer,
        duration_predictor: Predictor,
        pitch_predictor: Predictor,
        energy_predictor: Predictor | None,
        aligner: Aligner | None,
        pitch_kernel_size: int = 3,
        energy_kernel_size: int = 3,
        speaker_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, d_model)
        self.speaker_embedding = nn.Embedding(n_speakers, d_model) if n_speakers > 1 else None
        self.speaker_weight = speaker_weight
        self.encoder = encoder
        self.duration_predictor = duration_predictor
        self.pitch_predictor = pitch_predictor
        self.pitch_embedding = Conv1d(1, d_model, pitch_kernel_size)
        self.energy_predictor = energy_predictor
        self.energy_embedding = Conv1d(1, d_model, energy_kernel_size) if energy_predictor else None
        self.decoder = decoder
        self.out = nn.Linear(d_model, n_mels)
        self.aligner = aligner

    def encode(self, embedded: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        """embedded tokens [B, N, C], mask [B, N], speaker [B] (None: the first) -> [B, N, C]."""
        if self.speaker_embedding is not None:
            if speaker is None:
                speaker = torch.zeros(len(embedded), dtype=torch.long, device=embedded.device)
            embedded = embedded + self.speaker_weight * self.speaker_embedding(speaker)[:, None]
        return self.encoder(embedded, mask)

    def decode(self, encoded: Tensor, repeats: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
        """encoded [B, N, C], repeats [B, N] -> (mel [B, n_mels, n_frames], 0 in padding; lengths
        [B]).
        """
        x, lengths = regulate_length(encoded, repeats, n_frames)
        mask = length_mask(lengths, n_frames)
        mel = self.out(self.decoder(x, mask)) * mask[..., None]
        return mel.transpose(1, 2), lengths

    def embed_energy(
        self, energy: Tensor, mask: Tensor, statistics: tuple[Tensor, Tensor] | None
    ) -> Tensor:
        """energy [B, N], log(1 + norm), mask [B, N] -> [B, N, C]."""
        assert self.energy_embedding is not None
        embedded: Tensor = self.energy_embedding(
            self._normal_energy(energy, mask, statistics)[..., None]
        )
        return embedded

    def _normal_energy(
        self, energy: Tensor, mask: Tensor, statistics: tuple[Tensor, Tensor] | None
    ) -> Tensor:
        """energy [B, N], normalised; 0 in padding."""
        if statistics is None:
            return energy
        mean, std = statistics
        return (energy - mean) / std * mask

    def forward(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        mel: Tensor,
        mel_lengths: Tensor,
        pitch: Tensor,
        voiced: Tensor,
        energy: Tensor | None = None,
        speaker: Tensor | None = None,
        durations: Tensor | None = None,
        prior: Tensor | None = None,
        energy_statistics: tuple[Tensor, Tensor] | None = None,
    ) -> Training:
        """The teacher-forced pass on fields of `Batch`; pitch is normalised, voiced [B, T] bool,
        energy to be normalised by `energy_statistics` (mean and deviation of its logarithm, [B,
        1] each), if given.
        """
        mask = length_mask(token_lengths, tokens.shape[1])
        embedded = self.embedding(tokens)
        alignment = None
        if self.aligner is not None:
            alignment = self.aligner(embedded, mel, token_lengths, mel_lengths, prior)
            durations = path_durations(alignment.path, mel_lengths, tokens.shape[1])
        assert durations is not None, "the batch brings what the model needs"
        encoded = self.encode(embedded, mask, speaker)
        log_durations = self.duration_predictor(encoded, mask)
        pitch_hat = self.pitch_predictor(encoded, mask)
        pitch_target = token_means(pitch[:, None], voiced[:, None], durations)  # [B, 1, N]
        x = encoded + self.pitch_embedding(pitch_target.transpose(1, 2))
        energy_hat = energy_target = None
        if self.energy_predictor is not None and self.energy_embedding is not None:
            assert energy is not None, "the batch brings what the model needs"
            energy_hat = self.energy_predictor(x, mask)
            norms = token_means(energy[:, None], energy[:, None] != 0, durations)[:, 0]
            energy_target = self._normal_energy(norms.log1p(), mask, energy_statistics)
            x = x + self.energy_embedding(energy_target[..., None])
        mel_hat, _ = self.decode(x, durations, mel.shape[2])
        return Training(
            mel=mel_hat,
            log_durations=log_durations,
            pitch=pitch_hat,
            energy=energy_hat,
            durations_target=durations,
            pitch_target=pitch_target[:, 0],
            energy_target=energy_target,
            alignment=alignment,
        )
