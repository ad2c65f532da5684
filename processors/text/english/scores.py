"""Scores of games where the words next to them name the game: cricket's "318/8" and "4-66"; and
of tests: "1480/1600".
"""

from __future__ import annotations

import re

from recital.processors.text.english.outline import shape, zeros
from recital.processors.text.english.words import (
    ahead,
    around,
    behind,
    cardinal,
    in_hundreds,
    ordinal,
    pairs,
)

_CRICKET = re.compile(
    r"\b(?:[Ww]ickets?|wkts?|\d ov|[Oo]vers|[Bb]atsm[ae]n|[Cc]ricket|[Ss]tumps|[Ss]eamers?|ODIs?|"
    r"T20I?s?|IPL|not out|all out|bowled|[Bb]owlers?|[Bb]owling(?! (?:alley|league|ball|night|"
    r"green))|[Ss]pells? (?:of \d|from [A-Z\d])|figures of \d/\d+|run chase|(?:leg|off)[- ]spin|"
    r"lbw|leg stump|off stump|by an innings|Ashes|took \d/\d\d|Test (?:[Ss]eries|[Mm]atch))\b|"
    r"\b\d{2,3} for \d\b|\d\*[ ,;)]|\b\d{2,3}/\d0? \([A-Z]"
)
_TOTAL = re.compile(
    r"(?<![\w/.,$-])(?!24/7|20/20)(\d{2,3}(?=/)|\d{3}(?=-))[/-](\d|10)(?:(d)(?:ec)?\b)?(?![\w/-]|"
    r"[.,]\d)"
)  # runs, wickets
_DECLARED = re.compile(r"(?<=\d{2} for \d) dec\b\.?(?! \d)")
# Wickets, runs: behind a name.
_FIGURES = re.compile(
    r"\b((?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|On\b|By\b)[A-Z][\w'’]+ )(\d|"
    r"10)[/-](\d{2,3})(?![\w/-]|[.,]\d)"
)
_ANALYSIS = re.compile(r"(?<![\w.-])\d{1,2}(?:\.\d)?-\d{1,2}-\d{1,3}-\d{1,3}(?![\w-]|\.\d)")
# a 3x All-Star
_HONORS = re.compile(
    r"(?<![\w.,])(\d{1,2})x (?=All-|[Cc]hampion|[Ww]inner|MVP|Olympi|Pro Bowl|Grammy)"
)
# of a test: 1480/1600
_TEST = re.compile(
    r"(?<![\w/.,$-])(\d{2,4})/(100|200|300|400|500|800|1000|1600|2400)(?![\w/]|[.,]\d)"
)
# of horses: the 9/2 favourite, an 8/1 shot
_ODDS = re.compile(
    r"(?<![\w/.,$-])([1-9]\d?)/([1-9]|11)(?= (?:favou?rite|outsider|(?<!\b[1-5]/[3-8] )shot)s?\b)"
)
_DASHED_ODDS = re.compile(
    r"(?<![\w/.,$-])(?:(?<=went off at )|(?<=sent off at )|"
    r"(?=[\d-]+ odds\b))([1-9]\d?)-([1-9])\b(?!-)"
)
_PAIR = re.compile(r"\d(?:[/-]\.?\d|w\b|no\b)|\*|\d dec\b")
_NOT_OUT = re.compile(r"(?<=\d)(?:\*|no)(?=[\s,.;)])")
# "10o, 24r, 4w": overs, runs, wickets
_OVERS = re.compile(r"(?<![\w.,])(\d{1,2}(?:\.\d)?)o,? (\d{1,3})r,? (\d|10)w\b")


