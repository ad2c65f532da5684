"""Tacotron 2's network (arXiv 1712.05884, section 2.2), in NVIDIA's form."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.tacotron2.decoder import Decoder, Masks, product_type
from recital.modules.acoustic.free_running import Steps
from recital.modules.acoustic.speakers import Conditioning, embed_speaker, speaker_embedding
from recital.modules.layers.masking import length_mask
from recital.modules.layers.postnet import ConvNormStack, Postnet
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, DropRate, Kernel, Width


class Taught(NamedTuple):
    """The teacher-forced pass. D decoder steps of r frames each; T = D * r."""

    mel: Tensor  # [B, n_mels, T] before the postnet
    mel_postnet: Tensor  # [B, n_mels, T]
    gate: Tensor  # [B, D] logits of stopping
    weights: Tensor  # [B, D, N] attention


class Encoder(nn.Module):
    """Convolutions over the characters, and a bidirectional LSTM."""

    def __init__(
        self, d_model: int, n_layers: Depth = 3, kernel_size: Kernel = 5, dropout: DropRate = 0.5
    ) -> None:
        super().__init__()
        if d_model % 2:
            raise ConfigError(f"model.d_model: expected an even number, found {d_model}")
        widths = [d_model] * (n_layers + 1)
        self.convs = ConvNormStack(widths, kernel_size, dropout, F.relu, last_linear=False)
        self.lstm = nn.LSTM(d_model, d_model // 2, batch_first=True, bidirectional=True)

    def forward(self, embedded: Tensor, lengths: Tensor) -> Tensor:
        """[B, N, C] -> [B, N, C], 0 in padding."""
        x = self.convs(embedded, length_mask(lengths, embedded.shape[1]))
        return self.recur(x, lengths)

    def recur(self, x: Tensor, lengths: Tensor) -> Tensor:
        """The LSTM, in float32 unless under bfloat16's autocast: [B, N, C] -> [B, N, C]."""
        if torch.jit.is_tracing():
            return self._recur_unpacked(x, lengths)
        brief = product_type(x) == torch.bfloat16
        packed = nn.utils.rnn.pack_padded_sequence(
            x if brief else x.float(), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        with torch.autocast(x.device.type, enabled=brief):
            encoded, _ = self.lstm(packed)
        padded, _ = nn.utils.rnn.pad_packed_sequence(
            encoded, batch_first=True, total_length=x.shape[1]
        )
        return padded

    def _recur_unpacked(self, x: Tensor, lengths: Tensor) -> Tensor:
        """The same for a graph, which has no packed sequences: one direction after the other.

        x            a b c 0 0
        turned       c b a a a   # (what is past the end is not read)
        """
        n_tokens = x.shape[1]
        places = lengths[:, None] - 1 - torch.arange(n_tokens, device=x.device)
        turn = places.clamp(min=0)[..., None]
        forth, back = self.lstm.all_weights
        start = x.new_zeros(1, x.shape[0], self.lstm.hidden_size)
        outputs = []
        for weights, turned in ((forth, False), (back, True)):
            seen = x.gather(1, turn.expand(-1, -1, x.shape[2])) if turned else x
            made = torch.lstm(seen, (start, start), [*weights], True, 1, 0.0, False, False, True)[0]
            if turned:
                made = made.gather(1, turn.expand(-1, -1, made.shape[2]))
            outputs.append(made)
        return torch.cat(outputs, 2) * length_mask(lengths, n_tokens)[..., None]


class Tacotron2Network(nn.Module):
    """Figure 1: everything with parameters."""

    def __init__(
        self,
        *,
        n_tokens: int,
        n_speakers: int,
        d_model: Width = 512,
        encoder: Encoder,
        decoder: Decoder,
        postnet: Postnet,
        speaker_conditioning: Conditioning = "table",
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, d_model)
        nn.init.xavier_uniform_(self.embedding.weight)
        self.speaker_embedding = speaker_embedding(speaker_conditioning, n_speakers, d_model)
        self.encoder = encoder
        self.decoder = decoder
        self.postnet = postnet

    def encode(self, tokens: Tensor, token_lengths: Tensor, speaker: Tensor | None) -> Tensor:
        """tokens [B, N], speaker [B] (None: the first) -> the attention's memory [B, N, C]."""
        memory = self.encoder(self.embedding(tokens), token_lengths)
        if self.speaker_embedding is not None:
            memory = memory + embed_speaker(self.speaker_embedding, speaker, len(tokens))
        return memory

    def forward(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        mel: Tensor,
        mel_lengths: Tensor,
        speaker: Tensor | None = None,
        masks: Tensor | None = None,
    ) -> Taught:
        """The teacher-forced pass on fields of `Batch`."""
        memory = self.encode(tokens, token_lengths, speaker)
        coarse, gate, weights = self.decoder(memory, token_lengths, mel, masks)
        r = self.decoder.reduction
        mask = length_mask((mel_lengths + r - 1) // r * r, coarse.shape[2])
        fine = coarse.transpose(1, 2)
        fine = fine + self.postnet(fine, mask)
        return Taught(coarse, fine.transpose(1, 2).float(), gate, weights)

    def speak(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        speaker: Tensor | None,
        max_steps: int,
        threshold: float,
        masks: Masks,
    ) -> Steps:
        """tokens [B, N], token_lengths [B], speaker [B] -> `Steps`: the free-running pass before
        the postnet, at most `max_steps` decoder steps; an item stops when its gate is above
        `threshold`.
        """
        memory = self.encode(tokens, token_lengths, speaker)
        return self.decoder.speak(memory, token_lengths, max_steps, threshold, masks)

    def refine(self, frames: Tensor, counts: Tensor, stopped: Tensor) -> Tensor:
        """The frames of steps [B, D, r * n_mels], the steps of each item before its stop [B], and
        whether it did stop -> mel [B, n_mels, T], with the stop step's frames.
        """
        r = self.decoder.reduction
        frames = frames.reshape(frames.shape[0], -1, self.decoder.n_mels)  # [B, T, n_mels]
        # the stop step is kept as input of the postnet, so that a batch equals single items
        mask = length_mask((counts + stopped) * r, frames.shape[1])
        return (frames + self.postnet(frames * mask[..., None], mask)).transpose(1, 2)
