"""The network of Matcha-TTS (arXiv 2309.03199): the text encoder, monotonic alignment search, and
the flow from noise to a mel. Mels are normalised here.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.matcha.decoder import Decoder
from recital.models.tts.matcha.encoder import TextEncoder
from recital.modules.acoustic.length import regulate_length
from recital.modules.acoustic.speakers import Conditioning, embed_speaker, speaker_embedding
from recital.modules.alignment.aligner import Alignment, align_likelihoods, path_durations
from recital.modules.alignment.attention_prior import attention_prior
from recital.modules.layers.masking import length_mask
from recital.utils.errors import ConfigError
from recital.utils.ranges import Many, Range, Width

SigmaMin = Annotated[float, Range(0, 1, open_high=True)]


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


class Training(NamedTuple):
    """The network's output in training; S are the frames of the segments."""

    mean: Tensor  # [B, n_mels, T], the encoder's, of whole mels
    velocity: Tensor  # [B, n_mels, S]
    velocity_target: Tensor  # [B, n_mels, S]
    segment_lengths: Tensor  # [B]
    log_durations: Tensor  # [B, N]
    durations_target: Tensor  # [B, N] frames


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
        alignment: Literal["searched", "given"] = "searched",
        alignment_prior: bool = True,
        segment_frames: Many | None = None,
        sigma_min: SigmaMin = 1e-4,
    ) -> None:
        """`alignment` says whether durations are searched (Glow-TTS, arXiv 2005.11129) or come with
        the data; with `alignment_prior` the search starts from the diagonal, with the prior of
        arXiv 2108.10447. The decoder is trained on random segments of `segment_frames` (None:
        whole mels). `sigma_min` is the noise that is left at the end of the flow.
        """
        super().__init__()
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
        self.alignment = alignment
        self.alignment_prior = alignment_prior
        self.segment_frames = segment_frames
        self.sigma_min = sigma_min

    def encode(
        self, tokens: Tensor, token_lengths: Tensor, speaker: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """tokens [B, N], speaker [B] (None: the first) -> (mean [B, N, n_mels], log of the frames
        [B, N], the speaker's vector [B, C]; None in a voice of one).
        """
        table = self.speaker_embedding
        embedded = None if table is None else embed_speaker(table, speaker, len(tokens))[:, 0]
        mask = length_mask(token_lengths, tokens.shape[1])
        scaled = self.embedding(tokens) * self.embedding.embedding_dim**0.5
        return (*self.encoder(scaled, mask, embedded), embedded)

    def align(
        self, mean: Tensor, mel: Tensor, token_lengths: Tensor, mel_lengths: Tensor
    ) -> Alignment:
        """Section 3.1: the path on which the means of the tokens, [B, N, n_mels], make the mel
        [B, n_mels, T] likeliest. Terms that are equal for all tokens of a frame are left out.
        """
        with torch.autocast(mel.device.type, enabled=False), torch.no_grad():
            mean, mel = mean.float(), mel.float()
            likelihoods = (mean @ mel - 0.5 * mean.square().sum(2, keepdim=True)).transpose(1, 2)
            if self.alignment_prior:
                n_frames, n_tokens = likelihoods.shape[1:]
                prior = attention_prior(token_lengths, mel_lengths, n_tokens, n_frames)
                likelihoods = likelihoods + (prior + 1e-8).log()
            return align_likelihoods(likelihoods, token_lengths, mel_lengths)

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
        means, log_durations, embedded = self.encode(tokens, token_lengths, speaker)
        if self.alignment == "searched":
            path = self.align(means, mel, token_lengths, mel_lengths).path
            durations = path_durations(path, mel_lengths, tokens.shape[1])
        assert durations is not None, "the batch brings what the model needs"
        n_frames = mel.shape[2]
        mean = regulate_length(means, durations, n_frames)[0].transpose(1, 2)
        (target, condition, noise), lengths = self.segments(
            (mel, mean, draws.noise), mel_lengths, draws.starts
        )
        times = draws.times[:, None, None]
        noisy = (1 - (1 - self.sigma_min) * times) * noise + times * target
        return Training(
            mean=mean,
            velocity=self.decoder(noisy, condition, draws.times, lengths, embedded),
            velocity_target=target - (1 - self.sigma_min) * noise,
            segment_lengths=lengths,
            log_durations=log_durations,
            durations_target=durations,
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
        mel = noise
        for step in range(n_steps):
            times = torch.full_like(mel[:, 0, 0], step / n_steps)
            mel = mel + self.decoder(mel, mean, times, lengths, embedded) / n_steps
        return mel


def gaussian_terms(mel: Tensor, mean: Tensor) -> Tensor:
    """The negative logarithm of the likelihood of each value under a Gaussian of variance 1."""
    return 0.5 * ((mel.float() - mean.float()).square() + math.log(2 * math.pi))
