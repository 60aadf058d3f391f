"""Every run shown in a docstring of the package gives what it shows."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import motovault

pytestmark = pytest.mark.docs

MODULES = ["motovault", *(found.name for found in pkgutil.walk_packages(motovault.__path__, "motovault."))]


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("__main__")])
def test_docstrings_are_true(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    failed, _ = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert failed == 0, capsys.readouterr().out


def test_docstrings_show_runs_at_all() -> None:
    finder = doctest.DocTestFinder()
    shown = [
        example
        for module in MODULES
        if module.startswith("motovault.quantities")
        for test in finder.find(importlib.import_module(module))
        for example in test.examples
    ]
    assert len(shown) > 20
