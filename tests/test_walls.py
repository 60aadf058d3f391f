"""The walls of the house stand, and they bite.

``.importlinter`` says which room may know which. Here that plan is run, then
run again on a copy of the package into which one fault for each contract was
planted. What a linter of imports cannot see is checked by reading the source:
that the pure rooms ask neither clock nor chance, use nothing but the standard
library and attrs, and that inside a capsule imports go down.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "motovault"
PURE = ("domain", "ports", "quantities", "vin", "findings", "errors")
MAY_USE_SERVICES = ("vault", "garage", "stores", "cli", "testing", "importers")

# What answers differently on another machine or a moment later.
WORLDLY = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("uuid.uuid1", "uuid.uuid4", "uuid.uuid7", "decimal.getcontext", "decimal.setcontext"),
    *("builtins.open", "builtins.print", "builtins.input", "io.open"),
}

PLANTS = {
    "Rooms look down, never up": ("quantities/planted.py", "from motovault.domain import vehicles"),
    "Capsules on one floor do not know each other": (
        "domain/vehicles/planted.py",
        "import motovault.domain.user_preferences.entities",
    ),
    "Stores do not know each other": ("storage/sql/planted.py", "import motovault.storage.memory.planted"),
    "A capsule's __init__ never brings in a service": (
        "domain/documents/__init__.py",
        "from motovault.domain.documents.service import DocumentService",
    ),
    "The pure rooms touch neither machine, clock, chance nor technology": (
        "domain/fuel_logs/planted.py",
        "import time",
    ),
    "SQLAlchemy, Alembic, psycopg and sqlite3 are named in storage.sql alone": (
        "storage/memory/planted.py",
        "import sqlalchemy.exc",
    ),
    "redis, cachetools and msgspec are named in cache alone": (
        "importers/planted.py",
        "from redis import Redis",
    ),
    "rich is named in cli alone": ("importers/planted2.py", "from rich.table import Table"),
    "altair and vl_convert are named in analysis alone": ("cli/planted.py", "import altair"),
    "Frames are named in analysis and testing alone": ("cli/planted4.py", "import polars"),
    "ADBC is named in storage.sql alone": ("analysis/planted2.py", "import adbc_driver_sqlite.dbapi"),
    "Hypothesis and pytest are named in testing alone": ("cli/planted2.py", "import hypothesis"),
    "ultravin is named in providers alone": ("importers/planted3.py", "import ultravin"),
    "icalendar is named in providers alone": ("cli/planted3.py", "from icalendar import Calendar"),
    "pyarrow is named where tables travel": ("cli/planted5.py", "import pyarrow.parquet"),
}


# ------------------------------------------------------------------- the plan itself


def test_every_wall_of_the_plan_stands() -> None:
    done = _lint_imports(ROOT, package_parent=PACKAGE.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.fixture(scope="module")
def report_on_planted_faults(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy with one fault for each contract and two rooms off the plan."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copytree(PACKAGE, copy / "motovault", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", copy)
    package = copy / "motovault"
    _plant(package, "domain/documents/service.py", "class DocumentService: ...")
    _plant(package, "gadgets/__init__.py", "")
    _plant(package, "domain/trailers/__init__.py", "")
    for file, line in PLANTS.values():
        _plant(package, file, line)
    done = _lint_imports(copy, package_parent=copy)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("contract", PLANTS)
def test_a_planted_fault_breaks_its_contract(contract: str, report_on_planted_faults: str) -> None:
    assert f"{contract} BROKEN" in report_on_planted_faults
    room = PLANTS[contract][0].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"motovault.{room}" in report_on_planted_faults


@pytest.mark.parametrize("module", ["motovault.gadgets", "motovault.domain.trailers"])
def test_a_room_that_is_not_on_the_plan_fails(module: str, report_on_planted_faults: str) -> None:
    assert f"- {module}\n" in report_on_planted_faults


def test_every_contract_has_a_planted_fault() -> None:
    lines = (ROOT / ".importlinter").read_text().splitlines()
    assert {line.removeprefix("name = ") for line in lines if line.startswith("name = ")} == set(PLANTS)


def _lint_imports(where: Path, *, package_parent: Path) -> subprocess.CompletedProcess[str]:
    program = (
        f"import sys; sys.path.insert(0, {str(package_parent)!r}); sys.argv[0] = 'lint-imports'; "
        "from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo"],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
    )


def _plant(package: Path, file: str, line: str) -> None:
    """Add a line to a module of a copy; the folders on the way to it become packages."""
    path = package / file
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in [path.parent, *path.parent.parents]:
        if not folder.is_relative_to(package):
            break
        (folder / "__init__.py").touch()
    with path.open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")


# ------------------------------------------------------- what imports do not show


def test_pure_rooms_use_the_standard_library_and_attrs_alone() -> None:
    assert list(_foreign_imports(PACKAGE)) == []


def test_pure_rooms_ask_neither_clock_nor_chance_nor_files() -> None:
    assert list(_worldly_names(PACKAGE)) == []


def test_inside_a_capsule_imports_go_down() -> None:
    assert list(_upward_imports(PACKAGE)) == []


def test_services_are_used_only_where_parts_are_wired() -> None:
    assert list(_hidden_uses_of_services(PACKAGE)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from datetime import datetime as dt\nx = dt.now()", "datetime.datetime.now"),
        ("import datetime\nx = datetime.date.today()", "datetime.date.today"),
        ("from uuid import uuid4\nmake = uuid4", "uuid.uuid4"),
        ("import uuid as u\ndef make(): return u.uuid1()", "uuid.uuid1"),
        ("from decimal import getcontext\ngetcontext().prec = 3", "decimal.getcontext"),
        ("text = open('x').read()", "builtins.open"),
    ],
)
def test_a_planted_look_at_the_world_is_seen(source: str, found: str, tmp_path: Path) -> None:
    _plant(tmp_path, "domain/vehicles/planted.py", source)
    assert [name for _, name in _worldly_names(tmp_path)] == [found]


def test_a_clock_that_was_handed_in_may_be_asked(tmp_path: Path) -> None:
    _plant(tmp_path, "domain/vehicles/service.py", "def today(clock): return clock.now().date()")
    assert list(_worldly_names(tmp_path)) == []


@pytest.mark.parametrize(
    ("module", "imported", "allowed"),
    [
        ("service", "repository", True),
        ("economy", "entities", True),
        ("economy", "tanks", True),
        ("repository", "errors", True),
        ("entities", "errors", True),
        ("errors", "entities", False),
        ("entities", "economy", False),
        ("economy", "repository", False),
        ("economy", "service", False),
        ("repository", "service", False),
    ],
)
def test_floors_inside_a_capsule(module: str, imported: str, allowed: bool, tmp_path: Path) -> None:
    _plant(tmp_path, f"domain/fuel_logs/{imported}.py", "")
    _plant(tmp_path, f"domain/fuel_logs/{module}.py", f"from motovault.domain.fuel_logs.{imported} import x")
    assert (list(_upward_imports(tmp_path)) == []) is allowed


def test_a_module_that_imports_its_own_capsules_front_is_seen(tmp_path: Path) -> None:
    _plant(tmp_path, "domain/fuel_logs/economy.py", "from motovault.domain.fuel_logs import FuelLog")
    assert [imported for _, imported in _upward_imports(tmp_path)] == ["motovault.domain.fuel_logs"]


def test_a_store_that_uses_a_service_is_seen(tmp_path: Path) -> None:
    _plant(tmp_path, "domain/vehicles/service.py", "")
    _plant(tmp_path, "storage/memory/x.py", "from motovault.domain.vehicles import service")
    assert len(list(_hidden_uses_of_services(tmp_path))) == 1


def test_a_planted_foreign_import_is_seen(tmp_path: Path) -> None:
    _plant(tmp_path, "quantities/x.py", "def f():\n    import numpy.linalg\n    import attrs, json")
    assert [name for _, name in _foreign_imports(tmp_path)] == ["numpy.linalg"]


# -------------------------------------------------------------------- small parts


def _modules(package: Path, rooms: tuple[str, ...]) -> Iterator[tuple[str, ast.Module]]:
    """Dotted name and syntax tree of every module in some rooms, a package by its own name."""
    for room in rooms:
        for path in sorted([*(package / room).rglob("*.py"), *package.glob(f"{room}.py")]):
            parts = path.relative_to(package).with_suffix("").parts
            name = ".".join(("motovault", *(parts[:-1] if parts[-1] == "__init__" else parts)))
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    """Each imported module, and the name taken from it if one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def _foreign_imports(package: Path) -> Iterator[tuple[str, str]]:
    known = sys.stdlib_module_names | {"attr", "attrs", "motovault"}
    for name, tree in _modules(package, PURE):
        for module, _ in _imports(tree):
            if module.partition(".")[0] not in known:
                yield name, module


