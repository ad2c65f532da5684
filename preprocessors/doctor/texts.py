"""Checks of texts, and of texts against their recordings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from recital.preprocessors.doctor.findings import Finding, find
from recital.preprocessors.doctor.measure import Measures
from recital.preprocessors.doctor.recordings import OUTLIER, robust_scores
from recital.processors.store import Utterance, normal_text

_MOJIBAKE = re.compile(r"[ÃÂ][\x80-\xbf¡-¿ ]|â€|Ã.|ï»¿|Ð[\x80-\xbf°-¿]|\\u[0-9a-fA-F]{4}")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,60}>|&(?:[a-z]{2,8}|#\d{2,5});|\[\[|\]\]|^#+ ")
_ANNOTATION = re.compile(
    r"\[[^\]]*\]|\((?:[^)]*\b)?(?:laugh|cough|noise|inaudible|unclear|music|sigh"
    r"|applause|pause)[^)]*\)|<unk>|<noise>|\*\w+\*",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\W*(?:todo|tbd|n/?a|none|null|nan|xxx+|\?\?+|test|empty|unknown|lorem"
    r" ipsum.*)\W*",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"\b(\w+)(?:\W+\1\b){2,}", re.IGNORECASE)
_BRACED = re.compile(r"\{[^}]*\}")  # phones
LONGEST_WORD = 30  # letters
HIDDEN = ("Cc", "Cf", "Co", "Cn", "Zl", "Zp")  # categories of invisible characters
LATIN = "en de fr es it pt nl sv da no nb fi pl cs sk sl hr ro hu tr vi id ms ca et lv lt"
# language -> script, the first word of its letters' Unicode names
SCRIPT_OF = {
    **{language: ("LATIN",) for language in LATIN.split(" ")},
    **{language: ("CYRILLIC",) for language in ("ru", "uk", "bg", "be", "mk")},
    **{language: ("ARABIC",) for language in ("ar", "fa", "ur")},
    **{language: ("DEVANAGARI",) for language in ("hi", "mr", "ne")},
    "el": ("GREEK",),
    "hy": ("ARMENIAN",),
    "he": ("HEBREW",),
    "ko": ("HANGUL", "CJK"),
    "ja": ("HIRAGANA", "KATAKANA", "CJK", "FULLWIDTH"),
    "th": ("THAI",),
    "ka": ("GEORGIAN",),
}
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "HEBREW", "ARABIC")

Encode = Callable[[Sequence[str]], list["list[int] | str"]]  # tokens, or the error


def judge_texts(
    dataset: str, utterances: Sequence[Utterance], language: str = ""
) -> Iterator[Finding]:
    """Faults that show in the texts alone; `language` is that of the voice, such as "en-us", where
    an utterance does not say its own.
    """
    usual = usual_scripts([u.text for u in utterances])
    for u in utterances:
        if reason := other_script(u.text, u.language or language, usual):
            yield find("other_script", reason, dataset=dataset, id=u.id, file=u.audio)
        for code, reason in of_text(u):
            yield find(code, reason, dataset=dataset, id=u.id, file=u.audio)
    for u, reason in repeated_texts(utterances):
        yield find("duplicate_text", reason, dataset=dataset, id=u.id, file=u.audio)


def other_script(text: str, language: str, usual: tuple[str, ...] = ()) -> str:
    """The fault of a text whose letters are mostly not of its language's script, or "". `usual`
    are scripts to expect where the language says nothing.
    """
    known = SCRIPT_OF.get(language.lower().replace("_", "-").partition("-")[0])
    expected = known or usual
    names = letter_names(text)
    others = [name for name in names if expected and not name.startswith(expected)]
    if 2 * len(others) <= len(names):
        return ""
    script = Counter(map(script_of, others)).most_common(1)[0][0].capitalize()
    where = f"for the language {language!r}" if known else "unlike the other texts"
    return f"{script} letters {where}: {_short(text)}"


def usual_scripts(texts: Sequence[str]) -> tuple[str, ...]:
    """The script of nine letters in ten of a corpus, if it has one."""
    counts = Counter(script_of(name) for text in texts for name in letter_names(text))
    script, n = counts.most_common(1)[0] if counts else ("", 0)
    return (script,) if n and n >= 0.9 * counts.total() else ()


def letter_names(text: str) -> list[str]:
    """Unicode's names of the letters of a text, without those of phones."""
    return [unicodedata.name(c, "") for c in _BRACED.sub("", text) if c.isalpha()]


def script_of(name: str) -> str:
    """The script of a letter by its name."""
    return name.partition(" ")[0]


