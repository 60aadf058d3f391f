"""A catalogue out of vPIC's rules, into real databases, and VINs against it.

Out of a fifth of the rules: those of the makers of these VINs, and a few of every other. With
``MOTOVAULT_WHOLE_CATALOGUE=1`` in the environment, out of all: it takes a minute more, and
only that proves the hundred thousand.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

import motovault
from motovault.domain.platform import VehicleOption
from motovault.errors import InvalidValue
from motovault.testing.clock import FrozenClock

ultravin = pytest.importorskip("ultravin", reason="the extra vpic is not installed")

from motovault.providers.vpic_catalogue import vpic_catalogue_options  # noqa: E402

CLOCK = FrozenClock(datetime(2026, 6, 1, tzinfo=UTC))
DERIVED = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "vins.json"
VINS = [case["vin"] for case in json.loads(DERIVED.read_text(encoding="utf-8"))]
IS_WHOLE = bool(os.environ.get("MOTOVAULT_WHOLE_CATALOGUE"))
LEAST = 100_000 if IS_WHOLE else 50_000


@pytest.fixture(scope="module")
def options() -> list[VehicleOption]:
    makers, sweep = {vin[:3] for vin in VINS}, ultravin.sweep

    def part(dimensions: list[str]) -> list[str]:
        rules = sorted(sweep(dimensions))
        return [vin for place, vin in enumerate(rules) if vin[:3] in makers or place % 60 == 0]

    with pytest.MonkeyPatch.context() as patch:
        if not IS_WHOLE:
            patch.setattr(ultravin, "sweep", part)
        return list(vpic_catalogue_options(clock=CLOCK))


def test_a_kind_that_there_is_not_is_refused_at_once() -> None:
    with pytest.raises(InvalidValue, match="must be of car, mpv"):
        vpic_catalogue_options(vehicle_types=("boat",))


def test_the_first_options_come_soon_and_are_of_the_kinds_that_were_asked_for() -> None:
    first = list(islice(vpic_catalogue_options(vehicle_types=("motorcycle",), clock=CLOCK), 200))
    assert len(set(first)) == 200
    assert {one.model_year for one in first} <= set(range(1981, 2028))


@pytest.mark.slow
def test_it_has_very_many_options_of_real_vehicles(options: list[VehicleOption]) -> None:
    assert len(options) > LEAST
    assert len(set(options)) == len(options)
    there = {(one.model_year, one.make, one.model) for one in options}
    assert {(2003, "Honda", "Accord"), (2014, "Ford", "Mustang"), (2020, "Toyota", "Corolla")} <= there


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "garage.db")
    else:
        yield request.getfixturevalue("postgres_database")


@pytest.mark.slow
def test_it_goes_into_a_database_and_vins_agree_with_it(options: list[VehicleOption], place: str) -> None:
    """On VINs of other people's records: what the decoder is sure of, and vPIC's rules list, is an option."""
    with motovault.open_vault(place, clock=CLOCK, migrate=True) as vault:
        plain = list(vault.vin_decoder.decode_many(VINS))
        added = vault.catalogue.import_options(options).added
        assert added > LEAST
        told = list(vault.vin_decoder.decode_many(VINS))
        assert vault.catalogue.import_options(options).added == 0
    shares: dict[str, Counter[str]] = {}
    for name in ("model_year", "make", "model", "trim"):
        shares[name] = Counter(
            getattr(after, name).confidence.value
            for before, after in zip(plain, told, strict=True)
            if before.vin is not None and getattr(before, name).value is not None
        )
    for name, least in (("model_year", 0.97), ("make", 0.95), ("model", 0.9), ("trim", 0.8)):
        found = shares[name]
        assert (found["high"] + found["medium"]) / found.total() > least, (name, found)
