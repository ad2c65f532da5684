"""Measures of the kitchen: "1 c. flour", "2T lime juice", "3/4 t. salt", "2 x 400g tins"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, zeros
from recital.processors.text.english.sized import DIGITS
from recital.processors.text.english.unit_names import UNITS

_FOODS = (
    "(?:salt|sugar|butter|oil|flour|water|milk|cream|vinegar|sauce|honey|syrup|juice|powder|paste|"
    "seeds?|parsley|basil|cilantro|garlic|onions?|ginger|cinnamon|cumin|paprika|pepper|mustard|"
    "mayo|mayonnaise|cheese|cornstarch|cocoa|vanilla|wine|broth|stock|yeast|zest|nuts|chives|thyme|"
    "soda|lemon|extract|oregano|nutmeg|cloves|ketchup|margarine|shortening|lard|jam|coffee|rum|"
    "brandy|mint|dill|sage|rosemary|coriander|turmeric|cayenne|cardamom|almonds|raisins|coconut|"
    "crumbs|[Pp]armesan|horseradish|gelatin|molasses|allspice|starch|peel|EVOO)"
)
# What stands before them: "soy sauce", "finely chopped fresh parsley".
_FOOD = (
    "(?:(?:of|neutral|filtered|boiling|lukewarm|finely|freshly|chopped|minced|fresh|dried|ground|"
    "grated|melted|soft|softened|brown|white|black|red|green|powdered|granulated|unsalted|salted|"
    "balsamic|sherry|golden|caster|castor|icing|raw|extra-virgin|virgin|"
    "cold|warm|hot|coarse|fine|olive|vegetable|canola|sesame|coconut|peanut|soy|fish|lemon|lime|orange|apple|"
    "cider|rice|maple|corn|baking|curry|chili|chilli|garlic|onion|tomato|mustard|poppy|sour|heavy|"
    "cream|all-purpose|plain|wheat|sea|kosher|toasted|sliced|crushed|vanilla|almond|[Pp]armesan|"
    "[Ww]orcestershire|Dijon|pure|diced|dry|instant|active|potato) ){0,3}" + _FOODS + r"\b"
)
_COOKING = re.compile(
    r"\b(?:cups?|[Bb]litz|[Bb]oil|[Dd]rizzle|[Dd]eglaze|[Ss]aut[eé]|[Hh]eat|[Aa]dd|[Ss]tir|[Mm]ix|[Bb]ak(?:e|ing)|[Ww]hisk|[Dd]issolve|[Bb]lend|[Ss]prinkle|"
    r"[Cc]ombine|[Ss]immer|[Pp]reheat|[Ss]ub(?:stitute)?|oven|dough|batter|buttermilk|chopped|"
    r"diced|minced|grated|melted|sliced|tsp|tbsp|recipe|sugar|flour|butter)\b"
)
_PLUS_PART = re.compile(
    r"(?<![\w.,+])(\d)\+(?=[1-7]/[2-8]\b(?! ?[-+=*/]| is\b| equals\b))"
)  # 1+1/2
_SPOONS = re.compile(r"(?<=\d/\d) ?([tT])(?= )")  # "1/4t salt"
# "3/4 t. salt", "2 T. butter"; but "4 T. rex skeletons"
_SPOONS_WITH_STOP = re.compile(rf"(?<![\w.])(\d[\d/ .-]{{0,14}}?) ?([tT])\. (?={_FOOD})")
# Before any word where something is cooked: "add 1 T. finely diced celery"
_ANY_SPOONS = re.compile(
    r"(?<![\w.])(\d[\d/ .-]{0,14}?) ?([tT])\. (?=[A-Z]{2}|[+&] ?\d|of |(?!rex|cruzi|brucei|gondii|"
    r"pallidum)[a-z]{3})"
)
# at the start of a line of ingredients: "1 Tbs. Dijon"
_INGREDIENT = re.compile(
    r"^([\d/ -]+(?:[Tt]bsp?|[Tt]sp|oz|lbs?|qts?|pts?|pkgs?))\. (?!(?:He|She|It|They|We|You|That|"
    r"This|The|There|These|In|And|But|So|Not|My|His|Her)\b)(?=[A-Z][a-z])"
)
_SPOON_STOP = re.compile(r"(\d (?:[Tt]bsp|[Tt]sp))\.(?= [A-Z]{2})")  # 2 Tbsp. EVOO
_PINTS = re.compile(
    r"(?<=\d )pts\b\.?(?= (?:of )?(?:milk|beer|cream|semi|skimmed|lager|bitter|stock|ale|cider)\b|"
    r" of water\b)"
)
_CUP = re.compile(
    rf"(?<![\w.,-])((?:\d+ )?\d/\d|1?\d) ?[Cc](?= (?:\([a-z]+\) )?{_FOOD}(?! (?:pipes?|bath|tank|"
    rf"heaters?|lines?)\b))"
)  # 1 C sugar
_TEASPOONS = re.compile(rf"^(\d{{1,2}})t(?= {_FOOD})")  # 1t curry powder
_SPOONFUL = re.compile(
    rf"(?<![\w.,/-])(\d[\d/-]*) ?(?:(?:TB?S?|TBL?S?\.) (?={_FOOD})|TBS\.? (?=of\b))", re.I | re.A
)  # 2T lime juice
_CLOVES = re.compile(r"(?<=\d )cl\b\.?(?= garlic)")
_TABLESPOONS = re.compile(rf"(?<![\w.,-])(\d{{1,2}})T(?= {_FOOD}(?! (?:tanks?|pumps?|filters?)\b))")
_CUPS = re.compile(
    r"(?<![\w.,/])(\d+(?:-\d/\d| ?\d?/\d)?|\d+\.\d+) ?c\. (?=\(|(?:Greek|Parmesan|Italian|French|"
    r"Mexican|Swiss|Cheddar|Monterey|Dijon|Bisquick|Cool) [a-z]|[a-z]{3}|[+&] ?\d|"
    r"[A-Z]{2,3} [a-z]{3}|(?:if|"
    r"of|or) |H (?:two|2) O)|(?<![\w.,/])(\d|\d/\d|\d \d/\d) ?c\.(?=\))"
)
_CAPITAL_CUPS = re.compile(r"(?<=\b\d )C(?=\. (?!diff)[a-z]{3})")
_PART_OF_CUP = re.compile(r"(?<=\d/[23468] )C\.(?= [a-z])")  # "1/4 C. has 2 carbs"
# 10# ground beef
_POUNDS = re.compile(r"(?<=\d)# ?(?=[a-z])")
_TINS = re.compile(
    rf"(?:^|(?<=[,;(] ))(\d) ?x (?=(?:{DIGITS}) ?(?:g|ml|kg|oz|cm|lb|mins?|secs?|s)\b)"
    # 1 x waterproof jacket, 2 x large eggs; but 10 x better
    r"|^(1|\d{1,2}(?= x (?![a-z]+(?:er|ly)\b)(?:[\w-]+ ){0,3}[A-Za-z]+s\b)) x (?!max|more|the |"
    r"faster|times|per )(?=[A-Za-z]{3})"
    # 1 x 400g; "line 2 x 20cm / 8\" tins"
    rf"|(?<=[a-z] )(?<!\bby )(?<!\bx )([1-4]|\d(?= ?x \d+ ?(?:g|ml|kg|cl|oz|lb)\b)) ?x "
    rf"(?=(?:{DIGITS}) ?(?:g|ml|kg|cl|oz|cm|lb|in|inch)\b"
    r"(?: ?/ ?\d[\d.]* ?(?:\"|inch|in|fl oz|oz|g)?)?,? (?:[\w-]+,? ){0,3}(?:tins?|cans?|pans?|"
    r"jars?|packs?|packets?|bottles?|bags?|tubs?|mou?lds?)\b)"
)

# "2 x400g tins", "20 x 100mg tablets", "1 - 16 oz beer"
_PACKED = re.compile(
    rf"(?<![\w.,/-])(\d{{1,2}}) ?x ?(?=(?:{DIGITS}) ?(?:g|ml|kg|cl|oz|lb|mg|"
    rf"mcg) ?(?:[\w-]+ )?(?:tins?|"
    r"cans?|jars?|packs?|packets?|bottles?|bags?|tubs?|tablets?|capsules?|pills?|sachets?|"
    r"vials?|ampoules?)\b)"
)
_HEAPED = re.compile(  # 2 heaping tbsp
    r"((?!1 )\d[\d/-]* (?:heap(?:ing|ed)|level|round(?:ed|ing)|scant|generous|good|large) )"
    r"(t(?:bsp|sp)|oz|lb)\b\.?"
)
_GRAMS = re.compile(r"(?<=\d)gs(?= of\b)")
_ONE_PACK = re.compile(
    r"^1 ?- ?((?:[6-9]|[1-9]\d)(?:\.\d+)?)[ -]?(?=(?:oz|ounce|g|ml|lb|pound)\b(?! to\b| or\b))"
)


def expand(text: str) -> str:
    """ "1/4 t. salt" -> "1/4 tsp salt", "1 C sugar" -> "1 cup sugar"; before other measures."""
    if "x" in text and holds(zeros(text), ("0 x", "0x")):
        text = _PACKED.sub(r"\1 ", text)
    if "bsp" in text or "tsp" in text:
        text = _HEAPED.sub(lambda m: f"{m[1]}{UNITS[m[2]]}s", text)
    if "gs of" in text:
        text = _GRAMS.sub("g", text)
    if text.startswith("1"):
        text = _ONE_PACK.sub(r"1 \1-", text)
    if "x " in text:
        text = _TINS.sub(lambda m: f"{m[1] or m[2] or m[3]} ", text)
    if "+" in text and _is_cooked(text):
        text = _PLUS_PART.sub(r"\1 ", text)
    if "/" in text:
        text = _SPOONS.sub(lambda m: " teaspoon" if m[1] == "t" else " tablespoon", text)
    if "t. " in text or "T. " in text:
        spoons = _ANY_SPOONS if _COOKING.search(text) else _SPOONS_WITH_STOP
        text = spoons.sub(lambda m: f"{m[1]} {'tsp' if m[2] == 't' else 'Tbsp'} ", text)
    if "sp. " in text:
        text = _SPOON_STOP.sub(r"\1", text)
    if ". " in text and text[0].isdigit():
        text = _INGREDIENT.sub(r"\1 ", text)
    if " pts" in text:
        text = _PINTS.sub("pints", text)
    if holds(zeros(text), ("0c ", "0 c ")) and _is_cooked(text):
        text = _CUP.sub(_capital_cup, text)
    if "t " in text and text[0].isdigit():
        text = _TEASPOONS.sub(r"\1 tsp", text)
    if ("T " in text or "TB" in text) and _is_cooked(text):
        text = _SPOONFUL.sub(_spoonful, text)
    if "cl" in text and "garlic" in text:
        text = _CLOVES.sub("cloves", text)
    return _TABLESPOONS.sub(r"\1 Tbsp", text) if "T " in text else text


def expand_cups(text: str) -> str:
    """ "1 c. flour" -> "1 cup flour"; after degrees: "bake at 200c."."""
    if "C. " in text:
        text = _PART_OF_CUP.sub("cup", text)
    if "#" in text and "0#" in zeros(text) and _COOKING.search(text):
        text = _POUNDS.sub(" pounds ", text)
    if "C. " in text and _is_cooked(text):
        text = _CAPITAL_CUPS.sub("c", text)
    return _CUPS.sub(_cups, text) if "c. " in text or "c.)" in text else text


def _is_cooked(text: str) -> bool:
    """Whether it is a line of ingredients, or about cooking."""
    return text[0].isdigit() or _COOKING.search(text) is not None


def _spoonful(match: re.Match[str]) -> str:
    if "T" not in match[0]:
        return match[0]
    one = match[1] == "1" or re.fullmatch(r"\d/\d", match[1])
    return f"{match[1]} tablespoon{'' if one else 's'} "


def _capital_cup(match: re.Match[str]) -> str:
    one = match[1] == "1" or "/" in match[1][:2]
    return f"{match[1]} cup{'' if one else 's'}"


def _cups(match: re.Match[str]) -> str:
    quantity = match[1] or match[2]
    one = quantity == "1" or "/" in quantity[:3]
    return f"{quantity} cup{'' if one else 's'}{' ' if match[1] else ''}"
