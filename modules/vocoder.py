"""What vocoders share beside their networks."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from recital.modules.batch import Batch
from recital.modules.mel import MelSpectrogram
from recital.modules.model import Shown, Vocoder


@torch.no_grad()
def show_waves(vocoder: Vocoder, batch: Batch) -> list[Shown]:
    """The first wave of a batch, recorded and made of its mel: sounds and mels."""
    assert batch.mel is not None and batch.wav is not None
    recorded, audio = batch.wav[:1].float(), vocoder.audio
    mel = MelSpectrogram(audio).to(recorded.device)
    shown = []
    for name, wav in (("predicted", vocoder.infer(batch.mel[:1]).float()), ("recorded", recorded)):
        shown.append(Shown(f"mel/{name}", "mel", _array(mel(wav))))
        shown.append(Shown(f"audio/{name}", "audio", _array(wav), sample_rate=audio.sample_rate))
    return shown


def _array(batch: Tensor) -> np.ndarray:
    """The first of a batch."""
    array: np.ndarray = batch[0].cpu().numpy()
    return array
