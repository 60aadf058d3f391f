"""Tables of the maintenance capsule: what was done, and what recurs."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.storage.sql.columns import METADATA, moment, number, texts

__all__ = ["MAINTENANCE_LOGS", "MAINTENANCE_SCHEDULES"]

MAINTENANCE_LOGS: Final = sa.Table(
    "maintenance_logs",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("vehicle_id", sa.ForeignKey("vehicles.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("category", sa.String(50), nullable=False),
    sa.Column("subtypes", texts()),
    sa.Column("service_date", sa.Date, nullable=False, index=True),
    sa.Column("odometer", sa.Integer),
    sa.Column("cost", number(10, 2)),
    sa.Column("shop_name", sa.String(200)),
    sa.Column("notes", sa.Text),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.Column("odometer_unit", sa.String(10)),
    sa.Column("currency_code", sa.String(3)),
)

MAINTENANCE_SCHEDULES: Final = sa.Table(
    "maintenance_schedules",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("vehicle_id", sa.ForeignKey("vehicles.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("category", sa.String(50), nullable=False),
    sa.Column("subtypes", texts()),
    sa.Column("interval_months", sa.Integer),
    sa.Column("interval_miles", sa.Integer),
    sa.Column("last_service_date", sa.Date),
    sa.Column("last_service_mileage", sa.Integer),
    sa.Column("next_due_date", sa.Date, index=True),
    sa.Column("next_due_mileage", sa.Integer),
    sa.Column("email_notifications", sa.Boolean),
    sa.Column("notes", sa.Text),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.Column("interval_days", sa.Integer),
    sa.Column("mode", sa.String(10), nullable=False),
    sa.Column("anchor_date", sa.Date),
    # engine hours have decimals
    sa.Column("anchor_odometer", number()),
    sa.Column("due_soon_days", sa.Integer),
    sa.Column("due_soon_distance", number()),
    sa.Column("is_active", sa.Boolean, nullable=False),
    # of every distance in the row, interval_miles too; NULL is the owner's
    sa.Column("distance_unit", sa.String(10)),
)
