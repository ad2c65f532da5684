"""A source-filter vocoder that trains on a CPU in less than an hour: harmonics and noise, filtered
frame by frame by a network, and compared with the recording as samples of a distribution.

- The source and its filters, with minimum phase from the cepstrum: Liu, Chen and Yu, "Neural
  Homomorphic Vocoder", Interspeech 2020, sections 2.1 and 2.2. F0 is predicted from the mel.
- The network over frames is that of Vocos (arXiv 2306.00814, section 3.3).
- The loss is the spectral energy distance (arXiv 2008.01160, eq. 5): two wavs of the same mel must
  be as far from each other as from the recording. This keeps noise noisy without discriminators; a
  plain distance would make it regular.

Ours: magnitudes are scaled to the mel (`mel_guide.py`), in inference some iterations of Griffin-Lim
start from these phases, so that the wav matches the mel more closely; the losses can be those of
their result. Discriminators of magnitudes can go on where the distance has nothing more to teach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.griffin_lim import GriffinLim
from recital.models.vocoder.source_filter.mel_guide import MelGuide
from recital.models.vocoder.source_filter.source import minimum_phase, pulses
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.contract.model import Vocoder, wave_graph
from recital.modules.layers.convnext import FrameNetwork
from recital.modules.losses.discriminators import Discriminators
from recital.modules.losses.game import fooled_losses, judged_losses, losses_of, means_of
from recital.modules.losses.reduction import batch_means
from recital.modules.losses.stft_loss import MultiResolutionStft
from recital.modules.signal.noise import draw_noise
from recital.modules.signal.phase import PhaseTrack, at_starts, find_source
from recital.modules.signal.pitch_source import (
    PitchTracker,
    example_source,
    source_graph,
    tracking_losses,
)
from recital.modules.signal.spectra import Spectrum
from recital.modules.signal.stft import InverseStft, Stft, power
from recital.utils.errors import ConfigError
from recital.utils.ranges import (
    Count,
    Depth,
    ForInference,
    Hertz,
    Level,
    Positive,
    Range,
    Samples,
    Some,
    Width,
)
from recital.utils.training.trainable import bare


class SourceFilterNetwork(nn.Module):
    """The F0 tracker, and the filters of the source."""

    mel_mean: Tensor
    mel_std: Tensor

    def __init__(
        self,
        audio: AudioConfig,
        d_model: Width = 256,
        n_layers: Depth = 6,
        d_inner: Width = 768,
        tracker_channels: Width = 128,
        f_min: Hertz = 50.0,
        f_max: Hertz = 800.0,
        mel_mean: Level = -6.0,
        mel_std: Positive = 2.0,
    ) -> None:
        """`f_min` and `f_max` (Hz) bound F0; `mel_mean` and `mel_std` normalise the input."""
        super().__init__()
        self.audio = audio
        self.register_buffer("mel_mean", torch.tensor(mel_mean), persistent=False)
        self.register_buffer("mel_std", torch.tensor(mel_std), persistent=False)
        self.tracker = PitchTracker(audio.n_mels, tracker_channels, f_min, f_max)
        self.frames = FrameNetwork(audio.n_mels, audio.n_fft + 2, d_model, n_layers, d_inner)
        self.guide = MelGuide(audio)
        self.stft = Stft(*audio.framing)
        self.istft = InverseStft(*audio.framing, audio.pad)
        spectra = -(-audio.n_fft // audio.hop_length)  # from the source's samples to a frame
        self.context_frames = self.frames.context_frames + self.istft.context_frames + spectra

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """mel [B, n_mels, T] -> log F0 and the logit of being voiced [B, T], and the log
        magnitudes of the filters [B, T, n_fft // 2 + 1].
        """
        normal = (mel - self.mel_mean) / self.mel_std
        return *self.tracker(normal), *self.filters(normal)

    def filters(self, normal: Tensor) -> tuple[Tensor, Tensor]:
        """A normalised mel [B, n_mels, T] -> the log magnitudes [B, T, n_fft // 2 + 1] of the
        filters of harmonics and noise.
        """
        harmonic, noisy = self.frames(normal).float().chunk(2, dim=2)
        return harmonic, noisy

    def track(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T] -> F0 in Hz and voicing (1 or 0), [B, T] each."""
        return self.tracker.track((mel - self.mel_mean) / self.mel_std)

    def render(
        self,
        mel: Tensor,
        source: Tensor,
        voiced: Tensor,
        noise: Tensor,
        harmonic: Tensor,
        noisy: Tensor,
    ) -> Tensor:
        """mel [B, n_mels, T], source and noise [B, T * hop_length], voiced [B, T], and the log
        magnitudes of their filters -> wav [B, T * hop_length]. Always in float32.
        """
        with torch.autocast(mel.device.type, enabled=False):
            spectrum = minimum_phase(harmonic) * self.spectra(source) * voiced[..., None]
            spectrum = spectrum + self.spectra(noise) * noisy.exp()  # [B, T, n_fft // 2 + 1]
            magnitude = (power(spectrum) + 1e-12).sqrt()
            wav: Tensor = self.istft(spectrum * self.guide(magnitude, mel.float()).exp())
        return wav

    def spectra(self, wav: Tensor) -> Spectrum:
        """[B, T * hop_length] -> [B, T, n_fft // 2 + 1], the frames of the mel; a wav of unit power
        has spectra of unit power.

            wav            0 0 1 2 3 4 5 6 0 0   # (0s are padding)
            frame 0        0 0 1 2               # n_fft = 4, hop_length = 2
            frame 1            1 2 3 4
        """
        audio, norm = self.audio, self.stft.window.square().sum().sqrt()
        behind = max(audio.n_fft - audio.hop_length - audio.pad, 0)
        return self.stft(F.pad(wav / norm, (audio.pad, behind)))


class SourceFilter(Vocoder):
    """The vocoder: the network, its loss, and the source with a continuous phase."""

    needs = frozenset({"mel", "wav", "pitch"})
    training_only = {"discriminator": "discriminators"}

    def __init__(
        self,
        network: SourceFilterNetwork,
        audio: AudioConfig,
        stft_resolutions: Some[tuple[Samples, Samples, Samples]] = (
            (1024, 150, 600),
            (2048, 300, 1200),
            (512, 60, 240),
        ),
        refine_iterations: ForInference[Annotated[int, Range(0, 10_000)]] = 0,
        trained_iterations: Annotated[int, Range(0, 100)] = 0,
        discriminators: Mapping[str, Mapping[str, Any] | None] | None = None,
        adversarial: Literal["lsgan", "hinge"] = "hinge",
        adversarial_after: Count = 0,
    ) -> None:
        """`stft_resolutions` (n_fft, hop_length, win_length) are those of the loss;
        `refine_iterations` of Griffin-Lim follow in inference, `trained_iterations` in training,
        before the losses. `discriminators` judge one of the two wavs in training, after the first
        `adversarial_after` steps; those that see phases (`mpd`, `msd`) would see that these are of
        minimum phase, which no training can change.
        """
        super().__init__()
        self.network: Any = network  # or its data-parallel wrapper
        parts = {name: part for name, part in (discriminators or {}).items() if part is not None}
        self.discriminator: Any = Discriminators(parts) if parts else None
        self.networks = ("network", "discriminator") if parts else ("network",)
        if not parts:
            self.training_only = {}
        own = {"mel", "stft", "pitch", "voicing"}
        self.losses = losses_of("network", own, judged=bool(parts))
        self.adversarial, self.adversarial_after = adversarial, adversarial_after
        self.trained_steps = 0
        self.audio = audio
        self.mel = MelSpectrogram(audio)
        self.stft = MultiResolutionStft(stft_resolutions)
        self.refine_iterations = refine_iterations
        self.trained_iterations = trained_iterations
        self.griffin_lim = GriffinLim(audio)

    @property
    def bare_network(self) -> SourceFilterNetwork:
        """The network without the wrappers of data parallelism and compilation."""
        return bare(self.network, SourceFilterNetwork)

    @property
    def context_frames(self) -> int:
        """Frames on each side that a sample depends on, except for the phase of the source."""
        context = self.bare_network.context_frames
        if self.refine_iterations:  # its first analysis, each iteration, its last synthesis
            context += (self.refine_iterations + 2) * self.griffin_lim.refine_frames
        return context

    def begin_step(self, trained_steps: int) -> None:
        """How many steps are done, before each one."""
        self.trained_steps = trained_steps

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """The discriminators' turn, if there are any, and the network's. The recorded F0 drives the
        source; the tracker learns to predict it.
        """
        assert batch.mel is not None and batch.wav is not None and batch.pitch is not None
        mel, wav, f0 = batch.mel, batch.wav, batch.pitch
        log_f0_hat, voiced_hat, harmonic, noisy = self.network(mel)
        voiced = (f0 > 0).float()
        log_f0 = torch.where(f0 > 0, f0.clamp(min=1.0).log(), log_f0_hat.detach().float())
        one, other = (self._sample(mel, log_f0.exp(), voiced, harmonic, noisy) for _ in range(2))
        if self.trained_iterations:
            one, other, wav = self._refined(mel, one, other, wav)
        n = voiced.new_full((), len(wav))
        losses = {name: (n * d, n) for name, d in self._distance(one, other, wav).items()}
        losses |= tracking_losses(log_f0_hat, voiced_hat, f0)
        means = batch_means(losses)
        if self.discriminator is not None and self.trained_steps >= self.adversarial_after:
            game = self.discriminator, self.adversarial, wav, one
            yield "discriminator", means_of(judged_losses(*game), len(wav))
            means |= means_of(fooled_losses(*game), len(wav))
        yield "network", means

    def _sample(
        self, mel: Tensor, f0: Tensor, voiced: Tensor, harmonic: Tensor, noisy: Tensor
    ) -> Tensor:
        """Generate a wav [B, T * hop_length] from a mel, with random noise and initial phase."""
        network, hop = self.bare_network, self.audio.hop_length
        with torch.no_grad():
            starts = at_starts(f0)
            phase = PhaseTrack(self.audio)(starts, voiced)
            phase = phase + torch.rand(len(f0), 1, device=f0.device)
            source = pulses(starts, phase, self.audio)
            noise = torch.randn(len(mel), mel.shape[2] * hop, device=mel.device)
        wav: Tensor = network.render(mel, source, voiced, noise, harmonic, noisy)
        return wav

    def _refined(self, mel: Tensor, one: Tensor, other: Tensor, wav: Tensor) -> list[Tensor]:
        """Two generated wavs [B, S] of a mel after the iterations, and the recording, without the
        ends of the segment, where the recording's spectra hold what the segment lacks.
        """
        side = self.griffin_lim.refine_frames
        if mel.shape[2] <= 2 * side:
            raise ConfigError(
                f"train.segment_frames: expected more than {2 * side} with "
                f"model.trained_iterations, found {mel.shape[2]}"
            )
        ends = slice(side * self.audio.hop_length, -side * self.audio.hop_length)
        refined = (self.griffin_lim.refine(mel, x, self.trained_iterations) for x in (one, other))
        return [x[:, ends] for x in (*refined, wav)]

    def _distance(self, one: Tensor, other: Tensor, wav: Tensor) -> dict[str, Tensor]:
        """Energy distances of two wavs of a mel to the recording, on mels and on spectra."""
        mels = [self.mel(x) for x in (one, other, wav)]

        def l1(a: int, b: int) -> Tensor:
            return (mels[a] - mels[b]).abs().mean()

        return {
            "mel": l1(0, 2) + l1(1, 2) - l1(0, 1),
            "stft": self.stft.energy_distance(one, other, wav).mean(),
        }

    @torch.no_grad()
    def infer(
        self,
        mel: Tensor,
        z: Tensor | None = None,
        sigma: float = 1.0,
        source: Tensor | None = None,
    ) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length].

        The noise is `z`, of that shape, or `draw_noise`, times `sigma`. `source` [B, 3, T] is the
        result of `find_source`: F0 at the start of each frame (Hz), voicing, and the phase there
        (cycles). A window of a longer mel uses its part of both.
        """
        if mel.shape[2] == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        network = self.bare_network
        if source is None:
            source = torch.cat([found for _, found in self.find_source([mel])], dim=2)
        f0, voiced, phase = source.unbind(1)
        z = self.draw_noise(len(mel), mel.shape[2]) if z is None else z
        normal = (mel - network.mel_mean) / network.mel_std
        harmonics = pulses(f0.clamp(min=1.0), phase, self.audio)
        wav: Tensor = network.render(
            mel, harmonics, voiced, sigma * z.to(harmonics), *network.filters(normal)
        )
        if self.refine_iterations:
            wav = self.griffin_lim.refine(mel, wav, self.refine_iterations)
        return wav

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """The wav of the harmonics, without noise."""
        return self.infer(mel, sigma=0.0)

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Generate each window with the noise of its position."""
        noise = [self.draw_noise(1, mel.shape[2], start=start) for start in starts]
        return self.infer(mel, z=torch.cat(noise), source=source)

    @torch.no_grad()
    def find_source(self, mel_chunks: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        """Chunks of a mel [B, n_mels, t] -> chunks with their source [B, 3, t']; see `infer`. The
        phase continues from chunk to chunk.
        """
        context = self.bare_network.tracker.context_frames
        yield from find_source(self.track, context, self.audio, mel_chunks)

    def track(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T] -> F0 in Hz and voicing (1 or 0), [B, T] each."""
        return self.bare_network.track(mel)

    def draw_noise(self, batch_size: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
        """Noise for `n_frames` frames from frame `start` on, [B, n_frames * hop_length]."""
        noise = draw_noise(1, self.audio.hop_length, n_frames, seed, start)
        return noise.expand(batch_size, -1)

    def graphs(self) -> list[Graph]:
        """F0 and voicing of a mel, from which the runtime finds the phase; and the wav of both."""
        context = self.bare_network.tracker.context_frames
        return [
            source_graph(self, self.track, context, self.audio),
            wave_graph(self, (1, self.audio.hop_length), example_source(self.audio)),
        ]
