"""The operations that dominate a step, compared with torch's: convolutions and the block made of
them.
"""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from recital.modules.layers.convolution import TimeConv1d
from recital.modules.layers.transformer import FFTBlock


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("channels", [(4, 6), (6, 4), (5, 5)])
@pytest.mark.parametrize("n_frames", [1, 2, 7])
def test_a_convolution_and_its_gradients_are_those_of_torch(size, channels, n_frames):
    torch.manual_seed(0)
    conv = TimeConv1d(*channels, size)
    x = torch.randn(3, n_frames, channels[0], requires_grad=True)
    weights = [x, conv.weight, conv.bias]
    ours = conv(x)
    theirs = F.conv1d(x.transpose(1, 2), conv.weight, conv.bias, padding=size // 2).transpose(1, 2)
    torch.testing.assert_close(ours, theirs)
    pull = torch.randn_like(ours)
    for a, b in zip(
        torch.autograd.grad(ours, weights, pull),
        torch.autograd.grad(theirs, weights, pull),
        strict=True,
    ):
        torch.testing.assert_close(a, b)
    with torch.no_grad():
        torch.testing.assert_close(conv(x), theirs)


def test_autocast_is_near_and_gives_gradients_of_float32():
    torch.manual_seed(0)
    for conv in (TimeConv1d(8, 16, 3), TimeConv1d(16, 8, 3)):
        x = torch.randn(2, 9, conv.in_channels, requires_grad=True)
        with torch.autocast("cpu", torch.bfloat16):
            y = conv(x)
        y.float().square().sum().backward()
        assert x.grad.dtype == conv.weight.grad.dtype == torch.float32
        whole = conv(x)
        torch.testing.assert_close(y.float(), whole, rtol=0.05, atol=0.05)
        weights = [conv.weight, conv.bias, x]
        exact = torch.autograd.grad(whole.square().sum(), weights)
        for weight, gradient in zip(weights, exact, strict=True):
            torch.testing.assert_close(weight.grad, gradient, rtol=0.1, atol=0.3)


def test_gradients_of_a_block_are_those_of_its_equations():
    torch.manual_seed(0)
    block = FFTBlock(8, 2, 4, 12, 3, 0.0, 0.0, False).double()
    mask = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    x = torch.randn(2, 6, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: block(x * mask[..., None], mask), x)
