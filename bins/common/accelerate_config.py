"""What is taken from the file that `accelerate config` writes: processes, mixed precision and
dynamo. Flags and keys of our own win.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from recital.utils.errors import UsageError

PROCESSES = ("gpu", "num_processes")  # a flag for one of them decides both
MACHINES = ("num_machines", "machine_rank", "main_process_ip", "main_process_port")
DISTRIBUTED = ("NO", "MULTI_CPU", "MULTI_GPU")  # what the Trainer does: nothing, or DDP


# the environment without a file
NOTHING_SET = {"ACCELERATE_MIXED_PRECISION": "no", "ACCELERATE_DYNAMO_BACKEND": "no"}


class AccelerateConfig(NamedTuple):
    """A file's settings, as our flags and as the environment of `accelerate launch`."""

    path: Path
    flags: dict[str, int | str]  # name of a flag of `bins/launch.py` -> value
    environment: dict[str, str]  # ACCELERATE_…
    # why its processes cannot be ours, if so: an error unless flags say which
    refused: str = ""

    def merge(self, args: argparse.Namespace) -> list[str]:
        """Set the flags that were not given; returns lines on what the file decides and on what
        overrides it. Raises `UsageError` where the file asks for what there is not.
        """
        given = {name for name in (*PROCESSES, *MACHINES) if vars(args)[name] is not None}
        decided = bool(given & set(PROCESSES))
        if self.refused and not decided:
            raise UsageError(f"{self.path}: {self.refused}; or give --gpu or --num_processes")
        lines = []
        for name in sorted(given):
            ours, theirs = vars(args)[name], self.flags.get(name)
            if name in PROCESSES and theirs is None:
                other = PROCESSES[1 - PROCESSES.index(name)]
                overridden = f"--{other} {self.flags[other]}" if other in self.flags else ""
            else:
                differs = theirs is not None and theirs != ours
                overridden = f"--{name} {theirs}" if differs else ""
            if overridden:
                lines.append(f"--{name} {ours}: overrides {self.path}, which means {overridden}")
        taken = {
            name: value
            for name, value in self.flags.items()
            if name not in given and not (decided and name in PROCESSES)
        }
        vars(args).update(taken)
        if taken:
            shown = " ".join(f"--{name} {value}" for name, value in taken.items())
            lines.insert(0, f"{self.path} means {shown}")
        return lines


def accelerate_config(given: Path | None) -> AccelerateConfig | None:
    """The file `given`, or that of ACCELERATE_CONFIG_FILE, or where `accelerate config` writes;
    None without one. Raises `UsageError` for a file that is missing or not accelerate's.
    """
    if given is None and (named := os.environ.get("ACCELERATE_CONFIG_FILE")):
        given = Path(named)
    path = given or _default()
    if not path.is_file():
        if given is not None:
            raise UsageError(f"{path}: no such file; expected one that `accelerate config` wrote")
        return None
    return _settings(path, _read(path))


def _default() -> Path:
    """The default of accelerate, restated here since its import would take seconds."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = Path(os.environ.get("HF_HOME", f"{cache}/huggingface")).expanduser()
    return home / "accelerate" / "default_config.yaml"


def _read(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        # JSON is YAML, too
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"{path}: cannot be read as accelerate's config: {reason}") from None
    if not isinstance(tree, Mapping):
        raise UsageError(f"{path}: not accelerate's config: expected keys and values")
    return tree


def _settings(path: Path, tree: Mapping[str, Any]) -> AccelerateConfig:
    flags: dict[str, int | str] = {}
    machines = _whole(path, tree, "num_machines", 1)
    if machines > 1:
        flags = {"num_machines": machines, "machine_rank": _whole(path, tree, "machine_rank", 0)}
        for name in ("main_process_ip", "main_process_port"):
            if tree.get(name) is not None:
                flags[name] = tree[name]
    kind, refused = _word(tree.get("distributed_type")), ""
    here = max(1, _whole(path, tree, "num_processes", 1) // machines)
    ids = str(tree.get("gpu_ids") or "all").replace(" ", "")
    if kind not in DISTRIBUTED:
        refused = f"distributed_type {kind}: expected one of {', '.join(DISTRIBUTED)}"
    elif kind == "MULTI_GPU":
        gpus = ",".join(map(str, range(here))) if ids == "all" else ids
        flags["gpu"] = gpus
        if len(gpus.split(",")) != here:
            refused = f"gpu_ids {ids}: expected as many as processes of a machine, {here}"
    elif kind == "MULTI_CPU":
        flags["num_processes"] = here
    elif tree.get("use_cpu") is True:
        flags["num_processes"] = 1
    elif ids != "all":
        flags["gpu"] = ids
    return AccelerateConfig(path, flags, _environment(tree), refused)


def _environment(tree: Mapping[str, Any]) -> dict[str, str]:
    """Mixed precision and dynamo, which the Trainer reads where its own keys are null."""
    old = "fp16" if tree.get("fp16") is True else "no"  # of accelerate before 0.6
    dynamo = tree.get("dynamo_config")
    dynamo = dynamo if isinstance(dynamo, Mapping) else {}
    precision = tree.get("mixed_precision") or old
    backend = dynamo.get("dynamo_backend", tree.get("dynamo_backend"))
    return dict(zip(NOTHING_SET, (_word(precision).lower(), _word(backend).lower()), strict=True))


def _word(value: Any) -> str:
    """A word of the file; YAML reads an unquoted NO as false."""
    return "NO" if value in (None, False) else str(value)


def _whole(path: Path, tree: Mapping[str, Any], key: str, default: int) -> int:
    value = default if tree.get(key) is None else tree[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{path}: {key}: expected a whole number, found {value!r}")
    return value
