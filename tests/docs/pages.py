"""Reading the documentation: its pages, their code blocks, their links.

A block is run unless an HTML comment directly above it says otherwise:

- ``<!-- not run: reason -->``  it cannot be run here;
- ``<!-- file: name -->``       it is the content of a file that later blocks use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^(?P<indent> {0,3})(?P<marks>`{3,}|~{3,})\s*(?P<language>[\w+-]*)\s*$")
_COMMENT = re.compile(r"^<!--\s*(?P<key>not run|file):\s*(?P<value>.*?)\s*-->$")
_LINK = re.compile(
    r"(?<!!)\[(?:[^\[\]]|`[^`]*`)*\]\((?P<target>[^()\s]+(?:\([^()]*\))?)\)|!\[[^\]]*\]\((?P<image>[^()\s]+)\)"
)
_HEADING = re.compile(r"^#{1,6}\s+(?P<title>.+?)\s*#*$")


class Block(NamedTuple):
    """One fenced block.

    Attributes:
        line: Of its first line of content, from 1.
        not_run: The reason why it is not run; None if it is.
        file: The file that it is the content of; None if of none.
        follows: It stands directly below another block, with blank lines at most between them.
    """

    page: Path
    line: int
    language: str
    text: str
    not_run: str | None
    file: str | None
    follows: bool

    @property
    def place(self) -> str:
        return f"{name_of(self.page)}:{self.line}"


def pages() -> list[Path]:
    """Every page that is documentation, in a fixed order."""
    top = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    return top + sorted((ROOT / "docs").rglob("*.md"))


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name


@cache
def blocks_of(page: Path) -> tuple[Block, ...]:
    """The fenced blocks of a page, in order."""
    return tuple(_blocks(page))


def _blocks(page: Path) -> Iterator[Block]:
    lines = page.read_text(encoding="utf-8").splitlines()
    above, last_end, at = "", -1, 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if opened is None:
            above = lines[at].strip()
            if above:
                last_end = -1
            at += 1
            continue
        closing = re.compile(rf"^ {{0,3}}{opened['marks'][0]}{{{len(opened['marks'])},}}\s*$")
        end = next((i for i in range(at + 1, len(lines)) if closing.match(lines[i])), None)
        assert end is not None, f"{name_of(page)}:{at + 1}: a code block that is never closed"
        indent = len(opened["indent"])
        text = "".join(
            line[min(indent, len(line) - len(line.lstrip(" "))) :] + "\n" for line in lines[at + 1 : end]
        )
        said = _COMMENT.match(above)
        yield Block(
            page=page,
            line=at + 2,
            language=opened["language"],
            text=text,
            not_run=said["value"] if said and said["key"] == "not run" else None,
            file=said["value"] if said and said["key"] == "file" else None,
            follows=last_end >= 0,
        )
        above, last_end, at = "", end, end + 1


def comments_of(page: Path) -> int:
    """How many comments of ours stand on a page: as many as blocks have one."""
    return sum(bool(_COMMENT.match(line.strip())) for line in _prose(page))


def links_of(page: Path) -> list[str]:
    """Targets of the links and pictures on a page."""
    text = "\n".join(re.sub(r"`[^`]*`", "code", line) for line in _prose(page))
    return [found["target"] or found["image"] for found in _LINK.finditer(text)]


@cache
def anchors_of(page: Path) -> frozenset[str]:
    """What can stand behind ``#`` in a link to a page: its headings, as GitHub spells them."""
    anchors: dict[str, int] = {}
    for line in _prose(page):
        if heading := _HEADING.match(line):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["title"]).lower()
            slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
            anchors[slug] = anchors.get(slug, 0) + 1
    return frozenset(
        slug if n == 0 else f"{slug}-{n}" for slug, count in anchors.items() for n in range(count)
    )


def _prose(page: Path) -> list[str]:
    """The lines that are in no block."""
    lines = page.read_text(encoding="utf-8").splitlines()
    inside = {
        number
        for block in blocks_of(page)
        for number in range(block.line - 1, block.line + block.text.count("\n") + 1)
    }
    return [line for number, line in enumerate(lines, start=1) if number not in inside]
