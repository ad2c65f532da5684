"""Numbers that are nothing else: ordinals, fractions, ranges, decimals, cardinals."""

from __future__ import annotations

import re

from recital.processors.text.english.calendar_names import MONTH
from recital.processors.text.english.outline import shape, zeros
from recital.processors.text.english.words import (
    LABEL,
    NUMBER_WORD,
    ahead,
    around,
    behind,
    cardinal,
    digit_by_digit,
    fraction,
    number,
    ordinal,
    plural,
    two_digits,
    year,
)

_GROUPED = r"\d{1,3}(?:,\d{3})+"
_PLAIN = rf"(?:{_GROUPED}|\d+)(?:\.\d+)?"
# 2nd-3rd, 50-75th
_ANY_ORDINAL = re.compile(r"\d[snrtSNRT][tdhTDH]")
_ORDINALS = re.compile(r"(?:(?<=\d(?:st|nd|rd|th))|(?<=\d))-(?=\d+(?:st|nd|rd|th)\b)")
# the 23d day of May, the 2d Cavalry
_OLD_ORDINAL = re.compile(
    r"\b(\d{0,2}[23])d"
    r"(?= (?:day\b|of [A-Z]|Reg|Cav|Inf|Art|Div|Brig|Batt|Corps|Army|Cong|sess|ed\b))"
)
_ORDINAL = re.compile(rf"\b({_GROUPED}|\d+)(?:st|nd|rd|th)(s?)\b", re.I)
_MIXED = re.compile(r"(?<![\w/.,-])(\d+)[ -](\d{1,2})/(\d{1,3})(?:th|rd|nd)?s?(?![\w/]|[.,]\d)")
# Nine out of ten, but nine tenths of it.
# "Day 3/100", "page 2/5"
_OF_MANY = re.compile(
    r"\b((?:[Dd]ay|[Pp]art|[Pp]age|[Ll]esson|[Ww]eek|[Tt]weet|[Ss]lide|[Ee]pisode|[Ss]tep) "
    r"\d{1,3})/(?=\d{1,3}\b)"
)
_SMALL_PART = re.compile(r"(?<![\w/.,])1/(\d{1,3}(?:,\d{3})+)(?![\w/]|[.,]\d)")  # 1/63,000
_BELOW = re.compile(r"(?<=\d)/-(?=\d)")
_RATING = re.compile(
    r"(?<![\w/.,$-])(\d{1,2}(?:\.\d)?|100)/(10|100|5(?= stars?\b)|(?<=\b5/)5|(?<=\b20/)20)"
    r"(?![\w/]|[.,]\d| (?:of|mile|inch|cups?|th)\b)"
    r"|(?<![\w/.,$-])(\d{1,2}\.\d{1,2})/(\d{1,2}|[45]\.0{1,2}|10\.0)(?![\w/]|[.,]\d)"
)
_PAIN = re.compile(r"\b(?:[Pp]ain|[Rr]ated)\b")
_DIVIDED = re.compile(r"\b(?:[Dd]ivid\w+|[Rr]atio|[Tt]ires?|[Tt]yres?|[Ll]ens)\b|=\s?$")
# a 2.8/50 lens, 7.50/16 tires
_NO_RATING = re.compile(r" (?:of|lens(?:es)?|t[iy]res?|in|mm|=)\b| ?[=+*]")
_A_RATING = re.compile(r"[.!]*(?: +[A-Z]|$)")  # "Side dish - 4/5 Yum!"
_RATED = re.compile(
    r"(\b(?:[Rr]at(?:ed?|ings?)|[Ss]core|[Dd]ifficulty|[Oo]verall|[Gg]ave it|[Gg]ive (?:it|this))"
    r"(?: (?:of|it|this|is|a|at))?:? )(\d(?:\.\d)?)/5\b(?![/\d]|\.\d| of\b)"
)
# "a 1/2 day", "a blue 1/2 sheet"
_QUOTIENT_APART = re.compile(r"(?<=[a-z\d)]) / (?=[\d(])")
_HALFWAY = re.compile(r"(?<![\w/.,])1/2[- ]?way\b")
_HALF_OF_ONE = re.compile(
    r"(\b[Aa] (?:[a-z]+ )?)1/2 "
    r"(?=(?!(?:of|and|or|to|in|a|an|the|is|was|per|cup|teaspoon|tablespoon|inch|pound|mile|ounce|"
    r"pint|quart)\b)[a-z])"
)
_SIZE = re.compile(
    r"-(?:inch|mile|pound|cup|ounce|gallon|acre|foot|yard|mil|scale|length|time|ton)\b"
)  # 3/4-inch
_FRACTION = re.compile(r"(?<![\w/.,])(-)?(\d{1,3})/(\d{1,4})((?i:ths?|nds?|rds?))?(?![\w/]|[.,]\d)")
_SAID = {
    "24/7": "twenty-four seven",
    "9/11": "nine eleven",
    "7/7": "seven seven",
}
_ODDS = re.compile(r"\b[Oo]dds (?:\w+ ){0,2}$")
_SCORE = re.compile(
    r"(?<![\w/.,$-])(\d{2,4})/(100|200|300|400|500|800|1000|1600|2400)(?![\w/]|[.,]\d)"
)
_RATIO = re.compile(rf"(?<![\w:.,])({_PLAIN}):({_PLAIN})(?![\w:])")
_SEQUENCE = re.compile(r"(?<![\w.,-])\d{1,2}(?:-\d{1,2}){2,}(?![\w-])")
# Rule 36-3, Figure 2-1: a name and no range
_LABELLED = re.compile(
    r"\b(Rule|Section|Article|Regulation|Ordinance|Resolution|Statute|[Ff]igure|[Ll]isting|"
    r"[Tt]able|[Ee]xhibit|[Aa]ppendix|[Tt]heorem|[Ee]quation|[Ee]xercise|"
    r"[Pp]roblem) (\d{1,4})-(\d{1,4})(?![\w.-]\w)"
)
# "Jerome (347-420)" lived then
_LIFE = re.compile(r"(?<=[a-z)])( \((?:(?:circa|born) )?)([1-9]\d\d) ?- ?([1-9]\d\d)(?=\))")
_NAMED = re.compile(
    r"(?:^|[\s(\"'])(?!(?:Pages?|Adults|Numbers?|Rooms?|Lines?|Total|Score|Range|Sections?|"
    r"Chapters?|Items?|Europe|Asia|Rome|China)\b)[A-Z][a-z]+\)?$"
)
# "will meet in Sage 5510 on Tuesdays"
_LONG_ROOM = re.compile(
    rf"(\b(?:in|at) (?!(?:{MONTH})\b)[A-Z][a-z]+ )(?!19|20)([1-9]\d)(\d\d)"
    r"(?=[.;]?$| (?:on (?:[MTWFS][a-z]+days?\b|the)|at (?:\d|noon|"
    rf"{NUMBER_WORD})|from (?:\d|[a-z]+ )))"
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
    r"'s(?<=\d's)"
    r"(?=[.,;:)!?]|$| (?:and|or|are|were|with|for|from|through|have|had|do|did|can|will|in|on|at|"
    r"to|here|there)\b)"
)
_LETTER_POINT = re.compile(r"\.\d(?:(?<=[A-Za-z]\d\.\d)|(?<=[A-Za-z]\d\d\.\d))")
_GLUED_POINT = re.compile(r"(?<=[A-Za-z]{2})(?=\d{1,2}\.\d{1,2}(?![\w.]|\.\d))")  # USB3.0
_RANGE = re.compile(rf"(?<![\w-])({_PLAIN}) ?-(?: (?=\d))?(?!0\d\d)({_PLAIN})(?![\w-]|,\d)")
_ANY_RANGE = re.compile(r"0 ?- ?0")  # in `zeros`
# 261 000, 5 534 626
_SPACED = re.compile(
    r"(?<![\w.,-])(?<!\d )(?:\d{1,3}(?: \d{3})* 000|[1-9]\d?(?: \d{3}){2,})(?! ?\d)(?![\w-])"
)
_POINTS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:\.\d{3}){2,}(?!\w|[.,]\d)")  # 10.000.000
_TWO_POINTS = re.compile(r"\.\d+\.|\.x")
_VERSION = re.compile(r"(?<![\d.])\d+(?:(?:\.\d+){2,}(?![\d])(?:\.x\b)?|(?:\.\d+)?\.x\b)")
_FRACTION_SPAN = re.compile(r"(?<=\b[1-3]/[2-8])-(?=\d)")  # ½-1 teaspoon
_BETTING = re.compile(r"\b(?:[Bb]ook(?:ies|makers?)|odds|favourites?|[Ww]illiam Hill|Ladbrokes)\b")
_AGAINST = re.compile(
    r"\b((?:at|to|from) \d{1,2})/(\d)"
    r"(?=[.,;)]|$| (?:on|in|to|favourite|for|and|after|with)\b)(?!\.\d)"
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
    r"(\b(?:(?:hit|hits|hitting|bat|bats|batted|batting|slugging|slugged)"
    r"(?: (?:average|percentage))?"
    r"(?: (?:is|was|of|over|at|above|below|under|to|only|about|around|just|an?|a (?:league|career|"
    r"team)-[a-z]+))?|(?:at|above|below|over|under|to|near|the|a|past|reached)(?= \.500\b)) )"
    r"\.(\d)(\d\d)(?![\d%-])(?! ?[x×])"
    r"|(?<![\w.$£€-])()\.(\d)(\d\d)(?= (?:(?:batting|career|lifetime|season) )?"
    r"(?:average|avg\.?|hitter|clip|slugging|OPS\b|ball\b|baseball|on-base))"
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
    r"area|error|status|code|http|rooms|suites|gates|flights|routes)(?: number)? (?:(?!(?:of|is|in|"
    r"to|by|at|as|or|on|no)\b)[A-Za-z]{1,2}[- ]?)?)"
    r"(\d)(\d\d)(?:-(\d)(\d\d))?(?![\d,.:/-]\d|\d)",
    re.I,
)
# "traffic on the 405"
_FREEWAY = re.compile(
    r"(?<=\bthe )([1-9])(\d\d)(?<=101|105|110|118|134|170|210|215|280|405|580|605|680|710|805|880)"
    r"(?=[.,;)]|$| [A-Z]\.| (?:north|south|east|west|freeway|fwy|at|near|to|and|in|from|is|was|"
    r"today|this)\b)"
)
_TRAFFIC = re.compile(
    r"\b(?:[Tt]raffic|[Ff]reeway|[Ff]wy|[Dd]riv(?:e|ing)|[Dd]rove|[Cc]rash|[Rr]amp|[Cc]ommut\w+|"
    r"[Ll]anes?)\b"
)
_FLOOR_ROOM = re.compile(r"(\b[Rr]ooms? \d{1,2})-(\d)(\d\d)\b")  # room 3-214
# Bio 101, CS 229: courses.
_BASICS = re.compile(r"\b([A-Z][a-z]+ )101(?=[.!?:,;)](?!\d)|$| [-–—])")  # Crochet 101
_ISO = re.compile(r"\b(ISO )([1-9])([1-9]\d)(?![.,]?\d|\w)")  # ISO 639, ISO 125
_STAR = re.compile(r"\b((?:HD|HIP|TIC|KIC|EPIC|SAO|GJ|BD) )(\d{5,9})\b")
_COURSE = re.compile(
    r"\b((?:Bio|Biology|Chem|Chemistry|Math|Maths|Phys|Physics|Psych|Psychology|Econ|Economics|"
    r"Hist|History|Eng|English|Calc|Stats?|Statistics|Soc|Sociology|Phil|Philosophy|Geo|Spanish|"
    r"French|German|Latin|Art|Music|Engr|Acct|Accounting|Finance|Law|[A-Z]{2,4}) )(\d)"
    r"(\d\d)(?![\w,.:/-]\d|[\w%°])"
)
_ROOM = re.compile(r"(\b(?:in|at) [A-Z][a-z]+ )(\d)(\d\d)(?![\w,.:/-]\d|[\w%°]| [a-z]+s\b)")
# "1600 Pennsylvania Avenue".
_ADDRESS = re.compile(
    r"(?<![\w.,$])(\d{1,3})(\d\d)(?= ?[A-Z]? "
    r"(?:(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est) ?(?:east|west)? )?"
    r"(?:[A-Z][a-z]+ |\d+(?:st|nd|rd|th) ){1,3}"
    r"(?:[Ss]treet|St|[Aa]venue|Ave|[Rr]oad|[Dd]rive|Dr|[Bb]oulevard|[Ll]ane|[Cc]ourt|[Pp]lace|Way|"
    r"[Pp]arkway|[Hh]ighway|[Ee]xpressway|[Ss]quare|[Tt]errace|[Cc]ircle)\b)"
)
# What "5m" is a number of, and no meter.
_COUNTS = (
    "[Ee]uros|[Dd]ollars|[Pp]ounds|yen|people|users|views|followers|subscribers|visitors|customers|"
    "units|homes|jobs|shares|barrels|tons|tonnes|copies|years|votes|downloads|viewers|fans|"
    "Americans|streams|workers|residents|refugees|cases|deaths|doses|tourists|passengers|students|"
    "children|voters|players|websites|sites|pages|posts|songs|albums|computers|phones|handsets|"
    "messages|emails|families|consumers|machines|consoles|accounts|businesses|litres|liters|"
    "gallons|Britons|migrants|members|listeners|readers|tickets|records|rows|lines|documents|cars|"
    "vehicles|patients|households"
)
# Things that are so many meters long or high.
_MEASURED = (
    "waves|walls|tides|swells|fences|ceilings|trees|boards|sides|lengths|poles|pipes|sheets|cables|"
    "snakes|sharks|planks|sections|beams|pythons|crocodiles|desks|tables|ladders|curtains|doors|"
    "windows|rods|panels|shelves|gaps|margins|rolls|drops|steps|strips|models|plants|gates|benches|"
    "beds|sofas|towers|hedges|statues|ropes|chains|ribbons|hurdles|jumps|lanes|wires|leads|"
    "extensions|surfboards|boats|ponds|pools"
)
# "2.3m blocks"
_MANY = (
    rf"(?<=\d\.\dm) (?!{_MEASURED}|across|less|besides|towards|always|meters|metres)[a-z]{{3,}}s\b"
)
# "1.4m cash machines"; but "2.5m long cars"
_COUNTED = rf"(?<=\d\.\dm) (?!long|high|wide|tall|deep|thick|apart|away)[a-z]{{3,}} (?:{_COUNTS})\b"
# No verbs, as in "the 200m won by Lee".
_CURRENCIES = (
    "[Ee]uros?|[Dd]ollars?|[Pp]ounds?|pesos|rupees|yuan|renminbi|yen|kronor|kroner|rubles|roubles|"
    "lira|dirhams|riyals|baht|ringgit|reais|shekels|zlotys?|Swiss francs"
)
_OF_CURRENCY = re.compile(
    rf"\d(?: ?m (?=(?:{_CURRENCIES})\b)| (?:mln|bln|mn|bn)\b(?!\.\w)(?: eur\b)?)"
)  # 400m pesos
_SCALE = re.compile(
    rf"(?<![\w.,])(?<!\w-)({_PLAIN})(?:-({_PLAIN}))? ?(?:(?<! )([KMB]|k(?!-)|bn|mn|mln|bln|"
    rf"tn)\b(?!\()|(?<! )(m)(?= (?:{_COUNTS})\b|{_MANY}|{_COUNTED}))(?!')"
)
# 1.3 M views
_SPACED_SCALE = re.compile(
    rf"(?<![\w.,])(?<!\w-)({_PLAIN}) ([KMB])(?= (?:unique |monthly |daily |active |new |"
    rf"total )?(?:{_COUNTS}|likes|plays|"
    r"tokens|parameters|params|images|sentences|words|samples|points|pairs|euros?|dollars?|hits|"
    r"clicks|parts|miles|items|entries|queries|requests|events|children|inhabitants)\b)"
)
_SCALE_RANGE = re.compile(
    rf"(?<![\w.,])({_PLAIN})(?:([KkMB]|bn|mn|mln|bln|tn)-(?={_PLAIN}\2(?!\w))|"
    rf"m-(?={_PLAIN}m (?:{_COUNTS})\b))"
)
# "spent 17m on it", "a record 240m libel claim": millions where that is sure.
_M = re.compile(rf"(?<![\w.,])(?<!\w-)({_PLAIN})m\b(?![²³^'’/-]|\.\w| x )")
_M_PLUS = re.compile(rf"(?<=\d)m\+(?= (?:{_COUNTS})\b| in (?:profits?|sales|revenues?|funding)\b)")
_OF_MILLIONS = re.compile(
    # money that changes hands: "paid him nearly 9m", never "paid for 20m"
    r"(?:\b(?:sp[ae]nt|spend(?:s|ing)?|pa(?:id|ys?|ying)|won|wins?|winning|lost|losing|earn(?:s|ed|"
    r"ing)?|worth|costs?|costing|invest(?:s|ed|ing)?|donat(?:es?|ed|ing)|fined|owe[sd]?|owing|"
    r"borrow(?:s|ed)|claimed|claiming|valued at|offer(?:s|ed|ing)?|su(?:es|ed|ing)(?: \w+)? for|"
    r"(?<!was )(?<!were )raised|raising|(?:sold|bought|signed|joined|went)(?: [\w']+){0,4} for)"
    r"(?: (?:him|her|them|it|us|me|out|about|around|nearly|over|almost|some|more than|less than|"
    r"up to|at least|as much as|only|just|another|an?(?= [a-z])|extra|estimated|record|additional|"
    r"further|total of|whopping))*"
    # what is counted so: "sales rose to 3.2m"
    r"|\b(?i:sales|profits?|loss(?:es)?|revenues?|turnover|budgets?|debts?|loans?|funds|funding|"
    r"investments?|prizes?|prize money|fees?|deals?|bids?|claims?|damages|fines?|tax(?:es)?|costs?|"
    r"cash|earnings|salar(?:y|ies)|bonus(?:es)?|wages?|assets|grants?|jackpot|pensions?|rent|"
    r"income|compensation|stake|payouts?|population|viewers|viewership|audiences?|(?:TV |"
    r"viewing )?ratings|crowds?|listeners|users|subscribers|readership|circulation|downloads|"
    r"copies|voters|cases|deaths|infections|jobs|homes|unemployment|exports|imports|savings|"
    r"donations|attendances?|fortune|contracts?)"
    r"(?::|(?: (?:of|to|at|by|from|(?:is|was|were) for|put|is|was|were|are|has|have|had|been|now|"
    r"about|around|over|under|nearly|almost|some|more|less|than|up|down|rose|risen|fell|fallen|"
    r"grew|grown|dropped|climbed|jumped|soared|slipped|declined|increased|shrank|doubled|reached|"
    r"hit|peak(?:s|ed)|averag(?:es?|ed)|tota(?:ls?|ll?ed)|topped|exceeded|stands?|stood|only|just|"
    r"an?(?= [a-z])|record|another|further|estimated|worth|and|in|\d{4}|\d[\d.,]*(?:m| million|%)|"
    r"(?:this|last|the|the last|the first) (?:year|half|month|quarter|week|season)))+"
    # "profits at the group fell from 5m to 3m"
    r"| (?:of|in|at|from|for) (?:[\w'&-]+ ){1,4}(?:fell|rose|grew|dropped|climbed|jumped|soared|"
    r"slipped|reached|hit|was|were|stood at|topped)(?: (?:from|to|by|at|over|nearly|almost|about|"
    r"around|\d[\d.,]*m|\d[\d.,]* million|in|\d{4}|\d[\d.]*%))*)"
    r"|\b(?:seen|watched|viewed|read|heard|played|downloaded|visited|used|streamed|shared|bought)"
    r" by(?: (?:about|around|nearly|over|almost|some|more than|up to|at least|another))?"
    r"|illion [a-z]+(?:,? (?:and|to|or|from|in|\d{4}|against|up|down|versus|vs\.))+) $"
)
_MILLIONS_BEHIND = re.compile(
    r" (?:(?:record|libel|tax|cash|rescue|transfer|lottery|prize|insurance|investment|rights|"
    r"damages|corruption|fraud|debt|budget|loan|bank|book|film|record|TV|sponsorship) )?(?:loss|"
    r"profit|budget|deal|libel|claim|debt|loan|fine|fund|bid|prize|bonus|contract|jackpot|grant|"
    r"investment|takeover|bailout|settlement|signing|stake|payout|payoff|lawsuit|fee|package|"
    r"donation|savings|shortfall|deficit|surplus|windfall|fraud|bill)s?\b"
    r"|,? [-–—] (?:the )?[Nn]umber of\b| transfer\b| (?:watched|tuned in|voted)\b"
    r"| (?:in|on|of|worth of) (?:shares|sales|profits?|revenues?|cash|tax(?:es)?|damages|debts?|"
    r"funding|fees|wages|compensation|losses|savings|aid|grants|loans|bonuses|fines|assets|"
    r"interest|prize money)\b"
)
# "left 2m to his son"
_GIVEN = re.compile(
    r"\b(?:g[ai]ve[sn]?|(?<!alk )(?<!urn )(?<!ear )(?<!eep )(?<!go )(?<!ead )left|leaves|"
    r"donat\w+|bequeath\w*|pledged|promised) $"
)
_TO_WHOM = re.compile(
    r" to (?:(?:his|her|their|its|the|a|an|two|three)(?: [a-z]+)? )?"
    r"(?:sons?|daughters?|wife|husband|widow|children|family|nephews?|nieces?|charit(?:y|ies)|"
    r"heirs?|estate|university|college|church|hospital|foundation|victims)\b"
)
_OF_METERS = re.compile(
    rf" (?:{_MEASURED}|"
    r"tall|high|long|wide|deep|thick|by \d|apart|away|further|farther|from (?:here|the)|"
    r"on the (?:left|right)|to the (?:left|right|north|south|east|west|leader)|underwater|gold|"
    r"silver|bronze|final|title|race|heat|relay|sprint|hurdles|dash|freestyle|butterfly|backstroke|"
    r"breaststroke|medley|semi-?final|steeplechase|running|swimming|world|Olympic|of (?!shares|"
    r"sales|profits?|revenues?|cash|tax|damages|debts?|funding|fees|wages|compensation|losses|"
    r"savings|aid|grants|loans|assets|its|his|her|their|our|the|public|taxpayers|it|that|which|"
    r"damage|money|state|government|drugs|goods|equipment|new|extra)[a-z]+)\b"
)
_BEHIND_METERS = re.compile(
    r" (?:in (?:length|height|width|depth|diameter)|above|below|behind|nozzles?|hoses?|cables?)\b"
)
_AFTER_TIME = re.compile(
    r"(?:oh [a-z]+|(?:teen|ty|flat|one|two|three|four|five|six|seven|eight|nine)) $"
)
_CAPITAL = re.compile(r"\b[A-Z][a-z]+ $")  # Llama 70B
_THESE = re.compile(r"\b(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[2-9]) $")  # two 2.5m slabs
_LETTERED = re.compile(r"(?<!\w)\d{1,3}A\b")  # 1A, next to 1B
# modems, resistors
_IN_K = re.compile(
    r"\b(?:[Mm]odems?|[Bb]aud|[Dd]ial-?up|[Ii]nternet connection|[Rr]esistors?|[Pp]ull-?(?:up|"
    r"down)s?|[Tt]hermistors?|[Pp]otentiometers?|[Oo]hms?)\b"
)
_MONEY_IN_THOUSANDS = re.compile(r"(?:(?<=^)|(?<=[\s(]))([$€£]) ?'000s?\b")
_IN_THOUSANDS = re.compile(r"(?<![\w'])'000s?\b")
_RACE = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]his|first|1st|2nd|3rd|second|[Cc]harity|"
    r"[Ff]amily|ran|run|running|raced|jog(?:ged)?|min|minutes?) $"
)
_RUNNING = re.compile(
    r"\b(?:[Mm]arathons?|[Rr]aces?|[Rr]aced|[Rr]unn?(?:er|ers|ing)?|[Rr]an|PBs?|PRs?|[Pp]ace|"
    r"[Ss]plits?|[Gg]armin|jog\w*|[Hh]alf|[Cc]ourse|[Pp]arkrun|[Mm]iles?)\b"
)
_RUN_SO_LONG = re.compile(
    r" (?:PRs?|PBs?|loop|route|runs?|race|trail|walk|warm-?up|time trial|course|"
    r"splits?|hike|ride)\b"
)
_RUN_OF = re.compile(r" (?!splits|times|races|runs|distances)[a-z]{3,}s\b| people| of\b")
_PLURAL = re.compile(r" [a-z]+s\b")
_COUNTED_IN_K = re.compile(r" (?!was|has|costs|starts|begins)[a-z]{3,}s\b")
_OF_GOLD = re.compile(r" (?:[a-z]+ )?gold\b")
_A_NAME = re.compile(r" [A-Z]")
_RESOLUTION = re.compile(
    r" ?(?:TVs?|tvs?|video|videos|display|screen|monitor|resolution|UHD|HDR|projector|camera|"
    r"footage|race|races|run|runs)\b"
)
_FILMED = re.compile(
    r"\b(?:[Cc]ameras?|Canon|Sony|footage|filmed|shot (?:on|in|with)|screens?|TVs?|displays?|"
    r"resolution|[Vv]ideos?|streaming|HDR|Blu-ray|[Mm]onitors?|[Gg]aming|[Ww]ebcams?|\d{3,4}p|"
    r"UHD|5MP)\b"
)
_POPULATION = re.compile(r"(?<=\d\.\d)m\b(?= (?:in|by|to|from|today|people|inhabitants)\b|[,.;])")
_MEMORY = re.compile(
    r" (?:of )?(?:[A-Z]{2,4} )?(?:RAM|ROM|memory|chips?|cache|blocks?|floppy|disks?)\b"
)
_SCALES = {"k": "thousand", "m": "million", "b": "billion"}
_SCALES |= {"bn": "billion", "mn": "million", "tn": "trillion", "mln": "million", "bln": "billion"}
_PLUS = re.compile(r"(?<=\d)\+(?= ?[a-zA-Z]|-[a-z]|[.,;:)!?]|$)")
_NUMBER = re.compile(rf"(?<![\w.])(-)?({_PLAIN}|\.\d+)('?s\b)?")
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
    if "=" in text:
        text = _EQUATION.sub(" minus ", _MINUS.sub(" minus ", text))
    if "." in text and _LETTER_POINT.search(text):
        text = _GLUED_POINT.sub(" ", text)
    if "0 000" in zeros(text):
        text = _SPACED.sub(lambda m: m[0].replace(" ", ","), text)
    if ")/" in text:
        text = _QUOTIENT.sub(" over ", text)
    if _TWO_POINTS.search(text):
        text = _VERSION.sub(_version, _POINTS.sub(lambda m: m[0].replace(".", ","), text))
    if "*" in text:
        text = _PRODUCT.sub(" times ", text)
    if "000" in zeros(text):
        if "000A" in shape(text):
            text = _NAME.sub(lambda m: f"{digit_by_digit(m[1])} ", text)
        if "0-000" in zeros(text):
            text = _FLOOR_ROOM.sub(lambda m: f"{m[1]} {_hundreds(int(m[2]), int(m[3]))}", text)
        text = _CODE.sub(_code, text)
        if "the " in text and _FREEWAY.search(text) and _TRAFFIC.search(text):
            text = _FREEWAY.sub(lambda m: _hundreds(int(m[1]), int(m[2])), text)
        text = _COURSE.sub(_course, text)
        if "101" in text:
            text = _BASICS.sub(r"\1one oh one", text)
        if "ISO" in text:
            text = _ISO.sub(lambda m: m[1] + _hundreds(int(m[2]), int(m[3])), text)
        text = _STAR.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
        if _LONG_ROOM_HINT.search(text) and _OF_CLASSES.search(text):
            text = _LONG_ROOM.sub(lambda m: m[1] + _hundreds(int(m[2]), int(m[3])), text)
        text = _ROOM.sub(lambda m: m[1] + _hundreds(int(m[2]), int(m[3])), text)
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
        text = _HALFWAY.sub("halfway", text)
        text = _FRACTION_SPAN.sub(" to ", text)
        if _BETTING.search(text):
            text = _AGAINST.sub(r"\1 to \2", text)
        text = _OF_MANY.sub(r"\1 of ", text)
        text = _SMALL_PART.sub(lambda m: f"one {ordinal(int(m[1].replace(',', '')))}", text)
        text = _MIXED.sub(_mixed, text)
        text = _HALF_OF_ONE.sub(r"\1half ", text)
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
        text = _RATIO.sub(lambda m: f"{number(m[1])} to {number(m[2])}", text)
    if _ANY_RANGE.search(zeros(text)):
        text = _SPANS.sub(r"\1 to ", text)
        text = _LABELLED.sub(r"\1 \2 \3", text)
        if "(" in text:
            text = _LIFE.sub(_life, text)
        text = _SEQUENCE.sub(lambda m: ", ".join(number(n) for n in m[0].split("-")), text)
        text = _RANGE.sub(_range, text)
    if "0ers" in zeros(text):
        text = _ERS.sub(lambda m: f"{cardinal(int(m[1])).removesuffix('e')}ers", text)
    if ".000" in zeros(text):
        text = _AVERAGE.sub(_average, text)
    text = _NUMBER.sub(_number, text)
    return _INSIDE.sub(_inside, text) if "0" in zeros(text) else text


