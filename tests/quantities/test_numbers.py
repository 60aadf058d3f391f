"""How numbers come in and go out: exact, locale-free, whatever the host's decimal context is."""

import decimal
import math
import pickle
import time
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.errors import InvalidValue
from motovault.quantities import (
    Distance,
    Economy,
    Money,
    UnitPrice,
    Volume,
    convert,
    economy_figure,
    figure_of,
    plain,
    round_half_even,
    round_half_up,
    to_decimal,
)

usual = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=9)
HOSTILE = decimal.Context(
    prec=3,
    rounding=ROUND_UP,
    capitals=0,
    traps=[decimal.Inexact, decimal.Rounded, decimal.Subnormal, decimal.FloatOperation],
)


@given(usual)
def test_what_is_written_plainly_is_read_back(number):
    assert to_decimal(plain(number), "x") == number
    assert to_decimal(f"\t{plain(number)} ", "x") == number
    assert to_decimal(number, "x") == number


@given(st.integers(-(10**50) + 1, 10**50 - 1))
def test_every_integer_of_fifty_digits_comes_in(number):
    assert to_decimal(number, "x") == number == int(plain(to_decimal(str(number), "x")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5.", "5"), (".5", "0.5"), ("+1.50", "1.5"), ("1E3", "1000"), ("-0", "0"), ("007", "7")],
)
def test_plain_notation_of_every_kind_is_read(text, expected):
    assert plain(to_decimal(text, "x")) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        " ",
        "1,5",
        "1.234,5",
        "1,234.5",
        "1 234",
        "1_000",
        "1'000",
        "1.2.3",
        "--1",
        "1e",
        "e5",
        ".",
        "0x10",
        "1/2",
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "１２",
        "٣",
        "1\u00a0000",
        "1e999999",
        "1e-999999",
        "1e100",
        "1e-100",
        "1" * 51,
        "9" * 1_000_000,
        " " * 1_000_000 + "1",
        1.5,
        0.0,
        math.nan,
        math.inf,
        True,
        None,
        b"1",
        [],
        Fraction(1, 2),
        1j,
        10**100,
        10**5000,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1e100"),
        Decimal("0e-1000"),
        Decimal("1" * 51),
    ],
    ids=lambda wrong: (
        repr(wrong)[:20] if not isinstance(wrong, int) or abs(wrong) < 100 else f"{wrong.bit_length()}-bits"
    ),
)
def test_what_is_no_exact_number_is_refused_with_its_field(wrong):
    with pytest.raises(InvalidValue) as raised:
        to_decimal(wrong, "odometer")
    assert raised.value.field == "odometer"
    assert str(raised.value).startswith("odometer: ")
    assert len(str(raised.value)) < 300


@given(st.text() | st.binary() | st.from_regex(r"[-+0-9.eE_, ]{0,80}", fullmatch=True))
def test_reading_a_number_never_fails_but_with_our_error(text):
    try:
        number = to_decimal(text, "x")
    except InvalidValue:
        return
    assert number.is_finite()
    assert number == Decimal(text.strip())


@given(st.text() | st.binary() | st.from_regex(r"[-+0-9.eE,' ]{0,30}[a-zA-Z/ ]{0,12}", fullmatch=True))
def test_reading_a_quantity_never_fails_but_with_our_error(text):
    for kind in (Distance, Volume, Economy, Money):
        try:
            read = kind.parse(text)
        except InvalidValue:
            continue
        if kind is not Money:
            assert kind.parse(str(read)) == read


@pytest.mark.parametrize("piece", ["9", "1.", "1e", ",", "'", " ", "1 ", "gal ", "\u00a0", "("])
def test_a_megabyte_is_refused_at_once(piece):
    text = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    for read in (Distance.parse, Volume.parse, Economy.parse, Money.parse, lambda bad: to_decimal(bad, "x")):
        with pytest.raises(InvalidValue):
            read(text)
    assert time.perf_counter() - start < 2


