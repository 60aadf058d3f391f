"""Create documents, exactly as in the reference schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "documents_001"
down_revision = None
branch_labels = ("documents",)
depends_on = ("vehicles_001",)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    # Without time zone in the reference; it is UTC, which SQLite's text says.
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=False)
    # SQLite's CURRENT_TIMESTAMP has another form, which does not sort beside ours.
    now = sa.text("(strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))" if is_sqlite else "now()")
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("document_type", sa.String(32), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("notes", sa.Text),
        sa.Column("details", sa.Text() if is_sqlite else postgresql.JSONB()),
        sa.Column("storage_bucket", sa.String(128)),
        sa.Column("storage_key", sa.String(512)),
        sa.Column("file_name", sa.String(255)),
        sa.Column("content_type", sa.String(128)),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_hash", sa.String(128)),
        sa.Column("issued_date", sa.Date),
        sa.Column("expiration_date", sa.Date),
        sa.Column("email_notifications", sa.Boolean, server_default=sa.false()),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.Column("deleted_at", moment),
        sa.PrimaryKeyConstraint("id", name="documents_pkey"),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], ondelete="CASCADE", name="documents_vehicle_id_fkey"
        ),
        sa.CheckConstraint(
            "document_type IN ('insurance', 'registration', 'manual')", name="documents_document_type_check"
        ),
    )
    for column in ("user_id", "vehicle_id", "document_type", "expiration_date"):
        op.create_index(f"idx_documents_{column}", "documents", [column])


def downgrade() -> None:
    op.drop_table("documents")
