"""Letters of other alphabets in ASCII, as NVIDIA's recipes transliterate them (after
sindresorhus/transliterate and codebox/homoglyph): what is in none of these tables is dropped.
"""

from __future__ import annotations

import unicodedata
from functools import cache

# Letters whose ASCII form is what stays when the accents are taken off.
_ACCENTED = (
    "ÀÁÂÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÕŐÙÚÛŰÝàáâãåçèéêëìíîïñòóôõőùúûűýÿ"
    "ăĂĩĨũŨơƠưƯạẠảẢấẤầẦẩẨẫẪậẬắẮằẰẳẲẵẴặẶẹẸẻẺẽẼ"
    "ếẾềỀểỂễỄệỆỉỈịỊọỌỏỎốỐồỒổỔỗỖộỘớỚờỜởỞỡỠợỢụỤủỦứỨừỪửỬữỮựỰỳỲỵỴỷỶỹỸ"
    "șȘțȚţŢşŞğĞİčďěňřšťůžČĎĚŇŘŠŤŮŽāēģīķļņūĀĒĢĪĶĻŅŪąęėįųĄĘĖĮŲćńśźżĆŃŚŹŻ"
)
_LATIN = (
    "ß ss ẞ SS ä ae Ä Ae ö oe Ö Oe ü ue Ü Ue Æ AE æ ae Ð D ð d Ø O ø o Þ TH þ th Đ D đ d ı i "
    "Ł L ł l Ĳ IJ ĳ ij"
)
_GREEK = (
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ ks ο o π p ρ r σ s τ t υ y φ f χ x "
    "ψ ps ω o ς s ά a έ e ή i ί i ό o ύ y ώ o ϊ i ϋ y ΐ i ΰ y"
)
_CYRILLIC = (
    "а a б b в v г g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u "
    "ф f х kh ц ts ч ch ш sh щ sch ы y э e ю yu я ya є ye і i ї yi ґ g ќ kj љ lj њ nj"
)
_CURRENCY = "¢ c ¥ Y € E ₩ W ₹ R ₽ P ₿ B ₺ L ₱ P"
_PUNCTUATION = {
    " ": "\u00a0\u1680\u2028\u2029\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B))),
    "'": "´ʹʻʼʽˈˊˋ`‘’‛′‵＇",
    '"': "¨ʺ˝“”‟❝❞",
    "(": "❨❲〔（［",
    ")": "❩❳〕）］",
    "-": "‐‑‒–⁃−➖﹘˗",
    ",": "¸‚，",
    "/": "⁁⁄∕／",
    ".": "․．",
    "x": "×",
    "<": "‹❮＜",
    ">": "›❯＞",
    "*": "∗＊",
    "+": "➕＋",
    "~": "˜∼",
    "?!": "‽",
    "!": "！",
    "?": "？",
    ":": "：∶",
    ";": "；;",
}


@cache
def _table() -> dict[str, str]:
    table = {letter: _strip(letter) for letter in _ACCENTED}
    for pairs in (_LATIN, _CURRENCY, _GREEK, _CYRILLIC):
        fields = pairs.split()
        for letter, ascii_form in zip(fields[::2], fields[1::2], strict=True):
            table[letter] = ascii_form
            if pairs in (_GREEK, _CYRILLIC) and len(letter.upper()) == 1:
                capital = ascii_form.upper() if pairs is _GREEK else ascii_form.capitalize()
                table.setdefault(letter.upper(), capital)
    table |= {"ъ": "", "Ъ": "", "ь": "", "Ь": ""}
    for mark, glyphs in _PUNCTUATION.items():
        table |= dict.fromkeys(glyphs, mark)
    table |= {
        chr(code + 0xFEE0): chr(code)
        for code in range(ord("!"), ord("~") + 1)
        if chr(code) not in "Il01"
    }
    return table


def _strip(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


def to_ascii(text: str) -> str:
    """Text in ASCII; a character without a counterpart is dropped."""
    table = _table()
    return "".join(c if ord(c) < 127 else table.get(c, "") for c in text)
