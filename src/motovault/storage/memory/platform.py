"""The catalogue in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from motovault.domain.platform import CatalogueChanges, Engine, HeldCatalogue, Transmission, VehicleOption
from motovault.ports import UserId
from motovault.storage.memory.transactions import Scope

__all__ = ["NOBODY", "CatalogueRows", "MemoryCatalogueRepository"]

NOBODY: Final = UserId("")
"""Whose the catalogue is: no user has this id."""


class CatalogueRows(HeldCatalogue):
    """The whole catalogue, as rows of a kind of their own."""


class MemoryCatalogueRepository:
    """:class:`motovault.domain.platform.CatalogueRepository` in memory."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def years(self) -> list[int]:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.years()

    def makes(self, model_year: int, /) -> list[str]:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.makes(model_year)

    def models(self, model_year: int, make: str, /) -> list[str]:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.models(model_year, make)

    def trims(self, model_year: int, make: str, model: str, /) -> list[str]:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.trims(model_year, make, model)

    def engines(self, model_year: int, make: str, model: str, trim: str, /) -> list[str]:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.engines(model_year, make, model, trim)

    def transmissions(
        self, model_year: int, make: str, model: str, trim: str, /, *, engine: str | None = None
    ) -> list[str]:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.transmissions(model_year, make, model, trim, engine=engine)

    def find_engine(self, name: str, /) -> Engine | None:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.find_engine(name)

    def find_transmission(self, kind: str, /) -> Transmission | None:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.find_transmission(kind)

    def import_options(
        self, options: Iterable[VehicleOption], /, *, at: datetime, replace: bool = False
    ) -> CatalogueChanges:
        given = list(options)  # before anything is locked, and before anything is changed
        with self._scope.writing(CatalogueRows) as (rows, _):
            before = rows.copy()
            self._scope.on_undo(lambda: rows.take(before))
            return rows.import_options(given, at=at, replace=replace)
