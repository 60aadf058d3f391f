"""The machine's clock and ids."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from motovault.ports import Clock, NewId
from motovault.system import SystemClock, uuid7


def test_the_clock_tells_the_present_in_utc() -> None:
    clock: Clock = SystemClock()
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert before <= now <= after
    assert now.tzinfo is UTC


def test_an_id_is_of_version_7_and_holds_its_moment() -> None:
    new_id: NewId = uuid7
    made = new_id()
    assert (made.version, made.variant) == (7, RFC_4122)
    moment = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)


def test_ids_rise_and_never_repeat() -> None:
    ids = [uuid7() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert [str(made) for made in ids] == sorted(str(made) for made in ids)


def test_ids_rise_with_time() -> None:
    first = uuid7()
    time.sleep(0.003)
    assert (uuid7().int >> 80) >= (first.int >> 80) + 2


def test_their_last_part_is_random() -> None:
    ids = [uuid7().int & (1 << 62) - 1 for _ in range(1000)]
    assert len(set(ids)) == 1000
    for bit in range(62):
        share = sum(made >> bit & 1 for made in ids)
        assert 350 < share < 650, f"bit {bit} is set in {share} of 1000"


def test_ids_of_several_threads_never_meet_and_rise_in_each() -> None:
    made: list[list[UUID]] = [[] for _ in range(8)]
    start = threading.Barrier(8)

    def run(mine: list[UUID]) -> None:
        start.wait(10)
        mine.extend(uuid7() for _ in range(3000))

    threads = [threading.Thread(target=run, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    # the part that rises alone tells them apart: no luck needed
    assert len({one.int >> 64 for mine in made for one in mine}) == 8 * 3000


def test_a_clock_that_is_set_back_does_not_make_ids_fall(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    before = uuid7()
    now = time.time_ns()
    monkeypatch.setattr("motovault.system.time.time_ns", lambda: now - 3_600_000_000_000)
    assert before < uuid7() < uuid7()
