"""Spanish words for units and abbreviations."""

from __future__ import annotations

from recital.processors.text.languages.short_forms import shortened
from recital.processors.text.word_tables import word_set


def _plural(name: str) -> str:
    """ "vatio hora" -> "vatios hora", "unidad" -> "unidades"."""
    noun, _, rest = name.partition(" ")
    return f"{noun}{'es' if noun[-1] in 'drl' else 's'}" + (f" {rest}" if rest else "")


_UNITS = {
    "km": "kilómetro", "m": "metro", "cm": "centímetro", "mm": "milímetro", "kg": "kilogramo",
    "g": "gramo", "gr": "gramo", "gr.": "gramo", "grs": "gramo", "grs.": "gramo",
    "seg": "segundo", "seg.": "segundo", "mg": "miligramo", "l": "litro", "ml": "mililitro",
    "t": "tonelada", "μm": "micrómetro", "µm": "micrómetro",
    "nm": "nanómetro", "dm": "decímetro", "dl": "decilitro", "cl": "centilitro", "hl": "hectolitro",
    "kV": "kilovoltio", "mV": "milivoltio", "kHz": "kilohercio", "dB": "decibelio",
    "ms": "milisegundo",
    "TB": "terabyte", "KB": "kilobyte", "kB": "kilobyte", "hPa": "hectopascal", "lb": "libra",
    "lbs": "libra", "oz": "onza",
    "ha": "hectárea", "kWh": "kilovatio hora", "W": "vatio", "min": "minuto", "s": "segundo",
    "°": "grado", "cda.": "cucharada", "cdas.": "cucharada", "cdta.": "cucharadita",
    "cdtas.": "cucharadita", "cdita.": "cucharadita", "cditas.": "cucharadita",
    "pers.": "persona", "ud.": "unidad", "uds.": "unidad", "ud": "unidad", "pto.": "punto",
    "ptos.": "punto", "ptos": "punto", "ptas.": "peseta", "ptas": "peseta", "pts": "punto",
    "hab.": "habitante", "hs.": "hora", "hrs.": "hora", "min.": "minuto", "mins": "minuto",
    "Wh": "vatio hora", "mA": "miliamperio", "kJ": "kilojulio", "mbar": "milibar",
    "kn": "nudo", "Ha": "hectárea", "Has": "hectárea", "has": "hectárea", "Mb": "megabit",
    "cts": "céntimo", "cts.": "céntimo", "cént.": "céntimo",
    "µg": "microgramo", "mcg": "microgramo", "dag": "decagramo",
}  # fmt: skip
UNITS = {short: (name, _plural(name)) for short, name in _UNITS.items()} | {
    "km/h": ("kilómetro por hora", "kilómetros por hora"),
    "km²": ("kilómetro cuadrado", "kilómetros cuadrados"),
    "cc": ("centímetro cúbico", "centímetros cúbicos"),
    "Kcal": ("kilocaloría", "kilocalorías"),
    "mm²": ("milímetro cuadrado", "milímetros cuadrados"),
    "hm²": ("hectómetro cuadrado", "hectómetros cuadrados"),
    "hm³": ("hectómetro cúbico", "hectómetros cúbicos"),
    "km³": ("kilómetro cúbico", "kilómetros cúbicos"),
    "dm³": ("decímetro cúbico", "decímetros cúbicos"),
    "mmHg": ("milímetro de mercurio", "milímetros de mercurio"),
    "m/s": ("metro por segundo", "metros por segundo"),
    "MWh": ("megavatio hora", "megavatios hora"),
    "GWh": ("gigavatio hora", "gigavatios hora"),
    "Mbps": ("megabit por segundo", "megabits por segundo"),
    "Mb/s": ("megabit por segundo", "megabits por segundo"),
    "cm³": ("centímetro cúbico", "centímetros cúbicos"),
    "kW": ("kilovatio", "kilovatios"),
    "GB": ("gigabyte", "gigabytes"),
    "MB": ("megabyte", "megabytes"),
    "Hz": ("hercio", "hercios"),
    "V": ("voltio", "voltios"),
    "mph": ("milla por hora", "millas por hora"),
    "CV": ("caballo", "caballos"),
    "Km": ("kilómetro", "kilómetros"),
    "KM": ("kilómetro", "kilómetros"),
    "kms": ("kilómetro", "kilómetros"),
    "Kms": ("kilómetro", "kilómetros"),
    "h": ("hora", "horas"),
    "m2": ("metro cuadrado", "metros cuadrados"),
    "km2": ("kilómetro cuadrado", "kilómetros cuadrados"),
    "m3": ("metro cúbico", "metros cúbicos"),
    "cm3": ("centímetro cúbico", "centímetros cúbicos"),
    "cm²": ("centímetro cuadrado", "centímetros cuadrados"),
    "kcal": ("kilocaloría", "kilocalorías"),
    "MW": ("megavatio", "megavatios"),
    "GW": ("gigavatio", "gigavatios"),
    "MHz": ("megahercio", "megahercios"),
    "GHz": ("gigahercio", "gigahercios"),
    "mAh": ("miliamperio hora", "miliamperios hora"),
    "m²": ("metro cuadrado", "metros cuadrados"),
    "m³": ("metro cúbico", "metros cúbicos"),
    "°C": ("grado Celsius", "grados Celsius"),
    "°F": ("grado Fahrenheit", "grados Fahrenheit"),
}
_ADDRESSES = (
    "ctra. carretera; urb. urbanización; edif. edificio; pje. pasaje; gta. glorieta; rda. ronda; "
    "trva. travesía; cno. camino; plza. plaza; prol. prolongación; bda. barriada; esc. escalera; "
    "izda. izquierda; izdo. izquierdo; dcho. derecho; ptal. portal; apto. apartamento; "
    "blq. bloque; prov. provincia; tfno. teléfono; tfnos. teléfonos; tlf. teléfono; "
    "tlfno. teléfono; telf. teléfono; teléf. teléfono; tel. teléfono; apdo. apartado; "
    "pral. principal; ayto. ayuntamiento; admón. administración"
)
_TITLES = (
    "sres. señores; sras. señoras; srtas. señoritas; dres. doctores; dras. doctoras; "
    "profa. profesora; prof.ª profesora; lcdo. licenciado; lcda. licenciada; ldo. licenciado; "
    "lda. licenciada; arq. arquitecto; cnel. coronel; cap. capitán; tte. teniente; "
    "cdte. comandante; sgto. sargento; alm. almirante; pdte. presidente; pdta. presidenta; "
    "rvdo. reverendo; rvda. reverenda; hno. hermano; hna. hermana; hnos. hermanos; "
    "hnas. hermanas; mtro. maestro; mtra. maestra; card. cardenal; fr. fray; stos. santos; "
    "stas. santas; dip. diputado; bco. banco; univ. universidad; inst. instituto; ntra. nuestra; "
    "ntro. nuestro; fco. Francisco; gob. gobernador"
)
_LETTERS = (
    "atte. atentamente; atte atentamente; fdo. firmado; fdo firmado; ref. referencia; "
    "refs. referencias; dto. descuento; dtos. descuentos; excma. excelentísima; "
    "ilma. ilustrísima; ilmos. ilustrísimos; excmos. excelentísimos; adj. adjunto; cta. cuenta; "
    "cf. compárese; cfr. compárese; ibíd. ibídem; sigs. siguientes; "
    "sig. siguiente; máx. máximo; mín. mínimo; núms. números; "
    "c/u cada uno; a/a a la atención de; nros. números; nro. número; aprox. aproximadamente; "
    "dña. doña; pág. página; págs. páginas; núm. número"
)
_CHAPTERS = (
    "cap capítulo; caps capítulos; vol volumen; vols volúmenes; secc sección; "
    "sec sección; párr párrafo; figs figuras; tab tabla; lám lámina; lib libro; "
    "tít título; lín línea; art artículo; arts artículos; fig figura"
)
# what is behind the days of a shop, "L-V 9-14", "(L-V)", but not behind the sizes "L-S"
_OPEN = (
    r"(?:(?=:? ?(?:de )?(?:las )?\d{1,2}(?:[:.h]\d\d| ?h\b| ?[-–] ?\d| a ))"
    r"|(?<=orario L-.)|(?<=orario de L-.)"
    r"|(?<=orario: L-.)|(?<=bierto L-.)|(?<=bierto de L-.)|(?<=\(L-[VD])(?=[),]))"
)
# They need what follows: "Dr. El Hadj".
LEADING = word_set(
    "calle avenida plaza paseo barrio carretera urbanización edificio pasaje glorieta ronda "
    "camino Señor Señora Señorita Doctor Doctora señor señora doctor doctora Don Doña don doña "
    "Santo Santa profesora Excelentísimo Ilustrísimo excelentísima ilustrísima escalera "
    "referencia firmado página"
)
ABBREVIATIONS = (
    (r"\bD\.ª", "Doña"),
    *shortened("", _ADDRESSES + "; " + _LETTERS),
    *shortened(r"\. ?(?=\d|[IVXLC]+\b)", _CHAPTERS),
    *shortened(r"(?= (?:de(?: la)? )?[A-ZÁÉÍÓÚÑ])", _TITLES),
    (r"\b[Pp]ol\. [Ii]nd\.", "polígono industrial"),
    (r"\b[Pp]l\.(?= (?:de|del|[A-ZÁÉÍÓÚÑ]))", "plaza"),
    (r"\bP\.?º(?= (?:de|del|[A-ZÁÉÍÓÚÑ]))", "paseo"),
    (r"\bB\.?º(?= (?:de|del|[A-ZÁÉÍÓÚÑ]))", "barrio"),
    (r"\bc/ ?(?=[A-ZÁÉÍÓÚÑ])", "calle "),
    (r"\b[Pp]ta\.(?= (?:\d|[A-Z])\b)", "puerta"),
    (r"\bC\. ?P\.:? ?(?=\d)|\bCP:? (?=\d{5}\b)", "código postal "),
    (r"\bss\.(?<=[\dy] ss\.)(?! ?[IVX])", "siguientes"),
    (r"\bs\. ?(?=[IVX]+\b)", "siglo "),
    (r"\bss\. ?(?=[IVX]+\b)", "siglos "),
    (r"\b[Ee]d\.(?<=ª ed\.)", "edición"),
    (r"\bop\. cit\.", "obra citada"),
    (r"\bmsnm\b", "metros sobre el nivel del mar"),
    (r"\bs\. ?n\. ?m\.", "sobre el nivel del mar"),
    (r"\bD\.(?<=\bSr\. D\.)(?= [A-ZÁÉÍÓÚ])", "don"),
    (r"\b[Pp]rof\.(?<=la [Pp]rof\.)", "profesora"),
    (r"\bprof\.(?= [A-ZÁÉÍÓÚ])", "profesor"),
    # but "N. B. Forrest"
    (r"\bN\. ?B\.(?=:| ?[-–]| [a-záéíóúñ]| (?:El|La|Los|Las|En|No|Se|Un|Una)\b)", "nota bene"),
    # but "de la vid."
    (
        r"\b[Vv]id\.(?= (?:[Nn]otas?|[Pp]ágs?|pp?|[Cc]aps?|[Ff]igs?|[Tt]abla|[Aa]nexo|[Ii]nfra|"
        r"[Ss]upra|también|n)\b)|\bvid\.(?<=\(vid\.)",
        "véase",
    ),
    (r"\bt\.(?<=[,;(] t\.) ?(?=\d|[IVXLC]+\b)|\bt\.(?<=\(t\.) ?(?=\d|[IVXLC]+\b)", "tomo "),
    (r"\bt\.(?<!\b[a-z]\. t\.) ?(?=[IVXLC]+\b)", "tomo "),
    (r"\binc\. ?(?=\d|[IVXLC]+\b)", "inciso "),
    (r"\b[Ee]d\.(?= (?:de|crítica|\d))", "edición"),
    (r"\b[Tt]rad\.(?= (?:de |[A-Z]))", "traducción"),
    (r"\b[Dd]ep\. legal\b", "depósito legal"),
    (r"\b[Hh]ab\.(?= (?:doble|individual|triple|sencilla))", "habitación"),
    (r"\bhab\.(?<=\b[2-9] hab\.)", "habitaciones"),
    (r"\b[Ii]mp\.(?= (?:total|bruto|neto|líquido))", "importe"),
    (r"\benv\.(?<=de env\.)", "envío"),
    (r"\b[Ii]ncl\.", "incluido"),
    (r"\b[Ff]ac\.(?= de )", "facultad"),
    (r"\b24/7\b", "veinticuatro siete"),
    (r"\bneg\.(?<=[€s] neg\.)", "negociables"),
    (r"\b[Tt]rim\.", "trimestre"),
    (r"\b[Vv]to\.", "vencimiento"),
    (r"\besq\.(?= )", "esquina"),
    (r"\binc\.(?<=IVA inc\.)", "incluido"),
    (r"\b[Cc]ert\.(?= (?:y|con|urg))", "certificado"),
    (r"\b[Rr]te\.", "remitente"),
    (r"\b[Ee]xp\.(?= ?(?:\d|:|n))", "expediente"),
    (r"\brbo\.(?<=de rbo\.)", "recibo"),
    (r"\bS\. ?E\. ?u ?O\.", "salvo error u omisión"),
    *shortened(
        r"(?= (?:de |del |[A-ZÁÉÍÓÚÑ]))",
        "asoc. asociación; fed. federación; fund. fundación; soc. sociedad; conf. confederación; "
        "secr. secretaría",
    ),
    (r"\bv\. ?gr\.", "verbigracia"),
    (r"\bi\. ?e\.", "es decir"),
    (r"\bN\. del T\.", "nota del traductor"),
    (r"\bN\. de la R\.", "nota de la redacción"),
    (r"\ba\. ?de ?C\.|\ba\. ?J\. ?-?C\.", "antes de Cristo"),
    (r"\bd\. ?de ?C\.|\bd\. ?J\. ?-?C\.", "después de Cristo"),
    (r"\bq\. ?e\. ?p\. ?d\.", "que en paz descanse"),
    (r"\bP\. ?D\.(?= ?:)", "posdata"),
    (r"\bS\. ?M\.(?= (?:el|la) )", "Su Majestad"),
    (r"\bSS\. ?MM\.", "Sus Majestades"),
    (r"\bS\. ?A\. ?R\.(?! ?L)", "Su Alteza Real"),
    (r"\bFF\. ?CC\.", "ferrocarriles"),
    (r"\bDD\. ?HH\.", "derechos humanos"),
    (r"\bNN\. ?UU\.", "Naciones Unidas"),
    (r"\bRR\. ?PP\.", "relaciones públicas"),
    (r"\bAA\. ?PP\.", "administraciones públicas"),
    (r"\b(?:AA\. ?VV|VV\. ?AA)\.", "varios autores"),
    (r"\bL ?[-–] ?V\b" + _OPEN, "lunes a viernes"),
    (r"\bL ?[-–] ?S\b" + _OPEN, "lunes a sábado"),
    (r"\bL ?[-–] ?D\b" + _OPEN, "lunes a domingo"),
    (r"\bL ?[-–] ?J\b" + _OPEN, "lunes a jueves"),
    (r"\b[Nn]\.? ?[º°](?= [a-záéíóú])", "número"),
    (r"\b[Nn]\.(?:os|ºs)\b|\b[Nn]ºs\b", "números"),
    (r"\bvs\b\.?", "contra"),
    (r"(?<= )habs?\.? ?/ ?km²", "habitantes por kilómetro cuadrado"),
    (r" ?/ ?km²|(?<=\w) por km²", " por kilómetro cuadrado"),
    (r" ?/ ?m²|(?<=\w) por m²", " por metro cuadrado"),
    (r"(?<=\d) km / h\b", " kilómetros por hora"),
    (r"(?<=\d) ?[lL] ?/ ?100 ?km\b", " litros cada cien kilómetros"),
    (r"\bext\.(?= \d)", "extensión"),
    (r"\bDa\.(?= [A-ZÁÉÍÓÚ])", "Doña"),
    (r"\bSr\.", "Señor"),
    (r"\bSra\.", "Señora"),
    (r"\bSrta\.", "Señorita"),
    (r"\bDr\.", "Doctor"),
    (r"\bDra\.", "Doctora"),
    (
        r"(?:^|(?<=[,;:(«¿¡\"] )|(?<=[,;:(«¿¡\"])|(?<= a )|(?<= y )|(?<= e )|(?<= de )|"
        r"(?<= por )|(?<= con )|(?<= que )|(?<= el )|(?<=^A )|(?<=^De ))D\.(?= [A-ZÁÉÍÓÚ])",
        "Don",
    ),
    (r"\bDª", "Doña"),
    (r"\bEE\.? ?UU\b\.?", "Estados Unidos"),
    (r"\bCC\.? ?OO\b\.?", "Comisiones Obreras"),
    (r"\bJJ\.? ?OO\b\.?", "Juegos Olímpicos"),
    (r"\bFF\.? ?AA\b\.?", "Fuerzas Armadas"),
    (r"\bCC\.? ?AA\b\.?", "comunidades autónomas"),
    (r"\bRR\.? ?HH\b\.?", "recursos humanos"),
    (r"(?<!\d )\b[Mm]in\.? ?(?=\d)", "minuto "),
    (r"(?<!\d )\b[Kk]m\.? (?=\d)", "kilómetro "),
    (r"\b[Cc]ía\.", "compañía"),
    (r"\bVd\.", "usted"),
    (r"\bVds\.", "ustedes"),
    (r"\bSto\.(?= [A-ZÁÉÍÓÚ])", "Santo"),
    (r"\bSta\.(?= [A-ZÁÉÍÓÚ])", "Santa"),
    (r"\bGral\.(?= [A-ZÁÉÍÓÚ])", "General"),
    (r"\bIng\.(?= [A-ZÁÉÍÓÚ])", "Ingeniero"),
    (r"\bLic\.(?= [A-ZÁÉÍÓÚ])", "Licenciado"),
    (r"\bMons\.(?= [A-ZÁÉÍÓÚ])", "Monseñor"),
    (r"\bExcmo\.", "Excelentísimo"),
    (r"\bIlmo\.", "Ilustrísimo"),
    (r"\bProf\.(?= [A-ZÁÉÍÓÚ])", "Profesor"),
    (r"\b[Dd]e?pto\.", "departamento"),
    (r"\bs/n\b", "sin número"),
    (r"(?<=\d)\.°|(?<=\d)\.o\b(?= [a-záéíóúñ])", ".º"),
    (
        r"(?<=\d)° (?=(?:aniversario|piso|puesto|lugar|congreso|festival|período|periodo|tiempo|"
        r"encuentro|torneo|distrito)\b)",
        "º ",
    ),
    (r"(?<=\d)° (?=(?:edición|vez|ronda|fecha|etapa|vuelta|jornada|sesión|reunión)\b)", "ª "),
    (r"(?<=\d)\.a\b(?= [a-záéíóúñ])", ".ª"),
    (r"\b[Pp]\. ?ej\.", "por ejemplo"),
    (r"\betc\.", "etcétera"),
    (r"\b[Nn](?:\.[ºo°]| ?[º°]|o\.|\.) ?(?=\d)", "número "),
    (r"\bpp\. ?(?=\d)", "páginas "),
    (r"\bp\. ?(?=\d)", "página "),
    (r"\ba\. ?C\.", "antes de Cristo"),
    (r"\bd\. ?C\.", "después de Cristo"),
    (r"\b[Aa]v(?:da)?\.", "avenida"),
    (r"\bUd\.", "usted"),
    (r"\bUds\.", "ustedes"),
    (r"(?<=\d )a\. ?m\.|(?<=\d )a\.?m\b", "de la mañana"),
    (r"(?<=\d )p\. ?m\.|(?<=\d )p\.?m\b", "de la tarde"),
    (r"\bsr\.", "señor"),
    (r"\bsra\.", "señora"),
    (r"\bdr\.", "doctor"),
    (r"\bdra\.", "doctora"),
    (r"\b[Pp]za\.", "plaza"),
    (r"(?<![º°])\bC/ ?", "calle "),
    (r"\bizq\.", "izquierda"),
    (r"\bdcha\.", "derecha"),
)
