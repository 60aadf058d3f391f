"""Say whether the motovault that Python finds here is a whole, installed one and not the sources.

Run by ``nox -s wheel`` in an environment that has the wheel alone::

    python tools/check_installed.py PATH-OF-THE-SOURCES
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path


def faults(sources: Path) -> list[str]:
    """What is wrong with the installed package, a sentence each; empty if nothing is."""
    import motovault

    package = Path(motovault.__file__).resolve().parent
    found = []
    if package.is_relative_to(sources.resolve() / "src"):
        found.append(f"the sources are in reach: {package}")
    want = {
        *_files(sources / "src" / "motovault"),
        *(f"migrations/{name}" for name in _files(sources / "migrations")),
    }
    if missing := sorted(want - _files(package)):
        found.append(f"not in the wheel: {', '.join(missing)}")
    if surplus := sorted(_files(package) - want):
        found.append(f"in the wheel but not in the sources: {', '.join(surplus)}")
    if not (package / "py.typed").is_file():
        found.append("py.typed is missing: users' type checkers will see nothing")
    return found


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]))
    print(*wrong or [f"motovault {metadata.version('motovault')} is installed whole"], sep="\n")
    sys.exit(1 if wrong else 0)
