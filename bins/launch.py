"""`accelerate launch` for a recipe's stages, with signals and exit codes that come through.

Accelerate's own command dies of a SIGTERM and turns every failure into exit code 1. Here a single
process takes the launcher's place; of several, each gets the scheduler's signal, and the first
that fails gives the exit code. So a run that is told to stop can save and ask for a requeue.
A machine-wide `accelerate config` changes nothing: a run is what its command line says.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Sequence
from types import FrameType

from recital.bins.common.command import cores, run
from recital.utils.errors import UsageError


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments(argv)
    if args.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = args.gpu
        _require_gpus(args.gpu)
    command = [args.module, *args.arguments]
    return _replace_by(command) if args.processes == 1 else _spawn(args, command)


def _require_gpus(gpu: str) -> None:
    """Without its GPUs each process would train alone on the CPU, all into one folder."""
    import torch

    wanted, seen = len(gpu.split(",")), torch.cuda.device_count()
    if seen < wanted:
        raise UsageError(
            f"--gpu {gpu}: torch {torch.__version__} sees {seen} of these {wanted} GPUs; see "
            "nvidia-smi, take the CUDA build by sh env.sh cuda, or leave --gpu out for the CPU"
        )


def _replace_by(command: list[str]) -> int:
    """Become the one process, with what `accelerate launch` puts into its environment."""
    from accelerate.utils.launch import prepare_simple_launcher_cmd_env

    flags = ["--num_machines", "1", "--num_processes", "1"]
    words, environment = prepare_simple_launcher_cmd_env(_accelerate(flags, command, cores()))
    os.execvpe(words[0], words, environment)


def _spawn(args: argparse.Namespace, command: list[str]) -> int:
    """Start several processes (NCCL on GPUs, gloo on the CPU) and return the exit code."""
    import psutil
    from accelerate.commands.launch import multi_gpu_launcher
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    def forward(number: int, frame: FrameType | None) -> None:
        for child in psutil.Process().children():
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, forward)
    # torchrun's own handler would kill the processes after 30 s, in the middle of a save
    os.environ["TORCHELASTIC_SIGNALS_TO_HANDLE"] = "SIGINT,SIGHUP,SIGQUIT"
    if args.gpu is None:
        os.environ["ACCELERATE_USE_CPU"] = "true"
    flags = ["--multi_gpu"]
    for name in ("num_machines", "machine_rank", "main_process_ip", "main_process_port"):
        if (value := getattr(args, name)) is not None:
            flags.append(f"--{name}={value}")
    flags.append(f"--num_processes={args.processes}")
    threads = max(1, cores() * args.num_machines // args.processes)
    try:
        multi_gpu_launcher(_accelerate(flags, command, threads))
    except ChildFailedError as error:
        code = error.get_first_failure()[1].exitcode
        return code if code > 0 else 128 - code
    return 0


def _accelerate(flags: list[str], command: list[str], threads: int) -> argparse.Namespace:
    """`accelerate launch`'s arguments, with all that its default config file would else fill in."""
    from accelerate.commands.launch import launch_command_parser

    flags += ["--mixed_precision", "no", "--dynamo_backend", "no"]  # the config of the run says
    flags += ["--num_cpu_threads_per_process", str(threads)]
    args = launch_command_parser().parse_args([*flags, "--module", *command])
    args.use_cpu = False
    return args


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launch", description=__doc__, allow_abbrev=False)
    parser.add_argument("--gpu", help="GPUs of this machine, one process each, as in 0,1")
    parser.add_argument("--num_processes", type=int, help="processes on this machine's CPU")
    parser.add_argument("--num_machines", type=int, default=1)
    parser.add_argument("--machine_rank", type=int, default=0, help="0 to num_machines - 1")
    parser.add_argument("--main_process_ip", help="address of the machine of rank 0")
    parser.add_argument("--main_process_port", type=int, help="a free port there (default: 29500)")
    parser.add_argument("module", help="as in recital.bins.train")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    args = parser.parse_args(argv)

    gpus = [] if args.gpu is None else args.gpu.split(",")
    if not all(gpu.isdigit() for gpu in gpus) or len(set(gpus)) != len(gpus):
        raise UsageError(f"--gpu {args.gpu}: expected different numbers, as in --gpu 0,1")
    if gpus and args.num_processes is not None:
        raise UsageError("--num_processes: is for the CPU; --gpu makes one process for each GPU")
    processes = len(gpus) if args.num_processes is None else args.num_processes
    if args.num_machines < 1 or (args.num_processes is not None and processes < 1):
        raise UsageError("--num_processes and --num_machines: expected at least 1")
    if not 0 <= args.machine_rank < args.num_machines:
        last = args.num_machines - 1
        raise UsageError(f"--machine_rank {args.machine_rank}: expected 0 to {last}")
    if args.num_machines > 1 and args.main_process_ip is None:
        raise UsageError("--num_machines: expected --main_process_ip too, of the machine of rank 0")
    if args.main_process_port is None:  # 0: any free one
        args.main_process_port = 0 if args.num_machines == 1 else 29500
    args.processes = max(1, processes) * args.num_machines
    return args


if __name__ == "__main__":
    run(main)
