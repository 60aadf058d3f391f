"""What a file of VIN cases claims, compared with what the library says; one judge for every file."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from motovault import vin
from motovault.findings import Severity

BEFORE_THE_STANDARD = ("pre-1981", "short-jdm")


def read(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return cases


def disagreements(cases: list[dict[str, Any]]) -> list[str]:
    """One line for each claim that does not hold; empty if the library agrees with all."""
    return [
        f"case {number} ({case['category']}): {fault}"
        for number, case in enumerate(cases)
        for fault in judge(case)
    ]


def judge(case: dict[str, Any]) -> list[str]:
    faults = []
    raw = case["vin"]
    if vin.is_well_formed(raw) is not case["format_valid"]:
        faults.append(f"well formed: {vin.is_well_formed(raw)}")
    if vin.is_valid(raw) is not bool(case["format_valid"] and case["check_digit_valid"]):
        faults.append(f"valid as it stands: {vin.is_valid(raw)}")
    try:
        parsed = vin.parse(raw)
    except vin.InvalidVin as error:
        if case["normalized"] is not None:
            faults.append(f"refused: {error}")
        return faults + judge_refusal(case, error)
    if case["normalized"] is None:
        return [*faults, "accepted"]
    return faults + judge_accepted(case, parsed)


def judge_refusal(case: dict[str, Any], error: vin.InvalidVin) -> list[str]:
    raw = case["vin"]
    faults = []
    if len(raw) > 3 and raw in str(error):
        faults.append("the error text holds the whole text")
    if case["category"] == "unicode":
        stranger = next(character for character in raw if not character.isascii())
        name = unicodedata.name(stranger)
        if not isinstance(error, vin.VinCharacterNotAllowed) or name not in str(error):
            faults.append(f"{name} is not named")
        elif error.position != raw.index(stranger) + 1:
            faults.append(f"{name} is said to be at {error.position}")
    if case["category"] in BEFORE_THE_STANDARD and not vin.parse(raw, pre_standard=True).is_pre_standard:
        faults.append("refused even as older than the standard")
    if not any(finding.severity is Severity.ERROR for finding in vin.check(raw)):
        faults.append("no finding says why it was refused")
    return faults


def judge_accepted(case: dict[str, Any], parsed: vin.Vin) -> list[str]:
    faults = []
    if str(parsed) != case["normalized"]:
        faults.append(f"normalized: {parsed}")
    for way, answer in (
        ("one by one", parsed.is_check_digit_right),
        ("across", vin.are_valid([str(parsed)], use_numpy=False)[0]),
    ):
        if answer is not case["check_digit_valid"]:
            faults.append(f"check digit right ({way}): {answer}")
    # The cases mark American law alone; it is law in China too.
    if parsed.is_check_digit_required is not (case["check_digit_required"] or parsed.number[0] == "L"):
        faults.append(f"check digit required: {parsed.is_check_digit_required}")
    if case["wmi"] is not None and parsed.wmi != case["wmi"]:
        faults.append(f"wmi: {parsed.wmi}")
    year = case["model_year"]
    if year is not None and case["category"] not in BEFORE_THE_STANDARD:
        if year not in parsed.model_years:
            faults.append(f"{year} is not among {parsed.model_years}")
        if parsed.model_year not in (None, year):
            faults.append(f"{parsed.model_year} is called certain, but it is {year}")
    if case["make"] is not None and folded(case["make"]) not in map(folded, parsed.makes):
        faults.append(f"{case['make']} is not among {parsed.makes}")
    return faults


def folded(make: str) -> str:
    """A make's name without case, accents, blanks and dashes: ``Harley Davidson``, ``HARLEY-DAVIDSON``."""
    plain = unicodedata.normalize("NFKD", make).casefold()
    return "".join(character for character in plain if character.isalnum())
