"""Letters and digits that are glued together, and names with signs: versions, episodes, aircraft,
screens, plans, serial numbers, programming languages.
"""

from __future__ import annotations

import re

from recital.processors.text.english.money import CODES
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import (
    LABEL,
    TABLES,
    ahead,
    cardinal,
    digit_by_digit,
    in_hundreds,
    one_of,
    pairs,
    plural,
    two_digits,
    word_set,
    year,
)

_VERSION = re.compile(r"(?<!ersion )\b(?:v(?=\d+(?:\.\d|(?<!\d\d)\b))|V(?=\d+\.\d))")
# v2.10, Python 3.10: ten, not one zero
_LATE_VERSION = re.compile(
    r"\b([Vv]|(?:[Vv]ersion|[Rr]elease|Python|Golang|Rust|Ruby|Ubuntu|Fedora|Debian|Django|PHP|"
    r"macOS|OS X|Kubernetes|[Kk]ernel|Linux|GNOME|LLVM|CMake|NumPy|Postgre(?:s|SQL)|Solaris|Git|"
    r"iOS|Android|Node) )(\d{1,2})\.(\d\d)(?![\w%]|\.\d)"
)
# Section 2.10, and at the beginning of a heading
_LATE_SECTION = re.compile(
    r"(?:\b(?:[Vv]ersions|[Ss]ections?|[Cc]lauses?|[Rr]egulations?|[Pp]aragraphs?|[Cc]hapters?|"
    r"[Aa]rticles?|[Ff]igures?|[Tt]ables?|[Ee]xhibits?|[Ee]quations?|[Rr]ules?|[Ss]ecs?\.|"
    r"[Ff]igs?\.|[Ee]qs?\.) |§ ?)\(?\d{1,3}\.\d\d(?:(?:, | and | or | to |-|"
    r" through )\d{1,3}\.\d\d)*(?![\w%]|\.\d)"
)
_LATE_NUMBER = re.compile(r"()(\d{1,3})\.(\d\d)")
_LATE_HEADING = re.compile(
    r"^(\d{1,2})\.([1-9]\d)(?= (?!Euros?|Dollars|Pounds|Million|Billion|Percent)[A-Z][a-z]{3})"
)
_ANY_LATE = re.compile(r"\d\.\d\d(?![\d.])")
_WIRELESS = re.compile(
    r"(?<![\w.,])802\.(\d{1,2})(?=[a-z]{0,2}\b|X\b) ?((?:[abgnX]|"
    r"a[cdx])?)(?:/([a-z])(?:/([a-z]))?)?(?!\w|\.\d)"
)
_STANDARD = re.compile(
    r"\b((?:ISO|IEC|EN|BS|ANSI|ASTM|DIN|IEEE|CISPR)(?:[/ ](?:IEC|EN|ISO|TS|"
    r"TR))* [A-Z]?\d{2,5}(?:[- ]\d{1,2})?):((?:19|20)\d\d)\b"
)
_MULTIPLE = re.compile(r"(?<![\w.,])(\d)x (?=[A-Z]{2,4}(?:[ ,.;)-]|$))")  # 1x HDMI
_OLD_COMPUTER = re.compile(r"\b(PS|OS)/2\b")
_AIRBUS_ALONE = re.compile(r"\b(Airbus) (3[1-8]\d)-([1-9])00\b")
_PIXELS = re.compile(
    r"(?<![\w.,])(\d{3,4}) ?(?:[xX×]|\*(?= ?\d+ ?p(?:x|ixels?)\b)) ?(\d{3,4})\b(?![,.]\d|"
    r" ?(?:[mcnkμ]m|m|in|ft|yd)\b)(?= ?p(?:x|ixels?)?\b|[^\w]|$)"
)
_AIRBUS = re.compile(r"\bA(3[1-8]\d)(neo|s)?\b")
_LANGUAGE = re.compile(r"(?<![\w#])([A-G])#(?![\w#])")
_PLAN = re.compile(r"\b([45])(0[13]|57|29)\(([a-zA-Z])\)(?:\((\d)\))?")  # 401(k), 501(c)(3)
_CHARITY = re.compile(r"\b501c([3-9])\b")
_BARE_PLAN = re.compile(r"\b40([13])([kKbB])(?=s?\b)")
_AIRCRAFT = re.compile(r"\b(7[0-8]7|A3[1-8]\d)-([1-9])(00|\d)?([A-Z]{1,3})?(s)?\b")
_SCREEN = re.compile(r"(?<![\w.,$£€-])(144|240|360|480|540|720|1080|1440|2160)([pi])\b(?!\.m)")
# but the 7E7
_POWER = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?)(?!(?<=\d)E\d\b)[eE]([+-]?)(\d{1,3})\b")
_ID = re.compile(
    r"(?:(?<!\w)#|\b(?:(?:ID|id|Id|No\.|no\.|Nos?|[Oo]rder|[Ii]nvoice|[Aa]ccount|[Tt]icket|[Cc]ase|"
    r"[Tt]racking|[Ss]erial|[Rr]eference|[Cc]onfirmation|[Pp]asscode|[Pp]assword|PIN|SKU|[Pp]in|"
    r"PO)(?: number| no\.| code)?(?:[:#]| # is| #|:| is)? ?#?))((?:[A-Z]{1,3}-?)?\d+(?:-\d+)+|"
    r"[A-Z]{1,3}-?\d{3,}|(?<=#)\d{5,}|(?<=: )\d{4,}|(?<=PIN )\d{4,}|(?<=ID is )\d{4,}|"
    r"(?<=number is )\d{5,}|(?<=number )\d{5,})(?![\w-](?!(?<=\d[A-Z])[a-z])|[.,:/]\d)"
)
# an IBAN, a parcel
_IN_FOURS = re.compile(
    r"(?<![\w-])(?:(?:(?<=IBAN )|(?<=IBAN: )|(?<=IBAN is ))[A-Z]{2}\d\d|"
    r"1Z)(?: ?[A-Z\d]{2,4}){3,8}(?![\w-])"
)
# "ref. HB/3392"
_REFERENCE = re.compile(
    r"\b([Rr]ef(?:erence|\.)?(?: [Nn]o\.?| [Nn]umber)?:? )([A-Z]{1,5}(?:/[A-Z]{1,4})*(?:/\d{2,8})+)"
    r"(?![\w/-])"
)
# "passcode 7Hq2", "confirmation code: QX7R2L"; but "code SAVE20"
_DRAWN = re.compile(
    r"\b((?:[Cc]ode|[Pp]asscode|[Pp]assword|PNR|[Ll]ocator|[Cc]onfirmation(?: (?:number|"
    r"#))?)(?: is|"
    r":)? )(?!\w*[A-Za-z]{4})((?:[A-Za-z]+\d+[A-Za-z]|\d+[A-Za-z]+\d)[A-Za-z\d]*)\b(?![.-]\w)"
)
_ITEMS = re.compile(r"#(\d{1,3})-(\d{1,3})")  # images #5-8
_OF_ALL = re.compile(r"#(\d{1,3})/(\d{1,3})(?![\w/]|[.,]\d)")  # image #29/68
_IN_YEAR = re.compile(r"(19\d\d|20[0-4]\d)-([1-9]\d?)")
# "a case 10-20 years old"
_SPAN_OF_CASES = re.compile(r"[Cc]ase (\d{1,3})-(\d{1,3}) [a-z]")
# Case 22-506, No. 21-1333: of a court
_CASE = re.compile(
    r"\b((?:[Cc]ase|[Dd]ocket)(?: [Nn]o\.|(?= \d\d-\d{3}))|(?:Case|Docket)(?= \d\d-\d+[,;:)])|"
    r"[Nn]o\.(?= \d\d-\d{3})) (\d\d)-(\d{0,2}?)(\d{1,2})(?![\w-]|[.,:/]\d)"
)
# SCAP-22-368, M-13-13
_DOCKET = re.compile(r"(?<![\w-])([A-Z]{1,6})-([1-9]\d)-([1-9]\d{1,4})(?![\w-]|[.,:/]\d)")
_RFCS = re.compile(r"\bRFCs? \d{4}(?:(?:,|,? and|,? or| &) \d{4}\b(?![,.]?\d))*")
# 1028(a)(7), Section 2254, 29 U.S.C. 1140
_PARAGRAPH = re.compile(r"(?<![\w.,$£€-])(\d{1,2})(\d\d)(?=[a-z]?[A-Z]?\([a-zA-Z\d]{1,4}\))")
_SECTION = re.compile(
    r"(\b(?:[Ss]ections?|[Ss]ec\.|U\.S\.C\.(?: ?§+)?|[Rr]ule) +|"
    r"§+ ?)(\d\d)(?:(?<!s \d\d)-)?(\d\d)(?![\w,-]\d|[\d%°]|\.\d{2})"
)
# Digit by digit: "no. 57702", "invoice no 40812", 2018SR011520
_LONG_NUMBER = re.compile(
    r"(\b[Nn]o\. |\b(?:[Rr]ef(?:erence|\.)?|[Ii]nvoice|[Oo]rder|[Ll]icen[cs]e|[Aa]cc(?:oun|)t|"
    r"[Pp]olicy|[Bb]ooking|[Pp]assport|[Ss]erial|[Rr]egistration|[Pp]atent|[Pp]ermit|[Vv]oucher|"
    r"[Tt]icket|[Cc]ard|[Cc]ustomer|[Mm]ember(?:ship)?|[Cc]laim|[Cc]harity|[Cc]ompany|[Pp]art|"
    r"[Ii]tem) [Nn]o[.:]? ?)(\d{5,})(?<!000)(?![\w-]|[.,:/]\d)"
)
# "deal 348523", "cost center 105654"; but "order 50000 units"
_LABELLED = re.compile(
    r"\b((?i:cost cent(?:er|re)|deal|tag|invoice|ticket|case|order|account|acct|docket|bug|issue|"
    r"badge|employee|policy|claim|permit|license|serial|batch|contract|post|message|request|id|"
    r"meter|confirmation|desk|extension) )(\d{5,})(?<!000)(?![\w-]|[.,:/]\d| (?:people|[a-z]+s)\b)"
)
_BOTH = re.compile(r"\b([A-Z]{2,5}-?[1-9])/([2-9])(?![\w/]|\.\d)")  # BRCA1/2
_NUMBER_APART = re.compile(r"(?<=\()# (?=\d)")  # (# 28010)
_NUMBER_SHORT = re.compile(r"\b([Nn])o(?:\.|\b)")
_REGISTERED = re.compile(r"(?<![\w.,-])(\d{4})([A-Z]{1,3})(\d{5,})(?![\w-]|[.,]\d)")
_ISO = re.compile(
    r"\b((?:ISO|IEC|EN|DIN|BS|CISPR)(?:[/ ](?:IEC|EN|ISO))* \d{3,5})-(\d{1,2})\b"
)  # ISO 639-3
_LIBRARY = re.compile(
    r"\b((?:PMID|PMCID|OCLC|LCCN|UIN|uin|CPT(?: codes?)?|[Bb]uoys?|NDBC|[Ss]tation)(?::|"
    r" No\.?)? ?)(\d{5,})\b"
)
# AB-10293, HX-449-20871
_SERIAL = re.compile(r"\b[A-Z]{1,4}(?:-?\d{2,})?-\d{5,}\b(?![.,:/-]\d)")
_NUMBER_SIGN = re.compile(r"(?<![\w&])(?:#(?=[A-Z]?-?\d)|[Nn][°º][.:]? ?(?=\d)|№ ?(?=\d))")
# US-101, I-405, C-130: by hundreds.
_ROAD = re.compile(r"\b([A-Z]{1,4})-(\d)(\d\d)(?![\w-]|[.,]\d)")
# RWY 27L, "runways 16L and 34R", FL340
_RUNWAYS = re.compile(
    r"\b(?:RWYS?|([Rr]unways?)) ?(\d{1,2}[LRC]?(?:(?:,? (?:and|or|to) |/|, )\d{1,2}[LRC])*)(?!\w|"
    r"[.,]\d)"
)
_RUNWAY = re.compile(r"(/?)(\d{1,2})([LRC])")
_RUNWAY_SIDES = {"L": "left", "R": "right", "C": "center"}
# "wind 270 at 15", "heading 090"
_HEADING = re.compile(
    r"\b([Ww]inds? (?=\d{3} at \d)|[Hh]eading (?=\d{3}\b(?! [a-z]+s\b)))([0-3]\d\d)(?!,\d)"
)
_GUSTS = re.compile(r"(?<![\w.])(\d{1,3}) ?G ?(\d{2,3})(?= ?(?:KT|kts?|mph|knots)\b)")  # 15G25KT
_FLIGHT_LEVEL = re.compile(r"\bFL(\d\d[05])\b")
# BIO 204, CHEM 101L
_COURSES = pairs(TABLES["courses"])
_COURSE = re.compile(rf"\b({one_of(_COURSES)}|CSCI|POLS) ([1-9]\d\d)([A-Z]?)(?![\w%°]|[,.:/-]\d)")
# flight 8501, Flight QZ 8501
# Cost center 4410, VFW Post 2358
_FLIGHT = re.compile(
    r"\b([Ff]light (?:[A-Z]{2} )?|[Tt]rain |(?i:cost cent(?:er|re) )|(?:VFW|Legion) Post )([1-9]\d)"
    r"(\d\d)(?![\w-]|[.,:/]\d)(?! (?:miles?|feet|hours?|km|people|men|"
    r"(?!leaves|arrives|departs|runs|stops|goes)[a-z]{3,}s)\b)"
)
# in the 2100 block of
_BLOCK = re.compile(r"(?<![\w.,$-])([1-9]?[1-9])00(?=[- ][Bb]l(?:oc)?k\b)")
# RTX 4090 as two pairs, ISO 9001 as one number.
_PRODUCT = re.compile(
    r"\b((?!(?:USD|EUR|GBP|JPY|CHF|PSI|RPM|BTU|ISO|AD|BC)\b)[A-Z]{2,4}|[rg]tx|rx) (\d\d[1-9]\d|"
    r"\d[1-9]00)(?![\w-]|[.,:/]\d| ?[%°]| [AP]M\b)"
)
_BRANDS = word_set("okia ool nspiron atitude pti esk ffice aser nvy adeon orce otorola eere")
_BRAND = re.compile(
    r"\b((?:[Nn]okia|[Cc]ool[Pp]ix|[Ii]nspiron|[Ll]atitude|[Oo]pti[Pp]lex|[Dd]esk[Jj]et|"
    r"[Oo]ffice[Jj]et|[Ll]aser[Jj]et|[Ee]nvy|[Rr]adeon|[Gg]e[Ff]orce|[Mm]otorola|Deere) )(?!19|"
    r"20)(\d{4})(?![\w-]|[.,:/]\d)"
)
_JET = re.compile(
    r"(?<![\w.,$-])7([0-8]7)(?:(s)\b|(?<=\b[A-Z]{2} 7\d7)(?![,.]?\d|[\w-])|(?= (?:MAX|Max|jets?|"
    r"planes?|aircraft|Dreamliners?|freighters?|crash|family)\b))"
)
_MODEL = re.compile(r"\b([A-Z])-(\d)(\d0)s\b")  # F-150s
# RX350, GT350, 328d: by hundreds
_MODEL_NUMBER = re.compile(
    rf"\b(?!(?:{CODES})\d)([A-Z]{{1,4}})(\d)([1-9]\d|0[1-9])(?=[a-z]?\b)(?![.,:]\d)"
)
# EB3326, CVN-6910; ISO 9001 is a number
# "3 M, 2 L and 1 XL": how large clothes are
_CLOTHES = re.compile(
    r"(?<=\d )[SML](?=(?:, |,? and | or | & )(?:\d+ )?(?:[SML]|X{1,3}L)\b(?![.'’]\w))"
)
_SIZES = {"S": "small", "M": "medium", "L": "large"}
_TIRE = re.compile(
    r"\b(P|LT)?([12]\d\d|3[0-4]\d)/(\d\d) ?(Z?R) ?(\d\d)(s?)\b(?: (\d{2,3})([HQRSTVWY])\b)?"
)  # 225/65R17
# of taxes: "a 1099-INT", "my 1040"
_TAX_FORM = re.compile(
    r"(?<![\w.,$£€-])(?:(10(?:40|65|9[589])|1120)(?=-?[A-Z]{1,4}s?\b)|1031(?= exchange)|"
    r"(?:(?<=\b[Mm]y )|"
    r"(?<=[Yy]our ))(10(?:40|9[589])|8949|2555|4868|1116)(?![\w-]|[.,]\d)|(?<=\b[Aa] )(10(?:40|"
    r"9[589]))(?=[.,;:!?)](?!\d)|$| (?:forms?|and|for|from|is|was|in|to|or)\b))"
)
_TAX_FORMS = ("1031", "1040", "1065", "109", "1120", "8949", "2555", "4868", "1116")
# RTX 4080 Super, 7900 XT; Ryzen 5800X3D
_CARD = re.compile(
    r"(?<![\w.,$£€-])([1-9]0[5-9]0|[5-9][1-9]00)(?= (?:Super|SUPER|XTX?|GRE)\b)|\b(\d{2}00)X3D\b"
    r"|\b([1-9]0[5-9]0) ?(?:ti|Ti|TI)\b"
)
_LONG_MODEL = re.compile(
    rf"\b(?!(?:{CODES}|ISO|AD|"
    rf"BC)-?\d)([A-Z]{{1,4}})-?(?!\d000)(\d\d)(\d\d)(?=[a-z]?\b)(?![.,:/-]\d)"
)
_BOX = re.compile(r"\b(P\.? ?O\.? ?[Bb]ox ?)(\d+)\b(?![,.]\d)")
_GLUED_BOX = re.compile(r"\bBOX(?=\d)")  # BOX95QU
_ISOTOPE = re.compile(
    r"\b([Ii]odine|[Uu]ranium|[Pp]lutonium|[Cc]a?esium|[Cc]obalt|[Ss]trontium|[Tt]echnetium|"
    r"[Tt]horium|[Rr]adium|[Ll]utetium|[Pp]olonium|[Pp]alladium|[Xx]enon)-(\d)(\d\d)(?=m?\b)"
)
# the M.2 slot, H.264; "Appendix B.2" has a point
_LETTERED_TWICE = re.compile(r"\b(\d{1,3})([A-H])/\1([A-H])\b")  # units 155A/155B
_CLIMB = re.compile(r"(?<![\w.,$])5\.(1[0-5])([a-d])\b")  # how hard it is: 5.10a
_OF_CLIMBS = re.compile(r"\b(?:[Cc]limb|[Rr]oute|[Pp]itch|[Cc]rux|[Cc]rag|[Bb]oulder|[Bb]elay)")
_DOTTED_NAME = re.compile(r"(?<![\w.])([A-Z])\.(\d{1,3})\b(?![.,]\d)")
_DIGIT_SMALL = re.compile(r"\d\d[a-ix]\b")
_EPISODE = re.compile(r"\bS(\d{1,2}) ?E(\d{1,2})\b")
_SEASON = re.compile(r"\bS(\d{1,2})(?= (?:finale|premiere|opener|ep|episodes?|reunion)\b)")
_CITED_YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)([a-e])\b(?=[:,;)]|$)")
_SUFFIXED = re.compile(r"(?<![\w.,$-])([1-9])([1-9]\d)(?=[deix]\b(?!'))")
# A letter behind a digit, and a digit behind it again: H1N1, S2E5, B2A23C, 25d08A.
_GLUED = re.compile(r"(?<=\d)(?=[A-Za-z]\d)(?!x\d)|(?<=\d[a-zA-Z])(?=\d)(?!\d{3})(?<!x)")
_CLASSIFIED = re.compile(
    r"\b[A-Za-z]{0,3}\d{1,3}(?:[A-Z]\d{1,3})+[A-Z]?\b|\b\d+[a-z]\d+[A-Za-z]?\b"
)
_LONG_ID = re.compile(r"(?<=[A-Za-z])# ?(\d{5,})(?![\w-]|[.,]\d)")  # MLS# 2214587
_BILL = re.compile(r"(?<![\w.])(H\.R\.|S\.) ?([1-9]\d?)(\d\d)\b(?![,.]\d)")  # H.R. 3684, S. 556
_NUMBERS = re.compile(r"(?<![\w#])#(\d{1,3})-(\d{1,3})(?![\w-]|[.,]\d)")  # #1-20
# of Britain: AL7 1TW; but "S21 8GB"
_POSTCODE = re.compile(
    r"(?<![\w-])([A-Z]{1,2}\d{1,2}[A-Z]?) (\d)(?!GB|TB|WD)([ABD-HJLNP-UW-Z]{2})(?![\w'’-])"
)
_ROADS = re.compile(
    r"\b(I-|US[- ]|Hwy\.? |Rte\.? |Routes? |Highways? |Interstates? )"
    r"(\d{1,3})/(\d{1,3})(?:/(\d{1,3}))?\b(?!/)"
)  # I-70/75
_EXPRESSWAYS = re.compile(
    r"(?<![\w/.,])(\d{2,3})/(\d{2,3})(?=(?: and \d{2,3}(?:/\d+)?)? (?:[Ee]xpressway|[Ff]reeway|"
    r"[Ii]nter(?:change|state)|[Mm]otorway|[Hh]ighway|split)s?\b)"
)
_SAME_LETTER = re.compile(r"\b([A-Z])(\d{1,3})-\1(\d{1,3})\b")  # J10-J11
_MOTORWAY = re.compile(r"\b(A\d{1,2})\(M\)")
_CALL_SIGN = re.compile(r"\b([KNW][A-Z]?|A[A-L])(\d)([A-Z]{2,3})\b(?![.-]\d)")  # N1BE
_BAND = re.compile(
    r"(?<![\w.,$])(2|6|10|12|15|17|20|40|80|160)M(?= (?:antennas?|band|repeaters?|dipole|rig|"
    r"net)\b)"
)
_DRIVE = re.compile(r"\b([24])WD\b")
# Figures 4A-C
_PANELS = re.compile(
    r"\b((?:[Ff]ig(?:ure)?s?\.?|[Tt]ables?|[Pp]anels?|"
    r"[Ss]chemes?) (\d{1,2}))([A-Za-z])(?: ?- ?(?!I )|-)(\2)?([A-Za-z])(?![\w'’])"
)
_SPINE = re.compile(r"\b([CTLS]\d{1,2})-([CTLS]\d{1,2})\b")
_TWO_K = re.compile(r"(?<![\w.])(\d{1,2})[kK](\d{1,2})[kK]?\b")  # 2k2k
_CORE = re.compile(r"\b(i[3579])-(\d{2,3})(\d\d)(?=[A-Z]{0,2}\b)")  # i7-9700K
_FORM = re.compile(r"\b([Ff]orms?) (\d{2})(\d{2})(?!\d)")
_LARGEST = 12  # digits behind an e that are said as one number
# Without one of these no rule here has anything to do.
# "I, 28M, have been dating Lucy 26F"
_AGE = re.compile(r"(?<![\w.,$])([1-9]\d)([MF])(?=[),;.]| (?:and|have|has|am|is|here)\b|$)")
_PERSONAL = re.compile(
    r"\b(?:guy|woman|man|girl|boy|girlfriend|boyfriend|wife|husband|dating|dated|partner|bf|gf|"
    r"sister|brother|mom|dad|friend|roommate|co-?worker|married|fianc[eé]e?)\b|\b(?:I'm|I am|"
    r"[Ss]he's|[Hh]e's) \d\d[MF]\b|\b(?:I|[Mm]y \w+|[Hh]e|[Ss]he) \(\d\d[MF]\)"
)
_FIVE_DIGITS = re.compile(r"\d{5}")
_SECTIONS = ("ection", "ec.", "U.S.C.", "ule ", "§")
_BRACKET = re.compile(r"\((?<=\d.)|\((?<=[A-Za-z].)")
_DASH_THREE = re.compile(r"-\d\d\d")
_HINT = re.compile(
    r"[#°º№\d](?:(?<=[#°º№])|[A-Za-z(]|-\d|\d{3}|\d7\b|(?<=[A-Za-z]\d)|(?<=[A-Za-z]-\d)|"
    r"(?<=[A-Z]\.\d)|(?<=[Bb]ox \d)|/\d\d)"
)