def unbalanced(text: str) -> bool:
    """Are there braces that do not pair? What is between them is read as phones."""
    depth = 0
    for mark in re.findall(r"[{}]", text):
        depth += 1 if mark == "{" else -1
        if depth not in (0, 1):
            return True
    return depth != 0


def of_text(u: Utterance) -> Iterator[tuple[str, str]]:
    """The faults of one text."""
    text = u.text
    if found := _MOJIBAKE.search(text):
        yield "mojibake", f"{found[0]!r} in {_short(text)}: UTF-8 that was read as Latin-1"
    if "\ufffd" in text:
        yield "lost_characters", f"U+FFFD in {_short(text)}"
    hidden = [c for c in text if unicodedata.category(c) in HIDDEN]
    if hidden:
        names = ", ".join(f"U+{ord(c):04X}" for c in sorted(set(hidden)))
        yield "control_characters", f"{names} in {_short(text)}"
    if unbalanced(text):
        yield "braces", f"a brace without its partner in {_short(text)}"
    if unicodedata.normalize("NFC", text) != text:
        yield "decomposed", f"letters and their accents are separate characters in {_short(text)}"
    for word in re.findall(r"\w+", text):
        scripts = {
            s for c in word if c.isalpha() for s in SCRIPTS if unicodedata.name(c, "").startswith(s)
        }
        if len(scripts) > 1:
            yield "mixed_scripts", f"{word!r} has letters of {' and '.join(sorted(scripts))}"
            break
        if len(word) > LONGEST_WORD and unicodedata.name(word[0], "").startswith(SCRIPTS):
            yield "long_word", f"a word of {len(word)} letters: {_short(word)}"
            break
    if found := _MARKUP.search(text):
        yield "markup", f"{found[0]!r} in {_short(text)}"
    elif found := _ANNOTATION.search(text):
        yield "annotation", f"{found[0]!r} in {_short(text)}"
    name = u.audio.rpartition("/")[2]
    if text.strip() in (u.id, name, name.rpartition(".")[0], u.audio):
        yield "text_is_name", f"its text is its name, {text!r}"
    elif _PLACEHOLDER.fullmatch(text):
        yield "placeholder", f"its text is {_short(text)}"
    if found := _REPEATED.search(text):
        yield "repeated_words", f"{found[0]!r}"
    letters = [c for c in text if c.isalpha()]
    if len(letters) >= 12 and len(text.split()) >= 3 and all(c.isupper() for c in letters):
        yield "capitals", f"{_short(text)}"


def repeated_texts(utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, str]]:
    """Texts that one speaker recorded several times, in a corpus where that is unusual: at least
    nine texts in ten have one recording.
    """
    groups: dict[tuple[str, str], list[Utterance]] = defaultdict(list)
    for u in utterances:
        groups[u.speaker, normal_text(u.text)].append(u)
    several = [g for g in groups.values() if len(g) > 1]
    if len(several) > 0.1 * len(groups):
        return
    for group in several:
        for u in group[1:]:
            yield u, f"has the same text as {group[0].id}: {_short(u.text)}"


def judge_tokens(
    dataset: str,
    utterances: Sequence[Utterance],
    encode: Encode,
    frames: Mapping[str, int],
) -> tuple[list[Finding], dict[str, int]]:
    """Check the tokens of the texts against the frames (by id) of the recordings. Also returns the
    number of tokens by id.
    """
    findings, n_tokens = [], {}
    for u, result in zip(utterances, encode([u.text for u in utterances]), strict=True):
        if isinstance(result, str):
            code = "no_words" if result.startswith("nothing to speak") else "unknown_symbols"
            findings.append(find(code, result, dataset=dataset, id=u.id, file=u.audio))
            continue
        n_tokens[u.id] = len(result)
        if len(result) > frames.get(u.id, len(result)):
            reason = f"{len(result)} tokens in {frames[u.id]} frames: none can be aligned"
            findings.append(
                find("more_tokens_than_frames", reason, dataset=dataset, id=u.id, file=u.audio)
            )
    return findings, n_tokens


