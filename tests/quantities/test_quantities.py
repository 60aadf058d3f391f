import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.errors import InvalidValue
from motovault.quantities import (
    UNITS,
    CurrencyMismatch,
    Distance,
    Energy,
    IncompatibleUnits,
    Mass,
    Money,
    UnitPrice,
    UnknownUnit,
    Volume,
    minor_units,
)

numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
LENGTHS = [symbol for symbol, known in UNITS.items() if known.dimension == "length"]
VOLUMES = [symbol for symbol, known in UNITS.items() if known.dimension == "volume"]
distances = st.builds(Distance, numbers, st.sampled_from(LENGTHS))
volumes = st.builds(Volume, numbers, st.sampled_from(VOLUMES))
moneys = st.builds(Money, numbers, st.just("USD"))
quantities = distances | volumes | st.builds(Mass, numbers, st.sampled_from(["kg", "lb"]))
EXAMPLES = [
    Distance("52000.50", "km"),
    Volume(1, "imp_gal"),
    Mass("2", "lb"),
    Energy("3", "gge"),
    Money("4", "JPY"),
    UnitPrice("3.499", "USD", "us_gal"),
]


@given(distances, distances)
def test_sums_do_not_depend_on_the_order(first, second):
    there, back = first + second, second + first
    assert abs(Fraction(there.to("m").value) - Fraction(back.to("m").value)) <= Fraction(1, 10**35)
    assert there.unit == first.unit


@given(numbers, numbers, st.sampled_from(LENGTHS))
def test_sums_in_one_unit_are_those_of_the_numbers(first, second, symbol):
    total = Distance(first, symbol) + Distance(second, symbol)
    assert total.value == first + second
    assert total - Distance(second, symbol) == Distance(first, symbol)


@given(distances, distances)
def test_exactly_one_of_less_equal_and_more_holds(first, second):
    assert [first < second, first == second, first > second].count(True) == 1
    assert (first <= second) is not (first > second)
    assert (first >= second) is not (first < second)
    if first == second:
        assert hash(first) == hash(second)


@given(st.integers(-(10**6), 10**6))
def test_equal_amounts_are_equal_and_hash_alike_across_units(number):
    pairs = [
        (Distance(number, "mi"), Distance(Decimal("1.609344") * number, "km")),
        (Distance(number, "km"), Distance(1000 * number, "m")),
        (Volume(number, "us_gal"), Volume(Decimal("3.785411784") * number, "L")),
        (Mass(number, "lb"), Mass(Decimal("0.45359237") * number, "kg")),
        (Energy(number, "kWh"), Energy(Decimal("3.6") * number, "MJ")),
    ]
    for one, other in pairs:
        assert one == other
        assert hash(one) == hash(other)
        assert len({one, other}) == 1


def test_quantities_of_different_kinds_are_never_equal_nor_ordered():
    assert Distance(0, "km") != Volume(0, "L")
    assert Distance(0, "km") != Distance(0, "h")
    with pytest.raises(TypeError):
        assert Distance(1, "km") < Volume(1, "L")
    with pytest.raises(IncompatibleUnits):
        assert Distance(1, "km") < Distance(1, "h")


@given(quantities)
def test_what_is_shown_is_read_back(quantity):
    assert type(quantity).parse(str(quantity)) == quantity
    assert eval(repr(quantity), {type(quantity).__name__: type(quantity)}) == quantity


@given(quantities, st.integers(-9, 9).filter(bool))
def test_what_is_multiplied_can_be_divided_again(quantity, times):
    assert quantity * times / times == quantity == times * quantity / times
    assert (-quantity) * -1 == quantity
    if quantity.value:
        assert (quantity * times) / quantity == times


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_a_value_is_frozen_slotted_copied_and_pickled(example):
    assert pickle.loads(pickle.dumps(example)) == copy.deepcopy(example) == example
    assert not hasattr(example, "__dict__")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        example.unit = "x"
    assert eval(repr(example), {type(example).__name__: type(example)}) == example


