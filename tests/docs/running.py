"""Running the blocks of one page, in order, in one namespace and one folder.

- ``python``: executed. ``expression  # -> text`` must give that ``repr``, and
  ``print(...)  # -> text`` must print it; the answer may stand on the next line.
  A ``text`` block directly below is what the rest of the block prints.
- ``console``: lines with ``$`` are commands, which must exit with 0; what stands
  below each is what it prints, on both streams.
- ``bash``: a script that must exit with 0.

In all that is shown ``...`` stands for anything on its line, on a line of its
own for any lines, and two blanks for two or more.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from tests.docs.pages import Block, blocks_of

SHOWN_ONLY = {"text", "json", "csv", "sql", "toml", "ini", "yaml"}
RUN = {"python", "console", "bash"}
_ANSWER = "# -> "
_CHECK = "_check_answer"


class Page:
    """What the blocks of one page leave behind for the next ones.

    Args:
        folder: Where they run.
        page: Whose blocks.
        stand_ins: What is put in the place of a text of the page, such as a server's address.
    """

    def __init__(self, folder: Path, page: Path, stand_ins: Mapping[str, str]) -> None:
        self._folder = folder
        self._blocks = blocks_of(page)
        self._stand_ins = stand_ins
        self._module = ModuleType("__page__")

    def run(self) -> int:
        """Run all blocks; says how many were run."""
        count = 0
        for number, block in enumerate(self._blocks):
            if block.not_run is not None:
                continue
            if block.file is not None:
                target = self._folder / block.file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(self._real(block.text), encoding="utf-8")
            elif block.language == "python":
                self._python(block, self._shown_below(number))
            elif block.language == "console":
                self._console(block)
            elif block.language == "bash":
                self._shell(block, self._real(block.text))
            else:
                continue
            count += 1
        return count

    def _real(self, text: str) -> str:
        for shown, real in self._stand_ins.items():
            text = text.replace(shown, real)
        return text

    def _shown_below(self, number: int) -> str | None:
        below = self._blocks[number + 1] if number + 1 < len(self._blocks) else None
        return below.text if below and below.follows and below.language == "text" else None

    # ------------------------------------------------------------------ Python

    def _python(self, block: Block, shown: str | None) -> None:
        source = self._real(block.text)
        printed = io.StringIO()

        def check(run: Callable[[], object], answer: str, line: int) -> None:
            before = printed.tell()
            value = run()
            said = printed.getvalue()[before:].rstrip("\n")
            _compare(answer, said if value is None else repr(value), f"{block.place}, line {line}")
            printed.seek(before)
            printed.truncate()  # it has been shown

        answers = _Answers(source, block)
        tree = ast.fix_missing_locations(answers.visit(ast.parse(source, block.place)))
        left = set(answers.by_line) - answers.used
        assert not left, f"{block.place}: an answer that belongs to no expression, on line {left}"
        ast.increment_lineno(tree, block.line - 1)
        self._module.__dict__[_CHECK] = check
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, str(block.page), "exec"), self._module.__dict__)
        if shown is not None:
            _compare(shown, printed.getvalue(), block.place)

    # ---------------------------------------------------------------- commands

    def _console(self, block: Block) -> None:
        commands: list[tuple[str, list[str]]] = []
        for line in block.text.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif commands and commands[-1][0].endswith("\\") and line.startswith("> "):
                commands[-1] = (commands[-1][0] + "\n" + line[2:], [])
            else:
                assert commands, f"{block.place}: a console block begins with a line that is no command"
                commands[-1][1].append(line)
        assert commands, f"{block.place}: a console block without a command"
        for command, shown in commands:
            printed = self._shell(block, self._real(command))
            if any(line.strip() for line in shown):
                _compare("\n".join(shown), printed, f"{block.place}: {command}")

    def _shell(self, block: Block, script: str) -> str:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        gone = ("PYTHONPATH", "COLUMNS", "MOTOVAULT_DATABASE_URL")
        environment = {name: value for name, value in os.environ.items() if name not in gone}
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", script],
            cwd=self._folder,
            # CI: Hypothesis then draws the same examples each time, and does not mind a busy machine
            env={**environment, "PATH": path, "PYTHONUTF8": "1", "CI": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, (
            f"{block.place}: {shlex.quote(script)} ended with {done.returncode}\n{done.stdout}"
        )
        return done.stdout


class _Answers(ast.NodeTransformer):
    """Wraps each expression that has an answer behind it in a call that compares the two."""

    def __init__(self, source: str, block: Block) -> None:
        self._block = block
        # an answer on a line of its own belongs to the line above
        self.by_line = {
            number - line.startswith(_ANSWER): line.partition(_ANSWER)[2].strip()
            for number, line in enumerate(map(str.lstrip, source.splitlines()), start=1)
            if _ANSWER in line
        }
        self.used: set[int] = set()

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        answer = self.by_line.get(node.end_lineno or 0)
        if answer is None:
            return node
        self.used.add(node.end_lineno or 0)
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        later = ast.Lambda(nothing, node.value)
        line = ast.Constant(node.lineno + self._block.line - 1)
        call = ast.Call(ast.Name(_CHECK, ast.Load()), [later, ast.Constant(answer), line], [])
        return ast.copy_location(ast.Expr(call), node)


def _compare(shown: str, got: str, place: str) -> None:
    want, have = _aligned(shown), _aligned(got)
    pattern = "".join(
        # a line of dots stands for any lines, none included
        r"(?:.*\n)*?" if line == "..." else r".*?".join(map(re.escape, line.split("..."))) + r"\n"
        for line in want
    )
    same = re.fullmatch(pattern, "".join(f"{line}\n" for line in have))
    assert same, "\n".join([place, "--- the page shows", *want, "--- the run gives", *have])


def _aligned(text: str) -> list[str]:
    """Lines, the columns of a table two blanks apart: a width hangs on a cell that may not be shown."""
    return [re.sub(r"(?<=\S) {2,}", "  ", line.rstrip()) for line in text.strip("\n").splitlines()]
