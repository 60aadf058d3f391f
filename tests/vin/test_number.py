"""Reading, decoding and judging one VIN."""

from __future__ import annotations

import copy
import logging
import pickle

import pytest
from attrs.exceptions import FrozenInstanceError

from motovault import vin
from motovault.errors import InvalidValue, MotovaultError

TEXTBOOK = "1M8GDM9AXKP042788"
ACCORD = vin.with_check_digit("1HGCM82603A123454")
GOLF = "WVWZZZ1KZ8W000001"


def codes(text):
    return {(finding.code.value, finding.severity.value) for finding in vin.check(text)}


@pytest.mark.parametrize(
    ("text", "character", "position"),
    [
        ("1M8GDM9AXKP04278\uff18", "U+FF18 FULLWIDTH DIGIT EIGHT", 17),
        ("\u0425M8GDM9AXKP042788", "U+0425 CYRILLIC CAPITAL LETTER HA", 1),
        ("1M8GDM9AX\u212aP042788", "U+212A KELVIN SIGN", 10),
        ("1M8GDM9AXKP042788\u200b", "U+200B ZERO WIDTH SPACE", 18),
        ("1M8GDM9AXKP0427\u00df", "U+00DF LATIN SMALL LETTER SHARP S", 16),
        ("1M8GDM9AX\u00a0KP042788", "U+00A0 NO-BREAK SPACE", 10),
        ("1M8GDM9AXKP04278\u00b2", "U+00B2 SUPERSCRIPT TWO", 17),
        ("1M8-GDM9AX-KPO42788", "U+004F LATIN CAPITAL LETTER O", 14),
        ("  1M8GDM9AXKP04278_", "U+005F LOW LINE", 19),
        ("1M8GDM9AX\tKP042788", "U+0009 unnamed", 10),
        ("1M8GDM9AXKP04278\ud800", "U+D800 unnamed", 17),
    ],
)
def test_a_character_that_cannot_stand_in_a_vin_is_named_with_its_position(text, character, position):
    with pytest.raises(vin.VinCharacterNotAllowed) as caught:
        vin.parse(text)
    assert character in str(caught.value)
    assert caught.value.position == position
    assert caught.value.character == text[position - 1]
    finding = vin.check(text)[0]
    assert (finding.code, finding.position) == (vin.FindingCode.CHARACTER_NOT_ALLOWED, position)
    assert character in finding.message


@pytest.mark.parametrize("text", ["", "   ", "1M8", TEXTBOOK[:16], TEXTBOOK + "8", "- -"])
def test_another_length_is_refused_and_told(text):
    with pytest.raises(vin.VinLengthWrong) as caught:
        vin.parse(text)
    assert caught.value.length == len(text.replace(" ", "").replace("-", ""))
    assert codes(text) == {("length_wrong", "error")}


@pytest.mark.parametrize("value", [None, 17, 1.5, TEXTBOOK.encode(), [TEXTBOOK]])
def test_only_a_text_is_read(value):
    for read in (vin.parse, vin.compact, vin.check_digit, vin.suggest, vin.Vin, vin.format):
        with pytest.raises(vin.VinNotText):
            read(value)
    assert codes(value) == {("not_text", "error")}


def test_errors_belong_to_the_family_and_carry_field_value_and_rule():
    with pytest.raises(InvalidValue) as caught:
        vin.parse("1M8GDM9AXKP04278")
    error = caught.value
    assert isinstance(error, vin.InvalidVin)
    assert isinstance(error, MotovaultError)
    assert error.field == "vin"
    assert error.rule == "is not 17 characters long"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.length) == (str(error), 16)


def test_no_error_finding_log_or_repr_shows_a_whole_vin(caplog):
    number = vin.parse(ACCORD)
    with caplog.at_level(logging.INFO):
        logging.getLogger("host").info("%r, %s", number, [number])
    shown = [caplog.text, repr(number), repr({"car": number})]
    for text in (ACCORD + "9", ACCORD[:16] + "_", ACCORD[:16] + "\u0425", ACCORD[:8] + "Z" + ACCORD[9:]):
        shown += [repr(vin.check(text))]
        try:
            vin.parse(text)
        except vin.InvalidVin as error:
            shown += [str(error), repr(error), repr(vars(error))]
    with pytest.raises(vin.InvalidVin) as caught:
        vin.Vin(ACCORD.lower())
    shown += [str(caught.value)]
    assert len(shown) > 10
    for text in shown:
        assert ACCORD[3:16] not in text
        assert ACCORD[3:16].lower() not in text
    assert str(number) == ACCORD


def test_a_vin_is_a_frozen_value():
    number = vin.parse("1hg-cm826 33a123454")
    assert number == vin.Vin(ACCORD) != vin.parse(TEXTBOOK)
    assert len({number, vin.Vin(ACCORD)}) == 1
    assert pickle.loads(pickle.dumps(number)) == copy.deepcopy(number) == number
    with pytest.raises(FrozenInstanceError):
        number.number = TEXTBOOK
    with pytest.raises(AttributeError):
        number.nickname = "Daily"


