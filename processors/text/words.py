"""Which tokens say which word of a sentence.

A phonemizer joins words ("of the" is one word to espeak-ng) and splits them, so that blanks alone
do not answer it. Each word is encoded by itself, these tokens in a row are compared with those of
the sentence, and what belongs together is named together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from recital.processors.text.processor import SILENT, TextProcessor
from recital.processors.text.symbols import STRESSES

# symbols in braces are one word; signs of scripts without blanks are a word each
_WORDS = re.compile(r"\{[^}]*\}\S*|[\u3040-\u30ff\u3400-\u9fff]|[^\s{\u3040-\u30ff\u3400-\u9fff]+")
_STYLES = re.compile(r"\s*\{\|\d+\|\}\s*")  # of marked-up text
_MODIFIERS = "ˈˌːˑ"
_VOICELESS = frozenset("ptkfθsʃxhʔɬçħʂɕɸʈcqχʍ")
_VOICELESS_ARPABET = frozenset(
    ("P", "T", "K", "F", "TH", "S", "SH", "CH", "HH", "sp", "spn", "sil")
)
Span = tuple[str, int, int]  # text, first token, token after the last


def without_styles(text: str) -> str:
    """A piece of marked-up text, to be shown."""
    return _STYLES.sub(" ", text).strip()


def is_pause(name: str, processor: TextProcessor) -> bool:
    """Whether a symbol is a blank, a mark, a pause or an end."""
    config = processor.config
    return name in SILENT or name in (config.pause_symbol, config.edge_symbol, config.end_symbol)


def voicing(names: Sequence[str], processor: TextProcessor) -> list[bool]:
    """Whether each symbol of a sentence has a pitch: not so pauses and, of phonemes, voiceless
    ones. A stress mark is as the sound behind it, a sign of length as the one before.
    """
    voiced = [_voiced(name, processor) for name in names]
    for i in reversed(range(len(names) - 1)):
        if voiced[i] is None and names[i] in STRESSES:
            voiced[i] = voiced[i + 1]
    for i in range(1, len(names)):
        if voiced[i] is None:
            voiced[i] = voiced[i - 1]
    return [bool(v) for v in voiced]


def _voiced(name: str, processor: TextProcessor) -> bool | None:
    """None for a sign that only modifies another."""
    if is_pause(name, processor):
        return False
    if name.startswith("@") and len(name) > 1:
        return name[1:] not in _VOICELESS_ARPABET
    if processor.config.phonemizer != "espeak":
        return True  # a letter may be said either way
    signs = [sign for sign in name if unicodedata.category(sign) not in ("Lm", "Mn", "Nd")]
    return not _VOICELESS.issuperset(signs) if signs else None


def word_spans(text: str, names: Sequence[str], processor: TextProcessor) -> list[Span]:
    """The words of a normalized sentence, in order, each with its place among the `names` of the
    sentence's tokens. Words said as one share a span: ("of the", 4, 8).
    """
    written = _WORDS.findall(without_styles(text))
    encoded = processor.encode_many(written, silent=True, rewritten=True)
    spoken = [
        (word, [n for n in processor.token_names(tokens) if not is_pause(n, processor)])
        for word, tokens in zip(written, encoded, strict=True)
        if tokens
    ]
    alone = [(_plain(name), i) for i, (_, own) in enumerate(spoken) for name in own]
    places = [i for i, name in enumerate(names) if not is_pause(name, processor)]
    owners = _owners([_plain(names[i]) for i in places], alone)
    groups = _groups(names, places, owners, processor)
    return _named(groups, [word for word, _ in spoken], [len(own) for _, own in spoken])


def _plain(name: str) -> str:
    """A symbol without stress, length and case, which differ between a word alone and in its
    sentence.
    """
    return name.strip(_MODIFIERS).rstrip("012").lower() or name


def _owners(said: Sequence[str], alone: Sequence[tuple[str, int]]) -> list[int | None]:
    """The word of each token of a sentence: that of the token that it was compared with."""
    owners: list[int | None] = [None] * len(said)
    matcher = SequenceMatcher(None, said, [name for name, _ in alone], autojunk=False)
    for _, start, end, first, last in matcher.get_opcodes():
        for i in range(start, end):
            if first < last:  # equal, or as many more or fewer
                at = first + (i - start) * (last - first) // (end - start)
                owners[i] = alone[at][1]
    return owners


# first token, token after the last, how many of its tokens belong to which word
_Group = tuple[int, int, dict[int, int]]


def _groups(
    names: Sequence[str],
    places: Sequence[int],
    owners: Sequence[int | None],
    processor: TextProcessor,
) -> list[_Group]:
    """Tokens between blanks; of a voice without blanks, those of one owner."""
    blanks = any(name == " " for name in names[1:-1])
    groups: list[_Group] = []
    previous: int | None = None
    for i, owner in zip(places, owners, strict=True):
        apart = any(is_pause(name, processor) for name in names[groups[-1][1] : i]) if groups else 1
        if not blanks and owner is not None and previous is not None and owner != previous:
            apart = True
        if apart:
            groups.append((i, i + 1, {}))
        start, _, counts = groups[-1]
        if owner is not None:
            counts[owner] = counts.get(owner, 0) + 1
            previous = owner
        groups[-1] = (start, i + 1, counts)
    return groups


def _named(groups: Sequence[_Group], words: Sequence[str], sizes: Sequence[int]) -> list[Span]:
    """Groups with the words that they say. A word of several groups joins them; a word that no
    group says joins the one behind it.
    """
    said = [
        [w for w, n in counts.items() if 2 * n >= min(end - start, sizes[w])]
        for start, end, counts in groups
    ]
    spans: list[tuple[int, int, int, int]] = []  # tokens, then words
    following = 0  # the first word that has no span yet
    for i, (start, end, _) in enumerate(groups):
        own = said[i]
        later = min((min(rest) for rest in said[i + 1 :] if rest), default=len(words))
        if not own and following < later:
            own = [following]  # nothing alike: the next word, if no later group says it
        last = max(own, default=following - 1) + 1
        if not spans or (own and min(own) >= following):
            spans.append((start, end, following, last))
        else:  # a further part of the word before, and others with it
            spans[-1] = (spans[-1][0], end, spans[-1][2], max(spans[-1][3], last))
        following = max(following, last)
    if spans:
        spans[-1] = (*spans[-1][:3], len(words))
    return [(" ".join(words[first:last]), start, end) for start, end, first, last in spans]