# a VW ID.3; but "NO.1"
_MODEL_DOT = re.compile(
    r"(?<![\w.])(?!(?:NO|VOL|FIG|SEC|CH|PT|PG|ART|DOC|MR|ST|PP|VS|EX|PAR)\b)([A-Z]{2,4})\.(\d{1,2}"
    r"(?:\.\d{1,3})*)(?![\w-]|\.\d)"
)


def expand(text: str) -> str:
    """ "v5.4" -> "version 5.4", "401(k)" -> "four oh one k", "H1N1" -> "H1 N1"."""
    if "b5-1" in text:  # plans of who sells shares: 10b5-1
        text = text.replace("b5-1", "b5 1")
    if "ikkei 225" in text:
        text = text.replace("ikkei 225", "ikkei two twenty-five")
    if "." in text and _ANY_LATE.search(text):
        text = _LATE_VERSION.sub(_late, text)
        text = _LATE_SECTION.sub(lambda m: _LATE_NUMBER.sub(_late, m[0]), text)
        text = _LATE_HEADING.sub(lambda m: f"{m[1]} point {m[2]}", text)
    if "S/2" in text:
        text = _OLD_COMPUTER.sub(r"\1 two", text)
    if "802." in text:
        text = _WIRELESS.sub(_wireless, text)
    if "XL" in text:
        text = _CLOTHES.sub(lambda m: _SIZES[m[0]], text)
    if "x " in text:
        text = _MULTIPLE.sub(r"\1 ", text)
    if "RWY" in text or "unway" in text:
        text = _RUNWAYS.sub(_runways, text)
    if "ind 0" in zeros(text) or "inds 0" in zeros(text) or "eading 0" in zeros(text):
        text = _HEADING.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
    if "FL" in text:
        text = _FLIGHT_LEVEL.sub(lambda m: f"flight level {in_hundreds(m[1])}", text)
    if holds(text, ("ode", "sword", "PNR", "ocator", "irmation")):
        text = _DRAWN.sub(_drawn, text)
    if "A 000" in shape(text):
        text = _COURSE.sub(_course, text)
    if "0g0" in zeros(text) or "0 g " in zeros(text):
        text = _GUSTS.sub(r"\1 gusting to \2", text)
    if "5.1" in text and _OF_CLIMBS.search(text):
        text = _CLIMB.sub(lambda m: f"five {cardinal(int(m[1]))} {m[2].upper()}", text)
    if _HINT.search(text) is None:
        return text
    if " 0AA" in shape(text):
        text = _POSTCODE.sub(lambda m: f"{m[1]} {m[2]} {dotted(m[3])}", text)
    if "A.0" in shape(text):
        text = _MODEL_DOT.sub(r"\1 \2", text)
    if "Airbus" in text:
        text = _AIRBUS_ALONE.sub(lambda m: f"{m[1]} {in_hundreds(m[2])} {m[3]} hundred", text)
    if ":" in text and _STANDARD.search(text):
        text = _STANDARD.sub(lambda m: f"{m[1]}, {year(int(m[2]))}", text)
    if "#" in text or "°" in text or "º" in text:
        text = _OF_ALL.sub(r"#\1 of \2", _NUMBER_APART.sub("#", text))
        text = _LANGUAGE.sub(r"\1 sharp", text)
        text = _NUMBERS.sub(_numbers, text)
        text = _ID.sub(_identity, _CASE.sub(_case, text))
        text = _NUMBER_SIGN.sub("number ", text)
    elif holds(shape(text), ("0-0", "A0", "A-0", ": 0000", "00000")) or "PIN" in text:
        text = _ID.sub(_identity, _CASE.sub(_case, text))
    if "#" in text:
        text = _LONG_ID.sub(lambda m: f" number {digit_by_digit(m[1])}", text)
    if ("M" in text or "F" in text) and _AGE.search(text) and _PERSONAL.search(text):
        text = _AGE.sub(r"\1 \2", text)
    has_long = _FIVE_DIGITS.search(text) is not None
    if has_long:
        text = _LONG_NUMBER.sub(_long_number, text)
        text = _LABELLED.sub(_long_number, text)
        text = _REGISTERED.sub(_registered, text)
        text = _LIBRARY.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
    if "-" in text:
        text = _DOCKET.sub(_docket, text)
    if "RFC" in text:
        text = _RFCS.sub(_more_rfcs, text)
    if "ISO" in text or "EC " in text or "EN " in text or "DIN" in text:
        text = _ISO.sub(r"\1 \2", text)
    if "IBAN" in text or "1Z" in text:
        text = _IN_FOURS.sub(lambda m: ", ".join(map(_groups, m[0].split(" "))), text)
    if "A/0" in shape(text) and "ef" in text:
        text = _REFERENCE.sub(lambda m: m[1] + _groups(m[2]), text)
    if "BOX" in text:
        text = _GLUED_BOX.sub("Box ", text)
    if has_long:
        text = _SERIAL.sub(lambda m: _groups(m[0]), text)
    if "v0" in zeros(text):
        text = _VERSION.sub("version ", text)
    if "/" in text:
        text = _LETTERED_TWICE.sub(r"\1 \2 / \1 \3", text)
        text = _BOTH.sub(r"\1 \2", text)
        text = _TIRE.sub(_tire, text)
    if "x0" in zeros(text) or "x 0" in zeros(text) or "×" in text or "*" in text:
        text = _PIXELS.sub(lambda m: f"{in_hundreds(m[1])} by {in_hundreds(m[2])}", text)
    if holds(text, _SECTIONS):
        text = _SECTION.sub(lambda m: m[1] + in_hundreds(m[2] + m[3]), text)
    if holds(zeros(text), ("000(", "000k", "000b", "000c")):
        text = _PLAN.sub(_plan, _BARE_PLAN.sub(r"40\1(\2)", _CHARITY.sub(r"501(c)(\1)", text)))
    if "(" in text and _BRACKET.search(text):
        text = _PARAGRAPH.sub(_paragraph, text)
    if "0-0" in zeros(text):
        text = _AIRCRAFT.sub(_aircraft, text)
    if "a000" in zeros(text):
        text = _AIRBUS.sub(_airbus, text)
    if "0p" in zeros(text) or "0i" in zeros(text):
        text = _SCREEN.sub(_screen, text)
    if "0e" in zeros(text):
        text = _POWER.sub(_power, text)
    if "ox" in text:
        text = _BOX.sub(_box, text)
    if "-" in text and _DASH_THREE.search(text):
        text = _ISOTOPE.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])}", text)
    if "A.0" in shape(text):
        text = _DOTTED_NAME.sub(_dotted_name, text)
    if "-" in text:
        text = _ROAD.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])}", text)
    if holds(text, ("light ", "rain ", "enter ", "entre ", "Post ")):
        text = _FLIGHT.sub(lambda m: f"{m[1]}{in_hundreds(m[2] + m[3])}", text)
    if holds(zeros(text), ("00 bl", "00-bl")):
        text = _BLOCK.sub(lambda m: f"{cardinal(int(m[1]))} hundred", text)
    if "A 0000" in shape(text) or "x 0000" in zeros(text):
        text = _PRODUCT.sub(lambda m: f"{m[1]} {in_hundreds(m[2])}", text)
    if "aa 0000" in shape(text) and holds(text, _BRANDS):
        text = _BRAND.sub(lambda m: m[1] + in_hundreds(m[2]), text)
    if "7" in text:
        text = _JET.sub(_jet, text)
    if "A-000a" in shape(text):
        text = _MODEL.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])[:-1]}ies", text)
    if "WD" in text:
        text = _DRIVE.sub(lambda m: f"{cardinal(int(m[1]))}-wheel drive", text)
    if "M " in text:
        text = _BAND.sub(r"\1-meter", text)
    if "A0" in shape(text):
        text = _CALL_SIGN.sub(lambda m: f"{_letters(m[1])} {m[2]} {_letters(m[3])}", text)
        text = _SEASON.sub(r"season \1", text)
        text = _EPISODE.sub(lambda m: f"season {int(m[1])} episode {int(m[2])}", text)
        text = _CLASSIFIED.sub(lambda m: _GLUED.sub(" ", m[0]), text)
        text = _MODEL_NUMBER.sub(
            lambda m: f"{_letter(m[1])} {in_hundreds(m[2] + m[3])}{_gap(m)}", text
        )
        text = _LONG_MODEL.sub(_long_model, text)
    if "00a" in shape(text) and _DIGIT_SMALL.search(text):
        text = _CITED_YEAR.sub(lambda m: f"{year(int(m[1]))} {m[2]}", text)
        text = _SUFFIXED.sub(lambda m: f"{in_hundreds(m[1] + m[2])} ", text)
    if "0k0" in zeros(text):
        text = _TWO_K.sub(lambda m: f"{m[1]} K {m[2]}" + " K" * m[0][-1].isalpha(), text)
    if "-" in text:
        text = _CORE.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])} ", text)
    if "-" in text:
        text = _PANELS.sub(_panels, text)
        text = _SAME_LETTER.sub(_same_letter, _SPINE.sub(r"\1 to \2", text))
    if holds(text, _TAX_FORMS):
        text = _TAX_FORM.sub(lambda m: in_hundreds(m[0]), text)
    if holds(text, ("0ti", "0Ti", " Ti", " Super", " SUPER", " XT", " GRE", "X3D")):
        text = _CARD.sub(_card, text)
    if "/" in text:
        text = _ROADS.sub(lambda m: f"{m[1]}{', '.join(filter(None, m.groups()[1:]))}", text)
        text = _EXPRESSWAYS.sub(r"\1, \2", text)
    if "H.R." in text or "S." in text:
        text = _BILL.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])}", text)
    if "(M)" in text:
        text = _MOTORWAY.sub(r"\1 M", text)
    if "orm" in text:
        text = _FORM.sub(lambda m: f"{m[1]} {in_hundreds(m[2] + m[3])}", text)
    if "0A0" in shape(text) or "0a0" in shape(text):
        text = _CLASSIFIED.sub(lambda m: _GLUED.sub(" ", m[0]), text)
    return text


