"""Hundreds of VINs whose facts were published, or derived from those."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from motovault import vin
from tests.vin.vector_cases import disagreements, read

ROOT = Path(__file__).resolve().parents[2]
DERIVED = ROOT / "tests" / "vectors" / "vins.json"
GIVEN = Path(os.environ.get("MOTOVAULT_VECTORS") or ROOT.parent / "shared" / "vectors") / "vins.json"


def test_every_derived_case_agrees():
    cases = read(DERIVED)
    assert len(cases) > 300
    assert disagreements(cases) == []


@pytest.mark.skipif(not GIVEN.exists(), reason="no folder of given cases here; MOTOVAULT_VECTORS names one")
def test_every_given_case_agrees():
    assert disagreements(read(GIVEN)) == []


def test_most_north_american_years_are_certain_and_not_only_candidates():
    american = [
        case
        for case in read(DERIVED)
        if case["category"] == "real" and case["check_digit_required"] and case["model_year"]
    ]
    certain = [case for case in american if vin.parse(case["vin"]).model_year is not None]
    assert len(certain) > 0.9 * len(american)


@pytest.mark.parametrize(
    ("claim", "lie"),
    [
        ("format_valid", False),
        ("check_digit_valid", False),
        ("check_digit_required", False),
        ("normalized", None),
        ("wmi", "ZZZ"),
        ("model_year", 1999),
        ("make", "Trabant"),
    ],
)
def test_the_judge_notices_a_wrong_claim(claim, lie):
    case = next(c for c in read(DERIVED) if c["category"] == "real" and c["wmi"] == "1HG")
    assert disagreements([case]) == []
    assert disagreements([{**case, claim: lie}]) != []
