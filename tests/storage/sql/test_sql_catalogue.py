"""The catalogue in SQL beyond the contract: no tables, rows of others, 100,000 options."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from motovault import open_vault
from motovault.domain.platform import CatalogueNotInstalled, EngineSpec, VehicleOption
from motovault.errors import StorageFailure
from motovault.storage.sql import SqlStore, make_engine, migrate
from motovault.storage.sql.platform import spellings
from motovault.storage.sql.shipped import VAULT
from motovault.testing.catalogue import catalogue_options, write_catalogue
from motovault.testing.contracts.platform import CARS, I4, bring_in, whole
from motovault.testing.examples import ANA, NOON, example_option, example_vehicle
from tests import scratch

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "vehicle-catalogue.md"
SIZE = 30_000


def execute(store: SqlStore, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def rows(store: SqlStore, query: str) -> list[tuple[object, ...]]:
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


# ------------------------------------------------------------------------- no tables


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database with what a vault reads, and no catalogue."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        url = request.getfixturevalue("empty_postgres_database")
    db_engine = make_engine(url)
    migrate.upgrade(db_engine, list(VAULT))
    db_engine.dispose()
    return url


def test_a_vault_does_without_a_catalogue_and_says_what_makes_one(bare_url: str) -> None:
    with open_vault(bare_url, migrate=False) as vault:
        vault.garage("ana").vehicles.add(license_plate="AB 1")
        for ask in (
            vault.catalogue.years,
            lambda: vault.catalogue.models(2020, "Honda"),
            lambda: vault.catalogue.find_engine("V6"),
            lambda: vault.catalogue.import_options(CARS),
        ):
            with pytest.raises(CatalogueNotInstalled) as caught:
                ask()
            assert caught.value.command == "motovault migrate --capsule platform"
            assert caught.value.command in str(caught.value)
        vault.migrate(["platform"])
        assert vault.catalogue.import_options(CARS).added == len(CARS)
        assert vault.garage("ana").vehicles.count() == 1


def test_another_failure_is_not_taken_for_a_missing_catalogue(own_store: SqlStore) -> None:
    execute(own_store, "ALTER TABLE vehicle_options RENAME COLUMN make TO maker")
    with (
        pytest.raises(Exception, match=r"column|missing") as caught,
        own_store.catalogue_unit_of_work() as work,
    ):
        work.catalogue.makes(2020)
    assert not isinstance(caught.value, CatalogueNotInstalled)


def test_the_page_grants_what_reading_and_importing_need_and_no_more(postgres_url: str) -> None:
    grants = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("GRANT ")]
    with scratch.role(postgres_url) as role, scratch.database(postgres_url) as url:
        db_engine = make_engine(url)
        migrate.upgrade(db_engine)
        owner = SqlStore(db_engine)
        bound_engine = make_engine(scratch.as_role(url, role))
        bound = SqlStore(bound_engine)
        execute(owner, f"GRANT USAGE ON SCHEMA public TO {role}")
        execute(owner, grants[0].replace("garage_app", role))
        with bound.catalogue_unit_of_work() as work:
            assert work.catalogue.years() == []
        for grant in grants[1:]:
            with pytest.raises(StorageFailure):
                bring_in(bound, CARS)
            execute(owner, grant.replace("garage_app", role))
        assert bring_in(bound, CARS).added == len(CARS)
        assert bring_in(bound, CARS[:1], replace=True).removed == len(CARS) - 1
        bound_engine.dispose()
        db_engine.dispose()


# ------------------------------------------------------------- other applications' rows


def test_rows_of_another_application_are_read_as_they_are(store: SqlStore) -> None:
    execute(
        store,
        "INSERT INTO engines (name, specs_json) VALUES ('3.0L V6', '{\"bore\": 95}')",
        "INSERT INTO vehicle_options (year, make, model, trim, engine_id) VALUES"
        " (2020, 'HONDA', 'civic', 'EX', 1), (2020, 'Honda', 'Civic', 'EX', 1),"
        " (2020, 'honda', 'CIVIC', 'ex', NULL)",
    )
    with store.catalogue_unit_of_work() as work:
        assert work.catalogue.makes(2020) == ["HONDA"]
        assert work.catalogue.models(2020, "Honda") == ["CIVIC"]
        assert work.catalogue.engines(2020, "Honda", "Civic", "Ex") == ["3.0L V6"]
        engine = work.catalogue.find_engine("3.0l v6")
    assert engine is not None
    assert engine.specs == {"bore": 95}
    assert engine.created_at is not None
    assert engine.created_at.utcoffset() == timedelta(0)
    civic = example_option(trim="EX", engine=EngineSpec(name="3.0L V6"))
    assert not bring_in(store, [civic]).is_change
    assert bring_in(store, [civic], replace=True).removed == 2
    assert rows(store, "SELECT make FROM vehicle_options") == [("Honda",)]


def test_moments_are_kept_in_utc_without_a_zone(store: SqlStore) -> None:
    bring_in(store, CARS)
    (kept,) = rows(store, "SELECT DISTINCT created_at FROM vehicle_options")
    found = str(kept[0]).replace("T", " ")
    assert found.startswith("2026-01-01 12:00:00")
    assert rows(store, "SELECT DISTINCT updated_at FROM engines") == [kept]


def test_an_engine_that_is_deleted_leaves_its_options_there(store: SqlStore) -> None:
    bring_in(store, CARS)
    execute(store, "DELETE FROM engines")
    with store.catalogue_unit_of_work() as work:
        assert work.catalogue.engines(2020, "Honda", "Civic", "EX") == []
        assert work.catalogue.transmissions(2020, "Honda", "Civic", "EX") == ["6-Speed Manual", "CVT"]


def test_a_failed_import_leaves_an_open_transaction_of_the_host_usable(store: SqlStore) -> None:
    def broken() -> Iterator[VehicleOption]:
        yield CARS[0]
        raise LookupError

    with store.engine.connect() as connection:
        hosted = SqlStore(connection=connection)
        with pytest.raises(LookupError):
            bring_in(hosted, broken())  # type: ignore[arg-type]
        assert bring_in(hosted, CARS[:3]).added == 3  # type: ignore[arg-type]
        with hosted.unit_of_work(ANA) as work:
            work.vehicles.add(example_vehicle())
        connection.rollback()
    assert whole(store) == {}


def test_names_with_many_letters_beyond_ascii(store: SqlStore) -> None:
    name = "Ďáblův Žíznivý Kůň"
    bring_in(store, [example_option(make=name)])
    with store.catalogue_unit_of_work() as work:
        for spelled in (name, name.upper(), name.lower()):
            assert work.catalogue.models(2020, spelled) == ["Civic"], spelled


def test_every_spelling_is_asked_for_as_sqlite_sees_it() -> None:
    assert spellings("F-150 %") == ["f-150 %"]
    assert set(spellings("ÉÀ x")) == {"éà x", "éÀ x", "Éà x", "ÉÀ x"}
    assert len(spellings("éàüöñç")) == 64
    assert len(spellings("éàüöñçø")) < 5
    assert spellings("ß") == ["ß"]  # a letter stays one letter


# --------------------------------------------------------------------------- in bulk


@pytest.mark.slow
def test_many_options_come_in_and_twice_change_nothing(migrated_url: str, tmp_path: Path) -> None:
    """In several chunks; that a hundred thousand do is in ``benchmarks/catalogue.py``."""
    path = tmp_path / "catalogue.csv"
    write_catalogue(path, catalogue_options(SIZE))
    with open_vault(migrated_url, migrate=False) as vault:
        told: list[int] = []
        assert vault.import_catalogue(path, progress=told.append).added == SIZE
        assert told[-1] == SIZE
        assert not vault.import_catalogue(path).is_change
        assert not vault.import_catalogue(path, replace=True).is_change
        some = list(catalogue_options(2_000))
        for option in some[::100]:
            names = option.make, option.model, option.trim
            assert option.engine is None or option.engine.name in vault.catalogue.engines(
                option.model_year, *map(str.upper, names)
            )
        changes = vault.catalogue.import_options(some, replace=True)
        assert (changes.added, changes.removed) == (0, SIZE - 2_000)
        assert changes.engines_removed > 300


def test_memory_does_not_grow_with_the_options(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines are held by name, options a chunk at a time: five chunks take what two take."""
    monkeypatch.setattr("motovault.storage.sql.catalogue_import._CHUNK", 3_000)

    def peak(size: int) -> int:
        options = (
            VehicleOption(model_year=2000 + n % 20, make="Make", model=f"Model {n}", engine=I4)
            for n in range(size)
        )
        tracemalloc.start()
        try:
            bring_in(store, options, at=NOON)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    assert peak(15_000) < 1.5 * peak(6_000)
