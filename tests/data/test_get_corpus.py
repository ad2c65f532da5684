"""get_corpus against a local server: resumed, broken, truncated and hostile archives."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from recital.bins import preprocess
from recital.bins.get_corpus import main
from recital.preprocessors.corpora import layouts, missing_corpus
from recital.preprocessors.download import unpack
from recital.preprocessors.published import CORPORA
from recital.utils.errors import DataError, UsageError
from tests.conftest import ROOT


class Server:
    """Files by path. `cut` bytes are sent before the connection ends; `requests` are the ranges."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut: int | None = None
        self.etag = '"1"'
        self.requests: list[str | None] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/{name}"

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        data = self.files.get(to.path.lstrip("/"))
        asked = to.headers.get("Range")
        self.requests.append(asked)
        if data is None:
            to.send_error(404)
            return
        first = 0
        if asked and to.headers.get("If-Range") == self.etag:
            first = int(asked.removeprefix("bytes=").rstrip("-"))
            to.send_response(206)
        else:
            to.send_response(200)
        to.send_header("Content-Length", str(len(data) - first))
        to.send_header("ETag", self.etag)
        to.end_headers()
        to.wfile.write(data[first : None if self.cut is None else first + self.cut])


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.http.shutdown()
    found.http.server_close()


@functools.cache
def archive(kind: str = "w:bz2", *more: str) -> bytes:
    """LJSpeech with one recording of noise, which no packer shortens, and `more` members."""
    files = {
        "LJSpeech-1.1/metadata.csv": b"LJ001-0001|One.|One.\n",
        "LJSpeech-1.1/wavs/LJ001-0001.wav": os.urandom(50_000),
    }
    files |= {name: b"x" for name in more}
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w") as zipped:
            for name, data in files.items():
                zipped.writestr(name, data)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode=kind) as tar:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def get(folder: Path, url: str, *flags: str) -> Path:
    main(["LJSpeech", "--dir", str(folder), "--url", url, *flags])
    return folder / "LJSpeech-1.1"


@pytest.mark.parametrize("kind", ["w:bz2", "w:gz", "zip"])
def test_an_archive_becomes_the_corpus(
    server: Server, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = server.files["a.tar.bz2"] = archive(kind)
    checksum = hashlib.sha256(data).hexdigest()
    found = get(tmp_path, server.url("a.tar.bz2"), "--sha256", checksum)
    assert (found / "metadata.csv").read_text().startswith("LJ001-0001|")
    assert (found / "wavs/LJ001-0001.wav").stat().st_size == 50_000
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith(".lock")) == [
        "LJSpeech-1.1"
    ]
    assert f"dataset_path.LJSpeech={found}" in capsys.readouterr().out
    get(tmp_path, server.url("a.tar.bz2"))
    assert "is there already" in capsys.readouterr().out and len(server.requests) == 1


def test_a_download_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    data = server.files["a.tar.bz2"] = archive()
    server.cut = 20_000
    with pytest.raises(DataError, match=r"ended after 20,000 of [\d,]+ bytes; run the command"):
        get(tmp_path, server.url("a.tar.bz2"))
    assert (tmp_path / "a.tar.bz2.part").read_bytes() == data[:20_000]
    server.cut = None
    found = get(tmp_path, server.url("a.tar.bz2"), "--sha256", hashlib.sha256(data).hexdigest())
    assert found.is_dir() and server.requests == [None, "bytes=20000-"]


def test_a_file_that_changed_meanwhile_is_downloaded_anew(server: Server, tmp_path: Path) -> None:
    server.files["a.tar.bz2"] = b"?" * 30_000
    server.cut = 20_000
    with pytest.raises(DataError, match="ended after"):
        get(tmp_path, server.url("a.tar.bz2"))
    server.files["a.tar.bz2"], server.cut, server.etag = archive(), None, '"2"'
    assert get(tmp_path, server.url("a.tar.bz2")).is_dir()


