"""What every repository of the catalogue must do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from motovault.domain.platform import (
    CatalogueChanges,
    EngineSpec,
    TransmissionSpec,
    VehicleOption,
)
from motovault.testing.contracts.base import StoreContract, at_once
from motovault.testing.examples import ANA, NOON, example_option

if TYPE_CHECKING:
    from motovault.vault import Store

__all__ = ["CatalogueRepositoryContract"]

I4 = EngineSpec(name="2.0L I4", displacement="2.0L", configuration="I4", horsepower="158 hp", torque="138")
V6 = EngineSpec(name="3.5L V6", fuel_type="Gasoline", fuel_system="MPFI", aspiration="Naturally")
CVT = TransmissionSpec(type="CVT", drive_type="FWD")
MANUAL = TransmissionSpec(type="6-Speed Manual", speeds="6")

CARS = (
    example_option(model_year=2020, make="Honda", model="Civic", trim="EX", engine=I4, transmission=CVT),
    example_option(model_year=2020, make="Honda", model="Civic", trim="EX", engine=V6, transmission=MANUAL),
    example_option(model_year=2020, make="Honda", model="Civic", trim="LX", engine=I4),
    example_option(model_year=2020, make="Honda", model="Accord"),
    example_option(model_year=2020, make="Škoda", model="Octávia", trim="Éxtra", engine=I4, transmission=CVT),
    example_option(model_year=2022, make="acura", model="MDX", transmission=MANUAL),
    example_option(model_year=1999, make="Ford", model="F-150", trim="XLT"),
)


def bring_in(
    store: Store, options: Iterable[VehicleOption], *, at: datetime = NOON, replace: bool = False
) -> CatalogueChanges:
    """Options into the store, in a unit of work of their own."""
    with store.catalogue_unit_of_work(atomic=True) as work:
        return work.catalogue.import_options(options, at=at, replace=replace)


def whole(store: Store) -> dict[object, object]:
    """All that the questions tell."""
    found: dict[object, object] = {}
    with store.catalogue_unit_of_work() as work:
        ask = work.catalogue
        for year in ask.years():
            for make in ask.makes(year):
                for model in ask.models(year, make):
                    for trim in ("", *ask.trims(year, make, model)):
                        engines = ask.engines(year, make, model, trim)
                        ways = ask.transmissions(year, make, model, trim)
                        found[year, make, model, trim] = engines, ways
                        found.update({engine: ask.find_engine(engine) for engine in engines})
                        found.update({way: ask.find_transmission(way) for way in ways})
    return found


class CatalogueRepositoryContract(StoreContract):
    """Every promise of :class:`motovault.domain.platform.CatalogueRepository`."""

    def test_nothing_is_found_where_nothing_was_brought_in(self, store: Store) -> None:
        with store.catalogue_unit_of_work() as work:
            assert work.catalogue.years() == []
            assert work.catalogue.makes(2020) == []
            assert work.catalogue.transmissions(2020, "Honda", "Civic", "EX", engine="2.0L I4") == []
            assert work.catalogue.find_engine("2.0L I4") is None
            assert work.catalogue.find_transmission("CVT") is None

    def test_each_list_hangs_on_what_was_chosen_before(self, store: Store) -> None:
        bring_in(store, CARS)
        with store.catalogue_unit_of_work() as work:
            ask = work.catalogue
            assert ask.years() == [2022, 2020, 1999]
            assert ask.makes(2020) == ["Honda", "Škoda"]
            assert ask.makes(2021) == []
            assert ask.models(2020, "Honda") == ["Accord", "Civic"]
            assert ask.trims(2020, "Honda", "Civic") == ["EX", "LX"]
            assert ask.trims(2020, "Honda", "Accord") == []
            assert ask.engines(2020, "Honda", "Civic", "EX") == ["2.0L I4", "3.5L V6"]
            assert ask.engines(2020, "Honda", "Civic", "LX") == ["2.0L I4"]
            assert ask.engines(2020, "Honda", "Accord", "") == []
            assert ask.transmissions(2020, "Honda", "Civic", "EX") == ["6-Speed Manual", "CVT"]
            assert ask.transmissions(2020, "Honda", "Civic", "EX", engine="2.0l i4") == ["CVT"]
            assert ask.transmissions(2020, "Honda", "Civic", "LX") == []
            assert ask.transmissions(2022, "Acura", "mdx", "") == ["6-Speed Manual"]
            assert ask.models(2022, "Honda") == []

    def test_without_a_trim_those_of_all_are_listed(self, store: Store) -> None:
        bring_in(store, (*CARS, example_option(model_year=2020, make="HONDA", model="civic", engine=V6)))
        with store.catalogue_unit_of_work() as work:
            ask = work.catalogue
            for _ in range(2):  # an answer that is remembered is the same
                assert ask.engines(2020, "Honda", "Civic", None) == ["2.0L I4", "3.5L V6"]
                assert ask.engines(2020, "Honda", "Civic", "") == ["3.5L V6"]
                assert ask.engines(2020, "Honda", "Accord", None) == []
                assert ask.transmissions(2020, "Honda", "Civic", None) == ["6-Speed Manual", "CVT"]
                assert ask.transmissions(2020, "Honda", "Civic", None, engine="3.5l v6") == ["6-Speed Manual"]

    @pytest.mark.parametrize("spelled", [str.upper, str.lower, str.swapcase, str.title])
    def test_case_is_of_no_account_in_any_script(self, store: Store, spelled: Any) -> None:
        bring_in(store, CARS)
        make, model, trim = map(spelled, ("Škoda", "Octávia", "Éxtra"))
        with store.catalogue_unit_of_work() as work:
            assert work.catalogue.models(2020, make) == ["Octávia"]
            assert work.catalogue.trims(2020, make, model) == ["Éxtra"]
            assert work.catalogue.engines(2020, make, model, trim) == ["2.0L I4"]
            assert work.catalogue.transmissions(2020, make, model, trim, engine=spelled("2.0L I4")) == ["CVT"]
            assert work.catalogue.find_engine(spelled("2.0L I4")) is not None

    def test_an_accent_is_of_account(self, store: Store) -> None:
        bring_in(store, CARS)
        with store.catalogue_unit_of_work() as work:
            assert work.catalogue.models(2020, "Skoda") == []

    def test_wildcards_and_quotes_are_letters_like_others(self, store: Store) -> None:
        odd = example_option(make='100% "O\'Neil"_\\', model="[]")
        bring_in(store, (*CARS, odd))
        with store.catalogue_unit_of_work() as work:
            assert work.catalogue.models(odd.model_year, odd.make) == ["[]"]
            assert work.catalogue.models(odd.model_year, "%") == []

    def test_details_are_kept_as_they_were(self, store: Store) -> None:
        bring_in(store, CARS)
        with store.catalogue_unit_of_work() as work:
            for spec in (I4, V6):
                engine = work.catalogue.find_engine(spec.name)
                assert engine is not None
                assert {f.name: getattr(engine, f.name) for f in attrs.fields(EngineSpec)} == attrs.asdict(
                    spec
                )
                assert (engine.created_at, engine.updated_at, engine.specs) == (NOON, NOON, None)
            transmission = work.catalogue.find_transmission("6-speed manual")
            assert transmission is not None
            assert (transmission.type, transmission.speeds, transmission.drive_type) == (
                MANUAL.type,
                "6",
                None,
            )
            assert transmission.created_at == NOON

    def test_what_was_brought_in_is_counted(self, store: Store) -> None:
        assert bring_in(store, (*CARS, CARS[0])) == CatalogueChanges(
            read=8, added=7, engines_added=2, transmissions_added=2
        )

    @pytest.mark.parametrize("replace", [False, True])
    def test_the_same_twice_changes_nothing(self, store: Store, replace: bool) -> None:
        bring_in(store, CARS)
        before = whole(store)
        again = bring_in(store, reversed(CARS), at=NOON + timedelta(days=1), replace=replace)
        assert again == CatalogueChanges(read=7)
        assert not again.is_change
        assert whole(store) == before

    def test_what_differs_in_case_only_is_the_same_and_the_first_counts(self, store: Store) -> None:
        loud = attrs.evolve(
            CARS[4],
            make="ŠKODA",
            model="OCTÁVIA",
            trim="ÉXTRA",
            engine=EngineSpec(name="2.0l i4", displacement="another"),
            transmission=TransmissionSpec(type="cvt"),
        )
        once = bring_in(store, (CARS[4], loud))
        assert (once.read, once.added, once.engines_added, once.transmissions_added) == (2, 1, 1, 1)
        before = whole(store)
        assert not bring_in(store, [loud]).is_change
        assert whole(store) == before
        assert (2020, "Škoda", "Octávia", "Éxtra") in before

    def test_engine_names_beyond_ascii_are_unique_without_case(self, store: Store) -> None:
        small, large = (
            example_option(model=model, engine=EngineSpec(name=name))
            for model, name in (("A", "élan 1.6"), ("B", "ÉLAN 1.6"))
        )
        assert bring_in(store, [small]).engines_added == 1
        assert bring_in(store, [large]).engines_added == 0
        with store.catalogue_unit_of_work() as work:
            found = work.catalogue.find_engine("Élan 1.6")
            assert found is not None
            assert found.name == "élan 1.6"
            assert work.catalogue.engines(large.model_year, large.make, "B", "") == ["élan 1.6"]

    def test_adding_keeps_what_is_there(self, store: Store) -> None:
        bring_in(store, CARS[:3])
        changes = bring_in(store, [attrs.evolve(CARS[3], engine=attrs.evolve(I4, torque="other")), CARS[6]])
        assert changes == CatalogueChanges(read=2, added=2)
        with store.catalogue_unit_of_work() as work:
            engine = work.catalogue.find_engine(I4.name)
            assert work.catalogue.years() == [2020, 1999]
            assert work.catalogue.models(2020, "Honda") == ["Accord", "Civic"]
        assert engine is not None
        assert engine.torque == I4.torque

    def test_replacing_leaves_what_was_given_and_nothing_else(self, store: Store) -> None:
        bring_in(store, CARS)
        with store.catalogue_unit_of_work() as work:
            kept = work.catalogue.find_engine(I4.name)
        later = NOON + timedelta(days=1)
        engine = attrs.evolve(I4, name="2.0l I4", torque="other")
        new = example_option(model_year=2023, make="HONDA", model="Civic", engine=engine)
        loud = attrs.evolve(CARS[2], make="HONDA", engine=engine)
        changes = bring_in(store, [CARS[6], loud, new], replace=True, at=later)
        assert changes == CatalogueChanges(
            read=3,
            added=2,
            removed=6,
            engines_changed=1,
            engines_removed=1,
            transmissions_removed=2,
        )
        with store.catalogue_unit_of_work() as work:
            ask = work.catalogue
            assert ask.years() == [2023, 2020, 1999]
            assert ask.makes(2020) == ["HONDA"]
            assert ask.engines(2020, "honda", "civic", "lx") == ["2.0l I4"]
            assert ask.find_engine(V6.name) is None
            assert ask.find_transmission(CVT.type) is None
            found = ask.find_engine(I4.name)
        assert kept is not None
        assert found is not None
        assert (found.id, found.torque, found.created_at, found.updated_at) == (kept.id, "other", NOON, later)

    def test_replacing_with_nothing_empties_it(self, store: Store) -> None:
        bring_in(store, CARS)
        assert bring_in(store, [], replace=True).removed == 7
        assert whole(store) == {}

    @pytest.mark.parametrize("replace", [False, True])
    def test_an_error_on_the_way_undoes_everything(self, store: Store, replace: bool) -> None:
        bring_in(store, CARS[:2])
        before = whole(store)

        def broken() -> Iterator[VehicleOption]:
            yield from CARS[2:]
            raise LookupError

        with pytest.raises(LookupError):
            bring_in(store, broken(), replace=replace)
        assert whole(store) == before
        assert bring_in(store, CARS[2:]).added == 5

    def test_an_error_after_it_undoes_everything(self, store: Store) -> None:
        def bring_in_and_fail() -> None:
            with store.catalogue_unit_of_work(atomic=True) as work:
                work.catalogue.import_options(CARS, at=NOON)
                assert work.catalogue.years() == [2022, 2020, 1999]
                raise LookupError

        with pytest.raises(LookupError):
            bring_in_and_fail()
        assert whole(store) == {}

    def test_two_imports_in_one_unit_of_work(self, store: Store) -> None:
        with store.catalogue_unit_of_work(atomic=True) as work:
            assert work.catalogue.import_options(CARS[:3], at=NOON).added == 3
            assert work.catalogue.import_options(CARS, at=NOON).added == 4
        assert not bring_in(store, CARS).is_change

    def test_it_stands_for_itself_where_nothing_else_is_written(self, store: Store) -> None:
        with store.catalogue_unit_of_work() as work:
            assert work.catalogue.import_options(CARS, at=NOON).added == 7
        assert not bring_in(store, CARS).is_change

    def test_two_imports_at_once_add_each_option_once(self, store: Store) -> None:
        results = at_once([lambda: bring_in(store, CARS) for _ in range(3)])
        changes = [one for one in results if isinstance(one, CatalogueChanges)]
        assert len(changes) == 3, results
        assert sum(one.added for one in changes) == 7
        assert not bring_in(store, CARS).is_change

    def test_it_belongs_to_no_user(self, store: Store) -> None:
        """A garage beside it sees nothing of it, and it nothing of a garage."""
        bring_in(store, CARS)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.count_live() == 0

    def test_many_in_a_stream(self, store: Store) -> None:
        """More than one chunk, with a new engine in each."""
        many = [
            example_option(
                model_year=2000 + n % 20,
                make=f"Make {n % 7}",
                model=f"Model {n % 97}",
                trim=f"Trim {n}",
                engine=EngineSpec(name=f"Engine {n // 300}"),
                transmission=(CVT, MANUAL, None)[n % 3],
            )
            for n in range(10_500)
        ]
        changes = bring_in(store, iter(many))
        assert (changes.added, changes.engines_added) == (10_500, 35)
        assert not bring_in(store, iter(many)).is_change
        with store.catalogue_unit_of_work() as work:
            assert work.catalogue.years() == list(range(2019, 1999, -1))
            last = many[-1]
            assert work.catalogue.engines(last.model_year, last.make, last.model, last.trim) == ["Engine 34"]
