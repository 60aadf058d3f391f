"""Applied files that are not shipped as they were: reported with both sums, and nothing goes on."""

from __future__ import annotations

import hashlib
from shutil import rmtree

import pytest
import sqlalchemy as sa

from motovault.errors import StorageFailure
from motovault.storage.sql import SchemaDrift, migrate, shipped
from tests.migrations.conftest import OwnFiles
from tests.migrations.snapshot import state

pytestmark = pytest.mark.migrations

FIRST = "vehicles/001_create_vehicles.py"
MORE = "op.execute('CREATE TABLE more (id INTEGER)')"


def _sum(own_files: OwnFiles, name: str) -> str:
    return hashlib.sha256(own_files.path(name).read_bytes()).hexdigest()


def test_each_applied_file_is_recorded_with_capsule_name_sum_and_moment(
    db_engine: sa.Engine, own_files: OwnFiles
) -> None:
    clock = "SELECT now()" if db_engine.dialect.name == "postgresql" else "SELECT datetime('now')"
    with db_engine.connect() as connection:
        began = str(connection.exec_driver_sql(clock).scalar_one())[:19]
    migrate.upgrade(db_engine)
    with db_engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT capsule, file_name, sha256, applied_at FROM _migrations"
        ).all()
        ended = str(connection.exec_driver_sql(clock).scalar_one())[:19]
    files = sorted(path for path in own_files.folder.glob("*/[0-9]*.py"))
    assert sorted(tuple(row[:3]) for row in rows) == [
        (path.parent.name, path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files
    ]
    assert all(began <= str(row.applied_at)[:19].replace("T", " ") <= ended for row in rows)


def test_a_file_that_was_changed_after_it_was_applied_is_reported_with_both_sums_and_stops_the_run(
    db_engine: sa.Engine, own_files: OwnFiles
) -> None:
    migrate.upgrade(db_engine)
    was = _sum(own_files, FIRST)
    own_files.change(FIRST)
    own_files.add("more", MORE)
    before = state(db_engine)
    found = migrate.status(db_engine)
    assert (found.changed, found.missing, found.newer) == ((FIRST,), (), ())
    assert not found.is_current
    for refuses in (migrate.upgrade, migrate.require_current):
        with pytest.raises(SchemaDrift) as caught:
            refuses(db_engine)
        (file,) = caught.value.files
        assert (file.name, file.kind) == (FIRST, "changed")
        assert (file.recorded_sha256, file.shipped_sha256) == (was, _sum(own_files, FIRST))
        assert file.recorded_sha256 != file.shipped_sha256
        for text in (str(caught.value), str(found)):
            assert f"{FIRST} was changed after it was applied" in text
            assert f"{file.recorded_sha256[:12]}… then" in text
            assert f"{file.shipped_sha256[:12]}… now" in text
        assert "put the file back as it was" in str(caught.value)
    assert state(db_engine) == before


def test_a_file_that_was_applied_and_is_missing_stops_the_run(
    db_engine: sa.Engine, own_files: OwnFiles
) -> None:
    """Later files of its capsule are here, so this is no older version but a broken installation."""
    migrate.upgrade(db_engine)
    was = _sum(own_files, FIRST)
    own_files.remove(FIRST)
    before = state(db_engine)
    assert migrate.status(db_engine).missing == (FIRST,)
    for refuses in (migrate.upgrade, migrate.require_current):
        with pytest.raises(SchemaDrift) as caught:
            refuses(db_engine)
        (file,) = caught.value.files
        assert (file.kind, file.recorded_sha256, file.shipped_sha256) == ("missing", was, None)
        assert f"{FIRST} was applied (SHA-256 {was[:12]}…) and is missing" in str(caught.value)
        assert "reinstall motovault" in str(caught.value)
    assert state(db_engine) == before


def test_all_that_drifted_is_reported_at_once_and_each_advice_once(
    db_engine: sa.Engine, own_files: OwnFiles
) -> None:
    between = own_files.add("between", "pass")
    own_files.add("last", "pass")
    newer = own_files.add("more", MORE, "stations")
    migrate.upgrade(db_engine)
    own_files.remove(newer)
    own_files.remove(between)
    own_files.change(FIRST)
    own_files.change("fuel_logs/001_create_fuel_logs.py")
    with pytest.raises(SchemaDrift) as caught:
        migrate.upgrade(db_engine)
    kinds = {file.name: file.kind for file in caught.value.files}
    assert kinds == {
        FIRST: "changed",
        between: "missing",
        newer: "newer",
        "fuel_logs/001_create_fuel_logs.py": "changed",
    }
    assert str(caught.value).count("put the file back") == 1


def test_drift_stops_a_run_of_other_capsules_too(db_engine: sa.Engine, own_files: OwnFiles) -> None:
    migrate.upgrade(db_engine, ["vehicles"])
    own_files.change(FIRST)
    before = state(db_engine)
    with pytest.raises(SchemaDrift):
        migrate.upgrade(db_engine, ["stations"])
    assert state(db_engine) == before


def test_line_ends_of_another_system_are_no_change(db_engine: sa.Engine, own_files: OwnFiles) -> None:
    migrate.upgrade(db_engine)
    for path in own_files.folder.glob("*/*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    own_files.reread()
    assert migrate.status(db_engine).is_current


def test_a_database_of_a_newer_version_is_used_but_not_migrated_and_the_text_says_what_to_do(
    db_engine: sa.Engine, own_files: OwnFiles
) -> None:
    newer = own_files.add("more", MORE)
    migrate.upgrade(db_engine)
    own_files.remove(newer)
    before = state(db_engine)
    migrate.require_current(db_engine)
    found = migrate.status(db_engine)
    assert (found.changed, found.missing, found.newer) == ((), (), (newer,))
    with pytest.raises(SchemaDrift) as caught:
        migrate.upgrade(db_engine)
    assert f"{newer} was applied (SHA-256 {caught.value.files[0].recorded_sha256[:12]}…)" in str(caught.value)
    assert "by a newer version" in str(caught.value)
    assert "install that version of motovault to migrate" in str(caught.value)
    assert "migrate=False" in str(caught.value)
    assert state(db_engine) == before


def test_a_capsule_that_only_a_newer_version_knows_is_newer_too(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine)
    row = {"capsule": "boats", "file_name": "001_create_boats.py", "sha256": "b" * 64}
    with db_engine.begin() as connection:
        moment = connection.execute(sa.select(migrate.MIGRATIONS.c.applied_at)).scalars().first()
        connection.execute(migrate.MIGRATIONS.insert().values(**row, applied_at=moment))
    assert migrate.status(db_engine).newer == ("boats/001_create_boats.py",)
    migrate.require_current(db_engine)


def test_the_migrations_table_of_another_application_is_told_apart(db_engine: sa.Engine) -> None:
    with db_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE _migrations (id INTEGER, name VARCHAR(50))")
    with pytest.raises(StorageFailure, match=r"another application's.*capsule"):
        migrate.upgrade(db_engine)
    assert sa.inspect(db_engine).get_table_names() == ["_migrations"]


def test_what_is_shipped_has_no_drift_of_its_own(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine)
    assert migrate.status(db_engine).drifted == ()
    assert len({file.sha256 for file in shipped.shipped()}) == len(shipped.shipped())


def test_the_last_number_of_each_capsule_is_that_of_its_last_file() -> None:
    last: dict[str, int] = {}
    for file in shipped.shipped():
        last[file.capsule] = int(file.file_name[:3])
    assert {capsule: shipped.LAST.get(capsule, 1) for capsule in shipped.CAPSULES} == last


@pytest.mark.parametrize(
    "lost", ["vehicles/004_take_empty_vin_for_none.py", "stations/001_create_stations.py"]
)
def test_the_last_file_or_the_only_one_that_is_lost_is_missing_and_not_newer(
    db_engine: sa.Engine, own_files: OwnFiles, lost: str
) -> None:
    migrate.upgrade(db_engine)
    own_files.remove(lost)
    assert migrate.status(db_engine).missing == (lost,)
    for refuses in (migrate.upgrade, migrate.require_current):
        with pytest.raises(SchemaDrift, match="reinstall motovault") as caught:
            refuses(db_engine)
        assert "newer" not in str(caught.value)


def test_a_whole_capsule_that_is_lost_is_missing_and_not_newer(
    db_engine: sa.Engine, own_files: OwnFiles
) -> None:
    migrate.upgrade(db_engine)
    rmtree(own_files.folder / "vehicles")
    own_files.reread()
    found = migrate.status(db_engine)
    assert (len(found.missing), found.newer) == (4, ())
    for refuses in (migrate.upgrade, migrate.require_current):
        with pytest.raises(SchemaDrift, match="reinstall motovault"):
            refuses(db_engine)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("vehicles/003_add_owner_key.py", None, "the migration vehicles_003"),
        ("fuel_logs/002_add_economy_columns.py", None, "the migration fuel_logs_002"),
        (
            "fuel_logs/002_add_economy_columns.py",
            "def (",
            r"fuel_logs/002_add_economy_columns\.py.*SyntaxError",
        ),
        ("stations/001_create_stations.py", "import lost_module", r"stations/001_create_stations\.py.*lost_"),
        ("stations/001_create_stations.py", "", r"001_create_stations\.py"),
        ("vehicles", None, "capsule vehicles"),
    ],
)
def test_a_new_database_is_not_made_by_a_damaged_installation_which_names_the_file(
    db_engine: sa.Engine, own_files: OwnFiles, name: str, text: str | None, says: str
) -> None:
    path = own_files.path(name)
    if text is not None:
        path.write_text(text)
    elif path.is_dir():
        rmtree(path)
    else:
        path.unlink()
    own_files.reread()
    with pytest.raises(StorageFailure, match=f"installation of motovault is damaged: .*{says}.*reinstall"):
        migrate.upgrade(db_engine, shipped.VAULT if name == "vehicles" else None)
    assert sa.inspect(db_engine).get_table_names() == []
