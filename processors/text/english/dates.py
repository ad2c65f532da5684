"""Dates, years and decades."""

from __future__ import annotations

import re

from recital.processors.text.english import numeric_dates, weekdays
from recital.processors.text.english.calendar_names import (
    CUT_MONTH,
    DAY_NUMBER,
    DAYS,
    MONTH,
    SHORT_MONTH,
    SHORT_MONTHS,
    date,
    stop_at_end,
)
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.words import (
    TABLES,
    ahead,
    behind,
    cardinal,
    ordinal,
    pairs,
    plural,
    two_digits,
    year,
)

_DAY = rf"({DAY_NUMBER})"
_NTH = rf"{_DAY}(?:st|nd|rd|th)?"
_ABBREVIATED = re.compile(
    rf"(?:\b|(?<=\d))(?<!\w\.)({CUT_MONTH})(?:\.(?=[ ,;:)?!\d-]|$)|(?=,? '?\d)|"
    r"(?:(?<=\d\w[dht] \w{3})|(?<=\d \w{3})|(?<=\d \w{4}))\b)"
)
# "since Feb"
_IN_MONTH = re.compile(
    r"\b((?:[Ii]n|of|by|[Ss]ince|until|till|during|from|[Ll]ast|[Nn]ext|[Tt]his|[Ee]arly|[Ll]ate|"
    r"through|before|after) |(?:[Mm]id|[Ee]arly|[Ll]ate)-|(?:Q[1-4]|[1-4]Q|FY\d*) \()"
    r"(Jan|Feb|Apr|Aug|Sept|Sep|Oct|Nov|Dec)(?![\w.']| van | de )"
)
# Mar and Jun are also names: "in Mar Vista", "the Earl of Mar"
_IN_NAME_OF_MONTH = re.compile(
    r"\b((?:[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|till|[Ee]arly|[Ll]ate|[Bb]efore|[Aa]fter|through|"
    r"during) |(?:[Mm]id|[Ee]arly|[Ll]ate)-|(?:Q[1-4]|[1-4]Q|FY\d*) \()(Mar|Jun|Jul)"
    r"(?![\w.'-]| (?:van|de|del|y)\b| [A-Z])"
    # "After Jun called": a person
    r"(?!(?:(?<=ince (?:Mar|Jun))|(?<=fter (?:Mar|Jun))|(?<=fore (?:Mar|Jun))) "
    r"(?!(?:and|or|last|next|this|we|he|she|it|they|the|because|but|on)\b)[a-z])"
)
# "the Dec bill"
_OF_MONTH = re.compile(
    r"\b((?:[Tt]he|[Oo]ur|[Yy]our|[Mm]y) )(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec) "
    r"(?=(?:bill|issue|meeting|report|rent|sales|deadline|edition|newsletter|invoice|event|numbers|"
    r"figures|payment|statement|data|trip|show|game|election|vote|hearing|low|high|session)s?\b)"
)
_ALSO_NAME = "(?:Jan|Mar|May|June?|April)"
# "Jan to Mar", "Apr and Jun"; but Jan, Mar, May, June and April are also names
_MONTH_TO_MONTH = re.compile(
    rf"\b(?:(?<=\b[Ii]n )|(?<=[Bb]etween )|(?!{_ALSO_NAME} (?:and|&|or) {_ALSO_NAME}\b))"
    rf"({MONTH}|{CUT_MONTH})( (?:to|through|thru|until|till|and|&|or) )"
    rf"({MONTH}|{CUT_MONTH})(?![\w'-]|\.\w| [A-Z][a-z])"
)
# "(Jan, Mar, May & Nov)": several of them are months.
# "the 72 nd Assembly", "13 th March"
_ENDING_APART = re.compile(
    r"(?<=\d) (?=(?:th|nd|rd)\b(?!\.))|(?<=1) (?=st (?:of|[Cc]ent|day|[A-Z][a-z]))"
)
_ANY_SHORT = rf"(?:{SHORT_MONTH})\b"
_MONTH_LIST = re.compile(rf"(?:\b{_ANY_SHORT}\.?(?:,? (?:and|&|or) |, |/)){{2,}}{_ANY_SHORT}")
_MONTH_LIKE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|(?:t?em|"
    r"o)?ber)?\b",
    re.I,
)
_MONTH_STARTS = tuple(month.lower() for month in SHORT_MONTHS if len(month) == 3)
# In `zeros`.
_DAY_BEFORE_MONTH = re.compile(rf"0(?:st|nd|rd|th)?(?: of)? (?:{'|'.join(_MONTH_STARTS)})")
_BEFORE_DAY = re.compile(
    r"\.? \d{1,2}(?:ST|ND|RD|TH|st|nd|rd|th)?\b(?!\.\d+ ?%| ?%)|-\d{1,2}\b(?!:)|,? \d{4}\b"
)
_SHOUTED_DAY = re.compile(rf"\b(?:MON|TUE|WED|THU|FRI|SAT|SUN)(?=,? (?:{SHORT_MONTH.upper()}))")
_WITH_YEAR = re.compile(r" \d{1,2},? \d{4}\b|,? \d{4}\b")
# 01-Feb-02, 12.Jan.2020
_DAY_MONTH_YEAR = re.compile(
    rf"(?<![\w-]){_DAY}(?P<sign>[-./])({MONTH}|{CUT_MONTH})"
    r"(?P=sign)(\d{4}|\d\d)(?![\w-])"
)
# Jan-15-2020.
_MONTH_DASH = re.compile(
    rf"\b({MONTH}|{CUT_MONTH})-{_DAY}(?:-(\d{{4}}))?(?![\w-])(?! (?:{MONTH})\b)"
)
# July 5/1996, Feb/1994
_MONTH_SLASH_YEAR = re.compile(rf"\b({MONTH}|{SHORT_MONTH})(?: {_DAY})?/((?:19|20)\d\d)\b(?![/-])")
# "on 7 Aug 12 at 11:21"
_DAY_SHORT_YEAR = re.compile(
    rf"(?<![\w-]){_DAY}(?P<sign> )({MONTH}|{CUT_MONTH}) "
    r"(\d\d)(?=,? (?:at )?\d{1,2}:\d\d)"
)
_MONTHS_SHORT = re.compile(rf"\b({_ANY_SHORT})([-/])({_ANY_SHORT})(?![\w/-])")  # Jul-Aug
# Nov, 29, 2016
_MONTH_COMMA = re.compile(rf"\b({_ANY_SHORT}), (?=(?:[12]?\d|3[01]), (?:19|20)\d\d\b)")
# Oct-2020, Apr-93
_MONTH_DASH_YEAR = re.compile(rf"\b({_ANY_SHORT})-(?=(?:(?:19|20)\d\d|'\d\d|3[2-9]|[4-9]\d)\b)")
_MONTH_DAY = re.compile(
    rf"\b({MONTH}) {_NTH}\b(?!:\d|[.,]?\d|-\d{{1,2}}(?::\d\d)? ?[AaPp]\.?[Mm]\b)"
    r"(?:(,)? ?(\d{4})\b)?"
)
_TWO_DAYS = re.compile(
    rf"\b({MONTH}) {_NTH} (?:&|and(?= \d+(?:st|nd|rd|th|[.,;!?)]|$| (?:at|in|from|with|for|"
    rf"to|as|when|is|are|was|were|will)\b| \())) {_DAY}"
    r"(?:st|nd|rd|th)?\b(?!:\d|[.,]\d)"
)
# 8th & 9th October
_DAYS_MONTH = re.compile(
    rf"\b(?:([Tt]he) )?{_DAY}(st|nd|rd|th)? (?:&|and|/) {_DAY}(st|nd|rd|th)?(?: of)? ({MONTH})\b"
    r"(?:,? (\d{4})\b)?"
)
# July 9-11, Dec. 24 to 26.
_DAY_RANGE = re.compile(
    rf"\b({MONTH}) {_NTH}(?: ?-{{1,2}} ?| to ){_NTH}\b"
    r"(?!:\d|-?\d|,\d| ?[AaPp]\.?[Mm]\b)(?:(,)? (\d{4})\b)?"
)
_RANGE_MONTH = re.compile(
    rf"\b(the )?{_NTH}(?: ?-{{1,2}} ?| to ){_DAY}(?:st|nd|rd|"
    rf"th)?(?: of)? ({MONTH})\b(?! [123]?\d, (?:19|20)\d\d\b)(?: (\d{{4}})\b)?"
)
_DAY_BEHIND = re.compile(r" [123]?\d\b(?![:.]\d| ?[ap]\.?m\b)")
_MONTH_SPAN = re.compile(
    rf"(?<=\d)(?<!\.\d)(?<!\.\d\d) ?- ?(?=(?:{MONTH}) \d)|(?<=\d{{4}}) – (?=(?:{MONTH}) \d+, \d)|"
    rf"(?<=\d{{4}}) [-–] (?=(?:circa|died) \d)|(?<=\d{{4}})(?:-| [-–] )(?={_DAY} (?:{MONTH})\b)|"
    rf"(?<!\bmid)(?<=[a-z])-(?={_NTH} (?:{MONTH})\b)"
)
_MONTHS_SPAN = re.compile(rf"\b({MONTH}) ?-{{1,2}} ?(?=(?:{MONTH})\b)")
_DAYS_SLASH = re.compile(
    rf"(?<![\w/.,-])(?:\b[Tt]he )?{_DAY}/{_DAY}(?= (?:{MONTH})\b)"
)  # 8/9 January
_SLASH_DAY = re.compile(rf"\b({MONTH}) {_DAY}/{_DAY}\b(?![/\d]|[.,]\d)")  # October 19/20
_MONTH_GLUED = re.compile(
    rf"\b((?:{MONTH}) \d{{1,2}}),(?=(?:1[5-9]|20)\d\d\b(?!,))"
)  # July 17,1668
_DAY_IN_CAPITALS = re.compile(r" (?:3[01]|[12]?\d)(?:\.(?!\d)|(?=[,;:)\]]|$))")  # SUNDAY, MARCH 19.
# the 08/09 season
_SHORT_SEASON = re.compile(
    r"(?<![\w/.-])(0\d|1\d)/(0\d|1\d|20)(?= (?:seasons?|campaigns?|school year|academic year|title|"
    r"winter|team|squad)\b)"
)
_YEARS_APART = re.compile(r"(?<![\w.,-])(1\d{3}|20\d\d) [-–—] (1\d{3}|20\d\d)(?![\w-]|[.,]\d)")
_NINE_ELEVEN = re.compile(
    r"(?<=\bafter )9-11\b(?! ?[a-z])|(?<=\bsince )9-11\b|(?<=\bpost-)9-11\b|\b9-11(?= (?:attack|"
    r"terror|hijack|[Cc]ommission|victim))"
)
_TO_NOW = re.compile(
    r"\b(1[1-9]\d\d|20\d\d) ?- ?(?=(?:[Pp]resent|[Nn]ow|[Tt]oday|[Oo]ngoing)\b)"
)  # 1967-present
_SPACED_YEARS = re.compile(r"(?<=\b[12]\d{3})(?: -|- )(?=[12]\d{3}\b)")  # 1525 -1594
_QUARTER_YEAR = re.compile(r"\b(Q[1-4]|[1-4]Q|H[12])-(?='?\d\d\b|20\d\d\b)")  # Q1-19
_DAY_MONTH = re.compile(
    rf"(?<!ection )\b(the )?{_NTH}(?: of)? ({MONTH})\b(?! [123]?\d, (?:19|20)\d\d\b)(?:(,(?= ?\d)|"
    rf" (?=\d)) ?(\d{{4}})\b)?",
    re.I,
)
_ISSUE = re.compile(r"\b(?:[Nn]umber|[Ii]ssue|[Nn]o\.) $")
# "every 5th of May", "a cold 3rd of March"
_ONE_OF_MANY = re.compile(
    r"(?:\b(?:every|each|that|this|next|last|happy|our|my|your|his|her|their|its|any|another|one|some|no|"
    r"an?(?: [a-z]+)?)|['’]s) $",
    re.I,
)
_MONTH_YEAR = re.compile(rf"\b({MONTH}),? (\d{{4}})\b")
# "03/02/2001 10:39": a pause between them
_DATE_AND_TIME = re.compile(
    r" (?=\d{1,2}:\d\d)(?:(?<=[/.-]20\d\d )|(?<=[/.-]19\d\d )|(?<=\d/\d\d/\d\d )|(?<=\d/\d/\d\d )|"
    r"(?<=[a-z,] 20\d\d ))"
)
_QUARTER = re.compile(r"\b([1-4])Q(\d\d)\b|\bQ([1-4])'(\d\d)\b")
_HALF_YEAR = re.compile(r"\b([12])H(\d\d)\b")  # 1H23
_AGED = re.compile(
    r"(?:(?<=[(,;\w–-] )|(?<=\())(c|ca|b|d|r|fl|div|(?<=\()m)\. ?(?=(?:ca?\. ?)?\d{3,4}\b)"
)  # "(b. 1530, d. c. 1584)"
_BORN = re.compile(
    rf"(?<![\w.])(?<!lan )(?<!tion )(?<!art )(?<!tem )(?<!ase )b\. "
    rf"(?=\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d|(?:{MONTH})\b)"
)
_AGED_HINT = re.compile(r"\. ?(?:c\. ?)?\d{3}")
_AGED_WORDS = pairs(TABLES["letters before years"])
_CENTURY = re.compile(r"(?<=\d(?:st|nd|rd|th))([ -])c\.(?= [A-Za-z]|,)")  # 5th c. BC, 20th-c. art
_SHORT_YEARS = re.compile(r"(?<!\w)'(\d\d)[-–]'(\d\d)\b")
_DECADE = re.compile(
    r"(?<![\w.,$£€])(?<!\dm )(?<!\dmin )(?<!\d min )(?<!mins )(?<!min\. )(?<!\b[Nn]o\. )('?)(\d{2}|"
    r"[12]\d{3})(?:(?<=0)'|(?<='\d\d)')?s\b|(?<=\bthe )()([1-9]\d0)s(?= (?:BC|AD|CE|b\.c|B\.C)|"
    r"[,.])"
)
# hundreds of games, "1000s of users"; but the 1000s
_MANY_OF = re.compile(
    r"(?<![\w.,$£€-])(?<!\b[Tt]he )(10{2,6}|10{0,2},000)'?s(?= of\b|(?<=000s) (?!of\b|and\b|to\b|"
    r"BC|AD|the\b)[a-z])"
)
_MANY_WORDS = {
    2: "hundreds",
    3: "thousands",
    4: "tens of thousands",
    5: "hundreds of thousands",
    6: "millions",
}
_AGES = re.compile(r"(?<![\w.,'-])([1-9]\d)-(?=[1-9][1-9]s\b)")  # 18-34s
_YEAR_MARK = re.compile(r"(?<=\b(?:19|20)\d\d-)'(?=\d\d\b)")  # 2024-'25
_DECADE_SPAN = re.compile(r"(?:(?<=\d0s)|(?<=\d0's))-(?='?\d{1,3}0'?s\b)")
_SHORT_YEAR = re.compile(r"(?<!\w)'(\d{2})\b(?!['\"])")
_ERAS = ("BC", "CE", "AD", "B.C", "A.D")
_ERA = re.compile(r"(?<![\w,.])(\d{1,4}) ?(BCE|BC|CE|AD|B\.C\.E?\.?|A\.D\.)(?!\w)")
_ERA_SPAN = re.compile(r"(?<![\w-])(\d{1,4}) ?- ?(?=\d{1,4} ?(?:BCE?|B\.C\.|CE|AD|A\.D\.))")
_ERA_FIRST = re.compile(r"\b(AD|A\.D\.) ?(\d{1,4})(?:-(\d{3,4}))?\b")
_YEAR_TO = re.compile(r"(?:the|in|from|The|From|^) 1[6-9]\d\d (?:to|through|until) $")
_SPAN = re.compile(r"(?<![\w-])(1[1-9]\d\d|20\d\d)-((?:1[1-9]|20)?\d\d)(?![\w-])")
_SEASON = re.compile(
    r"(?<![\w/.-])(1[89]\d\d|20\d\d)(?:/(\d\d?)|(?:(?<=\bin \d{4})|(?<=\blike \d{4})|"
    r"(?<=\bor \d{4})|(?<=\bof \d{4})|(?<=\bduring \d{4})|(?<=\bfor \d{4})|(?<=\bthe \d{4})|"
    r"(?<=\bsince \d{4}))-(\d))(?![\w/-]|\.\d)"
)  # 2004/05, 2003-4
# the year 2150, by 2100
_FAR_YEAR = re.compile(
    r"(\b[Yy]ear )(2[12]\d\d)(?![\w,.-]\d|\w)|(\b(?:[Bb]y|[Uu]ntil|[Tt]hrough|[Ii]n) )(2[12]\d\d)"
    r"(?=[.,;)]|$| (?:when|and|or|the|as|will|would|may|could|if|under|at|to|is|it|[a-z]+ may)\b)"
    r"(?![.,]\d)"
)
_YEAR = re.compile(r"(?<![\w.,$£€#-])(1\d{3}|20\d\d)(?![\d,]\d|\.\d|[\w%°]| ?[%°]|-\d{4} [a-z])")
# "In 978, Bardas fled."
_EARLY_YEAR = re.compile(
    r"(In|By|Around|After|Before|Since|Until) ([1-9]\d\d)(?:(?=, | (?:he|she|it|they|the) )|"
    r"(?<=\bIn [1-9]\d\d)(?= [A-Z][a-z]+ (?:was|had|became|went|[a-z]{2,}ed)\b))"
)
# Al-Biruni (973-1050), "(1008-1074)", "from 1073 to 1074"
_LIVED = re.compile(
    r"(?<=[a-z'’])( \((?:(?:circa|born) )?)([5-9]\d\d|10\d\d)(?:-| to )(1[01]\d\d|"
    r"[6-9]\d\d)(?=[);])"
)
_FROM_EARLY = re.compile(
    r"\b([Ff]rom|[Bb]etween) (10\d\d) (to|and) (10\d\d|11\d\d)(?=[,.;)]|$| [a-z])(?! (?:of|people|"
    r"men|[a-z]+s)\b)"
)
_COMPACT = re.compile(
    r"(?<![\w.,#/-])((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:(?=:(?: |$))|"
    r"(?<=(?:after|since|until|build|dated) \d{8})(?![\w-]|[.,]\d))"
)  # 20250411: released
_PRE_YEAR = re.compile(
    r"(\b(?:[Pp]re|[Pp]ost|[Mm]id|[Ee]arly|[Ll]ate)-)(1[1-9]\d\d|20\d\d)(?![\w-])"
)
_STRONG = re.compile(
    r"(?:\b(?:in|since|until|till|year|early|late|circa|during|copyright|class of|"
    r"fiscal(?: years?)?|(?:months?|weeks?|quarters?|(?:first|second|latter) half|end|start|"
    r"beginning|rest) of|(?:late|early|back|recently) as|(?:dat(?:es?|ed|ing)|goes|went|"
    r"stretch(?:es|ed)?|trace[sd]?) back to|(?:earthquake|letter|war|treaty|act|"
    r"spring|summer|autumn|fall|winter|election|crisis|panic|crash|revolution|revolt|fire|flood|"
    r"storm|hurricane|blizzard|edition|constitution|law|census|exhibition|expedition|olympics|"
    r"depression|recession|epidemic|massacre|uprising|report|mutiny) of)|"
    r"\bfiscal (?:years? )?\d{4} (?:to|and|through)) $",
    re.I,
)
_COUNTED = re.compile(
    r" (?!was\b|is\b|his\b|has\b|as\b|its\b|this\b|does\b|\w+(?:ss|us|is)\b|(?:series|means|"
    r"earnings|news|starts|begins|dawns|unfolds|draws|comes|brings|looks|seems|"
    r"marks the)\b)[a-z]{2,}s\b"
)
_EVENTS = re.compile(
    r" (?:elections?|sales|games|tours|results|finals|playoffs|championships|awards|models|rules|"
    r"riots|floods|protests|attacks|guidelines|estimates|figures|statistics|prices|levels|"
    r"regulations|budgets|amendments|events|accords|talks|reforms|wildfires|sessions|revenues|"
    r"profits|prospects|plans|expenditures|capital expenditures|hopes|campaigns|primaries|"
    r"midterms)\b"
)
_OF_A_YEAR = re.compile(
    r"(?:\b(?:the|this|that|its|his|her|their|our|a|an|early|late|mid|reports|reported|expects?|"
    r"sees|forecasts?|full[- ]year)|'s) $",
    re.I,
)
# "the 2025 polls", "fourth quarter 2020 results", "2024 or 2025 elections"
_DATED = re.compile(
    r"(?:\b(?:[Tt]he|[Aa]ll|[Tt]his|[Ii]ts|[Tt]heir|[Oo]ur|[Hh]is|[Hh]er|[Yy]our|[Mm]y|quarter|"
    r"half|[qQ][1-4]|full[- ]year|months|of|[12]\d{3} (?:or|and|to))|'s|(?<=[a-z] )[A-Z][a-z]+) $"
)
_SUM = re.compile(
    r"\b(?:total|number|sum|group|sets?|list|sample|average|maximum|minimum|[Aa]ll|out|many|most|"
    r"some|each|any|none|one|population|consists?|consisting|made up|in favor|collection|database|"
    r"corpus) of $"
)
_PEOPLE = re.compile(
    r" (?:people|men|women|\w*children|percent|more|square|sheep|fish|of|per|or so)\b(?!['’])"
)


