"""Many fuel logs at once, made by the database itself."""

from __future__ import annotations

import sqlalchemy as sa

from motovault.storage.sql import make_engine

PER_VEHICLE = 500


def fill(url: str, count: int) -> None:
    """So many rows, 500 a vehicle, four vehicles a user; kilometres and miles, litres and gallons."""
    db_engine = make_engine(url)
    vehicles = max(1, count // PER_VEHICLE)
    is_sqlite = db_engine.dialect.name == "sqlite"
    series = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) "
        if is_sqlite
        else "WITH n(i) AS (SELECT generate_series(1, {0})) "
    )
    if is_sqlite:
        key = "printf('%08x00007000800000%010x', {0} * 2654435761 % 4294967296, {0})"
        moment = "strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 1262304000 + n.i * 604800, 'unixepoch')"
    else:
        spread = "lpad(to_hex({0}::bigint * 2654435761 % 4294967296), 8, '0')"
        key = f"({spread} || '00007000800000' || lpad(to_hex({{0}}), 10, '0'))::uuid"
        moment = "to_timestamp(1262304000 + n.i * 604800)"
    preferences = (
        f"INSERT INTO user_preferences (id, user_id, unit_system, currency_code, time_zone) "
        f"{series.format(max(1, vehicles // 4))} SELECT {key.format('n.i')}, 'user' || n.i, "
        "CASE WHEN n.i % 2 = 0 THEN 'metric' ELSE 'imperial' END, 'EUR', "
        "CASE n.i % 3 WHEN 0 THEN 'Europe/Berlin' WHEN 1 THEN 'America/New_York' "
        "ELSE 'Asia/Kathmandu' END FROM n"
    )
    cars = (
        f"INSERT INTO vehicles (id, user_id, license_plate, is_active) {series.format(vehicles)} "
        f"SELECT {key.format('n.i')}, 'user' || (1 + n.i % {max(1, vehicles // 4)}), 'P' || n.i, TRUE FROM n"
    )
    volume, price, total = (
        ("printf('%.3f', 30 + n.i % 200 / 10.0)", "printf('%.3f', 1.2 + n.i % 97 / 100.0)", "'61.25'")
        if is_sqlite
        else ("30 + n.i % 200 / 10.0", "1.2 + n.i % 97 / 100.0", "61.25")
    )
    odometer = "printf('%.1f', 10000 + n.i * 431.7)" if is_sqlite else "10000 + n.i * 431.7"
    number = f"(n.i + {PER_VEHICLE} * c.place)"
    logs = (
        "INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, odometer, fuel_type, fuel_grade,"
        " fuel_units, cost_per_unit, total_cost, location_data, odometer_unit, is_full_tank,"
        " missed_previous, tank, is_towing,"
        f" source, source_key) {series.format(PER_VEHICLE)}, c AS (SELECT id, user_id,"
        " row_number() OVER (ORDER BY id) AS place FROM vehicles) "
        f"SELECT {key.format(number)}, c.user_id, c.id, {moment}, {odometer}, 'gasoline',"
        " CASE WHEN n.i % 3 = 0 THEN NULL ELSE '95' END,"
        f" {volume}, {price}, {total}, CASE WHEN n.i % 5 = 0 THEN NULL ELSE 'Station ' || (n.i % 50) END,"
        " CASE WHEN n.i % 2 = 0 THEN NULL ELSE 'km' END, n.i % 5 > 0, FALSE, 1, FALSE, 'many', n.i FROM c, n"
    )
    with db_engine.begin() as connection:
        for statement in (preferences, cars, logs):
            connection.execute(sa.text(statement.replace(":", "\\:")))
    if not is_sqlite:
        with db_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    db_engine.dispose()
