"""Discriminators of mel spectrograms, for adversarial training of acoustic models.

`windows`, multi-window: a mel seen as pictures of 32, 64 and 128 frames, as in HiFiSinger (arXiv
2009.01776, section 3.2); with feature matching they sharpen a FastSpeech 2 (GANSpeech, arXiv
2106.15153) and do best against over-smoothing (arXiv 2202.13066). Deviations: all windows are cut
from one crop, so that each discriminator sees all of its frames; a score is given for each band of
eight mel bins, whose place is a second channel of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.losses.adversarial import Judgement
from recital.modules.losses.discriminators import Discriminators, judge
from recital.modules.losses.game import fooled_losses, judged_losses, means_of
from recital.utils.errors import ConfigError
from recital.utils.ranges import Range, Width
from recital.utils.training.trainable import bare

STRIDE = 8  # frames and bins for each place of the last features
Window = Annotated[int, Range(STRIDE, 4096)]  # frames


class MultiWindow(nn.Module):
    """`windows`: one sub-discriminator for each length of `frames`, which must divide the longest.

    `channels` is the width of the first layer; the others are twice as wide.
    """

    def __init__(
        self, audio: AudioConfig, frames: Sequence[Window] = (32, 64, 128), channels: Width = 32
    ) -> None:
        super().__init__()
        longest = max(frames, default=0)
        if not frames or any(n % STRIDE or longest % n for n in frames):
            raise ConfigError(
                f"model.discriminators.windows.frames: expected multiples of {STRIDE} that divide "
                f"the longest, such as [32, 64, 128]; found {list(frames)}"
            )
        self.frames = tuple(frames)
        # a quarter of the way from 1 down to the floor, so that speech lies between -2 and 2
        floor = math.log(audio.log_floor)
        self.unit = abs(floor if audio.log_base == "e" else floor / math.log(10)) / 4
        self.subs = nn.ModuleList(WindowDiscriminator(n, channels) for n in frames)

    def forward(self, mel: Tensor) -> list[Judgement]:
        """mel [B, n_mels, T], T the longest of `frames` -> a judgement for each length."""
        picture = mel / self.unit + 2
        height = torch.linspace(-1, 1, mel.shape[1], device=mel.device, dtype=mel.dtype)
        picture = torch.stack([picture, height[:, None].expand_as(picture)], dim=1)
        return [sub(picture) for sub in self.subs]


class WindowDiscriminator(nn.Module):
    """One window length."""

    def __init__(self, frames: int, channels: int) -> None:
        super().__init__()
        self.frames = frames
        widths = [2, channels, 2 * channels, 2 * channels]
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(narrow, wide, 3, 2, 1))
            for narrow, wide in zip(widths, widths[1:], strict=False)
        )
        # all frames of a window, three bands of bins
        self.out = weight_norm(nn.Conv2d(widths[-1], 1, (3, frames // STRIDE), 1, (1, 0)))

    def forward(self, picture: Tensor) -> Judgement:
        """picture [B, 2, n_mels, T] -> scores [B * T / frames, 1, n_mels / 8, 1]."""
        windows = picture.unfold(3, self.frames, self.frames)  # [B, 2, n_mels, T / frames, frames]
        windows = windows.transpose(1, 3).flatten(0, 1).transpose(1, 2)
        return judge(self.layers, self.out, windows)


PARTS: dict[str, Callable[..., nn.Module]] = {"windows": MultiWindow}


def mel_discriminators(
    parts: Mapping[str, Mapping[str, Any] | None] | None, audio: AudioConfig
) -> Discriminators | None:
    """The discriminators of a config's `model.discriminators`; None if it lists none."""
    listed = {name: part for name, part in (parts or {}).items() if part is not None}
    return Discriminators(listed, PARTS, audio=audio) if listed else None


def random_windows(
    discriminators: Discriminators, mel: Tensor, mel_hat: Tensor, lengths: Tensor
) -> tuple[Tensor, Tensor]:
    """The same random crop of true and predicted mels [B, n_mels, T] with `lengths` [B], as long as
    the longest window: two tensors [B, n_mels, window], 0 after the end of shorter mels.
    """
    parts = discriminators.parts.values()
    size = max(max(part.frames) for part in parts if isinstance(part, MultiWindow))
    starts = (torch.rand(len(mel), device=mel.device) * (lengths - size + 1).clamp(min=1)).long()
    places = starts[:, None] + torch.arange(size, device=mel.device)  # [B, window]
    real = (places < lengths[:, None])[:, None]
    places = places.clamp(max=mel.shape[2] - 1)[:, None].expand(-1, mel.shape[1], -1)
    return mel.gather(2, places) * real, mel_hat.gather(2, places) * real


def adversarial_turns(
    discriminator: nn.Module,
    adversarial: str,
    means: dict[str, Tensor],
    mel_hat: Tensor,
    batch: Batch,
) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """The turns of a model's `step`: its `discriminator`'s, then its `network`'s, whose other
    losses are `means`, on its predicted mel [B, n_mels, T].
    """
    assert batch.mel is not None and batch.mel_lengths is not None
    cut = random_windows(bare(discriminator, Discriminators), batch.mel, mel_hat, batch.mel_lengths)
    yield "discriminator", means_of(judged_losses(discriminator, adversarial, *cut), len(mel_hat))
    fooled = means_of(fooled_losses(discriminator, adversarial, *cut), len(mel_hat))
    yield "network", means | fooled
