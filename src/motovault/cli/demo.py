"""``motovault demo``: the whole story on the bundled fuel log, or on a file of yours.

The bundled log is made up: one car over fourteen months, with partial fills,
a fill-up that was forgotten, an odometer typed wrong once, and a price slip.
"""

from __future__ import annotations

import argparse
import importlib.resources
import re
import unicodedata
from pathlib import Path
from typing import Any

from motovault.analysis.charts import economy_chart, save_chart
from motovault.cli import output
from motovault.cli.database import database_file, database_of, opened, shown
from motovault.cli.importing import CountedIds, bring_in, declarations, print_import
from motovault.cli.reading import economy_of, vehicle_report
from motovault.cli.report import print_vehicle
from motovault.cli.shapes import DemoShape
from motovault.cli.standard_input import standard_input
from motovault.domain.vehicles import Vehicle
from motovault.errors import MissingExtra
from motovault.findings import Severity
from motovault.quantities.economy import economy_unit
from motovault.system import uuid7
from motovault.vault import Garage

__all__ = ["run"]

_LOG = "demo_log.csv"


def run(given: argparse.Namespace) -> int:
    """Import, report, draw; gives the exit code, 1 where something of the file was left out."""
    declared = declarations(given)
    if given.economy_unit is not None:
        economy_unit(given.economy_unit)
    ids = CountedIds(uuid7)
    source, name = _source(given.file)
    with opened(given, new_id=ids) as vault:
        garage = vault.garage(given.user)
        imported, result = bring_in(garage, source, declared, ids, name=name)
        with output.working("reading"):
            vehicles = tuple(
                vehicle_report(garage, vehicle, given.economy_unit) for vehicle in result.vehicles
            )
        with output.working("drawing"):
            charts, missing = _draw(garage, result.vehicles, given)
    shape = DemoShape(
        database=shown(database_of(given)),
        imported=imported,
        vehicles=vehicles,
        charts=tuple(str(chart) for chart in charts),
        charts_missing=missing,
    )
    if given.json:
        output.print_json(shape)
    else:
        print_import(imported)
        for vehicle in vehicles:
            print_vehicle(vehicle)
        _print_rest(shape, given)
    return 1 if any(finding.severity == Severity.ERROR for finding in imported.findings) else 0


def _source(file: str | None) -> tuple[Any, str | None]:
    if file is None:
        return importlib.resources.files("motovault.cli").joinpath(_LOG).read_bytes(), _LOG
    return (standard_input(), "standard input") if file == "-" else (file, None)


def _draw(
    garage: Garage, vehicles: tuple[Vehicle, ...], given: argparse.Namespace
) -> tuple[list[Path], str | None]:
    """The charts that were written, and why there are none or not all."""
    beside = database_file(database_of(given))
    drawn: list[Path] = []
    try:
        for vehicle in vehicles:
            chart = economy_chart(economy_of(garage, vehicle, given.economy_unit))
            stem = f"{beside.stem if beside else 'motovault'}-{_file_word(vehicle)}"
            path = (beside.parent if beside else Path()) / f"{stem}.svg"
            if path in drawn:  # two vehicles of one name
                path = path.with_name(f"{stem}-{vehicle.id}.svg")
            drawn.append(save_chart(chart, path))
    except MissingExtra as error:
        return [], f"{error.package} is not installed; for a chart run: pip install 'motovault[analysis]'"
    except OSError as error:
        return drawn, f"the chart could not be written: {error.strerror or error}"
    return drawn, None


def _file_word(vehicle: Vehicle) -> str:
    plain = unicodedata.normalize("NFKD", vehicle.title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or str(vehicle.id)


def _print_rest(shape: DemoShape, given: argparse.Namespace) -> None:
    output.heading("Chart" if len(shape.charts) < 2 else "Charts")
    for chart in shape.charts:
        output.line(chart)
    if shape.charts_missing:
        output.line(shape.charts_missing)
    if database_of(given) == "memory:":
        output.line("What was kept in memory is gone now; leave --database out to keep it in garage.db.")
        return
    where = "" if given.database is None else f" --database {shape.database}"
    output.heading("What next")
    output.line(f"In other units: motovault report --user {given.user}{where} --economy-unit L/100km")
    output.line(f"Your own file: motovault import FILE --user you{where} --dry-run")
    output.line(f'In Python: motovault.open_vault("{shape.database}").garage("{given.user}").vehicles.list()')
