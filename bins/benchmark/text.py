"""The speed of the text front end: the normalizer, and the chain to letters, ARPAbet and IPA."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from recital.bins.benchmark.common import Figures
from recital.bins.common.command import cores
from recital.processors.text import TextConfig, TextProcessor, normalize, symbols_for
from recital.utils.config import ROOT

SENTENCES = ROOT / "preprocessors" / "corpora" / "embedded_sentences.txt"
# expressions for the normalizer, around the embedded sentences
FRAMES = (
    "{} It cost ${},250.50 on May {}, 1998.",
    "Dr. Smith said: “{}” He paid £{} for {} kg.",
    "{} That was {}% of NASA's {} staff at 10:30 p.m.",
    "{}",
)
N_TEXTS = 4000


def bench_text() -> Figures:
    """Sentences per second; only words are cached between texts."""
    texts = sentences(N_TEXTS)
    _normalize_all(texts[:20])  # tables
    espeak = TextConfig(symbol_set="espeak_en", phonemizer="espeak", edge_symbol=" ")
    figures: Figures = {
        "characters a sentence": sum(map(len, texts)) / len(texts),
        "english, 1 process (/s)": _rate(partial(_normalize_all, texts), len(texts)),
        "ARPAbet, 1 process (/s)": _rate(_encoder(TextConfig(p_arpabet=1.0), texts), len(texts)),
        "IPA, 1 process and espeak (/s)": _rate(_encoder(espeak, texts[:1000]), 1000),
    }
    n = cores()
    if n > 1:
        with ProcessPoolExecutor(n) as pool:
            parts = [texts[i::n] for i in range(n)]
            list(pool.map(_normalize_all, [part[:10] for part in parts]))  # start them
            both = _rate(lambda: list(pool.map(_normalize_all, parts)), len(texts))
            figures[f"english, {n} processes (/s)"] = both
    return figures


def sentences(count: int) -> list[str]:
    """Sentences with numbers, dates, money and titles among plain ones, all different."""
    plain = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [
        FRAMES[i % len(FRAMES)].format(plain[i % len(plain)], i % 97 + 1, i % 28 + 1)
        for i in range(count)
    ]


def _normalize_all(texts: Sequence[str]) -> None:
    for text in texts:
        normalize(text)


def _encoder(config: TextConfig, texts: Sequence[str]) -> Callable[[], object]:
    processor = TextProcessor(config, symbols_for(config))
    processor.encode_many(texts[:20])  # dictionaries and worker
    return partial(processor.encode_many, texts)


def _rate(work: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)