# "improved to 12-3", "a 10-2 record", "the Reds (41-38) beat": wins and losses. Whether two numbers
# are a record or a score is decided by what is before and behind them.
_RECORD = re.compile(
    r"(?<![\w.,/$£€-])(\d{1,3})-(\d{1,3})(-\d{1,2})?(?![\w/%-]|[.,-]\d|°)(?! (?:other|more|feet|"
    r"people|inches|places|points|teams|years|days|hours|minutes|percent|degrees|miles|lead|"
    r"advantage|victory|win|loss|defeat|draw|decision|vote|ruling|score|final|upset|rout|to\b|up\b|"
    r"down\b|over\b(?! (?:its|their|his|her|the) (?:last|past)))\b)"
)
_NAMED_RECORD = re.compile(
    r"(?:, (?:\d{1,2}\.\d\d ERA|\d+ KOs?\b)| (?:record|ATS\b|overall|mark\b|campaign|all-time|"
    r"season(?! (?:opener|finale|premiere|debut)| series)|in the regular season|"
    r"in (?:[a-z-]+ )?play\b|(?:on|for) the (?:season|year)|\(\d+ KOs?\)|\(\d+-\d+(?:,? in|"
    r",? [A-Z])|(?:in )?(?:the )?(?:SEC|ACC|AFC|NFC|MAC|WAC|Pac-1\d|Big (?:Ten|East|Sky|12))\b|"
    r"in (?:(?:the|their|its) )?(?:conference|league|division)))"
)
_START = re.compile(r" (?:start|finish|homestand|road trip)\b")
_ONES_START = re.compile(r"(?:\b(?:an?|the|their|its|his|her|our)(?: [a-z]+)?|['’]s?) $")
_TO_RECORD = re.compile(
    r"\b(?:(?:drop|advanc|improv|mov|lift|boost|rais|even|push)\w*(?: (?:the|their|its|his|"
    r"our))?(?: [A-Z][\w']+| them| team| record| club){1,2} (?:to|at)|(?:[Ii]mprov(?:e|ed|es|ing)|"
    r"[Dd]rop(?:s|ped|ping)?|[Rr](?:ises?|ose)|[Ff](?:ell|alls?|alling)|[Mm]ov(?:e|ed|es|ing)|"
    r"[Ss]lip(?:s|ped)?|[Gg]o(?:es)?) to|(?:record|mark) (?:(?:[\w'.]+ ){1,6}(?:at|is)|of|is|was|"
    r"to|at)|(?:start|open|beg[aiu]n|finish|end|clos)\w* (?:the|their|its|his|our|an?|this|"
    r"last)(?: \d{4}| [a-z]+)? (?:season|year|campaign)(?: at)?|(?:[Ss]tart(?:ed|s)|"
    r"[Bb]egan)(?: out| off)?|(?:sit|stand|stood|sat|are|is|was|were|now)s? at|(?:sits?|stands?|"
    r"stood|sat)|(?<=\. )At|(?<=^)At)(?: just| only)? $"
)
_IS_RECORD = re.compile(
    r"(?:\b(?:is|are|was|were|been|went|gone?|goes|now|finish(?:ed|es)?)|['’](?:s|re))(?: now|"
    r" just| only| still| already| a combined| a perfect)? $"
)
_WHEN = re.compile(
    r"(?: (?:at home|on (?:clay|grass|hard courts?)|on the (?:road|trip|week|year|season)|"
    r"away(?! from)|this|there|against|vs|versus|when|since|as an?|with an? \d|with (?:him|her)|"
    r"for the first time|under [A-Z]|last (?:season|year)|in (?:the )?(?:play-?offs?|postseason|"
    r"overtime|shootouts?)\b|(?:in|over) (?:their|its|his|her|our|the) (?:last|past|first|final|"
    r"[A-Z])|in (?:\d{4}|[A-Z][a-z]+)|and (?:\d+-\d+|(?:[a-z]{3,}(?:ed|ing)|ha[sd]|have|sits?|"
    r"leads?|in|on|first|second|third|No\.|number)\b))|[.,;](?!\d)|$)"
)
_OF_A_GAME = re.compile(
    r"\b(?:[Gg]ame|[Ii]t|[Mm]atch|[Ss]core|[Cc]ount|[Tt]his|[Tt]hat|final|which)(?: (?:is|was)|"
    r"['’]s)(?: now| just| only| still| already)? $"
)
# "Lincoln (8-1, 4-0 SEC)": of all games, and of those of the league
_TWO_RECORDS = re.compile(
    r"(?<=[A-Za-z] \()(\d{1,2})-(\d{1,2})(-\d)?, (\d{1,2})-(\d{1,2})(-\d)?"
    r"(?=(?:,? [A-Z][\w .-]+)?\))"
)
_OVERALL = re.compile(r"\(\d+ and (?:\d+|oh), $")  # (11 and 4, 3-1)
_BEATEN = re.compile(
    r"\b(?:won|lost|beat\w*|wins?|defeat\w*|victory|loss|draw|drew|triumph)"
    r"(?: an?| by| [A-Z][\w'’.]*)* $"
)
_TEAM = re.compile(
    r"\b(?!(?:Chapter|Psalms?|Romans|Senate|House|Court|Boys|Girls|Children|Kids|Adults|Men|Women|"
    r"Ages|Grades|Pages|Figures?|Tables?|One|Two|Three|[A-Z][a-z]+day|Open|"
    r"Hours)\b)[A-Z][\w'’.&-]*$"
)
# What is counted so and no game: a vote, a bet, what is sold for what
_NO_GAMES = re.compile(
    r"\b(?:[Ss]cores?|[Aa]ggregate|[Ss]eries|[Vv]ot(?:e[ds]?|ing)|[Oo]dds|[Rr]atios?|[Rr]ates?|"
    r"[Ss]enate|[Cc]ourt|[Cc]ongress|[Bb]ill|[Mm]ajority|[Ll]ed|[Ll]eads?|[Dd]os(?:es?|age))\b"
)
_TALL = re.compile(
    r"(?<![\w.,-])([4-7])-(\d|1[01])(?=,? \d{3}[- ](?:pounds?|lbs?)\b|,? (?:[a-z]+-handed |(?:Jr|"
    r"Sr|So|Fr|R-?Fr|junior|senior|sophomore|freshman)\.? )?(?:point |shooting |small |"
    r"power )?(?:guard|forward|center|wing|pitcher|righty|lefty|right-hander|left-hander|lineman|"
    r"quarterback|linebacker)\b)"
)  # a 6-1, 205-pound guard
# "a 3-2 count", "4-2 on pens"; "28/37, 320 yds"
_COUNT = re.compile(
    r"(?<![\w.,/$-])(?:([0-3])-([0-2])(?= (?:counts?|pitch|curveball|fastball|slider|changeup|"
    r"sinker|cutter|splitter)\b)|(\d{1,2})-(\d{1,2})(?= on pen(?:s|alties)\b)|"
    r"(?<=\bset and )([1-6])-([1-6])(?![\d-]))"
)
_PASSES = re.compile(
    r"(?<![\w.,/$-])(\d{1,2})/(\d{1,2})(?=,? (?:for )?\d{2,3} (?:passing )?(?:yds|yards)\b)"
)
# "drew 1-1", "a 2-2 tie", "City 0-0 Rovers"
_DRAWN = re.compile(
    r"(?=\d{1,2}-\d)(?<![\w.,/$-])(?:(?<=drew )|(?<=draw )|(?<=drawn )|(?<=tied )|(?<=tied at )|"
    r"(?<=ended )|(?<=finished )|(?<=level at )|(?<=\ba )|"
    r"(?<=[a-z] (?=\d{1,2}-\d{1,2} [A-Z][a-z])))(\d{1,2})-\1(?![\w-]|[.,]\d|"
    r" (?:Mon|Tues?|Wed|Thu|Fri|Sat|Sun)(?:[a-z]*day)?\b)(?<!\ba \d-\d(?! draw|"
    r" tie| stalemate| deadlock))"
)
# Gaelic games: goals and points, "2-6 to 1-7", "1-4 each", "2-6 (0-5f)"
_GOALS_POINTS = re.compile(
    r"(?<![\w.,/$£€-])(\d{1,2})-(\d{1,2})((?: ?\(\d-\d{1,2}f\))?(?: to )| each\b(?! (?:time|other|"
    r"of)\b)|(?= ?\(\d-\d{1,2}f))(?:(\d{1,2})-(\d{1,2})(?![\w/-]|[.,]\d| (?:weeks?|days?|hours?|"
    r"months?|years?|minutes?|times|inches|feet|cups?|percent)\b))?"
)
_LED = re.compile(r"\b(?:by|lead|led|leading|scoreline of|score of|win|was|in front|ahead) $")
_ANY_GOALS_POINTS = re.compile(r"(?<![\w.,/$£€–-])(\d)-(\d{1,2})(f?)(?![\w/%-]|[.,]\d)")
_GAELIC = re.compile(
    r"\b(?:GAA|TG4|All-Ireland|[SIJM][FH]C|[Hh]url(?:ing|ers?)|[Cc]amogie|Gaelic football|Ulster|"
    r"Munster|Leinster|Connacht|Fermanagh|Tyrone|Kilkenny|Tipperary|Roscommon|Monaghan|Clonmel|"
    r"Croke Park)\b"
)
_POINTS_OF_SCORE = re.compile(
    r"\b(?:[Ll]ed|[Ll]ead|[Tt]rail\w*|ahead|behind|level\w*|front|half-?time|break|interval|"
    r"scor\w+|champion\w*|final|win|won|beat|victory|draw)\b"
)
# "at 30-40" in tennis
_TENNIS_POINTS = re.compile(r"(?<![\w.,/$£€-])(0|15|30|40)-(0|15|30|40)(?![\w/%-]|[.,]\d)")
_TENNIS = re.compile(
    r"\b(?:break point|game point|set point|match point|deuce|double[- ]faults?|"
    r"[Ss]erv(?:es|ed|ing) (?:at|for|out|to)|tie-?break\w*|Wimbledon)\b"
)
# "again on 3-8, incomplete": the down, and yards to go
_DOWN = re.compile(
    r"(\bon )([1-4])-(\d{1,2})(?=[,.;:)]|$| (?:from|at|and|with|but|the)\b)(?![.,]\d)"
)
_OF_DOWNS = re.compile(
    r"\b(?:incomplet\w+|punt(?:s|ed)?|first down|quarterback|QB|snap|sack(?:s|ed)?|interception|"
    r"touchdown|end zone|yard line)\b"
)
# Australian rules: goals and behinds, "kick 5.3 to 1.1"
_KICKED = re.compile(
    r"\b(kick(?:s|ed|ing)? |going |(?<=\d \d) to |(?<=\d \d\d) to )(\d{1,2})\.(\d{1,2})(?![\w%]|"
    r"[.,]\d)(?= to \d|[.,;]|$| (?:until|to|in|at|by|from|for|and|before|after|while|but|as)\b)"
)
# "14.11 (95)": six points a goal
_TALLIED = re.compile(r"(?<![\w.,$£€])(\d{1,2})\.(\d{1,2}) \((\d{1,3})\)")
_OF_GOALS = re.compile(
    r"\b(?:AFL|MCG|term|goals?|behinds?|quarter|half-time|Essendon|Swans|Crows|Giants|Magpies|"
    r"Bulldogs|Demons|Collingwood|Geelong)\b"
)
_AGED = re.compile(r"(?<=\b[Bb]ig )([2-9])-[0oO]\b")  # the big 4-0
# "a combined 0-28", "went 0-4" of batters
_HITLESS = re.compile(
    r"(\b(?:went|[Gg]oing|was|is|are|were)(?: an?)?(?: combined| horrific)? )0-(\d{1,2})(?![\w-]|"
    r"[.,]\d| with an? \d)"
)
_SETS = re.compile(r"(?<=\b[0-7]-[0-7]),(?=[0-7]-[0-7]\b)")  # 6-1,6-3
# "6-3 6-4", "7-6 (7-5), 3-6": of a match in sets, the last of which may be unfinished
_SET = r"(?:6-[0-4]|[0-4]-6|7-[56]|[56]-7)"
_TIE = r"(?: ?\(\d{1,2}(?:-\d{1,2})?\))?"
_MATCH = re.compile(
    rf"(?<![\w.,/$£€-])(?<!\d ){_SET}{_TIE}(?:(?:,? | and ){_SET}{_TIE})*(?:(?:,? | and )(?:\d-\d|"
    rf"1\d-\d{{1,2}}|\d-1\d){_TIE})?(?![\w/-]|[.,]\d)"
)
_TWO_SETS = re.compile(r"\d-\d(?: ?\([\d-]+\))?(?:,? | and )\d")
_GAMES = re.compile(r"(\d{1,2})-(\d{1,2})")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_WHOLE = re.compile(rf"\b{_SET}\b")
_UNFINISHED = re.compile(r"\b(?:[Ll]ead(?:s|ing)?|[Ll]ed|[Tt]rail\w*|retire\w*|ahead|up|down)\b")
_VOTED = re.compile(r"\b(?:[Cc]ourts?|[Vv]ot(?:e[ds]?|ing)|[Jj]ustices|[Rr]ul(?:ed|ings?))\b")
_PLAYED = re.compile(
    r"\b(?:[Ww]on|[Ww]ins?|[Ll]ost|beat\w*|defeat\w*|def\.|d\.|sets?|seeds?|seeded|leads?|led|"
    r"match|past|overcame|tennis|final|over|victory)(?!\w)"
)
_THREE_POINT = re.compile(r"\b3-?PTs?\b")
_OF_GAMES = re.compile(
    r"\b(?:[Gg]ames?|[Ss]easons?|[Tt]eams?|[Ww]ins?|[Ww]on|[Ll]ost|[Ll]oss(?:es)?|[Cc]oach|"
    r"[Ll]eague|[Pp]layoffs?|[Vv]ictory|straight|record|beat|hosts?|visits?|faces?|plays?|defeated|"
    r"conference|division|innings?|title|[WL]P|ERA|tournament|travels?|swept|edged|snapped|SEC|ACC|"
    r"[Ss]coring|[Ss]cored|leads?|led|rebounds|quarter|half|[Rr]all(?:y|ied)|outscored)\b|"
    r"\d\) (?:at|vs\.?|@) [A-Z][^()]{2,30} \(\d+-\d"
)
_LONGEST, _FAR = 164, 48  # games of a season; characters
_STATISTICS = pairs("PTS points|REB rebounds|AST assists|STL steals|BLK blocks")
_STATISTIC = re.compile(rf"(?<=\d )({'|'.join(_STATISTICS)})\b")
# "9 HR and 30 RBI", a 2-run HR
_HOME_RUN = re.compile(
    r"(?:(?<=\d )|(?<=\d[snrt][tdh] )|(?<=-run )|(?<=-\d, ))HR(s?)\b(?=[,;.]|$| \(| &| (?:and|in|"
    r"with|"
    r"this|on|to|off)\b)"
)
# "7 IP, 3 H, 1 ER": of a pitcher
_PITCHED = re.compile(
    r"(?<![\w.,])(\d{1,3}(?: [12]/3|\.[012])?) (ER|IP|H|Ks?|BB|SO|SB|R)\b(?=[,;.)]|$| (?:and|in|on|"
    r"with|over)\b)"
)
_OF_PITCHERS = re.compile(r"\b(?:ERA|[Ii]nnings?|IP|[Bb]ullpen|[Pp]itched|[Ss]tarter|HR|RBI)\b")
_PITCHES = pairs(
    "ER earned run|IP inning|H hit|K strikeout|BB walk|SO strikeout|SB stolen base|R run"
)
_GAMES_SHORT = re.compile(r"(?<=\d )gms\b(?! of\b)(?:\.(?! *$))?")
_PLAYING = re.compile(
    r"\b(?:[Ww]on|[Ll]ost|[Mm]issed|last|next|first|[Gg]oals?|[Ss]eason|[Tt]eam|pts|[Pp]layed|"
    r"[Ss]tarted|straight|past|leads?|trail|[AN]FC|[AN]L)\b"
)
# "Ohtani (L, 5-3)", ".287/.351/.489"
_DECIDED = re.compile(r"(?:(?<=\(W, )|(?<=\(L, ))(\d{1,2})-(\d{1,2})(?=\))")
# K/9, BB/9 of pitchers
_PER_NINE = re.compile(r"(?<![\w/])([Kk]s?|BB|HR|[Hh])/9(?![\w/]|[.,]\d)")
_SLASHED = re.compile(r"(?<![\w.])\.(\d{3})/\.(\d{3})/\.(\d{3})(?!\d)")
# "a winning throw of 174-6"
_THROWN = re.compile(
    r"((?:throw|mark|leap|jump|vault|heave|toss|best) of |[Cc]leared |went over )(\d{1,3})-(\d|"
    r"1[01])(?![\w-]|[.,]\d)"
)
# "T3 after 36 holes"
_TIED = re.compile(
    r"(?<!\bat )(?<!he )\bT([1-9]\d?)(?=[,.;)]|$| (?:at|after|with|in|on|for|and|"
    r"through|heading|going)\b)"
)
_OF_GOLF = re.compile(
    r"\b(?:[Hh]oles?|[Uu]nder|over par|[Ss]trokes?|[Bb]ird(?:ie|ied)s?|[Bb]ogeys?|"
    r"[Ll]eaderboard|L?PGA|Masters|[Gg]olf)\b"
)
# "dropped 40/10/8", "9-17 FG"
_LINE = re.compile(
    r"\b((?:[Dd]ropped|[Aa]verag\w+|[Pp]ut up|[Hh]ad(?= [2-6]\d/)|[Pp]osted|[Nn]otched|line of|"
    r"finished with) \d{1,2})/(\d{1,2})/(\d)(?![\w/]|[.,]\d)"
)
_SPLITS = re.compile(r"(?<![\w/.,])(\d\d)/(\d\d)/(\d\d)(?= (?:shooting|splits)\b)")
_SHOOTING = re.compile(
    r"(?<![\w.,/$-])(\d{1,2})-(\d{1,2})(?= (?:FGs?|3PT?s?|three-point|FTs?|from (?:the (?:"
    r"field|floor|line|free[- ]throw line|stripe)|three|deep|3|beyond|behind the)|"
    r"shooting(?! [a-z]+s\b| call))\b)"
)
# "8/8 FT", where shots are counted
_FREE_THROWS = re.compile(r"(\d[/-]\d{1,2}|\b(?:out of|for) \d{1,2}) FTs?\b")
_ONE_POINT = re.compile(r"(?<=\b1 )pt\b")
_OF_SHOTS = re.compile(r"\b(?:FGs?|3PT?s?|rebounds|points|pts|assists|shooting)\b")
_OF_BASEBALL = re.compile(
    r"\b(?:RBIs?|OPS|ERA|SB|stolen bases|bat(?:s|ted|ting)?|hit(?:s|ting|ter)?|innings?|[23]-run|"
    r"pitch\w*|homers?|MLB|Yankees|Red Sox|Dodgers|Mets|Cubs|Astros|Braves|Phillies|Orioles)\b"
)


