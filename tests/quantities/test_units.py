import contextlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from motovault.errors import InvalidValue
from motovault.quantities import (
    DISTANCE_TO_BASE,
    DISTANCE_TO_KM,
    FUEL_TO_BASE,
    UNITS,
    DistanceUnit,
    FuelUnit,
    IncompatibleUnits,
    UnknownUnit,
    convert,
    distance_unit,
    fuel_unit,
    unit,
)

SYMBOLS = sorted(UNITS)
TOLERANCE = Fraction(1, 10**40)
PROPORTIONAL = [s for s in SYMBOLS if UNITS[s].dimension != "temperature" and not UNITS[s].is_inverse]
amounts = st.decimals(min_value=Decimal("0.000001"), max_value=10**9, places=6)
dimensions = st.sampled_from(sorted({known.dimension for known in UNITS.values()}))


@st.composite
def alike(draw, how_many):
    """So many units of one dimension."""
    dimension = draw(dimensions)
    family = [symbol for symbol in SYMBOLS if UNITS[symbol].dimension == dimension]
    return [draw(st.sampled_from(family)) for _ in range(how_many)]


def close(first, second, symbol):
    """Within 1e-40 of the size of a number; of a degree for temperatures, whose 0 means nothing."""
    size = 1 if UNITS[symbol].dimension == "temperature" else 0
    return abs(Fraction(first) - Fraction(second)) <= TOLERANCE * max(size, abs(Fraction(second)))


@given(amounts, alike(2))
def test_there_and_back_is_where_one_started(amount, pair):
    """Only the one rounding of each step may be seen."""
    there, back = pair
    assert close(convert(convert(amount, there, back), back, there), amount, there)


@given(amounts, alike(3))
def test_a_way_round_ends_where_the_straight_way_does(amount, three):
    first, second, third = three
    assert close(convert(convert(amount, first, second), second, third), convert(amount, first, third), third)


@given(amounts, amounts, alike(2))
def test_order_is_kept_or_turned_round_as_a_whole(first, second, pair):
    """More miles are more kilometres; more miles per gallon are fewer litres per 100 kilometres."""
    assume(first < second)
    there, here = pair
    turned = UNITS[there].is_inverse is not UNITS[here].is_inverse
    before, after = convert(first, there, here), convert(second, there, here)
    assert (before > after) if turned else (before < after)


@given(amounts, amounts, st.sampled_from(PROPORTIONAL))
def test_the_parts_of_a_sum_convert_to_the_parts_of_its_counterpart(amount, other, symbol):
    """Units without an offset are proportional, so a sum converts like its parts."""
    family = [s for s in PROPORTIONAL if UNITS[s].dimension == UNITS[symbol].dimension]
    for target in family:
        parts = Fraction(convert(amount, symbol, target)) + Fraction(convert(other, symbol, target))
        assert close(convert(amount + other, symbol, target), parts, target)


@given(amounts, amounts, st.sampled_from(["us_gal", "imp_gal", "L", "kg", "kWh"]), st.data())
def test_price_times_amount_is_the_same_total_in_every_unit(price, amount, symbol, data):
    """A price is converted whenever the amount is, or the total would change."""
    family = [s for s in SYMBOLS if f"/{s}" in UNITS and UNITS[s].dimension == UNITS[symbol].dimension]
    target = data.draw(st.sampled_from(family))
    total = Fraction(convert(price, f"/{symbol}", f"/{target}")) * Fraction(convert(amount, symbol, target))
    assert abs(total / (Fraction(price) * Fraction(amount)) - 1) <= TOLERANCE


@pytest.mark.parametrize("symbol", [s for s in SYMBOLS if UNITS[s].is_inverse])
def test_zero_has_no_counterpart_in_an_inverse_unit(symbol):
    for target in (s for s in SYMBOLS if UNITS[s].dimension == UNITS[symbol].dimension):
        if UNITS[target].is_inverse:
            assert convert(0, symbol, target) == 0
        else:
            assert convert(0, symbol, target) is None
            assert convert("0.00", target, symbol) is None