def expand(text: str) -> str:
    """Every date in words; what may be a year or a count is settled by its neighbours."""
    has_digits = "0" in zeros(text)
    has_month = holds(zeros(text), _MONTH_STARTS) and _MONTH_LIKE.search(text) is not None
    if has_digits and has_month:
        if "AAA" in shape(text):
            text = _SHOUTED_DAY.sub(lambda m: DAYS[m[0].capitalize()], text)
        text = _MONTH_LIKE.sub(_month_case, text)
        if "-" in text or "/" in text or ".0" in zeros(text):
            text = _DAY_MONTH_YEAR.sub(_day_month_year, text)
        if ":" in text:
            text = _DAY_SHORT_YEAR.sub(_day_month_year, text)
        if "-" in text:
            text = _MONTH_DASH_YEAR.sub(lambda m: f"{_full(m[1])} ", text)
    if has_digits and "(" in text and "-1" in text:
        text = _LIVED.sub(_lived, text)
    if "00000000" in zeros(text):
        text = _COMPACT.sub(lambda m: date(int(m[2]), int(m[3]), m[1]), text)
    if has_digits and has_month:
        if "a, 0" in shape(text):
            text = _MONTH_COMMA.sub(r"\1. ", text)
        if "-" in text:
            text = _MONTH_DASH.sub(lambda m: f"{m[1]} {m[2]}" + (f", {m[3]}" if m[3] else ""), text)
    if has_month and has_digits and "/" in text:
        text = _MONTH_SLASH_YEAR.sub(_month_slash_year, text)
    if has_month:
        text = _MONTH_LIST.sub(_month_list, text)
        text = _ABBREVIATED.sub(_long_month, text)
        if "-" in text or "/" in text:
            text = _MONTHS_SHORT.sub(_months_short, text)
        text = _MONTH_TO_MONTH.sub(lambda m: f"{_full(m[1])}{m[2]}{_full(m[3])}", text)
        text = _IN_MONTH.sub(_in_month, _IN_NAME_OF_MONTH.sub(_in_month, text))
        text = _OF_MONTH.sub(lambda m: f"{_in_month(m)} ", text)
        if "-" in text:
            text = _MONTHS_SPAN.sub(r"\1 to ", text)
    text = weekdays.expand(text)
    if not has_digits:
        return text
    if "0 0" in zeros(text) and ":" in text:
        text = _DATE_AND_TIME.sub(", ", text)
    if "c." in text:
        text = _CENTURY.sub(lambda m: m[1] + "century", text)
    if "-'" in text or "–'" in text:
        text = _YEAR_MARK.sub("", text)
        text = _SHORT_YEARS.sub(r"'\1 to '\2", text)
    if "." in text:
        if "b. " in text:
            text = _BORN.sub("born ", text)
        if _AGED_HINT.search(text):
            text = _AGED.sub(lambda m: f"{_AGED_WORDS[m[1]]} ", text)
    near = zeros(text)
    if "/0" in text or "/1" in text:
        text = _SHORT_SEASON.sub(_short_season, text)
    if "0/0" in near or "0-0" in near or ".0.0" in near or ".00.0" in near:
        if has_month and "/" in text:
            text = _DAYS_SLASH.sub(_days_slash, text)
        text = numeric_dates.expand(text)
    if holds(zeros(text), ("0 th ", "0 nd ", "0 rd ", "0 st ")):
        text = _ENDING_APART.sub("", text)
    if "-0" in zeros(text) or "-'" in text or "0- 0" in zeros(text):
        text = _QUARTER_YEAR.sub(r"\1 ", _SPACED_YEARS.sub("-", text))
        if "9-11" in text:
            text = _NINE_ELEVEN.sub("nine eleven", text)
    if "0000" in zeros(text) and (" - " in text or " – " in text or " — " in text):
        text = _YEARS_APART.sub(_years_apart, text)
    if "Q" in text:
        text = _QUARTER.sub(_quarter, text)
    if "0h00" in zeros(text):
        text = _HALF_YEAR.sub(_half_year, text)
    if has_month:
        if "0,0000" in zeros(text):
            text = _MONTH_GLUED.sub(r"\1, ", text)
        if "and" in text or "&" in text or " / " in text:
            text = _TWO_DAYS.sub(_two_days, text)
            text = _DAYS_MONTH.sub(_days_month, text)
        near = zeros(text)
        if "-0" in near or "- 0" in near or "to 0" in near:
            text = _RANGE_MONTH.sub(_range_month, _DAY_RANGE.sub(_day_range, text))
        if "/" in text:
            text = _SLASH_DAY.sub(
                lambda m: f"{m[1]} {ordinal(int(m[2]))}, {ordinal(int(m[3]))}", text
            )
        if "-" in text or "–" in text:
            text = _MONTH_SPAN.sub(" to ", text)
        if _DAY_BEFORE_MONTH.search(zeros(text)):
            text = _DAY_MONTH.sub(_day_month, text)
        text = _MONTH_DAY.sub(_month_day, text)
        if "0000" in zeros(text):
            text = _MONTH_YEAR.sub(lambda m: f"{m[1]} {year(int(m[2]))}", text)
    if holds(text, _ERAS):
        if "-" in text:
            text = _ERA_SPAN.sub(lambda m: f"{year(int(m[1]))} to ", text)
        text = _ERA.sub(lambda m: f"{year(int(m[1]))} {_letters(m[2])}", text)
        text = _ERA_FIRST.sub(
            lambda m: f"a.d. {year(int(m[2]))}" + (f" to {year(int(m[3]))}" if m[3] else ""), text
        )
    if "00s" in text or "00's" in text:
        text = _MANY_OF.sub(lambda m: _MANY_WORDS[m[1].count("0")], text)
    if "0s" in zeros(text) or "0's" in zeros(text):
        text = _AGES.sub(r"\1 to ", text)
        text = _DECADE.sub(_decade, _DECADE_SPAN.sub(" to ", text))
    if "'00" in zeros(text):
        text = _SHORT_YEAR.sub(lambda m: f"{_two_digit_year(m[1])}", text)
    return text