def test_the_parts_are_where_the_standard_puts_them():
    number = vin.parse(TEXTBOOK)
    assert number.wmi + number.vds + number.vis == TEXTBOOK
    assert (number.check_digit, number.plant, number.serial) == ("X", "P", "042788")
    assert (number.region, number.country) == ("North America", "United States")
    assert vin.format(number) == vin.format(TEXTBOOK) == "1M8 GDM9AX KP042788"
    assert vin.parse(vin.format(number, "-")) == number


def test_a_small_maker_has_six_characters():
    number = vin.parse("YT9NN1U14KA007001")
    assert number.wmi == "YT9007"
    assert number.makes == ("Koenigsegg",)


@pytest.mark.parametrize(("seventh", "code", "year"), [("2", "3", 2003), ("B", "3", 2033), ("2", "A", 1980)])
def test_position_seven_tells_the_cycle_of_light_north_american_vehicles(seventh, code, year):
    number = vin.parse(vin.with_check_digit(f"1HGCM8{seventh}60{code}A123454"))
    assert number.model_year == year
    assert number.model_years in ((2033, 2003), (2010, 1980))


def test_a_certain_year_needs_law_a_light_vehicle_and_a_right_check_digit():
    light = vin.with_check_digit("1HGCM82603A123454")
    wrong = light[:8] + ("0" if light[8] != "0" else "1") + light[9:]
    truck = vin.with_check_digit("1XPTD40X0JD456115")
    european = vin.with_check_digit("WAUAAA8K0DA000001")
    assert vin.parse(light).model_year == 2003
    for other, years in ((wrong, (2033, 2003)), (truck, (2018, 1988)), (european, (2013, 1983))):
        number = vin.parse(other)
        assert (number.model_year, number.model_years) == (None, years)


def test_a_calendar_can_rule_a_candidate_out():
    truck = vin.with_check_digit("1XPTD40X0JD456115")
    assert vin.parse(truck, latest_model_year=2017).model_years == (1988,)
    assert vin.parse(truck, latest_model_year=2017).model_year == 1988
    later = vin.with_check_digit("1HGCM8B203A123454")
    assert vin.parse(later).model_year == 2033
    assert vin.parse(later, latest_model_year=2027).model_year is None


@pytest.mark.parametrize("code", "UZ0")
def test_codes_that_are_no_year_give_none(code):
    number = vin.parse(vin.with_check_digit(f"1HGCM8260{code}A123454"))
    assert (number.model_year, number.model_years) == (None, ())
    assert codes(str(number)) == {("year_code_not_used", "warning")}


def test_ford_of_europe_writes_the_year_at_position_eleven():
    assert vin.parse("WF0PXXGCDP8K00001").model_years == (2038, 2008)


def test_a_wrong_check_digit_is_an_error_only_where_it_is_law():
    for first, severity in (
        ("1", "error"),
        ("5", "error"),
        ("L", "error"),
        ("W", "info"),
        ("7", "info"),
    ):
        right = vin.with_check_digit(f"{first}HGCM82603A123454")
        wrong = right[:8] + ("0" if right[8] != "0" else "1") + right[9:]
        assert ("check_digit_wrong", severity) in codes(wrong)
        assert not {code for code, _ in codes(right)} & {"check_digit_wrong", "check_digit_impossible"}
        assert vin.parse(wrong).is_check_digit_required is (severity == "error")


def test_a_letter_other_than_x_is_no_check_digit():
    assert codes("1HGCM826A3A123454") == {("check_digit_impossible", "error")}
    assert codes(GOLF) == {("check_digit_impossible", "info")}


def test_letters_at_the_end_and_unknown_makers_are_found():
    assert codes(vin.with_check_digit("1HGCM82603A12345B")) == {("serial_not_numeric", "warning")}
    assert codes("1" * 17) == {("maker_unknown", "info")}


def test_numbers_from_before_the_standard_need_leave():
    for text in ("124379N000001", "SE3P-100001", "IOQ01", "A" * 17 + "", "CE14I00001"):
        number = vin.parse(text, pre_standard=True)
        assert number.number == text.replace("-", "")
        if number.is_pre_standard:
            assert (number.wmi, number.model_year, number.makes, number.findings) == ("", None, (), ())
            assert vin.format(number) == number.number
            with pytest.raises(vin.InvalidVin):
                vin.parse(text)
    assert not vin.parse(TEXTBOOK, pre_standard=True).is_pre_standard
    for text in ("1234", "1" * 18, "12\u0425456"):
        with pytest.raises(vin.InvalidVin):
            vin.parse(text, pre_standard=True)
