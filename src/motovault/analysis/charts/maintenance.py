"""Maintenance along a line of time: what was done, and what is due when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.charts.dates import iso, span_of, time_axis
from motovault.analysis.charts.theme import (
    BLUE,
    GREEN,
    INK,
    MOST_POINTS,
    ORANGE,
    ROSE,
    WIDTH,
    Kind,
    altair,
    by_kind,
    finished,
    nothing_yet,
    rows,
    words,
)
from motovault.domain.maintenance import DueStatus, MaintenanceLog, Upcoming, UpcomingItem
from motovault.domain.vehicles import VehicleId

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["maintenance_chart"]

DONE: Final = Kind("done", INK, "circle")
_DUE: Final = {
    DueStatus.OVERDUE: Kind("overdue", ROSE, "diamond"),
    DueStatus.DUE_SOON: Kind("due soon", ORANGE, "triangle-up"),
    DueStatus.UPCOMING: Kind("upcoming", BLUE, "square"),
    DueStatus.UNKNOWN: Kind("nobody can tell when", GREEN, "cross"),
}
_KINDS: Final = (DONE, *_DUE.values())

_MOST_ROWS = 40
_ROW = 22
_AHEAD_DAYS = 1_100
_LONGEST_LABEL = 48


def maintenance_chart(
    logs: Iterable[MaintenanceLog],
    upcoming: Upcoming,
    *,
    titles: Mapping[VehicleId, str] | None = None,
    title: str | None = None,
) -> LayerChart:
    """One row a kind of work, the most urgent on top: when it was done, and when it is due next.

    A target that only the odometer knows stands at its expected date, with a line over the
    interval of the forecast. What is due more than three years ahead stands at the right
    edge. Of several vehicles each row names its own; where those were too many rows, each
    vehicle has one, and of too many vehicles the most urgent are shown, which the subtitle says.

    Args:
        logs: What was done.
        upcoming: What :meth:`MaintenanceService.upcoming` gave; it says what day is today.
        titles: What the vehicles of ``logs`` are called, where ``upcoming`` does not say.
        title: What stands above it.

    Raises:
        MissingExtra: altair is not installed: ``pip install 'motovault[analysis]'``.
    """
    name = title or "Maintenance"
    found = _Timeline(list(logs), upcoming, dict(titles or {}))
    if not found.done and not found.due:
        return nothing_yet(name, "no maintenance yet, and none planned")
    return found.drawn(name)


class _Timeline:
    """The marks by row, worked out before anything is drawn."""

    def __init__(
        self, logs: Sequence[MaintenanceLog], upcoming: Upcoming, titles: dict[VehicleId, str]
    ) -> None:
        self.today = upcoming.today
        self.last = date.fromordinal(min(self.today.toordinal() + _AHEAD_DAYS, date.max.toordinal()))
        items = list(upcoming)
        for item in items:
            titles.setdefault(item.vehicle_id, item.vehicle_title)
        vehicles = {item.vehicle_id for item in items} | {log.vehicle_id for log in logs}
        self.titles = titles
        self.is_one = len(vehicles) < 2
        self.is_by_vehicle = False
        order = self._order(logs, items)
        if len(order) > _MOST_ROWS and not self.is_one:
            self.is_by_vehicle = True
            order = self._order(logs, items)
        self.row_count = len(order)
        self.shown = order[:_MOST_ROWS]
        kept = set(self.shown)
        self.done = [mark for log in logs for mark in self._done(log) if mark["row"] in kept]
        self.due = [mark for item in items for mark in self._due(item) if mark["row"] in kept]
        self.left_out = max(len(self.done) - MOST_POINTS, 0)
        self.done = self.done[-MOST_POINTS:]

    def _order(self, logs: Sequence[MaintenanceLog], items: Sequence[UpcomingItem]) -> list[str]:
        """Rows as ``upcoming`` ranks them, then those that nothing plans, the latest first."""
        rows: dict[str, None] = {}
        for item in items:
            rows.update(dict.fromkeys(self._rows_of(item.vehicle_id, item.schedule)))
        for log in sorted(logs, key=lambda log: log.service_date, reverse=True):
            rows.update(dict.fromkeys(self._rows_of(log.vehicle_id, log)))
        return list(rows)

    def _rows_of(self, vehicle_id: VehicleId, work: Any) -> list[str]:
        vehicle = words(self.titles.get(vehicle_id, "a vehicle"), _LONGEST_LABEL)
        if self.is_by_vehicle:
            return [vehicle]
        names = [words(name, _LONGEST_LABEL) for name in work.subtypes or (work.category,)]
        return names if self.is_one else [f"{vehicle}: {name}" for name in names]

    def _done(self, log: MaintenanceLog) -> list[dict[str, Any]]:
        cost = "" if log.cost is None else f"{log.cost:f} {log.currency_code or ''}".rstrip()
        mark = {
            "on": iso(log.service_date),
            "kind": DONE.name,
            "date": str(log.service_date),
            "work": words(", ".join(log.subtypes) or log.category),
            "said": " ".join(part for part in (cost, words(log.shop_name or "", 60)) if part),
        }
        return [{**mark, "row": row} for row in self._rows_of(log.vehicle_id, log)]

    def _due(self, item: UpcomingItem) -> list[dict[str, Any]]:
        on = item.effective_due_on
        if item.status is DueStatus.OVERDUE and item.reached_on is not None:
            on = min(on or item.reached_on, item.reached_on)
        at = min(on or self.today, self.last)
        projection = item.projection
        has_band = projection is not None and on is not None and on == projection.on and at == on
        first = projection.earliest if projection is not None and has_band else None
        latest = projection.latest if projection is not None and has_band else None
        mark = {
            "on": iso(at),
            "kind": _DUE[item.status].name,
            "date": "" if on is None else str(on),
            "work": words(item.work),
            "said": words(str(item)),
            "first": iso(min(first or at, self.last)),
            "latest": iso(min(latest or at, self.last)),
            "number": "" if on is None or on <= self.last else f"{on} →",
        }
        return [{**mark, "row": row} for row in self._rows_of(item.vehicle_id, item.schedule)]

    def drawn(self, name: str) -> LayerChart:
        alt = altair()
        marks = [*self.done, *self.due]
        present = {mark["kind"] for mark in marks}
        kinds = [kind for kind in _KINDS if kind.name in present]
        ends = [
            str(mark[field])[:10] for mark in marks for field in ("on", "first", "latest") if field in mark
        ]
        span = span_of([self.today, *map(date.fromisoformat, ends)])
        axis = alt.Axis(title=None, labelLimit=280, grid=True, ticks=False, domain=False, labelPadding=8)
        y = alt.Y("row", type="nominal", sort=self.shown, scale=alt.Scale(domain=self.shown), axis=axis)
        tip = [
            alt.Tooltip(field, type="nominal", title=title)
            for field, title in (("work", "work"), ("date", "date"), ("kind", "status"), ("said", "more"))
        ]
        base = alt.Chart(rows([{"on": iso(self.today), "text": "today"}]))
        rule = base.mark_rule(color=INK, strokeDash=[2, 3], aria=False).encode(x=time_axis("on", span))
        text = base.mark_text(color=INK, baseline="bottom", dy=-4, fontSize=11)
        layers = [
            rule,
            text.encode(x=time_axis("on", span), y=alt.value(0), text=alt.Text("text", type="nominal")),
        ]
        if self.due:
            bands = alt.Chart(rows(self.due)).mark_rule(strokeWidth=2, aria=False)
            look = by_kind(kinds, len(kinds))
            layers.append(bands.encode(x=time_axis("first", span), x2="latest", y=y, color=look["color"]))
        points = alt.Chart(rows(marks)).mark_point(filled=True, opacity=1, size=70)
        layers.append(points.encode(x=time_axis("on", span), y=y, tooltip=tip, **by_kind(kinds, len(kinds))))
        far: dict[str, dict[str, Any]] = {}  # of each row the earliest
        for mark in sorted(self.due, key=lambda mark: mark["date"]):
            if mark["number"]:
                far.setdefault(mark["row"], mark)
        if far:
            numbers = alt.Chart(rows(list(far.values()))).mark_text(
                color=INK, align="right", dx=-6, dy=-7, fontSize=10
            )
            layers.append(
                numbers.encode(x=time_axis("on", span), y=y, text=alt.Text("number", type="nominal"))
            )
        chart = alt.layer(*layers).properties(width=WIDTH - 120, height=max(_ROW * len(self.shown), 60))
        return finished(chart, name, self._subtitle(), f"{name}: {self._counts()}")  # type: ignore[no-any-return]

    def _counts(self) -> str:
        counts = {kind.name: 0 for kind in _DUE.values()}
        for mark in self.due:
            counts[mark["kind"]] += 1
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing due"

    def _subtitle(self) -> list[str]:
        lines = [f"What was done and what is due, on {self.today}"]
        if self.row_count > len(self.shown):
            what = "vehicles" if self.is_by_vehicle else "kinds of work"
            lines.append(f"The most urgent {len(self.shown)} of {self.row_count:,} {what}")
        if self.left_out:
            lines.append(
                f"The latest {len(self.done):,} pieces of work; {self.left_out:,} older ones are left out"
            )
        return lines
