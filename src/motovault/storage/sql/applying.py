"""Running the files of the migrations through Alembic, each under its own name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc

from motovault.errors import StorageFailure
from motovault.storage.sql.migration_lock import waited_too_long

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["run"]


def run(config: Config, capsules: tuple[str, ...]) -> None:
    """Apply what these capsules lack, in their documented order, in one run of the environment."""
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config)
    instead: Mapping[str, Callable[[Any], Any]] = config.attributes.get("instead", {})

    def plan(current: Any, _: object) -> list[Any]:
        # Alembic's own order of several heads is right but arbitrary.
        steps: dict[str, Any] = {}
        for capsule in capsules:
            for step in script._upgrade_revs(f"{capsule}@head", current):
                steps.setdefault(step.revision.revision, step)
        for revision, step in steps.items():
            apply = instead[revision](step.migration_fn) if revision in instead else step.migration_fn
            step.migration_fn = _naming_itself(apply, Path(step.revision.path))
        return list(steps.values())

    with EnvironmentContext(config, script, fn=plan, as_sql="dialect" in config.attributes):
        script.run_env()


def _naming_itself(apply: Callable[..., None], path: Path) -> Callable[..., None]:
    """The function of a file, whose failure says which file it was."""

    def run(**arguments: object) -> None:
        try:
            apply(**arguments)
        except Exception as error:
            name = f"{path.parent.name}/{path.name}"
            if isinstance(error, exc.DBAPIError):
                waited_too_long(error, name)
            reason = (
                str(error.orig) if isinstance(error, exc.DBAPIError) else f"{type(error).__name__}: {error}"
            )
            raise StorageFailure(
                f"migration {name} failed, the database and its schema are as they were: {reason}"
            ) from error

    return run
