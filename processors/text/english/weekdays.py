"""Days of the week as they are written short: "Mon-Fri", "MWF", "Sat. 9-12", "F-Sa 11-10"."""

from __future__ import annotations

import re

from recital.processors.text.english.calendar_names import (
    DAY_NUMBER,
    DAYS,
    MONTH,
    MONTH_NUMBER,
    stop_at_end,
)
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.words import TABLES, ahead, pairs

_DAY_STARTS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMES = "|".join(sorted(DAYS, key=len, reverse=True))
_DAY_ABBREVIATED = re.compile(rf"\b({_NAMES})\b(\.?)")
_DAY_NEAR = re.compile(rf"(?:(?<=\.),| [a-z\d]|,? (?:{MONTH}|\d)(?!\d*,\d))(?!, [a-z])")
_HEADLINE = re.compile(r" (?:[A-Z][a-z]|an? |her |his |on [A-Z])")
_WHO_WEDS = re.compile(
    r"(?:Act(?:or|ress)|Singer|Star|Bride|Prince(?:ss)?|Couple|Heir|Duke|Model) $"
)
_NAMED = re.compile(r"[A-Z][a-z]{2,} $")
_DAY_ENDS = re.compile(r"[ ,;:)?!]|$")
_BEGINS = re.compile(r"(?:^|[.;,|] ?)$")
_DAY_AFTER = re.compile(
    r"\b(?:[Oo]n|[Bb]y|until|till?|[Tt]his|[Nn]ext|[Ll]ast|[Ee]very|since|and|or|to|[Cc]losed) $|"
    r"(?:night|morning|afternoon|evening|day)/$"
)
_AFTER_HOURS = re.compile(r"(?:\d|\d%|[ap]\.?m\.?|noon|night) $")  # 9-6 Sun
# "How about Sat at noon?", in a sentence whose words are small; of the sun only after these
_SMALL_BEFORE = re.compile(r"(?:[a-z]|[a-z],) $")
_SMALL_BEHIND = re.compile(r"[.,!?;)]|$| (?!\w+ing\b|(?:down|with|on|there|through)\b)[a-z]")
_UNTIL_SUN = re.compile(
    r"\b(?:[Oo]n|[Nn]ext|[Ll]ast|[Ee]very|[Bb]y|[Uu]ntil|til|you|ya|[ao][wt] about|other) $"
)
_NO_DAY = re.compile(r" (?:navs?|phones?|nam|people|dieu|language|shines?|scores?|tests?|prep)\b")
_EVERY = re.compile(r"\b(?:[Nn]ext|[Ll]ast|[Ee]very) $")
_BEHIND_SUN = re.compile(
    r"[.!?;)]|,(?! [A-Z])|$| (?:at|and (?!Moon|Earth)|or|from|for|to|with|morning|night)\b"
)
# "potluck is Sun at 1"; but "the Sun at 1 AU"
_AT_HOUR = re.compile(r" at (?:noon|\d\d?(?:[ap]m?|:\d+)?(?=[,.!?;)]|$| [ap]\.m| [a-z]+ ))(?!\.\d)")
_WORKS = re.compile(r" (?:at (?:noon|\d)|works\b|is (?:fine|good|ok|best|out|better)\b)")
_PART_OF_DAY = re.compile(
    r" (?:[ap]\.m\.|[ap]m\b|[AP]M\b|deliver(?:y|ies)\b|(?:morning|afternoon|evening|night)s?\b)"
)
_DAY_SPAN = re.compile(rf"\b({_NAMES})\.? ?-+ ?({_NAMES})\b(?:\.(?=[ ,]))?")
# Mon to Fri, "Tue, Thu & Sat"
_DAYS_TOGETHER = re.compile(
    rf"\b(?:{_NAMES})\b\.?(?:(?:, ?|,? (?:and|or|to|thru|through|&) |"
    rf" ?& ?)(?:{_NAMES})\b(?:\.(?! *$))?)+"
)
_LONG_DAYS = "|".join(sorted(set(DAYS.values())))
_LONG_DAY_SPAN = re.compile(rf"\b({_LONG_DAYS}) ?[-–] ?(?=(?:{_LONG_DAYS})\b)")
_DATED_SPAN = re.compile(
    rf"(?<=\d/\d) ?[-–] ?(?=(?:{_NAMES})\b)|(?<=\d/\d\d) ?[-–] ?(?=(?:{_NAMES})\b)"
)  # Tues. 5/6–Thurs. 5/8
_HOLIDAYS = re.compile(r"(?<=[a-z] Day)-(?=(?:[A-Z]\w+ ){1,2}Day\b)")
_DAY_LIST = re.compile(rf"(?<![\w/])({_NAMES})\.?((?:/(?:{_NAMES})\.?)+)(?![\w/])")  # Mon/Wed/Fri
# "Sa 9-12"
_TWO_LETTERS = re.compile(
    r"\b(Tu|Th|Sa|Su)(?= \d{1,2}(?::\d\d)?(?: ?[ap]m)? ?- ?\d{1,2}(?::\d\d)?(?: ?[ap]\.?m|[,;.)]|"
    r"$))"
)
_LETTER_DAYS = pairs(TABLES["letters of days"])
_LETTERED = re.compile(r"\b(?:M|T[uh]?|W|F|S[au])(?: \d{1,2}[-/:ap]|-[MTWFS])")
_LETTER_SPAN = re.compile(
    r"(?<![\w/-])(M|Tu?|W|Th|F|Sa|Su)-(Tu|W|Th|F|Sa|Su)(?=:? ?\d{1,2}(?:[:ap-]| ?(?:to|[ap]\.?m)\b|"
    r" -|$)|[,;)]|\.$)"
)  # F-Sa 11-10
_NO_FRACTION = re.compile(r"\d/(?:[79]|1[1345789]|2[1-79]|3[01])\b")
# "no school M 1/15, early dismissal W 1/24": only where there are more than one
_LETTER_DATE = re.compile(
    rf"(?<![\w.])(?<!Model )(M|Tu?|W|Th|F|Sa|Su) (?={MONTH_NUMBER}/{DAY_NUMBER}\b)"
)
# "M-Th 8-5, F 8-12"
_LETTER_MORE = re.compile(r"(?<=\d, )(M|Tu?|W|Th|F|Sa|Su)(?= \d{1,2}(?::\d\d)?(?: ?[ap]m)? ?- ?\d)")
_DAY_HALF = re.compile(r"(?<=[a-z] [AP]M)-(?=[A-Z][a-z]+day\b)")  # Friday PM-Saturday
_SHORT_DAYS = pairs(TABLES["short days"])
_SHORT_DAYS_LONGEST_FIRST = "|".join(sorted(_SHORT_DAYS, key=len, reverse=True))
_SHORT_DAY = re.compile(rf"(?<![\w/-])({_SHORT_DAYS_LONGEST_FIRST})(?![\w/-])")