@pytest.mark.parametrize(
    ("from_", "to"), [("L", "kg"), ("mi", "h"), ("mpg_us", "mi/kWh"), ("L/h", "L/100km"), ("/L", "L")]
)
def test_units_of_different_things_do_not_convert(from_, to):
    with pytest.raises(IncompatibleUnits) as raised:
        convert(1, from_, to)
    assert (raised.value.from_unit, raised.value.to_unit) == (from_, to)
    assert isinstance(raised.value, InvalidValue)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_unit_is_itself_in_its_own_unit(symbol):
    assert unit(symbol).symbol == symbol
    assert convert("12.345", symbol, symbol) == Decimal("12.345")


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("gallon", ("us_gal", "imp_gal")),
        ("KM", ("km",)),
        ("kwh", ("kWh",)),
        ("l", ("L",)),
        ("psii", ("psi",)),
    ],
)
def test_an_unknown_symbol_is_refused_with_what_is_near(wrong, near):
    with pytest.raises(UnknownUnit) as raised:
        unit(wrong)
    assert raised.value.near[: len(near)] == near
    assert raised.value.value == wrong


@pytest.mark.parametrize("wrong", [None, 3, [], {}, b"km", "", "x" * 1_000_000, ("km",)])
def test_what_is_no_symbol_is_refused_whatever_it_is(wrong):
    for refuse in (
        unit,
        distance_unit,
        fuel_unit,
        lambda symbol: convert(1, symbol, "km"),
        lambda s: convert(1, "km", s),
    ):
        with pytest.raises(UnknownUnit):
            refuse(wrong)


@given(st.text() | st.binary())
def test_reading_a_unit_never_fails_but_with_our_error(text):
    for read in (unit, distance_unit, fuel_unit):
        with contextlib.suppress(UnknownUnit):
            assert read(text) is not None


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("miles", "mi"),
        ("MI", "mi"),
        (" Kilometers ", "km"),
        ("kms", "km"),
        ("nautical miles", "nmi"),
        ("Hours", "h"),
    ],
)
def test_people_spell_distances_in_many_ways(spelling, expected):
    assert distance_unit(spelling) is DistanceUnit(expected)


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("gal_us", "us_gal"),
        ("gal (US)", "us_gal"),
        ("U.S. gallons", "us_gal"),
        ("uk gallons", "imp_gal"),
        ("Imperial gallon", "imp_gal"),
        ("liter", "L"),
        ("litres", "L"),
        ("l", "L"),
        ("KWH", "kWh"),
        ("Kg", "kg"),
    ],
)
def test_people_spell_amounts_of_fuel_in_many_ways(spelling, expected):
    assert fuel_unit(spelling) is FuelUnit(expected)


@pytest.mark.parametrize("spelling", ["gal", "Gallons", "gallon", "GAL.", "gals"])
def test_a_bare_gallon_is_refused_with_the_two_it_may_be(spelling):
    with pytest.raises(UnknownUnit) as raised:
        fuel_unit(spelling)
    assert raised.value.near == ("us_gal", "imp_gal")
    assert "us_gal or imp_gal" in str(raised.value)


def test_every_member_reads_as_itself_and_so_does_its_label():
    for member in DistanceUnit:
        assert distance_unit(member) is distance_unit(UNITS[member].label) is member
    for member in FuelUnit:
        assert fuel_unit(member) is fuel_unit(UNITS[member].label) is member


def test_the_factors_of_the_hot_path_are_those_of_the_registry():
    for symbol, factor in DISTANCE_TO_KM.items():
        assert Fraction(factor) == UNITS[symbol].factor / UNITS["km"].factor
    assert set(DISTANCE_TO_BASE) == set(DistanceUnit)
    assert set(FUEL_TO_BASE) == set(FuelUnit)
    for symbol, (base, factor) in [*FUEL_TO_BASE.items(), *DISTANCE_TO_BASE.items()]:
        assert Fraction(factor) == UNITS[symbol].factor / UNITS[base].factor
        assert UNITS[symbol].dimension == UNITS[base].dimension


def test_the_registry_is_read_only():
    with pytest.raises(TypeError):
        UNITS["km"] = UNITS["mi"]
