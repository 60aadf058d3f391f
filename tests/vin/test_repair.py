"""Suggestions for misread numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault import vin

ACCORD = vin.with_check_digit("1HGCM82603A123454")
valid = (
    st.lists(st.sampled_from(vin.ALPHABET), min_size=16, max_size=16)
    .map(lambda rest: vin.with_check_digit("1" + "".join(rest)))
)  # fmt: skip


@given(valid)
def test_a_number_without_fault_is_its_own_suggestion(number):
    assert vin.suggest(number) == [number]


@given(valid)
def test_letters_that_no_vin_has_are_read_as_digits(number):
    assert vin.suggest(number.replace("1", "I").replace("0", "O")) == [number]
    assert vin.suggest(number.replace("1", "i").replace("0", "q")) == [number]


@given(valid, st.integers(0, 17), st.sampled_from(vin.ALPHABET))
def test_one_character_too_many_is_left_out(number, place, extra):
    assert number in vin.suggest(number[:place] + extra + number[place:], limit=1000)


@given(valid, st.text(vin.ALPHABET, max_size=20), st.text(vin.ALPHABET, max_size=20))
def test_a_number_is_found_inside_a_longer_reading(number, before, after):
    assert number in vin.suggest(before + number + after, limit=1000)


@pytest.mark.parametrize(("right", "read"), ["8B", "B8", "5S", "S5", "2Z", "Z2", "0D", "D0", "1L", "6G"])
def test_a_common_confusion_is_undone(right, read):
    place = 14 if right.isdigit() else 4
    number = ACCORD[:place] + right + ACCORD[place + 1 :]
    number = vin.with_check_digit(number)
    suggestions = vin.suggest(number[:place] + read + number[place + 1 :])
    assert number in suggestions[:3]


def test_swapped_neighbours_are_swapped_back():
    assert ACCORD in vin.suggest(ACCORD[:12] + ACCORD[13] + ACCORD[12] + ACCORD[14:])


def test_look_alikes_of_other_scripts_are_read():
    assert vin.suggest(ACCORD.replace("H", "\u041d").replace("C", "\u0421")) == [ACCORD]
    assert vin.suggest(ACCORD.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})) == [ACCORD]


@given(st.text(max_size=70))
def test_only_right_check_digits_are_suggested_where_they_are_law(text):
    for number in vin.suggest(text):
        assert vin.is_well_formed(number)
        assert vin.is_valid(number) or not vin.is_check_digit_law(number)


def test_the_alphabet_alone_is_repaired_where_no_check_digit_is_law():
    assert vin.suggest("WVWZZZ1KZ8WOO0001") == ["WVWZZZ1KZ8W000001"]


def test_nothing_is_suggested_for_what_cannot_be_a_vin():
    for text in ("", "hello", "1" * 65, "?" * 17, ACCORD[:15]):
        assert vin.suggest(text) == []
    assert vin.suggest(ACCORD, limit=0) == []


def test_suggestions_are_as_few_as_asked():
    noisy = ACCORD[:8] + "8888888888" + ACCORD[8:]
    assert len(vin.suggest(noisy + "1" * 30, limit=2)) <= 2
