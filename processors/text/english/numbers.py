"""Numbers that are nothing else: ordinals, fractions, ranges, decimals, cardinals."""

from __future__ import annotations

import re

from recital.processors.text.english.calendar_names import MONTH
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.scales import COUNTS
from recital.processors.text.english.words import (
    FREEWAYS,
    GROUPED,
    NUMBER_WORD,
    PLAIN,
    ahead,
    around,
    cardinal,
    digit_by_digit,
    fraction,
    in_hundreds,
    number,
    ordinal,
    plural,
    two_digits,
    year,
)

# 2nd-3rd, 50-75th
_ANY_ORDINAL = re.compile(r"\d[snrtSNRT][tdhTDH]")
_ORDINALS = re.compile(r"(?:(?<=\d(?:st|nd|rd|th))|(?<=\d)) ?- ?(?=\d+(?:st|nd|rd|th)\b)")
# the 23d day of May, the 2d Cavalry
_OLD_ORDINAL = re.compile(
    r"\b(\d{0,2}[23])d(?= (?:day\b|of [A-Z]|Reg|Cav|Inf|Art|Div|Brig|Batt|Corps|Army|Cong|sess|"
    r"ed\b))"
)
_ORDINAL = re.compile(rf"\b({GROUPED}|\d+)(?:st|nd|rd|th)(s?)\b", re.I)
_MIXED = re.compile(
    r"(?:(?<![\w/.,-])|(?<=-by-))(\d+)[ -](\d{1,2})/(\d{1,3})(?:th|rd|nd)?s?(?![\w/]|[.,]\d)"
)
_MINUS_MIXED = re.compile(r"(?<=[A-Za-z)] )-(?=\d+ \d{1,2}/\d{1,2}\b)")  # Lakers -4 1/2
_MIXED_SPAN = re.compile(r"(?<=\d)-(?=\d+ \d{1,2}/\d{1,2}\b)")  # 1-1 1/2 cups
_HALF_POINTS = re.compile(r"(?<![\w/.,-])(\d{1,2}) 1/2/(\d{1,2})(?![\w/]|[.,]\d)")  # 5½/6 in chess
# Nine out of ten, but nine tenths of it.
# "Day 3/100", "page 2/5"
_OF_MANY = re.compile(
    r"\b((?:[Dd]ay|[Pp]art|[Pp]age|[Ll]esson|[Ww]eek|[Tt]weet|[Ss]lide|[Ee]pisode|[Ss]tep|"
    r"[Ll]evel) \d{1,3})/(?=\d{1,3}\b(?! of the))"
)
_WORDLE = re.compile(r"(?<![\w/.])([1-6X])/6(?![\w/]| of\b)")  # Wordle 901 4/6
_SMALL_PART = re.compile(r"(?<![\w/.,])1/(\d{1,3}(?:,\d{3})+)(?![\w/]|[.,]\d)")  # 1/63,000
_BELOW = re.compile(r"(?<=\d)/-(?=\d)")
_RATING = re.compile(
    r"(?<![\w/.,$-])(\d{1,2}(?:\.\d)?|100)/(10|100|5(?= stars?\b)|(?<=\b5/)5|(?<=\b20/)20)(?![\w/]|"
    r"[.,]\d| (?:of|mile|inch|cups?|th)\b)|(?<![\w/.,$-])(\d{1,2}\.\d{1,2})/(\d{1,2}|[45]\.0{1,2}|"
    r"10\.0)(?![\w/]|[.,]\d)"
)
_PAIN = re.compile(r"\b(?:[Pp]ain|[Rr]ated)\b")
_DIVIDED = re.compile(r"\b(?:[Dd]ivid\w+|[Rr]atio|[Tt]ires?|[Tt]yres?|[Ll]ens)\b|=\s?$")
# a 2.8/50 lens, 7.50/16 tires
_NO_RATING = re.compile(r" (?:of|lens(?:es)?|t[iy]res?|in|mm|=)\b| ?[=+*]")
_A_RATING = re.compile(r"[.!]*(?: +[A-Z]|$)")  # "Side dish - 4/5 Yum!"
_RATED = re.compile(
    r"(\b(?:[Rr]at(?:ed?|ings?)|[Ss]core|[Dd]anger|[Rr]isk|[Ss]everity|[Aa]nxiety|[Mm]ood|"
    r"[Ee]nergy|[Dd]ifficulty|[Oo]verall|[Gg]ave it|[Gg]ive (?:it|this))(?: (?:of|it|this|is|a|"
    r"at))?:? )(\d(?:\.\d)?)/5\b(?![/\d]|\.\d| of\b)"
)
# "a 1/2 day", "a blue 1/2 sheet"
_QUOTIENT_APART = re.compile(r"(?<=[a-z\d)]) / (?=[\d(])")
_HALF_DONE = re.compile(
    r"(?<![\w/.,-])(?<!\d )1/2[ -](?=(?:marathons?|right|wrong|full|empty|asleep|awake|done|off|"
    r"price|dead|finished)\b)"
)
_SHARES = re.compile(r"(?<![\w/.,])(\d\d)/(\d\d)/(\d\d)(?![\w/]|\.\d)")  # the 50/30/20 rule
_HALFWAY = re.compile(r"(?<![\w/.,])1/2[- ]?way\b")
_HALF_OF_ONE = re.compile(
    r"(\b[Aa] (?:[a-z]+ )?)1/2 (?=(?!(?:of|and|or|to|in|a|an|the|is|was|per|cup|teaspoon|"
    r"tablespoon|inch|pound|mile|ounce|pint|quart)\b)[a-z])"
)
_HALF_A = re.compile(r"(?<![\w/.,-])(?<!\d )1/2 (?=an? (?!half\b)[a-z])")  # "½ a cup"
_SIZE = re.compile(
    r"-(?:inch|mile|pound|cup|ounce|gallon|acre|foot|yard|mil|scale|length|time|ton)\b"
)  # 3/4-inch
# the 5/3/1 routine
_ROUTINE = re.compile(
    r"(?<![\w/.,])(\d)/(\d)/(\d)(?= (?:routines?|programs?|split|templates?|methods?|cycles?|"
    r"workouts?|training|scheme)\b)"
)
_FRACTION = re.compile(r"(?<![\w/.,])(-)?(\d{1,3})/(\d{1,4})((?i:ths?|nds?|rds?))?(?![\w/]|[.,]\d)")
_SAID = {"24/7": "twenty-four seven", "9/11": "nine eleven", "7/7": "seven seven"}
_ODDS = re.compile(r"\b[Oo]dds (?:\w+ ){0,2}$")
_ON_ICE = re.compile(r"(?<![\w:.,])([2-5]\d):([0-5]\d)(?= (?:TOI|of ice time|of possession))")
_RATIO = re.compile(rf"(?<![\w:.,]){PLAIN}(?::{PLAIN}){{1,3}}(?![\w:])")
_SEQUENCE = re.compile(r"(?<![\w.,-])\d{1,2}(?:-\d{1,2}){2,}(?![\w-])")
# Rule 36-3, Figure 2-1: a name and no range
_LABELLED = re.compile(
    r"\b(Rule|Section|Article|Regulation|Ordinance|Resolution|Statute|[Ff]igure|[Ll]isting|"
    r"[Uu]pdate|[Bb]ulletin|[Nn]ewsletter|[Cc]ircular|[Tt]able|[Ee]xhibit|[Aa]ppendix|[Tt]heorem|"
    r"[Ee]quation|[Ee]xercise|[Pp]roblem) (\d{1,4})-(\d{1,4})(?![\w.-]\w)"
)
# "Jerome (347-420)" lived then
_LIFE = re.compile(r"(?<=[a-z)])( \((?:(?:circa|born) )?)([1-9]\d\d) ?- ?([1-9]\d\d)(?=\))")
_NAMED = re.compile(
    r"(?:^|[\s(\"'])(?!(?:Pages?|Adults|Numbers?|Rooms?|Lines?|Total|Score|Range|Sections?|"
    r"Chapters?|Items?|Europe|Asia|Rome|China)\b)[A-Z][a-z]+\)?$"
)
# Room 3603
_BIG_ROOM = re.compile(r"(\b[Rr](?:oo)?ms? )([1-9][1-9]\d\d)(?![\w%]|[,.:/-]\d)")
# "will meet in Sage 5510 on Tuesdays"
_LONG_ROOM = re.compile(
    rf"(\b(?:in|at) (?!(?:{MONTH})\b)[A-Z][a-z]+ )(?!19|20)([1-9]\d)(\d\d)(?=[.;]?$|"
    rf" (?:on (?:[MTWFS][a-z]+days?\b|the)|at (?:\d|noon|{NUMBER_WORD})|from (?:\d|[a-z]+ )))"
)
_LONG_ROOM_HINT = re.compile(r"\d{4}(?: on [MTWFSt]| at | from |[.;]?$)")
_OF_CLASSES = re.compile(
    r"\b(?:[Cc]lass(?:es)?|[Cc]ourses?|[Ll]ectures?|[Ll]abs?|[Ss]ections?|[Ss]eminars?|[Mm]eets?|"
    r"[Rr]ecitations?|[Oo]ffice|[Oo]ffice hours|[Mm]eetings?|[Ee]xams?|[Tt]alks?|[Hh]eld)\b"
)
# old records: "vinyl 33/45's"
_RECORDS = re.compile(r"(?<![\w/])(33|45|78)/(45|78)(?:/(78))?('?s)?\b(?![\w/])")
_OF_RECORDS = re.compile(
    r"\b(?:[Vv]inyl|[Rr]ecords?|[Tt]urntables?|RPM|rpm|[Ss]hellac|LPs?|[Aa]lbums?)\b"
)
# "E500's are", "78's through": plurals
_PLURAL_APART = re.compile(
    r"'s(?<=\bthe \d\d0's)|'s(?<=\d's)(?=[.,;:)!?]|$| (?:and|or|are|were|with|for|from|through|"
    r"have|had|do|did|can|will|in|on|at|to|here|there)\b)"
)
_LETTER_POINT = re.compile(r"\.\d(?:(?<=[A-Za-z]\d\.\d)|(?<=[A-Za-z]\d\d\.\d))")
_GLUED_POINT = re.compile(r"(?<=[A-Za-z]{2})(?=\d{1,2}\.\d{1,2}(?![\w.]|\.\d))")  # USB3.0
_RANGE = re.compile(
    rf"(?<![\w-])({PLAIN}) ?-(?: (?=\d))?(?!0\d\d)({PLAIN})(?:(?![\w-]|,\d)|"
    rf"(?=(?:[a-z]{{1,2}}|gtts?|ish)(?![\w-])))"
)
_ANY_RANGE = re.compile(r"0 ?- ?0")  # in `zeros`
# 261 000, 5 534 626
_SPACED = re.compile(
    r"(?<![\w.,-])(?<!\d )(?:\d{1,3}(?: \d{3})* 000|[1-9]\d?(?: \d{3}){2,})(?! ?\d)(?![\w-])"
)
# "to 147 300 tonnes"
_SPACED_COUNT = re.compile(
    r"(?:(?<=\bto )|(?<=\bof )|(?<=\bby )|(?<=\bfrom )|(?<=\bover )|(?<=\bthan )|(?<=\babout )|"
    r"(?<=\bnearly )|(?<=\baround )|(?<=\bsome )|(?<=\bwas )|(?<=\bwere )|(?<=\breached ))"
    r"([1-9]\d{0,2}) (\d{3})(?= (?:tonnes|tons|barrels|people|inhabitants|hectares|acres|euros?|kg|"
    r"km|square|[mM]t|ounces|litres|liters|vehicles|households|jobs|workers|voters|votes)\b)"
)
# 10.000.000, 500.000 followers
_POINTS = re.compile(
    rf"(?<![\w.,])[1-9]\d{{0,2}}(?:(?:\.\d{{3}}){{2,}}(?!\w|[.,]\d)|\.000(?= (?:{COUNTS})\b))"
)
# .030-.035
_POINTED_SPAN = re.compile(r"(?:(?<=[ (]\.\d\d)|(?<=[ (]\.\d{3})|(?<=[ (]\.\d{4}))-(?=\.\d)")
_TWO_POINTS = re.compile(r"\.\d+\.|\.x|\.000 ")
_VERSION = re.compile(r"(?<![\d.])\d+(?:(?:\.\d+){2,}(?![\d])(?:\.x\b)?|(?:\.\d+)?\.x\b)")
_FRACTION_SPAN = re.compile(r"(?<=\b[1-3]/[2-8]) ?- ?(?=\d)")  # ½-1 teaspoon
_BETTING = re.compile(
    r"\b(?:[Bb]ook(?:ies|makers?)|odds|favou?rites?|outsiders?|underdogs?|[Hh]orses?|[Jj]ockeys?|"
    r"furlongs?|[Ee]ach[- ]way|[Ww]illiam Hill|Ladbrokes)\b"
)
_AGAINST = re.compile(
    r"\b((?:at|to|from) \d{1,3})/(\d)(?=[.,;)]|$| (?:on|in|to|favourite|for|and|after|"
    r"with)\b)(?!\.\d)"
)
_OF_HOURS = re.compile(
    r" (?:daily|weekdays|(?:(?<=pen \d-\d )|(?<=day and \d-\d ))[MTWFS][a-z]+day)\b"
)
_SHOP = re.compile(r"\b(?:the|an?|at|local|nearest) $")  # 7-11
# "25-34-year-olds"
_SPANS = re.compile(
    r"(?<![\w.,-])(\d{1,3})-(?=\d{1,3}-(?:year|month|week|day|hour|minute|second|mile|foot|inch|"
    r"pound|ounce|acre|page|man|point|percent|dollar|degree|cent|seat|room|bed|person|game)s?\b)"
)
_SHARED = re.compile(
    r" (?:split|share|partnership|mix|blend|chance|custody|joint venture)\b"
)  # 60-40
# .312, of batters and teams
_AVERAGE = re.compile(
    r"(\b(?:(?:hit|hits|hitting|bat|bats|batted|batting|slugging|slugged)(?: (?:average|"
    r"percentage))?(?: (?:is|was|of|over|at|above|below|under|to|only|about|around|just|an?|"
    r"a (?:league|career|team)-[a-z]+))?|(?:at|above|below|over|under|to|near|the|a|past|"
    r"reached)(?= \.500\b)) )\.(\d)(\d\d)(?![\d%-])(?! ?[x×])|"
    r"(?<![\w.$£€-])()\.(\d)(\d\d)(?= (?:(?:batting|career|lifetime|season) )?(?:average|avg\.?|"
    r"hitter|clip|slugging|OPS\b|ball\b|baseball|on-base))"
)
# .22LR, .308 Win: of guns
_CALIBER = re.compile(
    r"(?<![\w.$£€-])\.([1-9]\d)(\d?)(?=[- ]?(?:cal(?:iber|ibre)?s?|LR|ACP|WMR|Win|Rem|Mag|Spl|SW|"
    r"[Mm]agnum|[Ss]pecial|rifles?|pistols?|revolvers?|handguns?|rounds|bullets?|ammo|Winchester|"
    r"Remington|Hornet|AutoMag|S&W|Colt|Blackout|Creedmoor|Weatherby)\b)"
)
_OF_TEAMS = re.compile(r"\b(?:seasons?|games?|teams?|record|wins?|coach|league|club|baseball)\b")
_EQUATION = re.compile(r"(?<=[\w)]) - (?=(?:\d+ ?)?[a-z]\b(?! )|\d+ ?[a-z]? ?[-+*/=^)]|\d+ [a-z] )")
_MINUS = re.compile(r"(?<=\d) ?- ?(?=\d+(?:\.\d+)? ?=)")
_QUOTIENT = re.compile(r"(?<=\))/(?=[\d(])")
_PRODUCT = re.compile(r"(?<=[\d)]) ?\* ?(?=[\d(]|\.\d)")
_CODE = re.compile(
    r"\b((?:room|flight|route|highway|hwy\.?|interstate|suite|bus|apartment|apt\.?|boeing|airbus|"
    r"porsche|xbox|peugeot|jetblue|ryanair|easyjet|emirates|lufthansa|qantas|british airways|"
    r"american airlines|united airlines|ferrari|bmw|volvo|king air|cessna|extension|channel|gate|"
    r"area|error|status|code|http|exit|amtrak|acela|hikari|nozomi|shinkansen|eurostar|tgv|sr|cr|"
    r"state (?:road|route)|(?-i:U\.S\.(?= \d{3} (?:[NSEW]B?\b|north|south|east|west|at |near |"
    r"in [A-Z]))|MD|NY|NJ|NC|TX|FL|GA|OH|KY|TN|WV|WI|MN|WA|UT|NV|AZ|NM|KS)|county road|"
    r"train(?! \d{3} [a-z]+s\b)|rooms|suites|gates|flights|routes)(?: number)? (?:(?!(?:of|is|in|"
    r"to|by|at|as|or|on|no)\b)[A-Za-z]{1,2}[- ]?)?)(\d)(\d\d)(?:-(\d)(\d\d))?(?![\d,.:/-]\d|\d)",
    re.I,
)
# a 404 page, a 502 error
_STATUS = re.compile(r"(?<![\w.,$-])([45])(0\d)(?= (?:error|page|message|status)\b)")
# "traffic on the 405"
_FREEWAY = re.compile(
    r"(?:(?<=\b[Tt]he )|(?<=\b[Aa]nd )|(?<=\b[Oo]n )|(?<=\b[Tt]ake ))([1-9])(\d\d)"
    rf"(?:(?= [Ii]nterstates?\b)|(?<={FREEWAYS})(?=[.,;)]|$| [A-Z]\.| (?:north|south|"
    r"east|west|freeway|fwy|at|near|to|and|in|from|is|was|today|this|again|for|since)\b))"
)
_TRAFFIC = re.compile(
    r"\b(?:[Tt]raffic|[Ii]nterstates?|[Ff]reeway|[Ff]wy|[Dd]riv(?:e|ing)|[Dd]rove|[Cc]rash|[Rr]amp|"
    r"[Ss]tuck|[Aa]ccident|[Ee]xit(?:s|ed)?|[Cc]ommut\w+|[Ll]anes?)\b|"
    r" \d{3} (?:north|south|east|west)\b"
)
# "a 350 in his car", "the 486 is", "the 6600.", "a 454 big block": things of that name
_ONE_THING = re.compile(
    r"(?<![\w.,$£€-])(?!1[1-9]\d\d|20\d\d)([1-9]\d?)(\d\d)(?:(?:(?<=\b[Aa] \d{3})|"
    r"(?<=\b[Aa] \d{4}))(?=[.,;)!?](?!\d)|$| (?:in|on|and|or|with|from|for|to|is|was|that|at|"
    r"but)\b)|(?:(?<=\b[Tt]he 7\d7)|(?<=\b[Tt]he \d{4}))(?=[.;)!?](?!\d)|, [a-z]|$)|"
    r"(?:(?<=\b[Tt]he \d{3})|(?<=\b[Mm]y \d{3})|(?<=\b[Tt]he \d{4})|(?<=\b[Mm]y \d{4}))(?= (?:is|"
    r"was|has|does|uses|runs|needs|costs)\b)|(?<=block \d{3})(?![\w-]|,\d)|"
    r"(?<= \d{4})(?= models?\b)|(?= (?:V-?[68]|(?:big|small)[ -]block|cubic inch|engine)s?\b))"
)
_FLOOR_ROOM = re.compile(r"(\b[Rr]ooms? \d{1,2})-(\d)(\d\d)\b")  # room 3-214
# Bio 101, CS 229: courses.
_BASICS = re.compile(
    r"\b([A-Z][a-z]+ |(?:[a-z]+(?:olog|nom|istr|soph|graph|etr)y|[a-z]{2,}(?:[hmt]ics|iting|"
    r"keting|enting|ooking|ounting|vesting)|history|math|dating|coding|feminism|calculus) )101"
    r"(?=[.!?:,;)](?!\d)|$| [-–—]| (?:video|course|class|guide|lesson|series|tutorial|article|post|"
    r"workshop|seminar|lecture|book|textbook|channel|blog)s?\b)"
)  # Crochet 101
# a savings plan
_COLLEGE = re.compile(r"(?<![\w.,$£€-])529(?=s?\b(?![-.,]\d| (?:people|[a-z]{3,}s)\b(?<!plans)))")
_OF_COLLEGE = re.compile(r"\b(?:529 plan|[Cc]ollege|[Bb]eneficiar(?:y|ies)|[Ss]avings|Roth|IRA)\b")
# ISO 639, ISO8601; but ISO 9001
_ISO = re.compile(r"\b(ISO) ?([1-9])(?=[1-9])(\d\d\d?)(?![.,]?\d|\w)")
_COURSE = re.compile(
    r"\b((?:Bio|Biology|Chem|Chemistry|Math|Maths|Phys|Physics|Psych|Psychology|Econ|Economics|"
    r"Hist|History|Eng|English|Calc|Stats?|Statistics|Soc|Sociology|Phil|Philosophy|Geo|Spanish|"
    r"French|German|Latin|Art|Music|Engr|Acct|Accounting|Finance|Law|[A-Z]{2,4}) )(\d)"
    r"(\d\d)(?![\w,.:/-]\d|[\w%°])"
)
_ROOM = re.compile(
    r"(\b(?:in|at|[Oo]ffice:) [A-Z][a-z]+ )(\d)(\d\d)(?![\w,.:/-]\d|[\w%°]| [a-z]+s\b)"
)
# "1600 Pennsylvania Avenue".
_ADDRESS = re.compile(
    r"(?<![\w.,$])(\d{1,3})(\d\d)(?= ?[A-Z]? (?:(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est) ?(?:east|"
    r"west)? )?(?:[A-Z][a-z]+ |\d+(?:st|nd|rd|th) ){1,3}(?:[Ss]treet|St|[Aa]venue|Ave|[Rr]oad|"
    r"[Dd]rive|Dr|[Bb]oulevard|[Ll]ane|[Cc]ourt|[Pp]lace|Way|[Pp]arkway|[Hh]ighway|[Ee]xpressway|"
    r"[Ss]quare|[Tt]errace|[Cc]ircle)\b)"
)
_NUMBER = re.compile(rf"(?<![\w.])(-)?({PLAIN}|\.\d+)('?s\b)?")
_ON_PLANES = re.compile(
    r"(?<=\b[Tt]he )-(?=[1-9]00\b(?![- ](?:degrees?|°|points?|feet|level)))"
)  # the -400
_ERS = re.compile(r"(?<![\w.,])(\d{2})ers\b")  # the 49ers
_NAME = re.compile(r"(?<![\w.,#$-])(\d\d[1-9])(?=[A-Z][a-z]{3,})")  # 247Sports
_LONGEST = 9  # digits without commas from which a number names something
_INSIDE = re.compile(
    r"(\d+)((?<=[a-z]\d)s\b|(?<=[a-z]\d\d)s\b)?"
)  # of a code such as MP3, or after a point such as 1.2.3


