"""Words of a file that nobody knows: each once, with how many rows say it and what it may be."""

from __future__ import annotations

from motovault.findings import Severity
from motovault.importers.findings import FindingLog
from motovault.importers.planned import OtherRecord
from motovault.importers.words import Unresolved, proposal_for
from motovault.importers.work import UnknownWork

__all__ = ["UnknownWords"]

_MOST = 200
"""So many different words are told apart; the rest is one number."""


class _Said:
    def __init__(self, unknown: Unresolved, record: OtherRecord) -> None:
        self.unknown = unknown
        self.line, self.column = record.line, record.column
        self.is_left_out = record.kind != "other_cost"
        self.count = 0


class UnknownWords:
    """Collects them while a file is counted."""

    def __init__(self) -> None:
        self._said: dict[tuple[tuple[str, ...], bool], _Said] = {}
        self._more = 0

    def see(self, record: OtherRecord) -> None:
        """Take the unknown words of one row into account."""
        is_left_out = record.kind != "other_cost"
        for unknown in record.unknown:
            key = (unknown.key, is_left_out)
            if key not in self._said:
                if len(self._said) >= _MOST:
                    self._more += 1
                    continue
                self._said[key] = _Said(unknown, record)
            self._said[key].count += 1

    def tell(self, findings: FindingLog) -> tuple[UnknownWork, ...]:
        """All of them, by line; a finding for each."""
        found = []
        for said in sorted(self._said.values(), key=lambda said: said.line):
            proposed, is_near = proposal_for(said.unknown)
            one = UnknownWork(
                word=said.unknown.words,
                count=said.count,
                line=said.line,
                column=said.column,
                proposed=proposed,
                is_near=is_near,
                is_left_out=said.is_left_out,
            )
            found.append(one)
            findings.add(
                "unknown_category",
                Severity.ERROR if said.is_left_out else Severity.WARNING,
                _message(one),
                line=one.line,
                column=one.column[:80],
                field="work",
                value=one.word,
            )
        if self._more:
            message = f"{self._more} more rows have unknown words, too many to list; declare work '*'"
            findings.add("unknown_category", Severity.ERROR, message, field="work")
        return tuple(found)


def _message(one: UnknownWork) -> str:
    rows = "1 row says" if one.count == 1 else f"{one.count} rows say"
    kind = "it may be" if one.is_near else "nothing like it is known, for example it is"
    if not one.is_left_out:
        was = "it was" if one.count == 1 else "they were"
        return (
            f"{rows} {one.word!r}, a cost category of which nothing is known; {was} taken for other costs; "
            f"if it is work on the vehicle declare work {one.declaration!r}"
        )
    was = "it was" if one.count == 1 else "they were"
    return (
        f"{rows} {one.word!r}, and what work that is is not certain; {was} left out: {kind} {one.proposed}; "
        f"declare work {one.declaration!r}, or '{one.declared_as}=-' if it is none, and import again"
    )
