"""Findings of an import: what was noticed, and exactly where in the file.

Kept in bounded number: the first of each kind in full, the rest counted, so
that a file of a million bad rows costs no more than one of a hundred.
"""

from __future__ import annotations

import attrs

from motovault.findings import Finding, Severity

__all__ = ["KEPT_OF_A_KIND", "FindingLog", "ImportFinding", "Silence"]

KEPT_OF_A_KIND = 100
"""How many findings with one code are kept; the others are counted."""

_SHOWN = 60
"""How much of an offending cell a finding shows."""


@attrs.frozen(kw_only=True)
class ImportFinding(Finding):
    """One thing noticed in a file.

    ``value`` is only ever a cell of a date, number, flag or unit column, or the
    title of work that is not known, so that it can be declared: notes, plates,
    VINs and coordinates are not repeated.

    Attributes:
        file: Name of the file, as the caller gave it.
        line: Physical line, from 1, at which the record begins; None if about the whole file.
        column: Title of the column, as in the file.
    """

    file: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.severity.value}: {self.message}"

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "field": self.field,
            "value": self.value,
            "subject": self.subject,
        }


class FindingLog:
    """Collects findings while a file is read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._kept: list[ImportFinding] = []
        self._counts: dict[str, int] = {}
        self._severities: dict[str, Severity] = {}

    def add(
        self,
        code: str,
        severity: Severity,
        message: str,
        *,
        line: int | None = None,
        column: str | None = None,
        field: str | None = None,
        value: str | None = None,
        subject: str | None = None,
    ) -> None:
        """Keep one finding, or count it where enough of its kind are kept."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        self._severities.setdefault(code, severity)
        if count > KEPT_OF_A_KIND:
            return
        if value is not None and len(value) > _SHOWN:
            value = value[: _SHOWN - 1] + "…"
        self._kept.append(
            ImportFinding(
                code=code,
                severity=severity,
                message=message,
                file=self._file,
                line=line,
                column=column,
                field=field,
                value=value,
                subject=subject,
            )
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many findings of each code there were, kept or not."""
        return dict(self._counts)

    def all(self) -> tuple[ImportFinding, ...]:
        """What was kept, about the whole file first, then by line; last, one for each kind that was cut."""
        ordered = sorted(self._kept, key=lambda finding: finding.line or 0)
        for code, count in self._counts.items():
            if count > KEPT_OF_A_KIND:
                more = ImportFinding(
                    code="more_of_a_kind",
                    severity=self._severities[code],
                    message=f"{count - KEPT_OF_A_KIND} more findings of the kind {code} are not listed",
                    file=self._file,
                    value=code,
                )
                ordered.append(more)
        return tuple(ordered)


class Silence(FindingLog):
    """Forgets what it is told: for reading a file again whose findings are known."""

    def add(self, *args: object, **kwargs: object) -> None:
        """Nothing."""
