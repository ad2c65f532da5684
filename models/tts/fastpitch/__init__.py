"""FastPitch (arXiv 2006.06873, with the aligner of arXiv 2108.10447)."""

from recital.models.tts.fastpitch.model import FastPitch

__all__ = ["FastPitch"]
