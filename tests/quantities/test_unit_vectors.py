"""The oracle of units: every conversion, constant and identity of ``units.json``.

``MOTOVAULT_VECTORS`` names a folder whose ``units.json`` is run as well.
"""

import ast
import json
import operator
import os
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from motovault.quantities import convert, factors, plain
from motovault.quantities.context import ratio

HERE = Path(__file__).resolve().parent.parent / "vectors" / "units.json"
SIX = Context(prec=6, rounding=ROUND_HALF_EVEN)
OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def files():
    elsewhere = os.environ.get("MOTOVAULT_VECTORS")
    extra = Path(elsewhere) / "units.json" if elsewhere else HERE
    return [HERE] if not extra.exists() or extra == HERE else [HERE, extra]


def rows(key):
    found = []
    for file in files():
        oracle = json.loads(file.read_text(encoding="utf-8"))
        entries = oracle[key]
        pairs = entries.items() if isinstance(entries, dict) else ((row["id"], row) for row in entries)
        for name, row in pairs:
            found.append(pytest.param(row, name, id=f"{file.parent.name}-{name}"))
    return found


def exact(expression):
    """The arithmetic of the oracle with our factors, as an exact rational; not with Python's own numbers."""

    def value(node):
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp):
            return -value(node.operand)
        if isinstance(node, ast.Name):
            return getattr(factors, node.id)
        return Fraction(ast.get_source_segment(expression, node))

    return value(ast.parse(expression, mode="eval").body)


def six(number):
    return plain(SIX.plus(number))


pytestmark = pytest.mark.vectors


@pytest.mark.parametrize(("row", "name"), rows("conversions"))
def test_a_conversion_agrees_with_the_oracle(row, name):
    converted = convert(row["value"], row["from"], row["to"])
    assert converted is not None
    assert six(converted) == row["expected_6sig"]


@pytest.mark.parametrize(("row", "name"), rows("conversions"))
def test_a_conversion_is_the_exact_rational_of_the_oracle_rounded_once(row, name):
    """Six digits hide a factor that is a little off; the whole expression does not."""
    assert convert(row["value"], row["from"], row["to"]) == ratio(exact(row["expr"]))


@pytest.mark.parametrize(("row", "name"), rows("definitions"))
def test_a_factor_is_what_the_definition_says(row, name):
    ours = getattr(factors, name)
    if row["kind"] == "derived":
        assert ratio(ours) == Decimal(row["value"])
    else:
        assert ours == Fraction(row["value"])
    if "from" in row:
        assert ours == exact(row["from"])


@pytest.mark.parametrize(("row", "name"), rows("derived_constants"))
def test_a_derived_constant_agrees_with_the_oracle(row, name):
    assert six(ratio(exact(row["expr"]))) == row["value_6sig"]


@pytest.mark.parametrize(("row", "name"), rows("identities"))
def test_an_identity_holds_exactly(row, name):
    assert exact(row["left"]) == exact(row["right"])


@pytest.mark.parametrize(("row", "name"), rows("peer_constants"))
def test_a_constant_seen_elsewhere_is_off_by_as_much_as_the_oracle_says(row, name):
    right = exact(row["exact"])
    error = abs(Fraction(row["used"]) / right - 1) * 1_000_000
    assert six(ratio(error)) == row["error_ppm"]


def test_the_copy_in_the_project_is_the_shared_oracle():
    shared = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "units.json"
    if not shared.exists():
        pytest.skip("the shared folder is not beside the project")
    assert json.loads(HERE.read_text(encoding="utf-8")) == json.loads(shared.read_text(encoding="utf-8"))
