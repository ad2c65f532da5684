"""Replaces `nn.Conv1d` and `nn.ConvTranspose1d` in inference by two-dimensional convolutions with
the channels last in memory, so that oneDNN and cuDNN pass activations from layer to layer without
reordering them. Justified by `benchmark fast`, on an utterance of HiFi-GAN, and on a GPU by
`benchmark gpu --parts latency`.

In training it is slower, because of the gradients of grouped convolutions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recital.modules.fast.winograd import Winograd, suits
from recital.modules.signal.spectra import is_real_arithmetic


def to_images(network: nn.Module) -> None:
    """Replace the 1-d convolutions below a network by 2-d ones over [B, C, 1, T]."""
    for name, part in network.named_children():
        if isinstance(part, (nn.Conv1d, nn.ConvTranspose1d)):
            setattr(network, name, _image(part))
        else:
            to_images(part)


def image(hidden: Tensor) -> Tensor:
    """[B, C, T] -> [B, C, 1, T] with the channels last in memory. Unchanged for a graph."""
    if is_real_arithmetic():
        return hidden
    return hidden[:, :, None].contiguous(memory_format=torch.channels_last)


def _image(conv: nn.Conv1d | nn.ConvTranspose1d) -> nn.Module:
    """The same convolution over [B, C, 1, T]."""
    assert conv.padding_mode == "zeros"
    if isinstance(conv, nn.Conv1d) and suits(conv):
        return Winograd(conv)
    made: nn.Conv2d | nn.ConvTranspose2d
    sizes = ((1, conv.kernel_size[0]), (1, conv.stride[0]), (0, int(conv.padding[0])))
    channels = (conv.in_channels, conv.out_channels)
    with torch.device("meta"):
        if isinstance(conv, nn.ConvTranspose1d):
            assert conv.dilation[0] == 1
            spare = (0, conv.output_padding[0])
            made = nn.ConvTranspose2d(*channels, *sizes, spare, groups=conv.groups)
        else:
            made = nn.Conv2d(*channels, *sizes, (1, conv.dilation[0]), groups=conv.groups)
    weight = conv.weight[:, :, None].contiguous(memory_format=torch.channels_last)
    made.weight = nn.Parameter(weight, requires_grad=False)
    made.bias = conv.bias
    return made
