"""Replaces `F.conv1d(x.transpose(1, 2), weight, bias, padding=reach, dilation=dilation)` and the
transpose back by one matrix product, where that is faster: in half precision on a CPU. Justified by
`benchmark fast`, on a step of WaveGlow.

    frames       1 2 3 4 5
    gathered     0 0 1 2 3     # (0s are padding; dilation = 2)
                 1 2 3 4 5
                 3 4 5 0 0
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def convolve(x: Tensor, conv: nn.Conv1d, dilation: int = 1) -> Tensor:
    """x [B, T, C_in], and a convolution of odd kernel size -> [B, T, C_out]."""
    weight, bias = conv.weight, conv.bias
    size = weight.shape[2]
    if size == 1:
        return F.linear(x, weight[..., 0], bias)
    reach = size // 2 * dilation
    if x.device.type != "cpu" or not torch.is_autocast_enabled("cpu"):
        rows = F.conv1d(x.transpose(1, 2), weight, bias, padding=reach, dilation=dilation)
        return rows.transpose(1, 2)
    padded = F.pad(x, (0, 0, reach, reach))
    n = x.shape[1]
    near = torch.cat([padded[:, i * dilation : i * dilation + n] for i in range(size)], dim=2)
    return F.linear(near, weight.transpose(1, 2).flatten(1), bias)
