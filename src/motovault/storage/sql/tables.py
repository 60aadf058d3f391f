"""Every table of every capsule: importing this fills :data:`motovault.storage.sql.columns.METADATA`.

For what must know the whole schema: the comparison with the migrations, a host's
own Alembic (``target_metadata``). A vault imports only the tables that it reads.
"""

from __future__ import annotations

from importlib import import_module

from motovault.storage.sql.columns import METADATA
from motovault.storage.sql.shipped import CAPSULES

__all__ = ["METADATA"]

for capsule in CAPSULES:
    import_module(f"motovault.storage.sql.{capsule}")
