"""How states and streets are written short."""

from __future__ import annotations

from recital.processors.text.english.words import TABLES, pairs

STATES = pairs(TABLES["states"])
OLD_STATES = pairs(TABLES["old states"])
# Last words of towns that show that the two letters behind them are a state, where these are also
# a word, a degree, an illness or a company's: "Gary, IN makes", "Bangor, ME opens".
TOWNS: dict[str, frozenset[str]] = {
    state.split()[0]: frozenset(state.split()[1:]) for state in TABLES["towns"].split("|")
}
STREETS = pairs(TABLES["streets"])
# A pattern of what streets are called, short or in full.
STREET = "|".join([*STREETS, "Street|Avenue|Road|Boulevard|Drive|Lane|Place|Court|Way"])