def _card(match: re.Match[str]) -> str:
    more = " X 3D" if match[2] else " T.I." if match[3] else ""
    return in_hundreds(match[1] or match[2] or match[3]) + more


def _tire(match: re.Match[str]) -> str:
    """ "225/65R17" -> "two twenty-five sixty-five R 17"."""
    kind, width, height, letters, rim, many, load, speed = match.groups()
    load = f" {cardinal(int(load))} {speed}" if load else ""
    kind = f"{kind} " if kind else ""
    rim = plural(cardinal(int(rim))) if many else rim
    return f"{kind}{in_hundreds(width)} {cardinal(int(height))} {letters} {rim}{load}"


def _late(match: re.Match[str]) -> str:
    """ "v2.10" -> "version 2 point 10", "Section 1.05" -> "Section 1 point oh five"."""
    before, first, last = match.groups()
    before = "version " if before in ("v", "V") else before
    return f"{before}{first} {'' if 'buntu' in before else 'point '}{two_digits(int(last))}"


def _wireless(match: re.Match[str]) -> str:
    """ "802.11b/g/n" -> "eight oh two dot eleven b, g, n"."""
    letters = ", ".join(filter(None, (" ".join(match[2]), match[3], match[4])))
    return f"eight oh two dot {cardinal(int(match[1]))} {letters}".rstrip()


