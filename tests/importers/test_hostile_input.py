"""Whatever a file holds: a plan or one of our errors, in time that grows with its length."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motovault.errors import MotovaultError
from motovault.importers import (
    ColumnMapping,
    ImportNeeds,
    ImportOptions,
    ImportPlan,
    UnreadableSource,
    plan_import,
)
from motovault.importers.dates import BadDate, OrderEvidence, read_date
from motovault.importers.numbers import BadNumber, SignEvidence, read_number
from tests.importers.files import (
    APP_TITLES,
    FUELLY_TITLES,
    GAS_TITLES,
    LOG_TITLES,
    SERVICES_TITLES,
    WORK_TITLES,
    Owner,
    cost,
    fuelio,
    log,
)

DECLARED = ImportOptions(
    distance_unit="km",
    fuel_unit="L",
    date_order="DMY",
    decimal_sign=".",
    vehicle_name="x",
    time_zone="Asia/Tokyo",
    record_kind="service",
    work={"oil": "repair:Engine", "*": "repair:Exterior"},
)
WITH_COMMA = attrs.evolve(DECLARED, decimal_sign=",")
IN_GALLONS = ImportOptions(fuel_unit="us_gal", date_order="DMY", distance_unit="km", decimal_sign=".")
MAPPED = ImportOptions(
    distance_unit="km",
    fuel_unit="L",
    date_order="DMY",
    decimal_sign=",",
    vehicle_name="x",
    mapping=ColumnMapping(
        filled_at=0, volume=2, odometer=1, total_cost=3, notes=4, full=5, tank=6, has_header=False
    ),
)

FUELIO = fuelio(
    [log(odo=str(1000 + 500 * i), uniqueid=i + 1, data=f"2024-05-{i + 1:02} 08:00") for i in range(4)],
    [
        cost(remindodo="9000", repeatodo="8000", uniqueid=1, odo="1500"),
        cost(costtypeid=31, notes="two\nlines"),
        cost(costtypeid=32, costtitle="magic", reminddate="2027-01-01", repeatmonths=12),
    ],
    categories={1: "Service", 32: "TÜV"},
)
FUELLY = (
    FUELLY_TITLES
    + "\n"
    + 'truck,Ranger,20.1,1000,300,12.5,3.999,50,2014-07-07,2014-07-07 23:06,"","a, b",0,1,,\n' * 3
)
GAS = GAS_TITLES + "\n" + '14.03.2026,52000,"40,5","72,85",0,True,False,"a ""b"" c",x\n' * 3
WORKS = WORK_TITLES + "\n" + '14.03.2026,Ölwechsel,"1.072,85 €",a note,52000,x\n' * 3
APP = (
    APP_TITLES
    + "\n"
    + 'Gas,,2026-09-01,8:05 AM,Civic,"10,000",Full,$3.259,12.000,$39.11,87,Shell,,,,,,\n' * 2
    + 'Service,,2026-09-20,10:00 AM,Civic,"10,500",,,,$59.99,,,,,,,synthetic,"Oil Change, Tires"\n' * 2
)
SERVICES = SERVICES_TITLES + "\n" + 'Cuore,Daihatsu,165038,12.00,2020-10-18,,,service,"lights,oil",,,\n' * 3
HEADLESS = LOG_TITLES + "\n" + log() + "\n"


def taken(content: bytes, options: ImportOptions = DECLARED) -> ImportPlan | None:
    """The plan, applied as well, or None where an error of ours was raised."""
    try:
        plan = plan_import(content, options=options)
        assert sum(1 for _ in plan.fuel_logs()) == plan.counts.fuel_logs
        owner = Owner()
        result = owner.apply(plan)
        assert result.added == plan.counts.fuel_logs == len(owner.logs())
        assert sum(1 for _ in plan.maintenance_logs()) == plan.counts.maintenance_planned
        future = [finding for finding in result.findings if finding.code == "future_date"]
        assert result.maintenance_added + len(future) == plan.counts.maintenance_planned
        assert result.maintenance_added == len(owner.works())
        assert result.schedules_added == plan.counts.schedules_planned == len(owner.schedules())
        again = owner.apply(plan)
        assert (again.added, again.maintenance_added, again.schedules_added) == (0, 0, 0)
    except MotovaultError:
        return None
    return plan


@given(st.binary(max_size=400))
@example(b"")
@example(b"\xff\xfe")
@example(b"\xff\xfea")
@example(b"PK\x03\x04")
@example(b"PK\x03\x04" + b"\x00" * 60)
@example(b"\x00" * 50)
def test_random_bytes_are_refused_or_read(content: bytes) -> None:
    taken(content)
    taken(content, MAPPED)


@given(st.text(alphabet='0123456789/-.,:; "\n\r\t\x00(){}€$abDd#\ufeff\u202f', max_size=200))
def test_random_text_is_refused_or_read_through_a_mapping(text: str) -> None:
    taken(text.encode(), MAPPED)


def mutations(text: str) -> st.SearchStrategy[bytes]:
    """The text with a few characters put in, taken out or changed, and re-encoded at will."""
    junk = st.sampled_from(
        [
            "",
            '"',
            '""',
            ",",
            ";",
            "\n",
            "\r",
            "\x00",
            "-",
            ".",
            "1e999",
            "9" * 40,
            "NaN",
            "0",
            "２",
            "é",
            "##",
            "\ufeff",
        ]
    )
    edit = st.tuples(st.integers(0, len(text)), st.integers(0, 30), junk)

    def mutate(edits: list[tuple[int, int, str]], encoding: str) -> bytes:
        changed = text
        for start, length, put in edits:
            changed = changed[:start] + put + changed[start + length :]
        return changed.encode(encoding, "replace")

    encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
    return st.builds(mutate, st.lists(edit, min_size=1, max_size=6), encodings)


@pytest.mark.parametrize(
    ("text", "options"),
    [(FUELIO, DECLARED), (FUELLY, IN_GALLONS), (GAS, WITH_COMMA), (HEADLESS, DECLARED), (APP, IN_GALLONS)],
    ids=["fuelio", "fuelly", "lubelogger", "headless", "fuelly app"],
)
def test_the_unharmed_file_gives_logs(text: str, options: ImportOptions) -> None:
    plan = taken(text.encode(), options)
    assert plan is not None
    assert plan.counts.fuel_logs > 0


@given(mutations(FUELIO))
def test_a_damaged_fuelio_file_is_refused_or_read(content: bytes) -> None:
    taken(content)


@pytest.mark.parametrize(
    ("text", "options", "logs", "schedules"),
    [
        (FUELIO, DECLARED, 2, 2),
        (WORKS, WITH_COMMA, 3, 0),
        (APP, IN_GALLONS, 2, 0),
        (SERVICES, DECLARED, 3, 0),
    ],
    ids=["fuelio", "lubelogger", "fuelly app", "fuelly services"],
)
def test_the_unharmed_file_gives_work(text: str, options: ImportOptions, logs: int, schedules: int) -> None:
    plan = taken(text.encode(), options)
    assert plan is not None
    assert (plan.counts.maintenance_planned, plan.counts.schedules_planned) == (logs, schedules)


@given(mutations(WORKS))
def test_a_damaged_file_of_work_is_refused_or_read(content: bytes) -> None:
    taken(content, WITH_COMMA)


@given(mutations(APP))
def test_a_damaged_file_of_the_fuelly_app_is_refused_or_read(content: bytes) -> None:
    taken(content, IN_GALLONS)


@given(mutations(SERVICES))
def test_a_damaged_file_of_fuellys_work_is_refused_or_read(content: bytes) -> None:
    taken(content)


@given(mutations(FUELLY))
def test_a_damaged_fuelly_file_is_refused_or_read(content: bytes) -> None:
    taken(content, IN_GALLONS)


@given(mutations(GAS))
def test_a_damaged_lubelogger_file_is_refused_or_read(content: bytes) -> None:
    taken(content, WITH_COMMA)


@given(mutations(HEADLESS))
def test_a_damaged_headless_log_is_refused_or_read(content: bytes) -> None:
    taken(content)


@given(st.text(max_size=50), st.sampled_from([".", ","]), st.booleans())
def test_a_cell_is_a_number_or_a_bad_one(cell: str, sign: str, grouped: bool) -> None:
    evidence = SignEvidence()
    evidence.see(cell)
    try:
        number = read_number(cell, sign, grouped=grouped)
    except BadNumber:
        return
    assert number is None or number.is_finite()


@given(
    st.text(alphabet="0123456789/-.: TZ+apmAPM\u202f", max_size=50), st.sampled_from(["YMD", "DMY", "MDY"])
)
@example("2024-01-01 10:00 +99:99", "YMD")
@example("0000-00-00", "YMD")
def test_a_cell_is_a_date_or_a_bad_one(cell: str, order: str) -> None:
    OrderEvidence().see(cell)
    try:
        read_date(cell, order)
    except BadDate:
        return


MILLION = 1_000_000
WIDE = LOG_TITLES + "\n"


def fuelio_of_many_quotes() -> bytes:
    return (fuelio([log()]) + '"' * MILLION).encode()


LARGE: dict[str, Callable[[], bytes]] = {
    "one line of 1 MB": lambda: b"x" * MILLION,
    "a million quotes": lambda: b'"' * MILLION,
    "quotes and line ends": lambda: b'"\n' * (MILLION // 8),
    "a million quotes and commas": lambda: b'",' * (MILLION // 2),
    "a million delimiters": lambda: b"," * MILLION,
    "a million semicolons in a header": lambda: b"Date;FuelConsumed" + b";" * MILLION + b"\n",
    "25,000 blank lines": lambda: b"\n" * 25_000 + FUELIO.encode(),
    "25,000 blank cells": lambda: FUELIO.encode() + b" , , \n" * 25_000,
    "a note that never ends": lambda: (
        fuelio([log()]) + '"2024-06-01","x' + "yyyyyyyyy\n" * (MILLION // 40)
    ).encode(),
    "a million quotes in a good file": fuelio_of_many_quotes,
    "rows of quotes": lambda: (WIDE + '"""\n' * (MILLION // 16)).encode(),
    "a number of a million digits": lambda: (WIDE + log(odo="9" * 100_000) + "\n").encode() * 3,
    "many sections": lambda: FUELIO.encode() + b'"## Log"\n' * 12_000,
    "many sections of other names": lambda: (
        FUELIO.encode() + b"".join(b'"## S%d"\na,b\n1,2\n' % i for i in range(5_000))
    ),
    "blanks before a date": lambda: (WIDE + log(data=" " * 100_000 + "2024") + "\n").encode(),
    "cells of blanks between signs": lambda: (WIDE + (log(odo="a" + " " * 57 + "!") + "\n") * 1500).encode(),
    "cells of digits and blanks": lambda: (WIDE + (log(odo="1 " * 29 + "!") + "\n") * 1500).encode(),
    "dates of blanks": lambda: (WIDE + (log(data="1-" + " " * 40 + "!") + "\n") * 1500).encode(),
    "titles that nobody knows": lambda: (
        WORK_TITLES
        + "\n"
        + "".join(f"2024-01-05,w{'abcdefghij'[i % 10]} x{i:x}y,5,,100,\n" for i in range(7_500))
    ).encode(),
    "titles of many words": lambda: (
        (WORK_TITLES + "\n" + "2024-01-05," + "oil change " * 20_000 + ",5,,100,\n") * 4
    ).encode(),
    "reminders of other words each": lambda: fuelio(
        [log()],
        [
            cost(
                costtitle=f"oil {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}",
                repeatmonths=5,
            )
            for i in range(3000)
        ],
    ).encode(),
    "NUL characters": lambda: b"\x00" * MILLION,
}