# 4.7 / 5, and 5-6/10
_SPACED_RATING = re.compile(r"(?<![\w/.,$])(\d\.\d{1,2}) / (?=(?:5|10)(?:\.0+)?(?![\d.,/]*\d))")
_RATING_SPAN = re.compile(r"(?<![\w/.,$-])(\d)-(\d)/10(?![\w/]|[.,]\d)")


def expand(text: str) -> str:
    """Every number left in a text in words."""
    if "Wordle" in text:
        text = _WORDLE.sub(r"\1 out of 6", text)
    if "he -" in text:
        text = _ON_PLANES.sub("", text)
    if "=" in text:
        text = _EQUATION.sub(" minus ", _MINUS.sub(" minus ", text))
    if "." in text and _LETTER_POINT.search(text):
        text = _GLUED_POINT.sub(" ", text)
    if "0 000" in zeros(text):
        text = _SPACED_COUNT.sub(r"\1,\2", _SPACED.sub(lambda m: m[0].replace(" ", ","), text))
    if ")/" in text:
        text = _QUOTIENT.sub(" over ", text)
    if "-." in text:
        text = _POINTED_SPAN.sub(" to ", text)
    if _TWO_POINTS.search(text):
        text = _VERSION.sub(_version, _POINTS.sub(lambda m: m[0].replace(".", ","), text))
    if "*" in text:
        text = _PRODUCT.sub(" times ", text)
    if "000" in zeros(text):
        if "000A" in shape(text):
            text = _NAME.sub(lambda m: f"{digit_by_digit(m[1])} ", text)
        if "0-000" in zeros(text):
            text = _FLOOR_ROOM.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])}", text)
        text = _CODE.sub(_code, text)
        text = _STATUS.sub(lambda m: in_hundreds(m[1] + m[2]), text)
        if "oom" in text or "m 0000" in zeros(text):
            text = _BIG_ROOM.sub(lambda m: m[1] + in_hundreds(m[2]), text)
        if holds(text, ("the ", "on ", "ake ")) and _FREEWAY.search(text) and _TRAFFIC.search(text):
            text = _FREEWAY.sub(lambda m: in_hundreds(m[1] + m[2]), text)
        text = _ONE_THING.sub(lambda m: in_hundreds(m[1] + m[2]), text)
        text = _COURSE.sub(_course, text)
        if "529" in text and _OF_COLLEGE.search(text):
            text = _COLLEGE.sub("five twenty-nine ", text)
        if "101" in text:
            text = _BASICS.sub(r"\1one oh one", text)
        if "ISO" in text:
            text = _ISO.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])}", text)
        if _LONG_ROOM_HINT.search(text) and _OF_CLASSES.search(text):
            text = _LONG_ROOM.sub(lambda m: m[1] + in_hundreds(m[2] + m[3]), text)
        text = _ROOM.sub(lambda m: m[1] + in_hundreds(m[2] + m[3]), text)
        text = _ADDRESS.sub(_address, text)
    if "/-" in text:
        text = _BELOW.sub(" over minus ", text)
    if " / " in text and "=" in text:
        text = _QUOTIENT_APART.sub(" divided by ", text)
    if "'s" in text:
        text = _PLURAL_APART.sub("s", text)
    if "/" in text:
        text = _SPACED_RATING.sub(r"\1/", _RATING_SPAN.sub(r"\1 to \2 out of 10", text))
        if _RECORDS.search(text) and _OF_RECORDS.search(text):
            text = _RECORDS.sub(_records, text)
        text = text.replace("24/7/365", "twenty-four seven three sixty-five")
        text = _HALF_DONE.sub("half ", _HALFWAY.sub("halfway", text))
        text = _ROUTINE.sub(r"\1 \2 \3", text)
        text = _SHARES.sub(_shares, text)
        text = _FRACTION_SPAN.sub(" to ", text)
        if _BETTING.search(text):
            text = _AGAINST.sub(r"\1 to \2", text)
        text = _OF_MANY.sub(r"\1 of ", text)
        text = _SMALL_PART.sub(lambda m: f"one {ordinal(int(m[1].replace(',', '')))}", text)
        text = _HALF_POINTS.sub(r"\1 and a half out of \2", _MINUS_MIXED.sub("minus ", text))
        text = _MIXED.sub(_mixed, _MIXED_SPAN.sub(" to ", text))
        text = _HALF_A.sub("half ", _HALF_OF_ONE.sub(r"\1half ", text))
        text = _RATED.sub(lambda m: f"{m[1]}{number(m[2])} out of five", text)
        text = _RATING.sub(_rating, text)
        text = _FRACTION.sub(_fraction, text)
    near = zeros(text)
    has_ordinal = (
        "0st" in near or "0nd" in near or "0rd" in near or "0th" in near
    ) and _ANY_ORDINAL.search(text) is not None
    if has_ordinal:
        text = _ORDINALS.sub(" to ", text)
    if "0d " in zeros(text):
        text = _OLD_ORDINAL.sub(lambda m: ordinal(int(m[1])), text)
    if has_ordinal:
        text = _ORDINAL.sub(lambda m: ordinal(int(m[1].replace(",", ""))) + m[2].lower(), text)
    if "0:0" in zeros(text):
        text = _ON_ICE.sub(r"\1 \2", text)
        text = _RATIO.sub(lambda m: " to ".join(map(number, m[0].split(":"))), text)
    if _ANY_RANGE.search(zeros(text)):
        text = _SPANS.sub(r"\1 to ", text)
        text = _LABELLED.sub(r"\1 \2 \3", text)
        if "(" in text:
            text = _LIFE.sub(_life, text)
        text = _SEQUENCE.sub(lambda m: ", ".join(number(n) for n in m[0].split("-")), text)
        text = _RANGE.sub(_range, text)
    if "0ers" in zeros(text):
        text = _ERS.sub(lambda m: f"{cardinal(int(m[1])).removesuffix('e')}ers", text)
    if ".00" in zeros(text):
        text = _CALIBER.sub(_caliber, text)
    if ".000" in zeros(text):
        text = _AVERAGE.sub(_average, text)
    text = _NUMBER.sub(_number, text)
    return _INSIDE.sub(_inside, text) if "0" in zeros(text) else text