def expand_years(text: str) -> str:
    """What is left of numbers from 1100 to 2099 that read as years; after money and units."""
    if "000" not in zeros(text):
        return text
    if "-" in text:
        text = _TO_NOW.sub(r"\1 to ", text)
        text = _PRE_YEAR.sub(lambda m: f"{m[1]}{year(int(m[2]))}", text)
        text = _SPAN.sub(_span, text)
    if "/" in text or "-" in text:
        text = _SEASON.sub(_season, text)
    if "10" in text:
        text = _FROM_EARLY.sub(_from_early, text)
    if "21" in text or "22" in text:
        text = _FAR_YEAR.sub(lambda m: (m[1] or m[3]) + year(int(m[2] or m[4])), text)
    text = _EARLY_YEAR.sub(_early_year, text)
    return _YEAR.sub(_year, text)


def _short_season(match: re.Match[str]) -> str:
    first, last = int(match[1]), int(match[2])
    if last != first + 1:
        return match[0]
    return f"{two_digits(first)} {two_digits(last)}"


def _long_month(match: re.Match[str]) -> str:
    glued = match.string[match.end() : match.end() + 1].isdigit()  # Nov.28
    return SHORT_MONTHS[match[1]] + (" " if glued else stop_at_end(match))


def _in_month(match: re.Match[str]) -> str:
    return match[1] + SHORT_MONTHS[match[2]]


