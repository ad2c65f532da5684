"""Matcha-TTS (arXiv 2309.03199): a flow from noise to a mel, trained by conditional flow matching
with optimal transport.

Deviations: padding has no influence (an item in a padded batch equals the item alone); the search
for the alignment starts from the diagonal (`alignment_prior`); the prior loss reads whole mels
where the flow is trained on segments; the noise of inference is a function of the frame, so that a
text is always said in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from recital.models.tts.matcha.network import (
    Draws,
    Encoded,
    MatchaNetwork,
    Training,
    gaussian_terms,
)
from recital.modules.acoustic.blanks import sum_units, whole_frames
from recital.modules.acoustic.graph import parallel_graph
from recital.modules.acoustic.inference import check_given
from recital.modules.acoustic.length import (
    most_frames,
    paced_repeats,
    regulate_length,
)
from recital.modules.acoustic.showing import show_alignments, show_mels
from recital.modules.acoustic.speakers import append_speaker, learn_speakers, learned_features
from recital.modules.acoustic.terms import Term, masked, masks_of, squared_error
from recital.modules.alignment.aligner import Alignment, path_durations
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
from recital.modules.layers.masking import length_mask
from recital.modules.losses.reduction import batch_means
from recital.modules.signal.noise import noise_array
from recital.utils.ranges import Depth, ForInference, Frames, Temperature
from recital.utils.statistics import by_speaker
from recital.utils.training.trainable import bare

NOISE_FRAMES = 2048  # after which the noise of inference repeats


class Matcha(AcousticModel):
    """The model: the network, its losses, the statistics of mels, and inference."""

    networks = ("network",)
    losses = {"network": frozenset({"prior", "duration", "flow"})}
    sampling_controls = frozenset({"temperature", "n_steps"})
    mel_mean: Tensor  # of all values of the corpus's log mels
    mel_std: Tensor
    noise: Tensor  # [n_mels, NOISE_FRAMES]

    def __init__(
        self,
        network: MatchaNetwork,
        audio: AudioConfig,
        *,
        n_speakers: int = 1,
        max_duration: ForInference[Frames] = 200.0,
        n_steps: ForInference[Depth] = 10,
        temperature: ForInference[Temperature] = 0.667,
    ) -> None:
        """`max_duration` bounds predicted durations (frames). `n_steps` of Euler's method lead from
        noise, whose standard deviation is `temperature`, to a mel: 2 are quick, 10 are fine.
        """
        super().__init__()
        self.network = network
        self.audio = audio
        self.n_speakers = n_speakers
        self.max_duration = max_duration
        self.n_steps, self.temperature = n_steps, temperature
        self.temperatures = temperature, 0.0
        self.register_buffer("mel_mean", torch.zeros(()))
        self.register_buffer("mel_std", torch.ones(()))
        noise = torch.from_numpy(noise_array(audio.n_mels, 1, NOISE_FRAMES))
        self.register_buffer("noise", noise, persistent=False)
        needs = {"tokens", "mel"}
        needs |= {"speaker"} if network.speaker_embedding is not None else set()
        needs |= {"durations"} if network.alignment == "given" else set()
        self.needs = frozenset(needs)
        self.learns = learned_features(network.speaker_embedding)
        self.can_align = network.alignment == "searched"

    @property
    def bare_network(self) -> MatchaNetwork:
        """The network without the wrappers of data parallelism and compilation."""
        return bare(self.network, MatchaNetwork)

    def learn_statistics(self, arrays: Arrays) -> None:
        """Learn the mean and the deviation of all values of the mels, [n_mels, T]."""
        learn_speakers(self.bare_network.speaker_embedding, arrays)
        (found,) = by_speaker("mel", ((0, mel) for _, mel in arrays("mel")), 1)
        self.mel_mean.fill_(found.mean)
        self.mel_std.fill_(found.std)

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        append_speaker(self, self.bare_network.speaker_embedding, vector, (), pitch)

    def normalized(self, batch: Batch) -> Tensor:
        """The mel of a batch as the network reads it, [B, n_mels, T], 0 in padding."""
        assert batch.mel is not None and batch.mel_lengths is not None
        real = length_mask(batch.mel_lengths, batch.mel.shape[2])[:, None]
        return torch.where(real, (batch.mel.float() - self.mel_mean) / self.mel_std, 0.0)

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """The network's turn: the losses prior, duration and flow (section 2.2, equation 4)."""
        mel = self.normalized(batch)
        out = self.network(
            batch.tokens,
            batch.token_lengths,
            mel,
            batch.mel_lengths,
            Draws.like(mel),
            batch.speaker,
            batch.durations,
        )
        yield "network", batch_means(self.terms(out, mel, batch))

    def terms(self, out: Training, mel: Tensor, batch: Batch) -> dict[str, Term]:
        """Sums and counts of each loss; `mel` is normalised."""
        _, frames = masks_of(batch)
        units = length_mask(out.unit_lengths, out.log_durations.shape[1])
        log_durations = (out.durations_target.float() + 1e-8).log()
        segments = length_mask(out.segment_lengths, out.velocity.shape[2])
        return {
            "prior": masked(gaussian_terms(mel, out.mean), frames),
            "duration": squared_error(out.log_durations, log_durations, units),
            "flow": squared_error(out.velocity, out.velocity_target, segments),
        }

    @torch.no_grad()
    def teach(self, batch: Batch) -> Tensor:
        """The mel of true durations, [B, n_mels, T]."""
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel is not None
        durations = self.align(batch)[0] if self.can_align else batch.durations
        taught = self.infer(
            batch.tokens, batch.token_lengths, speaker=batch.speaker, durations=durations
        )
        return taught.mel[:, :, : batch.mel.shape[2]]

    @torch.no_grad()
    def align(self, batch: Batch) -> tuple[Tensor, list[str | None]]:
        """The durations that the search finds, [B, N] int64, which sum to each item's frames; this
        never fails, since its paths are monotonic. A token's include those of the blank after it.
        """
        assert batch.mel_lengths is not None and batch.tokens is not None
        encoded, alignment = self._alignment(batch)
        durations = path_durations(alignment.path, batch.mel_lengths, encoded.means.shape[1])
        by_token = sum_units(durations, encoded.owner, batch.tokens.shape[1])
        return by_token, [None] * len(batch.ids)

    def _alignment(self, batch: Batch) -> tuple[Encoded, Alignment]:
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel_lengths is not None
        network = self.bare_network
        encoded = network.encode(batch.tokens, batch.token_lengths, batch.speaker)
        return encoded, network.align(encoded, self.normalized(batch), batch.mel_lengths)

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
        noise: Tensor | None = None,
    ) -> Acoustic:
        """tokens [B, N], token_lengths [B], speaker [B] -> mel.

        `pace` above 1 is faster: a number, or a tensor [B] or [B, N]. durations [B, N] (frames,
        with those of the blank after a token) replace the predictions; pitch and energy are not
        predicted, so nothing replaces or changes them. noise [B, n_mels, T], of standard deviation
        1 and at least as long as the mel, replaces the model's own. Raises `DataError` for a pace
        that is not positive or a tensor of the wrong shape.
        """
        check_given(tokens, pace, durations=durations)
        network = self.bare_network
        encoded = network.encode(tokens, token_lengths, speaker)
        owner, mask = encoded.owner, length_mask(encoded.lengths, encoded.means.shape[1])
        durations_hat = encoded.log_durations.float().exp().clamp(max=self.max_duration) * mask
        unpaced = torch.ones(tokens.shape, device=tokens.device)
        used = whole_frames(durations_hat, unpaced, durations, owner, encoded.lengths)
        if isinstance(pace, Tensor) and pace.dim() == 2:
            pace = pace[:, owner]
        repeats = paced_repeats(used, pace)
        lengths = repeats.sum(1)
        n_frames = most_frames(lengths)
        padded = n_frames + -n_frames % network.decoder.stride
        mean = regulate_length(encoded.means, repeats, padded)[0].transpose(1, 2)  # [B, n_mels, T]
        if noise is None:
            places = torch.arange(padded, device=mean.device) % NOISE_FRAMES
            noise = self.noise[:, places].expand_as(mean)
        else:
            noise = F.pad(noise[:, :, :n_frames], (0, padded - n_frames))
        temperature, n_steps = sampling.or_else(self.temperature, self.n_steps)
        mel = network.flow(mean.float(), noise * temperature, lengths, encoded.speaker, n_steps)
        mel = mel[:, :, :n_frames]
        mel = mel.float() * self.mel_std + self.mel_mean
        return Acoustic(
            mel=mel * length_mask(lengths, n_frames)[:, None],
            mel_lengths=lengths,
            durations=sum_units(durations_hat, owner, tokens.shape[1]),
            repeats=sum_units(repeats, owner, tokens.shape[1]),
        )

    def graphs(self) -> list[Graph]:
        """One graph with the model's own number of steps."""
        n_tokens = self.bare_network.embedding.num_embeddings
        return [parallel_graph(self, n_tokens, self.n_speakers, predicts_pitch=False)]

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """The first two utterances: mels true, taught and free, alignments."""
        batch = batch.first(2)
        assert batch.tokens is not None and batch.token_lengths is not None
        free = self.infer(batch.tokens, batch.token_lengths, speaker=batch.speaker)
        mels = show_mels(batch, self.teach(batch), free)
        if not self.can_align:
            return mels
        encoded, alignment = self._alignment(batch)
        return mels + show_alignments(batch._replace(token_lengths=encoded.lengths), alignment)
