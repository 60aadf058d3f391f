"""Add what next due needs (days, mode, anchor, thresholds, unit), and a log's unit and currency.

Every column is nullable or has a default, so that an application which does not
know it goes on inserting. A unit that is NULL is the owner's.
"""

import sqlalchemy as sa
from alembic import op

revision = "maintenance_002"
down_revision = "maintenance_001"
branch_labels = None
depends_on = None


def columns(is_sqlite: bool) -> dict[str, list[sa.Column]]:
    def number() -> sa.types.TypeEngine:
        return sa.Text() if is_sqlite else sa.Numeric()

    return {
        "maintenance_logs": [
            sa.Column("odometer_unit", sa.String(10)),
            sa.Column("currency_code", sa.String(3)),
        ],
        "maintenance_schedules": [
            sa.Column("interval_days", sa.Integer),
            sa.Column("mode", sa.String(10), nullable=False, server_default="floating"),
            sa.Column("anchor_date", sa.Date),
            # engine hours have decimals
            sa.Column("anchor_odometer", number()),
            sa.Column("due_soon_days", sa.Integer),
            sa.Column("due_soon_distance", number()),
            sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
            # of the interval, the readings, the due value, the anchor and the threshold
            sa.Column("distance_unit", sa.String(10)),
        ],
    }


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    for table, added in columns(is_sqlite).items():
        for column in added:
            op.add_column(table, column)


def downgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    for table, added in columns(is_sqlite).items():
        for column in reversed(added):
            op.drop_column(table, column.name)