def expand(text: str) -> str:
    """ "England 318/8 (Henry 4-84, Root 50*)" -> "England 318 for 8 (Henry 4 for 84, Root 50 not
    out)", in a text of cricket; before dates and fractions.
    """
    if "3PT" in text or "3-PT" in text:
        text = _THREE_POINT.sub("three-point", text)
    if "x " in text:
        text = _HONORS.sub(r"\1-time ", text)
    if " PTS" in text:
        text = _STATISTIC.sub(lambda m: _STATISTICS[m[1]], text)
    if " gms" in text and _PLAYING.search(text):
        text = _GAMES_SHORT.sub("games", text)
    if "0 A" in shape(text) and _PITCHED.search(text) and _OF_PITCHERS.search(text):
        text = _PITCHED.sub(_pitched, text)
    if "A0" in shape(text) and _TIED.search(text) and _OF_GOLF.search(text):
        text = _TIED.sub(lambda m: f"tied for {ordinal(int(m[1]))}", text)
    if ("kick" in text or "AFL" in text) and _OF_GOALS.search(text):
        text = _KICKED.sub(_kicked, _KICKED.sub(_kicked, text))
    if "1 pt " in text and " pts" in text:
        text = _ONE_POINT.sub("point", text)
    if " FT" in text and _OF_SHOTS.search(text):
        text = _FREE_THROWS.sub(r"\1 free throws", text)
    if "0 (0" in zeros(text):
        text = _TALLIED.sub(
            lambda m: m[0].replace(".", " ") if 6 * int(m[1]) + int(m[2]) == int(m[3]) else m[0],
            text,
        )
    if "/9" in text:
        text = _PER_NINE.sub(lambda m: f"{m[1]} per nine", text)
    if "HR" in text and _OF_BASEBALL.search(text):
        text = _HOME_RUN.sub(_home_run, text)
    if _PAIR.search(text) is None:
        return text
    if "/" in text:
        text = _ODDS.sub(r"\1 to \2", _SPLITS.sub(r"\1, \2, \3", text))
        text = _PASSES.sub(r"\1 of \2", _TEST.sub(_test, _LINE.sub(r"\1, \2, \3", text)))
    if "/." in text:
        text = _SLASHED.sub(lambda m: ", ".join(map(in_hundreds, m.groups())), text)
    if "-" in text:
        text = _THROWN.sub(r"\1\2 feet \3", text)
        text = _DECIDED.sub(lambda m: _won(m[1], m[2]), text)
        text = _AGED.sub(r"\1 oh", text)
        text = _DRAWN.sub(lambda m: f"{cardinal(int(m[1]))} {cardinal(int(m[1]))}", text)
        if "0-" in text and _OF_BASEBALL.search(text):
            text = _HITLESS.sub(r"\1oh for \2", text)
        text = _SHOOTING.sub(_shooting, _COUNT.sub(_count, text))
        given = _TALL.sub(r"\1 \2", text)
        text = _TWO_RECORDS.sub(_two_records, given) if "(" in text else given
        text = _RECORD.sub(_record, text)
        if text != given:
            text = _RECORD.sub(_another, text)
        text = _SETS.sub(", ", text)
        if _TWO_SETS.search(text):
            text = _MATCH.sub(_match, text)
        if "on " in text and _OF_DOWNS.search(text):
            text = _DOWN.sub(lambda m: f"{m[1]}{ordinal(int(m[2]))} and {m[3]}", text)
        if _TENNIS_POINTS.search(text) and _TENNIS.search(text):
            text = _TENNIS_POINTS.sub(_tennis_points, text)
    if " dec" in text:
        text = _DECLARED.sub(" declared", text)
    if "0w" in zeros(text):
        text = _OVERS.sub(r"\1 overs, \2 runs, \3 wickets", text).replace(" 1 wickets", " 1 wicket")
    if _CRICKET.search(text) is None:
        return text
    text = _FIGURES.sub(
        r"\1\2 for \3",
        _TOTAL.sub(lambda m: f"{m[1]} for {m[2]}{' declared' * bool(m[3])}", text),
    )
    if "-" in text:
        text = _ANALYSIS.sub(_analysis, text)
    return _NOT_OUT.sub(" not out", text)


