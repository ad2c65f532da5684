"""The turns of a GAN vocoder: what each trains, the start without discriminators, resuming, and two
processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel
from vocoder_helpers import AUDIO, WEIGHTS, tiny_config, tiny_vocoder, wave_batch

from recital.models import load
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.losses.adversarial import feature_matching
from recital.modules.losses.stft_loss import MultiResolutionStft
from recital.utils import checkpoint
from recital.utils.errors import ConfigError
from recital.utils.random import generator
from recital.utils.training.train_config import OptimizerConfig, TrainConfig
from recital.utils.training.trainer import Trainer
from tests.pair import run_pair


class Waves:
    """Segments of random waves, a function of (epoch, index)."""

    def __init__(self, n: int = 6) -> None:
        self.ids = [f"u{i}" for i in range(n)]
        self.lengths = [8] * n
        self.fingerprint = {"n": str(n)}
        self.weights = None

    def __getitem__(self, key: tuple[int, int]) -> Batch:
        seed = int(generator("waves", *key).integers(1 << 30))
        return wave_batch(1, 8, seed)._replace(ids=[self.ids[key[1]]])

    def collate(self, items: Sequence[Batch]) -> Batch:
        def cat(name: str) -> Tensor:
            return torch.cat([getattr(item, name) for item in items])

        return Batch([i for item in items for i in item.ids], mel=cat("mel"), wav=cat("wav"))


def trainer(folder: Path, model: Any, **changes: Any) -> Trainer:
    settings: dict[str, Any] = {
        "loss_weights": WEIGHTS,
        "batch_size": 2,
        "clip_norm": None,
        "n_workers": 0,
        "optimizer": OptimizerConfig(lr=2e-4, betas=(0.8, 0.99)),
        "valid_every_epochs": None,
        "save_every_epochs": None,
    }
    valid, measure = changes.pop("valid", None), changes.pop("measure", None)
    return Trainer(
        model,
        TrainConfig(**{**settings, **changes}),
        directory=folder,
        resolved_config=tiny_config(),
        train_data=Waves(),
        valid_data=valid,
        measure=measure,
    )


def turns(model: Any, batch: Batch) -> dict[str, dict[str, Tensor]]:
    return dict(model.step(batch))


def test_the_losses_are_the_paper_s() -> None:
    """Eq. 1 to 6 on the outputs of the sub-discriminators, with a part's weight."""
    parts = {
        "mpd": {"periods": [2, 3], "channels": 2, "weight": 0.5},
        "msd": {"n_scales": 1, "channels": 16},
    }
    losses_of_mel = [{"f_max": None}, {"n_fft": 64, "win_length": 64, "hop_length": 16}]
    model = tiny_vocoder(
        discriminators=parts, mel_losses=losses_of_mel, stft_resolutions=[[64, 16, 64]]
    ).eval()
    batch = wave_batch()
    found = turns(model, batch)
    wav_hat = model.generator(batch.mel)
    real, fake = model.discriminator(batch.wav), model.discriminator(wav_hat)
    weights = {"mpd": 0.5, "msd": 1.0}

    def total(value: Any, judged: Any) -> Tensor:
        return sum(weights[n] * value(j.scores) for n in weights for j in judged[n])

    expected = {
        "real": total(lambda s: ((1 - s) ** 2).mean(), real),
        "fake": total(lambda s: (s**2).mean(), fake),
        "adversarial": total(lambda s: ((1 - s) ** 2).mean(), fake),
        "feature_matching": sum(weights[n] * feature_matching(real[n], fake[n]) for n in weights),
        "stft": MultiResolutionStft([(64, 16, 64)])(wav_hat, batch.wav).mean(),
    }
    mels = [AUDIO | change for change in losses_of_mel]
    distances = [
        (mel(wav_hat) - mel(batch.wav)).abs().mean()
        for mel in (MelSpectrogram(AudioConfig(**m)) for m in mels)
    ]
    expected["mel"] = sum(distances) / 2
    assert list(found) == ["discriminator", "generator"]
    assert set(found["discriminator"]) == {"real", "fake"}
    assert {name: frozenset(losses) for name, losses in found.items()} == model.losses
    for name, value in (found["discriminator"] | found["generator"]).items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-6, msg=name)


