"""Words that are spelt alike and said in two ways, told apart by the words beside them.

Most are a noun (or adjective) and a verb, `_STRESS`, settled by one question: is this place in the
sentence a verb's? The others have a rule each, in `heteronym_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from recital.processors.text import heteronym_rules as rules
from recital.processors.text.heteronym_rules import is_verb

Rule = Callable[[Sequence[str], int], bool]  # whether the i-th word is said the second way


class Heteronym(NamedTuple):
    """Two pronunciations in ARPAbet, and when it is the other."""

    usual: str
    other: str
    is_other: Rule


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


def _table() -> Mapping[str, Heteronym]:
    table = {}
    for line in _STRESS.strip().splitlines():
        word, usual, other = _fields(line)
        table[word] = Heteronym(usual, other, is_verb)
        if not word.endswith("s"):
            table[word + "s"] = Heteronym(_with_s(usual), _with_s(other), is_verb)
    for line in _RULED.strip().splitlines():
        word, usual, other = _fields(line)
        table[word] = Heteronym(usual, other, getattr(rules, f"is_other_{word}"))
    del table["frequents"], table["perfects"]
    return table


def _fields(line: str) -> tuple[str, str, str]:
    first, other = line.split(" | ")
    word, usual = first.split(" ", 1)
    return word, usual, other


def _with_s(phones: str) -> str:
    last = phones.rsplit(" ", 1)[-1]
    if last in ("S", "Z", "SH", "CH", "JH"):
        return phones + " IH0 Z"
    return phones + (" S" if last in ("P", "T", "K", "F") else " Z")


HETERONYMS = _table()


def choose(words: Sequence[str], i: int) -> str:
    """The pronunciation of the i-th word, a heteronym, among the words of its sentence (in lower
    case).
    """
    heteronym = HETERONYMS[words[i]]
    return heteronym.other if heteronym.is_other(words, i) else heteronym.usual


# What NVIDIA's recipes leave in letters when they mix letters and ARPAbet.
STAY_LETTERS = frozenset(HETERONYMS) - {"the", "used", "axes"}
