"""The models of `hubconf.py`: this project's voices behind the interface of NVIDIA's torch.hub
entry points.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from recital import models
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.model import AcousticModel, Vocoder
from recital.modules.signal.denoiser import Denoiser
from recital.places import locate
from recital.processors.text import TextConfig, TextProcessor
from recital.utils import checkpoint
from recital.utils.config import build_section
from recital.utils.devices import open_device
from recital.utils.errors import CheckpointError, UsageError

log = logging.getLogger(__name__)

MAX_WAV_VALUE = 32768.0
Transform = Callable[[Tensor, Tensor, Any, Any], Tensor]


class HubAcoustic(nn.Module):
    """An acoustic model with the hub's interface."""

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        text: Tensor,
        pace: float = 1.0,
        dur_tgt: Tensor | None = None,
        pitch_tgt: Tensor | None = None,
        energy_tgt: Tensor | None = None,
        pitch_transform: Transform | None = None,
        speaker: int = 0,
    ) -> tuple[Tensor | None, ...]:
        """text [B, N] int64, padded with 0 -> mel [B, n_mels, T], lengths [B], durations [B, N],
        pitch [B, C, N] (normalised), energy [B, N]; None for what a model does not predict.

        `pitch_transform(pitch, token_lengths, mean, std)` changes the predicted pitch; mean and
        std are in Hz.
        """
        given: dict[str, Any] = {"pitch": pitch_tgt, "energy": energy_tgt, "durations": dur_tgt}
        given = {name: value for name, value in given.items() if value is not None}
        if pitch_transform is not None:
            given["pitch_transform"] = _by_position(pitch_transform)
        lengths = text_lengths(text)
        ids = torch.full_like(lengths, speaker)
        out = self.model.infer(text, lengths, speaker=ids, pace=pace, **given)
        return out.mel, out.mel_lengths, out.durations, out.pitch, out.energy

    infer = forward


class HubWaves(nn.Module):
    """A model that makes waves, with the hub's interface."""

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        text: Tensor,
        pace: float = 1.0,
        dur_tgt: Tensor | None = None,
        speaker: int = 0,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """text [B, N] int64, padded with 0 -> wav [B, 1, S], its lengths in samples [B], durations
        [B, N] in frames.
        """
        lengths = text_lengths(text)
        ids = torch.full_like(lengths, speaker)
        out = self.model.infer(text, lengths, speaker=ids, pace=pace, durations=dur_tgt)
        assert out.wav is not None
        return out.wav[:, None], out.mel_lengths * self.model.audio.hop_length, out.durations

    infer = forward


class HubVocoder(nn.Module):
    """A vocoder with the hub's interface."""

    @staticmethod
    def remove_weightnorm(model: HubVocoder) -> HubVocoder:
        """The model as it is: inference folds weight norm by itself."""
        return model

    def __init__(self, model: Vocoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, 1, T * hop_length]."""
        return self.infer(mel)[:, None]

    def infer(self, mel: Tensor, **options: Any) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]; options are the vocoder's (sigma)."""
        wav: Tensor = self.model.infer(mel, **options)
        return wav


class HubDenoiser(nn.Module):
    """The denoiser with the hub's interface."""

    def __init__(self, vocoder: Vocoder) -> None:
        super().__init__()
        self.denoiser = Denoiser(vocoder)

    def forward(self, audios: Tensor, strength: float = 0.1) -> Tensor:
        """audios [B, S] -> [B, 1, S]."""
        denoised: Tensor = self.denoiser(audios, strength)
        return denoised.reshape(len(audios), 1, -1)


class HubText:
    """Texts to batches of tokens."""

    def __init__(self, text: TextProcessor) -> None:
        self.text = text

    def prepare_input_sequence(
        self, texts: Sequence[str], batch_size: int = 1, device: str | torch.device = "cpu"
    ) -> list[dict[str, Tensor]]:
        """Batches of `text` [B, N] int64, padded with 0, and `text_lens` [B], in the order of the
        texts.
        """
        if isinstance(texts, str):
            raise UsageError(f"texts: expected a list of texts, found the text {texts[:40]!r}")
        if batch_size < 1:
            raise UsageError(f"batch_size {batch_size}: expected a whole number from 1")
        encoded = [
            torch.tensor(tokens, device=device) for tokens in self.text.encode_many(list(texts))
        ]
        batches = []
        for first in range(0, len(encoded), batch_size):
            group = encoded[first : first + batch_size]
            padded = nn.utils.rnn.pad_sequence(group, batch_first=True)
            lengths = torch.tensor([len(t) for t in group], device=device)
            batches.append({"text": padded, "text_lens": lengths})
        return batches


def open_waves(
    directory: str | Path, device: str, model_type: str
) -> tuple[HubWaves, dict[str, Any]]:
    """Open a model that makes waves, with its audio facts."""
    acoustic, facts = open_acoustic(directory, device, model_type)
    return HubWaves(acoustic.model), facts


def open_acoustic(
    directory: str | Path, device: str, model_type: str | None
) -> tuple[HubAcoustic, dict[str, Any]]:
    """Open an acoustic model, with the audio facts that a vocoder must share."""
    place = locate(directory, "acoustic")
    model, config = models.load_acoustic(place, str(open_device(device)))
    _require(directory, config, model_type)
    text = config.get("text", {})
    names = {
        "symbol_set": text.get("symbol_set"),
        "text_cleaners": text.get("cleaners"),
        "p_arpabet": text.get("p_arpabet", 0.0),
    }
    return HubAcoustic(model), setup(model.audio) | names


