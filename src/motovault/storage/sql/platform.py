"""Tables of the platform capsule: the catalogue of vehicles."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, json_value, utc_moment

__all__ = ["ENGINES", "TRANSMISSIONS", "VEHICLE_OPTIONS"]

ENGINES: Final = sa.Table(
    "engines",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("displacement", sa.String(50), index=True),
    sa.Column("configuration", sa.String(50), index=True),
    sa.Column("horsepower", sa.String(100)),
    sa.Column("torque", sa.String(100)),
    sa.Column("fuel_type", sa.String(100)),
    sa.Column("fuel_system", sa.String(255)),
    sa.Column("aspiration", sa.String(100)),
    sa.Column("specs_json", json_value()),
    sa.Column("created_at", utc_moment()),
    sa.Column("updated_at", utc_moment()),
)
sa.Index("idx_engines_name_lower", sa.func.lower(ENGINES.c.name), unique=True)

TRANSMISSIONS: Final = sa.Table(
    "transmissions",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("type", sa.String(100), nullable=False),
    sa.Column("speeds", sa.String(50)),
    sa.Column("drive_type", sa.String(100)),
    sa.Column("created_at", utc_moment()),
    sa.Column("updated_at", utc_moment()),
)
sa.Index("idx_transmissions_type_lower", sa.func.lower(TRANSMISSIONS.c.type), unique=True)

VEHICLE_OPTIONS: Final = sa.Table(
    "vehicle_options",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("make", sa.String(100), nullable=False),
    sa.Column("model", sa.String(255), nullable=False),
    sa.Column("trim", sa.String(255), nullable=False),
    sa.Column("engine_id", sa.ForeignKey("engines.id", ondelete="SET NULL")),
    sa.Column("transmission_id", sa.ForeignKey("transmissions.id", ondelete="SET NULL")),
    sa.Column("created_at", utc_moment()),
    sa.Column("updated_at", utc_moment()),
    # As in the reference: rows without an engine or a transmission are never alike to it.
    sa.Index(
        "idx_vehicle_options_unique",
        *("year", "make", "model", "trim", "engine_id", "transmission_id"),
        unique=True,
    ),
    sa.Index("idx_vehicle_options_year", "year"),
    sa.Index("idx_vehicle_options_year_make", "year", "make"),
    sa.Index("idx_vehicle_options_year_make_model", "year", "make", "model"),
    sa.Index("idx_vehicle_options_year_make_model_trim", "year", "make", "model", "trim"),
)
