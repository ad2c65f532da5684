"""Forms of the code that may be faster on a GPU, to be taken if a run shows it: convolutions whose
channels are last in memory, the order of tensor cores. cuDNN copies a [B, C, T] into that order and
back; in the first profile of FastPitch those copies take a fifth of the GPU's time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder import hifigan
from recital.models.vocoder.gan import FusedGenerator
from recital.modules.fast.channels_last import image, to_images
from recital.modules.layers.convolution import TimeConv1d


def images_of_frames() -> AbstractContextManager[object]:
    """In this context, the convolutions over [B, T, C] are those of images of one row."""

    def forward(self: TimeConv1d, x: Tensor) -> Tensor:
        size = self.kernel_size[0]
        if size == 1:
            return F.linear(x, self.weight.squeeze(2), self.bias)
        row, weight = x.transpose(1, 2)[:, :, None], self.weight[:, :, None]
        made = F.conv2d(row, weight, self.bias, padding=(0, size // 2))
        return made[:, :, 0].transpose(1, 2)

    return patch.object(TimeConv1d, "forward", forward)


@contextmanager
def images_of_waves() -> Iterator[None]:
    """In this context, HiFi-GAN is built and called as on the CPU."""

    def infer(self: hifigan.HiFiGanGenerator, mel: Tensor) -> Tensor:
        network: nn.Module = self._fused()
        wav: Tensor = network(image(mel.to(next(self.parameters()).dtype)))
        return wav.float()

    made = FusedGenerator.__init__

    def init(self: FusedGenerator) -> None:
        made(self, prepare=to_images)

    generator = hifigan.HiFiGanGenerator
    with patch.object(FusedGenerator, "__init__", init), patch.object(generator, "infer", infer):
        yield
