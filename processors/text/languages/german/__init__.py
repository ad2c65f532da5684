"""German. Numbers, dates and ordinals as Duden has them; an amount as it is said at a till ("fünf
Euro fünfzig").
"""

from __future__ import annotations

import re

from recital.processors.text.english.words import behind
from recital.processors.text.languages.cardinals import german
from recital.processors.text.languages.german.cases import adjectives_in_full, one_of_units
from recital.processors.text.languages.german.spans import names_in_full, per_unit, prepare_spans
from recital.processors.text.languages.german.tables import ABBREVIATIONS, UNITS, ends_kept
from recital.processors.text.languages.rules import ROMAN, Language, roman
from recital.processors.text.word_tables import listed

_MONTHS = listed(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
)
_STEMS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
# The ending of an ordinal by the word before it.
_WEAK = frozenset(
    listed(
        "der die das jeder jede jedes dieser diese dieses welche welcher sein ihre ins ans aufs "
        "seine meine"
    )
)
_ENDINGS_EN = frozenset(
    listed(
        "am im vom zum zur beim ab bis dem den des einem einen seit nach vor und an jedem diesem "
        "ersten einer eines keinem keiner meinem meines meiner seinem seines seiner ihrem ihres "
        "ihrer unserem unseres unserer diesem spätestens"
    )
)
_NOUNS = (
    "Jahrhundert|Jahrtausend|Platz|Mal|Liga|Klasse|Kapitel|Stock|Etage|Weltkrieg|Runde|Spieltag|Tag|"
    "Woche|Monat|Quartal|Semester|Auflage|Band|Akt|Satz|Geburtstag|Jahrestag|Minute|Stelle|Reihe|"
    "Bundesliga|Lesung|Halbzeit|Mannschaft|Obergeschoss|Ausgabe|Generation|Staffel|Folge|Strophe|"
    "Wahlgang|Wahlperiode|Legislaturperiode|Lebensjahr|Jubiläum|Advent|Buch|Teil|Versuch|Sieg|Tor|Lauf|Etappe|Grad|Schritt|Rang|Bezirk|Stunde|"
    "Kammer|Senat|Untergeschoss|Gang|Zivilsenat|Strafsenat|Abteilung|Frage(?!\\w)"
)
_ORDINAL = re.compile(
    rf"(?:\b(\w+) )?(?<![\w.,])(\d{{1,3}})\.(?: (?=(?:\w+e[nrsm]? )?(?:{_NOUNS})\w*\b)|(?= bis ))"
)
_ARTICLE = re.compile(
    r"\b([Dd](?:er|ie|as|em|en|es)|[Aa]m|[Ii]m|[Vv]om|[Zz]um|[Zz]ur|[Bb]eim|"
    r"(?:[Ii]hre|[Ss]eine|[Mm]eine|[Uu]nsere|[Ee]ine|[Kk]eine|[Dd]iese|[Jj]ede)[mnrs]?) "
    r"(\d{1,4})\. "
    r"(?=[A-ZÄÖÜ])"
)
_OWN = re.compile(
    r"\b([Ii]hr|[Ss]ein|[Mm]ein|[Dd]ein|[Uu]nser|[Ee]in|[Kk]ein) (\d{1,3})\. "
    r"(?=([A-ZÄÖÜ][a-zäöüß]+))"
)
_SHE_CAME = re.compile(r"\b[Ss]ie (?:wurde|wird|war|kam|ist|belegte) (?:als )?$")
_BEFORE_DATIVE = re.compile(
    r"\b(?:in|mit|von|auf|an|nach|aus|bei|seit|vor|unter|über|neben|während|wegen|trotz|außer) $",
    re.I,
)
_PARTS = frozenset(
    listed(
        "Kapitel Teil Band Akt Jahr Jahres Jahre Klasse Stufe Phase Typ Anlage Anhang Abschnitt "
        "Artikel Titel Gruppe Kategorie Hartz Bundesgesetzblatt Reichsgesetzblatt"
    )
)
_LETTERED = frozenset(listed("Anlage Typ Gruppe Klasse Anhang"))
# With these a letter alone is a number.
_RULERS = frozenset(
    listed(
        "Karl Friedrich Wilhelm Heinrich Otto Ludwig Philipp Georg Leopold Rudolf Albert Konrad "
        "Ferdinand Napoleon Gustav Joseph Maximilian Eduard Richard Jakob Franz Felipe Carlos Luis "
        "Henry Edward George James Charles Louis Pius Leo Benedikt Gregor Innozenz Clemens Urban "
        "Sixtus Nikolaus Iwan Mojmír Boris Olaf Magnus Sigismund Kasimir Umberto Wenzel Ramses "
        "Thutmosis Xerxes Darius Theoderich Chlodwig Lothar Arnulf Berengar Ottokar August Ernst "
        "Amadeus Alfons Sancho Konstantin Justinian Theodosius Mehmed Murad Suleiman Selim"
    )
)
_QUEENS = frozenset(
    listed("Elisabeth Elizabeth Katharina Isabella Margarete Maria Victoria Christina")
)
_CLUB_BEFORE = re.compile(r"\b(?:[A-Z]{2,4}|VfL|VfB|TuS) $")
_TITLED = re.compile(
    r"\b(?:König|Königin|Kaiser|Kaiserin|Zar|Zarin|Papst|Herzog|Graf|Fürst|Sultan|Prinz|"
    r"Großfürst) $"
)
_TO_TITLE = re.compile(
    r"\b(?:[Vv]o[nm]|[Mm]it|[Uu]nter|[Bb]eim?|[Nn]ach|[Ss]eit|[Zz]um?|dem) "
    r"(?:Königin|Kaiserin|Queen|King|König|Kaiser|Zar(?:en)?|Papst|Herzog|Graf(?:en)?|Fürst(?:en)?|Sultan|"
    r"Prinz(?:en)?|Kurfürst(?:en)?) $"
)
_TO_TITLE_DIRECT = re.compile(
    r"\b(?:[Ff]ür|[Dd]urch|[Gg]egen|[Uu]m|[Oo]hne|[Üü]ber|den) "
    r"(?:King|König|Kaiser|Zar(?:en)?|Papst|Herzog|Graf(?:en)?|Fürst(?:en)?|Sultan|Prinz(?:en)?) $"
)
_OPENERS = (
    "Der|Die|Das|Er|Sie|Es|Ein|Eine|Im|In|Am|Als|Und|Auch|Doch|Da|Mit|Von|Seine?|Ihre?|Nach|Damit|"
    "Dabei|Danach|Dann|Hier|Wir|Ich|So"
)
# "Karl V. Meier"; but "Karl V. Er"
_SURNAME = re.compile(rf" (?!(?:{_OPENERS})\b)[A-ZÄÖÜ][a-zäöüß]+")
_NEXT_SENTENCE = re.compile(rf" (?:{_OPENERS})\b")
_OF_LAND = re.compile(r" (?:von|aus) [A-ZÄÖÜ]")
# "des Pharaos Thutmosis III.", "Ludwigs XIV."
_OF_RULER = re.compile(
    r"\b(?:Königs|Kaisers|Papstes|Pharaos|Herzogs|Grafen|Fürsten|Zaren|Sultans|Kurfürsten) $"
)
_OF_NAME = frozenset(
    listed(
        "Ludwigs Karls Friedrichs Heinrichs Ottos Wilhelms Philipps Georgs Leopolds Rudolfs "
        "Alberts Konrads Ferdinands Napoleons Peters Pauls Johanns Gustavs Josephs Maximilians "
        "Alexanders Katharinas Elisabeths"
    )
)
# "den späteren 1. Earl"
_ADJECTIVE = re.compile(
    r"\b((?:[Dd](?:er|ie|as|em|en|es)|[Zz]u[mr]|[AaIi]m|[Vv]om|[Bb]eim|"
    r"[Ee]in(?:e[mnrs]?)?|[Ii]hre?[mnrs]?|[Ss]eine?[mnrs]?) "
    r"[a-zäöüß]{3,}e[mnrs]?) (\d{1,3})\. (?=[A-ZÄÖÜ])"
)
# "Bundesligist 1. FC Köln"
_CLUB = re.compile(r"(?<![\w.,])(?:([a-zäöüß]+e(n?)) )?1\. (?=F[CFS]|SC\b|BC\b|TV\b)")
# "als 3. ins Ziel", "1. und 2. Preis"
_PLACED = re.compile(
    r"(?<=[a-zäöüß] )(\d{1,3})\. (?:(?=[a-zäöüß]{2})|(?<=(?:te|en|er|es|em) und \d\. )(?=[A-ZÄÖÜ]))"
)
# "1 rote Zwiebel"
_ONE_SUCH = re.compile(r"(?<![\w.,:/-])(?<![A-ZÄÖÜ§] )1 (?=[a-zäöüß]{3,}(e|er|es) [A-ZÄÖÜ])")
# "zum 67. meines Vaters", "der 3. große Sieg"
_ALONE = re.compile(
    r"\b([Zz]um|[Vv]om|[Bb]eim|[Aa]m|[Ii]m|[Dd](?:er|ie|as|em|en|es)) (\d{1,3})\. (?=[a-zäöü])"
)
# "(3., 66.)", "am 3., 4. und 5. Mai", "am 3./4. Mai": before these a number with a stop counts off
_COUNTED_OFF = re.compile(
    r"(?<![\w.,])(\d{1,3})\.(?:(?=[,;)]|/[^\W\d]| (?:und|oder|bis) \d{1,3}\.)"
    r"| ?([-–/]) ?(\d{1,3})\.(?=[ ),]))"
)
_NEXT_NOUN = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+\b(?!-)")
_LIST_BEFORE = re.compile(r"(?:\b(\w+) )?(\w+) $")
_AFTER_ORDINAL = re.compile(
    r"(?:erst|zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt|elft|zwölft|zigst|undertst)"
    r"(e[nrsm]?)(?:,|,? und|,? oder|,? bis) $"
)
# Times of films and races: "3:38 Stunden"
_LASTED = re.compile(r"(?<![\w.,:])(\d{1,2}):(\d\d) (Stunde|Minute)n\b")
# Sets of tennis: "7:6(5),6:3"
_SETS = re.compile(r"(?<=\d:\d)(\(\d{1,2}\))?,(?=\d:\d)|(?<=\d:\d)(?=\(\d)")
# "um 8.30 in der Firma"
_AT = re.compile(
    r"\b([Uu]m|[Gg]egen) (\d{1,2})\.([0-5]\d)(?![\w.]|,\d)"
    r"(?! ?(?:Uhr|Prozent|%|Euro|€|Mi[ol]|Punkt|Meter|Sekunde|Dollar|Franken))"
)
# With these a time without a preposition of time is a score: "beim 19:13", "(18:18)"
_SPORT = re.compile(
    r"\b(?:Tore?n?|Treffern?|Halbzeit|Hälfte|Durchgang|gewann(?:en)?|siegten?|Siege?|Niederlage|"
    r"unterlag(?:en)?|verlor(?:en)?|Führung|führten?|Rückstand|Vorsprung|Endstand|Pause\w*|Gegner\w*|"
    r"Gastgeber\w*|Gäste|Punkte|Spielstand|Spielminuten?|ausglich|Ausgleich|gewechselt|schlug(?:en)?|"
    r"Seitenwechsel|TSV|TSG|HSG|FC|VfL|VfB|TuS|Satz|Spiel)\b"
)
_IN_SPORT = re.compile(
    r"(\b(?:[Bb]eim?|[Zz]um|auf|[Mm]it|dem|das|[Üü]ber|Spielstand|steht|stand|hieß) |\()"
    r"((?:\d{1,2}:\d{1,2}(?:, | und | oder |, und ))*)(\d{1,2}:\d{1,2})(?![\d:]| ?Uhr)"
)
_SCORE = re.compile(r"(\d{1,2}):(\d{1,2})")
# Handball: "Knapp (5/3)": three of five
_OF_THESE = re.compile(r"(?<=[a-zäöüß] \()(\d{1,2})/(\d{1,2})(?=\)[,;.])")
# Handball: "28:24 (13:11)", "ein 21:15-Sieg"
_POINTS = re.compile(
    r"(?<![\w.,:])(\d{1,3}):(\d\d)(?=-(?!Uhr)[A-ZÄÖÜ]| \(\d{1,2}:\d{1,2}[),;])"
    r"|(?<=\d\d \()(\d{1,2}):(\d{1,2})(?=[),;])"
)
# "des 14. Jahrhundert", "in der Mitte des späten 2. Jahrtausend"
_GENITIVE = re.compile(
    r"\b(des (?:\w+en )?\d{1,2}\.(?:(?:/| und | bis | ?[-–] ?)\d{1,2}\.)? "
    r"Jahr(?:hundert|tausend))(?!\w)"
)
_ON_DAY = re.compile(
    r"\b((?:[Aa]m|[Bb]is|[Vv]om|[Zz]um|[Ss]eit|[Aa]b) [A-Z][a-z]+(?:tag|woch|abend), )"
    rf"(\d{{1,2}})\. ?(?=(?:{'|'.join(_MONTHS)})\b)"
)
# "am 10." at an end
_LAST_DAY = re.compile(
    r"\b(am|zum|vom|beim|den|dem|bis zum|seinen|ihren|meinen|unseren) (\d{1,3})\.(?=$|[\"”“)])",
    re.I,
)
_NUMERAL = re.compile(
    r"\b([Dd](?:er|ie|as|em|en|es)|[Aa]m|[Ii]m|[Vv]om|[Zz]um|[Zz]ur|[Bb]eim) "
    rf"(?=[IVX])({ROMAN})\. (?=([A-ZÄÖÜ][a-zäöüß]+))"
)
_DATIVE = "[Vv]on|[Mm]it|[Uu]nter|[Bb]ei|[Nn]ach|[Ss]eit"
_KING = re.compile(
    rf"(?:\b({_DATIVE}|[Dd]urch|[Ff]ür) )?\b([A-ZÄÖÜÁÉŠŽČ][^\W\dA-Z_]+) ({ROMAN})(?!\w)(\.)?"
)
# "von Luis X., Felipe V. und Carlos IV.": all of them
_KINGS = re.compile(rf"\b(?:{_DATIVE}) (?:[A-ZÄÖÜ]\w+ [IVXL]+\.?(?:, | und |, und ))+$")
_SUFFIXED = re.compile(r"\b(\d{1,4})(?:-)?(te[nrsm]?|ste[nrsm]?)\b")  # der 5te
_DECADE = re.compile(r"(?<![\w.,])(\d\d|1[1-9]\d\d|20\d\d|\d{1,3}\.\d{3})er(n?)\b")
# Also where a unit has been read: "ein halb Liter".
_HALF = re.compile(r"(?:(?<![\w/.,])(?<!\d )1/2|\bein halb) ([A-ZÄÖÜ][a-zäöüß]+)\b")
_NEUTER = frozenset(
    listed(
        "Jahr Kilo Kilogramm Gramm Milligramm Pfund Prozent Päckchen Glas Bund Stück Dutzend Blatt "
        "Ei Brot Brötchen Hähnchen Leben Haus Bier Semester Quartal Jahrhundert Kind Tor Spiel "
        "Buch Album Mal Rennen Treffen Konzert Festival Lied Werk Studium Land Opfer Baby "
        "Enkelkind Team Auto Obergeschoss Untergeschoss"
    )
)
_ACT = re.compile(
    r"(?:\b(\w+) )?(?<![\w.])(?=[IVX])([IV]{1,4}|I?X|V?I{0,3})\. (?=(?:Akt|Weltkrieg|Abteilung|"
    r"Teil|Kapitel|Abschnitt|Klasse|Quartal|Internationale|Liga|Korps|Armee|Symphonie|Sinfonie)\w*)"
)
_TIMES = re.compile(r"\b(\d{1,15})-?(mal|fach|jährig\w*|tägig\w*|stündig\w*|prozentig\w*)\b")
# Before a noun: "1 Minute"; but "Kapitel 1 Grundlagen".
_ONE = re.compile(r"(?<![\w.,:/-])(?<![A-ZÄÖÜ§] )1 (?=([A-ZÄÖÜ][a-zäöüß]{2,})\b)")
_NAME_BEFORE = re.compile(r"(?:^|[.!?:] |\w )?[A-ZÄÖÜ][a-zäöüß]+ $")
_COUNTED = frozenset(
    listed("Minute Stunde Sekunde Woche Tag Monat Jahr Person Prise Tasse Dose Packung Stück Nacht")
)
_FEMININE = re.compile(
    r"(?<!End)(?<!Aug)(?<!Interess)(?<!Käs)(?<!Nam)(?<!Jung)(?<!Kund)(?<!Buchstab)(?:e|ung|heit|keit|schaft|"
    r"ion|tät)$|[Ll]iga$|zeit$|^(?:Avocado|Kammer|Paprika|Pizza|Zwiebel|Tafel|Person|Nacht|Stadt|Frau|Wahl|Zahl|Kartoffel|Mutter|Tochter|Schwester)$"
)
_X_TIMES = re.compile(r"(?<![\w.,:/])(\d{1,2})(?: ?[-–] ?(\d{1,2}))?x\b(?! ?\d+ ?x)")
_ARROW = re.compile(r" ?[<>]+ ?(?![-−+.]? ?\d)")
_INITIALS = re.compile(r"(?<![\w.@/])[A-ZÄÖÜ]{2,5}(?![\w@]|\.[A-Z])")
_AS_WORDS = frozenset(listed("DAX UNO ESA TÜV DIN ISO SIM PIN RAM UFO FIS GAU"))
# Initialisms that espeak-ng would say as words
_SPELLED = frozenset(
    listed(
        "ADAC USPD EU US UN IT AG OB IG UV KI OG UG USA ARD AOK ICE EDV IHK EZB IOC EKG UKW AKW "
        "ABS EM IWF USB ORF AMS AKH AHV EWG ÖBB ÖVP SPÖ FPÖ IAA BIP WHO CDU CSU DSU DDR GEZ RAF "
        "SED SAP AEG SUV HIV FAZ IRA CIA FBI NSU ILO ISS EVP EKD ABM OLG OVG IC OP UHD EEG ESM "
        "EFSF BASF BAFA VAE UAE VOB BAG BIC OAS IAO AB AI AKP BKA LKA OSZE ETH EPA IAEA IAEO "
        "AWO TU FU HU LMU "
    )
)
_NO_INITIALS = frozenset(
    listed(
        "UND IST ALS AUS EIN ICH IHR IHN ALT AMT ARM ART ARZT AST AXT DIE DAS DER OFT UNS ERD END "
        "AND THE OLD ALL OUT INC ELF ERST IHM ERZ PRO TRI"
    )
)
_UNSAYABLE = re.compile(r"[AEIOUÄÖÜ][B-DF-HJ-NP-TV-XZ]{2}|[B-DF-HJ-NP-TV-XZ]{2}[AEIOUÄÖÜ]")
_LONG_VOWEL = re.compile(r"[AEIOUÄÖÜ]H[LMNR]")
_VOWELS, _CONSONANTS = "AEIOUÄÖÜY", "BCDFGHJKLMNPQRSTVWXZ"
_SAYABLE = re.compile(
    rf"(?:(?:SCHR?|CH|S[CHKLMNPQTW]R?|[BDFGKPTCW]R|[BCFGKP]L|[PT]H|QU|KN|PF|[DTZ]W|WH|[{_CONSONANTS}])?"
    rf"[{_VOWELS}]{{1,3}}(?:[HLRNM]?(?:T?SCH|CH|CK|TZ|NG|PF|SK|ZZ|GG|BB|[{_CONSONANTS}])[ST]{{0,2}})?){{1,4}}|WLAN"
)