def test_each_turn_trains_its_own_network() -> None:
    """The generator's turn leaves no gradient on the discriminators, and they stay trainable."""
    model = tiny_vocoder()
    step = model.step(wave_batch())
    _, losses = next(step)
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in model.discriminator.parameters())
    assert all(p.grad is None for p in model.generator.parameters())
    before = [p.grad.clone() for p in model.discriminator.parameters()]
    _, losses = next(step)
    assert all(p.requires_grad for p in model.discriminator.parameters())
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in model.generator.parameters())
    for p, gradient in zip(model.discriminator.parameters(), before, strict=True):
        assert torch.equal(p.grad, gradient)


def test_one_batch_overfits() -> None:
    parts = {
        "mpd": {"periods": [2], "channels": 2},
        "mrd": {"resolutions": [[64, 16, 64]], "channels": 4},
        "msd": None,
    }
    model, batch = tiny_vocoder(discriminators=parts), wave_batch(1)
    optimizers = {
        name: torch.optim.AdamW(getattr(model, name).parameters(), 1e-2, (0.8, 0.99))
        for name in model.networks
    }
    mel = []
    for _ in range(40):
        for name, losses in model.step(batch):
            optimizers[name].zero_grad()
            sum(WEIGHTS[key] * loss for key, loss in losses.items()).backward()
            optimizers[name].step()
        mel.append(losses["mel"].item())
    assert mel[-1] < 0.3 * mel[0]


def test_hinge_and_no_discriminators() -> None:
    assert turns(tiny_vocoder(adversarial="hinge"), wave_batch())["discriminator"]["real"] > 0
    alone = tiny_vocoder(discriminators={"mpd": None, "msd": None})
    assert alone.networks == ("generator",) and alone.losses == {"generator": {"mel"}}
    assert set(turns(alone, wave_batch())["generator"]) == {"mel"}
    with pytest.raises(ConfigError, match=r"adversarial: 'lsgun' is none of .* mean 'lsgan'"):
        tiny_vocoder(adversarial="lsgun")
    with pytest.raises(ConfigError, match=r"model.mel_losses\[0\].f_max: 9000"):
        tiny_vocoder(mel_losses=[{"f_max": 9000.0}])


def test_the_warm_phase_has_no_discriminators() -> None:
    model = tiny_vocoder(adversarial_after=3)
    for step in range(5):
        model.begin_step(step)
        found = turns(model, wave_batch())
        assert list(found) == (["generator"] if step < 3 else ["discriminator", "generator"])
        assert ("adversarial" in found["generator"]) == (step >= 3)


def files(folder: Path) -> dict[str, bytes]:
    path = checkpoint.find(folder)
    return {file.name: file.read_bytes() for file in path.rglob("*.safetensors")}


def test_resuming_is_exact_across_the_warm_phase(tmp_path: Path) -> None:
    """3 steps per epoch; adversarial from step 5 on, stopped before and after, with an EMA."""

    def fit(folder: str, max_steps: int, resume: bool = True) -> Any:
        model = tiny_vocoder(adversarial_after=5)
        subject = trainer(
            tmp_path / folder,
            model,
            max_steps=max_steps,
            ema_decay=0.9,
            gradient_accumulation=1,
            valid=Waves(3),
            valid_every_steps=2,
        )
        subject.fit(resume=resume)
        return model

    fit("once", 9)
    fit("often", 4)
    fit("often", 7)
    model = fit("often", 9)
    assert files(tmp_path / "once") == files(tmp_path / "often")
    start = tiny_vocoder(adversarial_after=5).discriminator.state_dict()
    moved = [not torch.equal(v, start[k]) for k, v in model.discriminator.state_dict().items()]
    assert any(moved)


def test_accumulation_over_the_end_of_the_warm_phase(tmp_path: Path) -> None:
    """Discriminators are used in all batches of a step or in none."""
    trainer(tmp_path, tiny_vocoder(adversarial_after=1), max_steps=3, gradient_accumulation=2).fit()
    assert checkpoint.step_of(checkpoint.find(tmp_path)) == 3


