"""Recital: staged recipes for speech synthesis.

The folders of the repository (`models/`, `utils/`, …) are subpackages of this package: a wheel
contains them, and in a checkout (recognised by the `setup.py` next to this folder) the checkout's
root is appended to the package's path.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from recital.processors.speech.synthesizer import Synthesizer
    from recital.processors.speech.vocoding import LoadedVocoder

__version__ = "0.1.0"

_root = Path(__file__).resolve().parent.parent
if (_root / "setup.py").is_file():
    __path__.append(str(_root))


def load_voice(
    directory: str | Path | None = None,
    vocoder: str | Path | None = None,
    device: str = "cpu",
    denoising_strength: float = 0.0,
    sigma: float | None = None,
    runtime: Literal["torch", "cuda_graphs", "onnx"] | None = None,
) -> Synthesizer:
    """Open a trained voice: `wav, sample_rate = load_voice(DIR)("Hello.", pace=1.1)`, or piece by
    piece `for wav in load_voice(DIR).stream("Hello."): …`.

    `directory` is a voice's folder, the name of a voice that comes with Recital, a checkpoint or an
    experiment of an acoustic model, or a checkpoint of another project (`recital.places.locate`);
    `vocoder` is that of a vocoder (default: that in the voice's folder, else Griffin-Lim; none for
    a model that makes waves itself, such as VITS). Without either, Recital's own voice is opened.
    `sigma` is the standard deviation of WaveGlow's noise. `runtime` "onnx" speaks with the folder's
    graphs, without torch; folders of graphs alone always do. "cuda_graphs" is torch with the
    networks replayed as CUDA graphs, for the first sound sooner; without a GPU it is torch.

    Raises `CheckpointError` for a directory without a complete checkpoint and `ConfigError` if the
    two models have different mel spectrograms.
    """
    from recital.voices import open_voice, shipped_voice

    directory = shipped_voice()[0].parent if directory is None else directory
    return open_voice(directory, vocoder, device, denoising_strength, sigma, runtime)


def load_vocoder(
    directory: str | Path,
    device: str = "cpu",
    denoising_strength: float = 0.0,
    sigma: float | None = None,
) -> LoadedVocoder:
    """Open a trained vocoder: `wav, sample_rate = load_vocoder(DIR)(mel)`, mel [n_mels, T] and wav
    [T * hop_length]; `.stream(mel_chunks)` yields the wav in pieces.

    Raises `CheckpointError` for a directory without a complete checkpoint of a vocoder.
    """
    from recital.voices import open_vocoder

    return open_vocoder(directory, device, denoising_strength, sigma)
