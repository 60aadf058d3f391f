"""Storage in PostgreSQL and SQLite: SQLAlchemy Core tables, rows mapped by hand, migrations by capsule."""

from motovault.storage.sql.engine import make_engine
from motovault.storage.sql.errors import SchemaBehind, SchemaDrift, SchemaInUse
from motovault.storage.sql.store import SqlStore, SqlUnitOfWork

__all__ = ["SchemaBehind", "SchemaDrift", "SchemaInUse", "SqlStore", "SqlUnitOfWork", "make_engine"]
