"""The floating-point numbers that a device has."""

from __future__ import annotations

import torch


def widest(device: torch.device) -> torch.dtype:
    """float64; float32 on Apple's GPUs, which have no more."""
    return torch.float32 if device.type == "mps" else torch.float64
