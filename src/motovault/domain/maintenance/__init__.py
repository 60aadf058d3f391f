"""Maintenance: what was done, what recurs, what is due and when it will be."""

from motovault.domain.maintenance.categories import SUBTYPES, check_work, label
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
from motovault.domain.maintenance.repository import MaintenanceLogRepository, MaintenanceScheduleRepository

__all__ = [
    "SUBTYPES",
    "Category",
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
    "NoInterval",
    "NoSubtypes",
    "ScheduleMode",
    "UnknownCategory",
    "UnknownSubtype",
    "check_work",
    "label",
]
