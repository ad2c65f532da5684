"""Fast code equals the plain line: values, and gradients if it trains."""

from __future__ import annotations

import copy
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import torch
from torch import nn

from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.audio import AudioConfig
from recital.modules.fast import winograd
from recital.modules.fast.channels_last import image, to_images
from recital.modules.fast.depthwise import depthwise
from recital.modules.fast.dilated import convolve
from recital.modules.fast.dropout import Dropout, attend
from recital.modules.fast.fused import Fused
from recital.modules.fast.phases import with_magnitude
from recital.modules.fast.recurrent import Recurrence
from recital.modules.fast.winograd import Winograd, suits
from recital.modules.layers.weight_norm import weight_norm
from recital.modules.signal import products
from recital.modules.signal.spectra import Pair, real_arithmetic


@pytest.mark.parametrize("most_raised", [math.inf, 2.0])
def test_magnitudes_are_those_of_complex_numbers(most_raised):
    spectrum = torch.randn(2, 5, 9, dtype=torch.complex64)
    magnitude = torch.rand(2, 5, 9) * 3
    plain = spectrum * (magnitude / spectrum.abs().clamp(min=1e-8)).clamp(max=most_raised)
    pair = Pair(spectrum.real.clone(), spectrum.imag.clone())
    made = with_magnitude(pair, magnitude, most_raised)
    torch.testing.assert_close(torch.complex(made.real, made.imag), plain)
    torch.testing.assert_close(with_magnitude(spectrum, magnitude, most_raised), plain)
    assert with_magnitude(torch.zeros_like(spectrum), magnitude, most_raised).abs().max() == 0


def test_magnitudes_have_the_gradients_of_complex_numbers():
    given = torch.randn(2, 5, 9, dtype=torch.complex64)
    magnitude = torch.rand(2, 5, 9, requires_grad=True)
    first, second = (given.clone().requires_grad_() for _ in range(2))
    plain = second * (magnitude / second.abs().clamp(min=1e-8)).clamp(max=2.0)
    for spectrum, made in ((first, with_magnitude(first, magnitude, 2.0)), (second, plain)):
        torch.view_as_real(made)[..., 0].sum().backward()
        assert spectrum.grad.abs().max() > 0
    torch.testing.assert_close(first.grad, second.grad)


