"""Frames are the same out of every store, and what plain arithmetic on the entities gives."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import motovault
from motovault.analysis.finishing import schema_of
from motovault.domain.fuel_logs import FuelLogId
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue, MissingExtra, NotAllowed, StorageFailure
from motovault.testing import strategies as mv
from motovault.testing.awkward import AWKWARD_TEXTS, AWKWARD_TIMES, FUEL_LOG_KINDS, MAINTENANCE_LOG_KINDS
from motovault.testing.examples import (
    ANA,
    BOB,
    example_fuel_log,
    example_maintenance_log,
    example_preferences,
    example_vehicle,
)
from motovault.vault import Vault
from tests.analysis.garages import STORES, Kept, expected_fuel_logs, keep, opened, vault_on

NAMES = ("fuel_logs", "intervals", "maintenance", "odometer", "vehicles")
NUMBERS = ("float", "decimal")


@pytest.fixture(scope="module")
def server(postgres_url: str, _migrated_template: str) -> tuple[str, str]:
    return postgres_url, _migrated_template


def all_frames(frames: Any) -> dict[tuple[str, str], pa.Table]:
    return {
        (name, numbers): getattr(frames, name)(backend="pyarrow", numbers=numbers)
        for name in NAMES
        for numbers in NUMBERS
    }


def without_adbc(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "without ADBC" in kind:
        monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)


def awkward_garages() -> list[Kept]:
    """Every kind of row that a store may stumble over, of two users in different zones and units."""
    found = []
    for user_id, zone, system in ((ANA, "Pacific/Chatham", "metric"), (BOB, "America/New_York", "imperial")):
        first = example_vehicle(user_id, distance_unit="nmi" if user_id == ANA else None, odometer_reading=7)
        second = example_vehicle(user_id, vin="1M8GDM9AXKP042788", license_plate=None)
        boat = example_vehicle(user_id, distance_unit="h", nickname="Boat", model_year=1999, make="A")
        logs, work = [], []
        for vehicle in (first, second, boat):
            logs += [
                example_fuel_log(vehicle, **kind | {"source_key": None}) for kind in FUEL_LOG_KINDS.values()
            ]
            logs += [example_fuel_log(vehicle, filled_at=moment) for moment in AWKWARD_TIMES.values()]
            logs += [
                example_fuel_log(vehicle, location=text, fuel_grade=text[:50])
                for text in AWKWARD_TEXTS.values()
            ]
            work += [
                example_maintenance_log(vehicle, **kind | {"source_key": None})
                for kind in MAINTENANCE_LOG_KINDS.values()
            ]
        preferences = example_preferences(
            user_id, time_zone=zone, unit_system=system, currency_code="EUR" if system == "metric" else "USD"
        )
        if user_id == BOB:
            preferences = None
        gone = example_vehicle(user_id, license_plate="GONE")
        found.append(
            Kept(
                user_id=user_id,
                vehicles=[first, second, boat],
                fuel_logs=[*logs, example_fuel_log(gone)],
                maintenance=[*work, example_maintenance_log(gone)],
                preferences=preferences,
                deleted=[gone],
            )
        )
    return found


AWKWARD = awkward_garages()


def reference(garages: Sequence[Kept]) -> tuple[dict[Any, pa.Table], dict[Any, pa.Table]]:
    """Frames out of memory: of ana, and of all."""
    from motovault.storage.memory import MemoryStore

    store = MemoryStore()
    for kept in garages:
        keep(store, kept)
    vault = vault_on(store)
    return all_frames(vault.garage(ANA).frames), all_frames(vault.frames)


@pytest.mark.parametrize("kind", STORES)
def test_every_store_gives_the_same_frames_of_awkward_rows(
    kind: str, server: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_adbc(kind, monkeypatch)
    of_ana, of_all = reference(AWKWARD)
    with opened(kind, *server) as (store, vault):
        for kept in AWKWARD:
            keep(store, kept)
        for key, found in all_frames(vault.garage(ANA).frames).items():
            assert found.equals(of_ana[key]), key
        if kind == "bare":
            with pytest.raises(NotAllowed, match="cannot say who"):
                vault.frames.fuel_logs()
            return
        for key, found in all_frames(vault.frames).items():
            assert found.equals(of_all[key]), key


@pytest.mark.parametrize("numbers", NUMBERS)
def test_the_fuel_log_frame_is_what_plain_arithmetic_gives(numbers: Any) -> None:
    found = reference(AWKWARD)[1]["fuel_logs", numbers]
    assert found.schema == schema_of("fuel_logs", numbers == "decimal")
    expected = expected_fuel_logs(AWKWARD, exact=numbers == "decimal")
    assert len(expected) > 100
    assert found.to_pylist() == [{name: row[name] for name in found.schema.names} for row in expected]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    histories=st.lists(mv.fuel_log_histories(max_fills=8), min_size=1, max_size=3),
    zone=st.sampled_from(
        ["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham", "Africa/Casablanca"]
    ),
)
def test_any_history_gives_the_same_frames_and_the_intervals_of_the_domain(
    histories: list[Any], zone: str, server: tuple[str, str]
) -> None:
    vehicles, logs = [], []
    preferences = attrs.evolve(histories[0].preferences, time_zone=zone)
    for history in histories:
        vehicle = attrs.evolve(history.vehicle, id=VehicleId(uuid4()))
        vehicles.append(vehicle)
        logs += [attrs.evolve(log, id=FuelLogId(uuid4()), vehicle_id=vehicle.id) for log in history.logs]
    kept = Kept(user_id=ANA, vehicles=vehicles, fuel_logs=logs, preferences=preferences)
    of_ana, _ = reference([kept])
    for kind in ("sqlite in memory", "postgresql"):
        with opened(kind, *server) as (store, vault):
            keep(store, kept)
            garage = vault.garage(ANA)
            for key, found in all_frames(garage.frames).items():
                assert found.equals(of_ana[key]), (kind, key)
            assert_intervals_are_the_domains(garage, vehicles)
    exact = expected_fuel_logs([kept], exact=True)
    assert of_ana["fuel_logs", "decimal"].to_pylist() == [
        {name: row[name] for name in of_ana["fuel_logs", "decimal"].schema.names} for row in exact
    ]


def assert_intervals_are_the_domains(garage: motovault.Garage, vehicles: Sequence[Any]) -> None:
    found = garage.frames.intervals(numbers="decimal", backend="pyarrow").to_pylist()
    told = []
    for vehicle in sorted(vehicles, key=lambda one: one.id):
        report = garage.fuel_logs.economy(vehicle.id, economy_unit="L/100km")
        told += [(interval, tank) for tank in report.tanks for interval in tank.intervals]
    assert len(found) == len(told)
    for row, (interval, tank) in zip(found, told, strict=True):
        assert (row["opened_by"], row["closed_by"]) == (str(interval.opened_by), str(interval.closed_by))
        assert (row["opened_on"], row["closed_on"]) == (interval.opened_on, interval.closed_on)
        assert (row["void"] is None) is interval.is_valid
        assert row["fill_count"] == interval.fill_count
        assert row["cost"] == interval.cost
        assert row["is_towing"] is interval.is_towing
        if interval.economy is not None and tank.economy_unit == row["economy_unit"]:
            assert row["economy"] == round(interval.economy, 12)


# ------------------------------------------------------------------------------ zones


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("America/New_York", datetime(2026, 3, 8, 4, 59, 59, tzinfo=UTC), date(2026, 3, 7)),
        ("America/New_York", datetime(2026, 3, 8, 5, 0, tzinfo=UTC), date(2026, 3, 8)),
        ("America/New_York", datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC), date(2026, 3, 8)),
        ("America/New_York", datetime(2026, 3, 9, 4, 0, tzinfo=UTC), date(2026, 3, 9)),
        ("America/Havana", datetime(2026, 3, 8, 4, 59, 59, tzinfo=UTC), date(2026, 3, 7)),
        ("Europe/Berlin", datetime(1893, 3, 31, 23, 6, 31, tzinfo=UTC), date(1893, 3, 31)),
        ("Pacific/Apia", datetime(2011, 12, 30, 9, 59, 59, tzinfo=UTC), date(2011, 12, 29)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC), date(2011, 12, 31)),
        ("Europe/Berlin", datetime(2099, 7, 1, 22, 0, tzinfo=UTC), date(2099, 7, 2)),
    ],
)
def test_local_dates_are_the_owners_also_where_clocks_change(zone: str, moment: datetime, day: date) -> None:
    vault = motovault.open_vault("memory:")
    garage = vault.garage("ana")
    garage.preferences.change(time_zone=zone)
    car = garage.vehicles.add(license_plate="X")
    garage.fuel_logs.add(car.id, filled_at=moment, odometer=1, volume=1)
    assert garage.preferences.get().local_date(moment) == day
    assert garage.frames.fuel_logs()["local_date"].to_list() == [day]


@given(
    st.lists(mv.moments(), min_size=1),
    st.sampled_from(["America/New_York", "Africa/Casablanca", "Asia/Gaza"]),
)
def test_dates_of_a_column_are_the_dates_of_its_moments(moments: list[datetime], zone: str) -> None:
    from motovault.analysis.local_dates import LocalDates

    preferences = example_preferences(time_zone=zone)
    column = pa.array(moments, pa.timestamp("us", "UTC"))
    found = LocalDates().of(column, pa.array([zone] * len(moments)))
    assert found.to_pylist() == [preferences.local_date(moment) for moment in moments]


def test_a_date_that_no_calendar_holds_is_null_and_so_is_one_in_no_zone() -> None:
    from motovault.analysis.local_dates import LocalDates

    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    column = pa.array([last, last, last], pa.timestamp("us", "UTC"))
    found = LocalDates().of(column, pa.array(["UTC", "Asia/Kathmandu", "Mars/Olympus"]))
    assert found.to_pylist() == [date(9999, 12, 31), None, None]


# --------------------------------------------------------------------------- the front


@pytest.fixture
def vault() -> Iterator[Vault]:
    vault = motovault.open_vault("memory:")
    for user in ("ana", "bob"):
        garage = vault.garage(user)
        car = garage.vehicles.add(license_plate="AB 123", make="Honda", model="Civic", model_year=2020)
        for number in range(4):
            garage.fuel_logs.add(
                car.id,
                filled_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=7 * number),
                odometer=10_000 + 300 * number,
                volume="10",
                price_per_unit="3.5",
            )
    yield vault
    vault.close()


def test_clean_figures_are_clean(vault: Vault) -> None:
    frame = vault.garage("ana").frames.intervals(economy_unit="mpg_us")
    assert frame["economy"].to_list() == [30.0] * 3
    assert frame["distance_km"].to_list() == [482.8032] * 3
    assert frame["volume_l"].to_list() == [37.85411784] * 3
    assert set(frame["economy_unit"]) == {"mpg_us"}
    assert set(vault.garage("ana").frames.intervals()["economy_unit"]) == {"L/100km"}


def test_another_users_vehicle_is_not_found_and_neither_is_what_is_no_id(vault: Vault) -> None:
    (bobs,) = vault.garage("bob").vehicles.list()
    frames = vault.garage("ana").frames
    for wrong in (bobs.id, UUID(int=1), str(bobs.id)):
        for name in NAMES:
            with pytest.raises(VehicleNotFound):
                getattr(frames, name)(wrong)
    with pytest.raises(VehicleNotFound):
        vault.frames.fuel_logs(VehicleId(UUID(int=1)))
    assert len(vault.frames.fuel_logs(bobs.id)) == 4


def test_a_deleted_vehicle_is_not_found(vault: Vault) -> None:
    garage = vault.garage("ana")
    (car,) = garage.vehicles.list()
    garage.vehicles.remove(car.id)
    with pytest.raises(VehicleNotFound):
        garage.frames.fuel_logs(car.id)
    assert len(garage.frames.fuel_logs()) == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("numbers", NUMBERS)
def test_an_empty_frame_has_its_columns_and_their_types(name: str, numbers: Any) -> None:
    frames = motovault.open_vault("memory:").garage("ana").frames
    table = getattr(frames, name)(backend="pyarrow", numbers=numbers)
    assert table.num_rows == 0
    assert table.schema == schema_of(name, numbers == "decimal")
    polars = getattr(frames, name)(numbers=numbers)
    assert isinstance(polars, pl.DataFrame)
    assert polars.columns == table.schema.names
    pandas = getattr(frames, name)(backend="pandas", numbers=numbers)
    assert isinstance(pandas, pd.DataFrame)
    assert list(pandas.columns) == table.schema.names


def test_pandas_has_moments_in_utc_dates_flags_and_missing_numbers(vault: Vault) -> None:
    frames = vault.garage("ana").frames
    frame = frames.fuel_logs(backend="pandas")
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds["filled_at"] == "datetime64[us, UTC]"
    assert kinds["local_date"] == "datetime64[us]"
    assert kinds["is_full_tank"] == "bool"
    assert kinds["tank"] == "int64"
    assert kinds["odometer_km"] == "float64"
    assert frame["mass_kg"].isna().all()
    exact = frames.fuel_logs(backend="pandas", numbers="decimal")
    assert exact["odometer_km"].iloc[0] == Decimal("16093.44")
    assert str(frames.vehicles(backend="pandas")["model_year"].dtype) == "Int64"


def test_wrong_words_are_refused_by_name(vault: Vault) -> None:
    frames: Any = vault.garage("ana").frames
    for wrong in (
        lambda: frames.fuel_logs(backend="spark"),
        lambda: frames.fuel_logs(numbers="int"),
        lambda: frames.batches("fuel"),
        lambda: frames.fuel_logs(backend=["polars"]),
        lambda: frames.batches({}),
        lambda: frames.batches(rows=0),
        lambda: frames.batches(rows=10**30),
        lambda: frames.intervals(economy_unit="furlongs"),
        lambda: frames.batches("intervals", economy_unit="furlongs"),
    ):
        with pytest.raises(InvalidValue):
            wrong()


@pytest.mark.parametrize(("backend", "extra"), [("pandas", "pandas"), ("polars", "analysis")])
def test_a_missing_package_is_named_with_its_extra(
    vault: Vault, backend: Any, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == backend else found(name, *rest)
    )
    with pytest.raises(MissingExtra, match=rf"motovault\[{extra}\]"):
        vault.garage("ana").frames.fuel_logs(backend=backend)


def test_what_an_open_transaction_wrote_is_seen_and_undone(server: tuple[str, str]) -> None:
    for kind in ("memory", "sqlite in memory", "postgresql", "postgresql, cached"):
        with opened(kind, *server) as (_, vault):
            garage = vault.garage("ana")
            with pytest.raises(ZeroDivisionError), garage.transaction():  # noqa: PT012
                car = garage.vehicles.add(license_plate="X")
                garage.fuel_logs.add(car.id, filled_at=datetime(2026, 1, 1, tzinfo=UTC), odometer=1, volume=1)
                assert len(garage.frames.fuel_logs()) == 1
                raise ZeroDivisionError
            assert len(garage.frames.fuel_logs()) == 0


def test_batches_end_with_the_transaction_that_they_were_begun_in(
    server: tuple[str, str], tmp_path: Path
) -> None:
    """Behind it the connection may be somebody else's."""
    with opened("postgresql", *server) as (_, on_server), motovault.open_vault(tmp_path / "x.db") as in_file:
        for vault in (on_server, in_file):
            garage = vault.garage("ana")
            car = garage.vehicles.add(license_plate="X")
            garage.fuel_logs.add(car.id, filled_at=datetime(2026, 1, 1, tzinfo=UTC), odometer=1, volume=1)
            with garage.transaction():
                begun = garage.frames.batches(rows=1)
                assert next(begun).num_rows == 1
            with pytest.raises(StorageFailure, match="has ended"):
                next(begun)


def test_batches_are_the_frame_in_parts(server: tuple[str, str]) -> None:
    for kind in ("memory", "sqlite in memory", "postgresql", "postgresql, the host's connection"):
        with opened(kind, *server) as (store, vault):
            for kept in AWKWARD:
                keep(store, kept)
            for name in NAMES:
                whole = getattr(vault.frames, name)(backend="pyarrow")
                parts = list(vault.frames.batches(name, rows=7))
                assert pa.Table.from_batches(parts, whole.schema).equals(whole), (kind, name)
                if name != "intervals":
                    assert max(map(len, parts)) <= 7
            unfinished = vault.frames.batches(rows=1)
            next(unfinished)
            unfinished.close()
            assert len(vault.garage(ANA).vehicles.list()) == 3
