"""Units as they are written after a number."""

from __future__ import annotations

from recital.processors.text.english.words import is_one, pairs

_PLURALS = {"foot": "feet", "inch": "inches"}
# The same for one and many, with their prefixes: "megahertz", "nanomolar".
_ONE_FORM = (
    *("dozen", "stone", "horsepower", "hundredweight", "lux", "hertz", "tesla", "kelvin"),
    *("centipoise", "molar", "A.M.U.", "R P M", "S.C.C.M."),
)
# A unit: how it is written | the next one. `compounds` writes those of genes.
_WRITTEN = """
kilometer: km, kms, KM, Km | meter: m | decimeter: dm | centimeter: cm, cms, CM
millimeter: mm, MM | micrometer: μm | nanometer: nm | angstrom: Å
inch: in | foot: ft, FT | yard: yd, yds, YD | mile: mi | nautical mile: nmi, NM
light year: ly | parsec: pc | kiloparsec: kpc | megaparsec: Mpc
acre: acre, ac | acre foot: ac-ft, ac ft, acre ft
hectare: ha | square foot: sqft, SF | square meter: sqm

liter: l, L | kiloliter: kl, kL | hectoliter: hL | deciliter: dL, dl, DL | centiliter: cl
milliliter: ml, mL, mls | microliter: μl, μL, uL, mcL | femtoliter: fL | cubic centimeter: cc
gallon: gal | quart: qt, qts, QT | pint: pt | fluid ounce: fl oz, fl. oz | barrel: bbl
tablespoon: tbsp, tbs, Tbsp, Tbs, TBSP, tbsps, Tbsps | teaspoon: tsp, Tsp, tsps | bushel: bu

kilogram: kg, kgs, KG, Kg | gram: g, gm, gms | milligram: mg | microgram: μg, ug, mcg
nanogram: ng | picogram: pg | ton: ton | hundredweight: cwt
pound: lb, lbs, Lb, Lbs, LB, LBS | ounce: oz, ozs, OZ
mole: mol | millimole: mmol | micromole: μmol, micromol | nanomole: nmol, nanomol
picomole: pmol | femtomole: fmol | millimolar: mM | micromolar: μM, uM | nanomolar: nM
picomolar: pM | femtomolar: fM | milliequivalent: mEq, meq | milliosmole: mOsm
kilodalton: kDa | A.M.U.: amu

second: s, sec, secs | millisecond: ms | microsecond: μs, usec | nanosecond: ns
minute: min, mins | hour: h, hr, hrs | week: wk, wks | month: mo, mos | year: yr, yrs
hertz: hz, HZ, Hz | kilohertz: khz, kHz, KHZ, KHz, Khz | megahertz: mhz, MHZ, MHz, Mhz
gigahertz: ghz, GHZ, GHz, Ghz | terahertz: THz
mile per hour: mph, MPH | kilometer per hour: kph, kmh | knot: kn, kt, kts
mile per gallon: mpg, mpgs | revolution per minute: rpm | beat per minute: bpm
frame per second: fps

kilobyte: kb, KB, kB, Kb | megabyte: mb, MB, MBs | gigabyte: gb, GB, GBs
terabyte: tb, TB | petabyte: pb, PB | kibibyte: kib | mebibyte: mib, MiB | gibibyte: gib, GiB
kilobit: kbit | megabit: Mb, Mbs, Mbit | gigabit: Gb, Gbit | terabit: Tbit
kilobit per second: kbps, Kbps, kb/s, kbit/s | megabit per second: mbps, Mbps, Mb/s, Mbit/s
gigabit per second: gbps, Gbps, Gb/s, Gbit/s | terabit per second: Tbps
megabyte per second: MB/s | gigabyte per second: GB/s
pixel: px | megapixel: MP | dot per inch: dpi | pixel per inch: ppi | point: pts

watt: W | milliwatt: mW | microwatt: μW | kilowatt: kW | megawatt: MW, mw | gigawatt: GW
terawatt: TW | watt hour: Wh | kilowatt hour: kWh | megawatt hour: MWh | gigawatt hour: GWh
terawatt hour: TWh | horsepower: hp
volt: V | kilovolt: kV | millivolt: mV | microvolt: μV | kilovolt amp: kVA
milliamp: mA | microamp: μA | nanoamp: nA | amp hour: Ah | milliamp hour: mAh
ohm: ohm | milliohm: mohm | kilohm: kohm | megohm: Mohm
millifarad: mF | microfarad: μF | nanofarad: nF | picofarad: pF
millihenry: mH | microhenry: μH | millitesla: mT | microtesla: μT
joule: J | kilojoule: kJ | megajoule: MJ | gigajoule: GJ | millijoule: mJ | microjoule: μJ
calorie: cal | kilocalorie: kcal
electron volt: eV | millielectron volt: meV | kiloelectron volt: keV | megaelectron volt: MeV
gigaelectron volt: GeV | teraelectron volt: TeV

newton: N | kilonewton: kN | newton meter: Nm | kilogram of force: kgf | pound of force: lbf
pound foot: lb-ft | foot pound: ft-lb
pascal: Pa | millipascal: mPa | hectopascal: hPa | kilopascal: kPa | megapascal: MPa
gigapascal: GPa | millibar: mbar | atmosphere: atm | pound per square inch: psi
millimeter of mercury: mmHg, mm Hg | inch of mercury: inHg, in Hg | centipoise: cP | S.C.C.M.: sccm
decibel: dB | lumen: lm | lux: lx | radian: rad
kilobecquerel: kBq | megabecquerel: MBq | gigabecquerel: GBq | millicurie: mCi
microcurie: μCi | gray: Gy | centigray: cGy | milligray: mGy
millisievert: mSv | microsievert: μSv
part per million: ppm | part per million by volume: ppmv | part per billion: ppb
basis point: bps

count: ct | dozen: doz | pack: pk | package: pkg, pkgs | request: req
base pair: bpair | kilobase pair: kbpair | megabase pair: Mbpair | nucleotide: ntide
kilobase: kbase | megabase: Mbase | gigabase: Gbase
"""


def _by_spelling(table: str) -> dict[str, str]:
    units: dict[str, str] = {}
    for line in filter(None, table.splitlines()):
        for entry in line.split(" | "):
            name, spellings = entry.split(": ")
            units |= dict.fromkeys(spellings.split(", "), name)
    return units


UNITS = _by_spelling(_WRITTEN)
# What is below a slash and no unit: "$3/ea", "5/d".
_BELOW = pairs("""
d day|ea each|mnth month|msg message|nt night|sf square foot|sh share|txn transaction
""")


def below(short: str) -> str:
    """What there is so much per: "mo" -> "month", "MWh" -> "megawatt hour", "share" -> "share"."""
    return _BELOW.get(short) or UNITS.get(short, short)


def unit(name: str, quantity: str) -> str:
    """The unit after this number: ("mile per hour", "60") -> "miles per hour"."""
    if is_one(quantity):
        return name
    first, per, rest = name.partition(" per ")
    first, of, matter = first.partition(" of ")
    *words, last = first.split(" ")
    return " ".join([*words, _plural(last)]) + of + matter + per + rest


def _plural(name: str) -> str:
    if name in _PLURALS:
        return _PLURALS[name]
    return name if name.endswith(_ONE_FORM) else name + "s"
