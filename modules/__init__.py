"""Tensor code that two or more models share, and the contracts between the parts."""
