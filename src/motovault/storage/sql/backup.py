"""Tables of the backup capsule: schedules, what was done, settings."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, json_value, moment

__all__ = ["BACKUP_HISTORY", "BACKUP_SCHEDULES", "BACKUP_SETTINGS"]

BACKUP_SCHEDULES: Final = sa.Table(
    "backup_schedules",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("frequency", sa.String(20), nullable=False),
    sa.Column("cron_expression", sa.String(50), nullable=False),
    sa.Column("retention_count", sa.Integer, nullable=False),
    sa.Column("is_enabled", sa.Boolean, index=True),
    sa.Column("last_run_at", moment()),
    sa.Column("next_run_at", moment(), index=True),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.CheckConstraint(
        "frequency IN ('hourly', 'daily', 'weekly', 'monthly')", name="backup_schedules_frequency_check"
    ),
)

BACKUP_HISTORY: Final = sa.Table(
    "backup_history",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("schedule_id", sa.ForeignKey("backup_schedules.id", ondelete="SET NULL"), index=True),
    sa.Column("backup_type", sa.String(20), nullable=False),
    sa.Column("filename", sa.String(255), nullable=False),
    sa.Column("file_path", sa.String(500), nullable=False),
    sa.Column("file_size_bytes", sa.BigInteger, nullable=False),
    sa.Column("database_tables_count", sa.Integer),
    sa.Column("documents_count", sa.Integer),
    sa.Column("status", sa.String(20), nullable=False, index=True),
    sa.Column("error_message", sa.Text),
    sa.Column("started_at", moment(), index=True),
    sa.Column("completed_at", moment()),
    sa.Column("created_by", sa.String(255)),
    sa.Column("metadata", json_value()),
    sa.CheckConstraint("backup_type IN ('scheduled', 'manual')", name="backup_history_backup_type_check"),
    sa.CheckConstraint(
        "status IN ('in_progress', 'completed', 'failed')", name="backup_history_status_check"
    ),
)

BACKUP_SETTINGS: Final = sa.Table(
    "backup_settings",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("setting_key", sa.String(50), nullable=False, unique=True),
    sa.Column("setting_value", sa.Text, nullable=False),
    sa.Column("updated_at", moment()),
)
