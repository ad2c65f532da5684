"""Prior, monotonic alignment search, and the two losses of the aligner.

The kernels in Triton run on a GPU, or with Triton and TRITON_INTERPRET=1.
"""

from __future__ import annotations

import itertools
import math
import os
import sys

import numpy as np
import pytest
import torch

from recital.modules.alignment import forward_sum, monotonic
from recital.modules.alignment.aligner import (
    Aligner,
    path_durations,
    path_log_probs,
)
from recital.modules.alignment.attention_prior import attention_prior
from recital.modules.alignment.forward_sum import FILL, forward_sum_losses
from recital.modules.alignment.monotonic import scan, search
from recital.modules.layers.masking import length_mask


def _prior(n_tokens: int, n_frames: int, kind: str) -> torch.Tensor:
    return attention_prior(
        torch.tensor([n_tokens]), torch.tensor([n_frames]), n_tokens, n_frames, kind
    )[0]


def test_both_priors_are_those_of_the_reference(shared):
    vectors = np.load(shared / "vectors" / "betabinomial.npz")
    names = [
        n for n in vectors.files if n.startswith(("exact_", "interpolated_")) and "bank" not in n
    ]
    assert len(names) >= 9
    for name in names:
        kind = "beta_binomial" if name.startswith("exact") else "interpolated"
        n_tokens, n_frames = map(int, name.split("_")[-2:])
        expected = torch.from_numpy(vectors[name])
        found = _prior(n_tokens, n_frames, kind)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-8, msg=name)
        assert torch.equal(found == 0, expected == 0), name


def test_the_prior_is_the_beta_binomial_distribution():
    def binomial_mixture(k, n, a, b):
        beta = math.lgamma(k + a) + math.lgamma(n - k + b) - math.lgamma(n + a + b)
        return math.comb(n, k) * math.exp(
            beta - math.lgamma(a) - math.lgamma(b) + math.lgamma(a + b)
        )

    prior = _prior(4, 7, "beta_binomial")
    for t, k in itertools.product(range(7), range(4)):
        assert float(prior[t, k]) == pytest.approx(binomial_mixture(k, 4, t + 1, 7 - t), rel=1e-6)


@pytest.mark.parametrize("kind", ["beta_binomial", "interpolated"])
def test_the_prior_of_a_batch_is_that_of_its_items(kind):
    sizes = [(31, 215), (1, 4), (12, 160), (6, 1)]
    n_tokens, n_frames = (torch.tensor(s) for s in zip(*sizes, strict=True))
    together = attention_prior(n_tokens, n_frames, 31, 215, kind)
    for prior, (n, t) in zip(together, sizes, strict=True):
        assert torch.equal(prior[:t, :n], _prior(n, t, kind))
        assert prior[t:].abs().sum() == prior[:, n:].abs().sum() == 0


def _by_numba(log_probs, token_lengths, mel_lengths):
    return search(log_probs, token_lengths, mel_lengths)


def _by_scan(log_probs, token_lengths, mel_lengths):
    return scan(log_probs, token_lengths, mel_lengths)


def _by_triton(log_probs, token_lengths, mel_lengths):
    if torch.cuda.is_available():
        moved = (x.cuda() for x in (log_probs, token_lengths, mel_lengths))
        return search(*moved).cpu()
    if "TRITON_INTERPRET" not in os.environ:
        pytest.skip("neither a GPU nor Triton's interpreter")
    from recital.modules.alignment.monotonic_cuda import monotonic_paths

    return monotonic_paths(log_probs, token_lengths, mel_lengths)


SEARCHES = [_by_numba, _by_scan, pytest.param(_by_triton, marks=pytest.mark.gpu)]
by_every_search = pytest.mark.parametrize("find", SEARCHES)


@by_every_search
def test_the_search_finds_the_paths_of_the_reference(shared, find):
    vectors = np.load(shared / "vectors" / "mas.npz")
    log_attn = torch.from_numpy(vectors["log_attn"])[:, 0]
    hard = torch.from_numpy(vectors["hard_b_mas"])[:, 0]
    mel_lengths, token_lengths = (torch.from_numpy(vectors[k]) for k in ("mel_lens", "text_lens"))
    path = find(log_attn, token_lengths, mel_lengths)
    for i, (t, n) in enumerate(zip(mel_lengths, token_lengths, strict=True)):
        assert torch.equal(path[i, :t], hard[i, :t].argmax(1))
        expected = torch.from_numpy(vectors[f"hard_mas_width1_{i}"])
        assert torch.equal(path[i, :t], expected.argmax(1))
        durations = path_durations(path, mel_lengths, hard.shape[2])
        assert torch.equal(durations[i, :n], expected.sum(0).long())


