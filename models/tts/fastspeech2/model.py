"""FastSpeech 2 (arXiv 2006.04558), in the form that Amphion's and ming024's recipes give it.

Durations come from the learned aligner of arXiv 2108.10447, or are given. Deviations from those
recipes: padding never reaches a real token or frame (an item in a padded batch equals the item
alone); mels of any length are trained on whole; the energy control changes energy. Deviations from
the paper, which are theirs, too: pitch is the interpolated contour itself, not its wavelet
transform, averaged over a token unless the level is "frame".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from recital.models.tts.fastspeech2.network import FastSpeech2Network, Training
from recital.models.tts.fastspeech2.variance import Level, interpolate_unvoiced
from recital.modules.acoustic.common import (
    check_given,
    of_speaker,
    scale_deviations,
    show_alignment,
)
from recital.modules.acoustic.length import frame_tokens, token_means
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


class FastSpeech2(AcousticModel):
    """The model: the network, its losses, its statistics, and inference."""

    networks = ("network",)
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
        max_duration: float = 400.0,
        deviation_scale: float = 1.0,
        binarization: Binarization | None = None,
        energy_follows_pitch: bool = False,
    ) -> None:
        """`deviation_scale` gives back to the mel what a mean lacks (`scale_deviations`).
        `energy_follows_pitch` is for parity with ming024's code, where the change asked for
        pitch is done to energy, and that asked for energy not at all.
        """
        super().__init__()
        self.network = network
        self.audio = audio
        self.max_duration = max_duration  # frames
        self.deviation_scale = deviation_scale
        learned = network.aligner is not None
        self.binarization = (binarization or Binarization()) if learned else None
        self.energy_follows_pitch = energy_follows_pitch
        for name, value in (("mean", 0.0), ("std", 1.0)):
            self.register_buffer(f"pitch_{name}", torch.full((n_speakers,), value))
            self.register_buffer(f"energy_{name}", torch.full((n_speakers,), value))
        needs = {"tokens", "mel", "pitch"}
        needs |= {"speaker"} if network.speaker_embedding is not None else set()
        needs |= {"durations"} if network.aligner is None else set()
        self.needs = frozenset(needs)
        self.can_align = network.aligner is not None

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
        """Pitch and energy of each speaker, and bins over them, from a corpus: "pitch" [T] in Hz,
        0 where unvoiced, and "mel" [n_mels, T].
        """
        n_speakers = len(self.pitch_mean)
        pitch = pitch_by_speaker(arrays, n_speakers)
        norms = (
            (speaker, self.energy_of(torch.as_tensor(mel)[None])[0].numpy())
            for speaker, mel in arrays("mel")
        )
        energy = by_speaker("energy", norms, n_speakers)
        self.set_statistics([s.mean for s in pitch], [s.std for s in pitch])
        self.energy_mean.copy_(torch.tensor([s.mean for s in energy]))
        self.energy_std.copy_(torch.tensor([s.std for s in energy]))
        self.network.pitch.set_range(pitch)
        self.network.energy.set_range(energy)

    def energy_of(self, mel: Tensor) -> Tensor:
        """The energy of each frame (section 2.3): mel [B, n_mels, T] -> [B, T]."""
        linear = mel.float().exp() if self.audio.log_base == "e" else 10.0 ** mel.float()
        return torch.linalg.vector_norm(linear, dim=1)

    def statistics(self, speaker: Tensor | None) -> tuple[Tensor, Tensor]:
        """speaker [B] (None: the first) -> mean and standard deviation of pitch in Hz, each
        [B, 1].
        """
        return of_speaker(self.pitch_mean, speaker), of_speaker(self.pitch_std, speaker)

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """One turn: mel, (mel_postnet,) duration, pitch, energy, (alignment, binarization) losses.

        `alignment_focus`, the probability of the hard alignment in the soft one, is a measure:
        give it the weight 0.
        """
        means = batch_means(self.terms(self._teach(batch), batch))
        if self.binarization is not None:
            means["binarization"] = self.binarization.weight() * means["binarization"]
            if self.training and torch.is_grad_enabled():
                self.binarization.update(global_mean(means["alignment_focus"]))
        yield "network", means

    def _teach(self, batch: Batch) -> Training:
        assert batch.pitch is not None and batch.mel is not None and batch.mel_lengths is not None
        speaker = batch.speaker if "speaker" in self.needs else None
        mean, std = self.statistics(speaker)
        contour = interpolate_unvoiced(batch.pitch, batch.mel_lengths)
        pitch = torch.where(contour > 0, (contour - mean) / std, 0.0)
        frames = length_mask(batch.mel_lengths, batch.mel.shape[2])
        mean, std = of_speaker(self.energy_mean, speaker), of_speaker(self.energy_std, speaker)
        energy = (self.energy_of(batch.mel) - mean) / std * frames
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

    def terms(self, out: Training, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
        """Sums and counts of each loss (section 2.2), in float32: absolute error of mels, squared
        error of log(1 + duration), pitch and energy.
        """
        assert batch.tokens is not None and batch.mel is not None
        assert batch.mel_lengths is not None and batch.token_lengths is not None
        tokens = length_mask(batch.token_lengths, batch.tokens.shape[1])
        frames = length_mask(batch.mel_lengths, batch.mel.shape[2])
        n_tokens, n_frames = batch.token_lengths.sum(), batch.mel_lengths.sum()

        def squares(hat: Tensor, target: Tensor, level: Level) -> tuple[Tensor, Tensor]:
            mask, count = (tokens, n_tokens) if level == "token" else (frames, n_frames)
            return ((hat.float() - target.float()).square() * mask).sum(), count

        def absolute(mel: Tensor, target: Tensor = batch.mel) -> tuple[Tensor, Tensor]:
            error = (mel.float() - target).abs() * frames[:, None]
            return error.sum(), n_frames * self.audio.n_mels

        network = bare(self.network, FastSpeech2Network)
        terms = {"mel": absolute(out.mel)}
        if out.mel_postnet is not None:
            terms["mel_postnet"] = absolute(out.mel_postnet)
        terms |= {
            "duration": squares(out.log_durations, out.durations_target.float().log1p(), "token"),
            "pitch": squares(out.pitch, out.pitch_target, network.pitch.level),
            "energy": squares(out.energy, out.energy_target, network.energy.level),
        }
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
        out = self._teach(batch)
        return (out.mel if out.mel_postnet is None else out.mel_postnet).float()

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

        `pace` above 1 is faster, the inverse of the references' duration control: a number, or a
        tensor [B] or [B, N]. pitch [B, 1, N] (normalised), energy [B, N] and durations [B, N]
        (frames) are used instead of what is predicted. What is returned are the predictions, pitch
        after `pitch_transform`; at frame level they are means over each token. Raises `DataError`
        for a pace that is not positive or a given tensor of another shape.
        """
        check_given(tokens, pace, pitch=pitch, energy=energy, durations=durations)
        network = bare(self.network, FastSpeech2Network)
        mask = length_mask(token_lengths, tokens.shape[1])
        encoded = network.encode(network.embedding(tokens), mask, speaker)
        log_durations = network.duration_predictor(encoded, mask)
        durations_hat = (log_durations.float().exp() - 1).clamp(0, self.max_duration) * mask
        repeats = control_durations(durations_hat if durations is None else durations, pace) * mask
        n_frames = max(int(repeats.sum(1).max()), 1)
        said: dict[str, Tensor] = {}

        def use(name: str, level: Level, given: Tensor | None, change: bool, hat: Tensor) -> Tensor:
            by_token = hat
            if level == "frame":
                by_token = token_means(hat[:, None], torch.ones_like(hat[:, None]) > 0, repeats)
                by_token = by_token[:, 0]
            if change and pitch_transform is not None:
                hat, by_token = self._change(
                    hat, by_token, level, repeats, token_lengths, speaker, pitch_transform
                )
            if name == "energy" and energy_transform is not None:
                hat, by_token = energy_transform(hat), energy_transform(by_token)
            said[name] = by_token * mask
            if given is None:
                return hat
            given = given.float() * mask
            if level == "token":
                return given
            return given.gather(1, frame_tokens(repeats, n_frames))

        adapted = network.adapt(
            encoded,
            mask,
            repeats,
            n_frames,
            use_pitch=partial(
                use, "pitch", network.pitch.level, None if pitch is None else pitch[:, 0], True
            ),
            use_energy=partial(
                use, "energy", network.energy.level, energy, self.energy_follows_pitch
            ),
        )
        mel, mel_postnet = network.decode(adapted.x, adapted.lengths)
        mel = (mel if mel_postnet is None else mel_postnet).float()
        return Acoustic(
            mel=scale_deviations(mel, adapted.lengths, self.deviation_scale),
            mel_lengths=adapted.lengths,
            durations=durations_hat,
            pitch=said["pitch"][:, None],
            energy=said["energy"],
            repeats=repeats,
        )

    def _change(
        self,
        hat: Tensor,
        by_token: Tensor,
        level: Level,
        repeats: Tensor,
        token_lengths: Tensor,
        speaker: Tensor | None,
        transform: PitchTransform,
    ) -> tuple[Tensor, Tensor]:
        """The prediction and its value of each token [B, N], both after the transform.

        A transform speaks of tokens. For frames its slope and offset in each token are read off
        0 and 1, since each transform is affine, and done to the token's frames.
        """
        mean, std = (s[..., None] for s in self.statistics(speaker))

        def transformed(values: Tensor) -> Tensor:
            return transform(values[:, None], token_lengths, mean=mean, std=std)[:, 0]

        if level == "frame":
            offset = transformed(torch.zeros_like(by_token))
            slope = transformed(torch.ones_like(by_token)) - offset
            tokens = frame_tokens(repeats, hat.shape[1])
            hat = hat * slope.gather(1, tokens) + offset.gather(1, tokens)
            return hat, transformed(by_token)
        changed = transformed(by_token)
        return changed, changed

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """Of the first two utterances: mels true, taught and free, alignments, and pitch."""
        batch = Batch(batch.ids[:2], *(None if f is None else f[:2] for f in batch[1:]))
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel is not None and batch.mel_lengths is not None
        out = self._teach(batch)
        taught = out.mel if out.mel_postnet is None else out.mel_postnet
        free = self.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
        token_level = bare(self.network, FastSpeech2Network).pitch.level == "token"
        shown = []
        for i, name in enumerate(batch.ids):
            n, t = int(batch.token_lengths[i]), int(batch.mel_lengths[i])
            arrays = {
                "mel/true": batch.mel[i, :, :t],
                "mel/taught": taught[i, :, :t],
                "mel/predicted": free.mel[i, :, : int(free.mel_lengths[i])],
            }
            shown += [
                Shown(f"{k}/{name}", "mel", v.float().cpu().numpy()) for k, v in arrays.items()
            ]
            size = n if token_level else t
            curves = torch.stack([out.pitch_target[i, :size], out.pitch[i, :size].float()])
            shown.append(
                Shown(f"pitch/{name}", "curves", curves.cpu().numpy(), ("true", "predicted"))
            )
            if out.alignment is not None:
                shown += show_alignment(out.alignment, i, n, t, name)
        return shown


def control_durations(durations: Tensor, pace: float | Tensor) -> Tensor:
    """Frames as predicted, [B, N] float, to whole frames [B, N] int64, as both references do it:
    rounded (half to even), times the control (1 / pace), and cut off to an integer.
    """
    if isinstance(pace, Tensor):
        control = pace.double().reciprocal().float()
        control = control[:, None] if control.dim() == 1 else control
        return (durations.float().round() * control).clamp(min=0).long()
    return (durations.float().round() * (1.0 / pace)).clamp(min=0).long()
