"""The pytest plugin: found by itself, light, and what it promises."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

_USE = """
    def test_time_is_frozen(memory_garage, frozen_clock):
        car = memory_garage.vehicles.add(license_plate="AB 123")
        assert car.created_at == frozen_clock.now()
        frozen_clock.advance(days=1)
        assert memory_garage.vehicles.remove(car.id).deleted_at == frozen_clock.now()

    def test_each_test_has_a_vault_of_its_own(memory_vault, memory_garage):
        assert memory_garage.vehicles.count() == 0
        assert memory_vault.garage("auth0|ana").user_id == memory_garage.user_id
"""


def test_pytest_finds_the_plugin_by_itself() -> None:
    found = [point.value for point in entry_points(group="pytest11") if point.name == "motovault"]
    assert found == ["motovault.testing.plugin"]


def test_its_fixtures_work_in_a_project_that_only_installed_motovault(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("\n".join(line[4:] for line in _USE.splitlines()))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:valkey", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_a_contract_is_run_by_bringing_one_fixture_and_says_what_it_compared(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        """
import pytest
from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import UserPreferencesRepositoryContract

class TestMine(UserPreferencesRepositoryContract):
    @pytest.fixture
    def store(self):
        return MemoryStore()

class Forgetful(MemoryStore):
    def unit_of_work(self, user_id, *, atomic=False):
        return MemoryStore().unit_of_work(user_id, atomic=atomic)

class TestForgetful(UserPreferencesRepositoryContract):
    @pytest.fixture
    def store(self):
        return Forgetful()
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:valkey", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "TestMine" not in done.stdout
    assert "assert None == UserPreferences(" in done.stdout, done.stdout


def test_the_plugin_loads_nothing_heavy() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import motovault.testing.plugin; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"motovault", "attr", "attrs", "__future__"}


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("motovault.testing.strategies", "hypothesis"),
        ("motovault.testing.lockstep", "hypothesis"),
        ("motovault.testing.contracts", "pytest"),
    ],
)
def test_a_missing_package_is_named_with_the_way_to_get_it(module: str, package: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from motovault.errors import MissingExtra\n"
        f"try:\n    import {module}\n"
        "except MissingExtra as error:\n    print(error.extra, error.package, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"testing {package} ")
    assert "pip install 'motovault[testing]'" in done.stdout
