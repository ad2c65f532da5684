"""A voice for Piper and sherpa-onnx: one graph, and the files that their loaders read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recital.bins.common.onnx_export import describe, halve_weights, open_onnx, simplified, trace
from recital.modules.acoustic.piper_graph import piper_graph
from recital.modules.contract.model import AcousticModel, Vocoder
from recital.processors.speech import piper_files
from recital.processors.speech.description import Description
from recital.processors.speech.level import at_level
from recital.utils.files import replacing, write_text


def export_piper(
    folder: Path,
    acoustic: AcousticModel,
    vocoder: Vocoder | None,
    config: Mapping[str, Any],
    *,
    name: str,
    language: str | None = None,
    quality: str | None = None,
    precision: str = "fp32",
) -> Path:
    """Write `<lang>_<REGION>-<name>-<quality>.onnx`, its `.onnx.json`, and `tokens.txt`; `config`
    is the acoustic model's, `precision` (fp32 or fp16) that of the weights in the file. There is no
    vocoder of a model that makes waves. Returns the path of the graph.

    Raises `DataError` for a voice whose texts these runtimes cannot number, `UsageError` for a name
    that they do not take, `ConfigError` if the mels differ, and `CheckpointError` for models that
    cannot be exported.
    """
    onnx = open_onnx()
    voice = Description.of(config, "config.json")
    ids = piper_files.phoneme_ids(voice.symbols, voice.text)
    language = language or piper_files.language_code(voice.text.voice)
    text = piper_files.in_language(voice.text, language)
    quality = quality or piper_files.usual_quality(voice.audio.sample_rate)
    path = folder / piper_files.file_name(language, name, quality)
    acoustic.gain_db = voice.speech.gain_db
    if vocoder is not None:
        acoustic.audio.require_same(vocoder.audio, "voice", "vocoder")
    graph = piper_graph(
        acoustic,
        None if vocoder is None else at_level(vocoder, voice.speech),
        pad=ids[piper_files.PAD][0],
        n_tokens=len(voice.symbols),
        n_speakers=max(len(voice.speakers), 1),
    )
    settings = piper_files.settings(
        ids,
        text,
        voice.audio,
        voice.speakers,
        language,
        name,
        quality,
        noise=graph.facts["temperatures"],
    )
    model = simplified(trace(graph))
    describe(model, graph, {"model_type": config["model_type"], "voice": voice.to_json()})
    if precision == "fp16":
        halve_weights(model)
    for key, value in piper_files.sherpa_metadata(settings).items():
        model.metadata_props.add(key=key, value=value)
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        onnx.save(model, temporary)
    write_text(Path(f"{path}.json"), json.dumps(settings, ensure_ascii=False, indent=1) + "\n")
    write_text(folder / piper_files.TOKENS, piper_files.token_lines(ids))
    return path
