"""What the caller declares because the file does not say it."""

from __future__ import annotations

import codecs
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from motovault.domain.fields import checked, currency_code, optional, text
from motovault.domain.fuel_logs import FuelType
from motovault.domain.user_preferences import UnitSystem, UserPreferences
from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue
from motovault.importers.work import Work, declared_work
from motovault.quantities.context import to_decimal
from motovault.quantities.units import DistanceUnit, FuelUnit, distance_unit, fuel_unit

__all__ = ["DATE_ORDERS", "DECIMAL_SIGNS", "RECORD_KINDS", "Column", "ColumnMapping", "ImportOptions"]

DATE_ORDERS = ("YMD", "DMY", "MDY")
DECIMAL_SIGNS = (".", ",")
RECORD_KINDS = ("service", "repair", "upgrade")

Column = str | int
"""A column: its title, in any case and with any blanks around it, or its position from 0."""


def _one_of(choices: tuple[str, ...]) -> Callable[[Any, str], str]:
    def rule(value: Any, field: str) -> str:
        if value not in choices:
            raise InvalidValue(field, value, "must be one of " + " ".join(choices))
        return str(value)

    return rule


# These four are written out with their types, so that type checkers let a caller write "km".


def _distance_unit(value: DistanceUnit | str | None) -> DistanceUnit | None:
    return None if value is None else distance_unit(value)


def _fuel_unit(value: FuelUnit | str | None) -> FuelUnit | None:
    return None if value is None else fuel_unit(value)


def _fuel_type(value: FuelType | str | None) -> FuelType | None:
    try:
        return None if value is None else FuelType(value)
    except ValueError:
        raise InvalidValue("fuel_type", value, "must be one of " + ", ".join(FuelType)) from None


def _unit_system(value: UnitSystem | str | None) -> UnitSystem | None:
    try:
        return None if value is None else UnitSystem(value)
    except ValueError:
        raise InvalidValue("unit_system", value, "must be imperial or metric") from None


