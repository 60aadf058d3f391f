"""The table of the documents capsule; the bytes lie elsewhere."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, json_value, owner_key, utc_moment

__all__ = ["DOCUMENTS"]

DOCUMENTS: Final = sa.Table(
    "documents",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("vehicle_id", sa.ForeignKey("vehicles.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("document_type", sa.String(32), nullable=False, index=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("notes", sa.Text),
    sa.Column("details", json_value()),
    sa.Column("storage_bucket", sa.String(128)),
    sa.Column("storage_key", sa.String(512)),
    sa.Column("file_name", sa.String(255)),
    sa.Column("content_type", sa.String(128)),
    sa.Column("file_size", sa.BigInteger),
    sa.Column("file_hash", sa.String(128)),
    sa.Column("issued_date", sa.Date),
    sa.Column("expiration_date", sa.Date, index=True),
    sa.Column("email_notifications", sa.Boolean),
    sa.Column("created_at", utc_moment()),
    sa.Column("updated_at", utc_moment()),
    sa.Column("deleted_at", utc_moment()),
    owner_key("documents"),
    sa.CheckConstraint(
        "document_type IN ('insurance', 'registration', 'manual')", name="documents_document_type_check"
    ),
)
