"""A voice as a folder of a model hub: written, described, and opened by its name from a local copy
of the hub.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from vocoder_helpers import AUDIO

import recital
from recital.bins import voices
from recital.bins.export import main
from recital.models import build
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, DataError, UsageError
from recital.utils.model_card import read_card, write_card
from tests import tts_helpers, vocoder_helpers
from tests.conftest import ROOT


def metrics(**runs: float) -> dict[str, Any]:
    def summary(wer: float) -> dict[str, Any]:
        figure = {"value": wer, "low": wer / 2, "high": None if wer > 1 else wer * 2, "n": 40}
        return {"wer": figure, "clicks": {**figure, "value": 0}}

    return {
        "settings": {"recognizer": "pocketsphinx"},
        "recordings": {"summary": summary(0.25)},
        "runs": {name: {"summary": summary(wer)} for name, wer in runs.items()},
    }


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice of two speakers, as training leaves it."""
    folder = tmp_path_factory.mktemp("trained")
    config = tts_helpers.tiny_config(n_speakers=2) | {
        "audio": AUDIO,
        "dataset": ["mine"],
        "dataset_path": {"mine": "/home/me"},
        "symbols": ["_", " ", *"abcdefghijklmnopqrstuvwxyz.,!?"],
        "speakers": ["ann", "bob"],
        "text": {"cleaners": "english", "symbol_set": "english_basic_lowercase"},
    }
    save = checkpoint.save_model
    torch.manual_seed(0)
    acoustic: Any = build(config)
    acoustic.network.duration_predictor.out.bias.data.fill_(1.4)  # a few frames for each letter
    save(folder / "acoustic", acoustic.state_dict(), config)
    vocoder = vocoder_helpers.tiny_config() | {"dataset": ["mine", "other"]}
    save(folder / "vocoder", build(vocoder, training=False).state_dict(), vocoder)
    return folder


def export(trained: Path, output: Path, *flags: str) -> Path:
    command = ["--infer_expt_dir", str(trained / "acoustic"), "--format", "hf"]
    main([*command, "--vocoder_dir", str(trained / "vocoder"), "--output_dir", str(output), *flags])
    return output


def test_the_card_says_what_the_hub_asks(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps(metrics(old=0.5, new=0.125)))
    flags = ["--license=cc-by-4.0", f"--metrics=new={tmp_path / 'm.json'}"]
    folder = export(trained, tmp_path / "duo", *flags)
    front, body = read_card(folder)
    assert front["library_name"] == "recital" and front["pipeline_tag"] == "text-to-speech"
    assert front["language"] == ["en"] and front["license"] == "cc-by-4.0"
    assert front["datasets"] == ["mine", "other"] and front["metrics"] == ["wer"]
    (result,) = front["model-index"][0]["results"]
    assert result["metrics"] == [{"type": "wer", "name": "word error rate", "value": 0.125}]
    assert "| word error rate | 0.125 [0.0625, 0.25] | 0.25 [0.125, 0.5] |" in body
    assert "2 speakers, 16,000 Hz" in body and "/home/me" not in body
    assert {p.name for p in folder.iterdir()} == {"README.md", "acoustic", "vocoder"}


def test_the_hub_s_own_library_reads_the_card(trained: Path, tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    (tmp_path / "m.json").write_text(json.dumps(metrics(only=0.125)))
    flags = ["--license=mit", f"--metrics={tmp_path / 'm.json'}"]
    card = hub.ModelCard.load(export(trained, tmp_path / "duo", *flags) / "README.md")
    assert card.data.pipeline_tag == "text-to-speech" and card.data.license == "mit"
    assert card.data.eval_results[0].metric_value == 0.125


def test_the_folder_speaks_and_is_listed(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = export(trained, tmp_path / "voices" / "duo", "--license=mit")
    wav, rate = recital.load_voice(folder)("hello", speaker="bob")
    assert rate == 16000 and len(wav)
    capsys.readouterr()
    assert voices.main([str(tmp_path / "voices")]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("duo"))
    assert line.split()[:7] == ["duo", "en", "2:", "ann,", "bob", "mit", "FastPitch"]
    pytest.importorskip("onnx")
    graphs = tmp_path / "voices" / "graphs"
    main(["--format=onnx", "--infer_expt_dir", str(folder), "--output_dir", str(graphs)])
    capsys.readouterr()
    assert voices.main([str(tmp_path / "voices")]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("graphs"))
    assert line.split()[:8] == ["graphs", "en", "2:", "ann,", "bob", "not", "stated", "FastPitch"]
    again = export(folder, tmp_path / "again")  # its licence is that of the card
    assert read_card(again)[0]["license"] == "mit"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ([], "--license: .*none is given"),
        (["--license=My licence"], "found 'My licence'"),
        (["--license=mit", "--metrics=x=METRICS"], "one of its runs: a, b"),
        (["--license=mit", "--metrics=METRICS"], "one of its runs: a, b"),
    ],
)
def test_what_a_card_needs_is_asked_for(
    trained: Path, tmp_path: Path, flags: list[str], message: str
) -> None:
    (tmp_path / "m.json").write_text(json.dumps(metrics(a=0.1, b=0.2)))
    flags = [flag.replace("METRICS", str(tmp_path / "m.json")) for flag in flags]
    with pytest.raises(UsageError, match=message):
        export(trained, tmp_path / "duo", *flags)


def test_files_that_are_no_metrics_and_no_cards_are_named(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(DataError, match="m.json: is no metrics.json"):
        export(trained, tmp_path / "duo", "--license=mit", f"--metrics={tmp_path / 'm.json'}")
    assert not (tmp_path / "duo").exists()
    for text in ("---\na: [\n---\n", "---\njust words\n---\n", "---\nnever: closed\n"):
        (tmp_path / "README.md").write_text(text)
        with pytest.raises(DataError, match="README.md"):
            read_card(tmp_path)
    write_card(tmp_path, {"language": ["no"], "license": "mit"}, "# Text\n")
    assert read_card(tmp_path) == ({"language": ["no"], "license": "mit"}, "# Text\n")
    assert yaml.safe_load((tmp_path / "README.md").read_text().split("---")[1])["language"] == [
        "no"
    ]


def test_a_name_of_the_hub_is_opened_from_its_local_copy(trained: Path, tmp_path: Path) -> None:
    """Without network: the layout of the hub's cache, whose files are links."""
    pytest.importorskip("huggingface_hub")
    folder = export(trained, tmp_path / "duo", "--license=mit")
    repo = tmp_path / "cache/hub/models--me--duo"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs/main").write_text("a" * 40)
    for i, path in enumerate(p for p in folder.rglob("*") if p.is_file()):
        blob, link = repo / f"blobs/{i}", repo / "snapshots" / ("a" * 40) / path.relative_to(folder)
        for parent in (blob.parent, link.parent):
            parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(path.read_bytes())
        link.symlink_to(blob)
    script = (
        "import recital; print(len(recital.load_voice('me/duo')('hello', speaker='ann')[0]))\n"
        "try: recital.load_voice('me/solo')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    env = {"HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=90,
    )
    samples, error = done.stdout.splitlines()
    assert int(samples) > 0
    assert error.startswith("CheckpointError me/solo: no such folder, and it cannot be had")


def test_a_mistyped_path_asks_no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("recital.places.from_hub", lambda name: pytest.fail(f"asked for {name}"))
    Path("ckpts").mkdir()
    with pytest.raises(CheckpointError, match="ckpts/mine: holds no checkpoint"):
        recital.load_voice("ckpts/mine")
