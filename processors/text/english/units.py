"""Measures: units after a number, percent, dimensions."""

from __future__ import annotations

import re
from functools import partial

from recital.processors.text.english import degrees, feet, forecasts, recipes
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.sized import (
    DIGITS,
    KIND_OF_THING,
    NUMBER,
    is_of_a_thing,
    is_part,
)
from recital.processors.text.english.unit_names import UNITS, below, unit
from recital.processors.text.english.words import (
    LABEL,
    ahead,
    around,
    behind,
    cardinal,
    in_hundreds,
    one_of,
    two_digits,
    word_set,
)

_BARE = UNITS.keys() - {"in"}  # "3 in" is more often "3 in ten"
_NAMES = one_of(_BARE)
_POWERS = {"2": "square", "3": "cubic"}
_WITH_DAY = one_of([*UNITS, "d", "day", "days", "Day", "week", "month", "year", "K"])
_RANGE_OF = re.compile(
    rf"(?<![\w.,])({DIGITS}) ?({_NAMES})-(?=(?:{DIGITS})(?: ?\2(?!\w)| [mb]illion))"
)
_SPAN = re.compile(r"-[\d.](?<=[A-Za-zμ]..)")
# 3 kHz-300 GHz
_RANGE_WITH = re.compile(
    rf"(?<![\w.,])({DIGITS}) ?({_NAMES})-(?=(?:{DIGITS}) ?(?!\2(?!\w))(?:{_NAMES})(?![\w'-]))"
)
_ANY_STONE = re.compile(r"\d ?st\b")
_STONE = re.compile(r"(?<![\w.,])(\d{1,2}) ?st,? (\d{1,2}) ?lbs?\b\.?")
_ONE_STONE = re.compile(
    r"(?<=[a-z] )([5-9]|[12]\d) st\b(?=[.,;)]|$)(?!\. [A-Z])|(?<=lost )(\d{1,2}) st\b\.?|"
    r"(?<=gained )(\d{1,2}) st\b\.?(?! [A-Z])"
)
_DAYS = re.compile(r"(?<=\d)(?<!\b[23])-d(?=-old| (?:[a-z]+-)?[a-z]{4})")  # a 13-d course
_OLD = re.compile(
    r"(?<![\w.,])(\d{1,3}(?: plus)?)[- ]?(?:y[./-]?o\.?('?s\b)?|Y\.?O\.?|yrs?\.? old)(?=[\W]|"
    r"$)(?! \w+ago)(?:(?<!\.) ([MF])\b(?=[,;:)]|\.?$| (?:with|who|presents?|presenting|presented|"
    r"admitted|patient|here|c/o|s/p|and|comes?|came|complain\w*|seen)\b| w/))?"
)
_KARAT = re.compile(r"(?<=\d)[ -]?kt\b\.?(?= (?:\w+ )?gold\b)")
_CARAT = re.compile(
    r"(?<=\d)[ -]?ct\b\.?(?= (?:\w+ )?(?:gold|diamond|ring|ruby|sapphire|emerald|stone|solitaire))"
    r"|(?<=\d\.\d)[ -]?ct\b|(?<=\d\.\d\d)[ -]?ct\b"
)
# 10 reps x 3 sets; but "1 pill x 7 days" is for so long
_BY_OF = re.compile(
    r"(?<![\d.,])(\d+(?:\.\d+)?(?: [a-z]+|[ck]?m|mm|ft|in)) [x×] (?=\d)(?!\d+ ?(?:yrs?|years?|"
    r"days?|d|wks?|weeks?|mos?|months?|hrs?|hours?|mins?|minutes?)\b)"
)
# "135 lbs x 12": so often
_LIFTED = re.compile(
    r"(\d ?(?:lbs?|kgs?|pounds|kilos)) ?[x×] ?(?=\d{1,2}(?:[,;.)x]|$| (?:and|then|for)\b))"
)
# Nautical miles: "within 5 nm of the airport"
_NAUTICAL = re.compile(r"(?<=\d) ?nm\b(?![²³^])")
_AT_SEA = re.compile(
    r"\b(?:eye|[Hh]urricanes?|[Cc]yclones?|[Ss]torms?|[Tt]ropical|[Aa]ir(?:ports?|fields?|craft|"
    r"space)|[Aa]erodromes?|[Rr]unways?|[Aa]viation|[Pp]ilots?|"
    r"VOR|[Oo]ffshore|ashore|[Ss]hips?|[Vv]essels?|[Bb]oats?|[Yy]achts?|[Ss]ail(?:s|ed|ing|or|"
    r"ors)?|[Cc]oasts?|[Ii]slands?|[Hh]arbou?rs?|[Nn]aval|[Nn]avy|[Nn]autical|knots|kts?|"
    r"[Tt]ankers?|[Ll]ightning|[Ss]eas?|[Rr]eefs?|[Bb]uoys?|[Ww]aters|[Mm]arine|shore|"
    r"[Cc]raft advisory|[Gg]ales?|[Ii]nlets?|Cape|out (?:to )?\d+ ?nm)\b"
)
_OF_LIGHT = re.compile(
    r"\b(?:[Ww]avelengths?|[Ll]asers?|[Ll]ights?|[Oo]ptic\w*|[Nn]ano\w+|[Cc]hips?|[Nn]odes?|"
    r"[Tt]ransistors?|[Ww]afers?|[Ss]pectr\w+|[Ff]luoresc\w*|[Aa]bsor\w+|[Pp]articles?|[Ff]ilters?|"
    r"LEDs?|UV|[Ii]nfrared|[Ee]xcit\w+|[Mm]icroscop\w*|[Ll]ayers?|thick|[Dd]iameters?|[Pp]ores?|"
    r"[Ss]ilicon|[Ss]emiconductors?|[Rr]adiation)\b"
)
# 0.3 US gal, 10 imp gal
_OF_LAND = re.compile(
    rf"(?<![\w.,])({DIGITS}) (US|U\.S\.|[Ii]mp\.?|UK) (gal|qt|pt|fl\.? oz|ton)\b"
    r"(?:\.(?! *$))?(?![\w'])"
)
_LANDS = {"U": "U.S.", "I": "imperial", "i": "imperial"}
# a 512/256kb/s line: down, up
_SPEEDS = re.compile(r"(?<![\w/.,])(\d{2,4})/(\d{2,4}) ?(?:kb/s|kbps)(?!\w)")
_MICRO = re.compile(r"(?<=\d)us\b")
_SHORT_TIMES = re.compile(
    r"\b(?:latenc\w+|delays?|pulses?|jitter|overhead|interrupts?|timers?|microsecond\w*|"
    r"nanosecond\w*|CPU|kernel|benchmark\w*|\d+ ?[mn]s|sampl\w+|throughput|cycles?)\b"
)
# "two 512MB sticks", "several 100 km rides": things of that size; but what is weighed or poured is
# so much, "200 g carrots"
_THINGS = re.compile(
    r" (?!(?:as|is|was|has|does|uses|plus|minus|versus|across|always|sometimes|besides|perhaps|"
    r"thus|this|his|its|us|separates|divides|makes|takes|leaves|gives|means|equals|remains|needs|"
    r"goes|runs|lies|comes|becomes|increases|decreases|reaches|falls|rises|drops|turns|shifts|"
    r"feels|seems|appears|allows|requires|requests|brings|keeps|suits|works|happens|costs|starts|"
    r"begins|ends|opens|closes|follows|passes|lasts|helps|[a-z]*wards|[a-z]*ss)\b)[a-z]{3,}s\b"
)
_WEIGHED = word_set(
    "g kg mg μg mcg lb lbs oz l L ml mL cl dl dL gal qt pt tsp tbsp Tbsp ton cwt bu ct pts "
    "req kcal cal Lb Lbs"
)
_TIMED = word_set("s sec secs min mins h hr hrs wk wks mo mos yr yrs")
_SPANS = re.compile(
    r" (?:intervals|walks|breaks|runs|rides|drives|flights|sessions|episodes|videos|clips|rests|"
    r"sets|periods|delays|shifts|meetings|lessons|talks|songs|naps|timers|bouts|increments|"
    r"contracts|leases|loans|bonds|waits|steps|pauses|queues|films|movies|matches|games|halves|"
    r"showers|slots|journeys|hikes|trips|terms|sentences|passes|rounds|blocks|reps|5[kK]|10[kK]|"
    r"parkruns?|marathons?)\b"
)
_MORE_SIDES = re.compile(
    r"(?: ?(?:by|x) ?\d[\d.]* ?(?:[cmk]?m|in|ft|inch)){1,6}\b|"
    # 700 ml / 23.6 fl oz bottles, 2 mg, 5 mg and 10 mg tablets
    r"(?:(?: ?/ ?|,? and |,? or |, )\d[\d.]* ?(?:fl\.? oz|oz|lbs?|[km]?g|ml|[cmk]?m|inch|in|mi|ft|"
    r"[MGT]B)\b){1,6}"
)
_POURED = re.compile(
    r" (?:samples|aliquots|portions|servings|fillets|steaks|patties|burgers|chops|syringes|"
    r"ampoules|flasks|beakers|jugs|glasses)\b"
)
_AREA = re.compile(r"(?<=\d)( ?(?:k|c|m)?m| ?ft)([23])\b(?!-)")
_MILLIONS = re.compile(
    rf"(?:(?<=\d )|(?<=few )|(?<=eral ))(million|billion|hundred|thousand|trillion) "
    rf"(?:(sq|cu)\.? ?)?({_NAMES})\b(?:\.(?=,| [a-z]))?(?![\w']|\.\w)"
)
_BARE_UNIT = re.compile(r"(?<![\w/])(km|mi|m|ft)/(h|hr|s|sec)\b")
_TOTAL_POINTS = re.compile(r"(?<=\d )(total|extra|more|bonus|fantasy|career|straight) pts\b(?! w/)")
# "10 mg per kg"
_PER_SHORT = re.compile(
    r"(?<=\bper )(kg|mg|km|cm|ml|mL|lb|oz|gal|hr|yr|wk|mo|qt|ha|sf|sec|min|sq\.? ft|sqft|sqm|MWh|"
    r"kWh|d[lL]|[μu]L|L(?!\.? [A-Z])|(?:ft|in)(?=\. [a-z])|"
    r"(?:(?<=\d [gmL] per )|(?<=\d ft per )|(?<=\d [mkcμ][gmL] per )|(?<=\d mcg per ))[dhs])\b"
    r"(?:\.(?= [a-z])|(?!\.\w))"
)
# "$2,738 an oz.", "$9 a lb."
_FOR_ONE = re.compile(
    r"(?:(?<=\ban )(oz|hr)|(?<=\ba )(lb|qt|yd|kg|km|mi|mo|wk|yr)|(?<=s a )(gal))\b(?:\.(?! *$))?"
)
_UNITS_OF_ONE = (" an oz", " an hr", " a lb", " a q", " a yd", " a k", " a mo.", " a yr", "s a gal")
_ANY_PER = re.compile(r"(?<=\d )(?<![A-Za-z]\d )([a-z]{3,}s)/([a-z]{3,}?)s?\b")
# people/km², cells per mm3
_PER_AREA = re.compile(r"((?<=[a-z]{3})/|(?<=\bper ))(km|mm?|mi|cm|ft|in|yd)\^?([23])\b")
# 12% year/year
_SAME_OVER = re.compile(r"\b(day|week|month|quarter|year|wk|mo|qtr|yr)/\1\b")
_ONE_PER_AREA = re.compile(
    r"(?<=\d) ?/ ?(?:sq\.? ?(km|m|mi|cm|ft|in|yd)|(km|m|mi|cm|ft|in|yd)\^?2)(?!\w)"
)  # (142/km²)
_PER_DAY = re.compile(
    r"(?:(?<=[a-z]{2})(?: (?=/(?:day|week|month|tablet|capsule)))?|"
    r"(?<=[A-Z]{3})(?=/share\b(?!/)))/(dose|tablet|capsule|day|days|week|wk|month|mo|year|yr|hr|"
    r"hour|min|sec|night|person|share|serving|gal|bbl|kg|lb|MWh|kWh|capita|d|h|s)\b"
)
# 1,204/day
_COUNT_PER = re.compile(
    r"(?:(?<=\d)|(?<=%))/(day|week|month|year|hour|min|night|person|wk|mo|yr|hr|kg|lb|gal|kWh|MWh|"
    r"serving|cup|piece|bottle|box|page|ride|trip|visit|child|adult|student|game|team|d(?= at\b)|"
    r"(?<=%/)h)\b(?:\.(?= [a-z]))?"
)
_MEASURE = re.compile(
    rf"(?<![\w,])(-?){NUMBER}([- ]?)(?:(sq|cu)\.? ?)?({_NAMES})(\^[23])?(\.(?= ?[a-z,;:)/&+]|"
    rf" ?\((?![A-Z])))?(?:/({_WITH_DAY})(\^[23])?)?(?![\w'°]|\.\w|(?<=[A-Z])-\d)"
)
_COMPOUND = re.compile(r"-[a-z]{3}")  # 2.5cm-thick, 300 acre-feet
_ANY_MEASURE = re.compile(r"0[- ]?[Aa?]")  # in `shape`
_OR_DEGREES = re.compile(r"(?<=Celsius|renheit) ?/ ?")
_PER_HUNDRED = re.compile(r"(?<=[a-z]s)/(?=(?:10+|24 hours)\b)")  # 8 liters/100 km
_RATE_OF = re.compile(r"(?<=\d)/(?=10{0,2},000\b)")  # 2.8/100,000
_DISSOLVED = re.compile(r"(?<=gram|rams|nits)/(?=[\d.]+ (?:milli|deci|centi)?liter)")  # 250 mg/5 mL
_MOBILE = re.compile(
    r"\b(?:[Pp]hones?|[Nn]etworks?|[Cc]arriers?|[Ss]ignal|[Ww]ireless|[Ww]i-?[Ff]i|[Mm]obile|LTE|"
    r"[Mm]odem|[Ii]nternet|[Bb]roadband|iPad|[Cc]overage|[Ii]Phone|[Aa]ndroid)\b"
)
_GENERATION = re.compile(r"(?<![\w.,-])([2-5])g\b")
_MY_MOBILE = re.compile(
    r"\b(?:[Mm]y|via|using|no) [345]g\b(?! of)|\b[345]g (?:is|was|data|speeds?|SIM)\b"
)
_TWO_SCALES = re.compile(r"(?<=[a-z])(?<!\bf)(?<!\b[wW])/(?=\d)")  # 23kg/50lb
_MORE_THAN = re.compile(
    rf"(?:(?<=\d plus )|(?<=\d or more ))({_NAMES})(?![\w'°/]|\.\w)"
)  # "15+ mph"
# mIU/L
_ACTIVITY = re.compile(r"(?<=\d) ?(m?[Ii]?[Uu])(?:/| per )(mL|ml|L|l|dL|kg|hr?|d|day|min)\b")
_ACTIVITIES = {"mIU": "M.I.U.", "IU": "I.U.", "U": "units", "mU": "milliunits"}
# a 2A charger, 12 V and 5 A
_AMPS = re.compile(
    r"(?<=\d) ?A\b(?= (?:[AG]FC?I|receptacle|outlet|fuse|charger|charging|breaker|circuit|socket|"
    r"plug|adapter|supply|output|current|load)s?\b)"
)
_ANY_AMPS = re.compile(
    r"(?<=\d) ?A\b(?!\.\w| (?:[a-z]+ )?(?:grades?|levels?|students?|marks?|teams?|roads?)\b)"
)
# A current, but not "the current bus".
_VOLTS = re.compile(
    r"\d ?[mk]?V\b|\b[Vv]olt(?:s|age)?\b|\b[Aa]mps?\b|\b[Cc]urrents? (?:of|is|was|at|to|draw|"
    r"rating|limit|through|flows?|rises|falls|drops)\b|\bdraw(?:s|n|ing)? (?:\w+ ){0,2}\d"
)
# 3000 j/kg of CAPE
_ENERGY = re.compile(r"(?<=\d)( ?)j(?=/kg\b)")
_ACCELERATION = re.compile(r"(?<=\d) ?m/s(?:\^?2|/s)(?![\w.]\w)")
# "24h support", "a 48hr delay"
_HOURS = frozenset(("h", "hr", "hrs"))
_OF_HOURS = re.compile(
    r"[ -](?!per )(?:\w+ )?(?:support|services?|pharmacy|shop|store|gym|clinic|shifts?|access|"
    r"security|coverage|delivery|care|drive|flight|wait|delay|truce|ceasefire|strike|curfew|fast|"
    r"race|window|notice|periods?|days?|weeks?|format|clock|hotline|reception|parking|trip|ride|"
    r"journey|trek|hike|course|workshop|class|exam|movie|film|meeting|layover|battery|forecast|ban|"
    r"deadline|warning|news|door(?:man| ?person| staff)?|concierge|maintenance|fitness|attendant|"
    r"valet|emergency|on-?site|room service|front desk|check-?in|convenience|laundry|surveillance|"
    r"nurse|helpline)\b"
)
_FORCE = re.compile(r"[Ff]orce|[Nn]ewton|thrust|tension|\bload|spring|torque|weigh|\bpull")
_POUNDS = re.compile(r"(?<=\d)#(?=[ ,.;)]|$)")
_SPACED_PERCENT = re.compile(r"(?<=\.\d )pc\b(?!-)|(?<=\.\d\d )pc\b(?!-)")  # 7.9 pc
_PIECE = re.compile(r"(?<=\d )pc\b(?= [a-z])")  # a 3 pc sofa
_STARS = re.compile(r"[Ss]tars?\b|[Gg]alax|[Cc]luster|parsec|light-?\s?year|[Nn]ebula")
_BRITISH_PERCENT = re.compile(r"(?<=\d)pc\b(?!-)")
_PERCENTS = re.compile(r"(?<=\d)% ?- ?(?=\d[\d.]*%)")
_SIGN_FIRST = re.compile(
    r"(?<![\w%)])%(\d{2,3}(?:\.\d+)?|\d(?= (?:off|of|more|less|discount)\b))(?![\w%])"
)  # %10 off
_PERCENTAGE = re.compile(r"\b(?:pct|percent)\.? (?:points?|pts?|ppts?)\b(?:\.(?= [a-z]|,))?")
_CITY_HIGHWAY = re.compile(r"(?<![\w/.,])(\d\d)/(\d\d) mpg\b")
_PERCENT = re.compile(rf"(?<!\w){NUMBER}(?:-{NUMBER})? ?%")
_TIMES = re.compile(
    rf"(?:(?<![\w.,])|(?<=\d[xX]))({DIGITS})( ?)(?:[xX]|times|by) ?(?={DIGITS})(?!10\^)"
)
_POWER_OF_TEN = re.compile(r"(?<=\d) ?x ?(?=10\^)")  # 3.00 x 10^8
_RANGES = re.compile(r"(?<![\w.,/])(\d{2,3})/(\d{2,3})(?= ?(?:ft|feet)\b)")  # range 20/60 ft.
_BARREL = re.compile(r"(?<=\b[a/] )bbl\b\.?(?! *$)|(?<=\ba )bbl\b")
# Win 10 x64, but "2 x64 GB sticks"
_BITS = re.compile(
    r"(?:(?<!\d)|(?<=Win (?:10|11))|(?<=Windows (?:10|11))|(?<=(?:Win|ows) [78])) x(86|64|"
    r"32)\b(?! ?[KMGT]B\b)"
)
# "a limit of 30x 500", "$20 x 9 months"
_TIMES_OF = re.compile(
    r"(?<![\w.])(?<!\d )(\d+)x (?=\d{1,3}(?:,\d{3})+\b)|(?<=dollars )[xX] (?=\d+ [a-z]{3,}s\b)|"
    r"(?<=\d )x (?=\(\d)"
)
_SIDES_APART = re.compile(r"(?<=\)) ?[xX×] ?(?=\d)")  # 69 mm (H) x 92 mm (W)
_EACH_OF = re.compile(r"(?<![\w.])(\d{1,2})x (?=\d+ ?[A-Za-z]+ [a-z])")  # 3x 12V fans
_SQUARE = re.compile(
    r"(?<=\d) ?sq\.? ?(?=(?:foot|feet|met(?:er|re)s?|miles?|yards?|inch|inches)\b)"
)
_SQUARE_SHORT = re.compile(r"(?<=\d )square (?=(?:km|m|cm|mm|mi|ft|yd)\b)")  # 378 square km
_TIMES_AS = re.compile(r"\b(\d+(?:\.\d+)?)[xX]\b(?! ?[-+=*/^<>])")
_NAME = re.compile(r"\b[A-Z][a-z]+ $")
_UNKNOWN = re.compile(r"(?<![\w.])(\d+)([xyzn])\b(?= ?[-+=*/^<>])")  # 2x + 5


