"""The embedded decoder on vPIC's data, as it is: no server, no imitation of the package."""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motovault import vin as vins
from motovault.domain.vehicles import BasicVinDecoder, Confidence, DecodedVin
from motovault.domain.vehicles.decoding import FIELDS
from motovault.errors import InvalidValue
from motovault.testing.clock import FrozenClock
from motovault.testing.strategies import invalid_vins
from motovault.testing.strategies import vins as right_vins
from tests.vin.vector_cases import folded, read

ultravin = pytest.importorskip("ultravin", reason="the extra vpic is not installed")

from motovault.providers.vin_decoders import EmbeddedVinDecoder  # noqa: E402
from motovault.providers.vpic import VpicVinDecoder  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DERIVED = ROOT / "tests" / "vectors" / "vins.json"
GIVEN = Path(os.environ.get("MOTOVAULT_VECTORS") or ROOT.parent / "shared" / "vectors") / "vins.json"
HONDA = "1HGCM82633A123454"
NOW = datetime(2026, 6, 1, tzinfo=UTC)

decoder = VpicVinDecoder(FrozenClock(NOW))
well_formed = st.text(vins.ALPHABET, min_size=17, max_size=17)
hostile = st.one_of(
    st.text(max_size=40), invalid_vins(), st.none(), st.binary(max_size=20), st.integers(), st.just("\ud800")
)


def made(count: int, **wishes: Any) -> list[str]:
    """VINs out of the package's own rules, the same each time."""
    found: list[str] = ultravin.generate(count, seed=49, now=NOW, **wishes)
    return found


# ---------------------------------------------------------------------- what it says


def test_an_american_car_is_known_to_its_transmission() -> None:
    car = decoder.decode("1hgcm826 33a123454")
    assert car.vin == HONDA
    assert car.details() == {
        "model_year": 2003,
        "make": "Honda",
        "model": "Accord",
        "trim": "EX-V6",
        "engine": "3.0L V6",
        "transmission": "5-Speed Automatic",
    }
    assert (car.make.source_value, car.body.value, car.fuel_type.value) == ("HONDA", "Coupe", "gasoline")
    assert car.country.value == "United States"
    assert car.decoder.startswith("vpic 20")
    assert set(car.fields) == set(FIELDS)


@pytest.mark.vectors
@pytest.mark.parametrize("path", [DERIVED, GIVEN], ids=["derived", "given"])
@pytest.mark.parametrize("one", [decoder, BasicVinDecoder(FrozenClock(NOW))], ids=["vpic", "basic"])
def test_make_and_year_agree_with_what_was_published(path: Path, one: Any) -> None:
    """A value is right, or there is none; and where there is none, the truth is a candidate or nothing is."""
    if not path.exists():
        pytest.skip("no folder of given cases here; MOTOVAULT_VECTORS names one")
    cases = read(path)
    wrong, years, makes = [], 0, 0
    for number, (case, answer) in enumerate(
        zip(cases, one.decode_many(case["vin"] for case in cases), strict=True)
    ):
        if answer.error is not None:
            assert case["normalized"] is None
            continue
        assert answer.vin == case["normalized"]
        year, make = case["model_year"], case["make"]
        if case["category"] not in ("pre-1981", "short-jdm") and year:
            years += answer.model_year.value == year
            if answer.model_year.value not in (None, year):
                wrong.append(f"case {number}: {answer.model_year} for {year}")
        if make:
            makes += folded(answer.make.value or "") == folded(make)
            among = map(folded, [answer.make.value] if answer.make.value else answer.make.candidates)
            if folded(make) not in among:
                wrong.append(f"case {number}: {answer.make} for {make}")
    assert wrong == []
    assert years > 150
    assert makes > 190 if isinstance(one, BasicVinDecoder) else makes > 260


def test_vpic_tells_more_than_the_register_and_never_another_certain_year() -> None:
    numbers = made(400, invalid_rate=0.2)
    basic = BasicVinDecoder(FrozenClock(NOW))
    more = 0
    for number, ours, by_register in zip(
        numbers, decoder.decode_many(numbers), basic.decode_many(numbers), strict=True
    ):
        if by_register.model_year.value is not None:
            assert ours.model_year.value == by_register.model_year.value, number[:11]
        elif ours.model_year.value is not None:
            assert ours.model_year.value in by_register.model_year.candidates
        more += ours.model.value is not None
        assert by_register.model.value is None
    assert more > 300