def test_a_repr_keeps_what_was_typed():
    assert repr(Distance("52000", "km")) == "Distance('52000', 'km')"
    assert repr(Volume("12.50", "us_gal")) == "Volume('12.50', 'us_gal')"


@pytest.mark.parametrize("wrong", [1.5, True, None, "x", "1,5", Decimal("NaN"), b"1"])
def test_a_value_that_is_no_exact_number_is_refused(wrong):
    for make in (lambda n: Distance(n, "km"), lambda n: Money(n, "USD"), lambda n: UnitPrice(n, "USD", "L")):
        with pytest.raises(InvalidValue) as raised:
            make(wrong)
        assert raised.value.value is wrong


@pytest.mark.parametrize(
    ("kind", "symbol"), [(Distance, "L"), (Volume, "kg"), (Mass, "kWh"), (Energy, "mpg_us")]
)
def test_a_unit_of_something_else_is_refused(kind, symbol):
    with pytest.raises(IncompatibleUnits):
        kind(1, symbol)


def test_an_unknown_unit_is_refused():
    with pytest.raises(UnknownUnit):
        Volume(1, "gal")


@pytest.mark.parametrize("wrong", [0.5, 2.0])
def test_a_float_is_no_factor(wrong):
    for quantity in (Distance(1, "km"), Money(1, "USD")):
        with pytest.raises(InvalidValue):
            quantity * wrong
        with pytest.raises(InvalidValue):
            quantity / wrong


@pytest.mark.parametrize("quantity", [Distance(1, "km"), Money(1, "USD")])
def test_dividing_by_nothing_is_our_error(quantity):
    for nothing in (0, Decimal("0.0"), quantity * 0):
        with pytest.raises(InvalidValue):
            quantity / nothing


@pytest.mark.parametrize("stranger", ["1", None, object(), Volume(1, "L")])
def test_what_does_not_combine_is_a_type_error(stranger):
    for combine in (
        lambda d: d + stranger,
        lambda d: d - stranger,
        lambda d: d * stranger,
        lambda d: d / stranger,
    ):
        for quantity in (Distance(1, "km"), Money(1, "USD")):
            with pytest.raises(TypeError):
                combine(quantity)


def test_hours_and_kilometres_do_not_combine():
    for combine in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a / b):
        with pytest.raises(IncompatibleUnits):
            combine(Distance(1, "km"), Distance(1, "h"))
    with pytest.raises(IncompatibleUnits):
        Distance(1, "h").to("km")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("52000 miles", Distance(52000, "mi")),
        ("52000km", Distance(52000, "km")),
        (" 1.5e3 h ", Distance(1500, "h")),
        ("-6 feet", Distance(-6, "ft")),
        ("5 32nds in", Distance(5, "in32")),
    ],
)
def test_a_distance_is_read_as_people_write_it(text, expected):
    read = Distance.parse(text)
    assert (read, read.unit) == (expected, expected.unit)


@pytest.mark.parametrize(
    "text",
    [
        "52,000 mi",
        "52'000 mi",
        "52 000 mi",
        "52.000,5 km",
        "mi 52",
        "52",
        "",
        "km",
        "5 L",
        "5 mi mi",
        None,
        5,
    ],
)
def test_a_distance_that_could_be_misread_is_refused(text):
    with pytest.raises(InvalidValue):
        Distance.parse(text)


def test_a_volume_in_bare_gallons_is_refused():
    with pytest.raises(UnknownUnit) as raised:
        Volume.parse("12 gal")
    assert raised.value.near == ("us_gal", "imp_gal")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", "1234567.845 km"),
        (".1f", "1234567.8 km"),
        (".0", "1234568 km"),
        (",.2f", "1,234,567.84 km"),
        ("_.1f", "1_234_567.8 km"),
        (" .0f", "1 234 568 km"),
        (">20,.1f", "      1,234,567.8 km"),
        ("*^20.1f", "****1234567.8 km****"),
        ("4", "1234567.845 km"),
    ],
)
def test_a_quantity_is_formatted_for_people(spec, expected):
    assert format(Distance("1234567.845", "km"), spec) == expected


