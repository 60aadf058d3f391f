"""Many VINs at once: the rule of :func:`motovault.vin.is_valid` over a list or a column.

Without numpy, the VINs of a block are read across: the same position of all of
them makes one long integer, a byte a VIN. Sixteen values modulo 11 add up to
160 at most, so that no byte carries into the next, and one addition of
integers adds a whole block.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from importlib import import_module
from itertools import islice
from typing import Any, Final

from motovault.errors import InvalidValue
from motovault.vin.digit import ALPHABET, CHECK_DIGITS, LENGTH, VALUES, WEIGHTS

__all__ = ["are_valid"]

_BLOCK: Final = 16384
"""VINs a block: their 300 kB stay in the processor's cache."""

_WORTH_IMPORTING: Final = 400_000
"""From this many on, the import of numpy takes less time than it saves."""

_ARRAY_BLOCK: Final = 32768
"""The same for arrays, which have no Python objects to keep in the cache."""

_STRIDE: Final = LENGTH + 1

_REPLACEMENT: Final = "I" * LENGTH + "\n"
"""Stands in for what is not 17 ASCII characters: not of the alphabet."""


_MARK: Final = 128
"""Added by a character that is not of the alphabet, where a carry does no harm."""


def _table(position: int, illegal: int) -> bytes:
    table = bytearray([illegal]) * 256
    for character, value in VALUES.items():
        table[ord(character)] = value * WEIGHTS[position] % 11
    return bytes(table)


_TABLES: Final = tuple(_table(position, 0) for position in range(LENGTH))
_MARKING_TABLES: Final = tuple(_table(position, _MARK) for position in range(LENGTH))
_REMAINDER: Final = bytes(value % 11 for value in range(256))
_CHECK: Final = bytes(CHECK_DIGITS.find(chr(byte)) % 256 for byte in range(256))
_LEGAL: Final = ALPHABET.encode()
_IS_ILLEGAL: Final = bytes(chr(byte) not in VALUES for byte in range(256))
_IS_ZERO: Final = bytes(byte == 0 for byte in range(256))
_TRUTH: Final = (False, True)


def are_valid(vins: Iterable[object], *, use_numpy: bool | None = None) -> list[bool]:
    """Whether each is 17 characters of the alphabet with a right check digit; same order, same length.

    Agrees with :func:`motovault.vin.is_valid` one by one, several times as
    fast; whatever is not a text is not valid.

    Args:
        vins: A list, any other iterable, a numpy array, or a column of a dataframe.
        use_numpy: True to insist (raises ImportError without), False to do without;
            by default numpy is used if the host has loaded it already, or has it
            and the list is long.

    Raises:
        InvalidValue: A single text was given; put it in a list.

    >>> are_valid(["1M8GDM9AXKP042788", "1M8GDM9A1KP042788", None])
    [True, False, False]
    """
    if isinstance(vins, (str, bytes, bytearray)):
        raise InvalidValue("vins", type(vins).__name__, "is one text, not a list of them")
    numpy = _numpy(vins, use_numpy)
    given: Any = vins
    if (
        numpy is not None
        and isinstance(given, numpy.ndarray)
        and given.dtype.kind in "US"
        and given.ndim == 1
    ):
        return _of_array(given, numpy)
    answer: list[bool] = []
    for block in _blocks(listed(vins)):
        answer += _answers(_joined(block), _STRIDE, numpy)
    return answer


def _numpy(vins: Iterable[object], use_numpy: bool | None) -> Any:
    if use_numpy is False:
        return None
    loaded = sys.modules.get("numpy")
    if loaded is not None:
        return loaded
    if use_numpy or (isinstance(vins, Sized) and len(vins) >= _WORTH_IMPORTING):
        try:
            # By name, so that this room depends on no technology.
            return import_module("numpy")
        except ImportError:
            if use_numpy:
                raise
    return None


def listed(vins: Iterable[object]) -> Iterable[object]:
    """Columns of dataframes as plain lists: their own iterators are slow or give wrapped values."""
    if isinstance(vins, (list, tuple)):
        return vins
    for name in ("to_pylist", "to_list", "tolist"):
        method: Any = getattr(vins, name, None)
        if method is not None:
            listed: Iterable[object] = method()
            return listed
    return iter(vins)


