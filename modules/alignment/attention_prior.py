"""The beta-binomial prior of "One TTS Alignment To Rule Them All" (arXiv 2108.10447, section
2.1.2).

Computed for a whole batch from the lengths, where it is used; nothing is stored or loaded.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from recital.utils.floats import widest

Prior = Literal["beta_binomial", "interpolated"]

MEL_STEP, TOKEN_STEP = 100, 20  # the sizes that NVIDIA's interpolator rounds to


def attention_prior(
    token_lengths: Tensor,
    mel_lengths: Tensor,
    n_tokens: int,
    n_frames: int,
    kind: Prior = "beta_binomial",
) -> Tensor:
    """token_lengths [B], mel_lengths [B] -> probabilities [B, n_frames, n_tokens] float32, 0 in
    padding.

    "beta_binomial" is the paper's: in frame t of T (from 1) token k of N follows BetaBinomial(N,
    t, T + 1 - t), without its last outcome k = N. "interpolated" is what NVIDIA's recipe trains
    with by default: the roles of tokens and frames exchanged, computed at rounded sizes and
    stretched bilinearly.
    """
    dtype = widest(token_lengths.device)
    tokens, frames = token_lengths[:, None, None].to(dtype), mel_lengths[:, None, None].to(dtype)
    k = torch.arange(n_tokens, device=tokens.device, dtype=dtype)[None, None]
    t = torch.arange(n_frames, device=tokens.device, dtype=dtype)[None, :, None]
    if kind == "beta_binomial":
        log_factorial = _log_factorials(n_tokens + n_frames + 1, tokens.device)
        prior = _beta_binomial(
            k.clamp(max=tokens), t.clamp(max=frames - 1), tokens, frames, log_factorial
        )
    else:
        prior = _interpolated(k, t, tokens, frames)
    real = (k < tokens) & (t < frames)
    return torch.where(real, prior, 0.0).float()


def _interpolated(k: Tensor, t: Tensor, tokens: Tensor, frames: Tensor) -> Tensor:
    """Bilinear interpolation in the prior with tokens and frames exchanged, which has `rows`
    outcomes for each of `columns` trials.
    """
    rows, columns = _rounded(frames, MEL_STEP), _rounded(tokens, TOKEN_STEP)
    y = t * _ratio(rows, frames)
    x = k * _ratio(columns, tokens)
    # scipy's zoom returns 0 for a coordinate that rounding has pushed past the last sample
    inside = (y <= rows - 1) & (x <= columns - 1)
    y, x = torch.minimum(y, rows - 1), torch.minimum(x, columns - 1)
    y0, x0 = y.floor(), x.floor()
    y1, x1 = torch.minimum(y0 + 1, rows - 1), torch.minimum(x0 + 1, columns - 1)
    size = t.shape[1] + MEL_STEP + k.shape[2] + TOKEN_STEP
    log_factorial = _log_factorials(size, k.device)

    def bank(row: Tensor, column: Tensor) -> Tensor:
        return _beta_binomial(row, column, rows, columns, log_factorial)

    upper = bank(y0, x0) * (1 - (x - x0)) + bank(y0, x1) * (x - x0)
    lower = bank(y1, x0) * (1 - (x - x0)) + bank(y1, x1) * (x - x0)
    return (upper * (1 - (y - y0)) + lower * (y - y0)) * inside


def _beta_binomial(k: Tensor, i: Tensor, n: Tensor, m: Tensor, log_factorial: Tensor) -> Tensor:
    """P(k) of BetaBinomial(n, i + 1, m - i); all are integers, so each gamma function is a
    factorial.
    """

    def log(x: Tensor) -> Tensor:
        return log_factorial[x.long()]

    choose = log(n) - log(k) - log(n - k)
    beta = log(k + i) + log(n - k + m - i - 1) - log(n + m)
    return (choose + beta - (log(i) + log(m - i - 1) - log(m))).exp()


def _log_factorials(size: int, device: torch.device) -> Tensor:
    return torch.lgamma(torch.arange(1, size + 1, device=device, dtype=widest(device)))


def _rounded(length: Tensor, step: int) -> Tensor:
    return ((length + 1) / step).round().clamp(min=1) * step


def _ratio(inner: Tensor, outer: Tensor) -> Tensor:
    return torch.where(outer > 1, (inner - 1) / (outer - 1).clamp(min=1), 1.0)
