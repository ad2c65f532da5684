"""The metrics of stage 4: hand-worked figures, and those of common libraries."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recital.modules.contract.audio import AudioConfig
from recital.processors.audio_files import save_wav
from recital.processors.evaluation.alignment import diagonal, distances, dtw
from recital.processors.evaluation.analysis import Analysis, Clip, analyse
from recital.processors.evaluation.cepstrum import (
    MCD_CONSTANT,
    mcd,
    mel_cepstra,
    warp_envelope,
    warping_factor,
    warping_matrix,
)
from recital.processors.evaluation.flaws import clicks, clipped_samples, trailing_noise
from recital.processors.evaluation.pair import align, compare_frames, compare_waves
from recital.processors.evaluation.recognizers import (
    PocketSphinx,
    compare,
    skipped_words,
    spoken_words,
)
from recital.processors.evaluation.table import METRICS, of_one, summarize
from recital.processors.evaluation.waves import compare_pitch
from recital.processors.features import PitchConfig

AUDIO = AudioConfig(16000, 512, 512, 128, 40, 0.0, 8000.0)
RATE = AUDIO.sample_rate


def voice(seconds: float, f0: float = 120.0, seed: int = 0) -> np.ndarray:
    """Pulses through two resonances, louder in the middle, silent at both ends: [S]."""
    n = round(seconds * RATE)
    phase = np.cumsum(f0 * (1 + 0.1 * np.sin(2 * np.pi * np.arange(n) / n)) / RATE)
    wav = (np.diff(np.floor(phase), prepend=0.0) > 0).astype(float)
    wav += 0.001 * np.random.default_rng(seed).standard_normal(n)
    for hz, radius in ((700.0, 0.97), (1800.0, 0.95)):
        a, b = 2 * radius * math.cos(2 * math.pi * hz / RATE), -(radius**2)
        out = np.zeros(n + 2)
        for t in range(n):
            out[t + 2] = wav[t] + a * out[t + 1] + b * out[t]
        wav = out[2:]
    wav *= np.sin(np.pi * np.arange(n) / n) ** 0.5
    return np.pad(0.5 * wav / np.abs(wav).max(), RATE // 10).astype(np.float32)


@pytest.fixture(scope="module")
def wav() -> np.ndarray:
    return voice(0.8)


def measured(folder: Path, wav: np.ndarray) -> Analysis:
    save_wav(folder / "a.wav", wav, RATE)
    return analyse(Clip(folder / "a.wav"), AUDIO, PitchConfig(), None)


def test_dtw_by_hand() -> None:
    #      1  2  3  3  4
    # 1    0  1  2  2  3
    # 3    2  1  0  0  1      2 costs 1 with 1 or with 3: from (3, 3) back, the diagonal wins
    # 4    3  2  1  1  0
    cost = distances(np.array([[1.0], [3.0], [4.0]]), np.array([[1.0], [2.0], [3.0], [3.0], [4.0]]))
    path = dtw(cost)
    assert path.tolist() == [[0, 0], [0, 1], [1, 2], [1, 3], [2, 4]]
    assert cost[path[:, 0], path[:, 1]].sum() == 1.0
    assert dtw(cost.T).tolist() == [[j, i] for i, j in path.tolist()]


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (13, 9)])
def test_dtw_finds_the_least_sum(shape: tuple[int, int]) -> None:
    cost = np.random.default_rng(1).random(shape)
    total = np.full((shape[0] + 1, shape[1] + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(shape[0]):
        for j in range(shape[1]):
            total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    path = dtw(cost)
    assert cost[path[:, 0], path[:, 1]].sum() == pytest.approx(total[-1, -1], rel=1e-12)
    steps = set(map(tuple, np.diff(path, axis=0).tolist()))
    assert steps <= {(1, 1), (1, 0), (0, 1)} and path[0].tolist() == [0, 0]


def test_warping_factors_are_those_of_pysptk() -> None:
    found = [warping_factor(rate) for rate in (8000, 16000, 22050, 24000, 44100, 48000)]
    assert found == [0.312, 0.41, 0.455, 0.466, 0.544, 0.554]


def test_warping_by_hand() -> None:
    # (w + a) / (1 + a w) = a + (1 - a^2) w - a (1 - a^2) w^2 + ...
    a = 0.4
    assert warping_matrix(2, a, 2)[:, 1] == pytest.approx([a, 1 - a * a, -a * (1 - a * a)])
    assert warping_matrix(5, 0.0, 4) == pytest.approx(np.eye(5))


def test_cepstra_are_those_of_pysptk() -> None:
    x = np.arange(513)
    log_power = (
        np.cos(x / 512 * np.pi) * 1.5 - 0.3 * np.cos(20 * x / 512 * np.pi) + 0.2 * np.sin(x / 60)
    )
    expected = [0.37686396629962493, 0.6318213601245111, -0.30221210687972955, 0.07638776994324946]
    expected += [-0.017818575321135146, -0.011553137320340945, -0.009308413377100908]
    found = warp_envelope(np.exp(log_power)[None], 0.455, 24)[0]  # pysptk 1.0.1, sp2mc
    assert found[:7] == pytest.approx(expected, rel=1e-6)
    assert found[20:] == pytest.approx(
        [-0.02036910481362646, -0.0058158584415371195, 0.022867161439785132, -0.017843784779601392]
        + [-0.002400940506631248],
        rel=1e-6,
    )


def test_mcd_by_hand() -> None:
    assert pytest.approx(6.141851463713754) == MCD_CONSTANT
    one, other = np.zeros((4, 25)), np.zeros((6, 25))
    other[:, 0] = 3.0  # the level does not count
    other[:, [2, 20]] = 0.3, 0.4
    assert mcd(one, other, 13) == pytest.approx(0.3 * MCD_CONSTANT)
    assert mcd(one, other, 24) == pytest.approx(0.5 * MCD_CONSTANT)
    ramp = np.outer(np.arange(5.0), np.ones(25))
    assert mcd(ramp, ramp.repeat(3, axis=0), 24) == 0.0
    with pytest.raises(ValueError, match="25 coefficients"):
        mcd(one, other, 25)


def test_a_louder_voice_differs_in_the_first_coefficient_alone(wav: np.ndarray) -> None:
    f0, centers = np.full(50, 120.0), 0.2 + np.arange(50) * 0.01
    soft, loud = (mel_cepstra(w, f0, centers, RATE) for w in (wav, 2 * wav))
    assert (loud - soft)[:, 0] == pytest.approx(math.log(2.0), abs=1e-4)
    assert (loud - soft)[:, 1:] == pytest.approx(0.0, abs=1e-4)


def test_pitch_by_hand() -> None:
    truth = np.array([0.0, 100.0, 110.0, 120.0, 130.0, 0.0])
    found = compare_pitch(truth, np.array([0.0, 200.0, 220.0, 240.0, 0.0, 90.0]))
    assert found["log_f0_rmse"] == pytest.approx(math.log(2.0))
    assert found["log_f0_correlation"] == pytest.approx(1.0)
    assert found["voicing_f1"] == pytest.approx(2 * 3 / (4 + 4))
    nothing = compare_pitch(truth, np.zeros(6))
    assert math.isnan(nothing["log_f0_rmse"]) and math.isnan(nothing["log_f0_correlation"])


def test_twice_as_loud_is_six_decibels(tmp_path: Path, wav: np.ndarray) -> None:
    one, other = measured(tmp_path, wav), measured(tmp_path, 0.5 * wav)
    found = compare_frames(one, other, diagonal(len(one.pitch), len(other.pitch)))
    assert found["energy_error"] == pytest.approx(20 * math.log10(2), abs=0.02)
    assert found["mcd_24"] < 0.15 and found["log_f0_rmse"] < 1e-3
    assert found["mel_l1"] == pytest.approx(math.log(2.0), abs=0.15)  # except for the floor
    assert one.speech_seconds == pytest.approx(other.speech_seconds, abs=0.011)


def test_deviation_of_mels_by_hand(tmp_path: Path, wav: np.ndarray) -> None:
    one = measured(tmp_path, wav)
    mean = one.mel.mean(axis=1, keepdims=True)
    smooth = replace(one, mel=mean + 0.8 * (one.mel - mean))
    found = compare_frames(one, smooth, diagonal(len(one.pitch), len(one.pitch)))
    assert found["mel_deviation"] == pytest.approx(0.8)


def test_dtw_forgives_another_tempo(tmp_path: Path) -> None:
    one, slower = measured(tmp_path, voice(0.6)), measured(tmp_path, voice(0.9))
    cut = diagonal(len(one.pitch), len(slower.pitch))
    warped = align(one, slower, in_step=False)
    assert warped[-1].tolist() == [len(one.pitch) - 1, len(slower.pitch) - 1]
    by_dtw = compare_frames(one, slower, warped)
    in_step = compare_frames(one, slower, cut)
    assert by_dtw["energy_error"] < 0.5 * in_step["energy_error"]
    assert by_dtw["mcd_24"] == in_step["mcd_24"] < 1.0
    assert slower.speech_seconds / one.speech_seconds == pytest.approx(1.5, abs=0.05)


def test_stoi_is_the_librarys(tmp_path: Path, wav: np.ndarray) -> None:
    pystoi = pytest.importorskip("pystoi")
    noisy = wav + 0.02 * np.random.default_rng(3).standard_normal(len(wav)).astype(np.float32)
    one, other = measured(tmp_path, wav), measured(tmp_path, noisy)
    found = compare_waves(one, other)
    assert found["stoi"] == pystoi.stoi(one.wav, other.wav, RATE)
    assert 0.1 < found["stoi"] < 1.0 and found["stft_distance"] > 0.1


def test_planted_clicks_are_found(wav: np.ndarray) -> None:
    assert clicks(wav, RATE) == []
    planted = wav.copy()
    planted[[500, RATE // 2 + 40]] += 0.3  # in silence, and between two pulses
    assert clicks(planted, RATE) == pytest.approx([500 / RATE, 0.5 + 40 / RATE], abs=2e-3)
    assert clicks(planted[::-1].copy(), RATE) != []


def test_clipping_is_found(wav: np.ndarray) -> None:
    assert clipped_samples(wav) == 0
    tone = np.sin(np.arange(800) * 2 * np.pi / 100).astype(np.float32)
    lone = 0.5 * tone
    lone[50] = 1.0  # a lone peak at full scale is no clipping
    assert clipped_samples(lone) == 0
    assert clipped_samples(np.clip(2 * tone, -1, 1)) == int((np.abs(2 * tone) >= 0.999).sum())


def test_sound_at_the_end_is_found(wav: np.ndarray) -> None:
    assert trailing_noise(wav, RATE) == 0.0
    noise = 0.05 * np.random.default_rng(0).standard_normal(RATE // 2).astype(np.float32)
    assert trailing_noise(np.concatenate([wav, noise]), RATE) == pytest.approx(0.5, abs=0.02)
    blip = np.concatenate([wav, np.zeros(RATE // 2), noise[:800], np.zeros(RATE // 10)])
    assert trailing_noise(blip, RATE) == pytest.approx(0.05, abs=0.011)
    assert trailing_noise(wav[: len(wav) // 2], RATE) > 0.0  # cut off


def test_words_by_hand() -> None:
    pytest.importorskip("jiwer")
    heard = compare("The cat sat on Tom\u2019s mat.", "the cat cat sat on mad")
    assert heard.said == "the cat sat on tom's mat"
    assert (heard.words, heard.word_errors) == (6, 3)  # + cat, - tom's, mat -> mad
    assert spoken_words("In 1984, twenty-one cats!") == "in nineteen eighty four twenty one cats"
    near = compare("the cat", "the cart sat")  # r and " sat" are inserted
    assert (near.characters, near.character_errors) == (7, 1 + 4)
    assert heard.repeated == ("cat",) and len(heard.deleted) == 1
    assert compare("...", "yes").words == 0


def test_words_are_skipped_where_the_recording_has_them() -> None:
    pytest.importorskip("jiwer")
    text = "one two three four"
    synthesis = compare(text, "one four")
    assert skipped_words(synthesis, compare(text, text)) == ["two", "three"]
    assert skipped_words(synthesis, compare(text, "one three four")) == ["three"]
    assert skipped_words(synthesis, None) == []


def test_the_recognizer_forgets_what_it_heard(recordings: Path) -> None:
    pytest.importorskip("pocketsphinx")
    from recital.processors.audio_files import load_wav

    files = sorted((recordings / "kathleen/wavs").glob("*a0157*")) or sorted(
        (recordings / "kathleen/wavs").iterdir()
    )
    wavs = [load_wav(path, 16000)[:24000] for path in files[:2]]
    recognizer = PocketSphinx()
    first = [recognizer.transcribe(w) for w in wavs]
    assert [recognizer.transcribe(w) for w in wavs[::-1]][::-1] == first
    assert any(first) and recognizer.transcribe(np.zeros(16000)) == ""


def test_sums_and_means_by_hand() -> None:
    rows = [
        {"mcd_24": 5.0, "word_errors": 1.0, "words": 10.0, "reference_word_errors": 0.0},
        {"mcd_24": 7.0, "word_errors": 5.0, "words": 5.0, "reference_word_errors": 2.0},
        {"mcd_24": math.nan},
    ]
    figures = summarize(rows, seed=0)
    assert figures["mcd_24"].value == 6.0 and figures["mcd_24"].n == 2
    assert figures["wer"].value == pytest.approx(6 / 15)  # not the mean of 0.1 and 1
    assert figures["wer_ratio"].value == 3.0
    assert "pesq" not in figures
    low, high = figures["mcd_24"].low, figures["mcd_24"].high
    assert low is not None and high is not None and 5.0 <= low <= 6.0 <= high <= 7.0


def test_rates_and_mean_f0_by_hand() -> None:
    row = {"letters": 30.0, "speech_seconds": 2.0, "reference_speech_seconds": 2.5}
    row |= {"f0_sum": 2200.0, "voiced_frames": 20.0}
    row |= {"reference_f0_sum": 3000.0, "reference_voiced_frames": 30.0}
    found = of_one(row)
    assert found["speaking_rate"] == 15.0
    assert found["speaking_rate_difference"] == pytest.approx(25.0)
    assert found["mean_f0"] == 110.0 and found["mean_f0_difference"] == pytest.approx(10.0)


def test_intervals_are_those_of_theory_and_of_the_seed() -> None:
    values = np.random.default_rng(5).normal(6.0, 1.5, 300)
    rows = [{"mcd_13": float(v)} for v in values]
    figure = summarize(rows, seed=1)["mcd_13"]
    assert figure.low is not None and figure.high is not None
    half = 1.96 * values.std(ddof=1) / math.sqrt(len(values))
    assert figure.low == pytest.approx(values.mean() - half, abs=0.15 * half)
    assert figure.high == pytest.approx(values.mean() + half, abs=0.15 * half)
    assert summarize(rows, seed=1)["mcd_13"] == figure != summarize(rows, seed=2)["mcd_13"]
    assert summarize(rows[:1], seed=1)["mcd_13"].low is None


def test_every_metric_has_a_name_of_its_own() -> None:
    assert len({m.name for m in METRICS}) == len({m.label for m in METRICS}) == len(METRICS)
