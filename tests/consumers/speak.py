"""Speak with an exported voice, by the programs that it is for: run with the Python of an
environment that has piper-tts and sherpa-onnx, `speak.py piper|sherpa VOICE.onnx OUT.npz TEXT...`.

`piper`: `i/n/ids`, `wav`, `samples` are what Piper made of the n-th sentence of the i-th text:
numbers of symbols, the wave, and the samples of each number; `command` is what its command wrote
for the first text. `sherpa`: `i/wav` is the wave of the i-th text. Up to 1.x, sherpa-onnx makes the
phonemes itself; from 2.0 on it is given them, here Piper's.
"""

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
from piper import PiperVoice, SynthesisConfig
from piper.phonemize_espeak import ESPEAK_DATA_DIR

LENGTH = 1.25


def by_piper(voice: str, out: Path, texts: list[str]) -> dict[str, np.ndarray]:
    piper = PiperVoice.load(voice)
    settings = SynthesisConfig(normalize_audio=False, length_scale=LENGTH)
    made = {}
    for i, text in enumerate(texts):
        for n, chunk in enumerate(piper.synthesize(text, settings, include_alignments=True)):
            made[f"{i}/{n}/ids"] = np.array(chunk.phoneme_ids)
            made[f"{i}/{n}/wav"] = chunk.audio_float_array
            made[f"{i}/{n}/samples"] = chunk.phoneme_id_samples
    wav = out.with_suffix(".wav")
    command = [sys.executable, "-m", "piper", "-m", voice, "-f", str(wav)]
    subprocess.run(command, input=texts[0].encode(), check=True)
    with wave.open(str(wav)) as file:
        made["command"] = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return made


def by_sherpa(voice: str, texts: list[str]) -> dict[str, np.ndarray]:
    import sherpa_onnx

    new = hasattr(sherpa_onnx.GenerationConfig(), "phoneme_codepoints")
    paths = {"model": voice, "tokens": str(Path(voice).parent / "tokens.txt")}
    if not new:
        paths["data_dir"] = str(ESPEAK_DATA_DIR)
    vits = sherpa_onnx.OfflineTtsVitsModelConfig(**paths)
    model = sherpa_onnx.OfflineTtsModelConfig(vits=vits, num_threads=1)
    tts = sherpa_onnx.OfflineTts(sherpa_onnx.OfflineTtsConfig(model=model))
    piper = PiperVoice.load(voice)
    made = {}
    for i, text in enumerate(texts):
        settings = sherpa_onnx.GenerationConfig()
        settings.speed, settings.silence_scale = 1 / LENGTH, 1.0
        if new:
            settings.phoneme_codepoints = [[*map(ord, p)] for p in piper.phonemize(text)]
        audio = tts.generate(text, settings)
        assert audio.sample_rate == piper.config.sample_rate
        made[f"{i}/wav"] = np.array(audio.samples, np.float32)
    return made


who, voice, out, *texts = sys.argv[1:]
np.savez(out, **(by_piper(voice, Path(out), texts) if who == "piper" else by_sherpa(voice, texts)))
