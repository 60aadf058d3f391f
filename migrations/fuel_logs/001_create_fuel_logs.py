"""Create fuel_logs, exactly as in the reference schema."""

import sqlalchemy as sa
from alembic import op

revision = "fuel_logs_001"
down_revision = None
branch_labels = ("fuel_logs",)
depends_on = ("vehicles_001",)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)

    def number(precision: int | None = None, scale: int | None = None) -> sa.types.TypeEngine:
        # SQLite has no exact numbers: they are kept as text
        return sa.Text() if is_sqlite else sa.Numeric(precision, scale)

    op.create_table(
        "fuel_logs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("date_time", moment, nullable=False),
        sa.Column("odometer", number()),
        sa.Column("trip_distance", number()),
        sa.Column("fuel_type", sa.String(50)),
        sa.Column("fuel_grade", sa.String(50)),
        sa.Column("fuel_units", number(10, 3), nullable=False),
        sa.Column("cost_per_unit", number(10, 3), nullable=False),
        sa.Column("total_cost", number(10, 2)),
        sa.Column("location_data", sa.String(500)),
        sa.Column("notes", sa.Text),
        sa.Column("created_at", moment),
        sa.Column("updated_at", moment),
        sa.PrimaryKeyConstraint("id", name="fuel_logs_pkey"),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], ondelete="CASCADE", name="fuel_logs_vehicle_id_fkey"
        ),
    )
    for column in ("user_id", "vehicle_id", "date_time", "created_at"):
        op.create_index(f"idx_fuel_logs_{column}", "fuel_logs", [column])


def downgrade() -> None:
    op.drop_table("fuel_logs")
