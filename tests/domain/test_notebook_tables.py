"""What a notebook shows of reports: text of owners stays text, and no colour of ours fights the page's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

import motovault
from motovault.domain.fuel_logs import Fill, economy
from motovault.domain.vehicles import BasicVinDecoder, VinDecoder
from motovault.garage import Garage

HOSTILE = '<script>alert("1")</script>&<b onclick=x>'


class Tags(HTMLParser):
    """Which elements are opened, that each is closed, and what is text."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.stack: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs, "neither style nor script hangs on an element"
        self.opened.append(tag)
        self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(thing: Any) -> Tags:
    tags = Tags()
    tags.feed(thing._repr_html_())
    assert not tags.stack
    assert set(tags.opened) <= {"p", "b", "table", "caption", "tr", "th", "td", "ul", "li"}
    return tags


@pytest.fixture
def garage() -> Garage:
    garage = motovault.open_vault("memory:").garage("ana")
    car = garage.vehicles.add(license_plate="AB 1", nickname=HOSTILE)
    for n in range(4):
        garage.fuel_logs.add(
            car.id,
            filled_at=datetime(2025, 1, 3, 18, tzinfo=UTC) + timedelta(days=20 * n),
            odometer=1000 + 300 * n,
            volume=10,
            price_per_unit=3,
            location=HOSTILE,
            fuel_type="gasoline",
            notes=HOSTILE,
        )
    return garage


def test_a_report_its_tanks_and_statistics_show_text_as_text(garage: Garage) -> None:
    (car,) = garage.vehicles.list()
    report = garage.fuel_logs.economy(car.id)
    assert HOSTILE in read(report).text
    assert read(report.tanks[0]).opened.count("tr") == 1 + len(report)
    assert HOSTILE in read(garage.fuel_logs.statistics(car.id)).text


def test_a_tank_has_the_name_that_was_given() -> None:
    fills = [
        Fill(
            on=datetime(2026, 1, n + 1).date(),
            odometer=Decimal(500 * n),
            volume=Decimal(30),
            odometer_unit="km",
            fuel_unit="L",
            id=n,
            tank=HOSTILE,
        )
        for n in range(3)
    ]
    assert f"tank {HOSTILE}: average" in read(economy(fills).tanks[0]).text


def test_statistics_say_what_was_bought_in_which_year_and_month(garage: Garage) -> None:
    (car,) = garage.vehicles.list()
    shown = read(garage.fuel_logs.statistics(car.id)).text
    for words in (
        "4 logs, 900 mi, 30.00 mpg (US), 0.1000 USD per mi",
        "by year",
        "2025-01",
        "120.00 USD",
        "gasoline",
    ):
        assert words in shown
    assert "by grade" in shown
    assert "by station" in shown


def test_nothing_is_shown_as_nothing(garage: Garage) -> None:
    car = garage.vehicles.add(license_plate="N 1")
    assert read(garage.fuel_logs.statistics(car.id)).text == "Fuel: 0 logs"
    assert "no fuel logs" in read(garage.fuel_logs.economy(car.id)).text


def test_a_decoded_vin_is_a_table_without_the_whole_number() -> None:
    decoder: VinDecoder = BasicVinDecoder()
    shown = read(decoder.decode("1HGCM82633A004352"))
    assert "Honda" in shown.text
    assert "1HGCM82633A004352" not in shown.text
    (refused,) = decoder.decode_many(["<b>1"])
    assert "<b>" not in refused._repr_html_()


def test_upcoming_and_costs_bring_no_colours_either(garage: Garage) -> None:
    (car,) = garage.vehicles.list()
    garage.maintenance.add(
        car.id,
        category="repair",
        subtypes=["Engine"],
        service_date=datetime(2025, 1, 1).date(),
        cost=1,
        shop_name=HOSTILE,
    )
    garage.maintenance.add_schedule(
        car.id, category="repair", subtypes=["Engine"], interval_months=1, notes=HOSTILE
    )
    for shown in (garage.maintenance.upcoming(), garage.maintenance.costs()):
        read(shown)
        assert not re.search(r"(?i)style|color|background", shown._repr_html_())
    assert HOSTILE in read(garage.maintenance.costs()).text
