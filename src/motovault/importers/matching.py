"""Which of the owner's vehicles the vehicles of a file are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

import attrs

from motovault import vin as vins
from motovault.domain.vehicles import (
    CheckDigitMismatch,
    Vehicle,
    VehicleId,
    VehicleNotFound,
    VehicleRepository,
    make_name,
    model_name,
)
from motovault.errors import InvalidValue
from motovault.findings import Severity
from motovault.importers.errors import ImportNeeds, Need
from motovault.importers.findings import FindingLog
from motovault.importers.plan import ImportPlan
from motovault.importers.planned import PlannedVehicle
from motovault.ports import NewId, UserId

__all__ = ["Matched", "match_vehicles", "stand_in_plate"]

_PAGE = 500
_LONGEST_NAME = 100
_LONGEST_PLATE = 20


@attrs.frozen
class Matched:
    """The vehicles of a plan, in its order, and those of them that were added."""

    vehicles: tuple[Vehicle, ...]
    added: tuple[Vehicle, ...]


def match_vehicles(
    plan: ImportPlan,
    vehicles: VehicleRepository,
    user_id: UserId,
    now: datetime,
    new_id: NewId,
    findings: FindingLog,
) -> Matched:
    """Find or add the plan's vehicles: by declared id, VIN, plate, then nickname.

    Raises:
        ImportNeeds: There is nothing to find the vehicle by, or two vehicles have the name.
        VehicleNotFound: The declared id is no live vehicle of this user's.
    """
    options = plan.options
    if len(plan.vehicles) > 1:
        for field in ("vehicle_id", "vehicle_name", "vin", "license_plate"):
            if getattr(options, field) is not None:
                rule = f"declares one vehicle, but the file holds {len(plan.vehicles)}"
                raise InvalidValue(field, "the declaration", rule)
    if options.vehicle_id is not None:
        vehicle = vehicles.get(options.vehicle_id)
        if not vehicle.is_live:
            raise VehicleNotFound(options.vehicle_id)
        return Matched((vehicle,), ())
    wanted = plan.vehicles or ((PlannedVehicle(),) if plan.planned_count else ())
    found: list[Vehicle] = []
    added: list[Vehicle] = []
    for planned in wanted:
        described = _described(planned, plan, alone=len(wanted) == 1)
        match = _find(described, vehicles, {vehicle.id for vehicle in found}, findings)
        if match is None:
            match = _new(described, user_id, now, new_id, findings)
            vehicles.add(match)
            added.append(match)
        found.append(match)
    return Matched(tuple(found), tuple(added))


def _described(planned: PlannedVehicle, plan: ImportPlan, *, alone: bool) -> PlannedVehicle:
    """The vehicle with what was declared filled in, where the file has only one."""
    options = plan.options
    if alone:
        planned = attrs.evolve(
            planned,
            name=options.vehicle_name or planned.name,
            vin=planned.vin or (_checked_vin(options.vin) if options.vin else None),
            license_plate=planned.license_plate or options.license_plate,
        )
    if not (planned.name or planned.vin or planned.license_plate):
        reason = "the file does not name its vehicle"
        raise ImportNeeds(
            (Need("vehicle_id", (), reason), Need("vehicle_name", (), "or name it, for a new one"))
        )
    name = planned.name
    if name is not None and len(name) > _LONGEST_NAME:
        # Cut, but so that two long names stay two.
        name = f"{name[:88]} ~{hashlib.blake2b(name.encode(), digest_size=5).hexdigest()}"
    return attrs.evolve(
        planned,
        name=name,
        make=make_name(planned.make) if planned.make else None,
        model=model_name(planned.model) if planned.model else None,
    )


def _checked_vin(text: str) -> str:
    vin = vins.parse(text)
    if vin.is_check_digit_required and not vin.is_check_digit_right:
        code = str(vin)
        raise CheckDigitMismatch(code, vins.check_digit(code), tuple(vins.suggest(code)))
    return str(vin)


def _find(
    planned: PlannedVehicle, vehicles: VehicleRepository, taken: set[VehicleId], findings: FindingLog
) -> Vehicle | None:
    """The owner's vehicle that this is; ``taken`` are those that other vehicles of the file are."""
    if planned.vin and (found := vehicles.find_by_vin(planned.vin)) is not None and found.id not in taken:
        return found
    live = [
        vehicle
        for vehicle in _all_live(vehicles)
        if vehicle.id not in taken and not _contradicts(planned, vehicle)
    ]
    if planned.license_plate:
        plate = _same_plate(planned.license_plate)
        by_plate = [vehicle for vehicle in live if _same_plate(_real_plate(vehicle) or "") == plate]
        if len(by_plate) == 1:
            return by_plate[0]
    if planned.name is None:
        return None
    by_name = [vehicle for vehicle in live if vehicle.nickname == planned.name] or [
        vehicle for vehicle in live if _same_name(vehicle.nickname) == _same_name(planned.name)
    ]
    if len(by_name) > 1:
        reason = f"{len(by_name)} vehicles have the name that the file gives"
        raise ImportNeeds((Need("vehicle_id", tuple(str(vehicle.id) for vehicle in by_name), reason),))
    if not by_name:
        return None
    message = (
        "the logs were put to the vehicle that has this name already; declare vehicle_id if it is another"
    )
    findings.add("matched_by_name", Severity.INFO, message, subject=str(by_name[0].id))
    return by_name[0]


def _all_live(vehicles: VehicleRepository) -> Iterator[Vehicle]:
    after: Vehicle | None = None
    while page := vehicles.list_live(after=after, limit=_PAGE):
        yield from page
        after = page[-1]


def _contradicts(planned: PlannedVehicle, vehicle: Vehicle) -> bool:
    """Whether both say who they are, and say different things."""
    if planned.vin and vehicle.vin:
        return planned.vin != vehicle.vin
    for ours, theirs in ((planned.make, vehicle.make), (planned.model, vehicle.model)):
        if ours and theirs and ours.casefold() != theirs.casefold():
            return True
    if planned.model_year and vehicle.model_year and planned.model_year != vehicle.model_year:
        return True
    plate = _real_plate(vehicle)
    return bool(planned.license_plate and plate) and _same_plate(planned.license_plate or "") != _same_plate(
        plate or ""
    )


def stand_in_plate(name: str) -> str:
    """What stands in the plate's column for a vehicle that has only a name."""
    return name[:_LONGEST_PLATE].strip()


def _real_plate(vehicle: Vehicle) -> str | None:
    is_stand_in = vehicle.nickname is not None and vehicle.license_plate == stand_in_plate(vehicle.nickname)
    return None if is_stand_in else vehicle.license_plate


def _same_plate(plate: str) -> str:
    return "".join(c for c in plate.casefold() if c.isalnum())


def _same_name(name: str | None) -> str:
    return " ".join((name or "").split()).casefold()


def _new(
    planned: PlannedVehicle, user_id: UserId, now: datetime, new_id: NewId, findings: FindingLog
) -> Vehicle:
    plate = planned.license_plate
    if plate is None and planned.vin is None and planned.name is not None:
        plate = stand_in_plate(planned.name)
        message = "the file has neither VIN nor plate; its name stands in for the plate until one is given"
        findings.add("vehicle_without_identity", Severity.WARNING, message, field="license_plate")
    return Vehicle(
        id=VehicleId(new_id()),
        user_id=user_id,
        vin=planned.vin,
        make=planned.make,
        model=planned.model,
        model_year=planned.model_year,
        nickname=planned.name,
        license_plate=plate,
        created_at=now,
        updated_at=now,
        distance_unit=planned.distance_unit,
    )
