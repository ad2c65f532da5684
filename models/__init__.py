"""Networks that predict mels (`tts/`) and wavs (`vocoder/`): the table of models, building one from
a config, loading one from a checkpoint.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from recital.utils.config import build_section, construct, convert, nearest
from recital.utils.errors import CheckpointError, ConfigError, ContractError

if TYPE_CHECKING:
    import torch

    from recital.modules.contract.model import AcousticModel, Model, Vocoder


class Entry(NamedTuple):
    """A model of the table; its class has the name of its key."""

    module: str
    kind: Literal["acoustic", "vocoder"]
    features: tuple[str, ...]  # that stage 1 computes for it


MODELS = {
    "APNet": Entry("recital.models.vocoder.apnet", "vocoder", ("mel", "wav")),
    "BigVGAN": Entry("recital.models.vocoder.bigvgan", "vocoder", ("mel", "wav")),
    "DiffWave": Entry("recital.models.vocoder.diffwave", "vocoder", ("mel", "wav")),
    "FastPitch": Entry("recital.models.tts.fastpitch", "acoustic", ("mel", "pitch", "energy")),
    "FastSpeech2": Entry("recital.models.tts.fastspeech2", "acoustic", ("mel", "pitch")),
    "HiFiGAN": Entry("recital.models.vocoder.hifigan", "vocoder", ("mel", "wav")),
    "ISTFTNet": Entry("recital.models.vocoder.istftnet", "vocoder", ("mel", "wav")),
    "Matcha": Entry("recital.models.tts.matcha", "acoustic", ("mel",)),
    "MelGAN": Entry("recital.models.vocoder.melgan", "vocoder", ("mel", "wav")),
    "NSFHiFiGAN": Entry("recital.models.vocoder.nsf_hifigan", "vocoder", ("mel", "wav", "pitch")),
    "ParallelWaveGAN": Entry("recital.models.vocoder.parallel_wavegan", "vocoder", ("mel", "wav")),
    "SourceFilter": Entry(
        "recital.models.vocoder.source_filter", "vocoder", ("mel", "wav", "pitch")
    ),
    "Tacotron2": Entry("recital.models.tts.tacotron2", "acoustic", ("mel",)),
    "VITS": Entry("recital.models.tts.vits", "acoustic", ("mel", "wav")),
    "Vocos": Entry("recital.models.vocoder.vocos", "vocoder", ("mel", "wav")),
    "WaveGlow": Entry("recital.models.vocoder.waveglow", "vocoder", ("mel", "wav")),
    "WaveNet": Entry("recital.models.vocoder.wavenet", "vocoder", ("mel", "wav")),
    "WaveRNN": Entry("recital.models.vocoder.wavernn", "vocoder", ("mel", "wav")),
}


def entry(model_type: object) -> Entry:
    """The entry of a model. Raises `ConfigError` with the nearest name for an unknown one."""
    if not isinstance(model_type, str) or model_type not in MODELS:
        hint = nearest(str(model_type), MODELS) or "; known: " + ", ".join(MODELS)
        raise ConfigError(f"model_type: no model {model_type!r}{hint}")
    return MODELS[model_type]


def stage_1_features(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The features that stage 1 computes for the model of a config: those of the table, and the
    speakers' vectors if the model is conditioned on them.
    """
    found = entry(config.get("model_type")).features
    section = config.get("model", {})
    parts = [section, section.get("network")] if isinstance(section, Mapping) else []
    for part in parts:
        if isinstance(part, Mapping) and part.get("speaker_conditioning") == "embedding":
            found += ("speaker_embedding",)
    return found


def build(config: Mapping[str, Any], *, training: bool = True) -> Model:
    """Build the model of a resolved config (with `audio`, `model`, and for an acoustic model
    `symbols` and `speakers`), with new weights.

    Without `training`, networks that only training needs are left out. Raises `ConfigError` if the
    `model` section does not match the model's signature, and `ContractError` if checkpoints of a
    training of this model could not be loaded.
    """
    from recital.modules.contract.audio import AudioConfig
    from recital.utils.work import build_bounded

    kind = entry(config.get("model_type")).kind
    make = class_of(config["model_type"])
    audio = build_section(AudioConfig, config.get("audio", {}), "audio")
    facts: dict[str, Any] = {"audio": audio, "n_mels": audio.n_mels}
    if kind == "acoustic":
        symbols = convert(config.get("symbols", []), list[str], "symbols")
        if not symbols:
            raise ConfigError("symbols: expected the list of symbols of the token ids, found none")
        facts["n_tokens"] = len(symbols)
        facts["n_speakers"] = len(convert(config.get("speakers", []), list[str], "speakers")) or 1
    section = convert(config.get("model", {}), dict[str, Any], "model")
    spoken = {k: v for k, v in section.items() if k not in make.training_only.values()}
    facts |= make.fixed
    speaker = partial(construct, make, spoken, "model", **facts)
    if not training:
        return build_bounded(speaker, "model")
    model = build_bounded(partial(construct, make, section, "model", **facts), "model")
    if len(model.networks) > 1:
        _check_training_only(model, speaker)
    return model


