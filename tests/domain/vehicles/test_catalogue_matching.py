"""Decoded values against a catalogue: high, medium, none; down the cascade."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.domain.matching import folded
from motovault.domain.vehicles import (
    BasicVinDecoder,
    CatalogueVinDecoder,
    Confidence,
    DecodedField,
    DecodedVin,
    matching,
)
from motovault.domain.vehicles.matching import matched
from motovault.errors import InvalidValue

HONDA = "1HGCM82633A123454"
NAMES = ("model_year", "make", "model", "trim", "engine", "transmission")


class Catalogue:
    """One car; remembers what it was asked."""

    def __init__(self, **options: Sequence[str | int]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._options = {
            "model_year": [2004, 2003],
            "make": ["Acura", "Honda"],
            "model": ["Accord", "CR-V"],
            "trim": ["EX", "EX V6"],
            "engine": ["I4 2.4L", "V6 3.0L"],
            "transmission": ["Automatic 5-Speed", "5-Speed Manual"],
            **options,
        }

    def options(self, field: str, chosen: Mapping[str, Any], /) -> Sequence[str | int]:
        self.asked.append((field, dict(chosen)))
        return self._options[field]


def told(**values: object) -> DecodedVin:
    whole: dict[str, object] = {
        "model_year": 2003,
        "make": "Honda",
        "model": "Accord",
        "trim": "EX-V6",
        "engine": "3.0L V6",
        "transmission": "5-Speed Automatic",
        "body": "Coupe",
    }
    whole |= values
    fields: dict[str, DecodedField[Any]] = {
        name: DecodedField(value=value, source_value=str(value), confidence=Confidence.MEDIUM)  # type: ignore[type-var]
        for name, value in whole.items()
        if value is not None
    }
    return DecodedVin.of(HONDA, fields, "mine")


def confidences(fields: Mapping[str, DecodedField[Any]]) -> list[str]:
    return [fields[name].confidence.value for name in NAMES]


def test_an_option_letter_for_letter_is_high_and_one_after_normalising_medium() -> None:
    found = matched(told().fields, Catalogue())
    assert confidences(found) == ["high", "high", "high", "medium", "medium", "medium"]
    assert [found[name].value for name in NAMES] == [
        *(2003, "Honda", "Accord", "EX V6", "V6 3.0L", "Automatic 5-Speed")
    ]
    assert found["trim"].source_value == "EX-V6"


def test_case_alone_is_still_high() -> None:
    found = matched(told(make="HONDA", model="accord").fields, Catalogue())
    assert (found["make"].value, found["make"].confidence) == ("Honda", Confidence.HIGH)
    assert (found["model"].value, found["model"].confidence) == ("Accord", Confidence.HIGH)


def test_what_the_catalogue_does_not_have_is_none_and_so_is_what_stands_below() -> None:
    catalogue = Catalogue()
    found = matched(told(model="Prelude").fields, catalogue)
    assert confidences(found) == ["high", "high", "none", "none", "none", "none"]
    assert (found["model"].value, found["model"].source_value) == (None, "Prelude")
    assert (found["engine"].value, found["engine"].source_value) == (None, "3.0L V6")
    assert [name for name, _ in catalogue.asked] == ["model_year", "make", "model"]


def test_each_is_asked_for_under_what_was_chosen_above_it_in_the_catalogues_own_words() -> None:
    catalogue = Catalogue()
    matched(told(make="HONDA", trim=None).fields, catalogue)
    assert catalogue.asked[-1] == (
        "transmission",
        {"model_year": 2003, "make": "Honda", "model": "Accord", "engine": "V6 3.0L"},
    )


def test_several_options_that_differ_by_a_dash_are_candidates() -> None:
    found = matched(told(model="F150").fields, Catalogue(model=["F-150", "F 150"]))
    assert found["model"].value is None
    assert found["model"].candidates == ("F 150", "F-150")


def test_what_no_catalogue_lists_stays_as_it_was_decoded() -> None:
    assert matched(told().fields, Catalogue())["body"] == told().body


@pytest.mark.parametrize(("written", "option"), [("CITROEN", "Citroën"), ("Mercedes Benz", "Mercedes-Benz")])
def test_accents_and_dashes_do_not_keep_makes_apart(written: str, option: str) -> None:
    found = matched(told(make=written).fields, Catalogue(make=[option, "Fiat"]))
    assert (found["make"].value, found["make"].confidence) == (option, Confidence.MEDIUM)


def _plain(name: str) -> str:
    return folded(" ".join(name.split()))


@given(
    st.fixed_dictionaries({name: st.lists(st.text(max_size=8), max_size=4) for name in NAMES[1:]}),
    st.fixed_dictionaries({name: st.one_of(st.none(), st.text(max_size=8)) for name in NAMES[1:]}),
)
def test_a_value_is_always_an_option_of_the_catalogue(
    options: dict[str, list[str]], values: dict[str, str | None]
) -> None:
    """High and medium are promises: what has them can be chosen in the form as it stands."""
    for name, field in matched(told(**values).fields, Catalogue(**options)).items():
        if options.get(name) and field.value is not None:
            assert field.value in options[name]
            is_exact = _plain(field.value) == _plain(str(values[name]))
            assert (field.confidence is Confidence.HIGH) == is_exact


def test_a_run_over_many_asks_for_each_list_once() -> None:
    catalogue = Catalogue()
    decoder = CatalogueVinDecoder(BasicVinDecoder(), catalogue)
    answers = list(decoder.decode_many([HONDA, "no VIN", HONDA, HONDA]))
    assert [answer.make.value for answer in answers] == ["Honda", None, "Honda", "Honda"]
    assert answers[0].make.confidence is Confidence.HIGH
    assert answers[1].error is not None
    assert catalogue.asked == [("model_year", {}), ("make", {"model_year": 2003})]
    assert decoder.decode(HONDA) == answers[0]
    assert pickle.loads(pickle.dumps(answers[0])) == answers[0]
    with pytest.raises(InvalidValue):
        decoder.decode_many(HONDA)


@pytest.mark.parametrize("silent", ["trim", "engine", "transmission"])
def test_what_the_catalogue_says_nothing_about_stays_as_it_was_decoded(silent: str) -> None:
    """Many a catalogue lists years, makes and models alone: no reason to lose the trim."""
    catalogue = Catalogue(**{silent: []})
    found = matched(told().fields, catalogue)
    assert found[silent] == told().fields[silent]
    assert [found[name].confidence.value for name in NAMES if name != silent].count("none") == 0
    assert all(silent not in chosen for _, chosen in catalogue.asked)


def test_of_a_year_that_is_open_those_of_the_catalogue_are_chosen_from() -> None:
    catalogue = Catalogue()
    golf = told(model_year=None).fields
    candidates = DecodedField(source_value="3", candidates=(2033, 2003))
    found = matched({**golf, "model_year": candidates}, catalogue)
    assert found["make"].confidence is Confidence.HIGH
    assert found["model_year"] == candidates
    assert catalogue.asked[1] == ("make", {"model_year": (2003,)})
    never = matched({**golf, "model_year": DecodedField(candidates=(1990, 2020))}, catalogue)
    assert never["make"].confidence is Confidence.NONE


def test_an_empty_catalogue_changes_nothing() -> None:
    nothing = Catalogue(**dict.fromkeys(NAMES, ()))
    assert matched(told().fields, nothing) == told().fields
    decoder = CatalogueVinDecoder(BasicVinDecoder(), nothing)
    assert decoder.decode(HONDA) == BasicVinDecoder().decode(HONDA)


class Told:
    """A decoder that tells what it was given, one answer for each VIN."""

    def __init__(self, *answers: DecodedVin) -> None:
        self._answers = answers

    def decode(self, vin: str, /) -> DecodedVin:
        return self._answers[0]

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        return iter(self._answers)


def test_vins_that_tell_the_same_are_compared_once_and_no_answer_shares_what_it_reads_later() -> None:
    """Of 10,000 VINs most differ from one before in the serial only."""
    one, other, third = CatalogueVinDecoder(
        Told(told(), told(body="Sedan"), told(trim="EX")), Catalogue()
    ).decode_many(["any", "any", "any"])
    assert one.trim is other.trim
    assert (one.body.value, other.body.value) == ("Coupe", "Sedan")
    assert (other.trim.value, third.trim.value) == ("EX V6", "EX")


def test_a_decoder_that_tells_what_cannot_be_a_key_is_compared_all_the_same() -> None:
    odd = DecodedField[str](source_value=["5-Speed"])  # type: ignore[arg-type]
    answer = DecodedVin.of(HONDA, {**told().fields, "transmission": odd}, "mine")
    (found,) = CatalogueVinDecoder(Told(answer), Catalogue()).decode_many(["any"])
    assert found.make.confidence is Confidence.HIGH


def test_what_is_remembered_of_a_long_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_COMPARED", 3)
    monkeypatch.setattr(matching, "_REMEMBERED", 3)
    answers = [told(trim=f"EX {number % 7}") for number in range(40)]
    found = list(CatalogueVinDecoder(Told(*answers), Catalogue()).decode_many(["any"] * 40))
    alone = [CatalogueVinDecoder(Told(answer), Catalogue()).decode("any") for answer in answers]
    assert found == alone
