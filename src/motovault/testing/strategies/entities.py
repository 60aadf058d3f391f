"""Vehicles, fuel logs and preferences with every field anything that it may be, each for itself.

For logs that make sense together see :mod:`motovault.testing.strategies.histories`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from motovault.domain.fuel_logs import FuelLog, FuelLogId, FuelType
from motovault.domain.user_preferences import UnitSystem, UserPreferences
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.ports import UserId
from motovault.quantities.context import EXACT
from motovault.quantities.units import DistanceUnit, FuelUnit
from motovault.testing.examples import ANA
from motovault.testing.strategies.vins import vins

__all__ = ["amounts", "fuel_logs", "moments", "texts", "user_preferences", "vehicles"]

_ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Chatham"]


def moments() -> st.SearchStrategy[datetime]:
    """Aware moments in UTC, to the microsecond, from 1970 to 2100.

    >>> from hypothesis import find
    >>> find(moments(), lambda moment: True)
    datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text in the form in which entities keep it: some of it, trimmed, no NUL, no lone surrogate.

    >>> from hypothesis import find
    >>> find(texts(5), lambda text: len(text) == 3)
    '000'
    """
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    return st.text(characters, min_size=1, max_size=longest).map(str.strip).filter(bool)


def amounts(largest: int, places: int) -> st.SearchStrategy[Decimal]:
    """Exact numbers from 0 to ``largest`` with so many decimals.

    >>> from hypothesis import find
    >>> find(amounts(10, 3), lambda amount: amount > 1)
    Decimal('1.001')
    """
    return st.integers(0, largest * 10**places).map(lambda n: EXACT.scaleb(Decimal(n), -places))


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _ids() -> st.SearchStrategy[UUID]:
    return st.uuids()


@st.composite
def vehicles(draw: st.DrawFn, /, user_id: UserId = ANA, **fixed: Any) -> Vehicle:
    """Vehicles, live and deleted, with a VIN, a plate or both.

    Args:
        user_id: Whose they are.
        **fixed: Fields that are not drawn.

    .. code-block:: python

        @given(vehicles(make="Honda", deleted_at=None, is_active=True))
        def test_a_live_vehicle_has_a_title(vehicle): ...
    """
    created_at = draw(moments())
    values: dict[str, Any] = {
        "id": VehicleId(draw(_ids())),
        "vin": draw(_maybe(vins())),
        "license_plate": draw(_maybe(texts(20))),
        "make": draw(_maybe(texts(100))),
        "model": draw(_maybe(texts(100))),
        "model_year": draw(_maybe(st.integers(1885, 2100))),
        "trim": draw(_maybe(texts(100))),
        "engine": draw(_maybe(texts(100))),
        "transmission": draw(_maybe(texts(100))),
        "nickname": draw(_maybe(texts(100))),
        "color": draw(_maybe(texts(50))),
        "odometer_reading": draw(_maybe(st.integers(0, 2**31 - 1))),
        "image_bucket": draw(_maybe(texts(128))),
        "image_key": draw(_maybe(texts(512))),
        "is_active": not draw(st.booleans()) or draw(st.booleans()),
        "deleted_at": draw(_maybe(moments())),
        "created_at": created_at,
        "updated_at": max(created_at, draw(moments())),
        "distance_unit": draw(_maybe(st.sampled_from(DistanceUnit))),
        "odometer_read_at": draw(_maybe(moments())),
    } | fixed
    if values["vin"] is None and values["license_plate"] is None:
        values["license_plate"] = "AB 123"
    return Vehicle(user_id=user_id, **values)


@st.composite
def fuel_logs(
    draw: st.DrawFn, /, vehicle_id: VehicleId | None = None, user_id: UserId = ANA, **fixed: Any
) -> FuelLog:
    """Fuel logs, each for itself.

    Args:
        vehicle_id: Whose they are; any by default.
        user_id: Whose that one is.
        **fixed: Fields that are not drawn.

    .. code-block:: python

        @given(st.lists(fuel_logs(car.id, odometer_unit="km")))
        def test_any_logs_can_be_exported(logs): ...
    """
    created_at = draw(moments())
    values: dict[str, Any] = {
        "id": FuelLogId(draw(_ids())),
        "vehicle_id": vehicle_id or VehicleId(draw(_ids())),
        "filled_at": draw(moments()),
        "odometer": draw(_maybe(amounts(10**12 - 1, 6))),
        "trip_distance": draw(_maybe(amounts(10**12 - 1, 6))),
        "fuel_type": draw(_maybe(st.sampled_from(FuelType))),
        "fuel_grade": draw(_maybe(texts(50))),
        "volume": draw(_maybe(amounts(10**7 - 1, 3))),
        "price_per_unit": draw(_maybe(amounts(10**7 - 1, 3))),
        "total_cost": draw(_maybe(amounts(10**8 - 1, 2))),
        "location": draw(_maybe(texts(500))),
        "notes": draw(_maybe(texts(1000))),
        "created_at": created_at,
        "updated_at": max(created_at, draw(moments())),
        "odometer_unit": draw(_maybe(st.sampled_from(DistanceUnit))),
        "fuel_unit": draw(_maybe(st.sampled_from(FuelUnit))),
        "is_full_tank": not draw(st.booleans()),
        "missed_previous": draw(st.booleans()),
        "tank": draw(st.integers(1, 9)),
        "is_towing": draw(st.booleans()),
        "excluded_distance": draw(_maybe(amounts(10**12 - 1, 6))),
        "currency_code": draw(_maybe(st.sampled_from(["USD", "EUR", "JPY", "XXX"]))),
        "charge_start_percent": draw(_maybe(amounts(100, 2))),
        "charge_end_percent": draw(_maybe(amounts(100, 2))),
        "source": draw(_maybe(texts(50))),
        "source_key": draw(_maybe(texts(255))),
    } | fixed
    return FuelLog(user_id=user_id, **values)


def user_preferences(user_id: UserId = ANA) -> st.SearchStrategy[UserPreferences]:
    """Preferences.

    .. code-block:: python

        @given(user_preferences(), moments())
        def test_today_is_near(preferences, now): ...
    """
    return st.builds(
        UserPreferences,
        id=_ids(),
        user_id=st.just(user_id),
        unit_system=st.sampled_from(UnitSystem),
        currency_code=st.sampled_from(["USD", "EUR", "JPY", "XXX"]),
        time_zone=st.sampled_from(_ZONES),
        created_at=moments(),
        updated_at=moments(),
    )
