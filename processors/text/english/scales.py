"""Thousands, millions and billions that are written as a letter: "10K runners", "1.2M users",
"sales of 3.2m"; and where such a letter is none: a 5K, a 4K TV, "1.85m tall".
"""

from __future__ import annotations

import re

from recital.processors.text.english.outline import zeros
from recital.processors.text.english.words import (
    LABEL,
    PLAIN,
    ahead,
    around,
    behind,
    number,
    ordinal,
)

# What "5m" is a number of, and no meter.
COUNTS = (
    "[Ee]uros|[Dd]ollars|[Pp]ounds|yen|people|[A-Z][a-z]+ans|inhabitants|soldiers|troops|visits|"
    "users|views|"
    "followers|subscribers|visitors|customers|"
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
_COUNTED = rf"(?<=\d\.\dm) (?!long|high|wide|tall|deep|thick|apart|away)[a-z]{{3,}} (?:{COUNTS})\b"
# No verbs, as in "the 200m won by Lee".
_CURRENCIES = (
    "[Ee]uros?|[Dd]ollars?|[Pp]ounds?|pesos|rupees|yuan|renminbi|yen|kronor|kroner|rubles|roubles|"
    "lira|dirhams|riyals|baht|ringgit|reais|shekels|zlotys?|Swiss francs"
)
_OF_CURRENCY = re.compile(
    rf"\d(?: ?m (?=(?:{_CURRENCIES})\b)| (?:mln|bln|mn|bn)\b(?!\.\w)(?: eur\b)?)"
)  # 400m pesos
_SCALE = re.compile(
    rf"(?<![\w.,])(?<!\w-)({PLAIN})(?:-({PLAIN}))? ?(?:(?<! )([KMB]|k(?!-)|bn|mn|mln|bln|"
    rf"tn)\b(?!\()|(?<! )(m)(?= (?:{COUNTS})\b|{_MANY}|{_COUNTED}))(?!')"
)
# 1.3 M views
_SPACED_SCALE = re.compile(
    rf"(?<![\w.,])(?<!\w-)({PLAIN}) ([KMB])(?= (?:unique |monthly |daily |active |new |"
    rf"total )?(?:{COUNTS}|likes|plays|"
    r"tokens|parameters|params|images|sentences|words|samples|points|pairs|euros?|dollars?|hits|"
    r"clicks|parts|miles|items|entries|queries|requests|events|children|inhabitants)\b)"
)
_SCALE_RANGE = re.compile(
    rf"(?<![\w.,])({PLAIN})(?:([KkMB]|bn|mn|mln|bln|tn)-(?={PLAIN}\2(?!\w))|"
    rf"m-(?={PLAIN}m (?:{COUNTS})\b))"
)
# "spent 17m on it", "a record 240m libel claim": millions where that is sure.
_M = re.compile(rf"(?<![\w.,])(?<!\w-)({PLAIN})m\b(?![²³^'’/-]|\.\w| x )")
_M_STRONG = re.compile(r"(?<=\d)m(?=-strong\b)")
_M_PLUS = re.compile(rf"(?<=\d)m\+(?= (?:{COUNTS})\b| in (?:profits?|sales|revenues?|funding)\b)")
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
    r"income|compensation|stake|payouts?|population|pop\.|viewers|viewership|audiences?|(?:TV |"
    r"viewing )?ratings|crowds?|listeners|users|subscribers|readership|circulation|downloads|"
    r"copies|voters|cases|deaths|infections|jobs|homes|unemployment|exports|imports|savings|"
    r"donations|attendances?|fortune|contracts?|waiting lists?|backlogs?|membership|workforce|"
    r"enrol?ments?|headcount|turnout|spectators|visits|trips|bookings|orders|deliveries|shipments|"
    r"output|deficit|surplus|shortfall)(?::|(?: (?:of|to|at|by|from|(?:is|was|were) for|"
    r"put|is|was|were|are|has|have|had|been|now|about|around|over|under|nearly|almost|some|more|"
    r"less|than|up|down|rose|risen|fell|fallen|grew|grown|dropped|climbed|jumped|soared|slipped|"
    r"declined|increased|shrank|doubled|reached|hit|peak(?:s|ed)|averag(?:es?|ed)|tota(?:ls?|"
    r"ll?ed)|topped|exceeded|stands?|stood|only|just|an?(?= [a-z])|record|another|further|"
    r"estimated|worth|and|in|\d{4}|\d[\d.,]*(?:m| million|%)|(?:this|last|the|the last|"
    r"the first) (?:year|half|month|quarter|week|season)))+"
    # "profits at the group fell from 5m to 3m"
    r"| (?:of|in|at|from|for) (?:[\w'&-]+ ){1,4}(?:fell|rose|grew|dropped|climbed|jumped|soared|"
    r"slipped|reached|hit|was|were|stood at|topped)(?: (?:from|to|by|at|over|nearly|almost|about|"
    r"around|\d[\d.,]*m|\d[\d.,]* million|in|\d{4}|\d[\d.]*%))*)|\b(?:seen|watched|viewed|read|"
    r"heard|played|downloaded|visited|used|streamed|shared|bought) by(?: (?:about|around|nearly|"
    r"over|almost|some|more than|up to|at least|another))?|illion [a-z]+(?:,? (?:and|to|or|from|in|"
    r"\d{4}|against|up|down|versus|vs\.))+) $"
)
_MILLIONS_BEHIND = re.compile(
    r" (?:(?:record|libel|tax|cash|rescue|transfer|lottery|prize|insurance|investment|rights|"
    r"damages|corruption|fraud|debt|budget|loan|bank|book|film|record|TV|sponsorship) )?(?:loss|"
    r"profit|budget|deal|libel|claim|debt|loan|fine|fund|bid|prize|bonus|contract|jackpot|grant|"
    r"investment|takeover|bailout|settlement|signing|stake|payout|payoff|lawsuit|fee|package|"
    r"donation|savings|shortfall|deficit|surplus|windfall|fraud|bill)s?\b"
    r"|,? [-–—] (?:the )?[Nn]umber of\b| transfer\b| (?:watched|tuned in|voted)\b| (?:in|on|of|"
    r"worth of) (?:shares|sales|profits?|revenues?|cash|tax(?:es)?|damages|debts?|funding|fees|"
    r"wages|compensation|losses|savings|aid|grants|loans|bonuses|fines|assets|interest|"
    r"prize money)\b"
)
# "left 2m to his son"
_GIVEN = re.compile(
    r"\b(?:g[ai]ve[sn]?|(?<!alk )(?<!urn )(?<!ear )(?<!eep )(?<!go )(?<!ead )left|leaves|donat\w+|"
    r"bequeath\w*|pledged|promised) $"
)
_TO_WHOM = re.compile(
    r" to (?:(?:his|her|their|its|the|a|an|two|three)(?: [a-z]+)? )?(?:sons?|daughters?|wife|"
    r"husband|widow|children|family|nephews?|nieces?|charit(?:y|ies)|heirs?|estate|university|"
    r"college|church|hospital|foundation|victims)\b"
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
_LISTED_BEFORE = re.compile(r"(?:\b\d{1,3}[A-Z],? (?:and |or |& )?)+$")
# "from 22B to 14F", in an airplane
_SEAT_AFTER = re.compile(r"(?:,? (?:to|and|or)|[,/]) ?\d{1,2}[ACDEFGHJ]\b")
_SEAT_BEFORE = re.compile(r"(?<![\w.$])\d{1,2}[ACDEFGHJ](?:,? (?:to|and|or)|[,/]) ?$")
_LETTERED = re.compile(r"(?<!\w)\d{1,3}A\b")  # 1A, next to 1B
# modems, resistors
_IN_K = re.compile(
    r"\b(?:[Mm]odems?|[Bb]aud|[Dd]ial-?up|[Ii]nternet connection|[Rr]esistors?|[Pp]ull-?(?:up|"
    r"down)s?|[Tt]hermistors?|[Pp]otentiometers?|[Oo]hms?)\b"
)
_MONEY_IN_THOUSANDS = re.compile(r"(?:(?<=^)|(?<=[\s(]))([$€£]) ?'000(?:'?s)?\b")
_IN_THOUSANDS = re.compile(r"(?<![\w'])'000(?:'?s)?\b")
_SO_MANY = re.compile(
    r"(?:~|\b(?:about|over|some|nearly|almost|than|of|to|only|around|up|down|me|for|was|"
    r"is|are|with|made|gave|paid|pays?|costs?|worth|won|raised|donated|earned?|sp[ae]nd)) ?$"
)
_RACE = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]his|first|1st|2nd|3rd|second|[Cc]harity|"
    r"[Ff]amily|ran|run|running|raced|jog(?:ged)?|min|minutes?|\w*[nsir]day's|"
    r"[Tt]rot|[Aa]nnual|[Tt]he \d+K and|\w*(?:[fx]|en|eigh|tie)th) $"
)
_RUNNING = re.compile(
    r"\b(?:[Mm]arathons?|[Rr]aces?|[Rr]aced|[Rr]unn?(?:er|ers|ing)?|[Rr]an|PBs?|PRs?|[Pp]ace|"
    r"[Ss]plits?|[Gg]armin|jog\w*|[Hh]alf|[Cc]ourse|[Pp]arkrun|[Mm]iles?)\b"
)
_RUN_SO_LONG = re.compile(
    r" (?:PRs?|PBs?|loop|route|runs?|race|trail|walk|warm-?up|time trial|course|splits?|hike|"
    r"ride)\b"
)
_RUN_OF = re.compile(r" (?!splits|times|races|runs|distances)[a-z]{3,}s\b| people| of\b")
_PLURAL = re.compile(r" [a-z]+s\b")
_COUNTED_IN_K = re.compile(r" (?!was|has|costs|starts|begins)[a-z]{3,}s\b")
_OF_GOLD = re.compile(r" (?:[a-z]+ )?gold\b")
_A_NAME = re.compile(r" [A-Z]")
_OF_NETWORKS = re.compile(r" (?:network|ethernet|Ethernet|LAN|connection|broadband|line|link)\b")
_FRAMES = re.compile(r" ?(?:at|@) ?\d+ ?(?:fps|FPS|Hz)\b")  # 5.3K at 60 fps
_RESOLUTION = re.compile(
    r" ?(?:TVs?|tvs?|video|videos|display|screen|monitor|resolution|UHD|HDR|projector|camera|"
    r"footage|race|races|run|runs)\b"
)
_FILMED = re.compile(
    r"\b(?:[Cc]ameras?|Canon|Sony|footage|filmed|shot (?:on|in|with)|screens?|TVs?|displays?|"
    r"resolution|[Vv]ideos?|streaming|HDR|Blu-ray|[Mm]onitors?|[Gg]aming|[Ww]ebcams?|\d{3,4}p|UHD|"
    r"5MP)\b"
)
_POPULATION = re.compile(r"(?<=\d\.\d)m\b(?= (?:in|by|to|from|today|people|inhabitants)\b|[,.;])")
_MEMORY = re.compile(
    r" (?:of )?(?:[A-Z]{2,4} )?(?:RAM|ROM|memory|chips?|cache|blocks?|floppy|disks?)\b"
)
_IN_MEMORY = re.compile(
    r"\b(?:RAM|ROM|[Mm]emory|SIMMs?|EPROMs?|[Cc]ache|KB|DOS)\b|\d ?[MKk]B?\b.*\d[MK]B"
)
_BINARY = re.compile(r"(?:[1248]|16|32|64|128|256|512|640|720|1024)")
_SCALES = {"k": "thousand", "m": "million", "b": "billion"}
_SCALES |= {"bn": "billion", "mn": "million", "tn": "trillion", "mln": "million", "bln": "billion"}
_PLUS = re.compile(r"(?<=\d)\+(?= ?[a-zA-Z]|-[a-z]|[.,;:)!?]|$)")
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
    r"[Cc]ases?|[Ww]atch(?:es)?|[Dd]ials?|[Dd]rills?|[Bb]olts?|thick|wide|long|[Dd]iameter|"
    r"[Ss]crews?|[Ss]teel|[Pp]ipes?|[Bb]eads?|[Bb]ands?|[Rr]ings?|[Nn]ikon|[Cc]anon|f/\d)\b"
)
_MIL = re.compile(
    r"(?<=\d)mil\b(?! (?:thick|plastic|poly|gun|pistol|rounds|ammo|gap|tape|coat|bags?|sheet|film|"
    r"tarp|vinyl|liner|spec)|-)"
)  # 1.25mil
# 1368 million, no year
_FOUR_DIGITS_OF = re.compile(
    r"(?<![\w.,$£€-])(?<!In )(?<!in )([1-9])(\d{3})(?= (?:million|billion) )"
)


