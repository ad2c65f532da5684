"""WaveRNN (arXiv 1802.08435): one recurrent layer predicts each sample. Likelihood and folds are in
`autoregressive.py`.

Deviation: as in most implementations, the next sample is a mixture of logistics or a class of the
mu-law, where the paper predicts the two halves of 16 bits one after the other; no sparse weights.
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


class WaveRnnNetwork(SampleNetwork):
    """Section 2: a GRU over samples and two layers."""

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 512,
        condition_channels: Width = 128,
        output: Literal["logistics", "mu_law"] = "logistics",
        n_components: Depth = 10,
    ) -> None:
        """`channels` is the width of the GRU; `n_components` is the number of logistics."""
        super().__init__()
        self.outputs = Outputs(output, n_components)
        self.condition = Conditioner(audio, condition_channels, 4)
        self.gru = nn.GRU(1 + condition_channels, channels, batch_first=True)
        self.inner = nn.Linear(channels + condition_channels, channels)
        self.last = nn.Linear(channels, self.outputs.size)

    def forward(self, mel: Tensor, before: Tensor) -> Tensor:
        """See `SampleNetwork`."""
        condition = self.condition(mel)
        hidden, _ = self.gru(torch.cat([before[..., None], condition], dim=2))
        return self.last(self.inner(torch.cat([hidden, condition], dim=2)).relu())

    def generate(self, condition: Tensor, draws: Tensor) -> Tensor:
        """See `SampleNetwork`. What depends on the mel alone is computed beforehand."""
        n_batch, n_samples, _ = condition.shape
        n = self.gru.hidden_size
        to_gates, recurrent, gate_bias, recurrent_bias = self.gru.all_weights[0]
        given = F.linear(condition, to_gates[:, 1:], gate_bias)
        late = F.linear(condition, self.inner.weight[:, n:], self.inner.bias)
        from_sample, of_hidden = to_gates[:, 0], recurrent.t().contiguous()
        inner = self.inner.weight[:, :n].t().contiguous()
        hidden = condition.new_zeros(n_batch, n)
        sample = condition.new_zeros(n_batch)
        wav = condition.new_zeros(n_batch, n_samples, dtype=torch.float32)
        for t in range(n_samples):
            entering = torch.addcmul(given[:, t], sample[:, None], from_sample)
            kept = torch.addmm(recurrent_bias, hidden, of_hidden)
            gates = (entering[:, : 2 * n] + kept[:, : 2 * n]).sigmoid()
            content = torch.addcmul(entering[:, 2 * n :], gates[:, :n], kept[:, 2 * n :]).tanh()
            hidden = torch.lerp(content, hidden, gates[:, n:])
            deep = torch.addmm(late[:, t], hidden, inner).relu()
            wav[:, t] = self.outputs.sample(self.last(deep), draws[:, t])
            sample = wav[:, t].to(condition.dtype)
        return wav


class WaveRNN(AutoregressiveVocoder):
    """WaveRNN: its network with the likelihood and the inference of `autoregressive.py`."""

    network: WaveRnnNetwork
