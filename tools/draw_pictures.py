"""Draw the pictures of docs/how-to/charts.md out of the log of ``motovault demo``.

    python tools/draw_pictures.py            # writes docs/pictures/*.svg

The log, the day and the library decide what is drawn, so that a second run writes the same.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import motovault
from motovault.analysis.charts import save_chart

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / "src" / "motovault" / "cli" / "demo_log.csv"
PICTURES = ROOT / "docs" / "pictures"


class _ThatDay:
    """The clock of the pictures: the day of the last fill-up of the log, and a little more."""

    def now(self) -> datetime:
        return datetime(2026, 3, 10, 12, tzinfo=UTC)


def charts() -> dict[str, Any]:
    """Each picture's chart, by the name of its file."""
    garage = motovault.open_vault("memory:", clock=_ThatDay()).garage("ana")
    garage.import_file(LOG.read_bytes())
    (car,) = garage.vehicles.list()
    garage.maintenance.apply_template(
        car.id, "petrol_car", last_service_date=date(2025, 3, 22), last_service_odometer=44_000
    )
    return {
        "economy": garage.charts.economy(car.id),
        "cost": garage.charts.cost(car.id),
        "odometer": garage.charts.odometer(car.id),
        "maintenance": garage.charts.maintenance(car.id),
    }


def main(folder: Path = PICTURES) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, chart in charts().items():
        print(save_chart(chart, folder / f"{name}.svg"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