def _months_short(match: re.Match[str]) -> str:
    return f"{_full(match[1])}{' to ' if match[2] == '-' else '/'}{_full(match[3])}"


def _full(month: str) -> str:
    return SHORT_MONTHS.get(month, month)


def _month_slash_year(match: re.Match[str]) -> str:
    month = SHORT_MONTHS.get(match[1], match[1])
    return f"{month} {match[2]}, {match[3]}" if match[2] else f"{month} {match[3]}"


def _month_list(match: re.Match[str]) -> str:
    return re.sub(r"([A-Z][a-z]+)\.?", lambda m: SHORT_MONTHS.get(m[1], m[0]), match[0])


def _month_case(match: re.Match[str]) -> str:
    """Next to a day or a year a month is one, however it is written."""
    text, month = match.string, match[0]
    if month[0].isupper() and month[1:].islower():
        return month
    if month.isupper():
        day = _DAY_IN_CAPITALS.match(text, match.end())
        if day and (month != "MAY" or day[0][-1] == "."):
            return month.capitalize()
    near = _WITH_YEAR if month.lower() in ("may", "march") else _BEFORE_DAY
    before = ahead(match, 2)
    day_before = len(before) == 2 and before[0].isdigit() and before[1] == " "
    if near.match(text, match.end()) or (day_before and near is _BEFORE_DAY):
        return month.capitalize()
    return month