def judge_pace(
    dataset: str, utterances: Sequence[Utterance], measured: Mapping[str, Measures]
) -> Iterator[Finding]:
    """Texts that are too long or short for their recordings, given the speaker's usual pace."""
    groups: dict[str, list[Utterance]] = defaultdict(list)
    for u in utterances:
        if u.id in measured and measured[u.id].active > 0.05 and count_letters(u.text) > 0:
            groups[u.speaker].append(u)
    everybody = [u for group in groups.values() for u in group]
    expected_by_all = expected_seconds(everybody, measured)
    for group in groups.values():
        expected = expected_seconds(group, measured) if len(group) >= 20 else expected_by_all
        ratios = {u.id: measured[u.id].active / expected(u) for u in group}
        if len(group) >= 20:
            scores = robust_scores(np.log([ratios[u.id] for u in group]), least=0.1)
            for u, z in zip(group, scores, strict=True):
                ratio = ratios[u.id]
                if abs(z) > OUTLIER and not 0.55 < ratio < 1.8:
                    code = "fast" if ratio < 1 else "slow"
                    took, takes = measured[u.id].active, expected(u)
                    reason = f"{took:.1f} s, such a text takes {takes:.1f}: {_short(u.text)}"
                    yield find(code, reason, dataset=dataset, id=u.id, file=u.audio)
        yield from _takes(dataset, group, ratios)


def _takes(
    dataset: str, group: Sequence[Utterance], ratios: Mapping[str, float]
) -> Iterator[Finding]:
    """Takes of one text with very different durations."""
    takes: dict[str, list[Utterance]] = defaultdict(list)
    for u in group:
        takes[normal_text(u.text)].append(u)
    for same in takes.values():
        if len(same) < 2:
            continue
        usual = float(np.median([ratios[u.id] for u in same])) if len(same) > 2 else 1.0
        for u in same:
            others = [ratios[o.id] for o in same if o.id != u.id]
            off = abs(np.log(ratios[u.id] / usual))
            nearest = min(abs(np.log(ratios[u.id] / o)) for o in others)
            if nearest > np.log(1.7) and off > np.log(1.4):
                reason = (
                    f"{ratios[u.id] / float(np.median(others)):.1f} times as long as other takes"
                )
                yield find("takes_differ", reason, dataset=dataset, id=u.id, file=u.audio)


def expected_seconds(
    group: Sequence[Utterance], measured: Mapping[str, Measures]
) -> Callable[[Utterance], float]:
    """Expected seconds of speech by letters: a line through the medians of the short and of the
    long texts, robust to a few wrong pairs.
    """
    letters = np.array([count_letters(u.text) for u in group], dtype=float)
    active = np.array([measured[u.id].active for u in group])
    slope = float(np.median(active / letters)) if len(group) else 0.06
    offset = 0.0
    if len(group) >= 20:
        order = np.argsort(letters)
        third = max(1, len(order) // 3)
        x = [float(np.median(letters[part])) for part in (order[:third], order[-third:])]
        y = [float(np.median(active[part])) for part in (order[:third], order[-third:])]
        if x[1] > 1.3 * x[0] and y[1] > y[0]:
            slope = (y[1] - y[0]) / (x[1] - x[0])
            offset = max(y[0] - slope * x[0], 0.0)
    return lambda u: offset + slope * count_letters(u.text)


def count_letters(text: str) -> int:
    """Count letters and digits; a digit counts as a word, an ideograph as a syllable."""
    ideographs = sum("\u4e00" <= c <= "\u9fff" for c in text)
    digits = sum(c.isdigit() for c in text)
    return sum(c.isalpha() for c in text) + 4 * digits + 2 * ideographs


def judge_speakers(dataset: str, pairs: Mapping[str, list[float]]) -> Iterator[Finding]:
    """Check speakers (name -> seconds of each recording): missing, too small, or named twice."""
    if len(pairs) < 2:
        return
    if "" in pairs:
        reason = f"{len(pairs['']):,} recordings have no speaker, the others name {len(pairs) - 1}"
        yield find("speaker_missing", reason, dataset=dataset)
    same: dict[str, list[str]] = defaultdict(list)
    for name in pairs:
        same["".join(c for c in name.casefold() if c.isalnum())].append(name)
    for names in same.values():
        if len(names) > 1:
            listed = ", ".join(map(repr, sorted(names)))
            yield find("speaker_names", f"{listed} look like one speaker", dataset=dataset)
    totals = Counter({name: sum(seconds) for name, seconds in pairs.items()})
    for name, seconds in totals.items():
        if len(pairs[name]) < 10 or seconds < 30:
            reason = f"{name!r} has {len(pairs[name])} recordings, {seconds:.0f} s"
            yield find("speaker_small", reason, dataset=dataset)
    most, least = totals.most_common(1)[0], totals.most_common()[-1]
    if most[1] > 10 * float(np.median(list(totals.values()))) or most[1] > 20 * least[1]:
        reason = (
            f"{most[0]!r} has {most[1] / 60:.1f} minutes, {least[0]!r} has {least[1] / 60:.1f}, "
            f"half of all have less than {np.median(list(totals.values())) / 60:.1f}"
        )
        yield find("speaker_imbalance", reason, dataset=dataset)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
