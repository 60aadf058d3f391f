"""What PostgreSQL says of the tables of a schema, from its own catalogues, in a form that can be compared.

Names of indexes and triggers are left out, because the reference document gives
none; names of constraints, which PostgreSQL makes from table and column, are in.
"""

from __future__ import annotations

import re
from typing import Final

import sqlalchemy as sa

__all__ = ["Catalogue", "catalogue", "only"]

Catalogue = dict[tuple[str, ...], object]
"""(kind, table, ...) and what is said of it."""

_HERE: Final = "current_schema()"
_TABLE: Final = "(SELECT relname FROM pg_class WHERE oid = {})"
_MINE: Final = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

_NAME: Final = r"""(?:\w+|"(?:[^"]|"")+")"""

_COLUMNS: Final = f"""
    SELECT c.*, format_type(a.atttypid, a.atttypmod) AS full_type, a.attcollation::regcollation AS collates,
        pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL AS owns_a_sequence
    FROM information_schema.columns c
    JOIN pg_attribute a ON a.attrelid = to_regclass(quote_ident(table_name)) AND a.attname = column_name
    WHERE table_schema = {_HERE}
"""
_TABLES: Final = f"""
    SELECT relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, relispartition
    FROM pg_class WHERE relnamespace = {_MINE} AND relkind NOT IN ('i', 'I')
"""
_CONSTRAINTS: Final = f"""
    SELECT {_TABLE.format("conrelid")}, conname, contype, pg_get_constraintdef(oid),
        condeferrable, condeferred, convalidated, confdeltype, confupdtype, confmatchtype
    FROM pg_constraint WHERE connamespace = {_MINE} AND conrelid <> 0
"""
_INDEXES: Final = f"""
    SELECT {_TABLE.format("indrelid")}, pg_get_indexdef(indexrelid), indisunique, indisprimary, indisvalid
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = {_MINE}
"""
_TRIGGERS: Final = f"""
    SELECT {_TABLE.format("tgrelid")}, tgtype, tgenabled, tgnargs, tgdeferrable
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND c.relnamespace = {_MINE}
"""
_SEQUENCES: Final = f"""
    SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size
    FROM pg_sequences WHERE schemaname = {_HERE}
"""


def catalogue(connection: sa.Connection) -> Catalogue:
    """Everything that PostgreSQL says of tables, columns, constraints, indexes, triggers and sequences."""
    found: Catalogue = {}
    for row in connection.exec_driver_sql(_TABLES):
        found["table", row[0]] = tuple(row[1:])
    for row in connection.exec_driver_sql(_COLUMNS).mappings():
        # the database's name, and a number that counts a table's columns
        said = {
            name: v for name, v in row.items() if not name.endswith("_catalog") and name != "dtd_identifier"
        }
        found["column", row["table_name"], row["column_name"]] = said
    for table, name, *said in connection.exec_driver_sql(_CONSTRAINTS):
        found["constraint", table, name] = tuple(said)
    for table, definition, *said in connection.exec_driver_sql(_INDEXES):
        nameless = re.sub(rf"INDEX {_NAME} ON ({_NAME}\.)?", "INDEX ON ", definition)
        again = sum(key[:3] == ("index", table, nameless) for key in found)  # a second one alike is another
        found["index", table, nameless, str(again)] = said
    for table, *said in connection.exec_driver_sql(_TRIGGERS):
        found["trigger", table, str(said)] = True
    for name, *said in connection.exec_driver_sql(_SEQUENCES):
        found["sequence", name] = tuple(said)
    return found


def only(found: Catalogue, *kinds: str) -> Catalogue:
    """The part of these kinds."""
    return {key: said for key, said in found.items() if key[0] in kinds}
