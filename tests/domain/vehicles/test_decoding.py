"""What a VIN tells, by the decoder that needs nothing; and what holds for the answer of any decoder."""

from __future__ import annotations

import json
import pickle
import types
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault import vin as vins
from motovault.domain.vehicles import BasicVinDecoder, Confidence, DecodedField, DecodedVin
from motovault.domain.vehicles.decoding import FIELDS, OF_VEHICLE
from motovault.errors import InvalidValue
from motovault.testing.clock import FrozenClock
from motovault.testing.strategies import invalid_vins
from motovault.testing.strategies import vins as right_vins

HONDA = "1HGCM82633A123454"
GOLF = "WVWZZZ1KZ8W000001"
basic = BasicVinDecoder()
in_2026 = BasicVinDecoder(FrozenClock(datetime(2026, 6, 1, tzinfo=UTC)))
hostile = st.one_of(
    st.text(max_size=60), st.none(), st.integers(), st.binary(max_size=20), st.floats(), invalid_vins()
)


# ------------------------------------------------------------------ the basic decoder


def test_what_is_certain_has_a_value_and_says_what_it_was_read_from() -> None:
    honda = basic.decode(" 1hgcm826-33a123454 ")
    assert honda.vin == HONDA
    assert (honda.make.value, honda.model_year.value, honda.country.value) == ("Honda", 2003, "United States")
    assert (honda.model_year.source_value, honda.country.source_value) == ("3", "1H")
    assert honda.vehicle_type.value == "car"
    assert honda.model == DecodedField()
    assert honda.decoder == "basic"


def test_what_can_be_several_things_has_candidates_and_no_value() -> None:
    golf = basic.decode(GOLF)
    assert (golf.model_year.value, golf.model_year.candidates) == (None, (2038, 2008))
    assert golf.model_year.confidence is Confidence.NONE
    harley = basic.decode("1HD1BX510CB000001")
    assert harley.make.value is None
    assert set(harley.make.candidates) == {"Harley-Davidson", "Livewire"}


def test_a_clock_leaves_out_years_that_cannot_be_yet() -> None:
    assert in_2026.decode(GOLF).model_year.candidates == (2008,)
    # still no value: nobody knows whether position 10 of this maker is a year at all
    assert in_2026.decode(GOLF).model_year.value is None


def test_a_wrong_check_digit_where_it_is_law_leaves_no_year_certain() -> None:
    wrong = basic.decode(HONDA[:-1] + "5")
    assert [finding.code for finding in wrong.findings] == ["check_digit_wrong"]
    assert wrong.error is None
    assert wrong.model_year.value is None
    assert 2003 in wrong.model_year.candidates


def test_one_that_is_no_vin_is_refused_and_among_many_answered() -> None:
    with pytest.raises(vins.VinLengthWrong):
        basic.decode(HONDA[:-1])
    short, none, good = basic.decode_many([HONDA[:-1], None, HONDA])
    assert isinstance(short.error, vins.VinLengthWrong)
    assert isinstance(none.error, vins.VinNotText)
    assert (short.vin, short.given, short.fields) == (None, HONDA[:-1], dict.fromkeys(FIELDS, DecodedField()))
    assert good.make.value == "Honda"


@given(st.lists(st.one_of(hostile, right_vins()), max_size=20))
def test_every_one_of_many_has_its_answer_in_order(given_vins: list[object]) -> None:
    answers = list(basic.decode_many(iter(given_vins)))
    assert len(answers) == len(given_vins)
    for one, answer in zip(given_vins, answers, strict=True):
        assert answer.given is one or answer.vin == vins.compact(str(one))
        if answer.error is None:
            assert answer == basic.decode(one)  # type: ignore[arg-type]
        else:
            with pytest.raises(type(answer.error)) as caught:
                basic.decode(one)  # type: ignore[arg-type]
            assert str(answer.error) == str(caught.value)


@given(right_vins())
def test_it_says_what_parsing_says(number: str) -> None:
    parsed, decoded = vins.parse(number, latest_model_year=2027), in_2026.decode(number)
    assert decoded.model_year.value == parsed.model_year
    assert decoded.country.value == parsed.country
    if parsed.model_year is None:
        assert decoded.model_year.candidates == parsed.model_years
    assert decoded.make.value == (parsed.makes[0] if len(parsed.makes) == 1 else None)
    assert (decoded.make.candidates or parsed.makes) == parsed.makes