# "a 15MM collateral threshold": of banks and traders
_CAPITAL_MM = re.compile(r"(?<![\w.,])(\d[\d.,]*)MM\b(?!['-]| ?x\b)")
_OF_BANKS = re.compile(
    r"\b(?:[Cc]ollateral|[Tt]hresholds?|[Cc]redit|[Ee]xposures?|[Dd]ebts?|[Ll]oans?|[Ee]quity|"
    r"[Rr]evenues?|[Mm]argins?|[Cc]ash|[Ff]unds?|[Ff]unding|[Ii]nvest\w+|[Dd]eals?|[Bb]anks?|"
    r"[Cc]apital|[Pp]rofits?|[Nn]otional|[Gg]uarant\w+|EBITDA|[Ee]arnings|[Bb]udgets?|[Ss]ales|"
    r"[Mm]arket|[Pp]rices?|[Vv]alu(?:e|ed|ation)|[Ff]ees?|[Pp]ayments?|[Tt]rad(?:e|es|ers?|ing)|"
    r"[Cc]ounterpart\w+|[Pp]ortfolios?|[Ll]osses|[Rr]aised)\b|\$"
)
_OF_SIZE = re.compile(
    r"\b(?:[Ll]ens(?:es)?|[Cc]ameras?|[Ff]ilms?|[Pp]istols?|[Rr]ifles?|[Gg]uns?|[Aa]mmo|[Rr]ounds|"
    r"[Cc]ases?|[Ww]atch(?:es)?|[Dd]ials?|[Dd]rills?|[Bb]olts?|thick|wide|long|[Dd]iameter|[Ss]crews?|"
    r"[Ss]teel|[Pp]ipes?|[Bb]eads?|[Bb]ands?|[Rr]ings?|[Nn]ikon|[Cc]anon|f/\d)\b"
)
_MIL = re.compile(
    r"(?<=\d)mil\b(?! (?:thick|plastic|poly|gun|pistol|rounds|ammo|gap|tape|coat|bags?|sheet|"
    r"film|tarp|vinyl|liner|spec)|-)"
)  # 1.25mil


