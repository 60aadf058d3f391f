"""The checks that entities share."""

from __future__ import annotations

import decimal
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.domain import fields
from motovault.errors import InvalidValue


def refused(rule: Any, value: object) -> InvalidValue:
    with pytest.raises(InvalidValue) as caught:
        rule(value, "the_field")
    assert caught.value.field == "the_field"
    assert caught.value.rule
    return caught.value


# --- text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30))
def test_text_is_trimmed_and_nothing_else(value: str) -> None:
    kept = fields.text(30)(value, "f")
    assert kept == (value.strip() or None)
    assert fields.text(30)(kept, "f") == kept


@pytest.mark.parametrize("value", ["a\x00", "\x00", "\ud800", "a\udfffb", 5, b"a", ["a"], "x" * 11])
def test_text_that_no_store_can_keep_is_refused(value: object) -> None:
    error = refused(fields.text(10), value)
    assert error.value == value


def test_blanks_around_do_not_count_as_length() -> None:
    assert fields.text(3)("   abc   ", "f") == "abc"
    assert fields.text(None)("x" * 10_000, "f") == "x" * 10_000


@pytest.mark.parametrize("value", [None, "", " \t"])
def test_text_can_be_required(value: object) -> None:
    refused(fields.required_text(10), value)
    assert fields.required_text(10)(" a ", "f") == "a"


@pytest.mark.parametrize("value", ["", " ", "a ", "\na", "x" * 256, "\ud800", "a\x00", None, 5])
def test_a_user_id_is_kept_to_the_letter_or_refused(value: object) -> None:
    refused(fields.user_id, value)
    assert fields.user_id("a" * 255, "f") == "a" * 255
    assert fields.user_id("auth0|Ana b", "f") == "auth0|Ana b"


@pytest.mark.parametrize("value", ["usd", "US", "USDD", "U D", "ÄÖÜ", "ＵＳＤ", "US1", None, 840])
def test_a_currency_code_is_three_capital_letters(value: object) -> None:
    refused(fields.currency_code, value)
    assert fields.currency_code("EUR", "f") == "EUR"


@pytest.mark.parametrize("value", [0, 1, None, "true", "False"])
def test_a_flag_is_nothing_that_only_counts_as_one(value: object) -> None:
    refused(fields.flag, value)
    assert fields.flag(True, "f") is True


@pytest.mark.parametrize("value", ["018f0000-0000-7000-8000-000000000000", 5, None])
def test_an_id_is_a_uuid(value: object) -> None:
    refused(fields.identifier, value)
    assert fields.identifier(UUID(int=5), "f") == UUID(int=5)


@pytest.mark.parametrize("value", [0, -1, "5", 2.5, True])
def test_a_page_has_a_whole_number_of_rows(value: object) -> None:
    refused(fields.page_limit, value)
    assert fields.page_limit(None) is None
    assert fields.page_limit(1) == 1


# --- moments


class Precise(datetime):
    """A moment with more in it than a store can keep, as data frames have them."""


class Nowhere(tzinfo):
    def utcoffset(self, moment: datetime | None) -> None:
        return None


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-23 * 60, 23 * 60))
def test_a_moment_is_the_same_moment_in_utc(moment: datetime, minutes: int) -> None:
    given_ = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    kept = fields.aware(given_, "f")
    assert kept == given_
    assert (type(kept), kept.tzinfo) == (datetime, UTC)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1),
        datetime(2026, 1, 1, tzinfo=Nowhere()),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-1))),
        datetime(2026, 1, 1).date(),
        "2026-01-01T00:00:00Z",
        1767225600,
        None,
    ],
)
def test_a_moment_without_a_place_in_time_is_refused(value: object) -> None:
    refused(fields.aware, value)


def test_a_moment_of_another_class_becomes_a_plain_one() -> None:
    kept = fields.aware(Precise(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=3))), "f")
    assert (type(kept), kept) == (datetime, datetime(2026, 1, 1, tzinfo=UTC))


# --- numbers

_NOT_NUMBERS = [
    1.5,
    float("nan"),
    True,
    None,
    "",
    "abc",
    "1,5",
    "NaN",
    "Infinity",
    "-Infinity",
    Decimal("sNaN"),
    "1_0",
]


@pytest.mark.parametrize("value", _NOT_NUMBERS)
def test_what_is_no_exact_number_is_refused(value: object) -> None:
    refused(fields.number(), value)
    refused(fields.scaled(10, 2), value)


@pytest.mark.parametrize(
    "value", ["-0.000001", -1, "1E+12", "1000000000000", "0.0000001", "1.0000000", 10**12, "1E-7"]
)
def test_a_number_out_of_bounds_is_refused(value: object) -> None:
    refused(fields.number(), value)


@pytest.mark.parametrize("value", ["0", "-0", "0E+90", "0E-90", "0.0000000", Decimal("-0.00")])
def test_a_zero_is_a_plain_zero(value: object) -> None:
    kept = fields.number()(value, "f")
    assert kept == 0
    assert not kept.is_signed()
    assert kept.as_tuple().exponent == 0
    scaled = fields.scaled(10, 2)(value, "f")
    assert str(scaled) == "0.00"


def test_a_number_can_have_to_be_above_its_bound() -> None:
    refused(fields.number(above=True), 0)
    assert fields.number(above=True)("0.000001", "f") == Decimal("0.000001")
    assert fields.number(5)(5, "f") == 5


@given(st.decimals(min_value=0, max_value=10**12 - 1, places=6))
def test_a_number_is_kept_as_typed(value: Decimal) -> None:
    assert str(fields.number()(str(value), "f")) in {str(value), "0"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("1.005", "1.00"),
        ("1.015", "1.02"),
        ("1.0050000001", "1.01"),
        (2, "2.00"),
        ("99999999.99", "99999999.99"),
        ("99999999.994", "99999999.99"),
        ("0.004", "0.00"),
    ],
)
def test_a_column_rounds_half_even(value: object, kept: str) -> None:
    assert str(fields.scaled(10, 2)(value, "f")) == kept


@pytest.mark.parametrize("value", ["100000000", "99999999.995", "1E+50", "-0.01", "-0.0001", "-1E-30"])
def test_what_does_not_fit_its_column_is_refused(value: object) -> None:
    refused(fields.scaled(10, 2), value)


def test_a_column_may_allow_less_than_nothing() -> None:
    assert str(fields.scaled(10, 2, low=None)("-1.005", "f")) == "-1.00"
    assert str(fields.scaled(10, 2, low=None)("-0.001", "f")) == "0.00"
    refused(fields.scaled(10, 2, low=None), "-100000000")


@pytest.mark.parametrize("value", ["99999999.99", "12345678.91", "0.01", "1E+7"])
def test_the_hosts_decimal_context_changes_nothing(value: str) -> None:
    """Neither its precision nor its rounding nor its traps."""
    expected = fields.scaled(10, 2)(value, "f"), fields.number()(value, "f")
    hostile = decimal.Context(prec=2, rounding=decimal.ROUND_UP, traps=[decimal.Inexact, decimal.Rounded])
    with decimal.localcontext(hostile):
        found = fields.scaled(10, 2)(value, "f"), fields.number()(value, "f")
    assert list(map(str, found)) == list(map(str, expected))


def test_none_stays_none_where_it_may() -> None:
    assert fields.optional(fields.aware)(None, "f") is None
    refused(fields.optional(fields.aware), 5)
