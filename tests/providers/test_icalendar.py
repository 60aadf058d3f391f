"""The calendar feed, read back by another parser and by the letter of RFC 5545."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motovault import open_vault
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage

NOW = datetime(2026, 6, 1, 16, 30, 5, 250_000, tzinfo=UTC)
TODAY = date(2026, 6, 1)
ROUTINE = "routine_maintenance"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def garage(clock: FrozenClock) -> Garage:
    return open_vault("memory:", clock=clock).garage("auth0|ana")


def car_of(garage: Garage, nickname: str | None = "Daily") -> Any:
    """Driven 30 miles a day, at 19,000 yesterday."""
    made = garage.vehicles.add(license_plate="AB 1", nickname=nickname, distance_unit="mi")
    for ago in range(1, 302, 20):
        garage.fuel_logs.add(
            made.id,
            filled_at=datetime.combine(TODAY - timedelta(days=ago), time(16), tzinfo=UTC),
            odometer=19_000 - 30 * (ago - 1),
            volume=10,
            price_per_unit=3,
        )
    return made.id


def plan(garage: Garage, car: Any, subtype: str = "Tires", **details: Any) -> Any:
    return garage.maintenance.add_schedule(car, category=ROUTINE, subtypes=[subtype], **details)


def events(feed: bytes) -> list[Any]:
    """As the other parser reads them."""
    return list(getattr(vobject.readOne(feed.decode()), "vevent_list", []))


def only_event(garage: Garage, **options: Any) -> Any:
    (event,) = events(garage.calendar(**options))
    return event


def follows_the_letter(feed: bytes) -> None:
    """What RFC 5545 asks of any feed, and RFC 7986 and 5546 of one that is published."""
    text = feed.decode("utf-8")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line) <= 75 for line in feed.split(b"\r\n"))
    for line in feed.split(b"\r\n"):
        line.decode("utf-8")  # folded between characters, not within one
    assert not re.search("[\x00-\x08\x0a-\x1f\x7f]", text.replace("\r\n", ""))
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    open_parts: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END":
            assert open_parts.pop() == value
    assert open_parts == []
    head = [line.partition(":")[0].partition(";")[0] for line in lines[: lines.index(lines[1]) + 12]]
    for once in ("VERSION", "PRODID", "METHOD", "CALSCALE"):
        assert head.count(once) == 1
    assert "METHOD:PUBLISH" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H" in lines
    assert any(line in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE") for line in lines)
    for body in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text.replace("\r\n ", ""), re.DOTALL):
        outer = re.sub(r"BEGIN:VALARM.*?END:VALARM\r\n", "", body, flags=re.DOTALL)
        names = [re.split("[:;]", line)[0] for line in outer.split("\r\n") if line]
        once = ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "SEQUENCE", "LAST-MODIFIED", "CREATED")
        assert [names.count(name) for name in once] == [1] * len(once)
        assert "RRULE" not in names


# ---------------------------------------------------------------------------- days


def test_what_falls_due_by_date_stands_all_day_on_that_date(garage: Garage) -> None:
    car = car_of(garage)
    plan(garage, car, interval_days=100, last_service_date=TODAY)
    event = only_event(garage)
    assert event.dtstart.value == TODAY + timedelta(days=100)
    assert event.dtend.value == TODAY + timedelta(days=101)
    assert event.summary.value == "Tires, Daily"
    assert event.status.value == "CONFIRMED"
    assert event.transp.value == "TRANSPARENT"
    assert event.categories.value == ["Maintenance", "Routine maintenance"]


def test_what_falls_due_by_distance_stands_on_the_projected_day_and_says_so(garage: Garage) -> None:
    car = car_of(garage)
    plan(garage, car, interval_distance=6_000, last_service_odometer=16_000)
    event, (item,) = only_event(garage), garage.maintenance.upcoming()
    assert item.projection is not None
    assert event.dtstart.value == item.projected_on == item.effective_due_on
    assert event.status.value == "TENTATIVE"
    assert "Due: 22,000 mi." in event.description.value
    assert f"between {item.projection.earliest} and {item.projection.latest}" in event.description.value
    assert "from 16 readings up to 2026-05-31" in event.description.value


def test_what_is_overdue_stays_on_its_day_however_long_it_waits(garage: Garage, clock: FrozenClock) -> None:
    car = car_of(garage)
    plan(garage, car, "Tires", interval_days=10, last_service_date=TODAY - timedelta(days=30))
    plan(garage, car, "Coolant", interval_distance=1_000, last_service_odometer=17_590)
    days = {}
    for _ in range(2):
        for event in events(garage.calendar()):
            assert event.summary.value.startswith("Overdue: ")
            assert event.priority.value == "1"
            assert not hasattr(event, "valarm")
            days.setdefault(event.uid.value, set()).add(event.dtstart.value)
        clock.advance(timedelta(days=40))
    # 18,590 miles lie between the readings of 18,400 and 19,000: the later one is the first that showed them
    assert set().union(*days.values()) == {TODAY - timedelta(days=20), TODAY - timedelta(days=1)}
    assert [len(found) for found in days.values()] == [1, 1]


def test_a_target_that_is_reached_by_a_slip_of_the_pen_alone_is_not_reached(garage: Garage) -> None:
    car = car_of(garage)
    garage.fuel_logs.add(
        car,
        filled_at=datetime.combine(TODAY - timedelta(days=10), time(16), tzinfo=UTC),
        odometer=91_000,
        volume=10,
        price_per_unit=3,
    )
    plan(garage, car, interval_distance=1_000, last_service_odometer=17_700)
    (item,) = garage.maintenance.upcoming()
    assert item.reached_on == TODAY - timedelta(days=1)


def test_what_nobody_can_tell_and_what_is_retired_have_no_event(garage: Garage) -> None:
    car = car_of(garage)
    plan(garage, car, "Tires", interval_months=6)
    retired = plan(garage, car, "Coolant", interval_days=3, last_service_date=TODAY)
    garage.maintenance.retire(retired.id)
    feed = garage.calendar()
    assert events(feed) == []
    follows_the_letter(feed)


def test_the_last_day_of_the_calendar_has_no_day_after(garage: Garage) -> None:
    plan(garage, car_of(garage), interval_days=1, first_due_date=date.max, last_service_date=TODAY)
    event = only_event(garage)
    assert event.dtstart.value == date.max
    assert not hasattr(event, "dtend")


# -------------------------------------------------------------------------- alarms


@pytest.mark.parametrize(
    ("details", "rings"),
    [
        ({"interval_days": 100}, timedelta(days=-30, hours=9)),
        ({"interval_days": 100, "due_soon_days": 7}, timedelta(days=-7, hours=9)),
        ({"interval_days": 100, "due_soon_days": 0}, timedelta(hours=9)),
        ({"interval_days": 20}, timedelta(hours=9)),  # due soon already: on the day itself
    ],
)
def test_it_rings_on_the_morning_on_which_it_becomes_due_soon(
    garage: Garage, details: dict[str, int], rings: timedelta
) -> None:
    plan(garage, car_of(garage), last_service_date=TODAY, **details)
    event = only_event(garage)
    assert event.valarm.trigger.value == rings
    assert event.valarm.action.value == "DISPLAY"


def test_by_distance_it_rings_when_the_distance_will_be_so_near(garage: Garage) -> None:
    car = car_of(garage)
    plan(garage, car, interval_distance=6_000, last_service_odometer=16_000, due_soon_distance=300)
    event, (item,) = only_event(garage), garage.maintenance.upcoming()
    assert item.due_soon_on == item.projected_on - timedelta(days=10)  # type: ignore[operator]
    assert event.valarm.trigger.value == timedelta(days=-10, hours=9)


# ------------------------------------------------------------------------ identity


def test_a_completed_schedule_keeps_its_event_which_moves(garage: Garage, clock: FrozenClock) -> None:
    schedule = plan(garage, car_of(garage), interval_days=10, last_service_date=TODAY - timedelta(days=30))
    before = only_event(garage)
    clock.advance(timedelta(days=2))
    garage.maintenance.complete(schedule.id, service_date=TODAY + timedelta(days=1))
    after = only_event(garage)
    assert before.uid.value == after.uid.value == f"{schedule.id}@motovault"
    assert before.dtstart.value == TODAY - timedelta(days=20)
    assert after.dtstart.value == TODAY + timedelta(days=11)
    assert (before.sequence.value, after.sequence.value) == ("0", "2")
    assert before.dtstamp.value == before.last_modified.value == NOW.replace(microsecond=0)
    assert after.dtstamp.value == NOW.replace(microsecond=0) + timedelta(days=2)
    assert after.created.value == NOW.replace(microsecond=0)


def test_the_same_garage_at_the_same_moment_gives_the_same_bytes(garage: Garage) -> None:
    car = car_of(garage)
    for subtype in ("Tires", "Coolant", "Engine Oil"):
        plan(garage, car, subtype, interval_days=10, last_service_date=TODAY)
    assert garage.calendar() == garage.calendar()
    assert len({event.uid.value for event in events(garage.calendar())}) == 3


# ---------------------------------------------------------------------------- text


AWKWARD = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    | st.sampled_from(',;\\:"\n\r\t🚗é漢\u200b'),
    min_size=1,
    max_size=120,
).filter(str.strip)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nickname=AWKWARD, name=AWKWARD)
def test_any_nickname_comes_out_as_one_line_that_both_parsers_read(nickname: str, name: str) -> None:
    """Text is escaped and folded; nothing in it can end a line and begin a property of its own."""
    garage = open_vault("memory:", clock=FrozenClock(NOW)).garage("ana")
    car = garage.vehicles.add(license_plate="AB 1", nickname=nickname)
    plan(garage, car.id, interval_days=10, last_service_date=TODAY)
    feed = garage.calendar(name=name)
    follows_the_letter(feed)
    title = "".join(mark if mark.isprintable() else " " for mark in car.title)
    event = only_event(garage)
    assert event.summary.value == f"Tires, {title}"
    (ours,) = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    assert str(ours["summary"]) == f"Tires, {title}"
    assert str(ours["description"]) == event.description.value


def test_a_feed_names_itself_and_no_whole_vin_and_no_user(garage: Garage) -> None:
    car = garage.vehicles.add(vin="1HGCM82633A123454")
    plan(garage, car.id, interval_days=10, last_service_date=TODAY, notes="the key is under the mat")
    feed = garage.calendar(name="Ana's cars")
    follows_the_letter(feed)
    for secret in (b"1HGCM82633A123454", b"auth0", b"under the mat"):
        assert secret not in feed.replace(b"\r\n ", b"")
    found = vobject.readOne(feed.decode())
    assert found.contents["x-wr-calname"][0].value == found.contents["name"][0].value == "Ana's cars"


# --------------------------------------------------------------------------- scope


def test_one_vehicle_or_a_window_of_days(garage: Garage) -> None:
    car = car_of(garage)
    van = garage.vehicles.add(license_plate="VAN 1", nickname="Van")
    plan(garage, car, interval_days=10, last_service_date=TODAY)
    plan(garage, van.id, interval_days=90, last_service_date=TODAY)
    assert len(events(garage.calendar())) == 2
    assert only_event(garage, vehicle_id=van.id).summary.value == "Tires, Van"
    assert only_event(garage, within_days=30).summary.value == "Tires, Daily"


def test_without_the_package_the_error_names_the_install_line() -> None:
    program = """
import sys
sys.modules["icalendar"] = None
import motovault, motovault.providers.icalendar
try:
    motovault.open_vault("memory:").garage("ana").calendar()
except motovault.MissingExtra as error:
    print(error.extra, error.package, error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        "calendar icalendar icalendar is not installed; run: pip install 'motovault[calendar]'"
    )
