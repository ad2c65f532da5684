"""Convert a checkpoint of another project to a checkpoint directory of this one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from recital.bins.common.command import run
from recital.bins.common.parser import OneLineParser
from recital.models.importers import SOURCES
from recital.places import import_foreign
from recital.utils.checkpoint import save_model


def main(argv: Sequence[str] | None = None) -> None:
    """Read it strictly, rebuild the model from it, and write it."""
    args = _arguments(argv)
    model, config = import_foreign(
        args.source, args.checkpoint, args.config, averaged=args.averaged
    )
    save_model(args.output_dir, model.state_dict(), config)
    count = sum(p.numel() for p in model.parameters())
    print(f"{args.output_dir}: {config['model_type']}, {count:,} parameters")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = OneLineParser(prog="recital import", description=__doc__)
    parser.add_argument(
        "--source", required=True, help=f"where it comes from: {', '.join(SOURCES)}"
    )
    parser.add_argument("--checkpoint", required=True, type=Path, help="the foreign file")
    parser.add_argument("--config", type=Path, help="its config, where the file holds none (JSON)")
    parser.add_argument(
        "--averaged", action="store_true", help="take the moving average of the weights (EMA)"
    )
    parser.add_argument(
        "--output_dir", required=True, type=Path, help="the checkpoint directory to write"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
