"""A catalogue of vehicles out of vPIC's data, which the package ``ultravin`` has inside.

Needs the extra ``vpic``; importing this module does not. vPIC is the register of
the United States, and a work of their government, which is in the public domain.

It knows rules, not a list: which characters of a VIN stand for which model, trim
or engine. The package makes a VIN for each of its rules; what that says, in its
year and in the years before and after as long as the model goes on, is the
catalogue. So it is large and not complete: trims and engines are those that
vPIC tells apart, transmissions are mostly absent. It is to suggest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from motovault.domain.platform import EngineSpec, TransmissionSpec, VehicleOption
from motovault.errors import InvalidValue, MissingExtra
from motovault.ports import Clock
from motovault.providers.vpic import VEHICLE_TYPES, names_of
from motovault.system import SystemClock
from motovault.vin import YEAR_CODES, with_check_digit, wmi_of

__all__ = ["vpic_catalogue_options"]

_AT_ONCE: Final = 2000
"""VINs of one round; the package holds the interpreter while it builds what it returns."""

_CYCLE: Final = 30
_FIRST_YEAR: Final = 1981
_DISPLACEMENT: Final = re.compile(r"\d+\.\dL")
_CONFIGURATION: Final = re.compile(r"[IVWH]\d+|\d+-Cylinder")

Row = tuple[int, str, str, str, str | None, str | None]


def vpic_catalogue_options(
    *, vehicle_types: Collection[str] = ("car", "mpv", "truck", "motorcycle"), clock: Clock | None = None
) -> Iterator[VehicleOption]:
    """What is or was sold in the United States since 1981, as options of a catalogue, no two the same.

    It takes a minute or two, and some hundred MB of memory.

    Args:
        vehicle_types: Of which kinds: ``car``, ``mpv``, ``truck``, ``bus``, ``motorcycle``, ``trailer``,
            ``incomplete``, ``low-speed``, ``off-road``.
        clock: Tells the day, from which vPIC knows what is published; the machine's by default.

    Raises:
        MissingExtra: ultravin is not installed: ``pip install 'motovault[vpic]'``.
        InvalidValue: There is no such kind.
    """
    for kind in vehicle_types:
        if kind not in (known := VEHICLE_TYPES.values()):
            raise InvalidValue("vehicle_types", kind, f"must be of {', '.join(known)}")
    try:
        import ultravin
    except ImportError as error:
        raise MissingExtra("vpic", "ultravin") from error
    return _options(ultravin, frozenset(vehicle_types), clock or SystemClock())


def _options(ultravin: Any, kinds: frozenset[str], clock: Clock) -> Iterator[VehicleOption]:
    now = clock.now()
    seen: set[Row] = set()
    # those of one maker and descriptor stand together then, and are followed through the years together
    vins = iter(sorted(ultravin.sweep(["pattern", "engine", "vspec"])))
    while batch := list(islice(vins, _AT_ONCE)):
        for row in _through_the_years(ultravin, batch, kinds, now):
            if row in seen:
                continue
            seen.add(row)
            try:
                yield _option(row)
            except InvalidValue:  # a name that no column has room for
                continue


def _through_the_years(ultravin: Any, vins: list[str], kinds: frozenset[str], now: Any) -> Iterator[Row]:
    asked = set(map(_bare, vins))
    while vins:
        following: list[str] = []
        for vin, told in zip(vins, ultravin.decode_batch(vins, now=now), strict=True):
            year, names = told["model_year"], names_of(wmi_of(vin), told["attributes"])
            kind, make, model, trim, engine, transmission = names
            if make is None or model is None or kind not in kinds:
                continue
            if year is None or not _FIRST_YEAR <= year <= now.year + 1:
                continue
            yield year, make, model, trim or "", engine, transmission
            for other in _of_years(vin, (year - 1, year + 1), now.year + 1):
                if (bare := _bare(other)) not in asked:
                    asked.add(bare)
                    following.append(with_check_digit(other))
        vins = following


def _of_years(vin: str, years: Iterable[int], latest: int) -> Iterator[str]:
    """The same VIN of another year, where its cycle of 30 years, which position 7 tells, has that.

    With the check digit that it had, which is wrong now.
    """
    first = 1980 if vin[6].isdigit() else 1980 + _CYCLE
    for year in years:
        if max(first, _FIRST_YEAR) <= year < first + _CYCLE and year <= latest:
            yield f"{vin[:9]}{_CODES[year % _CYCLE]}{vin[10:]}"


def _bare(vin: str) -> str:
    """Without the check digit, which follows from the rest."""
    return vin[:8] + vin[9:]


_CODES: Final = {(1980 + place) % _CYCLE: code for place, code in enumerate(YEAR_CODES)}


def _option(row: Row) -> VehicleOption:
    year, make, model, trim, engine, transmission = row
    return VehicleOption(
        model_year=year,
        make=make,
        model=model,
        trim=trim,
        engine=None if engine is None else _engine(engine),
        transmission=None if transmission is None else TransmissionSpec(type=transmission),
    )


@lru_cache(maxsize=4096)
def _engine(name: str) -> EngineSpec:
    """``3.0L V6 Turbo`` taken apart again."""
    parts = name.split()
    return EngineSpec(
        name=name,
        displacement=next(filter(_DISPLACEMENT.fullmatch, parts), None),
        configuration=next(filter(_CONFIGURATION.fullmatch, parts), None),
        aspiration="Turbo" if "Turbo" in parts else None,
        fuel_type="Electric" if name == "Electric" else None,
    )
