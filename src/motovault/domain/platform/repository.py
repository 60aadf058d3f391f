"""Where the catalogue is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from motovault.domain.platform.entities import CatalogueChanges, Engine, Transmission, VehicleOption

__all__ = ["CatalogueRepository"]


class CatalogueRepository(Protocol):
    """The one catalogue of a store; it belongs to no user, and every user reads the same.

    Names are compared without regard to case, letters beyond ASCII included. A
    list is of names as the catalogue spells them, in the order of
    :func:`motovault.domain.platform.option_order`; of names that differ in case
    only, the first stands for all. Where nothing fits it is empty.
    """

    def years(self) -> list[int]:
        """Model years that have options, the newest first."""
        ...

    def makes(self, model_year: int, /) -> list[str]:
        """Makes of a year."""
        ...

    def models(self, model_year: int, make: str, /) -> list[str]:
        """Models of a make in a year."""
        ...

    def trims(self, model_year: int, make: str, model: str, /) -> list[str]:
        """Trims of a model; options without a trim are not listed."""
        ...

    def engines(self, model_year: int, make: str, model: str, trim: str | None, /) -> list[str]:
        """Names of the engines of a trim; for None of all trims."""
        ...

    def transmissions(
        self, model_year: int, make: str, model: str, trim: str | None, /, *, engine: str | None = None
    ) -> list[str]:
        """Types of the transmissions of a trim, for None of all; with ``engine`` of options that have it."""
        ...

    def find_engine(self, name: str, /) -> Engine | None:
        """The engine of this name, or None."""
        ...

    def find_transmission(self, kind: str, /) -> Transmission | None:
        """The transmission of this type, or None."""
        ...

    def import_options(
        self, options: Iterable[VehicleOption], /, *, at: datetime, replace: bool = False
    ) -> CatalogueChanges:
        """Bring in options, all or nothing, in one pass over them; memory does not grow with their number.

        Options, engines and transmissions that are there already are left as
        they are. Of those that are the same the first counts, for spelling and details.

        Args:
            options: Read once. An error that it raises undoes everything.
            at: When this is: ``created_at`` and ``updated_at`` of what is written.
            replace: Afterwards the catalogue is what was given: options, engines and transmissions that
                were not are gone, spelling and details are those given.

        Returns:
            What changed; ``read`` included.
        """
        ...
