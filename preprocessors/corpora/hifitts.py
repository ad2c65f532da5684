"""Hi-Fi TTS: `<reader>_manifest_<clean|other>_<train|dev|test>.json`, a JSON object a line, with
recordings in `audio/<reader>_<quality>/<book>/<id>.flac`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry, numbered_lines
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

FORM = '{"audio_filepath": …, "text_normalized": …}'


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances, reader by reader. Raises `DataError` if there is no manifest."""
    manifests = corpus.find("*_manifest_*.json")
    if not manifests:
        raise DataError(f"{corpus.folder}: expected <reader>_manifest_<quality>_<split>.json files")
    for path in manifests:
        speaker = path.name.partition("_")[0]
        for line in numbered_lines(corpus, path, f"a line {FORM} for each recording"):
            if isinstance(line, Rejected):
                yield line
                continue
            where, text = line
            try:
                record = json.loads(text)
                audio = str(record["audio_filepath"])
                text = str(record.get("text_normalized") or record["text"])
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                reason = f"{where}: cannot be read ({error})"
                yield Rejected(where, "", "metadata", reason, f"write it as {FORM}")
                continue
            id = audio.removeprefix("audio/").rpartition(".")[0].replace("/", "-")
            yield entry(corpus, id, audio, text, speaker, language="en")
