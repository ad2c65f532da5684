"""The phones of the aligner: a few dozen sounds that it distinguishes, for all of espeak-ng's
languages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# Sounds that its training has often. The blank, number 0, is silence or nothing.
PHONES = ("", *"abdefhijklmnoprstuvwxyzæçðøŋœɐɑɔəɛɜɡɣɪɹɾʃʊʌʒθ")
# Sounds that it takes for one of these.
_LIKE = {
    "ɚ": "ɜ", "ɝ": "ɜ", "ɞ": "ɜ", "ᵻ": "ɪ", "ɨ": "ɪ", "ʏ": "y", "ʉ": "y", "ɥ": "y", "ɒ": "ɔ",
    "ɵ": "ø", "ɶ": "œ", "ɘ": "ə", "ɤ": "ə", "ɯ": "u", "g": "ɡ", "ɠ": "ɡ", "ʛ": "ɡ", "ɢ": "ɡ",
    "ɟ": "ɡ", "ʄ": "ɡ", "c": "k", "q": "k", "ɖ": "d", "ɗ": "d", "ʈ": "t", "ɓ": "b", "ʙ": "b",
    "ɕ": "ʃ", "ʂ": "ʃ", "ɧ": "ʃ", "ʑ": "ʒ", "ʐ": "ʒ", "ɦ": "h", "ħ": "h", "ɸ": "f", "β": "v",
    "ʋ": "v", "ⱱ": "v", "ʍ": "w", "χ": "x", "ʁ": "r", "ʀ": "r", "ɻ": "ɹ", "ɽ": "ɾ", "ɺ": "ɾ",
    "ɫ": "l", "ɬ": "l", "ɭ": "l", "ɮ": "l", "ʎ": "l", "ʟ": "l", "ɱ": "m", "ɲ": "n", "ɳ": "n",
    "ɴ": "n", "ʝ": "j", "ʜ": "h",
}  # fmt: skip
_NUMBERS = {phone: i for i, phone in enumerate(PHONES) if phone}
_NUMBERS |= {sound: _NUMBERS[phone] for sound, phone in _LIKE.items()}


def phone_numbers(tokens: Sequence[str]) -> list[int]:
    """The numbers of what `espeak.phonemize` gives, without stress, length, marks and what is no
    sound of its own: ["ˈaɪ", "tʃ"] -> those of a, ɪ, t and ʃ.
    """
    signs = unicodedata.normalize("NFD", "".join(tokens))
    return [_NUMBERS[sign] for sign in signs if sign in _NUMBERS]
