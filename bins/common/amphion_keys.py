"""What each key of Amphion's configs is called here: the one table that the messages about such a
config, `import_config` and docs/coming-from.md use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

ENDLESS = 10**9  # of what counts up to here without an end


class Key(NamedTuple):
    """One of their keys."""

    ours: tuple[str, ...] = ()  # the same value goes to each; none: there is nothing to set
    convert: Callable[[Any], Any] = lambda value: value  # raises `ValueError` with the reason
    note: str = ""  # why there is nothing to set


def to(*ours: str, by: Callable[[Any], Any] = lambda value: value) -> Key:
    return Key(ours, by)


def no(note: str) -> Key:
    return Key((), note=note)


def one_of(names: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A value by its name, in any case. Raises `ValueError` for another name."""

    def convert(value: Any) -> Any:
        if (name := str(value).lower()) not in names:
            raise ValueError(f"{value} has no counterpart; known here: {', '.join(names)}")
        return names[name]

    return convert


def limit(value: Any) -> Any:
    """-1 is no limit."""
    return ENDLESS if value == -1 else value


def durations(stochastic: Any) -> dict[str, Any] | None:
    """The section of VITS's predictor without noise, if it is chosen."""
    if not isinstance(stochastic, bool):
        raise ValueError(f"expected true or false, found {stochastic!r}")
    return None if stochastic else {"channels": 256, "kernel_size": 3, "dropout": 0.5}


def half_precision(value: Any) -> str:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {value!r}")
    return "fp16" if value else "no"


def hertz(value: Any) -> float | None:
    """A frequency; null is half the sample rate."""
    return None if value is None else float(value)


def first(value: Any) -> Any:
    """The first of a list of periods; the others are of further copies."""
    value = value[0] if isinstance(value, list) and value else value
    return limit(value)


def level(value: Any) -> str:
    return "frame" if value else "token"


STORE = no("the feature store names its files itself")
MODEL_SAYS = no("stage 1 computes what the model needs")
FRONT_END = no("the text front end: docs/text.md")
WIDTHS = ("model.encoder.d_inner", "model.decoder.d_inner")
SIZES = ("model.encoder.kernel_size", "model.decoder.kernel_size")
PREDICTORS = ("model.duration_predictor", "model.pitch.predictor", "model.energy.predictor")
METHODS = {"dio": "dio", "harvest": "harvest", "pyin": "pyin", "parselmouth": "parselmouth"}

