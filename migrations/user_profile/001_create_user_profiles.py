"""Create user_profiles, exactly as in the reference schema, with the trigger that keeps updated_at."""

import sqlalchemy as sa
from alembic import op

revision = "user_profile_001"
down_revision = None
branch_labels = ("user_profile",)
depends_on = None

# An update that sets updated_at itself keeps what it set.
POSTGRESQL = (
    """
    CREATE FUNCTION user_profiles_set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.updated_at := CURRENT_TIMESTAMP;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER user_profiles_updated_at BEFORE UPDATE ON user_profiles
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION user_profiles_set_updated_at()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER user_profiles_updated_at AFTER UPDATE ON user_profiles
    FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    BEGIN
        UPDATE user_profiles SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')
        WHERE id = NEW.id;
    END
    """,
)
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
        "user_profiles",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("auth0_sub", sa.String(255), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("display_name", sa.String(100)),
        sa.Column("notification_email", sa.String(255)),
        sa.Column("email_verified", sa.Boolean, server_default=sa.false()),
        sa.Column("onboarding_completed_at", moment),
        sa.Column("subscription_tier", sa.String(50), server_default="free"),
        sa.Column("deactivated_at", moment),
        sa.Column("deletion_requested_at", moment),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="user_profiles_pkey"),
        sa.UniqueConstraint("auth0_sub", name="user_profiles_auth0_sub_key"),
    )
    op.create_index("idx_user_profiles_auth0_sub", "user_profiles", ["auth0_sub"])
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("user_profiles")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION user_profiles_set_updated_at()")
