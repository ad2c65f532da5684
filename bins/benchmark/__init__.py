"""Benchmarks of Recital on this machine: `python -m recital.bins.benchmark`."""
