"""The catalogue: a file of its own, which every user reads alike.

Its questions and its rules are motovault's (:class:`HeldCatalogue`); here it is
only taken out of the document and put back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from json_store.files import Document
from json_store.rows import Row, from_row, to_row
from json_store.transactions import Scope, UnitOfWork
from motovault.domain.platform import (
    CatalogueChanges,
    CatalogueRepository,
    Engine,
    EngineSpec,
    HeldCatalogue,
    Transmission,
    TransmissionSpec,
    VehicleOption,
    folded,
    option_key,
)

__all__ = ["JsonCatalogue", "JsonCatalogueUnitOfWork"]


class JsonCatalogue:
    """:class:`motovault.domain.platform.CatalogueRepository` in a document."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def years(self) -> list[int]:
        return self._held().years()

    def makes(self, model_year: int, /) -> list[str]:
        return self._held().makes(model_year)

    def models(self, model_year: int, make: str, /) -> list[str]:
        return self._held().models(model_year, make)

    def trims(self, model_year: int, make: str, model: str, /) -> list[str]:
        return self._held().trims(model_year, make, model)

    def engines(self, model_year: int, make: str, model: str, trim: str, /) -> list[str]:
        return self._held().engines(model_year, make, model, trim)

    def transmissions(
        self, model_year: int, make: str, model: str, trim: str, /, *, engine: str | None = None
    ) -> list[str]:
        return self._held().transmissions(model_year, make, model, trim, engine=engine)

    def find_engine(self, name: str, /) -> Engine | None:
        return self._held().find_engine(name)

    def find_transmission(self, kind: str, /) -> Transmission | None:
        return self._held().find_transmission(kind)

    def import_options(
        self, options: Iterable[VehicleOption], /, *, at: datetime, replace: bool = False
    ) -> CatalogueChanges:
        given = list(options)  # before anything is locked
        with self._scope.writing() as transaction:
            held = _held_in(transaction.document)
            changes = held.import_options(given, at=at, replace=replace)
            if changes.is_change:
                transaction.put(_document_of(held))
            return changes

    def _held(self) -> HeldCatalogue:
        return _held_in(self._scope.document)


class JsonCatalogueUnitOfWork(UnitOfWork):
    """A unit of work of the catalogue, which belongs to no user."""

    @property
    def catalogue(self) -> CatalogueRepository:
        """The catalogue."""
        return JsonCatalogue(self._scope)


def _held_in(document: Document) -> HeldCatalogue:
    held = HeldCatalogue()
    held.last_id = document.get("last_id", 0)
    held.engines_by_name = {
        folded(engine.name): engine
        for engine in (from_row(Engine, row) for row in document.get("engines", []))
    }
    held.transmissions_by_type = {
        folded(transmission.type): transmission
        for transmission in (from_row(Transmission, row) for row in document.get("transmissions", []))
    }
    held.options = {option_key(option): option for option in map(_option, document.get("options", []))}
    return held


def _option(row: Row) -> VehicleOption:
    engine, transmission = row.get("engine"), row.get("transmission")
    found = {
        "engine": None if engine is None else from_row(EngineSpec, engine),
        "transmission": None if transmission is None else from_row(TransmissionSpec, transmission),
    }
    return from_row(VehicleOption, row | found)


def _document_of(held: HeldCatalogue) -> Document:
    return {
        "last_id": held.last_id,
        "engines": [to_row(engine) for engine in held.engines_by_name.values()],
        "transmissions": [to_row(one) for one in held.transmissions_by_type.values()],
        "options": [to_row(option) for option in held.options.values()],
    }
