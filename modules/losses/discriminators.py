"""Discriminators of waves: parts that a config lists by name, each made of sub-discriminators
(those of mels are in `mel_discriminators.py`).

- `mpd`, multi-period, and `msd`, multi-scale: HiFi-GAN (arXiv 2010.05646, section 2.3 and
  appendix A)
- `mrd`, multi-resolution, on magnitudes: UnivNet (arXiv 2106.07889, section 2.2), with the
  convolutions that Vocos took over (arXiv 2306.00814)
- `cqt`, multi-scale sub-band constant-Q (arXiv 2311.14957), which BigVGAN v2 has in place of `mrd`;
  its octaves count down from half of the sample rate instead of up from 33 Hz

Their widths are arguments, so that a CPU can train with small ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from recital.modules.layers.reflection import reflect
from recital.modules.losses.adversarial import Judgement
from recital.modules.losses.stft_loss import RESOLUTIONS, Magnitude
from recital.modules.signal.constant_q import ConstantQ
from recital.utils.config import construct, nearest
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, Kernel, Range, Samples, Some, Width

SLOPE = 0.1  # of the leaky rectifiers
Octaves = Annotated[int, Range(1, 16)]


class Discriminators(nn.Module):
    """The discriminators of a config, `{name: arguments}`, as one network.

    Each part accepts a `weight` for its losses (default 1) in addition to its own arguments.
    `kinds` are the parts to choose from, by default those of waves; `facts` are for their
    constructors.
    """

    def __init__(
        self,
        parts: Mapping[str, Mapping[str, Any]],
        kinds: Mapping[str, Callable[..., nn.Module]] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__()
        kinds = PARTS if kinds is None else kinds
        self.weights = {name: _weight(name, part) for name, part in parts.items()}
        self.parts = nn.ModuleDict()
        for name, part in parts.items():
            where = f"model.discriminators.{name}"
            if name not in kinds:
                hint = nearest(name, kinds) or f"; known: {', '.join(kinds)}"
                raise ConfigError(f"{where}: no such discriminator{hint}")
            arguments = {key: value for key, value in part.items() if key != "weight"}
            self.parts[name] = construct(kinds[name], arguments, where, **facts)

    def forward(self, item: Tensor) -> dict[str, list[Judgement]]:
        """Waves [B, S] (or mels [B, n_mels, T]) -> the judgements of each part's
        sub-discriminators.
        """
        return {name: part(item) for name, part in self.parts.items()}


def _weight(name: str, part: Mapping[str, Any]) -> float:
    weight = part.get("weight", 1.0)
    if type(weight) not in (int, float) or not weight > 0:
        raise ConfigError(
            f"model.discriminators.{name}.weight: expected a number above 0, found {weight!r}"
        )
    return float(weight)


class MultiPeriod(nn.Module):
    """`mpd`: the wav folded into rows of a prime number of samples, convolved along columns.

    `channels` is the width of the first layer; it grows fourfold a layer up to 32 times that.
    """

    def __init__(
        self,
        periods: Some[Samples] = (2, 3, 5, 7, 11),
        channels: Width = 32,
        kernel_size: Kernel = 5,
        stride: Depth = 3,
    ) -> None:
        super().__init__()
        self.subs = nn.ModuleList(
            PeriodDiscriminator(period, channels, kernel_size, stride) for period in periods
        )

    def forward(self, wav: Tensor) -> list[Judgement]:
        """wav [B, S] -> a judgement for each period."""
        return [sub(wav) for sub in self.subs]


class PeriodDiscriminator(nn.Module):
    """One period of `mpd`."""

    def __init__(self, period: int, channels: int, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.period = period
        widths = [1, channels, 4 * channels, 16 * channels, 32 * channels, 32 * channels]
        strides = [stride] * 4 + [1]
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(narrow, wide, (kernel_size, 1), (step, 1), (kernel_size // 2, 0)))
            for narrow, wide, step in zip(widths, widths[1:], strides, strict=False)
        )
        self.out = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), 1, (1, 0)))

    def forward(self, wav: Tensor) -> Judgement:
        """wav [B, S] -> scores [B, 1, rows, period]; the wave is reflected up to whole rows."""
        padded = reflect(wav[:, None], 0, -wav.shape[-1] % self.period)
        return judge(self.layers, self.out, padded.unflatten(2, (-1, self.period)))


class MultiScale(nn.Module):
    """`msd`: the wave itself, and averaged by 2 and by 4. Spectral norm on the first, weight norm
    on the others.

    `channels` is the width of the first layers; the last are 8 times as wide.
    """

    def __init__(self, n_scales: Depth = 3, channels: Width = 128) -> None:
        super().__init__()
        self.subs = nn.ModuleList(
            ScaleDiscriminator(channels, spectral_norm if i == 0 else weight_norm)
            for i in range(n_scales)
        )

    def forward(self, wav: Tensor) -> list[Judgement]:
        """wav [B, S] -> a judgement for each scale."""
        judgements, wav = [], wav[:, None]
        for i, sub in enumerate(self.subs):
            if i:
                wav = F.avg_pool1d(wav, 4, 2, padding=2)
            judgements.append(sub(wav))
        return judgements


class ScaleDiscriminator(nn.Module):
    """One scale of `msd`."""

    def __init__(self, channels: int, norm: Callable[[nn.Module], nn.Module]) -> None:
        super().__init__()
        if channels % 16:
            raise ConfigError(
                f"model.discriminators.msd.channels: expected a multiple of 16, found {channels}"
            )
        c = channels
        # in, out, kernel, stride, groups
        shapes = [
            (1, c, 15, 1, 1),
            (c, c, 41, 2, 4),
            (c, 2 * c, 41, 2, 16),
            (2 * c, 4 * c, 41, 4, 16),
            (4 * c, 8 * c, 41, 4, 16),
            (8 * c, 8 * c, 41, 1, 16),
            (8 * c, 8 * c, 5, 1, 1),
        ]
        self.layers = nn.ModuleList(
            norm(nn.Conv1d(narrow, wide, size, stride, size // 2, groups=groups))
            for narrow, wide, size, stride, groups in shapes
        )
        self.out = norm(nn.Conv1d(8 * c, 1, 3, 1, 1))

    def forward(self, wav: Tensor) -> Judgement:
        """wav [B, 1, S] -> scores [B, 1, T]."""
        return judge(self.layers, self.out, wav)


class MultiResolution(nn.Module):
    """`mrd`: magnitudes of short-time Fourier transforms, as pictures. Resolutions are
    (n_fft, hop_length, win_length) in samples.

    Magnitudes are raised to the power of `exponent` (ours: 1 in the papers). Below 1, quiet high
    frequencies show beside loud low ones.
    """

    def __init__(
        self,
        resolutions: Some[tuple[Samples, Samples, Samples]] = RESOLUTIONS,
        channels: Width = 32,
        exponent: Annotated[float, Range(0.05, 1.0)] = 1.0,
    ) -> None:
        super().__init__()
        self.subs = nn.ModuleList(
            ResolutionDiscriminator(r, channels, exponent) for r in resolutions
        )

    def forward(self, wav: Tensor) -> list[Judgement]:
        """wav [B, S] -> a judgement for each resolution."""
        return [sub(wav) for sub in self.subs]


class ResolutionDiscriminator(nn.Module):
    """One resolution of `mrd`."""

    def __init__(self, resolution: tuple[int, int, int], channels: int, exponent: float) -> None:
        super().__init__()
        self.magnitude = Magnitude(*resolution)
        self.exponent = exponent
        # in, kernel over time, stride over time; the kernel over frequency is 3
        shapes = [
            (1, 9, 1),
            (channels, 9, 2),
            (channels, 9, 2),
            (channels, 9, 2),
            (channels, 3, 1),
        ]
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(width, channels, (3, size), (1, stride), (1, size // 2)))
            for width, size, stride in shapes
        )
        self.out = weight_norm(nn.Conv2d(channels, 1, (3, 3), 1, (1, 1)))

    def forward(self, wav: Tensor) -> Judgement:
        """wav [B, S] -> scores [B, 1, F, T]."""
        picture = self.magnitude(wav)[:, None]
        if self.exponent != 1:  # the floor of a magnitude keeps the gradient finite
            picture = picture**self.exponent
        return judge(self.layers, self.out, picture)


class MultiScaleConstantQ(nn.Module):
    """`cqt`: real and imaginary parts of constant-Q transforms, as pictures. Each octave passes
    through a convolution of its own first.
    """

    def __init__(
        self,
        hop_lengths: Some[Samples] = (512, 256, 256),
        n_octaves: Sequence[Octaves] = (9, 9, 9),
        bins_per_octave: Sequence[Depth] = (24, 36, 48),
        channels: Width = 32,
        dilations: Sequence[Depth] = (1, 2, 4),
    ) -> None:
        """`hop_lengths`, `n_octaves` and `bins_per_octave` have a number for each transform."""
        super().__init__()
        if not len(hop_lengths) == len(n_octaves) == len(bins_per_octave):
            raise ConfigError(
                "model.discriminators.cqt: expected a number for each transform in hop_lengths, "
                f"n_octaves and bins_per_octave; found {list(hop_lengths)}, {list(n_octaves)} and "
                f"{list(bins_per_octave)}"
            )
        self.subs = nn.ModuleList(
            ConstantQDiscriminator(ConstantQ(hop, octaves, bins), octaves, channels, dilations)
            for hop, octaves, bins in zip(hop_lengths, n_octaves, bins_per_octave, strict=True)
        )

    def forward(self, wav: Tensor) -> list[Judgement]:
        """wav [B, S] -> a judgement for each transform."""
        return [sub(wav) for sub in self.subs]


class ConstantQDiscriminator(nn.Module):
    """One transform of `cqt`. Kernels are 3 frames by 9 bins."""

    def __init__(
        self, transform: ConstantQ, n_octaves: int, channels: int, dilations: Sequence[int]
    ) -> None:
        super().__init__()
        self.transform = transform
        self.octaves = nn.ModuleList(
            nn.Conv2d(2, 2, (3, 9), padding=(1, 4)) for _ in range(n_octaves)
        )
        dilated = [
            weight_norm(nn.Conv2d(channels, channels, (3, 9), (1, 2), (d, 4), dilation=(d, 1)))
            for d in dilations
        ]
        self.layers = nn.ModuleList(
            [
                nn.Conv2d(2, channels, (3, 9), padding=(1, 4)),
                *dilated,
                weight_norm(nn.Conv2d(channels, channels, (3, 3), 1, (1, 1))),
            ]
        )
        self.out = weight_norm(nn.Conv2d(channels, 1, (3, 3), 1, (1, 1)))

    def forward(self, wav: Tensor) -> Judgement:
        """wav [B, S] -> scores [B, 1, T, F]."""
        pictures = self.transform(wav).transpose(2, 3)  # [B, 2, F, T] -> [B, 2, T, F]
        octaves = pictures.chunk(len(self.octaves), dim=3)
        hidden = [conv(octave) for conv, octave in zip(self.octaves, octaves, strict=True)]
        return judge(self.layers, self.out, torch.cat(hidden, dim=3))


def judge(layers: nn.ModuleList, out: nn.Module, hidden: Tensor) -> Judgement:
    """Run the layers, each with a leaky rectifier; their outputs and the scores are the
    features.
    """
    features = []
    for layer in layers:
        hidden = F.leaky_relu(layer(hidden), SLOPE)
        features.append(hidden)
    scores = out(hidden)
    return Judgement(scores, [*features, scores])


PARTS: dict[str, Callable[..., nn.Module]] = {
    "mpd": MultiPeriod,
    "msd": MultiScale,
    "mrd": MultiResolution,
    "cqt": MultiScaleConstantQ,
}
