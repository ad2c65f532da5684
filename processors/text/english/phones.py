"""Telephone and other numbers that are read digit by digit."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.words import ahead, around, cardinal, digit_by_digit

_END = r"(?![\d-]|[.,]\d)"
_PHONE = re.compile(
    r"(?:(?<![\w.,/-])|(?<=TTY-))(?:"
    r"\+(?!0)(?=(?:[ .()-]{0,2}\d){7})\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}"  # +44 20 7946 0958
    r"|(?:\+?1[ .-]?)?(?:\(\d{3}\)[ -]?|\d{3}[ .-])\d{3}[ .-]\d{4}"  # (800) 555-0199
    # 713/871-5119, 0871-872-9755, 0871-4719-523, 0845-123456
    r"|\d{3}/\d{3}-\d{4}|\d{4}-\d{3}-\d{3,4}|0\d{3}-\d{4}-\d{3}|0[1-9]\d{2,3}-\d{6,7}"
    # 3-5213, inside of a firm; a month and a year are none
    r"|(?<![$£€])[2-9]-(?!19|20|\d\d00)\d{4}(?!\w| (?!is\b|was\b)[a-z]+s\b| ?%)"
    r"|(?<=\()\d-\d{4}(?=\))"
    r"|\d{3}-\d{4}"  # 555-1234
    r"|0\d{2,4} \d{3,4}(?: ?\d{3,4})|0[2378] \d{4} \d{4}"  # 020 7946 0958, 03 5550 1842
    r"|\(0\d{1,4}\) ?\d{3,4} ?\d{3,4}"  # (03) 9221 4101
    r"|\d{3} \d{3,4} \d{4}|(?<=\bGB )\d{3} \d{4} \d\d"  # a meeting, a number of VAT
    # a mobile in India; else columns
    r"|(?:(?<=umber )|(?<=umber is )|(?<=umber: )|(?<=no\. )|(?<=no\. is )|(?<=[Cc]all )|"
    r"(?<=me on )|(?<=me at )|(?<=obile )|(?<=obile: )|(?<=hone )|(?<=sApp ))[6-9]\d{4} \d{5}"
    r"|\d{3}-\d{2}-\d{4}"  # a social security number
    r"|\d{4}(?:[ -]\d{4}){3}"  # a card
    r"|\d{2,3}-\d{3,4}-\d{5}"  # 212-6644-14653
    r"|(?:(?<=#)|(?<=[Nn]o\. )|(?<=umber )|(?<=umber: )|(?<=racking )|"
    r"(?<=racking: ))\d{3,4}(?: \d{2,4}){2,}"  # a parcel
    r"|(?<=\bTTY-)1-\d{3}-\d{3}-\d{4}"
    r")" + _END
)
# One of them is in each: in the number as `zeros`, around a name's number as `shape`.
_IN_PHONE = ("+0", "0-000", "0 000", "0.0000", "0)")
_BEFORE_NAMED = (" 000", ":0000", "#0000", ".0000", "a0000", "A0000")
_VANITY = re.compile(
    r"(?<![\w-])(?:1-)?([89]\d\d)-((?:\d{3}-)?[A-Z\d]{2,}(?:-[A-Z\d]+)*)\b(?<=[A-Z])"
    r"(?: ?\((\d{3,4})\))?"
)
_SHORT = re.compile(
    r"\b((?:call|dial|dialed|dialled|phone|text|ring)(?:ed|ing)? )(\d{3,6})\b(?!-\d)", re.I
)
# call me on 30352
_CALL_ON = re.compile(
    r"\b((?:[Cc]all|[Pp]hone|[Rr]ing|[Rr]each|[Cc]ontact|[Tt]ext|[Ss][Mm][Ss]|[Mm]sg|[Mm]essage|"
    r"[Ww]hats[Aa]pp|[Dd]ial)(?: \w+){1,2} (?:on |at |@ ?))(\d{7,11}\b|"
    r"\d{4,6}(?=[.,;!?)]*$|[.,;!?)] | (?:or|to|if|for|with|and)\b))"
)
# "contact Ann Roe (30397) or Joe Doe (31861)": their extensions
_PERSONS_NUMBER = re.compile(r"(?<=[a-z] \()([2-9]\d{4})(?=\))")
_CONTACT = re.compile(r"\b(?:[Cc]ontact|[Cc]all|[Rr]each|[Qq]uestions) [\w .,']{0,40}\(\d{5}\)")
# "send BIDS e. g. 10 (to bid £10) to 83383"
_TO_SHORT = re.compile(
    r"\b([Tt]ext|[Tt]xt|TEXT|TXT|[Ss]end|SEND|SMS)( [^?!;\n]{1,60}? (?:to|TO) (?:(?:No|no|number)"
    r"[:.]? ?)?)(\d{5,6})\b(?<!000)(?![,.]\d| (?:people|men|women|[a-z]{3,}s)\b)"
)
_KEYWORD = re.compile(
    r"(?<![\w'])('?[A-Z]{3,}'? (?:to|TO) )(\d{5,6})\b(?<!000)(?![,.:/-]?\d| [a-z]+s\b)"
)
_NAMED = re.compile(
    r"\b((?:[Pp]asscode|[Pp]assword|PIN|[Pp]w|(?:[Zz]ip|ZIP)(?: [Cc]ode)?|[Aa]rea code|"
    r"[Mm]eeting ID|"
    r"[Aa]ccess code|[Pp]hone|[Ff]ax|[Tt]el\.?|[Cc]ell|[Pp]ort)(?: number)?(?: is|:|#)? |"
    r"\b(?:[Rr]ef(?:erence)?|[Pp]in|PIN|OTP|[Pp]asscode|[Ii]nvoice|[Cc]onfirmation|[Bb]ooking|"
    r"[Tt]racking|[Qq]uot(?:e|ing)(?= [Cc]ode))(?: [Nn]umber| [Nn]o\.|"
    r" [Cc]ode)?(?: is)?(?: ?#)?[:.]? ?(?=\d{4}))(\d{3,14})\b(?![,.:/-]\d)"
)
_NO = re.compile(r"\b([Nn])o\.")
# "passcode is 604 118"
_GROUPED_CODE = re.compile(
    r"\b((?:[Cc]ode|[Pp]asscode|[Pp]assword|PIN|OTP)(?: is)?:? )(\d{3})[ -](\d{3})(?![\w-]|[.,]\d|"
    r" \d)"
)
# "the 212 and 646 area codes"
_AREA_CODES = re.compile(
    r"(?<=[Aa]rea codes )\d{3}(?:(?:, and |, | and | or |/)\d{3})*\b(?![-.,]\d)|(?<![\w.,$-])"
    r"\d{3}(?:(?:(?:, and |, | and | or |/)\d{3}){1,4}(?= area codes)|(?= area code\b))"
)
# "card XXXX-XXXX-XXXX-1234", "account xx4821", "ending in *4821"
_MASKED = re.compile(
    r"(?<![\w*])(?:([Xx*]{2,}(?:[ -][Xx*]{2,}){0,3}[ -]?)|(?<=[Ee]nding )[x*]|"
    r"(?<=[Ee]nding in )[x*])(\d{3,4})(?![\w-]|[.,]\d)"
)
# a card, but "the year ending in 1900"
_ENDING = re.compile(
    r"\b(?<!years )(?<!year )(?<!decade )(?<!period )(?<!century )(?<!war )"
    r"([Ee]nd(?:s|ing) (?:(?:in|with) )?)(\d{4})\b"
)
# "Your login code is 40411", "Claim code: 2309"
_OF_A_NUMBER = re.compile(
    r"\b(?:[Cc]ards?|[Aa]cc(?:oun|)ts?\.?|[Nn]umbers?|[Pp]hones?|[Cc]odes?|[Vv]isa|[Mm]aster[Cc]ard|SSN|"
    r"[Dd]igits|[Mm]obile|[Cc]ell|[Aa]/[Cc]|[Cc]hecking|[Ss]avings|[Ll]oan|IBAN)\b|#"
)
_SECRET = re.compile(
    r"\b([Yy]our (?:\w+ ){0,3}(?:code|OTP)(?: (?:for|to) (?:\w+ ){1,4}?)? ?is:? |(?:[Ii]dentifier|"
    r"[Pp]rize|[Cc]laim|[Vv]oucher|[Pp]romo|[Cc]oupon|[Vv]erification|[Ss]ecurity|"
    r"[Ll]ogin) [Cc]ode(?: is)?:? |(?:[Dd]oor|[Gg]ate|[Aa]ccess|[Ee]ntry|[Aa]larm|[Ll]ock(?:box)?|"
    r"[Gg]arage|[Bb]uilding|[Kk]eypad|[Ss]afe)[ -](?:codes?|combo|combination|PIN|"
    r"pin)(?:(?: [a-z]+){0,5} (?:is|was|be|to|now))?:? #?)(\d{4,8})\b(?![,.:/-]\d| [a-z]+s\b)"
)
_POUND_KEY = re.compile(r"(?<![\w.,#$-])(\d+)#(?=[\s.,;)?!]|$)")
_ENTERED = re.compile(r"\b(?:[Pp]asscode|PIN|[Pp]ress|[Dd]ial|[Ee]nter|[Cc]ode)\b")
_EMERGENCY = re.compile(
    r"\b(911|999|112)(?= (?:call|lines?|center|system|operator|dispatch|emergency))"
)
# Alone, too: "a call to 911"; but a Porsche 911, and 911 people.
_ALONE_EMERGENCY = re.compile(
    r"(?<![\w.,$£€/-])(?<!Porsche )(?<!Carrera )(?<!a )(?<!the )911(?![\w%°]|[-/.,:]\d| [a-z]+s\b|"
    r" people| more)"
)
# SKU: 400-150-020
_PARTS_OF = re.compile(
    r"\b((?:SKU|(?:[Aa]rticle|[Pp]art|[Mm]odel|[Ii]tem|[Pp]roduct)(?: [Nn]umber| [Nn]o\.?| #|"
    r"(?=:))):? ?#? ?)(\d{2,4}(?:[-.]\d{2,4}){2,})(?![\w-]|\.\d)"
)
# TTY: 711, "dial 211"
_SERVICE = re.compile(
    r"\b((?:TTY|TDD|TRS|NHS|[Rr]elay|[Dd]ial(?:ing)?):? )([1-8]11|988)\b(?![-/.,:]?\d)"
)
# "My number is 367 - 1314", "call me at 3-1808"
_APART = re.compile(
    r"\b((?:[Nn]umber|[Pp]hone|[Tt]el|[Cc]all|[Cc]ell)(?:'s|:)?(?: [a-z]+){0,2} )"
    r"(?:(\d{3}) - (\d{4})|(\d)-(\d{4}))(?![\w-]|[.,]\d)"
)
_SERIAL = re.compile(r"(?<![\w-])\d+(?:-\d+){3,}(?![\w-])")  # an ISBN, an account
_LOTTERY = re.compile(r"\b(?:[Ll]ott\w*|Powerball|Mega|[Jj]ackpots?|[Ww]inning numbers|[Pp]ick)\b")
_EXTENSION = re.compile(r"\b(?:(?i:ext)\.?|x\.|X\.(?= \d))(?= ?\d)")
_LONG_EXTENSION = re.compile(
    r"\b((?:[Ee]xt\.?|[Ee]xtension) )(\d{3,5})\b(?![,.:/-]\d| (?:cords?|cables?|files?|days?|"
    r"months?))"
)
_DIALED = re.compile(
    r"\b((?:[Cc]all|[Dd]ial|or|[Mm]e|[Mm]e at|[Rr]each (?:\w+ ){1,3}at|[Cc]all (?:\w+ ){1,3}at|"
    r"[Cc]ontact (?:\w+ ){1,3}at) )[xX] ?(\d{3,5})\b|((?:\b[Aa]t |^|[.,;] |"
    r"\())x(\d{4,5})(?=[.,;!?)]*$|[.,;)] )"
)  # call me at x5142
_X_NUMBER = re.compile(r"[xX] ?\d")
# "(X 3-5290)", inside of a firm
_INSIDE = re.compile(r"(?<![\w.,-])[xX] ?(\d)-(\d{4})(?![\w-])|(?<=\()[xX] ?()(\d{4,5})(?=\))")
_SHORT_EXTENSION = re.compile(r"(?<=-\d{4}),? x ?(?=\d{1,5}\b)")
_ANY_EXTENSION = re.compile(r"\b(?:[eE][xX][tT]|[xX])\b")


def _ending(match: re.Match[str]) -> str:
    """ "the card that ends in 2007", but "his contract ends in 2007"."""
    year, bare = match[2][:2] in ("19", "20"), match[1].endswith(("g ", "s "))
    if year and bare or (year or bare) and not _OF_A_NUMBER.search(ahead(match, 60)):
        return match[0]
    return match[1] + digit_by_digit(match[2])


def _masked(match: re.Match[str]) -> str:
    if not _OF_A_NUMBER.search(ahead(match, 60)):
        return match[0]
    letters = "X X " if match[1] and match[1].upper() == "XX" else ""
    return letters + digit_by_digit(match[2])


# Tel. 555.0188
_POINTED = re.compile(
    r"\b((?:[Tt]el|[Ff]ax|[Pp]h|[Pp]hone|[Cc]all|[Tt]ext|[Cc]ell)[.:]* )(\d{3})\.(\d{4})(?!\d)"
)


def expand(text: str) -> str:
    """ "(800) 555-0199" -> "eight hundred, five five five, zero one nine nine"."""
    near = zeros(text)
    if (
        "000" not in near
        and "0-0" not in near
        and ("x" not in near or _ANY_EXTENSION.search(text) is None)
    ):
        return text
    if "000.0000" in near:
        text = _POINTED.sub(r"\1\2-\3", text)
    if "0#" in near and _ENTERED.search(text):
        text = _POUND_KEY.sub(lambda m: f"{digit_by_digit(m[1])} pound", text)
    text = _SHORT_EXTENSION.sub(" extension ", text)
    if _X_NUMBER.search(text):
        text = _INSIDE.sub(_inside, text)
        text = _DIALED.sub(
            lambda m: f"{m[1] or m[3]}extension {digit_by_digit(m[2] or m[4])}", text
        )
    if holds(zeros(text), _IN_PHONE):
        text = _PHONE.sub(_phone, text)
    if "0 - 0" in zeros(text) or " 0-0000" in zeros(text):
        text = _APART.sub(_apart, text)
    if "0-00" in zeros(text) or "0.00" in zeros(text):
        text = _PARTS_OF.sub(_labelled, text)
    if "0-0" in zeros(text):
        text = _SERIAL.sub(_serial, text)
    if "000-" in zeros(text):
        text = _VANITY.sub(_vanity, text)
    if "(00000)" in zeros(text) and _CONTACT.search(text):
        text = _PERSONS_NUMBER.sub(lambda m: digit_by_digit(m[1]), text)
    if " 000" in zeros(text) or "@000" in zeros(text):
        text = _SHORT.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
        text = _CALL_ON.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
        text = _TO_SHORT.sub(_to_short, text)
        text = _KEYWORD.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
    if holds(shape(text), _BEFORE_NAMED):
        text = _GROUPED_CODE.sub(
            lambda m: f"{m[1]}{digit_by_digit(m[2])}, {digit_by_digit(m[3])}", text
        )
        if "rea code" in text:
            text = _AREA_CODES.sub(
                lambda m: re.sub(r"\d+", lambda d: digit_by_digit(d[0]), m[0]), text
            )
        text = _NAMED.sub(lambda m: _NO.sub(r"\1umber", m[1]) + digit_by_digit(m[2]), text)
    if holds(shape(text), ("A0", "a0", "*0", "A-0")):
        text = _MASKED.sub(_masked, text)
    if "code" in text or "Code" in text or "OTP" in text:
        text = _SECRET.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
    if " 0000" in zeros(text):
        text = _ENDING.sub(_ending, text)
    if "000 " in zeros(text):
        text = _EMERGENCY.sub(lambda m: digit_by_digit(m[0]), text)
    if "11" in text or "988" in text:
        text = _SERVICE.sub(lambda m: m[1] + digit_by_digit(m[2]), text)
    if "911" in text:
        text = _ALONE_EMERGENCY.sub("nine one one", text)
    if "xt" in text:
        text = _LONG_EXTENSION.sub(lambda m: f"extension {digit_by_digit(m[2])}", text)
    return _EXTENSION.sub("extension", text) if "x" in zeros(text) else text


def _serial(match: re.Match[str]) -> str:
    """Digit by digit, but the numbers of a lottery."""
    parts = match[0].split("-")
    if len(match[0]) < 3 * len(parts) and _LOTTERY.search(around(match)):
        return ", ".join(cardinal(int(part)) for part in parts)
    return ", ".join(map(digit_by_digit, parts))


def _apart(match: re.Match[str]) -> str:
    groups = [digits for digits in match.groups()[1:] if digits]
    return match[1] + ", ".join(map(digit_by_digit, groups))


def _labelled(match: re.Match[str]) -> str:
    return match[1] + ", ".join(map(digit_by_digit, re.split("[.-]", match[2])))


def _to_short(match: re.Match[str]) -> str:
    """ "txt YES to No. 85100"."""
    return match[1] + _NO.sub(r"\1umber", match[2]) + digit_by_digit(match[3])


def _inside(match: re.Match[str]) -> str:
    first, rest = match[1] or match[3], match[2] or match[4]
    return f"extension {f'{digit_by_digit(first)}, ' if first else ''}{digit_by_digit(rest)}"


def _group(digits: str) -> str:
    return "eight hundred" if digits == "800" else digit_by_digit(digits)


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[0])
    plus = "plus " if match[0][0] == "+" else ""
    return plus + ", ".join(map(_group, groups))


def _vanity(match: re.Match[str]) -> str:
    one = "one, " if match[0].startswith("1-") else ""
    digits = re.match(r"\d{3}-", match[2])
    named = match[2][digits.end() if digits else 0 :].lower().replace("-", " ")
    words = f"{one}{_group(match[1])}, "
    words += f"{_group(digits[0][:3])}, " if digits else ""
    return words + named + (f", {digit_by_digit(match[3])}" if match[3] else "")
