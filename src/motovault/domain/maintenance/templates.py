"""Ready packs of schedules: readable files beside this module, each with its sources.

A template is a beginning for an owner who has no manual at hand, never the
word of the maker: where the owner's manual says something else, it is right.
Distances are written in miles and in kilometres, each round, so that nobody is
told to change the oil every 12,070 km. Within a template no schedule's
subtypes hold another's, since one visit would then count for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

import attrs

from motovault.domain.fields import required_text, text
from motovault.domain.maintenance.categories import check_work
from motovault.domain.maintenance.entities import MaintenanceSchedule, ScheduleMode
from motovault.domain.maintenance.errors import NoInterval
from motovault.errors import InvalidValue
from motovault.quantities.context import to_decimal
from motovault.quantities.units import DistanceUnit

__all__ = [
    "GENERAL_PRACTICE",
    "Template",
    "TemplateSchedule",
    "TemplateSource",
    "find_template",
    "parse_template",
    "shipped_templates",
]

GENERAL_PRACTICE: Final = "general practice"
"""Stands as a source where no document was found that could be cited."""

SHIPPED: Final = ("petrol_car", "diesel_car", "hybrid_car", "electric_car", "motorcycle")

_UNITS: Final = {"miles": DistanceUnit.MI, "km": DistanceUnit.KM, "hours": DistanceUnit.H}
_SCHEDULE_FIELDS: Final = {
    *("key", "category", "subtypes", "months", "days", "miles", "km", "hours", "mode", "note", "sources")
}
_FIELDS: Final = {"name", "title", "note", "sources", "schedules"}


@attrs.frozen(kw_only=True)
class TemplateSource:
    """Where an interval comes from.

    Attributes:
        title: Of the document.
        url: Its address; None for :data:`GENERAL_PRACTICE` and what is on paper only.
    """

    title: str
    url: str | None = None

    def __str__(self) -> str:
        return self.title if self.url is None else f"{self.title}, {self.url}"


@attrs.frozen(kw_only=True)
class TemplateSchedule:
    """One schedule of a template.

    Attributes:
        key: Its name within the template, for good: a second application is told by it.
        category: As in :class:`MaintenanceSchedule`.
        subtypes: As there.
        interval_months: Calendar months, or None.
        interval_days: Calendar days, or None.
        distances: The interval by unit; a unit that is missing has none.
        mode: From where the next interval counts.
        note: What is meant, for the notes of the schedule.
        sources: Where the intervals come from; at least one.
    """

    key: str
    category: str
    subtypes: tuple[str, ...]
    interval_months: int | None = None
    interval_days: int | None = None
    distances: Mapping[DistanceUnit, Decimal] = attrs.field(factory=dict)
    mode: ScheduleMode = ScheduleMode.FLOATING
    note: str | None = None
    sources: tuple[TemplateSource, ...]

    def __str__(self) -> str:
        every = [f"{self.interval_months} months"] if self.interval_months else []
        every += [f"{self.interval_days} days"] if self.interval_days else []
        every += [f"{distance:,f} {unit}" for unit, distance in self.distances.items()]
        return f"{' + '.join(self.subtypes)}: every {' or '.join(every)}"


@attrs.frozen(kw_only=True)
class Template:
    """A pack of schedules.

    Attributes:
        name: What it is asked for by.
        title: What to call it.
        note: For whom it is, and for whom it is not.
        schedules: In the order of the file.
    """

    name: str
    title: str
    note: str | None = None
    schedules: tuple[TemplateSchedule, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.title} ({self.name})", *(f"  {schedule}" for schedule in self.schedules)])


@cache
def shipped_templates() -> tuple[Template, ...]:
    """Those that motovault brings along, read once, when first asked for.

    >>> [template.name for template in shipped_templates()]
    ['petrol_car', 'diesel_car', 'hybrid_car', 'electric_car', 'motorcycle']
    """
    from importlib.resources import files  # as tomllib: not before it is needed

    folder = files("motovault.domain.maintenance") / "templates"
    return tuple(parse_template((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in SHIPPED)


def find_template(name: str) -> Template:
    """The shipped template of this name.

    Raises:
        InvalidValue: There is none; the error names those that there are.
    """
    for template in shipped_templates():
        if template.name == name:
            return template
    raise InvalidValue("template", name, "is no template; there are " + ", ".join(SHIPPED))


def parse_template(toml: str) -> Template:
    """A template of one's own, written as the shipped ones are.

    Raises:
        InvalidValue: Not TOML, a field that there is not, or a value that breaks its rule; the error names
            the schedule by its key.
        UnknownCategory: As :func:`motovault.domain.maintenance.check_work`, as are NoSubtypes and
            UnknownSubtype.
        NoInterval: A schedule never falls due.

    >>> print(parse_template('''
    ... name = "trailer"
    ... title = "Trailer"
    ... [[schedules]]
    ... key = "tyres"
    ... category = "routine_maintenance"
    ... subtypes = ["Tires"]
    ... months = 12
    ... sources = ["general practice"]
    ... '''))
    Trailer (trailer)
      Tires: every 12 months
    """
    import tomllib  # here, because importing motovault stays light

    try:
        # a number with a point stays exact
        found = tomllib.loads(toml, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InvalidValue("template", toml, f"is no TOML: {error}") from None
    _refuse_unknown(found, _FIELDS, "template")
    sources = {
        key: TemplateSource(
            title=required_text(500)(_get(source, "title", f"sources.{key}"), f"sources.{key}.title"),
            url=text(2000)(source.get("url"), f"sources.{key}.url"),
        )
        for key, source in _table(found.get("sources", {}), "sources").items()
    }
    sources[GENERAL_PRACTICE] = TemplateSource(title=GENERAL_PRACTICE)
    schedules = tuple(_schedule(given, sources) for given in _list(found.get("schedules", []), "schedules"))
    template = Template(
        name=required_text(100)(_get(found, "name", "template"), "name"),
        title=required_text(200)(_get(found, "title", "template"), "title"),
        note=text(10_000)(found.get("note"), "note"),
        schedules=schedules,
    )
    _check_schedules(template.schedules)
    return template


def _check_schedules(schedules: Iterable[TemplateSchedule]) -> None:
    seen: dict[str, TemplateSchedule] = {}
    for schedule in schedules:
        if schedule.key in seen:
            raise InvalidValue("schedules", schedule.key, "is the key of two schedules")
        for other in seen.values():
            mine, its = set(schedule.subtypes), set(other.subtypes)
            if schedule.category == other.category and (mine <= its or its <= mine):
                rule = f"holds the subtypes of {other.key}, or the other way: one log would count for both"
                raise InvalidValue("schedules", schedule.key, rule)
        seen[schedule.key] = schedule
    if not seen:
        raise InvalidValue("schedules", (), "must hold one schedule at least")


def _schedule(given: Any, sources: Mapping[str, TemplateSource]) -> TemplateSchedule:
    table = _table(given, "schedules")
    key = required_text(100)(_get(table, "key", "schedules"), "key")
    _refuse_unknown(table, _SCHEDULE_FIELDS, key)
    subtypes = tuple(_list(table.get("subtypes", []), f"{key}.subtypes"))
    category = str(_get(table, "category", key))
    check_work(category, subtypes)
    named = _list(table.get("sources", []), f"{key}.sources")
    if not named:
        raise InvalidValue(f"{key}.sources", named, f"must name a source, or {GENERAL_PRACTICE!r}")
    for name in named:
        if name not in sources:
            raise InvalidValue(f"{key}.sources", name, "is not among the template's sources")
    distances = {
        unit: _converted("interval_distance", to_decimal(table[name], f"{key}.{name}"), f"{key}.{name}")
        for name, unit in _UNITS.items()
        if name in table
    }
    months = _converted("interval_months", table.get("months"), f"{key}.months")
    days = _converted("interval_days", table.get("days"), f"{key}.days")
    if months is None and days is None and not distances:
        raise NoInterval
    return TemplateSchedule(
        key=key,
        category=category,
        subtypes=subtypes,
        interval_months=months,
        interval_days=days,
        distances=distances,
        mode=_converted("mode", table.get("mode", ScheduleMode.FLOATING), f"{key}.mode"),
        note=text(10_000)(table.get("note"), f"{key}.note"),
        sources=tuple(sources[name] for name in named),
    )


def _converted(field: str, value: Any, name: str) -> Any:
    """The value by the rule of the schedule's own field, which an error calls by the template's name."""
    converter = getattr(attrs.fields(MaintenanceSchedule), field).converter
    try:
        return converter(value, None, getattr(attrs.fields(MaintenanceSchedule), field))
    except InvalidValue as error:
        raise InvalidValue(name, error.value, error.rule) from None


def _get(table: Mapping[str, Any], name: str, where: str) -> Any:
    if name not in table:
        raise InvalidValue(name, None, f"is missing in {where}")
    return table[name]


def _table(given: Any, name: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InvalidValue(name, given, "must be a table")
    return given


def _list(given: Any, name: str) -> list[Any]:
    if not isinstance(given, list):
        raise InvalidValue(name, given, "must be a list")
    return given


def _refuse_unknown(given: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise InvalidValue(
                name, given[name], f"is no field of {where}; there are {', '.join(sorted(known))}"
            )