@by_every_search
@pytest.mark.parametrize("case", ["tie", "short"])
def test_the_search_breaks_ties_as_the_reference(shared, case, find):
    vectors = np.load(shared / "vectors" / "mas.npz")
    log_attn = torch.from_numpy(vectors[f"{case}_log_attn"])[None]
    frames, tokens = log_attn.shape[1:]
    path = find(log_attn, torch.tensor([tokens]), torch.tensor([frames]))[0]
    assert path.tolist() == vectors[f"{case}_hard"].argmax(1).tolist()


@by_every_search
def test_the_search_maximises_over_all_monotonic_paths(find):
    frames, tokens = 8, 4
    log_probs = torch.randn(3, frames, tokens, generator=torch.Generator().manual_seed(0))
    found = find(log_probs, torch.full((3,), tokens), torch.full((3,), frames))
    for scores, path in zip(log_probs, found, strict=True):
        best = max(_paths(frames, tokens), key=lambda p: float(scores[range(frames), p].sum()))
        assert path.tolist() == list(best)


@by_every_search
@pytest.mark.parametrize(("tokens", "frames"), [(1, 1), (1, 5), (2, 2), (5, 1), (6, 2)])
def test_the_search_stays_within_bounds(tokens, frames, find):
    path = find(torch.zeros(1, frames, tokens), torch.tensor([tokens]), torch.tensor([frames]))
    assert path_durations(path, torch.tensor([frames]), tokens).sum() == frames
    assert path[0, -1] == tokens - 1 and path[0, 0] == max(tokens - frames, 0)


