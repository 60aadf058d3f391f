"""Where the parts are wired together: ``open_vault`` and the vault.

The only module that knows both the domain's services and the stores behind
them. A store is loaded when it is opened, not when motovault is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from motovault.domain.fields import user_id as checked_user_id
from motovault.domain.platform import CatalogueChanges
from motovault.domain.platform.service import CatalogueService, Progress
from motovault.domain.tiers import FeaturePolicy, TierPolicy
from motovault.domain.vehicles import CatalogueVinDecoder, VinDecoder
from motovault.errors import InvalidValue
from motovault.garage import Garage
from motovault.ports import Cache, Clock, NewId, UserId
from motovault.providers.vin_decoders import EmbeddedVinDecoder
from motovault.stores import Repositories, Store
from motovault.system import SystemClock, uuid7

if TYPE_CHECKING:
    import sqlalchemy as sa

    from motovault.analysis.frames import Frames
    from motovault.cache import Answers
    from motovault.storage.sql.migrate import MigrationStatus
    from motovault.storage.sql.store import SqlStore

__all__ = ["Garage", "Repositories", "Store", "Vault", "open_vault"]


class Vault:
    """A store with everybody's data in it. Use it as a context manager, or close it.

    Attributes:
        vin_decoder: Tells what VINs say, one or many, and how that agrees with the catalogue where there is
            one; it belongs to no user, so no tier is asked for.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_id: NewId,
        name: str,
        on_close: Callable[[], None] | None = None,
        *,
        vin_decoder: VinDecoder | None = None,
        policy: FeaturePolicy | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._name = name
        self._on_close = on_close
        # remembered before it is compared: so no import of a catalogue makes it stale
        self._decoder = _remembering(vin_decoder or EmbeddedVinDecoder(clock), store)
        self.vin_decoder: VinDecoder = CatalogueVinDecoder(self._decoder, self.catalogue)
        self._policy = policy or TierPolicy()

    def garage(self, user_id: str) -> Garage:
        """One user's data.

        Args:
            user_id: The subject of the user's token, or any name of 1 to 255 characters.

        Raises:
            InvalidValue: Empty, too long, or with blanks around it.
        """
        return Garage(
            self._store,
            UserId(checked_user_id(user_id, "user_id")),
            self._clock,
            self._new_id,
            vin_decoder=self._decoder,
            policy=self._policy,
        )

    @property
    def frames(self) -> Frames:
        """The rows of all users as frames: for whoever runs the vault, never for one of its users.

        Under row-level security, as a role that it binds, they raise NotAllowed.
        """
        from motovault.analysis.frame_sources import frames_of_all

        return frames_of_all(self._store)

    @property
    def catalogue(self) -> CatalogueService:
        """The catalogue of vehicles, which belongs to no user."""
        return CatalogueService(self._store.catalogue_unit_of_work, self._clock)

    def import_catalogue(
        self,
        source: Path | str | bytes | BinaryIO,
        *,
        replace: bool = False,
        progress: Progress | None = None,
        name: str | None = None,
    ) -> CatalogueChanges:
        """Bring in a catalogue from CSV or Parquet, all or nothing; the same file twice changes nothing.

        Args:
            source: A path, the bytes of the file, or a binary stream.
            replace: Afterwards the catalogue is what the file says; else what is new is added.
            progress: Called every 10,000 rows, with how many were read.
            name: What errors call the file.

        Raises:
            UnreadableSource: It cannot be opened, or is neither a table of text nor Parquet.
            CatalogueCellInvalid: A cell breaks a rule; the error says where it stands.
            CatalogueNotInstalled: The database has no catalogue: ``motovault migrate --capsule platform``.
            MissingExtra: Parquet without pyarrow: ``pip install 'motovault[parquet]'``.
        """
        from motovault.importers.catalogue import open_catalogue

        with open_catalogue(source, name=name) as options:
            return self.catalogue.import_options(options, replace=replace, progress=progress)

    def migrate(self, capsules: list[str] | None = None) -> MigrationStatus:
        """Bring the database to the newest schema, of all capsules or of some with what they need."""
        from motovault.storage.sql.migrate import status, upgrade

        engine = self._sql("migrate").engine
        upgrade(engine, capsules)
        return status(engine)

    def status(self) -> MigrationStatus:
        """Which migrations are applied, which are pending, which files changed since."""
        from motovault.storage.sql.migrate import status

        return status(self._sql("status").engine)

    def _sql(self, asked: str) -> SqlStore:
        from motovault.storage.sql.store import SqlStore

        store = getattr(self._store, "store", self._store)  # the one behind a cache
        if not isinstance(store, SqlStore):
            raise InvalidValue("vault", self._name, f"has no schema: {asked} is for databases")
        return store

    def close(self) -> None:
        """Let go of all connections; a host's own engine or connection stays open."""
        if self._on_close is not None:
            self._on_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Vault {self._name}>"


