"""Every entry of `models.MODELS` fulfills the contract; each check finds a model that does not."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import contract_helpers as contract
import fastspeech2_helpers
import pytest
import torch
from contract_helpers import SILENT, TINY, batch_for, fresh, loss_weights
from torch import Tensor, nn
from torch.nn import functional as F
from tts_helpers import random_batch
from vocoder_helpers import AUDIO, wave_batch

from recital import models
from recital.bins.common.processes import inference_precision
from recital.models import MODELS, Entry
from recital.models.vocoder.gan import GanVocoder, Generator
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import Acoustic, AcousticModel, Vocoder
from recital.modules.losses.discriminators import Discriminators
from recital.utils.errors import ConfigError, ContractError, UsageError

ACOUSTIC = [name for name, entry in MODELS.items() if entry.kind == "acoustic"]
FRAME_LEVEL = fastspeech2_helpers.tiny_config(level="frame")
VOCODERS = [name for name, entry in MODELS.items() if entry.kind == "vocoder"]


def test_the_table_is_sorted_and_each_entry_has_a_tiny_config() -> None:
    assert list(MODELS) == sorted(MODELS)
    assert list(TINY) == list(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_declarations(name: str) -> None:
    contract.check_entry(name, MODELS[name])
    contract.check_declarations(fresh(TINY[name]), MODELS[name])


@pytest.mark.parametrize("name", MODELS)
def test_losses_have_their_weights_in_the_recipe(name: str) -> None:
    model = fresh(TINY[name])
    contract.check_losses(model, batch_for(model), loss_weights(name))


@pytest.mark.parametrize("name", MODELS)
def test_saved_and_loaded_it_says_the_same(name: str, tmp_path: Path) -> None:
    weights = loss_weights(name)
    every = chain.from_iterable(fresh(TINY[name]).losses.values())
    contract.check_saved(TINY[name], tmp_path, {k: weights.get(k, 1.0) for k in every})


@pytest.mark.parametrize("name", MODELS)
def test_an_item_of_a_batch_equals_the_item_alone(name: str) -> None:
    model = fresh(TINY[name])
    contract.check_padding(model, batch_for(model))


# Matcha and VITS draw noise for the padding, too.
@pytest.mark.parametrize("name", [name for name in ACOUSTIC if name not in ("Matcha", "VITS")])
def test_more_padding_changes_no_loss(name: str) -> None:
    """As a batch on a GPU has, whose lengths are rounded up."""
    model = fresh(TINY[name]).eval()
    if name == "Tacotron2":
        model.network.decoder.prenet_dropout = 0.0  # which stays on in inference
    batch = batch_for(model)
    longer = {"tokens": 3, "durations": 3, "mel": 7, "pitch": 7, "energy": 7}
    padded = {field: F.pad(getattr(batch, field), (0, n)) for field, n in longer.items()}
    with torch.no_grad():
        ((_, losses),) = model.step(batch)
        ((_, again),) = model.step(batch._replace(**padded))
    torch.testing.assert_close(again, losses, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_from_one_to_the_longest(name: str) -> None:
    contract.check_sizes(fresh(TINY[name]))


@pytest.mark.parametrize(
    ("name", "change", "key"),
    [
        ("DiffWave", {"inference_schedule": []}, "inference_schedule"),
        ("HiFiGAN", {"mel_losses": []}, "mel_losses"),
        ("SourceFilter", {"stft_resolutions": []}, "stft_resolutions"),
        ("HiFiGAN", {"discriminators": {"mpd": {"periods": []}}}, "discriminators.mpd.periods"),
        ("HiFiGAN", {"discriminators": {"mrd": {"resolutions": []}}}, "mrd.resolutions"),
        ("HiFiGAN", {"discriminators": {"cqt": {"hop_lengths": []}}}, "cqt.hop_lengths"),
    ],
)
def test_a_list_without_which_a_step_has_nothing_to_add_up(
    name: str, change: dict[str, Any], key: str
) -> None:
    config = TINY[name]
    with pytest.raises(ConfigError, match=f"{key}: expected at least one value, found"):
        models.build({**config, "model": {**config["model"], **change}})


@pytest.mark.parametrize("name", VOCODERS)
def test_a_segment_may_be_one_frame(name: str) -> None:
    model = fresh(TINY[name])
    batch, hop = batch_for(model), model.audio.hop_length
    assert batch.wav is not None and batch.pitch is not None
    short = batch._replace(mel=batch.mel[..., :1], wav=batch.wav[:, :hop], pitch=batch.pitch[:, :1])
    for _, losses in model.step(short):
        assert all(bool(loss.isfinite()) for loss in losses.values())


def test_griffin_lim_makes_no_sample_of_no_frame() -> None:
    contract.check_sizes(GriffinLim(AudioConfig(**AUDIO)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.pictures
def test_what_it_shows_can_be_drawn(name: str) -> None:
    model = fresh(TINY[name])
    contract.check_show(model, batch_for(model))


@pytest.mark.parametrize("name", ACOUSTIC)
@pytest.mark.pictures
def test_a_voice_that_predicts_nothing_can_be_shown_and_heard(name: str) -> None:
    model = fresh(TINY[name]).eval()
    parameter, value = SILENT[name]
    with torch.no_grad():
        model.get_parameter(parameter).fill_(value)
    batch = batch_for(model)
    said = model.infer(batch.tokens, batch.token_lengths)
    assert not said.mel_lengths.any()
    assert (said.wav is not None) == model.makes_waves
    contract.check_show(model, batch)
    wav = GriffinLim(model.audio).infer(said.mel[:1, :, :0])
    assert wav.shape == (1, 0)


@pytest.mark.parametrize("name", ["FastPitch", "FastSpeech2"])
def test_what_a_duration_scale_is_measured_from_is_what_is_spoken(name: str) -> None:
    config = TINY[name]
    given = config | {"model": config["model"] | {"duration_scale": 1.5}}
    opened, set_ = (fresh(c).eval() for c in (config, given))
    assert opened.measures_durations and not set_.measures_durations
    batch = batch_for(opened)
    one, other = (m.infer(batch.tokens, batch.token_lengths).durations for m in (opened, set_))
    torch.testing.assert_close(other, 1.5 * one)
    assert bool((one > 0).any())
    for model in (opened, set_):
        torch.testing.assert_close(model.predicted_frames(batch), one.sum(1))


@pytest.mark.parametrize("name", VOCODERS)
def test_context_frames_are_what_samples_depend_on(name: str) -> None:
    contract.check_context(fresh(TINY[name]))


# SourceFilter's spectra are float32; it speaks in half precision through autocast alone.
@pytest.mark.parametrize("name", [name for name in VOCODERS if name != "SourceFilter"])
def test_a_vocoder_with_weights_in_half_precision_speaks(name: str) -> None:
    model = fresh(TINY[name]).eval()
    assert isinstance(model, Vocoder)
    mel = torch.randn(1, model.audio.n_mels, 8)
    wav = model.to(torch.bfloat16).infer(mel.bfloat16())
    assert wav.dtype == torch.float32 and wav.isfinite().all()


@pytest.mark.parametrize("name", MODELS)
def test_every_model_speaks_with_products_in_half_precision(name: str) -> None:
    model = fresh(TINY[name]).eval()
    batch = batch_for(model)
    try:
        context = inference_precision("bf16", torch.device("cpu"), model)
    except UsageError as error:  # an LSTM on a CPU that has none in bf16
        pytest.skip(str(error))
    with torch.no_grad(), context:
        if isinstance(model, Vocoder):
            made = model.infer(batch.mel)
        else:
            made = model.infer(batch.tokens, batch.token_lengths).mel
    assert made.dtype == torch.float32 and made.isfinite().all()


@pytest.mark.parametrize(
    "config",
    [*(TINY[name] for name in ACOUSTIC), FRAME_LEVEL],
    ids=[*ACOUSTIC, "FastSpeech2, frames"],
)
def test_a_change_of_pitch_is_heard(config: dict[str, Any]) -> None:
    model = fresh(config)
    contract.check_pitch_transform(model, batch_for(model))


# Models that are wrong, each in one way.


class Waves(Generator):
    """A convolution over three frames."""

    context_frames = 1

    def __init__(self, audio: AudioConfig) -> None:
        super().__init__()
        self.conv = nn.Conv1d(audio.n_mels, audio.hop_length, 3, padding=1)

    def forward(self, mel: Tensor) -> Tensor:
        wav: Tensor = self.conv(mel).transpose(1, 2).flatten(1).tanh()
        return wav


class Toy(GanVocoder):
    """A correct model."""

    generator: Waves


class WrongKey(Toy):
    training_only = {"discriminator": "critics"}


class WrongName(Toy):
    training_only = {"discriminators": "discriminators"}


class Forgotten(Vocoder):
    """A GAN that does not inherit from GanVocoder and lacks `training_only`."""

    needs = frozenset({"mel", "wav"})
    networks = ("generator", "discriminator")

    def __init__(
        self, generator: Waves, audio: AudioConfig, discriminators: dict[str, Any]
    ) -> None:
        super().__init__()
        self.generator, self.audio = generator, audio
        self.discriminator = Discriminators(discriminators)


class ShortSighted(Toy):
    context_frames = 0


class Misspelt(Toy):
    @property
    def context_frames(self) -> int:
        return self.generator.context_framse


class Mixing(Toy):
    """Waves in a batch affect each other."""

    def infer(self, mel: Tensor) -> Tensor:
        wav = super().infer(mel)
        return wav - wav.mean(0)


class Longer(Toy):
    def infer(self, mel: Tensor) -> Tensor:
        return torch.cat([super().infer(mel), torch.zeros(len(mel), 1)], dim=1)


class Unmatched(Toy):
    """Its output for a window differs from its output for the whole."""

    def infer_windows(self, mel: Tensor, starts: Any, source: Tensor | None = None) -> Tensor:
        return 0.5 * self.infer(mel)


class Unnamed(Toy):
    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        yield "generator", {"mle": self.generator(batch.mel).mean()}


class Silent(Toy):
    """It does not say that its generator has a loss."""

    def __init__(self, generator: Waves, audio: AudioConfig, discriminators: Any = None) -> None:
        super().__init__(generator, audio, discriminators)
        self.losses = {**self.losses, "generator": frozenset({"adversarial", "mel"})}


class Needy(Toy):
    needs = frozenset({"mel", "wav", "phonemes"})


class Hungry(Toy):
    needs = frozenset({"mel", "wav", "energy"})


class Restless(Toy):
    """It has a parameter that no optimizer gets."""

    def __init__(self, generator: Waves, audio: AudioConfig, discriminators: Any = None) -> None:
        super().__init__(generator, audio, discriminators)
        self.gain = nn.Parameter(torch.ones(1))


class Numbered(Toy):
    """Its loss is not a scalar."""

    def step(self, batch: Batch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        yield "generator", {"mel": self.generator(batch.mel)}


ENTRY = Entry("tests.toy_vocoder", "vocoder", ("mel", "wav"))
WEIGHTS = {"real": 1.0, "fake": 1.0, "adversarial": 1.0, "feature_matching": 2.0, "mel": 45.0}


def toy_config(make: type, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    module = types.ModuleType(ENTRY.module)
    setattr(module, make.__name__, make)
    monkeypatch.setitem(sys.modules, ENTRY.module, module)
    monkeypatch.setitem(MODELS, make.__name__, ENTRY)
    discriminators = {"mpd": {"periods": [2], "channels": 2}}
    return {
        "model_type": make.__name__,
        "audio": AUDIO,
        "model": {"discriminators": discriminators},
    }


@pytest.mark.pictures
def test_a_right_toy_passes_all_checks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = toy_config(Toy, monkeypatch)
    model = fresh(config)
    contract.check_entry("Toy", ENTRY)
    contract.check_declarations(model, ENTRY)
    contract.check_losses(model, wave_batch(), WEIGHTS)
    contract.check_padding(model, wave_batch())
    contract.check_sizes(model)
    contract.check_show(model, wave_batch())
    contract.check_context(model)
    contract.check_saved(config, tmp_path, WEIGHTS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Forgotten, "Forgotten.training_only: is not declared"),
        (WrongKey, "WrongKey.training_only: does not agree with the model"),
        (WrongName, "WrongName.training_only: does not agree with the model: would be saved"),
    ],
)
def test_a_checkpoint_that_could_not_be_loaded_is_refused_before_training(
    make: type, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = toy_config(make, monkeypatch)
    with pytest.raises(ContractError, match=message):
        models.build(config)


def test_a_class_of_another_name_or_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    config = toy_config(Toy, monkeypatch)
    monkeypatch.setitem(MODELS, "Toy", ENTRY._replace(kind="acoustic"))
    with pytest.raises(ContractError, match="inherits from AcousticModel"):
        models.build({**config, "symbols": ["a"]})
    monkeypatch.setitem(MODELS, "Other", ENTRY)
    with pytest.raises(ContractError, match="must have a class Other"):
        models.build({**config, "model_type": "Other"})


@pytest.mark.parametrize(
    ("make", "check", "message"),
    [
        (ShortSighted, contract.check_context, "context_frames: 0, but a sample depends on 1"),
        (Unmatched, contract.check_context, "not close"),
        (Longer, contract.check_sizes, r"\[2, 1\]"),
    ],
)
def test_a_wrong_vocoder_is_found(
    make: type, check: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match=message):
        check(fresh(toy_config(make, monkeypatch)))


def test_an_error_inside_context_frames_is_no_none(monkeypatch: pytest.MonkeyPatch) -> None:
    model = fresh(toy_config(Misspelt, monkeypatch))
    with pytest.raises(AttributeError):
        contract.check_context(model)
    with pytest.raises(AttributeError):
        next(model.stream([torch.zeros(AUDIO["n_mels"], 9)]))


def test_waves_that_leak_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match="not close"):
        contract.check_padding(fresh(toy_config(Mixing, monkeypatch)), wave_batch())


@pytest.mark.parametrize(
    ("make", "message"),
    [(Unnamed, "without a weight: {'mle'}"), (Numbered, "no scalar"), (Silent, "named: ")],
)
def test_wrong_losses_are_found(make: type, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match=message):
        contract.check_losses(fresh(toy_config(make, monkeypatch)), wave_batch(), WEIGHTS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Needy, "needs: fields of Batch"),
        (Hungry, "features: all that it needs"),
        (Restless, "networks: parameters that no optimizer gets"),
    ],
)
def test_wrong_declarations_are_found(
    make: type, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = toy_config(make, monkeypatch)
    with pytest.raises(AssertionError, match=message):
        contract.check_declarations(fresh(config), ENTRY)


class Deaf(AcousticModel):
    """It reports changed pitch but treats every transform as affine, and padding changes its
    output.
    """

    def __init__(self) -> None:
        super().__init__()
        self.audio = AudioConfig(**AUDIO)  # type: ignore[arg-type]

    def infer(
        self, tokens: Tensor, token_lengths: Tensor, *, pitch_transform: Any = None, **_: Any
    ) -> Acoustic:
        pitch = tokens[:, None].float()
        used = pitch - pitch.mean()
        if pitch_transform is not None:
            ones, zeros = torch.ones_like(pitch), torch.zeros_like(pitch)
            one, zero = (pitch_transform(x, token_lengths, mean=0, std=1) for x in (ones, zeros))
            used = used * (one - zero) + zero
            pitch = pitch_transform(pitch, token_lengths, mean=0, std=1)
        mel = used.expand(-1, self.audio.n_mels, -1)
        durations = torch.ones_like(tokens)
        return Acoustic(mel, token_lengths, durations.float(), pitch)


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (contract.check_pitch_transform, "the mel does not follow the pitch"),
        (contract.check_padding, "padding of the mel is not 0|not close"),
    ],
)
def test_a_wrong_acoustic_model_is_found(check: Any, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check(Deaf(), random_batch([9, 6], n_mels=10))
