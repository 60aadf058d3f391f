"""A database, or a corner of a Redis server, that one test has to itself and that is gone afterwards."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["as_role", "database", "keys", "role"]


@contextlib.contextmanager
def database(server_url: str, *, template: str = "template1") -> Iterator[str]:
    """A PostgreSQL database with a new name for as long as the block lasts; gives its URL.

    It is dropped even while somebody is still connected to it. A ``template``
    must have no connection; copying one takes about 30 ms.
    """
    name = f"mv_{uuid.uuid4().hex}"
    server = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def role(server_url: str, options: str = "NOBYPASSRLS") -> Iterator[str]:
    """A role that may log in and is nothing special, for as long as the block lasts; gives its name.

    What it owns or may do in a database must be gone by then, most easily the database itself.
    """
    name = f"mv_role_{uuid.uuid4().hex}"
    server = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(
            f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB PASSWORD '{name}' {options}"
        )
    try:
        yield name
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP ROLE {name}")


def as_role(url: str, name: str) -> str:
    """The URL for a role of :func:`role`, also where the server asks for passwords."""
    return sa.make_url(url).set(username=name, password=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def keys(client: Redis) -> Iterator[str]:
    """A prefix nobody else's keys have; what was written under it is deleted at the end of the block."""
    prefix = f"motovault-test:{uuid.uuid4().hex}:"
    try:
        yield prefix
    finally:
        for key in client.scan_iter(match=f"{prefix}*", count=1000):
            client.delete(key)
