"""``motovault import``: another application's file, planned, shown, and kept in one transaction."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

from motovault.cli import output
from motovault.cli.database import database_file, database_of, opened
from motovault.cli.declarations import Declared, declarations
from motovault.cli.reading import find_vehicle, vehicle_named
from motovault.cli.shapes import FindingShape, ImportShape, UnknownWorkShape
from motovault.cli.standard_input import standard_input
from motovault.errors import InvalidValue
from motovault.findings import Finding, Severity
from motovault.importers import (
    ImportFinding,
    ImportNeeds,
    ImportOptions,
    ImportPlan,
    ImportResult,
    UnknownWork,
)
from motovault.ports import NewId
from motovault.quantities.formatting import display
from motovault.quantities.units import UNITS
from motovault.system import uuid7
from motovault.vault import Garage

__all__ = ["CountedIds", "Declared", "bring_in", "declarations", "print_import", "run"]

_SHOWN_FINDINGS = 20
_MOST_LOOKED_AT = 20_000
_FLAGS = {
    "vehicle_id": "--vehicle",
    "vehicle_name": "--vehicle",
    "license_plate": "--plate",
    "currency_code": "--currency",
    "record_kind": "--kind",
    "mapping": "--map",
}


def run(given: argparse.Namespace) -> int:
    """Import a file; gives the exit code, 1 where something of the file was left out."""
    declared = declarations(given)
    ids = CountedIds(uuid7)
    is_nowhere_yet = (path := database_file(database_of(given))) is not None and not path.exists()
    if given.dry_run and is_nowhere_yet:
        given.database, given.password_file = "memory:", None  # a rehearsal makes no file
    source = standard_input() if given.file == "-" else given.file
    with opened(given, new_id=ids) as vault:
        garage = vault.garage(given.user)
        shape, _ = bring_in(garage, source, declared, ids, is_dry_run=given.dry_run)
    if given.json:
        output.print_json(shape)
    else:
        print_import(shape)
    return 1 if any(finding.severity == Severity.ERROR for finding in shape.findings) else 0


class CountedIds:
    """Makes ids and counts them: each new log takes one, so this is how far an import has come."""

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id
        self.count = 0

    def __call__(self) -> UUID:
        """A new id."""
        self.count += 1
        return self._new_id()


def bring_in(
    garage: Garage,
    source: Any,
    declared: Declared,
    ids: CountedIds,
    *,
    name: str | None = None,
    is_dry_run: bool = False,
) -> tuple[ImportShape, ImportResult]:
    """Plan and keep a file, all or nothing.

    Args:
        garage: Whose it becomes.
        source: Path, bytes or binary stream.
        declared: What the file does not say.
        ids: Counts what has been done, for the progress bar.
        name: What findings call the file.
        is_dry_run: Do it all, then undo it: so the answer is what would really happen.
    """
    options = _with_vehicle(garage, declared)
    if name is None and isinstance(source, str):
        name = output.clean(Path(source).name) or None
    try:
        with output.working("reading the file"):
            plan = garage.plan_import(source, options, name=name)
        if options.vehicle_name is not None and plan.vehicles:
            rule = f"is no vehicle of {garage.user_id!r} yet, and the file names its own; leave --vehicle out"
            raise InvalidValue("vehicle", declared.vehicle, rule)
        plan, more = _named_after_file(plan, source)
        with output.working("importing", plan.planned_count, lambda: ids.count):
            result, oddities = _rehearsed(garage, plan) if is_dry_run else _kept(garage, plan)
    except ImportNeeds as error:
        raise InvalidValue("options", _flags(error), _reasons(error)) from None
    return _shape(garage, plan, result, (*result.findings, *more, *oddities), is_dry_run=is_dry_run), result


class _Undo(Exception):
    """Leaves a transaction so that it keeps nothing."""


def _rehearsed(garage: Garage, plan: ImportPlan) -> tuple[ImportResult, tuple[Finding, ...]]:
    answers = []
    try:
        with garage.transaction():
            answers.append(_kept(garage, plan))
            raise _Undo
    except _Undo:
        return answers[0]


def _kept(garage: Garage, plan: ImportPlan) -> tuple[ImportResult, tuple[Finding, ...]]:
    """Apply a plan, and look once whether the vehicles' histories are plausible with it."""
    result = garage.apply(plan)
    if plan.counts.fuel_logs > _MOST_LOOKED_AT:
        return result, ()  # a history is looked at as a whole: too large for memory to stay flat
    reports = (garage.fuel_logs.economy(vehicle.id) for vehicle in result.vehicles)
    return result, tuple(finding for report in reports for finding in report.findings)


