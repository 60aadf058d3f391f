"""The table of the user_profile capsule."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, moment

__all__ = ["USER_PROFILES"]

USER_PROFILES: Final = sa.Table(
    "user_profiles",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("auth0_sub", sa.String(255), nullable=False),
    sa.Column("email", sa.String(255), nullable=False),
    sa.Column("display_name", sa.String(100)),
    sa.Column("notification_email", sa.String(255)),
    sa.Column("email_verified", sa.Boolean),
    sa.Column("onboarding_completed_at", moment()),
    sa.Column("subscription_tier", sa.String(50)),
    sa.Column("deactivated_at", moment()),
    sa.Column("deletion_requested_at", moment()),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.UniqueConstraint("auth0_sub"),
    # the reference has both; unique=True and index=True together would make one of them
    sa.Index("idx_user_profiles_auth0_sub", "auth0_sub"),
)
