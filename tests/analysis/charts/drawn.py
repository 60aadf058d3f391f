"""Looking at a chart: its rows, the text of its SVG, the pixels of its PNG."""

from __future__ import annotations

import html
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from motovault.domain.fuel_logs import Fill

vl_convert = pytest.importorskip("vl_convert")

START = date(2026, 1, 5)

HOSTILE = "</script><script>alert(1)</script><!-- <b>&amp; {{x}} datum.on'\"\\ \u202e\n"
"""What a nickname should not be able to do to a page, a template or an expression."""


def fill(n: int, litres: str = "30", **facts: Any) -> Fill:
    """The n-th of a row of fills, ten days and 500 km apart."""
    return Fill(
        on=facts.pop("on", START + timedelta(days=10 * n)),
        odometer=facts.pop("odometer", Decimal(10_000 + 500 * n)),
        volume=Decimal(litres),
        odometer_unit=facts.pop("odometer_unit", "km"),
        fuel_unit=facts.pop("fuel_unit", "L"),
        id=n,
        **facts,
    )


def svg(chart: Any) -> str:
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def texts(chart: Any) -> list[str]:
    """Every text that is drawn."""
    return texts_of(svg(chart))


def texts_of(picture: str) -> list[str]:
    found = re.findall(r"<text[^>]*>(.*?)</text>", picture, re.DOTALL)
    return [html.unescape(re.sub(r"</tspan>|<tspan[^>]*>", " ", text)).strip() for text in found]


def layers(chart: Any) -> Iterator[dict[str, Any]]:
    """Every single layer of a chart, however deep, with its own rows."""
    yield from _layers(chart if isinstance(chart, dict) else chart.to_dict(), {})


def _layers(spec: dict[str, Any], around: dict[str, Any]) -> Iterator[dict[str, Any]]:
    data = spec.get("data", around)
    inner = [*spec.get("layer", ()), *spec.get("vconcat", ())]
    for one in inner:
        yield from _layers(one, data)
    if not inner:
        yield {**spec, "data": data}


def rows(chart: Any, mark: str) -> list[dict[str, Any]]:
    """The rows of all layers of one kind of mark."""
    return [row for one in layers(chart) if one["mark"]["type"] == mark for row in one["data"]["values"]]


def of_kind(chart: Any, kind: str, mark: str = "point") -> list[dict[str, Any]]:
    return [row for row in rows(chart, mark) if row["kind"] == kind]


def solid_colours(chart: Any, at_least: int = 12) -> set[tuple[int, int, int]]:
    """Colours of the pixels that nothing shines through, the rarest left out."""
    found = Counter(pixels(bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=0.6))))
    return {colour[:3] for colour, count in found.items() if colour[3] == 255 and count >= at_least}


def pixels(png: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The pixels of a PNG of 8 bits RGBA, as the specification (PNG 1.2, chapter 6) unfilters them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed, width = 8, b"", 0
    while at < len(png):
        (length,), name = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, _, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert (depth, colour, interlace) == (8, 6, 0)
        elif name == b"IDAT":
            packed += body
        at += 12 + length
    data, stride = zlib.decompress(packed), width * 4
    above = bytearray(stride)
    for start in range(0, len(data), stride + 1):
        line = bytearray(data[start + 1 : start + 1 + stride])
        _unfilter(data[start], line, above)
        above = line
        yield from zip(line[::4], line[1::4], line[2::4], line[3::4], strict=True)


def _unfilter(how: int, line: bytearray, above: bytearray) -> None:
    if how == 0:
        return
    for i in range(len(line)):
        left = line[i - 4] if i >= 4 else 0
        corner = above[i - 4] if i >= 4 else 0
        up = above[i]
        if how == 4:
            guess = left + up - corner
            near = min(
                (abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner)
            )
            guess = near[2]
        else:
            guess = {1: left, 2: up, 3: (left + up) // 2}[how]
        line[i] = (line[i] + guess) & 255


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    red, green, blue = (linear(value) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """As WCAG 2 defines it, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def of_hex(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