def _long_number(match: re.Match[str]) -> str:
    before = _NUMBER_SHORT.sub(r"\1umber", match[1])
    return before + digit_by_digit(match[2])


def _registered(match: re.Match[str]) -> str:
    first, letters, last = match.groups()
    return f"{digit_by_digit(first)} {_letters(letters)} {digit_by_digit(last)}"


def _numbers(match: re.Match[str]) -> str:
    first, last = match.groups()
    named = match.string.endswith("s ", 0, match.start())  # items #5-8
    many = "number" if named else "numbers"
    return f"{many} {first} to {last}" if int(first) < int(last) else match[0]


def _runways(match: re.Match[str]) -> str:
    """ "RWY 27L/27R" -> "runway 27 left, 27 right"."""
    sides = _RUNWAY.sub(
        lambda m: f"{', ' if m[1] else ''}{cardinal(int(m[2]))} {_RUNWAY_SIDES[m[3]]}", match[2]
    )
    return f"{match[1] or 'runway'} {sides}"


def _course(match: re.Match[str]) -> str:
    """ "CHEM 101L" -> "chem one oh one L"."""
    letter = f" {_letter(match[3])}" if match[3] else ""
    return f"{_COURSES.get(match[1], match[1])} {in_hundreds(match[2])}{letter}"