def _caliber(match: re.Match[str]) -> str:
    said = in_hundreds(match[1] + match[2]) if match[2] else cardinal(int(match[1]))
    return said if match.string[match.end()] in " -" else f"{said} "


def _average(match: re.Match[str]) -> str:
    """ "hit .312" -> "hit three twelve", "below .500" -> "below five hundred"."""
    if match[4] is not None:
        return in_hundreds(match[5] + match[6])
    sure = any(verb in match[1] for verb in ("hit", "bat", "slug"))
    if not sure and _OF_TEAMS.search(around(match)) is None:
        return match[0]
    return match[1] + in_hundreds(match[2] + match[3])


def _version(match: re.Match[str]) -> str:
    """3.2.1 is three point two point one."""
    parts = match[0].split(".")
    words = " point ".join(part if part == "x" else number(part) for part in parts)
    before, after = (
        match.string[max(0, match.start() - 1) : match.start()],
        match.string[match.end() :],
    )
    return " " * before.isalpha() + words + " " * after[:1].isalpha()


def _code(match: re.Match[str]) -> str:
    """Room 101 is one oh one, flight 370 three seventy, route 500 five hundred."""
    spoken = in_hundreds(match[2] + match[3])
    return match[1] + spoken + (f" to {in_hundreds(match[4] + match[5])}" if match[4] else "")


