"""Initialisms that espeak-ng would say as words: their letters apart; those of names without the
points, at which it would pause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from recital.processors.text.word_tables import listed

_CAPITALS = re.compile(r"(?<![\w.@/])[A-Z]{2,8}(?:-[A-Z]{2,8})*(?![\w@]|\.[A-Z])")
# J.-P. Durand, A. Durand
_NAME = re.compile(
    r"(?<![\w.'’-])((?:[A-ZÀÉ]\.(?: ?-?|(?=[A-ZÀÉ]))){1,6})"
    r"(?!(?:Les?|La|Une?|Il|Ils|Elles?|On|Et|Mais|Puis|Dans|Cette?|Lo|Gli|Des?|Au|Poi|Ma|Non|Per|Con|"
    r"Quando|Questo|Questa|Anche|Dopo)\b)(?=(?:d[eui] |von |van |l[ae] )?[A-ZÀÉ][a-zà-ÿ]+)"
)
_NUMERAL = re.compile(r"[IVXLC]+")
_FIRST = re.compile(r"([A-ZÀÉ])\.")


_LETTERED = frozenset(
    listed(
        "point plan groupe vitamine type hépatite classe série section catégorie option annexe "
        "partie bloc zone lettre bâtiment porte article phase tableau figure variante virus "
        "terminale équipe division ligue punto piano gruppo tipo epatite serie sezione lettera "
        "allegato parte fase "
        "tabella zona scala articolo comma categoria vitamina girone squadra"
    )
)


def open_names(text: str, kept: str = "") -> str:
    """ "J.-P. Durand" -> "J P Durand"; letters of `kept` by themselves are no names."""

    def opened(match: re.Match[str]) -> str:
        letters = _FIRST.findall(match[1])
        before = match.string[max(0, match.start() - 60) : match.start()].rstrip()
        if len(letters) == 1:
            last = before.rpartition(" ")[2]
            shouted = last.isupper() and len(last) > 1
            # "le point B. Puis"
            if letters[0] in kept or shouted or last.isdigit() or last.lower() in _LETTERED:
                return match[0]
        return " ".join(letters) + " "

    return _NAME.sub(opened, text)


def speller(
    spelled: frozenset[str],
    words: frozenset[str],
    unsayable: str,
    letters: Mapping[str, str],
) -> Callable[[str], str]:
    """What spells the initialisms of a text: those of `spelled`, and those that the pattern
    `unsayable` matches; no word of `words`, and nothing in a text that is all in capitals.
    """
    cannot = re.compile(unsayable)

    def spells(part: str) -> bool:
        if part in words or _NUMERAL.fullmatch(part):
            return False
        return part in spelled or cannot.fullmatch(part) is not None

    def say(match: re.Match[str], shouted: bool) -> str:
        parts = match[0].split("-")
        if not any(map(spells, parts)):
            return match[0]
        text = match.string
        before = text[: match.start()].rpartition(" ")[0].split(" ")[-1]
        after = text[match.end() :].lstrip().split(" ")[0]
        shouted = shouted or any(map(_shouted, (before, after)))
        if shouted and match[0] not in spelled:
            return match[0]
        return " ".join(
            " ".join(letters.get(letter, letter) for letter in part)
            if spells(part) or len(part) == 2
            else part
            for part in parts
        )

    def spell(text: str) -> str:
        if not _CAPITALS.search(text):
            return text
        shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text)) and any(
            map(_shouted, text.split())
        )
        return _CAPITALS.sub(lambda match: say(match, shouted), text)

    return spell


def _shouted(word: str) -> bool:
    """A neighbour in capitals too long for an initialism."""
    word = word.strip("«»\"'(),.;:!?")
    return len(word) > 4 and word.isupper() and word.isalpha()


# Words that capitals do not make initialisms, and initialisms that are said as words
_FRENCH_WORDS = frozenset(
    listed(
        "LE LA LES UN UNE DE DU DES AU AUX ET OU EN NE PAS SUR SE SI SA SES SON CE CES CET IL ON "
        "JE TU ME MA MES MON TE TA TES TON NI NON OUI QUI QUE OR CAR EST SONT ONT AN ANS LUI EUX "
        "ART ARC ACT EAU JEU LOI MOI TOI PRO PRE PLI CLE BLE CRU CRI TRI SKI PSY OS AS ELF EH EX "
        "ID OK THE AND OF IN IS TO DO NO GO UP BY MY WE HE ALL OFF OLD END INC AMP ASK ADD FLY TRY "
        "SHE WHO WHY CNIL INPI SCO KFOR"
    )
)
# Initialisms that could be said as words
_FRENCH_SPELLED = frozenset(
    listed(
        "UE UI IA AI IP IT IC UV OM OL AG UFE USA UEO UIT PIB BEP TER RER CIO CIA CEE CEA CAUE VIH "
        "IUT HEC OCDE ANPE SAV SUV URSS PEL DUT DEA ICP MIT GIE CIJ RIC INR DAB UGC AOC AOP BIT "
        "SAR PV IDE US"
    )
)
_CONSONANT = "[B-DF-HJ-NP-TV-XZ]"
# "PME", "AFP", "DGSE": beginnings and ends of no syllable
_FRENCH_UNSAYABLE = (
    rf"[AEIOU]{_CONSONANT}{{2}}|{_CONSONANT}{{2}}[AEIOUY]"
    r"|(?!(?:[BCFGPK][LR]|[DTV]R|S[CPTMNLK]|[CPTSR]H|PS)[AEIOUY])"
    rf"{_CONSONANT}{{2}}[A-Z]{{2,3}}"
    r"|[A-Z]{2,3}(?!(?:[LR].|.S|N[CDGKTX]|[CP]T|S[TKPC]|M[PB]|CK|[CPTG]H|TT|NN|FF|FT)$)"
    rf"{_CONSONANT}{{2}}"
)
_ITALIAN_WORDS = frozenset(
    listed(
        "IL LO LA GLI LE UN UNO UNA DI DA IN CON SU PER TRA FRA ED AD OD MA SE NON CHE CHI AL DEL "
        "DAL NEL SUL SI NO MI TI CI VI NE HA HO IO TU LUI LEI NOI VOI ASL USL PSI ARCI INPS AND "
        "THE ALL OFF OLD END ART ARC EST OVEST ACT PRO TRE TRA FRA SPA SKI GNU PHP PSA"
    )
)
_ITALIAN_SPELLED = frozenset(listed("BCE PCI FMI CGIL TVB CDA RSA PM AIB UMTS"))
_ITALIAN_UNSAYABLE = (
    rf"[AEIOU]{_CONSONANT}{{2}}|{_CONSONANT}{{2}}[AEIOU]"
    r"|(?!(?:[BCFGPKDT][LR]|S[A-Z]|[CGPTS]H|GN|PS)[AEIOU])"
    rf"{_CONSONANT}{{2}}[A-Z]{{2,3}}"
    rf"|[A-Z]{{2,3}}(?!(?:[LRSMN].|.S|CK|[CP]T)$){_CONSONANT}{{2}}"
)
spell_french = speller(_FRENCH_SPELLED, _FRENCH_WORDS, _FRENCH_UNSAYABLE, {"Y": "i grec"})
spell_italian = speller(_ITALIAN_SPELLED, _ITALIAN_WORDS, _ITALIAN_UNSAYABLE, {})
