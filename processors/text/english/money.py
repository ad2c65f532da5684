"""Amounts of money."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.unit_names import below
from recital.processors.text.english.words import (
    IN_LAKHS,
    NUMBER_WORD,
    TABLES,
    ahead,
    around,
    cardinal,
    fraction,
    glossary,
    is_one,
    number,
    pairs,
    two_digits,
)

# sign: singular, plural, singular and plural of its hundredth
_CURRENCIES = {
    sign: tuple(names.split(", ")) for sign, names in glossary(TABLES["currencies"]).items()
}
_CODES = pairs("USD $|EUR €|GBP £|JPY ¥|INR ₹|KRW ₩|RUB ₽|BTC ₿|BRL ʀ|RMB CNY")
_CODES |= {code: code for code in _CURRENCIES if len(code) > 1}
CODES = "|".join(
    # three letters that are words, or a language: "PHP 8"
    rf"{code}(?= ?\d\d)"
    if code in ("TRY", "PHP")
    else rf"{code}(?= ?\d\d\d)"
    if code == "COP"
    else rf"{code}(?! ?\d(?:\.\d)?(?![\d,.]*\d| (?:[mbt]|lakh|crore|coin|note|for|per|"
    rf"each)))"  # how blood clots
    if code == "INR"
    else code
    for code in _CODES
)
_COUNTRIES = {"": ""} | {k: f"{name} " for k, name in glossary(TABLES["countries"]).items()}
_SCALES = pairs(TABLES["letters of scales"])
_SIGN = f"[{''.join(s for s in _CURRENCIES if len(s) == 1)}]"
_AMOUNT = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d\d)+,\d{3}|\d+(?:\.\d+)?|\.\d+)"
_SCALE = (
    r"(?: ?-?((?i:hundred|thousand|million|billion|trillion|lakh crore|lakh|crore)s?)\b| ?(mln|bln|"
    r"trn|mio|[Mm]n|mm|MM|[Bb]n|BN|[Tt]n|[KkMmBbTt])\b)?"
)
_COUNTRY = "US|AUS?|A|CAN?|C|NZ|HK|S|NT|MX"
_REAL = re.compile(r"\bR\$(?= ?\d)")
_RUPEES = re.compile(r"\bRs\.? ?(?=\d)")
_SEVERAL = re.compile(r"(?<![\w$])\${2,3}(?!\w)")
_ISH = re.compile(rf"({_SIGN})(\d+)ish\b")
_TICKER = re.compile(r"\$(?=[A-Z]{1,5}\b)(?!US|A\b|C\b)")
_FOR = re.compile(r"(?<![\w.,/])(\d)/(?=[$£€]\d)")  # 2/$10
_AND_MONEY = re.compile(r"(?<=[a-z])/(?=[$£€]\d)")  # $14,600 single/$29,200 joint
_PLUS_PER = re.compile(r"(?<=\d)\+/(mo|month|yr|year|hr|hour|day|wk|week)\b(?:\.(?= [a-z]))?")
_SMALL_CODE = re.compile(r"(?<=\d) (eur|usd|gbp)\b")  # 12.03 eur
_DLRS = re.compile(r"\b(?:dlrs|Dollars) (?=\d)")  # of news agencies
_SIGN_AND_CODE = re.compile(r"\$ ?(\d[\d,.]*) (US|AU|CA|NZ|HK)D\b")  # $147.85 USD
# £50award; but $20bucks
_TIMES_PRICE = re.compile(r"(?<=[\w)%]) x (?=[$£€]\d)")  # 30 days x $2
_GLUED = re.compile(
    rf"({_SIGN}\d+(?:\.\d+)?)(?=(?!million|billion|thousand|trillion|(?:mill?s?|bill|grand|bucks|"
    r"quid|dollars|pounds|euros|pence|cents|thou|plus|each|only|worth)\b)[a-z]{4,})"
)
# Rs 45L, ₹2 Cr
_LAKHS = re.compile(r"((?:₹|\bRs\.? ?)\d[\d,]*(?:\.\d+)?)[ -]?(L|Cr|cr)\b(?:\.(?= [a-z]|,))?")
_A_YEAR_LAKHS = re.compile(r"(?<=\d) ?LPA\b")
_LAKH_CRORE = re.compile(r"(?<=lakh )cr\b\.?")
_US_CENTS = re.compile(r"\b(US|NZ)(\d{1,2}(?:\.\d+)?)c\b(?![.']\w)")
# $4.2 mil.
_MIL = re.compile(rf"({_SIGN}\d+(?:\.\d+)?) ?(m|b)il\b(?:\.(?= [a-z]|,))?")
# "from the low $300s"
_HUNDREDS = re.compile(rf"{_SIGN}(?=\d{{1,3}}(?:,000)?s\b)")
_SLANG_SCALE = re.compile(rf"({_SIGN}\d+(?:\.\d+)?)(m|b)ills?\b")  # $1.5mill
_SLANG = re.compile(rf"{_SIGN}(\d+(?:\.\d+)?)(grand|bucks|quid)\b")  # $20bucks
_LOSS = re.compile(rf"({_SIGN})\((\d[\d.,]*)\)")  # as accountants write it
_RANGE = re.compile(
    rf"(?:(?:{_COUNTRY})(?=\$))?({_SIGN}) ?{_AMOUNT}{_SCALE}(?: ?[-–] ?(?={_SIGN})|"
    rf"-)(?:{_SIGN} ?)?(?=\.?\d)|({_SIGN}) ?(\d[\d,.]*) [-–] (?=\d[\d,.]*(?<![.,])(?: [a-z(]|"
    rf"[.,;)]|$))"
)
_MONEY = re.compile(
    rf"(?:((?<![\w-])-|(?<=\s)–))?(?:\b({_COUNTRY})(?=\$))?({_SIGN}) ?(-)?{_AMOUNT}{_SCALE}(?![\w])"
    r"(?:/(\w+)(?:\.(?=[;,:)]| (?:[a-z+&(=]|DOE\b)))?)?"
)
_CENTS_AFTER = re.compile(r"[\d,]*\.(?!00)\d\d(?!\d)(?! ?[kKmMbB]\b| [mb]illion)")
_COMMA = re.compile(rf"((?:{_SIGN})\d{{1,3}}),(\d\d)(?!\d|[,.]\d)")  # €3,50
# "$5 bucks", "a $2 million dollar prize"
_TWICE = re.compile(
    r"(?:\$ ?(?=[\d,.]+X(?:bucks?|dollars?)\b)|£ ?(?=[\d,.]+X(?:quid|pounds?)\b)|"
    r"€ ?(?=[\d,.]+X(?:euros?)\b))".replace(
        "X",
        "(?: (?:hundred|thousand|million|billion|trillion))? "
        "(?:(?:US|U\\.S\\.|Canadian|Australian|American) )?",
    )
)
_BUCKS = re.compile(r"\b(bucks?|dollars?|euros?|pounds?|quid|cents?)/(\w+)")
_CODE_FIRST = re.compile(rf"\b({CODES}) ?(-)?{_AMOUNT}{_SCALE}(?!\w)")
_CODE_RANGE = re.compile(rf"\b({CODES}) ?{_AMOUNT}{_SCALE} ?- ?(?:\1 ?)?(?=\d)")
# "$1.3 to $1.5bn": both are billions
_SHARED_SCALE = re.compile(
    rf"({_SIGN})(\d{{1,3}}(?:\.\d+)?) (to|and) (?=\1(\d{{1,3}}(?:\.\d+)?) ?(?:bn|m|k|million|"
    rf"billion|trillion)\b)"
)
# the high end of "$1.5-2 million"
_SCALED = re.compile(
    r"\d[\d,.]* ?-?(?:hundred|thousand|million|billion|trillion|mln|bln|mn|bn|tn|[KkMmBbTt])\b"
)
# "charged $129 fee", "$20 monthly fees", "who buys $300 shoes"
_ALWAYS_ONE = re.compile(
    r" (?:(?:monthly|annual|yearly|weekly|daily|cash|late|gift|entry|application|registration|"
    r"admission|signing|membership|service|parking|cleaning|overdraft|filing|cover|cancellation) )?"
    r"(?:(?:fee|fine|deposit|ticket|prize|bonus|coupon|minimum|copay|surcharge|donation|haircut|"
    r"voucher|rebate|discount|lawsuit|loan|grant|bet|tip|lunch|dinner|meal|subscription|deal|bond|"
    r"contract|extension|mortgage|settlement|bounty|stipend|strike)s?|calls|puts|bail|"
    r"(?i:bill|note|coin)s?|"
    r"shoes|jeans|sneakers|boots|bags|bottles|phones|laptops|watches|suits|lattes|coffees|burgers|"
    r"pizzas|cocktails|beers|seats|rooms|books|cards|chips|stocks|houses|homes|cars|computers|"
    r"cables|headphones|sunglasses|toys|pledges|payments|contributions|scholarships|checks|cheques|"
    r"refunds|fares|drinks|tacos|sandwiches|shirts|dresses|jackets|flights|bikes|gifts|specials|"
    r"slices|memberships|packages|tolls|bribes|raises|bounties|lots|increments)\b"
    # "For $20 shirts are not bad", "$10 drinks included"
    r"(?! (?:are|is|were|was|can|will|have|has|had|may|might|would|do|does|did|not|include[ds]?)\b)"
)
# "$5 and $10 bills"
_BOTH_NOTES = re.compile(
    rf"{_SIGN}(\d[\d,]*)(?=(?:, {_SIGN}\d[\d,]*)*,? (?:and|or) {_SIGN}\d[\d,]* "
    r"(?:bill|note|coin|gift card|ticket|seat|deal|bet|fee|fine|drink|beer|plate|slice)s?\b)",
    re.I,
)
_EURO = re.compile(r"\b[Ee]uro(?=\d)")
# "$720 000"
_SPACED = re.compile(rf"((?:{_SIGN}) ?\d{{1,3}})((?: \d{{3}})* 000)(?![ ,.]?\d)")
# "profits of 204.3m (£109m)", "fell £100m (70m)"
_MILLIONS = re.compile(
    r"(?<=\d)m(?= \((?:US|AU?|CA?)?[$£€]\d)|(?<=\dm \(\d)m(?=\))|(?<=\dm \(\d\d)m(?=\))|"
    r"(?<=\dm \(\d\d\d)m(?=\))"
)
# Signs of a country: "RM2 billion", "R500m"
_LOCAL = re.compile(
    r"\b(?:([eRNP])(?=\d[\d.,]*(?: ?(?:m|bn|tn|trn)\b| (?:m|b|tr)illion\b))|"
    r"(RM)(?: ?(?=\d[\d,]*(?:\.\d\d?\b|,\d{3}| ?(?:m|bn)\b| [mb]illion))|(?=\d\d+\b))|"
    r"(K[Ss]hs?|Rp|Tk|Dhs?)\.? ?(?=\d[\d.,]*(?:(?:k|m|bn)\b|(?!\w))))"
)
_LOCAL_SIGNS = {"e": "€", "R": "ZAR ", "N": "₦", "P": "₱", "RM": "ɱ", "KSh": "KES ", "Ksh": "KES "}
_LOCAL_SIGNS |= {"KShs": "KES ", "Kshs": "KES ", "Rp": "IDR ", "Tk": "BDT ", "Dh": "AED "}
_LOCAL_SIGNS |= {"Dhs": "AED "}
_POUNDS_AND_PENCE = re.compile(r"(£\d[\d,]*(?:\.\d\d?)?)p\b(?! ?\.?m\b)")  # £36.72p
# $US3.85 million
_COUNTRY_AFTER = re.compile(r"\$(US|AU?|CA?|NZ|HK|S)(?=\d)")
_CIRCA = re.compile(rf"\bc\. ?(?=(?:{_SIGN}|(?:{CODES}) ?)\d)")
_SIGN_PER = re.compile(r"(?:(?<=[\s(\[])|^)\$/(\w+)")
_CODE_LAST = re.compile(rf"(?<![\w.,]){_AMOUNT}{_SCALE} ?({CODES})\b")
_A_YEAR = re.compile(r"19\d\d|20\d\d")
_A_NAME = re.compile(r" [A-Z][a-z]")
_SIGN_LAST_RANGE = re.compile(r"(?<![\w.,])(\d[\d.,]*) ?€ ?- ?(?=\d[\d.,]* ?€)")  # 5€-10€
_SIGN_LAST = re.compile(rf"(?<![\w.,$£]){_AMOUNT}{_SCALE} ?([€₽₩₫₺])")
# EPS of 14c, fell 45c to $49
_SMALL_CENTS = re.compile(
    r"((?:\b(?:of|to|by|from|at|and|or|fell|rose|up|down|was|were|gained|lost|added|shed|slipped|"
    r"earned|paid|costs?|for|a|about|another|only|just|than|final|interim|dividend|EPS) |: |^|\())"
    r"(\d{1,2}(?:\.\d+)?)c\b(?![.']\w| (?:outside|today|heat)\b)"
)
_CENTS_EACH = re.compile(
    r"(?<![\w.,$£€-])(\d{1,2}(?:\.\d+)?)c(?= each\b| (?:a|per) (?:share|unit|pound|lit(?:er|re)|"
    r"minute|mile|copy|word)\b)"
)
_MY_CENTS = re.compile(r"(?<=\b[Mm]y 2)c\b(?!\.\w)")  # an opinion
_IN_CENTS = re.compile(r"\$|\b[Ss]hares?\b|\bEPS\b|\bcents?\b|\bdividend")
# "Calls cost 10ppm": pence per minute
_CALL = re.compile(
    r"\b(?:[Ll]andline|[Cc]alls? (?:costs?|charged?|are charged|are \d)|[Cc]alls? \d|Ts?&Cs?)\b|"
    r"[Cc]alls£"
)
_DISSOLVED = re.compile(
    r"\b(?:CO2?|lead|arsenic|fluoride|chlorine|ozone|water|salt|gas|levels?|concentrations?)\b"
)
_PER_MINUTE = re.compile(r"(?<=\d)ppm\b")
_CENTS = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?) ?¢(?:/(\w+)(?:\.(?=[;,:)]| [a-z]))?)?")
_PENCE = re.compile(
    r"(?<![\w.,£])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,4}(?:\.\d+)?)p\b(?! ?\.?m\b)(?:/(\w+))?"
)
_PENCE_RANGE = re.compile(r"(?<![\w.,£])(\d{1,4})p ?- ?(?=\d{1,4}p\b(?! ?\.?m\b))")
# "a $5 bill", "the $1.7T plan": the unit stays in the singular.
_SPACED_PER = re.compile(r"(?<=\d) ?/ (?=(?i:month|week|year|night|day|person|hour|mo|yr|wk|hr)\b)")
_ONE_THING = re.compile(
    r"(?:\+|,(?= [\d,.]+-[a-z]+ [A-Za-z]))?(?: (?:\d[\d.,]*[ -])?(?!(?:PLUS|DOE|OBO|EOE|USD|AUD|"
    r"CAD)\b)[\"'“‘]?|-)(?!(?:I|versus|vs|or|and|to|in|of|for|from|at|on|per|by|a|an|the|is|was|"
    r"are|were|has|had|will|would|each|ea|apiece|invested|spent|borrowed|donated|earned|saved|owed|"
    r"lent|pledged|more|less|with|when|if|as|that|which|but|than|because|while|before|after|until|"
    r"every|over|under|today|yesterday|tomorrow|this|last|next|it|he|she|they|we|you|i|cheaper|off|"
    r"so|went|goes|could|can|may|might|must|should|do|does|did|be|been|into|out|not|now|"
    r"then)\b)[a-zA-Z]"
)
_ONE_BEFORE = re.compile(
    r"\b(?:(?:an?|another|one|each|every)(?: (?:new|proposed|planned|separate|special|second|third|"
    r"potential|possible|record|similar|small|large|single|annual|monthly|one-time|\w+-[a-z]+\.?,)|"
    r" [$£€][\d,.]+ [a-z]+ (?:and|or))? |(?:sub|under|over|pre|post)-)$",
    re.I,
)
# two $5 bills, these $100 shoes
_MANY_BEFORE = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|several|some|many|few|these|"
    r"those) $|~$",
    re.I,
)
_MANY_THINGS = re.compile(
    r" (?!is\b|was\b|has\b|as\b|less\b|plus\b|this\b|us\b)[a-z]{2,}s\b(?! (?:a|an|the|to|from|"
    r"by)\b)"
)
_THIS_BEFORE = re.compile(
    r"(?:\b(?:the|his|her|my|their|our|your|this|that|its)|['’]s)"
    r"(?: (?:cheap|new|proposed|planned))? $",
    re.I,
)
# "the $200 threshold", but "the $5 million spent", "the $3 million annually".
_NO_NOUN = re.compile(
    r"[ -](?:[a-z]+(?:ed|ly|s)|[a-z]*(?:spent|given|paid|lost|sent|taken|made|won|held|owing|plus|"
    r"people|through|via|per|between|among|against|about|above|below|without|within|near|there|"
    r"here|too|anyway|again|just|only|back|down|up|all|some|any|both|also|even|or|nor|yet|"
    r"every))\b(?<!ss)"
)
_ONE_NOUN = re.compile(
    r"[ -](?:[A-Z][a-z]+ ){0,2}(?:bill|note|coin|check|cheque|fee|fine|ticket|prize|reward|deal|"
    r"loan|budget|investment|tip|gift|bonus|grant|bet|donation|discount|house|home|project|"
    r"contract|lawsuit|settlement|increase|profit|loss|tax|cut|charge|price|limit|question|hotel|"
    r"bottle|bank|word|scholarship|plan|package|law|program|programme|fund|debt|purchase|payment|"
    r"offer|bid|rise|drop|mark|salary|rent|item|book|car|watch|phone|meal|dinner|wine|wage|minimum|"
    r"maximum|put|call|option|strike|bond|seat|room|level|barrier|threshold|target|shoe|bag|pizza|"
    r"burger|steak)s?\b"
)
# "a five to $10 fee"
_LOW_END = re.compile(
    rf"(?<= )(?:(?:{NUMBER_WORD}(?:-[a-z]+)?|hundred|thousand|million|billion|and|point) ){{1,9}}"
    r"to $"
)
_DLRS_LAST = re.compile(r"(?<![\w.,$])(\d[\d,.]*?)( mln| bln)? dlrs?\b")
_ANY_SIGN = re.compile(_SIGN)
# Without one of these no rule below has anything to do.
_HINT = re.compile(rf"{_SIGN}|¢|\dp\b|[Ee]uro\d")
_CODE_HINT = re.compile(rf"(?<![A-Za-z])(?:{CODES})(?![A-Za-z])")


# "they charge .50 for it", "I paid 4.50."
_BARE = re.compile(
    r"\b((?:[Cc]harge[ds]?|[Cc]osts?|[Pp]aid|[Pp]ay) (?:(?:me|us|you|him|her|them|extra|only|about|"
    r"like|an extra|a cool) )?)(\d{0,3})\.(\d\d)(?=[.,;!?)]*(?: (?:for|here|each|per|plus|"
    r"extra|more|and|but|if|when|at|to)\b|$)|[.!?] [A-Z])"
)


_EACH = re.compile(r"(?<![\w.,$£€])([1-9]\d?)\.(\d\d)(?= (?:each|apiece)\b)")  # 1.50 each
# "between $300 and 400 billion"
_BETWEEN = re.compile(
    r"\b([Bb]etween )(US)?([$£€])(\d+(?:\.\d+)?) (and \d+(?:\.\d+)? (?:million|billion|trillion))\b"
)


# corn at $4.27 1/2 a bushel
_GRAIN = re.compile(r"\$(\d[\d,]*)\.(\d\d)[ -]([1357])[/⁄]([248])(?![\w/]|[.,]\d)")


def _grain(match: re.Match[str]) -> str:
    part = fraction(int(match[3]), int(match[4])).replace("one ", "a ")
    dollars = "" if match[1] == "0" else f"{number(match[1])} dollar{'s' * (match[1] != '1')} and "
    return f"{dollars}{cardinal(int(match[2]))} and {part} cents"


def _each(match: re.Match[str]) -> str:
    cents = int(match[2])
    return f"{cardinal(int(match[1]))}{f' {two_digits(cents)}' if cents else ''}"


def _between(match: re.Match[str]) -> str:
    money = f"{'U.S. ' if match[2] else ''}{_CURRENCIES[match[3]][1]}"
    return f"{match[1]}{match[4]} {match[5]} {money}"


def _bare(match: re.Match[str]) -> str:
    cents = int(match[3])
    if match[2].strip("0"):
        return match[1] + cardinal(int(match[2])) + (f" {two_digits(cents)}" if cents else "")
    return f"{match[1]}{cardinal(cents)} cents"


def expand(text: str) -> str:
    """ "$5.50" -> "five dollars and fifty cents", "£3m" -> "three million pounds"."""
    if " dlrs" in text:
        text = _DLRS_LAST.sub(r"$\1\2", text)
    if "dlrs " in text or "Dollars " in text:
        text = _DLRS.sub("$", text)
    if "D" in text and "$" in text:
        text = _SIGN_AND_CODE.sub(r"\2$\1", text)
    if " x $" in text or " x £" in text:
        text = _TIMES_PRICE.sub(" times ", text)
    if _LOCAL.search(text):
        text = _LOCAL.sub(lambda m: _LOCAL_SIGNS[m[1] or m[2] or m[3]], text)
    signed = "$" in text or (not text.isascii() and _ANY_SIGN.search(text) is not None)
    if signed and "0aaaa" in shape(text):
        text = _GLUED.sub(r"\1 ", text)
    if "/ " in text:
        text = _SPACED_PER.sub("/", text)
    if signed and (" and " in text or " or " in text):
        text = _BOTH_NOTES.sub(r"\1", text)
    if signed and "0p" in zeros(text):
        text = _POUNDS_AND_PENCE.sub(r"\1", text)
    if "0c" in zeros(text):
        text = _CENTS_EACH.sub(r"\1¢", text)
    if "etween " in text:
        text = _BETWEEN.sub(_between, text)
    if ".00" in zeros(text) and holds(text, ("harge", "ost", "aid ", "ay ")):
        text = _BARE.sub(_bare, text)
    if " each" in text or " apiece" in text:
        text = _EACH.sub(_each, text)
    if "y 2c" in text:
        text = _MY_CENTS.sub("¢", text)
    if "0c" in zeros(text) and _SMALL_CENTS.search(text) and _IN_CENTS.search(text):
        text = _SMALL_CENTS.sub(r"\1\2¢", text)
    if "LPA" in text:
        text = _A_YEAR_LAKHS.sub(" lakh per annum", text)
    if "₹" in text or "Rs" in text:
        text = _LAKH_CRORE.sub("crore", text)
        text = _LAKHS.sub(lambda m: f"{m[1]} {'lakh' if m[2] == 'L' else 'crore'}", text)
    if "US" in text or "NZ" in text:
        text = _US_CENTS.sub(r"\2 \1 cents", text)
    if "il" in text:
        text = _MIL.sub(r"\1 \2illion", text)
    if "0s" in text:
        text = _HUNDREDS.sub("", text)
    if "ill" in text:
        text = _SLANG_SCALE.sub(r"\1 \2illion", text)
    if signed and holds(text, ("buck", "quid", "dollar", "pound", "euro")):
        text = _TWICE.sub("", text)
    if "grand" in text or "bucks" in text or "quid" in text:
        text = _SLANG.sub(r"\1 \2", text)
    if "ppm" in text and _CALL.search(text) and not _DISSOLVED.search(text):
        text = _PER_MINUTE.sub("p per minute", text)
    if "0 " in zeros(text) and holds(text, (" eur", " usd", " gbp")):
        text = _SMALL_CODE.sub(lambda m: m[0].upper(), text)
    if "$" in text:
        if "/" in text or "⁄" in text:
            text = _GRAIN.sub(_grain, text)
        text = _REAL.sub("ʀ", text)
        if "(0" in zeros(text):
            text = _LOSS.sub(r"-\1\2", text)
        if "$$" in text:
            text = _SEVERAL.sub("money", text)
    if "Rs" in text:
        text = _RUPEES.sub("₹", text)
    near = zeros(text)
    may_be = not text.isascii() or "0p" in near or "euro0" in near
    if (
        "$" not in text
        and (not may_be or _HINT.search(text) is None)
        and ("AAA" not in shape(text) or _CODE_HINT.search(text) is None)
        and ("/" not in text or _BUCKS.search(text) is None)
    ):
        return text
    if "$A" in shape(text):
        text = _COUNTRY_AFTER.sub(r"\1$", text)
    if "c. " in text:
        text = _CIRCA.sub("circa ", text)
    if "euro0" in zeros(text):
        text = _EURO.sub("€", text)
    if "0m (" in zeros(text):
        text = _MILLIONS.sub(" million", text)
    if " 000" in text:
        text = _SPACED.sub(lambda m: m[1] + m[2].replace(" ", ","), text)
    if "$/" in text:
        text = _SIGN_PER.sub(lambda m: f"dollars per {below(m[1])}", text)
    if "/" in text:
        text = _PLUS_PER.sub(lambda m: f" plus per {below(m[1])}", text)
        text = _AND_MONEY.sub(", ", _FOR.sub(r"\1 for ", text))
    if ",00" in zeros(text):
        text = _COMMA.sub(r"\1.\2", text)
    if "/" in text:
        text = _BUCKS.sub(lambda m: f"{m[1]} per {below(m[2])}", text)
    if "ish" in text:
        text = _ISH.sub(lambda m: f"{cardinal(int(m[2]))}ish {_CURRENCIES[m[1]][1]}", text)
    if "$A" in shape(text):
        text = _TICKER.sub("", text)
    if "0 to " in zeros(text) or "0 and " in zeros(text):
        text = _SHARED_SCALE.sub(_shared_scale, text)
    if "€" in text:
        text = _SIGN_LAST_RANGE.sub(r"\1 to ", text)
    if "-" in text or "–" in text:
        text = _RANGE.sub(_range, text)
    text = _MONEY.sub(_money, text)
    if "AAA" in shape(text):
        text = _CODE_FIRST.sub(_code_first, _CODE_RANGE.sub(_code_range, text))
        text = _CODE_LAST.sub(_code_last, text)
    if holds(text, "€₽₩₫₺"):
        text = _SIGN_LAST.sub(lambda m: _amount(m[4], m[1], _scale(m[2], m[3]), "", False), text)
    if "¢" in text:
        text = _CENTS.sub(_cents, text)
    if "0p" in zeros(text):
        text = _PENCE.sub(_pence, _PENCE_RANGE.sub(r"\1 to ", text))
    return text


def _cents(match: re.Match[str]) -> str:
    spoken = f"{match[1]} cent{'' if is_one(match[1]) else 's'}"
    return spoken + (f" per {below(match[2])}" if match[2] else "")


def _pence(match: re.Match[str]) -> str:
    spoken = f"{match[1]} {'penny' if is_one(match[1]) else 'pence'}"
    return spoken + (f" per {below(match[2])}" if match[2] else "")


def _shared_scale(match: re.Match[str]) -> str:
    sign, low, join, high = match.groups()
    return match[0] if float(low) > float(high) else f"{number(low)} {join} "


def _code_first(match: re.Match[str]) -> str:
    code, minus, amount, word, letter = match.groups()
    spoken = _amount(_CODES[code], amount, _scale(word, letter), "", False)
    return f"minus {spoken}" if minus else spoken


def _code_last(match: re.Match[str]) -> str:
    if _A_YEAR.fullmatch(match[1]) and _A_NAME.match(match.string, match.end()):
        return match[0]  # 2015 UAH Career Fair
    if match[1].lstrip("0")[:1] == "." and len(_CODE_HINT.findall(around(match))) > 1:
        return f"{number(match[1])} {_CURRENCIES[_CODES[match[4]]][1]}"  # 1 USD is .92 EUR
    return _amount(_CODES[match[4]], match[1], _scale(match[2], match[3]), "", False)


def _code_range(match: re.Match[str]) -> str:
    """The currency is said once, after the second number."""
    scale = _scale(match[3], match[4])
    return f"{number(match[2])}{' ' + scale if scale else ''} to {match[1]} "


def _scale(word: str | None, letter: str | None) -> str:
    return word or (_SCALES[letter.lower()] if letter else "")


def _range(match: re.Match[str]) -> str:
    """The unit is said once, after the second number: "$10-$20" -> "ten to $20"."""
    if match[5]:  # "$10 - 20"
        return f"{number(match[6])} to {match[5]}"
    last = re.match(r"\d+(?:\.\d+)?", match.string[match.end() :].lstrip("$£€ "))
    if "–" in match[0] and last and float(match[2].replace(",", "")) >= float(last[0]):  # a pause
        return match[0]
    scale = _scale(match[3], match[4])
    whole, _, cents = match[2].partition(".")
    if not scale and _SCALED.match(match.string, match.end()):
        return f"{number(match[2])} to {match[1]}"
    if not scale and (cents or _CENTS_AFTER.match(match.string, match.end())):
        if cents.strip("0") or _CENTS_AFTER.match(match.string, match.end()):
            return f"{match[1]}{match[2]} to {match[1]}"
        return f"{number(whole)} to {match[1]}"
    return f"{number(match[2])}{' ' + scale if scale else ''} to {match[1]}"


def _money(match: re.Match[str]) -> str:
    minus, country, sign, inner_minus, amount, scale, letter, per = match.groups()
    before = ahead(match, 40)
    before = _LOW_END.sub("", before)
    thing, end = _ONE_THING.match(match.string, match.end()), match.end()
    named = match.string.startswith(("-a-", "-an-"), end) or _ALWAYS_ONE.match(match.string, end)
    one_thing = (
        bool(named)
        or thing is not None
        and bool(
            _ONE_BEFORE.search(before)
            or (_MANY_BEFORE.search(before) and _MANY_THINGS.match(match.string, end))
            or (
                _THIS_BEFORE.search(before)
                and (
                    letter
                    or _ONE_NOUN.match(match.string, end)
                    or not _NO_NOUN.match(match.string, end)
                )
            )
        )
    )
    spoken = _amount(sign, amount, _scale(scale, letter), _COUNTRIES[country or ""], one_thing)
    if minus or inner_minus:
        spoken = "minus " + spoken
    if per in ("obo", "OBO"):
        return f"{spoken} or best offer"
    if per in ("ea", "each"):
        return f"{spoken} each"
    return spoken + (f" per {below(per)}" if per else "")


def _amount(sign: str, amount: str, scale: str, country: str, one_thing: bool) -> str:
    one, many, cent, cents = _CURRENCIES[sign]
    if one_thing:
        many, cents = one, cent
    if scale or IN_LAKHS.fullmatch(amount):
        return f"{number(amount)} {f'{scale} ' if scale else ''}{country}{many}"
    amount = amount.replace(",", "")
    whole, _, fraction = amount.partition(".")
    if len(fraction) not in (0, 1, 2) or (sign in "₿¥₩₫" and fraction):
        return f"{number(amount)} {country}{many}"
    spoken = []
    n_cents = int(fraction.ljust(2, "0")) if fraction else 0
    n_whole = int(whole or 0)
    if n_whole or not n_cents:
        spoken.append(f"{cardinal(n_whole)} {country}{one if n_whole == 1 else many}")
    if n_cents:
        spoken.append(f"{cardinal(n_cents)} {cent if n_cents == 1 else cents}")
    return " and ".join(spoken)
