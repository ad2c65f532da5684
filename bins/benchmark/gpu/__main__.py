"""One part in a process of its own: `python -m recital.bins.benchmark.gpu PART --result FILE`."""

from recital.bins.benchmark.gpu.job import main
from recital.bins.common.command import run

run(main)
