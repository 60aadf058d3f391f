"""A chart as a file: no browser, no server, no network."""

from __future__ import annotations

import contextlib
import os
import uuid
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from motovault.analysis.charts.theme import altair
from motovault.errors import InvalidValue, MissingExtra

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

__all__ = ["save_chart"]

_FORMS = (".png", ".svg", ".html", ".json")


def save_chart(chart: LayerChart | VConcatChart, path: Path | str, *, scale: float = 2) -> Path:
    """Write a chart in the format of the file's ending, png, svg, html or json: all of it, or nothing.

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
    if form not in _FORMS:
        raise InvalidValue("path", target.name, "must end with .png, .svg, .html or .json")
    content = chart.to_json().encode() if form == ".json" else _drawn(chart, form, scale)
    real = Path(os.path.realpath(target))  # at the end of a link where it is one
    making = real.with_name(f".{real.name[:40]}.{uuid.uuid4().hex}.tmp")
    try:
        making.write_bytes(content)
        making.replace(real)
    except OSError as error:  # told of the file that was asked for
        raise type(error)(error.errno, error.strerror, str(target)) from None
    finally:
        with contextlib.suppress(OSError):  # where nothing could be made there is nothing to take away
            making.unlink()
    return target


def _drawn(chart: LayerChart | VConcatChart, form: str, scale: float) -> bytes:
    try:
        convert = import_module("vl_convert")
    except ImportError:
        raise MissingExtra("analysis", "vl-convert-python") from None
    if form == ".html":
        return chart.to_html(inline=True).encode()
    if form == ".svg":
        return str(convert.vegalite_to_svg(chart.to_dict())).encode()
    return bytes(convert.vegalite_to_png(chart.to_dict(), scale=scale))