@pytest.mark.parametrize("find", SEARCHES[1:])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(("frames", "tokens"), [(37, 20), (3, 9), (70, 130), (131, 33)])
def test_every_search_finds_the_same_path(frames, tokens, dtype, find):
    """Ragged, with many ties, an impossible frame, a NaN, and tokens that are not contiguous."""
    generator = torch.Generator().manual_seed(frames)
    scores = torch.randn(4, tokens, frames, generator=generator).mul_(2).round_().div_(2)
    log_probs = scores.to(dtype).transpose(1, 2)  # [B, N, T] -> [B, T, N]
    log_probs[1, frames // 2] = -torch.inf
    log_probs[2, frames // 2, tokens // 3] = torch.nan
    mel_lengths = torch.tensor([frames, frames - 1, (frames + 1) // 2, 1])
    token_lengths = torch.tensor([tokens, tokens - 2, tokens // 2, 3])
    expected = search(log_probs, token_lengths, mel_lengths)
    assert torch.equal(find(log_probs, token_lengths, mel_lengths), expected)
    longer = torch.nn.functional.pad(log_probs, (0, 3, 0, 5), value=7.0)
    found = find(longer, token_lengths, mel_lengths)
    assert torch.equal(found[:, :frames], expected), "padding changes the path"
    assert torch.equal(found[:, frames:], (token_lengths[:, None] - 1).expand(-1, 5))


@pytest.mark.gpu
@pytest.mark.parametrize("run", [search, forward_sum_losses])
def test_nothing_waits_for_the_gpu(run):
    if not torch.cuda.is_available():
        pytest.skip("no GPU here")
    lengths = torch.tensor([5, 3], device="cuda"), torch.tensor([9, 9], device="cuda")
    log_probs = torch.randn(2, 9, 5, device="cuda", requires_grad=True)
    run(log_probs, *lengths)  # compiles
    torch.cuda.set_sync_debug_mode("error")
    try:
        run(log_probs, *lengths)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_without_triton_a_line_says_why_it_is_slower(monkeypatch, caplog):
    module = "recital.modules.alignment.monotonic_cuda"
    monkeypatch.setitem(sys.modules, module, None)
    monotonic.triton_runs.cache_clear()
    assert not monotonic.triton_runs(torch.device("cpu"))
    assert not monotonic.triton_runs(torch.device("cpu"))
    monotonic.triton_runs.cache_clear()
    (line,) = caplog.messages
    assert "Triton does not run here" in line


def test_forward_sum_is_the_sum_over_all_paths():
    """Compared with an enumeration: a path may stay in a blank before, between and after tokens."""
    frames, tokens = 5, 3
    log_joint = torch.randn(1, frames, tokens, generator=torch.Generator().manual_seed(0))
    scores = torch.cat([torch.full((1, frames, 1), -1.0), log_joint], 2).log_softmax(2)[0]
    total = 0.0
    for labels in itertools.product(range(tokens + 1), repeat=frames):
        merged = [label for label, _ in itertools.groupby(labels) if label]
        if merged == list(range(1, tokens + 1)):
            total += float(scores[range(frames), labels].sum().exp())
    loss = forward_sum_losses(log_joint, torch.tensor([tokens]), torch.tensor([frames]))
    assert float(loss) == pytest.approx(-math.log(total) / tokens, rel=1e-5)


@pytest.mark.gpu
@pytest.mark.parametrize(("frames", "tokens"), [(1, 1), (5, 3), (40, 31), (60, 70)])
def test_the_forward_sum_of_a_gpu_is_that_of_the_cpu(frames, tokens):
    """Losses and gradients, ragged, an item without a path included."""
    generator = torch.Generator().manual_seed(tokens)
    log_joint = torch.randn(3, frames, tokens, generator=generator) - 3
    n = torch.tensor([tokens, (tokens + 1) // 2, tokens])
    t = torch.tensor([frames, frames, max(frames // 2, 1)])
    if torch.cuda.is_available():
        kernel, device = forward_sum_losses, "cuda"
    elif "TRITON_INTERPRET" in os.environ:
        kernel, device = by_triton_kernel, "cpu"
    else:
        pytest.skip("neither a GPU nor Triton's interpreter")
    (losses, gradient), (expected, true) = (
        _losses_and_gradient(find, log_joint.to(where), n.to(where), t.to(where))
        for find, where in ((kernel, device), (forward_sum_losses, "cpu"))
    )
    torch.testing.assert_close(losses.cpu(), expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(gradient.cpu(), true, rtol=1e-3, atol=1e-4)


def by_triton_kernel(log_joint, token_lengths, mel_lengths):
    padded = ~length_mask(token_lengths, log_joint.shape[2])[:, None]
    scores = log_joint.masked_fill(padded, FILL)
    return forward_sum._by_triton(scores, token_lengths, mel_lengths, -1.0) / token_lengths


def _losses_and_gradient(find, log_joint, token_lengths, mel_lengths):
    log_joint = log_joint.clone().requires_grad_()
    losses = find(log_joint, token_lengths, mel_lengths)
    (losses * torch.arange(1, len(losses) + 1, device=losses.device)).sum().backward()
    return losses.detach(), log_joint.grad


def test_losses_and_gradients_ignore_padding_and_stay_finite():
    torch.manual_seed(0)
    aligner = Aligner(10, 16, channels=8)
    keys = torch.randn(3, 9, 16)
    mel = torch.randn(3, 10, 30)
    n, t = (
        torch.tensor([9, 4, 6]),
        torch.tensor([30, 12, 3]),
    )  # the last has fewer frames than tokens
    together = aligner(keys, mel, n, t)
    losses = forward_sum_losses(together.log_joint, n, t)
    on_path = path_log_probs(together) * length_mask(t, 30)
    (losses.sum() - on_path.sum()).backward()
    assert all(bool(p.grad.isfinite().all()) for p in aligner.parameters())
    assert float(losses[2].detach()) == 0.0
    for i in range(3):
        alone = aligner(
            keys[i : i + 1, : n[i]], mel[i : i + 1, :, : t[i]], n[i : i + 1], t[i : i + 1]
        )
        torch.testing.assert_close(together.log_soft[i, : t[i], : n[i]], alone.log_soft[0])
        assert torch.equal(together.path[i, : t[i]], alone.path[0])
        loss = forward_sum_losses(alone.log_joint, n[i : i + 1], t[i : i + 1])
        torch.testing.assert_close(losses[i], loss[0])


def _paths(frames, tokens):
    """All monotonic paths from the first token to the last that skip none."""
    for steps in itertools.combinations(range(1, frames), tokens - 1):
        yield tuple(sum(t >= s for s in steps) for t in range(frames))
