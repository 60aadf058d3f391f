"""Figures made of what the rules found. Needs the extra ``analysis``; importing this module does not."""

from motovault.analysis.charts import economy_chart

__all__ = ["economy_chart"]