def _course(match: re.Match[str]) -> str:
    """After an initialism only 101 is surely one."""
    if match[1].isupper() and match[2] + match[3] != "101":
        return match[0]
    return match[1] + in_hundreds(match[2] + match[3])


def _address(match: re.Match[str]) -> str:
    first, rest = match.groups()
    if len(first) < 3:
        return in_hundreds(first + rest)
    # 11831: eleven eight thirty-one
    last = first[2] + rest
    said = in_hundreds(last) if last[0] > "0" else digit_by_digit(last)
    return f"{cardinal(int(first[:2]))} {said}"


def _mixed(match: re.Match[str]) -> str:
    whole, top, bottom = (int(g) for g in match.groups())
    if not 0 < top < bottom:
        return match[0]
    part = fraction(top, bottom)
    if top == 1:
        part = part.replace("one ", "an " if bottom in (8, 11, 18, 80) else "a ", 1)
    return f"{cardinal(whole)} and {part}"


# "47/60 RSVPs", "14/30 students"
_OF_THESE = re.compile(
    r" (?:RSVPs|stars|people|students|kids|guests|members|players|teams|votes|seats|spots|tickets|"
    r"questions|points|responses|replies|surveys|tasks|items|games|matches|sessions|states|"
    r"countries|schools|pages|tests|confirmed|complete|completed|done|filled|sold|responded|"
    r"replied|registered)\b"
)
_SEASON = re.compile(
    r" (?:[Cc]hamp|[Ss]eason|[Cc]ampaign|[Tt]itle|[Ww]inner|(?:school|tax|fiscal) year)"
)
_RHYTHM = re.compile(r" (?:time(?! of\b)|beats?|met(?:er|re)|rhythms?|grooves?)\b")
_OF_SO_MANY = re.compile(r" (?!s[ce]|inch|mile|part|time)(?:[a-z]+s|people|children|women|men)\b")
_TWO_NUMBERS = re.compile(r" (?:ARM|configurations?)\b")  # a mortgage, a computer
# denominators of fractions, above sixteenths
_PARTS = frozenset((20, 24, 25, 30, 32, 36, 40, 48, 50, 60, 64, 80, 90, 100))
_ROUTES = re.compile(r"\b(?:[Bb]us(?:es)?|[Rr]outes?|[Ll]ines?|[Tt]rams?|[Tt]rains?)\b|\d/\d+/\d")


