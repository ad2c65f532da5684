"""Whether a measure says how large one thing is: then its unit is in the singular."""

from __future__ import annotations

import re

# Numbers as units have them.
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
NUMBER = rf"({DIGITS})"
# The upper part of a fraction; before that of a mixed number is another one.
_PART = re.compile(r"(?<![\d.])(?<!\d[ -])(\d{1,2})/$")
_UPPER = re.compile(r"\d+[ -]\d+/$")  # of "3 1/2 lb"
# "a 750 mL bottle", "the phone's 48MP camera": a thing of that size.
_ONE_BEFORE = re.compile(
    r"(?:\b(?:an?|the|this|that|his|her|its|my|your|our|their|every|each|one)|\b(?:pairs?|sets?|"
    r"packs?|rows?|stacks?) of|(?<!\bit)(?<!that)(?<!what)(?<!here)'s|\ban? (?!(?:good|mere|full|"
    r"whole|further|additional|total|extra|few|couple|dozen|hundred|thousand|million|little|lot|"
    r"bit|day|week|month|year|minute|second|hour)\b)[a-z]{3,11}) $",
    re.I,
)
THING = re.compile(
    r" (?:\d+(?:st|nd|rd|th) |\d[\d.]* ?[A-Za-z]{1,3} )?(?!(?:of|in|and|or|to|x|by|per|at|on|from|"
    r"for|with|is|are|was|were|has|have|had|will|would|can|than|more|less|the|a|an|each|every|away|"
    r"ago|long|wide|tall|high|deep|thick|above|below|over|under|as|so|if|when|while|but|that|which|"
    r"later|after|before|until|till?|thru|through|starting|except|between|since|north|south|east|"
    r"west|off|apart|due|because|across|up|down|out|into|through|lost|he|she|it|we|they|you|i|now|"
    r"today|tonight|yesterday|tomorrow|there|here|outside|inside)\b)[A-Za-z]"
)
# "a 1.2 by 0.8 cm lesion", "a 5-10 km run"
_OTHER_SIDES = re.compile(
    r"(?:[\d.,]+ ?(?:(?:[cmk]?m |in |ft )?(?:by |x |to |-)|(?:[a-z]{0,5}meter|"
    r"[a-z]{0,4}gram)s?(?:/|, )))+$"
)
# "a 6 cm wide cutter", "a 2in (5cm) pastry cutter"
_WIDE_THING = re.compile(
    r" (?:wide|long|tall|high|deep|thick)(?= [a-z])| \([^()]{1,14}\)(?= [a-z])|(?=-(?:wide|long|"
    r"thick|deep|tall|high)\b)"
)
# "one or two 200 mg tablets", "2 lb loaf": what is of that size, whatever is before the number.
KIND_OF_THING = re.compile(
    r"\) (?:cans?|jars?|tins?|bags?|box(?:es)?|packets?|packs?|packages?|pkgs?|cartons?|bottles?|"
    r"containers?)\b| (?:tablets?|capsules?|pills?|doses?|strips?|servings?|portions?|bolus(?:es)?|"
    r"pushes|patch(?:es)?|sachets?|vials?|V(?:6|8|10|12)|turbo|diesel|bottles?|"
    r"(?<!ph )(?<!kts )(?<!nots )(?<!hour )cans?(?! (?:be|also|still|have|get|make|cause|do|not|"
    r"only|often|reach|you|we|they|it|he|she|I)\b)|jars?|tins?|bags?|box(?:es)?|packets?|packs?|"
    r"packages?|cartons?|tubes?|loaf|loaves|rolls?|blocks?|dumb?bells?|kettlebells?|barbells?|"
    r"races?|loops?|trails?|radius|circumference|perimeter|detour|stretch|swath|climb|descent|"
    r"treks?|drives?|sticks?|cylinders?|jacks?|headphones?|runs?|swims?|rides?|squats?|(?:bench |"
    r"overhead )?press(?:es)?|deadlifts?|(?:barbell )?rows?|weights?|plates?|curls?|tanks?|reels?|"
    r"lengths?|planks?|boards?|pipes?|cubes?|pans?|tiles?|films?|cameras?|lens(?:es)?|hurdles|"
    r"hurdlers?|sprinters?|specialists?|relays?|freestyle|butterfly|backstroke|breaststroke|medley|"
    r"sprints?|finals?|teams?|records?|champions?|events?|marks?|barriers?|hoses?|leash(?:es)?|"
    r"cables?|cords?|ropes?|ladders?|fences?|screens?|displays?|monitors?|TVs?|SSDs?|hard|engines?|"
    r"motors?|batter(?:y|ies)|bulbs?|chargers?|adapters?|amps?|guns?|cannons?|rifles?|bullets?|"
    r"pistols?|handguns?|Glocks?|casings?|rounds|ammo|ammunition|firearms?|carbines?|mortars?|"
    r"rockets?|drills?|bolts?|rods?|belts?|needles?|blades?|sockets?|wrench(?:es)?|gusts?|winds?|"
    r"range|shear|flow|swells?|seas|jet|isotherm|clouds|rails?|fans?|periods?|layers?|nozzles?|"
    r"frames?|wheels?|tires?|rims?|reads|writes|bus|clock|signals?|pulses?|suppl(?:y|ies)|inputs?|"
    r"outputs?|wires?|regulators?|capacitors?|resistors?|diodes?|fuses?|processors?|modules?|"
    r"steps?|increments?|intervals?|windows?|(?:(?!of|in|is|was|and|or|from|to|than|with|that|are|"
    r"were|at|on|for|by)[\w'/-]+ ){0,2}(?:fragments?|amplicons?|inserts?|introns?|exons?|alleles?|"
    r"(?:PCR )?products?|ladder|deletions?|duplex(?:es)?|transcripts?|segments?|intervals?|"
    r"regions?|clones?|bands?|probes?|promoters?)|logic|rails?|radio|antennas?|walls?|doors?|"
    r"vests?|kayaks?|trucks?|cars?|bikes?|(?:(?!and\b|or\b|of\b|in\b|for\b|with\b|to\b|by\b|"
    r"x\b)[\w-]+ )?(?:backpacks?|tumblers?|mugs?|kettles?|skillets?|jugs?|flasks?|coolers?|"
    r"freezers?|stockpots?|canisters?|paper|cardstock)|charging|\d{3,4}p|4K|OLED|curved|"
    r"widescreen|(?:or (?:small|"
    r"medium|large) )?format|photograph\w*|f(?=/\d)|strengths?)\b(?!:)",
    re.I,
)


def is_part(text: str, start: int, quantity: str) -> bool:
    """Whether the number that begins there makes a fraction below one: the 4 of "1/4 lb"."""
    top = _PART.search(text[max(0, start - 5) : start])
    return top is not None and quantity.isdigit() and int(top[1]) < int(quantity)


def is_of_a_thing(match: re.Match[str], start: int, end: int = 0) -> bool:
    """Whether the measure that begins there, with its other sides, says how large one thing is."""
    before, end = match.string[max(0, start - 40) : start], end or match.end()
    before = _OTHER_SIDES.sub("", _UPPER.sub("", before))
    wide = _WIDE_THING.match(match.string, end)
    if wide:
        end = wide.end()
    return _ONE_BEFORE.search(before) is not None and (
        match.string.startswith("-", end) or THING.match(match.string, end) is not None
    )
