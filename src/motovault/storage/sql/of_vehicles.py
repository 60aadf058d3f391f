"""Tables whose rows are each of one vehicle: the statements and calls that they have in common.

A row is kept only where its vehicle is a live one of the same user's. One that
is kept stays when the vehicle is deleted softly, and goes with it for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import Conflict, InvalidValue
from motovault.storage.sql.columns import Row
from motovault.storage.sql.errors import Clashes
from motovault.storage.sql.statements import Statement, values
from motovault.storage.sql.vehicles import IS_LIVE, VEHICLES, is_live_vehicle
from motovault.storage.sql.work import Work

__all__ = ["OfVehicle", "OfVehicleStatements", "SqlOfVehicleRepository", "of_live_vehicles", "source_clashes"]

SOURCE_TAKEN: Final = "this source key of the vehicle is kept already"


class OfVehicle(Protocol):
    """An entity of one vehicle."""

    # Any, because pyright takes a field with a converter for a descriptor
    @property
    def id(self) -> Any: ...

    @property
    def user_id(self) -> Any: ...

    @property
    def vehicle_id(self) -> Any: ...


E = TypeVar("E", bound=OfVehicle)


class OfVehicleStatements(NamedTuple):
    """The statements of one table, in a tuple, in which tests of every statement find them."""

    add: Statement
    has_id: Statement
    has_vehicle: Statement
    get: Statement
    get_for_change: Statement
    list_for_vehicle: Statement
    list_for_change: Statement
    list_for_garage: Statement
    count_for_vehicle: Statement
    replace: Statement
    remove: Statement

    @classmethod
    def of(cls, table: sa.Table, *order: sa.ColumnElement[Any]) -> OfVehicleStatements:
        """The statements of a table with ``id``, ``user_id`` and ``vehicle_id``.

        Args:
            table: The table.
            *order: In which the rows of one vehicle are listed, before the id.
        """
        t, bind, names = table.c, values(table), tuple(column.name for column in table.columns)
        vehicle_is_mine = is_live_vehicle(bind["vehicle_id"], bind["user_id"])
        key = ("vehicle_id", "user_id")
        has_id, is_mine = t.id == bind["id"], t.user_id == bind["user_id"]
        of_vehicle = sa.and_(t.vehicle_id == bind["vehicle_id"], is_mine)
        everything = sa.select(table)
        listed = everything.where(of_vehicle).order_by(*order, t.id)
        counted = sa.select(sa.func.count()).select_from(table)
        changed = (
            sa.update(table)
            .where(
                t.id == sa.bindparam("this_id", type_=t.id.type),
                is_mine,
                sa.or_(t.vehicle_id == bind["vehicle_id"], vehicle_is_mine),
            )
            .values({name: value for name, value in bind.items() if name not in {"id", "user_id"}})
        )

        def insert(dialect: Any) -> Any:
            row = sa.select(*(value.label(name) for name, value in bind.items())).where(vehicle_is_mine)
            return (
                dialect.insert(table).from_select(names, row, include_defaults=False).on_conflict_do_nothing()
            )

        return cls(
            add=Statement(insert(postgresql), *names, sqlite=insert(sqlite)),
            has_id=Statement(counted.where(has_id), "id"),
            has_vehicle=Statement(sa.select(vehicle_is_mine), *key),
            get=Statement(everything.where(has_id, is_mine), "id", "user_id"),
            get_for_change=Statement(everything.where(has_id, is_mine).with_for_update(), "id", "user_id"),
            list_for_vehicle=Statement(listed, *key),
            list_for_change=Statement(listed.with_for_update(), *key),
            list_for_garage=Statement(
                of_live_vehicles(everything, table).order_by(t.vehicle_id, *order, t.id), "user_id"
            ),
            count_for_vehicle=Statement(counted.where(of_vehicle), *key),
            replace=Statement(changed, *("this_id" if name == "id" else name for name in names)),
            remove=Statement(sa.delete(table).where(has_id, is_mine), "id", "user_id"),
        )


def of_live_vehicles(query: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
    """Only rows of ``user_id`` whose vehicle is a live one."""
    # by a list of ids, not row by row: the planner then asks the vehicles once
    mine = sa.bindparam("user_id", type_=table.c.user_id.type)
    live = sa.select(VEHICLES.c.id).where(VEHICLES.c.user_id == mine, IS_LIVE)
    return query.where(table.c.user_id == mine, table.c.vehicle_id.in_(live))


def source_clashes(table: sa.Table, exists: Callable[..., Conflict]) -> Clashes:
    """What to raise for the primary key, and for the unique index over the source key."""
    columns = ", ".join(f"{table.name}.{name}" for name in ("vehicle_id", "source", "source_key"))
    return {
        f"{table.name}_pkey": exists,
        f"{table.name}.id": exists,
        f"{table.name}_source_key": lambda: exists(SOURCE_TAKEN),
        columns: lambda: exists(SOURCE_TAKEN),
    }


class SqlOfVehicleRepository(Generic[E]):
    """The calls that every repository of such a table has; a subclass says of which entity."""

    _statements: ClassVar[OfVehicleStatements]
    _clashes: ClassVar[Clashes]
    _plural: ClassVar[str]
    _not_found: ClassVar[type[Any]]
    """The error of the family NotFound; made of the id."""
    _exists: ClassVar[type[Any]]
    """The error of the family Conflict; made of the rule, or of nothing where it is the id."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @staticmethod
    def _row(entity: Any) -> tuple[object, ...]:
        """The values of the table's columns, in their order."""
        raise NotImplementedError

    @staticmethod
    def _load(rows: Iterable[Row]) -> list[E]:
        """Rows as entities."""
        raise NotImplementedError

    def add(self, entity: E, /) -> None:
        self._refuse_others(entity)
        if self._work.change(self._statements.add, self._row(entity), self._clashes) == 1:
            return
        # no row, no reason: the vehicle is not there, or DO NOTHING was done
        self._check_vehicle(entity.vehicle_id)
        is_id_taken = self._work.rows(self._statements.has_id, entity.id)[0][0]
        raise self._exists() if is_id_taken else self._exists(SOURCE_TAKEN)

    def get(self, entity_id: Any, /) -> E:
        of = self._statements
        row = self._work.row(
            of.get_for_change if self._work.is_atomic else of.get, entity_id, self._work.user_id
        )
        if row is None:
            raise self._not_found(entity_id)
        return self._load((row,))[0]

    def list_for_garage(self) -> list[E]:
        return self._listed(self._statements.list_for_garage, self._work.user_id)

    def replace(self, entity: E, /) -> None:
        self._refuse_others(entity)
        work = self._work
        if work.risky(lambda: work.change(self._statements.replace, self._row(entity), self._clashes)) == 1:
            return
        self.get(entity.id)
        raise VehicleNotFound(entity.vehicle_id)

    def remove(self, entity_id: Any, /) -> None:
        if self._work.change(self._statements.remove, (entity_id, self._work.user_id)) != 1:
            raise self._not_found(entity_id)

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        row = self._work.row(self._statements.count_for_vehicle, vehicle_id, self._work.user_id)
        return 0 if row is None else int(row[0])

    def _listed(self, statement: Statement, *args: object) -> list[E]:
        found: list[E] = []
        for rows in self._work.partitions(statement, *args):
            found += self._load(rows)
        return found

    def _refuse_others(self, entity: E) -> None:
        if entity.user_id != self._work.user_id:
            raise InvalidValue("user_id", entity.user_id, f"is not the user whose {self._plural} these are")

    def _check_vehicle(self, vehicle_id: VehicleId) -> None:
        found: Sequence[Row] = self._work.rows(self._statements.has_vehicle, vehicle_id, self._work.user_id)
        if not found[0][0]:
            raise VehicleNotFound(vehicle_id)
