"""Alignment of frames to tokens: the learned aligner, its prior, search and binarization."""
