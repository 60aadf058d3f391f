"""Rows that were imported before and say something else now: they are left as kept, and pointed out.

Somebody corrected the row in the other application, or the log here, or
declared other units this time. Which of the two is right is not ours to guess.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from motovault.domain.fuel_logs import FuelLog, FuelLogId, FuelLogRepository
from motovault.domain.vehicles import VehicleId
from motovault.findings import Severity
from motovault.importers.findings import KEPT_OF_A_KIND, FindingLog
from motovault.quantities.context import plain

__all__ = ["Corrections", "pages"]

_PAGE = 1000


class Corrections:
    """Compares what a file says with what is kept under the same source key.

    Holds 16 bytes, a key and an id (about 300 bytes in all) for each log that the
    vehicles had before; nothing for vehicles that are new.
    """

    def __init__(self, source: str, fuel_logs: FuelLogRepository) -> None:
        self._source = source
        self._fuel_logs = fuel_logs
        self._kept: dict[tuple[VehicleId, str], tuple[FuelLogId, bytes]] = {}
        self._found: list[tuple[FuelLogId, int, FuelLog]] = []
        self._count = 0

    def know(self, vehicle_id: VehicleId) -> None:
        """Learn what a vehicle has already."""
        for log in pages(self._fuel_logs, vehicle_id):
            if log.source == self._source and log.source_key is not None:
                self._kept[vehicle_id, log.source_key] = (log.id, _digest(log))

    def look(self, log: FuelLog, line: int) -> None:
        """Compare one log of the file."""
        kept = self._kept.get((log.vehicle_id, log.source_key or ""))
        if kept is None or kept[1] == _digest(log):
            return
        self._count += 1
        if self._count <= KEPT_OF_A_KIND:
            self._found.append((kept[0], line, log))

    def tell(self, findings: FindingLog) -> None:
        """Add a finding for each row that differs: which field, what is kept, what the file says."""
        for log_id, line, log in self._found:
            kept = _said(self._fuel_logs.get(log_id))
            for field, value in _said(log).items():
                if kept[field] == value:
                    continue
                message = f"{field} is {value} in the file and {kept[field]} in what is kept, which was left"
                findings.add(
                    "kept_differs",
                    Severity.WARNING,
                    message,
                    line=line,
                    field=field,
                    value=value,
                    subject=str(log_id),
                )
        for _ in range(self._count - len(self._found)):  # counted by the log of findings, not kept
            findings.add("kept_differs", Severity.WARNING, "differs from what is kept")


def pages(fuel_logs: FuelLogRepository, vehicle_id: VehicleId) -> Iterator[FuelLog]:
    """All logs of a vehicle, a page in memory at a time."""
    after: FuelLog | None = None
    while page := fuel_logs.list_for_vehicle(vehicle_id, after=after, limit=_PAGE):
        yield from page
        after = page[-1]


def _said(log: FuelLog) -> dict[str, str]:
    """What matters of a log, as text; no notes, no places."""
    numbers = {"odometer": log.odometer, "volume": log.volume, "total_cost": log.total_cost}
    return {
        "filled_at": f"{log.filled_at:%Y-%m-%d %H:%M}",
        **{name: "unknown" if number is None else plain(number) for name, number in numbers.items()},
        "odometer_unit": str(log.odometer_unit or "unknown"),
        "fuel_unit": str(log.fuel_unit or "unknown"),
        "is_full_tank": str(log.is_full_tank),
        "missed_previous": str(log.missed_previous),
    }


def _digest(log: FuelLog) -> bytes:
    return hashlib.blake2b("\n".join(_said(log).values()).encode(), digest_size=16).digest()
