"""Networks of a config before they take memory: a limit on their size, and building them only to
see whether that can be done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules import module as hooks
from torch.overrides import TorchFunctionMode

from recital.utils.errors import ConfigError

T = TypeVar("T")

LARGE = 10**9  # numbers in parameters and buffers; the largest recipe has 0.6e9, with weight norm
MAX_NUMBERS = 8 * 10**9
MAX_TENSORS = 20_000  # the largest recipe has some hundreds


# Others draw until all numbers are within limits, so they must.
_FILLING = {nn.init.constant_, nn.init.kaiming_uniform_, nn.init.normal_, nn.init.uniform_}


class _Large(Exception):
    """A network above the limit."""


def build_bounded(make: Callable[[], T], where: str) -> T:
    """Call `make`. Raises `ConfigError` at `where` for errors of torch's layers, and for a network
    beyond the limits: a large one is first built on the meta device, which takes no memory.
    """
    state = torch.get_rng_state()
    try:
        try:
            with _counted(LARGE):
                return make()
        except _Large:
            with _counted(MAX_NUMBERS), torch.device("meta"):
                make()
        torch.set_rng_state(state)
        return make()
    except _Large:
        raise ConfigError(
            f"{where}: is too large: more than {MAX_NUMBERS:.0e} parameters, or {MAX_TENSORS} "
            "tensors; use fewer or smaller layers"
        ) from None
    except (ValueError, RuntimeError, ArithmeticError, MemoryError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ConfigError(f"{where}: cannot be built: {reason}") from error


class Unfilled(TorchFunctionMode):
    """In this context, weights of new networks are not filled, so that they take neither memory,
    which a system gives when it is written to, nor time. (On the meta device, random numbers and
    norms import torch's compiler, which takes seconds.)
    """

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function in _FILLING:
            return args[0] if args else kwargs["tensor"]
        return function(*args, **(kwargs or {}))


@contextmanager
def _counted(most: int) -> Iterator[None]:
    """In this context, this thread's networks raise `_Large` beyond `most` numbers. Layers register
    a parameter before writing to it, so this comes before it takes memory.
    """
    thread, numbers, tensors = threading.get_ident(), 0, 0

    def count(module: nn.Module, name: str, tensor: Tensor | None) -> None:
        nonlocal numbers, tensors
        if tensor is None or threading.get_ident() != thread:
            return
        numbers, tensors = numbers + tensor.numel(), tensors + 1
        if numbers > most or tensors > MAX_TENSORS:
            raise _Large

    handles: list[Any] = [
        hooks.register_module_parameter_registration_hook(count),
        hooks.register_module_buffer_registration_hook(count),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
