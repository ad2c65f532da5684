"""`accelerate launch` for a recipe's stages: its environment and its launcher, but signals and exit codes come through.

Accelerate's own command dies of a SIGTERM and turns every failure into exit code 1. Here one process takes the launcher's place;
of several, each gets the scheduler's signal, and the first that fails gives the exit code, so that a run that was told to stop can
save and ask for a requeue. A machine-wide `accelerate config` changes nothing: a recipe's run is what its command line says.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from recital.bins.command import run
from recital.utils.errors import UsageError


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments(argv)
    if args.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = args.gpu
    command = [args.module, *args.arguments]
    if args.processes == 1:
        return _replace_by(command)
    return _spawn(args, command)


def _replace_by(command: list[str]) -> int:
    """One process: become it, with what `accelerate launch` would have put into its environment."""
    from accelerate.utils.launch import prepare_simple_launcher_cmd_env

    args = _accelerate_arguments(["--num_machines", "1", "--num_processes", "1"], command, _cores())
    words, environment = prepare_simple_launcher_cmd_env(args)
    os.execvpe(words[0], words, environment)


def _spawn(args: argparse.Namespace, command: list[str]) -> int:
    """Several processes: accelerate's launcher over torchrun; NCCL on GPUs, gloo without one. Returns the exit code."""
    import psutil
    from accelerate.commands.launch import multi_gpu_launcher
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    def forward(number: int, frame: FrameType | None) -> None:
        for child in psutil.Process().children():
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, forward)
    os.environ["TORCHELASTIC_SIGNALS_TO_HANDLE"] = (
        "SIGINT,SIGHUP,SIGQUIT"  # torchrun would kill after 30 s
    )
    if args.gpu is None:
        os.environ["ACCELERATE_USE_CPU"] = "true"
    flags = [
        "--multi_gpu",
        "--num_processes",
        str(args.processes),
        "--num_machines",
        str(args.num_machines),
    ]
    flags += [
        "--machine_rank",
        str(args.machine_rank),
        "--main_process_port",
        str(args.main_process_port),
    ]
    if args.main_process_ip is not None:
        flags += ["--main_process_ip", args.main_process_ip]
    threads = max(1, _cores() * args.num_machines // args.processes)
    try:
        multi_gpu_launcher(_accelerate_arguments(flags, command, threads))
    except ChildFailedError as error:
        code = error.get_first_failure()[1].exitcode
        return code if code > 0 else 128 - code
    return 0


def _accelerate_arguments(flags: list[str], command: list[str], threads: int) -> argparse.Namespace:
    """`accelerate launch`'s arguments, with all that it would otherwise ask its default config file for."""
    from accelerate.commands.launch import launch_command_parser

    given = [
        "--mixed_precision",
        "no",
        "--dynamo_backend",
        "no",
        "--num_cpu_threads_per_process",
        str(threads),
    ]
    args = launch_command_parser().parse_args([*flags, *given, "--module", *command])
    args.use_cpu = False
    return args


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launch", description=__doc__, allow_abbrev=False)
    parser.add_argument("--gpu", help="ids of this machine's GPUs, one process each, as in 0,1")
    parser.add_argument(
        "--num_processes",
        type=int,
        help="processes on each machine, where no --gpu is given: on the CPU",
    )
    parser.add_argument("--num_machines", type=int, default=1)
    parser.add_argument(
        "--machine_rank", type=int, default=0, help="of this machine: 0 to num_machines - 1"
    )
    parser.add_argument("--main_process_ip", help="address of the machine of rank 0")
    parser.add_argument(
        "--main_process_port", type=int, default=29500, help="a free port of the machine of rank 0"
    )
    parser.add_argument("module", help="as in recital.bins.train")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    args = parser.parse_args(argv)
    ids = [] if args.gpu is None else args.gpu.split(",")
    if not all(i.isdigit() for i in ids) or len(set(ids)) != len(ids):
        raise UsageError(
            f"--gpu {args.gpu}: expected different GPU numbers with commas between, as in --gpu 0,1"
        )
    if ids and args.num_processes not in (None, len(ids)):
        raise UsageError(
            f"--num_processes {args.num_processes}: --gpu {args.gpu} already says one process for each GPU"
        )
    here = len(ids) or (1 if args.num_processes is None else args.num_processes)
    if here < 1 or args.num_machines < 1:
        raise UsageError("--num_processes and --num_machines: expected at least 1")
    if not 0 <= args.machine_rank < args.num_machines:
        raise UsageError(
            f"--machine_rank {args.machine_rank}: expected 0 to {args.num_machines - 1}, less than --num_machines"
        )
    if args.num_machines > 1 and args.main_process_ip is None:
        raise UsageError(
            "--num_machines: expected --main_process_ip too, the address of the machine of rank 0"
        )
    args.processes = here * args.num_machines
    return args


if __name__ == "__main__":
    run(main)
