"""A database of either kind in which nothing was ever made, and migrations that a test may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import attrs
import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine, migrate, shipped
from tests import scratch
from tests.migrations import node_database
from tests.shared import SharedDatabase
from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        url: str = request.getfixturevalue("empty_postgres_database")
        return url
    return f"sqlite:///{tmp_path / 'garage.db'}"


@pytest.fixture
def db_engine(database_url: str) -> Iterator[sa.Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """On a database with every migration, for those who change no more than rows."""
    if request.param == "postgresql":
        shared: SharedDatabase = request.getfixturevalue("shared_postgres")
        yield shared.engine("ours", make_engine)
        return
    made = make_engine(request.getfixturevalue("sqlite_path"))
    yield made
    made.dispose()


@attrs.frozen
class OwnFiles:
    """A copy of the shipped migrations that a test may change."""

    folder: Path

    def path(self, name: str) -> Path:
        """Of a file, as ``capsule/file_name``."""
        return self.folder / name

    def add(self, subject: str, body: str, capsule: str = "vehicles") -> str:
        """One more file of a capsule, which does ``body``; gives its name, as ``capsule/file_name``."""
        last = max(path.name for path in (self.folder / capsule).glob("[0-9]*.py"))[:3]
        number = f"{int(last) + 1:03}"
        name = f"{capsule}/{number}_{subject}.py"
        self.path(name).write_text(
            f"from alembic import op\nrevision = '{capsule}_{number}'\ndown_revision = '{capsule}_{last}'\n"
            f"branch_labels = depends_on = None\ndef upgrade():\n    {body}\ndef downgrade(): ...\n"
        )
        self.reread()
        return name

    def remove(self, name: str) -> None:
        """As an older version does that does not ship it yet, or a broken installation."""
        self.path(name).unlink()
        self.reread()

    def change(self, name: str) -> None:
        """A line more."""
        self.path(name).write_text(self.path(name).read_text() + "# one more line\n")
        self.reread()

    def reread(self) -> None:
        """Forget what was read of the files."""
        shipped.shipped.cache_clear()


@pytest.fixture
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnFiles]:
    """Files that this test may change, used instead of the shipped ones."""
    folder = tmp_path / "100% mine" / "migrations"  # a percent sign is special to Alembic's configuration
    copytree(shipped.migrations_folder(), folder)
    for module in (shipped, migrate):
        monkeypatch.setattr(module, "migrations_folder", lambda: folder)
    shipped.shipped.cache_clear()
    yield OwnFiles(folder)
    shipped.shipped.cache_clear()


@pytest.fixture(scope="session")
def _node_template(postgres_url: str) -> Iterator[str]:
    """Name of a database that the Node application made and filled, to be copied."""
    with scratch.database(postgres_url) as url:
        made = make_engine(url)
        with made.begin() as connection:
            node_database.make(connection)
            node_database.fill(connection)
        made.dispose()
        yield sa.make_url(url).database or ""


@pytest.fixture
def node(postgres_url: str, _node_template: str) -> Iterator[sa.Engine]:
    """On a database that the Node application made: all twenty tables, with rows of two users."""
    with scratch.database(postgres_url, template=_node_template) as url:
        made = make_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def theirs(node: sa.Engine, postgres_url: str) -> Iterator[sa.Engine]:
    """The database as a role that may make a schema in it, and owns no table of it yet."""
    with scratch.role(postgres_url) as role:
        made = make_engine(scratch.as_role(node.url.render_as_string(hide_password=False), role))
        grants = (
            f'GRANT CREATE ON DATABASE "{node.url.database}" TO {role}',
            f"GRANT USAGE, CREATE ON SCHEMA public TO {role}",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
        )
        with node.begin() as connection:
            for grant in grants:
                connection.exec_driver_sql(grant)
        yield made
        made.dispose()
        with node.begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {role} CASCADE")