def _day_month_year(match: re.Match[str]) -> str:
    day, _, month, in_year = match.groups()
    if len(in_year) == 2:
        in_year = ("19" if int(in_year) > 50 else "20") + in_year
    return f"{SHORT_MONTHS.get(month, month)} {int(day)}, {in_year}"


def _years_apart(match: re.Match[str]) -> str:
    """ "(1918 - 1950)" is one span; a later year before an earlier one is none."""
    return f"{match[1]}-{match[2]}" if match[1] < match[2] else match[0]


def _day_range(match: re.Match[str]) -> str:
    month, first, last, comma, in_year = match.groups()
    spoken = f"{month} {ordinal(int(first))} to {ordinal(int(last))}"
    return f"{spoken}{comma or ''} {year(int(in_year))}" if in_year else spoken


def _two_days(match: re.Match[str]) -> str:
    month, first, last = match.groups()
    if int(last) <= int(first):
        return match[0]
    return f"{month} {ordinal(int(first))} and {ordinal(int(last))}"


def _days_month(match: re.Match[str]) -> str:
    the, first, first_is_nth, last, last_is_nth, month, in_year = match.groups()
    sure = first_is_nth or last_is_nth or the or ahead(match, 8).endswith(("on ", "between "))
    if int(first) >= int(last) or not sure:
        return match[0]
    days = f"{the or 'the'} {ordinal(int(first))} and {ordinal(int(last))} of {month}"
    return f"{days} {year(int(in_year))}" if in_year else days


