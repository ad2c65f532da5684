"""Doses and sutures: "40 mg q.12h.", "5 mg BID", "3-0 Vicryl"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import ahead, behind, pairs

_THREAD = re.compile(
    r"\b(?:[Vv]icryl|[Pp]rolene|[Mm]onocryl|[Ee]thilon|[Ee]thibond|[Dd]exon|[Mm]ersilene|"
    r"[Nn]urolon|[Nn]ylon|[Ss]ilk|[Cc]hromic|[Cc]atgut|PDS|[Mm]axon|[Bb]iosyn|[Pp]olysorb|"
    r"[Pp]olypropylene|[Ss]utur|[Ss]titch)"
)
_GAUGE = re.compile(r"(?<![\w.,/-])(#?)(\d{1,2})-0(?![\w.]|-\d)")
_EVERY = re.compile(
    r"\b(?!Q ?[1-4] (?:day|week|month|hour))[qQ]\.? ?(\d{1,2})(?:-(\d{1,2}))? ?([hH]|hrs?|hours?|d|"
    r"days?|wks?|weeks?|mins?|mos?|months?|y|yrs?|years?)\b(?:\.(?= [a-z\d]))?"
)
_PERIODS = {"h": "hours", "d": "days", "w": "weeks", "mi": "minutes", "mo": "months", "y": "years"}
# "ER+/HER2-", "O- and B- blood"
_RECEPTOR = re.compile(
    r"\b(ER|PR|HR|HER2|ALK|HIV|HPV|HCV|HBV|EBV)([+−-])(?:(/)|(?![\w+-]|(?:, \w+-){0,3},? (?:and|"
    r"or) \w+-[a-z]))"
)
_BLOOD = re.compile(r"(?<![\w.])(AB|[ABO])([+-])(?=[ ,.;)]|$)")
_OF_BLOOD = re.compile(r"\b(?:[Bb]lood|[Dd]on(?:ors?|ates?|ations?)|[Pp]latelets|[Tt]ransfus\w+)\b")
_SIGNED = {"+": "positive", "-": "negative", "−": "negative"}
_NODES = re.compile(r"(?<![\w/.,])(\d{1,2})/(\d{1,2})(?= (?:positive )?(?:lymph )?nodes\b)")
_SIDE = re.compile(
    r"(?:(?<=[a-z/:,;] )|^)([RL]|[Rr]t|[Ll]t)\.? (?=(?:\d(?:st|nd|rd|th) )?(?:metatarsal|"
    r"metacarpal|toe|finger|digit|rib|knee|hip|shoulder|ankle|wrist|elbow|arm|leg|foot|hand|eye|"
    r"ear|breast|lung|kidney|femur|tibia|fibula|thumb|calf|thigh|heel|forearm|humerus|radius|ulna|"
    r"clavicle|flank|groin|ureter|ovary|ventricle|atrium|lobe|testicle|deltoid|quad|hamstring|"
    r"biceps?|triceps?|glute|buttock|cheek|temple|tonsil|scapula|axilla|hemithorax|lower leg|"
    r"upper arm|UE|LE|TKA|THA|TKR|THR|ACL|CVA|BKA|MCA|DVT)s?\b)"
)
# "strep neg.", "flu A pos"
_RESULT = re.compile(
    r"(?<=[a-zA-Z\d.:] )(neg|pos|nl|abnl)\b(?! (?:tag|term|sys))(\.?)(?=[,;:)]|$| [A-Za-z\d(])"
)
_TESTED_FOR = re.compile(
    r"\b(?:[Tt]est(?:s|ed|ing)?|[Ss]trep|[Ff]lu|[Cc]ultures?|COVID|HIV|hCG|HCG|UA|[Uu]rine|CT|MRI|"
    r"CXR|[EK]KG|ECG|[Xx]-?[Rr]ays?|[Ss]creen|[Ss]wabs?|Rh|GBS|[Bb]iops\w+|[Hh]ep|[Aa]ntigen|"
    r"[Pp]atient|Pt|PCR|[Hh]eartworm|[Pp]arvo|[Rr]apid|[Mm]ono|RPR|TB|PPD|troponins?|RSV|"
    r"[Mm]ammo\w*|[Bb]lood|ROS|[Ee]xam|[Gg]ait|DTRs|[Pp]ap|[Ll]abs|CBC|BMP|TSH|[Ll]ungs|G[IU]|CV)\b"
)
_RESULTS = {"neg": "negative", "pos": "positive", "nl": "normal", "abnl": "abnormal"}
_RHESUS = re.compile(r"\bRh(?= (?:neg|pos|factor|type|status|incompat|immun|disease|sensitiz))")
_SO_MUCH_DAILY = re.compile(
    r"\b(mc?g|g|m[Ll]|IU|units?|tablets?|capsules?|pills?)/(?=(?:dai|week)ly\b)"
)
_CORONARY = re.compile(r"\bCAD\b(?! (?:[\d$]|soft|lic|file|draw|model|design|prog|class|oper))")
_APGAR = re.compile(r"\b(Apgars?(?: scores?)?(?: of| were)? \d)/(?=\d\b)")
_INSULIN = re.compile(r"(?<=\d) ?[uU]\b(?!['./-]\w| boat)")
_SMOKED = re.compile(r"(?<![\w$£€.,])([0-5]?\.\d+|[0-5]|\d[/\N{FRACTION SLASH}]\d) ppd\b")
_DROPS = re.compile(r"(?<=\d) ?gtts?\b")
_AT_BED = re.compile(r"(?<![\w.])q(?:HS|AM|PM)\b")
# murmurs and reflexes: "a 2/6 murmur"
_OF_SIX = re.compile(r"(?<![\w/.,])([1-6](?:-[1-6])?)/6(?= (?:[\w,-]+ ){0,3}murmurs?\b)")
_ACUITY = re.compile(r"(?<![\w/.,])20/(1[05]|20|25|30|40|50|60|70|80|100|200|400)(?![\w/]|[.,]\d)")
# "Reflexes were 2/4", "strength 4/5", "MMSE 27/30"
_OUT_OF = re.compile(
    r"(?<![\w/.,$])((?:[0-5][+-]?)|[12]?\d(?=/(?:30|15)\b))/([45]\+?|30|15)(?![\w/]|[.,]\d)"
    r"(?! (?:of|time|the|cups?|inch|miles?|way|full|capacity|empty)\b)"
)
_PART_OF = re.compile(r"\b(?:to|about|by|nearly|over|almost|on|the|an?|until|since|only|just) $")
_TESTED = re.compile(r"\b(?:MMSE|MoCA|GCS)\b")
_GRADED = re.compile(
    r"\b(?:[Rr]eflex(?:es)?|DTRs?|[Ss]trength|[Mm]otor|[Pp]ower|[Pp]ulses?|[Mm]uscles?|MMSE|MoCA|"
    r"GCS|[Bb]iceps|[Tt]riceps|[Pp]atellar?|[Ff]lexors?|[Ee]xtensors?|BUE|BLE|RUE|LUE|RLE|LLE)\b"
)
_SPONGES = re.compile(r"(?<![\w.])4 ?x ?4'?s\b")
_HALVES = re.compile(r"(?<![\w:.])50:50(?![\w:])")
_HISTORY = re.compile(r"(?<![\w.])HX(?=[:.]| of\b)")
_DAILY = re.compile(r"\bq ?[Dd]ay\b")
_MIXED = re.compile(r"\(([wv])(?:t|ol)?/([wv])(?:t|ol)?\)")  # 50% (w/v)
_SHARES = {"w": "weight", "v": "volume"}
# "a 54F w/ hx of asthma", c/o chest pain
_SEX = re.compile(
    r"(?<![\w.,$-])(?<!raised )([1-9]\d)([MF])(?= (?:w/|with|who|c/o|presents?|presenting|"
    r"presented|s/p|h/o|admitted))"
)
_COMPLAINS = re.compile(r"(?<=[MFde,] )c/o\b")
_SIGNS_OF_CLINICS = ("Pt ", "pt ", "atient", "hx", "Hx", "PMH", "SOB", "s/p", "h/o", "/o")
_ANY_EVERY = re.compile(r"[qQ]\.? ?\d")
_ANY_OUT_OF = re.compile(r"/(?:[45]|30|15)(?!\d)")
_ANY_SO_LONG = re.compile(r"x ?[\d-]{1,5} ?[dwmhy]")
_ANY_GESTATION = re.compile(r"w[0-6]d")
_ANY_CLINIC = re.compile(
    r"\b(?:[Pp]t|[Pp]atient|[hH]x|HTN|CABG|PMH|SOB|s/p|h/o|[yY]/?o|[Cc]oronary|[Cc]ardiac|angina)\b"
)
_SO_LONG = re.compile(
    r"(?<=[a-zA-Z)] )x ?(\d{1,2}(?:-\d{1,2})?) ?(d|w|wks?|mos?|h|hrs?|yrs?)(?=[\s,.;)]|$)"
)
# "14d, then D/C", "a 21d cycle", in notes
_SO_MANY_DAYS = re.compile(r"(?<![\w.,$#-])(\d{1,3})d\b(?![-'’.]\w)( [a-z]+)?")
# "5-7d of antibiotics", "a 5-7d course"
_DAYS_FROM_TO = re.compile(r"(?<![\w.,$#-])(\d{1,2})-(\d{1,2})d\b(?![-'’.]\w)( [a-z]+)?")
_OF_NOTES = re.compile(
    r"\b(?:D/C|[BT]I?D|PO|(?:\d\.?)*mc?g|h/o|[Rr]x|pts? |[Cc]ycles?|CABG|chemo\w*|elective|"
    r"post-?op|pre-?op)\b"
)
_SO_CYCLES = frozenset(
    (
        " cycle",
        " cycles",
        " course",
        " courses",
        " supply",
        " regimen",
        " taper",
        " break",
        " trial",
    )
)
_WHEN = frozenset((" before", " after", " of", " prior", " ago", " then", " post"))
_PATIENTS = re.compile(
    r"(?<!\d )(?<!\d)(?<!total )\b(?:(?<=elderly )|(?<=adult )|(?<=diabetic )|(?<=for all )|"
    r"(?<=in all )|(?<=in most ))pts\b(?:\.(?! *$))?|"
    r"(?<!\d )(?<!\d)(?<!total )\b[Pp]ts\b\.?(?= (?:w/|with|who|due|undergoing|treated|receiving|"
    r"having|without|should|were|had|may|whose|on (?:HD|dialysis|therapy|warfarin|chemo\w*|meds|"
    r"[a-z]{3,}(?:ine|ide|mab|one|ol|ers)))\b| w/)"
)
_NO_PATIENTS = re.compile(
    r"\b(?:[Gg]ames?|[Tt]eam|[Ss]eason|[Pp]layers?|[Ss]cor\w+|rebounds?|reb)\b"
)
_HEADACHE = re.compile(r"\b(?:H/A|h/a)(s?)\b(?!/)")
_STOP = re.compile(
    r"\bD/C(?= (?:\d|(?:IV|[Ff]oley|meds|medications?|antibiotics|drugs?|statins?|aspirin|"
    r"opioids)\b))"
)
_LENGTHS = {"d": "day", "w": "week", "m": "month", "h": "hour", "y": "year"}
_GESTATION = re.compile(r"(?<![\w.])([1-4]\d)w([0-6])d\b")  # 39w2d
_OF_EYES = re.compile(
    r"\b(?:[Vv]i(?:sion|sual)|[Aa]cuity|[Ee]yes?|O[DSU]|[Ss]nellen|[Rr]efract\w+|lens)\b"
)
# alert and oriented x3, CABG x 4, counts were correct x 2
_SO_OFTEN = re.compile(
    r"(?:(?<=[a-z]{3})(?<! slash)|(?<=[A-Z]{2})(?<!BMW)|(?<=&O)|(?<=[a-z]\)))[, ] ?x ?(\d|one|two|"
    r"three|four)(?=[.,;:)]|$| \(| (?:and|or|with|in|to|on|for|per|then|but|who|daily|a|was|were|"
    r"given)\b)(?![.,]\d| ?(?:cm|mm|x|days?|weeks?|months?|hours?|years?|ft|nights?|doses?)\b)"
)
# "(x3 for a feast)"
_SO_OFTEN_APART = re.compile(
    r"(?:(?<=\()|(?<=: ))x ?(\d{1,2})(?=\)| (?:for|per|a|daily|weekly|each|on)\b)(?! ?[-+=*/^])"
)
_TIMES = re.compile(r"x ?(?:\d|one|two|three|four)\b")
_DOSE = re.compile(r"\d ?(?:mg|mcg|g|mL|ml|units?|tablets?|tabs?|capsules?|puffs?|drops?)\b")
_SMALL_LATIN = re.compile(r"(?<![\w.'-])(?:qd|qod|qhs|bid|tid|qid|prn)(?![\w'-]|\.\w)")
_TABLET = re.compile(r"(?<=\d )tab(s?)\b\.?(?= (?:[a-z]|PO|BID|TID|QID|qd)|[,;)])")
# a reading of 98.6F
_FEVER = re.compile(r"(?<![\w.])((?:9[4-9]|10[0-7])\.\d) ?F\b(?!['.]\w)")
# "Na 138, K 4.1", "Ca 600 mg"
_SALTS = pairs(
    "Na sodium|K potassium|Cl chloride|Cr creatinine|Ca calcium|Mg magnesium|Glu glucose"
)
_SALT = re.compile(rf"(?<![\w.-])({'|'.join(_SALTS)})(?= \d)")
_SALT_DOSE = re.compile(r"\b(?:Ca|Mg) \d+ ?mg\b")
_UNITS = re.compile(
    r"(?<=\d) ?U(?= (?:per|of(?! [A-Z])|every|twice|once|daily|SC|IV|IM|insulin)\b)"
)
# Twice a day, and no bid.
_TWICE = re.compile(r"(?<![\w.'-])BID(?![\w.'-])")


def expand_signs(text: str) -> str:
    """ "ER+/HER2-" -> "ER positive, HER2 negative", "O- blood" -> "O negative blood"; before
    genotypes.
    """
    if holds(text, ("R+", "R-", "R−", "V+", "V-", "V−", "2+", "2-", "2−", "K+", "K-", "K−")):
        text = _RECEPTOR.sub(lambda m: f"{m[1]} {_SIGNED[m[2]]}{', ' * bool(m[3])}", text)
    if (
        "A-" in text or "B-" in text or "O-" in text or "A+" in text or "B+" in text or "O+" in text
    ) and (_OF_BLOOD.search(text)):
        text = _BLOOD.sub(lambda m: f"{_letters(m[1])} {_SIGNED[m[2]]}", text)
    if "CAD" in text and _ANY_CLINIC.search(text):
        text = _CORONARY.sub("C.A.D.", text)
    if "pgar" in text:
        text = _APGAR.sub(r"\1 and ", text)
    if "nsulin" in text:
        text = _INSULIN.sub(" units", text)
    if "ppd" in text:
        text = _SMOKED.sub(
            lambda m: f"{m[1]} pack{'s' * (m[1] != '1' and len(m[1]) != 3)} per day", text
        )
    if "Rh" in text:
        text = _RHESUS.sub("R.H.", text)
    if holds(text, (" neg", " pos", " nl", " abnl")) and _TESTED_FOR.search(text):
        text = _RESULT.sub(_result, text)
    if "H/A" in text or "h/a" in text:
        text = _HEADACHE.sub(r"headache\1", text)
    if "D/C" in text:
        text = _STOP.sub("discontinue", text)
    if ("pts" in text or "Pts" in text) and not _NO_PATIENTS.search(text):
        text = _PATIENTS.sub(lambda m: "Patients" if m[0][0] == "P" else "patients", text)
    if "R" in text or "L" in text or "t" in text:
        text = _SIDE.sub(lambda m: "right " if m[1][0] in "Rr" else "left ", text)
    return text


def _letters(name: str) -> str:
    return "O" if name == "O" else dotted(name)


def expand(text: str) -> str:
    """ "3-0 Vicryl" -> "3 oh Vicryl"; before scores and units."""
    if "-0" in text and _THREAD.search(text):
        text = _GAUGE.sub(lambda m: f"{'number ' if m[1] else ''}{m[2]} oh", text)
    if _ANY_EVERY.search(text):
        text = _EVERY.sub(_every, text)
    if "/" in text and _ANY_OUT_OF.search(text) and _GRADED.search(text):
        text = _OUT_OF.sub(_out_of, text)
    if "4s" in text or "4's" in text:
        text = _SPONGES.sub("four by fours", text)
    if ":50" in text:
        text = _HALVES.sub("fifty fifty", text)
    if "HX" in text:
        text = _HISTORY.sub("history", text)
    if "qd" in text or "qD" in text or "q d" in text or "q D" in text:
        text = _DAILY.sub("every day", text)
    if "(w/" in text or "(v/" in text:
        text = _MIXED.sub(lambda m: f"({_SHARES[m[1]]} by {_SHARES[m[2]]})", text)
    if holds(text, _SIGNS_OF_CLINICS) and _ANY_CLINIC.search(text):
        text = _SEX.sub(lambda m: f"{m[1]}-year-old {'male' if m[2] == 'M' else 'female'}", text)
        text = _COMPLAINS.sub("complaining of", text)
    if "-00d" in zeros(text) or "-0d" in zeros(text):
        text = _DAYS_FROM_TO.sub(_days_from_to, text)
    if "0d" in zeros(text) and _OF_NOTES.search(text):
        text = _SO_MANY_DAYS.sub(_so_many_days, text)
    if _ANY_SO_LONG.search(text):
        text = _SO_LONG.sub(_so_long, text)
    if _ANY_GESTATION.search(text):
        text = _GESTATION.sub(r"\1 weeks \2 days", text)
    if " nodes" in text:
        text = _NODES.sub(r"\1 of \2", text)
    if "/daily" in text or "/weekly" in text:
        text = _SO_MUCH_DAILY.sub(r"\1 ", text)
    if "gtt" in text or "qHS" in text or "qAM" in text or "qPM" in text:
        text = _AT_BED.sub(lambda m: dotted(m[0]), text)
        text = _DROPS.sub(
            lambda m: " drop" if re.search(r"(?:^|[^\d.-])1$", ahead(m, 3)) else " drops", text
        )
    if "/6" in text:
        text = _OF_SIX.sub(r"\1 over 6", text)
    if "20/" in text and _OF_EYES.search(text):
        text = _ACUITY.sub(r"20 \1", text)
    if "(x" in text or ": x" in text:
        text = _SO_OFTEN_APART.sub(r"times \1", text)
    if "x" in text and _TIMES.search(text):
        text = _SO_OFTEN.sub(r" times \1", text)
    if "tab" in text:
        text = _TABLET.sub(r"tablet\1", text)
    if "U" in text:
        text = _UNITS.sub(" units", text)
    if holds(shape(text), ("A 0", "Aa 0")) and (
        len(set(_SALT.findall(text))) > 1 or _SALT_DOSE.search(text)
    ):
        text = _SALT.sub(lambda m: _SALTS[m[1]], text)
    if "F" in text:
        text = _FEVER.sub(r"\1°F", text)
    if _DOSE.search(text):
        text = _SMALL_LATIN.sub(lambda m: dotted(m[0]), text)
    if "BID" in text and _DOSE.search(text):
        text = _TWICE.sub(lambda m: dotted(m[0]), text)
    return text


def _result(match: re.Match[str]) -> str:
    after = behind(match)[:2]
    ends = match[2] and (not after or after[-1].isupper())
    return _RESULTS[match[1]] + "." * bool(ends)


def _out_of(match: re.Match[str]) -> str:
    before = ahead(match, 8)
    if match[2] in ("30", "15"):
        graded = _TESTED.search(match.string) is not None
    else:
        graded = _PART_OF.search(before) is None
    return f"{match[1]} out of {match[2]}" if graded else match[0]


def _so_long(match: re.Match[str]) -> str:
    many = "" if match[1] == "1" else "s"
    return f"for {match[1].replace('-', ' to ')} {_LENGTHS[match[2][0]]}{many}"


def _days_from_to(match: re.Match[str]) -> str:
    first, last, behind_it = match.groups()
    if int(first) >= int(last):
        return match[0]
    return f"{first} to {last} day{'' if behind_it in _SO_CYCLES else 's'}{behind_it or ''}"


def _so_many_days(match: re.Match[str]) -> str:
    if match[1] in ("2", "3") and (match[2] or "") not in _SO_CYCLES | _WHEN:  # 3d art
        return match[0]
    one = match[1] == "1" or match[2] in _SO_CYCLES
    return f"{match[1]} day{'' if one else 's'}{match[2] or ''}"


def _every(match: re.Match[str]) -> str:
    first, last, period = match.groups()
    name = _PERIODS.get(period[:2]) or _PERIODS[period[0].lower()]
    if first == "1" and not last:
        return f"every {name[:-1]}"
    return f"every {first}{f' to {last}' if last else ''} {name}"