# 1/2inch, 3cups
_PER_TIME_OF = re.compile(r"(?<=Celsius )(min|s|h|m|cm|mm)\^?-1(?![\w-])")
# 5V mode, a 12V rail
_OF_VOLTS = re.compile(
    r"[ -](?:mode|tolerant|tolerance|rails?|supply|supplies|logic|signals?|pins?|lines?|outputs?|"
    r"inputs?|regulators?|relays?|power|batter(?:y|ies)|adapters?|systems?|levels?|versions?|"
    r"outlets?)\b"
)
_CAPITAL_MB = re.compile(r"(?:(?<=\b9\d\d)|(?<=\b10[0-8]\d)) ?MB\b")  # of the air
_BYTES = re.compile(
    r"(?<=\d[GMT])b(?= (?:of )?(?:HD|hard|disk|RAM|memory|drive|storage|space|free)\b)"
)
_MANY_VOLTS = re.compile(r"(?<=\d)Vs\b")
# "takes a 9V", "got the 256gb in blue"
_NAMING = frozenset(("V", "oz", "gb", "GB", "tb", "TB"))
_ONE_OF_THESE = re.compile(r"\b(?:an?|the|my|his|her|one) $")
_ALONE = re.compile(r"[.,;:)!?]|$| (?!of\b|/)[a-z]")
_AGED = re.compile(r"(?<=\baged )(\d{1,2}(?:-| to )?\d{0,2}) y\b(?!\.\w)")
# 1.65v of a supply, 4w
_SMALL_VOLTS = re.compile(r"(?<=\d)[vw](?=[\s,.;:)/]|$)")
_OF_VOLTAGE = re.compile(
    r"\b(?:[Oo]utlets?|[Cc]ircuits?|[Bb]reakers?|[Ww]iring|[Ss]ockets?|[Vv]olt(?:s|age)?|[Pp]ower|"
    r"[Bb]atter(?:y|ies)|[Ss]upply|[Aa]dapter|[Cc]harg(?:er?s?|ing|ed)|[Aa]mps?|[Cc]ells?|"
    r"[Ww]atts?|[Ss]peakers?|[Ll]amps?|[Bb]ulbs?|[Ss]olar)\b|\d ?[mk]?V\b"
)
# "in mm", "(mm; 0 to disable)"
_NO_NUMBER = re.compile(
    r"(?:(?<=\bin )|(?<=\())(mm|μm|nm|cm|km|kg|mg|μg|mcg|ms|mL|ml|Hz|kHz|MHz|dB|psi|rpm|kPa|kWh|"
    r"mph)(?=[,;:)]|$|\.(?:\s|$)| (?:or|and|to|from|of|per|for|at|with|on|is|divided|times)\b)"
)
# "Rainfall totals (in.)", at the head of a table
_AT_HEAD = re.compile(
    r"\b((?:[Hh]eight|[Ll]ength|[Ww]idth|[Dd]epth|[Ww]eight|[A-Za-z]+fall|[Tt]otals?|[Dd]istance|"
    r"[Ss]izes?|[Rr]ain|[Ss]now|[Pp]recip\w*\.?|[Dd]iameter|[Ee]levation|[Aa]mounts?) \()"
    r"(in|ft|yd|mi|lb|oz)s?\.?(?=\))"
)
_ANY_NO_NUMBER = re.compile(r"[n(] ?(?:[mckμn]m|[kmμ]g|mcg|m[sLl]|k?M?Hz|dB|psi|rpm|k[PW]|mph)\b")
# "755,757,771,772nm": several; nothing is so many nanometers long
_LIST = re.compile(r"(?<![\w.,])[1-9]\d\d(?:,[1-9]\d\d){2,}(?= ?(?:nm|mm|ms|px)\b)")
# 800 mw's of it, 3.Ghz
_UNIT_APOSTROPHE = re.compile(
    r"(?<=\d)( ?(?:[kKMmGg][wW]|[kKMGT][bB]|[kKm][gG]|lb|oz|mph|[kc][mM]|mm|ft|dth|ml|"
    r"hp))'s(?=[.,;)]|$| (?:deep|wide|long|high|tall|of|for|at|to|and|or|in|on|from|per)\b)"
)
_POINT_BEFORE_UNIT = re.compile(r"(?<=\d)\.(?=(?:[kKMG][Hh][Zz]|[KMG][Bb]|mm|cm|kg)\b)")
_SIDES_NAMED = re.compile(r"(?<![\w.])([WHDL])((?: ?[x×] ?[WHDL]){1,2})(?!\w)")
_SIDE_NAMES = {"W": "width", "H": "height", "D": "depth", "L": "length"}
_EITHER_CYCLES = re.compile(r"(?<![\w/.,])(50|60)/(60|50)(?= ?[Hh][Zz]\b)")
_GLUED = re.compile(
    r"(\d)(?=(?:per|inch|foot|feet|yard|mile|cup|pound|ounce|month|year|week|day|hour|minute|"
    r"percent|degree)(?:e?s)?\b)"
)
# "10.5 cm in length x 4 cm"
_SIDE_BY = re.compile(
    r"(?<=[a-z]{2}) x (?=\d[\d.]* ?(?:cm|mm|km|mi|m|in|ft|yd|inch|inches|feet|miles|meters|"
    r"yards)\b)"
)
_COMMA = re.compile(
    r"(?<![\w.,])(\d{1,2}),(\d{1,2})(?= ?(?:kg|g|cm|mm|km|m|[dc]?l|L|ml)\b)"
)  # 2,5kg
_SPACED_PER = re.compile(r"(?<=\d km) / (?=h\b)|(?<=\dkm) / (?=h\b)|(?<=\d m) / (?=s\b)")
# "3 mi. RT" of a hike, "5 mi o/w"
_OF_A_HIKE = re.compile(r"(?<=\d)( ?(?:mi|km|miles|kilometers))\b\.? (RT|o/w)\b")
_WAYS = {"RT": "round trip", "o/w": "one way"}
# "6 mos.-2 yrs."
_AGES = re.compile(
    r"(?<=\d) ?(mos?|wks?|yrs?|hrs?|mins?|months?|weeks?|years?)\.? ?- ?(?=\d+ ?(?:mo|wk|yr|hr|min|"
    r"month|week|year|hour|day)s?\b)"
)
_GLUED_DASH = re.compile(r"\d-(?:[a-z]{2,4}\.|pct?|pt|p[gp]|[A-Z][a-z])")
_POINT = re.compile(
    r"(?<=\d[- ])pt\b\.?(?= (?:range|shots?|line|lead|play|land|arc|attempts?|percentage|goals?|"
    r"favou?rites?|underdogs?|seat ?belts?|harness|inspection|scale|plan|turn|buck|spread|swing|"
    r"basket|shooting|star|margin|win|loss|deficit|night|game)\b)"
)
_SQUARES = re.compile(r"(?<=\d)-sq\.?[- ](ft|mi|m|yd|in)\b\.?")  # 2,400-sq.-ft.
_UNIT_STOP = re.compile(
    r"(\d-(?:yd|lb|ft|hr|in|oz|mi|mo|yr|wk|min|gal|qt|pt|sec|doz))\.(?= \w|-old)"
)  # a 62-yd. FG
_PAGES = re.compile(r"(?<=\d-)p[gp]\b\.?")  # a 12-pg. letter
_PERCENT_STOP = re.compile(r"(?<=\d)-pct\b\.?")  # a 15-pct. discount
_PIECES = re.compile(r"(?<=\d)-pc\b(?:\.(?= \w))?")
_DOZEN = re.compile(r"(?<=\d )doz\.(?= ?\d)")
# 3x/wk
_TIMES_PER = re.compile(r"(?<![\w.,])(\d+(?:-\d+)?)x/(wk|week|day|mo|month|yr|year|hr|hour)\b")
_SQUARE_FEET = re.compile(r"(?<=\d{3})sf\b")
_MILE_MARK = re.compile(
    r"(?:(?<=[,;(] )|(?<=\()|(?<=\bat )|(?:(?<=\bfrom )|(?<=\bto ))(?=m)|"
    r"^(?=Mi\.? \d+(?:[:,.;]| [-–(])))([Mm])i\.? (?=\d+\b)"
)
_AN_HOUR = re.compile(r"(?:(?<=-an-)|(?<=-an )|(?<=half-))hr\b\.?")
# "1 in./hr. at most", "3 ft. @ 9 sec"
_STOP_INSIDE = re.compile(
    r"(?<=\d)( ?(?:in|ft|mi|yd|lbs?|oz|gal|secs?|mins?|hrs?))\.(?=/[a-z]| ?@)"
    r"|(?<=\d)( ?(?:in|ft|yd))\.(?= ?[x×] ?\d[\d./]* ?(?:in|ft|yd)\b)"
    r"|([x×] ?\d[\d.]* ?(?:ft|in|yd))\.(?= (?!in\b)[a-z])"
    r"|(?<=[a-z][./])(/?(?:hr|min|sec|yr|mo|wk))\.(?= [a-z])"
)
_STOP_BETWEEN = re.compile(r"(\d ?(?:lbs?|ft))\.(?= \d[\d/ .]* ?(?:oz|in)\b)")  # 8 lb. 2 oz.
# "a 4lb. Boston Butt Roast"
_STOP_OF_A_THING = re.compile(
    r"(\b[Aa]n? \d[\d.]*[ -]?(?:lb|oz|qt|gal|ft|in|pt|kg|ml|mi|yd))\.(?= [A-Z][a-z]{2})"
)
# "Hi 84/Lo 66", "H 82 L 60"
_HIGH_LOW = re.compile(
    r"\b(?:([Hh])(?:i|igh|I):? (-?\d{2,3}°?)(?: ?/ ?|, )[Ll](?:o|ow|O):? (?=-?\d)|"
    r"H:? ?(-?\d{1,3}°?)(?:/|,? )L:? ?(?=(-?\d{1,3})(?!\w|[.,]\d| ?[x×]|,? ?[WD]\b)))"
)
_HIGH = re.compile(
    r"(?<=[ynrst\d][,;.] )(hi|lo) (?=(?:near |around |in the )?\d{2,3}s?°?(?:[.,;]|$))"
)
_RENT = re.compile(r"(?<=\d )(wk|yr|hr|mo|mth)s\.?(?='(?: [a-z]|$))")  # 5 wks' rent
_OIL = re.compile(r"\b(\d{1,2})W-(?=\d\d\b)")  # 5W-30
# headlines: "at 4-Wk Low"
_LOW = re.compile(r"(?<=\d-)(?:Wk|Yr|Mo|Hr|Min)\b")
_SPEED = re.compile(r"(?<=\d)[- ]?spd\b\.?(?! *$)")  # a 5spd


