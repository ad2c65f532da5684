"""The commands of the documents that users of Amphion and NVIDIA have open, as printed there, with
our names: `COMMANDS` lists them, by document. Trainings and networks are made small by `--set`.

Square brackets are the documents' placeholders. `{…}` are folders of the test.
"""

from __future__ import annotations

import importlib
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from recital.bins.common.plan import Recipe
from recital.processors.audio_files import save_wav
from tests.conftest import ROOT

# document -> its commands, in its order
COMMANDS: dict[str, list[str]] = {
    "Amphion, egs/tts/FastSpeech2/README.md": [
        "sh egs/tts/FastSpeech2/run.sh --stage 1",
        "sh egs/tts/FastSpeech2/run.sh --stage 2 --name [YourExptName]",
        """sh egs/tts/FastSpeech2/run.sh --stage 3 \
            --infer_expt_dir {ckpts}/tts/[YourExptName] \
            --infer_output_dir {ckpts}/tts/[YourExptName]/result \
            --infer_mode "batch" \
            --infer_dataset "LJSpeech" \
            --infer_testing_set "test" \
            --vocoder_dir {ckpts}/vocoder/hifigan_ljspeech/checkpoints""",
        """sh egs/tts/FastSpeech2/run.sh --stage 3 \
            --infer_expt_dir {ckpts}/tts/[YourExptName] \
            --infer_output_dir {ckpts}/tts/[YourExptName]/result \
            --infer_mode "single" \
            --infer_text "This is a clip of generated speech." \
            --vocoder_dir {ckpts}/vocoder/hifigan_ljspeech""",
    ],
    "Amphion, egs/vocoder/gan/README.md": [
        "sh egs/vocoder/HiFiGAN/run.sh --stage 1",
        "sh egs/vocoder/HiFiGAN/run.sh --stage 2 --name [YourExptName]",
        """sh egs/vocoder/HiFiGAN/run.sh --stage 2 --name finetuned \
            --resume_type "finetune" \
            --checkpoint {ckpts}/vocoder/[YourExptName]/checkpoint""",
        """sh egs/vocoder/HiFiGAN/run.sh --stage 3 \
            --infer_mode infer_from_dataset \
            --infer_datasets "LJSpeech" \
            --infer_expt_dir {ckpts}/vocoder/[YourExptName] \
            --infer_output_dir {ckpts}/vocoder/[YourExptName]/result""",
        """sh egs/vocoder/HiFiGAN/run.sh --stage 3 \
            --infer_mode infer_from_feature \
            --infer_feature_dir {features} \
            --infer_expt_dir {ckpts}/vocoder/[YourExptName] \
            --infer_output_dir {ckpts}/vocoder/[YourExptName]/result""",
        """sh egs/vocoder/HiFiGAN/run.sh --stage 3 \
            --infer_mode infer_from_audio \
            --infer_audio_dir {audios} \
            --infer_expt_dir {ckpts}/vocoder/[YourExptName] \
            --infer_output_dir {ckpts}/vocoder/[YourExptName]/result""",
    ],
    "Amphion, egs/tts/VITS/README.md": [
        "sh egs/tts/VITS/run.sh --stage 1",
        "sh egs/tts/VITS/run.sh --stage 2 --name [YourExptName]",
        """sh egs/tts/VITS/run.sh --stage 2 --name [YourExptName] \
            --resume true""",
        """sh egs/tts/VITS/run.sh --stage 2 --name [YourExptName] \
            --resume true \
            --resume_from_ckpt_path {ckpts}/tts/[YourExptName]/checkpoint/[SpecificCheckpoint]""",
        """sh egs/tts/VITS/run.sh --stage 2 --name another \
            --resume true \
            --resume_from_ckpt_path "{ckpts}/tts/[YourExptName]/checkpoint/[SpecificCheckpoint]" \
            --resume_type "finetune\"""",
        """sh egs/tts/VITS/run.sh --stage 3 \
            --infer_expt_dir {ckpts}/tts/[YourExptName] \
            --infer_output_dir {ckpts}/tts/[YourExptName]/result \
            --infer_mode "single" \
            --infer_text "This is a clip." """,
        """sh egs/tts/VITS/run.sh --stage 3 \
            --infer_expt_dir {ckpts}/tts/[YourExptName] \
            --infer_output_dir {ckpts}/tts/[YourExptName]/result \
            --infer_mode "batch" \
            --infer_dataset "LJSpeech" \
            --infer_testing_set "test" """,
        """sh egs/tts/VITS/run.sh --stage 3 \
            --infer_expt_dir {ckpts}/tts/[YourExptName] \
            --infer_output_dir {ckpts}/tts/[YourExptName]/named \
            --infer_mode "single" \
            --infer_text "This is a clip." \
            --infer_speaker_name "LJSpeech" """,
    ],
    "Amphion, egs/vocoder/diffusion/README.md": [
        "sh egs/vocoder/DiffWave/run.sh --stage 1",
        "sh egs/vocoder/DiffWave/run.sh --stage 2 --name [YourExptName]",
        """sh egs/vocoder/DiffWave/run.sh --stage 2 \
            --name tuned \
            --resume_type "finetune" \
            --checkpoint {ckpts}/vocoder/[YourExptName]/checkpoint""",
        """sh egs/vocoder/DiffWave/run.sh --stage 3 \
            --infer_mode infer_from_feature \
            --infer_feature_dir {features} \
            --infer_expt_dir {ckpts}/vocoder/[YourExptName] \
            --infer_output_dir {ckpts}/vocoder/[YourExptName]/result""",
        """sh egs/vocoder/DiffWave/run.sh --stage 3 \
            --infer_mode infer_from_dataset \
            --infer_datasets "LJSpeech" \
            --infer_expt_dir {ckpts}/vocoder/[YourExptName] \
            --infer_output_dir {ckpts}/vocoder/[YourExptName]/copies""",
        """sh egs/vocoder/DiffWave/run.sh --stage 3 \
            --infer_mode infer_from_audio \
            --infer_audio_dir {audios} \
            --infer_expt_dir {ckpts}/vocoder/[YourExptName] \
            --infer_output_dir {ckpts}/vocoder/[YourExptName]/audios""",
    ],
    "NVIDIA, FastPitch's README.md": [
        "sh egs/tts/FastPitch/run.sh --stage 1",
        "sh egs/tts/FastPitch/run.sh --stage 2 --name output_fastpitch",
        "sh egs/tts/FastPitch/run.sh --stage 2 --name output_fastpitch --resume",
        """sh egs/tts/FastPitch/run.sh --stage 3 \
            --infer_expt_dir {pretrained}/fastpitch/nvidia_fastpitch_210824.pt \
            --vocoder_dir {pretrained}/hifigan/hifigan_gen_checkpoint_10000_ft.pt \
            --infer_text_file {phrases} --infer_output_dir {out} --speaker 0 \
            --pace 1.1 --pitch_flatten --denoising_strength 0.01 --precision bf16 --fade_out 0.1""",
        """sh egs/tts/FastPitch/run.sh --stage 3 \
            --infer_expt_dir {pretrained}/fastpitch --infer_text_file {phrases} --speaker 0 \
            --infer_output_dir {out} --batch_size 2 --repeats 2 --warmup_steps 1""",
    ],
    "NVIDIA, Tacotron2's README.md": [
        "sh egs/tts/Tacotron2/run.sh --stage 1",
        "sh egs/tts/Tacotron2/run.sh --stage 2 --name output",
        "sh egs/vocoder/WaveGlow/run.sh --stage 1 --stop_stage 2 --name output",
        """sh egs/tts/Tacotron2/run.sh --stage 3 \
            --infer_expt_dir {ckpts}/tts/output --vocoder_dir {ckpts}/vocoder/output --sigma 0.9 \
            --infer_output_dir {out}/tacotron2 --infer_text_file {phrase} --keep_failed""",
    ],
    "NVIDIA, HiFiGAN's README.md": [
        """sh egs/vocoder/HiFiGAN/run.sh --stage 3 --infer_audio_dir {audios} \
            --infer_expt_dir {pretrained}/hifigan --infer_output_dir {out}/vocoded""",
        "sh egs/tts/FastPitch/run.sh --stage 1 --stop_stage 2 --name teacher",
        "sh egs/tts/FastPitch/run.sh --predict_mels --name teacher",
        "sh egs/vocoder/HiFiGAN/run.sh --stage 1 --stop_stage 2 --name results",
        """sh egs/vocoder/HiFiGAN/run.sh --stage 2 --name results_ft --resume_type finetune \
            --checkpoint {ckpts}/vocoder/results --set preprocess.predicted_mels=teacher""",
        """sh egs/tts/FastPitch/run.sh --stage 3 --infer_text_file {phrases} \
            --infer_expt_dir {ckpts}/tts/teacher --vocoder_dir {ckpts}/vocoder/results_ft \
            --infer_output_dir {out}/wavs_devset10""",
    ],
}
MADE = {
    "Amphion, egs/tts/FastSpeech2/README.md": [
        "ckpts/tts/FastSpeech2/result/single",
        "ckpts/tts/FastSpeech2/result/batch",
    ],
    "Amphion, egs/vocoder/gan/README.md": ["ckpts/vocoder/HiFiGAN/result"],
    "Amphion, egs/tts/VITS/README.md": [
        "ckpts/tts/VITS/result/single",
        "ckpts/tts/VITS/result/batch",
        "ckpts/tts/VITS/named",
    ],
    "Amphion, egs/vocoder/diffusion/README.md": [
        "ckpts/vocoder/DiffWave/result",
        "ckpts/vocoder/DiffWave/copies",
        "ckpts/vocoder/DiffWave/audios",
    ],
    "NVIDIA, Tacotron2's README.md": ["out/tacotron2"],
    "NVIDIA, FastPitch's README.md": ["out/batch/one.wav", "out/batch/two.wav"],
    "NVIDIA, HiFiGAN's README.md": ["out/vocoded", "out/wavs_devset10"],
}
TRAIN = ["train.batch_size=4", "train.max_steps=1", "train.n_workers=0"]
TRANSFORMER = "{ n_layers: 1, n_heads: 1, d_head: 8, d_inner: 8 }"
PREDICTOR = "{ n_layers: 1, channels: 8 }"
SMALL = {
    "FastSpeech2": [
        "model.d_model=8",
        *(f"model.{part}={TRANSFORMER}" for part in ("encoder", "decoder")),
        f"model.duration_predictor={PREDICTOR}",
        *(f"model.{part}={{predictor: {PREDICTOR}}}" for part in ("pitch", "energy")),
        "model.postnet.channels=8",
    ],
    "FastPitch": [
        "model.d_model=8",
        *(f"model.{part}={TRANSFORMER}" for part in ("encoder", "decoder")),
        *(f"model.{part}_predictor={PREDICTOR}" for part in ("duration", "pitch", "energy")),
    ],
    "Tacotron2": [
        "model.d_model=8",
        "model.postnet={ channels: 8, n_layers: 2 }",
        "model.decoder={ prenet_size: 8, attention_rnn_size: 8, decoder_rnn_size: 8 }",
        "model.max_decoder_steps=50",
        "model.gate_threshold=1.0",  # no voice that has learned when to end
    ],
    "VITS": [
        "model.d_model=8",
        "model.d_latent=4",
        "model.text_encoder={ n_layers: 1, n_heads: 1, d_inner: 8 }",
        "model.posterior_encoder.n_layers=1",
        "model.flow={ n_flows: 2, n_layers: 1 }",
        "model.stochastic_durations={ n_flows: 2, n_posterior_flows: 2 }",
        "model.decoder.channels=32",
        "model.discriminators={ mpd: { periods: [2], channels: 2 }, msd: null }",
        "model.segment_frames=8",
    ],
    "DiffWave": [
        "model.network={ channels: 4, n_layers: 2, dilation_cycle: 2 }",
        "train.segment_frames=8",
    ],
    "WaveGlow": ["model.n_flows=4", "model.n_layers=2", "model.channels=8"],
    "HiFiGAN": [
        "model.generator.channels=16",
        "model.discriminators={ mpd: { periods: [2], channels: 2 }, msd: null }",
        "train.segment_frames=8",
    ],
}


