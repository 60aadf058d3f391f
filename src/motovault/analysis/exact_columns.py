"""Columns of numbers as text into exact columns, or into the floats that are nearest to them.

Arrow does it a column at a time where all values fit ``decimal128(38, 12)``,
which every amount of this library does: three or six decimals as typed, times
the nine of a gallon or the six of a mile. What does not fit is worked out one
by one, exactly, and refused where it was to be exact in that type.
"""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.arrow_compute import compute
from motovault.errors import InvalidValue, StorageFailure
from motovault.quantities.context import WIDE

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["AMOUNT", "MONEY", "PERCENT", "PRICE", "number_column"]

AMOUNT: Final = (38, 12)
"""Precision and scale of distances, hours, amounts of fuel."""
PRICE: Final = (18, 3)
MONEY: Final = (18, 2)
PERCENT: Final = (5, 2)

_NO_FIGURES: Final = ("", "NaN", "Infinity", "-Infinity", "nan", "inf", "-inf", "sNaN")


def number_column(
    values: pa.Array,
    field: str,
    size: tuple[int, int],
    *,
    exact: bool,
    units: pa.Array | None = None,
    factors: Mapping[str, Decimal] | None = None,
) -> pa.Array:
    """A column of a table (:mod:`motovault.analysis.tables`) as float64, or as ``decimal128`` of that size.

    Args:
        values: Text as typed, in ``units``; or float64, finished but for what is no figure.
        field: What the numbers are called.
        size: Precision and scale.
        exact: Decimals.
        units: Of each value.
        factors: By unit; a value in a unit that is none of them is null.

    Raises:
        InvalidValue: ``exact``, and a value does not fit.
        StorageFailure: A value is no number.
    """
    import pyarrow as pa

    pc = compute()

    if pa.types.is_floating(values.type):
        return pc.if_else(pc.is_finite(values), values, None)
    if values.null_count == len(values):
        return pa.nulls(len(values), pa.decimal128(*size) if exact else pa.float64())
    is_none = pc.is_in(values, value_set=pa.array(_NO_FIGURES))
    values = pc.if_else(is_none, pa.scalar(None, pa.string()), values)
    factor = None if units is None or factors is None else _factor_of(units, factors)
    try:
        if isinstance(factor, Decimal):
            # one unit all the way
            if factor == 1:
                return _cast(values, size) if exact else values.cast(pa.float64())
            factor = pa.scalar(factor)
        elif factor is None:
            return _cast(values, size) if exact else values.cast(pa.float64())
        places = 6 if factor.type.scale <= 6 else 3
        product = pc.multiply(values.cast(pa.decimal128(27 if places == 6 else 24, places)), factor)
        found = product.cast(pa.decimal128(*AMOUNT))
        return found if exact else found.cast(pa.string()).cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _one_by_one(values, field, size, exact, units, factors)


def _cast(values: Any, size: tuple[int, int]) -> Any:
    import pyarrow as pa

    return values.cast(pa.decimal128(*size))


def _factor_of(units: Any, factors: Mapping[str, Decimal]) -> Any:
    """One Decimal where all rows have one unit, else a column of them."""
    import pyarrow as pa

    coded = units.dictionary_encode()
    known = [factors.get(unit) for unit in coded.dictionary.to_pylist()]
    if len(known) == 1 and known[0] is not None and not units.null_count:
        return known[0]
    scale = max((-int(f.as_tuple().exponent) for f in known if f is not None), default=0)
    return pa.array(known, pa.decimal128(scale + 1, scale)).take(coded.indices)


def _one_by_one(
    values: Any,
    field: str,
    size: tuple[int, int],
    exact: bool,
    units: Any,
    factors: Mapping[str, Decimal] | None,
) -> pa.Array:
    import pyarrow as pa

    typed = values.to_pylist()
    known = [Decimal(1)] * len(typed)
    if units is not None and factors is not None:
        known = [factors.get(unit) for unit in units.to_pylist()]  # type: ignore[misc]
    found: list[Any] = []
    for text, factor in zip(typed, known, strict=True):
        if text is None or factor is None:
            found.append(None)
            continue
        try:
            number = WIDE.create_decimal(text)
        except (decimal.InvalidOperation, ValueError):
            raise StorageFailure(f"a number of the column {field} cannot be read") from None
        if not number.is_finite():
            found.append(None)
            continue
        product = WIDE.multiply(number, factor)
        found.append(_fitted(product, field, size) if exact else float(product))
    return pa.array(found, pa.decimal128(*size) if exact else pa.float64())


def _fitted(number: Decimal, field: str, size: tuple[int, int]) -> Decimal:
    precision, scale = size
    fitted = WIDE.quantize(number, Decimal(1).scaleb(-scale))
    if fitted != number or fitted.adjusted() >= precision - scale:
        rule = f'does not fit decimal128({precision}, {scale}); ask for numbers="float"'
        raise InvalidValue(field, number, rule)
    return fitted
