from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.errors import InvalidValue
from motovault.quantities import (
    UNITS,
    Distance,
    DistanceUnit,
    Economy,
    EconomyUnit,
    Energy,
    FuelUnit,
    IncompatibleUnits,
    Mass,
    UnknownUnit,
    Volume,
    convert,
    convert_economy,
    default_economy_unit,
    economy_figure,
    economy_unit,
    figure_of,
    higher_is_better,
)

TOLERANCE = Fraction(1, 10**40)
positive = st.decimals(min_value=Decimal("0.001"), max_value=10**7, places=3)
members = st.sampled_from(EconomyUnit)


def family(symbol):
    return [member for member in EconomyUnit if UNITS[member].dimension == UNITS[symbol].dimension]


@st.composite
def stretches(draw):
    """A distance and an amount in any units, and a unit of economy that fits them."""
    driven, burnt = draw(st.sampled_from(DistanceUnit)), draw(st.sampled_from(FuelUnit))
    target = draw(st.sampled_from(family(default_economy_unit(driven, burnt))))
    return draw(positive), driven, draw(positive), burnt, target


@given(stretches())
def test_a_figure_is_the_quotient_in_whatever_unit_it_is_asked_for(stretch):
    """Asking for a unit and converting into it are one thing."""
    distance, driven, amount, burnt, target = stretch
    usual = economy_figure(distance, driven, amount, burnt, default_economy_unit(driven, burnt))
    direct = economy_figure(*stretch)
    assert abs(
        Fraction(convert_economy(usual, default_economy_unit(driven, burnt), target)) / Fraction(direct) - 1
    ) <= (TOLERANCE)


@given(stretches())
def test_a_figure_does_not_depend_on_the_units_that_were_typed(stretch):
    """What counts is the distance and the fuel, not the dial or the pump."""
    distance, driven, amount, burnt, target = stretch
    for other in (symbol for symbol in FuelUnit if UNITS[symbol].dimension == UNITS[burnt].dimension):
        again = economy_figure(distance, driven, convert(amount, burnt, other), other, target)
        assert abs(Fraction(again) / Fraction(economy_figure(*stretch)) - 1) <= TOLERANCE


@given(stretches())
def test_a_figure_with_its_units_settled_is_the_same_figure(stretch):
    """The shortcut for long histories may save time, never digits."""
    distance, driven, amount, burnt, target = stretch
    assert figure_of(driven, burnt, target)(distance, amount) == economy_figure(*stretch)


@given(positive, positive, positive, positive, members)
def test_two_stretches_together_lie_between_the_two(first, second, fuel, more, symbol):
    """A pooled economy cannot leave the range of its parts; a mean of ratios is another number."""
    driven, burnt = {
        "length per volume": ("km", "L"),
        "length per mass": ("km", "kg"),
        "length per energy": ("km", "kWh"),
        "time per volume": ("h", "L"),
        "time per mass": ("h", "kg"),
        "time per energy": ("h", "kWh"),
    }[UNITS[symbol].dimension]
    one = economy_figure(first, driven, fuel, burnt, symbol)
    two = economy_figure(second, driven, more, burnt, symbol)
    pooled = economy_figure(first + second, driven, fuel + more, burnt, symbol)
    assert min(one, two) <= pooled <= max(one, two)


@pytest.mark.parametrize(
    ("distance", "amount"), [("0", "10"), ("-1", "10"), ("300", "0"), ("300", "-5"), ("0", "0"), (0, 0)]
)
@pytest.mark.parametrize("symbol", ["mpg_us", "L/100km"])
def test_there_is_no_figure_without_distance_or_fuel(distance, amount, symbol):
    assert economy_figure(distance, "mi", amount, "us_gal", symbol) is None


@pytest.mark.parametrize(
    ("driven", "burnt", "symbol"),
    [
        ("km", "L", "kWh/100km"),
        ("km", "kWh", "L/100km"),
        ("km", "L", "L/h"),
        ("h", "L", "mpg_us"),
        ("L", "L", "mpg_us"),
        ("km", "km", "mpg_us"),
        ("mi", "us_gal", "mpge"),
        ("km", "kg", "mpg_us"),
        ("psi", "L", "km/L"),
    ],
)
def test_a_figure_of_another_kind_is_refused(driven, burnt, symbol):
    with pytest.raises(IncompatibleUnits):
        economy_figure(1, driven, 1, burnt, symbol)
    with pytest.raises(IncompatibleUnits):
        figure_of(driven, burnt, symbol)


@pytest.mark.parametrize("wrong", ["km", "mpg", "/L", "", None, [], 5])
def test_what_is_no_unit_of_economy_is_refused(wrong):
    for refuse in (
        lambda: economy_figure(1, "km", 1, "L", wrong),
        lambda: convert_economy(1, wrong, "L/100km"),
        lambda: convert_economy(1, "L/100km", wrong),
        lambda: higher_is_better(wrong),
    ):
        with pytest.raises(UnknownUnit):
            refuse()


@pytest.mark.parametrize("wrong", [1.5, "x", None, True, Decimal("NaN")])
def test_a_figure_of_inexact_numbers_is_refused(wrong):
    with pytest.raises(InvalidValue) as raised:
        economy_figure(wrong, "km", 1, "L", "km/L")
    assert raised.value.field == "distance"
    with pytest.raises(InvalidValue) as raised:
        economy_figure(1, "km", wrong, "L", "km/L")
    assert raised.value.field == "amount"


