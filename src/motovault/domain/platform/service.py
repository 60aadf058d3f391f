"""Reading the catalogue step by step, as people choose a vehicle, and bringing one in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from motovault.domain.fields import text
from motovault.domain.platform.entities import (
    CatalogueChanges,
    Engine,
    Transmission,
    VehicleOption,
    model_year,
)
from motovault.domain.platform.repository import CatalogueRepository
from motovault.ports import Clock, OpensUnitOfWork, UnitOfWork

__all__ = ["CatalogueChanged", "CatalogueService", "CatalogueUnitOfWork", "Progress"]

_STEP = 10_000


class CatalogueUnitOfWork(UnitOfWork, Protocol):
    """What this service may touch. Of no user: the catalogue is everybody's."""

    @property
    def catalogue(self) -> CatalogueRepository: ...


class CatalogueChanged(Protocol):
    """Is told that the catalogue is another one: what was remembered of it (``dropdown:*``) is stale."""

    def __call__(self) -> None: ...


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
        changed: CatalogueChanged | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._changed = changed

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
            changes = work.catalogue.import_options(options, at=self._clock.now(), replace=replace)
        if self._changed is not None and changes.is_change:  # after the commit
            self._changed()
        return changes


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