def _same_letter(match: re.Match[str]) -> str:
    letter, first, last = match.groups()
    return f"{letter}{first} to {letter}{last}" if int(first) < int(last) else match[0]


def _panels(match: re.Match[str]) -> str:
    label, number, first, again, last = match.groups()
    words = cardinal(int(number))  # else "2 J" are joules
    label = label.removesuffix(number) + words
    return (
        f"{label} {_letter(first.upper())} to {words + ' ' if again else ''}{_letter(last.upper())}"
    )


def _long_model(match: re.Match[str]) -> str:
    """ "EB3326" -> "EB thirty-three twenty-six", "DH2017" -> "DH twenty seventeen"."""
    digits = match[2] + match[3]
    rest = digits.lstrip("0")
    said = year(int(digits)) if digits[:2] in ("19", "20") else in_hundreds(rest or "0")
    if rest != digits:  # P0300, C0035
        said = f"{digit_by_digit('0' * (4 - len(rest)))} "
        said += in_hundreds(rest) if len(rest) > 2 else cardinal(int(rest or 0))
    return f"{_letter(match[1])} {said}{_gap(match)}"


def _gap(match: re.Match[str]) -> str:
    """A blank before a letter that is glued on: "328d", but not "QZ8501's"."""
    return " " if match.string[match.end() : match.end() + 1].isalpha() else ""