KEYS: dict[str, Key] = {
    "dataset": to("dataset"),
    "dataset_path": to("dataset_path"),
    "log_dir": to("log_dir"),
    "preprocess.processed_dir": to("preprocess.processed_dir"),
    "preprocess.sample_rate": to("audio.sample_rate"),
    "preprocess.n_fft": to("audio.n_fft"),
    "preprocess.win_size": to("audio.win_length"),
    "preprocess.hop_size": to("audio.hop_length"),
    "preprocess.n_mel": to("audio.n_mels"),
    "preprocess.fmin": to("audio.f_min", by=hertz),
    "preprocess.fmax": to("audio.f_max", by=hertz),
    "preprocess.mel_extract_mode": to(
        "audio.padding", by=lambda mode: "center" if mode == "taco" else "same"
    ),
    "preprocess.f0_min": to("preprocess.pitch.f_min", by=float),
    "preprocess.f0_max": to("preprocess.pitch.f_max", by=float),
    "preprocess.pitch_extractor": to("preprocess.pitch.method", by=one_of(METHODS)),
    "preprocess.cut_mel_frame": to("train.segment_frames"),
    "preprocess.train_file": no("the layout `amphion` keeps its lists: docs/corpora.md"),
    "preprocess.valid_file": no("the layout `amphion` keeps its lists: docs/corpora.md"),
    "preprocess.language": to("text.voice"),
    "preprocess.phone_extractor": FRONT_END,
    "preprocess.text_cleaners": FRONT_END,
    "preprocess.lexicon_path": FRONT_END,
    "preprocess.trim_silence": no("preprocess.trim (null: none)"),
    "preprocess.trim_top_db": no("preprocess.trim.threshold_db, below the peak"),
    "preprocess.use_frame_pitch": to("model.pitch.level", by=level),
    "preprocess.use_frame_energy": to("model.energy.level", by=level),
    "model.transformer.encoder_layer": to("model.encoder.n_layers"),
    "model.transformer.encoder_head": to("model.encoder.n_heads"),
    "model.transformer.encoder_hidden": to("model.d_model"),
    "model.transformer.encoder_dropout": to("model.encoder.dropout"),
    "model.transformer.decoder_layer": to("model.decoder.n_layers"),
    "model.transformer.decoder_head": to("model.decoder.n_heads"),
    "model.transformer.decoder_hidden": to("model.d_model"),
    "model.transformer.decoder_dropout": to("model.decoder.dropout"),
    "model.transformer.conv_filter_size": to(*WIDTHS),
    "model.transformer.conv_kernel_size": to(*SIZES),
    "model.variance_predictor.filter_size": to(*(f"{p}.channels" for p in PREDICTORS)),
    "model.variance_predictor.kernel_size": to(*(f"{p}.kernel_size" for p in PREDICTORS)),
    "model.variance_predictor.dropout": to(*(f"{p}.dropout" for p in PREDICTORS)),
    "model.variance_embedding.pitch_quantization": to("model.pitch.scale"),
    "model.variance_embedding.energy_quantization": to("model.energy.scale"),
    "model.variance_embedding.n_bins": to("model.pitch.n_bins", "model.energy.n_bins"),
    "model.max_seq_len": no("any length"),
    "model.text_token_num": no("the symbols of `text`"),
    "train.batch_size": to("train.batch_size"),
    "train.max_epoch": to("train.max_epoch", by=limit),
    "train.max_steps": to("train.max_steps", by=limit),
    "train.gradient_accumulation_step": to("train.gradient_accumulation"),
    "train.random_seed": to("train.seed"),
    "train.grad_clip_thresh": to("train.clip_norm"),
    "train.dataloader.num_worker": to("train.n_workers"),
    "train.dataloader.pin_memory": no("always, on a GPU"),
    "train.optimizer": to("train.optimizer.name", by=one_of({"adam": "adam", "adamw": "adamw"})),
    "train.adam.lr": to("train.optimizer.lr"),
    "train.adam.betas": to("train.optimizer.betas"),
    "train.adam.eps": to("train.optimizer.eps"),
    "train.adam.weight_decay": to("train.optimizer.weight_decay"),
    "train.adamw.lr": to("train.optimizer.lr"),
    "train.adamw.betas": to("train.optimizer.betas"),
    "train.adamw.adam_b1": to("train.optimizer.betas[0]"),
    "train.adamw.adam_b2": to("train.optimizer.betas[1]"),
    "train.adamw.eps": to("train.optimizer.eps"),
    "train.adamw.weight_decay": to("train.optimizer.weight_decay"),
    "train.scheduler": to(
        "train.scheduler.name", by=one_of({"noamlr": "noam", "exponentiallr": "exponential"})
    ),
    "train.exponential_lr.lr_decay": to("train.scheduler.gamma"),
    "train.lr_scheduler.num_warmup": to("train.scheduler.warmup_steps"),
    "train.save_checkpoint_stride": to("train.save_every_epochs", by=first),
    "train.keep_last": to("train.keep_last", by=first),
    "train.run_eval": no("train.valid_every_epochs"),
    "train.tracker": no("log.jsonl and tensorboard, always"),
    "train.multi_speaker_training": no("the speakers are those of the corpus"),
    "train.ddp": no("--gpu 0,1: one process a GPU"),
    "train.criterions": no("train.loss_weights"),
    "train.sort_sample": no("batches are of similar lengths"),
    "train.group_size": no("batches are of similar lengths"),
    "train.drop_last": no("every utterance is in each epoch"),
    "train.sampler": no("every utterance is in each epoch"),
    "inference.batch_size": no("stage 3's --batch_size"),
    "task_type": no("model_type"),
    "exp_name": no("--name"),
    "supported_model_type": no("models.MODELS"),
}
for _old, _new in {
    "resblock": "resblock",
    "upsample_initial_channel": "channels",
    "upsample_rates": "upsample_rates",
    "upsample_kernel_sizes": "upsample_kernel_sizes",
    "resblock_kernel_sizes": "resblock_kernel_sizes",
    "resblock_dilation_sizes": "resblock_dilations",
}.items():
    for _name in ("hifigan", "bigvgan", "nsfhifigan"):
        KEYS[f"model.{_name}.{_old}"] = to(
            f"model.generator.{_new}", by=int if _old == "resblock" else lambda value: value
        )
