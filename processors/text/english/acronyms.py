"""Initialisms letter by letter ("f.b.i."), acronyms as words ("nasa"), codes such as MP3."""

from __future__ import annotations

import re

from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import word_set

_SAID_AS_WORDS = word_set(
    "NASA NATO UNESCO UNICEF OPEC NAFTA AIDS RADAR LASER SCUBA SONAR NASDAQ FIFA UEFA IKEA LEGO "
    "SWAT FEMA COVID NVIDIA HIPAA POTUS SCOTUS FLOTUS DARPA NOAA CERN ANSI ASCII RAM ROM LAN WAN "
    "PIN SIM GIF CAPTCHA TASER YOLO NIMBY NASCAR ASEAN INTERPOL BASIC COBOL FORTRAN UNIX LINUX "
    "SIDS SARS MERS BRICS GATT OSHA PETA RICO DOS BIOS CAD SAP SCSI TED VAT FICA MASH WASP HUD "
    "SEAL NAVY ZIP JSON YAML LATEX CUDA GAN BERT WIMAX WIFI MENSA INSEAD EBITDA ESOL TOEFL DREAM "
    "MISC"
)
_COMMON = word_set(
    "A I AM AN AND ANY ALL ARE AS ASK AT BAD BAN BE BIG BOY BUT BUY BY CAN CAR CUT DAD DAY DID "
    "DIE DO DOG DON'T DOWN EAT END EVER EVEN FAR FOR FREE FROM FUN GET GIRL GO GOD GOOD GOT HAD "
    "HAS HAVE HE HELP HER HERE HEY HIM HIS HOW HOT IF IN IS IT ITS JUST KEEP KID LAW LET LIES "
    "LIKE LIVE LOOK LOVE MAD MAKE MAN MAY ME MEN MOM MORE MOST MUCH MUST MY NEED NEVER NEW NEXT "
    "NICE NO NOT NOW OF OFF OH OLD ON ONE ONLY OR OUR OUT OVER OWN PAY PLAY PUT READ REAL RED RUN "
    "SAD SAID SAW SAY SEE SET SHE SO SOME SON STAY STOP SUN TAKE TALK TELL TEN THAT THE THEM THEN "
    "THERE THEY THIS TO TOO TOP TRY TWO UP US USE VERY WAIT WAR WAS WAY WE WELL WENT WERE WHAT "
    "WHEN WHERE WHO WHY WILL WIN WITH WON WORD WORK YES YET YOU YOUR ALSO BACK BEST BEEN BOTH "
    "CALL COME DEAD DEAR DONE EACH FACT FEAR FIND FIRE FIVE FOUR FULL GAME GIVE GONE HALF HARD "
    "HATE HEAD HEAR HIGH HOLD HOME HOPE IDEA INTO KILL KIND KNEW KNOW LAST LATE LEFT LESS LIFE "
    "LINE LONG LOST MANY MEAN MIND NAME NINE NONE ONCE OPEN PART PAST PLUS PULL PUSH RULE SAFE "
    "SALE SAME SAVE SEEN SEND SHOW SIDE SOON SUCH SURE THAN TIME TOLD TRUE TURN WANT WARN WEEK "
    "WHOM WIFE WISH YEAH YEAR ZERO OK "
    "MAX PRO AIR MINI PLUS ULTRA GOAT BABY BALL BAND BANK BASE BEAR BEAT BELL BEST BIKE BILL BIRD BLUE "
    "BOAT BODY BOMB BOOK BORN BOSS BURN BUSY CAKE CAMP CARD CARE CARS CASE CASH CHAT CITY CLUB COAT "
    "CODE COLD COOK COOL COPY COST CREW CROP CUTE DARK DATA DATE DAWN DAYS DEAL DEEP DESK DIET DIRT "
    "DISH DOOR DRAW DROP DRUM DUCK DUST DUTY EARN EASE EAST EASY EDGE EGGS ELSE EXIT EYES FACE FAIL "
    "FAIR FALL FAKE FARM FAST FATE FEED FEEL FEET FELL FELT FILE FILL FILM FINE FISH FIT FLAT FLOW FLY "
    "FOLD FOLK FOOD FOOL FOOT FORM FUEL FUND GAIN GATE GIFT GIRL GLAD GOAL GOES GOLD GOLF GRAY GREW "
    "GROW GUYS HAIR HALL HAND HANG HEAT HERO HILL HIT HOLE HOST HOUR HUGE HUNT HURT ICE INCH IRON "
    "ITEM JOIN JOKE JOBS JUMP KICK KING KISS KNOW LADY LAKE LAND LATE LAZY LEAD LEAF LEAN LEAVE LEG "
    "LIFT LIST LOAD LOAN LOCK LOGO LOUD LUCK LUNG MAIL MAIN MALL MARK MASK MASS MEAL MEAT MEET MENU "
    "MICE MILE MILK MINE MISS MODE MOON MOVE NEAR NECK NEWS NIGHT NOSE NOTE ODD OIL OKAY OVEN PACK "
    "PAGE PAIN PAIR PALM PARK PASS PATH PEAK PICK PINK PIPE PLAN PLOT POEM POLL POOL POOR PORT POST "
    "PURE RACE RAIN RANK RARE RATE RICE RICH RIDE RING RISE RISK ROAD ROCK ROLE ROLL ROOF ROOM ROOT "
    "ROPE ROSE RUSH SAIL SALT SAND SEAT SEED SELL SHIP SHOE SHOP SHOT SHUT SICK SIGN SING SITE SIZE "
    "SKIN SLOW SNOW SOFT SOIL SOLD SOLE SONG SORT SOUL SOUP SPOT STAR STEP SUIT SWIM TAIL TALL TANK "
    "TAPE TASK TAXI TEAM TEAR TECH TENT TERM TEST TEXT THIN THIS TIDE TINY TIRE TONE TOOL TOUR TOWN "
    "TREE TRIP TUBE TWIN TYPE UGLY UNIT UPON USED USER VAST VERY VIEW VOTE WAGE WAKE WALK WALL WARM "
    "WASH WAVE WEAK WEAR WENT WEST WHITE WIDE WILD WIND WINE WING WIRE WISE WOOD WORN WRAP YARD ACT "
    "AGE AGO AID AIM ARM ART BAG BAR BED BET BIT BOX BUG BUS COP COW CRY CUP DAM DRY DUE EAR EGG FAN "
    "FAT FEW FIX FLU FOG FOX GAS GUN GUY GYM HAT HEN HUG JAM JAR JET JOB JOY KEY LAB LAP LAY LIE LIP "
    "LOG LOT LOW MAP MIX MUD NOD NOR NUT OAK OAR ODE ORE OWE PAN PEN PET PIE PIG PIT POT PUB RAT RAW "
    "RIB RIP ROB ROW RUB RUG SEA SIR SIT SKI SKY SPY SUM TAG TAP TAX TEA TIE TIP TOE TON TOY TUB VAN "
    "VIA WAX WEB WET WHO WIG ZOO UGH WOW HI HA HMM AH AW YAY NAH YEP NOPE HEY HELLO PLEASE SORRY"
) - {"OK", "US", "A", "I"}
_KNOWN = word_set(
    "FBI CIA USA UK UN EU NBA NFL BBC CNN CEO DVD CD TV PC IBM HIV DNA RNA GPS USB URL HTML PDF "
    "MIT UCLA NYPD LAPD GDP IRS NSA NHL MLB SUV VIP FAQ DIY"
)
# Letters of both kinds that are said one by one.
_MIXED = re.compile(
    r"(?<![\w.'])(pH|iOS|[a-z]{1,2}[DR]NA|HbA(?=1)|SpO(?=2)|SaO(?=2)|p?CO(?=2)|NaCl|[KN]aOH|KCl|HCl)"
    r"(?![a-z])"
)
_CAPITALS = re.compile(r"(?<![\w.'])([A-Z]{2,})('?s)?(?![\w]|\.[A-Z])")
_DOTTED = re.compile(r"\b((?:[A-Za-z]\.){2,})([A-Za-z]\b(?!\w))?('?s\b)?")
_AMPERSAND = re.compile(r"\b([A-Z]{1,3}) ?& ?([A-Z])\b(?!\w)")
_CODE = re.compile(r"\b([A-Z]{1,5})-?(?=\d)")
_DIGIT_LETTER = re.compile(r"(?<=\d)-?([A-Z])(?=s?\b)")
_GRADE = re.compile(r"\b([A-F])-(?=[\s.,;:!?)]|$)(?! )|\b([A-F])-(?= (?:and|or|in|on|for)\b)")
# A letter that is a name: vitamin A, plan B, X-ray.
_SINGLE = re.compile(
    r"\b([Vv]itamin|[Pp]lan|[Gg]rade|[Tt]ype|[Gg]roup|[Hh]epatitis|[Ss]ection|[Ee]xhibit|[Cc]lass|"
    r"[Tt]eam|[Pp]art|[Oo]ption|[Pp]oint|[Ll]etter|[Bb]lock|[Tt]he letter|[Aa]n?) ([A-Z])\b"
    r"(?![.'\w])"
)


