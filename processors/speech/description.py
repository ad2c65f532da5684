"""The one description of a voice: what its text becomes and what it can do, whatever runs it.

A checkpoint directory has it in `config.json`, an ONNX file in its metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from recital.modules.contract.audio import AudioConfig
from recital.processors.speech.level import SpeechConfig
from recital.processors.text import TextConfig, TextProcessor
from recital.utils.config import build_section, convert
from recital.utils.errors import ConfigError


@dataclass(frozen=True)
class Description:
    """A voice without its networks."""

    audio: AudioConfig
    text: TextConfig
    symbols: list[str]
    speech: SpeechConfig
    speakers: list[str]  # empty for a voice of one speaker without a name
    name: str = ""
    licence: str = ""  # of the weights, such as "CC0-1.0"

    @property
    def language(self) -> str:
        """The language of its texts, such as "en-us"."""
        return self.text.voice if self.text.phonemizer == "espeak" else self.text.language

    @classmethod
    def of(cls, config: Mapping[str, Any], where: str) -> Description:
        """From the sections of a checkpoint's config, or of an ONNX file's metadata. Raises
        `ConfigError` at `where` for what does not fit.
        """
        try:
            return cls(
                audio=build_section(AudioConfig, config.get("audio", {}), "audio"),
                text=build_section(TextConfig, config.get("text", {}), "text"),
                speech=build_section(SpeechConfig, config.get("speech", {}), "speech"),
                symbols=convert(config.get("symbols", []), list[str], "symbols"),
                speakers=convert(config.get("speakers", []), list[str], "speakers"),
                name=convert(config.get("name", ""), str, "name"),
                licence=convert(config.get("licence", ""), str, "licence"),
            )
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from None

    def to_json(self) -> dict[str, Any]:
        """The JSON that `of` reads, with the language."""
        return {**asdict(self), "language": self.language}

    def processor(self) -> TextProcessor:
        """Text to the tokens of this voice."""
        return TextProcessor(self.text, self.symbols)
