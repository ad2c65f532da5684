"""A book's text as the aligner reads it: words as they are written, with the phones of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np

from recital.preprocessors.segmentation.phones import phone_numbers
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.espeak import phonemize
from recital.processors.text.sentences import CLAUSE_END, ends_sentence
from recital.utils.errors import DataError

WORD, CLAUSE, SENTENCE, PARAGRAPH = range(4)  # what ends with a word
CHUNK = 60  # words that are put into words together, at least
LONGEST_CHUNK = 200
BATCH = 256  # chunks that are phonemized together

_APART = re.compile(r"\[(?:\d+|(?:illustration|footnote)[^]]*)\]", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
# a dash without blanks joins two words; scripts without blanks are cut at their marks
_WORDS = re.compile(
    r"[^\s，。！？；：、—]*(?:[，。！？；：、]+[”’』」]*|—+|(?<=\w)--+)|[^\s，。！？；：、—]+"
)
_LETTERS = re.compile(r"[^\w]+")


class Word(NamedTuple):
    """A word, or a few whose phones belong together ("$5.30")."""

    text: str  # as it is written, with its marks
    glued: bool  # no blank between it and the word before
    phones: list[int]
    ends: int  # WORD, CLAUSE, SENTENCE or PARAGRAPH


class Script:
    """All words of a text, and all phones: those of word i are `first[i]` to `first[i + 1]`."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        lengths = [len(word.phones) for word in words]
        self.first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        self.phones = np.array([p for word in words for p in word.phones], np.int16)

    def text(self, start: int, stop: int) -> str:
        """Words `start` to `stop` in one line."""
        words = self.words[start:stop]
        return "".join(w.text if w.glued or not i else f" {w.text}" for i, w in enumerate(words))


def read_script(text: str, voice: str) -> Script:
    """The script of a text, spoken by a voice of espeak-ng. Raises `DataError` for a text without
    anything to speak.
    """
    config = TextConfig(phonemizer="espeak", voice=voice, symbol_set="ipa")
    processor = TextProcessor(config, symbols_for(config))
    chunks = list(_chunks(plain(text)))
    words: list[Word] = []
    for i in range(0, len(chunks), BATCH):
        words += _spoken(chunks[i : i + BATCH], processor, voice)
    script = Script(list(_joined(words)))
    if not len(script.phones):
        raise DataError("its text has nothing to speak")
    return script


def plain(text: str) -> str:
    """The text without what is printed, but not read: numbers of notes, captions, emphasis."""
    text = _APART.sub(" ", text.replace("\r\n", "\n").replace("\ufeff", ""))
    return text.replace("_", " ").replace("*", " ").replace("|", " ")


class _Raw(NamedTuple):
    text: str
    glued: bool
    ends: int


def _chunks(text: str) -> Iterator[list[_Raw]]:
    """Parts of the text of some sentences."""
    for paragraph in _PARAGRAPHS.split(text):
        matches = list(_WORDS.finditer(paragraph))
        words = [match[0] for match in matches]
        chunk: list[_Raw] = []
        for i, match in enumerate(matches):
            glued = i > 0 and matches[i - 1].end() == match.start()
            ends = WORD
            if i == len(words) - 1:
                ends = PARAGRAPH
            elif ends_sentence(words, i):
                ends = SENTENCE
            elif CLAUSE_END.search(match[0]):
                ends = CLAUSE
            chunk.append(_Raw(match[0], glued, ends))
            long = len(chunk) >= (CHUNK if ends >= SENTENCE else LONGEST_CHUNK)
            if long or ends == PARAGRAPH:
                yield chunk
                chunk = []


def _spoken(chunks: Sequence[list[_Raw]], processor: TextProcessor, voice: str) -> Iterator[Word]:
    """The words of chunks, with their phones."""
    cleaned = [_WORDS.findall(processor.clean(_text(chunk))) for chunk in chunks]
    rows = _phones_of_words(cleaned, voice)
    for chunk, clean, phones in zip(chunks, cleaned, rows, strict=True):
        left, right = [_key(raw.text) for raw in chunk], [_key(word) for word in clean]
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind == "equal":
                for i, j in zip(range(a, b), range(c, d), strict=True):
                    yield Word(chunk[i].text, chunk[i].glued, phones[j], chunk[i].ends)
            elif a < b:
                said = [phone for row in phones[c:d] for phone in row]
                yield Word(_text(chunk[a:b]), chunk[a].glued, said, chunk[b - 1].ends)


def _text(raws: Sequence[_Raw]) -> str:
    return "".join(r.text if r.glued or not i else f" {r.text}" for i, r in enumerate(raws))


def _key(word: str) -> str:
    return _LETTERS.sub("", word).casefold()


def _phones_of_words(texts: Sequence[list[str]], voice: str) -> list[list[list[int]]]:
    """The phones of each word of each text: as espeak-ng says a clause, or word by word where it
    joins or parts words.
    """
    clauses: list[list[str]] = []
    for words in texts:
        clauses.append([])
        for word in words:
            clauses[-1].append(word)
            if CLAUSE_END.search(word) or word[-1] in ".?!":
                clauses.append([])
    said = _phonemized([" ".join(clause) for clause in clauses], voice)
    apart = sorted({w for c, s in zip(clauses, said, strict=True) if len(c) != len(s) for w in c})
    alone = {
        word: [phone for part in row for phone in part]
        for word, row in zip(apart, _phonemized(apart, voice), strict=True)
    }
    phones = iter(
        row
        for clause, rows in zip(clauses, said, strict=True)
        for row in (rows if len(rows) == len(clause) else [alone[word] for word in clause])
    )
    return [[next(phones) for _ in words] for words in texts]


def _phonemized(texts: Sequence[str], voice: str) -> list[list[list[int]]]:
    """The phones of each word that espeak-ng says; none for a text in letters that the voice does
    not read.
    """
    try:
        said = phonemize(texts, voice)
    except DataError:
        if len(texts) == 1:
            return [[]]
        half = len(texts) // 2
        return [*_phonemized(texts[:half], voice), *_phonemized(texts[half:], voice)]
    rows = []
    for tokens in said:
        words: list[list[str]] = [[]]
        for token in tokens:
            if token == " ":
                words.append([])
            else:
                words[-1].append(token)
        rows.append([numbers for word in words if (numbers := phone_numbers(word))])
    return rows


def _joined(words: Sequence[Word]) -> Iterator[Word]:
    """The words; one without phones, such as a dash, belongs to the word before it."""
    kept: Word | None = None
    for word in words:
        if kept is not None and not word.phones:
            text = kept.text + word.text if word.glued else f"{kept.text} {word.text}"
            kept = kept._replace(text=text, ends=max(kept.ends, word.ends))
        else:
            if kept is not None and kept.phones:
                yield kept
            kept = word
    if kept is not None and kept.phones:
        yield kept