def _fraction(match: re.Match[str]) -> str:
    minus, top, bottom = match[1], int(match[2]), int(match[3])
    said = _SAID.get(match[0])
    if said:
        return said
    sign = "minus " if minus else ""
    if 0 < top < bottom and bottom > 4 and _OF_THESE.match(match.string, match.end()):
        return f"{cardinal(top)} out of {cardinal(bottom)}"
    if bottom == top + 1 > 10 and _SEASON.match(match.string, match.end()):  # 21/22 champs
        return f"{cardinal(top)} {cardinal(bottom)}"
    if top + bottom == 100 or match[0] in ("18/8", "18/10"):  # the 80/20 rule, steel
        return f"{cardinal(top)} {cardinal(bottom)}"
    before = ahead(match, 16)
    rated = before.endswith((" - ", ": ")) and _A_RATING.match(match.string, match.end())
    if bottom in (5, 10) and (top == 0 or rated):
        return f"{cardinal(top)} out of {cardinal(bottom)}"
    if _ODDS.search(before):
        return f"{cardinal(top)} to {cardinal(bottom)}"
    if _TWO_NUMBERS.match(match.string, match.end()) or match[2] in ("386", "486"):
        return f"{in_hundreds(match[2]) if top > 99 else cardinal(top)} {cardinal(bottom)}"
    if top == 1 and bottom >= 100 and _OF_SO_MANY.match(match.string, match.end()):
        return f"one in {cardinal(bottom)}"
    if bottom == 1 and top > 1 and "=" not in match.string:  # 33/1, of a horse
        return f"{cardinal(top)} to one"
    if bottom < 2 or top == 0 or (top > bottom and bottom > 20) or bottom > 100:
        return f"{sign}{cardinal(top)} over {cardinal(bottom)}"
    if top > 1 and bottom in (2, 4, 8) and _RHYTHM.match(match.string, match.end()):
        return f"{cardinal(top)} {cardinal(bottom)}"
    if top > bottom and top % bottom == 0:  # a day, a score; no fraction is written so
        between = "over" if "=" in match.string else "slash"
        return f"{sign}{cardinal(top)} {between} {cardinal(bottom)}"
    if top == bottom:
        return f"{cardinal(top)} out of {cardinal(bottom)}"
    if bottom > 16 and bottom not in _PARTS:  # of a test, or the numbers of two buses
        near = around(match)
        between = "slash" if _ROUTES.search(near) else "out of"
        return f"{cardinal(top)} {between} {cardinal(bottom)}"
    spoken = fraction(top, bottom)
    if _SIZE.match(match.string, match.end()):
        spoken = spoken.removesuffix("s")
    return sign + spoken


