"""Fuel logs of a fleet of any size, the same for the same arguments, with the truth beside.

What :mod:`motovault.testing.strategies` is to one vehicle this is to many: every
vehicle has a tank, driving burns what is in it, and the owner writes down some
of that. Columns are those of the fuel log frame and the vehicles frame of
analysis. Needs the extra ``analysis`` (Polars).

.. code-block:: python

    from motovault.testing.fleet import fleet, write_fleet

    small = fleet(10_000)                            # frames
    write_fleet(Path("fleet"), 10_000_000)           # Parquet, in flat memory
"""

from motovault.errors import MissingExtra

try:
    import polars  # noqa: F401, ICN001 - looked for here, once
except ModuleNotFoundError as missing:
    raise MissingExtra("analysis", "polars") from missing

from motovault.testing.fleet.entities import Owned, fleet_entities
from motovault.testing.fleet.making import Fleet, FleetFiles, fleet, fleet_parts, write_fleet

__all__ = ["Fleet", "FleetFiles", "Owned", "fleet", "fleet_entities", "fleet_parts", "write_fleet"]