def ordinal(number: int, ending: str) -> str:
    """3, "en" -> "dritten"."""
    head, rest = divmod(number, 100)
    if not rest:
        return german(number) + "st" + ending
    stem = _STEMS.get(rest) or german(rest) + ("t" if rest < 20 else "st")
    return (german(head * 100) if head else "") + stem + ending


def _part(top: int, bottom: int) -> str | None:
    """3, 4 -> "drei viertel"."""
    count = "ein" if top == 1 else german(top)
    if bottom == 2:
        return f"{count} {'halb' if top == 1 else 'halbe'}"
    if bottom > 100 and bottom != 1000:
        return None
    stem = {3: "drittel", 7: "siebtel", 8: "achtel", 100: "hundertstel", 1000: "tausendstel"}
    return f"{count} {stem.get(bottom) or german(bottom) + ('tel' if bottom < 20 else 'stel')}"


def _mixed(whole: int, part: str) -> str:
    """2 1/2 -> "zweieinhalb"."""
    if part == "ein halb":
        return "eineinhalb" if whole == 1 else german(whole) + "einhalb"
    return f"{german(whole)} {part}"


def year(number: int) -> str:
    """1984 -> "neunzehnhundertvierundachtzig"."""
    century, rest = divmod(number, 100)
    if century in range(11, 20):
        return german(century) + "hundert" + (german(rest) if rest else "")
    return german(number)


