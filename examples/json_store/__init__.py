"""A store of motovault that keeps everything in JSON files, written from outside: public names only.

For a household, not for a fleet: every write writes the whole file again. It
shows what a store has to do; ``docs/how-to/write-a-storage-adapter.md`` walks
through it.

- ``files.py``: one JSON document on disk: whole after a crash, one writer at a time.
- ``transactions.py``: all or nothing, parts within it, what others see meanwhile.
- ``rows.py``: an entity as a JSON object, and back, to the last digit.
- ``repositories.py``: vehicles, fuel logs, maintenance, preferences, odometer.
- ``catalogue.py``: the catalogue, which belongs to no user.
- ``store.py``: the store and its units of work.
"""

from json_store.store import JsonStore

__all__ = ["JsonStore"]
