"""Matcha-TTS (arXiv 2309.03199)."""

from recital.models.tts.matcha.model import Matcha

__all__ = ["Matcha"]
