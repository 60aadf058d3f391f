"""The first phase of an import: read a file and say what it holds. Nothing is written.

The file is gone over in passes (its encoding, its notation, its content), each
a stream, so memory does not grow with the rows but for 16 bytes each while
they are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from motovault import vin as vins
from motovault.domain.user_preferences import UserPreferences
from motovault.errors import InvalidValue
from motovault.findings import Severity
from motovault.importers.counting import Counts, Keys, count_entries, key_of
from motovault.importers.detection import detect, unpacked
from motovault.importers.findings import FindingLog, ImportFinding, Silence
from motovault.importers.keys import Occurrences
from motovault.importers.options import ImportOptions
from motovault.importers.planned import (
    FormatReader,
    PlannedFuelLog,
    PlannedMaintenanceLog,
    PlannedSchedule,
    PlannedVehicle,
)
from motovault.importers.sources import Source
from motovault.importers.work import UnknownWork
from motovault.quantities.context import round_half_even

__all__ = ["ImportPlan", "plan_for_user", "plan_import"]


@attrs.frozen(kw_only=True, eq=False)
class ImportPlan:
    """What an import would do.

    Attributes:
        file: Name of the file, as findings have it.
        format: For example ``fuelio``, ``fuelly-web``, ``lubelogger-gas``, ``csv``.
        source: What ``FuelLog.source`` will say.
        options: What was declared.
        vehicles: The vehicles that the file names; none for formats that name none.
        counts: What the file holds.
        findings: What was noticed; about the file first, then by line. At most 100 of a kind are listed.
        finding_counts: How many there were of each kind.
        skipped: Sections that are not imported, with their number of rows.
        unknown_work: Words of which must be declared what work they are, with what each may be; 200 at most.
    """

    file: str
    format: str
    source: str
    options: ImportOptions
    vehicles: tuple[PlannedVehicle, ...]
    counts: Counts
    findings: tuple[ImportFinding, ...]
    finding_counts: dict[str, int]
    skipped: dict[str, int]
    unknown_work: tuple[UnknownWork, ...] = ()
    _reader: FormatReader = attrs.field(repr=False, alias="reader")
    _keys: Keys = attrs.field(repr=False, alias="keys")

    def fuel_logs(self) -> Iterator[PlannedFuelLog]:
        """The planned fuel logs in the order of the file, which is read again for it, as a stream."""
        occurrences = Occurrences(self._keys.repeated)
        for entry in self._reader.entries(Silence(self.file)):
            if isinstance(entry, PlannedFuelLog):
                number = occurrences.number(key_of(entry))
                yield entry if number == 1 else attrs.evolve(entry, occurrence=number)

    def maintenance_logs(self) -> Iterator[PlannedMaintenanceLog]:
        """The planned maintenance logs, likewise."""
        occurrences = Occurrences(self._keys.repeated)
        for entry in self._reader.entries(Silence(self.file)):
            if isinstance(entry, PlannedMaintenanceLog):
                number = occurrences.number(key_of(entry))
                yield entry if number == 1 else attrs.evolve(entry, occurrence=number)

    def schedules(self) -> Iterator[PlannedSchedule]:
        """The planned schedules, likewise."""
        for entry in self._reader.entries(Silence(self.file)):
            if isinstance(entry, PlannedSchedule):
                yield entry

    @property
    def planned_count(self) -> int:
        """How many fuel logs, maintenance logs and schedules it would make, if none was here already."""
        return self.counts.fuel_logs + self.counts.maintenance_planned + self.counts.schedules_planned

    @property
    def has_work_ids(self) -> bool:
        """Whether records of work have an identity that their application gave."""
        return self._keys.has_work_ids

    @property
    def has_ids(self) -> bool:
        """Whether rows have an identity that their application gave."""
        return self._keys.has_ids

    @property
    def has_older_ids(self) -> bool:
        """Whether rows also have the identity that an earlier version of the application gave."""
        return self._keys.has_older_ids

    @property
    def has_errors(self) -> bool:
        """Whether something was left out or cannot be right."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def summary(self) -> dict[str, object]:
        """Ready for JSON: what the file holds; volumes in litres with 3 decimals, as text."""
        counts = self.counts
        return {
            "file": self.file,
            "format": self.format,
            "vehicles": len(self.vehicles),
            "vehicle_names": [vehicle.name for vehicle in self.vehicles],
            "fuel_logs": counts.fuel_logs,
            "maintenance_logs": counts.maintenance_logs,
            "maintenance_planned": counts.maintenance_planned,
            "schedules": counts.schedules,
            "schedules_planned": counts.schedules_planned,
            "other_costs": counts.other_costs,
            "volume": {unit.value: format(volume, "f") for unit, volume in counts.volume.items()},
            "volume_litres": format(round_half_even(counts.volume_litres, 3), "f"),
            "fuel_cost": format(round_half_even(counts.fuel_cost, 2), "f"),
            "first_date": counts.first_date.isoformat() if counts.first_date else None,
            "last_date": counts.last_date.isoformat() if counts.last_date else None,
            "partial": counts.partial,
            "missed": counts.missed,
            "duplicates": counts.duplicates,
            "skipped": dict(self.skipped),
            "unknown_work": [
                {"word": one.word, "count": one.count, "line": one.line, "proposed": str(one.proposed)}
                for one in self.unknown_work
            ],
            "findings": [finding.as_dict() for finding in self.findings],
            "finding_counts": dict(self.finding_counts),
        }


