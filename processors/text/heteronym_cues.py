"""Words that go with one reading of a heteronym, for those whose readings differ in sense: what is
near "bow" where it is bent, and what is near it where it is a ship's.
"""

from __future__ import annotations

import re
from functools import cache

# word: near its usual reading | near the other, as in `heteronyms.HETERONYMS`
_CUES = """
bow: arrow arrows archer archery archers quiver crossbow hunting violin viola cello fiddle string
 strings tie ribbon hair knot london church street weapon shoot shot stringed instrument horsehair
 rosin longbow bend wooden tied river bridge bells cupid rainbow saw | ship ships hull stern deck
 port starboard vessel boat anchor sail sailed torpedo torpedoed gun guns wave waves thruster
 thrusters ram keel mast sea shots crew destroyer cruiser submarine guest heads head curtsy
 applause deep respect kneel stage audience down wow bulbous steam rake raked sank collision
 propeller
bows: arrow arrows archer archery quiver crossbows violin ribbon ribbons ties tied hair spears
 weapons longbows wooden strings dress | ship ships hull stern deck boat head down audience kneel
 respect deeply sail sea gods vessel submarine lines
bass: guitar guitars guitarist drum drums player music song band double singer voice baritone
 tenor soprano jazz amplifier clef album treble opera keyboards vocals instrument line notes
 recorded bassist sound trombone clarinet | fish fishing lake striped largemouth smallmouth trout
 sea angler caught tournament catch river walleye pike perch pro shops rod lure outdoors carp
 species pond anglers
lead: role guitar singer to vocals team way actor character into | pipe pipes paint poisoning
 metal zinc copper tin ore mines mining mercury iron toxic silver bullet bullets shot battery acid
 gasoline glass melted sulfide contaminated heavy arsenic cadmium element alloy roof solder
tear: eye eyes gas drop drops cry cried crying wept weep sorrow cheek shed duct ducts glands film
 lacrimal sad wiped | down off apart up cartilage ligament muscle acl meniscus knee shoulder
 rotator cuff paper page wear fabric surgery injury out hole labrum hamstring ripped flesh pieces
 wall open detected repair calf tendon torn
tears: eye eyes cry cried crying wept weep sorrow cheek shed sad wiped joy sweat blood wipe
 streaming burst tissue | down off apart up ligament muscle cartilage paper fabric into shirt out
 knee ligaments open tendon meniscus
row: seat seats houses rows second third front back boat oars death line stage skid savile column
 columns table title wins consecutive year years | argument quarrel scandal furious over political
 broke erupted angry blazing dispute fight sparked
sow: seeds seed reap crop crops field fields wheat discord confusion corn plant harvest spring
 doubt dissent fear grain farmers division | pig pigs piglets boar boars litter pork hog hogs
 swine ear farrow pregnant bear farm badger
dove: bird birds peace white olive pigeon branch holy spirit mourning turtle noah nest feathers
 species soap award awards rock wings christ symbol | into down under headfirst off toward pool
 water river overboard ball deep plunged behind swam sea ground cover right left end
axes: axe tools tool stone hatchets swords wood chopping bronze weapons spears knives blades heads
 polished hand battle hammers lumberjack fire adzes flint | axis vertical horizontal coordinate
 coordinates symmetry rotation perpendicular parallel plane planes plot graph orthogonal major
 minor principal rotate rotates lens crystal ellipse optic angle dimensions three reference
reading: book books writing read speaking comprehension literacy skills room material list poetry
 novel newspaper public education children mathematics speech meter gauge measurement palm proof |
 england berkshire fc railroad pennsylvania railway town university festival london gaol abbey
 oxford station company bournemouth borough line city swindon football pa wokingham basingstoke
 newbury phillies slough bristol
mobile: phone phones app apps device devices network operator home homes cellular telephone
 wireless units technology internet vehicle launcher artillery platforms sms broadband calder
 robots | alabama bay county gulf montgomery port pensacola birmingham river orleans al biloxi
 confederate mississippi fort baldwin dauphin spring
nestle: in among between into down beside against trees birds valley nest hills nestled | company
 swiss chocolate brand products corporation food kraft unilever danone water kitkat coffee factory
 cadbury waters nescafe purina vevey plc group cereal candy boycott acquired infant
polish: nail shoe shoes wax surface floor silver apple shine up off cleaning remover sand clean
 skills glass grind finish | poland warsaw german russian army language jewish lithuanian
 government czech born ukrainian communist soldiers national border people history footballer
 nobility king ukraine krakow jews village air
august: july september june october november may born died century first 2 on in 19 20 since late
 early until | wilhelm von prince strindberg king sander poet painter johann frederick duke ernst
 german strong friedrich saxony wilson burns bebel agosto
celtic: languages language irish welsh gaulish tribes music art britons pagan religion people
 peoples culture breton mythology tribe gaelic mythological knot cross iron druids sea | glasgow
 rangers football club boston park premier fc cup league goal season basketball lakers fans match
 nba signed midfielder striker jersey knicks manager derby transfer loan win
buffet: food dinner lunch breakfast restaurant dishes car served table eat dining menu meal salad
 coach style warren berkshire carriage trolley | winds waves wind storm gusts storms shake flutter
 turbulence buffeted aircraft dancers hit speed struck
bologna: italy university italian city florence rome modena ferrara born died museum venice san
 opera serie academy professor milan pope papal naples | sandwich sausage meat ham cheese salami
 slices fried lunch mustard bread baloney hot
job: work jobs employment worker career hired company market training offer position manager good
 got full part steve employee | bible biblical god satan suffering prophet testament hebrew psalms
 patience book uz lament isaiah ruth elihu ecclesiastes prophets patriarch comforters wept
sake: for own god god's art safety heaven's simplicity clarity argument goodness completeness
 children's convenience | japanese rice drink brewery brewing drinking japan bottle wine beer
 brewed alcohol tea cup brewer shochu sushi barrels cups soy
ravel: maurice composer debussy bolero piano orchestra string quartet music ballet faure
 stravinsky composed works opera suite satie orchestrated concerto pieces | unravel thread threads
 knot sleeve yarn fabric edges care untangle tangled
rodeo: bull bulls rider riding horse horses cowboy cowboys calf roping professional championship
 barrel riders event houston stampede circuit western livestock saddle bronc annual clown | drive
 beverly hills california contra costa hercules collection california's los angeles town shopping
 el bay
pasty: cornish meat pie pies food pasties filled potato pastry eaten baked miners traditional
 devon onion crust crimped cornwall pub | skin complexion face faced white pale consistency mass
 whitish texture looking paste substance waxy sticky hair fat
mate: partner sex female male mating friend friends first ship chief check good bird birds females
 males species team soul gasoline | yerba tea argentina drink uruguay paraguay gourd leaves coca
 infusion drinking brazil south plant herb caffeine
moped: around about sulked depressed house days sad despair | scooter motorcycle bicycle riding
 motor car rode honda ride bike bikes motorbike yamaha driving cc vehicle engine rider drove
 license vespa
live: in with together people life lived they to animals who parents family alone | album concert
 music broadcast recorded performance television show audience band tv stream shows streaming
 action performances performed studio tour version dvd performing event coverage radio bbc
 recording wire ammunition birth
lives: their our his people saved human save lost private whose daily everyday many cost
 sacrificed ordinary nine personal saving | in with he she who currently husband wife alone near
 family mother father where now
minute: hour hours per minutes last second one five every goal later half seconds long film match
 scored episode beats warning | tiny small particles detail details amounts quantities microscopic
 scales hairs insects traces spines size species scale granules organisms very holes teeth
 crystals
wound: gunshot bullet head wounds chest injury healing blood leg infection stab fatal bleeding
 dressing shot skin killed death knife surgeon mortal bandage | up around coil wire through coils
 spring clock transformer rope bobbin tightly copper winding road string scarf thread guitars
 spools wrapped cable stator
wind: speed power turbine turbines energy blowing strong storm farm solar north south ensemble
 instruments waves tunnel rain sea blew direction quintet river weather hurricane gusts mph | up
 down around clock watch road through thread wire coil hills rope way string toy path yarn spool
winds: strong mph high storm trade prevailing gusts hurricane tropical speed maximum cyclone rain
 sustained damage solar sea weather blow knots kmh | up through down road river around way path
 its trail along valley route coil stream past street turns highway
invalid: void claim contract marriage patent declared null argument theory law vote votes ballot
 results court legal election ruled unconstitutional deemed because data input | wife mother bed
 bedridden chair nursed wheelchair husband care pension disabled confined sick years father her
 nurse son daughter chronic health soldiers sister elderly pensioner
expose: to skin corruption truth himself danger light them risk evil underlying reveal fraud
 secrets | article newspaper magazine published book written publication tell-all wrote book's
 journalist piece scathing report author documentary undercover series press
resume: career training work negotiations fighting talks production service operations trading
 game journey after play march flight normal duties power | job cv cover letter experience
 employer skills references her his impressive interview applicants employers candidate list
 padding acting
learned: had he she that how from lessons to later about lesson skills when they | society
 societies scholar scholars men man judge highly most treatise works friend academy hand journal
 lawyer institution scholarly counsel rabbi gentleman pious erudite latin
blessed: him them with god pope has been bishop priest was he church consecrated crowned | virgin
 mary sacrament mother trinity lady are saint assurance isles beatified poor beatification memory
 event pius john meek holy john's st eternal rest cardinal
aged: years died at children between to men women over old age boys from 18 12 population group |
 elderly parents mother father home care wine cheese infirm whiskey grandmother pensioners middle
 poor sick oak disabled beef balsamic nursing
desert: sahara dry arabian sand camel dunes arid plants negev california nevada arizona mojave
 climate mountains gobi island storm | abandon leave him army troops soldiers post party wife
 friends ranks cause unit attempted soldier deserted
content: video media web page oxygen material fat digital alcohol website site online social water
 adult sexual carbon moisture music user download original information high low acid quality game
 editorial nutritional | happy satisfied peace himself themselves herself seemed life simply quite
 perfectly merely remain not just remained
console: video game games xbox nintendo playstation sega mixing handheld wii organ sony gamers pc
 | her him grief tried try family weeping comfort mother widow themselves grieving friends sad
 tears
object: objects astronomical space unidentified class art sound direct of physical shape orbit
 software museum verb sacred | to strongly opposed vehemently parents residents critics some
 people conscientiously they oppose
"""


_INFLECTION = re.compile(r"(ies|es|s|ing|ed|er|ly|'s)$")


def stem(word: str) -> str:
    """A word in small letters without its ending: "strings" -> "string"."""
    return _INFLECTION.sub("", word) if len(word) > 4 else word


@cache
def cues() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Stems for the usual and for the other reading of each word."""
    table = {}
    for entry in _CUES.strip().replace("\n ", " ").splitlines():
        word, both = entry.split(": ")
        usual, other = (frozenset(map(stem, part.split())) for part in both.split(" | "))
        table[word] = (usual - other, other - usual)
    return table
