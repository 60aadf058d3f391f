"""Add what imports and templates need: sources, unique at a vehicle, and when a schedule falls due first.

Every column is nullable, so that an application which does not know it goes on
inserting.
"""

import sqlalchemy as sa
from alembic import op

revision = "maintenance_004"
down_revision = "maintenance_003"
branch_labels = None
depends_on = None

TABLES = ("maintenance_logs", "maintenance_schedules")


def upgrade() -> None:
    op.add_column("maintenance_schedules", sa.Column("first_due_date", sa.Date))
    # whole numbers, as next_due_mileage
    op.add_column("maintenance_schedules", sa.Column("first_due_odometer", sa.Integer))
    for table in TABLES:
        op.add_column(table, sa.Column("source", sa.String(50)))
        op.add_column(table, sa.Column("source_key", sa.String(255)))
        op.create_index(f"{table}_source_key", table, ["vehicle_id", "source", "source_key"], unique=True)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_index(f"{table}_source_key", table)
        for column in ("source_key", "source"):
            op.drop_column(table, column)
    for column in ("first_due_odometer", "first_due_date"):
        op.drop_column("maintenance_schedules", column)
