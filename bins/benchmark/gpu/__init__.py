"""Everything that a GPU is asked in one go: `python -m recital.bins.benchmark gpu --out DIR`."""
