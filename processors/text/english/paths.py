r"""Names of files and folders: "C:\Users\notes.txt", "/etc/hosts", "./run.sh", "main.rs"."""

from __future__ import annotations

import re

from recital.processors.text.english.web import dotted, spell_address
from recital.processors.text.english.words import ahead

_PART = r"[\w.,$%()~+-]+"
# A blank inside of a folder's name only where the folder ends with a backslash.
_FOLDERS = rf"(?:{_PART}(?: [\w.()-]+){{0,3}}\\){{0,16}}"
_WINDOWS = re.compile(
    rf"(?<![\w\\])(?:[A-Za-z]:\\|\\\\(?=\w)|%[A-Za-z]+%\\){_FOLDERS}(?:[\w$%~+-]+(?:\.[\w-]+)*)?"
)
_ROOTS = "bin|boot|dev|etc|home|lib|mnt|opt|proc|root|srv|sys|tmp|usr|var"
# "/about/team"; one name alone is a folder only where every system has it: not "he /she".
_UNIX = re.compile(
    rf"(?:(?<=[\s(\"'])|^)(?:(?:~|\.\.?)/(?=\.?\w)|/(?![a-z]+ [a-z]+/)(?=(?:{_ROOTS})\b|"
    r"[A-Za-z.][\w.+-]*(?:/[\w.]|\.[a-z])))[\w.+-]*(?:/[\w.+-]+)*(?<![.,])/?"
)
_FILE = re.compile(
    r"(?<![\w/-])((?:[\w-]{1,64}[/.]){0,8}[\w-]+)\.(txt|pdf|docx?|xlsx?|pptx?|odt|rtf|csv|tsv|md|"
    r"jpe?g|png|gif|svg|heic|tiff?|psd|mp[34]|m4a|mov|avi|mkv|wav|flac|ogg|midi?|zip|rar|gz|bz2|xz|"
    r"7z|iso|dmg|apk|exe|dll|msi|bat|html?|css|jsx?|tsx?|json|xml|ya?ml|toml|ini|cfg|conf|log|bak|"
    r"tmp|py|ipynb|rb|rs|cpp|hpp|php|java|kt|sql|db|sh|tex|epub|mobi|eps)\b(?![.@]\w)"
    # a blank that was left: "a break.log off now"
    r"(?<!log(?= off))(?<!log(?= out))(?<!log(?= into))(?<!bat(?= in hand))"
)
_INSIDE = re.compile(r"\.[a-z7]")
# .bashrc, ".gitignore"
_HIDDEN = re.compile(
    r"(?:(?<=[\s(\"'])|^)\.(?=(?:\w+(?:rc|ignore|config|profile|access)|env|ssh|git\w*|[A-Z]{2,}|"
    r"[a-z]{2,5}|mp[34])\b)"
)
_HOME_OF = re.compile(r"(?<![\w~])~(?=[a-z][\w-]*/)")  # ~ann/notes
_SNAKE = re.compile(r"(?<![\w@#])[A-Za-z]+(?:_[A-Za-z\d]+)+(?!\w)")  # rx_min_usec
# Which must be typed: "the password is tulip_88"
_TYPED = re.compile(
    r"(?:[Pp]assword|\bpw|[Uu]sername):? $|\b(?:[Pp]ass(?:word|code)|pw|[Uu]ser(?: ?name)?|"
    r"[Ll]ogin|[Hh]andle|IG|[Ii]nsta\w*|SSID)(?:'s| is) $"
)
_NO_VOWELS = re.compile(r"[b-df-hj-np-tv-xz]{2,5}", re.I)


_SOUNDS = re.compile(r"\b(?:IPA|pronounced|pronunciation|phonemes?|phonetic\w*)\b")


def expand(text: str) -> str:
    """Paths and files as people read them: "slash E.T.C. slash hosts", "main dot R.S."."""
    if "\\" in text:
        text = _WINDOWS.sub(lambda m: spell_address(m[0]), text)
    if "/" in text and not _SOUNDS.search(text):
        text = _UNIX.sub(lambda m: spell_address(m[0].rstrip("/")), text)
    if "~" in text:
        text = _HOME_OF.sub("tilde ", text)
    if "_" in text:
        text = _SNAKE.sub(_snake, text)
    if " ." in text or '".' in text or "(." in text or text[:1] == ".":
        text = _HIDDEN.sub("dot ", text)
    return _FILE.sub(lambda m: spell_address(m[0]), text) if _INSIDE.search(text) else text


def _snake(match: re.Match[str]) -> str:
    parts = match[0].split("_")
    between = " underscore " if _TYPED.search(ahead(match, 24)) else " "
    return between.join(dotted(p) if _NO_VOWELS.fullmatch(p) else p for p in parts)
