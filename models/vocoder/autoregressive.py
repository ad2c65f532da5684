"""Vocoders that generate one sample after another: any network, with a distribution of the next
sample.

A long mel is cut into folds that are generated side by side in one batch and cross-faded, as in the
batched inference of WaveRNN's implementations: the steps of a fold cost nearly the same for one
fold as for many.

    mel         0 1 2 3 4 5 6 7 8 9        # fold_frames = 4, overlap_frames = 2
    fold 0      0 1 2 3 4 5
    fold 1              4 5 6 7 8 9
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.model import Vocoder
from recital.modules.losses.reduction import batch_means, counted
from recital.modules.signal.noise import NOISE_BLOCK
from recital.utils.errors import CheckpointError
from recital.utils.random import generator
from recital.utils.ranges import Count, ForInference, Samples
from recital.utils.training.trainable import bare

MU = 255  # of the mu-law
LEAST_LOG_SCALE = -7.0  # of a logistic
DRAWS = 2  # uniform numbers for a sample: for the class or component, and for its value


class Outputs(nn.Module):
    """The distribution of a sample in [-1, 1]: a mixture of logistics (arXiv 1701.05517, eq. 1 and
    2, over 16 bits), or classes of the mu-law (arXiv 1609.03499, section 2.2).
    """

    def __init__(self, kind: Literal["logistics", "mu_law"], n_components: int = 10) -> None:
        """`n_components` is the number of logistics."""
        super().__init__()
        self.kind = kind
        self.size = 3 * n_components if kind == "logistics" else MU + 1

    def nll(self, outputs: Tensor, wav: Tensor) -> Tensor:
        """outputs [B, S, size], wav [B, S] -> the negative log-likelihood of each sample, nats."""
        outputs = outputs.float()
        if self.kind == "mu_law":
            return F.cross_entropy(outputs.transpose(1, 2), mu_law(wav), reduction="none")
        logits, means, log_scales = outputs.chunk(3, dim=2)
        log_scales = log_scales.clamp(min=LEAST_LOG_SCALE)
        off, half = wav[..., None] - means, 1 / 65535  # half a step of 16 bits
        above, below = (off + half) / log_scales.exp(), (off - half) / log_scales.exp()
        inside = (above.sigmoid() - below.sigmoid()).clamp(min=1e-12).log()
        at_low, at_high = F.logsigmoid(above), F.logsigmoid(-below)  # all that is beyond
        # where the difference underflows, the density times the width
        middle = off / log_scales.exp()
        tiny = F.logsigmoid(middle) + F.logsigmoid(-middle) - log_scales + np.log(2 * half)
        inside = torch.where(above.sigmoid() - below.sigmoid() > 1e-5, inside, tiny)
        edge = wav[..., None].abs() > 1 - half
        likely = torch.where(edge, torch.where(wav[..., None] < 0, at_low, at_high), inside)
        return -(logits.log_softmax(dim=2) + likely).logsumexp(dim=2)

    def sample(self, outputs: Tensor, draws: Tensor) -> Tensor:
        """outputs [B, size] and uniform numbers [B, DRAWS] in (0, 1) -> samples [B]."""
        n = self.size if self.kind == "mu_law" else self.size // 3
        levels = outputs[:, :n].float().softmax(dim=1).cumsum(dim=1)
        chosen = (levels < draws[:, :1]).sum(dim=1, keepdim=True).clamp(max=n - 1)
        if self.kind == "mu_law":
            return from_mu_law(chosen[:, 0])
        _, means, log_scales = (
            part.gather(1, chosen)[:, 0] for part in outputs.float().chunk(3, 1)
        )
        spread = log_scales.clamp(min=LEAST_LOG_SCALE).exp()
        return (means + spread * draws[:, 1].logit()).clamp(-1.0, 1.0)


def mu_law(wav: Tensor) -> Tensor:
    """Samples in [-1, 1] -> classes from 0 to 255, of the same shape."""
    squeezed = wav.sign() * (MU * wav.abs().clamp(max=1.0)).log1p() / np.log1p(MU)
    return ((squeezed + 1) / 2 * MU + 0.5).long()


def from_mu_law(classes: Tensor) -> Tensor:
    """Classes from 0 to 255 -> samples in [-1, 1]: the inverse of `mu_law`, up to its steps."""
    squeezed = 2 * classes.float() / MU - 1
    return squeezed.sign() * ((squeezed.abs() * np.log1p(MU)).exp() - 1) / MU


class Conditioner(nn.Module):
    """The mel through residual convolutions over frames, interpolated to samples."""

    def __init__(self, audio: AudioConfig, channels: int, n_layers: int) -> None:
        super().__init__()
        self.hop_length = audio.hop_length
        self.first = nn.Conv1d(audio.n_mels, channels, 5, padding=2)
        self.layers = nn.ModuleList(
            nn.Conv1d(channels, channels, 3, padding=1) for _ in range(n_layers)
        )

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> [B, T * hop_length, C]."""
        hidden = self.first(mel)
        for layer in self.layers:
            hidden = hidden + layer(hidden.relu())
        fine = F.interpolate(hidden, scale_factor=float(self.hop_length), mode="linear")
        return fine.transpose(1, 2)


