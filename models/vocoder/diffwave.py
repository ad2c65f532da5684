"""DiffWave (arXiv 2009.09761): a network that predicts the noise in a noisy wav, given its mel and
the diffusion step. Inference starts from noise and removes it in a few steps (appendix B).

Beyond the paper, as in the code of LMNT and Amphion: the loss is the absolute error, waves are
clipped to [-1, 1] after each step, and a step of the short schedule is a fraction between two of
the training's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.model import Vocoder, wave_graph
from recital.modules.fast.channels_last import image
from recital.modules.losses.reduction import batch_means, counted
from recital.modules.signal.noise import draw_noise
from recital.modules.signal.spectra import is_real_arithmetic
from recital.utils.errors import ConfigError, DataError
from recital.utils.ranges import Depth, ForInference, Fraction, Samples, Some, Width
from recital.utils.training.trainable import bare

STEP_CHANNELS, STEP_HIDDEN = 64, 512  # of the step's encoding (section 3.1)
PIECE = 2**19  # numbers of a sequence of hidden states that are computed at once on a CPU
SLOPE = 0.4  # of the leaky rectifiers in the upsampling


class StepEncoding(nn.Module):
    """Section 3.1: sines and cosines of the step, and two layers."""

    table: Tensor

    def __init__(self, n_steps: int) -> None:
        super().__init__()
        # Angles are up to 10^4 times the step: checkpoints were trained with the sines of those
        # rounded to float32, which are others.
        rates = 10.0 ** (torch.arange(STEP_CHANNELS) * 4.0 / (STEP_CHANNELS - 1))
        angles = torch.arange(n_steps)[:, None] * rates
        table = torch.cat([angles.sin(), angles.cos()], dim=1)
        self.register_buffer("table", table, persistent=False)
        self.first = nn.Linear(2 * STEP_CHANNELS, STEP_HIDDEN)
        self.second = nn.Linear(STEP_HIDDEN, STEP_HIDDEN)

    def forward(self, step: Tensor) -> Tensor:
        """step [B], whole or between two steps -> [B, STEP_HIDDEN]."""
        low = step.floor().long()
        high = step.ceil().long()
        below, above = self.table[low], self.table[high]
        encoded = below + (above - below) * (step - low)[:, None].to(below)
        return F.silu(self.second(F.silu(self.first(encoded))))


class Residual(nn.Module):
    """Figure 2(a): a bidirectional dilated convolution with the step and the mel, gated."""

    def __init__(self, n_mels: int, channels: int, dilation: int) -> None:
        super().__init__()
        self.dilated = nn.Conv1d(channels, 2 * channels, 3, padding=dilation, dilation=dilation)
        self.step = nn.Linear(STEP_HIDDEN, channels)
        self.condition = nn.Conv1d(n_mels, 2 * channels, 1)
        self.out = nn.Conv1d(channels, 2 * channels, 1)
        for conv in (self.dilated, self.condition, self.out):
            nn.init.kaiming_normal_(conv.weight)

    def forward(self, hidden: Tensor, step: Tensor, mel: Tensor) -> tuple[Tensor, Tensor]:
        """hidden [B, C, S], step [B, STEP_HIDDEN], mel [B, n_mels, S] -> the next hidden sequence
        and the skip connection, [B, C, S] each.
        """
        inner = self.dilated(hidden + self.step(step)[..., None]) + self.condition(mel)
        gate, content = inner.chunk(2, dim=1)
        residual, skip = self.out(gate.sigmoid() * content.tanh()).chunk(2, dim=1)
        return (hidden + residual) / math.sqrt(2.0), skip

    def infer(self, hidden: Tensor, step: Tensor, mel: Tensor, skipped: Tensor) -> Tensor:
        """`forward` over images [B, C, 1, S] with the channels last in memory, piece by piece, so
        that what is between its convolutions stays in the cache. Adds the skip connection to
        `skipped`.
        """
        channels, n_samples = hidden.shape[1], hidden.shape[3]
        (reach,) = self.dilated.dilation
        dilated, condition, out = (
            conv.weight[:, :, None].contiguous(memory_format=torch.channels_last)
            for conv in (self.dilated, self.condition, self.out)
        )
        step = self.step(step)[..., None, None]
        made = torch.empty_like(hidden)
        length = max(PIECE // (channels * len(hidden)), 1)
        for start in range(0, n_samples, length):
            end = min(start + length, n_samples)
            left, right = max(start - reach, 0), min(end + reach, n_samples)
            given = hidden[..., left:right] + step
            # 0 0 1 2 3 4 5 0 0   # (0s are padding)
            given = F.pad(given, (reach - start + left, reach - right + end))
            inner = F.conv2d(given, dilated, self.dilated.bias, dilation=(1, reach))
            inner += F.conv2d(mel[..., start:end], condition, self.condition.bias)
            gate, content = inner.chunk(2, dim=1)
            both = F.conv2d(gate.sigmoid() * content.tanh(), out, self.out.bias)
            made[..., start:end] = hidden[..., start:end] + both[:, :channels]
            skipped[..., start:end] += both[:, channels:]
        return made.mul_(1 / math.sqrt(2.0))


class DiffWaveNetwork(nn.Module):
    """Figure 2: the upsampled mel, the residual layers, and the predicted noise."""

    trained_levels: Tensor

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 64,
        n_layers: Depth = 30,
        dilation_cycle: Depth = 10,
        upsample_rates: Sequence[Samples] = (16, 16),
        noise_schedule: tuple[Fraction, Fraction, Depth] = (1e-4, 0.05, 50),
    ) -> None:
        """`noise_schedule` is the first and the last variance of the noise that a step of training
        adds, and the number of steps. Raises `ConfigError` if the rates are odd or do not match
        `audio`.
        """
        super().__init__()
        if math.prod(upsample_rates) != audio.hop_length or any(r % 2 for r in upsample_rates):
            raise ConfigError(
                f"model.network.upsample_rates: expected even numbers that multiply to "
                f"audio.hop_length {audio.hop_length}, found {list(upsample_rates)}"
            )
        self.levels = np.cumprod(1 - np.linspace(*noise_schedule))  # squared signal levels
        levels = torch.as_tensor(self.levels, dtype=torch.float32)
        self.register_buffer("trained_levels", levels, persistent=False)
        self.rates = list(upsample_rates)
        # over bands and frames of [B, 1, n_mels, T]
        self.upsamples = nn.ModuleList(
            nn.ConvTranspose2d(1, 1, (3, 2 * rate), (1, rate), padding=(1, rate // 2))
            for rate in upsample_rates
        )
        self.first = nn.Conv1d(1, channels, 1)
        nn.init.kaiming_normal_(self.first.weight)
        self.encoding = StepEncoding(len(self.levels))
        dilations = [2 ** (i % dilation_cycle) for i in range(n_layers)]
        self.layers = nn.ModuleList(Residual(audio.n_mels, channels, d) for d in dilations)
        self.skip = nn.Conv1d(channels, channels, 1)
        nn.init.kaiming_normal_(self.skip.weight)
        self.last = nn.Conv1d(channels, 1, 1)
        nn.init.zeros_(self.last.weight)
        self.reach = sum(dilations)  # samples on either side

    def forward(self, wav: Tensor, step: Tensor, mel: Tensor) -> Tensor:
        """wav [B, S], noisy, step [B] and mel [B, n_mels, T] -> its noise [B, S], S = T * hop."""
        return self.predict(wav, step, self.upsample(mel))

    def upsample(self, mel: Tensor) -> Tensor:
        """[B, n_mels, T] -> [B, n_mels, T * hop_length]."""
        fine = mel[:, None]
        for up in self.upsamples:
            fine = F.leaky_relu(up(fine), SLOPE)
        return fine[:, 0]

    def predict(self, wav: Tensor, step: Tensor, condition: Tensor) -> Tensor:
        """`forward` with the result of `upsample` as the condition."""
        hidden = self.first(wav[:, None]).relu()
        encoded = self.encoding(step)
        skipped = torch.zeros((), device=wav.device)
        for layer in self.layers:
            hidden, skip = layer(hidden, encoded, condition)
            skipped = skipped + skip
        return self._noise(skipped)

    def predict_by_pieces(self, wav: Tensor, step: Tensor, condition: Tensor) -> Tensor:
        """`predict` on a CPU, with an image [B, n_mels, 1, S] as the condition."""
        hidden = image(self.first(wav[:, None]).relu())
        encoded = self.encoding(step)
        skipped = torch.zeros_like(hidden)
        for layer in self.layers:
            assert isinstance(layer, Residual)
            hidden = layer.infer(hidden, encoded, condition, skipped)
        return self._noise(skipped[:, :, 0])

    def _noise(self, skipped: Tensor) -> Tensor:
        """The sum of the skip connections [B, C, S] -> the noise [B, S]."""
        hidden = self.skip(skipped / math.sqrt(len(self.layers))).relu()
        return self.last(hidden)[:, 0]


class DiffWave(Vocoder):
    """The vocoder: the network, its loss, and the schedules of the noise."""

    networks = ("network",)
    needs = frozenset({"mel", "wav"})
    losses = {"network": frozenset({"noise"})}

    def __init__(
        self,
        network: DiffWaveNetwork,
        audio: AudioConfig,
        inference_schedule: ForInference[Some[Fraction]] = (1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5),
    ) -> None:
        """`inference_schedule` lists the variances of the noise of inference's steps. Raises
        `ConfigError` if their levels are outside of the training's.
        """
        super().__init__()
        self.network: Any = network  # or its data-parallel wrapper
        self.audio = audio
        self.betas = np.asarray(inference_schedule)
        self.steps = _steps(network.levels, np.cumprod(1 - self.betas))

    @property
    def bare_network(self) -> DiffWaveNetwork:
        """The network without the wrappers of data parallelism and compilation."""
        return bare(self.network, DiffWaveNetwork)

    @property
    def context_frames(self) -> int:
        """Frames of mel (and of noise) on each side that a sample depends on."""
        network, hop = self.bare_network, self.audio.hop_length
        frames = 1 + len(network.rates)  # of the upsampling, at most
        return -(-len(self.betas) * network.reach // hop) + frames

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """Algorithm 1: noise of a random step is added, and predicted."""
        assert batch.mel is not None and batch.wav is not None
        wav = batch.wav
        levels = self.bare_network.trained_levels
        step = torch.randint(len(levels), (len(wav),), device=wav.device)
        level = levels[step][:, None]
        noise = torch.randn_like(wav)
        noisy = level.sqrt() * wav + (1 - level).sqrt() * noise
        loss = (self.network(noisy, step.float(), batch.mel) - noise).abs().mean()
        yield "network", batch_means({"noise": counted(loss, len(wav))})

    @torch.no_grad()
    def infer(self, mel: Tensor, z: Tensor | None = None, sigma: float = 1.0) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length], by algorithm 2 with the short schedule.

        `z` [B, n_steps, T * hop_length] is the noise: at the start, then added after each step but
        the last. Without it, the same mel gives the same wav. Raises `DataError` for noise of
        another shape.
        """
        if mel.shape[2] == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        shape = (len(mel), len(self.betas), mel.shape[2] * self.audio.hop_length)
        z = self.draw_noise(len(mel), mel.shape[2]) if z is None else z
        if tuple(z.shape) != shape:
            raise DataError(f"z: expected the shape {shape}, found {tuple(z.shape)}")
        network = self.bare_network
        dtype = network.first.weight.dtype
        z = sigma * z.to(mel.device)
        condition, predict = network.upsample(mel.to(dtype)), network.predict
        if mel.device.type == "cpu" and not is_real_arithmetic():
            condition, predict = image(condition), network.predict_by_pieces
        wav = z[:, 0]
        left = np.cumprod(1 - self.betas)
        for i, n in enumerate(reversed(range(len(self.betas))), start=1):
            step = mel.new_full((mel.shape[0],), float(self.steps[n]))
            noise = predict(wav.to(dtype), step, condition).float()
            wav = (wav - self.betas[n] / (1 - left[n]) ** 0.5 * noise) / (1 - self.betas[n]) ** 0.5
            if n > 0:
                spread = ((1 - left[n - 1]) / (1 - left[n]) * self.betas[n]) ** 0.5
                wav = wav + spread * z[:, i]
            wav = wav.clamp(-1.0, 1.0)
        return wav

    def graphs(self) -> list[Graph]:
        """One, with the noise of all steps as an input."""
        return [wave_graph(self, (len(self.betas), self.audio.hop_length))]

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """The wav without noise."""
        return self.infer(mel, sigma=0.0)

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Generate each window with the noise of its position."""
        noise = [self.draw_noise(1, mel.shape[2], start=start) for start in starts]
        return self.infer(mel, z=torch.cat(noise))

    def draw_noise(self, batch_size: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
        """Noise for `n_frames` frames from frame `start` on, of each step of inference:
        [B, n_steps, n_frames * hop_length].
        """
        noise = draw_noise(len(self.betas), self.audio.hop_length, n_frames, seed, start)
        return noise.expand(batch_size, -1, -1)


def _steps(trained: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Appendix B: the steps of training, or fractions between two, that have the squared signal
    `levels` of the short schedule.
    """
    if levels[0] > trained[0] * (1 + 1e-9) or levels[-1] < trained[-1] * (1 - 1e-9):
        raise ConfigError(
            "model.inference_schedule: its noise is outside of the training's: the squared signal "
            f"levels are {levels[0]:.6g} to {levels[-1]:.6g}, expected them within "
            f"{trained[0]:.6g} to {trained[-1]:.6g} of model.network.noise_schedule"
        )
    roots = np.sqrt(trained)[::-1]  # ascending
    steps = np.interp(np.sqrt(levels), roots, np.arange(len(trained))[::-1])
    return steps.astype(np.float32)
