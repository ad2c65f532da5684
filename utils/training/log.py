"""The log of a run: TensorBoard, the same as JSON lines, a picture of the losses, and plain lines
without a terminal.
"""

from __future__ import annotations

import functools
import json
import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Literal, NamedTuple, ParamSpec, TypeVar

import torch
from torch import Tensor
from tqdm import tqdm

from recital.utils.errors import RecitalError
from recital.utils.files import lines_of, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINE_SECONDS = 10.0  # between plain lines when there is no progress bar

logger = logging.getLogger(__name__)


class Exhibit(NamedTuple):
    """A picture or a sound of a validation, ready for a file."""

    name: str  # "mel/predicted": groups by the part before the slash
    suffix: Literal[".png", ".wav"]
    data: bytes


class Meter:
    """Means over the steps since the last call of `means`, summed on the device without waiting for
    the GPU.
    """

    def __init__(self) -> None:
        self.sums: dict[tuple[str, ...], Tensor] = {}
        self.counts: dict[tuple[str, ...], Tensor] = {}

    @torch.no_grad()
    def add(self, values: Mapping[str, Tensor], weight: Tensor) -> None:
        """Add scalars with a weight (a scalar on the device); with weight 0 even NaN is ignored, as
        in a skipped step.
        """
        names = tuple(values)
        stacked = torch.stack([v.detach().float() for v in values.values()])
        weighted = torch.where(weight > 0, stacked * weight, 0.0)
        self.sums[names] = self.sums[names] + weighted if names in self.sums else weighted
        self.counts[names] = self.counts[names] + weight if names in self.counts else weight

    def vector(self) -> Tensor:
        """The means as one vector, in the order of `names`; resets the meter."""
        means = torch.cat([self.sums[names] / self.counts[names] for names in self.sums])
        self.sums, self.counts = {}, {}
        return means

    def names(self) -> list[str]:
        """The names of the added scalars."""
        return [name for names in self.sums for name in names]


class Speed:
    """Items and frames per second of training time, and the share of padding."""

    def __init__(self) -> None:
        self._restart()

    def add(self, lengths: Sequence[int]) -> None:
        """Count a padded batch of items of these lengths."""
        self.items += len(lengths)
        self.frames += sum(lengths)
        self.padded += len(lengths) * max(lengths)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """In this context, time does not count."""
        began = time.monotonic()
        yield
        self.began += time.monotonic() - began

    def rates(self) -> dict[str, float]:
        """The numbers to log; resets the counters."""
        seconds = max(time.monotonic() - self.began, 1e-9)
        rates = {
            "items_per_second": self.items / seconds,
            "frames_per_second": self.frames / seconds,
            "padding": 1 - self.frames / max(self.padded, 1),
        }
        self._restart()
        return rates

    def _restart(self) -> None:
        self.began = time.monotonic()
        self.items = self.frames = self.padded = 0


P = ParamSpec("P")
T = TypeVar("T")