def test_many_are_read_only_as_they_are_asked_for() -> None:
    taken: list[int] = []

    def source() -> object:
        for number in range(10_000_000):
            taken.append(number)
            yield HONDA

    answers = basic.decode_many(source())  # type: ignore[arg-type]
    assert isinstance(answers, types.GeneratorType)
    assert taken == []
    assert next(answers).vin == HONDA
    assert len(taken) < 1000


def test_a_single_text_is_refused_before_anything_is_read() -> None:
    for text in (HONDA, HONDA.encode()):
        with pytest.raises(InvalidValue) as caught:
            basic.decode_many(text)  # type: ignore[arg-type]
        assert HONDA not in str(caught.value)


# -------------------------------------------------------------------- any answer


@given(right_vins())
def test_without_a_catalogue_nothing_is_high_and_a_value_is_never_without_confidence(number: str) -> None:
    for field in basic.decode(number).fields.values():
        assert (field.value is None) == (field.confidence is Confidence.NONE)
        assert field.confidence is not Confidence.HIGH
        assert not (field.value is not None and field.candidates)


@given(right_vins())
def test_an_answer_travels_as_json_and_between_processes(number: str) -> None:
    answer = basic.decode(number)
    assert DecodedVin.from_dict(json.loads(json.dumps(answer.as_dict()))) == answer
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert hash(pickle.loads(pickle.dumps(answer))) == hash(answer)


@pytest.mark.parametrize(
    "fault",
    [
        {"vin": None},
        {"vin": HONDA[:-1]},
        {"decoder": 3},
        {"fields": {}},
        {"fields": None},
        {"fields": {name: {} for name in FIELDS}},
        {"fields": {name: [] for name in FIELDS}},
    ],
)
def test_what_is_no_answer_is_refused_without_showing_it(fault: dict[str, object]) -> None:
    with pytest.raises(InvalidValue) as caught:
        DecodedVin.from_dict({**basic.decode(HONDA).as_dict(), **fault})
    assert HONDA not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "key", "wrong"),
    [
        ("make", "value", 3),
        ("model_year", "value", "2003"),
        ("model_year", "value", True),
        ("make", "confidence", "sure"),
        ("make", "confidence", "none"),
        ("make", "source_value", 3),
        ("make", "candidates", [3]),
        ("make", "candidates", None),
    ],
)
def test_a_field_that_was_tampered_with_is_refused(name: str, key: str, wrong: object) -> None:
    kept = basic.decode(HONDA).as_dict()
    kept["fields"][name][key] = wrong
    with pytest.raises(InvalidValue):
        DecodedVin.from_dict(kept)


@given(st.one_of(right_vins(), invalid_vins()))
def test_no_whole_vin_is_shown_by_accident(number: str) -> None:
    (answer,) = basic.decode_many([number])
    shown = repr(answer) + str(answer) + "".join(finding.message for finding in answer.findings)
    if len(number.strip()) > 5:
        assert number not in shown
    assert answer.vin is None or answer.vin not in shown


def test_a_text_as_long_as_a_book_is_cut_where_it_is_shown() -> None:
    (answer,) = basic.decode_many(["1" * 1_000_000])
    assert len(json.dumps(answer.as_dict())) < 3000
    assert len(repr(answer)) < 300


def test_details_are_what_a_vehicle_has_a_place_for_and_that_fits() -> None:
    fields = {
        "make": DecodedField(value="Honda", confidence=Confidence.MEDIUM),
        "trim": DecodedField(value="x" * 101, confidence=Confidence.MEDIUM),
        "engine": DecodedField[str](source_value="something"),
        "model_year": DecodedField(value=2003, confidence=Confidence.HIGH),
        "body": DecodedField(value="Coupe", confidence=Confidence.MEDIUM),
    }
    answer = DecodedVin.of(HONDA, fields, "mine")
    assert answer.details() == {"make": "Honda", "model_year": 2003}
    assert set(answer.details()) <= set(OF_VEHICLE)
    assert answer.drive == DecodedField()


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no field of a decoded VIN"):
        DecodedVin.of(HONDA, {"colour": DecodedField(value="red")}, "mine")


def test_an_answer_reads_well() -> None:
    assert str(basic.decode(HONDA)) == "2003 Honda"
    assert str(basic.decode("1HD1BX510CB000001")) == "2012 or 1982 Harley-Davidson or Livewire"
    assert str(in_2026.decode(GOLF)) == "perhaps 2008 Volkswagen"
    assert str(basic.decode("0" * 17)) == "nothing is known"
    assert "not 17 characters" in str(next(basic.decode_many(["x"])))
