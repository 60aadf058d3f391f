"""Tables of the admin capsule: who administers, and what was done."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, json_value, moment

__all__ = ["ADMIN_AUDIT_LOGS", "ADMIN_USERS"]

ADMIN_USERS: Final = sa.Table(
    "admin_users",
    METADATA,
    sa.Column("auth0_sub", sa.String(255), primary_key=True),
    sa.Column("email", sa.String(255), nullable=False),
    sa.Column("role", sa.String(50), nullable=False),
    sa.Column("created_at", moment(), index=True),
    sa.Column("created_by", sa.String(255), nullable=False),
    sa.Column("revoked_at", moment(), index=True),
    sa.Column("updated_at", moment()),
    sa.UniqueConstraint("email"),
    # the reference has both; unique=True and index=True together would make one of them
    sa.Index("idx_admin_users_email", "email"),
)

ADMIN_AUDIT_LOGS: Final = sa.Table(
    "admin_audit_logs",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("actor_admin_id", sa.String(255), nullable=False, index=True),
    sa.Column("target_admin_id", sa.String(255), index=True),
    sa.Column("action", sa.String(100), nullable=False, index=True),
    sa.Column("resource_type", sa.String(100)),
    sa.Column("resource_id", sa.String(255)),
    sa.Column("context", json_value()),
    sa.Column("created_at", moment(), index=True),
)
