"""Makers of rules for short forms that several languages have: abbreviations, days, the compass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping


def shortened(after: str, words: str) -> list[tuple[str, str]]:
    """Rows of abbreviations from "egr. egregio; prof. professor", with a small or a capital first
    letter; `after` is a pattern of what follows. A blank in it is put behind the word.
    """
    rows = []
    blank = " " if after.startswith(r"\. ?") else ""
    for entry in words.split(";"):
        short, _, spoken = entry.strip().partition(" ")
        end = r"\b" if short[-1].isalnum() and after[:2] != r"\." else ""
        first = f"[{short[0].upper()}{short[0]}]"
        rows.append((rf"\b{first}{re.escape(short[1:])}{end}{after}", spoken + blank))
    return rows


def compass(words: str, before: str, weather: str) -> Callable[[str], str]:
    """What puts words for the points of the compass ("N norte; NE noreste") behind one of `before`,
    in texts of `weather` and distances.
    """
    points = dict(entry.strip().split(" ") for entry in words.split(";"))
    letters = "|".join(sorted(points, key=len, reverse=True))
    pattern = re.compile(
        rf"\b({before})({letters})(?:([-/])({letters}))?(?![\w'’-])"
        # "E. Rossi"
        r"(?!\.[A-Z])(?!(?<=\b[NSEOW])\. [A-Z])"
        # "el viento NO cesa"
        r"(?!(?<=\b(?:NO|SE))(?<![-/]..) (?!(?:del?|di|d[aou]|y|ed?|et|ou?|a|à|al|con|avec|in|en|"
        r"hasta|fino|entre|sur|que|che|flojo|fuerte|moderado|fresco|débil|suave|intenso|rolando|debole|"
        r"moderato|forte|teso|faible|modéré|fort)\b)[a-zà-ÿ])"
    )
    context = re.compile(weather)

    def say(match: re.Match[str]) -> str:
        return f"{match[1]}{points[match[2]]}" + (f" {points[match[4]]}" if match[4] else "")

    return lambda text: pattern.sub(say, text) if context.search(text) else text


def weekdays(
    words: str, unsure: str, months: str, to: str = "-", *, bare: str = "(?!)"
) -> Callable[[str], str]:
    """What puts words for the short days of "lun lunedì; mar martedì": with a stop, or before a
    day of the month, or beside another day. Those of the pattern `unsure` are words or months,
    too, those of `bare` without a stop: they need more.
    """
    names = dict(entry.strip().split(" ") for entry in words.split(";"))
    short = "|".join(sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.-])({short})\b(\.?)(?: ?([-–/]) ?({short})\b(\.?))?", re.I)
    other = rf"(?:{short})\."
    near = re.compile(rf"(?:, ?| ?[-–/&] ?| (?:y|e|a|al|et|au|à) ){other}", re.I)
    behind = re.compile(rf"{other}(?:, ?| ?[-–/&] ?| (?:y|e|a|al|et|au|à) )$", re.I)
    day = re.compile(
        rf",? (?:3[01]|[12]?\d)(?![\w.,:%]|\d)|,? (?:3[01]|[12]?\d) (?:de )?(?:{months})"
    )
    hours = re.compile(r",? (?:dalle |de |from )?[012]?\d(?:[.:h]\d\d| ?[-–])")
    doubted, names_too = re.compile(unsure, re.I), re.compile(bare, re.I)
    # "sam 3 mars", "jeu 20h", but "Sam, 20 ans", "Jeu 2"
    sure_day = re.compile(
        rf",? (?:3[01]|[12]?\d) (?:de )?(?:{months})|,? [012]?\d ?[:h]\d\d"
        r"|,? (?:3[01]|[12]?\d),? (?:(?:d?alle|ore|a las) \d|à \d\d? ?h)"
        r"|,? (?:dalle |de )?[012]?\d[.:h]?(?:\d\d)? ?[-–] ?\d\d"
    )
    stopped_day = re.compile(
        r",? (?:3[01]|[12]?\d)(?=[,;)/]|\.?$| [-–]| (?:ed?|y|et|al?|à|alle|dalle|ore)\b)"
    )
    # "dom. Pérez"
    name = re.compile(
        r" (?!(?:Il|Gli|L[aeo]s?|El|Les|Poi|Puis|Luego|On|Nous|Non?|S[ei]|Un[ae]?|En|In)\b)"
        r"[A-ZÀ-Þ]"
    )
    begins = re.compile(r" [A-ZÀ-Þ]")
    # "5 mar.", "il mar."
    a_word = re.compile(r"(?:\d|\d de|\b(?:al|il|nel|sul|del|el|la|en|un|ce)) $", re.I)

    def say(match: re.Match[str]) -> str:
        first, stop, joint, last, last_stop = match.groups()
        before = match.string[max(0, match.start() - 60) : match.start()]
        after = match.string[match.end() : match.end() + 60]
        ends = (last_stop or stop) and not after.strip(" \"'»”)")
        if joint:
            joint = "," if joint == "/" else f" {to}"
            return f"{names[first.lower()]}{joint} {names[last.lower()]}{'.' if ends else ''}"
        dated = any(p.match(after) for p in (day, hours, near)) or bool(behind.search(before))
        known = dated or bool(stop and not first.isupper())
        if known and names_too.fullmatch(first) and name.match(after):
            known = dated
        if doubted.fullmatch(first) or (not stop and names_too.fullmatch(first)):
            dated = any(p.match(after) for p in (sure_day, near)) or bool(behind.search(before))
            dated = dated or bool(stop and stopped_day.match(after))
            known = dated and not a_word.search(before)
        if not known:
            return match[0]
        ends = ends or bool(stop and begins.match(after))
        return names[first.lower()] + ("." if ends else "")

    return lambda text: pattern.sub(say, text)


def short_forms(
    forms: Mapping[str, str], *, ends: str = "", capital: bool = True
) -> tuple[tuple[str, str], ...]:
    """Rows of abbreviations, also as the first word of a sentence and with blanks: "i.v.m." ->
    "i. v. m.", "I.v.m."; the longest first. `ends`: what follows those that end a sentence;
    not `capital`: with a small letter only.
    """
    return tuple(_rows(forms, ends, capital))


def _rows(forms: Mapping[str, str], ends: str, capital: bool) -> Iterator[tuple[str, str]]:
    for short, said in sorted(forms.items(), key=lambda pair: -len(pair[0])):
        pattern = r"\. ?".join(map(re.escape, short.split(".")))
        pattern = pattern.removesuffix(" ?") + (r"\b" if short[-1].isalnum() else "")
        first_word = said[0].upper() + said[1:]
        for first, spoken in ((short[0], said), (short[0].upper(), first_word)):
            if ends:
                yield rf"\b{first}{pattern[1:]}{ends}", f"{spoken}."
            yield rf"\b{first}{pattern[1:]}", spoken
            if not capital or short[0].isupper():
                break


def months(words: str, before: str) -> Callable[[str], str]:
    """What puts words for the short months of "gen gennaio" and so on behind one of `before`."""
    names = dict(entry.strip().split(" ") for entry in words.split(";"))
    pattern = re.compile(rf"\b((?i:{before}))({'|'.join(names)})\.(?! [A-Z])")
    return lambda text: pattern.sub(lambda m: m[1] + names[m[2]], text)
