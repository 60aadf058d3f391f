"""A made-up catalogue of any size, the same for the same arguments, and its file.

Makes are real, models are not. It has what real ones have: the same engine in
many models, models that live for some years, trims with and without engines,
transmissions that nobody wrote down, letters beyond ASCII.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Final

from motovault.domain.platform import EngineSpec, TransmissionSpec, VehicleOption

__all__ = ["COLUMNS", "catalogue_cells", "catalogue_options", "write_catalogue"]

COLUMNS: Final = (
    *("year", "make", "model", "trim", "engine", "displacement", "configuration", "fuel_type"),
    *("transmission", "drive_type"),
)
"""The titles of :func:`write_catalogue`."""

_MAKES: Final = (
    *("Acura", "Audi", "BMW", "Citroën", "Dacia", "Fiat", "Ford", "GMC", "Honda", "Hyundai", "Jaguar"),
    *("Jeep", "Kia", "Lexus", "Mazda", "Mercedes-Benz", "MINI", "Nissan", "Opel", "Peugeot", "Renault"),
    *("Saab", "Seat", "Škoda", "Subaru", "Suzuki", "Tesla", "Toyota", "Volkswagen", "Volvo"),
)
_SYLLABLES: Final = ("al", "be", "cor", "da", "el", "fi", "gra", "ni", "o", "pa", "ri", "so", "ta", "ve")
_TRIMS: Final = ("", "Base", "S", "SE", "SEL", "LX", "EX", "EX-L", "Sport", "Touring", "Limited", "Édition")
_SHAPES: Final = ("I3", "I4", "V6", "V8", "H4")
_FUELS: Final = ("Gasoline", "Diesel", "Flex Fuel")
_TRANSMISSIONS: Final = tuple(
    TransmissionSpec(type=f"{speeds}-Speed {kind}", speeds=str(speeds), drive_type=drive)
    for speeds, drive in ((4, "FWD"), (5, "RWD"), (6, "AWD"), (8, "FWD"), (10, "RWD"))
    for kind in ("Automatic", "Manual")
)


def catalogue_options(size: int = 100_000, *, seed: int = 1) -> Iterator[VehicleOption]:
    """That many options, no two the same.

    >>> first, *_ = catalogue_options(3)
    >>> first.make
    'Acura'
    """
    return islice(_endless(random.Random(seed)), size)


def _endless(chance: random.Random) -> Iterator[VehicleOption]:
    for round_ in count():  # each with models of its own
        for make in _MAKES:
            engines = [_engine(make, round_, number, chance) for number in range(12)]
            for number in range(10):
                model = "".join(chance.choices(_SYLLABLES, k=2)).capitalize() + f" {round_ * 10 + number}"
                yield from _of_model(make, model, engines, chance)


def _of_model(
    make: str, model: str, engines: list[EngineSpec], chance: random.Random
) -> Iterator[VehicleOption]:
    begun = chance.randint(1981, 2020)
    trims, some = chance.sample(_TRIMS, k=4), chance.sample(engines, k=3)
    for year in range(begun, min(begun + chance.randint(3, 9), 2027)):
        for trim in trims:
            for engine in some[: chance.randint(1, 3)] if chance.random() > 0.1 else (None,):
                known = chance.random() > 0.3
                for transmission in (
                    chance.sample(_TRANSMISSIONS, k=chance.randint(1, 2)) if known else (None,)
                ):
                    yield VehicleOption(
                        model_year=year,
                        make=make,
                        model=model,
                        trim=trim,
                        engine=engine,
                        transmission=transmission,
                    )


def _engine(make: str, round_: int, number: int, chance: random.Random) -> EngineSpec:
    litres = f"{1 + number * 0.3:.1f}L"
    shape, fuel = chance.choice(_SHAPES), chance.choice(_FUELS)
    name = f"{litres} {shape} {fuel} {make[:3].upper()}{round_}{number}"
    return EngineSpec(name=name, displacement=litres, configuration=shape, fuel_type=fuel)


def catalogue_cells(options: Iterable[VehicleOption]) -> Iterator[tuple[str, ...]]:
    """Each option as the cells of :data:`COLUMNS`."""
    for option in options:
        engine, transmission = option.engine, option.transmission
        yield (
            str(option.model_year),
            option.make,
            option.model,
            option.trim,
            "" if engine is None else engine.name,
            "" if engine is None else engine.displacement or "",
            "" if engine is None else engine.configuration or "",
            "" if engine is None else engine.fuel_type or "",
            "" if transmission is None else transmission.type,
            "" if transmission is None else transmission.drive_type or "",
        )


def write_catalogue(path: Path, options: Iterable[VehicleOption]) -> None:
    """The options as a CSV file; speeds and what else has no column are left out."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(catalogue_cells(options))
