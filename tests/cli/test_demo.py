"""``motovault demo``: the whole story, on the bundled log or on a file of one's own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, environment, fuelio

Cli = Callable[..., Ran]


def test_the_demo_tells_the_whole_story_and_a_second_run_adds_nothing(motovault: Cli, folder: Path) -> None:
    first = motovault("demo")
    assert first.code == 0
    for words in (
        "Added 46 fuel logs for demo.",
        "Blue Mazda (2018 Mazda Mazda3)",
        "Cost per distance: 0.0975 USD a mi",
        "Average 31.43 mpg (US)",
        "no figure: a fill-up in it was missed",
        "By month",
        "odometer 49017 mi on 2025-09-22 is below 49814 mi",
        "price 0.299 per US gal",
        "garage-blue-mazda.svg",
        "What next",
    ):
        assert words in first.out
    second = motovault("demo")
    assert second.code == 0
    assert "Nothing added for demo: all of it is here already." in second.out
    assert second.out.partition("Blue Mazda (")[2] == first.out.partition("Blue Mazda (")[2]


def test_the_demos_log_says_what_the_car_really_did(motovault: Cli) -> None:
    """The car goes 28 to 35 miles a gallon: no slip of its owner shows in a figure."""
    found = motovault("demo", "--json").json()
    (vehicle,) = found["vehicles"]
    (tank,) = vehicle["tanks"]
    figures = [Decimal(interval["economy"]) for interval in tank["intervals"] if interval["economy"]]
    assert len(figures) >= 35
    assert min(figures) > 28
    assert max(figures) < 35
    assert {finding["code"] for finding in vehicle["findings"]} == {"odometer_went_back", "price_unusual"}
    assert (found["imported"]["partial"], found["imported"]["missed"]) == (7, 1)
    assert (found["imported"]["maintenance_logs"], found["imported"]["other_costs"]) == (4, 4)


def test_the_chart_stands_beside_the_database(motovault: Cli, folder: Path) -> None:
    (folder / "cars").mkdir()
    found = motovault("demo", "--database", "cars/mine.db", "--json").json()
    assert found["charts"] == ["cars/mine-blue-mazda.svg"]
    assert found["charts_missing"] is None
    assert "<svg" in (folder / "cars" / "mine-blue-mazda.svg").read_text(encoding="utf-8")[:2000]


def test_a_file_of_ones_own_takes_its_place(motovault: Cli, folder: Path) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(5))
    found = motovault("demo", "wagon.csv", "--economy-unit", "km/L", "--json").json()
    assert found["imported"]["added"] == 5
    (vehicle,) = found["vehicles"]
    assert vehicle["vehicle"]["title"] == "Wagon"
    assert vehicle["tanks"][0]["economy_unit"] == "km/L"
    assert found["charts"] == ["garage-wagon.svg"]


def test_a_wrong_unit_is_found_out_before_anything_is_kept(motovault: Cli, folder: Path) -> None:
    assert motovault("demo", "--economy-unit", "mpg").code == 2
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("module", "package"), [("altair", "altair"), ("vl_convert", "vl-convert-python")])
def test_without_what_draws_all_but_the_chart_is_there(module: str, package: str, folder: Path) -> None:
    program = (
        f"import sys; sys.modules['{module}'] = None; "
        "from motovault.cli import main; sys.exit(main(['demo', '--database', 'memory:']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"{package} is not installed; for a chart run: pip install 'motovault[analysis]'" in done.stdout
    assert "Average 31.43 mpg (US)" in done.stdout
    assert list(folder.iterdir()) == []


def test_it_works_where_the_chart_cannot_be_written(motovault: Cli, folder: Path) -> None:
    (folder / "garage-blue-mazda.svg").mkdir()
    done = motovault("demo")
    assert done.code == 0
    assert "the chart could not be written" in done.out


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_any_terminal_encoding_will_do(folder: Path, encoding: str) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(3, name="Βαγόνι – Kombi"))
    for arguments in (["demo", "wagon.csv"], ["report", "--user", "demo", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "motovault", *arguments],
            capture_output=True,
            env=environment(PYTHONIOENCODING=encoding),
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert re.search(rb'"title": "(\\u0392|\xce\x92)', done.stdout)
