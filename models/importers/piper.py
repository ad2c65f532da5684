"""Voices of Piper's training (`*.ckpt` of PyTorch Lightning, with the sizes among its
`hyper_parameters`), with the voice's `config.json` next to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import ForeignConfig, find_near, read_checkpoint, unwrap
from recital.models.importers.vits import audio_section, model_section, weights
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

# ours: theirs
AUDIO = {
    "sample_rate": "sample_rate",
    "n_fft": "filter_length",
    "win_length": "win_length",
    "hop_length": "hop_length",
    "n_mels": "mel_channels",
    "f_min": "mel_fmin",
    "f_max": "mel_fmax",
}
# options of the network; the training's others, such as those of Lightning, say nothing about it
NETWORK = (
    *("hidden_channels", "inter_channels", "filter_channels", "gin_channels", "use_sdp"),
    *("n_heads", "n_layers", "kernel_size", "p_dropout"),
    *("resblock", "resblock_kernel_sizes", "resblock_dilation_sizes"),
    *("upsample_rates", "upsample_kernel_sizes", "upsample_initial_channel"),
)
BOS, EOS = "^$"
GENERATOR = "model_g."
PRIVATE_USE, MAX_SYMBOLS = 0xE000, 4096  # code points from U+E000 on


def _path(*parts: object) -> str:
    """A path of the file, which names folders of the training: as text."""
    return "/".join(map(str, parts))


# before and from Python 3.13 on
PATHS = {
    f"{module}.{kind}Path": _path
    for module in ("pathlib", "pathlib._local")
    for kind in ("Posix", "Windows", "PurePosix", "PureWindows")
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `config` is by default the config.json next to the
    checkpoint, or above it.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: Piper's recipe keeps no averaged weights")
    content = read_checkpoint(checkpoint, PATHS)
    state, given = content.get("state_dict"), content.get("hyper_parameters")
    if not isinstance(state, Mapping) or not isinstance(given, Mapping):
        raise CheckpointError(
            f"{checkpoint}: holds no 'state_dict' with 'hyper_parameters'; found: "
            f"{list(map(str, content))[:9]}"
        )
    tensors = unwrap({k: v for k, v in state.items() if str(k).startswith(GENERATOR)}, checkpoint)
    tensors = {key.removeprefix(GENERATOR): value for key, value in tensors.items()}
    where = config or find_near(checkpoint, "config.json")
    if where is None:
        raise CheckpointError(f"{checkpoint}: no config.json next to it; give it with --config")
    voice = read_json5(where)
    n_speakers = int(given.get("num_speakers") or 1)
    known = {key: given[key] for key in NETWORK if key in given}
    if n_speakers > 1 and (table := tensors.get("emb_g.weight")) is not None:
        known["gin_channels"] = table.shape[-1]  # its code sets this without saying so
    options = ForeignConfig(known, checkpoint, "Piper")
    model = model_section(options, n_speakers, blanks="between")
    numbers = ForeignConfig({k: given.get(k) for k in AUDIO.values()}, checkpoint, "Piper")
    audio = audio_section({ours: numbers[theirs] for ours, theirs in AUDIO.items()})
    inference = voice.get("inference") or {}
    for ours, theirs in (("temperature", "noise_scale"), ("duration_temperature", "noise_w")):
        model[ours] = float(inference.get(theirs, model[ours]))
    symbols = symbols_of(voice, given.get("num_symbols"), where)
    model["blank_token"] = symbols.index("_")
    resolved = {
        "model_type": "VITS",
        "audio": audio,
        "text": _text(voice, symbols, where),
        "symbols": symbols,
        "model": model,
        "speakers": _speakers(voice, n_speakers, where),
    }
    return resolved, weights(tensors, model, checkpoint)


def symbols_of(voice: Mapping[str, Any], n_symbols: Any, where: Path) -> list[str]:
    """The symbols of the token ids, from `phoneme_id_map`; a number without a symbol gets a sign of
    private use, which no text has. Raises `CheckpointError` for what no voice of Piper's has.
    """
    numbers = voice.get("phoneme_id_map")
    if not isinstance(numbers, Mapping) or not numbers:
        raise CheckpointError(
            f"{where}: phoneme_id_map: is missing; expected the config.json of a Piper voice"
        )
    if type(n_symbols) is not int or not 0 < n_symbols <= MAX_SYMBOLS:
        raise CheckpointError(
            f"{where}: num_symbols: expected 1 to {MAX_SYMBOLS}, found {n_symbols!r}"
        )
    symbols = [chr(PRIVATE_USE + i) for i in range(n_symbols)]
    for symbol, ids in numbers.items():
        if not (isinstance(ids, list) and len(ids) == 1 and type(ids[0]) is int):
            raise CheckpointError(
                f"{where}: phoneme_id_map.{symbol!r}: expected a list of one number, found {ids!r}"
            )
        if not 0 <= ids[0] < n_symbols or symbols[ids[0]] in numbers:
            raise CheckpointError(
                f"{where}: phoneme_id_map.{symbol!r}: {ids[0]} is taken, or not below the "
                f"{n_symbols} symbols of the checkpoint"
            )
        symbols[ids[0]] = symbol
    if missing := [s for s in ("_", BOS, EOS) if s not in numbers]:
        raise CheckpointError(f"{where}: phoneme_id_map: has no {missing[0]!r}")
    return symbols


def _text(voice: Mapping[str, Any], symbols: list[str], where: Path) -> dict[str, Any]:
    kind = voice.get("phoneme_type", "espeak")
    if kind != "espeak":
        raise CheckpointError(
            f"{where}: phoneme_type: is {kind!r}; only voices that speak espeak-ng's phonemes can "
            "be imported"
        )
    espeak = voice.get("espeak")
    language = espeak.get("voice") if isinstance(espeak, Mapping) else None
    if not isinstance(language, str):
        raise CheckpointError(f"{where}: espeak.voice: is missing; expected a language")
    if voice.get("phoneme_map"):
        raise CheckpointError(f"{where}: phoneme_map: has entries; only an empty one is known")
    text = {
        "cleaners": "english",
        "symbol_set": "piper",
        "phonemizer": "espeak",
        "voice": language,
        "edge_symbol": BOS,
        "end_symbol": EOS,
    }
    # a dash between words is a pause like a comma's in its training
    return {**text, "spoken_as": {"-": ","}} if "," in symbols else text


def _speakers(voice: Mapping[str, Any], n_speakers: int, where: Path) -> list[str]:
    """The names of the speakers, by number where the voice has none."""
    names = voice.get("speaker_id_map") or {}
    if not isinstance(names, Mapping):
        raise CheckpointError(f"{where}: speaker_id_map: expected an object, found {names!r:.80}")
    if n_speakers == 1:
        return []
    speakers = [str(i) for i in range(n_speakers)]
    for name, number in names.items():
        if type(number) is not int or not 0 <= number < n_speakers:
            raise CheckpointError(
                f"{where}: speaker_id_map.{name!r}: expected a number below {n_speakers}, found "
                f"{number!r}"
            )
        speakers[number] = name
    return speakers
