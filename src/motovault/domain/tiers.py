"""Which features a user's tier includes, and the door behind which a host decides otherwise.

The host sells, or does not; this library only asks. :class:`TierPolicy` is the
reference application's rule; :class:`AllFeatures` suits a host that has no
tiers, such as a notebook or a program for one person.

Source: the domain rules, section 0 (stated): free below pro below enterprise,
each with all of those below; free where nothing says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final, Protocol

from motovault.errors import InvalidValue, NotAllowed
from motovault.ports import UserId

__all__ = ["FEATURES", "AllFeatures", "FeatureNotInTier", "FeaturePolicy", "Tier", "TierPolicy"]


class Tier(IntEnum):
    """What a user has taken; a greater one has all of a smaller one."""

    FREE = 0
    PRO = 1
    ENTERPRISE = 2


FEATURES: Final[Mapping[str, Tier]] = MappingProxyType(
    {
        "vehicle.vin_decode": Tier.PRO,
        "fuel_log.receipt_scan": Tier.PRO,
        "maintenance.receipt_scan": Tier.PRO,
        "document.scan_maintenance_schedule": Tier.PRO,
    }
)
"""The least tier of each feature that is asked for; what is not here is everybody's."""


class FeatureNotInTier(NotAllowed):
    """The user's tier does not include a feature.

    Attributes:
        feature: Its name, for example ``"vehicle.vin_decode"``.
        needed: The least tier that includes it.
        held: The tier that the user has.
    """

    def __init__(self, feature: str, needed: Tier, held: Tier) -> None:
        super().__init__(
            feature,
            f"needs the tier {needed.name.lower()}, and the user's is {held.name.lower()}; "
            "who may is for the host to say, in open_vault(policy=...)",
        )
        self.feature, self.needed, self.held = feature, needed, held


class FeaturePolicy(Protocol):
    """Says who may use what; asked before anything is done."""

    def require(self, user_id: UserId, feature: str, /) -> None:
        """Pass, or raise NotAllowed (FeatureNotInTier where a tier is the reason)."""
        ...


class AllFeatures:
    """Everybody may use everything."""

    def require(self, user_id: UserId, feature: str, /) -> None:
        """Pass."""

    def __repr__(self) -> str:
        return "AllFeatures()"


class TierPolicy:
    """The reference's rule: a feature needs its tier, and a user's is free where nobody says otherwise.

    Args:
        tier_of: Tells a user's tier; by default every user has ``default``.
        default: The tier of everybody, where ``tier_of`` is not given.
        features: The least tier of each feature; by default :data:`FEATURES`.

    >>> TierPolicy().require(UserId("ana"), "vehicle.vin_decode")
    Traceback (most recent call last):
        ...
    motovault.domain.tiers.FeatureNotInTier: vehicle.vin_decode: needs the tier pro, and the user's is free; \
who may is for the host to say, in open_vault(policy=...)
    >>> TierPolicy(default=Tier.ENTERPRISE).require(UserId("ana"), "vehicle.vin_decode")
    """

    def __init__(
        self,
        tier_of: Callable[[UserId], Tier] | None = None,
        *,
        default: Tier = Tier.FREE,
        features: Mapping[str, Tier] = FEATURES,
    ) -> None:
        self._tier_of = tier_of
        self._default = default
        self._features = dict(features)

    def require(self, user_id: UserId, feature: str, /) -> None:
        """Pass, or raise FeatureNotInTier."""
        needed = self._features.get(feature, Tier.FREE)
        if needed is Tier.FREE:
            return
        held = self._default if self._tier_of is None else self._tier_of(user_id)
        if not isinstance(held, Tier):
            raise InvalidValue("tier", held, "must be a Tier")
        if held < needed:
            raise FeatureNotInTier(feature, needed, held)
