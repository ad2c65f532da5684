"""Words that are spelt alike and said in two ways, distinguished by the words around them.

A linear model decides (`heteronyms.npz`, made from labelled sentences by
`bins/train_homographs.py`) where it has learnt the word. Elsewhere a rule does: most words are a
noun (or adjective) and a verb, `_STRESS`, settled by one question, is this place in the sentence a
verb's? The others have a rule each, in `heteronym_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from recital.processors.text import heteronym_rules as rules
from recital.processors.text.heteronym_features import SHARED, Evidence, evidence
from recital.processors.text.heteronym_rules import is_verb

Rule = Callable[[Sequence[str], int], bool]  # whether the i-th word is said the second way

FILE = Path(__file__).with_name("heteronyms.npz")
N_WEIGHTS = 1 << 20  # features share them by a hash
REACH = 40  # words on each side that matter


class Heteronym(NamedTuple):
    """Two pronunciations in ARPAbet, and when it is the other by rule."""

    usual: str
    other: str
    is_other: Rule


def never(words: Sequence[str], i: int) -> bool:
    """For words that have no rule: the usual way."""
    return False


# word: as a noun or adjective | as a verb
_STRESS = """
abstract AE1 B S T R AE2 K T | AE0 B S T R AE1 K T
address AE1 D R EH2 S | AH0 D R EH1 S
attribute AE1 T R AH0 B Y UW2 T | AH0 T R IH1 B Y UW0 T
combat K AA1 M B AE0 T | K AH0 M B AE1 T
compact K AA1 M P AE0 K T | K AH0 M P AE1 K T
compound K AA1 M P AW0 N D | K AH0 M P AW1 N D
compress K AA1 M P R EH2 S | K AH0 M P R EH1 S
conduct K AA1 N D AH0 K T | K AH0 N D AH1 K T
conflict K AA1 N F L IH0 K T | K AH0 N F L IH1 K T
console K AA1 N S OW0 L | K AH0 N S OW1 L
construct K AA1 N S T R AH0 K T | K AH0 N S T R AH1 K T
contest K AA1 N T EH0 S T | K AH0 N T EH1 S T
contract K AA1 N T R AE2 K T | K AH0 N T R AE1 K T
contrast K AA1 N T R AE0 S T | K AH0 N T R AE1 S T
converse K AA1 N V ER0 S | K AH0 N V ER1 S
convert K AA1 N V ER0 T | K AH0 N V ER1 T
convict K AA1 N V IH0 K T | K AH0 N V IH1 K T
decrease D IY1 K R IY2 S | D IH0 K R IY1 S
defect D IY1 F EH0 K T | D IH0 F EH1 K T
desert D EH1 Z ER0 T | D IH0 Z ER1 T
digest D AY1 JH EH0 S T | D AY0 JH EH1 S T
discharge D IH1 S CH AA2 R JH | D IH0 S CH AA1 R JH
discount D IH1 S K AW0 N T | D IH0 S K AW1 N T
entrance EH1 N T R AH0 N S | IH0 N T R AE1 N S
escort EH1 S K AO0 R T | EH0 S K AO1 R T
exploit EH1 K S P L OY2 T | EH2 K S P L OY1 T
export EH1 K S P AO0 R T | IH0 K S P AO1 R T
extract EH1 K S T R AE2 K T | IH0 K S T R AE1 K T
ferment F ER1 M EH0 N T | F ER0 M EH1 N T
frequent F R IY1 K W AH0 N T | F R IY0 K W EH1 N T
import IH1 M P AO0 R T | IH0 M P AO1 R T
impress IH1 M P R EH2 S | IH0 M P R EH1 S
imprint IH1 M P R IH0 N T | IH0 M P R IH1 N T
incense IH1 N S EH2 N S | IH0 N S EH1 N S
increase IH1 N K R IY2 S | IH0 N K R IY1 S
insert IH1 N S ER2 T | IH0 N S ER1 T
insult IH1 N S AH2 L T | IH0 N S AH1 L T
intern IH1 N T ER0 N | IH0 N T ER1 N
object AA1 B JH EH0 K T | AH0 B JH EH1 K T
overlap OW1 V ER0 L AE2 P | OW2 V ER0 L AE1 P
perfect P ER1 F IH2 K T | P ER0 F EH1 K T
permit P ER1 M IH2 T | P ER0 M IH1 T
pervert P ER1 V ER0 T | P ER0 V ER1 T
present P R EH1 Z AH0 N T | P R IY0 Z EH1 N T
proceed P R OW1 S IY2 D | P R AH0 S IY1 D
produce P R OW1 D UW0 S | P R AH0 D UW1 S
progress P R AA1 G R EH2 S | P R AH0 G R EH1 S
project P R AA1 JH EH0 K T | P R AH0 JH EH1 K T
protest P R OW1 T EH2 S T | P R AH0 T EH1 S T
rebel R EH1 B AH0 L | R IH0 B EH1 L
record R EH1 K ER0 D | R IH0 K AO1 R D
refund R IY1 F AH2 N D | R IH0 F AH1 N D
refuse R EH1 F Y UW2 Z | R AH0 F Y UW1 Z
reject R IY1 JH EH0 K T | R IH0 JH EH1 K T
segment S EH1 G M AH0 N T | S EH2 G M EH1 N T
subject S AH1 B JH IH0 K T | S AH0 B JH EH1 K T
survey S ER1 V EY2 | S ER0 V EY1
suspect S AH1 S P EH2 K T | S AH0 S P EH1 K T
torment T AO1 R M EH2 N T | T AO0 R M EH1 N T
transfer T R AE1 N S F ER0 | T R AE0 N S F ER1
transport T R AE1 N S P AO0 R T | T R AE0 N S P AO1 R T
transplant T R AE1 N S P L AE2 N T | T R AE0 N S P L AE1 N T
upgrade AH1 P G R EY2 D | AH0 P G R EY1 D
upset AH1 P S EH2 T | AH0 P S EH1 T
abuse AH0 B Y UW1 S | AH0 B Y UW1 Z
diffuse D IH0 F Y UW1 S | D IH0 F Y UW1 Z
excuse IH0 K S K Y UW1 S | IH0 K S K Y UW1 Z
house HH AW1 S | HH AW1 Z
misuse M IH0 S Y UW1 S | M IH0 S Y UW1 Z
use Y UW1 S | Y UW1 Z
advocate AE1 D V AH0 K AH0 T | AE1 D V AH0 K EY2 T
affiliate AH0 F IH1 L IY0 AH0 T | AH0 F IH1 L IY0 EY2 T
aggregate AE1 G R AH0 G AH0 T | AE1 G R AH0 G EY2 T
alternate AO1 L T ER0 N AH0 T | AO1 L T ER0 N EY2 T
animate AE1 N AH0 M AH0 T | AE1 N AH0 M EY2 T
appropriate AH0 P R OW1 P R IY0 AH0 T | AH0 P R OW1 P R IY0 EY2 T
approximate AH0 P R AA1 K S AH0 M AH0 T | AH0 P R AA1 K S AH0 M EY2 T
articulate AA0 R T IH1 K Y AH0 L AH0 T | AA0 R T IH1 K Y AH0 L EY2 T
associate AH0 S OW1 SH IY0 AH0 T | AH0 S OW1 SH IY0 EY2 T
confederate K AH0 N F EH1 D ER0 AH0 T | K AH0 N F EH1 D ER0 EY2 T
coordinate K OW0 AO1 R D AH0 N AH0 T | K OW0 AO1 R D AH0 N EY2 T
degenerate D IH0 JH EH1 N ER0 AH0 T | D IH0 JH EH1 N ER0 EY2 T
delegate D EH1 L AH0 G AH0 T | D EH1 L AH0 G EY2 T
deliberate D IH0 L IH1 B ER0 AH0 T | D IH0 L IH1 B ER0 EY2 T
desolate D EH1 S AH0 L AH0 T | D EH1 S AH0 L EY2 T
duplicate D UW1 P L AH0 K AH0 T | D UW1 P L AH0 K EY2 T
elaborate IH0 L AE1 B R AH0 T | IH0 L AE1 B ER0 EY2 T
estimate EH1 S T AH0 M AH0 T | EH1 S T AH0 M EY2 T
graduate G R AE1 JH AH0 W AH0 T | G R AE1 JH AH0 W EY2 T
initiate IH0 N IH1 SH IY0 AH0 T | IH0 N IH1 SH IY0 EY2 T
intimate IH1 N T AH0 M AH0 T | IH1 N T AH0 M EY2 T
legitimate L AH0 JH IH1 T AH0 M AH0 T | L AH0 JH IH1 T AH0 M EY2 T
moderate M AA1 D ER0 AH0 T | M AA1 D ER0 EY2 T
precipitate P R IH0 S IH1 P IH0 T AH0 T | P R IH0 S IH1 P IH0 T EY2 T
predicate P R EH1 D AH0 K AH0 T | P R EH1 D AH0 K EY2 T
separate S EH1 P ER0 AH0 T | S EH1 P ER0 EY2 T
subordinate S AH0 B AO1 R D AH0 N AH0 T | S AH0 B AO1 R D AH0 N EY2 T
syndicate S IH1 N D AH0 K AH0 T | S IH1 N D AH0 K EY2 T
"""
# the same, of words that NVIDIA's recipes say in phonemes
_MORE_STRESS = """
addict AE1 D IH0 K T | AH0 D IH1 K T
affect AE1 F EH2 K T | AH0 F EH1 K T
ally AE1 L AY0 | AH0 L AY1
analyses AH0 N AE1 L AH0 S IY2 Z | AE1 N AH0 L AY2 Z IH0 Z
annex AE1 N EH2 K S | AH0 N EH1 K S
combine K AA1 M B AY0 N | K AH0 M B AY1 N
commune K AA1 M Y UW0 N | K AH0 M Y UW1 N
confines K AA1 N F AY2 N Z | K AH0 N F AY1 N Z
conscript K AA1 N S K R IH2 P T | K AH0 N S K R IH1 P T
consort K AA1 N S AO0 R T | K AH0 N S AO1 R T
diagnoses D AY2 AH0 G N OW1 S IY2 Z | D AY2 AH0 G N OW1 S IH0 Z
discard D IH1 S K AA2 R D | D IH0 S K AA1 R D
document D AA1 K Y AH0 M AH0 N T | D AA1 K Y AH0 M EH2 N T
fragment F R AE1 G M AH0 N T | F R AE0 G M EH1 N T
impact IH1 M P AE2 K T | IH0 M P AE1 K T
implant IH1 M P L AE2 N T | IH0 M P L AE1 N T
implement IH1 M P L AH0 M AH0 N T | IH1 M P L AH0 M EH2 N T
impound IH1 M P AW0 N D | IH0 M P AW1 N D
incline IH1 N K L AY2 N | IH0 N K L AY1 N
increment IH1 N K R AH0 M AH0 N T | IH1 N K R AH0 M EH2 N T
inlay IH1 N L EY2 | IH0 N L EY1
instrument IH1 N S T R AH0 M AH0 N T | IH1 N S T R AH0 M EH2 N T
interchange IH1 N T ER0 CH EY2 N JH | IH2 N T ER0 CH EY1 N JH
intrigue IH1 N T R IY2 G | IH0 N T R IY1 G
invert IH1 N V ER0 T | IH0 N V ER1 T
invite IH1 N V AY2 T | IH0 N V AY1 T
misprint M IH1 S P R IH0 N T | M IH0 S P R IH1 N T
offset AO1 F S EH2 T | AO0 F S EH1 T
ornament AO1 R N AH0 M AH0 N T | AO1 R N AH0 M EH2 N T
overthrow OW1 V ER0 TH R OW2 | OW2 V ER0 TH R OW1
perfume P ER1 F Y UW2 M | P ER0 F Y UW1 M
pigment P IH1 G M AH0 N T | P IH0 G M EH1 N T
rebound R IY1 B AW2 N D | R IH0 B AW1 N D
recap R IY1 K AE2 P | R IY0 K AE1 P
recount R IY1 K AW2 N T | R IH0 K AW1 N T
refill R IY1 F IH2 L | R IY0 F IH1 L
refit R IY1 F IH2 T | R IY0 F IH1 T
relapse R IY1 L AE2 P S | R IH0 L AE1 P S
remake R IY1 M EY2 K | R IY0 M EY1 K
reprint R IY1 P R IH2 N T | R IY0 P R IH1 N T
rerelease R IY1 R IY0 L IY2 S | R IY2 R IY0 L IY1 S
retake R IY1 T EY2 K | R IY0 T EY1 K
retard R IY1 T AA2 R D | R IH0 T AA1 R D
rewrite R IY1 R AY2 T | R IY0 R AY1 T
supplement S AH1 P L AH0 M AH0 N T | S AH1 P L AH0 M EH2 N T
transform T R AE1 N S F AO2 R M | T R AE0 N S F AO1 R M
update AH1 P D EY2 T | AH0 P D EY1 T
mouth M AW1 TH | M AW1 DH
overuse OW2 V ER0 Y UW1 S | OW2 V ER0 Y UW1 Z
reuse R IY0 Y UW1 S | R IY0 Y UW1 Z
conglomerate K AH0 N G L AA1 M ER0 AH0 T | K AH0 N G L AA1 M ER0 EY2 T
conjugate K AA1 N JH AH0 G AH0 T | K AA1 N JH AH0 G EY2 T
consummate K AA1 N S AH0 M AH0 T | K AA1 N S AH0 M EY2 T
correlate K AO1 R AH0 L AH0 T | K AO1 R AH0 L EY2 T
deviate D IY1 V IY0 AH0 T | D IY1 V IY0 EY2 T
expatriate EH0 K S P EY1 T R IY0 AH0 T | EH0 K S P EY1 T R IY0 EY2 T
incarnate IH0 N K AA1 R N AH0 T | IH0 N K AA1 R N EY2 T
isolate AY1 S AH0 L AH0 T | AY1 S AH0 L EY2 T
laminate L AE1 M AH0 N AH0 T | L AE1 M AH0 N EY2 T
postulate P AA1 S CH AH0 L AH0 T | P AA1 S CH AH0 L EY2 T
"""
# word: the usual way | the other, by the rule of its name
_RULED = """
aged EY1 JH D | EY1 JH AH0 D
axes AE1 K S IH0 Z | AE1 K S IY0 Z
bass B EY1 S | B AE1 S
blessed B L EH1 S T | B L EH1 S AH0 D
bow B OW1 | B AW1
bows B OW1 Z | B AW1 Z
close K L OW1 Z | K L OW1 S
content K AA1 N T EH0 N T | K AH0 N T EH1 N T
does D AH1 Z | D OW1 Z
dove D AH1 V | D OW1 V
invalid IH0 N V AE1 L AH0 D | IH1 N V AH0 L AH0 D
lead L IY1 D | L EH1 D
learned L ER1 N D | L ER1 N AH0 D
live L IH1 V | L AY1 V
lives L AY1 V Z | L IH1 V Z
minute M IH1 N AH0 T | M AY0 N UW1 T
moped M OW1 P T | M OW1 P EH2 D
polish P AA1 L IH0 SH | P OW1 L IH0 SH
read R IY1 D | R EH1 D
resume R IH0 Z UW1 M | R EH1 Z AH0 M EY2
row R OW1 | R AW1
sewer S UW1 ER0 | S OW1 ER0
sow S OW1 | S AW1
tear T IH1 R | T EH1 R
tears T IH1 R Z | T EH1 R Z
the DH AH0 | DH IY0
used Y UW1 Z D | Y UW1 S T
wind W IH1 N D | W AY1 N D
winds W IH1 N D Z | W AY1 N D Z
wound W UW1 N D | W AW1 N D
"""
# word: the usual way | the other, by the model alone
_LEARNT = """
august AO1 G AH0 S T | AW1 G UH0 S T
bologna B AH0 L OW1 N Y AH0 | B AH0 L OW1 N IY0
buffet B AH0 F EY1 | B AH1 F AH0 T
celtic K EH1 L T IH0 K | S EH1 L T IH0 K
expose IH0 K S P OW1 Z | EH2 K S P OW0 Z EY1
jesus JH IY1 Z AH0 S | HH EY0 S UW1 S
job JH AA1 B | JH OW1 B
mate M EY1 T | M AA1 T EY0
mobile M OW1 B AH0 L | M OW0 B IY1 L
nestle N EH1 S AH0 L | N EH1 S L IY0
pasty P AE1 S T IY0 | P EY1 S T IY0
ravel R AH0 V EH1 L | R AE1 V AH0 L
reading R IY1 D IH0 NG | R EH1 D IH0 NG
rodeo R OW1 D IY0 OW2 | R OW0 D EY1 OW0
sake S EY1 K | S AA1 K EY0
"""
_NO_S = ("frequent", "perfect", "mouth")  # their forms with s are no heteronyms


def _stress(lines: str) -> dict[str, Heteronym]:
    """Nouns and verbs, and their forms with s."""
    table = {}
    for line in lines.strip().splitlines():
        word, usual, other = _fields(line)
        table[word] = Heteronym(usual, other, is_verb)
        if not word.endswith("s") and word not in _NO_S:
            table[word + "s"] = Heteronym(_with_s(usual), _with_s(other), is_verb)
    return table


def _ruled() -> dict[str, Heteronym]:
    table = {}
    for line in _RULED.strip().splitlines():
        word, usual, other = _fields(line)
        table[word] = Heteronym(usual, other, getattr(rules, f"is_other_{word}"))
    return table


def _learnt() -> dict[str, Heteronym]:
    rows = [_fields(line) for line in _LEARNT.strip().splitlines()]
    return {word: Heteronym(usual, other, never) for word, usual, other in rows}


def _fields(line: str) -> tuple[str, str, str]:
    first, other = line.split(" | ")
    word, usual = first.split(" ", 1)
    return word, usual, other


def _with_s(phones: str) -> str:
    last = phones.rsplit(" ", 1)[-1]
    if last in ("S", "Z", "SH", "CH", "JH"):
        return phones + " IH0 Z"
    return phones + (" S" if last in ("P", "T", "K", "F") else " Z")


_LEFT_BY_NVIDIA = {**_stress(_STRESS), **_ruled()}
HETERONYMS: Mapping[str, Heteronym] = {**_stress(_MORE_STRESS), **_learnt(), **_LEFT_BY_NVIDIA}


class ReadingModel:
    """A linear model: the weights of hashed features, and the words that it has learnt."""

    def __init__(self, weights: np.ndarray, words: Iterable[str]) -> None:
        self.weights = weights  # float32 [N_WEIGHTS]
        self.words = frozenset(words)

    def score(self, features: Iterable[Evidence]) -> float:
        """Log odds of the other reading."""
        places, values = zip(*((place(name), value) for name, value in features), strict=True)
        return float(self.weights[list(places)] @ np.array(values, dtype=np.float32))

    def save(self, path: Path) -> None:
        """In eight bits a weight."""
        step = float(np.abs(self.weights).max()) / 127
        np.savez_compressed(
            path,
            allow_pickle=False,
            weights=np.round(self.weights / step).astype(np.int8),
            step=np.float32(step),
            words=np.array(sorted(self.words)),
        )

    @classmethod
    def load(cls, path: Path) -> ReadingModel:
        """What `save` wrote; nothing is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            weights = arrays["weights"].astype(np.float32) * arrays["step"]
            return cls(weights, map(str, arrays["words"]))


