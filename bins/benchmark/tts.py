"""How fast FastSpeech 2 and Tacotron 2 of the published sizes train and speak, on random data."""

from __future__ import annotations

from typing import Any

import torch

from recital.bins.benchmark.fastpitch import _cpu_flags, _figures, _median
from recital.models import build
from recital.modules.contract.batch import Batch
from recital.utils.config import ROOT, load_config
from recital.utils.optimizers import build_optimizer
from recital.utils.train_config import OptimizerConfig

N_SYMBOLS = 148
TOKENS, FRAMES = 90, 400  # as the references were measured


def bench_fastspeech2_train() -> dict[str, float | str]:
    """Forward, losses, backward, clipping and Adam with given durations, as the references have
    them; batch 8 on a CPU, 64 on a GPU.
    """
    return _bench_train("fastspeech2", {"aligner": None, "binarization": None}, 5)


def bench_tacotron2_train() -> dict[str, float | str]:
    """Forward, losses, backward, clipping and Adam; batch 8 on a CPU, 64 on a GPU."""
    return _bench_train("tacotron2", {}, 3)


def bench_fastspeech2_infer() -> dict[str, float | str]:
    """90 tokens to 361 frames, one utterance, fp32."""
    model, device = _model("fastspeech2", {"aligner": None, "binarization": None}), _device()
    model.to(device).eval()
    tokens = torch.randint(1, N_SYMBOLS, (1, TOKENS), device=device)
    lengths = torch.tensor([TOKENS], device=device)
    durations = torch.full((1, TOKENS), 4.0, device=device)
    durations[0, 0] += 1
    seconds = _median(lambda: model.infer(tokens, lengths, durations=durations), 10, 2)
    return {"utterance (ms)": 1000 * seconds, "x real time": _audio(model, 361) / seconds}


def bench_tacotron2_infer() -> dict[str, float | str]:
    """90 tokens to 400 frames, one utterance, fp32; beside it the loop that computes every product
    in every step with weights as they are stored, which is what the reference does.
    """
    model, device = _model("tacotron2", {}).to(_device()).eval(), _device()
    tokens = torch.randint(1, N_SYMBOLS, (1, TOKENS), device=device)
    lengths = torch.tensor([TOKENS], device=device)
    model.max_decoder_steps, model.gate_threshold = FRAMES, 2.0
    seconds = _median(lambda: model.infer(tokens, lengths), 3, 1)
    plain = _median(lambda: _plain_loop(model, tokens, lengths), 3, 1)
    return {
        "utterance (ms)": 1000 * seconds,
        "x real time": _audio(model, FRAMES) / seconds,
        "plain loop (ms)": 1000 * plain,
        "against the plain loop (x)": plain / seconds,
    }


@torch.no_grad()
def _plain_loop(model: Any, tokens: torch.Tensor, lengths: torch.Tensor) -> None:
    """The decoder as the equations say it: LSTM cells on the joined inputs, growing lists."""
    network = model.network
    decoder = network.decoder
    memory = network.encode(tokens, lengths, None)
    keys = decoder.attention.keys(memory, lengths)
    first = (memory.new_zeros(1, 1024), memory.new_zeros(1, 1024))
    second = (memory.new_zeros(1, 1024), memory.new_zeros(1, 1024))
    context, frame = memory.new_zeros(1, 512), memory.new_zeros(1, 80)
    weights = total = memory.new_zeros(1, TOKENS)
    frames = memory.new_zeros(0, 80)
    for _ in range(FRAMES):
        x = torch.nn.functional.dropout(decoder.prenet(frame, None), 0.5)
        first = decoder.attention_rnn(torch.cat([x, context], 1), first)
        weights = decoder.attention(first[0], keys, weights, total)
        context, total = torch.bmm(weights[:, None], memory)[:, 0], total + weights
        second = decoder.decoder_rnn(torch.cat([first[0], context], 1), second)
        joined = torch.cat([second[0], context], 1)
        frame = decoder.mel(joined)
        bool(decoder.gate(joined).sigmoid() > 2.0)
        frames = torch.cat([frames, frame])
    mel = frames[None]
    network.postnet(mel, torch.ones(mel.shape[:2]) > 0)


def _bench_train(name: str, options: dict[str, Any], steps: int) -> dict[str, float | str]:
    if torch.cuda.is_available():
        return _figures("bf16", *_train(name, options, 64, torch.bfloat16, 10))
    figures = _figures("fp32", *_train(name, options, 8, None, steps))
    if "avx512_bf16" not in _cpu_flags():
        return figures | {"bf16": "not measured: this CPU has no avx512_bf16"}
    seconds, frames = _train(name, options, 8, torch.bfloat16, steps)
    ratio = float(figures["fp32 step (s)"]) / seconds
    return figures | _figures("bf16", seconds, frames) | {"bf16 against fp32 (x)": ratio}


def _train(
    name: str, options: dict[str, Any], size: int, precision: torch.dtype | None, steps: int
) -> tuple[float, int]:
    """Median seconds of a step, and the frames of its batch."""
    device = _device()
    model = _model(name, options).to(device).train()
    lengths = torch.full((size,), FRAMES)
    batch = Batch(
        ids=[str(i) for i in range(size)],
        tokens=torch.randint(1, N_SYMBOLS, (size, TOKENS)),
        token_lengths=torch.full((size,), TOKENS),
        mel=torch.randn(size, 80, FRAMES),
        mel_lengths=lengths,
        pitch=200 + 50 * torch.randn(size, FRAMES),
        durations=torch.tensor([[5] * 40 + [4] * 50] * size),
    )
    batch = Batch(batch.ids, *(None if f is None else f.to(device) for f in batch[1:]))
    config = OptimizerConfig(name="adam", lr=1e-4)
    optimizer = build_optimizer(config, list(model.parameters()))

    def step() -> None:
        with torch.autocast(device, dtype=precision, enabled=precision is not None):
            ((_, losses),) = model.step(batch)
        optimizer.zero_grad()
        torch.stack([v for k, v in losses.items() if k != "alignment_focus"]).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return _median(step, steps, 1), int(lengths.sum())


def _model(name: str, options: dict[str, Any]) -> Any:
    torch.manual_seed(0)
    config = load_config(ROOT / "config" / "tts" / f"{name}.json")
    config["model"] |= options
    return build(config | {"symbols": [str(i) for i in range(N_SYMBOLS)], "speakers": ["0"]})


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _audio(model: Any, n_frames: int) -> float:
    """Seconds of sound."""
    return n_frames * model.audio.hop_length / model.audio.sample_rate
