"""WaveNet (arXiv 1609.03499): causal dilated convolutions over samples, with a mixture of logistics
(as in Parallel WaveNet, arXiv 1711.10433) or the mu-law's classes. Likelihood and folds are in
`autoregressive.py`.

Deviations: the sample before enters as a number, not as one of 256 classes. Inference keeps the
hidden samples that the dilations need (arXiv 1611.09482).
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.autoregressive import (
    AutoregressiveVocoder,
    Conditioner,
    Outputs,
    SampleNetwork,
)
from recital.modules.contract.audio import AudioConfig
from recital.utils.ranges import Depth, Width


class Layer(nn.Module):
    """Section 2.3 and 2.4: a dilated convolution of two samples, gated, with residual and skip."""

    def __init__(self, channels: int, skip_channels: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.dilated = nn.Conv1d(channels, 2 * channels, 2, dilation=dilation)
        self.out = nn.Conv1d(channels, channels + skip_channels, 1)

    def forward(self, hidden: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """hidden [B, C, S], condition [B, 2C, S] -> the next hidden sequence, skip connection."""
        inner = self.dilated(F.pad(hidden, (self.dilation, 0))) + condition
        content, gate = inner.chunk(2, dim=1)
        both = self.out(content.tanh() * gate.sigmoid())
        n = hidden.shape[1]
        return hidden + both[:, :n], both[:, n:]


class Step:
    """A layer in inference, one sample at a time: it keeps as many as its dilation.

    A sample is a few small operations on tensors that exist: at a batch of some folds, torch's
    calls and their memory take longer than the arithmetic.
    """

    def __init__(self, layer: Layer, n_batch: int) -> None:
        n = layer.dilated.in_channels
        before, now = layer.dilated.weight.unbind(2)
        # [C, 2C] of the kept sample and of the new one
        self.before, self.now = before.t().contiguous(), now.t().contiguous()
        # [C + 1, C + skip_channels]; the last row is the bias
        weight, bias = layer.out.weight[..., 0], layer.out.bias
        assert bias is not None and layer.dilated.bias is not None
        self.out = torch.cat([weight.t(), bias[None]])
        self.bias = layer.dilated.bias
        self.kept = list(weight.new_zeros(layer.dilation, n_batch, n))
        self.inner = weight.new_empty(n_batch, 2 * n)
        self.content, self.gate = self.inner.chunk(2, dim=1)
        self.gated = weight.new_ones(n_batch, n + 1)
        self.product = self.gated[:, :n]

    def __call__(self, t: int, both: Tensor, hidden: Tensor, condition: Tensor) -> None:
        """Add to `both` [B, C + skip_channels], of which `hidden` [B, C] of sample `t` is the
        first part, what the layer makes of it; condition [B, 2C] contains the layer's bias.
        """
        kept = self.kept[t % len(self.kept)]
        torch.addmm(condition, kept, self.before, out=self.inner)
        self.inner.addmm_(hidden, self.now)
        kept.copy_(hidden)
        torch.mul(self.content.tanh_(), self.gate.sigmoid_(), out=self.product)
        both.addmm_(self.gated, self.out)


class WaveNetNetwork(SampleNetwork):
    """The conditioned stack of layers."""

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 64,
        skip_channels: Width = 128,
        n_layers: Depth = 24,
        dilation_cycle: Depth = 8,
        condition_channels: Width = 80,
        output: Literal["logistics", "mu_law"] = "logistics",
        n_components: Depth = 10,
    ) -> None:
        """The dilations are 1, 2, 4 ... 2^(dilation_cycle - 1), again and again. `n_components` is
        the number of logistics.
        """
        super().__init__()
        self.outputs = Outputs(output, n_components)
        self.condition = Conditioner(audio, condition_channels, 2)
        self.first = nn.Conv1d(1, channels, 1)
        dilations = [2 ** (i % dilation_cycle) for i in range(n_layers)]
        self.layers = nn.ModuleList(Layer(channels, skip_channels, d) for d in dilations)
        # one projection for all layers
        self.project = nn.Linear(condition_channels, 2 * channels * n_layers)
        self.skip = nn.Conv1d(skip_channels, skip_channels, 1)
        self.last = nn.Conv1d(skip_channels, self.outputs.size, 1)

    def forward(self, mel: Tensor, before: Tensor) -> Tensor:
        """See `SampleNetwork`."""
        conditions = self.project(self.condition(mel)).transpose(1, 2).chunk(len(self.layers), 1)
        hidden = self.first(before[:, None])
        skipped: Tensor | None = None
        for layer, condition in zip(self.layers, conditions, strict=True):
            hidden, skip = layer(hidden, condition)
            skipped = skip if skipped is None else skipped + skip
        assert skipped is not None
        return self.last(self.skip(skipped.relu()).relu()).transpose(1, 2)

    def generate(self, condition: Tensor, draws: Tensor) -> Tensor:
        """See `SampleNetwork`. Each layer keeps as many hidden samples as its dilation."""
        n_batch, n_samples, _ = condition.shape
        steps = [Step(layer, n_batch) for layer in self.layers if isinstance(layer, Layer)]
        # of the projection and of all layers
        bias = self.project.bias + torch.cat([step.bias for step in steps])
        first, skip, last = (conv.weight[..., 0] for conv in (self.first, self.skip, self.last))
        sample = condition.new_zeros(n_batch)
        wav = condition.new_zeros(n_batch, n_samples, dtype=torch.float32)
        channels = self.first.out_channels
        both = condition.new_empty(n_batch, channels + self.skip.in_channels)
        hidden, skipped = both[:, :channels], both[:, channels:]
        for t in range(n_samples):
            conditions = F.linear(condition[:, t], self.project.weight, bias)
            skipped.zero_()
            hidden.copy_(F.linear(sample[:, None], first, self.first.bias))
            for step, given in zip(steps, conditions.chunk(len(steps), dim=1), strict=True):
                step(t, both, hidden, given)
            inner = F.linear(skipped.relu(), skip, self.skip.bias).relu()
            wav[:, t] = self.outputs.sample(F.linear(inner, last, self.last.bias), draws[:, t])
            sample = wav[:, t].to(condition.dtype)
        return wav


class WaveNet(AutoregressiveVocoder):
    """WaveNet: its network with the likelihood and the inference of `autoregressive.py`."""

    network: WaveNetNetwork