def _range_month(match: re.Match[str]) -> str:
    the, first, last, month, in_year = match.groups()
    day = _DAY_BEHIND.match(behind(match))
    if not the and day and (int(first) >= int(last) or int(day[0]) < 20):  # won 3-1 Oct. 18
        return match[0]
    spoken = f"{the or 'the '}{ordinal(int(first))} to the {ordinal(int(last))} of {month}"
    return f"{spoken} {year(int(in_year))}" if in_year else spoken


def _days_slash(match: re.Match[str]) -> str:
    first, last = int(match[1]), int(match[2])
    return f"the {ordinal(first)} and {ordinal(last)} of" if first < last else match[0]


def _quarter(match: re.Match[str]) -> str:
    number, in_year = match[1] or match[3], match[2] or match[4]
    the = "" if ahead(match, 4).lower() == "the " else "the "
    return f"{the}{ordinal(int(number))} quarter of {_in_two_digit_year(in_year)}"


def _half_year(match: re.Match[str]) -> str:
    return f"the {ordinal(int(match[1]))} half of {_in_two_digit_year(match[2])}"


def _letters(era: str) -> str:
    return "".join(f"{c}." for c in era.lower() if c.isalpha())


def _month_day(match: re.Match[str]) -> str:
    spoken = f"{match[1]} {ordinal(int(match[2]))}"
    return f"{spoken}, {year(int(match[4]))}" if match[4] else spoken