# Words that capitals make an initialism, where the neighbours say so.
_IT_AFTER = (
    "department|dept|team|support|staff|guys?|manager|director|systems?|security|consultant|company|"
    "companies|sector|industry|professionals?|services?|infrastructure|budget|help|specialists?|"
    "workers?|jobs?|admins?|administrators?|policy|office|firms?|skills|people|person|desk|projects?|"
    "equipment|problems?|issues?|training|outsourcing|spending|experts?|engineers?|solutions?|head|chief"
)
_HIDDEN = re.compile(
    rf"(?<![\w.'])(?:IT(?= (?:{_IT_AFTER})\b)|(?<=[Oo]ur )IT\b|(?<=[Tt]he )(?:IT|WHO|OR|US|AM|"
    rf"ID|IN)\b"
    r"|(?<=\bin )IT(?=[.,;!?]| (?:at|for|and)\b)|(?<=\bof )IT\b|(?<=\ban )IT\b|(?<=senior )IT\b"
    r"|WHO(?= (?:said|says|warn|declare|report|official|data|guid|recommend|has|is|chief|director))"
    r"|(?<=\d )IU\b)(?![\w.])"
)
_CONSONANTS = re.compile(r"[^AEIOUY]{4,}")


def codes(text: str) -> str:
    """Letters with digits or signs around them: "MP3" -> "MP 3", "AT&T" -> "A.T. and T", and the
    letter A where it is no article ("vitamin A."). In capitals; see `spell`.
    """
    if not text.isupper():
        text = _HIDDEN.sub(lambda m: dotted(m[0]), text)
    text = _MIXED.sub(_mixed, text)
    if "&" in text:
        text = _AMPERSAND.sub(lambda m: f"{_name(m[1])} and {_name(m[2])}", text)
    text = _CODE.sub(_code, text)
    text = _DIGIT_LETTER.sub(lambda m: f" {_name(m[1])}", text)
    text = _GRADE.sub(lambda m: f"{_name(m[1] or m[2])} minus", text)
    return _SINGLE.sub(_single, text)