# "with 1 pt" on a loan; "1/200 s" of a camera
_LOAN = re.compile(
    r"\b(?:[Yy]ields?|[Ii]ndex|Dow|Nasdaq|S&P|[Ii]nflation|[Rr]ates?|[Pp]olls?|[Tt]reasury|"
    r"[Ff]utures|[Ss]tocks|CPI|[Uu]nemployment|[Mm]ortgage|fixed|[Rr]efi\w*|[Ll]oans?|APR|ARM|"
    r"[Ll]enders?|[Cc]losing costs)\b"
)
_LOAN_POINTS = re.compile(r"(?<=\d )pt(s?)\b(?:\.(?! *$))?")
_SHUTTER = re.compile(r"(?<![\w/.,-])1/([1-9]\d{1,3}) ?(?:s|secs?|seconds?)\b")


# "10Y at 4.12%"
_TENOR = re.compile(r"(?<![\w.,$])([2357]|10|20|30)Y\b(?!['’.]\w| (?:old|warr|intern))")
_OF_YIELDS = re.compile(
    r"\b(?:[Yy]ields?|[Tt]reasur\w+|bps?|Fed|[Bb]onds?|[Nn]otes?|auction)\b|(?:at|to|by) \d[\d.]*%"
)


def expand(text: str) -> str:
    """ "1.2M users" -> "1.2 million users"; before the letters are read as codes."""
    if "0+" in zeros(text):
        text = _PLUS.sub(_plus, text)
    if " pt" in text and _LOAN.search(text):
        text = _LOAN_POINTS.sub(r"point\1", text)
    if "0y" in zeros(text) and _TENOR.search(text) and _OF_YIELDS.search(text):
        text = _TENOR.sub(r"\1-year", text)
    if "1/" in text:
        text = _SHUTTER.sub(lambda m: f"one {ordinal(int(m[1]))} of a second", text)
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
    if "-0" in zeros(text):
        text = _SCALE_RANGE.sub(r"\1 to ", text)
    if "M " in text or "K " in text or "B " in text:
        text = _SPACED_SCALE.sub(lambda m: f"{m[1]} {_SCALES[m[2].lower()]}", text)
    near = zeros(text)
    if "0k" in near or "0m" in near or "0b" in near or "0t" in near:
        text = _M_STRONG.sub(" million", text)
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


