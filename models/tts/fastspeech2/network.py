"""FastSpeech 2's network (arXiv 2006.04558, figure 1): everything with parameters, and its training
output.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from recital.models.tts.fastspeech2.variance import Variance
from recital.modules.acoustic.length import regulate_length, token_means
from recital.modules.acoustic.speakers import Conditioning, embed_speaker, speaker_embedding
from recital.modules.alignment.aligner import Aligner, Alignment, find_durations
from recital.modules.layers.masking import length_mask
from recital.modules.layers.postnet import Postnet
from recital.modules.layers.predictor import Predictor
from recital.modules.layers.transformer import FFTransformer
from recital.utils.ranges import Width

Use = Callable[[Tensor], Tensor]  # prediction [B, L] -> the value that is embedded


class Adapted(NamedTuple):
    """The output of the variance adaptor."""

    x: Tensor  # [B, T, C], 0 in padding
    lengths: Tensor  # [B] frames
    pitch: Tensor  # [B, N] or [B, T] by level: predictions, normalised
    energy: Tensor  # likewise


class Training(NamedTuple):
    """The network's output in training; targets are the values passed to the decoder."""

    mel: Tensor  # [B, n_mels, T] before the postnet
    mel_postnet: Tensor | None  # [B, n_mels, T]
    log_durations: Tensor  # [B, N], log(1 + frames)
    pitch: Tensor  # [B, N] or [B, T] normalised
    energy: Tensor
    durations_target: Tensor  # [B, N] frames
    pitch_target: Tensor  # as pitch
    energy_target: Tensor
    alignment: Alignment | None

    @property
    def finest(self) -> Tensor:
        """The mel [B, n_mels, T] after the postnet, if there is one."""
        return self.mel if self.mel_postnet is None else self.mel_postnet


class FastSpeech2Network(nn.Module):
    """Figure 1a and 1b: encoder, variance adaptor, decoder, postnet."""

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
        pitch: Variance,
        energy: Variance,
        postnet: Postnet | None,
        aligner: Aligner | None,
        speaker_conditioning: Conditioning = "table",
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, d_model)
        self.speaker_embedding = speaker_embedding(speaker_conditioning, n_speakers, d_model)
        self.encoder = encoder
        self.duration_predictor = duration_predictor
        self.pitch = pitch
        self.energy = energy
        self.decoder = decoder
        self.out = nn.Linear(d_model, n_mels)
        self.postnet = postnet
        self.aligner = aligner

    def encode(self, embedded: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        """embedded tokens [B, N, C], mask [B, N], speaker [B] (None: the first) -> [B, N, C].

        The speaker is added to the output of the encoder, not to its input.
        """
        x = self.encoder(embedded, mask)
        if self.speaker_embedding is not None:
            x = x + embed_speaker(self.speaker_embedding, speaker, x.shape[0]) * mask[..., None]
        return x

    def adapt(
        self,
        x: Tensor,
        mask: Tensor,
        repeats: Tensor,
        n_frames: int,
        *,
        use_pitch: Use,
        use_energy: Use,
    ) -> Adapted:
        """Section 2.3 for known durations: x [B, N, C], repeats [B, N] -> frames.

        Pitch comes before energy, which depends on it; quantities at the token level come before
        the length regulator. `use_pitch` and `use_energy` map a prediction to the embedded value.
        """
        hats: dict[str, Tensor] = {}
        lengths = repeats.sum(1)
        parts = (("pitch", self.pitch, use_pitch), ("energy", self.energy, use_energy))
        for level in ("token", "frame"):
            if level == "frame":
                x, lengths = regulate_length(x, repeats, n_frames)
                mask = length_mask(lengths, n_frames)
            for name, variance, use in parts:
                if variance.level == level:
                    hats[name], x = variance(x, mask, use)
        return Adapted(x, lengths, hats["pitch"], hats["energy"])

    def decode(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None]:
        """x [B, T, C] -> mel [B, n_mels, T] before and after the postnet, 0 in padding."""
        mask = length_mask(lengths, x.shape[1])
        mel = self.out(self.decoder(x, mask)) * mask[..., None]
        if self.postnet is None:
            return mel.transpose(1, 2), None
        sharpened = mel + self.postnet(mel, mask)
        return mel.transpose(1, 2), sharpened.transpose(1, 2)

    def forward(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        mel: Tensor,
        mel_lengths: Tensor,
        pitch: Tensor,
        energy: Tensor,
        speaker: Tensor | None = None,
        durations: Tensor | None = None,
        prior: Tensor | None = None,
    ) -> Training:
        """The teacher-forced pass; pitch and energy [B, T] are normalised values of each frame."""
        mask = length_mask(token_lengths, tokens.shape[1])
        frames = length_mask(mel_lengths, mel.shape[2])
        embedded = self.embedding(tokens)
        durations, alignment = find_durations(
            self.aligner, embedded, mel, token_lengths, mel_lengths, prior, durations
        )
        values = torch.stack([pitch, energy], 1)
        means = token_means(values, frames[:, None].expand_as(values), durations)
        pitch_target = means[:, 0] if self.pitch.level == "token" else pitch
        energy_target = means[:, 1] if self.energy.level == "token" else energy
        encoded = self.encode(embedded, mask, speaker)
        log_durations = self.duration_predictor(encoded, mask)
        adapted = self.adapt(
            encoded,
            mask,
            durations,
            mel.shape[2],
            use_pitch=lambda _: pitch_target,
            use_energy=lambda _: energy_target,
        )
        mel_hat, mel_postnet = self.decode(adapted.x, adapted.lengths)
        return Training(
            mel=mel_hat,
            mel_postnet=mel_postnet,
            log_durations=log_durations,
            pitch=adapted.pitch,
            energy=adapted.energy,
            durations_target=durations,
            pitch_target=pitch_target,
            energy_target=energy_target,
            alignment=alignment,
        )
