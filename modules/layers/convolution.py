"""Convolution over time on [B, T, C], the layout of attention and layer norm."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class TimeConv1d(nn.Conv1d):
    """`nn.Conv1d` on [B, T, C]: stride 1, zero padding to the same length, the same parameters.

    frames         0 1 2 3 4 5 0   # (0s are padding; kernel_size = 3)
    output           1 2 3 4 5
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        assert kernel_size % 2 == 1, "an even kernel has no centre"
        super().__init__(in_channels, out_channels, kernel_size, padding=kernel_size // 2)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, C_in], 0 in padding -> [B, T, C_out], not 0 in padding."""
        size = self.kernel_size[0]
        if size == 1:
            return F.linear(x, self.weight.squeeze(2), self.bias)
        return super().forward(x.transpose(1, 2)).transpose(1, 2)  # [B, C, T] inside

    def by_image(self, x: Tensor) -> Tensor:
        """`forward` by the convolution of an image of one row, [B, C, 1, T], whose channels are
        last in memory, as they are in x: cuDNN computes in that order.
        """
        size = self.kernel_size[0]
        if size == 1:
            return F.linear(x, self.weight.squeeze(2), self.bias)
        row, weight = x.transpose(1, 2)[:, :, None], self.weight[:, :, None]
        made = F.conv2d(row, weight, self.bias, padding=(0, size // 2))
        return made[:, :, 0].transpose(1, 2)
