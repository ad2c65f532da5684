"""What an editor must see through `recital.…` in a checkout: `make types` runs basedpyright on it.

What comes from an import that it cannot resolve is `Unknown`, which is none of the types asserted.
"""

from __future__ import annotations

from torch import Tensor
from typing_extensions import assert_type

import recital
from recital.models.tts.fastpitch import FastPitch
from recital.modules.contract.model import Acoustic
from recital.processors.speech.synthesizer import Synthesizer


def speak(model: FastPitch, tokens: Tensor, token_lengths: Tensor) -> None:
    assert_type(model.infer(tokens, token_lengths), Acoustic)
    assert_type(model.infer(tokens, token_lengths).mel, Tensor)
    assert_type(recital.load_voice("ckpts/tts/mine"), Synthesizer)
