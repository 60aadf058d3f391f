"""Put the user into the index of the list.

The repositories ask for a vehicle's logs by vehicle and user. PostgreSQL takes the two for
independent and so expects hardly a row: of a million it read and sorted all logs of the vehicle,
beside all entries of the user, for one page. With both in the index the page is a hundred rows.
"""

from alembic import op

revision = "fuel_logs_004"
down_revision = "fuel_logs_003"
branch_labels = None
depends_on = None

OLD = "idx_fuel_logs_vehicle_id_date_time_id"
NEW = "idx_fuel_logs_vehicle_id_user_id_date_time_id"


def upgrade() -> None:
    op.create_index(NEW, "fuel_logs", ["vehicle_id", "user_id", "date_time", "id"])
    op.drop_index(OLD, "fuel_logs")


def downgrade() -> None:
    op.create_index(OLD, "fuel_logs", ["vehicle_id", "date_time", "id"])
    op.drop_index(NEW, "fuel_logs")
