"""What PostgreSQL itself refuses to raw SQL under the application's role: all that is another user's.

Nothing here goes through a repository, and no list of tables is kept: those with
a ``user_id`` are looked up, and a row of each is made from what the catalogue
says of its columns.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors, sql

ANA, BOB = "ana", "bob"
OTHERWISE = {"user_profiles": "auth0_sub"}
"""Tables of users in which the user's column has another name."""

ALLOWED = {
    "document_type": "manual",
    "notification_type": "email",
    "category": "routine_maintenance",
    "mode": "either",
}
"""A value of the columns that take only some words."""

VALUES: dict[str, Any] = {
    "character varying": "x",
    "text": "x",
    "integer": 1,
    "bigint": 1,
    "numeric": 1,
    "boolean": True,
    "date": datetime(2026, 1, 1, tzinfo=UTC).date(),
    "timestamp with time zone": datetime(2026, 1, 1, tzinfo=UTC),
    "timestamp without time zone": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    "ARRAY": ["x"],
}

Row = Mapping[str, Any]


@attrs.frozen
class Unique:
    """A unique index; ``columns`` are None where it has expressions; a UUID alone is a random key."""

    table: str
    name: str
    columns: tuple[str, ...] | None
    is_random_key: bool


@attrs.frozen
class Made:
    """What is in the database: who is who, and each one's row of each table."""

    users: Mapping[str, str]
    rows: Mapping[tuple[str, str], Row]
    fresh: Mapping[tuple[str, str], Row]
    uniques: Sequence[Unique]

    @property
    def with_vehicle(self) -> list[str]:
        return [table for table in self.users if "vehicle_id" in self.rows[table, ANA]]


