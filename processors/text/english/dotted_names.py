"""Names with dots in programs and settings: "os.path.join", "self.reset()", "user.email"."""

from __future__ import annotations

import re

from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import TABLES, ahead, word_set

_PART = r"_{0,2}[A-Za-z]\w{0,40}"
_NAME = re.compile(
    rf"(?<![\w.@/\\'’-])({_PART}(?:\.{_PART})+(?:\.\d{{1,2}})?)(?=(\()|\W|$)(?![@/-]|\.\w)"
)
_INSIDE = re.compile(r"\.[A-Za-z_](?<=\w\w..)")
# No sentence ends in one of these: a dot behind it is no missing blank.
_OWNERS = word_set(TABLES["owners of names"])
# And of these only together with what a program does to them, or what settings are called.
_OBJECTS = word_set(TABLES["objects"])
_MEMBERS = word_set(TABLES["members"])
_SOURCES = word_set(
    "c h cc hh cxx go so pl pm mk am ac lua asm lock patch diff toml swift vue scss"
)
_SURE_SOURCES = word_set("c h cc hh cxx pl pm mk am ac lua asm toml scss")
_KIND = (
    "files?|functions?|methods?|modules?|class(?:es)?|packages?|attributes?|propert(?:y|ies)|"
    "variables?|parameters?|arguments?|options?|settings?|keys?|imports?|imported|importing|calls?|"
    "called|calling|commands?|scripts?|objects?|constructors?|decorators?|librar(?:y|ies)|"
    "namespaces?|edit|import"
)
_KIND_BEFORE = re.compile(rf"\b(?:{_KIND}) (?:the |an? |of )?$", re.I)
_KIND_AFTER = re.compile(rf" (?:{_KIND})\b(?! (?:me|him|her|us|them|you|it)\b)")
# "Close the window.open the door": a blank that was left
_DETERMINER = re.compile(r"\b(?:the|an?|this|that|my|your|his|her|our|their)(?: [a-z]+)? $", re.I)
_ORDERS = word_set(TABLES["orders"])
_GOES_ON = re.compile(r" (?:it|me|him|her|them|us|you|on|now|later|team|home|ahead|back|out)\b")
_ROOM = 24  # characters before a name that may say what it is
_ABBREVIATIONS = word_set("mr mrs ms dr st vs jr sr ft mt pm am lt sgt ltd no etc")
_NO_VOWELS = re.compile(r"[b-df-hj-np-tv-xz]{2,5}")
# What goes on after a stop whose blank is missing: "2 days.so", "call me.i will"
_TALK = word_set("i u ur so am pls plz thx thanx bcs msg txt xx xxx swt dont this it its")
_INNER = re.compile(r"[a-z][A-Z][a-z]|\w_\w|^__")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SPELT = word_set(TABLES["spelt parts of names"])


# "all.the.time", "best.movie.ever": no part of a name
_STRESSED = frozenset(("the", "of", "and", "not", "ever", "The"))


_LIBRARY = re.compile(r"(?<![\w.])([A-Za-z][\w+-]*)\.so((?:\.\d+)+)\b")  # libm.so.6


def expand(text: str) -> str:
    """ "np.dot" -> "N.P. dot dot"; but "It was late.he left" lacks a blank."""
    if ".so." in text:
        text = _LIBRARY.sub(lambda m: f"{m[1]} dot S.O.{m[2].replace('.', ' dot ')}", text)
    return _NAME.sub(_name, text) if _INSIDE.search(text) else text


def say(name: str) -> str:
    """The words of one part of a name: "maxLen" -> "max len", "num_fc" -> "num F.C."."""
    return " ".join(
        dotted(piece) if piece.lower() in _SPELT or _NO_VOWELS.fullmatch(piece.lower()) else piece
        for piece in _PIECE.findall(name)
    )


def _name(match: re.Match[str]) -> str:
    parts = match[1].split(".")
    if (
        len(parts) > 2
        and match[2] is None
        and all(map(str.isalpha, parts))
        and not _STRESSED.isdisjoint(parts)
    ):
        return " ".join(parts)
    if not _is_name(match, parts):
        return match[0]
    return " dot ".join(map(say, parts))


def _is_name(match: re.Match[str], parts: list[str]) -> bool:
    first, last = parts[0], parts[-1]
    if last in _TALK and match[2] is None and not first.startswith("lib"):
        return False
    if all(len(part) == 1 for part in parts[:-1]) or first.lower() in _ABBREVIATIONS:
        return first in _OBJECTS and last in _MEMBERS and match[2] is not None
    if match[2] or first in _OWNERS or any(map(_INNER.search, parts)):
        return True
    before = ahead(match, _ROOM)
    if last not in _SURE_SOURCES and (
        _GOES_ON.match(match.string, match.end())
        or (
            last in _ORDERS
            and _DETERMINER.search(before)
            and not _KIND_AFTER.match(match.string, match.end())
        )
    ):
        return False
    if last in _SURE_SOURCES or (first in _OBJECTS and last in _MEMBERS):
        return True
    small = all(part[0].islower() or part.isdigit() for part in parts[:-1])
    if last[0].islower() and any(map(_NO_VOWELS.fullmatch, parts)):
        return True
    if len(parts) > 2 and small and min(map(len, parts[:-1])) > 1:
        return True
    return (
        last in _SOURCES
        or _KIND_BEFORE.search(before) is not None
        or _KIND_AFTER.match(match.string, match.end()) is not None
    )
