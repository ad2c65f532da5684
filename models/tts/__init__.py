"""Acoustic models, one file a paper."""
