"""FastPitch (arXiv 2006.06873) with the learned alignment of arXiv 2108.10447: FastPitch 1.1 of
NVIDIA's recipes.

Without an aligner it is FastPitch 1.0, which is given durations. Deviations: padding never reaches
a real token or frame (an item in a padded batch equals the item alone); a text's own pad symbol
stays a symbol; pitch statistics may differ by speaker; binarization starts when the soft alignment
is measured to be sharp, not at a given epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from recital.models.tts.fastpitch.network import FastPitchNetwork, Training
from recital.modules.acoustic.common import (
    check_given,
    of_speaker,
    scale_deviations,
    show_alignment,
)
from recital.modules.acoustic.length import repeats_of
from recital.modules.acoustic.statistics import by_speaker, pitch_by_speaker
from recital.modules.alignment.aligner import forward_sum_losses, path_log_probs
from recital.modules.alignment.binarization import Binarization
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import (
    Acoustic,
    AcousticModel,
    Arrays,
    EnergyTransform,
    PitchTransform,
    Shown,
)
from recital.modules.layers.masking import length_mask
from recital.modules.losses.reduction import batch_means, global_mean
from recital.utils.errors import DataError
from recital.utils.trainable import bare


class FastPitch(AcousticModel):
    """The model: the network, its losses, its statistics, and inference."""

    networks = ("network",)
    pitch_mean: Tensor  # [n_speakers] Hz
    pitch_std: Tensor  # [n_speakers] Hz
    energy_mean: Tensor  # [n_speakers], of log(1 + norm); where energy is normalised
    energy_std: Tensor

    def __init__(
        self,
        network: FastPitchNetwork,
        audio: AudioConfig,
        *,
        n_speakers: int = 1,
        max_duration: float = 75.0,
        duration_scale: float = 1.0,
        deviation_scale: float = 1.0,
        normalize_energy: bool = False,
        binarization: Binarization | None = None,
    ) -> None:
        """`max_duration` bounds predicted durations (frames), which `duration_scale` multiplies: a
        mean of logarithms, as it is learned, is less than the logarithm of the mean.
        `deviation_scale` gives back to the mel what a mean lacks (`scale_deviations`). With
        `normalize_energy` the network reads energy by the statistics of each speaker, as it reads
        pitch; the reference does not.
        """
        super().__init__()
        self.network = network
        self.audio = audio
        self.max_duration, self.duration_scale = max_duration, duration_scale
        self.deviation_scale = deviation_scale
        learned = network.aligner is not None
        self.binarization = (binarization or Binarization()) if learned else None
        self.register_buffer("pitch_mean", torch.zeros(n_speakers))
        self.register_buffer("pitch_std", torch.ones(n_speakers))
        self.normalize_energy = normalize_energy
        if normalize_energy:
            self.register_buffer("energy_mean", torch.zeros(n_speakers))
            self.register_buffer("energy_std", torch.ones(n_speakers))
        needs = {"tokens", "mel", "pitch"}
        needs |= {"energy"} if network.energy_predictor is not None else set()
        needs |= {"speaker"} if network.speaker_embedding is not None else set()
        needs |= {"durations"} if network.aligner is None else set()
        self.needs = frozenset(needs)
        self.can_align = network.aligner is not None

    @property
    def bare_network(self) -> FastPitchNetwork:
        """The network without what data parallelism or compilation wrapped around it."""
        return bare(self.network, FastPitchNetwork)

    def set_statistics(
        self, pitch_mean: float | Sequence[float], pitch_std: float | Sequence[float]
    ) -> None:
        """Mean and standard deviation of voiced F0 in Hz: one number for all speakers, or one for
        each.
        """
        for buffer, value in ((self.pitch_mean, pitch_mean), (self.pitch_std, pitch_std)):
            buffer.copy_(torch.as_tensor(value, dtype=buffer.dtype).expand_as(buffer))
        if not bool((self.pitch_std > 0).all()):
            raise DataError(f"pitch_std: expected a positive number of Hz, found {pitch_std}")

    def learn_statistics(self, arrays: Arrays) -> None:
        """Pitch, and energy where it is normalised, of each speaker of a corpus: "pitch" [T] in
        Hz, 0 where unvoiced, and "energy" [T].
        """
        n_speakers = len(self.pitch_mean)
        pitch = pitch_by_speaker(arrays, n_speakers)
        self.set_statistics([s.mean for s in pitch], [s.std for s in pitch])
        if self.normalize_energy:
            logs = ((speaker, np.log1p(norm)) for speaker, norm in arrays("energy"))
            energy = by_speaker("energy", logs, n_speakers)
            self.energy_mean.copy_(torch.tensor([s.mean for s in energy]))
            self.energy_std.copy_(torch.tensor([s.std for s in energy]))

    def _energy_statistics(self, speaker: Tensor | None) -> tuple[Tensor, Tensor] | None:
        """Each [B, 1] (or [1, 1])."""
        if not self.normalize_energy:
            return None
        return of_speaker(self.energy_mean, speaker), of_speaker(self.energy_std, speaker)

    def statistics(self, speaker: Tensor | None) -> tuple[Tensor, Tensor]:
        """speaker [B] (None: the first) -> mean and standard deviation in Hz, each [B, 1] (or [1,
        1]).
        """
        return of_speaker(self.pitch_mean, speaker), of_speaker(self.pitch_std, speaker)

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """One turn: mel, duration, pitch, (energy,) (alignment, binarization) losses.

        `alignment_focus`, the probability of the hard alignment in the soft one, is a measure:
        give it the weight 0.
        """
        assert batch.mel_lengths is not None and batch.token_lengths is not None
        out = self._teach(batch)
        means = batch_means(self._terms(out, batch))
        if self.binarization is not None:
            means["binarization"] = self.binarization.weight() * means["binarization"]
            if self.training and torch.is_grad_enabled():
                self.binarization.update(global_mean(means["alignment_focus"]))
        yield "network", means

    def _teach(self, batch: Batch) -> Training:
        assert batch.pitch is not None
        speaker = batch.speaker if "speaker" in self.needs else None
        mean, std = self.statistics(speaker)
        voiced = batch.pitch != 0
        return self.network(
            batch.tokens,
            batch.token_lengths,
            batch.mel,
            batch.mel_lengths,
            torch.where(voiced, (batch.pitch - mean) / std, 0.0),
            voiced,
            batch.energy,
            batch.speaker,
            batch.durations,
            batch.attention_prior,
            self._energy_statistics(speaker),
        )

    def _terms(self, out: Training, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
        """Sums and counts of each loss, in float32."""
        assert batch.tokens is not None and batch.mel is not None
        assert batch.mel_lengths is not None and batch.token_lengths is not None
        tokens = length_mask(batch.token_lengths, batch.tokens.shape[1])
        frames = length_mask(batch.mel_lengths, batch.mel.shape[2])
        n_tokens, n_frames = batch.token_lengths.sum(), batch.mel_lengths.sum()

        def squares(hat: Tensor, target: Tensor, mask: Tensor) -> Tensor:
            return ((hat.float() - target.float()).square() * mask).sum()

        log_durations = out.durations_target.float().log1p()
        terms = {
            "mel": (squares(out.mel, batch.mel, frames[:, None]), n_frames * self.audio.n_mels),
            "duration": (squares(out.log_durations, log_durations, tokens), n_tokens),
            "pitch": (squares(out.pitch, out.pitch_target, tokens), n_tokens),
        }
        if out.energy is not None and out.energy_target is not None:
            terms["energy"] = (squares(out.energy, out.energy_target, tokens), n_tokens)
        if out.alignment is not None:
            losses = forward_sum_losses(
                out.alignment.log_joint, batch.token_lengths, batch.mel_lengths
            )
            terms["alignment"] = (losses.sum(), torch.ones_like(losses).sum())
            on_path = path_log_probs(out.alignment)
            terms["binarization"] = (-(on_path * frames).sum(), n_frames)
            terms["alignment_focus"] = ((on_path.detach().exp() * frames).sum(), n_frames)
        return terms

    @torch.no_grad()
    def teach(self, batch: Batch) -> Tensor:
        """The mel of true durations, pitch and energy, [B, n_mels, T]."""
        return self._teach(batch).mel.float()

    @torch.no_grad()
    def align(self, batch: Batch) -> tuple[Tensor, list[str | None]]:
        """The durations of the learned aligner, [B, N] int64, that sum to each item's frames; none
        of them fails, since its paths are monotonic.
        """
        return self._teach(batch).durations_target, [None] * len(batch.ids)

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

        `pace` above 1 is faster: a number, or a tensor [B] or [B, N]. pitch [B, 1, N]
        (normalised), energy [B, N] (log(1 + norm)) and durations [B, N] (frames) replace what is
        predicted. What is returned are the predictions, pitch after `pitch_transform(pitch,
        token_lengths, mean=…, std=…)`, as `PitchTransform` says. Raises `DataError` for a
        pace that is not positive or a given tensor of another shape.
        """
        check_given(tokens, pace, pitch=pitch, energy=energy, durations=durations)
        network = self.bare_network
        mask = length_mask(token_lengths, tokens.shape[1])
        encoded = network.encode(network.embedding(tokens), mask, speaker)
        log_durations = network.duration_predictor(encoded, mask)
        durations_hat = (log_durations.float().exp() - 1) * self.duration_scale
        durations_hat = durations_hat.clamp(0, self.max_duration) * mask
        pitch_hat = network.pitch_predictor(encoded, mask)[:, None].float()
        if pitch_transform is not None:
            mean, std = (s[..., None] for s in self.statistics(speaker))
            pitch_hat = pitch_transform(pitch_hat, token_lengths, mean=mean, std=std)
            pitch_hat = pitch_hat * mask[:, None]
        used = pitch_hat if pitch is None else pitch.float() * mask[:, None]
        x = encoded + network.pitch_embedding(used.transpose(1, 2))
        energy_hat = None
        if network.energy_predictor is not None and network.energy_embedding is not None:
            energy_hat = network.energy_predictor(x, mask).float()
            normal = self._energy_statistics(speaker)
            if normal is not None:
                energy_hat = (energy_hat * normal[1] + normal[0]) * mask
            if energy_transform is not None:
                energy_hat = energy_transform(energy_hat) * mask
            used = energy_hat if energy is None else energy.float() * mask
            x = x + network.embed_energy(used, mask, normal)
        repeats = repeats_of(durations_hat if durations is None else durations, pace) * mask
        n_frames = max(int(repeats.sum(1).max()), 1)
        mel, mel_lengths = network.decode(x, repeats, n_frames)
        return Acoustic(
            mel=scale_deviations(mel.float(), mel_lengths, self.deviation_scale),
            mel_lengths=mel_lengths,
            durations=durations_hat,
            pitch=pitch_hat,
            energy=energy_hat,
            repeats=repeats,
        )

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """Of the first two utterances: mels true, taught and free, alignments, and pitch."""
        batch = Batch(batch.ids[:2], *(None if f is None else f[:2] for f in batch[1:]))
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel is not None and batch.mel_lengths is not None
        out = self._teach(batch)
        free = self.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
        shown = []
        for i, name in enumerate(batch.ids):
            n, t = int(batch.token_lengths[i]), int(batch.mel_lengths[i])
            arrays = {
                "mel/true": batch.mel[i, :, :t],
                "mel/taught": out.mel[i, :, :t],
                "mel/predicted": free.mel[i, :, : int(free.mel_lengths[i])],
            }
            shown += [
                Shown(f"{k}/{name}", "mel", v.float().cpu().numpy()) for k, v in arrays.items()
            ]
            curves = torch.stack([out.pitch_target[i, :n], out.pitch[i, :n]]).float().cpu().numpy()
            shown.append(Shown(f"pitch/{name}", "curves", curves, ("true", "predicted")))
            if out.alignment is not None:
                shown += show_alignment(out.alignment, i, n, t, name)
        return shown
