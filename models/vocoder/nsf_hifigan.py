"""HiFi-GAN with a harmonic source: the sines of neural source-filter models (NSF, arXiv 1904.12088)
are added to the hidden sequence of every upsampling stage, so that the wav follows a given F0, also
beyond the pitch of the training data.

Deviations: F0 is predicted from the mel by a small tracker, trained with the generator, unless it
is given. Harmonics above half the sample rate are silent. All harmonics share one noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.gan import FusedGenerator, GanVocoder
from recital.models.vocoder.hifigan import (
    EDGE_KERNEL,
    LAST_SLOPE,
    SLOPE,
    ResBlock1,
    ResBlock2,
    Stage,
    check_stages,
)
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.model import wave_graph
from recital.modules.fast.channels_last import image
from recital.modules.layers.weight_norm import weight_norm
from recital.modules.signal.noise import draw_noise
from recital.modules.signal.phase import PhaseTrack, at_starts, find_source
from recital.modules.signal.pitch_source import (
    PitchTracker,
    cycles,
    example_source,
    given_source,
    harmonics_below_nyquist,
    source_graph,
    tracking_losses,
)
from recital.utils.ranges import Depth, Hertz, Kernel, Level, Positive, Samples, Width
from recital.utils.training.trainable import bare

SINE_LEVEL, NOISE_LEVEL = 0.1, 0.003  # of voiced frames; unvoiced ones have SINE_LEVEL / 3 of noise


class NsfHifiGanGenerator(FusedGenerator):
    """The F0 tracker, the source, and HiFi-GAN's stages with the source added to each."""

    mel_mean: Tensor
    mel_std: Tensor

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 512,
        upsample_rates: Sequence[Samples] = (8, 8, 2, 2),
        upsample_kernel_sizes: Sequence[Samples] = (16, 16, 4, 4),
        resblock: Literal[1, 2] = 1,
        resblock_kernel_sizes: Sequence[Kernel] = (3, 7, 11),
        resblock_dilations: Sequence[Sequence[Samples]] = ((1, 3, 5), (1, 3, 5), (1, 3, 5)),
        n_harmonics: Depth = 8,
        tracker_channels: Width = 128,
        f_min: Hertz = 50.0,
        f_max: Hertz = 1100.0,
        mel_mean: Level = -6.0,
        mel_std: Positive = 2.0,
    ) -> None:
        """The source has F0 and `n_harmonics` harmonics above it. `f_min` and `f_max` (Hz) bound
        the predicted F0; `mel_mean` and `mel_std` normalise the tracker's input. The rest is
        HiFi-GAN's. Raises `ConfigError` if these do not match each other or `audio`.
        """
        super().__init__()
        check_stages(
            audio,
            channels,
            upsample_rates,
            upsample_kernel_sizes,
            resblock_kernel_sizes,
            resblock_dilations,
        )
        self.audio, self.n_sines = audio, n_harmonics + 1
        self.register_buffer("mel_mean", torch.tensor(mel_mean), persistent=False)
        self.register_buffer("mel_std", torch.tensor(mel_std), persistent=False)
        self.tracker = PitchTracker(audio.n_mels, tracker_channels, f_min, f_max)
        self.merge = nn.Linear(self.n_sines, 1)
        self.first = weight_norm(
            nn.Conv1d(audio.n_mels, channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        )
        block = ResBlock1 if resblock == 1 else ResBlock2
        blocks = (resblock_kernel_sizes, resblock_dilations)
        stages = []
        for i, (rate, size) in enumerate(zip(upsample_rates, upsample_kernel_sizes, strict=True)):
            stride = math.prod(upsample_rates[i + 1 :])  # samples per frame of the stage's output
            stages.append(SourcedStage(stride, channels >> i, rate, size, block, *blocks))
        self.stages = nn.ModuleList(stages)
        width = channels >> len(stages)
        self.last = weight_norm(nn.Conv1d(width, 1, EDGE_KERNEL, padding=EDGE_KERNEL // 2))
        self.context_frames = self._context(stages)

    def forward(self, mel: Tensor, f0: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """mel [B, n_mels, T] and its recorded F0 [B, T] (Hz, 0 where unvoiced) -> wav
        [B, T * hop_length], and the tracker's log F0 and logit of being voiced, [B, T] each.
        Noise and the first phase are random.
        """
        log_f0_hat, voiced_hat = self.tracker((mel - self.mel_mean) / self.mel_std)
        with torch.no_grad():
            voiced = f0 > 0
            starts = at_starts(torch.where(voiced, f0.clamp(min=1.0), log_f0_hat.float().exp()))
            phase = PhaseTrack(self.audio)(starts, voiced.to(starts))
            phase = phase + torch.rand(len(f0), 1, device=f0.device)
            noise = torch.randn(len(f0), f0.shape[1] * self.audio.hop_length, device=f0.device)
            sines = self.sines(torch.stack([starts, voiced.to(starts), phase], dim=1), noise)
        return self.render(mel, sines), log_f0_hat, voiced_hat

    def track(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T] -> F0 in Hz and voicing (1 or 0), [B, T] each."""
        return self.tracker.track((mel - self.mel_mean) / self.mel_std)

    def sines(self, source: Tensor, noise: Tensor) -> Tensor:
        """source [B, 3, T] (see `find_source`), noise [B, T * hop_length] -> F0 and its harmonics
        with noise, [B, T * hop_length, 1 + n_harmonics].
        """
        f0, voiced, phase = source.unbind(1)
        f0 = f0.clamp(min=1.0)
        number = torch.arange(1, self.n_sines + 1, device=f0.device)
        turned = cycles(f0, phase, self.audio)[..., None]  # [B, T, hop, 1]
        heard = number <= harmonics_below_nyquist(f0, self.audio)[..., None].clamp(min=1.0)
        on = voiced[:, :, None, None]
        sine = torch.sin(2 * torch.pi * (turned * number % 1.0))
        waves = (SINE_LEVEL * on * heard * sine).flatten(1, 2)
        level = torch.where(voiced > 0, NOISE_LEVEL, SINE_LEVEL / 3)[..., None]
        return waves + (level * noise.unflatten(1, (voiced.shape[1], -1))).flatten(1)[..., None]

    def render(self, mel: Tensor, sines: Tensor) -> Tensor:
        """mel [B, n_mels, T], or as an image [B, n_mels, 1, T], and sines of `sines` -> wav
        [B, T * hop_length].
        """
        source = self.merge(sines.to(self.merge.weight.dtype)).tanh().transpose(1, 2)  # [B, 1, S]
        if mel.dim() == 4:
            source = image(source)
        hidden = self.first(mel)  # [B, C, T]
        for stage in self.stages:
            hidden = stage(hidden, source)  # [B, C, T] -> [B, C / 2, T * rate]
        return torch.tanh(self.last(F.leaky_relu(hidden, LAST_SLOPE))).flatten(1)

    @torch.no_grad()
    def infer_sourced(self, mel: Tensor, source: Tensor, noise: Tensor) -> Tensor:
        """mel [B, n_mels, T], source [B, 3, T], noise [B, T * hop_length] -> wav
        [B, T * hop_length] float32, in the precision of the weights, without weight norm.
        """
        shown = image(mel.to(next(self.parameters()).dtype))
        wav: Tensor = self._fused().render(  # type: ignore[operator]
            shown, self.sines(source, noise)
        )
        return wav.float()

    def _context(self, stages: Sequence[SourcedStage]) -> int:
        """Frames on each side that the samples of a frame depend on, through the mel or the source:
        the span of frame 0's samples, followed from the wav back to the mel.
        """
        hop = self.audio.hop_length
        low, high = -(EDGE_KERNEL // 2), hop - 1 + EDGE_KERNEL // 2
        reach = 0
        for stage in reversed(stages):
            first, last = stage.source_span(low, high)
            # F0 is linear from the start of a frame to that of the next one
            reach = max(reach, -(first // hop), last // hop + 1)
            low, high = stage.span(low, high)
        return max(reach, -low + EDGE_KERNEL // 2, high + EDGE_KERNEL // 2)


class SourcedStage(Stage):
    """A stage of HiFi-GAN that adds the source, sampled at its own rate, after the upsampling."""

    def __init__(
        self,
        stride: int,
        channels: int,
        rate: int,
        kernel_size: int,
        block: type[ResBlock1] | type[ResBlock2],
        resblock_kernel_sizes: Sequence[int],
        resblock_dilations: Sequence[Sequence[int]],
    ) -> None:
        """`stride` is the number of samples of a frame of the output."""
        super().__init__(
            channels, rate, kernel_size, block, resblock_kernel_sizes, resblock_dilations
        )
        self.stride = stride
        # the last stage, at the sample rate, sees one sample
        self.source_size = 2 * stride if stride > 1 else 1
        self.source = nn.Conv1d(1, channels // 2, self.source_size, stride)

    def forward(self, hidden: Tensor, source: Tensor) -> Tensor:  # type: ignore[override]
        """hidden [B, C, T], source [B, 1, S] -> [B, C / 2, T * rate], S = T * rate * stride."""
        n_frames = hidden.shape[-1] * self.rate
        # a kernel whose size and rate differ by an odd number adds a frame at the end
        hidden = self.up(F.leaky_relu(hidden, SLOPE))[..., :n_frames]
        before = self.stride // 2 if self.stride > 1 else 0
        after = self.source_size - self.stride - before
        hidden = hidden + self.source(F.pad(source, (before, after)))
        return self.blend(hidden)

    def source_span(self, low: int, high: int) -> tuple[int, int]:
        """Map a range of output indices to the samples of the source it depends on, both inclusive,
        of this stage alone.
        """
        before = self.stride // 2 if self.stride > 1 else 0
        low, high = low - self.reach, high + self.reach
        return low * self.stride - before, high * self.stride - before + self.source_size - 1


class NSFHiFiGAN(GanVocoder):
    """NSF-HiFiGAN: its generator with the adversarial training of `gan.py`, and the tracker's
    losses.
    """

    generator: NsfHifiGanGenerator
    needs = frozenset({"mel", "wav", "pitch"})
    own_losses = frozenset({"pitch", "voicing"})

    @property
    def bare_generator(self) -> NsfHifiGanGenerator:
        """The generator without the wrappers of data parallelism and compilation."""
        return bare(self.generator, NsfHifiGanGenerator)

    def generate(self, batch: Batch) -> tuple[Tensor, dict[str, tuple[Tensor, Tensor]]]:
        """The recorded F0 drives the source; the tracker learns to predict it."""
        assert batch.mel is not None and batch.pitch is not None
        wav_hat, log_f0_hat, voiced_hat = self.generator(self.normal(batch.mel), batch.pitch)
        return wav_hat, tracking_losses(log_f0_hat, voiced_hat, batch.pitch)

    @torch.no_grad()
    def infer(
        self,
        mel: Tensor,
        z: Tensor | None = None,
        sigma: float = 1.0,
        source: Tensor | None = None,
        f0: Tensor | None = None,
    ) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length].

        `f0` [B, T] (Hz at the centres of frames, 0 where unvoiced) is the F0 that will be heard;
        without it, it is predicted. The noise is `z` [B, T * hop_length], or `draw_noise`, times
        `sigma`. `source` [B, 3, T] is the result of `find_source`, or the part of it that belongs
        to a window of a longer mel.
        """
        if mel.shape[2] == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        if f0 is not None:
            source = given_source(f0, self.audio)
        if source is None:
            source = torch.cat([found for _, found in self.find_source([mel])], dim=2)
        z = self.draw_noise(len(mel), mel.shape[2]) if z is None else z
        noise = sigma * z.to(source)
        return self.bare_generator.infer_sourced(self.normal(mel), source, noise)

    def graphs(self) -> list[Graph]:
        """F0 and voicing of a mel, from which the runtime finds the phase; and the wav of both."""
        generator = self.bare_generator
        context = generator.tracker.context_frames
        return [
            source_graph(self, self.track, context, self.audio),
            wave_graph(self, (1, self.audio.hop_length), example_source(self.audio)),
        ]

    def track(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T] -> F0 in Hz and voicing (1 or 0), [B, T] each."""
        return self.bare_generator.track(self.normal(mel))

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """The wav without noise."""
        return self.infer(mel, sigma=0.0)

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Generate each window with the noise of its position."""
        noise = [self.draw_noise(1, mel.shape[2], start=start) for start in starts]
        return self.infer(mel, z=torch.cat(noise), source=source)

    @torch.no_grad()
    def find_source(self, mel_chunks: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        """Chunks of a mel [B, n_mels, t] -> chunks with their source [B, 3, t']: predicted F0 at
        the start of each frame (Hz), voicing, and the phase there (cycles).
        """
        context = self.bare_generator.tracker.context_frames
        yield from find_source(self.track, context, self.audio, mel_chunks)

    def draw_noise(self, batch_size: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
        """Noise for `n_frames` frames from frame `start` on, [B, n_frames * hop_length]."""
        noise = draw_noise(1, self.audio.hop_length, n_frames, seed, start)
        return noise.expand(batch_size, -1)
