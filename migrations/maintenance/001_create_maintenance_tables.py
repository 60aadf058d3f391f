"""Create maintenance_logs and maintenance_schedules, exactly as in the reference schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "maintenance_001"
down_revision = None
branch_labels = ("maintenance",)
depends_on = ("vehicles_001",)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)
    texts = sa.Text() if is_sqlite else postgresql.ARRAY(sa.Text())  # SQLite: the list as JSON
    op.create_table(
        "maintenance_logs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("category", sa.String(50), nullable=False),
        sa.Column("subtypes", texts),
        sa.Column("service_date", sa.Date, nullable=False),
        sa.Column("odometer", sa.Integer),
        # SQLite has no exact numbers: they are kept as text
        sa.Column("cost", sa.Text() if is_sqlite else sa.Numeric(10, 2)),
        sa.Column("shop_name", sa.String(200)),
        sa.Column("notes", sa.Text),
        sa.Column("created_at", moment),
        sa.Column("updated_at", moment),
        sa.PrimaryKeyConstraint("id", name="maintenance_logs_pkey"),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], ondelete="CASCADE", name="maintenance_logs_vehicle_id_fkey"
        ),
    )
    for column in ("user_id", "vehicle_id", "service_date"):
        op.create_index(f"idx_maintenance_logs_{column}", "maintenance_logs", [column])
    op.create_table(
        "maintenance_schedules",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("category", sa.String(50), nullable=False),
        sa.Column("subtypes", texts),
        sa.Column("interval_months", sa.Integer),
        sa.Column("interval_miles", sa.Integer),
        sa.Column("last_service_date", sa.Date),
        sa.Column("last_service_mileage", sa.Integer),
        sa.Column("next_due_date", sa.Date),
        sa.Column("next_due_mileage", sa.Integer),
        sa.Column("email_notifications", sa.Boolean, server_default=sa.false()),
        sa.Column("notes", sa.Text),
        sa.Column("created_at", moment),
        sa.Column("updated_at", moment),
        sa.PrimaryKeyConstraint("id", name="maintenance_schedules_pkey"),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], ondelete="CASCADE", name="maintenance_schedules_vehicle_id_fkey"
        ),
    )
    for column in ("user_id", "vehicle_id", "next_due_date"):
        op.create_index(f"idx_maintenance_schedules_{column}", "maintenance_schedules", [column])


def downgrade() -> None:
    op.drop_table("maintenance_schedules")
    op.drop_table("maintenance_logs")
