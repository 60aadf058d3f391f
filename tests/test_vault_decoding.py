"""What a vault tells of VINs: with its catalogue, without one, and within a transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import motovault
from motovault.domain.platform import CatalogueRightMissing, VehicleOption
from motovault.domain.tiers import AllFeatures
from motovault.domain.vehicles import BasicVinDecoder, DecodedVin
from motovault.errors import StorageFailure
from motovault.storage.sql import make_engine, migrate
from motovault.testing.contracts.base import at_once
from motovault.vault import Vault
from tests import scratch

HONDA = "1HGCM82633A123454"
CATALOGUE = b"year,make,model\n2003,HONDA,Accord\n2003,Acura,TL\n"

Opens = Callable[..., Vault]


@pytest.fixture(params=["memory", "sqlite", "sqlite, cached", "postgresql", "postgresql, cached"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opens]:
    made: list[Vault] = []
    place: Any = {"memory": "memory:"}.get(request.param.split(",")[0], tmp_path / "garage.db")
    if request.param.startswith("postgresql"):
        place = request.getfixturevalue("postgres_database")

    def open_it(**options: Any) -> Vault:
        if "cached" in request.param:
            options["cache"] = "memory:"
        options = {"vin_decoder": BasicVinDecoder(), "policy": AllFeatures(), **options}
        made.append(motovault.open_vault(place, **options))
        return made[-1]

    yield open_it
    for vault in made:
        vault.close()


def said(answer: DecodedVin) -> tuple[str | None, str]:
    return answer.make.value, answer.make.confidence.value


def test_without_options_the_decoders_word_is_medium_and_with_them_it_is_compared(opens: Opens) -> None:
    vault = opens()
    garage = vault.garage("ana")
    assert said(vault.vin_decoder.decode(HONDA)) == ("Honda", "medium")
    vault.import_catalogue(CATALOGUE)
    for answer in (
        vault.vin_decoder.decode(HONDA),
        *vault.vin_decoder.decode_many([HONDA]),
        garage.vehicles.decode(HONDA),
    ):
        assert said(answer) == ("HONDA", "high")
        assert answer.model_year.confidence.value == "high"
        assert answer.country.value == "United States"
    vault.import_catalogue(b"year,make,model\n2003,Acura,TL\n", replace=True)
    assert said(garage.vehicles.decode(HONDA)) == (None, "none")
    car = garage.vehicles.add(vin=HONDA, decode=True)
    assert (car.make, car.model_year) == (None, 2003)


def test_who_holds_a_connection_does_not_wait_for_a_second_one(opens: Opens) -> None:
    """Two transactions on two connections, each of which decodes: none may wait for a third."""
    vault = opens(pool_size=2)
    vault.import_catalogue(CATALOGUE)
    both_are_in = threading.Barrier(2, timeout=20)

    def add(name: str, waits: bool) -> str | None:
        garage = vault.garage(name)
        with garage.transaction():
            if waits:
                both_are_in.wait()
            return garage.vehicles.add(vin=HONDA, decode=True).make

    is_postgresql = "postgresql" in repr(vault)
    found = at_once([lambda name=name: add(name, is_postgresql) for name in ("ana", "ben")])  # type: ignore[misc]
    assert found == ["Honda", "Honda"]


def test_in_a_transaction_the_catalogue_is_read_as_it_is_now(opens: Opens) -> None:
    vault = opens()
    garage = vault.garage("ana")
    assert said(garage.vehicles.decode(HONDA)) == ("Honda", "medium")
    vault.import_catalogue(CATALOGUE)
    with garage.transaction():
        assert said(garage.vehicles.decode(HONDA)) == ("HONDA", "high")
        garage.vehicles.add(vin=HONDA, decode=True)
    assert garage.vehicles.count() == 1


def test_a_database_in_memory_has_one_connection_and_that_is_enough() -> None:
    with motovault.open_vault("sqlite://", policy=AllFeatures(), vin_decoder=BasicVinDecoder()) as vault:
        vault.import_catalogue(CATALOGUE)
        garage = vault.garage("ana")
        with garage.transaction():
            assert garage.vehicles.add(vin=HONDA, decode=True).make == "Honda"


# ------------------------------------------------------- no catalogue, or none for us


@pytest.fixture
def bare(postgres_url: str) -> Iterator[str]:
    """A database of vehicles alone: nobody made the tables of a catalogue."""
    with scratch.database(postgres_url) as url:
        db_engine = make_engine(url)
        migrate.upgrade(db_engine, ["vehicles", "fuel_logs", "maintenance", "user_preferences"])
        db_engine.dispose()
        yield url


def test_where_none_is_installed_decoding_goes_on_and_so_does_the_transaction(bare: str) -> None:
    with motovault.open_vault(bare, policy=AllFeatures(), vin_decoder=BasicVinDecoder()) as vault:
        assert said(vault.vin_decoder.decode(HONDA)) == ("Honda", "medium")
        garage = vault.garage("ana")
        with garage.transaction():
            garage.vehicles.add(license_plate="A 1")
            assert garage.vehicles.add(vin=HONDA, decode=True).make == "Honda"
            garage.vehicles.add(license_plate="A 2")
        assert garage.vehicles.count() == 3


def test_a_hosts_transaction_survives_that_there_is_no_catalogue(bare: str) -> None:
    db_engine = make_engine(bare)
    with db_engine.connect() as connection:
        vault = motovault.open_vault(
            connection=connection, policy=AllFeatures(), vin_decoder=BasicVinDecoder()
        )
        garage = vault.garage("ana")
        garage.vehicles.add(license_plate="A 1")
        assert garage.vehicles.add(vin=HONDA, decode=True).make == "Honda"
        assert vault.garage("ana").vehicles.count() == 2
        connection.commit()
    with db_engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM vehicles")).scalar() == 2
    db_engine.dispose()


def test_a_role_that_may_not_read_it_decodes_without(postgres_url: str) -> None:
    with scratch.role(postgres_url) as role, scratch.database(postgres_url) as url:
        db_engine = make_engine(url)
        migrate.upgrade(db_engine)
        with db_engine.begin() as connection:
            connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {role}"))
            names = sa.inspect(connection).get_table_names()
            for name in names:
                if name not in ("engines", "transmissions", "vehicle_options"):
                    connection.execute(sa.text(f'GRANT SELECT, INSERT ON "{name}" TO {role}'))
        with motovault.open_vault(
            scratch.as_role(url, role), policy=AllFeatures(), vin_decoder=BasicVinDecoder()
        ) as vault:
            garage = vault.garage("ana")
            with garage.transaction():
                assert garage.vehicles.add(vin=HONDA, decode=True).make == "Honda"
            assert garage.vehicles.count() == 1
            with pytest.raises(CatalogueRightMissing, match="SELECT to read"):
                vault.catalogue.years()
            with pytest.raises(StorageFailure):
                vault.catalogue.import_options([VehicleOption(model_year=2003, make="Honda", model="Jazz")])
        db_engine.dispose()
