"""Flags of other projects, and what they are here: an unknown flag's message names ours."""

from __future__ import annotations

from collections.abc import Container

# flag, with underscores -> what to type instead
FOREIGN = {
    # ESPnet
    "--skip_data_prep": "--stage 2 (features are kept, stage 1 computes what is missing)",
    "--skip_train": "--stage 1, or --stage 3 --stop_stage 4",
    "--skip_eval": "--stop_stage 2",
    "--skip_packing": "nothing: a voice is packed by recital export",
    "--skip_upload": "nothing: nothing is uploaded",
    "--skip_stages": "--stage N --stop_stage M",
    "--ngpu": "--gpu 0,1 (or --num_processes on the CPU)",
    "--num_nodes": "--num_machines",
    "--nj": "--jobs",
    "--inference_nj": "--num_processes",
    "--inference_model": "--infer_expt_dir (a checkpoint of the experiment)",
    "--inference_tag": "--infer_output_dir",
    "--train_config": "--config",
    "--inference_config": "--config",
    "--train_set": "the lists in <processed_dir>/<dataset>/",
    "--valid_set": "preprocess.valid, with --set",
    "--test_sets": "--infer_testing_set",
    "--expdir": "--set log_dir=DIR",
    "--tts_exp": "--infer_expt_dir",
    "--tag": "--name",
    "--tts_tag": "--name",
    "--dumpdir": "--set preprocess.processed_dir=DIR",
    "--vocoder_file": "--vocoder_dir",
    "--fs": "--set audio.sample_rate=HZ",
    "--n_fft": "--set audio.n_fft=SAMPLES",
    "--n_shift": "--set audio.hop_length=SAMPLES",
    "--win_length": "--set audio.win_length=SAMPLES",
    "--f0min": "--set preprocess.pitch.f_min=HZ",
    "--f0max": "--set preprocess.pitch.f_max=HZ",
    "--token_type": "--set text.cleaners=NAME",
    "--cleaner": "--set text.cleaners=NAME",
    "--g2p": "--set text.cleaners=NAME",
    "--speed_control_alpha": "--duration_control",
    "--use_sid": "nothing: several speakers are found in the corpus",
    "--use_spk_embed": "--set model.speaker_conditioning=embedding",
    "--use_xvector": "--set model.speaker_conditioning=embedding",
    # NVIDIA's recipes
    "--amp": "--set train.precision=auto (stage 3: --precision bf16)",
    "--fp16": "--precision fp16 (training: --set train.precision=fp16)",
    "--fp16_run": "--precision fp16 (training: --set train.precision=fp16)",
    "--epochs": "--set train.max_epoch=N",
    "--epochs_per_checkpoint": "--set train.save_every_epochs=N",
    "--learning_rate": "--set train.optimizer.lr=X",
    "--weight_decay": "--set train.optimizer.weight_decay=X",
    "--grad_accumulation": "--set train.gradient_accumulation=N",
    "--grad_clip_thresh": "--set train.clip_norm=X",
    "--keep_milestones": "--set train.keep_milestones=[100,200]",
    "--cudnn_benchmark": "--set train.cudnn_benchmark=true",
    "--training_files": "dataset_splits in the config (docs/corpora.md)",
    "--validation_files": "dataset_splits in the config (docs/corpora.md)",
    "--checkpoint_path": "--resume_from_ckpt_path",
    "--input": "--infer_text_file",
    "--output": "--infer_output_dir",
    "--fastpitch": "--infer_expt_dir",
    "--tacotron2": "--infer_expt_dir",
    "--waveglow": "--vocoder_dir",
    "--hifigan": "--vocoder_dir",
    "--denoising": "--denoising_strength",
    "--cuda": "--device cuda",
    "--cpu": "--device cpu",
    "--pitch_transform_shift": "--pitch_shift",
    "--pitch_transform_amplify": "--pitch_scale",
    "--pitch_transform_flatten": "--pitch_flatten",
    "--pitch_transform_invert": "--pitch_invert",
    "--include_warmup": "--warmup_steps",
    # ming024, Coqui, Piper
    "--restore_step": "--infer_expt_dir, of the checkpoint",
    "--mode": "--infer_mode",
    "--source": "--infer_text_file",
    "--text": "--infer_text",
    "--speaker_id": "--speaker",
    "--speaker_idx": "--speaker",
    "--model_path": "--infer_expt_dir",
    "--model_name": "--infer_expt_dir",
    "--vocoder_path": "--vocoder_dir",
    "--vocoder_name": "--vocoder_dir",
    "--out_path": "--infer_output_dir",
    "--output_file": "--infer_output_dir",
    "--length_scale": "--duration_control",
    "--noise_scale": "--temperature",
    "--noise_scale_w": "--duration_temperature",
    "--noise_w": "--duration_temperature",
    # Matcha-TTS
    "--steps": "--n_steps",
    "--speaking_rate": "--duration_control",
    "--spk": "--speaker",
}


# the same of `recital say`, where its flags have other names
OF_SAY = {
    "-m": "--voice (a folder or name; a .onnx of Piper's cannot be spoken with)",
    "--model": "--voice",
    "--model_path": "--voice",
    "--model_name": "--voice",
    "-f": "--output",
    "--out_path": "--output",
    "--output_file": "--output",
    "--input": "--file",
    "--input_file": "--file",
    "--text": "the text itself, without a flag",
}


def ours(flag: str, known: Container[str]) -> str | None:
    """What to type instead of a flag of another project, to a command with the flags `known`; None
    if it is not known.
    """
    flag = flag.replace("-", "_").replace("__", "--", 1) if flag.startswith("--") else flag
    if flag in OF_SAY and "--file" in known and "--voice" in known:
        return OF_SAY[flag]
    return FOREIGN.get(flag)
