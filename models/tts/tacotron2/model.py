"""Tacotron 2 (arXiv 1712.05884), NVIDIA's form: a teacher that needs no durations but yields them.

Deviations: padding has no influence (in the reference convolutions, batch statistics and losses
include it); the prenet's dropout in inference is seeded by the text, so that the same text gives
the same mel; attention failures are detected and reported
(`modules/acoustic/free_running.py`).

Options beyond the paper: several frames per step, several speakers, guided attention
(arXiv 1710.08969).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from recital.models.tts.tacotron2.decoder import Masks
from recital.models.tts.tacotron2.durations import attention_durations, share_out, stretch
from recital.models.tts.tacotron2.graphs import tacotron2_graphs
from recital.models.tts.tacotron2.location_attention import guided_attention
from recital.models.tts.tacotron2.network import Tacotron2Network, Taught
from recital.modules.acoustic.free_running import (
    Steps,
    TextMasks,
    attention_failures,
    step_failures,
)
from recital.modules.acoustic.inference import check_given
from recital.modules.acoustic.showing import show_mels
from recital.modules.acoustic.speakers import append_speaker, learn_speakers, learned_features
from recital.modules.acoustic.terms import Term, masked, squared_error
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
from recital.modules.losses.reduction import batch_means
from recital.utils.errors import DataError
from recital.utils.ranges import ForInference, Range, Scale, Share
from recital.utils.training.trainable import bare


class Tacotron2(AcousticModel):
    """The model: the network, its losses, and inference."""

    networks = ("network",)
    can_align = True
    takes_durations = False

    def __init__(
        self,
        network: Tacotron2Network,
        audio: AudioConfig,
        *,
        max_decoder_steps: ForInference[Annotated[int, Range(1, 1_000_000)]] = 2000,
        gate_threshold: ForInference[Share] = 0.5,
        guided_attention_width: Scale | None = None,
    ) -> None:
        """`guided_attention_width` (0.2 in arXiv 1710.08969) adds that loss."""
        super().__init__()
        self.network = network
        self.audio = audio
        self.max_decoder_steps = max_decoder_steps
        self.gate_threshold = gate_threshold
        self.guided_attention_width = guided_attention_width
        guided = {"guided_attention"} if guided_attention_width is not None else set()
        names = {"mel", "mel_postnet", "gate", "alignment_focus"}
        self.losses = {"network": frozenset(names | guided)}
        several = network.speaker_embedding is not None
        self.needs = frozenset({"tokens", "mel"} | ({"speaker"} if several else set()))
        self.learns = learned_features(network.speaker_embedding)

    def learn_statistics(self, arrays: Arrays) -> None:
        """Learn the speakers' vectors, if the voice has any."""
        learn_speakers(bare(self.network, Tacotron2Network).speaker_embedding, arrays)

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        embedding = bare(self.network, Tacotron2Network).speaker_embedding
        append_speaker(self, embedding, vector, (), pitch)

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """One turn: mel, mel_postnet, gate, (guided_attention) losses.

        `alignment_focus`, the largest weight of a frame's attention, is a metric: give it weight 0.
        """
        yield "network", batch_means(self.terms(self._teach(batch), batch))

    def _teach(self, batch: Batch, masks: Tensor | None = None) -> Taught:
        return self.network(
            batch.tokens, batch.token_lengths, batch.mel, batch.mel_lengths, batch.speaker, masks
        )

    def terms(self, out: Taught, batch: Batch) -> dict[str, Term]:
        """Sums and counts of each loss: squared error of both mels, cross entropy of the stop gate,
        whose target is 1 from the step of the last frame on.
        """
        assert batch.mel is not None and batch.token_lengths is not None
        assert batch.mel_lengths is not None
        n_frames = batch.mel.shape[2]
        frames = length_mask(batch.mel_lengths, n_frames)
        r = bare(self.network, Tacotron2Network).decoder.reduction
        n_steps = (batch.mel_lengths + r - 1) // r
        steps = length_mask(n_steps, out.gate.shape[1])
        last = torch.arange(out.gate.shape[1], device=steps.device) >= n_steps[:, None] - 1

        gate = F.binary_cross_entropy_with_logits(out.gate, last.float(), reduction="none")
        terms = {
            "mel": squared_error(out.mel[..., :n_frames], batch.mel, frames),
            "mel_postnet": squared_error(out.mel_postnet[..., :n_frames], batch.mel, frames),
            "gate": masked(gate, steps),
            "alignment_focus": masked(out.weights.detach().max(2).values, steps),
        }
        if self.guided_attention_width is not None:
            terms["guided_attention"] = guided_attention(
                out.weights, batch.token_lengths, n_steps, self.guided_attention_width
            )
        return terms

    @torch.no_grad()
    def teach(self, batch: Batch) -> Tensor:
        """Each frame of the mel predicted from the true ones before it, [B, n_mels, T], with the
        prenet's dropout as in inference.
        """
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel is not None
        decoder = bare(self.network, Tacotron2Network).decoder
        n_frames = batch.mel.shape[2]
        draw = self._masks(batch.tokens, batch.token_lengths)
        masks = draw(-(-n_frames // decoder.reduction))
        if masks is not None:
            masks = masks.transpose(0, 1)  # [steps, layers, B, P] -> [layers, steps, B, P]
        return self._teach(batch, masks).mel_postnet[..., :n_frames].float()

    @torch.no_grad()
    def align(self, batch: Batch) -> tuple[Tensor, list[str | None]]:
        """Teacher-forced durations: frames of each token, [B, N] int64, which sum to each item's
        frames, and the failure of each item's attention (or None). The prenet's dropout is off, so
        that the result is deterministic.
        """
        assert batch.token_lengths is not None and batch.mel_lengths is not None
        decoder = bare(self.network, Tacotron2Network).decoder
        none = batch.mel_lengths.new_ones(len(decoder.prenet.layers), 1, 1, 1)
        weights = self._teach(batch, none).weights.repeat_interleave(decoder.reduction, 1)
        durations = attention_durations(weights, batch.token_lengths, batch.mel_lengths)
        lengths = _array(batch.token_lengths), _array(batch.mel_lengths)
        return durations, attention_failures(_array(weights), *lengths, self.audio.frame_rate)

    def _masks(self, tokens: Tensor, token_lengths: Tensor) -> Masks:
        """The prenet's dropout of these texts."""
        decoder = bare(self.network, Tacotron2Network).decoder
        draw = TextMasks(_array(tokens), _array(token_lengths), decoder.dropout)

        def masks(n_steps: int) -> Tensor | None:
            drawn = draw(n_steps)
            return None if drawn is None else torch.from_numpy(drawn).to(tokens.device)

        return masks

    def max_steps(self, max_frames: int) -> int:
        """The decoder's steps for so many frames."""
        return max(max_frames // bare(self.network, Tacotron2Network).decoder.reduction, 1)

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
        """tokens [B, N], token_lengths [B], speaker [B] -> mel, with the durations implied by the
        attention, and `failures`.

        `pace`, a number or [B], stretches the mel afterwards, since the decoder has no pace
        control; a pitch transform is ignored. Raises `DataError` for given pitch, energy or
        durations, which this model does not have.
        """
        check_given(tokens, pace)
        if isinstance(pace, Tensor) and pace.dim() > 1:
            raise DataError("pace: Tacotron 2 takes one for a text, not one for each token")
        for name, value in (("pitch", pitch), ("energy", energy), ("durations", durations)):
            if value is not None:
                raise DataError(f"{name}: Tacotron 2 cannot be given any; leave it out")
        return self._speak(tokens, token_lengths, speaker, pace, self.max_decoder_steps)

    def _speak(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        speaker: Tensor | None,
        pace: float | Tensor,
        max_frames: int,
    ) -> Acoustic:
        network = bare(self.network, Tacotron2Network)
        max_steps = self.max_steps(max_frames)
        masks = self._masks(tokens, token_lengths)
        steps = network.speak(tokens, token_lengths, speaker, max_steps, self.gate_threshold, masks)
        stopped = steps.counts < max_steps
        paces = torch.as_tensor(pace, device=tokens.device).expand(len(tokens))
        out = self.finish(steps.frames, steps.weights, steps.counts, stopped, token_lengths, paces)
        failures = step_failures(
            Steps(*map(_array, steps)),
            _array(token_lengths),
            max_steps,
            network.decoder.reduction,
            self.audio.frame_rate,
        )
        return out._replace(failures=failures)

    def finish(
        self,
        frames: Tensor,
        weights: Tensor,
        counts: Tensor,
        stopped: Tensor,
        token_lengths: Tensor,
        pace: Tensor,
    ) -> Acoustic:
        """What steps of the decoder become: frames [B, D, r * n_mels], weights [B, D, N], counts
        and pace [B], and whether an item stopped, -> mel, and durations.
        """
        network = bare(self.network, Tacotron2Network)
        lengths = counts * network.decoder.reduction
        mel = network.refine(frames, counts, stopped)
        found = attention_durations(weights, token_lengths, counts) * network.decoder.reduction
        mel, mel_lengths = stretch(mel, lengths, pace)
        return Acoustic(mel, mel_lengths, found.float(), repeats=share_out(found, mel_lengths))

    def graphs(self) -> list[Graph]:
        return tacotron2_graphs(self)

    @torch.no_grad()
    def show(self, batch: Batch) -> list[Shown]:
        """The first two utterances: true and teacher-forced mels and the attention; the first one
        also free-running.
        """
        batch = batch.first(2)
        assert batch.tokens is not None and batch.token_lengths is not None
        assert batch.mel_lengths is not None
        out = self._teach(batch)
        speaker = None if batch.speaker is None else batch.speaker[:1]
        tokens = batch.tokens[:1, : int(batch.token_lengths[0])]
        # a model early in training would run to the limit
        limit = 2 * int(batch.mel_lengths[0])
        free = self._speak(tokens, batch.token_lengths[:1], speaker, 1.0, limit)
        shown = show_mels(batch, out.mel_postnet, free)
        r = bare(self.network, Tacotron2Network).decoder.reduction
        for i, name in enumerate(batch.ids):
            n, t = int(batch.token_lengths[i]), int(batch.mel_lengths[i])
            weights = out.weights[i, : -(-t // r), :n].T.cpu().numpy()
            shown.append(Shown(f"alignment/{name}", "matrix", weights))
        return shown


def _array(tensor: Tensor) -> np.ndarray:
    # NumPy has no bfloat16
    array: np.ndarray = (tensor.float() if tensor.is_floating_point() else tensor).cpu().numpy()
    return array