def _ending(before: str) -> str:
    word = before.lower()
    if word in _WEAK:
        return "e"
    adjective = len(word) > 4 and before == word and word.endswith("en")
    return "en" if word in _ENDINGS_EN or adjective else "er"


def _date(before: str, day: int, month: str) -> str:
    return f"{ordinal(day, _ending(before))} {month}"


def _clock(hour: int, minute: int) -> str:
    return f"{'ein' if hour == 1 else german(hour)} Uhr" + (f" {german(minute)}" if minute else "")


def _ordinal(match: re.Match[str]) -> str:
    before = match[1] or ""
    gap = " " if match[0].endswith(" ") else ""
    ending = _ending_after(before, match)
    return f"{before + ' ' if before else ''}{ordinal(int(match[2]), ending)}{gap}"


def _article(match: re.Match[str]) -> str:
    return f"{match[1]} {ordinal(int(match[2]), _ending_after(match[1], match))} "


def _after_adjective(match: re.Match[str]) -> str:
    ending = _ending_after(match[1].rpartition(" ")[2], match)
    return f"{match[1]} {ordinal(int(match[2]), ending)} "


def _ending_after(before: str, match: re.Match[str]) -> str:
    """ "der zweite Tag", but "in der zweiten Klasse" and "des späten zweiten Jahrhunderts"."""
    lead = match.string[max(0, match.start() - 24) : match.start()]
    after = before in ("und", "oder", "bis") and _AFTER_ORDINAL.search(f"{lead}{before} ")
    if after:
        return after[1]
    noun = _NEXT_NOUN.match(match.string, match.end())
    dative = before == "der" and (
        _BEFORE_DATIVE.search(lead) or (noun and _FEMININE.search(noun[0]))
    )
    if dative or before.endswith("en") or before.lower() in _ENDINGS_EN:
        return "en"
    if len(before) > 4 and before.islower() and before.endswith(("es", "em", "e")):
        return "es" if before[-1] == "s" else "em" if before[-1] == "m" else "e"
    ending = _ending(before)
    if ending != "er" or not noun:
        return ending
    feminine = _FEMININE.search(noun[0])
    if _BEFORE_DATIVE.search(before + " "):  # "in dritter Auflage"
        return "er" if feminine else "em"
    return "e" if feminine else "es" if noun[0] in _NEUTER else "er"


