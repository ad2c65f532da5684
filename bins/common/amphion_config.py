"""Configs of Amphion: recognised, and each of their keys answered with ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from recital.utils.config import read_json5
from recital.utils.errors import ConfigError

# theirs: ours, or the remedy
OURS = {
    "base_config": 'base_config: "config/tts/fastspeech2.json" and its neighbours',
    "preprocess.sample_rate": "audio.sample_rate",
    "preprocess.n_fft": "audio.n_fft",
    "preprocess.win_size": "audio.win_length",
    "preprocess.hop_size": "audio.hop_length",
    "preprocess.n_mel": "audio.n_mels",
    "preprocess.fmin": "audio.f_min",
    "preprocess.fmax": "audio.f_max",
    "preprocess.mel_extract_mode": 'audio.padding ("taco" is "center", else "same")',
    "preprocess.f0_min": "preprocess.pitch.f_min",
    "preprocess.f0_max": "preprocess.pitch.f_max",
    "preprocess.pitch_extractor": "preprocess.pitch.method",
    "preprocess.valid_file": "preprocess.valid (a number of utterances)",
    "preprocess.phone_extractor": "text.phonemizer",
    "preprocess.text_cleaners": "text.cleaners",
    "preprocess.use_frame_pitch": 'model.pitch.level ("frame" or "token")',
    "preprocess.use_frame_energy": 'model.energy.level ("frame" or "token")',
    "model.transformer.encoder_layer": "model.encoder.n_layers",
    "model.transformer.encoder_head": "model.encoder.n_heads",
    "model.transformer.encoder_hidden": "model.d_model",
    "model.transformer.encoder_dropout": "model.encoder.dropout",
    "model.transformer.decoder_layer": "model.decoder.n_layers",
    "model.transformer.decoder_head": "model.decoder.n_heads",
    "model.transformer.decoder_hidden": "model.d_model",
    "model.transformer.decoder_dropout": "model.decoder.dropout",
    "model.transformer.conv_filter_size": "model.encoder.d_inner and model.decoder.d_inner",
    "model.transformer.conv_kernel_size": "model.encoder.kernel_size and the decoder's",
    "model.variance_predictor.filter_size": "model.duration_predictor.channels and the others'",
    "model.variance_predictor.dropout": "model.duration_predictor.dropout and the others'",
    "model.variance_embedding.n_bins": "model.pitch.n_bins and model.energy.n_bins",
    "model.max_seq_len": "(not needed: any length)",
    "train.gradient_accumulation_step": "train.gradient_accumulation",
    "train.random_seed": "train.seed",
    "train.dataloader.num_worker": "train.n_workers",
    "train.adam.lr": "train.optimizer.lr",
    "train.adamw.lr": "train.optimizer.lr",
    "train.lr_scheduler.num_warmup": "train.scheduler.warmup_steps",
    "train.save_checkpoint_stride": "train.save_every_epochs",
    "train.keep_last": "train.keep_last",
    "train.tracker": "(not needed: log.jsonl and tensorboard)",
    "train.multi_speaker_training": "(not needed: speakers are those of the corpus)",
    "task_type": "model_type",
    "exp_name": "--name",
}
SURE = ("preprocess.sample_rate", "preprocess.hop_size", "preprocess.n_mel", "model.transformer")


def refuse_amphion(path: str | Path) -> None:
    """Raise `ConfigError` with our key for each of theirs, if the file is a config of Amphion."""
    try:
        tree = read_json5(Path(path))
    except ConfigError:
        return
    theirs = list(_keys(tree, ""))
    bases = tree.get("base_config")
    foreign = isinstance(bases, str) and bases in ("config/fs2.json", "config/base.json")
    if not foreign and not any(key.startswith(SURE) for key in theirs):
        return
    known = {key: OURS[key] for key in theirs if key in OURS and OURS[key] != key}
    listed = "".join(f"\n  {key:<40} {ours}" for key, ours in known.items())
    raise ConfigError(
        f"{path}: is a config of Amphion. Start from egs/tts/FastSpeech2/exp_config.json; its keys "
        f"here (a trained model needs none of this: import_checkpoint --source "
        f"amphion_fastspeech2):{listed}"
    )


def _keys(tree: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in tree.items():
        yield f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _keys(value, f"{prefix}{key}.")
