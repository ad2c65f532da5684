"""Stage 3 of randomly initialized vocoders: modes, files, errors, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from vocoder_helpers import AUDIO, tiny_config

import recital
from recital.bins import vocode
from recital.models import build, load
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.processors.audio_files import decode, save_wav, to_int16
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.mel_files import read_mel
from recital.processors.store import Utterance, to_json, write_shard
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, ConfigError, DataError, UsageError
from recital.voices import VOICE

CONFIG = AudioConfig(**AUDIO)  # type: ignore[arg-type]
HOP, RATE = CONFIG.hop_length, CONFIG.sample_rate


@pytest.fixture(scope="module")
def vocoder_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("vocoder") / "vocoder"
    config = tiny_config()
    torch.manual_seed(0)
    model = build(config, training=False)
    checkpoint.save_model(directory, model.state_dict(), config)
    return directory


@pytest.fixture
def make(vocoder_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def make(*flags: object) -> tuple[int, str, str]:
        words = ["--infer_expt_dir", vocoder_dir, "--infer_output_dir", tmp_path / "out"]
        code = vocode.main([str(w) for w in [*words, *flags]])
        captured = capsys.readouterr()
        return code, " ".join(captured.out.split()), captured.err

    return make


def mel_of(n_frames: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(CONFIG.n_mels, n_frames, generator=generator) - 3.0


def tone(seconds: float, rate: int = RATE, f0: float = 300.0) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * f0 * t)).astype(np.float32)


def expected(vocoder_dir: Path, mel: torch.Tensor) -> np.ndarray:
    model, _ = load(vocoder_dir)
    return model.infer(mel[None])[0].numpy()  # type: ignore[operator]


def test_features_of_all_kinds(make: Any, vocoder_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mels"
    folder.mkdir()
    mels = {name: mel_of(20 + 7 * i, i) for i, name in enumerate("abcdef")}
    np.save(folder / "a.npy", mels["a"].numpy())
    torch.save(mels["b"], folder / "b.pt")
    torch.save({"mel": mels["c"][None], "more": torch.ones(2)}, folder / "c.pt")
    save_file({"x": mels["d"]}, folder / "d.safetensors")
    np.save(folder / "e.npy", mels["e"].double().numpy().astype(">f8"))
    save_file({"mel": mels["f"].contiguous(), "y": torch.ones(1)}, folder / "f.safetensors")
    (folder / "notes.txt").write_text("no mel")
    code, out, _ = make("--infer_feature_dir", folder)
    assert code == 0 and "utterances 6" in out and "latency p95" in out
    for name, mel in mels.items():
        wav, rate = decode(tmp_path / f"out/pred/{name}.wav")
        assert rate == RATE and len(wav) == mel.shape[1] * HOP
        np.testing.assert_allclose(wav, expected(vocoder_dir, mel), atol=2 / 32768)
    told = json.loads((tmp_path / "out/pred/a.json").read_text())
    assert told["checkpoint"] == checkpoint.model_hash(vocoder_dir) and told["latency"] > 0
    assert told["seconds"] == pytest.approx(20 * HOP / RATE)
    assert not (tmp_path / "out/gt").exists()


def test_bad_files_do_not_stop_good_ones(make: Any, tmp_path: Path) -> None:
    folder = tmp_path / "mels"
    folder.mkdir()
    np.save(folder / "good.npy", mel_of(30).numpy())
    np.save(folder / "turned.npy", mel_of(30).T.numpy())
    np.save(folder / "bins.npy", np.zeros((80, 30), np.float32))
    np.save(folder / "ints.npy", np.zeros((10, 30), np.int64))
    np.save(folder / "empty.npy", np.zeros((10, 0), np.float32))
    np.save(folder / "nan.npy", np.full((10, 3), np.nan, np.float32))
    np.save(folder / "object.npy", np.array([{"a": 1}], object), allow_pickle=True)
    torch.save({"a": print}, folder / "code.pt")
    torch.save({"a": torch.ones(1), "b": torch.ones(1)}, folder / "two.pt")
    (folder / "cut.safetensors").write_bytes(b"\x99" * 30)
    (folder / "empty.pt").write_bytes(b"")
    (folder / "text.pt").write_bytes(b"hello world")  # a KeyError in torch
    (folder / "junk.pt").write_bytes(b"\x80\x02\x99" * 9)
    code, out, err = make("--infer_mode", "infer_from_feature", "--infer_feature_dir", folder)
    assert code == 1
    lines = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 12 and "failed 12" in out
    for name in ("turned.npy", "bins.npy", "ints.npy", "object.npy", "code.pt", "cut.safetensors"):
        assert sum(str(folder / name) in line for line in lines) == 1
    (turned,) = [line for line in lines if "turned.npy" in line]
    assert "expected a mel of floats with the shape [10, T], found [30, 10]" in turned
    assert "transpose" in turned
    # NumPy and torch advise to unpickle such files
    assert "object.npy: cannot be read as a mel: is no .npy file of numbers" in err
    assert "code.pt: cannot be read as a mel: holds more than tensors" in err
    for name in ("empty.pt", "text.pt", "junk.pt"):
        assert f"{name}: cannot be read as a mel: is no whole file of torch.save" in err
    assert (tmp_path / "out/pred/good.wav").is_file()
    assert len(list((tmp_path / "out/pred").glob("*.wav"))) == 1


def test_a_linear_mel_is_not_written_as_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "mels", tmp_path / "out"
    folder.mkdir()
    n_mels = AudioConfig(**checkpoint.read_json(VOICE / "vocoder/config.json")["audio"]).n_mels
    np.save(folder / "log.npy", np.full((n_mels, 30), -5.0, np.float32))
    np.save(folder / "linear.npy", np.full((n_mels, 30), 200.0, np.float32))
    where = [f"--infer_feature_dir={folder}", f"--infer_output_dir={out}", "--batch_size=2"]
    assert vocode.main([f"--infer_expt_dir={VOICE / 'vocoder'}", *where]) == 1
    assert "linear: the vocoder makes NaN of this mel" in capsys.readouterr().err
    assert [path.name for path in (out / "pred").glob("*.wav")] == ["log.wav"]


def test_audio_of_any_kind(make: Any, vocoder_dir: Path, tmp_path: Path) -> None:
    import soundfile

    folder = tmp_path / "audio"
    (folder / "deeper").mkdir(parents=True)
    save_wav(folder / "a.wav", tone(0.3), RATE)
    stereo = np.stack([tone(0.2, 44100)] * 2, axis=1)
    soundfile.write(folder / "a.flac", stereo, 44100)
    save_wav(folder / "deeper/b.wav", tone(0.1), RATE)
    save_wav(folder / "short.wav", tone(0.001), RATE)
    (folder / "broken.mp3").write_bytes(b"nothing")
    code, out, err = make("--infer_audio_dir", folder)
    assert code == 1 and "utterances 3" in out
    assert "short.wav: is too short" in err and "broken.mp3: cannot be decoded" in err
    made = sorted(p.name for p in (tmp_path / "out/pred").glob("*.wav"))
    assert made == sorted(p.name for p in (tmp_path / "out/gt").glob("*.wav")) and len(made) == 3
    (own,) = (tmp_path / "out/pred").glob("a-wav-*.wav")  # a.flac has the same name
    gt, _ = decode(tmp_path / "out/gt" / own.name)
    mel = MelSpectrogram(CONFIG)(torch.from_numpy(gt)[None])[0]
    np.testing.assert_allclose(decode(own)[0], expected(vocoder_dir, mel), atol=2 / 32768)


@pytest.fixture
def dataset(tmp_path: Path, vocoder_dir: Path) -> Path:
    """A config, and stage 1's features of two recordings."""
    preprocess = PreprocessConfig(processed_dir=str(tmp_path / "data"))
    folder = tmp_path / "data/toy"
    folder.mkdir(parents=True)
    wavs = {"u1": to_int16(tone(0.2)), "u2": to_int16(tone(0.3, f0=200.0))}
    mels = {
        id: MelSpectrogram(CONFIG)(torch.from_numpy(w / np.float32(32768))[None])[0].numpy()
        for id, w in wavs.items()
    }
    for feature, arrays in (("wav", wavs), ("mel", mels)):
        place = folder / f"{feature}-{fingerprint(feature, CONFIG, preprocess)}"
        write_shard(place / "s.safetensors", arrays, {})
    lines = [to_json(Utterance(id, f"{id}.wav", "text", shard="s", seconds=0.2)) for id in wavs]
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    for split, ids in (("train", "u1\n"), ("test", "u2\n"), ("valid", ""), ("golden_test", "")):
        (folder / f"{split}.txt").write_text(ids)
    config = tiny_config() | {
        "dataset": ["toy"],
        "preprocess": {"processed_dir": str(tmp_path / "data")},
        "train": {"batch_size": 1, "max_epoch": 1, "loss_weights": {}},
        "log_dir": str(tmp_path / "log"),
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path / "config.json"


def test_splits_of_datasets(make: Any, dataset: Path, vocoder_dir: Path, tmp_path: Path) -> None:
    code, out, _ = make("--config", dataset, "--infer_datasets", "toy")
    assert code == 0 and f"{tmp_path}/out/pred and {tmp_path}/out/gt" in out
    assert [p.name for p in (tmp_path / "out/gt").iterdir()] == ["u2.wav"]
    np.testing.assert_array_equal(
        decode(tmp_path / "out/gt/u2.wav")[0], to_int16(tone(0.3, f0=200.0)) / 32768
    )
    mel = MelSpectrogram(CONFIG)(torch.from_numpy(decode(tmp_path / "out/gt/u2.wav")[0])[None])[0]
    made, _ = decode(tmp_path / "out/pred/u2.wav")
    np.testing.assert_allclose(made, expected(vocoder_dir, mel), atol=2 / 32768)
    assert make("--config", dataset, "--infer_testing_set", "train")[0] == 0
    assert (tmp_path / "out/pred/u1.wav").is_file()
    with pytest.raises(DataError, match="valid of toy: holds no utterance"):
        make("--config", dataset, "--infer_testing_set", "valid")
    with pytest.raises(UsageError, match="--infer_datasets other: expected some of toy"):
        make("--config", dataset, "--infer_datasets", "toy other")


def test_another_mel_is_refused(make: Any, dataset: Path) -> None:
    with pytest.raises(ConfigError, match=r"f_max +8000\S* +6000"):
        make("--config", dataset, "--set", "audio.f_max=8000")


def test_griffin_lim_by_its_name(dataset: Path, tmp_path: Path) -> None:
    words = ["--config", str(dataset), "--griffin_lim", "--infer_output_dir", str(tmp_path / "gl")]
    assert vocode.main(words) == 0
    told = json.loads((tmp_path / "gl/pred/u2.json").read_text())
    assert told["vocoder"] == "GriffinLim" and told["checkpoint"] is None


def test_long_mels_go_to_the_disk_in_pieces(
    make: Any, vocoder_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocode, "LONG_FRAMES", 50)
    (tmp_path / "mels").mkdir()
    np.save(tmp_path / "mels/long.npy", mel_of(700).numpy())
    code, out, _ = make("--infer_feature_dir", tmp_path / "mels")
    assert code == 0 and "first audio p50" in out
    made, _ = decode(tmp_path / "out/pred/long.wav")
    np.testing.assert_allclose(made, expected(vocoder_dir, mel_of(700)), atol=2 / 32768)


def test_denoising(make: Any, vocoder_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "mels").mkdir()
    np.save(tmp_path / "mels/a.npy", mel_of(40).numpy())
    waves = []
    for strength in ("0", "0.5"):
        assert make("--infer_feature_dir", tmp_path / "mels", "--denoising_strength", strength)
        waves.append(decode(tmp_path / "out/pred/a.wav")[0])
    assert np.abs(waves[0] - waves[1]).max() > 1e-3
    told = json.loads((tmp_path / "out/pred/a.json").read_text())
    assert told["denoising_strength"] == 0.5


@pytest.mark.parametrize(
    ("flags", "error", "said"),
    [
        ([], UsageError, "expected --config"),
        (["--infer_mode", "infer_from_feature"], UsageError, "--infer_feature_dir: is missing"),
        (["--infer_mode", "infer_from_audio"], UsageError, "--infer_audio_dir: is missing"),
        (["--infer_feature_dir", "a", "--infer_audio_dir", "b"], UsageError, "is for --infer_mode"),
        (["--infer_feature_dir", "nowhere"], UsageError, "nowhere: is no folder"),
        (["--infer_audio_dir", "."], DataError, "holds no file that ends in .wav, .flac"),
        (["--infer_feature_dir", ".", "--infer_expt_dir", "no"], CheckpointError, "no: no folder"),
        (["--infer_feature_dir", ".", "--griffin_lim"], UsageError, "instead of --infer_expt_dir"),
        (["--infer_audio_dir", ".", "--denoising_strength=-1"], DataError, "expected 0 or more"),
    ],
)
def test_what_users_can_mend_is_said(
    make: Any, flags: list[str], error: Any, said: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=said):
        make(*flags)


def test_load_vocoder_is_the_door(vocoder_dir: Path) -> None:
    vocoder = recital.load_vocoder(vocoder_dir)
    mel = mel_of(60)
    wav, rate = vocoder(mel)
    assert vocoder.audio == CONFIG and rate == RATE and wav.shape == (60 * HOP,)
    np.testing.assert_allclose(wav, expected(vocoder_dir, mel), atol=1e-5)
    pieces = list(vocoder.stream(mel.split(25, dim=1)))
    assert len(pieces) == 4  # the last frames come at the end
    np.testing.assert_allclose(np.concatenate(pieces), wav, atol=1e-5)


def test_a_mel_of_another_place_is_told_apart(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", mel_of(5).numpy())
    assert read_mel(tmp_path / "m.npy", CONFIG).shape == (10, 5)
    with pytest.raises(DataError, match=r"m.npy: expected .* \[5, T\], found \[10, 5\]"):
        read_mel(tmp_path / "m.npy", replace(CONFIG, n_mels=5))
