"""The length regulator, and averages over tokens."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recital.modules.acoustic.length import (
    frame_tokens,
    pack_frames,
    regulate_length,
    repeats_of,
    token_means,
    unpack_frames,
)


@pytest.mark.parametrize(
    ("case", "pace"), [("pace1.0", 1.0), ("pace0.8", 0.8), ("pace2.0", 2.0), ("max9", 1.0)]
)
def test_lengths_are_regulated_as_in_the_reference(shared, case, pace):
    vectors = np.load(shared / "vectors" / "misc.npz")
    x = torch.from_numpy(vectors["rl_enc"])
    expected = torch.from_numpy(vectors[f"rl_out_{case}"])
    repeats = repeats_of(torch.from_numpy(vectors["rl_dur"]), pace)
    out, lengths = regulate_length(x, repeats, expected.shape[1])
    assert lengths.tolist() == vectors[f"rl_lens_{case}"].tolist()
    assert torch.equal(out, expected)


def test_frames_find_their_tokens():
    assert frame_tokens(torch.tensor([[0, 2, 0, 1], [1, 1, 0, 0]]), 4).tolist() == [
        [1, 1, 3, 3],
        [0, 1, 3, 3],
    ]


def test_the_gradient_of_a_token_is_the_sum_over_its_frames():
    x = torch.ones(1, 3, 2, requires_grad=True)
    out, _ = regulate_length(x, torch.tensor([[2, 0, 3]]), 7)
    out.sum().backward()
    assert x.grad[0, :, 0].tolist() == [2.0, 0.0, 3.0]


@pytest.mark.parametrize(
    ("values", "durations", "expected"),
    [
        ("pitch_hz", "durations", "avg_hz"),
        ("pitch_normalized", "durations", "avg_normalized"),
        ("pitch_hz", "durations_short", "avg_hz_durations_short"),
        ("energy_frames", "durations", "avg_energy"),
        ("multi_pitch", "multi_durations", "multi_avg"),
    ],
)
def test_token_means_are_those_of_the_reference(shared, values, durations, expected):
    vectors = np.load(shared / "vectors" / "pitch.npz")
    frames = torch.from_numpy(vectors[values])
    frames = frames if frames.dim() == 3 else frames[:, None]
    means = token_means(frames, frames != 0, torch.from_numpy(vectors[durations]))
    # the reference uses cumulative sums in float32
    torch.testing.assert_close(means, torch.from_numpy(vectors[expected]), rtol=1e-4, atol=1e-4)


def test_token_means_of_extracted_pitch(shared):
    vectors = np.load(shared / "vectors" / "fastpitch_1_0_small" / "extract.npz")
    pitch = torch.from_numpy(vectors["pitch_mel"])[None, None]
    means = token_means(pitch, pitch != 0, torch.from_numpy(vectors["durations"])[None])
    expected = torch.from_numpy(vectors["pitch_char"]).float()
    torch.testing.assert_close(means[0, 0], expected, rtol=1e-4, atol=1e-3)


def test_token_means_are_exact_late_in_a_long_utterance():
    frames = torch.full((1, 1, 200_000), 317.3)
    frames[..., -2:] = torch.tensor([100.0, 101.0])
    means = token_means(frames, frames != 0, torch.tensor([[199_998, 2, 0]]))
    torch.testing.assert_close(means[0, 0], torch.tensor([317.3, 100.5, 0.0]), rtol=1e-6, atol=0)


def test_energy_of_tokens_as_the_predictor_sees_it(shared):
    vectors = np.load(shared / "vectors" / "pitch.npz")
    frames = torch.from_numpy(vectors["energy_frames"])[:, None]
    means = token_means(frames, frames != 0, torch.from_numpy(vectors["durations"])).log1p()
    expected = torch.from_numpy(vectors["log1p_avg_energy"])
    torch.testing.assert_close(means, expected, rtol=1e-5, atol=1e-6)


def test_frames_are_packed_by_token_and_back():
    frames = torch.tensor([[1.0, 2, 3, 4, 5, 6], [7, 8, 0, 0, 0, 0]])
    repeats = torch.tensor([[3, 0, 1, 2], [0, 2, 0, 0]])
    packed = pack_frames(frames, repeats)
    assert packed.tolist() == [
        [[1, 0, 4, 5], [2, 0, 0, 6], [3, 0, 0, 0]],
        [[0, 7, 0, 0], [0, 8, 0, 0], [0, 0, 0, 0]],
    ]
    assert torch.equal(unpack_frames(packed, repeats, 6), frames)
    none = pack_frames(torch.zeros(1, 1), torch.zeros(1, 3, dtype=torch.long))
    assert none.shape == (1, 1, 3)
    assert unpack_frames(none + 1, torch.zeros(1, 3, dtype=torch.long), 1).tolist() == [[0.0]]
