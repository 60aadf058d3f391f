"""What PostgreSQL says of the tables of a schema, so that two schemas can be compared.

Of an adopted database names say little, since another application chose them: keys,
checks and indexes are told apart by what they say.
Source: pg_catalog; ``uuid_generate_v4()`` of the extension uuid-ossp makes the same
ids as ``gen_random_uuid()``, and counts as it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from attrs import Factory, frozen

__all__ = ["Column", "Table", "names_taken", "tables_of"]

_HERE: Final = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

_TABLES: Final = f"""
    SELECT relname, relkind::text, relrowsecurity, row_security_active(oid),
        CASE WHEN NOT pg_has_role(relowner, 'USAGE') THEN pg_get_userbyid(relowner) END
    FROM pg_class
    WHERE relnamespace = {_HERE} AND relkind IN ('r', 'p', 'v', 'm', 'f')
"""
_COLUMNS: Final = f"""
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = {_HERE} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum
"""
_CONSTRAINTS: Final = f"""
    SELECT c.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid), k.convalidated
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.connamespace = {_HERE} AND k.contype IN ('p', 'f', 'c', 'x')
    ORDER BY k.conname
"""
_INDEXES: Final = f"""
    SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid), x.indisunique
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    WHERE i.relnamespace = {_HERE} AND x.indisvalid AND NOT x.indisprimary
    ORDER BY i.relname
"""
_TRIGGERS: Final = f"""
    SELECT c.relname, t.tgname, t.tgtype, f.prosrc
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = {_HERE} AND t.tgenabled IN ('O', 'A')
    ORDER BY t.tgname
"""
_ROW_BEFORE_UPDATE: Final = 1 + 2 + 16  # bits of pg_trigger.tgtype


@frozen
class Column:
    """One column: its type as SQL writes it, whether it takes NULL, and its default, brought into one form.

    ``makes_itself`` is an identity or a generated column, which an insert leaves out.
    """

    type: str
    is_not_null: bool
    default: str | None
    makes_itself: bool

    @property
    def null(self) -> str:
        """``NULL`` or ``NOT NULL``."""
        return "NOT NULL" if self.is_not_null else "NULL"


@frozen
class Table:
    """One table, view or the like, with what belongs to it.

    Attributes:
        kind: ``table``, or another word.
        has_row_security: Row-level security is on.
        hides_rows: It binds the role that we are, also where that is the owner.
        foreign_owner: The owner, where we may not act as that role; else None.
        columns: By name.
        primary_keys: Such as ``PRIMARY KEY (id)``; one, or none.
        foreign_keys: What each says, and its name.
        unvalidated: Names of keys and checks that old rows may break.
        checks: What each says, brought into one form, and its name.
        exclusions: The same of exclusion constraints.
        unique_indexes: What each says, such as ``btree (email)``, and its name; those of unique
            constraints are among them, the primary key's is not.
        indexes: The same of all others.
        touching: Names of triggers that set ``updated_at`` at each update.
        triggers: Names of all others.
    """

    kind: str
    has_row_security: bool
    hides_rows: bool
    foreign_owner: str | None
    columns: dict[str, Column] = Factory(dict[str, Column])
    primary_keys: list[str] = Factory(list[str])
    foreign_keys: dict[str, str] = Factory(dict[str, str])
    unvalidated: list[str] = Factory(list[str])
    checks: dict[str, str] = Factory(dict[str, str])
    exclusions: dict[str, str] = Factory(dict[str, str])
    unique_indexes: dict[str, str] = Factory(dict[str, str])
    indexes: dict[str, str] = Factory(dict[str, str])
    touching: list[str] = Factory(list[str])
    triggers: list[str] = Factory(list[str])


_KINDS: Final = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "f": "foreign table",
}


def tables_of(connection: sa.Connection) -> dict[str, Table]:
    """Everything in the schema that the connection works in, by name."""
    ask = connection.exec_driver_sql
    found = {name: Table(_KINDS[kind], *rest) for name, kind, *rest in ask(_TABLES)}
    for table, name, kind, is_not_null, default, identity, generated in ask(_COLUMNS):
        makes_itself = bool(identity or generated)
        found[table].columns[name] = Column(kind, is_not_null, _default(default), makes_itself)
    for table, name, kind, says, is_valid in ask(_CONSTRAINTS):
        says = says.removesuffix(" NOT VALID")
        if kind == "p":
            found[table].primary_keys.append(says)
        else:
            of = found[table]
            {"f": of.foreign_keys, "c": of.checks, "x": of.exclusions}[kind][
                _check(says) if kind == "c" else says
            ] = name
        if not is_valid:
            found[table].unvalidated.append(name)
    for table, name, says, is_unique in ask(_INDEXES):
        if table in found:
            indexes = found[table].unique_indexes if is_unique else found[table].indexes
            indexes[says.partition(" USING ")[2]] = name
    for table, name, kind, source in ask(_TRIGGERS):
        touches = kind == _ROW_BEFORE_UPDATE and "updated_at" in source
        (found[table].touching if touches else found[table].triggers).append(name)
    return found


_NAMED: Final = sa.text(f"""
    SELECT c.relname, c.relkind::text, t.relname FROM pg_class c
    LEFT JOIN pg_index x ON x.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = x.indrelid
    WHERE c.relnamespace = {_HERE} AND c.relname = ANY(:names)
    UNION ALL
    SELECT k.conname, 'k', c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.connamespace = {_HERE} AND k.conname = ANY(:names) AND k.conindid = 0
    ORDER BY 1
""")


def names_taken(connection: sa.Connection, names: Collection[str]) -> list[tuple[str, str]]:
    """Which of these names of indexes and constraints something in the schema has, and what that is."""
    kinds = _KINDS | {"i": "index", "I": "index", "S": "sequence", "c": "type", "k": "constraint"}
    return [
        (name, f"{_article(kinds.get(kind, 'relation'))}{f' of {table}' if table else ''}")
        for name, kind, table in connection.execute(_NAMED, {"names": list(names)})
    ]


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


_QUALIFIED: Final = r'(?:(?:\w+|"(?:[^"]|"")+")\.)?'


def _default(text: str | None) -> str | None:
    """One form for what means the same.

    >>> _default("public.uuid_generate_v4()"), _default("CURRENT_TIMESTAMP")
    ('gen_random_uuid()', 'now()')
    >>> _default("nextval('engines_id_seq1'::regclass)")
    'a number of its own'
    """
    if text is None:
        return None
    text = re.sub(_QUALIFIED + r"(uuid_generate_v4|gen_random_uuid)\(\)", "gen_random_uuid()", text)
    if text.startswith("nextval("):
        return "a number of its own"
    return "now()" if text in {"CURRENT_TIMESTAMP", "transaction_timestamp()"} else text


def _check(text: str) -> str:
    """The words of a list in one order."""
    words = iter(sorted(re.findall(r"'(?:[^']|'')*'", text)))
    return re.sub(r"'(?:[^']|'')*'", lambda _: next(words), text)
