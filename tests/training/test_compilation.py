"""`torch.compile` in training: who asks for it, and how often it traces. What a backend specializes
beyond the trace is not seen here.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import contract_helpers
import pytest
import torch
import tts_helpers
import vocoder_helpers
from toys import trainer

from recital.utils.errors import ConfigError
from recital.utils.training import compilation
from recital.utils.training.compilation import compile_network, resolve_backend

STACK = {"n_layers": 1, "n_heads": 1, "d_head": 8, "d_inner": 16}
PREDICTOR = {"n_layers": 1, "channels": 8, "kernel_size": 3}


class Counting:
    """A backend that runs the traced graphs as they are, since generated code takes minutes."""

    def __init__(self) -> None:
        self.compiled = 0

    def __call__(self, graph: torch.fx.GraphModule, inputs: Any) -> Any:
        self.compiled += 1
        return graph.forward


@pytest.fixture
def backend() -> Any:
    torch.compiler.reset()
    yield Counting()
    torch.compiler.reset()


def test_texts_of_all_lengths_are_traced_once(backend: Any) -> None:
    """Once for training and once for validation, whatever the sizes of the batches."""
    config = tts_helpers.tiny_config(
        encoder=STACK,
        decoder=STACK,
        duration_predictor=PREDICTOR,
        pitch_predictor=PREDICTOR,
        energy_predictor=None,
    )
    model = contract_helpers.fresh(config)
    compile_network(model.network, backend, any_length=True)
    batches = [tts_helpers.random_batch(n) for n in ([9, 6], [12, 7, 5], [20, 8, 3, 4], [31, 30])]
    for training, compiled in ((True, 1), (False, 2), (True, 2), (False, 2)):
        model.train(training)
        for batch in batches:
            with torch.set_grad_enabled(training):
                ((_, losses),) = model.step(batch)
            if training:
                torch.stack(list(losses.values())).sum().backward()
        assert backend.compiled == compiled


def test_segments_are_traced_once_until_another_length_comes(backend: Any) -> None:
    model = contract_helpers.fresh(contract_helpers.TINY["HiFiGAN"])
    network = model.generator
    compile_network(network, backend, any_length=False)
    counts = []
    for n_items, n_frames in [(4, 8), (4, 8), (3, 8), (2, 8), (2, 21), (2, 33), (3, 50), (4, 8)]:
        mel = torch.randn(n_items, vocoder_helpers.AUDIO["n_mels"], n_frames)
        assert network(mel).shape[0] == n_items
        counts.append(backend.compiled)
    assert counts[1] == counts[0], "the same length again"
    # the first smaller batch, and the first other length
    assert counts[-1] <= 3 * counts[0] and counts[5] == counts[-1], counts
    assert all(b >= a for a, b in itertools.pairwise(counts))


@pytest.mark.parametrize(
    ("wanted", "accelerate", "backend", "said"),
    [
        (None, "no", None, None),
        (None, "INDUCTOR", "inductor", "as accelerate's config says"),
        (None, "aot_eager", "aot_eager", "compiles with 'aot_eager'"),
        (True, "no", "inductor", None),
        (True, "inductor", "inductor", None),
        (True, "eager", "inductor", "train.compile true overrides accelerate's.*'eager'"),
        (False, "inductor", None, "train.compile false overrides.*set it to null"),
        (False, "no", None, None),
    ],
)
def test_our_key_wins_over_accelerates(
    wanted: bool | None, accelerate: str, backend: str | None, said: str | None
) -> None:
    found, note = resolve_backend(wanted, accelerate)
    assert found == backend
    assert (note is None) == (said is None)
    if said is not None:
        assert re.search(said, note or "")


def test_the_trainer_compiles_as_accelerate_is_configured(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setenv("ACCELERATE_DYNAMO_BACKEND", "INDUCTOR")
    monkeypatch.setattr(
        "recital.utils.training.networks.compile_network",
        lambda network, backend, any_length: asked.append(f"{backend} {any_length}"),
    )
    trainer(tmp_path / "a", max_steps=1).fit()
    assert asked == ["inductor True"]
    assert "compiles with 'inductor', as accelerate's config says" in capsys.readouterr().out
    trainer(tmp_path / "b", max_steps=1, compile=False).fit()
    assert asked == ["inductor True"]
    assert "train.compile false overrides" in capsys.readouterr().out


def test_what_cannot_compile_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = torch.nn.Linear(2, 2)
    with pytest.raises(ConfigError, match="'inductr': torch has none.*mean 'inductor'.*one of"):
        compile_network(layer, "inductr", any_length=True)
    monkeypatch.setattr(compilation, "CXX", "no-such-compiler")
    with pytest.raises(ConfigError, match="there is no no-such-compiler; install one"):
        compile_network(layer, "inductor", any_length=True)


def test_a_network_that_cannot_be_compiled_is_one_line() -> None:
    def backend(graph: torch.fx.GraphModule, inputs: Any) -> Any:
        raise TypeError("cannot determine truth value of 1 < s27")

    torch.compiler.reset()
    layer = torch.nn.Linear(2, 2)
    compile_network(layer, backend, any_length=True)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"^train.compile: .* compile Linear here \(.*1 < s"):
        layer(torch.ones(3, 2))
    torch.compiler.reset()
