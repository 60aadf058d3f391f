"""Maintenance: what was done, what recurs, what is due and when it will be."""

from motovault.domain.maintenance.advancing import advanced, anchored, covers, effective_due
from motovault.domain.maintenance.agenda import Upcoming
from motovault.domain.maintenance.categories import SUBTYPES, check_work, label
from motovault.domain.maintenance.costs import (
    CostTotals,
    MaintenanceCosts,
    SubtypeCosts,
    VehicleCosts,
    maintenance_costs,
)
from motovault.domain.maintenance.entities import (
    Category,
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
    ScheduleMode,
)
from motovault.domain.maintenance.errors import (
    MaintenanceLogExists,
    MaintenanceLogNotFound,
    MaintenanceScheduleExists,
    MaintenanceScheduleNotFound,
    NoInterval,
    NoSubtypes,
    UnknownCategory,
    UnknownSubtype,
)
from motovault.domain.maintenance.next_due import (
    NextDue,
    add_interval,
    check_intervals,
    next_due,
    occurrences,
    rolled_over,
)
from motovault.domain.maintenance.recording import Action, Applied, Recorded, ScheduleChange
from motovault.domain.maintenance.repository import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.maintenance.status import Due, DueStatus, Metric, due, soon_distance
from motovault.domain.maintenance.templates import (
    Template,
    TemplateSchedule,
    TemplateSource,
    find_template,
    parse_template,
    shipped_templates,
)
from motovault.domain.maintenance.upcoming import upcoming
from motovault.domain.maintenance.upcoming_item import UpcomingItem

__all__ = [
    "SUBTYPES",
    "Action",
    "Applied",
    "Category",
    "CostTotals",
    "Due",
    "DueStatus",
    "MaintenanceCosts",
    "MaintenanceLog",
    "MaintenanceLogExists",
    "MaintenanceLogId",
    "MaintenanceLogNotFound",
    "MaintenanceLogRepository",
    "MaintenanceSchedule",
    "MaintenanceScheduleExists",
    "MaintenanceScheduleId",
    "MaintenanceScheduleNotFound",
    "MaintenanceScheduleRepository",
    "Metric",
    "NextDue",
    "NoInterval",
    "NoSubtypes",
    "Recorded",
    "ScheduleChange",
    "ScheduleMode",
    "SubtypeCosts",
    "Template",
    "TemplateSchedule",
    "TemplateSource",
    "UnknownCategory",
    "UnknownSubtype",
    "Upcoming",
    "UpcomingItem",
    "VehicleCosts",
    "add_interval",
    "advanced",
    "anchored",
    "check_intervals",
    "check_work",
    "covers",
    "due",
    "effective_due",
    "find_template",
    "label",
    "maintenance_costs",
    "next_due",
    "occurrences",
    "parse_template",
    "rolled_over",
    "shipped_templates",
    "soon_distance",
    "upcoming",
]
