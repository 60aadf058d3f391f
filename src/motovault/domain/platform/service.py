"""Reading the catalogue step by step, as people choose a vehicle, and bringing one in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, Protocol

from motovault.domain.fields import text
from motovault.domain.matching import in_option_order
from motovault.domain.platform.entities import (
    CatalogueChanges,
    Engine,
    Transmission,
    VehicleOption,
    model_year,
)
from motovault.domain.platform.errors import CatalogueNotInstalled, CatalogueRightMissing
from motovault.domain.platform.repository import CatalogueRepository
from motovault.errors import InvalidValue
from motovault.ports import Clock, OpensUnitOfWork, UnitOfWork

__all__ = ["CASCADE", "CatalogueService", "CatalogueUnitOfWork", "Progress"]

CASCADE: Final = ("model_year", "make", "model", "trim", "engine", "transmission")
"""What is asked for, each under what was chosen above it."""

_STEP = 10_000


class CatalogueUnitOfWork(UnitOfWork, Protocol):
    """What this service may touch. Of no user: the catalogue is everybody's."""

    @property
    def catalogue(self) -> CatalogueRepository: ...


class Progress(Protocol):
    """Is told how far an import has come."""

    def __call__(self, read: int, /) -> None: ...


class CatalogueService:
    """The catalogue of vehicles; every call is one transaction.

    Years, makes, models, trims, engines, transmissions: each list hangs on what
    was chosen before. Names are taken without regard to case.
    """

    def __init__(
        self,
        unit_of_work: OpensUnitOfWork[CatalogueUnitOfWork],
        clock: Clock,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    def years(self) -> list[int]:
        """Model years that have options, the newest first."""
        with self._unit_of_work() as work:
            return work.catalogue.years()

    def makes(self, year: int) -> list[str]:
        """Makes of a model year."""
        _check(year)
        with self._unit_of_work() as work:
            return work.catalogue.makes(year)

    def models(self, year: int, make: str) -> list[str]:
        """Models of a make in a model year."""
        chosen = _check(year, make=make)
        with self._unit_of_work() as work:
            return work.catalogue.models(year, *chosen)

    def trims(self, year: int, make: str, model: str) -> list[str]:
        """Trims of a model; options without one are not listed: their engines are those of trim ``""``."""
        chosen = _check(year, make=make, model=model)
        with self._unit_of_work() as work:
            return work.catalogue.trims(year, *chosen)

    def engines(self, year: int, make: str, model: str, trim: str = "") -> list[str]:
        """Names of the engines of a trim."""
        chosen = _check(year, make=make, model=model, trim=trim)
        with self._unit_of_work() as work:
            return work.catalogue.engines(year, *chosen)

    def transmissions(
        self, year: int, make: str, model: str, trim: str = "", *, engine: str | None = None
    ) -> list[str]:
        """Types of the transmissions of a trim; with ``engine`` only those that come with it."""
        chosen = _check(year, make=make, model=model, trim=trim)
        (engine_name,) = (None,) if engine is None else _names(engine=engine)
        with self._unit_of_work() as work:
            return work.catalogue.transmissions(year, *chosen, engine=engine_name)

    def options(self, field: str, chosen: Mapping[str, Any], /) -> list[int] | list[str]:
        """The options of one field, where something above it may be left out.

        People choose from the top; a VIN leaves some out, mostly the trim, outside North America the
        year. Then the options of all that could stand there are given together, each by its own index.

        Args:
            field: One of :data:`CASCADE`.
            chosen: What stands above it: the year, or a tuple of those that it can be; names. Without a
                make, and below models without a model, nothing is listed: that would be to search the whole
                catalogue. Options without a trim, of which nobody says which it is, belong to any.

        Returns:
            Years or names; nothing also where there is no catalogue, or none that may be read.
        """
        try:
            with self._unit_of_work() as work:
                return _asked(work.catalogue, field, chosen)
        except (CatalogueNotInstalled, CatalogueRightMissing):
            return []

    def find_engine(self, name: str) -> Engine | None:
        """What the catalogue says of the engine of this name, or None."""
        (name,) = _names(name=name)
        with self._unit_of_work() as work:
            return work.catalogue.find_engine(name)

    def find_transmission(self, kind: str) -> Transmission | None:
        """What the catalogue says of the transmission of this type, or None."""
        (kind,) = _names(kind=kind)
        with self._unit_of_work() as work:
            return work.catalogue.find_transmission(kind)

    def import_options(
        self, options: Iterable[VehicleOption], *, replace: bool = False, progress: Progress | None = None
    ) -> CatalogueChanges:
        """Bring in options, all or nothing; the same options twice change nothing.

        Args:
            options: Read once, in a stream; an error that it raises undoes everything.
            replace: Afterwards the catalogue is what was given, and nothing else.
            progress: Called every 10,000 options, with how many were read.
        """
        if progress is not None:
            options = _told(options, progress)
        with self._unit_of_work(atomic=True) as work:
            return work.catalogue.import_options(options, at=self._clock.now(), replace=replace)


def _asked(catalogue: CatalogueRepository, field: str, chosen: Mapping[str, Any]) -> list[int] | list[str]:
    if field not in CASCADE:
        raise InvalidValue("field", field, f"must be one of {', '.join(CASCADE)}")
    if field == "model_year":
        return catalogue.years()
    year, make, model = (chosen.get(name) for name in CASCADE[:3])
    if year is None or isinstance(year, tuple):
        years = [one for one in catalogue.years() if year is None or one in year]
    else:
        years = [year]
    if field == "make":
        return in_option_order(name for year in years for name in catalogue.makes(year))
    if make is None:
        return []
    if field == "model":
        return in_option_order(name for year in years for name in catalogue.models(year, make))
    if model is None:
        return []
    if field == "trim":
        return in_option_order(name for year in years for name in catalogue.trims(year, make, model))
    trim, engine = chosen.get("trim"), chosen.get("engine")
    trims = (trim, "") if trim else (trim,)
    if field == "engine":
        lists = [catalogue.engines(year, make, model, trim) for year in years for trim in trims]
    else:
        lists = [
            catalogue.transmissions(year, make, model, trim, engine=engine)
            for year in years
            for trim in trims
        ]
    return in_option_order(chain.from_iterable(lists))


def _check(year: Any, **names: Any) -> tuple[Any, ...]:
    model_year(year, "year")
    return _names(**names)


def _names(**names: Any) -> tuple[Any, ...]:
    rule = text()
    return tuple(" ".join((rule(value, field) or "").split()) for field, value in names.items())


def _told(options: Iterable[VehicleOption], progress: Progress) -> Iterator[VehicleOption]:
    for read, option in enumerate(options, start=1):
        yield option
        if read % _STEP == 0:
            progress(read)
