"""Checks of the contract of `modules/contract/model.py` for any model, and tiny configs of each
model.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import fastspeech2_helpers
import matcha_helpers
import tacotron2_helpers
import torch
import tts_helpers
import vits_helpers
import vocoder_helpers
from torch import Tensor

from recital.bins.common.experiment import load_experiment
from recital.models import MODELS, Entry, build, load
from recital.modules.contract.batch import Batch
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.contract.model import Acoustic, AcousticModel, Model, Vocoder
from recital.modules.layers.masking import length_mask
from recital.processors.exhibits import exhibits
from recital.utils.config import ROOT
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer

FEATURES = {"mel", "wav", "pitch", "energy"}  # fields of a batch that stage 1 makes


def _vocoder(name: str, **model: Any) -> dict[str, Any]:
    return {"model_type": name, "audio": vocoder_helpers.AUDIO, "model": model}


# A resolved config of a few thousand parameters for every entry of the table.
TINY: dict[str, dict[str, Any]] = {
    "APNet": _vocoder(
        "APNet",
        generator={
            "amplitude_channels": 8,
            "phase_channels": 8,
            "amplitude_resblock_kernel_sizes": [3],
            "amplitude_resblock_dilations": [[1, 2]],
            "phase_resblock_kernel_sizes": [3],
            "phase_resblock_dilations": [[1, 3]],
        },
        discriminators={"mpd": {"periods": [2], "channels": 2}},
    ),
    "BigVGAN": _vocoder(
        "BigVGAN",
        generator=vocoder_helpers.GENERATOR,
        discriminators={
            "mpd": {"periods": [2], "channels": 2},
            "cqt": {
                "hop_lengths": [32],
                "n_octaves": [3],
                "bins_per_octave": [12],
                "channels": 2,
            },
        },
    ),
    "DiffWave": _vocoder(
        "DiffWave",
        network={"channels": 8, "n_layers": 4, "dilation_cycle": 2, "upsample_rates": [8, 4]},
        inference_schedule=[0.01, 0.1, 0.4],
    ),
    "FastPitch": tts_helpers.tiny_config(),
    "FastSpeech2": fastspeech2_helpers.tiny_config(),
    "HiFiGAN": vocoder_helpers.tiny_config(),
    "ISTFTNet": _vocoder(
        "ISTFTNet",
        generator={
            **vocoder_helpers.GENERATOR,
            "upsample_rates": [4],
            "upsample_kernel_sizes": [8],
            "n_bands": 2,
        },
        discriminators={"mpd": {"periods": [2], "channels": 2}},
    ),
    "Matcha": matcha_helpers.tiny_config(blanks="around"),
    "MelGAN": _vocoder(
        "MelGAN",
        generator={"channels": 16, "upsample_rates": [4, 2], "n_residuals": 2, "n_bands": 4},
        discriminators={"msd": {"n_scales": 1, "channels": 16}},
    ),
    "NSFHiFiGAN": _vocoder(
        "NSFHiFiGAN",
        generator={**vocoder_helpers.GENERATOR, "n_harmonics": 2, "tracker_channels": 8},
        discriminators={"mpd": {"periods": [2], "channels": 2}},
    ),
    "ParallelWaveGAN": _vocoder(
        "ParallelWaveGAN",
        generator={
            "channels": 4,
            "gate_channels": 8,
            "skip_channels": 4,
            "n_layers": 4,
            "n_cycles": 2,
            "upsample_rates": [8, 4],
        },
        discriminators={"msd": {"n_scales": 1, "channels": 16}},
    ),
    "SourceFilter": _vocoder(
        "SourceFilter",
        network={"d_model": 16, "n_layers": 2, "d_inner": 32, "tracker_channels": 8},
        stft_resolutions=[[64, 16, 64]],
    ),
    "Tacotron2": tacotron2_helpers.tiny_config(),
    "VITS": vits_helpers.tiny_config(),
    "Vocos": _vocoder(
        "Vocos",
        generator={"d_model": 16, "n_layers": 2, "d_inner": 32},
        discriminators={"mpd": {"periods": [2, 3], "channels": 2}},
    ),
    "WaveGlow": _vocoder("WaveGlow", n_flows=3, n_early_every=2, n_layers=3, channels=8),
    "WaveNet": _vocoder(
        "WaveNet",
        network={"channels": 4, "skip_channels": 4, "n_layers": 3, "condition_channels": 4},
        fold_frames=32,
        overlap_frames=4,
    ),
    "WaveRNN": _vocoder(
        "WaveRNN",
        network={"channels": 8, "condition_channels": 4, "output": "mu_law"},
        fold_frames=32,
    ),
}
# A parameter of each acoustic model, and the value at which it predicts no frames.
SILENT = {
    "FastPitch": ("network.duration_predictor.out.bias", -20.0),
    "FastSpeech2": ("network.duration_predictor.out.bias", -20.0),
    # a logarithm of frames, which are rounded up
    "Matcha": ("network.encoder.duration_predictor.out.bias", -1e4),
    "Tacotron2": ("network.decoder.gate.bias", 1e4),
    "VITS": ("network.durations.flow.affine.shift", 1e4),
}


def fresh(config: Mapping[str, Any], seed: int = 0) -> Any:
    """A model in training mode with all weights nonzero, since zeros would hide dependencies."""
    torch.manual_seed(seed)
    model = build(config)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    return model


def batch_for(model: Model) -> Batch:
    """Two utterances with every field that a model may need."""
    if isinstance(model, AcousticModel):
        batch = tts_helpers.random_batch([9, 6], n_mels=model.audio.n_mels)
        assert batch.mel_lengths is not None and batch.tokens is not None
        durations = torch.zeros_like(batch.tokens)
        for i, (n, t) in enumerate(zip((9, 6), batch.mel_lengths.tolist(), strict=True)):
            durations[i, :n] = t // n
            durations[i, 0] += t % n
        hop = model.audio.hop_length
        samples = 0.3 * torch.sin(torch.arange(batch.mel.shape[2] * hop) * 0.2)
        real = length_mask(batch.mel_lengths * hop, len(samples))
        return batch._replace(durations=durations, wav=samples * real)
    hop, n_frames = model.audio.hop_length, 16
    wav = 0.3 * torch.sin(torch.arange(2 * n_frames * hop) * 0.2).view(2, -1)
    mel = MelSpectrogram(model.audio)(wav)[..., :n_frames]
    return Batch(["a", "b"], mel=mel, wav=wav, pitch=torch.full((2, n_frames), 200.0))


class OneBatch:
    """A corpus of one batch."""

    weights = None

    def __init__(self, batch: Batch) -> None:
        self.batch, self.ids = batch, batch.ids
        self.lengths = [16] * len(batch.ids)
        self.fingerprint = {"ids": str(batch.ids)}

    def __getitem__(self, key: tuple[int, int]) -> str:
        return self.ids[key[1]]

    def collate(self, items: list[str]) -> Batch:
        return self.batch


def check_entry(name: str, entry: Entry) -> None:
    """The class has the name of its key and the right base, and stage 1 computes what it needs."""
    make = vars(importlib.import_module(entry.module))[name]
    assert issubclass(make, AcousticModel if entry.kind == "acoustic" else Vocoder)


def check_declarations(model: Model, entry: Entry) -> None:
    """Check the declarations that the Trainer, the dataset and stage 1 read."""
    assert model.needs and model.needs <= set(Batch._fields) - {"ids"}, "needs: fields of Batch"
    assert {"mel"} <= model.needs & FEATURES <= set(entry.features), "features: all that it needs"
    assert model.networks, "networks: none"
    trained = [p for name in model.networks for p in model.get_submodule(name).parameters()]
    assert {id(p) for p in model.parameters()} == {id(p) for p in trained}, (
        "networks: parameters that no optimizer gets"
    )
    assert set(model.training_only) <= set(model.networks), "training_only: no network"


def check_losses(model: Model, batch: Batch, weights: Mapping[str, float]) -> None:
    """Each loss is a scalar and has a weight in the recipe; `losses` names these and no other."""
    yielded: dict[str, Tensor] = {}
    turns: dict[str, frozenset[str]] = {}
    model.train()
    model.begin_step(10**9)  # after the last of the phases
    for network, losses in model.step(batch):
        turns[network] = frozenset(losses)
        yielded |= losses
    assert turns and set(turns) <= set(model.networks), f"turns of {turns}"
    assert all(loss.dim() == 0 for loss in yielded.values()), "a loss that is no scalar"
    assert all(bool(loss.isfinite()) for loss in yielded.values()), "a loss that is not finite"
    assert set(yielded) <= set(weights), f"without a weight: {set(yielded) - set(weights)}"
    assert turns == model.losses, f"named: {model.losses}, yielded: {turns}"


def check_saved(config: Mapping[str, Any], directory: Path, weights: Mapping[str, float]) -> None:
    """After a training step, saving and loading, the output is the same."""
    model = fresh(config)
    train = TrainConfig(
        loss_weights=dict(weights),
        batch_size=2,
        max_steps=1,
        n_workers=0,
        valid_every_epochs=None,
        save_every_epochs=None,
    )
    data = OneBatch(batch_for(model))
    Trainer(model, train, directory=directory, resolved_config=dict(config), train_data=data).fit()
    loaded, _ = load(directory)
    with torch.no_grad():
        pairs = zip(said(model.eval(), data.batch), said(loaded, data.batch), strict=True)
        for before, after in pairs:
            torch.testing.assert_close(after, before, rtol=0, atol=1e-6)


def said(model: Any, batch: Batch) -> list[Tensor]:
    """The output of a model for a batch."""
    if isinstance(model, Vocoder):
        return [model.infer(batch.mel)]
    out = model.infer(batch.tokens, batch.token_lengths)
    heard = [] if out.wav is None else [out.wav]
    return [out.mel, out.mel_lengths, out.durations, *heard]


def check_padding(model: Any, batch: Batch) -> None:
    """An item of a batch equals the item alone."""
    model.eval()
    for i in range(len(batch.ids)):
        if isinstance(model, Vocoder):
            together, alone = model.infer(batch.mel)[i], model.infer(batch.mel[i : i + 1])[0]
        else:
            n = int(batch.token_lengths[i])
            out = model.infer(batch.tokens, batch.token_lengths)
            one = model.infer(batch.tokens[i : i + 1, :n], batch.token_lengths[i : i + 1])
            t = int(one.mel_lengths[0])
            assert int(out.mel_lengths[i]) == t
            together, alone = out.mel[i, :, :t], one.mel[0, :, :t]
            assert not out.mel[i, :, t:].any(), "padding of the mel is not 0"
            if model.makes_waves:
                _check_waves(model, out, one, i)
        # F0 of a batch is rounded otherwise on some processors, and its phase adds that up
        atol = 1e-4 * max(float(alone.abs().max()), 0.1)
        torch.testing.assert_close(together, alone, rtol=1e-4, atol=atol)


def _check_waves(model: Any, out: Acoustic, one: Acoustic, i: int) -> None:
    """The wav of item `i` of a batch is 0 in padding, and that of the item alone, `one`."""
    assert out.wav is not None and one.wav is not None
    hop = model.audio.hop_length
    n = int(one.mel_lengths[0]) * hop
    assert out.wav.shape[1] == out.mel.shape[2] * hop, "hop_length samples for each frame"
    assert not out.wav[i, n:].any(), "padding of the wav is not 0"
    torch.testing.assert_close(out.wav[i, :n], one.wav[0, :n], rtol=1e-4, atol=1e-4)


def check_sizes(model: Any) -> None:
    """All sizes from zero frames (or one token) to the longest."""
    model.eval()
    for n in (0, 1, 2, 300):
        if isinstance(model, Vocoder):
            wav = model.infer(torch.full((2, model.audio.n_mels, n), -4.0))
            assert wav.shape == (2, n * model.audio.hop_length), (n, wav.shape)
        elif n:
            out: Acoustic = model.infer(torch.ones(1, n, dtype=torch.long), torch.tensor([n]))
            assert out.durations.shape == (1, n)
            assert out.mel.shape[:2] == (1, model.audio.n_mels)
            assert int(out.mel_lengths[0]) <= out.mel.shape[2]


@torch.no_grad()
def check_show(model: Any, batch: Batch) -> None:
    """The output of `show` can be plotted and played, whatever the model predicts."""
    model.eval()
    shown = model.show(batch)
    dimensions = {"mel": 2, "matrix": 2, "curves": 2, "audio": 1}
    for item in shown:
        assert item.array.ndim == dimensions[item.kind], item.name
        if item.kind == "mel":
            assert item.array.shape[0] == model.audio.n_mels, item.name
    assert len(list(exhibits(shown))) <= len(shown)


def check_context(vocoder: Any) -> None:
    """Samples depend on `context_frames` frames on either side, as changing one frame shows, and
    pieces equal the whole. None means that all frames are needed: nothing to check.
    """
    vocoder.eval()
    context, hop = vocoder.context_frames, vocoder.audio.hop_length
    if context is None:
        return
    generator = torch.Generator().manual_seed(1)
    n_frames = 4 * context + 9
    mel = torch.randn(1, vocoder.audio.n_mels, n_frames, generator=generator)
    found = list(vocoder.find_source([mel]))
    source = None if found[0][1] is None else torch.cat([s for _, s in found], dim=2)
    assert torch.equal(torch.cat([m for m, _ in found], dim=2), mel), "find_source changed the mel"
    changed = mel.clone()
    changed[..., n_frames // 2] += 30.0
    before, after = (vocoder.infer_windows(m, [0], source) for m in (mel, changed))
    torch.testing.assert_close(vocoder.infer(mel), before, rtol=0, atol=1e-5)
    frames = ((after - before)[0].abs() > 1e-6).nonzero()[:, 0] // hop
    reach = max(n_frames // 2 - int(frames.min()), int(frames.max()) - n_frames // 2)
    assert reach <= context, f"context_frames: {context}, but a sample depends on {reach}"
    chunks: Iterator[Tensor] = iter(mel[0].split(3, dim=1))
    pieces = torch.cat(list(vocoder.stream(chunks)))
    torch.testing.assert_close(pieces, before[0], rtol=0, atol=2e-5)


def check_pitch_transform(model: Any, batch: Batch) -> None:
    """A pitch transform that is not affine changes the mel where it changes the reported pitch."""
    model.eval()
    tokens, lengths = batch.tokens[:1, :9], batch.token_lengths[:1]
    plain = model.infer(tokens, lengths)
    if plain.pitch is None:
        return

    def lower(pitch: Tensor, _: Tensor, *, mean: Tensor, std: Tensor) -> Tensor:
        """Multiply by 3 except at 0 and 1, so that code which fits a slope at these points sees no
        change.
        """
        return torch.where((pitch == 0) | (pitch == 1), pitch, pitch - 3.0)

    low = model.infer(tokens, lengths, pitch_transform=lower)
    assert float((low.pitch - plain.pitch).abs().max()) > 1.0, "the reported pitch is not changed"
    assert float((low.mel - plain.mel).abs().max()) > 1e-4, "the mel does not follow the pitch"


def loss_weights(name: str) -> dict[str, float]:
    """The loss weights of a model's recipe."""
    folder = "tts" if MODELS[name].kind == "acoustic" else "vocoder"
    experiment, _ = load_experiment(ROOT / "egs" / folder / name / "exp_config.json")
    return dict(experiment.train.loss_weights)