_FONT = re.compile(
    r"(?<=\d)[ -]?pt(?= (?:fonts?|type|size|text|bold|Times|Arial|Calibri|Helvetica|Courier)\b)"
)


def expand_unnumbered(text: str) -> str:
    """ "speed in mm" -> "speed in millimeters"."""
    if "(" in text:
        text = _AT_HEAD.sub(lambda m: m[1] + unit(UNITS[m[2]], "2"), text)
    if _ANY_NO_NUMBER.search(text) is None:
        return text
    return _NO_NUMBER.sub(lambda m: unit(UNITS.get(m[1]) or UNITS[m[1].lower()], "2"), text)


def expand(text: str) -> str:
    """ "5 km/h" -> "5 kilometers per hour"; the number itself is left to `numbers`."""
    if "0a" in shape(text):
        text = _GLUED.sub(r"\1 ", text)
    if "x" in text and _SIDES_NAMED.search(text):
        text = _SIDES_NAMED.sub(_sides_named, text)
    if ("v" in text or "w" in text) and _SMALL_VOLTS.search(text) and _OF_VOLTAGE.search(text):
        text = _SMALL_VOLTS.sub(lambda m: f" {m[0].upper()}", text)
    if ",000,000" in zeros(text):
        text = _LIST.sub(lambda m: m[0].replace(",", ", "), text)
    if "'s" in text:
        text = _UNIT_APOSTROPHE.sub(r"\1", text)
    if ".A" in shape(text) or ".aa" in shape(text):
        text = _POINT_BEFORE_UNIT.sub(" ", text)
    if "0vs" in zeros(text):
        text = _MANY_VOLTS.sub(" volts", text)
    text = expand_unnumbered(text)
    if " m.p.h." in text:
        text = text.replace(" m.p.h.", " mph") + "." * text.endswith("m.p.h.")
    if "b " in text:
        text = _BYTES.sub("B", text)
    if "aged " in text:
        text = _AGED.sub(r"\1 years", text)
    if "/" in text:
        text = _EITHER_CYCLES.sub(r"\1 or \2", text)
    if "pt" in text:
        text = _FONT.sub(" point", text)
    if " x " in text:
        text = _SIDE_BY.sub(" by ", text)
    if " / " in text:
        text = _SPACED_PER.sub("/", text)
    if "0,0" in zeros(text):
        text = _COMMA.sub(r"\1.\2", text)
    if "b. " in text or "t. " in text:
        text = _STOP_BETWEEN.sub(r"\1", text)
    if "a 0" in zeros(text) or "an 0" in zeros(text):
        text = _STOP_OF_A_THING.sub(r"\1", text)
    if "/" in text or "@" in text or ". x" in text:
        text = _STOP_INSIDE.sub(lambda m: next(filter(None, m.groups())), text)
    text = recipes.expand(text)
    if "x/" in text:
        text = _TIMES_PER.sub(
            lambda m: f"{'once a' if m[1] == '1' else f'{m[1]} times per'} {below(m[2])}", text
        )
    if "sf" in text:
        text = _SQUARE_FEET.sub(" SF", text)
    if "o/w" in text or " RT" in text:
        text = _OF_A_HIKE.sub(lambda m: f"{m[1]} {_WAYS[m[2]]}", text)
    if "i. " in text or "i " in text:
        text = _MILE_MARK.sub(r"\1ile ", text)
    if "-an" in text or "half-" in text:
        text = _AN_HOUR.sub("hour", text)
    if "hi " in text or "lo " in text:
        text = _HIGH.sub(lambda m: {"hi": "high ", "lo": "low "}[m[1]], text)
    if holds(zeros(text), ("h 0", "h: 0", "h0", "hi 0", "hi: 0")):
        text = _HIGH_LOW.sub(_high_low, text)
    if "s' " in text or "s.' " in text:
        text = _RENT.sub(lambda m: f"{ {'mth': 'month'}.get(m[1]) or UNITS[m[1]] }s", text)
    if "W-" in text:
        text = _OIL.sub(lambda m: f"{cardinal(int(m[1]))} W ", text)
    if "doz." in text:
        text = _DOZEN.sub("dozen", text)
    if "pct" in text or "percent" in text:
        text = _PERCENTAGE.sub(lambda m: f"percentage point{'s' * ('s' in m[0][-2:])}", text)
    if "pt" in text:
        text = _POINT.sub("point", text)
    if "-" in text:
        if "-sq" in text:
            text = _SQUARES.sub(lambda m: f"-square-{UNITS[m[1]]}", text)
        if "0-" in zeros(text) and _GLUED_DASH.search(text):
            text = _PAGES.sub("page", text)
            text = _PERCENT_STOP.sub(" percent", text)
            text = _UNIT_STOP.sub(r"\1", _PIECES.sub("-piece", text))
            text = _LOW.sub(lambda m: m[0].lower(), text)
        if "-0" in zeros(text) or "- 0" in zeros(text):
            text = _AGES.sub(r" \1 to ", text)
    if "spd" in text:
        text = _SPEED.sub("-speed", text)
    if (
        "0g" in zeros(text)
        and _GENERATION.search(text)
        and (_MOBILE.search(text) or _MY_MOBILE.search(text))
    ):
        text = _GENERATION.sub(r"\1G", text)
    text = feet.expand(degrees.expand(text))
    if "Celsius " in text:
        text = _PER_TIME_OF.sub(lambda m: f"per {UNITS[m[1]]}", text)
    text = _rarer(text)
    if _ANY_MEASURE.search(shape(text)):
        text = _MEASURE.sub(_measure, text)
    if " plus " in text or "or more " in text:
        text = _MORE_THAN.sub(lambda m: unit(UNITS[m[1]], "2"), text)
    if "/" in text or "per " in text:
        text = _PER_AREA.sub(lambda m: f"{m[1] and ' per '}{_POWERS[m[3]]} {UNITS[m[2]]}", text)
    if "/" in text:
        text = _ONE_PER_AREA.sub(lambda m: f" per square {UNITS[m[1] or m[2]]}", text)
        text = _ANY_PER.sub(r"\1 per \2", text)
        text = _BARE_UNIT.sub(lambda m: f"{unit(UNITS[m[1]], '2')} per {UNITS[m[2]]}", text)
        text = _PER_DAY.sub(lambda m: f" per {below(m[1])}", text)
        text = _OR_DEGREES.sub(", ", text)
        text = _DISSOLVED.sub(" per ", text)
        text = _RATE_OF.sub(" per ", text)
        text = _TWO_SCALES.sub(", ", _PER_HUNDRED.sub(" per ", text))
        text = _COUNT_PER.sub(lambda m: f" per {below(m[1])}", text)
    text = feet.expand_inches(text)
    if "%" not in text:
        return text
    if "%0" in zeros(text):
        text = _SIGN_FIRST.sub(r"\1%", text)
    return _PERCENT.sub(_percent, text)


