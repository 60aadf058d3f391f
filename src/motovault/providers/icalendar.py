"""What is due as an iCalendar feed (RFC 5545), for calendars that subscribe to it.

Needs the extra ``calendar``; importing this module does not.

Each schedule is one all-day event with an identity of its own, so that a
calendar that reads the feed again moves the event instead of adding another.
Nothing recurs in here: what comes after depends on when this one is done.

Whose calendar shows it may be a stranger's server: events say what is due, of
which vehicle by its title, when and why; no notes, no whole VIN, no user.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from motovault.domain.maintenance import DueStatus, Metric, Upcoming, UpcomingItem
from motovault.domain.maintenance.forecast import effective_due_on
from motovault.domain.maintenance.upcoming_item import due_text, left_text, one_line
from motovault.errors import MissingExtra

if TYPE_CHECKING:
    import icalendar

__all__ = ["event_day", "maintenance_feed"]

PRODUCT: Final = "-//motovault//maintenance//EN"

RINGS_AT: Final = timedelta(hours=9)
"""Alarms ring at nine in the morning, wherever the calendar is, not at midnight when the day begins."""

REFRESH: Final = timedelta(hours=12)
"""How often a calendar may ask again: figures change with the day and with each reading."""

_ONE_DAY: Final = timedelta(days=1)
_URGENT: Final = {DueStatus.OVERDUE: 1, DueStatus.DUE_SOON: 5}  # RFC 5545, 3.8.1.9: 1 to 4 is high, 5 medium


def maintenance_feed(found: Upcoming, *, now: datetime, name: str) -> bytes:
    """The feed, ready to be written or served as ``text/calendar``.

    Args:
        found: What is due; whatever has no day, because nobody can tell it, is left out.
        now: When it was made, aware.
        name: What the calendar is called.

    Raises:
        MissingExtra: icalendar is not installed: ``pip install 'motovault[calendar]'``.
    """
    try:
        import icalendar
    except ImportError as error:
        raise MissingExtra("calendar", "icalendar") from error
    feed = icalendar.Calendar()
    feed.add("prodid", PRODUCT)
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    for title in ("name", "x-wr-calname"):  # RFC 7986, and what was usual before it
        feed.add(title, one_line(name))
    feed.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    feed.add("x-published-ttl", "PT12H")
    made = now.astimezone(UTC).replace(microsecond=0)
    for item in found:
        day = event_day(item)
        if day is not None:
            feed.add_component(_event(item, day, found.today, made))
    if not feed.subcomponents:  # a feed must hold something (RFC 5545, 3.6); this changes nothing
        feed.add_component(_universal_time())
    written: bytes = feed.to_ical()
    return written


def event_day(item: UpcomingItem) -> date | None:
    """The day of the event; None where nobody can tell.

    The earlier of the date by the calendar and the one by the odometer: where the
    distance is driven already that is the day which showed it, else the projected
    one. So what is overdue stays where it was due.
    """
    return effective_due_on(item.reached_on or item.projected_on, item.due_on)


def _event(item: UpcomingItem, day: date, today: date, made: datetime) -> icalendar.Event:
    from icalendar import Event

    schedule = item.schedule
    title, work = one_line(item.vehicle_title), one_line(item.work.replace("_", " "))
    event = Event()
    event.add("uid", f"{schedule.id}@motovault")
    event.add("dtstamp", made)
    created = min(schedule.created_at.astimezone(UTC).replace(microsecond=0), made)
    event.add("created", created)
    event.add("last-modified", made)  # worked out just now, whoever wrote last
    # nobody counts changes; days since the schedule was made never go back, and DTSTAMP settles the rest
    event.add("sequence", (made - created).days)
    event.add("dtstart", day)
    if day < date.max:
        event.add("dtend", day + _ONE_DAY)
    late = "Overdue: " if item.status is DueStatus.OVERDUE else ""
    event.add("summary", f"{late}{work}, {title}")
    event.add("description", "\n".join(_why(item, title, work)))
    event.add("categories", ["Maintenance", one_line(schedule.category.replace("_", " ").capitalize())])
    event.add("status", "CONFIRMED" if day in (item.due_on, item.reached_on) else "TENTATIVE")
    event.add("transp", "TRANSPARENT")  # nobody is busy all day
    if item.status in _URGENT:
        event.add("priority", _URGENT[item.status])
    if item.status is not DueStatus.OVERDUE:
        _ring(event, item, day, today, f"{work}, {title}")
    return event


def _ring(event: icalendar.Event, item: UpcomingItem, day: date, today: date, text: str) -> None:
    """On the morning on which it becomes due soon; where that is past, on the day itself."""
    from icalendar import Alarm

    soon = item.due_soon_on
    rings_on = day if soon is None or soon <= today else min(soon, day)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", rings_on - day + RINGS_AT)
    event.add_component(alarm)


def _why(item: UpcomingItem, title: str, work: str) -> list[str]:
    """In lines: what, how urgent by what, due when, what is left, and what a forecast says."""
    status = item.status.value.replace("_", " ").capitalize()
    by = " and ".join(_BY[metric] for metric in item.triggered_by)
    lines = [f"{work}, {title}", f"{status} {by}." if by else f"{status}.", f"Due: {due_text(item)}."]
    lines.append(f"Left: {left_text(item)}.")
    if item.reached_on is not None:
        lines.append(f"The odometer showed it on {item.reached_on}.")
    elif (projection := item.projection) is not None:
        pace = projection.basis
        if projection.on is None:
            lines.append("The distance will take more than 100 years.")
        else:
            latest = projection.latest or "more than 100 years"
            lines.append(
                f"Distance expected on {projection.on}, between {projection.earliest} and {latest}, "
                f"from {pace.readings} readings up to {pace.last_on}."
            )
    return lines


_BY: Final = {Metric.DATE: "by date", Metric.DISTANCE: "by distance"}


def _universal_time() -> icalendar.Timezone:
    from icalendar import Timezone, TimezoneStandard

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - local time of the zone, as it must be
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone
