"""Plant faults in a corpus in LJSpeech's layout, each in a different recording or line.

`.venv/bin/python tests/faults.py FOLDER COPY` breaks a copy of a corpus and prints `id<tab>code` of
each planted fault: what the doctor must find.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

ENGLISH_ONLY = "unknown_symbols"  # espeak speaks any symbol


class Broken:
    """A corpus in which faults are planted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (folder / "metadata.csv").read_text(encoding="utf-8")
        self.lines: dict[str, bytes] = {}
        self.texts: dict[str, str] = {}
        for line in text.splitlines():
            id, *_, said = line.split("|")
            self.texts[id] = said
            self.lines[id] = f"{id}|{said}|{said}\n".encode()
        self.extra: list[bytes] = []
        self.head = b""

    def path(self, id: str) -> Path:
        return next(p for s in (".wav", ".flac") if (p := self.folder / f"wavs/{id}{s}").exists())

    def read(self, id: str) -> tuple[np.ndarray, int]:
        wav, rate = soundfile.read(self.path(id), dtype="float64")
        return wav, rate

    def write(self, id: str, wav: np.ndarray, rate: int, subtype: str = "PCM_16") -> Path:
        self.path(id).unlink()
        path = self.folder / f"wavs/{id}.wav"
        soundfile.write(path, wav, rate, subtype)
        return path

    def change(self, id: str, function: Callable[[np.ndarray, int], np.ndarray]) -> None:
        wav, rate = self.read(id)
        self.write(id, function(wav, rate), rate)

    def say(self, id: str, text: str) -> None:
        self.texts[id] = text
        self.lines[id] = f"{id}|{text}|{text}\n".encode()

    def finish(self) -> None:
        data = self.head + b"".join(self.lines.values()) + b"".join(self.extra)
        (self.folder / "metadata.csv").write_bytes(data)


def noise(n: int, level: float) -> np.ndarray:
    return np.random.default_rng(n).normal(0, level, n)


def shape(wav: np.ndarray, rate: int) -> np.ndarray:
    """The level in the 20 ms around each sample."""
    size = rate // 50
    square = np.convolve(wav**2, np.ones(size) / size, mode="same")
    return np.sqrt(np.maximum(square, 0.0))


def voice_peak(wav: np.ndarray) -> float:
    return float(np.percentile(np.abs(wav), 99))


def loudest(wav: np.ndarray, rate: int) -> int:
    return int(shape(wav, rate).argmax())


