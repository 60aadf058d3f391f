"""Generate ``src/motovault/vin/wmi.tsv``: who builds under which world manufacturer identifier.

Two sources, both free to redistribute:

* NHTSA's vPIC, a work of the United States government and so in the public
  domain (17 U.S.C. 105), as carried by the package ``ultravin`` (code: MIT;
  its NOTICE claims nothing over the data). It has no call that lists the
  register, but ``sweep()`` gives one VIN for each row of it, and
  ``generate()`` more where one identifier serves several makes.
* ``tools/wmi_elsewhere.tsv``, written by hand: what the American register
  leaves out, which is most of the world.

Run it with ``pip install 'motovault[vpic]'``, from the top of the repository:

    python tools/build_wmi.py

It takes about 40 seconds and writes the same bytes for the same release.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import ultravin

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = ROOT / "tools" / "wmi_elsewhere.tsv"
TARGET = ROOT / "src" / "motovault" / "vin" / "wmi.tsv"

AS_OF = datetime(2026, 10, 1, tzinfo=UTC)
"""The decoder's clock, held still so that the result repeats."""

KINDS = {
    "PASSENGER CAR": "car",
    "MULTIPURPOSE PASSENGER VEHICLE (MPV)": "mpv",
    "TRUCK": "truck",
    "BUS": "bus",
    "MOTORCYCLE": "motorcycle",
    "TRAILER": "trailer",
    "INCOMPLETE VEHICLE": "incomplete",
    "LOW SPEED VEHICLE (LSV)": "low-speed",
    "OFF-ROAD VEHICLE": "off-road",
}

LIGHT_MAKES = frozenset(
    [
        "ACURA",
        "AUDI",
        "BMW",
        "BUICK",
        "CADILLAC",
        "CHEVROLET",
        "CHRYSLER",
        "DODGE",
        "EAGLE",
        "FIAT",
        "FORD",
        "GENESIS",
        "GEO",
        "GMC",
        "HONDA",
        "HUMMER",
        "HYUNDAI",
        "INFINITI",
        "JEEP",
        "KIA",
        "LEXUS",
        "LINCOLN",
        "LUCID",
        "MAZDA",
        "MERCEDES-BENZ",
        "MERCURY",
        "MITSUBISHI",
        "NISSAN",
        "OLDSMOBILE",
        "PLYMOUTH",
        "PONTIAC",
        "PORSCHE",
        "RAM",
        "RIVIAN",
        "SAAB",
        "SATURN",
        "SCION",
        "SUBARU",
        "SUZUKI",
        "TESLA",
        "TOYOTA",
        "VOLKSWAGEN",
    ]
)
"""Makes whose American vehicles are light: the register counts motor homes as MPVs, and coaches as cars."""

SPELLED = {
    name.casefold(): name
    for name in [
        "BMW",
        "GMC",
        "MINI",
        "KTM",
        "MG",
        "BYD",
        "DAF",
        "MAN",
        "AMC",
        "JAC",
        "UD",
        "MV",
        "LDV",
        "TVS",
        "SYM",
        "BSA",
        "VAZ",
        "UAZ",
        "AC",
        "EV",
        "USA",
        "US",
        "UK",
        "AG",
        "KG",
        "SE",
        "SA",
        "SPA",
        "NV",
        "BV",
        "AB",
        "LLC",
        "LLP",
        "LP",
        "INC",
        "DBA",
        "II",
        "III",
        "IV",
        "RV",
        "ATV",
        "UTV",
        "LTD",
        "CO",
        "CORP",
        "PTY",
        "McLaren",
        "GmbH",
        "DeLorean",
        "SsangYong",
        "VinFast",
        "XPeng",
        "CFMoto",
        "MotoGuzzi",
        "E-One",
        "FCA",
        "GM",
        "HATCI",
        "NUMMI",
        "SEAT",
    ]
} | {"inc": "Inc", "ltd": "Ltd", "co": "Co", "corp": "Corp", "spa": "SpA", "th!nk": "Think"}


def spelled(name: str) -> str:
    """A name of the register in mixed case: ``FORD MOTOR COMPANY`` is ``Ford Motor Company``."""
    words = re.sub(r"\s+", " ", name.replace("\t", " ").replace("|", "/").strip()).split(" ")
    return " ".join(_spelled_word(word) for word in words)


def _spelled_word(word: str) -> str:
    match = re.fullmatch(r"(\W*)(.*?)(\W*)", word)
    assert match is not None
    before, core, after = match.groups()
    known = SPELLED.get(core.casefold())
    if known is None:
        known = re.sub(r"[^\W\d_]+('S\b)?", lambda part: part[0].capitalize(), core)
    return before + known + after


