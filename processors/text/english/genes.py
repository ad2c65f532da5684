"""What papers of genetics write: genotypes (Pax6-/-), variants (c.38T>C), ends of strands
(5'-ACGT-3').
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
_STRAIN = re.compile(r"\bC57BL/(\d{1,2})([A-Z]?)\b")


def expand(text: str) -> str:
    """ "Pax6-/-" -> "Pax6 minus minus", "C57BL/6J" -> "C57 black six J"."""
    if "BL/" in text:
        text = _STRAIN.sub(lambda m: f"C57 black {cardinal(int(m[1]))} {m[2]}", text)
    if "/" in text and _ANY_GENOTYPE.search(text):
        text = _GENOTYPE.sub(_genotype, text)
    if "." in text and _ANY_VARIANT.search(text):
        text = _VARIANT.sub(lambda m: f"{m[1]} dot ", text)
    if ">" in text or "-to-" in text:
        text = _CHANGED.sub(lambda m: f" {m[1] or m[3]} to {m[2] or m[4]}", text)
    if ("5'" in text or "3'" in text) and _OF_STRANDS.search(text):
        text = _STRAND.sub(_strand, _STRAND_END.sub(_strand_end, text))
    return text


def _genotype(match: re.Match[str]) -> str:
    first, second = [sign for sign in match.groups() if sign]
    glued = match.start() > 0 and match.string[match.start() - 1].isalnum()
    goes_on = match.string[match.end() : match.end() + 1].isalnum()
    return f"{' ' * glued}{_SIGNS[first]} {_SIGNS[second]}{' ' * goes_on}"


def _strand(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1]))} prime" + " " * (match[0][-1] == "-")


def _strand_end(match: re.Match[str]) -> str:
    return f" {cardinal(int(match[1]))} prime"
