"""The catalogue that is remembered: lists that are everybody's, and seldom change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Final, Self, TypeVar

from motovault.cache import keys
from motovault.cache.answers import Answers
from motovault.cache.values import Kind, PlainKind
from motovault.domain.platform import (
    CatalogueChanges,
    CatalogueRepository,
    Engine,
    Transmission,
    VehicleOption,
)
from motovault.errors import StorageFailure
from motovault.stores import CatalogueUnitOfWork

__all__ = ["CachedCatalogueRepository", "CachedCatalogueUnitOfWork"]

T = TypeVar("T")

_YEARS: Final[PlainKind[tuple[int, ...]]] = PlainKind("years", 1, keys.DROPDOWN_SECONDS, tuple[int, ...])
_NAMES: Final[PlainKind[tuple[str, ...]]] = PlainKind("names", 1, keys.DROPDOWN_SECONDS, tuple[str, ...])


class CachedCatalogueUnitOfWork:
    """A unit of work of the catalogue, its lists out of the cache; after an import nothing is trusted.

    The unit of the store itself is entered when it is first needed. An atomic one
    reads from the store, always.
    """

    def __init__(
        self, answers: Answers, open_inner: Callable[[], CatalogueUnitOfWork], *, atomic: bool
    ) -> None:
        self.answers = answers
        self._open_inner = open_inner
        self._inner: CatalogueUnitOfWork | None = None
        self._has_written = False
        self._is_open = False
        self.is_atomic = atomic

    @property
    def catalogue(self) -> CatalogueRepository:
        """The catalogue."""
        return CachedCatalogueRepository(self)

    @property
    def inner(self) -> CatalogueRepository:
        """The store's own repository, in its own unit of work."""
        if not self._is_open:
            raise StorageFailure("this unit of work is not open: enter it, and stay inside")
        if self._inner is None:
            inner = self._open_inner()
            inner.__enter__()
            self._inner = inner
        return self._inner.catalogue

    @property
    def may_wait(self) -> bool:
        """No connection is held here."""
        return self._inner is None

    def writes(self) -> None:
        """Something is about to be written: whatever comes of it, what is remembered goes."""
        self._has_written = True

    def __enter__(self) -> Self:
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._is_open = False
        inner, self._inner = self._inner, None
        has_written, self._has_written = self._has_written, False
        try:
            return None if inner is None else inner.__exit__(kind, error, trace)
        finally:
            if has_written:
                self.answers.drop_all()


class CachedCatalogueRepository:
    """:class:`motovault.domain.platform.CatalogueRepository`, which remembers its lists for 6 hours."""

    def __init__(self, unit: CachedCatalogueUnitOfWork) -> None:
        self._unit = unit

    def years(self) -> list[int]:
        return self._list(_YEARS, "years", lambda known: known.years(), {})

    def makes(self, model_year: int, /) -> list[str]:
        return self._list(_NAMES, "makes", lambda known: known.makes(model_year), {"year": model_year})

    def models(self, model_year: int, make: str, /) -> list[str]:
        chosen = {"year": model_year, "make": make}
        return self._list(_NAMES, "models", lambda known: known.models(model_year, make), chosen)

    def trims(self, model_year: int, make: str, model: str, /) -> list[str]:
        chosen = {"year": model_year, "make": make, "model": model}
        return self._list(_NAMES, "trims", lambda known: known.trims(model_year, make, model), chosen)

    def engines(self, model_year: int, make: str, model: str, trim: str | None, /) -> list[str]:
        chosen: dict[str, object] = {"year": model_year, "make": make, "model": model}
        if trim is not None:
            chosen["trim"] = trim
        return self._list(
            _NAMES, "engines", lambda known: known.engines(model_year, make, model, trim), chosen
        )

    def transmissions(
        self, model_year: int, make: str, model: str, trim: str | None, /, *, engine: str | None = None
    ) -> list[str]:
        chosen: dict[str, object] = {"year": model_year, "make": make, "model": model}
        chosen |= {name: value for name, value in (("trim", trim), ("engine", engine)) if value is not None}
        return self._list(
            _NAMES,
            "transmissions",
            lambda known: known.transmissions(model_year, make, model, trim, engine=engine),
            chosen,
        )

    def find_engine(self, name: str, /) -> Engine | None:
        return self._unit.inner.find_engine(name)

    def find_transmission(self, kind: str, /) -> Transmission | None:
        return self._unit.inner.find_transmission(kind)

    def import_options(
        self, options: Iterable[VehicleOption], /, *, at: datetime, replace: bool = False
    ) -> CatalogueChanges:
        inner = self._unit.inner
        self._unit.writes()
        return inner.import_options(options, at=at, replace=replace)

    def _list(
        self,
        kind: Kind[tuple[T, ...]],
        data_type: str,
        read: Callable[[CatalogueRepository], list[T]],
        chosen: dict[str, object],
    ) -> list[T]:
        unit = self._unit
        if unit.is_atomic:
            return read(unit.inner)
        key = keys.dropdown(data_type, chosen)
        found: tuple[T, ...] = unit.answers.answer(
            key, kind, lambda: tuple(read(unit.inner)), waits=unit.may_wait
        )
        return list(found)  # the caller's own, who may change it
