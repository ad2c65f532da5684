"""A vocoder's mel and wave: cut together, a function of (seed, epoch, id), never a crash."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.processors.dataset import SpeechDataset
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.segments import crop, random_start
from recital.processors.store import FeatureStore, Utterance, shard_file, to_json, write_shard
from recital.utils.errors import ConfigError

SAME = AudioConfig(16000, 256, 256, 64, 12, 0.0, None, "same", 1e-9)
CENTER = AudioConfig(16000, 256, 256, 64, 12, 0.0, None, "center")
SECONDS = {"long": 0.61, "middle": 0.2, "short": 0.02}


def made_store(folder: Path, audio: AudioConfig) -> FeatureStore:
    """The output of stage 1 for three waves of noise."""
    waves, mels = {}, {}
    for i, (id, seconds) in enumerate(SECONDS.items()):
        noise = np.random.default_rng(i).normal(0, 0.1, int(seconds * 16000))
        waves[id] = (noise * 32768).astype(np.int16)
        wav = torch.from_numpy(waves[id].astype(np.float32) / 32768.0)[None]
        mels[id] = MelSpectrogram(audio)(wav)[0].numpy()
    for feature, arrays in (("wav", waves), ("mel", mels)):
        name = f"{feature}-{fingerprint(feature, audio, PreprocessConfig())}"
        write_shard(folder / name / shard_file("a"), arrays, {"seconds": {}})
    lines = [to_json(Utterance(id, f"{id}.wav", id, "", s, "a")) for id, s in SECONDS.items()]
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "train.txt").write_text("".join(f"{id}\n" for id in SECONDS))
    return FeatureStore(folder)


def dataset(
    folder: Path,
    audio: AudioConfig,
    segment_frames: int | None,
    seed: int = 1,
    round_lengths: bool = False,
) -> SpeechDataset:
    return SpeechDataset(
        {"set": made_store(folder, audio)},
        "train",
        needs=frozenset({"mel", "wav"}),
        audio=audio,
        preprocess=PreprocessConfig(),
        segment_frames=segment_frames,
        seed=seed,
        round_lengths=round_lengths,
    )


@pytest.mark.parametrize("audio", [SAME, CENTER], ids=["same", "center"])
@pytest.mark.parametrize("segment_frames", [16, 33])
def test_cuts_are_of_one_place(tmp_path: Path, audio: AudioConfig, segment_frames: int) -> None:
    """The mel of the cropped wave is the cropped mel, except for frames at the edges that see
    beyond.
    """
    data = dataset(tmp_path, audio, segment_frames)
    assert data.lengths.tolist() == [segment_frames] * 3
    edge = audio.n_fft // audio.hop_length
    for epoch in range(4):
        batch = data.collate([data[epoch, 0], data[epoch, 1]])
        assert batch.mel is not None and batch.wav is not None and batch.mel_lengths is not None
        assert batch.mel.shape == (2, 12, segment_frames)
        assert batch.wav.shape == (2, segment_frames * 64)
        assert batch.mel_lengths.tolist() == [segment_frames] * 2
        again = MelSpectrogram(audio)(batch.wav)[..., :segment_frames]
        inner = slice(edge, segment_frames - edge)
        torch.testing.assert_close(again[..., inner], batch.mel[..., inner], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("audio", [SAME, CENTER], ids=["same", "center"])
def test_short_clips_end_in_silence(tmp_path: Path, audio: AudioConfig) -> None:
    data = dataset(tmp_path, audio, 16)
    item = data[0, 2]  # 320 samples: 5 frames, 6 with "center"
    samples, frames = 320, audio.n_frames(320)
    assert frames == (6 if audio is CENTER else 5)
    assert item["wav"].shape == (1024,) and item["mel"].shape == (12, 16)
    assert item["wav"][:samples].abs().max() > 0.05 and not item["wav"][samples:].any()
    assert torch.all(item["mel"][:, frames:] == torch.tensor(math.log(1e-5)))
    assert torch.all(item["mel"][:, :frames] > math.log(1e-5))


def test_lengths_are_rounded_up_for_a_gpu(tmp_path: Path) -> None:
    """With silence; of segments they are not."""
    data = dataset(tmp_path, SAME, None, round_lengths=True)
    plain = dataset(tmp_path / "plain", SAME, None)
    items = [data[0, 0], data[0, 1]]
    batch, exact = data.collate(items), plain.collate(items)
    assert batch.mel is not None and exact.mel is not None and batch.wav is not None
    n = exact.mel.shape[2]
    assert n % 16 and batch.mel.shape[2] == n // 16 * 16 + 16
    assert batch.wav.shape[1] == batch.mel.shape[2] * 64
    assert torch.equal(batch.mel[..., :n], exact.mel) and not batch.wav[:, n * 64 :].any()
    assert torch.all(batch.mel[..., n:] == torch.tensor(math.log(1e-5)))
    assert torch.equal(batch.mel_lengths, exact.mel_lengths)
    segments = dataset(tmp_path / "segments", SAME, 16, round_lengths=True)
    assert segments.collate([segments[0, 0]]).mel.shape[2] == 16


def test_a_cut_is_a_function_of_seed_epoch_and_id(tmp_path: Path) -> None:
    data = dataset(tmp_path, SAME, 16)
    first = data[3, 0]["wav"]
    assert torch.equal(first, dataset(tmp_path / "again", SAME, 16)[3, 0]["wav"])
    assert not torch.equal(first, data[4, 0]["wav"])
    assert not torch.equal(first, dataset(tmp_path / "other", SAME, 16, seed=2)[3, 0]["wav"])
    starts = {random_start(20, 16, 0, epoch, "a") for epoch in range(100)}
    assert starts == {0, 1, 2, 3, 4}
    assert random_start(16, 16, 0, 0, "a") == random_start(3, 16, 0, 0, "a") == 0


@pytest.mark.parametrize("audio", [SAME, CENTER], ids=["same", "center"])
def test_whole_utterances(tmp_path: Path, audio: AudioConfig) -> None:
    """Wave and mel have the same length, and padding is silence in both."""
    data = dataset(tmp_path, audio, None)
    batch = data.collate([data[0, 0], data[0, 1]])
    assert batch.mel is not None and batch.wav is not None and batch.mel_lengths is not None
    assert batch.wav.shape[1] == 64 * batch.mel.shape[2]
    assert batch.mel_lengths.tolist() == [audio.n_frames(9760), audio.n_frames(3200)]
    short = int(batch.mel_lengths[1])
    assert torch.all(batch.mel[1, :, short:] == torch.tensor(math.log(1e-5)))
    assert not batch.wav[1, 64 * short :].any()


def test_beyond_the_end_there_is_silence() -> None:
    audio = AudioConfig(16000, 256, 256, 64, 2, 0.0, None, log_base="10", log_floor=1e-2)
    recorded = np.zeros((2, 3), np.float32), np.full(150, 16384, np.int16)
    f0 = np.array([90.0, 100.0, 110.0], np.float32)
    cut = crop(*recorded, f0, audio, 1, 4)
    assert cut["mel"].tolist() == [[0.0, 0.0, -2.0, -2.0]] * 2
    assert cut["wav"].tolist() == [0.5] * (150 - 64) + [0.0] * (256 - 86)
    assert cut["pitch"].tolist() == [100.0, 110.0, 0.0, 0.0]
    assert crop(*recorded, None, audio, 1, 4).keys() == {"mel", "wav"}


def test_tokens_need_a_text_section(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="text: is missing"):
        SpeechDataset(
            {"set": made_store(tmp_path, SAME)},
            "train",
            needs=frozenset({"tokens", "mel"}),
            audio=SAME,
            preprocess=PreprocessConfig(),
        )
