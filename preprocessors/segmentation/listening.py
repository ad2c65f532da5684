"""What the aligner hears in a recording: for each frame, how unlikely each phone is.

The recording is read a minute at a time, and what is heard is kept in a file that the search maps:
one row of bytes a frame. The file grows minute by minute, so that an interrupted run goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from recital.modules.alignment.phone_network import AUDIO, STRIDE, PhoneNetwork, level
from recital.modules.contract.mel import MelSpectrogram
from recital.preprocessors.segmentation.phones import PHONES
from recital.processors.audio_files import UnusableAudio, decode, resample
from recital.utils.config import ROOT

WEIGHTS = ROOT / "pretrained/phones/model.safetensors"
RATE = round(AUDIO.frame_rate)  # frames a second
MINUTE = 60 * RATE  # frames that are heard together
AROUND = RATE  # frames on either side that are heard with them
STEP = 40.0  # bytes a nat: 255 are 6.4 nats, the most that a phone may cost
QUIETEST = 127.5  # dB below full scale
LEVELS = 2  # of a frame: loudness is measured every 10 ms
COLUMNS = len(PHONES) + LEVELS


class Heard(NamedTuple):
    """The rows of a recording."""

    costs: np.ndarray  # [T, n_phones] uint8: nats below the likeliest phone, times STEP
    quiet: np.ndarray  # [T * LEVELS] uint8: dB below full scale, times 2


class Listener:
    """Hears recordings, with the weights of `path`."""

    def __init__(self, path: Path = WEIGHTS) -> None:
        from safetensors.torch import load_file

        self.network = PhoneNetwork(len(PHONES))
        self.network.load_state_dict(load_file(path))
        self.network.eval()
        self.spectrogram = MelSpectrogram(AUDIO)

    def listen(self, recording: Path, seconds: float, path: Path) -> Heard:
        """Hear a recording of so many seconds, from where the file `path` ends. Raises
        `UnusableAudio`.
        """
        from tqdm import tqdm

        n_frames = int(seconds * RATE)
        if not n_frames:
            reason = f"lasts {seconds:.3f} s, less than one frame"
            raise UnusableAudio(recording, "too_short", reason, "leave it out")
        with path.open("ab") as file:
            done = file.tell() // (MINUTE * COLUMNS) * MINUTE
            file.truncate(done * COLUMNS)
            starts = range(done, n_frames, MINUTE)
            for start in tqdm(starts, recording.name, unit="min", delay=3, disable=None):
                stop = min(start + MINUTE, n_frames)
                file.write(self._minute(recording, start, stop, n_frames).tobytes())
                file.flush()
        rows = np.memmap(path, np.uint8, "r", shape=(n_frames, COLUMNS))
        return Heard(rows[:, :-LEVELS], rows[:, -LEVELS:].ravel())

    def _minute(self, recording: Path, start: int, stop: int, n_frames: int) -> np.ndarray:
        """The rows of frames `start` to `stop`, [stop - start, COLUMNS] uint8."""
        import torch

        first, last = max(0, start - AROUND), min(n_frames, stop + AROUND)
        wav, rate = decode(recording, first / RATE, last / RATE)
        wav = resample(wav, rate, AUDIO.sample_rate)
        n = last - first
        wav = np.pad(wav, (0, max(0, n * AUDIO.hop_length - len(wav))))
        with torch.inference_mode():
            mel = level(self.spectrogram(torch.from_numpy(wav)[None])[0])
            mel = torch.nn.functional.pad(mel, (0, -mel.shape[1] % STRIDE))
            scores = self.network.scores(mel[None])[0, start - first : stop - first]
            below = (scores.amax(dim=1, keepdim=True) - scores).mul_(STEP).round_().clamp_(max=255)
        quiet = _quiet(wav, n)[start - first : stop - first]
        return np.concatenate([below.numpy(), quiet], axis=1).astype(np.uint8)


def _quiet(wav: np.ndarray, n_frames: int) -> np.ndarray:
    """How quiet a wav at AUDIO's rate is, [n_frames, LEVELS] in half dB below full scale; level k
    of frame i is that of the samples around (i + k / LEVELS) * hop_length.
    """
    hop = AUDIO.hop_length // LEVELS
    n = n_frames * LEVELS
    power = np.square(np.pad(wav, (hop // 2, hop)), dtype=np.float64)[: n * hop]
    power = power.reshape(n, hop).mean(axis=1)
    quiet = -20.0 * np.log10(np.maximum(power, 10.0 ** (-QUIETEST / 10.0)))
    return np.clip(np.rint(quiet), 0, 255).reshape(n_frames, LEVELS)


def best_phones(costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is heard without a text: phones [M], and the frame in the middle of each [M]."""
    best = np.concatenate(
        [costs[i : i + MINUTE].argmin(axis=1) for i in range(0, len(costs), MINUTE)]
    )
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    stops = np.append(starts[1:], len(best))
    kept = best[starts] > 0
    return best[starts][kept].astype(np.int16), ((starts + stops) // 2)[kept]