def class_of(name: str) -> type[Model]:
    """Import the class of a model. Raises `ContractError` unless its name and kind are those of the
    table.
    """
    from recital.modules.contract.model import AcousticModel, Vocoder

    module, kind, _ = entry(name)
    make = vars(importlib.import_module(module)).get(name)
    base = AcousticModel if kind == "acoustic" else Vocoder
    if not isinstance(make, type) or not issubclass(make, base):
        raise ContractError(
            f"models.MODELS: {name} is {kind}, so {module} must have a class {name} that inherits "
            f"from {base.__name__}; found {make!r}"
        )
    return make


def _check_training_only(model: Model, spoken: Callable[[], Model]) -> None:
    """Check that the networks that inference does not use are declared, and that the rest is what
    `spoken` builds: otherwise a trained checkpoint could not be loaded.
    """
    import torch

    from recital.utils.training.trainable import Trainable
    from recital.utils.training.training_state import split_weights

    name = type(model).__name__
    if model.training_only is Trainable.training_only:
        raise ContractError(
            f"{name}.training_only: is not declared, although the model has the networks "
            f"{', '.join(model.networks)}; map each that inference does not use to its key in the "
            "`model` section, or declare it as {}"
        )
    with torch.random.fork_rng(devices=[]):  # the weights of a seed do not change
        needed = set(spoken().state_dict())
    saved = set(split_weights(model)[0])
    if saved != needed:
        first = min(saved ^ needed)
        where = "would be saved, but inference has no" if first in saved else "would not be saved:"
        raise ContractError(
            f"{name}.training_only: does not agree with the model: {where} {first}; expected the "
            f"networks that inference does not use -> their keys, found {dict(model.training_only)}"
        )


def load(
    directory: str | Path,
    device: str | torch.device = "cpu",
    which: Literal["last", "best"] = "last",
) -> tuple[Model, dict[str, Any]]:
    """Open a trained model for inference: `(model in eval mode, config)`.

    `directory` is a checkpoint, or an experiment: then its newest complete checkpoint ("last") or
    the one with the lowest validation loss ("best"). Raises `CheckpointError` if there is none, or
    weights and config do not match.
    """
    from recital.utils import checkpoint

    directory = checkpoint.find(directory, which)
    config = checkpoint.read_json(directory / checkpoint.CONFIG)
    try:
        model = build(config, training=False)
    except ConfigError as error:
        raise CheckpointError(f"{directory / checkpoint.CONFIG}: {error}") from None
    weights = directory / checkpoint.MODEL
    checkpoint.set_weights(model, checkpoint.read_tensors(weights), weights)
    return model.to(device).eval(), config


def load_acoustic(
    directory: str | Path, device: str | torch.device = "cpu"
) -> tuple[AcousticModel, dict[str, Any]]:
    """`load` an acoustic model. Raises `CheckpointError` for another kind."""
    from recital.modules.contract.model import AcousticModel

    model, config = load(directory, device)
    if not isinstance(model, AcousticModel):
        raise CheckpointError(
            f"{directory}: holds no acoustic model; expected one that speaks texts, found a "
            f"{config['model_type']}; give a vocoder with --vocoder_dir"
        )
    return model, config


def load_vocoder(
    directory: str | Path, device: str | torch.device = "cpu"
) -> tuple[Vocoder, dict[str, Any]]:
    """`load` a vocoder. Raises `CheckpointError` for another kind."""
    from recital.modules.contract.model import Vocoder

    model, config = load(directory, device)
    if not isinstance(model, Vocoder):
        raise CheckpointError(
            f"{directory}: holds no vocoder; expected a model that turns a mel into a wave, found "
            f"a {config['model_type']}; give an acoustic model with --infer_expt_dir "
            "(recital say: --voice)"
        )
    return model, config
