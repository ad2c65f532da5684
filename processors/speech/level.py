"""The `speech` section of a voice's config: what happens to its waves after the vocoder. Reading
it needs no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from recital.utils.ranges import Range

if TYPE_CHECKING:
    from recital.modules.contract.model import Vocoder


@dataclass(frozen=True)
class SpeechConfig:
    """`gain_db` makes a voice of quiet recordings as loud as others, about -20 LUFS."""

    gain_db: Annotated[float, Range(-40.0, 40.0)] = 0.0


def at_level(vocoder: Vocoder, speech: SpeechConfig) -> Vocoder:
    """The vocoder of a voice with this section."""
    from recital.modules.signal.gain import Louder

    return Louder(vocoder, speech.gain_db) if speech.gain_db else vocoder
