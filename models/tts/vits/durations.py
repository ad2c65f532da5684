"""The duration predictors of VITS (arXiv 2106.06103, sections 2.2.2 and 2.5.2): a flow that draws
durations, or one prediction of their logarithms. Neither trains what comes before it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.vits.spline import Knots, inverse_spline, spline
from recital.modules.fast.dropout import Dropout
from recital.utils.ranges import Depth, DropRate, Kernel, Width

LOG_2PI = math.log(2.0 * math.pi)
SEPARABLE_LAYERS = 3
LEAST = 1e-5  # frames, before the logarithm
LEAST_COUNT = 1e-6  # added to frames before the logarithm of the deterministic predictor


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of [B, C, N]."""

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, N] -> [B, C, N]."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class SeparableStack(nn.Module):
    """Dilated depthwise-separable convolutions with residuals (figure 5b)."""

    def __init__(self, channels: int, kernel_size: int, dropout: float) -> None:
        super().__init__()
        self.depthwise = nn.ModuleList(
            nn.Conv1d(
                channels,
                channels,
                kernel_size,
                groups=channels,
                dilation=kernel_size**i,
                padding=kernel_size // 2 * kernel_size**i,
            )
            for i in range(SEPARABLE_LAYERS)
        )
        self.pointwise = nn.ModuleList(
            nn.Conv1d(channels, channels, 1) for _ in range(SEPARABLE_LAYERS)
        )
        self.first_norms = nn.ModuleList(ChannelNorm(channels) for _ in range(SEPARABLE_LAYERS))
        self.second_norms = nn.ModuleList(ChannelNorm(channels) for _ in range(SEPARABLE_LAYERS))
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, C, N], mask [B, 1, N] -> [B, C, N], 0 in padding."""
        for wide, narrow, first, second in zip(
            self.depthwise, self.pointwise, self.first_norms, self.second_norms, strict=True
        ):
            inner = F.gelu(first(wide(x * mask)))
            x = x + self.dropout(F.gelu(second(narrow(inner))))
        return x * mask


class Affine(nn.Module):
    """A learned shift and scale of each of two rows."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(2, 1))
        self.log_scale = nn.Parameter(torch.zeros(2, 1))

    def forward(self, z: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """z [B, 2, N] -> the same, and the logarithm of the volume's change, [B]."""
        scaled = (self.shift + self.log_scale.exp() * z) * mask
        return scaled, (self.log_scale * mask).sum((1, 2))

    def inverse(self, z: Tensor, mask: Tensor) -> Tensor:
        """[B, 2, N] -> [B, 2, N]."""
        return (z - self.shift) * (-self.log_scale).exp() * mask


class SplineCoupling(nn.Module):
    """A spline of the second row, whose knots depend on the first and on the text; then the rows
    change places (figure 5a).
    """

    def __init__(self, channels: int, kernel_size: int, n_bins: int) -> None:
        super().__init__()
        self.n_bins, self.scale = n_bins, channels**-0.5
        self.first = nn.Conv1d(1, channels, 1)
        self.stack = SeparableStack(channels, kernel_size, dropout=0.0)
        self.last = nn.Conv1d(channels, 3 * n_bins - 1, 1)
        nn.init.zeros_(self.last.weight)
        assert self.last.bias is not None
        nn.init.zeros_(self.last.bias)

    def forward(self, z: Tensor, text: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """z [B, 2, N], text [B, C, N], mask [B, 1, N] -> z with its rows swapped, and the logarithm
        of the volume's change, [B].
        """
        fixed, moved = z.chunk(2, dim=1)
        curve, log_slope = spline(moved[:, 0], self._knots(fixed, text, mask))
        log_volume = (log_slope[:, None] * mask).sum((1, 2))
        return torch.cat([curve[:, None], fixed], dim=1) * mask, log_volume

    def inverse(self, z: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        """The inverse: [B, 2, N] -> [B, 2, N]."""
        moved, fixed = z.chunk(2, dim=1)
        before = inverse_spline(moved[:, 0], self._knots(fixed, text, mask))
        return torch.cat([fixed, before[:, None]], dim=1) * mask

    def _knots(self, fixed: Tensor, text: Tensor, mask: Tensor) -> Knots:
        hidden = self.stack(self.first(fixed) + text, mask)
        numbers = (self.last(hidden) * mask).transpose(1, 2)  # [B, C, N] -> [B, N, C]
        widths, heights, slopes = numbers.split([self.n_bins, self.n_bins, self.n_bins - 1], dim=2)
        return Knots.of(widths * self.scale, heights * self.scale, slopes)


class Flow(nn.Module):
    """`n_flows` couplings after an affine transform, on two rows."""

    def __init__(self, channels: int, kernel_size: int, n_flows: int, n_bins: int) -> None:
        super().__init__()
        self.affine = Affine()
        self.couplings = nn.ModuleList(
            SplineCoupling(channels, kernel_size, n_bins) for _ in range(n_flows)
        )

    def forward(self, z: Tensor, text: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """z [B, 2, N], text [B, C, N], mask [B, 1, N] -> [B, 2, N], and the logarithm of the
        volume's change, [B].
        """
        z, log_volume = self.affine(z, mask)
        for coupling in self.couplings:
            z, more = coupling(z, text, mask)
            log_volume = log_volume + more
        return z, log_volume

    def first_row(self, z: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        """The first row of the inverse, [B, 1, N], without the first coupling, which leaves that
        row as it is and only changes the second.
        """
        for coupling in reversed(list(self.couplings)[1:]):
            assert isinstance(coupling, SplineCoupling)
            z = coupling.inverse(z, text, mask)
        # the coupling that is left out swaps the rows too
        z = self.affine.inverse(z.flip(1), mask)
        return z[:, :1]


class StochasticDurations(nn.Module):
    """Section 2.2.2: a flow with variational dequantization and data augmentation. Its published
    form is as wide as the text encoder.
    """

    def __init__(
        self,
        d_model: int,
        d_speaker: int,
        kernel_size: Kernel = 3,
        dropout: DropRate = 0.5,
        n_flows: Depth = 4,
        n_posterior_flows: Depth = 4,
        n_bins: Depth = 10,
    ) -> None:
        super().__init__()
        self.first = nn.Conv1d(d_model, d_model, 1)
        self.stack = SeparableStack(d_model, kernel_size, dropout)
        self.last = nn.Conv1d(d_model, d_model, 1)
        self.speaker = nn.Conv1d(d_speaker, d_model, 1) if d_speaker else None
        self.flow = Flow(d_model, kernel_size, n_flows, n_bins)
        self.posterior_first = nn.Conv1d(1, d_model, 1)
        self.posterior_stack = SeparableStack(d_model, kernel_size, dropout)
        self.posterior_last = nn.Conv1d(d_model, d_model, 1)
        self.posterior_flow = Flow(d_model, kernel_size, n_posterior_flows, n_bins)

    def forward(
        self,
        encoded: Tensor,
        mask: Tensor,
        durations: Tensor,
        speaker: Tensor | None = None,
        noise: Tensor | None = None,
    ) -> Tensor:
        """encoded [B, C, N], mask [B, 1, N], durations [B, 1, N] frames, speaker [B, C', 1] -> the
        negative variational lower bound of the durations' log-likelihood (equation 8), [B]. `noise`
        [B, 2, N] is drawn unless it is given.
        """
        text = self._text(encoded, mask, speaker)
        with torch.autocast(encoded.device.type, enabled=False):
            text, durations = text.float(), durations.float()
            if noise is None:
                noise = torch.randn(len(text), 2, text.shape[2], device=text.device)
            noise = noise * mask
            shape = self.posterior_stack(self.posterior_first(durations), mask)
            shape = self.posterior_last(shape) * mask
            drawn, log_volume = self.posterior_flow(noise, text + shape, mask)
            fraction, second = drawn.chunk(2, dim=1)
            # u in (0, 1) is subtracted from whole frames
            smooth = (durations - fraction.sigmoid() * mask) * mask
            log_sigmoids = (F.logsigmoid(fraction) + F.logsigmoid(-fraction)) * mask
            log_q = _log_normal(noise, mask) - log_volume - log_sigmoids.sum((1, 2))
            logs = smooth.clamp(min=LEAST).log() * mask
            z, log_volume = self.flow(torch.cat([logs, second], dim=1), text, mask)
            log_p = _log_normal(z, mask) + log_volume - logs.sum((1, 2))
            return log_q - log_p

    def predict(
        self, encoded: Tensor, mask: Tensor, noise: Tensor, speaker: Tensor | None = None
    ) -> Tensor:
        """encoded [B, C, N], mask [B, 1, N], noise [B, 2, N] -> logarithms of durations [B, N]."""
        text = self._text(encoded, mask, speaker)
        return self.flow.first_row(noise, text, mask)[:, 0]

    def _text(self, encoded: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        text = self.first(encoded.detach())
        if self.speaker is not None and speaker is not None:
            text = text + self.speaker(speaker.detach())
        hidden: Tensor = self.last(self.stack(text, mask)) * mask
        return hidden


class DeterministicDurations(nn.Module):
    """Two convolutions, trained by the squared error of logarithms."""

    def __init__(
        self,
        d_model: int,
        d_speaker: int,
        channels: Width = 256,
        kernel_size: Kernel = 3,
        dropout: DropRate = 0.5,
    ) -> None:
        super().__init__()
        pad = kernel_size // 2
        self.convs = nn.ModuleList(
            [
                nn.Conv1d(d_model, channels, kernel_size, padding=pad),
                nn.Conv1d(channels, channels, kernel_size, padding=pad),
            ]
        )
        self.norms = nn.ModuleList(ChannelNorm(channels) for _ in range(2))
        self.dropout = Dropout(dropout)
        self.last = nn.Conv1d(channels, 1, 1)
        self.speaker = nn.Conv1d(d_speaker, d_model, 1) if d_speaker else None

    def forward(
        self, encoded: Tensor, mask: Tensor, durations: Tensor, speaker: Tensor | None = None
    ) -> Tensor:
        """encoded [B, C, N], mask [B, 1, N], durations [B, 1, N] frames, speaker [B, C', 1] -> the
        summed squared errors of the logarithms, [B].
        """
        logs = (durations.float() + LEAST_COUNT).log() * mask
        predicted = self._predict(encoded, mask, speaker)
        return (predicted.float() - logs).square().sum((1, 2))

    def predict(
        self, encoded: Tensor, mask: Tensor, noise: Tensor, speaker: Tensor | None = None
    ) -> Tensor:
        """encoded [B, C, N], mask [B, 1, N] -> logarithms of durations [B, N]. `noise` is not
        used.
        """
        return self._predict(encoded, mask, speaker)[:, 0]

    def _predict(self, encoded: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        x = encoded.detach()
        if self.speaker is not None and speaker is not None:
            x = x + self.speaker(speaker.detach())
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = self.dropout(norm(F.relu(conv(x * mask))))
        predicted: Tensor = self.last(x * mask) * mask
        return predicted


def _log_normal(z: Tensor, mask: Tensor) -> Tensor:
    """The log-density of z [B, 2, N] under a standard normal distribution, [B]."""
    return (-0.5 * (LOG_2PI + z.square()) * mask).sum((1, 2))
