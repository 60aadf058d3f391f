"""How the project is checked: ``nox`` runs the gate, ``nox -l`` lists all, ``nox -s vectors`` runs one.

One virtual environment for each Python, shared by all sessions, made on first
use under ``.nox/`` and refreshed when ``pyproject.toml`` changes: installing
takes longer than most sessions. ``rm -r .nox`` starts afresh.

What follows ``--`` goes to the session's tool: ``nox -s tests -- tests/vin -x``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
SUPPORTED = ("3.11", "3.12", "3.13")
EXTRAS = "postgres,redis,vpic,analysis,pandas,duckdb,adbc,calendar,parquet,testing"
SPARK_EXTRAS = "analysis,pandas,spark,testing"


def _interpreters() -> dict[str, str]:
    """Path of each supported Python that is really there; one that is found but does not run is not.

    Beside the path, the versions of pyenv are looked through: its shims are on
    the path for versions that are installed but switched off.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = {}
    for version in SUPPORTED:
        candidates = [
            *([sys.executable] if version == RUNNING else []),
            *filter(None, [shutil.which(f"python{version}")]),
            *map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)),
        ]
        for candidate in candidates:
            if _version_of(candidate) == version:
                found[version] = candidate
                break
    return found


def _version_of(python: str) -> str | None:
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [python, "-c", program], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


INTERPRETERS = _interpreters()

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "walls", "types", "wheel", f"tests({RUNNING})"]


# ------------------------------------------------------------------------- the gate


@nox.session(python=False)
def lint(session: nox.Session) -> None:
    """Style of every file, and its layout."""
    _run(session, "ruff", "check", ".")
    _run(session, "ruff", "format", "--check", ".")


@nox.session(python=False)
def walls(session: nox.Session) -> None:
    """Which room may know which."""
    _run(session, "lint-imports", "--no-logo")


@nox.session(python=False)
def types(session: nox.Session) -> None:
    """Types of the source (mypy strict, pyright), and how completely the public API declares its own."""
    _environment(session)
    with ThreadPoolExecutor() as side_by_side:  # each uses one processor
        runs = [
            side_by_side.submit(_run, session, *command)
            for command in (("pyright",), ("mypy",), ("python", "tools/check_public_types.py"))
        ]
    for run in runs:
        run.result()


@nox.session(python=False)
def wheel(session: nox.Session) -> None:
    """The wheel, built from the sdist, does the main job alone, with the sources out of reach."""
    scratch = Path(session.create_tmp()).resolve()
    shutil.rmtree(scratch)
    _run(session, "python", "-m", "build", "--no-isolation", "--outdir", str(scratch / "dist"), str(ROOT))
    (built,) = (scratch / "dist").glob("*.whl")
    _new_environment(session, scratch / "empty", str(built), installer=_environment(session) / "python")
    binaries = _programs(scratch / "empty")
    elsewhere = scratch / "elsewhere"
    elsewhere.mkdir()
    with session.chdir(elsewhere):
        alone = {"PYTHONPATH": None, "MOTOVAULT_DATABASE_URL": None}
        check = (str(ROOT / "tools" / "check_installed.py"), str(ROOT))
        session.run(str(binaries / "python"), "-P", *check, env=alone, external=True)
        session.run(str(binaries / "motovault"), "demo", env=alone, external=True)


@nox.session(python=False)
@nox.parametrize("version", [nox.param(version, id=version) for version in INTERPRETERS])
def tests(session: nox.Session, version: str) -> None:
    """Everything pytest collects, on each Python that is here; the gate takes the one that runs nox."""
    _run(session, "pytest", "-n", "auto", *session.posargs, version=version)


# ------------------------------------------------------ one part of the tests each


@nox.session(python=False)
def postgres(session: nox.Session) -> None:
    """The storage tests against PostgreSQL alone; MOTOVAULT_TEST_PG_BIN chooses another version."""
    _pytest(session, "postgres")


@nox.session(python=False)
def vectors(session: nox.Session) -> None:
    """The test vectors; MOTOVAULT_VECTORS names another folder of them."""
    _pytest(session, "vectors")


@nox.session(name="properties-deep", python=False)
def properties_deep(session: nox.Session) -> None:
    """Every property on thousands of examples, new ones each time."""
    _pytest(session, "hypothesis", HYPOTHESIS_PROFILE="deep")


