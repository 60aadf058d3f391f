"""The wiring: what open_vault takes, refuses, makes and leaves to the host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

import motovault
from motovault.ports import UserId
from motovault.storage.sql import SchemaBehind, SqlStore, make_engine
from motovault.storage.sql.migrate import upgrade

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_path_makes_and_migrates_a_sqlite_file(tmp_path: Path) -> None:
    with motovault.open_vault(tmp_path / "garage.db") as vault:
        car = vault.garage("ana").vehicles.add(license_plate="AB 123")
        assert vault.status().is_current
    with motovault.open_vault(str(tmp_path / "garage.db")) as again:
        assert again.garage("ana").vehicles.list() == [car]


def test_postgresql_is_not_migrated_unasked(empty_postgres_database: str) -> None:
    with pytest.raises(SchemaBehind) as caught:
        motovault.open_vault(empty_postgres_database)
    assert "motovault migrate --database" in str(caught.value)
    with motovault.open_vault(empty_postgres_database, migrate=True) as vault:
        assert vault.garage("ana").vehicles.count() == 0


@pytest.mark.parametrize("given", [{}, {"database": "memory:", "connection": object()}, {"database": 5}])
def test_exactly_one_place_must_be_named(given: dict[str, object]) -> None:
    with pytest.raises(motovault.InvalidValue) as caught:
        motovault.open_vault(**given)  # type: ignore[arg-type]
    assert caught.value.field == "database"


def test_a_hosts_engine_stays_the_hosts(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "garage.db")
    upgrade(engine)
    with motovault.open_vault(engine=engine) as vault:
        vault.garage("ana").vehicles.add(license_plate="AB 123")
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM vehicles")) == 1
    engine.dispose()


@pytest.mark.parametrize("keeps", [True, False])
def test_on_a_hosts_connection_the_host_commits(shared_postgres_url: str, keeps: bool) -> None:
    engine = make_engine(shared_postgres_url)
    with engine.connect() as connection:
        garage = motovault.open_vault(connection=connection).garage("ana")
        car = garage.vehicles.add(license_plate="AB 123")
        garage.fuel_logs.add(car.id, filled_at=NOON, odometer=5, volume=1)
        (connection.commit if keeps else connection.rollback)()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM fuel_logs")) == int(keeps)
    engine.dispose()


def test_checking_the_schema_leaves_a_hosts_transaction_alone(empty_postgres_database: str) -> None:
    engine = make_engine(empty_postgres_database)
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE theirs (n int)"))
        with pytest.raises(SchemaBehind):
            motovault.open_vault(connection=connection)
        connection.execute(sa.text("INSERT INTO theirs VALUES (1)"))
        connection.commit()
        assert connection.scalar(sa.text("SELECT n FROM theirs")) == 1
    engine.dispose()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[motovault.Vault]:
    places = {"memory": "memory:", "sqlite": tmp_path / "garage.db"}
    place = places.get(request.param) or request.getfixturevalue("shared_postgres_url")
    with motovault.open_vault(place) as made:
        yield made


def add_and_fail(garage: motovault.Garage) -> None:
    with garage.transaction():
        garage.vehicles.add(license_plate="never")
        raise RuntimeError


def test_a_transaction_keeps_all_or_nothing(vault: motovault.Vault) -> None:
    garage = vault.garage("ana")
    with pytest.raises(RuntimeError):
        add_and_fail(garage)
    assert garage.vehicles.count() == 0
    with garage.transaction():
        car = garage.vehicles.add(license_plate="AB 123")
        garage.fuel_logs.add(car.id, filled_at=NOON, odometer=5, volume=1)
    assert garage.fuel_logs.count(car.id) == 1


def test_an_error_inside_a_transaction_undoes_its_own_call_only(vault: motovault.Vault) -> None:
    garage = vault.garage("ana")
    with garage.transaction():
        garage.vehicles.add(vin="1M8GDM9AXKP042788")
        with pytest.raises(motovault.Conflict):
            garage.vehicles.add(vin="1M8GDM9AXKP042788")
        with pytest.raises(RuntimeError):
            add_and_fail(garage)
        garage.vehicles.add(license_plate="outer")
    assert [car.license_plate for car in garage.vehicles.list()] == [None, "outer"]


def test_a_transaction_belongs_to_its_thread(vault: motovault.Vault) -> None:
    garage = vault.garage("ana")
    seen: list[int] = []
    with garage.transaction():
        garage.vehicles.count()
        other = threading.Thread(target=lambda: seen.append(garage.vehicles.count()))
        other.start()
        other.join()
        garage.vehicles.add(license_plate="AB 123")
    assert seen == [0]
    assert garage.vehicles.count() == 1


def test_one_user_never_sees_anothers_vehicle(vault: motovault.Vault) -> None:
    ana, bob = vault.garage("ana"), vault.garage("bob")
    car = ana.vehicles.add(license_plate="AB 123")
    log = ana.fuel_logs.add(car.id, filled_at=NOON, odometer=5, volume=1)
    for call in (
        lambda: bob.vehicles.get(car.id),
        lambda: bob.vehicles.change(car.id, nickname="mine"),
        lambda: bob.vehicles.remove(car.id),
        lambda: bob.vehicles.restore(car.id),
        lambda: bob.fuel_logs.add(car.id, filled_at=NOON, odometer=6, volume=1),
        lambda: bob.fuel_logs.get(log.id),
        lambda: bob.fuel_logs.change(log.id, notes="mine"),
        lambda: bob.fuel_logs.remove(log.id),
        lambda: bob.fuel_logs.list(car.id),
        lambda: bob.fuel_logs.economy(car.id),
        lambda: bob.odometer.current(car.id),
    ):
        with pytest.raises(motovault.NotFound):
            call()
    assert bob.vehicles.list() == []
    assert ana.fuel_logs.list(car.id) == [log]


def test_two_who_change_one_vehicle_at_once_lose_nothing(vault: motovault.Vault) -> None:
    garage = vault.garage("ana")
    car = garage.vehicles.add(license_plate="AB 123")
    rounds, start, errors = 25, threading.Barrier(2), []

    def change(field: str) -> None:
        own = vault.garage("ana")
        start.wait()
        try:
            for n in range(1, rounds + 1):
                own.vehicles.change(car.id, **{field: f"{field} {n}"})  # type: ignore[arg-type]
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=change, args=(field,)) for field in ("nickname", "color")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    kept = garage.vehicles.get(car.id)
    assert (kept.nickname, kept.color) == (f"nickname {rounds}", f"color {rounds}")


def test_a_second_writer_in_one_thread_is_told_at_once_instead_of_waiting_for_itself(
    vault: motovault.Vault, request: pytest.FixtureRequest
) -> None:
    ana, bob = vault.garage("ana"), vault.garage("bob")
    if "postgres" in request.node.name:
        with ana.transaction():
            ana.vehicles.add(license_plate="A")
            bob.vehicles.add(license_plate="B")  # its own transaction; the two do not meet
        assert bob.vehicles.count() == 1
        return
    with ana.transaction():
        ana.vehicles.add(license_plate="A")
        with pytest.raises(motovault.StorageFailure, match="this thread"):
            bob.vehicles.add(license_plate="B")
    bob.vehicles.add(license_plate="B")
    assert (ana.vehicles.count(), bob.vehicles.count()) == (1, 1)


def test_looking_keeps_nothing(vault: motovault.Vault) -> None:
    garage = vault.garage("ana")
    assert garage.preferences.peek().currency_code == "USD"
    assert garage.preferences.change(unit_system="metric").id == garage.preferences.peek().id


def test_no_error_text_holds_a_whole_vin(vault: motovault.Vault) -> None:
    with pytest.raises(motovault.NotFound) as caught:
        vault.garage("ana").vehicles.get("1M8GDM9AXKP042788")  # type: ignore[arg-type]
    assert "1M8GDM9AXKP042788" not in str(caught.value)


def test_a_transaction_may_end_in_another_thread_than_it_began_in(tmp_path: Path) -> None:
    """Web frameworks enter a request's context in one thread of a pool and leave it in the next."""
    engine = make_engine(tmp_path / "garage.db")
    upgrade(engine)
    work = SqlStore(engine).unit_of_work(UserId("ana"), atomic=True)
    work.__enter__()
    assert work.vehicles.count_live() == 0
    other = threading.Thread(target=work.__exit__, args=(None, None, None))
    other.start()
    other.join()
    garage = motovault.open_vault(engine=engine).garage("ana")
    garage.vehicles.add(license_plate="AB 123")
    assert garage.vehicles.count() == 1
    engine.dispose()
