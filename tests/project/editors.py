"""Types that an editor must resolve through `recital.…` in a checkout; `make types` runs
basedpyright on this file.

An import that cannot be resolved is `Unknown`, which is none of the asserted types.
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
