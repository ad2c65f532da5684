"""Entry points for torch.hub: `torch.hub.load(REPO, "fastpitch", source="local")`.

Without `directory`, they load the voice in `pretrained/`: FastPitch and SourceFilter, with a notice
if another vocoder was asked for. `directory` is any checkpoint or experiment directory of that
model, imported ones too (`.venv/bin/python -m recital.bins.import_checkpoint`).
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

dependencies = ["torch", "numpy", "safetensors", "json5", "accelerate"]


def fastpitch(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return FastPitch and its train_setup.

    Call it as `mel, mel_lens, *_ = model(text, pace=1.0, speaker=0, pitch_tgt=None,
    pitch_transform=None)`.
    """
    return _acoustic(directory or _shipped(0), device, "FastPitch")


def fastspeech2(directory: str | Path, device: str = "cpu") -> Any:
    """Return FastSpeech 2 and its train_setup; called as `fastpitch`."""
    return _acoustic(directory, device, "FastSpeech2")


def tacotron2(directory: str | Path, device: str = "cpu") -> Any:
    """Return Tacotron 2 and its train_setup; called as `fastpitch`."""
    return _acoustic(directory, device, "Tacotron2")


def matcha(directory: str | Path, device: str = "cpu") -> Any:
    """Return Matcha-TTS and its train_setup; called as `fastpitch`, without pitch."""
    return _acoustic(directory, device, "Matcha")


def vits(directory: str | Path, device: str = "cpu") -> Any:
    """Return VITS and its train_setup: `audios, lengths, durations = model(text, pace=1.0,
    speaker=0)`; audios are [B, 1, S], and there is no vocoder.
    """
    from recital.hub import open_waves

    return open_waves(directory, device, "VITS")


def hifigan(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return HiFi-GAN, its train_setup and its denoiser: `audios = vocoder(mel)` is [B, 1, S]."""
    return _vocoder(directory, device, "HiFiGAN")


def bigvgan(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return BigVGAN, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "BigVGAN")


def waveglow(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return WaveGlow, its train_setup and its denoiser.

    `audios = vocoder.infer(mel, sigma=0.6)` is [B, S].
    """
    return _vocoder(directory, device, "WaveGlow")


def vocos(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return Vocos, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "Vocos")


def melgan(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return MelGAN, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "MelGAN")


def istftnet(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return iSTFTNet or MB-iSTFT, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "ISTFTNet")


def nsf_hifigan(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return NSF-HiFiGAN, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "NSFHiFiGAN")


def apnet(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return APNet, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "APNet")


def diffwave(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return DiffWave, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "DiffWave")


def wavenet(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return WaveNet, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "WaveNet")


def wavernn(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return WaveRNN, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "WaveRNN")


def parallel_wavegan(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return Parallel WaveGAN, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "ParallelWaveGAN")


def source_filter(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return SourceFilter, its train_setup and its denoiser; called as `hifigan`."""
    return _vocoder(directory, device, "SourceFilter")


def denoiser(directory: str | Path | None = None, device: str = "cpu") -> Any:
    """Return the denoiser of any vocoder: `denoiser(audios, 0.005)` maps [B, S] to [B, 1, S]."""
    return _vocoder(directory, device, None)[2]


def text_processing(directory: str | Path | None = None) -> Any:
    """Return the text front end of a voice.

    `prepare_input_sequence(texts, batch_size=1)` returns batches with `text` and `text_lens`.
    """
    from recital.hub import open_text

    return open_text(directory or _shipped(0))


def nvidia_fastpitch(
    directory: str | Path | None = None, device: str = "cpu", **options: Any
) -> Any:
    """Alias of `fastpitch`, as on NVIDIA's torch.hub page; other options get a warning."""
    _warn_of(options)
    return fastpitch(directory, device)


def nvidia_hifigan(directory: str | Path | None = None, device: str = "cpu", **options: Any) -> Any:
    """Alias of `hifigan`, as on NVIDIA's torch.hub page; other options get a warning."""
    _warn_of(options)
    return hifigan(directory, device)


def nvidia_tacotron2(
    directory: str | Path | None = None, device: str = "cpu", **options: Any
) -> Any:
    """Return a voice with the interface of NVIDIA's Tacotron 2 page.

    `mel, lengths, alignments = tacotron2.infer(sequences, lengths)`. Without `directory` it is
    the included voice, a FastPitch.
    """
    from recital.hub import HubTacotron2, open_acoustic

    _warn_of(options)
    if directory is None:
        return HubTacotron2(open_acoustic(_shipped(0), device, None)[0])
    return HubTacotron2(open_acoustic(directory, device, "Tacotron2")[0])


def nvidia_waveglow(
    directory: str | Path | None = None, device: str = "cpu", **options: Any
) -> Any:
    """Return a vocoder with the interface of NVIDIA's WaveGlow page.

    `audio = waveglow.infer(mel)` is [B, S].
    """
    _warn_of(options)
    return _vocoder(directory, device, "WaveGlow")[0]


def nvidia_textprocessing_utils(
    directory: str | Path | None = None,
    cmudict_path: str | None = None,
    heteronyms_path: str | None = None,
) -> Any:
    """Alias of `text_processing`, as on NVIDIA's page; the two files replace the voice's own."""
    from recital.hub import open_text

    return open_text(directory or _shipped(0), cmudict_path, heteronyms_path)


def nvidia_tts_utils(directory: str | Path | None = None) -> Any:
    """Return the text front end with the interface of NVIDIA's Tacotron 2 page.

    `sequences, lengths = utils.prepare_input_sequence([text])`.
    """
    from recital.hub import HubSequences, open_text

    return HubSequences(open_text(directory or _shipped(0)))


def _warn_of(options: dict[str, Any]) -> None:
    """Say which options of NVIDIA's page have no effect here."""
    for name, value in options.items():
        if (name, value) not in (("model_math", "fp32"), ("pretrained", True)):
            precision = "; for half precision call the model in torch.autocast"
            hint = precision if name == "model_math" else ""
            logging.getLogger(__name__).warning("%s=%r has no effect here%s", name, value, hint)


def _shipped(part: int) -> Path:
    from recital.voices import shipped_voice

    return shipped_voice()[part]


def _acoustic(directory: str | Path, device: str, model_type: str) -> Any:
    from recital.hub import open_acoustic

    return open_acoustic(directory, device, model_type)


def _vocoder(directory: str | Path | None, device: str, model_type: str | None) -> Any:
    from recital.hub import open_shipped_vocoder, open_vocoder

    if directory is None:
        return open_shipped_vocoder(_shipped(1), device, model_type)
    return open_vocoder(directory, device, model_type)
