"""Every type of column gives back what was put in: one by one and in bulk, in UTC and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from motovault.errors import StorageFailure
from motovault.storage.sql import SqlStore, make_engine
from motovault.storage.sql.bulk import BulkInsert
from motovault.storage.sql.columns import encode, json_value, moment, number, texts, utc_moment
from motovault.storage.sql.statements import Statement, values
from motovault.testing.awkward import AWKWARD_DATES, AWKWARD_LISTS, AWKWARD_TEXTS, AWKWARD_TIMES
from motovault.testing.examples import ANA, NOON
from tests.storage.sql.stores import HostPostgres, HostSqlite, OurPostgres, OurSqlite

KINDS: Final = sa.Table(
    "kinds",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("at", moment()),
    sa.Column("utc_at", utc_moment()),
    sa.Column("day", sa.Date),
    sa.Column("figure", number(12, 3)),
    sa.Column("flag", sa.Boolean),
    sa.Column("large", sa.BigInteger),
    sa.Column("count", sa.Integer),
    sa.Column("name", sa.String(300)),
    sa.Column("list", texts()),
    sa.Column("json", json_value()),
    sa.Index("kinds_key", "id", unique=True),
)
NAMES: Final = tuple(column.name for column in KINDS.columns)
NOTHING: Final = dict.fromkeys(NAMES[1:])


def _insert(dialect: Any) -> Any:
    return dialect.insert(KINDS).values(values(KINDS)).on_conflict_do_nothing(index_elements=["id"])


INSERT: Final = Statement(_insert(postgresql), *NAMES, sqlite=_insert(sqlite))
BULK: Final = BulkInsert(KINDS, INSERT, skipping="kinds_key", clashes={})
ALL: Final = Statement(sa.select(KINDS).order_by(KINDS.c.count))
BY_MOMENT: Final = Statement(
    sa.select(KINDS.c.count).where(KINDS.c.utc_at == sa.bindparam("at", type_=KINDS.c.utc_at.type)), "at"
)

JSON: Final[dict[str, object]] = {
    "text": "a",
    "text that looks like JSON": '{"a": [1]}',
    "a list": ["a", 1, None, True, [], {}],
    "an object": {"a": {"b": ["c"]}, "": None},
    "0": 0,
    "a flag": False,
    "a large number": 2**60,
    **{f"text, {name}": {text: [text]} for name, text in AWKWARD_TEXTS.items()},
}
ROWS: Final[dict[str, dict[str, Any]]] = {
    "nothing": NOTHING,
    "everything": {
        "at": NOON,
        "utc_at": NOON,
        "day": date(2026, 1, 1),
        "figure": Decimal("999999999.999"),
        "flag": False,
        "large": 2**63 - 1,
        "name": "x",
        "list": ["a"],
        "json": {"a": 1},
    },
    **{f"time, {name}": {"at": time, "utc_at": time} for name, time in AWKWARD_TIMES.items()},
    **{f"date, {name}": {"day": day} for name, day in AWKWARD_DATES.items()},
    **{f"list, {name}": {"list": list(found)} for name, found in AWKWARD_LISTS.items()},
    **{f"text, {name}": {"name": text} for name, text in AWKWARD_TEXTS.items()},
    **{f"json, {name}": {"json": value} for name, value in JSON.items()},
}


def _rows() -> list[tuple[Any, ...]]:
    given = [NOTHING | row for row in ROWS.values()]
    return [
        tuple((row | {"id": UUID(int=place + 1), "count": place})[name] for name in NAMES)
        for place, row in enumerate(given)
    ]


class KeepsEveryKind:
    @pytest.fixture
    def kinds(self, store: SqlStore) -> Iterator[SqlStore]:
        KINDS.create(store.engine)
        yield store
        KINDS.drop(store.engine)

    def read(self, store: SqlStore) -> list[tuple[Any, ...]]:
        with store.unit_of_work(ANA) as work:
            found = [tuple(row) for row in work.rows(ALL)]
        with store.unit_of_work(ANA) as work:
            parts = [tuple(row) for rows in work.partitions(ALL) for row in rows]
        assert parts == found
        for row in found:
            assert {type(value) for value in row[1:3]} <= {datetime, type(None)}
            assert all(value is None or value.utcoffset() == timedelta(0) for value in row[1:3])
        return found

    def test_row_by_row(self, kinds: SqlStore) -> None:
        for row in _rows():
            with kinds.unit_of_work(ANA) as work:
                assert work.change(INSERT, row) == 1
        assert self.read(kinds) == _rows()

    @pytest.mark.parametrize("copies", [0, 300])
    def test_many_at_once(self, kinds: SqlStore, copies: int) -> None:
        """The large way in is another one than that for few; from the second time on another one still."""
        more = [(uuid4(), *(None,) * 6, 1000 + n, None, None, None) for n in range(copies)]
        with kinds.unit_of_work(ANA) as work, work.block():
            assert BULK.start(work).insert([*_rows(), *more]) == len(ROWS) + copies
        assert self.read(kinds)[: len(ROWS)] == _rows()

    @pytest.mark.parametrize("copies", [0, 300])
    def test_many_of_which_some_are_there(self, kinds: SqlStore, copies: int) -> None:
        more = [(uuid4(), *(None,) * 6, 1000 + n, None, None, None) for n in range(copies)]
        rows = _rows()
        with kinds.unit_of_work(ANA) as work, work.block():
            work.change(INSERT, rows[-1])
            assert BULK.start(work).insert([*rows, *more]) == len(ROWS) + copies - 1
        assert self.read(kinds)[: len(ROWS)] == rows

    def test_no_value_is_null_and_not_jsons_own(self, kinds: SqlStore) -> None:
        with kinds.unit_of_work(ANA) as work:
            work.change(INSERT, _rows()[0])
        with kinds.engine.connect() as connection:
            nulls = "SELECT count(*) FROM kinds WHERE json IS NULL AND list IS NULL AND utc_at IS NULL"
            assert connection.exec_driver_sql(nulls).scalar_one() == 1

    def test_a_moment_without_zone_is_utc_whatever_zone_it_was_given_in(self, kinds: SqlStore) -> None:
        elsewhere = NOON.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
        with kinds.unit_of_work(ANA) as work:
            work.change(INSERT, tuple((NOTHING | {"id": uuid4(), "count": 7, "utc_at": elsewhere})[name]
                                      for name in NAMES))  # fmt: skip
            assert [tuple(row) for row in work.rows(BY_MOMENT, NOON)] == [(7,)]
            assert [tuple(row) for row in work.rows(BY_MOMENT, elsewhere)] == [(7,)]
        with kinds.engine.connect() as connection:
            kept = str(connection.exec_driver_sql("SELECT utc_at FROM kinds").scalar_one())
        assert kept.replace("T", " ").startswith("2026-01-01 12:00:00")


class TestSqlite(OurSqlite, KeepsEveryKind):
    pass


class TestHostSqlite(HostSqlite, KeepsEveryKind):
    pass


class TestPostgres(OurPostgres, KeepsEveryKind):
    pass


class TestHostPostgres(HostPostgres, KeepsEveryKind):
    pass


# --- SQLite, where somebody wrote by hand


@pytest.fixture
def by_hand() -> Iterator[SqlStore]:
    db_engine = make_engine(":memory:")
    KINDS.create(db_engine)
    yield SqlStore(db_engine)
    db_engine.dispose()


def _written(store: SqlStore, column: str, text: str) -> object:
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO kinds (id, {column}) VALUES (?, ?)", (uuid4().hex, text))
    with store.unit_of_work(ANA) as work:
        ((*_, value),) = ([row[NAMES.index(column)]] for row in work.rows(ALL))
    return value


def test_a_date_with_a_time_of_day_is_the_date(by_hand: SqlStore) -> None:
    assert _written(by_hand, "day", "2026-03-04T05:06:07Z") == date(2026, 3, 4)


def test_a_moment_of_sqlites_own_is_utc(by_hand: SqlStore) -> None:
    assert _written(by_hand, "utc_at", "2026-03-04 05:06:07") == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize("column", ["list", "json"])
def test_what_is_no_json_is_refused_and_not_repeated(by_hand: SqlStore, column: str) -> None:
    with pytest.raises(StorageFailure, match="no JSON") as caught:
        _written(by_hand, column, "{1HGCM82633A0,}")
    assert "1HGCM" not in str(caught.value)


def test_what_json_does_not_have_is_not_written(by_hand: SqlStore) -> None:
    with pytest.raises(ValueError, match="JSON"), by_hand.unit_of_work(ANA) as work:
        work.change(INSERT, tuple((NOTHING | {"id": uuid4(), "json": float("nan")}).get(n) for n in NAMES))


def test_sqlite_keeps_dates_and_lists_as_text_that_other_tools_read() -> None:
    assert encode([date(2026, 1, 2), ["a", "Ж🚗"], datetime(2026, 1, 2, tzinfo=UTC)]) == (
        "2026-01-02",
        '["a","Ж🚗"]',
        "2026-01-02T00:00:00.000000+00:00",
    )
