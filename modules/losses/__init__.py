"""Losses, discriminators, and means over the global batch."""
