"""Derive ``tests/vectors/vins.json`` from a file of real cases, without keeping anybody's VIN.

Each case gets another serial number; where its check digit was right it is
computed anew, and where it was wrong it stays wrong. Whatever a case is about
(blanks, lower case, look-alike characters, a missing character) stays as it is.

    python tools/derive_vin_vectors.py ../shared/vectors/vins.json
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from motovault import vin

TARGET = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "vins.json"
DIGITS = frozenset("0123456789")


def derived(case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same case about a vehicle that does not exist."""
    raw: str = case["vin"]
    new = {**case, "published": False, "synthetic": True, "derived_from": None, "source": ["derived"]}
    if len(set(raw)) == 1 or not DIGITS & set(raw):
        return new  # one character repeated, or the alphabet: nobody's VIN
    while True:
        changed = _with_other_serial(raw, chance)
        compacted = "".join(c for c in changed if c.isascii() and c.isalnum()).upper()
        if case["check_digit_valid"]:
            digit = vin.check_digit(compacted)
            place = [i for i, c in enumerate(changed) if c.isascii() and c.isalnum()][8]
            changed = changed[:place] + digit + changed[place + 1 :]
            compacted = compacted[:8] + digit + compacted[9:]
        if changed != raw and (case["check_digit_valid"] or not vin.is_valid(compacted)):
            break
    return {**new, "vin": changed, "normalized": None if case["normalized"] is None else compacted}


def _with_other_serial(raw: str, chance: random.Random) -> str:
    places = [i for i, c in enumerate(raw) if c.isascii() and c.isalnum()]
    # A WMI of six characters ends where the serial of three begins.
    count = 3 if len(places) == 17 and raw[places[2]] == "9" else 6
    characters = list(raw)
    for place in places[-count:]:
        if characters[place] in DIGITS:
            characters[place] = chance.choice("0123456789")
    return "".join(characters)


def main() -> None:
    """Read the file named on the command line and write ours."""
    cases = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    chance = random.Random(49565)
    made = [derived(case, chance) for case in cases]
    TARGET.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    kept = {case["vin"] for case in cases} & {case["vin"] for case in made}
    print(f"{len(made)} cases, {len(kept)} unchanged: {sorted(kept)}")


if __name__ == "__main__":
    main()
