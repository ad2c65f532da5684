"""Finds and opens trained voices and vocoders. To find one imports no torch."""

from __future__ import annotations

import importlib.util
import math
import re
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from recital.utils.config import ROOT
from recital.utils.errors import CheckpointError, ConfigError, DataError, UsageError
from recital.utils.files import as_path

if TYPE_CHECKING:
    from recital.modules.contract.model import AcousticModel, Vocoder
    from recital.processors.speech.synthesizer import Synthesizer
    from recital.processors.speech.vocoding import LoadedVocoder

HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
Runtime = Literal["torch", "cuda_graphs", "onnx"]
SHIPPED = ROOT / "pretrained"  # in a checkout and in an install
VOICE = SHIPPED / "kathleen"  # the voice that speaks unless another is named


def shipped_voice() -> tuple[Path, Path]:
    """The folders of its acoustic model and vocoder. Raises `CheckpointError` if missing."""
    if not VOICE.is_dir():
        raise CheckpointError(
            f"{VOICE}: the voice that comes with Recital is missing; give the directory of a "
            "trained voice"
        )
    return VOICE / "acoustic", VOICE / "vocoder"


def from_hub(name: str) -> Path:
    """The folder of `owner/name` of the model hub: the local copy if there is one, else it is
    downloaded. Raises `CheckpointError` if it cannot be had.
    """
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError:
        raise CheckpointError(
            f"{name}: no such folder; as a name on the hub it needs: pip install 'recital[hub]'"
        ) from None

    def folder(local: bool) -> Path:
        patterns = ["*.json", "*.safetensors", "*.onnx", "README.md"]
        return Path(snapshot_download(name, allow_patterns=patterns, local_files_only=local))

    try:
        return folder(local=True)
    except LocalEntryNotFoundError:
        pass
    try:
        return folder(local=False)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise CheckpointError(
            f"{name}: no such folder, and it cannot be had from the hub: {reason}"
        ) from None


def open_voice(
    directory: str | Path,
    vocoder: str | Path | None = None,
    device: str = "cpu",
    denoising_strength: float = 0.0,
    sigma: float | None = None,
    runtime: Runtime | None = None,
) -> Synthesizer:
    """Open a synthesizer from what `locate_voice` takes; without a vocoder it is Griffin-Lim,
    unless the model makes waves itself (VITS). `denoising_strength` is how much of the vocoder's
    bias is subtracted, `sigma` the standard deviation of the noise of a flow (WaveGlow; default:
    that of its config). `runtime` "onnx" runs the graphs in these folders, without torch; the
    default is torch where there are checkpoints. "cuda_graphs" replays the networks as CUDA graphs
    (`modules/fast/graphs.py`); on a CPU it is torch.

    Raises `CheckpointError` for a directory without a complete checkpoint of the right kind, and
    `ConfigError` if the two models have different mel spectrograms, or one needs no vocoder.
    """
    if runtime not in (None, *typing.get_args(Runtime)):
        known = ", ".join(typing.get_args(Runtime))
        raise UsageError(f"runtime {runtime!r}: expected one of {known}")
    place = graphs_of(directory)
    if (runtime or _default_runtime(directory, place)) == "onnx":
        from recital.processors.speech.onnx_backend import open_onnx_voice

        if place is None:
            raise CheckpointError(
                f"{directory}: holds no graphs for onnxruntime; make them with "
                "recital export --format onnx"
            )
        _require_graphs_only(device, denoising_strength, sigma)
        return open_onnx_voice(place, vocoder)
    from recital import models
    from recital.places import locate_voice
    from recital.processors.speech.description import Description
    from recital.processors.speech.level import at_level
    from recital.processors.speech.torch_backend import torch_voice
    from recital.processors.speech.vocoding import denoised
    from recital.utils.devices import open_device

    on_gpu = open_device(device).type == "cuda"
    directory, vocoder = locate_voice(directory, vocoder)
    acoustic, config = models.load_acoustic(directory, device)
    try:
        description = Description.of(config, f"{directory}: config.json")
        text = description.processor()
    except ConfigError as error:
        raise CheckpointError(str(error)) from None
    wave_model: Vocoder | None = None
    if acoustic.makes_waves:
        require_no_vocoding(denoising_strength, sigma)
        acoustic.gain_db = description.speech.gain_db
    else:
        replay = runtime == "cuda_graphs" and on_gpu
        found = _vocoder_for(acoustic, vocoder, device, replay=replay)
        found = denoised(with_sigma(found, sigma), denoising_strength)
        wave_model = at_level(found, description.speech)
    return torch_voice(acoustic, wave_model, text, speakers=description.speakers, device=device)