def _mixed(match: re.Match[str]) -> str:
    digit = match.string[match.end() : match.end() + 1].isdigit()
    return dotted(match[1]) + (" " if digit else "")


def spell(text: str) -> str:
    """ "the FBI" -> "the f.b.i.", "NASA" stays: for voices that know letters or ARPAbet."""
    if text.isupper() and len(re.findall(r"[A-Z]{2,}", text)) >= 3:
        return _shouted(text)
    return _CAPITALS.sub(_capitals, _DOTTED.sub(_dotted, text))


def _shouted(text: str) -> str:
    """A text all in capitals is shouted, not spelt; only well-known initialisms are."""
    return _CAPITALS.sub(
        lambda m: dotted(m[1]) + (m[2] or "").lower() if m[1] in _KNOWN else m[0], text
    )


def _name(letters: str) -> str:
    """Letters said one by one; one alone needs no stop, but for the article."""
    return letters if len(letters) == 1 and letters != "A" else dotted(letters)


def _single(match: re.Match[str]) -> str:
    if match[1].lower() in ("a", "an", "part") and match[2] in "AI":
        return match[0]
    return f"{match[1]} {_name(match[2])}"


def _code(match: re.Match[str]) -> str:
    letters = match[1]
    as_it_is = len(letters) > 3 or (len(letters) > 1 and letters not in _COMMON)
    return (letters if as_it_is else _name(letters)) + " "


def _dotted(match: re.Match[str]) -> str:
    """ "U.S" and "U.S." -> "u.s."; the stop of the sentence is the same one."""
    return match[1].lower() + (f"{match[2].lower()}." if match[2] else "") + (match[3] or "")


def _capitals(match: re.Match[str]) -> str:
    word, plural = match[1], match[2] or ""
    if _is_word(word):
        return match[0]
    return dotted(word).lower() + plural


def _is_word(word: str) -> bool:
    """Said as a word: known so, or long and shaped like one."""
    if word in _SAID_AS_WORDS or word in _COMMON:
        return True
    n_vowels = sum(letter in "AEIOUY" for letter in word)
    return len(word) > 4 and 0.25 <= n_vowels / len(word) <= 0.6 and not _CONSONANTS.search(word)
