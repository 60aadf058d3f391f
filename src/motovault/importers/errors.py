"""What can stop an import. What is wrong with single rows of a log are findings, not errors.

A catalogue can be mended where it was made: there the first cell that breaks a rule stops all.
"""

from __future__ import annotations

import attrs

from motovault.errors import InvalidValue

__all__ = ["CatalogueCellInvalid", "ImportNeeds", "Need", "UnknownFormat", "UnreadableSource"]


class UnreadableSource(InvalidValue):
    """The file cannot be opened, is too large, or is no sound archive."""

    def __init__(self, name: str, rule: str) -> None:
        super().__init__("source", name, rule)


class CatalogueCellInvalid(InvalidValue):
    """A cell of a catalogue, or its titles, break a rule; nothing was changed.

    Attributes:
        field: The column's title, as the file has it; the same as ``column``.
        file: What the file is called.
        line: On which line of a CSV file the row begins, the titles being line 1; of Parquet the row, from 1.
            0 where it is about a Parquet file's columns.
    """

    def __init__(self, file: str, line: int, column: str, value: object, rule: str) -> None:
        super().__init__(f"{file}, line {line}, column {column}", value, rule)
        self.field = self.column = column
        self.file = file
        self.line = line


class UnknownFormat(InvalidValue):
    """The file is of no format that can be imported.

    Attributes:
        recognised: Name of the application whose file it is, where that much is known.
        seen: What was seen instead, in words.
        supported: The formats that can be imported.
    """

    def __init__(
        self, name: str, supported: tuple[str, ...], recognised: str | None = None, *, seen: str = ""
    ) -> None:
        can = "the formats that can be are " + ", ".join(supported)
        if recognised is None:
            rule = f"is {seen}, in no known format; {can}; for any other table declare a column mapping"
        else:
            rule = f"is a file of {recognised}, which cannot be imported yet; {can}"
        super().__init__("source", name, rule)
        self.recognised = recognised
        self.seen = seen
        self.supported = supported


@attrs.frozen
class Need:
    """One thing that the file does not say and that was not declared.

    Attributes:
        option: Name of the field of ``ImportOptions`` that declares it.
        choices: What it can be, where that is a short list.
        reason: Why the file alone does not tell.
    """

    option: str
    choices: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        choices = f" ({' or '.join(self.choices)})" if self.choices else ""
        return f"{self.option}{choices}: {self.reason}"


class ImportNeeds(InvalidValue):
    """The file leaves questions open; nothing was guessed.

    Attributes:
        needs: All open questions, each naming the option that answers it.
    """

    def __init__(self, needs: tuple[Need, ...]) -> None:
        names = ", ".join(need.option for need in needs)
        super().__init__("options", names, "must be declared; " + "; ".join(str(need) for need in needs))
        self.needs = needs
