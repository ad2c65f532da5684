"""Speakers as vectors of an encoder: learned from a corpus, and strangers approached."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import recital
from recital.bins import inference, preprocess, train
from recital.models import build, load_acoustic, stage_1_features
from recital.modules.acoustic.statistics import SpeakerStatistics
from recital.processors import speaker_encoder
from recital.processors.audio_files import save_wav
from recital.processors.speaker_encoder import embed_voice
from recital.utils.errors import CheckpointError, DataError, RecitalError, UsageError
from tests import fastspeech2_helpers, tacotron2_helpers, tts_helpers
from tests.conftest import ROOT
from tests.tts_helpers import random_batch

RATE = 22050
HELPERS = {
    "FastPitch": tts_helpers,
    "FastSpeech2": fastspeech2_helpers,
    "Tacotron2": tacotron2_helpers,
}
STACK = "{n_layers: 1, n_heads: 1, d_head: 8, d_inner: 16}"
SMALL = [
    "text={cleaners: 'basic_cleaners', symbol_set: 'english_basic'}",
    "model.d_model=16",
    f"model.encoder={STACK}",
    f"model.decoder={STACK}",
    "model.speaker_conditioning=embedding",
]


def fake_encoder(wav: Tensor) -> Tensor:
    """The spectrum of a wave at 16 kHz as a vector of length 1."""
    return torch.nn.functional.normalize(torch.fft.rfft(wav[:4096], 510).abs(), dim=0)


@pytest.fixture(autouse=True)
def encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker_encoder, "speaker_encoder", lambda: fake_encoder)


def voice(f0: float, seconds: float = 0.7) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    wobble = f0 * (t + 0.004 * np.sin(2 * np.pi * 3 * t))
    tone = sum(np.sin(2 * np.pi * k * wobble) / k for k in range(1, 8))
    return (0.1 * tone).astype(np.float32)


def of_speakers(n: int, seed: int = 0) -> dict[int, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {i: rng.random(256).astype(np.float32) for i in range(n)}


def arrays_of(vectors: dict[int, np.ndarray]) -> Any:
    """Two recordings of each speaker, with values around theirs."""

    def arrays(feature: str) -> Iterator[tuple[int, np.ndarray]]:
        for speaker, vector in vectors.items():
            for sign in (1, -1):
                if feature == "speaker_embedding":
                    yield speaker, vector + sign * 0.1 * np.roll(vector, 1)
                else:
                    shape = (20, 50) if feature == "mel" else (50,)
                    wave = np.sin(np.arange(np.prod(shape))).reshape(shape).astype(np.float32)
                    yield speaker, wave - 5 if feature == "mel" else 150 + 20 * speaker + 9 * wave

    return arrays


@pytest.mark.parametrize("name", HELPERS)
def test_a_stranger_with_the_vector_of_a_speaker_sounds_like_it(name: str) -> None:
    torch.manual_seed(0)
    config = HELPERS[name].tiny_config(n_speakers=3, speaker_conditioning="embedding")
    model: Any = build(config).eval()
    if name != "Tacotron2":
        # some frames for each token
        torch.nn.init.constant_(model.network.duration_predictor.out.bias, 1.4)
    assert model.learns == {"speaker_embedding"} and "speaker" in model.needs
    assert stage_1_features(config)[-1] == "speaker_embedding"
    vectors = of_speakers(3)
    model.learn_statistics(arrays_of(vectors))
    learned = model.network.speaker_embedding.vectors
    for i, vector in vectors.items():
        np.testing.assert_allclose(learned[i], vector / np.linalg.norm(vector), rtol=1e-5)
    row: SpeakerStatistics | None = getattr(model, "pitch_statistics", None)
    known = None if row is None else (float(row.mean[1]), float(row.std[1]))
    model.add_speaker(5 * vectors[1], known)  # its length means nothing
    model.add_speaker(of_speakers(1, seed=9)[0], None)
    batch = random_batch([7], n_speakers=3)
    said = [
        model.infer(batch.tokens, batch.token_lengths, speaker=torch.tensor([i])).mel
        for i in (1, 2, 3, 4)
    ]
    torch.testing.assert_close(said[0], said[2], rtol=1e-5, atol=1e-5)
    others = [mel[..., : said[0].shape[2]] for mel in (said[1], said[3])]
    assert all(m.shape != said[0].shape or (m - said[0]).abs().max() > 1e-3 for m in others)
    if row is not None:
        found = model.pitch_statistics
        assert found.mean[3] == found.mean[1] and found.std[3] == found.std[1]
        assert found.mean[4] == pytest.approx(float(found.mean[:4].mean()))


@pytest.mark.parametrize("name", HELPERS)
def test_training_reaches_the_projection(name: str) -> None:
    config = HELPERS[name].tiny_config(n_speakers=2, speaker_conditioning="embedding")
    model: Any = build(config)
    model.learn_statistics(arrays_of(of_speakers(2)))
    batch = random_batch([7, 9], n_speakers=2)
    for _, losses in model.step(batch):
        sum(v for k, v in losses.items() if v.requires_grad).backward()  # type: ignore[union-attr]
    projection = model.network.speaker_embedding.projection
    assert projection.weight.grad.abs().sum() > 0
    assert not model.network.speaker_embedding.vectors.requires_grad


def test_a_table_is_what_it_was_and_refuses_strangers() -> None:
    model = tts_helpers.tiny_model(n_speakers=2)
    assert model.learns == frozenset()
    assert isinstance(model.network.speaker_embedding, torch.nn.Embedding)
    with pytest.raises(CheckpointError, match='model.speaker_conditioning: "embedding"'):
        model.add_speaker(np.ones(256), None)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two speakers, six recordings each, and recordings of a third."""
    folder = tmp_path_factory.mktemp("several")
    for s, f0 in (("p1", 110.0), ("p2", 220.0)):
        for i in range(6):
            save_wav(folder / f"corpus/wavs/{s}_{i}.wav", voice(f0 + 3 * i), RATE)
    lines = [f"{s}_{i}.wav|tone number {'abcdef'[i]}|{s}" for i in range(6) for s in ("p1", "p2")]
    (folder / "corpus/filelist.txt").write_text("\n".join(f"wavs/{line}" for line in lines))
    for i in range(2):
        save_wav(folder / f"stranger{i}.wav", voice(300.0 + i, 1.2), RATE)
    save_wav(folder / "short.wav", voice(300.0, 0.2), RATE)
    return folder