def test_what_belongs_to_another_year_is_read_and_not_believed() -> None:
    """vPIC begins in 1981 and takes a car of 1980 for one of 2010."""
    number = vins.with_check_digit("1HGCM8200AA000001")
    car = decoder.decode(number)
    assert ultravin.decode(number, now=NOW)["model_year"] == 2010
    assert car.model_year.value == 1980
    assert car.model.value is None
    assert car.make.value == "Honda"


def test_a_heavy_vehicle_keeps_two_years_where_vpic_names_one() -> None:
    number = vins.with_check_digit("4ENGAAA80R1000001")
    engine_of_fire = decoder.decode(number)
    assert ultravin.decode(number, now=NOW)["model_year"] == 2024
    assert (engine_of_fire.model_year.value, engine_of_fire.model_year.candidates) == (None, (2024, 1994))


def test_a_wrong_check_digit_where_it_is_law_leaves_the_year_open() -> None:
    wrong = decoder.decode(HONDA[:-1] + "5")
    assert [finding.code for finding in wrong.findings] == ["check_digit_wrong"]
    assert (wrong.model_year.value, 2003 in wrong.model_year.candidates) == (None, True)


def test_where_vpic_knows_no_maker_the_register_answers() -> None:
    """A Ford of Australia, never sold in the United States."""
    number = "6FPAAAJGATXX00001"
    assert "Make" not in ultravin.decode(number, now=NOW)["attributes"]
    assert decoder.decode(number).make.value == "Ford"


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_no_catalogue_no_high_and_no_value_without_confidence(seed: int) -> None:
    for answer in decoder.decode_many(ultravin.generate(20, seed=seed, now=NOW)):
        for name, field in answer.fields.items():
            assert (field.value is None) == (field.confidence is Confidence.NONE), name
            assert field.confidence is not Confidence.HIGH
            assert not isinstance(field.value, str) or field.value == " ".join(field.value.split()) != ""
        assert DecodedVin.from_dict(json.loads(json.dumps(answer.as_dict()))) == answer
        assert pickle.loads(pickle.dumps(answer)) == answer


# --------------------------------------------------------------------- hostile input


@pytest.mark.parametrize("tail", ["4", "\n4", "é"])
def test_what_the_package_would_decode_and_is_no_vin_is_refused(tail: str) -> None:
    text = HONDA + tail
    with pytest.raises(vins.InvalidVin):
        decoder.decode(text)
    if tail == "4":
        assert ultravin.decode(text)["error_codes"] == [0], "the trap is gone: say so in the adapter"


@given(st.lists(st.one_of(hostile, right_vins(), well_formed), max_size=30))
def test_every_one_of_many_has_its_answer_in_order(given_vins: list[object]) -> None:
    answers = list(decoder.decode_many(iter(given_vins)))
    assert len(answers) == len(given_vins)
    for one, answer in zip(given_vins, answers, strict=True):
        assert set(answer.fields) == set(FIELDS)
        if answer.error is None:
            assert isinstance(one, str)
            assert answer.vin == vins.compact(one)
            assert answer == decoder.decode(one)
        else:
            assert answer.given is one
            assert isinstance(answer.error, vins.InvalidVin)
            assert not (isinstance(one, str) and len(one) > 5 and one in repr(answer))


@given(st.lists(well_formed, min_size=50, max_size=50))
@settings(max_examples=40)
def test_any_seventeen_characters_are_decoded_without_harm(numbers: list[str]) -> None:
    for number, answer in zip(numbers, decoder.decode_many(numbers), strict=True):
        assert answer.error is None
        assert isinstance(str(answer), str)
        assert number not in repr(answer)
        for name, value in answer.details().items():
            assert isinstance(value, int) == (name == "model_year")


@pytest.mark.parametrize("year", [1, 1969, 1970, 2026, 9998])
def test_any_clock_will_do(year: int) -> None:
    late = VpicVinDecoder(FrozenClock(datetime(year, 1, 1, tzinfo=UTC)))
    answer = late.decode(HONDA)
    assert answer.make.value == "Honda"
    assert answer.model_year.value == (2003 if year >= 2002 else None)


# ----------------------------------------------------------------------------- many


def test_many_give_the_same_as_one_by_one() -> None:
    numbers = made(700)
    numbers[3], numbers[300], numbers[-1] = "x", "", "1" * 18
    for number, answer in zip(numbers, decoder.decode_many(numbers), strict=True):
        if answer.error is None:
            assert answer == decoder.decode(number)
        else:
            assert number in ("x", "", "1" * 18) or not vins.is_well_formed(number)


