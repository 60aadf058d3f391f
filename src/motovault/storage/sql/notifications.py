"""Tables of the notifications capsule: templates, and what was sent."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, json_value, moment

__all__ = ["EMAIL_TEMPLATES", "NOTIFICATION_LOGS"]

EMAIL_TEMPLATES: Final = sa.Table(
    "email_templates",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("template_key", sa.String(50), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("variables", json_value()),
    sa.Column("is_active", sa.Boolean),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.CheckConstraint(
        "template_key IN ('maintenance_due_soon', 'maintenance_overdue',"
        " 'document_expiring', 'document_expired')",
        name="email_templates_template_key_check",
    ),
)

NOTIFICATION_LOGS: Final = sa.Table(
    "notification_logs",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("notification_type", sa.String(20), nullable=False),
    sa.Column("template_key", sa.String(50), nullable=False),
    sa.Column("recipient_email", sa.String(255)),
    sa.Column("subject", sa.String(255)),
    sa.Column("reference_type", sa.String(50)),
    sa.Column("reference_id", sa.Uuid),
    sa.Column("status", sa.String(20)),
    sa.Column("error_message", sa.Text),
    sa.Column("sent_at", moment(), index=True),
    sa.Index("idx_notification_logs_reference_type_reference_id", "reference_type", "reference_id"),
    sa.CheckConstraint(
        "notification_type IN ('email', 'toast')", name="notification_logs_notification_type_check"
    ),
    sa.CheckConstraint("status IN ('pending', 'sent', 'failed')", name="notification_logs_status_check"),
)
