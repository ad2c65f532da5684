"""What `tests/fixtures/make_vits.py` and the parity tests of VITS share: the sizes of its cases,
and the weights and inputs of each, which are drawn from their names.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

TOKENS, FRAMES, N_BINS = (13, 9), (60, 41), 513
NOISE = (0.667, 0.8, 1.3)  # noise_scale, noise_scale_w, length_scale
STEP = 7  # each such sample of a wave is kept
SMALL = {
    "inter_channels": 8,
    "hidden_channels": 12,
    "filter_channels": 20,
    "n_heads": 2,
    "n_layers": 2,
    "kernel_size": 3,
    "p_dropout": 0.1,
    "upsample_initial_channel": 16,
}
RESBLOCK_1 = {
    "resblock": "1",
    "resblock_kernel_sizes": [3, 5],
    "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5]],
    "upsample_rates": [8, 8, 2, 2],
    "upsample_kernel_sizes": [16, 16, 4, 4],
}
RESBLOCK_2 = {
    "resblock": "2",
    "resblock_kernel_sizes": [3, 5, 7],
    "resblock_dilation_sizes": [[1, 2], [2, 6], [3, 12]],
    "upsample_rates": [8, 8, 4],
    "upsample_kernel_sizes": [16, 16, 8],
}
# case -> whose code, its options, symbols and speakers
CASES: dict[str, tuple[str, dict[str, Any], int, int]] = {
    "authors": ("vits", {**SMALL, **RESBLOCK_1, "use_sdp": True}, 178, 0),
    "several": (
        "vits",
        {**SMALL, **RESBLOCK_1, "use_sdp": False, "gin_channels": 6},
        178,
        5,
    ),
    "piper": ("piper", {**SMALL, **RESBLOCK_2, "use_sdp": True}, 256, 1),
    "piper_several": (
        "piper",
        {**SMALL, **RESBLOCK_2, "n_heads": 3, "use_sdp": True, "gin_channels": 10},
        256,
        3,
    ),
}
# case -> where its tokens are blanks, which ours adds by itself
BLANKS = {
    "authors": slice(0, None, 2),
    "several": slice(0),
    "piper": slice(1, None, 2),
    "piper_several": slice(1, None, 2),
}


def drawn(name: str, shape: Sequence[int]) -> Tensor:
    """Normal numbers by their name."""
    numbers = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(tuple(shape))
    return torch.from_numpy(numbers.astype(np.float32))


def weights(layout: Mapping[str, Sequence[int]]) -> dict[str, Tensor]:
    """A state dict of these names and shapes, of the size that training gives them."""
    found = {}
    for name, shape in layout.items():
        values = drawn(name, shape)
        if name.endswith(("gamma", "weight_g")):
            found[name] = 1.0 + 0.1 * values
        elif len(shape) < 2 or name.endswith((".m", ".logs")):
            found[name] = 0.1 * values
        elif "emb" in name:
            found[name] = 0.5 * values
        else:
            found[name] = values / np.prod(shape[1:]) ** 0.5
    return found


def inputs(case: str) -> dict[str, Tensor]:
    """Tokens with their blanks, speakers and magnitudes of two items, padded with 0."""
    _, _, n_symbols, n_speakers = CASES[case]
    draw = np.random.default_rng(zlib.crc32(case.encode()))
    tokens = torch.from_numpy(draw.integers(1, n_symbols, (2, TOKENS[0])))
    tokens[1, TOKENS[1] :] = 0
    tokens[:, BLANKS[case]] = 0
    frames = torch.tensor(FRAMES)
    spectrogram = drawn(f"{case} spectrogram", (2, N_BINS, FRAMES[0])).abs()
    spectrogram *= torch.arange(FRAMES[0]) < frames[:, None, None]
    return {
        "tokens": tokens,
        "token_lengths": torch.tensor(TOKENS),
        "spectrogram": spectrogram,
        "frames": frames,
        "speaker": torch.tensor([max(n_speakers - 1, 0), 0]),
    }