def _box(match: re.Match[str]) -> str:
    digits = match[2]
    if len(digits) < 3 or digits[-2:] == "00":
        return f"P.O. Box {digits}"
    said = in_hundreds(digits) if len(digits) < 5 and digits[0] != "0" else digit_by_digit(digits)
    return f"P.O. Box {said}"


def _dotted_name(match: re.Match[str]) -> str:
    labelled = LABEL.search(ahead(match, 14))
    digits = match[2] if len(match[2]) < 3 else digit_by_digit(match[2])
    return f"{_letter(match[1])} {'point' if labelled else 'dot'} {digits}"


def _letter(letter: str) -> str:
    return "A." if letter == "A" else letter


def _jet(match: re.Match[str]) -> str:
    words = f"seven {two_digits(int(match[1]))}"
    return plural(words) if match[2] else words


def _docket(match: re.Match[str]) -> str:
    """ "SCAP-22-368" -> "SCAP twenty-two three sixty-eight"."""
    number = match[3]
    if len(number) == 2:
        said = two_digits(int(number))
    else:
        said = digit_by_digit(number) if len(number) == 5 else in_hundreds(number)
    return f"{match[1]} {cardinal(int(match[2]))} {said}"


def _more_rfcs(match: re.Match[str]) -> str:
    """ "RFCs 2616, 7230" -> "RFCs twenty-six sixteen, seventy-two thirty"."""
    return re.sub(r"\d{4}", lambda m: in_hundreds(m[0]), match[0])


