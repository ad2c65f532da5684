"""Vocoders, one file a paper."""
