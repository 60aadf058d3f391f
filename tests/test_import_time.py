"""``import motovault`` stays light: it loads attrs and nothing else of other people's.

How long it takes is measured in ``benchmarks/import_time.py``; what it loads is what decides that.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

REPORT = """
import json, sys
before = set(sys.modules)
{program}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def _loaded_by(program: str) -> set[str]:
    """Modules that a statement loads in a fresh interpreter which looks at nothing of the user's."""
    command = [sys.executable, "-I", "-c", REPORT.format(program=program)]
    return set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def _of_third_parties(modules: set[str]) -> set[str]:
    # _sysconfigdata_... is the standard library's too; its name has the platform in it.
    names = {name.partition(".")[0] for name in modules if not name.startswith("_sysconfigdata_")}
    return names - sys.stdlib_module_names


def test_importing_loads_no_third_party_package_but_attrs() -> None:
    assert _of_third_parties(_loaded_by("import motovault")) - {"motovault"} <= {"attr", "attrs"}


def test_every_public_name_is_there() -> None:
    _loaded_by("import motovault\nfor name in getattr(motovault, '__all__', ()): getattr(motovault, name)")


@pytest.mark.parametrize("slow", ["sqlite3", "asyncio", "typing_extensions", "http", "email", "unittest"])
def test_importing_leaves_slow_parts_of_the_standard_library_alone(slow: str) -> None:
    assert slow not in _loaded_by("import motovault")


def test_the_report_sees_a_third_party_package() -> None:
    assert "pytest" in _of_third_parties(_loaded_by("import pytest"))


def test_a_vault_in_memory_needs_no_third_party_package_but_attrs() -> None:
    loaded = _loaded_by("import motovault; motovault.open_vault('memory:').garage('ana').vehicles.count()")
    assert _of_third_parties(loaded) - {"motovault"} <= {"attr", "attrs"}
