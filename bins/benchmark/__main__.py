"""`python -m recital.bins.benchmark`."""

from recital.bins.benchmark.runner import main
from recital.bins.common.command import run

run(main)
