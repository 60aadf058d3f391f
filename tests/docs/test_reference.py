"""What the reference pages list is what there is: nothing forgotten, nothing made up."""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import motovault
import motovault.storage.sql
from motovault.cli.arguments import parser
from motovault.domain.fuel_logs import Void
from motovault.errors import MotovaultError
from motovault.quantities import DistanceUnit, FuelUnit
from motovault.storage.sql.shipped import MIGRATIONS, shipped
from motovault.storage.sql.tables import METADATA
from motovault.vin import FindingCode
from tests.docs.pages import ROOT

pytestmark = pytest.mark.docs

REFERENCE = ROOT / "docs" / "reference"
PACKAGE = ROOT / "src" / "motovault"
CAPSULES = sorted(path.parent.name for path in (PACKAGE / "domain").glob("*/__init__.py"))
CASES = {
    case["id"]: case
    for case in json.loads((ROOT / "tests" / "vectors" / "fuel_economy.json").read_text(encoding="utf-8"))[
        "cases"
    ]
}


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _rows(text: str) -> list[list[str]]:
    """The rows of the tables of a page, cell by cell."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not set(line) <= set("|- ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def _words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _section(page: Path, title: str) -> str:
    return re.split(r"^## ", _text(page).split(f"## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


# ---------------------------------------------------------------------------- errors


def _errors() -> Iterator[type[MotovaultError]]:
    for module in pkgutil.walk_packages(motovault.__path__, "motovault."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting = list(MotovaultError.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("motovault.") and not kind.__name__.startswith("_"):
            yield kind


def test_every_error_is_on_its_page() -> None:
    listed = {_words(row[0])[0]: row for row in _rows(_text(REFERENCE / "errors.md")) if _words(row[0])}
    errors = {kind.__name__: kind for kind in _errors()}
    assert set(listed) == set(errors)
    for name, row in listed.items():
        kind = errors[name]
        if kind.__module__ == "motovault.errors":
            continue
        assert _words(row[1]) == [kind.__bases__[0].__name__], name
        home = importlib.import_module(_words(row[2])[0])
        assert getattr(home, name) is kind


# -------------------------------------------------------------------------- findings

_REPORTING = {"add", "_warn", "_error", "_once", "_warning", "Finding", "ImportFinding"}
_CODE = re.compile(r"[a-z]+(_[a-z]+)+|rollback")


def _codes(folder: Path) -> set[str]:
    """Codes in calls that report; a code is the first text with an underscore in them."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in _REPORTING:
                continue
            named = [word.value for word in node.keywords if word.arg == "code"]
            texts = [a.value for a in (*named, *node.args) if isinstance(a, ast.Constant)]
            codes = [text for text in texts if isinstance(text, str) and _CODE.fullmatch(text)]
            found.update(codes[:1])
    return found


@pytest.mark.parametrize(
    ("title", "folder"),
    [
        ("In a vehicle's fuel logs", PACKAGE / "domain" / "fuel_logs"),
        ("In odometer readings", PACKAGE / "domain" / "odometer"),
        ("In an imported file", PACKAGE / "importers"),
    ],
)
def test_every_code_of_a_finding_is_on_its_page(title: str, folder: Path) -> None:
    section = _section(REFERENCE / "findings.md", title)
    listed = {code for row in _rows(section) for code in _words(row[0])}
    assert listed == _codes(folder)


def test_every_code_about_a_vin_is_on_its_page() -> None:
    section = _section(REFERENCE / "findings.md", "About a VIN")
    assert {code for row in _rows(section) for code in _words(row[0])} == {code.value for code in FindingCode}


# ---------------------------------------------------------------------------- schema


