"""Checks shared by all corpus layouts: readable lines, recordings inside the corpus folder."""

from __future__ import annotations

import codecs
import io
import json
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from recital.preprocessors.columns import usual_count
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError
from recital.utils.files import read_bytes
from recital.utils.storage import Place, is_address

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")  # the first that exists is used
# Recordings that cannot be decoded here: they are rejected, not skipped silently.
OTHER_SUFFIXES = (".m4a", ".aac", ".mp4", ".wma", ".webm", ".amr", ".3gp", ".caf", ".ape")
MAX_LIST = 2**32  # bytes of a metadata file
BOM = b"\xef\xbb\xbf"
_BLANKS = re.compile(r"[ \t\n\r]*")  # between the parts of JSON
NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')  # of files, on some systems


@dataclass(frozen=True)
class Corpus:
    """The place of a corpus, and settings that its layout does not specify."""

    folder: Path  # or the list itself, if the layout is a list
    # the folder that contains them, or an address of an object store; None: next to the metadata
    recordings: Place | None = None
    language: str = ""  # of utterances for which the layout gives none
    splits: Mapping[str, Sequence[Path]] = field(default_factory=dict)  # given lists of each split
    on_read: Callable[[Path, bytes], None] = lambda path, data: None  # on each metadata file
    # on each metadata file, and each folder whose names are asked for, before it is read
    on_ask: Callable[[Path], None] = lambda path: None

    @cached_property
    def place(self) -> Place:
        """Where `Utterance.audio` is relative to."""
        return self.recordings or (self.folder.parent if self.folder.is_file() else self.folder)

    @cached_property
    def root(self) -> Path:
        """`place` as a folder on disk. Raises `DataError` for one of an object store."""
        if is_address(self.place):
            raise DataError(
                f"{self.place}: the doctor, and layouts that look for recordings, need a folder on "
                "disk; write a list, for the layout 'filelist' or 'kaldi'"
            )
        return Path(self.place)

    def relative(self, audio: str) -> str:
        """The path of a recording relative to `place`, of one that a list names in full if the
        config names the folder of the recordings.
        """
        audio = audio.replace("\\", "/")  # as Windows writes paths
        if self.recordings is None:
            return audio
        if is_address(self.recordings):
            return audio.removeprefix(f"{str(self.recordings).rstrip('/')}/")
        path = PurePosixPath(audio)
        if path.is_absolute() and path.is_relative_to(self.recordings):
            return str(path.relative_to(self.recordings))
        return audio

    def read(self, path: Path, expected: str) -> bytes:
        """Read a metadata file, without a byte order mark. Raises `DataError` if it is missing."""
        self.on_ask(path)
        try:
            data = read_bytes(path, MAX_LIST)
        except OSError as error:
            why = error.strerror or error
            raise DataError(f"{path}: cannot be read ({why}); expected {expected}") from None
        self.on_read(path, data)
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            # as spreadsheets save it
            return data.decode("utf-16", errors="replace").encode()
        if b"\0" in data[:400] and path.suffix != ".gz":
            raise DataError(f"{path}: is not UTF-8 text (is it UTF-16?); save it as UTF-8")
        return data.removeprefix(BOM)

    def has(self, path: Path) -> bool:
        """Whether there is a metadata file, or a folder."""
        self.on_ask(path)
        return path.exists()

    def find(self, pattern: str) -> list[Path]:
        """The metadata files that match a pattern, which may lead through folders (`*/name`) or any
        number of them (`**/name`), sorted.
        """
        *through, name = pattern.split("/")
        folders = [self.folder]
        for level in through:
            self._ask(folders)
            folders = [path for folder in folders for path in folder.glob(level) if path.is_dir()]
        self._ask(folders)
        return sorted(path for folder in folders for path in folder.glob(name))

    def _ask(self, folders: Iterable[Path]) -> None:
        for folder in folders:
            self.on_ask(folder)

    def names_in(self, folder: Path) -> list[str]:
        """The names in a folder. Raises `OSError`."""
        self.on_ask(folder)
        return os.listdir(folder)


