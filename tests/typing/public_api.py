"""What a user's type checker sees of the public API: checked by mypy and pyright, never run.

Each function is a use that must type-check, with the type that comes out. A
wrong use that must *not* pass carries an ignore; that one is then needed, or
the checker complains (``warn_unused_ignores``).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import assert_type

import pandas as pd
import polars as pl
import pyarrow as pa
from altair import LayerChart, VConcatChart

from motovault import open_vault
from motovault.analysis.backends import Backend
from motovault.analysis.charts import fleet_chart, save_chart
from motovault.cache import Answers, CachedVinDecoder, LocalCache, open_cache
from motovault.domain.tiers import AllFeatures, FeaturePolicy, TierPolicy
from motovault.domain.vehicles import BasicVinDecoder, DecodedVin, VehicleId, VinDecoder
from motovault.errors import Conflict, InvalidValue, MissingExtra, MotovaultError, NotFound
from motovault.ports import Cache
from motovault.providers.vpic import VpicVinDecoder
from motovault.quantities import Distance, Economy, Energy, Mass, Money, UnitPrice, Volume
from motovault.vin import InvalidVin


def families_are_python_errors_too(error: MotovaultError) -> str:
    match error:
        case InvalidValue(field=field, rule=rule):
            assert_type(field, str)
            value_error: ValueError = error
            return f"{field} {rule} {value_error}"
        case NotFound():
            lookup_error: LookupError = error
            return str(lookup_error)
        case Conflict():
            return error.rule
        case MissingExtra():
            import_error: ImportError = error
            return f"{error.extra} {import_error}"
    return str(error)


def quantities_keep_their_kind() -> None:
    trip = Distance("52.5", "km") + Distance(3, "mi")
    assert_type(trip, Distance)
    assert_type(trip.to("mi"), Distance)
    assert_type(trip * 2, Distance)
    assert_type(trip / 2, Distance)
    assert_type(trip / Distance(1, "km"), Decimal)
    assert_type(Volume.parse("12.5 L"), Volume)
    assert_type(trip > Distance(1, "km"), bool)


def kinds_do_not_mix() -> None:
    Distance(1, "km") + Volume(1, "L")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    Distance(1.5, "km")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def economy_of_nothing_is_none() -> None:
    assert_type(Economy.of(Distance(500, "km"), Volume(35, "L")), Economy | None)
    assert_type(Economy.of(Distance(500, "km"), Energy(90, "kWh")), Economy | None)
    assert_type(Economy.of(Distance(500, "km"), Mass(5, "kg")), Economy | None)


def money_is_counted_in_one_currency() -> None:
    bill = Money("41.24", "USD") + Money(2, "USD")
    assert_type(bill, Money)
    assert_type(bill / bill, Decimal)
    assert_type(UnitPrice("3.299", "USD", "us_gal").total(Volume(10, "us_gal")), Money)


def a_decoded_vin_knows_the_types_of_its_values(decoder: VinDecoder, mine: FeaturePolicy) -> None:
    decoded = decoder.decode("1HGCM82633A123454")
    assert_type(decoded.model_year.value, int | None)
    assert_type(decoded.make.candidates, tuple[str, ...])
    assert_type(decoded.error, InvalidVin | None)
    for answer in BasicVinDecoder().decode_many(line for line in ("a", "b")):
        assert_type(answer, DecodedVin)
    policies: list[FeaturePolicy] = [AllFeatures(), TierPolicy(), mine]
    open_vault("memory:", vin_decoder=VpicVinDecoder(), policy=policies[0])


def a_cache_is_a_url_what_we_open_or_ones_own(mine: Cache) -> None:
    opened = open_cache("memory:", max_entries=100)
    assert_type(opened, Answers)
    own: Cache = LocalCache()
    for cache in ("redis://localhost", opened, own, mine):
        open_vault("memory:", cache=cache)
    decoder: VinDecoder = CachedVinDecoder(BasicVinDecoder(), opened)
    assert_type(decoder.decode("1HGCM82633A123454"), DecodedVin)


def a_chart_is_altairs_own(car: VehicleId) -> None:
    charts = open_vault("memory:").garage("ana").charts
    assert_type(charts.economy(car, economy_unit="mpg_us"), LayerChart | VConcatChart)
    assert_type(charts.cost(car), LayerChart | VConcatChart)
    assert_type(charts.odometer(car), LayerChart)
    assert_type(charts.maintenance(), LayerChart)
    assert_type(fleet_chart([]), LayerChart | VConcatChart)
    assert_type(save_chart(charts.maintenance(car), "due.svg"), Path)


def a_frame_is_of_the_library_that_was_asked_for(car: VehicleId, any_of_them: Backend) -> None:
    vault = open_vault("memory:")
    for frames in (vault.frames, vault.garage("ana").frames):
        assert_type(frames.fuel_logs(), pl.DataFrame)
        assert_type(frames.intervals(car, economy_unit="mpg_us", numbers="decimal"), pl.DataFrame)
        assert_type(frames.maintenance(car, backend="pandas"), pd.DataFrame)
        assert_type(frames.odometer(backend="pyarrow"), pa.Table)
        assert_type(frames.vehicles(backend=any_of_them), pl.DataFrame | pd.DataFrame | pa.Table)
        frames.vehicles(backend="numpy")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType,reportCallIssue]
