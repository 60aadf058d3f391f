"""``motovault import`` of files of work: what is asked, what is said, what is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran
from tests.importers.files import WORK_TITLES, cost, fuelio, log

Cli = Callable[..., Ran]

ROWS = """2024-01-05,Oil change,90.50,,1000,
2024-02-05,TÜV 2024,120,,1500,
2025-02-05,TÜV 2025,120,,9500,
2024-03-05,Car wash,9,,2000,
"""
FILE = ["import", "work.csv", "--user", "ana", "--kind", "service", "--distance-unit", "km", "--plate", "A 1"]


@pytest.fixture
def work(folder: Path) -> Path:
    path = folder / "work.csv"
    path.write_text(WORK_TITLES + "\n" + ROWS, "utf-8")
    return path


def test_what_is_not_certain_is_shown_with_what_to_type_and_makes_the_exit_code_1(
    motovault: Cli, work: Path
) -> None:
    first = motovault(*FILE)
    assert first.code == 1
    assert "Added 1 maintenance log for ana." in first.out
    assert "3, of which 1 can be kept" in first.out
    assert '--work "TÜV=routine_maintenance:Restraints and Safety Systems"' in first.out
    again = motovault(*FILE, "--work", "TÜV=repair:Engine")
    assert again.code == 0
    assert "Added 2 maintenance logs for ana; 1 were here already." in again.out
    third = motovault(*FILE, "--work", "tuv = Repair: engine")
    assert "Nothing added for ana: all of it is here already." in third.out


def test_json_counts_work_and_names_unknown_words(motovault: Cli, work: Path) -> None:
    dry = motovault(*FILE, "--json", "--dry-run").json()
    names = (
        "maintenance_logs",
        "maintenance_planned",
        "maintenance_added",
        "would_add_maintenance",
        "other_costs",
    )
    assert [dry[name] for name in names] == [3, 1, 0, 1, 1]
    assert dry["unknown_work"] == [
        {
            "word": "TÜV",
            "count": 2,
            "line": 3,
            "proposed": "routine_maintenance:Restraints and Safety Systems",
            "is_near": True,
            "is_left_out": True,
            "declaration": "TÜV=routine_maintenance:Restraints and Safety Systems",
        }
    ]
    kept = motovault(*FILE, "--json").json()
    assert (kept["maintenance_added"], kept["would_add_maintenance"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("work.toml", '"TÜV" = "repair:Engine"\n"oil change" = ["repair", ["Engine"]]\n'),
        ("work.toml", '[work]\n"TÜV" = "-"\n'),
        ("work.json", '{"TÜV": "repair:Engine"}'),
    ],
)
def test_words_may_stand_in_a_file(motovault: Cli, work: Path, name: str, content: str) -> None:
    (work.parent / name).write_text(content, "utf-8")
    assert motovault(*FILE, "--work-file", name).code == 0
    typed = motovault(*FILE, "--work-file", name, "--work", "TÜV=repair:Exterior")
    assert "Added" in typed.out if '"-"' in content else "Nothing added" in typed.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--work", "TÜV"], "CATEGORY"),
        (["--work", "=repair:Engine"], "CATEGORY"),
        (["--work", "TÜV=repairs:Engine"], "routine_maintenance"),
        (["--work", "TÜV=repair:Engin"], "Engine"),
        (["--work", "a=-", "--work", "a=-"], "twice"),
        (["--work-file", "none.toml"], "cannot be read"),
        (["--work-file", "work.csv"], "TOML"),
    ],
)
def test_a_declaration_that_cannot_be_is_one_clear_line(
    motovault: Cli, work: Path, options: list[str], said: str
) -> None:
    found = motovault(*FILE, *options)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_the_kind_of_record_is_asked_for_by_its_flag(motovault: Cli, work: Path) -> None:
    found = motovault("import", "work.csv", "--user", "ana", "--distance-unit", "km")
    assert found.code == 2
    assert "--kind service or repair or upgrade" in found.err


def test_reminders_come_in_as_schedules_and_are_due(motovault: Cli, folder: Path) -> None:
    text = fuelio([log()], [cost(odo="1000", reminddate="2025-06-01", repeatmonths=12)])
    (folder / "car.csv").write_text(text, "utf-8")
    found = motovault("import", "car.csv", "--user", "ana")
    assert "Added 1 fuel logs for ana." in found.out
    assert "Added 1 maintenance log and 1 schedule for ana." in found.out
    due = json.loads(motovault("due", "--user", "ana", "--json").out)
    assert "2025-06-01" in json.dumps(due)
