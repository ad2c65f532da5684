"""The kept plan of stage 1: it holds only while nothing has changed, and then reads no metadata."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from recital.preprocessors import plan as plans
from recital.preprocessors.corpora import layouts
from recital.preprocessors.entries import Corpus
from recital.preprocessors.plan import Plan, open_plan
from recital.processors.utterance import Rejected
from recital.utils.storage import open_folder

TEXT = "A sentence of some words."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "wavs").mkdir(parents=True)
    for i in range(60):
        (folder / "wavs" / f"u{i:02d}.wav").write_bytes(b"x" * (i + 1))
    lines = [f"wavs/u{i:02d}.wav|{TEXT} {i}" for i in range(60)]
    (folder / "filelist.txt").write_text("\n".join([*lines, f"wavs/gone.wav|{TEXT}"]))
    return folder


class Counted:
    """Opens a plan, and counts how often its metadata was read."""

    def __init__(self, folder: Path, index: Path) -> None:
        self.folder, self.index, self.n_read = folder, index, 0

    def __call__(self, layout: str = "filelist", **left_out: str) -> Plan:
        def on_read(path: Path, data: bytes) -> None:
            self.n_read += 1

        corpus = Corpus(self.folder, on_read=on_read)
        return open_plan(corpus, layout, left_out, open_folder(self.index))


@pytest.fixture
def opened(corpus: Path, tmp_path: Path) -> Counted:
    return Counted(corpus, tmp_path / "index")


def content(plan: Plan) -> tuple[object, ...]:
    return dict(plan.shards), plan.rejected, plan.excluded, plan.notes


def test_a_plan_that_holds_reads_no_metadata(opened: Counted) -> None:
    first = content(opened())
    assert opened.n_read == 1 and content(opened()) == first and opened.n_read == 1
    shards, rejected, *_ = first
    assert sum(map(len, shards.values())) == 60  # type: ignore[attr-defined]
    assert [r.code for r in rejected] == ["missing"]  # type: ignore[attr-defined]


def rewrite(folder: Path) -> None:
    (folder / "wavs/u07.wav").write_bytes(b"other content")


def touch(folder: Path) -> None:
    """Another content of the same size."""
    path = folder / "wavs/u07.wav"
    path.write_bytes(b"y" * path.stat().st_size)
    os.utime(path, ns=(1, 1))


def remove(folder: Path) -> None:
    (folder / "wavs/u59.wav").unlink()


def appear(folder: Path) -> None:
    (folder / "wavs/gone.wav").write_bytes(b"it is back")


def append(folder: Path) -> None:
    with (folder / "filelist.txt").open("a") as file:
        file.write(f"\nwavs/u00.wav|{TEXT}")


@pytest.mark.parametrize("change", [rewrite, touch, remove, appear, append])
def test_every_change_is_found(
    opened: Counted, corpus: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    before = content(opened())
    change(corpus)
    after = content(opened())
    assert after == content(Counted(corpus, tmp_path / "new")()) != before


def test_other_settings_and_a_lost_half_make_it_again(opened: Counted, tmp_path: Path) -> None:
    opened()
    assert "wavs-u03" in [r.id for r in opened(**{"wavs-u03": "cut off"}).excluded]
    assert opened.n_read == 2
    (tmp_path / "index" / plans.LINES).unlink()
    opened(**{"wavs-u03": "cut off"})
    assert opened.n_read == 3


def test_a_run_killed_while_it_writes_leaves_no_plan(
    opened: Counted, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    append(corpus)

    def fail(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(plans, "pieces_of", fail)
        opened()
    assert any(r.code == "duplicate" for r in opened().rejected) and opened.n_read == 3


def test_layouts_look_at_files_through_the_corpus_alone() -> None:
    """What a layout asks otherwise is not checked when a plan is opened again."""
    here = Path(plans.__file__).parent / "corpora"
    for name in layouts():
        text = (here / f"{name}.py").read_text()
        for word in (".glob(", "listdir", "scandir", ".iterdir(", "os.walk", ".exists("):
            assert word not in text, (name, word)


@pytest.mark.parametrize("layout", ["folder", "ljspeech", "kaldi"])
def test_folders_that_a_layout_looks_at_are_watched(tmp_path: Path, layout: str) -> None:
    folder = tmp_path / "corpus"
    (folder / "wavs").mkdir(parents=True)
    for name in ("a", "b"):
        (folder / "wavs" / f"{name}.wav").write_bytes(b"x")
        (folder / "wavs" / f"{name}.txt").write_text(TEXT)
    (folder / "metadata.csv").write_text(f"a|{TEXT}\nb|{TEXT}\n")
    (folder / "wav.scp").write_text("a wavs/a.wav\nb wavs/b.wav\n")
    (folder / "text").write_text(f"a {TEXT}\nb {TEXT}\n")
    opened = Counted(folder, tmp_path / "index")
    before = content(opened(layout))
    # another format of a, with its text; a list that was not there
    shutil.copy(folder / "wavs/a.wav", folder / "wavs/c.wav")
    (folder / "wavs/c.txt").write_text(TEXT)
    (folder / "utt2spk").write_text("a s1\nb s1\n")
    n_read = opened.n_read
    after = content(opened(layout))
    assert opened.n_read > n_read
    assert after == content(Counted(folder, tmp_path / "new")(layout))
    assert (after != before) == (layout != "ljspeech")


def test_a_transcript_that_appears_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (folder / "speaker").mkdir(parents=True)
    (folder / "speaker/a.wav").write_bytes(b"x")
    opened = Counted(folder, tmp_path / "index")
    assert [r.code for r in opened("folder").rejected] == ["no_text"]
    (folder / "speaker/a.txt").write_text(TEXT)
    plan = opened("folder")
    assert plan.rejected == [] and plan.shards.n_recordings == 1
    assert not any(isinstance(r, Rejected) for group in plan.shards.values() for r in group)