KEYS |= {
    "model.nsfhifigan.harmonic_num": to("model.generator.n_harmonics"),
    "model.bigvgan.activation": to("model.generator.activation"),
    "model.bigvgan.snake_logscale": to("model.generator.log_scale"),
    "model.melgan.ratios": to("model.generator.upsample_rates"),
    "model.melgan.ngf": no("model.generator.channels: 16 times that, for four stages"),
    "model.melgan.n_residual_layers": to("model.generator.n_residuals"),
    "model.apnet.ASP_channel": to("model.generator.amplitude_channels"),
    "model.apnet.PSP_channel": to("model.generator.phase_channels"),
    "model.apnet.ASP_resblock_kernel_sizes": to("model.generator.amplitude_resblock_kernel_sizes"),
    "model.apnet.PSP_resblock_kernel_sizes": to("model.generator.phase_resblock_kernel_sizes"),
    "model.apnet.ASP_resblock_dilation_sizes": to("model.generator.amplitude_resblock_dilations"),
    "model.apnet.PSP_resblock_dilation_sizes": to("model.generator.phase_resblock_dilations"),
    "model.apnet.ASP_input_conv_kernel_size": to("model.generator.amplitude_kernel_sizes[0]"),
    "model.apnet.ASP_output_conv_kernel_size": to("model.generator.amplitude_kernel_sizes[1]"),
    "model.apnet.PSP_input_conv_kernel_size": to("model.generator.phase_kernel_sizes[0]"),
    "model.apnet.PSP_output_R_conv_kernel_size": to("model.generator.phase_kernel_sizes[1]"),
    "model.apnet.PSP_output_I_conv_kernel_size": to("model.generator.phase_kernel_sizes[2]"),
    "model.diffwave.residual_channels": to("model.network.channels"),
    "model.diffwave.residual_layers": to("model.network.n_layers"),
    "model.diffwave.dilation_cycle_length": to("model.network.dilation_cycle"),
    "model.diffwave.upsample_factors": to("model.network.upsample_rates"),
    "model.diffwave.noise_schedule_factors": to("model.network.noise_schedule"),
    "model.diffwave.inference_noise_schedule": to("model.inference_schedule"),
    "model.hidden_channels": to("model.d_model"),
    "model.inter_channels": to("model.d_latent"),
    "model.filter_channels": to("model.text_encoder.d_inner"),
    "model.n_heads": to("model.text_encoder.n_heads"),
    "model.n_layers": to("model.text_encoder.n_layers"),
    "model.kernel_size": to("model.text_encoder.kernel_size"),
    "model.p_dropout": to("model.text_encoder.dropout"),
    "model.resblock": to("model.decoder.resblock", by=int),
    "model.resblock_kernel_sizes": to("model.decoder.resblock_kernel_sizes"),
    "model.resblock_dilation_sizes": to("model.decoder.resblock_dilations"),
    "model.upsample_rates": to("model.decoder.upsample_rates"),
    "model.upsample_kernel_sizes": to("model.decoder.upsample_kernel_sizes"),
    "model.upsample_initial_channel": to("model.decoder.channels"),
    "model.use_sdp": to("model.deterministic_durations", by=durations),
    "model.n_speakers": no("the speakers are those of the corpus"),
    "model.gin_channels": no("model.d_speaker, for several speakers"),
    "model.n_layers_q": no("model.posterior_encoder.n_layers: 16, as published"),
    "model.use_spectral_norm": no("as published"),
    "preprocess.segment_size": no("model.segment_frames: frames instead of samples"),
    "train.learning_rate": to("train.optimizer.lr"),
    "train.betas": to("train.optimizer.betas"),
    "train.eps": to("train.optimizer.eps"),
    "train.AdamW.betas": to("train.optimizer.betas"),
    "train.AdamW.eps": to("train.optimizer.eps"),
    "train.lr_decay": to("train.scheduler.gamma"),
    "train.init_lr_ratio": no("training begins at train.optimizer.lr"),
    "train.warmup_epochs": no("train.scheduler.warmup_steps"),
    "train.fp16_run": to("train.precision", by=half_precision),
    "train.c_mel": to("train.loss_weights.mel"),
    "train.c_kl": to("train.loss_weights.divergence"),
    "model.mpd.mpd_reshapes": to("model.discriminators.mpd.periods"),
    "model.mrd.resolutions": to("model.discriminators.mrd.resolutions"),
    "model.mssbcqtd.hop_lengths": to("model.discriminators.cqt.hop_lengths"),
    "model.mssbcqtd.filters": to("model.discriminators.cqt.channels"),
    "model.mssbcqtd.n_octaves": to("model.discriminators.cqt.n_octaves"),
    "model.mssbcqtd.bins_per_octaves": to("model.discriminators.cqt.bins_per_octave"),
    "model.mssbcqtd.dilations": to("model.discriminators.cqt.dilations"),
}
# keys of no effect here, by pattern
REST: dict[str, Key] = {
    r"preprocess\.(extract|is|use)_\w+": MODEL_SAYS,
    r"preprocess\.(\w+_dir|raw_data|spk2id|utt2spk|emo2id|utt2emo|file_lst|phone_seq_file)": STORE,
    r"preprocess\.symbols_dict": FRONT_END,
    r"preprocess\.(pitch|energy)_(norm|remove_outlier|bin|min|max)": MODEL_SAYS,
    r"preprocess\.(mel_min_max_norm|energy_extract_mode|align_mel_duration|add_blank)": MODEL_SAYS,
    r"preprocess\.(min_level_db|ref_level_db|bits|data_augment|num_silent_frames)": MODEL_SAYS,
    r"preprocess\.trim_(fft|hop)_size": MODEL_SAYS,
    r"model\.melgan\.(num_D|ndf|n_layers|downsampling_factor)": no("model.discriminators.msd"),
    r"model\.(mpd|mrd)\.\w+": no("as published"),
    r"model\.mssbcqtd\.(max_filters|filters_scale|in_channels|out_channels)": no("as published"),
    r"model\.msstftd\.\w+": no("this discriminator has no counterpart; `mrd` is the nearest"),
    r"train\.(total_training_steps|save_\w+_steps|valid_interval|keep_checkpoint_max)": no(
        "train.max_steps, train.save_every_steps, train.valid_every_steps, train.keep_last"
    ),
}
DISCRIMINATORS = {"mpd": "mpd", "msd": "msd", "mrd": "mrd", "mssbcqtd": "cqt"}


