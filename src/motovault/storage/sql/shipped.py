"""The migration files that this installation ships, and how they stand against a database.

Does not load Alembic: whether there is anything to do is asked at every start.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql.columns import moment

if TYPE_CHECKING:
    from motovault.storage.sql.waiting import WaitingKey

__all__ = [
    "CAPSULES",
    "MIGRATIONS",
    "VAULT",
    "AppliedFile",
    "CapsuleStatus",
    "DriftedFile",
    "MigrationStatus",
    "ShippedFile",
    "compare",
    "damaged",
    "migrations_folder",
    "shipped",
    "wanted",
]

CAPSULES: Final = (
    "admin",
    "user_profile",
    "user_preferences",
    "terms_agreement",
    "platform",
    "vehicles",
    "fuel_logs",
    "maintenance",
    "stations",
    "documents",
    "notifications",
    "backup",
)
"""The order in which capsules are migrated, as the reference documents it."""

LAST: Final = {"platform": 2, "vehicles": 4, "fuel_logs": 4, "maintenance": 4, "documents": 2}
"""The number of a capsule's last file, where it is not 1: a lost one must not look like a newer version's."""

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "fuel_logs": ("vehicles",),
    "maintenance": ("vehicles",),
    "documents": ("vehicles",),
    "notifications": ("maintenance", "documents"),
}
"""Capsules whose tables another one refers to, or tells about; the same as ``depends_on`` in the files.

The reference names user_preferences after user_profile, which the order keeps; but no
table refers to the other, and a host with users of its own needs no profiles.
"""

VAULT: Final = ("user_preferences", "vehicles", "fuel_logs", "maintenance")
"""Capsules whose tables a vault reads (the odometer both kinds of logs); a host may do without any other."""

MIGRATIONS: Final = sa.Table(
    "_migrations",
    sa.MetaData(),
    sa.Column("capsule", sa.String(64), primary_key=True),
    sa.Column("file_name", sa.String(255), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("applied_at", moment(), nullable=False),
)
"""One row a file that was applied."""


@frozen
class ShippedFile:
    """One migration file of this installation.

    Attributes:
        sha256: Of its bytes, CRLF read as LF, so that a checkout on Windows has the same.
    """

    capsule: str
    file_name: str
    sha256: str

    @property
    def name(self) -> str:
        """``capsule/file_name``."""
        return f"{self.capsule}/{self.file_name}"


@frozen
class AppliedFile:
    """One migration file that was applied to a database, and when."""

    capsule: str
    file_name: str
    sha256: str
    applied_at: datetime

    @property
    def name(self) -> str:
        """``capsule/file_name``."""
        return f"{self.capsule}/{self.file_name}"


_SHOWN: Final = 12  # digits of a sum in a text: 48 bits, as many as tell any two files apart


@frozen
class DriftedFile:
    """One migration file that was applied to a database and is not the same in this installation.

    Attributes:
        name: ``capsule/file_name``.
        kind: ``changed``; ``missing``, where this version has it and the installation has lost it; or
            ``newer``, where it comes after all of this version: a newer one migrated the database.
        recorded_sha256: The sum of the file as it was applied.
        shipped_sha256: The sum of the file that is shipped now, or None where none is.
    """

    name: str
    kind: str
    recorded_sha256: str
    shipped_sha256: str | None

    @property
    def advice(self) -> str:
        """What to do about it."""
        return {
            "changed": "put the file back as it was (changes go into a new file) or reinstall motovault",
            "missing": "reinstall motovault, this installation is not whole",
            "newer": "install that version of motovault to migrate; "
            "this one can use the database as it is, opened with migrate=False",
        }[self.kind]

    def __str__(self) -> str:
        was, now = self.recorded_sha256[:_SHOWN], (self.shipped_sha256 or "")[:_SHOWN]
        if self.kind == "changed":
            return f"{self.name} was changed after it was applied: SHA-256 {was}… then, {now}… now"
        if self.kind == "missing":
            return f"{self.name} was applied (SHA-256 {was}…) and is missing from this installation"
        return f"{self.name} was applied (SHA-256 {was}…) by a newer version and is not shipped with this one"


@frozen
class CapsuleStatus:
    """How one capsule of a database stands.

    Attributes:
        capsule: Its name.
        revision: The last one that was applied, such as ``vehicles_002``; None where it is not installed.
        newest: The last one that this installation ships.
        state: ``current``, ``behind`` or ``not installed``.
    """

    capsule: str
    revision: str | None
    newest: str
    state: str


@frozen
class MigrationStatus:
    """How a database stands against what this installation ships.

    Attributes:
        applied: Files that were applied, in the order of the capsules.
        pending: Files that are still to be applied, in order, as ``capsule/file_name``.
        required: Those of them that are needed: by a capsule that was asked about, else by one that is
            installed, or by a vault. The rest belongs to capsules that this host did not install.
        drifted: Files that were applied and are not shipped as they were.
        waiting: Keys that rows of another application stand in the way of; the rest works without them.
    """

    applied: tuple[AppliedFile, ...]
    pending: tuple[str, ...]
    required: tuple[str, ...]
    drifted: tuple[DriftedFile, ...]
    waiting: tuple[WaitingKey, ...] = ()

    @property
    def is_current(self) -> bool:
        """Nothing that is needed is pending, and nothing has drifted."""
        return not (self.required or self.drifted)

    @property
    def changed(self) -> tuple[str, ...]:
        """Files whose content is another than the one that was applied."""
        return self._drifted("changed")

    @property
    def missing(self) -> tuple[str, ...]:
        """Files that were applied and are lacking here, though this version has them."""
        return self._drifted("missing")

    @property
    def newer(self) -> tuple[str, ...]:
        """Files that a newer version applied."""
        return self._drifted("newer")

    def _drifted(self, kind: str) -> tuple[str, ...]:
        return tuple(file.name for file in self.drifted if file.kind == kind)

    @property
    def capsules(self) -> tuple[CapsuleStatus, ...]:
        """Each capsule that is shipped, in order."""
        files: dict[str, list[str]] = {}
        for file in shipped():
            files.setdefault(file.capsule, []).append(file.file_name)
        return tuple(self._capsule(capsule, names) for capsule, names in files.items())

    def _capsule(self, capsule: str, names: list[str]) -> CapsuleStatus:
        done = [file.file_name for file in self.applied if file.capsule == capsule]
        revision = f"{capsule}_{max(done)[:3]}" if done else None
        state = "not installed" if not done else "current" if set(names) <= set(done) else "behind"
        return CapsuleStatus(capsule, revision, f"{capsule}_{max(names)[:3]}", state)

    @property
    def drift(self) -> tuple[str, ...]:
        """One sentence for each file that was changed or is not shipped, with the sums."""
        return tuple(str(file) for file in self.drifted)

    def __str__(self) -> str:
        rows = [(file.name, f"applied {file.applied_at:%Y-%m-%d %H:%M} UTC") for file in self.applied]
        rows += [(name, "pending" if name in self.required else "not installed") for name in self.pending]
        width = max((len(name) for name, _ in rows), default=0)
        end = "up to date" if self.is_current else f"{len(self.required)} pending, {len(self.drift)} drifted"
        more = [f"drift: {sentence}" for sentence in self.drift] + [f"waiting: {key}" for key in self.waiting]
        return "\n".join([*(f"{name:{width}}  {text}" for name, text in rows), *more, end])


def migrations_folder() -> Path:
    """The folder ``migrations``: in the installed package, else at the top of the checkout."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "migrations", package.parents[1] / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise StorageFailure("the folder of migrations is missing from this installation of motovault")


