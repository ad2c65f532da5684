"""Token boundaries compared with espeak-ng's: the arithmetic, and folders that do not match."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from recital.bins.benchmark.boundaries import given_durations, token_seconds, with_spaces
from recital.bins.benchmark.runner import main
from recital.modules.contract.audio import AudioConfig
from recital.utils.errors import DataError, UsageError


def test_a_token_starts_half_a_frame_before_the_centre_of_its_first_frame():
    audio = AudioConfig(1000, n_fft=8, win_length=8, hop_length=4, n_mels=4, f_min=0, f_max=None)
    centre = audio.first_center / 1000  # seconds
    found = token_seconds(torch.tensor([3, 0, 2]), audio)
    expected = [max(centre - 0.002, 0.0), centre + 0.010, centre + 0.010]
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_a_space_starts_where_the_next_phoneme_does():
    assert with_spaces([None, 0.1, None, 0.4, None]) == [None, 0.1, 0.4, 0.4, None]


def _data(**lengths: int) -> SimpleNamespace:
    """The parts of a dataset that are used: utterances with three tokens and a number of frames."""
    examples = [
        SimpleNamespace(utterance=SimpleNamespace(id=id), tokens=[1, 2, 3], frames=frames)
        for id, frames in lengths.items()
    ]
    return SimpleNamespace(examples=examples)


def test_utterances_without_durations_are_left_out(tmp_path):
    np.save(tmp_path / "B.npy", np.array([1, 2, 3]))
    pairs = list(given_durations(tmp_path, _data(A=6, B=6)))
    assert [(e.utterance.id, frames.tolist()) for e, frames in pairs] == [("B", [1, 2, 3])]


@pytest.mark.parametrize("frames", [[1, 2], [1, 2, 4], [[1, 2, 3]]])
def test_durations_of_other_text_or_features_are_refused(tmp_path, frames):
    np.save(tmp_path / "A.npy", np.array(frames))
    with pytest.raises(DataError, match=r"A\.npy: expected 3 durations that sum to 6 frames"):
        list(given_durations(tmp_path, _data(A=6)))


def test_a_file_that_is_no_array_is_refused(tmp_path):
    (tmp_path / "A.npy").write_text("six", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read as durations"):
        list(given_durations(tmp_path, _data(A=6)))


def test_durations_are_for_the_benchmark_of_boundaries_alone(tmp_path):
    with pytest.raises(UsageError, match="boundaries"):
        main(["text", "--durations", str(tmp_path)])