@pytest.mark.parametrize("table", [*sorted(METADATA.tables), MIGRATIONS.name])
def test_every_column_is_on_the_page_in_order(table: str) -> None:
    columns = METADATA.tables[table].columns if table in METADATA.tables else MIGRATIONS.columns
    page = REFERENCE / "schema.md"
    assert f"\n## {table}\n" in _text(page), f"docs/reference/schema.md says nothing of the table {table}"
    listed = [_words(row[0])[0] for row in _rows(_section(page, table)) if _words(row[0])]
    assert listed == [column.name for column in columns]


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_a_column_is_ours_if_a_later_revision_adds_it(table: str) -> None:
    files = [_text(path) for path in (ROOT / "migrations").glob("*/001_*.py")]
    (first,) = [text for text in files if re.search(rf'create_table\(\s*"{table}"', text)]
    for row in _rows(_section(REFERENCE / "schema.md", table))[1:]:
        is_reference = f'"{_words(row[0])[0]}"' in first
        assert (row[2] == "reference") == is_reference, row[0]


def test_the_changelog_names_every_migration_and_this_version() -> None:
    text = _text(ROOT / "CHANGELOG.md")
    assert f"## {motovault.__version__}" in text
    missing = [file.name for file in shipped() if file.name not in text]
    assert missing == [], "CHANGELOG.md does not say that these migrations are new"


# --------------------------------------------------------------------------- capsules


def test_a_capsule_has_a_page() -> None:
    assert sorted(path.stem for path in (REFERENCE / "capsules").glob("*.md")) == CAPSULES


@pytest.mark.parametrize("capsule", CAPSULES)
def test_a_page_lists_the_calls_of_service_and_repository(capsule: str) -> None:
    rows = _rows(_text(REFERENCE / "capsules" / f"{capsule}.md"))
    listed = {word.partition("(")[0] for row in rows for word in _words(row[0])[:1] if "(" in word}
    there: set[str] = set()
    for name, suffix in (("service", "Service"), ("repository", "Repository")):
        module = importlib.import_module(f"motovault.domain.{capsule}.{name}")
        kinds = [
            found
            for found in vars(module).values()
            if inspect.isclass(found)
            and found.__module__ == module.__name__
            and found.__name__.endswith(suffix)
        ]
        assert kinds
        for kind in kinds:
            there |= {call for call in vars(kind) if not call.startswith("_")}
    assert listed - {"report.figures"} == there


# -------------------------------------------------------------------------------- cli


def _options() -> Iterator[tuple[str, str]]:
    (commands,) = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    for name, command in commands.choices.items():
        yield from ((name, option) for option in _of_command(command))


def _of_command(command: argparse.ArgumentParser) -> Iterator[str]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):  # as in `motovault vin check`
            for nested in action.choices.values():
                yield from _of_command(nested)
        yield from (option for option in action.option_strings if option.startswith("--"))


def test_every_command_and_option_is_on_its_page() -> None:
    words = " ".join(_words(_text(REFERENCE / "cli.md")))
    missing = [f"{name} {option}" for name, option in _options() if not re.search(rf"{option}\b", words)]
    assert missing == []
    assert {name for name, _ in _options()} == set(
        re.findall(r"^\| `motovault (\w+)", _text(REFERENCE / "cli.md"), re.M)
    )


def test_no_option_is_made_up() -> None:
    known = {option for _, option in _options()}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", _text(REFERENCE / "cli.md")))
    assert named <= known


# -------------------------------------------------------------------- units and rules


def test_every_unit_of_a_dial_and_a_pump_is_on_its_page() -> None:
    rows = _rows(_section(REFERENCE / "units.md", "What an odometer counts and a pump pours"))
    assert [_words(row[0])[0] for row in rows[1:]] == [*DistanceUnit, *FuelUnit]


def test_every_rule_and_every_reason_is_on_its_page() -> None:
    page = REFERENCE / "economy-rules.md"
    rows = _rows(_section(page, "The rules"))[1:]
    assert [row[0].split()[0] for row in rows] == [f"R{n}" for n in range(1, 19)]
    named = {case for row in rows for case in re.findall(r"FE-\d+", row[2])}
    assert named <= set(CASES)
    reasons = {_words(row[0])[0]: row[1] for row in _rows(_section(page, "Why an interval is void"))[1:]}
    assert reasons == {void.name: void.value for void in Void}


