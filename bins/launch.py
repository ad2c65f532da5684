"""`accelerate launch` for a recipe's stages, passing on signals and exit codes.

Accelerate's own command dies of a SIGTERM and turns every failure into exit code 1. Here a single
process runs the stage itself; with several, each receives the scheduler's signal, and the first
failure determines the exit code. So a run that is asked to stop can save and request a requeue.

What `accelerate config` wrote is honoured (`bins/common/accelerate_config.py`). What it decides is
printed, since a run is otherwise defined by its command line and its config.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

from recital.bins.common.accelerate_config import NOTHING_SET, accelerate_config
from recital.bins.common.command import cores, run
from recital.bins.common.flags import command_parser
from recital.utils.errors import Preempted, UsageError
from recital.utils.signals import OF_SCHEDULERS, blocked


def main(argv: Sequence[str] | None = None) -> int | None:
    args = arguments(argv)
    for line in args.lines:
        print(line, file=sys.stderr)
    if args.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = args.gpu
        _require_gpus(args.gpu)
    elif args.num_processes is not None:
        os.environ["ACCELERATE_USE_CPU"] = "true"
    return _run_here(args) if args.processes == 1 else _spawn(args)


def _require_gpus(gpu: str) -> None:
    """Check the GPUs: without them each process would train alone on the CPU, in one folder."""
    import torch

    wanted, seen = len(gpu.split(",")), torch.cuda.device_count()
    if seen < wanted:
        raise UsageError(
            f"--gpu {gpu}: torch {torch.__version__} sees {seen} of these {wanted} GPUs; see "
            "nvidia-smi, install the CUDA build with sh env.sh cuda, or omit --gpu for the CPU"
        )


def _run_here(args: argparse.Namespace) -> int | None:
    """Run the stage in this process, with the environment of `accelerate launch`."""
    os.environ.setdefault("OMP_NUM_THREADS", str(cores()))
    for name, value in args.environment.items():
        os.environ.setdefault(name, value)
    code: int | None = importlib.import_module(args.module).main(args.arguments)
    return code


def _spawn(args: argparse.Namespace) -> int:
    """Start several processes (NCCL on GPUs, gloo on the CPU) and return the exit code."""
    # The processes inherit blocked scheduler signals until their own handlers are set; here a
    # thread handles them.
    with blocked():
        started = threading.Event()
        threading.Thread(target=_forward, args=(started,), daemon=True).start()
        from accelerate.commands.launch import multi_gpu_launcher
        from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

        # torchrun's own handler would kill the processes after 30 s, in the middle of a save
        os.environ["TORCHELASTIC_SIGNALS_TO_HANDLE"] = "SIGINT,SIGHUP,SIGQUIT"
        if args.gpu is None:
            os.environ["ACCELERATE_USE_CPU"] = "true"
        started.set()
        try:
            multi_gpu_launcher(_accelerate(args))
        except ChildFailedError as error:
            code = error.get_first_failure()[1].exitcode
            return code if code > 0 else 128 - code
    return 0


def _forward(started: threading.Event) -> None:
    """Forward a scheduler's signals to the processes; exit if there are none yet."""
    import psutil

    while True:
        number = signal.sigwait(OF_SCHEDULERS)
        if not started.is_set():
            os._exit(Preempted.exit_code)
        while not (children := psutil.Process().children()):
            time.sleep(0.05)
        for child in children:
            child.send_signal(number)


def _accelerate(args: argparse.Namespace) -> argparse.Namespace:
    """`accelerate launch`'s arguments, including all that its default config file would set."""
    from accelerate.commands.launch import launch_command_parser

    flags = ["--multi_gpu"]
    for name in ("mixed_precision", "dynamo_backend"):
        variable = f"ACCELERATE_{name.upper()}"
        flags.append(f"--{name}={os.environ.get(variable, args.environment[variable])}")
    for name in ("num_machines", "machine_rank", "main_process_ip", "main_process_port"):
        if (value := getattr(args, name)) is not None:
            flags.append(f"--{name}={value}")
    flags.append(f"--num_processes={args.processes}")
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if not threads.isdigit():
        threads = str(max(1, cores() * args.num_machines // args.processes))
    flags.append(f"--num_cpu_threads_per_process={threads}")
    words = [*flags, "--module", args.module, *args.arguments]
    parsed: argparse.Namespace = launch_command_parser().parse_args(words)
    parsed.use_cpu = False
    return parsed


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The launcher's flags, the module to run and its arguments. Raises `UsageError`."""
    parser = command_parser("launch", __doc__)
    parser.add_argument("module", help="as in recital.bins.train")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    args = parser.parse_args(argv)

    config = accelerate_config(args.config_file)
    args.lines = [] if config is None else config.merge(args)
    args.environment = dict(NOTHING_SET if config is None else config.environment)
    args.num_machines = 1 if args.num_machines is None else args.num_machines
    args.machine_rank = args.machine_rank or 0
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
    # 0: any free one
    if args.main_process_port is None:
        args.main_process_port = 0 if args.num_machines == 1 else 29500
    args.processes = max(1, processes) * args.num_machines
    return args


if __name__ == "__main__":
    run(main)
