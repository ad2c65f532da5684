"""Italian words for units and abbreviations."""

from __future__ import annotations

from recital.processors.text.languages.short_forms import shortened
from recital.processors.text.word_tables import word_set

UNITS = {
    "km": ("chilometro", "chilometri"), "m": ("metro", "metri"),
    "cm": ("centimetro", "centimetri"), "mm": ("millimetro", "millimetri"),
    "kg": ("chilogrammo", "chilogrammi"), "g": ("grammo", "grammi"),
    "mg": ("milligrammo", "milligrammi"), "l": ("litro", "litri"),
    "ml": ("millilitro", "millilitri"), "km/h": ("chilometro all'ora", "chilometri all'ora"),
    "m²": ("metro quadrato", "metri quadrati"), "m³": ("metro cubo", "metri cubi"),
    "°C": ("grado Celsius", "gradi Celsius"), "°F": ("grado Fahrenheit", "gradi Fahrenheit"),
    "gr": ("grammo", "grammi"), "gr.": ("grammo", "grammi"),
    "km²": ("chilometro quadrato", "chilometri quadrati"), "V": ("volt", "volt"),
    "km/s": ("chilometro al secondo", "chilometri al secondo"), "W": ("watt", "watt"),
    "kW": ("chilowatt", "chilowatt"), "t": ("tonnellata", "tonnellate"),
    "ha": ("ettaro", "ettari"), "GB": ("gigabyte", "gigabyte"), "MB": ("megabyte", "megabyte"),
    "Hz": ("hertz", "hertz"), "A": ("ampere", "ampere"), "s": ("secondo", "secondi"),
    "kmq": ("chilometro quadrato", "chilometri quadrati"),
    "mq": ("metro quadrato", "metri quadrati"), "m2": ("metro quadrato", "metri quadrati"),
    "m3": ("metro cubo", "metri cubi"), "km2": ("chilometro quadrato", "chilometri quadrati"),
    "mc": ("metro cubo", "metri cubi"), "cm²": ("centimetro quadrato", "centimetri quadrati"),
    "cl": ("centilitro", "centilitri"), "cm2": ("centimetro quadrato", "centimetri quadrati"),
    "dl": ("decilitro", "decilitri"), "cm³": ("centimetro cubo", "centimetri cubi"),
    "nm": ("nanometro", "nanometri"), "cm3": ("centimetro cubo", "centimetri cubi"),
    "µm": ("micrometro", "micrometri"), "cc": ("centimetro cubo", "centimetri cubi"),
    "hl": ("ettolitro", "ettolitri"), "MW": ("megawatt", "megawatt"),
    "GW": ("gigawatt", "gigawatt"), "KB": ("chilobyte", "chilobyte"),
    "MWh": ("megawattora", "megawattora"), "TB": ("terabyte", "terabyte"),
    "kV": ("chilovolt", "chilovolt"), "kHz": ("chilohertz", "chilohertz"),
    "MHz": ("megahertz", "megahertz"), "dB": ("decibel", "decibel"),
    "GHz": ("gigahertz", "gigahertz"), "kcal": ("chilocaloria", "chilocalorie"),
    "ab.": ("abitante", "abitanti"), "q": ("quintale", "quintali"), "hg": ("etto", "etti"),
    "gb": ("gigabyte", "gigabyte"), "Gb": ("gigabyte", "gigabyte"), "mb": ("megabyte", "megabyte"),
    "Mb": ("megabyte", "megabyte"), "Mhz": ("megahertz", "megahertz"),
    "Ghz": ("gigahertz", "gigahertz"), "tb": ("terabyte", "terabyte"),
    "Tb": ("terabyte", "terabyte"), "Nm": ("newton metro", "newton metri"),
    "kgm": ("chilogrammetro", "chilogrammetri"),
    "mmHg": ("millimetro di mercurio", "millimetri di mercurio"),
    "mAh": ("milliampere ora", "milliampere ora"), "Mpx": ("megapixel", "megapixel"),
    "lt": ("litro", "litri"), "lt.": ("litro", "litri"), "mt": ("metro", "metri"),
    "mt.": ("metro", "metri"), "cv": ("cavallo", "cavalli"), "CV": ("cavallo", "cavalli"),
    "hPa": ("ettopascal", "ettopascal"), "dm": ("decimetro", "decimetri"),
    "µg": ("microgrammo", "microgrammi"), "sec": ("secondo", "secondi"), "bar": ("bar", "bar"),
    "Km": ("chilometro", "chilometri"), "Kg": ("chilogrammo", "chilogrammi"),
    "KG": ("chilogrammo", "chilogrammi"), "Km/h": ("chilometro all'ora", "chilometri all'ora"),
    "kmh": ("chilometro all'ora", "chilometri all'ora"),
    "km/ora": ("chilometro all'ora", "chilometri all'ora"),
    "m/s": ("metro al secondo", "metri al secondo"), "min.": ("minuto", "minuti"),
    "h": ("ora", "ore"), "KW": ("chilowatt", "chilowatt"), "Kw": ("chilowatt", "chilowatt"),
    "Km2": ("chilometro quadrato", "chilometri quadrati"), "min": ("minuto", "minuti"),
    "kWh": ("chilowattora", "chilowattora"), "pt": ("punto", "punti"), "pt.": ("punto", "punti"),
    "pti": ("punto", "punti"), "p.ti": ("punto", "punti"), "gg": ("giorno", "giorni"),
    "gg.": ("giorno", "giorni"), "pz": ("pezzo", "pezzi"), "pz.": ("pezzo", "pezzi"),
    "sec.": ("secondo", "secondi"), "Wh": ("wattora", "wattora"), "kn": ("nodo", "nodi"),
    "GWh": ("gigawattora", "gigawattora"), "ms": ("millisecondo", "millisecondi"),
    "mA": ("milliampere", "milliampere"), "mbar": ("millibar", "millibar"),
    "kPa": ("chilopascal", "chilopascal"), "kJ": ("chilojoule", "chilojoule"),
    "kB": ("chilobyte", "chilobyte"), "Mbit/s": ("megabit al secondo", "megabit al secondo"),
    "Mbps": ("megabit al secondo", "megabit al secondo"), "pers.": ("persona", "persone"),
    "bicch.": ("bicchiere", "bicchieri"), "conf.": ("confezione", "confezioni"),
    "fett.": ("fetta", "fette"), "spicc.": ("spicchio", "spicchi"), "bust.": ("bustina", "bustine"),
    "tazz.": ("tazza", "tazze"), "cucch.": ("cucchiaio", "cucchiai"),
    "cucc.": ("cucchiaio", "cucchiai"), "cucch.ni": ("cucchiaino", "cucchiaini"),
    "cucch.no": ("cucchiaino", "cucchiaini"), "cucc.ni": ("cucchiaino", "cucchiaini"),
    "cucc.no": ("cucchiaino", "cucchiaini"), "ct": ("centesimo", "centesimi"),
    "cts": ("centesimo", "centesimi"), "ct.": ("centesimo", "centesimi"),
}  # fmt: skip
_LETTERS = (
    "gent.ma gentilissima; gent.mo gentilissimo; gent.mi gentilissimi; gent.me gentilissime; "
    "gent.li gentili; gent.le gentile; spett.le spettabile; spett. spettabile; "
    "preg.mo pregiatissimo; preg.ma pregiatissima; preg.mi pregiatissimi; chiar.mo chiarissimo; "
    "chiar.ma chiarissima; ill.mo illustrissimo; ill.ma illustrissima; egr. egregio; "
    "car.mo carissimo; rev.do reverendo; rev.mo reverendissimo; ogg.: oggetto:; "
    "n.b. nota bene; o.d.g. ordine del giorno; odg ordine del giorno; c/c conto corrente; "
    "c/o presso; p.es. per esempio; f.lli fratelli; cad. cadauno; escl. escluso; incl. incluso; "
    "ibid. ibidem; p.iva partita IVA"
)
_TITLES = (
    "proff. professori; card. cardinale; gen. generale; col. colonnello; magg. maggiore; "
    "ten. tenente; cap. capitano; serg. sergente; brig. brigadiere; amm. ammiraglio; "
    "cav. cavalier; comm. commendator; pres. presidente; ass. assessore; cons. consigliere; "
    "fam. famiglia; rev. reverendo; dir. direttore; segr. segretario; dep. deputato; "
    "prov. provincia; str. strada; vic. vicolo; staz. stazione"
)
_HAVE_MAXIMUM = (
    "emperatura elocità quota capienza durata altezza larghezza lunghezza profondità pressione "
    "portata potenza età"
)
# They need what follows: "dott. La Rosa".
LEADING = word_set(
    "egregio egregia gentilissima gentilissimo gentile spettabile dottor dottoressa dottori "
    "dottoresse professor professoressa professoresse professori avvocato Avvocato avvocatessa "
    "ingegner ingegneri architetto signori signora signorina signore onorevole onorevoli "
    "maresciallo reverendo pagina pagine dipartimento firmato scala"
)
ABBREVIATIONS = (
    *shortened("", _LETTERS),
    (r"\bAA\. ?VV\.", "autori vari"),
    (r"\bop\. ?cit\.", "opera citata"),
    (r"\b[Cc]od\. civ\.", "codice civile"),
    (r"\b[Cc]od\. pen\.", "codice penale"),
    (r"\b[Cc]od\. fisc\.", "codice fiscale"),
    (r"\b[Pp]\. ?[Ii][Vv][Aa]\b", "partita IVA"),
    (r"\b[Cc]\.d\.(?<=[nlL]a c\.d\.)", "cosiddetta"),
    (r"\bc\.d\.(?<=[ei] c\.d\.)(?<!le c\.d\.)", "cosiddetti"),
    (r"\bc\.d\.(?<=le c\.d\.)", "cosiddette"),
    (r"\bc\.d\.", "cosiddetto"),
    # of dates in letters
    (r"\bc\. ?m\.", "corrente mese"),
    (r"\bu\. ?s\.", "ultimo scorso"),
    (r"\bp\. ?v\.", "prossimo venturo"),
    (r"\bc\.a\.(?<=[oe] c\.a\.)(?! ?\d)", "corrente anno"),
    (r"\b(?<!\d )[hH]\b\.? ?(?=\d)", "ore "),
    # "al 43' st"
    (r"\bst\b(?<=\d['’′] st)|\bs\.t\.(?<=\d['’′] s\.t\.)", "del secondo tempo"),
    (r"\bpt\b(?<=\d['’′] pt)|\bp\.t\.(?<=\d['’′] p\.t\.)", "del primo tempo"),
    (r"\bp\.t\.", "piano terra"),
    *((rf"\bmax\b(?<={noun} max)\.?", "massima") for noun in _HAVE_MAXIMUM.split()),
    # but "Mad Max 3", "Pro Max 256 GB"
    (
        r"\bmax\b(?<!\b[Mm]ad max)(?<!\b[Pp]ro max)\.?|\bMax\.(?= \d)"
        r"|\bMax\b(?= \d+ ?(?:pers|[€%°]|kg|km|posti|ore|min|giorni|partecip|person))",
        "massimo",
    ),
    (r"\b(?<!\d )(?<!l )[Mm]in\.?(?= \d)", "minimo"),
    (r"\b[Tt]emp\.(?= (?:max|min|massim|minim|medi))", "temperatura"),
    (r"\brid\.(?<=[€o] rid\.)", "ridotto"),
    (r"\b(?:segg|sgg)\.|\bss\.(?<=[\de] ss\.)", "seguenti"),
    (r"\b[Ss]s\.(?= [A-Z][a-zò]+ (?:e|ed) [A-Z])", "santi"),
    (r"\bSS\.(?= (?:Trinità|Annunziata|Concezione|Vergine|Addolorata)\b)", "Santissima"),
    (r"\bSS\.(?= (?:Sacramento|Salvatore|Crocifisso|Redentore|Rosario|Nome)\b)", "Santissimo"),
    # chapters, laws, addresses
    *shortened(
        r"\. ?(?=\d|[IVXLC]+\b)",
        "cap capitolo; capp capitoli; vol volume; voll volumi; sez sezione; tav tavola; "
        "tit titolo; lib libro; par paragrafo; parr paragrafi; all allegato; "
        "fasc fascicolo; fogl foglio; es esercizio; int interno; pal palazzina; lez lezione; "
        "bin binario; secc secoli; ess esercizi; div divisione; cat categoria; tavv tavole; "
        "figg figure; nn numeri",
    ),
    # but "l'app. 3 utenti"
    (r"\b[Aa]pp\.(?:(?<=[,;] [Aa]pp\.)|(?<=\([Aa]pp\.)) ?(?=\d|[IVXLC]+\b)", "appendice "),
    # but "& Co. 5"
    (r"\bco\.(?<=[\d,)] co\.) ?(?=\d)", "comma "),
    *shortened(
        r"\.(?= (?:\d|[nN][.°r]))",
        "prot protocollo; fatt fattura; rif riferimento; es esercizio; dis disegno; ord ordine",
    ),
    (r"\b[Nn]r\b\.?(?= \d)", "numero"),
    (
        r"\b[Nn]r?\.[°º]?(?= (?:d[ei]|del|dei|delle|verde|civico|telefonico|tel|totale|ordine)\b)",
        "numero",
    ),
    (r"\b[Cc]ell\.(?= ?[\d+:])", "cellulare"),
    (r"\b[Ss]c\.(?= (?:[A-Z]|\d)\b)", "scala"),
    (r"\b[Ll]\.go (?=[A-Z])", "largo "),
    (r"\b[Pp]\.tta (?=[A-Z])", "piazzetta "),
    (r"\b[Pp]\.ta (?=[A-Z])", "porta "),
    (r"\b[Cc]\.ne (?=[A-Z])", "circonvallazione "),
    *shortened(
        "",
        "prof.sse professoresse; proff.sse professoresse; dott.sse dottoresse; dott.ri dottori; "
        "avv.ti avvocati; ingg. ingegneri; sig.re signore; sig.ri signori; on.le onorevole; "
        "on.li onorevoli; mar.llo maresciallo; f.to firmato",
    ),
    *shortened(r"(?= (?:d[aei]l? |De |Di |Dalla )?[A-ZÀÈÉ][a-zòàèé'’])", _TITLES),
    (r"\b[Vv]s\.(?<=la [Vv]s\.)(?= [a-z])", "vostra"),
    (r"\bVs\.(?= (?:mano|sede|parte|merce|[a-z]+(?:a|tà|[gstz]ione))\b)", "vostra"),
    (r"\bVs\.(?= [a-z]+i\b)", "vostri"),
    (r"\bVs\.(?= [a-z])", "vostro"),
    (r"\bvs\b\.?", "contro"),
    (
        r"\b[Ss]\. ?(?=(?:Maria|Chiara|Lucia|Caterina|Teresa|Rita|Croce|"
        r"Margherita|Marta|Monica|"
        r"Cecilia|Barbara|Sofia|Giulia|Francesca|Paola|Susanna|Sabina|Messa|Sede)\b)",
        "Santa ",
    ),
    (
        r"\b[Ss]\. ?(?=(?:A[ngm]\w+|Elena|Eulalia|Elisabetta|Orsola|Irene|"
        r"Apollonia|Apollinare|Alessandro|Alfonso|Arcangelo|Atanasio|Elia|Eligio|Egidio|Elpidio|Eustorgio|Eusebio|Ilario|"
        r"Isidoro|Ippolito|"
        r"Orso|Oreste|Omobono|Ubaldo)\b)",
        "Sant'",
    ),
    (r"\b[Ss]\. ?(?=(?:Stefano|Spirito)\b)", "Santo "),
    (
        r"\b[Ss]\. ?(?=(?:Giovanni|Pietro|Paolo|Francesco|Marco|Lorenzo|Giuseppe|Martino|"
        r"Michele|Nicola|"
        r"Giorgio|Giacomo|Carlo|Benedetto|Domenico|Gennaro|Bartolomeo|Vincenzo|Vito|Rocco|"
        r"Siro|Siro|Donato|"
        r"Biagio|Bernardo|Bernardino|Filippo|Luca|Matteo|Leonardo|Luigi|Giuliano|Salvatore|"
        r"Sebastiano|"
        r"Severino|Zeno|Marino|Giusto|Cristoforo|Gregorio|Girolamo|Clemente|Cosimo|Maurizio|"
        r"Mauro|Pio|"
        r"Tommaso|Vitale|Petronio|Prospero|Remo|Remigio|Romano|Simone|Valentino|Vittore|Gallo|Gimignano)\b)",
        "San ",
    ),
    (r"\bc\.(?<=, c\.) ?(?=\d)", "comma "),
    (r"\bh\. ?(?=\d)", "ore "),
    (r"\b(?:litri|l) ?/ ?100 ?[Kk]m\b", "litri ogni cento chilometri"),
    (r"\b[Kk]m(?<=\b[ai]l [Kk]m)\.?(?= \d)", "chilometro"),
    (r"\b16V\b", "16 valvole"),
    (r"\bRif\.(?= [A-Z])", "rifugio"),
    (r"\b[Ll]oc\.(?= [A-Z])", "località"),
    (r"\b[Ff]raz\.(?= [A-Z])", "frazione"),
    (r"\bs\. ?l\. ?m\b\.?", "sul livello del mare"),
    (r"\bq\. ?(?=\d)", "quota "),
    (r"\bmt?\. ?(?=\d)", "metri "),
    (r"\bA ?/ ?R\b", "andata e ritorno"),
    (r"\bartt\b\.?(?= \d)", "articoli"),
    (r"\ba\. ?s\.(?= \d{4})", "anno scolastico"),
    (r"\ba\. ?a\.(?= \d{4})", "anno accademico"),
    (r"\b[Ll]\.(?= \d+/\d{2,4}\b| (?:n\.|\d{1,2} [a-z]+ \d{4}))", "legge"),
    (r"\b[Dd]\. ?[Ll]gs\.?|\b[Dd]lgs\b\.?", "decreto legislativo"),
    (r"\b[Dd]\. ?[Ll]\.(?= (?:n|\d))", "decreto legge"),
    (r"\b[Dd]\. ?[Mm]\.(?= (?:n|\d))", "decreto ministeriale"),
    (r"\b[Dd]\. ?[Pp]\. ?[Rr]\.(?= )", "D P R"),
    (r"\b(?:L|Lit|Lire)\.(?= ?\d)", "lire"),
    (r"\b[Cc]m\.?(?= \d)", "centimetri"),
    (r"\bmm\.?(?= \d)", "millimetri"),
    (r"\b[Mm]q\.?(?= \d)", "metri quadrati"),
    (r"\b[Kk]g\.?(?= \d)", "chili"),
    (r"\b[Kk]m\.?(?= \d)", "chilometri"),
    (r"\bmq\b(?<=[il]l mq)\.?", "metro quadrato"),
    (r"\bmq\b\.?", "metri quadrati"),
    (r"\bkmq\b\.?", "chilometri quadrati"),
    (r"\bv\.(?<=[\[(]v\.)(?= )", "vedi"),
    (r"\b[Cc]fr\b\.?", "confronta"),
    (r"\b[Oo]n\.(?= [A-Z])", "onorevole"),
    (r"\b[Ss]en\.(?= [A-Z])", "senatore"),
    (r"\b[Gg]eom\.(?= [A-Z])", "geometra"),
    (r"\b[Rr]ag\.(?= [A-Z])", "ragionier"),
    (r"\b[Mm]ons\.(?= [A-Z])", "monsignor"),
    (r"\b[Ee]gr\.", "egregio"),
    (r"\b[Gg]ent\.ma", "gentilissima"),
    (r"\b[Gg]ent\.mo", "gentilissimo"),
    (r"\b[Pp]rof\.ssa", "professoressa"),
    (r"\b[Aa]vv\.ssa", "avvocatessa"),
    (r"\bdr\.ssa", "dottoressa"),
    (r"\b[Dd]r\.(?= [A-Z])", "dottor"),
    (r"\b[Ss]ec\.(?= [IVX]+\b)|\bsec\.(?<=[IVX] sec\.)", "secolo"),
    (r"\b[Ff]ig\.(?= \d)", "figura"),
    (r"\b[Tt]ab\.(?= \d)", "tabella"),
    (r"\b[Ll]ett\.(?= [a-z]\b)", "lettera"),
    (r"\b[Cc]\.so (?=[A-Z])", "corso "),
    (r"\b[Pp]\.le (?=[A-Z])", "piazzale "),
    (r"\bp\.(?= ?\d)", "pagina"),
    (r"\b[Pp]p\.(?= ?\d)", "pagine"),
    (r"\b[Pp]agg\.", "pagine"),
    (r"\bca\.(?= )|\bCa\.(?= \d)", "circa"),
    (r"\bpers\.(?<=a pers\.)", "persona"),
    (r"\b[Tt]ot\.(?= )", "totale"),
    (r"\b[Ss]oc\.(?= (?:[A-Z]|coop))", "società"),
    (r"\b[Rr]eg\.(?= (?:[UC]E|n))", "regolamento"),
    (r"\breg\.(?<=reno reg\.)|\breg\.(?<=reni reg\.)", "regionale"),
    (r"\btratt\.(?<=[€o] tratt\.)", "trattabili"),
    (r"\bp\.(?<=[°º] p\.)", "piano"),
    (r"\bcont\.(?<=orario cont\.)", "continuato"),
    (r"\bS\. ?E\.(?= (?:il|la|mons|Mons|l')(?![a-z]))", "Sua Eccellenza"),
    (r"\bM\.tro\b", "maestro"),
    (r"\b[Tt]rad\. it\.", "traduzione italiana"),
    (r"\b[Tt]rad\.(?= di)", "traduzione"),
    (r"\b[Vv]ed\.(?= (?:nota|pag|cap|fig|tab|art|anche)\w*)", "vedi"),
    (r"\bseg\.(?<=\be seg\.)", "seguente"),
    (r"\btrim\.", "trimestre"),
    (r"\b[Cc]at\.(?= [A-Z]\b)", "categoria"),
    (r"\b[Cc]onf\.(?= (?:da|di) )", "confezione"),
    (r"\bCost\.(?<=\d Cost\.)", "Costituzione"),
    (r"\b[Uu]ff\.", "ufficio"),
    (r"\b[Rr]acc\.(?= (?:A|1|n|a\.r))", "raccomandata"),
    (r"\b[Dd]ir\. gen\.", "direzione generale"),
    (r"\b[Vv]\.(?= anche )", "vedi"),
    (r"\bh\b\.? ?(?<=/\d h )(?=\d)|\bh\b\.? ?(?<=/\d\d h )(?=\d)", "ore "),
    (r"\bsem\.(?<=[°º] sem\.)", "semestre"),
    (r"\b[Nn]s\.(?<=la [Nn]s\.)(?= [a-z])", "nostra"),
    (r"\bN[Ss]\.(?= (?:mano|sede|parte|merce|[a-z]+(?:a|tà|[gstz]ione))\b)", "nostra"),
    (r"\bN[Ss]\.(?= [a-z]+i\b)", "nostri"),
    (r"\bN[Ss]\.(?= [a-z])", "nostro"),
    # but "N. B. Forrest"
    (
        r"\bN\. ?B\.(?=:| ?[-–]| (?:[a-zà-ù]|(?:Il|L[aoe]|Gli|I|Non|Per|Si|In|Una?)\b))",
        "nota bene",
    ),
    (r"\b24 ?h ?(?:/|su) ?24\b|\b[Hh]24\b", "ventiquattro ore su ventiquattro"),
    (r"\b7 ?g{1,2} ?(?:/|su) ?7\b", "sette giorni su sette"),
    (r"\bc\.a\.", "circa"),
    (r"\b[Nn]\.?[Dd]\.?[Rr]\b\.?", "nota del redattore"),
    (r"\bq\. ?b\b\.?", "quanto basta"),
    (r"\betc\.|\betc\b", "eccetera"),
    (r"\becc\b", "eccetera"),
    (r"\bed\.(?=[ ,;)])", "edizione"),
    (r"\b[Ss]t\.(?= [A-Z])", "Saint"),
    (r"\b[Ss]\. ?[Pp]\. ?[Aa]\b\.?", "S p A"),
    (r"\b[Ss]\. ?[Rr]\. ?[Ll]\b\.?", "S r l"),
    (r"\bCdA\b", "C d A"),
    (r"\b[Cc]\.[Aa]\.[Pp]\.", "cap"),
    (r"\bavv\.", "avvocato"),
    (r"\bAvv\.", "Avvocato"),
    (r"\b[Ss]ig\.na\b", "signorina"),
    (r"\b[Ss]ig\.ra\b", "signora"),
    (r"\b[Ss]igg\.", "signori"),
    (r"\b[Pp]\.?z?za\b\.?(?= [A-Z])", "piazza"),
    (r"\b[Vv]\.le\b", "viale"),
    (r"\b[Dd]ip\.", "dipartimento"),
    (r"\b[Ii]ng\.", "ingegner"),
    (r"\b[Aa]rch\.", "architetto"),
    (r"\b[Aa]rt\. ?(?=\d)", "articolo "),
    (r"\b[Tt]el\.", "telefono"),
    (r"\ba\. ?C\.", "avanti Cristo"),
    (r"\bd\. ?C\.", "dopo Cristo"),
    (r"\b[Ss]ig\.(?= [A-Z])", "signor"),
    (r"\b[Ss]ig\.ra", "signora"),
    (r"\b[Dd]ott\.ssa", "dottoressa"),
    (r"\b[Dd]ott\.", "dottor"),
    (r"\b[Pp]rof\.", "professor"),
    (r"\b[Aa]d es\b\.?", "ad esempio"),
    (r"\b[Pp]er es\.", "per esempio"),
    (r"\b[Ee]cc\.", "eccetera"),
    (r"\b[Nn]\.[°º]? ?(?=\d)|\b[Nn][°º] ?(?=\d)", "numero "),
    (r"\b[Pp]ag\.", "pagina"),
)
