"""One set of rules for the languages that espeak-ng speaks and that write the day first and a comma
in decimals; `Language` holds what differs. What is left in digits espeak-ng reads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from recital.processors.text.english.web import EMAIL, URL
from recital.processors.text.english.words import ahead, behind
from recital.processors.text.languages.cardinals import LARGEST

_BRACES = re.compile(r"(\{[^{}]*\})")
_DIGIT = re.compile(r"\d")
_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\u061c\u202a-\u202e\u2066-\u2069]")
_THIN = re.compile(r"[\u00a0\u2007\u2009\u202f]")
_SIGNS = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen", "₣": "franc"}
_CODES = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "₣"}
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_FRACTIONS = {c: unicodedata.normalize("NFKC", c).replace("⁄", "/") for c in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
_VULGAR = re.compile(f"[{''.join(_FRACTIONS)}]")
_RAISED = str.maketrans(
    "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ₀₁₂₃₄₅₆₇₈₉", "abcdefghijklmnoprstuvwxyz0123456789"
)
_BEFORE_STOP = re.compile(r" (?=[,.](?: |$))")
_SPACES = re.compile(r"(?<![\w.,-])(?<!\d )(?<!\b[A-Z] )\d{1,3}(?: \d{3})+(?! ?\d)(?!\w)")
# "180º C", "175C°"
_SCALE_SIGN = re.compile(r"(?<=\d) ?[º°˚] ?(?=[CF]\b)")
_SCALE_FIRST = re.compile(r"(?<=\d) ?([CF])°")
# "800,000 personas", "1,234,567": no decimals
_COMMAS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:(?:,\d{3})*,000|(?:,\d{3}){2,})(?![\w]|[.,]\d)")
# "$ 32,582", as in America
_COMMA_MONEY = re.compile(r"(?<=[$£€¥])( ?\d{1,3}),(?=\d{3}(?!\d|[.,]\d))")
_TIME_SPAN = re.compile(r"(?<=\d[:.]\d\d) ?[-–—] ?(?=\d{1,2}[:.]\d\d(?!\d))")  # 6:30 – 10:00
_NO_CENTS = re.compile(r"(?<=\d), ?[-–—]{1,2}(?= ?(?:[$£€]|EUR\b|Euro\b|CHF\b|Fr\b))")  # 20,-- €
_MINUS = re.compile(r"(?<=\d) [-–−] (?=\d[^=]{0,20}=)")  # 2 + 2 - 1 = 3
_DOTS = re.compile(
    r"(?<![\w.,])[1-9]\d{0,2}(?:\.\d{3})+(?![\d_″]|\x22|[^\W\d_]{3}|\.\d)"
)  # French 6.995
# Names and no spans: Boeing 727-200, A320-200
_AIRCRAFT = re.compile(r"\b(7[0-8]7|A3[1-8]\d)-([1-9]00)([A-Z]{0,3})\b")
# "1984/85", "630/631": from one to the next
_NEXT = re.compile(r"(?<![\w/.,-])(\d{3,4})/(\d{2,4})(?![\w/-]|[.,]\d)")
_HOURS_OF = re.compile(r"(?<![\w.,-])(6|8|10|12|24|36|48|72)H\b")  # 24H
_BY = re.compile(r"(?<=\d)(?<!\b0)(?: ?[x×] ?| X )(?=\d)")
# 3,5 m x 4
_BY_UNIT = re.compile(r"(\d ?[cdkm]?m) ?[x×] ?(?=\d)")
_BY_WORD = re.compile(r"(?<=[a-zà-ÿ€]) [x×] (?=\d)")  # 5 €/mese x 24 mesi
# 38' 45'', 2h 6' 11", 3'45"20
_MARKS = re.compile(
    r"(?<![\w.,:'’′])(?:(\d{1,3}) ?h ?)?(\d{1,3}) ?['’′] ?([0-5]?\d) ?(?:''|’’|[\"″”])"
    r"(\d{1,3})?(?!\w)"
)
_YEAR_FIRST = re.compile(r"(?<![\d/-])(\d{4})/(0[1-9]|1[0-2])/([0-3]\d)(?![\d/-])")
_TAG = re.compile(r"</?[A-Za-z][\w-]{0,15} ?/?>")
_VARIABLE = re.compile(r"\$(?=[A-Za-z_{])")
_LINE = re.compile(r"([=_*#~])\1{2,}|-{4,}")  # ====
# Swiss 3'266
_SWISS = re.compile(r"(?<![\w.,])\d{1,3}(?:['’]\d{3})+(?!\w)")
# 37° 02' 09.55"
_COORDINATE = re.compile(
    r"(?<![\w.,])(\d{1,3}) ?[º°] ?(\d{1,2}) ?['’′]"
    r"(?: ?(\d{1,2})(?:[.,](\d{1,4}))? ?(?:''|’’|[\"″”]))?"
)
# "1:41,983 Minuten": of races
_LAP = re.compile(
    r"(?<![\w.,:])(\d{1,2}):([0-5]\d)(?:,(\d{1,3})|\.(\d{2,3}))(?![\d:]|[.,]\d)"
    r"(?: ?(?:Minuten|Min\.|min|minutos|minutes|minuti)(?!\w))?"
)
_VERSE = re.compile(r"[A-ZÁÉÍÓÚÄÖÜ]\w*\.? $")
_ISBN = re.compile(r"(?<=ISBN)(?:-1[03])?:? ?(\d[\d -–]{8,16}[\dX])(?!\w)")
_IP = re.compile(r"(?<![\w.])(?!\d{1,3}(?:\.\d{3}){3})\d{1,3}(?:\.\d{1,3}){3}(?![\w.]\d)")
# "nota: 8/10" is no fraction
_GRADE = re.compile(
    r"\b(?:[Nn]otas?|[Nn]otes?|[Vv]ot[oi]|[Pp]untuación|[Vv]aloración|[Pp]unteggio|[Vv]alutazione|"
    r"[Cc]alificación|[Gg]iudizio)(?: ?:| de| di| un| es| est| è)* $"
)
_STOPPED = re.compile(r"(?:\[\w+\]|\w)+\\\.(?![?*])(?!.*\|\\b)")  # "[Ss]ig\.ra"
_FIRST_WORD = re.compile(
    r"\s+[\"«“(]?(?:([A-ZÀ-Þ][a-zà-ÿ]+(?=,? \w|['’])|[AEIOYÀÈÉ](?= \w)|[A-Z](?=['’]))|[¿¡])"
)
# "Sig. La Malfa", "calle El Sol"
_PARTICLE = re.compile(
    r"\s+[\"«“(]?(?:L[aeo]s?|El|L|D|De[lis]?|Dell[ao]|D[aiu]|Dal(?:la)?|Les|Al|San|[AEIOY])\b"
)
_CAPITAL = re.compile(r"\s+[\"«“(¿¡]*[A-ZÀ-Þ]")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@dataclass(frozen=True)
class Language:
    """What one language says. A pair is singular and plural."""

    cardinal: Callable[[int], str]
    year: Callable[[int], str]
    one: str  # 1 before a unit
    months: Sequence[str]
    short_months: Mapping[str, str]
    date: Callable[[str, int, str], str]  # what is before, the day, the month
    clock: Callable[[int, int], str]
    point: str
    minus: str
    to: str
    over: str  # between the numbers of a fraction that has no name
    part: Callable[[int, int], str | None]  # 3, 4 -> "drei viertel"; None where there is no name
    mixed: Callable[[int, str], str]  # 2, "drei viertel" -> "zwei drei viertel"
    hours: tuple[str, str]  # "una hora", "horas"
    seconds: tuple[str, str]
    at: str  # a pattern: what precedes "3 h" that is no duration
    address: Mapping[str, str]  # signs in addresses
    percent: str
    units: Mapping[str, tuple[str, str]]
    currencies: Mapping[str, tuple[str, str, str, str]]  # with those of the hundredth
    scales: Mapping[str, tuple[str, str]]  # "Mio." -> million, millions
    signs: Mapping[str, str]
    abbreviations: Sequence[tuple[str, str]]  # a pattern, and what is said
    hour_words: str  # a pattern: "14.30 Uhr"
    special: Callable[[str], str]  # ordinals, numerals, decades
    days: Callable[[str], str] = lambda text: text  # short days of the week
    prepare: Callable[[str], str] = lambda text: text  # what other rules would mistake
    other_months: Mapping[str, str] = field(default_factory=dict)  # said as written: "Jänner"
    numbered: str = ""  # a pattern: what has a number behind it as its name
    dated: str = ""  # a pattern: what is before a year, which agrees with nothing
    no_unit: str = ""  # a pattern: a unit and what follows it where it is a word
    half_day: str = ""  # a pattern: what follows "1.30" that is a time of day
    phones: str = ""  # a pattern of more numbers of telephones
    ratio: str = ""  # 3:2; "": as a range
    score: str = ""  # between 4-2 of a match; "": as a range
    by: str = ""  # 20 x 30 cm; "": as ×
    joint: Callable[[str], str] | None = None  # of a range, by what is before it; None: `to`
    out_of: str = ""  # between the numbers of a grade; "": `over`
    per: Mapping[str, str] = field(default_factory=dict)  # "mois" -> "par", what / is before it
    group: str = "."  # between thousands
    cents: str = ""  # between euros and cents
    of_scale: str = " "  # "millions d'euros"
    one_scale: str = ""  # 1 before a million, where that is not `one`
    feminine: str = ""  # a pattern of units with which 1 is as before a million
    decimals: int = 1  # so many digits behind the point are one number: 3,14 "tres coma catorce"
    agree: Callable[[str, str], str] = lambda number, noun: number  # before this noun
    openers: frozenset[str] = frozenset()  # words that begin a sentence
    closing: frozenset[str] = frozenset()  # short forms, in words, that no name follows
    pointing: frozenset[str] = frozenset()  # short forms, in words, that end no sentence
    leading: frozenset[str] = frozenset()  # short forms, in words, that need what follows
    ties: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def number(self) -> str:
        """A pattern of a number as it is written."""
        group = re.escape(self.group)
        return rf"(?:\d{{1,3}}(?:{group}\d{{3}})+(?:,\d+)?|\d+(?:,\d+)?)"

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        number = self.number
        months = "|".join([*self.months, *map(re.escape, self.short_months), *self.other_months])
        units = "|".join(map(re.escape, sorted(self.units, key=len, reverse=True)))
        scales = "|".join(map(re.escape, sorted(self.scales, key=len, reverse=True)))
        signs, codes = "".join(_SIGNS), "|".join(_CODES)
        # no groups here: with them each pattern is entered before its first letter is compared
        starts = [p.removeprefix(r"\b") for p, _ in self.abbreviations if p[:2] == r"\b"]
        # most are letters and a stop: looked for only where these are
        stopped = "|".join(word for word in starts if _STOPPED.match(word))
        words = "|".join(word for word in starts if not _STOPPED.match(word))
        others = [p for p, _ in self.abbreviations if p[:2] != r"\b"]
        measures = "|".join(filter(None, self.per)) or "(?!)"
        return {
            "abbreviation": re.compile(
                "|".join([rf"\b(?:(?=\w+\.)(?:{stopped or '(?!)'})|{words})", *others])
            ),
            "iso": re.compile(r"(?<![\d-])(\d{4})-(0?[1-9]|1[0-2])-([0-2]?\d|3[01])(?![\d-])"),
            # 7-9 Uhr
            "hours": re.compile(
                r"(?<![\w.,:/-])([01]?\d|2[0-4]) ?[-–] ?"
                rf"(?=(?:[01]?\d|2[0-4]) ?(?:{self.hour_words})\b)"
            ),
            "month of": re.compile(  # Jan. 2020
                rf"\b({'|'.join(re.escape(m) for m in self.short_months if m[-1] == '.')})"
                r" (?=(?:19|20)\d\d\b)"
            ),
            "seconds": re.compile(
                r"(?<![\w.,:])([01]?\d|2[0-4]):([0-5]\d):([0-5]\d)(?![\d:])"
                rf"(?: ?({self.hour_words})\b)?"
            ),
            "duration": re.compile(
                r"(?<![\w.,:])(\d{1,3}) ?(?:h|Std\.|uur)(?: (e|y|et|und|en) | ?)(\d{1,2})"
                r"(?: ?(?:[Mm]in|mn)\b(?:\.(?!$))?|(?:(?<=h\d)|(?<=h\d\d)|(?<= \d)|(?<= \d\d))m\b"
                r"| ?['’′](?![\w'’′]))"
            ),
            "spaced": re.compile(r"(?<![\w.,-])(?<!\d )\d{1,3}(?: \d{3})* 000(?! ?\d)(?!\w)"),
            "part": re.compile(
                r"(?<![\w/.,])(-)?(?:(\d{1,3}) )?(\d{1,2})/(\d{1,3})"
                rf"(?: ?({units})(?![\w/²³])|(?<=\d \d/\d)(?![\w/]|[.,]\d))"
            ),
            "at": re.compile(rf"\b(?:{self.at}) $", re.I),
            "numeric": re.compile(
                r"(?<![\d./-])(3[01]|[12]\d|0?[1-9])([./-])(1[0-2]|0?[1-9])"
                r"(?:\2(\d{4}|\d\d)(?![\d/-]|[.,]\d)|(?<=\d)(?<!-)(?:(?<=\.\d)|(?<=\.\d\d))\.(?!\d))"
            ),
            "day": re.compile(
                rf"(\b\w+ )?(?<![\w.,])(3[01]|[12]\d|0?[1-9])(\.|er|e|º|°)? ?(?:de )?({months})"
                r"(?![\w-])"
                r"(?:,?(?: de)? (\d{4})(?![\w%]|[.,]\d))?",
                re.I,
            ),
            "clock": re.compile(
                r"(?<![\w.,:/])([01]?\d|2[0-4])"
                r"(?:([:.h]| h )([0-5]\d)(?!\d|[:.]\d)(?! ?%)|( ?h)\b)"
                rf"(?: ?({self.hour_words})\b)?|(?<![\w.,:/])([01]?\d|2[0-4]) ({self.hour_words})\b"
            ),
            "money": re.compile(
                rf"(?<![\w.,])(-)?(?:([{signs}]|\b(?:{codes})) ?({number})(?: ({scales}))?(?![\w])"
                rf"|({number})(?: ?({scales}))? ?([{signs}]|(?:{codes})\b))"
            ),
            "percent": re.compile(rf"(?<![\w.,])(-)?({number})(?: ?%? ?[-–] ?({number}))? ?%"),
            "unit": re.compile(
                rf"(?<![\w.,])(?<![A-Z]-)(-)?({number})(?: ?[-–] ?({number}))? ?({units})"
                r"(?![\w/²³'’])"
            ),
            # "138.94 km²": the number is left to espeak-ng
            "dotted": re.compile(
                rf"(?<![\w.,-])(\d+\.\d{{1,2}})(?: ?[-–] ?(\d+\.\d{{1,2}}))? ({units})(?![\w/²³])"
            ),
            "unit stop": re.compile(rf"(\d ?(?:{units}))\.(?= [a-zà-ÿ])"),  # "500 g. di pane"
            # mg/kg, mg/kg/h
            "per": re.compile(
                rf"(?<=\d) ?({units})/({units}|{measures})(?:/({units}|{measures}))?(?![\w/²³])"
            ),
            "price per": re.compile(
                rf"(?<=[{signs}]) ?/ ?({units}|{measures}|[a-zà-ÿ]{{3,}})(?![\w/])"
                rf"|(?:(?<=[Ee]uro)|(?<=[Ee]uros)|(?<=\d,\d\d)) ?/ ?({units}|{measures})(?![\w/])"
            ),
            # 10-15 €
            "prices": re.compile(
                rf"(?<![\w.,/-])({number}) ?[-–] ?"
                rf"(?={number}(?: (?:{scales}))? ?(?:[{signs}]|(?:{codes})\b))"
            ),
            "scale": re.compile(rf"(?<![\w.,])(?:(?<=\()(-))?({number}) ({scales})(?!\w)"),
            "scaled": re.compile(
                rf"(?<= )({'|'.join(map(re.escape, self._scale_words))}) ({units})(?![\w/²³])"
            ),
            "fraction": re.compile(
                r"(?<![\w/.,])(?<![A-Za-z]-)(-)?(\d{1,3})/(\d{1,4})(?![\w/]|[.,]\d)"
            ),
            "range": re.compile(rf"(?<![\w.,-])({number}) ?[-–] ?({number})(?![\w-]|[.,]\d)"),
            "ratio": re.compile(r"(?<![\w.,:])(\d{1,3}):(\d{1,3})(?![\w:]|[.,]\d)"),
            "phone": re.compile(
                r"(?<![\w.,])(?<!\d )(?=(?:\D{0,3}\d){6})"
                r"(?:\+\d{1,3}|0\d{1,4}|\(0\d{1,5}\))"
                r"(?:(?: / |[ /.-])(?:\d{2,8}|\(\d{2,8}\)|\(0\)\d{1,8}))+(?:-\d)?(?![\w-])"
                r"|(?<![\w.,-])\d{3}-\d{3}-\d{3,4}(?![\w-])"
                + (f"|{self.phones}" if self.phones else "")
            ),
            "number": re.compile(
                rf"(?<![\w.,])((?<!\d)-)?({number})(?![\w]|[.,]\d)(?=(?: ([^\W\d_]{{3,}}))?)"
            ),
            "sign": re.compile("|".join(map(re.escape, self.signs))),
        }

    @cached_property
    def _abbreviations(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern), spoken) for pattern, spoken in self.abbreviations]

    def rewrite(self, text: str) -> str:
        """The text with words for numbers, dates, times, money, units and abbreviations; the rest
        as it is.
        """
        said = "".join(
            piece if i % 2 else self._rewrite(piece) for i, piece in enumerate(_BRACES.split(text))
        )
        # "op 8 nov.": the stop was the sentence's, too
        return f"{said}." if text.endswith(".") and said[-1:].isalnum() else said

    def _rewrite(self, text: str) -> str:
        text = _THIN.sub(" ", _INVISIBLE.sub("", text))
        patterns = self._patterns
        text = _SCALE_FIRST.sub(r"°\1", _SCALE_SIGN.sub("°", text))
        text = text.replace("US$", "$").replace("+/-", "±").replace("⁄", "/")
        text = _LINE.sub(" ", _TAG.sub("", text) if "<" in text else text)
        text = _VARIABLE.sub("", text) if "$" in text else text
        text = _VULGAR.sub(_vulgar, text.translate(_RAISED))
        if "@" in text or "." in text or "/" in text:
            text = URL.sub(self._address, EMAIL.sub(self._address, text))
        text = patterns["abbreviation"].sub(self._abbreviation, self.days(text))
        if _DIGIT.search(text):
            if self.group == " ":
                text = _DOTS.sub(lambda m: m[0].replace(".", " "), text)
            text = _COMMAS.sub(lambda m: m[0].replace(",", self.group), text)
            text = _AIRCRAFT.sub(self._aircraft, text)
            text = _HOURS_OF.sub(rf"\1 {self.hours[1]}", text)
            text = _NO_CENTS.sub("", text)
            if "comma money" in self.ties:
                text = _COMMA_MONEY.sub(rf"\1{self.group}", text)
            if self.joint is None:
                text = _TIME_SPAN.sub(f" {self.to} ", text)
            text = _SWISS.sub(lambda m: re.sub(r"['’]", self.group, m[0]), text)
            if "°" in text or "º" in text:
                text = _COORDINATE.sub(self._coordinate, text)
            if ":" in text:
                text = _LAP.sub(self._lap, text)
            if "." in text:
                text = patterns["unit stop"].sub(r"\1", text)
            if "marks" in self.ties:
                text = _MARKS.sub(self._marks, text)
            text = self.prepare(text)
            if "ISBN" in text:
                text = _ISBN.sub(self._isbn, text)
            text = patterns["hours"].sub(lambda m: f"{int(m[1])}{self._to(m)}", text)
            text = patterns["month of"].sub(lambda m: self.short_months[m[1]] + " ", text)
            if "=" in text:
                text = _MINUS.sub(f" {self.minus} ", text)
            text = _BY_UNIT.sub(rf"\1 {self.by or self.signs['×']} ", text)
            text = _BY_WORD.sub(f" {self.signs['×']} ", text)
            text = _BY.sub(f" {self.by or self.signs['×']} ", text)
            text = _IP.sub(self._address, text)
            text = _YEAR_FIRST.sub(r"\1-\2-\3", text)
            text = patterns["iso"].sub(lambda m: self._date("", m[3], int(m[2]), m[1]), text)
            text = patterns["numeric"].sub(self._numeric, text)
            text = patterns["day"].sub(self._day, text)
            text = patterns["phone"].sub(self._phone, text)
            text = patterns["spaced"].sub(lambda m: m[0].replace(" ", self.group), text)
            if "spaces" in self.ties:
                text = _SPACES.sub(lambda m: m[0].replace(" ", self.group), text)
            text = patterns["duration"].sub(self._duration, text)
            if self.per and "/" in text:
                text = patterns["per"].sub(self._per, text)
                text = patterns["price per"].sub(self._price_per, text)
                text = _NEXT.sub(self._next, text)
            text = patterns["seconds"].sub(self._seconds, text)
            text = patterns["clock"].sub(self._clock, text)
            if "money ranges" in self.ties:
                text = patterns["prices"].sub(lambda m: self.said(m[1]) + self._to(m), text)
            text = patterns["money"].sub(self._money, text)
            text = patterns["percent"].sub(self._percent, text)
            text = patterns["part"].sub(self._part, text)
            text = patterns["unit"].sub(self._unit, text)
            text = patterns["dotted"].sub(self._dotted, text)
            text = patterns["scale"].sub(self._scale, text)
            text = patterns["scaled"].sub(lambda m: f"{m[1]} {self.units[m[2]][1]}", text)
        text = self.special(text)
        if _DIGIT.search(text):
            text = patterns["fraction"].sub(self._fraction, text)
            text = patterns["range"].sub(self._range, text)
            text = patterns["ratio"].sub(
                lambda m: f"{self.said(m[1])} {self.ratio or self.to} {self.said(m[2])}", text
            )
            text = patterns["number"].sub(self._number, text)
        text = patterns["sign"].sub(lambda m: f" {self.signs[m[0]]} ", text)
        return _BEFORE_STOP.sub("", _BLANKS.sub(" ", text))

    def said(self, number: str, *, counts: bool = False) -> str:
        """A number as it is written, in words; `counts`: one that precedes a unit."""
        whole, _, fraction = number.replace(self.group, "").partition(",")
        if len(whole) > 1 and whole[0] == "0":
            return " ".join(self.cardinal(int(digit)) for digit in whole)
        # int() takes no more than 4,300 digits
        value = int(whole) if len(whole) < 30 else LARGEST
        named = len(whole) > 9 and self.group not in number and not whole.endswith("000")
        if value >= LARGEST or named:
            return " ".join(self.cardinal(int(digit)) for digit in whole)
        if counts and value == 1 and not fraction:
            return self.one
        bare = self.group not in number and len(whole) == 4 and not fraction
        words = self.year(value) if bare and 1100 <= value < 2100 and not counts else None
        words = words or self.cardinal(value)
        if not fraction:
            return words
        if len(fraction) > 4 and not fraction.strip("0"):
            return words
        if 1 < len(fraction) <= self.decimals and fraction[0] != "0":
            return f"{words} {self.point} {self.cardinal(int(fraction))}"
        return f"{words} {self.point} " + " ".join(self.cardinal(int(d)) for d in fraction)

    def counted(self, number: str, names: tuple[str, str]) -> str:
        """ "1", ("euro", "euros") -> "un euro"."""
        name = names[number != "1"]
        words, noun = self.said(number, counts=True), name.partition(" ")[0]
        if number == "1" and self.feminine and re.search(self.feminine, noun):
            return f"{self.one_scale} {name}"
        if number == "1":  # "una libra"
            one = self.cardinal(1)
            agreed = self.agree(one, noun)
            return f"{words if agreed == one else agreed} {name}"
        return f"{self.agree(words, noun)} {name}"

    @property
    def _scale_words(self) -> list[str]:
        """Million, Millions, and so on; the longest first."""
        words = {word for pair in self.scales.values() for word in pair}
        return sorted(words, key=len, reverse=True)

    def _scaled(self, number: str, scale: str) -> str:
        """ "1", "Mio." -> "eine Million"."""
        one, many = self.scales[scale]
        if number == "1":
            return f"{self.one_scale or self.one} {one}"
        return f"{self.agree(self.said(number), many)} {many}"

    def _abbreviation(self, match: re.Match[str]) -> str:
        pattern, spoken = next(
            (pattern.pattern, spoken)
            for pattern, spoken in self._abbreviations
            if (found := pattern.match(match.string, match.start())) and found[0] == match[0]
        )
        # "Sig.(?= [A-Z])" needs what follows
        leads = "(?= " in pattern or spoken in self.leading
        return spoken + ("." if match[0][-1] == "." and self._ends(match, spoken, leads) else "")

    def _ends(self, match: re.Match[str], spoken: str, leads: bool) -> bool:
        """Whether the stop of a short form is that of the sentence, too."""
        after = behind(match)
        if not after.strip(" \"'»”)"):
            return True
        if not self.openers or spoken in self.pointing:
            return False
        if leads:
            return self._opens(after) and _PARTICLE.match(after) is None
        return _CAPITAL.match(after) is not None if spoken in self.closing else self._opens(after)

    def _opens(self, after: str) -> bool:
        """Whether a sentence begins behind a stop: "ecc. Poi"."""
        found = _FIRST_WORD.match(after)
        return found is not None and (found[1] in self.openers or found[0][-1] in "¿¡")

    def _date(self, before: str, day: str, month: int, year: str | None, name: str = "") -> str:
        spoken = self.date(before, int(day), name or self.months[month - 1])
        if not year:
            return spoken
        value = int(year) if len(year) > 2 else int(year) + (1900 if int(year) > 50 else 2000)
        joint = " de " if "de" in self.ties else " "
        return f"{spoken}{joint}{self.year(value)}"

    def _numeric(self, match: re.Match[str]) -> str:
        if match[2] == "." and not match[4] and "day dots" not in self.ties:  # section 3.1.
            return match[0]
        before = match.string[max(0, match.start() - 12) : match.start()]
        word = before.split()[-1] if before.endswith(" ") and before.split() else ""
        return self._date(word, match[1], int(match[3]), match[4])

    def _day(self, match: re.Match[str]) -> str:
        before, day, _, name, year = match.groups()
        months = [full.lower() for full in self.months]
        others = {**self.short_months, **self.other_months}
        short = {key.lower(): full for key, full in others.items()}
        month = months.index(short.get(name.lower(), name).lower()) + 1
        kept = name if name.lower() in map(str.lower, self.other_months) else ""
        return (before or "") + self._date((before or "").strip(), day, month, year, kept)

    def _clock(self, match: re.Match[str]) -> str:
        hour, sign, minute, bare, word, alone, word_alone = match.groups()
        # "las 16:00 horas"
        kept = "hours" in self.ties and self.hours[1] in (word, word_alone)
        before = match.string[max(0, match.start() - 12) : match.start()]
        timed = self._patterns["at"].search(before)
        # "de 9:00 a 14:00 h"
        kept = kept or ("hours" in self.ties and word in ("h", "hs", "hrs", "H") and not timed)
        said = f" {self.hours[1]}" if kept else ""
        if alone is not None:
            return self.clock(int(alone), 0) + said
        if bare and word is None and re.search(r"\d[-–]$", ahead(match, 2)):
            return match[0]  # "2-3 h"
        after = match.string[match.end() : match.end() + 14]
        halved = self.half_day and re.match(self.half_day, after)
        if sign == "." and word is None and not halved and not ("dotted" in self.ties and timed):
            return match[0]
        if bare and word is None and not timed:
            return self._lasting(hour, self.hours)
        return self.clock(int(hour), int(minute or 0)) + said

    def _seconds(self, match: re.Match[str]) -> str:
        spoken = self.clock(int(match[1]), int(match[2]))
        return spoken + (f", {self._lasting(match[3], self.seconds)}" if int(match[3]) else "")

    def _lasting(self, number: str, names: tuple[str, str]) -> str:
        """ "1", ("una hora", "horas") -> "una hora"."""
        return names[0] if int(number) == 1 else f"{self.cardinal(int(number))} {names[1]}"

    def _duration(self, match: re.Match[str]) -> str:
        joint = f" {match[2]} " if match[2] else " "
        hours = self._lasting(match[1], self.hours)
        return f"{hours}{joint}{self.counted(str(int(match[3])), self._minutes)}"

    @property
    def _minutes(self) -> tuple[str, str]:
        return self.units.get("min") or self.units["min."]

    def _marks(self, match: re.Match[str]) -> str:
        """ "2h 6' 11\"" -> "due ore 6 minuti 11 secondi"."""
        hours, minutes, seconds, fraction = match.groups()
        head = self._lasting(hours, self.hours) + " " if hours else ""
        minutes = self.counted(str(int(minutes)), self._minutes)
        tail = f" {self.said(fraction)}" if fraction else ""
        return f"{head}{minutes} {self._lasting(seconds, self.seconds)}{tail}"

    def _to(self, match: re.Match[str]) -> str:
        """What is said between the numbers of a range."""
        if self.joint is None:
            return f" {self.to} "
        return f" {self.joint(ahead(match))} "

    def _address(self, match: re.Match[str]) -> str:
        """A mail's or page's address: its signs in words, its numbers digit by digit."""
        if match[0] in ("P.za", "p.za", "p.es"):  # an Italian square, an example
            return match[0]
        words = []
        for piece in _PIECE.findall(re.sub(r"^(?:https?|ftp)://|/$", "", match[0])):
            if piece.isdigit():
                words += [self.cardinal(int(digit)) for digit in piece]
            else:
                words.append(" ".join(piece) if piece == "www" else self.address.get(piece, piece))
        return " ".join(words)

    def _money(self, match: re.Match[str]) -> str:
        minus, sign, amount, scale, amount_2, scale_2, sign_2 = match.groups()
        sign, amount, scale = sign or sign_2, amount or amount_2, scale or scale_2
        one, many, cent, cents = self.currencies[_SIGNS[_CODES.get(sign, sign)]]
        negative = f"{self.minus} " if minus else ""
        if scale:
            of = " de " if self.of_scale[-1] == "'" and many[0] not in "aeiou" else self.of_scale
            of = " " if self.scales[scale][1] in ("mil", "mille") else of
            return f"{negative}{self._scaled(amount, scale)}{of}{many}"
        whole, _, fraction = amount.partition(",")
        if len(fraction) != 2:
            return negative + self.counted(amount, (one, many))
        n_cents = int(fraction)
        if not n_cents:
            return negative + self.counted(whole, (one, many))
        if not whole.replace(self.group, "").strip("0"):
            return negative + self.counted(str(n_cents), (cent, cents))
        spoken = f"{self.counted(whole, (one, many))}{self.cents} {self.cardinal(n_cents)}"
        return negative + spoken

    def _percent(self, match: re.Match[str]) -> str:
        minus, low, high = match.groups()
        spoken = self.said(low) + (f"{self._to(match)}{self.said(high)}" if high else "")
        return f"{self.minus + ' ' if minus else ''}{spoken} {self.percent}"

    def _unit(self, match: re.Match[str]) -> str:
        minus, low, high, name = match.groups()
        near = match.string[match.start(4) : match.start(4) + 30]
        if self.no_unit and re.match(self.no_unit, near):
            return match[0]
        spoken = f"{self.said(low)}{self._to(match)}" if high else ""
        spoken += self.counted(high or low, self.units[name])
        after = behind(match)
        ends = name[-1] == "." and (not after.strip(" \"'»”)") or self._opens(after))
        return f"{self.minus + ' ' if minus else ''}{spoken}{'.' if ends else ''}"

    def _per(self, match: re.Match[str]) -> str:
        """ "mg/kg" -> "milligrammes par kilogramme"."""
        if match[0].lstrip() in self.units:
            return match[0]
        one = re.search(r"(?<![\d.,])1$", ahead(match, 2))
        said = " " + self.units[match[1]][not one]
        for name in match.groups()[1:]:
            if name:
                said += self._each(name)
        return said

    def _price_per(self, match: re.Match[str]) -> str:
        return self._each(match[1] or match[2])

    def _each(self, name: str) -> str:
        """What "/kg" says; "all'" is joined to its noun."""
        said = self.units[name][0] if name in self.units else name
        per = self.per.get(name) or self.per.get(said) or self.per[""]
        return f" {per}{'' if per.endswith(chr(39)) else ' '}{said}"

    def _next(self, match: re.Match[str]) -> str:
        """ "1984/85" and "630/631" are one thing after the other, "1200/1500" one or the other; all
        else is left.
        """
        first, last = match.groups()
        follows = int(last) == (int(first) + 1) % 10 ** len(last) and len(last) <= len(first)
        round_up = int(last) > int(first) and last[-1] == first[-1] == "0"
        if not (follows or round_up):
            return match[0]
        return f"{self.said(first)}, {self.said(str(int(last)) if len(last) == 2 else last)}"

    def _dotted(self, match: re.Match[str]) -> str:
        low, high, name = match.groups()
        near = match.string[match.start(3) : match.start(3) + 30]
        if self.no_unit and re.match(self.no_unit, near):
            return match[0]
        return f"{low}{f'{self._to(match)}{high}' if high else ''} {self.units[name][1]}"

    def _scale(self, match: re.Match[str]) -> str:
        spoken = self._scaled(match[2], match[3])
        return f"{self.minus} {spoken}" if match[1] else spoken

    def _fraction(self, match: re.Match[str]) -> str:
        minus, top, bottom = match[1], int(match[2]), int(match[3])
        if 10 <= top < bottom < 100 and bottom - top <= 10:  # "35/40 Minuten"
            return f"{self.cardinal(top)}, {self.cardinal(bottom)}"
        whole = top > bottom and bottom > 20
        if _GRADE.search(ahead(match)):
            return f"{self.cardinal(top)} {self.out_of or self.over} {self.cardinal(bottom)}"
        named = None if bottom < 2 or top == 0 or whole else self.part(top, bottom)
        said = named or f"{self.cardinal(top)} {self.over} {self.cardinal(bottom)}"
        return f"{self.minus} {said}" if minus else said

    def _part(self, match: re.Match[str]) -> str:
        """ "2 1/2", "3/4 l": with a whole number before it, or with a unit."""
        minus, whole, top, bottom, unit = match.groups()
        named = self.part(int(top), int(bottom)) if 0 < int(top) < int(bottom) else None
        if named is None:
            return match[0]
        spoken = self.mixed(int(whole), named) if whole else named
        if unit:
            spoken = spoken.removeprefix("un ") if spoken == "un mezzo" else spoken
            spoken += f" {self.units[unit][whole is not None]}"
        return f"{self.minus} {spoken}" if minus else spoken

    def _phone(self, match: re.Match[str]) -> str:
        """Digit by digit, in the groups that are written; pairs alone are numbers, in French."""
        groups = re.findall(r"\d+", match[0])
        plus = f"{self.signs['+']} " if match[0][0] == "+" else ""
        pairs = "pairs" in self.ties and all(len(group) == 2 for group in groups)
        return plus + ", ".join(
            self.cardinal(int(group))
            if pairs and group[0] != "0"
            else " ".join(self.cardinal(int(digit)) for digit in group)
            for group in groups
        )

    def _coordinate(self, match: re.Match[str]) -> str:
        degrees, minutes, seconds, fraction = match.groups()
        names = self.units["°"], self._minutes
        spoken = [
            self.counted(str(int(degrees)), names[0]),
            self.counted(str(int(minutes)), names[1]),
        ]
        if seconds:
            amount = f"{int(seconds)},{fraction}" if fraction else str(int(seconds))
            spoken.append(f"{self.said(amount)} {self.seconds[1]}")
        return " ".join(spoken)

    def _lap(self, match: re.Match[str]) -> str:
        minutes, seconds, fraction, dotted = match.groups()
        before = match.string[max(0, match.start() - 12) : match.start()]
        if match[0][-1].isdigit() and _VERSE.search(before):  # Mateo 5:33,37
            return match[0]
        amount = self.said(f"{int(seconds)},{fraction or dotted}")
        spoken = f"{amount} {self.seconds[1]}"
        return f"{self.counted(minutes, self._minutes)} {spoken}" if int(minutes) else spoken

    def _isbn(self, match: re.Match[str]) -> str:
        """Digit by digit, in the groups that are written."""
        groups = re.findall(r"[\dX]+", match[1])
        return " " + ", ".join(
            " ".join(self.cardinal(int(c)) if c != "X" else c for c in group) for group in groups
        )

    def _aircraft(self, match: re.Match[str]) -> str:
        name, variant, letters = match.groups()
        name = name if name[0] == "A" else self.said(name)
        return f"{name} {self.said(variant)}" + (f" {letters}" if letters else "")

    def _range(self, match: re.Match[str]) -> str:
        """ "10-15" is from one to the other, "4-2" how a match ended."""
        first, last = match[1], match[2]
        if len(first) == 4 and len(last) == 2:  # 2001-02
            last = str(int(last))
        # int() takes no more than 4,300 digits
        short = len(first) < 30 and len(last) < 30
        falls = short and first.isdigit() and last.isdigit() and int(last) <= int(first) < 200
        joint = self.score if self.score and falls else self._to(match)
        return f"{self.said(first)}{joint}{self.said(last)}"

    def _names(self, match: re.Match[str]) -> bool:
        """Whether the number is the name of what is before it, "articolo 1 comma", or a year."""
        before = ahead(match)
        year = self.dated and len(match[2]) == 4 and "1100" <= match[2] < "2100"
        return bool(
            (self.numbered and re.search(self.numbered, before))
            or (year and re.search(self.dated, before[-10:]))
        )

    def _number(self, match: re.Match[str]) -> str:
        before = match.string[max(0, match.start() - 1) : match.start()]
        minus = match[1] and (not before or before in " (=")
        said = self.said(match[2])
        if match[3] and "," not in match[2] and not self._names(match):
            said = self.agree(said, match[3])
        if match[1] and not minus:
            return match[1] + said
        return f"{self.minus + ' ' if minus else ''}{said}"


def _vulgar(match: re.Match[str]) -> str:
    """ "2½" -> "2 1/2"."""
    glued = ahead(match, 1).isalnum()
    return f"{' ' if glued else ''}{_FRACTIONS[match[0]]}"


def roman(numeral: str) -> int:
    """XIV -> 14."""
    values = [_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(v if v >= after else -v for v, after in zip(values, following, strict=True))


ROMAN = r"(?=[IVXL]+\b)(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