@given(usual, st.integers(0, 9))
def test_rounding_is_the_nearest_and_ties_go_their_way(number, places):
    even, up = round_half_even(number, places), round_half_up(number, places)
    half = Fraction(1, 2 * 10**places)
    for rounded in (even, up):
        assert abs(Fraction(rounded) - Fraction(number)) <= half
        assert -rounded.as_tuple().exponent == places
    if abs(Fraction(even) - Fraction(number)) == half:
        assert int(Fraction(even) * 10**places) % 2 == 0
        assert abs(Fraction(up)) == abs(Fraction(number)) + half
    else:
        assert even == up


@pytest.mark.parametrize("wrong", [Decimal("NaN"), Decimal("Infinity"), 1.5, "1", None])
def test_only_finite_decimals_are_rounded_and_written(wrong):
    for refuse in (lambda x: round_half_even(x, 2), lambda x: round_half_up(x, 2), plain):
        with pytest.raises(InvalidValue):
            refuse(wrong)


@pytest.mark.parametrize("places", [1.0, "2", None, True, 1000])
def test_places_are_a_small_whole_number(places):
    with pytest.raises(InvalidValue):
        round_half_up(Decimal(1), places)


def test_what_is_absurdly_long_is_not_written_out():
    with pytest.raises(InvalidValue):
        plain(Decimal("1e999999"))
    with pytest.raises(InvalidValue):
        round_half_even(Decimal("1e999999"), 2)


def results():
    half = Economy.of(Distance("511.3", "mi"), Volume("37.123456789", "L"), "L/100km")
    return [
        to_decimal("123456.789012", "x"),
        round_half_even(Decimal("123456.785"), 2),
        round_half_up(Decimal("123456.785"), 2),
        plain(Decimal("123456.7890")),
        convert("123456.789", "mi", "km"),
        convert("17.123456", "mpg_uk", "L/100km"),
        figure_of("mi", "L", "mpg_us")(Decimal("511.3"), Decimal("37.123456789")),
        economy_figure("511.3", "mi", "37.123456789", "L", "mpg_us"),
        repr(half),
        f"{half:>20,.3f}",
        str(Distance("123456.789", "km") + Distance("1.23456789", "mi")),
        str(Distance("123456.789", "km") * 7 / 3),
        Distance("123456.789", "km") / Distance("1.23456789", "mi"),
        Distance("123456.789", "km") > Distance("1.23456789", "mi"),
        hash(Distance("123456.789", "km")),
        repr(-abs(Distance("-123456.789", "km"))),
        str(Money("123456.785", "USD") + Money("0.123456", "USD")),
        repr((Money("123456.785", "USD") * Decimal("1.23456") / 7).rounded()),
        repr(UnitPrice("3.4567", "USD", "us_gal").total(Volume("45.4321", "L"))),
    ]


def test_the_hosts_decimal_context_changes_nothing():
    usual_results = results()
    with decimal.localcontext(HOSTILE):
        assert results() == usual_results


def test_the_hosts_context_keeps_its_flags():
    with decimal.localcontext() as context:
        context.clear_flags()
        results()
        assert not any(context.flags.values())


def test_errors_survive_a_pickle():
    for wrong in (
        lambda: convert(1, "km", "L"),
        lambda: convert(1, "km", "gal"),
        lambda: Money(1, "USD") + Money(1, "EUR"),
    ):
        with pytest.raises(InvalidValue) as raised:
            wrong()
        copy = pickle.loads(pickle.dumps(raised.value))
        assert (type(copy), str(copy), vars(copy)) == (
            type(raised.value),
            str(raised.value),
            vars(raised.value),
        )


def test_rounding_modes_are_what_decimal_calls_them():
    for text in ("0.125", "0.135", "-0.125", "2.5"):
        number = Decimal(text)
        assert round_half_even(number, 2) == number.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        assert round_half_up(number, 2) == number.quantize(Decimal("0.01"), ROUND_HALF_UP)