@pytest.mark.parametrize("name", LARGE)
def test_nonsense_at_length_takes_seconds_not_minutes(name: str) -> None:
    content = LARGE[name]()
    start = time.process_time()
    for options in (DECLARED, MAPPED):
        try:
            plan_import(content, options=options)
        except MotovaultError:
            continue
    # Measured below 2 s on a slow core; what grows with the square would take minutes or hours.
    assert time.process_time() - start < 15


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def test_an_archive_that_unpacks_to_more_than_is_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motovault.importers.sources.MAX_BYTES", 1 << 20)
    with pytest.raises(UnreadableSource, match="larger"):
        plan_import(zipped(("vehicle-1-sync.csv", b"0" * (2 << 20))))


def test_an_archive_in_an_archive_is_not_opened() -> None:
    inner = zipped(("vehicle-1-sync.csv", FUELIO.encode()))
    with pytest.raises(MotovaultError):
        plan_import(zipped(("vehicle-1-sync.csv", zipped(("vehicle-1-sync.csv", inner)))))


def test_an_archive_of_too_many_entries_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="entries"):
        plan_import(zipped(*((f"{i}.csv", b"") for i in range(1001))))


@given(st.data())
def test_a_damaged_archive_is_refused_or_read(data: st.DataObject) -> None:
    content = bytearray(zipped(("vehicle-1-sync.csv", FUELIO.encode())))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    taken(bytes(content[: data.draw(st.integers(4, len(content)))]))


def test_personal_data_is_in_no_error_and_no_finding() -> None:
    secrets = ("Jane Doe", "GZ 418 KT", "45.07049", "7.68682", "1HGCM82630A9876XX")
    text = fuelio(
        [
            log(notes="Jane Doe " * 20_000, latitude="45.07049", longitude="7.68682", data="yesterday"),
            log(
                notes="Jane Doe",
                tanknumber="x",
                city="Jane Doe " * 100,
                latitude="45.07049",
                longitude="7.68682",
            ),
        ],
        vin="1HGCM82630A9876XX",
        plate="GZ 418 KT",
    )
    plan = plan_import(text.encode(), options=DECLARED)
    assert plan.findings
    said = repr([finding.as_dict() for finding in plan.findings]) + repr(plan)
    assert not [secret for secret in secrets if secret in said]


def test_open_questions_are_asked_all_at_once() -> None:
    text = GAS_TITLES + "\n" + '3/4/2026,52000,"1,234","2,345",0,True,False,,\n'
    with pytest.raises(ImportNeeds) as caught:
        plan_import(text.encode())
    assert {need.option for need in caught.value.needs} == {
        "date_order",
        "decimal_sign",
        "distance_unit",
        "fuel_unit",
    }