def _king(match: re.Match[str]) -> str:
    preposition, name, numeral, stop = match.groups()
    if not numeral:
        return match[0]
    if len(numeral) == 1 and not stop:  # "Teil I"; but "Anlage V", "Typ X"
        numbered = numeral == "I" or (numeral == "V" and name not in _LETTERED)
        # "der Titel I Still Can Hear"
        song = name == "Titel" and re.match(" [A-Z]", behind(match))
        part = name in _PARTS and numbered and not song
        if not part:
            return match[0]
    before = match.string[max(0, match.start() - 24) : match.start()]
    feminine = name in _QUEENS
    known = name in _PARTS or name in _RULERS or name in _OF_NAME or feminine
    titled = _TITLED.search(before) or _OF_LAND.match(match.string, match.end())
    surname = numeral != "I" and _SURNAME.match(match.string, match.end())
    if len(numeral) == 1 and not (known and (preposition or not surname)) and not titled:
        return match[0]  # "Anna V.", "Peter M. und Klaus I.": names are often shortened
    club = _CLUB_BEFORE.search(before)
    if name in _PARTS or club or not (stop or known or titled):  # "Rocky II": a ruler has a stop
        return (
            f"{preposition + ' ' if preposition else ''}{name} {german(roman(numeral))}{stop or ''}"
        )
    listed = _KINGS.search(match.string[max(0, match.start() - 60) : match.start()])
    dative = preposition or listed or _TO_TITLE.search(before)
    article, ending = ("dem", "en") if dative else ("der", "e")
    direct = _TO_TITLE_DIRECT.search(before)
    if direct or (preposition and preposition.lower() in ("durch", "für")):
        article, ending = "den", "en"
    if feminine:
        article = "der" if article == "dem" else "die"
        ending = "en" if article == "der" else "e"
    if name in _OF_NAME or _OF_RULER.search(before):
        article, ending = "des" if name not in ("Katharinas", "Elisabeths") else "der", "en"
    said = ordinal(roman(numeral), ending)
    lead = f"{preposition} " if preposition else ""
    after = behind(match)
    last = not after.strip(' "“)') or _NEXT_SENTENCE.match(match.string, match.end())
    ends = "." if stop and last else ""
    return f"{lead}{name} {article} {said[0].upper()}{said[1:]}{ends}"