_OF_HOLIDAY = re.compile(
    r" (?:fireworks|parades?|weekends?|celebrations?|holidays?|part(?:y|ies)|picnics?|cookouts?|"
    r"barbecues?|BBQs?|sales?|festivals?|concerts?|events?|traditions?|specials?)\b"
)


def _day_month(match: re.Match[str]) -> str:
    the, day, month, comma, in_year = match.groups()
    if month == "may" or month == "march":  # verbs: "the 5 may go"
        return match[0]
    before = ahead(match, 24)
    if before[-1:] == "-" and not in_year and _DAY_BEHIND.match(behind(match)):
        return match[0]
    if in_year and _ISSUE.search(before):  # Volume 37, Number 1 September 2007
        return f"{cardinal(int(day))}, {month} {year(int(in_year))}"
    # "4th of July fireworks"
    of_holiday = day == "4" and month == "July" and _OF_HOLIDAY.match(match.string, match.end())
    the = the or ("" if of_holiday or _ONE_OF_MANY.search(before) else "the ")
    spoken = f"{the}{ordinal(int(day))} of {month}"
    return f"{spoken}{(comma or '').strip()} {year(int(in_year))}" if in_year else spoken


def _decade(match: re.Match[str]) -> str:
    quote, digits = match[1] or "", match[2] or match[4]
    if len(digits) > 2:
        return plural(year(int(digits)))
    if digits[1] != "0" and not quote:
        return f"{plural(cardinal(int(digits)))}"
    return plural(cardinal(int(digits)))


