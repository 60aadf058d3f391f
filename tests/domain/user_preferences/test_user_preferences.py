"""What a user prefers, and what it decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault import Garage, InvalidValue, Vault
from motovault.domain.user_preferences import UnitSystem, UnknownTimeZone, UserPreferences, schema_defaults
from motovault.quantities.units import DistanceUnit, FuelUnit
from motovault.testing.clock import FrozenClock
from motovault.testing.examples import example_preferences
from motovault.testing.strategies import moments, user_preferences


def test_the_first_read_makes_the_defaults_of_the_schema(
    memory_garage: Garage, frozen_clock: FrozenClock
) -> None:
    made = memory_garage.preferences.get()
    assert (made.unit_system, made.currency_code, made.time_zone) == ("imperial", "USD", "America/New_York")
    assert made.created_at == frozen_clock.now()
    frozen_clock.advance(days=1)
    assert memory_garage.preferences.get() == made


def test_a_change_keeps_what_was_not_given(memory_garage: Garage, frozen_clock: FrozenClock) -> None:
    made = memory_garage.preferences.get()
    frozen_clock.advance(days=1)
    changed = memory_garage.preferences.change(currency_code="EUR")
    assert (changed.id, changed.unit_system, changed.currency_code) == (made.id, "imperial", "EUR")
    assert (changed.created_at, changed.updated_at) == (made.created_at, frozen_clock.now())
    changed = memory_garage.preferences.change(unit_system="metric", time_zone="Europe/Berlin")
    assert (changed.unit_system, changed.currency_code, changed.time_zone) == (
        "metric",
        "EUR",
        "Europe/Berlin",
    )
    assert memory_garage.preferences.get() == changed


def test_a_change_can_be_the_first_thing_a_user_does(memory_garage: Garage) -> None:
    assert memory_garage.preferences.change(unit_system=UnitSystem.METRIC).unit_system is UnitSystem.METRIC


def test_users_have_preferences_of_their_own(memory_vault: Vault) -> None:
    memory_vault.garage("ana").preferences.change(currency_code="EUR")
    assert memory_vault.garage("bob").preferences.get().currency_code == "USD"


@pytest.mark.parametrize(
    "changes",
    [
        {"unit_system": "Imperial"},
        {"unit_system": 5},
        {"currency_code": "usd"},
        {"currency_code": "US"},
        {"currency_code": "EURO"},
        {"currency_code": "ÄÖÜ"},
        {"currency_code": "U5D"},
        {"time_zone": "Berlin"},
        {"time_zone": ""},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "/etc/localtime"},
        {"time_zone": "America"},
        {"time_zone": "localtime"},
        {"time_zone": "right/UTC"},
        {"time_zone": "posix/Europe/Berlin"},
        {"time_zone": "UTC\x00"},
        {"time_zone": "\ud800"},
        {"time_zone": 5},
    ],
)
def test_a_wrong_change_is_refused_and_nothing_is_made(
    memory_garage: Garage, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidValue) as caught:
        memory_garage.preferences.change(**changes)
    assert caught.value.field == next(iter(changes))
    assert caught.value.value == next(iter(changes.values()))
    assert memory_garage.preferences.get().updated_at == memory_garage.preferences.get().created_at


def test_an_unknown_time_zone_has_an_error_of_its_own() -> None:
    with pytest.raises(UnknownTimeZone, match="IANA"):
        example_preferences(time_zone="Middle-earth/Shire")


def test_a_unit_system_says_what_stands_where_no_unit_was_typed() -> None:
    assert (UnitSystem.IMPERIAL.distance_unit, UnitSystem.IMPERIAL.fuel_unit) == (
        DistanceUnit.MI,
        FuelUnit.US_GAL,
    )
    assert (UnitSystem.METRIC.distance_unit, UnitSystem.METRIC.fuel_unit) == (DistanceUnit.KM, FuelUnit.L)


def test_the_defaults_are_those_of_the_schema_and_belong_to_nobody() -> None:
    defaults = schema_defaults()
    assert (defaults.unit_system, defaults.currency_code, defaults.time_zone) == (
        "imperial",
        "USD",
        "America/New_York",
    )
    assert defaults.user_id == "nobody"


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("America/New_York", datetime(2026, 1, 1, 4, 59, tzinfo=UTC), date(2025, 12, 31)),
        ("America/New_York", datetime(2026, 1, 1, 5, 0, tzinfo=UTC), date(2026, 1, 1)),
        ("Pacific/Kiritimati", datetime(2026, 1, 1, 10, 0, tzinfo=UTC), date(2026, 1, 2)),
        ("Europe/Berlin", datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("Europe/Berlin", datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_today_is_the_users_own(zone: str, moment: datetime, expected: date) -> None:
    assert example_preferences(time_zone=zone).local_date(moment) == expected


@given(user_preferences(), moments(), st.integers(-23, 23))
def test_today_is_the_same_whatever_zone_a_moment_is_told_in(
    preferences: UserPreferences, moment: datetime, hours: int
) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert preferences.local_date(elsewhere) == preferences.local_date(moment)
    assert abs(preferences.local_date(moment) - moment.date()) <= timedelta(days=1)


@pytest.mark.parametrize(
    "moment", [datetime(2026, 1, 1), datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, 3, tzinfo=UTC)]
)
def test_a_moment_that_has_no_local_date_is_refused(moment: datetime) -> None:
    with pytest.raises(InvalidValue) as caught:
        example_preferences().local_date(moment)
    assert caught.value.field == "moment"
