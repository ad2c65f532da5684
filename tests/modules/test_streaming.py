"""Pieces of a mel give pieces of its wave, whatever their sizes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.denoiser import Denoised
from recital.modules.signal.streaming import FADE_FRAMES, FIRST_FRAMES, stream, stream_mel
from tests.streaming_helpers import AUDIO, NoisyToy, ToyVocoder, random_mel


@pytest.fixture(params=["plain", "noisy", "denoised"])
def vocoder(request: pytest.FixtureRequest) -> nn.Module:
    toys = {"plain": ToyVocoder, "noisy": NoisyToy, "denoised": lambda: Denoised(NoisyToy(), 0.3)}
    return toys[request.param]()


def cut(mel: Tensor, sizes: list[int]) -> list[Tensor]:
    return list(mel.split([*sizes, mel.shape[-1] - sum(sizes)], dim=-1))


@pytest.mark.parametrize("sizes", [[], [1] * 40, [7, 30, 1, 0, 16], [60], [1, 2, 61]])
@pytest.mark.parametrize("chunk_frames", [1, 5, 512])
def test_pieces_equal_the_whole(vocoder: nn.Module, sizes: list[int], chunk_frames: int) -> None:
    mel = random_mel(64)
    whole = vocoder.infer(mel[None])[0]  # type: ignore[operator]
    pieces = list(stream(vocoder, cut(mel, sizes), chunk_frames))
    assert max(len(p) for p in pieces) <= chunk_frames * AUDIO.hop_length
    torch.testing.assert_close(torch.cat(pieces), whole, rtol=0, atol=1e-5)


def test_without_the_context_they_would_not(vocoder: nn.Module) -> None:
    mel = random_mel(64)
    whole = vocoder.infer(mel[None])[0]  # type: ignore[operator]
    parts = [vocoder.infer_windows(part[None], [0])[0] for part in cut(mel, [32])]
    assert (torch.cat(parts) - whole).abs().max() > 1e-3


def test_audio_comes_as_soon_as_it_can_be_known() -> None:
    vocoder = ToyVocoder()
    asked: list[int] = []

    def chunks():
        for i, chunk in enumerate(random_mel(50).split(5, dim=-1)):
            asked.append(i)
            yield chunk

    pieces = stream(vocoder, chunks())
    first = next(pieces)
    heard = (len(asked) * 5 - vocoder.context_frames) * AUDIO.hop_length
    assert 0 < len(first) == heard <= 5 * AUDIO.hop_length
    assert sum(map(len, pieces)) + len(first) == 50 * AUDIO.hop_length


def test_batches_and_empty_streams() -> None:
    vocoder = ToyVocoder()
    mels = torch.stack([random_mel(30, seed) for seed in range(3)])
    pieces = list(stream(vocoder, mels.split(8, dim=-1)))
    torch.testing.assert_close(torch.cat(pieces, dim=1), vocoder.infer(mels), rtol=0, atol=1e-5)
    assert list(stream(vocoder, [])) == []
    assert list(stream(vocoder, [mels[0][:, :0]])) == []
    arrays = [chunk.numpy() for chunk in mels[0].split(8, dim=-1)]
    torch.testing.assert_close(torch.cat(list(vocoder.stream(arrays))), vocoder.infer(mels[:1])[0])


def test_a_vocoder_that_needs_the_whole_is_faded() -> None:
    """Griffin-Lim: equal where pieces do not overlap; same length and level throughout."""
    audio = AudioConfig(16000, 256, 256, 64, 20, 0.0, None)
    vocoder = GriffinLim(audio, n_iterations=10)
    times = torch.arange(120 * 64) / 16000
    tone = sum(0.2 * torch.sin(2 * torch.pi * f * times) for f in (300, 900, 2100))
    mel = vocoder.mel(tone[None])[0, :, :120]  # type: ignore[union-attr]
    whole = vocoder.infer(mel[None])[0]
    pieces = list(stream(vocoder, mel.split(11, dim=-1), chunk_frames=50))
    assert [len(p) for p in pieces] == [50 * 64, 50 * 64, 20 * 64]
    wav = torch.cat(pieces)
    torch.testing.assert_close(
        wav[: 50 * 64], vocoder.infer(mel[None, :, : 50 + FADE_FRAMES])[0, : 50 * 64]
    )
    levels = [w.unfold(0, 512, 256).square().mean(1).sqrt() for w in (wav, whole)]
    assert (levels[0] / levels[1] - 1).abs().max() < 0.35
    short = list(stream(vocoder, mel.split(7, dim=-1), chunk_frames=512))
    torch.testing.assert_close(torch.cat(short), whole)


@pytest.mark.parametrize("n_frames", [1, 23, 24, 28, 29, 100, 700, 2000])
def test_a_whole_mel_begins_early_and_costs_little_more_than_at_once(
    vocoder: nn.Module, n_frames: int
) -> None:
    mel = random_mel(n_frames)
    whole, worked = vocoder.infer(mel[None])[0], []
    infer = vocoder.infer_windows

    def counted(mel: Tensor, *options: object) -> Tensor:
        worked.append(mel.shape[2])
        return infer(mel, *options)

    vocoder.infer_windows = counted
    pieces = list(stream_mel(vocoder, mel))
    torch.testing.assert_close(torch.cat(pieces), whole, rtol=0, atol=1e-5)
    assert worked[0] <= FIRST_FRAMES + 2 * vocoder.context_frames
    assert sum(worked) <= n_frames + 2 * vocoder.context_frames * len(pieces)
    assert len(pieces) <= 6 + n_frames // 512
    for start in {0, n_frames // 3, n_frames - 1, n_frames}:
        rest = torch.cat([whole[:0], *stream_mel(vocoder, mel, start)])
        torch.testing.assert_close(rest, whole[start * AUDIO.hop_length :], rtol=0, atol=1e-5)