def test_a_generator_is_read_a_few_hundred_ahead_at_most() -> None:
    taken = 0

    def source() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield HONDA

    answers = decoder.decode_many(source())
    assert taken == 0
    assert next(answers).make.value == "Honda"
    assert taken <= 8, "the first answer comes soon"
    for given_back in range(1, 3000):
        next(answers)
        assert taken - given_back <= 257


def test_memory_does_not_grow_with_the_number_of_vins() -> None:
    numbers = made(300)
    chance = random.Random(1)

    def peak(count: int) -> int:
        tracemalloc.start()
        for answer in decoder.decode_many(chance.choice(numbers) for _ in range(count)):
            assert answer.make is not None
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(600)
    assert peak(6000) < 1.5 * peak(1500)


def test_other_threads_go_on_while_many_are_decoded() -> None:
    """The package's own call holds the interpreter for a tenth of a second and more for as many."""
    numbers = made(4000)
    list(decoder.decode_many(numbers[:300]))
    waits, is_over = [], threading.Event()

    def tick() -> None:
        last = time.perf_counter()
        while not is_over.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            waits.append(now - last)
            last = now

    ticking = threading.Thread(target=tick)
    ticking.start()
    for _ in decoder.decode_many(numbers):
        pass
    is_over.set()
    ticking.join()
    assert len(waits) > 10, "the other thread hardly ran"


def test_many_threads_may_ask_one_decoder() -> None:
    numbers = made(300)
    expected = list(decoder.decode_many(numbers))
    with ThreadPoolExecutor(6) as pool:
        for answers in pool.map(lambda _: list(decoder.decode_many(numbers)), range(6)):
            assert answers == expected
        assert all(pool.map(lambda answer: answer.fields == expected[0].fields, [expected[0]] * 6))


def test_a_column_is_as_good_as_a_list() -> None:
    column = [HONDA, "1HGCM82633A12345", HONDA]
    expected = list(decoder.decode_many(column))
    assert list(decoder.decode_many(tuple(column))) == expected
    assert list(decoder.decode_many(dict.fromkeys(column))) == expected[:2]
    numpy = pytest.importorskip("numpy")
    for array in (numpy.array(column), numpy.array(column, dtype=object), numpy.array(column, dtype="U40")):
        assert list(decoder.decode_many(array)) == expected
    assert [answer.vin for answer in decoder.decode_many(numpy.array(column, dtype="S17"))] == [
        HONDA,
        None,
        HONDA,
    ]
    with pytest.raises(InvalidValue):
        decoder.decode_many(numpy.array(HONDA))


@pytest.mark.parametrize(
    ("package", "column"), [("pandas", "Series"), ("polars", "Series"), ("pyarrow", "array")]
)
def test_a_column_of_a_dataframe_is_as_good_as_a_list(package: str, column: str) -> None:
    library = pytest.importorskip(package)
    answers = list(decoder.decode_many(getattr(library, column)([HONDA, None, "x"])))
    assert [answer.make.value for answer in answers] == ["Honda", None, None]
    assert [answer.error is None for answer in answers] == [True, False, False]


def test_a_single_text_is_refused_before_anything_is_read() -> None:
    with pytest.raises(InvalidValue):
        decoder.decode_many(HONDA)


# --------------------------------------------------------------------- which is taken


def test_where_the_extra_is_installed_it_is_taken_and_only_when_it_is_needed() -> None:
    program = (
        "import sys, motovault; vault = motovault.open_vault('memory:'); vault.garage('ana');"
        "assert 'ultravin' not in sys.modules; print(vault.vin_decoder.decode(sys.argv[1]).decoder)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, HONDA], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("vpic 20")


def test_where_the_extra_is_missing_the_basic_decoder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "ultravin.py").write_text("raise ImportError('not installed')")
    program = (
        "import sys; sys.path.insert(0, sys.argv[2]); import motovault;"
        "from motovault.errors import MissingExtra; from motovault.providers.vpic import VpicVinDecoder\n"
        "print(motovault.open_vault('memory:').vin_decoder.decode(sys.argv[1]).decoder)\n"
        "try:\n    VpicVinDecoder()\nexcept MissingExtra as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, HONDA, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == [
        "basic",
        "ultravin is not installed; run: pip install 'motovault[vpic]'",
    ]


def test_the_choice_answers_as_the_one_that_it_took() -> None:
    chosen = EmbeddedVinDecoder(FrozenClock(NOW))
    assert chosen.decode(HONDA) == decoder.decode(HONDA)
    assert list(chosen.decode_many([HONDA, "x"])) == list(decoder.decode_many([HONDA, "x"]))
    assert isinstance(chosen.decoder, VpicVinDecoder)