# 1368 million, no year
_FOUR_DIGITS_OF = re.compile(
    r"(?<![\w.,$£€-])(?<!In )(?<!in )([1-9])(\d{3})(?= (?:million|billion) )"
)


def expand_scales(text: str) -> str:
    """ "1.2M users" -> "1.2 million users"; before the letters are read as codes."""
    if "0+" in zeros(text):
        text = _PLUS.sub(_plus, text)
    near = zeros(text)
    if "0m " in near or "0 m" in near or "0 b" in near:
        text = _OF_CURRENCY.sub(_of_currency, text)
    if "illion" in text:
        text = _FOUR_DIGITS_OF.sub(r"\1,\2", text)
    if "MM" in text and _OF_BANKS.search(text) and not _OF_SIZE.search(text):
        text = _CAPITAL_MM.sub(r"\1 million", text)
    if "mil" in text:
        text = _MIL.sub(" million", text)
    if "'000" in text:
        text = _MONEY_IN_THOUSANDS.sub(r"thousands of \1", text)
        text = _IN_THOUSANDS.sub("thousand", text)
    if "opulation" in text:
        text = _POPULATION.sub(" million", text)
    if "/" in text:
        text = _SCORE.sub(_score, text)
    if "-0" in zeros(text):
        text = _SCALE_RANGE.sub(r"\1 to ", text)
    if "M " in text or "K " in text or "B " in text:
        text = _SPACED_SCALE.sub(lambda m: f"{m[1]} {_SCALES[m[2].lower()]}", text)
    near = zeros(text)
    if "0k" in near or "0m" in near or "0b" in near or "0t" in near:
        text = _M_PLUS.sub(" million plus", _M.sub(_million, _SCALE.sub(_scale, text)))
    return text


