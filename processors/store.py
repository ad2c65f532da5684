"""The features of a dataset, `<processed_dir>/<dataset>/`: stage 1 writes, the dataset reads.

| file | content |
|---|---|
| `manifest.jsonl` | an `Utterance` per line, in the order of the corpus |
| `rejected.jsonl` | a `Rejected` per line: recording, reason, remedy |
| `train.txt`, `valid.txt`, `test.txt` | ids; no two share a text, unless lists were given |
| `golden_test.txt` | ids; a subset of test |
| `tokens.txt`, `stats.json` | the list of tokens; amounts, and pitch by speaker |
| `durations/<id>.npy` | frames of each token, unless they are learned |
| `durations/rejected.jsonl` | a `Rejected` per line: utterances without durations |
| `mel-predicted-<experiment>/<shard>.safetensors` | mels from `--predict_mels` |
| `<feature>-<fingerprint>/<shard>.safetensors` | arrays of a few dozen utterances, by id |

`mel` [n_mels, T], `pitch` [T] in Hz, `energy` [T] and `speaker_embedding` [256] are float32; `wav`
[S] is int16, trimmed and resampled, 32768 full scale.
"""

from __future__ import annotations

import json
import mmap
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from recital.processors.split_names import SPLITS
from recital.utils.errors import DataError
from recital.utils.files import lines_of, replacing, share, write_text

DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "I16": np.dtype("<i2")}


@dataclass(frozen=True)
class Utterance:
    """A line of the manifest."""

    id: str
    audio: str  # relative to the folder of the recordings, with forward slashes
    text: str
    speaker: str = ""  # "": the corpus has one speaker
    seconds: float | None = None  # after trimming; None until the features are computed
    shard: str = ""  # name of the shard with its features
    language: str = ""  # such as "en" or "en-us"; "": unknown
    start: float = 0.0  # s; start of the segment in a longer recording
    end: float | None = None  # s; None: the end of the recording
    split: str = ""  # as the corpus or a list gives it: one of `SPLITS`; "": none


@dataclass(frozen=True)
class Rejected:
    """A recording, or a line of the corpus's metadata, that stage 1 left out."""

    id: str
    audio: str
    code: str  # one word, for counting
    reason: str
    remedy: str


