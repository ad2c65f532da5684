"""ONNX files of this project: opening them, and what they say of themselves."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from recital.utils.errors import CheckpointError, UsageError
from recital.utils.files import sha256_of
from recital.utils.json_files import parse

METADATA = "recital"  # key of the metadata
MADE_FROM = "made_from"  # in it: the hashes of the files of the checkpoint in the same folder
WHOLE, PARALLEL, STEPS = "voice", "acoustic", "encoder"  # the graphs with which a voice begins
GRAPHS = {  # of each kind of model: the names of all
    "acoustic": (PARALLEL, STEPS, "decoder", "postnet", WHOLE),
    "vocoder": ("vocoder", "source"),
}


class OnnxGraph:
    """A graph that onnxruntime runs on the CPU."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """`threads` 0 takes as many as `OMP_NUM_THREADS` says, like torch, else all cores. Raises
        `CheckpointError` for a file that is missing, broken or not of this project.
        """
        ort = _onnxruntime()
        if not path.is_file():
            raise CheckpointError(f"{path}: no such ONNX file")
        options = ort.SessionOptions()
        wanted = os.environ.get("OMP_NUM_THREADS", "")
        options.intra_op_num_threads = threads or (int(wanted) if wanted.isdecimal() else 0)
        options.log_severity_level = 3  # errors
        # a plan of memory for each length would be kept: 45 kB each, and no faster
        options.enable_mem_pattern = False
        # a voice has three sessions: the waiting threads of one would take the cores of the next
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = ort.InferenceSession(str(path), options, ["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own classes, from C++
            reason = str(error).partition("\n")[0]
            raise CheckpointError(f"{path}: onnxruntime cannot open it: {reason}") from None
        self.path = path
        self._session = session
        self.inputs = [port.name for port in session.get_inputs()]
        self.outputs = [port.name for port in session.get_outputs()]
        self.about = _about(path, session.get_modelmeta().custom_metadata_map)
        self.facts: Mapping[str, Any] = self.about["facts"]
        _check_made_from(path, self.about.get(MADE_FROM, {}))

    def __call__(self, feeds: Mapping[str, np.ndarray | None]) -> dict[str, np.ndarray]:
        """Run the graph on inputs by name; those that it does not have are left out."""
        own = {name: feeds[name] for name in self.inputs}
        return dict(zip(self.outputs, self._session.run(None, own), strict=True))


def first_graph(*folders: Path) -> Path | None:
    """The graph with which a voice in these folders begins, if there is one; one of several graphs
    comes first, since it streams within a sentence.
    """
    names = [(name, folder) for name in (PARALLEL, STEPS, WHOLE) for folder in folders]
    paths = (folder / f"{name}.onnx" for name, folder in names)
    return next((path for path in paths if path.is_file()), None)


def _check_made_from(path: Path, hashes: Mapping[str, str]) -> None:
    """Raise `CheckpointError` if the checkpoint next to a graph is not that which it was made of:
    the graph would say another voice, or read its weights from the wrong places.
    """
    for name, expected in hashes.items():
        source = path.parent / Path(name).name
        if source.is_file() and sha256_of(source) != expected:
            raise CheckpointError(
                f"{path}: was made before {source.name} in its folder changed; make it again with "
                "recital export --format onnx, or delete it"
            )


def _about(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    if METADATA not in metadata:
        raise CheckpointError(f"{path}: was not exported by Recital: it has no key {METADATA!r}")
    try:
        about = parse(metadata[METADATA])
    except ValueError as error:
        raise CheckpointError(f"{path}: its metadata {error}") from None
    parts = [about.get("facts"), about.get(MADE_FROM, {})] if isinstance(about, dict) else [None]
    if not all(isinstance(part, dict) for part in parts):
        raise CheckpointError(f"{path}: its metadata lacks the facts of its graph")
    return about


def _onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise UsageError(
            "an ONNX voice needs the package onnxruntime: pip install onnxruntime"
        ) from None
    return onnxruntime
