"""Stage 2: train the model of a config on the features of stage 1, under `accelerate launch`."""

from __future__ import annotations

from collections.abc import Sequence

from recital.bins.common.command import run
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import command_parser
from recital.utils.signals import exit_when_signalled


def main(argv: Sequence[str] | None = None) -> None:
    args = command_parser("train", __doc__).parse(argv)
    check("train", args)
    with exit_when_signalled():
        # imports torch, which takes seconds: signal handlers must be set before
        from recital.bins.common.training import train

        train(args)


if __name__ == "__main__":
    run(main)