class SampleNetwork(nn.Module):
    """The interface of the network of an autoregressive vocoder."""

    condition: Conditioner
    outputs: Outputs

    def forward(self, mel: Tensor, before: Tensor) -> Tensor:
        """mel [B, n_mels, T] and the sample before each, [B, S], S = T * hop_length -> the outputs
        [B, S, size].
        """
        raise NotImplementedError

    def generate(self, condition: Tensor, draws: Tensor) -> Tensor:
        """The mel of each sample [B, S, C] and uniform numbers [B, S, DRAWS] -> wav [B, S]."""
        raise NotImplementedError


class AutoregressiveVocoder(Vocoder):
    """Any network that predicts the next sample: its likelihood, and inference in folds."""

    networks = ("network",)
    needs = frozenset({"mel", "wav"})
    losses = {"network": frozenset({"nll"})}

    def __init__(
        self,
        network: SampleNetwork,
        audio: AudioConfig,
        fold_frames: ForInference[Samples] = 64,
        overlap_frames: ForInference[Count] = 8,
    ) -> None:
        """Inference cuts longer mels into folds of `fold_frames` frames, with `overlap_frames` more
        that are cross-faded.
        """
        super().__init__()
        self.network: Any = network  # or its data-parallel wrapper
        self.audio = audio
        self.fold_frames, self.overlap_frames = fold_frames, overlap_frames

    @property
    def bare_network(self) -> SampleNetwork:
        """The network without the wrappers of data parallelism and compilation."""
        return bare(self.network, SampleNetwork)

    def graphs(self) -> list[Graph]:
        """Raises `CheckpointError`: a graph for each sample would be slower than torch."""
        raise CheckpointError(
            f"{self.name}: predicts one sample after another and has no export; expected another "
            "vocoder"
        )

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """One turn: the negative log-likelihood of a sample, in nats."""
        assert batch.mel is not None and batch.wav is not None
        wav = batch.wav[:, : batch.mel.shape[2] * self.audio.hop_length]
        outputs = self.network(batch.mel, F.pad(wav, (1, -1)))
        loss = self.bare_network.outputs.nll(outputs[:, : wav.shape[1]], wav)
        yield "network", batch_means({"nll": counted(loss.mean(), loss.numel())})

    @torch.no_grad()
    def infer(self, mel: Tensor, draws: Tensor | None = None) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length].

        `draws` [B, T * hop_length, DRAWS] are the uniform numbers of the samples; without them, the
        same mel gives the same wav.
        """
        n_frames, hop = mel.shape[2], self.audio.hop_length
        if n_frames == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        draws = self.draw(n_frames).expand(len(mel), -1, -1) if draws is None else draws
        network = self.bare_network
        dtype = next(network.parameters()).dtype
        condition, draws = network.condition(mel.to(dtype)).to(dtype), draws.to(mel.device)
        length, overlap = self.fold_frames * hop, self.overlap_frames * hop
        if n_frames <= self.fold_frames + self.overlap_frames:
            return self._generate(condition, draws)
        n_folds = -(-(n_frames * hop - overlap) // length)
        rest = n_folds * length + overlap - n_frames * hop  # that the last fold lacks
        folds = [
            F.pad(part, (0, 0, 0, rest)).unfold(1, length + overlap, length)  # [B, n, C, length]
            for part in (condition, draws)
        ]
        condition, draws = (part.flatten(0, 1).transpose(1, 2) for part in folds)
        wavs = self._generate(condition, draws.clamp(min=1e-6)).unflatten(0, (len(mel), n_folds))
        return _cross_faded(wavs, overlap)[:, : n_frames * hop]

    def _generate(self, condition: Tensor, draws: Tensor) -> Tensor:
        """The network's samples, in the precision of its weights also under autocast: errors would
        add up from sample to sample, and its buffers have one type.
        """
        with torch.autocast(condition.device.type, enabled=False):
            return self.bare_network.generate(condition, draws)

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """The wav of the middle of each distribution."""
        n_samples = mel.shape[2] * self.audio.hop_length
        return self.infer(mel, torch.full((len(mel), n_samples, DRAWS), 0.5))

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Generate each window with the draws of its position."""
        return self.infer(mel, torch.stack([self.draw(mel.shape[2], start) for start in starts]))

    def draw(self, n_frames: int, start: int = 0) -> Tensor:
        """Uniform numbers for `n_frames` frames from frame `start` on: [n_frames * hop, DRAWS], a
        function of the frame.
        """
        hop, first = self.audio.hop_length, start // NOISE_BLOCK
        blocks = [
            generator(0, "samples", number).random((NOISE_BLOCK * hop, DRAWS), dtype=np.float32)
            for number in range(first, -(-(start + n_frames) // NOISE_BLOCK))
        ]
        offset = (start - first * NOISE_BLOCK) * hop
        drawn = np.concatenate(blocks)[offset : offset + n_frames * hop]
        return torch.from_numpy(drawn).clamp(1e-6, 1 - 1e-6)


def _cross_faded(wavs: Tensor, overlap: int) -> Tensor:
    """Folds [B, n, length + overlap] -> [B, n * length + overlap]."""
    rise = (torch.arange(overlap, device=wavs.device) + 0.5) / max(overlap, 1)
    length = wavs.shape[2] - overlap
    faded = wavs.clone()
    faded[:, 1:, :overlap] *= rise
    faded[:, :-1, length:] *= 1 - rise
    joined = faded.new_zeros(len(wavs), wavs.shape[1] * length + overlap)
    for i, fold in enumerate(faded.unbind(1)):
        joined[:, i * length : (i + 1) * length + overlap] += fold
    return joined