def _vehicle_id(value: UUID | str | None) -> VehicleId | None:
    if value is None or isinstance(value, UUID):
        return None if value is None else VehicleId(value)
    try:
        return VehicleId(UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise InvalidValue("vehicle_id", value, "must be the id of a vehicle, a UUID") from None


def _time_zone(value: Any, field: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise InvalidValue(field, value, "must be a time zone's IANA name, such as Europe/Rome") from None
    return str(value)


def _encoding(value: Any, field: str) -> str:
    try:
        found = codecs.lookup(value)
    except (LookupError, TypeError, ValueError):
        raise InvalidValue(field, value, "must be the name of a text encoding, such as cp1250") from None
    if not found._is_text_encoding:
        raise InvalidValue(field, value, "must be an encoding of text")
    return found.name


def _column(value: Any, field: str) -> Column:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise InvalidValue(field, value, "must be a column's title or its position from 0")
    if isinstance(value, int) and not 0 <= value < 10_000:
        raise InvalidValue(field, value, "must be a position from 0 to 9999")
    if isinstance(value, str) and not value.strip():
        raise InvalidValue(field, value, "must not be empty")
    return value


def _divisor(value: Decimal | int | str) -> Decimal:
    found = to_decimal(value, "price_divisor")
    if found <= 0:
        raise InvalidValue("price_divisor", value, "must be above 0")
    return found


def _words(value: Iterable[str]) -> frozenset[str]:
    if isinstance(value, str):
        raise InvalidValue("words", value, "must be a list of words, not one text")
    try:
        return frozenset(word.strip().casefold() for word in value)
    except (TypeError, AttributeError):
        raise InvalidValue("words", value, "must be a list of words") from None


def _maybe(rule: Callable[[Any, str], Any]) -> Any:
    return attrs.field(default=None, converter=checked(optional(rule)))


def _maybe_column() -> Any:
    return _maybe(_column)


@attrs.frozen(kw_only=True)
class ColumnMapping:
    """Which column of a plain table holds what.

    A table needs ``filled_at`` and ``volume``; all else is optional. Columns
    that are not mapped are not read.

    Attributes:
        filled_at: Date, with or without a time of day.
        volume: How much; in ``ImportOptions.fuel_unit`` unless ``fuel_unit`` names a column.
        time: Time of day, where it stands apart.
        full: Flag: the tank was full. A table that has neither ``full`` nor ``partial`` holds full fills.
        partial: Flag: the tank was not full.
        missed: Flag: a fill-up before this one was not written down.
        vehicle: Name of the vehicle, where the table has several.
        source_id: Identity of the row in the other application, where it is unique.
        true_words: What counts as yes in a flag column, without regard to case.
        false_words: What counts as no; an empty cell does too. Any other word is reported.
        price_divisor: 100 where prices stand in pence or cents.
        has_header: The first row holds titles; without it every column is a position.
    """

    filled_at: Column = attrs.field(converter=checked(_column))
    volume: Column = attrs.field(converter=checked(_column))
    time: Column | None = _maybe_column()
    odometer: Column | None = _maybe_column()
    trip_distance: Column | None = _maybe_column()
    price_per_unit: Column | None = _maybe_column()
    total_cost: Column | None = _maybe_column()
    full: Column | None = _maybe_column()
    partial: Column | None = _maybe_column()
    missed: Column | None = _maybe_column()
    towing: Column | None = _maybe_column()
    tank: Column | None = _maybe_column()
    excluded_distance: Column | None = _maybe_column()
    fuel_type: Column | None = _maybe_column()
    fuel_grade: Column | None = _maybe_column()
    location: Column | None = _maybe_column()
    notes: Column | None = _maybe_column()
    vehicle: Column | None = _maybe_column()
    currency_code: Column | None = _maybe_column()
    odometer_unit: Column | None = _maybe_column()
    fuel_unit: Column | None = _maybe_column()
    charge_start_percent: Column | None = _maybe_column()
    charge_end_percent: Column | None = _maybe_column()
    source_id: Column | None = _maybe_column()
    true_words: frozenset[str] = attrs.field(
        default=frozenset(("1", "y", "yes", "true", "t", "x")), converter=_words
    )
    false_words: frozenset[str] = attrs.field(
        default=frozenset(("0", "n", "no", "false", "f", "-")), converter=_words
    )
    price_divisor: Decimal = attrs.field(default=Decimal(1), converter=_divisor)
    has_header: bool = True

    def columns(self) -> dict[str, Column]:
        """What is mapped: our field to their column."""
        known = attrs.fields_dict(type(self))
        settings = {"true_words", "false_words", "price_divisor", "has_header"}
        return {
            name: value
            for name in known
            if name not in settings and (value := getattr(self, name)) is not None
        }


@attrs.frozen(kw_only=True)
class ImportOptions:
    """Declarations that go with a file. All are optional; what turns out to be missing is asked for.

    Attributes:
        distance_unit: Unit of odometer and trip where the file names none.
        fuel_unit: Unit of the amounts where the file names none, or names a bare "gallons".
        date_order: ``YMD``, ``DMY`` or ``MDY``, where the column of dates does not prove it.
        decimal_sign: ``.`` or ``,``, where the numbers do not prove it.
        currency_code: ISO 4217; None leaves it to the owner's currency.
        time_zone: IANA name of the zone that the file's times are in.
        fuel_type: What was bought, where the file does not say.
        unit_system: The owner's; stands in where neither file nor caller says a unit, and is then reported.
        vehicle_id: The vehicle that the logs belong to, instead of finding it by VIN, plate or name.
        vehicle_name: Nickname of the vehicle, also where the file has another name for it.
        vin: VIN of the vehicle, where the file has none.
        license_plate: Its plate, where the file has none.
        record_kind: ``service``, ``repair`` or ``upgrade``: LubeLogger writes the three alike.
        work: What words of the file mean, where they are not known: each with its category and subtypes
            (``"repair:Engine"`` or ``("repair", ["Engine"])``), or ``"-"`` for no work on the vehicle. Found
            in titles by whole words without regard to case, accents and numbers; ``"*"`` is all the rest.
        encoding: How the text is encoded; found out where not given.
        delimiter: What stands between cells; found out where not given.
        mapping: Makes any table importable; see :class:`ColumnMapping`.
    """

    distance_unit: DistanceUnit | None = attrs.field(default=None, converter=_distance_unit)
    fuel_unit: FuelUnit | None = attrs.field(default=None, converter=_fuel_unit)
    date_order: str | None = _maybe(_one_of(DATE_ORDERS))
    decimal_sign: str | None = _maybe(_one_of(DECIMAL_SIGNS))
    currency_code: str | None = _maybe(currency_code)
    time_zone: str | None = _maybe(_time_zone)
    fuel_type: FuelType | None = attrs.field(default=None, converter=_fuel_type)
    unit_system: UnitSystem | None = attrs.field(default=None, converter=_unit_system)
    vehicle_id: VehicleId | None = attrs.field(default=None, converter=_vehicle_id)
    vehicle_name: str | None = attrs.field(default=None, converter=checked(text(100)))
    vin: str | None = attrs.field(default=None, converter=checked(text(40)), repr=False)
    license_plate: str | None = attrs.field(default=None, converter=checked(text(20)), repr=False)
    record_kind: str | None = _maybe(_one_of(RECORD_KINDS))
    work: Mapping[str, Work | None] = attrs.field(factory=dict, converter=declared_work)
    encoding: str | None = _maybe(_encoding)
    delimiter: str | None = _maybe(_one_of((",", ";", "\t", "|")))
    mapping: ColumnMapping | None = None

    @classmethod
    def for_owner(cls, preferences: UserPreferences, **declared: Any) -> ImportOptions:
        """Options that fall back on what the owner prefers.

        Args:
            preferences: The owner's; their unit system and time zone stand where nothing is declared.
            **declared: Fields of :class:`ImportOptions`.
        """
        return cls(**declared).falling_back_on(preferences)

    def falling_back_on(self, preferences: UserPreferences) -> ImportOptions:
        """The same options; the owner's unit system and time zone stand where none were declared."""
        return attrs.evolve(
            self,
            unit_system=self.unit_system or preferences.unit_system,
            time_zone=self.time_zone or preferences.time_zone,
        )