def _named_after_file(plan: ImportPlan, source: Any) -> tuple[ImportPlan, tuple[ImportFinding, ...]]:
    """The plan, its vehicle called like the file where neither the file nor the caller names one.

    A name harms nothing and can be changed; adding to a vehicle that is there would be a guess.
    """
    options = plan.options
    is_named = (
        plan.vehicles or options.vehicle_id or options.vehicle_name or options.vin or options.license_plate
    )
    stem = output.clean(Path(source).stem)[:100].strip() if isinstance(source, str) else ""
    if is_named or not stem or not plan.planned_count:
        return plan, ()
    finding = ImportFinding(
        code="vehicle_named_after_file",
        severity=Severity.WARNING,
        message=f"the file does not name its vehicle; it is called {stem!r} like the file, "
        "unless --vehicle says which it is",
        field="vehicle_name",
        file=plan.file,
    )
    return attrs.evolve(plan, options=attrs.evolve(options, vehicle_name=stem)), (finding,)


def _shape(
    garage: Garage,
    plan: ImportPlan,
    result: ImportResult,
    findings: tuple[Finding, ...],
    *,
    is_dry_run: bool,
) -> ImportShape:
    counts = plan.counts
    summary = plan.summary()
    dates: dict[str, Any] = {name: summary[name] for name in ("first_date", "last_date")}
    names = ("vehicles", "fuel_logs", "maintenance_logs", "schedules", "other_costs", "partial", "missed")
    values: dict[str, Any] = {name: summary[name] for name in (*names, "format", "duplicates", "skipped")}
    return ImportShape(
        **values,
        **dates,
        finding_counts=dict(Counter(finding.code for finding in findings)) | plan.finding_counts,
        file=plan.file,
        user=garage.user_id,
        is_dry_run=is_dry_run,
        vehicle_names=tuple(vehicle.title for vehicle in result.vehicles),
        added=0 if is_dry_run else result.added,
        would_add=result.added,
        maintenance_planned=counts.maintenance_planned,
        maintenance_added=0 if is_dry_run else result.maintenance_added,
        would_add_maintenance=result.maintenance_added,
        maintenance_kept=result.maintenance_kept,
        schedules_planned=counts.schedules_planned,
        schedules_added=0 if is_dry_run else result.schedules_added,
        would_add_schedules=result.schedules_added,
        schedules_kept=result.schedules_kept,
        unknown_work=tuple(map(_unknown, plan.unknown_work)),
        vehicles_added=0 if is_dry_run else len(result.vehicles_added),
        volume={unit.value: amount for unit, amount in counts.volume.items()},
        volume_litres=str(summary["volume_litres"]),
        fuel_cost=str(summary["fuel_cost"]),
        findings=tuple(map(FindingShape.of, findings)),
    )


def _unknown(one: UnknownWork) -> UnknownWorkShape:
    return UnknownWorkShape(
        word=one.word,
        count=one.count,
        line=one.line,
        proposed=str(one.proposed),
        is_near=one.is_near,
        is_left_out=one.is_left_out,
        declaration=one.declaration,
    )


def print_import(shape: ImportShape) -> None:
    """What was found and done, in words."""
    output.heading(f"{shape.file}: {shape.format}")
    amounts = " + ".join(
        f"{display(amount, 3, ',')} {UNITS[unit].label}" for unit, amount in shape.volume.items()
    )
    period = f"{shape.first_date} to {shape.last_date}" if shape.first_date else ""
    rows = [
        ("Vehicles", ", ".join(shape.vehicle_names) or str(shape.vehicles)),
        ("Fuel logs", f"{shape.fuel_logs:,}" + (f", {amounts}" if amounts else "")),
        ("Period", period),
        ("Partial fills", str(shape.partial or "")),
        ("After a missed fill", str(shape.missed or "")),
        ("Repeated rows", str(shape.duplicates or "")),
        ("Maintenance records", _of(shape.maintenance_logs, shape.maintenance_planned)),
        ("Reminders", _of(shape.schedules, shape.schedules_planned)),
        ("Other costs", str(shape.other_costs or "")),
    ]
    output.table(("In the file", ""), [row for row in rows if row[1]])
    if shape.other_costs:
        output.line("Other costs are counted, not kept yet.")
    for line in _outcome(shape):
        output.line(line)
    _print_unknown(shape)
    shown = [finding for finding in shape.findings if finding.code != "unknown_category"]
    if shown:
        output.heading("Findings in the file")
        for finding in shown[:_SHOWN_FINDINGS]:
            place = f"line {finding.line}: " if finding.line is not None else ""
            output.line(f"{finding.severity}: {place}{finding.message}")
        if len(shown) > _SHOWN_FINDINGS:
            output.line(f"and {len(shown) - _SHOWN_FINDINGS} more; --json lists them")


