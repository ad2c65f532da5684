"""The network of VITS (arXiv 2106.06103, section 2): everything with parameters but the
discriminators.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.vits.decoder import Decoder
from recital.models.tts.vits.durations import DeterministicDurations, StochasticDurations
from recital.models.tts.vits.latent import PosteriorEncoder, ResidualFlow
from recital.models.tts.vits.text_encoder import TextEncoder
from recital.modules.acoustic.blanks import Places, add_blanks
from recital.modules.acoustic.length import regulate_length
from recital.modules.acoustic.speakers import Conditioning, SpeakerVectors
from recital.modules.alignment.aligner import path_durations, search
from recital.modules.contract.audio import AudioConfig
from recital.modules.layers.masking import length_mask
from recital.utils.errors import ConfigError
from recital.utils.ranges import Count, Width


class Text(NamedTuple):
    """Encoded units: tokens and blanks."""

    encoded: Tensor  # [B, d_model, U]
    mean: Tensor  # [B, d_latent, U], of the prior
    log_std: Tensor  # [B, d_latent, U]
    lengths: Tensor  # [B] units

    @property
    def mask(self) -> Tensor:
        """[B, 1, U] float."""
        return length_mask(self.lengths, self.encoded.shape[2])[:, None].to(self.encoded.dtype)


class Found(NamedTuple):
    """The latents of recordings, and how the text is aligned to them."""

    text: Text
    latents: Tensor  # [B, d_latent, T], drawn from the posterior
    prior_latents: Tensor  # [B, d_latent, T], the same on the prior's side of the flow
    log_std: Tensor  # [B, d_latent, T], of the posterior
    repeats: Tensor  # [B, U] frames of each unit
    path: Tensor  # [B, T] the unit of each frame


class Training(NamedTuple):
    """The network's output in training: sums over the batch, and a segment of each wav."""

    wav: Tensor  # [B, segment_frames * hop_length]
    starts: Tensor  # [B] the segments' first frames
    divergence: Tensor  # of posterior and prior (equation 4), summed over frames and channels
    duration: Tensor  # the loss of the durations, summed over units
    n_frames: Tensor  # of the batch
    n_units: Tensor


