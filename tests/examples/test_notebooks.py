"""Every notebook of ``examples/notebooks/`` runs in a kernel as a reader would run it, without a warning.

They are percent scripts, so that a change can be read; jupytext makes cells of them, nbclient runs these.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

jupytext = pytest.importorskip("jupytext", reason="the notebooks need jupytext: pip install jupytext")
nbclient = pytest.importorskip(
    "nbclient", reason="the notebooks need nbclient: pip install nbclient ipykernel"
)

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "notebooks"

SAYS = {
    "one_car": [
        "fuelio: 46 fuel logs, 2025-01-04 to 2026-03-01",
        "46 fuel logs added, the second time 0",
        "went_back",
        "outliers: 0",
        "2025-09-22",
        "five intervals up to 2026-03-01: 30.0 mpg",
        "0.299",
    ],
    "family": [
        "(46, 61, 109)",
        "6.192083",
        "16.928086",
        "spent: 1480.00 CHF + 549.00 EUR (3 logs)",
        "9660.22",
        "0.223616",
        "Upcoming on 2026-07-01",
    ],
    "fleet": [
        "20000 fuel logs of",
        "DuckDB gives the same bits: True",
    ],
}
"""What stands somewhere in the outputs, text or table."""

CHARTS = {"one_car": 2, "family": 3, "fleet": 1}

SPECIFICATION = re.compile(r"\}\)\((?=\{.*vega-lite)", re.DOTALL)
"""What stands before it in the output of altair that every notebook shows."""

pytestmark = [pytest.mark.notebooks, pytest.mark.examples]


class Ran:
    """The outputs of a notebook that was run."""

    def __init__(self, cells: list[Any]) -> None:
        self.code = [cell for cell in cells if cell.cell_type == "code"]

    def outputs(self) -> list[Any]:
        return [output for cell in self.code for output in cell.outputs]

    def text(self) -> str:
        found = []
        for output in self.outputs():
            found.append(output.get("text", ""))
            found.append(output.get("data", {}).get("text/plain", ""))
        return "\n".join(found)

    def charts(self) -> list[dict[str, Any]]:
        pages = [output.get("data", {}).get("text/html", "") for output in self.outputs()]
        found = [(page, begin) for page in pages if (begin := SPECIFICATION.search(page))]
        return [json.JSONDecoder().raw_decode(page, begin.end())[0] for page, begin in found]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a notebook once for all the tests of it, in a folder that must be empty again afterwards."""
    known: dict[str, Ran] = {}

    def ran(name: str) -> Ran:
        if name not in known:
            known[name] = _ran(name, tmp_path_factory)
        return known[name]

    return ran


def _ran(name: str, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder, kernels = tmp_path_factory.mktemp(name), tmp_path_factory.mktemp("jupyter")
    notebook = jupytext.read(FOLDER / f"{name}.py", fmt="py:percent")
    spec = kernels / "kernels" / "python3"
    spec.mkdir(parents=True)
    command = [sys.executable, "-W", "default", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.joinpath("kernel.json").write_text(
        json.dumps({"argv": command, "display_name": "Python of the tests", "language": "python"})
    )
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("MOTOVAULT_DATABASE_URL", "FLEET_FILLS", "SPARK_REMOTE"):
            patch.delenv(variable, raising=False)
        for variable in ("JUPYTER_PATH", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
            patch.setenv(variable, str(kernels))
        client = nbclient.NotebookClient(
            notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        )
        client.execute()
    assert list(folder.iterdir()) == [], "a notebook leaves nothing behind"
    return Ran(notebook.cells)


def test_every_notebook_has_its_story() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")}
    assert names == set(SAYS) == set(CHARTS)
    assert not list(FOLDER.glob("*.ipynb")), "scripts are kept, notebooks are made of them"


@pytest.mark.parametrize("name", SAYS)
def test_a_notebook_runs_without_error_or_warning(name: str, run: Any) -> None:
    for cell in run(name).code:
        assert cell.execution_count, cell.source
        is_spark = "spark" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            # Spark itself talks there, where it is run
            assert output.get("name") != "stderr" or is_spark, output.text


@pytest.mark.parametrize("name", SAYS)
def test_a_notebook_says_what_its_story_is(name: str, run: Any) -> None:
    text = run(name).text()
    for words in SAYS[name]:
        assert words in text
    if name == "fleet":
        assert "Spark gives the same bits: True" in text or "Spark is left out: " in text


@pytest.mark.parametrize("name", SAYS)
def test_its_charts_are_pictures_that_a_notebook_shows(name: str, run: Any) -> None:
    charts = run(name).charts()
    assert len(charts) == CHARTS[name]
    for chart in charts:
        assert "vega-lite" in chart["$schema"]
        assert chart.get("layer") or chart.get("vconcat") or chart.get("mark")


@pytest.mark.parametrize("name", SAYS)
def test_a_notebook_teaches(name: str) -> None:
    """Text goes before code: a reader knows what a cell is for before reading it."""
    cells = jupytext.read(FOLDER / f"{name}.py", fmt="py:percent").cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    texts = [cell for cell in cells if cell.cell_type == "markdown"]
    assert len(texts) >= 6


@pytest.mark.parametrize("name", SAYS)
def test_a_notebook_comes_back_from_jupyter_as_it_was(name: str) -> None:
    """Opened and saved by jupytext it is the same text, so a diff shows what someone changed."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    again = jupytext.writes(jupytext.reads(text, fmt="py:percent"), fmt="py:percent")
    assert _without_version(again) == text


def _without_version(text: str) -> str:
    return re.sub(r"#       (format_version|jupytext_version): .*\n", "", text)
