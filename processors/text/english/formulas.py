"""Formulas: of chemistry (NaHCO3, MeOH), letter by letter, and of mathematics between the dollar
signs of LaTeX ("$x^2 \\le y$"), in words.
"""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, shape
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import TABLES, cardinal, glossary, word_set

_ELEMENTS = word_set(TABLES["elements"])
# Without a number, names of other things look like formulas: AcMe, HeLa, LiPo, NaN.
_PLAIN = re.compile(
    r"(?:Na|Li|Mg|Ca|Al|Zn|Cu|Ag|Ti|Si|Fe|Ni|Mn|Pb|Cd|H|K|Cs|Rb)(?:Cl|Br|F|I|O|OH|S|Se|H|CN)|(?:Me|"
    r"Et|Bu|Ph|Ac)+(?:OH|O|Cl|Br|I|Li|CN|OAc|OMe|OEt|SH|MgBr|MgCl|NH)|SiC|GaN|TiN|GaAs|InP"
)
_SYMBOL = re.compile(r"[A-Z][a-z]?|\d+|[()\[\]]")
_FORMULA = re.compile(
    r"(?<![\w.'$#@-])(?=[A-Z])(?:[A-Z][a-z]?\d*|[(\[](?=[A-Z])|[)\]](?=\d)\d+){2,}(?![\w'])"
)
# LiFe0.5Mn0.5PO4
_PARTED = re.compile(
    r"(?<![\w.'$#@-])(?=[A-Z])(?:[A-Z][a-z]?(?:\d{1,3}(?:\.\d{1,3})?)?){2,12}(?![\w'(-])"
)
_ANY_PARTED = re.compile(r"[A-Z][a-z]?\d\.\d+[A-Z]|[A-Z][a-z]?[A-Z][a-z]?\d?\.\d")
_SIDE_BY_SIDE = ("AA", "AaA", "0A", "(A", "[A", ")0", "]0")  # in the `shape` of one
# which end in their only number
_SHORT = re.compile(r"(?:H?[CNS]O|N[HO]|CH|PO|[BCNPS]F|[KH]NO|HSO)\d")

