"""Row-level security: PostgreSQL itself shows each user's rows to that user only. Opt-in.

A second wall behind the repositories, which ask for one user's rows anyway: a
missing WHERE, or somebody's own SQL under the application's role, must not
leak. Each table with rows of users gets one policy, for every role that does
not own it: a row is there for the user whom ``motovault.user_id`` names in this
transaction, and for nobody where it names none.

A row that hangs on a vehicle must hang on a vehicle of the same user. The policy
says so too, because it is asked before unique indexes are: else the error of
``fuel_logs_source_key`` would tell what another's vehicle has.

Once on, it stays on: every later migration covers the tables that it makes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy import exc

from motovault.errors import InvalidValue, NotAllowed, StorageFailure
from motovault.storage.sql.errors import fail
from motovault.storage.sql.lines import known_dialect

__all__ = [
    "RowLevelSecurity",
    "Wish",
    "around_migration",
    "changes_all",
    "is_asked_for",
    "is_on",
    "refuse_bound",
    "refuse_sqlite",
    "state",
    "user_columns",
]

Wish = Literal["on", "forced", "off"]
"""``on``: for every role but the tables' owner; ``forced``: for the owner too; ``off``."""

POLICY: Final = "motovault_user"

_USER: Final = "NULLIF(current_setting('motovault.user_id', true), '')"
"""NULL, which equals nothing, where nobody is set: PostgreSQL leaves '' behind a transaction that set it."""

_OTHER_NAMES: Final = {"user_profiles": "auth0_sub"}
"""Tables of users whose column is not called ``user_id``."""


@frozen
class RowLevelSecurity:
    """How a database stands.

    Attributes:
        protected: Tables that have our policy, of those with rows of users that are installed.
        unprotected: The others of them.
        forced: Those of ``protected`` whose owner is bound too.
        role: As whom was asked.
        exemption: Why that role is not bound by the policies; None where it is, or there are none.
    """

    protected: tuple[str, ...]
    unprotected: tuple[str, ...]
    forced: tuple[str, ...]
    role: str
    exemption: str | None

    @property
    def is_on(self) -> bool:
        """Units of work must tell the database whose they are."""
        return bool(self.protected)

    @property
    def is_forced(self) -> bool:
        """The owner of the tables is bound too."""
        return bool(self.forced)

    def __str__(self) -> str:
        if not self.is_on:
            return "off"
        said = f"on, {len(self.protected)} tables" + (", for their owner too" if self.is_forced else "")
        if self.unprotected:
            said += f"; not protected: {', '.join(self.unprotected)}"
        if self.exemption is not None:
            said += f"; but not for the role {self.role}, which {self.exemption}"
        return said


def user_columns() -> Mapping[str, str]:
    """The column that says whose a row is, of every table with rows of users, by the table's name."""
    from motovault.storage.sql.tables import METADATA

    of_users = {name: "user_id" for name, table in METADATA.tables.items() if "user_id" in table.columns}
    return dict(sorted((of_users | _OTHER_NAMES).items()))


def refuse_sqlite(dialect: sa.Dialect) -> None:
    """Raises InvalidValue for SQLite, which has no roles to be secured from."""
    if known_dialect(dialect) != "postgresql":
        raise InvalidValue("row_level_security", dialect.name, "is for PostgreSQL; SQLite has no roles")


_STATE: Final = sa.text(
    """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, row_security_active(c.oid), p.oid IS NOT NULL,
           obj_description(p.oid, 'pg_policy'),
           CASE WHEN p.polcmd = '*' AND p.polroles = '{0}' THEN
               format('%s / %s', pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))
           END
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = :policy
    WHERE c.relname = ANY(:tables) AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
    ORDER BY c.relname
    """
)
_IS_ON: Final = sa.text(
    """
    SELECT EXISTS (
        SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polname = :policy AND c.relrowsecurity AND pg_table_is_visible(c.oid)
    )
    """
)
_IS_BOUND: Final = sa.text("SELECT current_user::text, row_security_active('vehicles')")
_ROLE: Final = sa.text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")


@frozen
class _Table:
    """``comment``: what we noted on our policy; ``reading``: how PostgreSQL reads it, None if not for all."""

    name: str
    is_enabled: bool
    is_forced: bool
    is_bound: bool
    has_policy: bool
    comment: str | None
    reading: str | None

    @property
    def is_protected(self) -> bool:
        """It is as we made it; nobody has altered the policy since."""
        has_ours = self.reading is not None and (self.comment or "").endswith(f" -- {self.reading}")
        return self.is_enabled and has_ours


def _tables(connection: sa.Connection, *names: str) -> list[_Table]:
    found = connection.execute(_STATE, {"policy": POLICY, "tables": list(names or user_columns())})
    return [_Table(*row) for row in found]


def state(database: sa.Engine | sa.Connection) -> RowLevelSecurity:
    """How the database stands, for the role that we are there. Changes nothing.

    Raises:
        InvalidValue: It is not PostgreSQL.
        StorageFailure: It cannot be read.
    """
    refuse_sqlite(database.dialect)
    with _connected(database) as connection:
        tables = _tables(connection)
        role, is_superuser, bypasses = connection.execute(_ROLE).one()
    protected = [table for table in tables if table.is_protected]
    exemption = None
    if not all(table.is_bound for table in protected):
        if is_superuser:
            exemption = "is a superuser"
        else:
            exemption = "has BYPASSRLS" if bypasses else "owns the tables, or may act as their owner"
    return RowLevelSecurity(
        protected=tuple(table.name for table in protected),
        unprotected=tuple(table.name for table in tables if not table.is_protected),
        forced=tuple(table.name for table in protected if table.is_forced),
        role=role,
        exemption=exemption,
    )


