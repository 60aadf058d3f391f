"""The reference schema as the document states it, and the PostgreSQL statements that make it.

The statement itself is ``reference_schema.toml``. What is made here is what the
Node application would have made, its own ``_migrations`` aside.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import field, frozen

__all__ = ["TABLES", "Table", "statements"]

PATH: Final = Path(__file__).with_name("reference_schema.toml")


@frozen
class Table:
    """One table of the reference.

    Attributes:
        capsule: Whose it is, in our spelling.
        columns: What stands between the parentheses of CREATE TABLE.
        indexes: Each as columns joined by ``+``.
        unique_indexes: The same; or an expression.
        touches_updated_at: A trigger sets ``updated_at`` at each update.
        seeds: Of one column, what the rows hold that are there from the start, sorted.
    """

    capsule: str
    name: str
    columns: str
    indexes: list[str] = field(factory=list)
    unique_indexes: list[str] = field(factory=list)
    touches_updated_at: bool = False
    seeds: dict[str, list[str]] = field(factory=dict)

    @property
    def column_names(self) -> list[str]:
        """The columns, in their order."""
        return re.findall(r"^([a-z_0-9]+) [A-Z]", self.columns, flags=re.MULTILINE)

    def statements(self) -> Iterator[str]:
        """What makes the table, its indexes and its trigger in PostgreSQL; no row."""
        yield f"CREATE TABLE {self.name} ({self.columns})"
        for unique, indexes in (("", self.indexes), ("UNIQUE ", self.unique_indexes)):
            for columns in indexes:
                name = "_".join(["idx", self.name, *re.findall(r"\w+", columns.lower())])
                yield f"CREATE {unique}INDEX {name} ON {self.name} ({columns.replace('+', ', ')})"
        if self.touches_updated_at:
            # In a string, so that a driver does not take the colon for a parameter.
            yield (
                f"CREATE FUNCTION update_{self.name}_updated_at() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN NEW.updated_at = CURRENT_TIMESTAMP; RETURN NEW; END'"
            )
            yield (
                f"CREATE TRIGGER update_{self.name}_updated_at BEFORE UPDATE ON {self.name}"
                f" FOR EACH ROW EXECUTE FUNCTION update_{self.name}_updated_at()"
            )


def _read() -> dict[str, Table]:
    tables = tomllib.loads(PATH.read_text(encoding="utf-8"))["table"]
    return {table["name"]: Table(**table) for table in tables}


TABLES: Final = _read()
"""The twenty tables by name, in the order in which they can be made."""


def statements() -> Iterator[str]:
    """What makes the whole reference schema in an empty PostgreSQL database."""
    for table in TABLES.values():
        yield from table.statements()
