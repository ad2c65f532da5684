"""Recital beside the code of its references."""