def json_items(text: str) -> Iterator[object]:
    """The items of a JSON list one by one: all of them as objects would take ten times the memory
    of the text. Raises `ValueError` for anything else, at the latest after the last item.
    """
    decoder, place = json.JSONDecoder(), _after_blanks(text, 0)
    if text[place : place + 1] != "[":
        json.loads(text)  # says what is wrong with it, if it is no JSON at all
        raise ValueError("it is something else")
    place = _after_blanks(text, place + 1)
    sign = text[place : place + 1]
    while sign != "]":
        item, place = decoder.raw_decode(text, place)
        yield item
        place = _after_blanks(text, place)
        sign = text[place : place + 1]
        if sign == ",":
            place = _after_blanks(text, place + 1)
        elif sign != "]":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, place)
    if _after_blanks(text, place + 1) != len(text):
        raise json.JSONDecodeError("Extra data", text, place + 1)


def _after_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    assert found is not None
    return found.end()


def numbered_lines(
    corpus: Corpus, path: Path, expected: str
) -> Iterator[tuple[str, str] | Rejected]:
    """Yield (`file:line`, text) of each line that is not blank, or `Rejected` if it is not UTF-8.
    Raises `DataError` if the file is missing.
    """
    yield from _lines(corpus.read(path, expected), path)


def _lines(data: bytes, path: Path) -> Iterator[tuple[str, str] | Rejected]:
    for number, line in enumerate(io.BytesIO(data), 1):
        raw = line.removesuffix(b"\n")
        if not raw.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            yield where, raw.decode("utf-8").strip("\r")
        except UnicodeDecodeError as error:
            remedy = "save the file as UTF-8"
            yield Rejected(where, "", "metadata", f"{where}: is not UTF-8 ({error.reason})", remedy)


def numbered_fields(
    corpus: Corpus, path: Path, counts: tuple[int, ...], form: str
) -> Iterator[list[str] | Rejected]:
    """Yield the `|`-separated fields of each line. A line that does not match `form`, or has more
    fields than most (a `|` in its text), becomes `Rejected`; blank lines are skipped.

    Raises `DataError` if the file is missing.
    """
    # twice through the bytes: the lines as objects would take ten times the memory
    data = corpus.read(path, f"a line {form} for each recording")
    found = Counter(
        line[1].count("|") + 1 for line in _lines(data, path) if not isinstance(line, Rejected)
    )
    usual = usual_count({count: n for count, n in found.items() if count in counts})
    for line in _lines(data, path):
        if isinstance(line, Rejected):
            yield line
            continue
        where, text = line
        fields = [field.strip() for field in text.split("|")]
        if len(fields) in counts and len(fields) <= usual:
            yield fields
        else:
            most = f", where most lines have {usual}" if usual else ""
            plural = "" if len(fields) == 1 else "s"
            reason = f"{where}: has {len(fields)} field{plural}{most}"
            remedy = f"write it as {form}, without a | in the text"
            yield Rejected(fields[0] or where, "", "metadata", reason, remedy)


def entry(
    corpus: Corpus,
    id: str,
    audio: str,
    text: str,
    speaker: str = "",
    *,
    language: str = "",
    start: float = 0.0,
    end: float | None = None,
    split: str = "",
) -> Utterance | Rejected:
    """An utterance whose recording is at `audio`, relative to `corpus.root`, or `Rejected`.

    An absolute path is accepted if the config names the folder of the recordings and that folder
    contains it.
    """
    try:
        f"{id}{audio}{text}{speaker}{language}".encode()
    except UnicodeEncodeError:
        # of JSON's escapes: no file and no name can have it
        id, audio = (word.encode(errors="replace").decode() for word in (id, audio))
        reason = "has half of a surrogate pair, which is no text"
        return Rejected(id, audio, "metadata", reason, "write the character whole")
    audio = corpus.relative(audio)
    remote = is_address(corpus.place)
    if leads_out(audio) if remote else escapes(corpus.root, audio):
        path = PurePosixPath(audio)
        remedy = "write its path relative to the folder of the recordings, and keep it inside"
        if path.is_absolute() and ".." not in path.parts:
            remedy = f"name the folder of the recordings ({path.parent}) in dataset_recordings"
        reason = f"{audio}: leads out of the folder of the recordings, {corpus.place}"
        return Rejected(id, audio, "outside", reason, remedy)
    if not id or id.startswith(".") or not id.isprintable() or NOT_IN_NAMES.search(id):
        remedy = "name it with letters, digits, '-', '_' and '.'"
        return Rejected(id, audio, "bad_id", f"{id!r} cannot be the name of a file", remedy)
    if not text.strip():
        return Rejected(id, audio, "empty_text", "its text is empty", "write what is said in it")
    suffix = os.path.splitext(audio)[1]
    if suffix.lower() in OTHER_SUFFIXES:
        reason = f"{suffix} files cannot be decoded"
        remedy = "convert it to WAV or FLAC, as in: ffmpeg -i FILE FILE.wav"
        return Rejected(id, audio, "format", reason, remedy)
    if not (0 <= start < math.inf and (end is None or start < end < math.inf)):
        reason = f"its segment goes from {start:g} to {'its end' if end is None else f'{end:g} s'}"
        return Rejected(id, audio, "bad_segment", reason, "write 0 <= start < end, in seconds")
    language = language or corpus.language
    return Utterance(id, audio, text, speaker, language=language, start=start, end=end, split=split)


