"""Add the foreign keys (user_id, vehicle_id): no upkeep of another user's vehicle.

New and changed rows are checked from now on. Where rows broke the rule before,
PostgreSQL keeps them and the key is not validated: see ``motovault status``.
"""

from alembic import op

from motovault.storage.sql.owner_keys import add_owner_key, drop_owner_key

revision = "maintenance_003"
down_revision = "maintenance_002"
branch_labels = None
depends_on = ("vehicles_003",)

TABLES = ("maintenance_logs", "maintenance_schedules")


def upgrade() -> None:
    for table in TABLES:
        add_owner_key(op.get_context(), table)


def downgrade() -> None:
    for table in reversed(TABLES):
        drop_owner_key(op.get_context(), table)