def open_vocoder(
    directory: str | Path, device: str, model_type: str | None
) -> tuple[HubVocoder, dict[str, Any], HubDenoiser]:
    """Open a vocoder, with the audio facts that an acoustic model must share, and its denoiser."""
    place = locate(directory, "vocoder")
    model, config = models.load_vocoder(place, str(open_device(device)))
    _require(directory, config, model_type)
    return HubVocoder(model), setup(model.audio), HubDenoiser(model)


def open_shipped_vocoder(
    directory: Path, device: str, model_type: str | None
) -> tuple[HubVocoder, dict[str, Any], HubDenoiser]:
    """Open the vocoder that comes with a checkout in place of the requested one."""
    config = checkpoint.read_json(directory / checkpoint.CONFIG)
    if model_type not in (None, config["model_type"]):
        log.warning(
            "no %s comes with Recital: the %s in %s is used; give a directory for another",
            model_type,
            config["model_type"],
            directory,
        )
    return open_vocoder(directory, device, None)


class HubTacotron2(nn.Module):
    """An acoustic model by the calls of NVIDIA's page of Tacotron 2."""

    def __init__(self, acoustic: HubAcoustic) -> None:
        super().__init__()
        self.acoustic = acoustic

    def infer(self, sequences: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """sequences [B, N], lengths [B] -> mel [B, n_mels, T], lengths [B], and the alignment
        [B, T, N] of the frames that each token was given.
        """
        out = self.acoustic.model.infer(sequences, lengths)
        repeats = out.durations.round().long() if out.repeats is None else out.repeats
        ends = repeats.cumsum(1)[:, None]  # [B, 1, N]
        frames = torch.arange(out.mel.shape[2], device=ends.device)[:, None]
        alignment = (frames < ends) & (frames >= ends - repeats[:, None])
        return out.mel, out.mel_lengths, alignment.to(out.mel.dtype)

    forward = infer


class HubSequences:
    """Texts to one padded batch, as the page of Tacotron 2 unpacks it."""

    def __init__(self, text: HubText) -> None:
        self.text = text

    def prepare_input_sequence(
        self, texts: Sequence[str], cpu_run: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Texts -> sequences [B, N] int64, padded with 0, and lengths [B]; on the GPU if there is
        one, unless `cpu_run`, as on the page.
        """
        device = "cuda" if torch.cuda.is_available() and not cpu_run else "cpu"
        (batch,) = self.text.prepare_input_sequence(texts, len(texts), device)
        return batch["text"], batch["text_lens"]


def open_text(
    directory: str | Path, cmudict_path: str | None = None, heteronyms_path: str | None = None
) -> HubText:
    """The text front end of an acoustic model. The paths replace those of its config. With a
    dictionary, every word becomes ARPAbet, as on NVIDIA's page, if the voice has these symbols and
    does not speak through espeak (which reads neither file).
    """
    config = checkpoint.read_json(
        checkpoint.find(locate(directory, "acoustic")) / checkpoint.CONFIG
    )
    if models.entry(config.get("model_type")).kind != "acoustic":
        raise CheckpointError(f"{directory}: holds no acoustic model, so no symbols")
    section = build_section(TextConfig, config.get("text", {}), "text")
    arpabet = section.phonemizer is None and "@AA1" in config["symbols"]
    if (cmudict_path or heteronyms_path) and section.phonemizer is not None:
        log.warning(
            "cmudict_path and heteronyms_path are not read: %s speaks through %s",
            directory,
            section.phonemizer,
        )
    section = replace(
        section,
        p_arpabet=1.0 if cmudict_path and arpabet else section.p_arpabet,
        cmudict_path=cmudict_path or section.cmudict_path,
        heteronyms_path=heteronyms_path or section.heteronyms_path,
    )
    return HubText(TextProcessor(section, config["symbols"]))


def setup(audio: AudioConfig) -> dict[str, Any]:
    """The audio section under the names of NVIDIA's train_setup."""
    return {
        "sampling_rate": audio.sample_rate,
        "filter_length": audio.n_fft,
        "hop_length": audio.hop_length,
        "win_length": audio.win_length,
        "num_mels": audio.n_mels,
        "mel_fmin": audio.f_min,
        "mel_fmax": audio.f_max or audio.sample_rate / 2,
        "max_wav_value": MAX_WAV_VALUE,
    }


def text_lengths(text: Tensor) -> Tensor:
    """Padded tokens [B, N] -> lengths [B]: 0 is padding only after the last other token."""
    places = torch.arange(1, text.shape[1] + 1, device=text.device)
    return (places * (text != 0)).amax(1)


def _require(directory: str | Path, config: Mapping[str, Any], model_type: str | None) -> None:
    if model_type not in (None, config["model_type"]):
        raise CheckpointError(
            f"{directory}: holds a {config['model_type']}, expected a {model_type}"
        )


def _by_position(transform: Transform) -> Callable[..., Tensor]:
    def changed(pitch: Tensor, token_lengths: Tensor, *, mean: Tensor, std: Tensor) -> Tensor:
        return transform(pitch, token_lengths, mean, std)

    return changed
