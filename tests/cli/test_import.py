"""``motovault import``: what it prints, what it keeps, and what it answers to nonsense."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, environment, fuelio

Cli = Callable[..., Ran]

INTERRUPTIBLE = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from motovault.cli import main; sys.exit(main())"
)
"""``python -m motovault`` that hears Ctrl-C, which what was started in the background of a shell does not:
there shells have SIGINT ignored, and that is handed down, through pytest too.
"""

PROMISED = {
    *("format", "vehicles", "fuel_logs", "maintenance_logs", "schedules", "other_costs", "added"),
    *("volume_litres", "first_date", "last_date", "partial", "missed", "duplicates", "findings"),
}
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
SUPPORTED = {"fuelio", "fuelly-web", "lubelogger-gas", "lubelogger-service", "lubelogger-repair"}


@pytest.fixture
def wagon(folder: Path) -> str:
    (folder / "wagon.csv").write_bytes(fuelio(3))
    return "wagon.csv"


def test_json_is_one_object_with_all_that_was_promised(motovault: Cli, wagon: str) -> None:
    done = motovault("import", wagon, "--user", "ana", "--json")
    found = done.json()
    assert done.code == 0
    assert found.keys() >= PROMISED
    assert (found["format"], found["vehicles"], found["fuel_logs"], found["added"]) == ("fuelio", 1, 3, 3)
    assert (found["first_date"], found["last_date"]) == ("2000-01-01", "2000-01-03")
    assert found["volume_litres"] == "90.000"
    assert found["findings"] == []


def test_the_same_file_again_adds_nothing_and_says_so(motovault: Cli, wagon: str) -> None:
    assert motovault("import", wagon, "--user", "ana", "--json").json()["added"] == 3
    again = motovault("import", wagon, "--user", "ana")
    assert again.code == 0
    assert "Nothing added for ana: all of it is here already." in again.out
    assert motovault("import", wagon, "--user", "ana", "--json").json()["added"] == 0


def test_a_dry_run_keeps_nothing_and_makes_no_file(motovault: Cli, wagon: str, folder: Path) -> None:
    found = motovault("import", wagon, "--user", "ana", "--dry-run", "--json").json()
    assert (found["fuel_logs"], found["added"], found["would_add"]) == (3, 0, 3)
    assert [path.name for path in folder.iterdir()] == ["wagon.csv"]


def test_a_dry_run_on_a_database_that_is_there_says_what_is_new(motovault: Cli, folder: Path) -> None:
    (folder / "old.csv").write_bytes(fuelio(2))
    (folder / "new.csv").write_bytes(fuelio(5))
    motovault("import", "old.csv", "--user", "ana")
    found = motovault("import", "new.csv", "--user", "ana", "--dry-run", "--json").json()
    assert (found["added"], found["would_add"]) == (0, 3)
    assert motovault("import", "new.csv", "--user", "ana", "--json").json()["added"] == 3


def test_a_row_that_was_left_out_makes_the_exit_code_1_and_the_rest_is_kept(
    motovault: Cli, folder: Path
) -> None:
    bad = '"2000-02-01 12:00","11500","thirty","1","60.0","Mill","0"'
    (folder / "wagon.csv").write_bytes(fuelio(3, bad_line=bad))
    done = motovault("import", "wagon.csv", "--user", "ana", "--json")
    assert done.code == 1
    (finding,) = done.json()["findings"]
    assert (finding["severity"], finding["file"], finding["line"]) == ("error", "wagon.csv", 9)
    assert finding["value"] == "thirty"
    assert done.json()["added"] == 3


def test_a_file_comes_through_standard_input_too(motovault_process: Cli) -> None:
    done = motovault_process("import", "-", "--user", "ana", "--json", stdin=fuelio(4))
    assert done.json()["added"] == 4
    assert done.err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.csv", "--user", "ana"], "no.csv"),
        (["poem.txt", "--user", "ana"], "format"),
        (["wagon.csv", "--user", "ana", "--distance-unit", "furlongs"], "distance_unit: 'furlongs'"),
        (["wagon.csv", "--user", "ana", "--fuel-unit", "gallons"], "us_gal or imp_gal"),
        (["wagon.csv", "--user", "ana", "--currency", "euro"], "currency_code: 'EURO'"),
        (["wagon.csv", "--user", "ana", "--time-zone", "Mars/Olympus"], "time_zone: 'Mars/Olympus'"),
        (["wagon.csv", "--user", "ana", "--date-order", "YDM"], "date_order: 'YDM'"),
        (["wagon.csv", "--user", "ana", "--decimal-sign", ";"], "decimal_sign: ';'"),
        (["wagon.csv", "--user", "ana", "--encoding", "klingon"], "encoding: 'klingon'"),
        (["wagon.csv", "--user", "ana", "--kind", "party"], "record_kind: 'party'"),
        (["wagon.csv", "--user", "ana", "--map", "volume"], "map: 'volume'"),
        (["wagon.csv", "--user", "ana", "--map", "volume=3"], "which column holds filled_at"),
        (["wagon.csv", "--user", "ana", "--map", "horn=3"], "map: 'horn=3'"),
        (["wagon.csv", "--user", "ana", "--no-header"], "goes with a column mapping"),
        (["wagon.csv", "--user", "ana", "--vehicle", "Truck"], "vehicle: 'Truck'"),
        (["wagon.csv", "--user", "ana", "--vehicle", " "], "vehicle: ' '"),
        (["wagon.csv", "--user", ""], "user_id: ''"),
        (["wagon.csv", "--user", "an\udcff"], "is not text"),
        (["..", "--user", "ana"], "cannot be read"),
        (["wagon.csv", "--user", "ana", "--database", "mysql://host/x"], "database"),
    ],
)
def test_nonsense_is_one_clear_line_and_exit_code_2(
    motovault: Cli, wagon: str, folder: Path, arguments: list[str], said: str
) -> None:
    (folder / "poem.txt").write_text("so much depends\nupon\n")
    done = motovault("import", *arguments)
    assert done.code == 2
    assert done.out == ""
    (line,) = done.err.splitlines()
    assert line.startswith("error: ")
    assert said in line


def test_what_argparse_refuses_is_usage_too(motovault: Cli) -> None:
    for arguments in (
        [],
        ["import"],
        ["import", "x.csv"],
        ["fly"],
        ["report", "--user", "a", "--from", "soon"],
    ):
        done = motovault(*arguments)
        assert done.code == 2
        assert "usage: motovault" in done.err


def test_an_open_question_of_the_file_names_the_flag_that_answers_it(motovault: Cli, folder: Path) -> None:
    (folder / "t.csv").write_text("Date,Odo,Litres\n3/4/2026,1000,30\n5/6/2026,1500,30\n")
    mapping = (
        "--map",
        "filled_at=Date",
        "--map",
        "volume=Litres",
        "--map",
        "odometer=Odo",
        "--vehicle",
        "Van",
    )
    done = motovault("import", "t.csv", "--user", "ana", *mapping)
    assert done.code == 2
    assert "--date-order DMY or MDY" in done.err
    answered = motovault("import", "t.csv", "--user", "ana", *mapping, "--date-order", "dmy", "--json")
    assert answered.code == 0
    assert answered.json()["first_date"] == "2026-04-03"


def test_a_table_without_titles_is_mapped_by_position(motovault: Cli, folder: Path) -> None:
    (folder / "t.csv").write_text("2026-03-04;1.000,5;30,25\n2026-03-14;1.500,5;31,25\n")
    done = motovault(
        *("import", "t.csv", "--user", "ana", "--vehicle", "Van", "--no-header", "--fuel-unit", "L"),
        *(
            "--map",
            "filled_at=#0",
            "--map",
            "odometer=#1",
            "--map",
            "volume=#2",
            "--distance-unit",
            "km",
            "--json",
        ),
        *("--delimiter", ";"),
    )
    assert done.json()["volume_litres"] == "61.500"


def test_a_vehicle_is_found_by_name_or_id_or_made(motovault: Cli, folder: Path) -> None:
    (folder / "a.csv").write_text("Date,Litres\n2026-03-04,30\n")
    (folder / "b.csv").write_text("Date,Litres\n2026-03-14,31\n")
    mapping = (
        "--map",
        "filled_at=Date",
        "--map",
        "volume=Litres",
        "--fuel-unit",
        "L",
        "--user",
        "ana",
        "--json",
    )
    made = motovault("import", "a.csv", *mapping, "--vehicle", "Van").json()
    found = motovault("import", "b.csv", *mapping, "--vehicle", "VAN").json()
    assert (made["vehicles_added"], found["vehicles_added"]) == (1, 0)
    (vehicle,) = motovault("report", "--user", "ana", "--json").json()["vehicles"]
    again = motovault("import", "b.csv", *mapping, "--vehicle", vehicle["vehicle"]["id"]).json()
    assert (again["added"], again["vehicle_names"]) == (0, ["Van"])
    unknown = motovault("import", "b.csv", *mapping, "--vehicle", "01890a5d-ac96-774b-bcce-b302099a8057")
    assert unknown.code == 1
    assert "no vehicle" in unknown.err


def test_a_file_that_names_no_vehicle_makes_one_of_its_own_name(motovault: Cli, folder: Path) -> None:
    (folder / "old van.csv").write_text("Date,Odometer,FuelConsumed,Cost\n2026-03-04,1000,30,60\n")
    found = motovault("import", "old van.csv", "--user", "ana", "--json").json()
    assert found["vehicle_names"] == ["old van"]
    assert "vehicle_named_after_file" in [finding["code"] for finding in found["findings"]]


def test_text_for_people_has_no_colours_or_boxes_in_a_pipe(motovault_process: Cli, folder: Path) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(3, name="Blue \x1b[31mwagon"))
    done = motovault_process("import", "wagon.csv", "--user", "ana", FORCE_COLOR="1")
    assert "Added 3 fuel logs for ana." in done.out
    assert re.search(r"[\x00-\x09\x0b-\x1f\u2500-\u257f]", done.out) is None


def test_the_environment_names_the_database(
    motovault: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(3))
    other = folder / "elsewhere.db"
    monkeypatch.setenv("MOTOVAULT_DATABASE_URL", f"sqlite:///{other}")
    motovault("import", "wagon.csv", "--user", "ana")
    assert other.exists()
    assert not (folder / "garage.db").exists()
    monkeypatch.setenv("MOTOVAULT_DATABASE_URL", "postgresql://no.where/x")
    typed = motovault("report", "--user", "ana", "--json", "--database", str(other))
    assert typed.json()["vehicles"][0]["statistics"]["totals"]["log_count"] == 3


@pytest.mark.skipif(os.name != "posix", reason="names of files are bytes here")
def test_a_file_may_have_any_name(motovault: Cli, folder: Path) -> None:
    (folder / "w\udcff\x1b[2J.csv").write_bytes(b"Date,Odometer,FuelConsumed,Cost\n2026-03-04,1000,30,60\n")
    found = motovault("import", "w\udcff\x1b[2J.csv", "--user", "ana", "--json").json()
    assert (found["file"], found["vehicle_names"]) == ("w [2J.csv", ["w [2J"])


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills a process the hard way")
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_stopped_in_the_middle_keeps_nothing(
    folder: Path, motovault: Cli, blow: int
) -> None:
    (folder / "small.csv").write_bytes(fuelio(3))
    (folder / "big.csv").write_bytes(fuelio(6_000, name="Lorry").replace(b"AB 123", b"XY 9"))
    motovault("import", "small.csv", "--user", "ana")
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "import", "big.csv", "--user", "ana"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    log = folder / "garage.db-wal"
    deadline = time.monotonic() + 60
    while not (log.exists() and log.stat().st_size > 100_000):  # rows are being written
        assert process.poll() is None, "it was over before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGSTOP)  # however busy the machine is, the blow falls here
    with closing(sqlite3.connect(folder / "garage.db")) as looking:
        assert looking.execute("SELECT count(*) FROM fuel_logs").fetchone() == (3,)
    process.send_signal(blow)
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == (130 if blow == signal.SIGINT else -blow)
    assert out == b""
    if blow == signal.SIGINT:
        assert err == b"interrupted\n"
    report = motovault("report", "--user", "ana", "--json").json()
    assert [vehicle["statistics"]["totals"]["log_count"] for vehicle in report["vehicles"]] == [3]
    assert motovault("import", "big.csv", "--user", "ana", "--json").json()["added"] == 6_000


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the project")
def test_samples_of_known_formats_come_out_as_expected(motovault: Cli) -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    seen = 0
    for file, facts in expected.items():
        if facts.get("format") not in SUPPORTED:
            continue
        seen += 1
        options = ["--fuel-unit", "L", "--distance-unit", "km"] if "dede" in file else []
        options += ["--kind", "service"] if "service" in file else []
        found = motovault("import", str(SAMPLES / file), "--user", file, "--json", *options).json()
        for name in (
            "format",
            "vehicles",
            "fuel_logs",
            "maintenance_logs",
            "schedules",
            "other_costs",
            "partial",
        ):
            assert found[name] == facts.get(name, found[name]), (file, name)
        for name in ("first_date", "last_date", "missed"):
            assert found[name] == facts.get(name, found[name]), (file, name)
        assert found["duplicates"] == facts.get("duplicate_rows_same_date_odo_qty", found["duplicates"])
        litres = float(str(facts.get("volume_litres", found["volume_litres"])).split()[0])
        assert float(found["volume_litres"]) == pytest.approx(litres, abs=0.001 + 0.0005 * found["fuel_logs"])
    assert seen
