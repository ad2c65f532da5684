"""WaveGlow (arXiv 1811.00002)."""

from recital.models.vocoder.waveglow.model import WaveGlow

__all__ = ["WaveGlow"]