def _numeral(match: re.Match[str]) -> str:
    """ "die XXVI. Olympischen Spiele" """
    ending = _ending_after(match[1], match)
    if match[3].endswith("en") and match[1].lower() == "die":
        ending = "en"
    return f"{match[1]} {ordinal(roman(match[2]), ending)} "


def _prepare(text: str) -> str:
    text = one_of_units(prepare_spans(_GENITIVE.sub(r"\1s", text)))
    text = _ON_DAY.sub(_on_day, text)
    if ":" in text:
        text = _LASTED.sub(_lasted, text)
        text = _POINTS.sub(lambda m: f"{m[1] or m[3]} zu {m[2] or m[4]}", text)
        text = _SETS.sub(lambda m: f" {m[1]}, " if m[1] else ", " if m[0] else " ", text)
        if _SPORT.search(text):
            text = _IN_SPORT.sub(lambda m: m[1] + _SCORE.sub(r"\1 zu \2", m[2] + m[3]), text)
    if "/" in text and _SPORT.search(text):
        text = _OF_THESE.sub(r"\1, davon \2", text)
    return _count_off(_AT.sub(r"\1 \2:\3 Uhr", text)) if "." in text else text


def _on_day(match: re.Match[str]) -> str:
    """ "am Samstag, 12. Mai" -> "am Samstag, zwölften Mai"."""
    return f"{match[1]}{ordinal(int(match[2]), 'en')} "


