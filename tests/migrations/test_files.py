"""The files themselves: names, revision ids, branches, what needs what."""

from __future__ import annotations

import re

import pytest
from alembic.script import ScriptDirectory

from motovault.storage.sql import migrate, shipped

pytestmark = pytest.mark.migrations


@pytest.fixture(scope="module")
def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(migrate._config())


def test_every_file_is_named_by_number_and_subject_and_has_the_revision_of_its_place(
    scripts: ScriptDirectory,
) -> None:
    seen = set()
    for script in scripts.walk_revisions():
        capsule, name = script.path.split("/")[-2:]
        assert re.fullmatch(r"\d{3}_[a-z0-9_]+\.py", name)
        assert script.revision == f"{capsule}_{name[:3]}"
        assert len(script.revision) <= 32  # what Alembic's version table holds
        assert script.doc
        seen.add(f"{capsule}/{name}")
    assert seen == {file.name for file in shipped.shipped()}


def test_every_capsule_is_one_branch_with_its_label_on_the_first_file(scripts: ScriptDirectory) -> None:
    for capsule in shipped.wanted(None):
        assert capsule in shipped.CAPSULES
        chain = list(scripts.iterate_revisions(f"{capsule}@head", f"{capsule}@base"))
        names = sorted(script.revision for script in chain if script.revision.startswith(f"{capsule}_0"))
        assert names == [f"{capsule}_{n:03d}" for n in range(1, len(names) + 1)]


def test_what_a_capsule_needs_is_what_its_files_depend_on(scripts: ScriptDirectory) -> None:
    needs: dict[str, set[str]] = {}
    for script in scripts.walk_revisions():
        capsule = script.path.split("/")[-2]
        of = script.dependencies or ()
        for revision in (of,) if isinstance(of, str) else of:
            assert revision not in shipped.CAPSULES, "a label would move; name the revision"
            needs.setdefault(capsule, set()).add(revision.rsplit("_", 1)[0])
    assert needs == {capsule: set(of) for capsule, of in shipped.NEEDS.items()}
    for capsule, of in needs.items():
        assert all(shipped.CAPSULES.index(needed) < shipped.CAPSULES.index(capsule) for needed in of)
