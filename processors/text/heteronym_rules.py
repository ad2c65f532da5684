"""When a heteronym has its second reading: questions about the words next to it."""

from __future__ import annotations

from collections.abc import Sequence

from recital.processors.text.word_tables import word_set

Words = Sequence[str]


_DETERMINERS = word_set(
    "a an the this these those my your his her its our their no any some each every another such "
    "which what whose both all many several few more most one two three four five six ten"
)
_BEFORE_NOUN = _DETERMINERS | word_set(
    "of in on at for with by from under about per into without against between during new old "
    "good bad big great first last next second third own only same other public world very is was "
    "are were be been being as its it's that's there's official criminal annual daily recent "
    "entire"
)
_MODALS = word_set(
    "will would can could should shall must may might cannot can't couldn't won't wouldn't "
    "shouldn't don't doesn't didn't do did let's please i'll you'll we'll they'll he'll she'll "
    "it'll i'd you'd we'd they'd he'd she'd gonna help helped helps"
)
_SUBJECTS = word_set("i you we they who he she it people let")
_ADVERBS = word_set(
    "not never always often also just even ever still only really then now soon usually"
)
_FREQUENCY = word_set("often always never usually sometimes rarely seldom frequently")
_PREPOSITION_TO = word_set(
    "due according subject access response relation regard close similar thanks prior next reply "
    "answer addition contrast respect attention belong exposure key related opposed"
)
_OBJECTS = word_set(
    "a an the this these those my your his her its our their it them me us him you everything "
    "nothing something anything all every each any some no what how whether that himself herself"
)
_AUXILIARIES = word_set(
    "have has had having i've you've we've they've he's she's was were been be being is are isn't "
    "wasn't weren't haven't hasn't hadn't"
)
_PARTICLES = word_set("up down through around apart off out into away back along")


def _at(words: Words, i: int) -> str:
    return words[i] if 0 <= i < len(words) else ""


def _before(words: Words, i: int) -> tuple[str, int]:
    """The word before, past adverbs, and its place."""
    i -= 1
    while i >= 0 and (words[i] in _ADVERBS or (words[i].endswith("ly") and len(words[i]) > 4)):
        i -= 1
    return _at(words, i), i


def is_verb(words: Words, i: int) -> bool:
    """Whether a word that is a noun or adjective and a verb is in a verb's place."""
    before, place = _before(words, i)
    after = _at(words, i + 1)
    if _at(words, i - 1) in _FREQUENCY:
        return True
    if before == "to":
        return _at(words, place - 1) not in _PREPOSITION_TO
    if before in _MODALS or (before in _SUBJECTS and before != "it"):
        return not (before in ("do", "did") and after == "")
    if before == "it":
        return words[i].endswith("s") or _at(words, place - 1) in ("make", "let", "help")
    if before in ("me", "us", "them", "him", "her") and _at(words, place - 1) in (
        word_set("let make made help helped makes lets have had see saw watch")
    ):
        return True
    if before in ("that", "which"):
        return after in _OBJECTS
    if before in _BEFORE_NOUN or before.endswith("'s") or before.endswith("s'"):
        return False
    if before == "" or before == "and" or before == "or" or before == "but" or before == "then":
        return after in _OBJECTS
    if after in _OBJECTS and after != "that":
        return True
    plural_subject = before.endswith("s") and not before.endswith(("ss", "us", "is"))
    return plural_subject and not words[i].endswith("s") and after not in ("of", "is", "was")


def _any(words: Words, cues: frozenset[str]) -> bool:
    return not cues.isdisjoint(words)


