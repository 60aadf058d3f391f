"""Other applications' files: a plan of what they hold, then one transaction that keeps it."""

from motovault.importers.apply import ImportResult, ImportUnitOfWork, apply_plan
from motovault.importers.counting import Counts, TankCounts
from motovault.importers.detection import FORMATS
from motovault.importers.errors import (
    CatalogueCellInvalid,
    ImportNeeds,
    Need,
    UnknownFormat,
    UnreadableSource,
)
from motovault.importers.findings import ImportFinding
from motovault.importers.options import Column, ColumnMapping, ImportOptions
from motovault.importers.plan import ImportPlan, plan_for_user, plan_import
from motovault.importers.planned import (
    PlannedFuelLog,
    PlannedMaintenanceLog,
    PlannedSchedule,
    PlannedVehicle,
)
from motovault.importers.work import UnknownWork, Work

__all__ = [
    "FORMATS",
    "CatalogueCellInvalid",
    "Column",
    "ColumnMapping",
    "Counts",
    "ImportFinding",
    "ImportNeeds",
    "ImportOptions",
    "ImportPlan",
    "ImportResult",
    "ImportUnitOfWork",
    "Need",
    "PlannedFuelLog",
    "PlannedMaintenanceLog",
    "PlannedSchedule",
    "PlannedVehicle",
    "TankCounts",
    "UnknownFormat",
    "UnknownWork",
    "UnreadableSource",
    "Work",
    "apply_plan",
    "plan_for_user",
    "plan_import",
]