def _rarer(text: str) -> str:
    """Rules that wait for a sign of theirs."""
    if "mm/Hg" in text:
        text = text.replace("mm/Hg", "mmHg")
    if ("0st" in zeros(text) or "0 st" in zeros(text)) and _ANY_STONE.search(text):
        text = _STONE.sub(r"\1 stone \2 pounds", text)
        text = _ONE_STONE.sub(lambda m: f"{m[1] or m[2] or m[3]} stone", text)
    near = zeros(text)
    if "0y" in near or "0 y" in near or "0-y" in near or "plus y" in near:
        text = _OLD.sub(_old, text)
    if "-d" in text:
        text = _DAYS.sub("-day", text)
    if "kt" in text:
        text = _KARAT.sub(" karat", text)
    if "ct" in text:
        text = _CARAT.sub(" carat", text)
    if " x" in text or "×" in text:
        text = _LIFTED.sub(r"\1 times ", text)
        text = _BY_OF.sub(r"\1 by ", text)
    if ("-0" in zeros(text) or "-." in text) and _SPAN.search(text):
        text = _RANGE_WITH.sub(r"\1 \2 to ", _RANGE_OF.sub(r"\1 to ", text))
    if "m0" in zeros(text) or "ft0" in zeros(text):
        text = _AREA.sub(r"\1^\2", text)
    if "illion" in text or "thousand" in text or "hundred" in text:
        text = _MILLIONS.sub(_millions, text)
    if "^" in text:
        text = _POWER_OF_TEN.sub(" times ", text)
    if "x " in text or "X " in text:
        text = _TIMES_OF.sub(lambda m: f"{cardinal(int(m[1]))} times " if m[1] else "times ", text)
        text = _SIDES_APART.sub(" by ", text)
    if "x" in text:
        text = _EACH_OF.sub(
            lambda m: f"{cardinal(int(m[1]))} times ",
            _BITS.sub(lambda m: f" x {cardinal(int(m[1]))}", text),
        )
    if "x" in text or "X" in text or "by" in text or "times" in text:
        text = _TIMES.sub(lambda m: f"{m[1]} by ", text)
        text = _TIMES_AS.sub(_times, text)
    if "bbl" in text:
        text = _BARREL.sub("barrel", text)
    if "/" in text:
        text = _SAME_OVER.sub(lambda m: f"{below(m[1])} over {below(m[1])}", text)
        text = _RANGES.sub(r"\1 slash \2", text)
    if "sq" in text:
        text = _SQUARE.sub(" square ", _SQUARE_SHORT.sub("sq ", text))
    if "=" in text:
        text = _UNKNOWN.sub(r"\1 \2", text)
    if "j/kg" in text:
        text = _ENERGY.sub(r"\1J", text)
    if "m/s" in text:
        text = _ACCELERATION.sub(" meters per second squared", text)
    if "A" in text and _ANY_AMPS.search(text):
        text = _AMPS.sub(partial(_amps, "amp"), text)
        if _VOLTS.search(text):
            text = _ANY_AMPS.sub(partial(_amps, "amps"), text)
    if "U/" in text or "u/" in text or "U per" in text:
        text = _ACTIVITY.sub(
            lambda m: f" {_ACTIVITIES[m[1].replace('u', 'U').replace('i', 'I')]} per {below(m[2])}",
            text,
        )
    if "MB" in text and "ressure" in text:
        text = _CAPITAL_MB.sub(" mbar", text)
    if "mb" in text or "MB" in text:
        text = forecasts.expand_pressure(text)
    if "nm" in text and _NAUTICAL.search(text) and _AT_SEA.search(text):
        text = text if _OF_LIGHT.search(text) else _NAUTICAL.sub(" NM", text)
    if "US " in text or "U.S. " in text or "UK " in text or "mp " in text or "mp. " in text:
        text = _OF_LAND.sub(_of_land, text)
    if "kb/s" in text or "kbps" in text:
        text = _SPEEDS.sub(_speeds, text)
    if "0us" in zeros(text) and _SHORT_TIMES.search(text):
        text = _MICRO.sub(" usec", text)
    if (" a " in text or " an " in text) and holds(text, _UNITS_OF_ONE):
        text = _FOR_ONE.sub(lambda m: UNITS[m[1] or m[2] or m[3]], text)
    if "per " in text:
        text = _PER_SHORT.sub(_per_short, text)
    text = recipes.expand_cups(text)
    if " pts" in text:
        text = _TOTAL_POINTS.sub(r"\1 points", text)
    if "pc" in text:
        text = _BRITISH_PERCENT.sub(" percent", text)
        if "pc" in text and not _STARS.search(text):
            text = _PIECE.sub("piece", _SPACED_PERCENT.sub("percent", text))
    if "#" in text and "eigh" in text:
        text = _POUNDS.sub(" pounds", text)
    if "mpg" in text:
        text = _CITY_HIGHWAY.sub(r"\1, \2 mpg", text)
    if "%-" in text or "% -" in text:
        text = _PERCENTS.sub("% to ", text)
    return text


