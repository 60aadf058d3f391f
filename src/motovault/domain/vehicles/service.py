"""Adding, finding, changing, deleting and restoring one user's vehicles."""

from __future__ import annotations

import builtins
from typing import Any, Protocol, TypedDict, Unpack, cast
from uuid import UUID

import attrs

from motovault import vin as vins
from motovault.domain.fields import page_limit
from motovault.domain.tiers import FeaturePolicy, TierPolicy
from motovault.domain.vehicles.basic_decoder import BasicVinDecoder
from motovault.domain.vehicles.decoding import DecodedVin, VinDecoder
from motovault.domain.vehicles.entities import Vehicle, VehicleId
from motovault.domain.vehicles.errors import CheckDigitMismatch, VehicleNotFound
from motovault.domain.vehicles.names import make_name, model_name
from motovault.domain.vehicles.repository import VehicleRepository
from motovault.errors import InvalidValue
from motovault.ports import Clock, NewId, OpensUnitOfWork, UnitOfWork, UserId
from motovault.quantities.units import DistanceUnit

__all__ = ["VIN_DECODE", "VehicleChanges", "VehicleService", "VehicleUnitOfWork"]

VIN_DECODE = "vehicle.vin_decode"
"""The feature that the policy is asked about before a VIN is decoded for a user."""


class VehicleUnitOfWork(UnitOfWork, Protocol):
    """What this service may touch."""

    @property
    def vehicles(self) -> VehicleRepository: ...


class VehicleDetails(TypedDict, total=False):
    """What a vehicle can be described by beside its VIN; see :class:`Vehicle` for the meaning of each."""

    make: str | None
    model: str | None
    model_year: int | None
    trim: str | None
    engine: str | None
    transmission: str | None
    nickname: str | None
    color: str | None
    license_plate: str | None
    odometer_reading: int | None
    image_bucket: str | None
    image_key: str | None
    distance_unit: DistanceUnit | str | None


class VehicleChanges(VehicleDetails, total=False):
    """What can be changed of a vehicle."""

    vin: str | None