def is_other_read(words: Words, i: int) -> bool:
    """The past tense and the participle."""
    before, place = _before(words, i)
    if before in _MODALS or before in ("to", "let", "let's", "me", "us", "a", "good", "must"):
        return False
    near = words[max(0, i - 4) : i]
    if any(word in _AUXILIARIES for word in near) and not _any(
        near, word_set("to and but or will")
    ):
        return True
    if any(word in _MODALS for word in near) and before in _SUBJECTS | word_set("and or"):
        return False
    if before in ("he", "she", "it", "who") or _at(words, i - 1) in ("widely", "well"):
        return True
    if place < 0:
        return False
    present = word_set(
        "every always usually often sometimes daily now when whenever if tomorrow each"
    )
    past = word_set(
        "yesterday ago last once was were had did saw wrote said told then after before"
    )
    if before in ("i", "we", "you", "they"):
        return not _any(words, present) or _any(words, past)
    if before in ("and", "then"):
        return any(
            w.endswith("ed") or w in past or w in word_set("took sat opened") for w in words[:i]
        )
    plural = before.endswith("s") or before in ("people", "children", "men", "women", "students")
    return _any(words, past) if plural else before not in _DETERMINERS


_LEAD_AFTER = word_set(
    "pipe pipes poisoning paint paints acid weight weights bullet bullets shot ore mine mines "
    "glass crystal sheet sheets roof roofs roofing battery batteries oxide free content exposure "
    "solder contamination based lined shielding apron compound compounds pellets ions "
    "contaminated sulfide"
)
_LEAD_NEAR = word_set(
    "zinc tin copper mercury arsenic molten metal metals poison poisoned toxic cadmium melted "
    "gasoline leaded periodic iron alchemist alchemists"
)


def is_other_lead(words: Words, i: int) -> bool:
    """The metal."""
    if _at(words, i + 1) in _LEAD_AFTER:
        return True
    before = _at(words, i - 1)
    if before in ("of", "contains", "contain", "containing", "like", "as", "with", "from", "into"):
        amounts = word_set(
            "made tons pounds ounces lump piece traces levels amounts pieces heavy balloon "
            "bullets contains sheet sheets block"
        )
        return _any(words[max(0, i - 4) : i], amounts) or _any(words, _LEAD_NEAR)
    return _any(words, _LEAD_NEAR) and not is_verb(words, i)


def is_other_live(words: Words, i: int) -> bool:
    """The adjective and adverb."""
    before, after = _at(words, i - 1), _at(words, i + 1)
    nouns = word_set(
        "music show shows concert concerts broadcast broadcasts tv television audience "
        "performance performances album wire wires ammunition ammo animals animal cattle stream "
        "streams event events coverage action recording recordings band bait oak video feed "
        "update updates version chat entertainment theater theatre bands bird birds lobster radio "
        "report round rounds virus vaccine footage streaming broadcasting data demo from"
    )
    if after in nouns:
        return True
    adverbial = word_set(
        "broadcast broadcasting streamed streaming recorded performed shown aired performing "
        "airing televised going goes went watch watching reporting coming perform sing singing "
        "play played playing sang hear appeared see"
    )
    if before in adverbial:
        return after not in ("in", "with", "at", "near", "there", "here")
    return before in ("a", "the", "this", "our", "more") and after != ""


def is_other_lives(words: Words, i: int) -> bool:
    """The verb."""
    before, after = _at(words, i - 1), _at(words, i + 1)
    if before in ("he", "she", "it", "who", "everyone", "everybody", "nobody", "that", "still"):
        return True
    if before in _BEFORE_NOUN | word_set(
        "save saved lost human past many people's daily costing cost"
    ):
        return False
    places = word_set(
        "in at on with near here there alone next by under off upstairs down happily far"
    )
    return after in places and not before.endswith("s")


def is_other_wind(words: Words, i: int) -> bool:
    """To turn or coil."""
    before, _ = _before(words, i)
    if before in ("the", "a", "strong", "cold", "north", "of", "east", "west", "south", "no"):
        return False
    return is_verb(words, i) or (_at(words, i + 1) in _PARTICLES and before not in _BEFORE_NOUN)


def is_other_winds(words: Words, i: int) -> bool:
    """He winds the clock; the road winds through the hills."""
    before, _ = _before(words, i)
    weather = word_set("strong high the of trade cold westerly solar gale heavy and fierce warm")
    return before not in weather and (
        _at(words, i + 1) in _PARTICLES | word_set("its his her the a") or is_verb(words, i)
    )