def _sides_named(match: re.Match[str]) -> str:
    """ "W x D x H" -> "width by depth by height"; a letter twice is none."""
    letters = [c for c in match[0] if c in _SIDE_NAMES]
    if len(set(letters)) < len(letters):
        return match[0]
    return " by ".join(_SIDE_NAMES[c] for c in letters)


def _high_low(match: re.Match[str]) -> str:
    if match[3] and int(match[3].rstrip("°")) <= int(match[4]):  # the sides of a box
        return match[0]
    return f"{match[1] or 'h'}igh {match[2] or match[3]}, low "


_SENTENCE_END = re.compile(r"$| [A-Z]")
_AGE_ENDS = re.compile(r"$|[,.;:)!?]| (?:and|but|now|today|when|so|or|they|he|she|we|it|you|I)\b")
# "she is 5 yo and plays"
_IS_OF_AGE = re.compile(
    r"(?:\b(?:is|was|are|were|am|be|turned|now|about|only|to|until|till|by|reach(?:es|ed)?|under|"
    r"over)|['’][sm]|['’]re) $"
)


def _old(match: re.Match[str]) -> str:
    """ "a 10 yr. old girl", but "she is 10 yrs. old."."""
    after = match.string[match.end() : match.end() + 1]
    many = "yrs" in match[0] and " old" in match[0] and (after in ").,;" or not after)
    is_of_age = _IS_OF_AGE.search(ahead(match, 12))
    ends = is_of_age or not after or "y.o" not in match[0]  # "an 80 y.o. Greek man"
    if match[2]:
        return f"{match[1]}-year-olds"
    if match[0][-1] == "." and ends and _SENTENCE_END.match(behind(match)):
        one = ahead(match, 3).lower().endswith((" a ", "an "))
        return f"{match[1]}{'-year-old' if one else ' years old'}."
    many = many or (is_of_age is not None and _AGE_ENDS.match(behind(match)) is not None)
    if match[3]:
        return f"{match[1]}-year-old {'male' if match[3] == 'M' else 'female'}"
    return f"{match[1]} years old" if many else f"{match[1]}-year-old"