def words(folder: Path) -> list[str]:
    places = {
        "dataset_path": {"toy": str(folder / "corpus")},
        "dataset_layout": {"toy": "filelist"},
        "log_dir": str(folder / "ckpts"),
        "dataset": ["toy"],
    }
    settings = [f"{key}={json.dumps(value)}" for key, value in places.items()]
    settings += [f"preprocess.{name}=1" for name in ("valid", "test", "golden_test")]
    settings += [f"preprocess.processed_dir={folder / 'data'}", "train.max_steps=2"]
    settings += ["train.batch_size=4", "train.n_workers=0", *SMALL]
    config = f"{ROOT}/egs/tts/FastPitch/exp_config.json"
    return ["--config", config, *(f"--set={s}" for s in settings)]


def test_from_a_corpus_to_a_stranger(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preprocess.main([*words(corpus), "--jobs=1"])
    store = corpus / "data/toy"
    stats = json.loads((store / "stats.json").read_text())
    assert stats["utterances"] == 12 and list(stats["speakers"]) == ["toy_p1", "toy_p2"]
    assert stats["speakers"]["toy_p1"]["pitch_mean"] == pytest.approx(117, abs=8)
    assert stats["speakers"]["toy_p2"]["pitch_mean"] == pytest.approx(227, abs=8)
    before = (store / "stats.json").stat().st_mtime_ns
    train.main([*words(corpus), "--name=several"])
    out = capsys.readouterr().out
    assert "utterances of 0.00 h" in out
    preprocess.main([*words(corpus), "--jobs=1"])
    assert (store / "stats.json").stat().st_mtime_ns == before
    voice_dir = corpus / "ckpts/several"
    model, config = load_acoustic(voice_dir)
    tokens = (store / "tokens.txt").read_text().split("\n")[:-1]
    assert tokens == ["<space>" if s == " " else s for s in config["symbols"]]
    statistics: Any = model.pitch_statistics  # type: ignore[attr-defined]
    for i, name in enumerate(config["speakers"]):
        assert stats["speakers"][name]["pitch_mean"] == pytest.approx(
            float(statistics.mean[i]), abs=0.01
        )
    wavs = [str(corpus / f"stranger{i}.wav") for i in range(2)]
    flags = ["--infer_expt_dir", str(voice_dir), "--infer_output_dir", str(tmp_path)]
    flags += ["--infer_text", "tone", "--plots", "none", "--speaker_wav", wavs[0]]
    assert inference.main([*flags, "--speaker_wav", wavs[1]]) == 0
    note = json.loads((tmp_path / "single/tone.json").read_text())
    assert note["speaker"] == "stranger0.wav"
    voice = recital.load_voice(voice_dir)
    voice.add_speaker("me", wavs)
    assert voice.speaker_id("me") == 2
    assert float(voice.acoustic.model.pitch_statistics.mean[2]) == pytest.approx(300, abs=8)  # type: ignore[attr-defined]
    with pytest.raises(DataError, match="the voice has a 'me' already"):
        voice.add_speaker("me", wavs)
    with pytest.raises(DataError, match=r"short.wav: expected a second of speech"):
        voice.add_speaker("other", [corpus / "short.wav"])
    with pytest.raises(UsageError, match="each says who speaks"):
        inference.main([*flags, "--speaker", "0"])


def test_without_the_weights_stage_1_stops_before_it_begins(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise RecitalError("the speaker encoder's weights are not installed: pip install")

    monkeypatch.setattr(speaker_encoder, "speaker_encoder", missing)
    with pytest.raises(RecitalError, match="weights are not installed: pip install"):
        preprocess.main([*words(corpus), "--set=preprocess.trim={}", "--jobs=1"])


def test_the_real_encoder_tells_speakers_apart(
    monkeypatch: pytest.MonkeyPatch, recordings: Path
) -> None:
    monkeypatch.undo()
    try:
        speaker_encoder.speaker_encoder()
    except RecitalError:
        pytest.skip("no weights of Resemblyzer here")
    from recital.processors.audio_files import load_wav

    folders = ("kathleen", "ljspeech_385", "kerstin_de")
    vectors = []
    for folder in folders:
        paths = sorted((recordings / folder / "wavs").iterdir())
        few = paths[:: len(paths) // 3][:3]
        vectors.append([embed_voice(load_wav(path, RATE), RATE) for path in few])
    stacked = np.array(vectors)  # [speakers, recordings, 256]
    np.testing.assert_allclose(np.linalg.norm(stacked, axis=-1), 1.0, rtol=1e-4)
    for speaker in range(len(folders)):
        for i in range(3):
            means = stacked.mean(1)
            means[speaker] = np.delete(stacked[speaker], i, axis=0).mean(0)
            means /= np.linalg.norm(means, axis=1, keepdims=True)
            assert (means @ stacked[speaker, i]).argmax() == speaker
