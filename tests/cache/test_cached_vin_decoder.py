"""VIN decodes that are remembered: the same answers, in few round trips, and never in the way."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import motovault
from motovault.cache import Answers, CachedVinDecoder, LocalCache, keys, open_cache
from motovault.cache.values import Kept
from motovault.cache.vin_decoder import DecodeKind
from motovault.domain.tiers import AllFeatures
from motovault.domain.vehicles import BasicVinDecoder, Confidence, DecodedField, DecodedVin
from motovault.errors import InvalidValue
from motovault.ports import BulkCache, Cache, Lease
from motovault.testing.contracts.base import at_once
from motovault.testing.strategies import invalid_vins
from motovault.testing.strategies import vins as right_vins
from motovault.vin import InvalidVin
from tests.cache.decoders import CLOCK, HONDA, Counting, many
from tests.cache.stores import listening

DATA = Path(__file__).parent / "data"


@pytest.fixture(params=["memory", "far", "near and far"])
def answers(request: pytest.FixtureRequest) -> Iterator[Answers]:
    if request.param == "memory":
        yield open_cache("memory:")
        return
    url, prefix = request.getfixturevalue("redis_url"), request.getfixturevalue("redis_prefix")
    near = 1.0 if request.param == "near and far" else None
    made = open_cache(url, prefix=prefix, near_seconds=near, timeout_seconds=2)
    yield listening(made)
    made.close()


# ------------------------------------------------------------------------- the answers


def test_what_was_decoded_once_is_not_decoded_again_however_it_is_typed(answers: Answers) -> None:
    inner = Counting()
    decoder = CachedVinDecoder(inner, answers)
    first = decoder.decode("1hgcm826-33a 123454")
    assert decoder.decode(HONDA) == first == BasicVinDecoder(CLOCK).decode(HONDA)
    assert list(decoder.decode_many([HONDA, HONDA.lower()])) == [first, first]
    assert inner.asked == [HONDA]


def test_one_and_many_share_what_they_know(answers: Answers) -> None:
    inner = Counting()
    decoder = CachedVinDecoder(inner, answers)
    vins = many(700)
    given_vins: list[object] = [*vins[:300], "no VIN", None, *vins, vins[0]]
    expected = list(BasicVinDecoder(CLOCK).decode_many(given_vins))
    assert list(decoder.decode_many(given_vins)) == expected
    assert inner.asked.count(vins[0]) == 1
    assert len(inner.asked) == 702
    inner.asked.clear()
    assert list(decoder.decode_many(iter(given_vins))) == expected
    assert decoder.decode(vins[5]) == expected[5]
    assert inner.asked == ["no VIN", None]


@given(st.lists(st.one_of(st.text(max_size=20), invalid_vins(), right_vins(), st.none()), max_size=40))
def test_every_one_of_many_has_its_answer_in_order(given_vins: list[object]) -> None:
    decoder = CachedVinDecoder(BasicVinDecoder(CLOCK), Answers(near=LocalCache()))
    expected = list(BasicVinDecoder(CLOCK).decode_many(given_vins))
    assert list(decoder.decode_many(given_vins)) == expected
    assert list(decoder.decode_many(given_vins)) == expected


def test_what_is_no_vin_is_refused_and_not_kept(answers: Answers) -> None:
    inner = Counting()
    decoder = CachedVinDecoder(inner, answers)
    for _ in range(2):
        with pytest.raises(InvalidVin):
            decoder.decode("no VIN")
        with pytest.raises(InvalidValue):
            decoder.decode_many(HONDA)
    assert inner.asked == []


def test_two_hundred_threads_decode_once(answers: Answers) -> None:
    inner = Counting()
    decoder = CachedVinDecoder(inner, answers)
    found = at_once([lambda: decoder.decode(HONDA)] * 200)
    assert len(inner.asked) == 1
    assert len({answer.vin for answer in found}) == 1


def test_a_generator_is_read_a_few_hundred_ahead_at_most(answers: Answers) -> None:
    taken = 0

    def source() -> Iterator[str]:
        nonlocal taken
        for vin in many(3000):
            taken += 1
            yield vin

    found = CachedVinDecoder(BasicVinDecoder(CLOCK), answers).decode_many(source())
    assert taken == 0
    next(found)
    assert taken <= 8, "the first answer comes soon"
    for given_back in range(1, 3000):
        next(found)
        assert taken - given_back <= 257


def test_a_column_of_many_is_a_few_round_trips(redis_url: str, redis_prefix: str, redis_client: Any) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    decoder = CachedVinDecoder(BasicVinDecoder(CLOCK), answers)
    vins = many(2000)
    list(decoder.decode_many(vins[:1]))

    def calls() -> tuple[int, int]:
        """Commands that ask, and pieces that the server read; a long command is read in several."""
        asked: int = redis_client.info("commandstats")["cmdstat_mget"]["calls"]
        return asked, redis_client.info("stats")["total_reads_processed"]

    for most_pieces in (1000, 200):  # cold: asked for and kept; then only asked for; one by one would be 2000
        before = calls()
        assert sum(1 for _ in decoder.decode_many(vins)) == 2000
        after = calls()
        assert after[0] - before[0] < 20
        assert after[1] - before[1] < most_pieces
    answers.close()


# ---------------------------------------------------------------- what others left there


def test_another_decoders_answer_and_another_months_is_a_miss_and_is_replaced(
    redis_url: str, redis_prefix: str
) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    for name in ("vpic 2026-10", "vpic 2026-11", None):
        inner = Counting(name)
        decoder = CachedVinDecoder(inner, answers)
        vins = [HONDA, *many(3)]
        decoder.decode(HONDA)
        list(decoder.decode_many(vins))
        assert len(inner.asked) == 4
        list(decoder.decode_many(vins))
        decoder.decode(HONDA)
        assert len(inner.asked) == 4
    answers.close()


def test_two_decoders_that_share_a_cache_do_not_share_answers(answers: Answers) -> None:
    one, other = Counting("one"), Counting("other")
    for inner in (one, other):
        CachedVinDecoder(inner, answers).decode(HONDA)
        list(CachedVinDecoder(inner, answers).decode_many([HONDA]))
        assert inner.asked[0] == HONDA


def test_what_this_release_writes_is_what_it_wrote() -> None:
    """If this fails, raise the version in motovault.cache.vin_decoder, and keep this file as it is."""
    kind = DecodeKind("basic")
    kept = kind.decode((DATA / "vin_1_basic.bin").read_bytes())
    assert kept is not None
    assert kept.value == BasicVinDecoder(CLOCK).decode(HONDA)
    assert DecodeKind("vpic 2026-10").decode((DATA / "vin_1_basic.bin").read_bytes()) is None


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bin")), ids=lambda path: path.stem)
def test_what_a_previous_release_left_is_missed(
    path: Path, redis_url: str, redis_prefix: str, redis_client: Any
) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    inner = Counting()
    decoder = CachedVinDecoder(inner, answers)
    key = f"{redis_prefix}vin:decode:{HONDA}"
    expected = decoder.decode(HONDA)
    epoch = redis_client.get(f"{redis_prefix}epoch")
    for raw in (path.read_bytes(), b'{"epoch":"' + epoch + b'","kept":' + path.read_bytes() + b"}"):
        for ask in (decoder.decode, lambda vin: next(decoder.decode_many([vin]))):
            redis_client.set(key, raw)
            asked = len(inner.asked)
            assert ask(HONDA) == expected
            assert len(inner.asked) == asked + 1
            assert redis_client.get(key) != raw
    answers.close()


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    assert DecodeKind("basic").decode(raw) is None


@given(st.data())
def test_a_value_that_was_damaged_is_missed_or_whole(data: st.DataObject) -> None:
    kind = DecodeKind("basic")
    raw = bytearray(kind.encode(Kept(kind.schema, BasicVinDecoder(CLOCK).decode(HONDA), 1.5, 2.5)))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = kind.decode(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    assert found is None or isinstance(found.value, DecodedVin)


@pytest.mark.parametrize("value", [object(), "\ud800", 1.5, float("nan")])
def test_an_answer_that_cannot_be_written_is_given_and_not_kept(
    value: Any, redis_url: str, redis_prefix: str
) -> None:
    class Odd(Counting):
        def decode(self, vin: str, /) -> DecodedVin:
            self.asked.append(vin)
            field: Any = DecodedField(value=value, confidence=Confidence.MEDIUM)
            return DecodedVin.of(vin, {"make": field}, "odd")

        def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
            return (self.decode(str(vin)) for vin in vins)

    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    inner = Odd()
    decoder = CachedVinDecoder(inner, answers)
    for expected in range(1, 4):
        assert decoder.decode(HONDA).make.value is value
        assert next(decoder.decode_many([HONDA])).make.value is value
        assert len(inner.asked) == 2 * expected
    answers.close()


class SevenMethods:
    """A cache of the host's own, which knows one key at a time."""

    def __init__(self) -> None:
        self._kept: Any = LocalCache()

    def get(self, key: str, /) -> bytes | None:
        found: bytes | None = self._kept.get(key)
        return found

    def lease(self, key: str, /, *, seconds: float, anew: bool = False) -> tuple[bytes | None, Lease | None]:
        found: tuple[bytes | None, Lease | None] = self._kept.lease(key, seconds=seconds, anew=anew)
        return found

    def fill(self, key: str, value: bytes, lease: Lease, /, *, seconds: float) -> bool:
        return bool(self._kept.fill(key, value, lease, seconds=seconds))

    def release(self, key: str, lease: Lease, /) -> None:
        self._kept.release(key, lease)

    def drop(self, *keys: str) -> None:
        self._kept.drop(*keys)

    def drop_all(self) -> None:
        self._kept.drop_all()

    def close(self) -> None:
        self._kept.close()