def _of_land(match: re.Match[str]) -> str:
    quantity, land, short = match.groups()
    said = unit(UNITS[short.replace(".", "")], quantity)
    return f"{quantity} {'U.K.' if land == 'UK' else _LANDS[land[0]]} {said}"


def _speeds(match: re.Match[str]) -> str:
    down, up = (
        f"{cardinal(int(n[:-2]))} {two_digits(int(n[-2:]))}" if len(n) > 2 and n[-2:] != "00" else n
        for n in match.groups()
    )
    return f"{down}, {up} kilobits per second"


def _amps(name: str, match: re.Match[str]) -> str:
    """ "2 A" -> "2 amps"; but "Room 3 A"."""
    before = ahead(match, 14).rstrip("0123456789")
    return match[0] if LABEL.search(before) else f" {name}"


def _times(match: re.Match[str]) -> str:
    """ "10x better"; but the Nexus 5X is a name."""
    named = match[0][-1] == "X" and _NAME.search(ahead(match, 20))
    return match[0] if named else f"{match[1]} times"


def _per_short(match: re.Match[str]) -> str:
    return "square foot" if match[1].startswith("sq") and match[1][-1] == "t" else below(match[1])


_MANY = frozenset(short for short in UNITS if short[-1] == "s" and short[:-1] in UNITS) - {"ms"}


