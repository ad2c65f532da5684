"""How fast Recital is on this machine: `python -m recital.bins.benchmark`."""
