from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]
