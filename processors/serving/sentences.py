"""A text that is still being written: which of its sentences are complete?"""

from __future__ import annotations

import re

from recital.processors.text import TextProcessor

# A mark that may close a sentence, with the blank behind it, which some scripts do not write.
_END = re.compile(r"""[.!?…][\])"'”’»]*\s+(?=\S)|[。！？｡][」』）”]*(?=\S)|\n+(?=\S)""")
TRIED = 3  # ends, from the last one back
LONGEST = 1000  # letters; in a longer text without a sentence, none is looked for any more


def complete_sentences(text: str, processor: TextProcessor) -> tuple[str, float, str]:
    """The part of a text that is spoken alike whatever follows, the pause behind that part in
    seconds, and the rest.

    "Dr. Smith came. He" -> ("Dr. Smith came. ", 0.25, "He"): a mark ends a sentence where the text
    before it alone is split as in the whole, which "Dr." is not.
    """
    if len(text) > LONGEST:
        return "", 0.0, text
    ends = [match.end() for match in _END.finditer(text)]
    whole = [] if not ends else processor.pieces(text)
    for end in ends[: -TRIED - 1 : -1]:
        part = processor.pieces(text[:end])
        same = [p.text for p in part] == [p.text for p in whole[: len(part)]]
        if same and 0 < len(part) < len(whole):
            return text[:end], whole[len(part) - 1].pause, text[end:]
    return "", 0.0, text
