"""Parallel work on several processes or machines, through joblib's backends."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

from recital.utils.errors import RecitalError, UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")

BACKENDS = ("loky", "dask", "ray")


def run_parallel(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int, backend: str = "loky"
) -> Iterator[Result]:
    """Yield function(item) for all items, in order of completion.

    loky: `jobs` local processes, or none if jobs is 1. dask: the cluster at
    DASK_SCHEDULER_ADDRESS, or a local one of `jobs` processes. ray: the cluster of `ray start`, or
    a local one. Raises `RecitalError` if the backend's package is missing or a worker dies.
    """
    if backend not in BACKENDS:
        raise UsageError(f"--backend {backend}: expected one of {', '.join(BACKENDS)}")
    if jobs < 1:
        raise UsageError(f"--jobs {jobs}: expected a whole number from 1")
    if backend == "loky" and jobs == 1:
        yield from map(function, items)
        return
    import joblib
    from joblib.externals.loky.process_executor import BrokenProcessPool

    clusters: dict[str, Callable[[int], AbstractContextManager[None]]]
    clusters = {"loky": _loky, "dask": _dask, "ray": _ray}
    try:
        with clusters[backend](jobs), joblib.parallel_config(backend=backend, n_jobs=jobs):
            parallel = joblib.Parallel(
                return_as="generator_unordered", batch_size=1, pre_dispatch="3*n_jobs"
            )
            yield from parallel(joblib.delayed(function)(item) for item in items)
    except BrokenProcessPool as error:
        raise RecitalError(
            f"a worker process died, perhaps out of memory: {str(error).splitlines()[0]} "
            f"Run it again with fewer --jobs than {jobs}: finished work is kept"
        ) from None


def _loky(jobs: int) -> AbstractContextManager[None]:
    return nullcontext()


@contextmanager
def _dask(jobs: int) -> Iterator[None]:
    distributed = _package("distributed", "dask")
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    options = (
        {"address": address}
        if address
        else {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": None}
    )
    with distributed.Client(**options):
        yield


def _ray(jobs: int) -> AbstractContextManager[None]:
    _package("ray.util.joblib", "ray").register_ray()
    return nullcontext()


def _package(module: str, backend: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise RecitalError(
            f"--backend {backend}: its package is missing ({error}); "
            "pip install 'recital[cluster]', or use --backend loky"
        ) from None
