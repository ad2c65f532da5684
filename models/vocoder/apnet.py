"""APNet (arXiv 2305.07952): two networks at the frame rate predict the log amplitudes and the
phases of a spectrum, which an inverse STFT turns into a wav. Its objective is in `gan.py`.

Deviations: time differences of phases are not taken across the first frame; all losses are means
over the batch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.gan import FusedGenerator, GanVocoder
from recital.models.vocoder.hifigan import LAST_SLOPE, ResBlock1
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.fast.channels_last import image
from recital.modules.layers.weight_norm import weight_norm
from recital.modules.losses.reduction import counted
from recital.modules.signal.spectra import polar
from recital.modules.signal.stft import InverseStft, Stft, power
from recital.utils.errors import ConfigError
from recital.utils.ranges import Kernel, Samples, Width
from recital.utils.training.trainable import bare

LEAST_AMPLITUDE = 1e-5  # added under the logarithm of the recorded ones


class Spectrum(NamedTuple):
    """The predictions of the two networks, [B, n_fft // 2 + 1, T] each."""

    log_amplitude: Tensor
    phase: Tensor  # radians, in (-pi, pi]

    def waves(self) -> Tensor:
        """The complex spectrum [B, n_fft // 2 + 1, T]."""
        return polar(self.log_amplitude.exp(), self.phase)


class Trunk(nn.Module):
    """A convolution and the mean of residual blocks: what both networks begin with."""

    def __init__(
        self,
        n_mels: int,
        channels: int,
        kernel_size: int,
        resblock_kernel_sizes: Sequence[int],
        resblock_dilations: Sequence[Sequence[int]],
    ) -> None:
        super().__init__()
        self.first = weight_norm(nn.Conv1d(n_mels, channels, kernel_size, padding=kernel_size // 2))
        blocks = [
            ResBlock1(channels, size, dilations)
            for size, dilations in zip(resblock_kernel_sizes, resblock_dilations, strict=True)
        ]
        self.blocks = nn.ModuleList(blocks)
        self.reach = kernel_size // 2 + max(block.reach for block in blocks)

    def forward(self, mel: Tensor) -> Tensor:
        """[B, n_mels, T] -> [B, C, T]."""
        hidden = self.first(mel)
        total = self.blocks[0](hidden)
        for block in self.blocks[1:]:
            total = total + block(hidden)
        return F.leaky_relu(total / len(self.blocks), LAST_SLOPE)


class ApNetGenerator(FusedGenerator):
    """Sections III-A and III-B: the amplitude and the phase spectrum predictor."""

    def __init__(
        self,
        audio: AudioConfig,
        amplitude_channels: Width = 512,
        phase_channels: Width = 512,
        amplitude_kernel_sizes: tuple[Kernel, Kernel] = (7, 7),
        phase_kernel_sizes: tuple[Kernel, Kernel, Kernel] = (7, 7, 7),
        amplitude_resblock_kernel_sizes: Sequence[Kernel] = (3, 7, 11),
        amplitude_resblock_dilations: Sequence[Sequence[Samples]] = ((1, 3, 5),) * 3,
        phase_resblock_kernel_sizes: Sequence[Kernel] = (3, 7, 11),
        phase_resblock_dilations: Sequence[Sequence[Samples]] = ((1, 3, 5),) * 3,
    ) -> None:
        """The kernel sizes are those of the first and the last convolutions; the phase has two last
        ones, of its real and its imaginary part. Raises `ConfigError` if the lists of the residual
        blocks do not match each other.
        """
        super().__init__()
        for name, sizes, dilations in (
            ("amplitude", amplitude_resblock_kernel_sizes, amplitude_resblock_dilations),
            ("phase", phase_resblock_kernel_sizes, phase_resblock_dilations),
        ):
            if not sizes or len(sizes) != len(dilations):
                raise ConfigError(
                    f"model.generator.{name}_resblock_kernel_sizes: expected one for each list of "
                    f"{name}_resblock_dilations, found {list(sizes)} and "
                    f"{[list(d) for d in dilations]}"
                )
        n_bins = audio.n_fft // 2 + 1

        def last(channels: int, size: int) -> nn.Module:
            return weight_norm(nn.Conv1d(channels, n_bins, size, padding=size // 2))

        self.amplitude = Trunk(
            audio.n_mels,
            amplitude_channels,
            amplitude_kernel_sizes[0],
            amplitude_resblock_kernel_sizes,
            amplitude_resblock_dilations,
        )
        self.amplitude_last = last(amplitude_channels, amplitude_kernel_sizes[1])
        self.phase = Trunk(
            audio.n_mels,
            phase_channels,
            phase_kernel_sizes[0],
            phase_resblock_kernel_sizes,
            phase_resblock_dilations,
        )
        self.real = last(phase_channels, phase_kernel_sizes[1])
        self.imaginary = last(phase_channels, phase_kernel_sizes[2])
        self.audio = audio
        self.stft = Stft(*audio.framing)
        self.istft = InverseStft(*audio.framing, audio.pad)
        reach = max(
            self.amplitude.reach + amplitude_kernel_sizes[1] // 2,
            self.phase.reach + max(phase_kernel_sizes[1:]) // 2,
        )
        self.context_frames = reach + self.istft.context_frames

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """mel [B, n_mels, T], or as an image [B, n_mels, 1, T] -> wav [B, T * hop_length], and
        `Spectrum`'s two arrays.
        """
        log_amplitude = self.amplitude_last(self.amplitude(mel)).flatten(2)
        hidden = self.phase(mel)
        real, imaginary = self.real(hidden).flatten(2), self.imaginary(hidden).flatten(2)
        with torch.autocast(mel.device.type, enabled=False):
            # eq. 5 and 6: the two-argument arctangent
            spectrum = Spectrum(log_amplitude.float(), torch.atan2(imaginary.float(), real.float()))
            wav: Tensor = self.istft(spectrum.waves().transpose(1, 2))
        return wav, *spectrum

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length] float32, in the precision of the weights,
        without weight norm. `forward` gets an image.
        """
        return self._fused()(image(mel.to(next(self.parameters()).dtype)))[0]

    def spectra(self, wav: Tensor, n_frames: int) -> Tensor:
        """wav [B, S] -> its complex spectrum [B, n_fft // 2 + 1, T], the frames of the mel."""
        audio = self.audio
        behind = max((n_frames - 1) * audio.hop_length + audio.n_fft - audio.pad - wav.shape[1], 0)
        return self.stft(F.pad(wav, (audio.pad, behind)))[:, :n_frames].transpose(1, 2)


class APNet(GanVocoder):
    """APNet: its generator with the adversarial training of `gan.py`, and the losses of its spectra
    (section III-C).
    """

    generator: ApNetGenerator
    own_losses = frozenset({"amplitude", "phase", "consistency", "real_imaginary"})

    def generate(self, batch: Batch) -> tuple[Tensor, dict[str, tuple[Tensor, Tensor]]]:
        """Eq. 8 to 16: the log amplitudes, the phases and their differences over time and
        frequency, and how far the spectrum is from that of its own wav.
        """
        assert batch.mel is not None and batch.wav is not None
        wav_hat, *predicted = self.generator(self.normal(batch.mel))
        spectra = bare(self.generator, ApNetGenerator).spectra
        with torch.autocast(wav_hat.device.type, enabled=False):
            hat, n_frames = Spectrum(*predicted), batch.mel.shape[2]
            true, again = (spectra(wav, n_frames) for wav in (batch.wav, wav_hat))
            log_amplitude = (power(true).sqrt() + LEAST_AMPLITUDE).log()
            losses = {
                "amplitude": (hat.log_amplitude - log_amplitude).square().mean(),
                "phase": phase_distance(hat.phase, true.angle()),
                "consistency": power(hat.waves() - again).mean(),
                "real_imaginary": torch.view_as_real(hat.waves() - true).abs().mean() * 2,
            }
        return wav_hat, {name: counted(loss, len(wav_hat)) for name, loss in losses.items()}


def phase_distance(phase_hat: Tensor, phase: Tensor) -> Tensor:
    """Two phases [B, F, T] -> a scalar: the distance of the phases, of their differences over
    frequency (the group delay) and of those over time, each wrapped (eq. 9 to 12).
    """
    off = phase_hat - phase
    parts = [off, off.diff(dim=1), off.diff(dim=2)]
    return torch.stack([wrapped(part).mean() for part in parts if part.numel()]).sum()


def wrapped(angle: Tensor) -> Tensor:
    """angle (radians) of any shape -> its distance from the next multiple of 2 pi (eq. 9)."""
    return (angle - 2 * math.pi * (angle / (2 * math.pi)).round()).abs()