def _plain(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _tables_of_users(owner: psycopg.Connection[Any]) -> dict[str, str]:
    found = owner.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
        "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()
    return {table: column for table, column in found if column == "user_id" or OTHERWISE.get(table) == column}


def _unprotected(owner: psycopg.Connection[Any]) -> list[str]:
    """Tables of users that the application's role would see whole."""
    protected = owner.execute(
        "SELECT relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid "
        "WHERE c.relrowsecurity AND p.polcmd = '*' AND p.polpermissive"
    ).fetchall()
    return sorted(_tables_of_users(owner).keys() - {name for (name,) in protected})


def _uniques(owner: psycopg.Connection[Any], tables: Mapping[str, str]) -> list[Unique]:
    found = owner.execute(
        """
        SELECT t.relname, i.relname, x.indexprs IS NOT NULL,
               array_agg(a.attname::text ORDER BY k.place) FILTER (WHERE a.attname IS NOT NULL),
               x.indisprimary AND count(*) = 1 AND bool_and(a.atttypid = 'uuid'::regtype)
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number AND k.number > 0
        WHERE x.indisunique AND t.relname = ANY(%s)
        GROUP BY t.relname, i.relname, x.indexprs IS NOT NULL, x.indisprimary ORDER BY 1, 2
        """,
        (list(tables),),
    ).fetchall()
    return [
        Unique(table, name, None if by_expression else tuple(columns), is_random_key)
        for table, name, by_expression, columns, is_random_key in found
    ]


def _row(
    owner: psycopg.Connection[Any],
    table: str,
    needed: set[str],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """A row with everything that has to be there, everything that must be unique, and ``values``."""
    columns = owner.execute(
        "SELECT column_name, data_type, is_nullable = 'NO' AND column_default IS NULL "
        "FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'",
        (table,),
    ).fetchall()
    made: dict[str, Any] = {"id": uuid.uuid4()}
    for name, kind, must_be_there in columns:
        if name in values:
            made[name] = values[name]
        elif (must_be_there or name in needed) and name != "id":
            made[name] = ALLOWED.get(name) or VALUES[kind]
    return made


def _worded(row: Row, word: str, other: str) -> dict[str, Any]:
    """The row with another text wherever it has this one."""
    return {name: other if value == word else value for name, value in row.items()}


def _insert(table: str, row: Row, *, unless_there: bool = False) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({}){}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
        sql.SQL(" ON CONFLICT DO NOTHING" if unless_there else ""),
    )


@pytest.fixture
def owner(owners_database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(_plain(owners_database), autocommit=True) as connection:
        yield connection


@pytest.fixture
def made(owner: psycopg.Connection[Any]) -> Made:
    users = _tables_of_users(owner)
    assert len(users) > 8
    uniques = _uniques(owner, users)
    vehicles = {user: uuid.uuid4() for user in (ANA, BOB)}
    rows: dict[tuple[str, str], Row] = {}
    fresh: dict[tuple[str, str], Row] = {}
    for table in sorted(users, key=lambda table: table != "vehicles"):
        needed = {name for one in uniques if one.table == table for name in one.columns or ()}
        for user in (ANA, BOB):
            values = {users[table]: user, "vehicle_id": vehicles[user]}
            rows[table, user] = _row(owner, table, needed, values)
            rows[table, user] = _worded(rows[table, user], "x", user[0])
            if table == "vehicles":
                rows[table, user] = {**rows[table, user], "id": vehicles[user]}
            owner.execute(_insert(table, rows[table, user]), list(rows[table, user].values()))
            fresh[table, user] = {**_worded(rows[table, user], user[0], "y"), "id": uuid.uuid4()}
    return Made(users, rows, fresh, uniques)


@pytest.fixture
def ana(guarded_database: str, made: Made) -> Iterator[psycopg.Connection[Any]]:
    """The application's role in a transaction of Ana's; what a test does there is undone."""
    with psycopg.connect(_plain(guarded_database)) as connection:
        _become(connection, ANA)
        yield connection
        connection.rollback()


def _become(connection: psycopg.Connection[Any], user: str) -> None:
    connection.execute("SELECT set_config('motovault.user_id', %s, true)", (user,))


def _refusal(connection: psycopg.Connection[Any], statement: sql.Composed, values: Row) -> str:
    """What the database says to a statement: the error's code and text, or the rows that it touched."""
    try:
        with connection.transaction(force_rollback=True):
            return str(connection.execute(statement, list(values.values())).rowcount)
    except psycopg.Error as error:
        return f"{error.sqlstate} {error}"


def _touched(connection: psycopg.Connection[Any], text: str, *names: str, values: Sequence[Any] = ()) -> int:
    with connection.transaction(force_rollback=True):
        return connection.execute(
            sql.SQL(text).format(*map(sql.Identifier, names)),  # type: ignore[arg-type]
            list(values),
        ).rowcount


# -------------------------------------------------------------------------- which tables


def test_every_table_with_a_user_is_protected(owner: psycopg.Connection[Any]) -> None:
    assert _unprotected(owner) == []


def test_a_table_that_somebody_forgets_would_be_noticed(owner: psycopg.Connection[Any]) -> None:
    owner.execute("CREATE TABLE trailers (user_id VARCHAR(255))")
    owner.execute("ALTER TABLE documents DISABLE ROW LEVEL SECURITY")
    assert _unprotected(owner) == ["documents", "trailers"]


def test_the_role_of_these_tests_is_nothing_special(ana: psycopg.Connection[Any], made: Made) -> None:
    """A superuser, and the owner, would prove nothing."""
    active = [_touched(ana, "SELECT WHERE row_security_active(%s)", values=[table]) for table in made.users]
    assert active == [1] * len(made.users)


# --------------------------------------------------------------------- another's rows


def test_another_users_rows_are_not_there(ana: psycopg.Connection[Any], made: Made) -> None:
    for table, user in made.users.items():
        found = ana.execute(
            sql.SQL("SELECT {}, id FROM {}").format(sql.Identifier(user), sql.Identifier(table))
        ).fetchall()
        assert found == [(ANA, made.rows[table, ANA]["id"])], table
        theirs = made.rows[table, BOB]["id"]
        for text in (
            "SELECT FROM {} WHERE id = %s",
            "SELECT FROM {} WHERE id = %s FOR UPDATE",
            "DELETE FROM {} WHERE id = %s",
        ):
            assert _touched(ana, text, table, values=[theirs]) == 0, (table, text)
        with ana.cursor().copy(sql.SQL("COPY {} (id) TO STDOUT").format(sql.Identifier(table))) as copy:
            assert list(copy.rows()) == [(str(made.rows[table, ANA]["id"]),)], table


def test_a_statement_without_a_where_reaches_ones_own_rows_only(
    ana: psycopg.Connection[Any], made: Made
) -> None:
    for table, user in made.users.items():
        assert _touched(ana, "UPDATE {} SET {} = {}", table, user, user) == 1, table
        if table != "vehicles":
            assert _touched(ana, "DELETE FROM {}", table) == 1, table
    assert _touched(ana, "DELETE FROM vehicles") == 1


def test_nothing_is_written_in_anothers_name(ana: psycopg.Connection[Any], made: Made) -> None:
    for table, user in made.users.items():
        theirs, mine = made.fresh[table, BOB], made.rows[table, ANA]
        assert _refusal(ana, _insert(table, theirs), theirs).startswith("42501"), table
        with pytest.raises(errors.InsufficientPrivilege):
            _touched(ana, "UPDATE {} SET {} = %s WHERE id = %s", table, user, values=[BOB, mine["id"]])
        with pytest.raises(errors.FeatureNotSupported), ana.transaction():
            ana.execute(sql.SQL("COPY {} (id) FROM STDIN").format(sql.Identifier(table)))
        with pytest.raises(errors.InsufficientPrivilege), ana.transaction():
            ana.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table)))


