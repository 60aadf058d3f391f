"""``motovault catalogue``: bring a catalogue of vehicles in, and ask it step by step."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import attrs

from motovault.cli import output
from motovault.cli.catalogue_shapes import CatalogueImportShape, CatalogueNamesShape, CatalogueYearsShape
from motovault.cli.database import opened
from motovault.cli.standard_input import standard_input
from motovault.domain.platform import CatalogueChanges
from motovault.domain.platform.service import CatalogueService

__all__ = ["run_import", "run_names"]

NOTHING = 1
"""The exit code where nothing fits, as of grep: a script need not look at what was printed."""

_LISTS: dict[str, Callable[[CatalogueService, argparse.Namespace], Sequence[int] | Sequence[str]]] = {
    "years": lambda ask, given: ask.years(),
    "makes": lambda ask, given: ask.makes(given.year),
    "models": lambda ask, given: ask.models(given.year, given.make),
    "trims": lambda ask, given: ask.trims(given.year, given.make, given.model),
    "engines": lambda ask, given: ask.engines(given.year, given.make, given.model, given.trim),
    "transmissions": lambda ask, given: ask.transmissions(
        given.year, given.make, given.model, given.trim, engine=given.engine
    ),
}


def run_import(given: argparse.Namespace) -> int:
    """Bring a file in, all or nothing."""
    read = 0

    def progress(count: int, /) -> None:
        nonlocal read
        read = count

    is_stdin = given.file == "-"
    source = standard_input() if is_stdin else given.file
    with opened(given) as vault, output.working("importing", done=lambda: read):
        changes = vault.import_catalogue(
            source, replace=given.replace, progress=progress, name="standard input" if is_stdin else None
        )
    if given.json:
        output.print_json(CatalogueImportShape(**attrs.asdict(changes)))
    else:
        output.line(_told(changes))
    return 0


def run_names(given: argparse.Namespace) -> int:
    """Print what can be chosen, one a line; gives 1 where that is nothing."""
    with opened(given, must_exist=True) as vault:
        found = _LISTS[given.names](vault.catalogue, given)
    if not given.json:
        for name in found:
            output.line(str(name))
    elif given.names == "years":
        output.print_json(CatalogueYearsShape(years=tuple(map(int, found))))
    else:
        output.print_json(CatalogueNamesShape(names=tuple(map(str, found))))
    if not found:
        output.note(f"the catalogue has no {given.names} of that")
    return 0 if found else NOTHING


def _told(changes: CatalogueChanges) -> str:
    def counted(verb: str, options: int, engines: int, transmissions: int) -> str:
        parts = {"option": options, "engine": engines, "transmission": transmissions}
        told = ", ".join(f"{n:,} {what}{'' if n == 1 else 's'}" for what, n in parts.items() if n)
        return f"{verb} {told}" if told else ""

    parts = (
        counted("added", changes.added, changes.engines_added, changes.transmissions_added),
        counted("changed", 0, changes.engines_changed, changes.transmissions_changed),
        counted("removed", changes.removed, changes.engines_removed, changes.transmissions_removed),
    )
    told = "; ".join(filter(None, parts)) or "nothing new, nothing changed"
    return f"{changes.read:,} row{'' if changes.read == 1 else 's'} read: {told}."
