"""The bare rule: 17 characters of the alphabet, and the check digit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from motovault import vin

TEXTBOOK = "1M8GDM9AXKP042788"
characters = st.sampled_from(vin.ALPHABET)
seventeen = st.lists(characters, min_size=17, max_size=17).map("".join)

# 49 CFR 565.15, tables III and IV, written out once more and not shared with the code.
LETTERS = (*range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10))
VALUE = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", (*LETTERS, *range(10)), strict=True))
WEIGHT = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]


@given(seventeen)
def test_the_check_digit_is_the_weighted_sum_modulo_eleven(text):
    total = sum(VALUE[character] * weight for character, weight in zip(text, WEIGHT, strict=True))
    assert vin.check_digit(text) == "0123456789X"[total % 11]


@given(seventeen)
def test_a_text_is_valid_exactly_if_position_nine_is_its_check_digit(text):
    assert vin.is_valid(text) is (text[8] == vin.check_digit(text))


@given(seventeen)
def test_with_its_check_digit_every_text_is_valid(text):
    repaired = vin.with_check_digit(text)
    assert vin.is_valid(repaired)
    assert repaired[:8] + repaired[9:] == text[:8] + text[9:]


@given(seventeen.map(vin.with_check_digit), st.integers(0, 16), characters)
def test_one_wrong_character_is_noticed_unless_its_value_is_the_same(text, place, other):
    changed = text[:place] + other + text[place + 1 :]
    same = changed == text if place == 8 else VALUE[other] == VALUE[text[place]]
    assert vin.is_valid(changed) is same


def test_the_textbook_example_is_valid():
    assert vin.is_valid(TEXTBOOK)
    assert vin.is_valid("1" * 17)


def test_validity_forgives_nothing():
    for other in (
        TEXTBOOK.lower(),
        f" {TEXTBOOK}",
        f"{TEXTBOOK}\n",
        TEXTBOOK[:16],
        f"{TEXTBOOK}8",
        TEXTBOOK.replace("0", "O"),
        TEXTBOOK.replace("8", "\uff18"),
        TEXTBOOK.replace("K", "\u212a"),
        "",
    ):
        assert not vin.is_valid(other), other
        assert not vin.is_well_formed(other), other


def test_only_a_text_can_be_valid():
    for other in (None, 17, TEXTBOOK.encode(), list(TEXTBOOK), 1.5, object()):
        assert vin.is_valid(other) is False
        assert vin.is_well_formed(other) is False


def test_every_byte_outside_the_alphabet_is_refused_at_every_position():
    for place in range(17):
        for code in range(0x110):
            character = chr(code)
            changed = TEXTBOOK[:place] + character + TEXTBOOK[place + 1 :]
            if character not in vin.ALPHABET:
                assert not vin.is_valid(changed), (place, code)
