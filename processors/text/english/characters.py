"""Every character to ASCII that can be read: quotes and dashes, symbols and emoji by name, letters
of other alphabets; what cannot be spoken is returned, to be named.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from recital.processors.text.english.calendar_names import SHORT_MONTH
from recital.processors.text.english.words import TABLES, behind, glossary, pairs
from recital.processors.text.transliteration import to_ascii
from recital.processors.text.word_tables import listed

_PLAIN = {
    '"': "″＂",
    "'": "‛′ʹʼ＇`´❛❜’",
    "-": "‐‑‒⁃﹘﹣－",
    " ": "\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "".join(map(chr, range(0x2500, 0x25A0))),  # boxes, bars
    # Seen by nobody: joiners, direction marks, variation selectors, byte-order mark, soft hyphen.
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u061c"
    + "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10)]))
    # boxes to tick, ways back from notes, hands before what they are at, songs, lost signs
    + "↩↪↵▢☐❏❑❒⎿⏺👉👈👇♪♫♬♩\ufffd",
    ", ": "•‣◦▪●·・",
    "? ": "¿",
    "! ": "¡",
    "(": "【「『〔《",
    ")": "】」』〕》",
    ",": "、，",
    ".": "。",
}
# Kept for espeak, which pauses there.
_TYPOGRAPHIC = {
    '"': "“”„‟«»〝〞❝❞",
    "'": "‘‚‹›",
    " - ": "—―⸺–",
    "...": "…",
}
_MARKS = {ord(c): plain for plain, cs in _TYPOGRAPHIC.items() for c in cs}
_SPOKEN = {sign: f" {words} " for sign, words in glossary(TABLES["signs"]).items()}
_SPOKEN |= {
    "−": "-",
    "℃": "°C",
    "℉": "°F",
    "˚": "°",
    "№": "No. ",
    "℗": "",
    "†": "",
    "‡": "",
    "µ": "μ",
    "⁄": "/",
    "∕": "/",
}
KEPT = "°¢μ€£¥₹₩₽₿₺₱₪₫₦฿"  # later rules read these next to their numbers
_LATIN = re.compile(r"LATIN (SMALL|CAPITAL) (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH [A-Z ]+)?")
_LIMITS = {"≥": "greater", "≤": "less"}
_FRACTIONS = {c: unicodedata.normalize("NFKC", c).replace("⁄", "/") for c in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
_POWERS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega"
)
# The names of Greek letters that are words of their own.
_LETTER_NAMES = {
    unicodedata.lookup(f"GREEK SMALL LETTER {name}"): name.replace("lamda", "lambda")
    for name in _GREEK_NAMES.split()
}
_GREEK = re.compile(r"(?<![\u0370-\u03ff])[α-ωΑ-Ω](?![\u0370-\u03ff])")
# "doctoral tuition⁷", "in March.¹": the mark of a note
_NOTE = re.compile(
    f"(?:(?<=[a-z]{{4}})(?<!eters)(?<!etres)(?<!meter)(?<!metre)(?<!feet)(?<!foot)(?<!inch)"
    f"(?<!inches)(?<!miles)(?<!mile)(?<!yards)(?<!acres)(?<!second)(?<!seconds)|"
    f"(?<=[a-z%\\d][.,;:!?”]))[{''.join(_POWERS)}]+(?:[,–-][{''.join(_POWERS)}]+)*(?![\\w⁻⁺])"
)
_POWER = re.compile(f"(?<=[0-9a-zA-Z)])([⁻⁺]?)([{''.join(_POWERS)}]+)")
# "s−1", and "10−3", which would be no span: superscripts that were lost
_LOST_POWER = re.compile(
    r"(?<![A-Za-z])([smghdLlKJWAVM]|[A-Za-zμ]{2,4})−(?=[1-4](?!\w))|(?<=\b10)()−(?=[1-9](?:[,.;)]|"
    r"$| (?:M|m|s|g|kg|mol|cm|mm|Torr|Pa|mbar|bar|eV|S|to|or|per|and|for)\b))"
)
_TAKEN_FROM = re.compile(r"(?<=[\w)%]) − (?=\d)(?!(?:19|20)\d\d\b)")  # 9 g − 6 g
_LESS = re.compile(r"(?<![A-Za-z])([a-zA-Z])−(?=\d)")  # n−1
_GREEK_POWER = re.compile("(?<=[α-ωΑ-Ω])([²³])")
_CHI = re.compile(r"χ(?:\^?2|²)(?!\d)")  # a statistic
_SIGNS = {"⁺": "plus", "⁻": "minus"}
# of ions: Ca²⁺, OH⁻, "OH−", "from 3− to"
_CHARGE = re.compile(f"(?<=[A-Za-z0-9₀-₉)\\]])([¹²³⁴]?)([⁺⁻])(?![{''.join(_POWERS)}])")
_MINUS_BEHIND = re.compile(r"(?<=[A-Za-z\d\])])−(?=[\s,.;:)\]]|$)")
_ISOTOPE = re.compile(f"(?<![\\w.])([{''.join(_POWERS)}]{{1,3}})([A-Z][a-z]?)(?![a-z])")
_ELEMENTS = pairs(TABLES["isotopes"])
# "↑ pressure"; but "BP ↑ 10%", "press ↑ twice"
_CHANGE = re.compile(
    r"(?<!ress )(?<!the )(?<!rrow )(?<!it )(?<!ap )(?<!lick )(?<!or )([↑↓]) ?(?=(?!and\b|keys?\b|"
    r"arrows?\b|buttons?\b|then\b|twice\b|once\b)[a-z]{3})"
)
_LENGTH = r"(?:[mckμµn]?m|in|ft|km)"
# "Read more →", "↓↓11", of no meaning
_ORNAMENT_ARROW = re.compile(
    r"^[ →⟶]*[→⟶]+ *|(?<=\S)(?<!ress)(?<!the)(?<!hit)(?<!lick)(?<!tap)(?<!rrow) *[→⟶]+ *$|"
    r"([↑↓→])\1+",
    re.M,
)
# UTF-8 that was read as Windows-1252: "donâ€™t", "cafÃ©"
_MISREAD = re.compile(
    "[ÂÃâ](?:€[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[\u0080-\u00bf€ƒ„…†‡ˆ‰Š‹ŒŽ•™›œž])"
)
_SIDES = re.compile(
    r"(?<=[A-Za-z.)]) ?× ?(?=\d{1,3} ?(?:days?|d|wks?|weeks?|mos?|months?|hours?|hrs?|nights?|"
    r"min)\b)|"
    rf"(?<=[mnt]) ?× ?(?=\d[\d.]* ?{_LENGTH}\b)|"
    rf"(?<=\d) × (?=(?:\d[\d.]* × )?\d[\d.]* ?{_LENGTH}\b(?!/))|(?<=[\d½¼¾⅓⅔⅛⅜⅝⅞\"”″]) ?× ?"
    r"(?=\d*[½¼¾⅓⅔⅛⅜⅝⅞]?[ -]?(?:inch|in\b|[\"”″]))"
)
_STANDARD = re.compile(r"(?:(?<=Δ[GHS])|(?<=\b[EGHS]))°(?=[\s,.;:)\]=]|$)")  # ΔG°
_COPYRIGHT = re.compile(r"\b([Cc]opyright|COPYRIGHT) ?©")
_MIDDLE_POINT = re.compile(r"(?<![\d·.])(\b(?:0|\d{1,3})?)·(?=\d{1,3}\b(?![·.]\d))(?!10\b)")
# 5 N·m, 4 J·s⁻¹, 8 J/(mol·K)
_UNITS_TOGETHER = re.compile(r"(\d ?[A-Za-z]{1,4}(?:\^[23])?)[·⋅](?=[A-Za-z]{1,3}(?![A-Za-z]))")
_PRODUCT_DOT = re.compile(
    r"(?<=· \d) · (?=\d)|(?<=\d) · (?=\d[\d.]*(?: ·| ?[=.,;)]|$))|(?<=\d)·(?=10[⁰¹²³⁴⁵⁶⁷⁸⁹^⁻])"
)
_UNITS_BELOW = re.compile(r"/\(([A-Za-z]{1,3})[·⋅]([A-Za-z]{1,3})\)")
_MIXED = re.compile(f"(?:([0-9]) ?)?([{''.join(_FRACTIONS)}])")
_ORDINAL_SIGN = re.compile(
    r"(?<=\d)( ?)º(?= ?[CF]\b)|(?:(?<=\d\d)|(?<=\.\d))()º(?!\w)|(?<=\d)()º(?=[.,;:)]|$)|"
    r"(?<=[Nn])º(?=[.:]? ?\d)"
)  # taken for a degree
_INCHES = re.compile(r"(?<=[\d½¼¾⅓⅔⅛⅜⅝⅞])”")
_OHM = re.compile(r"(?<=\d)([ -]?[kMm]?)Ω")  # one of the units
_LANDS = listed(
    "AR Argentina AU Australia BR Brazil CA Canada CH Switzerland CN China DE Germany ES Spain "
    "FR France GB Britain IE Ireland IN India IT Italy JP Japan KR Korea MX Mexico NO Norway "
    "PT Portugal RU Russia SE Sweden UA Ukraine"
)
_LAND = dict(zip(_LANDS[::2], _LANDS[1::2], strict=True))
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\u20e3\U000e0020-\U000e007f]")  # tones, keycaps, tags
_JOINED = re.compile("\u200d[♀♂]")  # the shrug of a woman
_OWNED = re.compile(r"(?<=[\w'’.)])[®™]")
# one of several: "😂😂😂"
_REPEATED = re.compile("([\u2600-\u27bf\U0001f300-\U0001faff])\\1{2,}")
# "🎉 We won!": an ornament before a line
_BEFORE_LINE = re.compile(
    "^ *(?:[\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff] ?)+(?=[A-Z][A-Za-z])",
    re.M,
)
_LAST_ARROW = re.compile(r" ?[→➔➜➡] ?$", re.M)  # "More →"
# ▶ play, ➤ next: a mark of an item
_MARK_OF_ITEM = re.compile(
    "^ *(?:[\u25a0-\u25ff\u2794-\u27bf\u2713-\u2718\u2756\u2b1b\u2b1c] ?)+(?=\\w)", re.M
)
_STARS = re.compile("(★+)(☆*)")
_BACK_TICK = re.compile(r"(?<=[A-Za-z])`(?=[a-z])")  # mama`s
# how a name is said: "(/dʒəˈroʊm/; Latin: …)"
_PHONETIC = re.compile(
    r"(?<![\w/])[/\[](?=[^/\[\]\n]{0,40}[ˈˌːəʊɪʃʒɔɛŋɑʌɜɒɐɹʁɲ])[^/\[\]\n]{1,80}[/\]](?!\w)[;,]? ?"
)
_BY = re.compile(r"(?<=\d)×(?=\d)")
# "children ≥3 months": the limit of what is named, no statement
_LIMIT = re.compile(r"(?:(?<=[A-Za-z]{2} )|(?<=[,;:] )|(?<=\()|^)([≥≤])(?= ?[\d.])")
_RANGE_DASH = re.compile(
    r"(?<=[0-9A-Za-z%.])–(?=[0-9A-Za-z£$€])|(?:(?<=[ap]m)|(?<=[ap]\.m\.)|(?<=[AP]M)) – (?=\d)|"
    # (1890 – 91), 3 – 0; but "at 12 – 14 people came"
    r"(?<=\d) – (?=[$£€]\d)|(?<=\d) – (?=\d[\d.,]* ?(?:mph|kph|km/h|kts?|knots|lbs?|oz|[km]?g|"
    r"m[lL]|[ckm]?m|ft|feet|inch(?:es)?|miles|pounds|ounces|cups|degrees|mins?|hrs?|minutes|hours|"
    r"days|weeks|months|years)\b)|(?<=\bscore was \d\d) – (?=\d)|(?<=\bscore was \d\d\d) – (?=\d)|"
    r"(?<=\d) – (?=\d[\d.,]*%?(?:[)\];:!?]|[.,](?:\s|$)|$))"
)  # else a dash
# "200 – 500 employees", "Nov. 26 – December 3", where it is no dash
_OF_MONTH = rf"(?:{SHORT_MONTH})[a-z]*\.? "
_SPAN_APART = re.compile(
    r"((?:^|[:(~] ?|\b(?:[Ff]rom|[Aa]bout|[Bb]etween|[Rr]oughly|[Aa]round|[Tt]akes?|[Ff]or|"
    rf"[Aa]ges?|[Gg]rades?|[Pp]ages?|[Cc]hapters?|[Ww]eeks?) )[\d.,]*\d) – (?=\d[\d.,]* ?[a-z%])|"
    rf"({_OF_MONTH}(?:\d{{1,2}}(?:st|nd|rd|th)?(?:, \d{{4}})?|\d{{4}})) – (?={_OF_MONTH}\d)"
)
_NEGATIVE = re.compile(r"(?:(?<=\s)|(?<=\()|^)–(?=[$£€₹]?\d)")  # magnitude –4.8
_AREA_UNIT = re.compile(r"(?<![^\W\d])((?:k|c|m)?m|ft|in|mi|yd)([²³])")


@cache
def _table() -> dict[int, str]:
    table = {ord(c): plain for plain, cs in _PLAIN.items() for c in cs}
    return table | {ord(c): word for c, word in _SPOKEN.items() if c not in KEPT}


def plain(text: str, unspoken: list[str]) -> str:
    """Text in Latin letters, ASCII, typographic marks and the signs of `KEPT`; what nothing can
    speak is left out and added to `unspoken`.
    """
    if "`" in text:
        text = _BACK_TICK.sub("'", text)
    if text.isascii():
        return text if text.isprintable() else _CONTROL.sub(" ", text)
    if "â€" in text or "Ã" in text or "Â" in text:
        text = _MISREAD.sub(_read_right, text)
    text = unicodedata.normalize("NFC", text)
    if "χ" in text:
        text = _CHI.sub("chi squared", text)
    if "→" in text or "↓" in text or "↑" in text:
        text = _ORNAMENT_ARROW.sub(" ", text)
    if "/" in text or "[" in text:
        text = _PHONETIC.sub("", text)
    signs = set(_NOT_ASCII.findall(text))
    if "”" in text and "“" not in text:
        text = _INCHES.sub('"', text)
    if "º" in text:
        text = _ORDINAL_SIGN.sub(lambda m: f"{m[1] or ''}°", text)
    if not signs.isdisjoint(_POWERS):
        text = _NOTE.sub("", text)
        text = _AREA_UNIT.sub(lambda m: f"{m[1]}^{_POWERS[m[2]]}", text)
    if "↑" in text or "↓" in text:
        text = _CHANGE.sub(lambda m: " increased " if m[1] == "↑" else " decreased ", text)
    if "×" in text:
        text = _SIDES.sub(" x ", text)
    if "⁺" in text or "⁻" in text:
        text = _CHARGE.sub(lambda m: f"{_POWERS.get(m[1], '')} {_SIGNS[m[2]]}", text)
    if "²" in text or "³" in text:
        text = _GREEK_POWER.sub(lambda m: " squared" if m[1] == "²" else " cubed", text)
    if not signs.isdisjoint(_POWERS):
        text = _POWER.sub(_power, _ISOTOPE.sub(_isotope, text))
    if "°" in text:
        text = _STANDARD.sub(" naught", text)
    if "−" in text:
        text = _TAKEN_FROM.sub(" minus ", text)
        text = _MINUS_BEHIND.sub(" minus", text)
        text = _LOST_POWER.sub(lambda m: f"{m[1] or ''}^-", text)
        text = _LESS.sub(r"\1 minus ", text)
    if "©" in text:
        text = _COPYRIGHT.sub(r"\1", text)
    if "·" in text:
        text = _MIDDLE_POINT.sub(r"\1.", text)
    if "·" in text or "⋅" in text:
        text = _UNITS_TOGETHER.sub(r"\1*", _UNITS_BELOW.sub(r"/\1/\2", text))
    if "·" in text:
        text = _PRODUCT_DOT.sub("  times  ", text)
    if not signs.isdisjoint(_FRACTIONS):
        text = _MIXED.sub(lambda m: f"{m[1] + ' ' if m[1] else ''}{_FRACTIONS[m[2]]}", text)
    if max(signs, default="") >= "\u20e3":  # the first of keycaps, arrows, emoji
        text = _pictures(text)
    text = text.replace("\u00b5", "μ")
    if "®" in text or "™" in text:
        text = _OWNED.sub("", text)
    if "×" in text:
        text = _BY.sub("x", text)
    if "§§" in text:
        text = text.replace("§§ ", "§§").replace("§§", " sections ")
    text = text.replace("§ ", "§")
    if "–" in text:
        text = _NEGATIVE.sub("-", text)
    if "≥" in text or "≤" in text:
        text = _LIMIT.sub(lambda m: f"{_LIMITS[m[1]]} than or equal to ", text)
    text = _NOT_ASCII.sub(_in_table, text.replace("`", "'"))
    if "–" in text:
        if " – " in text:
            text = _SPAN_APART.sub(lambda m: f"{m[1] or m[2]} to ", text)
        text = _RANGE_DASH.sub("-", text)
    if "Ω" in text:
        text = _OHM.sub(r"\1ohm", text)
    text = _GREEK.sub(_greek_letter, text)
    text = _NOT_ASCII.sub(lambda m: m[0] if _stays(m[0]) else _spell(m[0], unspoken), text)
    return _CONTROL.sub(" ", text)


def _flag(match: re.Match[str]) -> str:
    code = "".join(map(_letter, match[0]))
    return f" flag of {_LAND.get(code) or '.'.join(code) + '.'} "


def _pictures(text: str) -> str:
    """Flags, stars and emoji: each once, without its color, and none before or behind a line."""
    text = _FLAG.sub(_flag, text)
    if "★" in text:
        text = _STARS.sub(_stars, text)
    if "\u200d" in text:
        text = _JOINED.sub("", text.replace("\ufe0f", "").replace("🏳\u200d🌈", " rainbow flag "))
    text = _SKIN.sub("", text).replace("\ufe0f", "")
    if "→" in text or "➡" in text or "➔" in text or "➜" in text:
        text = _LAST_ARROW.sub("", text)
    return _REPEATED.sub(r"\1", _MARK_OF_ITEM.sub("", _BEFORE_LINE.sub("", text)))


def _read_right(match: re.Match[str]) -> str:
    """ "â€“" -> "–", "Ã©" -> "é"; what is no UTF-8 stays."""
    bytes_ = bytearray()
    for c in match[0]:
        try:
            bytes_ += c.encode("cp1252")
        except UnicodeEncodeError:
            bytes_.append(ord(c) & 0xFF)
    try:
        return bytes_.decode()
    except UnicodeDecodeError:
        return match[0]


def _isotope(match: re.Match[str]) -> str:
    """ "²³⁵U" -> "uranium-235"."""
    name = _ELEMENTS.get(match[2])
    return f"{name}-{''.join(_POWERS[c] for c in match[1])}" if name else match[0]


def _power(match: re.Match[str]) -> str:
    if match[2] in "²³" and match.string[match.start() - 1] == ")" and not match[1]:
        return " squared" if match[2] == "²" else " cubed"
    return "^" + "-" * (match[1] == "⁻") + "".join(_POWERS[c] for c in match[2])


def letters(text: str) -> str:
    """What `plain` gives, in ASCII and the signs of `KEPT`."""
    if text.isascii():
        return text
    return _NOT_ASCII.sub(_letter_form, text)


def _letter_form(match: re.Match[str]) -> str:
    c = match[0]
    if c in KEPT or "\ue000" <= c <= "\uf8ff":
        return c
    return _MARKS.get(ord(c)) or _ascii_form(c) or " "


def _in_table(match: re.Match[str]) -> str:
    return _table().get(ord(match[0]), match[0])


@lru_cache(maxsize=4096)
def _stays(character: str) -> bool:
    if character.isascii() or ord(character) in _MARKS or character in KEPT:
        return True
    if "\ue000" <= character <= "\uf8ff":
        return True
    latin = unicodedata.name(character, "").startswith("LATIN ")
    return latin and character.isalpha() and _ascii_form(character) is not None


_LOOKS = re.compile(
    r"\b(?:heavy|black|white|sign|symbol|emoji|squared|(?:medium|large|small)(?= (?:\w+ )?(?:star|"
    r"circle|square|diamond)))\b ?"
)  # of a drawing
# Those that people call otherwise than Unicode does.
_EMOJI = pairs(TABLES["emoji"])
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def _stars(match: re.Match[str]) -> str:
    """ "★★★★☆" -> "4 out of 5 stars", "★★★" -> "3 stars"."""
    full, empty = len(match[1]), len(match[2])
    if full == 1 and not empty:
        return " star "
    return f" {full} out of {full + empty} stars " if empty else f" {full} stars "


def _letter(indicator: str) -> str:
    return chr(ord(indicator) - 0x1F1E6 + ord("A"))


def _greek_letter(match: re.Match[str]) -> str:
    before, after = (
        match.start() and match.string[match.start() - 1],
        behind(match),
    )
    if match[0] == "μ" and re.match(r"(?:[mgslfahvwjnt]|sec|mol|ci|sv|gy|eq)\b", after.lower()):
        return "μ"  # micro
    name = _LETTER_NAMES.get(match[0].lower(), match[0])
    left = " " if isinstance(before, str) and before.isalnum() else ""
    return left + name + (" " if after[:1].isalnum() else "")


@lru_cache(maxsize=4096)
def _ascii_form(character: str) -> str | None:
    """ASCII, the name of an emoji, or None."""
    category = unicodedata.category(character)
    name = unicodedata.name(character, "")
    if category in ("Mn", "Me", "Cf", "Cc"):  # accents and marks on what goes before
        return ""
    stripped = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    )
    if stripped.isascii() and stripped:
        return stripped
    if character in _EMOJI:
        return f" {_EMOJI[character]} "
    if name and category in ("So", "Sk") and not name.startswith(("CJK", "HANGUL", "KANGXI")):
        return f" {_LOOKS.sub('', name.lower().replace('-', ' '))} "
    if latin := _LATIN.fullmatch(name):  # œ, ħ
        return latin[2].capitalize() if latin[1] == "CAPITAL" else latin[2].lower()
    return to_ascii(character) or to_ascii(stripped) or None


def _spell(character: str, unspoken: list[str]) -> str:
    form = _ascii_form(character)
    if form is None:
        unspoken.append(character)
        return " "
    return form
