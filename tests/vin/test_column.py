"""The rule over many agrees with the rule one by one, by every road."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault import vin
from motovault.errors import InvalidValue

TEXTBOOK = "1M8GDM9AXKP042788"
letters = st.sampled_from(vin.ALPHABET)
numbers = st.lists(letters, min_size=17, max_size=17).map("".join)
anything = st.one_of(
    numbers.map(vin.with_check_digit),
    numbers,
    st.text(max_size=20),
    st.text(st.characters(max_codepoint=0x17F), min_size=17, max_size=17),
    st.tuples(numbers.map(vin.with_check_digit), st.integers(0, 16), st.characters()).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] + 1 :]
    ),
    st.none(),
    st.integers(),
    st.binary(min_size=17, max_size=17),
)
roads = pytest.mark.parametrize("use_numpy", [False, True])


@roads
@given(texts=st.lists(anything, max_size=30))
def test_a_list_is_judged_as_its_members_are(use_numpy, texts):
    if use_numpy:
        pytest.importorskip("numpy")
    expected = [vin.is_valid(text) for text in texts]
    assert vin.are_valid(texts, use_numpy=use_numpy) == expected
    assert vin.are_valid(tuple(texts), use_numpy=use_numpy) == expected
    assert vin.are_valid(iter(texts), use_numpy=use_numpy) == expected


@roads
def test_blocks_join_without_a_seam(use_numpy):
    if use_numpy:
        pytest.importorskip("numpy")
    texts = [vin.with_check_digit(f"1M8GDM9A0KP{serial:06}") for serial in range(20_000)]
    for place in (0, 16_383, 16_384, 19_999):
        texts[place] = texts[place][:16]
    texts[5], texts[6] = texts[5][:16], texts[6] + "9"
    texts[9000] = texts[9000][:10] + "\n" + texts[9000][11:]
    answer = vin.are_valid(texts, use_numpy=use_numpy)
    assert [place for place, good in enumerate(answer) if not good] == [0, 5, 6, 9000, 16_383, 16_384, 19_999]


@roads
def test_every_character_counts_at_every_position(use_numpy):
    if use_numpy:
        pytest.importorskip("numpy")
    texts = [TEXTBOOK[:p] + chr(c) + TEXTBOOK[p + 1 :] for p in range(17) for c in range(0x110)]
    assert vin.are_valid(texts, use_numpy=use_numpy) == [vin.is_valid(text) for text in texts]


@given(
    st.lists(anything.filter(lambda x: isinstance(x, str)), max_size=20),
    st.sampled_from(["", "U5", "U17", "U25"]),
)
def test_arrays_of_text_are_judged_as_lists_are(texts, kind):
    numpy = pytest.importorskip("numpy")
    array = numpy.array(texts, dtype=kind or None) if texts else numpy.array([], dtype="U17")
    expected = [vin.is_valid(str(text)) for text in array]
    assert vin.are_valid(array) == expected
    assert vin.are_valid(array.astype(object)) == expected
    assert vin.are_valid(array[::2]) == expected[::2]
    assert vin.are_valid(array.astype(array.dtype.newbyteorder())) == expected


def test_arrays_of_bytes_are_judged_as_ascii_text():
    numpy = pytest.importorskip("numpy")
    good = TEXTBOOK.encode()
    rows = [good, good[:16], good[:16] + b"\n", good + b"8", b"", b"\xff" * 17]
    assert vin.are_valid(numpy.array(rows)) == [True] + [False] * 5
    assert vin.are_valid(numpy.array(rows[:3])) == [True, False, False]


def test_columns_that_can_list_themselves_are_listed():
    class Column:
        def to_pylist(self):
            return [TEXTBOOK, None]

        def __iter__(self):
            raise AssertionError("wrapped values")

    assert vin.are_valid(Column()) == [True, False]


def test_a_single_text_is_refused():
    for one in (TEXTBOOK, TEXTBOOK.encode()):
        with pytest.raises(InvalidValue):
            vin.are_valid(one)


def test_numpy_is_not_loaded_unless_the_list_is_long():
    code = (
        "import sys, motovault.vin as vin\n"
        f"assert vin.are_valid(['{TEXTBOOK}'] * 1000) == [True] * 1000\n"
        f"vin.suggest('{TEXTBOOK[:-1]}9'); vin.parse('{TEXTBOOK}').makes\n"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
