"""WaveGlow: the reference's numbers in both directions, its importer in every layout, and files
that try to run code.
"""

from __future__ import annotations

import os
import pickle
import sys
import types
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from vocoder_helpers import AUDIO, wave_batch

from recital.models import build
from recital.models.importers import convert
from recital.models.importers.foreign import rename
from recital.models.importers.nvidia_waveglow import RULES, _fused, _normed, _three
from recital.models.vocoder.waveglow import negative_log_likelihood
from recital.modules.contract.model import Vocoder
from recital.modules.signal.denoiser import Denoiser
from recital.utils.errors import CheckpointError, ConfigError, DataError

TINY = {
    "n_flows": 4,
    "n_group": 8,
    "n_early_every": 2,
    "n_early_size": 2,
    "n_layers": 2,
    "channels": 8,
}


def tiny(seed: int = 0, **model: Any) -> Any:
    """A flow with couplings that are not the identity."""
    torch.manual_seed(seed)
    made: Any = build({"model_type": "WaveGlow", "audio": AUDIO, "model": {**TINY, **model}})
    for coupling in made.network.couplings:
        nn.init.normal_(coupling.last.weight, std=0.1)
    return made.eval()


def imported(path: Path, config: Path | None = None) -> Any:
    resolved, weights = convert("nvidia_waveglow", path, config)
    model: Any = build(resolved)
    model.load_state_dict(weights)
    return model.eval()


@pytest.fixture
def io(shared: Path) -> dict[str, Tensor]:
    numbers = np.load(shared / "vectors/waveglow_nvidia/tiny_io.npz")
    return {key: torch.from_numpy(value) for key, value in numbers.items()}


@pytest.fixture
def reference(shared: Path) -> Any:
    return imported(shared / "vectors/waveglow_nvidia/tiny/checkpoint_WaveGlow_1000.pt")


def close(found: Tensor, expected: Tensor, tolerance: float = 1e-4) -> None:
    error = float((found.detach().double() - expected.double()).abs().max())
    assert error <= tolerance * float(expected.abs().max()), error


@pytest.mark.parametrize("sigma", [0, 0.6, 1])
def test_the_reference_s_wave(reference: Any, io: dict[str, Tensor], sigma: float) -> None:
    z = torch.cat([io["z_early_flow2"], io["z_remaining"]], dim=1)
    close(reference.infer(io["mel"], sigma=sigma, z=z), io[f"audio_sigma{sigma}"])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_near(reference: Any, io: dict[str, Tensor], dtype: torch.dtype) -> None:
    z = torch.cat([io["z_early_flow2"], io["z_remaining"]], dim=1)
    wav = reference.to(dtype).infer(io["mel"], sigma=1, z=z)
    theirs = (io[f"audio_sigma1_{str(dtype)[6:]}"] - io["audio_sigma1"]).abs().max()
    assert float((wav - io["audio_sigma1"]).abs().max()) < 3 * float(theirs)


def test_the_reference_s_likelihood(reference: Any, io: dict[str, Tensor]) -> None:
    flowed = reference.network(io["fwd_mel"], io["fwd_audio"])
    close(flowed.z, io["fwd_z"])
    for k, log_scale in enumerate(flowed.log_scales):
        close(log_scale, io[f"fwd_log_s_{k}"])
    close(torch.stack([s.sum() for s in flowed.log_scales]), io["fwd_log_s_sum"])
    close(torch.stack(flowed.log_determinants), io["fwd_log_det_W"])
    close(negative_log_likelihood(flowed), io["fwd_loss_sigma1"])
    close(negative_log_likelihood(flowed, 0.7), io["fwd_loss_sigma0.7"])


def test_the_reference_s_training_step(reference: Any, io: dict[str, Tensor], shared: Path) -> None:
    file = shared / "vectors/waveglow_nvidia/tiny_trainstep.npz"
    numbers = {key: torch.from_numpy(value) for key, value in np.load(file).items()}

    def ours(group: str) -> dict[str, Tensor]:
        theirs = {k.partition("/")[2]: v for k, v in numbers.items() if k.startswith(f"{group}/")}
        renamed = rename(_fused(theirs), RULES, file)
        return {_normed(key): _three(key, value) for key, value in renamed.items()}

    optimizer = torch.optim.Adam(reference.parameters(), 1e-4)
    losses = []
    for _ in range(2):
        losses.append(negative_log_likelihood(reference.network(io["fwd_mel"], io["fwd_audio"])))
        optimizer.zero_grad()
        losses[-1].backward()
        if len(losses) == 1:
            gradients = ours("grad0")
            for name, p in reference.named_parameters():
                assert p.grad is not None
                close(p.grad, gradients[name], 1e-3)
            optimizer.step()
            after = ours("after1")
            for name, p in reference.named_parameters():
                close(p, after[name])
    close(losses[0], numbers["loss0"])
    close(losses[1], numbers["loss1"])


