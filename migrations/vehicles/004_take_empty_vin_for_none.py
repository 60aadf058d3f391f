"""Let a user have several live vehicles with an empty VIN, which MotoVaultPro may write where there is none.

The index of 002 took '' for a VIN, and so refused the application's second vehicle without one.
It may be lacking: where live vehicles of a user have the same VIN it waits until they are mended.
"""

import sqlalchemy as sa
from alembic import op

revision = "vehicles_004"
down_revision = "vehicles_003"
branch_labels = None
depends_on = None

NAME = "vehicles_live_vin_key"
LIVE_WITH_VIN = "deleted_at IS NULL AND is_active AND vin IS NOT NULL"


def upgrade() -> None:
    _make_anew(f"{LIVE_WITH_VIN} AND vin <> ''")


def downgrade() -> None:
    _make_anew(LIVE_WITH_VIN)


def _make_anew(condition: str) -> None:
    op.drop_index(NAME, "vehicles", if_exists=True)
    where = sa.text(condition)
    op.create_index(
        NAME, "vehicles", ["user_id", "vin"], unique=True, postgresql_where=where, sqlite_where=where
    )
