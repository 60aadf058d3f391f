"""Numbers and dates of all countries: read when they are clear, never guessed when they are not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.importers.dates import BadDate, OrderEvidence, read_date
from motovault.importers.numbers import BadNumber, SignEvidence, read_number


@pytest.mark.parametrize(
    ("cell", "sign", "number"),
    [
        ("12.50", ".", "12.50"),
        ("12,50", ",", "12.50"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234,5", ",", "1234.5"),
        ("1 234,5", ",", "1234.5"),
        ("1\u00a0234,5 €", ",", "1234.5"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("(5.00)", ".", "-5.00"),
        ("($5.00)", ".", "-5.00"),
        ("-$5.00", ".", "-5.00"),
        ("$-5.00", ".", "-5.00"),
        ("5.00-", ".", "-5.00"),
        ("−5,00", ",", "-5.00"),
        ("R$ 12,50", ",", "12.50"),
        ("12,50 kr.", ",", "12.50"),
        ("CHF 12.50", ".", "12.50"),
        ("'007", ".", "7"),
        (".5", ".", "0.5"),
        ("5.", ".", "5"),
        ("-0", ".", "0"),
    ],
)
def test_a_number_is_read_with_the_sign_of_its_file(cell: str, sign: str, number: str) -> None:
    found = read_number(cell, sign)
    assert found == Decimal(number)


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "'"])
def test_an_empty_cell_is_no_number(cell: str) -> None:
    assert read_number(cell) is None


@pytest.mark.parametrize(
    ("cell", "sign"),
    [
        ("1,23", "."),
        ("1.23", ","),
        ("1,2345", "."),
        ("12.34.56", "."),
        ("1e5", "."),
        ("NaN", "."),
        ("Infinity", "."),
        ("0x10", "."),
        ("１２", "."),
        ("12 13", "."),
        ("$", "."),
        ("--5", "."),
        ("5%", "."),
        ("9" * 61, "."),
        ("#REF!", "."),
        (".", "."),
        ("1_000", "."),
    ],
)
def test_what_is_no_number_in_this_notation_is_refused(cell: str, sign: str) -> None:
    with pytest.raises(BadNumber):
        read_number(cell, sign)


def test_a_notation_without_groups_takes_none() -> None:
    with pytest.raises(BadNumber):
        read_number("1,234", ".", grouped=False)


@given(
    st.decimals(-(10**9), 10**9, places=3),
    st.sampled_from([".", ","]),
    st.sampled_from(["", " ", "\u202f", "'"]),
)
def test_what_a_culture_writes_is_read_back(number: Decimal, sign: str, group: str) -> None:
    text = f"{number:,.3f}".replace(",", "_").replace(".", sign).replace("_", group)
    assert read_number(text, sign) == number


def test_the_hosts_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 2
        assert read_number("(1,234.567)") == Decimal("-1234.567")


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["12.5", "1,234"], "."),
        (["12,5"], ","),
        (["1.234.567"], ","),
        (["1,234.5"], "."),
        (["1.234,5"], ","),
        (["0.125"], "."),
        (["1234.567"], "."),
        (["1,234"], None),
        (["1,234", "2.345"], None),
        (["12,5", "12.5"], None),
        (["$1,234.56"], "."),
        (["12", "", "x,y"], "."),
    ],
)
def test_the_decimal_sign_is_proven_by_the_whole_file_or_not_at_all(
    cells: list[str], sign: str | None
) -> None:
    evidence = SignEvidence()
    for cell in cells:
        evidence.see(cell)
    assert evidence.sign == sign


@pytest.mark.parametrize(
    ("cell", "order", "moment"),
    [
        ("2024-05-17", "YMD", datetime(2024, 5, 17)),
        ("2024-05-17 18:42", "DMY", datetime(2024, 5, 17, 18, 42)),
        ("2024-05-17T18:42:59", "DMY", datetime(2024, 5, 17, 18, 42, 59)),
        ("2024/5/7", "MDY", datetime(2024, 5, 7)),
        ("2024. 5. 7.", "MDY", datetime(2024, 5, 7)),
        ("17.05.2024 8:05", "DMY", datetime(2024, 5, 17, 8, 5)),
        ("5/7/24", "MDY", datetime(2024, 5, 7)),
        ("5/7/99", "MDY", datetime(1999, 5, 7)),
        ("24-05-07", "YMD", datetime(2024, 5, 7)),
        ("3/14/2026 12:00:00\u202fAM", "MDY", datetime(2026, 3, 14)),
        ("3/14/2026 12:30 pm", "MDY", datetime(2026, 3, 14, 12, 30)),
        ("3/14/2026 11:30 p.m.", "MDY", datetime(2026, 3, 14, 23, 30)),
        ("29.02.2024", "DMY", datetime(2024, 2, 29)),
    ],
)
def test_a_date_is_read_in_the_order_of_its_file(cell: str, order: str, moment: datetime) -> None:
    assert read_date(cell, order)[0] == moment


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2024-02-30",
            "4/31/2026",
            "29.02.2023",
            "13/13/2024",
            "1884-01-01",
            "2101-01-01",
            "24:00",
            "today",
        ),
        *(
            "2024-05-17 24:00",
            "2024-05-17 13:00 PM",
            "2024-05-17 0:30 AM",
            "2024-W05-1",
            "20240517",
            "5/7/024",
        ),
        *("45000", ""),
    ],
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    for order in ("YMD", "DMY", "MDY"):
        with pytest.raises(BadDate):
            read_date(cell, order)


def test_an_offset_is_kept() -> None:
    moment, has_time = read_date("2024-05-17 18:42+02:00", "YMD")
    assert has_time
    assert moment.utcoffset() is not None
    assert moment.isoformat() == "2024-05-17T18:42:00+02:00"


ORDERS = {"YMD": "{0:%y-%m-%d}", "DMY": "{0.day}/{0.month}/{0:%Y}", "MDY": "{0.month}/{0.day}/{0:%Y}"}


@given(
    st.lists(st.dates(date(1970, 1, 1), date(2069, 12, 31)), min_size=1, max_size=30),
    st.sampled_from(["DMY", "MDY"]),
)
def test_a_column_never_proves_a_wrong_order(days: list[date], order: str) -> None:
    evidence = OrderEvidence()
    cells = [ORDERS[order].format(day) for day in days]
    for cell in cells:
        evidence.see(cell)
    assert evidence.order in (order, None)
    assert order in evidence.possible
    assert [read_date(cell, order)[0].date() for cell in cells] == days


def test_a_two_digit_year_may_stand_first_only_between_dashes() -> None:
    dashes, strokes = OrderEvidence(), OrderEvidence()
    dashes.see("05-06-07")
    strokes.see("05/06/07")
    assert dashes.possible == {"YMD", "DMY", "MDY"}
    assert strokes.possible == {"DMY", "MDY"}