def test_ones_own_rows_are_written_as_ever(ana: psycopg.Connection[Any], made: Made) -> None:
    """So that what is refused above is refused for the user's sake."""
    for table, user in made.users.items():
        if (user,) in [one.columns for one in made.uniques if one.table == table]:
            assert _touched(ana, "DELETE FROM {}", table) == 1  # there is one row a user
            continue
        mine = made.fresh[table, ANA]
        assert _refusal(ana, _insert(table, mine), mine) == "1", table


def test_nothing_hangs_on_anothers_vehicle(ana: psycopg.Connection[Any], made: Made) -> None:
    theirs = made.rows["vehicles", BOB]["id"]
    assert {"fuel_logs", "maintenance_logs", "maintenance_schedules", "documents"} <= set(made.with_vehicle)
    for table in made.with_vehicle:
        log = {**made.fresh[table, ANA], "vehicle_id": theirs}
        unknown = {**log, "vehicle_id": uuid.uuid4()}
        said = _refusal(ana, _insert(table, log), log)
        assert said.startswith("42501"), table
        assert said == _refusal(ana, _insert(table, unknown), unknown), (
            "it would tell which vehicles there are"
        )
        with pytest.raises(errors.InsufficientPrivilege):
            _touched(ana, "UPDATE {} SET vehicle_id = %s", table, values=[theirs])


# ----------------------------------------------------------------------------- guessing


def test_no_unique_index_tells_what_another_user_has(ana: psycopg.Connection[Any], made: Made) -> None:
    """A row like another's is answered as one unlike it is, whichever unique index is tried.

    But for keys that are random UUIDs: who can name one has been told.
    """
    assert any(one.name == "fuel_logs_source_key" for one in made.uniques)
    for one in made.uniques:
        user = made.users[one.table]
        assert one.columns is not None, f"{one.name} has an expression: look at it, and teach this test"
        if one.is_random_key:
            continue
        mine, theirs = made.fresh[one.table, ANA], made.rows[one.table, BOB]
        alike = {**mine, **{name: theirs[name] for name in one.columns if name != user}}
        unlike = _worded(alike, BOB[0], "z")
        if "id" in one.columns:
            unlike["id"] = alike["id"] = mine["id"]
        if one.columns == (user,):
            assert _touched(ana, "DELETE FROM {}", one.table) == 1
            continue
        for unless_there in (False, True):
            said = [
                _refusal(ana, _insert(one.table, row, unless_there=unless_there), row)
                for row in (alike, unlike)
            ]
            assert said[0] == said[1], one.name
            assert "23505" not in said[0], one.name


def test_every_unique_index_has_the_user_a_random_key_or_a_vehicle_of_the_users(made: Made) -> None:
    for one in made.uniques:
        columns = one.columns or ()
        has_vehicle = "vehicle_id" in columns and one.table in made.with_vehicle
        assert made.users[one.table] in columns or one.is_random_key or has_vehicle, one.name


# ------------------------------------------------------------------------------- nobody


@pytest.mark.parametrize("how", ["never set", "set to nothing", "set by the transaction before"])
def test_for_nobody_there_is_nothing(guarded_database: str, made: Made, how: str) -> None:
    with psycopg.connect(_plain(guarded_database)) as connection:
        if how == "set to nothing":
            _become(connection, "")
        elif how == "set by the transaction before":
            _become(connection, ANA)
            connection.commit()
        for table in made.users:
            assert _touched(connection, "SELECT FROM {}", table) == 0, table
            assert _touched(connection, "DELETE FROM {}", table) == 0, table
            mine = made.fresh[table, ANA]
            assert _refusal(connection, _insert(table, mine), mine).startswith("42501"), table
            nobodys = {**mine, made.users[table]: ""}
            assert _refusal(connection, _insert(table, nobodys), nobodys).startswith("42501"), table


def test_a_row_of_a_user_without_a_name_is_nobodys(
    owner: psycopg.Connection[Any], guarded_database: str
) -> None:
    """PostgreSQL leaves the setting empty, not unset, behind a transaction that set it."""
    owner.execute("INSERT INTO vehicles (id, user_id) VALUES (gen_random_uuid(), '')")
    with psycopg.connect(_plain(guarded_database)) as connection:
        _become(connection, "")
        assert connection.execute("SELECT count(*) FROM vehicles").fetchone() == (0,)
