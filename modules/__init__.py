"""Tensor code shared by two or more models, and the contracts between the parts."""