def expand(text: str) -> str:
    """ "Mon. to Fri." -> "Monday to Friday"; after months, which days are written next to."""
    if "/" in text:
        text = _DAY_LIST.sub(_day_list, text)
    if "/" in text or "M-" in text or "MWF" in text or "TTh" in text:
        text = _SHORT_DAY.sub(lambda m: _SHORT_DAYS[m[1]], _DAY_HALF.sub(" to ", text))
    if holds(text, _DAY_STARTS):
        text = _DATED_SPAN.sub(" to ", text)
        text = _DAYS_TOGETHER.sub(_days_together, text)
        if "-" in text:
            text = _DAY_SPAN.sub(lambda m: f"{DAYS[m[1]]} to {DAYS[m[2]]}", text)
        text = _LONG_DAY_SPAN.sub(r"\1 to ", text)
        text = _DAY_ABBREVIATED.sub(_long_day, text)
    if "Day-" in text:
        text = _HOLIDAYS.sub(" to ", text)
    lettered = "0" in zeros(text) and holds(shape(text), ("A 0", "Aa 0", "A-A", "a-A"))
    if lettered and _LETTERED.search(text):
        text = _TWO_LETTERS.sub(lambda m: _LETTER_DAYS[m[1]], _LETTER_SPAN.sub(_letter_span, text))
        text = _LETTER_MORE.sub(lambda m: _LETTER_DAYS[m[1]], text)
        if len(_LETTER_DATE.findall(text)) > 1 and _NO_FRACTION.search(text):
            text = _LETTER_DATE.sub(lambda m: f"{_LETTER_DAYS[m[1]]} ", text)
    return text


