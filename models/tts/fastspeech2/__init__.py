"""FastSpeech 2 (arXiv 2006.04558)."""

from recital.models.tts.fastspeech2.model import FastSpeech2

__all__ = ["FastSpeech2"]
