"""Create terms_agreements, exactly as in the reference schema."""

import sqlalchemy as sa
from alembic import op

revision = "terms_agreement_001"
down_revision = None
branch_labels = ("terms_agreement",)
depends_on = None

# Version 4 of RFC 9562, as 32 digits.
SQLITE_UUID = (
    "(lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)"
    " || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6))))"
)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)
    # SQLite's CURRENT_TIMESTAMP has another form, which does not sort beside ours.
    now = sa.text("(strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))" if is_sqlite else "CURRENT_TIMESTAMP")
    # the reference's uuid_generate_v4() is of an extension, this is PostgreSQL's own
    new_uuid = sa.text(SQLITE_UUID if is_sqlite else "gen_random_uuid()")
    op.create_table(
        "terms_agreements",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("agreed_at", moment, nullable=False, server_default=now),
        sa.Column("ip_address", sa.String(45), nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("terms_version", sa.String(50), nullable=False),
        sa.Column("terms_url", sa.String(255), nullable=False),
        sa.Column("terms_content_hash", sa.String(64), nullable=False),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="terms_agreements_pkey"),
    )
    op.create_index("idx_terms_agreements_user_id", "terms_agreements", ["user_id"])


def downgrade() -> None:
    op.drop_table("terms_agreements")
