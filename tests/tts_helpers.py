"""Small FastPitch models and batches, for several tests."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recital.models import build
from recital.models.tts.fastpitch.model import FastPitch
from recital.models.tts.matcha.encoder import RotaryAttention
from recital.modules.contract.batch import Batch
from recital.modules.layers.transformer import SelfAttention

N_SYMBOLS = 40
AUDIO = {
    "sample_rate": 22050,
    "n_fft": 1024,
    "win_length": 1024,
    "hop_length": 256,
    "n_mels": 20,
    "f_min": 0.0,
    "f_max": 8000.0,
}


def tiny_config(n_heads: int = 1, n_speakers: int = 1, **model: Any) -> dict[str, Any]:
    """A resolved config of a few ten thousand parameters."""
    stack = {"n_layers": 2, "n_heads": n_heads, "d_head": 8, "d_inner": 48, "kernel_size": 3}
    predictor = {"n_layers": 2, "channels": 24, "kernel_size": 3}
    return {
        "model_type": "FastPitch",
        "audio": AUDIO,
        "symbols": [str(i) for i in range(N_SYMBOLS)],
        "speakers": [str(i) for i in range(n_speakers)],
        "model": {
            "d_model": 32,
            "encoder": stack,
            "decoder": stack,
            "duration_predictor": predictor,
            "pitch_predictor": predictor,
            "energy_predictor": predictor,
            "aligner": {"channels": 16},
            **model,
        },
    }


def drawn_prosody() -> dict[str, Any]:
    """The section `prosody` of a tiny model whose pitch and durations are drawn."""
    stack = {"n_layers": 1, "n_heads": 1, "d_head": 8, "d_inner": 32}
    return {"text": dict(stack), "flow": dict(stack)}


def tiny_model(seed: int = 0, **options: Any) -> FastPitch:
    """A model with fresh weights, whose predicted durations are a few frames."""
    torch.manual_seed(seed)
    model = build(tiny_config(**options))
    model.pitch_statistics.set(200.0, 40.0)
    with torch.no_grad():
        model.network.duration_predictor.out.bias.fill_(1.4)
    return model


def without_dropout(model: nn.Module) -> nn.Module:
    """The model in training mode, with every dropout at 0."""
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
        if isinstance(part, (SelfAttention, RotaryAttention)):
            part.dropout = 0.0
    return model.train()


def random_batch(
    token_lengths: list[int], n_speakers: int = 1, seed: int = 0, n_mels: int = 20
) -> Batch:
    """Random features; frames are 3 to 6 times the tokens."""
    generator = torch.Generator().manual_seed(seed)

    def rand(*size: int) -> Tensor:
        return torch.rand(*size, generator=generator)

    n = torch.tensor(token_lengths)
    t = (n * (3 + 3 * rand(len(n)))).long()
    tokens = torch.randint(1, N_SYMBOLS, (len(n), int(n.max())), generator=generator)
    tokens *= torch.arange(tokens.shape[1]) < n[:, None]
    real = torch.arange(int(t.max())) < t[:, None]  # [B, T]
    pitch = (100 + 200 * rand(*real.shape)) * (rand(*real.shape) > 0.3) * real
    return Batch(
        ids=[str(i) for i in range(len(n))],
        tokens=tokens,
        token_lengths=n,
        mel=(rand(len(n), n_mels, real.shape[1]) * 4 - 4) * real[:, None],
        mel_lengths=t,
        pitch=pitch,
        energy=(1 + 30 * rand(*real.shape)) * real,
        speaker=torch.arange(len(n)) % n_speakers,
    )


def one_item(batch: Batch, i: int) -> Batch:
    """Utterance `i` of a batch, alone and without padding."""
    assert batch.token_lengths is not None and batch.mel_lengths is not None
    n, t = int(batch.token_lengths[i]), int(batch.mel_lengths[i])
    widths = {"tokens": n, "durations": n, "mel": t, "pitch": t, "energy": t}
    fields: dict[str, Any] = {"ids": [batch.ids[i]]}
    for name, value in batch._asdict().items():
        if isinstance(value, Tensor):
            row = value[i : i + 1]
            fields[name] = row[..., : widths[name]] if name in widths else row
    if batch.attention_prior is not None:
        fields["attention_prior"] = batch.attention_prior[i : i + 1, :t, :n]
    return Batch(**fields)


def losses_of(model: FastPitch, batch: Batch) -> dict[str, Tensor]:
    """The losses of the model's only turn."""
    ((network, losses),) = model.step(batch)
    assert network == "network"
    return losses