def _in_two_digit_year(digits: str) -> str:
    """ "the second quarter of twenty-two", but "of two thousand five"."""
    return year(2000 + int(digits)) if digits[0] == "0" else cardinal(int(digits))


def _two_digit_year(digits: str) -> str:
    return "oh " + cardinal(int(digits)) if digits[0] == "0" else cardinal(int(digits))


def _span(match: re.Match[str]) -> str:
    end = match[2]
    spoken = _two_digit_year(end) if len(end) == 2 else year(int(end))
    return f"{year(int(match[1]))} to {spoken}"


def _season(match: re.Match[str]) -> str:
    first, last = int(match[1]), match[2] or match[3]
    if (first + 1) % 10 ** len(last) != int(last):
        return match[0]
    joint = " to" if match[3] else ""
    return f"{year(first)}{joint} {_two_digit_year(f'{(first + 1) % 100:02}')}"


def _lived(match: re.Match[str]) -> str:
    first, last = int(match[2]), int(match[3])
    if not 15 < last - first < 110:
        return match[0]
    return f"{match[1]}{year(first)} to {year(last)}"


def _from_early(match: re.Match[str]) -> str:
    word, first, join, last = match.groups()
    if int(first) >= int(last):
        return match[0]
    return f"{word} {year(int(first))} {join} {year(int(last))}"


def _early_year(match: re.Match[str]) -> str:
    begins = match.start() == 0 or match.string.endswith((". ", "! ", "? "), 0, match.start())
    return f"{match[1]} {year(int(match[2]))}" if begins else match[0]


def _is_dated(match: re.Match[str], before: str, after: str) -> bool:
    """Whether what is named has its year before it, and is not so many."""
    recent = "1950" < match[1] < "2040" and not match[1].endswith("00")
    if not recent or _PEOPLE.match(after) or not _DATED.search(before):
        return False
    return _SUM.search(before) is None


def _year(match: re.Match[str]) -> str:
    before = ahead(match)
    after = behind(match)
    early = match[1] < "1100"
    counted = early or _COUNTED.match(after) or _PEOPLE.match(after)
    if counted and match[1] >= "1900" and _EVENTS.match(after) and _OF_A_YEAR.search(before[-12:]):
        counted = None
    if counted and _is_dated(match, before, after):
        counted = None
    if counted and not _STRONG.search(before[-24:]) and not _YEAR_TO.search(before):
        return match[0]
    return year(int(match[1]))
