"""FastPitch's network (arXiv 2006.06873, section 2.1): everything with parameters, and its training
output.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from recital.modules.acoustic.length import regulate_length, token_means
from recital.modules.acoustic.speakers import Conditioning, embed_speaker, speaker_embedding
from recital.modules.acoustic.statistics import SpeakerStatistics
from recital.modules.alignment.aligner import Aligner, Alignment, find_durations
from recital.modules.layers.convolution import TimeConv1d
from recital.modules.layers.flow_predictor import Draws, FlowPredictor
from recital.modules.layers.masking import length_mask
from recital.modules.layers.predictor import Predictor
from recital.modules.layers.transformer import FFTransformer
from recital.utils.ranges import Kernel, Weight, Width


class Training(NamedTuple):
    """The network's output in training; targets are the values passed to the decoder."""

    mel: Tensor  # [B, n_mels, T]
    log_durations: Tensor  # [B, N], log(1 + frames)
    pitch: Tensor  # [B, N] normalised
    energy: Tensor | None  # [B, N], log(1 + mean norm)
    durations_target: Tensor  # [B, N] frames
    pitch_target: Tensor  # [B, N]
    energy_target: Tensor | None  # [B, N]
    alignment: Alignment | None
    velocity: Tensor | None = None  # [B, 2, N], of the flow that draws the prosody
    velocity_target: Tensor | None = None


class FastPitchNetwork(nn.Module):
    """Section 2.1 and figure 1: everything with parameters. It has no buffers, so that DDP
    exchanges only gradients.
    """

    def __init__(
        self,
        *,
        n_tokens: int,
        n_speakers: int,
        n_mels: int,
        d_model: Width,
        encoder: FFTransformer,
        decoder: FFTransformer,
        duration_predictor: Predictor,
        pitch_predictor: Predictor,
        energy_predictor: Predictor | None,
        aligner: Aligner | None,
        pitch_kernel_size: Kernel = 3,
        energy_kernel_size: Kernel = 3,
        speaker_weight: Weight = 1.0,
        speaker_conditioning: Conditioning = "table",
        prosody: FlowPredictor | None = None,
    ) -> None:
        """`prosody` draws pitch and durations, which are predicted without it."""
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, d_model)
        self.speaker_embedding = speaker_embedding(speaker_conditioning, n_speakers, d_model)
        self.speaker_weight = speaker_weight
        self.encoder = encoder
        self.duration_predictor = duration_predictor
        self.pitch_predictor = pitch_predictor
        self.pitch_embedding = TimeConv1d(1, d_model, pitch_kernel_size)
        self.energy_predictor = energy_predictor
        self.energy_embedding = (
            TimeConv1d(1, d_model, energy_kernel_size) if energy_predictor else None
        )
        self.decoder = decoder
        self.out = nn.Linear(d_model, n_mels)
        self.aligner = aligner
        self.prosody = prosody

    def with_speaker(self, embedded: Tensor, speaker: Tensor | None) -> Tensor:
        """embedded tokens [B, N, C], speaker [B] (None: the first) -> [B, N, C]."""
        if self.speaker_embedding is not None:
            added = embed_speaker(self.speaker_embedding, speaker, embedded.shape[0])
            embedded = embedded + self.speaker_weight * added
        return embedded

    def encode(self, embedded: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        """embedded tokens [B, N, C], mask [B, N], speaker [B] (None: the first) -> [B, N, C]."""
        encoded: Tensor = self.encoder(self.with_speaker(embedded, speaker), mask)
        return encoded

    def decode(self, encoded: Tensor, repeats: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
        """encoded [B, N, C], repeats [B, N] -> (mel [B, n_mels, n_frames], 0 in padding; lengths
        [B]).
        """
        x, lengths = regulate_length(encoded, repeats, n_frames)
        mask = length_mask(lengths, n_frames)
        mel = self.out(self.decoder(x, mask)) * mask[..., None]
        return mel.transpose(1, 2), lengths

    def embed_energy(
        self, energy: Tensor, mask: Tensor, statistics: SpeakerStatistics | None
    ) -> Tensor:
        """energy [B, N], log(1 + norm), mask [B, N] -> [B, N, C]; normalised by the statistics of
        its logarithm, if given.
        """
        assert self.energy_embedding is not None
        read = energy if statistics is None else statistics.normalize(energy, mask)
        embedded: Tensor = self.energy_embedding(read[..., None])
        return embedded

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
        energy_statistics: SpeakerStatistics | None = None,
        draws: Draws | None = None,
    ) -> Training:
        """The teacher-forced pass on fields of `Batch`; pitch is normalised, voiced [B, T] bool,
        energy to be normalised by `energy_statistics` ([B, 1], of its logarithm), if given. With
        `draws`, the flow of the prosody is trained.
        """
        mask = length_mask(token_lengths, tokens.shape[1])
        embedded = self.embedding(tokens)
        durations, alignment = find_durations(
            self.aligner, embedded, mel, token_lengths, mel_lengths, prior, durations
        )
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
            energy_target = norms.log1p()
            if energy_statistics is not None:
                energy_target = energy_statistics.normalize(energy_target, mask)
            x = x + self.energy_embedding(energy_target[..., None])
        velocity = velocity_target = None
        if self.prosody is not None and draws is not None:
            velocity, velocity_target = self.prosody(
                self.with_speaker(embedded, speaker), mask, durations, pitch_target[:, 0], draws
            )
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
            velocity=velocity,
            velocity_target=velocity_target,
        )
