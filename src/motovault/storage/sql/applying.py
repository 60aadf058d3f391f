"""Running the files of the migrations through Alembic, each under its own name."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc

from motovault.errors import StorageFailure
from motovault.storage.sql.migration_lock import waited_too_long
from motovault.storage.sql.shipped import damaged

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

__all__ = ["run"]


def run(config: Config, capsules: tuple[str, ...]) -> None:
    """Apply what these capsules lack, in their documented order, in one run of the environment."""
    from alembic.runtime.environment import EnvironmentContext

    script = _whole(config)
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


def _whole(config: Config) -> ScriptDirectory:
    """All files, read now, so that one that cannot be is told apart from one that fails."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a revision that is missing, which is an error here
            script.get_heads()
    except Exception as error:
        file = _file_at_fault(error, Path(script.dir))
        if file is not None:
            raise damaged(f"the migration {file} cannot be read ({type(error).__name__}: {error})") from error
        if isinstance(error, KeyError):
            raise damaged(f"the migration {error.args[0]}, which another one needs, is missing") from None
        raise damaged(str(error)) from error
    return script


def _file_at_fault(error: Exception, folder: Path) -> str | None:
    at = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        at.append(error.filename)  # nothing of the file ran
    for path in map(Path, reversed(at)):
        if path.parent.parent == folder:
            return f"{path.parent.name}/{path.name}"
    return None


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
