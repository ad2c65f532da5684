"""A voice that torch runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recital.modules.acoustic.controls import EnergyChange, PitchChange
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.model import AcousticModel, Sampling, Vocoder
from recital.processors.speech.backend import OwnWaves, Predicted, Prosody, Waves
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.speech.vocoding import LoadedVocoder
from recital.processors.text import TextProcessor


class TorchAcoustics:
    """An acoustic model of this project, behind arrays."""

    def __init__(self, model: AcousticModel, device: str | torch.device = "cpu") -> None:
        self.model = model
        self.device = torch.device(device)

    @property
    def audio(self) -> AudioConfig:
        """The definition of its mel."""
        return self.model.audio

    @property
    def takes_durations(self) -> bool:
        """Whether it can be given durations."""
        return self.model.takes_durations

    @property
    def sampling_controls(self) -> frozenset[str]:
        """Which of `controls.SAMPLING` it follows."""
        return self.model.sampling_controls

    @torch.inference_mode()
    def predict(
        self,
        tokens: np.ndarray,
        token_lengths: np.ndarray,
        prosody: Prosody,
        speaker: int | None = None,
    ) -> Predicted:
        """See `backend.Acoustics`."""
        lengths = torch.as_tensor(token_lengths, device=self.device)
        values = {
            name: torch.as_tensor(value, device=self.device)
            for name, value in prosody.arrays().items()
        }
        change = PitchChange(
            values["pitch_scale"],
            values["pitch_shift"],
            values["pitch_semitones"],
            values["pitch_hz"],
            prosody.call_function if prosody.pitch_function else None,
        )
        same = bool((prosody.pace == prosody.pace[0, 0]).all())
        drawn: dict[str, Any] = {}
        if self.model.sampling_controls:
            drawn["sampling"] = Sampling(*prosody.sampling)
        out = self.model.infer(
            torch.as_tensor(tokens, device=self.device),
            lengths,
            speaker=None if speaker is None else torch.full_like(lengths, speaker),
            # a model without durations of tokens takes one pace for a text
            pace=float(prosody.pace[0, 0]) if same else values["pace"],
            durations=values["durations"] if (prosody.durations >= 0).any() else None,
            pitch_transform=change,
            energy_transform=EnergyChange(values["energy_scale"], values["energy"]),
            **drawn,
        )
        repeats = out.durations if out.repeats is None else out.repeats
        return Predicted(
            mel=_array(out.mel.float()),
            mel_lengths=_array(out.mel_lengths),
            durations=_array(repeats),
            pitch_hz=None if out.pitch is None else _array(change.in_hz(out.pitch)[:, 0]),
            energy=None if out.energy is None else _array(out.energy),
            failures=out.failures,
            wav=None if out.wav is None else _array(out.wav.float()),
        )

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        """See `backend.Acoustics`."""
        self.model.add_speaker(vector, pitch)


def torch_voice(
    acoustic: AcousticModel,
    vocoder: Vocoder | None,
    text: TextProcessor,
    *,
    speakers: Sequence[str] = (),
    device: str | torch.device = "cpu",
) -> Synthesizer:
    """A synthesizer of two models, or of one that makes waves, without a vocoder. Raises
    `ConfigError` with the fields in which their mels differ.
    """
    acoustics = TorchAcoustics(acoustic, device)
    waves: Waves
    if acoustic.makes_waves:
        assert vocoder is None, "a model that makes waves has no vocoder"
        waves = OwnWaves(acoustic.audio, type(acoustic).__name__)
    else:
        assert vocoder is not None, "only a model that makes waves needs none"
        waves = LoadedVocoder(vocoder)
    return Synthesizer(acoustics, waves, text, speakers=speakers)


def networks_of(voice: Synthesizer) -> list[nn.Module]:
    """The models of a voice that torch runs."""
    parts = (voice.acoustic, voice.vocoder)
    return [part.model for part in parts if isinstance(part, TorchAcoustics | LoadedVocoder)]


def _array(tensor: Tensor) -> np.ndarray:
    array: np.ndarray = tensor.cpu().numpy()
    return array