def place(name: str) -> int:
    """Which weight a feature has."""
    return crc32(name.encode()) % N_WEIGHTS


@lru_cache(maxsize=1)
def _model() -> ReadingModel:
    return ReadingModel.load(FILE)


def features(words: Sequence[str], i: int) -> list[Evidence]:
    """What the model knows of the i-th word, a heteronym, and its sentence."""
    words, i = _near(words, i)
    spoken, at = _small_words(words, i)
    is_other = HETERONYMS[spoken[at]].is_other
    answers = [f"rule={is_other(spoken, at)}", f"verb={is_verb(spoken, at)}"]
    return list(evidence(words, i, shared=is_other is is_verb, rules=answers))


def of_all_verbs(evidence: Iterable[Evidence]) -> list[Evidence]:
    """What is known of a noun or verb that the model has not learnt: what holds for all."""
    return [(name, value) for name, value in evidence if name.startswith(SHARED)]


def by_rule(words: Sequence[str], i: int) -> bool:
    """Whether the rules alone give the i-th word, a heteronym, its other reading."""
    return HETERONYMS[words[i].lower()].is_other(*_small_words(*_near(words, i)))


def choose(words: Sequence[str], i: int) -> str:
    """The pronunciation of the i-th word, a heteronym, among the words of its sentence; in their
    own case and with the marks among them where these are known.
    """
    heteronym = HETERONYMS[words[i].lower()]
    if words[i].lower() in _model().words:
        is_other = _model().score(features(words, i)) > 0.0
    elif heteronym.is_other is is_verb:
        is_other = _model().score(of_all_verbs(features(words, i))) > 0.0
    else:
        is_other = by_rule(words, i)
    return heteronym.other if is_other else heteronym.usual


def _near(words: Sequence[str], i: int) -> tuple[Sequence[str], int]:
    start = max(0, i - REACH)
    return words[start : i + REACH + 1], i - start


def _small_words(words: Sequence[str], i: int) -> tuple[list[str], int]:
    """The words alone, without marks and in small letters, and the new place of the i-th."""
    places = [k for k, word in enumerate(words) if word[:1].isalpha()]
    return [words[k].lower() for k in places], places.index(i)


# What NVIDIA's recipes leave in letters when they mix letters and ARPAbet.
STAY_LETTERS = frozenset(_LEFT_BY_NVIDIA) - {"the", "used", "axes"}
