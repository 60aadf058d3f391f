"""Real owners' logs against the economy that their own application printed beside each fill.

The files lie beside a checkout, not in it (their licences do not let them be
spread); without them there is nothing to compare and these tests are skipped.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from motovault.domain.fuel_logs import Fill, economy
from motovault.quantities.economy import convert_economy

FOLDER = Path(__file__).parents[4] / "shared" / "samples" / "real"

DISPLAY = Decimal("0.00501")
"""Half of the last of two decimals: of what is kept per hundred, and again of its inverse that is printed."""


def text_of(name: str) -> str:
    file = FOLDER / name
    if not file.exists():
        pytest.skip(f"{name} is not beside this checkout")
    return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def fuelly(name: str, distance_unit: str, fuel_unit: str) -> Iterator[tuple[Fill, Decimal | None]]:
    rows = csv.DictReader(io.StringIO(text_of(name)), skipinitialspace=True)
    for key, row in enumerate(rows):
        printed = Decimal(row.get("mpg") or row.get("km/l") or "0")
        spelling = "%Y-%m-%d" if "-" in row["fuelup_date"] else "%m/%d/%y"
        fill = Fill(
            id=key,
            on=datetime.strptime(row["fuelup_date"], spelling).replace(tzinfo=UTC).date(),
            odometer=Decimal(row["odometer"]),
            volume=Decimal(row.get("gallons") or row["litres"]),
            odometer_unit=distance_unit,
            fuel_unit=fuel_unit,
            is_full_tank=row["partial_fuelup"] == "0",
            missed_previous=row["missed_fuelup"] == "1",
        )
        yield fill, printed or None


def fuelio() -> Iterator[tuple[Fill, Decimal | None]]:
    section = text_of("fuelio_punto_bifuel_pignatta.csv").split('"## Log"\n')[1].split('"## ')[0]
    for key, row in enumerate(csv.DictReader(io.StringIO(section))):
        tank, printed = int(row["TankNumber"]), Decimal(row["km/l (optional)"] or "0")
        fill = Fill(
            id=key,
            on=date.fromisoformat(row["Data"][:10]),
            odometer=Decimal(row["Odo (km)"]) or None,
            volume=Decimal(row["kg"]),
            odometer_unit="km",
            fuel_unit="kg" if tank == 1 else "L",
            is_full_tank=row["Full"] == "1",
            missed_previous=row["Missed"] == "1",
            excluded_distance=Decimal(row["ExcludeDistance"] or "0"),
            tank=tank,
        )
        yield fill, printed or None


def share_of_agreement(pairs: list[tuple[Fill, Decimal | None]], slack: Decimal) -> tuple[int, Decimal]:
    """How many full fills the application printed a figure for, and how many of them we agree on.

    Compared is what was burnt per hundred: that is what the applications keep, to two decimals.
    """
    printed = {fill.id: figure for fill, figure in pairs if figure and figure > 0 and fill.is_full_tank}
    agreed = 0
    for tank in economy([fill for fill, _ in pairs]).tanks:
        per_fuel = f"{tank.distance_unit}/{tank.fuel_unit}".replace("mi/us_gal", "mpg_us")
        for key, figure in tank.figures():
            ours = convert_economy(figure, tank.economy_unit, per_fuel)
            theirs = printed.get(key)
            if ours is not None and theirs is not None:
                apart = abs(100 / ours - 100 / theirs)
                agreed += apart <= DISPLAY + DISPLAY * 100 / theirs**2 + slack * 100 / theirs
    return len(printed), Decimal(agreed) / len(printed)


@pytest.mark.parametrize(
    ("name", "distance_unit", "fuel_unit", "figures"),
    [
        ("fuelly_tundra_corynissen.csv", "mi", "us_gal", 61),
        ("fuelly_scioniq_bjherger_CR.csv", "mi", "us_gal", 41),
        ("fuelly_vstrom_vitominheere.csv", "km", "L", 22),
    ],
)
def test_fuelly_logs_give_the_economy_that_fuelly_printed(
    name: str, distance_unit: str, fuel_unit: str, figures: int
) -> None:
    rows = list(fuelly(name, distance_unit, fuel_unit))
    # the same fill-up written down twice: an import drops the copy, so we do
    pairs = list({(fill.on, fill.odometer, fill.volume): (fill, figure) for fill, figure in rows}.values())
    # volumes were rounded to 0.01 before they were exported, some of the distances to whole ones
    assert share_of_agreement(pairs, slack=Decimal("0.0012")) == (figures, 1)


def test_a_bi_fuel_car_agrees_with_its_application_on_nearly_every_interval() -> None:
    """Two fuels over one dial; the application forgets what is excluded at a partial fill, we do not."""
    gas = [(fill, figure) for fill, figure in fuelio() if fill.tank == 1]
    count, share = share_of_agreement(gas, slack=Decimal(0))
    assert count > 300
    assert Decimal("0.99") <= share < 1


def test_a_bi_fuel_car_disagrees_without_its_excluded_distances() -> None:
    """The comparison above can fail: it hangs on one column of the file."""
    gas = [pair for pair in fuelio() if pair[0].tank == 1]
    gas = [(attrs.evolve(fill, excluded_distance=None), figure) for fill, figure in gas]
    _, share = share_of_agreement(gas, slack=Decimal(0))
    assert share < Decimal("0.7")