# Fe2+, OH-, "SO42 minus"; the sign may be a word
_ION = re.compile(
    r"(?<![\w.'$#@-])(?:(H?[CPS]O|CrO|Cr2O|AsO|SiO|S2O)([3-7])([2-4])|(OH|CN|SCN|H3O|NH4|NO[23]|"
    r"HCO3|HSO[34]|H2PO4|MnO4|ClO[234]?|SO[34]|CO3|PO4)([23]?)|([A-Z][a-z]?)(\d?))( plus| minus|"
    r"[+–-])(?=[\s,.;:)/\]]|-[a-zA-Z]|$)"
)
_SUSPENDED = re.compile(r" (?:and|or) \w+-[a-z]")  # "NO2- and CO-free"
_CHARGED = re.compile(r"[+–-](?=[\s,.;:)\]]|-[a-z]|$)(?<!\s.)")
_ALONE = word_set("Na K H Li Ca Cl")  # ions whose charge is one: K+, H+
_ORBITAL = re.compile(r"(?<![\w.])([1-7])([spdf])(?:\^?(\d{1,2}))?(?![\w'])")
_ANY_ORBITAL = re.compile(r"[1-7][spdf](?!\w{3})(?<!\w..)")
_OF_ELECTRONS = re.compile(
    r"\b(?:orbitals?|subshells?|sublevels?|electrons?|electron configurations?)\b"
)
_ANY_HYBRID = re.compile(r"sp[ ^1-3-]")
_HYBRID = re.compile(
    r"(?<![\w.])sp(?:\^?([1-3])(?:(d)(?:\^?([1-3]))?)?(?!\w|\.\w)|(?=[ -](?:hybrid|orbital)))"
)
# 3,3'-diaminobenzidine
_LOCANT = re.compile(r"(?<=\d)'(?=(?:,\d{1,2}'?){1,4}-[a-z]{4})|(?<=,\d)'(?=-[a-z]{4})")
_HYDRATE = re.compile(r"(?<=[A-Za-z\d)])\.(\d{0,2})H2O\b")  # Na2HPO4.7H2O
_HYDROXYL = re.compile(r"(?<!, )[-–−]?\bOH\b(?= (?:groups?|bonds?|radicals?|ions?|stretch))")
# 40 Mt CO2eq
_EQUIVALENT = re.compile(r"\bCO2[- ]?eq\b(?!\w)")
_TONS = re.compile(r"(?<=\d)( ?)([kMG])t(?=(?: of)? CO2)")
_TON_NAMES = {"k": "kilotons", "M": "megatons", "G": "gigatons"}
_OF = re.compile(
    r"(?<![\w.'(])([fgh])\(([xyztn]|\d+(?:\.\d+)?(?=\) ?=))\)(?![\w()]|\.\w)"
)  # f(x), f(3) = 7
_ANGLES = {"sin": "sine", "cos": "cosine", "tan": "tangent"}
_OF_ANGLE = re.compile(r"\b(sin|cos|tan)(?= ?\(?(?:\d[\d.]*°|(?:\d?[xθ]|theta|pi)\b))")
_MATH = re.compile(r"(?<![\\\w$])\$(?!\s)([^$\n]{1,200}?)(?<![\s\\])\$(?![\w$])")
_CITED = re.compile(r" ?\(\\cite\w{0,8}\{[^{}]*\}\)|[ ~]?\\(?:cite\w{0,8}|label)\{[^{}]*\}")
_STYLED = re.compile(r"\\(?:emph|text(?:bf|it|tt|sc|rm|sf)|underline|url)\{([^{}$]*)\}")
_WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{3,}(?![}A-Za-z])")  # "the x-axis" is none
_IS_MATH = re.compile(r"\\[A-Za-z]|[\^_]|^-?[A-Za-z](?:\s*(?:[=<>+*/-]|\().*)?$")
_TEXT = re.compile(r"\\(?:text|textrm|mathrm|operatorname)\{([^{}]*)\}")
_STYLE = re.compile(r"\\(?:math(?:bf|bb|cal|it|sf)|hat|bar|vec|tilde|boldsymbol)\{([^{}]*)\}")
_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_POWER = re.compile(r"\^(?:\{([^{}]*)\}|(\\?\w))")
_CALL = re.compile(r"(?<![A-Za-z\\])([A-Za-z])\((?=[^)])")
_TOKEN = re.compile(r"\\[A-Za-z]+|\x00\d+\x00|\d+(?:\.\d+)?|[A-Za-z]|[=<>+*/_-]")
_WORDS = glossary(TABLES["commands of LaTeX"]) | dict.fromkeys(
    TABLES["silent commands"].split(), ""
)
_GREEK = word_set(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega"
)
_SIGNS = {"=": "equals", "<": "is less than", ">": "is greater than", "+": "plus", "-": "minus",
          "*": "times", "/": "over", "_": "sub"}  # fmt: skip
_POWERS = {"2": "squared", "3": "cubed", "T": "transposed", "\\circ": "degrees"}


def expand(text: str) -> str:
    """Formulas of chemistry as people read them aloud."""
    if _CHARGED.search(text) or " minus" in text or " plus" in text:
        text = _ION.sub(_ion, text)
    if _ANY_ORBITAL.search(text) and _OF_ELECTRONS.search(text):
        text = _ORBITAL.sub(_orbital, text)
    if _ANY_HYBRID.search(text):
        text = _HYBRID.sub(_hybrid, text)
    if "'-" in text:
        text = _LOCANT.sub(" prime", text)
    if "CO2" in text:
        text = _EQUIVALENT.sub("CO2 equivalent", _TONS.sub(_tons, text))
    if ("°" in text or "=" in text) and holds(text, _ANGLES):
        text = _OF_ANGLE.sub(lambda m: _ANGLES[m[1]], text)
    if "a(a)" in shape(text) or "a(0" in shape(text):
        text = _OF.sub(r"\1 of \2", text)
    if "H2O" in text:
        text = _HYDRATE.sub(r" \1 H2O", text)
    if "OH" in text:
        text = _HYDROXYL.sub("O.H.", text)
    if "." in text and _ANY_PARTED.search(text):
        text = _PARTED.sub(_parted, text)
    return _FORMULA.sub(_formula, text) if holds(shape(text), _SIDE_BY_SIDE) else text


def expand_math(text: str) -> str:
    """What is between dollar signs and is no money, in words."""
    if "\\" in text and "{" in text:
        text = _STYLED.sub(r"\1", _CITED.sub("", text))
    return _MATH.sub(_math, text) if text.count("$") > 1 else text


def _tons(match: re.Match[str]) -> str:
    return f"{match[1] or ' '}{_TON_NAMES[match[2]]}"