@pytest.fixture(scope="module")
def folders(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A corpus, and the checkpoints that the documents download."""
    root = tmp_path_factory.mktemp("seeds")
    names = ("ckpts", "corpus", "audios", "features", "pretrained", "out", "data")
    found = {name: root / name for name in names}
    draw = np.random.default_rng(0)
    lines = []
    for i in range(12):
        wav = 0.1 * draw.standard_normal(12000) + 0.3 * np.sin(np.arange(12000) * 0.04)
        save_wav(found["corpus"] / "wavs" / f"LJ{i:02d}.wav", wav.astype(np.float32), 22050)
        lines.append(f"LJ{i:02d}|Text {i}.|Number {i}.\n")
    (found["corpus"] / "metadata.csv").write_text("".join(lines))
    (found["audios"]).mkdir()
    shutil.copy(found["corpus"] / "wavs/LJ00.wav", found["audios"] / "sample1.wav")
    for kind, shape in (("mels", (80, 20)), ("f0s", (20,))):
        (found["features"] / kind).mkdir(parents=True)
        np.save(found["features"] / kind / "sample1.npy", np.zeros(shape, np.float32) - 5)
    _published(shared / "vectors", found)
    found["phrase"] = root / "phrase.txt"
    found["phrase"].write_text("The forms of printed letters.\n")
    found["phrases"] = root / "devset10.tsv"
    found["phrases"].write_text("output\ttext\none.wav\tHello there.\ntwo.wav\tAnd again.\n")
    return found


def _published(vectors: Path, found: dict[str, Path]) -> None:
    folder = found["ckpts"] / "vocoder/hifigan_ljspeech/checkpoints"
    shutil.copytree(vectors / "hifigan_amphion/tiny_resblock1", folder)
    text = (folder / "args.json").read_text()
    text = text.replace('"sample_rate": 24000', '"sample_rate": 22050').replace("12000", "8000")
    (folder / "args.json").write_text(text)
    for name in ("fastpitch", "hifigan"):
        (found["pretrained"] / name).mkdir(parents=True)
    shutil.copy(
        vectors / "fastpitch_nvidia_small/checkpoint.pt",
        found["pretrained"] / "fastpitch/nvidia_fastpitch_210824.pt",
    )
    file = vectors / "hifigan_nvidia_old_layouts/checkpoint_flat.pt"
    content = torch.load(file, weights_only=True)
    content["train_setup"] = {**(content.get("train_setup") or {}), "fine_tuning": True}
    torch.save(content, found["pretrained"] / "hifigan/hifigan_gen_checkpoint_10000_ft.pt")


def stages(command: str, folders: dict[str, Path]) -> Iterator[list[str]]:
    """The commands of the stages of one printed command, with what makes it small."""
    recipe = ROOT / Path(command.split()[1]).parent
    text = command.replace("[YourExptName]", recipe.name)
    if "[SpecificCheckpoint]" in text:
        (first, *_) = sorted((folders["ckpts"] / "tts" / recipe.name / "checkpoint").iterdir())
        text = text.replace("[SpecificCheckpoint]", first.name)
    shell, script, *words = shlex.split(text.format(**folders))
    assert (shell, Path(script).name, (recipe / "run.sh").is_file()) == ("sh", "run.sh", True)
    kind = recipe.parent.name
    settings = [
        f"dataset_path.LJSpeech={folders['corpus']}",
        f"log_dir={folders['ckpts'] / kind}",
        f"preprocess.processed_dir={folders['data']}",
        *SMALL[recipe.name],
        *TRAIN,
    ]
    more = [word for setting in settings for word in ("--set", setting)]
    for stage in Recipe(kind, str(recipe)).plan([*words, *more, "--jobs", "1"]).commands:
        yield stage[1:] if stage[0].endswith(".launch") else stage


@pytest.mark.parametrize("document", COMMANDS)
def test_the_commands_run_as_printed(
    document: str, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCELERATE_USE_CPU", "true")
    for command in COMMANDS[document]:
        for module, *words in stages(command, folders):
            assert not importlib.import_module(module).main(words), command
    wavs = [path.relative_to(folders["ckpts"].parent) for path in _wavs(folders)]
    for place in MADE[document]:
        assert any(path.is_relative_to(place) for path in wavs), (place, wavs)


def _wavs(folders: dict[str, Path]) -> list[Path]:
    return [p for name in ("ckpts", "out") for p in folders[name].rglob("*.wav")]
