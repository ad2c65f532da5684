"""Replaces `nn.Conv1d` over images [B, C, 1, T], in inference on a CPU in float32, by Winograd's
minimal filtering (arXiv 1509.09308): four outputs of four taps by seven products instead of
sixteen. Justified by `benchmark fast`, on utterances of APNet and HiFi-GAN.

In half precision its sums lose too much, and a GPU's library has its own.
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
LEAST_CHANNELS = 256  # with fewer, or fewer taps, the transforms take what the products save
LEAST_TAPS = 5


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
    )


class Winograd(nn.Module):
    """A convolution of `nn.Conv1d`, over images [B, C, 1, T]. It holds its weights transformed,
    which are twice as many.
    """

    weight: Tensor
    bias: Tensor | None
    forth: Tensor
    back: Tensor

    def __init__(self, conv: nn.Conv1d) -> None:
        super().__init__()
        self.padding, self.dilation = int(conv.padding[0]), conv.dilation[0]
        self.reach = (conv.kernel_size[0] - 1) * self.dilation
        forth, weights, back = matrices()
        sizes = (-(-conv.kernel_size[0] // TAPS), len(weights), conv.in_channels, conv.out_channels)
        # filled piece by piece: large intermediate tensors would leave holes in the heap
        weight = conv.weight.new_empty(sizes)
        for j, taps in enumerate(conv.weight.detach().split(TAPS, 2)):
            for of_point, point in zip(weight[j], weights.float(), strict=True):
                of_point.copy_((taps @ point[: taps.shape[2]]).T)
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("bias", conv.bias, persistent=False)
        self.register_buffer("forth", forth.float(), persistent=False)
        self.register_buffer("back", back.float(), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """[B, C, 1, T] -> [B, C', 1, T'], both with the channels last in memory."""
        rows = image[:, :, 0].transpose(1, 2)  # [B, T, C]
        length = rows.shape[1] + 2 * self.padding - self.reach
        tile = OUTPUTS * self.dilation
        tiles = -(-length // tile)
        behind = (tiles + len(self.weight)) * tile - rows.shape[1] - self.padding
        rows = F.pad(rows, (0, 0, self.padding, behind)).contiguous()
        made = rows.new_empty(len(rows), tiles * tile, self.weight.shape[3])
        for item, outputs in zip(rows, made, strict=True):
            self._filter(item, outputs.view(tiles, OUTPUTS, -1))
        return made[:, :length].transpose(1, 2)[:, :, None]

    def _filter(self, rows: Tensor, outputs: Tensor) -> None:
        """Rows [T, C] into outputs [tiles, 4, dilation * C']."""
        tiles, channels, step = len(outputs), rows.shape[1], self.dilation
        points = len(self.forth)
        # a tile is seven inputs of one phase of the dilation, and begins four after the one before
        inputs = rows.as_strided(
            (tiles + len(self.weight) - 1, step, points, channels),
            (OUTPUTS * step * channels, channels, step * channels, 1),
            rows.storage_offset(),
        )
        transformed = torch.matmul(self.forth, inputs).flatten(0, 1).transpose(0, 1)
        products = torch.bmm(transformed[:, : tiles * step], self.weight[0])
        for j, weight in enumerate(self.weight[1:], 1):
            products.baddbmm_(transformed[:, j * step : (j + tiles) * step], weight)
        if self.bias is not None:
            products[CONSTANT] += self.bias
        by_tile = products.view(points, tiles, -1).transpose(0, 1)
        torch.bmm(self.back.expand(tiles, -1, -1), by_tile, out=outputs)


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
