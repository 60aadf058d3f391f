"""Which unit holds: what the file says, else what was declared, else the owner's, else a question."""

from __future__ import annotations

from typing import Final, Literal, TypeVar

from motovault.findings import Severity
from motovault.importers.errors import Need
from motovault.importers.findings import FindingLog
from motovault.importers.options import ImportOptions
from motovault.quantities.errors import UnknownUnit
from motovault.quantities.units import DistanceUnit, FuelUnit, distance_unit, fuel_unit

__all__ = [
    "GALLON",
    "FuelHint",
    "distance_unit_in",
    "fuel_unit_in",
    "settle_distance_unit",
    "settle_fuel_unit",
]

GALLON: Final = "gallon"
"""A gallon that does not say which."""

FuelHint = FuelUnit | Literal["gallon"]

_GALLONS = (FuelUnit.US_GAL, FuelUnit.IMP_GAL)

U = TypeVar("U", DistanceUnit, FuelUnit)


def distance_unit_in(title: str) -> DistanceUnit | None:
    """The unit that a column title names, alone or in brackets.

    >>> distance_unit_in("Odo (mi)"), distance_unit_in("km"), distance_unit_in("Odometer")
    (<DistanceUnit.MI: 'mi'>, <DistanceUnit.KM: 'km'>, None)
    """
    try:
        return distance_unit(_bracketed(title))
    except UnknownUnit:
        return None


def fuel_unit_in(title: str) -> FuelHint | None:
    """The unit that a column title names, alone or in brackets; ``gallon`` where it does not say which.

    >>> fuel_unit_in("Fuel (us gallons)"), fuel_unit_in("gallons"), fuel_unit_in("Fuel")
    (<FuelUnit.US_GAL: 'us_gal'>, 'gallon', None)
    """
    text = _bracketed(title)
    try:
        return fuel_unit(text)
    except UnknownUnit:
        return GALLON if text.strip().casefold() in ("gallons", "gallon", "gal", "gals") else None


def _bracketed(title: str) -> str:
    _, opened, inside = title.strip()[:100].partition("(")
    return inside.partition(")")[0] if opened else title.strip()[:100]


def settle_distance_unit(
    stated: DistanceUnit | None,
    options: ImportOptions,
    needs: list[Need],
    findings: FindingLog,
    doubt: str | None = None,
) -> DistanceUnit | None:
    """The unit of odometer and trip; None only together with an open question.

    Args:
        stated: What the file says.
        options: What was declared, and the owner's unit system.
        needs: Open questions; one may be added.
        findings: Told what was assumed or contradicted.
        doubt: None where the format has a place for its units. Else an assumption is a warning;
            and text says what in the file speaks against miles and gallons, which then are not assumed.
    """
    declared = options.distance_unit
    if stated is not None:
        if declared not in (None, stated):
            _contradicted(findings, "distance_unit", str(declared), stated)
        return stated
    if declared is not None:
        return declared
    reason = "the file names no unit of distance"
    if options.unit_system is not None:
        unit = options.unit_system.distance_unit
        if not doubt or unit is not DistanceUnit.MI:
            return _assumed(findings, "distance_unit", unit, doubt)
        reason = _refused(reason, unit, doubt)
    needs.append(Need("distance_unit", (DistanceUnit.MI, DistanceUnit.KM), reason))
    return None


def settle_fuel_unit(
    stated: FuelHint | None,
    options: ImportOptions,
    needs: list[Need],
    findings: FindingLog,
    doubt: str | None = None,
) -> FuelUnit:
    """The unit of the amounts; the arguments are those of :func:`settle_distance_unit`."""
    declared = options.fuel_unit
    system = options.unit_system
    if stated == GALLON:
        if declared is not None and declared in _GALLONS:
            return declared
        if declared is not None:
            _contradicted(findings, "fuel_unit", declared, "gallons")
        elif system is not None and system.fuel_unit in _GALLONS:
            return _assumed(findings, "fuel_unit", system.fuel_unit, doubt)
        needs.append(Need("fuel_unit", _GALLONS, "the file says gallons, but not US or imperial"))
        return FuelUnit.US_GAL
    if stated is not None:
        if declared not in (None, stated):
            _contradicted(findings, "fuel_unit", str(declared), stated)
        return FuelUnit(stated)
    if declared is not None:
        return declared
    reason = "the file names no unit of fuel"
    if system is not None:
        if not doubt or system.fuel_unit not in _GALLONS:
            return _assumed(findings, "fuel_unit", system.fuel_unit, doubt)
        reason = _refused(reason, system.fuel_unit, doubt)
    needs.append(Need("fuel_unit", tuple(FuelUnit), reason))
    return FuelUnit.L


def _assumed(findings: FindingLog, field: str, unit: U, doubt: str | None) -> U:
    message = f"the file does not say its {field}; {unit} was taken, from the owner's unit system"
    severity = Severity.INFO
    if doubt is not None:
        # The whole file hangs on it, and the unit system may be one that nobody ever chose.
        severity = Severity.WARNING
        message += f"; declare {field} if it is another"
    findings.add("unit_assumed", severity, message, field=field, value=unit)
    return unit


def _refused(reason: str, unit: str, doubt: str) -> str:
    return f"{reason}, and {unit}, of the owner's unit system, was not assumed because {doubt}"


def _contradicted(findings: FindingLog, field: str, declared: str, stated: str) -> None:
    message = f"{field} {declared} was declared, but the file says {stated}, which holds"
    findings.add("declaration_contradicted", Severity.WARNING, message, field=field, value=declared)