def _lasted(match: re.Match[str]) -> str:
    of_hours = match[3] == "Stunde"
    parts = ("Stunde", "Minute") if of_hours else ("Minute", "Sekunde")
    return " ".join(
        f"1 {name}" if int(number) == 1 else f"{int(number)} {name}n"
        for number, name in zip(match.groups(), parts, strict=False)
        if int(number)
    )


def _counted_off(match: re.Match[str]) -> str:
    before = _LIST_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()])
    ending = "e"
    if before:
        dative = before[2] == "der" and before[1] and _BEFORE_DATIVE.search(before[1] + " ")
        ending = "en" if dative else _ending(before[2])
    first = ordinal(int(match[1]), ending)
    if not match[3]:
        return first
    joint = ", " if match[2] == "/" else " bis "
    return first + joint + ordinal(int(match[3]), ending)


def _count_off(text: str) -> str:
    """All of "am 3., 4. und 5. Mai": each ends as the one before it."""
    said, end = "", 0
    for match in _COUNTED_OFF.finditer(text):
        said += text[end : match.start()]
        after = _AFTER_ORDINAL.search(said[-60:])
        said += ordinal(int(match[1]), after[1]) if after and not match[3] else _counted_off(match)
        end = match.end()
    return said + text[end:]


def _half(match: re.Match[str]) -> str:
    """ "1/2 Stunde" -> "eine halbe Stunde", "½ Liter" -> "ein halber Liter"."""
    noun = match[1]
    if _FEMININE.search(noun):
        return f"eine halbe {noun}"
    return f"ein halb{'es' if noun in _NEUTER else 'er'} {noun}"


