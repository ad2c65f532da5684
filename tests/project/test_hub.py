"""The torch.hub entry points: the example of the hub's FastPitch page, with any checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tts_helpers import tiny_config

from recital.hub import text_lengths
from recital.models import build
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, UsageError
from tests.conftest import ROOT

AGREED = ("sampling_rate", "hop_length", "win_length", "max_wav_value", "num_mels")


def load(name: str, *arguments: Any) -> Any:
    return torch.hub.load(str(ROOT), name, *arguments, source="local", trust_repo=True)


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny models that work together."""
    folder = tmp_path_factory.mktemp("voices")
    text = {"cleaners": "english_cleaners_v2", "symbol_set": "english_basic"}
    acoustic = {**tiny_config(), "text": text, "symbols": list(symbols_for(TextConfig(**text)))}
    vocos = {"d_model": 8, "n_layers": 1, "d_inner": 8}
    stack = {"channels": 8, "upsample_rates": [16, 16], "upsample_kernel_sizes": [32, 32]}
    flow = {"n_flows": 2, "n_layers": 1, "channels": 4}
    configs: dict[str, dict[str, Any]] = {
        "fastpitch": acoustic,
        "bigvgan": {
            "model_type": "BigVGAN",
            "audio": acoustic["audio"],
            "model": {"generator": stack},
        },
        "vocos": {"model_type": "Vocos", "audio": acoustic["audio"], "model": {"generator": vocos}},
        "waveglow": {"model_type": "WaveGlow", "audio": acoustic["audio"], "model": flow},
    }
    torch.manual_seed(0)
    for name, config in configs.items():
        model: Any = build(config)
        if name == "fastpitch":
            model.pitch_statistics.set(200.0, 40.0)
            torch.nn.init.constant_(model.network.duration_predictor.out.bias, 1.4)
        checkpoint.save_model(folder / name, model.state_dict(), config)
    return {name: folder / name for name in configs}


@pytest.mark.parametrize("name", ["vocos", "bigvgan"])
def test_the_hub_page_s_example(voices: dict[str, Path], name: str) -> None:
    fastpitch, generator_setup = load("fastpitch", voices["fastpitch"])
    vocoder, vocoder_setup, denoiser = load(name, voices[name])
    for name in AGREED:
        assert generator_setup[name] == vocoder_setup[name]
    tp = load("text_processing", voices["fastpitch"])
    (batch,) = tp.prepare_input_sequence(["Say this smoothly to prove it."], batch_size=1)
    options = {"pace": 1.0, "speaker": 0, "pitch_tgt": None, "pitch_transform": None}
    with torch.no_grad():
        mel, mel_lengths, *_ = fastpitch(batch["text"], **options)
        audios = vocoder(mel).float()
        assert audios.shape == (1, 1, mel.shape[2] * 256)
        audios = denoiser(audios.squeeze(1), 0.005)
    audio = audios.squeeze(1) * vocoder_setup["max_wav_value"]
    assert audio.shape == (1, int(mel_lengths[0]) * 256)
    assert float(audio.abs().max()) > 0


def test_controls_reach_the_model(voices: dict[str, Path]) -> None:
    fastpitch, _ = load("fastpitch", voices["fastpitch"])
    tp = load("text_processing", voices["fastpitch"])
    batches = tp.prepare_input_sequence(["One, two.", "Three."], batch_size=2)
    (batch,) = batches
    assert batch["text_lens"].tolist() == text_lengths(batch["text"]).tolist()
    _, lengths, durations, pitch, _ = fastpitch(batch["text"])
    _, faster, *_ = fastpitch(batch["text"], pace=2.0)
    assert int(faster[0]) < int(lengths[0])
    shifted = fastpitch(
        batch["text"], pitch_transform=lambda pitch, lens, mean, std: pitch + 20.0 / std
    )[3]
    n = int(batch["text_lens"][1])
    torch.testing.assert_close(shifted[1, 0, :n], pitch[1, 0, :n] + 20.0 / 40.0)
    fixed = fastpitch(batch["text"], dur_tgt=torch.full_like(durations, 2.0))[1]
    assert fixed.tolist() == (2 * batch["text_lens"]).tolist()


def test_a_flow_speaks_with_its_sigma(voices: dict[str, Path]) -> None:
    waveglow, _, denoiser = load("waveglow", voices["waveglow"])
    mel = torch.randn(1, 20, 6)
    still, moved = waveglow.infer(mel, sigma=0.0), waveglow.infer(mel, sigma=0.6)
    assert still.shape == moved.shape == (1, 6 * 256)
    assert not torch.equal(still, moved)
    assert denoiser(moved, 0.1).shape == (1, 1, 6 * 256)


def test_another_kind_is_refused(voices: dict[str, Path]) -> None:
    with pytest.raises(CheckpointError, match="holds no acoustic model"):
        load("fastpitch", voices["vocos"])
    with pytest.raises(CheckpointError, match="no symbols"):
        load("text_processing", voices["waveglow"])
    with pytest.raises(CheckpointError, match="holds no vocoder"):
        load("denoiser", voices["fastpitch"])


