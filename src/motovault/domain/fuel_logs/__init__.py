"""Fuel logs: what was bought, and how far it went."""

from motovault.domain.fuel_logs.economy import economy
from motovault.domain.fuel_logs.entities import FuelLog, FuelLogId, FuelType
from motovault.domain.fuel_logs.errors import FuelLogExists, FuelLogNotFound, GradeDoesNotFit, NothingDriven
from motovault.domain.fuel_logs.fills import Fill, adjusted_odometer, fills_from_logs
from motovault.domain.fuel_logs.grades import GRADES, check_grade
from motovault.domain.fuel_logs.intervals import Interval, Pool, Void
from motovault.domain.fuel_logs.longrun import LongRunEstimate
from motovault.domain.fuel_logs.report import EconomyReport, TankEconomy
from motovault.domain.fuel_logs.repository import FuelLogRepository

__all__ = [
    "GRADES",
    "EconomyReport",
    "Fill",
    "FuelLog",
    "FuelLogExists",
    "FuelLogId",
    "FuelLogNotFound",
    "FuelLogRepository",
    "FuelType",
    "GradeDoesNotFit",
    "Interval",
    "LongRunEstimate",
    "NothingDriven",
    "Pool",
    "TankEconomy",
    "Void",
    "adjusted_odometer",
    "check_grade",
    "economy",
    "fills_from_logs",
]