class FeatureStore:
    """The folder of one dataset."""

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)

    def utterances(self) -> list[Utterance]:
        """All usable utterances, in the order of the corpus. Raises `DataError` if stage 1 has not
        run.
        """
        return self._read("manifest.jsonl", Utterance)

    def rejected(self) -> list[Rejected]:
        """Everything that stage 1 left out."""
        return self._read("rejected.jsonl", Rejected)

    def split(self, name: str) -> list[str]:
        """The ids of one of `SPLITS`."""
        if name not in SPLITS:
            raise DataError(f"{name}: no such split; known: {', '.join(SPLITS)}")
        return lines_of(self._text(f"{name}.txt"))

    @property
    def durations(self) -> Path:
        """The folder of `<id>.npy`, the frames of each token; None if there are none."""
        return self.directory / "durations"

    def unaligned(self) -> list[str]:
        """The ids that the aligner could not give durations."""
        path = self.durations / "rejected.jsonl"
        if not path.is_file():
            return []
        return [r.id for r in self._read("durations/rejected.jsonl", Rejected)]

    def reader(self, feature: str, fingerprint: str) -> FeatureReader:
        """The arrays of a feature. Raises `DataError` if stage 1 has not computed them with these
        settings.
        """
        folder = self.directory / f"{feature}-{fingerprint}"
        if not folder.is_dir():
            raise DataError(
                f"{folder}: no {feature} features made with these settings; run stage 1, or for "
                "predicted mels the acoustic model's recipe with --predict_mels"
                if fingerprint.startswith("predicted-")
                else f"{folder}: no {feature} features made with these settings; run stage 1"
            )
        return FeatureReader(folder, {u.id: u.shard for u in self.utterances()})

    def _text(self, name: str) -> str:
        try:
            return (self.directory / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DataError(f"{self.directory / name}: is missing; run stage 1") from None
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{self.directory / name}: cannot be read: {error}") from None

    def _read(self, name: str, cls: type[Line]) -> list[Line]:
        try:
            return [cls(**json.loads(line)) for line in lines_of(self._text(name))]
        except (ValueError, TypeError) as error:
            reason = (
                f"{self.directory / name}: is not what stage 1 writes ({error}); run stage 1 again"
            )
            raise DataError(reason) from None


Line = TypeVar("Line", Utterance, Rejected)


class FeatureReader:
    """Arrays by utterance id, memory-mapped. Only headers are read before an array is asked for.

    Copies in other processes (forked or pickled) open files of their own.
    """

    def __init__(self, folder: Path, shard_of: dict[str, str]) -> None:
        self.folder = folder
        self.lengths: dict[str, int] = {}  # frames, or samples
        self._shard_of = shard_of
        self._headers: dict[str, ShardHeader] = {}
        for name in dict.fromkeys(shard_of.values()):
            header = read_header(folder / shard_file(name))
            if header is None:
                raise DataError(f"{folder / shard_file(name)}: is missing or broken; run stage 1")
            self._headers[name] = header
        for id, name in shard_of.items():
            if id not in self._headers[name].arrays:
                raise DataError(f"{folder / shard_file(name)}: holds no '{id}'; run stage 1")
            self.lengths[id] = self._headers[name].arrays[id].shape[-1]
        self._maps: dict[str, mmap.mmap] = {}
        self._pid = os.getpid()

    def __getitem__(self, id: str) -> np.ndarray:
        """The array of an utterance, mapped copy-on-write: writes to it do not reach the file."""
        name = self._shard_of[id]
        array = self._headers[name].arrays[id]
        count = int(np.prod(array.shape))
        flat = np.frombuffer(self._map(name), array.dtype, count, offset=array.offset)
        return flat.reshape(array.shape)

    def __len__(self) -> int:
        return len(self.lengths)

    def notes(self) -> list[dict[str, Any]]:
        """The notes of all shards."""
        return [header.notes for header in self._headers.values()]

    def _map(self, name: str) -> mmap.mmap:
        if self._pid != os.getpid():
            self._maps, self._pid = {}, os.getpid()
        if name not in self._maps:
            with open(self.folder / shard_file(name), "rb") as file:
                self._maps[name] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        return self._maps[name]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_maps": {}}


@dataclass(frozen=True)
class ShardArray:
    """The position of an array in its file."""

    dtype: np.dtype
    shape: tuple[int, ...]
    offset: int  # bytes


@dataclass(frozen=True)
class ShardHeader:
    """The header of a shard: its arrays and notes, without the data."""

    arrays: dict[str, ShardArray]
    notes: dict[str, Any]


def speaker_name(dataset: str, utterance: Utterance) -> str:
    """`Dataset_Speaker`: unique across corpora."""
    return f"{dataset}_{utterance.speaker}" if utterance.speaker else dataset


def speaker_names(stores: dict[str, FeatureStore]) -> list[str]:
    """All speakers of some datasets, sorted."""
    return sorted(
        {speaker_name(name, u) for name, store in stores.items() for u in store.utterances()}
    )


def normal_text(text: str) -> str:
    """The text's letters and digits in lower case, equal for all takes of a sentence."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text


def shard_file(name: str) -> str:
    """The file name of a shard, in the folder of each feature."""
    return f"{name}.safetensors"


def write_shard(path: Path, arrays: dict[str, np.ndarray], notes: dict[str, Any]) -> None:
    """Write a safetensors file atomically, with `notes` as JSON in its metadata."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    # one key: safetensors writes several in an order that varies from run to run
    metadata = {"recital": json.dumps(notes, sort_keys=True)}
    with replacing(path) as temporary:
        try:
            save_file(arrays, temporary, metadata=metadata)
        except SafetensorError as error:  # raised for a full disk
            raise OSError(str(error)) from None
        share(temporary)


def read_header(path: Path) -> ShardHeader | None:
    """Read the header of a shard; None if it is missing, truncated or another file.

    Not with safetensors' `safe_open`, which does not give the offsets that memory mapping needs.
    """
    try:
        with open(path, "rb") as file:
            size = int.from_bytes(file.read(8), "little")
            total = os.fstat(file.fileno()).st_size
            if size > total:
                return None
            header = json.loads(file.read(size))
        notes = json.loads(header.pop("__metadata__")["recital"])
        arrays = {
            id: ShardArray(DTYPES[a["dtype"]], tuple(a["shape"]), 8 + size + a["data_offsets"][0])
            for id, a in header.items()
        }
        end = max((a["data_offsets"][1] for a in header.values()), default=0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return ShardHeader(arrays, notes) if total == 8 + size + end else None


def write_lines(path: Path, lines: list[str]) -> None:
    """Replace a text file atomically, unless it already has these lines."""
    write_text(path, "".join(line + "\n" for line in lines))


def to_json(line: Utterance | Rejected) -> str:
    """Format a line of `manifest.jsonl` or `rejected.jsonl`."""
    return json.dumps(asdict(line), ensure_ascii=False)