def _scale(match: re.Match[str]) -> str:
    """ "10K runners" are thousands; "a 5K", "the 10K" are races, and a 4K TV is none of these."""
    low, high, letter, million = match.groups()
    after = behind(match)
    if million and _THESE.search(ahead(match, 8)):
        return match[0]
    if match[0] == "3M" and not _PLURAL.match(after) and not after.startswith(" people"):
        return match[0]
    before = _LISTED_BEFORE.sub("", ahead(match, 24))
    if letter == "B":
        before = before.replace(" is ", " ")
    label = LABEL.search(before) if letter in ("B", "M") and len(low) < 4 else None
    if label and not (letter == "M" and "ize" in label[0]):  # flats 2B and 3M
        return match[0]
    if letter == "B" and (_SEAT_AFTER.match(after) or _SEAT_BEFORE.search(before)):
        return match[0]
    if letter in ("k", "K"):
        if _OF_GOLD.match(after):
            return f"{low} karat"
        if _is_said_k(match, after):
            return f"{number(low)}{f' to {number(high)}' if high else ''} K"
    if letter == "M" and _OF_NETWORKS.match(after):
        return f"{low} megabit"
    if letter == "B" and "." not in low:
        named = _CAPITAL.search(before) or _A_NAME.match(after)
        if named or (len(low) < 3 and _LETTERED.search(around(match))):
            return match[0]
    numbers = f"{low} to {high}" if high else low
    return f"{numbers} {_SCALES[(letter or million).lower()]}"


def _is_said_k(match: re.Match[str], after: str) -> bool:
    """Whether K is said as a letter: of a race, a picture, memory, light, a modem."""
    low, high, letter = match[1], match[2], match[3]
    near = around(match)
    if letter == "K" and _FRAMES.match(after):
        return True
    if len(low) < 3 and "." not in low:
        before = ahead(match, 12)
        counted = _COUNTED_IN_K.match(after) or after.startswith((" people", " of ", " yds"))
        timed = low in ("3", "5", "8", "10") and _AFTER_TIME.search(before)
        race = letter == "K" and low in ("3", "5", "8", "10") and not high
        race = race and _RUNNING.search(near) and not _SO_MANY.search(before)
        if before[-2:-1].isdigit() or (not counted and (timed or race or _RACE.search(before))):
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
            or (_BINARY.fullmatch(low) and _IN_MEMORY.search(near))
        )
    if high:
        return False
    short = float(low.replace(",", "")) <= 50
    run = short and _RUNNING.search(near) and not _RUN_OF.match(after)
    return bool(run or _IN_K.search(near))
