"""Which decoder of VINs is taken where nobody chose one: the best that is installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from motovault.domain.vehicles import BasicVinDecoder, DecodedVin
from motovault.errors import MissingExtra
from motovault.ports import Clock
from motovault.system import SystemClock

if TYPE_CHECKING:
    from motovault.providers.vpic import VpicVinDecoder

__all__ = ["EmbeddedVinDecoder"]


class EmbeddedVinDecoder:
    """vPIC's data where the extra ``vpic`` is installed, else the basic decoder; both offline.

    Nothing is loaded before the first VIN.

    Args:
        clock: Tells which model years can be; the machine's by default.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._found: BasicVinDecoder | VpicVinDecoder | None = None

    @property
    def decoder(self) -> BasicVinDecoder | VpicVinDecoder:
        """The one that is used."""
        if self._found is None:
            from motovault.providers.vpic import VpicVinDecoder

            try:
                self._found = VpicVinDecoder(self._clock)
            except MissingExtra:
                self._found = BasicVinDecoder(self._clock)
        return self._found

    @property
    def name(self) -> str:
        """What the one that is used is called; ``basic``, or ``vpic`` and the month of its data."""
        return self.decoder.name

    def decode(self, vin: str, /) -> DecodedVin:
        """What one VIN tells. Raises InvalidVin."""
        return self.decoder.decode(vin)

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        """An answer for each, in order."""
        return self.decoder.decode_many(vins)

    def __repr__(self) -> str:
        return f"EmbeddedVinDecoder({self._found!r})" if self._found else "EmbeddedVinDecoder()"