def _on_disk(method: Callable[Concatenate[Log, P], T]) -> Callable[Concatenate[Log, P], T]:
    """Decorate a method of `Log`: a failing disk gives a one-line error."""

    @functools.wraps(method)
    def checked(self: Log, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except OSError as error:
            raise RecitalError(
                f"{self.directory}: the log cannot be written: {error.strerror or error}; make "
                "room and continue with --resume"
            ) from None

    return checked


class Log:
    """The log of one run, in its main process. On resuming at a step, later entries are dropped."""

    def __init__(self, directory: Path, *, step: int, total: int | None) -> None:
        from torch.utils.tensorboard import SummaryWriter

        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.path = directory / "log.jsonl"
        self._drop_beyond(step)
        self.writer = SummaryWriter(str(directory / "tensorboard"), purge_step=step + 1)
        self.bar = tqdm(total=total, initial=step, unit="step", dynamic_ncols=True, disable=None)
        self.last_line = 0.0
        self.started = time.monotonic()

    @_on_disk
    def scalars(self, step: int, epoch: int, values: Mapping[str, float]) -> None:
        """Log numbers of a step, named such as "train/mel", to TensorBoard and log.jsonl."""
        finite = {k: v if math.isfinite(v) else None for k, v in values.items()}  # JSON has no NaN
        with self.path.open("a", encoding="utf-8") as file:
            file.write(
                json.dumps({"step": step, "epoch": epoch, "time": round(time.time(), 3), **finite})
                + "\n"
            )
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)

    def progress(self, step: int, epoch: int, values: Mapping[str, float]) -> None:
        """Update the progress bar, or print a plain line every few seconds."""
        losses = {
            k.partition("/")[2]: f"{v:.3f}" for k, v in values.items() if k.startswith("train/")
        }
        self.bar.set_postfix(losses, refresh=False)
        now = time.monotonic()
        if self.bar.disable and now - self.last_line >= LINE_SECONDS:
            self.last_line = now
            total = f" of {self.bar.total}" if self.bar.total else ""
            self.line(
                f"epoch {epoch} step {step}{total}: "
                + " ".join(f"{k} {v}" for k, v in losses.items())
            )

    def line(self, text: str) -> None:
        """Print a line without disturbing the progress bar."""
        tqdm.write(text)

    @_on_disk
    def show(self, step: int, exhibits: Iterable[Exhibit]) -> None:
        """Log pictures and sounds of a validation to TensorBoard and as files in show/step-…/."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        folder = self.directory / "show" / f"step-{step:07d}"
        for name, suffix, data in exhibits:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / (name.replace("/", "-") + suffix)).write_bytes(data)
            # directly: SummaryWriter would decode and re-encode them
            if suffix == ".png":
                value = Summary.Value(tag=name, image=Summary.Image(encoded_image_string=data))
            else:
                audio = Summary.Audio(encoded_audio_string=data, content_type="audio/wav")
                value = Summary.Value(tag=name, audio=audio)
            self.writer._get_file_writer().add_summary(Summary(value=[value]), step)
        self.writer.flush()

    @_on_disk
    def plot_losses(self) -> None:
        """Draw loss.png from log.jsonl: each loss, in training and validation."""
        curves: dict[str, list[tuple[int, float]]] = {}
        for record in self._records():
            for name, value in record.items():
                if name.startswith(("train/", "valid/")) and isinstance(value, int | float):
                    curves.setdefault(name, []).append((record["step"], value))
        figure = new_figure(9, 6)
        if figure is None or not curves:
            return
        losses = sorted(
            {name.partition("/")[2] for name in curves}, key=lambda n: (n != "total", n)
        )
        rows = -(-len(losses) // 3)
        figure.set_size_inches(12, 2.5 * rows)
        for i, loss in enumerate(losses):
            axes = figure.add_subplot(rows, min(3, len(losses)), i + 1, title=loss)
            for part in ("train", "valid"):
                if points := curves.get(f"{part}/{loss}"):
                    axes.plot(
                        *zip(*points, strict=True),
                        label=part,
                        marker="." if len(points) < 20 else "",
                    )
            values = [v for part in ("train", "valid") for _, v in curves.get(f"{part}/{loss}", ())]
            if 0 < 20 * min(values) < max(values):  # otherwise the first steps dwarf the rest
                axes.set_yscale("log")
            axes.legend(fontsize="small")
        figure.tight_layout()
        figure.savefig(self.directory / "loss.png", dpi=80)

    @_on_disk
    def close(self) -> None:
        """Flush and close."""
        self.bar.close()
        self.writer.close()

    def _records(self) -> list[dict[str, Any]]:
        """The complete lines of log.jsonl; a kill may have truncated the last one."""
        if not self.path.is_file():
            return []
        records = []
        for line in lines_of(self.path.read_text(encoding="utf-8", errors="replace")):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict) and isinstance(found.get("step"), int):
                records.append(found)
        return records

    def _drop_beyond(self, step: int) -> None:
        kept = [json.dumps(r) + "\n" for r in self._records() if r["step"] <= step]
        write_text(self.path, "".join(kept))


def new_figure(width: float, height: float) -> Figure | None:
    """A figure (size in inches), or None with one warning if matplotlib is missing: training does
    not need pictures.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        _warn_once("matplotlib is not installed: no pictures of losses and validations")
        return None
    return Figure(figsize=(width, height))


@functools.cache
def _warn_once(text: str) -> None:
    logger.warning(text)
