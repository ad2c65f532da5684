"""Waves: inverse transforms, noise, denoising, streaming."""
