"""WaveGlow (arXiv 1811.00002): a flow from wavs to white noise, trained by likelihood only and
inverted for inference.

Beyond the paper, as in NVIDIA's code: an early output consists of the first channels; the affine
coupling's network returns the shift first, then the log of the scale. Arrays have time before
channels here, so that every convolution is one matrix product, and one projection of the mel serves
all layers of a coupling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.model import Vocoder, wave_graph
from recital.modules.fast.dilated import convolve
from recital.modules.fast.folded_coupling import FoldedCoupling
from recital.modules.fast.fused import Fused
from recital.modules.layers.weight_norm import weight_norm
from recital.modules.losses.reduction import batch_means, counted
from recital.modules.signal.noise import draw_noise
from recital.utils.errors import ConfigError, DataError
from recital.utils.ranges import Depth, ForInference, Kernel, Range, Samples, Weight, Width
from recital.utils.training.trainable import bare

UPSAMPLE_HOPS = 4  # hops that the kernel of the upsampling covers


class Flowed(NamedTuple):
    """The outputs used in training. G groups of `n_group` samples."""

    z: Tensor  # [B, n_group, G], the early outputs first
    log_scales: list[Tensor]  # per flow, [B, channels / 2, G]
    log_determinants: list[Tensor]  # per flow, scalars; over all groups of the batch


class InvertibleConv(nn.Module):
    """Section 2.2: a 1x1 convolution with its inverse and log-determinant."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        q = torch.linalg.qr(torch.randn(channels, channels))[0]
        q[:, 0] *= torch.linalg.det(q).sign()  # a rotation: its log-determinant is 0
        self.weight = nn.Parameter(q)  # [to, from]
        self._inverse: tuple[Any, Tensor] | None = None

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """[B, G, C] -> the same shape, and the log-determinant of all groups together."""
        with torch.autocast(x.device.type, enabled=False):
            log_determinant = x.shape[0] * x.shape[1] * torch.linalg.slogdet(self.weight.float())[1]
        return F.linear(x, self.weight), log_determinant

    def invert(self, x: Tensor) -> Tensor:
        """[B, G, C] -> [B, G, C]; the inverse is computed in float32 and cached."""
        weight = self.weight
        # inference tensors cannot change by training
        version = 0 if weight.is_inference() else weight._version
        key = (weight.data_ptr(), version, x.dtype)
        if self._inverse is None or self._inverse[0] != key:
            self._inverse = (key, torch.linalg.inv(self.weight.detach().float()).to(x.dtype))
        return F.linear(x, self._inverse[1])