def is_other_tear(words: Words, i: int) -> bool:
    """To rip, and a rip."""
    after = _at(words, i + 1)
    if is_verb(words, i) or after in _PARTICLES | word_set("resistant"):
        return True
    if _at(words, i - 2) == "wear" and _at(words, i - 1) == "and":
        return True
    cloth = word_set(
        "fabric muscle ligament shirt cloth jacket jeans paper sleeve sail pants dress meniscus "
        "tendon seam canvas net skin hole curtain retinal"
    )
    return _any(words, cloth) and not _any(words, word_set("eye cheek cried weeping"))


def is_other_tears(words: Words, i: int) -> bool:
    """He tears it up."""
    before = _at(words, i - 1)
    if before in word_set(
        "in of to into her his my with the their your through and no bitter shed"
    ):
        return False
    return _at(words, i + 1) in _PARTICLES | _OBJECTS | {"at"}


def is_other_bow(words: Words, i: int) -> bool:
    """To bend, and the front of a ship."""
    weapons = word_set(
        "arrow arrows violin cello ribbon hair archer string strings fiddle tie hunter tied "
        "wooden crossbow quiver viola archery"
    )
    if is_verb(words, i):
        return True
    if _any(words, weapons):
        return False
    ship = word_set(
        "ship ship's boat boat's stern deck anchor sailors captain vessel took take takes"
    )
    return _any(words, ship) or _at(words, i + 1) in ("down", "out", "before", "to")


def is_other_bows(words: Words, i: int) -> bool:
    return is_other_bow(words, i) or _at(words, i - 1) in ("he", "she")


def is_other_row(words: Words, i: int) -> bool:
    """A quarrel."""
    after = _at(words, i + 1)
    quarrel = word_set("over about broke erupted between with")
    return (
        _at(words, i - 1) in word_set("a the huge terrible bitter big political diplomatic")
    ) and (
        after in quarrel and not (after == "with" and not _any(words, word_set("had having got")))
    )


def is_other_bass(words: Words, i: int) -> bool:
    """The fish."""
    fish = word_set(
        "fish fishing fisherman lake river caught catch sea striped largemouth smallmouth grilled "
        "trout angler pond salmon fillet fry pike hooked"
    )
    return _any(words, fish)


def is_other_close(words: Words, i: int) -> bool:
    """Near."""
    before, after = _at(words, i - 1), _at(words, i + 1)
    if before == "the" and after == "of":
        return False
    near_after = word_set(
        "to friend friends by enough call calls together range attention behind encounter "
        "relatives family relationship ties look associate associates up contact proximity "
        "quarters race inspection game finish ally allies knit"
    )
    near_before = word_set(
        "is are was were be been very so too as how get got getting came come comes stay stood "
        "stand keep kept pretty quite a draw drew that's it's sat sit really lived seemed feel "
        "felt"
    )
    if before in ("to", "will", "please", "would", "must", "can", "let's", "they", "we", "don't"):
        return False
    return after in near_after or before in near_before


def is_other_content(words: Words, i: int) -> bool:
    """Satisfied."""
    states = word_set(
        "is are was were be been feel felt seem seemed seems am very quite perfectly not i'm he's "
        "she's they're we're you're remain remained perfectly"
    )
    after = _at(words, i + 1)
    return _at(words, i - 1) in states and after in ("", "with", "to", "and", "but", "in", "enough")


def is_other_does(words: Words, i: int) -> bool:
    """Female deer."""
    return _any(words, word_set("bucks fawns stags"))


def is_other_dove(words: Words, i: int) -> bool:
    """Did dive."""
    after = _at(words, i + 1)
    into = word_set("into in off under down headfirst beneath for deep below straight underwater")
    if _at(words, i - 1) in ("he", "she", "i", "they", "we", "and", "then", "who"):
        return True
    return after in into and _at(words, i - 1) not in ("a", "white", "turtle")


def is_other_invalid(words: Words, i: int) -> bool:
    """A sick person."""
    before, after = _at(words, i - 1), _at(words, i + 1)
    person = word_set("who for since and was had in all confined mother father from after")
    return before in ("an", "the", "elderly", "old", "chronic", "helpless") and (
        after in person or after == ""
    )


