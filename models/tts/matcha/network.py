"""The network of Matcha-TTS (arXiv 2309.03199): the text encoder, monotonic alignment search, and
the flow from noise to a mel. Mels are normalised here.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.matcha.decoder import Decoder
from recital.models.tts.matcha.encoder import TextEncoder
from recital.modules.acoustic.blanks import Places, add_blanks, owners
from recital.modules.acoustic.length import regulate_length
from recital.modules.acoustic.speakers import Conditioning, embed_speaker, speaker_embedding
from recital.modules.alignment.aligner import Alignment, align_likelihoods, path_durations
from recital.modules.alignment.attention_prior import attention_prior
from recital.modules.layers.flow_matching import SigmaMin, follow, straight_path
from recital.modules.layers.masking import length_mask
from recital.utils.errors import ConfigError
from recital.utils.ranges import Count, Many, Width


class Draws(NamedTuple):
    """The random numbers of a training step."""

    noise: Tensor  # [B, n_mels, T], normal
    times: Tensor  # [B], uniform
    starts: Tensor  # [B], uniform: where in its mel a segment begins

    @classmethod
    def like(cls, mel: Tensor) -> Draws:
        """New ones for a batch of mels [B, n_mels, T]."""
        noise = torch.randn_like(mel)
        times, starts = torch.rand(2, mel.shape[0], device=mel.device, dtype=mel.dtype)
        return cls(noise, times, starts)


class Encoded(NamedTuple):
    """Units, which are tokens and blanks, after the encoder."""

    means: Tensor  # [B, U, n_mels]
    log_durations: Tensor  # [B, U], of frames
    lengths: Tensor  # [B]
    owner: Tensor  # [U], the token of each unit
    speaker: Tensor | None  # [B, C], None in a voice of one


class Training(NamedTuple):
    """The network's output in training; S are the frames of the segments."""

    mean: Tensor  # [B, n_mels, T], the encoder's, of whole mels
    velocity: Tensor  # [B, n_mels, S]
    velocity_target: Tensor  # [B, n_mels, S]
    segment_lengths: Tensor  # [B]
    log_durations: Tensor  # [B, U], of units
    durations_target: Tensor  # [B, U] frames
    unit_lengths: Tensor  # [B]