def _pitched(match: re.Match[str]) -> str:
    whole, _, third = match[1].partition(".")  # 4.1 innings
    count = f"{whole} {third}/3" if third.strip("0") else whole
    return f"{count} {_PITCHES[match[2].rstrip('s')]}{'' if count == '1' else 's'}"


def _shooting(match: re.Match[str]) -> str:
    made, tried = int(match[1]), int(match[2])
    return f"{made} of {tried}" if made <= tried else match[0]


def _home_run(match: re.Match[str]) -> str:
    counted = ahead(match, 1) == " " and ahead(match, 2)[0].isdigit()
    return "home runs" if match[1] or (counted and ahead(match, 3) != " 1 ") else "home run"


def _another(match: re.Match[str]) -> str:
    """Where one is a record, so are "and 2-21 against", and "(9-3)" behind a team."""
    before, after = ahead(match, 24), behind(match)
    sure: object
    if before[-2:] == " (":
        sure = after[:1] == ")" and _TEAM.search(before[:-2])
    else:
        sure = before.endswith((" and ", " but ")) and _WHEN.match(after)
    return _won(*match.groups()) if sure else match[0]


def _won(wins: str, losses: str, ties: str | None = None) -> str:
    """("12", "0") -> "12 and oh", ("12", "4", "1") -> "12, 4 and 1"."""
    wins, losses = ("oh" if n == "0" else n for n in (wins, losses))
    return f"{wins}, {losses} and {ties.lstrip('-')}" if ties else f"{wins} and {losses}"


