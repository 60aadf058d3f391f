"""Figures and summaries of what the rules found. Needs the extra ``analysis``; importing this does not."""

from importlib import import_module
from typing import TYPE_CHECKING

from motovault.analysis.charts import economy_chart
from motovault.analysis.economy import economy
from motovault.analysis.sql import economy_sql

if TYPE_CHECKING:
    from motovault.analysis.deviations import outliers
    from motovault.analysis.dials import rollbacks
    from motovault.analysis.ownership import cost_of_ownership
    from motovault.analysis.peers import ranking
    from motovault.analysis.prices import price_history
    from motovault.analysis.rolling import rolling_economy
    from motovault.analysis.rollups import rollup

__all__ = [
    "cost_of_ownership",
    "economy",
    "economy_chart",
    "economy_sql",
    "outliers",
    "price_history",
    "ranking",
    "rollbacks",
    "rolling_economy",
    "rollup",
]

_LATER = {
    "cost_of_ownership": "ownership",
    "outliers": "deviations",
    "price_history": "prices",
    "ranking": "peers",
    "rollbacks": "dials",
    "rolling_economy": "rolling",
    "rollup": "rollups",
}
"""Where what needs narwhals is: imported when it is asked for."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