def _shares(match: re.Match[str]) -> str:
    """ "50/30/20" -> "fifty thirty twenty", which together are all."""
    shares = [int(share) for share in match.groups()]
    return " ".join(map(cardinal, shares)) if sum(shares) == 100 else match[0]


def _rating(match: re.Match[str]) -> str:
    top, bottom = match[1] or match[3], match[2] or match[4]
    if match[3]:
        before = ahead(match, 24)
        if float(top) > float(bottom) or _DIVIDED.search(before):
            return match[0]
        if _NO_RATING.match(match.string, match.end()):
            return match[0]
        return f"{number(top)} out of {number(bottom)}"
    if top in ("1", "3", "50") and bottom not in ("20", top) and not _PAIN.search(around(match)):
        return match[0]
    between = "" if bottom == "20" else "out of "
    return f"{number(top)} {between}{cardinal(int(bottom))}"


def _records(match: re.Match[str]) -> str:
    speeds = [cardinal(int(n)) for n in match.groups()[:3] if n]
    return " ".join(speeds[:-1] + [plural(speeds[-1]) if match[4] else speeds[-1]])


def _life(match: re.Match[str]) -> str:
    first, last = int(match[2]), int(match[3])
    named = _NAMED.search(ahead(match, 24))
    if not named or not 15 < last - first < 110:
        return match[0]
    return f"{match[1]}{year(first)} to {year(last)}"


