"""Create backup_schedules, backup_history, and backup_settings with its five rows, as in the reference."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "backup_001"
down_revision = None
branch_labels = ("backup",)
depends_on = None

# Version 4 of RFC 9562, as 32 digits.
SQLITE_UUID = (
    "(lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)"
    " || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6))))"
)

SETTINGS = {
    "email_on_success": "false",
    "email_on_failure": "true",
    "admin_email": "",
    "max_backup_size_mb": "0",  # no limit
    "compression_enabled": "true",
}


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)
    # SQLite's CURRENT_TIMESTAMP has another form, which does not sort beside ours.
    now = sa.text("(strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))" if is_sqlite else "now()")
    new_uuid = sa.text(SQLITE_UUID if is_sqlite else "gen_random_uuid()")
    op.create_table(
        "backup_schedules",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("frequency", sa.String(20), nullable=False),
        sa.Column("cron_expression", sa.String(50), nullable=False),
        sa.Column("retention_count", sa.Integer, nullable=False, server_default=sa.text("7")),
        sa.Column("is_enabled", sa.Boolean, server_default=sa.true()),
        sa.Column("last_run_at", moment),
        sa.Column("next_run_at", moment),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="backup_schedules_pkey"),
        sa.CheckConstraint(
            "frequency IN ('hourly', 'daily', 'weekly', 'monthly')", name="backup_schedules_frequency_check"
        ),
    )
    for column in ("is_enabled", "next_run_at"):
        op.create_index(f"idx_backup_schedules_{column}", "backup_schedules", [column])
    op.create_table(
        "backup_history",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("schedule_id", sa.Uuid),
        sa.Column("backup_type", sa.String(20), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("file_path", sa.String(500), nullable=False),
        sa.Column("file_size_bytes", sa.BigInteger, nullable=False),
        sa.Column("database_tables_count", sa.Integer),
        sa.Column("documents_count", sa.Integer),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("error_message", sa.Text),
        sa.Column("started_at", moment, server_default=now),
        sa.Column("completed_at", moment),
        sa.Column("created_by", sa.String(255)),
        sa.Column("metadata", sa.Text() if is_sqlite else postgresql.JSONB(), server_default=sa.text("'{}'")),
        sa.PrimaryKeyConstraint("id", name="backup_history_pkey"),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["backup_schedules.id"],
            ondelete="SET NULL",
            name="backup_history_schedule_id_fkey",
        ),
        sa.CheckConstraint("backup_type IN ('scheduled', 'manual')", name="backup_history_backup_type_check"),
        sa.CheckConstraint(
            "status IN ('in_progress', 'completed', 'failed')", name="backup_history_status_check"
        ),
    )
    for column in ("status", "started_at", "schedule_id"):
        op.create_index(f"idx_backup_history_{column}", "backup_history", [column])
    op.create_table(
        "backup_settings",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("setting_key", sa.String(50), nullable=False),
        sa.Column("setting_value", sa.Text, nullable=False),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="backup_settings_pkey"),
        sa.UniqueConstraint("setting_key", name="backup_settings_setting_key_key"),
    )
    settings = sa.table(
        "backup_settings", sa.column("setting_key", sa.Text()), sa.column("setting_value", sa.Text())
    )
    op.bulk_insert(
        settings, [{"setting_key": key, "setting_value": value} for key, value in SETTINGS.items()]
    )


def downgrade() -> None:
    for table in ("backup_settings", "backup_history", "backup_schedules"):
        op.drop_table(table)
