"""Speech recognition, and word and character errors of the transcript."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from recital.utils.errors import RecitalError, UsageError

if TYPE_CHECKING:
    # type-checking only: a command line lists the recognizers without importing NumPy
    import numpy as np

SILENT = 1e-4  # a lower peak is not speech
PEAK = 0.7  # of full scale: recordings are normalised to it, so that level has no influence


class Recognizer(Protocol):
    """A speech recogniser; `transcribe` expects its `sample_rate` (Hz)."""

    sample_rate: int

    def transcribe(self, wav: np.ndarray) -> str:
        """wav [S] in [-1, 1] at `sample_rate` -> transcript."""
        ...


class PocketSphinx:
    """CMU Sphinx with the US English model of its wheel: small, offline and weak. Compare its
    errors with those on the recordings.
    """

    sample_rate = 16000

    def __init__(self) -> None:
        pocketsphinx = package("pocketsphinx")
        self.decoder = pocketsphinx.Decoder(samprate=self.sample_rate, loglevel="FATAL")

    def transcribe(self, wav: np.ndarray) -> str:
        peak = float(abs(wav).max(initial=0.0))
        if peak < SILENT:
            return ""
        # it adapts to earlier input; reset, or the figures depend on the order
        self.decoder.reinit_feat()
        self.decoder.start_utt()
        samples = (wav / peak * PEAK * 32767).astype("int16")
        self.decoder.process_raw(samples.tobytes(), full_utt=True)
        self.decoder.end_utt()
        hypothesis = self.decoder.hyp()
        return hypothesis.hypstr if hypothesis else ""


class Whisper:
    """Whisper (arXiv 2212.04356) from transformers, in a local folder with safetensors weights."""

    sample_rate = 16000

    def __init__(self, directory: Path) -> None:
        transformers = package("transformers")
        if not (directory / "config.json").is_file():
            raise UsageError(f"{directory}: expected a folder of a Whisper model, with config.json")
        self.processor = transformers.WhisperProcessor.from_pretrained(
            directory, local_files_only=True
        )
        self.model = transformers.WhisperForConditionalGeneration.from_pretrained(
            directory, local_files_only=True, use_safetensors=True
        ).eval()

    def transcribe(self, wav: np.ndarray) -> str:
        inputs = self.processor(wav, sampling_rate=self.sample_rate, return_tensors="pt")
        tokens = self.model.generate(inputs.input_features)  # of the first 30 s
        return self.processor.batch_decode(tokens, skip_special_tokens=True)[0]


# name -> function from the folder of its model (None: it includes one) to a recogniser
RECOGNIZERS: dict[str, Callable[[Path | None], Recognizer]] = {
    "moonshine": lambda directory: _moonshine(),
    "pocketsphinx": lambda directory: PocketSphinx(),
    "whisper": lambda directory: Whisper(_required(directory)),
}


def _moonshine() -> Recognizer:
    from recital.processors.evaluation.moonshine import Moonshine

    return Moonshine()


def _required(directory: Path | None) -> Path:
    if directory is None:
        raise UsageError("--recognizer whisper: expected --recognizer_dir, the folder of its model")
    return directory


def package(name: str) -> ModuleType:
    """Import a library of the extra `eval`. Raises `RecitalError` with the remedy if missing."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise RecitalError(
            f"{name}: is missing ({error}); pip install {name}, or all that evaluation uses: "
            "pip install 'recital[eval]'"
        ) from None


def spoken_words(text: str) -> str:
    """Normalise a text for comparison: lower-case words of letters and apostrophes, single spaces.

    Digits are expanded by the English cleaner, since recognisers write them differently; quotation
    marks around words are no apostrophes.
    """
    if any(character.isdigit() for character in text):
        from recital.processors.text.english import english

        text = english(text)
    text = text.lower().replace("-", " ").replace("\u2019", "'")
    words = re.sub(r"[^a-z' ]", "", text).split()
    return " ".join(filter(None, (word.strip("'") for word in words)))


@dataclass(frozen=True)
class Recognition:
    """The recognition of one recording against its text."""

    said: str
    heard: str
    words: int  # in the text
    word_errors: int  # substitutions, deletions and insertions
    characters: int  # in the text, spaces included
    character_errors: int
    caught: tuple[bool, ...]  # for each word of the text: was it recognised?
    deleted: tuple[int, ...]  # positions of words of the text that were deleted
    repeated: tuple[str, ...]  # inserted words that equal a recognised neighbour


def compare(text: str, transcript: str) -> Recognition:
    """Align text and transcript word by word with the fewest edits.

    Raises `RecitalError` if jiwer is missing.
    """
    jiwer = package("jiwer")
    said, heard = spoken_words(text), spoken_words(transcript)
    words = said.split()
    if not words:
        return Recognition("", heard, 0, len(heard.split()), 0, len(heard), (), (), ())
    aligned = jiwer.process_words(said, heard)
    letters = jiwer.process_characters(said, heard)
    caught, deleted = [False] * len(words), []
    repeated: list[str] = []
    hypothesis = heard.split()
    for chunk in aligned.alignments[0]:
        span = range(chunk.ref_start_idx, chunk.ref_end_idx)
        if chunk.type == "equal":
            for i in span:
                caught[i] = True
        elif chunk.type == "delete":
            deleted += list(span)
        elif chunk.type == "insert":
            start, stop = chunk.hyp_start_idx, chunk.hyp_end_idx
            size, inserted = stop - start, hypothesis[start:stop]
            if inserted in (hypothesis[start - size : start], hypothesis[stop : stop + size]):
                repeated += inserted
    return Recognition(
        said,
        heard,
        len(words),
        aligned.substitutions + aligned.deletions + aligned.insertions,
        len(said),
        letters.substitutions + letters.deletions + letters.insertions,
        tuple(caught),
        tuple(deleted),
        tuple(repeated),
    )


def skipped_words(synthesis: Recognition, recording: Recognition | None) -> list[str]:
    """Words that were not recognised, although they were in the recording.

    A weak recogniser misses words that are spoken: without a recording, or if it missed them there
    as well, they do not count.
    """
    if recording is None:
        return []
    words = synthesis.said.split()
    return [words[i] for i in synthesis.deleted if recording.caught[i]]