class Coupling(nn.Module):
    """Section 2.1: half of the channels, and the mel, give shift and log-scale of the other half,
    through dilated gated convolutions (the paper's WN).
    """

    def __init__(
        self, half: int, n_condition: int, n_layers: int, channels: int, kernel_size: int
    ) -> None:
        super().__init__()
        self.channels = channels
        self.dilations = [2**i for i in range(n_layers)]
        self.first = weight_norm(nn.Conv1d(half, channels, 1))
        self.condition = weight_norm(nn.Conv1d(n_condition, 2 * channels * n_layers, 1))
        self.gates = nn.ModuleList(
            weight_norm(nn.Conv1d(channels, 2 * channels, kernel_size)) for _ in range(n_layers)
        )
        widths = [2 * channels] * (n_layers - 1) + [channels]  # the last has no residual
        self.mixes = nn.ModuleList(weight_norm(nn.Conv1d(channels, w, 1)) for w in widths)
        self.last = nn.Conv1d(channels, 2 * half, 1)
        nn.init.zeros_(self.last.weight)  # so that a fresh coupling changes nothing
        assert self.last.bias is not None
        nn.init.zeros_(self.last.bias)

    def forward(self, kept: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """kept [B, G, half], condition [B, G, n_condition] -> shift and log-scale [B, G, half]."""
        hidden = convolve(kept, self.first)
        conditions = convolve(condition, self.condition).chunk(len(self.gates), dim=2)
        skipped = torch.zeros_like(hidden)
        layers = zip(self.gates, self.mixes, self.dilations, conditions, strict=True)
        for gate, mix, dilation, given in layers:
            assert isinstance(gate, nn.Conv1d) and isinstance(mix, nn.Conv1d)
            filtered, gated = (convolve(hidden, gate, dilation) + given).chunk(2, dim=2)
            mixed = convolve(filtered.tanh() * gated.sigmoid(), mix)
            if mixed.shape[2] > self.channels:
                hidden = hidden + mixed[..., : self.channels]
            skipped = skipped + mixed[..., -self.channels :]
        shift, log_scale = convolve(skipped, self.last).chunk(2, dim=2)
        return shift, log_scale


class WaveGlowNetwork(nn.Module):
    """Mel upsampling and the flows."""

    def __init__(
        self,
        audio: AudioConfig,
        n_flows: Depth = 12,
        n_group: Samples = 8,
        n_early_every: Depth = 4,
        n_early_size: Depth = 2,
        n_layers: Annotated[int, Range(1, 16)] = 8,
        channels: Width = 512,
        kernel_size: Kernel = 3,
    ) -> None:
        """Raises `ConfigError` if the groups do not match `audio` or the early outputs."""
        super().__init__()
        early = (n_flows - 1) // n_early_every * n_early_size
        if audio.hop_length % n_group or n_group % 2 or n_early_size % 2 or early >= n_group:
            raise ConfigError(
                f"model.n_group: {n_group} is invalid: expected an even number that divides "
                f"audio.hop_length {audio.hop_length} and is above the {early} channels of "
                "the early outputs (model.n_early_size, even, every n_early_every flows)"
            )
        if kernel_size % 2 == 0:
            raise ConfigError(f"model.kernel_size: expected an odd number, found {kernel_size}")
        hop = audio.hop_length
        self.hop_length = hop
        self.n_group = n_group
        self.upsample = nn.ConvTranspose1d(audio.n_mels, audio.n_mels, UPSAMPLE_HOPS * hop, hop)
        # channels of the early output before each flow
        self.early = [n_early_size if k and k % n_early_every == 0 else 0 for k in range(n_flows)]
        self.mixers, self.couplings = nn.ModuleList(), nn.ModuleList()
        width = n_group
        for leaving in self.early:
            width -= leaving
            self.mixers.append(InvertibleConv(width))
            self.couplings.append(
                Coupling(width // 2, audio.n_mels * n_group, n_layers, channels, kernel_size)
            )
        self.remaining = width
        groups = n_flows * (kernel_size // 2) * (2**n_layers - 1)
        self.context_frames = -(-groups * n_group // hop) + UPSAMPLE_HOPS - 1
        self._fused = Fused(self, fold)

    def train(self, mode: bool = True) -> WaveGlowNetwork:
        """Training drops the cached form for inference."""
        if mode:
            self._fused.clear()
        return super().train(mode)

    def forward(self, mel: Tensor, wav: Tensor) -> Flowed:
        """mel [B, n_mels, T], wav [B, S], S a multiple of n_group and at most T * hop_length."""
        condition = self.condition(mel, wav.shape[1])
        x = wav.unflatten(1, (-1, self.n_group))  # [B, G, n_group]
        outputs, log_scales, log_determinants = [], [], []
        for leaving, mixer, coupling in zip(self.early, self.mixers, self.couplings, strict=True):
            outputs.append(x[..., :leaving])
            x, log_determinant = mixer(x[..., leaving:])
            kept, changed = x.chunk(2, dim=2)
            shift, log_scale = coupling(kept, condition)
            with torch.autocast(x.device.type, enabled=False):
                log_scale = log_scale.float()
                changed = log_scale.exp() * changed.float() + shift.float()
            x = torch.cat([kept.float(), changed], dim=2)
            log_scales.append(log_scale.transpose(1, 2))
            log_determinants.append(log_determinant)
        z = torch.cat([*outputs, x], dim=2).transpose(1, 2)  # [B, n_group, G]
        return Flowed(z, log_scales, log_determinants)

    @torch.no_grad()
    def infer(self, mel: Tensor, z: Tensor) -> Tensor:
        """mel [B, n_mels, T], z [B, n_group, T * hop_length / n_group], as `forward` orders it,
        -> wav [B, T * hop_length].
        """
        return self._fused().generate(mel, z)  # type: ignore[operator]

    def generate(self, mel: Tensor, z: Tensor) -> Tensor:
        """mel [B, n_mels, T] and noise z [B, n_group, G] -> wav [B, S]: invert the flows. The
        couplings run in the precision of the weights, the few channels that they change in float32.
        """
        dtype = self.upsample.weight.dtype
        condition = self.condition(mel.to(dtype), mel.shape[2] * self.hop_length)
        z = z.float().transpose(1, 2)  # [B, G, n_group]
        end = z.shape[2] - self.remaining
        x = z[..., end:]
        for k in reversed(range(len(self.early))):
            kept, changed = x.chunk(2, dim=2)
            shift, log_scale = self.couplings[k](kept, condition)
            x = self._mixer(k).invert(torch.cat([kept, (changed - shift) / log_scale.exp()], 2))
            x = torch.cat([z[..., end - self.early[k] : end], x], dim=2)
            end -= self.early[k]
        return x.flatten(1)

    def _mixer(self, k: int) -> InvertibleConv:
        mixer = self.mixers[k]
        assert isinstance(mixer, InvertibleConv)
        return mixer

    def condition(self, mel: Tensor, n_samples: int) -> Tensor:
        """mel [B, n_mels, T] -> [B, G, n_mels * n_group]: the upsampled mel of each group."""
        fine = self.upsample(mel)[..., :n_samples]
        if fine.shape[2] < n_samples:
            raise DataError(
                f"mel: its {mel.shape[2]} frames cover {fine.shape[2]} samples of {n_samples}"
            )
        return fine.unflatten(2, (-1, self.n_group)).transpose(1, 2).flatten(2)


class WaveGlow(Vocoder):
    """The vocoder: the network, its loss, and its input noise."""

    networks = ("network",)
    needs = frozenset({"mel", "wav"})
    losses = {"network": frozenset({"nll"})}

    def __init__(
        self, network: WaveGlowNetwork, audio: AudioConfig, sigma: ForInference[Weight] = 0.6
    ) -> None:
        """`sigma` is the standard deviation of the noise in inference; in training it is 1."""
        super().__init__()
        if not sigma >= 0:
            raise ConfigError(f"model.sigma: expected a number from 0 on, found {sigma!r}")
        self.network = network
        self.audio = audio
        self.sigma: float = sigma

    @property
    def context_frames(self) -> int:
        """Frames of mel (and of noise) on each side that a sample depends on."""
        return self.bare_network.context_frames

    @property
    def bare_network(self) -> WaveGlowNetwork:
        """The network without the wrappers of data parallelism."""
        return bare(self.network, WaveGlowNetwork)

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """One turn: the negative log-likelihood of a sample, in nats."""
        assert batch.mel is not None and batch.wav is not None
        n_group = self.bare_network.n_group
        wav = batch.wav[:, : batch.wav.shape[1] // n_group * n_group]
        loss = negative_log_likelihood(self.network(batch.mel, wav))
        yield "network", batch_means({"nll": counted(loss, len(wav))})

    def infer(self, mel: Tensor, sigma: float | None = None, z: Tensor | None = None) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length].

        `z` [B, n_group, T * hop_length / n_group] is the noise, of standard deviation 1 and in
        the order of `Flowed.z`; without it, the same mel gives the same wave. Raises `DataError`
        for noise of another shape.
        """
        n_group = self.bare_network.n_group
        shape = (len(mel), n_group, mel.shape[2] * self.audio.hop_length // n_group)
        z = self.draw_noise(len(mel), mel.shape[2]) if z is None else z
        if tuple(z.shape) != shape:
            raise DataError(f"z: expected the shape {shape}, found {tuple(z.shape)}")
        if mel.shape[2] == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        sigma = self.sigma if sigma is None else sigma
        return self.bare_network.infer(mel, sigma * z.to(mel.device))

    def draw_noise(self, batch_size: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
        """Noise for `n_frames` frames from frame `start` on, [B, n_group, G]: a function of the
        seed and the frame, so that parts of a long mel get the same noise.
        """
        n_group = self.bare_network.n_group
        per_frame = self.audio.hop_length // n_group
        return draw_noise(n_group, per_frame, n_frames, seed, start).expand(batch_size, -1, -1)

    def graphs(self) -> list[Graph]:
        """One, with the noise as an input."""
        n_group = self.bare_network.n_group
        return [wave_graph(self, (n_group, self.audio.hop_length // n_group))]

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """The wav without noise."""
        return self.infer(mel, sigma=0.0)

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Generate each window with the noise of its position."""
        noise = [self.draw_noise(1, mel.shape[2], start=start) for start in starts]
        return self.infer(mel, z=torch.cat(noise))


def fold(network: Any) -> None:
    """Prepare a network without weight norm for inference."""
    network.couplings = nn.ModuleList(FoldedCoupling(part) for part in network.couplings)


def negative_log_likelihood(flowed: Flowed, sigma: float = 1.0) -> Tensor:
    """Eq. 10 without its constant, in nats per sample; a scalar. `sigma` is that of the noise."""
    z = flowed.z.float()
    scales = torch.stack([s.sum() for s in flowed.log_scales]).sum()
    determinants = torch.stack(flowed.log_determinants).sum()
    return (z.square().sum() / (2 * sigma**2) - scales - determinants) / z.numel()