def test_backwards_undoes_forwards() -> None:
    model, batch = tiny(), wave_batch()
    assert batch.mel is not None and batch.wav is not None
    with torch.no_grad():
        z = model.network(batch.mel, batch.wav).z
    torch.testing.assert_close(model.infer(batch.mel, sigma=1.0, z=z), batch.wav, atol=1e-5, rtol=0)
    assert float((z - batch.wav.unflatten(1, (-1, 8)).transpose(1, 2)).abs().max()) > 0.1


def test_the_flow_s_determinant_is_that_of_its_jacobian() -> None:
    model, mel, wav = tiny(), torch.randn(1, 10, 1), torch.randn(1, 32)
    flowed = model.network(mel, wav)
    jacobian = torch.autograd.functional.jacobian(lambda w: model.network(mel, w).z.flatten(), wav)
    expected = torch.linalg.slogdet(jacobian[:, 0])[1]
    found = sum(float(s.sum()) for s in flowed.log_scales) + float(sum(flowed.log_determinants))
    assert found == pytest.approx(float(expected), abs=1e-3)


@pytest.mark.parametrize("change", [{}, {"n_layers": 3}, {"kernel_size": 5, "n_flows": 2}])
def test_context_is_how_far_a_sample_sees(change: dict[str, Any]) -> None:
    """The context, from gradients of a frame's samples with respect to the mel and the noise."""
    model = tiny(**change).double()
    middle, frames = 20, 41
    mel = torch.randn(1, 10, frames, dtype=torch.float64, requires_grad=True)
    z = model.draw_noise(1, frames).double().requires_grad_()
    wav = model.network._fused().generate(mel, z)[:, middle * 32 : (middle + 1) * 32]
    seen = torch.zeros(frames)
    for sample in (0, 8, -8, -1):
        of_mel, of_noise = torch.autograd.grad(wav[0, sample], [mel, z], retain_graph=True)
        seen += of_mel[0].abs().sum(0) + of_noise[0].abs().sum(0).unflatten(0, (-1, 4)).sum(1)
    offsets = seen.nonzero()[:, 0] - middle
    assert max(-int(offsets.min()), int(offsets.max())) == model.context_frames < 20


def test_noise_is_a_function_of_seed_and_frame() -> None:
    model = tiny()
    whole = model.draw_noise(1, 200)
    assert torch.equal(model.draw_noise(1, 30, start=50), whole[:, :, 200:320])
    assert not torch.equal(model.draw_noise(1, 200, seed=1), whole)
    assert abs(float(whole.std()) - 1) < 0.05
    mel = torch.randn(1, 10, 3)
    assert torch.equal(model.infer(mel), model.infer(mel))
    with pytest.raises(DataError, match=r"z: expected the shape \(1, 8, 12\), found"):
        model.infer(mel, z=torch.zeros(1, 8, 11))


def test_a_batch_is_learnt() -> None:
    model, batch, losses = tiny(channels=16).train(), wave_batch(4), []
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(40):
        ((_, turn),) = model.step(batch)
        optimizer.zero_grad()
        turn["nll"].backward()
        optimizer.step()
        losses.append(float(turn["nll"]))
    assert losses[-1] < losses[0] - 0.5


@pytest.mark.parametrize("change", [{"n_group": 5}, {"n_early_size": 8}, {"kernel_size": 2}])
def test_sizes_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="model"):
        tiny(**change)


def test_the_fused_layout_is_the_same(shared: Path, reference: Any) -> None:
    other = imported(shared / "vectors/waveglow_nvidia/tiny/waveglow_orig_statedict.pt")
    for name, tensor in reference.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_a_config_that_is_not_the_tensors_is_refused(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"n_flows": 12}')
    file = shared / "vectors/waveglow_nvidia/tiny/checkpoint_WaveGlow_1000.pt"
    with pytest.raises(CheckpointError, match="n_flows is 12 in the config, but 4 by the tensors"):
        convert("nvidia_waveglow", file, tmp_path / "config.json")


def pickled_whole(path: Path, state: dict[str, Tensor], zipped: bool) -> None:
    """The original project's file: pickled modules of a `glow.py`, with hooks of the old weight
    norm.

    Files of that time are not zipped, and contain the source of their classes.
    """
    glow = types.ModuleType("glow")
    classes = {}
    for name in ("WaveGlow", "WN", "Invertible1x1Conv"):
        classes[name] = type(name, (nn.Module,), {"__module__": "glow"})
        setattr(glow, name, classes[name])
    root = classes["WaveGlow"]()
    for prefix in dict.fromkeys(key.rpartition(".")[0] for key in state):
        *parents, name = prefix.split(".")
        module = root
        for i, part in enumerate(parents):
            if part not in module._modules:
                kind = {"WN": "WN", "convinv": "Invertible1x1Conv"}[parents[0]]
                module.add_module(part, classes[kind]() if i == 1 else nn.ModuleList())
            module = module._modules[part]
        module.add_module(name, old_conv(prefix, state))
    root.load_state_dict(state)
    sys.modules["glow"] = glow
    content = {"model": root, "iteration": 1000, "learning_rate": 1e-4}
    try:
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
    finally:
        del sys.modules["glow"]


