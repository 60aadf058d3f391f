"""What can be wrong with the catalogue."""

from __future__ import annotations

from motovault.errors import StorageFailure

__all__ = ["CatalogueNotInstalled", "CatalogueRightMissing"]


class CatalogueNotInstalled(StorageFailure):
    """The database has no catalogue: a vault does without, so nobody made its tables.

    Attributes:
        command: What makes them.
    """

    def __init__(self, command: str = "motovault migrate --capsule platform") -> None:
        super().__init__(f"the database has no catalogue of vehicles; run: {command}")
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.command,))


class CatalogueRightMissing(StorageFailure):
    """The database has a catalogue, and its user may not read it, or not bring one in."""

    def __init__(self) -> None:
        super().__init__(
            "the database user lacks a right on the catalogue of vehicles: SELECT to read it;"
            " INSERT, UPDATE, DELETE and TEMPORARY to bring one in"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), ())