def test_the_hub_page_of_fastpitch_runs_as_printed(caplog: pytest.LogCaptureFixture) -> None:
    """With the included voice; only the repository's name is changed, and the text shortened."""
    fastpitch, generator_train_setup = load("nvidia_fastpitch")
    hifigan, vocoder_train_setup, denoiser = load("nvidia_hifigan")
    checked = ["sampling_rate", "hop_length", "win_length", "p_arpabet", "text_cleaners"]
    checked += ["symbol_set", "max_wav_value", "prepend_space_to_text", "append_space_to_text"]
    for k in checked:
        v1 = generator_train_setup.get(k, None)
        v2 = vocoder_train_setup.get(k, None)
        assert v1 is None or v2 is None or v1 == v2, f"{k} mismatch"
    device = torch.device("cpu")
    fastpitch.to(device)
    hifigan.to(device)
    denoiser.to(device)
    paths = {"cmudict_path": "cmudict-0.7b", "heteronyms_path": "heteronyms"}
    tp = torch.hub.load(
        str(ROOT), "nvidia_textprocessing_utils", source="local", trust_repo=True, **paths
    )
    batches = tp.prepare_input_sequence(["Say this smoothly."], batch_size=1)
    gen_kw = {"pace": 1.0, "speaker": 0, "pitch_tgt": None, "pitch_transform": None}
    for batch in batches:
        with torch.no_grad():
            mel, mel_lens, *_ = fastpitch(batch["text"].to(device), **gen_kw)
            audios = hifigan(mel).float()
            audios = denoiser(audios.squeeze(1), 0.005)
            audios = audios.squeeze(1) * vocoder_train_setup["max_wav_value"]
    assert audios.shape == (1, int(mel_lens[0]) * vocoder_train_setup["hop_length"])
    assert 1000 < audios.abs().max() <= 32768
    said = " ".join(caplog.messages)
    assert "no HiFiGAN comes with Recital" in said
    assert "cmudict_path and heteronyms_path are not read" in said


def test_an_option_without_an_effect_is_named(caplog: pytest.LogCaptureFixture) -> None:
    torch.hub.load(
        str(ROOT), "nvidia_tacotron2", source="local", trust_repo=True, model_math="fp32"
    )
    assert not caplog.messages
    torch.hub.load(
        str(ROOT), "nvidia_tacotron2", source="local", trust_repo=True, model_math="fp16"
    )
    assert "model_math='fp16' has no effect here" in caplog.text


def test_nvidia_s_files_make_every_word_arpabet(voices: dict[str, Path], tmp_path: Path) -> None:
    """As on the page, where the dictionary decides: p_arpabet is 1."""
    (tmp_path / "cmudict-0.7b").write_text(";;; its header\nSAY  S EY1\nTHIS  DH IH1 S\n")
    (tmp_path / "heteronyms").write_text("read\n")
    paths = {"cmudict_path": "cmudict-0.7b", "heteronyms_path": "heteronyms"}
    paths = {key: str(tmp_path / name) for key, name in paths.items()}
    voice = str(voices["fastpitch"])
    hub = torch.hub.load(
        str(ROOT), "nvidia_textprocessing_utils", voice, source="local", trust_repo=True, **paths
    )
    symbols = symbols_for(TextConfig(cleaners="english_cleaners_v2", symbol_set="english_basic"))
    spoken = [
        [symbols[i] for i in batch["text"][0].tolist()]
        for batch in hub.prepare_input_sequence(["say this", "this"], batch_size=1, device="cpu")
    ]
    assert spoken == [["@S", "@EY1", " ", "@DH", "@IH1", "@S"], ["@DH", "@IH1", "@S"]]
    plain = load("text_processing", voices["fastpitch"]).prepare_input_sequence(["this"])
    assert plain[0]["text_lens"].tolist() == [4]


def test_the_hub_page_of_tacotron_2_runs_as_printed() -> None:
    """With the included voice in its place."""
    tacotron2 = torch.hub.load(
        str(ROOT), "nvidia_tacotron2", source="local", trust_repo=True, model_math="fp32"
    )
    tacotron2 = tacotron2.to("cpu")
    tacotron2.eval()
    waveglow = torch.hub.load(
        str(ROOT), "nvidia_waveglow", source="local", trust_repo=True, model_math="fp32"
    )
    waveglow = waveglow.remove_weightnorm(waveglow)
    waveglow = waveglow.to("cpu")
    waveglow.eval()
    sequences, lengths = load("nvidia_tts_utils").prepare_input_sequence(["Hello world."])
    with torch.no_grad():
        mel, mel_lengths, alignments = tacotron2.infer(sequences, lengths)
        audio = waveglow.infer(mel)
    assert alignments.shape == (1, mel.shape[2], sequences.shape[1])
    assert alignments[0, : int(mel_lengths[0])].sum() == mel_lengths[0]
    assert audio[0].data.cpu().numpy().shape == (int(mel_lengths[0]) * 256,)


def test_what_the_hub_s_text_processing_does_not_take(voices: dict[str, Path]) -> None:
    tp = load("text_processing", voices["fastpitch"])
    with pytest.raises(UsageError, match="expected a list of texts, found the text 'Hello.'"):
        tp.prepare_input_sequence("Hello.")
    for size in (0, -1):
        with pytest.raises(UsageError, match=f"batch_size {size}: expected a whole number"):
            tp.prepare_input_sequence(["Hello."], batch_size=size)
    for name in ("fastpitch", "vocos"):
        with pytest.raises(UsageError, match="device gpu: torch .* has none"):
            load(name, voices[name], "gpu")
