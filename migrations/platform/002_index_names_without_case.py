"""Index what the catalogue is asked by: names without regard to case, and what an engine hangs on.

The reference indexes names as they are spelled, and the two foreign keys not at all: without the
last two, deleting an engine reads all options.
"""

import sqlalchemy as sa
from alembic import op

revision = "platform_002"
down_revision = "platform_001"
branch_labels = None
depends_on = None

TABLE = "vehicle_options"
NAMES = "idx_vehicle_options_year_names_lower"


def upgrade() -> None:
    names = [sa.text(f"lower({name})") for name in ("make", "model", "trim")]
    op.create_index(NAMES, TABLE, ["year", *names])
    for column in ("engine_id", "transmission_id"):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"idx_{TABLE}_{column}", TABLE, [column], postgresql_where=there, sqlite_where=there)


def downgrade() -> None:
    for index in (f"idx_{TABLE}_transmission_id", f"idx_{TABLE}_engine_id", NAMES):
        op.drop_index(index, TABLE)
