"""Parallel work: processes of this machine, a dask cluster, or a ray cluster."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, TypeVar

from recital.utils.errors import RecitalError, UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")

BACKENDS = ("loky", "dask", "ray")
AHEAD = 3  # items for each processor of a ray cluster that are handed out

_kept: ExitStack | None = None  # the clusters that are closed with `cluster_kept`
_open: set[str] = set()  # their backends


def run_parallel(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    jobs: int,
    backend: str = "loky",
    *,
    alone: bool = False,
) -> Iterator[Result]:
    """Yield function(item) for all items, in order of completion; items are taken as they are
    needed.

    loky: `jobs` local processes, or none if jobs is 1. dask: the cluster at
    DASK_SCHEDULER_ADDRESS, or a local one of `jobs` processes. ray: the cluster at RAY_ADDRESS, or
    a local one of `jobs` processes. With `alone`, all in this process: there is little to do.
    Raises `RecitalError` if the backend's package is missing or a worker dies.
    """
    if backend not in BACKENDS:
        raise UsageError(f"--backend {backend}: expected one of {', '.join(BACKENDS)}")
    if jobs < 1:
        raise UsageError(f"--jobs {jobs}: expected a whole number from 1")
    if alone or (backend == "loky" and jobs == 1):
        yield from map(function, items)
    elif backend == "ray":
        yield from _by_ray(function, items, jobs)
    else:
        yield from _by_joblib(function, items, jobs, backend)


@contextmanager
def cluster_kept() -> Iterator[None]:
    """In this context, a cluster that a call of `run_parallel` opens stays open for the next ones:
    to start one of ray takes seconds. At its end the workers of loky are ended, too.
    """
    global _kept
    if _kept is not None:
        yield
        return
    with ExitStack() as _kept:
        try:
            yield
        finally:
            _open.clear()
            _kept = None


def _cluster(backend: str, jobs: int) -> AbstractContextManager[None]:
    if backend in _open or (backend == "loky" and _kept is None):
        return nullcontext()
    opened = {"loky": _loky, "dask": _dask, "ray": _ray}[backend](jobs)
    if _kept is None:
        return opened
    _kept.enter_context(opened)
    _open.add(backend)
    return nullcontext()


def _by_joblib(
    function: Callable[[Item], Result], items: Iterable[Item], jobs: int, backend: str
) -> Iterator[Result]:
    import joblib
    from joblib.externals.loky.process_executor import BrokenProcessPool

    try:
        with _cluster(backend, jobs), joblib.parallel_config(backend=backend, n_jobs=jobs):
            parallel = joblib.Parallel(
                return_as="generator_unordered", batch_size=1, pre_dispatch="3*n_jobs"
            )
            yield from parallel(joblib.delayed(function)(item) for item in items)
    except BrokenProcessPool as error:
        raise _died(str(error), jobs) from None


@contextmanager
def _loky(jobs: int) -> Iterator[None]:
    yield
    from joblib.externals.loky import get_reusable_executor

    # by themselves they would take torch apart first, and the command would wait for it
    get_reusable_executor(reuse=True).shutdown(kill_workers=True)


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


@contextmanager
def _ray(jobs: int) -> Iterator[None]:
    ray = _package("ray", "ray")
    if ray.is_initialized():  # by who calls: theirs to close
        yield
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # which it would send over the network
    address = os.environ.get("RAY_ADDRESS")
    options = {"address": address} if address else {"num_cpus": jobs, "include_dashboard": False}
    ray.init(log_to_driver=False, logging_level="warning", **options)
    try:
        yield
    finally:
        ray.shutdown()


def _by_ray(
    function: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[Result]:
    """Not through joblib: its backend for ray returns all results at once."""
    ray = _package("ray", "ray")
    try:
        with _cluster("ray", jobs):
            most = AHEAD * max(1, int(ray.cluster_resources().get("CPU", jobs)))
            call = ray.remote(_call)
            running: list[Any] = []
            for item in items:
                running.append(call.remote(function, item))
                if len(running) >= most:
                    done, running = ray.wait(running)
                    yield from ray.get(done)
            while running:
                done, running = ray.wait(running)
                yield from ray.get(done)
    except ray.exceptions.RayTaskError as error:
        # what the function raised, without the traceback in its message
        raise error.cause from None
    except ray.exceptions.RayError as error:
        raise _died(str(error), jobs) from None


def _call(function: Callable[[Item], Result], item: Item) -> Result:
    """`function` may be a partial one, which ray does not take."""
    return function(item)


def _died(why: str, jobs: int) -> RecitalError:
    first = (why.strip().splitlines() or ["it said nothing"])[0]
    return RecitalError(
        f"a worker process died, perhaps out of memory: {first} "
        f"Run it again with fewer --jobs than {jobs}: finished work is kept"
    )


def _package(module: str, backend: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise RecitalError(
            f"--backend {backend}: its package is missing ({error}); "
            "pip install 'recital[cluster]', or use --backend loky"
        ) from None
