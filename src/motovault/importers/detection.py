"""Which format a file is, by its content alone; names lie and are often random.

The tests are those of the format notes, cheapest first. What is recognised but
not imported yet is named, so that nobody searches for a fault in the file.
"""

from __future__ import annotations

from motovault.importers.errors import UnknownFormat, UnreadableSource
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.fuelio import FuelioReader, is_headless_log, section_of
from motovault.importers.fuelly_app import FuellyAppReader, is_fuelly_app
from motovault.importers.fuelly_services import FuellyServicesReader
from motovault.importers.fuelly_web import VOLUME_TITLES, FuellyWebReader
from motovault.importers.lubelogger import LubeLoggerReader, kind_of_table
from motovault.importers.options import ImportOptions
from motovault.importers.plain_csv import PlainCsvReader
from motovault.importers.planned import FormatReader
from motovault.importers.records import Record, fold_title, read_records
from motovault.importers.sources import Source

__all__ = ["FORMATS", "detect", "unpacked"]

FORMATS = ("fuelio", "fuelly-web", "fuelly-services", "fuelly-app", "lubelogger", "csv")
"""What can be imported; the last with a declared mapping."""

_DELIMITERS = (",", ";", "\t", "|")
_FUELIO_SECTIONS = ("vehicle", "log", "costcategories", "costs", "favstations", "pictures", "category")
_DRIVVO = ("refuelling", "service", "expense", "vehicle", "income", "route", "reabastecimiento")


def unpacked(source: Source) -> Source:
    """The file itself, or the one CSV inside Fuelio's sync archive.

    Raises:
        UnknownFormat: Another application's archive.
        UnreadableSource: A broken archive, or one that is too large.
    """
    if not source.is_zip:
        return source
    names = source.member_names()
    folded = [name.replace("\\", "/").casefold() for name in names]
    leaves = {name.rsplit("/", 1)[-1] for name in folded}
    if {"metadata.inf", "vehicles.xml"} <= leaves:
        raise _recognised(source, "aCar (backup)")
    if {"fuel_log.csv", "vehicles.csv"} <= leaves:
        raise _recognised(source, "Simply Auto (backup)")
    if "cartracker.db" in leaves:
        raise _recognised(source, "LubeLogger (whole backup)")
    backups = [
        name
        for name, low in zip(names, folded, strict=True)
        if low.rsplit("/", 1)[-1].startswith("vehicle-") and low.endswith(".csv")
    ]
    if len(backups) == 1:
        return source.member(backups[0])
    if len(backups) > 1:
        rule = f"holds {len(backups)} vehicles' backups; unpack it and import each by itself"
        raise UnreadableSource(source.name, rule)
    raise UnknownFormat(source.name, FORMATS, seen=f"a zip archive of {len(names)} files")


def detect(source: Source, options: ImportOptions) -> FormatReader:
    """The reader for this file.

    Raises:
        UnknownFormat: It is of no format that can be imported.
        InvalidValue: The declared mapping does not fit the table.
    """
    delimiters = (options.delimiter,) if options.delimiter else _DELIMITERS
    heads = {delimiter: _head(source, delimiter) for delimiter in delimiters}
    if options.mapping is not None:
        delimiter = max(heads, key=lambda known: len(heads[known][0].cells) if heads[known] else 0)
        titles = heads[delimiter][0].cells if heads[delimiter] else []
        return PlainCsvReader(source, delimiter, titles, options, options.mapping)
    for delimiter, head in heads.items():
        if head and (reader := _reader(source, delimiter, head, options)) is not None:
            return reader
    for head in heads.values():
        if head and (other := _other_application(head[0].cells)) is not None:
            raise _recognised(source, other)
    raise UnknownFormat(source.name, FORMATS, seen=_seen(heads))


def _head(source: Source, delimiter: str) -> list[Record]:
    """The first two records that are not blank."""
    head: list[Record] = []
    findings: FindingLog = Silence("")
    for record in read_records(source, delimiter, findings):
        if any(cell.strip("\ufeff ") for cell in record.cells):
            head.append(record)
        if len(head) == 2:
            break
    return head


def _reader(
    source: Source, delimiter: str, head: list[Record], options: ImportOptions
) -> FormatReader | None:
    cells = head[0].cells
    section = section_of(cells)
    if section is not None:
        # Fuelio writes a blank behind the marks, Drivvo does not.
        is_fuelio = cells[0].strip("\ufeff ").startswith("## ") and section in _FUELIO_SECTIONS
        has_columns = len(head) < 2 or len(head[1].cells) > 1 or section_of(head[1].cells) is not None
        return FuelioReader(source, delimiter, options, headless=False) if is_fuelio and has_columns else None
    titles = {fold_title(cell) for cell in cells}
    if is_headless_log(titles):
        return FuelioReader(source, delimiter, options, headless=True)
    if "car_name" in titles and titles & {"fuelup_date", "date"} and titles & set(VOLUME_TITLES):
        return FuellyWebReader(source, delimiter, cells, options)
    if "car_name" in titles and "service_date" in titles:
        return FuellyServicesReader(source, delimiter, cells, options)
    if is_fuelly_app(titles):
        return FuellyAppReader(source, delimiter, cells, options)
    if _other_application(cells) is None and (kind := kind_of_table(titles)) is not None:
        return LubeLoggerReader(source, delimiter, cells, options, kind)
    return None


def _other_application(cells: list[str]) -> str | None:
    """The application that writes such a first record, where its files cannot be imported yet."""
    titles = {fold_title(cell) for cell in cells}
    first = cells[0].strip("\ufeff ")
    alone = not any(cell.strip() for cell in cells[1:])
    if first.upper().startswith("ROAD TRIP CSV"):
        return "Road Trip"
    if alone and first.startswith("#") and first.lstrip("#").strip().casefold() in _DRIVVO:
        return "Drivvo"
    if alone and first.casefold() in ("metadata", "vehicles", "fill-up records"):
        return "aCar"
    if {"row id", "vehicle id", "record type", "record desc"} <= titles:
        return "Simply Auto"
    if titles & {"kostenart", "cost type"}:
        return "Spritmonitor (costs)"
    if {"datum", "km-stand"} <= titles or {"date", "odometer", "trip", "quantity", "total price"} <= titles:
        return "Spritmonitor (fuelings)"
    if {"units_version", "unit_system"} <= titles:
        return "MyGarage"
    if first.startswith("{"):
        return "Tracktor" if "vehicles" in first else None
    return None


def _recognised(source: Source, application: str) -> UnknownFormat:
    return UnknownFormat(source.name, FORMATS, application)


def _seen(heads: dict[str, list[Record]]) -> str:
    """What stood in the first record: how many columns, never what they hold."""
    widths = {delimiter: len(head[0].cells) for delimiter, head in heads.items() if head}
    if not widths:
        return "an empty file"
    delimiter = max(widths, key=lambda known: widths[known])
    if widths[delimiter] == 1:
        return "a text without columns"
    return f"a table of {widths[delimiter]} columns separated by {delimiter!r}"
