"""Tables of the stations capsule: stations, and what users say of them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, moment, number

__all__ = ["COMMUNITY_STATIONS", "STATIONS"]

STATIONS: Final = sa.Table(
    "stations",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("google_place_id", sa.String(255), unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("address", sa.Text),
    sa.Column("latitude", number(10, 8)),
    sa.Column("longitude", number(11, 8)),
    sa.Column("phone", sa.String(20)),
    sa.Column("website", sa.String(255)),
    sa.Column("has_93_octane", sa.Boolean),
    sa.Column("photo_reference", sa.String(500)),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
)

COMMUNITY_STATIONS: Final = sa.Table(
    "community_stations",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("station_id", sa.ForeignKey("stations.id")),
    sa.Column("user_id", sa.String(255), nullable=False),
    sa.Column("has_93_octane", sa.Boolean),
    sa.Column("reported_at", moment()),
    sa.Column("removed_at", moment()),
    sa.Column("removal_reason", sa.String(100)),
)
