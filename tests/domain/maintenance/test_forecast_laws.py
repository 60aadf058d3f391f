"""Laws of a projection: what cannot be otherwise, whatever was read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from motovault.domain.maintenance.driving import Driving, driving
from motovault.domain.maintenance.forecast import Projection, first_to_last
from motovault.domain.odometer import OdometerReading, ReadingSource, positions
from motovault.quantities.units import DistanceUnit

KM, MI = DistanceUnit.KM, DistanceUnit.MI
START = date(2020, 2, 27)

Positions = list[tuple[date, Decimal]]

_steps = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.just(0), st.integers(0, 400), st.integers(0, 20_000))),
    min_size=1,
    max_size=25,
)
_ways = st.one_of(
    st.integers(-1_000, 50_000).map(Decimal),
    st.decimals("0.0001", 200_000, places=4, allow_nan=False, allow_infinity=False),
)


def _walk(steps: list[tuple[int, int]], *, start: date = START) -> Positions:
    """Days later, tenths more."""
    on, tenths, found = start, 123_456, [(start, Decimal("12345.6"))]
    for days, more in steps:
        on, tenths = on + timedelta(days=days), tenths + more
        found.append((on, Decimal(tenths).scaleb(-1)))
    return found


def _histories() -> st.SearchStrategy[Positions]:
    return _steps.map(_walk).filter(lambda walk: driving(walk, walk[-1][0]) is not None)


def _rate(walk: Positions, late: int = 0) -> Driving:
    found = driving(walk, walk[-1][0] + timedelta(days=late))
    assert found is not None
    return found


def _never_before(one: date | None, other: date | None) -> bool:
    """``one`` is no later than ``other``; beyond a hundred years is after everything."""
    return (one or date.max) <= (other or date.max)


@given(_histories(), st.integers(0, 500), _ways, _ways)
def test_more_to_go_is_never_reached_earlier(
    walk: Positions, late: int, way: Decimal, other: Decimal
) -> None:
    """Nobody drives backwards; it holds for both ends of the interval too."""
    rate = _rate(walk, late)
    near, far = rate.project(min(way, other)), rate.project(max(way, other))
    assert _never_before(near.on, far.on)
    assert _never_before(near.earliest, far.earliest)
    assert _never_before(near.latest, far.latest)


@given(_histories(), st.integers(0, 500), _ways)
def test_the_interval_has_the_date_in_it_and_none_is_before_today(
    walk: Positions, late: int, way: Decimal
) -> None:
    rate = _rate(walk, late)
    at = rate.project(way)
    assert _never_before(rate.today, at.earliest)
    assert _never_before(at.earliest, at.on)
    assert _never_before(at.on, at.latest)


@given(_histories(), _ways)
def test_the_pace_on_the_way_lies_between_the_recent_and_that_of_the_long_run(
    walk: Positions, way: Decimal
) -> None:
    """It goes from one to the other; up to the day that is dropped, and the digits not shown."""
    rate = _rate(walk)
    paces = (rate.basis.recent_per_day, rate.basis.long_run_per_day)
    on = rate.project(way).on
    assume(on is not None and way > 0 and min(paces) > Decimal("0.01"))
    assert on is not None
    days = (on - rate.basis.last_on).days
    slack = Decimal("0.001")
    assert days <= way / min(paces) * (1 + slack)
    assert days + 1 >= way / max(paces) * (1 - slack)


@given(
    st.integers(1, 5_000), st.lists(st.integers(1, 60), min_size=1, max_size=25), _ways, st.integers(0, 90)
)
def test_at_an_even_pace_it_is_the_plain_method(pace: int, spans: list[int], way: Decimal, late: int) -> None:
    """Where recent, long run and first to last agree there is nothing to weigh; up to a tenth of a km."""
    way = way.quantize(Decimal("0.1"))
    assume(way > 0)
    walk = _walk([(span, pace * span) for span in spans])
    today = walk[-1][0] + timedelta(days=late)
    slope = first_to_last(walk, today, 10_000)
    assert slope is not None
    assert _rate(walk, late).project(way).on == slope.project(way)


@given(_histories(), st.data(), st.integers(0, 90), _ways)
def test_another_reading_of_a_car_that_stands_never_makes_it_earlier(
    walk: Positions, data: st.DataObject, late: int, way: Decimal
) -> None:
    """It was driven less a day than was thought, and counts from later.

    The date does not come earlier; the begin of the interval may, because a
    car that stands for long is driven more unevenly.
    """
    on, position = walk[-1]
    later = on + timedelta(days=data.draw(st.integers(0, late)))
    today = on + timedelta(days=late)
    stood = driving([*walk, (later, position)], today)
    assert stood is not None
    assert _never_before(_rate(walk, late).project(way).on, stood.project(way).on)


@given(_histories(), st.integers(0, 300), st.integers(0, 300), _ways)
def test_asked_later_with_nothing_new_it_is_never_earlier(
    walk: Positions, soon: int, more: int, way: Decimal
) -> None:
    first, second = _rate(walk, soon).project(way), _rate(walk, soon + more).project(way)
    if first.on is not None:
        assert _never_before(first.on, second.on)


@given(_steps, st.integers(0, 20_000), _ways)
def test_the_calendar_does_not_matter(steps: list[tuple[int, int]], days: int, way: Decimal) -> None:
    """The same history so many days later gives the same answer so many days later."""
    shift = timedelta(days=days)
    walk, moved = _walk(steps), _walk(steps, start=START + shift)
    one, other = driving(walk, walk[-1][0]), driving(moved, moved[-1][0])
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        for a, b in zip(_dates(one.project(way)), _dates(other.project(way)), strict=True):
            assert (a and a + shift) == b


@given(_steps, st.randoms(use_true_random=False), _ways)
def test_neither_the_order_of_readings_nor_the_unit_matters(
    steps: list[tuple[int, int]], chance: object, way: Decimal
) -> None:
    """Miles are so many kilometres exactly, those on the dial and those to go."""
    mile = Decimal("1.609344")
    miles = [
        OdometerReading(
            read_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
            value=position,
            unit=MI,
            source=ReadingSource.FUEL_LOG,
            source_id=UUID(int=number),
        )
        for number, (on, position) in enumerate(_walk(steps))
    ]
    km = [(one.read_at.date(), one.value * mile) for one in miles]
    chance.shuffle(miles)  # type: ignore[attr-defined]
    today = km[-1][0]
    one, other = driving(positions(miles, MI), today, MI), driving(km, today, KM)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert _dates(one.project(way)) == _dates(other.project(way * mile))


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 1_000)), min_size=1, max_size=25).map(_walk),
    st.integers(2, 20),
    _ways,
)
def test_a_dial_that_shows_so_many_times_as_much_changes_no_date_by_more_than_a_day(
    walk: Positions, times: int, way: Decimal
) -> None:
    """Distances have no size of their own, up to the last digit kept and what nothing on wheels can do."""
    other = _rate([(on, position * times) for on, position in walk])
    for a, b in zip(_dates(_rate(walk).project(way)), _dates(other.project(way * times)), strict=True):
        if a is not None and b is not None:
            assert abs((a - b).days) <= 1


def _dates(projection: Projection) -> tuple[date | None, date | None, date | None]:
    return projection.earliest, projection.on, projection.latest
