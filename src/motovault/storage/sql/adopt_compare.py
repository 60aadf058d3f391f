"""What of a database that another application made fits the reference, and what does not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from attrs import frozen

from motovault.storage.sql.adopt_catalogue import Column, Table

__all__ = ["Difference", "compare_tables"]

NOTHING: Final = "nothing"


@frozen
class Difference:
    """One thing that is not as in the reference.

    Attributes:
        table: Its table.
        subject: What of it, such as ``column vin``; empty for the table itself.
        there: What the database has.
        expected: What the reference says.
        fits: It does no harm: the database can be adopted as it is.
    """

    table: str
    subject: str
    there: str
    expected: str
    fits: bool

    def __str__(self) -> str:
        what = f"{self.table}, {self.subject}" if self.subject else self.table
        must = "the reference has" if self.fits else "must be"
        return f"{what}: there is {self.there}, {must} {self.expected}"


def compare_tables(
    found: Mapping[str, Table],
    expected: Mapping[str, Table],
    *,
    ours: Mapping[str, Collection[str]],
    own_tables: Collection[str],
) -> Iterator[Difference]:
    """Each difference, table by table.

    Args:
        found: The database's.
        expected: The reference's, of the capsules that are looked at.
        ours: Of each table the columns that motovault adds, whose names must be free.
        own_tables: Further tables that nobody need be told about.
    """
    for name, table in expected.items():
        there = found.get(name)
        if there is None:
            yield Difference(name, "", NOTHING, "a table", fits=False)
        elif there.kind != "table":
            yield Difference(name, "", f"a {there.kind}", "a table", fits=False)
        else:
            yield from _table(name, there, table, ours.get(name, ()))
    for name, there in found.items():
        if name not in expected and name not in own_tables and there.kind == "table":
            yield Difference(name, "", "a table that is not the reference's", NOTHING, fits=True)


def _table(name: str, found: Table, expected: Table, ours: Collection[str]) -> Iterator[Difference]:
    if found.foreign_owner is not None:
        must = "the database user, or a role that it is a member of"
        yield Difference(name, "owner", found.foreign_owner, must, fits=False)
    for column, said in expected.columns.items():
        yield from _column(name, column, found.columns.get(column), said)
    for column, there in found.columns.items():
        if column not in expected.columns:
            yield _extra_column(name, column, there, ours)
    key, must = ", ".join(found.primary_keys) or NOTHING, expected.primary_keys[0]
    if key != must:
        yield Difference(name, "primary key", key, must, fits=False)
    yield from _rules(name, "foreign key", found.foreign_keys, expected.foreign_keys)
    yield from _rules(name, "check", found.checks, expected.checks)
    yield from _rules(name, "exclusion", found.exclusions, expected.exclusions)
    yield from _rules(name, "unique index", found.unique_indexes, expected.unique_indexes)
    for constraint in found.unvalidated:
        yield Difference(name, f"constraint {constraint}", "not validated", "validated", fits=True)
    any_index = found.indexes | found.unique_indexes
    for says in expected.indexes:
        if says not in any_index:
            yield Difference(name, "index", NOTHING, says, fits=True)
    for says, index in found.indexes.items():
        if says not in expected.indexes:
            yield Difference(name, f"index {index}", says, NOTHING, fits=True)
    if expected.touching and not found.touching:
        yield Difference(name, "trigger", NOTHING, "one that sets updated_at at each update", fits=True)
    for trigger in [*found.triggers, *(found.touching if not expected.touching else ())]:
        yield Difference(name, f"trigger {trigger}", "a trigger", NOTHING, fits=True)
    if found.hides_rows:
        # rows that break a key would not be found, and PostgreSQL would take the key for validated
        free = "off, or not for the database user"
        yield Difference(name, "row-level security", "one that binds the database user", free, fits=False)
    elif found.has_row_security:
        yield Difference(name, "row-level security", "on", "off", fits=True)


def _column(table: str, name: str, found: Column | None, expected: Column) -> Iterator[Difference]:
    subject = f"column {name}"
    if found is None:
        yield Difference(table, subject, NOTHING, f"{expected.type} {expected.null}", fits=False)
        return
    if found.type != expected.type:
        yield Difference(table, subject, found.type, expected.type, fits=False)
    if found.is_not_null != expected.is_not_null:
        yield Difference(table, subject, found.null, expected.null, fits=False)
    if found.default != expected.default and not found.makes_itself:
        # without one, an insert that leaves the column out would be refused
        fits = found.default is not None or not expected.is_not_null
        there = NOTHING if found.default is None else found.default
        must = NOTHING if expected.default is None else expected.default
        yield Difference(table, f"default of {name}", there, must, fits=fits)


def _extra_column(table: str, name: str, found: Column, ours: Collection[str]) -> Difference:
    there = f"{found.type} {found.null}"
    if name in ours:
        free = "no column of this name, which motovault adds"
        return Difference(table, f"column {name}", there, free, fits=False)
    if found.is_not_null and found.default is None and not found.makes_itself:
        nullable = "NULL or with a default, as motovault does not know it"
        return Difference(table, f"column {name}", there, nullable, fits=False)
    return Difference(table, f"column {name}", there, NOTHING, fits=True)


def _rules(
    table: str, kind: str, found: Mapping[str, str], expected: Mapping[str, str]
) -> Iterator[Difference]:
    for says in expected:
        if says not in found:
            yield Difference(table, kind, NOTHING, says, fits=False)
    for says, name in found.items():
        if says not in expected:
            yield Difference(table, f"{kind} {name}", says, NOTHING, fits=True)
