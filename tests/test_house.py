"""House rules that no linter knows: one spelling a capsule, short files, the field's words, no traces."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "motovault"
CAPSULES = sorted(path.parent.name for path in (PACKAGE / "domain").glob("*/__init__.py"))

WITHOUT_TABLES = {"auth", "onboarding", "user_export", "odometer"}
"""Capsules that keep nothing of their own; the odometer's readings are derived from logs."""

TABLES_ONLY = {
    "admin",
    "user_profile",
    "terms_agreement",
    "stations",
    "documents",
    "notifications",
    "backup",
}
"""Capsules whose tables are there before their rules: migrations and declared tables, nothing else yet."""

LONGEST = 400
LONGER: dict[str, str] = {}
"""Files of more lines than that, and why each reads better whole."""

BANNED = {
    "mileage": "odometer (a reading), distance or economy",
    "session": "what is open: a transaction, a connection, a unit of work",
    "driver": "what it drives: the database's dialect, or the person as user",
}
REFERENCE_COLUMNS = {"last_service_mileage", "next_due_mileage"}
"""Names of the reference schema's own, which win where they are columns."""

BANNED_FILES = {
    "models.py": "entities.py (a car has a model)",
    "utils.py": "the subject",
    "helpers.py": "the subject",
}

# Put together, so that this file does not hold what it looks for.
TRACES = {
    "/wo" + "rk/": "a path of one machine",
    "/ro" + "ot/": "a path of one machine",
    "/ho" + "me/[a-z]": "a path of one machine",
    "/Us" + "ers/[A-Za-z]": "a path of one machine",
    r"\.lib" + "rary": "a path of one machine",
    r"file:///o" + "pt": "a package index of one machine",
    r"(extra-|--)ind" + "ex-url": "a package index of one machine",
    "-----BEGIN [A-Z ]*PRIV" + "ATE KEY": "a secret",
    "AK" + "IA[0-9A-Z]{16}": "a secret",
    "gh" + "[pous]_[A-Za-z0-9]{36}": "a secret",
}


