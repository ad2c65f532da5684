"""Batches, chunks and streams give what the whole mel gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from vocoder_helpers import AUDIO, tiny_vocoder

from recital.models import build
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.audio import AudioConfig
from recital.modules.denoiser import Denoiser
from recital.processors import vocoding
from recital.processors.vocoding import StreamingVocoder, batch_by_length
from recital.utils.errors import DataError

HOP = int(AUDIO["hop_length"])
KINDS = ("HiFiGAN", "Vocos", "Vocos, center", "WaveGlow")


def make(kind: str) -> Any:
    """A tiny vocoder whose samples are loud enough to tell windows apart."""
    torch.manual_seed(0)
    if kind == "HiFiGAN":
        vocoder = tiny_vocoder()
    elif kind == "WaveGlow":
        flow = {"n_flows": 3, "n_early_every": 2, "n_layers": 2, "channels": 8}
        vocoder = build({"model_type": "WaveGlow", "audio": AUDIO, "model": flow})
        for coupling in vocoder.network.couplings:  # type: ignore[union-attr]
            torch.nn.init.normal_(coupling.last.weight, std=0.05)
    else:
        audio = AUDIO | ({"padding": "center"} if "center" in kind else {})
        generator = {"d_model": 12, "n_layers": 2, "d_inner": 24}
        vocoder = build({"model_type": "Vocos", "audio": audio, "model": {"generator": generator}})
        for p in vocoder.parameters():
            torch.nn.init.normal_(p, std=0.3)
    return vocoder.eval()


def mel_of(n_frames: int, n: int = 1, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, int(AUDIO["n_mels"]), n_frames, generator=generator) - 3.0


def same(made: Tensor, whole: Tensor) -> None:
    assert whole.abs().max() > 1e-2
    torch.testing.assert_close(made, whole, rtol=0.0, atol=1e-5)


@pytest.fixture(params=KINDS)
def vocoder(request: pytest.FixtureRequest) -> Any:
    return make(request.param)


@pytest.mark.parametrize("strength", [0.0, 0.3])
def test_chunks_are_the_whole(
    vocoder: Any, strength: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocoding, "CHUNK_FRAMES", 40)
    mel = mel_of(150, 2)
    whole = vocoder.infer(mel)
    if strength:
        whole = Denoiser(vocoder)(whole, strength)[:, 0]
    streaming = StreamingVocoder(vocoder, strength)
    pieces = list(streaming.pieces(mel, first=5))
    assert [p.shape[1] // HOP for p in pieces] == [5, 10, 20, 40, 40, 35]
    same(torch.cat(pieces, 1), whole)
    same(streaming.infer(mel), whole)
    assert whole.shape == (2, 150 * HOP)


@pytest.mark.parametrize("sizes", [[150], [1] * 150, [40, 1, 0, 60, 49], [149, 1]])
def test_a_stream_is_the_whole(
    vocoder: Any, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocoding, "CHUNK_FRAMES", 32)
    mel = mel_of(150)
    made = list(StreamingVocoder(vocoder, 0.2).stream(mel.split(sizes, dim=2)))
    same(torch.cat(made, 1), Denoiser(vocoder)(vocoder.infer(mel), 0.2)[:, 0])


def test_a_stream_speaks_as_soon_as_it_can() -> None:
    vocoder = make("HiFiGAN")
    context, taken = vocoder.context_frames, 0

    def chunks() -> Iterator[Tensor]:
        nonlocal taken
        for chunk in mel_of(90).split(10, dim=2):
            taken += chunk.shape[2]
            yield chunk

    spoken = 0
    for wav in StreamingVocoder(vocoder).stream(chunks()):
        spoken += wav.shape[1] // HOP
        assert spoken == (taken - context if taken < 90 else spoken)
    assert spoken == 90


def test_items_of_a_batch_are_as_they_are_alone(vocoder: Any) -> None:
    lengths = [70, 1, 33, 70, 150, 149, 64, 2 * vocoder.context_frames + 1]
    mels = [mel_of(n, seed=n)[0] for n in lengths]
    for mel, wav in zip(mels, StreamingVocoder(vocoder).infer_batch(mels), strict=True):
        same(wav, vocoder.infer(mel[None])[0])


def test_any_number_of_mels(vocoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocoding, "BATCH_FRAMES", 100)
    monkeypatch.setattr(vocoding, "LONG_FRAMES", 80)
    mels = [mel_of(n, seed=n)[0] for n in (40, 90, 12, 41, 13, 100)]
    for mel, wav in zip(mels, StreamingVocoder(vocoder).infer_many(mels), strict=True):
        same(wav, vocoder.infer(mel[None])[0])


def test_griffin_lim_takes_the_whole() -> None:
    vocoder = GriffinLim(AudioConfig(**AUDIO), n_iterations=3)  # type: ignore[arg-type]
    streaming, mel = StreamingVocoder(vocoder), mel_of(60)
    (made,) = streaming.stream(mel.split(7, dim=2))
    assert torch.equal(made, vocoder.infer(mel)) and torch.equal(streaming.infer(mel), made)
    waves = streaming.infer_batch([mel[0], mel[0, :, :9]])
    assert torch.equal(waves[1], vocoder.infer(mel[..., :9])[0])


def test_batches_hold_like_lengths() -> None:
    assert batch_by_length([50, 10, 300, 11, 49], 100) == [[1, 3], [4, 0], [2]]
    assert batch_by_length([], 100) == []


@pytest.mark.parametrize("shape", [(10, 20), (1, 20, 10), (1, 9, 20)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    streaming = StreamingVocoder(make("HiFiGAN"))
    with pytest.raises(DataError, match=r"expected the shape \[B, 10, T\]"):
        streaming.infer(torch.zeros(shape))
    with pytest.raises(DataError, match=r"expected the shape \[B, 10, T\]"):
        list(streaming.stream([torch.zeros(shape)]))
    with pytest.raises(DataError, match="expected 1 items as before, found 2"):
        list(streaming.stream([mel_of(3), mel_of(3, 2)]))


@pytest.mark.parametrize("strength", [-0.1, float("nan"), float("inf")])
def test_no_strength_of_denoising_below_0(strength: float) -> None:
    with pytest.raises(DataError, match="denoising_strength: expected 0 or more"):
        StreamingVocoder(make("HiFiGAN"), strength)