def _two_records(match: re.Match[str]) -> str:
    """Those of the league are no more; two sets of tennis, "(6-4, 6-2)", are none."""
    wins, losses, ties, won, lost, tied = match.groups()
    fewer = int(won) <= int(wins) and int(lost) <= int(losses)
    sets = re.fullmatch(f"{_SET} {_SET}", f"{wins}-{losses} {won}-{lost}")
    if not fewer or sets or not _TEAM.search(ahead(match, 24)[:-2]):
        return match[0]
    return f"{_won(wins, losses, ties)}, {_won(won, lost, tied)}"


def _count(match: re.Match[str]) -> str:
    """ "3-0 count" -> "three oh count", "4-2 on pens" -> "four two on pens"."""
    pair = [int(n) for n in match.groups() if n]
    return " ".join(cardinal(n) if n or match[3] else "oh" for n in pair)


def _test(match: re.Match[str]) -> str:
    top, bottom = int(match[1]), int(match[2])
    return match[0] if top >= bottom else f"{cardinal(top)} out of {cardinal(bottom)}"


def _match(match: re.Match[str]) -> str:
    """ "6-3 6-4" -> "six three, six four"; but "grades 2-6, 4-6"."""
    near, games = around(match), _IN_BRACKETS.sub("", match[0])
    if len(_GAMES.findall(games)) < 2 or _VOTED.search(near):
        return match[0]
    if len(_WHOLE.findall(games)) < 2 and _UNFINISHED.search(near) is None:
        return match[0]
    falls = any(int(first) > int(last) for first, last in _GAMES.findall(match[0]))
    if not falls and _PLAYED.search(near) is None:
        return match[0]
    sets = re.sub(r"(?<=[\d)]) (?=\d)", ", ", match[0])
    return _GAMES.sub(lambda m: f"{cardinal(int(m[1]))} {cardinal(int(m[2]))}", sets)