def _million(match: re.Match[str]) -> str:
    """ "They paid 9m for him", "sales rose to 3.2m": else meters, as are "1.85m" and "2m apart"."""
    before = ahead(match)
    after = behind(match)
    if _OF_METERS.match(after) or _BEHIND_METERS.match(after):
        return match[0]
    sure = _MILLIONS_BEHIND.match(after) or _OF_MILLIONS.search(before)
    given = _GIVEN.search(before) and _TO_WHOM.match(after)
    return f"{match[1]} million" if sure or given else match[0]


def _plus(match: re.Match[str]) -> str:
    glued = match.string[match.end() : match.end() + 1].isalpha()  # 60+kt
    return " plus " if glued else " plus"


def _of_currency(match: re.Match[str]) -> str:
    gap = " " if match[0][-1] == " " else ""
    scale, _, code = match[0][1:].strip().partition(" ")
    return f"{match[0][0]} {_SCALES[scale]}{' euros' if code else gap}"


def _score(match: re.Match[str]) -> str:
    top, bottom = int(match[1]), int(match[2])
    return match[0] if top >= bottom else f"{cardinal(top)} out of {cardinal(bottom)}"


def _scale(match: re.Match[str]) -> str:
    """ "10K runners" are thousands; "a 5K", "the 10K" are races, and a 4K TV is none of these."""
    low, high, letter, million = match.groups()
    after = behind(match)
    if million and _THESE.search(ahead(match, 8)):
        return match[0]
    if match[0] == "3M" and not _PLURAL.match(after) and not after.startswith(" people"):
        return match[0]
    if letter in ("k", "K"):
        if _OF_GOLD.match(after):
            return f"{low} karat"
        if _is_said_k(match, after):
            return f"{number(low)} K"
    if letter == "B" and "." not in low:
        before = ahead(match, 14)
        named = LABEL.search(before) or _CAPITAL.search(before) or _A_NAME.match(after)
        if named or (len(low) < 3 and _LETTERED.search(around(match))):
            return match[0]
    numbers = f"{low} to {high}" if high else low
    return f"{numbers} {_SCALES[(letter or million).lower()]}"