def _worldly_names(package: Path) -> Iterator[tuple[str, str]]:
    for name, tree in _modules(package, PURE):
        meaning = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                meaning |= {a.asname or a.name.partition(".")[0]: a.name for a in node.names if a.asname}
                meaning |= {
                    a.name.partition(".")[0]: a.name.partition(".")[0] for a in node.names if not a.asname
                }
            elif isinstance(node, ast.ImportFrom):
                meaning |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        for node in ast.walk(tree):
            dotted = _dotted(node)
            head, dot, rest = dotted.partition(".")
            full = meaning.get(head, f"builtins.{head}") + dot + rest
            if full in WORLDLY:
                yield name, full


def _dotted(node: ast.AST) -> str:
    """``a.b.c`` of a name or a chain of attributes that is read; empty for anything else."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _floor(file: str) -> int:
    """How high a file of a capsule stands; a rule is whatever has no name of its own here.

    Entities stand above errors: they check themselves, and errors carry plain values.
    """
    return {"service": 4, "repository": 3, "unit_of_work": 3, "entities": 1, "errors": 0}.get(file, 2)


def _upward_imports(package: Path) -> Iterator[tuple[str, str]]:
    for name, tree in _modules(package, ("domain",)):
        match name.split("."):
            case [_, _, capsule, file, *_]:
                front = f"motovault.domain.{capsule}"
            case _:
                continue
        for module, taken in _imports(tree):
            if module == front and not (package / "domain" / capsule / f"{taken}.py").exists():
                yield name, module
                continue
            if module == front:
                module = f"{front}.{taken}"
            if not module.startswith(f"{front}."):
                continue
            below = module.removeprefix(f"{front}.").partition(".")[0]
            if _floor(below) > _floor(file):
                yield name, module


def _hidden_uses_of_services(package: Path) -> Iterator[tuple[str, str]]:
    rooms = tuple(sorted({path.stem for path in package.iterdir()} - {*MAY_USE_SERVICES, "__init__", "py"}))
    for name, tree in _modules(package, rooms):
        if name.startswith("motovault.domain.") and name.endswith(".service"):
            continue
        for module, taken in _imports(tree):
            parts = [*module.split("."), taken or ""]
            if parts[:2] == ["motovault", "domain"] and "service" in parts[3:4]:
                yield name, module
