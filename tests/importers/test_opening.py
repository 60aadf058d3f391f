"""Opening files: paths, bytes and streams, archives, encodings, and whose file it is."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from pathlib import Path

import pytest

from motovault.errors import InvalidValue
from motovault.importers import FORMATS, ImportOptions, UnknownFormat, UnreadableSource, plan_import
from motovault.importers.findings import KEPT_OF_A_KIND
from tests.importers.files import codes, fuelio, log, planned

TEXT = fuelio([log(), log(odo="1500")])


def test_a_path_bytes_and_a_stream_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    path.write_text(TEXT, "utf-8")
    for source in (path, str(path), TEXT.encode(), io.BytesIO(TEXT.encode())):
        plan = plan_import(source)
        assert [entry.odometer for entry in plan.fuel_logs()] == [1000, 1500]
        # Every reading is a new one.
        assert len(list(plan.fuel_logs())) == 2
    assert plan_import(path).file == "any.name"
    assert plan_import(path, name="theirs.csv").file == "theirs.csv"


def test_two_readings_of_one_stream_do_not_disturb_each_other() -> None:
    plan = plan_import(io.BytesIO(fuelio([log(odo=str(i)) for i in range(1, 3000)]).encode()))
    pairs = zip(plan.fuel_logs(), plan.fuel_logs(), strict=True)
    assert all(one == other for one, other in pairs)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_read_once_and_kept(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(TEXT, "utf-8"))
    writer.start()
    try:
        assert plan_import(pipe).counts.fuel_logs == 2
    finally:
        writer.join(timeout=10)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "missing.csv", "a\x00b", io.StringIO(TEXT), 5, None):
        with pytest.raises(UnreadableSource):
            plan_import(source)  # type: ignore[arg-type]


def zipped(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_fuelios_sync_archive_is_opened() -> None:
    plan = plan_import(zipped(**{"vehicle-3-sync.csv": TEXT}), name="vehicle-3-sync.csv.zip")
    assert (plan.format, plan.counts.fuel_logs, plan.file) == ("fuelio", 2, "vehicle-3-sync.csv.zip")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"metadata.inf": "", "vehicles.xml": ""}, "aCar"),
        ({"Fuel_Log.csv": "", "Vehicles.csv": ""}, "Simply Auto"),
        ({"data/cartracker.db": ""}, "LubeLogger"),
        ({"a.txt": ""}, "a zip archive of 1 files"),
        ({"vehicle-1-sync.csv": TEXT, "vehicle-2-sync.csv": TEXT}, "2 vehicles"),
    ],
)
def test_other_archives_are_refused_by_name(members: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        plan_import(zipped(**members))


@pytest.mark.parametrize(
    ("first", "application"),
    [
        ('ROAD TRIP CSV ","', "Road Trip"),
        ("##Refuelling,,,", "Drivvo"),
        ("#Reabastecimiento", "Drivvo"),
        ('"Metadata"', "aCar"),
        ("Row ID,Vehicle ID,Odometer,Record Type,Record Desc", "Simply Auto"),
        ("Datum;Km-Stand;Teil-Km;Spritmenge", "Spritmonitor"),
        ("Datum;Kostenart;Betrag", "Spritmonitor"),
        ("units_version,unit_system,Date,Odometer (km)", "MyGarage"),
    ],
)
def test_files_that_cannot_be_imported_yet_are_recognised(first: str, application: str) -> None:
    with pytest.raises(UnknownFormat) as caught:
        planned(first + "\n1,2,3\n")
    assert application in str(caught.value)
    assert caught.value.supported == FORMATS


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        ("", "an empty file"),
        ("\n \n", "an empty file"),
        ("Jane Doe was here", "a text without columns"),
        ("name;phone\nJane;1\n", "a table of 2 columns separated by ';'"),
    ],
)
def test_an_unknown_file_is_described_without_its_contents(content: str, seen: str) -> None:
    with pytest.raises(UnknownFormat) as caught:
        planned(content)
    assert caught.value.seen == seen
    assert "Jane" not in str(caught.value)
    assert "mapping" in str(caught.value)


def test_text_that_is_not_utf_8_is_read_and_reported() -> None:
    plan = planned(fuelio([log(notes="café")]).encode("cp1252"))
    assert next(plan.fuel_logs()).notes == "café"
    assert codes(plan) == ["encoding_assumed"]
    # 0x81 is no character of Windows-1252.
    odd = planned(fuelio([log(notes="x")]).encode().replace(b"x", b"\x81"))
    assert odd.findings[0].value == "latin-1"


def test_a_declared_encoding_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="utf-8"):
        plan_import(b"\xff\xff", options=ImportOptions(encoding="utf-8"))
    with pytest.raises(InvalidValue):
        ImportOptions(encoding="rot13")
    with pytest.raises(InvalidValue):
        ImportOptions(encoding="klingon")


def test_nul_characters_are_taken_out() -> None:
    plan = planned(TEXT.replace("1500", "15\x0000"))
    assert [entry.odometer for entry in plan.fuel_logs()] == [1000, 1500]


def test_findings_of_a_kind_are_listed_up_to_a_number_and_counted_beyond() -> None:
    plan = planned(fuelio([log(data="x")] * (KEPT_OF_A_KIND + 5)))
    assert codes(plan).count("bad_date") == KEPT_OF_A_KIND
    assert plan.finding_counts["bad_date"] == KEPT_OF_A_KIND + 5
    assert "5 more" in plan.findings[-1].message
    assert plan.has_errors


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("distance_unit", "furlong"),
        ("fuel_unit", "gallons"),
        ("date_order", "YDM"),
        ("decimal_sign", ";"),
        ("currency_code", "usd"),
        ("time_zone", "Mars/Olympus"),
        ("fuel_type", "coal"),
        ("record_kind", "tax"),
        ("unit_system", "roman"),
        ("delimiter", "x"),
        ("vehicle_id", "the blue one"),
        ("license_plate", "x" * 21),
    ],
)
def test_an_option_that_cannot_be_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        ImportOptions(**{field: value})
    assert caught.value.field == field