# ----------------------------------------------------------------- the README's cases

_IMPERIAL = Fraction("3.785411784") / Fraction("4.54609")

USUAL_SLIPS = {
    "FE-002": [240 / (Fraction("10.65") * _IMPERIAL)],  # the gallon is taken for an imperial one
    "FE-016": [100 * Fraction("52.95") / (140354 - 139530)],  # the partial fill is forgotten
    "FE-020": [Fraction(1100 - 1000, 10)],  # any first fill is an anchor
    "FE-037": [Fraction(1600 - 1300, 12)],  # the year is cut out first, and its first tank loses its anchor
    "FE-038": [Fraction(40 + 10, 2)],  # a mean of ratios
    "FE-039": [Fraction(100 * 30, 800)],  # the row is skipped
    "FE-046": [Fraction(10000 - 9320, 10)],  # sorted by odometer
    "FE-061": [Fraction(100 * (30 + 45), 1000)],  # towing is folded in
    "FE-063": [Fraction(100 * 10, 500), Fraction(100 * 54, 400)],  # one chain for both fluids
}


def _readme_cases() -> dict[str, list[str]]:
    return {row[0]: row for row in _rows(_text(ROOT / "README.md")) if row[0].startswith("FE-")}


def _figures(cell: str) -> set[str]:
    return set(re.findall(r"\d+\.\d\d", cell))


def test_the_readme_shows_the_cases_that_are_checked_here() -> None:
    assert set(_readme_cases()) == set(USUAL_SLIPS)


@pytest.mark.parametrize("case", sorted(USUAL_SLIPS))
def test_what_a_common_tracker_shows_is_what_the_slip_gives(case: str) -> None:
    slips = {f"{round(slip, 2):.2f}" for slip in map(float, USUAL_SLIPS[case])}
    assert _figures(_readme_cases()[case][2]) == slips


@pytest.mark.parametrize("case", sorted(USUAL_SLIPS))
def test_what_the_readme_says_of_us_is_what_the_case_expects(case: str) -> None:
    expected = json.dumps(CASES[case]["expected"])
    ours = {f"{Decimal(figure):.2f}" for figure in re.findall(r"\d+\.\d{6}", expected)}
    shown = _figures(_readme_cases()[case][3])
    assert shown
    assert shown <= ours
    assert not shown & _figures(_readme_cases()[case][2]), "the slip and the answer are the same"


# ------------------------------------------------------------------------ testing kit

_INNER = {
    # what one public module of the kit is made of; nobody imports it by name
    *("motovault.testing.lockstep_maintenance", "motovault.testing.lockstep_values"),
    *(f"motovault.testing.fleet.{name}" for name in ("chance", "driving", "kinds", "vehicles")),
}


def _kit() -> dict[str, set[str]]:
    """The public names of the testing kit, by the module that gives them out first."""
    import motovault.testing

    given: dict[str, set[str]] = {}
    for found in pkgutil.walk_packages(motovault.testing.__path__, "motovault.testing."):
        if found.name not in _INNER:
            names = set(importlib.import_module(found.name).__all__)
            package = found.name.rpartition(".")[0]
            new = names - given.get(package, set())
            if new:
                given[found.name] = new
    return given


def test_every_public_name_of_the_testing_kit_is_on_its_page() -> None:
    page = REFERENCE / "testing-kit.md"
    kit = _kit()
    titles = re.findall(r"^## (.+)$", _text(page), flags=re.MULTILINE)
    listed = {
        "motovault.testing.fleet" if title == "A fleet" else title.strip("`"): {
            re.match(r"\w+", _words(row[0])[0]).group()  # type: ignore[union-attr]
            for row in _rows(_section(page, title))
            if _words(row[0])
        }
        for title in titles
    }
    assert listed == kit
