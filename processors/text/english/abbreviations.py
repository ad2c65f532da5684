"""Words that are written short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import add

from recital.processors.text.english import titles
from recital.processors.text.english.calendar_names import DAYS, MONTH, SHORT_MONTHS
from recital.processors.text.english.outline import holds, shape
from recital.processors.text.english.words import (
    NUMBER_WORD,
    STARTERS,
    TABLES,
    ahead,
    glossary,
    pairs,
    word_set,
)

# Anywhere; those of the second table often end a sentence.
_INSIDE = pairs(TABLES["anywhere"])
_AT_ENDS = pairs(TABLES["at ends"])
_WORDS = _INSIDE | _AT_ENDS
# Only before a number.
_NUMBERED = pairs(TABLES["before numbers"])
# "ch. 3-5" are chapters.
_IN_RANGES = frozenset(("page", "chapter", "verse", "week", "grade", "volume", "line"))
_RANGE = re.compile(r"\d+ ?(?:-|to|and|&) ?\d")
# "9 GCSEs (all A*-B)"
_EXAMS = re.compile(r"\b(?:GCSEs?|[Gg]rades?|A-?[Ll]evels?|[Pp]upils?|[Ee]xams?|[Rr]esults)\b")
_STAR = re.compile(r"\bA\*(?=[,.;) A]|$) ?(?![,.;)])|\bA\*(?=[,.;)])")
_STAR_TO = re.compile(r"\bA\*-(?=[A-G]\b)")
# Universities; in a text of sports or studies, else these are streets
_STATE_TEAM = re.compile(
    r"(?<!\bon )(?<!\bat )(?<!\bof )(?<!\bdown )(?<!\bup )(?<!\bnear )(?<![\d.] )\b(Michigan|Ohio|"
    r"Penn|Florida|Iowa|Kansas|Oklahoma|Arizona|Oregon|Mississippi|Colorado|Fresno|San Diego|"
    r"San Jose|Boise|Utah|North Carolina|Kent|Wichita|Appalachian|Arkansas|Idaho|Montana|Weber|"
    r"Ball|Youngstown) St(?:\.(?= [a-z]|,? \d| \(|-[A-Z])|(?=[.,;]?$| [a-z]|, [a-z]))"
)
_OF_TEAMS = re.compile(
    r"\b(?:[Bb]eats?|[Gg]ames?|[Ww]ins?|[Ww]on|[Ll]ost|[Ll]oss(?:es)?|[Ss]cored?|[Cc]oach(?:es)?|"
    r"[Ss]easons?|[Tt]eams?|[Ff]ootball|[Bb]asketball|[Bb]aseball|NCAA|[Rr]anked|[Tt]ournaments?|"
    r"[Qq]uarterbacks?|[Ff]reshm[ae]n|[Ss]ophomores?|[Dd]efeat\w*|[Bb]owl|[Uu]niversit(?:y|ies)|"
    r"[Ss]tudents?|[Pp]rofessors?|[Gg]rad(?:s|uat\w+)?|[Dd]egrees?|[Rr]ecruit\w*|[Cc]ampus|"
    r"[Rr]oad trip|[Cc]onference|[Uu]pset|[Ff]avou?rites?|[Uu]nderdogs?|[Ss]pread|seed|vs|AP|"
    r"[Pp]olls?|\d+-\d+)\b"
)
# All that is written short with a stop; before a number none of it ends a sentence.
SHORT = frozenset(
    short.lower()
    for short in (
        *titles.TITLES,
        *_WORDS,
        *_NUMBERED,
        *SHORT_MONTHS,
        *DAYS,
        *word_set(
            "amend hr wk yr mo st rt ext fl x ph exp rs inv agg prop dep arr lic gtd pkt accum mi"
        ),
        *word_set("btw fax mob th nr pop bal lb oz ft att aft"),
    )
)
ENDS_SENTENCES = frozenset(
    [*_AT_ENDS, "no", "ed", "min", "max", "sec", "ch", "temp", "sat", "sun", "x", "c", "art", "par"]
)
# Words of their own where they end a sentence: "the max.", "he said no."; the first ones of any
_WORDS_FIRST = frozenset(("apt", "tech", "tabs", "max", "min", "temp"))
_ALSO_WORDS = _WORDS_FIRST | word_set(
    "med vols fig figs no ed min max sec co ch est temp ca ave rd"
)
# In letters and old books
_GIVEN_NAMES = {"Wm": "William", "Jno": "John", "Saml": "Samuel", "Benj": "Benjamin"}
_GIVEN_NAMES |= {"Robt": "Robert", "Geo": "George", "Chas": "Charles", "Thos": "Thomas"}
_GIVEN_NAMES |= {"Jas": "James", "Jos": "Joseph", "Edw": "Edward", "Richd": "Richard"}
_GIVEN = re.compile(rf"\b({'|'.join(_GIVEN_NAMES)})\.(?= (?:[A-Z]|of [A-Z]))")
# "your phone no"
_WITH_NUMBERS = word_set(TABLES["with numbers"])


def _latin(first: str, second: str, spoken: str) -> Iterator[tuple[str, str, str]]:
    """Rules for "e.g." or "i.e.", also in capitals or without the last stop."""
    for piece in (f".{second}.", f". {second}."):
        yield piece, rf"\b[{first}]\. ?{second}\.(?=\W|$)", spoken
    capital = second.upper()
    yield f"{capital}.", rf"\b[{first}]\. ?{capital}\.(?=,| [a-z])", spoken
    yield f".{second} ", rf"\b[{first}]\.{second} (?=a |[A-Za-z][a-z])", f"{spoken} "


def _before_nouns() -> Iterator[tuple[str, str, str]]:
    """Rules for "ann. fee", "exp. date", from their table."""
    for key, nouns in glossary(TABLES["before nouns"]).items():
        short, full = key.split(" ")
        first = short[0] if short == "corp" else f"{short[0].upper()}{short[0]}"  # no "Acme Corp."
        stop = r"\.?" if short == "abd" else r"\."
        after = rf"(?=(?:{nouns.replace(' ', '|')})(?:e?s)?\b)"
        piece = short[1:] if short == "abd" else f"{short[1:]}. "
        yield piece, rf"\b([{first}]){short[1:]}{stop} {after}", rf"\1{full[1:]} "


_BODY = "|".join(TABLES["parts of the body"].split())
_SIDES = {"Lt": "left ", "Rt": "right "}
_COMMITTEES = "Appropriations|Judiciary|Finance|Budget|Commerce|Intelligence|Banking|Armed Services"
# A piece that must be there, else the rule has nothing to do.
_PHRASES = [
    (piece, re.compile(pattern), spoken)
    for piece, pattern, spoken in (
        ("Mt. S", r"\bMt\. (?=St\.? )", "Mount "),
        (
            "incl",
            r"(?<=not )incl\b(?:\.(?! *$))?|(?<=[a-z] )incl(?=\.?$)|\bincl\b\.?(?=[,;)]|"
            r"(?<=[a-z] incl.) in (?:the )?(?:price|rent|cost|fee|rate)\b)",
            "included",
        ),
        (
            " St.",
            r"(?<=[a-z] )St\.(?= \d+-\d|,? (?:beat|won|lost|defeated|upset|leads|vs|at No)\b)|"
            r"(?<=\d, )((?:[A-Z][a-z]+ ){1,2})St\.(?= \d{1,3}\b)",
            r"\1State",
        ),
        *((w, r"\bW\.?W\.?(?:II\b|2\b)", "World War two") for w in ("WW", "W.W")),
        *((w, r"\bW\.?W\.?(?:I\b|1\b)", "World War one") for w in ("WW", "W.W")),
        ("/", r"(?<![\w/])([fF])/(?=\d)", r"\1 "),
        *_latin("Ee", "g", "for example"),
        ("eg.", r"\beg\.(?=\W)", "for example"),
        *_latin("Ii", "e", "that is"),
        ("etc", r"\betc\b(?![.\w])", "et cetera"),
        *((w, r"\ba\.k\.a\b\.?|\baka\b|\bAKA\b", "also known as") for w in ("a.k", "aka", "AKA")),
        ("c/o", r"\b((?:[Pp]t\.?|[Pp]atient|[Hh]e|[Ss]he) )c/o\b", r"\1complains of"),
        ("o. of", r"\b([Nn])o\. (?=of\b)", r"\1umber "),
        *((piece, r"\b(?:et al|ET AL)\.", "et al") for piece in ("et al.", "ET AL.")),
        ("S.", r"\bP\.? ?S\.(?= [A-Z])", "P.S."),
        ("/L", r"\bW/L\b", "win loss"),
        ("/o", r"\b[Ww]/o\b", "without"),
        *(
            (
                piece,
                rf"\b[Ww]/[Cc] (?=(?<=c )\d|the [a-z-]+ (?:of|to) |(?:{MONTH})\b)",
                "week commencing ",
            )
            for piece in ("/c ", "/C ")
        ),
        (
            " w ",
            r"(?<=[a-z] )w (?=(?:an?|the|my|your|his|her|our|their|no|some|extra|all|it) )",
            "with ",
        ),
        (
            "/",
            r"\b[Ww]/(?!(?:w|e|in?|M|F|u)\b)\s*(?:is (?=greater |less ))?(?=[\w<>])",
            "with ",
        ),
        ("/o", r"\bc/o (?=(?:19|20|')\d\d\b)", "class of "),
        # "late c/o is $25", "c/o by 11"
        (
            "c/o",
            r"(?:(?<=[Ll]ate )|(?<=[Ee]arly )|(?<=[Ee]xpress )|(?<=\.m\., ))c/o\b|"
            rf"\b[Cc]/o(?= (?:time|(?:is )?(?:by|at|before) (?:noon|{NUMBER_WORD}\b)))",
            "checkout",
        ),
        ("/o", r"\bc/o\b", "care of"),
        ("/", r"\b[Nn]/[Aa]\b", "not applicable"),
        ("/", r"\band/or\b", "and or"),
        ("Ph", r"\bPh\. ?D\b\.?|\bPhD\b", "P.H.D."),
        ("M&Ms", r"\bM&Ms\b", "M and M's"),
        ("CTRL", r"\bCTRL\b", "control"),
        ("Gen ", r"\bGen (?=[XYZ]ers\b)", "gen "),
        ("/b/", r"\b[dD]/b/a\b", "doing business as"),
        ("vs", r"\bvs\b\.?", "versus"),
        ("Vs", r"(?<=[A-Za-z] )Vs\.? (?=[A-Z])", "versus "),
        ("v. ", r"\bv\.(?= [A-Z])", "versus"),
        ("sat.", r"\bsat\.(?=\)| fat)", "saturated"),
        (
            "Esc",
            r"((?:Ctrl|ontrol|Shift|Alt|Cmd|\b[Pp]ress(?:ing)?|\b[Hh]it|\b[Tt]he)(?: ?[-+] ?| |"
            r" plus ))Esc\b(?!\w|\.\w)",
            r"\1Escape",
        ),
        (
            " med ",
            r"\bmed (?=flame|heat|bowl|saucepan|pan\b(?! flute)|pot\b|onions?\b|eggs?\b|speed)",
            "medium ",
        ),
        ("eg. N", r"\b([Rr])eg\. (?=N(?:o\.|umber))", r"\1egistration "),
        # "Rev. C of the plan"; but "Rev. J Smith"
        *(
            (
                w,
                r"(?<!\ba )(?<!\bto (?=rev\.))(?<!\b[Tt]he )\b([Rr])ev\.? (?=[A-HJ-Z]\b(?!['’.]\w|"
                r"\.? [A-Z]))",
                r"\1evision ",
            )
            for w in ("ev. ", "rev ", "Rev ")
        ),
        ("Rev. ", rf"\bRev\. (?=(?:{MONTH}) [a-z-]+(?:th|st|nd|rd)\b)", "revised "),
        ("div. ", r"\bdiv\. (?=every|q\d|[BbTt]\.?[Ii]\.?[Dd])", "divided "),
        (
            "caps",
            r"(?<=\d )caps\b\.?(?= (?:(?:with|w/) ?(?:food|water|milk|(?:a |each |every )?(?:"
            r"meals?|breakfast|lunch|dinner))\b|daily|by mouth|PO|(?:twice|once) (?:a |daily)|"
            r"every (?:\d|day|morning|night|evening|hour|other)|[bt]\.?i\.?d))",
            "capsules",
        ),
        (
            "v. ",
            r"\bv\. (?=(?:high|low|good|nice|small|large|old|rare|few|hot|cold|likely|busy)\b)",
            "very ",
        ),
        ("-mag", r"(?<=\d-)mag\b\.?(?= [a-z])", "magnitude"),
        ("rop. ", r"\b([Tt])rop\. (?=[Ss]torm|[Dd]epr)", r"\1ropical "),
        ("-lvl", r"(?<=[a-z]-)lvl\b\.?", "level"),
        ("Ca. ", r"\bCa\. (?=breast|lung|colon|prostate|cervix|ovary|thyroid)", "C.A. "),
        ("conf. s", r"\b([Cc])onf\. (?=sugar)", r"\1onfectioners' "),
        ("ext.", r"(?:(?<=van\. )|(?<=illa )|(?<=mond )|(?<=emon ))ext\.", "extract"),
        ("br. sugar", r"\bbr\. (?=sugar)", "brown "),
        ("bak. ", r"\bbak\. (?=powder|soda)", "baking "),
        ("ilat. ", r"\b([Bb])ilat\. (?=[A-Za-z])", r"\1ilateral "),
        ("Resp. ", rf"\bResp\. (?=\d|{NUMBER_WORD}\b)", "Respirations "),
        (
            "Inc. ",
            r"(?:^|(?<=[.;:] ))Inc\. (?=fluids|doses?\b|intake|water|activity|fiber|to )",
            "Increase ",
        ),
        ("btw", r"(?<=[\w,] )btw\.? (?=\d+(?:st|nd|rd|th)? ?(?:&|and) ?\d)", "between "),
        ("btw", r"^[Bb]tw,? (?=\d)", "by the way, "),
        ("Comm. C", r"\bComm\. (?=Ctr|Cent|Coll)", "Community "),
        ("adv.", r"(?<=dollars )adv\.(?=[/,;) ])", "advance"),
        ("rades ", r"\b([Gg]rades (?:[Pp]re-?)?K)[-–](?=\d)", r"\1 to "),
        ("rice neg", r"(?<=rice )neg\b\.?(?=[,;.)]|$)", "negotiable"),
        ("Rev", r"\bRev\.? (?=(?:and|&) Mrs)", "Reverend "),
        ("dr", r"\bdr\b\.? (?=appointment|appt|office|visit|said|says|told)", "doctor "),
        ("o. ", rf"\b([Nn])o\. (?={NUMBER_WORD} {NUMBER_WORD}\b)", r"\1umber "),
        (
            " nos",
            r"\b(?!(?:and|or|the|all|no|of|more|many|few|those|these|two|three|four|five|ten|my|"
            r"his|her|your|our|their|polite|firm|big|clear|say|says|said)\b)([A-Za-z]+ )"
            r"nos\b\.?(?=[,;?!)]| (?:of|for|are|is)\b|(\.?) *$)",
            r"\1numbers\2",
        ),
        ("trl", r"\b([Cc])trl(?=[-+ ])", r"\1ontrol"),
        ("Del", r"(?<=Alt[-+ ])Del\b", "Delete"),
        ("*", r"(?<=\b[1-7])\*(?= |$|[.,;:])", " star"),
        ("Q*", r"\bQ\*(?=['’.,;:)]|\s|$)", "Q star"),
        ("C*-", r"\bC\*(?=-algebra)", "C star"),
        (" gr.", r"(?<=\dth )gr\.|(?<=\drd )gr\.|(?<=\dnd )gr\.|(?<=\dst )gr\.", "grade"),
        *((piece, r"\b(TL|tl);(?=DR\b|dr\b)", r"\1") for piece in ("TL;", "tl;")),
        ("dep.", r"(?:(?<=\+ )|(?<=plus )|(?<=sec )|(?<=security ))dep\b(?:\.(?! *$))?", "deposit"),
        (
            "ev. ",
            rf"(?<![Tt]he )\b([Rr])ev\. (?=(?:of )?(?:(?:{NUMBER_WORD}|hundred|point|"
            rf"and)[- ])+[mb]illion\b|"
            r"(?:came in|beat|missed|topped|was|of [$£€\d]|were|rose|"
            r"fell|grew|up|down|growth|guidance)\b)",
            r"\1evenue ",
        ),
        ("Rev. ", r"(?<=[Oo]ur )Rev\. (?=[a-z])", "Reverend "),
        ("p. ", r"\b([Oo])p\. (?=(?:margin|income|profit|loss|cash|expenses)s?\b)", r"\1perating "),
        ("ew pt", r"\b([Dd]ew) pt\b\.?", r"\1 point"),
        ("agg", r"\bagg\.? (?=\d)|(?<=on )agg\b", "aggregate "),
        ("Prop. ", r"\bProp\. (?=\d|[A-Z]\b)", "Proposition "),
        (
            "Cat",
            r"\bCat\.? (?=[1-5]\b(?! (?:cable|wir|cord|ethernet|patch|network))(?=.{0,80}(?:mph|"
            r"winds?|hurricane|storm|cyclone|typhoon)))",
            "category ",
        ),
        (
            " d. ",
            rf"(?<=[a-z,]) d\. (?=[A-Z][a-z]+,? (?:\d-\d|{NUMBER_WORD} {NUMBER_WORD}\b))",
            " defeated ",
        ),
        ("Sen. ", rf"\bSen\. ({_COMMITTEES}) Comm(?:\.|ittee\b)", r"Senate \1 Committee"),
        (
            "div.",
            r"(?<!ales )(?<!earch )(?<!uring )\bdiv\.(?:(?<=share div.)|(?<=cash div.)|"
            r"(?<=terly div.)|(?<=dollars div.)|(?<=annual div.)|(?<=special div.)|(?<=[Ee]x-div.)|"
            r"(?<=terim div.)|(?<=final div.)|(?<=qtrly div.)|(?= (?:yields?|payouts?|rate|date|"
            r"income|growth)\b| (?:of|was|is|to|by) .{0,40}\b(?:cents?|per share|payouts?)\b))",
            "dividend",
        ),
        ("Div. ", r"\bDiv\. (?=(?:yields?|payout|income|yld)\b)", "Dividend "),
        ("obo", r"\bobo\b(?! (?:of|the|my|our|differ)\b| [A-Z])", "or best offer"),
        ("inv. ", r"\binv\. (?=[Nn]os?\.|number)", "inventory "),
        *(
            (
                piece,
                r"\b((?:[Mm]ob(?:ile|\.)?|[Pp]h(?:one|\.)?|[Tt]el(?:ephone|\.)?|[Ff]ax|[Cc]ell|"
                r"[Rr]ef(?:erence|\.)?|[Aa]cc(?:oun|)t|[Oo]rder|[Ii]nvoice|[Ss]erial|[Pp]assport|"
                r"[Rr]eg(?:istration|\.)?|[Rr]oll|[Ll]icen[cs]e|[Cc]ard|[Cc]ontact|[Pp]olicy|"
                r"[Bb]ooking|[Pp]art|[Ii]tem|[Rr]oom|[Ff]lat|[Pp]lot|[Hh]ouse|[Bb]us|[Tt]rain|"
                r"[Pp]latform|[Ss]eat|[Bb]atch|[Bb]ill|[Cc]ase|[Ff]ile|[Pp]ermit|[Uu]nit|[Cc]laim|"
                r"[Tt]icket|[Ff]light) )No\b(?!\.? ?\d|[.'-]\w| (?:longer|more|one|matter|doubt|"
                r"way|problem)\b)",
                r"\1number",
            )
            for piece in (" No ", " No.", " No:", " No,")
        ),
        ("No:", rf"(?<![a-z] )\bNo:(?= ?(?:\+|\d|{NUMBER_WORD}\b))", "Number:"),
        ("o No:", rf"(?<=\bto )No:(?= ?(?:\+|\d|{NUMBER_WORD}\b))", "number:"),
        *(
            (
                f"{label} no",
                rf"\b((?:[Yy]our|[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]he) {label} )no"
                r"\b(?:\.(?= (?:&|(?:is|was|and|or|below)\b)))?"
                r"(?=[,;:)?]|\.?$| &| (?:is|was|and|or|to|below|on the)\b)",
                r"\1number",
            )
            for label in sorted(_WITH_NUMBERS)
        ),
        (
            "td",
            r"\b([Ss])td\b\.? (?=(?:text|txt|msg|message|SMS|sms|network|rate|charge|ntwk)s?\b)",
            r"\1tandard ",
        ),
        ("St-", r"\bSt-(?=[A-Z][a-zé])", "Saint-"),
        ("Ste-", r"\bSte-(?=[A-Z][a-zé])", "Sainte-"),
        ("&C", r"\bTs?&C'?s?\b", "terms and conditions"),
        # "1916-d. May 29"
        ("-d. ", rf"(?<=[a-z\d])-d\. (?=(?:{MONTH}) )", ", died "),
        (
            " th.",
            r"\bth\. ?(?=\d{1,2}\b)(?=.{0,200}\b(?:oven|bake|gas|preheat))|"
            r"(?<=oven on )th\. ?(?=\d{1,2}\b)|(?<=oven to )th\. ?(?=\d{1,2}\b)|"
            r"(?<=[Bb]ake on )th\. ?(?=\d)|(?<=[Bb]ake at )th\. ?(?=\d)",
            "thermostat ",
        ),
        ("eet+", r"\b([Mm])eet ?\+ ?([Gg])reet", r"\1eet and \2reet"),
        ("nr", r"(?<=[A-Za-z\d,] )nr\.? (?=[A-Z][A-Za-z]|the [a-z]|\d+(?:st|nd|rd|th)\b)", "near "),
        (
            "rev.",
            r"(?:(?<=[Nn]et )|(?<=FY )|(?<=quarter )|(?<=\bQ\d ))rev\.(?=:| [a-z])",
            "revenue",
        ),
        (
            "ev. ",
            r"\b([Rr])ev\. (?=(?:the|your|our|this|attached)\b)(?<!the Rev\. )",
            r"\1eview ",
        ),
        ("tt. ", rf"\b([Aa])tt\. (?=\d|{NUMBER_WORD}\b)", r"\1ttendance "),
        ("aft. ", rf"\baft\. (?=\d|noon|{NUMBER_WORD}\b)", "after "),
        (
            " adv.",
            r"(?:(?<=[Ww]ind )|(?<=[Hh]eat )|(?<=[Ff]og )|(?<=[Ff]rost )|(?<=[Ww]eather ))adv\.",
            "advisory",
        ),
        ("Inv. ", r"\bInv\. (?=number)", "Invoice "),
        (
            " inc.",
            r"\b([Nn]et|[Oo]per(?:ating|\.)|[Pp]re-?tax|[Gg]ross|"
            r"[Ii]nterest) inc\b\.?(?= [a-z$\d(])",
            r"\1 income",
        ),
        ("dn ", rf"\bdn (?=\d|{NUMBER_WORD}\b)", "down "),
        ("crm. of", r"\bcrm\. (?=of )", "cream "),
        (
            "bal.",
            rf"\b([Bb])al\.(?=,? (?:is|of|was|due|as of|on|fwd|forward|{NUMBER_WORD})\b)",
            r"\1alance",
        ),
        (" disc.", r"(?<=percent )disc\b(?:\.(?! *$))?(?! (?:brake|golf|jockey))", "discount"),
        *(
            (w, r"\b([Ee])xp\.? (?=req|pref|nec|a (?:plus|must))", r"\1xperience ")
            for w in ("xp. ", "xp req", "xp pref", "xp nec")
        ),
        *(
            (
                piece,
                r"(?:(?<=dollars )|(?<=dollar )|(?<=cents )|(?<=cent )|"
                r"(?<=percent ))est\b(?:\.(?! *$))?",
                "estimate",
            )
            for piece in (" est.", " est,")
        ),
        ("an INT", r"(?:(?<=TDs and )|(?<=threw ))an INT\b(?! in C)", "an interception"),
        ("INTs", r"(?<=\d )INTs\b", "interceptions"),
        ("R/O", r"\bR/O\b(?! (?:water|system|unit|filter|membrane|plant)s?\b)", "rule out"),
        *(
            (w, r"\b([Vv])it\.? (?=[A-EK](?:\b|\d))", r"\1itamin ")
            for w in ("Vit. ", "vit. ", "vit D", "vit B")
        ),
        *(
            (f"{w}.", rf"\b({w[0]}){w[1:]}\.(?=[:,]? [a-z\d])", rf"\1{full}")
            for w, full in (
                ("accum", "ccumulation"),
                ("Accum", "ccumulation"),
                ("precip", "recipitation"),
                ("Precip", "recipitation"),
            )
        ),
        ("AP flour", r"\bAP (?=flour)", "all-purpose "),
        (
            "GF ",
            r"(?<![Mm]y )\bGF (?=(?:flour|oats|bread|pasta|pizza|crust|options?|menu|crackers|"
            r"tamari|beer|buns?)\b)",
            "gluten-free ",
        ),
        *(
            (
                w,
                r"\b(PTO|[Aa]|[Tt]he|[Yy]our|[Mm]y|this|[Ll]eave|[Tt]ime[- ]off|[Vv]acation|"
                r"[Mm]aintenance) req\b\.?(?= (?:was|is|has|to|for|form|approved|denied|submitted|"
                r"pending|on|by|from)\b)",
                r"\1 request",
            )
            for w in (" req ", " req. ")
        ),
        (
            "gm",
            r"(?:^|(?<=[.!?] )|(?<=[Oo]k )|(?<=[Hh]ey ))gm(?=[!,.]|$| (?:everyone|all|y'all|guys|"
            r"fam|team|babe)\b)",
            "good morning",
        ),
        (
            "gn",
            r"(?:^|(?<=[.!?] )|(?<=[Oo]k )|(?<=lol ))gn(?=[!,.]|$| (?:everyone|all|y'all|guys|fam|"
            r"babe)\b)",
            "good night",
        ),
        ("Sgt. 1st", r"\bSgt\. 1st (?=Class)", "Sergeant First "),
        ("eather int", r"(?<=eather )int\b\.?", "interior"),
        ("-qtr.", r"(?<=[tdh]-)qtr\.", "quarter"),
        ("-rd.", r"(?<=\d[snrt][tdh]-)rd\.(?= )", "round"),
        ("min", r"min\b(?<=\d[snrt][tdh][ -]min)(?:\.(?! *$))?(?! temp)", "minute"),
        ("pop. ", r"(\(|, )pop\. (?=\d)", r"\1population "),
        (
            " fx",
            r"(?<=[a-z] )(?<!cial )(?<!ound )fx\b(?=[,.;)]|$| (?:noted|seen|on|at|after|from|s/p|"
            r"w/))",
            "fracture",
        ),
        ("D/C ", r"\bD/C (?=home|to|from|on\b)", "Discharge "),
        ("lac.", r"\blac\b\.?(?= (?:to|on|of|over) )", "laceration"),
        (" env.", r"(?<=\d )env\b\.?(?= [a-z(])", "envelope"),
        (
            "choc",
            r"\b([Cc])hoc\.? (?=chips?|chunks?|syrup|sauce|milk|cake|pudding)",
            r"\1hocolate ",
        ),
        ("eg. ", r"\b([Rr])eg\. (?=fees?|form|deadline|opens|desk)", r"\1egistration "),
        ("conf. ", r"\bconf\. ?(?=#|\d{4}|number)", "confirmation "),
        ("Ph: ", rf"\bPh: (?=\d|{NUMBER_WORD}\b)", "Phone: "),
        ("cw ", r"\bcw (?=bands?|mode|key|oper)", "C.W. "),
        ("-veh", r"(?<=\d-)veh\b\.?", "vehicle"),
        (
            "NET ",
            rf"(?<!dot )(?<!\.)\bNET (?=(?:{MONTH})(?: \d| twenty| \S+(?:th|st|nd|rd)\b|[.,;]|$))",
            "no earlier than ",
        ),
        ("T/", r"\b(?:PT/FT|FT/PT)\b", "part-time or full-time"),
        (
            "exp.",
            rf"\bexp\.? (?=\d{{1,2}}/\d\d|(?:{MONTH}) (?:\d|[a-z-]+(?:th|st|nd|rd)\b))",
            "expires ",
        ),
        ("ins.", r"(?<=bonded and )ins\.|(?<=bonded & )ins\.", "insured"),
        *(
            (w, r"\b([Ll])ic\.? (?=(?:#|[Nn]o\.) ?\w|number|plate)", r"\1icense ")
            for w in ("Lic", "lic")
        ),
        (
            "lic.",
            r"\b((?:[Dd]river['’]?s?['’]?|[Mm]arriage|[Ff]ishing|[Hh]unting|[Bb]usiness|[Ll]iquor|"
            r"[Ss]tate|[Cc]ontractor['’]?s?['’]?|[Oo]perator['’]?s?['’]?) )lic\.",
            r"\1license",
        ),
        *(
            (
                w,
                r"\b([Ll])ic\.(?! (?:is|was|has|had|will|expire[ds])\b)(?= (?:[a-z]|&|in [A-Z])|,)",
                r"\1icensed",
            )
            for w in ("Lic.", "lic.")
        ),
        (" Sta.", r"\b([A-Z][a-z]+ )Sta\.(?= [a-z\d(]|[,;:)])", r"\1Station"),
        (" Sta.", r"\b([A-Z][a-z]+ )Sta\.(?= [A-Z]|$)", r"\1Station."),
        ("Sta. ", r"\bSta\. (?=[A-Z])", "Santa "),
        *(
            (f" {w}.", rf"\b([A-Z][a-z]+ ){w}\.(?= [a-z]|[,;)])", rf"\1{full}")
            for w, full in (("Cr", "Creek"), ("Crk", "Creek"), ("Riv", "River"), ("Lk", "Lake"))
        ),
        ("anniv", r"\banniv\b(?:\.(?! *$))?", "anniversary"),
        (" ed.", r"(?:(?<=anniversary )|(?<=\d[a-z]{2} )|(?<=[Rr]ev\. ))ed(?=\. *$)", "edition"),
        ("N/V", r"\bN/V\b(?!/)", "nausea and vomiting"),
        ("N/V/D", r"\bN/V/D\b", "nausea, vomiting and diarrhea"),
        (
            " WR",
            r"(?:(?<=\dm )|(?<=meter )|(?<=metre )|(?<=mile )|(?<=marathon )|(?<=hurdles )|"
            r"(?<=freestyle )|(?<=relay )|(?<=jump ))WR\b",
            "world record",
        ),
        *(
            (w, r"\b([Mm])ed[- ](?=rare\b|well\b|heat|high|low|large)", r"\1edium ")
            for w in ("med-", "Med-", "med ", "Med ")
        ),
        (
            " sm",
            r"\bsm\b(?:(?<=hx sm)|(?<=hanks sm)|(?<=\bty sm)|(?<=hank you sm)|(?<=\bu sm)|"
            r"(?<=ve you sm)|(?<=ve it sm)|(?<=ve this sm)|(?<=iss you sm))",
            "so much",
        ),
        (" def. ", r"\b(?!The\b)([A-Z][\w'’-]*) def\. (?=[A-Z][a-z])", r"\1 defeated "),
        (") d", r"(?<=\d\) )d(?:ef)?\b\.?(?= [A-Z][a-z])", "defeated"),
        (" Pct", r"(?<=\d[snrt][tdh] )Pct\b\.?(?! *$)|\bPct\.? (?=\d)", "Precinct "),
        ("pct", r"\b([Ww]inning|[Ss]hooting|[Ss]ave|FG) pct\b(?:\.(?! *$))?", r"\1 percentage"),
        ("SV%", r"\bSV%", "save percentage"),
        ("Gm ", r"\bGm (?=\d)", "Game "),
        (
            " bt",
            r"\b(?!(?:My|Our|Your|The|His|Her)\b)([A-Z][\w'’-]+ |[A-Z]+\) )bt\b\.?(?= [A-Z])",
            r"\1beat",
        ),
        (" ov", r"ov\b(?<=\d ov)\.?(?! *$)", "overs"),
        ("yr-end", r"\b([Yy])r-end\b", r"\1ear-end"),
        ("mr. ", r"\b([Ff])mr\. (?=[A-Z])", r"\1ormer "),
        ("Spec. ", r"\bSpec\. (?=Counsel|Agent|Ops|Forces|Prosecutor|Ed\b)", "Special "),
        ("nt. ", r"\b([Ii])nt\. (?=(?:rate|expense|income|coverage|payment)s?\b)", r"\1nterest "),
        (" exp", r"exp\b(?<=(?:sand|lion|cent) exp)(?!\.? ratio)(?:\.(?! *$))?", "expected"),
        (" rev", r"(?<=percent of )rev\b(?:\.(?! *$))?", "revenue"),
        ("Pres. ", r"\bPres\. (?=(?:&|and) )", "President "),
        ("st.:", r"\b([Ee])st\.(?=:)", r"\1stimate"),
        ("e/w", r"\be/w\b", "each way"),
        (" rd ", r"(?<=\d[snrt][tdh] )rd (?=(?:draw|tie|pick|replay|loss|win)\b)", "round "),
        (" b ", r"\bc ([A-Z][\w'’-]+) b (?=[A-Z])", r"caught \1 bowled "),
        ("no. ", rf"\bno\. (?=(?:is|was) (?:\d|{NUMBER_WORD}\b))", "number "),
        ("ssoc. of", r"\b([Aa])ssoc\. (?=of\b)", r"\1ssociation "),
        (" Ct", r"\b(Supreme|Superior|Circuit|District|High|Crown) Ct\b\.?(?! *$)", r"\1 Court"),
        *((f"{w}. ", rf"\b{w}\. (?=Leader|Ldr\b|Whip)", f"{w}ority ") for w in ("Maj", "Min")),
        (" cts", r"(?<=\d )cts\b\.?(?= of [a-z])", "counts"),
        ("Sup. Ct", r"\bSup\. Ct\b\.?(?! *$)", "Supreme Court"),
        ("q. ft", r"\b([Ss])q\. ft\b\.?(?! *$)", r"\1quare feet"),
        ("O/U", r"\bO/U\b", "over under"),
        ("cyl", r"(?<=\d[- ])cyl\b(?:\.(?! *$))?", "cylinder"),
        ("INT", r"(?:(?<=TD, 1 )|(?<=TDs, 1 )|(?<=ards, 1 )|(?<=TDs and 1 ))INT\b", "interception"),
        (
            "INT",
            r"(?:(?<=TD, \d )|(?<=TDs, \d )|(?<=ards, \d )|(?<=TDs and \d ))INTs?\b",
            "interceptions",
        ),
        ("x of", r"\b([Ff])x (?=of\b)", r"\1racture "),
        (" inn.", r"(?<=\d )inn\.(?! *$)|(?<=\d )inn(?=\. *$)", "innings"),
        (" ast", r"(?<=\d )ast\b(?:\.(?! *$))?", "assists"),
        ("dep.", r"\b([Ss])ec\. dep\.", r"\1ecurity deposit"),
        (
            "dep",
            r"(?:(?<=dollars )|(?<=pounds )|(?<=euros ))dep\b(?:\.(?! *$))?(?! [A-Z][a-z])",
            "deposit",
        ),
        ("reg.", r"(?<=[A-Z]{3} )reg\.(?=,)", "registered"),
        ("cond", r"\b([Ee])xc?(?:el)?\.? cond\b(?:\.(?! *$))?", r"\1xcellent condition"),
        (
            " cond",
            r"\b([Ee]xcellent|[Gg]ood|[Gg]reat|[Ff]air|[Pp]erfect|[Mm]int|[Nn]ew|[Ww]orking|"
            r"[Pp]oor) cond\b(?:\.(?! *$))?(?! [A-Z])",
            r"\1 condition",
        ),
        ("terr", r"\b([Tt])err\.? (?=(?:hse|house|home)\b)", r"\1erraced "),
        ("-in kit", r"(?<=[Ee]at-in )kit\b(?:\.(?! *$))?", "kitchen"),
        ("cross st", r"(?<=\bcross )st\b\.(?! *$)|(?<=\bcross )st(?=\.? *$)", "street"),
        (
            "cent.",
            r"(?:(?<=th[- ])|(?<=first[- ]))cent\.(?! *$)|(?<=th[- ])cent(?=\. *$)",
            "century",
        ),
        ("cr.", r"(?<=-)cr\.(?= [a-z])", "credit"),
        (
            "FT ",
            r"\bFT (?=(?:job|position|role|work|employment|employee|staff|nanny|sitter|student|"
            r"driver|cook|chef|server|teacher|nurse|cashier|receptionist|hours|or PT)s?\b)",
            "full-time ",
        ),
        (
            "PT ",
            r"\bPT (?=(?:job|position|work|employment|nanny|sitter|hours|or FT)s?\b)",
            "part-time ",
        ),
        ("-time or ", r"(?<=full-time or )PT\b", "part-time"),
        # "T.S. Helene was 170 miles south"
        *(
            (
                f"{short} ",
                rf"\b{re.escape(short)} (?!Eliot\b)(?=[A-Z][a-z]+\b.{{0,80}}\b(?:mph|winds?|"
                r"mi|miles|storm|landfall|advisory|coast|rain|hurricane|tropical|knots)\b)",
                "Tropical Storm ",
            )
            for short in ("T.S.", "TS")
        ),
        ("QE", r"\bQE(?:II|2)\b", "Q.E. two"),
        ("onf", r"\b([Cc])onf\.? (?=(?:[Nn]umber|[Cc]ode|[Nn]o\.|#)(?!\w))", r"\1onfirmation "),
        (
            "Gov.",
            r"\bGov\. (?=(?:Cent(?:er|re)|Offices?|Relations|Affairs|Documents|Printing|Services|"
            r"Agenc(?:y|ies)|Dept|Department|Bldg|Building)\b)",
            "Government ",
        ),
        # "10th & Market Sts."
        (
            "Sts",
            r"((?:&|\band) (?:\d+(?:st|nd|rd|th)|[A-Z][a-z]+)) Sts(?:\b\.?(?=[,;:)]| [a-z])|"
            r"(?=\.?$))",
            r"\1 streets",
        ),
        (
            "reg.",
            rf"\breg\. (?=price|hours|size|{NUMBER_WORD}\b[a-z -]* (?:dollars|cents|pounds)\b)",
            "regular ",
        ),
        ("ev. ", r"\b([Rr])ev\. (?=ed\b|edition|and enl\.)", r"\1evised "),
        ("Bd.", r"\bBd\. (?=of\b)", "Board "),
        ("Educ.", r"\bEduc\.", "Education"),
        ("PVT", r"\bPVT\.? (?=LTD\b)", "Private "),
        ("LTD", r"(?:(?<=[A-Z]{3} )|(?<=Private ))LTD\b\.?", "Limited"),
        ("ETC", r"\bETC\.|(?<=, )ETC\b", "et cetera"),
        *(
            (f"{short} ", rf"(?<![a-z] )\b{short} (?=[A-Z]{{3}})", f"{title} ")
            for short, title in (("MR", "Mister"), ("MRS", "Missus"), ("DR", "Doctor"))
        ),
        ("CHAP.", rf"\bCHAP\. (?=\d|{NUMBER_WORD}\b)", "Chapter "),
        ("Hrs", r"(?<=\d)Hrs\b", " hours"),
        ("his. of ", r"\bhis\. of (?=Art|Sci|Mus|Med|Rel)", "history of "),
        *(
            (f"{w} est", rf"(?<={w} )est\b\.?", "estimates")
            for w in ("beat", "missed", "versus", "topped")
        ),
        (
            "st. ",
            rf"\b([Ee])st\. (?!(?:in |since |circa |c\. ?|about )?(?:1[5-9]|20)\d\d\b|(?:in|as|by|"
            rf"on|from|near|with|at|over|around|when|here|after|during|long|"
            rf"to(?= s)) (?![$£€\d]|{NUMBER_WORD}\b)|(?:{MONTH})\b|{NUMBER_WORD}[a-z -]*$)",
            r"\1stimated ",
        ),
        ("#", r"\b([Pp])h\.? ?#", r"\1hone number"),
        *(
            (w, rf"\b([Pp])h[.:]{{0,2}} (?={NUMBER_WORD} {NUMBER_WORD}\b)", r"\1hone ")
            for w in ("Ph", "ph")
        ),
        ("rr. ", rf"\b([Aa])rr\. (?=[A-Z\d]|at \b|{NUMBER_WORD}\b)", r"\1rrives "),
        ("ep. ", rf"\b([Dd])ep\. (?=[A-Z]{{3}}\b|noon\b|{NUMBER_WORD}\b)", r"\1eparts "),
        ("dm. ", rf"(?:(?<=[;,(] )|^)([Aa])dm\. (?=[$£€\d]|free|{NUMBER_WORD}\b)", r"\1dmission "),
        ("cor. ", r"\bcor\. of (?=[A-Z\d])", "corner of "),
        ("exp.", r"(?<=yrs\. )exp\.|(?<=years )exp\.|(?<=yrs )exp\.", "experience"),
        ("ht. ", r"\bht\. (?=(?:&|and|\+) (?:hw|hot)\b)", "heat "),
        ("hw ", r"(?<=(?:&|\+) )hw (?=incl)", "hot water "),
        ("km ", r"\b([Aa]t |[Nn]ear |^)km (?=\d)", r"\1kilometer "),
        ("RE:", r"(?:(?<=^)|(?<=[Ss]ubject: )|(?<=F[Ww]: ))RE:", "Re:"),
        ("FW:", r"(?:(?<=^)|(?<=[Ss]ubject: )|(?<=[Rr][Ee]: ))FW:", "Forward:"),
        (
            "Corp",
            r"(?:(?<=Army Air )|(?<=Marine )|(?<=Peace )|(?<=Job )|"
            r"(?<=Conservation ))Corp\b(?!\.\w)",
            "Corps",
        ),
        # "Hyundai Motor Co holds", "J. Roe & Co (", "A.C. Roe Co." at an end
        (
            " Co",
            r"((?:\b(?!On |In |The |Notts |Stockport )[A-Z][\w'.-]*|"
            r"&) )Co(?:\b(?![\w.'-])(?= [a-z(]|[,;:)]|$| \()|(?=\.[\"'”’)]*$|'s\b))",
            r"\1Company",
        ),
        # "Co sees Q2 EPS of $1": of a wire
        ("Co ", r"(?<![^.] )\bCo (?=(?:also|issues|sees|reaffirms|guides|reports) )", "Company "),
        ("dia", r"(?<=inch|ches|eter|ters)[ -]dia\b(?:\.(?= [a-z]|,))?", " diameter"),
        (" Cos", r"((?:\b[A-Z][\w'.-]*|&) )Cos\.(?= [a-z]|[,;:)])", r"\1Companies"),
        (" Cos", r"((?:\b[A-Z][\w'.-]*|&) )Cos(?=\.$)", r"\1Companies"),
        ("ist. ", r"\b([Dd])ist\. (?=to\b|from\b|between\b|in (?:km|mi))", r"\1istance "),
        (
            " p ",
            r"(?:(?<=[Rr]ead )|(?<=[Ss]ee )|(?<=\bon )|(?<=\bat )|(?<=cf )|(?<=also ))"
            rf"p (?=(?:\d{{1,4}}|{NUMBER_WORD})(?:[,;)]|\.?$|\. | (?:of|in|for)\b))",
            "page ",
        ),
        ("ff.", r"(?<=\d) ?ff\.", " and following"),
        ("spp.", r"\bs(?:s?pp|ubsp)p?\.(?=[ ),])", "species"),
        ("var.", r"(?<=[a-z] )\bvar\. (?=[a-z])", "variety "),
        *(
            (
                f"of {w}.",
                rf"\b((?:VP|V\.P\.|[Hh]ead|[Dd]irector|[Dd]epartment|[Dd]ept\.?|[Ss]chool|[Cc]ollege|"
                rf"[Ii]nstitute) of ){w}\.(?= [a-z]|[,;)])",
                rf"\1{full}",
            )
            for w, full in (("Eng", "Engineering"), ("Tech", "Technology"), ("Ops", "Operations"))
        ),
        ("Pty", r"\bPty\b(?:\.(?! *$))?", "proprietary"),
        ("cc. to ", r"\b([Aa])cc\. (?=to\b)", r"\1ccording "),
        ("pt.", r"(?:(?<=percentage )|(?<=percent ))pt(?:\.(?! *$)|(?=\. *$))", "point"),
        ("Sch. ", r"\bSch\. (?=[A-HK]\b(?!\.)|K-1)", "Schedule "),
        *((f"{w}. n", rf"\b{w}\. (?=number)", "Check ") for w in ("Ck", "Chk")),
        *(
            (w, r"\b([Rr])m\.? temp\b(?:\.(?! *$| [A-Z]))?", r"\1oom temperature")
            for w in ("m temp", "m. temp")
        ),
        ("of rec.", r"(?<=ers of )rec\.", "record"),
        ("pt's", r"(?<=[Tt]he )pt's\b", "patient's"),
        ("er serv.", r"\b([Pp]er )serv\.(?=[ ):])", r"\1serving"),
        ("oard of Ed", r"(?<=[Bb]oard of )Ed\.", "Education"),
        ("Sec. of ", r"\bSec\. of (?=State|Def|the|Treas|Edu|Lab|War)", "Secretary of "),
        ("Lt. Col", r"\bLt\. Col\.", "Lieutenant Colonel"),
        ("Pres. ", r"(?<=[Tt]he )Pres\. (?=[a-z])", "President "),
        ("Gov.", r"(?<=[Tt]he )Gov\.(?=,| [a-z])", "Governor"),
        ("et.)", r"\(([Rr])et\.\)", r"(\1etired)"),
        ("sh.", r"(?:(?<=\d )|(?<=illion ))sh\.(?! *$)", "shares"),
        ("Utd", r"\bUtd\b", "United"),
        ("Nottm", r"\bNottm\b", "Nottingham"),
        ("Sheff", r"\bSheff (?=Utd|United|Wed)", "Sheffield "),
        ("Notts Co", r"\bNotts Co\b\.?(?! *$)", "Notts County"),
        (" v ", r"\b(?<!\d )(?!(?:Psalm|Chapter)\b)([A-Z][\w.'’&-]*) v (?=[A-Z])", r"\1 versus "),
        (
            " v ",
            r"\b((?:Round|Week|Game|Match|Leg|Day|Race|Semi-?[Ff]inal|Quarter-?[Ff]inal|Final) "
            r"(?:\d+|[a-z-]+)) v (?=[A-Z])",
            r"\1 versus ",
        ),
        *(
            (short, rf"\b{short}\.?(?=,? (?:truly|sincerely|faithfully|respectfully|affec))", word)
            for short, word in (("Yrs", "Yours"), ("yrs", "yours"))
        ),
        ("Yrs", r"\bYrs\.?(?=,? ever)", "Yours"),
        *(
            (piece, r"\b(?:[Ss]/h|S ?[&/] ?H)\b", "shipping and handling")
            for piece in ("/h", "/H", "/ H", "&H", "& H")
        ),
        (
            "MK",
            r"\bMK\.? (?=[IVX]+\b|\d\b|(?:one|two|three|four|five|six|seven)\b(?![- ](?:oh|hundred|"
            rf"{NUMBER_WORD})\b))",
            "Mark ",
        ),
        (
            "on. ",
            r"\b([Tt]he [Hh])on\. (?=(?:member|gentlem[ae]n|lady|friend|minister|judge)\b)",
            r"\1onourable ",
        ),
        ("Lt. j.g.", r"\bLt\. j\.g\.", r"Lieutenant junior grade"),
        *_before_nouns(),
        *((w, rf"\b{w}\.? (?=(?:{_BODY})s?\b)", side) for w, side in _SIDES.items()),
        *(
            (f" {w[0]}. ", rf"(?<=[a-z] ){w[0]}\. (?=(?:{_BODY})s?\b)", side)
            for w, side in _SIDES.items()
        ),
        ("al.:", r"\b([Bb])al\.(?=:)", r"\1alance"),
        ("al due", r"\b([Bb])al(?= due\b)", r"\1alance"),
        ("nv. ", r"\b([Ii])nv\. (?=[Nn]o\.|#|number)", r"\1nvoice "),
        *(
            (w, r"\b([Cc])haps?\. (?=\d+(?:,|-| and| to| through| &))", r"\1hapters ")
            for w in ("haps. ", "hap. ")
        ),
        ("Nr. ", r"\bNr\. (?=[a-z])", r"Near "),
        ("Refs", r"\bRefs\. (?=req|avail|on request)", r"References "),
        ("refs.", r"\brefs\.(?= req| avail| on request)", r"references"),
        (
            " eves.",
            r"(?:(?<=[Cc]all )|(?<=[Oo]pen )|(?<=or )|(?<=and )|(?<=& )|(?<=, ))eves\.(?= |,|$)",
            r"evenings",
        ),
        *(
            (
                w,
                r"(?:(?<=[Pp]lease )|(?<=[Pp]ls )|(?<=[Pp]ls\. )|(?<=[Pp]lz ))adv\b\.?",
                r"advise",
            )
            for w in ("lease adv", "ls adv", "ls. adv", "lz adv")
        ),
        (
            "ax incl",
            r"(?<=[Tt]ax )incl\b(?:\.(?! *$))?(?=[,;]|\.?$| in (?:the )?price)",
            r"included",
        ),
        (
            "/u",
            r"\b[Ww]/u\b(?= (?:was|is|negative|showed|needed|pending|for(?! sure| real))\b)|"
            r"(?:(?<=further )|(?<=full )|(?<=initial )|(?<=cardiac )|(?<=negative ))w/u\b",
            r"workup",
        ),
        ("/u", r"\b([Ww])/u\b", r"\1ith you"),
        *((w, r"\b([Nn])eg\b\.? (?=for [a-z])", r"\1egative ") for w in ("eg. for", "eg for")),
        ("os. for", r"(?<![Tt]he )\b([Pp])os\. (?=for [a-z])", r"\1ositive "),
        *(
            (
                w,
                r"(?:(?<=was )|(?<=were )|(?<=test )|(?<=cultures )|(?<=culture )|(?<=[Ff]lu )|"
                r"(?<=COVID ))neg\b(?:\.(?! *$))?",
                r"negative",
            )
            for w in ("was neg", "were neg", "test neg", "lu neg", "ure neg")
        ),
        *(
            (
                w,
                r"(?:(?<=was )|(?<=were )|(?<=test )|(?<=cultures )|(?<=culture )|(?<=[Ff]lu )|"
                r"(?<=COVID ))pos\b(?:\.(?! *$))?(?! [A-Z(])",
                r"positive",
            )
            for w in ("was pos", "were pos", "test pos", "lu pos", "ure pos")
        ),
        (
            "po ",
            r"\bpo (?=(?:b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|qd|daily|q ?\d|prn|qhs|B\.I|T\.I|Q\.I|once|"
            r"twice|every)\b)",
            r"P.O. ",
        ),
        ("dBA", r"(?<=\d) ?dBA\b", r" D.B.A."),
        (" Rs", r"(?<=\d) Rs\b(?:\.(?! *$))?(?! ?\d)", r" rupees"),
        ("cu tmr", r"^cu (?=tmr|tomorrow)", r"see you "),
        ("ily sm", r"(?<=\bily )sm\b", r"so much"),
        ("o exp", r"\b([Nn]o )exp\b\.?(?=,? (?:need|req|nec))", r"\1experience"),
        ("perience ", r"(?<=xperience )pref\b(?:\.(?! *$))?(?!\. *\w)", r"preferred"),
        ("perience ", r"(?<=xperience )nec\b(?:\.(?! *$))?", r"necessary"),
        ("perience ", r"(?<=xperience )min\b(?:\.(?! *$))?", r"minimum"),
        ("Sal. neg", r"\bSal\. (?=neg)", r"Salary "),
        *(
            (
                w,
                r"\b((?:[Ss]alary|[Pp]ay|[Pp]rice|[Rr]ent|[Rr]ates?|[Tt]erms) )neg\b"
                r"(?:\.(?=[ ,;])|(?=[,;!]|\.?$))",
                r"\1negotiable",
            )
            for w in ("ary neg", "ay neg", "ce neg", "nt neg", "te neg", "tes neg", "ms neg")
        ),
        ("xtra cr.", r"(?<=xtra )cr\.(?! *$)", r"credit"),
        (
            " pres.",
            r"\b((?:[Tt]he|PTA|[Cc]lub|[Cc]lass|[Bb]oard|[Vv]ice|[Ff]ormer|[Uu]nion|"
            r"[Cc]ompany) )pres\.(?= [a-z])",
            r"\1president",
        ),
        (
            "App. ",
            r"(?:(?<=[Ss]ee )|(?<=\b[Ii]n )|(?<=; )|(?<=\band ))App\. (?=[A-Z]\b)",
            r"Appendix ",
        ),
        *(
            (f"{w}. ", rf"\b{w}\. (?=\d+(?:$|[.,:;)\]–-]| (?:and|&|by|to|v)\b))", f"{book} ")
            for w, book in pairs(TABLES["books of the Bible"]).items()
        ),
        ("Amend. ", r"\bAmend\. (?=\d)", "Amendment "),
        ("rans. of", r"\b([Tt]he|[Aa]) trans\. (?=of\b)", r"\1 translation "),
        ("Ed. by", r"\bEd\. (?=by [A-Z])", r"Edited "),
        *(
            (w, r"\b([A-Z][\w'’-]+, )ed(s?)(?:\.(?=[,;)])|(?=\.$))", r"\1editor\2")
            for w in (", ed.", ", eds.")
        ),
        (", trans.", r"\b([A-Z][\w'’-]+, )trans(?:\.(?=[,;)])|(?=\.$))", r"\1translator"),
        (
            " trans.",
            r"\b((?:[Tt]he|[Nn]ew|[Mm]anual|[Ss]peed|[Rr]ebuilt|[Hh]is|[Hh]er|"
            r"[Mm]y) )trans\.(?! of\b| *$)",
            r"\1transmission",
        ),
        (", auto.", r"(?<=, )auto\.(?=,)", r"automatic"),
        (
            " Ch.",
            r"((?:['’]s|\b(?:Baptist|Methodist|Lutheran|Presbyterian|Christ|Catholic|Episcopal|"
            r"Community|Congregational|Christian)) )Ch\.(?= [a-z]|[,;)])",
            r"\1Church",
        ),
        (" m. ", r"(?:(?<=[Hh]e )|(?<=; )|(?<=, ))m\. (?=[A-Z][a-z]+ [A-Z][a-z]+)", r"married "),
        ("s. of ", r"(?<=, )s\. (?=of [A-Z])", r"son "),
        (
            " ct.",
            r"\b((?:[Tt]he|[Tt]rial|[Dd]istrict|[Aa]ppellate|[Ss]upreme|[Cc]ounty|"
            r"[Ss]uperior) )ct\.(?= [a-z])",
            r"\1court",
        ),
        ("Ct", r"\b(?:Dist\.|District) Ct\b(?:\.(?! *$))?", r"District Court"),
        (
            "bn",
            r"((?:\b[Tt]he|\dst|\dnd|\drd|\dth) )[Bb]n\b"
            r"(?:(?<=\d\w\w [Bb]n)|(?=\. [a-z]))(?:\.(?! *$))?",
            r"\1battalion",
        ),
        *(
            (w, r"(?<=, )ret(?:\.(?=[,;)])|(?=\.$))|(?<=\bis )ret(?=\. *$)", r"retired")
            for w in (", ret.", "is ret")
        ),
        (
            "Gm",
            r"^Gm(?=!|,? (?:all|everyone|guys|fam|babe)\b(?!-)|, (?:how|hope|have|my|love)\b)",
            "good morning",
        ),
        ("wut", r"\bwut\b", "what"),
        ("ya", r"^[Cc]ya\b(?=[,!. ]|$)", "see ya"),
        (
            "cya",
            r"(?:(?<=[,.!?] )|(?<=ll ))cya\b(?=[!.]*$| (?:later|soon|tomorrow|there|then|at)\b)",
            "see ya",
        ),
        (
            "dmg",
            r"\bdmg\b(?! (?:files?|images?|installer|available)\b)(?<![Mm]ount the dmg)",
            "damage",
        ),
        ("Gn", r"^Gn(?=[!,]| (?:all|everyone|guys|fam|babe)\b)", "good night"),
        (
            "Ty ",
            r"^Ty (?=so much|sm\b|(?:all|again)[!.]*$|guys\b|everyone\b|for (?:your|all|having|"
            r"letting|sharing|coming|being|reading|watching|helping|the (?:ride|follow|add|help|"
            r"info|tips?|invite|love|support|reply|gift|update|heads|reminder|link)s?)\b)",
            "Thank you ",
        ),
        ("PhDs", r"\bPhDs\b", r"P.H.D.s"),
        ("of exp.", r"(?<=\bof )exp\.(?! *$)|(?<=\bof )exp(?=\. *$)", r"experience"),
        (
            " inv.",
            r"(?:(?<=[Tt]he )|(?<=[Yy]our )|(?<=[Oo]ur )|(?<=[Tt]his )|"
            r"(?<=ttached ))inv\.(?= [a-z#\d])",
            r"invoice",
        ),
        (
            " approx",
            r"\b([Tt]he|[Aa]n|[Ii]ts|[Yy]our|[Oo]ur|[Tt]heir) approx\b\.?(?= (?:cost|price|"
            r"value|size|weight|location|number|date|time|age|length|width|height|depth|amount|"
            r"distance|dimension|area|total|position|rate)s?\b)",
            r"\1 approximate",
        ),
        (
            " orig. ",
            r"(?:(?<=was )|(?<=were )|(?<=been )|(?<=is ))orig\. (?=[a-zA-Z])",
            r"originally ",
        ),
        (
            " lic.",
            r"(?:(?<=[Tt]he )|(?<=[Yy]our )|(?<=[Mm]y )|(?<=[Hh]is )|(?<=[Hh]er )|"
            r"(?<=valid ))lic\.(?= (?:is|was|has|had|must|will|expired|expires|and|or|to)\b)",
            r"license",
        ),
        (
            " apt",
            r"\b((?:[Mm]y|[Oo]ur|[Yy]our|[Hh]is|[Hh]er|[Tt]heir|[Tt]he|[Tt]his|[Nn]ew|[Oo]ld|"
            r"bedroom|studio|[Aa]) )apt\b\.?(?=[;:!?]|\.?$| (?:is|was|has|had|in|on|at|near|"
            r"with|building|complex|hunting|rent|lease)\b)|"
            r"((?<!\w)(?:[Mm]y|[Oo]ur|[Uu]r|[Yy]our|[Hh]is|[Hh]er|[Tt]heir) )apt"
            r"(?= (?:rn|bc|because|right now|keys?|door|number|manager)\b)",
            r"\1\2apartment",
        ),
        (" a mo", r"\b((?:dollar|cent|buck|pound|euro|time|hour)s? a )mo\b(?!['’])", r"\1month"),
        *(
            (
                w,
                r"(?<![Tt]he )\b((?:[Ll]ow|[Hh]igh|[Oo]riginal|hwy|highway) )mi\b\.?(?=[,;)]|\.?$)",
                r"\1miles",
            )
            for w in ("ow mi", "igh mi", "inal mi", "wy mi")
        ),
        *(
            (w, r"\b([Aa])uto\.? trans\b(?:\.(?! *$))?", r"\1utomatic transmission")
            for w in ("uto trans", "uto. trans")
        ),
        (
            " kit.",
            r"\b((?:[Ll]arge|[Nn]ew|[Ff]ull|[Uu]pdated|[Bb]ig|[Mm]odern|[Ss]mall|[Rr]enovated|"
            r"[Gg]alley) )kit\.(?= [a-z&]|,)",
            r"\1kitchen",
        ),
        (" in by ", r"(?<=\d) in by (?=\d[\d./]* in)", " inches by "),
        ("inches by", r"(?<=inches by )(\d[\d./]*) in\b", r"\1 inches"),
        ("ssoc. Press", r"\b([Aa])ssoc\. (?=Press)", r"\1ssociated "),
        *(
            (
                w,
                r"\b([Ww])x (?=(?:looks?|forecast|report|permitting|condition|update|station|radar|"
                r"alert|delay|brief|model|balloon)s?\b)",
                r"\1eather ",
            )
            for w in ("wx ", "Wx ")
        ),
        *((w, rf"(?<={w})wx\b", "weather") for w in ("bad ", "severe ", "good ", "winter ")),
        (
            " gals",
            r"(?<=\d )gals\b(?:\.(?! *$)|(?= (?:of (?:water|gas\w*|milk|paint|fuel|oil|diesel|"
            r"wine|beer)|(?:per|a) (?:day|week|month|minute|hour|year|acre|mile|flush|load|"
            r"tank))\b))",
            r"gallons",
        ),
        ("c/kWh", r"(?<=\d) ?c/kWh\b", r" cents per kilowatt hour"),
        ("(opt", r"(?<=\()opt\b\.?(?=\))", "optional"),
        (", opt", r"(?<=[a-z], )opt\b(?:\.(?=[,;]| and)|(?=\.?$))", "optional"),
        ("i of ", rf"\b([Hh])i (?=of (?:-?\d|{NUMBER_WORD}\b))", r"\1igh "),
        ("o of ", rf"\b([Ll])o (?=of (?:-?\d|{NUMBER_WORD}\b))", r"\1ow "),
        ("ccum of", r"\b([Aa])ccum (?=of\b)", r"\1ccumulation "),
        (" def. the ", r"\b([A-Z][\w'’-]*) def\. (?=the [A-Z\d])", r"\1 defeated "),
        *(
            (
                w,
                r"\b([Bb]y |[Uu]nanimous |[Ss]plit |[Mm]ajority )dec\b(?:\.(?! *$))?(?! ?\d)",
                r"\1decision",
            )
            for w in ("y dec", "s dec.", "t dec.")
        ),
        ("Att", r"\bAtt\.: ?(?=\d)", r"Attendance: "),
        (" Assoc", r"(?<=& )Assoc\b(?:\.(?! *$))?", r"Associates"),
        (
            " Assoc",
            r"\b((?!(?:The|An|As|My|Our|His|Her|Dr|Prof|Senior|"
            r"Junior)\b)[A-Z][a-z]+ )Assoc\b(?:\.(?= [a-z]|[,)])|(?=\.$))",
            r"\1Association",
        ),
        ("ssoc. of ", r"\b([Aa])ssoc\. (?=of [A-Z])", r"\1ssociation "),
        ("cu ", r"^cu (?=at|later|soon|tomorrow|tonight|then|there|next|around)", r"see you "),
        *(
            (
                w,
                r"(?:(?<=[Yy]our )|(?<=\bur )|(?<=\bmy )|(?<=[Aa]ny )|(?<=[Nn]ew )|(?<=[Tt]he )|"
                r"^)eta\b(?=\?|\.?$|: | (?:is|was|on|for|now) (?!the\b|zero))|\beta(?= (?:\d+ "
                rf"(?:minute|hour)s?|{NUMBER_WORD}(?: (?:oh )?{NUMBER_WORD}| [ap]\.m)|"
                r"noon)\b)",
                "E.T.A.",
            )
            for w in (" eta", "eta is", "eta:", "eta?", "eta ")
        ),
        (
            " Is.",
            r"\b([Tt]he (?!North |South )(?:[A-Z][a-z]{2,} ){1,2})Is\.(?=,? [a-z]|[;)])",
            r"\1Islands",
        ),
        (
            " Is.",
            r"\b((?:on|to|near|from|off|over|around|past|of) |(?=North|South|Long|Rhode|Coney))"
            r"([A-Z][a-z]{2,} )Is\.(?=,? [a-z]|[;)])",
            r"\1\2Island",
        ),
        (" X", r"\b((?:at|from|via|near) Kings?['’]?s?|Charing) X\b(?![-'’]\w)", r"\1 Cross"),
        ("dbl", r"\bdbl(?=-[a-z])|(?<=[a-z]-)dbl\b", "double"),
        ("prob", r"\b([Pp])rob\. (?=of [a-z])", r"\1robability "),
        ("Sec ", r"\bSec (?=\d+,? (?:[Rr]ow|[Ss]eat)s?\b)", "Section "),
        (" w ", r"(?<=[a-z] )w (?=(?:me|him|them|us)\b(?! [a-z] ))", r"with "),
        ("sm love", r"\bsm (?=love\b)", r"so much "),
        (" cu", r"(?<=\d )cu\.? in\b(?:\.(?! *$))?", "cubic inches"),
        (" sq", r"(?<=\d )sq\.? in\b(?=[.,;)]|$)", "square inches"),
        ("Mk", r"\bMk\.? ?(?=[IVX]+\b|\d|(?:one|two|three|four|five|six|seven)\b)", "Mark "),
        ("cts", r"(?<=\d )cts\b(?:\.(?! *$))?|(?<=\d)cts\b", "cents"),
    )
]
# Where two letters of a piece, those that are rarest in words, are in a text, it may be there.
_BY_LETTERS: dict[str, list[int]] = {}
for _n, _phrase in enumerate(_PHRASES):
    _pairs = map(add, _phrase[0], _phrase[0][1:]) if len(_phrase[0]) > 1 else _phrase[0]
    _BY_LETTERS.setdefault(min(_pairs, key=TABLES["usual"].count), []).append(_n)
_LETTERS = frozenset(_BY_LETTERS)
# YoY, Q/Q, m-o-m
_LONG_FORMS = {
    form: f"{period} over {period}"
    for c, period in (("y", "year"), ("q", "quarter"), ("m", "month"), ("w", "week"))
    for form in (f"{c.upper()}o{c.upper()}", f"{c.upper()}/{c.upper()}", f"{c}/{c}", f"{c}-o-{c}")
} | {"YTD": "year to date", "Rx": "prescription"}
# not the game: "play WoW"
_SHORT_FORMS = re.compile(
    r"\b(?!(?<=the )MoM|(?<![\d%(] )(?<![%(])(?<!percent )(?<!\bup )(?<!down )WoW(?! growth))"
    rf"({'|'.join(_LONG_FORMS)})\b"
)
_SHORT_SIGNS = ("Rx", "oY", "oQ", "oM", "oW", "-o-", "YTD", "/")
# "to no avail."
OF_USE = re.compile(
    r"\b(?:no|little|any|much|some|what|of|to|without|not|nor|would|could|can|will|shall|may|might|"
    r"did|small|present) $"
)
_SATURATION = re.compile(r"\b((?:[Oo]xygen|O2) )sats?\.(?=\W)")
_AFTER_NAME = re.compile(
    r"(?:(?<=[a-z] )|(?<=[a-z], ))(Jr|Sr|Inc|Ltd|Corp|Bros)\b(?!\.)"
)  # without their stops
_SMALL_AFTER_NAME = re.compile(
    r"\b([A-Z][\w'&]*,? |[A-Z]\w+ & )(jr|sr|inc|ltd|corp|bros|ave|blvd)\b(?!\.)"
)
_NAMES = {"Jr": "Junior", "Sr": "Senior", "Inc": "Incorporated", "Ltd": "Limited"}
_NAMES |= {"Corp": "Corporation", "Bros": "Brothers", "Ave": "avenue", "Blvd": "boulevard"}
_SMALL_NAMES = tuple(name.lower() for name in _NAMES)
_SHOUTED_NUMBER = re.compile(r"\b([A-Z][a-z]+ |\d+,? )NO (?=\d)")  # "Route NO 990"
_SHOUTED_VOLUME = re.compile(r"\bVOL\.? (?=\d|[IVXLC]+\b)")
_COLON = re.compile(
    r"\b([Ee]ncl|Attn|ATTN|Re|Tel|Cont|Approx|Misc|Temp|Avg|Max|Min|Est|Ref|"
    rf"Mob(?=: (?:\+|\d{{3}}|plus |(?:{NUMBER_WORD}[ ,]+){{3}})))(?=: )"
)
_COLON_WORDS = {"Attn": "Attention", "ATTN": "Attention", "Re": "Re", "Mob": "Mobile"}
_BEGINS = re.compile(rf"(?:{'|'.join(sorted(STARTERS))}) ")
# "World No 9"
_NUMBER_OF = re.compile(r"(?<=[\w)] )No ?(?=\d)")
_NUMBERED_RE = re.compile(r"(?<![\w.])(?:([A-Za-z]{1,5})\. ?(?=\d)|(pp?)\. ?(?=[A-Z]\d))")
_PATIENT = re.compile(
    r"\b([Pp])t\.? (?=(?:is|was|has|had|ID|denies|denied|reports?|reported|states|stated|presents|"
    r"presented|seen|complains|c/o|can|educated|instructed|advised|tolerat\w+|arrived|feels|found|"
    r"given|will|may|should|tolerated|to be|smoked|smokes|underwent|endorses|takes|took|developed|"
    r"started|appears|remains|returns?)\b)"
)
_WORD = re.compile(r"(?<![\w-])(?<!\w\.)([A-Za-z]{2,6})\.( (?=[A-Z])|$|(?=[\"')\]]*$))?")


def expand_given_names(text: str) -> str:
    """ "Chas. II", "Wm. of Orange" -> "Charles II", "William of Orange"; before numerals."""
    return _GIVEN.sub(lambda m: _GIVEN_NAMES[m[1]], text) if "." in text else text


def expand(text: str) -> str:
    """ "approx. 5 vs. 6, vol. 2" -> "approximately 5 versus 6, volume 2"."""
    text = _phrases(text)
    if " St" in text and _STATE_TEAM.search(text) and _OF_TEAMS.search(text):
        text = _STATE_TEAM.sub(r"\1 State", text)
    if "pt" in text or "Pt" in text:
        text = _PATIENT.sub(r"\1atient ", text)
    text = titles.expand(text)
    if "No" in text:
        text = _NUMBER_OF.sub("number ", text)
    if holds(text, _NAMES):
        text = _AFTER_NAME.sub(lambda m: _NAMES[m[1]], text)
    if holds(text, _SMALL_NAMES):
        text = _SMALL_AFTER_NAME.sub(lambda m: m[1] + _NAMES[m[2].capitalize()].lower(), text)
    if "NO " in text or "VOL" in text:
        text = _SHOUTED_NUMBER.sub(r"\1number ", _SHOUTED_VOLUME.sub("Volume ", text))
    if ": " in text:
        text = _COLON.sub(_before_colon, text)
    if holds(text, _SHORT_SIGNS):
        text = _SHORT_FORMS.sub(lambda m: _LONG_FORMS[m[1]], text)
    if "A*" in text and _EXAMS.search(text):
        text = _STAR.sub("A star ", _STAR_TO.sub(r"A star to ", text))
    if "." not in text:
        return text
    if holds(shape(text), (".0", ". 0", ".A0", ". A0")):
        text = _NUMBERED_RE.sub(_numbered, text)
    if "sat" in text:
        text = _SATURATION.sub(r"\1saturation", text)
    return _WORD.sub(_word, text) if _has_short(text) else text


def _phrases(text: str) -> str:
    """Each phrase whose piece is there, in their order; most texts have none."""
    waiting, at = _waiting(text, 0), 0
    while at < len(waiting):
        piece, pattern, spoken = _PHRASES[waiting[at]]
        given, at = text, at + 1
        if piece in text:
            text = pattern.sub(spoken, text)
        if text != given:
            waiting, at = _waiting(text, waiting[at - 1] + 1), 0
    return text


def _waiting(text: str, first: int) -> list[int]:
    """The phrases from this one on of whose piece two letters are in the text."""
    there = _LETTERS.intersection(map(add, text, text[1:])) | _LETTERS.intersection(text)
    return sorted(n for letters in there for n in _BY_LETTERS[letters] if n >= first)


def _has_short(text: str) -> bool:
    """Whether one of `_WORDS` may be before a stop."""
    for piece in text.split(".")[:-1]:
        tail = piece[-6:].lower()
        for n in range(2, 7):
            if tail[-n:] in _WORDS and not piece[-n - 1 : -n].isalnum():
                return True
    return False


def _numbered(match: re.Match[str]) -> str:
    short = match[1] or match[2]
    spoken = _NUMBERED.get(short.lower())
    before = ahead(match, 12)
    # Stephanie P. 4.7; "at the pub. 3 of us"
    if short == "pub" or (short == "P" and re.search(r"[A-Z][a-z]+ $", before)):
        return match[0]
    if spoken in _IN_RANGES and _RANGE.match(match.string, match.end()):
        spoken += "s"
    return f"{_like(short, spoken)} " if spoken else match[0]


def _like(short: str, spoken: str) -> str:
    """With a capital where the abbreviation has one."""
    return spoken[0].upper() + spoken[1:] if short[0].isupper() else spoken


def _before_colon(match: re.Match[str]) -> str:
    short = match[1]
    if short in _COLON_WORDS:
        return _COLON_WORDS[short]
    return _WORDS[short.lower()].capitalize()


def _word(match: re.Match[str]) -> str:
    short = match[1]
    if short.lower() not in _WORDS:
        return match[0]
    if short == "Ca" and match.string.startswith("..", match.end() - 1):  # cut off
        return match[0]
    after = match.string[match.end() : match.end() + 1]
    if short == "resp" and after not in ("", ",", ";", ")") and ahead(match, 1) != "(":
        return match[0]  # of breath, or a response
    if short == "avail" and OF_USE.search(ahead(match, 12)):
        return match[0]
    spoken, may_end = _WORDS[short.lower()], short.lower() in _AT_ENDS
    if not (short.islower() or short.istitle()):  # EST, an initialism
        return match[0]
    if short == "Ed" and match[2] == " ":  # Kennedy, or Ed. Smith
        return match[0]
    if short == "Tech" and match.string[max(0, match.start() - 2)].isalpha():  # Georgia Tech.
        return match[0]
    if short.lower() in _ALSO_WORDS and match[2] is not None:
        begun = short in _WORDS_FIRST and _BEGINS.match(match.string, match.end())
        if match[2] != " " or begun:
            return match[0]
    begins = may_end and _BEGINS.match(match.string, match.end())
    at_end = match[2] is not None and (match[2] == "" or begins or short.lower() == "etc")
    gap = " " if match[2] == " " else ""
    return _like(short, spoken) + ("." if at_end else "") + gap
