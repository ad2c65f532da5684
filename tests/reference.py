"""Reference numbers and comparisons with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recital.bins.import_checkpoint import main
from recital.models import load


class Vectors:
    """An .npz of the reference as tensors."""

    def __init__(self, path: Path) -> None:
        self.arrays = np.load(path)

    def __getitem__(self, key: str) -> Tensor:
        return torch.from_numpy(np.asarray(self.arrays[key]))

    def __contains__(self, key: str) -> bool:
        return key in self.arrays

    def named(self, prefix: str) -> dict[str, Tensor]:
        """All arrays with a prefix, without the prefix in their names."""
        names = [n for n in self.arrays.files if n.startswith(prefix)]
        return {n.removeprefix(prefix): self[n] for n in names}


def near(found: Tensor, expected: Tensor, what: str = "", limit: float = 1e-4) -> None:
    """Within 1e-4 of the largest value."""
    assert found.shape == expected.shape, f"{what}: {found.shape}, not {expected.shape}"
    error = ((found - expected).abs().max() / expected.abs().max().clamp(min=1e-6)).item()
    assert error < limit, f"{what}: relative error {error:.2g}"


def imported(source: str, folder: Path, checkpoint: Path, *options: object) -> tuple[Any, dict]:
    """Import and load as a user does, through the command line and the loader."""
    arguments = ["--source", source, "--checkpoint", checkpoint, "--output_dir", folder, *options]
    main([str(a) for a in arguments])
    return load(folder)


def compare_gradients(
    model: nn.Module, gradients: Mapping[str, Tensor], rules: Sequence[tuple[str, str | None]]
) -> None:
    """Compare each reference gradient with ours, matched by the importer's rules."""
    parameters = dict(model.named_parameters())
    found = 0
    for foreign, expected in gradients.items():
        pattern, ours = next(rule for rule in rules if re.fullmatch(rule[0], foreign))
        assert ours is not None
        gradient = parameters[re.fullmatch(pattern, foreign).expand(ours)].grad
        # the gradient of a bias before batch norm is rounding error, also in the reference
        if expected.abs().max() > 1e-4:
            near(gradient[: len(expected)], expected[: len(gradient)], foreign, 5e-4)
            found += 1
    assert found > 0.7 * len(gradients)
