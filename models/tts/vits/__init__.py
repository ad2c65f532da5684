"""VITS: see `model.py`."""

from recital.models.tts.vits.model import VITS

__all__ = ["VITS"]
