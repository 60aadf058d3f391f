"""Create stations and community_stations, exactly as in the reference schema."""

import sqlalchemy as sa
from alembic import op

revision = "stations_001"
down_revision = None
branch_labels = ("stations",)
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)

    def number(precision: int, scale: int) -> sa.types.TypeEngine:
        # SQLite has no exact numbers: they are kept as text
        return sa.Text() if is_sqlite else sa.Numeric(precision, scale)

    op.create_table(
        "stations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("google_place_id", sa.String(255)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("latitude", number(10, 8)),
        sa.Column("longitude", number(11, 8)),
        sa.Column("phone", sa.String(20)),
        sa.Column("website", sa.String(255)),
        sa.Column("has_93_octane", sa.Boolean),
        sa.Column("photo_reference", sa.String(500)),
        sa.Column("created_at", moment),
        sa.Column("updated_at", moment),
        sa.PrimaryKeyConstraint("id", name="stations_pkey"),
        sa.UniqueConstraint("google_place_id", name="stations_google_place_id_key"),
    )
    op.create_table(
        "community_stations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("has_93_octane", sa.Boolean),
        sa.Column("reported_at", moment),
        sa.Column("removed_at", moment),
        sa.Column("removal_reason", sa.String(100)),
        sa.PrimaryKeyConstraint("id", name="community_stations_pkey"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="community_stations_station_id_fkey"),
    )


def downgrade() -> None:
    op.drop_table("community_stations")
    op.drop_table("stations")