def _default_runtime(directory: str | Path, graph: Path | None) -> Runtime:
    """onnxruntime for the file of a graph, or for a folder without the checkpoint of its graph."""
    if graph is None:
        return "torch"
    named = graph == as_path(directory)
    return "onnx" if named or not graph.with_name("config.json").is_file() else "torch"


def _vocoder_for(
    acoustic: AcousticModel, directory: Path | None, device: str, *, replay: bool
) -> Vocoder:
    """The vocoder of `directory`, or Griffin-Lim for None. With `replay`, it and the acoustic
    model's networks are replayed as CUDA graphs.
    """
    from recital import models
    from recital.models.vocoder.griffin_lim import GriffinLim

    if directory is None:
        vocoder: Vocoder = GriffinLim(acoustic.audio).to(device)
    else:
        vocoder = models.load_vocoder(directory, device)[0]
    if not replay:
        return vocoder
    from recital.modules.fast.graphs import replay_stacks, replayed

    replay_stacks(acoustic)
    return replayed(vocoder)


def require_no_vocoding(denoising_strength: float, sigma: float | None = None) -> None:
    """Raise `DataError` for the options of a vocoder with a model that makes waves itself."""
    if denoising_strength:
        raise DataError(
            "denoising_strength: takes off what a vocoder hums, and this model has none; leave it "
            "out"
        )
    if sigma is not None:
        raise DataError(
            "sigma: is of a vocoder, and this model has none; its own noise is the control "
            "temperature"
        )


def _require_graphs_only(device: str, denoising_strength: float, sigma: float | None) -> None:
    """Raise `UsageError` for what a graph cannot be given any more."""
    refused = {
        "device": (device != "cpu", "onnxruntime runs on the CPU here"),
        "denoising_strength": (
            denoising_strength != 0,
            "give it to recital export, which puts it into the graph",
        ),
        "sigma": (sigma is not None, "the graph has that of the vocoder's config"),
    }
    for name, (given, why) in refused.items():
        if given:
            raise UsageError(
                f"{name}: this voice speaks with onnxruntime: {why}; leave it out, or speak with "
                "torch (runtime 'torch') from the checkpoints"
            )


def graphs_of(directory: str | Path) -> Path | None:
    """The graph with which a voice begins: in `directory`, which may be the name of a voice that
    comes with Recital, or in its `acoustic/`; or the file of a graph. None if there is none.
    Raises `CheckpointError` for what is no path.
    """
    from recital.processors.speech.onnx_files import first_graph

    place = as_path(directory)
    if not place.exists() and place.name == str(directory):
        place = SHIPPED / place
    if place.suffix == ".onnx" and place.is_file():
        return place
    return first_graph(place, place / "acoustic")


def lighter_runtime(directory: str | Path | None) -> Runtime | None:
    """onnxruntime for a voice with graphs, which then starts in a fifth of torch's time and needs
    half of its memory; None: what `open_voice` takes. `directory` None is Recital's own voice.
    """
    there = importlib.util.find_spec("onnxruntime")
    return "onnx" if there and graphs_of(directory or VOICE) else None


def open_vocoder(
    directory: str | Path,
    device: str = "cpu",
    denoising_strength: float = 0.0,
    sigma: float | None = None,
) -> LoadedVocoder:
    """Open a vocoder from what `locate` takes; the options are those of `open_voice`. Raises
    `CheckpointError` without a complete checkpoint of a vocoder.
    """
    from recital import models
    from recital.places import locate
    from recital.processors.speech.vocoding import LoadedVocoder
    from recital.utils.devices import open_device

    open_device(device)
    vocoder = with_sigma(models.load_vocoder(locate(directory, "vocoder"), device)[0], sigma)
    return LoadedVocoder(vocoder, denoising_strength)


def with_sigma(vocoder: Vocoder, sigma: float | None) -> Vocoder:
    """Set the noise of a flow, unless it is None. Raises `DataError` for another vocoder, and for a
    number that is no standard deviation.
    """
    if sigma is None:
        return vocoder
    if vocoder.sigma is None:
        raise DataError(
            f"sigma: {vocoder.name} is no flow and turns no noise into a wav; leave it out"
        )
    if not 0.0 <= sigma < math.inf:
        raise DataError(f"sigma: expected 0 or more, found {sigma}")
    vocoder.sigma = sigma
    return vocoder
