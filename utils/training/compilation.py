"""`torch.compile` of a network, and who asks for it: our config, or accelerate's."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import torch
from torch import nn

from recital.utils.config import nearest
from recital.utils.errors import ConfigError
from recital.utils.training.trainable import Eager

BACKEND = "inductor"  # torch's own
# of torch, for code that runs on a CPU
CXX = os.environ.get("CXX", {"darwin": "clang++", "win32": "cl"}.get(sys.platform, "g++"))


def resolve_backend(wanted: bool | None, accelerate: str) -> tuple[str | None, str | None]:
    """The backend of `torch.compile`, None for none, and a note for the user or None.

    `wanted` is `train.compile`; None takes `accelerate`, the dynamo backend of its config.
    """
    theirs = None if accelerate.lower() in ("", "no") else accelerate.lower()
    if wanted is None:
        note = None if theirs is None else f"compiles with {theirs!r}, as accelerate's config says"
        return theirs, note
    ours = BACKEND if wanted else None
    if theirs in (None, ours):
        return ours, None
    shown = str(wanted).lower()
    return ours, (
        f"train.compile {shown} overrides accelerate's dynamo backend {theirs!r}; set it to null "
        "to take that one"
    )


def compile_network(network: nn.Module, backend: str, any_length: bool) -> None:
    """Compile `network.forward` at its first call, without the parts that are `Eager`.

    With `any_length` every size is symbolic from the start, so that one trace serves batches of all
    lengths (a backend may still fix them: inductor does on a CPU, in the gradient); without, a size
    is taken for constant until another is seen. Raises `ConfigError` for a backend that does not
    run here, and in the first call for a network that it cannot compile.
    """
    on_cpu = all(p.device.type == "cpu" for p in network.parameters())
    if backend == BACKEND and on_cpu and shutil.which(CXX) is None:
        raise ConfigError(
            f"train.compile: on a CPU it needs a C++ compiler, and there is no {CXX}; install one "
            "(CXX names another), or set it to false"
        )
    for module in network.modules():
        if isinstance(module, Eager):
            module.forward = torch.compiler.disable(module.forward)
    dynamic = True if any_length else None
    try:
        compiled = torch.compile(network.forward, backend=backend, dynamic=dynamic)
    except torch._dynamo.exc.InvalidBackend:
        known = torch._dynamo.list_backends()
        raise ConfigError(
            f"accelerate's dynamo backend {backend!r}: torch has none of this name"
            f"{nearest(backend, known)}; expected one of {', '.join(known)}"
        ) from None

    def forward(*args: Any, **more: Any) -> Any:
        try:
            return compiled(*args, **more)
        except torch._dynamo.exc.BackendCompilerFailed as error:
            why = " ".join(str(error).strip().splitlines()[:2]).strip()
            raise ConfigError(
                f"train.compile: the backend {backend} of torch {torch.__version__} cannot compile "
                f"{type(network).__name__} here ({why}); set it to false"
            ) from error

    network.forward = forward
