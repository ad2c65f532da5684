"""How states and streets are written short."""

from __future__ import annotations

from recital.processors.text.english.words import pairs

_STATES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC Washington D.C.|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|
KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|
MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|
NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|
PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
"""
STATES: dict[str, str] = {
    state.strip()[:2]: state.strip()[3:] for state in _STATES.replace("\n", "").split("|")
}
_WRITTEN = """
Ala Alabama|Alta Alberta|Ariz Arizona|Ark Arkansas|Calif California|Colo Colorado|
Conn Connecticut|Del Delaware|Fla Florida|Ga Georgia|Ill Illinois|Ind Indiana|Kan Kansas|
Ky Kentucky|La Louisiana|Md Maryland|Mass Massachusetts|Mich Michigan|Minn Minnesota|
Miss Mississippi|Mo Missouri|Mont Montana|Neb Nebraska|Nebr Nebraska|Nev Nevada|Okla Oklahoma|
Ont Ontario|Ore Oregon|Que Quebec|Sask Saskatchewan|Pa Pennsylvania|Penn Pennsylvania|
Tenn Tennessee|Tex Texas|Vt Vermont|Va Virginia|Wash Washington|Wis Wisconsin|W.Va West Virginia|
Wyo Wyoming
"""
OLD_STATES: dict[str, str] = dict(
    state.strip().split(" ", 1) for state in _WRITTEN.replace("\n", "").split("|")
)
# Last words of towns that show that the two letters behind them are a state, where these are also
# a word, a degree, an illness or a company's: "Gary, IN makes", "Bangor, ME opens".
_TOWNS = """
AL Birmingham Huntsville Mobile Montgomery Tuscaloosa Auburn Decatur Dothan|
CO Denver Springs Boulder Aurora Collins Pueblo Lakewood Greeley Vail Aspen Durango Golden|
CT Hartford Haven Stamford Bridgeport Danbury Norwalk Greenwich Waterbury Britain London|
DE Wilmington Dover Newark Lewes Rehoboth|
HI Honolulu Hilo Kailua Kona Lahaina Kahului Waikiki Lihue Kapaa|
ID Boise Nampa Falls Meridian Pocatello Moscow Lewiston Ketchum Caldwell|
IN Indianapolis Gary Wayne Evansville Bend Bloomington Muncie Carmel Lafayette Haute Kokomo
Elkhart Hammond Fishers|
LA Orleans Rouge Lafayette Shreveport Monroe Metairie Houma Slidell Charles Hammond Kenner|
MA Boston Worcester Cambridge Springfield Lowell Somerville Salem Quincy Plymouth Newton Amherst
Brockton Framingham Concord Lexington Gloucester|
MD Baltimore Annapolis Bethesda Rockville Frederick Gaithersburg Towson Columbia Salisbury Spring|
ME Bangor Portland Augusta Lewiston Brunswick Harbor Freeport Kennebunkport Camden Biddeford|
MI Detroit Lansing Arbor Rapids Flint Kalamazoo Saginaw Dearborn Traverse Marquette|
MS Jackson Biloxi Gulfport Tupelo Hattiesburg Oxford Natchez Vicksburg Meridian|
ND Fargo Bismarck Minot Forks Dickinson Williston|
OH Columbus Cleveland Cincinnati Toledo Akron Dayton Canton Youngstown Parma Mansfield Sandusky|
OK Tulsa City Edmond Lawton Stillwater Enid Muskogee Shawnee Bartlesville|
OR Portland Salem Eugene Bend Medford Gresham Beaverton Hillsboro Corvallis Ashland Astoria
Oswego Roseburg Pendleton|
PA Philadelphia Pittsburgh Harrisburg Allentown Erie Scranton Lancaster Bethlehem Reading York
Hershey Gettysburg|
VA Richmond Norfolk Arlington Alexandria Roanoke Charlottesville Lynchburg Fairfax Reston Beach
Williamsburg
"""
TOWNS: dict[str, frozenset[str]] = {
    state.split()[0]: frozenset(state.split()[1:]) for state in _TOWNS.split("|")
}
STREETS = pairs("""
St street|Ave avenue|Av avenue|Blvd boulevard|Rd road|Dr drive|Ln lane|Ct court|Pkwy parkway|
Expy expressway|Hwy highway|Sq square|Pl place|Ter terrace|Terr terrace|Cir circle|Fwy freeway|
Tpke turnpike|Trl trail
""")
# A pattern of what streets are called, short or in full.
STREET = "|".join([*STREETS, "Street|Avenue|Road|Boulevard|Drive|Lane|Place|Court|Way"])