def test_inference_needs_no_discriminators(tmp_path: Path) -> None:
    """Discriminators are in a separate file of a checkpoint; fine-tuning loads them, or starts with
    fresh ones if there are none (an imported vocoder).
    """
    model = tiny_vocoder()
    trainer(tmp_path / "a", model, max_steps=2).fit()
    (path,) = checkpoint.find_checkpoints(tmp_path / "a")
    assert not [k for k in checkpoint.read_tensors(path / "model.safetensors") if "discr" in k]
    loaded: Any = load(path)[0]
    mel = wave_batch().mel
    torch.testing.assert_close(loaded.infer(mel), model.infer(mel), rtol=0, atol=0)

    student = tiny_vocoder(seed=5)
    optimizer = OptimizerConfig(lr=1e-9, weight_decay=0.0)
    trainer(tmp_path / "b", student, max_steps=1, optimizer=optimizer).fit(
        checkpoint=path, resume_type="finetune"
    )
    for key, value in model.state_dict().items():
        if "parametrizations.weight.0._" not in key:  # spectral norm continues
            torch.testing.assert_close(student.state_dict()[key], value, rtol=0, atol=1e-6)

    checkpoint.save_model(
        tmp_path / "imported", checkpoint.read_tensors(path / "model.safetensors"), {}
    )
    third = tiny_vocoder(seed=6)
    fresh = third.discriminator.parts["mpd"].subs[0].out.bias.clone()
    trainer(tmp_path / "c", third, max_steps=1, optimizer=optimizer).fit(
        checkpoint=tmp_path / "imported", resume_type="finetune"
    )
    torch.testing.assert_close(third.generator.last.bias, model.generator.last.bias)
    torch.testing.assert_close(third.discriminator.parts["mpd"].subs[0].out.bias, fresh)


def test_the_best_is_what_the_config_says(tmp_path: Path) -> None:
    """`best_by` on whole recordings where higher is better; it also names the checkpoints."""
    values = iter([1.0, 3.0, 2.0])
    subject = trainer(
        tmp_path,
        tiny_vocoder(),
        max_steps=3,
        valid=Waves(2),
        valid_every_steps=1,
        keep_last=1,
        best_by="-quality",
        measure=lambda model: {"quality": next(values)},
    )
    subject.fit()
    best = checkpoint.find(tmp_path, "best")
    assert best.name == "epoch-0000_step-0000002_loss--3.000000"
    assert [checkpoint.step_of(p) for p in checkpoint.find_checkpoints(tmp_path)] == [3, 2]
    with pytest.raises(ConfigError, match=r"no figure 'mels'; did you mean 'mel'\?"):
        trainer(tmp_path / "b", tiny_vocoder(), max_steps=1, valid=Waves(2), best_by="mels").fit()


def gradients(model: Any, batch: Batch) -> dict[str, Tensor]:
    """The total covers both turns, each with its weights."""
    found = {}
    for name, losses in model.step(batch):
        network = getattr(model, name)
        network.zero_grad()
        sum(WEIGHTS[key] * loss for key, loss in losses.items()).backward()
        bare = getattr(network, "module", network)
        found |= {f"{name}.{n}": p.grad.clone() for n, p in bare.named_parameters()}
    return found


def worker(rank: int) -> dict[str, Tensor]:
    model, batch = tiny_vocoder(), wave_batch(3)
    for name in model.networks:
        network = DistributedDataParallel(getattr(model, name), broadcast_buffers=False)
        setattr(model, name, network)
    own = slice(2, 3) if rank else slice(0, 2)
    assert batch.mel is not None and batch.wav is not None
    share = Batch(batch.ids[own], mel=batch.mel[own], wav=batch.wav[own])
    return gradients(model, share)


@pytest.mark.timeout(240)
def test_two_processes_with_unequal_shares_are_one(tmp_path: Path) -> None:
    expected = gradients(tiny_vocoder(), wave_batch(3))
    for found in run_pair(worker, tmp_path):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            torch.testing.assert_close(found[name], value, rtol=1e-3, atol=1e-5, msg=name)
