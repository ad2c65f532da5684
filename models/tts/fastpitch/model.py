"""FastPitch (arXiv 2006.06873) with the learned alignment of arXiv 2108.10447: FastPitch 1.1 of
NVIDIA's recipes.

Without an aligner it is FastPitch 1.0, with given durations. Deviations: padding has no influence
on real tokens or frames (an item in a padded batch equals the item alone); the pad symbol within a
text is an ordinary symbol; pitch statistics may differ by speaker; binarization starts when the
soft alignment is measured to be sharp, not at a fixed epoch. With the section `prosody`, pitch and
durations are drawn (`FlowPredictor`): the same for the same text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from recital.models.tts.fastpitch.network import FastPitchNetwork, Training
from recital.modules.acoustic.graph import parallel_graph
from recital.modules.acoustic.inference import (
    check_given,
    encode_texts,
    scale_deviations,
)
from recital.modules.acoustic.length import choose_durations, most_frames, repeats_of
from recital.modules.acoustic.noise import noise_of_texts
from recital.modules.acoustic.showing import show_alignments, show_mels, show_pitch
from recital.modules.acoustic.speakers import append_speaker, learn_speakers, learned_features
from recital.modules.acoustic.statistics import SpeakerStatistics, register_statistics
from recital.modules.acoustic.terms import Term, masks_of, squared_error
from recital.modules.alignment.aligner import ALIGNMENT_LOSSES, alignment_terms
from recital.modules.alignment.binarization import Binarization
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.model import (
    AS_CONFIGURED,
    Acoustic,
    AcousticModel,
    Arrays,
    EnergyTransform,
    PitchTransform,
    Sampling,
    Shown,
)
from recital.modules.layers.flow_predictor import N_VALUES, Draws
from recital.modules.losses.game import losses_of
from recital.modules.losses.mel_discriminators import adversarial_turns, mel_discriminators
from recital.modules.losses.reduction import batch_means
from recital.modules.signal.noise import NOISE_FRAMES, noise_array
from recital.utils.ranges import Count, ForInference, Frames, Scale
from recital.utils.statistics import by_speaker, pitch_by_speaker
from recital.utils.training.trainable import bare


class FastPitch(AcousticModel):
    """The model: the network, its losses, its statistics, and inference."""

    training_only = {"discriminator": "discriminators"}
    pitch_mean: Tensor  # [n_speakers] Hz
    pitch_std: Tensor  # [n_speakers] Hz
    energy_mean: Tensor  # [n_speakers], of log(1 + norm); where energy is normalised
    energy_std: Tensor
    noise: Tensor  # [N_VALUES, NOISE_FRAMES], where prosody is drawn

    def __init__(
        self,
        network: FastPitchNetwork,
        audio: AudioConfig,
        *,
        n_speakers: int = 1,
        max_duration: ForInference[Frames] = 75.0,
        duration_scale: ForInference[Scale | None] = None,
        deviation_scale: ForInference[Scale] = 1.0,
        normalize_energy: bool = False,
        binarization: Binarization | None = None,
        discriminators: Mapping[str, Mapping[str, Any] | None] | None = None,
        adversarial: Literal["lsgan", "hinge"] = "lsgan",
        adversarial_after: Count = 0,
    ) -> None:
        """`max_duration` bounds predicted durations (frames). `duration_scale` multiplies them,
        since the learned mean of logarithms is less than the logarithm of the mean; None: by what
        training measures (`measured_duration_scale`), until then 1.
        `deviation_scale` restores the variance of the mel (`scale_deviations`). `discriminators`
        (`mel_discriminators`) judge it in training, after the first `adversarial_after` steps. With
        `normalize_energy`, energy is normalised by the statistics of each speaker, like pitch; in
        the reference it is not.
        """
        super().__init__()
        self.network = network
        self.discriminator: Any = mel_discriminators(discriminators, audio)
        judged = self.discriminator is not None
        self.networks = ("network", "discriminator") if judged else ("network",)
        if not judged:
            self.training_only = {}
        own = {"mel", "duration", "pitch"}
        own |= {"energy"} if network.energy_predictor is not None else set()
        own |= {"prosody"} if network.prosody is not None else set()
        own |= ALIGNMENT_LOSSES if network.aligner is not None else set()
        self.losses = losses_of("network", own, judged)
        self.adversarial, self.adversarial_after = adversarial, adversarial_after
        self.trained_steps = 0
        self.audio = audio
        self.max_duration = max_duration
        self.measures_durations = duration_scale is None
        self.duration_scale = 1.0 if duration_scale is None else duration_scale
        self.deviation_scale = deviation_scale
        learned = network.aligner is not None
        self.binarization = (binarization or Binarization()) if learned else None
        self.normalize_energy = normalize_energy
        register_statistics(self, "pitch", n_speakers)
        if normalize_energy:
            register_statistics(self, "energy", n_speakers)
        if network.prosody is not None:
            drawn = network.prosody
            self.sampling_controls = frozenset({"temperature", "n_steps", "duration_temperature"})
            self.temperatures = drawn.temperature, drawn.duration_temperature
            noise = torch.from_numpy(noise_array(N_VALUES, 1, NOISE_FRAMES))
            self.register_buffer("noise", noise, persistent=False)
        needs = {"tokens", "mel", "pitch"}
        needs |= {"energy"} if network.energy_predictor is not None else set()
        needs |= {"speaker"} if network.speaker_embedding is not None else set()
        needs |= {"durations"} if network.aligner is None else set()
        self.needs = frozenset(needs)
        self.learns = learned_features(network.speaker_embedding)
        self.can_align = network.aligner is not None

    @property
    def bare_network(self) -> FastPitchNetwork:
        """The network without the wrappers of data parallelism and compilation."""
        return bare(self.network, FastPitchNetwork)

    @property
    def pitch_statistics(self) -> SpeakerStatistics:
        """Mean and standard deviation of voiced F0, in Hz."""
        return SpeakerStatistics("pitch", self.pitch_mean, self.pitch_std)

    def _energy_statistics(self, speaker: Tensor | None) -> SpeakerStatistics | None:
        """Statistics of each item, [B, 1], of log(1 + norm); None unless energy is normalised."""
        if not self.normalize_energy:
            return None
        return SpeakerStatistics("energy", self.energy_mean, self.energy_std).of(speaker)

    def learn_statistics(self, arrays: Arrays) -> None:
        """Learn the statistics of pitch, and of energy if it is normalised, by speaker: "pitch" [T]
        in Hz, 0 where unvoiced, and "energy" [T].
        """
        learn_speakers(self.bare_network.speaker_embedding, arrays)
        n_speakers = len(self.pitch_mean)
        self.pitch_statistics.learn(pitch_by_speaker(arrays("pitch"), n_speakers))
        if self.normalize_energy:
            logs = ((speaker, np.log1p(norm)) for speaker, norm in arrays("energy"))
            energy = SpeakerStatistics("energy", self.energy_mean, self.energy_std)
            energy.learn(by_speaker("energy", logs, n_speakers))

    def begin_step(self, trained_steps: int) -> None:
        """How many steps are done, before each one."""
        self.trained_steps = trained_steps

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        quantities = ("pitch", "energy") if self.normalize_energy else ("pitch",)
        append_speaker(self, self.bare_network.speaker_embedding, vector, quantities, pitch)

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """The discriminators' turn, if there are any, and the network's: mel, duration,
        pitch, (energy,) (prosody,) (alignment, binarization) losses.

        `alignment_focus`, the probability of the hard alignment under the soft one, is a metric:
        give it weight 0.
        """
        assert batch.tokens is not None
        draws = None if self.bare_network.prosody is None else Draws.like(batch.tokens)
        out = self._teach(batch, draws)
        means = batch_means(self.terms(out, batch))
        means = means if self.binarization is None else self.binarization.weigh(means)
        if self.discriminator is None or self.trained_steps < self.adversarial_after:
            yield "network", means
        else:
            yield from adversarial_turns(
                self.discriminator, self.adversarial, means, out.mel, batch
            )

    def _teach(self, batch: Batch, draws: Draws | None = None) -> Training:
        assert batch.pitch is not None
        speaker = batch.speaker if "speaker" in self.needs else None
        voiced = batch.pitch != 0
        return self.network(
            batch.tokens,
            batch.token_lengths,
            batch.mel,
            batch.mel_lengths,
            self.pitch_statistics.of(speaker).normalize(batch.pitch, voiced),
            voiced,
            batch.energy,
            batch.speaker,
            batch.durations,
            batch.attention_prior,
            self._energy_statistics(speaker),
            draws,
        )

    def terms(self, out: Training, batch: Batch) -> dict[str, Term]:
        """Sums and counts of each loss (section 2.1): squared errors, of log(1 + duration) too."""
        assert batch.mel is not None
        tokens, frames = masks_of(batch)
        log_durations = out.durations_target.float().log1p()
        terms = {
            "mel": squared_error(out.mel, batch.mel, frames),
            "duration": squared_error(out.log_durations, log_durations, tokens),
            "pitch": squared_error(out.pitch, out.pitch_target, tokens),
        }
        if out.energy is not None and out.energy_target is not None:
            terms["energy"] = squared_error(out.energy, out.energy_target, tokens)
        if out.velocity is not None and out.velocity_target is not None:
            terms["prosody"] = squared_error(out.velocity, out.velocity_target, tokens)
        return terms | alignment_terms(out.alignment, batch)

    @torch.no_grad()
    def teach(self, batch: Batch) -> Tensor:
        """The mel of true durations, pitch and energy, [B, n_mels, T]."""
        assert batch.mel_lengths is not None
        mel = self._teach(batch).mel.float()
        return scale_deviations(mel, batch.mel_lengths, self.deviation_scale)

    @torch.no_grad()
    def align(self, batch: Batch) -> tuple[Tensor, list[str | None]]:
        """The durations of the learned aligner, [B, N] int64, which sum to each item's frames; this
        never fails, since its paths are monotonic.
        """
        return self._teach(batch).durations_target, [None] * len(batch.ids)

    @torch.no_grad()
    def predicted_frames(self, batch: Batch) -> Tensor:
        assert batch.tokens is not None and batch.token_lengths is not None
        texts = batch.tokens, batch.token_lengths, batch.speaker
        return self._predict(*texts, 1.0, AS_CONFIGURED)[2].sum(1)

    def _predict(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        speaker: Tensor | None,
        scale: float,
        sampling: Sampling,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """tokens [B, N], token_lengths [B], speaker [B] -> encoded [B, N, C], mask [B, N], and
        durations (frames times `scale`) and normalised pitch, [B, N], predicted or drawn.
        """
        network, most = self.bare_network, self.max_duration
        encoded, mask, frames = encode_texts(network, tokens, token_lengths, speaker, scale, most)
        prosody = network.prosody
        if prosody is None:
            return encoded, mask, frames, network.pitch_predictor(encoded, mask).float()
        temperature, n_steps = sampling.or_else(prosody.temperature, prosody.n_steps)
        of_durations = sampling.durations_or_else(prosody.duration_temperature)
        noise = noise_of_texts(self.noise, tokens, mask)
        noise = torch.cat([of_durations * noise[:, :1], temperature * noise[:, 1:]], dim=1)
        embedded = network.with_speaker(network.embedding(tokens), speaker)
        frames, pitch = prosody.draw(embedded, mask, noise, n_steps)
        return encoded, mask, (frames * scale).clamp(max=most), pitch

    @torch.no_grad()
    def infer(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        *,
        speaker: Tensor | None = None,
        pace: float | Tensor = 1.0,
        pitch: Tensor | None = None,
        energy: Tensor | None = None,
        durations: Tensor | None = None,
        pitch_transform: PitchTransform | None = None,
        energy_transform: EnergyTransform | None = None,
        sampling: Sampling = AS_CONFIGURED,
    ) -> Acoustic:
        """tokens [B, N], token_lengths [B], speaker [B] -> mel.

        `pace` above 1 is faster: a number, or a tensor [B] or [B, N]. pitch [B, 1, N]
        (normalised), energy [B, N] (log(1 + norm)) and durations [B, N] (frames) replace the
        predictions. Returns the predictions, pitch after `pitch_transform(pitch, token_lengths,
        mean=…, std=…)`, see `PitchTransform`. Raises `DataError` for a pace that is not positive
        or a tensor of the wrong shape.
        """
        check_given(tokens, pace, pitch=pitch, energy=energy, durations=durations)
        network = self.bare_network
        encoded, mask, durations_hat, predicted = self._predict(
            tokens, token_lengths, speaker, self.duration_scale, sampling
        )
        pitch_hat = predicted[:, None]
        if pitch_transform is not None:
            _, mean, std = self.pitch_statistics.of(speaker)
            pitch_hat = pitch_transform(
                pitch_hat, token_lengths, mean=mean[..., None], std=std[..., None]
            )
            pitch_hat = pitch_hat * mask[:, None]
        used = pitch_hat if pitch is None else pitch.float() * mask[:, None]
        x = encoded + network.pitch_embedding(used.transpose(1, 2))
        energy_hat = None
        if network.energy_predictor is not None and network.energy_embedding is not None:
            energy_hat = network.energy_predictor(x, mask).float()
            statistics = self._energy_statistics(speaker)
            if statistics is not None:
                energy_hat = statistics.restore(energy_hat, mask)
            if energy_transform is not None:
                energy_hat = energy_transform(energy_hat) * mask
            used = energy_hat if energy is None else energy.float() * mask
            x = x + network.embed_energy(used, mask, statistics)
        repeats = repeats_of(choose_durations(durations_hat, durations), pace) * mask
        n_frames = most_frames(repeats.sum(1))
        mel, mel_lengths = network.decode(x, repeats, n_frames)
        return Acoustic(
            mel=scale_deviations(mel.float(), mel_lengths, self.deviation_scale),
            mel_lengths=mel_lengths,
            durations=durations_hat,
            pitch=pitch_hat,
            energy=energy_hat,
            repeats=repeats,
        )

    def graphs(self) -> list[Graph]:
        """One graph with all controls."""
        network = self.bare_network
        n_tokens, predicts_energy = network.embedding.num_embeddings, bool(network.energy_predictor)
        return [
            parallel_graph(self, n_tokens, len(self.pitch_mean), predicts_energy=predicts_energy)
        ]

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """The first two utterances: mels true, taught and free, pitch, alignments."""
        batch = batch.first(2)
        assert batch.tokens is not None and batch.token_lengths is not None
        out = self._teach(batch)
        free = self.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
        return [
            *show_mels(batch, out.mel, free),
            *show_pitch(batch.ids, batch.token_lengths, out.pitch_target, out.pitch),
            *show_alignments(batch, out.alignment),
        ]
