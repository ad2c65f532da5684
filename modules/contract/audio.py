"""The definition of a mel spectrogram, separate from its computation, so that reading or comparing
it needs no torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Annotated, Literal

from recital.utils.errors import ConfigError
from recital.utils.ranges import Range, Share


@dataclass(frozen=True)
class AudioConfig:
    """The definition of a mel spectrogram, everywhere. Lengths in samples, frequencies in Hz."""

    sample_rate: Annotated[int, Range(1000, 384000)]
    n_fft: Annotated[int, Range(16, 32768)]
    win_length: int
    hop_length: int
    n_mels: Annotated[int, Range(1, 1024)]
    f_min: float
    f_max: float | None  # None: half the sample rate
    padding: Literal["center", "same"] = (
        "center"  # reflect n_fft/2 (1 + S // hop frames) or (n_fft - hop)/2 (S // hop)
    )
    power_floor: Share = 0.0  # added under the root of the power spectrum
    log_floor: Share = 1e-5  # magnitudes are clamped here before the logarithm
    log_base: Literal["e", "10"] = "e"
    mel_scale: Literal["slaney", "htk"] = "slaney"
    mel_norm: Literal["slaney", "none"] = "slaney"

    def __post_init__(self) -> None:
        nyquist = self.sample_rate / 2
        checks = {
            "hop_length": 0 < self.hop_length <= self.win_length,
            "win_length": 0 < self.win_length <= self.n_fft,
            "f_max": self.f_max is None or self.f_min < self.f_max <= nyquist,
            "f_min": 0 <= self.f_min < nyquist,
            "n_mels": 0 < self.n_mels <= self.n_fft // 2,
            "log_floor": self.log_floor > 0,
            "power_floor": self.power_floor >= 0,
        }
        for name, right in checks.items():
            if not right:
                raise ConfigError(
                    f"audio.{name}: {getattr(self, name)} is invalid: expected 0 < hop_length <= "
                    "win_length <= n_fft, n_mels <= n_fft / 2 and "
                    f"f_min < f_max <= {nyquist:g} Hz"
                )

    @property
    def pad(self) -> int:
        """Samples of reflection on each side."""
        return self.n_fft // 2 if self.padding == "center" else (self.n_fft - self.hop_length) // 2

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return self.sample_rate / self.hop_length

    @property
    def silence(self) -> float:
        """The log mel of silence."""
        floor = self.log_floor
        return math.log(floor) if self.log_base == "e" else math.log10(floor)

    @property
    def framing(self) -> tuple[int, int, int]:
        """`n_fft`, `hop_length` and `win_length`, the arguments of `Stft`."""
        return self.n_fft, self.hop_length, self.win_length

    @property
    def first_center(self) -> float:
        """The sample on which frame 0 is centred; frame i is centred `i * hop_length` samples
        later.
        """
        return self.n_fft / 2 - self.pad

    def n_frames(self, n_samples: int) -> int:
        """The number of mel frames of a recording of `n_samples`."""
        return 1 + (n_samples + 2 * self.pad - self.n_fft) // self.hop_length

    def differences(self, other: AudioConfig) -> list[str]:
        """One line per differing field, empty if the two are equal; f_max None equals half the
        sample rate.
        """
        return [
            f"{f.name:>12}  {mine!s:>8}  {theirs!s:>8}"
            for f in fields(self)
            if (mine := self._value(f.name)) != (theirs := other._value(f.name))
        ]

    def require_same(self, other: AudioConfig, mine: str, theirs: str) -> None:
        """Raise `ConfigError` with a table of the differing fields unless the two are equal."""
        if rows := self.differences(other):
            halves = {f.name for f in fields(self) if self._value(f.name) != other._value(f.name)}
            remedy = ""
            if halves <= {"padding", "power_floor"}:
                # the frames are half a hop apart, which is not audible
                remedy = (
                    "\nThey differ by half a hop alone. A copy of the one that fits the other: "
                    ".venv/bin/python -m recital.bins.export --precision fp32 --output_dir COPY "
                    f"--infer_expt_dir DIRECTORY_OF_THE_{mine.upper().replace(' ', '_')} "
                    f"--set audio.padding={other.padding} "
                    f"--set audio.power_floor={other.power_floor:g}"
                )
            head = f"{'field':>12}  {mine:>8}  {theirs:>8}"
            raise ConfigError(
                f"{mine} and {theirs} do not agree on the mel spectrogram; use a pair made for "
                "each other, or train one of them with the other's audio section:\n"
                + "\n".join([head, *rows])
                + remedy
            )

    def _value(self, name: str) -> object:
        return (
            self.sample_rate / 2 if name == "f_max" and self.f_max is None else getattr(self, name)
        )
