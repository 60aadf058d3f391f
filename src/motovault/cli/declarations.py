"""What was typed beside a file to import, as options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import attrs

from motovault.errors import InvalidValue
from motovault.importers import ColumnMapping, ImportOptions

__all__ = ["Declared", "declarations"]


@attrs.frozen
class Declared:
    """What the caller said beside the file: options, and a vehicle that is still to be looked up."""

    options: ImportOptions
    vehicle: str | None


def declarations(given: argparse.Namespace) -> Declared:
    """The options that were typed. Raises InvalidValue where one breaks its rule."""
    options = ImportOptions(
        distance_unit=given.distance_unit,
        fuel_unit=given.fuel_unit,
        date_order=given.date_order and given.date_order.upper(),
        decimal_sign=given.decimal_sign,
        currency_code=given.currency and given.currency.upper(),
        time_zone=given.time_zone,
        fuel_type=given.fuel_type and given.fuel_type.lower(),
        vin=given.vin,
        license_plate=given.plate,
        record_kind=given.kind,
        encoding=given.encoding,
        delimiter="\t" if given.delimiter in {"\\t", "tab"} else given.delimiter,
        work=_work(given),
        mapping=_mapping(given),
    )
    return Declared(options, given.vehicle)


def _work(given: argparse.Namespace) -> dict[str, Any]:
    """What words mean: those of the file of them, then those that were typed, which hold."""
    declared: dict[str, Any] = {}
    if given.work_file is not None:
        declared = _work_file(given.work_file)
    typed: set[str] = set()
    for pair in given.work:
        words, is_pair, work = pair.rpartition("=")
        words = words.strip()
        if not is_pair or not words or words in typed:
            rule = (
                "is declared twice" if words in typed else "must be WORDS=CATEGORY:SUBTYPE,SUBTYPE or WORDS=-"
            )
            raise InvalidValue("work", pair, rule)
        typed.add(words)
        declared[words] = work.strip()
    return declared


def _work_file(path: str) -> dict[str, Any]:
    import json
    import tomllib

    try:
        text = Path(path).read_text("utf-8-sig")
        found = json.loads(text) if path.casefold().endswith(".json") else tomllib.loads(text)
    except OSError as error:
        raise InvalidValue("work_file", path, f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise InvalidValue("work_file", path, "is no TOML or JSON file in UTF-8") from None
    found = found.get("work", found) if isinstance(found, dict) else found
    if not isinstance(found, dict):
        raise InvalidValue("work_file", path, 'must hold words and their work, as "TÜV" = "repair:Engine"')
    return found


def _mapping(given: argparse.Namespace) -> ColumnMapping | None:
    columns: dict[str, Any] = {}
    known = attrs.fields_dict(ColumnMapping)
    settings = {"true_words", "false_words", "price_divisor", "has_header"}
    for pair in given.map:
        field, is_pair, column = pair.partition("=")
        field = field.strip().replace("-", "_")
        if not is_pair or field not in known or field in settings:
            fields = ", ".join(name for name in known if name not in settings)
            raise InvalidValue("map", pair, f"must be FIELD=COLUMN; fields: {fields}")
        if field in columns:
            raise InvalidValue("map", pair, "maps a field a second time")
        columns[field] = _column(column.strip())
    extras: dict[str, Any] = {
        "true_words": given.true_words and given.true_words.split(","),
        "false_words": given.false_words and given.false_words.split(","),
        "price_divisor": given.price_divisor,
        "has_header": False if given.no_header else None,
    }
    extras = {name: value for name, value in extras.items() if value is not None}
    if not columns:
        if extras:
            raise InvalidValue("map", ", ".join(extras), "goes with a column mapping: --map FIELD=COLUMN")
        return None
    for needed in ("filled_at", "volume"):
        if needed not in columns:
            raise InvalidValue("map", " ".join(given.map), f"must say which column holds {needed}")
    return ColumnMapping(**columns, **extras)


def _column(text: str) -> str | int:
    return int(text[1:]) if text.startswith("#") and text[1:].isascii() and text[1:].isdigit() else text
