"""Ready schedules: the files that are shipped keep their own rules, and a host's own are held to them."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from importlib.resources import files

import pytest

from motovault.domain.maintenance import NoInterval, UnknownCategory, UnknownSubtype, check_work
from motovault.domain.maintenance.templates import (
    GENERAL_PRACTICE,
    Template,
    find_template,
    parse_template,
    shipped_templates,
)
from motovault.errors import InvalidValue
from motovault.quantities.units import DistanceUnit

FOLDER = files("motovault.domain.maintenance") / "templates"

OIL = """
name = "mine"
title = "Mine"
[sources.manual]
title = "The manual"
url = "https://example.org/manual"
[[schedules]]
key = "oil"
category = "routine_maintenance"
subtypes = ["Engine Oil"]
months = 6
km = 8000
sources = ["manual"]
"""


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def test_every_file_of_the_folder_is_shipped_under_its_own_name() -> None:
    names = {path.name.removesuffix(".toml") for path in FOLDER.iterdir()}
    assert names == {template.name for template in shipped_templates()}
    for name in names:
        assert parse_template(text_of(name)) == find_template(name)
    assert {"petrol_car", "diesel_car", "motorcycle", "electric_car"} <= names


@pytest.mark.parametrize("template", shipped_templates(), ids=lambda template: template.name)
class TestShipped:
    def test_every_schedule_can_be_written(self, template: Template) -> None:
        for schedule in template.schedules:
            check_work(schedule.category, schedule.subtypes)
            assert schedule.interval_months or schedule.interval_days or schedule.distances
            assert schedule.note

    def test_distances_are_round_in_miles_and_in_kilometres(self, template: Template) -> None:
        for schedule in template.schedules:
            assert set(schedule.distances) in (set(), {DistanceUnit.MI, DistanceUnit.KM})
            if schedule.distances:
                miles, km = schedule.distances[DistanceUnit.MI], schedule.distances[DistanceUnit.KM]
                assert miles % 50 == 0
                assert km % 1000 == 0
                # the same interval, give or take what makes it round
                assert Decimal("0.93") < km / (miles * Decimal("1.609344")) < Decimal("1.07")

    def test_every_interval_has_a_source_and_every_source_is_used(self, template: Template) -> None:
        declared = tomllib.loads(text_of(template.name))["sources"]
        assert all(source["url"].startswith("http") for source in declared.values())
        used = {source for schedule in template.schedules for source in schedule.sources}
        titles = {source.title for source in used} - {GENERAL_PRACTICE}
        assert titles == {source["title"] for source in declared.values()}

    def test_one_log_never_counts_for_two_schedules(self, template: Template) -> None:
        for one in template.schedules:
            for other in template.schedules:
                assert one is other or not set(one.subtypes) <= set(other.subtypes)

    def test_the_file_says_that_the_manual_wins(self, template: Template) -> None:
        assert "owner's manual wins" in text_of(template.name)


def test_an_electric_car_has_no_engine_to_look_after() -> None:
    worked_on = {
        subtype for schedule in find_template("electric_car").schedules for subtype in schedule.subtypes
    }
    assert not worked_on & {"Engine Oil", "Spark Plug", "Air Filter Element", "Exhaust System"}
    assert "Spark Plug" not in {
        subtype for schedule in find_template("diesel_car").schedules for subtype in schedule.subtypes
    }


def test_a_template_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(InvalidValue) as caught:
        find_template("steam_car")
    assert caught.value.field == "template"
    assert "petrol_car" in str(caught.value)


def test_a_template_of_ones_own_is_read_as_it_stands() -> None:
    template = parse_template(OIL)
    (oil,) = template.schedules
    assert (oil.key, oil.interval_months, oil.distances) == ("oil", 6, {DistanceUnit.KM: Decimal(8000)})
    assert [str(source) for source in oil.sources] == ["The manual, https://example.org/manual"]
    assert str(template) == "Mine (mine)\n  Engine Oil: every 6 months or 8,000 km"


def test_an_interval_may_be_in_days_or_engine_hours_and_on_a_grid() -> None:
    (boat,) = parse_template(
        OIL.replace("months = 6\nkm = 8000", 'days = 90\nhours = 100\nmode = "fixed"')
    ).schedules
    assert (boat.interval_days, boat.distances, boat.mode) == (90, {DistanceUnit.H: Decimal(100)}, "fixed")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("months = 6", "months = 0", "oil.months"),
        ("months = 6", 'months = "6"', "oil.months"),
        ("km = 8000", "km = 0", "oil.km"),
        ("km = 8000", "km = nan", "oil.km"),
        ("km = 8000", "furlongs = 8000", "furlongs"),
        ("km = 8000", 'mode = "sometimes"', "oil.mode"),
        ('sources = ["manual"]', "sources = []", "oil.sources"),
        ('sources = ["manual"]', 'sources = ["hearsay"]', "oil.sources"),
        ('sources = ["manual"]', "", "oil.sources"),
        ('key = "oil"', 'key = ""', "key"),
        ('key = "oil"', "", "key"),
        ('category = "routine_maintenance"', "", "category"),
        ('name = "mine"', "", "name"),
        ('title = "Mine"', "title = 5", "title"),
        ('title = "The manual"', "", "title"),
        ('name = "mine"', 'name = "mine"\nprice = 5', "price"),
        ("[[schedules]]", "[schedules]", "schedules"),
        ('subtypes = ["Engine Oil"]', 'subtypes = "Engine Oil"', "oil.subtypes"),
        ('name = "mine"', "name = ", "template"),
    ],
)
def test_what_is_wrong_in_a_template_is_named(old: str, new: str, field: str) -> None:
    assert old in OIL
    with pytest.raises(InvalidValue) as caught:
        parse_template(OIL.replace(old, new, 1))
    assert caught.value.field == field


def test_work_that_there_is_not_is_refused_as_everywhere() -> None:
    with pytest.raises(UnknownCategory):
        parse_template(OIL.replace("routine_maintenance", "magic"))
    with pytest.raises(UnknownSubtype):
        parse_template(OIL.replace('"Engine Oil"', '"Engine oil"'))
    with pytest.raises(NoInterval):
        parse_template(OIL.replace("months = 6\nkm = 8000", ""))


@pytest.mark.parametrize("subtypes", ['["Engine Oil"]', '["Tires", "Engine Oil"]'])
def test_two_schedules_that_one_log_would_advance_together_are_refused(subtypes: str) -> None:
    block = OIL[OIL.index("[[schedules]]") :].replace('"oil"', '"more"').replace('["Engine Oil"]', subtypes)
    with pytest.raises(InvalidValue) as caught:
        parse_template(OIL + block)
    assert (caught.value.field, caught.value.value) == ("schedules", "more")
    assert "oil" in caught.value.rule


def test_a_key_stands_for_one_schedule() -> None:
    block = OIL[OIL.index("[[schedules]]") :].replace("Engine Oil", "Tires")
    with pytest.raises(InvalidValue, match="is the key of two schedules"):
        parse_template(OIL + block)
    with pytest.raises(InvalidValue, match="one schedule at least"):
        parse_template(OIL[: OIL.index("[[schedules]]")])


def test_the_manual_is_cited_with_its_address() -> None:
    """A reader can check each interval: a title alone would not do."""
    for template in shipped_templates():
        for schedule in template.schedules:
            for source in schedule.sources:
                assert source.title == GENERAL_PRACTICE or re.match(r"https?://\S+\Z", source.url or "")
