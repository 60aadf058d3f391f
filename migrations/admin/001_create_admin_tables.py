"""Create admin_users, with the trigger that keeps updated_at, and admin_audit_logs, as in the reference."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "admin_001"
down_revision = None
branch_labels = ("admin",)
depends_on = None

# An update that sets updated_at itself keeps what it set.
POSTGRESQL = (
    """
    CREATE FUNCTION admin_users_set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.updated_at := CURRENT_TIMESTAMP;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER admin_users_updated_at BEFORE UPDATE ON admin_users
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION admin_users_set_updated_at()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER admin_users_updated_at AFTER UPDATE ON admin_users
    FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    BEGIN
        UPDATE admin_users SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')
        WHERE auth0_sub = NEW.auth0_sub;
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
    new_uuid = sa.text(SQLITE_UUID if is_sqlite else "gen_random_uuid()")
    op.create_table(
        "admin_users",
        sa.Column("auth0_sub", sa.String(255), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("role", sa.String(50), nullable=False, server_default="admin"),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.Column("revoked_at", moment),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("auth0_sub", name="admin_users_pkey"),
        sa.UniqueConstraint("email", name="admin_users_email_key"),
    )
    for column in ("email", "created_at", "revoked_at"):
        op.create_index(f"idx_admin_users_{column}", "admin_users", [column])
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "admin_audit_logs",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("actor_admin_id", sa.String(255), nullable=False),
        sa.Column("target_admin_id", sa.String(255)),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("resource_type", sa.String(100)),
        sa.Column("resource_id", sa.String(255)),
        sa.Column("context", sa.Text() if is_sqlite else postgresql.JSONB()),
        sa.Column("created_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="admin_audit_logs_pkey"),
    )
    for column in ("actor_admin_id", "target_admin_id", "action", "created_at"):
        op.create_index(f"idx_admin_audit_logs_{column}", "admin_audit_logs", [column])


def downgrade() -> None:
    op.drop_table("admin_audit_logs")
    op.drop_table("admin_users")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION admin_users_set_updated_at()")
