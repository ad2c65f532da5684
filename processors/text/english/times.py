"""Times of day and durations."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import zeros
from recital.processors.text.english.words import (
    LABEL,
    NUMBER_WORD,
    ahead,
    around,
    behind,
    cardinal,
    digit_by_digit,
    two_digits,
    word_set,
)

_HOUR_12 = r"(?:1[0-2]|0?[1-9])"
_TIME_12 = rf"{_HOUR_12}(?::[0-5]\d)?"
_HALF_DAY = r"([AaPp])\.? ?[Mm]\b\.?"
_CLOCK = re.compile(
    rf"(?<![\w:.])(?<!\d,)([01]?\d|2[0-4])[:.]([0-5]\d)(?::([0-5]\d))? ?(?:{_HALF_DAY})(?!\w)"
)
_HOUR = re.compile(rf"(?<![\w:.,$£€])({_HOUR_12}) ?(?:{_HALF_DAY})(?!\w)")
_NO_COLON = re.compile(rf"(?<![\w:.,$£€-])({_HOUR_12})([0-5]\d)(?= ?{_HALF_DAY}(?!\w))")  # 1000 AM
# 12.30-1.00am
_DOTTED_RANGE = re.compile(
    rf"(?<![\w:.,$£€-])({_HOUR_12})[.:]([0-5]\d) ?- ?(?=({_HOUR_12})[.:][0-5]\d ?(?:{_HALF_DAY}))"
)
_HOUR_RANGE = re.compile(rf"(?<![\w:.,-])({_HOUR_12})(:[0-5]\d)?-({_TIME_12} ?(?:{_HALF_DAY}))")
# 9am-5pm, 9:00-17:00.
_SPAN = re.compile(
    r"(?<=\d:\d\d) ?- ?(?=\d?\d:)|(?<=\d[aApP][mM])-(?=\d)|(?<=\d [aApP][mM])-(?=\d)"
)
# "with 0:03 left", "with :03 left"
_SECONDS_LEFT = re.compile(
    r"(?<![\w:.,])(?:0?0)?:(\d\d)(?= (?:left|remaining|to (?:go|play)|on the clock)\b)"
)
# "at :15 and :45 past the hour"
_PAST = re.compile(
    r"(?:(?<=\bat )|(?<=\band )|(?<=\bby )|(?<=\bor )|(?<=\bafter )):([0-5]\d)(?=[\s.,;)]|$)"
)
# 7 p.m. CT/8 p.m. ET
# "our 1:1"; but "the 1:1 ratio"
_MEETING = re.compile(
    r"\b((?:[Oo]ur|[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Ww]eekly|[Mm]onthly|[Nn]ext|(?:[Tt]he|"
    r"[Aa])(?= 1:1s? (?:with|is|was|on|at|meeting|notes|moved|doc|agenda|today|"
    r"tomorrow)\b)) )1:1(?=s?\b)(?! (?:ratio|mix|scale|map|blend|split|odds|draw|tie|against))"
)
# "6-45pm"; but 6-10pm is a span
_DASHED = re.compile(r"(?<![\w:.,/$£€-])(1[0-2]|0?[1-9])-(0\d|1[3-9]|[2-5]\d)(?= ?[ap]\.?m\b)")
_ZONES_APART = re.compile(r"(?:(?<=\b[ECMP]T)|(?<=\b[ECMP][SD]T))/(?=\d)")
# noon-1, 9-noon
_NOON = re.compile(
    r"\b((?i:noon|midnight))(?:-(?=\d)| - ?(?=\d{1,2}(?::\d\d| ?[ap]\.?m)))|(?:(?<=\d)|(?<=[ap]m)|"
    r"(?<=[ap]\.m\.)) ?- ?(?=(?:noon|midnight)\b)"
)
# "5:00-8:30 pm", "from 9:00 to 10:30 am": the first is no o'clock
_FULL_HOUR = re.compile(
    rf"(?<![\w:.,])({_HOUR_12}):00( ?- ?| to )(?={_TIME_12} ?{_HALF_DAY}|"
    rf"(?<=-){_HOUR_12}:[0-5]\d\b)"
)
_TO_FULL_HOUR = re.compile(
    rf"(?<=\d:[1-5]\d)-({_HOUR_12}):00(?![\w:]|\.\d| ?[ap]\.?m)"
)  # 3:30-7:00
_GLUED_HOURS = re.compile(r"(?<=\d:\d\d)h\b")  # 19:00h
_ZONE = "E[SD]?T|P[SD]?T|C[SD]T|M[SD]T|GMT|UTC|BST|CET|CEST"
# Times with a point, as the British write them, where what is next to them says so.
_DOTTED = r"(2[0-3]|1\d|0?\d)\.([0-5]\d)"
_NEXT_DAY = (
    r"(?:Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)(?:[a-z]*day)?\b|to(?:day|night|morrow)\b|"
    r"this (?:morning|afternoon|evening)"
)
_DOTTED_TIME = re.compile(
    rf"(?<![\w.,$£€:])(?:{_DOTTED}(?=,? (?:on )?(?:{_NEXT_DAY})| (?:{_ZONE}|hrs(?! (?:of|a|per|"
    rf"each)\b)|till?\b|until\b|start\b|finish\b|kick-?off))"
    r"|(?:(?<=\b[Dd]oors )|(?<=\b[Dd]oors at )|(?<=[Dd]oors open at )|(?<=[Mm]eet at )|"
    r"(?<=[Mm]eeting at )|(?<=[Kk]ick-off )|(?<=[Kk]ick-off at )|(?<=tarts at )|(?<=egins at )|"
    r"(?<=eaves at )|(?<=rrives at )|(?<=loses at )|(?<=pens at )|(?<=ends at )|(?<=called at )|"
    r"(?<=see you at )|(?<=there at )|(?<=there by )|(?<=home by )|(?<=home at )|(?<=up at )|"
    r"(?<=day at )|(?<=day, )|(?<=Monday )|(?<=Tuesday )|(?<=Wednesday )|(?<=Thursday )|"
    r"(?<=Friday )|(?<=Saturday )|(?<=Sunday )|(?<=tonight at )|(?<=tomorrow at ))"
    rf"{_DOTTED})(?![\w%]|\.\d|,\d| (?:per|million|billion|percent|points?|met(?:er|re)s?|miles?|"
    rf"feet|km|cm|inches|seconds|minutes|hours|tons|kg|euros?|dollars?|pounds?|in|on the)\b)"
)
_FULL_NOON = re.compile(r"(?<![\w.,:])12[.:]00 (?=noon\b|midnight\b|midday\b)")
# "the 18.05 train", "the 17.22 to Leeds"
_TRAIN = re.compile(
    rf"(?<=\b[Tt]he ){_DOTTED}(?= (?:train|bus|coach|ferry|flight|service|kick-?off|showing|"
    r"departure|sailing|(?:to|from)(?= [A-Z]))\b)"
)
# "at 20.00 hours"
_AT_HOURS = re.compile(
    r"(?<=\bat )(2[0-3]|[01]\d)\.([0-5]\d)( hours)\b(?! (?:of|a|per|each|more|less)\b)"
)
_OF_FIGURES = re.compile(
    r"[%$£€]|\b(?:[Ss]hares?|[Ss]tocks?|[Yy]ields?|[Rr]ates?|[Pp]oints?|[Ii]ndex|[Ee]uros?|"
    r"[Ss]terling|[Rr]ose|[Ff]ell|[Gg]ained|[Ll]ost|[Aa]verage|[Ss]core[ds]?|GPA|[Mm]agnitude|"
    r"[Qq]uake|[Rr]atio|[Vv]ersion|[Oo]il|[Cc]rude|[Gg]old|[Ss]ilver|[Pp]ound|[Dd]ollar|"
    r"[Pp]rice[sd]?|[Pp]aid|[Oo]we[sd]?|[Cc]osts?|[Cc]locked|[Tt]hrew|[Jj]ump\w*|[Tt]ickets?|"
    r"barrel|loaf|[Bb]ids?|[Pp]lans start|for members|[Ss]print|ERA|[Bb]alance)\b"
)
# of a mail: "15:04:13 +0000 (UTC)"
_MAILED = re.compile(
    r"(?:(?<=:\d\d)|(?<=\d[AP]M)|(?<=\d [AP]M)) ([+-])(\d\d)(00)(?: \([A-Z]{3,4}\))?(?![\w:])"
)
_GLUED_ZONE = re.compile(rf"(?<=:\d\d)(?=(?:{_ZONE})\b)")
_PLAIN = re.compile(
    r"(?<![\w:.])(?<!\d,)([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!(?!ish\b)\w|:\w|[.,]\d|"
    r" (?:ratio|odds|scale|mix|split)\b)"
)
# 0710 GMT, 0800 hours
_MILITARY = re.compile(
    rf"(?<![\w:.,$£€-])([01]\d|2[0-4])([0-5]\d) ?(?=(?:{_ZONE})\b)|"
    r"(?<![\w:.,$£€-])(0\d)([0-5]\d) ?(?=(?:hours|hrs|flight|train|bus|ferry|departure|arrival|"
    r"start|wake-up|alarm|briefing)\b)|(?=0\d{3}|[12]\d{3} to 0\d{3}\b)(?:(?<=(?<!ook )\b(?:at|"
    r"by) )|(?<=\bfrom )|(?<=\bfrom \d{4} to )|(?<=until )|(?<=before )|(?<=after )|(?<=around )|"
    r"(?<=@ ))([01]\d|2[0-3])([0-5]\d)(?![\d,.:/-]?\d)\b(?! numbers)"
)
# 0600-1800, from one hour to another
_MILITARY_SPAN = re.compile(
    r"(?:^|(?<=pen )|(?<=[Ff]rom )|(?<=etween )|(?<=ours )|(?<=day )|(?<=ays )|(?<=ily )|(?<=: )|"
    r"(?<=[(@])|(?<=@ )|(?<![\w.,/-])(?=\d{4}-\d{4} (?:h(?:ou)?rs|daily|local|weekdays)\b))"
    r"(?=0|\d{4}-0)(?!0000-0000)([01]\d|2[0-3])(00|15|30|45)"
    r"( ?- ?| (?:to|until|till|(?<=etween \d{4} )and) )([01]\d|2[0-4])(00|15|30|45)(?![\w-]|[,.]\d)"
)
# "the byte at 0800": no times
_OF_DIGITS = re.compile(
    r"\b(?:binary|bytes?|bits?|hex\w*|codes?|(?:memory|IP) address(?:es)?|registers?|digits?|"
    r"offsets?|PINs?|memory|prefix\w*|serials?|(?<!\ba )numbers?)\b"
)
_EITHER_HALF = re.compile(r"(?<![\w./])(?:AM/PM|am/pm|a\.m\./p\.m\.)(?![\w/])")
_OFFSET = re.compile(r"\b(GMT|UTC) ?([+-]) ?0?(\d{1,2})(?::00)?(?![\d:])")
# "the 615 train"
_NAMED_TIME = re.compile(
    r"\b((?:[Tt]he|[Aa]n?|[Oo]ur|[Mm]y|[Yy]our) )(1[0-2]|[1-9])([0-5][05])(?= (?:call|meeting|"
    r"train|bus|ferry|flight|showing|service|appointment|class|start|kickoff|kick-off|"
    r"conference call)\b(?! rooms| was built))"
)
_TIME_OF = re.compile(r"\b(times? of )(\d{1,2})\.([0-5]\d)\.(\d\d)\b(?!\.\d)")  # 3.32.22
_RATIO_NEAR = re.compile(r"\b(?:ratio|odds|scale|mix|split|proportion)s?\b")
_RATIO = re.compile(r"\b((?:ratio|gradient|scale|odd|slope)s?) of (\d+):(\d+)")
_HALF_DAYS = re.compile(
    r"\b([ap]\.m\.)(?:-(?=[a-z\d])|(?: -|- | - )"
    # "7 p.m. - bring snacks", "12.45 p.m. - 3 lbs" are no spans
    rf"(?={NUMBER_WORD}"
    r"(?: (?:oh )?[a-z-]+)? (?:[ap]\.m\.|o'clock)|(?:noon|midday|midnight|clos(?:e|ing)|late|dusk|"
    r"dawn|sun(?:set|rise)|open|whenever|the end)\b|\d{1,2}(?::[0-5]\d)?(?![\d:%/]|[.,]\d| ?(?:lb|"
    r"oz|kg|g|km|mi|m|ml|x|people|men|women|children)\b| (?!weekdays|days)[a-z]{2,}s\b)))"
)
_O_CLOCK = re.compile(r"\b(\d{1,2}) ?o' ?clock\b", re.I)
_HOUR_NAMES, _MINUTE_NAMES = r"h(?:(?:ou)?rs?)?\.?", r"m(?:in(?:ute)?s?)?\.?"
# 2h30m, 1 hr. 58 min. 30 sec.
_DURATION = re.compile(
    rf"(?<![\w.,])(\d+) ?{_HOUR_NAMES} ?(\d+) ?{_MINUTE_NAMES}(?: ?(\d+) ?s(?:ec(?:ond)?s?)?"
    rf"\b\.?)?(?![\w'])"
)
_HOURS_GLUED = re.compile(r"(?<![\w.,:])0?(\d{1,2})hr?s?([0-5]\d)(?![\w:]|\.\d)")  # 1hr40, 03h50
_SHORT_DURATION = re.compile(r"(?<![\w.,])(\d+) ?m(?:in)?s? ?(\d+(?:\.\d+)?) ?s(?:ecs?)?\b(?!')")
_METERS = re.compile(r"\d ?m\b")
# "every 20m", "stops after 10-15m": minutes, if nothing is measured in meters.
_MINUTES = re.compile(
    r"(\b(?:[Bb]ake|[Cc]ook|[Ss]immer|[Bb]oil|[Rr]oast|[Cc]hill|[Gg]rill|every|takes?|took|lasts|"
    r"(?<!the )(?<!my )(?<!his )(?<!her )(?<!final )last|lasted|wait(?:ed|s)?|within|after|ago|for|"
    r"in) (?:\d{1,3}-)?\d{1,3})m\b(?! (?:deep|tall|high|wide|long|of|race|sprint|swim|dash|"
    r"freestyle|hurdles))|(?<![\w.,$£€-])(\d{1,3})m(?= (?:ago|later|left|remaining|read|timers?|"
    r"countdown|nap|snooze|"
    r"timeout)\b)|"
    r"(?:(?<=[Pp]rep: )|(?<=[Cc]ook: )|(?<=[Tt]otal: )|(?<=[Tt]ime: )|(?<=[Rr]est: ))(\d{1,3})"
    r"(?:m\b| m(?=[.,;)|]|$))"
)
_SURE_MINUTES = tuple(word_set("every wait last took take bake cook simm boil roast chill grill"))
_OF_TIME = re.compile(
    r"\b(?:record|call|meeting|timer?|timeout|stops?|stopped|idle|load|startup|sleep|slept|nap|"
    r"video|upload|download|queue|hold|wait|late|delay|build|compile|install|minutes?|hours?)"
)
_LAP = re.compile(r"(?<![\w:.,])(\d{1,2}):([0-5]\d)\.(\d{1,3})(?![\w:])")
# 9a-5p, doors 7p; else p is for pence.
_SHORT_HINT = re.compile(r"\d[ap]\b")
_TIMED_HALF = re.compile(rf"(?<![\w:.,])({_HOUR_12}:[0-5]\d)([ap])\b(?!\.?m)")
_SHORT_HALVES = re.compile(rf"(?<![\w:.,$£])({_TIME_12})([ap]) ?- ?({_TIME_12})([ap])\b(?!\.?m|/)")
_CAPITAL_HALVES = re.compile(
    r"(?<![\w:.,$£-])((?:1[0-2]|[1-9])(?::\d\d)?)(?:A ?- ?((?:1[0-2]|[1-9])(?::\d\d)?)P|"
    r"P ?- ?((?:1[0-2]|[1-9])(?::\d\d)?)A)\b"
)  # 11A-8P
_LABELS = re.compile(
    r"\b(?:[Rr]ooms?|[Gg]ates?|[Ss]eats?|[Rr]ows?|[Uu]nits?|[Aa]pts?\.?|[Ss]ections?|[Ff]lats?|"
    r"[Ss]uites?|[Ff]ig(?:ure)?s?\.?|[Tt]ables?|[Ss]tands?|[Bb]ays?) $"
)
_IN_PENCE = re.compile(
    r"£|\b(?:cost|charg|price|fare|coin|penn|pence|each|worth|tax|rise|fell|rose|a text|texts|"
    r"minute|litre|pint|a go\b)"
)
_OF_SHARES = re.compile(r"\d\.\dp\b|£\d|\b(?:shares?|dividends?|pence|EPS)\b")
_SHORT_HALF = re.compile(
    r"(\b(?:[Dd]oors|[Ss]hows?|[Ff]rom|[Uu]ntil|[Bb]y|[Tt]ill?|[Oo]pens|[Cc]loses|[Ss]tarts|"
    r"[Bb]egins|[Bb]efore|[Aa]fter|[Aa]t|[Nn]oon|[Ll]unch|[Dd]inner|[Mm]usic|around)(?: ?@| at|"
    r":)? |@ ?|\d(?::\d\d)?(?: ?- ?| to ))(1[0-2]|[1-9])(:[0-5]\d)?([ap])\b(?!\.m|/)"
)
_BARE_RANGE = re.compile(
    rf"(?<![\w:.,/$£€-])({_HOUR_12})-({_HOUR_12}:[0-5]\d)(?![\w:]|[.,-]\d)"
    rf"|(?<![\w:.,/$£€-])({_HOUR_12}:[0-5]\d)-({_HOUR_12})(?![\w:/]|[.,-]\d)"
)  # 2-3:30
# "6 – 7:15pm"
_SPACED_RANGE = re.compile(
    rf"(?<![\w:.,$£€/-])({_TIME_12}) [-–—] (?={_TIME_12} ?{_HALF_DAY}(?!\w))"
)
# "ran a 1:44:15 half", "a PR of 46:34", in a text of races.
_RACE = re.compile(
    r"\b(?:[Rr]ace[drs]?|[Rr]acing|[Mm]arathons?|[Rr]an|[Rr]un(?:s|ner|ners|ning)?|PBs?|PRs?|"
    r"[Pp]ace|[Ff]inish(?:ed|es)?|[Cc]locked|[Ll]aps?|[Ss]plits?|[Ss]wim|[Cc]ycl\w+|[Tt]riathlon|"
    r"5[kK]|10[kK])\b"
)
_LASTED = re.compile(r"(?<![\w:.,])(?:(\d):)?([0-5]?\d):([0-5]\d)(?![\w:]|\.\d| ?[ap]\.?m)")
# "a streak of 137:39", "92:15 in all": no time of day, and no ratio of hundredths
_MINUTES_LONG = re.compile(
    r"(\b(?:at|in|after|for|of|lasted|took|is|was|ran|runs) )(2[5-9]|[3-9]\d|1\d\d):([0-5]\d)"
    r"(?![\w:]|\.\d)"
)
_PACE = re.compile(r"(?<=\d:\d\d)(?: min)?/(mi|km|mile|lap|k)\b")
_POINTED_PACE = re.compile(r"(?<![\w:.,$£€])(\d{1,2})\.([0-5]\d)(?=/(?:mi|km|mile)\b)")  # 5.30/km
# "5:00/km", "a pace of around 5:00"
_FLAT_PACE = re.compile(
    r"(?<![\w:.,])(\d{1,2}):00(?= per (?:kilometer|mile|lap|k)\b)|(\b[Pp]ace (?:(?:was|is|of|at|"
    r"around|about|roughly|nearly|under|over) ){1,3})(\d{1,2}):00(?![:\w]|\.\d| ?[ap]\.?m)"
)
# 2m35; but he is 1m75 tall
_GLUED_SECONDS = re.compile(r"(?<![\w.,$£€-])(\d{1,2})m([0-5]\d)(?![\w:]|[.,]\d)")
_JUMPED = re.compile(
    r"\b(?:tall|high|long|wide|deep|jump\w*|vault\w*|height|throws?|threw|meters?)\b"
)
_TIMED = re.compile(
    r"\b(?:slow|quick|fast|time[sd]?|secs?|mins?|rest|reps?|intervals?|pace|easy|recover\w*|"
    r"done in)\b"
)
_RESTED = re.compile(
    r"(?<!his )(?<!her )(?<!heir )(?<!the )(?<!my )(?<!our )(?<![\w.,'’])(\d{1,3})s(?= (?:rest|"
    r"recover(?:y|ies)|jog|plank|holds?|efforts?|pauses?|sprints?)\b)"
)  # with 20s rest
_SECONDS_SPAN = re.compile(
    r"(?<![\w.,$-])(\d{1,3})-(\d{1,3})s(?= (?:planks?|holds?|rests?|sprints?|breaks?|intervals?|"
    r"delay|wait|timeout|clips?|videos?|timer)\b)"
)  # 60-70s plank
_QUARTERS = re.compile(
    r"(?<![\w:.,$£€])(1[0-2]|[1-9])\.([03]0|[14]5) ?[-–] ?(1[0-2]|[1-9])\.([03]0|[14]5)(?![\w%]|"
    r"[.,]\d)"
)  # 8.30 - 6.30
_PACES = {"mi": "mile", "km": "kilometer", "k": "kilometer"}
# 8/7c, 9pm/8c: of American television.
_TWO_ZONES = re.compile(
    r"(?<![\w/.,])((?:1[0-2]|[1-9])(?::\d\d)?(?: ?[ap]\.?m\.?)?)/((?:1[0-2]|"
    r"[1-9])(?::\d\d)?)[cC]\b(?![\w.]\w|\. [a-z]| ?=)"
)
# "between 9.15 and 10.45 a.m."
_POINTED = re.compile(
    rf"(?<![\w:.,$£€])(1[0-2]|[1-9])\.([0-5]\d)(?=(?: ?- ?| and | to | or )(?:1[0-2]|"
    rf"[1-9])(?:[.:][0-5]\d)? ?{_HALF_DAY})"
)
_ABOUT = re.compile(r"(?<![\w.,$£€])(1[0-2]|[1-9])\.([0-5]\d) ?(?=ish\b)")  # 2.30ish
# The 24H of Spa, a 72H truce
_CAPITAL_HOURS = re.compile(
    r"(?<![\w.,$£€-])(6|8|10|12|24|36|48|72|96)H\b(?!['’]| (?:pencils?|leads?|grade|"
    r"chromosomes?)\b)"
)
# Without one of these no rule here has anything to do.
_HINT = re.compile(
    r"\d(?:(?<=\b0)\d{3}\b|:\d|\d ?(?:[A-Z]{3}|h(?:ou)?rs)\b|\.\d\d\.\d|\d [cmtbfsak]|/\d+[cC]|"
    r"\.\d\d(?: ?[apAPi]|/[km])|-\d| ?(?:[aAhHmMp]|[pP]\.? ?[mM]|[oO]'| o'))"
)


_HOUR_AND_MINUTES = re.compile(r"[tyd@lsr] 1?\d[0-5][05]\b")
# "pick me up at 530", "meet us at 1030 on Friday"; but "at 530 Main Street"
_PLAIN_TIME = re.compile(
    r"\b((?:[Pp]ick (?:me|you|u|us|him|her|them)|[Mm]eet|[Ss]ee (?:you|u|ya)|[Bb]e (?:there|here|"
    r"home)|[Ll]eav(?:e|ing)|[Ww]ake|[Gg]et up|[Aa]larm)(?: \w+){0,2}? (?:at|by|around|till|until|"
    r"@) (?:about |around |abt )?|\b(?:[Cc]lass|[Ll]esson|[Tt]uition|[Mm]eeting|[Aa]ppointment|"
    r"[Aa]ppt|[Ll]ecture|[Ii]nterview|[Gg]ame|[Mm]ovie|[Ss]hift|[Ff]light|[Pp]lane|"
    r"[Tt]rain)(?: (?:is|was|starts?|begins?|ends?|leaves))? at (?:about |around |abt )?|"
    r"\b[Ii]t'?s (?:like |already |almost |only )?|\b(?:down|good|alarm|res|reservation|dinner|"
    r"lunch|table|set)(?: is)? for |\b(?:at|@) (?=\d{3,4} (?:[ecmp][sd]t|tonight|tmrw|"
    r"tomorrow)\b))(1[0-2]|[1-9])([0-5][05])(?=[.!?,]*$|[.!?,]* (?:on|in|tomorrow|tonight|today|"
    r"for|so|if|and|to|then|or|ar|lor|lah|ok|sharp|ish|I|already|now|lol|rn|[ecmp][sd]t|tmrw|but|"
    r"because)\b|[.!?] [A-Z])"
)


# In `zeros`.
_ANY_GLUED = re.compile(r"0(?:m|hr?s?)0")
_ANY_HALF_DAY = re.compile(r"0 ?[ap]")


def expand_short(text: str) -> str:
    """ "2m35 with 20s rest" -> "2 minutes 35 with 20 seconds rest", before decades and codes."""
    if _ANY_GLUED.search(zeros(text)):
        timed = _RACE.search(text) is not None
        text = _GLUED_SECONDS.sub(lambda m: _glued_seconds(m, timed), text)
        text = _HOURS_GLUED.sub(_hours_glued, text)
    if "0s " in zeros(text):
        text = _RESTED.sub(r"\1 seconds", _SECONDS_SPAN.sub(r"\1 to \2 second", text))
    return text


def expand(text: str) -> str:
    """ "7:05 pm" -> "seven oh five p.m.", "12:00" -> "twelve o'clock"."""
    if " :" in text or "0:" in text:
        text = _SECONDS_LEFT.sub(lambda m: _counted(str(int(m[1])), "second"), text)
    if " :" in text:
        text = _PAST.sub(lambda m: two_digits(int(m[1])) if int(m[1]) else "the hour", text)
    if "-00" in zeros(text):
        text = _DASHED.sub(r"\1:\2", text)
    if "/" in text:
        text = _EITHER_HALF.sub("A.M. or P.M.", text)
    if "noon" in text or "Noon" in text or "idnight" in text:
        text = _NOON.sub(_noon, _FULL_NOON.sub("12 ", text))
    if " 000" in zeros(text) and _HOUR_AND_MINUTES.search(text):
        text = _PLAIN_TIME.sub(r"\1\2:\3", text)
    if "1:1" in text:
        text = _MEETING.sub(r"\1one-on-one", text)
    if _HINT.search(text) is None:
        return text
    if ":00" in zeros(text):
        text = _GLUED_HOURS.sub("", _GLUED_ZONE.sub(" ", text))
    if "00" in text:
        text = _MAILED.sub(_mailed, text)
    if "0000" in zeros(text):
        text = _MILITARY_SPAN.sub(_military_span, text)
        text = _MILITARY.sub(_military, text)
    if "GMT" in text or "UTC" in text:
        text = _OFFSET.sub(_offset, text)
    if "A" in text and "P" in text:
        text = _CAPITAL_HALVES.sub(_capital_halves, text)
    if "T/" in text:
        text = _ZONES_APART.sub(", ", text)
    if "000 " in zeros(text):
        text = _NAMED_TIME.sub(r"\1\2 \3", text)
    if "time" in text:
        text = _TIME_OF.sub(_time_of, text)
    if ("0a" in zeros(text) or "0p" in zeros(text)) and _SHORT_HINT.search(text):
        text = _SHORT_HALVES.sub(_short_halves, text)
        text = _TIMED_HALF.sub(r"\1\2m", text)
        text = _SHORT_HALF.sub(_short_half, text)
    if "000" in zeros(text):
        text = _NO_COLON.sub(r"\1:\2", text)
    if ":00" in text:
        text = _FULL_HOUR.sub(r"\1 to ", text)
        text = _TO_FULL_HOUR.sub(r" to \1", text)
    if "0-0" in zeros(text):
        text = _BARE_RANGE.sub(lambda m: f"{m[1] or m[3]} to {m[2] or m[4]}", text)
    if "." in text and "/" in text:
        text = _POINTED_PACE.sub(r"\1:\2", text)
    if ":" in text and "/" in text:
        text = _PACE.sub(lambda m: f" per {_PACES.get(m[1], m[1])}", text)
    if ":00" in text:
        text = _FLAT_PACE.sub(_flat_pace, text)
    if "0h" in zeros(text) or "0 h" in zeros(text):
        text = _DURATION.sub(_duration, text)
    if "0m" in zeros(text) or "0 m" in zeros(text):
        text = _SHORT_DURATION.sub(
            lambda m: f"{_counted(m[1], 'minute')} {_counted(m[2], 'second')}", text
        )
        if _METERS.search(text):
            text = _MINUTES.sub(_minutes, text)
    if ":00.0" in zeros(text):
        text = _LAP.sub(_lap, text)
    if "/0" in zeros(text):
        text = _TWO_ZONES.sub(r"\1, \2 central", text)
    if " - " in text or " –" in text or " —" in text:
        text = _SPACED_RANGE.sub(r"\1 to ", text)
    if "00:0" in zeros(text):
        text = _MINUTES_LONG.sub(_minutes_long, text)
    if "0:0" in zeros(text) and _RACE.search(text):
        text = _LASTED.sub(_lasted, text)
    if "ish" in text:
        text = _ABOUT.sub(r"\1:\2", text)
    if "0.00" in zeros(text):
        text = _POINTED.sub(r"\1:\2", _DOTTED_RANGE.sub(r"\1:\2 to ", text))
        text = _TRAIN.sub(r"\1:\2", text)
        text = _DOTTED_TIME.sub(_dotted_time, text)
        text = _QUARTERS.sub(_quarters, text)
        text = _AT_HOURS.sub(_at_hours, text)
    if "0h" in zeros(text):
        text = _CAPITAL_HOURS.sub(_capital_hours, text)
    if "-0" in zeros(text) or "- 0" in zeros(text):
        text = _HOUR_RANGE.sub(r"\1\2 to \3", text)
        text = _SPAN.sub(" to ", text)
    if _ANY_HALF_DAY.search(zeros(text)):
        text = _CLOCK.sub(_clock, text)
        text = _HOUR.sub(lambda m: f"{cardinal(int(m[1]))} {m[2].lower()}.m.", text)
    if ".m.-" in text or ".m. -" in text:
        text = _HALF_DAYS.sub(r"\1 to ", text)
    if "clock" in zeros(text):
        text = _O_CLOCK.sub(lambda m: f"{cardinal(int(m[1]))} o'clock", text)
    if "0:0" in zeros(text):
        text = _PLAIN.sub(_plain, _RATIO.sub(r"\1 of \2 to \3", text))
    return text


def _short_halves(match: re.Match[str]) -> str:
    first, half, last, last_half = match.groups()
    if half == last_half == "p" and _IN_PENCE.search(around(match)):  # 5p-10p each
        return match[0]
    return f"{first}{half}m to {last}{last_half}m"


def _short_half(match: re.Match[str]) -> str:
    if match[4] == "p" and not match[3] and _OF_SHARES.search(match.string):  # 25.8p from 11p
        return match[0]
    return f"{match[0]}m"


def _capital_halves(match: re.Match[str]) -> str:
    if _LABELS.search(ahead(match, 12)):
        return match[0]
    first, last = match[1], match[2] or match[3]
    return f"{first}am to {last}pm" if match[2] else f"{first}pm to {last}am"


def _dotted_time(match: re.Match[str]) -> str:
    if _OF_FIGURES.search(around(match)):
        return match[0]
    return f"{match[1] or match[3]}:{match[2] or match[4]}"


def _at_hours(match: re.Match[str]) -> str:
    return f"{match[1]}:{match[2]}{match[3] if match[2] != '00' else ''}"


def _noon(match: re.Match[str]) -> str:
    return f"{match[1] or ''} to "


def _mailed(match: re.Match[str]) -> str:
    hours = int(match[2])
    return f" UTC{match[1]}{hours}" if hours else " UTC"


def _military(match: re.Match[str]) -> str:
    """ "0710 GMT" -> "oh seven ten GMT", "0800 hours" -> "oh eight hundred hours"."""
    if match[5] and _OF_DIGITS.search(around(match)):
        return match[0]
    hour, minute = match[1] or match[3] or match[5], match[2] or match[4] or match[6]
    return _military_time(hour, minute) + ("" if match[5] else " ")


def _military_span(match: re.Match[str]) -> str:
    hour, minute, join, last, last_minute = match.groups()
    if _OF_DIGITS.search(around(match)):
        return match[0]
    join = " to " if "-" in join else join
    return f"{_military_time(hour, minute)}{join}{_military_time(last, last_minute)}"


def _military_time(hour: str, minute: str) -> str:
    first = f"oh {cardinal(int(hour[1]))}" if hour[0] == "0" else cardinal(int(hour))
    if hour == "00":  # 0001 GMT, but 0000
        first = "zero zero" if 0 < int(minute) < 10 else "zero"
    return f"{first} {two_digits(int(minute)) if int(minute) else 'hundred'}"


def _offset(match: re.Match[str]) -> str:
    return f"{match[1]} {'plus' if match[2] == '+' else 'minus'} {match[3]}"


def _time_of(match: re.Match[str]) -> str:
    before, minutes, seconds, parts = match.groups()
    return (
        f"{before}{cardinal(int(minutes))} {two_digits(int(seconds))} point {digit_by_digit(parts)}"
    )


def _counted(count: str, name: str) -> str:
    return f"{count} {name}{'' if count == '1' else 's'}"


def _hours_glued(match: re.Match[str]) -> str:
    hours, minutes = match[1], int(match[2])
    return _counted(hours, "hour") + (f" {minutes}" if minutes else "")


def _duration(match: re.Match[str]) -> str:
    after = behind(match)
    ends = match[0].endswith(".") and (not after.strip() or after[1:2].isupper())
    parts = [(match[1], "hour"), (match[2], "minute"), (match[3], "second")]
    return " ".join(_counted(n, name) for n, name in parts if n) + ("." if ends else "")


def _minutes(match: re.Match[str]) -> str:
    if match[2] or match[3]:
        one = match.string.startswith((" t", " c", " n", " s"), match.end())  # a 30m timer
        return f"{match[2] or match[3]} minute{'s' * (not one)}"
    sure = match[1].lower().startswith(_SURE_MINUTES)
    if match[1].startswith("last ") and int(match[1].rsplit(" ", 1)[-1].rsplit("-", 1)[-1]) > 90:
        return match[0]
    if not sure and _OF_TIME.search(around(match)) is None:
        return match[0]
    return f"{match[1]} minutes"


def _flat_pace(match: re.Match[str]) -> str:
    return f"{match[2] or ''}{_counted(match[1] or match[3], 'minute')}"


def _glued_seconds(match: re.Match[str], timed: bool) -> str:
    near = around(match)
    if _JUMPED.search(near) or not (timed or _TIMED.search(near)):
        return match[0]
    seconds = f" {int(match[2])}" if int(match[2]) else ""
    return _counted(match[1], "minute") + seconds


def _quarters(match: re.Match[str]) -> str:
    """From a later to an earlier figure only: "8.30 - 6.30"."""
    hour, minute, last, last_minute = match.groups()
    if int(last) >= int(hour) or _OF_FIGURES.search(around(match)):
        return match[0]
    return f"{hour}:{minute} to {last}:{last_minute}"


def _lap(match: re.Match[str]) -> str:
    """ "1:18.792" -> "one eighteen point seven nine two"."""
    minutes, seconds, parts = match.groups()
    said = two_digits(int(seconds)) if int(seconds) else "oh oh"
    return f"{cardinal(int(minutes))} {said} point {digit_by_digit(parts)}"


def _minutes_long(match: re.Match[str]) -> str:
    minutes, seconds = int(match[2]), int(match[3])
    if minutes + seconds == 100 or _RATIO_NEAR.search(ahead(match, 16)):
        return match[0]
    return f"{match[1]}{cardinal(minutes)} {two_digits(seconds) if seconds else 'minutes'}"


def _lasted(match: re.Match[str]) -> str:
    """ "1:44:15" -> "1 hour 44 minutes and 15 seconds", "46:34" -> "forty-six thirty-four"; what
    may be a time of day stays.
    """
    hours, minutes, seconds = match.groups()
    if hours:
        long = f"{_counted(hours, 'hour')} {_counted(str(int(minutes)), 'minute')}"
        return f"{long} and {_counted(str(int(seconds)), 'second')}"
    if int(minutes) <= 24:
        return match[0]
    return f"{cardinal(int(minutes))} {two_digits(int(seconds)) if int(seconds) else 'flat'}"


def _capital_hours(match: re.Match[str]) -> str:
    labelled = LABEL.search(ahead(match, 14))
    return match[0] if labelled else f"{match[1]}h"


def _spoken(hour: int, minute: int, second: str | None) -> str:
    words = cardinal(hour) + (f" {two_digits(minute)}" if minute else "")
    if second and int(second):
        if not minute:
            words += " o'clock" if 1 <= hour <= 12 else " hundred hours"
        words += f" and {cardinal(int(second))} second{'' if int(second) == 1 else 's'}"
    return words


def _clock(match: re.Match[str]) -> str:
    hour = int(match[1]) - 12 * (int(match[1]) > 12 and match[4] in "pP")  # 18:00 pm
    spoken = _spoken(hour, int(match[2]), match[3]).replace(" o'clock", "")
    return f"{spoken} {match[4].lower()}.m."


def _plain(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if minute or match[3]:
        return _spoken(hour, minute, match[3])
    if match.string.startswith((" hours", " hrs"), match.end()):
        return f"{cardinal(hour)} hundred"
    return f"{cardinal(hour)} o'clock" if 1 <= hour <= 12 else f"{cardinal(hour)} hundred hours"
