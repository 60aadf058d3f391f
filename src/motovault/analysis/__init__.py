"""Figures made of what the rules found. Needs the extra ``analysis``; importing this module does not."""

from motovault.analysis.chart import economy_chart
from motovault.analysis.economy import economy
from motovault.analysis.sql import economy_sql

__all__ = ["economy", "economy_chart", "economy_sql"]
