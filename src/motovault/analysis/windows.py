"""The primitives of the rules on tables: a look, a running sum, the row before, the row behind.

Each is written twice, once for engines whose rows lie in memory in an order
(one sort, then plain shifts and running sums over the whole table) and once for
engines that know order within a window only. The rules are written once, in
terms of these. A running sum over the whole table may run over the end of
int64 and begin anew: only differences within one strand are ever used, and
they come out right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

import narwhals.stable.v2 as nw

__all__ = ["BEFORE", "HAS_BEFORE", "PLACE", "SOURCE", "STRAND", "LazyRows", "Rows", "StoredRows"]

F = TypeVar("F", bound="nw.DataFrame[Any] | nw.LazyFrame[Any]")
Self = TypeVar("Self", bound="Rows[Any]")

BEFORE = "before_"
"""Prefix of a column's value in the row before."""

HAS_BEFORE = "has_before"
STRAND = "strand"
PLACE = "place"
SOURCE = "source"


HANDED_ON = ("local_date", "id", "user_id", "fuel_type", "fuel_grade", "location", "currency_code")


class Rows(Protocol[F]):
    """Rows of many strands, each strand in the order of driving.

    Attributes:
        frame: The table.
    """

    frame: F

    def having(self: Self, frame: Any) -> Self:
        """The same strands and order, with other columns or fewer rows."""
        ...

    def ever(self, condition: nw.Expr) -> bool:
        """Whether the condition holds anywhere; yes where that cannot be told without running the query."""
        ...

    def number(self, condition: nw.Expr) -> nw.Expr:
        """1 where the condition holds, else 0."""
        ...

    def running(self: Self, **amounts: nw.Expr) -> Self:
        """Running sums of int64 in each strand, by name; they count up to and including the row."""
        ...

    def before(self: Self, *names: str) -> Self:
        """Values of the row before, as ``before_<name>``, and whether there is one as ``has_before``.

        Where there is none, the values mean nothing.
        """
        ...

    def behind(self: Self, condition: str, *, named: str) -> Self:
        """Whether a condition holds for the row behind; no where there is none."""
        ...

    def changes(self: Self, name: str, *, named: str) -> Self:
        """1 where the row behind has another value, else 0; in the last row it means nothing."""
        ...

    def before_among(self: Self, chosen: str, *names: str) -> Self:
        """As :meth:`before`, among the chosen rows alone; in other rows the values mean nothing."""
        ...

    def only(self: Self, *names: str) -> Self:
        """Without what the rules need no more; what is only handed on stays within reach."""
        ...

    def pairs(self: Self, *names: str) -> Self:
        """:meth:`before`, and only the rows that have one."""
        ...


class StoredRows:
    """Rows in memory: strands lie one behind the other, and ``strand`` numbers them."""

    def __init__(self, frame: nw.DataFrame[Any]) -> None:
        self.frame = frame

    def having(self, frame: nw.DataFrame[Any]) -> StoredRows:
        return StoredRows(frame)

    def ever(self, condition: nw.Expr) -> bool:
        return bool(self.frame.select(found=condition.any())["found"].item()) if len(self.frame) else False

    def number(self, condition: nw.Expr) -> nw.Expr:
        return condition.cast(nw.Int64)

    def running(self, **amounts: nw.Expr) -> StoredRows:
        sums = [amount.cum_sum().alias(name) for name, amount in amounts.items()]
        return StoredRows(self.frame.with_columns(*sums))

    def before(self, *names: str) -> StoredRows:
        # Not shift(): it makes floats of pandas' integers.
        narrow = self.frame.select(STRAND, *names)
        first = narrow.head(1).with_columns(nw.lit(-1, dtype=nw.Int64).alias(STRAND))
        moved = nw.concat([first, narrow.head(len(narrow) - 1)]) if len(narrow) else narrow
        is_same = (self.frame[STRAND] == moved[STRAND]).alias(HAS_BEFORE)
        values = [moved[name].alias(BEFORE + name) for name in names]
        return StoredRows(self.frame.with_columns(is_same, *values))

    def behind(self, condition: str, *, named: str) -> StoredRows:
        holds = nw.col(condition).shift(-1).fill_null(False).cast(nw.Boolean)
        is_same = (nw.col(STRAND) == nw.col(STRAND).shift(-1)).fill_null(False)
        return StoredRows(self.frame.with_columns((holds & is_same).alias(named)))

    def changes(self, name: str, *, named: str) -> StoredRows:
        is_other = (nw.col(name) != nw.col(name).shift(-1)).fill_null(False)
        return StoredRows(self.frame.with_columns(is_other.cast(nw.Int64).alias(named)))

    def before_among(self, chosen: str, *names: str) -> StoredRows:
        few = StoredRows(self.frame.filter(nw.col(chosen)).select(STRAND, *names)).before(*names).frame
        if not len(few):
            absent = [nw.col(name).alias(BEFORE + name) for name in names]
            return StoredRows(self.frame.with_columns(nw.lit(False).alias(HAS_BEFORE), *absent))
        at = self.frame.select(at=nw.col(chosen).cast(nw.Int64).cum_sum() - 1)["at"].clip(lower_bound=0)
        found = few.select(HAS_BEFORE, *(BEFORE + name for name in names))
        return StoredRows(self.frame.with_columns(*(found[name][at].alias(name) for name in found.columns)))

    def only(self, *names: str) -> StoredRows:
        there = set(self.frame.columns)
        return StoredRows(
            self.frame.select(STRAND, PLACE, SOURCE, *(name for name in names if name in there))
        )

    def pairs(self, *names: str) -> StoredRows:
        count = len(self.frame)
        here, there = self.frame[1:], self.frame.select(STRAND, *names).head(max(count - 1, 0))
        values = [there[name].alias(BEFORE + name) for name in names]
        is_same = (here[STRAND] == there[STRAND]).alias(HAS_BEFORE)
        return StoredRows(here.with_columns(is_same, *values).filter(nw.col(HAS_BEFORE)))


