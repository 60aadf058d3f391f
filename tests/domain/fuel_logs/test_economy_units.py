"""A unit that no one knows is named, not met by a bare KeyError."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from motovault.domain.fuel_logs import Fill, Void, economy, fills_from_logs
from motovault.quantities.errors import UnknownUnit
from motovault.testing.examples import example_fuel_log, example_vehicle


@pytest.mark.parametrize(("field", "value"), [("fuel_unit", "gal"), ("odometer_unit", "league")])
def test_a_fill_in_an_unknown_unit_is_named_by_its_field_and_value(field: str, value: str) -> None:
    units: dict[str, Any] = {"fuel_unit": "L", "odometer_unit": "km", field: value}
    fills = [
        Fill(id=n, on=date(2025, 1, n), odometer=Decimal(500), volume=Decimal(30), **units) for n in [1, 2]
    ]
    with pytest.raises(UnknownUnit, match=f"{field}: '{value}'"):
        economy(fills)


@pytest.mark.parametrize(
    ("field", "value", "void"),
    [("fuel_unit", "bucket", Void.UNKNOWN_VOLUME), ("odometer_unit", "league", None)],
)
def test_a_log_in_a_unit_that_is_none_says_nothing_and_spoils_no_other(
    field: str, value: str, void: Void | None
) -> None:
    """Another application may have written it: what it says is unknown, and the rest has its figures."""
    car = example_vehicle()
    logs = [
        example_fuel_log(car, filled_at=datetime(2025, 1, n, tzinfo=UTC), odometer=500 * n, volume=30, **more)
        for n, more in enumerate([{}, {}, {}, {}], start=1)
    ]
    object.__setattr__(logs[1], field, value)  # as read from a row that nobody checked
    fills = fills_from_logs(
        logs, distance_unit="km", fuel_unit="L", currency_code="EUR", local_date=datetime.date
    )
    (tank,) = economy(fills, distance_unit="km").tanks
    assert [one.void for one in tank.intervals] == ([void, None, None] if void else [None, None])
    assert tank.average is not None
