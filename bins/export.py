"""Export a trained model for inference: weights in half precision, and a config without the paths
of the machine that trained it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.bins.common.command import run
from recital.models import load
from recital.places import locate
from recital.utils import checkpoint
from recital.utils.config import override

PATHS = ("dataset_path", "log_dir")  # keys of the config that mean nothing elsewhere
PRECISIONS = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    source = checkpoint.find(locate(args.infer_expt_dir, which=args.which), args.which)
    weights = checkpoint.read_tensors(source / checkpoint.MODEL)
    config = checkpoint.read_json(source / checkpoint.CONFIG)
    config = override(config, args.set)
    export(args.output_dir, weights, config, PRECISIONS[args.precision])
    load(args.output_dir)  # check that the export can be opened
    size = sum(f.stat().st_size for f in args.output_dir.iterdir()) / 1e6
    print(f"{args.output_dir}: {source.name}, {args.precision}, {size:.1f} MB")


def export(
    directory: Path, weights: Mapping[str, Tensor], config: Mapping[str, Any], dtype: torch.dtype
) -> None:
    """Write the checkpoint. Only matrices and kernels are reduced in precision: biases, norms and
    statistics (pitch in Hz) are small and unchanged.
    """
    matrices = {k: w.to(dtype) if _is_matrix(w) else w for k, w in weights.items()}
    for name, weight in matrices.items():
        if not bool(weight.isfinite().all()):
            raise checkpoint.CheckpointError(
                f"{name}: does not fit into {dtype}; use --precision bf16 or fp32"
            )
    kept = {key: value for key, value in config.items() if key not in PATHS}
    kept["preprocess"] = {
        k: v for k, v in config.get("preprocess", {}).items() if k != "processed_dir"
    }
    checkpoint.save_model(directory, matrices, kept)


def _is_matrix(weight: Tensor) -> bool:
    return weight.is_floating_point() and weight.dim() > 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="export", description=__doc__)
    add = parser.add_argument
    add("--infer_expt_dir", required=True, type=Path, help="the experiment, or a checkpoint of it")
    add("--output_dir", required=True, type=Path, help="the checkpoint directory to write")
    add("--precision", choices=PRECISIONS, default="fp16", help="of the weights (default: fp16)")
    add("--which", choices=("last", "best"), default="last", help="checkpoint of the experiment")
    add(
        "--set",
        action="append",
        default=[],
        metavar="KEY.PATH=VALUE",
        help="override a key of the config: what inference takes and weights do not know",
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