def _blocks(vins: Iterable[object]) -> Iterator[list[object]]:
    rest = iter(vins)
    while block := list(islice(rest, _BLOCK)):
        yield block


def _joined(block: list[Any]) -> bytes:
    """17 bytes for each and a line feed, whatever it was."""
    try:
        raw = ("\n".join(block) + "\n").encode("ascii")
        size = len(block)
        # With as many line feeds as texts, and all where they belong, each text has 17 characters.
        if len(raw) == _STRIDE * size and raw[LENGTH::_STRIDE] == b"\n" * size == b"\n" * raw.count(b"\n"):
            return raw
    except (TypeError, UnicodeEncodeError):
        pass
    return "".join(f"{vin}\n" if _fits(vin) else _REPLACEMENT for vin in block).encode("ascii")


def _fits(vin: object) -> bool:
    return isinstance(vin, str) and len(vin) == LENGTH and vin.isascii() and "\n" not in vin


def _answers(raw: bytes, stride: int, numpy: Any) -> list[bool]:
    """Judge texts of 17 bytes that begin every ``stride`` bytes."""
    columns = [raw[position::stride] for position in range(LENGTH)]
    if numpy is not None:
        return _by_numpy(columns, numpy)
    # What is left without the alphabet is the line feeds between texts, or there is something to look for.
    is_any_illegal = len(raw.translate(None, _LEGAL)) != len(columns[0]) * (stride - LENGTH)
    return _by_integers(columns, is_any_illegal)


def _by_numpy(columns: list[bytes], numpy: Any) -> list[bool]:
    size = len(columns[0])
    total, marks = numpy.zeros(size, numpy.uint8), numpy.zeros(size, numpy.uint8)
    for position, column in enumerate(columns):
        if position != 8:
            # bytes.translate looks up faster than an array that is indexed by an array.
            values = numpy.frombuffer(column.translate(_MARKING_TABLES[position]), numpy.uint8)
            total += values
            marks |= values
    right = total % 11 == numpy.frombuffer(columns[8].translate(_CHECK), numpy.uint8)
    right &= marks < _MARK
    answer: list[bool] = right.tolist()
    return answer


def _by_integers(columns: list[bytes], is_any_illegal: bool) -> list[bool]:
    size = len(columns[0])
    total = sum(
        int.from_bytes(column.translate(_TABLES[position]), "little")
        for position, column in enumerate(columns)
        if position != 8
    )
    remainder = int.from_bytes(total.to_bytes(size, "little").translate(_REMAINDER), "little")
    wrong = remainder ^ int.from_bytes(columns[8].translate(_CHECK), "little")
    if is_any_illegal:
        for column in columns:
            wrong |= int.from_bytes(column.translate(_IS_ILLEGAL), "little")
    return list(map(_TRUTH.__getitem__, wrong.to_bytes(size, "little").translate(_IS_ZERO)))


def _of_array(vins: Any, numpy: Any) -> list[bool]:
    """Fixed-width text arrays, without a Python object for each VIN."""
    unit = numpy.dtype(numpy.uint32 if vins.dtype.kind == "U" else numpy.uint8)
    width = vins.dtype.itemsize // unit.itemsize
    if width < LENGTH or not len(vins):
        return [False] * len(vins)
    answer: list[bool] = []
    for start in range(0, len(vins), _ARRAY_BLOCK):
        part = vins[start : start + _ARRAY_BLOCK].astype(vins.dtype.newbyteorder("="), copy=False)
        codes = numpy.ascontiguousarray(part).view(unit).reshape(-1, width)
        # Cut to a byte, a character outside ASCII could look legal: 255 never does.
        if unit.itemsize > 1 and codes.max() > 127:
            codes = numpy.where(codes > 127, 255, codes)
        if width > LENGTH:
            codes = codes.copy()
            codes[:, 0][(codes[:, LENGTH:] != 0).any(axis=1)] = 255
        answer += _answers(codes[:, :LENGTH].astype(numpy.uint8).tobytes(), LENGTH, numpy)
    return answer
