"""A catalogue that is held whole: the questions that people ask it, and what an import does to it.

For stores that keep it in memory or in a file; a database answers by queries of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

import attrs

from motovault.domain.matching import folded, in_option_order
from motovault.domain.platform.entities import (
    CatalogueChanges,
    Engine,
    EngineId,
    EngineSpec,
    Transmission,
    TransmissionId,
    TransmissionSpec,
    VehicleOption,
)

__all__ = ["HeldCatalogue", "OptionKey", "option_key"]

OptionKey = tuple[int, str, str, str, str | None, str | None]


def option_key(option: VehicleOption) -> OptionKey:
    """What two options are the same by: year and names, without regard to case.

    >>> lower = VehicleOption(model_year=2020, make="honda", model="civic")
    >>> option_key(lower) == option_key(VehicleOption(model_year=2020, make="HONDA", model="Civic"))
    True
    """
    engine, transmission = option.engine, option.transmission
    return (
        option.model_year,
        folded(option.make),
        folded(option.model),
        folded(option.trim),
        None if engine is None else folded(engine.name),
        None if transmission is None else folded(transmission.type),
    )


class HeldCatalogue:
    """The whole catalogue, with the calls of :class:`motovault.domain.platform.CatalogueRepository`.

    Attributes:
        options: By what they are the same by; what is said of engines and transmissions stands there.
        engines_by_name, transmissions_by_type: By their name without case.
        last_id: The last id that was given to either.
    """

    def __init__(self) -> None:
        self.options: dict[OptionKey, VehicleOption] = {}
        self.engines_by_name: dict[str, Engine] = {}
        self.transmissions_by_type: dict[str, Transmission] = {}
        self.last_id = 0

    def copy(self) -> Self:
        """The same catalogue, apart."""
        copied = type(self)()
        copied.take(self)
        return copied

    def take(self, other: HeldCatalogue) -> None:
        """Become the same as the other."""
        self.options, self.last_id = other.options.copy(), other.last_id
        self.engines_by_name = other.engines_by_name.copy()
        self.transmissions_by_type = other.transmissions_by_type.copy()

    # --- questions

    def years(self) -> list[int]:
        """Model years that have options, the newest first."""
        return sorted({key[0] for key in self.options}, reverse=True)

    def makes(self, model_year: int, /) -> list[str]:
        """Makes of a year."""
        return in_option_order(option.make for option in self._chosen(model_year))

    def models(self, model_year: int, make: str, /) -> list[str]:
        """Models of a make in a year."""
        return in_option_order(option.model for option in self._chosen(model_year, make))

    def trims(self, model_year: int, make: str, model: str, /) -> list[str]:
        """Trims of a model; options without a trim are not listed."""
        return in_option_order(option.trim for option in self._chosen(model_year, make, model))

    def engines(self, model_year: int, make: str, model: str, trim: str | None, /) -> list[str]:
        """Names of the engines of a trim; None asks for those of all trims."""
        found = self._chosen(model_year, make, model, trim)
        return in_option_order(
            self.engines_by_name[folded(one.engine.name)].name for one in found if one.engine
        )

    def transmissions(
        self, model_year: int, make: str, model: str, trim: str | None, /, *, engine: str | None = None
    ) -> list[str]:
        """Types of the transmissions of a trim, or of all; with ``engine`` of those options that have it."""
        found = self._chosen(model_year, make, model, trim)
        if engine is not None:
            key = folded(engine)
            found = [one for one in found if one.engine and folded(one.engine.name) == key]
        kinds = (one.transmission for one in found)
        return in_option_order(self.transmissions_by_type[folded(one.type)].type for one in kinds if one)

    def find_engine(self, name: str, /) -> Engine | None:
        """The engine of this name, or None."""
        return self.engines_by_name.get(folded(name))

    def find_transmission(self, kind: str, /) -> Transmission | None:
        """The transmission of this type, or None."""
        return self.transmissions_by_type.get(folded(kind))

    def _chosen(self, model_year: int, *names: str | None) -> list[VehicleOption]:
        wanted = (model_year, *(folded(name) for name in names if name is not None))
        return [option for key, option in self.options.items() if key[: len(wanted)] == wanted]

    # --- an import

    def import_options(
        self, options: Iterable[VehicleOption], /, *, at: datetime, replace: bool = False
    ) -> CatalogueChanges:
        """Bring in options; an error that ``options`` raises changes nothing.

        Args:
            options: Read once, before anything is changed. The first of those that are the same counts.
            at: When this is.
            replace: Afterwards the catalogue is what was given.
        """
        given = list(options)
        said: dict[OptionKey, VehicleOption] = {}
        engines: dict[str, EngineSpec] = {}
        transmissions: dict[str, TransmissionSpec] = {}
        for option in given:
            said.setdefault(option_key(option), option)
            if option.engine is not None:
                engines.setdefault(folded(option.engine.name), option.engine)
            if option.transmission is not None:
                transmissions.setdefault(folded(option.transmission.type), option.transmission)
        removed = 0
        if replace:
            gone = [key for key, kept in self.options.items() if not _is_spelled_so(kept, said.get(key))]
            removed = len(gone)
            for key in gone:
                del self.options[key]
        added = len(said.keys() - self.options.keys())
        self.options = said | self.options
        engine_counts = self._settle(self.engines_by_name, engines, at, replace)
        transmission_counts = self._settle(self.transmissions_by_type, transmissions, at, replace)
        return CatalogueChanges(
            read=len(given),
            added=added,
            removed=removed,
            **{f"engines_{name}": count for name, count in engine_counts.items()},
            **{f"transmissions_{name}": count for name, count in transmission_counts.items()},
        )

    def _settle(
        self, kept: dict[str, Any], said: dict[str, Any], at: datetime, replace: bool
    ) -> dict[str, int]:
        """Keep what was said of engines or transmissions; how many were added, changed, removed."""
        counts = {"added": 0, "changed": 0, "removed": 0}
        for key, spec in said.items():
            details = {field.name: getattr(spec, field.name) for field in attrs.fields(_spec_kind(spec))}
            if key not in kept:
                self.last_id += 1
                counts["added"] += 1
                kept[key] = _made(spec, self.last_id, details, at)
            elif replace and any(getattr(kept[key], name) != value for name, value in details.items()):
                counts["changed"] += 1
                kept[key] = attrs.evolve(kept[key], **details, updated_at=at)
        for key in [key for key in kept if replace and key not in said]:
            counts["removed"] += 1
            del kept[key]
        return counts


def _is_spelled_so(kept: VehicleOption, said: VehicleOption | None) -> bool:
    return said is not None and (kept.make, kept.model, kept.trim) == (said.make, said.model, said.trim)


def _spec_kind(spec: EngineSpec | TransmissionSpec) -> type[Any]:
    return EngineSpec if isinstance(spec, EngineSpec) else TransmissionSpec


def _made(
    spec: EngineSpec | TransmissionSpec, key: int, details: dict[str, Any], at: datetime
) -> Engine | Transmission:
    if isinstance(spec, EngineSpec):
        return Engine(id=EngineId(key), created_at=at, updated_at=at, **details)
    return Transmission(id=TransmissionId(key), created_at=at, updated_at=at, **details)
