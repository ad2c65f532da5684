"""What papers of genetics write: genotypes (Pax6-/-), variants (c.38T>C), places on chromosomes
(3q27-q28), ends of strands (5'-ACGT-3'), strains of mice (C57BL/6J).
"""

from __future__ import annotations

import re

from recital.processors.text.english.words import cardinal

_BEARERS = (
    r"(?:mice|mouse|mutants?|embryos?|cells?|animals?|littermates?|hetero\w+|homo\w+|controls?|"
    r"males?|females?|fish|flies|worms?|retinas?|tissues?|neurons?|MEFs?|fibroblasts?|genotypes?|"
    r"individuals|pups?|samples?|alleles?)"
)
_SIGNS = {"+": "plus", "-": "minus", "−": "minus"}
# After a name, or of who is so; "5 +/- 2" is an error.
_GENOTYPE = re.compile(
    rf"(?:(?<=[A-Za-z])|(?<=[A-Za-zα-ω)]\d)|(?<=[A-Za-z]\d\d))([+−-])/([+−-])(?![\d+−-])|"
    rf"(?<![^\s(])([+−-])/([+−-])(?=[,;]? {_BEARERS}\b|[,;]? (?:and|or) [+−-]/[+−-])|"
    r"(?<![^\s(])([+])/([+])(?![^\s.,;:)])|(?<![^\s(])([−-])/([−-])(?![^\s.,;:)])"
)
_ANY_GENOTYPE = re.compile(r"/[+−-](?<=[+−-]..)")
_BANDS = re.compile(r"(?<![\w.])(\d{1,2}|X|Y)([pq])(\d{1,2}(?:\.\d{1,2})?)-([pq]?)(\d)")
_ANY_BAND = re.compile(r"[pq]\d(?<=[\dXY]..)")
_VARIANT = re.compile(
    r"(?<![\w.])([cgmnpr])\.(?=\(?[\d*+_-]+[ACGTacgtdi_]|[A-Z][a-z]{2}\d|[A-Z]\d+[A-Z*])"
)
_ANY_VARIANT = re.compile(r"\.[\d(*A-Z+-](?<=\b[cgmnpr]..)")
# 1691G>A, "a G > A transition"
_CHANGED = re.compile(
    r"(?<=\d)([ACGTU]{1,12}) ?(?:>|->) ?([ACGTU]{1,12})\b|\b([ACGTU])(?: ?(?:>|->) ?|"
    r"-to-)([ACGTU])(?= (?:\w+ )?(?:transition|transversion|mutation|substitution|change|"
    r"polymorphism|SNP|at|in)\b)"
)
_STRAND = re.compile(
    r"(?<![\w.])([35])'(?:-(?=[ACGTU]{3})|(?=[- ](?:[ACGTU]{3}|(?:to|and|or|of) (?:[35]'|the\b|"
    r"exons?|introns?)|splice|end|ends|untrans|UTRs?|flank|primer|region|half|part|portion|tail|"
    r"probe|side|exon|cap|overhang|non|upstream|sequence|terminus|single|arm|RACE|homology|"
    r"extension|to-|[35]')|\)|-?[.,;]))"
)
_STRAND_END = re.compile(r"(?<=[ACGTU])-([35])'")
_OF_STRANDS = re.compile(
    r"\b(?:c?DNAs?|m?RNAs?|genes?|primers?|exons?|introns?|splice|strands?|nucleotides?|sequences?|"
    r"PCR|UTRs?|transcripts?|promoters?|[ACGTU]{5,})\b"
)
# ER+/PR+/HER2-; "HIV- and TB-related" has a dash
_MARKER = re.compile(
    r"\b(ER|PR|HER-?2|EGFR|ALK|CD\d{1,3}|HIV|HBV|HCV|KRAS|Ki67|p16)([+-])(?:(/)(?=[A-Z])|"
    r"(?=[,.;:)]|$))(?!(?<=-), (?:[\w-]+, ){0,3}(?:(?:[\w-]*- )?(?:and|or) )?\w+-[a-z])"
)
_ANY_MARKER = re.compile(r"[+-](?:[/,.;:)]|$)")
_STRAIN = re.compile(r"\bC57BL/(\d{1,2})([A-Z][a-z]?)?\b")
_SUBSTRAIN = re.compile(
    r"\b(DBA|FVB|NOD|SJL|BALB|AKR|CBA|SWR|RIII)/(?=[\dcA-Z])(\d|c)?([A-Z][A-Za-z]{0,4})?(?!\w)"
)


def expand(text: str) -> str:
    """ "Pax6-/-" -> "Pax6 minus minus", "C57BL/6J" -> "C57 black six J"."""
    if "/" in text:
        if _ANY_GENOTYPE.search(text):
            text = _GENOTYPE.sub(_genotype, text)
        if "BL/" in text:
            text = _STRAIN.sub(_strain, text)
        text = _SUBSTRAIN.sub(_substrain, text)
    if _ANY_MARKER.search(text):
        text = _MARKER.sub(_marker, text)
    if "." in text and _ANY_VARIANT.search(text):
        text = _VARIANT.sub(lambda m: f"{m[1]} dot ", text)
    if ">" in text or "-to-" in text:
        text = _CHANGED.sub(lambda m: f" {m[1] or m[3]} to {m[2] or m[4]}", text)
    if "-" in text and _ANY_BAND.search(text):
        text = _BANDS.sub(_bands, text)
    if ("5'" in text or "3'" in text) and _OF_STRANDS.search(text):
        text = _STRAND.sub(_strand, _STRAND_END.sub(_strand_end, text))
    return text


def _genotype(match: re.Match[str]) -> str:
    first, second = [sign for sign in match.groups() if sign]
    glued = match.start() > 0 and match.string[match.start() - 1].isalnum()
    goes_on = match.string[match.end() : match.end() + 1].isalnum()
    return f"{' ' * glued}{_SIGNS[first]} {_SIGNS[second]}{' ' * goes_on}"


def _marker(match: re.Match[str]) -> str:
    return f"{match[1]} {_SIGNS[match[2]]}{', ' if match[3] else ''}"


def _bands(match: re.Match[str]) -> str:
    arm = f"{match[4]} " if match[4] else ""
    return f"{match[1]} {match[2]} {match[3]} to {arm}{match[5]}"


def _strand(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1]))} prime" + " " * (match[0][-1] == "-")


def _strand_end(match: re.Match[str]) -> str:
    return f" {cardinal(int(match[1]))} prime"


def _strain(match: re.Match[str]) -> str:
    substrain = f" {match[2]}" if match[2] else ""
    return f"C fifty-seven black {cardinal(int(match[1]))}{substrain}"


def _substrain(match: re.Match[str]) -> str:
    name, number, letters = match.groups()
    number = number if number is None or number == "c" else cardinal(int(number))
    return " ".join(filter(None, (name, number, letters)))
