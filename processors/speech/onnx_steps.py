"""A voice whose decoder makes one step after another (Tacotron 2), on onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np

from recital.modules.acoustic.free_running import Dropout, TextMasks, run_steps, step_failures
from recital.modules.contract.audio import AudioConfig
from recital.processors.speech.backend import Predicted, Prosody
from recital.processors.speech.onnx_files import OnnxGraph
from recital.utils.errors import CheckpointError, DataError

AFTER_ENCODER = ("decoder", "postnet")


class OnnxSteps:
    """The graphs of `models/tts/tacotron2/graphs.py`."""

    takes_durations = False
    sampling_controls: frozenset[str] = frozenset()

    def __init__(
        self, encoder: OnnxGraph, decoder: OnnxGraph, postnet: OnnxGraph, audio: AudioConfig
    ) -> None:
        self.encoder, self.decoder, self.postnet = encoder, decoder, postnet
        self.audio = audio
        facts = decoder.facts
        try:
            self.dropout = Dropout(**facts["dropout"])
            self.sizes: dict[str, Any] = dict(facts["state"])
            self.reduction, self.max_steps = int(facts["reduction"]), int(facts["max_steps"])
            self.threshold = float(facts["threshold"])
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"{decoder.path}: its metadata lacks {error}") from None

    def predict(
        self,
        tokens: np.ndarray,
        token_lengths: np.ndarray,
        prosody: Prosody,
        speaker: int | None = None,
    ) -> Predicted:
        """See `backend.Acoustics`."""
        if (prosody.durations >= 0).any():
            raise DataError("durations: this voice cannot be given any; leave it out")
        pace = prosody.pace[0, 0]
        if (prosody.pace != pace).any():
            raise DataError("pace: this voice takes one for a text, not one for each token")
        size, n_tokens = tokens.shape
        text = {"tokens": tokens, "token_lengths": token_lengths}
        encoded = self.encoder({**text, "speaker": np.full(size, speaker or 0)})
        state = {
            name: np.zeros((size, n_tokens if width == "tokens" else width), np.float32)
            for name, width in self.sizes.items()
        }

        def step(masks: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            nonlocal state
            out = self.decoder({**text, **encoded, **state, "masks": masks})
            state = {name: out[f"next_{name}"] for name in self.sizes}
            return state["frames"], out["gate"], state["weights"]

        draw = TextMasks(tokens, token_lengths, self.dropout)
        steps = run_steps(step, draw, self.max_steps, self.threshold)
        out = self.postnet(
            {
                **text,
                "frames": steps.frames,
                "weights": steps.weights,
                "counts": steps.counts,
                "stopped": steps.counts < self.max_steps,
                "pace": np.full(size, pace, np.float32),
            }
        )
        failures = step_failures(
            steps, token_lengths, self.max_steps, self.reduction, self.audio.frame_rate
        )
        return Predicted(out["mel"], out["mel_lengths"], out["token_frames"], failures=failures)

    def add_speaker(self, vector: np.ndarray, pitch: tuple[float, float] | None) -> None:
        """See `backend.Acoustics`."""
        raise CheckpointError("a voice on onnxruntime keeps the speakers that it was exported with")
