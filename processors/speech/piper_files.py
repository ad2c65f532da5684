"""The files around a voice for Piper's runtimes and sherpa-onnx: names, numbers of symbols, and
what their loaders read.

Both number a text as `^ _ h _ ə _ l _ … _ $`: the symbols of one code point each that espeak-ng
makes, a PAD between them, BOS and EOS at the ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from recital.modules.contract.audio import AudioConfig
from recital.processors.text import TextConfig
from recital.processors.text.languages import language_of
from recital.utils.errors import DataError, UsageError

PAD, BOS, EOS = "_^$"
QUALITIES = ("x_low", "low", "medium", "high")
LOW_RATE = 16000  # Hz, of Piper's voices up to "low"
TOKENS = "tokens.txt"  # sherpa-onnx's
# espeak-ng's voices whose region is not the language's own name
REGIONS = {"en": "US", "cs": "CZ", "da": "DK", "sv": "SE", "uk": "UA", "el": "GR", "ca": "ES"}
REGIONS |= {"nb": "NO", "fa": "IR", "hi": "IN", "ar": "JO", "ja": "JP", "ko": "KR", "vi": "VN"}
REGIONS |= {"cmn": "CN", "zh": "CN", "kk": "KZ", "sw": "CD", "ka": "GE", "cy": "GB", "sr": "RS"}
REGIONS |= {"sl": "SI", "lb": "LU", "ne": "NP", "te": "IN", "ml": "IN", "eu": "ES"}
OTHER_NAMES = {"zh": "cmn", "no": "nb"}  # of languages that Piper and espeak-ng call otherwise
NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian"}
NAMES |= {"nl": "Dutch", "pt": "Portuguese", "pl": "Polish", "ru": "Russian", "uk": "Ukrainian"}
NAMES |= {"cs": "Czech", "sv": "Swedish", "da": "Danish", "fi": "Finnish", "tr": "Turkish"}


def language_code(voice: str) -> str:
    """`<lang>_<REGION>` of one of espeak-ng's voices: "en-us" -> "en_US", "de" -> "de_DE"."""
    language = language_of(voice)
    region = voice.rpartition("/")[2].partition("+")[0].partition("-")[2]
    if not re.fullmatch("[a-z]{2}", region, re.IGNORECASE):
        region = REGIONS.get(language, language[:2])
    return f"{language}_{region.upper()}"


def in_language(text: TextConfig, language: str) -> TextConfig:
    """The text settings of a voice in the one of its languages whose code is given, or whose code
    has another region, as of an accent that espeak-ng has not. Raises `UsageError` for a language
    that the voice does not speak.
    """
    voices = {language_code(v): v for v in reversed((text.voice, *text.languages))}
    wanted = language.partition("_")[0]
    same = [c for c in voices if c.partition("_")[0] in (wanted, OTHER_NAMES.get(wanted))]
    if not same:
        spoken = ", ".join(reversed(voices))
        raise UsageError(f"--language {language}: the voice speaks {spoken}")
    return replace(text, voice=voices[language if language in same else same[-1]])


def file_name(language: str, name: str, quality: str) -> str:
    """`<lang>_<REGION>-<name>-<quality>.onnx`. Raises `UsageError` for parts that no such name can
    have.
    """
    if not re.fullmatch(r"[a-z]{2,3}_[A-Z]{2,3}", language):
        raise UsageError(f"--language {language}: expected <lang>_<REGION>, as in en_US")
    if not re.fullmatch(r"\w+", name):
        raise UsageError(f"--voice_name {name}: expected letters, digits and _ alone")
    return f"{language}-{name}-{quality}.onnx"


def phoneme_ids(symbols: Sequence[str], text: TextConfig) -> dict[str, list[int]]:
    """Symbol -> its number, as a list of one, or that of the symbol that is spoken in its place
    (`text.spoken_as`). BOS and EOS are the voice's edge symbol or, if it has none, PADs; the graph
    leaves these out.

    Raises `DataError` for a voice whose texts these runtimes cannot number.
    """
    if text.phonemizer != "espeak":
        raise DataError(
            "a voice for Piper speaks espeak-ng's phonemes (text.phonemizer: espeak); found "
            f"{text.phonemizer or 'letters'}"
        )
    long = [symbol for symbol in symbols if len(symbol) != 1]
    if long or PAD not in symbols:
        found = f"{len(long)} longer ones, such as {long[0]!r}" if long else f"no {PAD!r}"
        raise DataError(
            f"a voice for Piper has symbols of one code point each, and {PAD!r} (text.symbol_set: "
            f"ipa); found {found}: train it with that set"
        )
    # a sign of private use holds the place of a number without a symbol
    named = {i: symbol for i, symbol in enumerate(symbols) if unicodedata.category(symbol) != "Co"}
    numbers = {symbol: [i] for i, symbol in named.items()}
    own = {**numbers, "": numbers[PAD]}
    numbers |= {symbol: own[other] for symbol, other in text.spoken_as.items()}
    begin = PAD if text.edge_symbol is None else text.edge_symbol
    end = begin if text.end_symbol is None else text.end_symbol
    return {**numbers, BOS: numbers[begin], EOS: numbers[end]}


def settings(
    ids: Mapping[str, list[int]],
    text: TextConfig,
    audio: AudioConfig,
    speakers: Sequence[str],
    language: str,
    name: str,
    quality: str,
    noise: Sequence[float] = (0.0, 0.0),
) -> dict[str, Any]:
    """The content of `<voice>.onnx.json`. `noise` are the standard deviations of what is drawn at
    random, of the speech and of its durations: 0 for a voice that draws nothing.
    """
    family, _, region = language.partition("_")
    several = len(speakers) > 1
    return {
        "dataset": name,
        "language": {
            "code": language,
            "family": family,
            "region": region,
            "name_english": NAMES.get(family, family),
        },
        "audio": {"sample_rate": audio.sample_rate, "quality": quality},
        "hop_length": audio.hop_length,
        "espeak": {"voice": text.voice},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": dict(ids),
        "num_symbols": len(ids),
        "num_speakers": len(speakers) if several else 1,
        "speaker_id_map": {speaker: i for i, speaker in enumerate(speakers)} if several else {},
        "inference": {"noise_scale": noise[0], "length_scale": 1.0, "noise_w": noise[1]},
    }


def sherpa_metadata(tree: Mapping[str, Any]) -> dict[str, str]:
    """The metadata of the ONNX file that sherpa-onnx reads, from `settings`."""
    values = {
        "model_type": "vits",
        "comment": "piper",  # by which it knows the inputs
        "language": tree["language"]["name_english"],
        "voice": tree["espeak"]["voice"],
        "version": 1,
        "has_espeak": 1,
        "n_speakers": tree["num_speakers"],
        "sample_rate": tree["audio"]["sample_rate"],
    }
    return {key: str(value) for key, value in values.items()}


def token_lines(ids: Mapping[str, list[int]]) -> str:
    """The content of `tokens.txt`: a symbol and its number in each line."""
    return "".join(f"{symbol} {numbers[0]}\n" for symbol, numbers in ids.items())


def usual_quality(sample_rate: int) -> str:
    """Piper's word for a voice of this sample rate in Hz."""
    return "low" if sample_rate <= LOW_RATE else "medium"
