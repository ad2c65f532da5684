"""Devices by name."""

from __future__ import annotations

import torch

from recital.utils.errors import UsageError


def open_device(name: str | torch.device, said_by: str = "device") -> torch.device:
    """`cpu`, `cuda`, `cuda:1`, `mps`, …. Raises `UsageError` for a device that torch does not see;
    `said_by` is who gave the name, for the message.
    """
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, ValueError, TypeError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(
            f"{said_by} {name}: torch {torch.__version__} has none ({reason}); expected cpu, cuda, "
            "cuda:1 or mps"
        ) from None
    return device
