"""Tiers: what each includes, and that the host can say otherwise."""

from __future__ import annotations

import pickle

import pytest

from motovault.domain.tiers import FEATURES, AllFeatures, FeatureNotInTier, Tier, TierPolicy
from motovault.errors import InvalidValue, NotAllowed
from motovault.ports import UserId

ANA, BEN = UserId("ana"), UserId("ben")


def test_the_stated_features_need_pro_and_everybody_is_free_by_default() -> None:
    assert set(FEATURES) == {
        "vehicle.vin_decode",
        "fuel_log.receipt_scan",
        "maintenance.receipt_scan",
        "document.scan_maintenance_schedule",
    }
    for feature in FEATURES:
        with pytest.raises(FeatureNotInTier) as caught:
            TierPolicy().require(ANA, feature)
        error = caught.value
        assert (error.feature, error.needed, error.held) == (feature, Tier.PRO, Tier.FREE)
        assert isinstance(error, NotAllowed)
        assert feature in str(error)
        assert "pro" in str(error)
        assert "free" in str(error)


def test_a_tier_has_all_below_it() -> None:
    policy = TierPolicy({ANA: Tier.PRO, BEN: Tier.ENTERPRISE}.__getitem__, features={"a": Tier.ENTERPRISE})
    with pytest.raises(FeatureNotInTier):
        policy.require(ANA, "a")
    policy.require(BEN, "a")
    for tier in Tier:
        for feature, needed in FEATURES.items():
            may = tier >= needed
            try:
                TierPolicy(default=tier).require(ANA, feature)
            except FeatureNotInTier:
                assert not may
            else:
                assert may


def test_each_user_is_asked_for_and_only_where_it_matters() -> None:
    asked: list[UserId] = []

    def tier_of(user_id: UserId) -> Tier:
        asked.append(user_id)
        return Tier.PRO if user_id == ANA else Tier.FREE

    policy = TierPolicy(tier_of)
    policy.require(BEN, "vehicle.anything_else")
    assert asked == []
    policy.require(ANA, "vehicle.vin_decode")
    with pytest.raises(FeatureNotInTier):
        policy.require(BEN, "vehicle.vin_decode")
    assert asked == [ANA, BEN]


def test_a_tier_that_is_none_is_a_mistake_of_the_host() -> None:
    with pytest.raises(InvalidValue) as caught:
        TierPolicy(lambda user_id: "pro").require(ANA, "vehicle.vin_decode")  # type: ignore[arg-type, return-value]
    assert caught.value.field == "tier"


def test_a_host_without_tiers_allows_everything() -> None:
    for feature in FEATURES:
        AllFeatures().require(ANA, feature)


def test_the_error_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(FeatureNotInTier("vehicle.vin_decode", Tier.PRO, Tier.FREE)))
    assert (error.needed, error.held, error.feature) == (Tier.PRO, Tier.FREE, "vehicle.vin_decode")
