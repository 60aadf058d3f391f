"""Which option a foreign value means: exact without case, the same after normalising, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.domain import platform, vehicles
from motovault.domain.matching import Confidence, Options, folded, match_option, normalised, option_order
from motovault.testing import strategies as mv


@pytest.mark.parametrize(
    ("source", "options", "value", "confidence"),
    [
        ("Honda", ["Honda"], "Honda", "high"),
        ("HONDA", ["Hyundai", "Honda"], "Honda", "high"),
        ("  mercedes-benz ", ["Mercedes-Benz"], "Mercedes-Benz", "high"),
        ("ŠKODA", ["Škoda"], "Škoda", "high"),
        ("F-150", ["F150", "F-150"], "F-150", "high"),
        ("gti", ["GTI", "gti"], "gti", "high"),
        ("Gti", ["gti", "GTI"], "GTI", "high"),
        ("sierra_2500_hd", ["Sierra 2500 HD"], "Sierra 2500 HD", "medium"),
        ("Mercedes Benz", ["Mercedes-Benz"], "Mercedes-Benz", "medium"),
        ("Skoda", ["Škoda"], "Škoda", "medium"),
        ("F150", ["F-150", "F-250"], "F-150", "medium"),
        ("4wd/4-wheel", ["4WD 4 Wheel"], "4WD 4 Wheel", "medium"),
        ("F150", ["F-150", "F 150"], None, "none"),
        ("F150", ["f-150", "F-150"], "F-150", "medium"),
        ("Civic", ["Civic Si", "Accord"], None, "none"),
        ("-", ["/", "+"], None, "none"),
        ("", ["", "Base"], None, "none"),
        (None, ["Base"], None, "none"),
        ("Base", [], None, "none"),
    ],
)
def test_a_value_is_matched(
    source: str | None, options: list[str], value: str | None, confidence: str
) -> None:
    found = match_option(source, options)
    assert (found.value, found.confidence.value) == (value, confidence)
    assert found.source_value == source


@given(st.lists(mv.texts(40), min_size=1, max_size=8))
def test_every_option_matches_itself_with_high_confidence(options: list[str]) -> None:
    names = [" ".join(option.split()) for option in options]
    for name in filter(None, names):
        found = match_option(name, names)
        assert (found.value, found.confidence) == (name, Confidence.HIGH)


@given(mv.texts(40) | st.none(), st.lists(mv.texts(40), max_size=8))
def test_the_value_is_an_option_or_nothing_and_the_order_is_of_no_account(
    source: str | None, options: list[str]
) -> None:
    found = match_option(source, options)
    assert found == match_option(source, reversed(options))
    assert (found.value is None) == (found.confidence is Confidence.NONE)
    assert found.value is None or found.value in options


@given(mv.texts(40))
def test_what_is_the_same_without_case_is_the_same_after_normalising(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert len(folded(name)) == len(name)
    if name.isascii():
        assert normalised(name.upper()) == normalised(name)


def test_names_are_listed_without_regard_to_case() -> None:
    names = ["b", "A", "a", "É", "e", "B", "z"]
    assert sorted(names, key=option_order) == ["A", "a", "B", "b", "e", "z", "É"]


def test_there_is_one_rule_and_one_confidence_for_files_people_and_vins() -> None:
    assert platform.Confidence is vehicles.Confidence is Confidence
    assert platform.match_option is match_option


@pytest.mark.parametrize(
    ("source", "option"),
    [
        ("3.0L V6", "V6 3.0L"),
        ("5-Speed Automatic", "Automatic 5-Speed"),
        ("2.0L I4 Turbo", "Turbo 2.0l-I4"),
        ("6-Speed Manual", "6 Speed-Manual"),
        ("2.0L I4", "2.0LI4"),
    ],
)
def test_words_of_engines_and_transmissions_count_in_any_order(source: str, option: str) -> None:
    found = Options([option, "Electric"], any_order=True).match(source)
    assert (found.value, found.confidence) == (option, Confidence.MEDIUM)
    assert Options(["2.0L I3", "3.5L V6"], any_order=True).match(source).value is None


def test_of_several_spellings_the_exact_one_counts_before_the_alike() -> None:
    options = Options(["EX-V6", "EX V6", "EX"])
    assert options.match("ex_v6").candidates == ("EX V6", "EX-V6")
    assert options.match("ex_v6", "EX-V6").value == "EX-V6"
    assert options.match("ex_v6", None, "").confidence is Confidence.NONE
    assert options.match(None).candidates == ()
    assert len(options) == 3


@given(st.lists(mv.texts(12), max_size=8), mv.texts(12), st.booleans())
def test_a_candidate_is_an_option_and_a_match_has_none(
    options: list[str], source: str, any_order: bool
) -> None:
    found = Options(options, any_order=any_order).match(source)
    assert set(found.candidates) <= set(options)
    assert found.value is None or found.candidates == ()
    assert (found.value is None) == (found.confidence is Confidence.NONE)
