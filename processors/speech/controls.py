"""Controls of a synthesis: pace, pitch, energy, fades. The flags of stage 3 and the fields of a
request to the server are named after these.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recital.utils.config import nearest
from recital.utils.errors import ConfigError, DataError

# pitch [B, N] in Hz, token_lengths [B] -> pitch [B, N] in Hz
# (arrays of NumPy, or tensors of torch where that runs the voice)
PitchFunction = Callable[[Any, Any], Any]
# the value of any field of `Controls`
Control = float | bool | str | Sequence[float] | PitchFunction
BY_TOKEN = ("pace", "pitch_scale", "energy_scale")  # may differ from token to token
# of voices that draw their speech
SAMPLING = ("temperature", "n_steps", "duration_temperature")
FLAGS = ("pitch_flatten", "pitch_invert")
NOT_NUMBERS = (*FLAGS, "pitch_function", "language")


@dataclass(frozen=True)
class Controls:
    """Controls of a synthesis. Pitch changes apply in the order flatten, invert, scale, shift,
    function. Those in `BY_TOKEN` are a number, or one number per token of a single text.
    """

    pace: float | Sequence[float] = 1.0  # 2 is twice as fast
    pitch_shift: float = 0.0  # Hz
    pitch_shift_semitones: float = 0.0
    pitch_scale: float | Sequence[float] = 1.0  # of the movement around the speaker's mean
    pitch_flatten: bool = False
    pitch_invert: bool = False
    pitch_function: PitchFunction | None = None  # any other change, written by the user
    # Scales the predicted energy; the norm of a log mel falls as a voice gets louder.
    energy_scale: float | Sequence[float] = 1.0
    # Of a voice that draws its speech: the standard deviation of the noise (None: its own).
    temperature: float | None = None
    n_steps: int | None = None  # from noise to speech: fewer are faster (None: its own)
    duration_temperature: float | None = None  # of the noise that becomes durations
    language: str | None = None  # of the text, for a voice of several (None: its main one)
    fade_out: float = 0.0  # seconds at the end
    max_seconds: float = 900.0  # of a text, its pauses included; a longer one is refused

    def __post_init__(self) -> None:
        if not (self.pitch_function is None or callable(self.pitch_function)):
            raise DataError(
                f"pitch_function: expected a function of pitch [B, N] in Hz and token_lengths [B], "
                f"found {self.pitch_function!r:.80}"
            )
        if not (self.language is None or isinstance(self.language, str)):
            raise DataError(f"language: expected a name such as 'de', found {self.language!r:.80}")
        for name in FLAGS:
            flag = plain(getattr(self, name))
            if not isinstance(flag, bool):
                raise DataError(f"{name}: expected true or false, found {flag!r:.80}")
        for name in (f.name for f in dataclasses.fields(self) if f.name not in NOT_NUMBERS):
            value = plain(getattr(self, name))
            several = isinstance(value, list) and name in BY_TOKEN
            if value is None and name in SAMPLING:
                continue
            for number in value if isinstance(value, list) and several else [value]:
                _check_control(name, number)
            object.__setattr__(self, name, int(value) if name == "n_steps" else value)

    @classmethod
    def of(cls, changes: Mapping[str, Control]) -> Controls:
        """Build from keywords. Raises `ConfigError` for an unknown one."""
        known = [f.name for f in dataclasses.fields(cls)]
        for name in changes:
            if name not in known:
                raise ConfigError(
                    f"{name}: no such control"
                    f"{nearest(name, known) or '; known: ' + ', '.join(known)}"
                )
        return cls(**changes)  # type: ignore[arg-type]  # checked by __post_init__

    def require_none(self, what: str) -> None:
        """Raise `DataError` for a change of pace, pitch or energy, which `what` brings itself."""
        for name in self.changed():
            if name not in ("fade_out", "max_seconds", *SAMPLING):
                raise DataError(f"{name}: {what} has its own durations and pitch; leave it out")

    def changed(self) -> list[str]:
        """The names of those that are not at their defaults."""
        default = Controls()
        names = sorted(f.name for f in dataclasses.fields(self))
        return [name for name in names if getattr(self, name) != getattr(default, name)]

    def record(self) -> dict[str, Any]:
        """The controls for a JSON file; a function is recorded as its module and name."""
        found = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        function = self.pitch_function
        if function is not None:
            name = getattr(function, "__qualname__", type(function).__qualname__)
            found["pitch_function"] = f"{function.__module__}:{name}"
        return found


def plain(value: Any) -> Any:
    """Numbers and sequences of NumPy or torch as Python's own; anything else as it is."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _check_control(name: str, value: object) -> None:
    """Raise `DataError` unless a value is a number within its range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise DataError(f"{name}: expected a number, found {value!r:.80}")
    ranges = {
        "pace": (0.1, 10.0),
        "pitch_shift": (-1000.0, 1000.0),
        "pitch_shift_semitones": (-36.0, 36.0),
        "pitch_scale": (0.0, 10.0),
        "energy_scale": (0.0, 10.0),
        "temperature": (0.0, 10.0),
        "n_steps": (1, 128),
        "duration_temperature": (0.0, 10.0),
        "fade_out": (0.0, 60.0),
        "max_seconds": (1.0, 1e6),
    }
    low, high = ranges[name]
    if not low <= value <= high:
        raise DataError(f"{name}: expected {low:g} to {high:g}, found {value!r:.80}")
    if name == "n_steps" and value != int(value):
        raise DataError(f"n_steps: expected a whole number, found {value}")
