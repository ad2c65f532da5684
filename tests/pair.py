"""Two processes that gloo connects, for tests of what they compute together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import torch
from torch import Tensor, distributed
from toys import SLOW_IMPORTS

Worker = Callable[[int], dict[str, Tensor]]  # of a rank
ANSWER = timedelta(seconds=60)  # that one waits for the other


def run_pair(worker: Worker, folder: Path) -> list[dict[str, Tensor]]:
    """What `worker` returns in each of two processes. They meet in a file, since a port that was
    free may be taken meanwhile; neither outlives the call, whatever happens to the other.
    """
    context = get_context("forkserver")  # with torch imported already
    context.set_forkserver_preload(SLOW_IMPORTS)
    processes = [context.Process(target=_run, args=(worker, rank, folder)) for rank in (0, 1)]
    try:
        for process in processes:
            process.start()
        for process in processes:
            # without a limit: on a busy machine torch is imported for a minute before it begins,
            # and from then on ANSWER is one
            process.join()
        assert [process.exitcode for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in (0, 1)]


def _run(worker: Worker, rank: int, folder: Path) -> None:
    torch.set_num_threads(1)
    where = f"file://{folder / 'meeting'}"
    distributed.init_process_group(
        "gloo", init_method=where, rank=rank, world_size=2, timeout=ANSWER
    )
    torch.save(worker(rank), folder / f"{rank}.pt")
    distributed.barrier()  # the other may still need this one's connections
    distributed.destroy_process_group()