def test_a_cache_that_knows_one_key_at_a_time_will_do(redis_url: str) -> None:
    own: Cache = SevenMethods()
    assert not isinstance(own, BulkCache)
    inner = Counting()
    decoder = CachedVinDecoder(inner, Answers(far=own))
    for _ in range(2):
        assert len(list(decoder.decode_many(many(50)))) == 50
    assert len(inner.asked) == 50


# ------------------------------------------------------------------------ through a vault


@pytest.mark.parametrize("kind", ["memory", "redis"])
def test_an_import_makes_no_decode_stale(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """What is remembered is what the decoder said, not how that agreed with the catalogue of the time."""
    cache: Any = "memory:"
    if kind == "redis":
        url, prefix = request.getfixturevalue("redis_url"), request.getfixturevalue("redis_prefix")
        cache = open_cache(url, prefix=prefix, timeout_seconds=2)
    with motovault.open_vault(
        tmp_path / "garage.db", cache=cache, vin_decoder=Counting(), policy=AllFeatures()
    ) as vault:
        garage = vault.garage("ana")

        def told() -> list[tuple[str, str | None]]:
            found = [garage.vehicles.decode(HONDA), *vault.vin_decoder.decode_many([HONDA])]
            return [(answer.make.confidence.value, answer.make.value) for answer in found]

        assert told() == [("medium", "Honda")] * 2
        vault.import_catalogue(b"year,make,model\n2003,HONDA,Accord\n")
        assert told() == [("high", "HONDA")] * 2
        vault.import_catalogue(b"year,make,model\n2003,Acura,TL\n", replace=True)
        assert told() == [("none", None)] * 2
        vault.import_catalogue(b"year,make,model\n2003,Hon-Da,Accord\n", replace=True)
        assert told() == [("medium", "Hon-Da")] * 2
    if kind == "redis":
        cache.close()


def test_a_write_of_a_vehicle_does_not_forget_decodes(redis_url: str, redis_prefix: str) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    inner = Counting()
    with motovault.open_vault("memory:", cache=answers, vin_decoder=inner, policy=AllFeatures()) as vault:
        for name in ("ana", "ben"):
            car = vault.garage(name).vehicles.add(vin=HONDA, decode=True)
            assert car.make == "Honda"
        assert inner.asked == [HONDA]
        assert answers.far is not None
        assert HONDA in keys.vin_decode(HONDA)
    answers.close()


def test_threads_of_a_near_cache_read_one_answer_at_once(redis_url: str, redis_prefix: str) -> None:
    answers = listening(open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2, near_seconds=1))
    decoder = CachedVinDecoder(BasicVinDecoder(CLOCK), answers)
    vins = many(500)
    expected = list(BasicVinDecoder(CLOCK).decode_many(vins))
    wrong: list[object] = []

    def run() -> None:
        if list(decoder.decode_many(vins)) != expected:
            wrong.append(1)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    answers.close()
