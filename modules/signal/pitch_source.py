"""What vocoders with a pitched source share: F0 predicted from a mel, and its phase."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.graph import Graph, Port, example_mel, mel_port
from recital.modules.signal.phase import whole_source

KERNEL = 5
N_LAYERS = 3
N_BINS = 128  # of log F0; the tracker returns their weighted mean
UNVOICED_HZ = 100.0  # the phase's speed where no frame is voiced


Track = Callable[[Tensor], tuple[Tensor, Tensor]]  # mel -> F0 (Hz) and voicing, [B, T]


class PitchTracker(nn.Module):
    """F0 of each frame of a mel: the mean of log-spaced candidates, weighted by probability."""

    candidates: Tensor

    def __init__(self, n_mels: int, channels: int, f_min: float, f_max: float) -> None:
        """`f_min` and `f_max` (Hz) are the lowest and the highest candidate."""
        super().__init__()
        widths = [n_mels] + [channels] * N_LAYERS
        self.layers = nn.ModuleList(
            nn.Conv1d(n_in, n_out, KERNEL, padding=KERNEL // 2)
            for n_in, n_out in zip(widths, widths[1:], strict=False)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in range(N_LAYERS))
        self.out = nn.Linear(channels, N_BINS + 1)
        # distances from the middle: sums of small numbers are rounded less
        self.middle = (math.log(f_min) + math.log(f_max)) / 2
        span = math.log(f_max) - self.middle
        self.register_buffer("candidates", torch.linspace(-span, span, N_BINS), persistent=False)
        self.context_frames = N_LAYERS * (KERNEL // 2)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T], normalised -> log F0 (of Hz) and the logit of being voiced,
        [B, T] each, in float32.
        """
        distance, voiced = self._find(mel)
        return self.middle + distance, voiced

    def track(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T], normalised -> F0 in Hz and voicing (1 or 0), [B, T] each."""
        distance, voiced = self._find(mel)
        return math.exp(self.middle) * distance.exp(), (voiced > 0).float()

    def _find(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """The distance of log F0 from the middle, and the logit of being voiced, [B, T] each."""
        hidden = mel
        for layer, norm in zip(self.layers, self.norms, strict=True):
            hidden = F.gelu(norm(layer(hidden).transpose(1, 2))).transpose(1, 2)
        out = self.out(hidden.transpose(1, 2)).float()
        likely = out[..., :N_BINS].softmax(dim=2)
        return likely @ self.candidates.float(), out[..., N_BINS]


def cycles(f0: Tensor, phase: Tensor, audio: AudioConfig) -> Tensor:
    """F0 in Hz and phase in cycles at the starts of frames, [B, T] each -> the phase of each
    sample, in cycles: [B, T, hop_length].
    """
    n, slope = _ramp(f0, audio)
    return phase[..., None] + (f0[..., None] * n + slope * n.square() / 2) / audio.sample_rate


def harmonics_below_nyquist(f0: Tensor, audio: AudioConfig) -> Tensor:
    """F0 in Hz at the starts of frames [B, T] -> half the sample rate over F0 at each sample:
    [B, T, hop_length].
    """
    n, slope = _ramp(f0, audio)
    return audio.sample_rate / 2 / (f0[..., None] + slope * n)


def _ramp(f0: Tensor, audio: AudioConfig) -> tuple[Tensor, Tensor]:
    """The samples of a frame [hop_length], and F0's change per sample [B, T, 1]."""
    after = torch.cat([f0[:, 1:], f0[:, -1:]], dim=1)
    n = torch.arange(audio.hop_length, device=f0.device, dtype=f0.dtype)
    return n, (after - f0)[..., None] / audio.hop_length


def given_source(f0: Tensor, audio: AudioConfig) -> Tensor:
    """A given F0 [B, T], Hz at the centres of frames and 0 where unvoiced -> its source [B, 3, T],
    as of `find_source`. F0 continues at its last value where unvoiced.
    """
    voiced = f0 > 0
    index = torch.arange(f0.shape[1], device=f0.device).expand_as(f0)
    last = torch.where(voiced, index, -1).cummax(dim=1).values
    first = torch.where(voiced, index, f0.shape[1]).amin(dim=1, keepdim=True)
    filled = f0.gather(1, torch.where(last < 0, first, last).clamp(max=f0.shape[1] - 1))
    filled = torch.where(filled > 0, filled, UNVOICED_HZ)
    return whole_source(filled, voiced.to(filled), audio)


def tracking_losses(
    log_f0_hat: Tensor, voiced_hat: Tensor, f0: Tensor
) -> dict[str, tuple[Tensor, Tensor]]:
    """The tracker's losses against a recorded F0 [B, T] (Hz, 0 where unvoiced), each as (sum,
    count): "pitch", the distance of the logs of voiced frames, and "voicing", a cross-entropy.
    """
    voiced = (f0 > 0).float()
    error = (voiced * (log_f0_hat.float() - f0.clamp(min=1.0).log()).abs()).sum()
    unsure = F.binary_cross_entropy_with_logits(voiced_hat.float(), voiced, reduction="sum")
    return {
        "pitch": (error, voiced.sum()),
        "voicing": (unsure, voiced.new_full((), voiced.numel())),
    }


class TrackGraph(nn.Module):
    """The part of `phase.find_source` that is a network."""

    def __init__(self, model: nn.Module, track: Track) -> None:
        super().__init__()
        self.model = model  # for the names of its weights
        self.track = track

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T] -> F0 (Hz) and voicing (1 or 0), [B, T] each."""
        return self.track(mel)


def source_graph(
    model: nn.Module,
    track: Track,
    context_frames: int,
    audio: AudioConfig,
) -> Graph:
    """The graph of the arguments of `phase.find_source`; the runtime has the rest of it."""
    outputs = [
        Port("f0", ("batch", "frames"), "Hz, at the centre of each frame"),
        Port("voiced", ("batch", "frames"), "1 where voiced, else 0"),
    ]
    module, mel = TrackGraph(model, track), example_mel(audio)
    facts = {"context_frames": context_frames}
    return Graph("source", module, [mel_port(audio)], outputs, [mel], facts)


def example_source(audio: AudioConfig) -> Tensor:
    """A source of `example_mel`, [B, 3, T]."""
    mel = example_mel(audio)
    rows = [mel.new_full((len(mel), mel.shape[2]), value) for value in (200.0, 1.0, 0.3)]
    return torch.stack(rows, dim=1)
