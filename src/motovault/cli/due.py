"""``motovault due``: what is due, the most urgent first, as a table, as JSON, or as a calendar feed."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from motovault.cli import output
from motovault.cli.database import opened
from motovault.cli.maintenance import due_items, print_due_table, said
from motovault.cli.reading import find_vehicle
from motovault.cli.shapes import DueShape, FindingShape
from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue
from motovault.vault import Garage

__all__ = ["run"]

LATE = 1
NOTHING_PLANNED = "There is no maintenance schedule."


def run(given: argparse.Namespace) -> int:
    """Print what is due; gives the exit code, 1 where something is overdue and that was to fail."""
    if given.ics is not None and given.json:
        raise InvalidValue("ics", given.ics, "is a calendar: --json cannot be asked for beside it")
    feed = b""
    with opened(given, must_exist=True) as vault, output.working("reading"):
        garage = vault.garage(given.user)
        vehicle = None if given.vehicle is None else find_vehicle(garage, given.vehicle).id
        found = garage.maintenance.upcoming(vehicle, within_days=given.days)
        if given.ics is not None:
            feed = garage.calendar(vehicle, within_days=given.days)
        shape = DueShape(
            user=given.user,
            today=found.today,
            within_days=given.days,
            counts={status.value: count for status, count in found.counts.items()},
            items=due_items(found),
            findings=tuple(FindingShape.of(finding) for finding in found.findings),
        )
        instead = None if shape.items or given.json or given.ics else _instead(garage, vehicle, given)
    if given.json:
        output.print_json(shape)
    elif given.ics is not None:
        _write(given.ics, feed)
    else:
        _print(shape, instead)
    return LATE if given.fail_overdue and len(found.overdue) else 0


def _print(shape: DueShape, instead: str | None) -> None:
    output.line(f"Maintenance of {shape.user} on {shape.today}: {said(shape.items) or 'nothing is due'}")
    if instead is not None:
        output.line(instead)
    if instead == NOTHING_PLANNED:
        return
    if shape.items:
        print_due_table(shape.items, with_vehicle=len({item.vehicle_id for item in shape.items}) > 1)
    for finding in shape.findings:
        output.line(f"{finding.severity}: {finding.message}")


def _instead(garage: Garage, vehicle: VehicleId | None, given: argparse.Namespace) -> str:
    """What to tell where nothing is due: what comes next, or that nothing was planned."""
    everything = garage.maintenance.upcoming(vehicle)
    if not everything:
        return NOTHING_PLANNED
    dated = [item for item in everything if item.effective_due_on is not None]
    if not dated:
        return f"Nothing in the next {given.days} days, as far as anybody can tell."
    first = min(dated, key=lambda item: str(item.effective_due_on))
    return f"Next, on {first.effective_due_on}: {first.vehicle_title}, {first.work}"


def _write(target: str, feed: bytes) -> None:
    """Put the feed where it is asked for; who reads a file meanwhile sees the old one or the new one."""
    if target == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(feed)
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    if path.exists() and not path.is_file():  # a pipe, a device
        path.write_bytes(feed)
        return
    path = path.resolve()
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(feed)
        part.replace(path)
    except OSError as error:
        raise OSError(error.errno, f"{target}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    events = feed.count(b"\nBEGIN:VEVENT")
    output.note(f"{target}: {events} event{'' if events == 1 else 's'}")
