"""Replaces `stack(x, mask)` of an acoustic model and `vocoder.infer(mel)` by the replay of a CUDA
graph: for an utterance, the GPU computes faster than Python launches its kernels. Justified by
`benchmark gpu --parts latency`.

Lengths are padded to few sizes, eight between two powers of two, and the graph of a size is
captured when it is first needed:

    length       513 ... 576   577 ... 640   641 ... 704
    padded to        576           640           704
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.model import Vocoder
from recital.modules.layers.convolution import TimeConv1d
from recital.modules.layers.predictor import Predictor
from recital.modules.layers.transformer import FFTransformer

LEAST = 16  # sizes are multiples of it
MOST_GRAPHS = 32  # of a function; further sizes run without
WARM_UP = 3  # runs before a capture, for what libraries prepare at first

# One at a time: the inputs of a graph are at fixed places, and captures share one memory.
_lock = threading.Lock()


class Captured(NamedTuple):
    """A graph and the places of its inputs and output."""

    graph: Any  # torch.cuda.CUDAGraph, which a build for the CPU lacks
    inputs: tuple[Tensor, ...]
    output: Tensor


class Replay:
    """A function of tensors without randomness and without waiting, such as a network in inference:
    on CUDA as the replay of a graph, elsewhere as it is. Its weights must stay where they are, and
    all calls must be on one stream.
    """

    def __init__(self, function: Callable[..., Tensor]) -> None:
        self.function = function
        self.captured: dict[tuple[Any, ...], Captured] = {}
        self.pool: Any = None  # one memory for all graphs, which run one after the other

    def __call__(self, *inputs: Tensor) -> Tensor:
        """The function's result for `inputs`, without gradients."""
        device = inputs[0].device
        if device.type != "cuda" or torch.cuda.is_current_stream_capturing():
            return self.function(*inputs)
        autocast = torch.is_autocast_enabled("cuda")
        dtype = torch.get_autocast_dtype("cuda") if autocast else None
        key = (device, dtype, *((x.shape, x.dtype) for x in inputs))
        # tensors of a graph are written in and out of inference mode
        with _lock, torch.inference_mode(False), torch.no_grad(), torch.cuda.device(device):
            if key not in self.captured:
                if len(self.captured) == MOST_GRAPHS:
                    return self.function(*inputs)
                # cached copies of weights would be lost with the context
                with torch.autocast("cuda", dtype, autocast, cache_enabled=False):
                    self.captured[key] = self._capture(inputs)
            captured = self.captured[key]
            for place, given in zip(captured.inputs, inputs, strict=True):
                place.copy_(given)
            captured.graph.replay()
            return captured.output.clone()

    def _capture(self, given: tuple[Tensor, ...]) -> Captured:
        inputs = tuple(torch.empty_like(x, memory_format=torch.contiguous_format) for x in given)
        for place, x in zip(inputs, given, strict=True):
            place.copy_(x)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                self.function(*inputs)
        torch.cuda.current_stream().wait_stream(side)
        self.pool = self.pool or torch.cuda.graph_pool_handle()
        graph = torch.cuda.CUDAGraph()
        # other threads of a server may use the GPU meanwhile
        with torch.cuda.graph(graph, self.pool, capture_error_mode="thread_local"):
            output = self.function(*inputs)
        return Captured(graph, inputs, output)


class PaddedReplay:
    """`Replay` of a stack, `forward(x, mask)`, which padding does not change."""

    def __init__(self, forward: Callable[[Tensor, Tensor], Tensor]) -> None:
        self.replay = Replay(forward)

    def __call__(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, C], mask [B, T] -> [B, T, ...]."""
        n = x.shape[1]
        more = padded_size(n) - n
        return self.replay(F.pad(x, (0, 0, 0, more)), F.pad(mask, (0, more)))[:, :n]


class ReplayedVocoder(Vocoder):
    """A vocoder whose `infer` is replayed; equal to it, by its `context_frames`:

    mel padded to a size   m m m m m m 0 0   # (0s are silence)
    its wav                w w w w x x       # (x: hears the silence)
    the last frames            m m m m       # twice the context
    its wav                    . . w w       # in place of x
    """

    def __init__(self, vocoder: Vocoder, context: int) -> None:
        super().__init__()
        self.vocoder, self.context = vocoder, context
        self.audio = vocoder.audio
        self.replay = Replay(vocoder.infer)

    @property
    def name(self) -> str:
        return self.vocoder.name

    @property
    def context_frames(self) -> int | None:
        return self.context

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        n, hop = mel.shape[2], self.audio.hop_length
        if n <= 2 * self.context or n == 0:
            return self.vocoder.infer(mel)
        more = padded_size(n) - n
        wav = self.replay(F.pad(mel, (0, more), value=self.audio.silence))
        if more == 0 or self.context == 0:
            return wav[:, : n * hop]
        end = self.replay(mel[:, :, -2 * self.context :])
        last = self.context * hop
        return torch.cat([wav[:, : n * hop - last], end[:, -last:]], dim=1)

    def infer_quiet(self, mel: Tensor) -> Tensor:
        return self.vocoder.infer_quiet(mel)


def padded_size(n: int) -> int:
    """The size that a length is padded to: at most an eighth more, or less than `LEAST`."""
    step = max(LEAST, (1 << max(n - 1, 0).bit_length()) // 16)
    return -(-n // step) * step


def replay_stacks(model: nn.Module) -> None:
    """Replay the transformers and predictors of a model in inference, with their convolutions by
    images: 1.7 instead of 2.5 ms for FastPitch in one graph. In training, where Python is waited
    for, images are no faster.
    """
    for part in model.modules():
        if isinstance(part, TimeConv1d):
            part.forward = part.by_image  # type: ignore[method-assign]
        if isinstance(part, FFTransformer | Predictor):
            # in the instance, so that names of weights stay
            part.forward = PaddedReplay(part.forward)  # type: ignore[method-assign]


def replayed(vocoder: Vocoder) -> Vocoder:
    """The vocoder with its `infer` replayed; itself if it has noise or a source, which are drawn or
    found for each mel, or needs the whole mel.
    """
    plain = type(vocoder).infer_windows is Vocoder.infer_windows
    context = vocoder.context_frames
    return ReplayedVocoder(vocoder, context) if plain and context is not None else vocoder