class Entry:
    """What the decoded VINs of one identifier say together."""

    def __init__(self) -> None:
        self.makes: Counter[str] = Counter()
        self.manufacturers: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.weights: Counter[int] = Counter()
        self.against_position_7 = 0
        self.has_several_makes = False

    def add(self, decoded: dict[str, object]) -> None:
        """Count one decoded VIN."""
        facts = decoded["attributes"]
        assert isinstance(facts, dict)
        make = facts.get("Make")
        if make:
            self.makes[make] += 1
        else:
            self.has_several_makes = True
        if facts.get("Manufacturer Name"):
            self.manufacturers[facts["Manufacturer Name"]] += 1
        if facts.get("Vehicle Type"):
            self.kinds[KINDS[facts["Vehicle Type"]]] += 1
        weight = re.match(r"Class (\d)", facts.get("Gross Vehicle Weight Rating From") or "")
        if weight:
            self.weights[int(weight[1])] += 1
        vin, year, errors = str(decoded["vin"]), decoded["model_year"], decoded["error_codes"]
        assert isinstance(errors, list)
        if isinstance(year, int) and errors == [0]:
            self.against_position_7 += vin[6].isdigit() == (year >= 2010)

    @property
    def kind(self) -> str:
        """The commonest kind of vehicle."""
        return self.kinds.most_common(1)[0][0] if self.kinds else ""

    def follows_position_7(self, wmi: str) -> bool:
        """Whether position 7 tells the 30-year cycle: light vehicles only (49 CFR 565.15, note to table VII).

        The register has no flag for light trucks. Three witnesses must agree:
        the make, the weight classes where any are known, and the VINs whose
        details fit only one cycle (:func:`contradicts_position_7` asks more).
        """
        if len(wmi) != 3 or wmi[0] not in "12345" or self.against_position_7:
            return False
        if self.kind not in ("car", "mpv", "truck") or not self.makes.keys() & LIGHT_MAKES:
            return False
        if self.kind == "car":
            return True
        known = sum(self.weights.values())
        return not known or (self.weights[1] + self.weights[2]) / known >= 0.4


def contradicts_position_7(wmi: str) -> bool:
    """Whether many made-up VINs of an identifier have details of the cycle that position 7 denies.

    A few always do, where the register leaves position 7 open and the
    generator fills it; from one in ten on, the builders did not follow the rule.
    """
    against, known = 0, 0
    vins = ultravin.generate(400, wmi=wmi, invalid_rate=0, seed=3, now=AS_OF)
    for decoded in ultravin.decode_batch(vins, now=AS_OF):
        if decoded["model_year"] is not None:
            known += 1
            against += decoded["vin"][6].isdigit() == (decoded["model_year"] >= 2010)
    return against * 10 >= known > 0


def american() -> dict[str, Entry]:
    """Every identifier of the register."""
    entries: defaultdict[str, Entry] = defaultdict(Entry)
    vins = ultravin.sweep(["wmi", "pattern", "default"])
    for start in range(0, len(vins), 5000):
        for decoded in ultravin.decode_batch(vins[start : start + 5000], now=AS_OF):
            entries[decoded["wmi"]].add(decoded)
    for wmi in sorted(wmi for wmi, entry in entries.items() if entry.has_several_makes):
        found: Counter[str] = Counter()
        for decoded in ultravin.decode_batch(
            ultravin.generate(1500, wmi=wmi, invalid_rate=0, seed=1, now=AS_OF), now=AS_OF
        ):
            found[decoded["attributes"].get("Make") or ""] += 1
        for make, count in found.items():
            # Below one in a hundred it is a pattern borrowed from a sister plant.
            if make and count * 100 >= sum(found.values()):
                entries[wmi].makes[make] += count
    return entries


def rows() -> list[tuple[str, str, str, str, str]]:
    """The table: identifier, kind, "7" where position 7 decides, makes, manufacturer."""
    table: dict[str, tuple[str, str, list[str], str]] = {}
    for wmi, entry in american().items():
        if len(wmi) == 6 and entry.kind == "trailer":
            continue  # eight thousand builders of a few trailers each: two thirds of the register
        makes = [
            spelled(make) for make, count in entry.makes.most_common() if count > 1 or len(entry.makes) == 1
        ]
        manufacturer = spelled(entry.manufacturers.most_common(1)[0][0]) if entry.manufacturers else ""
        if not (makes or manufacturer):
            continue
        seven = "7" if entry.follows_position_7(wmi) and not contradicts_position_7(wmi) else ""
        table[wmi] = (entry.kind, seven, makes, manufacturer)
    for line in ELSEWHERE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        wmi, kind, makes_text, manufacturer = line.split("\t")
        makes = makes_text.split("|")
        if wmi not in table:
            table[wmi] = (kind, "", makes, manufacturer)
        elif wmi[0] not in "12345":
            # The register knows what was sold in America; elsewhere the same plant builds more.
            known_kind, seven, known, known_manufacturer = table[wmi]
            folded = {make.casefold() for make in known}
            more = [make for make in makes if make.casefold() not in folded]
            table[wmi] = (known_kind or kind, seven, known + more, known_manufacturer or manufacturer)
    return [
        (wmi, kind, seven, "|".join(makes), man) for wmi, (kind, seven, makes, man) in sorted(table.items())
    ]


def main() -> None:
    """Write the file."""
    identity = ultravin.provenance()
    head = (
        f"# Source: NHTSA vPIC, release {identity['data_month']}, a work of the United States government in "
        f"the public domain, read through ultravin {identity['decoder_version']} (MIT); and "
        "tools/wmi_elsewhere.tsv, written by hand for motovault (MIT). Both may be redistributed.\n"
        "# Made by tools/build_wmi.py: change that, or wmi_elsewhere.tsv, not this. "
        "Left out: small makers of trailers.\n"
        "# wmi\tkind\t7 where position 7 tells the 30-year cycle\tmakes, separated by |, commonest first\t"
        "manufacturer\n"
    )
    body = "".join("\t".join(row) + "\n" for row in rows())
    TARGET.write_text(head + body, encoding="utf-8", newline="\n")
    print(f"{TARGET.relative_to(ROOT)}: {body.count(chr(10))} identifiers, {len(head + body) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