def _is_said_k(match: re.Match[str], after: str) -> bool:
    """Whether K is said as a letter: of a race, a picture, memory, light, a modem."""
    low, high, letter = match[1], match[2], match[3]
    near = around(match)
    if len(low) < 3 and "." not in low:
        before = ahead(match, 8)
        counted = _COUNTED_IN_K.match(after)
        timed = low in ("3", "5", "8", "10") and _AFTER_TIME.search(before)
        if before[-2:-1].isdigit() or (not counted and (timed or _RACE.search(before))):
            return True
        filmed = _FILMED.search(near)
        if low in ("4", "8") and (filmed or not _PLURAL.match(after)):
            return True
        if letter == "K" and low in ("2", "3", "5", "6", "12") and filmed and not counted:
            return True
        if _RESOLUTION.match(after):
            return True
    if letter == "K":
        of_light = len(low) == 4 and low.isdigit()
        return bool(
            of_light
            or (len(low) < 4 and _RUN_SO_LONG.match(after))
            or (not high and _MEMORY.match(after))
        )
    if high:
        return False
    short = float(low.replace(",", "")) <= 50
    run = short and _RUNNING.search(near) and not _RUN_OF.match(after)
    return bool(run or _IN_K.search(near))


def _average(match: re.Match[str]) -> str:
    """ "hit .312" -> "hit three twelve", "below .500" -> "below five hundred"."""
    if match[4] is not None:
        return _hundreds(int(match[5]), int(match[6]))
    sure = any(verb in match[1] for verb in ("hit", "bat", "slug"))
    if not sure and _OF_TEAMS.search(around(match)) is None:
        return match[0]
    return match[1] + _hundreds(int(match[2]), int(match[3]))