def is_other_learned(words: Words, i: int) -> bool:
    """Scholarly."""
    people = word_set(
        "man men woman scholar scholars professor judge gentleman friend society societies "
        "colleague colleagues journal journals doctor counsel discourse treatise profession"
    )
    return _at(words, i + 1) in people


def is_other_blessed(words: Words, i: int) -> bool:
    """Holy."""
    return _at(words, i + 1) in word_set(
        "virgin mother sacrament are art be memory saint event trinity lord relief day night"
    ) and _at(words, i - 1) not in word_set("was were is been has have had i they he she")


def is_other_aged(words: Words, i: int) -> bool:
    """Old people."""
    return _at(words, i + 1) in word_set(
        "man woman men women parents father mother couple relatives lady gentleman"
    ) or (_at(words, i - 1) == "the" and _at(words, i + 1) in ("", "and", "are", "were"))


def is_other_axes(words: Words, i: int) -> bool:
    """More than one axis."""
    return _any(
        words, word_set("x y z x. y. z. axis graph coordinate plot rotation vertical horizontal")
    )


def is_other_minute(words: Words, i: int) -> bool:
    """Tiny."""
    small = word_set(
        "details detail amount amounts quantities quantity particles particle differences changes "
        "traces organisms fraction fragments proportions examination attention inspection"
    )
    degrees = word_set("very so extremely most incredibly too almost")
    return _at(words, i + 1) in small or _at(words, i - 1) in degrees


def is_other_moped(words: Words, i: int) -> bool:
    """The vehicle."""
    return _at(words, i - 1) in _DETERMINERS | word_set("by red")


def is_other_polish(words: Words, i: int) -> bool:
    """Whether it is of Poland."""
    of_poland = word_set(
        "government people language army sausage border woman man president city citizen citizens "
        "immigrants food history poet pope national zloty airline village capital composer "
        "soldiers town minister and american family parliament descent grandmother troops"
    )
    speaking = word_set("speak speaks spoke in learn learning fluent is of born")
    return _at(words, i + 1) in of_poland or (
        _at(words, i - 1) in speaking and _at(words, i + 1) not in ("the", "for")
    )


def is_other_resume(words: Words, i: int) -> bool:
    """A summary of a career."""
    before, _ = _before(words, i)
    return (before in _DETERMINERS or before in ("of", "with", "on")) and not is_verb(words, i)


def is_other_sewer(words: Words, i: int) -> bool:
    """One who sews."""
    return _any(words, word_set("needle thread fabric stitches seamstress seams sewing quilts"))


def is_other_sow(words: Words, i: int) -> bool:
    """The pig."""
    return _at(words, i - 1) in ("a", "the", "old", "pregnant", "that", "fat", "our") or _any(
        words, word_set("piglets pigs boar pig")
    )


def is_other_the(words: Words, i: int) -> bool:
    """Before a vowel."""
    after = _at(words, i + 1)
    if after.startswith(("eu", "ewe", "one", "once", "uni", "use", "usu", "ura", "u.", "uto")):
        return after.startswith(("unim", "unin"))
    silent = after.startswith(("hour", "honest", "honor", "honour", "heir"))
    vowel_names = len(after) > 1 and after[1] == "." and after[0] in "aefhilmnorsx"
    return after[:1] in tuple("aeiou") or silent or vowel_names


def is_other_used(words: Words, i: int) -> bool:
    """Used to: a habit."""
    if _at(words, i + 1) != "to":
        return False
    before, _ = _before(words, i)
    return before not in word_set("is are was were be been being isn't aren't wasn't can") or (
        _at(words, i + 2) in _OBJECTS or _at(words, i + 2).endswith("ing")
    )


def is_other_wound(words: Words, i: int) -> bool:
    """Did wind."""
    before, _ = _before(words, i)
    if before in _BEFORE_NOUN - word_set("was were is are") | word_set(
        "bullet stab flesh head gunshot"
    ):
        return False
    return _at(words, i + 1) in _PARTICLES | word_set("its tightly the his her my tight round")
