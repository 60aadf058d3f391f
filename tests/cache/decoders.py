"""A decoder that remembers what it was asked, and VINs to ask it about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from motovault.domain.vehicles import BasicVinDecoder, DecodedVin
from motovault.testing.clock import FrozenClock
from motovault.vin import with_check_digit

HONDA = "1HGCM82633A123454"
CLOCK = FrozenClock(datetime(2026, 6, 1, tzinfo=UTC))


class Counting:
    """The basic decoder, which remembers what it was asked."""

    def __init__(self, name: str | None = "counting") -> None:
        self.asked: list[object] = []
        if name is not None:
            self.name = name
        self._decoder = BasicVinDecoder(CLOCK)

    def decode(self, vin: str, /) -> DecodedVin:
        self.asked.append(vin)
        return self._decoder.decode(vin)

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        taken = list(vins)
        self.asked += taken
        return self._decoder.decode_many(taken)


def many(count: int) -> list[str]:
    return [with_check_digit(f"1HGCM8260{'AB'[n % 2]}A{n:06d}") for n in range(count)]