def _version(match: re.Match[str]) -> str:
    """3.2.1 is three point two point one."""
    parts = match[0].split(".")
    words = " point ".join(part if part == "x" else number(part) for part in parts)
    return (" " if match.string[match.start() - 1 : match.start()].isalpha() else "") + words


def _code(match: re.Match[str]) -> str:
    """Room 101 is one oh one, flight 370 three seventy, route 500 five hundred."""
    spoken = _hundreds(int(match[2]), int(match[3]))
    return (
        match[1] + spoken + (f" to {_hundreds(int(match[4]), int(match[5]))}" if match[4] else "")
    )


def _course(match: re.Match[str]) -> str:
    """After an initialism only 101 is surely one."""
    if match[1].isupper() and match[2] + match[3] != "101":
        return match[0]
    return match[1] + _hundreds(int(match[2]), int(match[3]))


def _hundreds(first: int, rest: int) -> str:
    return f"{cardinal(first)} {two_digits(rest)}" if rest else cardinal(first * 100)


def _address(match: re.Match[str]) -> str:
    first, rest = match[1], int(match[2])
    if len(first) == 3:  # 11831: eleven eight thirty-one
        last = (
            _hundreds(int(first[2]), rest)
            if first[2] > "0"
            else digit_by_digit(first[2] + match[2])
        )
        return f"{cardinal(int(first[:2]))} {last}"
    return f"{cardinal(int(first))} {two_digits(rest) if rest else 'hundred'}"