def test_griffin_lim_goes_beyond_consistent_spectra_as_its_paper_does():
    """Algorithm 2 on spectra, which the vocoder runs on waves; in a graph, too."""
    audio = AudioConfig(8000, 64, 64, 16, 20, 0.0, 4000.0)
    vocoder = GriffinLim(audio)
    first = torch.randn(2, 12, 33, dtype=torch.complex64)
    weight, magnitude = vocoder.istft.weight(12), first.abs()
    spectrum, before = first, torch.zeros_like(first)
    for _ in range(5):
        consistent = vocoder.stft(vocoder.istft.add_up(spectrum) / weight)
        target = torch.lerp(before, consistent, 1.9)
        spectrum = target * (magnitude / target.abs().clamp(min=1e-8)).clamp(max=2.0)
        before = consistent
    wav = vocoder.istft.cut(vocoder.istft.add_up(spectrum) / weight, 12).clamp(-1.0, 1.0)
    torch.testing.assert_close(vocoder._consistent(first, 5, 0.9, 2.0), wav, rtol=1e-4, atol=1e-4)
    with real_arithmetic():
        pair = Pair(first.real, first.imag)
        made = vocoder._consistent(pair, 5, 0.9, 2.0)
    torch.testing.assert_close(made, wav, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("n", [2, 4, 6, 50, 64, 600, 882, 1024])
def test_transforms_by_products_are_torchs(n):
    """Odd and even numbers of rows, and back; folded and sorted."""
    frames = torch.randn(2, 3, n)
    expected = torch.fft.rfft(frames)
    real, imag = products.forward(frames)
    torch.testing.assert_close(torch.complex(real, imag), expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(products.inverse(real, imag, n), frames, rtol=1e-4, atol=1e-4)
    flat = torch.arange(4.0 * (n // 2 + 1)).view(4, -1)
    assert torch.equal(products.unfold(products.fold(flat), n), flat)


@pytest.mark.parametrize("groups", [1, 4])
def test_images_are_convolved_as_rows_are(groups):
    network = nn.Sequential(
        nn.Conv1d(4, 8, 5, padding=4, dilation=2, groups=groups),
        nn.Sequential(nn.ConvTranspose1d(8, 4, 6, 2, padding=2, groups=groups)),
    )
    hidden = torch.randn(2, 4, 9)
    with torch.no_grad():
        expected = network(hidden)
        to_images(network)
        torch.testing.assert_close(network(image(hidden))[:, :, 0], expected)


@pytest.mark.parametrize("taps", [5, 7, 8, 11, 16])
@pytest.mark.parametrize("dilation", [1, 3])
@pytest.mark.parametrize("padding", [0, 7])
def test_a_filter_of_few_products_is_the_convolution(taps, dilation, padding, monkeypatch):
    """Every number of taps modulo four, in one piece and in several, with lengths that fill the
    last tile and do not.
    """
    torch.manual_seed(taps)
    if padding:
        monkeypatch.setattr(winograd, "PIECE", 12 * 4)
    conv = nn.Conv1d(12, 6, taps, dilation=dilation, padding=padding, bias=padding > 0)
    for length in (48, 61):
        hidden = torch.randn(2, 12, length)
        with torch.no_grad():
            made = Winograd(conv)(image(hidden))
            torch.testing.assert_close(made[:, :, 0], conv(hidden), rtol=1e-5, atol=1e-5)
    assert Winograd(conv)(image(torch.empty(0, 12, 48))).shape[0] == 0


def test_which_convolutions_are_filtered():
    """Wide ones with many taps, in float32 on the CPU."""
    wide = partial(nn.Conv1d, 128, 150, device="cpu")
    with torch.device("meta"):
        elsewhere = nn.Conv1d(128, 150, 7)
    assert suits(wide(7, dilation=3)) and suits(nn.utils.skip_init(nn.Conv1d, 512, 128, 5))
    for other in (
        wide(3),
        wide(7, stride=2),
        nn.Conv1d(256, 64, 7),
        nn.Conv1d(512, 512, 7, groups=2),
        wide(7).bfloat16(),
        wide(7).double(),
        elsewhere,
    ):
        assert not suits(other)
    with torch.autocast("cpu", torch.bfloat16):
        assert not suits(wide(7))


def test_a_fused_network_follows_its_weights():
    network = nn.Sequential(weight_norm(nn.Conv1d(3, 5, 3)), nn.ReLU()).eval()
    fused, mel = Fused(network), torch.randn(1, 3, 7)
    torch.testing.assert_close(fused()(mel), network(mel))
    assert fused() is fused()  # kept
    with torch.no_grad():
        next(network.parameters()).mul_(2.0)
    torch.testing.assert_close(fused()(mel), network(mel))


def test_a_fused_network_has_a_form_for_each_precision():
    network = nn.Sequential(weight_norm(nn.Conv1d(3, 5, 3))).eval()
    fused, mel = Fused(network), torch.randn(1, 3, 7)
    plain = fused()
    with torch.autocast("cpu", torch.bfloat16):
        half = fused()
        assert half[0].weight.dtype == torch.bfloat16
        assert torch.equal(half(mel), network(mel))
    # a graph may hold the addresses of either
    assert fused() is plain and plain[0].weight.dtype == torch.float32
    with torch.autocast("cpu", torch.bfloat16):
        assert fused() is half


def test_a_form_that_is_for_a_number_of_threads_is_used_with_it():
    network = nn.Sequential(nn.Conv1d(128, 128, 5)).eval()
    fused, narrow = Fused(network, to_images), Fused(nn.Sequential(nn.Conv1d(1, 1, 5)).eval())
    mel, threads = torch.randn(1, 128, 40), torch.get_num_threads()
    made, other = fused(), narrow()
    try:
        torch.set_num_threads(threads + 1)
        assert fused() is not made and narrow() is other
        with torch.no_grad():
            torch.testing.assert_close(
                fused()(image(mel))[:, :, 0], network(mel), rtol=1e-4, atol=1e-5
            )
            network[0].weight.mul_(2.0)
        assert len(fused._made) == 2 and fused() is fused() and len(fused._made) == 1
    finally:
        torch.set_num_threads(threads)


def test_threads_that_begin_together_share_a_form():
    network = nn.Sequential(weight_norm(nn.Conv1d(64, 64, 9))).eval()
    fused = Fused(network)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: fused(), range(64)))
    assert len({id(form) for form in made}) == 1
    assert copy.deepcopy(fused)._made == {} and pickle.loads(pickle.dumps(network)) is not None


def test_dropout_keeps_the_mean_and_its_gradient():
    torch.manual_seed(0)
    x = torch.ones(100, 999, requires_grad=True)
    drop = Dropout(0.1)
    y = drop(x)
    share = float((y == 0).float().mean())
    assert abs(share - 0.1) < 0.005  # five standard deviations
    n_dropped = round(0.1 * 65536)
    assert set(y.detach().unique().tolist()) == {
        0.0,
        torch.tensor(65536 / (65536 - n_dropped)).item(),
    }
    (gradient,) = torch.autograd.grad(y.sum(), x)
    assert torch.equal(gradient, y.detach())
    assert not torch.equal(drop(x), y)
    torch.manual_seed(0)
    assert torch.equal(drop(x), y)
    assert drop.eval()(x) is x
    assert drop.train()(x[:0]).shape == (0, 999)


def test_attention_with_hardly_any_dropout_is_torch_s():
    q, k, v = torch.randn(3, 2, 4, 7, 8)
    keys = (torch.arange(7) < torch.tensor([7, 3])[:, None])[:, None, None]
    expected = attend(q, k, v, keys, 0.0)
    torch.testing.assert_close(attend(q, k, v, keys, 1e-9), expected)
    assert not torch.allclose(attend(q, k, v, keys, 0.5), expected)


def test_a_loop_and_its_gradients_are_those_of_its_products():
    gates = torch.randn(5, 2, 8, requires_grad=True)
    weight = torch.randn(8, 3, requires_grad=True)
    first = torch.randn(2, 3)

    def run(recur):
        hidden = first
        for step in range(5):
            hidden = recur(step, hidden).unflatten(1, (-1, 2)).tanh().mean(2)[:, :3]
        return hidden.square().sum()

    loop = run(Recurrence(gates, weight, torch.float32))
    plain = run(lambda step, hidden: gates[step] + hidden @ weight.t())
    torch.testing.assert_close(loop, plain)
    mine = torch.autograd.grad(loop, [gates, weight])
    theirs = torch.autograd.grad(plain, [gates, weight])
    for a, b in zip(mine, theirs, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("case", ["dilated", "wide", "depthwise"])
def test_a_convolution_over_time_and_its_gradients_are_torch_s(case):
    groups = 6 if case == "depthwise" else 1
    size, dilation = (1, 1) if case == "wide" else (3, 2 if case == "dilated" else 1)
    conv = nn.Conv1d(
        6, 6, size, padding=size // 2 * dilation, dilation=dilation, groups=groups
    ).double()
    x = torch.randn(2, 7, 6, dtype=torch.float64, requires_grad=True)
    # float64 stays what it is, and convolutions in half precision are those that are replaced
    with torch.autocast("cpu", torch.bfloat16):
        found = depthwise(x, conv) if case == "depthwise" else convolve(x, conv, dilation)
    plain = conv(x.transpose(1, 2)).transpose(1, 2)
    torch.testing.assert_close(found, plain)
    pull, weights = torch.randn_like(plain), [x, conv.weight, conv.bias]
    mine = torch.autograd.grad(found, weights, pull)
    for a, b in zip(mine, torch.autograd.grad(plain, weights, pull), strict=True):
        torch.testing.assert_close(a, b)