class VitsNetwork(nn.Module):
    """Text encoder, posterior encoder, flow, durations and decoder. It has no buffers, so that DDP
    exchanges only gradients.
    """

    def __init__(
        self,
        *,
        n_tokens: int,
        n_speakers: int,
        audio: AudioConfig,
        d_model: Width,
        d_latent: Width,
        text_encoder: TextEncoder,
        posterior_encoder: PosteriorEncoder,
        flow: ResidualFlow,
        stochastic_durations: StochasticDurations | None,
        deterministic_durations: DeterministicDurations | None,
        decoder: Decoder,
        d_speaker: Count,
        speaker_conditioning: Conditioning = "table",
        blanks: Places = "around",
        blank_token: Count = 0,
        segment_frames: Width = 32,
    ) -> None:
        """Exactly one of the two kinds of durations is given. `d_speaker` is the width of a
        speaker's vector, 0 for a voice of one speaker without any. `segment_frames` of each
        recording are decoded in training. Raises `ConfigError` for what does not go together.
        """
        super().__init__()
        durations = stochastic_durations or deterministic_durations
        if durations is None or (stochastic_durations and deterministic_durations):
            raise ConfigError(
                "model.stochastic_durations, model.deterministic_durations: expected one of them, "
                "and null for the other"
            )
        if n_speakers > 1 and not d_speaker:
            raise ConfigError(
                f"model.d_speaker: is 0, but there are {n_speakers} speakers; set the width of "
                "their vectors, such as 256"
            )
        if audio.padding != "same":
            raise ConfigError(
                f"audio.padding: VITS has hop_length samples for each frame (same); found "
                f"{audio.padding}"
            )
        if blank_token >= n_tokens:
            raise ConfigError(f"model.blank_token: expected one of {n_tokens}, found {blank_token}")
        self.embedding = nn.Embedding(n_tokens, d_model)
        nn.init.normal_(self.embedding.weight, 0.0, d_model**-0.5)
        self.speaker_embedding: nn.Module | None = None
        if d_speaker:
            by_vector = speaker_conditioning == "embedding"
            kind = SpeakerVectors if by_vector else nn.Embedding
            self.speaker_embedding = kind(n_speakers, d_speaker)
        self.text_encoder = text_encoder
        self.posterior_encoder = posterior_encoder
        self.flow = flow
        self.durations = durations
        self.decoder = decoder
        self.d_latent, self.blanks, self.blank_token = d_latent, blanks, blank_token
        self.segment_frames = segment_frames

    def forward(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        spectrogram: Tensor,
        mel_lengths: Tensor,
        speaker: Tensor | None = None,
    ) -> Training:
        """tokens [B, N], magnitudes [B, n_fft // 2 + 1, T] -> what training needs."""
        vector = self.speaker_vector(speaker, tokens.shape[0])
        found = self.find(tokens, token_lengths, spectrogram, mel_lengths, vector)
        text, n_frames = found.text, spectrogram.shape[2]
        mean, log_std = self.spread(text, found.repeats, n_frames)
        frames = length_mask(mel_lengths, n_frames)[:, None]
        square = (found.prior_latents.float() - mean) ** 2 * (-2.0 * log_std).exp()
        divergence = (log_std - found.log_std.float() - 0.5 + 0.5 * square) * frames
        duration = self.durations(text.encoded, text.mask, found.repeats[:, None], vector)
        latents, starts = self._segments(found.latents, mel_lengths)
        return Training(
            wav=self.decoder(latents, vector),
            starts=starts,
            divergence=divergence.sum(),
            duration=duration.sum(),
            n_frames=mel_lengths.sum(),
            n_units=text.lengths.sum(),
        )

    def speaker_vector(self, speaker: Tensor | None, n_items: int) -> Tensor | None:
        """speaker [B] (None: the first) -> [B, d_speaker, 1]; None for a voice without any."""
        if self.speaker_embedding is None:
            return None
        if speaker is None:
            speaker = torch.zeros(n_items, dtype=torch.long, device=self.embedding.weight.device)
        vector: Tensor = self.speaker_embedding(speaker)[..., None]
        return vector

    def encode(self, tokens: Tensor, token_lengths: Tensor) -> Text:
        """tokens [B, N], token_lengths [B] -> the encoded units."""
        units, lengths = add_blanks(tokens, token_lengths, self.blanks, self.blank_token)
        mask = length_mask(lengths, units.shape[1])[:, None]
        embedded = self.embedding(units).transpose(1, 2) * math.sqrt(self.embedding.embedding_dim)
        mask = mask.to(embedded.dtype)
        encoded, mean, log_std = self.text_encoder(embedded, mask)
        return Text(encoded, mean, log_std, lengths)

    def find(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        spectrogram: Tensor,
        mel_lengths: Tensor,
        vector: Tensor | None,
        noise: Tensor | None = None,
    ) -> Found:
        """The latents of recordings and their most likely alignment (equation 6). `noise`
        [B, d_latent, T] is drawn unless it is given.
        """
        text = self.encode(tokens, token_lengths)
        mask = length_mask(mel_lengths, spectrogram.shape[2])[:, None].to(text.encoded.dtype)
        mean, log_std = self.posterior_encoder(spectrogram, mask, vector)
        if noise is None:
            noise = torch.randn_like(mean)
        latents = (mean + noise * log_std.exp()) * mask
        prior_latents = self.flow(latents, mask, vector)
        likelihood = log_likelihood(prior_latents.detach(), text)
        path = search(likelihood, text.lengths, mel_lengths)
        repeats = path_durations(path, mel_lengths, text.encoded.shape[2])
        return Found(text, latents, prior_latents, log_std, repeats, path)

    def spread(self, text: Text, repeats: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
        """Repeat the prior of each unit over its frames: mean and log-deviation,
        [B, d_latent, T] float32, 0 in padding.
        """
        both = torch.cat([text.mean, text.log_std], dim=1).float().transpose(1, 2)
        mean, log_std = regulate_length(both, repeats, n_frames)[0].transpose(1, 2).chunk(2, dim=1)
        return mean, log_std

    def draw(
        self,
        text: Text,
        repeats: Tensor,
        n_frames: int,
        noise: Tensor,
        vector: Tensor | None,
    ) -> Tensor:
        """Latents of a text whose units have `repeats` [B, U] frames, with scaled `noise`
        [B, d_latent, T] -> [B, d_latent, T], 0 in padding.
        """
        mean, log_std = self.spread(text, repeats, n_frames)
        mask = length_mask(repeats.sum(1), n_frames)[:, None].to(mean.dtype)
        latents = self.flow.inverse(mean + noise * log_std.exp(), mask, vector)
        return latents * mask

    def _segments(self, latents: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """A random segment of each item: [B, C, segment_frames], and where they start, [B]."""
        size = self.segment_frames
        latents = F.pad(latents, (0, max(size - latents.shape[2], 0)))
        room = (lengths - size + 1).clamp(min=1)
        starts = (torch.rand(len(lengths), device=lengths.device) * room).long()
        starts = torch.minimum(starts, room - 1)
        index = starts[:, None] + torch.arange(size, device=starts.device)
        return latents.gather(2, index[:, None].expand(-1, latents.shape[1], -1)), starts


@torch.no_grad()
def log_likelihood(latents: Tensor, text: Text) -> Tensor:
    """The log-likelihood of each frame's latents under the prior of each unit: [B, C, T] ->
    [B, T, U] float32.
    """
    with torch.autocast(latents.device.type, enabled=False):
        mean, log_std = text.mean.detach().float(), text.log_std.detach().float()
        latents = latents.float().transpose(1, 2)  # [B, C, T] -> [B, T, C]
        precision = (-2.0 * log_std).exp()
        # -(z - m)^2 / (2 s^2), multiplied out
        of_unit = -0.5 * math.log(2.0 * math.pi) - log_std - 0.5 * mean.square() * precision
        crossed = latents @ (mean * precision) - 0.5 * latents.square() @ precision
        return crossed + of_unit.sum(1)[:, None]
