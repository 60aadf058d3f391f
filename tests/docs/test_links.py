"""Links between pages lead somewhere, and every page can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, anchors_of, links_of, name_of, pages

pytestmark = pytest.mark.docs


def _target(page: Path, link: str) -> tuple[Path, str]:
    path, _, anchor = link.partition("#")
    return (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links_of(page):
        if "://" in link:
            if not link.startswith("https://"):
                broken.append(link)
            continue
        target, anchor = _target(page, link)
        if not target.is_file() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def test_links_are_found_at_all() -> None:
    assert len(links_of(ROOT / "docs" / "index.md")) > 15


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [_target(page, link)[0] for link in links_of(page) if "://" not in link]
    assert set(pages()) - seen == set()