class LazyRows(Generic[F]):
    """Rows of an engine that plans: every step is a window over the strand, in the order of ``place``."""

    def __init__(
        self, frame: nw.LazyFrame[Any], strand: Sequence[str], order: Sequence[str] = (PLACE,)
    ) -> None:
        self.frame = frame
        self.strand = list(strand)
        self.order = list(order)

    def having(self, frame: nw.LazyFrame[Any]) -> LazyRows[Any]:
        return LazyRows(frame, self.strand, self.order)

    def ever(self, condition: nw.Expr) -> bool:
        return True

    def number(self, condition: nw.Expr) -> nw.Expr:
        # PostgreSQL casts no boolean to bigint
        return nw.when(condition).then(nw.lit(1, dtype=nw.Int64)).otherwise(nw.lit(0, dtype=nw.Int64))

    def running(self, **amounts: nw.Expr) -> LazyRows[Any]:
        frame = self.frame.with_columns(*(amount.alias(name) for name, amount in amounts.items()))
        sums = [self._over(nw.col(name).cum_sum()).alias(name) for name in amounts]
        return self.having(frame.with_columns(*sums))

    def before(self, *names: str) -> LazyRows[Any]:
        values = [
            self._over(nw.col(name).shift(1)).alias(BEFORE + name) for name in dict.fromkeys([PLACE, *names])
        ]
        frame = self.frame.with_columns(*values)
        return self.having(frame.with_columns((~nw.col(BEFORE + PLACE).is_null()).alias(HAS_BEFORE)))

    def behind(self, condition: str, *, named: str) -> LazyRows[Any]:
        frame = self.frame.with_columns(self._over(nw.col(condition).shift(-1)).alias(named))
        return self.having(frame.with_columns(nw.col(named).fill_null(False)))

    def changes(self, name: str, *, named: str) -> LazyRows[Any]:
        frame = self.frame.with_columns(self._over(nw.col(name).shift(-1)).alias(named))
        is_other = (nw.col(name) != nw.col(named)).fill_null(False)
        return self.having(frame.with_columns(nw.when(is_other).then(1).otherwise(0).alias(named)))

    def before_among(self, chosen: str, *names: str) -> LazyRows[Any]:
        among: LazyRows[Any] = LazyRows(self.frame, [*self.strand, chosen], self.order)
        return self.having(among.before(*names).frame)

    def only(self, *names: str) -> LazyRows[Any]:
        there = self.frame.collect_schema().names()
        kept = dict.fromkeys([*self.strand, PLACE, *HANDED_ON, *names])
        return self.having(self.frame.select(*(name for name in kept if name in there)))

    def pairs(self, *names: str) -> LazyRows[Any]:
        rows = self.before(*names)
        return self.having(rows.frame.filter(nw.col(HAS_BEFORE)))

    def _over(self, value: nw.Expr) -> nw.Expr:
        return value.over(*self.strand, order_by=self.order)
