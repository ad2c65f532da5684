"""Download a published corpus, check it, and unpack it to where the recipes expect it.

The only command that uses the network. An interrupted download goes on where it stopped. Without a
network, put the archive where this command says, and run it again.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from recital.bins.common.command import run
from recital.bins.common.parser import OneLineParser
from recital.preprocessors.download import Progress, Unreachable, download, unpack, verify
from recital.preprocessors.published import CORPORA, Archive, Published
from recital.utils.config import nearest, project_path
from recital.utils.errors import DataError, UsageError


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    name, corpus = _corpus(args.corpus)
    root = args.dir or project_path("corpora")
    for archive in _archives(args, name, corpus, root):
        target = root / archive.folder
        if target.is_dir() and any(target.iterdir()):
            print(f"{target}: is there already")
            continue
        _fetch(archive, root, args.keep_archive)
        print(f"{target}: {corpus.expected if target == root / corpus.folder else 'unpacked'}")
    print(
        f"next: --set dataset_path.{name}={root / corpus.folder}, or write it to dataset_path in "
        "exp_config.json"
    )


def _fetch(archive: Archive, root: Path, keep: bool) -> None:
    """Download, verify and unpack one archive. One that lies there already is used."""
    file = root / (PurePosixPath(urlsplit(archive.url).path).name or "archive")
    was_there = file.is_file()
    if not was_there:
        try:
            with _bar(file.name) as progress:
                download(archive.url, file, progress)
        except Unreachable as error:
            raise DataError(
                f"{error}. Download {archive.url} elsewhere, put the file at {file} and run this "
                f"again; or unpack it yourself, so that there is a folder {root / archive.folder}"
            ) from None
    if archive.checksum:
        try:
            verify(file, archive.checksum)
        except DataError:
            if not was_there:
                file.unlink()
            raise
    else:
        print(f"{file}: no published checksum is known; only its length was checked")
    unpack(file, archive.inside, root / archive.folder)
    if not keep:
        file.unlink()


def _corpus(name: str) -> tuple[str, Published]:
    by_name = {known.lower(): known for known in CORPORA}
    if name.lower() not in by_name:
        hint = nearest(name, CORPORA) or f"; known: {', '.join(CORPORA)}"
        raise UsageError(f"{name}: no corpus of this name{hint}")
    return by_name[name.lower()], CORPORA[by_name[name.lower()]]


def _archives(args: argparse.Namespace, name: str, corpus: Published, root: Path) -> list[Archive]:
    """The archives to get. Raises `UsageError` where a part must be chosen."""
    if args.url is not None:
        inside = args.inside
        if inside is None:
            inside = next(iter(corpus.parts.values())).inside if len(corpus.parts) == 1 else ""
        return [Archive(args.url, corpus.folder, inside, args.sha256 or "")]
    if args.sha256 is not None or args.inside is not None:
        raise UsageError("--sha256 and --inside: are of the file at --url, which is missing")
    if not corpus.parts:
        raise DataError(
            f"{name}: is given at {corpus.page} after an agreement; download it there, and unpack "
            f"it so that {root / corpus.folder} holds {corpus.expected}"
        )
    if len(corpus.parts) == 1:
        return list(corpus.parts.values())
    if unknown := [part for part in args.part if part not in corpus.parts]:
        hint = nearest(unknown[0], corpus.parts) or f"; known: {', '.join(corpus.parts)}"
        raise UsageError(f"--part {unknown[0]}: no such part of {name}{hint}")
    if not args.part:
        listed = ", ".join(f"{part} ({a.size})" for part, a in corpus.parts.items())
        raise UsageError(f"{name}: has parts; choose with --part: {listed}")
    return [corpus.parts[part] for part in args.part]


@contextlib.contextmanager
def _bar(name: str) -> Iterator[Progress]:
    from tqdm import tqdm

    with tqdm(desc=name, unit="B", unit_scale=True, delay=1, mininterval=0.5) as bar:

        def update(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield update


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    known = "; ".join(
        name + (f" (--part {', '.join(c.parts)})" if len(c.parts) > 1 else "")
        for name, c in CORPORA.items()
    )
    parser = OneLineParser(prog="recital get_corpus", description=__doc__, epilog=known)
    add = parser.add_argument
    add("corpus", metavar="CORPUS", help=f"one of: {', '.join(CORPORA)}")
    add("--dir", type=Path, metavar="DIR", help="where corpora are (default: corpora/)")
    add("--part", action="append", default=[], metavar="NAME", help="of LibriTTS and ARCTIC")
    add("--url", metavar="URL", help="another address of the archive, such as a mirror")
    add("--sha256", metavar="HEX", help="the checksum of the file at --url")
    add("--inside", metavar="FOLDER", help="the folder in the archive of --url that is the corpus")
    add("--keep_archive", action="store_true", help="keep the archive after it is unpacked")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
