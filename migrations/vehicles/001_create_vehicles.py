"""Create vehicles, exactly as in the reference schema, with the trigger that keeps updated_at."""

import sqlalchemy as sa
from alembic import op

revision = "vehicles_001"
down_revision = None
branch_labels = ("vehicles",)
depends_on = None

# An update that sets updated_at itself keeps what it set.
POSTGRESQL = (
    """
    CREATE FUNCTION vehicles_set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.updated_at := CURRENT_TIMESTAMP;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER vehicles_updated_at BEFORE UPDATE ON vehicles
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION vehicles_set_updated_at()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER vehicles_updated_at AFTER UPDATE ON vehicles
    FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    BEGIN
        UPDATE vehicles SET updated_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHERE id = NEW.id;
    END
    """,
)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)
    op.create_table(
        "vehicles",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("vin", sa.String(17)),
        sa.Column("make", sa.String(100)),
        sa.Column("model", sa.String(100)),
        sa.Column("year", sa.Integer),
        sa.Column("trim", sa.String(100)),
        sa.Column("engine", sa.String(100)),
        sa.Column("transmission", sa.String(100)),
        sa.Column("nickname", sa.String(100)),
        sa.Column("color", sa.String(50)),
        sa.Column("license_plate", sa.String(20)),
        sa.Column("odometer_reading", sa.Integer, server_default=sa.text("0")),
        sa.Column("image_bucket", sa.String(128)),
        sa.Column("image_key", sa.String(512)),
        sa.Column("is_active", sa.Boolean, server_default=sa.true()),
        sa.Column("deleted_at", moment),
        sa.Column("created_at", moment),
        sa.Column("updated_at", moment),
        sa.PrimaryKeyConstraint("id", name="vehicles_pkey"),
    )
    for column in ("user_id", "vin", "is_active", "created_at"):
        op.create_index(f"idx_vehicles_{column}", "vehicles", [column])
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("vehicles")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION vehicles_set_updated_at()")