@pytest.mark.parametrize("spec", ["x", ".1e", "d", "%", ".f", "9999", "\n", "=10", "+.1f"])
def test_a_format_that_is_none_is_refused(spec):
    with pytest.raises(InvalidValue):
        format(Distance(1, "km"), spec)


def test_what_rounds_to_nothing_has_no_minus():
    assert f"{Distance('-0.04', 'km'):.1f}" == "0.0 km"
    assert f"{Distance('-1234.5', 'km'):,.1f}" == "-1,234.5 km"
    assert Distance("-999", "km").format(thousands=",") == "-999 km"


@given(moneys, moneys)
def test_money_adds_up_exactly(first, second):
    assert (first + second).amount == first.amount + second.amount
    assert first + second - second == first
    assert [first < second, first == second, first > second].count(True) == 1


@pytest.mark.parametrize(
    "combine",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a / b,
        lambda a, b: a < b,
        lambda a, b: a >= b,
        lambda a, b: sorted([a, b]),
    ],
)
def test_two_currencies_never_meet(combine):
    with pytest.raises(CurrencyMismatch) as raised:
        combine(Money(1, "USD"), Money(1, "EUR"))
    assert {raised.value.first, raised.value.second} == {"USD", "EUR"}
    assert Money(0, "USD") != Money(0, "EUR")


@pytest.mark.parametrize("wrong", ["usd", "US", "USDT", "US1", "ＵＳＤ", "USD\n", "", None, 5, b"USD"])
def test_a_currency_is_three_capital_letters(wrong):
    for refuse in (lambda: Money(1, wrong), lambda: minor_units(wrong)):
        with pytest.raises(InvalidValue) as raised:
            refuse()
        assert raised.value.field == "currency"


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money("1200", "JPY"), "1200 JPY"),
        (Money("1200.5", "JPY"), "1201 JPY"),
        (Money("3", "USD"), "3.00 USD"),
        (Money("41.235", "USD"), "41.24 USD"),
        (Money("1.2345", "KWD"), "1.235 KWD"),
        (Money("-0.001", "USD"), "0.00 USD"),
    ],
)
def test_money_is_shown_with_its_own_decimal_places(money, shown):
    assert str(money) == shown
    assert Money.parse(shown) == money.rounded()


def test_showing_money_rounds_nothing_away():
    money = Money("41.2375", "USD")
    assert f"{money:,.3f}" == "41.238 USD"
    assert money.amount == Decimal("41.2375")
    assert f"{Money('1234567', 'JPY'):,}" == "1,234,567 JPY"


def test_the_total_is_price_times_amount_whatever_the_unit():
    price, bought = UnitPrice("3.299", "USD", "us_gal"), Volume("12.5", "us_gal")
    assert price.total(bought).rounded() == Money("41.24", "USD")
    litres = price.to("L").total(bought.to("L"))
    assert abs(litres.amount - price.total(bought).amount) < Decimal("1e-40")
    assert str(price) == "3.299 USD/US gal"


@pytest.mark.parametrize(
    ("per", "error"),
    [("psi", IncompatibleUnits), ("gal", UnknownUnit), ([], UnknownUnit), ("/L", IncompatibleUnits)],
)
def test_nothing_is_priced_by_what_is_not_bought(per, error):
    with pytest.raises(error):
        UnitPrice(1, "USD", per)


def test_a_price_per_litre_is_no_price_per_kilogram():
    with pytest.raises(IncompatibleUnits):
        UnitPrice(1, "USD", "L").to("kg")
    with pytest.raises(IncompatibleUnits):
        UnitPrice(1, "USD", "L").total(Mass(1, "kg"))