def _of(count: int, planned: int) -> str:
    if not count:
        return ""
    return str(count) if planned == count else f"{count}, of which {planned} can be kept"


def _print_unknown(shape: ImportShape) -> None:
    """What must be declared, as it can be typed."""
    if not shape.unknown_work:
        return
    output.heading("What work is this?")
    shown = shape.unknown_work[:_SHOWN_FINDINGS]
    rows = [
        (
            one.word,
            str(one.count),
            str(one.line),
            "left out" if one.is_left_out else "other cost",
            f'--work "{one.declaration}"' + ("" if one.is_near else " (an example)"),
        )
        for one in shown
    ]
    output.table(("Words", "Rows", "First line", "Now", "If that is right, say"), rows)
    if len(shape.unknown_work) > _SHOWN_FINDINGS:
        output.line(f"and {len(shape.unknown_work) - _SHOWN_FINDINGS} more; --json lists them")
    output.line(
        '"WORDS=-" says that it is no work on the vehicle; import again, and only these rows are added.'
    )


def _outcome(shape: ImportShape) -> list[str]:
    """What was done: a line about fuel logs, one about maintenance."""
    fuel = (shape.would_add, shape.fuel_logs - shape.would_add, "fuel log")
    works = (shape.would_add_maintenance, shape.maintenance_kept, "maintenance log")
    reminders = (shape.would_add_schedules, shape.schedules_kept, "schedule")
    lines = []
    for group in ((fuel,), (works, reminders)):
        new = " and ".join(_counted(count, what) for count, _, what in group if count)
        kept = sum(already for _, already, _ in group)
        if new and shape.is_dry_run:
            lines.append(f"Dry run: {new} would be added for {shape.user}; nothing was kept.")
        elif new:
            lines.append(
                f"Added {new} for {shape.user}" + (f"; {kept:,} were here already." if kept else ".")
            )
        elif kept:
            known = " and ".join(f"{what}s" for _, already, what in group if already)
            lines.append(f"Its {known} were here already.")
    if any(count for count, _, _ in (fuel, works, reminders)):
        return lines
    why = "all of it is here already" if lines else "the file holds nothing that can be kept"
    return [
        f"{'Dry run: nothing would be' if shape.is_dry_run else 'Nothing'} added for {shape.user}: {why}."
    ]


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 and what != 'fuel log' else 's'}"


def _with_vehicle(garage: Garage, declared: Declared) -> ImportOptions:
    name = declared.vehicle
    if name is None:
        return declared.options
    if not name.strip():
        raise InvalidValue("vehicle", name, "must not be empty")
    found = vehicle_named(garage, name)
    if found is None and _is_id(name):
        find_vehicle(garage, name)
    if found is not None:
        return attrs.evolve(declared.options, vehicle_id=found.id)
    return attrs.evolve(declared.options, vehicle_name=name)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _flag(option: str) -> str:
    return _FLAGS.get(option, "--" + option.replace("_", "-"))


def _flags(error: ImportNeeds) -> str:
    return ", ".join(dict.fromkeys(_flag(need.option) for need in error.needs))


def _reasons(error: ImportNeeds) -> str:
    reasons: dict[str, str] = {}
    for need in error.needs:
        choices = f" {' or '.join(need.choices)}" if need.choices else ""
        reasons.setdefault(_flag(need.option), f"{_flag(need.option)}{choices}: {need.reason}")
    return "must be declared; " + "; ".join(reasons.values())