class Base(NamedTuple):
    """One of their base configs, or a model that a config chooses."""

    ours: tuple[str, ...]  # bases here
    model_type: str = ""


# theirs: ours
BASES = {
    "config/base.json": Base(()),
    "config/tts.json": Base(()),
    "config/fs2.json": Base(("config/tts/fastspeech2.json",), "FastSpeech2"),
    "config/vits.json": Base(("config/tts/vits.json",), "VITS"),
    "config/vocoder.json": Base(("config/audio/speech_24k.json",)),
    "egs/vocoder/gan/exp_config_base.json": Base(("config/audio/speech_24k.json",)),
    "egs/vocoder/diffusion/exp_config_base.json": Base(("config/audio/speech_24k.json",)),
}
# `model.generator` or `model_type`, in lower case: the base with its defaults
MODELS_OF = {
    "fastspeech2": Base(("config/tts/fastspeech2.json",), "FastSpeech2"),
    "vits": Base(("config/tts/vits.json",), "VITS"),
    "hifigan": Base(("config/vocoder/hifigan.json",), "HiFiGAN"),
    "bigvgan": Base(("config/vocoder/bigvgan_base.json",), "BigVGAN"),
    "melgan": Base(("config/vocoder/melgan.json",), "MelGAN"),
    "nsfhifigan": Base(("config/vocoder/nsf_hifigan.json",), "NSFHiFiGAN"),
    "apnet": Base(("config/vocoder/apnet.json",), "APNet"),
    "diffwave": Base(("config/vocoder/diffwave.json",), "DiffWave"),
}
# what their base sets and ours does not, in words of ours
DIFFERENT = {
    "config/fs2.json": (
        "audio: { padding: \"center\", power_floor: 0.0 }  (Tacotron's mel; here HiFi-GAN's)",
        'preprocess.pitch: { method: "dio", f_min: 71.0, f_max: 800.0 }',
    )
}


def find_key(theirs: str) -> Key | None:
    """The entry of one of their keys."""
    if theirs in KEYS:
        return KEYS[theirs]
    return next((key for pattern, key in REST.items() if re.fullmatch(pattern, theirs)), None)


def markdown() -> str:
    """The tables of `KEYS` and `BASES` for docs/coming-from.md."""
    rows = ["| Amphion's key | here |", "|---|---|"]
    for theirs, key in KEYS.items():
        ours = ", ".join(f"`{name}`" for name in key.ours) or f"not needed: {key.note}"
        rows.append(f"| `{theirs}` | {ours} |")
    rows += ["", "| Amphion's base | here |", "|---|---|"]
    for theirs, base in BASES.items():
        rows.append(f"| `{theirs}` | {', '.join(f'`{n}`' for n in base.ours) or 'not needed'} |")
    return "\n".join(rows)
