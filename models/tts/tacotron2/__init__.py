"""Tacotron 2 (arXiv 1712.05884)."""

from recital.models.tts.tacotron2.model import Tacotron2

__all__ = ["Tacotron2"]
