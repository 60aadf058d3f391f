"""A unit that no one knows is named, not met by a bare KeyError."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from motovault.domain.fuel_logs import Fill, economy
from motovault.quantities.errors import UnknownUnit


@pytest.mark.parametrize(("field", "value"), [("fuel_unit", "gal"), ("odometer_unit", "league")])
def test_a_fill_in_an_unknown_unit_is_named_by_its_field_and_value(field: str, value: str) -> None:
    units: dict[str, Any] = {"fuel_unit": "L", "odometer_unit": "km", field: value}
    fills = [
        Fill(id=n, on=date(2025, 1, n), odometer=Decimal(500), volume=Decimal(30), **units) for n in [1, 2]
    ]
    with pytest.raises(UnknownUnit, match=f"{field}: '{value}'"):
        economy(fills)
