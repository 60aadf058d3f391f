"""Add UNIQUE (user_id, id), which the keys of a vehicle's fuel logs, upkeep and documents refer to.

The id alone is unique already; with the owner beside it a child can name both,
and the database refuses a child of another user's vehicle.
"""

from alembic import op

from motovault.storage.sql.rebuild import with_constraint, without_constraint

revision = "vehicles_003"
down_revision = "vehicles_002"
branch_labels = None
depends_on = None

NAME = "vehicles_user_id_id_key"
SQLITE = f"CONSTRAINT {NAME} UNIQUE (user_id, id)"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        with_constraint(op.get_context(), "vehicles", SQLITE)
    else:
        op.create_unique_constraint(NAME, "vehicles", ["user_id", "id"])


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        without_constraint(op.get_context(), "vehicles", SQLITE)
    else:
        op.drop_constraint(NAME, "vehicles")
