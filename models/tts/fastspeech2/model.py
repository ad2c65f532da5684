"""FastSpeech 2 (arXiv 2006.04558), in the form of Amphion's and ming024's recipes.

Durations come from the learned aligner of arXiv 2108.10447, or are given. Deviations from those
recipes: padding has no influence on real tokens or frames (an item in a padded batch equals the
item alone); mels are not truncated in training; the energy control changes energy. Deviations from
the paper, shared with the recipes: pitch is the interpolated contour itself, not its wavelet
transform, averaged over a token unless the level is "frame".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from recital.models.tts.fastspeech2.control import (
    Control,
    control_durations,
    energy_changes,
    pitch_changes,
)
from recital.models.tts.fastspeech2.network import FastSpeech2Network, Training
from recital.models.tts.fastspeech2.variance import interpolate_unvoiced
from recital.modules.acoustic.graph import parallel_graph
from recital.modules.acoustic.inference import (
    check_given,
    encode_texts,
    scale_deviations,
)
from recital.modules.acoustic.length import choose_durations, most_frames
from recital.modules.acoustic.showing import show_alignments, show_mels, show_pitch
from recital.modules.acoustic.speakers import append_speaker, learn_speakers, learned_features
from recital.modules.acoustic.statistics import SpeakerStatistics, register_statistics
from recital.modules.acoustic.terms import Term, absolute_error, masks_of, squared_error
from recital.modules.alignment.aligner import ALIGNMENT_LOSSES, alignment_terms
from recital.modules.alignment.binarization import Binarization
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.graph import Graph
from recital.modules.contract.model import (
    Acoustic,
    AcousticModel,
    Arrays,
    EnergyTransform,
    PitchTransform,
    Shown,
)
from recital.modules.layers.masking import length_mask
from recital.modules.losses.game import losses_of
from recital.modules.losses.mel_discriminators import adversarial_turns, mel_discriminators
from recital.modules.losses.reduction import batch_means
from recital.utils.ranges import Count, ForInference, Frames, Scale
from recital.utils.statistics import by_speaker, pitch_by_speaker
from recital.utils.training.trainable import bare


class FastSpeech2(AcousticModel):
    """The model: the network, its losses, its statistics, and inference."""

    training_only = {"discriminator": "discriminators"}
    fixed = {"attention_bias": True, "positions": "interleaved"}
    pitch_mean: Tensor  # [n_speakers] Hz
    pitch_std: Tensor  # [n_speakers] Hz
    energy_mean: Tensor  # [n_speakers]; energy is the L2 norm over the bins of the (linear) mel
    energy_std: Tensor  # [n_speakers]

    def __init__(
        self,
        network: FastSpeech2Network,
        audio: AudioConfig,
        *,
        n_speakers: int = 1,
        max_duration: ForInference[Frames] = 400.0,
        duration_scale: ForInference[Scale | None] = None,
        deviation_scale: ForInference[Scale] = 1.0,
        binarization: Binarization | None = None,
        discriminators: Mapping[str, Mapping[str, Any] | None] | None = None,
        adversarial: Literal["lsgan", "hinge"] = "lsgan",
        adversarial_after: Count = 0,
        energy_follows_pitch: ForInference[bool] = False,
    ) -> None:
        """`duration_scale` multiplies predicted durations; None: by what training measures
        (`measured_duration_scale`), until then 1.
        `deviation_scale` restores the variance of the mel (`scale_deviations`).
        `discriminators` (`mel_discriminators`) judge the mel in training, after the first
        `adversarial_after` steps.
        `energy_follows_pitch` is for parity with ming024's code, which applies the pitch control to
        energy and ignores the energy control.
        """
        super().__init__()
        self.network = network
        self.discriminator: Any = mel_discriminators(discriminators, audio)
        judged = self.discriminator is not None
        self.networks = ("network", "discriminator") if judged else ("network",)
        if not judged:
            self.training_only = {}
        own = {"mel", "duration", "pitch", "energy"}
        own |= {"mel_postnet"} if network.postnet is not None else set()
        own |= ALIGNMENT_LOSSES if network.aligner is not None else set()
        self.losses = losses_of("network", own, judged)
        self.adversarial, self.adversarial_after = adversarial, adversarial_after
        self.trained_steps = 0
        self.audio = audio
        self.max_duration = max_duration  # frames
        self.measures_durations = duration_scale is None
        self.duration_scale = 1.0 if duration_scale is None else duration_scale
        self.deviation_scale = deviation_scale
        learned = network.aligner is not None
        self.binarization = (binarization or Binarization()) if learned else None
        self.energy_follows_pitch = energy_follows_pitch
        register_statistics(self, "pitch", n_speakers)
        register_statistics(self, "energy", n_speakers)
        needs = {"tokens", "mel", "pitch"}
        needs |= {"speaker"} if network.speaker_embedding is not None else set()
        needs |= {"durations"} if network.aligner is None else set()
        self.needs = frozenset(needs)
        self.learns = learned_features(network.speaker_embedding)
        self.can_align = network.aligner is not None

    @property
    def bare_network(self) -> FastSpeech2Network:
        """The network without the wrappers of data parallelism and compilation."""
        return bare(self.network, FastSpeech2Network)

    @property
    def pitch_statistics(self) -> SpeakerStatistics:
        """Mean and standard deviation of voiced F0, in Hz."""
        return SpeakerStatistics("pitch", self.pitch_mean, self.pitch_std)

    @property
    def energy_statistics(self) -> SpeakerStatistics:
        """Mean and standard deviation of `energy_of`."""
        return SpeakerStatistics("energy", self.energy_mean, self.energy_std)

    def learn_statistics(self, arrays: Arrays) -> None:
        """Learn the statistics of pitch and energy by speaker, and their bins: "pitch" [T] in Hz, 0
        where unvoiced, and "mel" [n_mels, T].
        """
        learn_speakers(self.bare_network.speaker_embedding, arrays)
        n_speakers = len(self.pitch_mean)
        pitch = pitch_by_speaker(arrays("pitch"), n_speakers)
        norms = (
            (speaker, self.energy_of(torch.as_tensor(mel)[None])[0].numpy())
            for speaker, mel in arrays("mel")
        )
        energy = by_speaker("energy", norms, n_speakers)
        self.pitch_statistics.learn(pitch)
        self.energy_statistics.learn(energy)
        self.network.pitch.set_range(pitch)
        self.network.energy.set_range(energy)

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        embedding = self.bare_network.speaker_embedding
        append_speaker(self, embedding, vector, ("pitch", "energy"), pitch)

    def energy_of(self, mel: Tensor) -> Tensor:
        """The energy of each frame (section 2.3): mel [B, n_mels, T] -> [B, T]."""
        linear = mel.float().exp() if self.audio.log_base == "e" else 10.0 ** mel.float()
        return torch.linalg.vector_norm(linear, dim=1)

    def begin_step(self, trained_steps: int) -> None:
        """How many steps are done, before each one."""
        self.trained_steps = trained_steps

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """The discriminators' turn, if there are any, and the network's: mel,
        (mel_postnet,) duration, pitch, energy, (alignment, binarization) losses.

        `alignment_focus`, the probability of the hard alignment under the soft one, is a metric:
        give it weight 0.
        """
        out = self._teach(batch)
        means = batch_means(self.terms(out, batch))
        means = means if self.binarization is None else self.binarization.weigh(means)
        if self.discriminator is None or self.trained_steps < self.adversarial_after:
            yield "network", means
        else:
            yield from adversarial_turns(
                self.discriminator, self.adversarial, means, out.finest, batch
            )

    def _teach(self, batch: Batch) -> Training:
        assert batch.pitch is not None and batch.mel is not None and batch.mel_lengths is not None
        speaker = batch.speaker if "speaker" in self.needs else None
        contour = interpolate_unvoiced(batch.pitch, batch.mel_lengths)
        pitch = self.pitch_statistics.of(speaker).normalize(contour, contour > 0)
        frames = length_mask(batch.mel_lengths, batch.mel.shape[2])
        energy = self.energy_statistics.of(speaker).normalize(self.energy_of(batch.mel), frames)
        return self.network(
            batch.tokens,
            batch.token_lengths,
            batch.mel,
            batch.mel_lengths,
            pitch,
            energy,
            batch.speaker,
            batch.durations,
            batch.attention_prior,
        )

    def terms(self, out: Training, batch: Batch) -> dict[str, Term]:
        """Sums and counts of each loss (section 2.2): absolute error of mels, squared error of
        log(1 + duration), pitch and energy.
        """
        assert batch.mel is not None
        tokens, frames = masks_of(batch)
        masks = {"token": tokens, "frame": frames}
        network = self.bare_network
        terms = {"mel": absolute_error(out.mel, batch.mel, frames)}
        if out.mel_postnet is not None:
            terms["mel_postnet"] = absolute_error(out.mel_postnet, batch.mel, frames)
        log_durations = out.durations_target.float().log1p()
        terms |= {
            "duration": squared_error(out.log_durations, log_durations, tokens),
            "pitch": squared_error(out.pitch, out.pitch_target, masks[network.pitch.level]),
            "energy": squared_error(out.energy, out.energy_target, masks[network.energy.level]),
        }
        return terms | alignment_terms(out.alignment, batch)

    @torch.no_grad()
    def teach(self, batch: Batch) -> Tensor:
        """The mel of true durations, pitch and energy, [B, n_mels, T]."""
        assert batch.mel_lengths is not None
        mel = self._teach(batch).finest.float()
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
        return encode_texts(self.bare_network, *texts, 1.0, self.max_duration)[2].sum(1)

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
    ) -> Acoustic:
        """tokens [B, N], token_lengths [B], speaker [B] -> mel.

        `pace` above 1 is faster, the inverse of the references' duration control: a number, or a
        tensor [B] or [B, N]. pitch [B, 1, N] (normalised), energy [B, N] and durations [B, N]
        (frames) replace the predictions. Returns the predictions, pitch after `pitch_transform`; at
        frame level they are means over each token. Raises `DataError` for a pace that is not
        positive or a tensor of the wrong shape.
        """
        check_given(tokens, pace, pitch=pitch, energy=energy, durations=durations)
        network = self.bare_network
        encoded, mask, durations_hat = encode_texts(
            network, tokens, token_lengths, speaker, self.duration_scale, self.max_duration
        )
        repeats = control_durations(choose_durations(durations_hat, durations), pace) * mask
        n_frames = most_frames(repeats.sum(1))
        of_pitch = pitch_changes(pitch_transform, token_lengths, self.pitch_statistics.of(speaker))
        of_energy = energy_changes(energy_transform, network.energy.level)
        if self.energy_follows_pitch:
            of_energy = [*of_pitch, *of_energy]
        given = None if pitch is None else pitch[:, 0]
        use_pitch = Control(network.pitch.level, repeats, mask, of_pitch, given)
        use_energy = Control(network.energy.level, repeats, mask, of_energy, energy)
        adapted = network.adapt(
            encoded, mask, repeats, n_frames, use_pitch=use_pitch, use_energy=use_energy
        )
        mel, mel_postnet = network.decode(adapted.x, adapted.lengths)
        mel = (mel if mel_postnet is None else mel_postnet).float()
        return Acoustic(
            mel=scale_deviations(mel, adapted.lengths, self.deviation_scale),
            mel_lengths=adapted.lengths,
            durations=durations_hat,
            pitch=use_pitch.by_token[:, None],
            energy=use_energy.by_token,
            repeats=repeats,
        )

    def graphs(self) -> list[Graph]:
        """One graph with all controls."""
        n_tokens = self.bare_network.embedding.num_embeddings
        return [parallel_graph(self, n_tokens, len(self.pitch_mean), predicts_energy=True)]

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """The first two utterances: mels true, taught and free, pitch, alignments."""
        batch = batch.first(2)
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel_lengths is not None
        out = self._teach(batch)
        free = self.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
        token_level = self.bare_network.pitch.level == "token"
        lengths = batch.token_lengths if token_level else batch.mel_lengths
        return [
            *show_mels(batch, out.finest, free),
            *show_pitch(batch.ids, lengths, out.pitch_target, out.pitch),
            *show_alignments(batch, out.alignment),
        ]
