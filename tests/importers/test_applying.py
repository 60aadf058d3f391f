"""From plan to store: one transaction, the right vehicle, and nothing twice."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault import vin as vins
from motovault.domain.user_preferences import schema_defaults
from motovault.domain.vehicles import CheckDigitMismatch, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.importers import (
    ImportNeeds,
    ImportOptions,
    UnreadableSource,
    apply_plan,
    plan_for_user,
    plan_import,
)
from motovault.system import uuid7
from tests.importers.files import GAS_TITLES, LOG_TITLES, Clock, Owner, fuelio, log, planned

METRIC = {"distance_unit": "km", "fuel_unit": "L", "vehicle_name": "Bus"}
GUID_TITLES = LOG_TITLES + ",guid"

VIN = vins.with_check_digit("WDB9066571S554321")
AMERICAN_VIN = vins.with_check_digit("1HGCM82630A987654")
WRONG_VIN = AMERICAN_VIN[:8] + ("1" if AMERICAN_VIN[8] != "1" else "2") + AMERICAN_VIN[9:]


def test_what_is_kept_is_what_the_row_said() -> None:
    owner = Owner()
    row = log(uniqueid=4, notes="hi", fueltype=204, excludedistance="12.5", **{"fuel (": "40.1234"})
    owner.take(fuelio([row]), time_zone="Europe/Rome")
    (kept,) = owner.logs()
    assert kept.filled_at == datetime(2024, 5, 1, 6, tzinfo=UTC)
    assert (kept.odometer, kept.odometer_unit, kept.excluded_distance) == (
        Decimal("1000.0"),
        "km",
        Decimal("12.5"),
    )
    assert (kept.volume, kept.fuel_unit) == (Decimal("40.123"), "L")
    assert (kept.total_cost, kept.price_per_unit) == (Decimal("60.00"), Decimal("1.500"))
    assert (kept.fuel_type, kept.fuel_grade, kept.notes) == ("diesel", "#2", "hi")
    assert (kept.source, kept.source_key, kept.user_id) == ("fuelio", "id:log:4", "ana")


def test_a_day_without_a_time_stays_that_day_whatever_the_zone() -> None:
    for zone in ("Pacific/Auckland", "America/Sao_Paulo", "Asia/Kolkata"):
        owner = Owner()
        owner.take(fuelio([log(data="2018-11-04")]), time_zone=zone)
        (kept,) = owner.logs()
        local = kept.filled_at.astimezone(ZoneInfo(zone))
        assert (local.date().isoformat(), local.hour) == ("2018-11-04", 12)


@pytest.mark.parametrize(
    ("cells", "price", "cost"),
    [
        ({"price": "41.225", "volumeprice": ""}, "1.031", "41.23"),
        ({"price": "", "volumeprice": "1.0333"}, "1.033", "41.33"),
        ({"price": "0.0", "volumeprice": "0.0"}, None, None),
    ],
)
def test_price_and_cost_are_worked_out_from_each_other(
    cells: dict[str, str], price: str | None, cost: str | None
) -> None:
    owner = Owner()
    owner.take(fuelio([log(**cells)]))
    (kept,) = owner.logs()
    assert (kept.price_per_unit, kept.total_cost) == tuple(Decimal(x) if x else None for x in (price, cost))


def rows(count: int, **cells: Any) -> list[str]:
    return [
        log(data=f"2024-{1 + i // 28:02}-{1 + i % 28:02} 08:00", odo=str(1000 + 300 * i), **cells)
        for i in range(count)
    ]


@given(st.integers(0, 12), st.integers(0, 12), st.randoms())
def test_a_later_backup_adds_only_its_new_rows_however_it_is_sorted(
    old: int, new: int, chance: random.Random
) -> None:
    owner, all_rows = Owner(), rows(old + new)
    assert owner.take(fuelio(all_rows[:old])).added == old
    chance.shuffle(all_rows)
    result = owner.take(fuelio(all_rows))
    assert (result.added, result.already_kept) == (new, old)
    assert len(owner.logs()) == old + new
    assert owner.take(fuelio(all_rows)).added == 0


def test_equal_rows_of_one_file_survive_and_a_second_import_adds_none() -> None:
    owner, same = Owner(), [log(), log(), log(odo="2000"), log()]
    assert owner.take(fuelio(same)).added == 4
    assert owner.take(fuelio(same[::-1])).added == 0
    assert owner.take(fuelio([*same, log()])).added == 1


@pytest.mark.parametrize(
    "difference",
    [
        {"data": "2024-05-01 08:01"},
        {"odo": "1001"},
        {"fuel (": "40.01"},
        {"price": "60.01"},
        {"tanknumber": 2},
    ],
)
def test_rows_that_differ_in_anything_that_counts_have_different_keys(difference: dict[str, Any]) -> None:
    first, second = planned(fuelio([log(), log(**difference)])).fuel_logs()
    assert (first.occurrence, second.occurrence) == (1, 1)
    assert first.source_key != second.source_key


def test_what_its_owner_rewords_does_not_make_a_row_another() -> None:
    first, second = planned(fuelio([log(), log(notes="new", city="Rome", missed=1, full=0)])).fuel_logs()
    assert second.source_key == f"{first.source_key}#2"


def test_a_row_with_an_id_that_its_owner_corrected_is_not_added_again() -> None:
    owner = Owner()
    owner.take(fuelio([log(uniqueid=1)]))
    assert owner.take(fuelio([log(uniqueid=1, odo="1001")])).added == 0


def test_ids_that_an_application_learned_to_give_do_not_make_old_rows_new() -> None:
    owner = Owner()
    plain = rows(3)
    numbered = [
        log(data=f"2024-01-0{i + 1} 08:00", odo=str(1000 + 300 * i), uniqueid=i + 1) for i in range(4)
    ]
    with_guid = [f'{line},"{"abcdefgh"[i]}"' for i, line in enumerate([*numbered, log(uniqueid=9)])]
    assert owner.take(fuelio(plain)).added == 3
    assert owner.take(fuelio(numbered)).added == 1
    assert owner.take(fuelio(with_guid, log_titles=GUID_TITLES)).added == 1
    assert owner.take(fuelio(with_guid, log_titles=GUID_TITLES)).added == 0


class OutOfIds(Exception):
    pass


def test_an_error_at_the_end_leaves_nothing_behind() -> None:
    owner, plan = Owner(), planned(fuelio(rows(5)))
    ids = [uuid7() for _ in range(4)]

    def new_id() -> UUID:
        if not ids:
            raise OutOfIds
        return ids.pop()

    with pytest.raises(OutOfIds):
        apply_plan(plan, owner.unit_of_work, owner.user_id, Clock(), new_id)
    assert (owner.vehicles(), owner.logs()) == ([], [])


def test_a_vehicle_is_found_by_its_vin_its_plate_or_its_name() -> None:
    owner = Owner()
    first = owner.take(fuelio([log()], vin=VIN, plate="GZ 418 KT"))
    (car,) = first.vehicles_added
    assert (car.vin, car.license_plate, car.nickname) == (VIN, "GZ 418 KT", "Panda")
    for change in (
        {"vin": f" {VIN[:8]}-{VIN[8:].lower()} ", "plate": "", "name": "x"},
        {"plate": "gz418kt", "name": "y"},
        {"plate": "", "name": " PANDA "},
    ):
        result = owner.take(fuelio([log()], **change))
        assert (result.vehicles_added, result.vehicles[0].id) == ((), car.id)


@pytest.mark.parametrize(
    "other",
    [
        {"plate": "AA 000 AA"},
        {"vin": VIN, "plate": ""},
        {"make": "Fiat", "plate": ""},
        {"year": "1999", "plate": ""},
    ],
)
def test_two_vehicles_of_one_name_that_say_different_things_stay_two(other: dict[str, str]) -> None:
    owner = Owner()
    theirs = vins.with_check_digit("WDB9066571S554322")
    owner.take(fuelio([log()], vin=theirs, plate="GZ 418 KT", make="Seat", year="2010"))
    result = owner.take(fuelio([log()], **other))
    assert len(result.vehicles_added) == 1
    assert len(owner.vehicles()) == 2


def test_without_vin_and_plate_the_name_stands_in_and_that_is_said() -> None:
    owner = Owner()
    result = owner.take(fuelio([log()], plate="", name="The long name of a very old car"))
    (car,) = result.vehicles_added
    assert (car.license_plate, car.vin) == ("The long name of a v", None)
    assert "vehicle_without_identity" in [finding.code for finding in result.findings]
    again = owner.take(fuelio([log()], plate="GZ 418 KT", name="The long name of a very old car"))
    assert (again.vehicles_added, again.added) == ((), 0)


def test_a_vin_that_is_none_is_reported_and_not_kept() -> None:
    for wrong in (WRONG_VIN, "ABC"):
        owner = Owner()
        plan = planned(fuelio([log()], vin=wrong))
        assert [finding.code for finding in plan.findings] == ["bad_vin"]
        assert wrong not in plan.findings[0].message
        assert owner.apply(plan).vehicles[0].vin is None


def test_a_file_that_names_no_vehicle_needs_one() -> None:
    owner, text = Owner(), GAS_TITLES + "\n2026-03-14,52000,40.5,42,,True,False,,\n"
    with pytest.raises(ImportNeeds) as caught:
        owner.take(text, distance_unit="km", fuel_unit="L")
    assert [need.option for need in caught.value.needs] == ["vehicle_id", "vehicle_name"]
    assert owner.vehicles() == []
    added = owner.take(text, **METRIC)
    assert added.vehicles[0].nickname == "Bus"
    by_id = owner.take(text, distance_unit="km", fuel_unit="L", vehicle_id=added.vehicles[0].id)
    assert (by_id.added, by_id.already_kept) == (0, 1)


def test_a_vehicle_of_another_user_is_as_good_as_none() -> None:
    ana = Owner()
    theirs = ana.take(fuelio([log()])).vehicles[0].id
    bob = Owner(ana.store, "bob")
    for unknown in (theirs, VehicleId(uuid7())):
        with pytest.raises(VehicleNotFound):
            bob.take(fuelio([log()]), vehicle_id=unknown)
    assert bob.take(fuelio([log()])).added == 1
    assert len(ana.logs()) == 1


def test_one_vehicle_cannot_be_declared_for_a_file_of_two() -> None:
    rows = "A,x,2020-01-01,1,1,5,1\nB,x,2020-01-01,1,1,5,1\n"
    text = f"car_name,model,fuelup_date,odometer,km,litres,price\n{rows}"
    owner = Owner()
    for declared in ({"vehicle_name": "A"}, {"vehicle_id": VehicleId(uuid7())}, {"license_plate": "X 1"}):
        with pytest.raises(InvalidValue, match="2"):
            owner.take(text, **declared)
    assert owner.take(text).added == 2


def test_names_that_differ_only_in_case_stay_two_vehicles() -> None:
    titles = "car_name,model,fuelup_date,odometer,km,litres,price\n"
    text = titles + "".join(f"{name},m,2020-01-01,1,1,5,1\n" for name in ("Blue", "blue", "BLUE"))
    owner = Owner()
    first = owner.take(text)
    assert (first.added, len(first.vehicles_added)) == (3, 3)
    again = owner.take(text)
    assert (again.added, again.vehicles_added) == (0, ())


def test_a_name_that_two_vehicles_have_is_asked_about() -> None:
    owner = Owner()
    for plate in ("A 1", "A 2"):
        owner.take(fuelio([log()], plate=plate))
    with pytest.raises(ImportNeeds) as caught:
        owner.take(fuelio([log()], plate=""))
    (need,) = caught.value.needs
    assert (need.option, len(need.choices)) == ("vehicle_id", 2)


def test_a_declared_vin_with_a_wrong_check_digit_is_refused() -> None:
    text = GAS_TITLES + "\n2026-03-14,52000,40.5,42,,True,False,,\n"
    with pytest.raises(CheckDigitMismatch):
        Owner().take(text, distance_unit="km", fuel_unit="L", vin=WRONG_VIN)


def test_names_that_differ_only_far_behind_stay_two_vehicles() -> None:
    row = "car_name,model,fuelup_date,odometer,km,litres,price\n"
    text = row + "".join(f"{'x' * 120}{end},m,2020-01-01,1,1,5,1\n" for end in "ab")
    owner = Owner()
    assert len(owner.take(text).vehicles_added) == 2
    assert owner.take(text).vehicles_added == ()


def test_a_file_that_changed_after_its_plan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vehicle-1-sync.csv"
    path.write_text(fuelio(rows(2)), "utf-8")
    plan = plan_import(path)
    path.write_text(fuelio(rows(3)), "utf-8")
    owner = Owner()
    with pytest.raises(UnreadableSource, match="changed"):
        owner.apply(plan)
    assert (owner.vehicles(), owner.logs()) == ([], [])


def test_the_owners_preferences_stand_in_for_units_and_time_zone() -> None:
    preferences = attrs.evolve(schema_defaults(), time_zone="America/New_York")
    text = (GAS_TITLES + "\n2026-03-14,52000,40.5,42,,True,False,,\n").encode()
    plan = plan_for_user(text, ImportOptions(vehicle_name="Bus", distance_unit="km"), preferences)
    owner = Owner()
    result = owner.apply(plan)
    (kept,) = owner.logs()
    assert (kept.odometer_unit, kept.fuel_unit) == ("km", "us_gal")
    assert kept.filled_at == datetime(2026, 3, 14, 16, tzinfo=UTC)
    assert "time_zone_assumed" not in [finding.code for finding in result.findings]


def test_progress_is_told_on_the_way_and_at_the_end() -> None:
    owner, told = Owner(), list[int]()
    plan = planned(fuelio([log(odo=str(i)) for i in range(1, 1502)]))
    apply_plan(plan, owner.unit_of_work, owner.user_id, Clock(), uuid7, progress=told.append)
    assert told == [1000, 1501]


def test_a_plan_can_be_shown_as_json() -> None:
    summary = planned(fuelio([log(), log(data="x")])).summary()
    shown = json.loads(json.dumps(summary))
    assert (shown["format"], shown["vehicles"], shown["fuel_logs"], shown["volume_litres"]) == (
        "fuelio",
        1,
        1,
        "40.000",
    )
    assert shown["findings"][0] == {
        "code": "bad_date",
        "severity": "error",
        "message": "the date is not a date; the row was left out",
        "file": "file.csv",
        "line": 7,
        "column": "Data",
        "field": "filled_at",
        "value": "x",
        "subject": None,
    }