def expand_goals(text: str) -> str:
    """ "1-10 to 2-7" -> "one ten to two seven", in Gaelic games; before other senses of pairs."""
    text = _DASHED_ODDS.sub(r"\1 to \2", text)
    text = _GOALS_POINTS.sub(_goals_points, text)
    if "f)" in text or _GAELIC.search(text):
        text = _ANY_GOALS_POINTS.sub(_by_one, text)
    return text


def _goals_points(match: re.Match[str]) -> str:
    """ "2-6 to 1-7" -> "two six to one seven", where it is of a game; but "2-3 to 5-6 weeks"."""
    goals, points, join, *others = match.groups()
    pair = others[0] is not None and (match[0].find("0-") >= 0 or _GAELIC.search(around(match)))
    sure: object
    if join == " each":
        sure = (
            match.string[max(0, match.start() - 24) : match.start()]
            .rstrip()
            .endswith((" at", " an", " a", "level"))
        )
    else:
        sure = pair or others[0] is None or _LED.search(ahead(match, 16))
    if not sure or (join == " to " and others[0] is None):
        return match[0]
    if _POINTS_OF_SCORE.search(around(match)) is None:
        return match[0]
    first, last = (f"{_nil(a)} {_nil(b)}" if a else "" for a, b in ((goals, points), others))
    return first + join + last