def _mixed(match: re.Match[str]) -> str:
    whole, top, bottom = (int(g) for g in match.groups())
    if not 0 < top < bottom:
        return match[0]
    part = fraction(top, bottom)
    if top == 1:
        part = part.replace("one ", "an " if bottom in (8, 11, 18, 80) else "a ", 1)
    return f"{cardinal(whole)} and {part}"


_RHYTHM = re.compile(r" (?:time(?! of\b)|beats?|met(?:er|re)|rhythms?|grooves?)\b")
# denominators of fractions, above sixteenths
_PARTS = frozenset((20, 24, 25, 30, 32, 36, 40, 48, 50, 60, 64, 80, 90, 100))
_ROUTES = re.compile(r"\b(?:[Bb]us(?:es)?|[Rr]outes?|[Ll]ines?|[Tt]rams?|[Tt]rains?)\b|\d/\d+/\d")


def _fraction(match: re.Match[str]) -> str:
    minus, top, bottom = match[1], int(match[2]), int(match[3])
    said = _SAID.get(match[0])
    if said:
        return said
    sign = "minus " if minus else ""
    if top + bottom == 100 or match[0] in ("18/8", "18/10"):  # the 80/20 rule, steel
        return f"{cardinal(top)} {cardinal(bottom)}"
    before = ahead(match, 16)
    rated = before.endswith((" - ", ": ")) and _A_RATING.match(match.string, match.end())
    if bottom in (5, 10) and (top == 0 or rated):
        return f"{cardinal(top)} out of {cardinal(bottom)}"
    if _ODDS.search(before):
        return f"{cardinal(top)} to {cardinal(bottom)}"
    if match.string.startswith(" ARM", match.end()):  # a mortgage
        return f"{cardinal(top)} {cardinal(bottom)}"
    if bottom < 2 or top == 0 or (top > bottom and bottom > 20) or bottom > 100:
        return f"{sign}{cardinal(top)} over {cardinal(bottom)}"
    if top > 1 and bottom in (2, 4, 8) and _RHYTHM.match(match.string, match.end()):
        return f"{cardinal(top)} {cardinal(bottom)}"
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


def _range(match: re.Match[str]) -> str:
    if match[0] == "7-11" and _SHOP.search(ahead(match, 8)):
        return "seven eleven"
    if match[0] == "50-50" or _SHARED.match(match.string, match.end()):
        first, last = match[1], match[2]
        if first.isdigit() and last.isdigit() and int(first) + int(last) == 100:
            return f"{number(first)} {number(last)}"
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