class MatchaNetwork(nn.Module):
    """Everything with parameters. It has no buffers, so that DDP exchanges only gradients."""

    def __init__(
        self,
        *,
        n_tokens: int,
        n_speakers: int,
        d_model: Width,
        encoder: TextEncoder,
        decoder: Decoder,
        speaker_channels: Width = 64,
        speaker_conditioning: Conditioning = "table",
        blanks: Places = "none",
        blank_token: Count = 0,
        alignment: Literal["searched", "given"] = "searched",
        alignment_prior: bool = True,
        segment_frames: Many | None = None,
        sigma_min: SigmaMin = 1e-4,
    ) -> None:
        """`blanks` says where the model adds the token `blank_token` between the others.
        `alignment` says whether durations are searched (Glow-TTS, arXiv 2005.11129) or come with
        the data; with `alignment_prior` the search starts from the diagonal, with the prior of
        arXiv 2108.10447. The decoder is trained on random segments of `segment_frames` (None:
        whole mels). `sigma_min` is the noise that is left at the end of the flow.
        """
        super().__init__()
        if blank_token >= n_tokens:
            raise ConfigError(f"model.blank_token: expected one of {n_tokens}, found {blank_token}")
        if alignment == "given" and blanks != "none":
            raise ConfigError(
                'model.alignment: "given" durations are of tokens, so model.blanks must be "none"'
            )
        if segment_frames is not None and segment_frames % decoder.stride:
            raise ConfigError(
                f"model.segment_frames: expected a multiple of {decoder.stride}, "
                f"found {segment_frames}"
            )
        self.embedding = nn.Embedding(n_tokens, d_model)
        nn.init.normal_(self.embedding.weight, 0.0, d_model**-0.5)
        self.encoder = encoder
        self.decoder = decoder
        self.speaker_embedding = speaker_embedding(
            speaker_conditioning, n_speakers, speaker_channels
        )
        self.blanks, self.blank_token = blanks, blank_token
        self.alignment = alignment
        self.alignment_prior = alignment_prior
        self.segment_frames = segment_frames
        self.sigma_min = sigma_min

    def encode(self, tokens: Tensor, token_lengths: Tensor, speaker: Tensor | None) -> Encoded:
        """tokens [B, N], speaker [B] (None: the first) -> see `Encoded`."""
        table = self.speaker_embedding
        embedded = None if table is None else embed_speaker(table, speaker, len(tokens))[:, 0]
        units, lengths = add_blanks(tokens, token_lengths, self.blanks, self.blank_token)
        mask = length_mask(lengths, units.shape[1])
        scaled = self.embedding(units) * self.embedding.embedding_dim**0.5
        means, log_durations = self.encoder(scaled, mask, embedded)
        owner = owners(units.shape[1], self.blanks, units.device)
        return Encoded(means, log_durations, lengths, owner, embedded)

    @torch.no_grad()
    def align(self, encoded: Encoded, mel: Tensor, mel_lengths: Tensor) -> Alignment:
        """Section 3.1: the path on which the means of the units make the mel [B, n_mels, T]
        likeliest. Terms that are equal for all units of a frame are left out.
        """
        lengths = encoded.lengths
        with torch.autocast(mel.device.type, enabled=False):
            mean, mel = encoded.means.float(), mel.float()
            likelihoods = (mean @ mel - 0.5 * mean.square().sum(2, keepdim=True)).transpose(1, 2)
            if self.alignment_prior:
                n_frames, n_units = likelihoods.shape[1:]
                prior = attention_prior(lengths, mel_lengths, n_units, n_frames)
                likelihoods = likelihoods + (prior + 1e-8).log()
            return align_likelihoods(likelihoods, lengths, mel_lengths)

    def forward(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        mel: Tensor,
        mel_lengths: Tensor,
        draws: Draws,
        speaker: Tensor | None = None,
        durations: Tensor | None = None,
    ) -> Training:
        """The pass of section 2.2 and equation 4 on fields of `Batch`; the mel is normalised."""
        encoded = self.encode(tokens, token_lengths, speaker)
        if self.alignment == "searched":
            path = self.align(encoded, mel, mel_lengths).path
            durations = path_durations(path, mel_lengths, encoded.means.shape[1])
        assert durations is not None, "the batch brings what the model needs"
        mean = regulate_length(encoded.means, durations, mel.shape[2])[0].transpose(1, 2)
        (target, condition, noise), lengths = self.segments(
            (mel, mean, draws.noise), mel_lengths, draws.starts
        )
        noisy, velocity_target = straight_path(noise, target, draws.times, self.sigma_min)
        return Training(
            mean=mean,
            velocity=self.decoder(noisy, condition, draws.times, lengths, encoded.speaker),
            velocity_target=velocity_target,
            segment_lengths=lengths,
            log_durations=encoded.log_durations,
            durations_target=durations,
            unit_lengths=encoded.lengths,
        )

    def segments(
        self, values: tuple[Tensor, ...], lengths: Tensor, starts: Tensor
    ) -> tuple[list[Tensor], Tensor]:
        """Values [B, C, T] with lengths [B] -> the same random segment of each, [B, C, S], and its
        lengths; starts [B] are from 0 to 1. S is a multiple of the decoder's stride.
        """
        n_frames = values[0].shape[2]
        padding = -n_frames % self.decoder.stride
        size = n_frames + padding
        padded = [F.pad(value, (0, padding)) for value in values]
        if self.segment_frames is None or self.segment_frames >= size:
            return padded, lengths
        size = self.segment_frames
        free = (lengths - size).clamp(min=0)
        first = (starts * (free + 1)).long().clamp(max=free)
        places = (first[:, None] + torch.arange(size, device=lengths.device))[:, None]  # [B, 1, S]
        cut = [value.gather(2, places.expand(-1, value.shape[1], -1)) for value in padded]
        return cut, lengths.clamp(max=size)

    def flow(
        self,
        mean: Tensor,
        noise: Tensor,
        lengths: Tensor,
        embedded: Tensor | None,
        n_steps: int,
    ) -> Tensor:
        """Euler's method from noise to a mel (section 2.2): mean and noise [B, n_mels, T], lengths
        [B], speakers [B, C] -> [B, n_mels, T]. T is a multiple of the decoder's stride.
        """

        def velocity(mel: Tensor, times: Tensor) -> Tensor:
            found: Tensor = self.decoder(mel, mean, times, lengths, embedded)
            return found

        return follow(velocity, noise, n_steps)


def gaussian_terms(mel: Tensor, mean: Tensor) -> Tensor:
    """mel and mean of one shape -> the negative log-likelihood of each value under a Gaussian of
    variance 1, of the same shape.
    """
    return 0.5 * ((mel.float() - mean.float()).square() + math.log(2 * math.pi))
