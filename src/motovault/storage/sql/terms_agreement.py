"""The table of the terms_agreement capsule."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, moment

__all__ = ["TERMS_AGREEMENTS"]

TERMS_AGREEMENTS: Final = sa.Table(
    "terms_agreements",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("agreed_at", moment(), nullable=False),
    sa.Column("ip_address", sa.String(45), nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
    sa.Column("terms_version", sa.String(50), nullable=False),
    sa.Column("terms_url", sa.String(255), nullable=False),
    sa.Column("terms_content_hash", sa.String(64), nullable=False),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
)