_STREET = re.compile(r" (?:[Ss]t(?:reet)?|[Aa]ve(?:nue)?|[Bb]lvd|[Bb]oulevard)\b")
# Letters that are seldom a measure: "5 dm from friends" are messages.
_SELDOM = {
    "dsp": re.compile(
        r"\b(?:[ct]b?sps?|cups?|flour|sugar|oil|milk|butter|[Aa]dd|[Ss]tir|[Mm]ix)\b"
    ),
    "pp": re.compile(
        r"\d\.\d+ ?ppt?s?\b|\b(?:rose|rises?|rising|f[ae]ll\w*|up|down|by|gain\w*|los[ts]\w*|lead|"
        r"gap|cut|swing) (?:of )?\d+ ?ppt?s?\b|\d ?ppt?s? (?:higher|lower|lead)\b"
    ),
    "rpg": re.compile(r"\d\.\d ?rpg\b|\d ?[pa]pg\b"),
    "db": re.compile(
        r"\d{2,3} ?db\b(?! (?:tables?|servers?|instances?|connections?|calls|queries))|"
        r"\b(?i:sound|loud|noise|signal|gain|volume|antennas?)"
    ),
    "dm": re.compile(
        r"\d ?dm (?:of|long|wide|high|deep|tall|thick|by|x)\b|\d ?[cmk]?m\b|\d ?dm[23²³/]|"
        r"[Dd]ecimet|[Ll]ength"
    ),
    "bu": re.compile(
        r"\d ?bu(?:/| of| per)\b|\b(?:wheat|corn|maize|acres?|crops?|soybeans?|harvest|grain|"
        r"yields?|farm\w*|oats|barley|apples)\b"
    ),
}
_SELDOM |= dict.fromkeys(("ppt", "ppts"), _SELDOM["pp"])


