"""The symbol sets. A token is a symbol's place in its set; the set that a voice was trained with
is in its checkpoint.

`english_basic`, `english_basic_lowercase`, `english_expanded` and `english_mandarin_basic` are
NVIDIA's (FastPitch, Tacotron 2), in their order: ARPAbet symbols carry an `@`, pinyin ones a `#`.
`amphion` and `ming024` are those of the FastSpeech 2 of these names: phones of the Montreal Forced
Aligner, also with an `@`. `espeak_en` holds every phoneme that espeak-ng's English voices make,
vowels with and without stress; `ipa` holds single signs, for all of espeak-ng's languages. `piper`
is that with the signs that Piper has at both ends; a voice imported from it has its own numbers.
`vits` is that of the authors of VITS, in their order.
"""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

from recital.utils.config import nearest
from recital.utils.errors import ConfigError

_ARPABET_VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
_ARPABET_CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
_ARPABET = sorted(
    [f"@{phone}" for phone in _ARPABET_CONSONANTS.split()]
    + [f"@{vowel}{n}" for vowel in _ARPABET_VOWELS.split() for n in ("", "0", "1", "2")]
)
ARPABET = frozenset(symbol[1:] for symbol in _ARPABET)

MARKS = tuple(",.;:!?-")  # what `espeak.phonemize` leaves at the end of a clause
STRESSES = ("", "ˈ", "ˌ")
_ESPEAK_CONSONANTS = "b d dʒ f h j k l m n p r s t tʃ v w x z ð ŋ ɡ ɡʲ ɬ ɹ ɾ ʃ ʒ ʔ θ nʲ l̩"
_ESPEAK_VOWELS = (
    "a aɪ aɪə aɪɚ aʊ aː e eɪ eː i iə iː n̩ o oʊ oː u uː æ ɐ ɑː ɑːɹ ɑ̃ ɔ ɔɪ ɔː ɔːɹ ɔ̃ "
    "ə əl ɚ ɛ ɛɹ ɛː ɜː ɪ ɪɹ ʊ ʊɹ ʌ ᵻ"
)

_FINALS = "A AI AN ANG AO E EI EN ENG ER I IE IN ING IU O ONG OU U UI UN V VE VN"
MANDARIN_FINALS = frozenset(_FINALS.split())
MANDARIN_MARKS = "，。？！；：、‘’“”（）【】「」《》"
_MANDARIN = (
    "^ A AI AN ANG AO B C CH D E EI EN ENG ER F G H I IE IN ING IU J K L M N O ONG OU P Q R S SH T "
    "U UI UN V VE VN W X Y Z ZH 1 2 3 4 5"
)
# What espeak-ng's voices make in 137 languages, sign by sign: letters, then stress, length, tones
# and the marks above, below and behind a letter.
_IPA_LETTERS = (
    "abcdefghijklmnopqrstuvwxyzæðøħŋœɐɑɒɓɔɕɖɗɘəɚɛɜɝɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐ"
    "ʑʒʔʕʘʙʛʜʝʟʡʢʦǀǁǂǃβεθχᵻᵝ"
)
_IPA_SIGNS = (
    'ˈˌːˑʰʲʷʼˠˤ1234567ANSXZ"#()[^`'
    "\u0303\u0308\u030a\u031d\u031e\u0327\u0329\u032a\u032f\u033a\u033b"
)
_IPA = ("_", " ", *MARKS, *_IPA_LETTERS, *_IPA_SIGNS)
# marks, letters and signs of the International Phonetic Alphabet
_VITS_MARKS = ';:,.!?¡¿—…"«»“” '
_VITS_IPA = (
    "ɑɐɒæɓʙβɔɕçɗɖðʤəɘɚɛɜɝɞɟʄɡɠɢʛɦɧħɥʜɨɪʝɭɬɫɮʟɱɯɰŋɳɲɴøɵɸθœɶʘɹɺɾɻʀʁɽʂʃʈʧʉʊʋⱱʌɣɤʍχʎʏʑʐʒʔʡʕʢǀǁǂǃˈˌːˑʼʴʰʱʲʷ"
    "ˠˤ˞↓↑→↗↘'\u0329'ᵻ"
)
_ENGLISH = (*"_-!'(),.:;? ", *ascii_uppercase, *ascii_lowercase, *_ARPABET)
_MFA_SILENCES = ("@sp", "@spn", "@sil")  # a pause, a noise, the silence at the ends
_PINYIN_INITIALS = "b c ch d f g h j k l m n p q r s sh t w x y z zh"
_PINYIN_FINALS = (
    "a ai an ang ao e ei en eng er i ia ian iang iao ie ii iii in ing iong iou o ong ou "
    "u ua uai uan uang uei uen uo v van ve vn"
)
_PINYIN = (
    *(f"@{initial}" for initial in _PINYIN_INITIALS.split()),
    *(f"@{final}{tone}" for final in _PINYIN_FINALS.split() for tone in range(1, 6)),
    "@rr",
)

SYMBOL_SETS: dict[str, tuple[str, ...]] = {
    "english_basic": _ENGLISH,
    "english_basic_lowercase": (*"_-!'\"(),.:;? ", *ascii_lowercase, *_ARPABET),
    "english_expanded": (
        *"!'\",.:;? #%&*+-/[]()_@©°½—₩€$áçéêëñöøćž",
        *ascii_uppercase,
        *ascii_lowercase,
        *_ARPABET,
    ),
    "english_mandarin_basic": (
        *_ENGLISH,
        *(f"#{symbol}" for symbol in _MANDARIN.split()),
        *(f"#{mark}" for mark in MANDARIN_MARKS),
    ),
    "amphion": (*_ENGLISH, *_MFA_SILENCES),
    "ming024": (*_ENGLISH, *_PINYIN, *_MFA_SILENCES),
    "espeak_en": (
        "_",
        " ",
        *MARKS,
        *_ESPEAK_CONSONANTS.split(),
        *(stress + vowel for vowel in _ESPEAK_VOWELS.split() for stress in STRESSES),
    ),
    "ipa": _IPA,
    "piper": ("_", "^", "$", *(symbol for symbol in _IPA if symbol not in "_^")),
    "vits": ("_", *_VITS_MARKS, *ascii_uppercase, *ascii_lowercase, *_VITS_IPA),
}


def symbol_set(name: str) -> tuple[str, ...]:
    """The symbols of a set, in the order of their tokens; `ConfigError` for an unknown name."""
    if name not in SYMBOL_SETS:
        raise ConfigError(
            f"text.symbol_set: no set {name!r}"
            f"{nearest(name, SYMBOL_SETS) or '; known: ' + ', '.join(SYMBOL_SETS)}"
        )
    return SYMBOL_SETS[name]
