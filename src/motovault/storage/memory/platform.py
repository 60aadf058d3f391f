"""The catalogue in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Self

import attrs

from motovault.domain.platform import (
    CatalogueChanges,
    Engine,
    EngineId,
    EngineSpec,
    Transmission,
    TransmissionId,
    TransmissionSpec,
    VehicleOption,
    folded,
    option_order,
)
from motovault.ports import UserId
from motovault.storage.memory.transactions import Scope

__all__ = ["NOBODY", "CatalogueRows", "MemoryCatalogueRepository"]

NOBODY: Final = UserId("")
"""Whose the catalogue is: no user has this id."""

Key = tuple[int, str, str, str, str | None, str | None]


class CatalogueRows:
    """The whole catalogue.

    Attributes:
        options: By what they are the same by; what is said of engines and transmissions stands there.
        engines, transmissions: By their name without case.
    """

    def __init__(self) -> None:
        self.options: dict[Key, VehicleOption] = {}
        self.engines: dict[str, Engine] = {}
        self.transmissions: dict[str, Transmission] = {}
        self.last_id = 0

    def copy(self) -> Self:
        """The same catalogue, apart."""
        copied = type(self)()
        copied.take(self)
        return copied

    def take(self, other: CatalogueRows) -> None:
        """Become the same as the other."""
        self.options, self.engines = other.options.copy(), other.engines.copy()
        self.transmissions, self.last_id = other.transmissions.copy(), other.last_id


def _key(option: VehicleOption) -> Key:
    engine, transmission = option.engine, option.transmission
    return (
        option.model_year,
        folded(option.make),
        folded(option.model),
        folded(option.trim),
        None if engine is None else folded(engine.name),
        None if transmission is None else folded(transmission.type),
    )


class MemoryCatalogueRepository:
    """:class:`motovault.domain.platform.CatalogueRepository` in memory."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def years(self) -> list[int]:
        with self._scope.reading(CatalogueRows) as rows:
            return sorted({key[0] for key in rows.options}, reverse=True)

    def makes(self, model_year: int, /) -> list[str]:
        return _in_order(option.make for option in self._chosen(model_year))

    def models(self, model_year: int, make: str, /) -> list[str]:
        return _in_order(option.model for option in self._chosen(model_year, make))

    def trims(self, model_year: int, make: str, model: str, /) -> list[str]:
        return _in_order(option.trim for option in self._chosen(model_year, make, model))

    def engines(self, model_year: int, make: str, model: str, trim: str | None, /) -> list[str]:
        with self._scope.reading(CatalogueRows) as rows:
            found = self._chosen(model_year, make, model, trim)
            return _in_order(rows.engines[folded(one.engine.name)].name for one in found if one.engine)

    def transmissions(
        self, model_year: int, make: str, model: str, trim: str | None, /, *, engine: str | None = None
    ) -> list[str]:
        with self._scope.reading(CatalogueRows) as rows:
            found = self._chosen(model_year, make, model, trim)
            if engine is not None:
                key = folded(engine)
                found = [one for one in found if one.engine and folded(one.engine.name) == key]
            kinds = (one.transmission for one in found)
            return _in_order(rows.transmissions[folded(one.type)].type for one in kinds if one)

    def find_engine(self, name: str, /) -> Engine | None:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.engines.get(folded(name))

    def find_transmission(self, kind: str, /) -> Transmission | None:
        with self._scope.reading(CatalogueRows) as rows:
            return rows.transmissions.get(folded(kind))

    def import_options(
        self, options: Iterable[VehicleOption], /, *, at: datetime, replace: bool = False
    ) -> CatalogueChanges:
        given = list(options)  # before anything is locked, and before anything is changed
        with self._scope.writing(CatalogueRows) as (rows, _):
            before = rows.copy()
            self._scope.on_undo(lambda: rows.take(before))
            return _bring_in(rows, given, at, replace)

    def _chosen(self, model_year: int, *names: str | None) -> list[VehicleOption]:
        wanted = (model_year, *(folded(name) for name in names if name is not None))
        with self._scope.reading(CatalogueRows) as rows:
            return [option for key, option in rows.options.items() if key[: len(wanted)] == wanted]


def _in_order(names: Iterable[str]) -> list[str]:
    firsts: dict[str, str] = {}
    for name in sorted({name for name in names if name}, key=option_order):
        firsts.setdefault(folded(name), name)
    return list(firsts.values())


def _bring_in(
    rows: CatalogueRows, given: list[VehicleOption], at: datetime, replace: bool
) -> CatalogueChanges:
    said: dict[Key, VehicleOption] = {}
    engines: dict[str, EngineSpec] = {}
    transmissions: dict[str, TransmissionSpec] = {}
    for option in given:
        said.setdefault(_key(option), option)
        if option.engine is not None:
            engines.setdefault(folded(option.engine.name), option.engine)
        if option.transmission is not None:
            transmissions.setdefault(folded(option.transmission.type), option.transmission)
    removed = 0
    if replace:
        gone = [key for key, kept in rows.options.items() if not _is_spelled_so(kept, said.get(key))]
        removed = len(gone)
        for key in gone:
            del rows.options[key]
    added = len(said.keys() - rows.options.keys())
    rows.options = said | rows.options
    engine_counts = _settle(rows, rows.engines, engines, at, replace)
    transmission_counts = _settle(rows, rows.transmissions, transmissions, at, replace)
    return CatalogueChanges(
        read=len(given),
        added=added,
        removed=removed,
        **{f"engines_{name}": count for name, count in engine_counts.items()},
        **{f"transmissions_{name}": count for name, count in transmission_counts.items()},
    )


def _is_spelled_so(kept: VehicleOption, said: VehicleOption | None) -> bool:
    return said is not None and (kept.make, kept.model, kept.trim) == (said.make, said.model, said.trim)


def _settle(
    rows: CatalogueRows, kept: dict[str, Any], said: dict[str, Any], at: datetime, replace: bool
) -> dict[str, int]:
    """Keep what was said of engines or transmissions; how many were added, changed, removed."""
    counts = {"added": 0, "changed": 0, "removed": 0}
    for key, spec in said.items():
        details = {field.name: getattr(spec, field.name) for field in attrs.fields(_spec_kind(spec))}
        if key not in kept:
            rows.last_id += 1
            counts["added"] += 1
            kept[key] = _made(spec, rows.last_id, details, at)
        elif replace and any(getattr(kept[key], name) != value for name, value in details.items()):
            counts["changed"] += 1
            kept[key] = attrs.evolve(kept[key], **details, updated_at=at)
    for key in [key for key in kept if replace and key not in said]:
        counts["removed"] += 1
        del kept[key]
    return counts


def _spec_kind(spec: EngineSpec | TransmissionSpec) -> type[Any]:
    return EngineSpec if isinstance(spec, EngineSpec) else TransmissionSpec


def _made(
    spec: EngineSpec | TransmissionSpec, key: int, details: dict[str, Any], at: datetime
) -> Engine | Transmission:
    if isinstance(spec, EngineSpec):
        return Engine(id=EngineId(key), created_at=at, updated_at=at, **details)
    return Transmission(id=TransmissionId(key), created_at=at, updated_at=at, **details)
