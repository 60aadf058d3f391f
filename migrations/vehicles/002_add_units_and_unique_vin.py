"""Add the dial's unit, when the odometer was read, and one live vehicle a VIN and user."""

import sqlalchemy as sa
from alembic import op

revision = "vehicles_002"
down_revision = "vehicles_001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    op.add_column("vehicles", sa.Column("distance_unit", sa.String(10)))
    op.add_column(
        "vehicles", sa.Column("odometer_read_at", sa.String(32) if is_sqlite else sa.DateTime(timezone=True))
    )
    live = sa.text("deleted_at IS NULL AND is_active AND vin IS NOT NULL")
    op.create_index(
        "vehicles_live_vin_key",
        "vehicles",
        ["user_id", "vin"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )


def downgrade() -> None:
    op.drop_index("vehicles_live_vin_key", "vehicles")
    for column in ("odometer_read_at", "distance_unit"):
        op.drop_column("vehicles", column)
