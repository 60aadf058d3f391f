"""Create engines, transmissions and vehicle_options, exactly as in the reference schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "platform_001"
down_revision = None
branch_labels = ("platform",)
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    # Without time zone in the reference; it is UTC, which SQLite's text says.
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=False)
    # SQLite's CURRENT_TIMESTAMP has another form, which does not sort beside ours.
    now = sa.text("(strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))" if is_sqlite else "CURRENT_TIMESTAMP")
    op.create_table(
        "engines",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("displacement", sa.String(50)),
        sa.Column("configuration", sa.String(50)),
        sa.Column("horsepower", sa.String(100)),
        sa.Column("torque", sa.String(100)),
        sa.Column("fuel_type", sa.String(100)),
        sa.Column("fuel_system", sa.String(255)),
        sa.Column("aspiration", sa.String(100)),
        sa.Column("specs_json", sa.Text() if is_sqlite else postgresql.JSONB()),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="engines_pkey"),
    )
    op.create_index("idx_engines_name_lower", "engines", [sa.text("lower(name)")], unique=True)
    for column in ("displacement", "configuration"):
        op.create_index(f"idx_engines_{column}", "engines", [column])
    op.create_table(
        "transmissions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("speeds", sa.String(50)),
        sa.Column("drive_type", sa.String(100)),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="transmissions_pkey"),
    )
    op.create_index("idx_transmissions_type_lower", "transmissions", [sa.text("lower(type)")], unique=True)
    op.create_table(
        "vehicle_options",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("make", sa.String(100), nullable=False),
        sa.Column("model", sa.String(255), nullable=False),
        sa.Column("trim", sa.String(255), nullable=False),
        sa.Column("engine_id", sa.Integer),
        sa.Column("transmission_id", sa.Integer),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="vehicle_options_pkey"),
        sa.ForeignKeyConstraint(
            ["engine_id"], ["engines.id"], ondelete="SET NULL", name="vehicle_options_engine_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["transmission_id"],
            ["transmissions.id"],
            ondelete="SET NULL",
            name="vehicle_options_transmission_id_fkey",
        ),
    )
    cascade = ["year", "make", "model", "trim"]
    op.create_index(
        "idx_vehicle_options_unique",
        "vehicle_options",
        [*cascade, "engine_id", "transmission_id"],
        unique=True,
    )
    for depth in range(1, len(cascade) + 1):
        op.create_index(
            f"idx_vehicle_options_{'_'.join(cascade[:depth])}", "vehicle_options", cascade[:depth]
        )


def downgrade() -> None:
    for table in ("vehicle_options", "transmissions", "engines"):
        op.drop_table(table)