def old_conv(prefix: str, state: dict[str, Tensor]) -> nn.Module:
    if prefix == "upsample":
        n_mels, _, kernel = state["upsample.weight"].shape
        return nn.ConvTranspose1d(n_mels, n_mels, kernel, 256)
    normed = f"{prefix}.weight_v" in state
    n_out, n_in, size = state[f"{prefix}.weight{'_v' * normed}"].shape
    conv = nn.Conv1d(n_in, n_out, size, bias=f"{prefix}.bias" in state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return nn.utils.weight_norm(conv) if normed else conv


@pytest.mark.parametrize("zipped", [False, True])
def test_a_pickled_module_is_read_without_its_code(
    shared: Path, reference: Any, tmp_path: Path, zipped: bool
) -> None:
    file = shared / "vectors/waveglow_nvidia/tiny/waveglow_orig_statedict.pt"
    state = torch.load(file, weights_only=True)["model"]
    pickled_whole(tmp_path / "waveglow_orig", state, zipped)
    assert "glow" not in sys.modules
    other = imported(tmp_path / "waveglow_orig")
    for name, tensor in reference.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_separate_residual_and_skip_layers(shared: Path, reference: Any, tmp_path: Path) -> None:
    file = shared / "vectors/waveglow_nvidia/tiny/waveglow_orig_statedict.pt"
    state = {}
    for key, value in torch.load(file, weights_only=True)["model"].items():
        head, layers, tail = key.partition(".res_skip_layers.")
        if not layers:
            state[key] = value
        elif len(value) > 16:
            state[f"{head}.res_layers.{tail}"], state[f"{head}.skip_layers.{tail}"] = value.chunk(2)
        else:
            state[f"{head}.res_layers.{tail}"] = torch.ones_like(value)  # nobody uses it
            state[f"{head}.skip_layers.{tail}"] = value
    torch.save({"state_dict": state}, tmp_path / "old")
    other = imported(tmp_path / "old")
    for name, tensor in reference.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


class Attack:
    """The payload of a hostile file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("as_plain_pickle", [False, True])
def test_a_file_that_would_run_code_is_refused(tmp_path: Path, as_plain_pickle: bool) -> None:
    hostile, file = {"model": Attack(tmp_path / "ran")}, tmp_path / "hostile.pt"
    if as_plain_pickle:
        file.write_bytes(pickle.dumps(hostile))
    else:
        torch.save(hostile, file)
    with pytest.raises(CheckpointError, match="cannot be read|no checkpoint that torch can read"):
        convert("nvidia_waveglow", file, None)
    assert not (tmp_path / "ran").exists()


def test_the_denoiser_takes_off_the_bias() -> None:
    """By hand: magnitudes minus `strength` times the bias, phases kept, clipped at zero."""
    model = tiny()
    denoiser = Denoiser(model)
    window = torch.hann_window(128)
    silent = model.infer(torch.zeros(1, 10, 88), sigma=0.0)
    bias = torch.stft(silent, 128, 32, window=window, return_complex=True).abs()[:, :, :1]
    torch.testing.assert_close(denoiser.bias, bias)
    wav = 0.1 * torch.randn(2, 640)
    torch.testing.assert_close(denoiser(wav, 0.0)[:, 0], wav, atol=1e-5, rtol=1e-4)
    spectrum = torch.stft(wav, 128, 32, window=window, return_complex=True)
    factor = (spectrum.abs() - 0.3 * bias).clamp(min=0) / spectrum.abs()
    expected = torch.istft(spectrum * factor, 128, 32, window=window, length=640)
    torch.testing.assert_close(denoiser(wav, 0.3)[:, 0], expected, atol=1e-5, rtol=1e-4)
    assert float(denoiser(wav, 1e6).abs().max()) < 1e-6


def test_the_denoiser_s_transform_is_the_reference_s(shared: Path) -> None:
    numbers = np.load(shared / "vectors/frontend_tacotron.npz")
    wav = torch.from_numpy(numbers["audio_int16"].astype(np.float32))[None] / 32768

    class Nothing(Vocoder):
        audio = build(
            {
                "model_type": "WaveGlow",
                "audio": {
                    **AUDIO,
                    "sample_rate": 22050,
                    "n_fft": 1024,
                    "win_length": 1024,
                    "hop_length": 256,
                },
                "model": TINY,
            }
        ).audio

        def infer(self, mel: Tensor) -> Tensor:
            return torch.zeros(1, 256 * mel.shape[2])

    denoiser = Denoiser(Nothing())
    close(denoiser.stft(wav).abs()[0].T, torch.from_numpy(numbers["stft_mag"]))
    close(denoiser(wav, 0.0)[0, 0, :22016], torch.from_numpy(numbers["stft_inverse"]))


def test_it_speaks_in_inference_mode() -> None:
    """In inference mode, where the fused tensors have no version counters."""
    config = {"model_type": "WaveGlow", "audio": AUDIO, "model": {"n_flows": 2, "channels": 4}}
    model: Any = build(config).eval()
    mel = torch.randn(1, AUDIO["n_mels"], 6)
    with torch.inference_mode():
        first, again = model.infer(mel), model.infer(mel)
    assert torch.equal(first, again)
