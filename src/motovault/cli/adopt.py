"""``motovault adopt``: taking over a PostgreSQL database that MotoVaultPro made."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from motovault.cli import output
from motovault.cli.database import database_of, shown
from motovault.cli.schema import opened_engine, waiting_shapes
from motovault.cli.schema_shapes import AdoptShape, DifferenceShape

if TYPE_CHECKING:
    from motovault.storage.sql.adopt import Adoption, Difference

__all__ = ["run"]

_SAYS = {
    "adopted": "adopted; the application goes on beside motovault",
    "would be adopted": "would be adopted; nothing was changed",
    "adopted already": "adopted already, nothing to do",
    "made by motovault": "made by motovault, nothing to adopt",
}


def run(given: argparse.Namespace) -> int:
    """Adopt the database, or say what would be done; exit code 1 where a table does not fit."""
    from motovault.storage.sql.adopt import AdoptionRefused, adopt

    database = database_of(given)
    try:
        with opened_engine(database, given) as db_engine, output.working("adopting"):
            found = adopt(db_engine, dry_run=given.dry_run, lock_timeout=given.lock_timeout)
    except AdoptionRefused as refused:
        if given.json:
            misfits, notes = _shapes(refused.misfits), _shapes(refused.notes)
            shape = AdoptShape(database=shown(database), state="refused", misfits=misfits, notes=notes)
            output.print_json(shape)
        else:
            for difference in refused.misfits:
                output.line(f"does not fit: {difference}")
            for difference in refused.notes:
                output.line(f"note: {difference}")
        raise
    shape = _shape(shown(database), found)
    if given.json:
        output.print_json(shape)
    else:
        _print(shape, found)
    return 0


def _shape(database: str, found: Adoption) -> AdoptShape:
    return AdoptShape(
        database=database,
        state=found.state,
        capsules=found.capsules,
        absent=found.absent,
        misfits=(),
        notes=_shapes(found.notes),
        waiting=waiting_shapes(found.waiting),
        recorded=found.recorded,
        applied_now=found.applied,
    )


def _shapes(differences: Iterable[Difference]) -> tuple[DifferenceShape, ...]:
    return tuple(
        DifferenceShape(table=one.table, subject=one.subject, there=one.there, expected=one.expected)
        for one in differences
    )


def _print(shape: AdoptShape, found: Adoption) -> None:
    is_plan = shape.state == "would be adopted"
    for name in shape.recorded:
        output.line(f"{'would record' if is_plan else 'recorded'} {name}")
    for name in shape.applied_now:
        output.line(f"{'would apply' if is_plan else 'applied'} {name}")
    for note in found.notes:
        output.line(f"note: {note}")
    for key in found.waiting:
        output.line(f"waiting: {key}")
    if found.absent:
        output.line(f"not there: {', '.join(found.absent)}; motovault migrate adds them")
    output.line(f"{shape.database}: {_SAYS[shape.state]}")
    if found.waiting and not is_plan:
        output.note("once those rows are mended, motovault migrate adds what waits; status says what does")