@nox.session(python=False)
def migrations(session: nox.Session) -> None:
    """Schema revisions: their order, their drift, their result on each database; killed more often."""
    _pytest(session, "migrations", MOTOVAULT_KILLS=os.environ.get("MOTOVAULT_KILLS", "52"))


@nox.session(python=False)
def docs(session: nox.Session) -> None:
    """The code of README, docs and docstrings does what they say."""
    _pytest(session, "docs")


@nox.session(python=False)
def examples(session: nox.Session) -> None:
    """The programs in examples/ run and print what they promise."""
    _pytest(session, "examples")


@nox.session(python=False)
def notebooks(session: nox.Session) -> None:
    """The notebooks are run, cell after cell, in a kernel."""
    _pytest(session, "notebooks")


@nox.session(python=False)
def spark(session: nox.Session) -> None:
    """The frames on Apache Spark: an environment of its own, for pyspark is large, and the machine's Java."""
    beside = Path(os.environ.get("JAVA_HOME", ROOT / "nowhere")) / "bin"
    if not (shutil.which("java", path=str(beside)) or shutil.which("java")):
        session.skip("no test of Spark was run: there is no java, neither in JAVA_HOME nor on PATH")
    # the other tests need what is not in this environment, and cannot even be collected there
    marked = [
        str(path) for path in (ROOT / "tests").rglob("test_*.py") if "mark.spark" in path.read_text("utf-8")
    ]
    if not marked:
        session.error("no file of tests/ has the mark spark")
    binaries = _refreshed(session, ROOT / ".nox" / f"spark-{RUNNING}", RUNNING, SPARK_EXTRAS, "test")
    _run_in(session, binaries, "pytest", "-m", "spark", *(session.posargs or marked))


# ---------------------------------------------------------------------- small parts


def _pytest(session: nox.Session, marker: str, **env: str) -> None:
    """Run the tests with a mark; a session that collects none fails (pytest's exit code 5)."""
    _run(session, "pytest", "-n", "auto", "-m", marker, *session.posargs, **env)


def _run(session: nox.Session, tool: str, *arguments: str, version: str = RUNNING, **env: str) -> None:
    """Run a tool of one Python's environment; only being installed there makes the package found."""
    _run_in(session, _environment(session, version), tool, *arguments, **env)


def _run_in(session: nox.Session, binaries: Path, tool: str, *arguments: str, **env: str) -> None:
    path = os.pathsep.join([str(binaries), os.environ["PATH"]])
    # The tests start some hundred processes: without bytecode each compiles the package anew, half a second.
    alone = {"PATH": path, "PYTHONPATH": None, "PYTHONDONTWRITEBYTECODE": None}
    session.run(str(binaries / tool), *arguments, env={**alone, **env}, external=True)


def _environment(session: nox.Session, version: str = RUNNING) -> Path:
    """Folder of the programs of one Python's environment, which is made or refreshed first where needed."""
    groups = ["dev"] if version == RUNNING else ["test"]
    return _refreshed(session, ROOT / ".nox" / f"python{version}", version, EXTRAS, *groups)


def _refreshed(session: nox.Session, folder: Path, version: str, extras: str, *groups: str) -> Path:
    binaries = _programs(folder)
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = folder / "made-for"
    if stamp.is_file() and stamp.read_text() == wanted:
        return binaries
    needed = nox.project.dependency_groups(nox.project.load_toml(ROOT / "pyproject.toml"), *groups)
    _new_environment(session, folder, "-e", f"{ROOT}[{extras}]", *needed, version=version)
    stamp.write_text(wanted)
    return binaries


def _new_environment(
    session: nox.Session, folder: Path, *needed: str, version: str = RUNNING, installer: Path | None = None
) -> None:
    """Make one; ``installer`` is the Python whose pip fills it, instead of one of its own (3 s to make)."""
    shutil.rmtree(folder, ignore_errors=True)
    made = str(_programs(folder) / "python")
    options = ["--without-pip"] if installer else []
    session.run(INTERPRETERS[version], "-m", "venv", *options, str(folder), external=True)
    pip = [str(installer), "-m", "pip", "--python", made] if installer else [made, "-m", "pip"]
    # what is imported is compiled then; compiling all that is installed takes a third of the time
    options = ["-q", "--disable-pip-version-check", "--no-compile"]
    session.run(*pip, "install", *options, *needed, external=True)


def _programs(folder: Path) -> Path:
    return folder / ("Scripts" if os.name == "nt" else "bin")
