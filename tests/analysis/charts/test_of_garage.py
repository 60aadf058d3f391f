"""``garage.charts``: a picture in three lines, over every store; and a chart as a file."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

import motovault
from motovault.analysis.charts import economy_chart, save_chart
from motovault.domain.fuel_logs import economy
from motovault.domain.vehicles import Vehicle, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.garage import Garage
from motovault.testing.clock import FrozenClock
from tests.analysis.charts.drawn import fill, of_kind, rows, texts

pytest.importorskip("altair")

CLOCK = FrozenClock(datetime(2026, 3, 10, 12, tzinfo=UTC))


@pytest.fixture
def garage(tmp_path: Path) -> Garage:
    return motovault.open_vault(tmp_path / "garage.db", clock=CLOCK).garage("ana")


@pytest.fixture
def car(garage: Garage) -> Vehicle:
    garage.preferences.change(unit_system="metric", currency_code="EUR", time_zone="Pacific/Auckland")
    car = garage.vehicles.add(license_plate="AB 1", nickname="Daily", make="Skoda")
    for month, odometer in ((1, 1000), (2, 1500), (3, 2100)):
        garage.fuel_logs.add(
            car.id,
            filled_at=datetime(2026, month, 3, 20, tzinfo=UTC),
            odometer=odometer,
            volume=30,
            price_per_unit=2,
        )
    garage.maintenance.add(
        car.id, category="repair", subtypes=["Engine"], service_date=date(2026, 2, 9), odometer=1600, cost=50
    )
    garage.maintenance.add_schedule(
        car.id, category="routine_maintenance", subtypes=["Engine Oil"], interval_distance=2000,
        last_service_odometer=1000,
    )  # fmt: skip
    return car


def test_each_chart_is_one_call_with_the_owners_dates_units_and_money(garage: Garage, car: Vehicle) -> None:
    economy_ = garage.charts.economy(car.id)
    assert [row["until"] for row in of_kind(economy_, "full tank to full tank")] == [
        "2026-02-04",
        "2026-03-04",
    ]
    assert {"Daily", "L/100 km, lower is better"} <= set(texts(economy_))
    cost = garage.charts.cost(car.id)
    assert [(row["month"], row["kind"]) for row in rows(cost, "rect")] == [
        ("2026-02", "fuel"), ("2026-03", "fuel"), ("2026-02", "maintenance, hollow"),
    ]  # fmt: skip
    assert "EUR/km, lower is better" in texts(cost)
    assert len(rows(garage.charts.cost(car.id, with_maintenance=False), "rect")) == 2
    odometer = garage.charts.odometer(car.id)
    assert [row["date"] for row in of_kind(odometer, "at a fill-up")] == [
        "2026-01-04",
        "2026-02-04",
        "2026-03-04",
    ]
    assert "Odometer, km" in texts(odometer)
    assert {"done", "upcoming"} == {row["kind"] for row in rows(garage.charts.maintenance(car.id), "point")}


def test_another_unit_may_be_asked_for(garage: Garage, car: Vehicle) -> None:
    assert "mpg (UK), higher is better" in texts(garage.charts.economy(car.id, economy_unit="mpg_uk"))
    assert "pooled mean of the last 2" in texts(garage.charts.economy(car.id, mean_of=2))


def test_the_whole_garage_names_its_vehicles(garage: Garage, car: Vehicle) -> None:
    other = garage.vehicles.add(license_plate="B 2", nickname="Van")
    garage.maintenance.add(other.id, category="repair", subtypes=["Engine"], service_date=date(2026, 1, 1))
    words = texts(garage.charts.maintenance())
    assert {"Daily: Engine Oil", "Daily: Engine", "Van: Engine", "Maintenance"} <= set(words)
    assert [row["group"] for row in rows(garage.charts.fleet(), "bar")] == ["Daily"]


def test_a_new_vehicle_and_an_empty_garage_have_charts_that_say_so(garage: Garage) -> None:
    charts = garage.charts
    assert "no maintenance yet, and none planned" in texts(charts.maintenance())
    assert "no two full tanks yet" in texts(charts.fleet())
    car = garage.vehicles.add(license_plate="N 1")
    assert "no fuel logs yet" in texts(charts.economy(car.id))
    assert "nothing written down yet" in texts(charts.cost(car.id))
    assert "no reading of the odometer yet" in texts(charts.odometer(car.id))


@pytest.mark.parametrize("chart", ["economy", "cost", "odometer", "maintenance"])
def test_a_vehicle_of_nobody_or_of_another_has_none(garage: Garage, car: Vehicle, chart: str) -> None:
    with pytest.raises(VehicleNotFound):
        getattr(garage.charts, chart)(VehicleId(UUID(int=7)))
    garage.vehicles.remove(car.id)
    with pytest.raises(VehicleNotFound):
        getattr(garage.charts, chart)(car.id)


# ------------------------------------------------------------------------------- files


def test_a_chart_is_written_in_the_format_of_its_name(tmp_path: Path) -> None:
    chart = economy_chart(economy([fill(0), fill(1)]))
    png, svg, page, spec = (
        save_chart(chart, tmp_path / f"car.{form}") for form in ("png", "svg", "HTML", "json")
    )
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "<svg" in svg.read_text(encoding="utf-8")
    assert json.loads(spec.read_text(encoding="utf-8")) == chart.to_dict()
    written = page.read_text(encoding="utf-8")
    assert "<html" in written.lower()
    assert 'src="http' not in written, "a page that needs the network"
    assert save_chart(chart, str(png), scale=1) == png
    (tmp_path / "link.json").symlink_to(spec)
    spec.unlink()
    assert save_chart(chart, tmp_path / "link.json").is_symlink()
    assert spec.exists()


@pytest.mark.parametrize("name", ["car", "car.pdf", "car.png.exe"])
def test_another_ending_is_refused_and_nothing_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="must end with"):
        save_chart(economy_chart(economy([])), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_leaves_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = economy_chart(economy([]))
    written = save_chart(chart, tmp_path / "car.json").read_bytes()

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"No space.*/car\.json'$"):
        save_chart(chart, tmp_path / "car.json")
    assert [one.name for one in tmp_path.iterdir()] == ["car.json"]
    assert (tmp_path / "car.json").read_bytes() == written


def test_without_vl_convert_a_picture_says_what_to_install_and_json_still_works(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['vl_convert'] = None\n"
        "from motovault import MissingExtra\n"
        "from motovault.analysis.charts import economy_chart, save_chart\n"
        "from motovault.domain.fuel_logs import economy\n"
        "save_chart(economy_chart(economy([])), 'a.json')\n"
        "try: save_chart(economy_chart(economy([])), 'a.png')\n"
        "except MissingExtra as error: print(error.extra, error.package)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout == "analysis vl-convert-python\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