def _act(match: re.Match[str]) -> str:
    before = match[1] or ""
    said = ordinal(roman(match[2]), _ending_after(before, match))
    return f"{before + ' ' if before else ''}{said if before else said.capitalize()} "


def _one(match: re.Match[str]) -> str:
    named = _NAME_BEFORE.search(match.string[max(0, match.start() - 24) : match.start()])
    if named and match[1] not in _COUNTED:
        return match[0]
    return "eine " if _FEMININE.search(match[1]) else "ein "


def _one_such(match: re.Match[str]) -> str:
    if _NAME_BEFORE.search(match.string[max(0, match.start() - 24) : match.start()]):
        return match[0]
    return "eine " if match[1] == "e" else "ein "


def _placed(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 40) : match.start()]
    after = _AFTER_ORDINAL.search(before)
    ending = "e" if _SHE_CAME.search(before) else "er"
    return ordinal(int(match[1]), after[1] if after else ending) + " "


def _own(match: re.Match[str]) -> str:
    """ "ihr 3. Kind", "sein 2. Roman" """
    neuter = match[3] in _NEUTER or match[3].endswith(("chen", "um", "ment", "spiel", "jahr"))
    return f"{match[1]} {ordinal(int(match[2]), 'es' if neuter else 'er')} "


def _decade(match: re.Match[str]) -> str:
    number = match[1].replace(".", "")
    return f"{german(int(number)) if '.' in match[1] else year(int(number))}er{match[2]}"


def _times(match: re.Match[str]) -> str:
    """ "4-5x" -> "vier- bis fünfmal"."""
    first, last = match.groups()
    said = (german(int(last or first))).removesuffix("s" if (last or first) == "1" else "")
    return f"{german(int(first))}- bis {said}mal" if last else f"{said}mal"


def _initials(match: re.Match[str]) -> str:
    """ "OECD" -> "O E C D", as no one could say it as a word; espeak-ng would from four letters."""
    letters = match[0]
    if set(letters) <= set("IVXLCDM"):
        return letters
    if letters in _AS_WORDS:
        return letters.capitalize()
    if len(letters) < 4:
        if _LONG_VOWEL.fullmatch(letters):  # OHM, UHR
            return letters
        spelled = letters in _SPELLED or _UNSAYABLE.fullmatch(letters)
        return " ".join(letters) if spelled and letters not in _NO_INITIALS else letters
    if _SAYABLE.fullmatch(letters) and letters not in _SPELLED:
        return letters
    return " ".join(letters)


def _special(text: str) -> str:
    text = per_unit(adjectives_in_full(names_in_full(text)))
    # the stop that ends a sentence, where the short form is not read
    text = re.sub(r"(?<=\w)\. \.(?= [A-Z])", ".", text)
    if sum(map(str.isupper, text)) <= sum(map(str.islower, text)):
        text = _INITIALS.sub(_initials, text)
    if ">" in text or "<" in text:
        text = _ARROW.sub(lambda m: ", " if m[0][0] == m[0][-1] == " " else " ", text)
    text = _X_TIMES.sub(_times, text)
    text = _HALF.sub(_half, text)
    text = _ACT.sub(_act, text)
    text = _NUMERAL.sub(lambda m: _numeral(m) if m[2] else m[0], text)
    text = _ONE.sub(_one, _KING.sub(_king, text))
    text = _ONE_SUCH.sub(_one_such, text)
    text = _ORDINAL.sub(_ordinal, text)
    text = _OWN.sub(_own, _ARTICLE.sub(_article, text))
    text = _ADJECTIVE.sub(_after_adjective, text)
    text = _CLUB.sub(lambda m: f"{m[1]} erste{m[2]} " if m[1] else "Erster ", text)
    text = _LAST_DAY.sub(lambda m: f"{m[1]} {ordinal(int(m[2]), 'en')}.", text)
    text = _ALONE.sub(_article, text)
    text = _PLACED.sub(_placed, text)
    text = _SUFFIXED.sub(lambda m: ordinal(int(m[1]), m[2].removeprefix("s")[1:]), text)
    text = _DECADE.sub(_decade, text)
    return _TIMES.sub(
        lambda m: (
            f"{german(int(m[1])).removesuffix('s') if m[1] == '1' else german(int(m[1]))}{m[2]}"
        ),
        text,
    )