def entry_of_files(
    corpus: Corpus,
    id: str,
    audio: str,
    transcripts: tuple[str, ...],
    speaker: str = "",
    language: str = "",
) -> Utterance | Rejected:
    """An utterance with its text in a file of its own: the first of `transcripts` (relative to the
    corpus folder) that exists.
    """
    if escapes(corpus.root, audio):  # its text is behind the same link: report the link first
        return entry(corpus, id, audio, "")
    for name in transcripts:
        path = corpus.folder / name
        if corpus.has(path) and path.is_file() and not escapes(corpus.folder, name):
            data = corpus.read(path, "a transcript")
            break
    else:
        reason = f"there is no text for it: expected {' or '.join(transcripts)}"
        return Rejected(id, audio, "no_text", reason, "write what is said in it, or leave it out")
    try:
        text = " ".join(data.decode("utf-8").split())
    except UnicodeDecodeError as error:
        reason = f"{name}: is not UTF-8 ({error.reason})"
        return Rejected(id, audio, "metadata", reason, "save the file as UTF-8")
    return entry(corpus, id, audio, text, speaker, language=language)


def find_recordings(corpus: Corpus, below: str = "") -> list[str]:
    """All recordings of a corpus's folder, as sorted relative paths; one in several formats counts
    once. Symbolic links are followed. Raises `DataError` if there is no recording.
    """
    folder = corpus.root
    found: dict[str, str] = {}
    entered: set[str] = set()  # links can form a cycle
    for directory, folders, names in os.walk(folder / below, followlinks=True):
        corpus.on_ask(Path(directory))
        real = os.path.realpath(directory)
        if real in entered:
            folders[:] = []
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = os.path.relpath(directory, folder)
        prefix = "" if inside == "." else inside.replace(os.sep, "/") + "/"
        for name in names:
            stem, suffix = os.path.splitext(name)
            if suffix.lower() not in (*SUFFIXES, *OTHER_SUFFIXES) or name.startswith("."):
                continue
            old = found.get(prefix + stem)
            if old is None or _rank(suffix) < _rank(old):
                found[prefix + stem] = suffix
    if not found:
        where = folder / below
        raise DataError(f"{where}: contains no recording; expected {', '.join(SUFFIXES)} files")
    return [stem + found[stem] for stem in sorted(found)]


def stem_of(audio: str) -> str:
    """`a/b/x.wav` -> `x`."""
    return PurePosixPath(audio.replace("\\", "/")).name.rpartition(".")[0]


def escapes(folder: Path, audio: str) -> bool:
    """Whether a path leads out of the folder: absolute, by `..`, or through a symbolic link.

    On strings: it is asked for each recording, and path objects take ten times as long.
    """
    if leads_out(audio):
        return True
    inside, _, name = audio.rpartition("/")
    root, parent = _real(str(folder)), _real(f"{folder}/{inside}")
    real = os.path.join(parent, name)
    if os.path.islink(real):
        real = os.path.realpath(real)
    return not real.startswith(root.rstrip(os.sep) + os.sep)


def leads_out(audio: str) -> bool:
    """Whether a path is absolute or has `..`, or does not name a recording."""
    return audio.startswith("/") or ".." in audio.split("/") or "\\" in audio or "\0" in audio


def _rank(suffix: str) -> int:
    return (*SUFFIXES, *OTHER_SUFFIXES).index(suffix.lower())


@lru_cache(maxsize=4096)
def _real(path: str) -> str:
    return os.path.realpath(path)
