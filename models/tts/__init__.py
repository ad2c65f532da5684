"""Acoustic models, one file or folder per paper."""
