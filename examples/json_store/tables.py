"""One user's rows of one kind in the document, and what all of them have in common.

The document: ``{"users": {user id: {table: {row id: row}}}}``. A user who is not
asked for is not looked at, but for one question: whether an id is in use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from json_store.files import Document
from json_store.rows import Row, from_row, to_row
from json_store.transactions import Scope
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue, StorageFailure
from motovault.ports import UserId

__all__ = ["OfVehicleTable", "Table", "by_creation", "is_live_row", "page_of"]

E = TypeVar("E")
Rows = dict[str, Row]


class Table(Generic[E]):
    """One user's rows of one kind, by id."""

    kind: ClassVar[type[Any]]
    name: ClassVar[str]

    def __init__(self, scope: Scope, user_id: UserId) -> None:
        self.scope = scope
        self.user_id = user_id

    def rows(self, document: Document, name: str | None = None) -> Rows:
        rows: Rows = document.get("users", {}).get(self.user_id, {}).get(name or self.name, {})
        return rows

    def with_rows(self, document: Document, rows: Rows) -> Document:
        """The same document, but for these rows; nothing is changed in place, so that undoing is easy."""
        users = document.get("users", {})
        mine = {**users.get(self.user_id, {}), self.name: rows}
        return {**document, "users": {**users, self.user_id: mine}}

    def is_taken(self, document: Document, entity_id: UUID) -> bool:
        # by whomever: a primary key knows no owner
        key = str(entity_id)
        return any(key in tables.get(self.name, {}) for tables in document.get("users", {}).values())

    def entity(self, row: Row) -> E:
        try:
            entity: E = from_row(self.kind, row)
        except (TypeError, ValueError) as error:  # somebody else wrote into the file
            raise StorageFailure(f"a row of {self.name} cannot be read: {type(error).__name__}") from error
        return entity

    def refuse_others(self, entity: Any) -> None:
        if entity.user_id != self.user_id:
            rule = f"is not the user whose {self.name.replace('_', ' ')} these are"
            raise InvalidValue("user_id", entity.user_id, rule)


def page_of(entities: list[E], key: Any, after: E | None, limit: int | None) -> list[E]:
    ordered = sorted(entities, key=key)
    behind = ordered if after is None else [one for one in ordered if key(one) > key(after)]
    return behind if limit is None else behind[:limit]


def is_live_row(row: Row) -> bool:
    return row["is_active"] and "deleted_at" not in row


def by_creation(entity: Any) -> Any:
    return entity.created_at, entity.id


class OfVehicleTable(Table[E]):
    """Rows that are each of one vehicle, and may have been imported."""

    exists: ClassVar[type[Any]]
    not_found: ClassVar[type[Any]]

    @staticmethod
    def order(entity: Any) -> Any:
        return by_creation(entity)

    def add(self, entity: Any, /) -> None:
        self.refuse_others(entity)
        with self.scope.writing() as transaction:
            document, rows = transaction.document, self.rows(transaction.document)
            self._refuse_gone(document, entity.vehicle_id)
            if self.is_taken(document, entity.id):
                raise self.exists
            self._refuse_twice(rows, entity)
            transaction.put(self.with_rows(document, {**rows, str(entity.id): to_row(entity)}))

    def get(self, entity_id: Any, /) -> E:
        row = self.rows(self.scope.document).get(str(entity_id))
        if row is None:
            raise self.not_found(entity_id)
        return self.entity(row)

    def list_for_garage(self) -> list[E]:
        document = self.scope.document
        live = sorted(key for key, row in self.rows(document, "vehicles").items() if is_live_row(row))
        return [entity for key in live for entity in self.listed(document, key)]

    def replace(self, entity: Any, /) -> None:
        self.refuse_others(entity)
        with self.scope.writing() as transaction:
            document, rows = transaction.document, self.rows(transaction.document)
            before = rows.get(str(entity.id))
            if before is None:
                raise self.not_found(entity.id)
            if before["vehicle_id"] != str(entity.vehicle_id):
                self._refuse_gone(document, entity.vehicle_id)
            self._refuse_twice(rows, entity)
            transaction.put(self.with_rows(document, {**rows, str(entity.id): to_row(entity)}))

    def remove(self, entity_id: Any, /) -> None:
        with self.scope.writing() as transaction:
            rows = dict(self.rows(transaction.document))
            if rows.pop(str(entity_id), None) is None:
                raise self.not_found(entity_id)
            transaction.put(self.with_rows(transaction.document, rows))

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        key = str(vehicle_id)
        return sum(row["vehicle_id"] == key for row in self.rows(self.scope.document).values())

    def add_all(self, entities: Iterable[Any]) -> int:
        given = list(entities)  # before anything is locked: making them may take long, or read this store
        for entity in given:
            self.refuse_others(entity)
        with self.scope.writing() as transaction:
            document, rows = transaction.document, self.rows(transaction.document)
            for vehicle_id in {entity.vehicle_id for entity in given}:
                self._refuse_gone(document, vehicle_id)
            sources = {source for row in rows.values() if (source := _source(row))}
            new: Rows = {}
            for entity in given:
                row = to_row(entity)
                if (source := _source(row)) in sources:
                    continue
                if row["id"] in new or self.is_taken(document, entity.id):
                    raise self.exists
                new[row["id"]] = row
                if source is not None:
                    sources.add(source)
            transaction.put(self.with_rows(document, {**rows, **new}))
        return len(new)

    def listed(self, document: Document, vehicle_id: str) -> list[E]:
        rows = self.rows(document).values()
        return sorted((self.entity(row) for row in rows if row["vehicle_id"] == vehicle_id), key=self.order)

    def _refuse_gone(self, document: Document, vehicle_id: VehicleId) -> None:
        row = self.rows(document, "vehicles").get(str(vehicle_id))
        if row is None or not is_live_row(row):
            raise VehicleNotFound(vehicle_id)

    def _refuse_twice(self, rows: Rows, entity: Any) -> None:
        source, key = _source(to_row(entity)), str(entity.id)
        if source and any(_source(row) == source for other, row in rows.items() if other != key):
            raise self.exists("this source key of the vehicle is kept already")


def _source(row: Row) -> tuple[str, str, str] | None:
    # half of one clashes with nothing
    if "source" not in row or "source_key" not in row:
        return None
    return row["vehicle_id"], row["source"], row["source_key"]
