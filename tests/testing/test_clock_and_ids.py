"""Time and ids that a test decides."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from motovault.errors import InvalidValue
from motovault.ports import Clock, NewId
from motovault.testing.clock import FrozenClock
from motovault.testing.ids import counting_ids


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    clock: Clock = FrozenClock()
    assert clock.now() == clock.now() == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_frozen_clock_moves_on_and_back() -> None:
    clock = FrozenClock(datetime(2026, 3, 1, tzinfo=UTC))
    clock.advance(timedelta(days=1), hours=1, minutes=1, seconds=1)
    assert clock.now() == datetime(2026, 3, 2, 1, 1, 1, tzinfo=UTC)
    clock.advance(days=-2)
    assert clock.now() == datetime(2026, 2, 28, 1, 1, 1, tzinfo=UTC)
    clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2020


def test_a_frozen_clock_tells_utc_whatever_it_was_set_to() -> None:
    clock = FrozenClock(datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=5))))
    assert (clock.now().hour, clock.now().tzinfo) == (22, UTC)


def test_a_frozen_clock_refuses_a_time_without_zone() -> None:
    with pytest.raises(InvalidValue) as caught:
        FrozenClock(datetime(2026, 1, 1))
    assert caught.value.field == "moment"


def test_counted_ids_rise_and_are_version_7() -> None:
    new_id: NewId = counting_ids(start=250)
    ids = [new_id() for _ in range(10)]
    assert ids == sorted(set(ids))
    assert {made.version for made in ids} == {7}
    assert str(ids[0]).endswith("-0000000000fa")


def test_counted_ids_begin_again_with_each_maker() -> None:
    assert counting_ids()() == counting_ids()()


def test_counted_ids_are_never_given_twice_between_threads() -> None:
    new_id, made = counting_ids(), []
    threads = [threading.Thread(target=lambda: made.extend(new_id() for _ in range(2000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8000


def test_counting_from_below_0_is_refused() -> None:
    with pytest.raises(InvalidValue):
        counting_ids(-1)
