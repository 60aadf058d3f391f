"""The door of the command line: what it loads, how it ends, how it looks at a terminal."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import motovault as package
from motovault.cli import main, output
from motovault.cli.database import database_file, shown
from tests.cli.conftest import Ran, environment, fuelio

Cli = Callable[..., Ran]


def test_version_and_help_are_fine(motovault: Cli) -> None:
    assert motovault("--version").out == f"motovault {package.__version__}\n"
    for command in ([], ["demo"], ["import"], ["report"], ["status"], ["migrate"]):
        done = motovault(*command, "--help")
        assert done.code == 0
        assert "exit codes" in done.out


def test_the_installed_command_is_the_same(folder: Path) -> None:
    command = Path(sys.executable).with_name("motovault")
    if not command.exists():
        pytest.skip("the package is not installed here")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"motovault {package.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["--version"], []),
        (["report", "--help"], []),
        (["report", "--user", "ana", "--database", "memory:"], ["pydantic"]),
    ],
)
def test_a_command_loads_what_it_needs_and_no_more(
    folder: Path, arguments: list[str], loaded: list[str]
) -> None:
    program = (
        "import sys; from motovault.cli import main; main(sys.argv[1:]); "
        "heavy = {'rich', 'pydantic', 'sqlalchemy', 'alembic', 'altair'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True, text=True, env=environment(), check=False,
    )  # fmt: skip
    last = done.stderr.splitlines()[-1]
    assert last == str(loaded)


def test_an_error_that_is_a_bug_shows_its_traceback(motovault: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("motovault.cli.report.opened", broken)
    with pytest.raises(ZeroDivisionError):
        main(["report", "--user", "ana"])


@pytest.mark.skipif(os.name != "posix", reason="pipes of another kind")
def test_a_reader_that_goes_away_is_met_with_silence(motovault: Cli, folder: Path) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(5000))
    assert motovault("import", "wagon.csv", "--user", "ana").code == 0
    run = [sys.executable, "-m", "motovault"]
    report = subprocess.Popen(
        [*run, "report", "--user", "ana"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert report.stdout is not None
    assert report.stderr is not None
    assert report.stdout.readline() == b"\n"
    report.stdout.close()
    assert report.stderr.read() == b""
    report.stderr.close()
    assert report.wait(timeout=30) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "motovault", "migrate"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "error: No space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="closes by a shell's means")
def test_closed_outputs_do_no_harm(folder: Path) -> None:
    for closing in (">&-", "2>&-", ">&- 2>&-"):
        done = subprocess.run(
            f'"{sys.executable}" -m motovault migrate {closing}', shell=True, env=environment(), check=False
        )
        assert done.returncode == 0


@pytest.mark.parametrize(
    ("database", "text"),
    [
        ("garage.db", "garage.db"),
        ("postgresql://ana@host/x", "postgresql://ana@host/x"),
        ("postgresql://ana:hu:sh@host/x", "postgresql://ana:***@host/x"),
        ("postgresql://ana:hu@sh@host/x", "postgresql://ana:***@host/x"),
        ("postgresql://host/x?user=ana&PASSWORD=hush", "postgresql://host/x?user=ana&PASSWORD=***"),
        ("sqlite:///garage.db", "sqlite:///garage.db"),
    ],
)
def test_a_password_is_never_shown(database: str, text: str) -> None:
    assert shown(database) == text


@pytest.mark.parametrize(
    ("database", "path"),
    [
        ("garage.db", Path("garage.db")),
        ("sqlite:///my%20cars.db?timeout=5", Path("my cars.db")),
        ("sqlite+pysqlite:////var/garage.db", Path("/var/garage.db")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("memory:", None),
        (":memory:", None),
        ("postgresql://host/garage.db", None),
    ],
)
def test_the_file_of_a_database_is_known(database: str, path: Path | None) -> None:
    assert database_file(database) == path


def test_plain_tables_are_aligned_also_for_wide_and_combining_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.table(("Name", ">km"), [("トヨタ", "5"), ("e\u0301cole", "12345")])
    assert capsys.readouterr().out == "Name       km\nトヨタ      5\ne\u0301cole   12345\n"


def test_text_from_a_file_cannot_move_the_cursor() -> None:
    assert output.clean("a\x1b[2Jb\r\nc\u202ed\u2028e\x9b1mf") == "a [2Jb c d e 1mf"


def test_an_error_cannot_move_the_cursor_either(folder: Path, motovault: Cli) -> None:
    (folder / "log.csv").write_bytes(fuelio(name="Blue\x1b[31m"))
    assert motovault("import", "log.csv", "--user", "ana").code == 0
    refused = motovault("report", "--user", "ana", "--vehicle", "nobody")
    assert "Blue" in refused.err
    assert "\x1b" not in refused.err


# ------------------------------------------------------------------ at a terminal


def at_a_terminal(folder: Path, *arguments: str, **settings: str) -> str:
    """What a command shows at a terminal of 120 columns."""
    pty = pytest.importorskip("pty")
    screen, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "motovault", *arguments],
        stdin=side, stdout=side, stderr=side, cwd=folder,
        env=environment(TERM="xterm-256color", COLUMNS="120", **settings),
    )  # fmt: skip
    os.close(side)
    shown = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([screen], [], [], 0.05)[0]:
            try:
                part = os.read(screen, 65536)
            except OSError:  # the other side is closed
                break
            shown += part
    os.close(screen)
    assert process.wait(timeout=10) == 0
    return shown.decode()


@pytest.fixture
def garage(folder: Path, motovault: Cli) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(3, name="Wagon [bold]x[/bold]"))
    assert motovault("import", "wagon.csv", "--user", "ana").code == 0


def test_a_terminal_gets_rules_and_weight(folder: Path, garage: None) -> None:
    shown = at_a_terminal(folder, "report", "--user", "ana")
    assert "─" in shown
    assert "\x1b[1m" in shown
    assert "Wagon [bold]x[/bold]" in shown  # a name is text, not markup


def test_no_color_is_honoured(folder: Path, garage: None) -> None:
    shown = at_a_terminal(folder, "report", "--user", "ana", NO_COLOR="1")
    assert not any(f"\x1b[{code}" in shown for code in (*range(30, 38), *range(90, 98)))


def test_json_at_a_terminal_is_json(folder: Path, garage: None) -> None:
    shown = at_a_terminal(folder, "report", "--user", "ana", "--json")
    assert "\x1b" not in shown
    assert shown.startswith("{")


def test_long_work_shows_that_it_goes_on(folder: Path) -> None:
    program = (
        "import time; from motovault.cli import output; output.PATIENCE_SECONDS = 0.1\n"
        "with output.working('importing', 100, lambda: 50): time.sleep(1)\n"
    )
    (folder / "long.py").write_text(program)
    pty = pytest.importorskip("pty")
    screen, side = pty.openpty()
    done = subprocess.run(
        [sys.executable, "long.py"], cwd=folder, stdout=subprocess.PIPE, stderr=side, check=False,
        env=environment(TERM="xterm-256color", COLUMNS="80"),
    )  # fmt: skip
    os.close(side)
    shown = os.read(screen, 65536)
    os.close(screen)
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"importing" in shown


def test_short_work_and_work_into_a_pipe_show_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with output.working("importing"):
        pass
    assert capsys.readouterr() == ("", "")
