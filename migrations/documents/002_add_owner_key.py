"""Add the foreign key (user_id, vehicle_id): no document of another user's vehicle.

New and changed rows are checked from now on. Where rows broke the rule before,
PostgreSQL keeps them and the key is not validated: see ``motovault status``.
"""

from alembic import op

from motovault.storage.sql.owner_keys import add_owner_key, drop_owner_key

revision = "documents_002"
down_revision = "documents_001"
branch_labels = None
depends_on = ("vehicles_003",)


def upgrade() -> None:
    add_owner_key(op.get_context(), "documents")


def downgrade() -> None:
    drop_owner_key(op.get_context(), "documents")
