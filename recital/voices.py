"""Opens trained voices and vocoders."""

from __future__ import annotations

from pathlib import Path

from recital import models
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.model import Vocoder
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.speech.vocoding import LoadedVocoder, denoised
from recital.processors.text import TextConfig, TextProcessor
from recital.utils.config import ROOT, build_section
from recital.utils.devices import open_device
from recital.utils.errors import CheckpointError, ConfigError

VOICE = ROOT / "pretrained" / "kathleen"  # the voice that comes with a checkout


def shipped_voice() -> tuple[Path, Path]:
    """The folders of its acoustic model and vocoder. Raises `CheckpointError` if missing."""
    if not VOICE.is_dir():
        raise CheckpointError(
            f"{VOICE}: the voice of a checkout is missing; give the directory of a trained voice"
        )
    return VOICE / "acoustic", VOICE / "vocoder"


def open_voice(
    directory: str | Path,
    vocoder: str | Path | None = None,
    device: str = "cpu",
    denoising_strength: float = 0.0,
) -> Synthesizer:
    """Open a synthesizer from checkpoint or experiment directories; the default vocoder is
    Griffin-Lim. `denoising_strength` is how much of the vocoder's bias is subtracted.

    Raises `CheckpointError` for a directory without a complete checkpoint of the right kind, and
    `ConfigError` if the two models have different mel spectrograms.
    """
    open_device(device)
    acoustic, config = models.load_acoustic(directory, device)
    if vocoder is None:
        wave_model: Vocoder = GriffinLim(acoustic.audio).to(device)
    else:
        wave_model = models.load_vocoder(vocoder, device)[0]
    try:
        section = build_section(TextConfig, config.get("text", {}), "text")
        text = TextProcessor(section, config["symbols"])
    except ConfigError as error:
        raise CheckpointError(f"{directory}: config.json: {error}") from None
    return Synthesizer(
        acoustic,
        denoised(wave_model, denoising_strength),
        text,
        speakers=config.get("speakers", ()),
        device=device,
    )


def open_vocoder(
    directory: str | Path, device: str = "cpu", denoising_strength: float = 0.0
) -> LoadedVocoder:
    """Open a vocoder from a checkpoint or experiment directory. Raises `CheckpointError` without a
    complete checkpoint of a vocoder.
    """
    open_device(device)
    return LoadedVocoder(models.load_vocoder(directory, device)[0], denoising_strength)
