"""A chart as a file: no browser, no server, no network."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from motovault.analysis.charts.theme import altair
from motovault.errors import InvalidValue, MissingExtra

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

__all__ = ["save_chart"]

_BINARY = {".png"}
_TEXT = {".svg", ".html", ".json"}


def save_chart(chart: LayerChart | VConcatChart, path: Path | str, *, scale: float = 2) -> Path:
    """Write a chart in the format that the file's name ends with: png, svg, html or json.

    Pictures have no background, and read on a light page and on a dark one. A page of
    HTML holds all that it needs, the pointer tells the figures in it, and it needs no network.

    Args:
        chart: One of ours, or any other of altair's.
        path: Where to.
        scale: How many pixels of a PNG stand for one of the chart.

    Returns:
        The path.

    Raises:
        InvalidValue: The name ends otherwise.
        MissingExtra: altair or vl-convert-python is not installed: ``pip install 'motovault[analysis]'``.
        OSError: The file cannot be written.
    """
    altair()
    target = Path(path)
    form = target.suffix.lower()
    if form not in _BINARY | _TEXT:
        raise InvalidValue("path", target.name, "must end with .png, .svg, .html or .json")
    if form == ".json":
        target.write_text(chart.to_json(), encoding="utf-8")
        return target
    try:
        convert = import_module("vl_convert")
    except ImportError:
        raise MissingExtra("analysis", "vl-convert-python") from None
    if form == ".html":
        target.write_text(chart.to_html(inline=True), encoding="utf-8")
    elif form == ".svg":
        target.write_text(convert.vegalite_to_svg(chart.to_dict()), encoding="utf-8")
    else:
        target.write_bytes(convert.vegalite_to_png(chart.to_dict(), scale=scale))
    return target
