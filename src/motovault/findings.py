"""What was noticed, as data: the shape that every capsule, check and importer reports in.

A finding never stops anything; an error does. Severity tells how much it
matters, ``code`` is stable and meant for programs, ``message`` for people.
"""

from __future__ import annotations

import enum

import attrs

__all__ = ["Finding", "Severity"]


class Severity(enum.StrEnum):
    """How much a finding matters."""

    INFO = "info"
    """Worth knowing; nothing needs doing."""
    WARNING = "warning"
    """Probably a slip; figures near it deserve a look."""
    ERROR = "error"
    """Something was left out or cannot be right."""


@attrs.frozen(kw_only=True)
class Finding:
    """One thing noticed.

    Attributes:
        code: Stable, lower case with underscores, for example ``odometer_went_back``.
        severity: How much it matters.
        message: One sentence for a person, values included.
        field: The field it is about, if one.
        value: What stands there, as text, if one.
        subject: Key of the record it is about (an id, a line), if one.
    """

    code: str
    severity: Severity
    message: str
    field: str | None = None
    value: str | None = None
    subject: str | None = None

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.message}"