_OF_PACKAGES = re.compile(
    r"\b(?:CRAN|R-Forge|[Pp]ackages?|[Vv]ersions?|[Bb]inar(?:y|ies)|[Tt]arballs?|libs?|rpm|deb)\b"
)


def _range(match: re.Match[str]) -> str:
    if "." in match[1] and match[2].isdigit() and _OF_PACKAGES.search(around(match)):
        return f"{number(match[1])} dash {number(match[2])}"  # 1.3-3
    if match[0] == "7-11" and _SHOP.search(ahead(match, 8)):
        return "seven eleven"
    if match[0] == "50-50" or _SHARED.match(match.string, match.end()):
        first, last = match[1], match[2]
        if first.isdigit() and last.isdigit() and int(first) + int(last) == 100:
            return f"{number(first)} {number(last)}"
    if match.string[match.end() : match.end() + 1].isalpha():  # "4-8c", but "section 12-3b"
        rises = float(match[1].replace(",", "")) < float(match[2].replace(",", ""))
        return f"{match[1]} to {match[2]}" if rises else match[0]
    equal = match[1] == match[2] and match[1].isdigit()  # all square; but "open 7-7 Saturday"
    if equal and not _OF_HOURS.match(match.string, match.end()):
        return f"{number(match[1])} {number(match[2])}"
    if len(match[2]) == 2 and match[2][0] == "0" and match[1][0] != "0" and len(match[1]) < 3:
        second = "zero zero" if match[2] == "00" else f"oh {number(match[2][1])}"
        return f"{number(match[1])} {second}"  # 45-03, of a race
    return f"{number(match[1])} to {number(match[2])}"