class VehicleService:
    """One user's vehicles; every call is one transaction, or joins the one that is open.

    Args:
        vin_decoder: Tells what a VIN says; by default the one that needs nothing.
        policy: Says whether this user may have VINs decoded; by default tiers decide, all users are free.
    """

    def __init__(
        self,
        user_id: UserId,
        unit_of_work: OpensUnitOfWork[VehicleUnitOfWork],
        clock: Clock,
        new_id: NewId,
        *,
        vin_decoder: VinDecoder | None = None,
        policy: FeaturePolicy | None = None,
    ) -> None:
        self._user_id = user_id
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._new_id = new_id
        self._vin_decoder = vin_decoder or BasicVinDecoder(clock)
        self._policy = policy or TierPolicy()

    def add(
        self,
        *,
        vin: str | None = None,
        allow_check_digit_mismatch: bool = False,
        pre_standard: bool = False,
        decode: bool = False,
        **details: Unpack[VehicleDetails],
    ) -> Vehicle:
        """Keep a new vehicle.

        Args:
            vin: 17 characters; blanks and dashes go, letters become capitals.
            allow_check_digit_mismatch: Accept a North American or Chinese VIN whose check digit is wrong.
            pre_standard: Accept 5 to 17 characters, for vehicles before 1981; what is well formed
                by the standard is still held to it.
            decode: Fill model year, make, model, trim, engine and transmission from the VIN where they are
                left empty; what is given stays, also where the VIN says otherwise.
            **details: Plate, nickname, make, model, model year and the rest; makes and models are normalised.

        Raises:
            InvalidValue: A value breaks its rule.
            VehicleWithoutIdentity: Neither VIN nor plate.
            CheckDigitMismatch: The check digit, where the law demands one, is wrong.
            VehicleExists: A live vehicle of this user has the VIN already.
            FeatureNotInTier: ``decode`` was asked for, and the policy does not allow it to this user.
        """
        _refuse_unknown(details, VehicleDetails)
        number = _checked_vin(vin, allow_check_digit_mismatch, pre_standard)
        if decode:
            details = self._filled(number, details)
        vehicle_id = VehicleId(self._new_id())
        now = self._clock.now()
        vehicle = Vehicle(
            id=vehicle_id,
            user_id=self._user_id,
            vin=number,
            created_at=now,
            updated_at=now,
            odometer_read_at=now if details.get("odometer_reading") else None,
            **_normalised(details),
        )
        with self._unit_of_work() as work:
            work.vehicles.add(vehicle)
        return vehicle

    def decode(self, vin: str) -> DecodedVin:
        """What a VIN tells of its vehicle, each field with its confidence; nothing is kept.

        A wrong check digit is no error here: ask ``findings`` of the answer.

        Raises:
            FeatureNotInTier: The policy does not allow it to this user.
            InvalidVin: It is no VIN.
        """
        self._policy.require(self._user_id, VIN_DECODE)
        return self._vin_decoder.decode(vin)

    def get(self, vehicle_id: VehicleId) -> Vehicle:
        """The live vehicle with this id. Raises VehicleNotFound, also for a deleted or another's one."""
        with self._unit_of_work() as work:
            return _live(work.vehicles, vehicle_id)

    def find_by_vin(self, vin: str) -> Vehicle | None:
        """The live vehicle with this VIN, however it is typed, or None."""
        with self._unit_of_work() as work:
            return work.vehicles.find_by_vin(vins.compact(vin))

    def list(self, *, after: Vehicle | None = None, limit: int | None = None) -> list[Vehicle]:
        """Live vehicles, oldest first; those behind ``after``, at most ``limit`` of them."""
        limit = page_limit(limit)
        with self._unit_of_work() as work:
            return work.vehicles.list_live(after=after, limit=limit)

    def deleted(self) -> builtins.list[Vehicle]:
        """Deleted vehicles, which :meth:`restore` brings back."""
        with self._unit_of_work() as work:
            return work.vehicles.list_deleted()

    def count(self) -> int:
        """How many live vehicles there are."""
        with self._unit_of_work() as work:
            return work.vehicles.count_live()

    def change(
        self,
        vehicle_id: VehicleId,
        *,
        allow_check_digit_mismatch: bool = False,
        pre_standard: bool = False,
        **changes: Unpack[VehicleChanges],
    ) -> Vehicle:
        """Change what is given, keep the rest; None empties a field.

        Raises as :meth:`add`, and VehicleNotFound.
        """
        _refuse_unknown(changes, VehicleChanges)
        new: dict[str, Any] = _normalised(changes)
        now = self._clock.now()
        with self._unit_of_work(atomic=True) as work:
            kept = _live(work.vehicles, vehicle_id)
            if "vin" in changes and changes["vin"] != kept.vin:
                new["vin"] = _checked_vin(changes["vin"], allow_check_digit_mismatch, pre_standard)
            if "odometer_reading" in changes:
                new["odometer_read_at"] = now if changes["odometer_reading"] else None
            changed = attrs.evolve(kept, **new, updated_at=now)
            work.vehicles.replace(changed)
        return changed

    def remove(self, vehicle_id: VehicleId) -> Vehicle:
        """Delete a vehicle softly: it leaves lists and counts, keeps its logs, and can be restored."""
        now = self._clock.now()
        with self._unit_of_work(atomic=True) as work:
            vehicle = _live(work.vehicles, vehicle_id)
            removed = attrs.evolve(vehicle, is_active=False, deleted_at=now, updated_at=now)
            work.vehicles.replace(removed)
        return removed

    def restore(self, vehicle_id: VehicleId) -> Vehicle:
        """Bring a deleted vehicle back.

        Raises VehicleNotFound, or VehicleExists if its VIN is in use again.
        """
        with self._unit_of_work(atomic=True) as work:
            vehicle = _known(work.vehicles, vehicle_id)
            if vehicle.is_live:
                return vehicle
            restored = attrs.evolve(vehicle, is_active=True, deleted_at=None, updated_at=self._clock.now())
            work.vehicles.replace(restored)
        return restored

    def _filled(self, vin: str | None, details: VehicleDetails) -> VehicleDetails:
        """The details, with what the VIN tells where they are empty."""
        self._policy.require(self._user_id, VIN_DECODE)
        if vin is None:
            raise InvalidValue("decode", True, "needs a vin")
        if not vins.is_well_formed(vin):  # before 1981 there was no standard to decode by
            return details
        given: dict[str, Any] = dict(details)
        for name, value in self._vin_decoder.decode(vin).details().items():
            held = given.get(name)
            if held is None or (isinstance(held, str) and not held.strip()):
                given[name] = value
        return cast("VehicleDetails", given)


def _known(vehicles: VehicleRepository, vehicle_id: VehicleId) -> Vehicle:
    # text that a caller took for an id: databases would differ in what they say
    if not isinstance(vehicle_id, UUID):
        raise VehicleNotFound(vehicle_id)
    return vehicles.get(vehicle_id)


def _live(vehicles: VehicleRepository, vehicle_id: VehicleId) -> Vehicle:
    vehicle = _known(vehicles, vehicle_id)
    if not vehicle.is_live:
        raise VehicleNotFound(vehicle_id)
    return vehicle


def _refuse_unknown(given: object, shape: type) -> None:
    for name in set(given) - set(shape.__annotations__):  # type: ignore[call-overload]
        known = ", ".join(sorted(shape.__annotations__))
        raise InvalidValue(name, given[name], f"is no field of a vehicle that can be set; there are {known}")  # type: ignore[index]


def _normalised(details: VehicleDetails) -> dict[str, Any]:
    new: dict[str, Any] = {name: value for name, value in details.items() if name != "vin"}
    for name, rule in (("make", make_name), ("model", model_name)):
        if isinstance(value := new.get(name), str):
            new[name] = rule(value)
    return new


def _checked_vin(text: str | None, allow_check_digit_mismatch: bool, pre_standard: bool) -> str | None:
    if text is None or not str(text).strip():
        return None
    vin = vins.parse(text, pre_standard=pre_standard)
    code = str(vin)
    if vin.is_check_digit_required and not vin.is_check_digit_right and not allow_check_digit_mismatch:
        raise CheckDigitMismatch(code, vins.check_digit(code), tuple(vins.suggest(code)))
    return code
