"""How charts look and what they let through: colours, dates in every time zone, other people's text."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest

import motovault
from motovault.analysis.charts import (
    cost_chart,
    economy_chart,
    fleet_chart,
    maintenance_chart,
    odometer_chart,
)
from motovault.analysis.charts.dates import ticks
from motovault.analysis.charts.theme import BLUE, GREEN, INK, ORANGE, ROSE, words
from motovault.domain.fuel_logs import economy
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.quantities.units import DistanceUnit
from motovault.testing.clock import FrozenClock
from tests.analysis.charts.drawn import (
    HOSTILE,
    contrast,
    fill,
    layers,
    linear,
    of_hex,
    solid_colours,
    svg,
    texts,
    texts_of,
)

pytest.importorskip("altair")

COLOURS = [INK, BLUE, ORANGE, ROSE, GREEN]
PAGES = [(255, 255, 255), (17, 17, 17), (0, 0, 0)]


def reading(on: date, value: int, source: ReadingSource = ReadingSource.FUEL_LOG) -> OdometerReading:
    return OdometerReading(
        read_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        value=Decimal(value),
        unit=None,
        source=source,
        source_id=UUID(int=value),
        read_on=on,
    )


def all_charts(title: str) -> list[Any]:
    """One of each, of a history in which every kind of mark occurs."""
    fills = [fill(n, total_cost=Decimal(40 + n), currency_code="EUR", is_towing=n == 4) for n in range(14)]
    fills[6] = fill(6, missed_previous=True, total_cost=Decimal(900), currency_code="EUR")
    fills[9] = fill(9, "900", total_cost=Decimal(900), currency_code="EUR")
    report = attrs.evolve(economy(fills), title=title)
    readings = [reading(one.on, int(one.odometer or 0)) for one in fills]
    readings[5] = reading(fills[5].on, 990_000)
    garage = motovault.open_vault("memory:", clock=FrozenClock(datetime(2026, 6, 1, 12, tzinfo=UTC))).garage(
        "ana"
    )
    car = garage.vehicles.add(license_plate="AB 1", nickname=title[:100])
    garage.maintenance.add(
        car.id,
        category="repair",
        subtypes=["Engine"],
        service_date=date(2026, 3, 1),
        cost=300,
        shop_name=title[:100],
    )
    for months, begun in ((1, date(2026, 1, 1)), (6, date(2025, 12, 20)), (12, date(2026, 5, 1)), (12, None)):
        garage.maintenance.add_schedule(
            car.id,
            category="routine_maintenance",
            subtypes=["Engine Oil"] if begun else ["Coolant"],
            interval_months=months,
            last_service_date=begun,
        )
    logs, upcoming = garage.maintenance.list(car.id), garage.maintenance.upcoming()
    return [
        economy_chart(report),
        cost_chart(fills, garage.maintenance.costs(car.id), title=title),
        odometer_chart(readings, unit=DistanceUnit.KM, today=date(2026, 6, 1), title=title),
        maintenance_chart(logs, upcoming, title=title),
        fleet_chart([report, attrs.evolve(report, title=title + " 2")], title=title),
    ]


@pytest.fixture(scope="module")
def charts() -> list[Any]:
    return all_charts("Blue Mazda")


@pytest.fixture(scope="module")
def hostile() -> list[Any]:
    return all_charts(HOSTILE)


# ----------------------------------------------------------------------------- colours


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_reads_on_a_white_and_on_a_dark_page(colour: str, page: tuple[int, int, int]) -> None:
    """WCAG 2 asks a contrast of 3 for graphics."""
    assert contrast(of_hex(colour), page) >= 3


# Machado, Oliveira and Fernandes (2009), severity 1.0, over linear RGB.
_SEEN_BY = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.01182, 0.04294, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.3039),
    ),
}


def _lab(colour: str, eyes: str) -> tuple[float, float, float]:
    light = [linear(value) for value in of_hex(colour)]
    red, green, blue = (min(max(sum(map(float.__mul__, row, light)), 0), 1) for row in _SEEN_BY[eyes])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("eyes", _SEEN_BY)
def test_who_sees_fewer_colours_tells_ours_apart(eyes: str) -> None:
    """A difference of 10 (CIE 1976) is seen at a glance; shapes and dashes differ besides."""
    for one, other in itertools.combinations(COLOURS, 2):
        far = sum((a - b) ** 2 for a, b in zip(_lab(one, eyes), _lab(other, eyes), strict=True)) ** 0.5
        assert far >= 10, (one, other)


@pytest.mark.parametrize("number", range(5))
def test_what_is_drawn_reads_on_both_pages_pixel_by_pixel(charts: list[Any], number: int) -> None:
    found = solid_colours(charts[number])
    assert found, "nothing solid is drawn"
    for colour in found:
        assert min(contrast(colour, page) for page in PAGES) >= 2.9, colour  # a blend at an edge rounds


@pytest.mark.parametrize("number", range(5))
def test_no_background_and_nothing_translucent(charts: list[Any], number: int) -> None:
    spec = charts[number].to_dict()
    assert spec["background"] == "transparent"
    for one in layers(spec):
        assert one["mark"].get("opacity", 1) in (1, 0.01)  # 0.01: not to be seen, but found by the pointer


@pytest.mark.parametrize("number", range(5))
def test_no_kind_of_mark_is_told_by_colour_alone(charts: list[Any], number: int) -> None:
    for one in layers(charts[number]):
        if "color" in one["encoding"] and one["mark"]["type"] == "point":
            shapes = one["encoding"]["shape"]["scale"]["range"]
            assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("number", range(5))
def test_every_chart_says_in_words_what_it_shows(charts: list[Any], number: int) -> None:
    assert len(charts[number].to_dict()["description"]) > 20


# ------------------------------------------------------------------------------- dates

IN_ZONE = """
import json, sys, vl_convert
print(json.dumps([vl_convert.vegalite_to_svg(spec) for spec in json.load(sys.stdin)]))
"""


def in_zone(zone: str, specs: list[dict[str, Any]]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", IN_ZONE],
        input=json.dumps(specs),
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": zone},
        check=True,
    )
    return list(json.loads(done.stdout))


@pytest.mark.skipif(os.name == "nt", reason="the variable TZ is of Unix")
def test_a_date_is_the_same_date_in_every_time_zone(charts: list[Any]) -> None:
    fills = [fill(0, on=date(2026, 1, 21)), fill(1, on=date(2026, 1, 31))]
    specs = [economy_chart(economy(fills)).to_dict(), *(chart.to_dict() for chart in charts[1:4])]
    local = json.loads(json.dumps(specs[0]).replace('"type": "utc"', '"type": "time"'))
    west = in_zone("America/Los_Angeles", [*specs, local])
    east = in_zone("Asia/Kathmandu", [*specs, local])
    assert west[:-1] == east[:-1]
    assert west[-1] != east[-1], "the time zone was not looked at, so that this test would see nothing"
    assert re.search(r'aria-label="on: 31 Jan 2026;', west[0])


def test_ticks_are_few_and_such_as_people_choose() -> None:
    assert ticks(date(2026, 1, 1), date(2026, 1, 5))[1] == "%-d %b %Y"
    assert [day.month for day in ticks(date(2025, 1, 2), date(2026, 3, 1))[0]] == [3, 5, 7, 9, 11, 1, 3]
    years, form = ticks(date(1999, 5, 1), date(2026, 3, 1))
    assert form == "%Y"
    assert {(day.month, day.day) for day in years} == {(1, 1)}
    assert len(ticks(date.min, date.max)[0]) <= 9
    for days in (1, 10, 100, 1000, 10_000, 100_000):
        found, _ = ticks(date(1600, 1, 1), date.fromordinal(date(1600, 1, 1).toordinal() + days))
        assert 2 <= len(found) <= 9, days


# -------------------------------------------------------------------------- other text


def test_no_text_of_an_owner_ends_a_script_or_becomes_markup(hostile: list[Any]) -> None:
    usual = economy_chart(economy([])).to_html().count("</script>")
    for chart in hostile:
        page = chart.to_html()
        assert page.count("</script>") == usual
        assert "<script>alert" not in page
        assert "<!-- <b>" not in page
        assert "alert(1)" in page, "the text itself is shown"


def test_text_of_an_owner_is_drawn_as_it_is_and_runs_nothing(hostile: list[Any]) -> None:
    for chart in hostile:
        picture = svg(chart)
        assert "<script" not in picture
        assert "{{x}} datum.on'\"\\" in " ".join(" ".join(texts_of(picture)).split())
        assert "\u202e" not in picture


def test_no_text_of_an_owner_stands_where_an_expression_is_read(hostile: list[Any]) -> None:
    """Expressions and signals are of keys of their own in the language of the chart, and we write none."""

    def keys(part: Any) -> set[str]:
        if isinstance(part, dict):
            return set(part) | {key for value in part.values() for key in keys(value)}
        return {key for value in part for key in keys(value)} if isinstance(part, list) else set()

    for chart in hostile:
        assert not {"expr", "signal", "labelExpr", "transform", "href", "url", "test"} & keys(chart.to_dict())


@pytest.mark.parametrize(
    ("text", "shown"), [("a\nb\tc", "a b c"), ("<b>", "‹b>"), ("x" * 300, "x" * 239 + "…"), (7, "7")]
)
def test_words_are_one_line_without_markup(text: object, shown: str) -> None:
    assert words(text) == shown


def test_letters_of_every_script_are_kept() -> None:
    report = attrs.evolve(economy([fill(0), fill(1)]), title="Škoda Ωμέγα 车")
    assert "Škoda Ωμέγα 车" in texts(economy_chart(report))


# ------------------------------------------------------------------------ without extras


@pytest.mark.parametrize("name", ["economy_chart(economy([]))", "fleet_chart([])", "cost_chart([])"])
def test_without_altair_the_error_says_what_to_install(name: str) -> None:
    program = (
        "import sys; sys.modules['altair'] = None\n"
        "from motovault import MissingExtra\n"
        "from motovault.analysis.charts import *\n"
        "from motovault.domain.fuel_logs import economy\n"
        f"try: {name}\n"
        "except MissingExtra as error: print(error.extra, error.package, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("analysis altair ")
    assert "pip install 'motovault[analysis]'" in done.stdout


def test_importing_the_charts_brings_no_library() -> None:
    program = (
        "import sys, motovault.analysis.charts.of_garage; "
        "print({'altair', 'narwhals', 'pandas', 'polars', 'vl_convert'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
