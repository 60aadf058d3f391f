"""What can be wrong with a user's preferences."""

from __future__ import annotations

from motovault.errors import InvalidValue

__all__ = ["UnknownTimeZone"]


class UnknownTimeZone(InvalidValue):
    """A time zone is not a name of the IANA database."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(field, value, "must be an IANA time zone name, such as Europe/Berlin")
