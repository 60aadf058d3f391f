"""What is written for other processes and later releases: exact, versioned, and never trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.cache import CachedStore, CachedVinDecoder, keys, open_cache
from motovault.cache.fuel_logs import FUEL_LOGS
from motovault.cache.maintenance import MAINTENANCE_LOGS, MAINTENANCE_SCHEDULES
from motovault.cache.values import Kept, ListKind, PlainKind
from motovault.cache.vehicles import VEHICLES
from motovault.domain.loading import loader
from motovault.domain.vehicles import BasicVinDecoder
from motovault.storage.memory import MemoryStore
from motovault.testing import strategies
from motovault.testing.examples import ANA, example_fuel_log, example_vehicle

DATA = Path(__file__).parent / "data"
LISTS: list[ListKind[Any]] = [VEHICLES, FUEL_LOGS, MAINTENANCE_LOGS, MAINTENANCE_SCHEDULES]
FINGERPRINTS: dict[str, str] = json.loads((DATA / "fingerprints.json").read_text())


def _types(value: Any) -> list[type]:
    return [type(getattr(value, field.name)) for field in attrs.fields(type(value))]


def _comes_back(kind: ListKind[Any], entity: Any) -> None:
    kept = Kept("ana", (entity,), 1.5, 2.5)
    found = kind.decode(kind.encode(kept))
    assert found == kept
    assert found is not None
    assert found.value is not None
    assert _types(found.value[0]) == _types(entity)
    assert repr(found.value[0]) == repr(entity)


@given(strategies.vehicles())
def test_a_vehicle_comes_back_as_it_was(vehicle: Any) -> None:
    _comes_back(VEHICLES, vehicle)


@given(strategies.fuel_logs())
def test_a_fuel_log_comes_back_as_it_was(log: Any) -> None:
    _comes_back(FUEL_LOGS, log)
    for field in ("odometer", "volume", "total_cost"):
        value = getattr(log, field)
        found: Any = FUEL_LOGS.decode(FUEL_LOGS.encode(Kept("ana", (log,), 1, 2)))
        assert str(getattr(found.value[0], field)) == str(value)  # the scale too


@given(strategies.maintenance_logs())
def test_a_maintenance_log_comes_back_as_it_was(log: Any) -> None:
    _comes_back(MAINTENANCE_LOGS, log)


@given(strategies.maintenance_schedules())
def test_a_maintenance_schedule_comes_back_as_it_was(schedule: Any) -> None:
    _comes_back(MAINTENANCE_SCHEDULES, schedule)


def test_words_that_another_application_wrote_come_back() -> None:
    log = example_fuel_log(example_vehicle())
    values = attrs.asdict(log, recurse=False) | {"fuel_type": "moonshine"}
    _comes_back(FUEL_LOGS, loader(type(log))(*values.values()))


def test_a_list_too_long_to_keep_is_known_as_such() -> None:
    kept: Kept[Any] = Kept("ana", None, 1.5, 2.5)
    assert FUEL_LOGS.decode(FUEL_LOGS.encode(kept)) == kept


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.schema)
def test_the_version_is_raised_when_the_fields_change(kind: ListKind[Any]) -> None:
    """Raise the version in motovault.cache, and write the new fingerprint beside the old one."""
    assert FINGERPRINTS[kind.schema] == kind.fingerprint


# ------------------------------------------------------- what others left there


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bin")), ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.schema)
def test_what_a_previous_release_left_is_missed(path: Path, kind: ListKind[Any]) -> None:
    assert kind.decode(path.read_bytes()) is None


@given(st.binary() | st.text().map(str.encode) | st.from_type(type(None)).map(lambda _: b"null"))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    for kind in LISTS:
        assert kind.decode(raw) is None


@given(st.data())
def test_a_value_that_was_damaged_is_missed_or_whole(data: st.DataObject) -> None:
    kept = Kept("ana", (example_vehicle(nickname="Ж"),), 1.5, 2.5)
    raw = bytearray(VEHICLES.encode(kept))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = VEHICLES.decode(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    assert found is None or isinstance(found, Kept)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bin")), ids=lambda path: path.stem)
def test_an_old_entry_on_the_server_is_replaced(
    path: Path, redis_url: str, redis_prefix: str, redis_client: Any
) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    store = CachedStore(MemoryStore(), answers)
    vehicle = example_vehicle()
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(vehicle)
        assert work.vehicles.list_live() == [vehicle]
        key = f"{redis_prefix}vehicles:user:{ANA}"
        epoch = redis_client.get(f"{redis_prefix}epoch")
        for raw in (path.read_bytes(), b'{"epoch":"' + epoch + b'","kept":' + path.read_bytes() + b"}"):
            redis_client.set(key, raw)
            assert work.vehicles.list_live() == [vehicle]
            assert redis_client.get(key) != raw
    answers.close()


# ------------------------------------------------------------------------- keys, lifetimes


def test_keys_and_lifetimes_are_the_stated_ones(redis_url: str, redis_prefix: str, redis_client: Any) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    store = CachedStore(MemoryStore(), answers)
    vehicle = example_vehicle()
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(vehicle)
        work.fuel_logs.add(example_fuel_log(vehicle))
        work.vehicles.list_live()
        work.fuel_logs.list_for_vehicle(vehicle.id)
    with store.catalogue_unit_of_work() as catalogue:
        assert catalogue.catalogue.models(2019, "Land Rover") == []
    one, other = "1HGCM82633A123454", "WVWZZZ1KZ8W000001"
    decoder = CachedVinDecoder(BasicVinDecoder(), answers)
    decoder.decode(one)
    list(decoder.decode_many([other]))
    expected = {
        f"vehicles:user:{ANA}": 300,
        f"fuel-logs:vehicle:{vehicle.id}:typed": 300,
        "dropdown:models:make=Land%20Rover&year=2019": 6 * 3600,
        f"vin:decode:{one}": 7 * 86400,
        f"vin:decode:{other}": 7 * 86400,
    }
    found = {key.decode().removeprefix(redis_prefix) for key in redis_client.keys(f"{redis_prefix}*")}
    assert found == {*expected, "epoch"}
    for key, seconds in expected.items():
        assert seconds - 30 < redis_client.ttl(redis_prefix + key) <= seconds
    answers.close()


def test_parameters_cannot_be_taken_for_one_another() -> None:
    assert keys.dropdown("models", {"make": "a&year=1"}) != keys.dropdown("models", {"make": "a", "year": 1})
    assert keys.dropdown("models", {"b": 1, "a": 2}) == keys.dropdown("models", {"a": 2, "b": 1})


def test_a_value_of_another_type_is_missed() -> None:
    assert PlainKind("x", 1, 1, int).decode(b"[]") is None
    text: PlainKind[str] = PlainKind("x", 1, 1, str)
    assert PlainKind("x", 1, 1, int).decode(text.encode(Kept("", "one", 1, 2))) is None
    assert PlainKind("x", 2, 1, str).decode(text.encode(Kept("", "one", 1, 2))) is None