def _long_day(match: re.Match[str]) -> str:
    """ "Sat." and "Sun" may be words; the others are days wherever they have a stop."""
    short, stop = match.groups()
    text, end = match.string, match.end()
    if short == "Weds" and not stop:  # "Star Weds Singer", "Actor Weds in Italy"
        weds = text.startswith(" in ", end) and _WHO_WEDS.search(ahead(match, 9))
        if weds or _HEADLINE.match(text, end):
            return match[0]
    if short in ("Weds", "Tues", "Thur", "Thurs", "Fri"):  # no words, and seldom names
        return DAYS[short] + stop_at_end(match)
    if text.startswith(": ", end) and _BEGINS.search(ahead(match, 3)):
        return DAYS[short]
    if _PART_OF_DAY.match(text, end) or (short != "Sun" and text.startswith("'s ", end)):
        return DAYS[short]
    if short in ("Sat", "Sun") and _AFTER_HOURS.search(ahead(match, 6)):
        return DAYS[short] + stop_at_end(match)
    named = stop and short not in ("Sat", "Sun") and _DAY_ENDS.match(text, end)
    after = _DAY_AFTER.search(ahead(match, 9))
    if named or (after and (stop or short != "Sun")):
        return DAYS[short] + stop_at_end(match)
    if (
        short == "Sun"
        and not stop
        and _NAMED.search(ahead(match, 20))
        and not _UNTIL_SUN.search(ahead(match, 9))
    ):
        return match[0]  # the Edmonton Sun
    near = _DAY_NEAR.match(text, end)
    if near and (stop or not near[0].startswith(" ") or not near[0][1:2].islower()):
        return DAYS[short]
    if not stop and _is_in_sentence(match, short):
        return DAYS[short]
    return match[0]


def _is_in_sentence(match: re.Match[str], short: str) -> bool:
    text, end, before = match.string, match.end(), ahead(match, 9)
    if _NO_DAY.match(text, end):
        return False
    if _BEGINS.search(before):
        return short != "Sun" and _WORKS.match(text, end) is not None
    if short == "Sun" and not _EVERY.search(before):
        headline = before.endswith("n ") and end == len(text)  # "active regions on Sun"
        if _AT_HOUR.match(text, end) and _SMALL_BEFORE.search(before) and before[-4:] != "the ":
            return True
        return bool(_UNTIL_SUN.search(before) and _BEHIND_SUN.match(text, end)) and not headline
    small = _SMALL_BEFORE.search(before) or _EVERY.search(before)
    return bool(small and _SMALL_BEHIND.match(text, end))


def _days_together(match: re.Match[str]) -> str:
    return re.sub(rf"\b({_NAMES})\b\.?", lambda m: DAYS[m[1]], match[0])


def _letter_span(match: re.Match[str]) -> str:
    """ "F-Sa", "T-F 9-5"; but "true or false (T-F)"."""
    if len(match[0]) == 3 and match.string[match.end()] in ",;).":
        return match[0]
    return f"{_LETTER_DAYS[match[1]]} to {_LETTER_DAYS[match[2]]}"


def _day_list(match: re.Match[str]) -> str:
    return ", ".join(DAYS[day.rstrip(".")] for day in match[0].split("/"))