def _number(match: re.Match[str]) -> str:
    minus, digits, suffix = match.groups()
    before = match.string[match.start() - 1 : match.start()]
    words = (
        digit_by_digit(digits)
        if digits.isdigit() and len(digits) >= _LONGEST + digits.endswith("000")
        else number(digits)
    )
    if minus and (not before or before in " (=,\"'"):
        words = "minus " + words
    elif minus:
        words = "-" + words
    after = match.string[match.end() : match.end() + 4]
    if not suffix and after[:1].isalpha() and not after.startswith(("ish", "fold", "some", "plus")):
        words += " "
    if suffix and suffix[0] == "'":
        return words + suffix
    return plural(words) if suffix else words


def _inside(match: re.Match[str]) -> str:
    """Digits that touch letters or a point."""
    text, start, end = match.string, match.start(), match.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    digits = match[1]
    if (
        (before == "." and text[start - 2 : start - 1] != ".")
        or (digits[0] == "0" and len(digits) > 1)
        or len(digits) > 4
    ):
        words = digit_by_digit(digits)
    elif len(digits) == 3 and digits[1:] != "00":
        words = f"{cardinal(int(digits[0]))} {two_digits(int(digits[1:]))}"
    elif len(digits) == 4 and digits[2:] != "00" and digits[1] != "0":
        words = f"{cardinal(int(digits[:2]))} {two_digits(int(digits[2:]))}"
    else:
        words = cardinal(int(digits))
    words = plural(words) if match[2] else words  # m16s
    if before == "." and start > 1 and text[start - 2] != ".":
        words = "point " + words if text[start - 2].isalnum() else words
    return (" " if before.isalnum() else "") + words + (" " if after.isalpha() else "")
