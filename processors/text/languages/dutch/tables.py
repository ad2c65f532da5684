"""Dutch words for units and abbreviations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recital.processors.text.english.words import ahead
from recital.processors.text.languages.short_forms import short_forms
from recital.processors.text.word_tables import listed

_UNIT_NAMES = {
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "dm": "decimeter",
    "µm": "micrometer", "μm": "micrometer", "nm": "nanometer", "kg": "kilogram", "g": "gram",
    "gr": "gram", "gr.": "gram", "mg": "milligram", "µg": "microgram", "t": "ton", "l": "liter",
    "ltr": "liter", "ltr.": "liter", "ml": "milliliter", "dl": "deciliter", "cl": "centiliter",
    "hl": "hectoliter", "km/u": "kilometer per uur", "km/uur": "kilometer per uur",
    "km/h": "kilometer per uur", "m/s": "meter per seconde", "m²": "vierkante meter",
    "m2": "vierkante meter", "cm²": "vierkante centimeter", "cm2": "vierkante centimeter",
    "mm²": "vierkante millimeter", "km²": "vierkante kilometer", "km2": "vierkante kilometer",
    "m³": "kubieke meter", "m3": "kubieke meter", "cm³": "kubieke centimeter",
    "dm³": "kubieke decimeter", "ha": "hectare", "kWh": "kilowattuur", "kwh": "kilowattuur",
    "MWh": "megawattuur", "GWh": "gigawattuur", "kW": "kilowatt", "MW": "megawatt",
    "GW": "gigawatt", "kWp": "kilowattpiek", "Wh": "wattuur", "mAh": "milliampère-uur", "pk": "pk",
    "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
    "Mbit/s": "megabit per seconde", "Mb/s": "megabit per seconde", "Mbps": "megabit per seconde",
    "Gbit/s": "gigabit per seconde", "MB/s": "megabyte per seconde", "W": "watt", "V": "volt",
    "kV": "kilovolt", "mV": "millivolt", "mA": "milliampère", "Hz": "hertz", "kHz": "kilohertz",
    "MHz": "megahertz", "GHz": "gigahertz", "dB": "decibel", "hPa": "hectopascal",
    "mbar": "millibar", "kPa": "kilopascal", "Nm": "newtonmeter", "kcal": "kilocalorieën",
    "kJ": "kilojoule", "mmol/l": "millimol per liter", "mg/l": "milligram per liter",
    "g/km": "gram per kilometer", "g/l": "gram per liter", "mmHg": "millimeter kwik",
    "inw./km²": "inwoners per vierkante kilometer", "inw/km²": "inwoners per vierkante kilometer",
    "ct": "cent", "ct.": "cent", "ms": "milliseconden", "‰": "promille", "mnd": "maanden",
    "st.": "stuks",
}  # fmt: skip
UNITS = {short: (name, name) for short, name in _UNIT_NAMES.items()} | {
    "°C": ("graad Celsius", "graden Celsius"),
    "°F": ("graad Fahrenheit", "graden Fahrenheit"),
    "°": ("graad", "graden"),
    "el": ("eetlepel", "eetlepels"),
    "tl": ("theelepel", "theelepels"),
    "min": ("minuut", "minuten"),
    "min.": ("minuut", "minuten"),
    "sec": ("seconde", "seconden"),
    "sec.": ("seconde", "seconden"),
    "s": ("seconde", "seconden"),
    "mnd.": ("maand", "maanden"),
    "wk.": ("week", "weken"),
    "dgn.": ("dag", "dagen"),
    "pers.": ("persoon", "personen"),
    "inw.": ("inwoner", "inwoners"),
}
# What has a price: "€ 2,50 p.st.", "€ 9/maand"
_PER = {
    "p.p.p.n.": "per persoon per nacht", "p.p.p.d.": "per persoon per dag",
    "p.p.p.w.": "per persoon per week", "p.p.": "per persoon", "p.m.": "per maand",
    "p.j.": "per jaar", "p.w.": "per week", "p.d.": "per dag", "p.u.": "per uur",
    "p.st.": "per stuk", "p.n.": "per nacht", "p/m": "per maand", "p/u": "per uur",
    "p/p": "per persoon", "p/st": "per stuk", "p/w": "per week", "p/j": "per jaar",
    "pppn": "per persoon per nacht", "k.k.": "kosten koper", "v.o.n.": "vrij op naam",
}  # fmt: skip
_PHRASES = {
    "a.d.h.v.": "aan de hand van", "a.h.w.": "als het ware", "a.s.": "aanstaande",
    "a.u.b.": "alstublieft", "b.g.g.": "bij geen gehoor", "b.v.": "bijvoorbeeld",
    "b.v.d.": "bij voorbaat dank", "c.q.": "casu quo", "c.s.": "cum suis", "d.d.": "de dato",
    "d.m.v.": "door middel van", "d.w.z.": "dat wil zeggen", "e.e.a.": "een en ander",
    "g.w.e.": "gas, water en elektra", "g.w.l.": "gas, water en licht",
    "g/w/e": "gas, water en elektra", "g/w/l": "gas, water en licht", "h.i.": "haars inziens",
    "i.c.": "in casu", "i.c.m.": "in combinatie met", "i.i.g.": "in ieder geval",
    "i.g.v.": "in geval van", "i.h.a.": "in het algemeen", "i.h.b.": "in het bijzonder",
    "i.h.k.v.": "in het kader van", "i.o.m.": "in overleg met", "i.o.v.": "in opdracht van",
    "i.p.v.": "in plaats van", "i.s.m.": "in samenwerking met", "i.t.t.": "in tegenstelling tot",
    "i.v.m.": "in verband met", "i.z.g.st.": "in zeer goede staat", "m.a.w.": "met andere woorden",
    "m.b.t.": "met betrekking tot", "m.b.v.": "met behulp van", "m.i.": "mijns inziens",
    "m.i.v.": "met ingang van", "m.m.v.": "met medewerking van", "m.n.": "met name",
    "m.u.v.": "met uitzondering van", "m.v.g.": "met vriendelijke groet",
    "n.a.v.": "naar aanleiding van", "n.b.": "nota bene", "o.a.": "onder andere",
    "o.b.v.": "op basis van", "o.g.v.": "op grond van", "o.i.": "onzes inziens",
    "o.l.v.": "onder leiding van", "o.m.": "onder meer", "o.v.v.": "onder vermelding van",
    "r.k.": "rooms-katholiek", "t.b.v.": "ten behoeve van",
    "t.e.a.b.": "tegen elk aannemelijk bod", "t.g.v.": "ten gevolge van",
    "t.h.v.": "ter hoogte van", "t.l.v.": "ten laste van", "t.n.v.": "ten name van",
    "t.o.v.": "ten opzichte van", "t.w.": "te weten", "t.w.v.": "ter waarde van",
    "t.z.t.": "te zijner tijd", "v.a.": "vanaf", "v.h.": "voorheen",
    "v.l.n.r.": "van links naar rechts", "v.w.b.": "voor wat betreft",
    "w.v.t.t.k.": "wat verder ter tafel komt", "w.o.": "waaronder", "z.g.": "zogenaamde",
    "z.g.a.n.": "zo goed als nieuw", "z.i.": "zijns inziens", "z.o.z.": "zie ommezijde",
    "i.g.st.": "in goede staat", "t.a.p.": "ter aangehaalde plaatse",
    "t.k.a.": "te koop aangeboden", "n.t.b.": "nader te bepalen", "n.n.b.": "nog niet bekend",
    "n.o.t.k.": "nader overeen te komen", "m.v.gr.": "met vriendelijke groet",
}  # fmt: skip
# In mails these have no stops.
_BARE = listed(
    "a.d.h.v. a.u.b. d.m.v. d.w.z. i.p.v. i.s.m. i.v.m. m.b.t. m.b.v. m.i.v. n.a.v. o.b.v. "
    "t.b.v. t.o.v. t.n.v. t.w.v. t.z.t. v.w.b. z.g.a.n."
)
_LAST = {
    "enz.": "enzovoort", "etc.": "et cetera", "e.d.": "en dergelijke", "e.a.": "en anderen",
    "e.v.": "en volgende", "jl.": "jongstleden", "l.l.": "laatstleden",
    "n.v.t.": "niet van toepassing", "z.s.m.": "zo snel mogelijk", "o.i.d.": "of iets dergelijks",
    "v.Chr.": "voor Christus", "n.Chr.": "na Christus",
}  # fmt: skip
_WORDS = {
    "aant.": "aantekening", "afb.": "afbeelding", "afd.": "afdeling", "afz.": "afzender",
    "alg.": "algemeen", "bijv.": "bijvoorbeeld", "bv.": "bijvoorbeeld", "bj.": "bouwjaar",
    "blz.": "bladzijde", "ca.": "circa", "dhr.": "de heer", "dr.": "doctor", "drs.": "doctorandus",
    "ds.": "dominee", "evt.": "eventueel", "excl.": "exclusief", "fam.": "familie",
    "fig.": "figuur", "hfst.": "hoofdstuk", "hfdst.": "hoofdstuk", "incl.": "inclusief",
    "i.e.": "id est", "jhr.": "jonkheer", "jkvr.": "jonkvrouw", "mevr.": "mevrouw",
    "mgr.": "monseigneur", "mw.": "mevrouw", "ong.": "ongeveer", "par.": "paragraaf",
    "pag.": "pagina", "plm.": "plusminus", "prof.": "professor", "resp.": "respectievelijk",
    "red.": "redactie", "secr.": "secretaris", "temp.": "temperatuur", "verd.": "verdieping",
    "vgl.": "vergelijk", "vlgs.": "volgens", "vnl.": "voornamelijk", "voorz.": "voorzitter",
    "woonr.": "woonruimte", "zgn.": "zogenaamde", "geb.": "geboren", "gep.": "gepensioneerd",
    "overl.": "overleden", "opp.": "oppervlakte", "vr. gr.": "vriendelijke groet",
    "vr.gr.": "vriendelijke groet", "wethr.": "wethouder", "btw": "b t w",
    "huisnr.": "huisnummer", "postnr.": "postnummer", "penningm.": "penningmeester",
    "wnd.": "waarnemend", "staatssecr.": "staatssecretaris", "volw.": "volwassenen",
    "ibid.": "ibidem", "ass.": "assistent", "techn.": "technisch", "dir.": "directeur",
    "weth.": "wethouder", "univ.": "universiteit", "insp.": "inspecteur", "comm.": "commissie",
    "hoofdred.": "hoofdredacteur", "uitg.": "uitgave", "vert.": "vertaling", "voorm.": "voormalig",
    "tech.": "technisch",
}  # fmt: skip
_NUMBERED = {
    "art": "artikel", "dl": "deel", "hst": "hoofdstuk", "nr": "nummer", "p": "pagina",
    "tab": "tabel", "aflev": "aflevering", "lok": "lokaal", "bl": "bladzijde",
}  # fmt: skip
_BEFORE_NAMES = {
    "ing.": "ingenieur", "ir.": "ingenieur", "kapt.": "kapitein", "kol.": "kolonel",
    "lt.": "luitenant", "zr.": "zuster", "br.": "broeder", "gen.": "generaal", "st.": "Sint",
    "z.k.h.": "Zijne Koninklijke Hoogheid", "h.k.h.": "Hare Koninklijke Hoogheid",
    "wed.": "weduwe", "burg.": "burgemeester",
}  # fmt: skip
# A stop of these before a capital and a small letter ends the sentence, too.
_CLOSING = listed(
    "temp red aant afb alg bj fig hfst hfdst par pag plm vnl opp volw ibid techn tech "
    "vert uitg blz overl gep nr art verd"
)
# These may have a name behind them.
_CLOSING_OR_NAMED = listed(
    "dir comm secr afd univ voorz penningm weth insp ass staatssecr hoofdred fam geb incl excl "
    "resp vgl vlgs ca tel evt ong"
)
_OPENERS = (
    "Het|Een|Dit|Dat|Die|Deze|Er|Ik|Hij|Zij|Ze|We|Wij|Je|Jij|In|Op|Met|Voor|Maar|En|Als|Toen|Daar|"
    "Daarna|Daarom|Dan|Nu|Ook|Na|Om|Aan|Bij|Door|Tot|Uit|Wie|Wat|Waar|Hoe|Wanneer|Waarom|Er|Geen|"
    "Meer|Veel|Alle|Alles|Nog|Niet|Hier|Sinds|Vanaf|Volgens|Morgen|Vandaag|Gisteren|Mijn|Zijn|Haar"
)
_STOPS = "|".join(
    short[:-1].replace(".", r"\.")
    for short in (*sorted(_PER, key=len, reverse=True), *_LAST)
    if short[-1] == "."
)
_CLOSES = re.compile(rf"(?<![\w.])(?:{'|'.join(_CLOSING)}|{_STOPS})$", re.I)
_CLOSES_TOO = re.compile(rf"(?<![\w.])(?:{'|'.join(_CLOSING_OR_NAMED)})$", re.I)
_STOP = re.compile(rf"(?<=\w)\.(?= (?:({_OPENERS})\b|[A-Z][a-z]))")


def _stop(match: re.Match[str]) -> str:
    before = ahead(match, 24)
    ends = _CLOSES.search(before) or (match[1] and _CLOSES_TOO.search(before))
    return ". ." if ends else "."


def ends_kept(text: str) -> str:
    """A short form's stop that also ends the sentence is written twice, as one of them is read."""
    return _STOP.sub(_stop, text)


