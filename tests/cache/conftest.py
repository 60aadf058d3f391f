"""A SQLite file for the stores behind a cache, as for those without."""

from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]
