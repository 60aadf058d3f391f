"""Which database a command is about, and opening it. A password is never shown."""

from __future__ import annotations

import argparse
import os
import re
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motovault.errors import NotFound
from motovault.ports import NewId
from motovault.vault import Vault, open_vault

__all__ = ["database_file", "database_of", "opened", "shown"]

DEFAULT = "garage.db"
VARIABLE = "MOTOVAULT_DATABASE_URL"

_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///(?P<path>[^?]*)(?:\?.*)?", re.DOTALL)


def database_of(given: argparse.Namespace) -> str:
    """URL or path: what was typed, else the environment's, else ``garage.db`` here."""
    return given.database or os.environ.get(VARIABLE) or DEFAULT


def database_file(database: str) -> Path | None:
    """The file of a SQLite database; None for a server and for memory.

    >>> database_file("sqlite:///cars/garage.db").name
    'garage.db'
    """
    if database in {"memory:", ":memory:"}:
        return None
    if "://" not in database:
        return Path(database)
    found = _SQLITE.fullmatch(database)
    path = urllib.parse.unquote(found["path"]) if found else ""
    return Path(path) if path not in {"", ":memory:"} else None


def shown(database: str) -> str:
    """The database, fit to be printed: without its password.

    >>> shown("postgresql://ana:secret@host/garage?sslmode=require&password=secret")
    'postgresql://ana:***@host/garage?sslmode=require&password=***'
    """
    if "://" not in database:
        return database
    kind, _, rest = database.partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    place = re.sub(r"(?i)(password=)[^&]*", r"\1***", place)
    return f"{kind}://{user}{':***' if colon else ''}{at}{place}"


@contextmanager
def opened(
    given: argparse.Namespace, *, must_exist: bool = False, new_id: NewId | None = None
) -> Iterator[Vault]:
    """The vault of a command.

    Args:
        given: The command's arguments.
        must_exist: Refuse a SQLite file that is not there, instead of making it.
        new_id: Makes the ids of new records.

    Raises:
        NotFound: The file is not there.
        StorageFailure: The database cannot be reached, or its schema is behind.
    """
    database = database_of(given)
    if must_exist:
        refuse_missing(database)
    with open_vault(database, password_file=given.password_file, new_id=new_id) as vault:
        yield vault


def refuse_missing(database: str) -> None:
    """Raises NotFound for a SQLite file that is not there."""
    path = database_file(database)
    if path is not None and not path.exists():
        raise NotFound("database file", f"{str(path)!r}; `motovault import` makes one")