@pytest.mark.parametrize("driven", DistanceUnit)
@pytest.mark.parametrize("burnt", FuelUnit)
def test_every_pair_of_units_has_a_unit_of_economy_that_fits(driven, burnt):
    assert economy_figure(1, driven, 1, burnt, default_economy_unit(driven, burnt)) is not None


@pytest.mark.parametrize(
    ("driven", "burnt", "expected"),
    [
        ("mi", "us_gal", "mpg_us"),
        ("mi", "L", "mpg_uk"),
        ("km", "imp_gal", "L/100km"),
        ("km", "us_gal", "km/us_gal"),
        ("km", "kWh", "kWh/100km"),
        ("mi", "kWh", "mi/kWh"),
        ("h", "L", "L/h"),
        ("km", "kg", "kg/100km"),
        ("nmi", "L", "nmi/L"),
    ],
)
def test_the_usual_unit_is_the_one_people_there_use(driven, burnt, expected):
    assert default_economy_unit(driven, burnt) == expected


@pytest.mark.parametrize(
    ("driven", "burnt"), [("ft", "L"), ("km", "mL"), ("miles", "L"), (None, "L"), ("km", [])]
)
def test_there_is_no_usual_unit_of_what_no_dial_and_no_pump_shows(driven, burnt):
    with pytest.raises(UnknownUnit):
        default_economy_unit(driven, burnt)


def test_the_enumeration_is_all_of_the_registrys_economies():
    registered = {s for s, known in UNITS.items() if " per " in known.dimension and not s.startswith("/")}
    assert registered == set(map(str, EconomyUnit))


@given(members, st.decimals(min_value=Decimal("0.1"), max_value=1000, places=1))
def test_more_fuel_for_the_same_way_is_worse_in_every_unit(symbol, figure):
    better = Economy(figure + 1 if higher_is_better(symbol) else figure, symbol)
    worse = Economy(figure if higher_is_better(symbol) else figure + 1, symbol)
    assert better > worse
    assert max(worse, better) is better


@given(members, st.data())
def test_equal_economies_are_equal_in_any_unit_and_hash_alike(symbol, data):
    other = data.draw(st.sampled_from(family(symbol)))
    figure = Economy("25", symbol)
    again = figure.to(other)
    if (
        Fraction(again.value) == Fraction(convert(figure.value, symbol, other))
        and again.to(symbol).value == 25
    ):
        back = Economy(again.value, other)
        assert back == again
        assert hash(back) == hash(again)
    assert Economy("4", "us_gal/100mi") == Economy("25", "mpg_us")
    assert hash(Economy("4", "us_gal/100mi")) == hash(Economy("25", "mpg_us"))


def test_using_nothing_is_better_than_any_figure_and_has_no_counterpart():
    nothing = Economy(0, "L/100km")
    assert nothing > Economy("0.1", "L/100km")
    assert nothing > Economy("999999", "mpg_us")
    assert nothing == Economy(0, "us_gal/100mi")
    assert nothing.to("mpg_us") is None
    assert nothing.to("L/100mi") == nothing
    assert Economy(0, "mpg_us") < Economy("0.001", "mpg_us")


def test_an_economy_below_zero_is_refused():
    with pytest.raises(InvalidValue):
        Economy("-1", "mpg_us")


def test_economies_do_not_add_up():
    """Their mean would be wrong, so there is no way to ask for it."""
    with pytest.raises(TypeError):
        Economy(1, "mpg_us") + Economy(1, "mpg_us")


def test_an_economy_of_quantities_takes_the_usual_unit():
    assert repr(Economy.of(Distance("300", "mi"), Volume("10", "us_gal"))) == "Economy('30', 'mpg_us')"
    assert repr(Economy.of(Distance("2", "h"), Volume("10", "L"))) == "Economy('5', 'L/h')"
    assert repr(Economy.of(Distance("500", "km"), Mass("5", "kg"))) == "Economy('1', 'kg/100km')"
    assert (
        repr(Economy.of(Distance("400", "mi"), Energy("100", "kWh"), "mpge")) == "Economy('134.82', 'mpge')"
    )
    assert Economy.of(Distance(0, "mi"), Volume("10", "us_gal")) is None


@pytest.mark.parametrize("member", EconomyUnit)
def test_every_unit_of_economy_reads_as_itself_and_as_its_label(member):
    assert economy_unit(member) is economy_unit(UNITS[member].label) is economy_unit(member.upper()) is member


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("l/100 km", "L/100km"),
        ("MPG (US)", "mpg_us"),
        ("mpg imp.", "mpg_uk"),
        ("km/l", "km/L"),
        ("Miles/kWh", "mi/kWh"),
    ],
)
def test_people_spell_economies_in_many_ways(spelling, expected):
    assert economy_unit(spelling) == expected


def test_a_bare_mpg_is_refused_with_the_two_it_may_be():
    with pytest.raises(UnknownUnit) as raised:
        economy_unit("MPG")
    assert raised.value.near == ("mpg_us", "mpg_uk")