def test_another_checksum_is_refused_and_nothing_is_unpacked(
    server: Server, tmp_path: Path
) -> None:
    server.files["a.tar.bz2"] = archive()
    with pytest.raises(DataError, match="its sha256 is .*, expected 0000"):
        get(tmp_path, server.url("a.tar.bz2"), "--sha256", "0" * 64)
    assert not list(tmp_path.iterdir())
    with pytest.raises(DataError, match="expected 64 hexadecimal digits"):
        get(tmp_path, server.url("a.tar.bz2"), "--sha256", "abc")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive()[:25_000], "cannot be unpacked"),
        (archive("zip")[:25_000], "cannot be unpacked"),
        (b"<!DOCTYPE html><html>Log in</html>", "it is a web page"),
        (b"", "cannot be unpacked"),
        (archive("w:gz")[:-20_000], "cannot be unpacked"),
        (archive("w", "../evil"), "would write outside of its folder: '../evil'"),
        (archive("w", "/tmp/evil"), "would write outside of its folder: '/tmp/evil'"),
        (archive("zip", "a/../../evil"), "would write outside of its folder"),
    ],
    ids=range(8),
)
def test_a_broken_or_hostile_archive_leaves_nothing(
    server: Server, tmp_path: Path, data: bytes, message: str
) -> None:
    server.files["a.tar"] = data
    with pytest.raises(DataError, match=message):
        get(tmp_path / "corpora", server.url("a.tar"))
    assert [p.name for p in (tmp_path / "corpora").iterdir() if p.is_dir()] == []
    assert [p.name for p in tmp_path.iterdir()] == ["corpora"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
def test_links_and_devices_do_not_lead_out(tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        link = tarfile.TarInfo("LJSpeech-1.1/wavs")
        link.type, link.linkname = kind, "../../../etc"
        tar.addfile(link)
    with pytest.raises(DataError, match="outside of its folder|cannot be unpacked"):
        unpack(tmp_path / "a.tar", "LJSpeech-1.1", tmp_path / "x" / "LJSpeech-1.1")
    assert not (tmp_path / "x/LJSpeech-1.1").exists()


def test_without_a_network_it_says_what_to_put_where(server: Server, tmp_path: Path) -> None:
    server.http.server_close()
    server.http.shutdown()
    url = "http://127.0.0.1:9/LJSpeech-1.1.tar.bz2"
    with pytest.raises(DataError, match=r"cannot be reached") as caught:
        get(tmp_path, url)
    message = str(caught.value)
    assert f"put the file at {tmp_path}/LJSpeech-1.1.tar.bz2 and run this again" in message
    assert f"so that there is a folder {tmp_path}/LJSpeech-1.1" in message
    (tmp_path / "LJSpeech-1.1.tar.bz2").write_bytes(archive())
    assert get(tmp_path, url, "--keep_archive").is_dir()
    assert (tmp_path / "LJSpeech-1.1.tar.bz2").is_file()


def test_a_server_s_refusal_and_other_addresses(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the server answers 404"):
        get(tmp_path, server.url("nowhere.tar"))
    for url in ("file:///etc/passwd", "ftp://x/y", "LJSpeech.tar"):
        with pytest.raises(DataError, match="begins with http"):
            get(tmp_path, url)


def test_names_and_parts() -> None:
    with pytest.raises(UsageError, match="LJSpeach: no corpus of this name; did you mean 'LJSp"):
        main(["LJSpeach"])
    with pytest.raises(UsageError, match=r"has parts; choose with --part: .*train-clean-100 \(7"):
        main(["libritts"])
    with pytest.raises(UsageError, match="--part train-clean-10: no such part .* did you mean"):
        main(["LibriTTS", "--part", "train-clean-10"])
    with pytest.raises(DataError, match="after an agreement; download it there, and unpack"):
        main(["CommonVoice"])
    with pytest.raises(UsageError, match="--url, which is missing"):
        main(["LJSpeech", "--sha256", "0" * 64])


def test_the_table_is_of_layouts_and_of_whole_checksums() -> None:
    assert {corpus.layout for corpus in CORPORA.values()} <= set(layouts())
    for corpus in CORPORA.values():
        for part in corpus.parts.values():
            assert len(part.checksum) in (0, 32, 64) and part.size
            assert part.folder == corpus.folder or part.folder.startswith(f"{corpus.folder}/")


def test_a_fresh_clone_s_first_error_names_key_file_and_command(tmp_path: Path) -> None:
    config = ROOT / "egs/tts/FastPitch/exp_config.json"
    words = [f"--config={config}", f"--set=dataset_path.LJSpeech={tmp_path}/corpora/LJSpeech-1.1"]
    with pytest.raises(DataError) as caught:
        preprocess.main(words)
    message = str(caught.value)
    assert f"dataset_path.LJSpeech of {config}" in message
    assert "get LJSpeech (https://keithito.com/LJ-Speech-Dataset)" in message
    assert message.endswith(".venv/bin/python -m recital.bins.get_corpus LJSpeech")
    assert missing_corpus(tmp_path, "folder").endswith("or in dataset_path.NAME")
