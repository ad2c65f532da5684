"""Apple's GPUs have no float64, so nothing that runs on the device may use it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from recital.models.tts.fastspeech2.control import control_durations
from recital.modules.acoustic.length import token_means
from recital.modules.alignment.attention_prior import attention_prior
from recital.modules.contract.audio import AudioConfig
from recital.modules.losses.reduction import batch_means
from recital.modules.signal.phase import PhaseTrack
from recital.utils import floats
from recital.utils.floats import widest

AUDIO = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0)


def outputs() -> dict[str, torch.Tensor]:
    """Everything that is computed in the device's widest type."""
    torch.manual_seed(0)
    lengths = torch.tensor([7, 5]), torch.tensor([60, 41])
    values, durations = torch.rand(2, 1, 60), torch.randint(1, 9, (2, 7))
    return {
        "phase": PhaseTrack(AUDIO)(100 + 100 * torch.rand(2, 50), torch.ones(2, 50)),
        "prior": attention_prior(*lengths, 7, 60),
        "interpolated": attention_prior(*lengths, 7, 60, "interpolated"),
        "means": token_means(values, values > 0.1, durations),
        "durations": control_durations(10 * torch.rand(2, 7), torch.tensor([1.1, 0.9])).float(),
        "loss": batch_means({"a": (torch.tensor(3.0), torch.tensor(2))})["a"],
    }


def test_nothing_asks_for_float64_where_there_is_none(monkeypatch):
    wide = outputs()

    def refuse(*_: Any, **__: Any) -> Any:
        raise TypeError("Cannot convert a MPS Tensor to float64 dtype")

    original = torch.Tensor.to

    def to(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        if torch.float64 in args or kwargs.get("dtype") == torch.float64:
            refuse()
        return original(tensor, *args, **kwargs)

    monkeypatch.setattr(torch.Tensor, "double", refuse)
    assert all(torch.equal(v, wide[k]) for k, v in outputs().items())  # not through `double`
    monkeypatch.setattr(torch.Tensor, "to", to)
    with pytest.raises(TypeError, match="float64"):
        outputs()
    monkeypatch.setattr(floats.widest, "__code__", narrow.__code__)
    found = outputs()
    for name, expected in wide.items():
        torch.testing.assert_close(found[name], expected, rtol=2e-3, atol=2e-3)


def narrow(device: torch.device) -> torch.dtype:
    return torch.float32


def test_the_widest_type_of_a_device():
    assert widest(torch.device("cpu")) == widest(torch.device("cuda:1")) == torch.float64
    assert widest(torch.device("mps")) == torch.float32
