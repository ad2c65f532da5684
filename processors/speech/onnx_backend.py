"""A voice that onnxruntime runs, without torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.noise import NOISE_FRAMES, noise_array
from recital.modules.signal.phase import find_source
from recital.modules.signal.streaming import find_rows, infer_whole, stream, stream_mel
from recital.processors.speech.backend import Acoustics, OwnWaves, Predicted, Prosody
from recital.processors.speech.description import Description
from recital.processors.speech.onnx_files import PARALLEL, STEPS, WHOLE, OnnxGraph
from recital.processors.speech.onnx_steps import AFTER_ENCODER, OnnxSteps
from recital.processors.speech.synthesizer import Synthesizer
from recital.utils.config import build_section
from recital.utils.errors import CheckpointError, ConfigError, UsageError


class OnnxAcoustics:
    """The graph of `modules/acoustic/graph.py`."""

    def __init__(self, graph: OnnxGraph, audio: AudioConfig) -> None:
        self.graph = graph
        self.audio = audio
        self.takes_durations = "durations" in graph.inputs
        # the steps are part of the graph
        temperatures = {"temperature", "duration_temperature"}
        self.sampling_controls = frozenset(temperatures & set(graph.inputs))
        self.noise: np.ndarray | None = None  # of a graph that makes a wav

    def predict(
        self,
        tokens: np.ndarray,
        token_lengths: np.ndarray,
        prosody: Prosody,
        speaker: int | None = None,
    ) -> Predicted:
        """See `backend.Acoustics`."""
        feeds = {**prosody.arrays(), "tokens": tokens, "token_lengths": token_lengths}
        feeds["speaker"] = np.full(len(tokens), speaker or 0)
        drawn = {
            "temperature": prosody.temperature,
            "duration_temperature": prosody.duration_temperature,
        }
        for name, value in drawn.items():
            feeds[name] = np.array([-1.0 if value is None else value], np.float32)
        if prosody.pitch_function is not None and "token_pitch" in self.graph.outputs:
            # the function needs the prediction, so there are two
            first = self.graph({**feeds, "pitch_hz": 0.0 * prosody.pitch_hz})
            changed = prosody.call_function(first["token_pitch"], token_lengths)
            given = prosody.pitch_hz
            feeds["pitch_hz"] = np.where(given > 0, given, np.maximum(changed, 1.0))
        if self.noise is not None:
            feeds["noise"] = self.noise
        out = self.graph(feeds)
        return Predicted(
            mel=out["mel"],
            mel_lengths=out["mel_lengths"],
            durations=out["token_frames"],
            pitch_hz=out.get("token_pitch"),
            energy=out.get("token_energy"),
            wav=out.get("wav"),
        )

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        """See `backend.Acoustics`."""
        raise CheckpointError("a voice on onnxruntime keeps the speakers that it was exported with")


class OnnxVocoder:
    """The graph "vocoder", with "source" where F0 drives it. Its methods are those that
    `modules/signal/streaming.py` asks of a vocoder.
    """

    def __init__(self, graph: OnnxGraph, audio: AudioConfig, source: OnnxGraph | None) -> None:
        self.graph = graph
        self.source = source
        self.audio = audio
        self.name = str(graph.about.get("model_type", "vocoder"))
        self.context_frames: int | None = graph.facts.get("context_frames")

    def infer_many(
        self, mels: Sequence[np.ndarray], batch_size: int | None = None
    ) -> list[np.ndarray]:
        """Mels [n_mels, T] -> wavs float32 [T * hop_length] in [-1, 1], one by one: a CPU is no
        faster with several.
        """
        return [infer_whole(self, find_rows(self, mel)).clip(-1.0, 1.0) for mel in mels]

    def stream(self, mel_chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Chunks of a mel [n_mels, t] -> pieces of its wav in [-1, 1], as they are ready."""
        for wav in stream(self, mel_chunks):
            yield wav.clip(-1.0, 1.0)

    def stream_mel(self, mel: np.ndarray, start: int = 0) -> Iterator[np.ndarray]:
        """A whole mel [n_mels, T] -> pieces of its wav from frame `start` on, in [-1, 1]; the first
        is short.
        """
        for wav in stream_mel(self, mel, start):
            yield wav.clip(-1.0, 1.0)

    def infer(self, mel: np.ndarray) -> np.ndarray:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        ((mel, source),) = list(self.find_source([mel])) or [(mel, None)]
        return self.infer_windows(mel, [0] * len(mel), source)

    def infer_windows(
        self, mel: np.ndarray, starts: Sequence[int], source: np.ndarray | None = None
    ) -> np.ndarray:
        """See `modules/contract/model.py`."""
        if mel.shape[2] == 0:
            return np.zeros((len(mel), 0), np.float32)
        feeds = {"mel": np.ascontiguousarray(mel, np.float32)}
        if source is not None:
            feeds["source"] = np.ascontiguousarray(source, np.float32)
        if "noise" in self.graph.inputs:
            noise = self.graph.facts["noise"]
            rows, per_frame = noise["rows"], noise["per_frame"]
            drawn = [noise_array(rows, per_frame, mel.shape[2], start=start) for start in starts]
            feeds["noise"] = np.stack(drawn)
        return self.graph(feeds)["wav"]

    def find_source(
        self, mel_chunks: Iterable[np.ndarray]
    ) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        """See `modules/contract/model.py`: F0, voicing, and the phase, which goes on from chunk to
        chunk.
        """
        if self.source is None:
            for mel in mel_chunks:
                yield mel, None
            return
        graph = self.source

        def track(mel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            out = graph({"mel": np.ascontiguousarray(mel, np.float32)})
            return out["f0"], out["voiced"]

        yield from find_source(track, graph.facts["context_frames"], self.audio, mel_chunks)


class OnnxPair(OnnxAcoustics):
    """A graph from tokens to wav: of a pair (`modules/acoustic/pair.py`), or of a model that makes
    waves (`modules/acoustic/graph.py`).
    """

    def __init__(self, graph: OnnxGraph, audio: AudioConfig) -> None:
        super().__init__(graph, audio)
        noise = graph.facts.get("noise")
        self.noise = noise and noise_array(noise["rows"], noise["per_frame"], NOISE_FRAMES)[None]

    def predict(
        self,
        tokens: np.ndarray,
        token_lengths: np.ndarray,
        prosody: Prosody,
        speaker: int | None = None,
    ) -> Predicted:
        """See `backend.Acoustics`: one by one, so that a batch equals its items."""
        rows = []
        for i, n in enumerate(token_lengths):
            own: dict[str, Any] = {name: v[i : i + 1, :n] for name, v in prosody.arrays().items()}
            one = prosody._replace(**own)
            item = slice(i, i + 1)
            rows.append(super().predict(tokens[item, :n], token_lengths[item], one, speaker))
        return Predicted(*(_stacked([row[k] for row in rows]) for k in range(len(rows[0]))))


def _stacked(rows: list[Any]) -> Any:
    """Arrays [1, …, n] of several items as one, with zeros after the shorter ones."""
    if rows[0] is None:
        return None
    longest = max(row.shape[-1] for row in rows)
    ends = [(0, 0)] * (rows[0].ndim - 1)
    if rows[0].ndim == 1:
        return np.concatenate(rows)
    return np.concatenate([np.pad(r, [*ends, (0, longest - r.shape[-1])]) for r in rows])


def open_onnx_voice(path: Path, vocoder: str | Path | None = None, threads: int = 0) -> Synthesizer:
    """Open a voice from the graph with which it begins; `vocoder` is a folder with the graphs of
    one, or with `vocoder/` (default: that next to the graph or its folder). Raises
    `CheckpointError` for a graph that is missing or broken, and `ConfigError` if the mels differ.
    """
    graph = OnnxGraph(path, threads)
    kind = graph.about.get("graph")
    if kind not in (WHOLE, PARALLEL, STEPS):
        raise CheckpointError(
            f"{path}: is the graph {kind!r}; a voice begins with {PARALLEL}.onnx, {STEPS}.onnx or "
            f"{WHOLE}.onnx"
        )
    try:
        description = Description.of(graph.about.get("voice", {}), str(path))
        text = description.processor()
    except ConfigError as error:
        raise CheckpointError(str(error)) from None
    acoustics: Acoustics
    if kind == WHOLE:
        if vocoder is not None:
            raise UsageError(f"{path}: has its own vocoder in it; leave the other one out")
        pair = OnnxPair(graph, description.audio)
        own = OwnWaves(description.audio, str(graph.about.get("model_type", "voice")))
        return Synthesizer(pair, own, text, speakers=description.speakers)
    if kind == STEPS:
        step, postnet = (OnnxGraph(path.with_name(f"{n}.onnx"), threads) for n in AFTER_ENCODER)
        acoustics = OnnxSteps(graph, step, postnet, description.audio)
    else:
        acoustics = OnnxAcoustics(graph, description.audio)
    waves = open_onnx_vocoder(_vocoder_of(path, vocoder), threads)
    return Synthesizer(acoustics, waves, text, speakers=description.speakers)


def _vocoder_of(path: Path, vocoder: str | Path | None) -> Path:
    """The folder of the vocoder's graphs of a voice."""
    folder = path.parent
    given = None if vocoder is None else Path(vocoder)
    places = [folder, folder / "vocoder", folder.parent / "vocoder"]
    if given is not None:
        places = [given, given / "vocoder"]
    for place in places:
        if (place / "vocoder.onnx").is_file():
            return place
    raise CheckpointError(
        f"{given or folder}: has no vocoder.onnx, the other half of the voice; make it with "
        "recital export --format onnx"
    )


def open_onnx_vocoder(directory: Path, threads: int = 0) -> OnnxVocoder:
    """Open the vocoder of a folder. Raises `CheckpointError` for a graph that is missing or
    broken.
    """
    graph = OnnxGraph(directory / "vocoder.onnx", threads)
    source = directory / "source.onnx"
    needed = "source" in graph.inputs
    audio = build_section(AudioConfig, graph.about.get("audio", {}), f"{graph.path}: audio")
    return OnnxVocoder(graph, audio, OnnxGraph(source, threads) if needed else None)
