"""The catalogue as people use it: what is refused, what is told to whom, and what an option is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from motovault import open_vault
from motovault.domain.platform import CatalogueChanges, EngineSpec, TransmissionSpec, VehicleOption
from motovault.domain.platform.service import CASCADE, CatalogueService
from motovault.errors import InvalidValue
from motovault.storage.memory import MemoryStore
from motovault.testing import strategies as mv
from motovault.testing.catalogue import catalogue_options
from motovault.testing.clock import FrozenClock
from motovault.testing.examples import NOON, example_option


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def catalogue(store: MemoryStore) -> CatalogueService:
    return CatalogueService(store.catalogue_unit_of_work, FrozenClock(NOON))


def test_a_failed_import_changes_nothing(catalogue: CatalogueService) -> None:
    def broken() -> Iterator[VehicleOption]:
        yield example_option()
        raise LookupError

    with pytest.raises(LookupError):
        catalogue.import_options(broken())
    assert catalogue.years() == []


def test_progress_is_told_every_ten_thousand(catalogue: CatalogueService) -> None:
    told: list[int] = []
    changes = catalogue.import_options(catalogue_options(20_500), progress=told.append)
    assert told == [10_000, 20_000]
    assert (changes.read, changes.added) == (20_500, 20_500)


def test_names_are_taken_with_any_blanks(catalogue: CatalogueService) -> None:
    option = example_option(make=" Land \t Rover", model="Range  Rover", trim=" HSE\n")
    assert (option.make, option.model, option.trim) == ("Land Rover", "Range Rover", "HSE")
    catalogue.import_options([option])
    assert catalogue.trims(2020, "land  rover ", " RANGE ROVER") == ["HSE"]
    assert catalogue.engines(2020, "Land Rover", "Range Rover") == []


@pytest.mark.parametrize(
    ("call", "arguments", "field"),
    [
        ("makes", ("2020",), "year"),
        ("makes", (True,), "year"),
        ("makes", (2020.0,), "year"),
        ("makes", (1884,), "year"),
        ("models", (2101, "Honda"), "year"),
        ("models", (2020, 7), "make"),
        ("models", (2020, "a\x00b"), "make"),
        ("trims", (2020, "Honda", "\ud800"), "model"),
        ("engines", (2020, "Honda", "Civic", b"EX"), "trim"),
        ("find_engine", (7,), "name"),
        ("find_transmission", (7,), "kind"),
    ],
)
def test_what_can_be_no_choice_is_refused(
    catalogue: CatalogueService, call: str, arguments: tuple[Any, ...], field: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        getattr(catalogue, call)(*arguments)
    assert caught.value.field == field


def test_an_engine_that_is_no_text_is_refused(catalogue: CatalogueService) -> None:
    with pytest.raises(InvalidValue) as caught:
        catalogue.transmissions(2020, "Honda", "Civic", engine=2)  # type: ignore[arg-type]
    assert caught.value.field == "engine"


def test_nothing_chosen_is_no_choice(catalogue: CatalogueService) -> None:
    catalogue.import_options([example_option()])
    assert catalogue.models(2020, "") == []
    assert catalogue.find_engine("") is None


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (VehicleOption, {"model_year": 1884, "make": "a", "model": "b"}, "model_year"),
        (VehicleOption, {"model_year": "2020", "make": "a", "model": "b"}, "model_year"),
        (VehicleOption, {"model_year": 2020, "make": " ", "model": "b"}, "make"),
        (VehicleOption, {"model_year": 2020, "make": "a" * 101, "model": "b"}, "make"),
        (VehicleOption, {"model_year": 2020, "make": "a", "model": None}, "model"),
        (VehicleOption, {"model_year": 2020, "make": "a", "model": "b", "trim": "c" * 256}, "trim"),
        (EngineSpec, {"name": ""}, "name"),
        (EngineSpec, {"name": "a", "displacement": "b" * 51}, "displacement"),
        (TransmissionSpec, {"type": "a" * 101}, "type"),
        (TransmissionSpec, {"type": "a", "speeds": 6}, "speeds"),
    ],
)
def test_what_does_not_fit_its_column_is_refused(kind: type, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        kind(**values)
    assert caught.value.field == field


@given(mv.vehicle_options())
def test_any_option_is_found_by_its_own_names(option: VehicleOption) -> None:
    catalogue = open_vault("memory:").catalogue
    assert catalogue.import_options([option]).added == 1
    year, make, model, trim = option.model_year, option.make, option.model, option.trim
    assert (catalogue.years(), catalogue.makes(year)) == ([year], [make])
    assert catalogue.models(year, make) == [model]
    assert catalogue.trims(year, make, model) == [trim] * bool(trim)
    engines = catalogue.engines(year, make, model, trim)
    assert engines == ([] if option.engine is None else [option.engine.name])
    ways = catalogue.transmissions(year, make, model, trim)
    assert ways == ([] if option.transmission is None else [option.transmission.type])


def test_the_generated_catalogue_is_the_same_each_time_and_has_no_option_twice() -> None:
    some = list(catalogue_options(5_000))
    assert some == list(catalogue_options(5_000))
    assert some != list(catalogue_options(5_000, seed=2))
    assert open_vault("memory:").catalogue.import_options(some).added == 5_000


def test_changes_are_changes_beside_what_was_read() -> None:
    assert not CatalogueChanges(read=7).is_change
    assert CatalogueChanges(read=7, engines_removed=1).is_change


CHOSEN = {"model_year": 2020, "make": "Honda", "model": "Civic", "trim": "EX", "engine": "2.0L I4"}


@pytest.fixture
def filled(catalogue: CatalogueService) -> CatalogueService:
    def option(year: int, model: str, trim: str, engine: str, way: str) -> VehicleOption:
        return VehicleOption(
            model_year=year,
            make="Honda",
            model=model,
            trim=trim,
            engine=EngineSpec(name=engine),
            transmission=TransmissionSpec(type=way),
        )

    catalogue.import_options(
        [
            option(2020, "Civic", "EX", "2.0L I4", "CVT"),
            option(2020, "Civic", "LX", "1.5L I4", "6-Speed Manual"),
            option(2020, "Civic", "", "Electric", "1-Speed"),
            option(2021, "CIVIC", "Sport", "2.0l i4", "cvt"),
            option(2021, "Accord", "EX", "3.5L V6", "10-Speed Automatic"),
            VehicleOption(model_year=2021, make="HONDA", model="Jazz"),
        ]
    )
    return catalogue


@pytest.mark.parametrize(
    ("field", "left_out", "expected"),
    [
        ("model_year", "", [2021, 2020]),
        ("make", "", ["Honda"]),
        ("make", "model_year", ["HONDA"]),
        ("model", "", ["Civic"]),
        ("model", "model_year", ["Accord", "CIVIC", "Jazz"]),
        ("model", "make", []),
        ("trim", "", ["EX", "LX"]),
        ("trim", "model_year", ["EX", "LX", "Sport"]),
        ("trim", "model", []),
        ("engine", "", ["2.0L I4", "Electric"]),
        ("engine", "trim", ["1.5L I4", "2.0L I4", "Electric"]),
        ("engine", "model_year trim", ["1.5L I4", "2.0L I4", "Electric"]),
        ("engine", "make", []),
        ("transmission", "", ["CVT"]),
        ("transmission", "engine", ["1-Speed", "CVT"]),
        ("transmission", "trim", ["CVT"]),
        ("transmission", "trim engine", ["1-Speed", "6-Speed Manual", "CVT"]),
        ("transmission", "model_year trim engine", ["1-Speed", "6-Speed Manual", "CVT"]),
    ],
)
def test_a_level_that_was_left_out_may_be_anything(
    filled: CatalogueService, field: str, left_out: str, expected: list[object]
) -> None:
    above = {name: CHOSEN[name] for name in CASCADE[: CASCADE.index(field)] if name not in left_out.split()}
    assert filled.options(field, above) == expected


def test_a_year_may_be_one_of_several(filled: CatalogueService) -> None:
    assert filled.options("make", {"model_year": (2020, 1990)}) == ["Honda"]
    assert filled.options("model", {"model_year": (1990,), "make": "Honda"}) == []
    assert filled.options("model", {"model_year": (2020, 2021), "make": "Honda"}) == [
        *("Accord", "CIVIC", "Jazz")
    ]


def test_a_field_that_no_catalogue_has_is_refused(catalogue: CatalogueService) -> None:
    with pytest.raises(InvalidValue, match="must be one of model_year, make"):
        catalogue.options("colour", {})
