"""Add what economy needs (units, full, missed, tank, towing, charge), imports' sources, and the list's index.

Every column is nullable or has a default, so that an application which does not
know it goes on inserting.
"""

import sqlalchemy as sa
from alembic import op

revision = "fuel_logs_002"
down_revision = "fuel_logs_001"
branch_labels = None
depends_on = None


def columns(is_sqlite: bool) -> list[sa.Column]:
    def number(precision: int | None = None, scale: int | None = None) -> sa.types.TypeEngine:
        return sa.Text() if is_sqlite else sa.Numeric(precision, scale)

    return [
        sa.Column("odometer_unit", sa.String(10)),
        sa.Column("fuel_unit", sa.String(10)),
        sa.Column("is_full_tank", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("missed_previous", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("tank", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("is_towing", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("excluded_distance", number()),
        sa.Column("currency_code", sa.String(3)),
        sa.Column("charge_start_percent", number(5, 2)),
        sa.Column("charge_end_percent", number(5, 2)),
        sa.Column("source", sa.String(50)),
        sa.Column("source_key", sa.String(255)),
    ]


def upgrade() -> None:
    for column in columns(op.get_context().dialect.name == "sqlite"):
        op.add_column("fuel_logs", column)
    op.create_index("fuel_logs_source_key", "fuel_logs", ["vehicle_id", "source", "source_key"], unique=True)
    op.create_index("idx_fuel_logs_vehicle_id_date_time_id", "fuel_logs", ["vehicle_id", "date_time", "id"])


def downgrade() -> None:
    op.drop_index("idx_fuel_logs_vehicle_id_date_time_id", "fuel_logs")
    op.drop_index("fuel_logs_source_key", "fuel_logs")
    for column in reversed(columns(op.get_context().dialect.name == "sqlite")):
        op.drop_column("fuel_logs", column.name)
