"""What ``status``, ``migrate`` and ``adopt`` print with ``--json``."""

from __future__ import annotations

from datetime import datetime

from motovault.cli.shapes import Shape

__all__ = [
    "AdoptShape",
    "AppliedShape",
    "CapsuleShape",
    "DifferenceShape",
    "DriftShape",
    "MigrateShape",
    "RowLevelSecurityShape",
    "ScriptShape",
    "StatusShape",
    "WaitingShape",
]


class AppliedShape(Shape):
    """One migration file that was applied; ``applied_at`` in UTC."""

    name: str
    capsule: str
    applied_at: datetime


class CapsuleShape(Shape):
    """One capsule: ``state`` is ``current``, ``behind`` or ``not installed``."""

    capsule: str
    revision: str | None
    newest: str
    state: str


class DriftShape(Shape):
    """One applied file that is ``changed``, ``missing`` or ``newer``, with both sums, whole."""

    name: str
    kind: str
    recorded_sha256: str
    shipped_sha256: str | None


class WaitingShape(Shape):
    """A key that the database lacks until ``count`` rows are mended; 0 where ``migrate`` can add it.

    ``null`` where row-level security hides rows from the database user.
    """

    name: str
    table: str
    rule: str
    count: int | None
    ids: tuple[str, ...]


class RowLevelSecurityShape(Shape):
    """Which tables PostgreSQL shows to each row's user only.

    ``forced`` are those that bind their owner too; ``exemption`` says why ``role``,
    as which the command has asked, is not bound.
    """

    is_on: bool
    protected: tuple[str, ...]
    unprotected: tuple[str, ...]
    forced: tuple[str, ...]
    role: str
    exemption: str | None


class StatusShape(Shape):
    """How a database stands against this release. Its password is not shown.

    Of ``pending``, what neither an installed capsule nor a vault needs is not in ``required``.
    """

    database: str
    is_current: bool
    capsules: tuple[CapsuleShape, ...]
    applied: tuple[AppliedShape, ...]
    pending: tuple[str, ...]
    required: tuple[str, ...]
    drift: tuple[str, ...]
    drifted: tuple[DriftShape, ...]
    waiting: tuple[WaitingShape, ...]
    row_level_security: RowLevelSecurityShape | None


class DifferenceShape(Shape):
    """What a table has, and what the reference says; ``subject`` is such as ``column vin``."""

    table: str
    subject: str
    there: str
    expected: str


class AdoptShape(Shape):
    """What adopting did, would do, or why it was refused. The database's password is not shown."""

    database: str
    state: str
    capsules: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    misfits: tuple[DifferenceShape, ...]
    notes: tuple[DifferenceShape, ...]
    waiting: tuple[WaitingShape, ...] = ()
    recorded: tuple[str, ...] = ()
    applied_now: tuple[str, ...] = ()


class MigrateShape(StatusShape):
    """The same after migrating; ``applied_now`` are the files of this run."""

    applied_now: tuple[str, ...]


class ScriptShape(Shape):
    """The statements that would be run."""

    dialect: str
    sql: str
