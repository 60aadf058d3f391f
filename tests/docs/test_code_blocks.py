"""Every code block of README, docs, CONTRIBUTING and CHANGELOG is run, or says why not.

How blocks are marked: ``tests/docs/pages.py``; how they are run: ``tests/docs/running.py``.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, blocks_of, comments_of, name_of, pages
from tests.docs.running import RUN, SHOWN_ONLY, Page

pytestmark = pytest.mark.docs

SERVER = "postgresql://garage@db.example.com/garage"
"""The server of the pages; a database of the tests' own stands in for it."""

CACHE = "redis://cache.example.com:6379/0"
"""The Redis server of the pages; one of the test's own stands in for it."""

BUNDLED_LOG = ROOT / "src" / "motovault" / "cli" / "demo_log.csv"
"""The log of ``motovault demo``; the pages find it as ``fuelio.csv``."""

STORE = ROOT / "examples" / "json_store"
"""The store of the page about adapters; the pages find it beside them."""

FIRST = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/motovault demo"
SECOND = "python3 -m venv .venv && .venv/bin/pip install nox && .venv/bin/nox"


def _runs(page: Path) -> bool:
    return any(block.not_run is None and (block.language in RUN or block.file) for block in blocks_of(page))


def _needs(page: Path, server: str) -> bool:
    return any(server in block.text and block.not_run is None for block in blocks_of(page))


@pytest.mark.skipif(os.name == "nt", reason="the pages speak to a Unix shell")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=name_of(page), marks=[pytest.mark.postgres] if _needs(page, SERVER) else [])
        for page in pages()
        if _runs(page)
    ],
)
def test_a_page_does_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # as Python has it that was started there
    shutil.copy(BUNDLED_LOG, tmp_path / "fuelio.csv")
    shutil.copytree(STORE, tmp_path / "json_store", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.delenv("MOTOVAULT_DATABASE_URL", raising=False)
    stand_ins = {}
    if _needs(page, SERVER):
        stand_ins[SERVER] = request.getfixturevalue("empty_postgres_database")
    if _needs(page, CACHE):
        stand_ins[CACHE] = request.getfixturevalue("own_redis").url
    assert Page(tmp_path, page, stand_ins).run() > 0


NOT_RUN = [block for page in pages() for block in blocks_of(page) if block.not_run is not None]


@pytest.mark.parametrize("block", NOT_RUN, ids=[block.place for block in NOT_RUN])
def test_what_is_not_run_says_why(block: Block) -> None:
    """``pytest -ra`` lists them: each is skipped, with its reason."""
    assert block.not_run is not None
    assert len(block.not_run.split()) >= 3, f"{block.place}: {block.not_run!r} is no reason"
    pytest.skip(f"{block.place} is not run: {block.not_run}")


def test_a_comment_stands_directly_above_a_block() -> None:
    """A comment that has slipped would leave its block run, or run as something else."""
    for page in pages():
        used = sum(block.not_run is not None or block.file is not None for block in blocks_of(page))
        assert comments_of(page) == used, name_of(page)


def test_every_block_is_of_a_known_language() -> None:
    """A block of an unknown language would be shown, and never run."""
    unknown = [
        f"{block.place}: {block.language or 'none'}"
        for page in pages()
        for block in blocks_of(page)
        if block.language not in RUN | SHOWN_ONLY
    ]
    assert unknown == []


def test_a_block_that_only_looks_like_python_is_not_hidden() -> None:
    """What is shown and not run is output or data, not code in disguise."""
    code = re.compile(r"^(import|from) \w|^\$ ", re.MULTILINE)
    hidden = [
        block.place
        for page in pages()
        for block in blocks_of(page)
        if block.language in SHOWN_ONLY and code.search(block.text)
    ]
    assert hidden == []


@pytest.mark.parametrize("command", [FIRST, SECOND])
def test_the_readme_has_its_two_commands_on_lines_of_their_own(command: str) -> None:
    lines = [line for block in blocks_of(ROOT / "README.md") for line in block.text.splitlines()]
    assert lines.count(command) == 1


def test_the_first_line_that_runs_nox_is_the_second_command() -> None:
    """The gate takes the first such line of README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^python3 -m venv .*/nox$", text, re.MULTILINE)
    assert found is not None
    assert found[0] == SECOND


def test_the_runner_notices_a_page_that_lies(tmp_path: Path) -> None:
    lies = {
        "an answer": "```python\n1 + 1  # -> 3\n```\n",
        "what is printed": "```python\nprint('yes')  # -> no\n```\n",
        "a text below": "```python\nprint('yes')\n```\n\n```text\nno\n```\n",
        "a command": "```console\n$ exit 3\n```\n",
        "a command's output": "```console\n$ echo yes\nno\n```\n",
        "an error": "```python\nraise RuntimeError\n```\n",
    }
    for what, text in lies.items():
        page = tmp_path / f"{what}.md"
        page.write_text(text, encoding="utf-8")
        with pytest.raises((AssertionError, RuntimeError)):
            Page(tmp_path, page, {}).run()


def test_the_runner_accepts_a_page_that_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = [
        "<!-- file: said.txt -->\n```text\nyes\n```",
        "```python\nwith open('said.txt') as file:\n    x = file.read()\nx  # -> 'yes\\n'\nprint(x)\n```",
        "```text\n...es\n```",
        "```console\n$ cat said.txt; echo done\nyes\ndone\n```",
        "<!-- not run: it would fail -->\n```bash\nexit 1\n```",
    ]
    page = tmp_path / "true.md"
    page.write_text("\n\n".join(blocks), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert Page(tmp_path, page, {}).run() == 3