def is_on(database: sa.Engine | sa.Connection) -> bool:
    """Whether units of work must tell this database whose they are; never so in SQLite."""
    if database.dialect.name != "postgresql":
        return False
    with _connected(database) as connection:
        return bool(connection.execute(_IS_ON, {"policy": POLICY}).scalar_one())


def is_asked_for(database: sa.Engine | sa.Connection, wish: bool | None) -> bool:
    """Whether units of work are to tell this database whose they are.

    Args:
        database: An engine, or a host's open connection.
        wish: Whether row-level security is demanded, or not even asked for; None asks the database.

    Raises:
        InvalidValue: It is demanded of SQLite.
        StorageFailure: It is demanded, and off, or does not bind the role that we are there.
    """
    if not wish:
        return wish is None and is_on(database)
    found = state(database)
    if not found.is_on or found.unprotected or found.exemption is not None:
        raise StorageFailure(f"row-level security was asked for, and is {found}")
    return True


def refuse_bound(database: sa.Engine | sa.Connection) -> None:
    """Raises NotAllowed where the policies bind the role that we are there: it sees one user's rows only."""
    with _connected(database) as connection:
        role, is_bound = connection.execute(_IS_BOUND).one()
    if is_bound:
        raise NotAllowed(
            "rows of all users",
            f"row-level security shows the role {role} one user's rows only; "
            "open the vault as a role that it does not bind",
        )


@contextlib.contextmanager
def _connected(database: sa.Engine | sa.Connection) -> Iterator[sa.Connection]:
    try:
        if isinstance(database, sa.Connection):
            yield database
        else:
            with database.connect() as connection:
                yield connection
    except exc.SQLAlchemyError as error:
        fail(error, where=database.engine.url)


def changes_all(connection: sa.Connection, wish: Wish | None) -> bool:
    """Whether :func:`around_migration` changes tables that are there: their policies, or force."""
    if wish is not None or connection.dialect.name != "postgresql":
        return wish is not None
    return any(table.is_forced for table in _tables(connection) if table.has_policy)


@contextlib.contextmanager
def around_migration(connection: sa.Connection, wish: Wish | None = None) -> Iterator[None]:
    """Let the migration in the block see all rows; then do what was wished, or keep what was.

    To be used in the transaction of the migration: nobody else ever sees the
    tables without their policies.

    Args:
        connection: As the owner of the tables.
        wish: ``on`` never takes ``forced`` back; None covers the tables that were made in the block, where
            others are covered.

    Raises:
        InvalidValue: A wish for SQLite.
        StorageFailure: It is to be on, and no table with rows of users is installed that could remember it.
    """
    if connection.dialect.name != "postgresql":
        if wish is not None:
            refuse_sqlite(connection.dialect)
        yield
        return
    before = [table for table in _tables(connection) if table.has_policy]
    forced = [table.name for table in before if table.is_forced]
    for name in forced:
        # as every other role that is not exempt the owner would see no row
        _run(connection, name, "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    aim = wish or ("on" if before else "off")
    if aim == "on" and forced:
        aim = "forced"
    tables = _tables(connection)
    if aim != "off" and not tables:
        raise StorageFailure(
            "no table with rows of users is installed: row-level security has nothing to protect"
        )
    for table in tables:
        _change(connection, table, aim)


def _change(connection: sa.Connection, table: _Table, aim: Wish) -> None:
    if aim == "off":
        if table.has_policy:
            _run(connection, table.name, f"DROP POLICY {POLICY} ON {{table}}")
            _run(connection, table.name, "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            _run(connection, table.name, "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        return
    condition, check = _conditions(table.name)
    said = f"USING ({condition}) WITH CHECK ({check})"
    if table.comment != f"{said} -- {table.reading}":
        _run(connection, table.name, f"DROP POLICY IF EXISTS {POLICY} ON {{table}}")
        _run(connection, table.name, f"CREATE POLICY {POLICY} ON {{table}} TO PUBLIC {said}")
        (made,) = _tables(connection, table.name)
        comment = f"{said} -- {made.reading}".replace("'", "''")
        _run(connection, table.name, f"COMMENT ON POLICY {POLICY} ON {{table}} IS '{comment}'")
    if not table.is_enabled:
        _run(connection, table.name, "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    if aim == "forced" and not table.is_forced:
        _run(connection, table.name, "ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _conditions(name: str) -> tuple[str, str]:
    """Which rows are there, and which may be written."""
    from motovault.storage.sql.tables import METADATA

    condition = f"{user_columns()[name]} = {_USER}"
    if "vehicle_id" not in METADATA.tables[name].columns:
        return condition, condition
    # vehicles has its policy too: of another user's none is there
    return condition, f"{condition} AND EXISTS (SELECT FROM vehicles WHERE vehicles.id = {name}.vehicle_id)"


def _run(connection: sa.Connection, name: str, text: str) -> None:
    quoted: Any = connection.dialect.identifier_preparer.quote(name)
    connection.exec_driver_sql(text.format(table=quoted))