def plan_import(
    source: Path | str | bytes | BinaryIO, *, name: str | None = None, options: ImportOptions | None = None
) -> ImportPlan:
    """Read a file and say what an import would do; nothing is kept.

    Args:
        source: A path, the bytes, or a binary stream (which is copied to a temporary file).
            A path must stay as it is until the plan is applied: it is read again.
        name: What findings call the file; a path's own name by default.
        options: What the file does not say; see :class:`ImportOptions`.

    Raises:
        UnknownFormat: It is of no format that can be imported.
        ImportNeeds: The file leaves questions open that only the caller can answer.
        UnreadableSource: It cannot be read, is too large, or is a broken archive.
        InvalidValue: The declared mapping does not fit the table.

    >>> plan_import(b"Date,Odometer,FuelConsumed,Cost\\n", options=ImportOptions(
    ...     distance_unit="km", fuel_unit="L")).format
    'lubelogger-gas'
    """
    options = options or ImportOptions()
    opened = unpacked(Source(source, name))
    opened.settle_encoding(options)
    findings = FindingLog(opened.name)
    if opened.encoding not in ("utf-8", "utf-8-sig", "utf-16") and options.encoding is None:
        message = f"the text is not UTF-8; read as {opened.encoding}"
        findings.add("encoding_assumed", Severity.INFO, message, field="encoding", value=opened.encoding)
    reader = detect(opened, options)
    reader.survey(findings)
    counts, keys, unknown_work = count_entries(reader, findings)
    of_any_use = (counts.fuel_logs, counts.maintenance_logs, counts.schedules_planned, counts.other_costs)
    if not any(of_any_use) and not reader.skipped:
        findings.add("nothing_found", Severity.WARNING, "the file holds no record that can be imported")
    vehicles = tuple(_checked(vehicle, findings) for vehicle in reader.vehicles)
    return ImportPlan(
        file=opened.name,
        format=reader.format,
        source=reader.source,
        options=options,
        vehicles=vehicles,
        counts=counts,
        findings=findings.all(),
        finding_counts=findings.counts,
        skipped=reader.skipped,
        unknown_work=unknown_work,
        reader=reader,
        keys=keys,
    )


def plan_for_user(
    source: Path | str | bytes | BinaryIO,
    options: ImportOptions | None,
    preferences: UserPreferences,
    *,
    name: str | None = None,
) -> ImportPlan:
    """As :func:`plan_import`, with the owner's unit system and time zone where none were declared."""
    return plan_import(source, name=name, options=(options or ImportOptions()).falling_back_on(preferences))


def _checked(vehicle: PlannedVehicle, findings: FindingLog) -> PlannedVehicle:
    """The vehicle with its VIN in the one right form, or without it where it is none."""
    if vehicle.vin is None:
        return vehicle
    try:
        found = vins.parse(vehicle.vin)
    except InvalidValue as error:
        message = f"the vehicle's VIN was not read: it {error.rule}"
        findings.add("bad_vin", Severity.WARNING, message, field="vin")
        return attrs.evolve(vehicle, vin=None)
    if found.is_check_digit_required and not found.is_check_digit_right:
        message = "the vehicle's VIN was not read: its check digit is wrong"
        findings.add("bad_vin", Severity.WARNING, message, field="vin")
        return attrs.evolve(vehicle, vin=None)
    return attrs.evolve(vehicle, vin=str(found))