def _tracked() -> list[Path]:
    """Files of the project: what git knows, or everything where this is an unpacked sdist."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _names(tree: ast.AST) -> Iterator[str]:
    """Names that a module gives to things; not those it only uses, which may be other people's."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def _words(name: str) -> set[str]:
    """``nextDue_mileage`` -> next, due, mileage."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def _banned(names: Iterator[str]) -> set[str]:
    return {name for name in names if name not in REFERENCE_COLUMNS and _words(name) & BANNED.keys()}


# ------------------------------------------------------------------------- mirror rule


def test_there_are_capsules() -> None:
    assert {"vehicles", "fuel_logs", "user_preferences", "odometer"} <= set(CAPSULES)


@pytest.mark.parametrize("capsule", CAPSULES)
def test_a_capsule_has_one_spelling_everywhere(capsule: str) -> None:
    """``ls **/fuel_logs*`` is the whole feature: folder, both stores, migrations, contract suite."""
    places = [PACKAGE / "domain" / capsule / name for name in ("entities.py", "repository.py", "service.py")]
    if capsule not in WITHOUT_TABLES:
        places += [
            PACKAGE / "storage" / "memory" / f"{capsule}.py",
            PACKAGE / "storage" / "sql" / f"{capsule}.py",
            PACKAGE / "testing" / "contracts" / f"{capsule}.py",
            ROOT / "migrations" / capsule,
        ]
    missing = [str(place.relative_to(ROOT)) for place in places if not place.exists()]
    assert missing == []


@pytest.mark.parametrize("capsule", sorted(TABLES_ONLY))
def test_a_capsule_that_has_only_tables_declares_them_where_its_repositories_will_be(capsule: str) -> None:
    assert capsule not in CAPSULES, "it has rules now: take it out of TABLES_ONLY"
    assert (ROOT / "migrations" / capsule).is_dir()
    assert (PACKAGE / "storage" / "sql" / f"{capsule}.py").is_file()


@pytest.mark.parametrize("folder", ["migrations", "src/motovault/testing/contracts"])
def test_a_mirrored_place_belongs_to_a_capsule(folder: str) -> None:
    """A misspelt folder of migrations, or a contract of nothing, is not found by looking for the capsule."""
    known = {*CAPSULES, "__init__", "__pycache__"}
    if folder == "migrations":
        known |= TABLES_ONLY
    found = {path.stem for path in (ROOT / folder).iterdir() if path.is_dir() or path.suffix == ".py"}
    # contracts of several capsules at once, and Alembic's entry
    shared = {"base", "of_vehicles", "units_of_work", "env"}
    assert found - known - shared == set()


def test_revisions_are_numbered_without_a_gap() -> None:
    folders = [
        path for path in (ROOT / "migrations").iterdir() if path.is_dir() and path.name != "__pycache__"
    ]
    assert folders
    for folder in folders:
        names = sorted(path.name for path in folder.glob("*.py"))
        assert all(re.fullmatch(r"\d{3}_[a-z][a-z0-9_]*\.py", name) for name in names), names
        assert [int(name[:3]) for name in names] == list(range(1, len(names) + 1)), names


# ---------------------------------------------------------------- length and words


def test_no_file_is_too_long_to_read() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in _tracked()
        if path.suffix == ".py"
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST and name not in LONGER} == {}
    assert [name for name in LONGER if lengths.get(name, 0) <= LONGEST] == [], "no longer an exception"


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_names_are_the_fields_words(path: Path) -> None:
    found = _banned(_names(ast.parse(path.read_text(encoding="utf-8"))))
    advice = {name: [BANNED[word] for word in _words(name) & BANNED.keys()] for name in found}
    assert advice == {}
    assert path.name not in BANNED_FILES, f"call it {BANNED_FILES[path.name]}"
    assert not _words(path.stem) & BANNED.keys()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("mileage = 3", "mileage"),
        ("def f(total_mileage): ...", "total_mileage"),
        ("class DbSession: ...", "DbSession"),
        ("self.driver = 1", "driver"),
        ("for session in x: ...", "session"),
    ],
)
def test_a_banned_word_is_seen(source: str, name: str) -> None:
    assert _banned(_names(ast.parse(source))) == {name}


@pytest.mark.parametrize(
    "source", ["x = url.drivername", "drivetrain = 1", "next_due_mileage = 1", "engine.session()"]
)
def test_other_peoples_names_and_the_schemas_own_are_let_pass(source: str) -> None:
    assert _banned(_names(ast.parse(source))) == set()


# --------------------------------------------------------------------------- docstrings


def _silent(tree: ast.Module) -> Iterator[str]:
    """Public methods that do not say what they mean; a property's name and type may do."""
    for kind in (
        node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ):
        for node in kind.body:
            is_method = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if is_method and not node.decorator_list and not ast.get_docstring(node):
                yield f"{kind.name}.{node.name}"


@pytest.mark.parametrize(
    "path",
    [
        PACKAGE / "vault.py",
        *sorted(PACKAGE.glob("domain/*/service.py")),
        *sorted(PACKAGE.glob("domain/*/repository.py")),
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_every_call_that_people_make_says_what_it_means(path: Path) -> None:
    """An adapter's methods mean what their protocol says; protocols, services and the vault say it."""
    assert list(_silent(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_a_silent_method_is_seen() -> None:
    methods = [
        "def b(self): ...",
        "def _c(self): ...",
        "def d(self): 'Says.'",
        "@property",
        "def e(self): ...",
    ]
    source = "\n ".join(["class A:", *methods])
    assert list(_silent(ast.parse(source))) == ["A.b"]


# ------------------------------------------------------------------ traces of a machine


def test_no_file_holds_a_machines_path_or_a_secret() -> None:
    pattern = re.compile("|".join(f"({trace})" for trace in TRACES))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {list(TRACES.values())[hit.lastindex - 1]}: {hit.group()}"
        for path in _tracked()
        for number, line in _lines(path)
        if (hit := pattern.search(line)) and hit.lastindex
    ]
    assert found == []


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a text file; none of a binary one."""
    data = path.read_bytes()
    if b"\0" not in data:
        yield from enumerate(data.decode("utf-8", errors="replace").splitlines(), start=1)
