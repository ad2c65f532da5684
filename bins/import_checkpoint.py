"""Convert a checkpoint of another project to a checkpoint directory of this one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.bins.common.command import run
from recital.models import build, entry
from recital.models.importers import SOURCES, convert
from recital.processors.text import TextConfig, symbols_for
from recital.utils.checkpoint import save_model, set_weights
from recital.utils.config import build_section
from recital.utils.errors import CheckpointError


def main(argv: Sequence[str] | None = None) -> None:
    """Read it strictly, rebuild the model from it, and write it."""
    args = _arguments(argv)
    config, weights = convert(args.source, args.checkpoint, args.config, averaged=args.averaged)
    if entry(config["model_type"]).kind == "acoustic":
        _add_symbols(config, weights, args.checkpoint)
    model = build(config)
    set_weights(model, weights, args.checkpoint)
    save_model(args.output_dir, model.state_dict(), config)
    count = sum(p.numel() for p in model.parameters())
    print(f"{args.output_dir}: {config['model_type']}, {count:,} parameters")


def _add_symbols(config: dict[str, Any], weights: dict[str, Tensor], source: Path) -> None:
    """Set the symbols of the token ids: from the importer, or from the symbol set of `text`."""
    symbols = config.setdefault(
        "symbols", symbols_for(build_section(TextConfig, config["text"], "text"))
    )
    table = weights.get("network.embedding.weight")
    if table is None or table.dim() != 2:
        raise CheckpointError(f"{source}: has no table of symbols")
    n_symbols = len(table)
    if len(symbols) != n_symbols:
        raise CheckpointError(
            f"{source}: has {n_symbols} symbols; its symbol set "
            f"{config['text'].get('symbol_set')} has {len(symbols)}, so that its text is unknown"
        )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="recital import", description=__doc__)
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
