"""Create user_preferences, exactly as in the reference schema."""

import sqlalchemy as sa
from alembic import op

revision = "user_preferences_001"
down_revision = None
branch_labels = ("user_preferences",)
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)
    # SQLite's CURRENT_TIMESTAMP has another form, which does not sort beside ours.
    now = sa.text("(strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))" if is_sqlite else "CURRENT_TIMESTAMP")
    op.create_table(
        "user_preferences",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("unit_system", sa.String(20), server_default="imperial"),
        sa.Column("currency_code", sa.String(3), server_default="USD"),
        sa.Column("time_zone", sa.String(100), server_default="America/New_York"),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="user_preferences_pkey"),
        sa.UniqueConstraint("user_id", name="user_preferences_user_id_key"),
    )
    op.create_index("idx_user_preferences_user_id", "user_preferences", ["user_id"])


def downgrade() -> None:
    op.drop_table("user_preferences")
