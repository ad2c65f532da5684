"""The graphs of acoustic models that predict all tokens at once: to a mel, or to a wave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from recital.modules.acoustic.controls import EnergyChange, PitchChange
from recital.modules.acoustic.noise import Noise, table_noise
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.graph import WAV, Graph, Port
from recital.modules.contract.model import Acoustic, AcousticModel, Sampling

BY_TOKEN = ("batch", "tokens")
# name -> the value that changes nothing, and its meaning
TIMING = {
    "pace": (1.0, "2 is twice as fast"),
    "durations": (-1.0, "frames before pace; below 0 keeps the prediction"),
}


class ParallelGraph(nn.Module):
    """`AcousticModel.infer` with all controls as tensors; `names` are those of its inputs."""

    def __init__(self, model: AcousticModel, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """See `parallel_graph` -> mel, mel_lengths, durations, and pitch and energy if
        predicted.
        """
        given = dict(zip(self.names, inputs, strict=True))
        change = energy = None
        if "pitch_hz" in given:
            change = PitchChange(
                given["pitch_scale"],
                given["pitch_shift"],
                given["pitch_semitones"],
                given["pitch_hz"],
            )
        if "energy" in given:
            energy = EnergyChange(given["energy_scale"], given["energy"])
        drawn: dict[str, Any] = {}
        if "temperature" in given:
            drawn["sampling"] = Sampling(
                given["temperature"], duration_temperature=given.get("duration_temperature")
            )
        out = self.model.infer(
            given["tokens"],
            given["token_lengths"],
            speaker=given.get("speaker"),
            pace=given["pace"],
            durations=given["durations"],
            pitch_transform=change,
            energy_transform=energy,
            **drawn,
        )
        assert out.repeats is not None
        found = [out.mel, out.mel_lengths, out.repeats]
        if change is not None and out.pitch is not None:
            found.append(change.in_hz(out.pitch)[:, 0])
        return (*found, out.energy) if out.energy is not None else tuple(found)


def _text_ports(n_tokens: int, n_speakers: int) -> tuple[list[Port], list[Tensor]]:
    """Inputs of the text and the speaker, and examples of them."""
    inputs = [
        Port("tokens", BY_TOKEN, "int64, the numbers of the symbols, 0 in padding"),
        Port("token_lengths", ("batch",), "int64, the tokens of each item without padding"),
    ]
    example = [torch.arange(14).reshape(2, 7) % n_tokens, torch.tensor([7, 5])]
    if n_speakers > 1:
        inputs.append(Port("speaker", ("batch",), "int64, the number of the speaker"))
        example.append(torch.tensor([0, 1]))
    return inputs, example


def _mel_ports(audio: AudioConfig) -> list[Port]:
    return [
        Port("mel", ("batch", audio.n_mels, "frames"), "log mel, 0 in padding"),
        Port("mel_lengths", ("batch",), "int64, the frames of each item"),
        Port("token_frames", BY_TOKEN, "int64, the frames of each token"),
    ]


def _add_temperature(inputs: list[Port], example: list[Tensor], name: str, of: str) -> None:
    about = f"the standard deviation of {of}; below 0 it is the voice's own"
    inputs.append(Port(name, (1,), about))
    example.append(torch.full((1,), -1.0))


def parallel_graph(
    model: AcousticModel,
    n_tokens: int,
    n_speakers: int,
    *,
    predicts_pitch: bool = True,
    predicts_energy: bool = False,
) -> Graph:
    """The graph of a model whose `infer` takes every control for each token."""
    inputs, example = _text_ports(n_tokens, n_speakers)
    controls = dict(TIMING)
    outputs = _mel_ports(model.audio)
    if predicts_pitch:
        controls |= {
            "pitch_scale": (1.0, "scales the pitch's movement around the speaker's mean"),
            "pitch_shift": (0.0, "Hz, added after the scale"),
            "pitch_semitones": (0.0, "added after the shift"),
            "pitch_hz": (0.0, "Hz that replace the prediction; 0 keeps it"),
        }
        outputs.append(Port("token_pitch", BY_TOKEN, "Hz, after all changes"))
    if predicts_energy:
        controls["energy_scale"] = (1.0, "scales the predicted energy")
        controls["energy"] = (math.nan, "replaces the prediction; NaN keeps it")
        outputs.append(Port("token_energy", BY_TOKEN, "after the scale, in the model's unit"))
    for name, (neutral, about) in controls.items():
        inputs.append(Port(name, BY_TOKEN, f"{about}; {neutral:g} changes nothing"))
        example.append(torch.full((2, 7), neutral))
    if "temperature" in model.sampling_controls:
        _add_temperature(inputs, example, "temperature", "what is drawn")
    if "duration_temperature" in model.sampling_controls:
        _add_temperature(inputs, example, "duration_temperature", "the durations that are drawn")
    module = ParallelGraph(model, [port.name for port in inputs])
    return Graph("acoustic", module, inputs, outputs, example)


class WaveMaker(Protocol):
    """The methods of a model that makes waves that the graphs below call."""

    audio: AudioConfig
    temperature: float
    duration_temperature: float

    def speak(
        self,
        tokens: Tensor,
        token_lengths: Tensor,
        noise: Noise,
        speaker: Tensor | None = None,
        pace: float | Tensor = 1.0,
        durations: Tensor | None = None,
    ) -> Acoustic:
        """`AcousticModel.infer` with any noise."""
        ...


class WaveVoiceGraph(nn.Module):
    """`WaveMaker.speak` with all controls as tensors, and all noise in one table; `names` are those
    of its inputs.
    """

    def __init__(self, model: WaveMaker, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """See `wave_voice_graph` -> mel, mel_lengths, token_frames, wav."""
        given = dict(zip(self.names, inputs, strict=True))
        sampling = Sampling(
            given["temperature"], duration_temperature=given["duration_temperature"]
        )
        temperature, _ = sampling.or_else(self.model.temperature)
        of_durations = sampling.durations_or_else(self.model.duration_temperature)
        noise = table_noise(lambda _: given["noise"], temperature, of_durations)
        out = self.model.speak(
            given["tokens"],
            given["token_lengths"],
            noise,
            given.get("speaker"),
            given["pace"],
            given["durations"],
        )
        assert out.repeats is not None and out.wav is not None
        return out.mel, out.mel_lengths, out.repeats, out.wav


def wave_voice_graph(model: WaveMaker, n_tokens: int, n_speakers: int, noise_rows: int) -> Graph:
    """The graph of a model that makes waves."""
    inputs, example = _text_ports(n_tokens, n_speakers)
    for name, (neutral, about) in TIMING.items():
        inputs.append(Port(name, BY_TOKEN, f"{about}; {neutral:g} changes nothing"))
        example.append(torch.full((2, 7), neutral))
    _add_temperature(inputs, example, "temperature", "what is drawn of the speech")
    _add_temperature(inputs, example, "duration_temperature", "what is drawn of its durations")
    about = "white, of standard deviation 1, of any length: it is repeated"
    inputs.append(Port("noise", ("one", noise_rows, "values"), about))
    example.append(torch.zeros(1, noise_rows, 1000))
    outputs = [*_mel_ports(model.audio), WAV]
    facts = {"noise": {"rows": noise_rows, "per_frame": 1}}
    module = WaveVoiceGraph(model, [port.name for port in inputs])
    return Graph("voice", module, inputs, outputs, example, facts)
