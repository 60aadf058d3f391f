"""The pictures of the pages are what the script draws today, small, and fit for a light and a dark page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

pytest.importorskip("altair")

PICTURES = ROOT / "docs" / "pictures"
SCRIPT = ROOT / "tools" / "draw_pictures.py"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    subprocess.run([sys.executable, str(SCRIPT), str(folder)], check=True, capture_output=True)
    return folder


def _texts(picture: Path) -> list[str]:
    # not the coordinates: they hang on the fonts of the machine
    return re.findall(r">([^<>]+)<", picture.read_text(encoding="utf-8"))


def test_the_script_draws_what_the_pages_show(drawn: Path) -> None:
    assert {path.name for path in drawn.iterdir()} == {path.name for path in PICTURES.iterdir()}
    for path in drawn.iterdir():
        assert _texts(path) == _texts(PICTURES / path.name), f"run {SCRIPT.name} again"


@pytest.mark.parametrize("picture", sorted(PICTURES.iterdir()), ids=lambda path: path.name)
def test_a_picture_is_small_and_has_no_background(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    assert len(text) < 60_000
    assert not re.search(r'fill="(white|#fff(fff)?)"', text)