def _letters(name: str) -> str:
    """ "KB" -> "K.B.", "N" -> "N"."""
    return name if len(name) == 1 else dotted(name)


def _airbus(match: re.Match[str]) -> str:
    said = in_hundreds(match[1])
    return f"A. {plural(said)}" if match[2] == "s" else f"A. {said}{' neo' if match[2] else ''}"


def _case(match: re.Match[str]) -> str:
    """ "Case 22-506" -> "Case twenty-two five oh six"."""
    kind, in_year, hundreds, rest = match.groups()
    kind = re.sub(r"\b([Nn])o\.$", r"\1umber", kind)
    last = f"{cardinal(int(hundreds))} {two_digits(int(rest))}" if hundreds else cardinal(int(rest))
    return f"{kind} {two_digits(int(in_year))} {last}"


def _paragraph(match: re.Match[str]) -> str:
    glued = match.string[match.end()].isalpha()  # 2679B(2)
    return in_hundreds(match[1] + match[2]) + " " * glued


def _identity(match: re.Match[str]) -> str:
    """Digit by digit, in the groups that are written."""
    code = match[1]
    of_many = _ITEMS.fullmatch(match[0])
    if of_many and int(of_many[1]) < int(of_many[2]):
        return f"number {of_many[1]} to {of_many[2]}"
    before = match[0][: len(match[0]) - len(code)]
    before = f"{before[:-1].rstrip()} number ".lstrip() if before.endswith("#") else before
    before = re.sub(r"\b([Nn])o\. ?#?$", r"\1umber ", before)
    if code.isdigit() and len(code) < 4:
        return match[0]
    span = _SPAN_OF_CASES.match(match.string, match.start())
    if span and int(span[1]) < int(span[2]):
        return match[0]
    dated = _IN_YEAR.fullmatch(code)
    if dated and before in ("No ", "Nos "):  # "No 2016-17 records"
        return match[0]
    if dated and "umber" in before:  # No. 2015-12
        return f"{before}{year(int(dated[1]))} {cardinal(int(dated[2]))}"
    pieces = re.findall(r"[A-Z]+|\d+", code)
    said = [digit_by_digit(p) if p.isdigit() else (p if len(p) > 1 else f"{p}.") for p in pieces]
    glued = match.string[match.end() : match.end() + 1].isalpha()  # ID: 204060Rent
    return before.replace("number number", "number") + (
        " ".join(
            part + ("," if code[0].isdigit() and i < len(said) - 1 else "")
            for i, part in enumerate(said)
        )
        + " " * glued
    )


