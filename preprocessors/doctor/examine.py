"""The examination of one corpus: lists, texts, recordings, size."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.corpora import missing_corpus
from recital.preprocessors.doctor import recordings, texts
from recital.preprocessors.doctor.findings import LEFT_OUT, Finding, find, of_rejected
from recital.preprocessors.doctor.lists import Lists, against_disk, overlaps
from recital.preprocessors.doctor.measure import MeasureJob, Measures, measure_all
from recital.preprocessors.entries import Corpus
from recital.preprocessors.extract import Recording
from recital.preprocessors.given_splits import join
from recital.preprocessors.sources import find_sources, read_corpus
from recital.preprocessors.splits import split
from recital.processors.features import PreprocessConfig
from recital.processors.store import Rejected, Utterance
from recital.processors.text import TextProcessor
from recital.utils.errors import DataError, RecitalError
from recital.utils.parallel import run_parallel

CHUNK = 24  # recordings per job
SMALL_MINUTES = 20.0
# codes of what stage 1 rejects
REJECTS = {
    *("metadata", "bad_id", "bad_segment", "duplicate", "outside", "pipe", "channels"),
    *("no_text", "empty_text", "other_case", "missing", "unreadable", "empty_file"),
    *("no_samples", "non_finite", "silent", "clipped", "too_short", "too_long"),
}
_BRACES = re.compile(r"\{[^}]*\}")


@dataclass
class Examined:
    """The findings of the examination of a corpus."""

    findings: list[Finding] = field(default_factory=list)
    n_recordings: int = 0
    utterances: list[Utterance] = field(default_factory=list)  # those that could be decoded
    measured: dict[str, Measures] = field(default_factory=dict)
    n_tokens: dict[str, int] = field(default_factory=dict)
    frames: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)  # of the splits, where they are drawn


def examine(
    dataset: str,
    corpus: Corpus,
    layout: str,
    audio: AudioConfig,
    preprocess: PreprocessConfig,
    *,
    text: TextProcessor | None = None,
    exclude: Mapping[str, str] | None = None,
    jobs: int = 1,
    backend: str = "loky",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Examined:
    """Examine one corpus. A corpus that cannot be read at all is a finding as well. Raises
    `ConfigError` for an unknown layout.
    """
    lists = Lists()
    found = Examined()
    if not corpus.folder.exists():
        nothing = f"{corpus.folder}: there is no such folder"
        reason = missing_corpus(corpus.folder, layout) or nothing
        found.findings.append(find("corpus_missing", reason, dataset=dataset))
        return found
    corpus = replace(corpus, on_read=lists)
    try:
        entries = list(join(read_corpus(corpus, layout), []))
    except DataError as error:
        found.findings += lists.findings(dataset)
        found.findings.append(find("corpus_missing", str(error), dataset=dataset))
        return found
    left_out = exclude or {}
    if n := sum(e.id in left_out for e in entries):
        reason = f"{n} of {len(entries)} recordings are left out by dataset_exclude"
        found.findings.append(find("excluded", reason, dataset=dataset))
    entries = [e for e in entries if e.id not in left_out]
    sources, rejected = find_sources(corpus, entries)
    found.n_recordings = len(entries)
    found.findings += lists.findings(dataset)
    bad = [of_rejected(dataset, r) for r in rejected]
    found.findings += against_disk(dataset, corpus, entries, bad)
    utterances = [source.utterance for source in sources]
    found.findings += overlaps(dataset, utterances)
    _measure_all(dataset, corpus, utterances, found, jobs, backend, progress)
    _judge(dataset, found, audio, preprocess, text)
    _judge_size(dataset, found, entries, preprocess, bool(corpus.splits))
    return found


def _measure_all(
    dataset: str,
    corpus: Corpus,
    utterances: Sequence[Utterance],
    found: Examined,
    jobs: int,
    backend: str,
    progress: Callable[[int, int], None],
) -> None:
    by_id = {u.id: u for u in utterances}
    parts = [
        tuple(Recording(u.id, u.audio, u.start, u.end) for u in utterances[i : i + CHUNK])
        for i in range(0, len(utterances), CHUNK)
    ]
    work = [MeasureJob(corpus.root, part) for part in parts]
    done = 0
    for results in run_parallel(measure_all, work, min(jobs, max(len(work), 1)), backend):
        for id, result in results:
            if isinstance(result, Measures):
                found.measured[id] = result
            else:
                code, reason, remedy = result
                u = by_id[id]
                fault = Rejected(id, u.audio, code, reason, remedy)
                found.findings.append(of_rejected(dataset, fault))
        done += len(results)
        progress(done, len(utterances))
    found.utterances = [u for u in utterances if u.id in found.measured]


def _judge(
    dataset: str,
    found: Examined,
    audio: AudioConfig,
    preprocess: PreprocessConfig,
    text: TextProcessor | None,
) -> None:
    utterances, measured = found.utterances, found.measured
    pairs = [(u, measured[u.id]) for u in utterances]
    found.findings += recordings.judge(dataset, pairs, audio, preprocess)
    for u, m in pairs:
        kept = m.seconds if preprocess.trim is None else m.seconds - m.lead - m.trail
        if kept <= preprocess.max_seconds:  # longer ones are left out
            found.frames[u.id] = audio.n_frames(round(kept * audio.sample_rate))
    if text is not None:
        found.findings += texts.judge_texts(dataset, utterances, _language(text))
        found.findings += texts.judge_pace(dataset, utterances, measured)
        more, found.n_tokens = texts.judge_tokens(dataset, utterances, encoder(text), found.frames)
        found.findings += more
        found.findings += _unknown_words(dataset, utterances, text)
    seconds: dict[str, list[float]] = defaultdict(list)
    for u, m in pairs:
        seconds[u.speaker].append(m.seconds)
    found.findings += texts.judge_speakers(dataset, seconds)


def _language(text: TextProcessor) -> str:
    """What a voice reads, as far as its config says."""
    if text.config.phonemizer == "espeak":
        return text.config.voice
    english = text.config.phonemizer is None and "english" in (text.config.cleaners or "")
    return "en" if english else ""


def _judge_size(
    dataset: str,
    found: Examined,
    entries: Sequence[Utterance | Rejected],
    preprocess: PreprocessConfig,
    given: bool,
) -> None:
    """Findings about the corpus as a whole; `given` splits are not drawn."""
    lost = {f.id for f in found.findings if f.code in REJECTS and f.id}
    usable = [u for u in found.utterances if u.id not in lost]
    add = found.findings.append
    if not usable:
        reason = f"none of its {len(entries)} recordings can be used"
        add(find("corpus_empty", reason, dataset=dataset))
        return
    if len(lost) > preprocess.max_rejected * len(entries):
        codes = Counter(f.code for f in found.findings if f.code in REJECTS)
        counts = ", ".join(f"{n} {code}" for code, n in codes.most_common())
        reason = (
            f"{len(lost)} of {len(entries)} recordings are unusable ({counts}), more than "
            f"preprocess.max_rejected {preprocess.max_rejected:.1%}"
        )
        add(find("too_many_rejected", reason, dataset=dataset))
    minutes = sum(found.measured[u.id].seconds for u in usable) / 60
    if minutes < SMALL_MINUTES:
        add(find("corpus_small", f"{minutes:.1f} minutes of speech", dataset=dataset))
    if given or any(u.split for u in usable):
        return
    sizes = {name: len(ids) for name, ids in split(usable, preprocess).items()}
    found.sizes = sizes
    short = [
        f"{name} has {sizes[name]} instead of {wanted}"
        for name, wanted in (("valid", preprocess.valid), ("test", preprocess.test))
        if sizes[name] < wanted
    ]
    if short:
        add(find("split", "; ".join(short), dataset=dataset))


def encoder(text: TextProcessor) -> texts.Encode:
    """The text front end over many texts; those that fail are found by bisection."""

    def encode(many: Sequence[str]) -> list[list[int] | str]:
        if not many:
            return []
        try:
            return [
                _left_out(text, t) or tokens
                for t, tokens in zip(many, text.encode_many(many), strict=True)
            ]
        except DataError as error:
            if len(many) == 1:
                return [str(error)]
            half = len(many) // 2
            return encode(many[:half]) + encode(many[half:])

    return encode


def _left_out(text: TextProcessor, raw: str) -> str:
    """What the reference's cleaners drop without an error; empty if nothing."""
    if text.config.phonemizer is not None:
        return ""
    plain = _BRACES.sub("", text.clean(raw))
    unknown = "".join(dict.fromkeys(c for c in plain if c not in text.ids))
    return f"the voice does not know {unknown!r}, {LEFT_OUT}" if unknown else ""


def _unknown_words(
    dataset: str, utterances: Sequence[Utterance], text: TextProcessor
) -> list[Finding]:
    """Words of English texts that no dictionary has: names and misspelt words."""
    if text.config.phonemizer is not None or "english" not in (text.config.cleaners or ""):
        return []
    from recital.processors.text import normalize
    from recital.processors.text.arpabet import words_of

    cleaners = text.config.cleaners
    counts = Counter(word for u in utterances for word in words_of(normalize(u.text, cleaners)))
    try:
        unknown = [w for w in counts if text.pronouncer.source(w) == "letters"]
    except RecitalError as error:
        reason = f"not looked up in a dictionary: {error}"
        return [find("words_unchecked", reason, dataset=dataset)]
    if not unknown:
        return []
    unknown.sort(key=lambda w: (-counts[w], w))
    reason = f"{len(unknown)} of {len(counts)} words: {', '.join(unknown[:20])}"
    return [find("unknown_words", reason, dataset=dataset)]