_AMOUNTS = (r"\d ", ",- ", "euro ", "bruto ", "netto ", "maand ", "€ ")


def _after(short: str, before: Sequence[str]) -> str:
    """`short` where one of `before` precedes it: it is compared first, which is faster."""
    form = re.escape(short)
    return rf"\b{form}(?:{'|'.join(f'(?<={lead}{form})' for lead in before)})"


ABBREVIATIONS = (
    (r"\bvs\b\.?", "tegen"),
    # towns of English-speaking lands
    (r"\bSt\.(?= (?:Louis|Kitts|Helens|Albans|Andrews|Pancras|Tropez)\b)", "Saint"),
    (r"\bt ?/ ?m\b|\bt\.e\.m\.", "tot en met"),
    (r"(?<=[a-z] )km/u(?:ur)?\b", "kilometer per uur"),
    (r"\ben ?/ ?of\b", "en of"),
    *short_forms(_LAST, ends="(?= [A-Z])"),
    (r"\b[Tt]\.a\.v\.(?= (?:[A-Z]|mw|mevr|dhr|de heer|prof|drs?\b|ir\b|afd))", "ter attentie van"),
    *short_forms({"t.a.v.": "ten aanzien van"}),
    *short_forms({**_PHRASES, **{short.replace(".", ""): _PHRASES[short] for short in _BARE}}),
    (r"(?<=\d )blz\.", "bladzijden"),
    (r"(?<=\d )pag\.", "pagina's"),
    (r"\bA['’]dam\b", "Amsterdam"),
    (r"\bR['’]dam\b", "Rotterdam"),
    (r"(?<=\d) ?u(?:ur)?/(?:wk|week)\b", " uur per week"),
    (r"\bm/v\b", "m v"),
    (r"\bp/a\b", "per adres"),
    (r"\bZ\.O\.Z\.", "Zie ommezijde"),
    (r"\bpp\.(?= ?\d)", "pagina's"),
    (_after("evt.", ("de ", "van ", "met ", "bij ", "een ", "oor ", r"v\.m\. ")), "eventuele"),
    *short_forms(_WORDS),
    *(
        row
        for short, said in _BEFORE_NAMES.items()
        for row in (
            (
                rf"\b{short[0].upper()}{short[1:].replace('.', r'[.]')}"
                r"(?= ?[A-Z]| (?:drs|dr|mr|ing|prof)\b)",
                said[0].upper() + said[1:],
            ),
            (rf"(?<!\d )\b{short.replace('.', r'[.]')}(?= [A-Z]| (?:drs|dr|mr|ing|prof)\b)", said),
        )
    ),
    *(
        row
        for short, said in _NUMBERED.items()
        for row in (
            (rf"\b{short}\. ?(?=\d|[IVX]+\b)", f"{said} "),
            (rf"\b{short.capitalize()}\. ?(?=\d|[IVX]+\b)", f"{said.capitalize()} "),
        )
    ),
    (r"\bVol\. ?(?=\d)", "Volume "),
    (r"(?<=[,;(] )vol\. ?(?=\d)|(?<=\()vol\. ?(?=\d)", "volume "),
    (r"\bem\.(?= (?:prof|hoogl|pred|ds|pastoor|bisschop|rector))", "emeritus"),
    (r"(?<=prof\. )em\.|(?<=\()em\.(?=\))", "emeritus"),
    (r"\bnr(?= \d)", "nummer"),
    (r"\bNr(?= \d)", "Nummer"),
    (r"\bart(?= \d)", "artikel"),
    (r"\bhst(?= \d)", "hoofdstuk"),
    (_after("max.", ("[Dd]e ", "[Hh]et ", "een ")) + "(?= [a-z])", "maximale"),
    (_after("min.", ("[Dd]e ", "[Hh]et ", "een ")) + "(?= [a-z])", "minimale"),
    (r"\bmax\.", "maximaal"),
    (r"\bMax\.(?= \d)", "Maximaal"),
    (r"\bbijl\.(?= ?(?:\d|[A-Z]\b))", "bijlage"),
    (r"\btel\.(?! [A-Z]|$)", "telefoon"),
    (r"\bTel\.(?! [A-Z]|$)", "Telefoon"),
    (r"(?<!\d )\bmin\.(?= [A-Z])", "minister"),
    (r"\bMin\.(?= [A-Z])", "Minister"),
    (r"\b[Nn]rs\.", "nummers"),
    (r"\bart\.(?= (?:van|over|uit|door) )", "artikel"),
    (r"\bnr\.", "nummer"),
    (r"\bNr\.", "Nummer"),
    (r"\bmr\.", "meester"),
    (
        r"\bMr\.(?= (?:[A-Z]\.|dr|(?:De|Van|Den|Der|Ten|Ter|Te|Op|In)\b|"
        r"[A-Z]\w+ (?:van|de|der|den|ten|ter)\b))",
        "Meester",
    ),
    (r"\bMr\.(?= [A-Z])", "Mister"),
    (r"\bNed\.(?= (?:en |[a-z]))", "Nederlandse"),
    (r"\bBelg\.(?= [a-z])", "Belgische"),
    (r"\bEur\.(?= [a-z])", "Europese"),
    (r"\b[Aa]mer\.(?= [a-z])", "Amerikaanse"),
    (r"\bmin\.(?= van [A-Z])", "minister"),
    (r"\bnl\.(?= [a-z])", "namelijk"),
    (r"\bgem\.(?= (?!De |Het |Een |Hij |Zij |Ze |Ik |We |Dit |Dat )[A-Z])", "gemeente"),
    (r"\bv\. ?d\.(?= [A-Z])|\bv/d\b", "van de"),
    (r"\ba/d\b", "aan de"),
    (r"(?<!\d )\bgr\.(?= \d)", "groep"),
    (r"\bGr\.(?= \d)", "Groep"),
    (r"\bgem\.(?= \d)", "gemiddeld"),
    (r"\bgem\.(?= [a-z])", "gemiddelde"),
    (r"\bGem\.(?= \d)", "Gemiddeld"),
    (r"\bGem\.(?= [a-z])", "Gemiddelde"),
    (r"(?<!\d )\bmin\.(?= \d)", "minimaal"),
    (r"\bMin\.(?= \d)", "Minimaal"),
    (r"(?<=[a-z] )[Jj]r\.", "junior"),
    (r"(?<=[a-z] )[Ss]r\.", "senior"),
    (r"(?<=\d )jr\.", "jaar"),
    (r"(?<=\d-k\. )app\.", "appartement"),
    (r"(?<=\d)-k\.(?= ?app|[a-z])", "-kamer"),
    (r"(?<=\de )min\.|(?<=\d[dt]e )min\.", "minuut"),
    (r"(?<=\d,\d) ?u\b\.?", " uur"),
    (r"(?<=[a-z])str\.", "straat"),
    (r"(?<=[a-z])ln\.(?= \d)", "laan"),
    (r"(?<=[a-z])pl\.(?= \d)", "plein"),
    (r"(?<=\d) ?uur\b", " uur"),
    (r"(?<=\d )l/100 ?km\b", "liter op honderd kilometer"),
    (r"(?<=\d)l/100 ?km\b", " liter op honderd kilometer"),
    # the scale of a map
    (r"(?<![\w.,:])1 ?: ?(?=\d{1,3}(?:\.\d{3})*\.(?:[05]00|250)(?!\d)|\d{2,6}00(?!\d))", "één op "),
    (r"\bUvA\b", "U V A"),
    (r"\bHvA\b", "H V A"),
    *(
        (_after(short, _AMOUNTS) + r"(?!\w)", said)
        for short, said in sorted(_PER.items(), key=lambda pair: -len(pair[0]))
    ),
)
# Initialisms that espeak-ng would say as words, and what is no initialism
SPELLED = frozenset(
    listed(
        "EU EK OM OV EO TU OR AI IT ID AZ EZ AH IC AA BA IQ UK US UN UV AV VU UT AO AP USA AOW WAO "
        "WIA AVG MBO HBO VMBO VWO CAO ANWB ABN AIVD MIVD RIVM VPRO UMC AMC EHBO APK ICT OZB WOZ "
        "IOC AEX EPD AED TBS OBS ABP ABVV ACV ASML DNA RNA VUB MIVB LUMC UMCG UMCU COA IND AIO BSO "
        "VOC VOF CEO CFO CIA HIV COPD NAP RET NEC SUV ADSL OVSE UWV NOC OPCW EVRM ADHD ACLVB "
        "NPO ECB IMF ANP AFP AIIB EER EVP UCI IJF ATP SER OCW AWBZ AOC IBM BBC UNHCR RAF "
        "KI MKB IVN IPCC TNO"
    )
)
SAID = frozenset(
    listed(
        "DE HET EEN EN OF IN IS OP TE ZO NU NA AL ER IK JE WE ZE ME HE HA JA NEE OK UIT AAN OOK "
        "ALS AND THE ALL OLD END ACT ART ARM ERG OMA OPA ELK IETS ECHT ONS OUD ORG INC"
    )
)