def _drawn(match: re.Match[str]) -> str:
    pieces = re.findall("[A-Za-z]+|[0-9]+", match[2])
    return match[1] + " ".join(digit_by_digit(p) if p.isdigit() else dotted(p) for p in pieces)


def _groups(code: str) -> str:
    pieces = re.findall(r"[A-Z]+|\d+", code)
    return " ".join(
        digit_by_digit(p) if p.isdigit() else (p if len(p) > 1 else f"{p}.") for p in pieces
    )


def _plan(match: re.Match[str]) -> str:
    more = f" {cardinal(int(match[4]))}" if match[4] else ""
    return f"{cardinal(int(match[1]))} {two_digits(int(match[2]))} {match[3]}{more}"


def _aircraft(match: re.Match[str]) -> str:
    name, first, rest = match[1], match[2], match[3] or ""
    variant = cardinal(int(first + rest)) + (f" {match[4]}{match[5] or ''}" if match[4] else "")
    if name[0] == "A":
        return f"A. {in_hundreds(name[1:])} {variant}"
    return f"{in_hundreds(name)} {variant}"


def _screen(match: re.Match[str]) -> str:
    return f"{in_hundreds(match[1])} {match[2]}"


def _power(match: re.Match[str]) -> str:
    mantissa, sign, exponent = match.groups()
    if sign != "-" and "." not in mantissa and int(exponent) <= _LARGEST and len(mantissa) < 4:
        return cardinal(int(mantissa) * 10 ** int(exponent))
    if not sign and mantissa.isdigit() and len(mantissa) > 2:  # the start of a sum: 550e84
        return f"{digit_by_digit(mantissa)} e {digit_by_digit(exponent)}"
    minus = "minus " if sign == "-" else ""
    return f"{mantissa} times ten to the power of {minus}{cardinal(int(exponent))}"