def from_the_middle(wav: np.ndarray, rate: int) -> np.ndarray:
    return wav[max(0, loudest(wav, rate) - rate // 100) :]


def until_the_middle(wav: np.ndarray, rate: int) -> np.ndarray:
    return wav[: loudest(wav, rate) + rate // 100]


def hole(wav: np.ndarray, rate: int) -> np.ndarray:
    wav, at = wav.copy(), len(wav) // 2
    wav[at : at + rate // 12] = wav[at]
    return wav


def spikes(wav: np.ndarray, rate: int) -> np.ndarray:
    wav = wav.copy()
    wav[rate // 10 :: rate // 4] = 0.9
    return wav


def band_limited(wav: np.ndarray, rate: int) -> np.ndarray:
    bins = np.fft.rfft(wav)
    bins[np.fft.rfftfreq(len(wav), 1 / rate) > 2500] = 0
    return np.fft.irfft(bins, len(wav))


def raised(wav: np.ndarray, rate: int) -> np.ndarray:
    """Nine semitones up and faster, like a tape at higher speed."""
    places = np.arange(0, len(wav) - 1, 2 ** (9 / 12))
    return np.interp(places, np.arange(len(wav)), wav)


def stereo(second: Callable[[np.ndarray], np.ndarray]) -> Callable[[Broken, str], None]:
    def plant(b: Broken, id: str) -> None:
        wav, rate = b.read(id)
        b.write(id, np.stack([wav, second(wav)], axis=1), rate)

    return plant


def sound(function: Callable[[np.ndarray, int], np.ndarray]) -> Callable[[Broken, str], None]:
    return lambda b, id: b.change(id, function)


def text(make: Callable[[str], str]) -> Callable[[Broken, str], None]:
    return lambda b, id: b.say(id, make(b.texts[id]))


def cut_file(b: Broken, id: str) -> None:
    path = b.write(id, *b.read(id))
    data = path.read_bytes()
    path.write_bytes(data[: int(0.8 * len(data))])


def cut_flac(b: Broken, id: str) -> None:
    wav, rate = b.read(id)
    b.path(id).unlink()
    path = b.folder / f"wavs/{id}.flac"
    soundfile.write(path, wav, rate)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def other_format(b: Broken, id: str) -> None:
    wav, rate = b.read(id)
    b.path(id).unlink()
    soundfile.write(b.folder / f"wavs/{id}.wav", wav, rate, format="FLAC")


def resampled(rate: int) -> Callable[[Broken, str], None]:
    def plant(b: Broken, id: str) -> None:
        import soxr

        wav, old = b.read(id)
        b.write(id, soxr.resample(wav, old, rate), rate)

    return plant


def copy_of_another(gain: float) -> Callable[[Broken, str], None]:
    def plant(b: Broken, id: str) -> None:
        ids = list(b.texts)
        wav, rate = b.read(ids[ids.index(id) % 50])  # none of the first is broken
        b.write(id, gain * wav, rate)

    return plant


def other_case(b: Broken, id: str) -> None:
    path = b.path(id)
    path.rename(path.with_name(path.name.swapcase()))


def unlisted(b: Broken, id: str) -> None:
    shutil.copy(b.path(id), b.path(id).with_name("nobody" + b.path(id).suffix))


def line(data: Callable[[str, str], str | bytes]) -> Callable[[Broken, str], None]:
    def plant(b: Broken, id: str) -> None:
        made = data(id, b.texts[id])
        b.lines[id] = made if isinstance(made, bytes) else made.encode()

    return plant


def more_line(data: Callable[[str], bytes]) -> Callable[[Broken, str], None]:
    return lambda b, id: b.extra.append(data(id))


# name -> (code, function). The name distinguishes several faults of one code.
Plant = tuple[str, Callable[[Broken, str], None]]
PLANTS: dict[str, Plant] = {
    "missing": ("missing", lambda b, id: b.path(id).unlink()),
    "empty file": ("empty_file", lambda b, id: b.path(id).write_bytes(b"")),
    "garbage": ("unreadable", lambda b, id: b.path(id).write_bytes(b"RIFF but not really" * 99)),
    "half a flac": ("unreadable", cut_flac),
    "no samples": ("no_samples", lambda b, id: b.write(id, np.zeros(0), 16000) and None),
    "not a number": (
        "non_finite",
        lambda b, id: b.write(id, np.full(9000, np.nan), 16000, "FLOAT") and None,
    ),
    "silence": ("silent", sound(lambda w, r: np.zeros(len(w)))),
    "clipping": ("clipped", sound(lambda w, r: np.clip(8 * w / voice_peak(w), -1, 1))),
    "a word's end": ("too_short", sound(lambda w, r: w[: r // 5])),
    "half a minute": ("too_long", sound(lambda w, r: np.tile(w, 1 + 30 * r // len(w)))),
    "cut file": ("unreadable", cut_file),
    "flac called wav": ("wrong_suffix", other_format),
    "another rate": ("mixed_rates", resampled(44100)),
    "telephone": ("low_rate", resampled(8000)),
    "from a telephone": ("narrow_band", sound(band_limited)),
    "dead channel": ("dead_channel", stereo(lambda w: np.zeros(len(w)))),
    "opposite channels": ("opposite_channels", stereo(lambda w: -w)),
    "a stranger's channel": ("different_channels", stereo(lambda w: noise(len(w), 0.05))),
    "stereo": ("mixed_channels", stereo(lambda w: w)),
    "offset": ("dc_offset", sound(lambda w, r: 0.5 * w + 0.1)),
    "silence before": ("leading_silence", sound(lambda w, r: np.r_[noise(2 * r, 1e-4), w])),
    "silence behind": ("trailing_silence", sound(lambda w, r: np.r_[w, noise(2 * r, 1e-4)])),
    "pause": (
        "long_pause",
        sound(lambda w, r: np.r_[w[: len(w) // 2], noise(2 * r, 1e-4), w[len(w) // 2 :]]),
    ),
    "no beginning": ("cut_start", sound(from_the_middle)),
    "no end": ("cut_end", sound(until_the_middle)),
    "held sample": ("dropout", sound(hole)),
    "spikes": ("clicks", sound(spikes)),
    "hiss": ("noisy", sound(lambda w, r: w + noise(len(w), 0.5 * float(np.std(w))))),
    "mains": (
        "hum",
        sound(lambda w, r: w + 2 * np.std(w) * np.sin(2 * np.pi * 50 * np.arange(len(w)) / r)),
    ),
    "eight bits": ("few_bits", sound(lambda w, r: np.rint(w * 128) / 128)),
    "whispered": ("quiet", sound(lambda w, r: 0.04 * w)),
    "shouted": ("level", sound(lambda w, r: np.clip(0.12 * w, -1, 1))),
    "wind": ("no_voice", sound(lambda w, r: shape(w, r) * noise(len(w), 1.0))),
    "somebody else": ("other_voice", sound(raised)),
    "the same twice": ("duplicate_audio", copy_of_another(1.0)),
    "the same, softer": ("duplicate_audio", copy_of_another(0.7)),
    "one brace": ("braces", text(lambda t: t.replace(" ", " {", 1))),
    "another script": ("other_script", text(lambda t: "Добрый день, как ваши дела сегодня.")),
    "a line separator": ("control_characters", text(lambda t: t.replace(" ", "\u2028", 1))),
    "a longer text": ("fast", text(lambda t: " ".join([t] * 4))),
    "a shorter text": ("slow", lambda b, id: slow(b, id)),
    "one field": ("metadata", line(lambda id, t: f"{id}, {t}\n")),
    "five fields": ("metadata", line(lambda id, t: f"{id}|a|b|c|d\n")),
    "Latin-1": ("metadata", line(lambda id, t: f"{id}|caf\u00e9|caf\u00e9\n".encode("latin-1"))),
    "line twice": ("duplicate", more_line(lambda id: f"{id}|once more|once more\n".encode())),
    "id with a slash": ("bad_id", line(lambda id, t: f"a/{id}|{t}|{t}\n")),
    "out of the corpus": ("outside", line(lambda id, t: f"../../{id}|{t}|{t}\n")),
    "no text": ("empty_text", text(lambda t: "")),
    "marks alone": ("no_words", text(lambda t: "... ?!")),
    "a foreign letter": ("unknown_symbols", text(lambda t: t + " 汉字")),
    "Latin-1 of UTF-8": ("mojibake", text(lambda t: "Caf\u00c3\u00a9. " + t)),
    "lost letters": ("lost_characters", text(lambda t: "Caf\ufffd. " + t)),
    "zero-width blank": ("control_characters", text(lambda t: t.replace(" ", " \u200b", 1))),
    "apart": ("decomposed", text(lambda t: "Cafe\u0301. " + t)),
    "Cyrillic a": ("mixed_scripts", text(lambda t: "The b\u0430nk. " + t)),
    "tags": ("markup", text(lambda t: f"<b>{t}</b>")),
    "entity": ("markup", text(lambda t: "You &amp; me. " + t)),
    "laughter": ("annotation", text(lambda t: t + " [laughs]")),
    "name as text": ("text_is_name", lambda b, id: b.say(id, id)),
    "to do": ("placeholder", text(lambda t: "TODO")),
    "stutter": ("repeated_words", text(lambda t: "The the the the. " + t)),
    "no blanks": ("long_word", text(lambda t: "".join(c for c in t * 3 if c.isalpha()))),
    "capitals": ("capitals", text(str.upper)),
    "wrong case": ("other_case", other_case),
    "nobody's recording": ("unlisted", unlisted),
    "CR LF": ("crlf", line(lambda id, t: f"{id}|{t}|{t}\r\n")),
    "byte order mark": ("bom", lambda b, id: setattr(b, "head", b"\xef\xbb\xbf")),
}
OF_FILES = {"crlf", "bom", "unlisted"}  # codes that name a file, and no recording
OF_LINES = {"metadata", "bad_id", "outside"}  # codes of lines whose id cannot be used as it is


def slow(b: Broken, id: str) -> None:
    """Give the shortest text a recording of three others."""
    ids = list(b.texts)
    at = ids.index(id)
    wavs = [b.read(i) for i in (id, ids[at % 50], ids[(at + 7) % 50])]
    rate = wavs[0][1]
    b.say(id, "Oh, no.")
    b.write(id, np.concatenate([wav for wav, _ in wavs]), rate)


def plant(folder: Path, names: list[str], first: int = 60, step: int = 1) -> list[tuple[str, str]]:
    """Plant faults by name, each in the recording `step` further; returns (id, code) of each."""
    b = Broken(folder)
    ids = list(b.texts)
    planted = []
    for i, name in enumerate(names):
        code, function = PLANTS[name]
        id = ids[first + i * step]
        function(b, id)
        planted.append(("" if code in OF_FILES | OF_LINES else id, code))
    b.finish()
    return planted


if __name__ == "__main__":
    source, copy = map(Path, sys.argv[1:3])
    shutil.copytree(source, copy)
    chosen = [n for n, (code, _) in PLANTS.items() if code != ENGLISH_ONLY]
    for id, code in plant(copy, chosen, step=7):
        print(f"{id}\t{code}")