def open_vault(
    database: str | Path | None = None,
    *,
    engine: sa.Engine | None = None,
    connection: sa.Connection | None = None,
    cache: str | Cache | Answers | None = None,
    password_file: str | Path | None = None,
    pool_size: int = 10,
    pool_idle_seconds: int = 30,
    migrate: bool | None = None,
    row_level_security: bool | None = None,
    clock: Clock | None = None,
    new_id: NewId | None = None,
    vin_decoder: VinDecoder | None = None,
    policy: FeaturePolicy | None = None,
) -> Vault:
    """Open the place where vehicles and their logs are kept.

    Args:
        database: A path (a SQLite file, made and migrated when needed), ``sqlite:///…``,
            ``postgresql://…``, or ``memory:``.
        engine: A host's own SQLAlchemy engine instead; it stays the host's to dispose of.
        connection: A host's own open connection instead: nothing is committed here, the host does.
        cache: Where answers are kept: ``redis://…``, ``memory:`` where no other process writes to the
            database, or what :func:`motovault.cache.open_cache` gives, or a cache of your own. Closed
            with the vault where it was given as a URL.
        password_file: A file whose content is the database's password.
        pool_size: Connections kept at most.
        pool_idle_seconds: A connection idle for longer is made anew.
        migrate: Bring the schema up to date on opening. By default SQLite files that we open are,
            and everything else is only checked.
        row_level_security: By default the database is asked whether it has it, and then told before every
            statement whose garage it is. True refuses a database that has it not, or has it not for the
            role that we are there; False does not ask.
        clock: Tells the time; the machine's by default.
        new_id: Makes ids; UUID version 7 by default.
        vin_decoder: Tells what VINs say; by default the embedded one of the extra ``vpic`` where that is
            installed, else the basic one. What it says is remembered for 7 days where there is a cache, and
            compared with the catalogue where there is one.
        policy: Says which user may use what; by default the reference's tiers, and everybody is in the free
            one, without decoding. :class:`motovault.domain.tiers.AllFeatures` allows everything.

    Raises:
        InvalidValue: Not exactly one of ``database``, ``engine``, ``connection``, or a URL of no known kind;
            or a cache for a ``connection``, whose commits are not seen here.
        SchemaBehind: The schema is older than this release; the error names the command.
        StorageFailure: The database cannot be reached, or does not protect rows as it was asked to.
        MissingExtra: A package is missing; the error names the install line.

    >>> open_vault("memory:")
    <Vault memory:>
    """
    clock, new_id = clock or SystemClock(), new_id or uuid7
    given = [value for value in (database, engine, connection) if value is not None]
    if len(given) != 1:
        rule = "must be given, or an engine or a connection instead: one of the three"
        raise InvalidValue("database", database, rule)
    if database is not None and not isinstance(database, str | Path):
        raise InvalidValue("database", database, "must be a path, a URL or memory:")
    if database is not None and str(database) == "memory:":
        if row_level_security:
            raise InvalidValue("row_level_security", True, "is for PostgreSQL; memory has none")
        from motovault.storage.memory import MemoryStore

        kept, close = _cached(MemoryStore(), cache, None)
        return Vault(kept, clock, new_id, "memory:", close, vin_decoder=vin_decoder, policy=policy)
    from motovault.storage.sql import SqlStore, make_engine
    from motovault.storage.sql.migrate import require_current, upgrade
    from motovault.storage.sql.row_level_security import is_asked_for

    made = None
    if database is not None:
        made = make_engine(
            database, password_file=password_file, pool_size=pool_size, pool_idle_seconds=pool_idle_seconds
        )
    store = SqlStore(made or engine, connection=connection)
    name = store.engine.url.render_as_string(hide_password=True)
    try:
        if migrate or (migrate is None and made is not None and made.dialect.name == "sqlite"):
            upgrade(store.engine)
        else:
            require_current(connection if connection is not None else store.engine)
        if is_asked_for(connection if connection is not None else store.engine, row_level_security):
            store = SqlStore(made or engine, connection=connection, row_level_security=True)
        cached, close = _cached(store, cache, None if made is None else made.dispose)
    except BaseException:
        if made is not None:
            made.dispose()
        raise
    return Vault(cached, clock, new_id, name, close, vin_decoder=vin_decoder, policy=policy)


def _remembering(decoder: VinDecoder, store: Store) -> VinDecoder:
    """The decoder behind the store's cache, where it has one."""
    answers: Answers | None = getattr(store, "answers", None)
    if answers is None:
        return decoder
    from motovault.cache.vin_decoder import CachedVinDecoder

    return CachedVinDecoder(decoder, answers)


def _cached(
    store: Store, cache: str | Cache | Answers | None, close: Callable[[], None] | None
) -> tuple[Store, Callable[[], None] | None]:
    if cache is None:
        return store, close
    from motovault.cache.opening import behind

    return behind(store, cache, close)