def _formula(match: re.Match[str]) -> str:
    parts = _SYMBOL.findall(match[0])
    symbols = [part for part in parts if part[0].isalpha()]
    numbers = [part for part in parts if part[0].isdigit()]
    if len(symbols) < 2 or not all(symbol in _ELEMENTS for symbol in symbols):
        return match[0]
    two = any(len(symbol) == 2 for symbol in symbols)
    inside = parts[-1] in numbers and len(numbers) > 1 or (numbers and parts[-1] not in numbers)
    is_one = (two or inside) if numbers else bool(two and _PLAIN.fullmatch(match[0]))
    if not is_one and not _SHORT.fullmatch(match[0]):
        return match[0]
    return _formula_words(match[0])


def _parted(match: re.Match[str]) -> str:
    """ "LiFe0.5Mn0.5PO4" -> "L.I.F.E. zero point five M.N. zero point five P.O. four"."""
    symbols = re.findall(r"[A-Z][a-z]?", match[0])
    if "." not in match[0] or len(symbols) < 2 or not all(s in _ELEMENTS for s in symbols):
        return match[0]
    parts = re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", match[0])
    return " ".join(
        (part if "." in part else cardinal(int(part)))
        if part[0].isdigit()
        else (part.upper() if len(part) == 1 else dotted(part))
        for part in parts
    )


def _formula_words(formula: str) -> str:
    words: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+", formula):
        letters = part.upper() if len(part) == 1 else dotted(part)
        words.append(cardinal(int(part)) if part.isdigit() else letters)
    return " ".join(words)


def _ion(match: re.Match[str]) -> str:
    """ "Fe2+" -> "F.E. two plus"; "B+" and "In-" are none."""
    oxide, atoms, many, known, more, symbol, charge, sign = match.groups()
    if sign == "-" and _SUSPENDED.match(match.string, match.end()):
        return match[0]
    sign = {"+": "plus"}.get(sign, "minus") if len(sign) == 1 else sign.strip()
    if oxide:
        return f"{_formula_words(oxide + atoms)} {cardinal(int(many))} {sign}"
    if known:
        return f"{_formula_words(known)}{' ' + cardinal(int(more)) if more else ''} {sign}"
    plain = match[8] in ("+", " plus", " minus")
    alone = (
        symbol in _ALONE
        and (plain or symbol == "Cl")
        and not (match[8] == " minus" and symbol != "Cl")
    )
    if symbol not in _ELEMENTS or not (charge and (len(symbol) == 2 or plain) or alone):
        return match[0]
    letters = dotted(symbol) if len(symbol) > 1 else symbol
    return f"{letters}{' ' + cardinal(int(charge)) if charge else ''} {sign}"


def _orbital(match: re.Match[str]) -> str:
    power = f" {cardinal(int(match[3]))}" if match[3] else ""
    return f"{cardinal(int(match[1]))} {match[2].upper()}{power}"


def _hybrid(match: re.Match[str]) -> str:
    first, letter, second = match.groups()
    words = ["S.P.", cardinal(int(first)) if first else "", "D" if letter else ""]
    words.append(cardinal(int(second)) if second else "")
    return " ".join(filter(None, words))


def _math(match: re.Match[str]) -> str:
    inside = match[1]
    if not _IS_MATH.search(inside) or _WORD.search(_TEXT.sub("", inside)):
        return match[0]
    texts: list[str] = []

    def hold(text: re.Match[str]) -> str:
        texts.append(text[1])
        return f"\0{len(texts) - 1}\0"

    inside = _STYLE.sub(r" \1 ", _TEXT.sub(hold, inside))
    for _ in range(3):  # one inside the other
        inside = _FRACTION.sub(r" \1 \\over \2 ", inside)
    inside = _POWER.sub(_power, _CALL.sub(r"\1 \\of (", inside))
    words = []
    for token in _TOKEN.findall(inside):
        if token[0] == "\0":
            words.append(texts[int(token[1:-1])])
        elif token[0] == "\\":
            name = token[1:].removeprefix("var")
            words.append(name.lower() if name.lower() in _GREEK else _WORDS.get(name, ""))
        elif token.isdigit() and len(token) < 7:
            words.append(cardinal(int(token)))
        else:
            words.append(_SIGNS.get(token, token.upper() if token == "a" else token))
    return " ".join(filter(None, words))


def _power(match: re.Match[str]) -> str:
    power = (match[1] or match[2]).strip()
    return rf" \{_POWERS[power]} " if power in _POWERS else rf" \power {power} "
