"""German words for units and abbreviations."""

from __future__ import annotations

import re

from recital.processors.text.english.words import ahead
from recital.processors.text.languages.short_forms import short_forms
from recital.processors.text.word_tables import listed

_UNIT_NAMES = {
    "km": "Kilometer", "m": "Meter", "cm": "Zentimeter", "mm": "Millimeter", "kg": "Kilogramm",
    "g": "Gramm", "mg": "Milligramm", "l": "Liter", "ml": "Milliliter", "t": "Tonnen",
    "km/h": "Kilometer pro Stunde", "m/s": "Meter pro Sekunde", "m²": "Quadratmeter",
    "km²": "Quadratkilometer", "cm³": "Kubikzentimeter", "cm²": "Quadratzentimeter",
    "/km²": "pro Quadratkilometer", "/m²": "pro Quadratmeter", "mV": "Millivolt",
    "mA": "Milliampere", "μm": "Mikrometer", "µm": "Mikrometer", "ft": "Fuß", "gr.": "Gramm",
    "gr": "Gramm", "dl": "Deziliter", "cl": "Zentiliter", "m³": "Kubikmeter", "qm": "Quadratmeter",
    "ha": "Hektar", "°C": "Grad Celsius", "°": "Grad", "kWh": "Kilowattstunden", "kW": "Kilowatt",
    "MW": "Megawatt", "PS": "PS", "GB": "Gigabyte", "MB": "Megabyte", "kB": "Kilobyte",
    "TB": "Terabyte", "W": "Watt", "V": "Volt", "Hz": "Hertz", "MHz": "Megahertz",
    "GHz": "Gigahertz", "dB": "Dezibel", "EL": "Esslöffel", "TL": "Teelöffel", "Pck.": "Päckchen",
    "Pk.": "Päckchen", "°F": "Grad Fahrenheit", "Std.": "Stunden", "Min.": "Minuten",
    "Sek.": "Sekunden", "min": "Minuten", "s": "Sekunden", "kcal": "Kilokalorien",
    "kJ": "Kilojoule", "nm": "Nanometer", "hPa": "Hektopascal", "mAh": "Milliamperestunden",
    "kHz": "Kilohertz", "ms": "Millisekunden", "hl": "Hektoliter", "µg": "Mikrogramm",
    "MWh": "Megawattstunden", "GWh": "Gigawattstunden", "TWh": "Terawattstunden", "GW": "Gigawatt",
    "kV": "Kilovolt", "Nm": "Newtonmeter", "dm": "Dezimeter", "Mbit/s": "Megabit pro Sekunde",
    "MBit/s": "Megabit pro Sekunde", "Gbit/s": "Gigabit pro Sekunde",
    "MB/s": "Megabyte pro Sekunde", "g/km": "Gramm pro Kilometer",
    "l/qm": "Liter pro Quadratmeter", "l/m²": "Liter pro Quadratmeter",
    "U/min": "Umdrehungen pro Minute", "km / h": "Kilometer pro Stunde", "lb": "Pfund",
    "lbs": "Pfund", "lb.": "Pfund", "oz": "Unzen", "m2": "Quadratmeter", "km2": "Quadratkilometer",
    "m3": "Kubikmeter", "cm3": "Kubikzentimeter", "HM": "Höhenmeter", "hm": "Höhenmeter",
    "mmol/l": "Millimol pro Liter", "mg/l": "Milligramm pro Liter",
    "mg/dl": "Milligramm pro Deziliter", "g/l": "Gramm pro Liter", "ct": "Cent", "Ct": "Cent",
    "Ct.": "Cent", "ct.": "Cent", "Bft": "Beaufort", "Bft.": "Beaufort", "Pfd.": "Pfund",
    "mm²": "Quadratmillimeter", "dm³": "Kubikdezimeter", "ccm": "Kubikzentimeter",
    "cbm": "Kubikmeter", "qkm": "Quadratkilometer", "kWp": "Kilowatt Peak", "Wh": "Wattstunden",
    "mbar": "Millibar", "kPa": "Kilopascal", "mmHg": "Millimeter Quecksilbersäule",
    "µg/m³": "Mikrogramm pro Kubikmeter", "g/m²": "Gramm pro Quadratmeter", "kn": "Knoten",
    "sm": "Seemeilen", "Gl.": "Gläser", "Stck.": "Stück", "kJ/kg": "Kilojoule pro Kilogramm",
    "m/min": "Meter pro Minute", "Pers.": "Personen", "Ztr.": "Zentner", "Std": "Stunden",
    "Tg.": "Tage", "Zi.": "Zimmer", "Mon.": "Monate",
}  # fmt: skip
UNITS = (
    {short: (name, name) for short, name in _UNIT_NAMES.items()}
    | {"Std.": ("Stunde", "Stunden"), "Min.": ("Minute", "Minuten"), "t": ("Tonne", "Tonnen")}
    | {"min": ("Minute", "Minuten"), "min.": ("Minute", "Minuten"), "s": ("Sekunde", "Sekunden")}
    | {"Tbl.": ("Tablette", "Tabletten"), "Tr.": ("Tropfen", "Tropfen")}
    | {"h": ("Stunde", "Stunden"), "KB": ("Kilobyte", "Kilobyte")}
    | {"Pack.": ("Packung", "Packungen"), "Pkg.": ("Packung", "Packungen")}
    | {"Msp.": ("Messerspitze", "Messerspitzen"), "Stk.": ("Stück", "Stück")}
    | {"kwh": ("Kilowattstunde", "Kilowattstunden"), "kWh": ("Kilowattstunde", "Kilowattstunden")}
)
# Adjectives, which end as the words beside them ask
ADJECTIVES = {
    "durchschn": "durchschnittlich", "mtl": "monatlich", "monatl": "monatlich", "tägl": "täglich",
    "tgl": "täglich", "wöchentl": "wöchentlich", "jährl": "jährlich", "versch": "verschieden",
    "gebr": "gebraucht", "möbl": "möbliert", "entspr": "entsprechend", "urspr": "ursprünglich",
    "erm": "ermäßigt", "spez": "speziell", "vorl": "vorläufig", "max": "maximal",
    "zusätzl": "zusätzlich", "zul": "zulässig", "allg": "allgemein", "amerik": "amerikanisch",
    "brit": "britisch", "dt": "deutsch", "ehem": "ehemalig", "engl": "englisch",
    "europ": "europäisch", "ev": "evangelisch", "evang": "evangelisch", "franz": "französisch",
    "frz": "französisch", "griech": "griechisch", "hist": "historisch", "hl": "heilig",
    "internat": "international", "ital": "italienisch", "jüd": "jüdisch", "kath": "katholisch",
    "lat": "lateinisch", "lfd": "laufend", "österr": "österreichisch", "röm": "römisch",
    "russ": "russisch", "schweiz": "schweizerisch", "span": "spanisch", "staatl": "staatlich",
    "städt": "städtisch", "stellv": "stellvertretend", "türk": "türkisch", "poln": "polnisch",
    "wiss": "wissenschaftlich", "gesetzl": "gesetzlich", "techn": "technisch",
    "polit": "politisch", "bayer": "bayerisch",
}  # fmt: skip
_PHRASES = {
    "a. a. O.": "am angegebenen Ort", "b. a. W.": "bis auf Weiteres", "b. w.": "bitte wenden",
    "v. Chr.": "vor Christus", "n. Chr.": "nach Christus", "d. Gr.": "der Große",
    "e. h.": "ehrenhalber", "h. c.": "honoris causa", "i. Allg.": "im Allgemeinen",
    "i. d. F.": "in der Fassung", "i. d. R.": "in der Regel", "i. d. T.": "in der Tat",
    "i. d. S.": "in diesem Sinne", "i. e. S.": "im engeren Sinne", "i. w. S.": "im weiteren Sinne",
    "i. H. v.": "in Höhe von", "i. S. d.": "im Sinne des", "i. S. v.": "im Sinne von",
    "i. V. m.": "in Verbindung mit", "i. Z. m.": "im Zusammenhang mit",
    "m. a. W.": "mit anderen Worten", "m. W.": "meines Wissens",
    "n. u. Z.": "nach unserer Zeitrechnung", "o. Ä.": "oder Ähnliches", "o. ä.": "oder Ähnliches",
    "p. a.": "pro Jahr",
    "s. a.": "siehe auch", "s. o.": "siehe oben", "s. u.": "siehe unten",
    "u. a. m.": "und anderes mehr", "u. v. a.": "und viele andere",
    "u. v. a. m.": "und viele andere mehr", "u. dgl.": "und dergleichen",
    "u. dgl. m.": "und dergleichen mehr", "u. zw.": "und zwar", "v. a.": "vor allem",
    "v. l. n. r.": "von links nach rechts", "v. l.": "von links",
    "v. d. Z.": "vor der Zeitrechnung", "z. Hd.": "zu Händen", "z. Hdn.": "zu Händen",
    "z. B.": "zum Beispiel", "z. T.": "zum Teil", "z. Zt.": "zurzeit", "d. h.": "das heißt",
    "n. Br.": "nördlicher Breite", "s. Br.": "südlicher Breite", "ö. L.": "östlicher Länge",
    "w. L.": "westlicher Länge",
}  # fmt: skip
# With a capital these could be initials of a name.
_SMALL = {
    "i. A.": "im Auftrag", "i. O.": "in Ordnung", "i. R.": "im Ruhestand",
    "i. V.": "in Vertretung", "m. E.": "meines Erachtens", "o. B.": "ohne Befund",
    "o. J.": "ohne Jahr", "k. A.": "keine Angabe", "p. P.": "pro Person",
    "u. E.": "unseres Erachtens", "z. K.": "zur Kenntnis", "z. Z.": "zurzeit",
    "a. D.": "außer Dienst", "bes.": "besonders", "d. M.": "dieses Monats",
    "o. g.": "oben genannte", "i. G.": "in Gründung", "d. Ä.": "der Ältere",
    "d. J.": "der Jüngere",
}  # fmt: skip
_WORDS = {
    "Abb.": "Abbildung", "Abk.": "Abkürzung", "abzgl.": "abzüglich", "Anl.": "Anlage",
    "Anm.": "Anmerkung", "Aufg.": "Aufgabe", "Ausg.": "Ausgabe", "betr.": "betreffend",
    "Best.-Nr.": "Bestellnummer", "Bf.": "Bahnhof", "bisw.": "bisweilen", "Bj.": "Baujahr",
    "bspw.": "beispielsweise", "bzgl.": "bezüglich", "bzw.": "beziehungsweise",
    "dgl.": "dergleichen", "Dipl.-Ing.": "Diplom-Ingenieur", "Dipl.-Kfm.": "Diplom-Kaufmann",
    "Dipl.-Psych.": "Diplom-Psychologe", "ebd.": "ebenda", "eigtl.": "eigentlich",
    "einschl.": "einschließlich", "etw.": "etwas", "evtl.": "eventuell", "exkl.": "exklusive",
    "Fam.": "Familie", "Forts.": "Fortsetzung", "Frl.": "Fräulein", "geb.": "geboren",
    "gegr.": "gegründet", "Gem.": "Gemeinde", "geschl.": "geschlossen",
    "gez.": "gezeichnet", "ggf.": "gegebenenfalls", "ggfs.": "gegebenenfalls", "ggü.": "gegenüber",
    "Hbf.": "Hauptbahnhof", "Hbf": "Hauptbahnhof", "Hrsg.": "Herausgeber",
    "hrsg.": "herausgegeben", "incl.": "inklusive", "inkl.": "inklusive", "Ing.": "Ingenieur",
    "insb.": "insbesondere", "insbes.": "insbesondere", "insg.": "insgesamt", "Jg.": "Jahrgang",
    "Jt.": "Jahrtausend", "jew.": "jeweils", "jun.": "junior", "Kto.": "Konto", "Kü.": "Küche",
    "lt.": "laut", "mind.": "mindestens", "Mitgl.": "Mitglied", "nachm.": "nachmittags",
    "nördl.": "nördlich", "od.": "oder", "östl.": "östlich", "Pfr.": "Pfarrer", "rd.": "rund",
    "Red.": "Redaktion", "resp.": "respektive", "s. Abb.": "siehe Abbildung", "sen.": "senior",
    "Stellv.": "Stellvertreter", "südl.": "südlich", "Tab.": "Tabelle", "Tel.": "Telefon",
    "Temp.": "Temperatur", "ungef.": "ungefähr", "usf.": "und so fort", "usw.": "und so weiter",
    "vgl.": "vergleiche", "verh.": "verheiratet", "verst.": "verstorben", "vorm.": "vormittags",
    "Vors.": "Vorsitzender", "Vorsitz.": "Vorsitzende", "wg.": "wegen", "westl.": "westlich",
    "Whg.": "Wohnung", "Wfl.": "Wohnfläche", "zus.": "zusammen", "zw.": "zwischen",
    "zzgl.": "zuzüglich", "zzt.": "zurzeit", "Art.-Nr.": "Artikelnummer",
    "Tel.-Nr.": "Telefonnummer", "MfG": "mit freundlichen Grüßen", "Fußn.": "Fußnote",
    "Rn.": "Randnummer", "Rdnr.": "Randnummer", "Ziff.": "Ziffer", "Urt.": "Urteil",
    "Az.": "Aktenzeichen", "Inh.": "Inhaber", "wohnh.": "wohnhaft", "Nrn.": "Nummern",
    "Hausnr.": "Hausnummer", "Kd.-Nr.": "Kundennummer", "Bem.": "Bemerkung", "Def.": "Definition",
    "Nachf.": "Nachfolger", "Pos.": "Position", "Bearb.": "Bearbeitung",
    "Rechn.-Nr.": "Rechnungsnummer", "Tel.nr.": "Telefonnummer", "Dtl.": "Deutschland",
    "Bundesrep.": "Bundesrepublik", "erb.": "erbeten", "Blk.": "Balkon", "Univ.": "Universität",
    "Mitarb.": "Mitarbeiter", "sof.": "sofort", "Hinterh.": "Hinterhaus", "Vorderh.": "Vorderhaus",
    "Str.": "Straße", "m.f.G.": "mit freundlichen Grüßen", "z.H.": "zu Händen",
    "Vorst.": "Vorstand", "Verf.": "Verfasser",
    "vorauss.": "voraussichtlich", "wirtsch.": "wirtschaftlich", "ausschl.": "ausschließlich",
    "hpts.": "hauptsächlich", "hauptsächl.": "hauptsächlich", "bzgl": "bezüglich",
    "evtl": "eventuell", "ggf": "gegebenenfalls", "bzw": "beziehungsweise", "usw": "und so weiter",
    "zzgl": "zuzüglich", "inkl": "inklusive", "vgl": "vergleiche",
}  # fmt: skip
_MONTHS = listed(
    "Januar Jan. Februar Feb. März April Apr. Mai Juni Juli August Aug. September Sept. Oktober "
    "Okt. November Nov. Dezember Dez."
)
# Words that begin a sentence and are no nouns
_OPENERS = (
    "Der|Die|Das|Des|Dem|Den|Er|Es|Eine?|Einen|Einem|Einer|Im|In|Am|An|Als|Auch|Doch|Da|Dann|Danach|"
    "Damit|Dabei|Davor|Daher|Darum|Deshalb|Dort|Dies|Diese[mnrs]?|Mit|Von|Nach|Hier|Wir|Ich|Man|So|"
    "Und|Aber|Oder|Denn|Wenn|Weil|Wer|Was|Wie|Wo|Warum|Wann|Nun|Jetzt|Heute|Gestern|Seit|Bei|Zum?|"
    "Zur|Auf|Aus|Für|Nur|Noch|Schon|Seine?|Meine?|Unsere?|Keine?|Alle|Alles|Viele|Bitte|Danke|"
    "Trotzdem|Später|Ab|Bis|Vor|Um|Über|Unter|Ja|Nein|Anschließend|Außerdem|Leider|Sonst|Dazu|Deren|Mehr|Ob|Nicht|Nichts"
)
_POLITE = "Sie|Ihre?"
OPENER = re.compile(rf"(?:{_OPENERS}|{_POLITE})(?!\w|[-.])")
# These have a word behind them; "bzw. Ihre".
_LEADING = frozenset(
    listed(
        "abzgl. betr. bisw. bspw. bzgl. bzw. einschl. evtl. exkl. ggf. ggfs. ggü. incl. inkl. "
        "insb. insbes. jew. lt. mind. od. rd. resp. ungef. vgl. wg. zw. zzgl. zzt. ausschl. hpts. "
        "hauptsächl. vorauss. eigtl. etw. dgl."
    )
)
_TITLES = frozenset(listed("Fam. Frl. Pfr. Ing. Dipl.-Ing. Dipl.-Kfm. Dipl.-Psych."))
_CLOSING = "|".join(
    sorted(
        (
            re.escape(short[:-1])
            for short in (*_WORDS, *UNITS)
            if short[-1] == "." and short not in _LEADING and short not in _TITLES
        ),
        key=len,
        reverse=True,
    )
)
_CLOSING_ALSO = "|".join(sorted(ADJECTIVES, key=len, reverse=True))
_CLOSING_PHRASES = (
    r"[vn]\. ?Chr|o\. ?[Ää]|u\. ?[aÄä]|u\. ?a\. ?m|u\. ?v\. ?a|p\. ?a|s\. ?[ou]|"
    r"a\. ?D|i\. ?R|i\. ?O|k\. ?A|h\. ?c|etc|[\w-]*[a-zäöüß]str|M(?:io|rd|ill)|Bio|Tsd|"
    r"Nr|Einw|Jh(?:dt?)?|Aufl|MwSt|i\. ?d\. ?R|i\. ?d\. ?T|n\. ?u\. ?Z|n\. ?V"
)
_CLOSES = re.compile(rf"(?<![\w.])(?:{_CLOSING}|{_CLOSING_ALSO}|{_CLOSING_PHRASES})$")
_CLOSES_TOO = re.compile(
    rf"(?<![\w.])(?:{'|'.join(re.escape(short[:-1]) for short in sorted(_LEADING))})$"
)
_STOP = re.compile(rf"(?<=\w)\.(?= (?:({_OPENERS})|{_POLITE})(?!\w|[-.]))")


