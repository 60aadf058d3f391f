"""Whatever comes in: our errors or an answer, soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault import vin
from motovault.errors import MotovaultError

MEGABYTE = 1_000_000
nearly = st.text(
    st.sampled_from(vin.ALPHABET + "IOQioqabcxyz -\t\n\u200b\uff18\u0425\u212a\u00df"), max_size=40
)
texts = st.one_of(st.text(), nearly, st.binary().map(lambda raw: raw.decode("latin-1")))
doors = (
    vin.compact,
    vin.parse,
    lambda text: vin.parse(text, pre_standard=True),
    vin.check_digit,
    vin.with_check_digit,
    vin.format,
)


@given(texts)
def test_every_door_answers_or_raises_our_error(text):
    for door in doors:
        try:
            door(text)
        except MotovaultError:
            continue
    assert isinstance(vin.is_valid(text), bool)
    assert isinstance(vin.is_well_formed(text), bool)
    assert isinstance(vin.suggest(text), list)
    assert isinstance(vin.check(text), tuple)


@given(texts)
def test_an_error_is_found_exactly_where_reading_fails(text):
    blocking = {"not_text", "character_not_allowed", "length_wrong"}
    is_blocked = any(finding.code.value in blocking for finding in vin.check(text))
    try:
        number = vin.parse(text)
    except vin.InvalidVin:
        assert is_blocked
    else:
        assert not is_blocked
        assert vin.parse(str(number)) == number
        assert vin.parse(vin.format(number)) == number
        assert number.model_year in (None, *number.model_years)
        assert vin.is_valid(str(number)) is number.is_check_digit_right


@given(st.binary())
def test_bytes_are_never_a_vin(raw):
    assert not vin.is_valid(raw)
    with pytest.raises(vin.VinNotText):
        vin.parse(raw)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "1" * MEGABYTE,
        "-" * MEGABYTE,
        " " * MEGABYTE,
        "\t" * MEGABYTE + "_" + "\t" * MEGABYTE,
        "I" * MEGABYTE,
        '"' * MEGABYTE,
        "\u0425" * MEGABYTE,
        "1" * (MEGABYTE - 1) + "\u0425",
        "1M8GDM9AXKP042788" * (MEGABYTE // 17),
        "\ufdfa" * MEGABYTE,  # one character that normalises to eighteen
    ],
    ids=lambda text: f"{text[0]!r}",
)
def test_a_megabyte_is_turned_away_at_once(text):
    started = time.perf_counter()
    for door in doors[1:]:
        with pytest.raises(MotovaultError) as caught:
            door(text)
        assert len(str(caught.value)) < 300
    if text.isascii():
        assert len(vin.compact(text)) <= len(text)
    assert not vin.is_valid(text)
    assert not vin.is_well_formed(text)
    assert vin.suggest(text) == []
    assert 0 < len(vin.check(text)) <= 18
    assert vin.are_valid([text, "1M8GDM9AXKP042788"]) == [False, True]
    # All of it takes some 0.2 s; something quadratic would take hours.
    assert time.perf_counter() - started < 5
