"""Storage in PostgreSQL and SQLite: SQLAlchemy Core tables, rows mapped by hand, migrations by capsule."""

from motovault.storage.sql.engine import make_engine
from motovault.storage.sql.errors import SchemaBehind, SchemaDrift
from motovault.storage.sql.store import SqlStore, SqlUnitOfWork

__all__ = ["SchemaBehind", "SchemaDrift", "SqlStore", "SqlUnitOfWork", "make_engine"]