_SIDES_BEFORE = re.compile(r"\dx$|(?<![A-Za-z])\d by $")


def _millions(match: re.Match[str]) -> str:
    name = UNITS[match[3]]
    if match[2]:
        name = f"{'square' if match[2] == 'sq' else 'cubic'} {name}"
    compound = _COMPOUND.match(match.string, match.end())  # 2 million acre-feet
    return f"{match[1]} {name if compound else unit(name, '2')}"


_OF_SIZE = re.compile(r"\b[Ss]izes? (?:[\d.]+ 1/)?$")


def _measure(match: re.Match[str]) -> str:
    minus, quantity, gap, area, short, power, stop, per, per_power = match.groups()
    if short in ("m", "s", "g", "l") and gap == "-" and not is_of_a_thing(match, match.start()):
        return match[0]
    if short == "s" and not gap and "." not in quantity:  # a decade or a plural
        return match[0]
    before = ahead(match, 14)
    if len(short) == 1 and before[-1:] == "-" and before[-2:-1].isupper():  # I-35W
        return match[0]
    if gap:
        named = _OF_SIZE.search(before) is not None
    else:
        named = before.endswith("Invest ") or LABEL.search(before) is not None
    # route 9W, Invest 94L (a storm), size 8 1/2 W
    if len(short) == 1 and short.isupper() and named:
        return f"{quantity} {short}"
    if short in _SELDOM and not _SELDOM[short].search(around(match)):
        return match[0]
    if len(short) == 1 and gap == " " and _STREET.match(match.string, match.end()):  # 2501 J Ave
        return f"{in_hundreds(quantity) if len(quantity) in (3, 4) else quantity} {short}"
    if short == "N" and behind(match).startswith((" two O", " two H")):  # N2O
        return match[0]
    if short == "N" and not per and _FORCE.search(around(match)) is None:
        return f"{quantity} N"
    if short == "s" and _SIDES_BEFORE.search(before):  # a 9x9 s board
        return match[0]
    part = is_part(match.string, match.start(2), quantity)
    name = UNITS[short]
    exponent = power[1] if power else {"sq": "2", "cu": "3"}.get(area or "", "")
    if exponent:
        name = f"{_POWERS[exponent]} {name}"
    # "a 5-km run", "a 10 kg bag": as an adjective the unit stays in the singular
    sizes = _POURED if short in _WEIGHED else _SPANS if short in _TIMED else _THINGS
    sides = _MORE_SIDES.match(match.string, match.end())
    end = sides.end() if sides else match.end()
    one = (
        gap == "-"
        or part
        or sizes.match(match.string, end)
        or (short in ("V", "kV", "mV") and _OF_VOLTS.match(match.string, match.end()))
        or (
            short in _NAMING
            and not (gap and short != "oz")
            and _ONE_OF_THESE.search(before)
            and _ALONE.match(behind(match))
        )
        or (short in _HOURS and _OF_HOURS.match(match.string, match.end()))
        or KIND_OF_THING.match(match.string, end)
        or (before[-2:] == " (" and before[-3:-2].isdigit() and behind(match)[:1] == ")")
        or _COMPOUND.match(match.string, match.end())
        or (
            short not in _MANY
            and not (before.endswith("the ") and name.endswith("spoon"))  # of the 2 Tbsp. oil
            and is_of_a_thing(match, match.start(), end)
        )
    )
    if short == "J" and per == "kg":  # of CAPE
        one = False
    spoken = name if one else unit(name, quantity)
    if per:
        per = (
            "kelvin"
            if per == "K"
            else below(per.lower() if per == "Day" else per).removesuffix("s")
        )
        if per_power and per == "second":
            spoken += " per second squared"
        else:
            spoken += f" per {_POWERS[per_power[1]] + ' ' if per_power else ''}{per}"
    return f"{minus}{quantity}{'-' if gap == '-' else ' '}{spoken}"


def _percent(match: re.Match[str]) -> str:
    return (f"{match[1]} to {match[2]}" if match[2] else match[1]) + " percent"
