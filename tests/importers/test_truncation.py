"""A file that was cut in its last row: the row is left out and said to be, or it is the true one."""

from __future__ import annotations

import pytest

from motovault.importers import ColumnMapping, ImportOptions, ImportPlan, plan_import
from tests.importers.files import FUELLY_TITLES, GAS_TITLES, Owner, codes, fuelio, log, planned, row

METRIC = {"distance_unit": "km", "fuel_unit": "L", "decimal_sign": ".", "date_order": "YMD"}

_LUBELOGGER = [
    GAS_TITLES,
    "2026-03-14,52000,40.5,72.85,,True,False,,",
    '2026-03-28,52610,38.25,68.30,6.27,True,True,"with ""a"" trailer,\nand rain",',
]
_FUELLY = [
    FUELLY_TITLES,
    row(
        FUELLY_TITLES, car_name="Kea", odometer="1000", gallons="9.512", price="3.1", fuelup_date="2024-05-01"
    ),
    row(
        FUELLY_TITLES,
        car_name="Kea",
        odometer="1310",
        gallons="9.733",
        price="3.219",
        fuelup_date="2024-05-11",
        notes="two\nlines",
        missed_fuelup="1",
    ),
]
FILES = {
    "fuelio": fuelio([log(), log(odo="1400.5", missed=1, notes="a\nb", **{"fuel (": "41.233"})]),
    "fuelly": "\n".join(_FUELLY) + "\n",
    "lubelogger": "\n".join(_LUBELOGGER) + "\n",
}
CUT = ("fuelio", "fuelly", "lubelogger")


def _plan(name: str, text: str) -> ImportPlan:
    options = METRIC if name == "lubelogger" else {"fuel_unit": "us_gal"} if name == "fuelly" else {}
    return planned(text, **options)


def _figures(plan: ImportPlan) -> list[tuple[object, ...]]:
    return [
        (
            one.line,
            one.filled_at,
            one.odometer,
            one.volume,
            one.total_cost,
            one.is_full_tank,
            one.missed_previous,
        )
        for one in plan.fuel_logs()
    ]


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_wherever_the_last_row_is_cut_it_is_left_out_with_an_error_or_whole(name: str, line_end: str) -> None:
    text = FILES[name].replace("\n", line_end)
    whole = _figures(_plan(name, text))
    assert len(whole) == 2
    begin = len("\n".join(FILES[name].rstrip("\n").split("\n")[:-2]).replace("\n", line_end)) + len(line_end)
    left_out = 0
    for end in range(begin + 1, len(text) + 1):
        plan = _plan(name, text[:end])
        found = _figures(plan)
        if "truncated_row" in codes(plan):
            left_out += 1
            assert found == whole[:1], text[:end]
            assert plan.has_errors
        else:
            assert found == whole, text[:end]
    # All but the whole row, with its line end and without.
    assert left_out >= len(text) - begin - 4


@pytest.mark.parametrize("name", CUT)
def test_a_last_row_without_a_line_end_but_with_all_its_cells_is_kept(name: str) -> None:
    plan = _plan(name, FILES[name].rstrip("\n"))
    assert "truncated_row" not in codes(plan)
    assert _figures(plan) == _figures(_plan(name, FILES[name]))


def test_the_error_names_the_line_and_the_whole_file_then_adds_the_row_once() -> None:
    owner, text = Owner(), FILES["fuelio"]
    cut = text[: text.index("41.233") + 4]
    result = owner.take(cut)
    assert [(f.code, f.severity, f.line) for f in result.findings if f.code == "truncated_row"] == [
        ("truncated_row", "error", cut.count("\n") + 1)
    ]
    assert result.added == 1
    assert owner.take(text).added == 1
    assert len(owner.logs()) == 2


def test_a_row_with_a_line_end_may_be_short_and_a_table_without_titles_may_be_cut_too() -> None:
    mapping = ColumnMapping(filled_at=0, volume=1, odometer=2, has_header=False)
    options = ImportOptions(mapping=mapping, distance_unit="km", fuel_unit="L")
    plan = plan_import(b"2024-05-01,40.5,1000\n2024-05-09,41.", name="own.csv", options=options)
    assert (plan.counts.fuel_logs, codes(plan)) == (1, ["truncated_row"])
    plan = plan_import(b"2024-05-01,40.5,1000\n2024-05-09,41.5\n", name="own.csv", options=options)
    assert (plan.counts.fuel_logs, codes(plan)) == (2, [])
