"""Marks of mail and chat that are not said: ":-)", ":D", "<me@home.org>", "<<", ">From"."""

from __future__ import annotations

import re

_FACE = re.compile(
    r"(?:(?<=\s)|^)(?:[:;=]'?-?(?:[()\[\]|/*]+|[DPpOo]{1,2})|>:[()]|\^[_.]*\^|-_+-|;_+;|[xX]D+)"
    r"(?=[\s.,!?)]|$)|(?<=[a-z] )[:;=]-?\((?=[a-z]+ [^()]*$)"
)
_ADDRESS = re.compile(r"<(?:mailto:|\s)?([^<>\s]{1,64}[@.][^<>\s]{1,200})\s?>")
# "me@home.org <mailto:me@home.org>"
_TWICE = re.compile(r"(?<![\w.+-])([\w.+-]{1,64}@[\w.-]{1,200}) ?[<\[](?:mailto:)?\1[>\]]")
_LINK = re.compile(r"\bmailto:(?=\w)")
_ATTACHED = re.compile(r"<<([\w.-]+\.\w{2,4})>>")  # <<notes.pdf>>
_DOUBLE = re.compile(r" ?(?:<{2,}|>{2,})(?: ?(?:<{2,}|>{2,}))*")
# of a line that a mail quotes
_QUOTED = re.compile(r"(?:(?<=\s)|^)>(?=[A-Za-z]{2})|^\|?>[\s>|]*(?=[A-Za-z\"'(@*])")
# "Ann> I said", of who is quoted
_PLACEHOLDER = re.compile(r"<([A-Za-z]\w*(?:[_-]\w+)+)>")  # <start_value>
_NAMED_QUOTE = re.compile(r"^[\s>|]*([A-Z][A-Za-z]{0,12}|[a-z]{1,3})> +(?=\S)")
_OPENED = re.compile(r"(?<![\w)])<(?=[A-Za-z]{2})")
# what is left of many; rules that skip blanks would take long
_BLANKS = re.compile(r" {4,}")
_HINT = re.compile(r"[:;=^_<>]")


def expand(text: str) -> str:
    """The text without them."""
    if _HINT.search(text) is None and "xD" not in text and "XD" not in text:
        return text
    text = _FACE.sub("", text)
    if "@" in text:
        text = _TWICE.sub(r"\1", text)
    if "mailto:" in text:
        text = _LINK.sub("", text)
    if "<" in text or ">" in text:
        if quoted := _NAMED_QUOTE.match(text):
            text = f" {text[quoted.end() :]} ".replace(f" {quoted[1]}> ", " ")
        text = _PLACEHOLDER.sub(r"(\1)", text)
        if "<<" in text:
            text = _ATTACHED.sub(r" \1 ", text)
        text = _DOUBLE.sub(" ", _ADDRESS.sub(r" \1 ", text))
        text = _QUOTED.sub("", text)
        if ">" not in text:
            text = _OPENED.sub("", text)
    return _BLANKS.sub(" ", text)
