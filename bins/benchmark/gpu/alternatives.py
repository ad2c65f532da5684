"""Other forms of the code, to see which is faster on a GPU: convolutions whose channels are last in
memory, the order of tensor cores, or not. cuDNN copies a [B, C, T] into that order and back; in the
first profile of FastPitch those copies take a fifth of the GPU's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from torch import nn

from recital.models.vocoder import gan
from recital.models.vocoder.gan import FusedGenerator
from recital.modules.fast.channels_last import to_images
from recital.modules.layers.convolution import TimeConv1d


def images_of_frames() -> AbstractContextManager[object]:
    """In this context, the convolutions over [B, T, C] are those of images of one row."""
    return patch.object(TimeConv1d, "forward", TimeConv1d.by_image)


@contextmanager
def rows_of_waves() -> Iterator[None]:
    """In this context, HiFi-GAN is built and called with the samples last in memory."""
    with _prepared_by(None), patch.object(gan, "image", lambda mel: mel):
        yield


def compiled_waves() -> AbstractContextManager[object]:
    """In this context, HiFi-GAN is built to be compiled for the length of its first mel."""

    def prepare(network: nn.Module) -> None:
        to_images(network)
        network.compile(dynamic=False)

    return _prepared_by(prepare)


def _prepared_by(prepare: Callable[[nn.Module], None] | None) -> AbstractContextManager[object]:
    made = FusedGenerator.__init__
    return patch.object(FusedGenerator, "__init__", lambda self: made(self, prepare))
