"""Pictures of what the rules found, drawn by altair. Needs the extra ``analysis``; importing this does not.

Each function gives altair's own chart: a notebook shows it, ``save`` writes it, and
what else altair can do with a chart can be done with it.
"""

from motovault.analysis.charts.costs import cost_chart
from motovault.analysis.charts.economy import economy_chart
from motovault.analysis.charts.fleet import fleet_chart
from motovault.analysis.charts.maintenance import maintenance_chart
from motovault.analysis.charts.odometer import odometer_chart
from motovault.analysis.charts.saving import save_chart

__all__ = ["cost_chart", "economy_chart", "fleet_chart", "maintenance_chart", "odometer_chart", "save_chart"]
