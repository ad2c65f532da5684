"""Vocoders, one file or folder per paper."""
