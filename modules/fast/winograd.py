"""Replaces `nn.Conv1d` over images [B, C, 1, T], in inference on a CPU in float32, by Winograd's
minimal filtering (arXiv 1509.09308): four outputs of four taps by seven products instead of
sixteen. Justified by `benchmark fast`, on utterances of APNet and HiFi-GAN.

The products are a convolution of seven groups by oneDNN. In its public form it brings the weights
to its own order in each call, which takes as long as the products of a short mel; so they are kept
in the order for pieces of one length, and a mel is filtered piece by piece. In half precision the
sums lose too much, and a GPU's library has a filtering of its own.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

OUTPUTS = TAPS = 4  # equal, so that the next four taps see the tile of the next four outputs
POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5)  # at which polynomials are multiplied; infinity is last
CONSTANT = 1  # the place of the point 1, whose product is added to every output
LEAST_CHANNELS = 128  # with fewer, or fewer taps, the transforms take what the products save
LEAST_TAPS = 5
# Inputs of a point in a piece: short ones cost starts, and a long one is seldom full.
PIECE = 2**15


def suits(conv: nn.Module) -> bool:
    """Whether `Winograd` computes this convolution, and faster."""
    return (
        isinstance(conv, nn.Conv1d)
        and conv.stride == (1,)
        and conv.groups == 1
        and conv.kernel_size[0] >= LEAST_TAPS
        and min(conv.in_channels, conv.out_channels) >= LEAST_CHANNELS
        and isinstance(conv.padding, tuple)
        and conv.weight.device.type == "cpu"
        and conv.weight.dtype == torch.float32
        and not torch.is_autocast_enabled("cpu")
        and torch.backends.mkldnn.is_available()
    )


class Winograd(nn.Module):
    """A convolution of `nn.Conv1d`, over images [B, C, 1, T]. It holds its weights transformed,
    which are twice as many. It is fast with as many threads as torch had when it was made.
    """

    weight: Tensor
    bias: Tensor
    forth: Tensor
    back: Tensor

    def __init__(self, conv: nn.Conv1d) -> None:
        super().__init__()
        self.padding, self.dilation = int(conv.padding[0]), conv.dilation[0]
        self.reach = (conv.kernel_size[0] - 1) * self.dilation
        forth, weights, back = matrices()
        self.blocks = -(-conv.kernel_size[0] // TAPS)  # of four taps each
        self.tiles = max(PIECE // conv.in_channels // self.dilation, 1)  # of a piece
        points, channels = len(weights), conv.in_channels
        # filled piece by piece: large intermediate tensors would leave holes in the heap
        weight = conv.weight.new_empty(points, conv.out_channels, channels, self.blocks)
        for j, taps in enumerate(conv.weight.detach().split(TAPS, 2)):
            for of_point, point in zip(weight, weights.float(), strict=True):
                of_point[:, :, j] = taps @ point[: taps.shape[2]]
        bias = weight.new_zeros(points, conv.out_channels)
        if conv.bias is not None:
            bias[CONSTANT] = conv.bias.detach()
        # of the products: a group for each point, and a tap for each block
        self.sizes = ([0, 0], [1, 1], [1, self.dilation], points)
        width = (self.tiles + self.blocks - 1) * self.dilation
        packed = torch.ops.aten.mkldnn_reorder_conv2d_weight(
            weight.flatten(0, 1)[:, :, None].to_mkldnn(),
            *self.sizes,
            [1, points * channels, 1, width],
        )
        self.register_buffer("weight", packed, persistent=False)
        self.register_buffer("bias", bias.flatten(), persistent=False)
        self.register_buffer("forth", forth.float(), persistent=False)
        self.register_buffer("back", back.float(), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """[B, C, 1, T] -> [B, C', 1, T'], both with the channels last in memory."""
        rows = image[:, :, 0].transpose(1, 2)  # [B, T, C]
        length = rows.shape[1] + 2 * self.padding - self.reach
        assert length > 0, "the input is shorter than the kernel"
        tile = OUTPUTS * self.dilation
        pieces = -(-length // (self.tiles * tile))
        # the last tile of a piece needs seven inputs, which reach into the next
        behind = (pieces * self.tiles + self.blocks) * tile - rows.shape[1] - self.padding
        rows = F.pad(rows, (0, 0, self.padding, behind)).contiguous()
        n_channels = len(self.bias) // len(self.forth)
        made = rows.new_empty(len(rows), pieces, self.tiles * tile, n_channels)
        for item, outputs in zip(rows, made, strict=True):
            for start, piece in enumerate(outputs):
                self._filter(item[start * self.tiles * tile :], piece)
        return made.flatten(1, 2)[:, :length].transpose(1, 2)[:, :, None]

    def _filter(self, rows: Tensor, outputs: Tensor) -> None:
        """The first of the rows [T, C] into the outputs [tiles * 4 * dilation, C'] of a piece."""
        channels, step, points = rows.shape[1], self.dilation, len(self.forth)
        # a tile is seven inputs of one phase of the dilation, and begins four after the one before
        inputs = rows.as_strided(
            (self.tiles + self.blocks - 1, step, points, channels),
            (OUTPUTS * step * channels, channels, step * channels, 1),
        )
        transformed = torch.matmul(self.forth, inputs)
        products = torch.ops.mkldnn._convolution_pointwise(
            # [tiles, phases, points, C] -> the image [1, points * C, 1, tiles * phases]
            transformed.view(1, -1, points * channels).transpose(1, 2)[:, :, None],
            self.weight,
            self.bias,
            *self.sizes,
            "none",
            [],
            "",
        )
        by_tile = products[0, :, 0].T.view(self.tiles * step, points, -1)
        back = self.back.expand(len(by_tile), -1, -1)
        if step == 1:
            torch.bmm(back, by_tile, out=outputs.view(self.tiles, OUTPUTS, -1))
        else:
            by_phase = torch.bmm(back, by_tile).view(self.tiles, step, OUTPUTS, -1)
            outputs.view(self.tiles, OUTPUTS, step, -1).copy_(by_phase.transpose(1, 2))


@lru_cache
def matrices() -> tuple[Tensor, Tensor, Tensor]:
    """`forth` [7, 7], `weights` [7, 4] and `back` [4, 7] in float64: four taps filter seven inputs
    to `back @ ((weights @ taps) * (forth @ inputs))`. This is the transpose of a product of
    polynomials by their values at `POINTS`.
    """

    def values(n_coefficients: int) -> Tensor:
        finite = np.vander(POINTS, n_coefficients, increasing=True)
        return torch.from_numpy(np.vstack([finite, np.eye(n_coefficients)[-1]]))

    forth = torch.linalg.inv(values(OUTPUTS + TAPS - 1)).T
    return forth, values(TAPS), values(OUTPUTS).T