GERMAN = Language(
    cardinal=german,
    year=year,
    one="ein",
    one_scale="eine",
    months=_MONTHS,
    short_months={
        "Jan.": "Januar",
        "Feb.": "Februar",
        "Mär.": "März",
        "Apr.": "April",
        "Jun.": "Juni",
        "Jul.": "Juli",
        "Aug.": "August",
        "Sept.": "September",
        "Sep.": "September",
        "Okt.": "Oktober",
        "Nov.": "November",
        "Dez.": "Dezember",
        **dict(
            zip(
                listed("Jan Feb Mrz Apr Jun Jul Aug Sept Okt Nov Dez"),
                _MONTHS[:4] + _MONTHS[5:],
                strict=True,
            )
        ),
        "Mrz.": "März",
    },  # fmt: skip
    other_months={"Jänner": "Januar", "Feber": "Februar"},
    days=ends_kept,
    prepare=_prepare,
    feminine=r"(?:e|ung)$",
    date=_date,
    clock=_clock,
    point="Komma",
    minus="minus",
    to="bis",
    over="durch",
    part=_part,
    mixed=_mixed,
    hours=("eine Stunde", "Stunden"),
    seconds=("eine Sekunde", "Sekunden"),
    at="um|ab|bis|gegen|und|Einlass|Beginn|Start|Abfahrt|Ankunft",
    address={
        "@": "at",
        ".": "Punkt",
        "/": "Schrägstrich",
        "-": "Bindestrich",
        "_": "Unterstrich",
        ":": "Doppelpunkt",
        "?": "Fragezeichen",
        "=": "gleich",
        "&": "und",
        "+": "plus",
    },  # fmt: skip
    percent="Prozent",
    units=UNITS,
    currencies={
        "euro": ("Euro", "Euro", "Cent", "Cent"),
        "dollar": ("Dollar", "Dollar", "Cent", "Cent"),
        "pound": ("Pfund", "Pfund", "Penny", "Pence"),
        "yen": ("Yen", "Yen", "Sen", "Sen"),
        "franc": ("Franken", "Franken", "Rappen", "Rappen"),
    },
    scales={
        "Mio.": ("Million", "Millionen"),
        "Mill.": ("Million", "Millionen"),
        "Mrd.": ("Milliarde", "Milliarden"),
        "Mio": ("Million", "Millionen"),
        "Mrd": ("Milliarde", "Milliarden"),
        "Million": ("Million", "Millionen"),
        "Millionen": ("Million", "Millionen"),
        "Milliarde": ("Milliarde", "Milliarden"),
        "Milliarden": ("Milliarde", "Milliarden"),
        "Bio.": ("Billion", "Billionen"),
        "Billion": ("Billion", "Billionen"),
        "Billionen": ("Billion", "Billionen"),
        "Tsd.": ("tausend", "tausend"),
    },  # fmt: skip
    signs={
        "&": "und",
        "+": "plus",
        "=": "gleich",
        "≥": "größer gleich",
        "≤": "kleiner gleich",
        "≈": "ungefähr",
        "≠": "ungleich",
        "÷": "geteilt durch",
        "<": "kleiner als",
        ">": "größer als",
        "§§": "Paragrafen",
        "§": "Paragraf",
        "×": "mal",
        "±": "plus minus",
        "%": "Prozent",
        "€": "Euro",
        "$": "Dollar",
        "£": "Pfund",
        "°": "Grad",
        "→": "zu",
        "*": "",
        "_": " ",
        "#": "",
        "~": "etwa ",
    },  # fmt: skip
    abbreviations=ABBREVIATIONS,
    hour_words="Uhr",
    special=_special,
    ratio="zu",
    score=" zu ",
    per={"": "pro"},
    ties=frozenset({"day dots", "spaces"}),
)