def _stop(match: re.Match[str]) -> str:
    before = ahead(match, 24)
    ends = _CLOSES.search(before) or (match[1] and _CLOSES_TOO.search(before))
    return ". ." if ends else "."


def ends_kept(text: str) -> str:
    """A short form's stop that also ends the sentence is written twice, as one of them is read."""
    return _STOP.sub(_stop, text)


_AFTER_MONTH = "|".join(rf"(?<={re.escape(month)} d\.)" for month in _MONTHS)
ABBREVIATIONS = (
    (rf"\bd\.(?:(?<=\d\. d\.)|{_AFTER_MONTH}) ?J\.", "dieses Jahres"),
    *short_forms({short.replace(" ", ""): said for short, said in _PHRASES.items()}),
    *short_forms(
        {short.replace(" ", ""): said for short, said in _SMALL.items()}, ends="", capital=False
    ),
    (r"\bM\. ?E\.(?! [A-ZÄÖÜ])", "Meines Erachtens"),
    (r"(?<=Frankfurt )a\. ?M\.|(?<=Offenbach )a\. ?M\.", "am Main"),
    (r"(?<=Frankfurt)/M\.|(?<=Frankfurt)/Main\b", " am Main"),
    (r"\ba\. ?d\.(?= [A-ZÄÖÜ])", "an der"),
    (r"\bv\. ?d\.(?= [A-ZÄÖÜ][a-zäöü])", "von der"),
    (r"\bv\.(?= [A-ZÄÖÜ][a-zäöü])", "von"),
    (r"\bAbt\.(?= (?:\d|[IVX]+\b|(?!Der |Die |Das |Er |Sie |Es |Eine? )[A-ZÄÖÜ]))", "Abteilung"),
    (r"\bs\.(?= (?:S\. |(?:Anlage|Anl|Abb|Kap|Seite|Tab|Nr|Anhang|Foto|Bild|Karte)\b))", "siehe"),
    (r"\bvgl\. a\.", "vergleiche auch"),
    (r"\bH\.(?= \d)", "Heft"),
    (r"\bI\. ?A\.(?= (?:der|des|von)\b)", "Im Auftrag"),
    (r"(?<=Homburg )v\. ?d\. ?H\.", "vor der Höhe"),
    (r"(?<=\d\. )OG\b", "Obergeschoss"),
    (r"(?<=\d\. )UG\b", "Untergeschoss"),
    (r"(?<=Stock )re\.|(?<=OG )re\.", "rechts"),
    (r"(?<=Stock )li\.|(?<=OG )li\.", "links"),
    (r"(?<=[a-z] )km/h\b", "Kilometer pro Stunde"),
    (r"(?<=Dr\. )med\.(?! dent)", "med"),
    (r"(?<=Dr\. )med\. dent\.", "med dent"),
    (r"(?<=Dr\. )phil\.", "phil"),
    (r"(?<=Dr\. )jur\.", "jur"),
    (r"(?<=Dr\. )theol\.", "theol"),
    (r"(?<=Dr\. )rer\. nat\.", "rer nat"),
    (r"(?<=Dr\. )rer\. pol\.", "rer pol"),
    (r"(?<=\d )J\.(?! [A-ZÄÖÜ])", "Jahre"),
    (r"(?<=\d )Zi\.", "Zimmer"),
    (r"(?<=[a-zß])pl\.(?= \d)", "platz"),
    (r"(?<=€ )VB\b|(?<=Euro )VB\b", "Verhandlungsbasis"),
    (r"\bCo\.(?= KG)", "Co"),
    (r"(?<!\d)1 Bd\.(?= [A-ZÄÖÜ])", "ein Bund"),
    (r"(?<!\d)1 Pr\.(?= [A-ZÄÖÜ])", "eine Prise"),
    (r"(?<=\d )Bd\.(?= [A-ZÄÖÜ])", "Bund"),
    (r"(?<=\d )Pr\.(?= [A-ZÄÖÜ])", "Prisen"),
    (r"(?<=\d )Stg\.", "Stangen"),
    # the scale of a map
    (
        r"(?<![\w.,:])1 ?: ?(?=\d{1,3}(?:\.\d{3})*\.(?:[05]00|250)(?!\d)|\d{2,6}00(?!\d))",
        "eins zu ",
    ),
    (r"\bgem\.(?= (?:§|Art|Anlage|Absatz|Nummer|Abs))", "gemäß"),
    (r"\bGem\.(?= (?:§|Art|Anlage|Absatz|Nummer|Abs))", "Gemäß"),
    (r"\bfr(?:eun)?dl\.(?= Gr)", "freundlichen"),
    (r"(?<!\d )\bf\.(?= \d)", "für"),
    (r"\bv\.(?= \d{1,2}\.)", "vom"),
    (r"\bMax\.(?= \d)", "Maximal"),
    (r"\bgest\.(?= (?:\d|am |im |in |um |vor |nach ))|(?<=[*†] )gest\.", "gestorben"),
    (r"\bGest\.(?= (?:Abend|Morgen|Mittag|Nacht|Nachmittag)\b)", "Gestern"),
    (r"\bverm\.(?= [a-zäöü])", "vermutlich"),
    *short_forms(_WORDS),
    (r"\bvs\b\.?", "gegen"),
    (r"(?<![\d/.,])1/2 ?h\b", "eine halbe Stunde"),
    (r"(?<=\d) ?T(?= ?€)", " tausend"),
    (r"(?<=Euro) ?/ ?Min\b\.?|(?<=€) ?/ ?Min\b\.?|(?<=Cent) ?/ ?Min\b\.?", " pro Minute"),
    (r"(?<=Euro) ?/ ?Std\b\.?|(?<=€) ?/ ?Std\b\.?|(?<=Cent) ?/ ?Std\b\.?", " pro Stunde"),
    (r"\bco2\b", "CO2"),
    (r"(?<=\d) ?[lL] ?/ ?100 ?km\b", " Liter auf hundert Kilometer"),
    (r"\bAfD\b", "A F D"),
    (r"\bNGOs\b", "N G Os"),
    (r"\bMPEG\b", "Empeg"),
    (r"\bXL\b(?!\.)", "X L"),
    (r"\bXXL\b(?!\.)", "X X L"),
    (r"\bMDAX\b", "M-Dax"),
    (r"\bSDAX\b", "S-Dax"),
    (r"\bBGBl\.", "Bundesgesetzblatt"),
    (r"\bRGBl\.", "Reichsgesetzblatt"),
    (r"\bABl\.", "Amtsblatt"),
    (r"(?<=\d )II(?= (?:S\.|Nr\.))", "zwei"),
    (r"(?<=\d )I(?= (?:S\.|Nr\.))|(?<=BGBl\. )I\b", "eins"),
    (r"\bu\. ?v\. ?m\.", "und vieles mehr"),
    (r"\bu\. ?[Ää]\.", "und Ähnliches"),
    (r"\bn\. ?V\.", "nach Verlängerung"),
    (r"\bv\. ?u\. ?Z\.", "vor unserer Zeitrechnung"),
    (r"\be\. ?V\.", "e V"),
    (r"(?<=\d )ff?\.", "folgende"),
    (r"\bJh(?:dt?)?\.", "Jahrhundert"),
    (r"\bJr\.", "Junior"),
    (r"(?<=\d\. )Hz\.", "Halbzeit"),
    (r"\bü\. ?d\. ?M\.", "über dem Meer"),
    (r"\bü\. ?M\.", "über Meer"),
    (r"\bü\. ?NHN\b", "über Normalhöhennull"),
    (r"\bü\. ?NN\b", "über Normalnull"),
    (r"\bBsp\.", "Beispiel"),
    (r"\b[Vv]llt\.", "vielleicht"),
    (r"\bFa\.(?= [A-ZÄÖÜ])", "Firma"),
    (r"\bMag\.(?=(?: \([^()]{1,9}\))? [A-ZÄÖÜ])", "Magister"),
    (r"\bMwSt\b\.?", "Mehrwertsteuer"),
    (r"(?<=\d) ?‰", " Promille"),
    (r"\bEinw\. ?/ ?km²", "Einwohner pro Quadratkilometer"),
    (r"\bEinw\.", "Einwohner"),
    (r"[øØ⌀] ?(?=\d)", "Durchmesser "),
    (r"\b[Uu]\. ?a\.", "unter anderem"),
    (r"\b[Uu]\. ?U\.", "unter Umständen"),
    (r"\bu\.(?= [A-Za-zÄÖÜäöü0-9])", "und"),
    (r"\betc\.", "et cetera"),
    (r"\b[Cc]a\.", "circa"),
    (r"\bNr\.", "Nummer"),
    (r"\bDr\.", "Doktor"),
    (r"\bProf\.", "Professor"),
    (r"\bHr\.", "Herr"),
    (r"\bHrn\.", "Herrn"),
    (rf"\b(?<![Aa]m )(?<![-–/])Fr\.(?= (?!(?:{_OPENERS})\b)[A-ZÄÖÜ])", "Frau"),
    (r"\bSt\.(?= [A-ZÄÖÜ])", "Sankt"),
    (r"(?<=[a-zäöüß])str\.", "straße"),
    (r"\bStr\.", "Straße"),
    (r"\bAbs\.(?= (?:\d|[IVX]+\b))", "Absatz"),
    (r"\bArt\.(?= (?:\d|[IVX]+\b))", "Artikel"),
    (r"\bKap\.(?= (?:\d|[IVX]+\b))", "Kapitel"),
    (r"\bBd\.(?= (?:\d|[IVX]+\b))", "Band"),
    (r"\bS\.(?= \d)", "Seite"),
    (r"(?<=\b[Ee]in )sog\.", "sogenannter"),
    (r"(?<=\b[Dd]e[mns] )sog\.|(?<=ine[mnrs] )sog\.", "sogenannten"),
    (r"\bsog\.", "sogenannte"),
    (r"\bAufl\.", "Auflage"),
    (r"\bmin\.(?= \d)", "minimal"),
)
