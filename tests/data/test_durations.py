"""Where durations are: in folders of few files, or one's own files in one folder."""

from pathlib import Path

import numpy as np

from recital.processors.durations import find_durations, remove_durations, save_durations


def test_durations_are_in_folders_of_few_files(tmp_path: Path) -> None:
    for i in range(600):
        save_durations(tmp_path, f"u{i}", np.array([i]))
    folders = list(tmp_path.iterdir())
    assert 200 < len(folders) <= 256 and all(len(list(f.iterdir())) < 20 for f in folders)
    found = [int(np.load(find_durations(tmp_path, f"u{i}"))[0]) for i in range(600)]
    assert found == list(range(600))


def test_one_s_own_files_are_read_until_a_teacher_writes_others(tmp_path: Path) -> None:
    np.save(tmp_path / "u.npy", np.array([1, 2]))
    assert find_durations(tmp_path, "u") == tmp_path / "u.npy"
    save_durations(tmp_path, "u", np.array([3]))
    assert np.load(find_durations(tmp_path, "u")).tolist() == [3]
    assert not (tmp_path / "u.npy").exists()
    remove_durations(tmp_path, "u")
    remove_durations(tmp_path, "u")
    assert not find_durations(tmp_path, "u").exists()
