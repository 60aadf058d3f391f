"""What all charts have in common: colours, shapes, the words on them, and the library they are drawn with.

The background is left out and every colour is of middling lightness, with a
contrast of 3 or more against white and against near black, so that the same
picture reads on any page. Nothing is told by colour alone: each kind of mark
has a shape or a dash of its own. Nor by anything translucent: vl-convert writes
such a pixel into a PNG darker than it is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from motovault.errors import MissingExtra
from motovault.quantities.context import plain, round_half_even
from motovault.quantities.formatting import display

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

__all__ = [
    "BLUE",
    "CROSS",
    "DIAMOND",
    "GREEN",
    "HEIGHT",
    "INK",
    "MOST_POINTS",
    "ORANGE",
    "ROSE",
    "STROKE",
    "WIDTH",
    "Kind",
    "altair",
    "by_kind",
    "finished",
    "money",
    "nothing_yet",
    "rows",
    "said",
    "stacked",
    "thinned",
    "words",
]

INK = "#7a7a7a"
BLUE = "#3b87c8"
ORANGE = "#d2691e"
ROSE = "#aa3680"
GREEN = "#3ba27d"
"""Told apart by those who see no red or no green too; lightness and shape help."""

WIDTH = 640
HEIGHT = 230

MOST_POINTS = 2_000
"""Of one kind in one picture."""

CROSS = "M-1,-0.6L-0.6,-1L0,-0.4L0.6,-1L1,-0.6L0.4,0L1,0.6L0.6,1L0,0.4L-0.6,1L-1,0.6L-0.4,0Z"
STROKE = "M-1.6,-0.2H1.6V0.2H-1.6Z"
DIAMOND = "M0,-1.1L1.1,0L0,1.1L-1.1,0Z"

_LONGEST_LINE = 84
_LONGEST_TEXT = 240


class Kind(NamedTuple):
    """One kind of mark: what the legend calls it, and how it is told apart."""

    name: str
    colour: str
    shape: str


def altair() -> Any:
    """The library. Raises MissingExtra where it is not installed."""
    try:
        return import_module("altair")
    except ImportError:
        raise MissingExtra("analysis", "altair") from None


def words(text: object, longest: int = _LONGEST_TEXT) -> str:
    """Text of an owner on one line, as a chart may hold it.

    What cannot be shown becomes a blank. A chart is put into pages as a script, whose
    end is looked for before its text is read: so "<" becomes "‹", and no name can end it.
    """
    line = "".join(letter if letter.isprintable() else " " for letter in str(text)).replace("<", "‹")
    return line if len(line) <= longest else line[: longest - 1] + "…"


def said(value: Decimal | None, places: int = 2, unit: str = "") -> str:
    """A number for people, of thousands apart and never with an exponent; empty if it is not known."""
    return "" if value is None else f"{display(value, places, ',')} {unit}".rstrip()


def money(amounts: Mapping[Any, Decimal]) -> str:
    """Sums by currency in one line."""
    return " + ".join(
        f"{plain(round_half_even(amount, 2))} {words(code or '')}".strip() for code, amount in amounts.items()
    )


def rows(values: Sequence[Mapping[str, Any]]) -> Any:
    """The rows inside the chart, plain."""
    return altair().Data(values=[dict(row) for row in values])


def by_kind(kinds: Sequence[Kind], columns: int = 3) -> dict[str, Any]:
    """Colour and shape of the field ``kind``, whose values are names of kinds, and their legend."""
    alt = altair()
    names = [kind.name for kind in kinds]
    legend = alt.Legend(title=None, orient="bottom", symbolOpacity=1, symbolStrokeWidth=0, columns=columns)
    colours = alt.Scale(domain=names, range=[kind.colour for kind in kinds])
    shapes = alt.Scale(domain=names, range=[kind.shape for kind in kinds])
    return {
        "color": alt.Color("kind", type="nominal", scale=colours, legend=legend),
        "shape": alt.Shape("kind", type="nominal", scale=shapes, legend=legend),
    }


def finished(chart: Any, title: object, subtitle: str | Sequence[str], description: str) -> Any:
    """The whole picture: title, what it shows, a text for those who do not see it, and the looks."""
    alt = altair()
    lines = [subtitle] if isinstance(subtitle, str) else list(subtitle)
    heading = alt.TitleParams(
        text=textwrap.wrap(words(title), _LONGEST_LINE) or [""],
        subtitle=[line for text in lines for line in textwrap.wrap(text, _LONGEST_LINE + 16)],
    )
    return (
        chart.properties(title=heading, background="transparent", padding=8, description=words(description))
        .configure(font="sans-serif")
        .configure_view(stroke=None)
        .configure_title(
            anchor="start",
            color=INK,
            subtitleColor=INK,
            fontSize=15,
            subtitleFontSize=12,
            offset=12,
            limit=WIDTH + 60,
        )
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            domainColor=INK,
            tickColor=INK,
            gridColor=INK,
            gridDash=[1, 3],
            labelFontSize=11,
            titleFontSize=12,
            titleFontWeight="normal",
            titlePadding=10,
        )
        .configure_legend(labelColor=INK, titleColor=INK, labelFontSize=11, labelLimit=WIDTH, offset=10)
    )


def nothing_yet(title: object, text: str) -> LayerChart:
    """A chart of nothing, which says why."""
    alt = altair()
    mark = alt.Chart(rows([{"text": text}])).mark_text(color=INK, fontSize=14).encode(text="text:N")
    return finished(alt.layer(mark).properties(width=WIDTH, height=80), title, "", text)  # type: ignore[no-any-return]


def stacked(panels: Sequence[Any]) -> LayerChart | VConcatChart:
    """One panel as it is, several one below the other."""
    return panels[0] if len(panels) == 1 else altair().vconcat(*panels, spacing=24)  # type: ignore[no-any-return]


def thinned(
    points: Sequence[dict[str, Any]], always: Sequence[dict[str, Any]] = ()
) -> Sequence[dict[str, Any]]:
    """At most some two thousand of them, evenly, so that the picture stays small; and those that say most."""
    if len(points) <= MOST_POINTS:
        return points
    step = -(-len(points) // MOST_POINTS)
    kept = {id(point) for point in (*points[::step], *always)}
    return [point for point in points if id(point) in kept]
