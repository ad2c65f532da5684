"""Files of texts for stage 3: plain lines, lines with names (`id|text`), and tables with a
header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from recital.bins.common.control_flags import read_texts
from recital.bins.common.speech_files import Request, safe_name
from recital.utils.errors import DataError

# columns of a table with a header, in order of preference
NAME_COLUMNS = ("output", "id", "name", "audio_file", "file_name", "file", "wav", "utt_id")
SPEAKER_COLUMNS = ("speaker", "speaker_name", "speaker_id")
AUDIO_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".opus")
Row = tuple[int, list[str]]  # number of the line, columns


def read_requests(path: Path, speaker: str | None) -> list[Request]:
    """The texts of a file, in order. `speaker` is used for every line, otherwise the speaker's
    column, if there is one.

    one text a line                             named 0001, 0002, …
    id|text, a.wav|text, id|raw|text,
    id|text|number of the speaker               named by their ids
    a first line that names `text` and others   named by the column output, id, …

    Columns are separated by `|` or, if the first line has one, by tabs. Raises `DataError` for
    lines of different form and for a name given twice.
    """
    lines = read_texts(path)
    rows = [(i, line) for i, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        return []
    mark = "\t" if "\t" in rows[0][1] else "|"
    columns = [(i, [cell.strip() for cell in line.split(mark)]) for i, line in rows]
    header = [cell.lower() for cell in columns[0][1]]
    if "text" in header and (len(header) > 1 or path.suffix.lower() == ".tsv"):
        return _of_table(str(path), header, columns[1:], speaker)
    for other in ",;":
        cells = {cell.strip(' "').lower() for cell in rows[0][1].split(other)}
        if "text" in cells and not cells.isdisjoint((*NAME_COLUMNS, *SPEAKER_COLUMNS)):
            raise DataError(
                f"{path}: its first line names columns with {other!r} between them; separate the "
                "columns of all lines by tabs or |"
            )
    if _are_named(str(path), columns, mark):
        return _of_named(str(path), columns, speaker)
    width = max(4, len(str(len(lines))))
    return [Request(f"line {i}", f"{i:0{width}d}", line, speaker) for i, line in rows]


def _of_table(where: str, header: list[str], rows: list[Row], speaker: str | None) -> list[Request]:
    for i, cells in rows:
        if len(cells) != len(header):
            raise DataError(
                f"{where}: line {i}: expected {len(header)} columns as in the header "
                f"({', '.join(header)}), found {len(cells)}"
            )
    name = next((c for c in NAME_COLUMNS if c in header), None)
    voice = next((c for c in SPEAKER_COLUMNS if c in header), None)
    unused = [c for c in header if c not in (name, voice, "text")]
    print(
        f"{where}: read as a table: texts from text, names from {name or 'the lines'}"
        + (f", speakers from {voice}" if voice else "")
        + (f"; not used: {', '.join(unused)}" if unused else "")
    )
    texts = [cells[header.index("text")] for _, cells in rows]
    width = max(4, len(str(len(rows) + 1)))
    numbers = [f"{i:0{width}d}" for i, _ in rows]
    names = [cells[header.index(name)] for _, cells in rows] if name else numbers
    own = [cells[header.index(voice)] or None for _, cells in rows] if voice else [None] * len(rows)
    return _requests(where, rows, names, texts, own, speaker)


def _are_named(where: str, rows: list[Row], mark: str) -> bool:
    """Whether the first column holds names. Raises `DataError` if it does in most lines only."""
    named = [
        len(cells) > 1 and re.fullmatch(r"\S+" if mark == "|" else r".+", cells[0]) is not None
        for _, cells in rows
    ]
    if not any(named) or (not all(named) and sum(named) < len(rows) / 2):
        # names with blanks, if every line has as many columns
        return len(rows) > 1 and {len(cells) for _, cells in rows} in ({2}, {3})
    if all(named):
        return True
    wrong = rows[named.index(False)][0]
    raise DataError(
        f"{where}: line {wrong}: expected id{mark}text, as in line {rows[named.index(True)][0]}; "
        "give every line a name, or none"
    )


def _of_named(where: str, rows: list[Row], speaker: str | None) -> list[Request]:
    names = [cells[0] for _, cells in rows]
    counts = {len(cells) for _, cells in rows}
    own: list[str | None] = [None] * len(rows)
    if counts == {3} and all(cells[2].isdecimal() for _, cells in rows):
        texts, own = [cells[1] for _, cells in rows], [cells[2] for _, cells in rows]
        form = "id|text|speaker"
    elif counts <= {2, 3}:
        texts, form = [cells[-1] for _, cells in rows], "id|text"
    else:
        wrong = next(i for i, cells in rows if len(cells) > 3)
        raise DataError(
            f"{where}: line {wrong}: expected two or three columns, as in id|text; for others, "
            "name them in a first line, as in output|speaker|text"
        )
    print(f"{where}: read as {form}; the ids are the names of the files")
    return _requests(where, rows, names, texts, own, speaker)


def _requests(
    where: str,
    rows: list[Row],
    names: list[str],
    texts: list[str],
    speakers: Sequence[str | None],
    speaker: str | None,
) -> list[Request]:
    ids = [_bare(name) for name in names]
    if twice := next((id for id, n in Counter(ids).items() if n > 1), None):
        raise DataError(f"{where}: the id {twice!r} is there twice; expected one text of each")
    return [
        Request(f"line {i}", safe_name(id, id), text, speaker or own)
        for (i, _), id, text, own in zip(rows, ids, texts, speakers, strict=True)
    ]


def _bare(name: str) -> str:
    """The name of a file without folders and the suffix of audio."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = last.rpartition(".")
    return stem if stem and f"{dot}{suffix}".lower() in AUDIO_SUFFIXES else last