@functools.cache
def shipped() -> tuple[ShippedFile, ...]:
    """All migration files, in the order in which they are applied."""
    folder = migrations_folder()
    return tuple(
        ShippedFile(capsule, path.name, _sha256(path))
        for capsule in CAPSULES
        for path in sorted((folder / capsule).glob("[0-9]*.py"))
    )


def damaged(what: str) -> StorageFailure:
    """The error for files that are not as they were shipped."""
    return StorageFailure(f"this installation of motovault is damaged: {what}; reinstall it")


def wanted(capsules: Iterable[str] | None) -> tuple[str, ...]:
    """These capsules and what they need, in order; all of them for None.

    Raises:
        InvalidValue: A capsule has no migrations.
        StorageFailure: Those of a capsule that are shipped are not there.
    """
    there = tuple(dict.fromkeys(file.capsule for file in shipped()))
    if capsules is None:
        return there
    found: set[str] = set()
    waiting = [capsules] if isinstance(capsules, str) else list(capsules)
    while waiting:
        capsule = waiting.pop()
        if capsule not in there and capsule in CAPSULES:
            raise damaged(f"the migrations of the capsule {capsule} are missing")
        if capsule not in there:
            raise InvalidValue("capsule", capsule, "has no migrations; there are " + ", ".join(there))
        if capsule not in found:
            found.add(capsule)
            waiting += NEEDS.get(capsule, ())
    return tuple(capsule for capsule in there if capsule in found)


def compare(applied: Iterable[AppliedFile], capsules: Iterable[str] | None = None) -> MigrationStatus:
    """How these applied files stand against the shipped ones, of some capsules or of all."""
    order = {capsule: i for i, capsule in enumerate(CAPSULES)}
    rows = sorted(
        applied, key=lambda file: (order.get(file.capsule, len(order)), file.capsule, file.file_name)
    )
    known = {file.name: file.sha256 for file in shipped()}
    names = {row.name for row in rows}
    drifted = tuple(
        DriftedFile(row.name, _kind(row), row.sha256, known.get(row.name))
        for row in rows
        if known.get(row.name) != row.sha256
    )
    is_whole = all(file.kind != "missing" for file in drifted)
    # what is lost is reported as such, also where a capsule needs it
    chosen = wanted(capsules if is_whole else None)
    pending = tuple(file for file in shipped() if file.name not in names and file.capsule in chosen)
    if capsules is None and is_whole:
        installed = {row.capsule for row in rows if row.name in known}
        chosen = wanted(installed.union(VAULT))
    return MigrationStatus(
        applied=tuple(rows),
        pending=tuple(file.name for file in pending),
        required=tuple(file.name for file in pending if file.capsule in chosen),
        drifted=drifted,
    )


def _kind(row: AppliedFile) -> str:
    """How a file drifted, of which it is known that it did."""
    here = [file.file_name for file in shipped() if file.capsule == row.capsule]
    if row.file_name in here:
        return "changed"
    last = LAST.get(row.capsule, 1) if row.capsule in CAPSULES else 0
    is_ours = row.file_name < max(here, default="") or row.file_name[:3] <= f"{last:03}"
    return "missing" if is_ours else "newer"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
