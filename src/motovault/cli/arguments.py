"""What can be typed behind ``motovault``. Commands are loaded when they run, so that ``--help`` is quick."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from datetime import date
from typing import Any

import motovault

__all__ = ["parser"]

_DATABASE = (
    "a SQLite file, sqlite:///..., postgresql://... or memory: "
    "(default: MOTOVAULT_DATABASE_URL, else garage.db in this folder)"
)
_EXIT_CODES = (
    "exit codes: 0 fine, 1 something was left out or refused, 2 usage, 130 interrupted. "
    "Results go to stdout, messages to stderr."
)


def parser() -> argparse.ArgumentParser:
    """The whole command line; what it gives has ``run``, which takes it and gives the exit code."""
    top = argparse.ArgumentParser(
        prog="motovault",
        description="Vehicles, fuel economy, upkeep: exact, and kept in a real database.",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"motovault {motovault.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _demo(commands)
    _import(commands)
    _report(commands)
    _due(commands)
    _catalogue(commands)
    _vin(commands)
    _status(commands)
    _migrate(commands)
    _adopt(commands)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, target: str, summary: str
) -> argparse.ArgumentParser:
    found = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    found.add_argument("--database", metavar="URL-or-path", help=_DATABASE)
    found.add_argument("--password-file", metavar="FILE", help="a file whose text is the database's password")
    found.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    found.set_defaults(run=_later(f"motovault.cli.{target}"))
    return found


def _later(target: str) -> Callable[[argparse.Namespace], int]:
    module, _, name = target.partition(":")

    def run(given: argparse.Namespace) -> int:
        code: int = getattr(importlib.import_module(module), name or "run")(given)
        return code

    return run


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(
        commands,
        "demo",
        "demo",
        "the whole story, on the bundled fuel log or on a file of yours: import, report, chart",
    )
    demo.add_argument(
        "file", nargs="?", metavar="FILE", help="a file as for import (default: the bundled log)"
    )
    demo.add_argument("--user", default="demo", metavar="U", help="whose garage it goes to (default: demo)")
    _economy_unit(demo)
    _declarations(demo)


def _import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    into = _command(
        commands,
        "import",
        "importing",
        "bring in another application's file; the same file twice adds nothing",
    )
    into.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    _user(into)
    into.add_argument("--dry-run", action="store_true", help="say what would be done, keep nothing")
    _declarations(into)


def _report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = _command(
        commands, "report", "report", "fuel economy, maintenance, costs and findings of a user's vehicles"
    )
    _user(report)
    report.add_argument("--vehicle", metavar="V", help="name, plate or id of one vehicle (default: all)")
    _economy_unit(report)
    report.add_argument(
        "--from", dest="first_on", type=_day, metavar="DATE", help="from this day on (YYYY-MM-DD)"
    )
    report.add_argument("--to", dest="last_on", type=_day, metavar="DATE", help="up to this day, included")


def _due(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    due = _command(
        commands, "due", "due", "what maintenance is due, the most urgent first, and when it will be"
    )
    _user(due)
    due.add_argument("--vehicle", metavar="V", help="name, plate or id of one vehicle (default: all)")
    due.add_argument(
        "--days",
        type=_days,
        metavar="N",
        help="only what is overdue or due within N days (default: everything)",
    )
    due.add_argument("--fail-overdue", action="store_true", help="exit code 1 where something is overdue")
    due.add_argument(
        "--ics", metavar="FILE", help="write a calendar feed (iCalendar) to FILE, or to standard output for -"
    )


def _catalogue(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    summary = "what vehicles there are to choose from: bring a catalogue in, ask it step by step"
    catalogue = commands.add_parser(
        "catalogue", help=summary, description=summary[0].upper() + summary[1:] + ".", allow_abbrev=False
    )
    steps = catalogue.add_subparsers(title="commands", metavar="COMMAND", required=True)
    into = _command(
        steps,
        "import",
        "catalogue:run_import",
        "bring in a CSV or Parquet file; the same file twice adds nothing",
    )
    into.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    into.add_argument(
        "--replace",
        action="store_true",
        help="afterwards the catalogue is what the file says, and nothing else",
    )
    chosen = ("year", "make", "model", "trim")
    for depth, name in enumerate(("years", "makes", "models", "trims", "engines", "transmissions")):
        of = " of that year" if depth == 1 else f" of that {chosen[min(depth, 4) - 1]}" if depth else ""
        step = _command(
            steps, name, "catalogue:run_names", f"the {name}{of}, one a line; exit code 1 for none"
        )
        step.set_defaults(names=name)
        for what in chosen[:depth]:
            kind: type = int if what == "year" else str
            optional: dict[str, Any] = {"nargs": "?", "default": ""} if what == "trim" else {}
            step.add_argument(what, type=kind, metavar=what.upper(), help="case is of no account", **optional)
        if name == "transmissions":
            step.add_argument("--engine", metavar="E", help="only those that come with this engine")


def _vin(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    vin = commands.add_parser(
        "vin",
        help="check VINs, or tell what they say; offline, without any database",
        description="Check VINs, or tell what they say; offline, without any database.",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    doings = vin.add_subparsers(title="what to do", metavar="check|decode", required=True)
    for name, summary in (
        ("check", "say of each VIN whether it is right, what is odd, and what it may be misread from"),
        ("decode", "tell year, make, model and the rest of each VIN"),
    ):
        doing = doings.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog="exit codes: 0 all are right, 1 some are not, 2 usage, 130 interrupted",
            allow_abbrev=False,
        )
        doing.add_argument(
            "file",
            nargs="+",
            metavar="VIN",
            help="a VIN, a file of one VIN a line, or - for standard input",
        )
        doing.add_argument("--json", action="store_true", help="print one JSON object a VIN, one a line")
        if name == "decode":
            doing.add_argument(
                "--basic",
                action="store_true",
                help="by the register of makers alone, without vPIC's data",
            )
        doing.set_defaults(run=_later(f"motovault.cli.vin:run_{name}"))


def _status(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _command(
        commands,
        "status",
        "schema:run_status",
        "which migrations are applied, which are pending, which files changed since",
    )


def _migrate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    migrate = _command(commands, "migrate", "schema:run_migrate", "bring the database to the newest schema")
    migrate.add_argument(
        "--capsule",
        action="append",
        dest="capsules",
        metavar="C",
        help="only this capsule and what it needs; may be given several times (default: all)",
    )
    migrate.add_argument("--sql", action="store_true", help="print the statements instead of running them")
    _lock_timeout(migrate)
    rows = migrate.add_mutually_exclusive_group()
    for option, wish, meaning in (
        ("--row-level-security", "on", "let PostgreSQL show each user's rows to that user only"),
        ("--force-row-level-security", "forced", "the same, for the role that owns the tables too"),
        ("--no-row-level-security", "off", "take that back (default: it stays as it is)"),
    ):
        rows.add_argument(option, dest="row_level_security", action="store_const", const=wish, help=meaning)


def _adopt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    adopt = _command(
        commands, "adopt", "adopt", "take over a PostgreSQL database that MotoVaultPro made, touching no row"
    )
    adopt.add_argument("--dry-run", action="store_true", help="say what would be done, keep nothing")
    _lock_timeout(adopt)


def _lock_timeout(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lock-timeout",
        type=float,
        metavar="SECONDS",
        help="how long to wait for a table that is in use, while everybody else waits behind (default: 3)",
    )


def _user(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--user", required=True, metavar="U", help="whose garage: a token's subject, or any name"
    )


def _economy_unit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--economy-unit",
        metavar="U",
        help="for example mpg_us, mpg_uk, L/100km, km/L (default: by the units typed)",
    )


def _declarations(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group(
        "what the file does not say",
        "Needed only where the file leaves a question open; it is then asked for by name.",
    )
    group.add_argument("--distance-unit", metavar="U", help="mi or km")
    group.add_argument("--fuel-unit", metavar="U", help="us_gal, imp_gal, L, kg or kWh")
    group.add_argument("--date-order", metavar="O", help="YMD, DMY or MDY")
    group.add_argument("--decimal-sign", metavar="S", help='"." or ","')
    group.add_argument("--currency", metavar="CODE", help="three letters of ISO 4217, for example EUR")
    group.add_argument("--time-zone", metavar="ZONE", help="for example Europe/Rome (default: the user's)")
    group.add_argument(
        "--fuel-type", metavar="T", help="gasoline, diesel, electric, ethanol, lpg, cng or hydrogen"
    )
    group.add_argument(
        "--vehicle",
        metavar="V",
        help="name, plate or id of a vehicle there is, or the name of the one to be made",
    )
    group.add_argument("--vin", metavar="VIN", help="of the vehicle, where the file has none")
    group.add_argument("--plate", metavar="PLATE", help="of the vehicle, where the file has none")
    group.add_argument("--kind", metavar="K", help="service, repair or upgrade: what a LubeLogger record is")
    group.add_argument(
        "--work",
        action="append",
        default=[],
        metavar="WORDS=WORK",
        help='what words of the file mean: "TÜV=repair:Engine", "car wash=-" for no work on the vehicle, '
        "* for all the rest; may be given several times",
    )
    group.add_argument(
        "--work-file", metavar="FILE", help='the same as a TOML or JSON file: "TÜV" = "repair:Engine"'
    )
    group.add_argument("--encoding", metavar="E", help="for example utf-8 or cp1250 (default: found out)")
    group.add_argument("--delimiter", metavar="D", help="what stands between cells (default: found out)")
    table = command.add_argument_group("any other table", "A table needs at least filled_at and volume.")
    table.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="which column holds what: its title, or #N for its position from 0; once for each field",
    )
    table.add_argument(
        "--no-header", action="store_true", help="the first row is data; columns are #0, #1, ..."
    )
    table.add_argument("--price-divisor", metavar="N", help="100 where prices stand in pence or cents")
    table.add_argument("--true-words", metavar="A,B", help="what counts as yes in a flag column")
    table.add_argument("--false-words", metavar="A,B", help="what counts as no; an empty cell does too")


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of days from 0 on")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-03-31") from None
