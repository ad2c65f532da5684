"""What the words around a heteronym say about its reading: names of features, for a linear model.

A word is known by itself, by its tag, and by its last letters. Tags are cheap: a table of closed
classes, and the endings of all other words. A word may come in its own case and marks may be among
the words, or everything in small letters without marks: the model is trained on both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from recital.processors.text.heteronym_cues import cues, stem

Words = Sequence[str]
Evidence = tuple[str, float]  # a feature, and how much it counts

WINDOW = 3  # words on each side that are looked at one by one
NEAR = 8  # words on each side that are searched for a word that opens a phrase
MOST_CUES = 3
SHARED = "*"  # of all verbs and nouns together

_CLASSES = """
DET a an the this these those another every each no any some either neither what which
QUANTITY many several few more most all both much less other such same various numerous certain own
QUANTITY first last next second third new old great good high large small major main major early
QUANTITY late local public national
POSSESSIVE my your his her its our their whose one's
MODAL will would can could should shall must may might cannot can't couldn't won't wouldn't
MODAL shouldn't i'll you'll we'll they'll he'll she'll it'll i'd you'd we'd they'd he'd she'd
DO do does did don't doesn't didn't
BE is are was were be been being am isn't aren't wasn't weren't it's that's there's i'm you're
BE we're they're he's she's
HAVE have has had having haven't hasn't hadn't i've you've we've they've
SUBJECT i we he she they who
YOU you it
OBJECT me us him them himself herself themselves itself myself yourself ourselves everyone
OBJECT everything anyone anything nothing something someone
TO to
IN in on at by with from of for into about against between during through under over after before
IN within without among across per via upon toward towards around near behind beyond despite except
IN since until throughout onto off up down out along
AND and or but nor & plus then
SUB that if when while because although though as than where whether how why so once unless
NOT not never
ADVERB also often always usually sometimes now still even just only already soon later again ever
ADVERB further very too quite rather well generally frequently largely mainly mostly
NUMBER one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
NUMBER sixty seventy eighty ninety hundred thousand million billion nineteen
LET help helps helped let lets let's make makes made making
ABLE order able unable used want wanted wants need needs needed try tried trying tries attempt
ABLE attempted attempts attempting begin began begins started continue continued continues decided
ABLE decides ability chance opportunity right power allowed allow allows forced way intended likely
ABLE designed managed failed agreed refused required asked effort efforts plan plans planned
"""
_TAGS = {
    word: line.split()[0] for line in _CLASSES.strip().splitlines() for word in line.split()[1:]
}
_ENDINGS = re.findall(
    r"\S+",
    "tion sion ment ness ity ship ance ence ism ist ous ful able ible ive ical less ary ing ed ly "
    "al ic er or est ize ise ate ify s' 's ss us is ies es s",
)
_OPENERS_LEFT = frozenset(("MODAL", "DO", "BE", "HAVE", "TO", "SUBJECT", "POSSESSIVE", "DET", "IN"))
_OPENERS_RIGHT = _OPENERS_LEFT | {"OBJECT"}
_SKIPPED = frozenset(("ADVERB", "NOT", "-ly"))
_CLAUSE_ENDS = frozenset(("SUB", "AND", ",", ";", ".", ":", "(", ")"))
_FINITE = frozenset(("BE", "HAVE", "DO", "MODAL", "-ed"))
_FINITE_WORDS = frozenset(
    re.findall(
        r"\S+",
        "became went came said made took began left got held won led wrote ran saw found gave told "
        "felt stood sat fell knew met kept brought thought lost sent built spent grew rose died "
        "says makes becomes goes",
    )
)


@lru_cache(maxsize=65536)
def tag(word: str) -> str:
    """The class of a word in small letters: "MODAL", "-tion", "NUMBER", "," or "-"; "" for none."""
    if word in _TAGS:
        return _TAGS[word]
    if word[:1].isdigit():
        return "NUMBER"
    if not word[:1].isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return "-" + ending
    return "-"


def evidence(words: Words, i: int, shared: bool, rules: Sequence[str]) -> Iterator[Evidence]:
    """The features of the i-th word's place in its sentence. `shared` words also have those of all
    verbs and nouns; `rules` are the answers of hand-written rules.
    """
    own = words[i].lower()
    for name in (*_around(words, i), *rules):
        yield own + name, 1.0
        if shared:
            yield SHARED + name, 1.0
    stems = {stem(w.lower()) for k, w in enumerate(words) if k != i and len(w) > 2}
    for word in stems:
        yield f"{own} with {word}", 0.5
    yield own, 2.0
    yield from _sense(words, i, stems)


def _sense(words: Words, i: int, stems: set[str]) -> Iterator[Evidence]:
    """How many more words go with the other reading than with the usual one: in the sentence, and
    next to the word.
    """
    own = words[i].lower()
    if own not in cues():
        return
    usual, other = cues()[own]
    more = len(stems & other) - len(stems & usual)
    beside = words[max(0, i - WINDOW) : i + WINDOW + 1]
    near = {stem(word.lower()) for word in beside} - {stem(own)}
    nearer = len(near & other) - len(near & usual)
    for name in (own, ""):
        yield f"{name} cue", float(max(-MOST_CUES, min(MOST_CUES, more)))
        yield f"{name} near cue", float((nearer > 0) - (nearer < 0))


def _around(words: Words, i: int) -> list[str]:
    w = {k: _lower(words, i + k) for k in range(-WINDOW, WINDOW + 1)}
    t = {k: tag(word) for k, word in w.items()}
    names = [
        name for k in range(-WINDOW, WINDOW + 1) if k for name in (f"w{k}={w[k]}", f"t{k}={t[k]}")
    ]
    names += [
        f"ww-={w[-2]} {w[-1]}",
        f"ww={w[-1]} {w[1]}",
        f"ww+={w[1]} {w[2]}",
        f"tt-={t[-2]} {t[-1]}",
        f"tt={t[-1]} {t[1]}",
        f"tt+={t[1]} {t[2]}",
        f"ttt-={t[-3]} {t[-2]} {t[-1]}",
        f"ttt={t[-2]} {t[-1]} {t[1]}",
        f"ttt+={t[-1]} {t[1]} {t[2]}",
        f"wt={w[-1]} {t[1]}",
        f"tw={t[-1]} {w[1]}",
        f"end-={w[-1][-3:]}",
        f"end+={w[1][-3:]}",
    ]
    k = i - 1
    while k >= 0 and tag(words[k].lower()) in _SKIPPED:
        k -= 1
    before = _lower(words, k)
    names += [f"past adverbs={before}", f"past adverbs={tag(before)} {t[1]}"]
    names += _opener(words, range(i - 1, max(-1, i - 1 - NEAR), -1), "left", _OPENERS_LEFT)
    names += _opener(words, range(i + 1, min(len(words), i + 1 + NEAR)), "right", _OPENERS_RIGHT)
    left, right = _finite(words, range(i - 1, -1, -1)), _finite(words, range(i + 1, len(words)))
    names += [f"finite={left},{right}", f"finite-={left}", f"finite+={right},{t[-1]}"]
    if words[i][:1].isupper():
        first = "first" if i == 0 else ""
        names += [f"capital {first}", f"capital {first}{_case(words, i - 1)}{_case(words, i + 1)}"]
    return names


def _opener(words: Words, places: range, side: str, classes: frozenset[str]) -> list[str]:
    """The nearest word that opens a phrase, or the nearest mark."""
    for k in places:
        name = tag(words[k].lower())
        if name in classes or not (name[0].isalpha() or name[0] == "-"):
            return [f"{side}={name}"]
    return []


def _finite(words: Words, places: range) -> str:
    """Whether a finite verb comes before the clause ends: one that has none needs the word."""
    for k in places:
        word = words[k].lower()
        name = tag(word)
        if name in _CLAUSE_ENDS:
            return "no"
        if name in _FINITE or word in _FINITE_WORDS:
            return "yes"
    return "end"


def _lower(words: Words, i: int) -> str:
    return words[i].lower() if 0 <= i < len(words) else ""


def _case(words: Words, i: int) -> str:
    return "A" if 0 <= i < len(words) and words[i][:1].isupper() else "a"