def _nil(digits: str) -> str:
    return "nil" if digits == "0" else cardinal(int(digits))


def _by_one(match: re.Match[str]) -> str:
    if not match[3] and _GAELIC.search(around(match)) is None:
        return match[0]
    return f"{_nil(match[1])} {_nil(match[2])}{match[3] and ' frees'}"


def _tennis_points(match: re.Match[str]) -> str:
    first, last = ("love" if n == "0" else n for n in match.groups())
    return f"{first} all" if first == last else f"{first} {last}"


def _kicked(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]} {match[3]}"


def _analysis(match: re.Match[str]) -> str:
    """Overs, maidens, runs and wickets: "8-1-26-3" -> "8, 1, 26, 3"."""
    return match[0].replace("-", ", ")


def _record(match: re.Match[str]) -> str:
    """ "12-4-1" -> "12, 4 and 1", "5-0" -> "5 and oh"."""
    wins, losses, ties = match.groups()
    before, after = ahead(match), behind(match)
    sure: object  # a match, or a truth
    if int(wins) + int(losses) > _LONGEST or _NO_GAMES.search(before[-_FAR:]):
        return match[0]
    if before[-2:] == " (" and after[:1] == ")":
        sure = _TEAM.search(before[:-2]) and _OF_GAMES.search(around(match))
    elif after[:1] == ")" and _OVERALL.search(before):
        sure = True
    elif _BEATEN.search(before):
        return match[0]
    else:
        rises = int(wins) < int(losses) and not ties
        sure = _NAMED_RECORD.match(after) or (_START.match(after) and _ONES_START.search(before))
        if not sure and _TO_RECORD.search(before):
            sure = not rises or wins == "0" or _WHEN.match(after) or _OF_GAMES.search(around(match))
        elif not sure and _IS_RECORD.search(before):
            sure = _WHEN.match(after) and not _OF_A_GAME.search(before)
            if sure and after[:1] in ".,;":  # "they are 5-2."
                short = int(wins) < 10 and int(losses) < 10
                sure = re.search(rf"\b(?:went|gone{'|are|were' * short}) $", before)
    return _won(wins, losses, ties) if sure else match[0]
