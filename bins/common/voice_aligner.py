"""The phones of waves by the aligner of a voice, for stage 4."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from recital.models import load_acoustic
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel
from recital.places import locate
from recital.processors.evaluation.analysis import Analysis
from recital.processors.evaluation.phones import Phone, phones_of
from recital.processors.text import TextConfig, TextProcessor
from recital.processors.text.languages import language_of
from recital.utils.config import build_section
from recital.utils.errors import DataError, RecitalError

FIELDS = frozenset({"tokens", "mel", "pitch", "energy", "wav"})  # of a batch, that a wave gives


@dataclass(frozen=True)
class VoiceAligner:
    """A `PhoneFinder`: the voice of a checkpoint directory, which is loaded once a process."""

    directory: Path
    language: str | None = None  # of the texts; None: the voice's main one

    @torch.no_grad()
    def __call__(self, analysis: Analysis, text: str) -> list[Phone]:
        """The phones of a wave that says `text`; none of a text that the voice cannot read, or of
        which the alignment fails.
        """
        model, processor = _loaded(self.directory)
        try:
            tokens = processor.speaking(self.language).encode(text)
        except DataError:
            return []
        mel, wav = (torch.from_numpy(a.copy())[None] for a in (analysis.mel, analysis.wav))
        batch = Batch(
            [""],
            torch.tensor([tokens]),
            torch.tensor([len(tokens)]),
            mel,
            torch.tensor([mel.shape[2]]),
            torch.from_numpy(analysis.pitch.copy())[None],
            torch.linalg.vector_norm(mel, dim=1),
            wav=wav,
            wav_lengths=torch.tensor([wav.shape[1]]),
        )
        durations, failures = model.align(batch)
        if failures[0] is not None:
            return []
        return phones_of(processor.token_names(tokens), durations[0].tolist())


def voice_aligner(
    voice: Path | None, audio: AudioConfig, language: str | None = None
) -> VoiceAligner | str:
    """The aligner of a voice for waves of these frames and, if known, this language of espeak-ng
    ("en-us", "de"); or why there is none.
    """
    if voice is None:
        return "is measured in stage 4 of a voice, which --infer_expt_dir or --name names"
    try:
        directory = locate(voice, "acoustic")
        model, processor = _loaded(directory)
        model.audio.require_same(audio, "voice", "evaluation")
    except RecitalError as error:
        return str(error)
    if not model.can_align:
        return f"{voice} has no aligner"
    if processor.config.phonemizer != "espeak":
        return f"{voice} reads no phonemes of espeak"
    speaks = (processor.config.voice, *processor.config.languages)
    if language is not None and language not in speaks:
        # British recordings are aligned in American English rather than not at all
        near = [v for v in speaks if language_of(v) == language_of(language)]
        if not near:
            known = ", ".join(sorted({*map(language_of, speaks)}))
            return f"{voice} speaks {known}, and text.voice of the config is {language}"
        language = near[0]
    if missing := sorted(model.needs - FIELDS):
        return f"the aligner of {voice} needs {', '.join(missing)}"
    return VoiceAligner(directory, language)


@cache
def _loaded(directory: Path) -> tuple[AcousticModel, TextProcessor]:
    model, config = load_acoustic(directory)
    text = build_section(TextConfig, config.get("text", {}), "text")
    return model.eval(), TextProcessor(text, config["symbols"])
