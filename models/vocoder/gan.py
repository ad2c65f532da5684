"""A GAN vocoder: any generator, with the discriminators and losses that a config lists.

HiFi-GAN's objective (arXiv 2010.05646, eq. 1 to 6) is the default; another GAN vocoder is a
generator and a config. The turns are those of `modules/losses/game.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.contract.model import Vocoder
from recital.modules.fast.channels_last import image, to_images
from recital.modules.fast.fused import Fused
from recital.modules.losses.discriminators import Discriminators
from recital.modules.losses.game import fooled_losses, judged_losses, losses_of, means_of
from recital.modules.losses.stft_loss import MultiResolutionStft
from recital.utils.config import build_section
from recital.utils.errors import ConfigError
from recital.utils.ranges import Count, Level, Positive, Samples, Some
from recital.utils.training.trainable import bare

if TYPE_CHECKING:
    from typing_extensions import Self


class Generator(nn.Module):
    """The interface of a GAN vocoder's generator. Training uses `forward`."""

    context_frames: int  # frames of mel on each side that a sample depends on

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length], fast and without gradients."""
        wav: Tensor = self(mel)
        return wav


class FusedGenerator(Generator):
    """A generator of convolutions with weight norm, whose inference runs a cached copy without it,
    which `prepare` makes faster: with the channels last in memory.
    """

    def __init__(self, prepare: Callable[[nn.Module], None] | None = to_images) -> None:
        super().__init__()
        self._fused = Fused(self, prepare)

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length] float32, in the precision of the weights.
        `forward` gets an image [B, n_mels, 1, T].
        """
        return self._fused()(image(mel.to(next(self.parameters()).dtype))).float()

    def train(self, mode: bool = True) -> Self:
        if mode:
            self._fused.clear()
        return super().train(mode)


class GanVocoder(Vocoder):
    """Any generator with adversarial training; without discriminators (as imported) only infers."""

    mel_mean: Tensor | None
    mel_std: Tensor | None
    needs = frozenset({"mel", "wav"})
    training_only = {"discriminator": "discriminators"}
    own_losses: frozenset[str] = frozenset()  # that `generate` returns

    def __init__(
        self,
        generator: Generator,
        audio: AudioConfig,
        discriminators: Mapping[str, Mapping[str, Any] | None] | None = None,
        adversarial: Literal["lsgan", "hinge"] = "lsgan",
        adversarial_after: Count = 0,
        mel_losses: Some[Mapping[str, Any]] = ({},),
        stft_resolutions: Sequence[tuple[Samples, Samples, Samples]] = (),
        mel_mean: Sequence[Level] | None = None,
        mel_std: Sequence[Positive] | None = None,
    ) -> None:
        """A part of `discriminators` that is None is left out, so that a config can drop one of its
        base. The first `adversarial_after` steps use only the distances, which are fast.

        `mel_losses` define the mels of the loss by their differences from `audio`; the loss is the
        mean of their distances. With `stft_resolutions`, there is a loss "stft". `mel_mean` and
        `mel_std`, one number per band, normalise the generator's input. Raises `ConfigError` for
        another number of them.
        """
        super().__init__()
        self.generator: Any = generator  # or its data-parallel wrapper
        self.audio = audio
        parts = {name: part for name, part in (discriminators or {}).items() if part is not None}
        self.discriminator: Any = Discriminators(parts) if parts else None
        self.networks = ("generator", "discriminator") if parts else ("generator",)
        for name, values in (("mel_mean", mel_mean), ("mel_std", mel_std)):
            if values is not None and len(values) != audio.n_mels:
                raise ConfigError(
                    f"model.{name}: expected {audio.n_mels} numbers, one per band of the mel, "
                    f"found {len(values)}"
                )
            column = None if values is None else torch.tensor(list(values))[:, None]
            self.register_buffer(name, column, persistent=False)
        self.adversarial: Literal["lsgan", "hinge"] = adversarial
        self.adversarial_after = adversarial_after
        self.trained_steps = 0
        self.mels = nn.ModuleList(
            MelSpectrogram(_changed(audio, change, f"model.mel_losses[{i}]"))
            for i, change in enumerate(mel_losses)
        )
        self.stft = MultiResolutionStft(stft_resolutions) if stft_resolutions else None
        distances = {"mel", "stft"} if stft_resolutions else {"mel"}
        self.losses = losses_of("generator", distances | self.own_losses, judged=bool(parts))

    @property
    def context_frames(self) -> int:
        """Frames of mel on each side that a sample depends on."""
        return bare(self.generator, Generator).context_frames

    def begin_step(self, trained_steps: int) -> None:
        """How many steps are done, before each one."""
        self.trained_steps = trained_steps

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """The discriminators' turn, then the generator's, on one output of the generator."""
        assert batch.wav is not None
        wav = batch.wav
        wav_hat, own = self.generate(batch)  # [B, S]
        distances = self._distances(wav_hat, wav)  # name -> scalar
        if self.discriminator is None or self.trained_steps < self.adversarial_after:
            yield "generator", means_of(distances, len(wav), own)
            return
        game = self.discriminator, self.adversarial, wav, wav_hat
        yield "discriminator", means_of(judged_losses(*game), len(wav))
        yield "generator", means_of(distances | fooled_losses(*game), len(wav), own)

    def generate(self, batch: Batch) -> tuple[Tensor, dict[str, tuple[Tensor, Tensor]]]:
        """The wavs of a batch in training [B, S], and losses of the generator's own, each as (sum,
        count); their names are in `own_losses`.
        """
        assert batch.mel is not None
        return self.generator(self.normal(batch.mel)), {}

    def normal(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> the generator's input, of the same shape."""
        if self.mel_mean is not None:
            mel = mel - self.mel_mean
        return mel if self.mel_std is None else mel / self.mel_std

    def _distances(self, wav_hat: Tensor, wav: Tensor) -> dict[str, Tensor]:
        """Distances between the wavs, without discriminators."""
        mels = [(mel(wav_hat) - mel(wav)).abs().mean() for mel in self.mels]
        losses = {"mel": torch.stack(mels).mean()}
        if self.stft is not None:
            losses["stft"] = self.stft(wav_hat, wav).mean()
        return losses

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        if mel.shape[2] == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        return bare(self.generator, Generator).infer(self.normal(mel))


def _changed(audio: AudioConfig, change: Mapping[str, Any], where: str) -> AudioConfig:
    """`audio` with some fields changed."""
    try:
        return build_section(AudioConfig, {**asdict(audio), **change}, where)
    except ConfigError as error:
        raise ConfigError(str(error).replace("audio.", f"{where}.", 1)) from None
