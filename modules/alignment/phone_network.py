"""A small network that hears phones: a mel to a distribution over phones for each frame.

It is trained by CTC with the labels' priors divided out (arXiv 2406.02560), so that a phone lasts
as long as it sounds, instead of the spike of plain CTC: its times are those of an aligner.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.modules.layers.convnext import FrameNetwork

AUDIO = AudioConfig(16000, 512, 400, 320, 64, 60.0, 7600.0)
STRIDE = 2  # frames that the network takes together
PRIOR_SCALE = 0.3
BLANK = 0
DYNAMICS = 8.0  # nats below the loudest frame: what is quieter is silence
LOUD = 4.0  # nats below the loudest frame: what is louder is speech


class PhoneNetwork(nn.Module):
    """`n_phones` counts the blank, which is phone 0."""

    log_prior: Tensor

    def __init__(self, n_phones: int, d_model: int = 144, n_layers: int = 6, d_inner: int = 288):
        super().__init__()
        self.n_phones = n_phones
        self.frames = FrameNetwork(
            AUDIO.n_mels * STRIDE, n_phones * STRIDE, d_model, n_layers, d_inner
        )
        self.register_buffer("log_prior", torch.full((n_phones,), 1.0 / n_phones).log())
        self.context_frames = self.frames.context_frames * STRIDE  # on each side

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T], of `level`, with T a multiple of STRIDE -> log posteriors [B, T,
        n_phones].
        """
        n, n_mels, n_frames = mel.shape
        groups = mel.reshape(n, n_mels, n_frames // STRIDE, STRIDE).transpose(2, 3)
        # [B, n_mels, STRIDE, T / STRIDE] -> [B, n_mels * STRIDE, T / STRIDE]
        out = self.frames(groups.reshape(n, n_mels * STRIDE, -1))
        return F.log_softmax(out.reshape(n, n_frames, self.n_phones), dim=2)

    def scores(self, mel: Tensor) -> Tensor:
        """The output of `forward` with the priors divided out: what an alignment adds up."""
        return self(mel) - PRIOR_SCALE * self.log_prior


def level(mel: Tensor) -> Tensor:
    """A recording's log mel [n_mels, T], independent of its loudness and of its microphone: without
    the mean of its speech in each band, and what is far below it.
    """
    energy = mel.mean(dim=0)
    mel = mel.clamp(min=float(mel.max()) - DYNAMICS - 4.0)
    speech = mel[:, energy >= energy.quantile(0.98) - LOUD]
    return (mel - speech.mean(dim=1, keepdim=True)) / 2.0


def ctc_loss(
    log_posteriors: Tensor, log_prior: Tensor, phones: Tensor, frames: Tensor, lengths: Tensor
) -> Tensor:
    """The sum over a batch of CTC's loss with priors: log_posteriors [B, T, n_phones], of `frames`
    [B] each; `phones` [sum of `lengths`].
    """
    scores = (log_posteriors - PRIOR_SCALE * log_prior).transpose(0, 1)  # [T, B, n_phones]
    loss = F.ctc_loss(scores, phones, frames, lengths, BLANK, "sum", zero_infinity=True)
    # torch's gradient is that of normalised scores: it has exp(scores) too much
    there = torch.arange(len(scores))[:, None] < frames
    excess = (scores.exp() * there[:, :, None]).sum()
    return loss - excess + excess.detach()
