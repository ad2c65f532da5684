"""Words of a corpus or a text file that no dictionary has, with the pronunciation predicted from
their letters: a draft of the project's lexicon.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from recital.bins.common.command import run
from recital.bins.common.experiment import load_experiment
from recital.bins.common.flags import command_parser
from recital.processors.text import TextConfig, TextProcessor, normalize, symbols_for
from recital.processors.text.arpabet import words_of
from recital.utils.errors import UsageError
from recital.utils.files import lines_of


def main(argv: Sequence[str] | None = None) -> None:
    parser = command_parser("unknown_words", __doc__)
    parser.add_argument("--file", type=Path, help="texts, one a line (default: the corpora's)")
    args = parser.parse(argv)
    config = TextConfig()
    texts: list[str] = []
    if args.config is not None:
        experiment, _ = load_experiment(args.config, args.set)
        config = experiment.text or config
        if args.file is None:
            stores = [experiment.store(name) for name in experiment.dataset]
            texts = [u.text for store in stores for u in store.utterances()]
    if args.file is not None:
        try:
            texts = lines_of(args.file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"--file {args.file}: cannot be read: {error}") from None
    if args.config is None and args.file is None:
        raise UsageError("expected --config exp_config.json (after stage 1) or --file texts.txt")
    for word, count, phones in unknown_words(texts, config):
        print(f"{word} {phones}  # {count}")


def unknown_words(texts: Sequence[str], config: TextConfig) -> list[tuple[str, int, str]]:
    """Each word whose pronunciation is predicted from its letters, its count in the texts, and the
    pronunciation; the most frequent first.
    """
    pronouncer = TextProcessor(config, symbols_for(config)).pronouncer
    counts = Counter(word for text in texts for word in words_of(normalize(text, config.cleaners)))
    return [
        (word, count, pronouncer.pronounce([word], 0))
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if pronouncer.source(word) == "letters"
    ]


if __name__ == "__main__":
    run(main)
